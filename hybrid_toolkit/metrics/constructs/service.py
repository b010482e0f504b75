"""Timeliness, re-referral, visits and conferences of children, and the workforce rates of authorities (MF1 to MF5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.known.bank_holidays import count_working_days
from hybrid_toolkit.data.known.visit_due import usual_intervals
from hybrid_toolkit.data.tables.contracts import REMOTE_MODES
from hybrid_toolkit.metrics.constructs.staffing import ABSENCE_DAYS, staff_years, vacancy_years
from hybrid_toolkit.metrics.unit_frames import flag_values, look_up, month_of, number_values, optional, require

_ASSESSMENT_DAYS = 45
"""Working days in which an assessment should end."""
_ICPC_DAYS = 15
"""Working days from the start of a section 47 enquiry to the initial conference."""


def working_days(start: pd.Series[pd.Timestamp], end: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    """Working days after the start up to and with the end; weekends and bank holidays of England are left out.

    Examples
    --------
    >>> start, end = (pd.to_datetime(pd.Series([day])) for day in ("2025-04-17", "2025-04-22"))
    >>> working_days(start, end).tolist()
    [1.0]
    """
    known = (start.notna() & end.notna()).to_numpy(dtype=bool)
    out = np.full(len(start), np.nan)
    first, last = (days[known].to_numpy().astype("datetime64[D]") for days in (start, end))
    out[known] = count_working_days(first, last)
    return pd.Series(out, index=start.index)


def referral_outcomes(data: EvaluationData) -> pd.DataFrame:
    """Timeliness and re-referral, one row a referral of a child (MF3, MF4).

    Columns: ``child_id``, ``family_id``, ``month`` of referral; ``assessment_days`` and ``icpc_days`` in working days;
    ``assessment_in_time`` (45 or fewer), ``icpc_in_time`` (15 or fewer), ``rereferral``: 0, 1 or missing. What has not
    ended is missing, not late.

    Raises
    ------
    CoverageError
        There is no ``child_event`` table.
    """
    rows = require(data, "child_event", "child_id", "referral_date")
    out = rows[["child_id"]].copy()
    out["family_id"] = rows["family_id"] if "family_id" in rows else rows["child_id"]
    out["month"] = month_of(rows["referral_date"])
    for name, begin, finish, limit in (
        ("assessment", "assessment_start_date", "assessment_end_date", _ASSESSMENT_DAYS),
        ("icpc", "s47_date", "icpc_date", _ICPC_DAYS),
    ):
        there = begin in rows and finish in rows
        days = working_days(rows[begin], rows[finish]) if there else pd.Series(np.nan, index=rows.index)
        out[f"{name}_days"] = days
        out[f"{name}_in_time"] = days.le(limit).astype("float64").where(days.notna())
    out["rereferral"] = flag_values(rows, "rereferral").astype("float64")
    return out.reset_index(drop=True)


def visit_gaps(data: EvaluationData, *, max_gap_days: Mapping[str, int] | None = None) -> pd.DataFrame:
    """Gaps between held contacts in person of one child, one row a gap (MF3).

    Columns: ``child_id``, ``family_id``, ``worker_id`` and ``team_id`` of the later contact, ``month``, ``gap_days``,
    ``in_time`` (1 where the gap is within the days that the family's plan allows; missing where the plan is not known).
    The plan is ``family.need``; where that is not recorded, the child's own on the day of the earlier visit.
    The time since a child's last contact is not a gap yet and is not seen.

    Parameters
    ----------
    max_gap_days : Mapping[str, int] | None, optional
        Need -> days, as the authority sets them; by default those of ``usual_intervals``.

    Raises
    ------
    CoverageError
        ``contact.child_id`` is not there, or neither ``family.need`` nor ``plan_spell``.
    """
    usual = {need: interval.days for need, interval in usual_intervals("need").items()}
    limit = usual if max_gap_days is None else dict(max_gap_days)
    rows = require(data, "contact", "contact_id", "family_id", "child_id", "worker_id", "held_date", "mode")
    rows = rows[rows["held_date"].notna() & rows["mode"].notna() & ~rows["mode"].isin(REMOTE_MODES)]
    rows = rows.dropna(subset=["child_id"]).sort_values(["child_id", "held_date", "contact_id"])
    out = rows[["child_id", "family_id", "worker_id"]].copy()
    before = rows.groupby("child_id")["held_date"].shift()
    if data.has("plan_spell", "plan", "start_date") and not data.has("family", "need"):
        allowed = _days_of_plan(data, rows["child_id"], before, limit)
    else:
        family = require(data, "family", "family_id", "need")
        allowed = look_up(out, family, "family_id", ["need"])["need"].map(limit).astype("float64")
    out = look_up(out, optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    out["month"] = month_of(rows["held_date"])
    out["gap_days"] = (rows["held_date"] - before).dt.days.astype("float64")
    out["in_time"] = out["gap_days"].le(allowed).astype("float64").where(allowed.notna())
    return out[out["gap_days"].notna()].reset_index(drop=True)


def _days_of_plan(
    data: EvaluationData, child: pd.Series[str], day: pd.Series[pd.Timestamp], limit: Mapping[str, int]
) -> pd.Series[float]:
    """The fewest days that a plan of each child allows on a day; missing where the child has none then."""
    spells = require(data, "plan_spell", "child_id", "plan", "start_date")
    plans = pd.DataFrame({"child_id": spells["child_id"], "start": spells["start_date"]})
    plans["end"] = spells.get("end_date", pd.NaT)
    plans["days"] = spells["plan"].map(limit).astype("float64")
    asked = pd.DataFrame({"row": np.arange(len(child)), "child_id": child.to_numpy(), "day": day.to_numpy()})
    met = asked.merge(plans, on="child_id")
    met = met[(met["start"] <= met["day"]) & (met["end"].isna() | (met["day"] < met["end"]))]
    return met.groupby("row")["days"].min().reindex(range(len(child))).set_axis(child.index)


def conferences_held(data: EvaluationData) -> pd.DataFrame:
    """Who came to conferences and reviews, one row a conference that was held (MF5).

    Columns: ``conference_id``, ``child_id``, ``family_id`` (the child where the family is not known), ``month``,
    ``mode`` where the table has it, ``agencies_invited`` and ``agencies_attended``: both missing where one is, where
    nobody was invited, or where more came than were invited.

    Raises
    ------
    CoverageError
        There is no ``conference`` table, or it lacks a column.

    Examples
    --------
    >>> d = EvaluationData({"conference": pd.DataFrame({
    ...     "conference_id": ["m", "n"], "child_id": ["c", "c"],
    ...     "held_date": pd.to_datetime(["2025-01-07", None]),
    ...     "agencies_invited": [6, 5], "agencies_attended": [4, None]})})
    >>> conferences_held(d)[["agencies_invited", "agencies_attended"]].values.tolist()
    [[6.0, 4.0]]
    """
    columns = ("conference_id", "child_id", "held_date", "agencies_invited", "agencies_attended")
    rows = require(data, "conference", *columns)
    rows = rows[rows["held_date"].notna()].reset_index(drop=True)
    children = optional(data, "child", "child_id", "family_id")
    out = look_up(rows[["conference_id", "child_id"]], children, "child_id", ["family_id"])
    out["family_id"] = out["family_id"].fillna(out["child_id"])
    out["month"] = month_of(rows["held_date"])
    if "mode" in rows:
        out["mode"] = rows["mode"]
    invited, came = number_values(rows, "agencies_invited"), number_values(rows, "agencies_attended")
    known = invited.gt(0) & came.le(invited)
    out["agencies_invited"], out["agencies_attended"] = invited.where(known), came.where(known)
    return out


def authority_years(data: EvaluationData) -> pd.DataFrame:
    """Tops and bottoms of the workforce rates, one row an authority and year (MF1 and its neighbours).

    Columns: ``la_id``, ``year``, the totals of ``la_year`` (missing where it has none), and the denominators
    ``vacancy_base`` (vacancies + in post), ``agency_base`` (agency + in post), ``absence_base`` (253 days x in post).

    Raises
    ------
    CoverageError
        There is no ``la_year`` table.
    """
    rows = require(data, "la_year", "la_id", "year")
    out = rows[["la_id", "year"]].copy()
    for name in (
        *("inpost_fte", "leavers_fte", "agency_fte", "vacancy_fte", "case_holders_fte", "cases"),
        "working_days_lost_fte",
    ):
        out[name] = number_values(rows, name)
    out["vacancy_base"] = out["vacancy_fte"] + out["inpost_fte"]
    out["agency_base"] = out["agency_fte"] + out["inpost_fte"]
    out["absence_base"] = ABSENCE_DAYS * out["inpost_fte"]
    return out.reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class WorkforceUnits:
    """The units of a workforce rate: the totals of the return, or what they are made of where there are none.

    Parameters
    ----------
    columns : tuple[str, ...]
        Totals of ``la_year`` that the rate needs.

    Examples
    --------
    >>> rows = pd.DataFrame({"la_id": ["x"], "year": [2025], "cases": [30.0]})
    >>> WorkforceUnits(("cases",))(EvaluationData({"la_year": rows}))["cases"].tolist()
    [30.0]
    """

    columns: tuple[str, ...]

    def __call__(self, data: EvaluationData) -> pd.DataFrame:
        """``authority_years``; else ``vacancy_years`` for vacancies, and ``staff_years`` for the rest."""
        if data.has("la_year", "la_id", "year", *self.columns):
            return authority_years(data)
        return vacancy_years(data) if "vacancy_fte" in self.columns else staff_years(data)


def caseloads(data: EvaluationData) -> pd.DataFrame:
    """Cases held, one row a worker-month with ``worker_id``, ``team_id``, ``month``, ``cases`` (MF1)."""
    rows = require(data, "worker_month", "worker_id", "month", "cases")
    out = look_up(
        rows[["worker_id", "month"]], optional(data, "worker", "team_id", "role"), "worker_id", ["team_id", "role"]
    )
    out["cases"] = number_values(rows, "cases")
    return out.reset_index(drop=True)
