"""Whether the data have the rows of a study, and values in what it names: if not, what is missing and what can be used.

What is put forward in place of a column is what these data hold and what varies in them, beside the other side of the
study: a column that is as empty as the first would end in the same error.
"""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.study_frames import build_frame, table_needs
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.declaration.toml_text import nearest
from hybrid_toolkit.study.units import UNITS

_MOST = 12
"""Columns that a message names in place of the one that cannot be used."""


def check_measured(frame: pd.DataFrame, study: StudySpec, data: EvaluationData | None = None) -> None:
    """There are rows, every outcome has values, and where it has, the exposure and the groups to compare take two.

    Parameters
    ----------
    frame : pd.DataFrame
        The rows of the study.
    study : StudySpec
        The declaration.
    data : EvaluationData | None, optional
        The tables that the rows come from, to say what is missing and what can be used instead.

    Raises
    ------
    StudyError
        ``ROWS-NONE``, the tables make no row of the study's unit; ``OUTCOME-EMPTY``, no row has a value of an outcome;
        ``EXPOSURE-CONSTANT``, no two rows differ in the exposure; ``NEVER-TOGETHER``, none of those in which an outcome
        is known; ``MODERATOR-CONSTANT``, these are of one group.
    """
    if frame.empty and data is not None:
        _no_rows(study, data)
    for outcome in study.outcomes:
        if len(frame) and not frame[outcome].notna().any():
            raise StudyError(
                f"none of the {len(frame):,} rows has a value of the outcome '{outcome}'{_asked(outcome, data)}.",
                fix=f"Ask for the outcome in the data{_instead(outcome, study, data)}",
                code="OUTCOME-EMPTY",
            )
    levels = int(frame[study.exposure].nunique())
    if len(frame) and levels < 2 and not study.first_treated:
        what = "has no value" if levels == 0 else "is the same"
        raise StudyError(
            f"the exposure '{study.exposure}' {what} in all {len(frame):,} rows: no rows can be compared by it.",
            fix=f"Add rows that differ in it{_instead(study.exposure, study, data)}",
            code="EXPOSURE-CONSTANT",
        )
    for outcome in study.outcomes if len(frame) and not study.first_treated else ():
        known = frame[frame[outcome].notna()]
        if known[study.exposure].nunique() < 2:
            raise StudyError(
                f"the exposure '{study.exposure}' is the same in all {len(known):,} rows in which the outcome "
                f"'{outcome}' is known: no rows can be compared by it.",
                fix=f"Record the outcome in rows that differ in it{_instead(outcome, study, data)}",
                code="NEVER-TOGETHER",
            )
        _check_groups(known, outcome, study, data)


def _no_rows(study: StudySpec, data: EvaluationData) -> None:
    """Say which tables or columns, without which there is no row of this unit, hold nothing."""
    unit, empty = UNITS[study.row_unit], []
    tables = [t for t in table_needs(study.row_unit, study.columns, study.metrics) if not len(data[t])]
    empty += [f"table '{t}' has no rows" for t in tables]
    for name in unit.made_by:
        table, column = name.split(".")
        if table not in tables and not data[table][column].notna().any():
            empty.append(f"no row of table '{table}' ({len(data[table]):,}) has a value of '{column}'")
    raise StudyError(
        f"the data have no {unit.plural}, of which a study of unit '{study.row_unit}' is made. They come from "
        f"{', '.join(unit.made_by)}: {'; '.join(empty) or 'each has values, and none of them belong together'}.",
        fix="Check the filter that made the data, or load data in which at least 2 of them are on record.",
        code="ROWS-NONE",
    )


def _check_groups(known: pd.DataFrame, outcome: str, study: StudySpec, data: EvaluationData | None) -> None:
    """That rows in which an outcome is known are of more than one group."""
    for moderator in study.moderators:
        groups = int(known[moderator].nunique())
        if groups < 2:
            what = "has no value" if groups == 0 else "is the same"
            raise StudyError(
                f"the moderator '{moderator}' {what} in all {len(known):,} rows in which the outcome '{outcome}' is "
                "known: there are no two groups to compare.",
                fix=f"Add rows of another group, or use another moderator. {_instead(moderator, study, data)}",
                code="MODERATOR-CONSTANT",
            )


def _asked(outcome: str, data: EvaluationData | None) -> str:
    """Which instrument was not asked, where the outcome is a scale of one."""
    named = [i.id for i in instruments_in("survey") if any(s.id == outcome for s in i.scales)]
    if not named or data is None or not data.has("survey", "instrument"):
        return ""
    return f": table 'survey' has no answers with instrument '{named[0]}'"


def _instead(column: str, study: StudySpec, data: EvaluationData | None) -> str:
    """The columns of the same rows that these data fill and that vary, the nearest first."""
    if study.row_unit not in UNITS or data is None:
        return ", or use another."
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
    can = _varying(can, column, study, data)
    if not can:
        return "; no other column of these rows has 2 values."
    # another scale before a column of another kind, where the column is a scale
    can.sort(key=lambda c: (column in scales) and c not in scales)
    named = f"{', '.join(can[:_MOST])}{', ...' if len(can) > _MOST else ''}"
    return f", or use another. {nearest([column], can)}These rows have: {named}."


def _varying(can: list[str], column: str, study: StudySpec, data: EvaluationData) -> list[str]:
    """Those of the columns that take two values where the other side of the study is known, and let it take two too.

    Groups that are compared are two: in place of a moderator stands a column that is yes or no.
    """
    other = study.exposure if column in study.outcomes else study.outcome
    rows = build_frame(data, study.row_unit, [*can, other], study.metrics)
    least = min(2, int(rows[other].nunique()))  # one value of the other side is another error than this one
    out = []
    for c in can:
        both = rows[[c, other]].dropna() if least else rows[[c]].dropna()
        two = both[c].nunique() > 1 and (not least or both[other].nunique() >= least)
        if two and (column not in study.moderators or both[c].isin([0, 1]).all()):
            out.append(c)
    return out
