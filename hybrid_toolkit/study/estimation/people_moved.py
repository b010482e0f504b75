"""Whom a what-if sets apart: a rule moves some and leaves others, and a share of time ends at 0 and at 1.

The change of a mean over people of whom a rule moves two is those two's exposure, once the slope is known; so it is
with two whom it leaves, and with two whom a shift takes to the end of the share. Of everybody behind a figure the
lowest and the highest exposure are kept, in order and without who has them, so that both sides of any rule can be
counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.study.estimation.what_if_changes import Change

Reach: TypeAlias = tuple[tuple[Array, Array], ...]
"""Of each kind of people, their lowest and their highest exposures, ascending; empty where nobody is behind a row."""
ALL_PEOPLE = ("", "all")
SIDES = {inside: ("moderated", str(inside)) for inside in (True, False)}
"""Keys of everyone, and of the two groups that a slope gap compares."""
_TINY = 1e-9


def ends_kept(asked: Change, reach: Mapping[tuple[str, str], Reach], *, share: bool, fewest: int) -> bool:
    """Whether a shift of a share stops at 0 and at 1.

    Where it would take fewer people than ``fewest`` there, all rows are counted as moved alike, so that the figure does
    not tell of them.
    """
    if asked.kind != "shift" or not reach.get(ALL_PEOPLE):
        return share
    return share and sides_of(asked, reach[ALL_PEOPLE], share=share)[0] >= fewest


def sides_of(asked: Change, reach: Reach, *, share: bool) -> tuple[float, float]:
    """The people whom a rule moves and those whom it leaves; of a shift those whom it takes to the end, and the others.

    Of the kind of people with fewest. Endless where the change moves all by one rule, or where nobody could lie beyond.

    Examples
    --------
    Twelve people, one of whom is at home for more than two days of five:

    >>> x = np.r_[np.full(11, 0.1), 0.9]
    >>> reach = ((x, x),)
    >>> sides_of(Change("cap", 0.4), reach, share=True), sides_of(Change("times", 0.9), reach, share=True)
    ((1.0, 11.0), (inf, inf))
    """
    ends = asked.kind == "shift" and share and asked.value != 0
    if not reach or not (ends or asked.kind in ("cap", "floor")):
        return np.inf, np.inf
    if ends:
        below, above = _on_either_side(reach, -asked.value if asked.value < 0 else 1 - asked.value)
        return (below, above) if asked.value < 0 else (above, below)
    below, above = _on_either_side(reach, asked.value)
    if asked.kind == "cap":
        return above, np.inf if share and asked.value <= 0 else below
    return below, np.inf if share and asked.value >= 1 else above


def tells_of_few(asked: Change, sides: tuple[float, float], fewest: int) -> bool:
    """Whether fewer people than ``fewest`` stand on a side; a shift that takes nobody to the end tells of none.

    Examples
    --------
    >>> tells_of_few(Change("cap", 0.4), (1, 11), 10), tells_of_few(Change("shift", -0.1), (0, 12), 10)
    (True, False)
    """
    return min(sides) < fewest and not (asked.kind == "shift" and sides[0] == 0)


def _on_either_side(reach: Reach, edge: float) -> tuple[float, float]:
    """People with an exposure below an edge, and above it, of the kind with fewest."""
    below = min(float(np.searchsorted(low, edge - _TINY, side="left")) for low, _ in reach)
    above = min(float(len(high) - np.searchsorted(high, edge + _TINY, side="right")) for _, high in reach)
    return below, above
