"""One row a contact between a worker and a family."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS
from hybrid_toolkit.metrics.constructs.exclusion import contact_engagement
from hybrid_toolkit.metrics.constructs.practice import contact_practice
from hybrid_toolkit.metrics.constructs.visits import visits
from hybrid_toolkit.metrics.unit_frames import require
from hybrid_toolkit.study.units.calendar import POLICY, months_since, with_policy
from hybrid_toolkit.study.units.casework import THE_FAMILY, THE_WORKER, WORKER_STAGE, WORKERS_MONTH
from hybrid_toolkit.study.units.month_before import MONTH_BEFORE
from hybrid_toolkit.study.units.part import ColumnSource, Unit, same

_HELD = ("contact.family_id", "contact.held_date", "contact.mode")


def _contacts(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return contact_practice(data)


def _visits(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return visits(data)[["contact_id", "purpose", "child_seen", "seen_alone", "not_achieved"]]


def _engagement(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return contact_engagement(data)[["contact_id", "engaged", "low_access"]]


def _last(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Whether the family engaged in the contact before; missing where there is none on record."""
    rows = contact_engagement(data)[["contact_id", "engaged"]]
    held = require(data, "contact", "contact_id", "family_id", "held_date")[["contact_id", "family_id", "held_date"]]
    rows = held.merge(rows, on="contact_id", how="left").sort_values(["family_id", "held_date"], kind="stable")
    known = rows["engaged"].astype("float64").groupby(rows["family_id"]).ffill()
    rows["engaged_last"] = known.groupby(rows["family_id"]).shift()
    return rows[["contact_id", "engaged_last"]]


def _policy(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = contact_practice(data)[["contact_id", "team_id", "month"]]
    out = rows.assign(month_index=months_since(rows["month"], rows["month"].min()))
    return with_policy(out, data) if {"policy_start", "under_policy"} & set(wanted) else out


UNIT = Unit(
    "contact",
    "contacts",
    (
        ColumnSource(
            {
                **same(("contact_id", "family_id", "worker_id", "mode"), "contact"),
                "team_id": ("contact.worker_id", "worker.worker_id", "worker.team_id"),
                "month": ("contact.held_date",),
                "remote": ("contact.mode",),
                "choice_honoured": (*_HELD, "contact.mode_offered_choice", "contact.mode_preferred"),
                "preference_met": (*_HELD, "contact.mode_preferred"),
                "timely": (*_HELD, "contact.due_date"),
                "visit_in_time": (*_HELD, "contact.due_date", "contact.purpose"),
            },
            ("contact_id",),
            _contacts,
            ("contact.family_id", "contact.held_date", "contact.mode"),
        ),
        ColumnSource(
            {
                "purpose": (*_HELD, "contact.purpose"),
                "child_seen": (*_HELD, "contact.child_seen"),
                "seen_alone": (*_HELD, "contact.seen_alone"),
                "not_achieved": ("contact.family_id", "contact.held_date", "contact.outcome"),
            },
            ("contact_id",),
            _visits,
        ),
        ColumnSource(
            {
                "engaged": (*_HELD, "contact.engaged"),
                "low_access": ("access.family_id", "access.date", *(f"access.{f}" for f in ACCESS_FLAGS)),
            },
            ("contact_id",),
            _engagement,
        ),
        ColumnSource({"engaged_last": (*_HELD, "contact.contact_id", "contact.engaged")}, ("contact_id",), _last),
        WORKERS_MONTH,
        MONTH_BEFORE,
        WORKER_STAGE,
        ColumnSource(
            {
                "month_index": _HELD,
                "policy_start": (*_HELD, "contact.worker_id", "worker.worker_id", "worker.team_id", *POLICY),
                "under_policy": (*_HELD, "contact.worker_id", "worker.worker_id", "worker.team_id", *POLICY),
            },
            ("contact_id",),
            _policy,
        ),
        THE_FAMILY,
        THE_WORKER,
    ),
)
