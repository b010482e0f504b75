"""Do raters agree beyond chance? Cohen's kappa of two raters, Fleiss' kappa of several, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa as _cohens_kappa

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import as_numbers, one_column, plain
from hybrid_toolkit.errors import MeasureError, plural
from hybrid_toolkit.metrics.measured_columns import measured_table
from hybrid_toolkit.metrics.psychometrics.reliability import Reliability

_WEIGHTS = ("none", "linear", "quadratic")
"""How far apart two codes count: all the same, by steps, or by squared steps."""


def cohen_kappa(
    first: pd.Series[str],
    second: pd.Series[str],
    *,
    categories: Sequence[Any] | None = None,
    weights: str = "none",
    conf_level: float = 0.95,
) -> Reliability:
    """Cohen's kappa of two raters of the same targets, weighted where codes are ordered.

    Parameters
    ----------
    first : pd.Series[str]
        The first rater's code of each target; targets without both codes are left out.
    second : pd.Series[str]
        The second rater's code of each target.
    categories : Sequence[Any] | None, optional
        The codes in order; by default that of ordered categories, else those that occur, sorted. Weighted kappa needs
        the true order: text in words has none and is refused.
    weights : str, default "none"
        ``none``, ``linear`` or ``quadratic`` (Cohen 1968).
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Reliability
        One reliability coefficient.

    Raises
    ------
    MeasureError
        Fewer than three targets with both codes, one code only, a code outside ``categories``, unknown weights, or
        weights for codes in words without an order.

    Notes
    -----
    kappa = (agreement - agreement by chance) / (1 - agreement by chance) (Cohen 1960), with the large-sample standard
    error of Fleiss, Cohen and Everitt (1969), by ``statsmodels.stats.inter_rater``.

    References
    ----------
    - Cohen, J. (1960). Educational and Psychological Measurement 20, 37-46.
    - Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70, 213-220.
    - Fleiss, J. L., Cohen, J. and Everitt, B. S. (1969). Psychological Bulletin 72, 323-327.

    Examples
    --------
    >>> a, b = pd.Series(list("yyyynnnn")), pd.Series(list("yyynnnny"))
    >>> cohen_kappa(a, b).estimate
    0.5
    """
    if weights not in _WEIGHTS:
        raise MeasureError(
            f"weights must be one of {', '.join(_WEIGHTS)}.", fix="Choose one of these.", code="KAPPA-WEIGHTS"
        )
    if len(first) != len(second):
        raise MeasureError(
            f"one rater has {len(first)} codes and the other {len(second)}.",
            fix="Provide one code of each coder for every target, in the same order.",
            code="RELIABILITY-N",
        )
    one, two = one_column(first), one_column(second)
    if categories is None:
        categories = _in_order(one, two, weights)
    pair = pd.DataFrame({"a": plain(one).to_numpy(dtype=object), "b": plain(two).to_numpy(dtype=object)}).dropna()
    table = _square(pair, _codes(pair, categories))
    with np.errstate(divide="ignore", invalid="ignore"):
        if weights == "none":
            got = _cohens_kappa(table)
        else:
            got = _cohens_kappa(table, wt="linear" if weights == "linear" else "quadratic")
    kappa, error = float(got.kappa), float(got.std_kappa)
    if not np.isfinite([kappa, error]).all():
        both = int(((table.sum(axis=0) > 0) & (table.sum(axis=1) > 0)).sum())
        raise MeasureError(
            f"{both} of {len(table)} codes are used by both raters, too few for kappa and its error.",
            fix="Check that both raters used the same codes, and more than one of them.",
            code="KAPPA-ONE-SIDED",
        )
    z = float(stats.norm.ppf(0.5 + conf_level / 2))
    name = "Cohen kappa" if weights == "none" else f"Cohen kappa ({weights} weights)"
    limits = (kappa, max(-1.0, kappa - z * error), min(1.0, kappa + z * error))
    return Reliability.of(name, limits, len(pair), 2, "Fleiss, Cohen and Everitt standard error")


def _in_order(first: pd.Series[Any], second: pd.Series[Any], weights: str) -> list[Any] | None:
    """The order that ordered categories declare; None for numbers, or where the order does not matter."""
    orders = [
        list(s.cat.categories) for s in (first, second) if isinstance(s.dtype, pd.CategoricalDtype) and s.dtype.ordered
    ]
    if len(orders) == 2 and orders[0] == orders[1]:
        return orders[0]
    if weights != "none" and (orders or as_numbers(first) is None or as_numbers(second) is None):
        raise MeasureError(
            f"{len(orders)} of 2 raters' codes have an order, or theirs differ: weights by distance need one order.",
            fix="List categories from lowest to highest, or make both ordered categories with the same levels.",
            code="KAPPA-ORDER",
        )
    return None


def _codes(pair: pd.DataFrame, categories: Sequence[Any] | None) -> list[Any]:
    seen = set(pd.unique(pair.to_numpy().ravel()))
    codes = _sorted(seen) if categories is None else list(categories)
    outside = int((~pair.isin(codes)).to_numpy().sum())
    if outside:
        raise MeasureError(
            f"{plural(outside, 'code is', 'codes are')} not among the categories.",
            fix="Name every category.",
            code="KAPPA-CODE",
        )
    if len(pair) < 3 or len(seen) < 2:
        raise MeasureError(
            f"agreement needs 3 targets coded by all and 2 codes in use; there are {len(pair)} and {len(seen)}.",
            fix="Code more targets twice.",
            code="RELIABILITY-N",
        )
    return codes


def _sorted(codes: Iterable[Any]) -> list[Any]:
    try:
        return sorted(codes)
    except TypeError:
        raise MeasureError(
            "codes mix kinds of values, such as text and numbers.", fix="Write all of them as text.", code="KAPPA-CODE"
        ) from None


def _square(pair: pd.DataFrame, codes: list[Any]) -> Array:
    place = {c: i for i, c in enumerate(codes)}
    table = np.zeros((len(codes), len(codes)))
    np.add.at(table, (pair["a"].map(place).to_numpy(dtype=int), pair["b"].map(place).to_numpy(dtype=int)), 1.0)
    return table


def rating_counts(ratings: pd.DataFrame, *, categories: Sequence[Any] | None = None) -> pd.DataFrame:
    """Ratings, one column a rater, as counts: one row a target, one column a code. Missing ratings are not counted.

    Parameters
    ----------
    ratings : pd.DataFrame
        One column for each coder and one row for each target.
    categories : Sequence[Any] | None, optional
        Codes to count; those that occur where it is left out.

    Returns
    -------
    pd.DataFrame
        One row for each target and one column for each code.

    Examples
    --------
    >>> rating_counts(pd.DataFrame({"r1": ["y", "n"], "r2": ["y", "y"]}))[["n", "y"]].values.tolist()
    [[0, 2], [1, 1]]
    """
    seen = pd.unique(ratings.to_numpy().ravel())
    codes = _sorted(c for c in seen if pd.notna(c)) if categories is None else list(categories)
    return pd.DataFrame({c: ratings.eq(c).sum(axis=1).astype("int64") for c in codes})


def fleiss_kappa(counts: pd.DataFrame, *, conf_level: float = 0.95) -> Reliability:
    """Fleiss' kappa of several raters, from counts: one row a target, one column a code (see ``rating_counts``).

    Parameters
    ----------
    counts : pd.DataFrame
        Ratings, one row a target and one column a code.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Reliability
        One reliability coefficient.

    Raises
    ------
    MeasureError
        Fewer than three targets with two ratings, one code only, or counts that are not whole.

    Notes
    -----
    kappa = (P - Pe) / (1 - Pe): P the mean share of pairs of raters who agree on a target, Pe the sum of squared
    shares of the codes (Fleiss 1971). The raters may be others for each target, and their number may vary: a target's
    code shares then weigh it as one. Targets with fewer than two ratings are left out. The interval is by the
    linearised variance over targets (Gwet 2008), t on n - 1 degrees of freedom; Fleiss' own standard error holds only
    where there is no agreement.

    References
    ----------
    - Fleiss, J. L. (1971). Psychological Bulletin 76, 378-382.
    - Gwet, K. L. (2008). British Journal of Mathematical and Statistical Psychology 61, 29-48.

    Examples
    --------
    >>> fleiss_kappa(pd.DataFrame({"a": [3, 0, 3, 0], "b": [0, 3, 0, 3]})).estimate
    1.0
    """
    x = measured_table(counts).to_numpy()
    if np.isnan(x).any() or (x < 0).any() or (x != np.round(x)).any():
        raise MeasureError(
            "counts must be whole and not negative.", fix="Use rating_counts to count them.", code="KAPPA-COUNTS"
        )
    x = x[x.sum(axis=1) >= 2]
    used = int((x.sum(axis=0) > 0).sum())
    if len(x) < 3 or used < 2:
        raise MeasureError(
            f"agreement needs 3 targets with two ratings and 2 codes in use; there are {len(x)} and {used}.",
            fix="Code more targets twice.",
            code="RELIABILITY-N",
        )
    raters = x.sum(axis=1)
    agree = (x * (x - 1)).sum(axis=1) / (raters * (raters - 1))
    shares = x / raters[:, None]
    mean_share = shares.mean(axis=0)
    by_chance = float((mean_share**2).sum())
    kappa = (float(agree.mean()) - by_chance) / (1 - by_chance)
    each = (agree - by_chance) / (1 - by_chance)
    each = each - 2 * (1 - kappa) * (shares @ mean_share - by_chance) / (1 - by_chance)
    n = len(x)
    error = float(np.sqrt(((each - kappa) ** 2).sum() / (n * (n - 1))))
    half = float(stats.t.ppf(0.5 + conf_level / 2, n - 1)) * error
    limits = (kappa, max(-1.0, kappa - half), min(1.0, kappa + half))
    return Reliability.of("Fleiss kappa", limits, n, float(raters.mean()), "linearised over targets")
