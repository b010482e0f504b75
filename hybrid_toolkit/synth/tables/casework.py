"""Referrals, what followed, and who each child was allocated to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth import calibration as c
from hybrid_toolkit.synth.streams import Context, Days, Ints, Labels
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.families import Families, Slots, opening_days, referred
from hybrid_toolkit.synth.tables.people import Teams, Workers
from hybrid_toolkit.synth.tables.remote_share import Remote
from hybrid_toolkit.synth.working_days import working_days_after

_NAT = np.datetime64("NaT", "D")
PLANS = ("none", "cin", "cp", "cla")
_ENDS = ("caseload", "reorganised", "transfer", "absence", "child_asked", "parent_asked", "other", "left")
_END_SHARES = np.array([0.32, 0.16, 0.24, 0.10, 0.03, 0.05, 0.10])
"""Why an allocation ends while the worker stays: assumed; ``left`` where the worker leaves."""
_LEAVER = 3
"""Place of the need of care leavers, whose worker has a role of its own."""
_CONFERENCE = 0.2
"""Share of enquiries about other children than those of a child protection plan that end in a conference; assumed."""
PLAN_OF_NEED = np.array([1, 2, 3, 3])
"""Place in ``PLANS`` of the plan of each need."""


def from_quantiles(rng: np.random.Generator, marks: tuple[tuple[float, float], ...], size: int) -> Ints:
    """Whole working days with the stated shares at the stated days."""
    shares, days = zip(*marks, strict=True)
    return np.asarray(np.ceil(np.interp(rng.random(size), shares, days)), dtype=np.int64)


def child_owner(slots: Slots) -> Ints:
    """The family of each child."""
    return np.repeat(np.arange(len(slots.n_children)), slots.n_children)


def rereferral_chance(share: float = c.REREFERRAL_SHARE) -> float:
    """Chance that a referral repeats one within 12 months, so that ``share`` of a year's referrals do.

    A repeat brings its earlier referral with it, 46% of the time inside the same year: share = q / (1 + 0.46 q).
    """
    return share / (1 - 0.46 * share)


def first_worker(slots: Slots) -> Ints:
    """The worker of each family in its first month of the period."""
    places, months = slots.family.shape
    opened = np.maximum(slots.opened, 0)
    place = np.zeros(len(slots.need), dtype=np.int64)
    place[slots.family] = np.arange(places)[:, None]
    return np.asarray(slots.worker[place, np.minimum(opened, months - 1)], dtype=np.int64)


def _clip(day: Days, end: np.datetime64) -> Days:
    """Days after the end of the period are not known yet."""
    return np.where(day > end, _NAT, day)


def child_event_frame(
    ctx: Context, teams: Teams, w: Workers, slots: Slots, families: Families, children: Labels
) -> pd.DataFrame:
    """The table ``child_event``: each child's referral, and the earlier one of a child that was referred again."""
    rng, owner = ctx.rng("child-event"), child_owner(slots)
    n, end = len(owner), ctx.end
    need = families.need[owner]
    referral = opening_days(ctx, slots)[owner]
    again = rng.random(n) < rereferral_chance()
    earlier = referred(ctx, "earlier-referral", referral - rng.integers(30, 356, n).astype("timedelta64[D]"), -1)
    start = working_days_after(referral, rng.integers(0, 3, n))
    finish = working_days_after(start, from_quantiles(rng, c.ASSESSMENT_DAYS, n))
    enquiry = rng.random(n) < np.array([0.12, 0.95, 0.45, 0.0])[need]
    s47 = np.where(enquiry, working_days_after(start, rng.integers(0, 15, n)), _NAT)
    meeting = enquiry & ((need == 1) | (rng.random(n) < _CONFERENCE))
    s47_day = np.where(enquiry, s47, start)
    icpc = np.where(meeting, working_days_after(s47_day, from_quantiles(rng, c.ICPC_DAYS, n)), _NAT)
    first = np.flatnonzero(again)
    begun = working_days_after(earlier[first], 1)
    ended = working_days_after(begun, from_quantiles(rng, c.ASSESSMENT_DAYS, len(first)))
    ended = np.where(ended < referral[first], ended, referral[first])
    empty = np.full(len(first), _NAT)
    plan = np.where(rng.random(n) < np.array([0.25, 0.0, 0.0, 0.0])[need], 0, PLAN_OF_NEED[need])
    finish = _clip(finish, end)
    plan = np.where(np.isnat(finish), -1, plan)
    rows = np.concatenate([np.arange(n), first])
    due = np.where(meeting, working_days_after(s47_day, np.full(n, 15)), _NAT)
    due = np.where(np.isnat(_clip(icpc, end)), _NAT, due)
    assessed = first_worker(slots)[owner][rows]
    closed = np.append(ctx.month_ends, _NAT)[slots.closed[owner]]
    return frame(
        "child_event",
        {
            "child_id": children[rows],
            "family_id": families.ids[owner[rows]],
            "referral_date": np.concatenate([referral, earlier[first]]),
            "assessment_start_date": np.concatenate([_clip(start, end), begun]),
            "assessment_end_date": np.concatenate([finish, ended]),
            "s47_date": np.concatenate([_clip(s47, end), empty]),
            "icpc_date": np.concatenate([_clip(icpc, end), empty]),
            "rereferral": np.concatenate([again, np.zeros(len(first), dtype=bool)]),
            "plan": Labels.of(PLANS, np.concatenate([plan, np.zeros(len(first), dtype=np.int64)])),
            "worker_id": w.ids[assessed],
            "team_id": teams.ids[w.team[assessed]],
            "icpc_due_date": np.concatenate([due, empty]),
            "close_date": np.concatenate([closed, ended]),
        },
    )


