"""Cox regression: what goes with leaving sooner or later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import Scaled, settled_columns, solve_kept
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.generalised.fisher_scoring import RAGGED
from hybrid_toolkit.models.inference import clustered_variance as clustered
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.survival.cox_partial_likelihood import PartialLikelihood
from hybrid_toolkit.models.survival.kaplan_meier import read_spells, risk_table
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.design_matrix import codes
from hybrid_toolkit.models.terms.prediction import PredictsMeans
from hybrid_toolkit.models.terms.result_rows import (
    NamedCoefficients,
    as_terms,
    check_choice,
    check_level,
    design,
    frozen,
    term_columns,
    tidy_rows,
)
from hybrid_toolkit.models.terms.terms import Term, Terms, pinned
from hybrid_toolkit.result import SIGNS, ResultBase

_EVENTS_A_TERM = 10
"""Events a term under which slopes lean outwards (Peduzzi and others 1995)."""

_MOST_LEFT_OUT = 100
TIES = {"efron": "Efron", "breslow": "Breslow"}
_VARIANCES = {"jackknife": "clusters left out in turn", "sandwich": "clustered sandwich"}


@dataclass(frozen=True, eq=False)
class CoxFit(NamedCoefficients, PredictsMeans, ResultBase):
    """A Cox regression: log hazard ratios.

    Parameters
    ----------
    duration : str
        Column of the duration.
    event : str
        Column of the event.
    ties : str
        Key of ``TIES``.
    terms : tuple[str, ...]
        Names of the k coefficients.
    estimate : Array
        The k log hazard ratios.
    vcov : Array
        Their k x k variance.
    log_likelihood : float
        Partial log-likelihood.
    proportional : pd.DataFrame
        A row a term, and ``all``: chi-squared, df and p-value that the ratio is constant over time.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_events : int
        Events.
    n_clusters : int
        Clusters; 0 where the errors are model-based.
    converged : bool
        The search ended at an optimum.
    conf_level : float
        Level of the intervals.
    variance : str, optional
        Key of ``_VARIANCES``; empty where the errors are model-based.
    leverage : Array, optional
        Clusters x k partial leverages, and ``behind``, k clusters on the smaller side or effective ones (see
        ``support``); a slope that rests on one cluster has no interval. Empty without clusters.
    behind : Array, optional
        Clusters behind each coefficient (``clusters_behind``); empty without clusters.
    model_terms : tuple[Term, ...] | None, optional
        The terms, each category with the levels of the rows used; None where there is no mean to predict.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> office = rng.integers(0, 2, 2000)
    >>> months = rng.exponential(np.exp(0.5 * office))
    >>> f = pd.DataFrame({"office": office, "months": np.minimum(months, 2), "left": months < 2})
    >>> fit = fit_cox(f, duration="months", event="left", terms=["office"])
    >>> fit.tidy()[["term", "estimate"]].round(1).values.tolist(), fit.n
    ([['office', -0.4]], 2000)
    """

    duration: str
    event: str
    ties: str
    terms: tuple[str, ...]
    estimate: Array
    vcov: Array = field(repr=False)
    log_likelihood: float
    proportional: pd.DataFrame = field(repr=False)
    n: int
    n_missing: int
    n_events: int
    n_clusters: int
    converged: bool
    conf_level: float
    variance: str = ""
    leverage: Array = field(default_factory=lambda: np.empty((0, 0)), repr=False)
    behind: Array = field(default_factory=lambda: np.empty(0), repr=False)
    model_terms: tuple[Term, ...] | None = field(default=None, repr=False)

    @property
    def df(self) -> float:
        """Degrees of freedom of the t reference, infinite where the errors are model-based."""
        return float(self.n_clusters - 1) if self.n_clusters else np.inf

    def _turned(self, eta: Array) -> tuple[Array, Array]:
        return np.exp(eta), np.exp(eta)

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"Cox regression, {TIES[self.ties]} ties"

    def tidy(self) -> pd.DataFrame:
        """One row a term: the log of the hazard ratio; with clusters, ``clusters_behind`` it too.

        Returns
        -------
        pd.DataFrame
            One row a term: the log of the hazard ratio; with clusters, ``clusters_behind`` it too.
        """
        plain = self.n_clusters - 1 if self.n_clusters else np.inf
        free = support.degrees(self.leverage) if self.variance == "jackknife" else plain
        se = np.sqrt(np.diagonal(self.vcov))
        unit = "log hazard ratio"
        rows = tidy_rows(self.terms, self.estimate, se, n=self.n, conf_level=self.conf_level, df=free, unit=unit)
        return support.withheld(rows, self.behind) if self.n_clusters else rows

    def glance(self) -> pd.DataFrame:
        """One row: n, events, method, likelihood, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, events, method, likelihood, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_events": [self.n_events],
                "n_clusters": [self.n_clusters],
                "clusters_behind": [float(self.behind.min()) if self.n_clusters else np.nan],
                "method": [self.method],
                "log_likelihood": [self.log_likelihood],
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
        few = self.n_events / max(1, len(self.terms)) < _EVENTS_A_TERM
        notes = [
            f" Fewer than {_EVENTS_A_TERM} events a term: estimates lean outwards." if few else "",
            " With so few clusters sandwich errors are too small: use the jackknife."
            if self.variance == "sandwich" and self.n_clusters < clustered.FEW_FOR_SANDWICH
            else "",
            support.few_words(float(self.behind.min()), holds=self.variance == "jackknife") if self.n_clusters else "",
            "" if self.converged else " The search did not converge: do not use these figures.",
        ]
        p = float(self.proportional["p_value"].iloc[-1])
        steady = "no sign against" if p >= SIGNS else "signs against"
        return (
            f"{self.duration}: Cox regression, {self.n:,} spells, {self.n_events:,} of which ended; {self.n_missing:,} "
            f"rows left out.{''.join(notes)} There is {steady} ratios that stay the same over time (p = {p:.2f}). A "
            "model describes association; the study design decides what more it can show."
        )


