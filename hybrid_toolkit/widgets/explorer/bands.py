"""Fixed bands for sliders: every view is made of the same bands, and every band holds enough people.

The rule that keeps a slider safe: values are cut into bands once, neighbouring bands are joined until each of them
holds at least the threshold of people in every group that is shown, and every step of the slider is a sum of whole
bands. Whatever is worked out from several steps by adding and subtracting is then again a sum of whole bands, so never
of fewer people than the threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.widgets.explorer.cell_counts import Whole, join_bins


@dataclass(frozen=True, slots=True)
class Bands:
    """Values cut into bands.

    Parameters
    ----------
    code : Whole
        Band of each row, from 0 upwards.
    cuts : tuple[float, ...]
        Where one band ends and the next begins, ascending; these are the steps of a slider.
    """

    code: Whole
    cuts: tuple[float, ...]

    @property
    def size(self) -> int:
        """How many bands there are."""
        return len(self.cuts) + 1

    def label(self, band: int, unit: str = "") -> str:
        """A band in words: ``"under 3"``, ``"3 to under 5"``, ``"5 or more"``."""
        after = f" {unit}" if unit else ""
        if not self.cuts:
            return "all"
        if band == 0:
            return f"under {self.cuts[0]:g}{after}"
        if band == len(self.cuts):
            return f"{self.cuts[-1]:g} or more{after}"
        return f"{self.cuts[band - 1]:g} to under {self.cuts[band]:g}{after}"

    def at_least(self, cut: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which rows lie at a cut or above it; the cut must be one of ``cuts``."""
        return np.asarray(self.code > self.cuts.index(cut), dtype=np.bool_)


def make_bands(
    values: Floats,
    cuts: Sequence[float],
    *,
    splits: Sequence[tuple[Any, Sequence[Any]]],
    threshold: int,
) -> Bands:
    """Cut values into bands that are joined until each holds enough people in every group of every split.

    Parameters
    ----------
    values : Floats
        One number a row, none missing.
    cuts : Sequence[float]
        Where bands may be cut.
    splits : Sequence[tuple[Any, Sequence[Any]]]
        Each a pair of the group of every row (-1: not in it) and the codes of its people, one array a kind.
    threshold : int
        The fewest people in a band and group.

    Examples
    --------
    >>> rows = np.arange(40)
    >>> bands = make_bands(rows % 4.0, [1, 2, 3], splits=[(rows * 0, [rows])], threshold=20)
    >>> bands.cuts, [bands.label(b) for b in range(bands.size)]
    ((2,), ['under 2', '2 or more'])
    """
    parts = [[i] for i in range(len(cuts) + 1)]
    fine = np.digitize(values, list(cuts)).astype(np.int64)
    for group, people in splits:
        number = _numbers(parts, len(cuts) + 1)[fine]
        inside = group >= 0
        joined = join_bins(group[inside], number[inside], [p[inside] for p in people], len(parts), threshold)
        parts = [[i for k in part for i in parts[k]] for part in joined]
    return Bands(_numbers(parts, len(cuts) + 1)[fine], tuple(cuts[part[0] - 1] for part in parts[1:]))


def _numbers(parts: Sequence[Sequence[int]], size: int) -> Whole:
    out = np.empty(size, dtype=np.int64)
    for new, part in enumerate(parts):
        out[list(part)] = new
    return out
