"""A stepped wedge of whole teams: declared once, tried on a thousand simulated authorities in a moment.

Simulation, estimation and reporting stand apart. Each authority is drawn from a seed of its own and passed on as sums
by team and period; a chunk of authorities is estimated at once from these sums; the figures go into a ``Diagnosis``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm.std import tqdm

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
from hybrid_toolkit.errors import CoverageError, EstimationError, StudyError, plural
from hybrid_toolkit.models.linear.batched_linear import BatchFit, fit_fixed_clusters, fit_random_intercepts
from hybrid_toolkit.models.linear.cluster_sums import ClusterSums, cell_sums
from hybrid_toolkit.study.diagnosis.diagnose import (
    SizeLike,
    TrialRow,
    check_trials,
    draws_of,
    error_code,
    simulation_seed,
    size_like_of,
    twelve_digits,
)
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.diagnosis.trial_log import TrialLog, code_version, hash_of
from hybrid_toolkit.synth.stepped_wedge import Wedge
from hybrid_toolkit.synth.streams import Bools

CHUNK = 250
"""Authorities estimated at once; the numbers of one do not depend on which others they are."""
MODELS = ("random-intercept", "fixed-effects")


@dataclass(frozen=True)
class WedgeStudy:
    """What difference a change makes that reaches team after team: one row an answer, given period and team.

    Parameters
    ----------
    id : str
        Short name.
    model : str, default "random-intercept"
        ``"random-intercept"`` (restricted maximum likelihood) or ``"fixed-effects"`` (a level of its own for each team,
        clustered jackknife intervals).
    outcome : str, default "outcome"
        Column of the outcome.
    treated : str, default "treated"
        Column that is 0 or 1 and the same within a team and period.
    team : str, default "team"
        Column of the team.
    period : str, default "period"
        Column of the period.

    Raises
    ------
    StudyError
        An unknown model.

    Examples
    --------
    >>> tried = WedgeStudy("roll-out").diagnose(Wedge(teams=10, periods=4, workers=5), n_sims=50, progress=False)
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

        Parameters
        ----------
        frame : pd.DataFrame
            One row an answer.
        conf_level : float, default 0.95
            Level of the intervals.

        Returns
        -------
        BatchFit
            The estimate from one table of rows; those with a missing value are left out.

        Raises
        ------
        CoverageError
            A column is not there.
        EstimationError
            Treatment differs within a team and period, or the rows cannot carry the model.
        """
        return self._fit(self._sums_of(frame), conf_level)

    def diagnose(
        self,
        truths: Wedge | Sequence[Wedge] = Wedge(),  # noqa: B008 - frozen
        size_like: SizeLike | None = None,
        *,
        n_sims: int = 1000,
        seed: int = 20_250_000,
        n_jobs: int | None = None,
        progress: bool = True,
        conf_level: float = 0.95,
        resume: Path | str | None = None,
    ) -> Diagnosis:
        """Simulate authorities whose truth is known, estimate each, and say how well the study did.

        Parameters
        ----------
        truths : Wedge | Sequence[Wedge], optional
            One wedge or several of the same size and of different ``scenario``.
        size_like : SizeLike | None, optional
            A ``Size``, the name of one, or data, whose teams, workers a team and months (a period each) the wedges then
            have; left out, they keep their own.
        n_sims : int, default 1000
            As in ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``. A fit that fails is counted there and
            here alike.
        seed : int, default 20250000
            As in ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``. A fit that fails is counted there and
            here alike.
        n_jobs : int | None, optional
            As in ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``. A fit that fails is counted there and
            here alike.
        progress : bool, default True
            As in ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``. A fit that fails is counted there and
            here alike.
        conf_level : float, default 0.95
            As in ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``. A fit that fails is counted there and
            here alike.
        resume : Path | str | None, optional
            As in ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``. A fit that fails is counted there and
            here alike.

        Returns
        -------
        Diagnosis
            How a study did over many simulated authorities, under one truth or several.

        Raises
        ------
        StudyError
            Fewer than two simulations, no truth, truths of one name or of several sizes, or ``resume`` holds the trials
            of another run.
        UsageError
            A size that no wedge can have.
        OutputError
            The file of ``resume`` cannot be written.
        """
        check_trials(n_sims, seed, conf_level, n_jobs)
        run = _Run(self, _worlds(truths, size_like), seed, conf_level)
        drawn = _run_all(run, n_sims, n_jobs=n_jobs, progress=progress, resume=resume)
        first = next(iter(run.wedges.values()))
        found = Diagnosis(
            study_id=self.id,
            size=f"{first.teams} teams, {first.periods} periods, {first.workers} workers a team",
            n_sims=n_sims,
            seed=seed,
            conf_level=conf_level,
            truths_by_scenario={n: ((self.outcome, w.effect),) for n, w in run.wedges.items()},
            draws=draws_of((n, i, [drawn[n, i]]) for n in run.wedges for i in range(n_sims)),
        )
        return vouch(found, SIMULATED)

    def trials(self, wedge: Wedge, seeds: Sequence[int], conf_level: float) -> list[TrialRow]:
        """One row an authority: outcome, error code, figures (empty where the fit failed).

        Parameters
        ----------
        wedge : Wedge
            What is simulated.
        seeds : Sequence[int]
            Seeds, one an authority.
        conf_level : float
            Level of the intervals.

        Returns
        -------
        list[TrialRow]
            One row an authority: outcome, error code, figures (empty where the fit failed).
        """
        try:
            figures, converged = self._figures(simulated_sums(wedge, seeds), conf_level)
        except Exception as error:  # counted by its type; one bad draw never spoils the others
            if len(seeds) == 1:
                return [(self.outcome, error_code(error), ())]
            return [row for seed in seeds for row in self.trials(wedge, [seed], conf_level)]
        fine = np.atleast_1d(np.isfinite(figures).all(axis=1))
        errors = ["NOT-CONVERGED" if not c else "" if f else "NOT-FINITE" for c, f in zip(converged, fine, strict=True)]
        return [(self.outcome, e, () if e else twelve_digits(f)) for e, f in zip(errors, figures.tolist(), strict=True)]

    def _figures(self, sums: ClusterSums, conf_level: float) -> tuple[Array, Bools]:
        """(authorities, figures), and whether each fit converged."""
        fit = self._fit(sums, conf_level)
        pooled = sums.only(("constant", "treated"))
        unadjusted = fit_fixed_clusters(
            pooled, term="treated", within=False, variance="sandwich", conf_level=conf_level
        )
        (low, high), (unadjusted_low, unadjusted_high) = fit.interval, unadjusted.interval
        figures = np.stack(
            [fit.estimate, fit.std_error, low, high, unadjusted.estimate, unadjusted_low, unadjusted_high], axis=1
        )
        return figures, np.atleast_1d(fit.converged)

    def _fit(self, sums: ClusterSums, conf_level: float) -> BatchFit:
        if self.model == "random-intercept":
            return fit_random_intercepts(sums, term="treated", conf_level=conf_level)
        inside = tuple(n for n in sums.names if n != "constant")
        return fit_fixed_clusters(sums.only(inside), term="treated", conf_level=conf_level)

    def _sums_of(self, frame: pd.DataFrame) -> ClusterSums:
        columns = [self.team, self.period, self.treated, self.outcome]
        if absent := [c for c in columns if c not in frame]:
            raise CoverageError(
                f"the rows lack {plural(len(absent), 'column')}: {', '.join(absent)}.",
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
                f"column '{self.treated}' is not 0 or 1, or differs within a team and period ({mixed} such).",
                fix="Code it 0 before a team crosses over and 1 from then on.",
                code="WEDGE-TREATED",
            )
        wide = {n: cells[c].agg(f).unstack() for n, c, f in (("n", "y", "size"), ("sum", "y", "sum"))}
        treated = cells[self.treated].first().astype(float).unstack().fillna(0.0).to_numpy()
        squares = cells["square"].sum().unstack().fillna(0.0).sum(axis=1).to_numpy()[None]
        n, sums = (wide[k].fillna(0.0).to_numpy(dtype=np.float64) for k in ("n", "sum"))
        return _wedge_sums(treated, n, sums[None], squares)


@dataclass(frozen=True)
class _Run:
    """What is tried: all that the numbers of one trial depend on."""

    study: WedgeStudy
    wedges: dict[str, Wedge]
    seed: int
    conf_level: float

    def made_from(self) -> dict[str, object]:
        return {
            "study": hash_of(self.study),
            "truth": hash_of(*self.wedges.values()),
            "seed": self.seed,
            "conf_level": self.conf_level,
            "code": code_version(),
        }

    def trials(self, scenario: str, at: Sequence[int]) -> list[TrialRow]:
        return self.study.trials(self.wedges[scenario], [simulation_seed(self.seed, i) for i in at], self.conf_level)


def _run_all(
    run: _Run, n_sims: int, *, n_jobs: int | None, progress: bool, resume: Path | str | None
) -> dict[tuple[str, int], TrialRow]:
    """Every trial by scenario and number; those that a file already holds are read from it."""
    every = [(n, i) for n in run.wedges for i in range(n_sims)]
    file = TrialLog(resume, run.made_from()) if resume is not None else None
    found: dict[tuple[str, int], TrialRow] = {
        at: file.found[_key(at)] for at in every if file and _key(at) in file.found
    }
    left = {n: [i for i in range(n_sims) if (n, i) not in found] for n in run.wedges}
    parts = [(n, todo[k : k + CHUNK]) for n, todo in left.items() for k in range(0, len(todo), CHUNK)]
    results = Parallel(n_jobs=n_jobs, return_as="generator")(delayed(run.trials)(*part) for part in parts)
    label = f"{', '.join(run.wedges)}: simulated authorities"
    with tqdm(total=len(every), initial=len(found), desc=label, unit="authority", disable=not progress) as bar:
        for (name, at), rows in zip(parts, results, strict=True):
            for i, row in zip(at, rows, strict=True):
                found[name, i] = row
                if file:
                    file.add(_key((name, i)), row)
            bar.update(len(at))
    return found


def _key(at: tuple[str, int]) -> str:
    return f"{at[0]}:{at[1]}"


def _worlds(truths: Wedge | Sequence[Wedge], size_like: SizeLike | None) -> dict[str, Wedge]:
    """The wedges by name, of the size that was asked for."""
    several = [truths] if isinstance(truths, Wedge) else list(truths)
    if not several or not all(isinstance(w, Wedge) for w in several):
        raise StudyError("a diagnosis needs a truth.", fix="Pass 1 Wedge or more.", code="TRUTHS")
    if size_like is not None:
        size = size_like_of(size_like)
        workers = max(round(size.workers_per_team), 1)
        several = [
            replace(w, teams=size.n_la * size.teams_per_la, periods=size.months, workers=workers) for w in several
        ]
    known = {w.scenario: w for w in several}
    sizes = {(w.teams, w.periods, w.workers) for w in several}
    if len(known) < len(several) or len(sizes) > 1:
        raise StudyError(
            f"{len(several)} truths have {plural(len(known), 'name')} and {plural(len(sizes), 'size')}.",
            fix="Use a different scenario for each, and one size for all.",
            code="TRUTHS",
        )
    return known


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
