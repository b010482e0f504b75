"""What a declaration must hold to before any fit: kinds of its values, names, columns, settings, what is identified."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from hybrid_toolkit.data.wording.claim_words import OutcomeLabel
from hybrid_toolkit.designs import DESIGNS, ESTIMAND_KINDS, Design
from hybrid_toolkit.errors import StudyError, plural, with_article
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.study.declaration.custom_metrics import CustomMetric
from hybrid_toolkit.study.declaration.names_refused import check_blame, check_named, check_question
from hybrid_toolkit.study.declaration.phrase_form import (
    check_contrast,
    check_form,
    check_number_first,
    check_prose,
    check_question_form,
    check_unit,
)
from hybrid_toolkit.study.declaration.study_fields import StudyFields
from hybrid_toolkit.study.declaration.study_frames import check_columns
from hybrid_toolkit.study.declaration.toml_text import HOW_WRITTEN, nearest
from hybrid_toolkit.study.declaration.value_kinds import check_values
from hybrid_toolkit.study.units import UNITS
from hybrid_toolkit.study.units.unit_definition import POLICY_CLOCKS


def plain_fields(study: StudyFields) -> dict[str, Any]:
    """The fields as they are kept: tuples for lists, decimals for whole numbers, settings by name.

    Raises
    ------
    StudyError
        ``STUDY-KIND``, a value of another kind than its field's.
    """
    out: dict[str, Any] = {}
    for f in fields(study):
        value: Any = getattr(study, f.name)
        kind = str(f.type)
        value = tuple(value) if isinstance(value, list) and kind.startswith("tuple") else value
        if f.name == "settings":
            value = _settings(value)
        elif kind == "tuple[str, ...]":
            good = isinstance(value, tuple) and all(isinstance(v, str) for v in value)
            _kind(f.name, good, "a list of texts")
        elif kind == "tuple[OutcomeLabel, ...]":
            good = isinstance(value, tuple) and all(isinstance(v, OutcomeLabel) for v in value)
            _kind(f.name, good, "a list of OutcomeLabel")
        elif kind == "tuple[CustomMetric, ...]":
            good = isinstance(value, tuple) and all(isinstance(v, CustomMetric | MetricSpec) for v in value)
            _kind(f.name, good, "a list of custom metrics")
        elif kind == "float":
            _kind(f.name, isinstance(value, int | float) and not isinstance(value, bool), "a number")
            value = float(value)
        else:
            _kind(f.name, isinstance(value, str), "text")
        out[f.name] = value
    return out


def _kind(name: str, good: bool, wanted: str) -> None:
    if not good:
        raise StudyError(f"'{name}' must be {wanted}.", fix=HOW_WRITTEN[wanted].format(name), code="STUDY-KIND")


def _settings(value: Any) -> tuple[tuple[str, Any], ...]:
    pairs = tuple(value.items()) if isinstance(value, dict) else value
    good = isinstance(pairs, tuple) and all(isinstance(p, tuple | list) and len(p) == 2 for p in pairs)
    good = good and all(isinstance(n, str) and isinstance(v, str | int | float) for n, v in pairs)
    _kind("settings", good, "a table of single values")
    return tuple(sorted((n, float(v) if type(v) is int else v) for n, v in pairs))


def custom_metrics(study: StudyFields) -> tuple[CustomMetric, ...]:
    """The study's own metrics, with the registered ones that it names and its unit has not."""
    given = tuple(CustomMetric.of(m) if isinstance(m, MetricSpec) else m for m in study.metrics)
    if study.row_unit not in UNITS:
        return given
    known = {*UNITS[study.row_unit].columns, *(m.spec.id for m in given)}
    named = dict.fromkeys(c for c in (*study.columns, *study.mediators) if c not in known and c in REGISTRY)
    return (*given, *(CustomMetric.of(REGISTRY[c]) for c in named if REGISTRY[c].own))


