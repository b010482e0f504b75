"""A study tried where the truth is known: many authorities simulated, each estimated, the figures gathered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypedDict

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm.std import tqdm

from hybrid_toolkit.data.evaluation_data import SIMULATED, EvaluationData, vouch
from hybrid_toolkit.data.instruments.definition_file import survey_instruments_of
from hybrid_toolkit.errors import HybridToolkitError, StudyError
from hybrid_toolkit.study.declaration.study_frames import build_frame
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.diagnosis.data_size import size_of
from hybrid_toolkit.study.diagnosis.diagnosis_result import DRAW_COLUMNS, FIGURES, Diagnosis, Truths
from hybrid_toolkit.study.diagnosis.suited_scenarios import first_suited
from hybrid_toolkit.study.diagnosis.trial_log import TrialLog, code_version, hash_of
from hybrid_toolkit.study.diagnosis.true_effect import true_effect
from hybrid_toolkit.study.units.months import clock_tables
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.generate import resolve, simulate_authority
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.tables.panel import N_NATIONAL, simulate_panel
from hybrid_toolkit.synth.truth import Truth

__all__ = ["Diagnosis", "diagnose_together", "simulation_seed"]

SizeLike: TypeAlias = Size | str | EvaluationData
TruthLike: TypeAlias = Truth | str
TrialRow: TypeAlias = Sequence[Any]
"""Outcome, error code, figures (empty where the fit failed)."""


class TrialOptions(TypedDict, total=False):
    """How trials are run; see ``diagnose_together``."""

    n_sims: int
    seed: int
    n_jobs: int | None
    progress: bool
    conf_level: float
    resume: Path | str | None


def simulation_seed(seed: int, index: int) -> int:
    """The seed of one simulation: of its own, whatever the number of cores or of simulations.

    Examples
    --------
    >>> simulation_seed(1, 0) == simulation_seed(1, 0), simulation_seed(1, 0) == simulation_seed(1, 1)
    (True, False)
    """
    return int(np.random.SeedSequence((seed, index)).generate_state(1)[0])


def error_code(error: Exception) -> str:
    """What a failure is counted as: the code of a named error, else the type of the exception.

    Examples
    --------
    >>> error_code(StudyError("x", code="SIMS")), error_code(np.linalg.LinAlgError())
    ('SIMS', 'LinAlgError')
    """
    return error.code if isinstance(error, HybridToolkitError) else type(error).__name__


def check_trials(n_sims: int, seed: int, conf_level: float, n_jobs: int | None) -> None:
    """That trials can be run so.

    Raises
    ------
    StudyError
        Fewer than two simulations, or a number of them that is not whole; a seed below 0; a level of the intervals that
        is not between 0 and 1; no process, or a number of them that is not whole.
    """
    if not _is_whole(n_sims) or n_sims < 2:
        raise StudyError(
            "a diagnosis needs a whole number of simulations, at least 2.", fix="Ask for 100 or more.", code="SIMS"
        )
    if not _is_whole(seed) or seed < 0:
        raise StudyError("a seed is a whole number from 0.", fix="Use a seed of 0 or more.", code="SEED")
    if not isinstance(conf_level, float | np.floating) or not 0 < conf_level < 1:
        raise StudyError(
            "the level of the intervals lies between 0 and 1.", fix="Ask for 0.95, say.", code="CONF-LEVEL"
        )
    if n_jobs is not None and (not _is_whole(n_jobs) or n_jobs == 0):
        raise StudyError(
            "n_jobs is a whole number of processes, or -1 for one a core.",
            fix="Leave it out for one process.",
            code="N-JOBS",
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def diagnose_together(
    studies: Sequence[StudySpec],
    truths: TruthLike | Sequence[TruthLike] | None = None,
    size_like: SizeLike = "small",
    *,
    n_sims: int = 100,
    seed: int = 20_250_000,
    n_jobs: int | None = None,
    progress: bool = True,
    conf_level: float = 0.95,
    resume: Path | str | None = None,
) -> tuple[Diagnosis, ...]:
    """Simulate each authority once and run several studies on it.

    Parameters
    ----------
    studies : Sequence[StudySpec]
        The studies, all of units that the simulated tables hold.
    truths : TruthLike | Sequence[TruthLike] | None, optional
        A ``Truth`` or the name of a scenario, or several of them. Under each the same seeds are used. By default the
        first scenario in which the studies can be tried.
    size_like : SizeLike, default "small"
        A ``Size``, the name of one, or data whose teams, workers a team, months and waves are taken. Studies of yearly
        totals alone take the national panel: the authorities of that size, or 150 where it has only one.
    n_sims : int, default 100
        Authorities to simulate under each truth.
    seed : int, default 20250000
        Authority i is simulated from ``simulation_seed(seed, i)``.
    n_jobs : int | None, optional
        Processes; None for one, or for what ``joblib.parallel_config`` says: with ``backend="dask"`` the trials run on
        that cluster. The numbers are the same for any number.
    progress : bool, default True
        Show a progress bar.
    conf_level : float, default 0.95
        Level of the intervals.
    resume : Path | str | None, optional
        A file that each trial is written to as it comes. Run the same call again after an interruption and it goes on
        from there; ask for more ``n_sims`` and only the new ones are run.

    Raises
    ------
    StudyError
        See ``check_trials``; no truth, none that suits all studies, or ``resume`` holds the trials of another run.
    UsageError
        An unknown scenario, size or estimand.
    OutputError
        The file of ``resume`` cannot be written.

    Notes
    -----
    A fit that raises, gives a figure that is no number or stops short of its optimum is counted among the failures, by
    the code of its error or the type of an exception that nobody foresaw, and leaves the others as they are.
    """
    check_trials(n_sims, seed, conf_level, n_jobs)
    run = _Run(
        tuple(studies),
        _named(first_suited(studies) if truths is None else truths),
        size_like_of(size_like),
        seed,
        conf_level,
    )
    found = _run_all(run, n_sims, n_jobs=n_jobs, progress=progress, resume=resume)
    known = [run.true_values(s) for s in run.studies]
    made = tuple(
        Diagnosis(
            study_id=study.id,
            size=run.size.name,
            n_sims=n_sims,
            seed=seed,
            conf_level=conf_level,
            truths_by_scenario=known[k],
            draws=draws_of((name, i, found[name, i][k]) for name in run.truths for i in range(n_sims)),
        )
        for k, study in enumerate(run.studies)
    )
    return tuple(vouch(one, SIMULATED) for one in made)


@dataclass(frozen=True)
class _Run:
    """What is tried: all that the numbers of one trial depend on."""

    studies: tuple[StudySpec, ...]
    truths: dict[str, Truth]
    size: Size
    seed: int
    conf_level: float

    def made_from(self) -> dict[str, object]:
        return {
            "study": hash_of(*(s.to_toml() for s in self.studies)),
            "truth": hash_of(*(f"{n}:{t.to_json()}" for n, t in self.truths.items())),
            "size": hash_of(self.size),
            "seed": self.seed,
            "conf_level": self.conf_level,
            "code": code_version(),
        }

    def true_values(self, study: StudySpec) -> dict[str, Truths]:
        return {
            n: tuple((o, true_value_of(study, o, t, self.size)) for o in study.outcomes) for n, t in self.truths.items()
        }

    def trial(self, name: str, index: int) -> list[list[TrialRow]]:
        """One authority: for each study, each outcome's error code and figures."""
        tables = sorted({t for s in self.studies for t in _simulated(s)})
        wanted = {
            s.row_unit: {c: None for o in self.studies if o.row_unit == s.row_unit for c in o.columns}
            for s in self.studies
        }
        try:
            asked = {c for s in self.studies if "survey" in s.tables() for c in s.columns}
            drawn = survey_instruments_of(asked) if asked else ()
            data = _simulate(self.truths[name], self.size, tables, drawn, simulation_seed(self.seed, index))
            own = {
                u: tuple(dict.fromkeys(m for s in self.studies if s.row_unit == u for m in s.metrics)) for u in wanted
            }
            frames = {unit: build_frame(data, unit, list(columns), own[unit]) for unit, columns in wanted.items()}
        except Exception as error:  # counted by its type, shown in the diagnosis: one bad draw never spoils the others
            return [[(o, error_code(error), ()) for o in s.outcomes] for s in self.studies]
        return [[_fit(s, frames[s.row_unit], o, self.conf_level) for o in s.outcomes] for s in self.studies]


