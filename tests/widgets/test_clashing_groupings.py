"""Groupings that would tell a few people apart beside each other are not offered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure.sitting import fewest_people
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.widgets.explorer.clashing_groupings import clashing
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.parts.state import ExplorerState

ROWS = np.arange(60)


@pytest.mark.parametrize(
    ("second", "clash"),
    [
        ([ROWS < 30, ROWS >= 30], False),  # the same cells again say nothing new
        ([ROWS < 34, ROWS >= 34], True),  # nested, four apart
        ([ROWS < 45, ROWS >= 45], False),  # nested, fifteen apart
        ([(ROWS < 26) | (ROWS > 55), (ROWS >= 26) & (ROWS <= 55)], True),  # crossed: a difference of four and four
        ([(ROWS < 22) | (ROWS > 51), (ROWS >= 22) & (ROWS <= 51)], False),  # crossed: a difference of eight and eight
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


def test_what_the_explorer_offers_rests_on_enough_people_together(small: ht.EvaluationData) -> None:
    views = MetricViews(small)
    units = views._of("informal_learning")
    offered = [g for g in views.groups("informal_learning") if g != "all"]
    cells = [c for g in offered for c in views._cells(units, g)]
    assert len(offered) >= 3 and len(cells) >= 8
    everyone = np.ones(len(cells[0]), dtype=bool)
    assert fewest_people([everyone, *cells], [(k.row, k.who) for k in units.people_used], enough=10) == 10


def test_the_explorer_does_not_offer_a_group_that_clashes() -> None:
    """A second grouping that is the first but for three people is left out."""
    n = 120
    role = np.where(np.arange(n) < 60, "a", "b").astype(object)
    other = role.copy()
    other[:3] = "b"
    worker = pd.DataFrame({"worker_id": [f"W{i:03}" for i in range(n)], "role": pd.array(role, dtype="str"),
                           "ethnicity": pd.array(other, dtype="str")})  # fmt: skip
    month = worker[["worker_id"]].assign(month=pd.Timestamp("2025-01-01"), h_home=np.linspace(1, 30, n), h_office=20.0)
    views = MetricViews(ht.EvaluationData({"worker": worker, "worker_month": month}))
    assert "role" in views.groups("remote_share_desk") and "ethnicity" not in views.groups("remote_share_desk")
    with pytest.raises(UsageError, match="Use one of"):
        views.view(ExplorerState("remote_share_desk", "ethnicity"))
