"""Where tables stand on a sheet, what is set aside, and what is too large to open."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from hybrid_toolkit.data.reading.readers import find_sources
from hybrid_toolkit.data.sheets.tables_of_a_sheet import lay_out
from hybrid_toolkit.errors import UnreadableError

Cells = list[list[str | None]]


def grid(text: str) -> Cells:
    """Rows of cells parted by bars; a dot is an empty cell."""
    rows = [[None if c.strip() in (".", "") else c.strip() for c in line.split("|")] for line in text.splitlines()]
    width = max(map(len, rows))
    return [row + [None] * (width - len(row)) for row in rows]


@pytest.mark.parametrize(
    ("text", "headers", "rows", "aside"),
    [
        ("Staff no|FTE\n1|0.5\n2|1", [["Staff no", "FTE"]], [[1, 2]], []),
        (
            "Staff at 31 March\nOFFICIAL-SENSITIVE\n.\nStaff no|Team|FTE\n1|North|0.5\n2|South|1\nTotal|.|1.5",
            [["Staff no", "Team", "FTE"]],
            [[4, 5]],
            ["title", "title", "total"],
        ),
        (
            "Run:|01/04/2025\n.\nStaff no|Team|FTE\n1|North|0.5\n.|North total|0.5\n2|South|1\n.|Grand Total|1.5",
            [["Staff no", "Team", "FTE"]],
            [[3, 5]],
            ["note", "total", "total"],
        ),
        (
            "Worker|Desk days|.|Notes\n.|Home|Office|.\n101|3|4|x\n102|5|1|y",
            [["Worker", "Desk days Home", "Desk days Office", "Notes"]],
            [[2, 3]],
            [],
        ),
        (
            "Staff no|Home|Office\n.|(days)|(days)\n101|3|4\n102|5|1\nSource: the agile working return, run weekly",
            [["Staff no", "Home", "Office"]],
            [[2, 3]],
            ["units", "footer"],
        ),
        (
            "Staff no|FTE|Team\n1|0.5|A\n2|1|A\n.\nVisit id|Visit date|Method\n7|01/02/2024|Phone\n8|02/02/2024|Teams",
            [["Staff no", "FTE", "Team"], ["Visit id", "Visit date", "Method"]],
            [[1, 2], [5, 6]],
            [],
        ),
        ("Staff no|FTE\n1|0.5\n.\n2|1", [["Staff no", "FTE"]], [[1, 3]], []),
        (
            "Staff no|FTE|.|Team id|Service\n1|0.5|.|T1|CLA\n2|1|.|.|.",
            [["Staff no", "FTE"], ["Team id", "Service"]],
            [[1, 2], [1]],
            [],
        ),
        (
            "Staff no|Team|FTE\n1|A|1\nStaff no|Team|FTE\n2|A|1",
            [["Staff no", "Team", "FTE"]],
            [[1, 3]],
            ["repeated header"],
        ),
    ],
)
def test_tables_are_found_and_the_rest_is_listed(
    text: str, headers: list[list[str]], rows: list[list[int]], aside: list[str]
) -> None:
    found = lay_out(grid(text))
    assert [t.header for t in found] == headers
    assert [t.rows for t in found] == rows
    assert [kind for kind, _ in found[0].aside] == aside


def test_a_sheet_with_titles_keeps_its_row_numbers_and_says_what_it_left(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet1"
    for row in (
        ["Staff list"],
        [],
        ["Staff no", "Team", "FTE"],
        ["A1", "N", 1],
        ["A2", "N", 0.5],
        ["Total", None, 1.5],
    ):
        sheet.append(row)
    book.create_sheet("Sheet2").append(["Staff no", "Left"])
    book.save(tmp_path / "HR.xlsx")
    one, two = find_sources(tmp_path)
    assert (one.ref, two.ref) == ("HR.xlsx/Sheet1", "HR.xlsx/Sheet2")
    raw = one.read()
    assert list(raw.frame.index) == [4, 5] and raw.frame["FTE"].tolist() == ["1", "0.5"]
    assert raw.notes == ("1 title row set aside: row 1", "1 total row set aside: row 6")


def test_stacked_tables_of_a_csv_file_are_two_sources(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(
        "Staff no,FTE,Team\n1,0.5,A\n\nVisit id,Visit date,Method\n7,01/02/2024,Phone\n"
    )
    one, two = find_sources(tmp_path / "export.csv")
    assert (one.ref, two.ref) == ("export.csv/1", "export.csv/2")
    assert list(two.read().frame.index) == [5] and "header in row 4" in two.origin


def _far_corner(path: Path, cell: str = "XFD1048576") -> None:
    book = Workbook()
    book.worksheets[0].append(["Staff no", "FTE"])
    book.worksheets[0].append(["A", 1])
    book.worksheets[0][cell] = 1
    book.save(path)


def _ods(path: Path, table: str) -> None:
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        parts.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{table}</office:spreadsheet>"
            "</office:body></office:document-content>",
        )


def _repeated(path: Path) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="1000"/>'
    _ods(
        path,
        f'<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000">{cell}'
        "</table:table-row></table:table>",
    )


def _bomb(path: Path) -> None:
    _far_corner(path, "C3")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts, parts.open("xl/media/big.bin", "w") as big:
        for _ in range(600):
            big.write(bytes(1_000_000))


def _wide(path: Path) -> None:
    path.write_text(",".join(f"c{i}" for i in range(20_000)) + "\n" + ",".join("1" * 20_000) + "\n")


@pytest.mark.parametrize(
    ("name", "make"),
    [("far.xlsx", _far_corner), ("repeated.ods", _repeated), ("bomb.xlsx", _bomb), ("wide.csv", _wide)],
)
def test_what_is_too_large_is_refused_at_once_and_stops_nothing(tmp_path: Path, name: str, make: object) -> None:
    make(tmp_path / name)  # type: ignore[operator]
    began = time.monotonic()
    with pytest.raises(UnreadableError, match="FILE-LARGE"):
        find_sources(tmp_path / name)
    (tmp_path / "staff.csv").write_text("Staff no,FTE\nA,1\n")
    found = {f.name: f.error for f in find_sources(tmp_path)}
    assert found["staff"] is None and found[name.split(".")[0]] is not None
    assert time.monotonic() - began < 20


def test_an_ods_file_with_repeated_blank_cells_is_read(tmp_path: Path) -> None:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    tail = '<table:table-cell table:number-columns-repeated="16000"/>'
    rows = "".join(
        f"<table:table-row>{text.format(a)}{text.format(b)}{tail}</table:table-row>"
        for a, b in (("Staff no", "Team"), ("A", "N"))
    )
    rest = f'<table:table-row table:number-rows-repeated="1048000">{tail}</table:table-row>'
    _ods(tmp_path / "a.ods", f'<table:table table:name="a">{rows}{rest}</table:table>')
    assert find_sources(tmp_path / "a.ods")[0].read().frame.to_dict("list") == {"Staff no": ["A"], "Team": ["N"]}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_pipes_and_dead_links_are_refused_and_stop_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "dead.csv").symlink_to(tmp_path / "nowhere.csv")
    (tmp_path / "staff.csv").write_text("Staff no,FTE\nA,1\n")
    errors = {f.name: f.error.code if f.error else None for f in find_sources(tmp_path)}
    assert errors == {"pipe": "FILE-KIND", "dead": "FILE-KIND", "staff": None}
    with pytest.raises(UnreadableError, match="FILE-KIND"):
        find_sources(tmp_path / "pipe.csv")


def test_a_semicolon_file_with_titles_and_a_footer(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Report\n\nStaff no;FTE;Team\n1;0,5;A\n2;1,0;A\nRows: 2\n")
    raw = find_sources(tmp_path / "a.csv")[0].read()
    assert raw.frame.to_dict("list") == {"Staff no": ["1", "2"], "FTE": ["0,5", "1,0"], "Team": ["A", "A"]}
    assert pd.Index([4, 5]).equals(raw.frame.index)


def _open_document(path: Path, inside: str) -> Path:
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "manifest")
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content {spaces}>{inside}")
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {spaces}></manifest:manifest>")
    return path


def test_a_workbook_without_a_sheet_is_refused(tmp_path: Path) -> None:
    """An OpenDocument file of another kind, or one that was cut and closed again, opens and holds no sheet."""
    body = "<office:body><office:spreadsheet></office:spreadsheet></office:body></office:document-content>"
    with pytest.raises(UnreadableError, match="no sheet"):
        find_sources(_open_document(tmp_path / "worker.ods", body))


def test_an_open_document_that_ends_too_soon_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """Its reader asks for more without end where a sheet is not closed, beyond the reach of any interruption."""
    body = '<office:body><office:spreadsheet><table:table table:name="worker"><table:table-row>'
    path = _open_document(tmp_path / "worker.ods", body)
    read = "import sys; from hybrid_toolkit.data.{} import {} as read\nread(sys.argv[1])"
    for place in (("reading.readers", "find_sources"), ("published.load", "load_published")):
        done = subprocess.run([sys.executable, "-c", read.format(*place), path], capture_output=True, timeout=60)
        assert b"cut short" in done.stderr or b"PUB-BROKEN" in done.stderr
