"""What a team or an authority did in a month: means and counts over its contacts and its workers' months.

Means are over contacts, or over workers' months, with a value; each count stands beside what it is counted over, so
that a rate model can take it as its denominator. A month without any is missing, not 0; counts are then 0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.work_pattern import worker_month_load
from hybrid_toolkit.metrics.contacts.contact_tables import contact_practice
from hybrid_toolkit.metrics.unit_frames import (
    flag_values,
    look_up,
    number_values,
    require,
    safe_ratio,
    worker_month_exposure,
)
from hybrid_toolkit.study.units import service_months as service
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Sources
from hybrid_toolkit.study.units.worker_columns import ATTENDED, MONTH, WORKED

_HELD = ("contact.held_date", "contact.mode", "contact.contact_id", "contact.family_id", "contact.worker_id")
_TEAM = ("worker.worker_id", "worker.team_id")
_CHOICE = (*_HELD, "contact.mode_offered_choice", "contact.mode_preferred", *_TEAM)
_CONTACT: Sources = MappingProxyType(
    {
        "contacts_held": (*_HELD, *_TEAM),
        "choice_honoured": _CHOICE,
        "choice_honoured_count": _CHOICE,
        "choice_known": _CHOICE,
        "timely": (*_HELD, "contact.due_date", *_TEAM),
        "remote_contact_share": (*_HELD, *_TEAM),
        "engaged": (*_HELD, "contact.engaged", *_TEAM),
        "engaged_count": (*_HELD, "contact.engaged", *_TEAM),
        "engaged_known": (*_HELD, "contact.engaged", *_TEAM),
    }
)
_EXPOSURE: Sources = MappingProxyType(
    {
        "rs_desk": (*MONTH, *WORKED, *_TEAM),
        "rs_attendance": (*MONTH, *WORKED, *ATTENDED, *_TEAM),
        "co_presence": (*MONTH, *WORKED, "worker_month.co_presence", *_TEAM),
        "senior_overlap": (*MONTH, *WORKED, "worker_month.senior_overlap", *_TEAM),
    }
)
_TRAVEL = (*MONTH, "worker_month.h_commute", "worker_month.h_visit_travel", *_TEAM)
_LOAD: Sources = MappingProxyType(
    {
        "workers": (*MONTH, *_TEAM),
        "fte_days": (*MONTH, "worker.fte", *_TEAM),
        "caseload": (*MONTH, "worker_month.cases", *_TEAM),
        "caseload_last": (*MONTH, "worker_month.cases", *_TEAM),
        "sick_days": (*MONTH, "worker_month.sick_days", *_TEAM),
        "sick_days_per_worker": (*MONTH, "worker_month.sick_days", *_TEAM),
        "travel_h": _TRAVEL,
        "meeting_h": (*MONTH, "worker_month.meeting_h", *_TEAM),
        "b2b": (*MONTH, "worker_month.b2b", *_TEAM),
        "unpaid_h": (*MONTH, "worker_month.unpaid_h", *_TEAM),
        "duty_cover": (*MONTH, "worker_month.duty_cover", *_TEAM),
        "office_days": (*MONTH, "worker_month.h_office", *_TEAM),
        "cover_burden": (*MONTH, "worker_month.duty_cover", "worker_month.h_office", *_TEAM),
    }
)
_GROUPS: Mapping[str, Sources] = MappingProxyType(
    {
        "contact": _CONTACT,
        "exposure": _EXPOSURE,
        "load": _LOAD,
        "children": service.REFERRAL_COLUMNS,
        "plans": service.PLAN_COLUMNS,
        "visits": service.VISIT_GAP_COLUMNS,
        "statutory": service.STATUTORY_COLUMNS,
        "continuity": service.CONTINUITY_COLUMNS,
        "posts": service.POST_COLUMNS,
    }
)
"""The columns a month has beside its keys, by where they are made."""
_COUNTS = (*("contacts_held", "choice_honoured_count", "choice_known", "engaged_count", "engaged_known", "workers"),)
"""Counts that are 0, and not missing, where there was nothing to count."""
WORKING_DAYS_MONTH = 253 / 12
"""Working days of a full-time worker in a month, after the published absence rate's 253 a year."""


def month_parts(key: str) -> tuple[ColumnSource, ...]:
    """The parts of a unit of ``key`` (``team_id`` or ``la_id``) and month that stand beside its rows."""
    extra = () if key == "team_id" else ("team.team_id", f"team.{key}")
    makers = {
        "contact": _contacts,
        "exposure": _exposure,
        "load": _load,
        "children": service.children_months,
        "plans": service.plans_months,
        "visits": service.visits_months,
        "statutory": service.statutory_months,
        "continuity": service.continuity_months,
        "posts": service.posts_months,
    }
    return tuple(
        ColumnSource({c: (*s, *extra) for c, s in columns.items()}, (key, "month"), _by(makers[name], key))
        for name, columns in _GROUPS.items()
    )


_CLOCKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("contact", "visits", "statutory", "continuity"), ("contact",)),
        **dict.fromkeys(("exposure", "load"), ("worker_month",)),
        "posts": ("team_month",),
    }
)
"""The tables whose months are those of a group of columns."""
_DATES = {
    **{"contact": "held_date", "worker_month": "month", "team_month": "month"},
    **{"child_event": "referral_date", "plan_spell": "start_date"},
}


