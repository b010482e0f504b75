"""What happened to children, visits and posts in a team's or authority's month.

Referrals count in the month and team of the referral; gaps between visits in the month of the later visit; statutory
visits in the month they were held, or due; contacts with the worker of the contact before in the month they were held;
posts on the last day of the month. A month without any is missing.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.service import referral_outcomes, visit_gaps
from hybrid_toolkit.metrics.contacts.contact_tables import contact_practice
from hybrid_toolkit.metrics.unit_frames import look_up, number_values, require, safe_ratio
from hybrid_toolkit.study.units.unit_definition import Sources

_REFERRAL = ("child_event.child_id", "child_event.referral_date", "child_event.team_id")
_ASSESSED = (*_REFERRAL, "child_event.assessment_start_date", "child_event.assessment_end_date")
_VISIT = tuple(f"contact.{c}" for c in ("contact_id", "family_id", "worker_id", "held_date", "mode"))
_TEAM = ("worker.worker_id", "worker.team_id")
_GAP = (*_VISIT, *_TEAM, "contact.child_id", "family.family_id", "family.need")
_STAFF = ("team_month.team_id", "team_month.month")
_PLAN = (*(f"plan_spell.{c}" for c in ("child_id", "plan", "start_date")), *_REFERRAL)
REFERRAL_COLUMNS: Sources = {
    "rereferral": (*_REFERRAL, "child_event.rereferral"),
    "assessment_days": _ASSESSED,
    "assessment_in_time": _ASSESSED,
}
PLAN_COLUMNS: Sources = {"repeat_plan": _PLAN}
VISIT_GAP_COLUMNS: Sources = {
    "gap_days": _GAP,
    "gap_in_time": _GAP,
}
STATUTORY_COLUMNS: Sources = {
    "visit_in_time": (*_VISIT, *_TEAM, "contact.due_date", "contact.purpose"),
    "seen_alone": (*_VISIT, *_TEAM, "contact.purpose", "contact.seen_alone"),
}
CONTINUITY_COLUMNS: Sources = {"same_worker": (*_VISIT, *_TEAM)}
POST_COLUMNS: Sources = {
    "leavers": (*_STAFF, "team_month.leavers"),
    "headcount": (*_STAFF, "team_month.headcount"),
    "leavers_share": (*_STAFF, "team_month.leavers", "team_month.headcount"),
    "vacancy_share": (*_STAFF, "team_month.vacancy_fte", "team_month.fte"),
    "agency_share": (*_STAFF, "team_month.agency_fte", "team_month.fte"),
}


def children_months(data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    """Means over the referrals of a month."""
    source = require(data, "child_event", "child_id", "referral_date", "team_id")
    rows = referral_outcomes(data).assign(team_id=source["team_id"].to_numpy())
    return _mean(rows, data, key, ["rereferral", "assessment_days", "assessment_in_time"])


def plans_months(data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    """The share of child protection plans that begin in a month for a child who had one before.

    A plan belongs to the team of the child's last referral up to its first day.
    """
    plans = require(data, "plan_spell", "child_id", "plan", "start_date")
    plans = plans[plans["plan"].eq("cp")].sort_values(["start_date", "child_id"], kind="stable")
    again = plans.groupby("child_id").cumcount().gt(0).astype("float64")
    events = require(data, "child_event", "child_id", "referral_date", "team_id").sort_values("referral_date")
    rows = pd.merge_asof(
        plans.assign(repeat_plan=again),
        events[["child_id", "referral_date", "team_id"]].dropna(subset=["referral_date"]),
        left_on="start_date",
        right_on="referral_date",
        by="child_id",
    )
    rows["month"] = rows["start_date"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    return _mean(rows, data, key, ["repeat_plan"])


def visits_months(data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    """Means over the gaps between visits in person that ended in a month."""
    rows = visit_gaps(data).rename(columns={"in_time": "gap_in_time"})
    return _mean(rows, data, key, ["gap_days", "gap_in_time"])


def statutory_months(data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    """Means over the statutory visits of a month."""
    return _mean(contact_practice(data), data, key, ["visit_in_time", "seen_alone"])


def continuity_months(data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    """The share of a month's contacts that are with the worker of the family's contact before."""
    rows = contact_practice(data)[["contact_id", "family_id", "worker_id", "team_id", "month"]]
    held = require(data, "contact", "contact_id", "held_date")[["contact_id", "held_date"]].dropna()
    rows = rows.merge(held, on="contact_id").dropna(subset=["family_id", "worker_id"])
    rows = rows.sort_values(["family_id", "held_date", "contact_id"], kind="stable").reset_index(drop=True)
    last = rows.groupby("family_id")["worker_id"].shift()
    rows["same_worker"] = rows["worker_id"].eq(last).astype("float64").where(last.notna())
    return _mean(rows, data, key, ["same_worker"])


def posts_months(data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    """Leavers, vacancies and agency workers of a month; shares are of those in post, or of posts."""
    rows = require(data, "team_month", "team_id", "month").reset_index(drop=True)
    names = ("leavers", "headcount", "fte", "vacancy_fte", "agency_fte")
    sums = _keyed(rows[["team_id", "month"]].assign(**{n: number_values(rows, n) for n in names}), data, key)
    out = sums.groupby([key, "month"])[list(names)].sum(min_count=1).reset_index()
    # a leaver of the month is no longer in post on its last day
    out["leavers_share"] = safe_ratio(out["leavers"], out["headcount"] + out["leavers"])
    out["vacancy_share"] = safe_ratio(out["vacancy_fte"], out["vacancy_fte"] + out["fte"])
    out["agency_share"] = safe_ratio(out["agency_fte"], out["agency_fte"] + out["fte"])
    return out.drop(columns=["fte", "vacancy_fte", "agency_fte"])


def _keyed(rows: pd.DataFrame, data: EvaluationData, key: str) -> pd.DataFrame:
    out = rows if key == "team_id" else look_up(rows, require(data, "team", "team_id", key), "team_id", [key])
    return out.dropna(subset=[key, "month"])


def _mean(rows: pd.DataFrame, data: EvaluationData, key: str, names: list[str]) -> pd.DataFrame:
    return _keyed(rows, data, key).groupby([key, "month"])[names].mean().reset_index()
