"""Fast counting agrees with pandas, and bins are joined until nobody stands in too small a company."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid_toolkit.widgets.explorer.cell_counts import Coded, distinct, join_bins, tally

ROWS = st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("pq"), st.integers(0, 4)), min_size=1, max_size=60)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_units_people_and_means_are_those_of_pandas(rows: list[tuple[str, str, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b", "who"]).assign(value=lambda f: f["who"] * 1.5)
    columns = [Coded.of(frame[c]) for c in ("a", "b")]
    (a, b), got = tally(columns, [frame["who"].to_numpy()], frame["value"].to_numpy())
    by = frame.groupby(["a", "b"])
    assert list(zip(a, b, strict=True)) == list(by.size().index)
    assert got["n"].tolist() == by.size().tolist()
    assert got["people"].tolist() == by["who"].nunique().tolist()
    np.testing.assert_allclose(got["share"], by["value"].mean())


def test_a_row_without_a_group_or_a_person_is_left_out() -> None:
    column = Coded.of(pd.Series(["x", None, "x"], dtype="str"))
    names, got = tally([column], [np.array([0, 1, -1])], np.array([1.0, 1.0, 1.0]))
    assert (names, got["n"].tolist(), got["people"].tolist()) == ([["x"]], [2.0], [1.0])


def test_the_kind_of_people_with_fewest_counts() -> None:
    """Twenty families seen by one worker are one person's work."""
    workers, families = np.zeros(20, dtype=np.int64), np.arange(20)
    assert tally([], [workers, families], np.zeros(20))[1]["people"].tolist() == [1.0]


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(2, 6))
def test_every_bin_holds_the_threshold_in_every_group_or_all_are_one(
    rows: list[tuple[str, str, int]], least: int
) -> None:
    group = Coded.of(pd.Series([r[1] for r in rows])).code
    bins = np.array([r[2] for r in rows], dtype=np.int64)
    who = np.arange(len(rows), dtype=np.int64) // 2
    parts = join_bins(group, bins, [who], 5, least)
    assert sorted(i for part in parts for i in part) == list(range(5))
    assert all(part == list(range(part[0], part[-1] + 1)) for part in parts), "only neighbours are joined"
    if len(parts) > 1:
        new = np.array([next(k for k, part in enumerate(parts) if i in part) for i in bins])
        groups = int(group.max()) + 1
        assert distinct(new * groups + group, who, len(parts) * groups).min() >= least
