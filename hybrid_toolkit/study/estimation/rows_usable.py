"""Whether the rows of a study can answer it: outcomes held, an exposure that varies and agrees with the starts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.designs.model_columns import noun
from hybrid_toolkit.errors import EstimationError, StudyError
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


def check_starts(frame: pd.DataFrame, study: StudySpec) -> None:
    """A yes/no exposure turns on at the unit's start and stays on; the estimators read the start alone.

    An exposure of other values, such as a dose, is left to its design.

    Parameters
    ----------
    frame : pd.DataFrame
        The rows of the study.
    study : StudySpec
        A study; one whose design needs no start is left alone.

    Raises
    ------
    EstimationError
        ``TREATMENT-REVERSES``, the exposure is switched off again; ``EXPOSURE-START``, it is on before the start, or
        off from it on.
    """
    if "first_treated" not in study.design_used.needs:
        return
    rows = frame[[study.exposure, study.panel_id, study.time, study.first_treated]].dropna(
        subset=[study.exposure, study.panel_id, study.time]
    )
    exposure = rows[study.exposure]
    plain = pd.api.types.is_numeric_dtype(exposure) or pd.api.types.is_bool_dtype(exposure)
    if not plain or not exposure.isin([0, 1]).all():
        return
    on = exposure.astype("float64").to_numpy() == 1
    _stays_on(rows.assign(on_=on), study)
    try:
        named = rows[study.first_treated].notna() & rows[study.first_treated].ne(0)
        due = (named & (rows[study.time] >= rows[study.first_treated])).to_numpy()
    except TypeError:  # another kind of value than the periods, which the design itself tells
        return
    apart = np.asarray(due, dtype=bool) != on
    if apart.any():
        units = rows.loc[apart, study.panel_id].nunique()
        raise EstimationError(
            f"'{study.exposure}' and '{study.first_treated}' disagree in {int(apart.sum()):,} row(s) of {units} "
            f"{noun(study.panel_id, many=units != 1)}: the exposure is on before the start, or off from it on.",
            fix=f"Set '{study.exposure}' to 1 from the period in '{study.first_treated}' onwards and 0 before; "
            "leave the start empty where there is none.",
            code="EXPOSURE-START",
        )


def _stays_on(rows: pd.DataFrame, study: StudySpec) -> None:
    try:
        ordered = rows.sort_values([study.panel_id, study.time], kind="stable")
    except TypeError:
        return
    by_period = ordered.groupby([study.panel_id, study.time], sort=False)["on_"].max()
    steps = by_period.astype(int).groupby(level=0).diff()
    back = int(steps.lt(0).groupby(level=0).any().sum())
    if back:
        raise EstimationError(
            f"'{study.exposure}' is switched off again in {back} {noun(study.panel_id, many=back != 1)}: design "
            f"'{study.design}' needs a change that stays once it has started.",
            fix="Exclude the periods after the change is taken back, or estimate a slope within units with the design "
            "'within-worker' or 'two-way-panel'.",
            code="TREATMENT-REVERSES",
        )
