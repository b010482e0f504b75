"""Who stands on either side of a comparison: never one team or one person against the rest."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.designs.model_columns import noun
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.result import Check
from hybrid_toolkit.study.declaration.study_spec import StudySpec

MIN_ROWS, MIN_CLUSTERS = 10, 5
"""Rows and clusters of either side below which a claim is lowered."""


def check_comparison_groups(frame: pd.DataFrame, study: StudySpec, outcome: str) -> Check | None:
    """Whether each side of a yes/no exposure or moderator lies in several clusters; None where nothing is two-sided.

    A design with a start over time names its one authority or few teams itself and has checks of its own for that.

    Parameters
    ----------
    frame : the study's rows. study : the declaration. outcome : column.

    Raises
    ------
    StudyError : a side lies in one cluster, so that it is named by the comparison.
    """
    if study.first_treated:
        return None
    found: list[tuple[int, int]] = []
    for column in (study.exposure, *study.moderators):
        if column == study.cluster or frame[column].nunique() != 2:
            continue
        used = frame[[column, study.cluster, outcome]].dropna()
        sides = used.groupby(column)[study.cluster].agg(["nunique", "size"])
        found.append((int(sides["nunique"].min()), int(sides["size"].min())))
        if found[-1][0] < 2:
            raise StudyError(
                f"one side of '{column}' lies in a single {noun(study.cluster)}: that would compare one with the rest.",
                fix="Compare groups of several; no one team or person is ranked or told about.",
                code="ONE-SIDE",
            )
    if not found:
        return None
    good = all(few >= MIN_CLUSTERS and rows >= MIN_ROWS for few, rows in found)
    told = f"{MIN_ROWS} rows in {MIN_CLUSTERS} {noun(study.cluster, many=True)} or more"
    message = f"Both sides that are compared have {told}." if good else f"One side that is compared has not {told}."
    return Check("sides", good, message, None, MIN_CLUSTERS)
