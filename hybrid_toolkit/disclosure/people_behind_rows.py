"""Who stands behind each row of a frame: people, said by the frame itself or by a column that is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.errors import DisclosureError

CARRIED = ("n_people", "people", "rests_on")
"""Columns in which measured frames and results carry the people behind each row."""
OF_A_SIDE = "n_people_"
"""How columns begin that count the people of one side of a difference (``n_people_reference``)."""
OTHER_SIDE = "n_people_reference"
"""Of a difference, the people of the group that others are compared with."""
REASON = "n_people_reason"
"""Column that says why nobody stands behind a row, such as an authority's year."""


def people_behind(frame: pd.DataFrame, named: str | None, *, count: str, whole: bool = False) -> NDArray[np.float64]:
    """The fewest people that any column says stand behind each row.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a cell or an estimate.
    named : str | None
        Column that the caller names; a column that the frame carries counts as well where it says fewer.
    count : str
        Column of counts, used for rows behind which nobody stands by the frame's own reason.
    whole : bool, default False
        Rows of whole authorities, behind which single people need not be counted.

    Returns
    -------
    NDArray[np.float64]
        Array of shape (rows,); NaN where a column is there but says nothing.

    Raises
    ------
    DisclosureError
        PEOPLE-UNSAID, no column says who stands behind the rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"n": [300, 200], "n_people": [40, 3]})
    >>> people_behind(rows, None, count="n").tolist(), people_behind(rows, "n", count="n").tolist()
    ([40.0, 3.0], [40.0, 3.0])
    """
    carried = [c for c in frame if c in CARRIED or (str(c).startswith(OF_A_SIDE) and c != REASON)]
    columns = list(dict.fromkeys([*([named] if named else []), *carried]))
    counts = pd.to_numeric(frame[count], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if not columns:
        if whole:
            return counts
        raise DisclosureError(
            "The frame does not say who stands behind its rows.",
            fix="Pass the frame that ht.measure gives, which carries n_people, or name the column of distinct people: "
            f"people='n_people'. Where each unit that '{count}' counts is one person, say people='{count}'.",
            code="PEOPLE-UNSAID",
        )
    said = np.column_stack(
        [pd.to_numeric(frame[c], errors="coerce").to_numpy(dtype=float, na_value=np.nan) for c in columns]
    )
    found = np.where(np.isnan(said), np.inf, said).min(axis=1)
    found[np.isinf(found)] = np.nan
    if REASON in frame:
        nobody = frame[REASON].fillna("").astype(str).str.strip().ne("").to_numpy()
        found = np.where(nobody & np.isnan(found), counts, found)
    return np.asarray(found, dtype=np.float64)


def are_differences(frame: pd.DataFrame) -> bool:
    """Whether the rows are differences as ``measure_differences`` gives them: they carry the other side's people.

    Examples
    --------
    >>> are_differences(pd.DataFrame({"group": ["a"], "n_people_reference": [12]})), are_differences(pd.DataFrame())
    (True, False)
    """
    return OTHER_SIDE in frame


def refuse_differences(frame: pd.DataFrame) -> None:
    """Refuse differences that would leave without the table of their groups.

    Raises
    ------
    DisclosureError
        DIFFERENCES-ALONE.
    """
    if are_differences(frame):
        raise DisclosureError(
            "The rows are differences between groups: with one group's figure each tells the other's, also where a "
            "table hides it.",
            fix="Use report.measured_differences.release_differences(data, metric, by=...), which makes both; or pass "
            "the released table of the same groups: gate.estimates(rows, title=..., groups=table).",
            code="DIFFERENCES-ALONE",
        )
