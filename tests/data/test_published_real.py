"""The published files themselves, against facts counted in them by other means."""

from __future__ import annotations

import csv
import math
import zipfile
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from defusedxml import ElementTree

from hybrid_toolkit.data.published import (
    PUBLISHED_COLUMNS,
    Published,
    load_published,
    national_gap,
    recompute_rates,
    workforce_panel,
)
from hybrid_toolkit.data.tables.contracts import TABLES

pytestmark = pytest.mark.realdata

FILES = {
    "csww_indicators_2017_to_2025.csv": ("dfe-tidy", 1463 * 22),
    "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv": ("dfe-tidy", 2132 * 10),
    "LA_Inspection_Outcomes_as_at_31_March_2025.ods": ("inspection-outcomes", (153 + 112 + 271) * 5),
    "17_10_2023_-_Rural-Urban_Classification_2011_lookup_tables_for_higher_level_geographies.csv": ("area-lookup", 304),
    "LTLA-UTLA_Apr23_Lookup_England-Wales.csv": ("area-lookup", 318 * 4),
    "sn_model_2025_wide.csv": ("statistical-neighbours", 153 * 21),
    "workfromhomestatusreferencetables.xlsx": ("cross-table", 5914),
    "outturn_1314.csv": ("expenditure-outturn", 5472 * 10),
}
CSWW, NEED, OFSTED, RURAL, LOOKUP, NEIGHBOURS, HOME, OUTTURN = FILES


@cache
def loaded(place: Path) -> Published:
    return load_published(place)


def one(tidy: pd.DataFrame, **where: str) -> pd.Series:
    keep = pd.Series(True, index=tidy.index)
    for name, wanted in where.items():
        keep &= tidy[name].eq(wanted)
    assert keep.sum() == 1, f"{int(keep.sum())} rows for {where}"
    return tidy[keep].iloc[0]


@pytest.mark.parametrize("name", list(FILES))
def test_every_file_reads_with_its_layout_and_every_cell(real_data: Path, name: str) -> None:
    out = loaded(real_data / name)
    t = out.tidy()
    assert (out.layout, len(t)) == FILES[name] and tuple(t.columns) == PUBLISHED_COLUMNS
    assert t["area_name"].notna().all() and t["measure"].notna().all() and t["geographic_level"].notna().all()
    assert t["area_code"].notna().all() and len(out.source.sha256) == 64 and out.summary()
    silent = t["value"].isna() & t["marker"].isna() & t["text"].isna()
    assert t.loc[silent, "assumed"].str.contains("blank in the file").all()
    assert not (t["value"].notna() & t["text"].notna()).any()


def test_folder_reads_as_one_and_names_what_it_left(real_data: Path) -> None:
    out = load_published(real_data)
    assert len(out.tidy()) == sum(n for _, n in FILES.values()) and len(out.sources) == len(FILES)
    assert any("social_work_workforce_2022.xml" in a for a in out.assumptions)


@pytest.mark.parametrize("name", [CSWW, NEED, OUTTURN])
def test_text_tables_cell_by_cell(real_data: Path, name: str) -> None:
    """Each cell again by the csv module: the number, or else the symbol, or else a blank."""
    t = loaded(real_data / name).tidy()
    with (real_data / name).open(encoding="cp1252", newline="") as file:
        raw = list(csv.DictReader(file))
    for measure, part in t.groupby("measure"):
        published = [raw[n - 2][str(measure)] for n in part["source_row"]]
        for text, value, marker in zip(published, part["value"], part["marker"], strict=True):
            if text in ("z", "x", "c", "u", "low"):
                assert math.isnan(value) and marker == text
            elif text == "":
                assert math.isnan(value) and pd.isna(marker)
            else:
                assert value == float(text) and pd.isna(marker)


def test_markers_of_the_workforce_file(real_data: Path) -> None:
    counts = loaded(real_data / CSWW).tidy()["marker"].value_counts().to_dict()
    assert counts == {"x": 98, "z": 81, "u": 51, "low": 12, "c": 8}


def test_england_stands_above_the_sum_of_its_areas(real_data: Path) -> None:
    gap = national_gap(loaded(real_data / CSWW))
    row = gap[gap["period"].eq("2025") & gap["measure"].eq("inpost_fte")].iloc[0]
    assert (row["national"], round(row["summed"], 1), round(row["gap"], 1)) == (36186.3, 35855.4, 330.9)
    assert (row["areas"], row["marked"]) == (151, 2)


