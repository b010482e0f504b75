"""From a file or folder of published statistics to one tidy form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.published.cells import cell_text
from hybrid_toolkit.data.published.columns import normal_header
from hybrid_toolkit.data.published.crosstab import tidy_crosstab
from hybrid_toolkit.data.published.file_to_grid import READ, read_grids
from hybrid_toolkit.data.published.find_tables import find_rectangles, heads_areas, lines_of
from hybrid_toolkit.data.published.header_rows import area_row
from hybrid_toolkit.data.published.layouts import read_table
from hybrid_toolkit.data.published.not_understood import not_understood
from hybrid_toolkit.data.published.person_level import refuse_people
from hybrid_toolkit.data.published.places.coded_names import split_codes
from hybrid_toolkit.data.published.places.misread_areas import refuse_wider
from hybrid_toolkit.data.published.published_statistics import (
    PUBLISHED_COLUMNS,
    ROWS_NAMED,
    FileSource,
    Hints,
    Piece,
    Published,
    SheetGrid,
    as_read,
    rows_shown,
    shown,
)
from hybrid_toolkit.errors import HybridToolkitError, PersonLevelError, PublishedError, plural


def load_published(
    path: str | Path,
    *,
    period: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
    area: str | None = None,
) -> Published:
    """Read published statistics into one tidy form, whatever their layout.

    Layouts are told by what is in the file: DfE tidy statistics (``time_period``, ``geographic_level``), area lookups
    and classifications, statistical neighbours, inspection outcomes, spending returns, cross-tables in workbooks
    (titles, headers of several rows, spacer columns, tables side by side), and
    any other rectangular table with a column of area codes or names. The file's name is never looked at.

    Parameters
    ----------
    path : str | Path
        A CSV (any common encoding and separator), XLSX, ODS or Parquet file, a zip with one CSV, or a folder of such
        files. A file of a folder that is not understood is left out and named in ``left_out`` and ``summary()``.
    period : str | None, optional
        The period of the figures, used only where the file names none; noted in ``assumed``.
    sheet : str | None, optional
        Name of the one sheet of a workbook to read; all are read if not given.
    header : int | None, optional
        Row of the sheet, from 1, that holds the column names, where they are not found by themselves.
    area : str | None, optional
        Header of the column that names the areas, where it is not found by itself.

    Returns
    -------
    Published
        ``tidy()``, ``assumptions``, ``notes``, ``layout``, ``source``, ``boundary_changes()``, ``summary()``.

    Raises
    ------
    PublishedError
        The file is missing, damaged or of a kind that is not read; no known layout is found (the message says how many
        rows and columns were seen, and the first headers); a column of numbers holds words.
    PersonLevelError
        The file holds one row a person.

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
    hints = Hints(period, sheet, header, area)
    if place.is_dir():
        return _folder(place, hints)
    grids, source = read_grids(place)
    refuse_people(grids, source.file)
    grids = [split_codes(g) for g in _wanted(grids, hints, source.file)]
    pieces, sheets, around = _pieces(grids, source, hints)
    if not pieces:
        raise not_understood(grids, source)
    frames = [p.frame for p in pieces]
    if not any(f[c].notna().any() for f in frames for c in ("area_code", "area_name", "period")):
        raise not_understood(grids, source)
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)
    frame = frame.assign(file=pd.Series(source.file, index=frame.index, dtype="str"))[list(PUBLISHED_COLUMNS)]
    made = Published(
        frame=frame,
        layout=" + ".join(dict.fromkeys(p.layout for p in pieces)),
        sources=(replace(source, sheets=tuple(sheets)),),
        assumptions=tuple(
            dict.fromkeys(
                [
                    *(a for p in pieces for a in p.assumptions),
                    *_unread_formats(grids, frame),
                    *_unread_rows(grids, frame),
                ]
            )
        ),
        notes=tuple(dict.fromkeys([*around, *(n for p in pieces for n in p.notes)])),
    )
    return as_read(made)


def _wanted(grids: list[SheetGrid], hints: Hints, file: str) -> list[SheetGrid]:
    if hints.sheet is None:
        return grids
    kept = [g for g in grids if g.name == hints.sheet]
    if not kept:
        raise PublishedError(
            f"'{file}' has no sheet of the name that sheet= gives; its {plural(len(grids), 'sheet')}: "
            f"{shown([g.name for g in grids]) or 'none has a name'}.",
            fix="Set sheet= to one of these names, or leave it out.",
            code="PUB-SHEET",
        )
    return kept


def _unread_rows(grids: list[SheetGrid], frame: pd.DataFrame) -> list[str]:
    """A sentence where rows of the sheet with an area and a figure were not read: counts are held to the sheet."""
    said = []
    read = set(frame["source_row"].dropna().astype(int))
    for grid in grids:
        if len(grids) > 1 and not frame["table"].eq(grid.name).any():
            continue
        rows = [i + 1 for i, row in enumerate(grid.rows) if area_row(row)]
        lost = [n for n in rows if n not in read]
        if rows and lost:
            where = f"sheet '{grid.name}'" if grid.name else "the file"
            said.append(
                f"Of {len(rows):,} rows of {where} with an area and a figure, {len(lost):,} {_was(lost)} not read: "
                f"rows {rows_shown(lost)}."
            )
    return said


