"""Differences between groups beside the groups' own figures: what one of them tells of the other.

A shown figure and a difference from it are the other figure. Where a table hides a group so that a small one does not
follow by subtraction, its difference would bring it back.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.people_behind_rows import are_differences, refuse_differences
from hybrid_toolkit.disclosure.protect import Decisions, counted
from hybrid_toolkit.disclosure.release import Release, require_release
from hybrid_toolkit.errors import DisclosureError

_KEYS = ("group", "reference")


def hide_untold_groups(
    frame: pd.DataFrame, hide: NDArray[np.bool_], groups: Release | None
) -> tuple[NDArray[np.bool_], Decisions]:
    """Hide the differences of which the released table hides either group, or does not show it.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an estimate; differences have ``group`` and ``reference``.
    hide : NDArray[np.bool_]
        The rows hidden so far, of shape (rows,).
    groups : Release | None
        The released table of the same groups, with ``group`` and ``suppressed``.

    Returns
    -------
    tuple[NDArray[np.bool_], Decisions]
        The rows to hide, and the decisions.

    Raises
    ------
    DisclosureError
        DIFFERENCES-ALONE; DIFFERENCES-GROUPS, the table has no ``group``.
    """
    if not are_differences(frame):
        return hide, ()
    if groups is None:
        refuse_differences(frame)
    table = require_release(groups, kinds=("table",)).content
    if not {_KEYS[0], "suppressed"} <= set(table):
        raise DisclosureError(
            "groups= is a table without the columns 'group' and 'suppressed', so that what it hides cannot be read.",
            fix="Pass the table that report.measured.measure_released(data, metric, by=...) gives.",
            code="DIFFERENCES-GROUPS",
        )
    shown = set(table.loc[~table["suppressed"].astype(bool), _KEYS[0]].astype(str))
    untold = ~np.logical_and(*(frame[c].astype(str).isin(shown).to_numpy() for c in _KEYS))
    why = "the table of the groups does not show both"
    return hide | untold, counted("secondary", int((untold & ~hide).sum()), len(frame), "estimates", why)
