"""How far trends may depart from parallel before a conclusion falls (Rambachan and Roth 2023)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, from_extra, plural
from hybrid_toolkit.models.rollout.event_time_path import EventPath
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import check_choice, check_level, tidy_rows
from hybrid_toolkit.result import ResultBase

RESTRICTIONS = {
    "relative": "a departure between two periods after the start is at most M times the largest one before it",
    "smoothness": "the slope of the departure changes by at most M from one period to the next",
}
"""What is assumed of the departure from parallel trends."""


@dataclass(frozen=True, eq=False)
class HonestBounds(ResultBase):
    """Intervals for the mean effect that hold under a bounded departure from parallel trends.

    Parameters
    ----------
    restriction : str
        Key of ``RESTRICTIONS``.
    bounds : pd.DataFrame
        A row a size of departure: size, low, high (the effect as if the estimates were exact; not a number where the
        estimates themselves break the restriction), conf_low, conf_high.
    estimate : float
        Mean of the effects after the start, or the effect at ``time``.
    conf_level : float
        Level of the intervals.
    converged : bool, default True
        Always True here.
    time : int | None, optional
        The one time since the start that is meant, or None for the mean.

    Examples
    --------
    >>> v = np.diag([0.01, 0.01, 0, 0.01, 0.01])
    >>> path = EventPath((-3, -2, -1, 0, 1), np.array([0.1, -0.1, 0, 1, 1.2]), v, 500)
    >>> found = honest_bounds(path, sizes=[0, 1])
    >>> round(found.estimate, 2), found.bounds["conf_low"].round(2).tolist()
    (1.1, [0.96, 0.36])
    """

    restriction: str
    bounds: pd.DataFrame = field(repr=False)
    estimate: float
    conf_level: float
    converged: bool = True
    time: int | None = None

    def tidy(self) -> pd.DataFrame:
        """One row a size; the error is that of a normal interval of the same width, so it is wider than sampling.

        Returns
        -------
        pd.DataFrame
            One row a size; the error is that of a normal interval of the same width, so it is wider than sampling.
        """
        z = stats.norm.ppf(0.5 + self.conf_level / 2)
        b = self.bounds
        names = [f"{self.restriction} {m:g}" for m in b["size"]]
        rows = tidy_rows(names, np.full(len(b), self.estimate), np.nan, n=0, conf_level=self.conf_level)
        error = (b["conf_high"] - b["conf_low"]) / (2 * z)
        return rows.assign(std_error=error, conf_low=b["conf_low"], conf_high=b["conf_high"])

    def glance(self) -> pd.DataFrame:
        """One row: restriction, sizes, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: restriction, sizes, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [len(self.bounds)],
                "n_missing": [0],
                "method": [f"robust bounds, {self.restriction}"],
                "converged": [self.converged],
            }
        )

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        held = self.bounds[(self.bounds["conf_low"] > 0) | (self.bounds["conf_high"] < 0)]
        most = f"up to {held['size'].max():g}" if len(held) else "at no size tried"
        what = "Mean effect" if self.time is None else f"Effect at time {self.time}"
        return (
            f"{what} {self.estimate:.3f}. If {RESTRICTIONS[self.restriction]}, the interval excludes zero for "
            f"M {most}. What M is fair is a judgement about the setting, not something the data can tell. The "
            "intervals allow for more than chance: where trends are parallel they are wider than they need be."
        )


def honest_bounds(
    path: EventPath,
    *,
    restriction: str = "relative",
    sizes: Sequence[float] = (0.0, 0.5, 1.0),
    time: int | None = None,
    conf_level: float = 0.95,
) -> HonestBounds:
    """Intervals for the mean effect after the start, or the one at a time, if trends depart from parallel by so much.

    Parameters
    ----------
    path : EventPath
        Effects by time against one reference (``fit_group_time(..., base="universal").path()``).
    restriction : str, default "relative"
        Key of ``RESTRICTIONS``.
    sizes : Sequence[float], optional
        Values of M; for smoothness in units of the outcome.
    time : int | None, optional
        One time since the start, such as 0 for the first; default the mean over all of them.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    HonestBounds
        Intervals for the mean effect that hold under a bounded departure from parallel trends.

    Raises
    ------
    EstimationError
        No time before the start beside the reference, none after it, times that are not next to each other, a negative
        size, a time that has no effect.

    Notes
    -----
    Rambachan and Roth (2023), Review of Economic Studies 90, 2555-2591. Smoothness: their fixed-length interval
    (section 4.1) by diff-diff. Relative magnitudes: the union over the period and sign of the largest departure
    before the start (their lemma 2.2) of one-sided intervals; each end is exact for its piece, so the interval holds
    at least at its level and is somewhat wider than their conditional one. It is own code because diff-diff 3.13
    takes the largest departure before the start as known, which is too narrow.

    References
    ----------
    - Rambachan, A. and Roth, J. (2023). Review of Economic Studies 90, 2555-2591.

    Examples
    --------
    >>> v = np.diag([0.01, 0.01, 0, 0.01, 0.01])
    >>> path = EventPath((-3, -2, -1, 0, 1), np.array([0.1, -0.1, 0, 1, 1.2]), v, 500)
    >>> honest_bounds(path, sizes=[0, 1]).bounds.round(2).values.tolist()
    [[0.0, 1.1, 1.1, 0.96, 1.24], [1.0, 0.8, 1.4, 0.36, 1.84]]
    """
    check_arguments(honest_bounds, locals())
    check_level(conf_level)
    check_choice("restriction", restriction, RESTRICTIONS)
    if min(sizes) < 0:
        raise EstimationError("a size is negative.", fix="Set sizes of 0 or more.", code="SIZE")
    before, after = _pieces(path)
    level = _weights(path, after, time)
    if restriction == "relative":
        rows = [_relative(path, before, after, level, m, conf_level) for m in sizes]
    else:
        rows = [_smooth(path, before, after, level, m, conf_level) for m in sizes]
    found = pd.DataFrame(rows, columns=["low", "high", "conf_low", "conf_high"])
    found.insert(0, "size", list(sizes))
    return HonestBounds(restriction, found, float(level @ path.estimate[after]), conf_level, time=time)


