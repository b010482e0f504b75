"""Whether one or two people make up a total, from the data: the N-K rule and the p% rule, as ACRO asks them.

N-K: the two largest contributors hold more than 90% of the total. p%: what all others hold is less than 10% of the
largest contribution, so that the second largest could tell it within 10%. Source: Hundepool and others (2012),
"Statistical Disclosure Control"; the numbers are the defaults of ACRO (SACRO project, MIT licence).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGEST, MOST = 2, 0.9
"""Contributors of the N-K rule, and the share of a total that they may hold."""
WITHIN = 0.1
"""Share of the largest contribution that all but the two largest must reach (p% rule)."""


def dominated(values: NDArray[np.float64], people: NDArray[np.integer[Any]]) -> bool:
    """Whether a total or mean of these values is one or two people's.

    Parameters
    ----------
    values : NDArray[np.float64]
        What each unit adds; values below 0 are taken by size, missing ones are left out. Shape (units,).
    people : NDArray[np.integer[Any]]
        Code of the person of each unit, -1 where nobody is named. Shape (units,).

    Examples
    --------
    >>> dominated(np.array([1000.0, 3.0, 2.0, 4.0]), np.arange(4)), dominated(np.ones(12), np.arange(12))
    (True, False)
    """
    used = np.isfinite(values) & (people >= 0)
    if not used.any():
        return False
    held = np.sort(np.bincount(people[used], weights=np.abs(values[used])))[::-1]
    total = held.sum()
    if total <= 0:
        return False
    first = held[:_LARGEST].sum()
    return bool(first > MOST * total or total - first < WITHIN * held[0])
