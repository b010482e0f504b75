"""Finding rectangular tables in a sheet: titles above, a header of one or more rows, a body, notes below."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from hybrid_toolkit.data.published.cells import cell_text, parse_cell
from hybrid_toolkit.data.published.columns import _OLD_CODE, SheetColumn, normal_header
from hybrid_toolkit.data.published.header_rows import (
    area_row,
    climb,
    first_labelled_row,
    header_ahead,
    header_top,
    other_header,
)
from hybrid_toolkit.data.published.header_rows import blank as _blank
from hybrid_toolkit.data.published.header_rows import filled_cells as _filled
from hybrid_toolkit.data.published.header_rows import is_value as _is_value
from hybrid_toolkit.data.published.header_rows import numeric as _numeric
from hybrid_toolkit.data.published.periods import is_year
from hybrid_toolkit.data.published.places import areas
from hybrid_toolkit.data.published.published_statistics import SheetGrid, rows_shown
from hybrid_toolkit.errors import PublishedError, plural

_WINDOW = 400
_AREA_NAME = re.compile(
    r"(^|_)(area|areas|authority|authorities|la|las|lea|lad|council|borough|county|district|region|regions|country|"
    r"place|ward|geography|nation|areanm|ladnm)(_?(name|nm|title))?(_\d+)?$|(^|_)(la|area|authority|region|geography)"
    r"_?name|^geog_n(ame)?$|"
    r"^local_authority|^region_|^[a-z]{2,6}\d\d(nm|cd)$"
)
_AREA_COLUMN = re.compile(
    r"geog_(?:l|c|n|level|code|name)|geographic_level|geography(?:_(?:level|type|code|name))?|"
    r"(?:local_)?(?:area|authority|region|country|la|lad|lea)|(?:new_|old_|ons_)?(?:country|gor|region|la|lad|lea|local_authority|area|utla|ltla)_(?:\w+_)?"
    r"(?:code|name|nm|cd|9digit|number)"
)
"""A column that says the area by its own name: what stands above it, such as "Area details", adds nothing."""


@dataclass(frozen=True)
class Rectangle:
    """A rectangular table.

    Parameters
    ----------
    name : str
        Sheet name, or the file's for a text file.
    headers : list[str]
        One text a column; rows of a deeper header joined by " | ".
    body : list[list[object]]
        Raw cells, one list a row, as wide as ``headers``.
    lines : list[int]
        Row number in the sheet of each body row, from 1.
    titles : tuple[str, ...]
        Lines above the header.
    notes : tuple[str, ...]
        Lines that are no data.
    header_rows : int, default 1
        Rows the header takes.
    percent : frozenset[tuple[int, int]], optional
        Cells shown as percentages, as in ``SheetGrid``.
    """

    name: str
    headers: list[str]
    body: list[list[object]]
    lines: list[int]
    titles: tuple[str, ...]
    notes: tuple[str, ...]
    header_rows: int = 1
    percent: frozenset[tuple[int, int]] = field(default=frozenset(), repr=False)

    def columns(self) -> list[SheetColumn]:
        """Its columns that hold anything; a repeated header gets its place in brackets."""
        lines = np.array(self.lines, dtype=np.int64)
        made: list[SheetColumn] = []
        seen: dict[str, int] = {}
        for j, header in enumerate(self.headers):
            raw = [row[j] for row in self.body]
            if not header and all(_blank(c) for c in raw):
                continue
            name = header or f"column {j + 1}"
            seen[name] = seen.get(name, 0) + 1
            name = name if seen[name] == 1 else f"{name} ({seen[name]})"
            made.append(SheetColumn(name, raw, lines, self.name, j))
        return made


def heads_areas(cell: object) -> bool:
    """Whether a cell is the header of a column of areas' names."""
    return isinstance(cell, str) and bool(_AREA_NAME.search(normal_header(cell_text(cell))))


