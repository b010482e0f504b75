"""Synthetic difference in differences, by the library diff-diff."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, from_extra, plural
from hybrid_toolkit.models.rollout.panel_data import PanelColumns, PanelData
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import check_choice, check_level, frozen, tidy_rows
from hybrid_toolkit.result import ResultBase

_VARIANCES = {
    "placebo": "untreated units in the treated ones' place",
    "jackknife": "each unit left out in turn",
    "bootstrap": "units drawn again",
}
LEAST_CONTROLS = 5


@dataclass(frozen=True, eq=False)
class SyntheticDidFit(ResultBase):
    """The treated units' change less that of weighted untreated units over weighted periods.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    estimate : float
        The effect in units of the outcome.
    std_error : float
        Its standard error; with placebos large enough for the interval to hold all but a share 1 - level of them.
    df : float
        Degrees of freedom of t.
    unit_weights : Array
        Weights of the untreated units, of sum 1.
    time_weights : Array
        Weights of the periods before the start, of sum 1.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_treated : int
        Treated units.
    n_control : int
        Control units.
    n_before : int
        Periods before the start.
    n_after : int
        Periods from the start.
    variance : str
        Key of ``_VARIANCES``.
    conf_level : float
        Level of the interval.
    converged : bool
        The library raised no warning of a weight search that stopped short.

    Examples
    --------
    >>> wave = np.random.default_rng(0).normal(size=16).cumsum()
    >>> noise = np.random.default_rng(1).normal(0, 0.1, (20, 16))
    >>> y = [wave + i + 2.0 * ((i < 3) & (np.arange(16) >= 10)) for i in range(20)] + noise
    >>> f = pd.DataFrame({"team": np.repeat(range(20), 16), "month": list(range(16)) * 20, "y": y.ravel()})
    >>> f["start"] = np.where(f["team"] < 3, 10, 0)
    >>> fit = fit_synthetic_did(f, outcome="y", panel_id="team", time="month", first_treated="start")
    >>> fit.n_control, fit.n_before, round(float(fit.unit_weights.sum()), 2)
    (17, 10, 1.0)
    """

    outcome: str
    estimate: float
    std_error: float
    df: float
    unit_weights: Array = field(repr=False)
    time_weights: Array = field(repr=False)
    n: int
    n_missing: int
    n_treated: int
    n_control: int
    n_before: int
    n_after: int
    variance: str
    conf_level: float
    converged: bool

    @property
    def n_clusters(self) -> int:
        """Units."""
        return self.n_treated + self.n_control

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"synthetic difference in differences, error by {_VARIANCES[self.variance]}"

    def tidy(self) -> pd.DataFrame:
        """One row: the effect.

        Returns
        -------
        pd.DataFrame
            One row: the effect.
        """
        b, se = [self.estimate], [self.std_error]
        return tidy_rows(["effect"], b, se, n=self.n, conf_level=self.conf_level, df=self.df)

    def glance(self) -> pd.DataFrame:
        """One row: units, periods, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: units, periods, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_treated": [self.n_treated],
                "n_control": [self.n_control],
                "n_before": [self.n_before],
                "n_after": [self.n_after],
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
        short = "" if self.converged else " A search for weights did not converge: do not use these figures."
        return (
            f"{self.outcome}: {self.method}; {self.n_treated} treated and {self.n_control} untreated units, "
            f"{self.n_before} periods before and {self.n_after} from the start.{short} It is an effect only if the "
            "weighted untreated units would have moved as the treated ones. A placebo error takes the treated units "
            "to vary as the untreated ones do."
        )