def _simulated(study: StudySpec) -> set[str]:
    """The tables that a study needs, with one that has the months of the period where none of them has."""
    tables = set(study.tables())
    clocks = clock_tables(study.columns) if study.row_unit in ("team-month", "authority-month") else ()
    return tables if not clocks or tables & set(clocks) else {*tables, clocks[-1]}


def _run_all(
    run: _Run, n_sims: int, *, n_jobs: int | None, progress: bool, resume: Path | str | None
) -> dict[tuple[str, int], list[list[TrialRow]]]:
    """Every trial by scenario and number; those that a file already holds are read from it."""
    for study in run.studies:
        run.true_values(study)  # an unknown estimand is told before hours of work
    every = [(name, i) for name in run.truths for i in range(n_sims)]
    file = TrialLog(resume, run.made_from()) if resume is not None else None
    found = {(n, i): file.found[f"{n}:{i}"] for n, i in every if file and f"{n}:{i}" in file.found}
    todo = [at for at in every if at not in found]
    results = Parallel(n_jobs=n_jobs, return_as="generator")(delayed(run.trial)(*at) for at in todo)
    label = f"{', '.join(run.truths)}: simulated authorities"
    bar = tqdm(total=len(every), initial=len(found), desc=label, unit="authority", disable=not progress)
    with bar:
        for (name, i), result in zip(todo, results, strict=True):
            found[name, i] = result
            if file:
                file.add(f"{name}:{i}", result)
            bar.update()
    return found


