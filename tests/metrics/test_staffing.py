"""Turnover, agency share, headcount and tenure from worker rows: by hand, and held to the published definitions."""

from __future__ import annotations

import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics import measure
from hybrid_toolkit.metrics.constructs.service import authority_years
from hybrid_toolkit.metrics.constructs.staffing import staff_months, team_vacancies
from hybrid_toolkit.metrics.specs.registry import REGISTRY

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


RATES = ("turnover_rate_pct", "agency_rate_pct", "absence_rate_pct", "caseload_per_fte")


def staff_list() -> EvaluationData:
    """A staff list from the description of a service: 30 in post all along, agency workers, leavers of two years."""
    rows = [(f"p{i}", f"t{i % 3}", 0.5 if i % 5 == 0 else 1.0, False, "2019-04-01", None) for i in range(30)]
    rows += [(f"a{i}", "t0", 1.0, True, "2023-01-09", None) for i in range(4)]
    rows += [(f"x{i}", "t1", 1.0, False, "2020-01-06", "2023-06-30") for i in range(3)]  # the first leavers on record
    rows += [(f"y{i}", "t2", 0.8, False, "2020-01-06", "2024-02-29") for i in range(5)]
    rows += [("z", "t2", 1.0, False, "2020-01-06", "2024-09-30")]  # left on the last day: not in post on it, a leaver
    rows += [("n", "t1", 1.0, False, "2024-11-04", None)]  # started after the day
    worker = pd.DataFrame(rows, columns=["worker_id", "team_id", "fte", "agency", "start_date", "leave_date"])
    worker[["start_date", "leave_date"]] = worker[["start_date", "leave_date"]].apply(pd.to_datetime)
    months = pd.date_range("2023-10-01", "2024-12-01", freq="MS")
    month = worker[["worker_id"]].merge(pd.DataFrame({"month": months}), how="cross")
    month["cases"] = month["worker_id"].str.startswith(("p", "a")).astype(int) * 12
    month["sick_days"] = 0.5
    return EvaluationData({"worker": worker, "worker_month": month})


def test_published_rates_are_worked_out_from_a_staff_list() -> None:
    data, fte = staff_list(), 6 * 0.5 + 24
    years = ht.metrics.metric_values(data, "turnover_rate_pct").groupby("year").sum(numeric_only=True)
    assert years.loc[2024, "inpost_fte"] == pytest.approx(fte) and years.loc[2024, "agency_fte"] == 4
    assert years.loc[2024, "leavers_fte"] == pytest.approx(5 * 0.8 + 1)
    assert years.loc[2024, "cases"] == 34 * 12 and years.loc[2024, "case_holders_fte"] == pytest.approx(fte + 4)
    assert years.loc[2024, "working_days_lost_fte"] == pytest.approx(36 * 6), "agency workers' days are left out"
    assert set(years.index) == {2023, 2024}, "no September before the first leaver, none that is not over"
    by_hand = {
        "turnover_rate_pct": 100 * 5 / fte,
        "agency_rate_pct": 100 * (4 + 4) / (4 + fte + 4 + fte + 5),
        "absence_rate_pct": 100 * 216 / (253 * fte),
        "caseload_per_fte": 12 * 34 / (fte + 4),
    }
    for metric, value in by_hand.items():
        units = ht.metrics.metric_values(data, metric)
        assert not set(REGISTRY[metric].cluster) - set(units)
        got = measure(data, metric).iloc[0]
        assert got["estimate"] == pytest.approx(value), metric
        assert got["n_people"] >= 30 and got["person"] == "worker", "the people behind the figure are counted"


def test_a_rate_from_a_staff_list_is_the_one_of_its_totals() -> None:
    """What the same authority would have sent in its return gives the same figure."""
    data = staff_list()
    year = ht.metrics.metric_values(data, "turnover_rate_pct").query("year == 2024").sum(numeric_only=True)
    totals = ["inpost_fte", "leavers_fte", "agency_fte", "cases", "case_holders_fte", "working_days_lost_fte"]
    sent = EvaluationData({"la_year": pd.DataFrame({"la_id": ["x"], "year": [2024], **{t: [year[t]] for t in totals}})})
    for metric in ("turnover_rate_pct", "absence_rate_pct", "caseload_per_fte"):
        assert measure(data, metric)["estimate"].iloc[0] == pytest.approx(measure(sent, metric)["estimate"].iloc[0])


def test_a_staff_list_opens_the_published_rates_and_the_return_goes_first() -> None:
    data = staff_list()
    ready = set(data.coverage().query("status == 'ready'")["id"])
    assert set(RATES) <= ready and "vacancy_rate_pct" not in ready
    missing = EvaluationData({"team": pd.DataFrame({"team_id": ["t"]})}).coverage().set_index("id")["missing"]
    assert "la_year" in missing["turnover_rate_pct"] and "worker" not in missing["turnover_rate_pct"]
    both = EvaluationData({**{t: data[t] for t in data}, "la_year": pd.DataFrame(
        {"la_id": ["x"], "year": [2024], "inpost_fte": [100.0], "leavers_fte": [7.0]})})  # fmt: skip
    assert measure(both, "turnover_rate_pct")["estimate"].iloc[0] == pytest.approx(7.0)
    agency = measure(both, "agency_rate_pct")["estimate"].iloc[0]
    assert agency == pytest.approx(measure(data, "agency_rate_pct")["estimate"].iloc[0]), "the return lacks it"


def test_vacancies_of_september_come_from_team_months() -> None:
    month = pd.DataFrame({"team_id": ["s", "t"] * 2, "month": DAY(["2025-09-01"] * 2 + ["2025-08-01"] * 2)})
    data = EvaluationData({"team_month": month.assign(fte=[8.0, 4.0, 1.0, 1.0], vacancy_fte=[2.0, 2.0, 9.0, 9.0])})
    assert measure(data, "vacancy_rate_pct")["estimate"].iloc[0] == pytest.approx(25.0)


@pytest.mark.parametrize("months", [True, False])
def test_the_end_of_a_contract_to_come_makes_no_year_without_leavers(months: bool) -> None:
    """HR lists hold days that are planned: years ahead in which everybody is in post would halve the turnover."""
    data = staff_list()
    ahead = pd.Timestamp.now().normalize() + pd.DateOffset(years=3)
    worker = data["worker"].assign(
        leave_date=data["worker"]["leave_date"].where(data["worker"]["worker_id"] != "p1", ahead)
    )
    tables = {"worker": worker, **({"worker_month": data["worker_month"]} if months else {})}
    planned = EvaluationData(tables)
    assert ht.metrics.metric_values(planned, "turnover_rate_pct")["year"].max() == 2024
    assert measure(planned, "turnover_rate_pct")["estimate"].iloc[0] == pytest.approx(100 * 5 / 27)
    assert measure(planned, "team_turnover_pct", period="month")["period"].max() <= "2024-12"
