"""A study tried where the truth is known: bias, error, coverage, power, and what happens when chance is lucky."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm.std import tqdm

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import HybridToolkitError, StudyError
from hybrid_toolkit.result import TIDY_COLUMNS, Check
from hybrid_toolkit.study.frames import build_frame
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.generate import resolve, simulate_authority
from hybrid_toolkit.synth.panel import N_NATIONAL, simulate_panel
from hybrid_toolkit.synth.truth import Size, Truth

ENOUGH_POWER = 0.8
NEGLIGIBLE = 0.1
"""A truth below this share of the estimates' spread counts as none for power and errors of sign and size."""
LOWEST_COVERAGE = 0.93
DRAW_COLUMNS = ("sim", "outcome", "estimate", "std_error", "conf_low", "conf_high", "naive", "naive_low", "naive_high")


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """How a study did over many simulated authorities.

    Parameters
    ----------
    study_id, scenario, size : what was tried, under which truth, at what size.
    sims, seed, conf_level : how often, from which seed, level of the intervals.
    truths : outcomes with their true values.
    draws : one row a simulation and outcome: the columns of ``DRAW_COLUMNS`` and ``error`` (a code, or empty).
    """

    study_id: str
    scenario: str
    size: str
    sims: int
    seed: int
    conf_level: float
    truths: tuple[tuple[str, float], ...]
    draws: pd.DataFrame = field(repr=False)
    synthetic: bool = True

    def tidy(self) -> pd.DataFrame:
        """One row an outcome and measure; ``std_error`` is the Monte Carlo error of the measure.

        Measures: ``bias``, ``rmse``, ``coverage``, ``power`` (or ``false_positive`` where the truth is zero or
        negligible),
        ``type_s`` (share of clear estimates with the wrong sign), ``type_m`` (mean of their size over the true size),
        ``failures`` (share of fits that raised), ``naive_bias``, ``naive_coverage``; ``truth`` has no error.
        """
        return pd.concat([_measures(self.draws, o, t) for o, t in self.truths], ignore_index=True)

    def measures(self, outcome: str = "") -> dict[str, tuple[float, float]]:
        """Measures of the main or another outcome: name -> (value, Monte Carlo error)."""
        rows = self.tidy()
        rows = rows[rows["outcome"].eq(outcome or self.truths[0][0])]
        return {
            str(t): (float(v), float(e))
            for t, v, e in zip(rows["term"], rows["estimate"], rows["std_error"], strict=True)
        }

    def value(self, measure: str, outcome: str = "") -> float:
        """One measure of the main or another outcome; NaN where it does not apply."""
        return self.measures(outcome).get(measure, (float("nan"), float("nan")))[0]

    def glance(self) -> pd.DataFrame:
        """One row: what was tried, how often, how many fits failed."""
        failed = int(self.draws["error"].ne("").sum())
        return pd.DataFrame(
            {
                "study": [self.study_id],
                "scenario": [self.scenario],
                "size": [self.size],
                "n": [self.sims],
                "n_failed": [failed],
                "method": [f"{self.sims} simulated authorities, seed {self.seed}"],
                "converged": [failed == 0],
            }
        )

    def summary(self) -> str:
        """Prose, with the Monte Carlo error of coverage."""
        lines = [f"{self.study_id}, tried on {self.sims} simulated authorities ({self.scenario}, {self.size})."]
        for outcome, truth in self.truths:
            got = self.measures(outcome)
            cover, error = got["coverage"]
            told = got["power" if "power" in got else "false_positive"][0]
            lines.append(
                f"{outcome}: truth {truth:+.3f}, bias {got['bias'][0]:+.3f}; intervals hold the truth in {cover:.0%} "
                f"(Monte Carlo error {error:.1%}); they leave out zero in {told:.0%}; {got['failures'][0]:.0%} of fits "
                f"failed; a naive comparison is off by {got['naive_bias'][0]:+.3f}."
            )
        return "\n".join(lines)

    def checks(self, study: Study, outcome: str) -> tuple[Check, ...]:
        """Power and coverage as checks of an estimate.

        Raises
        ------
        StudyError : this is the diagnosis of another study.
        """
        if study.id != self.study_id or outcome not in dict(self.truths):
            raise StudyError(
                f"the diagnosis is of study '{self.study_id}' and does not speak of this one.",
                fix="Diagnose the study whose claims are asked for.",
                code="DIAGNOSIS",
            )
        got = self.measures(outcome)
        cover, error = got["coverage"]
        good = cover + 2 * error >= LOWEST_COVERAGE
        verdict = f"Intervals held the known truth in {cover:.0%} of trials."
        out = [Check("coverage", good, verdict, cover, LOWEST_COVERAGE)]
        if "power" in got:
            power, size = got["power"][0], got["type_m"][0]
            verdict = f"A difference of the size tried would be told from none in {power:.0%} of such data"
            if power < ENOUGH_POWER and np.isfinite(size):
                verdict += f"; those that were told came out {size:.1f} times as large as the truth"
            out.append(Check("power", power >= ENOUGH_POWER, f"{verdict}.", power, ENOUGH_POWER))
        return tuple(out)


