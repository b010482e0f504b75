"""One row a contact between a worker and a family."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS
from hybrid_toolkit.metrics.constructs.exclusion import contact_engagement
from hybrid_toolkit.metrics.constructs.exposure import worker_month_exposure
from hybrid_toolkit.metrics.constructs.practice import contact_practice
from hybrid_toolkit.metrics.constructs.visits import visits
from hybrid_toolkit.metrics.unit_frames import require
from hybrid_toolkit.study.units.calendar import POLICY, months_since, with_policy
from hybrid_toolkit.study.units.part import ColumnSource, Unit, same
from hybrid_toolkit.study.units.workers import ATTENDED, MONTH, WORKED, WORKER, worker_rows

_HELD = ("contact.family_id", "contact.held_date", "contact.mode")


def _contacts(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return contact_practice(data)


def _visits(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return visits(data)[["contact_id", "purpose", "seen_alone", "not_achieved"]]


def _engagement(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return contact_engagement(data)[["contact_id", "engaged", "low_access"]]


def _exposure(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = worker_month_exposure(data).rename(columns={"loo_team_office_rate": "colleagues_office_share"})
    after = rows[["worker_id", "month", "rs_desk"]].rename(columns={"rs_desk": "rs_desk_next"})
    after["month"] = (after["month"] - pd.DateOffset(months=1)).astype("datetime64[us]")
    return rows.drop(columns="team_id").merge(after, on=["worker_id", "month"], how="left")


def _policy(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = contact_practice(data)[["contact_id", "team_id", "month"]]
    out = rows.assign(month_index=months_since(rows["month"], rows["month"].min()))
    return with_policy(out, data) if {"policy_start", "under_policy"} & set(wanted) else out


def _family(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "family", "family_id")
    return rows[["family_id", *(c for c in ("risk", "need", "rural", "n_children") if c in rows)]]


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
            },
            ("contact_id",),
            _contacts,
            ("contact.family_id", "contact.held_date", "contact.mode"),
        ),
        ColumnSource(
            {
                "purpose": (*_HELD, "contact.purpose"),
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
        ColumnSource(
            {
                "rs_desk": (*MONTH, *WORKED),
                "rs_desk_next": (*MONTH, *WORKED),
                "rs_attendance": (*MONTH, *WORKED, *ATTENDED),
                "colleagues_office_share": (*MONTH, *WORKED, "worker.worker_id", "worker.team_id"),
            },
            ("worker_id", "month"),
            _exposure,
        ),
        ColumnSource(
            {
                "month_index": _HELD,
                "policy_start": (*_HELD, "contact.worker_id", "worker.worker_id", "worker.team_id", *POLICY),
                "under_policy": (*_HELD, "contact.worker_id", "worker.worker_id", "worker.team_id", *POLICY),
            },
            ("contact_id",),
            _policy,
        ),
        ColumnSource(same(("risk", "need", "rural", "n_children"), "family", "family_id"), ("family_id",), _family),
        ColumnSource(same(WORKER, "worker", "worker_id"), ("worker_id",), worker_rows),
    ),
)
