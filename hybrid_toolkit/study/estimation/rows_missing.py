"""What an error says where the data lack the rows of a study, or values in what it names: what is missing, what to use.

What is put forward in place of a column is what these data hold and what varies in them, beside the other side of the
study: a column that is as empty as the first would end in the same error.
"""

from __future__ import annotations

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.study_frames import build_frame, table_needs
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.declaration.toml_text import nearest
from hybrid_toolkit.study.units import UNITS

_MOST = 12
"""Columns that a message names in place of the one that cannot be used."""


def no_rows(study: StudySpec, data: EvaluationData) -> StudyError:
    """``ROWS-NONE``: which tables or columns, without which there is no row of this unit, hold nothing."""
    unit, empty = UNITS[study.row_unit], []
    tables = [t for t in table_needs(study.row_unit, study.columns, study.metrics) if not len(data[t])]
    empty += [f"table '{t}' has no rows" for t in tables]
    for name in unit.made_by:
        table, column = name.split(".")
        if table not in tables and not data[table][column].notna().any():
            empty.append(f"no row of table '{table}' ({len(data[table]):,}) has a value of '{column}'")
    return StudyError(
        f"the data have no {unit.plural}, of which a study of unit '{study.row_unit}' is made. They come from "
        f"{', '.join(unit.made_by)}: {'; '.join(empty) or 'each has values, and none of them belong together'}.",
        fix="Check the filter that made the data, or load data in which at least 2 of them are on record.",
        code="ROWS-NONE",
    )


def not_asked(outcome: str, data: EvaluationData | None) -> str:
    """Which instrument was not asked, where the outcome is a scale of one."""
    named = [i.id for i in instruments_in("survey") if any(s.id == outcome for s in i.scales)]
    if not named or data is None or not data.has("survey", "instrument"):
        return ""
    return f": table 'survey' has no answers with instrument '{named[0]}'"


def instead(column: str, study: StudySpec, data: EvaluationData | None, *, another: str = "") -> str:
    """The columns of the same rows that these data fill and that vary, the nearest first."""
    use = f", or use another{another and ' '}{another}."
    if study.row_unit not in UNITS or data is None:
        return use
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
    return f"{use} {nearest([column], can)}These rows have: {named}."


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
