"""Do people, groups and coders agree? Intraclass correlations and within-group agreement, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.columns.numeric_columns import one_column, plain
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.measured_columns import measured, measured_table
from hybrid_toolkit.metrics.psychometrics.reliability import Reliability, item_matrix


def group_icc(
    values: pd.Series[float], groups: pd.Series[str], *, conf_level: float = 0.95
) -> tuple[Reliability, Reliability]:
    """ICC(1) and ICC(2) of a score in groups: how much groups differ, and how reliable their means are.

    One-way analysis of variance with k0 = (N - sum n^2 / N) / (J - 1): ICC(1) = (MSB - MSW) / (MSB + (k0-1) MSW),
    ICC(2) = (MSB - MSW) / MSB (Bliese 2000). Intervals from F, exact for groups of equal size.

    Parameters
    ----------
    values : pd.Series[float]
        The figure of each person.
    groups : pd.Series[str]
        The group of each person.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    tuple[Reliability, Reliability]
        ICC(1) and ICC(2) of a score in groups: how much groups differ, and how reliable their means are.

    Raises
    ------
    MeasureError
        Fewer than two groups, or no group with two values.

    References
    ----------
    - Bliese, P. D. (2000), in Klein, K. J. and Kozlowski, S. W. J. (eds), Multilevel Theory, Research, and Methods in
      Organizations.

    Examples
    --------
    >>> y = pd.Series([1.0, 1.0, 3.0, 3.0, 2.0, 2.5]); g = pd.Series(list("aabbcc"))
    >>> [round(r.estimate, 3) for r in group_icc(y, g)]
    [0.96, 0.98]
    """
    if len(values) != len(groups):
        raise MeasureError(
            f"{len(values)} values stand beside {len(groups)} groups.",
            fix="Provide one group for each value, in the same order.",
            code="RELIABILITY-N",
        )
    held = pd.DataFrame({"y": measured(values), "g": plain(one_column(groups)).to_numpy()}).dropna()
    middle = float(held["y"].median()) if len(held) else 0.0
    frame = held.assign(y=held["y"] - middle)
    size = frame.groupby("g", sort=False).size()
    total, many = len(frame), len(size)
    if many < 2 or total <= many:
        raise MeasureError(
            f"intraclass correlation needs two groups and repeated values; there are {many} groups, {total} values.",
            fix="Provide at least two groups with at least two values each.",
            code="RELIABILITY-N",
        )
    mean = frame.groupby("g", sort=False)["y"].transform("mean")
    between = float(((mean - frame["y"].mean()) ** 2).sum()) / (many - 1)
    within = float(((frame["y"] - mean) ** 2).sum()) / (total - many)
    k0 = (total - float((size**2).sum()) / total) / (many - 1)
    if within == 0:
        raise MeasureError("values do not vary within groups.", fix="Check the grouping.", code="ITEM-CONSTANT")
    f, tail = between / within, (1 - conf_level) / 2
    low = f / float(stats.f.ppf(1 - tail, many - 1, total - many))
    high = f / float(stats.f.ppf(tail, many - 1, total - many))
    one = [(x - 1) / (x + k0 - 1) for x in (f, low, high)]
    two = [1 - 1 / x if x > 0 else float("-inf") for x in (f, low, high)]
    how = "one-way analysis of variance"
    return Reliability.of("ICC(1)", one, many, k0, how), Reliability.of("ICC(2)", two, many, k0, how)


def within_group_agreement(items: pd.DataFrame, groups: pd.Series[str], *, options: int) -> pd.Series[float]:
    """r_wg(J) of each group: agreement against answers spread evenly over the options; 0 to 1.

    r_wg(J) = J (1 - v/e) / (J (1 - v/e) + v/e), v the mean item variance within the group (n - 1), e =
    (options^2 - 1)/12 (James, Demaree and Wolf 1984); 0 where v exceeds e. Missing for groups of fewer than two.

    Parameters
    ----------
    items : pd.DataFrame
        Answers, one row a person and one column an item.
    groups : pd.Series[str]
        The group of each person.
    options : int
        Number of options of an item.

    Returns
    -------
    pd.Series[float]
        The r_wg(J) of each group: agreement against answers spread evenly over the options; 0 to 1.

    References
    ----------
    - James, L. R., Demaree, R. G. and Wolf, G. (1984). Journal of Applied Psychology 69, 85-98.

    Examples
    --------
    >>> x = pd.DataFrame({"a": [4, 4, 1, 5], "b": [4, 4, 5, 1]})
    >>> within_group_agreement(x, pd.Series(["t", "t", "u", "u"]), options=5).tolist()
    [1.0, 0.0]
    """
    table = measured_table(items)
    values, there = table.to_numpy(), table.notna().all(axis=1).to_numpy()
    if len(groups) != len(items):
        raise MeasureError(
            f"{len(items)} rows of items stand beside {len(groups)} groups.",
            fix="Provide one group for each row, in the same order.",
            code="RELIABILITY-N",
        )
    rows = pd.DataFrame(values[there])
    labels = plain(one_column(groups))[there].to_numpy()
    try:
        variance = rows.groupby(labels).var(ddof=1).mean(axis=1)
    except TypeError:
        raise MeasureError(
            "the groups mix kinds of values, such as numbers and bytes, which have no order.",
            fix="Write all groups as text, or all as numbers.",
            code="MIXED-KINDS",
        ) from None
    share = (1 - variance / ((options**2 - 1) / 12)).clip(lower=0.0)
    j = items.shape[1]
    return (j * share / (j * share + (1 - share))).rename("r_wg")


def rater_icc(ratings: pd.DataFrame, *, conf_level: float = 0.95) -> dict[str, Reliability]:
    """The six intraclass correlations of Shrout and Fleiss, one row a target and one column a rater.

    Keys ``ICC(1,1)``, ``ICC(2,1)``, ``ICC(3,1)`` (one rater: one-way, two-way random, two-way fixed) and ``ICC(1,k)``,
    ``ICC(2,k)``, ``ICC(3,k)`` (the mean of the raters). Complete rows only. Shrout and Fleiss 1979; the interval of
    ICC(2,.) uses their approximation of the degrees of freedom.

    Parameters
    ----------
    ratings : pd.DataFrame
        One row a target, one column a rater.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    dict[str, Reliability]
        The six intraclass correlations of Shrout and Fleiss, one row a target and one column a rater.

    Raises
    ------
    MeasureError
        Fewer than two raters or three complete targets, or a rater who never varies.

    References
    ----------
    - Shrout, P. E. and Fleiss, J. L. (1979). Psychological Bulletin 86, 420-428.

    Examples
    --------
    >>> ratings = pd.DataFrame({"first": [9, 6, 8, 7, 10, 6], "second": [2, 1, 4, 1, 5, 2], "third": [5, 3, 6, 2, 6, 4],
    ...                         "fourth": [8, 2, 8, 6, 9, 7]})
    >>> {name: round(found.estimate, 2) for name, found in rater_icc(ratings).items()}
    {'ICC(1,1)': 0.17, 'ICC(1,k)': 0.44, 'ICC(2,1)': 0.29, 'ICC(2,k)': 0.62, 'ICC(3,1)': 0.71, 'ICC(3,k)': 0.91}
    """
    x = item_matrix(ratings)
    x = x - np.median(x)
    n, k = x.shape
    grand, tail = x.mean(), (1 - conf_level) / 2
    rows, cols = ((x.mean(axis=1) - grand) ** 2).sum() * k, ((x.mean(axis=0) - grand) ** 2).sum() * n
    whole = ((x - grand) ** 2).sum()
    bms, jms = rows / (n - 1), cols / (k - 1)
    wms, ems = (whole - rows) / (n * (k - 1)), (whole - rows - cols) / ((n - 1) * (k - 1))

    def from_f(f: float, df: int, name: str) -> dict[str, Reliability]:
        limits = (f, f / float(stats.f.ppf(1 - tail, n - 1, df)), f * float(stats.f.ppf(1 - tail, df, n - 1)))
        single, average = [(v - 1) / (v + k - 1) for v in limits], [1 - 1 / v for v in limits]
        return {
            f"ICC({name},1)": Reliability.of(f"ICC({name},1)", single, n, k, "Shrout and Fleiss"),
            f"ICC({name},k)": Reliability.of(f"ICC({name},k)", average, n, k, "Shrout and Fleiss"),
        }

    two = float((bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n))
    fj = jms / ems
    v = (k - 1) * (n - 1) * (k * two * fj + n * (1 + (k - 1) * two) - k * two) ** 2
    v = float(v / ((n - 1) * k**2 * two**2 * fj**2 + (n * (1 + (k - 1) * two) - k * two) ** 2))
    f1, f2 = float(stats.f.ppf(1 - tail, n - 1, v)), float(stats.f.ppf(1 - tail, v, n - 1))
    low = n * (bms - f1 * ems) / (f1 * (k * jms + (k * n - k - n) * ems) + n * bms)
    high = n * (f2 * bms - ems) / (k * jms + (k * n - k - n) * ems + n * f2 * bms)
    single = [two, float(low), float(high)]
    average = [k * s / (1 + (k - 1) * s) for s in single]
    return {
        **from_f(float(bms / wms), n * (k - 1), "1"),
        "ICC(2,1)": Reliability.of("ICC(2,1)", single, n, k, "Shrout and Fleiss"),
        "ICC(2,k)": Reliability.of("ICC(2,k)", average, n, k, "Shrout and Fleiss"),
        **from_f(float(bms / ems), (n - 1) * (k - 1), "3"),
    }
