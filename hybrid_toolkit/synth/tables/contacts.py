"""Contacts with families: how they were held, whether the family's preferred mode was honoured, whether it engaged.

Three probability models, additive, so that the estimands are exact but for the bounds of a probability::

    P(remote) = mode_remote_base + mode_rs (RS*_it - 0.45) + mode_risk (risk - 3) + purpose + mode_low_access L
        + mode_rural rural + mode_early early + mode_engaged (engaged before - base) + what the month before left
    P(preferred mode honoured) = practice_base + direct (RS*_it - 0.45) + practice_remote (R - base)
        + practice_interference (colleagues' RS*_it - 0.45) + practice_risk (risk - 3) + practice_early early
        + practice_latent_sd a_i + practice_team_sd b_g + practice_month_sd c_t + what the month before left,
        direct = practice_rs - practice_remote mode_rs, so that practice_rs is all that RS does
    P(engaged | held) = engage_base + engage_remote R + engage_low L + exclusion_penalty R L
        + engage_risk (risk - 3) + need + engage_skill skill + engage_continuity continuity + engage_style a_i
        + engage_early early + engage_season season + engage_worker_sd d_i + engage_family_sd e_f

R is a video or telephone contact, L a family without all ten access flags, early a worker under three years registered.
What the month before left: cases over the mean, the team's vacant posts and days lost, each with its own parameter.
``a_i`` is correlated with the worker's RS (``selection_rho``), so the slope over all contacts is biased; within a
worker, with the month before held, it is not. A family that engaged is met remotely less the next time
(``mode_engaged``), and its own engagement ``e_f`` lasts, so the effect of remote mode is unbiased given risk, need and
the contact before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.streams import Bools, Context, Days, Ints, Labels, bounded, known_where
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.before import Before
from hybrid_toolkit.synth.tables.children import Children
from hybrid_toolkit.synth.tables.families import Families, Slots
from hybrid_toolkit.synth.tables.months import Months
from hybrid_toolkit.synth.tables.people import Teams, Workers
from hybrid_toolkit.synth.tables.visits import (
    CONTACT_PURPOSES,
    MISSED,
    PURPOSE_REMOTE,
    STATUTORY,
    came_of,
    purposes,
    seen,
    written_after,
)
from hybrid_toolkit.synth.truth import BOUND
from hybrid_toolkit.synth.working_days import days_by_month, in_month, place_between, visits_of_day, working_days_after

CONTACT_RATE = np.array([1.05, 1.65, 0.95, 0.75])
"""Contacts a family and month, by need."""
CENTRE = 0.45
OFFERED = 0.4
"""Share of the contacts not held as the family preferred in which a choice was offered all the same."""
BY_CHANCE = 0.5
"""Share of the contacts without an offer that are held in the preferred mode all the same."""
WEEKEND = 0.02
"""Share of contacts on a Saturday; assumed. The rest are on working days, bank holidays left out."""
_AT_HOME, _OR_OFFICE = 0.76, 0.88
"""Share of contacts in person at the family's home, and there or at an office; the rest elsewhere; assumed."""
_UNKNOWN, _UNRECORDED = 0.03, 0.05
"""Shares of contacts without a record of whether the family engaged, and of the mode it preferred; assumed."""
_NAT = np.datetime64("NaT", "D")
NEED_ENGAGE = np.array([0.0, -0.02, 0.01, 0.02])
_MODES = ("home", "video", "phone", "community", "office")
HOME, VIDEO, PHONE, COMMUNITY, _OFFICE = range(len(_MODES))


@dataclass(frozen=True)
class Due:
    """Contacts that were due: places (slot), months, and what each is for, before anything came of them."""

    slot: Ints
    month: Ints
    family: Ints
    worker: Ints
    child: Ints
    purpose: Ints


def draw_due(rng: np.random.Generator, slots: Slots, families: Families) -> Due:
    """Poisson contacts a family and month, by need."""
    counts = rng.poisson(CONTACT_RATE[slots.need[slots.family]])
    slot, month = np.nonzero(counts)
    times = counts[slot, month]
    slot, month = np.repeat(slot, times), np.repeat(month, times)
    family, worker = slots.family[slot, month], slots.worker[slot, month]
    first = (np.cumsum(slots.n_children) - slots.n_children)[family]
    child = first + (rng.random(len(slot)) * slots.n_children[family]).astype(np.int64)
    purpose = purposes(rng, families.need[family], families.risk[family])
    return Due(slot, month, family, worker, child, purpose)


