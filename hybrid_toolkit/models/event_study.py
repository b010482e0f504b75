"""Roll-outs by regression and by imputation: two-way fixed effects, Sun and Abraham, Borusyak, Jaravel and Spiess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.linear import VARIANCES, fit_linear
from hybrid_toolkit.models.panel import NEVER, Panel, read_panel
from hybrid_toolkit.models.rows import check_level, choice, frozen, tidy_rows
from hybrid_toolkit.models.terms import Array, Column

ESTIMATORS: Mapping[str, str] = {
    "two-way": "two-way fixed effects, one effect",
    "two-way event": "two-way fixed effects, an effect for each time since the start",
    "sun-abraham": "interaction-weighted effects (Sun and Abraham)",
    "imputation": "untreated outcomes imputed (Borusyak, Jaravel and Spiess)",
}
"""How the effects are found."""
MANY = 40
"""Clusters under which the variance of the imputation estimator is called too small."""


@dataclass(frozen=True, eq=False)
class EventStudyFit:
    """Effects by time since the start of a treatment.

    Parameters
    ----------
    outcome, estimator : as asked for.
    terms, estimate, std_error : k rows; ``overall`` first, then ``time -2``, ... where there are any.
    n_rows, n_units, n_clusters, n_incomplete, n_always, not_identified : counts; the last three were left out.
    cohorts : periods in which some unit's treatment starts.
    conf_level : level of the intervals (t with clusters - 1 degrees of freedom).
    variance : as asked for.
    converged : always True here: least squares is solved, not searched for.
    """

    outcome: str
    estimator: str
    terms: tuple[str, ...]
    estimate: Array
    std_error: Array = field(repr=False)
    n_rows: int
    n_units: int
    n_clusters: int
    n_incomplete: int
    n_always: int
    not_identified: int
    cohorts: tuple[str, ...]
    conf_level: float
    variance: str = "sandwich"
    converged: bool = True

    @property
    def n(self) -> int:
        """Rows used."""
        return self.n_rows

    @property
    def n_missing(self) -> int:
        """Rows of the units that were left out because they lack a period, those that are not there among them."""
        return self.n_incomplete * self.n_rows // max(1, self.n_units)

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return ESTIMATORS[self.estimator]

    def tidy(self) -> pd.DataFrame:
        """One row an effect."""
        free = self.n_clusters - 1
        b, se = self.estimate, self.std_error
        return tidy_rows(self.terms, b, se, n=self.n_rows, conf_level=self.conf_level, df=free)

    def glance(self) -> pd.DataFrame:
        """One row: units, clusters, what was left out, method, convergence."""
        return pd.DataFrame(
            {
                "n": [self.n_rows],
                "n_units": [self.n_units],
                "n_clusters": [self.n_clusters],
                "n_missing": [self.n_incomplete],
                "n_always_treated": [self.n_always],
                "not_identified": [self.not_identified],
                "method": [ESTIMATORS[self.estimator]],
                "converged": [self.converged],
            }
        )

    def summary(self) -> str:
        """Prose with its caveat."""
        mixed = (
            " With several starts and effects that grow or differ, two-way fixed effects compare treated with already "
            "treated units and can even turn the sign: use another estimator beside it."
            if self.estimator.startswith("two-way") and len(self.cohorts) > 1
            else ""
        )
        few = (
            f" With {self.n_clusters} clusters these intervals are too narrow: use variance='jackknife'."
            if self.estimator == "imputation" and self.variance == "sandwich" and self.n_clusters < MANY
            else ""
        )
        return (
            f"{self.outcome}: {ESTIMATORS[self.estimator]}; {self.n_units} units with {len(self.cohorts)} start(s), "
            f"{self.n_clusters} clusters, {self.n_incomplete} incomplete and {self.n_always} always treated units left "
            f"out.{mixed}{few} They are effects on the treated only if the groups would have moved in parallel without "
            "treatment, and did not move ahead of it."
        )


def fit_event_study(
    frame: pd.DataFrame,
    *,
    outcome: str,
    unit: str,
    period: str,
    first_treated: str | None = None,
    treatment: str | None = None,
    estimator: str = "sun-abraham",
    cluster: str | None = None,
    incomplete: str = "error",
    variance: str = "sandwich",
    conf_level: float = 0.95,
) -> EventStudyFit:
    """Effects of a roll-out by time since its start.

    Parameters
    ----------
    frame, outcome, unit, period, first_treated, treatment, cluster, incomplete, conf_level : see ``fit_group_time``.
    estimator : key of ``ESTIMATORS``. The reference is the period before the start.
    variance : ``"sandwich"`` (for imputation the authors' own) or, safer with few clusters, ``"jackknife"``.

    Raises
    ------
    EstimationError : see ``fit_group_time``; or the regression is singular.
    CoverageError : a column is not there.

    Notes
    -----
    Sun and Abraham (2021), Journal of Econometrics 225, 175-199, with the shares of the groups taken as given;
    Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91, 3253-3285, section 4.3.

    Examples
    --------
    >>> f = pd.DataFrame({"team": list("aabbccdd"), "year": [1, 2] * 4, "y": [1.0, 4, 2, 5.5, 0, 1, 3, 4.5]})
    >>> f["on"] = [0, 1, 0, 1, 0, 0, 0, 0]
    >>> model = {"outcome": "y", "unit": "team", "period": "year", "treatment": "on"}
    >>> [round(float(fit_event_study(f, **model, estimator=e).estimate[0]), 6) for e in ("two-way", "imputation")]
    [2.0, 2.0]
    """
    check_level(conf_level)
    choice("estimator", estimator, ESTIMATORS)
    p = read_panel(
        frame,
        outcome=outcome,
        unit=unit,
        period=period,
        first_treated=first_treated,
        treatment=treatment,
        cluster=cluster,
        incomplete=incomplete,
    )
    if not p.cohorts or (len(p.cohorts) < 2 and not (p.start == NEVER).any()):
        raise EstimationError(
            f"{len(p.start)} units begin treatment in {len(p.cohorts)} period(s) and none has a comparison.",
            fix="Bring both treated and untreated units.",
            code="NO-UNTREATED" if p.cohorts else "NO-TREATED",
        )
    if estimator == "imputation":
        names, b, se, missed = _impute(p)
        if choice("variance", variance, VARIANCES) == "jackknife":
            se = _left_out(p, names, b)
    else:
        names, b, se, missed = _regress(p, estimator, variance)
    return EventStudyFit(
        outcome=outcome,
        estimator=estimator,
        terms=tuple(names),
        estimate=frozen(b),
        std_error=frozen(se),
        n_rows=int(p.y.size),
        n_units=len(p.start),
        n_clusters=int(p.clusters.max()) + 1,
        n_incomplete=p.n_incomplete,
        n_always=p.n_always,
        not_identified=missed,
        cohorts=tuple(p.label(g) for g in p.cohorts),
        conf_level=conf_level,
        variance=variance,
    )


def _regress(p: Panel, estimator: str, variance: str) -> tuple[list[str], Array, Array, int]:
    """Two-way fixed effects with columns for the treatment, as the estimator asks."""
    last = len(p.times)
    start = p.start
    if estimator == "sun-abraham" and not (start == NEVER).any():
        last = p.cohorts[-1]  # the last group is the comparison, until its own start
        start = np.where(start == last, NEVER, start)
    n = len(start)
    y, position = p.y[:, :last], np.tile(np.arange(last), (n, 1))
    lead = np.where(start[:, None] == NEVER, NEVER, position - np.minimum(start, last)[:, None])
    treated = (lead >= 0) & (lead != NEVER)
    frame = pd.DataFrame(
        {
            "y": y.ravel(),
            "unit": np.repeat(np.arange(n), last),
            "period": position.ravel(),
            "cluster": np.repeat(p.clusters, last),
        }
    )
    cells = _cells(estimator, lead, start)
    for i, (_, at) in enumerate(cells):
        frame[f"d{i}"] = at.ravel().astype(np.float64)
    fit = fit_linear(
        frame,
        outcome="y",
        terms=[Column(f"d{i}") for i in range(len(cells))],
        cluster="cluster",
        fixed_effects=["unit", "period"],
        variance=variance,
    )
    weights = {"overall": {i: int(at[treated].sum()) for i, (_, at) in enumerate(cells) if at[treated].any()}}
    if estimator != "two-way":
        for e in sorted({e for e, _ in cells}):
            # a time since the start is told in the periods' own units, as in ``fit_group_time``
            weights[f"time {_lead_label(p, e)}"] = {i: int(at.sum()) for i, (c, at) in enumerate(cells) if c == e}
    rows = [
        fit.combine({f"d{i}": size / sum(w.values()) for i, size in w.items()}, term=name)
        for name, w in weights.items()
    ]
    out = pd.concat(rows)
    return list(weights), out["estimate"].to_numpy(), out["std_error"].to_numpy(), 0


def _lead_label(p: Panel, e: int) -> int:
    g = p.cohorts[0] if e >= -p.cohorts[0] and p.cohorts[0] + e < len(p.times) else p.cohorts[-1]
    return p.lead(min(max(g + e, 0), len(p.times) - 1), g)


def _cells(estimator: str, lead: NDArray[np.int64], start: NDArray[np.int64]) -> list[tuple[int, NDArray[np.bool_]]]:
    """Time since the start and the unit-periods of each column; the period before the start is the reference."""
    if estimator == "two-way":
        return [(0, (lead >= 0) & (lead != NEVER))]
    leads = [int(e) for e in np.unique(lead) if e not in (-1, NEVER)]
    if estimator == "two-way event":
        if not (start == NEVER).any():
            leads = leads[1:]  # without untreated units the line through all leads is not identified
        return [(e, lead == e) for e in leads]
    groups = [int(g) for g in np.unique(start) if g != NEVER]
    found = [(e, (lead == e) & (start == g)[:, None]) for e in leads for g in groups]
    return [(e, at) for e, at in found if at.any()]


def _impute(p: Panel) -> tuple[list[str], Array, Array, int]:
    """Effects as outcomes less those that unit and period effects of untreated observations foretell."""
    n, last = p.y.shape
    position = np.tile(np.arange(last), (n, 1))
    free = position < p.start[:, None]
    known: NDArray[np.bool_] = np.asarray(free.any(axis=0))
    if not known[: p.cohorts[0] + 1].all():
        raise EstimationError(
            "no unit is untreated in the period of the first start.",
            fix="Bring untreated units.",
            code="NO-UNTREATED",
        )
    treated = ~free & known
    missed = int((~free & ~known).sum())
    unit = np.repeat(np.arange(n), last)
    rows = np.arange(n * last)
    inner = position.ravel() > 0
    full: Any = sparse.csr_array(
        (
            np.ones(n * last + int(inner.sum())),
            (np.concatenate([rows, rows[inner]]), np.concatenate([unit, n + position.ravel()[inner] - 1])),
        ),
        shape=(n * last, n + last - 1),
    )
    z = full[:, np.concatenate([np.ones(n, bool), known[1:]])]
    y, f, d = p.y.ravel(), free.ravel(), treated.ravel()
    z0 = z[f]
    gram = (z0.T @ z0).tocsc()
    gap = y - z @ spsolve(gram, z0.T @ y[f])
    lead = np.where(treated, position - np.where(p.start == NEVER, 0, p.start)[:, None], NEVER).ravel()
    cell = pd.Series(gap[d]).groupby([np.repeat(p.start, last)[d], lead[d]]).transform("mean").to_numpy()
    error = gap.copy()
    error[d] -= cell
    leads = sorted(set(lead[d].tolist()))
    b, se = [], []
    clusters = int(p.clusters.max()) + 1
    for at in [d, *(lead == e for e in leads)]:
        w = at / at.sum()
        v = np.where(at, w, 0.0)
        v[f] = -(z0 @ spsolve(gram, z.T @ w))
        sums = np.bincount(np.repeat(p.clusters, last), weights=v * error * (f | d), minlength=clusters)
        b.append(float(w @ np.where(at, gap, 0.0)))
        se.append(float(np.sqrt((sums**2).sum() * clusters / (clusters - 1))))
    return ["overall", *(f"time {_lead_label(p, e)}" for e in leads)], np.array(b), np.array(se), missed


def _left_out(p: Panel, names: list[str], b: Array) -> Array:
    """Jackknife errors: every cluster left out in turn; an effect that needs the cluster counts as unmoved."""
    count = int(p.clusters.max()) + 1
    moved = np.zeros((count, len(names)))
    for c in range(count):
        stay = p.clusters != c
        part = Panel(
            p.y[stay], p.x[stay], p.start[stay], p.times, np.unique(p.clusters[stay], return_inverse=True)[1], 0, 0
        )
        if not part.cohorts:
            continue
        try:
            found = dict(zip(*_impute(part)[:2], strict=True))
        except EstimationError:  # the cluster is the only comparison of a period
            continue
        moved[c] = [found.get(name, v) - v for name, v in zip(names, b, strict=True)]
    return np.asarray(np.sqrt((moved**2).sum(axis=0) * (count - 1) / count))
