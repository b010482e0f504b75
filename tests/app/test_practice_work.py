"""An action's measure before and after its start, as the app's other process answers."""

from __future__ import annotations

import pytest

from hybrid_toolkit.app.work.practice import judge_action
from hybrid_toolkit.app.worker import Bench
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


def test_the_example_is_long_enough_for_an_answer(bench: Bench) -> None:
    found = judge_action(bench, metric="travel_hours_per_month", started="2026-11-02", example=True)
    assert found["kind"] == "interrupted series" and found["started"] == "2024-10-01"
    assert found["stamp"] == SYNTHETIC_STAMP and len(found["rows"]) == 36 and len(found["starts"]) == 24
    assert found["said"].startswith("Against the trend before: ") and "95% confidence interval" in found["said"]
    later = judge_action(bench, metric="travel_hours_per_month", started="2025-06-01", example=True)
    assert later["kind"] == "control chart" and later["started"] == "2025-06-01"


def test_a_share_is_told_in_percentage_points(bench: Bench) -> None:
    found = judge_action(bench, metric="choice_honoured", started="2024-10-01", example=True)
    assert " percentage points " in found["said"] and found["unit"] == "%"


def test_a_measure_without_months_is_named_and_hidden_months_are_no_fault(bench: Bench) -> None:
    found = judge_action(bench, metric="agency_rate_pct", started="2024-10-01", example=True)
    assert found["kind"] == "no months" and "Choose another measure" in found["said"]
    hidden = judge_action(bench, metric="team_turnover_pct", started="2024-10-01", example=True)
    assert ["hidden" in row for row in hidden["rows"]].count(True) > 0
