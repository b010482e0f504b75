"""Roll-outs by regression and by imputation: two-way fixed effects, Sun and Abraham, Borusyak, Jaravel and Spiess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.rollout.cell_regression import regress_cells
from hybrid_toolkit.models.rollout.group_time import FEW_FOR_INFLUENCE
from hybrid_toolkit.models.rollout.imputation_estimator import impute, lead_label, left_out
from hybrid_toolkit.models.rollout.panel_blocks import NEVER
from hybrid_toolkit.models.rollout.panel_data import PanelColumns, PanelData
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import check_choice, check_level, frozen, tidy_rows
from hybrid_toolkit.result import ResultBase

ESTIMATORS: Mapping[str, str] = {
    "two-way": "two-way fixed effects, one coefficient",
    "two-way event": "two-way fixed effects, an effect for each time since the start",
    "sun-abraham": "interaction-weighted effects (Sun and Abraham)",
    "imputation": "untreated outcomes imputed (Borusyak, Jaravel and Spiess)",
}
"""How the effects are found."""
_ONE_WAY = ("jackknife", "sandwich")
_MANY = 40
"""Clusters under which the variance of the imputation estimator is called too small."""


@dataclass(frozen=True, eq=False)
class EventStudyFit(ResultBase):
    """Effects by time since the start of a treatment.

    Parameters
    ----------
    outcome : str
        As asked for.
    estimator : str
        As asked for.
    terms : tuple[str, ...]
        Names of the k rows; ``overall`` first, then ``time -2``, ... where there are any.
    estimate : Array
        Their estimates.
    std_error : Array
        Their standard errors.
    behind : tuple[tuple[int, int], ...]
        The k rows and clusters: all of them for ``overall``; for a time, those of the units treated then, or before
        their start of those that will be.
    sides : tuple[tuple[float, float], ...]
        The k clusters on the smaller side of each row, or effective ones, with the degrees of freedom of its t; a row
        that rests on one cluster has no interval (see ``support``).
    n_rows : int
        Rows used.
    n_units : int
        Units used.
    n_clusters : int
        Clusters.
    n_incomplete : int
        Units left out because they lack a period.
    n_always : int
        Units left out because they were always treated.
    not_identified : int
        Effects left out because they are not identified.
    cohorts : tuple[str, ...]
        Periods in which some unit's treatment starts.
    conf_level : float
        Level of the intervals.
    variance : str, default "sandwich"
        As asked for, or as chosen.
    converged : bool, default True
        Always True here: least squares is solved, not searched for.

    Examples
    --------
    >>> f = pd.DataFrame({"team": list("aabbccdd"), "year": [1, 2] * 4, "y": [1.0, 4, 2, 5.5, 0, 1, 3, 4.5]})
    >>> f["on"] = [0, 1, 0, 1, 0, 0, 0, 0]
    >>> model = {"outcome": "y", "panel_id": "team", "time": "year", "treatment": "on"}
    >>> fit = fit_event_study(f, **model, estimator="imputation")
    >>> fit.tidy()[["term", "estimate"]].round(2).values.tolist()
    [['overall', 2.0], ['time 0', 2.0]]
    """

    outcome: str
    estimator: str
    terms: tuple[str, ...]
    estimate: Array
    std_error: Array = field(repr=False)
    behind: tuple[tuple[int, int], ...] = field(repr=False)
    sides: tuple[tuple[float, float], ...] = field(repr=False)
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
        """One row an effect, with ``n`` and, further, ``n_clusters`` of ``behind`` and ``clusters_behind``.

        Returns
        -------
        pd.DataFrame
            One row an effect, with ``n`` and, further, ``n_clusters`` of ``behind`` and ``clusters_behind``.
        """
        n, clusters = zip(*self.behind, strict=True)
        count, free = zip(*self.sides, strict=True)
        rows = tidy_rows(self.terms, self.estimate, self.std_error, n=n, conf_level=self.conf_level, df=free)
        return support.withheld(rows.assign(n_clusters=clusters), np.array(count))

    def clusters_behind(self, term: str = "overall") -> float:
        """Clusters on the smaller side of an effect, or their effective number where that is less.

        Parameters
        ----------
        term : str, default "overall"
            Name of the effect.

        Returns
        -------
        float
            The number of clusters, at most the effective number.
        """
        return self.sides[self.terms.index(term)][0]

    def glance(self) -> pd.DataFrame:
        """One row: units, clusters, what was left out, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: units, clusters, what was left out, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n_rows],
                "n_units": [self.n_units],
                "n_clusters": [self.n_clusters],
                "clusters_behind": [self.clusters_behind()],
                "n_missing": [self.n_incomplete],
                "n_always_treated": [self.n_always],
                "not_identified": [self.not_identified],
                "method": [ESTIMATORS[self.estimator]],
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
        mixed = (
            " With several starts and effects that grow or differ, two-way fixed effects compare treated with already "
            "treated units and can even turn the sign: use another estimator beside it."
            if self.estimator.startswith("two-way") and len(self.cohorts) > 1
            else ""
        )
        few = (
            f" With {self.n_clusters} clusters these intervals are too narrow: use variance='jackknife'."
            if self.estimator == "imputation" and self.variance == "sandwich" and self.n_clusters < _MANY
            else ""
        )
        few += support.few_words(self.clusters_behind(), holds=self.variance == "jackknife")
        return (
            f"{self.outcome}: {ESTIMATORS[self.estimator]}; {self.n_units} units with "
            f"{plural(len(self.cohorts), 'start')}, {self.n_clusters} clusters, {self.n_incomplete} incomplete and "
            f"{self.n_always} always treated units left out.{mixed}{few} They are effects on the treated only if the "
            "groups would have moved in parallel without treatment, and did not move ahead of it."
        )