def _left(before: Before, due: Due, caseload: float, vacancy: float, sickness: float) -> Floats:
    """What the month before left, on a share."""
    at = (due.worker, due.month)
    return np.asarray(
        caseload * before.cases[at] / 5 + vacancy * before.vacancy[at] + sickness * before.sickness[at],
        dtype=np.float64,
    )


def _honoured(ctx: Context, teams: Teams, w: Workers, months: Months, due: Due, risk: Ints) -> Floats:
    """P(preferred mode honoured) without what the mode of the contact adds."""
    t, at = ctx.truth, (due.worker, due.month)
    by_month = bounded(ctx.rng("practice-month"), ctx.size.months) + ctx.season
    direct = t.practice_rs - t.practice_remote * t.mode_rs
    return np.asarray(
        t.practice_base
        + direct * (months.remote.rs[at] - CENTRE)
        + t.practice_interference * (months.remote.others[at] - CENTRE)
        + t.practice_risk * (risk - 3)
        + t.practice_early * (w.early[due.worker] - 0.22)
        + t.practice_hotdesk * (teams.hotdesk[w.team[due.worker]] - 0.55)
        + t.practice_latent_sd * w.practice[due.worker]
        + t.practice_team_sd * (0.8 * teams.practice + 0.6 * np.clip(teams.manager, -BOUND, BOUND))[w.team[due.worker]]
        + t.practice_month_sd * by_month[due.month]
        + _left(months.before, due, t.practice_caseload, t.practice_vacancy, t.practice_sickness),
        dtype=np.float64,
    )


def _engaged(ctx: Context, w: Workers, families: Families, slots: Slots, skill: Floats, due: Due) -> Floats:
    """P(engaged) of contacts in person; what remote contact takes away comes on top."""
    t, low = ctx.truth, families.low[due.family]
    stays = np.zeros(slots.worker.shape)
    stays[:, 1:] = (slots.worker[:, 1:] == slots.worker[:, :-1]) & (slots.family[:, 1:] == slots.family[:, :-1])
    stays = ctx.set("continuity", stays)
    return np.asarray(
        t.engage_base
        + t.engage_low * low
        + t.engage_risk * (families.risk[due.family] - 3)
        + NEED_ENGAGE[families.need[due.family]]
        + t.engage_skill * skill[due.worker, due.month]
        + t.engage_continuity * (stays[due.slot, due.month] - 0.75)
        + t.engage_style * w.practice[due.worker]
        + t.engage_early * (w.early[due.worker] - 0.22)
        + t.engage_season * ctx.season[due.month]
        + t.engage_worker_sd * w.engagement[due.worker]
        + t.engage_family_sd * families.engagement[due.family],
        dtype=np.float64,
    )


def _remote(ctx: Context, w: Workers, months: Months, families: Families, due: Due) -> Floats:
    """P(remote) without what the family's contact before adds."""
    t = ctx.truth
    return np.asarray(
        t.mode_remote_base
        + t.mode_rs * (months.remote.rs[due.worker, due.month] - CENTRE)
        + t.mode_risk * (families.risk[due.family] - 3)
        + PURPOSE_REMOTE[due.purpose]
        + t.mode_low_access * families.low[due.family]
        + t.mode_rural * (families.rural[due.family] - 0.18)
        + t.mode_early * (w.early[due.worker] - 0.22)
        + _left(months.before, due, t.mode_caseload, t.mode_vacancy, t.mode_sickness),
        dtype=np.float64,
    )


def _timely(ctx: Context, teams: Teams, w: Workers, months: Months, due: Due, risk: Ints) -> Floats:
    """P(held in time)."""
    t, team = ctx.truth, w.team[due.worker]
    return np.asarray(
        t.timely_base
        + t.timely_rs * (months.remote.rs[due.worker, due.month] - CENTRE)
        + t.timely_style * w.practice[due.worker]
        + t.timely_risk * (risk - 3)
        + t.timely_hotdesk * (teams.hotdesk[team] - 0.55)
        + t.timely_manager * teams.manager[team]
        + t.timely_season * ctx.season[due.month]
        + _left(months.before, due, t.timely_caseload, t.timely_vacancy, t.timely_sickness),
        dtype=np.float64,
    )


