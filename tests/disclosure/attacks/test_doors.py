"""Every door by which a person came out is tried again; ungated, the same attacks must succeed."""

from __future__ import annotations

import numpy as np
import pytest

from tools.attacks import DOORS, try_door
from tools.attacks.solve import few_in_or_out, people_fixed

SESSIONS = 100
"""Sessions a door here; ``python -m tools.attacks --sessions 2000`` runs more by hand."""
SLOW = {
    "the size of data in a diagnosis": 40,
    "sums of groups of yesterday and of today": 20,
    "control charts of months": 20,
    "explorer over groups and periods": 12,
    "yesterday's data and today's": 20,
    "steps of a survival curve": 30,
    "regression on one or two people": 40,
    "a table and a view of nearly the same people": 12,
    "an action of a plan measured again": 12,
    "many tables and views of two versions": 4,
    "views of one sitting before and after somebody left": 12,
    "two metrics of the same values": 15,
    "what-if of an estimate on few people": 8,
    "documents, pictures and states of a view": 3,
    "texts that describe data": 5,
    "a hash that confirms a guess": 2,
}
"""Doors whose session takes a second or more, with their sessions here."""
BITES = 0.5
"""Share of sessions in which the ungated output gives somebody away, at the least: small groups are made in most."""


@pytest.mark.parametrize("door", DOORS)
def test_nobody_comes_out(door: str) -> None:
    found = try_door(door, SLOW.get(door, SESSIONS))
    assert found.gated == 0, f"people were told apart in {found.gated} of {found.sessions} sessions"
    assert found.ungated >= BITES * found.looked > 0, "the attack does not bite: it proves nothing"


@pytest.mark.parametrize(
    "door",
    ["groups with everyone", "families without a recorded place", "hidden event times", "steps of a survival curve"],
)
def test_something_is_still_shown(door: str) -> None:
    assert try_door(door, 20, first=5000).shown >= 1.0


def test_the_solver_finds_a_difference_a_complement_and_a_union() -> None:
    rows, y = np.arange(30), np.linspace(0, 1, 30)
    assert people_fixed([rows < 30, rows < 26], y, rows, low=0, high=1) == 1
    assert people_fixed([rows < 30, rows < 12, (rows >= 12) & (rows < 27)], y, rows, low=0, high=1) == 1
    assert people_fixed([rows < 30, rows < 15], y, rows, low=0, high=1) == 0
    assert few_in_or_out([rows < 30, rows < 15], (rows >= 15) & (rows < 18)) == 3


@pytest.mark.parametrize(
    ("door", "seed"),
    [
        ("steps of a survival curve", 1260),
        ("outer bins of a histogram", 822),
        ("outer bins of a histogram", 1084),
        ("frames that do not say who or what they are", 800),
        ("frames that do not say who or what they are", 1282),
        ("many tables and views of two versions", 200),
        ("many tables and views of two versions", 742),
        ("many tables and views of two versions", 1698),
    ],
)
def test_a_session_of_two_thousand_that_told_somebody_apart_is_closed(door: str, seed: int) -> None:
    found = try_door(door, 1, first=seed)
    assert found.gated == 0 and found.ungated == 1


def test_a_regression_whose_rows_pass_for_a_survival_curve_is_attacked_too() -> None:
    """Of coefficients that fall by chance the gate leaves rows out whole, which ended the attack in an error."""
    assert try_door("regression with nearly as many coefficients as rows", 1, first=801).gated == 0
