"""A stepped wedge of whole teams: declared once, tried on a thousand simulated authorities in a moment.

Simulation, estimation and reporting stand apart. Each authority is drawn from a seed of its own and passed on as sums
by team and period; a chunk of authorities is estimated at once from these sums; the figures go into a ``Diagnosis``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm.std import tqdm

from hybrid_toolkit.errors import CoverageError, EstimationError, StudyError
from hybrid_toolkit.models.batched import BatchFit, ClusterSums, cell_sums, fit_fixed_clusters, fit_random_intercepts
from hybrid_toolkit.models.terms import Array
from hybrid_toolkit.study.diagnose import simulation_seed
from hybrid_toolkit.study.diagnosis import DRAW_COLUMNS, Diagnosis
from hybrid_toolkit.synth.worlds.wedge import Wedge

CHUNK = 250
"""Authorities estimated at once: the same on any number of cores, so that the numbers are too."""
MODELS = ("random-intercept", "fixed-effects")


@dataclass(frozen=True)
class WedgeStudy:
    """What difference a change makes that reaches team after team: one row an answer, given period and team.

    Parameters
    ----------
    id : short name.
    model : ``"random-intercept"`` (restricted maximum likelihood) or ``"fixed-effects"`` (a level of its own for each
        team, clustered jackknife intervals).
    outcome, treated, team, period : columns; ``treated`` is 0 or 1 and the same within a team and period.

    Raises
    ------
    StudyError : an unknown model.

    Examples
    --------
    >>> tried = WedgeStudy("roll-out").diagnose(Wedge(teams=10, periods=4, workers=5), sims=50, progress=False)
    >>> abs(tried.value("bias")) < 3 * tried.measures()["bias"][1]
    True
    """

    id: str
    model: str = "random-intercept"
    outcome: str = "outcome"
    treated: str = "treated"
    team: str = "team"
    period: str = "period"

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise StudyError(
                f"study '{self.id}' has an unknown model.", fix=f"Use one of: {', '.join(MODELS)}.", code="STUDY-FIELD"
            )

    def estimate(self, frame: pd.DataFrame, *, conf_level: float = 0.95) -> BatchFit:
        """The estimate from one table of rows; those with a missing value are left out.

        Raises
        ------
        CoverageError : a column is not there.
        EstimationError : treatment differs within a team and period, or the rows cannot carry the model.
        """
        return self._fit(self._sums_of(frame), conf_level)

    def diagnose(
        self,
        truths: Wedge | Sequence[Wedge] = Wedge(),  # noqa: B008 - frozen
        *,
        sims: int = 1000,
        seed: int = 20_250_000,
        n_jobs: int | None = None,
        progress: bool = True,
        conf_level: float = 0.95,
    ) -> Diagnosis:
        """Simulate authorities whose truth is known, estimate each, and say how well the study did.

        Parameters
        ----------
        truths : one wedge or several of the same size and of different ``scenario``.
        sims, seed, n_jobs, progress, conf_level : as in ``hybrid_toolkit.study.diagnose.diagnose_together``.

        Raises
        ------
        StudyError : fewer than two simulations, no truth, or truths of one name.
        EstimationError : the design cannot carry the model.
        """
        wedges = [truths] if isinstance(truths, Wedge) else list(truths)
        known = {w.scenario: ((self.outcome, w.effect),) for w in wedges}
        if sims < 2 or not wedges or len(known) < len(wedges):
            raise StudyError(
                f"{sims} simulations under {len(wedges)} truth(s) of {len(known)} name(s).",
                fix="Ask for 2 simulations or more, and give each truth a scenario of its own.",
                code="SIMS",
            )
        parts = [(w, range(i, min(i + CHUNK, sims))) for w in wedges for i in range(0, sims, CHUNK)]
        jobs = (delayed(self._chunk)(w, [simulation_seed(seed, i) for i in at], conf_level) for w, at in parts)
        run = tqdm(
            Parallel(n_jobs=n_jobs, return_as="generator")(jobs),
            total=len(parts),
            desc=f"{', '.join(known)}: simulated authorities",
            unit=f"{CHUNK} authorities",
            disable=not progress,
        )
        draws = [d.assign(scenario=w.scenario, sim=list(at)) for (w, at), d in zip(parts, run, strict=True)]
        return Diagnosis(
            study_id=self.id,
            size=f"{wedges[0].teams} teams, {wedges[0].periods} periods, {wedges[0].workers} workers a team",
            sims=sims,
            seed=seed,
            conf_level=conf_level,
            truths_by_scenario=known,
            draws=pd.concat(draws, ignore_index=True)[list(DRAW_COLUMNS)],
        )

    def _chunk(self, wedge: Wedge, seeds: Sequence[int], conf_level: float) -> pd.DataFrame:
        sums = simulated_sums(wedge, seeds)
        fit = self._fit(sums, conf_level)
        pooled = sums.only(("constant", "treated"))
        naive = fit_fixed_clusters(pooled, term="treated", within=False, variance="sandwich", conf_level=conf_level)
        (low, high), (naive_low, naive_high) = fit.interval, naive.interval
        figures = np.stack([fit.estimate, fit.std_error, low, high, naive.estimate, naive_low, naive_high], axis=1)
        fine = np.isfinite(figures).all(axis=1)
        error = np.select([~fit.converged, ~fine], ["NOT-CONVERGED", "NOT-FINITE"], "")
        figures[error != ""] = np.nan
        out = pd.DataFrame(figures, columns=list(DRAW_COLUMNS[3:-1]))
        return out.assign(outcome=self.outcome, error=pd.array(error.tolist(), dtype="str"))

    def _fit(self, sums: ClusterSums, conf_level: float) -> BatchFit:
        if self.model == "random-intercept":
            return fit_random_intercepts(sums, term="treated", conf_level=conf_level)
        inside = tuple(n for n in sums.names if n != "constant")
        return fit_fixed_clusters(sums.only(inside), term="treated", conf_level=conf_level)

    def _sums_of(self, frame: pd.DataFrame) -> ClusterSums:
        columns = [self.team, self.period, self.treated, self.outcome]
        if absent := [c for c in columns if c not in frame]:
            raise CoverageError(
                f"the rows lack {len(absent)} column(s): {', '.join(absent)}.",
                fix="Add them, or name your own columns in the study.",
                code="COLUMN-MISSING",
            )
        rows = frame[columns].dropna()
        y = rows[self.outcome].astype(float)
        # the level of the outcome goes into the constant; without it the sums of squares keep more digits
        y = y - y.mean()
        cells = rows.assign(y=y, square=y**2).groupby([self.team, self.period])
        if (mixed := int((cells[self.treated].nunique() > 1).sum())) or not rows[self.treated].isin([0, 1]).all():
            raise EstimationError(
                f"column '{self.treated}' is not 0 or 1, or differs within {mixed} team(s) and period(s).",
                fix="Code it 0 before a team crosses over and 1 from then on.",
                code="WEDGE-TREATED",
            )
        wide = {n: cells[c].agg(f).unstack() for n, c, f in (("n", "y", "size"), ("sum", "y", "sum"))}
        treated = cells[self.treated].first().astype(float).unstack().fillna(0.0).to_numpy()
        squares = cells["square"].sum().unstack().fillna(0.0).sum(axis=1).to_numpy()[None]
        n, sums = (wide[k].fillna(0.0).to_numpy(dtype=np.float64) for k in ("n", "sum"))
        return _wedge_sums(treated, n, sums[None], squares)


def simulated_sums(wedge: Wedge, seeds: Sequence[int]) -> ClusterSums:
    """Sums by team and period of one authority a seed."""
    sums = np.empty((len(seeds), wedge.teams, wedge.periods))
    squares = np.empty((len(seeds), wedge.teams))
    for k, seed in enumerate(seeds):
        y = wedge.outcomes(np.random.default_rng(seed))
        sums[k] = y.sum(axis=2)
        squares[k] = np.einsum("gtw,gtw->g", y, y)
    return _wedge_sums(wedge.treated, np.full((wedge.teams, wedge.periods), float(wedge.workers)), sums, squares)


def _wedge_sums(treated: Array, n: Array, sums: Array, squares: Array) -> ClusterSums:
    """A constant, a level for each period but the first, and treatment."""
    teams, periods = treated.shape
    levels = np.broadcast_to(np.eye(periods)[:, 1:], (teams, periods, periods - 1))
    x = np.concatenate([np.ones((teams, periods, 1)), levels, treated[:, :, None]], axis=2)
    names = ("constant", *(f"period {t}" for t in range(2, periods + 1)), "treated")
    return cell_sums(names, x, n, sums, squares)
