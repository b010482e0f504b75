"""What a month begins with: cases over the mean, vacant posts of the team, colleagues' sickness of the month before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth import calibration as c
from hybrid_toolkit.synth.streams import Bools, Context, Ints, bounded
from hybrid_toolkit.synth.tables.people import Teams, Workers

OVER_MOST = 7.5
"""Cases over or under the mean that count: beyond, more of them change nothing more; assumed."""
VACANCY_SD = 0.08
"""Spread between teams of the share of posts that are vacant at the start; assumed."""


def team_sum(values: Floats, team: Ints, n_teams: int) -> Floats:
    """Sum of the rows of each team; every team has at least one row."""
    order = np.argsort(team, kind="stable")
    starts = np.searchsorted(team[order], np.arange(n_teams))
    return np.asarray(np.add.reduceat(values[order], starts, axis=0), dtype=np.float64)


def posts_of(ctx: Context, teams: Teams, w: Workers) -> Floats:
    """Posts of each team: staff at the start, and vacancies around the authority's rate."""
    staff = team_sum(np.where(~w.agency & (w.start_index == 0), w.fte, 0.0), w.team, ctx.teams)
    rate = ctx.rates.vacancy / 100 + VACANCY_SD * bounded(ctx.rng("posts"), ctx.teams) + 0.01 * ctx.area
    rate = ctx.set("posts_vacant", np.clip(rate, 0.0, 0.6))
    return np.asarray(staff / (1 - rate), dtype=np.float64)


@dataclass(frozen=True)
class Before:
    """Worker by month, all around 0: cases a full-time equivalent over the mean, held within ``OVER_MOST``; the team's
    share of vacant posts over the authority's; the team's days lost a head over the mean.
    """

    cases: Floats
    vacancy: Floats
    sickness: Floats

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> Before:
        """Nothing yet."""
        return cls(np.zeros(shape), np.zeros(shape), np.zeros(shape))

    def fill(
        self, ctx: Context, w: Workers, m: int, held: Floats, sick: Floats, active: Bools, posts: Floats, leave: Ints
    ) -> None:
        """Work out what month ``m`` begins with; the first month has no month before it."""
        if m:
            over = np.clip(held / w.fte - ctx.rates.caseload, -OVER_MOST, OVER_MOST)
            cases = np.where(w.holder & active[:, m - 1], over, 0.0)
            stays = active[:, m - 1] & (leave > m - 1)
            staff = team_sum(np.where(stays & ~w.agency, w.fte, 0.0), w.team, ctx.teams)
            vacant = 1 - staff / np.maximum(posts, 0.1)
            vacancy = (np.clip(vacant, -0.3, 0.8) - ctx.rates.vacancy / 100)[w.team]
            here = team_sum(np.where(active[:, m - 1], w.fte, 0.0), w.team, ctx.teams)
            lost = team_sum(np.where(active[:, m - 1], sick[:, m - 1], 0.0), w.team, ctx.teams) / np.maximum(here, 0.5)
            sickness = (np.minimum(lost, 3.0) - ctx.rates.absence / 100 * c.WORKING_DAYS / 12)[w.team]
        else:
            cases = vacancy = sickness = np.zeros(len(w.ids))
        self.cases[:, m] = ctx.set("caseload_before", cases, m)
        self.vacancy[:, m] = ctx.set("vacancy_before", vacancy, m)
        self.sickness[:, m] = ctx.set("sickness_before", sickness, m)
