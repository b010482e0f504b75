"""Whether the rows of a study can answer it, and on how many people its answer rests.

Outcomes are held, the exposure varies and agrees with the starts. People are not the rows of a fit, but those whose
exposure tells it apart: a slope is a weighted sum of outcomes; the weights are what is left of the exposure once all
else in the model is out (Frisch and Waugh 1933). With s the squares of these weights added up over each person, the
estimate rests on (sum of s) squared over the sum of s squared: the people on the smaller side where the exposure is yes
or no, one where one far value carries the slope, about a third of all where it is spread like a bell (Kish 1965).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.designs import DesignFit
from hybrid_toolkit.designs.model_columns import ModelColumns, noun
from hybrid_toolkit.disclosure.minimum_counts import RESIDUAL_DF
from hybrid_toolkit.disclosure.policy import load_policy, withhold_text
from hybrid_toolkit.errors import EstimationError, StudyError, plural
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.estimation.rows_missing import instead, no_rows, not_asked


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
        raise no_rows(study, data)
    for outcome in study.outcomes:
        if len(frame) and not frame[outcome].notna().any():
            raise StudyError(
                f"none of the {len(frame):,} rows has a value of the outcome '{outcome}'{not_asked(outcome, data)}.",
                fix=f"Ask for the outcome in the data{instead(outcome, study, data)}",
                code="OUTCOME-EMPTY",
            )
    levels = int(frame[study.exposure].nunique())
    if len(frame) and levels < 2 and not study.first_treated:
        what = "has no value" if levels == 0 else "is the same"
        raise StudyError(
            f"the exposure '{study.exposure}' {what} in all {len(frame):,} rows: no rows can be compared by it.",
            fix=f"Add rows that differ in it{instead(study.exposure, study, data)}",
            code="EXPOSURE-CONSTANT",
        )
    for outcome in study.outcomes if len(frame) and not study.first_treated else ():
        known = frame[frame[outcome].notna()]
        if known[study.exposure].nunique() < 2:
            raise StudyError(
                f"the exposure '{study.exposure}' is the same in all {len(known):,} rows in which the outcome "
                f"'{outcome}' is known: no rows can be compared by it.",
                fix=f"Record the outcome in rows that differ in it{instead(outcome, study, data)}",
                code="NEVER-TOGETHER",
            )
        _check_groups(known, outcome, study, data)


def _check_groups(known: pd.DataFrame, outcome: str, study: StudySpec, data: EvaluationData | None) -> None:
    """That rows in which an outcome is known are of more than one group."""
    for moderator in study.moderators:
        groups = int(known[moderator].nunique())
        if groups < 2:
            what = "has no value" if groups == 0 else "is the same"
            raise StudyError(
                f"the moderator '{moderator}' {what} in all {len(known):,} rows in which the outcome '{outcome}' is "
                "known: there are no two groups to compare.",
                fix=f"Add rows of another group{instead(moderator, study, data, another='moderator')}",
                code="MODERATOR-CONSTANT",
            )


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
            f"'{study.exposure}' and '{study.first_treated}' disagree in {plural(int(apart.sum()), 'row')} of {units} "
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


RESTS_ON = "rests_on"
"""Column of a study's estimates with the people on whom each rests."""
PERSON_COLUMNS = ("worker_id", "family_id", "child_id", "person_id", "participant_id")
"""Columns that name the people of a row."""
MOST_REACH = 10
"""Times the range of the exposure that a contrast may be: two for odds of a yes are usual, a thousand is a slip."""
MOST_LEVELS = 400
"""Levels of a category that are held constant one by one; of more, each level's mean is taken out instead."""
_DUST = 1e-12
"""Share of a column's size under which what a mean taken away leaves of it is rounding."""


def people_codes(frame: pd.DataFrame, data: object) -> list[NDArray[np.int64]]:
    """Codes of the people of each row, one array a kind; without any, each row is its own person."""
    given = data if isinstance(data, pd.DataFrame) and len(data) == len(frame) else frame
    found = [c for c in PERSON_COLUMNS if c in given.columns]
    codes = [pd.factorize(given[c])[0].astype(np.int64) for c in found]
    return codes or [np.arange(len(frame), dtype=np.int64)]


