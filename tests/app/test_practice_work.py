"""An action's measure before and after its start, as the app's other process answers."""

from __future__ import annotations

import pytest

from hybrid_toolkit.app.work.look_at_data import look_through
from hybrid_toolkit.app.work.practice import judge_action
from hybrid_toolkit.app.worker import Bench
from hybrid_toolkit.assess.checklist import load_checklist
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.metrics.compute import measure
from hybrid_toolkit.report.metric_panel import MetricPanel


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


def test_the_review_puts_four_domains_side_by_side_in_units_that_a_person_reads(bench: Bench) -> None:
    found = look_through(bench, "review")
    assert [p["caption"].partition(" ")[0] for p in found["panels"]] == [
        "Productivity", "Professional", "Interaction", "Supervision",
    ]  # fmt: skip
    held = next(row for row in found["panels"][3]["rows"] if row[0] == "Supervision held")
    kept = MetricPanel(bench.data, gate=bench.gate).value("supervision_held_share")
    assert kept is not None
    assert held[1] == f"{kept['estimate']:.0%}" and held[3] == "%" and " to " in held[2]
    assert found["stamp"] == SYNTHETIC_STAMP and any("a level" in note for note in found["notes"])


def test_what_has_to_be_split_to_speak_to_a_condition_is_shown_in_its_groups(bench: Bench) -> None:
    """The pages named the group, "split by career stage", and showed everyone's figure alone."""
    part = load_checklist("conditions").part("S0-C9")
    assert part.split == {"informal_learning": "career_stage", "safety": "career_stage"}
    panel = MetricPanel(bench.data, gate=bench.gate)
    side = panel.of(part.metrics, title="one", split=part.split)
    assert side.table is not None
    named = side.table.content["measure"].tolist()
    whole = named.index("Informal learning from colleagues: Informal learning")
    assert named[whole + 1] == f"{named[whole]}, career stage: ASYE"
    by = measure(bench.data, "informal_learning", by="career_stage")
    for group, numbers in panel.in_groups("informal_learning", "career_stage").items():
        measured = by.loc[by["group"].eq(group.lower()), "estimate"].iloc[0]
        assert numbers["estimate"] != numbers["estimate"] or abs(numbers["estimate"] - measured) < 0.06, group


def test_groups_that_the_data_do_not_hold_are_told(bench: Bench) -> None:
    worker = bench.data["worker"].drop(columns="caring")
    panel = MetricPanel(EvaluationData({**bench.data.tables, "worker": worker}, synthetic=True))
    side = panel.of(["hybrid_access_share"], title="one", split={"hybrid_access_share": "caring"})
    assert side.absent == ("Hybrid working agreed, in eligible roles, split by caring",)
    assert side.table is not None and len(side.table.content) == 1
