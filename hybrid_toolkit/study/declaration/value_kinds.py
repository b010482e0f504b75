"""Before any fit: the values of outcome and exposure are of a kind that the design can fit, and it reads them."""

from __future__ import annotations

from hybrid_toolkit.designs import DESIGNS
from hybrid_toolkit.designs.model_columns import VALUE_KINDS
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.study_fields import StudyFields
from hybrid_toolkit.study.units import UNITS
from hybrid_toolkit.study.units.column_kinds import NOT_BESIDE, column_kind, made_of_the_same
from hybrid_toolkit.study.units.unit_definition import POLICY_CLOCKS

_MOST_NAMED = 8
"""Columns or designs that a way out names: a line's worth."""


def check_values(study: StudyFields) -> None:
    """The design can fit the kinds of value that outcome and exposure hold, reads the exposure, and both are known.

    Columns of the study's own metrics, and of rows that are given as a frame, are judged by the fit.

    Raises
    ------
    StudyError
        ``OUTCOME-KIND`` or ``EXPOSURE-KIND``, such as a yes/no design on a measure; ``EXPOSURE-UNREAD``, a design that
        reads the start of a policy is given another exposure; ``OUTCOME-ABSORBED``, one value for each unit that is
        followed; ``NEVER-TOGETHER``, no row has both vary; ``SAME-RECORDS``, both are counted from the same.
    """
    if study.row_unit not in UNITS:
        return
    own = {m.id for m in study.metrics}
    measures = [c for c in UNITS[study.row_unit].measures if c not in own]
    for part, column in (("outcome", study.outcome), ("exposure", study.exposure)):
        if column in measures:
            _check_kind(study, part, column, measures)
    _check_read(study, measures)
    _check_followed(study, measures)
    _check_apart(study, measures)
    for never, others in NOT_BESIDE.items():
        both = {study.outcome, study.exposure}
        beside = sorted(both & set(others))
        if never in both and beside:
            raise StudyError(
                f"study '{study.id}': '{never}' is no in every row in which '{beside[0]}' is known.",
                fix=f"Use another column than one of these beside '{never}': {', '.join(others)}.",
                code="NEVER-TOGETHER",
            )


def _check_kind(study: StudyFields, part: str, column: str, measures: list[str]) -> None:
    design = study.design_used
    takes = design.outcome_kinds if part == "outcome" else design.exposure_kinds
    held = column_kind(study.row_unit, column)
    if not takes or held in takes:
        return
    fitting = [c for c in measures if column_kind(study.row_unit, c) in takes][:_MOST_NAMED]
    able = [d.id for d in DESIGNS.values() if study.kind in d.identifies or not d.needs]
    able = [d for d in able if not (k := getattr(DESIGNS[d], f"{part}_kinds")) or held in k][:_MOST_NAMED]
    columns = f"a column that does, such as: {', '.join(fitting)}; or " if fitting else ""
    raise StudyError(
        f"study '{study.id}': the {part} '{column}' holds {VALUE_KINDS[held]}; design '{design.id}' takes "
        f"{' or '.join(VALUE_KINDS[k] for k in takes)}.",
        fix=f"Use {columns}a design for such values, such as: {', '.join(able)}.",
        code=f"{part.upper()}-KIND",
    )


def _check_apart(study: StudyFields, measures: list[str]) -> None:
    """The outcome is no other count of what the exposure is counted from, whose effect on itself nobody asks for."""
    if made_of_the_same(study.exposure, study.outcome):
        others = [c for c in measures if c != study.exposure and not made_of_the_same(study.exposure, c)][:_MOST_NAMED]
        raise StudyError(
            f"study '{study.id}': the outcome '{study.outcome}' and the exposure '{study.exposure}' are counted from "
            "the same answers or days, so that neither is an effect of the other.",
            fix=f"Use another outcome beside '{study.exposure}', such as: {', '.join(others)}.",
            code="SAME-RECORDS",
        )


def _check_read(study: StudyFields, measures: list[str]) -> None:
    """A design that reads when a policy starts says the effect of that policy; only the dose design reads both."""
    starts = "first_treated" in study.design_used.needs and study.first_treated in POLICY_CLOCKS
    if starts and study.kind != "slope" and study.exposure in measures and study.exposure != "under_policy":
        raise StudyError(
            f"study '{study.id}': design '{study.design}' reads when the policy starts ('{study.first_treated}') and "
            f"never '{study.exposure}', so its answer would be told of the wrong thing.",
            fix="Use under_policy as the exposure, or a design that reads the exposure, such as: "
            "cross-sectional, within-worker, dose.",
            code="EXPOSURE-UNREAD",
        )


def _check_followed(study: StudyFields, measures: list[str]) -> None:
    """What is one value for each unit that is followed over time cannot change when a policy starts."""
    table = study.panel_id.removesuffix("_id") + "."
    sources = UNITS[study.row_unit].columns.get(study.outcome, ())
    fixed = study.outcome in measures and study.outcome != "under_policy" and all(s.startswith(table) for s in sources)
    if "first_treated" in study.design_used.needs and sources and fixed:
        raise StudyError(
            f"study '{study.id}': the outcome '{study.outcome}' is one value for each {study.panel_id}, which is "
            "followed over time.",
            fix="Use an outcome that changes over time.",
            code="OUTCOME-ABSORBED",
        )
