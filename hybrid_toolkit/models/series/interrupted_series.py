"""Interrupted time series: a change of level and of slope, with or without a control series."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.models.series.autocorrelation import ar1_reml, inside_range, newey_west, random_walk
from hybrid_toolkit.models.series.left_over import beyond_neighbours
from hybrid_toolkit.models.series.segmented_design import (
    check_both_periods,
    effect_part,
    positions,
    segment_columns,
)
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.design_matrix import complete_rows
from hybrid_toolkit.models.terms.result_rows import (
    as_terms,
    check_choice,
    check_level,
    frozen,
    term_columns,
    tidy_rows,
    varying,
    zero_one,
)
from hybrid_toolkit.models.terms.terms import Terms
from hybrid_toolkit.result import SIGNS, ResultBase

_ERRORS = {
    "ar1": "first-order autocorrelation by restricted maximum likelihood, Satterthwaite degrees of freedom",
    "newey-west": "Newey-West",
    "random-walk": "errors that add up from period to period (a random walk), by least squares of the changes",
}
SHORT = 12
"""A series with so few periods a side, or fewer, is called short."""


@dataclass(frozen=True, eq=False)
class InterruptedFit(ResultBase):
    """A segmented regression.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    time : str
        Column of the time.
    control : str | None
        The 0/1 column that marks the changed series, or None.
    terms : tuple[str, ...]
        Names of the k rows; with a control series, changes are those of the changed series less those of the control.
    estimate : Array
        Estimates in units of the outcome (slopes: a period).
    std_error : Array
        Their standard errors.
    df : Array
        Their degrees of freedom.
    path : pd.DataFrame
        A row a period of the changed series: period, observed, fitted, without (what the model foretells without the
        change).
    rho : float
        Autocorrelation of neighbouring periods.
    left_over_p : float
        Ljung-Box p-value that what is left after it has no autocorrelation over four periods.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_before : int
        Periods before the start.
    n_after : int
        Periods from the start.
    errors : str
        Key of ``_ERRORS``.
    lags : int
        Of Newey-West.
    converged : bool
        The search for the autocorrelation ended inside its range.
    conf_level : float
        Level of the intervals.

    Examples
    --------
    >>> noise = np.random.default_rng(1).normal(0, 0.05, 24)
    >>> f = pd.DataFrame({"month": range(24), "y": [2 + 0.1 * t + 3 * (t >= 12) + noise[t] for t in range(24)]})
    >>> fit = fit_interrupted(f, outcome="y", time="month", start=12)
    >>> fit.tidy()[["term", "estimate"]].round(1).values.tolist()[:3]
    [['level change', 3.0], ['slope change', 0.0], ['mean change after the start', 3.0]]
    """

    outcome: str
    time: str
    control: str | None
    terms: tuple[str, ...]
    estimate: Array
    std_error: Array = field(repr=False)
    df: Array = field(repr=False)
    path: pd.DataFrame = field(repr=False)
    rho: float
    left_over_p: float
    n: int
    n_missing: int
    n_before: int
    n_after: int
    errors: str
    lags: int
    converged: bool
    conf_level: float

    @property
    def n_clusters(self) -> int:
        """Series: the changed one, and the control where there is one."""
        return 2 if self.control else 1

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"segmented regression{' with a control series' if self.control else ''}, errors {_ERRORS[self.errors]}"

    def tidy(self) -> pd.DataFrame:
        """One row a change or trend.

        Returns
        -------
        pd.DataFrame
            One row a change or trend.
        """
        b, se = self.estimate, self.std_error
        return tidy_rows(self.terms, b, se, n=self.n, conf_level=self.conf_level, df=self.df)

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, periods, autocorrelation, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, periods, autocorrelation, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_before": [self.n_before],
                "n_after": [self.n_after],
                "method": ["segmented regression" + (" with a control series" if self.control else "")],
                "errors": [_ERRORS[self.errors]],
                "rho": [self.rho],
                "left_over_p": [self.left_over_p],
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
        notes = [
            *series_notes(min(self.n_before, self.n_after), self.errors, self.left_over_p),
            "" if self.converged else "The autocorrelation lies at the edge of its range: do not use these figures.",
        ]
        against = "the control series would have changed alike" if self.control else "nothing else changed then"
        said = " ".join(n for n in notes if n)
        return (
            f"{self.outcome}: {self.n_before} periods before and {self.n_after} from the start; "
            f"{_ERRORS[self.errors]}; autocorrelation {self.rho:.2f}.{' ' + said if said else ''} The "
            f"changes are effects only if the trend before would have gone on, {against}, and the start was "
            "not chosen for its numbers."
        )


def series_notes(periods: int, errors: str, left_over_p: float) -> list[str]:
    """Why the intervals of an interrupted series may be too narrow, whatever is counted or measured in it.

    Parameters
    ----------
    periods : int
        Periods of the shorter side of the start.
    errors : str
        Kind of errors, ``"ar1"``, ``"newey-west"`` or ``"random-walk"``.
    left_over_p : float
        P-value of a test that no autocorrelation is left beyond neighbouring periods.

    Returns
    -------
    list[str]
        Sentences; empty where nothing is to be said.

    Examples
    --------
    >>> series_notes(24, "ar1", 0.4), series_notes(24, "newey-west", 0.4)
    ([], ['Newey-West intervals are too narrow in series of this length.'])
    """
    said = []
    if periods <= SHORT and errors != "random-walk":
        said.append(
            "The series is short: the autocorrelation is estimated imprecisely and intervals may be too narrow."
        )
    if errors == "newey-west":
        said.append("Newey-West intervals are too narrow in series of this length.")
    if errors == "random-walk":
        said.append(
            "It is taken that the series wanders: a change of level is told by the one step at the start, and the "
            "interval is wide."
        )
    if left_over_p < SIGNS:
        said.append("Autocorrelation is left over beyond neighbouring periods.")
    return said


def fit_interrupted(
    frame: pd.DataFrame,
    *,
    outcome: str,
    time: str,
    start: object,
    control: str | None = None,
    covariates: Terms = (),
    season: int | None = None,
    harmonics: int | None = None,
    errors: str = "ar1",
    lags: int | None = None,
    conf_level: float = 0.95,
) -> InterruptedFit:
    """Change of level and slope from a known period on.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a period, or one row a period and series. Rows with a missing value are left out and counted; a gap is a
        longer step in time.
    outcome : str
        Numeric column.
    time : str
        Numbers or dates.
    start : object
        The first period with the change.
    control : str | None, optional
        1 for the series that changed, 0 for one that did not.
    covariates : Terms, optional
        Terms or columns that vary over time.
    season : int | None, optional
        Periods a cycle, and pairs of waves for it; by default as many as give each period of the cycle a level of its
        own, so that school holidays are followed, or one where there are fewer than three whole cycles.
    harmonics : int | None, optional
        Periods a cycle, and pairs of waves for it; by default as many as give each period of the cycle a level of its
        own, so that school holidays are followed, or one where there are fewer than three whole cycles.
    errors : str, default "ar1"
        Key of ``_ERRORS``: ``"random-walk"`` for a series that wanders and does not come back, such as a stock
        of staff or cases, where ``"ar1"`` finds no autocorrelation inside its range.
    lags : int | None, optional
        Of Newey-West; default the whole part of 4 (n / 100)^(2/9).
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    InterruptedFit
        A segmented regression.

    Raises
    ------
    EstimationError
        Fewer than three periods before or from the start, a period twice, a series that lacks one side, a constant
        outcome, a singular design, a start of another kind than the periods.
    CoverageError
        A column is not there.

    Notes
    -----
    Wagner and others (2002), J. Clinical Pharmacy and Therapeutics 27, 299-309; restricted maximum likelihood as
    Turner and others (2021), BMC Medical Research Methodology 21:181, advise; Newey and West (1987), Econometrica 55.
    Least squares of changes is generalised least squares where the autocorrelation is one: Box and Tiao (1975).

    References
    ----------
    - Box, G. E. P. and Tiao, G. C. (1975). Journal of the American Statistical Association 70, 70-79.
    - Newey, W. K. and West, K. D. (1987). Econometrica 55, 703-708.
    - Turner, S. L. and others (2021). BMC Medical Research Methodology 21, 181.
    - Wagner, A. K., Soumerai, S. B., Zhang, F. and Ross-Degnan, D. (2002). Journal of Clinical Pharmacy and
      Therapeutics 27, 299-309.

    Examples
    --------
    >>> noise = np.random.default_rng(1).normal(0, 0.05, 24)
    >>> f = pd.DataFrame({"month": range(24), "y": [2 + 0.1 * t + 3 * (t >= 12) + noise[t] for t in range(24)]})
    >>> fit = fit_interrupted(f, outcome="y", time="month", start=12)
    >>> fit.terms[0], round(float(fit.estimate[0]), 1)
    ('level change', 3.0)
    """
    check_arguments(fit_interrupted, locals())
    check_level(conf_level)
    check_choice("errors", errors, _ERRORS)
    extra = as_terms(frame, covariates, what="covariates")
    rows = complete_rows(frame, [outcome, time, *([control] if control else []), *term_columns(extra)])
    y0 = varying(rows, outcome)
    middle = float(np.median(y0))
    y0 = y0 - middle
    changed = zero_one(rows, control) if control else np.ones(len(rows))
    at, begin = positions(rows[time], start)
    order = np.lexsort((at, changed))
    rows, y, at, changed = rows.iloc[order], y0[order], at[order], changed[order]
    check_both_periods(at, begin, changed, time)
    names, x, wanted = segment_columns(rows, at, begin, changed, control is not None, extra, season, harmonics)
    new = np.concatenate([[True], (np.diff(changed) != 0)])
    step = np.where(new, 0, np.diff(at, prepend=at[0]))
    if errors == "ar1":
        fit = ar1_reml(y, x, step)
    elif errors == "random-walk":
        fit = random_walk(y, x, step)
    else:
        fit = newey_west(y, x, step, int(4 * (len(y) / 100) ** (2 / 9)) if lags is None else lags)
    inside_range(fit)
    weights = np.array(list(wanted.values()))
    late = (at >= begin) & (changed == 1)
    without = x @ fit.b - effect_part(x, names, fit.b, late)
    mine = changed == 1
    return InterruptedFit(
        outcome=outcome,
        time=time,
        control=control,
        terms=tuple(wanted),
        estimate=frozen(weights @ fit.b),
        std_error=frozen(np.sqrt(np.einsum("ij,jk,ik->i", weights, fit.vcov, weights))),
        df=frozen([fit.degrees(w) for w in weights]),
        path=pd.DataFrame(
            {
                "period": rows[time].to_numpy()[mine],
                "observed": y[mine] + middle,
                "fitted": (x @ fit.b)[mine] + middle,
                "without": without[mine] + middle,
            }
        ),
        rho=fit.rho,
        left_over_p=beyond_neighbours(y, x, step),
        n=len(y),
        n_missing=len(frame) - len(y),
        n_before=int(((at < begin) & mine).sum()),
        n_after=int(late.sum()),
        errors=errors,
        lags=fit.lags,
        converged=True,
        conf_level=conf_level,
    )