def _circumstances(ctx: Context, teams: Teams, w: Workers, due: Due, risk: Ints) -> Floats:
    """What risk, the worker's way of working, team, manager and season add to a visit's being made and the child's
    being seen, around 0; assumed.
    """
    team = w.team[due.worker]
    return np.asarray(
        0.5 * (risk - 3)
        + 0.5 * w.practice[due.worker]
        - 0.5 * (teams.hotdesk[team] - 0.55)
        + 0.5 * teams.manager[team]
        - ctx.season[due.month],
        dtype=np.float64,
    )


def _missing(ctx: Context, teams: Teams, w: Workers, due: Due, risk: Ints) -> Floats:
    """P(not achieved), higher with risk and where a visit is not statutory; assumed."""
    worse = 0.02 * (risk - 3) - 0.01 * _circumstances(ctx, teams, w, due, risk)
    return np.clip(0.08 + worse + 0.01 * (due.purpose >= STATUTORY), 0.01, 0.5)


def _in_turn(
    ctx: Context, due: Due, low: Bools, when: Days, counts: Bools, remote: Floats, engaged: Floats, u: Floats
) -> tuple[Bools, Bools, Floats]:
    """Mode and engagement, contact after contact of each family; ``counts`` are those that leave a mark on the next.

    Returns whether remote, whether engaged, and how the family engaged before (the base where nothing is known).
    """
    t, n = ctx.truth, len(when)
    far, yes, last = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_), np.empty(n)
    order = np.lexsort((np.arange(n), when, due.family))
    family = due.family[order]
    first = np.r_[True, family[1:] != family[:-1]] if n else np.zeros(0, dtype=np.bool_)
    place = np.arange(n) - np.maximum.accumulate(np.where(first, np.arange(n), 0)) if n else np.zeros(0, dtype=np.int64)
    state = np.full(int(due.family.max()) + 1 if n else 0, t.engage_base)
    by_place = np.argsort(place, kind="stable")
    ends = np.cumsum(np.bincount(place)) if n else np.zeros(0, dtype=np.int64)
    for k, end in enumerate(ends):
        rows = order[by_place[(ends[k - 1] if k else 0) : end]]
        last[rows] = ctx.set("engagement_before", state[due.family[rows]])
        chance = np.clip(remote[rows] + t.mode_engaged * (last[rows] - t.engage_base), 0.02, 0.98)
        held = ctx.set_yes("contact_mode", u[rows, 0] < chance)
        loss = t.engage_remote * held + t.exclusion_penalty * (held & low[rows])
        came = ctx.set_yes("engagement", u[rows, 1] < np.clip(engaged[rows] + loss, 0.01, 0.99))
        far[rows], yes[rows] = held, came
        marked = rows[counts[rows]]
        state[due.family[marked]] = yes[marked]
    return far, yes, last


def _modes(rng: np.random.Generator, far: Bools, low: Bools) -> Ints:
    """The mode of each contact, remote or in person; low-access families get calls rather than video."""
    u = rng.random(len(far))
    remote = np.where(u < np.where(low, 0.30, 0.55), VIDEO, PHONE)
    face = np.where(u < _AT_HOME, HOME, np.where(u < _OR_OFFICE, _OFFICE, COMMUNITY))
    return np.where(far, remote, face)


def _another(rng: np.random.Generator, mode: Ints) -> Ints:
    """A preferred mode that is not the one used."""
    step = 1 + rng.choice(len(_MODES) - 1, len(mode), p=[0.5, 0.25, 0.15, 0.1])
    return np.asarray((mode + step) % len(_MODES), dtype=np.int64)


def _weekend(day: Days, last: Days) -> Days:
    """The Saturday after a day, where that is still in the month."""
    saturday = np.busday_offset(day, 0, roll="forward", weekmask="Sat").astype("datetime64[D]")
    return np.where(saturday <= last, saturday, day)


