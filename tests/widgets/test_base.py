"""What every widget shares: saving and strict loading, errors in place, progress that can be cancelled, links."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.errors import OutputError, StudyError, UnreadableError, UsageError
from hybrid_toolkit.widgets.parts.downloads import Download
from hybrid_toolkit.widgets.parts.progress import Progress, ProgressReport
from hybrid_toolkit.widgets.parts.saved_state import load_state, save_state
from hybrid_toolkit.widgets.parts.state import ExplorerState
from hybrid_toolkit.widgets.parts.widget_base import Shown, ToolkitWidget, choice


@dataclass(frozen=True, slots=True)
class Action:
    words: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class PlanState:
    title: str
    size: int = 1
    share: float = 0.5
    done: bool = False
    actions: tuple[Action, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)


class Plan(ToolkitWidget):
    STATE = PlanState
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: lambda old: {"title": old.pop("name"), **old}}

    def __init__(self) -> None:
        super().__init__(PlanState("a"), controls={"title": choice("Title", {"a": "A", "b": "B", "bad": "C"})})
        self._show()

    def _draw(self) -> Shown:
        if self.state.title == "bad":
            raise StudyError("It cannot be.", fix="Choose A.")
        return Shown(f"title {self.state.title}", f"<p>{self.state.title}</p>", "<b>body</b>")

    def _exports(self) -> list[Download]:
        return [Download("a.csv", self.state.title.encode(), "Table (CSV)")]

    def to_code(self) -> str:
        return f"print({self.state.title!r})"


FULL = PlanState("b", 3, 0.25, True, (Action("x", date(2026, 1, 2)), Action("y")), {"k": "v"})


def test_a_state_comes_back_whole(tmp_path: Path) -> None:
    plan = Plan()
    plan.state = FULL
    plan.save(tmp_path / "plan.json")
    other = Plan()
    other.load(tmp_path / "plan.json")
    assert other.state == FULL and other.text == "title b"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"], "nothing half-written stays"


def held(tmp_path: Path, **changes: Any) -> Path:
    place = save_state(tmp_path / "s.json", FULL, widget="Plan", schema=2)
    whole = json.loads(place.read_text(encoding="utf-8"))
    state = changes.pop("state", {})
    whole |= changes
    if isinstance(state, dict):
        whole["state"] |= state
    else:
        whole["state"] = state
    place.write_text(json.dumps(whole), encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schema": 3}, "STATE-NEWER"),
        ({"schema": "2"}, "STATE-VERSION"),
        ({"schema": True}, "STATE-VERSION"),
        ({"widget": "Other"}, "STATE-WIDGET"),
        ({"kind": "x"}, "STATE-KIND"),
        ({"more": 1}, "STATE-KIND"),
        ({"state": {"unheard_of": "W123"}}, "STATE-KEY"),
        ({"state": {"size": "W123"}}, "STATE-PART"),
        ({"state": {"size": 1.5}}, "STATE-PART"),
        ({"state": {"done": 1}}, "STATE-PART"),
        ({"state": {"actions": [{"words": "x", "due": "W123"}]}}, "STATE-PART"),
        ({"state": {"actions": [{"due": None}]}}, "STATE-PART"),
        ({"state": {"notes": {"W123 said": 4}}}, "STATE-PART"),
        ({"state": ["W123"]}, "STATE-VERSION"),
    ],
)
def test_a_state_that_is_not_sound_is_refused_and_changes_nothing(
    tmp_path: Path, changes: dict[str, Any], code: str
) -> None:
    plan = Plan()
    with pytest.raises(UnreadableError) as caught:
        plan.load(held(tmp_path, **changes))
    assert caught.value.code == code and "W123" not in str(caught.value)
    assert plan.state == PlanState("a")


def test_an_old_version_is_brought_up_to_date_and_one_without_a_way_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "old.json"
    old = {"kind": "hybrid-toolkit widget", "widget": "Plan", "schema": 1, "state": {"name": "b"}}
    place.write_text(json.dumps(old), encoding="utf-8")
    plan = Plan()
    plan.load(place)
    assert plan.state == PlanState("b")
    with pytest.raises(UnreadableError, match="version 1"):
        load_state(place, PlanState, widget="Plan", schema=3, migrations={2: dict})


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "x.json"
    place.write_bytes(content)
    with pytest.raises(UnreadableError):
        Plan().load(place)
    with pytest.raises(UnreadableError):
        Plan().load(tmp_path / "nowhere.json")


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        Plan().save(tmp_path)


def test_the_explorer_is_saved_and_restored(tmp_path: Path, small: ht.EvaluationData) -> None:
    explorer = ht.MetricExplorer(small, metric="choice_honoured", group="service")
    explorer.save(tmp_path / "view.json")
    other = ht.MetricExplorer(small)
    other.load(tmp_path / "view.json")
    assert other.state == ExplorerState("choice_honoured", "service") and other.text == explorer.text


def test_controls_move_the_state_and_errors_stand_in_place() -> None:
    plan = Plan()
    plan._lists["title"].value = "b"
    assert plan.state.title == "b" and "b" in plan._answer.value and "print(" in plan._code.value
    plan._lists["title"].value = "bad"
    assert plan.text == "It cannot be." and 'role="alert"' in plan._answer.value and not plan._figures.value
    plan.state = PlanState("a")
    assert plan._lists["title"].value == "a" and "alert" not in plan._answer.value
    with pytest.raises(UsageError, match="PlanState"):
        plan.state = "W123"


def test_a_link_holds_the_file_and_goes_when_the_page_moves() -> None:
    plan = Plan()
    plan._prepare.click()
    link = plan._links.value
    assert 'download="a.csv"' in link
    assert b64decode(link.split("base64,")[1].split('"')[0]) == b"a"
    plan.state = PlanState("b")
    assert plan._links.value == "", "a link to what is no longer shown would mislead"


def test_work_is_cancelled_between_its_steps() -> None:
    progress, started = Progress(), threading.Event()
    kept: list[str] = []

    def work(report: ProgressReport) -> str:
        for i in range(10_000_000):
            report(i, 10_000_000)
            started.set()
        return "whole"

    progress.start(work, kept.append, "Counting")
    assert started.wait(10) and progress.running
    progress._button.click()
    progress.wait(10)
    assert not progress.running and not kept and "Cancelled" in progress._said.value


def test_what_is_asked_for_meanwhile_follows_and_is_not_dropped() -> None:
    progress, go = Progress(), threading.Event()
    kept: list[str] = []

    def looked(report: ProgressReport) -> str:
        assert go.wait(10)
        return "looked"

    progress.start(looked, kept.append, "Look")
    for words in ("Look", "Check", "Load"):
        progress.start(lambda _, words=words: words, kept.append, words)  # type: ignore[misc]
    assert "Load follows" in progress._said.value, "the last that was asked for, and it is said"
    go.set()
    progress.wait(10)
    assert kept == ["looked", "Load"] and not progress.running


def test_nothing_follows_work_that_was_cancelled_or_failed() -> None:
    for ends in (UsageError("Not there."), None):
        progress, go = Progress(), threading.Event()
        kept: list[str] = []

        def work(report: ProgressReport, go: threading.Event = go, ends: UsageError | None = ends) -> None:
            assert go.wait(10)
            if ends is not None:
                raise ends

        progress.start(work, kept.append, "Look")
        progress.start(lambda _: "loaded", kept.append, "Load")
        if ends is None:
            progress.cancel()
        go.set()
        progress.wait(10)
        assert not kept and not progress.running


@pytest.mark.parametrize("error", [StudyError("No rows.", fix="Add some."), ValueError("W123")])
def test_work_that_fails_says_so_in_place(error: Exception) -> None:
    progress = Progress()

    def work(report: ProgressReport) -> None:
        raise error

    progress.start(work, print, "Counting")
    progress.wait(10)
    assert 'role="alert"' in progress._said.value and "W123" not in progress._said.value
