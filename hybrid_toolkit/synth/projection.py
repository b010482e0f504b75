"""True stage gaps: the population projection that the second headline study aims at.

The target is the coefficient of ``RS x early`` in the least-squares projection, over all worker-waves in post of
workers who are not managers and as if everybody answered, of the score on

    RS, early, RS x early, role, fte, caring, commute

with RS the mean true remote share to date and early = under three years registered. Given a worker's exposure the
expected score is worked out (items are thresholds of a normal latent); only exposures and circumstances are drawn,
for one population of about 21,000 workers with a fixed seed. The Monte Carlo standard error is about 0.05 for
wellbeing (points of the metric score a unit of RS) and 0.01 for learning: a fiftieth of the error of an estimate from
one small authority. The diary's error pulls an estimate on the recorded RS towards 0 by 2% to 5%.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.calibration import CASE_HOLDER, WITHOUT_CASES
from hybrid_toolkit.synth.generate import Authority, context
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.tables.items import INSTRUMENTS, SWEMWBS_METRIC, loadings, normal_cdf
from hybrid_toolkit.synth.tables.latents import mover_variance
from hybrid_toolkit.synth.tables.people import stage_on
from hybrid_toolkit.synth.tables.remote_share import coordination, experienced, overlap, to_date, together
from hybrid_toolkit.synth.tables.survey import structural_learning
from hybrid_toolkit.synth.truth import Truth

_POPULATION_TEAMS = 2500
CO_PRESENCE_DRAWS = 12
_POPULATION_SEED = 20_250_930
_LEARNING = ("learning_co_presence", "learning_senior")
_STAGES = ("wb_asye", "wb_early", "wb_late")
_MOVERS = ("wb_autonomy", "wb_focus", "wb_secure_base", "wb_conflict", "wb_supervision")
_EFFECTS = ("wb_rs", "wb_rs2", *_STAGES, *_MOVERS, "wb_travel", "wb_b2b", "wb_cover", "wb_interference")
_WELLBEING = (*_EFFECTS, "selection_rho_wellbeing")
"""Parameters through which a score can go with RS; where all are 0 the gap is 0."""
_ANSWERING = ("scenario", "response_rate", "response_wb", "attrition", "attrition_wb", "item_missing")
"""What the gap does not depend on: the name of the truth, and who answers."""
_PLAIN = Truth()
_BY_NAME = {i.name: i for i in INSTRUMENTS}


def _nodes(count: int) -> tuple[Floats, Floats]:
    """Nodes and weights that average a function of a standard normal."""
    at, weight = np.polynomial.hermite_e.hermegauss(count)
    return at, weight / weight.sum()


def expected_learning(truth: Truth, mean: Floats, variance: Floats, early: Floats) -> Floats:
    """Expected mean of the four learning items for a normal latent with this mean and variance."""
    instrument = _BY_NAME["informal_learning"]
    score = np.zeros(mean.shape)
    for k, load in enumerate(loadings(truth, instrument)):
        sd = np.sqrt(load**2 * variance + truth.acquiescence_sd**2 + 1 - load**2)
        shift = truth.noninvariance * early if instrument.items[k] in instrument.draw.shifted else 0.0
        score += 1 + sum(normal_cdf((load * mean + shift - cut) / sd) for cut in instrument.draw.cuts)
    return score / len(instrument.items)


def expected_swemwbs(truth: Truth, mean: Floats, variance: float) -> Floats:
    """Expected metric score for a normal latent with this mean and variance, by a fine grid."""
    instrument = _BY_NAME["swemwbs"]
    grid = np.linspace(-6.0, 6.0, 121)
    latent, weight = _nodes(15)
    agree, agree_weight = _nodes(7)
    theta = grid[:, None, None] + np.sqrt(variance) * latent[None, :, None]
    agreeing = truth.acquiescence_sd * agree[None, None, :]
    total = np.ones((*np.broadcast_shapes(theta.shape, agreeing.shape), 1))
    for load in loadings(truth, instrument):
        point = load * theta + agreeing
        above = [normal_cdf((point - cut) / np.sqrt(1 - load**2)) for cut in instrument.draw.cuts]
        edges = [np.ones_like(point), *above, np.zeros_like(point)]
        grown = np.zeros((*total.shape[:-1], total.shape[-1] + 4))
        for k in range(5):
            grown[..., k : k + total.shape[-1]] += total * (edges[k] - edges[k + 1])[..., None]
        total = grown
    curve = np.einsum("glas,s,l,a->g", total, np.array(SWEMWBS_METRIC), weight, agree_weight)
    return np.asarray(np.interp(mean, grid, curve), dtype=np.float64)


def _learning(a: Authority, waves: tuple[int, ...], early: Floats) -> Floats:
    """Expected learning score; how office days fall together is averaged over repeated draws."""
    draws = []
    senior = experienced(a.ctx, a.workers)[:, None] & a.remote.active
    for k in range(CO_PRESENCE_DRAWS):
        factor = coordination(a.ctx, a.workers, a.ctx.rng(f"projection-{k}"))
        co_presence = to_date(together(a.remote.rs, a.remote.others, factor), a.remote.active)
        near = to_date(overlap(a.remote.rs, factor, senior, a.workers.team, a.ctx.teams), a.remote.active)
        draws.append(structural_learning(a.ctx, a.teams, a.workers, co_presence, near, waves))
    drawn = np.stack(draws)
    return expected_learning(a.ctx.truth, drawn.mean(axis=0), 1.0 + drawn.var(axis=0, ddof=1), early)


def _wellbeing(a: Authority, waves: tuple[int, ...], one_area: bool) -> Floats:
    """Expected metric wellbeing score, given what moves wellbeing and the worker's remote share."""
    t, w = a.ctx.truth, a.workers
    mean = a.lived.latent.expected[:, list(waves)]
    mean = mean + np.sqrt(t.wb_worker_share) * t.selection_rho_wellbeing * w.propensity[:, None]
    area = t.wb_la_icc if one_area else 0.0
    rest = 1.0 - area - mover_variance(a.ctx) - t.wb_worker_share * t.selection_rho_wellbeing**2
    return expected_swemwbs(t, mean, rest)


