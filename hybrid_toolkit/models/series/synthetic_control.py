"""One changed unit against a weighted mean of others: synthetic control, with placebos in space and time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.rollout.panel_blocks import NEVER
from hybrid_toolkit.models.rollout.panel_data import PanelColumns, PanelData
from hybrid_toolkit.models.series import control_weights as weighing
from hybrid_toolkit.models.series.control_placebos import (
    ControlTask,
    all_gaps,
    first_gap,
    placebo_interval,
    placebo_p,
    without_each,
)
from hybrid_toolkit.models.series.control_predictors import (
    ControlPredictors,
    Predictors,
    fit_window,
    read_predictors,
    without_lacking,
)
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import check_level, frozen, tidy_rows
from hybrid_toolkit.result import ResultBase

LEAST_BEFORE = 5
POOR_FIT = 2.0
"""Gap before the start from which a fit is called poor, in times of what donors have to controls of their own: where no
unit has a close control the placebo test holds all the same, and it is off where only the changed unit has none."""


@dataclass(frozen=True, eq=False)
class SyntheticControlFit(ResultBase):
    """The changed unit less its synthetic control.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    estimate : float
        Mean gap from the start on, in units of the outcome, less the mean gap before where ``demeaned``.
    conf_low : float
        Lower end of the effects that the placebo test does not reject.
    conf_high : float
        Upper end of the effects that the placebo test does not reject.
    p_value : float
        Share of units, the changed one among them, whose gap after the start is as large beside their gap before it.
    weights : Array
        The donors' weights, sum 1.
    path : pd.DataFrame
        A row a period: period, observed, synthetic, gap.
    gap_before : float
        Root mean square of the gaps before the start.
    poor : bool
        Whether that gap is over ``POOR_FIT`` times the median of the donors' own.
    left_out : Array
        Estimates without each donor of weight above 0.01, largest weight first.
    in_time : float
        Estimate for a start put into the middle of the periods before it.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_donors : int
        Donors.
    n_before : int
        Periods before the start.
    n_after : int
        Periods from the start.
    n_changed : int
        Changed units; several stand as their mean.
    demeaned : bool
        Whether each unit's mean before the start is taken out.
    conf_level : float
        As asked for; the least p-value that so many donors allow may lie above its complement.
    converged : bool
        Every weight search ended.
    donors : tuple[object, ...], optional
        The donors in the order of ``weights``.
    balance : pd.DataFrame, optional
        A row a predictor: predictor, weight, and its mean before the start in the changed unit, in its control and in
        the mean of all donors; empty without predictors.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> wave = rng.normal(size=20).cumsum()
    >>> y = [wave * (i + 1) / 5 + 2.0 * ((i == 2) & (np.arange(20) >= 12)) for i in range(25)]
    >>> f = pd.DataFrame({"la": np.repeat(range(25), 20), "month": list(range(20)) * 25, "y": np.concatenate(y)})
    >>> f["start"] = np.where(f["la"] == 2, 12, 0)
    >>> fit = fit_synthetic_control(f, outcome="y", panel_id="la", time="month", first_treated="start")
    >>> fit.n_donors, fit.n_before, round(float(fit.weights.sum()), 2)
    (24, 12, 1.0)
    """

    outcome: str
    estimate: float
    conf_low: float
    conf_high: float
    p_value: float
    weights: Array = field(repr=False)
    path: pd.DataFrame = field(repr=False)
    gap_before: float
    poor: bool
    left_out: Array = field(repr=False)
    in_time: float
    n: int
    n_missing: int
    n_donors: int
    n_before: int
    n_after: int
    n_changed: int
    demeaned: bool
    conf_level: float
    converged: bool
    donors: tuple[object, ...] = field(default=(), repr=False)
    balance: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def n_clusters(self) -> int:
        """Units that the placebo test compares."""
        return self.n_donors + 1

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        level = " after each unit's own mean before is taken out" if self.demeaned else ""
        by = f" matched on {plural(len(self.balance), 'predictor')}" if len(self.balance) else ""
        return f"synthetic control{by}{level}, placebo test"

    def tidy(self) -> pd.DataFrame:
        """One row: the effect. The error is that of a normal interval of the same width.

        Returns
        -------
        pd.DataFrame
            One row: the effect.
        """
        row = tidy_rows(["effect"], [self.estimate], [np.nan], n=self.n, conf_level=self.conf_level)
        error = (self.conf_high - self.conf_low) / (2 * stats.norm.ppf(0.5 + self.conf_level / 2))
        return row.assign(std_error=error, conf_low=self.conf_low, conf_high=self.conf_high, p_value=self.p_value)

    def glance(self) -> pd.DataFrame:
        """One row: donors, periods, fit before the start, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: donors, periods, fit before the start, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_donors": [self.n_donors],
                "n_before": [self.n_before],
                "n_after": [self.n_after],
                "gap_before": [self.gap_before],
                "method": [self.method],
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
        least = 1 / (self.n_donors + 1)
        notes = [
            "The weighted donors do not follow the unit before the start: do not use these figures."
            if self.poor
            else "",
            f"With {self.n_donors} donors the least possible p-value is {least:.2f}, so the interval has no end."
            if least > 1 - self.conf_level
            else "",
            f"It is the mean of {self.n_changed} changed units, which is not like one placebo unit: the interval is "
            "too narrow; synthetic difference in differences suits several."
            if self.n_changed > 1
            else "",
            "" if self.converged else "A search for weights did not converge: do not use these figures.",
            weighing.idle_words(self.balance),
        ]
        said = " ".join(n for n in notes if n)
        return (
            f"{self.outcome}: {self.method}; {self.n_donors} donors, {self.n_before} periods before and {self.n_after} "
            f"from the start, root mean square gap before {self.gap_before:.3f}.{' ' + said if said else ''} The gap "
            "is an effect only if the weighted donors would have gone on as the unit, and the policy did not touch "
            "them. Placebo tests treat all units as if any could have been the changed one."
        )


