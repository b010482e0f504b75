"""Turnover, agency share, headcount and tenure from worker rows: by hand, and held to the published definitions."""

from __future__ import annotations

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics import measure
from hybrid_toolkit.metrics.constructs.service import authority_years
from hybrid_toolkit.metrics.constructs.staffing import staff_months, team_vacancies

DAY = pd.to_datetime
WORKER = pd.DataFrame(
    {
        "worker_id": list("abcde"),
        "team_id": ["s", "s", "s", "t", "t"],
        "fte": [1.0, 0.5, 1.0, 0.8, 1.0],
        "agency": [False, False, True, False, False],
        "start_date": DAY(["2020-09-30", "2021-01-01", "2024-01-01", "2023-09-30", "2024-12-01"]),
        "leave_date": DAY([None, "2024-03-31", None, "2025-09-30", None]),
    }
)
MONTHS = pd.DataFrame({"worker_id": ["a", "a"], "month": DAY(["2025-03-01", "2025-09-01"])})


@pytest.fixture
def data() -> EvaluationData:
    return EvaluationData({"worker": WORKER, "worker_month": MONTHS})


def test_a_september_is_the_published_year(data: EvaluationData) -> None:
    rows = staff_months(data)
    last = rows[rows["month"] == "2025-09-01"]
    totals = {
        "la_id": ["x"],
        "year": [2025],
        "inpost_fte": [2.0],  # a and e; d left on the last day and is not in post on it
        "leavers_fte": [0.8],
        "agency_fte": [1.0],
    }
    published = authority_years(EvaluationData({"la_year": pd.DataFrame(totals)})).iloc[0]
    ours = last[["post_fte", "left_fte", "agency_fte", "all_fte"]].sum()
    assert ours["post_fte"] == published["inpost_fte"] and ours["agency_fte"] == published["agency_fte"]
    assert ours["left_fte"] / ours["post_fte"] == published["leavers_fte"] / published["inpost_fte"]
    assert ours["all_fte"] == published["agency_base"]
    assert last["post_head"].sum() == 2 and "b" not in set(last["worker_id"]), "left more than a year before"


def test_months_tenure_and_teams(data: EvaluationData) -> None:
    rows = staff_months(data)
    assert rows["month"].nunique() == 7
    march = rows[rows["month"] == "2025-03-01"].set_index("worker_id")
    assert march.loc["a", "tenure_years"] == pytest.approx(4.5, abs=0.01) and pd.isna(march.loc["c", "tenure_years"])
    assert rows.groupby(["team_id", "month"])["team_months"].sum().eq(1.0).all()
    early = staff_months(EvaluationData({"worker": WORKER, "worker_month": MONTHS.assign(month=DAY("2024-04-01"))}))
    assert early["left_fte"].isna().all(), "the first year of leavers is not whole"


def test_without_months_the_last_year_is_looked_at() -> None:
    rows = staff_months(EvaluationData({"worker": WORKER.drop(columns="fte")}))
    assert rows["month"].min() == DAY("2024-10-01") and rows["month"].max() == DAY("2025-09-01")
    assert rows["post_fte"].equals(rows["post_head"]), "no hours at all: heads"


def test_vacancies_come_from_team_months() -> None:
    month = pd.DataFrame({"team_id": ["s", "t"], "month": DAY(["2025-09-01"] * 2), "fte": [8.0, 4.0]})
    data = EvaluationData({"team_month": month.assign(vacancy_fte=[2.0, 2.0])})
    assert team_vacancies(data)["posts_fte"].tolist() == [10.0, 6.0]
    assert measure(data, "team_vacancy_pct")["estimate"].iloc[0] == pytest.approx(25.0)


def test_metrics_are_the_figures_worked_out_by_hand(data: EvaluationData) -> None:
    """Seven months: a and e in post in all, d in six and gone on the last day, c agency, b gone a year before."""
    ends = pd.date_range("2025-03-31", "2025-09-30", freq="ME")
    days = [(e - DAY(s)).days for e in ends for s in ("2020-09-30", "2024-12-01")]
    days += [(e - DAY("2023-09-30")).days for e in ends[:-1]]
    figures = {
        "team_turnover_pct": 100 * 0.8 / (7 * 1.0 + 6 * 0.8 + 7 * 1.0),
        "team_agency_pct": 100 * 7 / (7 + 18.8),
        "team_headcount": (7 + 6 + 7) / (2 * 7),
        "tenure_years": sum(days) / len(days) / 365.25,
    }
    for metric, figure in figures.items():
        assert measure(data, metric)["estimate"].iloc[0] == pytest.approx(figure), metric