def fit_cox(
    frame: pd.DataFrame,
    *,
    duration: str,
    event: str,
    terms: Terms,
    entry: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    ties: str = "efron",
    variance: str | None = None,
    conf_level: float = 0.95,
) -> CoxFit:
    """Log hazard ratios by partial likelihood.

    Parameters
    ----------
    frame : pd.DataFrame
        See ``fit_kaplan_meier``; rows with an ``entry`` may be pieces of one person's time, so that a term can change.
    duration : str
        See ``fit_kaplan_meier``; rows with an ``entry`` may be pieces of one person's time, so that a term can change.
    event : str
        See ``fit_kaplan_meier``; rows with an ``entry`` may be pieces of one person's time, so that a term can change.
    terms : Terms
        Terms or columns; there is no intercept.
    entry : str | None, optional
        See ``fit_kaplan_meier``; rows with an ``entry`` may be pieces of one person's time, so that a term can change.
    strata : str | None, optional
        Column whose levels each have a baseline of their own.
    cluster : str | None, optional
        Rows of one cluster depend on each other; t with effective clusters - 1 of each slope for the jackknife,
        clusters - 1 for the sandwich. A slope that rests on one cluster gets no interval.
    ties : str, default "efron"
        Key of ``TIES``.
    variance : str | None, optional
        With a cluster ``"jackknife"`` (each left out in turn, one Newton step; the default up to 100 clusters) or
        ``"sandwich"`` (the default with more; no factor for few clusters, as published).
    conf_level : float, default 0.95
        See ``fit_kaplan_meier``; rows with an ``entry`` may be pieces of one person's time, so that a term can change.

    Returns
    -------
    CoxFit
        A Cox regression: log hazard ratios.

    Raises
    ------
    EstimationError
        No or too few events, times out of order, a singular design, separation, one cluster.
    CoverageError
        A column is not there.

    Notes
    -----
    Cox (1972), JRSS B 34; Efron (1977), JASA 72. Proportionality: the score test of a slope that moves with one less
    the Kaplan-Meier curve, as ``cox.zph`` of R's survival has it since version 3.0 (Therneau and Grambsch 2000,
    Modeling Survival Data, section 6.2, without their approximation of a constant variance). Sandwich: Lin and Wei
    (1989), JASA 84; its errors are too small with few clusters, the jackknife's (Lipsitz, Dear and Zhao 1994,
    Biometrics 50) are not.

    References
    ----------
    - Cox, D. R. (1972). Journal of the Royal Statistical Society B 34, 187-220.
    - Efron, B. (1977). Journal of the American Statistical Association 72, 557-565.
    - Grambsch, P. M. and Therneau, T. M. (1994). Biometrika 81, 515-526.
    - Lin, D. Y. and Wei, L. J. (1989). Journal of the American Statistical Association 84, 1074-1078.
    - Lipsitz, S. R., Dear, K. B. G. and Zhao, L. (1994). Biometrics 50, 842-846.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> office = rng.integers(0, 2, 2000)
    >>> months = rng.exponential(np.exp(0.5 * office))
    >>> f = pd.DataFrame({"office": office, "months": np.minimum(months, 2), "left": months < 2})
    >>> fit = fit_cox(f, duration="months", event="left", terms=["office"])
    >>> fit.converged, bool(abs(fit.estimate[0] + 0.5) < 0.1)
    (True, True)
    """
    check_arguments(fit_cox, locals())
    check_level(conf_level)
    check_choice("ties", ties, TIES)
    if variance is not None:
        check_choice("variance", variance, _VARIANCES)
    slopes = as_terms(frame, terms)
    extra = [c for c in (strata, cluster) if c]
    rows, time, ended, start = read_spells(frame, duration, event, [*term_columns(slopes), *extra], entry)
    names, x = design(rows, slopes)
    names, basis = names[1:], settled_columns(x).without_first()
    if not names or ended.sum() <= len(names):
        raise EstimationError(
            f"{plural(int(ended.sum()), 'event')} cannot carry {plural(len(names), 'term')}.",
            fix="Name at least one term, and bring more events than terms.",
            code="TOO-FEW-EVENTS",
        )
    group = codes(rows, cluster) if cluster else None
    if group is not None:
        clustered.enough_clusters(group, str(cluster))
    part = codes(rows, strata) if strata else np.zeros(len(rows), dtype=np.int64)
    model = PartialLikelihood(time, ended, start if entry else start - np.inf, basis.z, part, efron=ties == "efron")
    b, converged = model.search()
    value, _, information = model.derivatives(b)
    if not converged or not np.isfinite(information).all() or np.linalg.eigvalsh(information).min() < 1 / RAGGED:
        found = model.monotone()
        if found:
            raise EstimationError(
                f"separation: {plural(found, 'term has', 'terms have')} no finite estimate, such as a level without "
                "events: whoever has an event lies highest, or lowest, of those at risk then (a monotone likelihood).",
                fix="Merge levels that are rare, or leave the term out.",
                code="SEPARATION",
            )
    if not converged:
        raise EstimationError(
            "the search for the hazard ratios did not end, so there is no estimate.",
            fix="Use fewer terms, or join levels that are rare.",
            code="NOT-CONVERGED",
        )
    plain: Array = np.asarray(np.linalg.inv(information), dtype=np.float64)
    scores, _, times = model.residuals(b)
    n_clusters = 0 if group is None else int(group.max()) + 1
    vcov = basis.back_cov(plain)
    leverage = np.empty((0, 0))
    how = variance or ("jackknife" if n_clusters <= _MOST_LEFT_OUT else "sandwich")
    if group is not None and how == "jackknife":
        vcov, parts = _left_out(model, b, group, basis.turn)
        leverage = support.leverages(parts, turn=basis.turn)
    elif group is not None:
        leverage = clustered.cluster_sums((scores @ plain @ basis.turn.T) ** 2, group)
        vcov = clustered.sandwich(clustered.cluster_sums(scores, group), information) * (n_clusters - 1) / n_clusters
        vcov = basis.back_cov(vcov)
    return CoxFit(
        duration=duration,
        event=event,
        ties=ties,
        terms=tuple(names),
        estimate=frozen(basis.back(b)),
        vcov=frozen(vcov),
        log_likelihood=value,
        proportional=_proportional(names, (time, ended, start), model, b, times, basis),
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_events=int(ended.sum()),
        n_clusters=n_clusters,
        converged=True,
        conf_level=conf_level,
        variance="" if group is None else how,
        model_terms=pinned(rows, slopes),
        leverage=frozen(leverage),
        behind=frozen([] if group is None else support.behind(leverage, x[:, 1:], group)),
    )


