"""Careless answers, flagged and never deleted: longstring, individual variability, even-odd consistency, Mahalanobis.

A flag says that a set of answers is unlike answers given with care; people who are tired, sure of themselves or unlike
their colleagues are flagged too. Leave nobody out on a flag alone: give the figure with and without them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.instruments import InstrumentScores
from hybrid_toolkit.metrics.measured_columns import measured_table
from hybrid_toolkit.result import RowsHidden

_NOTHING = 1e-12
"""Spread of a person's scale means under which no correlation is defined."""

INDICES = ("longstring", "irv", "even_odd", "mahalanobis")
"""The indices, in the order of their columns."""
MIN_ITEMS = 8
"""Items from which a run of equal answers, or a lack of spread, says anything."""
MIN_SCALES = 3
"""Scales of two items or more that even-odd consistency needs."""


@dataclass(frozen=True)
class CarelessFlags(RowsHidden):
    """Indices of careless answering, one row a set of answers.

    Parameters
    ----------
    frame : pd.DataFrame
        The keys, the four indices, a yes/no column ``flag_...`` each (missing where the index cannot be had) and
        ``n_flags``. Rows of single people: for use inside.
    rules : pd.DataFrame
        One row an index: ``index``, ``threshold``, ``rule``, ``n`` for which it could be had, ``n_flagged``.

    Examples
    --------
    >>> rows = [[3] * 8, [1, 2, 3, 4, 5, 4, 3, 2], [2, 4, 1, 5, 3, 3, 4, 2]]
    >>> flags = flag_careless(pd.DataFrame(rows, columns=list("abcdefgh")))
    >>> flags.tidy()[["rule", "n_flagged"]].head(2).values.tolist()
    [['run longer than 50% of 8 items', 1], ['more than 3 robust deviations below the median', 1]]
    """

    frame: pd.DataFrame = field(repr=False)
    rules: pd.DataFrame = field(repr=False)

    def tidy(self) -> pd.DataFrame:
        """The rules with their counts: no single person's index.

        Returns
        -------
        pd.DataFrame
            The rules with their counts: no single person's index.
        """
        return self.rules.copy()

    def summary(self) -> str:
        """How many sets of answers are flagged, by how many indices.

        Returns
        -------
        str
            How many sets of answers are flagged, by how many indices.
        """
        flagged, n = int((self.frame["n_flags"] > 0).sum()), len(self.frame)
        twice = int((self.frame["n_flags"] > 1).sum())
        each = "; ".join(f"{r['index']} {r['n_flagged']} of {r['n']}" for r in self.rules.to_dict("records"))
        return (
            f"{flagged:,} of {n:,} sets of answers are flagged, {twice:,} by more than one index ({each}). "
            "None was left out. A flag is no proof: compare the figures with and without them."
        )


