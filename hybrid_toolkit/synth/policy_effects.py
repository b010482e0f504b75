"""True effects of the hybrid policy, and the true slope of leaving: means of potential outcomes over a population.

The policy moves the true remote share of each worker from its month on. The difference that it makes to a worker and
month, with the same people, months and luck, is::

    D_it = RS*_it as it is  -  RS*_it as if no team had a policy

which is the team's step but for the bounds of the share. Both measured remote shares follow RS*; a family's choice is
honoured by ``practice_rs D_it + practice_interference D_(colleagues of i),t`` more often. Workers who leave are taken
as they left. The means are over one population of 800 teams with a fixed seed; their Monte Carlo error is about
0.001 for the remote share and, being that times ``practice_rs``, about 0.0001 for choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.generate import Authority, context
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.streams import Bools, NodeChange
from hybrid_toolkit.synth.tables.before import team_sum
from hybrid_toolkit.synth.tables.remote_share import others_mean
from hybrid_toolkit.synth.truth import Truth

_POPULATION_TEAMS = 800
_POPULATION_SEED = 20_251_001
POLICY_ESTIMANDS = ("policy_remote", "policy_choice", "policy_remote_area", "policy_choice_area")


@lru_cache(maxsize=64)
def policy_effect(truth: Truth, estimand_id: str, size: Size, seed: int = _POPULATION_SEED) -> float:
    """Mean effect of the policy, in share points.

    Parameters
    ----------
    estimand_id : str
        ``policy_remote``, mean over team-months under the policy of the team's mean remote share; ``policy_choice``,
        the same of the share of contacts held as preferred, over workers who hold cases. With ``_area``, mean over the
        months from ``policy_month`` on of the whole authority's. It is the mean over authorities: in one of them the
        mean step of its teams differs from it by chance.
    size : Size
        Gives months and team size.

    Raises
    ------
    UsageError
        An ``_area`` estimand of a truth in which each team has a month of its own.
    """
    area = estimand_id.endswith("_area")
    if area and not truth.policy_month:
        raise UsageError(
            "the effect on a whole authority needs one month in which the policy starts.",
            fix="Use the scenario one-change, or set policy_month of the Truth, counted from 1.",
            code="ESTIMAND-POLICY",
        )
    a = _population(truth, size, seed)
    gain = _gain(a)
    holder = a.workers.holder[:, None]
    if "choice" in estimand_id:
        others = others_mean(gain, a.remote.active, a.workers.team, a.ctx.teams)
        gain, counted = truth.practice_rs * gain + truth.practice_interference * others, a.remote.active & holder
    else:
        counted = a.remote.active
    clock = np.arange(size.months)
    if area:
        after = clock >= truth.policy_month - 1
        return float((gain * counted).sum(axis=0)[after].sum() / counted.sum(axis=0)[after].sum())
    under = clock[None, :] >= a.teams.rollout[:, None]
    return _mean_of_teams(gain, counted, a, under)


@lru_cache(maxsize=64)
def leaving_slope(truth: Truth, size: Size, seed: int = _POPULATION_SEED) -> float:
    """Mean slope of a worker's log odds of leaving in a month on the remote share of the months so far.

    ``leave_wb`` times what a small rise of everybody's remote share in every month does to wellbeing, over the months
    in post, and ``leave_rs``. Leaving is rare in a month, so a log hazard ratio is much the same.

    Examples
    --------
    >>> round(leaving_slope(Truth(wb_rs=0.0, wb_rs2=0.0, leave_wb=0.0, leave_rs=0.3), Size("tiny", 1, 2, 4.0, 6, 0)), 3)
    0.3
    """
    less, more = (_population(truth, size, seed, {"remote_share": moved(by)}) for by in (-SMALL_STEP, SMALL_STEP))
    both = less.remote.active & more.remote.active
    step = (more.remote.rs_to_date - less.remote.rs_to_date)[both].mean()
    gain = (more.lived.latent.expected - less.lived.latent.expected)[both].mean()
    return float(truth.leave_rs + truth.leave_wb * gain / step)


SMALL_STEP = 0.05
"""Half the change of remote share over which a slope is taken: a tenth of the share, as the studies word it."""


def moved(by: float) -> NodeChange:
    """An intervention that moves everybody's share by so much, within 0 to 1."""

    def change(values: Floats, month: int) -> Floats:
        return np.clip(values + by, 0.0, 1.0)

    return change


def _population(truth: Truth, size: Size, seed: int, do: Mapping[str, NodeChange] | None = None) -> Authority:
    teams = Size("population", 1, _POPULATION_TEAMS, size.workers_per_team, size.months, size.waves)
    return Authority(context(truth, teams, seed, do=do))


def _never(values: Floats, month: int) -> Floats:
    return np.full_like(values, 10_000)


def _gain(a: Authority) -> Floats:
    """What the policy adds to the true remote share, worker by month."""
    without = Authority(context(a.ctx.truth, a.ctx.size, a.ctx.seed, do={"policy": _never}))
    return a.remote.rs - without.remote.rs


def _mean_of_teams(gain: Floats, counted: Bools, a: Authority, under: Bools) -> float:
    """Mean over the team-months that count of the team's mean."""
    team, n = a.workers.team, a.ctx.teams
    top = team_sum(np.where(counted, gain, 0.0), team, n)
    bottom = team_sum(counted.astype(np.float64), team, n)
    there = under & (bottom > 0)
    return float((top[there] / bottom[there]).mean())