def _left_out(model: PartialLikelihood, b: Array, group: Codes, turn: Array) -> tuple[Array, Array]:
    """Cluster jackknife by one Newton step without each cluster, and what each adds to the information."""
    size = int(group.max()) + 1
    steps, parts = np.zeros((size, len(b))), np.zeros((size, len(b), len(b)))
    whole = model.derivatives(b)[2]
    for g in range(size):
        _, slope, information = model.without(group == g).derivatives(b)
        parts[g] = whole - information
        steps[g] = solve_kept(information, slope, turn)
    return np.asarray((size - 1) / size * steps.T @ steps), parts


def _proportional(
    names: Sequence[str],
    spells: tuple[Array, Array, Array],
    model: PartialLikelihood,
    b: Array,
    times: Array,
    basis: Scaled,
) -> pd.DataFrame:
    """Score test of a slope on one less the curve before each event, each term by itself and all together."""
    at = np.unique(times)
    risk, events = risk_table(*spells, at)
    before = 1 - np.concatenate([[1.0], np.cumprod(1 - events / risk)[:-1]])
    g = before[np.searchsorted(at, times)]
    g = g - g.mean()
    k, seen = len(names), float(np.ptp(g)) > 0
    slope, own, both = model.varying(b, g)
    left = own - both @ np.linalg.solve(model.derivatives(b)[2], both)
    # a term's own score is that of its column, a mixture of the orthogonal ones; the joint test needs none of it
    slope_x = basis.r.T @ slope
    left_x = basis.r.T @ left @ basis.r
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(seen, slope_x**2 / np.diagonal(left_x), np.nan)
    whole = float(slope @ np.linalg.solve(left, slope)) if seen and np.linalg.matrix_rank(left) == k else np.nan
    rows = [(n, float(c), 1, float(stats.chi2.sf(c, 1))) for n, c in zip(names, each, strict=True)]
    rows.append(("all", whole, k, float(stats.chi2.sf(whole, k))))
    return pd.DataFrame(rows, columns=["term", "statistic", "df", "p_value"])
