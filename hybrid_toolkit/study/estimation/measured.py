"""Whether the rows of a study hold its outcomes, and its exposure varies over them: asked before any fit."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.study_frames import table_needs
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.declaration.toml_text import nearest
from hybrid_toolkit.study.units import UNITS

_MOST = 12
"""Columns that a message names in place of the one that cannot be used."""


def check_measured(frame: pd.DataFrame, study: StudySpec, data: EvaluationData | None = None) -> None:
    """Every outcome has values, and the exposure takes two or more.

    Parameters
    ----------
    frame : pd.DataFrame
        The rows of the study.
    study : StudySpec
        The declaration.
    data : EvaluationData | None, optional
        The tables that the rows come from, to say what can be used instead.

    Raises
    ------
    StudyError
        ``OUTCOME-EMPTY``, no row has a value of an outcome; ``EXPOSURE-CONSTANT``, no two rows differ in the exposure.
    """
    for outcome in study.outcomes:
        if len(frame) and not frame[outcome].notna().any():
            raise StudyError(
                f"none of the {len(frame):,} rows has a value of the outcome '{outcome}'{_asked(outcome, data)}.",
                fix=f"Ask for the outcome in the data, or use another. {_instead(outcome, study, data)}",
                code="OUTCOME-EMPTY",
            )
    levels = int(frame[study.exposure].nunique())
    if len(frame) and levels < 2 and not study.first_treated:
        what = "has no value" if levels == 0 else "is the same"
        raise StudyError(
            f"the exposure '{study.exposure}' {what} in all {len(frame):,} rows: no rows can be compared by it.",
            fix=f"Add rows that differ in it, or use another. {_instead(study.exposure, study, data)}",
            code="EXPOSURE-CONSTANT",
        )


def _asked(outcome: str, data: EvaluationData | None) -> str:
    """Which instrument was not asked, where the outcome is a scale of one."""
    named = [i.id for i in instruments_in("survey") if any(s.id == outcome for s in i.scales)]
    if not named or data is None or not data.has("survey", "instrument"):
        return ""
    return f": table 'survey' has no answers with instrument '{named[0]}'"


def _instead(column: str, study: StudySpec, data: EvaluationData | None) -> str:
    """The columns of the same rows that the data can give, the nearest first."""
    if study.row_unit not in UNITS or data is None:
        return ""
    held = set(data["survey"]["instrument"].dropna().unique()) if data.has("survey", "instrument") else set()
    scales = {s.id: i.id for i in instruments_in("survey") for s in i.scales}
    taken = {column, *study.columns}
    can = [
        c
        for c in UNITS[study.row_unit].measures
        if c not in taken
        and (c not in scales or scales[c] in held)
        and all(data.has(t, *cs) for t, cs in table_needs(study.row_unit, [c]).items())
    ]
    # another scale before a column of another kind, where the column is a scale
    can.sort(key=lambda c: (column in scales) and c not in scales)
    return f"{nearest([column], can)}These rows have: {', '.join(can[:_MOST])}{', ...' if len(can) > _MOST else ''}."