def _held_place(
    ctx: Context, weights: Floats, month: Ints, due: Ints, late: Bools, last: Ints, rng: np.random.Generator
) -> Ints:
    """Place in its month of the day on which each contact is held: up to five working days before the day due, or after
    it, more often on days that get more visits.
    """
    part = ctx.rng("held-day").random(len(due))
    after, before = (rng.integers(1, 6, len(due)) - 1 + part) / 5, (rng.integers(0, 6, len(due)) + part) / 6
    first = np.where(late, np.minimum(due + 1, last), np.maximum(due - 5, 0))
    end = np.where(late, np.minimum(due + 5, last), due)
    return place_between(weights, month, first, end, np.where(late, after, before))


def contact_frame(
    ctx: Context,
    teams: Teams,
    w: Workers,
    months: Months,
    families: Families,
    children: Children,
    skill: Floats,
) -> pd.DataFrame:
    """The table ``contact``. Held and due days lie in the month of the exposure that acts on them."""
    t, rng = ctx.truth, ctx.rng("contact")
    drawn = draw_due(rng, months.slots, families)
    due = replace(drawn, purpose=ctx.set("purpose", drawn.purpose))
    n, month, risk, low = len(due.slot), due.month, families.risk[due.family], families.low[due.family]
    days, working = days_by_month(ctx.months)
    day_due = in_month(days, working, month, 0.3 + 0.6 * rng.random(n))
    timely = np.clip(_timely(ctx, teams, w, months, due, risk), 0.05, 0.99)
    timely_drawn = (rng.random(n) < timely) | (day_due >= working[month] - 1)
    late = ~ctx.set_yes("timeliness", timely_drawn)
    moved = _held_place(ctx, visits_of_day(t, days), month, day_due, late, working[month] - 1, rng)
    held_day = days[month, moved]
    early_enough = ~late & (day_due > moved) & (rng.random(n) < WEEKEND)
    held_day = np.where(
        early_enough, np.minimum(_weekend(held_day, ctx.month_ends[month]), days[month, day_due]), held_day
    )
    missed = ctx.set_yes("not_achieved", rng.random(n) < _missing(ctx, teams, w, due, risk))
    unknown = missed | ~ctx.set_yes("engagement_noted", rng.random(n) >= _UNKNOWN)
    chance, base = _remote(ctx, w, months, families, due), _engaged(ctx, w, families, months.slots, skill, due)
    far, engaged, _ = _in_turn(ctx, due, low, held_day, ~unknown, chance, base, rng.random((n, 2)))
    mode = _modes(rng, far, low)
    kept = _honoured(ctx, teams, w, months, due, risk) + t.practice_remote * (far - t.mode_remote_base)
    yes = ctx.set_yes("choice_honoured", rng.random(n) < np.clip(kept, 0.0, 1.0))
    offered = yes | (rng.random(n) < OFFERED)
    ignored = np.where(rng.random(n) < BY_CHANCE, mode, _another(rng, mode))
    preferred = np.where(yes, mode, np.where(offered, _another(rng, mode), ignored))
    length = np.where(far, rng.gamma(5.0, 5.0, n), rng.gamma(7.0, 7.5, n))
    minutes = np.clip(np.rint(length / 5) * 5, 5, 240)
    unrecorded = missed | ~ctx.set_yes("choice_noted", rng.random(n) >= _UNRECORDED)
    result = came_of(rng, missed)
    circumstances = _circumstances(ctx, teams, w, due, risk)
    there, alone = seen(rng, mode, due.purpose, children.infant[due.child], circumstances)
    there = ctx.set_yes("child_seen", there)
    written = working_days_after(held_day, written_after(rng, n))
    return frame(
        "contact",
        {
            "contact_id": ctx.keys("K", n, 6),
            "family_id": families.ids[due.family],
            "child_id": children.ids[due.child],
            "worker_id": w.ids[due.worker],
            "due_date": days[month, day_due],
            "held_date": np.where(missed, _NAT, held_day),
            "mode": Labels.of(_MODES, mode).but_empty(missed),
            "mode_offered_choice": known_where(offered, unrecorded),
            "mode_preferred": Labels.of(_MODES, preferred).but_empty(unrecorded),
            "engaged": known_where(engaged, unknown),
            "minutes": np.where(missed, np.nan, minutes),
            "purpose": Labels.of(CONTACT_PURPOSES, due.purpose),
            "outcome": Labels.of(("held", *MISSED), result),
            "child_seen": known_where(there, missed),
            "seen_alone": known_where(alone & there, missed | children.infant[due.child]),
            "recorded_date": np.where(missed | (written > ctx.end), _NAT, written),
        },
    )
