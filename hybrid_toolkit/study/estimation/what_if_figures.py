"""Figures of a what-if before they are rows, and which of them go so that a small group is told by no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hybrid_toolkit.study.estimation.common_support import Sides, too_little


@dataclass(frozen=True, slots=True)
class WhatIfFigure:
    """One figure before it is a row."""

    role: str
    group: str
    estimate: float
    std_error: float
    shift: float
    n: float
    slope: str = "the study's"
    flag: str = ""
    people: float = float("inf")
    sides: Sides = (float("inf"), float("inf"))


def covering(figures: list[WhatIfFigure], fewest: int, *, tells: Callable[[Sides], bool]) -> list[WhatIfFigure]:
    """Where one level alone is small, the next smallest goes too: else all less the others would tell it.

    So it is where the levels not shown are few people together, or the change moves few of them otherwise than the rest
    (``tells``).
    """
    while too_little(fewest) in {f.flag for f in figures}:
        shown, gone = [f for f in figures if not f.flag], [f for f in figures if f.flag]
        together = (sum(f.sides[0] for f in gone), sum(f.sides[1] for f in gone))
        enough = len(gone) > 1 and sum(f.people for f in gone) >= fewest and not tells(together)
        if not shown or enough:
            break
        least = min(shown, key=lambda f: (f.people, f.n))
        figures = [replace(f, flag="not shown so that a small group cannot be identified from it") if f is least else f
                   for f in figures]  # fmt: skip
    return figures


def hidden(figure: WhatIfFigure) -> WhatIfFigure:
    nothing = float("nan")
    return replace(figure, estimate=nothing, std_error=nothing, shift=nothing, n=nothing)


def direction_of(low: float, high: float) -> str:
    if not np.isfinite(low):
        return ""
    return "higher" if low > 0 else "lower" if high < 0 else "inconclusive"
