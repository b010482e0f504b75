"""Does a scale measure the same across career stages, or across modes of work? Asked of the survey's own answers."""

from __future__ import annotations

import re

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, MeasureError, UsageError, plural
from hybrid_toolkit.metrics.constructs.wellbeing import survey_instrument
from hybrid_toolkit.metrics.constructs.work_pattern import mode_of_work
from hybrid_toolkit.metrics.instruments import InstrumentScale, load_instrument
from hybrid_toolkit.metrics.psychometrics.factor_data import MIN_GROUP
from hybrid_toolkit.metrics.psychometrics.multigroup_invariance import InvarianceResult, measurement_invariance
from hybrid_toolkit.metrics.unit_frames import EARLY_STAGES, career_stage, look_up, require
from hybrid_toolkit.result import Check

__all__ = ["BY", "InvarianceResult", "invariance_for", "invariance_rows", "measurement_invariance", "survey_invariance"]

BY = ("career_stage", "every_stage", "mode_of_work")
"""Early career against the rest; every stage with enough answers; mostly home against mostly office."""
_ACROSS = {"career_stage": "career stages", "every_stage": "career stages", "mode_of_work": "modes of work"}
COMPARE = ("means", "associations")
MIN_TEAMS = 20
"""Teams from which tests allow for answers of one team being alike; with fewer that allowance is itself too rough."""


def _scale(instrument: str, scale: str, by: str) -> InstrumentScale:
    if by not in BY:
        raise UsageError(f"by is one of {', '.join(BY)}.", fix="Use one of these.", code="INVARIANCE-BY")
    found = load_instrument(instrument).scale(scale)
    if len(found.items) < 3 or not found.reliability:
        raise MeasureError(
            f"the scale '{found.name}' has {plural(len(found.items), 'item that is', 'items that are')} added up; "
            "invariance needs a factor of 3.",
            fix="Compare its items one by one, and say that invariance cannot be tested.",
            code="FACTOR-IDENTIFY",
        )
    return found


def invariance_rows(data: EvaluationData, *, instrument: str, scale: str, by: str) -> pd.DataFrame:
    """The answers that a test of invariance uses: one row a worker, the first wave with every item answered.

    Later waves are left out because the answers of one worker are not independent. Columns: ``worker_id``,
    ``team_id``, ``wave``, ``group`` and the items, reversed where the definition says so. ``group`` is, by
    ``career_stage``, early career (ASYE and under three years) or later career, supervisors left out; by
    ``every_stage`` the stage; by ``mode_of_work`` mostly home or mostly office: the mean desk share at home up to the
    month of the wave, from .5 up or below. Rows without a group are left out.

    Raises
    ------
    UsageError
        An unknown ``by``.
    CoverageError
        No answers to the instrument, or no table to make the groups from.
    MeasureError
        An unknown instrument or scale, a scale of fewer than three items, answers out of range.
    """
    asked = _scale(instrument, scale, by)
    items = list(asked.items)
    answers = survey_instrument(data, instrument).answers
    if not set(items) <= set(answers.columns):
        raise CoverageError(
            f"table 'survey' has no answers to the scale '{asked.name}'.", fix="Add its items.", code="SCALE-MISSING"
        )
    survey = require(data, "survey", "worker_id", "wave", "month")
    month = survey.dropna(subset=["month"]).drop_duplicates(["worker_id", "wave"])[["worker_id", "wave", "month"]]
    rows = answers[["worker_id", "wave", *items]].merge(month, on=["worker_id", "wave"], how="left")
    worker = require(data, "worker", "worker_id", *(() if by == "mode_of_work" else ("role", "reg_date")))
    rows = look_up(rows, worker, "worker_id", ["team_id", "role", "reg_date", "asye"])
    rows["group"] = mode_of_work(data, rows) if by == "mode_of_work" else _stage(rows, by)
    rows = rows.dropna(subset=[*items, "group"]).sort_values(["worker_id", "wave"])
    first = rows.drop_duplicates("worker_id").reset_index(drop=True)
    return first[["worker_id", "team_id", "wave", "group", *items]]


def _stage(rows: pd.DataFrame, by: str) -> pd.Series[str]:
    stage = career_stage(rows, rows["month"])
    stage = stage.where(stage.ne("supervisor").fillna(False))
    if by == "every_stage":
        return stage
    early = pd.Series("later career", index=rows.index, dtype="str").where(~stage.isin(EARLY_STAGES), "early career")
    return early.where(stage.notna())


