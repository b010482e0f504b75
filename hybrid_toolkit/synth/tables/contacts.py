"""Contacts with families: how they were held, whether the family's preferred mode was honoured, whether it engaged.

Two probability models, both additive, so that the estimands are exact::

    P(preferred mode honoured) = practice_base + practice_rs (RS*_it - 0.45)
        + practice_interference (colleagues' RS*_it - 0.45) + practice_risk (risk - 3)
        + practice_latent_sd a_i + practice_team_sd b_g + practice_month_sd c_t
    P(engaged | held) = engage_base + engage_remote R + engage_low L + exclusion_penalty R L
        + engage_risk (risk - 3) + need + engage_worker_sd d_i + engage_family_sd e_f

R is a video or telephone contact, L a family without all ten access flags. ``a_i`` is correlated with the worker's
RS (``selection_rho``), so the slope over all contacts is biased by about
``0.6 selection_rho practice_latent_sd / rs_sd``; within a worker it is not. Remote mode depends on RS, risk, need and
L only, and ``e_f`` on nothing, so given risk and need both effects of S3 and their contrast are unbiased; without them
the effect of remote mode is not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.streams import Bools, Context, Days, Ints, Labels, bounded, known_where
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.children import Children
from hybrid_toolkit.synth.tables.families import Families, Slots
from hybrid_toolkit.synth.tables.people import Teams, Workers
from hybrid_toolkit.synth.tables.remote import Remote
from hybrid_toolkit.synth.tables.visits import (
    CONTACT_PURPOSES,
    MISSED,
    PURPOSE_REMOTE,
    came_of,
    purposes,
    seen,
    written_after,
)
from hybrid_toolkit.synth.working_days import days_by_month, in_month

CONTACT_RATE = np.array([1.05, 1.65, 0.95, 0.75])
"""Contacts a family and month, by need."""
CENTRE = 0.45
LATE_SHARE = 0.14
"""Share of contacts held after the day by which they were due; assumed."""
WEEKEND = 0.02
"""Share of contacts on a Saturday; assumed. The rest are on working days, bank holidays left out."""
_NAT = np.datetime64("NaT", "D")
NEED_ENGAGE = np.array([0.0, -0.02, 0.01, 0.02])
_MODES = ("home", "video", "phone", "community", "office")
OFFERED = 0.4
"""Share of the contacts not held as the family preferred in which a choice was offered all the same."""
BY_CHANCE = 0.5
"""Share of the contacts without an offer that are held in the preferred mode all the same."""
HOME, VIDEO, PHONE, COMMUNITY, _OFFICE = range(len(_MODES))


def honoured_probability(
    ctx: Context, teams: Teams, w: Workers, remote: Remote, worker: Ints, month: Ints, risk: Ints
) -> Floats:
    """P(preferred mode honoured) of contacts; inside 0 to 1 by the checks of ``Truth``."""
    t = ctx.truth
    by_month = bounded(ctx.rng("practice-month"), ctx.size.months)
    return np.asarray(
        t.practice_base
        + t.practice_rs * (remote.rs[worker, month] - CENTRE)
        + t.practice_interference * (remote.others[worker, month] - CENTRE)
        + t.practice_risk * (risk - 3)
        + t.practice_latent_sd * w.practice[worker]
        + t.practice_team_sd * teams.practice[w.team[worker]]
        + t.practice_month_sd * by_month[month],
        dtype=np.float64,
    )


def engaged_probability(ctx: Context, w: Workers, families: Families, worker: Ints, family: Ints, far: Bools) -> Floats:
    """P(engaged) of held contacts; inside 0 to 1 by the checks of ``Truth``."""
    t, low = ctx.truth, families.low[family]
    return np.asarray(
        t.engage_base
        + t.engage_remote * far
        + t.engage_low * low
        + t.exclusion_penalty * (far & low)
        + t.engage_risk * (families.risk[family] - 3)
        + NEED_ENGAGE[families.need[family]]
        + t.engage_worker_sd * w.engagement[worker]
        + t.engage_family_sd * families.engagement[family],
        dtype=np.float64,
    )


def _modes(rng: np.random.Generator, far: Bools, low: Bools) -> Ints:
    """The mode of each contact, remote or in person; low-access families get calls rather than video."""
    u = rng.random(len(far))
    remote = np.where(u < np.where(low, 0.30, 0.55), VIDEO, PHONE)
    face = np.where(u < 0.76, HOME, np.where(u < 0.88, _OFFICE, COMMUNITY))
    return np.where(far, remote, face)


def _another(rng: np.random.Generator, mode: Ints) -> Ints:
    """A preferred mode that is not the one used."""
    step = 1 + rng.choice(len(_MODES) - 1, len(mode), p=[0.5, 0.25, 0.15, 0.1])
    return np.asarray((mode + step) % len(_MODES), dtype=np.int64)


def _weekend(day: Days, last: Days) -> Days:
    """The Saturday after a day, where that is still in the month."""
    saturday = np.busday_offset(day, 0, roll="forward", weekmask="Sat").astype("datetime64[D]")
    return np.where(saturday <= last, saturday, day)


def contact_frame(
    ctx: Context, teams: Teams, w: Workers, remote: Remote, slots: Slots, families: Families, children: Children
) -> pd.DataFrame:
    """The table ``contact``. Held and due days lie in the month of the exposure that acts on them."""
    t, rng = ctx.truth, ctx.rng("contact")
    counts = rng.poisson(CONTACT_RATE[slots.need[slots.family]])
    slot, month = np.nonzero(counts)
    times = counts[slot, month]
    slot, month = np.repeat(slot, times), np.repeat(month, times)
    family, worker = slots.family[slot, month], slots.worker[slot, month]
    n, risk = len(slot), families.risk[family]
    child = (np.cumsum(slots.n_children) - slots.n_children)[family] + (
        rng.random(n) * slots.n_children[family]
    ).astype(np.int64)
    purpose = purposes(rng, families.need[family])
    share = (
        t.mode_remote_base
        + t.mode_rs * (remote.rs[worker, month] - CENTRE)
        + t.mode_risk * (risk - 3)
        + PURPOSE_REMOTE[purpose]
        + t.mode_low_access * families.low[family]
    )
    far = rng.random(n) < np.clip(share, 0.02, 0.98)
    mode = _modes(rng, far, families.low[family])
    yes = rng.random(n) < honoured_probability(ctx, teams, w, remote, worker, month, risk)
    offered = yes | (rng.random(n) < OFFERED)
    ignored = np.where(rng.random(n) < BY_CHANCE, mode, _another(rng, mode))
    preferred = np.where(yes, mode, np.where(offered, _another(rng, mode), ignored))
    engaged = rng.random(n) < engaged_probability(ctx, w, families, worker, family, far)
    minutes = np.clip(np.rint(np.where(far, rng.gamma(5.0, 5.0, n), rng.gamma(7.0, 7.5, n)) / 5) * 5, 5, 240)
    days, working = days_by_month(ctx.months)
    due = in_month(days, working, month, 0.3 + 0.6 * rng.random(n))
    late = rng.random(n) < LATE_SHARE
    moved = np.where(late, due + rng.integers(1, 6, n), due - rng.integers(0, 6, n))
    late &= moved < working[month]
    held_day = days[month, np.clip(moved, 0, working[month] - 1)]
    held_day = np.where(rng.random(n) < WEEKEND, _weekend(held_day, ctx.month_ends[month]), held_day)
    missed = rng.random(n) < 0.06 + 0.01 * (risk - 1)
    unrecorded = missed | (rng.random(n) < 0.05)
    result = came_of(rng, missed)
    there, alone = seen(rng, mode, purpose, children.infant[child])
    written = np.busday_offset(held_day, written_after(rng, remote.rs[worker, month]), roll="forward")
    return frame(
        "contact",
        {
            "contact_id": ctx.keys("K", n, 6),
            "family_id": families.ids[family],
            "child_id": children.ids[child],
            "worker_id": w.ids[worker],
            "due_date": days[month, due],
            "held_date": np.where(missed, _NAT, held_day),
            "mode": Labels.of(_MODES, mode).but_empty(missed),
            "mode_offered_choice": known_where(offered, unrecorded),
            "mode_preferred": Labels.of(_MODES, preferred).but_empty(unrecorded),
            "engaged": known_where(engaged, missed | (rng.random(n) < 0.03)),
            "minutes": np.where(missed, np.nan, minutes),
            "purpose": Labels.of(CONTACT_PURPOSES, purpose),
            "outcome": Labels.of(("held", *MISSED), result),
            "child_seen": known_where(there, missed),
            "seen_alone": known_where(alone, missed | children.infant[child]),
            "recorded_date": np.where(missed | (written > ctx.end), _NAT, written),
        },
    )
