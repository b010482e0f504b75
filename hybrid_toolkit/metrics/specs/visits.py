"""Visits to children: in person, often enough, seen, not achieved, written down (MF3)."""

from __future__ import annotations

from hybrid_toolkit.data.known.visit_due import usual_intervals
from hybrid_toolkit.metrics.constructs.visits import (
    NOT_ACHIEVED,
    RECORDED_DAYS,
    statutory_visits,
    visit_intervals,
    visits,
)
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec, UnitFrame

_KEYS = ("contact_id", "family_id", "held_date")
_USUAL = {purpose: interval.days for purpose, interval in usual_intervals("purpose").items()}
_LOCAL = ", ".join(f"{days} for {purpose.removeprefix('statutory_')}" for purpose, days in _USUAL.items())


def _visit(
    id: str,
    name: str,
    question: str,
    columns: tuple[str, ...],
    formula: str,
    column: str,
    frame: UnitFrame,
    *,
    unit: str = "statutory visit",
    direction: str = "higher",
    caveats: tuple[str, ...] = (),
    source: str = "This project",
) -> MetricSpec:
    return MetricSpec(
        id=id,
        code="MF3",
        name=name,
        question=question,
        unit=unit,
        columns={"contact": (*_KEYS, *columns)},
        formula=formula,
        low=0,
        high=1,
        direction=direction,
        min_n=30,
        value_unit="share",
        caveats=caveats,
        source=source,
        frame=frame,
        statistic=MeanOf(column),
        cluster=("team_id", "worker_id", "family_id"),
    )


SPECS: tuple[MetricSpec, ...] = (
    _visit(
        "statutory_in_person_share",
        "Statutory visits held in person",
        "Are the visits that law or guidance asks for made in person?",
        ("mode", "purpose"),
        "statutory visits held in person / statutory visits held with a mode",
        "in_person",
        statutory_visits,
        caveats=("A visit under a child in need plan is held to a local standard, not to law.",),
    ),
    _visit(
        "statutory_gap_in_time_share",
        "Statutory visits within the usual days of the one before",
        "Are children visited often enough, where no due date is recorded?",
        ("child_id", "mode", "purpose"),
        f"gaps in working days between statutory visits in person within the usual days ({_LOCAL}) / gaps",
        "in_time",
        visit_intervals,
        unit="gap between visits",
        caveats=(
            "The days are those of published policies; set against your own standard first.",
            "Bank holidays of England are no working days.",
            "The time since the last visit is not counted.",
        ),
        source="Care Planning, Placement and Case Review (England) Regulations 2010; policies of authorities",
    ),
    _visit(
        "child_seen_share",
        "Visits in person at which the child was seen",
        "Are children seen when they are visited?",
        ("mode", "child_seen"),
        "visits in person at which the child was seen / visits in person where that is recorded",
        "child_seen",
        visits,
        unit="visit in person",
    ),
    _visit(
        "not_achieved_share",
        "Visits not achieved",
        "How often does a planned visit not come about?",
        ("outcome",),
        f"visits with the outcome {', '.join(NOT_ACHIEVED)} / planned visits whose outcome is recorded",
        "not_achieved",
        visits,
        unit="visit",
        direction="lower",
        caveats=("Authorities differ in whether a failed attempt is recorded at all.",),
    ),
    _visit(
        "recorded_in_time_share",
        "Visits written down within five working days",
        "Are visits recorded while they are fresh?",
        ("recorded_date",),
        f"visits recorded {RECORDED_DAYS} working days or fewer after they were held / visits with both days",
        "recorded_in_time",
        visits,
        unit="visit",
        caveats=("Local standards run from 24 hours to 5 working days; this is the longest of them.",),
    ),
)