def fit_synthetic_control(
    frame: pd.DataFrame,
    *,
    outcome: str,
    panel_id: str,
    time: str,
    first_treated: str | None = None,
    treatment: str | None = None,
    predictors: Predictors = (),
    predictor_weights: ArrayLike | None = None,
    fit_periods: Sequence[object] | None = None,
    donors: Sequence[object] = (),
    demean: bool = True,
    unbalanced: str = "error",
    conf_level: float = 0.95,
) -> SyntheticControlFit:
    """The gap between a changed unit and the weighted mean of unchanged ones that follows it best beforehand.

    Parameters
    ----------
    frame : pd.DataFrame
        See ``fit_group_time``. One start; several changed units are taken as their mean.
    outcome : str
        See ``fit_group_time``. One start; several changed units are taken as their mean.
    panel_id : str
        See ``fit_group_time``. One start; several changed units are taken as their mean.
    time : str
        See ``fit_group_time``. One start; several changed units are taken as their mean.
    first_treated : str | None, optional
        See ``fit_group_time``. One start; several changed units are taken as their mean.
    treatment : str | None, optional
        See ``fit_group_time``. One start; several changed units are taken as their mean.
    predictors : Predictors, optional
        Numeric columns that the control must match; the outcome may be one of them. Names alone stand for their means
        before the start. ``{"income": None, "beer": (1984, 1988), "smoking": [1975, 1980]}`` gives each its own
        periods: None for all before the start, a first and a last one for the mean of what is there between them,
        a list for a predictor each. By default every outcome of ``fit_periods`` is matched, with equal weight.
    predictor_weights : ArrayLike | None, optional
        The predictors' weights, in their order; they are scaled to sum 1 and hold for the placebos too. By default
        those are searched for whose control fits the outcome in ``fit_periods`` best.
    fit_periods : Sequence[object] | None, optional
        First and last period in which that fit is judged; by default all before the start.
    donors : Sequence[object], optional
        The unchanged units that may stand in the control, as they stand in ``panel_id``; by default all of them.
    demean : bool, default True
        Take each unit's own mean before the start out first, so that weights need follow its moves only and not its
        level (Ferman and Pinto 2021).
    unbalanced : str, default "error"
        See ``fit_group_time``. One start; several changed units are taken as their mean.
    conf_level : float, default 0.95
        Level of the placebo interval.

    Returns
    -------
    SyntheticControlFit
        The gap between a changed unit and the weighted mean of unchanged ones that follows it best beforehand.

    Raises
    ------
    EstimationError
        Several starts, nobody treated, fewer than 5 donors or 5 periods before the start, donors that are not among
        the unchanged units, and as ``fit_group_time``.
    CoverageError
        A column is not there.

    Notes
    -----
    Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105, 493-505, all outcomes
    before the start as predictors with equal weight unless predictors are named; the placebo test on the ratio of gaps
    and its inversion for an effect that is the same in all periods as Firpo and Possebom (2018), Journal of Causal
    Inference 6(2); Ferman and Pinto (2021), Quantitative Economics 12, 1197-1221.

    References
    ----------
    - Abadie, A., Diamond, A. and Hainmueller, J. (2010). Journal of the American Statistical Association 105, 493-505.
    - Ferman, B. and Pinto, C. (2021). Quantitative Economics 12, 1197-1221.
    - Firpo, S. and Possebom, V. (2018). Journal of Causal Inference 6(2).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> wave = rng.normal(size=20).cumsum()
    >>> y = [wave * (i + 1) / 5 + 2.0 * ((i == 2) & (np.arange(20) >= 12)) for i in range(25)]
    >>> f = pd.DataFrame({"la": np.repeat(range(25), 20), "month": list(range(20)) * 25, "y": np.concatenate(y)})
    >>> f["start"] = np.where(f["la"] == 2, 12, 0)
    >>> fit = fit_synthetic_control(f, outcome="y", panel_id="la", time="month", first_treated="start")
    >>> round(fit.estimate, 2), round(fit.p_value, 2)
    (2.0, 0.04)
    """
    check_arguments(fit_synthetic_control, locals())
    check_level(conf_level)
    columns = PanelColumns(outcome, panel_id, time, first_treated, treatment, unbalanced=unbalanced)
    p = weighing.named_donors(columns.read(frame), donors)
    start = _start(p)
    told = read_predictors(frame, p, start, panel_id=panel_id, time=time, asked=predictors, weights=predictor_weights)
    p, told = without_lacking(p, told, unbalanced)
    _start(p)
    window = fit_window(p, frame[time], start, fit_periods)
    middle = float(np.median(p.y))  # weights sum to one: a constant in all units changes none of them
    free, on = p.start == NEVER, p.start == start

    def first(v: Array) -> Array:
        return np.vstack([v[on].mean(axis=0), v[free]])

    y = first(p.y - middle)
    mine = y[0] + middle
    if demean:
        y = y - y[:, :start].mean(axis=1, keepdims=True)
    task = ControlTask(y, first(told.means()), window, start, told.weights)
    gaps, weights, importance, done = all_gaps(task)
    if not done:
        raise EstimationError(
            "weights that sum to one were not found for every unit, so there is no estimate.",
            fix="Add unchanged units or earlier periods.",
            code="NOT-CONVERGED",
        )
    estimate = float(gaps[0, start:].mean())
    low, high = placebo_interval(gaps, start, 1 - conf_level)
    before = float(np.sqrt((gaps[0, :start] ** 2).mean()))
    synthetic = mine - gaps[0]
    return SyntheticControlFit(
        outcome=outcome,
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        p_value=placebo_p(gaps, start, 0.0),
        weights=frozen(weights),
        path=pd.DataFrame(
            {"period": [p.label(t) for t in range(len(mine))], "observed": mine, "synthetic": synthetic, "gap": gaps[0]}
        ),
        gap_before=before,
        poor=before > POOR_FIT * float(np.median(np.sqrt((gaps[1:, :start] ** 2).mean(axis=1)))),
        left_out=frozen(without_each(task, weights)),
        in_time=first_gap(_in_time(task, told, first)),
        n=int(p.y.size),
        n_missing=p.n_missing,
        n_donors=len(weights),
        n_before=start,
        n_after=len(mine) - start,
        n_changed=int((p.start == start).sum()),
        demeaned=demean,
        conf_level=conf_level,
        converged=done,
        donors=tuple(p.units[free].tolist()),
        balance=weighing.predictor_balance(told.names, importance, task.x, weights),
    )


def _start(p: PanelData) -> int:
    start = p.only_start("a synthetic control needs", least_before=LEAST_BEFORE)
    donors = int(p.untreated.sum())
    if donors < (least := weighing.LEAST_DONORS):
        raise EstimationError(
            f"{plural(donors, 'unit stays', 'units stay')} untreated; a synthetic control needs at least "
            f"{least}.{p.why_none_free}",
            fix=f"Add at least {plural(least - donors, 'unchanged unit')}.",
            code="NO-UNTREATED",
        )
    return start


def _in_time(task: ControlTask, told: ControlPredictors, first: Callable[[Array], Array]) -> ControlTask:
    """The same for a start in the middle of the periods before it, with what is known by then."""
    middle = task.start // 2
    earlier, early = told.until(middle), np.arange(task.start) < middle
    window = task.window[: task.start] & early
    y = task.y[:, : task.start]
    return ControlTask(y, first(earlier.means()), window if window.any() else early, middle, earlier.weights)