def lines_of(rows: list[list[object]]) -> tuple[str, ...]:
    """Rows as lines of text, blank ones left out."""
    joined = (" ".join(cell_text(c) for c in row if not _blank(c)) for row in rows)
    return tuple(line for line in joined if line)


def find_rectangles(grid: SheetGrid, where: str, header: int | None = None) -> list[Rectangle]:
    """Every rectangular table with an area column in a sheet, from the top.

    Parameters
    ----------
    header : int | None, optional
        Row of the sheet, from 1, that holds the column names, where the caller knows it: one table, below it.

    Raises
    ------
    PublishedError
        Rows of a text table that are wider or narrower than its header.
    """
    found: list[Rectangle] = []
    start = 0
    while start < len(grid.rows):
        place = _place(grid.rows, start) if header is None else _given(grid.rows, header, where)
        if place is None:
            break
        first_header, first_data = place
        table, end = _cut(grid, where, start, first_header, first_data)
        if not table.body:
            break
        found.append(table)
        if header is not None:
            break
        start = end
    return found


def _given(rows: list[list[object]], header: int, where: str) -> tuple[int, int]:
    """The header row that the caller names, and the first filled row below."""
    below = next((i for i in range(header, len(rows)) if _filled(rows[i])), None) if 1 <= header <= len(rows) else None
    if below is None or not _filled(rows[header - 1]):
        raise PublishedError(
            f"{where}: header={header} is no row of column names with data below; the sheet has {len(rows)} rows.",
            fix="Set header= to the number of the row that holds the column names, counted from 1.",
            code="PUB-HEADER",
        )
    return header - 1, below


def _place(rows: list[list[object]], start: int) -> tuple[int, int] | None:
    """Row of the first header line and of the first data line."""
    for i in range(start, min(start + 60, len(rows))):
        names = {normal_header(cell_text(c)) for c in rows[i]}
        if {"time_period", "geographic_level"} <= names:
            return i, i + 1
    by_code = _first_code_row(rows, start)
    if by_code is not None:
        return by_code
    return _first_named_row(rows, start)


def _first_code_row(rows: list[list[object]], start: int) -> tuple[int, int] | None:
    window = rows[start : start + _WINDOW]
    width = max((len(r) for r in window), default=0)
    best: int | None = None
    for j in range(width):
        hits = [i for i, r in enumerate(window) if j < len(r) and areas.is_ons_code(r[j])]
        if not hits:
            continue
        below = sum(1 for r in window[hits[0] :] if j < len(r) and not _blank(r[j]))
        if len(hits) >= 0.5 * below and (best is None or start + hits[0] < best):
            best = start + hits[0]
    if best is None:
        best = _first_old_code_row(rows, start)
    labelled = first_labelled_row(rows, start, _WINDOW)
    found = [row for row in (best, labelled) if row is not None]
    if not found:
        return None
    first = climb(rows, start, min(found))
    top = header_top(rows, start, first)
    return (top, first) if top < first else None


def _first_old_code_row(rows: list[list[object]], start: int) -> int | None:
    for i in range(start, min(start + 60, len(rows))):
        for j in _filled(rows[i]):
            if not _OLD_CODE.fullmatch(normal_header(cell_text(rows[i][j]))):
                continue
            below = [r[j] for r in rows[i + 1 : i + _WINDOW] if j < len(r) and not _blank(r[j])]
            if below and sum(areas.is_old_code(c) for c in below) >= 0.8 * len(below):
                return next(k for k in range(i + 1, len(rows)) if j < len(rows[k]) and areas.is_old_code(rows[k][j]))
    return None