def survey_invariance(data: EvaluationData, *, instrument: str, scale: str, by: str) -> InvarianceResult:
    """Measurement invariance of one scale of the survey across career stages or modes of work.

    Every group needs 100 workers with complete answers: at 100 against 300 an intercept shifted by half a standard
    deviation is found nearly always and one by a quarter about half the time; with fewer, a pass says little. By
    ``every_stage``, stages with fewer are left out. With 20 teams or more, tests allow for answers of one team
    being alike.

    Parameters
    ----------
    data : EvaluationData
        The data.
    instrument : str
        Id of the instrument.
    scale : str
        Id of the scale.
    by : str
        The groups.

    Returns
    -------
    InvarianceResult
        What may be compared across groups.

    Raises
    ------
    UsageError
        As ``invariance_rows``; MeasureError too where a group has too few answers, or an item does not vary in a group.
    CoverageError
        As ``invariance_rows``; MeasureError too where a group has too few answers, or an item does not vary in a group.
    MeasureError
        As ``invariance_rows``; MeasureError too where a group has too few answers, or an item does not vary in a group.

    Examples
    --------
    >>> from hybrid_toolkit.synth.committed import load_synthetic
    >>> try:
    ...     survey_invariance(load_synthetic(), instrument="swemwbs", scale="swemwbs", by="career_stage")
    ... except MeasureError as error:
    ...     print(error.code)
    INVARIANCE-N
    """
    rows = invariance_rows(data, instrument=instrument, scale=scale, by=by)
    size = rows["group"].value_counts()
    if by == "every_stage":
        rows = rows[rows["group"].isin(size.index[size >= MIN_GROUP])]
        size = rows["group"].value_counts()
    short = int((size < MIN_GROUP).sum())
    if len(size) < 2 or short:
        what = f"{short} of {len(size)} groups have" if len(size) > 1 else "fewer than two groups have"
        much = "fewer than" if len(size) > 1 else "at least"
        raise MeasureError(
            f"not enough answers: {what} {much} {MIN_GROUP} workers who answered every item.",
            fix="Combine authorities or waves of new workers, or report the groups without comparing them.",
            code="INVARIANCE-N",
        )
    cluster = "team_id" if rows["team_id"].nunique() >= MIN_TEAMS and rows["team_id"].notna().all() else None
    frame = rows.rename(columns={"group": by})
    items = list(_scale(instrument, scale, by).items)
    return measurement_invariance(frame, factors={scale: items}, group=by, cluster=cluster)


def invariance_for(data: EvaluationData, *, instrument: str, scale: str, by: str, compare: str = "means") -> Check:
    """Whether groups of workers may be compared on a scale, as a check that goes with the comparison.

    Parameters
    ----------
    data : EvaluationData
        The data.
    instrument : str
        Id of the instrument, such as ``informal_learning``.
    scale : str
        Id of the scale, such as ``informal_learning``.
    by : str
        ``career_stage``, ``every_stage`` or ``mode_of_work``.
    compare : str, default "means"
        ``means`` needs equal loadings and intercepts; ``associations`` (slopes, correlations) equal loadings.

    Returns
    -------
    Check
        Check named ``invariance``: passed is None where the answers are too few or cannot tell; the verdict says why.
        ``value`` is the change of CFI at the level that decides.

    Raises
    ------
    UsageError
        An unknown ``by`` or ``compare``.
    MeasureError
        An unknown instrument or scale.

    Examples
    --------
    >>> s = pd.DataFrame({"worker_id": "a", "wave": 1, "month": pd.Timestamp("2025-03-01"),
    ...                   "instrument": "informal_learning", "item": ["il_1", "il_2", "il_3", "il_4"],
    ...                   "value": [5.0, 4.0, 4.0, 3.0]})
    >>> w = pd.DataFrame({"worker_id": ["a"], "team_id": ["t"], "role": ["5"],
    ...                   "reg_date": pd.to_datetime(["2024-01-01"])})
    >>> check = invariance_for(EvaluationData({"survey": s, "worker": w}), instrument="informal_learning",
    ...                        scale="informal_learning", by="career_stage")
    >>> check.passed, "not enough answers" in check.message
    (None, True)
    """
    if compare not in COMPARE:
        raise UsageError(f"compare is {' or '.join(COMPARE)}.", fix="Use one of these.", code="INVARIANCE-COMPARE")
    asked = load_instrument(instrument)
    name = asked.scale(scale).name
    try:
        result = survey_invariance(data, instrument=instrument, scale=scale, by=by)
    except (CoverageError, MeasureError) as error:
        told = f"So we cannot tell whether '{name}' measures the same thing across {_ACROSS[by]}."
        return Check("invariance", None, f"Not tested: {error.message.rstrip('.')}. {told}")
    passed = result.means if compare == "means" else result.associations
    deciding = "scalar" if compare == "means" and result.associations else "metric"
    change = result.levels.loc[result.levels["level"] == deciding, "delta_cfi"].to_numpy(dtype=float)[0]
    numbers = {item.id: f"item {number}" for number, item in enumerate(asked.items, start=1)}
    message = re.sub(r"\w+", lambda word: numbers.get(word[0], word[0]), result.message)
    return Check("invariance", passed, message, float(change), result.cfi_limit)
