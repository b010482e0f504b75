"""Metrics of visits by hand: in person, in time, seen alone, not achieved, written down."""

from __future__ import annotations

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError
from hybrid_toolkit.metrics import measure
from hybrid_toolkit.metrics.constructs.visits import statutory_visits, visit_intervals, visits
from hybrid_toolkit.metrics.contacts.contact_tables import contact_practice, unit_frame

DAY = pd.to_datetime
ROWS = pd.DataFrame(
    {
        "contact_id": list("abcdefg"),
        "family_id": ["f"] * 7,
        "child_id": ["c"] * 7,
        "worker_id": ["w"] * 7,
        "purpose": ["statutory_cp"] * 4 + ["statutory_cla", "meeting", None],
        "due_date": DAY(["2025-03-10", "2025-03-24", "2025-04-07", "2025-04-21", "2025-04-20", None, None]),
        "held_date": DAY(["2025-03-10", "2025-03-25", "2025-04-08", None, "2025-04-22", "2025-04-17", "2025-04-17"]),
        "mode": ["home", "in_person", "video", None, "community", "office", "phone"],
        "mode_preferred": ["in_person", "home", "phone", "home", "home", None, "remote"],
        "outcome": ["held", "held", "held", "no_access", "held", "not_needed", None],
        "seen_alone": [True, False, True, None, None, True, False],
        "child_seen": [True, True, True, None, True, True, False],
        "recorded_date": DAY(["2025-03-12", "2025-04-10", None, None, "2025-04-22", "2025-04-25", "2025-04-17"]),
    }
)


@pytest.fixture
def data() -> EvaluationData:
    return EvaluationData({"contact": ROWS})


def test_each_visit_is_what_its_row_says(data: EvaluationData) -> None:
    out = visits(data).set_index("contact_id")
    assert out["in_person"].dropna().to_dict() == {"a": 1, "b": 1, "c": 0, "e": 1, "f": 1, "g": 0}
    assert out["seen_alone"].dropna().to_dict() == {"a": 1, "b": 0, "f": 1}, "not by video, not where it is empty"
    assert out["in_time"].dropna().to_dict() == {"a": 1, "b": 0, "c": 0, "d": 0, "e": 0}
    assert out["not_achieved"].dropna().to_dict() == {"a": 0, "b": 0, "c": 0, "d": 1, "e": 0}, "not needed is no miss"
    assert out.loc["f", "record_days"] == 4, "Good Friday and Easter Monday lie between"
    assert out["recorded_in_time"].dropna().to_dict() == {"a": 1, "b": 0, "e": 1, "f": 1, "g": 1}
    assert statutory_visits(data)["contact_id"].tolist() == list("abcde")


def test_gaps_are_in_working_days_between_visits_in_person(data: EvaluationData) -> None:
    out = visit_intervals(data)
    assert out["contact_id"].tolist() == ["b"] and out["gap_days"].tolist() == [11.0] and out["in_time"].tolist() == [0]


def test_a_wish_is_met_as_far_as_it_is_recorded(data: EvaluationData) -> None:
    here = contact_practice(data).set_index("contact_id")["preference_met"]
    assert here.dropna().to_dict() == {"a": 1, "b": 1, "c": 0, "e": 0, "g": 1}
    there = unit_frame(data, "all_contacts").set_index("contact_id")["preference_met"]
    assert there.dropna().to_dict() == here.dropna().to_dict(), "DuckDB and pandas agree"


def test_what_is_not_recorded_is_named() -> None:
    with pytest.raises(CoverageError, match="purpose"):
        statutory_visits(EvaluationData({"contact": ROWS.drop(columns="purpose")}))
    found = measure(EvaluationData({"contact": ROWS}), "not_achieved_share")
    assert found["estimate"].iloc[0] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("metric", "by_hand"),
    [
        ("statutory_in_person_share", 3 / 4),
        ("statutory_gap_in_time_share", 0.0),
        ("child_seen_share", 4 / 4),
        ("not_achieved_share", 1 / 5),
        ("recorded_in_time_share", 4 / 5),
        ("preference_met_share", 3 / 5),
    ],
)
def test_metrics_are_the_figures_worked_out_by_hand(data: EvaluationData, metric: str, by_hand: float) -> None:
    assert measure(data, metric)["estimate"].iloc[0] == pytest.approx(by_hand)