def _first_named_row(rows: list[list[object]], start: int) -> tuple[int, int] | None:
    for i in range(start, min(start + 60, len(rows))):
        cells = _filled(rows[i])
        if len(cells) < 2 or any(_numeric(rows[i][j]) for j in cells):
            continue
        named = [j for j in cells if _AREA_NAME.search(normal_header(cell_text(rows[i][j])))]
        below = [r for r in rows[i + 1 : i + _WINDOW] if len(_filled(r)) >= 2]
        if not named or not below:
            continue
        used = {j for r in below for j in _filled(r)}
        words = [r[named[0]] for r in below if named[0] < len(r) and not _blank(r[named[0]])]
        texts = sum(bool(parse_cell(c).text) for c in words)
        numbers = [sum(1 for r in below if j < len(r) and _is_value(r[j])) for j in used - {named[0]}]
        if max(numbers, default=0) < 0.5 * len(below):
            continue
        if len(used & set(cells)) >= 0.7 * len(used) and words and texts >= 0.6 * len(below):
            return header_top(rows, start, i + 1), i + 1
    return None


def _cut(grid: SheetGrid, where: str, start: int, top: int, first: int) -> tuple[Rectangle, int]:
    rows = grid.rows
    header_rows = [rows[i] for i in range(top, first) if _filled(rows[i])]
    headers = _join_headers(header_rows)
    width = len(headers)
    body: list[list[object]] = []
    lines: list[int] = []
    loose: list[list[object]] = []
    short: list[int] = []
    end = len(rows)
    for i in range(first, len(rows)):
        row = rows[i]
        cells = _filled(row)
        if not cells:
            continue
        if _begins_another(rows, i, width):
            end = i
            break
        if body and (_repeats(row, header_rows[-1]) or other_header(rows, i, width, _labels(body, headers))):
            # a header printed again goes on; under a title of its own it begins another table
            if not _same_words(row, header_rows[-1]) or len(_filled(rows[i - 1])) == 1:
                end = _with_titles(rows, i, lines[-1])
                break
            continue
        if not _belongs(row, cells, width):
            cut_off = len(cells) > 1 and len(row) < width and (is_year(row[0]) or areas.is_old_code(row[0]))
            if cut_off and not grid.name:
                short.append(i + 1)
            loose.append(row)
            continue
        if cells[-1] >= width:
            headers += [""] * (cells[-1] + 1 - width)
            width = len(headers)
        if (
            len(row) < len(header_rows[-1])
            and not grid.name
            and any(not _blank(c) for c in header_rows[-1][len(row) :])
        ):
            short.append(i + 1)
        body.append(row)
        lines.append(i + 1)
    _refuse_ragged(where, short, header_rows, body, lines, bool(grid.name))
    body = [[*row, *[""] * (width - len(row))][:width] if len(row) != width else row for row in body]
    table = Rectangle(
        name=grid.name or where,
        headers=headers,
        body=body,
        lines=lines,
        titles=lines_of(rows[start:top]),
        notes=lines_of(loose),
        header_rows=len(header_rows),
        percent=grid.percent,
    )
    return table, end


def _labels(body: list[list[object]], headers: list[str]) -> int:
    """How many leading columns hold words or codes and no figures, by the first rows."""
    some = body[:20]
    for j, header in enumerate(headers):
        coded = not header or bool(_OLD_CODE.fullmatch(normal_header(header)))
        there = [r[j] for r in some if j < len(r) and not _blank(r[j])]
        if sum(_is_value(c) and not (coded and areas.is_old_code(c)) for c in there) > len(there) / 2:
            return j
    return len(headers)


def _repeats(row: list[object], header: list[object]) -> bool:
    """Whether a row is the header again, cell by cell."""
    words = [cell_text(c) for c in row]
    there = [w for w in words if w]
    return len(there) > 1 and words[: len(header)] == [cell_text(c) for c in header][: len(words)]


def _same_words(row: list[object], header: list[object]) -> bool:
    """Whether a row repeats the header, as the pages of a long table do."""
    words = {cell_text(c) for c in row if not _blank(c)}
    return len(words & {cell_text(c) for c in header}) > len(words) / 2


def _with_titles(rows: list[list[object]], header: int, last: int) -> int:
    """The row where the next table begins, its title lines with it: those after data that end in row ``last``."""
    begin = header
    while begin > last and len(_filled(rows[begin - 1])) == 1:
        begin -= 1
    return begin


