"""At which level the terms of a mixed model move: shared periods of groups, clusters behind them, effects and rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference import clusters as support

TIME_NAMES = ("month", "wave", "quarter", "year", "period")
"""Columns that are looked at for a period where none is named."""
_MOST_CELLS = 0.75
"""A group and period with hardly more than a row each shares nothing that the rows' own error does not hold."""


def shared_in_time(
    rows: pd.DataFrame, period: pd.Series[Any], plan: Sequence[tuple[tuple[str, ...], list[str]]], x: Array
) -> list[tuple[str, ...]]:
    """Groupings in whose levels some column of ``x`` moves over time and is one for all rows of a period.

    A grouping that has a level for each row of a period already, or that the model crosses with the period, shares
    nothing more.

    Examples
    --------
    >>> f = pd.DataFrame({"team": [1, 1, 1, 1, 2, 2, 2, 2], "wave": [1, 1, 2, 2] * 2})
    >>> days = np.array([[0.2, 0.2, 0.4, 0.4, 0.6, 0.6, 0.6, 0.6]]).T
    >>> shared_in_time(f, f["wave"], [(("team",), [])], days)
    [('team',)]
    """
    out = []
    there = {frozenset(g) for g, _ in plan}
    when = pd.factorize(period, sort=True)[0]
    for g, _ in plan:
        code = pd.factorize(pd.MultiIndex.from_frame(rows[list(g)]))[0]
        cell = pd.factorize(code * (int(when.max()) + 2) + when)[0]
        many = int(cell.max()) + 1
        if {*g, str(period.name)} in there or str(period.name) in g or not many < len(rows) * _MOST_CELLS:
            continue
        for column in x.T:
            of_time = _constant(column, when)
            if not of_time and _constant(column, cell) and not _constant(column, code):
                out.append(g)
                break
    return out


def _constant(column: Array, code: Any) -> bool:
    """Whether a column takes one value in each group."""
    first = np.unique(code, return_index=True)[1]
    return bool((column == column[first][code]).all()) if len(column) else True


def clusters_of(x: Array, code: Any) -> Array:
    """Clusters of the coarsest grouping behind each fixed coefficient."""
    return support.behind(support.column_leverages(x, code), x, code)


def fewer_effects_than_rows(
    plan: Sequence[tuple[tuple[str, ...], list[str]]], levels: Sequence[Any], n: int, correlated: bool
) -> None:
    """Refuse as many random effects of one grouping as rows, as lme4 does.

    Parameters
    ----------
    plan : Sequence[tuple[tuple[str, ...], list[str]]]
        Groupings with their slopes.
    levels : Sequence[Any]
        Codes of each grouping.
    n : int
        Rows.
    correlated : bool
        Slopes share a term with their intercept.

    Raises
    ------
    EstimationError
        ``RANDOM-EFFECTS``.
    """
    for (g, slopes), code in zip(plan, levels, strict=True):
        effects = (int(code.max()) + 1) * (1 + len(slopes) if correlated else 1)
        if effects >= n:
            raise EstimationError(
                f"grouping '{':'.join(g)}' has {effects:,} random effects for {n:,} complete rows: they cannot be "
                "distinguished from the residual variation.",
                fix="Add rows until each level has more than 1 plus its slopes, or leave the slopes out.",
                code="RANDOM-EFFECTS",
            )
