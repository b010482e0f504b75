"""Whether the exposure of a study over time agrees with the start that is named for each unit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.model_columns import noun
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.study.declaration.study_spec import StudySpec


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
