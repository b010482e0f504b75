"""One row a parent's answers about one worker on one day: the working alliance, with how they had met until then.

``remote_last`` is whether their last contact up to that day was remote; ``remote_share_to_date`` is the share of their
contacts up to then that were, of ``contacts_to_date`` held with a mode.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.family_tables import ALLIANCE_ITEMS
from hybrid_toolkit.metrics.contacts.contact_tables import is_remote
from hybrid_toolkit.metrics.specs.practice import alliance_answers
from hybrid_toolkit.metrics.unit_frames import require
from hybrid_toolkit.study.units.calendar import POLICY, months_since, with_policy
from hybrid_toolkit.study.units.contact import FAMILY_ACCESS, THE_FAMILY, THE_WORKER, WORKER_STAGE, WORKERS_MONTH
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit, same

_KEYS = ("family_id", "worker_id", "date")
_ROW = ("alliance.family_id", "alliance.worker_id", "alliance.date")
_ITEMS = tuple(f"alliance.{i}" for i in ALLIANCE_ITEMS)
_CONTACT = (*_ROW, "contact.family_id", "contact.worker_id", "contact.held_date", "contact.mode")


def _answers(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return alliance_answers(data)


def _until(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """What parent and worker had of each other up to the day of the answers."""
    answers = require(data, "alliance", *_KEYS)[list(_KEYS)]
    rows = require(data, "contact", "family_id", "worker_id", "held_date", "mode")
    held = rows[["family_id", "worker_id", "held_date"]].assign(remote=is_remote(rows["mode"]).astype("float64"))
    pairs = answers.merge(held.dropna(), on=["family_id", "worker_id"])
    pairs = pairs[pairs["held_date"] <= pairs["date"]].sort_values("held_date", kind="stable")
    by = pairs.groupby(list(_KEYS))["remote"]
    made = pd.DataFrame(
        {"remote_last": by.last(), "remote_share_to_date": by.mean(), "contacts_to_date": by.size().astype("float64")}
    )
    return made.reset_index()


def _policy(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = alliance_answers(data)[[*_KEYS, "team_id", "month"]]
    out = rows.assign(month_index=months_since(rows["month"], rows["month"].min()))
    return with_policy(out, data) if {"policy_start", "under_policy"} & set(wanted) else out


UNIT = Unit(
    "parent, worker and day",
    "parents' answers about a worker",
    (
        ColumnSource(
            {
                **same(_KEYS, "alliance"),
                "month": ("alliance.date",),
                "team_id": ("alliance.worker_id", "worker.worker_id", "worker.team_id"),
                **dict.fromkeys(("alliance", "alliance_task", "alliance_bond", "alliance_goal"), (*_ROW, *_ITEMS)),
            },
            _KEYS,
            _answers,
            (*_ROW, *_ITEMS),
        ),
        ColumnSource(
            dict.fromkeys(("remote_last", "remote_share_to_date", "contacts_to_date"), _CONTACT), _KEYS, _until
        ),
        ColumnSource(
            {
                "month_index": _ROW,
                **dict.fromkeys(
                    ("policy_start", "under_policy"), (*_ROW, "worker.worker_id", "worker.team_id", *POLICY)
                ),
            },
            _KEYS,
            _policy,
        ),
        WORKERS_MONTH,
        WORKER_STAGE,
        THE_FAMILY,
        FAMILY_ACCESS,
        THE_WORKER,
    ),
    ("alliance.family_id", "alliance.worker_id", "alliance.date"),
)
