"""What a study's trials say: bias, error, coverage, power, and what happens when chance is lucky."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch, vouched
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.result import TIDY_COLUMNS, Check
from hybrid_toolkit.study.diagnosis.performance import measure_draws, measure_rows

if TYPE_CHECKING:
    from hybrid_toolkit.study.declaration.study_spec import StudySpec

ENOUGH_POWER = 0.8
LOWEST_COVERAGE = 0.93
LEAST_TRIALS = 100
FIGURES = ("estimate", "std_error", "conf_low", "conf_high", "unadjusted", "unadjusted_low", "unadjusted_high")
DRAW_COLUMNS = ("scenario", "sim", "outcome", *FIGURES, "error")
Truths: TypeAlias = tuple[tuple[str, float], ...]
"""Outcomes with their true values."""


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """How a study did over many simulated authorities, under one truth or several.

    Parameters
    ----------
    study_id : str
        Id of the study that was tried.
    size : str
        At what size.
    n_sims : int
        Authorities a truth.
    seed : int
        Seed of the trials.
    conf_level : float
        Level of the intervals.
    truths_by_scenario : Mapping[str, Truths]
        Scenario -> outcomes with their true values, in the order asked for.
    draws : pd.DataFrame
        One row a scenario, simulation and outcome: ``DRAW_COLUMNS``; ``error`` is the code of the error that a fit
        raised, the type of an exception that nobody foresaw, or empty.
    synthetic : bool, default True
        Whether the data are simulated; results are then stamped.

    Examples
    --------
    >>> from hybrid_toolkit.study.diagnosis.wedge_study import Wedge, WedgeStudy
    >>> tried = WedgeStudy("roll-out").diagnose(Wedge(teams=10, periods=4, workers=5), n_sims=50, progress=False)
    >>> sorted(tried.measures())[:3]
    ['bias', 'coverage', 'failures']
    """

    study_id: str
    size: str
    n_sims: int
    seed: int
    conf_level: float
    truths_by_scenario: Mapping[str, Truths]
    draws: pd.DataFrame = field(repr=False)
    synthetic: bool = True

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The truths it was tried under, by name."""
        return tuple(self.truths_by_scenario)

    @property
    def scenario(self) -> str:
        """The scenarios, in words."""
        return ", ".join(self.scenarios)

    @property
    def truths(self) -> Truths:
        """Outcomes with their true values, of the first scenario."""
        return self.truths_by_scenario[self.scenarios[0]]

    def under(self, scenario: str) -> Diagnosis:
        """The trials under one of the truths.

        Parameters
        ----------
        scenario : str
            Name of one of the truths.

        Returns
        -------
        Diagnosis
            The trials under one of the truths.

        Raises
        ------
        StudyError
            The study was not tried under it.
        """
        if scenario not in self.truths_by_scenario:
            raise StudyError(
                "the study was not tried under a scenario of that name.",
                fix=f"Choose one of: {self.scenario}.",
                code="DIAGNOSIS",
            )
        mine = self.draws[self.draws["scenario"] == scenario].reset_index(drop=True)
        part = replace(self, truths_by_scenario={scenario: self.truths_by_scenario[scenario]}, draws=mine)
        return vouch(part, SIMULATED) if vouched(self, SIMULATED) else part

    def tidy(self) -> pd.DataFrame:
        """One row a scenario, outcome and measure; ``std_error`` is the Monte Carlo error of the measure.

        ``conf_low`` and ``conf_high`` hold the measure itself over endless trials in 95%; Wilson's for shares.

        Measures: ``bias``, ``rmse``, ``coverage``, ``power`` (or ``false_positive`` where the truth is zero or
        negligible), ``type_s`` (share of clear estimates with the wrong sign), ``type_m`` (mean of their size over the
        true size), ``failures`` (share of fits that raised or did not converge), ``unadjusted_bias``,
        ``unadjusted_coverage``; ``truth`` has no error.

        Returns
        -------
        pd.DataFrame
            One row a scenario, outcome and measure; ``std_error`` is the Monte Carlo error of the measure.
        """
        parts = []
        for scenario, truths in self.truths_by_scenario.items():
            for outcome, truth in truths:
                mine = self.draws["scenario"].eq(scenario) & self.draws["outcome"].eq(outcome)
                rows = measure_rows(measure_draws(self.draws[mine], truth))
                parts.append(rows.assign(scenario=scenario, outcome=outcome))
        return pd.concat(parts, ignore_index=True)[["scenario", "outcome", *TIDY_COLUMNS]]

    def measures(self, outcome: str = "", scenario: str = "") -> dict[str, tuple[float, float]]:
        """Measures of the main or another outcome, under the first or another truth: name -> (value, error).

        Parameters
        ----------
        outcome : str, optional
            The main outcome by default, or another of ``outcomes``.
        scenario : str, optional
            The first truth by default, or another.

        Returns
        -------
        dict[str, tuple[float, float]]
            Measures of the main or another outcome, under the first or another truth: name -> (value, error).
        """
        one = self.under(scenario or self.scenarios[0])
        name = outcome or one.truths[0][0]
        got = measure_draws(one.draws[one.draws["outcome"] == name], dict(one.truths)[name])
        return {m: (value, error) for m, (value, error, _) in got.items()}

    def value(self, measure: str, outcome: str = "", scenario: str = "") -> float:
        """One measure; NaN where it does not apply.

        Parameters
        ----------
        measure : str
            Name of the measure.
        outcome : str, optional
            The main outcome by default, or another of ``outcomes``.
        scenario : str, optional
            The first truth by default, or another.

        Returns
        -------
        float
            One measure; NaN where it does not apply.
        """
        return self.measures(outcome, scenario).get(measure, (float("nan"), float("nan")))[0]

    def failures(self) -> pd.DataFrame:
        """One row a scenario, outcome and kind of failure, with how many fits failed so.

        Returns
        -------
        pd.DataFrame
            One row a scenario, outcome and kind of failure, with how many fits failed so.
        """
        failed = self.draws[self.draws["error"] != ""]
        counted = failed.groupby(["scenario", "outcome", "error"], sort=False).size()
        return counted.rename("n").reset_index()

    def glance(self) -> pd.DataFrame:
        """One row: what was tried, how often, how many fits failed.

        Returns
        -------
        pd.DataFrame
            One row: what was tried, how often, how many fits failed.
        """
        failed = int(self.draws["error"].ne("").sum())
        return pd.DataFrame(
            {
                "study": [self.study_id],
                "scenario": [self.scenario],
                "size": [self.size],
                "n": [self.n_sims],
                "n_failed": [failed],
                "method": [f"{self.n_sims} simulated authorities a truth, seed {self.seed}"],
                "converged": [failed == 0],
            }
        )

    def summary(self) -> str:
        """Prose, with the Monte Carlo error of coverage.

        Returns
        -------
        str
            Prose, with the Monte Carlo error of coverage.
        """
        lines = [f"{self.study_id}, tried on {self.n_sims} simulated authorities ({self.scenario}, {self.size})."]
        several = len(self.scenarios) > 1
        for scenario, truths in self.truths_by_scenario.items():
            for outcome, truth in truths:
                got = self.measures(outcome, scenario)
                if np.isnan(got["coverage"][0]):  # no fit ran
                    lines.append(f"{f'{scenario}, ' if several else ''}{outcome}: every fit failed.")
                    continue
                cover, error = got["coverage"]
                told = got["power" if "power" in got else "false_positive"][0]
                lines.append(
                    f"{f'{scenario}, ' if several else ''}{outcome}: true value {truth:+.3f}, bias "
                    f"{got['bias'][0]:+.3f}; "
                    f"intervals contain the true value in {cover:.0%} (Monte Carlo error {error:.1%}); they exclude "
                    f"zero in "
                    f"{told:.0%}; {got['failures'][0]:.0%} of fits failed; an unadjusted comparison is off by "
                    f"{got['unadjusted_bias'][0]:+.3f}."
                )
        kinds = self.failures().groupby("error", sort=False)["n"].sum()
        if len(kinds):
            lines.append(f"Failed fits: {', '.join(f'{n} {code}' for code, n in kinds.items())}.")
        return "\n".join(lines)

    def checks(self, study: StudySpec, outcome: str) -> tuple[Check, ...]:
        """Power and coverage as checks of an estimate; under several truths, the lowest of each.

        With fewer than ``LEAST_TRIALS`` trials neither can pass; it may still fail.

        Parameters
        ----------
        study : StudySpec
            The study that was tried.
        outcome : str
            The main outcome by default, or another of ``outcomes``.

        Returns
        -------
        tuple[Check, ...]
            Power and coverage as checks of an estimate; under several truths, the lowest of each.

        Raises
        ------
        StudyError
            This is the diagnosis of another study.
        """
        if study.id != self.study_id or outcome not in dict(self.truths):
            raise StudyError(
                f"the diagnosis is of study '{self.study_id}' and not of this one.",
                fix="Run diagnose() on the study whose claims you request.",
                code="DIAGNOSIS",
            )
        tried = [self.measures(outcome, s) for s in self.scenarios]
        cover, error = min((g["coverage"] for g in tried), key=lambda c: c[0] + 2 * c[1])
        few = self.n_sims < LEAST_TRIALS
        doubt = f" Only {self.n_sims} were tried, and {LEAST_TRIALS} are needed to tell." if few else ""
        good = cover + 2 * error >= LOWEST_COVERAGE and (not few or None)
        message = f"Confidence intervals contained the true value in {cover:.0%} of trials.{doubt}"
        out = [Check("coverage", good, message, cover, LOWEST_COVERAGE)]
        if powers := [(g["power"][0], g["type_m"][0]) for g in tried if "power" in g]:
            power, size = min(powers)
            message = "With data like these, a true difference of the simulated size would be detected "
            message += f"{power:.0%} of the time"
            if power < ENOUGH_POWER and np.isfinite(size):
                message += f". The estimates that were detected averaged {size:.1f} times the true size"
            enough = power >= ENOUGH_POWER and (not few or None)
            out.append(Check("power", enough, f"{message}.{doubt}", power, ENOUGH_POWER))
        return tuple(out)
