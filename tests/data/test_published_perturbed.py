"""Older releases as another hand would have saved them: read as before or refused, never at a wider area."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hybrid_toolkit.data.published import load_published
from hybrid_toolkit.errors import PublishedError

pytestmark = pytest.mark.realdata
Grid = list[list[str]]
ROWS = 30
FILES = 10


def _shuffled(grid: Grid) -> Grid:
    order = random.Random(len(grid[0])).sample(range(len(grid[0])), len(grid[0]))
    return [[row[j] for j in order] for row in grid]


def _grouped(grid: Grid) -> Grid:
    """A row of groups above the header, each named once, as a merged cell is saved."""
    third = max(2, len(grid[0]) // 3)
    return [["Area details", *[""] * (third - 1), "Figures", *[""] * (len(grid[0]) - third - 1)], *grid]


def _grouped_and_shuffled(grid: Grid) -> Grid:
    third = max(2, len(grid[0]) // 3)
    return _shuffled([["Area details"] * third + ["Figures"] * (len(grid[0]) - third), *grid])


CHANGES: dict[str, Callable[[Grid], Grid]] = {
    "notes below": lambda g: [*g, [], ["Source: the department"], ["1. England has 2 areas less, see E92000001."]],
    "columns in another order": _shuffled,
    "percent signs": lambda g: [g[0], *[[f"{c}%" if re.fullmatch(r"\d+\.\d+", c) else c for c in r] for r in g[1:]]],
    "headers in words": lambda g: [[re.sub("_+", " ", c).title() for c in g[0]], *g[1:]],
    "groups above the header": _grouped,
    "groups and another order": _grouped_and_shuffled,
    "rows in another order": lambda g: [g[0], *random.Random(len(g)).sample(g[1:], len(g) - 1)],
    "a note beside": lambda g: [[*r, "", "See the notes" if i == 3 else ""] for i, r in enumerate(g)],
    "withheld": lambda g: [g[0], *[["<5" if re.fullmatch(r"[1-9]0?", c) else c for c in r] for r in g[1:]]],
    "titles above": lambda g: [["Table 1: a table of figures by area, England"], [], *g],
}


def _levels(place: Path, grid: Grid) -> dict[str, int]:
    with place.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(grid)
    counted = load_published(place).rows_per_level().groupby("geographic_level")["rows"].sum()
    return {str(level): int(rows) for level, rows in counted.items()}


def _plain(path: Path) -> Grid | None:
    """The first rows of a file whose header is its first row and names the area."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    grid = list(csv.reader(io.StringIO("\n".join(text.splitlines()[: ROWS + 1]))))
    named = bool(grid) and any(re.search(r"country|region|geographic_level", c, re.I) for c in grid[0])
    return grid if named and len({len(r) for r in grid}) == 1 else None


def test_a_changed_release_reads_as_before_or_says_why(real_data: Path, tmp_path: Path) -> None:
    folder = real_data.parent / "older"
    if not folder.is_dir():
        pytest.skip("the older releases are not beside the published files")
    plain = [(p.name, g) for p in sorted(folder.iterdir()) if (g := _plain(p)) is not None][::3][:FILES]
    assert len(plain) >= 5
    tried, refused, lost = 0, list[str](), list[str]()
    for at, (name, grid) in enumerate(plain):
        try:
            before = _levels(tmp_path / name, grid)
        except PublishedError:
            continue
        for change in [*CHANGES][at % 2 :: 2]:
            tried += 1
            try:
                after = _levels(tmp_path / name, CHANGES[change]([list(r) for r in grid]))
            except PublishedError as error:
                assert error.fix
                refused.append(f"{name}: {change}: {error.code}")
                continue
            if after != before:
                lost.append(f"{name}: {change}: {before} became {after}")
    assert tried >= 12 and not lost, lost
    assert len(refused) <= 0.1 * tried, refused
