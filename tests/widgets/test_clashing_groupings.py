"""Groupings that would tell a few people apart beside each other are not offered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure.sitting import fewest_people
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.widgets.explorer.clashing_groupings import ShownPeriods, clashing
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


def _world(seed: int) -> tuple[dict[tuple[str, str], dict[tuple[str, str], np.ndarray]], np.ndarray, list[np.ndarray]]:
    """The cells of everyone and four groupings over two halves and four quarters of a year, of sixty people."""
    rng = np.random.default_rng(seed)
    who, quarter = np.repeat(np.arange(60), 4), np.tile(np.arange(4), 60)
    there = rng.random(240) < 0.97
    value = {"all": np.zeros(60, dtype=int), "a": rng.integers(0, 2, 60), "c": rng.integers(0, 2, 60)}
    value["b"] = np.where(rng.random(60) < 0.1, 1 - value["a"], value["a"])  # nearly the same as a
    value["d"] = np.where(rng.random(60) < 0.15, 1 - value["c"], value["c"])
    span = {"half": quarter // 2, "quarter": quarter}
    blocks = {}
    for group in ("all", "a", "b", "c", "d"):
        for level, of in span.items():
            cells = {
                (str(v), f"{level} {p}"): there & (value[group][who] == v) & (of == p)
                for v in np.unique(value[group])
                for p in np.unique(of)
            }
            blocks[group, level] = {k: c for k, c in cells.items() if len(set(who[c])) >= 10}
    return blocks, who, [there]


def _one_by_one(blocks: dict, who: np.ndarray, whole: list[np.ndarray]) -> set[tuple[str, str]]:
    """Every group with all its periods in the fixed order, each beside all that was admitted before it."""
    everyone: list[np.ndarray] = []
    by_period: dict[str, list[np.ndarray]] = {}
    admitted = set()
    for group in ("all", "a", "b", "c", "d"):
        for level in ("half", "quarter"):
            cells = blocks[group, level]
            sides = [[*whole, *everyone, *cells.values()]]
            sides += [[*by_period.get(p, []), *(c for (_, q), c in cells.items() if q == p)]
                      for p in {p for _, p in cells}]  # fmt: skip
            if any(fewest_people(side, [who], enough=10) < 10 - 1e-6 for side in sides):
                break
            admitted.add((group, level))
            everyone += cells.values() if group == "all" else []
            for (_, p), rows in cells.items():
                by_period.setdefault(p, []).append(rows)
    return admitted


@pytest.mark.parametrize("seed", range(6))
def test_periods_have_the_same_answer_whatever_was_asked_before(seed: int) -> None:
    blocks, who, whole = _world(seed)
    asked = [(g, p) for g in ("all", "a", "b", "c", "d") for p in ("half", "quarter")]
    want = _one_by_one(blocks, who, whole)
    assert want != set(asked), "some clash"
    for order in (asked, asked[::-1]):
        periods = ShownPeriods([who], whole, groups=["all", "a", "b", "c", "d"], levels=["half", "quarter"],
                               block=lambda g, p: blocks[g, p], threshold=10)  # fmt: skip
        for group, level in order:
            periods.shown(group, level)
        assert {key for key in asked if not periods.why_not(*key)} == want


def test_periods_of_a_late_group_do_not_wait_for_those_before_it() -> None:
    """They took minutes where each of ten groups before had to be proved first, to its last month."""
    who, half = np.repeat(np.arange(60), 2), np.tile(np.arange(2), 60)
    asked: list[str] = []

    def block(group: str, level: str) -> dict[tuple[str, str], np.ndarray]:
        asked.append(level)
        cut = {"all": 60, "a": 20, "b": 40}[group]
        return {(v, f"{level} {p}"): inside & (half == p) for p in range(2)
                for v, inside in (("1", who < cut), ("0", who >= cut)) if inside.any()}  # fmt: skip

    periods = ShownPeriods([who], [who >= 0], groups=["all", "a", "b"], levels=["half", "month"], block=block,
                           threshold=10)  # fmt: skip
    assert len(periods.shown("b", "half")) == 4
    assert not periods.why_not("b", "half") and ("a", "half") not in periods._refusals
    assert sum(level == "month" for level in asked) == 1, "everyone's alone"
