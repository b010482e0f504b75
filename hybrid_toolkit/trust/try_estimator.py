"""One estimator tried on one small world whose truth is known: a cell of the trust table."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm.std import tqdm

from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.diagnosis.diagnose import error_code, simulation_seed
from hybrid_toolkit.study.diagnosis.performance import Measure, measure_draws, measure_rows
from hybrid_toolkit.study.diagnosis.trial_log import TrialLog, code_version
from hybrid_toolkit.trust.candidate import Candidate
from hybrid_toolkit.trust.dgps import DGP

CONFIDENCE_LEVEL = 0.95
LOWEST, HIGHEST = 0.93, 0.97
"""95% intervals should hold the truth so often, within twice the Monte Carlo error."""
MOST_FAILURES = 0.05
NOTABLE = 0.25
"""A bias above this share of the estimates' spread is told."""
CELLS_COME_FROM = (
    *("metrics", "models", "designs", "trust/dgps", "trust/candidates"),
    *(
        "trust/candidate.py",
        "trust/try_estimator.py",
        "study/diagnosis/performance.py",
        "study/diagnosis/wedge_study.py",
    ),
)
"""Code that the figures of a cell depend on; the generator, graphs and claims are not among it."""
_FIGURES = ("estimate", "std_error", "conf_low", "conf_high")
Outcome: TypeAlias = tuple[str, tuple[float, ...]]
"""Error code, figures (empty where the fit failed)."""


@dataclass(frozen=True, eq=False)
class Trial:
    """How one estimator did on many simulated data sets of one process.

    Parameters
    ----------
    candidate : str
        Id of the candidate.
    dgp : str
        Id of the data-generating process.
    truth : float
        True value.
    n_sims : int
        Number of simulated data sets.
    seed : int
        Seed of the draws.
    own : bool
        Whether the estimator's own assumptions hold there.
    breaks : str
        What is broken where they do not, or why the estimator is off; one sentence or empty.
    draws : pd.DataFrame
        One row a draw: ``sim``, the columns of ``_FIGURES`` and ``error``.
    synthetic : bool, default True
        Whether the data are simulated; results are then labelled so.

    Examples
    --------
    >>> coin = DGP("coin", "A coin.", 0.5, lambda r: pd.DataFrame({"y": r.integers(0, 2, 50)}))
    >>> def mean(f):
    ...     m, se = f["y"].mean(), f["y"].sem()
    ...     return m, se, m - 2 * se, m + 2 * se
    >>> trial = try_estimator(Candidate("mean", "The mean", "coins", mean, ("coin",), ("coin",)), coin, n_sims=200)
    >>> trial.candidate, trial.n_sims, sorted(trial.measures())[:3]
    ('mean', 200, ['bias', 'coverage', 'failures'])
    """

    candidate: str
    dgp: str
    truth: float
    n_sims: int
    seed: int
    own: bool
    breaks: str
    draws: pd.DataFrame = field(repr=False)
    synthetic: bool = True

    def measures(self) -> dict[str, Measure]:
        """As ``measure_draws``; an estimator without intervals has no coverage and no power.

        Returns
        -------
        dict[str, Measure]
            As ``measure_draws``; an estimator without intervals has no coverage and no power.
        """
        got = measure_draws(self.draws, self.truth)
        ran = self.draws["error"].eq("")
        if ran.any() and self.draws.loc[ran, "conf_low"].isna().all():
            nothing = (float("nan"), float("nan"), 0)
            got |= {m: nothing for m in ("coverage", "power", "false_positive", "type_s", "type_m") if m in got}
        return got

    def tidy(self) -> pd.DataFrame:
        """One row a measure; ``std_error`` is its Monte Carlo error.

        Returns
        -------
        pd.DataFrame
            One row a measure; ``std_error`` is its Monte Carlo error.
        """
        return measure_rows(self.measures())

    def failures(self) -> dict[str, int]:
        """Kind of failure -> how many fits failed so.

        Returns
        -------
        dict[str, int]
            Kind of failure -> how many fits failed so.
        """
        counted = self.draws.loc[self.draws["error"] != "", "error"].value_counts()
        return {str(k): int(v) for k, v in counted.items()}

    def glance(self) -> pd.DataFrame:
        """One row: what was tried, how often, the verdict.

        Returns
        -------
        pd.DataFrame
            One row: what was tried, how often, the verdict.
        """
        failed = sum(self.failures().values())
        row = {"candidate": self.candidate, "dgp": self.dgp, "n": self.n_sims, "n_failed": failed}
        row |= {"method": f"{self.n_sims} draws, seed {self.seed}", "converged": failed == 0, "verdict": self.verdict}
        return pd.DataFrame([row])

    def summary(self) -> str:
        """Prose with the Monte Carlo error of coverage.

        Returns
        -------
        str
            Prose with the Monte Carlo error of coverage.
        """
        got = self.measures()
        told = "power" if "power" in got else "false_positive"
        cover, error, _ = got["coverage"]
        return (
            f"{self.candidate} on {self.dgp}, {self.n_sims} draws: truth {self.truth:+.3f}, bias "
            f"{got['bias'][0]:+.3f}; intervals contain the true value in {cover:.1%} (Monte Carlo error "
            f"{error:.1%}) and "
            f"exclude zero in {got[told][0]:.0%}; {got['failures'][0]:.0%} of fits failed. {self.verdict}."
        )

    @property
    def verdict(self) -> str:
        """``held`` (``intervals wide``, ``biased``), ``not held``, ``breaks: ...``, ``no intervals``, ``no fit ran``.

        Biased means a bias clear of chance and above a quarter of the spread of the estimates. Under the estimator's
        own assumptions, ``not held`` is a fault of the estimator, or what its printed warning says; where an assumption
        is broken on purpose, ``breaks`` names it.
        """
        got = self.measures()
        if got["failures"][0] == 1:
            return "no fit ran"
        cover, _, n = got["coverage"]
        if np.isnan(cover):
            return "no intervals"
        error = 2 * float(np.sqrt(CONFIDENCE_LEVEL * (1 - CONFIDENCE_LEVEL) / n))
        held = cover >= LOWEST - error and got["failures"][0] <= MOST_FAILURES
        if held:
            notes = (", intervals wide" if cover > HIGHEST + error else "", ", biased" if self._biased(got) else "")
            return "held" + "".join(notes)
        why = self.breaks.rstrip(".")
        why = why[:1].lower() + why[1:] if why[1:2].islower() or why[1:2] == " " else why
        if self.own:
            return f"not held: {why}" if why else "not held"
        return f"breaks: {why or 'what it assumes is not met there'}"

    def _biased(self, got: dict[str, Measure]) -> bool:
        bias, error, _ = got["bias"]
        spread = float(self.draws["estimate"].std())
        return abs(bias) > 3 * error and abs(bias) > NOTABLE * spread