def _named(truths: TruthLike | Sequence[TruthLike]) -> dict[str, Truth]:
    """The truths by name; of several with one name, the later ones get a number."""
    several = [truths] if isinstance(truths, Truth | str) else list(truths) if isinstance(truths, Iterable) else []
    if not several:
        raise StudyError("a diagnosis needs a truth.", fix="Name one scenario or more.", code="TRUTHS")
    out: dict[str, Truth] = {}
    for each in several:
        truth = resolve(each, "small", 0)[0]
        times = sum(n == truth.scenario or n.startswith(f"{truth.scenario} #") for n in out)
        out[f"{truth.scenario} #{times + 1}" if times else truth.scenario] = truth
    return out


def size_like_of(size_like: SizeLike) -> Size:
    """The size that was meant: a size, the name of one, or that of some data."""
    return size_of(size_like) if isinstance(size_like, EvaluationData) else resolve("null", size_like, 0)[1]


def _simulate(truth: Truth, size: Size, tables: list[str], drawn: tuple[str, ...], seed: int) -> EvaluationData:
    """The tables asked for; authorities' yearly totals alone come from the national panel."""
    if tables == ["la_year"]:
        return simulate_panel(truth, seed, n_la=size.n_la if size.n_la > 1 else N_NATIONAL)
    return simulate_authority(truth, size, seed, tables=tables, instruments=drawn)


def _fit(study: StudySpec, frame: pd.DataFrame, outcome: str, conf_level: float) -> TrialRow:
    plan = study.plan(outcome, conf_level=conf_level)
    try:
        fit, plain = study.design_used.fit(frame, plan), study.design_used.unadjusted(frame, plan)
    except Exception as error:  # counted by its type and shown in the diagnosis
        return outcome, error_code(error), ()
    figures = (fit.estimate, float(fit.row["std_error"].iloc[0]), *fit.interval, plain.estimate, *plain.interval)
    if not fit.fit.converged:
        return outcome, "NOT-CONVERGED", ()
    if not np.isfinite(figures).all():
        return outcome, "NOT-FINITE", ()
    return outcome, "", twelve_digits(figures)


def twelve_digits(figures: Iterable[float]) -> tuple[float, ...]:
    """Figures to twelve digits: the last few may differ with the threads of the linear algebra library.

    Examples
    --------
    >>> twelve_digits([0.1 + 0.2, 1 / 3])
    (0.3, 0.333333333333)
    """
    return tuple(float(f"{v:.12g}") for v in figures)


def draws_of(trials: Iterable[tuple[str, int, Sequence[TrialRow]]]) -> pd.DataFrame:
    """The figures of trials (scenario, number, a row an outcome) as one frame."""
    empty = (np.nan,) * len(FIGURES)
    rows = [(n, i, o, *(figures or empty), error) for n, i, each in trials for o, error, figures in each]
    return pd.DataFrame(rows, columns=list(DRAW_COLUMNS))


def true_value_of(study: StudySpec, outcome: str, truth: Truth, size: Size) -> float:
    """The true value that a study is judged by: of the estimand that it names, or where it names none by intervention.

    Raises
    ------
    UsageError
        The study names an estimand that is not known.
    StudyError
        It names none, and ``true_effect`` has no value for it.
    """
    named = dict(zip(study.outcomes, study.estimands, strict=True))[outcome]
    return true_value(truth, named, size=size) if named else true_effect(study, truth, size, outcome=outcome).value
