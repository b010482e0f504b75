"""One row a recorded meeting and rater: the practice that a rater saw, with the meeting, the worker and the family.

Raters cross workers: a rater's severity moves every meeting that he or she rates, so a study holds ``rater_id`` among
its fixed effects. Scores run from 1 to 5: ``skill`` is the mean of all seven ratings, ``skill_care`` and
``skill_authority`` of three each, missing where one of them is.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.data.tables.contracts import PRACTICE_ITEMS
from hybrid_toolkit.metrics.contacts.contact_tables import contact_practice
from hybrid_toolkit.metrics.unit_frames import look_up, require
from hybrid_toolkit.study.units.calendar import POLICY, months_since, with_policy
from hybrid_toolkit.study.units.contact import FAMILY_ACCESS, THE_FAMILY, THE_WORKER, WORKER_STAGE, WORKERS_MONTH
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit, same

_SCALES = {s.id: s.items for s in load_instrument("practice_skill").scales} | {"skill": PRACTICE_ITEMS}
_ITEMS = tuple(f"practice_rating.{i}" for i in PRACTICE_ITEMS)
_MEETING = ("contact.contact_id", "contact.family_id", "contact.worker_id", "contact.held_date", "contact.mode")


def _ratings(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "practice_rating", "contact_id", "rater_id", *PRACTICE_ITEMS)
    items = rows[list(PRACTICE_ITEMS)].astype("float64")
    scores = {scale: items[list(parts)].mean(axis=1, skipna=False) for scale, parts in _SCALES.items()}
    out = pd.concat([rows[["contact_id", "rater_id"]], items.drop(columns="evocation")], axis=1).assign(**scores)
    meeting = ("family_id", "worker_id", "team_id", "month", "mode", "purpose", "remote")
    return look_up(out, contact_practice(data), "contact_id", list(meeting))


def _policy(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = _ratings(data, ())[["contact_id", "rater_id", "team_id", "month"]]
    out = rows.assign(month_index=months_since(rows["month"], rows["month"].min()))
    return with_policy(out, data) if {"policy_start", "under_policy"} & set(wanted) else out


UNIT = Unit(
    "meeting and rater",
    "ratings of meetings",
    (
        ColumnSource(
            {
                **same(("contact_id", "rater_id"), "practice_rating"),
                **same(("family_id", "worker_id", "mode", "purpose"), "contact", "contact_id"),
                "team_id": (*_MEETING, "worker.worker_id", "worker.team_id"),
                "month": _MEETING,
                "remote": _MEETING,
                **dict.fromkeys((*_SCALES, *(i for i in PRACTICE_ITEMS if i != "evocation")), _ITEMS),
            },
            ("contact_id", "rater_id"),
            _ratings,
            ("practice_rating.contact_id", "practice_rating.rater_id", *_ITEMS, *_MEETING),
        ),
        ColumnSource(
            {
                "month_index": _MEETING,
                **dict.fromkeys(
                    ("policy_start", "under_policy"), (*_MEETING, "worker.worker_id", "worker.team_id", *POLICY)
                ),
            },
            ("contact_id", "rater_id"),
            _policy,
        ),
        WORKERS_MONTH,
        WORKER_STAGE,
        THE_FAMILY,
        FAMILY_ACCESS,
        THE_WORKER,
    ),
    ("practice_rating.contact_id", "practice_rating.rater_id"),
)
