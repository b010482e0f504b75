"""Sums of views of several versions: found where few people tell them apart, as by going through every sum."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from hybrid_toolkit.disclosure.ledger import part_sums
from hybrid_toolkit.disclosure.ledger.part_sums import few_in_all
from hybrid_toolkit.disclosure.ledger.release_ledger import PART_OF_VIEW, WHOLE_OF_VIEW, VersionLedger


def _by_hand(apart: np.ndarray, threshold: int, sizes: list[int]) -> list[list[int]]:
    every = [list(some) for size in sizes for some in combinations(range(apart.shape[1]), size)]
    return [some for some in every if 0 < np.count_nonzero(apart[:, some].sum(axis=1)) < threshold]


@pytest.mark.parametrize(("bundles", "people"), [(1, 3), (4, 30), (6, 700), (9, 40)])
def test_few_are_found_as_by_going_through_every_sum(bundles: int, people: int) -> None:
    rng = np.random.default_rng(bundles)
    for _ in range(5):
        apart = rng.integers(0, 3, (people, bundles)).astype(np.uint64)
        apart[:, -1] = np.uint64(0) - apart[:, :-1].sum(axis=1)  # all together are the same, but for a few people
        apart[: rng.integers(0, 6), -1] += np.uint64(1)
        found = list(part_sums._near(apart, 10))
        assert sorted(found) == sorted(_by_hand(apart, 10, list(range(bundles + 1))))
        assert [len(f) for f in found] == sorted(len(f) for f in found), "smallest sums first"


def test_of_many_bundles_the_smallest_and_the_largest_sums_are_looked_at() -> None:
    rng = np.random.default_rng(1)
    apart = rng.integers(1, 9, (40, 14)).astype(np.uint64)
    apart[:, 5] = np.uint64(0) - apart[:, 3]
    apart[:4, 5] += np.uint64(1)
    apart[:, 13] = np.uint64(0) - apart[:, :13].sum(axis=1)
    apart[:2, 13] += np.uint64(1)
    found = list(part_sums._near(apart, 10))
    assert sorted(found) == sorted(_by_hand(apart, 10, [0, 1, 2, 3, 11, 12, 13, 14]))
    assert [3, 5] in found and list(range(14)) in found


def _cell(people: range, months: str) -> dict[str, str]:
    return {f"w{p}": "|".join(f"{p} {m}" for m in months) for p in people}


@pytest.mark.parametrize("kept", [True, False])
def test_the_quarter_of_today_and_the_month_of_yesterday_are_not_the_whole_less_a_leaver(
    tmp_path: Path, kept: bool
) -> None:
    """Three views of two versions are one sum; no two of them are."""
    ledger, people = VersionLedger(tmp_path if kept else None), range(40)
    for cells in ([_cell(people, "abcd")], [_cell(people, "d")]):
        ledger.record("share", cells, version="yesterday", view={0: PART_OF_VIEW})
    if kept:
        ledger = VersionLedger(tmp_path)
    for left in (1, 3, 9):
        assert ledger.few_in_all("share", [_cell(range(left, 40), "abc")], threshold=10)
    assert not ledger.few_in_all("share", [_cell(range(10, 40), "abc")], threshold=10), "ten who left may be told"
    assert not ledger.few_in_all("share", [_cell(people, "abc")], threshold=10)
    assert not ledger.few_in_all("another", [_cell(range(1, 40), "abc")], threshold=10)


def test_one_whose_value_was_corrected_is_told_by_two_versions() -> None:
    before = [{f"w{p}": [f"{p} {m}" for m in "ab"] for p in range(30)}, {f"w{p}": [f"{p} b"] for p in range(30)}]
    now = {f"w{p}": [f"{p} a"] for p in range(30)}
    assert not few_in_all(before, [now], threshold=10)
    assert few_in_all(before, [now | {"w3": ["another"]}], threshold=10)


def test_what_is_brought_twice_is_no_sign_of_a_difference() -> None:
    """Two equal visits on a day, one by video: the whole has both, and each mode has one."""
    whole = {f"f{p}": [f"{p} a", f"{p} b"] for p in range(30)} | {"f0": ["0 a", "0 a"]}
    parts = [{f"f{p}": [f"{p} {m}"] for p in range(1, 30)} | {"f0": ["0 a"]} for m in "ab"]
    assert not few_in_all([whole], parts, threshold=10)


def test_a_view_that_was_shown_whole_is_part_of_the_sum_as_its_parts_are() -> None:
    ledger, people = VersionLedger(None), range(60)
    view = {0: WHOLE_OF_VIEW, 1: PART_OF_VIEW}
    ledger.record("share", [_cell(people, "ab"), _cell(range(30), "ab")], version="1", view=view)
    ledger.record("share", [_cell(range(30, 60), "a")], version="1", view={0: PART_OF_VIEW})
    assert ledger.few_in_all("share", [_cell(range(32, 60), "b")], threshold=10)