def effective_people(weights: Floats, people: Sequence[NDArray[np.int64]]) -> float:
    """People on whom a weighted sum rests, of the kind with fewest.

    Examples
    --------
    Two of three hundred are exposed.

    >>> x = np.zeros(300); x[:2] = 1
    >>> round(effective_people(x - x.mean(), [np.arange(300)]), 1)
    2.0
    """
    out = []
    for who in people:
        known = who >= 0
        sums = np.bincount(who[known], weights=weights[known] ** 2) if known.any() else np.zeros(1)
        square = float((sums**2).sum())
        out.append(float(sums.sum()) ** 2 / square if square > 0 else 0.0)
    return min(out)


def row_rests_on(frame: pd.DataFrame, fit: DesignFit, rows: pd.DataFrame, data: object) -> list[float]:
    """The people on whom each tidy row rests: the estimate first, then those beside it.

    Parameters
    ----------
    frame : pd.DataFrame
        The study's rows.
    fit : DesignFit
        The estimate.
    rows : pd.DataFrame
        Its tidy row and those beside, with ``role`` and ``term``.
    data : object
        What the rows were made from; a frame that was given may name people in other columns.

    Returns
    -------
    list[float]
        One number a row, rounded down.
    """
    plan, people = fit.plan, people_codes(frame, data)
    everyone = _on(frame, plan, people, np.ones(len(frame), dtype=bool))
    out = []
    for row in rows.to_dict("records"):
        some = _rows_of(frame, plan, str(row["term"]), str(row["role"]))
        found = everyone if some is None else min(everyone, _on(frame, plan, people, some))
        if row["role"] == "event time":  # treated rows at one time, each a unit of its own
            found = float(row["n"])
        out.append(float(np.floor(found + 1e-6)))
    return out


def check_reach(frame: pd.DataFrame, exposure: str, size: float) -> None:
    """Refuse a contrast many times the whole range of the exposure: no row is nearly that far from another.

    The default of one unit passes: it is the unit in which a slope is given, not a size that somebody chose.

    Raises
    ------
    StudyError
        CONTRAST-REACH.
    """
    if size == 1.0 or exposure not in frame or not pd.api.types.is_numeric_dtype(frame[exposure]):
        return
    known = frame[exposure].dropna().astype(float)
    if len(known) and known.nunique() > 1 and size > MOST_REACH * (known.max() - known.min()):
        raise StudyError(
            f"contrast_size {size:g} is more than {MOST_REACH} times the whole range of '{exposure}' in these rows.",
            fix="Choose a difference that is seen in the data, in units of the exposure.",
            code="CONTRAST-REACH",
        )


def _rows_of(frame: pd.DataFrame, plan: ModelColumns, term: str, role: str) -> NDArray[np.bool_] | None:
    """The rows of a group that a row beside the estimate speaks of; None where it is of all."""
    if role == "slope" and plan.moderator:
        yes = frame[plan.moderator].astype("Float64").gt(0).fillna(False).to_numpy(dtype=bool)
        return np.asarray(~yes if term == f"{plan.exposure} where not {plan.moderator}" else yes)
    if role == "group slope" and plan.groups:
        level = term.removeprefix(f"{plan.exposure} in {plan.groups} ")
        return np.asarray(frame[plan.groups].astype(str).eq(level))
    return None


def _on(frame: pd.DataFrame, plan: ModelColumns, people: Sequence[NDArray[np.int64]], some: NDArray[np.bool_]) -> float:
    names = [plan.outcome, *((plan.moderator,) if plan.moderator else ()), *plan.confounders, *plan.fixed_effects]
    names += [plan.exposure] if plan.exposure in frame else []
    names = [c for c in dict.fromkeys(names) if c in frame]
    used = some & frame[names].notna().all(axis=1).to_numpy()
    rows, who = frame.loc[used, names], [p[used] for p in people]
    if not len(rows):
        return 0.0
    whole = min(len(np.unique(p[p >= 0])) for p in who)
    sides = _outcome_sides(rows[plan.outcome], who)
    if plan.first_treated or plan.exposure not in rows:
        treated = frame.loc[used, plan.first_treated].notna().to_numpy() if plan.first_treated in frame else None
        if treated is None or treated.all() or not treated.any():
            return min(whole, sides)
        return min(sides, *(_distinct(who, t) for t in (treated, ~treated)))
    target = _target(rows, plan, grouped=not some.all())
    if target is None:
        return min(whole, sides, _least_level(rows[plan.exposure], who))
    left, free = _left(target, rows, plan, grouped=not some.all())
    return max(0.0, min(effective_people(left, who), sides, float(free)))


