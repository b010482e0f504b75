"""What is worked out ahead gives the same answers, at once, and nothing is shown that nobody looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.app.work import likely_moves, look_at_data
from hybrid_toolkit.app.work.look_at_data import look_through
from hybrid_toolkit.app.worker import Bench
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews


@pytest.fixture(scope="module")
def data() -> ht.EvaluationData:
    size = ht.Size("ahead", 1, 14, 6, 4, 1)
    return ht.simulate_authority(
        "helpful-hump", size, seed=4, tables=["la", "team", "worker", "worker_month", "survey"]
    )


def bench_of(data: ht.EvaluationData) -> Bench:
    made = Bench()
    made.data = data
    return made


def test_a_move_that_was_worked_out_ahead_measures_nothing_and_says_the_same(
    data: ht.EvaluationData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_at_data, "_QUICK_FIRST", ("wellbeing",))
    monkeypatch.setattr(likely_moves, "MOST_EACH", 2)
    asked = (("group", "all"), ("metric", "remote_share_desk"))
    bench = bench_of(data)
    first = look_through(bench, "measures", asked)
    assert bench.ahead is not None
    assert sum(1 for _ in bench.ahead) > 5
    monkeypatch.setattr(MetricViews, "_measure", lambda *_: pytest.fail("measured while someone waits"))
    moved = {g: look_through(bench, "measures", (("group", g), asked[1])) for g in list(first["choices"]["group"])[:3]}
    page = look_through(bench, "wellbeing")
    monkeypatch.undo()
    fresh = bench_of(data)
    assert look_through(fresh, "wellbeing") == page
    for group, answer in moved.items():
        assert look_through(fresh, "measures", (("group", group), asked[1])) == answer


def test_with_a_ledger_no_view_is_made_ahead(data: ht.EvaluationData, tmp_path: Path) -> None:
    bench = bench_of(data)
    bench.gate = Gate(source=data, ledger=VersionLedger(str(tmp_path)))
    look_through(bench, "measures", (("metric", "remote_share_desk"),))
    views: MetricViews = bench.kept["measures"][1]
    shown = set(views._made)
    steps: Iterator[object] | None = bench.ahead
    assert steps is not None
    list(steps)
    assert set(views._made) == shown and len(shown) == 1, "what nobody looked at was not shown"
