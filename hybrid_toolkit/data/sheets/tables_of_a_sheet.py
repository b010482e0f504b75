"""Where the tables of a sheet stand: headers below titles, over one row or two, and what is no row of a table.

The rules look at form only: how many cells of a row are filled, which of them are numbers or dates, and a few words
that mark totals and units. What is set aside is listed with its row, so that nothing goes in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hybrid_toolkit.data.known.day_headers import day_header, names_days, names_halves
from hybrid_toolkit.data.known.written_days import plain_day

_LONG = 400
"""Letters of a cell that is a note and no heading; assumed."""
_TABLE = 3
"""Columns from which a row with one cell filled is no row of the table."""
GridRow = Sequence[str | None]

LOOK = 60
"""A header is looked for in the first rows of a table only; more preamble than this is no table."""
_BANDS = 2
"""Groups of columns that a row above the header names at least; one filled cell is a title."""
_SAMPLE = 40
_WIDE = 0.6
"""A header fills at least this share of the columns that the rows below it fill."""
_NUMBER = re.compile(r"[£$€]?\s*[+-]?[\d,]*\.?\d+(?:[eE][+-]?\d+)?\s*%?")
_DATE = re.compile(
    r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?|\d{1,2}[ \-][A-Za-z]{3,9}[ \-]\d{2,4}|\d{1,2}:\d{2}.*"
)
_PERIOD = re.compile(
    r"(?:19|20)\d{2}(?:[-/]\d{2,4})?|\d{4}-\d{2}-01|[A-Za-z]{3,9}[ \-'/]?(?:\d{2}|\d{4})|(?:Q|W|wk|week) ?\d{1,2}", re.I
)
_TOTAL = re.compile(r"(?:(?:grand|sub|overall|team|column|running|report)[ \-]?)?totals?(?:\s*[:(].*)?", re.I)
_TOTAL_OF = re.compile(r"(?:sub-?)?totals? (?:for|of)\b.*|(?:sub-?|grand )totals?\b.*|.{1,60} (?:sub-?)?total:?", re.I)
_COUNT_OF, _COUNTED = re.compile(r"(?:totals?|count|number|no\.?|records?|rows?|headcount)\b[^\d]{0,60}", re.I), 2
"""A row of two cells, "Total staff" and a number, counts the rows above it."""
_UNIT = re.compile(
    r"\(?(?:days?|hours?|hrs?|mins?|minutes|£|%|per cent|fte|wte|number|no\.?|n|count|text|date|y/n|yes/no|"
    r"[dmyh/\-. ]{6,12}|units?|code|months?|weeks?)\)?",
    re.I,
)


@dataclass(slots=True)
class Laid:
    """One table found on a grid.

    Parameters
    ----------
    header : list[str]
        Names, one for each of ``columns``; empty where a column has none.
    columns : list[int]
        Positions in the grid, from 0.
    rows : list[int]
        Places of its rows in the grid, from 0.
    top : int
        Place of the (first) header row.
    aside : list[tuple[str, int]], optional
        (what it is, place of the row) of every row that was set aside.
    """

    header: list[str]
    columns: list[int]
    rows: list[int]
    top: int
    aside: list[tuple[str, int]] = field(default_factory=list)


def is_cell_value(text: str) -> bool:
    """Whether a cell is a number or a date rather than a name.

    Examples
    --------
    >>> is_cell_value("12.5"), is_cell_value("31/03/2025"), is_cell_value("Visit date")
    (True, True, False)
    """
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(plain_day(text)))


def lay_out(grid: Sequence[GridRow], knows: Callable[[str], bool] | None = None) -> list[Laid]:
    """The tables of a grid of cells, from top to bottom and left to right.

    Parameters
    ----------
    grid : Sequence[GridRow]
        Rows of cells, all of the same length; None is an empty cell.
    knows : Callable[[str], bool] | None, optional
        Whether a text is a known name of a column, which settles doubtful headers; nothing is known by default.

    Examples
    --------
    >>> rows = [["Staff, March", None], [None, None], ["Staff no", "FTE"], ["1", "0.5"], ["Total", "0.5"]]
    >>> [table] = lay_out(rows)
    >>> table.header, table.rows, table.aside
    (['Staff no', 'FTE'], [3], [('title', 0), ('total', 4)])
    """
    found: list[Laid] = []
    fill = [len(row) - row.count(None) for row in grid]
    known = knows or (lambda _: False)
    start = 0
    while True:
        head = _header(grid, fill, start, known)
        if head is None:
            for place in range(start, len(grid)):
                if fill[place] and found:
                    found[-1].aside.append(("note", place))
            break
        end = _end(grid, fill, head, known)
        block = _block(grid, fill, start, head, end, known)
        found += _side_by_side(grid, block, known)
        if end >= len(grid):
            break
        start = end
    return found


def _names_like(row: GridRow) -> bool:
    """Whether a row could be a header: mostly words, none of them a label with a colon, none very long."""
    cells = [c for c in row if c is not None]
    if len(_values(cells)) * 3 > len(cells):
        return False
    labels = [c for c in cells if c.rstrip().endswith(":") or len(c) > _LONG]
    return len(labels) * 2 < len(cells) or not labels


def _values(cells: Sequence[str]) -> list[str]:
    """Cells that name no column: numbers and dates, but for periods, and days that follow one another as in a rota."""
    values = [c for c in cells if is_cell_value(c) and not _PERIOD.fullmatch(c)]
    return [] if len(values) >= _TABLE and names_days(cells) else values


def _header(grid: Sequence[GridRow], fill: Sequence[int], start: int, known: Callable[[str], bool]) -> int | None:
    """The place of the header at or below ``start``; the first filled row where nothing tells better."""
    filled = [i for i in range(start, len(grid)) if fill[i]][:LOOK]
    if not filled:
        return None
    best: tuple[float, int] | None = None
    for order, place in enumerate(filled):
        below = [fill[i] for i in filled[order + 1 : order + 1 + _SAMPLE]]
        width = max(_typical(below), 1)
        if not _names_like(grid[place]) or fill[place] < _WIDE * width or (fill[place] == 1 and width > 1):
            continue
        cells = [c for c in grid[place] if c is not None]
        hits = sum(map(known, cells))
        values = len(_values(cells))
        score = min(fill[place] / width, 1.0) - 0.02 * order - 0.3 * values
        score += 0.2 * min(hits, 4) if hits >= 2 else 0.0  # one word may be a value by chance
        score += names_days(cells) or names_halves(cells)
        score -= 0.5 * (len({c.casefold() for c in cells}) < len(cells))
        if best is None or score > best[0] + 1e-9:
            best = (score, place)
        if fill[place] >= width and hits >= min(2, len(cells)):
            break
    return best[1] if best else (filled[0] if start == 0 else None)


def _typical(counts: Sequence[int]) -> int:
    """The fill of an ordinary row: the upper quartile, so that sparse rows do not hide the width."""
    if not counts:
        return 1
    ordered = sorted(counts)
    return ordered[min(len(ordered) - 1, (3 * len(ordered)) // 4)]


def _end(grid: Sequence[GridRow], fill: Sequence[int], head: int, known: Callable[[str], bool]) -> int:
    """The place where a next table begins, or the end of the grid."""
    width = fill[head]
    heads = {c.casefold() for c in grid[head] if c is not None}
    for place in range(head + 2, len(grid)):
        if not fill[place] or fill[place - 1]:
            continue
        first = place
        while first < len(grid) and fill[first] == 1 and width >= _TABLE:  # a title of the next table
            first += 1
        if first >= len(grid) - 1 or fill[first] < 2 or not fill[first + 1]:
            continue
        cells = [c for c in grid[first] if c is not None]
        if any(is_cell_value(c) for c in cells) or any(_TOTAL.fullmatch(c) for c in cells):
            continue
        names = {c.casefold() for c in cells}
        if names == heads:
            continue  # the header again, on a new page
        hits = sum(map(known, cells))
        typed = any(
            above is not None and is_cell_value(above) and here is not None
            for here, above in zip(grid[first], _first_row(grid, fill, head), strict=True)
        )
        below = grid[first + 1]
        turns = sum(
            h is not None and b is not None and is_cell_value(b) for h, b in zip(grid[first], below, strict=True)
        )
        if len(names) == len(cells) and (hits >= 2 or (typed and turns) or (turns and fill[first] != width)):
            return place
    return len(grid)


def _first_row(grid: Sequence[GridRow], fill: Sequence[int], head: int) -> GridRow:
    return next((grid[i] for i in range(head + 1, len(grid)) if fill[i]), grid[head])


def _block(
    grid: Sequence[GridRow], fill: Sequence[int], start: int, head: int, end: int, known: Callable[[str], bool]
) -> Laid:
    aside = [("title" if fill[i] == 1 else "note", i) for i in range(start, head) if fill[i]]
    columns = _filled_columns(grid, head, end)
    names = [grid[head][j] or "" for j in columns]
    below = head + 1
    upper = head - 1
    if (
        upper >= start
        and _BANDS <= fill[upper] < fill[head]
        and _names_like(grid[upper])
        and _grouping(grid, upper, head)
        and not _title_of_days(grid[upper], grid[head])
    ):
        aside = [a for a in aside if a[1] != upper]
        plain = [n.casefold() for n in names if n]
        if sum(map(known, names)) * 2 < len(plain) or len(set(plain)) * 2 < len(plain):
            names = _joined(_carried([grid[upper][j] for j in columns]), names)
        head = upper
    elif below < end and _second(grid, fill, head, below):
        names = _joined(_carried([grid[head][j] for j in columns]), [grid[below][j] or "" for j in columns])
        below += 1
    if below < end and fill[below] and all(c is None or _UNIT.fullmatch(c) for c in grid[below]) and fill[below] > 1:
        aside.append(("units", below))
        below += 1
    block = Laid(names, columns, [], head, aside)
    heads = [grid[block.top][j] for j in columns]
    usual = _typical([fill[i] for i in range(below, min(end, below + 400)) if fill[i]])
    at = next((k for k, c in enumerate(heads) if c is not None), 0)
    for place in range(below, end):
        if not fill[place]:
            continue
        row = grid[place]
        repeated = row[columns[at]] == heads[at] and [row[j] for j in columns] == heads
        kind = "repeated header" if repeated else _no_row(row, fill[place], usual)
        if kind:
            block.aside.append((kind, place))
        else:
            block.rows.append(place)
    _footers(grid, fill, block, usual)
    return block


def _filled_columns(grid: Sequence[GridRow], head: int, end: int) -> list[int]:
    """Columns with any cell from the header on: most often its own; no more rows than needed are read."""
    empty = set(range(len(grid[head])))
    for i in range(head, end):
        if not empty:
            break
        empty = {j for j in empty if grid[i][j] is None}
    return [j for j in range(len(grid[head])) if j not in empty]


def _no_row(row: GridRow, filled: int, usual: int) -> str:
    """What a row is, if it is no row of the table."""
    if filled < usual or usual < _TABLE:
        first = next(c for c in row if c is not None)
        early = [c for c in row if c is not None][:3]
        if any(_TOTAL.fullmatch(c) for c in early) or (_TOTAL_OF.fullmatch(first) and filled < usual):
            return "total"
        if filled == _COUNTED and _COUNT_OF.fullmatch(first) and is_cell_value(early[-1]):
            return "total"
    return ""


def _footers(grid: Sequence[GridRow], fill: Sequence[int], block: Laid, usual: int) -> None:
    """Set aside lone texts that are shaped like no other value of their column, wherever they stand."""
    if usual < _TABLE:
        return
    lone = [p for p in block.rows if fill[p] == 1]
    if not lone:
        return
    shapes: dict[int, set[str]] = {}
    for place in block.rows[:2000]:
        if fill[place] > 1:
            for j, cell in enumerate(grid[place]):
                if cell is not None:
                    shapes.setdefault(j, set()).add(_shape(cell))
    odd = []
    for place in lone:
        column = next(j for j, c in enumerate(grid[place]) if c is not None)
        text = grid[place][column] or ""
        if _shape(text) not in shapes.get(column, set()) and not is_cell_value(text):
            odd.append(place)
    gone = set(odd)
    block.rows = [p for p in block.rows if p not in gone]
    last = block.rows[-1] if block.rows else block.top
    block.aside += [("footer" if p > last else "note", p) for p in odd]


def _shape(text: str) -> str:
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text)))


def _carried(cells: Sequence[str | None]) -> list[str]:
    """Names of groups carried to the right over the cells that a merged cell leaves empty."""
    made, last = [], ""
    for cell in cells:
        last = cell if cell is not None else last
        made.append(last)
    return made


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    return [f"{u} {w}" if u and w and u != w else (w or u) for u, w in zip(upper, lower, strict=True)]


def _grouping(grid: Sequence[GridRow], upper: int, head: int) -> bool:
    """Whether the row above names groups: every filled cell stands over a name of the header."""
    return all(grid[head][j] is not None for j, c in enumerate(grid[upper]) if c is not None)


def _title_of_days(upper: GridRow, head: GridRow) -> bool:
    """Whether the row above columns of days is a title, which may say the month, and names neither weeks nor months."""
    if not names_days([c for c in head if c is not None]):
        return False
    over = [u for u, h in zip(upper, head, strict=True) if u is not None and h is not None and day_header(h)]
    return sum(bool(_PERIOD.fullmatch(u) or day_header(u)) for u in over) < _BANDS


def _second(grid: Sequence[GridRow], fill: Sequence[int], head: int, below: int) -> bool:
    """Whether the row below a header is its second row: words only, and it names columns that the first leaves bare."""
    cells = [c for c in grid[below] if c is not None]
    if not cells or any(is_cell_value(c) for c in cells) or not _names_like(grid[below]):
        return False
    fresh = [j for j, c in enumerate(grid[below]) if c is not None and grid[head][j] is None]
    after = next((grid[i] for i in range(below + 1, len(grid)) if fill[i]), None)
    if not fresh or after is None:
        return False
    return any(after[j] is not None and is_cell_value(after[j] or "") for j in fresh)


def _side_by_side(grid: Sequence[GridRow], block: Laid, known: Callable[[str], bool]) -> list[Laid]:
    """Two tables that stand beside one another, parted by an empty column; else the block as it is."""
    for at in range(1, len(block.columns)):
        if block.columns[at] - block.columns[at - 1] < 2:
            continue
        left, right = block.columns[:at], block.columns[at:]
        if min(len(left), len(right)) < 2 or not all(block.header):
            continue
        sides = [{n.casefold() for n in block.header[:at]}, {n.casefold() for n in block.header[at:]}]
        alone = any(
            not any(grid[p][j] is not None for j in left) or not any(grid[p][j] is not None for j in right)
            for p in block.rows
        )
        if not alone and not sides[0] & sides[1]:
            continue
        parts = []
        for header, columns in ((block.header[:at], left), (block.header[at:], right)):
            rows = [p for p in block.rows if any(grid[p][j] is not None for j in columns)]
            parts.append(Laid(header, columns, rows, block.top, list(block.aside)))
        return [parts[0], *_side_by_side(grid, parts[1], known)]
    return [block]
