"""One row a contact, and what rows about a worker or a family share: the worker's month and the month before."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS
from hybrid_toolkit.metrics.constructs.visits import visits
from hybrid_toolkit.metrics.contacts.contact_tables import contact_practice
from hybrid_toolkit.metrics.unit_frames import (
    EARLY_STAGES,
    career_stage,
    flag_values,
    household_access,
    look_up,
    number_values,
    optional,
    require,
    safe_ratio,
    worker_month_exposure,
)
from hybrid_toolkit.study.units.calendar import POLICY, months_since, with_policy
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit, same
from hybrid_toolkit.study.units.worker_columns import ATTENDED, MONTH, WORKED, WORKER, worker_rows


def _exposure(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = worker_month_exposure(data).rename(columns={"loo_team_office_rate": "colleagues_office_share"})
    after = rows[["worker_id", "month", "rs_desk"]].rename(columns={"rs_desk": "rs_desk_next"})
    after["month"] = (after["month"] - pd.DateOffset(months=1)).astype("datetime64[us]")
    return rows.drop(columns="team_id").merge(after, on=["worker_id", "month"], how="left")


def _family(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "family", "family_id")
    return rows[["family_id", *(c for c in ("risk", "need", "rural", "n_children") if c in rows)]]


def _access(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return household_access(data)[["family_id", "low_access"]]


def _stage(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    workers = require(data, "worker", "worker_id", "role", "reg_date")
    months = require(data, "worker_month", "worker_id", "month")[["worker_id", "month"]]
    rows = months.merge(workers, on="worker_id", how="left")
    stage = career_stage(rows, rows["month"])
    early = stage.isin(EARLY_STAGES).astype("boolean").where(stage.notna())
    return months.assign(stage=stage, early_career=early)


WORKERS_MONTH = ColumnSource(
    {
        "rs_desk": (*MONTH, *WORKED),
        "rs_desk_next": (*MONTH, *WORKED),
        "rs_attendance": (*MONTH, *WORKED, *ATTENDED),
        "colleagues_office_share": (*MONTH, *WORKED, "worker.worker_id", "worker.team_id"),
    },
    ("worker_id", "month"),
    _exposure,
)
"""What the worker did in the month of the row."""
WORKER_STAGE = ColumnSource(
    dict.fromkeys(("stage", "early_career"), ("worker.worker_id", "worker.role", "worker.reg_date", *MONTH)),
    ("worker_id", "month"),
    _stage,
)
"""The worker's career stage in the month of the row."""
THE_FAMILY = ColumnSource(same(("risk", "need", "rural", "n_children"), "family", "family_id"), ("family_id",), _family)
FAMILY_ACCESS = ColumnSource(
    {"low_access": ("access.family_id", "access.date", *(f"access.{f}" for f in ACCESS_FLAGS))}, ("family_id",), _access
)
THE_WORKER = ColumnSource(same(WORKER, "worker", "worker_id"), ("worker_id",), worker_rows)


_COLUMNS = ("caseload_last", "sickness_last", "vacancy_last")
_TEAM = ("worker.worker_id", "worker.team_id")


def _before(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    source = require(data, "worker_month", "worker_id", "month").reset_index(drop=True)
    rows = look_up(source[["worker_id", "month"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    if "caseload_last" in wanted:
        rows["caseload_last"] = number_values(source, "cases")
    if "sickness_last" in wanted:
        lost = number_values(source, "sick_days")
        rows["sickness_last"] = lost.groupby([rows["team_id"], rows["month"]]).transform("mean")
    if "vacancy_last" in wanted:
        team = require(data, "team_month", "team_id", "month", "fte", "vacancy_fte").copy()
        team["vacancy_last"] = safe_ratio(team["vacancy_fte"], team["fte"] + team["vacancy_fte"])
        rows = rows.merge(team[["team_id", "month", "vacancy_last"]], on=["team_id", "month"], how="left")
    rows["month"] = (rows["month"] + pd.DateOffset(months=1)).astype("datetime64[us]")
    return rows[["worker_id", "month", *(c for c in _COLUMNS if c in rows)]]


MONTH_BEFORE = ColumnSource(
    {
        "caseload_last": (*MONTH, "worker_month.cases"),
        "sickness_last": (*MONTH, "worker_month.sick_days", *_TEAM),
        "vacancy_last": (*MONTH, *_TEAM, *(f"team_month.{c}" for c in ("team_id", "month", "fte", "vacancy_fte"))),
    },
    ("worker_id", "month"),
    _before,
)
"""Missing in a worker's first month on record."""


_HELD = ("contact.family_id", "contact.held_date", "contact.mode")


def _contacts(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return contact_practice(data)


def _visits(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return visits(data)[["contact_id", "purpose", "child_seen", "seen_alone", "not_achieved", "recorded_in_time"]]


def _engagement(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Whether the family engaged in a contact that was held."""
    rows = require(data, "contact", "contact_id", "family_id", "held_date", "mode", "engaged")
    engaged = flag_values(rows, "engaged").astype("float64").where(rows["held_date"].notna())
    return rows[["contact_id"]].assign(engaged=engaged)


def _last(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Whether the family engaged in the contact before; missing where there is none on record."""
    rows = _engagement(data, wanted)
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
                "recorded_in_time": ("contact.family_id", "contact.held_date", "contact.recorded_date"),
            },
            ("contact_id",),
            _visits,
        ),
        ColumnSource({"engaged": (*_HELD, "contact.contact_id", "contact.engaged")}, ("contact_id",), _engagement),
        FAMILY_ACCESS,
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
    ("contact.contact_id",),
)
