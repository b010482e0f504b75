"""From a grid of cells to tables that can be read, each with what was set aside and the rows of the sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from hybrid_toolkit.data.known.names import is_known_header
from hybrid_toolkit.data.reading.raw_table import Found, RawTable, now, text_frame
from hybrid_toolkit.data.sheets.limits import MOST_COLUMNS, too_wide
from hybrid_toolkit.data.sheets.tables_of_a_sheet import GridRow, Laid, lay_out
from hybrid_toolkit.errors import agreeing, plural

_CELL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
_SHOWN = 5


def tables_of(
    grid: Sequence[GridRow],
    name: str,
    ref: str,
    origin: str,
    digest: str,
    kind: str,
    *,
    top: int = 1,
    laid: list[Laid] | None = None,
    notes: Sequence[str] = (),
) -> list[Found]:
    """The tables of a grid of text, as things that can be read.

    Parameters
    ----------
    grid : Sequence[GridRow]
        Rows of cells, all of the same length.
    name : str
        Of the file or sheet.
    ref : str
        How a mapping names the file or sheet.
    origin : str
        The same, as a person would say it.
    digest : str
        SHA-256 of the file.
    kind : str
        As in ``RawTable``.
    top : int, default 1
        Number of the grid's first row in the file or sheet.
    laid : list[Laid] | None, optional
        Its tables, where they were looked for already.
    notes : Sequence[str], optional
        What was assumed so far.

    Raises
    ------
    UnreadableError
        There are too many columns.
    """
    if grid and len(grid[0]) > MOST_COLUMNS:
        raise too_wide(origin, len(grid[0]))
    laid = (lay_out(grid, is_known_header) if laid is None else laid) or [Laid([], [], [], 0)]

    def found(number: int, one: Laid) -> Found:
        many = len(laid) > 1
        said = f"{origin}, table {number} (header in row {one.top + top})" if many else origin

        @cache
        def read() -> RawTable:
            return _read(grid, one, said, digest, kind, top, notes)

        return Found(f"{name} {number}" if many else name, said, read, ref=f"{ref}/{number}" if many else ref)

    return [found(number, one) for number, one in enumerate(laid, start=1)]


def _read(
    grid: Sequence[GridRow], one: Laid, origin: str, digest: str, kind: str, top: int, notes: Sequence[str]
) -> RawTable:
    columns = [[grid[place][j] for place in one.rows] for j in one.columns]
    frame = text_frame(one.header, columns, origin, [place + top for place in one.rows])
    broken = sum(column.count(error) for column in columns for error in _CELL_ERRORS.intersection(column))
    said = [*notes, *_aside(one, top)]
    if broken:
        said.append(f"{plural(broken, 'cell holds', 'cells hold')} a spreadsheet error such as #REF!")
    return RawTable(frame, origin, digest, kind, now(), tuple(said), _titles(grid, one))


def _titles(grid: Sequence[GridRow], one: Laid) -> tuple[str, ...]:
    """Texts above the table, the nearest first, and then those among and below its rows."""
    places = sorted(
        (p for kind, p in one.aside if kind in ("title", "note", "footer")),
        key=lambda p: (p > one.top, abs(p - one.top)),
    )
    return tuple(" ".join(c for c in grid[p] if c is not None) for p in places[:_TITLES])


_TITLES = 20
"""Rows of titles and notes that are kept as text: a month and a key stand in the nearest."""


def _aside(one: Laid, top: int) -> list[str]:
    """What was set aside, by kind, with the rows of the sheet."""
    notes = []
    for kind, count in Counter(k for k, _ in one.aside).items():
        rows = [place + top for k, place in one.aside if k == kind]
        shown = ", ".join(map(str, rows[:_SHOWN])) + (", ..." if count > _SHOWN else "")
        notes.append(f"{plural(count, f'{kind} row')} set aside: {agreeing(count, 'row', 'rows')} {shown}")
    if one.top and not any(k in ("title", "note") and place < one.top for k, place in one.aside):
        notes.append(f"the header stands in row {one.top + top}")
    return notes
