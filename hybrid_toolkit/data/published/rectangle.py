"""Finding rectangular tables in a sheet: titles above, a header of one or more rows, a body, notes below."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from hybrid_toolkit.data.published import areas
from hybrid_toolkit.data.published.cells import cell_text, parse_cell
from hybrid_toolkit.data.published.columns import _OLD_CODE, SheetColumn, normal_header
from hybrid_toolkit.data.published.model import SheetGrid, plural, shown
from hybrid_toolkit.data.published.periods import is_year, period_of
from hybrid_toolkit.errors import PublishedError

_WINDOW = 400
_AREA_NAME = re.compile(
    r"(^|_)(area|areas|authority|authorities|la|lea|lad|council|borough|county|district|region|country|place|ward|"
    r"geography|nation|areanm|ladnm)(_?(name|nm|title))?(_\d+)?$|(^|_)(la|area|authority|region|geography)_?name|"
    r"^local_authority|^region_|^[a-z]{2,6}\d\d(nm|cd)$"
)


@dataclass(frozen=True)
class Rectangle:
    """A rectangular table.

    Parameters
    ----------
    name : sheet name, or the file's for a text file.
    headers : one text a column; rows of a deeper header joined by " | ".
    body : raw cells, one list a row, as wide as ``headers``.
    lines : row number in the sheet of each body row, from 1.
    titles, notes : lines above the header, and lines that are no data.
    header_rows : rows the header takes.
    percent : cells shown as percentages, as in ``SheetGrid``.
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


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _filled(row: list[object]) -> list[int]:
    return [j for j, c in enumerate(row) if not _blank(c)]


def _numeric(cell: object) -> bool:
    """A number or a marker that is no year: what a header never holds."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return not is_year(cell)
    found = parse_cell(cell)
    return found.is_number and not period_of(cell)


def _is_value(cell: object) -> bool:
    found = parse_cell(cell)
    return found.is_number or bool(found.marker)


def lines_of(rows: list[list[object]]) -> tuple[str, ...]:
    """Rows as lines of text, blank ones left out."""
    joined = (" ".join(cell_text(c) for c in row if not _blank(c)) for row in rows)
    return tuple(line for line in joined if line)


def find_rectangles(grid: SheetGrid, where: str) -> list[Rectangle]:
    """Every rectangular table with an area column in a sheet, from the top.

    Raises
    ------
    PublishedError : rows of a text table that are wider or narrower than its header.
    """
    found: list[Rectangle] = []
    start = 0
    while start < len(grid.rows):
        place = _place(grid.rows, start)
        if place is None:
            break
        first_header, first_data = place
        table, end = _cut(grid, where, start, first_header, first_data)
        if not table.body:
            break
        found.append(table)
        start = end
    return found


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
    if best is None:
        return None
    first = best
    while first - 1 > start and len(_filled(rows[first - 1])) >= 2 and _is_data(rows[first - 1]):
        first -= 1
    top = _header_top(rows, start, first)
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


def _is_data(row: list[object]) -> bool:
    return any(_numeric(row[j]) for j in _filled(row))


def _header_top(rows: list[list[object]], start: int, first: int) -> int:
    """The first row of the header that ends just above ``first``."""
    top = first
    while top - 1 >= start and not _filled(rows[top - 1]) and first - top < 1:
        top -= 1
    floor = top
    while top - 1 >= start and floor - top < 5:
        row = rows[top - 1]
        cells = _filled(row)
        if len(cells) < 2 and not (top < floor and cells and cells[0] > 1):
            break
        if _is_data(row) and not (top < floor and all(_numeric(row[j]) for j in cells)):
            break
        top -= 1
    return top


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
            return _header_top(rows, start, i + 1), i + 1
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
    _refuse_ragged(where, headers, short, header_rows, body, lines, bool(grid.name))
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


def _join_headers(header_rows: list[list[object]]) -> list[str]:
    width = max(len(r) for r in header_rows)
    parts: list[list[str]] = []
    for depth, row in enumerate(header_rows):
        words = [cell_text(c) for c in row] + [""] * (width - len(row))
        if depth < len(header_rows) - 1:
            last = ""
            for j in range(width):
                last = words[j] or last
                lower = any(j < len(r) and not _blank(r[j]) for r in header_rows[depth + 1 :])
                words[j] = words[j] or (last if lower else "")
        parts.append(words)
    while width and not any(p[width - 1] for p in parts):
        width -= 1
    return [" | ".join(dict.fromkeys(p[j] for p in parts if p[j])) for j in range(width)]


def _belongs(row: list[object], cells: list[int], width: int) -> bool:
    if any(areas.is_ons_code(row[j]) for j in cells[:12]):
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
    return headed and any(areas.is_ons_code(c) for r in after for c in r)


def _refuse_ragged(
    where: str,
    headers: list[str],
    short: list[int],
    header_rows: list[list[object]],
    body: list[list[object]],
    lines: list[int],
    is_sheet: bool,
) -> None:
    named = max((j for j, c in enumerate(header_rows[-1]) if not _blank(c)), default=0)
    long = [] if is_sheet else [n for n, r in zip(lines, body, strict=True) if any(j > named for j in _filled(r))]
    bad = sorted({*short, *long})
    if bad:
        raise PublishedError(
            f"{where}: {plural(len(bad), 'row')} of {len(body):,} do not have the {named + 1} cells of the header "
            f"(rows {', '.join(map(str, bad[:8]))}{', ...' if len(bad) > 8 else ''}); "
            f"the header begins {shown(headers)}.",
            fix="Download the file again; a name that holds the separator must stand in quotation marks.",
            code="PUB-RAGGED",
        )