def flag_careless(
    answers: InstrumentScores | pd.DataFrame,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    run_share: float = 0.5,
    even_odd_below: float = 0.30,
    mahalanobis_p: float = 0.001,
) -> CarelessFlags:
    """Flag sets of answers that may have been given without care.

    Parameters
    ----------
    answers : InstrumentScores | pd.DataFrame
        From ``score_instrument``; or a frame with one column an item in the order it was asked, as it was answered
        (before reversal), one row a respondent, every column of it an item.
    scales : Mapping[str, Sequence[str]] | None, optional
        Scale -> its items, keyed the same way round, for even-odd consistency; an instrument brings its own.
    run_share : float, default 0.5
        Flagged where the longest run of one answer is longer than this share of the items (half: Curran 2016).
    even_odd_below : float, default 0.3
        Flagged below this consistency (Jackson 1977).
    mahalanobis_p : float, default 0.001
        Flagged where the squared distance is beyond chi-squared at this tail.

    Returns
    -------
    CarelessFlags
        Indices of careless answering, one row a set of answers.

    Raises
    ------
    MeasureError
        No item, or fewer than three rows.

    Notes
    -----
    ``longstring``: longest run of the same answer in a row; a missing answer ends it. ``irv``: standard deviation (n -
    1) of a person's answers (Dunn and others 2018), flagged more than three robust deviations below the median: the
    sources give no cut-off. ``even_odd``: correlation over scales of a person's mean on even and odd items, stepped
    up by 2r / (1 + r), held at -1 (Johnson 2005; Meade and Craig 2012); needs three scales. ``mahalanobis``: squared
    distance from the mean answers, complete rows only. The first two flag only with eight items or more. Even-odd uses
    the answers after reversal, the others those given.

    References
    ----------
    - Curran, P. G. (2016). Journal of Experimental Social Psychology 66, 4-19.
    - Dunn, A. M., Heggestad, E. D., Shanock, L. R. and Theilgard, N. (2018). Journal of Business and Psychology 33,
      105-121.
    - Jackson, D. N. (1977). Jackson Vocational Interest Survey manual.
    - Johnson, J. A. (2005). Journal of Research in Personality 39, 103-129.
    - Meade, A. W. and Craig, S. B. (2012). Psychological Methods 17, 437-455.

    Examples
    --------
    >>> rows = [[3] * 8, [1, 2, 3, 4, 5, 4, 3, 2], [2, 4, 1, 5, 3, 3, 4, 2]]
    >>> flags = flag_careless(pd.DataFrame(rows, columns=list("abcdefgh")))
    >>> flags.frame[["longstring", "flag_longstring"]].values.tolist()
    [[8, True], [1, False], [2, False]]
    """
    if isinstance(answers, pd.DataFrame):
        answers = measured_table(answers)
    keys, given, turned, parts = _sides(answers, scales)
    if given.shape[1] < 2 or len(given) < 3:
        raise MeasureError(
            f"careless answering needs 2 items and 3 rows; there are {given.shape[1]} and {len(given)}.",
            fix="Provide one column for each item and one row for each respondent.",
            code="CARELESS-N",
        )
    x = given.to_numpy(dtype=float)
    k = x.shape[1]
    index = {
        "longstring": longstring(x).astype(float),
        "irv": response_variability(x),
        "even_odd": even_odd(turned, parts),
        "mahalanobis": mahalanobis(x),
    }
    spread = index["irv"][~np.isnan(index["irv"])]
    middle = float(np.median(spread)) if len(spread) else np.nan
    low = middle - 3 * 1.4826 * float(np.median(np.abs(spread - middle))) if len(spread) else np.nan
    cut = float(stats.chi2.isf(mahalanobis_p, k))
    enough = k >= MIN_ITEMS
    limits = {
        "longstring": (run_share * k if enough else np.nan, f"run longer than {run_share:.0%} of {k} items", 1),
        "irv": (low if enough else np.nan, "more than 3 robust deviations below the median", -1),
        "even_odd": (even_odd_below, f"below {even_odd_below:g}", -1),
        "mahalanobis": (cut, f"beyond chi-squared({k}) at {mahalanobis_p:g}", 1),
    }
    out, rows = keys.copy(), []
    for name in INDICES:
        limit, rule, side = limits[name]
        value = index[name]
        out[name] = pd.Series(value, index=out.index).astype("Int64" if name == "longstring" else "float64")
        known = ~np.isnan(value) & (not np.isnan(limit))
        flagged = known & (np.nan_to_num(side * (value - limit)) > 0)
        out[f"flag_{name}"] = pd.Series(flagged, index=out.index, dtype="boolean").where(known)
        said = rule if not np.isnan(limit) else f"not used: fewer than {MIN_ITEMS} items"
        rows.append((name, limit, said, int(known.sum()), int(flagged.sum())))
    flags = out[[f"flag_{i}" for i in INDICES]]
    out["n_flags"] = flags.fillna(False).sum(axis=1).astype("int64")
    return CarelessFlags(out, pd.DataFrame(rows, columns=["index", "threshold", "rule", "n", "n_flagged"]))