def _was(rows: list[int]) -> str:
    return "was" if len(rows) == 1 else "were"


def _unread_formats(grids: list[SheetGrid], frame: pd.DataFrame) -> list[str]:
    """A warning where fractions may be percentages and the spreadsheet's number formats were not looked at."""
    fractions = int((frame["value"].abs().gt(0) & frame["value"].abs().lt(1)).sum())
    if fractions == 0 or all(g.formats_read for g in grids):
        return []
    return [
        f"the spreadsheet's number formats were not read: {fractions:,} values between 0 and 1 stand as the file "
        "stores them, and may be shown there as percentages"
    ]


def _folder(place: Path, hints: Hints) -> Published:
    files = sorted(p for p in place.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))
    tables = [p for p in files if p.suffix.lower() in READ]
    if not tables:
        raise PublishedError(
            f"The folder '{place.name}' holds {plural(len(files), 'file')}, none of them a table.",
            fix=f"Choose files ending in {', '.join(READ)}.",
            code="PUB-FOLDER",
        )
    parts: list[Published] = []
    refused: list[tuple[str, HybridToolkitError]] = []
    for table in tables:
        try:
            parts.append(
                load_published(table, period=hints.period, sheet=hints.sheet, header=hints.header, area=hints.area)
            )
        except HybridToolkitError as error:
            refused.append((table.name, error))
    if not parts:
        raise refused[0][1] if len(refused) == 1 else _all_refused(place, refused)
    left = [p.name for p in files if p not in tables]
    said = [f"{part.source.file}: {a}" for part in parts for a in part.assumptions]
    said += [f"Left out, being no tables: {', '.join(left)}."] if left else []
    made = Published(
        frame=pd.concat([p.frame for p in parts], ignore_index=True),
        layout=" + ".join(dict.fromkeys(p.layout for p in parts)),
        sources=tuple(s for p in parts for s in p.sources),
        assumptions=tuple(said),
        notes=tuple(dict.fromkeys(n for p in parts for n in p.notes)),
        left_out=tuple((name, str(error)) for name, error in refused),
    )
    return as_read(made)


def _all_refused(place: Path, refused: list[tuple[str, HybridToolkitError]]) -> HybridToolkitError:
    said = "; ".join(f"'{name}' [{error.code}]" for name, error in refused[:ROWS_NAMED])
    people = any(isinstance(error, PersonLevelError) for _, error in refused)
    return (PersonLevelError if people else PublishedError)(
        f"None of the {len(refused)} tables of the folder '{place.name}' was read: {said}"
        f"{', ...' if len(refused) > ROWS_NAMED else ''}.",
        fix="Load one file by itself to see why.",
        code="PUB-FOLDER",
    )


def _pieces(grids: list[SheetGrid], source: FileSource, hints: Hints) -> tuple[list[Piece], list[str], list[str]]:
    """What was made of each sheet; the sheets with tables; the lines of sheets without."""
    pieces: list[Piece] = []
    sheets: list[str] = []
    around: list[str] = []
    all_lines = [line for g in grids for line in lines_of(g.rows[:6])]
    for grid in grids:
        made = _sheet(grid, source.file if not grid.name else f"{source.file}, sheet '{grid.name}'", all_lines, hints)
        if made:
            sheets.append(grid.name)
            for piece in made:
                if piece.layout != "dfe-tidy":
                    refuse_wider(grid, piece.frame, source.file, heads_areas)
            pieces += made
        else:
            around += lines_of(grid.rows)
    return pieces, [s for s in sheets if s], around


def _sheet(grid: SheetGrid, where: str, all_lines: list[str], hints: Hints) -> list[Piece]:
    made: list[Piece] = []
    header = hints.header
    if header is None and hints.area is not None:
        wanted = normal_header(hints.area)
        header = next(
            (i + 1 for i, row in enumerate(grid.rows) if any(normal_header(cell_text(c)) == wanted for c in row)), None
        )
    for table in find_rectangles(grid, where, header):
        found = read_table(table, period=hints.period, area=hints.area)
        title = table.titles[0] if table.titles else grid.name
        made.append(_titled(found, title))
    if made:
        return [p for p in made if len(p.frame)]
    piece = tidy_crosstab(grid, where, all_lines, period=hints.period)
    return [piece] if piece is not None and len(piece.frame) else []


def _titled(piece: Piece, title: str) -> Piece:
    if not title:
        return piece
    table = pd.Series(title, index=piece.frame.index, dtype="str")
    return replace(piece, frame=piece.frame.assign(table=table))
