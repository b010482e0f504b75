"""Families, who works with them month by month, and their digital access.

A team has places for families; each place holds one open family, and when that family's case closes another is
referred the next month. Every month a family has one allocated worker of its team. Cases held are the children of
the families allocated on the last day of the month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS
from hybrid_toolkit.synth.streams import Bools, Context, Days, Ints, Labels, bounded, expit, logit
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.people import AGENCY_TURNOVER, Teams, Workers
from hybrid_toolkit.synth.working_days import on_working_days

_NEEDS = ("cin", "cp", "cla", "leaver")
NEED_BY_SERVICE = {
    "assessment": (0.85, 0.15, 0.0, 0.0),
    "cin_cp": (0.45, 0.45, 0.10, 0.0),
    "cla": (0.05, 0.05, 0.85, 0.05),
    "care_leavers": (0.0, 0.0, 0.10, 0.90),
    "fostering": (0.10, 0.0, 0.90, 0.0),
    "other": (0.60, 0.20, 0.15, 0.05),
}
CLOSING = np.array([0.11, 0.09, 0.03, 0.025])
"""Monthly chance that a family's case closes, by need."""
CHILDREN = np.array([1.9, 2.1, 1.3, 1.0])
"""Mean children of a family with open cases, by need."""
RISK = np.array([[0.20, 0.35, 0.30, 0.12, 0.03], [0.02, 0.10, 0.28, 0.36, 0.24]])
"""Shares of risk 1 to 5: child in need and care leaver; child protection and looked after."""

RURAL_SHARE = 0.18
"""Share of small areas that are rural (England, 2021 classification)."""

_TWICE, _STILL_MET = 0.15, 0.8
"""Shares of families with an earlier record of access, and of needs met now that were met then; assumed."""


@dataclass(frozen=True)
class Slots:
    """FamilyPlaces for families (row) by month (column): the family in it and its allocated worker (index).

    ``opened`` and ``closed`` are month indices of each family: -1 where it was open before the period, ``months``
    where it stays open.
    """

    team: Ints
    family: Ints
    worker: Ints
    need: Ints
    opened: Ints
    closed: Ints
    n_children: Ints
    family_team: Ints
    cases: Ints


@dataclass(frozen=True)
class Families:
    """One entry a family; ``low`` is the true state: not all ten access flags."""

    ids: Labels
    need: Ints
    risk: Ints
    rural: Bools
    lsoa: Labels
    low: Bools
    engagement: Floats


def capacity(ctx: Context, w: Workers, spread: Floats) -> Floats:
    """Children a worker is meant to hold: caseload x fte, fewer in the assessed year, none for other roles."""
    factor = np.where(w.stage == "asye", 0.75, 1.02) * spread
    return np.where(w.holder, ctx.rates.caseload * w.fte * factor, 0.0)


def _choose(u: Floats, team: Ints, weight: Floats, worker_team: Ints) -> Ints:
    """A worker for each draw, from its team with the given weights; from any team where its own has nobody."""
    order = np.argsort(worker_team, kind="stable")
    edges = np.concatenate([[0.0], np.cumsum(weight[order])])
    bounds = np.searchsorted(worker_team[order], np.arange(worker_team.max() + 2))
    low, high = edges[bounds[team]], edges[bounds[team + 1]]
    empty = high - low <= 0
    point = np.where(empty, edges[-1] * u, low + u * (high - low))
    place = np.clip(np.searchsorted(edges, point, side="right") - 1, 0, len(order) - 1)
    return np.asarray(order[place], dtype=np.int64)


