"""Groupings that would tell a few people apart beside each other are not offered."""

from __future__ import annotations

import numpy as np
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.widgets.explorer.ledger import clashing
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.parts.state import ExplorerState

ROWS = np.arange(60)


@pytest.mark.parametrize(
    ("second", "clash"),
    [
        ([ROWS < 30, ROWS >= 30], False),  # the same cells again say nothing new
        ([ROWS < 34, ROWS >= 34], True),  # nested, four apart
        ([ROWS < 45, ROWS >= 45], False),  # nested, fifteen apart
        ([(ROWS < 26) | (ROWS > 55), (ROWS >= 26) & (ROWS <= 55)], False),  # crossed: only a difference of fours
    ],
)
def test_nested_cells_that_differ_by_a_few_clash(second: list[np.ndarray], clash: bool) -> None:
    first = [ROWS < 30, ROWS >= 30]
    assert clashing({"a": first, "b": second}, [ROWS], threshold=10) == ({"b"} if clash else set())


def test_a_small_rest_of_three_cells_is_found() -> None:
    """No two cells are nested, yet the total less both leaves five people."""
    cells = {"a": [ROWS < 30], "b": [(ROWS >= 30) & (ROWS < 55)]}
    assert clashing(cells, [ROWS], threshold=10) == {"b"}


def test_people_are_counted_not_rows() -> None:
    cells = {"a": [ROWS < 30, ROWS >= 30], "b": [ROWS < 45, ROWS >= 45]}
    assert clashing(cells, [ROWS // 5], threshold=10) == {"b"} or "a" in clashing(cells, [ROWS // 5], threshold=10)
    assert clashing(cells, [ROWS], threshold=10) == set()


def test_the_explorer_does_not_offer_a_group_that_clashes(small: ht.EvaluationData) -> None:
    views = MetricViews(small)
    units = views._of("informal_learning")
    out = views._clashing(units)
    assert "role" in out, "supervisors by role and by career stage are nearly the same people"
    assert not out & set(views.groups("informal_learning")) and "career_stage" in views.groups("informal_learning")
    with pytest.raises(UsageError, match="Use one of"):
        views.view(ExplorerState("informal_learning", "role"))