def check_names(study: StudyFields) -> None:
    """Id and question are as they should be; design, kind and effect are known.

    Raises
    ------
    StudyError
        ``STUDY-ID``, ``STUDY-QUESTION`` or ``STUDY-FIELD``.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", study.id):
        raise StudyError(
            "a study's id is lower case words joined by hyphens.",
            fix="Change it to an id such as 'desk-time'.",
            code="STUDY-ID",
        )
    if not study.question.strip().endswith("?"):
        raise StudyError(
            f"study '{study.id}' has no question.", fix="Write a question that ends with '?'.", code="STUDY-QUESTION"
        )
    for name, value, known in (
        ("design", study.design, tuple(DESIGNS)),
        ("kind", study.kind, tuple(ESTIMAND_KINDS)),
        ("effect", study.effect, ("total",)),
    ):
        if value not in known:
            raise StudyError(
                f"study '{study.id}' has an unknown {name}: '{value}'.",
                fix=f"{nearest([value], known)}Use one of: {', '.join(known)}.",
                code="STUDY-FIELD",
            )


def check_declaration(study: StudyFields) -> None:
    """Columns belong to the unit, each secondary outcome has its estimand, metrics and numbers are in order.

    Raises
    ------
    StudyError
        See ``check_columns``; ``STUDY-METRICS``, ``STUDY-ESTIMANDS``, ``STUDY-FIELD``.
    """
    ids = [m.spec.id for m in study.metrics]
    if study.metrics and study.row_unit not in UNITS:
        raise StudyError(
            f"study '{study.id}' is of unit '{study.row_unit}', whose rows are not made from tables.",
            fix="Leave out its metrics and name the frame's own columns.",
            code="STUDY-METRICS",
        )
    taken = sorted({i for i in ids if ids.count(i) > 1} | set(ids) & set(UNITS[study.row_unit].columns if ids else ()))
    if taken:
        raise StudyError(
            f"{plural(len(taken), 'metric has', 'metrics have')} the name of another column: {', '.join(taken)}.",
            fix="Choose another id for each of them.",
            code="STUDY-METRICS",
        )
    lists = (study.confounders, study.moderators, study.fixed_effects, study.mediators, study.secondary_outcomes)
    named = (study.outcome, study.exposure, study.cluster, *study.columns, *(c for some in lists for c in some))
    check_columns(study.row_unit, dict.fromkeys(named), study.metrics)
    if study.secondary_estimands and len(study.secondary_estimands) != len(study.secondary_outcomes):
        raise StudyError(
            f"study '{study.id}' names {plural(len(study.secondary_outcomes), 'secondary outcome')} and "
            f"{plural(len(study.secondary_estimands), 'estimand')}.",
            fix="Name one estimand for each secondary outcome, '' where it has none, or leave them all out.",
            code="STUDY-ESTIMANDS",
        )
    if not 0 < study.contrast_size < float("inf"):
        raise StudyError(
            f"study '{study.id}': contrast_size must be a number above 0, and not endless.",
            fix="Set it in units of the exposure, such as 0.1.",
            code="STUDY-FIELD",
        )
    check_question_form(study.question)
    check_question(study.question)
    check_form(study.contrast, study.effect_unit, *(t for w in study.words for t in (w.phrase, w.unit)))
    check_number_first(study.effect_unit)
    check_prose(*study.caveats, study.known_lean, study.time_label)
    said = (study.contrast, study.effect_unit, *(t for w in study.words for t in (w.phrase, w.unit)))
    check_blame(*said, *study.caveats, study.known_lean, study.time_label, study.id.replace("-", " "))
    check_contrast(study.contrast, study.contrast_size, study.exposure)
    check_named(study.contrast, study.exposure, *study.moderators, what="a side")
    check_named(*(t for w in study.words for t in (w.phrase, w.unit)), *study.mediators, study.effect_unit)
    check_named(study.id.replace("-", " "), study.estimand, *study.outcomes, study.cluster, what="a part")
    columns = (study.groups, study.time_label, *study.confounders, *study.fixed_effects, *study.instruments)
    check_named(*columns, *study.placebos, *study.secondary_estimands, what="a part")
    check_named(*study.caveats, study.known_lean, what="a caveat")
    _check_words_of(study)


def _check_words_of(study: StudyFields) -> None:
    """Words are of the study's outcomes, once each, and their numbers can be used."""
    named = [w.outcome for w in study.words]
    odd = sorted(set(named) - set(study.outcomes))
    if odd or len(set(named)) < len(named):
        raise StudyError(
            f"study '{study.id}' has {plural(len(odd), 'entry', 'entries')} of words for something that is not one of "
            "its outcomes"
            f"{': ' + ', '.join(odd) if odd else ''}, and {plural(len(named) - len(set(named)), 'outcome')} with words "
            "twice.",
            fix=f"{nearest(odd, study.outcomes)}Write words once for each of: {', '.join(study.outcomes)}.",
            code="STUDY-WORDS",
        )
    for w in study.words:
        check_unit(w.unit, w.scale)
        good = 0 < w.scale < float("inf") and (w.smallest_important is None or 0 < w.smallest_important < float("inf"))
        if not good:
            raise StudyError(
                f"study '{study.id}', words of '{w.outcome}': scale and smallest must be numbers above 0.",
                fix="Set the scale to 100 for a share in percentage points; leave smallest_important out if none is "
                "set.",
                code="STUDY-WORDS",
            )


