"""Markers with bounds, durations, units, and headers that look like codes: small tables made here."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.published import PUBLISHED_COLUMNS, load_published
from hybrid_toolkit.errors import PublishedError


def save(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def bounds(t: pd.DataFrame, measure: str) -> list[tuple[str, float, float]]:
    rows = t[t["measure"].eq(measure) & t["marker"].notna()]
    assert rows["value"].isna().all()
    return list(rows[["marker", "lower", "upper"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("share", [1, 20, 39], ids=["few", "half", "nearly all"])
def test_ranges_are_markers_with_bounds_however_many_there_are(tmp_path: Path, share: int) -> None:
    rows = ["Code,Area,Referrals,Per cent seen"]
    rows += [
        f"E0600{i:04d},Area {i},{'<5' if i <= share else 100 + i},{'>95' if i <= share else 40 + i}"
        for i in range(1, 41)
    ]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert len(t) == 80 and tuple(t.columns) == PUBLISHED_COLUMNS
    assert bounds(t, "Referrals") == [("<5", 0, 5)] * share
    assert bounds(t, "Per cent seen") == [(">95", 95, 100)] * share
    assert t["lower"].notna().sum() == 2 * share


@pytest.mark.parametrize(
    ("cell", "lower", "upper"),
    [("<6", 0, 6), ("≤5", 0, 5), ("90-99", 90, 99), ("1 to 4", 1, 4), ("fewer than 5", 0, 5), ("5 or fewer", 0, 5)],
)
def test_spellings_of_a_range(tmp_path: Path, cell: str, lower: float, upper: float) -> None:
    rows = [
        "Code,Area,Referrals",
        f"E06000001,Hartlepool,{cell}",
        "E06000005,Darlington,120",
        "E06000002,Middlesbrough,c",
    ]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert bounds(t, "Referrals")[0] == (cell, lower, upper) and t["marker"].tolist()[2] == "c"


def test_more_than_a_count_has_no_upper_bound(tmp_path: Path) -> None:
    rows = ["Code,Area,Referrals", "E06000001,Hartlepool,>1000", "E06000005,Darlington,120"]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert t["lower"].tolist()[0] == 1000 and pd.isna(t["upper"].tolist()[0])


def test_age_bands_stay_words_and_breakdowns(tmp_path: Path) -> None:
    head = "time_period,geographic_level,country_code,country_name,age_band,number"
    rows = [
        head,
        *(f"2020,National,E92000001,England,{a},{n}" for a, n in (("<1", 5), ("1-4", 6), ("5-9", "<5"), ("16+", 8))),
    ]
    out = load_published(save(tmp_path / "x.csv", rows))
    assert out.measures == ("number",) and out.breakdowns()["age_band"].tolist() == ["<1", "1-4", "5-9", "16+"]
    assert bounds(out.tidy(), "number") == [("<5", 0, 5)]


def test_age_bands_as_headers_of_a_crosstab_are_headers(tmp_path: Path) -> None:
    rows = ["Children in England by age 2020,,,", ",,,", ",<1,1-4,5-9", "Boys,5,6,7", "Girls,<5,8,9"]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert len(t) == 6 and t.loc[t["breakdown"].eq("row=Boys; column=1-4"), "value"].tolist() == [6]
    girls = t[t["breakdown"].eq("row=Girls; column=<1")].iloc[0]
    assert (girls["marker"], girls["lower"], girls["upper"]) == ("<5", 0, 5)


def test_durations_are_numbers_where_their_units_are_named(tmp_path: Path) -> None:
    head = "time_period,geographic_level,country_code,country_name,characteristic,number"
    rows = [head, "2020,National,E92000001,England,Total,2980", "2020,National,E92000001,England,Male,1560"]
    rows += [
        "2020,National,E92000001,England,Average age (years:months),3:4",
        "2020,National,E92000001,England,Other,2:5",
    ]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    age = t[t["breakdown"].str.contains("Average age")].iloc[0]
    assert (age["value"], age["unit"]) == (40, "months") and pd.isna(age["marker"])
    other = t[t["breakdown"].str.contains("Other")].iloc[0]
    assert other["marker"] == "2:5" and pd.isna(other["value"]) and "does not name" in other["assumed"]


def test_durations_in_words_and_by_header(tmp_path: Path) -> None:
    rows = [
        "Code,Area,Average stay (years:months),Wait",
        "E06000001,Hartlepool,1:6,2 years 3 months",
        "E06000005,Darlington,0:11,1 yr 1 mth",
    ]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert t["value"].tolist() == [18, 11, 27, 13] and set(t["unit"]) == {"months"}


@pytest.mark.parametrize(
    ("header", "values", "unit"),
    [
        ("Proportion of areas in the most deprived 10% nationally", (0.36, 0.48), "share"),
        ("Rank of proportion in most deprived 10% nationally", (9, 1), None),
        ("Rank of percentage", (9, 1), None),
        ("Visits in time (%)", (80, 90), "percent"),
        ("% of visits in time", (80, 90), "percent"),
        ("Seen_%", (80, 90), "percent"),
        ("Per cent of children", (80, 90), "percent"),
        ("Share of posts", (0.1, 0.2), "share"),
        ("Proportion", (45.5, 60.1), None),
        ("Average score", (35.0, 40.5), None),
    ],
)
def test_units_are_units(tmp_path: Path, header: str, values: tuple[float, float], unit: str | None) -> None:
    rows = [f"UTLA19CD,UTLA19NM,{header}", f"E06000001,Hartlepool,{values[0]}", f"E06000005,Darlington,{values[1]}"]
    t = load_published(save(tmp_path / "x.csv", rows)).tidy()
    assert t["value"].tolist() == list(values)
    assert t["unit"].dropna().unique().tolist() == ([unit] if unit else [])


@pytest.mark.parametrize(
    "header",
    [
        "Act_NoInf",
        "CL_No_Info_2",
        "No SEN",
        "Care order granted",
        "Ceased_IndSup",
        "Total paid",
        "Key stage 2 eligible",
    ],
)
def test_counts_whose_names_look_like_codes_are_measures(tmp_path: Path, header: str) -> None:
    rows = [
        f"LA_order,New_geog_code,geog_n,Total,{header}",
        "1,E06000001,Hartlepool,620,120",
        "2,E06000005,Darlington,50,x",
    ]
    rows += ["3,E06000001,Hartlepool,621,121"]
    out = load_published(save(tmp_path / "x.csv", rows))
    t = out.tidy()
    assert out.measures == ("Total", header) and t.loc[t["measure"].eq(header), "value"].tolist()[0] == 120


def test_words_in_a_column_of_numbers_are_still_an_error(tmp_path: Path) -> None:
    rows = [
        "Code,Area,Number of referrals",
        *(f"E0600{i:04d},Area {i},{i}" for i in range(30)),
        "E06001111,Other,call the office",
    ]
    with pytest.raises(PublishedError, match="words that are no known marker") as caught:
        load_published(save(tmp_path / "x.csv", rows))
    assert caught.value.code == "PUB-NUMBER" and "office" not in str(caught.value)
