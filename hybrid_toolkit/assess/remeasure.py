"""Whether a measure moved after an action: an interrupted series, a control chart, or too few points to say."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit.assess.chart import BASELINE, ControlChart, individuals_chart, share_chart
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.series.interrupted_series import SHORT, InterruptedFit, fit_interrupted


@dataclass(frozen=True, eq=False)
class Remeasured:
    """A measure before and after an action.

    Parameters
    ----------
    kind : str
        ``interrupted series``, ``control chart`` or ``too few points``.
    series : pd.DataFrame
        One row a period, as it was given.
    n_before : int
        Measured periods before the change.
    n_after : int
        Measured periods from the change on.
    chart : ControlChart | None
        The control chart, where the baseline is long enough.
    fit : InterruptedFit | None
        The interrupted series, where both sides are.
    said : str
        What follows, in words.

    Examples
    --------
    >>> months = pd.DataFrame({"period": pd.date_range("2025-01-01", periods=6, freq="MS"), "value": [5.0] * 6})
    >>> found = judge_change(months, started="2025-04-01")
    >>> found.n_before, found.n_after, found.fit is None
    (3, 3, True)
    """

    kind: str
    series: pd.DataFrame = field(repr=False)
    n_before: int
    n_after: int
    chart: ControlChart | None
    fit: InterruptedFit | None
    said: str

    def summary(self) -> str:
        """What follows, with its caveat.

        Returns
        -------
        str
            What follows, with its caveat.
        """
        return self.said


def judge_change(series: pd.DataFrame, *, started: object, share: bool = False, unit: str = "") -> Remeasured:
    """Judge a measure by period before and after the start of an action.

    With 12 measured periods on both sides an interrupted series is fitted (level and slope, autocorrelated errors);
    with 12 before, a control chart is drawn whose limits come from before; with fewer it is said that they are too
    few, and nothing is concluded.

    Parameters
    ----------
    series : pd.DataFrame
        Columns ``period`` (dates), ``value`` (missing where hidden) and, for shares, ``n``; in order of time.
    started : object
        The first day of the change.
    share : bool, default False
        Whether the value is a share of ``n``: the chart is then one of shares.
    unit : str, optional
        Unit of the value, for the words.

    Returns
    -------
    Remeasured
        A measure before and after an action.

    Raises
    ------
    EstimationError
        The start is not a date, or the baseline does not vary.

    Examples
    --------
    >>> months = pd.DataFrame({"period": pd.date_range("2025-01-01", periods=6, freq="MS"), "value": [5.0] * 6})
    >>> judge_change(months, started="2025-04-01").said
    'Not enough months to tell: 3 before the start and 3 after it. You need at least 12 before and 1 after.'
    """
    try:
        begin = pd.Timestamp(started)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise EstimationError("the start is not a date.", fix="Write it as 2026-03-31.", code="PERIODS") from None
    if pd.isna(begin):
        raise EstimationError("the start of the action is missing.", fix="Set its date.", code="PERIODS")
    rows = series.sort_values("period").reset_index(drop=True)
    first = begin.to_period("M").to_timestamp()
    early, seen = rows["period"] < first, rows["value"].notna()
    before, after = int((early & seen).sum()), int((~early & seen).sum())
    if before < BASELINE:
        words = (
            f"Not enough months to tell: {before} before the start and {after} after it. You need at least {BASELINE} "
            "before and 1 after."
        )
        return Remeasured("too few points", rows, before, after, None, None, words)
    labels = [f"{p:%B %Y}" for p in rows["period"]]
    count = int(early.sum())
    if share:
        chart = share_chart(rows["value"], rows["n"], periods=labels, baseline=count)
    else:
        chart = individuals_chart(rows["value"], periods=labels, baseline=count)
    if min(before, after) < SHORT:
        return Remeasured("control chart", rows, before, after, chart, None, chart.summary())
    try:
        fit = fit_interrupted(rows[seen], outcome="value", time="period", start=first)
    except EstimationError as refused:
        # a short series can swing so regularly that its autocorrelation has no value inside its range: the chart,
        # which needs none, then judges alone, and it is said why
        if refused.code != "NOT-CONVERGED":
            raise
        why = "No trend could be fitted, because neighbouring periods swing too regularly; the chart judges alone. "
        return Remeasured("control chart", rows, before, after, chart, None, why + chart.summary())
    return Remeasured("interrupted series", rows, before, after, chart, fit, _series_words(fit, unit))


def _series_words(fit: InterruptedFit, unit: str) -> str:
    rows = fit.tidy()
    row = rows[rows["term"] == "mean change after the start"]
    value, low, high = (float(row[c].iloc[0]) for c in ("estimate", "conf_low", "conf_high"))
    found = "no clear change" if low <= 0 <= high else "a rise" if value > 0 else "a fall"
    if unit == "share" or unit.startswith("share of "):  # a share of 0.02 is read as 2 percentage points
        value, low, high, unit = 100 * value, 100 * low, 100 * high, "percentage points"
    # an interval narrower than 1 needs a second place to be seen as one
    places = 2 if max(abs(low), abs(high)) < 1 else 1
    sides = (
        f"{abs(v):.{places}f} {'higher' if v > 0 else 'lower'}" if round(abs(v), places) else "0" for v in (low, high)
    )
    return (
        f"Against the trend before: {found}. On average over {fit.n_after} months from the start it was "
        f"{abs(value):.{places}f}{' ' + unit if unit else ''} {'higher' if value > 0 else 'lower'}; 95% confidence "
        f"interval {' to '.join(sides)}. It is an effect of the action only if the trend would have gone on, nothing "
        "else changed then, and the start was not chosen for its numbers."
    )
