"""A declared study trimmed to what the data hold: what was lost is said, and what it can claim goes down by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hybrid_toolkit.data.coverage import holds
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError
from hybrid_toolkit.study.declaration.study_frames import table_needs
from hybrid_toolkit.study.study import Study

_LISTS = ("confounders", "placebos", "instruments")
_SINGLE = ("groups", "colleagues", "responded")
_ROLES = {
    "confounders": "adjusted for",
    "placebos": "a check",
    "instruments": "another measure of the exposure",
    "groups": "finer groups",
    "colleagues": "a look for interference",
    "responded": "a look at who answered",
    "secondary_outcomes": "another outcome",
}


@dataclass(frozen=True)
class Adapted:
    """A study as the data allow it.

    Parameters
    ----------
    study : Study
        The trimmed declaration, under an id of its own where anything was lost, so that its lock is its own.
    lost : dict[str, tuple[str, tuple[str, ...]]]
        Column -> (what it was for, what the data lack for it).
    """

    study: Study
    lost: dict[str, tuple[str, tuple[str, ...]]]

    def summary(self) -> str:
        """What was lost, in words."""
        if not self.lost:
            return f"'{self.study.id}' runs as it is declared."
        lines = [f"'{self.study.id}' runs without {len(self.lost)} column(s) that the data do not hold:"]
        lines += [f"- {c} ({role}): needs {', '.join(needs)}" for c, (role, needs) in self.lost.items()]
        held = [c for c, (role, _) in self.lost.items() if role == _ROLES["confounders"]]
        if held:
            lines.append(f"What is not adjusted for may explain what is found: {', '.join(held)}.")
        return "\n".join(lines)


def adapt_study(study: Study, data: EvaluationData) -> Adapted:
    """A declared study without what the data do not hold, as far as its outcome, exposure and design allow.

    What a study held and the data lack is no longer held: the causal graph then finds its path open, and the grade of
    what may be said goes down by that rule alone; a limit is added that names it.

    Parameters
    ----------
    study : Study
        The declaration.
    data : EvaluationData
        The data it is to run on.

    Raises
    ------
    CoverageError
        The data lack what the study cannot do without.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> from hybrid_toolkit.study.shipped_studies import declared_study
    >>> adapt_study(declared_study("retention"), EvaluationData({}))
    Traceback (most recent call last):
    hybrid_toolkit.errors.CoverageError: ...
    """
    columns = {f: getattr(study, f) for f in _LISTS} | {f: (getattr(study, f),) for f in _SINGLE}
    lacks = {
        (f, c): lacking for f, some in columns.items() for c in some if c and (lacking := _lacking(study, (c,), data))
    }
    seconds = list(zip(study.secondary_outcomes, study.secondary_estimands, strict=True))
    lacks |= {("secondary_outcomes", c): lacking for c, _ in seconds if (lacking := _lacking(study, (c,), data))}
    gone = {c for _, c in lacks}
    core = [c for c in study.columns if c not in gone]
    if needed := _lacking(study, core, data):
        raise CoverageError(
            f"the study '{study.id}' cannot do without what the data lack: {', '.join(needed)}.",
            fix="Add these tables or columns, or ask coverage() which studies the data allow.",
            code="STUDY-NEEDS",
        )
    if not lacks:
        return Adapted(study, {})
    kept = [(c, e) for c, e in seconds if c not in gone]
    rest: dict[str, Any] = {f: tuple(c for c in getattr(study, f) if c not in gone) for f in _LISTS}
    rest |= {f: "" for f in _SINGLE if getattr(study, f) in gone}
    outcomes = {study.outcome, *(c for c, _ in kept)}
    held = [c for f, c in lacks if f == "confounders"]
    limit = f"Anything that is not affected by what was to be adjusted for and is not recorded here: {', '.join(held)}."
    trimmed = replace(
        study,
        id=f"{study.id}-adapted",
        secondary_outcomes=tuple(c for c, _ in kept),
        secondary_estimands=tuple(e for _, e in kept),
        words=tuple(w for w in study.words if w.outcome in outcomes),
        caveats=(*study.caveats, *((limit,) if held else ())),
        **rest,
    )
    return Adapted(trimmed, {c: (_ROLES[f], lacking) for (f, c), lacking in lacks.items()})


def _lacking(study: Study, columns: tuple[str, ...] | list[str], data: EvaluationData) -> tuple[str, ...]:
    """Tables' columns that these columns need and the data do not hold, beyond those of the rows themselves."""
    base = table_needs(study.row_unit, (study.outcome, study.exposure), study.metrics) if len(columns) == 1 else {}
    known = {(t, c) for t, some in base.items() for c in some}
    needed = [(t, c) for t, some in table_needs(study.row_unit, columns, study.metrics).items() for c in some]
    return tuple(f"{t}.{c}" for t, c in needed if (t, c) not in known and not holds(data, t, c))
