"""Workbooks of other years and habits, made here: covers, deep headers, spacers, tables beside and below each other."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pytest

from hybrid_toolkit.data.published import load_published
from hybrid_toolkit.errors import PublishedError

Rows = Sequence[Sequence[object]]
_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
_KIND = "application/vnd.oasis.opendocument.spreadsheet"


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def write_xlsx(path: Path, sheets: dict[str, Rows], *, percent: bool = False) -> Path:
    """A workbook; ``percent`` shows fractions between 0 and 1 as percentages."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in sheet.iter_rows():
            for cell in cells:
                if percent and isinstance(cell.value, float) and 0 < cell.value < 1:
                    cell.number_format = "0.0%"
    book.save(path)
    return path


def write_ods(path: Path, sheets: dict[str, Rows]) -> Path:
    """The least OpenDocument spreadsheet that a reader takes."""
    body = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join("<table:table-row>" + "".join(map(_cell, row)) + "</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.2">'
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_KIND}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("mimetype", _KIND)
        pack.writestr("content.xml", content)
        pack.writestr("META-INF/manifest.xml", manifest)
    return path


def _cell(value: object) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def cell(tidy: pd.DataFrame, **where: str) -> pd.Series:
    """The one row with these contents."""
    keep = pd.Series(True, index=tidy.index)
    for name, wanted in where.items():
        keep &= tidy[name].eq(wanted)
    assert keep.sum() == 1, f"{int(keep.sum())} rows for {where}"
    return tidy[keep].iloc[0]


def missing(value: object) -> bool:
    return bool(pd.isna(value))


OFSTED = [
    ["Local authority inspection outcomes as at 31 August 2022"],
    ["Some explanation of the table", ""],
    [],
    ["Local authority code", "Local authority", "Region", "Inspection date", "Overall effectiveness", "Care leavers"],
    ["E06000001", "Hartlepool", "North East", "2021-03-01", "Good", None],
    ["E06000002", "Middlesbrough", "North East", "2021-11-12", "Inadequate", "Good"],
]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_inspections_at_another_date_and_depth(tmp_path: Path, kind: str) -> None:
    sheets = {
        "Cover": [["Inspection outcomes"], ["Published on:", "2022-11-01"], ["Region:", "England"]],
        "Data": OFSTED,
    }
    place = tmp_path / f"x.{kind}"
    if kind == "csv":
        lines = [",".join(str(c or "") for c in row) for row in OFSTED]
        write_text(place, "\n".join(lines))
    else:
        (write_ods if kind == "ods" else write_xlsx)(place, sheets)
    out = load_published(place)
    t = out.tidy()
    assert out.layout == "inspection-outcomes" and set(t["period"]) == {"2022-08-31"}
    grade = cell(t, area_code="E06000002", measure="Overall effectiveness")
    assert grade["text"] == "Inadequate" and grade["region_name"] == "North East"
    assert grade["breakdown"] == "Inspection date=2021-11-12"
    blank = cell(t, area_code="E06000001", measure="Care leavers")
    assert missing(blank["text"]) and missing(blank["marker"]) and "blank in the file" in blank["assumed"]


def test_inspection_history_takes_its_period_from_the_inspection(tmp_path: Path) -> None:
    rows = [
        ["Inspection history 2018 to 2022"],
        *OFSTED[2:],
        ["E06000001", "Hartlepool", "North East", "2018-01-02", "Good", None],
    ]
    t = load_published(write_xlsx(tmp_path / "x.xlsx", {"History": rows})).tidy()
    assert sorted(t.loc[t["area_code"].eq("E06000001"), "period"].unique()) == ["2018-01-02", "2021-03-01"]


