"""The layouts of rectangular tables, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hybrid_toolkit.data.published.ees import is_ees, tidy_ees
from hybrid_toolkit.data.published.find_tables import Rectangle
from hybrid_toolkit.data.published.published_statistics import Piece
from hybrid_toolkit.data.published.rectangular import tidy_rectangular


@dataclass(frozen=True, slots=True)
class TableLayout:
    """One layout that is told by its headers.

    Parameters
    ----------
    name : str
        What ``Published.layout`` says of a file in it.
    words : str
        What it is, in the words of ``load_published``.
    recognises : Callable
        Table -> whether it is in this layout.
    tidy : Callable
        Table, with the period and the column of areas where the caller named them -> one row a cell.
    """

    name: str
    words: str
    recognises: Callable[[Rectangle], bool]
    tidy: Callable[[Rectangle, str | None, str | None], Piece]


LAYOUTS: tuple[TableLayout, ...] = (
    TableLayout("dfe-tidy", "DfE tidy statistics", is_ees, lambda table, _, __: tidy_ees(table)),
    TableLayout(
        "area-table",
        "any other rectangular table with a column of area codes or names",
        lambda _: True,
        lambda table, period, area: tidy_rectangular(table, period=period, area=area),
    ),
)
"""The first that recognises a table reads it; the last takes every table."""


def read_table(table: Rectangle, *, period: str | None = None, area: str | None = None) -> Piece:
    """A rectangular table as one row a cell, by the first layout that recognises it.

    Parameters
    ----------
    table : Rectangle
        The table.
    period : str, optional
        The period of the figures, where the table names none.
    area : str, optional
        Header of the column that names the areas, where the caller knows it.

    Raises
    ------
    PublishedError
        As the layout says.
    """
    return next(layout for layout in LAYOUTS if layout.recognises(table)).tidy(table, period, area)
