"""The plan, its re-measuring, records and arrangements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.assess import (
    ActionPlan,
    Agreements,
    Arrangement,
    Entry,
    Gap,
    Record,
    draft_plan,
    judge_change,
    return_verdict,
    to_do,
)
from hybrid_toolkit.errors import EstimationError, UsageError

DAY = date(2026, 3, 31)


def months(values: list[float], n: int = 0) -> pd.DataFrame:
    frame = pd.DataFrame({"period": pd.date_range("2024-01-01", periods=len(values), freq="MS"), "value": values})
    return frame.assign(n=n) if n else frame


@pytest.mark.parametrize(
    ("today", "standing"),
    [(date(2026, 2, 28), "open"), (date(2026, 3, 1), "due"), (DAY, "due"), (date(2026, 4, 1), "overdue")],
)
def test_due_and_overdue(today: date, standing: str) -> None:
    plan = ActionPlan().add("Do it.", "hr", DAY)
    assert plan.standing(today) == {standing: 1}
    assert plan.mark_done(1, today).standing(today) == {"done": 1}


def test_numbers_are_not_used_again_and_done_counts_from_its_day() -> None:
    plan = ActionPlan().add("One.", "hr", DAY).add("Two.", "it", DAY).without(1).add("Three.", "it", DAY)
    assert [a.id for a in plan.actions] == [2, 3]
    done = plan.mark_done(2, date(2026, 5, 1))
    assert done.standing(date(2026, 4, 30)) == {"overdue": 2}
    assert done.summary(date(2026, 5, 1)).startswith("2 actions on 1 May 2026: 1 overdue, 1 done.")


@pytest.mark.parametrize(
    "how",
    [
        {"words": " "},
        {"owner": "Jo Bloggs"},
        {"measure": "no_such_metric"},
        {"measure": "condition_maturity"},
        {"gap": "S0-C1.9"},
        {"seed": "S3-A23"},
    ],
)
def test_what_is_no_action_is_refused(how: dict[str, str]) -> None:
    with pytest.raises(UsageError) as error:
        ActionPlan().add(**{"words": "Do it.", "owner": "hr", "due": DAY, **how})  # type: ignore[arg-type]
    assert "Bloggs" not in str(error.value)


def test_a_plan_from_gaps_takes_an_action_of_the_source_once() -> None:
    gaps = [Gap(f"S0-C6.{i}", "text", "S0-C6", "low", 1.0, 0, 1, ("access_meets_share",)) for i in (1, 2)]
    plan = draft_plan(gaps, owner="it", due=DAY)
    assert [a.seed for a in plan.actions] == ["S3-A5", "S3-A7"]
    assert all(a.measure == "access_meets_share" and a.gap for a in plan.actions)
    with pytest.raises(UsageError, match="no action 9"):
        plan.mark_done(9, DAY)


def test_an_interrupted_series_finds_a_known_change() -> None:
    rng = np.random.default_rng(3)
    level = [0.40 + 0.10 * (i >= 18) + 0.01 * rng.standard_normal() for i in range(36)]
    found = judge_change(months(level), started=date(2025, 7, 10), unit="share")
    assert found.kind == "interrupted series" and (found.n_before, found.n_after) == (18, 18)
    row = found.fit.tidy().set_index("term").loc["mean change after the start"]  # type: ignore[union-attr]
    assert row["conf_low"] < 0.10 < row["conf_high"] and row["conf_low"] > 0.05
    assert "a rise" in found.said and "only if" in found.said


def test_with_few_points_after_it_is_a_chart_and_with_few_before_nothing() -> None:
    values = [0.5, 0.52, 0.48, 0.51] * 5 + [0.8, 0.8]
    chart = judge_change(months(values, n=100), started="2025-09-01", share=True)
    assert chart.kind == "control chart" and chart.chart is not None and chart.chart.kind == "shares"
    assert "It changed" in chart.said and "not why" in chart.said
    few = judge_change(months(values[:15]), started="2024-12-01")
    assert few.kind == "too few points" and few.chart is None and "11 before the start and 4 after it" in few.said


def test_a_month_begun_in_its_middle_counts_as_after_and_bad_starts_are_refused() -> None:
    found = judge_change(months([1.0, 2.0] * 13), started="2025-01-20")
    assert (found.n_before, found.n_after) == (12, 14)
    assert found.kind == "control chart" and found.said.startswith("No trend could be fitted")
    for bad in (None, "soon"):
        with pytest.raises(EstimationError):
            judge_change(months([1.0, 2.0] * 13), started=bad)


def test_hidden_months_are_no_points() -> None:
    values = [1.0, 2.0] * 7
    values[3] = values[4] = values[5] = float("nan")
    assert judge_change(months(values), started="2025-02-01").kind == "too few points"


def test_records_hold_one_answer_an_item_and_know_what_is_open() -> None:
    record = Record("share").put(Entry("S3-SHS.e2", "in_place")).put(Entry("S3-SH0.1", "not_started"))
    assert [e.item for e in record.entries] == ["S3-SH0.1", "S3-SHS.e2"]
    assert len(record.open) == 34 and "S3-SH0.1" in [i.id for i in to_do(record)]
    assert record.counts("S3-SHS") == {"in_place": 1, "": 6}
    again = record.put(Entry("S3-SH0.1", "in_place"))
    assert again.answer("S3-SH0.1") == "in_place" and len(again.entries) == 2


@pytest.mark.parametrize("name", ["wellness", "signs"])
def test_blank_aids_take_no_answer(name: str) -> None:
    with pytest.raises(UsageError, match="never kept") as error:
        Record(name)
    assert error.value.code == "NEVER-STORED" and error.value.fix


def test_answers_that_do_not_exist_are_refused() -> None:
    for entry in (Entry("S3-K1", "perhaps"), Entry("S3-K9", "yes"), Entry("S3-K1", "yes", role="Jo")):
        with pytest.raises(UsageError):
            Record("return_tests", (entry,))
    with pytest.raises(UsageError, match="only read"):
        Record("benefits", (Entry("S0-B1", "yes"),))


@pytest.mark.parametrize("answers", [("yes", "yes", "yes"), ("yes", "yes", "no"), ("yes",), ()])
def test_all_three_tests_must_be_met(answers: tuple[str, ...]) -> None:
    record = Record("return_tests", tuple(Entry(f"S3-K{i}", a) for i, a in enumerate(answers, start=1)))
    assert return_verdict(record).startswith("All three") == (answers == ("yes",) * 3)


def test_formality_by_hand() -> None:
    """Written 1, reasons 1, review in 13 months 0, adjustments 0: 2 of 4; mean of 0.5 and 0 is 0.25."""
    late = Arrangement("Duty", "A day at home", "Cover", "agreed", date(2026, 1, 5), date(2027, 2, 5))
    assert late.formality == 0.5 and replace(late, review_on=date(2027, 1, 5)).formality == 0.75
    both = Agreements((late, Arrangement("Duty", "Two days")))
    assert both.formality == 0.25 and "1 not yet decided, 0 past" in both.summary(date(2026, 6, 1))
    assert "1 past their review" in both.summary(date(2027, 2, 6))
    with pytest.raises(UsageError, match="not after"):
        replace(late, review_on=date(2026, 1, 5))
    with pytest.raises(UsageError, match="2 arrangements"):
        both.put(late, 5)