def try_estimator(
    candidate: Candidate,
    dgp: DGP,
    *,
    n_sims: int = 0,
    seed: int = 20_252_000,
    n_jobs: int | None = None,
    progress: bool = False,
    resume: Path | str | None = None,
) -> Trial:
    """Run an estimator on many draws of a world.

    Parameters
    ----------
    candidate : Candidate
        The estimator that is tried.
    dgp : DGP
        The world that it is tried on.
    n_sims : int, default 0
        Draws; 0 for as many as the candidate asks for.
    seed : int, default 20252000
        Draw i comes from ``simulation_seed(seed, i)``, the same draws for every candidate.
    n_jobs : int | None, optional
        As in ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``.
    progress : bool, default False
        As in ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``.
    resume : Path | str | None, optional
        As in ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``.

    Returns
    -------
    Trial
        How one estimator did on many draws of one world.

    Raises
    ------
    StudyError
        Fewer than two draws, or ``resume`` holds the trials of another run.

    Examples
    --------
    >>> coin = DGP("coin", "A coin.", 0.5, lambda r: pd.DataFrame({"y": r.integers(0, 2, 50)}))
    >>> def mean(f):
    ...     m, se = f["y"].mean(), f["y"].sem()
    ...     return m, se, m - 2 * se, m + 2 * se
    >>> trial = try_estimator(Candidate("mean", "The mean", "coins", mean, ("coin",), ("coin",)), coin, n_sims=200)
    >>> abs(trial.measures()["bias"][0]) < 0.02, trial.failures()
    (True, {})
    """
    count = n_sims or candidate.n_sims
    if count < 2:
        raise StudyError("a trial needs at least 2 draws.", fix="Ask for 200 or more.", code="SIMS")
    parts = {"candidate": candidate.id, "dgp": dgp.id, "seed": seed, "code": code_version(CELLS_COME_FROM)}
    file = TrialLog(resume, parts) if resume is not None else None
    found = {i: file.found[str(i)] for i in range(count) if file and str(i) in file.found}
    todo = [i for i in range(count) if i not in found]
    run = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(_one)(candidate, dgp, simulation_seed(seed, i)) for i in todo
    )
    label = f"{candidate.id} on {dgp.id}"
    with tqdm(total=count, initial=len(found), desc=label, unit="draw", disable=not progress) as bar:
        for i, result in zip(todo, run, strict=True):
            found[i] = result
            if file:
                file.add(str(i), result)
            bar.update()
    empty = (np.nan,) * len(_FIGURES)
    rows = [(i, *(found[i][1] or empty), found[i][0]) for i in range(count)]
    own = dgp.id in candidate.own
    return Trial(
        candidate=candidate.id,
        dgp=dgp.id,
        truth=dgp.truth,
        n_sims=count,
        seed=seed,
        own=own,
        breaks=candidate.warning if own else dgp.breaks or candidate.warning,
        draws=pd.DataFrame(rows, columns=["sim", *_FIGURES, "error"]),
    )


def _one(candidate: Candidate, dgp: DGP, seed: int) -> Outcome:
    try:
        figures = tuple(float(f"{float(v):.12g}") for v in candidate.estimate(dgp.simulate(seed)))
    except Exception as error:  # counted by its type and shown in the trial
        return error_code(error), ()
    if len(figures) != len(_FIGURES) or not np.isfinite(figures[0]):
        return "NOT-FINITE", ()
    # one end alone missing would count as an interval that misses the truth
    return ("NO-INTERVAL", ()) if np.isnan(figures[2:]).sum() == 1 else ("", figures)