def _join_headers(header_rows: list[list[object]]) -> list[str]:
    width = max(len(r) for r in header_rows)
    parts: list[list[str]] = []
    printed: list[list[str]] = []
    for depth, row in enumerate(header_rows):
        words = [cell_text(c) for c in row] + [""] * (width - len(row))
        as_printed = list(words)
        if depth < len(header_rows) - 1:
            last = ""
            for j in range(width):
                # a merged cell ends where a cell above it begins
                begins = any(p[j] for p in printed)
                last = words[j] or ("" if begins else last)
                lower = any(j < len(r) and not _blank(r[j]) for r in header_rows[depth + 1 :])
                words[j] = words[j] or (last if lower else "")
        parts.append(words)
        printed.append(as_printed)
    while width and not any(p[width - 1] for p in parts):
        width -= 1
    lowest = [printed[-1][j] if len(printed) > 1 else "" for j in range(width)]
    own = [bool(n) and lowest.count(n) == 1 and _heads_areas(normal_header(n)) for n in lowest]
    return [lowest[j] if own[j] else " | ".join(dict.fromkeys(p[j] for p in parts if p[j])) for j in range(width)]


def _heads_areas(name: str) -> bool:
    return bool(_AREA_COLUMN.fullmatch(name) or _OLD_CODE.fullmatch(name))


def _belongs(row: list[object], cells: list[int], width: int) -> bool:
    if any(areas.is_ons_code(row[j]) for j in cells[:12]) or area_row(row):
        return True
    if len(cells) == 1:
        return width == 1
    return len(cells) >= max(2, 0.5 * width) or any(_numeric(row[j]) or parse_cell(row[j]).marker for j in cells[1:])


def _begins_another(rows: list[list[object]], i: int, width: int) -> bool:
    """A header row of a second table below a blank row."""
    if i == 0 or _filled(rows[i - 1]):
        return False
    cells = _filled(rows[i])
    if any(_numeric(rows[i][j]) or areas.is_ons_code(rows[i][j]) for j in cells):
        return False
    if header_ahead(rows, i):
        return True
    ahead = rows[i : i + 8]
    titled = next((k for k, r in enumerate(ahead) if len(_filled(r)) >= 2), None)
    if titled is None or titled + 1 >= len(ahead):
        return False
    row = ahead[titled]
    if any(_numeric(row[j]) or areas.is_ons_code(row[j]) for j in _filled(row)):
        return False
    after = rows[i + titled + 1 : i + titled + 6]
    headed = any(
        _AREA_NAME.search(normal_header(cell_text(row[j]))) or "code" in cell_text(row[j]).lower() for j in _filled(row)
    )
    return (headed or any(area_row(r) for r in after[:2])) and any(
        area_row(r) or any(areas.is_ons_code(c) or areas.is_old_code(c) for c in r[:3]) for r in after
    )


def _refuse_ragged(
    where: str,
    short: list[int],
    header_rows: list[list[object]],
    body: list[list[object]],
    lines: list[int],
    is_sheet: bool,
) -> None:
    named = max((j for j, c in enumerate(header_rows[-1]) if not _blank(c)), default=0)
    # where every line of a text file is as long as the next, no name was cut in two: a note stands beside the table
    even = len({len(r) for r in body}) == 1
    long = [n for n, r in zip(lines, body, strict=True) if any(j > named for j in _filled(r))]
    long = [] if is_sheet or even else long
    # cells beyond the header in nearly every row are a column that has no header
    bad = sorted({*short, *(long if len(long) < 0.8 * len(body) else [])})
    if bad:
        raise PublishedError(
            f"{where}: {plural(len(bad), 'row')} of {len(body):,} lack the expected {named + 1} cells of the header "
            f"(rows {rows_shown(bad)}).",
            fix="Download the file again; a name that holds the separator must stand in quotation marks.",
            code="PUB-RAGGED",
        )
