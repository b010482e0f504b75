"""The smallest effect that a study of some size would find."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
from hybrid_toolkit.errors import StudyError, UsageError
from hybrid_toolkit.result import TIDY_COLUMNS
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.diagnosis.diagnose import SizeLike, TruthLike, diagnose_together, size_like_of
from hybrid_toolkit.study.diagnosis.diagnosis_result import ENOUGH_POWER
from hybrid_toolkit.study.diagnosis.power_curve import PowerCurve
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
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.generate import resolve
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.truth import Truth

_SMALLEST_STEP = 1.1
"""A step that makes the effect a tenth greater at the most: the greatest that the scenario takes is found."""

SMALLEST, _LARGEST = 1 / 64, 16.0
"""Multipliers of the truth's effect between which is searched."""
REFINED = 2
"""How often the search looks again where the power crosses."""


@dataclass(frozen=True, eq=False)
class MinimumEffect:
    """The smallest effect that is found with a given power.

    Parameters
    ----------
    effect : float
        The true value of the estimand, in ``unit``.
    std_error : float
        Its Monte Carlo error, in ``unit``.
    multiplier : float
        Of the scenario's own effect.
    power : float
        How often it is to be found.
    unit : str
        Unit of the effect.
    size : str
        Size at which it was looked for.
    curve : PowerCurve
        The power at every multiplier that was tried.
    synthetic : bool, default True
        Whether the data are simulated; results are then stamped.

    Examples
    --------
    >>> from hybrid_toolkit.study.diagnosis.power_curve import PowerCurve
    >>> hits = np.ones((1, 100))
    >>> curve = PowerCurve("practice", "y", "helpful-hump", "effect", (1.0,), (0.2,), hits, 0.2 * hits, 0.95, 1)
    >>> MinimumEffect(0.15, 0.01, 0.75, 0.8, "points", "small", curve).tidy()["estimate"].tolist()
    [0.15]
    """

    effect: float
    std_error: float
    multiplier: float
    power: float
    unit: str
    size: str
    curve: PowerCurve = field(repr=False)
    synthetic: bool = True

    def tidy(self) -> pd.DataFrame:
        """One row: the effect with a 95% Monte Carlo interval; ``n`` trials at each multiplier.

        Returns
        -------
        pd.DataFrame
            One row: the effect with a 95% Monte Carlo interval; ``n`` trials at each multiplier.
        """
        low, high = self.effect - 1.96 * self.std_error, self.effect + 1.96 * self.std_error
        n = self.curve.hits.shape[1]
        row = ("minimum_detectable_effect", self.effect, self.std_error, low, high, np.nan, n, self.unit)
        return pd.DataFrame([row], columns=list(TIDY_COLUMNS))

    def glance(self) -> pd.DataFrame:
        """One row: what was tried and how often.

        Returns
        -------
        pd.DataFrame
            One row: what was tried and how often.
        """
        rows = self.curve.glance()
        return rows.assign(
            over="multiplier of the effect", power=self.power, size=self.size, tried=len(self.curve.values)
        )

    def summary(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        curve = self.curve
        return (
            f"{curve.study_id}, {curve.outcome}, size {self.size}: an effect of {self.effect:+.3f} {self.unit} (Monte "
            f"Carlo error {self.std_error:.3f}), {self.multiplier:.2f} times that of '{curve.scenario}', would be "
            f"detected in {self.power:.0%} of such data. A smaller one would mostly be missed, and where it "
            "was not it would look larger than it is."
        )


def minimum_detectable_effect(
    study: StudySpec,
    *,
    power: float = ENOUGH_POWER,
    truth: TruthLike | None = None,
    size_like: SizeLike = "small",
    outcome: str = "",
    n_sims: int = 200,
    seed: int = 20_250_000,
    n_jobs: int | None = None,
    progress: bool = True,
    conf_level: float = 0.95,
    resume: Path | str | None = None,
) -> MinimumEffect:
    """Search for the effect that a study finds with a given power.

    The effect of ``truth`` is doubled or halved until the power crosses ``power``, then looked at twice more near the
    crossing; the curve is made monotone and read off between.

    Parameters
    ----------
    power : float, default ENOUGH_POWER
        How often the interval is to leave out zero.
    truth : TruthLike | None, optional
        A truth whose effect is not zero; its direction and everything else about it are kept. By default the first
        scenario in which the study can be tried.
    size_like : SizeLike, default "small"
        See ``power_curve``.
    outcome : str, optional
        See ``power_curve``.
    n_sims : int, default 200
        See ``power_curve``.
    seed : int, default 20250000
        See ``power_curve``.
    n_jobs : int | None, optional
        See ``power_curve``.
    progress : bool, default True
        See ``power_curve``.
    conf_level : float, default 0.95
        See ``power_curve``.
    resume : Path | str | None, optional
        A folder in which each multiplier keeps its trials.

    Raises
    ------
    StudyError
        A truth without an effect, an outcome that the study does not have, or no effect that the truth can hold is
        found so often (or even a 64th of it is).
    UsageError
        A power that is not between 0 and 1, or an estimand without a dose.
    """
    name = outcome or study.outcome
    check_power(power)
    if name not in study.outcomes:
        raise StudyError(
            "that is no outcome of the study.", fix=f"Choose one of: {', '.join(study.outcomes)}.", code="OUTCOME"
        )
    search = _Search(
        study=study,
        outcome=name,
        truth=resolve(first_suited([study]) if truth is None else truth, "small", 0)[0],
        size=size_like_of(size_like),
        power=power,
        folder=None if resume is None else Path(resume),
        options={"n_sims": n_sims, "seed": seed, "n_jobs": n_jobs, "progress": progress, "conf_level": conf_level},
    )
    search.bracket()
    for _ in range(REFINED):
        search.refine()
    multiplier, error = search.crossing()
    if np.isnan(multiplier):
        raise search.outside("over the trials the power wavers about it; more simulations would tell")
    doses = sorted(search.tried)
    truths = [search.truths[d] for d in doses]
    found = MinimumEffect(
        effect=float(np.interp(multiplier, doses, truths)),
        std_error=error * abs(float(np.interp(multiplier, doses, np.gradient(truths, doses)))),
        multiplier=multiplier,
        power=power,
        unit=study.effect_unit,
        size=search.size.name,
        curve=vouch(
            PowerCurve(
                study_id=study.id,
                outcome=name,
                scenario=search.truth.scenario,
                over="dose",
                values=tuple(doses),
                truths=tuple(truths),
                hits=np.stack([search.tried[d] for d in doses]),
                estimates=np.stack([search.estimates[d] for d in doses]),
                conf_level=conf_level,
                seed=seed,
            ),
            SIMULATED,
        ),
    )
    return vouch(found, SIMULATED)


@dataclass
class _Search:
    """The multipliers that were tried, with what came of them."""

    study: StudySpec
    outcome: str
    truth: Truth
    size: Size
    power: float
    folder: Path | None
    options: dict[str, object]
    tried: dict[float, Hits] = field(default_factory=dict)
    estimates: dict[float, Hits] = field(default_factory=dict)
    truths: dict[float, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.estimand = dict(zip(self.study.outcomes, self.study.estimands, strict=True))[self.outcome]
        if true_value(self.truth, self.estimand, size=self.size) == 0:
            raise StudyError(
                f"scenario '{self.truth.scenario}' has no effect to make larger or smaller.",
                fix="Choose a scenario in which the effect is not zero.",
                code="NO-EFFECT",
            )

    def try_at(self, dose: float) -> float:
        """Power at one multiplier."""
        if dose not in self.tried:
            made = dosed(self.truth, self.estimand, dose)
            kept = self.folder / f"{self.study.id}-dose-{dose:g}.jsonl" if self.folder else None
            done = diagnose_together([self.study], made, self.size, resume=kept, **self.options)[0]  # type: ignore[arg-type]
            self.tried[dose], self.estimates[dose] = hits_of(done, self.outcome), estimates_of(done, self.outcome)
            self.truths[dose] = dict(done.truths)[self.outcome]
        return share_of(self.tried[dose])[0]

    def crossing(self) -> tuple[float, float]:
        doses = sorted(self.tried)
        return crossing_with_error(np.array(doses), np.stack([self.tried[d] for d in doses]), self.power)

    def refine(self) -> None:
        """Look again where the power crosses, or a little beyond where the monotone curve stays below."""
        at = self.crossing()[0]
        self.try_at(float(f"{1.2 * max(self.tried) if np.isnan(at) else at:.3g}"))

    def bracket(self) -> None:
        """Double or halve until the power lies on both sides."""
        if self.try_at(1.0) >= self.power:
            dose = 1.0
            while self.try_at(dose) >= self.power:
                dose /= 2
                if dose < SMALLEST:
                    raise self.outside(f"even {2 * dose:.3f} times the effect is found more often than asked")
            return
        good, step = 1.0, 2.0
        while self.try_at(good) < self.power:
            try:
                self.try_at(good * step)
                good *= step
            except UsageError as error:
                if error.code != "TRUTH-RANGE":
                    raise
                step = 1 + (step - 1) / 2
            if step < _SMALLEST_STEP or (good >= _LARGEST and self.try_at(good) < self.power):
                raise self.outside(f"at {good:.2f} times the effect, about the most that can be, it is not reached")

    def outside(self, why: str) -> StudyError:
        """The error that says what was tried."""
        most = {d: share_of(h)[0] for d, h in sorted(self.tried.items())}
        told = ", ".join(f"{p:.0%} at {d:.3g}" for d, p in most.items())
        return StudyError(
            f"no effect with a power of {self.power:.0%} was found: {why} ({told}).",
            fix="Change the size, the scenario or the power.",
            code="POWER-UNREACHABLE",
        )