def test_deep_merged_header_with_codes_and_units(tmp_path: Path) -> None:
    head = [
        ["Revenue outturn social care 2023-24 by authority"],
        [],
        ["ONS Code", "Local authority", "Class", "Sure start", "", "Looked after", ""],
        ["", "", "", "Employees", "Total", "Employees", "Total"],
        ["", "", "", "£000s", "£000s", "£000s", "£000s"],
    ]
    body = [
        ["E07000223", "Adur", "SD", 1, 3, 4, 9],
        ["E10000006", "Cumbria", "SC", 1, 3, "..", 9],
        ["", "England", "", 2, 6, 10, 18],
        [],
        ["[1] a note"],
    ]
    out = load_published(write_xlsx(tmp_path / "x.xlsx", {"LA data": [*head, *body]}))
    t = out.tidy()
    assert "Looked after | Employees | £000s" in out.measures
    assert cell(t, area_name="England", measure="Looked after | Total | £000s")["area_code"] == "E92000001"
    assert cell(t, area_name="Cumbria", measure="Looked after | Employees | £000s")["marker"] == ".."
    adur = cell(t, area_name="Adur", measure="Sure start | Total | £000s")
    assert (adur["value"], adur["unit"], adur["period"]) == (3, "thousand pounds", "2023/24")
    assert "3 header rows joined" in adur["assumed"] and "[1] a note" in out.notes


def test_years_across_the_top_and_percentages_stored_as_fractions(tmp_path: Path) -> None:
    rows = [
        ["Employment by authority"],
        [None, None, "2019/20", None, "2020/21", None],
        ["Area code", "Area name", "Number", "%", "Number", "%"],
        ["E06000001", "Hartlepool", 10, 0.5, 12, 0.6],
        ["E06000002", "Middlesbrough", 11, 0.4, "*", "*"],
    ]
    t = load_published(write_xlsx(tmp_path / "x.xlsx", {"S": rows}, percent=True)).tidy()
    half = cell(t, area_code="E06000001", measure="%", period="2019/20")
    assert half["value"] == 50 and half["unit"] == "percent" and "fraction" in half["assumed"]
    assert cell(t, area_code="E06000002", measure="Number", period="2020/21")["marker"] == "*"


def test_crosstab_side_by_side_with_spacers_and_regions(tmp_path: Path) -> None:
    rows = [
        ["Percentage of workers, UK, 2020", None, None, None, None, "Number of workers"],
        [],
        [None, "Home", "Office", None, None, None, "Home", "Office"],
        ["North East", 0.1, 0.9, None, None, "North East", 10, 90],
        ["London", 0.2, 0.8, None, None, "London", 20, 80],
        ["Wales", "c", 0.8, None, None, "Wales", 20, "[x]"],
    ]
    out = load_published(write_xlsx(tmp_path / "x.xlsx", {"Tab 1": rows}))
    t = out.tidy()
    assert out.layout == "cross-table" and out.measures == ("Percentage of workers, UK, 2020", "Number of workers")
    home = cell(t, area_name="London", measure="Percentage of workers, UK, 2020", breakdown="row=London; column=Home")
    assert (home["value"], home["unit"], home["area_code"], home["period"]) == (20, "percent", "E12000007", "2020")
    assert (
        cell(t, area_name="Wales", measure="Number of workers", breakdown="row=Wales; column=Office")["marker"] == "[x]"
    )


def test_crosstab_several_header_rows_and_section_labels(tmp_path: Path) -> None:
    rows = [
        ["Table 2: Hours worked in the UK (thousands)"],
        ["Seasonally adjusted"],
        [],
        ["All"],
        [None, None, "Men", None, None, "Women", None],
        [None, None, "Full-time", "Part-time", None, "Full-time", "Part-time"],
        [2018, None, 1.5, 2.5, None, 3.5, ":"],
        [2019, None, 1.6, "low", None, 3.6, 4.6],
        [],
        ["Section two"],
        [None, None, "Total", None, None, None, None],
        [2018, None, 9.5],
        [2019, None, 9.6],
        [],
        ["Notes:"],
        ["1. Employees only"],
    ]
    out = load_published(write_ods(tmp_path / "x.ods", {"Contents": [["Contents"], ["1.", "Hours"]], "2": rows}))
    t = out.tidy()
    low = cell(t, period="2019", breakdown="section=All; column=Men > Part-time")
    assert low["marker"] == "low" and missing(low["value"]) and low["area_code"] == "K02000001"
    assert cell(t, period="2018", breakdown="section=All; column=Women > Part-time")["marker"] == ":"
    two = cell(t, period="2019", breakdown="section=Section two; column=Total")
    assert two["value"] == 9.6 and two["measure"] == "Table 2: Hours worked in the UK (thousands)"
    assert two["unit"] == "thousands" and "1. Employees only" in out.notes and len(t) == 10


