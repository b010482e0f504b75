"""The workforce by team and month, from the rows of workers: turnover, agency, vacancies, headcount, tenure (MF1)."""

from __future__ import annotations

from collections.abc import Mapping

from hybrid_toolkit.metrics.constructs.staffing import staff_months, team_vacancies
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.intervals.statistics import RatioOf
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec, Statistic, UnitFrame

_DATES = ("worker_id", "team_id", "start_date", "leave_date")
_SOURCE = "After the Department for Education's children's social work workforce statistics"
_LIST = "A staff list that leaves out who has left gives no leavers: ask for starters and leavers too."


def _staff(
    id: str,
    name: str,
    question: str,
    columns: Mapping[str, tuple[str, ...]],
    formula: str,
    statistic: Statistic,
    *,
    frame: UnitFrame = staff_months,
    unit: str = "worker and month",
    direction: str = "none",
    value_unit: str = "%",
    scale: float = 100.0,
    high: float | None = None,
    caveats: tuple[str, ...] = (),
    source: str = _SOURCE,
) -> MetricSpec:
    return MetricSpec(
        id=id,
        code="MF1",
        name=name,
        question=question,
        unit=unit,
        columns=columns,
        formula=formula,
        low=0,
        high=high,
        direction=direction,
        min_n=10,
        value_unit=value_unit,
        caveats=caveats,
        source=source,
        frame=frame,
        statistic=statistic,
        cluster=("team_id", "worker_id") if frame is staff_months else ("team_id",),
        scale=scale,
    )


SPECS: tuple[MetricSpec, ...] = (
    _staff(
        "team_turnover_pct",
        "Turnover, by team and month",
        "How many of those in post leave within a year?",
        {"worker": (*_DATES, "fte")},
        "100 x FTE of leavers in the twelve months up to the last day of a month / FTE in post on it, agency left out",
        RatioOf("left_fte", "post_fte"),
        direction="lower",
        caveats=(_LIST, "In September it is the published rate; a mean over months is not."),
    ),
    _staff(
        "team_agency_pct",
        "Agency workers, by team and month",
        "How much of the workforce is agency?",
        {"worker": (*_DATES, "fte", "agency")},
        "100 x agency FTE on the last day of a month / (agency FTE + FTE in post)",
        RatioOf("agency_fte", "all_fte"),
        direction="lower",
        high=100,
        caveats=("Agency workers are often kept in another system than the staff list.",),
    ),
    _staff(
        "team_vacancy_pct",
        "Vacancies, by team and month",
        "How many posts are empty?",
        {"team_month": ("team_id", "month", "fte", "vacancy_fte")},
        "100 x vacant FTE / (vacant FTE + FTE in post)",
        RatioOf("vacancy_fte", "posts_fte"),
        frame=team_vacancies,
        unit="team-month",
        direction="lower",
        high=100,
        caveats=("A post that an agency worker covers is vacant in the published statistics.",),
    ),
    _staff(
        "team_headcount",
        "Workers in post a team",
        "How large are teams?",
        {"worker": _DATES},
        "workers in post on the last day of a month, agency left out / teams and months",
        RatioOf("post_head", "team_months"),
        value_unit="workers",
        scale=1.0,
        caveats=("Teams are those of the staff list: who moved team is counted where they are now.",),
    ),
    _staff(
        "tenure_years",
        "Time in the authority",
        "How long have those in post been here?",
        {"worker": _DATES},
        "mean years from start to the last day of the month over workers in post, agency left out",
        MeanOf("tenure_years"),
        value_unit="years",
        scale=1.0,
        caveats=("The start must be that in the authority, not in the post.",),
    ),
)
