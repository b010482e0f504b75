"""Two who save the same action: the second is told what the first changed, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from hybrid_toolkit.app.saved_plan import PLAN_FILE, action_of, action_shown, change_shown_action
from hybrid_toolkit.app.workspace import Workspace


def _two(folder: Path) -> tuple[Workspace, Workspace, str]:
    mine, theirs = Workspace(folder), Workspace(folder)
    action = {"id": 1, "words": "Agree breaks.", "progress": "", "status": "planned", "owner": "supervisor"}
    mine.change(PLAN_FILE, lambda c: {"actions": [action]}, "added an action")
    return mine, theirs, action_shown(action_of(mine, "1"))


def test_a_whole_form_of_an_earlier_page_takes_nothing_back(tmp_path: Path) -> None:
    """Without the script a form sends every field, those that nobody touched on that page among them."""
    first, second, page = _two(tmp_path)
    as_shown = {"words": "Agree breaks.", "progress": "", "status": "planned", "owner": "supervisor"}
    assert change_shown_action(first, "1", {**as_shown, "progress": "Agreed in May."}, page) == ""
    told = change_shown_action(second, "1", {**as_shown, "words": "Agree breaks\r\nand calls."}, page)
    assert told == "Somebody else changed this action meanwhile. Progress: kept as changed."
    assert action_of(first, "1")["progress"] == "Agreed in May."
    assert action_of(first, "1")["words"] == "Agree breaks\r\nand calls."


def test_a_field_that_both_changed_is_told_with_the_text_of_the_first_which_undo_brings_back(tmp_path: Path) -> None:
    first, second, page = _two(tmp_path)
    change_shown_action(first, "1", {"words": "First writes this."}, page)
    told = change_shown_action(second, "1", {"words": "Second writes that."}, page)
    assert "yours replaced 'First writes this.'" in told
    assert action_of(first, "1")["words"] == "Second writes that."
    second.undo(PLAN_FILE)
    assert action_of(first, "1")["words"] == "First writes this."


def test_one_who_types_on_is_told_nothing(tmp_path: Path) -> None:
    first, _, page = _two(tmp_path)
    for text in ("A", "Ag", "Agree"):
        assert change_shown_action(first, "1", {"words": text}, page) == ""
        page = action_shown(action_of(first, "1"))
    assert change_shown_action(first, "1", {"words": "Agree"}, "no page says so") == ""