def check_identified(study: StudyFields) -> None:
    """The design can give what is asked, has the fields and settings that it needs, and each column has one part.

    Raises
    ------
    StudyError
        ``NOT-IDENTIFIED``, ``STUDY-SETTING``, ``STUDY-STATED``, ``MEDIATOR-HELD``, ``STUDY-ROLES``,
        ``EXPOSURE-ABSORBED``, ``OUTCOME-ABSORBED``, ``OUTCOME-KIND``, ``EXPOSURE-KIND``, ``EXPOSURE-UNREAD``,
        ``NEVER-TOGETHER``, ``SAME-RECORDS`` or ``STUDY-UNUSED``.
    """
    design = study.design_used
    if study.kind not in design.identifies:
        raise StudyError(
            f"design '{design.id}' cannot identify {with_article(study.kind)}; it identifies: "
            f"{', '.join(design.identifies)}.",
            fix="Choose a design that can, or ask for what this one gives.",
            code="NOT-IDENTIFIED",
        )
    if (study.kind == "slope-gap") != (len(study.moderators) == 1):
        raise StudyError(
            f"{with_article(study.kind)} takes {'one moderator' if study.kind == 'slope-gap' else 'no moderator'}; "
            f"study '{study.id}' names {len(study.moderators)}.",
            fix="Name the yes/no column whose groups are compared, or ask for a slope.",
            code="NOT-IDENTIFIED",
        )
    absent = [name for name in design.needs if not getattr(study, name)]
    if absent:
        raise StudyError(
            f"design '{design.id}' needs {plural(len(absent), 'field')} that study '{study.id}' leaves empty: "
            f"{', '.join(absent)}.",
            fix="Name the columns.",
            code="NOT-IDENTIFIED",
        )
    _check_settings(study, design)
    _check_clock(study)
    _check_roles(study)
    _check_absorbed(study)
    check_values(study)
    check_used(study)


def _check_clock(study: StudyFields) -> None:
    """The start of a policy is counted as the time that the rows are followed over."""
    clock = POLICY_CLOCKS.get(study.first_treated, study.time)
    if study.row_unit in UNITS and study.first_treated and study.time and study.time != clock:
        others = [f"first_treated = '{start}' with time = '{when}'" for start, when in POLICY_CLOCKS.items()]
        known = [o for o in others if o.split("'")[1] in UNITS[study.row_unit].columns]
        raise StudyError(
            f"study '{study.id}' follows rows over '{study.time}', and '{study.first_treated}' is counted in "
            f"'{clock}': the clocks disagree.",
            fix=f"Use one clock for both: {' or '.join(known)}.",
            code="STUDY-CLOCK",
        )


def _check_roles(study: StudyFields) -> None:
    held = {*study.confounders, *study.fixed_effects}
    blocked = sorted(held & set(study.mediators))
    if blocked:
        raise StudyError(
            f"{plural(len(blocked), 'mediator')} would be adjusted for, which removes part of a total effect: "
            f"{', '.join(blocked)}.",
            fix="Remove them from confounders and fixed_effects.",
            code="MEDIATOR-HELD",
        )
    parts = {
        "outcome": study.outcomes,
        "exposure": (study.exposure,),
        "mediators": study.mediators,
        "instruments": study.instruments,
        "placebos": study.placebos,
        "colleagues": (study.colleagues,) if study.colleagues else (),
        "confounders": study.confounders,
        "fixed effects": study.fixed_effects,
        "responded": (study.responded,) if study.responded else (),
        "entry": (study.entry,) if study.entry else (),
        "duration": (study.duration,) if study.duration else (),
    }
    played = [(column, part) for part, columns in parts.items() for column in columns]
    others = [(m, "moderators") for m in study.moderators] + [(study.cluster, "cluster")]
    open_to_all = [(c, p) for c, p in played if p in ("outcome", "exposure", "mediators", "instruments", "placebos")]
    clash = [c for c, _ in played if sum(c == other for other, _ in played) > 1]
    clash += [c for c, p in others if c in {o for o, part in open_to_all if p == "moderators" or part in _ENDS}]
    if clash:
        told = "; ".join(f"{c} ({', '.join(_parts_of(c, [*played, *others]))})" for c in dict.fromkeys(clash))
        raise StudyError(
            f"{plural(len(set(clash)), 'column plays', 'columns play')} more than one part: {told}.",
            fix="Keep one part for each column.",
            code="STUDY-ROLES",
        )


