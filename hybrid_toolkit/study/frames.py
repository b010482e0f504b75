"""The frame a study is fitted to: one row a contact, a worker and wave, or an authority and year.

``UNITS`` is the list of columns a study may name, with the table columns each is made of. A part of a frame is
built only when one of its columns is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from hybrid_toolkit.data.contracts import ACCESS_FLAGS
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, StudyError
from hybrid_toolkit.metrics.career import EARLY_STAGES, SUPERVISOR_ROLES, career_stage
from hybrid_toolkit.metrics.exclusion import contact_engagement
from hybrid_toolkit.metrics.exposure import worker_month_exposure
from hybrid_toolkit.metrics.frames import require, safe_ratio
from hybrid_toolkit.metrics.instruments import instrument_ids, load_instrument
from hybrid_toolkit.metrics.practice import contact_practice
from hybrid_toolkit.metrics.service import authority_years
from hybrid_toolkit.metrics.wellbeing import survey_scores

Sources = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """Some columns of a frame: what each is made of (``table.column``), the keys they join by, how they are made."""

    columns: Sources
    keys: tuple[str, ...]
    build: Callable[[EvaluationData, Collection[str]], pd.DataFrame]


@dataclass(frozen=True)
class Unit:
    """A kind of row: its words, and its parts; the first part gives the rows."""

    name: str
    plural: str
    parts: tuple[Part, ...]

    @property
    def columns(self) -> Sources:
        """Every column that a study of this unit may name."""
        return MappingProxyType({c: s for p in self.parts for c, s in p.columns.items()})


_WORKED = ("worker_month.h_home", "worker_month.h_office")
_MONTH = ("worker_month.worker_id", "worker_month.month")
_ATTENDED = ("attendance_day.worker_id", "attendance_day.date", "attendance_day.site_id")
_HELD = ("contact.family_id", "contact.held_date", "contact.mode")


def _contacts(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return contact_practice(data)


def _engagement(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return contact_engagement(data)[["contact_id", "engaged", "low_access"]]


def _exposure(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = worker_month_exposure(data).rename(columns={"loo_team_office_rate": "colleagues_office_share"})
    after = rows[["worker_id", "month", "rs_desk"]].rename(columns={"rs_desk": "rs_desk_next"})
    after["month"] = (after["month"] - pd.DateOffset(months=1)).astype("datetime64[us]")
    return rows.drop(columns="team_id").merge(after, on=["worker_id", "month"], how="left")


def _family(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "family", "family_id")
    return rows[["family_id", *(c for c in ("risk", "need", "rural", "n_children") if c in rows)]]


def _worker(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "worker", "worker_id")
    return rows[["worker_id", *(c for c in _WORKER if c in rows)]]


_WORKER = ("role", "fte", "caring", "commute_min", "agency", "disability", "lives_alone")


def _waves(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """One row a worker in post and wave, answered or not; supervisors are left out."""
    workers = require(data, "worker", "worker_id", "team_id", "role", "reg_date")
    answers = require(data, "survey", "wave", "month")
    waves = answers[["wave", "month"]].dropna().drop_duplicates("wave").sort_values("wave")
    rows = workers[~workers["role"].isin(SUPERVISOR_ROLES)].merge(waves, how="cross")
    start = rows["start_date"] if "start_date" in rows else pd.Series(pd.NaT, index=rows.index)
    leave = rows["leave_date"] if "leave_date" in rows else pd.Series(pd.NaT, index=rows.index)
    ends = rows["month"] + pd.offsets.MonthEnd(0)
    rows = rows[(start.isna() | (start <= ends)) & (leave.isna() | (leave >= rows["month"]))]
    stage = career_stage(rows, rows["month"])
    out = rows[["worker_id", "wave", "month", "team_id"]].assign(stage=stage)
    return out.assign(early_career=stage.isin(EARLY_STAGES).astype("boolean").where(stage.notna()))


def _to_date(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Mean of a worker's monthly shares from the first month to this one."""
    rows = worker_month_exposure(data).sort_values(["worker_id", "month"])
    out = rows[["worker_id", "month"]].copy()
    for name in ("rs_desk", "rs_attendance"):
        total = rows[name].fillna(0.0).groupby(rows["worker_id"]).cumsum()
        months = rows[name].notna().groupby(rows["worker_id"]).cumsum().astype("float64")
        out[f"{name}_to_date"] = safe_ratio(total, months)
    return out


