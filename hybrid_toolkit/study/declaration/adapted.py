"""A declared study trimmed to what the data hold: what was lost is said, and what it can claim goes down by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hybrid_toolkit.data.coverage import TablesHeld, holds
from hybrid_toolkit.errors import CoverageError, plural
from hybrid_toolkit.study.declaration.study_frames import table_needs
from hybrid_toolkit.study.study import Study

_LISTS = ("confounders", "placebos", "instruments")
_SINGLE = ("groups", "colleagues", "responded")
_ROLES = {
    "exposure": "the exposure",
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
    measured_by : str, optional
        The other measure of the exposure that stands in for it; empty where the declared one is there.
    stands_in_for : str, optional
        Id of the study that was asked for, where another runs in its place.
    why : str, optional
        Why the study that was asked for does not run, where another does.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import declared_study
    >>> Adapted(declared_study("retention"), {"caring": ("adjusted for", ("worker.caring",))}).summary().splitlines()[1]
    '- caring (adjusted for): needs worker.caring'
    """

    study: Study
    lost: dict[str, tuple[str, tuple[str, ...]]]
    measured_by: str = ""
    stands_in_for: str = ""
    why: str = ""

    def summary(self) -> str:
        """What was lost, in words.

        Returns
        -------
        str
            One line where nothing was lost, else a line a column.
        """
        lines = []
        if self.stands_in_for:
            lines.append(f"'{self.stands_in_for}' does not run on these data: {self.why}")
            lines.append(f"'{self.study.id}' runs in its place: {self.study.question}")
        if not self.lost:
            return "\n".join(lines) or f"'{self.study.id}' runs as it is declared."
        lines.append(
            f"'{self.study.id}' runs without "
            f"{plural(len(self.lost), 'column that the data does', 'columns that the data do')} not hold:"
        )
        lines += [f"- {c} ({role}): needs {', '.join(needs)}" for c, (role, needs) in self.lost.items()]
        if self.measured_by:
            lines.append(f"The exposure is measured by {self.measured_by} alone: error in it goes unseen.")
        held = [c for c, (role, _) in self.lost.items() if role == _ROLES["confounders"]]
        if held:
            lines.append(f"What is not adjusted for may explain what is found: {', '.join(held)}.")
        return "\n".join(lines)


def adapt_study(study: Study, data: TablesHeld) -> Adapted:
    """A declared study without what the data do not hold, as far as its outcome, exposure and design allow.

    What a study adjusted for and the data lack is no longer adjusted for: the causal graph then finds its path open,
    and the grade of what the study shows goes down by that rule alone; a caveat is added that names it. Where the
    exposure is not there and another measure of it is (the study's ``instruments``), that measure is used, with a
    caveat.

    Parameters
    ----------
    study : Study
        The declaration.
    data : TablesHeld
        The data it is to run on, such as ``load_data`` gives.

    Returns
    -------
    Adapted
        The study as the data allow it, and what was lost.

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
    whole = study
    study, other, missing = _with_exposure(study, data)
    exchanged = {whole.exposure: (_ROLES["exposure"], missing)} if other else {}
    lacks = _lacks(study, data)
    seconds = list(zip(study.secondary_outcomes, study.estimands[1:], strict=True))
    gone = {c for _, c in lacks}
    if needed := core_needs(whole, data):
        raise CoverageError(
            f"the study '{study.id}' cannot do without what the data lack: {', '.join(needed)}.",
            fix="Add these tables or columns, or see in the coverage report which studies the data allow.",
            code="STUDY-NEEDS",
        )
    if not lacks and not exchanged:
        return Adapted(whole, {})
    kept = [(c, e) for c, e in seconds if c not in gone]
    rest: dict[str, Any] = {f: tuple(c for c in getattr(study, f) if c not in gone) for f in _LISTS}
    rest |= {f: "" for f in _SINGLE if getattr(study, f) in gone}
    outcomes = {study.outcome, *(c for c, _ in kept)}
    held = [c for f, c in lacks if f == "confounders"]
    limits = (
        [f"Anything that is not affected by what was to be adjusted for and is not recorded: {', '.join(held)}."]
        if held
        else []
    )
    if other:
        limits.append(
            "Anything that is not affected by error in the one measure of the exposure, which makes differences small."
        )
    trimmed = replace(
        study,
        id=f"{study.id}-adapted",
        secondary_outcomes=tuple(c for c, _ in kept),
        secondary_estimands=tuple(e for _, e in kept),
        words=tuple(w for w in study.words if w.outcome in outcomes),
        caveats=(*study.caveats, *limits),
        **rest,
    )
    return Adapted(trimmed, exchanged | {c: (_ROLES[f], lacking) for (f, c), lacking in lacks.items()}, other)


def core_needs(study: Study, data: TablesHeld) -> tuple[str, ...]:
    """What the data lack that a study cannot do without, as ``table.column``; empty where it runs, perhaps trimmed."""
    study, _, _ = _with_exposure(study, data)
    gone = {c for _, c in _lacks(study, data)}
    return _lacking(study, [c for c in study.columns if c not in gone], data)


def _with_exposure(study: Study, data: TablesHeld) -> tuple[Study, str, tuple[str, ...]]:
    """The study by another measure of its exposure where only that is there; which, and what the declared one lacks."""
    missing = _lacking(study, (study.exposure,), data)
    other = next((i for i in study.instruments if not _lacking(study, (i,), data)), "") if missing else ""
    if not other:
        return study, "", ()
    rest = tuple(i for i in study.instruments if i != other)
    return replace(study, exposure=other, instruments=rest), other, missing


def _lacks(study: Study, data: TablesHeld) -> dict[tuple[str, str], tuple[str, ...]]:
    """(Field, column) that the study can do without and the data lack -> what they lack for it."""
    columns = {f: getattr(study, f) for f in (*_LISTS, "secondary_outcomes")} | {
        f: (getattr(study, f),) for f in _SINGLE
    }
    pairs = [(f, c) for f, some in columns.items() for c in some if c]
    return {(f, c): lacking for f, c in pairs if (lacking := _lacking(study, (c,), data))}


def _lacking(study: Study, columns: tuple[str, ...] | list[str], data: TablesHeld) -> tuple[str, ...]:
    """Tables' columns that these columns need and the data do not hold, beyond those of the rows themselves."""
    base = {} if len(columns) > 1 else table_needs(study.row_unit, _of_the_rows(study, columns[0]), study.metrics)
    known = {(t, c) for t, some in base.items() for c in some}
    needed = [(t, c) for t, some in table_needs(study.row_unit, columns, study.metrics).items() for c in some]
    return tuple(f"{t}.{c}" for t, c in needed if (t, c) not in known and not holds(data, t, c))


def _of_the_rows(study: Study, column: str) -> tuple[str, ...]:
    """What is asked of the data in any case: the outcome, and the exposure where another column is looked at."""
    measures = {study.exposure, *study.instruments}
    return (study.outcome,) if column in measures else (study.outcome, study.exposure)