def _sides(
    answers: InstrumentScores | pd.DataFrame, scales: Mapping[str, Sequence[str]] | None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, list[list[str]]]:
    """Keys, answers as given, answers after reversal, and the items of each scale."""
    if isinstance(answers, pd.DataFrame):
        items = answers.astype("float64")
        return pd.DataFrame(index=answers.index), items, items, [list(s) for s in (scales or {}).values()]
    definition = answers.instrument
    names = [i for i in definition.item_ids if i in answers.answers]
    turned = answers.answers[names].astype("float64")
    given = turned.copy()
    back = [i for i in definition.reversed_ids if i in names]
    given[back] = definition.low + definition.high - given[back]
    keys = answers.answers.drop(columns=names)
    parts = [list(s.items) for s in definition.scales if set(s.items) <= set(names)]
    return keys, given, turned, parts if scales is None else [list(s) for s in scales.values()]


def longstring(answers: Array) -> npt.NDArray[np.int64]:
    """Longest run of one answer in a row of answers; a missing answer ends a run.

    Examples
    --------
    >>> longstring(np.array([[1, 1, 1, 2.0], [1, np.nan, 1, 1]])).tolist()
    [3, 2]
    """
    best = np.zeros(len(answers), dtype=np.int64)
    run = np.zeros(len(answers), dtype=np.int64)
    before = np.full(len(answers), np.nan)
    for column in answers.T:
        run = np.where(np.isnan(column), 0, np.where(column == before, run + 1, 1))
        best, before = np.maximum(best, run), column
    return best


def response_variability(answers: Array) -> Array:
    """Standard deviation (n - 1) of each row's answers; missing with fewer than two.

    Examples
    --------
    >>> response_variability(np.array([[1.0, 2, 3], [4, 4, 4]])).tolist()
    [1.0, 0.0]
    """
    n = (~np.isnan(answers)).sum(axis=1)
    total = np.nansum(answers, axis=1)
    mean = np.divide(total, n, out=np.full(len(answers), np.nan), where=n > 0)
    squares = np.nansum((answers - mean[:, None]) ** 2, axis=1)
    variance: Array = np.divide(squares, n - 1, out=np.full(len(answers), np.nan), where=n > 1)
    return np.asarray(np.sqrt(variance))


def even_odd(answers: pd.DataFrame, scales: Sequence[Sequence[str]]) -> Array:
    """Even-odd consistency of each row over scales, -1 to 1; missing with fewer than three scales or no spread."""
    usable = [list(s) for s in scales if len(s) > 1]
    nothing = np.full(len(answers), np.nan)
    if len(usable) < MIN_SCALES:
        return nothing
    odd = np.column_stack([answers[s[0::2]].mean(axis=1, skipna=True) for s in usable])
    even = np.column_stack([answers[s[1::2]].mean(axis=1, skipna=True) for s in usable])
    gone = np.isnan(odd) | np.isnan(even)
    odd, even = np.where(gone, np.nan, odd), np.where(gone, np.nan, even)
    n = (~gone).sum(axis=1)
    count = np.where(n == 0, 1, n)[:, None]
    a = odd - np.nansum(odd, axis=1)[:, None] / count
    b = even - np.nansum(even, axis=1)[:, None] / count
    below = np.sqrt(np.nansum(a**2, axis=1) * np.nansum(b**2, axis=1))
    r = np.divide(np.nansum(a * b, axis=1), below, out=nothing.copy(), where=(n >= MIN_SCALES) & (below > _NOTHING))
    stepped = np.divide(2 * r, 1 + r, out=np.full(len(r), -1.0), where=~(1 + r < _NOTHING))
    return np.asarray(np.maximum(stepped, -1.0))


def mahalanobis(answers: Array) -> Array:
    """Squared Mahalanobis distance of each complete row; missing where a row is not, or rows are too few.

    Examples
    --------
    >>> x = np.array([[0.0, 1], [0, -1], [1, 0], [-1, 0]])
    >>> mahalanobis(x).round(6).tolist()
    [1.5, 1.5, 1.5, 1.5]
    """
    complete = ~np.isnan(answers).any(axis=1)
    out = np.full(len(answers), np.nan)
    rows = answers[complete]
    if len(rows) <= answers.shape[1]:
        return out
    basis = scaled(np.column_stack([np.ones(len(rows)), rows]))
    if not basis.own.all():
        return out
    out[complete] = (basis.z[:, 1:] ** 2).sum(axis=1) * (len(rows) - 1) / len(rows)
    return out
