"""A panel whose rows already lie unit by unit in the order of time: read in one pass over each column.

Most panels are stored so. Nothing then has to be sorted, coded or copied; whatever is not so is left to the reader in
``panel_data``, with its errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).max
"""Start of a unit that is not treated while it is observed."""
_MOST_PERIODS = 4096
"""Rows in which the first period must come again: longer panels are read as any other."""


@dataclass(frozen=True, slots=True, eq=False)
class PanelBlocks:
    """A panel as units by periods.

    Parameters
    ----------
    units : NDArray[np.generic]
        Labels of the units, rising.
    times : NDArray[np.generic]
        Labels of the periods, rising.
    start : NDArray[np.int64]
        Units; position of the first treated period, or ``NEVER``.
    clusters : NDArray[np.int64]
        Units; codes.
    """

    units: NDArray[np.generic]
    times: NDArray[np.generic]
    start: NDArray[np.int64]
    clusters: NDArray[np.int64]


def blocks_of(
    frame: pd.DataFrame, *, outcome: str, panel_id: str, time: str, first_treated: str, cluster: str | None
) -> PanelBlocks | None:
    """The panel of a frame of plain numbers in blocks of units; None where the frame is anything else.

    Parameters
    ----------
    frame : pd.DataFrame
        The rows.
    outcome : str
        Column of the outcome; one that lacks a value is read elsewhere.
    panel_id : str
        Column of the units, each in rows one after another, rising.
    time : str
        Column of the periods, the same for every unit, rising.
    first_treated : str
        Column of the first treated period; missing, 0, infinite or after the last period means never.
    cluster : str | None
        Column of clusters of whole units; each unit where it is left out.

    Returns
    -------
    PanelBlocks | None
        The panel, or None.

    Examples
    --------
    >>> f = pd.DataFrame({"team": [1, 1, 2, 2], "year": [3, 4] * 2, "y": [0.0, 1, 2, 3], "start": [4, 4, 0, 0]})
    >>> found = blocks_of(f, outcome="y", panel_id="team", time="year", first_treated="start", cluster=None)
    >>> found.times.tolist(), found.start.tolist() == [1, NEVER]
    ([3, 4], True)
    >>> blocks_of(f[::-1], outcome="y", panel_id="team", time="year", first_treated="start", cluster=None) is None
    True
    """
    y, unit, when, begun = (_plain(frame, c) for c in (outcome, panel_id, time, first_treated))
    if y is None or unit is None or when is None or begun is None or not len(y) or not np.isfinite(y.min()):
        return None
    again = np.flatnonzero(when[1:_MOST_PERIODS] == when[0])
    periods = int(again[0]) + 1 if len(again) else 0
    if periods < 2 or len(y) % periods:
        return None
    times = when[:periods]
    units, start = _one_a_block(unit, periods), _one_a_block(begun, periods)
    if units is None or start is None or not (np.diff(units) > 0).all() or not (np.diff(times) > 0).all():
        return None
    if not np.isfinite(times).all() or not (when.reshape(-1, periods) == times).all():
        return None
    clusters = np.arange(len(units), dtype=np.int64)
    if cluster is not None:
        group = _plain(frame, cluster)
        each = None if group is None else _one_a_block(group, periods)
        if each is None or not np.isfinite(each).all():
            return None
        clusters = np.unique(each, return_inverse=True)[1].astype(np.int64)
    never = ~np.isfinite(start) | (start == 0)
    place = np.searchsorted(times, np.where(never, times[0], start))
    return PanelBlocks(units, times, np.where(never | (place >= periods), NEVER, place).astype(np.int64), clusters)


def _plain(frame: pd.DataFrame, name: str) -> NDArray[np.generic] | None:
    """A column of numpy's numbers; None for any other, or none or several of that name."""
    values = frame.get(name)
    if not isinstance(values, pd.Series) or not isinstance(values.dtype, np.dtype) or values.dtype.kind not in "if":
        return None
    return np.asarray(values.to_numpy())


def _one_a_block(values: NDArray[np.generic], periods: int) -> NDArray[np.generic] | None:
    """The one value of each block of rows, missing ones alike; None where a block has several."""
    table = values.reshape(-1, periods)
    first = table[:, 0]
    same = table == first[:, None]
    if same.all():
        return first
    gone = np.isnan(first)
    return first if same[~gone].all() and np.isnan(table[gone]).all() else None