def simulation_seed(seed: int, index: int) -> int:
    """The seed of one simulation: of its own, whatever the number of cores or of simulations.

    Examples
    --------
    >>> simulation_seed(1, 0) == simulation_seed(1, 0), simulation_seed(1, 0) == simulation_seed(1, 1)
    (True, False)
    """
    return int(np.random.SeedSequence((seed, index)).generate_state(1)[0])


def diagnose_together(
    studies: Sequence[Study],
    truth: Truth | str = "helpful-hump",
    size: Size | str = "small",
    *,
    sims: int = 100,
    seed: int = 20_250_000,
    n_jobs: int = 1,
    progress: bool = True,
    conf_level: float = 0.95,
) -> tuple[Diagnosis, ...]:
    """Simulate each authority once and run several studies on it.

    Parameters
    ----------
    studies : the studies, all of units that the simulated tables hold.
    truth : a ``Truth`` or the name of a scenario.
    size : a ``Size`` or the name of one. Studies of yearly totals alone take the national panel: the authorities of
        that size, or 150 where it has only one.
    sims : authorities to simulate.
    seed : authority i is simulated from ``simulation_seed(seed, i)``.
    n_jobs : processes; the numbers are the same for any number.
    progress : show a progress bar.
    conf_level : level of the intervals.

    Raises
    ------
    StudyError : fewer than two simulations.
    UsageError : an unknown scenario, size or estimand.

    Notes
    -----
    Measures and their Monte Carlo errors as in Morris, White and Crowther (2019), Statistics in Medicine 38, table 6;
    type S and M as in Gelman and Carlin (2014), Perspectives on Psychological Science 9. A fit that raises is counted
    among the failures and leaves the others as they are.
    """
    if sims < 2:
        raise StudyError("a diagnosis needs at least 2 simulations.", fix="Ask for 100 or more.", code="SIMS")
    made_truth, made_size = resolve(truth, size, 0)
    truths = [
        tuple((o, true_value(made_truth, e, size=made_size)) for o, e in zip(s.outcomes, s.estimands, strict=True))
        for s in studies
    ]
    tables = sorted({t for s in studies for t in s.tables()})
    jobs = (
        delayed(_one)(tuple(studies), made_truth, made_size, tables, simulation_seed(seed, i), conf_level)
        for i in range(sims)
    )
    run = Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    label = f"{made_truth.scenario}: simulated authorities"
    results = list(tqdm(run, total=sims, desc=label, unit="authority", disable=not progress))
    return tuple(
        Diagnosis(
            study_id=study.id,
            scenario=made_truth.scenario,
            size=made_size.name,
            sims=sims,
            seed=seed,
            conf_level=conf_level,
            truths=truths[k],
            draws=_draws([r[k] for r in results]),
        )
        for k, study in enumerate(studies)
    )


_Row = tuple[str, str, tuple[float, ...]]


