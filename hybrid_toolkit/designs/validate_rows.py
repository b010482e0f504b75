"""What every design asks before an answer counts: rows that can be computed with, and more than one cluster a side."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns, noun
from hybrid_toolkit.errors import CoverageError, EstimationError, plural
from hybrid_toolkit.models.inference.clusters import ALONE, sides
from hybrid_toolkit.models.inference.randomised_trial import RandomisedFit
from hybrid_toolkit.models.rollout.random_order import RandomOrderFit
from hybrid_toolkit.models.rollout.two_by_two import TwoByTwoFit
from hybrid_toolkit.models.series.synthetic_did import SyntheticDidFit
from hybrid_toolkit.models.terms.arguments import check_column, numbers
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows

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
    hybrid_toolkit.errors.EstimationError: [NOT-FINITE] column 'y' holds 1 number that is infinite or beyond 1e+100, first at rows [2]. How to fix: Leave these rows out, or set them to missing.
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
            f"{plural(len(twice), 'column is', 'columns are')} there more than once: {', '.join(twice)}.",
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
            f"column '{name}' holds {plural(other, 'value')} other than yes and no (1 and 0).",
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


HOLD_WITH_FEW = (TwoByTwoFit, RandomOrderFit, RandomisedFit, SyntheticDidFit)
"""Fits whose inference is made for few treated units: Welch's on changes, lotteries, placebos."""


def clusters_behind(frame: pd.DataFrame, fit: DesignFit) -> float:
    """Clusters on the smaller side of what a design compares, or their effective number where that is less.

    As the fit counts them; where it does not, those of the plan's cluster that come under the policy, or never do, or
    that hold each value of a yes/no exposure. All clusters where the exposure takes many values.

    Examples
    --------
    >>> f = pd.DataFrame({"y": range(8), "x": [0, 0, 0, 0, 0, 0, 1, 1], "team": list("aabbccdd")})
    >>> class Fit:
    ...     n_clusters = 4
    >>> clusters_behind(f, DesignFit(ModelColumns("y", "x", "team"), pd.DataFrame(), Fit()))
    1.0
    """
    own = getattr(fit.fit, "clusters_behind", None)
    if own is not None:
        return float(own(fit.plan.target) if fit.plan.target in getattr(fit.fit, "terms", ()) else own())
    plan = fit.plan
    found = _of_policy(frame, plan) if plan.first_treated and plan.time else _of_exposure(frame, plan)
    return float(min(found, fit.fit.n_clusters))


def _of_policy(frame: pd.DataFrame, plan: ModelColumns) -> float:
    """Clusters that come under the policy within the periods, or those that are not under it when others are."""
    rows = complete_rows(frame, [plan.outcome, plan.cluster, plan.time])
    first_treated = frame.loc[rows.index, plan.first_treated]
    on = first_treated.notna() & (rows[plan.time] >= first_treated.where(first_treated.notna(), rows[plan.time].max()))
    if not on.any():
        return float(rows[plan.cluster].nunique())
    late = rows[plan.time] >= rows.loc[on, plan.time].min()
    return float(min(rows.loc[on, plan.cluster].nunique(), rows.loc[late & ~on, plan.cluster].nunique()))


def _of_exposure(frame: pd.DataFrame, plan: ModelColumns) -> float:
    """Clusters on the smaller side of a yes/no exposure, within the smaller group where there is a moderator."""
    names = [plan.outcome, plan.exposure, plan.cluster, *([plan.moderator] if plan.moderator else [])]
    rows = complete_rows(frame, names)
    if not len(rows):
        return np.inf
    text = not (pd.api.types.is_numeric_dtype(rows[plan.exposure]) or pd.api.types.is_bool_dtype(rows[plan.exposure]))
    x = codes(rows, plan.exposure).astype(np.float64) if text else numbers(rows, plan.exposure)
    group = codes(rows, plan.cluster)
    if not plan.moderator:
        return sides(x, group)
    inside = numbers(rows, plan.moderator) == 1
    parts = [(x[at], np.unique(group[at], return_inverse=True)[1]) for at in (inside, ~inside) if at.any()]
    return min(sides(values, code) for values, code in parts)


def not_alone(fit: DesignFit, frame: pd.DataFrame) -> DesignFit:
    """The fit itself, once more than one cluster stands on either side of what it compares.

    Raises
    ------
    EstimationError
        ``ONE-CLUSTER``, one does: an interval over clusters cannot be learned from it.
    """
    if isinstance(fit.fit, HOLD_WITH_FEW) or not clusters_behind(frame, fit) < ALONE:
        return fit
    one, many = noun(fit.plan.cluster), noun(fit.plan.cluster, many=True)
    raise EstimationError(
        f"1 {one} of '{fit.plan.cluster}' carries one side of what is compared, or nearly all of it "
        f"({fit.fit.n_clusters} {many} in all): an interval over {many} cannot be learned from one.",
        fix=f"Choose a design made for one {one} that changed: synthetic-control (5 or more unchanged "
        "units, 5 or more periods before) or interrupted-series (over 12 periods a side); with 2 or more changed "
        f"{many} of the design two-by-two, whose placebo in space is a randomisation test. Where nothing changed on a "
        f"date, ask it of more {many}, such as those of several services.",
        code="ONE-CLUSTER",
    )
