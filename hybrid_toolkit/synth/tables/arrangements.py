"""Working arrangements and supervision."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.synth.streams import Bools, Context, Days, Labels, expit, logit, pick
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.people import Teams, Workers
from hybrid_toolkit.synth.tables.remote_share import Remote, leave_days
from hybrid_toolkit.synth.tables.work import Work
from hybrid_toolkit.synth.working_days import days_by_month, in_month

_NAT = np.datetime64("NaT", "D")
MINORITY = ("mixed", "asian", "black", "other")
"""Codes of a worker's ethnicity that are a minority ethnic group."""
YEAR_DAYS = 365
"""A review within twelve months of the start is one mark of a formal arrangement."""
_CONSIDERED, _MADE = 0.9, 0.75
"""Shares of requested adjustments that are considered, and of those considered that are made; assumed."""
_HELD = 0.86
"""Chance of a supervision in a month in post; assumed: guidance asks for one a month, and some fall out."""
_BY_VIDEO = 0.85
"""Share of remote supervision by video, the rest by telephone; assumed."""
_FAR = 0.5
"""Remote supervision is kept as 0 or 1."""


def _later(rng: np.random.Generator, day: Days, low: int, high: int, keep: Bools) -> Days:
    """Days some time after ``day`` where ``keep``, else empty."""
    moved = day + rng.integers(low, high, len(day)).astype("timedelta64[D]")
    return np.where(keep, moved, _NAT)


def arrangement_frame(ctx: Context, teams: Teams, w: Workers, remote: Remote) -> pd.DataFrame:
    """The table ``arrangement_spell``: one spell before the team's hybrid policy, another from it.

    Spells of a worker do not overlap. Requested share = preferred share plus noise; the agreed share is drawn towards
    the team's mean, so the gap between the two is a worker's, not a policy's; a refused request is agreed at 0.
    Whether a minority ethnic group is agreed less, refused more, or less often gets an adjustment that it asked for, is
    the truth's to say (``approval_minority``, ``refusal_minority``, ``adjustment_minority``), and how far a formal
    arrangement narrows that (``formal_narrows``): formality is the share of four marks, written, reason recorded,
    review within twelve months, adjustments considered; for adjustments themselves it is that of the first three.
    """
    rng, months = ctx.rng("arrangement"), ctx.size.months
    leave = leave_days(ctx, remote)
    starts = np.append(ctx.months, _NAT)
    policy = starts[np.minimum(teams.rollout, months)][w.team]
    has_policy = ~np.isnat(policy)
    before = ~has_policy | (w.start < policy)
    after = has_policy & (np.isnat(leave) | (leave >= policy))
    worker = np.concatenate([np.flatnonzero(before), np.flatnonzero(after)])
    second = np.arange(len(worker)) >= before.sum()
    order = np.lexsort((second, worker))
    worker, second = worker[order], second[order]
    start = np.where(second, np.maximum(w.start[worker], policy[worker]), w.start[worker])
    first_end = np.where(has_policy & after, policy - np.timedelta64(1, "D"), leave)[worker]
    end = np.where(second, leave[worker], first_end).astype("datetime64[D]")
    mean = remote.rs.mean(axis=1)[worker]
    size = len(worker)
    preferred = ctx.set("share_preferred", np.clip(mean + rng.normal(0.05, 0.12, size), 0, 1))
    requested = ctx.set("share_requested", np.clip(preferred + rng.normal(0, 0.05, size), 0, 1))
    team_mean = np.bincount(w.team, remote.rs.mean(axis=1), ctx.teams) / np.bincount(w.team, minlength=ctx.teams)
    approved = np.clip(0.7 * requested + 0.3 * team_mean[w.team[worker]] + rng.normal(0, 0.04, size), 0, 1)
    kind = np.where(
        second,
        pick(rng, {"team_policy": 0.85, "contractual": 0.15}, size),
        pick(rng, {"none": 0.3, "informal": 0.6, "contractual": 0.1}, size),
    ).astype(object)
    none = kind == "none"
    t, refusal = ctx.truth, rng.random(size)
    asked = ctx.set_yes("adjustment_asked", rng.random(size) < np.where(w.disability[worker], 0.45, 0.03))
    requested_day = _later(rng, start, 0, 30, asked & (np.isnat(end) | (end - start > np.timedelta64(150, "D"))))
    considered = _later(rng, requested_day, 3, 40, ~np.isnat(requested_day) & (rng.random(size) < _CONSIDERED))
    made, days = rng.random(size), rng.integers(5, 60, size).astype("timedelta64[D]")
    written = ctx.set_yes("written", (rng.random(size) < np.where(second, 0.8, 0.25)) & ~none)
    rationale = (rng.random(size) < np.where(second, 0.6, 0.2)) & ~none
    review = _later(rng, start, 150, 500, ~none & (rng.random(size) < 0.5))
    marks = [written, rationale, review - start <= np.timedelta64(YEAR_DAYS, "D"), ~np.isnat(considered)]
    minority = ctx.set("minority", np.isin(w.ethnicity[worker], MINORITY).astype(np.float64))
    three, formal = (ctx.set("formality", np.mean(m, axis=0)) for m in (marks[:3], marks))
    met = made < expit(logit(_MADE) + t.adjustment_minority * minority * (1 - t.formal_narrows * three))
    done = np.where(ctx.set_yes("adjustment", ~np.isnat(considered) & met), considered + days, _NAT)
    gap = minority * (1 - t.formal_narrows * formal)
    approved = np.clip(approved + t.approval_minority * gap * requested, 0, 1)
    refused = refusal < expit(logit(t.refusal_share) + t.refusal_minority * gap)
    approved = ctx.set("approval", np.where(refused, 0.0, approved))
    return frame(
        "arrangement_spell",
        {
            "spell_id": ctx.keys("A", size, 5),
            "worker_id": w.ids[worker],
            "start_date": start,
            "end_date": end,
            "requested_rs": np.where(none, np.nan, np.round(requested, 2)),
            "approved_rs": np.where(none, np.nan, np.round(approved, 2)),
            "preferred_rs": np.round(preferred, 2),
            "type": kind,
            "written": written,
            "rationale": rationale,
            "review_date": review,
            "ra_requested_date": requested_day,
            "ra_considered_date": considered,
            "ra_implemented_date": done,
        },
    )


def supervision_frame(ctx: Context, w: Workers, remote: Remote, work: Work) -> pd.DataFrame:
    """The table ``supervision``: at most one session a worker and month, remote more often with remote share."""
    rng, shape = ctx.rng("supervision"), remote.rs.shape
    held = remote.active & ctx.set_yes("supervision_held", rng.random(shape) < _HELD)
    i, m = np.nonzero(held)
    n = len(i)
    far = work.supervision_far[i, m] > _FAR
    mode = np.where(far, np.where(rng.random(n) < _BY_VIDEO, 1, 2), 0)
    days, working = days_by_month(ctx.months)
    return frame(
        "supervision",
        {
            "worker_id": w.ids[i],
            "date": days[m, in_month(days, working, m, rng.random(n))],
            "mode": Labels.of(("in_person", "video", "phone"), mode),
            "minutes": np.clip(np.rint(rng.normal(72, 18, n) / 5) * 5, 20, 150),
            "reflective": rng.random(n) < 0.55 - 0.1 * far,
            "observed": rng.random(n) < np.where(w.asye[i], 0.2, 0.07),
        },
    )
