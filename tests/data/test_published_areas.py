"""Areas by name, levels, stacked tables and periods: small tables made here, each after a kind of misreading."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.published import load_published, national_gap
from hybrid_toolkit.data.published.places.area_names import level_of_name
from hybrid_toolkit.errors import PublishedError

NAMES = ["Darlington", "Gateshead", "Hartlepool", "Bury", "Bolton", "Camden", "Hackney & Sons", "Kent"]
LA_ROWS = [f"{201 + i},{name},{10 + i},{i}" for i, name in enumerate(NAMES)]


def save(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def rows_read(published_rows: pd.DataFrame) -> dict[str, int]:
    return published_rows.groupby("geographic_level")["rows"].sum().to_dict()


@pytest.mark.parametrize("gap", [[], [",,,"], [",,,", ",,,"]], ids=["no blank row", "one", "two"])
@pytest.mark.parametrize("head", ["LA Number,,Children,Boys", ",,Children,Boys"])
def test_blank_rows_between_nation_regions_and_authorities_are_nothing(
    tmp_path: Path, gap: list[str], head: str
) -> None:
    rows = [head, ",England,790,420", *gap, ",Yorks & the Humber ,50,30", ",EAST OF ENGLAND,180,100", *gap, *LA_ROWS]
    out = load_published(save(tmp_path / "x.csv", rows))
    t = out.tidy()
    assert len(t) == 2 * (1 + 2 + len(NAMES)) and out.measures == ("Children", "Boys")
    assert rows_read(out.rows_per_level()) == {"National": 1, "Regional": 2, "Local authority": len(NAMES)}
    england = t[t["area_code"].eq("E92000001")]
    assert england["value"].tolist() == [790, 420] and set(england["source_row"]) == {2}
    kent = t[t["area_name"].eq("Kent")]
    assert kent["value"].tolist() == [17, 7] and set(kent["area_code"]) == {"208"}


def test_level_column_and_mixed_codes_of_older_releases(tmp_path: Path) -> None:
    rows = ["geog_l,geog_c,geog_n,Total_2012,Secure_2012", "National,921,England,500,x", "GOR,D,East Midlands,80,5"]
    rows += ["LA,831,Derby,40,x", "LA,921,Isle of Wight,20,0"]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert t["geographic_level"].tolist()[:4] == ["National", "Regional", "Local authority", "Local authority"]
    assert t["area_code"].tolist()[:4] == ["E92000001", "E12000004", "831", "921"]
    # 921 is England's number and the Isle of Wight's in the same column
    assert t.loc[t["area_name"].eq("Isle of Wight"), "value"].tolist() == [20, 0] and set(t["period"]) == {"2012"}


def test_names_alone_under_a_title_of_the_nation_are_not_the_nation(tmp_path: Path) -> None:
    rows = ['"Table 3: Offending, England",,', "Years: 2014,,", "Coverage: England,,", ",,", ",Children,Per cent"]
    rows += [",,", 'ENGLAND,"1,200",6.1', ",,", "NORTH EAST,300,7.0", "Darlington,140,x", "Bedford Borough,95,8.2"]
    rows += [",,", ",,Source: a return", "1. Children aged 10 or over in England."]
    out = load_published(save(tmp_path / "x.csv", rows))
    t = out.tidy()
    assert rows_read(out.rows_per_level()) == {"National": 1, "Regional": 1, "Local authority": 2}
    assert t.loc[t["area_code"].eq("E92000001"), "value"].tolist() == [1200, 6.1] and set(t["period"]) == {"2014"}
    assert t.loc[t["area_name"].eq("Darlington"), "area_code"].isna().all()
    assert t.loc[t["area_name"].eq("Darlington"), "marker"].tolist()[1] == "x"
    assert set(t.loc[t["measure"].eq("Per cent"), "unit"].dropna()) == {"percent"}


@pytest.mark.parametrize("order", [[2, 3, 0, 1], [3, 2, 1, 0]])
def test_a_figure_is_never_given_to_a_wider_area_wherever_the_names_stand(tmp_path: Path, order: list[int]) -> None:
    table = [["", "", "Children", "Boys"], ["", "England", "790", "420"], *(row.split(",") for row in LA_ROWS)]
    rows = ["Children in England,,,", ",,,", *(",".join(row[j] for j in order) for row in table)]
    try:
        t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    except PublishedError:
        return
    wide = t[t["geographic_level"].isin(["National", "Regional"])]
    assert set(wide["source_row"]) <= {4}


def test_crosstab_with_unknown_places_among_known_ones_leaves_them_their_names(tmp_path: Path) -> None:
    rows = ["Visits in England by place,,", ",,", ",Home,Office", "Kent,5,6", "Newtown West,7,8", "Surrey,1,2"]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert set(t["area_name"]) == {"Kent", "Newtown West", "Surrey"}
    assert not t["geographic_level"].eq("National").any()


def test_the_same_code_beside_london_and_its_parts_is_told_by_name(tmp_path: Path) -> None:
    rows = [
        "New_geog_code,geog_l,geog_c,geog_n,Total",
        "E12000007,REGION,H,LONDON,30",
        "E12000007,REGION,I,INNER LONDON,10",
    ]
    rows += ["E12000007,REGION,J,OUTER LONDON,20", "E09000007,LA,202,Camden,3", "E09000012,LA,204,Hackney,4"]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert t["area_code"].tolist()[:3] == ["E12000007", "E13000001", "E13000002"]
    assert t["assumed"].iloc[1].startswith("the published code is another region's")


def test_area_and_region_columns_of_a_long_table_with_years_and_values(tmp_path: Path) -> None:
    rows = ["Data item,Years,LA and Regions,Values,LA Number,Region"]
    rows += [
        f"{item},{y},{la},{v},{n},{r}"
        for item, y, la, v, n, r in (
            ("Turnover", "2016-17", "Brent", 4.5, 304, "Outer London"),
            ("Turnover", "2017-18", "Brent", "-", 304, "Outer London"),
            ("Vacancy", "2016-17", "Derby", 7.5, 831, "East Midlands"),
            ("Turnover", "2016-17", "East Midlands", 9, 987, "NA"),
        )
    ]
    out = load_published(save(tmp_path / "x.csv", rows))
    t = out.tidy()
    assert out.measures == ("Turnover", "Vacancy") and out.periods == ("2016/17", "2017/18")
    assert t["area_name"].tolist() == ["Brent", "Brent", "Derby", "East Midlands"]
    assert t["geographic_level"].tolist() == ["Local authority"] * 3 + ["Regional"]
    assert t["region_name"].tolist()[:3] == ["Outer London", "Outer London", "East Midlands"]
    assert t["marker"].tolist()[1] == "-" and pd.isna(t["value"].tolist()[1])


@pytest.mark.parametrize("between", [[], [",,,"], ["Table 2: 2019,,,"], [",,,", "Table 2: 2019,,,"]])
def test_stacked_tables_are_two_with_or_without_a_blank_row(tmp_path: Path, between: list[str]) -> None:
    one = ["Code,Area,Referrals,Visits", "E06000001,Hartlepool,5,6", "E06000005,Darlington,7,8"]
    two = ["Code,Area,Leavers,Starters", "E06000001,Hartlepool,50,60", "E06000005,Darlington,x,80"]
    out = load_published(save(tmp_path / "x.csv", ["Table 1: 2018,,,", *one, *between, *two]))
    t = out.tidy()
    assert out.measures == ("Referrals", "Visits", "Leavers", "Starters") and len(t) == 8
    assert t.loc[t["measure"].eq("Starters"), "value"].tolist() == [60, 80]
    assert set(t.loc[t["measure"].eq("Visits"), "period"]) == {"2018"}
    if any("2019" in line for line in between):
        assert set(t.loc[t["measure"].eq("Leavers"), "period"]) == {"2019"}


def test_a_header_printed_again_under_another_title_begins_another_table(tmp_path: Path) -> None:
    part = ["geog_c,geog_n,Total", "201,City of London,5", "202,Camden,315"]
    t = load_published(save(tmp_path / "x.csv", ["Year: 2011,,", *part, "Year: 2012,,", *part])).tidy()
    assert t["period"].tolist() == ["2011", "2011", "2012", "2012"]
    again = load_published(save(tmp_path / "y.csv", ["Year: 2011,,", *part, *part])).tidy()
    assert again["period"].tolist() == ["2011"] * 4 and again["value"].tolist() == [5, 315] * 2


def test_figures_that_look_like_years_do_not_end_a_table(tmp_path: Path) -> None:
    head = "time_period,time_identifier,geographic_level,country_code,country_name,group,number"
    rows = [
        head,
        *(f"{y},Reporting year,National,E92000001,England,All,{n}" for y, n in ((2019, 1950), (2020, 2010), (2021, 7))),
    ]
    assert load_published(save(tmp_path / "x.csv", rows)).tidy()["value"].tolist() == [1950, 2010, 7]


def test_a_merged_heading_ends_where_the_heading_above_begins(tmp_path: Path) -> None:
    rows = [",,Need,,,All,", ",,No need,With need,,,", ",,Number,Number,Per cent,Number,Per cent"]
    rows += ["E06000001,Hartlepool,1,2,3,4,5", "E06000005,Darlington,6,7,8,9,1"]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert out.measures[0] == "Need | No need | Number"
    assert out.measures[2:] == ("Need | With need | Per cent", "All | Number", "All | Per cent")


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("[from Nomis on 9 September 2025]", None),
        ("Downloaded on 3 March 2024", None),
        ("Last updated: 12 May 2023", None),
        ("Year: 20166", "2016"),
        ("Date : 2021", "2021"),
        ("Children at 31 March 2019", "2019-03-31"),
        ("Period: 2013/14", "2013/14"),
    ],
)
def test_periods_are_the_ones_that_titles_state(tmp_path: Path, title: str, period: str | None) -> None:
    rows = [f'"{title}",,', ",,", "Code,Area,Referrals", "E06000001,Hartlepool,5", "E06000005,Darlington,7"]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert out.periods == ((period,) if period else ()) and title in out.notes


def test_a_download_date_does_not_hide_the_date_of_the_figures(tmp_path: Path) -> None:
    rows = [
        '"ONS Crown Copyright Reserved [from Nomis on 1 May 2025]"',
        "",
        '"date","2021"',
        "",
        "area,mnemonic,Number",
    ]
    rows += ["Darlington,E06000005,10", "Hartlepool,E06000001,12"]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert out.periods == ("2021",) and any("1 May 2025" in n for n in out.notes)


def test_a_confidence_column_belongs_to_the_value_on_its_left(tmp_path: Path) -> None:
    rows = ['"variable","Rate in work"', "", "area,mnemonic,Apr 2022-Mar 2023,conf,Apr 2023-Mar 2024,conf"]
    rows += ["Darlington,E06000005,73.2,4.1,!,!", "Hartlepool,E06000001,66.1,4.4,68.0,4.3"]
    out = load_published(save(tmp_path / "x.csv", rows))
    t = out.tidy()
    assert out.measures == ("Rate in work", "Rate in work | conf") and out.periods == (
        "Apr 2022-Mar 2023",
        "Apr 2023-Mar 2024",
    )
    last = t[t["area_code"].eq("E06000001") & t["period"].eq("Apr 2023-Mar 2024")]
    assert last["value"].tolist() == [68.0, 4.3]


def test_years_in_headers_are_periods_of_one_measure(tmp_path: Path) -> None:
    rows = [
        "LA Number,,Absence 2009,Absence 2010,Pupils_2009,Pupils_2010",
        ",England,9,8,70,80",
        "201,City of London,1,x,7,8",
    ]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert out.measures == ("Absence", "Pupils") and out.periods == ("2009", "2010")


def test_headers_without_a_year_take_the_one_year_that_the_others_name(tmp_path: Path) -> None:
    rows = ["New_geog_code,geog_n,Started2012,Male,Female", "E92000001,ENGLAND,50,20,30", "E06000001,Hartlepool,5,x,3"]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert out.periods == ("2012",) and any("the one year that the others name" in a for a in out.assumptions)


def test_codes_and_names_in_one_cell(tmp_path: Path) -> None:
    rows = [
        "Title,,",
        "Date : 2021,,",
        ",,",
        "area,Total,Aged 65",
        ",,",
        "E01011954 : Hartlepool 001A,20,1",
        "E01011969 : Hartlepool 001B,13,2",
    ]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert t["area_code"].tolist()[:2] == ["E01011954", "E01011969"] and t["area_name"].tolist()[0] == "Hartlepool 001A"
    assert set(t["geographic_level"]) == {"Lower layer super output area"} and set(t["period"]) == {"2021"}


def test_rows_of_the_sheet_that_were_not_read_are_named(tmp_path: Path) -> None:
    rows = ["Code,Area,Referrals,Visits", "E06000001,Hartlepool,5,6", "E06000005,Darlington,7,8"]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert not any("not read" in a for a in out.assumptions)
    assert "Rows of the sheet by level: Local authority 2." in out.summary()


def test_national_gap_of_a_file_without_counts_is_empty(tmp_path: Path) -> None:
    rows = ["Code,Area,Rate", "E06000001,Hartlepool,5.5", "E06000005,Darlington,7.5"]
    assert national_gap(load_published(save(tmp_path / "x.csv", rows))).empty


def test_names_known_for_areas_are_few_enough_to_be_sure() -> None:
    for word in ("Total", "Male", "18 years", "Number", "All", "White", "Unknown", "Full-time", "Qualified"):
        assert level_of_name(word) == ""
    for name in (
        "KINGSTON UPON HULL, CITY OF",
        "St. Helens",
        "Brighton & Hove",
        "Stockton-on-Tees 2",
        "Herefordshire UA",
    ):
        assert level_of_name(name) == "Local authority"


@pytest.mark.parametrize(
    "heads", ["Statistical Neighbour {}", "SN{}", "Nearest neighbour {}", "Stat Neighbour {} code", "Closest LA {}"]
)
def test_neighbours_are_codes_and_no_quantities(tmp_path: Path, heads: str) -> None:
    names = (
        [heads.format(i) for i in (1, 2, 3)]
        if "Closest" not in heads
        else ["1st nearest LA", "2nd nearest LA", "3rd nearest LA"]
    )
    rows = ["LA code,Local authority," + ",".join(names), "201,City of London,207,213,202", "202,Camden,213,205,207"]
    out = load_published(save(tmp_path / "x.csv", rows))
    t = out.tidy()
    assert out.layout == "statistical-neighbours" and t["value"].isna().all()
    assert t.loc[t["area_name"].eq("Camden"), "text"].tolist() == ["213", "205", "207"]


def test_downloads_one_below_another_with_titles_of_several_rows_are_two_tables(tmp_path: Path) -> None:
    def part(year: int, figure: int) -> list[str]:
        top = ['"Population"', "", f'"date","{year}"', '"sex","Total"', "", "area,mnemonic,Number"]
        return [*top, f"Darlington,E06000005,{figure}", f"Hartlepool,E06000001,{figure + 1}", ""]

    t = load_published(save(tmp_path / "x.csv", [*part(2020, 10), *part(2021, 20)])).tidy()
    assert list(zip(t["period"], t["value"], strict=True)) == [("2020", 10), ("2020", 11), ("2021", 20), ("2021", 21)]


def test_a_single_row_is_its_authority_and_not_its_region(tmp_path: Path) -> None:
    rows = ["Data item,Years,LA and Regions,Values,LA Number,Region", "Turnover,2016,Barnet,22.7,302,Outer London"]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert set(t["area_name"]) == {"Barnet"} and set(t["geographic_level"]) == {"Local authority"}


def test_a_row_of_a_region_is_the_region_though_a_column_before_says_england(tmp_path: Path) -> None:
    rows = ["country_code,country_name,Region,gor_code,gor_name,la_code,la_name,Eligible_2012,Reading_2012"]
    rows += ["921,England,,,,,,900,700", "921,England,England,A,North East ,,,100,70"]
    rows += ["921,England,England,B,North West,,,370,260", "921,England,,A,North East,841,Darlington,40,30"]
    rows += ["921,England,,B,North West,351,Bury,50,20"]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert rows_read(out.rows_per_level()) == {"National": 1, "Regional": 2, "Local authority": 2}
    t = out.tidy()
    assert t.loc[t["area_code"].eq("E92000001"), "value"].tolist() == [900, 700]
    assert t.loc[t["area_code"].eq("E12000001"), "value"].tolist() == [100, 70]


def test_rows_that_name_areas_within_are_refused_before_the_nation_gets_them(tmp_path: Path) -> None:
    rows = ["Nation code,Detail,Children,Boys", *(f"E92000001,{n},{10 + i},{i}" for i, n in enumerate(NAMES[:6]))]
    with pytest.raises(PublishedError, match="column 2 names narrower areas") as caught:
        load_published(save(tmp_path / "x.csv", rows))
    assert caught.value.code == "PUB-WIDER" and "area=" in caught.value.fix and "Bury" not in str(caught.value)


def test_a_word_that_is_also_a_town_takes_nothing_from_the_nation(tmp_path: Path) -> None:
    rows = ["Nation code,Subject,Children", "E92000001,Reading,100", "E92000001,Writing,90", "E92000001,Maths,80"]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert rows_read(out.rows_per_level()) == {"National": 3}


@pytest.mark.parametrize("place", [2, 4, 9])
def test_names_far_from_the_left_are_the_areas(tmp_path: Path, place: int) -> None:
    heads = [f"Measure {j}" for j in range(12)]
    body = [[str(100 * i + j) for j in range(12)] for i in range(len(NAMES) + 1)]
    rows = [["Table 4: offending, England"], [], [*heads[:place], "", *heads[place:]]]
    rows += [[*b[:place], n, *b[place:]] for b, n in zip(body, ["ENGLAND", *NAMES], strict=True)]
    out = load_published(save(tmp_path / "x.csv", [",".join(r) for r in rows]))
    assert rows_read(out.rows_per_level()) == {"National": 1, "Local authority": len(NAMES) - 1, "": 1}
    t = out.tidy()
    assert len(t) == 12 * (len(NAMES) + 1) and t.loc[t["area_name"].eq("Camden"), "value"].tolist() == [
        600 + j for j in range(12)
    ]


def test_codes_and_letters_under_a_merged_heading_are_no_figures(tmp_path: Path) -> None:
    rows = ["Area details,,,Figures,", "geog_l,geog_c,geog_n,Total_2012,Secure_2012", "National,921,England,500,4"]
    rows += ["GOR,A,North East,80,5", *(f"LA,{301 + i},{n},{20 + i},{i}" for i, n in enumerate(NAMES))]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert set(t["measure"].str.contains("geog")) == {False} and len(t) == 2 * (len(NAMES) + 2)
    rows = ["Area details,,Figures,", ",,Total 2012,Secure 2012", ",England,500,4"]
    codes = ["841", "390", "805", "351", "350", "202", "204", "886", "301", "302", "303", "304"]
    named = [*NAMES, "Barking and Dagenham", "Barnet", "Bexley", "Brent"]
    rows += [f"{c},{n},{20 + i},{i}" for i, (c, n) in enumerate(zip(codes, named, strict=True))]
    t = load_published(save(tmp_path / "y.csv", rows)).tidy()
    assert len(t) == 2 * 13 and t.loc[t["area_name"].eq("Barnet"), "area_code"].tolist() == ["302", "302"]


def test_a_remark_beside_the_table_is_a_note_and_a_cut_name_is_still_refused(tmp_path: Path) -> None:
    rows = ["LA,Children,Boys,,", *(f"{n},{10 + i},{i},," for i, n in enumerate(NAMES))]
    rows[3] += "See the notes"
    out = load_published(save(tmp_path / "x.csv", rows))
    assert out.measures == ("Children", "Boys") and "See the notes" in out.notes and len(out.frame) == 2 * len(NAMES)
    with pytest.raises(PublishedError) as caught:
        load_published(save(tmp_path / "y.csv", ["LA,Children,Boys", "Bury,1,2", "Kent, the,3,4", "Leeds,5,6"]))
    assert caught.value.code == "PUB-RAGGED"


def test_counts_withheld_as_bounds_stay_counts_whatever_their_header_names(tmp_path: Path) -> None:
    head = "LA,Number subject to a final warning,Level2_2012,Age group"
    rows = [head, *(f"{n},{'<5' if i % 2 else 90 + i},{'<5' if i % 2 else 160 + i},{i}" for i, n in enumerate(NAMES))]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    counts = t[t["measure"].ne("Age group")]
    assert counts["marker"].eq("<5").sum() == 8 and counts["upper"].dropna().eq(5).all()
    assert counts.loc[counts["marker"].isna(), "value"].gt(80).all() and len(counts) == 16


def test_the_narrowest_of_two_columns_of_areas_says_whose_figures_they_are(tmp_path: Path) -> None:
    rows = ["Country,Area,Children 2020", "England,England,900", "England,Bury,10", "England,Testborough,12"]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert rows_read(out.rows_per_level()) == {"National": 1, "Local authority": 1, "": 1}
    assert out.tidy().loc[out.tidy()["area_code"].eq("E92000001"), "value"].tolist() == [900]
    rows = ["Nation code,Area,Children", "E92000001,Bury,10", "E92000001,Testborough,12"]
    t = load_published(save(tmp_path / "y.csv", rows), area="Area").tidy()
    assert set(t["area_name"]) == {"Bury", "Testborough"}


def test_a_short_list_of_measures_by_area_is_long(tmp_path: Path) -> None:
    rows = ["Indicator,Period,Area,Value,Area code", "Vacancy,31-Mar-22,Barnet,22.7,302"]
    rows += ["Vacancy,31-Mar-22,London,21.0,989", "Vacancy,31-Mar-22,Leeds,<5,383"]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert set(t["measure"]) == {"Vacancy"} and set(t["period"]) == {"2022-03-31"}
    assert t["area_code"].tolist() == ["302", "E12000007", "383"] and t["upper"].tolist()[2] == 5


def test_months_across_the_top_and_totals_of_regions(tmp_path: Path) -> None:
    rows = ["Region,Local authority,Apr-23,May-23", "North West,Bury,10,11", ",Bolton,20,21"]
    out = load_published(save(tmp_path / "x.csv", [*rows, ",North West total,300,310"]))
    assert out.periods == ("2023-04", "2023-05") and out.measures == ("value",)
    assert rows_read(out.rows_per_level()) == {"Local authority": 2, "Regional": 1}


def test_row_numbers_of_a_program_are_no_measure_and_a_total_of_the_nation_is_the_nation(tmp_path: Path) -> None:
    rows = ['"","local.authority","year","spend"', '"1","BARNET","2010-11",123.4', '"2","BURY","2010-11",NA']
    out = load_published(save(tmp_path / "x.csv", [*rows, '"3","TOTAL ENGLAND","2010-11",5555']))
    assert out.measures == ("spend",) and rows_read(out.rows_per_level()) == {"Local authority": 2, "National": 1}


def test_levels_of_public_health_tables_are_the_levels_of_others(tmp_path: Path) -> None:
    rows = ["Area Code,Area Name,Area Type,Time period,Value", "E92000001,England,England,2017/18,64"]
    rows += ["E12000001,North East region,Regions (statistical),2017/18,95"]
    rows += ["E06000047,County Durham,Counties & UAs (pre Apr 2019),2017/18,80"]
    counted = rows_read(load_published(save(tmp_path / "x.csv", rows)).rows_per_level())
    assert counted == {"National": 1, "Regional": 1, "Local authority": 1}


def test_years_together_and_a_margin_beside_each_year(tmp_path: Path) -> None:
    rows = [",2012-15,,,2013-16,,", "Area,number,%,conf,number,%,conf", "Hartlepool,2000,5.1,1.1,2100,5.2,1.2"]
    out = load_published(save(tmp_path / "x.csv", [*rows, "Darlington,1900,4.1,*,!,-,#"]))
    assert out.periods == ("2012 to 2015", "2013 to 2016") and out.measures == ("number", "%", "% | conf")
    assert out.tidy().query("measure == '% | conf'")["value"].dropna().tolist() == [1.1, 1.2]