def _one(
    studies: tuple[Study, ...], truth: Truth, size: Size, tables: list[str], seed: int, conf_level: float
) -> list[list[_Row]]:
    """One authority: for each study, each outcome's error code and figures."""
    data = _simulate(truth, size, tables, seed)
    wanted = {u: {c: None for s in studies if s.unit == u for c in s.columns} for u in {s.unit for s in studies}}
    frames = {unit: build_frame(data, unit, list(columns)) for unit, columns in wanted.items()}
    return [[_fit(s, frames[s.unit], o, conf_level) for o in s.outcomes] for s in studies]


def _simulate(truth: Truth, size: Size, tables: list[str], seed: int) -> EvaluationData:
    """The tables asked for; authorities' yearly totals alone come from the national panel."""
    if tables == ["la_year"]:
        return simulate_panel(truth, seed, n_la=size.n_la if size.n_la > 1 else N_NATIONAL)
    return simulate_authority(truth, size, seed, tables=tables)


def _fit(study: Study, frame: pd.DataFrame, outcome: str, conf_level: float) -> _Row:
    plan = study.plan(outcome, conf_level=conf_level)
    try:
        fit, plain = study.design_used.fit(frame, plan), study.design_used.naive(frame, plan)
    except HybridToolkitError as error:
        return outcome, error.code, ()
    figures = (fit.estimate, float(fit.row["std_error"].iloc[0]), *fit.interval, plain.estimate, *plain.interval)
    # twelve digits: the last few may differ with the number of threads of the linear algebra library
    return outcome, "", tuple(float(f"{v:.12g}") for v in figures)


def _draws(results: list[list[_Row]]) -> pd.DataFrame:
    empty = (np.nan,) * 7
    rows = [(i, o, *(figures or empty), error) for i, each in enumerate(results) for o, error, figures in each]
    return pd.DataFrame(rows, columns=[*DRAW_COLUMNS, "error"])


def _share(hits: pd.Series[bool]) -> tuple[float, float, int]:
    n = len(hits)
    p = float(hits.mean()) if n else float("nan")
    return p, float(np.sqrt(p * (1 - p) / n)) if n else float("nan"), n


def _mean(values: pd.Series[float]) -> tuple[float, float, int]:
    n = len(values)
    return (float(values.mean()), float(values.std() / np.sqrt(n)), n) if n > 1 else (float("nan"), float("nan"), n)


def _measures(draws: pd.DataFrame, outcome: str, truth: float) -> pd.DataFrame:
    mine = draws[draws["outcome"] == outcome]
    ran = mine[mine["error"] == ""]
    off = ran["estimate"] - truth
    square, square_error, n = _mean(off**2)
    rmse = float(np.sqrt(square))
    clear = ran[(ran["conf_low"] > 0) | (ran["conf_high"] < 0)]
    told = _share((ran["conf_low"] > 0) | (ran["conf_high"] < 0))
    measures: dict[str, tuple[float, float, int]] = {
        "truth": (truth, float("nan"), n),
        "bias": _mean(off),
        "rmse": (rmse, square_error / (2 * rmse) if rmse > 0 else 0.0, n),
        "coverage": _share(ran["conf_low"].le(truth) & ran["conf_high"].ge(truth)),
    }
    if abs(truth) > NEGLIGIBLE * float(ran["estimate"].std()):
        measures["power"] = told
        measures["type_s"] = _share(np.sign(clear["estimate"]) != np.sign(truth))
        measures["type_m"] = _mean(clear["estimate"].abs() / abs(truth))
    else:
        measures["false_positive"] = told
    measures["failures"] = _share(mine["error"] != "")
    measures["naive_bias"] = _mean(ran["naive"] - truth)
    measures["naive_coverage"] = _share(ran["naive_low"].le(truth) & ran["naive_high"].ge(truth))
    table = pd.DataFrame(
        [(outcome, m, v, e, v - 1.96 * e, v + 1.96 * e, np.nan, k, "") for m, (v, e, k) in measures.items()],
        columns=["outcome", *TIDY_COLUMNS],
    )
    return table