def test_joint_returns_and_boundary_changes(real_data: Path) -> None:
    out = loaded(real_data / CSWW)
    joint = out.tidy().query("old_area_code == '314 / 318'")
    assert set(joint["area_codes"]) == {("E09000021", "E09000027")}
    changes = out.boundary_changes()
    kinds = {k: set(p["area_name"]) for k, p in changes.groupby("kind")}
    assert {"Northamptonshire", "Cumbria", "Bournemouth", "Poole", "Dorset"} <= kinds["ends"]
    assert {"Cumberland", "Westmorland and Furness", "Bournemouth, Christchurch and Poole"} <= kinds["begins"]
    assert kinds["one name, several codes"] == {
        "Barnsley",
        "Buckinghamshire",
        "Dorset",
        "North Yorkshire",
        "Sheffield",
        "Somerset",
    }
    assert len(kinds["joint return"]) == 2
    cumbria = changes[changes["area_name"].eq("Cumbria")].iloc[0]
    assert (cumbria["first_period"], cumbria["last_period"]) == ("2017", "2022")


def test_published_rates_from_their_own_parts(real_data: Path) -> None:
    check = recompute_rates(loaded(real_data / CSWW))
    glance = check.glance().set_index("measure")
    assert glance.loc["turnover_rate_fte", "n"] == 1345 and glance.loc["turnover_rate_fte", "max_gap"] <= 0.12
    for rate in ("turnover_rate_fte", "agency_rate_fte", "vacancy_rate_fte", "caseload_fte"):
        assert glance.loc[rate, "n_beyond_rounding"] == 0
    assert "turnover_rate_fte: 1,345 cells" in check.summary()
    nation = check.glance(level="National").set_index("measure")
    assert nation.loc["agency_rate_fte", "max_gap"] == pytest.approx(0.237, abs=0.001)


def test_workforce_panel_keeps_the_contract(real_data: Path) -> None:
    data = workforce_panel(loaded(real_data / CSWW))
    panel = data["la_year"]
    contract = TABLES["la_year"]
    assert len(panel) == 1355 and not panel.duplicated(["la_id", "year"]).any() and not data.synthetic
    assert list(panel.columns) == list(contract.names)
    assert {c: str(panel[c].dtype) for c in panel} == {c.name: c.dtype for c in contract.columns}
    assert int(panel["agency_fte"].isna().sum()) == 14 and panel["region"].notna().all()
    notes = " ".join(data.provenance[0].notes)
    assert "agency_fte: 3 cells marked 'low'" in notes and "joint return: 2" in notes
    assert round(panel.loc[panel["year"].eq(2025), "inpost_fte"].sum(), 1) == 35855.4


def test_national_series_against_the_calibration_file(real_data: Path) -> None:
    place = real_data.parents[1] / "design" / "calibration_csww_national.csv"
    if not place.is_file():
        pytest.skip("the calibration file is not here")
    wanted = pd.read_csv(place).set_index("time_period")
    t = loaded(real_data / CSWW).tidy().query("geographic_level == 'National'")
    got = t.assign(year=t["period"].astype(int)).pivot(index="year", columns="measure", values="value")[wanted.columns]
    assert (got.to_numpy() == wanted.sort_index().to_numpy()).all()


def test_homeworking_cells_against_another_reader(real_data: Path) -> None:
    """Every number of the workbook outside years and stubs, found again at its place by openpyxl."""
    t = loaded(real_data / HOME).tidy()
    book = openpyxl.load_workbook(real_data / HOME)
    total = 0
    for sheet in book.worksheets[2:]:
        numbers = [c for row in sheet.iter_rows() for c in row if isinstance(c.value, (int, float))]
        cells = [c for c in numbers if not (c.number_format in ("General", "@") and 2011 <= c.value <= 2020)]
        wanted = sorted(c.value * (100 if "%" in c.number_format else 1) for c in cells)
        part = t[t["table"].eq(sheet.title) & t["value"].notna()]
        if not part["marker"].notna().any() and "(1)" not in str(part["breakdown"].iloc[0]):
            assert sorted(part["value"]) == pytest.approx(wanted, rel=1e-9), sheet.title
            total += len(part)
    assert total == 5578
    spots = [
        ("Table 3", "F9", "2013", "section=All; column=White > Occasionally", 100),
        ("Table 6", "BS16", "2020", "section=All; column=Health and social work (Q) > Occasionally", 100),
        ("Table 12", "M37", "2013", "section=Women > Full-time; column=Mainly", 1),
        ("Table 19", "O34", "2013", "section=Part-time; column=Occasionally", 100),
        ("Table 20", "G15", "2020", "section=All; column=Any work from home", 1),
        ("Table 22", "E48", "2020", "row=North East; column=Mainly", 100),
    ]
    for table, place, period, breakdown, scale in spots:
        row = one(t, table=table, period=period, breakdown=breakdown)
        assert row["value"] == pytest.approx(book[table][place].value * scale), (table, place)
    star = one(t, table="Table 13", period="2020", breakdown="row=Mainly")
    assert (star["value"], star["marker"], book["Table 13"]["Q7"].value) == (0.088, "***", "0.088***")
    error = one(t, table="Table 21", breakdown="row=Constant; column=(2) > Promoted; statistic=standard error")
    assert error["value"] == 0.16866