def fit_event_study(
    frame: pd.DataFrame,
    *,
    outcome: str,
    panel_id: str,
    time: str,
    first_treated: str | None = None,
    treatment: str | None = None,
    estimator: str = "sun-abraham",
    cluster: str | None = None,
    unbalanced: str = "error",
    variance: str | None = None,
    conf_level: float = 0.95,
) -> EventStudyFit:
    """Effects of a roll-out by time since its start.

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
    estimator : str, default "sun-abraham"
        Key of ``ESTIMATORS``. The reference is the period before the start.
    cluster : str | None, optional
        See ``fit_group_time``.
    unbalanced : str, default "error"
        See ``fit_group_time``.
    variance : str | None, optional
        ``"sandwich"`` (for imputation the authors' own) or ``"jackknife"``; the default is the jackknife where fewer
        than ten clusters stand on the smaller side, since errors as published are then too small. Either has t with
        effective clusters - 1 (see ``models/inference/clusters.py``), and an effect that rests on one cluster
        has no interval.
    conf_level : float, default 0.95
        See ``fit_group_time``.

    Returns
    -------
    EventStudyFit
        Effects by time since the start of a treatment.

    Raises
    ------
    EstimationError
        See ``fit_group_time``; or the regression is singular.
    CoverageError
        A column is not there.

    Notes
    -----
    Sun and Abraham (2021), Journal of Econometrics 225, 175-199, with the shares of the groups taken as given;
    Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91, 3253-3285, section 4.3.

    References
    ----------
    - Borusyak, K., Jaravel, X. and Spiess, J. (2024). Review of Economic Studies 91, 3253-3285.
    - Sun, L. and Abraham, S. (2021). Journal of Econometrics 225, 175-199.

    Examples
    --------
    >>> f = pd.DataFrame({"team": list("aabbccdd"), "year": [1, 2] * 4, "y": [1.0, 4, 2, 5.5, 0, 1, 3, 4.5]})
    >>> f["on"] = [0, 1, 0, 1, 0, 0, 0, 0]
    >>> model = {"outcome": "y", "panel_id": "team", "time": "year", "treatment": "on"}
    >>> [round(float(fit_event_study(f, **model, estimator=e).estimate[0]), 6) for e in ("two-way", "imputation")]
    [2.0, 2.0]
    """
    check_arguments(fit_event_study, locals())
    check_level(conf_level)
    check_choice("estimator", estimator, ESTIMATORS)
    if variance is not None:
        check_choice("variance", variance, _ONE_WAY)
    p = PanelColumns(
        outcome=outcome,
        panel_id=panel_id,
        time=time,
        first_treated=first_treated,
        treatment=treatment,
        cluster=cluster,
        unbalanced=unbalanced,
    ).read(frame)
    p.must_start()
    if len(p.cohorts) < 2 and not p.untreated.any():
        raise EstimationError(
            f"{len(p.start)} units all begin treatment in one period, and none has a comparison.{p.why_none_free}",
            fix="Include both treated and untreated units.",
            code="NO-UNTREATED",
        )
    if variance is None:
        variance = "jackknife" if _sides(p, estimator, ["overall"])[0][0] < FEW_FOR_INFLUENCE else "sandwich"
    if estimator == "imputation":
        names, b, se, missed = impute(p)
        if variance == "jackknife":
            se = left_out(p, b)
    else:
        names, b, se, missed = _regress(p, estimator, variance)
    return EventStudyFit(
        outcome=outcome,
        estimator=estimator,
        terms=tuple(names),
        estimate=frozen(b),
        std_error=frozen(se),
        behind=tuple(_behind(p, estimator, names)),
        sides=tuple(_sides(p, estimator, names)),
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


def _leads(p: PanelData, estimator: str, start: NDArray[np.int64]) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    """The position after the last period used, starts, and starts x periods since then (``NEVER`` without one)."""
    last = len(p.times)
    if estimator in ("sun-abraham", "imputation") and not p.untreated.any():
        last = p.cohorts[-1]  # the last group is the comparison, until its own start
        start = np.where(start == last, NEVER, start)
    lead = np.arange(last) - np.minimum(start, len(p.times))[:, None]
    return last, start, np.where(start[:, None] == NEVER, NEVER, lead)


def _behind(p: PanelData, estimator: str, names: list[str]) -> list[tuple[int, int]]:
    """Rows and clusters of the treated side of each named time; of all the data for any other name."""
    _, lead, units = _by_start(p, estimator)
    found = {}
    for e in (int(e) for e in np.unique(lead) if e != NEVER):
        here = units[:, (lead == e).any(axis=1)].sum(axis=1)
        found[f"time {lead_label(p, e)}"] = (int(here.sum()), int((here > 0).sum()))
    return [found.get(name, (int(p.y.size), len(units))) for name in names]


def _sides(p: PanelData, estimator: str, names: list[str]) -> list[tuple[float, float]]:
    """Clusters on the smaller side of each named effect and the degrees of freedom of its t."""
    _, lead, units = _by_start(p, estimator)
    treated = (lead >= 0) & (lead != NEVER)
    at = {"overall": treated, **{f"time {lead_label(p, int(e))}": lead == e for e in np.unique(lead) if e != NEVER}}
    # a unit counts once among the compared, as often as it is treated among the treated
    free: Array = units @ (~treated[:, p.cohorts[0] : lead.shape[1]]).any(axis=1).astype(np.float64)
    periods = max(1, int(treated.any(axis=0).sum()))
    out = []
    for name in names:
        found: Array = units @ at.get(name, treated).sum(axis=1).astype(np.float64)
        out.append(support.two_sides(found, free * (periods if name == "overall" else 1)))
    return out


def _by_start(p: PanelData, estimator: str) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """The starts, starts x periods since then, and clusters x starts: units, since those of one start are alike."""
    starts, which = np.unique(p.start, return_inverse=True)
    count = int(p.clusters.max()) + 1
    units = np.bincount(p.clusters * len(starts) + which, minlength=count * len(starts))
    lead = _leads(p, estimator, starts)[2]
    return starts, lead, units.reshape(count, -1).astype(np.float64)


def _regress(p: PanelData, estimator: str, variance: str) -> tuple[list[str], Array, Array, int]:
    """Two-way fixed effects with columns for the treatment, as the estimator asks."""
    starts, which = np.unique(p.start, return_inverse=True)
    last, starts, lead = _leads(p, estimator, starts)
    y, treated, sizes = p.y[:, :last], (lead >= 0) & (lead != NEVER), np.bincount(which)
    cells = _cells(estimator, lead, starts)
    b, vcov = regress_cells(
        y, which, p.clusters, np.stack([at for _, at in cells], axis=2).astype(np.float64), variance
    )
    rows = [at * sizes[:, None] for _, at in cells]
    weights = {"overall": {i: int(n[treated].sum()) for i, n in enumerate(rows) if n[treated].any()}}
    if estimator != "two-way":
        for e in sorted({e for e, _ in cells}):
            # a time since the start is told in the periods' own units, as in ``fit_group_time``
            weights[f"time {lead_label(p, e)}"] = {i: int(rows[i].sum()) for i, (c, _) in enumerate(cells) if c == e}
    turn = np.zeros((len(weights), len(cells)))
    for row, parts in enumerate(weights.values()):
        turn[row, list(parts)] = np.array(list(parts.values())) / sum(parts.values())
    error = np.sqrt(np.clip(np.einsum("ij,jk,ik->i", turn, vcov, turn), 0, None))
    return list(weights), turn @ b, error, 0


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