def fit_synthetic_did(
    frame: pd.DataFrame,
    *,
    outcome: str,
    panel_id: str,
    time: str,
    first_treated: str | None = None,
    treatment: str | None = None,
    variance: str = "placebo",
    draws: int = 200,
    seed: int = 0,
    unbalanced: str = "error",
    conf_level: float = 0.95,
) -> SyntheticDidFit:
    """The effect on units whose treatment starts in one period.

    Parameters
    ----------
    frame : pd.DataFrame
        See ``fit_group_time``.
    outcome : str
        See ``fit_group_time``.
    panel_id : str
        See ``fit_group_time``.
    time : str
        See ``fit_group_time``.
    first_treated : str | None, optional
        See ``fit_group_time``.
    treatment : str | None, optional
        See ``fit_group_time``.
    variance : str, default "placebo"
        Key of ``_VARIANCES``; the jackknife needs two treated units, placebo more untreated than treated ones.
    draws : int, default 200
        Replications of placebo and bootstrap.
    seed : int, default 0
        Seed of placebo and bootstrap.
    unbalanced : str, default "error"
        See ``fit_group_time``.
    conf_level : float, default 0.95
        See ``fit_group_time``.

    Returns
    -------
    SyntheticDidFit
        The effect on units whose treatment starts in one period.

    Raises
    ------
    EstimationError
        Several starts, nobody treated, fewer than 5 untreated units, fewer than 2 periods before the start, too few
        units for the variance, and as ``fit_group_time``.
    CoverageError
        A column is not there.

    Notes
    -----
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111, 4088-4118; fitted by
    diff-diff. Intervals use t in place of the paper's normal reference: with untreated units less one degrees of
    freedom (placebo), else with those of the smaller group, whose few units decide the error. Untreated units do not
    vary as a normal curve: a placebo interval reaches at least as far as the placebo effect that 1 - level of them
    exceed, as a test by ranks has it (Abadie, Diamond and Hainmueller, 2010, JASA 105, 493-505).

    References
    ----------
    - Arkhangelsky, D., Athey, S., Hirshberg, D. A., Imbens, G. W. and Wager, S. (2021). American Economic Review 111,
      4088-4118.

    Examples
    --------
    >>> wave = np.random.default_rng(0).normal(size=16).cumsum()
    >>> noise = np.random.default_rng(1).normal(0, 0.1, (20, 16))
    >>> y = [wave + i + 2.0 * ((i < 3) & (np.arange(16) >= 10)) for i in range(20)] + noise
    >>> f = pd.DataFrame({"team": np.repeat(range(20), 16), "month": list(range(16)) * 20, "y": y.ravel()})
    >>> f["start"] = np.where(f["team"] < 3, 10, 0)
    >>> fit = fit_synthetic_did(f, outcome="y", panel_id="team", time="month", first_treated="start")
    >>> bool(abs(fit.estimate - 2) < 0.2), fit.n_treated
    (True, 3)
    """
    check_arguments(fit_synthetic_did, locals())
    check_level(conf_level)
    check_choice("variance", variance, _VARIANCES)
    p = PanelColumns(
        outcome=outcome,
        panel_id=panel_id,
        time=time,
        first_treated=first_treated,
        treatment=treatment,
        unbalanced=unbalanced,
    ).read(frame)
    start = _start(p, variance)
    treated = p.start == start
    estimate, error, units, times, done, placebos = _by_library(p, start, variance, draws, seed)
    df = float((~treated).sum() - 1 if variance == "placebo" else min(treated.sum(), (~treated).sum()) - 1)
    if variance == "placebo":
        error = max(error, farthest(placebos, conf_level) / float(stats.t.ppf(0.5 + conf_level / 2, df)))
    if not done:
        raise EstimationError(
            "a search for weights did not end, so there is no estimate.",
            fix="Add untreated units or periods before the start, or use synthetic control.",
            code="NOT-CONVERGED",
        )
    return SyntheticDidFit(
        outcome=outcome,
        estimate=estimate,
        std_error=error,
        df=df,
        unit_weights=frozen(units),
        time_weights=frozen(times),
        n=int(p.y.size),
        n_missing=p.n_missing,
        n_treated=int(treated.sum()),
        n_control=int((~treated).sum()),
        n_before=start,
        n_after=p.y.shape[1] - start,
        variance=variance,
        conf_level=conf_level,
        converged=done,
    )


def farthest(placebos: Array, conf_level: float) -> float:
    """The size of effect that no more than 1 - level of distinct placebo effects and the true one together exceed.

    With too few of them for the level it is the largest.

    Examples
    --------
    >>> farthest(np.array([0.1, -0.5, 0.3, 0.3]), 0.95), farthest(np.arange(1.0, 41), 0.95)
    (0.5, 39.0)
    """
    size = np.abs(placebos[np.isfinite(placebos)])
    if not len(size) or not size.max() > 0:
        return 0.0
    size = np.unique(np.round(size / size.max(), 8))[::-1] * size.max()  # a unit that is drawn again is the same one
    beyond = int((1 - conf_level) * (len(size) + 1) + 1e-9)
    return float(size[max(0, beyond - 1)])


def _start(p: PanelData, variance: str) -> int:
    start = p.only_start("synthetic difference in differences needs", least_before=2)
    free = int(p.untreated.sum())
    on = len(p.start) - free
    if free < LEAST_CONTROLS or (variance == "placebo" and free <= on):
        raise EstimationError(
            f"{free} untreated and {plural(on, 'treated unit')}: at least {LEAST_CONTROLS} untreated ones are needed, "
            "and for the placebo error more than there are treated ones.",
            fix="Add untreated units, or use variance='jackknife'.",
            code="NO-UNTREATED",
        )
    if variance == "jackknife" and on < 2:
        raise EstimationError(
            "1 treated unit cannot be left out.", fix="Use variance='placebo'.", code="TOO-FEW-TREATED"
        )
    if variance == "bootstrap" and on < 2:
        raise EstimationError(
            "1 treated unit cannot be drawn again.", fix="Use variance='placebo' instead.", code="TOO-FEW-TREATED"
        )
    return start


def _by_library(
    p: PanelData, start: int, variance: str, draws: int, seed: int
) -> tuple[float, float, Array, Array, bool, Array]:
    with from_extra("engines"):
        from diff_diff import SyntheticDiD

    n, periods = p.y.shape
    middle, unit = float(np.median(p.y)), float((p.y - np.median(p.y)).std())
    rows = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), periods),
            "time": np.tile(np.arange(periods), n),
            "y": (p.y.ravel() - middle) / unit,
            "treated": np.repeat((p.start == start).astype(np.int64), periods),
        }
    )
    library = SyntheticDiD(variance_method=variance, n_bootstrap=draws, seed=seed)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            found = library.fit(rows, "y", "treated", "unit", "time", post_periods=list(range(start, periods)))
        except (ValueError, np.linalg.LinAlgError) as error:
            raise EstimationError(
                f"the weights could not be found ({type(error).__name__}).",
                fix="Add untreated units or periods before the start.",
                code="SYNTHETIC",
            ) from None
    if not np.isfinite(found.se) or found.se <= 0:
        raise EstimationError(
            "the error of the effect could not be found.",
            fix="Use another variance, or bring more units.",
            code="SYNTHETIC",
        )
    units = np.array([v for _, v in sorted(found.unit_weights.items())], dtype=np.float64)
    times = np.array([v for _, v in sorted(found.time_weights.items())], dtype=np.float64)
    done = not any("converge" in str(w.message).lower() for w in said)
    placebos = np.asarray(found.variance_effects if variance == "placebo" else [], dtype=np.float64)
    return float(found.att) * unit, float(found.se) * unit, units, times, done, placebos * unit
