"""From a file or folder of published statistics to one tidy form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.published.crosstab import tidy_crosstab
from hybrid_toolkit.data.published.layouts import read_table
from hybrid_toolkit.data.published.model import (
    PUBLISHED_COLUMNS,
    FileSource,
    Piece,
    Published,
    SheetGrid,
    plural,
    shown,
)
from hybrid_toolkit.data.published.reading import READ, read_grids
from hybrid_toolkit.data.published.rectangle import find_rectangles, lines_of
from hybrid_toolkit.errors import PublishedError


def load_published(path: str | Path, *, period: str | None = None) -> Published:
    """Read published statistics into one tidy form, whatever their layout.

    Layouts are told by what is in the file: DfE tidy statistics (``time_period``, ``geographic_level``), area lookups
    and classifications, statistical neighbours, inspection outcomes, spending returns, cross-tables in workbooks
    (titles, headers of several rows, spacer columns, tables side by side), and
    any other rectangular table with a column of area codes or names. The file's name is never looked at.

    Parameters
    ----------
    path : a CSV (any common encoding and separator), XLSX or ODS file, a zip with one CSV, or a folder of such files.
    period : the period of the figures, used only where the file names none; noted in ``assumed``.

    Returns
    -------
    Published : ``tidy()``, ``assumptions``, ``notes``, ``layout``, ``source``, ``boundary_changes()``, ``summary()``.

    Raises
    ------
    PublishedError : the file is missing, damaged or of a kind that is not read; no known layout is found (the message
        says how many rows and columns were seen, and the first headers); a column of numbers holds words.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "any name.csv"
    >>> _ = file.write_text("LAD22CD,LAD22NM,Rate\\nE06000001,Hartlepool,1.5\\nE06000002,Middlesbrough,[c]\\n")
    >>> load_published(file).tidy()[["area_code", "period", "measure", "value", "marker"]].to_dict("records")[1]
    {'area_code': 'E06000002', 'period': '2022', 'measure': 'Rate', 'value': nan, 'marker': '[c]'}
    >>> folder.cleanup()
    """
    place = Path(path)
    if place.is_dir():
        return _folder(place, period)
    grids, source = read_grids(place)
    pieces, sheets, around = _pieces(grids, source, period)
    if not pieces:
        raise _not_understood(grids, source)
    frames = [p.frame for p in pieces]
    if not any(f[c].notna().any() for f in frames for c in ("area_code", "area_name", "period")):
        raise _not_understood(grids, source)
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)
    frame = frame.assign(file=pd.Series(source.file, index=frame.index, dtype="str"))[list(PUBLISHED_COLUMNS)]
    return Published(
        frame=frame,
        layout=" + ".join(dict.fromkeys(p.layout for p in pieces)),
        sources=(replace(source, sheets=tuple(sheets)),),
        assumptions=tuple(dict.fromkeys([*(a for p in pieces for a in p.assumptions), *_unread_formats(grids, frame)])),
        notes=tuple(dict.fromkeys([*around, *(n for p in pieces for n in p.notes)])),
    )


def _unread_formats(grids: list[SheetGrid], frame: pd.DataFrame) -> list[str]:
    """A warning where fractions may be percentages and the spreadsheet's number formats were not looked at."""
    fractions = int((frame["value"].abs().gt(0) & frame["value"].abs().lt(1)).sum())
    if fractions == 0 or all(g.formats_read for g in grids):
        return []
    return [
        f"the spreadsheet's number formats were not read: {fractions:,} values between 0 and 1 stand as the file "
        "stores them, and may be shown there as percentages"
    ]


def _folder(place: Path, period: str | None) -> Published:
    files = sorted(p for p in place.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))
    tables = [p for p in files if p.suffix.lower() in READ]
    if not tables:
        raise PublishedError(
            f"The folder '{place.name}' holds {plural(len(files), 'file')}, none of them a table.",
            fix=f"Expected files ending in {', '.join(READ)}.",
            code="PUB-FOLDER",
        )
    parts = [load_published(p, period=period) for p in tables]
    left = [p.name for p in files if p not in tables]
    said = [f"{part.source.file}: {a}" for part in parts for a in part.assumptions]
    said += [f"Left out, being no tables: {', '.join(left)}."] if left else []
    return Published(
        frame=pd.concat([p.frame for p in parts], ignore_index=True),
        layout=" + ".join(dict.fromkeys(p.layout for p in parts)),
        sources=tuple(s for p in parts for s in p.sources),
        assumptions=tuple(said),
        notes=tuple(dict.fromkeys(n for p in parts for n in p.notes)),
    )


def _pieces(grids: list[SheetGrid], source: FileSource, period: str | None) -> tuple[list[Piece], list[str], list[str]]:
    """What was made of each sheet; the sheets with tables; the lines of sheets without."""
    pieces: list[Piece] = []
    sheets: list[str] = []
    around: list[str] = []
    all_lines = [line for g in grids for line in lines_of(g.rows[:6])]
    for grid in grids:
        made = _sheet(grid, source.file if not grid.name else f"{source.file}, sheet '{grid.name}'", all_lines, period)
        if made:
            sheets.append(grid.name)
            pieces += made
        else:
            around += lines_of(grid.rows)
    return pieces, [s for s in sheets if s], around


def _sheet(grid: SheetGrid, where: str, all_lines: list[str], period: str | None) -> list[Piece]:
    made: list[Piece] = []
    for table in find_rectangles(grid, where):
        found = read_table(table, period=period)
        title = table.titles[0] if table.titles else grid.name
        made.append(_titled(found, title))
    if made:
        return [p for p in made if len(p.frame)]
    piece = tidy_crosstab(grid, where, all_lines, period=period)
    return [piece] if piece is not None and len(piece.frame) else []


def _titled(piece: Piece, title: str) -> Piece:
    if not title:
        return piece
    table = pd.Series(title, index=piece.frame.index, dtype="str")
    return replace(piece, frame=piece.frame.assign(table=table))


def _not_understood(grids: list[SheetGrid], source: FileSource) -> PublishedError:
    rows = sum(len(g.rows) for g in grids)
    width = max((len(r) for g in grids for r in g.rows), default=0)
    first = next((lines_of([row]) for g in grids for row in g.rows if lines_of([row])), ())
    heads = next(
        (
            [str(c).strip() for c in row]
            for g in grids
            for row in g.rows
            if sum(bool(str(c or "").strip()) for c in row) > 1
        ),
        list(first),
    )
    heads = [c if any(ch.isalpha() for ch in c) else "(number)" for c in heads if c]
    sheets = f" on {plural(len(grids), 'sheet')}" if len(grids) > 1 else ""
    return PublishedError(
        f"'{source.file}' is not understood: saw {plural(rows, 'row')} and {plural(width, 'column')}{sheets}, "
        f"the first line with several cells being {shown(heads) or 'none'}.",
        fix="Expected a column of area codes (nine characters such as E06000001, or three digits headed LA) or of area "
        "names, or year labels in the first column, with a header above and numbers or grades beside.",
        code="PUB-LAYOUT",
    )
