"""The last look at what was read: a nation's or region's row that names areas within it was misread."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from hybrid_toolkit.data.published.cells import cell_text
from hybrid_toolkit.data.published.places import areas
from hybrid_toolkit.data.published.places.area_names import level_of_name
from hybrid_toolkit.data.published.published_statistics import SheetGrid, rows_shown
from hybrid_toolkit.errors import PublishedError, plural

_WIDTH = {"National": 0, "Regional": 1, "Local authority": 2, "Local authority district": 3}
_LABEL_COLUMNS = 12


def refuse_wider(grid: SheetGrid, frame: pd.DataFrame, file: str, heads: Callable[[object], bool]) -> None:
    """Raise where rows that were read as a nation's or a region's name several areas within it.

    One name may be a word by chance ("Reading"); under the header of a column of areas it is not. Nor are several, in
    one column and on most of the rows that fill it: they are the areas whose figures the rows hold.

    Parameters
    ----------
    heads : Callable
        Cell -> whether it heads a column of areas.

    Raises
    ------
    PublishedError
        Naming the column by its place and the rows, never a figure.
    """
    read = frame.drop_duplicates("source_row")
    for level in ("National", "Regional"):
        rows = [int(n) for n in read.loc[read["geographic_level"].eq(level), "source_row"].dropna()]
        for column in range(_LABEL_COLUMNS):
            _look(grid, [n for n in rows if n <= len(grid.rows)], column, level, file, heads)


def _look(
    grid: SheetGrid, rows: list[int], column: int, level: str, file: str, heads: Callable[[object], bool]
) -> None:
    said = {n: t for n in rows if (t := cell_text(row[column]) if column < len(row := grid.rows[n - 1]) else "")}
    within = {n: t for n, t in said.items() if _WIDTH.get(_level(t), -1) > _WIDTH[level]}
    headed = bool(within) and any(heads(r[column]) for r in grid.rows[: min(within)] if column < len(r))
    if not within or (not headed and (len(set(within.values())) < 2 or 2 * len(within) < len(said))):
        return
    wide = "England or another nation" if level == "National" else "regions"
    raise PublishedError(
        f"'{file}'{f', sheet {grid.name!r}' if grid.name else ''}: {plural(len(within), 'row')} would have been read "
        f"as figures of {wide}, but column {column + 1} names narrower areas there "
        f"(rows {rows_shown([*within])}).",
        fix="Set area= to the header of the column that names the areas, or --area on the command line.",
        code="PUB-WIDER",
    )


def _level(text: str) -> str:
    return areas.level_of(text) if areas.is_ons_code(text) else level_of_name(text)
