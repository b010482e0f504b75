"""Invariance beside comparisons of groups on a scale."""

from __future__ import annotations

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics import measure_differences
from hybrid_toolkit.metrics import unit_frames as kept
from hybrid_toolkit.metrics.psychometrics import comparability as room
from hybrid_toolkit.result import Check


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    made: EvaluationData = ht.simulate_authority(
        "helpful-hump", "small", 9, tables=("team", "worker", "worker_month", "survey")
    )
    return made


@pytest.mark.parametrize("by", ["career_stage", "mode_of_work"])
def test_too_few_answers_are_said_and_nothing_is_claimed(data: EvaluationData, by: str) -> None:
    rows = measure_differences(data, "informal_learning", by=by)
    assert rows["invariance"].eq("not tested").all()
    assert rows["flag"].str.contains("not tested: compare no means").all()
    assert "not enough answers" in rows.attrs["invariance"]
    one = ht.measure(data, "informal_learning", by=by)
    assert one["flag"].str.contains("not tested").all()


@pytest.mark.parametrize(("passed", "word"), [(True, "held"), (False, "not held"), (None, "not tested")])
def test_the_check_is_asked_once_and_told_as_it_is(
    data: EvaluationData, monkeypatch: pytest.MonkeyPatch, passed: bool | None, word: str
) -> None:
    asked = []

    def check(*_: object, **more: str) -> Check:
        asked.append(more["scale"])
        return Check("invariance", passed, "said")

    monkeypatch.setattr(room, "invariance_for", check)
    monkeypatch.setattr(kept, "_KEPT", {})
    for _ in range(2):
        rows = measure_differences(data, "swemwbs", by="career_stage")
        ht.measure(data, "swemwbs", by="career_stage")
    assert asked == ["swemwbs"]
    assert rows["invariance"].eq(word).all()
    assert rows["flag"].str.contains("compare no means").all() == (passed is not True)


def test_nothing_is_asked_of_other_metrics_or_groups(data: EvaluationData) -> None:
    assert measure_differences(data, "remote_share_desk", by="career_stage")["invariance"].eq("").all()
    assert measure_differences(data, "swemwbs", by="sex")["invariance"].eq("").all()
    assert not ht.measure(data, "swemwbs")["flag"].str.contains("invariance").any()


def test_a_mean_of_fewer_than_thirty_answers_is_compared_with_a_flag(data: EvaluationData) -> None:
    """A group may be shown from 10 answers on, and is compared from 30 on."""
    rows = measure_differences(data, "informal_learning", by="career_stage")
    small = rows[["n", "n_reference"]].min(axis=1) < 30
    assert small.any() and not small.all()
    assert (rows["flag"].str.contains("a group has fewer than 30 units") == small).all()