def _scores(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    held = data["survey"]["instrument"].unique() if data.has("survey", "instrument") else ()
    ids = sorted({_SCALES[c] for c in wanted if c in _SCALES} & set(held))
    scores = survey_scores(data, ids).drop(columns=["month", "team_id", "stage"])
    return scores.assign(answered=True)


_SCALES: Mapping[str, str] = MappingProxyType({s.id: i for i in instrument_ids() for s in load_instrument(i).scales})
"""Scale -> its instrument."""


def _authorities(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Rates in per cent of their published denominators; an authority without staff in post has none."""
    rows = authority_years(data)
    staffed = rows["inpost_fte"] > 0
    out = rows[["la_id"]].assign(year=rows["year"].astype("float64"))
    out["turnover_pct"] = 100 * safe_ratio(rows["leavers_fte"], rows["inpost_fte"])
    out["agency_pct"] = 100 * safe_ratio(rows["agency_fte"], rows["agency_base"]).where(staffed)
    out["vacancy_pct"] = 100 * safe_ratio(rows["vacancy_fte"], rows["vacancy_base"]).where(staffed)
    out["caseload"] = safe_ratio(rows["cases"], rows["case_holders_fte"])
    for name, shift in (("agency_pct_next", -1), ("agency_pct_last", 1)):
        other = out[["la_id", "year", "agency_pct"]].rename(columns={"agency_pct": name})
        out = out.merge(other.assign(year=other["year"] + shift), on=["la_id", "year"], how="left")
    return out


def _same(names: Collection[str], table: str, key: str = "") -> dict[str, tuple[str, ...]]:
    """Columns taken as they stand in a table, joined by its key."""
    return {n: (*([f"{table}.{key}"] if key else []), f"{table}.{n}") for n in names}


_AGENCY = ("la_year.agency_fte", "la_year.inpost_fte")
UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "contact": Unit(
            "contact",
            "contacts",
            (
                Part(
                    {
                        **_same(("contact_id", "family_id", "worker_id", "mode"), "contact"),
                        "team_id": ("contact.worker_id", "worker.worker_id", "worker.team_id"),
                        "month": ("contact.held_date",),
                        "remote": ("contact.mode",),
                        "choice_honoured": (*_HELD, "contact.mode_offered_choice", "contact.mode_preferred"),
                        "timely": (*_HELD, "contact.due_date"),
                    },
                    ("contact_id",),
                    _contacts,
                ),
                Part(
                    {
                        "engaged": (*_HELD, "contact.engaged"),
                        "low_access": ("access.family_id", "access.date", *(f"access.{f}" for f in ACCESS_FLAGS)),
                    },
                    ("contact_id",),
                    _engagement,
                ),
                Part(
                    {
                        "rs_desk": (*_MONTH, *_WORKED),
                        "rs_desk_next": (*_MONTH, *_WORKED),
                        "rs_attendance": (*_MONTH, *_WORKED, *_ATTENDED),
                        "colleagues_office_share": (*_MONTH, *_WORKED, "worker.worker_id", "worker.team_id"),
                    },
                    ("worker_id", "month"),
                    _exposure,
                ),
                Part(_same(("risk", "need", "rural", "n_children"), "family", "family_id"), ("family_id",), _family),
                Part(_same(_WORKER, "worker", "worker_id"), ("worker_id",), _worker),
            ),
        ),
        "worker-wave": Unit(
            "worker and wave",
            "workers' waves",
            (
                Part(
                    {
                        "worker_id": ("worker.worker_id",),
                        "wave": ("survey.wave", "survey.month"),
                        "month": ("survey.month",),
                        "team_id": ("worker.team_id",),
                        "stage": ("worker.role", "worker.reg_date"),
                        "early_career": ("worker.role", "worker.reg_date"),
                    },
                    ("worker_id", "wave"),
                    _waves,
                ),
                Part(
                    {
                        "rs_desk_to_date": (*_MONTH, *_WORKED),
                        "rs_attendance_to_date": (*_MONTH, *_ATTENDED),
                    },
                    ("worker_id", "month"),
                    _to_date,
                ),
                Part(
                    dict.fromkeys(
                        (*_SCALES, "answered"),
                        ("survey.worker_id", "survey.wave", "survey.instrument", "survey.item", "survey.value"),
                    ),
                    ("worker_id", "wave"),
                    _scores,
                ),
                Part(_same(_WORKER, "worker", "worker_id"), ("worker_id",), _worker),
            ),
        ),
        "authority-year": Unit(
            "authority and year",
            "authorities' years",
            (
                Part(
                    {
                        **_same(("la_id", "year"), "la_year"),
                        "turnover_pct": ("la_year.leavers_fte", "la_year.inpost_fte"),
                        "agency_pct": _AGENCY,
                        "agency_pct_next": _AGENCY,
                        "agency_pct_last": _AGENCY,
                        "vacancy_pct": ("la_year.vacancy_fte", "la_year.inpost_fte"),
                        "caseload": ("la_year.cases", "la_year.case_holders_fte"),
                    },
                    ("la_id", "year"),
                    _authorities,
                ),
            ),
        ),
    }
)
"""Kinds of row that a study may have."""


def check_columns(unit: str, columns: Collection[str]) -> None:
    """Every column belongs to the unit.

    Raises
    ------
    StudyError : an unknown unit, or columns that no row of this unit has.
    """
    if unit not in UNITS:
        raise StudyError(f"unit '{unit}' is unknown.", fix=f"Use one of: {', '.join(UNITS)}.", code="UNIT-UNKNOWN")
    unknown = sorted(set(columns) - set(UNITS[unit].columns))
    if unknown:
        raise StudyError(
            f"{len(unknown)} column(s) do not belong to a row a {UNITS[unit].name}: {', '.join(unknown)}.",
            fix=f"Use: {', '.join(UNITS[unit].columns)}.",
            code="COLUMN-UNKNOWN",
        )


def table_needs(unit: str, columns: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Tables and columns that the named columns, and the rows themselves, are made of."""
    sources = UNITS[unit].columns
    rows = UNITS[unit].parts[0].keys
    needed = dict.fromkeys(s for c in (*rows, *columns) for s in sources[c])
    for part in UNITS[unit].parts:
        if any(c in part.columns for c in columns):
            needed |= dict.fromkeys(s for k in part.keys for s in sources.get(k, ()))
    out: dict[str, list[str]] = {}
    for name in needed:
        table, column = name.split(".")
        out.setdefault(table, []).append(column)
    return {t: tuple(c) for t, c in out.items()}


def build_frame(data: EvaluationData, unit: str, columns: Collection[str]) -> pd.DataFrame:
    """One row a unit with (at least) the named columns.

    Raises
    ------
    StudyError : see ``check_columns``.
    CoverageError : the data lack a table or column that these are made of.
    """
    check_columns(unit, columns)
    absent = [
        f"{t}.{c}"
        for t, cs in table_needs(unit, columns).items()
        for c in (cs if data.has(t) else [cs[0]])
        if not data.has(t, c)
    ]
    if absent:
        raise CoverageError(
            f"the study needs {len(absent)} column(s) that the data do not have: {', '.join(absent)}.",
            fix="Add them; coverage() says what can be studied without them.",
            code="COLUMN-MISSING",
        )
    first, *others = UNITS[unit].parts
    out = first.build(data, columns)
    for part in others:
        mine = [c for c in columns if c in part.columns]
        if mine:
            right = part.build(data, columns)
            kept = right[[*part.keys, *(c for c in right.columns if c in mine)]]
            out = out.merge(kept, on=list(part.keys), how="left", validate="many_to_one")
    for name in columns:
        if name not in out:
            out[name] = np.nan
    return out
