"""Time to leaving: Kaplan-Meier curves with late entry, and the log-rank test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import as_numbers
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.inference.clusters import inverse
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.design_matrix import complete_rows
from hybrid_toolkit.models.terms.result_rows import check_choice, check_level, zero_one
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase

_INTERVALS = {
    "log-log": "intervals on the log-log scale",
    "log": "intervals on the log scale",
    "plain": "intervals on the scale of the share",
}
"""How the curve's intervals are made; ``"log"`` is what R's survival package gives by default."""


_NEAR = 1e-8
"""A curve this near to one half lies at it."""


@dataclass(frozen=True, eq=False)
class KaplanMeierFit(ResultBase):
    """Share still there over time.

    Parameters
    ----------
    duration : str
        Column of the duration.
    event : str
        Column of the event.
    group : str | None
        Column of the group; None for one curve.
    curve : pd.DataFrame
        A row an event time and group: group, time, at_risk, events, estimate, std_error, conf_low, conf_high.
    medians : pd.DataFrame
        A row a group: group, n, events, median, conf_low, conf_high; infinite where the curve stays above half, the
        middle of the time that it lies at one half where it does.
    log_rank : tuple[float, int, float] | None
        Chi-squared, degrees of freedom and p-value that all groups leave at one rate, or None.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_events : int
        Counts.
    conf_level : float
        Level of the intervals.
    interval : str, default "log-log"
        Key of ``_INTERVALS``.
    converged : bool, default True
        Always True here: nothing is searched for.

    Examples
    --------
    >>> from hybrid_toolkit.models.survival.kaplan_meier import fit_kaplan_meier
    >>> spells = pd.DataFrame({"months": [1, 2, 2, 3, 4], "left": [1, 1, 0, 1, 0]})
    >>> fit = fit_kaplan_meier(spells, duration="months", event="left")
    >>> fit.at(2)["estimate"].round(2).tolist(), fit.n_events
    ([0.6], 3)
    """

    duration: str
    event: str
    group: str | None
    curve: pd.DataFrame = field(repr=False)
    medians: pd.DataFrame = field(repr=False)
    log_rank: tuple[float, int, float] | None
    n: int
    n_missing: int
    n_events: int
    conf_level: float
    interval: str = "log-log"
    converged: bool = True

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"Kaplan-Meier, {_INTERVALS[self.interval]}"

    @property
    def n_clusters(self) -> int:
        """Every spell stands alone."""
        return self.n

    def tidy(self) -> pd.DataFrame:
        """One row a time and group, the share still there.

        Returns
        -------
        pd.DataFrame
            One row a time and group, the share still there.
        """
        c = self.curve
        names = [
            f"{t:g}" if self.group is None else f"{g} at {t:g}" for g, t in zip(c["group"], c["time"], strict=True)
        ]
        made = c.assign(term=names, p_value=np.nan, n=c["at_risk"], unit="share still there")
        return made[list(TIDY_COLUMNS)]

    def at(self, time: float | Sequence[float]) -> pd.DataFrame:
        """One row a group, or a group and time: the share still there (missing after the last time observed).

        Parameters
        ----------
        time : float | Sequence[float]
            One time or several, from 0; with several the time stands behind the group's name.

        Returns
        -------
        pd.DataFrame
            One row a group, or a group and time: the share still there (missing after the last time observed).

        Raises
        ------
        EstimationError
            A time that is not a number from 0.
        """
        asked = np.atleast_1d(np.asarray(time, dtype=object))
        found = as_numbers(pd.Series(asked.ravel(), dtype=object))
        if found is None or not len(found) or not (np.isfinite(found) & (found >= 0)).all():
            raise EstimationError(
                f"{plural(asked.size, 'time was', 'times were')} asked for, not all of them numbers from 0.",
                fix="Pass one number, or a list of numbers, in the units of the duration.",
                code="TIMES",
            )
        rows = []
        for label, c in self.curve.groupby("group", sort=False):
            for t in found:
                past = c[c["time"] <= t]
                row = past.iloc[-1] if len(past) else None
                values = (1.0, 0.0, 1.0, 1.0) if row is None else tuple(row[list(TIDY_COLUMNS[1:5])])
                name = str(label) if np.ndim(time) == 0 else f"{label} at {t:g}"
                rows.append((name, *values, np.nan, int(c["at_risk"].iloc[0]), "share still there"))
        return pd.DataFrame(rows, columns=list(TIDY_COLUMNS))

    def shown(self) -> pd.DataFrame:
        """One row a group: the median. The curve has a row an event, which in a small group is a row a person.

        Returns
        -------
        pd.DataFrame
            One row a group: the median.
        """
        m = self.medians
        names = ["median time"] if self.group is None else [f"median time, {g}" for g in m["group"]]
        unit = f"units of {self.duration}"
        made = m.assign(term=names, estimate=m["median"], std_error=np.nan, p_value=np.nan, unit=unit)
        return made[list(TIDY_COLUMNS)]

    def glance(self) -> pd.DataFrame:
        """One row: n, events, log-rank test, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, events, log-rank test, convergence.
        """
        chi, df, p = self.log_rank or (np.nan, 0, np.nan)
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_events": [self.n_events],
                "method": [self.method],
                "log_rank": [chi],
                "log_rank_df": [df],
                "log_rank_p": [p],
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
        groups = f" in {len(self.medians)} groups of {self.group}" if self.group else ""
        return (
            f"{self.duration}: {self.n:,} spells{groups}, {self.n_events:,} of which ended; {self.n_missing:,} rows "
            "left out. The curve is right if those still in post, or lost to follow-up, would have left as others did."
        )


def fit_kaplan_meier(
    frame: pd.DataFrame,
    *,
    duration: str,
    event: str,
    group: str | None = None,
    entry: str | None = None,
    interval: str = "log-log",
    conf_level: float = 0.95,
) -> KaplanMeierFit:
    """The share still there over time, by group where one is named, and a log-rank test.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a spell; rows with a missing value are left out and counted.
    duration : str
        Time from the start to the event or to the end of observation, above 0.
    event : str
        1 where the spell ended, 0 where it was still running.
    group : str | None, optional
        Column of groups.
    entry : str | None, optional
        Time from the start at which observation began (late entry).
    interval : str, default "log-log"
        Key of ``_INTERVALS``; the log-log scale keeps within 0 and 1 and covers better in small groups.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    KaplanMeierFit
        The share still there over time, by group where one is named, and a log-rank test.

    Raises
    ------
    EstimationError
        No event, times that are not above 0 or end before they begin, an event that is not 0/1.
    CoverageError
        A column is not there.

    Notes
    -----
    Greenwood's variance; intervals as in Kalbfleisch and Prentice (2002), section 1.4.

    References
    ----------
    - Kalbfleisch, J. D. and Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data, second edition,
      section 1.4.

    Examples
    --------
    >>> f = pd.DataFrame({"months": [1, 2, 2, 3, 4], "left": [1, 1, 0, 1, 0]})
    >>> fit_kaplan_meier(f, duration="months", event="left").curve["estimate"].round(2).tolist()
    [0.8, 0.6, 0.3]
    """
    check_arguments(fit_kaplan_meier, locals())
    check_level(conf_level)
    check_choice("interval", interval, _INTERVALS)
    rows, time, ended, start = read_spells(frame, duration, event, [g for g in [group] if g], entry)
    labels = rows[group].astype(str).to_numpy() if group else np.full(len(rows), "all")
    curves, medians = [], []
    for label in sorted({str(v) for v in labels}):
        at = labels == label
        c = _curve(time[at], ended[at], start[at], conf_level, interval).assign(group=label)
        curves.append(c)
        row = [_crossing(c, k) for k in ("estimate", "conf_low", "conf_high")]
        medians.append((label, int(at.sum()), int(ended[at].sum()), *row))
    order = ["group", "time", "at_risk", "events", "estimate", "std_error", "conf_low", "conf_high"]
    return KaplanMeierFit(
        duration=duration,
        event=event,
        group=group,
        curve=pd.concat(curves, ignore_index=True)[order],
        medians=pd.DataFrame(medians, columns=["group", "n", "events", "median", "conf_low", "conf_high"]),
        log_rank=_log_rank(time, ended, start, labels),
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_events=int(ended.sum()),
        conf_level=conf_level,
        interval=interval,
    )


def read_spells(
    frame: pd.DataFrame, duration: str, event: str, others: Sequence[str], entry: str | None
) -> tuple[pd.DataFrame, Array, Array, Array]:
    """Complete rows with their end, whether they ended, and their beginning."""
    rows = complete_rows(frame, [duration, event, *others, *([entry] if entry else [])])
    time = numbers(rows, duration)
    ended = numbers(rows, event)
    start = numbers(rows, entry) if entry else np.zeros(len(rows))
    wrong = int((~np.isfinite(time) | (time <= start) | (start < 0)).sum())
    if wrong:
        raise EstimationError(
            f"{plural(wrong, 'row has', 'rows have')} a '{duration}' that is not above its beginning.",
            fix="Pass times above 0, and after entry where there is one; a spell of no length needs a share of a unit.",
            code="TIMES",
        )
    if not ended.any() or not np.isin(ended, (0.0, 1.0)).all():
        if np.isin(ended, (0.0, 1.0)).all():
            raise EstimationError(
                f"no event occurs in the {len(rows)} complete rows.",
                fix="Check how the event is coded.",
                code="NO-EVENT",
            )
        zero_one(rows, event)
    return rows, time, ended, start


def risk_table(time: Array, ended: Array, start: Array, at: Array) -> tuple[Array, Array]:
    """Numbers at risk and of events at given times."""
    risk = np.array([((time >= t) & (start < t)).sum() for t in at], dtype=np.float64)
    events = np.array([ended[time == t].sum() for t in at], dtype=np.float64)
    return risk, events


def _curve(time: Array, ended: Array, start: Array, conf_level: float, interval: str) -> pd.DataFrame:
    at = np.unique(time[ended == 1])
    risk, events = risk_table(time, ended, start, at)
    share = np.cumprod(1 - events / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        green = np.sqrt(np.cumsum(events / (risk * (risk - events))))
        reach = stats.norm.ppf(0.5 + conf_level / 2) * green
        if interval == "log":
            low, high = share * np.exp(-reach), np.minimum(1.0, share * np.exp(reach))
        elif interval == "plain":
            low, high = np.maximum(0.0, share * (1 - reach)), np.minimum(1.0, share * (1 + reach))
        else:
            reach = reach / np.abs(np.log(share))
            low, high = share ** np.exp(reach), share ** np.exp(-reach)
    gone = share <= 0
    return pd.DataFrame(
        {
            "time": at,
            "at_risk": risk.astype(np.int64),
            "events": events.astype(np.int64),
            "estimate": share,
            "std_error": np.where(gone, np.nan, share * np.where(gone, 0, green)),
            "conf_low": np.where(gone, np.nan, low),
            "conf_high": np.where(gone, np.nan, high),
        }
    )


def _crossing(curve: pd.DataFrame, column: str) -> float:
    """The first time at which a curve is below one half, or the middle of the time that it lies there."""
    level = curve[column].to_numpy(dtype=np.float64)
    reached = np.flatnonzero(level < 0.5 + _NEAR)
    if not len(reached):
        return float("inf")
    first, lower = float(curve["time"].iloc[reached[0]]), np.flatnonzero(level < level[reached[0]] - _NEAR)
    if abs(level[reached[0]] - 0.5) > _NEAR or not len(lower):
        return first
    return (first + float(curve["time"].iloc[lower[0]])) / 2


def _log_rank(time: Array, ended: Array, start: Array, labels: object) -> tuple[float, int, float] | None:
    code, names = pd.factorize(np.asarray(labels, dtype=object), sort=True)
    k = len(names)
    if k < 2:
        return None
    at = np.unique(time[ended == 1])
    per = [risk_table(time[code == i], ended[code == i], start[code == i], at) for i in range(k)]
    risk, events = np.stack([r for r, _ in per]), np.stack([e for _, e in per])
    n, d = risk.sum(axis=0), events.sum(axis=0)
    gap = (events - d * risk / n).sum(axis=1)[:-1]
    w = d * (n - d) / np.maximum(n - 1, 1)
    p = risk / n
    v = (np.diag((w * p).sum(axis=1)) - (w * p) @ p.T)[:-1, :-1]
    chi = float(gap @ inverse(v) @ gap)
    return chi, k - 1, float(stats.chi2.sf(chi, k - 1))
