"""Files that would fill the memory or never end: each is answered within 20 seconds and 2 GB, with what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from hybrid_toolkit.data.known.short_forms import parted, written_out
from hybrid_toolkit.data.published.load import load_published
from hybrid_toolkit.data.reading.readers import find_sources
from hybrid_toolkit.errors import PublishedError

LIMIT_BYTES, LIMIT_SECONDS = 2 * 2**30, 20
RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, ({bytes}, {bytes}))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
from hybrid_toolkit import cli
sys.exit(cli.main(["validate", *sys.argv[1:]]))
"""


def corner(folder: Path) -> list[Path]:
    book = Workbook()
    assert book.active is not None
    book.active["A1"], book.active["XFD1048576"] = "worker_id", 1
    book.save(folder / "worker.xlsx")
    return [folder]


def bomb(folder: Path) -> list[Path]:
    corner(folder)
    whole = zipfile.ZipFile(folder / "worker.xlsx")
    parts = {n: whole.read(n) for n in whole.namelist() if "sheet1" not in n}
    whole.close()
    with zipfile.ZipFile(folder / "worker.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(600):
                sheet.write(b" " * 1_000_000)
    return [folder]


def wide(folder: Path) -> list[Path]:
    names = ",".join(["worker_id", *(f"c{i}" for i in range(20_000))])
    (folder / "worker.csv").write_text(names + "\n" + ",".join(["1"] * 20_001) + "\n")
    return [folder]


def _changed(folder: Path, *changes: tuple[str, str], **parts: str) -> list[Path]:
    """A workbook of two rows and two columns, with its sheet's XML changed by hand."""
    book = Workbook()
    assert book.active is not None
    for line in (["worker_id", "role"], ["w1", "2"]):
        book.active.append(line)
    book.save(folder / "worker.xlsx")
    with zipfile.ZipFile(folder / "worker.xlsx") as archive:
        whole = {n: archive.read(n).decode() for n in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    for old, new in changes:
        assert old in whole[sheet]
        whole[sheet] = whole[sheet].replace(old, new)
    whole |= {f"xl/{n}.xml": text for n, text in parts.items()}
    with zipfile.ZipFile(folder / "worker.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in whole.items():
            archive.writestr(name, content)
    return [folder]


def letters(folder: Path) -> list[Path]:
    return _changed(folder, ('r="B2"', 'r="BnanBBB2"'))


def digits(folder: Path) -> list[Path]:
    return _changed(folder, ('r="B2"', f'r="B{"9" * 40}"'))


def other_quotes(folder: Path) -> list[Path]:
    return _changed(folder, ('r="B2"', "r = 'B9000000'"))


def behind_a_bracket(folder: Path) -> list[Path]:
    return _changed(folder, ('<c r="B2"', '<c cm=">" r="ZZ9000000"'))


def row_far_away(folder: Path) -> list[Path]:
    return _changed(folder, ('<row r="2">', '<row r="9000000">'), ('r="A2"', ""), ('r="B2"', ""))


def long_text(folder: Path) -> list[Path]:
    strings = f"<sst><si><t>{'y' * 100_000}</t></si></sst>"
    cells = "".join(f'<row r="{i}">{"".join(f"""<c r="{a}{i}" t="s"><v>0</v></c>""" for a in "ABCDEF")}</row>'
                    for i in range(3, 5000))  # fmt: skip
    return _changed(folder, ("</sheetData>", f"{cells}</sheetData>"), sharedStrings=strings)


def _open_document(folder: Path, tables: str) -> list[Path]:
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(folder / "worker.ods", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return [folder]


_TABLE = '<table:table table:name="t{}"><table:table-row {}><table:table-cell {}{}</table:table-row></table:table>'
_TEXT = 'office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def ods_other_quotes(folder: Path) -> list[Path]:
    repeats = "table:formula='of:=A1>2' table:number-columns-repeated = '1000000000' "
    return _open_document(folder, _TABLE.format("", "", repeats, _TEXT.format("x")))


def ods_value_alone(folder: Path) -> list[Path]:
    return _open_document(
        folder, _TABLE.format("", "", 'table:number-columns-repeated="1000000000" office:value="1"/>', "")
    )


def ods_many_sheets(folder: Path) -> list[Path]:
    rows, columns = 'table:number-rows-repeated="9999"', 'table:number-columns-repeated="2000" '
    return _open_document(folder, "".join(_TABLE.format(i, rows, columns, _TEXT.format("x")) for i in range(8)))


def ods_long_text(folder: Path) -> list[Path]:
    rows, columns = 'table:number-rows-repeated="100"', 'table:number-columns-repeated="2000" '
    return _open_document(folder, _TABLE.format("", rows, columns, _TEXT.format("y" * 100_000)))


def pipe(folder: Path) -> list[Path]:
    os.mkfifo(folder / "worker.csv")
    return [folder]


def dead_link(folder: Path) -> list[Path]:
    (folder / "worker.csv").symlink_to(folder / "nowhere.csv")
    return [folder]


def two_orders(folder: Path) -> list[Path]:
    (folder / "worker.csv").write_text("worker_id,start_date\n1,25/12/2024\n2,12/25/2024\n")
    return [folder]


def lone_key(folder: Path) -> list[Path]:
    (folder / "worker.csv").write_text("worker_id\nA1\n")
    (folder / "supervision.csv").write_text("worker_id,date\nB1,2024-01-01\n")
    return [folder]


def twice(folder: Path) -> list[object]:
    (folder / "a.csv").write_text("id,n\n1,2\n")
    text = '[tables.worker]\nsource = "a"\n[tables.worker.columns]\nworker_id = "id"\nworker_id = "n"\n'
    (folder / "m.toml").write_text(text)
    return [folder / "a.csv", "--mapping", folder / "m.toml"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (corner, "FILE-LARGE"),
        (bomb, "FILE-LARGE"),
        (wide, "FILE-LARGE"),
        (letters, "FILE-TRUNCATED"),
        (digits, "FILE-TRUNCATED"),
        (other_quotes, "FILE-LARGE"),
        (behind_a_bracket, "FILE-TRUNCATED"),
        (row_far_away, "FILE-LARGE"),
        (long_text, "FILE-LARGE"),
        (ods_other_quotes, "FILE-LARGE"),
        (ods_value_alone, "FILE-LARGE"),
        (ods_many_sheets, "FILE-LARGE"),
        (ods_long_text, "FILE-LARGE"),
        (pipe, "FILE-KIND"),
        (dead_link, "FILE-KIND"),
        (two_orders, "DATE-MIXED"),
        (lone_key, "ORPHAN-SUPERVISION-WORKER-ID"),
        (twice, "MAP-TOML"),
    ],
    ids=lambda v: getattr(v, "__name__", v),
)
def test_it_is_answered_in_time_and_memory(make, said: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code = RUN.format(bytes=LIMIT_BYTES, seconds=LIMIT_SECONDS)
    arguments = [str(a) for a in make(tmp_path)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in (1, 2), done.stderr
    assert said in done.stdout + done.stderr and "How to fix" in done.stdout + done.stderr


@pytest.mark.parametrize("make", [letters, digits, row_far_away, long_text, ods_many_sheets, ods_long_text])
def test_published_figures_are_held_to_the_same_bounds(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Their reader ends the whole process where it lays out more than memory holds, so it is told before it reads."""
    make(tmp_path)
    with pytest.raises(PublishedError, match=r"PUB-(?:LARGE|BROKEN)"):
        load_published(next(tmp_path.iterdir()))


def test_blank_cells_far_away_and_cells_that_do_not_say_where_they_stand_are_read(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    [folder] = _changed(tmp_path, ("</sheetData>", far), *((f' r="{p}"', "") for p in ("A2", "B2", "B1")))
    assert find_sources(folder)[0].read().frame.to_dict("list") == {"worker_id": ["w1"], "role": ["2"]}


def test_headers_that_nobody_would_write_are_matched_in_time(tmp_path: Path) -> None:
    """One of 100,000 letters, and one of forty words cut short, of which each has two readings."""
    known = frozenset({"contract", "contact", "type", "typed"})
    assert parted("x" * 100_000, known) == "x" * 100_000
    assert len(written_out(" ".join(["cntct", "typ"] * 20), known)) == 8
