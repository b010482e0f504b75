"""Whether the data can carry a what-if: exposure one by one, exposure among rows alike, in each group, enough rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.disclosure.digits import in_steps
from hybrid_toolkit.disclosure.policy import FLOOR_ROUNDING, FLOOR_THRESHOLD
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.estimation.people_moved import ALL_PEOPLE, SIDES, ends_kept, sides_of, tells_of_few
from hybrid_toolkit.study.estimation.what_if_basis import OutcomeBasis, WhatIfBasis
from hybrid_toolkit.study.estimation.what_if_changes import Change

MOST_OUTSIDE = 0.10
"""Share of rows that a change may move beyond the exposure that the data cover."""
MOST_OUTSIDE_ALIKE = 0.20
"""Share of rows that a change may move beyond the exposure seen among rows similar in what the study adjusts for."""
COVERED = (0.01, 0.99)
"""Quantiles of exposure between which the data cover it."""
MIN_ROWS, MIN_CLUSTERS = 20, 5
"""Rows and clusters that a figure needs before it is shown."""

TINY = 1e-9

SupportCells: TypeAlias = Mapping[str, Any]
Flags: TypeAlias = NDArray[np.bool_]
Sides: TypeAlias = tuple[float, float]


def too_little(people: int = FLOOR_THRESHOLD) -> str:
    """What is said where too little stands behind a figure."""
    return f"fewer than {MIN_ROWS} rows, {people} people or {MIN_CLUSTERS} clusters"


def support(asked: Change, basis: WhatIfBasis, each: OutcomeBasis) -> tuple[float, float]:
    """Share of an outcome's rows beyond the exposure covered, and share moved.

    Exposure is covered between its 1% and 99% quantiles. Among rows alike it is what is left of exposure once what the
    study holds constant is out, covered between the same quantiles: a line through two variables that go together says
    nothing of where they part.

    Raises
    ------
    StudyError
        Too few rows or clusters, too many rows beyond what is covered, or none that would move.
    """
    if each.n < MIN_ROWS or each.n_clusters < MIN_CLUSTERS:
        raise StudyError(
            f"the estimate rests on {too_little()}.",
            fix=f"Add data until there are at least {MIN_ROWS} rows and {MIN_CLUSTERS} clusters.",
            code="WHAT-IF-FEW",
        )
    x, n = each.cells["x"].to_numpy(), each.cells["n"].to_numpy()
    new = asked.moved(x, n, share=basis.share, binary=basis.binary)
    touched = np.abs(new - x) > TINY * max(1.0, float(np.ptp(x)))
    if not touched.any():
        raise StudyError(
            "the change moves no row: exposure already keeps to it.", fix="Ask for another.", code="WHAT-IF-NOTHING"
        )
    moved = float(n[touched].sum() / n.sum())
    if basis.binary:
        outside = 0.0 if -TINY <= n @ new / n.sum() <= 1 + TINY else 1.0
        apart = any(_share_leaves(x[at], new[at], n[at]) for at in _groups(each))
    else:
        outside = beyond(x, new, n)
        apart = any(beyond(x[at], new[at], n[at]) > MOST_OUTSIDE for at in _groups(each))
    _refuse(outside, MOST_OUTSIDE, "beyond the exposure that the data cover")
    if apart:
        raise StudyError(
            f"in one of the two groups compared, over {MOST_OUTSIDE:.0%} of rows would leave what that group covers.",
            fix="Ask for a smaller change.",
            code="WHAT-IF-SUPPORT",
        )
    if not basis.binary:
        left = each.cells["left"].to_numpy()
        alike = beyond(left, left + new - x, n)
        _refuse(alike, MOST_OUTSIDE_ALIKE, "beyond the exposure seen among rows similar in what the study adjusts for")
    return outside, moved


def set_apart(asked: Change, basis: WhatIfBasis, each: OutcomeBasis, fewest: int) -> dict[tuple[str, str], Sides]:
    """Groups, sides of a slope gap and everyone -> how many people a change moves otherwise than the rest of them."""
    if basis.binary:  # a share over rows, all of which move alike
        return dict.fromkeys(each.reach, (np.inf, np.inf))
    share = ends_kept(asked, each.reach, share=basis.share, fewest=fewest)
    return {key: sides_of(asked, reach, share=share) for key, reach in each.reach.items()}


def few_moved(asked: Change, basis: WhatIfBasis, each: OutcomeBasis, fewest: int) -> bool:
    """Whether over everyone, or on a side of a slope gap, a change moves few people otherwise than the rest."""
    compared = {ALL_PEOPLE, *(SIDES.values() if len(each.slope) == 2 else ())}
    sides = set_apart(asked, basis, each, fewest)
    return any(tells_of_few(asked, sides[key], fewest) for key in compared if key in sides)


def in_people(share: float, each: OutcomeBasis) -> float:
    """A share of rows in steps of as many people as counts are rounded to: two rules must not differ by one person."""
    people = min((len(low) for low, _ in each.reach.get(ALL_PEOPLE, ())), default=0)
    if not people:
        return share
    steps = in_steps(np.array([share]), np.array([FLOOR_ROUNDING / people]))
    return float(np.clip(steps[0], 0.0, 1.0))


def require_possible(each: OutcomeBasis, change: float) -> None:
    """The mean under a change lies among the values of the outcome that were seen.

    Raises
    ------
    StudyError
        It does not.
    """
    if not each.lowest - TINY <= each.mean + change <= each.highest + TINY:
        raise StudyError(
            "the mean under the change would lie beyond every value of the outcome that was seen.",
            fix="Ask for a smaller change: a line does not end where an outcome does.",
            code="WHAT-IF-SUPPORT",
        )


def beyond(x: Array, new: Array, n: Array) -> float:
    """Share of rows that a change moves beyond the values between which nearly all rows lie."""
    order = np.argsort(x)
    share = np.cumsum(n[order]) / n.sum()
    low, high = (float(x[order][min(int(np.searchsorted(share, q)), len(x) - 1)]) for q in COVERED)
    tiny = TINY * max(1.0, float(np.ptp(x)))
    out = (np.abs(new - x) > tiny) & ((new < low - tiny) | (new > high + tiny))
    return float(n[out].sum() / n.sum())


def own_support(cells: SupportCells, new: Array, at: Flags, *, binary: bool) -> str:
    """Why a group with a slope of its own is not shown: its rows would leave the exposure that they cover."""
    n = cells["n"][at]
    if binary:
        return "its share would leave 0 to 1" if _share_leaves(cells["x"][at], new[at], n) else ""
    over = beyond(cells["x"][at], new[at], n) > MOST_OUTSIDE
    return f"over {MOST_OUTSIDE:.0%} of its rows would leave the exposure that they cover" if over else ""


def _refuse(share: float, most: float, where: str) -> None:
    if share > most:
        raise StudyError(
            f"more than {most:.0%} of rows would lie {where}.",
            fix="Ask for a smaller change: beyond what was seen, a line is a guess.",
            code="WHAT-IF-SUPPORT",
        )


def _share_leaves(x: Array, new: Array, n: Array) -> bool:
    """Whether over a tenth of the move of a group's share would take it below 0 or above 1."""
    was, then = float(n @ x / n.sum()), float(n @ new / n.sum())
    return max(0.0, -then, then - 1) > MOST_OUTSIDE * abs(then - was) + TINY


def _groups(each: OutcomeBasis) -> list[Flags]:
    """The rows of either group of a slope gap; none where no groups are compared."""
    inside = each.cells["moderated"].to_numpy() > 0.5
    return [inside, ~inside] if len(each.slope) == 2 and inside.any() and not inside.all() else []