def _check_absorbed(study: StudyFields) -> None:
    """Neither the outcome nor the exposure is one value for all rows of a group that is held constant."""
    if study.row_unit not in UNITS or study.kind == "slope-gap":  # a gap needs no main effect of its own
        return
    parts = [p for p in UNITS[study.row_unit].parts if len(p.keys) == 1 and p.keys[0] in study.fixed_effects]
    fixed = {c: p.keys for p in parts for c in p.columns}
    for name, part in ((study.exposure, "exposure"), (study.outcome, "outcome")):
        if name in fixed:
            keys = ", ".join(fixed[name])
            varying = [c for c in UNITS[study.row_unit].measures if c not in fixed][:8]
            raise StudyError(
                f"study '{study.id}': the {part} '{name}' is one value for each {keys}, which is adjusted for.",
                fix=f"Leave {keys} out of fixed_effects, or use a column that varies within it, such as: "
                f"{', '.join(varying)}.",
                code=f"{part.upper()}-ABSORBED",
            )


_ENDS = ("outcome", "exposure")
"""Parts that the column of the clusters cannot play as well."""


def _parts_of(column: str, played: list[tuple[str, str]]) -> list[str]:
    """The parts of one column, each with how often where it is more than once."""
    parts = [p for c, p in played if c == column]
    return [f"{p} {parts.count(p)} times" if parts.count(p) > 1 else p for p in dict.fromkeys(parts)]


def _check_settings(study: StudyFields, design: Design) -> None:
    names = [name for name, _ in study.settings]
    for name, value in study.settings:
        allowed = design.settings.get(name)
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if allowed is None:
            what, near = f"does not take the setting '{name}'", nearest([name], design.settings)
        elif names.count(name) > 1:
            what, near = f"is given the setting '{name}' {names.count(name)} times", ""
        elif value not in allowed if allowed else not numeric:
            what, near = f"does not take that value of the setting '{name}'", ""
        else:
            continue
        takes = "; ".join(f"{n} ({', '.join(map(str, v)) or 'a number'})" for n, v in design.settings.items())
        raise StudyError(
            f"design '{design.id}' {what}.", fix=f"{near}Use only: {takes or 'no settings'}.", code="STUDY-SETTING"
        )
    _check_stated(study, design)


def _check_stated(study: StudyFields, design: Design) -> None:
    """What a design takes the study's word for is said by the study."""
    given = dict(study.settings)
    unsaid = [f"{name} = '{value}'" for name, value in design.stated.items() if given.get(name) != value]
    if unsaid:
        others = [
            d.id for d in DESIGNS.values() if study.kind in d.identifies and d.needs == design.needs and not d.stated
        ]
        raise StudyError(
            f"design '{design.id}' takes the study's word for {' and '.join(unsaid)}, and study '{study.id}' does not "
            "say so.",
            fix=f"Set {' and '.join(unsaid)} in [settings] if it is so; else use another design: {', '.join(others)}.",
            code="STUDY-STATED",
        )


WHY_UNUSED: Mapping[str, str] = {
    "confounders": "holds no confounders constant",
    "fixed_effects": "takes no fixed effects of a study's own",
    "instruments": "uses no instruments",
}
"""Field of a study that a design may leave aside -> what it does then; a test tries each of every design."""


def check_used(study: StudyFields) -> None:
    """What a study names to be held or used, its design holds or uses.

    Raises
    ------
    StudyError
        ``STUDY-UNUSED``, the design would leave the columns aside.
    """
    for field in study.design_used.leaves_aside:
        columns = getattr(study, field)
        if columns:
            others = [d.id for d in DESIGNS.values() if field not in d.leaves_aside and study.kind in d.identifies]
            instead = f", or use a design that does: {', '.join(others)}" if others else ""
            raise StudyError(
                f"design '{study.design}' {WHY_UNUSED[field]}, and study '{study.id}' names {len(columns)} in {field}: "
                f"{', '.join(columns)}.",
                fix=f"Leave {field} empty{instead}.",
                code="STUDY-UNUSED",
            )