def clock_tables(wanted: Collection[str]) -> tuple[str, ...]:
    """The tables whose months the rows of these columns take, as far as the data have them.

    Referrals and plans go back further than the rest: where nothing else is wanted, the months are those of contacts
    and of workers.
    """
    tables = {t for g, cs in _GROUPS.items() if set(cs) & set(wanted) for t in _CLOCKS.get(g, ())}
    return tuple(sorted(tables or {"contact", "worker_month"}))


def span(data: EvaluationData, wanted: Collection[str]) -> pd.DatetimeIndex:
    """Every month from the first to the last in the tables that the wanted columns are made of.

    A month counts where a contact was held or a worker's month is recorded, and for posts where the team's month is.
    Data that hold neither contacts nor workers' months have the months of their referrals and plans.
    """
    tables = [t for t in clock_tables(wanted) if data.has(t, _DATES[t])]
    own = [t for g, t in (("children", "child_event"), ("plans", "plan_spell")) if set(_GROUPS[g]) & set(wanted)]
    seen = [data[t][_DATES[t]].dropna() for t in tables or own if data.has(t, _DATES[t])]
    ends = [e for days in seen if len(days) for e in (days.min(), days.max())]
    if not ends:
        return pd.DatetimeIndex([], dtype="datetime64[us]")
    first = min(ends).to_period("M").to_timestamp()
    return pd.date_range(first, max(ends), freq="MS", unit="us")


_Make = Callable[[EvaluationData, Collection[str]], pd.DataFrame]


def _by(make: Callable[[EvaluationData, str, Collection[str]], pd.DataFrame], key: str) -> _Make:
    def build(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
        return make(data, key, wanted)

    return build


def _keyed(rows: pd.DataFrame, data: EvaluationData, key: str) -> pd.DataFrame:
    """Rows with the team's authority where that is the key; rows whose key or month is not known are left out."""
    out = rows if key == "team_id" else look_up(rows, require(data, "team", "team_id", key), "team_id", [key])
    return out.dropna(subset=[key, "month"])


def _every(out: pd.DataFrame, data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    """Every key in every month, with 0 for the counts of those that had none."""
    keys = require(data, "team", "team_id", key)[key].dropna().unique()
    grid = pd.MultiIndex.from_product([keys, span(data, wanted)], names=[key, "month"])
    counts = [c for c in out if c in _COUNTS]
    full = out.reindex(grid)
    return full.assign(**full[counts].fillna(0.0)).reset_index()


def _contacts(data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    rows = contact_practice(data)
    source = data["contact"].reset_index(drop=True)
    held = source["held_date"].notna()
    rows["contacts_held"] = held.astype("float64")
    rows["remote_contact_share"] = rows["remote"].astype("float64").where(held)
    rows["engaged"] = flag_values(source, "engaged").astype("float64").where(held)
    by = _keyed(rows, data, key).groupby([key, "month"])
    out = by[["choice_honoured", "timely", "remote_contact_share", "engaged"]].mean()
    out["contacts_held"] = by["contacts_held"].sum()
    for name, count, known in (
        ("choice_honoured", "choice_honoured_count", "choice_known"),
        ("engaged", "engaged_count", "engaged_known"),
    ):
        out[count], out[known] = by[name].sum(), by[name].count().astype("float64")
    return _every(out, data, key, wanted)


def _exposure(data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    rows = _keyed(worker_month_exposure(data), data, key)
    return rows.groupby([key, "month"])[list(_EXPOSURE)].mean().reset_index()


def _load(data: EvaluationData, key: str, wanted: Collection[str]) -> pd.DataFrame:
    rows = worker_month_load(data)
    source = data["worker_month"].reset_index(drop=True)
    rows["caseload"], rows["sick_days"] = number_values(source, "cases"), number_values(source, "sick_days")
    rows["fte_days"] = WORKING_DAYS_MONTH * number_values(look_up(rows, data["worker"], "worker_id", ["fte"]), "fte")
    rows["workers"] = 1.0
    rows["duty_known"] = rows["duty_cover"].where(rows["office_days"].notna())
    rows["office_known"] = rows["office_days"].where(rows["duty_cover"].notna())
    by = _keyed(rows, data, key).groupby([key, "month"])
    sums = ["workers", "fte_days", "sick_days", "duty_cover", "office_days", "duty_known", "office_known"]
    out = by[sums].sum(min_count=1)
    for name in ("caseload", "travel_h", "meeting_h", "b2b", "unpaid_h"):
        out[name] = by[name].mean()
    out["sick_days_per_worker"] = by["sick_days"].mean()
    out["cover_burden"] = safe_ratio(out["duty_known"], out["office_known"])
    out = _every(out, data, key, wanted)
    last = out[[key, "month", "caseload"]].rename(columns={"caseload": "caseload_last"})
    last["month"] = (last["month"] + pd.DateOffset(months=1)).astype("datetime64[us]")
    return out.merge(last, on=[key, "month"], how="left")