def stage_gap(truth: Truth, estimand_id: str, size: Size, seed: int = _POPULATION_SEED) -> float:
    """True difference of the RS slope of a score, early-career workers less the rest, in score points per unit RS.

    Parameters
    ----------
    estimand_id : str
        "stage_gap_learning" (mean item, 1 to 5) or "stage_gap_wellbeing" (metric score, 7 to 35); "assessed_gap_..." is
        the gap of workers in their first registered year alone.
    size : Size
        Gives months, waves and team size; the authority's own draw of people does not enter, nor do its teams.

    Raises
    ------
    UsageError
        The size has no survey waves.
    """
    if not size.waves:
        raise UsageError(
            "A stage gap needs at least one survey wave.",
            fix="Choose a size with at least 1 survey wave.",
            code="ESTIMAND-WAVES",
        )
    learning = estimand_id.endswith("learning")
    stages = ("asye", "early") if estimand_id.startswith("stage_gap") else ("asye",)
    if not any(getattr(truth, name) for name in (_LEARNING if learning else _WELLBEING)):
        return 0.0
    population = Size("population", 1, _POPULATION_TEAMS, size.workers_per_team, size.months, size.waves)
    as_if_all_answered = replace(truth, **{name: getattr(_PLAIN, name) for name in _ANSWERING})
    return _gap_in(as_if_all_answered, population, seed, learning, learning or size.n_la == 1, stages)


@lru_cache(maxsize=64)
def _gap_in(
    truth: Truth, population: Size, seed: int, learning: bool, one_area: bool, stages: tuple[str, ...]
) -> float:
    """The gap in a population: worked out once for all that have the same, however many teams a study then has."""
    a = Authority(context(truth, population, seed))
    w, waves = a.workers, population.wave_months
    here = a.remote.active[:, list(waves)] & ~w.supervisor[:, None]
    stage = np.stack([stage_on(w, a.ctx.months[m]) for m in waves], axis=1)
    early = np.isin(stage, ("asye", "early")).astype(np.float64)
    score = _learning(a, waves, early) if learning else _wellbeing(a, waves, one_area)
    rs = a.remote.rs_to_date[:, list(waves)]
    fixed = [w.role == CASE_HOLDER, w.role == WITHOUT_CASES, w.fte, w.caring, w.commute]
    those = np.isin(stage, stages).astype(np.float64)
    columns = [np.ones_like(rs), rs, those, rs * those]
    columns += [np.broadcast_to(np.asarray(v, dtype=np.float64)[:, None], rs.shape) for v in fixed]
    x = np.column_stack([v[here] for v in columns])
    return float(np.linalg.lstsq(x, score[here], rcond=None)[0][3])
