"""Actions by level and by the statement that they answer; rounds of the nine conditions side by side."""

from __future__ import annotations

import pytest

from hybrid_toolkit.assess import Answer, Assessment, answering_actions, compare_rounds, load_checklist, suggest_actions
from hybrid_toolkit.assess.actions import ACTION_LEVELS
from hybrid_toolkit.assess.gaps import Gap
from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.errors import UsageError

ROLES = ("practitioner", "supervisor", "senior_leader")


def said(levels: dict[str, str]) -> Assessment:
    """Three raters who agree, both prompts of digital systems and the first two of another condition."""
    return Assessment(tuple(Answer(i, r, level, evidence="minutes") for i, level in levels.items() for r in ROLES))


def test_every_action_has_a_level_and_every_level_has_actions() -> None:
    actions = load_checklist("actions").items
    assert all(a.levels and set(a.levels) <= set(ACTION_LEVELS) for a in actions)
    gap = Gap("S0-C4.1", "", "S0-C4", "low", 1.0, 0, 1, ())
    for level in ACTION_LEVELS:
        assert {a.id for a in suggest_actions(gap, level)} == {a.id for a in suggest_actions(gap) if level in a.levels}
        assert any(level in a.levels for a in actions)


def test_every_statement_on_remote_working_is_answered() -> None:
    """The fifteen statements of the survey each lead to at least one action, and no action elsewhere."""
    items = [i.id for i in load_instrument("sword_remote").items]
    assert len(items) == 15 and all(answering_actions(i) for i in items)
    named = {s for a in load_checklist("actions").items for s in a.statements}
    assert named == {i.upper().replace("SWORD_", "S3-") for i in items}


@pytest.mark.parametrize(
    ("statement", "level", "code"),
    [("sword_sg9", "", "STATEMENT-UNKNOWN"), ("S3-SG1", "county", "ACTION-LEVEL")],
)
def test_what_does_not_exist_is_said(statement: str, level: str, code: str) -> None:
    with pytest.raises(UsageError, match=code):
        answering_actions(statement, level)


def test_rounds_stand_side_by_side() -> None:
    spring = said({"S0-C6.1": "none", "S0-C6.2": "none", "S0-C1.1": "established", "S0-C1.2": "established"})
    autumn = said({"S0-C6.1": "established", "S0-C6.2": "established", "S0-C1.1": "emerging", "S0-C1.2": "emerging"})
    found = compare_rounds([("Spring", spring), ("Autumn", autumn)])
    change = found.table.set_index("condition")["change"]
    assert (change["S0-C6"], change["S0-C1"]) == (2.0, -1.0) and change.notna().sum() == 2
    assert found.table["condition"].tolist() == [p.id for p in load_checklist("conditions").parts]
    assert "2 have a level in both rounds, 1 of them higher, 1 lower and 0 the same" in found.summary()
    assert "change of raters" in found.summary()


def test_a_round_with_two_raters_gives_no_level_and_no_number_of_them() -> None:
    few = Assessment(tuple(Answer(f"S0-C6.{i}", r, "none") for r in ROLES[:2] for i in (1, 2)))
    table = compare_rounds([("Spring", few), ("Autumn", said({"S0-C6.1": "none", "S0-C6.2": "none"}))]).table
    row = table.set_index("condition").loc["S0-C6"]
    assert row["raters_1"] == 0 and row["raters_2"] == 3 and row[["level_1", "change"]].isna().all()


@pytest.mark.parametrize("titles", [["Spring"], ["Spring", "Spring"]])
def test_rounds_need_titles_of_their_own(titles: list[str]) -> None:
    with pytest.raises(UsageError, match="ROUNDS"):
        compare_rounds([(t, Assessment()) for t in titles])
