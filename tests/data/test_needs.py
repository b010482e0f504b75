"""Coverage: what can be measured, and the one thing that would open the rest."""

from __future__ import annotations

import sys
from types import ModuleType

import pandas as pd
import pytest

from hybrid_toolkit.data import coverage as needs_module
from hybrid_toolkit.data.coverage import Need, all_needs, coverage, coverage_summary
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import UsageError

FAKE = (
    Need("mode", "study", "Choice of mode", "Kept?", {"contact": ("mode", "mode_preferred"), "worker": ("fte",)}),
    Need("fte", "metric", "Mean fte", "How much?", {"worker": ("fte",)}),
    Need("reg", "metric", "Registered", "How long?", {"worker": ("reg_date",)}),
    Need("engaged", "metric", "Engaged", "Engaged?", {"contact": ("engaged",)}),
    Need("held", "metric", "Held", "Held?", {"contact": ("held_date", "worker_id")}),
    Need("both", "metric", "By service", "Where?", {"contact": ("held_date",), "team": ("service",)}),
    Need("left", "metric", "Leavers", "Who stays?", {"worker": ("leave_date",)}),
)  # fmt: skip
WORKER = pd.DataFrame(
    {"worker_id": ["a", "b"], "fte": [1.0, None], "reg_date": [None, None], "leave_date": [None, None]}
)


def rows(data: EvaluationData) -> dict[str, tuple[str, str, str, int]]:
    frame = coverage(data, needs=FAKE)
    return {r["id"]: (r["status"], r["missing"], r["opens_with"], r["unlocks"]) for r in frame.to_dict("records")}


def test_one_table_or_column_opens_each() -> None:
    got = rows(EvaluationData({"worker": WORKER}))
    assert got == {
        "fte": ("ready", "", "", 0),
        "left": ("ready", "", "", 0),
        "mode": ("missing", "contact.mode, contact.mode_preferred", "contact", 3),
        "engaged": ("missing", "contact.engaged", "contact", 3),
        "held": ("missing", "contact.held_date, contact.worker_id", "contact", 3),
        "reg": ("missing", "worker.reg_date", "worker.reg_date", 1),
        "both": ("missing", "contact.held_date, team.service", "contact + team", 4),
    }
    assert list(got) == ["fte", "left", "mode", "engaged", "held", "reg", "both"], "ready, then most useful first"


def test_a_table_that_is_there_is_opened_by_its_columns() -> None:
    contact = pd.DataFrame({"contact_id": ["1"], "held_date": pd.to_datetime(["2024-01-01"]), "mode": ["home"]})
    got = rows(EvaluationData({"worker": WORKER, "contact": contact}))
    assert got["engaged"] == ("missing", "contact.engaged", "contact.engaged", 1)
    assert got["held"][2] == "contact.worker_id" and got["both"][2] == "team"


def test_an_empty_table_opens_nothing() -> None:
    got = rows(EvaluationData({"worker": WORKER.iloc[:0]}))
    assert {v[0] for v in got.values()} == {"missing"}
    assert got["fte"] == ("missing", "worker.fte", "worker", 3)


def test_the_summary_says_it_in_words() -> None:
    said = coverage_summary(coverage(EvaluationData({"worker": WORKER}), needs=FAKE))
    assert "0 of 1 studies can be run" in said and "2 of 6 metrics can be measured" in said
    columns = "worker_id, held_date, mode, mode_preferred, engaged"
    assert f"table 'contact' (with {columns}) opens 3: Choice of mode; Engaged; Held." in said
    assert "column worker.reg_date opens 1: Registered." in said
    assert "1 needs more than one item; the nearest: contact + team." in said
    everything = coverage_summary(coverage(EvaluationData({"worker": WORKER}), needs=FAKE[1:2]))
    assert everything == "1 of 1 metrics can be measured with these data.\n  fte: Mean fte"


def test_a_need_outside_the_contracts_is_refused() -> None:
    with pytest.raises(UsageError, match=r"worker\.shoe_size, nowhere\.x"):
        Need("x", "metric", "X", "", {"worker": ("shoe_size",), "nowhere": ("x",)})


def test_providers_are_asked_and_never_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = ModuleType("fake_provider")
    fake.needs = lambda: FAKE  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fake_provider", fake)
    monkeypatch.setattr(needs_module, "PROVIDERS", ("fake_provider",))
    assert all_needs(("fake_provider",)) == FAKE
    with pytest.raises(ModuleNotFoundError):
        all_needs(("fake_provider", "hybrid_toolkit.no_such_room"))


def test_the_metrics_say_what_they_need() -> None:
    metrics = all_needs(("hybrid_toolkit.metrics.specs.registry",))
    assert metrics and {n.kind for n in metrics} == {"metric"}
    frame = coverage(EvaluationData({"worker": WORKER}), needs=metrics)
    assert len(frame) == len(metrics)
    for row in frame[frame["status"] == "missing"].to_dict("records"):
        assert row["opens_with"] and row["unlocks"] >= 1


def test_a_survey_without_an_instrument_does_not_open_its_scales() -> None:
    survey = {"survey": ("worker_id", "instrument", "value")}
    two = tuple(Need(i, "metric", i, "", survey, {"survey.instrument": (i,)}) for i in ("ons4", "who5"))
    rows = pd.DataFrame({"worker_id": ["a"], "instrument": ["ons4"], "value": [1.0]})
    frame = coverage(EvaluationData({"survey": rows}), needs=two)
    assert frame["status"].tolist() == ["ready", "missing"]
    assert frame.loc[1, ["missing", "opens_with", "unlocks"]].tolist() == ["survey.instrument=who5"] * 2 + [1]
    assert "rows with survey.instrument 'who5' opens 1: who5." in coverage_summary(frame)
    nothing = coverage(EvaluationData({}), needs=two)
    assert nothing["opens_with"].tolist() == ["survey", "survey"] and nothing["unlocks"].tolist() == [2, 2]
    assert "table 'survey' (with worker_id, instrument, value) opens 2" in coverage_summary(nothing)