@dataclass
class FamilyPlaces:
    """Open families while the months are lived: ``done`` gives the ``Slots``. ``worker`` is filled month by month."""

    slots: Slots
    held: Floats
    size: Floats
    closes: Bools
    change: Bools
    draw_at: Floats
    even: Floats
    cases: Floats

    @classmethod
    def draw(cls, ctx: Context, teams: Teams, w: Workers) -> FamilyPlaces:
        """Open families by month, before anyone is allocated."""
        months, rng = ctx.size.months, ctx.rng("family-slots")
        spread = np.exp(0.18 * bounded(ctx.rng("capacity"), len(w.ids)))
        held, asked = capacity(ctx, w, spread), ctx.rates.caseload * w.demand * spread
        # Joiners and leavers hold cases for part of the period only; a worker stays so long as the rates say.
        monthly = ctx.rates.turnover / 100 / 12 * np.where(w.agency, AGENCY_TURNOVER, 1.0)
        there = months - w.start_index
        stay = (1 - (1 - monthly) ** there) / np.maximum(monthly, 1e-9) / months
        load = np.bincount(w.team, weights=asked * np.minimum(stay, 1.0), minlength=ctx.teams)
        chances = np.array([NEED_BY_SERVICE[s] for s in teams.service])
        counts = np.maximum(np.rint(load / (chances @ CHILDREN)), 1).astype(np.int64)
        team = np.repeat(np.arange(ctx.teams), counts)
        n = len(team)
        edges = np.cumsum(chances, axis=1)[team]
        need = np.minimum((rng.random((n, 1)) > edges).sum(axis=1), 3)
        closes = rng.random((n, months)) < CLOSING[need][:, None]
        closes[:, -1] = False
        nth = np.cumsum(closes, axis=1) - closes
        first = np.concatenate([[0], np.cumsum(nth[:, -1] + 1)[:-1]])
        family = first[:, None] + nth
        total = int(first[-1] + nth[-1, -1] + 1)
        slot_of = np.repeat(np.arange(n), nth[:, -1] + 1)
        opened = np.full(total, -1)
        rows, cols = np.nonzero(closes)
        opened[family[rows, cols] + 1] = cols + 1
        closed = np.full(total, months)
        closed[family[rows, cols]] = cols
        family_need = need[slot_of]
        n_children = ctx.set("n_children", 1 + rng.poisson(CHILDREN[family_need] - 1)).astype(np.int64)
        within = np.arange(n) - np.repeat(np.cumsum(counts) - counts, counts)
        even = (within + rng.random(ctx.teams)[team]) / counts[team]
        change, draw = rng.random((n, months)) < ctx.truth.worker_change, rng.random((n, months))
        slots = Slots(
            team=team,
            family=family,
            worker=np.zeros((n, months), dtype=np.int64),
            need=family_need,
            opened=opened,
            closed=closed,
            n_children=n_children,
            family_team=team[slot_of],
            cases=np.zeros((len(w.ids), months), dtype=np.int64),
        )
        size = n_children[family].astype(np.float64)
        return cls(slots, held, size, closes, change, draw, even, np.zeros(len(w.ids)))

    def allocate(self, ctx: Context, w: Workers, m: int, active: Bools) -> None:
        """Allocate every open family of a month to a worker of its team."""
        worker = self.slots.worker
        weight = np.where(active, self.held, 0.0)
        again = self.change[:, m] | (self.closes[:, m - 1] if m else True)
        if m:
            again = again | ~active[worker[:, m - 1]]
            kept = np.bincount(worker[:, m - 1], weights=self.size[:, m] * ~again, minlength=len(self.held))
            weight = np.where(weight > 0, np.maximum(weight - kept, 0.1 * weight), 0.0)
        fresh = _choose(self.draw_at[:, m] if m else self.even, self.slots.team, weight, w.team)
        chosen = np.where(again, fresh, worker[:, m - 1] if m else fresh)
        worker[:, m] = ctx.set("allocation", chosen, m)
        held = np.bincount(worker[:, m], weights=self.size[:, m], minlength=len(self.held))
        self.cases = ctx.set("caseload", held, m)
        self.slots.cases[:, m] = self.cases.astype(np.int64)


