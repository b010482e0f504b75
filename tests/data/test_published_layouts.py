"""Text layouts of other years, levels and publishers' habits, made here: the reader must not lean on any one file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.published import PUBLISHED_COLUMNS, load_published

EES = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name"
LA = "old_la_code,new_la_code,la_name"


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def cell(tidy: pd.DataFrame, **where: str) -> pd.Series:
    """The one row with these contents."""
    keep = pd.Series(True, index=tidy.index)
    for name, wanted in where.items():
        keep &= tidy[name].eq(wanted)
    assert keep.sum() == 1, f"{int(keep.sum())} rows for {where}"
    return tidy[keep].iloc[0]


def missing(value: object) -> bool:
    return bool(pd.isna(value))


def test_dfe_academic_year_many_filters_all_markers(tmp_path: Path) -> None:
    rows = [
        f"{EES},{LA},cla_group,age,children_count,children_percent,mean_days",
        '202223,Academic year,National,E92000001,England,,,,,,All,Total,"1,234",69%,z',
        "202223,Academic year,National,E92000001,England,,,,,,All,10,34,9.1,:",
        "202223,Academic year,Local authority,E92000001,England,E12000001,North East,805,E06000001,Hartlepool,All,10,"
        "low,[c],..",
        "202223,Academic year,Local authority,E92000001,England,z,z,z,z,Not known,All,10,k,-,*",
    ]
    out = load_published(write_text(tmp_path / "x.csv", "\n".join(rows), "utf-8-sig"))
    t = out.tidy()
    assert out.layout == "dfe-tidy" and tuple(t.columns) == PUBLISHED_COLUMNS and len(t) == 12
    assert out.measures == ("children_count", "children_percent", "mean_days") and out.periods == ("2022/23",)
    assert set(out.breakdowns()["age"]) == {"Total", "10"}
    first = cell(t, measure="children_count", breakdown="cla_group=All; age=Total")
    assert first["value"] == 1234 and "thousands" in first["assumed"]
    percent = cell(t, measure="children_percent", breakdown="cla_group=All; age=Total")
    assert (percent["value"], percent["unit"]) == (69, "percent")
    hartlepool = t[t["area_code"].eq("E06000001")]
    assert hartlepool["value"].isna().all() and list(hartlepool["marker"]) == ["low", "[c]", ".."]
    assert set(hartlepool["old_area_code"]) == {"805"} and set(hartlepool["region_name"]) == {"North East"}
    unknown = t[t["area_name"].eq("Not known")]
    assert unknown["area_code"].isna().all() and unknown["assumed"].str.contains("marker z").all()
    assert list(unknown["marker"]) == ["k", "-", "*"]


@pytest.mark.parametrize(
    ("identifier", "period", "expected"),
    [
        ("Financial year", "201314", "2013/14"),
        ("Calendar year", "2019", "2019"),
        ("Financial year Q3", "202122", "2021/22 Q3"),
        ("Spring term", "202021", "2020/21 Spring term"),
        ("Week 24", "2020", "2020 Week 24"),
    ],
)
def test_dfe_time_identifiers(tmp_path: Path, identifier: str, period: str, expected: str) -> None:
    rows = f"{EES},n\n{period},{identifier},National,E92000001,England,,,5\n"
    assert load_published(write_text(tmp_path / "x.csv", rows)).tidy()["period"].tolist() == [expected]


def test_dfe_wards_districts_and_schools(tmp_path: Path) -> None:
    head = f"{EES},{LA},ward_code,ward_name,lad_code,lad_name,school_urn,school_name,n".replace(",", ";")
    base = "2018;Calendar year;{};E92000001;England;E12000001;North East;805;E06000001;Hartlepool;{};12"
    rows = [
        head,
        base.format("Ward", "E05008942;Burn Valley;;;;"),
        base.format("Local authority district", ";;E07000001;Somewhere;;"),
        base.format("School", ";;;;100001;A School"),
        base.format("Local authority", ";;;;;"),
    ]
    t = load_published(write_text(tmp_path / "x.csv", "\n".join(rows))).tidy()
    assert t["area_code"].tolist() == ["E05008942", "E07000001", "100001", "E06000001"]
    assert t["area_name"].tolist() == ["Burn Valley", "Somewhere", "A School", "Hartlepool"]


def test_dfe_whole_number_filters_become_breakdowns(tmp_path: Path) -> None:
    rows = [f"{EES},sex_number,years,headcount"]
    rows += [f"2023,Calendar year,National,E92000001,England,,,{s},{a},{100 + s + a}" for s in (1, 2) for a in (10, 11)]
    out = load_published(write_text(tmp_path / "x.csv", "\n".join(rows)))
    assert out.measures == ("headcount",) and len(out.tidy()) == 4
    assert any("read as a breakdown" in a for a in out.assumptions)


def test_dfe_joint_return_keeps_both_codes(tmp_path: Path) -> None:
    rows = f"{EES},{LA},n\n2024,Reporting year,Local authority,E92000001,England,E12000004,East Midlands,"
    rows += "940 / 941,E06000061 / E06000062,North / West,7\n"
    row = load_published(write_text(tmp_path / "x.csv", rows)).tidy().iloc[0]
    assert row["area_code"] == "E06000061 / E06000062" and row["old_area_code"] == "940 / 941"
    assert row["area_codes"] == ("E06000061", "E06000062") and row["assumed"] == "joint return of 2 areas"


def test_dfe_headers_in_other_case_and_order(tmp_path: Path) -> None:
    rows = "Geographic level,Time period,LA name,New LA code,Total count\nLocal authority,2016,Barnet,E09000003,x\n"
    row = load_published(write_text(tmp_path / "x.csv", rows)).tidy().iloc[0]
    assert (row["area_code"], row["area_name"], row["period"], row["marker"]) == ("E09000003", "Barnet", "2016", "x")


def test_unknown_short_symbol_is_kept_as_marker(tmp_path: Path) -> None:
    rows = f"{EES},n\n" + "".join(
        f"{y},Calendar year,National,E92000001,England,,,{n}\n" for y, n in ((2023, "qq"), (2024, 3))
    )
    t = load_published(write_text(tmp_path / "x.csv", rows)).tidy()
    assert t["marker"].tolist()[0] == "qq" and missing(t["value"][0]) and "unknown symbol" in t["assumed"][0]


def test_ward_lookup_tab_separated_utf16(tmp_path: Path) -> None:
    rows = "WD21CD\tWD21NM\tWD21NMW\tLAD21CD\tLAD21NM\tFID\nE05000026\tAbbey\t\tE09000002\tBarking\t1\n"
    rows += "W05000981\tAethwy\tPorthaethwy\tW06000001\tYnys Môn\t2\n"
    out = load_published(write_text(tmp_path / "x.txt", rows, "utf-16"))
    t = out.tidy()
    assert out.layout == "area-lookup" and out.source.encoding == "utf-16" and set(t["period"]) == {"2021"}
    assert cell(t, area_code="W05000981", measure="LAD21NM")["text"] == "Ynys Môn"
    assert cell(t, area_code="E05000026", measure="LAD21CD")["text"] == "E09000002"
    assert set(t["geographic_level"]) == {"Ward"} and "FID" not in out.measures


def test_lookup_without_welsh_columns_takes_the_finest_area(tmp_path: Path) -> None:
    rows = "RGN22CD,RGN22NM,LAD22CD,LAD22NM\n" + "".join(
        f"E12000006,East of England,E0700000{i},Place {i}\n" for i in range(8, 10)
    )
    out = load_published(write_text(tmp_path / "x.csv", rows))
    assert out.measures == ("RGN22CD", "RGN22NM")
    assert out.tidy()["area_code"].tolist() == ["E07000008", "E07000009"] * 2


def test_rural_urban_with_numbers_titles_and_footnotes(tmp_path: Path) -> None:
    rows = "Local Authority Districts Rural-Urban Classification (2021),,,,\nThere are 2 rows,,,,\n,,,,\n"
    rows += "Local Authority District Area 2021 Code,Local Authority District Area 2021 Name,"
    rows += "Rural-Urban Classification 2011 (6 fold),Total Population 2011,Rural %\n"
    rows += 'E06000001,Hartlepool,Urban with City and Town,"92,028",3.4%\n'
    rows += "E06000002,Middlesbrough,Urban with City and Town,138412,0%\n,,,,\nSource: ONS,,,,\n"
    out = load_published(write_text(tmp_path / "x.csv", rows))
    t = out.tidy()
    assert cell(t, area_code="E06000001", measure="Total Population 2011")["value"] == 92028
    assert cell(t, area_code="E06000001", measure="Rural %")["unit"] == "percent"
    label = cell(t, area_code="E06000002", measure="Rural-Urban Classification 2011 (6 fold)")
    assert label["text"] == "Urban with City and Town" and missing(label["value"]) and label["period"] == "2011"
    assert "Source: ONS" in out.notes and any("There are 2 rows" in n for n in out.notes)


def test_small_area_classification(tmp_path: Path) -> None:
    rows = "LSOA21CD,LSOA21NM,RUC21CD,RUC21NM,Urban_rural_flag\nE01000001,City 001A,UN1,Urban: nearer,Urban\n"
    rows += "E01000002,City 001B,RLF1,Larger rural,Rural\n"
    t = load_published(write_text(tmp_path / "x.csv", rows)).tidy()
    assert cell(t, area_code="E01000002", measure="RUC21CD")["text"] == "RLF1"
    assert set(t["geographic_level"]) == {"Lower layer super output area"} and set(t["area_name"]) == {
        "City 001A",
        "City 001B",
    }


def test_neighbours_of_another_year_with_repeated_headers(tmp_path: Path) -> None:
    rows = "LA num,LA Name,LA number,GOInd,GOReg,SN1,SNP,SN2,SNP,SN3,SNP,\n"
    rows += "201,City of London,201,3,London (Inner),207,Not Close,213,Not Close ,212,Close,\n"
    rows += "202,Camden,202,3,London (Inner),213,Very Close,205,Close,207,Close,\n"
    out = load_published(write_text(tmp_path / "x.csv", rows), period="2021")
    t = out.tidy()
    assert out.layout == "statistical-neighbours" and set(t["period"]) == {"2021"}
    first = cell(t, area_name="Camden", measure="SN2")
    assert first["text"] == "205" and missing(first["value"]) and first["breakdown"] == "rank=2"
    close = cell(t, area_name="City of London", measure="SN2P")
    assert close["text"] == "Not Close" and "repeated header" in close["assumed"]
    assert set(t["region_name"]) == {"London (Inner)"} and set(t["old_area_code"]) == {"201", "202"}


def test_neighbours_by_name_with_distances(tmp_path: Path) -> None:
    rows = "LA code,Local authority," + ",".join(f"SN{i} code,SN{i} name,SN{i} distance" for i in (1, 2, 3)) + "\n"
    rows += "201,City of London,207,Kensington,1.25,213,Westminster,2.5,202,Camden,3.5\n"
    t = load_published(write_text(tmp_path / "x.csv", rows)).tidy()
    assert cell(t, measure="SN2 name")["text"] == "Westminster" and cell(t, measure="SN1 distance")["value"] == 1.25
    assert cell(t, measure="SN3 code")["text"] == "202"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_spending_of_a_later_year(tmp_path: Path, encoding: str) -> None:
    rows = "LA Number,LA Name,Line number,Description,Financial year,Own provision (£),Gross Expenditure,Net\n"
    rows += '201,City of London,3.1.1,Residential care – total,2018-19,"£1,234.50","(1,200)",n/a\n'
    rows += '201,City of London,3.1.2,Fostering,2018-19,£0,"2,000",12\n202,Camden,3.1.1,Residential care – total,'
    rows += "2018-19,£5,7,8\n"
    out = load_published(write_text(tmp_path / "x.csv", rows, encoding))
    t = out.tidy()
    assert out.layout == "expenditure-outturn" and set(t["period"]) == {"2018/19"}
    line = "Line number=3.1.1; Description=Residential care – total"
    own = cell(t, area_name="City of London", measure="Own provision (£)", breakdown=line)
    assert own["value"] == 1234.5 and own["unit"] == "pounds" and "currency sign" in own["assumed"]
    gross = cell(t, area_name="City of London", measure="Gross Expenditure", breakdown=line)
    assert gross["value"] == -1200 and "negative" in gross["assumed"]
    assert cell(t, area_name="City of London", measure="Net", breakdown=line)["marker"] == "n/a"


def test_public_health_layout_with_one_value_column(tmp_path: Path) -> None:
    rows = "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Time period,Value\n"
    rows += "90284,Admissions,,,E92000001,England,England,Persons,2010/11,115.2\n"
    rows += "90284,Admissions,E92000001,England,E06000001,Hartlepool,Counties & UAs,Persons,2010/11,158.5\n"
    rows += "90284,Admissions,E92000001,England,E06000001,Hartlepool,Counties & UAs,Persons,2011/12,\n"
    out = load_published(write_text(tmp_path / "x.csv", rows))
    t = out.tidy()
    assert out.measures == ("Admissions",) and out.layout == "area-table"
    row = cell(t, area_code="E06000001", period="2010/11")
    assert row["value"] == 158.5 and "Indicator Name=Admissions" in row["breakdown"]
    assert missing(cell(t, area_code="E06000001", period="2011/12")["value"])


def test_names_only_and_years_across(tmp_path: Path) -> None:
    t = load_published(
        write_text(tmp_path / "x.csv", "Region,2019,2020\nNorth East,1.5,2.5\nNorth West,3,low\n")
    ).tidy()
    assert (
        t["area_code"].tolist() == ["E12000001", "E12000002"] * 2
        and t["period"].tolist() == ["2019"] * 2 + ["2020"] * 2
    )
    assert t["marker"].tolist()[3] == "low"


def test_the_name_of_the_file_changes_nothing(tmp_path: Path) -> None:
    rows = "LAD22CD,LAD22NM,Rate\nE06000001,Hartlepool,1.5\n"
    one = load_published(write_text(tmp_path / "csww_2025.csv", rows)).tidy()
    two = load_published(write_text(tmp_path / "q", rows)).tidy()
    pd.testing.assert_frame_equal(one.drop(columns="file"), two.drop(columns="file"))


def test_zip_and_folder(tmp_path: Path) -> None:
    inside = "LAD22CD,LAD22NM,Rate\nE06000001,Hartlepool,1.5\n"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        pack.writestr("table.csv", inside)
    write_text(tmp_path / "b.csv", inside.replace("1.5", "c"))
    write_text(tmp_path / "readme.md", "not a table")
    out = load_published(tmp_path)
    assert [s.file for s in out.sources] == ["a.zip", "b.csv"] and out.source.kind == "csv in zip"
    assert out.tidy()["file"].tolist() == ["a.zip", "b.csv"] and any("readme.md" in a for a in out.assumptions)


def test_exam_grades_and_an_extra_year_are_breakdowns_not_markers(tmp_path: Path) -> None:
    rows = [f"academic_year,{EES},grade,entries"]
    rows += [
        f"202425,202425,Academic year,National,E92000001,England,,,{g},{n}" for g, n in (("9", 5), ("U", 6), ("X", 7))
    ]
    out = load_published(write_text(tmp_path / "x.csv", "\n".join(rows)))
    assert out.measures == ("entries",) and out.tidy()["value"].tolist() == [5, 6, 7]
    assert out.breakdowns()["grade"].tolist() == ["9", "U", "X"]


def test_territorial_level_codes(tmp_path: Path) -> None:
    rows = "ITL321CD,ITL321NM,Rural-Urban Classification 2011 (3 fold)\nTLC11,Hartlepool,Predominantly Urban\n"
    t = load_published(write_text(tmp_path / "x.csv", rows + "TLC12,South Teesside,Predominantly Urban\n")).tidy()
    assert t["area_code"].tolist() == ["TLC11", "TLC12"] and t["text"].tolist() == ["Predominantly Urban"] * 2


def test_underlying_data_of_older_releases(tmp_path: Path) -> None:
    rows = "timePeriod,geographicLevel,LEANumber,LEAName,LA_Code,TotalIncome\n201213,LA,201,City,E09000001,5\n"
    rows += "201213,National,,England,E92000001,50\n"
    t = load_published(write_text(tmp_path / "x.csv", rows)).tidy()
    assert t["area_name"].tolist() == ["City", "England"] and t["period"].tolist() == ["2012/13"] * 2
    assert t["old_area_code"].tolist()[0] == "201" and t["value"].tolist() == [5, 50]
