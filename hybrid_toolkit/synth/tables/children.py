"""Children: who they are, their plans, and the conferences and reviews about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.synth import calibration as c
from hybrid_toolkit.synth.streams import Bools, Context, Days, Ints, Labels, known_where
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.families import Families, Slots
from hybrid_toolkit.synth.working_days import on_working_days, working_days_after

_NAT = np.datetime64("NaT", "D")
CHILD_AGES = ("0", "1-4", "5-9", "10-15", "16-17", "18+")
AGE_OF_NEED = np.array(
    [
        [0.06, 0.22, 0.26, 0.33, 0.13, 0.00],
        [0.11, 0.24, 0.27, 0.32, 0.06, 0.00],
        [0.05, 0.13, 0.18, 0.38, 0.26, 0.00],
        [0.00, 0.00, 0.00, 0.00, 0.20, 0.80],
    ]
)
"""Shares of the age bands by need; assumed, near the national returns of 2025."""
_ETHNICITY = {"white": 0.70, "mixed": 0.10, "asian": 0.08, "black": 0.08, "other": 0.02, "unknown": 0.02}
"""Children in need 2025, rounded."""
_PLANS = ("cin", "cp", "cla")
KINDS = ("icpc", "rcpc", "cla_review", "core_group")
_ATTENDED_MODES = ("in_person", "remote", "hybrid")
_VOICES = ("not_due", "speaks", "advocate", "symbols", "silent", "advocate_absent", "views_sent", "none")
VOICE = np.array([0.0, 0.46, 0.04, 0.03, 0.06, 0.05, 0.25, 0.11])
VOICE_REMOTE = np.array([0.0, 0.30, 0.03, 0.01, 0.06, 0.07, 0.33, 0.20])
"""How a child of four or more takes part, in person and remotely; assumed."""
_BOYS, _DISABLED, _INTERPRETER = 0.53, 0.13, 0.05
"""Shares of boys, of children with a disability and of families with an interpreter; assumed: somewhat more boys than
girls are in need, and more than one child in ten of them has a disability."""
_NEEDS = (0.5, 0.06)
"""Shares with a communication need among children with a disability and without; assumed."""
_NOT_SAID, _NEEDS_NOT_SAID = 0.04, 0.06
"""Shares of records that do not say either; assumed, so that what is missing is met."""
_STEPPED_UP = 0.8
"""Share of protection plans before which the child was in need; assumed."""
_LATE, _NOT_HELD = 0.15, 0.03
"""Shares of conferences and reviews after their day, and not held; assumed."""
_QUORUM = 3
"""Agencies that must come to a conference; assumed: local procedures set it, and mostly at three."""


@dataclass(frozen=True)
class Children:
    """One entry a child; ``age`` is a place in ``CHILD_AGES``. ``begins`` and ``ends`` are the days of the plan."""

    ids: Labels
    family: Ints
    age: Ints
    begins: Days
    ends: Days

    @property
    def infant(self) -> Bools:
        """Under one year."""
        return np.asarray(self.age == 0, dtype=np.bool_)


def draw_children(ctx: Context, slots: Slots, families: Families, ids: Labels, owner: Ints, opening: Days) -> Children:
    """Age and plan of each child. A plan begins some weeks after the case opened and ends when it closes."""
    rng, n = ctx.rng("child"), len(owner)
    age = (rng.random((n, 1)) > np.cumsum(AGE_OF_NEED, axis=1)[families.need[owner]]).sum(axis=1)
    begins = opening[owner] + rng.integers(10, 60, n).astype("timedelta64[D]")
    begins = on_working_days(ctx.rng("plan-begins"), begins)
    closed = slots.closed[owner]
    ends = np.append(ctx.month_ends, _NAT)[np.minimum(closed, ctx.size.months)]
    return Children(ids, owner, np.minimum(age, len(CHILD_AGES) - 1), begins, ends)


def child_frame(ctx: Context, families: Families, children: Children) -> pd.DataFrame:
    """The table ``child``."""
    rng, n = ctx.rng("child-recording"), len(children.ids)
    disabled = rng.random(n) < _DISABLED
    groups = np.array(list(_ETHNICITY.values()))
    of_family = np.minimum((rng.random((len(families.ids), 1)) > np.cumsum(groups)).sum(axis=1), len(groups) - 1)
    return frame(
        "child",
        {
            "child_id": children.ids,
            "family_id": families.ids[children.family],
            "age_band": Labels.of(CHILD_AGES, children.age),
            "sex": Labels.of(("F", "M"), (rng.random(n) < _BOYS).astype(np.int64)),
            "ethnicity": Labels.of(list(_ETHNICITY), of_family[children.family]),
            "disabled": known_where(disabled, rng.random(n) < _NOT_SAID),
            "communication_need": known_where(
                rng.random(n) < np.where(disabled, *_NEEDS), rng.random(n) < _NEEDS_NOT_SAID
            ),
            "interpreter": rng.random(len(families.ids))[children.family] < _INTERPRETER,
        },
    )


def plan_spell_frame(ctx: Context, families: Families, children: Children) -> pd.DataFrame:
    """The table ``plan_spell``: each child's plan, and the earlier one of a child who was on a plan before.

    Children on a protection plan stepped up from one for children in need in four of five cases, and a share of them,
    as published, had a protection plan before.
    """
    rng, spread, n = ctx.rng("plan-spell"), ctx.rng("plan-days"), len(children.ids)
    need = families.need[children.family]
    none = rng.random(n) < np.array([0.25, 0.0, 0.0, 0.0])[need]
    plan = np.where(none | (children.begins > ctx.end), -1, np.minimum(need, 2))
    ends = np.where(children.ends > children.begins, children.ends, children.begins)
    ends = np.where(np.isnat(children.ends), _NAT, ends)
    child = np.flatnonzero(plan >= 0)
    parts = [(child, plan[child], children.begins[child], ends[child])]
    stepped = np.flatnonzero((plan >= 1) & (rng.random(n) < _STEPPED_UP))
    finish = children.begins[stepped] - np.timedelta64(1, "D")
    start = on_working_days(spread, finish - rng.integers(60, 400, len(stepped)).astype("timedelta64[D]"))
    parts.append((stepped, np.zeros(len(stepped), dtype=np.int64), start, finish))
    again = np.flatnonzero((plan == 1) & (rng.random(n) < c.REPEAT_PLAN_SHARE))
    finish = children.begins[again] - rng.integers(420, 1500, len(again)).astype("timedelta64[D]")
    start = on_working_days(spread, finish - np.timedelta64(280, "D"))
    parts.append((again, np.ones(len(again), dtype=np.int64), start, on_working_days(spread, finish)))
    who, which, begin, end = (np.concatenate(v) for v in zip(*parts, strict=True))
    order = np.lexsort((begin, who))
    return frame(
        "plan_spell",
        {
            "child_id": children.ids[who[order]],
            "plan": Labels.of(_PLANS, which[order]),
            "start_date": begin[order],
            "end_date": end[order],
        },
    )


_FIRST_AND_NEXT = {"rcpc": (1, 91, 183), "cla_review": (2, 28, 183), "core_group": (1, 14, 42)}
"""Place of the plan in ``_PLANS``, days to the first meeting and from one to the next: the statutory guidance."""


def _meetings(ctx: Context, need: Ints, begins: Days, ends: Days) -> tuple[Ints, Ints, Days]:
    """Child, kind and day due of each meeting that falls in the period."""
    who, kind, due = [], [], []
    for name, (place, first, following) in _FIRST_AND_NEXT.items():
        on_plan = np.flatnonzero((need == place) & (begins <= ctx.end))
        most = int((ctx.end - begins[on_plan].min()).astype(np.int64) // following) + 1 if len(on_plan) else 0
        days = begins[on_plan][:, None] + np.timedelta64(first, "D") + np.arange(most) * np.timedelta64(following, "D")
        there = (days >= ctx.begin) & (days <= np.where(np.isnat(ends), ctx.end, ends)[on_plan][:, None])
        row, col = np.nonzero(there)
        who.append(on_plan[row])
        kind.append(np.full(len(row), KINDS.index(name)))
        due.append(days[row, col])
    return np.concatenate(who), np.concatenate(kind), np.concatenate(due)


def conference_frame(ctx: Context, families: Families, children: Children, events: pd.DataFrame) -> pd.DataFrame:
    """The table ``conference``: initial conferences of ``child_event``, reviews, core groups."""
    rng = ctx.rng("conference")
    met = events.dropna(subset=["icpc_date"])
    met = met[met["icpc_date"].between(pd.Timestamp(ctx.begin), pd.Timestamp(ctx.end))]
    first = pd.Index(children.ids.array()).get_indexer(pd.Index(met["child_id"]))
    who, kind, due = _meetings(ctx, families.need[children.family], children.begins, children.ends)
    n0 = len(first)
    who, kind = np.concatenate([first, who]), np.concatenate([np.zeros(n0, dtype=np.int64), kind])
    due = np.concatenate([met["icpc_due_date"].to_numpy("datetime64[D]"), due])
    n = len(who)
    late = rng.random(n) < _LATE
    drawn = working_days_after(due, np.where(late, rng.integers(1, 12, n), -rng.integers(0, 5, n)), "backward")
    held = np.where(np.arange(n) < n0, np.append(met["icpc_date"].to_numpy("datetime64[D]"), drawn[n0:]), drawn)
    missed = (np.arange(n) >= n0) & ((rng.random(n) < _NOT_HELD) | (held > ctx.end) | (held < ctx.begin))
    mode = (rng.random((n, 1)) > np.cumsum([0.45, 0.25])).sum(axis=1)
    far = mode == 1
    voice = (rng.random((n, 1)) > np.where(far[:, None], np.cumsum(VOICE_REMOTE), np.cumsum(VOICE))).sum(axis=1)
    voice = np.where(children.age[who] <= 1, 0, np.minimum(voice, len(_VOICES) - 1))
    invited = 3 + rng.binomial(6, 0.45, n)
    came = rng.binomial(invited, np.where(far, 0.78, 0.70))
    order = np.lexsort((kind, due, who))
    no_child = kind == KINDS.index("core_group")  # what a child says is asked at conferences and reviews
    return frame(
        "conference",
        {
            "conference_id": ctx.keys("M", n, 6),
            "child_id": children.ids[who[order]],
            "type": Labels.of(KINDS, kind[order]),
            "due_date": due[order],
            "held_date": np.where(missed, _NAT, held)[order],
            "mode": Labels.of(_ATTENDED_MODES, mode[order]).but_empty(missed[order]),
            "child_participation": Labels.of(_VOICES, voice[order]).but_empty((missed | no_child)[order]),
            "parents_attended": known_where(rng.random(n) < np.where(far, 0.78, 0.74), missed)[order],
            "agencies_invited": invited[order],
            "agencies_attended": np.where(missed, np.nan, came)[order],
            "quorate": known_where(came >= _QUORUM, missed)[order],
        },
    )
