"""Gaps of every unit of a synthetic control, and the placebo test and interval that they give."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.models.series import control_weights as weighing

_CARRIES = 0.01
"""Donors with a smaller weight are not left out one by one: they are a hundredth of the synthetic control at most."""


@dataclass(frozen=True, slots=True, eq=False)
class ControlTask:
    """What a control is made of.

    Parameters
    ----------
    y : Array
        Units x periods outcomes, the changed unit first.
    x : Array
        Units x k predictors; k = 0 to match the outcomes.
    window : NDArray[np.bool_]
        Periods before the start in which the control should follow the unit.
    start : int
        Position of the first period after the change.
    given : Array | None
        The predictors' weights where the caller sets them.
    """

    y: Array
    x: Array
    window: NDArray[np.bool_]
    start: int
    given: Array | None

    def weights(self, i: int, others: list[int]) -> tuple[Array, Array, bool]:
        """The donors' weights of one unit, the predictors', and whether they were found."""
        return weighing.control_weights(self.y, self.x, i, others, self.window, self.given)


def all_gaps(task: ControlTask) -> tuple[Array, Array, Array, bool]:
    """Gaps of every unit (the changed one first) to its own control from the donors, and the first one's weights.

    The changed unit never stands among a donor's donors.
    """
    y = task.y
    gaps, first, importance, done = np.empty_like(y), np.zeros(len(y) - 1), np.empty(0), True
    for i in range(len(y)):
        others = [j for j in range(1, len(y)) if j != i]
        w, v, found = task.weights(i, others)
        gaps[i] = y[i] - w @ y[others]
        done = done and found
        if i == 0:
            first, importance = w, v
    return gaps, first, importance, done


def _ratio(gaps: Array, start: int) -> Array:
    before = np.sqrt((gaps[:, :start] ** 2).mean(axis=1))
    return np.asarray(np.abs(gaps[:, start:].mean(axis=1)) / np.maximum(before, 1e-9 * (np.abs(gaps).max() or 1.0)))


def placebo_p(gaps: Array, start: int, effect: float) -> float:
    """Share of units whose mean gap after the start beside that before is at least the first unit's, less an effect."""
    tried = gaps.copy()
    tried[0, start:] -= effect
    ratio = _ratio(tried, start)
    return float((ratio >= ratio[0] - 1e-12).mean())


def placebo_interval(gaps: Array, start: int, level: float) -> tuple[float, float]:
    """Effects that are not rejected: the changed unit's ratio stays under the largest but few of the placebos'."""
    ratio = _ratio(gaps, start)[1:]
    may = int(np.floor(level * len(gaps) + 1e-9)) - 1  # placebos that may lie above and the effect still be rejected
    if may < 0:
        return -np.inf, np.inf
    limit = float(np.sort(ratio)[::-1][may])
    before = float(np.sqrt((gaps[0, :start] ** 2).mean()))
    middle = float(gaps[0, start:].mean())
    return middle - limit * before, middle + limit * before


def first_gap(task: ControlTask) -> float:
    """The changed unit's mean gap from the start on."""
    w, _, _ = task.weights(0, list(range(1, len(task.y))))
    gap = task.y[0] - w @ task.y[1:]
    return float(gap[task.start :].mean())


def without_each(task: ControlTask, weights: Array) -> Array:
    """Estimates without each donor that carries weight, the heaviest first."""
    heavy = [int(j) for j in np.argsort(-weights) if weights[j] > _CARRIES]
    return np.array(
        [
            first_gap(replace(task, y=np.delete(task.y, j + 1, axis=0), x=np.delete(task.x, j + 1, axis=0)))
            for j in heavy
        ]
    )