def breakdown(path: EventPath, *, conf_level: float = 0.95, most: float = 20.0) -> float:
    """The largest M of relative magnitudes at which the interval leaves out zero; 0 where it never does.

    Examples
    --------
    >>> path = EventPath((-3, -2, -1, 0), np.array([0.1, -0.1, 0, 1]), np.diag([0.01, 0.01, 0, 0.01]), 500)
    >>> round(breakdown(path), 1)
    2.0
    """

    def clear(m: float) -> float:
        at = honest_bounds(path, sizes=[m], conf_level=conf_level).bounds
        return max(float(at["conf_low"].iloc[0]), -float(at["conf_high"].iloc[0]))

    if clear(0.0) <= 0:
        return 0.0
    return most if clear(most) > 0 else float(optimize.brentq(clear, 0.0, most, xtol=1e-3))


def _pieces(path: EventPath) -> tuple[list[int], list[int]]:
    """Positions before and after, next to each other around the reference."""
    before, after = path.before.tolist(), path.after.tolist()
    ahead = np.abs(np.diff([path.last_free, *(path.leads[i] for i in before[::-1])]))
    later = np.diff([path.leads[i] for i in after])
    if not before or (ahead != ahead[0]).any() or not after or (later != ahead[0]).any():
        raise EstimationError(
            f"{plural(len(before), 'time')} before the start and {len(after)} from it on, or they are not evenly next "
            "to each other around the reference.",
            fix="Use fit_group_time(..., base_period='universal'), and periods without gaps.",
            code="NO-LEADS" if not before or after else "NO-POST",
        )
    return before, after


def _weights(path: EventPath, after: list[int], time: int | None) -> Array:
    """Weights of the effects after the start: all alike, or one alone."""
    leads = [path.leads[i] for i in after]
    if time is None:
        return np.full(len(after), 1 / len(after))
    if time not in leads:
        raise EstimationError(
            f"the path has no effect at time {time}.", fix=f"Use one of {leads[0]} to {leads[-1]}.", code="TIME-UNKNOWN"
        )
    return np.array([float(e == time) for e in leads])


def _relative(
    path: EventPath, before: list[int], after: list[int], weights: Array, m: float, conf_level: float
) -> tuple[float, float, float, float]:
    k = len(path.leads)
    steps = np.zeros((len(before), k))  # departure from one time to the next, up to the reference (0)
    for row, (i, j) in enumerate(zip(before, [*before[1:], -1], strict=True)):
        steps[row, i] = -1.0
        if j >= 0:
            steps[row, j] = 1.0
    mean = np.zeros(k)
    mean[after] = weights
    # a departure between two times moves every later effect: sum over gaps of the weight that lies beyond them
    reach = float(np.abs(np.cumsum(weights[::-1])).sum())
    t = stats.t.ppf(0.5 + conf_level / 2, path.df)
    ends = []
    for sign in (1.0, -1.0):
        piece = mean + m * reach * sign * steps
        value = piece @ path.estimate
        error = np.sqrt(np.einsum("ij,jk,ik->i", piece, path.vcov, piece))
        ends += [(value, value - t * error, value + t * error)]
    values = np.concatenate([e[0] for e in ends])
    return (
        float(values.min()),
        float(values.max()),
        float(min(e[1].min() for e in ends)),
        float(max(e[2].max() for e in ends)),
    )


def _smooth(
    path: EventPath, before: list[int], after: list[int], weights: Array, m: float, conf_level: float
) -> tuple[float, float, float, float]:
    with from_extra("engines"):
        from diff_diff import HonestDiD

    at = [*before, *after]
    found = HonestDiD(method="smoothness", M=m, alpha=1 - conf_level, l_vec=weights).fit(
        _for_library(path, at, len(before))
    )
    return float(found.lb), float(found.ub), float(found.ci_lb), float(found.ci_ub)


def _for_library(path: EventPath, at: list[int], n_before: int) -> Any:
    """The path in the library's own form."""
    from diff_diff.results import MultiPeriodDiDResults, PeriodEffect

    se = np.sqrt(np.diagonal(path.vcov))
    effects = {path.leads[i]: PeriodEffect(path.leads[i], path.estimate[i], se[i], 0.0, 1.0, (0.0, 0.0)) for i in at}
    names = [path.leads[i] for i in at]
    return MultiPeriodDiDResults(
        period_effects=effects,
        avg_att=0.0,
        avg_se=1.0,
        avg_t_stat=0.0,
        avg_p_value=1.0,
        avg_conf_int=(0.0, 0.0),
        n_obs=0,
        n_treated=0,
        n_control=0,
        pre_periods=names[:n_before],
        post_periods=names[n_before:],
        vcov=path.vcov[np.ix_(at, at)],
        interaction_indices={name: i for i, name in enumerate(names)},
    )