def test_crosstab_labels_inside_the_column_of_labels(tmp_path: Path) -> None:
    rows = [
        ["Table 2 Vacancies in the UK"],
        [],
        ["Industry", 2019, 2020, "2021"],
        ["Men"],
        ["A", 1, 2, 3],
        ["Women"],
        ["A", 1, "-", 3],
        [],
        ["Source: ONS"],
    ]
    t = load_published(write_xlsx(tmp_path / "x.xlsx", {"Tab": rows})).tidy()
    assert cell(t, period="2020", breakdown="section=Women; row=A")["marker"] == "-"
    assert cell(t, period="2021", breakdown="section=Men; row=A")["value"] == 3


def test_regression_table_keeps_stars_and_standard_errors(tmp_path: Path) -> None:
    rows = [
        ["Regression outputs: pay and homeworking"],
        [],
        [None, "2019", "2020"],
        ["Mainly", "-0.045***", "0.088**"],
        [None, "(0.012)", "(0.009)"],
        ["Sex Controls", "Yes", "No"],
    ]
    t = load_published(write_xlsx(tmp_path / "x.xlsx", {"T": rows})).tidy()
    b = cell(t, period="2019", breakdown="row=Mainly")
    assert b["value"] == -0.045 and b["marker"] == "***"
    assert cell(t, period="2020", breakdown="row=Mainly; statistic=standard error")["value"] == 0.009
    assert cell(t, period="2020", breakdown="row=Sex Controls")["text"] == "No"


def test_two_tables_one_below_the_other(tmp_path: Path) -> None:
    rows = [
        ["Table A 2020"],
        ["Area code", "Area name", "Rate"],
        ["E06000001", "Hartlepool", 1.5],
        ["E06000002", "Middlesbrough", "c"],
        [],
        ["Table B 2021"],
        ["Area code", "Area name", "Count"],
        ["E06000001", "Hartlepool", 15],
    ]
    t = load_published(write_xlsx(tmp_path / "x.xlsx", {"S": rows})).tidy()
    assert t.groupby("table")["period"].first().to_dict() == {"Table A 2020": "2020", "Table B 2021": "2021"}


def test_stretches_of_months_are_periods(tmp_path: Path) -> None:
    rows = [
        ["Hybrid working in Great Britain"],
        ["Period", "Home", "Hybrid"],
        ["Jan to Mar 2022", 10, 20],
        ["16 to 27 March 2022", 11, "x"],
    ]
    t = load_published(write_xlsx(tmp_path / "x.xlsx", {"S": rows})).tidy()
    assert cell(t, period="Jan to Mar 2022", breakdown="column=Home")["value"] == 10
    assert cell(t, period="16 to 27 March 2022", breakdown="column=Hybrid")["marker"] == "x"


def test_provider_level_grades_stay_answers_in_words(tmp_path: Path) -> None:
    rows = [
        ["Providers as at 31 March 2023"],
        ["URN", "Provider type", "Local authority", "Places", "Overall experiences"],
        ["SC1", "Children's home", "Barnet", 4, "Good"],
        ["SC2", "Children's home", "Barnet", 3, "Outstanding"],
        ["SC3", "Secure home", "Brent", None, "Good"],
    ]
    t = load_published(write_ods(tmp_path / "x.ods", {"D1": rows})).tidy()
    grades = t[t["measure"].eq("Overall experiences")]
    assert grades["text"].tolist() == ["Good", "Outstanding", "Good"] and set(grades["period"]) == {"2023-03-31"}
    assert "URN=SC2" in grades["breakdown"].iloc[1]


def test_every_sheet_is_looked_through_for_areas_given_to_the_nation(tmp_path: Path) -> None:
    plain = [["Children by area"], [], ["LA", "Children"], ["Bury", 10], ["Kent", 12]]
    wider = [["More by area"], [], ["Nation code", "Detail", "Children"]]
    wider += [["E92000001", name, n] for n, name in enumerate(("Bury", "Kent", "Leeds", "Camden"), 20)]
    with pytest.raises(PublishedError, match="sheet 'Second'") as caught:
        load_published(write_xlsx(tmp_path / "x.xlsx", {"First": plain, "Second": wider}))
    assert caught.value.code == "PUB-WIDER"
    assert len(load_published(tmp_path / "x.xlsx", sheet="First").tidy()) == 2
