"""A metric measured and released: what is said beside the table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import require_release
from hybrid_toolkit.metrics import unit_frames as kept
from hybrid_toolkit.metrics.custom.custom_metric import declare_metric
from hybrid_toolkit.metrics.psychometrics import comparability as room
from hybrid_toolkit.metrics.specs.registry import REGISTRY, register
from hybrid_toolkit.report.documents.blocks import Figure
from hybrid_toolkit.report.measure_report import measure_report
from hybrid_toolkit.report.measured import Measured, measure_released
from hybrid_toolkit.result import Check

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    made: EvaluationData = ht.load_synthetic("small")
    return made


@pytest.fixture
def own() -> Iterator[str]:
    spec = register(
        declare_metric(
            id="long_commute", name="Long commute", question="Is the commute long?", unit="share",
            table="worker", formula="share(commute_min > 45)", direction="lower",
        )
    )  # fmt: skip
    yield spec.id
    del REGISTRY[spec.id]


def notes(one: Measured) -> list[str]:
    return [str(n) for n in require_release(one.notes).content["note"]]


@pytest.mark.parametrize(
    ("passed", "says"),
    [
        (True, "held: means may be compared. Told."),
        (False, "not held: compare no means. Told."),
        (None, "not tested: compare no means. Told."),
    ],
)
@pytest.mark.parametrize("by", ["career_stage", "mode_of_work"])
def test_a_comparison_says_once_whether_invariance_held(
    data: EvaluationData, monkeypatch: pytest.MonkeyPatch, by: str, passed: bool | None, says: str
) -> None:
    monkeypatch.setattr(room, "invariance_for", lambda *_, **__: Check("invariance", passed, "Told."))
    monkeypatch.setattr(kept, "_KEPT", {})
    said = [n for n in notes(measure_released(data, "swemwbs", by=by)[0]) if "nvariance" in n]
    assert said == [f"Invariance across {by.replace('_', ' ')} {says}"]


@pytest.mark.parametrize(
    ("metric", "by"), [("swemwbs", None), ("swemwbs", "sex"), ("remote_share_desk", "career_stage")]
)
def test_nothing_is_said_where_it_is_not_asked(data: EvaluationData, metric: str, by: str | None) -> None:
    assert not any("nvariance" in n for n in notes(measure_released(data, metric, by=by)[0]))


@pytest.mark.parametrize("by", [None, "career_stage"])
def test_an_own_metric_is_released_and_says_that_it_is_not_co_produced(
    data: EvaluationData, own: str, by: str | None
) -> None:
    one = measure_released(data, own, by=by)[0]
    assert any(n.startswith("all: ") and "not co-produced" in n for n in notes(one))
    assert len(require_release(one.table).content) == (1 if by is None else 6)


def test_groups_are_drawn_with_a_sentence_that_leaves_everyone_out(data: EvaluationData) -> None:
    gate = Gate(source=data)
    made = measure_report(
        measure_released(data, "sick_days_per_month", by="career_stage", gate=gate), on=DAY, gate=gate
    )
    figure = next(b for b in made.sections[0].blocks if isinstance(b, Figure))
    groups = set(figure.release.content["group"]) - {"all"}
    assert f"All {len(groups)} groups are about alike" in figure.says and "days a month" in figure.says
    alone = measure_report(measure_released(data, "sick_days_per_month", gate=gate), on=DAY, gate=gate)
    assert not any(isinstance(b, Figure) for b in alone.sections[0].blocks)


def test_groups_stand_in_the_order_of_the_field_under_their_plain_names(data: EvaluationData) -> None:
    by_code, by_name = (
        measure_released(data, "sick_days_per_month", by="career_stage", named=named)[0].table.content
        for named in (False, True)
    )
    assert list(by_code["group"]) == ["asye", "early", "mid", "late", "supervisor", "all"]
    assert list(by_name["group"]) == ["ASYE", "Early", "Mid", "Late", "Supervisor", "all"]
    assert by_name.drop(columns="group").equals(by_code.drop(columns="group"))
