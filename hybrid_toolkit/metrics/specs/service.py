"""Service outcomes: MF1 to MF5 and the published workforce rates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.continuity import continuity
from hybrid_toolkit.metrics.constructs.service import (
    WorkforceUnits,
    caseloads,
    conferences_held,
    referral_outcomes,
    visit_gaps,
)
from hybrid_toolkit.metrics.contacts.contact_formulas import (
    BICE_BOXERMAN_WORDS,
    MIN_CONTACTS_COC,
    SEEN_ALONE,
    TIMELY,
    USUAL_PROVIDER_WORDS,
    VISIT_IN_TIME,
)
from hybrid_toolkit.metrics.contacts.contact_tables import ContactUnits
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.intervals.statistics import RatioOf
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec, Statistic, UnitFrame
from hybrid_toolkit.metrics.unit_frames import require

SPELLS = {"allocation_spell": ("child_id", "worker_id", "start_date")}
CONTACTS = {"contact": ("contact_id", "family_id", "child_id", "worker_id", "held_date")}
_VISITS = ("contact_id", "family_id", "child_id", "worker_id", "held_date", "mode")
_NEVER = "Never attributed to a worker."
_STAFF = ("worker_id", "start_date", "leave_date", "fte")


def case_holders(data: EvaluationData) -> pd.DataFrame:
    """``caseloads`` of case holders (role 5) where roles are known, else of all."""
    out = caseloads(data)
    known = out["role"].notna()
    return out[out["role"].eq("5") | ~known].reset_index(drop=True) if known.any() else out


def often_seen_values(data: EvaluationData) -> pd.DataFrame:
    """``continuity`` of the children with enough contacts for the Bice-Boxerman index."""
    out = continuity(data)
    return out[out["n_contacts"].ge(MIN_CONTACTS_COC)].reset_index(drop=True)


def conferences(data: EvaluationData) -> pd.DataFrame:
    """``referral_outcomes`` of the referrals with a conference."""
    held = require(data, "child_event", "icpc_date")["icpc_date"].notna().to_numpy()
    return referral_outcomes(data)[held].reset_index(drop=True)


def ended_assessments(data: EvaluationData) -> pd.DataFrame:
    """``referral_outcomes`` of the referrals whose assessment ended."""
    ended = require(data, "child_event", "assessment_end_date")["assessment_end_date"].notna().to_numpy()
    return referral_outcomes(data)[ended].reset_index(drop=True)


def _one(
    id: str,
    code: str,
    name: str,
    question: str,
    columns: Mapping[str, tuple[str, ...]],
    formula: str,
    statistic: Statistic,
    frame: UnitFrame,
    *,
    unit: str = "child",
    high: float | None = 1,
    direction: str = "higher",
    value_unit: str = "share",
    min_n: int = 30,
    caveats: tuple[str, ...] = (),
    source: str = "This project",
    cluster: tuple[str, ...] = ("team_id", "family_id", "child_id"),
    scale: float = 1.0,
    instead: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> MetricSpec:
    return MetricSpec(
        id=id,
        code=code,
        name=name,
        question=question,
        unit=unit,
        columns=columns,
        formula=formula,
        low=0,
        high=high,
        direction=direction,
        min_n=min_n,
        value_unit=value_unit,
        caveats=caveats,
        source=source,
        frame=frame,
        statistic=statistic,
        cluster=cluster,
        scale=scale,
        instead=instead,
    )


def _rate(
    id: str,
    name: str,
    top: str,
    bottom: str,
    formula: str,
    columns: tuple[str, ...],
    scale: float,
    *,
    instead: Mapping[str, tuple[str, ...]],
) -> MetricSpec:
    return _one(
        id,
        "MF1",
        name,
        "How stable and how stretched is the workforce?",
        {"la_year": ("la_id", "year", *columns)},
        formula,
        RatioOf(top, bottom),
        WorkforceUnits(columns),
        unit="authority-year",
        high=None,
        direction="lower",
        value_unit="cases per fte" if scale == 1 else "%",
        min_n=1,
        caveats=(
            "Never a league table of authorities.",
            "A small authority's rate moves with one person.",
            "From a staff list, by its September rows: a list that leaves out who has left gives no leavers.",
        ),
        source="Department for Education, children's social work workforce; recomputed from its own numerators",
        cluster=("team_id", "worker_id", "la_id"),
        scale=scale,
        instead=instead,
    )


SPECS: tuple[MetricSpec, ...] = (
    _rate(
        "caseload_per_fte",
        "Caseload",
        "cases",
        "case_holders_fte",
        "cases / case-holder FTE",
        ("cases", "case_holders_fte"),
        1,
        instead={"worker": _STAFF, "worker_month": ("worker_id", "month", "cases")},
    ),
    _rate(
        "turnover_rate_pct",
        "Turnover",
        "leavers_fte",
        "inpost_fte",
        "100 x leavers FTE / in-post FTE",
        ("leavers_fte", "inpost_fte"),
        100,
        instead={"worker": _STAFF},
    ),
    _rate(
        "agency_rate_pct",
        "Agency workers",
        "agency_fte",
        "agency_base",
        "100 x agency / (agency + in post)",
        ("agency_fte", "inpost_fte"),
        100,
        instead={"worker": (*_STAFF, "agency")},
    ),
    _rate(
        "vacancy_rate_pct",
        "Vacancies",
        "vacancy_fte",
        "vacancy_base",
        "100 x vacancies / (vacancies + in post)",
        ("vacancy_fte", "inpost_fte"),
        100,
        instead={"team_month": ("team_id", "month", "fte", "vacancy_fte")},
    ),
    _rate(
        "absence_rate_pct",
        "Absence",
        "working_days_lost_fte",
        "absence_base",
        "100 x working days lost / (253 x in post)",
        ("working_days_lost_fte", "inpost_fte"),
        100,
        instead={"worker": _STAFF, "worker_month": ("worker_id", "month", "sick_days")},
    ),
    _one(
        "cases_per_holder",
        "MF1",
        "Cases held by a case holder",
        "How many cases does a case holder hold?",
        {"worker_month": ("worker_id", "month", "cases")},
        "mean cases at the end of the month over case holders' months",
        MeanOf("cases"),
        case_holders,
        unit="worker-month",
        high=None,
        direction="lower",
        value_unit="cases",
        min_n=10,
        caveats=("An average hides the spread: look at the distribution too.",),
        cluster=("team_id", "worker_id"),
    ),
    _one(
        "workers_per_child_year",
        "MF2",
        "Workers allocated per child and year",
        "How often does a child's worker change?",
        SPELLS,
        "sum of distinct workers allocated / sum of years from first to last day allocated",
        RatioOf("n_workers", "child_years"),
        continuity,
        high=None,
        direction="lower",
        value_unit="workers a year",
        caveats=("High by construction for children allocated for a short time.",),
    ),
    _one(
        "continuity_usual_provider",
        "MF2",
        "Usual-provider share",
        "Do children see the same worker?",
        CONTACTS,
        USUAL_PROVIDER_WORDS,
        MeanOf("usual_provider_share"),
        ContactUnits("contact_continuity", continuity),
        source="Breslau and Reeb 1975",
        caveats=("Is 1 by construction for a child with one contact.",),
    ),
    _one(
        "continuity_bice_boxerman",
        "MF2",
        "Bice-Boxerman continuity",
        "Do children see the same worker, however often they are seen?",
        CONTACTS,
        BICE_BOXERMAN_WORDS,
        MeanOf("bice_boxerman"),
        ContactUnits("often_seen", often_seen_values),
        source="Bice and Boxerman 1977",
        caveats=("Children with fewer than 4 contacts are left out.",),
    ),
    _one(
        "three_or_more_workers_share",
        "MF2",
        "Children with three or more workers in twelve months",
        "How many children see their worker change again and again?",
        SPELLS,
        "children with three or more workers allocated in the last twelve months / children allocated in them",
        MeanOf("three_or_more"),
        continuity,
        direction="lower",
        caveats=("England: 27% of children looked after, 2024.",),
        source="After the Department for Education's measure for children looked after",
    ),
    _one(
        "contact_in_time_share",
        "MF3",
        "Contacts held by their due date",
        "Are children seen when they should be?",
        {"contact": ("contact_id", "family_id", "due_date", "held_date", "mode")},
        TIMELY.words,
        MeanOf("timely"),
        ContactUnits("all_contacts"),
        unit="contact",
        cluster=("team_id", "worker_id", "family_id"),
        caveats=(
            "Counts contacts by any mode, calls too: for visits that must be in person see statutory_in_time_share.",
        ),
    ),
    _one(
        "statutory_in_time_share",
        "MF3",
        "Statutory visits held in person and in time",
        "Are children seen, in person, when they must be?",
        {"contact": ("contact_id", "family_id", "due_date", "held_date", "mode", "purpose")},
        VISIT_IN_TIME.words,
        MeanOf("visit_in_time"),
        ContactUnits("all_contacts"),
        unit="contact",
        cluster=("team_id", "worker_id", "family_id"),
        caveats=("A call by telephone or video on the day due counts as not held in time.",),
    ),
    _one(
        "statutory_seen_alone_share",
        "MF3",
        "Statutory visits at which the child was seen alone",
        "Are children seen on their own?",
        {"contact": ("contact_id", "family_id", "held_date", "mode", "purpose", "seen_alone")},
        SEEN_ALONE.words,
        MeanOf("seen_alone"),
        ContactUnits("all_contacts"),
        unit="contact",
        cluster=("team_id", "worker_id", "family_id"),
        caveats=("Left out where seeing the child alone does not fit, as with an infant.",),
    ),
    _one(
        "visit_gap_in_time_share",
        "MF3",
        "Visits within the days the plan allows",
        "Are children seen often enough?",
        {
            "contact": _VISITS,
            "family": ("family_id", "need"),
        },
        "gaps between contacts in person within the plan's days / gaps",
        MeanOf("in_time"),
        visit_gaps,
        unit="gap between visits",
        instead={"contact": _VISITS, "plan_spell": ("child_id", "plan", "start_date")},
        caveats=("The days a plan allows are a local setting.", "The time since the last visit is not counted."),
    ),
    _one(
        "assessment_in_time_share",
        "MF3",
        "Assessments within 45 working days",
        "Are assessments finished in time?",
        {"child_event": ("child_id", "referral_date", "assessment_start_date", "assessment_end_date")},
        "assessments that took 45 working days or fewer / assessments that ended",
        MeanOf("assessment_in_time"),
        ended_assessments,
        unit="referral",
        caveats=("Bank holidays of England are no working days.", "England: 85.7%, 2025."),
        cluster=("family_id", "child_id"),
    ),
    _one(
        "icpc_in_time_share",
        "MF3",
        "Conferences within 15 working days",
        "Are initial conferences held in time?",
        {"child_event": ("child_id", "referral_date", "s47_date", "icpc_date")},
        "conferences 15 working days or fewer after the section 47 start / conferences held",
        MeanOf("icpc_in_time"),
        conferences,
        unit="referral",
        caveats=("Bank holidays of England are no working days.", "What has not been held yet is not seen."),
        cluster=("family_id", "child_id"),
    ),
    _one(
        "rereferral_share",
        "MF4",
        "Re-referral within twelve months",
        "Do families come back?",
        {"child_event": ("child_id", "referral_date", "rereferral")},
        "referrals within 12 months of an earlier one / referrals",
        MeanOf("rereferral"),
        referral_outcomes,
        unit="referral",
        direction="lower",
        caveats=("Ambiguous: thresholds and demand move it too.", _NEVER, "England: 22.6%, 2025."),
        cluster=("family_id", "child_id"),
    ),
    _one(
        "agencies_attended_share",
        "MF5",
        "Agencies that came to conferences",
        "Do other agencies come when a child's conference is held?",
        {"conference": ("conference_id", "child_id", "held_date", "agencies_invited", "agencies_attended")},
        "agencies that came / agencies invited, of conferences and reviews held with both recorded",
        RatioOf("agencies_attended", "agencies_invited"),
        conferences_held,
        unit="conference",
        cluster=("family_id", "child_id"),
        caveats=(
            "By mode of conference it compares different conferences: why one was held remotely is not recorded.",
            "Which agencies came, and what they did between conferences, is not recorded.",
            "A record in which more came than were invited counts as missing.",
        ),
    ),
)
