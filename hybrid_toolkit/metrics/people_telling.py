"""By how many people a figure is told: fewer than stand behind it where a part of it rests on a few of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from hybrid_toolkit.metrics.intervals.interval import Estimate
from hybrid_toolkit.metrics.intervals.statistics import people_told
from hybrid_toolkit.metrics.people_and_groups import Behind, People


def people_telling(estimate: Estimate, where: npt.NDArray[np.bool_], people: People) -> Behind:
    """The people behind a figure, no more than tell the part of it that rests on the fewest.

    A mean, ratio or share rests on everyone in it. A figure made of several means rests on those of the mean with the
    fewest, and a slope on those whose outcomes it weighs.

    Parameters
    ----------
    estimate : Estimate
        The figure, over the rows ``where``.
    where : npt.NDArray[np.bool]
        Which units of the frame it was worked out from.
    people : People
        The people of every unit of the frame.

    Returns
    -------
    Behind
        The people.

    Examples
    --------
    Two means: of the second only two families tell.

    >>> import pandas as pd
    >>> families = People.named(pd.DataFrame({"family_id": list("abcdefgh")}), "contact")
    >>> both = Estimate(0.1, np.zeros(8), np.ones(8, dtype=bool), cell=np.repeat([0, 1], [6, 2]))
    >>> people_telling(both, np.ones(8, dtype=bool), families).n_people
    2
    """
    used = _of(estimate.used, where)
    if estimate.regression is not None:
        return people.telling(used, partial(people_told, estimate.regression))
    behind = people.count(used)
    if estimate.cell is None or behind.n_people is None:
        return behind
    cells = [people.count(_of(estimate.used & (estimate.cell == c), where)) for c in np.unique(estimate.cell)]
    return replace(behind, n_people=min([behind.n_people, *(c.n_people or 0 for c in cells)]))


def _of(rows: npt.NDArray[np.bool_], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Rows of a part of a frame as rows of the frame."""
    out = where.copy()
    out[where] = rows
    return out