def draw_families(ctx: Context, slots: Slots) -> Families:
    """What is true of each family; low access is likelier with risk and in rural areas, and is independent of the
    family's own engagement. Both count beside the authority's other families: where all are moved
    alike, access stays.
    """
    t, rng, n = ctx.truth, ctx.rng("family"), len(slots.need)
    high = np.isin(slots.need, (1, 2)).astype(int)
    at = np.clip(rng.random((n, 1)) + 0.03 * ctx.area, 0, 1)
    risk = 1 + np.minimum((at > np.cumsum(RISK, axis=1)[high]).sum(axis=1), 4)
    risk = np.asarray(ctx.set("risk_need", risk)).astype(np.int64)
    n_lsoa = 120
    area = rng.integers(0, n_lsoa, n)
    rural = (rng.random(n_lsoa) < RURAL_SHARE + 0.04 * ctx.rurality)[area]
    rural = ctx.set_yes("family_rural", rural)
    low = t.low_access_share + t.low_access_risk * (risk - risk.mean()) + t.low_access_rural * (rural - rural.mean())
    return Families(
        ids=ctx.keys("F", n, 5),
        need=slots.need,
        risk=risk,
        rural=rural,
        lsoa=ctx.keys("S", n_lsoa, 3)[area],
        low=ctx.set_yes("family_access", rng.random(n) < np.clip(low, 0.02, 0.98)),
        engagement=bounded(rng, n),
    )


def family_frame(ctx: Context, slots: Slots, families: Families) -> pd.DataFrame:
    """The table ``family``."""
    return frame(
        "family",
        {
            "family_id": families.ids,
            "la_id": ctx.everywhere(len(families.ids)),
            "lsoa": families.lsoa,
            "n_children": slots.n_children,
            "need": Labels.of(_NEEDS, families.need),
            "risk": families.risk,
            "rural": families.rural,
        },
    )


def access_frame(ctx: Context, slots: Slots, families: Families) -> pd.DataFrame:
    """The table ``access``: a latest record for some families, an earlier and poorer one for a few of them.

    A low-access family is recorded less often, whatever its engagement.
    """
    t, rng, n = ctx.truth, ctx.rng("access"), len(families.ids)
    constant = logit(1 - t.access_unrecorded) - t.access_low_log_odds * t.low_access_share
    recorded = rng.random(n) < expit(constant + t.access_low_log_odds * families.low)
    flags = np.ones((n, 10), dtype=np.bool_)
    lacks = rng.random((n, 10)) < np.array([0.35, 0.25, 0.20, 0.35, 0.40, 0.40, 0.45, 0.40, 0.45, 0.35])
    certain = rng.integers(0, 10, n)
    lacks[np.arange(n), certain] = True
    flags &= ~(lacks & families.low[:, None])
    opened = np.maximum(slots.opened, 0)
    day = ctx.months[opened] + rng.integers(0, 28, n).astype("timedelta64[D]")
    twice = recorded & (rng.random(n) < _TWICE)
    before = day - rng.integers(40, 300, n).astype("timedelta64[D]")
    poorer = flags & (rng.random((n, 10)) < _STILL_MET)
    known = np.concatenate([flags[recorded], poorer[twice]])
    return frame(
        "access",
        {
            "family_id": families.ids[np.concatenate([np.flatnonzero(recorded), np.flatnonzero(twice)])],
            "date": np.concatenate([day[recorded], before[twice]]),
            **{flag: known[:, k] for k, flag in enumerate(ACCESS_FLAGS)},
        },
    )


def opening_days(ctx: Context, slots: Slots) -> Days:
    """Day each family's case opened: the referral. Families open before the period were referred earlier."""
    rng, n = ctx.rng("opening"), len(slots.need)
    inside = ctx.months[np.maximum(slots.opened, 0)] + rng.integers(0, 3, n).astype("timedelta64[D]")
    back = np.minimum(5 + rng.exponential(1 / CLOSING[slots.need]) * 30.4, 2500).astype("timedelta64[D]")
    return referred(ctx, "referral-day", np.where(slots.opened < 0, ctx.begin - back, inside))


def referred(ctx: Context, layer: str, day: Days, step: int = 1) -> Days:
    """Days of referral: most of those that fall on a weekend or bank holiday are entered in the working week that
    follows, or the one before (``step`` -1); the rest are the emergency duty team's.
    """
    rng = ctx.rng(layer)
    kept = rng.random(len(day)) < ctx.truth.duty_weekend
    near = on_working_days(rng, day, step)
    return np.where(kept, day, near)
