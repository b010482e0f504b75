"""How the power of a study follows the teams, waves, response or effect that it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
from hybrid_toolkit.errors import StudyError, UsageError, plural
from hybrid_toolkit.models.planning.slope_power import t_power
from hybrid_toolkit.result import TIDY_COLUMNS
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.diagnosis.diagnose import SizeLike, TrialOptions, TruthLike, diagnose_together, size_like_of
from hybrid_toolkit.study.diagnosis.diagnosis_result import ENOUGH_POWER, Diagnosis
from hybrid_toolkit.study.diagnosis.performance import Measure, is_negligible, share_interval, sign_and_size
from hybrid_toolkit.study.diagnosis.power_threshold import (
    Hits,
    check_power,
    crossing_with_error,
    estimates_of,
    hits_of,
    share_of,
)
from hybrid_toolkit.study.diagnosis.suited_scenarios import first_suited
from hybrid_toolkit.synth.doses import dosed
from hybrid_toolkit.synth.generate import resolve
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.truth import Truth

_OVER = ("teams", "workers", "waves", "months", "response", "dose", "authorities")


class PowerOptions(TrialOptions, total=False):
    """What stays as it is and how trials are run; see ``power_curve``."""

    truth: TruthLike
    size_like: SizeLike
    outcome: str


@dataclass(frozen=True, eq=False)
class PowerCurve:
    """Power at several values of one thing that a planner can change.

    Parameters
    ----------
    study_id : str
        Id of the study that was tried.
    outcome : str
        Its outcome.
    scenario : str
        The scenario.
    over : str
        What was changed, one of ``_OVER``.
    values : tuple[float, ...]
        The k values.
    truths : tuple[float, ...]
        The true value of the estimand at each.
    hits : Hits
        (k, sims) see ``Hits``; trial i comes from the same seed at every value.
    estimates : Hits
        (k, sims) the estimates of the same trials, NaN where the fit failed.
    conf_level : float
        Level of the intervals.
    seed : int
        Seed of the trials.
    synthetic : bool, default True
        Whether the data are simulated; results are then stamped.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> hits = np.array([rng.random(200) < share for share in (0.4, 0.9)]).astype(float)
    >>> curve = PowerCurve("practice", "y", "helpful-hump", "teams", (12.0, 48.0), (0.2, 0.2), hits, hits / 5, 0.95, 1)
    >>> [round(power, 1) for power in curve.power]
    [0.3, 0.9]
    """

    study_id: str
    outcome: str
    scenario: str
    over: str
    values: tuple[float, ...]
    truths: tuple[float, ...]
    hits: Hits = field(repr=False)
    estimates: Hits = field(repr=False)
    conf_level: float
    seed: int
    synthetic: bool = True

    @property
    def power(self) -> tuple[float, ...]:
        """Share of fitted trials whose interval left out zero."""
        return tuple(share_of(h)[0] for h in self.hits)

    def exaggeration(self) -> tuple[tuple[Measure, Measure], ...]:
        """Type S and type M at each value: share of wrong signs, and mean size over the true size, of told estimates.

        Each is the measure, its Monte Carlo error and the trials behind it; NaN where the truth is zero or negligible.

        Returns
        -------
        tuple[tuple[Measure, Measure], ...]
            Type S and type M at each value: share of wrong signs, and mean size over the true size, of told estimates.
        """
        none = (float("nan"), float("nan"), 0)
        return tuple(
            (none, none) if is_negligible(truth, found) else sign_and_size(found[hits == 1], truth)
            for truth, hits, found in zip(self.truths, self.hits, self.estimates, strict=True)
        )

    def tidy(self) -> pd.DataFrame:
        """One row a value: power with Wilson's 95% interval; ``n`` trials that were fitted, ``n_failed`` others.

        ``type_s`` and ``type_m`` with ``type_s_error`` and ``type_m_error`` are as in ``exaggeration``.

        Returns
        -------
        pd.DataFrame
            One row a value: power with Wilson's 95% interval; ``n`` trials that were fitted, ``n_failed`` others.
        """
        rows = []
        for value, truth, hits, (sign, size) in zip(
            self.values, self.truths, self.hits, self.exaggeration(), strict=True
        ):
            p, error, n = share_of(hits)
            row = (f"{self.over} {value:g}", p, error, *share_interval(p, n), np.nan, n, "share of trials")
            rows.append((*row, value, truth, int(np.isnan(hits).sum()), *sign[:2], *size[:2]))
        extra = ("value", "truth", "n_failed", "type_s", "type_s_error", "type_m", "type_m_error")
        return pd.DataFrame(rows, columns=[*TIDY_COLUMNS, *extra])

    def glance(self) -> pd.DataFrame:
        """One row: what was tried, how often, how many fits failed.

        Returns
        -------
        pd.DataFrame
            One row: what was tried, how often, how many fits failed.
        """
        failed = int(np.isnan(self.hits).sum())
        return pd.DataFrame(
            {
                "study": [self.study_id],
                "scenario": [self.scenario],
                "over": [self.over],
                "n": [self.hits.shape[1]],
                "n_failed": [failed],
                "method": [f"{self.hits.shape[1]} simulated authorities a value, seed {self.seed}"],
                "converged": [failed == 0],
            }
        )

    def needed(self, power: float = ENOUGH_POWER) -> tuple[float, float]:
        """The value at which a power is reached, with its Monte Carlo error; NaN where no value that was tried does.

        Between values the curve, made monotone, is a straight line on the normal scale. The error is the spread over
        400 resamples of the trials.

        Parameters
        ----------
        power : float, default ENOUGH_POWER
            The power that is wanted.

        Returns
        -------
        tuple[float, float]
            The value at which a power is reached, with its Monte Carlo error; NaN where no value that was tried does.

        Raises
        ------
        UsageError
            A power that is not between 0 and 1.
        """
        check_power(power)
        return crossing_with_error(np.array(self.values), self.hits, power)

    def summary(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        told = ", ".join(
            f"{p:.0%} at {v:g} ({low:.0%} to {high:.0%})"
            for v, p, low, high in self.tidy()[["value", "estimate", "conf_low", "conf_high"]].itertuples(index=False)
        )
        value, error = self.needed()
        reached = f"80% is reached at about {value:.3g} (Monte Carlo error {error:.2g})"
        if np.isnan(value):
            reached = (
                "80% is not reached by any value tried" if max(self.power) < ENOUGH_POWER else "80% at all of them"
            )
        return (
            f"{self.study_id}, {self.outcome}: power over {self.over}: {told}. {reached}.{self._too_large()} This "
            f"holds for data made as in '{self.scenario}', with an effect of that size; it says nothing about the "
            "effect in any real authority."
        )

    def _too_large(self) -> str:
        """By how much the estimates that were told overstate the effect, where power is lowest."""
        sizes = [(p, v, m) for p, v, (_, m) in zip(self.power, self.values, self.exaggeration(), strict=True)]
        known = [s for s in sizes if not np.isnan(s[2][1])]
        if not known:
            return ""
        _, value, (size, error, _) = min(known, key=lambda s: s[0])
        return (
            f" Estimates that excluded zero averaged {size:.2f} times the true size at {value:g} (Monte Carlo "
            f"error {error:.2f})."
        )


def power_curve(
    study: StudySpec,
    over: str,
    values: Sequence[float],
    *,
    truth: TruthLike | None = None,
    size_like: SizeLike = "small",
    outcome: str = "",
    n_sims: int = 200,
    seed: int = 20_250_000,
    n_jobs: int | None = None,
    progress: bool = True,
    conf_level: float = 0.95,
    resume: Path | str | None = None,
) -> PowerCurve:
    """Diagnose a study at several values of one thing.

    Parameters
    ----------
    over : str
        ``"teams"``, ``"workers"`` (a team), ``"waves"``, ``"months"``, ``"response"`` (share that answers at the first
        wave), ``"dose"`` (multiplier of the true effect) or ``"authorities"``.
    values : Sequence[float]
        The values, two or more.
    truth : TruthLike | None, optional
        What stays as it is; see ``diagnose_together``.
    size_like : SizeLike, default "small"
        What stays as it is; see ``diagnose_together``.
    outcome : str, optional
        The main outcome, or another of the study's.
    n_sims : int, default 200
        Authorities a value.
    seed : int, default 20250000
        See ``diagnose_together``.
    n_jobs : int | None, optional
        See ``diagnose_together``.
    progress : bool, default True
        See ``diagnose_together``.
    conf_level : float, default 0.95
        See ``diagnose_together``.
    resume : Path | str | None, optional
        A folder in which each value keeps its trials, so that an interrupted run goes on.

    Raises
    ------
    StudyError
        An unknown ``over``, fewer than two different values, an outcome that the study does not have.
    UsageError
        A value that no authority or truth can have.
    """
    name = outcome or study.outcome
    base, size = resolve(first_suited([study]) if truth is None else truth, "small", 0)[0], size_like_of(size_like)
    wanted = _numbers(values)
    if over not in _OVER or len(wanted) < 2 or name not in study.outcomes:
        raise StudyError(
            f"power over '{over}' at {plural(len(wanted), 'different value')} cannot be drawn.",
            fix=f"Choose one of: {', '.join(_OVER)}; give two values or more and an outcome of the study.",
            code="POWER-CURVE",
        )
    estimand = dict(zip(study.outcomes, study.estimands, strict=True))[name]
    worlds = [changed(base, size, over, v, estimand) for v in wanted]
    hits, estimates, truths = [], [], []
    for value, (made, at) in zip(wanted, worlds, strict=True):
        kept = Path(resume) / f"{study.id}-{over}-{value:g}.jsonl" if resume is not None else None
        options = {"n_sims": n_sims, "seed": seed, "n_jobs": n_jobs, "progress": progress, "conf_level": conf_level}
        tried = diagnose_together([study], made, at, resume=kept, **options)[0]  # type: ignore[arg-type]
        hits.append(hits_of(tried, name))
        estimates.append(estimates_of(tried, name))
        truths.append(dict(tried.truths)[name])
    curve = PowerCurve(
        study_id=study.id,
        outcome=name,
        scenario=base.scenario,
        over=over,
        values=tuple(wanted),
        truths=tuple(truths),
        hits=np.stack(hits),
        estimates=np.stack(estimates),
        conf_level=conf_level,
        seed=seed,
    )
    return vouch(curve, SIMULATED)


def _numbers(values: Sequence[float]) -> list[float]:
    """The different values, in order; raises a StudyError where they are not all finite numbers."""
    try:
        wanted = sorted({float(v) for v in values})
    except (TypeError, ValueError):
        wanted = [float("nan")]
    if not np.isfinite(wanted).all():
        raise StudyError(
            "the values of a power curve are not a list of finite numbers.",
            fix="Enter 2 numbers or more, such as [12, 24, 48].",
            code="POWER-CURVE",
        )
    return wanted


def changed(truth: Truth, size: Size, over: str, value: float, estimand: str) -> tuple[Truth, Size]:
    """Truth and size with one thing changed.

    Raises
    ------
    UsageError
        A value that no authority or truth can have, or teams, waves and the like that are no whole number.
    """
    if over == "dose":
        return dosed(truth, estimand, value), size
    if over == "response":
        return replace(truth, response_rate=value), size
    if over != "workers" and value != int(value):
        raise UsageError(f"{over} come in whole numbers.", fix="Use whole numbers only.", code="POWER-CURVE")
    whole = int(value)
    if over == "workers":
        return truth, replace(size, name=f"{size.name}, {value:g} workers a team", workers_per_team=value)
    fields: dict[str, dict[str, int]] = {
        "teams": {"teams_per_la": whole},
        "authorities": {"n_la": whole},
        "waves": {"waves": whole, "months": max(size.months, 4 * whole - 1)},
        "months": {"months": whole, "waves": min(size.waves, (whole + 1) // 4)},
    }
    return truth, replace(size, name=f"{size.name}, {whole} {over}", **fields[over])


def foretold_power(
    tried: Diagnosis,
    *,
    outcome: str = "",
    scenario: str = "",
    teams: tuple[float, float] = (24, 24),
    response: tuple[float, float] = (1, 1),
    dose: float = 1.0,
    conf_level: float = 0.95,
) -> float:
    """Power at other numbers than those that were tried, from the spread of the trials: in a moment, for a slider.

    Parameters
    ----------
    tried : Diagnosis
        A diagnosis at some size, whose estimates' bias and spread are taken over.
    teams : tuple[float, float], optional
        Teams in that diagnosis, and teams asked about.
    response : tuple[float, float], optional
        Likewise, the share that answers.
    dose : float, default 1.0
        Multiplier of the true effect.
    conf_level : float, default 0.95
        Level of the intervals.

    Raises
    ------
    UsageError
        Fewer than two teams, a response that is not above 0.

    Notes
    -----
    The squared error of an estimate over teams falls as one over teams, and as one over answers where few of a team
    answer. The t reference has as many degrees of freedom as there are teams, less one.
    """
    if min(teams) < 2 or min(response) <= 0:
        raise UsageError(
            "power needs two teams or more and a response above 0.",
            fix="Set at least 2 teams and a response above 0, up to 1.",
            code="POWER-INPUT",
        )
    named = scenario or tried.scenarios[0]
    truths = tried.truths_by_scenario.get(named) or tried.under(named).truths
    name = outcome or truths[0][0]
    drawn = (tried.draws[c].to_numpy() for c in ("scenario", "outcome", "error", "estimate"))
    of_scenario, of_outcome, error, estimate = drawn
    estimates = estimate[(of_scenario == named) & (of_outcome == name) & (error == "")]
    truth = dict(truths)[name]
    spread = float(np.std(estimates, ddof=1)) * np.sqrt(teams[0] / teams[1] * response[0] / response[1])
    return t_power(dose * float(np.mean(estimates)) if truth else 0.0, spread, teams[1] - 1, alpha=1 - conf_level)