def _target(rows: pd.DataFrame, plan: ModelColumns, *, grouped: bool) -> Floats | None:
    """The column whose coefficient answers: the exposure, or its product with the moderator; None for a category."""
    columns = [plan.exposure, *((plan.moderator,) if plan.moderator and not grouped else ())]
    out = np.ones(len(rows))
    for c in columns:
        if not (pd.api.types.is_numeric_dtype(rows[c]) or pd.api.types.is_bool_dtype(rows[c])):
            return None
        out = out * rows[c].astype(float).to_numpy()
    return out


def _left(target: Floats, rows: pd.DataFrame, plan: ModelColumns, *, grouped: bool) -> tuple[Floats, int]:
    """What is left of the target once all else is out, and the degrees of freedom that remain."""
    held: list[NDArray[np.floating[Any]]] = [np.ones(len(rows))]
    if plan.moderator and not grouped:
        held += [rows[plan.exposure].astype(float).to_numpy(), rows[plan.moderator].astype(float).to_numpy()]
    fine = [c for c in (*plan.confounders, *plan.fixed_effects) if _is_fine(rows, c)]
    for c in dict.fromkeys((*plan.confounders, *plan.fixed_effects)):
        if c in fine or c not in rows:
            continue
        if c in plan.fixed_effects or not pd.api.types.is_numeric_dtype(rows[c]):
            held += list(pd.get_dummies(rows[c], dtype=float).iloc[:, 1:].to_numpy().T)
        else:
            held.append(rows[c].astype(float).to_numpy())
    block = np.column_stack([*held, target])
    dust = _DUST * np.abs(block).max(axis=0, initial=0.0)
    for c in fine:
        code = pd.factorize(rows[c])[0]
        size = np.bincount(code)
        block = block - np.column_stack([np.bincount(code, weights=v)[code] / size[code] for v in block.T])
    block[:, np.abs(block).max(axis=0, initial=0.0) <= dust] = 0.0
    basis, y = scaled(block[:, :-1]), block[:, -1]
    lost = int(basis.own.sum()) + 1 + sum(int(rows[c].nunique()) for c in fine)
    return y - basis.z @ (basis.z.T @ y) / len(y), len(rows) - lost


def _is_fine(rows: pd.DataFrame, column: str) -> bool:
    return column in rows and not pd.api.types.is_float_dtype(rows[column]) and rows[column].nunique() > MOST_LEVELS


def _outcome_sides(outcome: pd.Series, people: Sequence[NDArray[np.int64]]) -> float:
    """People on the smaller side of a yes/no outcome; infinite for any other."""
    if outcome.nunique() != 2:
        return float("inf")
    return _least_level(outcome, people)


def _least_level(column: pd.Series, people: Sequence[NDArray[np.int64]]) -> float:
    levels = column.astype(str).to_numpy()
    return min(_distinct(people, levels == level) for level in np.unique(levels))


def _distinct(people: Sequence[NDArray[np.int64]], some: NDArray[np.bool_]) -> float:
    return float(min(len(np.unique(p[some & (p >= 0)])) for p in people))


def withheld_claims(estimates: pd.DataFrame, n_clusters: int, *, whole: bool) -> dict[str, str]:
    """Outcome -> what stands in place of its claim where too few stand behind it, by the package's policy.

    Parameters
    ----------
    estimates : pd.DataFrame
        The rows of a result, with ``outcome``, ``role``, ``n`` and the people on whom each rests.
    n_clusters : int
        Clusters of the fit.
    whole : bool
        Each cluster is a whole authority.

    Returns
    -------
    dict[str, str]
        Empty text for an outcome whose claim may be shown.
    """
    out, policy = {}, load_policy()
    for row in estimates[estimates["role"].isin(["main", "secondary"])].drop_duplicates("outcome").to_dict("records"):
        n = float(row["n"])
        people = float(row[RESTS_ON]) if RESTS_ON in row else n
        free = float(row.get(RESIDUAL_DF, np.nan))
        out[str(row["outcome"])] = withhold_text(
            policy, n=n, clusters=n_clusters, whole=whole, people=people, residual_df=free
        )[0]
    return out