def allocation_frame(
    ctx: Context, teams: Teams, w: Workers, remote: Remote, slots: Slots, children: Labels
) -> pd.DataFrame:
    """The table ``allocation_spell``: who each child was allocated to, month by month, joined into spells.

    A child who was open before the period is counted from its first day. A spell that ends with the case, or lasts, has
    no reason for its end.
    """
    rng = ctx.rng("allocation")
    months = ctx.size.months
    same = (slots.worker[:, 1:] == slots.worker[:, :-1]) & (slots.family[:, 1:] == slots.family[:, :-1])
    fresh = np.column_stack([np.ones(len(same), dtype=bool), ~same])
    last = np.column_stack([~same, np.ones(len(same), dtype=bool)])
    slot, begin = np.nonzero(fresh)
    finish = np.nonzero(last)[1]
    family, worker = slots.family[slot, begin], slots.worker[slot, begin]
    stays = (finish == months - 1) & (slots.closed[family] >= months)
    start = ctx.months[begin]
    end = np.where(stays, _NAT, ctx.month_ends[finish])
    gone = remote.leave_index[worker] == finish
    drawn = np.searchsorted(np.cumsum(_END_SHARES), rng.random(len(family)), side="right")
    reason = np.where(gone, _ENDS.index("left"), np.minimum(drawn, len(_ENDS) - 1))
    reason = np.where(stays | (slots.closed[family] == finish), -1, reason)
    role = np.where(slots.need[family] == _LEAVER, 1, 0)
    counts = slots.n_children[family]
    base = (np.cumsum(slots.n_children) - slots.n_children)[family]
    spell = np.repeat(np.arange(len(family)), counts)
    offset = np.arange(len(spell)) - np.repeat(np.cumsum(counts) - counts, counts)
    return frame(
        "allocation_spell",
        {
            "child_id": children[base[spell] + offset],
            "worker_id": w.ids[worker[spell]],
            "start_date": start[spell],
            "end_date": end[spell],
            "role": Labels.of(("case_holder", "personal_adviser"), role[spell]),
            "team_id": teams.ids[w.team[worker[spell]]],
            "end_reason": Labels.of(_ENDS, reason[spell]),
        },
    )


def sick_total(w: Workers, remote: Remote, sick: Floats, months: int) -> float:
    """Working days lost by staff (not agency) in the last twelve months."""
    first = max(months - 12, 0)
    return float(np.where(remote.active, sick, 0.0)[~w.agency, first:].sum())
