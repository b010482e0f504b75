"""An authority beside published figures: years, areas, neighbours, counts, intervals and markers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, UsageError
from hybrid_toolkit.metrics.compare import COMPARISON_COLUMNS, Comparison

HEAD = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "old_la_code,new_la_code,la_name"
)
WORKFORCE = "inpost_fte,leavers_fte,turnover_rate_fte"
PLACES = (
    ("National,E92000001,England,,,,,", "1000,120,12.0"),
    ("Regional,E92000001,England,E12000001,North East,,,", "100,11,11.0"),
    ("Regional,E92000001,England,E12000002,North West,,,", "100,15,15.0"),
    ("Local authority,E92000001,England,E12000001,North East,841,E06000005,Darlington", "90,9,10.0"),
    ("Local authority,E92000001,England,E12000001,North East,805,E06000001,Hartlepool", "50,x,x"),
    ("Local authority,E92000001,England,E12000002,North West,351,E08000002,Bury", "80,16,20.0"),
    (
        "Local authority,E92000001,England,E12000002,North West,350 / 356,E08000001 / E08000007,Bolton / Stockport",
        "60,<5,<5",
    ),
    ("Local authority,E92000001,England,E12000002,North West,340,E08000011,Knowsley", "70,7,10.0"),
)


def published(path: Path, years: tuple[int, ...] = (2023, 2024)) -> Path:
    rows = [f"{HEAD},{WORKFORCE}"]
    rows += [f"{y},Reporting year,{place},{figures}" for y in years for place, figures in PLACES]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def model(path: Path) -> Path:
    head = "old_la_code,la_name,region_name," + ",".join(f"SN_{i},SN_{i}P" for i in range(1, 5))
    rows = [
        head,
        "841,Darlington,North East,351,Close ,805,Close ,356,Close ,999,Close ",
        "805,Hartlepool,North East,841,Close ,351,Close ,340,Close ,350,Close ",
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def own(years: tuple[int, ...] = (2024, 2025), key: str = "A1") -> EvaluationData:
    n = len(years)
    return EvaluationData(
        {
            "la_year": pd.DataFrame(
                {"la_id": [key] * n, "year": years, "inpost_fte": [100.0] * n, "leavers_fte": [14.0] * n}
            )
        }
    )


def compared(tmp_path: Path, *, area: str = "841") -> Comparison:
    file, near = published(tmp_path / "p.csv"), model(tmp_path / "n.csv")
    found: Comparison = ht.compare(own(), "turnover_rate_pct", file, neighbours=near, area=area)
    return found


def test_own_rate_beside_england_region_and_neighbours_of_the_same_year(tmp_path: Path) -> None:
    found = compared(tmp_path)
    t = found.tidy()
    assert tuple(t.columns) == COMPARISON_COLUMNS and set(t["year"]) == {2024} and found.area == "Darlington"
    assert t["place"].tolist() == [
        "your data",
        "this authority, published",
        "England",
        "region",
        *["statistical neighbour"] * 3,
    ]
    assert t["term"].tolist() == [
        "your data",
        "Darlington",
        "England",
        "North East",
        "Bolton / Stockport",
        "Bury",
        "Hartlepool",
    ]
    assert t["estimate"].tolist()[:4] == pytest.approx([14.0, 10.0, 12.0, 11.0])
    assert t.loc[t["term"].eq("England"), ["numerator", "denominator"]].to_numpy().tolist() == [[120.0, 1000.0]]
    assert found.unmatched == ((2025,), (2023,))


def test_markers_are_kept_with_their_bounds_and_are_no_numbers(tmp_path: Path) -> None:
    t = compared(tmp_path).tidy().set_index("term")
    assert t.loc["Hartlepool", "marker"] == "x" and t["estimate"].isna()["Hartlepool"]
    assert (
        t.loc["Bolton / Stockport", "marker"],
        t.loc["Bolton / Stockport", "lower"],
        t.loc["Bolton / Stockport", "upper"],
    ) == ("<5", 0, 5)


def test_nothing_is_ranked_and_the_caveat_is_said(tmp_path: Path) -> None:
    found = compared(tmp_path)
    t = found.tidy()
    near = t[t["place"].eq("statistical neighbour")]
    assert near["term"].is_monotonic_increasing and "rank" not in " ".join(t.columns)
    said = found.summary()
    assert "Nothing here is ranked." in said and "1 of 3 statistical neighbours have a figure" in said
    assert "1 of 4 neighbours have no row" in said and "Only your data have 2025" in said
    assert found.glance()["n_markers"].item() == 2


@pytest.mark.parametrize("area", ["841", "E06000005", "Darlington", "DARLINGTON", "Darlington Borough Council"])
def test_the_area_by_code_or_name(tmp_path: Path, area: str) -> None:
    assert compared(tmp_path, area=area).area == "Darlington"


def test_a_joint_return_is_found_by_either_code(tmp_path: Path) -> None:
    found = ht.compare(own(), "turnover_rate_pct", published(tmp_path / "p.csv"), area="356")
    assert found.area == "Bolton / Stockport" and "no neighbours are shown" in found.summary()


def test_the_key_of_one_authority_needs_no_area(tmp_path: Path) -> None:
    found = ht.compare(own(key="E06000005"), "turnover_rate_pct", published(tmp_path / "p.csv"))
    assert found.area == "Darlington"


def test_of_a_panel_only_the_authority_itself_is_its_own_data(tmp_path: Path) -> None:
    frame = pd.concat([own(key=k)["la_year"] for k in ("E06000005", "E08000002")])
    frame.loc[frame["la_id"].eq("E08000002"), "leavers_fte"] = 90.0
    t = ht.compare(
        EvaluationData({"la_year": frame}), "turnover_rate_pct", published(tmp_path / "p.csv"), area="841"
    ).tidy()
    assert t["estimate"].tolist()[0] == pytest.approx(14.0)


def test_what_cannot_be_compared_says_why(tmp_path: Path) -> None:
    file = published(tmp_path / "p.csv")
    with pytest.raises(CoverageError, match="no year stands in both; your data have 2019"):
        ht.compare(own((2019,)), "turnover_rate_pct", file, area="841")
    with pytest.raises(UsageError, match="no local authority of that name or code"):
        ht.compare(own(), "turnover_rate_pct", file, area="Atlantis")
    with pytest.raises(UsageError, match="which authority"):
        ht.compare(own(), "turnover_rate_pct", file)
    with pytest.raises(UsageError, match="no measure 'agency_rate_fte'"):
        ht.compare(own(), "agency_rate_pct", file, area="841")
    with pytest.raises(UsageError, match="no published measure is known"):
        ht.compare(own(), "swemwbs", file, area="841")


def referrals(n: int = 40) -> EvaluationData:
    """Every fourth referral is one within twelve months of another; all from April to August 2023."""
    days = [pd.Timestamp("2023-04-03") + pd.Timedelta(days=3 * i) for i in range(n)]
    again = pd.array([i % 4 == 0 for i in range(n)], dtype="boolean")
    children = [f"c{i}" for i in range(n)]
    return EvaluationData(
        {"child_event": pd.DataFrame({"child_id": children, "referral_date": days, "rereferral": again})}
    )


def test_children_s_statistics_match_years_from_april_and_shares(tmp_path: Path) -> None:
    rows = [f"{HEAD},category,referral_count,rereferral_count,rereferral_percent"]
    rows += [f"{y},Reporting year,{p},Referrals,1000,210,21.0" for y in (2023, 2024) for p, _ in PLACES]
    (tmp_path / "p.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = ht.compare(referrals(), "rereferral_share", tmp_path / "p.csv", area="Bury")
    t = found.tidy()
    mine = t[t["place"].eq("your data")]
    wanted = ht.measure(referrals(), "rereferral_share")["estimate"].iloc[0]
    assert set(t["year"]) == {2024} and mine["estimate"].item() == pytest.approx(wanted)
    assert t.loc[t["term"].eq("England"), "estimate"].item() == pytest.approx(0.21)
    assert t.loc[t["term"].eq("England"), "numerator"].item() == 210 and mine["months"].item() < 12
    assert "12 months of an earlier referral" in found.summary() and "of 12 months" in found.summary()


def test_intervals_where_the_source_prints_them(tmp_path: Path) -> None:
    rows = [
        "Code,Area,2024,conf",
        "E92000001,England,12,0.5",
        "E06000005,Darlington,10,2.5",
        "E06000001,Hartlepool,9,!",
    ]
    (tmp_path / "p.csv").write_text('"variable","Staff who left"\n\n' + "\n".join(rows) + "\n", encoding="utf-8")
    t = ht.compare(own(), "turnover_rate_pct", tmp_path / "p.csv", area="Darlington", measure="Staff who left").tidy()
    england = t[t["term"].eq("England")].iloc[0]
    assert (england["conf_low"], england["estimate"], england["conf_high"]) == (11.5, 12.0, 12.5)


@pytest.mark.realdata
def test_barnet_beside_its_published_neighbours(real_data: Path) -> None:
    file = real_data / "csww_indicators_2017_to_2025.csv"
    panel = ht.workforce_panel(file)
    found = ht.compare(panel, "turnover_rate_pct", file, area="302", neighbours=real_data / "sn_model_2025_wide.csv")
    t = found.tidy()
    assert found.glance()["n_years"].item() == 9 and found.glance()["n_neighbours"].item() == 10
    last = t[t["year"].eq(2025)].set_index("term")["estimate"]
    assert (last["England"], last["Outer London"], last["Barnet"]) == (11.8, 15.7, 13.3)
    assert last["your data"] == pytest.approx(13.3, abs=0.06)