def test_homeworking_regions_units_and_two_titles_side_by_side(real_data: Path) -> None:
    out = loaded(real_data / HOME)
    t = out.tidy()
    regions = t[t["table"].eq("Table 22")]
    assert regions["area_code"].nunique() == 12 and "E12000003" in set(regions["area_code"])
    assert set(t.loc[t["table"].ne("Table 22"), "area_name"]) == {"United Kingdom"}
    assert t.loc[t["table"].eq("Table 18"), "measure"].nunique() == 2
    assert set(t.loc[t["table"].eq("Table 19") & t["value"].notna(), "unit"]) == {"percent"}
    assert set(t.loc[t["table"].eq("Table 12"), "unit"]) == {"pounds"}
    assert any("Questions on the APS" in n for n in out.notes)


def test_inspections_against_the_document_itself(real_data: Path) -> None:
    out = loaded(real_data / OFSTED)
    t = out.tidy()
    now = t[t["period"].eq("2025-03-31")]
    assert now["area_code"].nunique() == 153 and len(now) == 765
    with zipfile.ZipFile(real_data / OFSTED) as pack:
        tree = ElementTree.fromstring(pack.read("content.xml"))
    space = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    words = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
    sheet = next(s for s in tree.iter(f"{space}table") if s.get(f"{space}name") == "Inspections_as_at_31_March")
    grades = {"Good": 0, "Outstanding": 0, "Inadequate": 0, "Requires improvement to be good": 0}
    for cell in sheet.iter(f"{space}table-cell"):
        text = "".join("".join(p.itertext()) for p in cell.findall(words))
        if text in grades:
            grades[text] += int(cell.get(f"{space}number-columns-repeated", "1"))
    assert now["text"].value_counts().to_dict() == grades
    brent = one(now, area_name="Brent", measure="Overall effectiveness")
    assert brent["breakdown"] == "Inspection date=2023-02-20; Publication date=2023-04-11" and brent["text"] == "Good"
    blank = one(now, area_name="Bradford", measure="The experiences and progress of care leavers")
    assert pd.isna(blank["text"]) and pd.isna(blank["marker"])


def test_lookups_and_neighbours(real_data: Path) -> None:
    lookup = loaded(real_data / LOOKUP)
    assert lookup.source.encoding == "utf-8 with byte-order mark" and set(lookup.tidy()["period"]) == {"2023"}
    assert one(lookup.tidy(), area_code="W06000001", measure="LTLA23NMW")["text"] == "Ynys Môn"
    assert one(lookup.tidy(), area_code="E07000067", measure="UTLA23NM")["text"] == "Essex"
    rural = loaded(real_data / RURAL).tidy()
    six = rural[rural["measure"].str.contains("6 fold")]
    assert six["text"].nunique() == 6 and one(six, area_code="E10000030")["text"] == "Urban with Major Conurbation"
    near = loaded(real_data / NEIGHBOURS).tidy()
    assert one(near, area_name="Barnet", measure="SN_1P")["text"] == "Close"
    first = one(near, area_name="Barnet", measure="SN_1")
    assert first["text"] == "320" and pd.isna(first["value"]) and first["old_area_code"] == "302"


def test_outturn_reads_windows_text_and_keeps_blanks(real_data: Path) -> None:
    out = load_published(real_data / OUTTURN, period="2013/14")
    t = out.tidy()
    assert out.source.encoding == "windows-1252" and set(t["period"]) == {"2013/14"}
    assert t["breakdown"].str.contains("Children’s Centres").any() and t["value"].isna().sum() == 6993
    assert t["breakdown"].str.extract(r"LineNumber=(\d+)$")[0].nunique() == 36
