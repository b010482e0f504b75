"""Control charts: individual values with moving ranges (XmR), and shares of varying counts (p)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural

_LIMIT, _WARNING = 3, 2
"""Standard deviations of the control and the warning limits (Shewhart 1931; NIST handbook 6.3.2)."""
D2 = 1.128
"""Mean range of two normal values in standard deviations: moving range over this estimates sigma."""
BASELINE, FIRM = 12, 20
"""Points that limits need at least, and from which they are firm rather than trial limits."""
RUN = 8
CHART_RULES = {
    "limits": "outside the limits",
    "two_of_three": "two of three near one limit",
    "run": f"{RUN} in a row on one side",
}
"""The rules used: 1, 2 (two of three beyond two sigma on one side) and 4 of the Western Electric handbook."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One point at which a rule holds: its position, the rule, and ``above`` or ``below`` the centre.

    Parameters
    ----------
    position : int
        Position of the point.
    rule : str
        The rule that holds there.
    side : str
        ``above`` or ``below`` the centre.

    Examples
    --------
    >>> individuals_chart([4, 6] * 6 + [14], baseline=12).after[0]
    Signal(position=12, rule='limits', side='above')
    """

    position: int
    rule: str
    side: str


@dataclass(frozen=True, eq=False)
class ControlChart:
    """A control chart.

    Parameters
    ----------
    kind : str
        ``individuals`` or ``shares``.
    periods : tuple[str, ...]
        Labels of the points.
    values : Array
        One a point; missing where the point is hidden or was not measured.
    centre : float
        Mean of the baseline.
    sigma : Array
        Standard deviation a point.
    n_baseline : int
        Points that set the limits, counted from the first.
    signals : tuple[Signal, ...]
        After the baseline and in it, in order.

    Examples
    --------
    >>> chart = individuals_chart([4, 6] * 6 + [14], baseline=12)
    >>> chart.stable, [s.rule for s in chart.after]
    (True, ['limits'])
    """

    kind: str
    periods: tuple[str, ...]
    values: Array = field(repr=False)
    centre: float
    sigma: Array = field(repr=False)
    n_baseline: int
    signals: tuple[Signal, ...]

    @property
    def lower(self) -> Array:
        """Lower control limit a point; a share is never below nought."""
        low = self.centre - 3 * self.sigma
        return np.maximum(low, 0.0) if self.kind == "shares" else low

    @property
    def upper(self) -> Array:
        """Upper control limit a point; a share is never above one."""
        high = self.centre + 3 * self.sigma
        return np.minimum(high, 1.0) if self.kind == "shares" else high

    @property
    def after(self) -> tuple[Signal, ...]:
        """The signals after the baseline."""
        return tuple(s for s in self.signals if s.position >= self.n_baseline)

    @property
    def stable(self) -> bool:
        """Whether at most one sign in twenty points of the baseline was found, and at most one in a short one."""
        return len(self.signals) - len(self.after) <= max(1, self.n_baseline // 20)

    def summary(self) -> str:
        """What the chart says, with its caveat.

        Returns
        -------
        str
            What the chart says, with its caveat.
        """
        measured = int(np.isfinite(self.values[: self.n_baseline]).sum())
        firm = "" if measured >= FIRM else f" The limits are trial limits: {measured} points set them."
        early = len(self.signals) - len(self.after)
        if not self.stable:
            return (
                f"It was on the move before the action already ({early} signs in {measured} points): a chart cannot "
                "tell whether it changed. Neighbouring months that resemble each other do this too."
            )
        doubt = f" There was {early} sign of change before already." if early else ""
        later = int(np.isfinite(self.values[self.n_baseline :]).sum())
        if not later:
            return f"No point yet after the baseline.{firm}{doubt}"
        if not self.after:
            said = f"No sign of change in {plural(later, 'point')} after the baseline: within what varied before."
            return said + firm + doubt
        first, sides = self.after[0], {s.side for s in self.after}
        where = f"all {first.side} the centre" if len(sides) == 1 else "above and below the centre"
        count = len(self.after)
        marked = f"{count} of {later} points {'show' if count > 1 else 'shows'} a sign of change"
        return (
            f"It changed: after the baseline, {marked}{f', {where}' if count > 1 else ''}. The first is "
            f"{self.periods[first.position]}, {first.side} the centre: {CHART_RULES[first.rule]}.{firm}{doubt} The "
            "chart shows that something changed, not why. Ask what else changed at that time."
        )


def individuals_chart(
    values: ArrayLike, *, periods: Sequence[object] | None = None, baseline: int | None = None
) -> ControlChart:
    """A chart of individual values: centre and limits from the mean and the mean moving range of the baseline.

    Parameters
    ----------
    values : ArrayLike
        One a period, in the unit of the measure; missing where hidden.
    periods : Sequence[object] | None, optional
        Their labels; 1, 2, 3 ... where left out.
    baseline : int | None, optional
        How many first points set the limits; all where left out.

    Returns
    -------
    ControlChart
        A chart of individual values: centre and limits from the mean and the mean moving range of the baseline.

    Raises
    ------
    EstimationError
        Fewer than 12 measured points in the baseline, or points that do not vary.

    Notes
    -----
    Centre = mean, limits = mean +- 3 mR / 1.128, where mR is the mean of the moving ranges of neighbouring measured
    points (NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2). Rules: Western Electric (1956), Statistical
    Quality Control Handbook. Twelve points are the fewest for trial limits, twenty for firm ones (Provost and Murray
    2011, The Health Care Data Guide).

    References
    ----------
    - NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.2.
    - Western Electric (1956). Statistical Quality Control Handbook.
    - Provost, L. P. and Murray, S. K. (2011). The Health Care Data Guide.

    Examples
    --------
    >>> chart = individuals_chart([4, 6] * 6 + [14])
    >>> chart = individuals_chart([4, 6] * 6 + [14], baseline=12)
    >>> chart.centre, round(float(chart.upper[0]), 2), chart.after[0].rule
    (5.0, 10.32, 'limits')
    """
    y, count, names = _start(values, periods, baseline)
    base = y[:count][np.isfinite(y[:count])]
    _enough(len(base), float(np.ptp(base)) if len(base) else 0.0)
    centre, sigma = individuals_limits(base)
    spread = np.full(len(y), sigma)
    return ControlChart("individuals", names, y, centre, spread, count, find_signals((y - centre) / spread))


def individuals_limits(values: ArrayLike) -> tuple[float, float]:
    """Centre and sigma of individual values.

    Examples
    --------
    The flow rates of the NIST handbook: limits 45.8159 and 55.8041.

    >>> centre, sigma = individuals_limits([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    >>> round(centre, 2), round(centre - 3 * sigma, 3), round(centre + 3 * sigma, 3)
    (50.81, 45.816, 55.804)
    """
    y = np.asarray(values, dtype=np.float64)
    return float(y.mean()), float(np.abs(np.diff(y)).mean() / D2)


def share_chart(
    shares: ArrayLike, counts: ArrayLike, *, periods: Sequence[object] | None = None, baseline: int | None = None
) -> ControlChart:
    """A chart of shares: limits follow how many stand behind each.

    Parameters
    ----------
    shares : ArrayLike
        0 to 1, one a period; missing where hidden.
    counts : ArrayLike
        How many stand behind each share.
    periods : Sequence[object] | None, optional
        As in ``individuals_chart``.
    baseline : int | None, optional
        As in ``individuals_chart``.

    Returns
    -------
    ControlChart
        A chart of shares: limits follow how many stand behind each.

    Raises
    ------
    EstimationError
        Fewer than 12 measured points in the baseline, shares outside 0 to 1, counts below 1, or a baseline that is all
        nought or all one.

    Notes
    -----
    Centre = sum of cases over sum of counts, sigma = sqrt(p (1 - p) / n) (NIST/SEMATECH e-Handbook, 6.3.3.2).

    Examples
    --------
    >>> chart = share_chart([0.4, 0.6] * 6 + [0.9], [100] * 13, baseline=12)
    >>> round(chart.centre, 2), round(float(chart.upper[0]), 2), [s.rule for s in chart.after]
    (0.5, 0.65, ['limits'])
    """
    y, count, names = _start(shares, periods, baseline)
    n = np.asarray(counts, dtype=np.float64)
    seen = np.isfinite(y)
    if len(n) != len(y) or (n[seen] < 1).any() or ((y[seen] < 0) | (y[seen] > 1)).any():
        raise EstimationError(
            "a chart of shares needs a share from 0 to 1 and a count of at least 1 for every point.",
            fix="Use the share and the count of the same metric, with 1 or more counted at every point.",
            code="CHART-SHARES",
        )
    base = seen & (np.arange(len(y)) < count)
    centre = float((y[base] * n[base]).sum() / n[base].sum()) if base.any() else 0.0
    _enough(int(base.sum()), centre * (1 - centre))
    sigma = np.sqrt(centre * (1 - centre) / np.where(seen, n, np.nan))
    return ControlChart("shares", names, y, centre, sigma, count, find_signals((y - centre) / sigma))


def find_signals(z: ArrayLike, *, rules: Sequence[str] = tuple(CHART_RULES)) -> tuple[Signal, ...]:
    """Where the rules hold in standardised points; a point has one signal, that of the first rule in ``CHART_RULES``.

    Missing points are passed over: the points around them count as neighbours.

    Examples
    --------
    >>> [(s.position, s.rule, s.side) for s in find_signals([0, 2.1, 0, 2.2, 0, -3.5])]
    [(3, 'two_of_three', 'above'), (5, 'limits', 'below')]
    """
    score = np.asarray(z, dtype=np.float64)
    place = np.flatnonzero(np.isfinite(score))
    y = score[place]
    found: dict[int, Signal] = {}
    for rule in CHART_RULES:
        for side, sign in (("above", 1), ("below", -1)) if rule in rules else ():
            for at in np.flatnonzero(_holds(rule, sign * y)):
                found.setdefault(int(place[at]), Signal(int(place[at]), rule, side))
    return tuple(found[k] for k in sorted(found))


def _holds(rule: str, y: Array) -> NDArray[np.bool_]:
    if rule == "limits":
        return np.asarray(y > _LIMIT)
    beyond, window, needed = (y > _WARNING, 3, 2) if rule == "two_of_three" else (y > 0, RUN, RUN)
    sums = np.convolve(beyond, np.ones(window))[: len(y)]
    return np.asarray(beyond & (sums >= needed))


def _start(
    values: ArrayLike, periods: Sequence[object] | None, baseline: int | None
) -> tuple[Array, int, tuple[str, ...]]:
    y = np.asarray(values, dtype=np.float64)
    names = tuple(str(p) for p in (periods if periods is not None else range(1, len(y) + 1)))
    count = len(y) if baseline is None else baseline
    if len(names) != len(y) or not 0 <= count <= len(y):
        raise EstimationError(
            f"{len(y)} points, {len(names)} labels and a baseline of {count} do not fit together.",
            fix="Use one label for each point and a baseline no longer than the series.",
            code="CHART-LENGTH",
        )
    return y, count, names


def _enough(points: int, variation: float) -> None:
    if points < BASELINE:
        raise EstimationError(
            f"{plural(points, 'point')} before the change: limits need at least {BASELINE}.",
            fix="Wait for more periods, or use shorter ones that are not hidden.",
            code="TOO-FEW-PERIODS",
        )
    if variation <= 0:
        raise EstimationError(
            "the points of the baseline do not vary: no limits can be set.",
            fix="Check the measure, or take another.",
            code="CHART-FLAT",
        )
