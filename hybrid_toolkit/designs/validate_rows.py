"""What every design asks of its rows before a fit: columns that are there once, values that can be computed with."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns
from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.terms.terms import check_column, numbers

NOTHING_LEFT = 1e-10
"""A standard error under this share of the outcome's spread a unit of exposure is no more than rounding."""


def plain_rows(frame: pd.DataFrame, plan: ModelColumns) -> pd.DataFrame:
    """The rows numbered anew; a start that is 0 or infinite is missing, as for a unit that never starts.

    Examples
    --------
    >>> f = pd.DataFrame({"begin": [0.0, 3.0, np.inf]}, index=[7, 7, 8])
    >>> plain_rows(f, ModelColumns("y", "x", "g", first_treated="begin"))["begin"].tolist()
    [nan, 3.0, nan]
    """
    rows = frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index(drop=True)
    if plan.first_treated not in rows or not pd.api.types.is_numeric_dtype(rows[plan.first_treated]):
        return rows
    # an infinite start is one that never comes, which ``numbers`` would refuse
    first_treated = pd.Series(rows[plan.first_treated].to_numpy(dtype=np.float64, na_value=np.nan), index=rows.index)
    never = first_treated.eq(0) | np.isinf(first_treated)
    return rows.assign(**{plan.first_treated: first_treated.mask(never)}) if never.any() else rows


def validate_rows(frame: pd.DataFrame, plan: ModelColumns, needs: Collection[str]) -> pd.DataFrame:
    """The rows of a fit, once they can be computed with; the frame itself is not changed.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a unit.
    plan : ModelColumns
        The columns of the fit.
    needs : Collection[str]
        Fields that the design must be given.

    Raises
    ------
    CoverageError
        ``COLUMN-MISSING`` or ``COLUMN-TWICE``, a column is not there, or there under one name twice.
    EstimationError
        ``NO-ROWS``; ``ALL-MISSING``, a column without any value; ``NOT-FINITE``, infinite values; ``NOT-BINARY``, a
        moderator or an answer that is not yes or no; ``TERM-NOT-NUMERIC``, an exposure over time that is text;
        ``TREATMENT-KIND``, starts that cannot be compared with the periods.

    Examples
    --------
    >>> validate_rows(pd.DataFrame({"y": [1.0, np.inf], "x": [0, 1], "g": [1, 2]}), ModelColumns("y", "x", "g"), ())
    Traceback (most recent call last):
    hybrid_toolkit.errors.EstimationError: [NOT-FINITE] column 'y' holds 1 number(s) that are infinite or beyond 1e+100, first at rows [2]. How to fix: Leave these rows out, or set them to missing.
    """  # noqa: E501
    values = (plan.outcome, plan.exposure, plan.moderator, plan.entry, plan.duration, *plan.confounders)
    values += (*plan.instruments, *plan.fixed_effects, *(plan.mediators if "mediators" in needs else ()))
    filled = [c for c in dict.fromkeys((*values, plan.cluster, plan.panel_id, plan.time)) if c]
    others = (plan.groups, plan.colleagues, plan.responded, plan.first_treated, *plan.placebos)
    _columns(frame, [*filled, *(c for c in others if c)])
    if frame.empty:
        raise EstimationError("the data have no rows.", fix="Check the filter that made them.", code="NO-ROWS")
    rows = plain_rows(frame, plan)
    for name in filled:
        _values(rows, name)
    for name in (plan.moderator, plan.responded):
        if name:
            _yes_or_no(rows, name)
    if plan.first_treated and "first_treated" in needs:
        numbers(rows, plan.exposure)
        _comparable(rows, plan)
    return rows


def determined(fit: DesignFit, rows: pd.DataFrame) -> DesignFit:
    """The fit itself, once something is left over for its interval.

    Raises
    ------
    EstimationError
        ``PERFECT-FIT``, the standard error is rounding: the outcome is determined by the other columns.
    """
    plan, error = fit.plan, float(fit.row["std_error"].iloc[0])
    if not error <= NOTHING_LEFT * _spread(rows, plan.outcome) / (_spread(rows, plan.exposure) or 1.0):
        return fit
    raise EstimationError(
        f"nothing is left over: the other columns determine '{plan.outcome}' exactly, so there is no interval.",
        fix="Check whether the outcome was made from the exposure or from a column that is adjusted for.",
        code="PERFECT-FIT",
    )


def _spread(rows: pd.DataFrame, name: str) -> float:
    values = rows[name]
    if not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)):
        return 1.0
    return float(np.nanstd(numbers(rows, name)))


def _columns(frame: pd.DataFrame, names: list[str]) -> None:
    absent = [c for c in names if c not in frame.columns]
    if len(absent) > 1 and all(c.isidentifier() for c in absent):
        raise CoverageError(
            f"the data lack {len(absent)} columns that the model needs: {', '.join(absent)}.",
            fix="Add the columns, or leave them out of the study.",
            code="COLUMN-MISSING",
        )
    for name in absent:
        check_column(frame, name)
    twice = [c for c in names if isinstance(frame[c], pd.DataFrame)]
    if twice:
        raise CoverageError(
            f"{len(twice)} column(s) are there more than once: {', '.join(twice)}.",
            fix="Rename the columns so that each name is used once.",
            code="COLUMN-TWICE",
        )


def _values(rows: pd.DataFrame, name: str) -> None:
    column = rows[name]
    if column.isna().all():
        raise EstimationError(
            f"column '{name}' holds no value in its {len(rows):,} rows.",
            fix="Check how it was read or joined, or leave it out of the study.",
            code="ALL-MISSING",
        )
    if not pd.api.types.is_float_dtype(column) and not pd.api.types.is_integer_dtype(column):
        return
    numbers(rows, name)  # raises NOT-FINITE


def _yes_or_no(rows: pd.DataFrame, name: str) -> None:
    column = rows[name].dropna()
    other = int((~column.isin([0, 1])).sum())
    if other:
        raise EstimationError(
            f"column '{name}' holds {other:,} value(s) other than yes and no (1 and 0).",
            fix="Name a yes/no column: a moderator splits the rows in two, an answer was given or was not.",
            code="NOT-BINARY",
        )


def _comparable(rows: pd.DataFrame, plan: ModelColumns) -> None:
    first_treated, times = rows[plan.first_treated].dropna(), rows[plan.time].dropna()
    if first_treated.empty:
        return
    try:
        np.asarray(times >= first_treated.iloc[0])
    except TypeError:
        raise EstimationError(
            f"column '{plan.first_treated}' cannot be compared with the periods of '{plan.time}': expected "
            "the same kind of value.",
            fix="Write the first period under the policy in the form of the periods, or leave it empty for none.",
            code="TREATMENT-KIND",
        ) from None
