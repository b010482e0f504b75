"""Which of the studies run on the data at hand, whole, trimmed or through another, and what that costs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from hybrid_toolkit.data.coverage import Need, StudyFit, TablesHeld
from hybrid_toolkit.errors import CoverageError
from hybrid_toolkit.study.declaration.adapted import Adapted, adapt_study, core_needs
from hybrid_toolkit.study.estimation.claim_grammar import instruments_of, known_lean, lowered
from hybrid_toolkit.study.graph.identification import identify
from hybrid_toolkit.study.shipped_studies import VARIANTS, declared_study, every_study, question_studies
from hybrid_toolkit.study.study import Study


def study_for(study: Study, data: TablesHeld) -> Adapted:
    """The study trimmed to the data; where it cannot run, the nearest of its variants that does.

    Parameters
    ----------
    study : Study
        The declaration.
    data : TablesHeld
        The data it is to run on, such as ``load_data`` gives.

    Returns
    -------
    Adapted
        The study that runs, and what was lost.

    Raises
    ------
    CoverageError
        Neither the study nor a variant of it runs on the data.

    Examples
    --------
    >>> from hybrid_toolkit.synth.committed import load_synthetic
    >>> study_for(declared_study("retention"), load_synthetic("small")).summary()
    "'retention' runs as it is declared."
    """
    try:
        return adapt_study(study, data)
    except CoverageError as first:
        for name in VARIANTS.get(study.id, ()):
            try:
                found = adapt_study(declared_study(name), data)
            except CoverageError:
                continue
            return replace(found, stands_in_for=study.id, why=first.message)
        raise


def strongest_grade(study: Study) -> str:
    """The strongest grade that a study's design and its causal graph leave, before any check on data.

    Examples
    --------
    >>> strongest_grade(declared_study("remote-practice"))
    'quasi-causal'
    >>> strongest_grade(declared_study("meeting-presence"))
    'descriptive'
    """
    open_path = identify(study).identified is False
    lean = [c.name for c in known_lean(study)]
    return lowered(study.design_used.grade, [*(["open path"] if open_path else []), *lean])


def fit_of(study: Study, data: TablesHeld) -> StudyFit:
    """How a study runs on data, for ``coverage``: what it needs, or what it runs without.

    Parameters
    ----------
    study : Study
        The declaration.
    data : TablesHeld
        The data.

    Returns
    -------
    StudyFit
        What it cannot do without, or what it runs without and what that costs.
    """
    if needed := core_needs(study, data):
        other = next((v for v in VARIANTS.get(study.id, ()) if not core_needs(declared_study(v), data)), "")
        return StudyFit(needs=needed, cost=f"--adapt runs '{other}' in its place" if other else "")
    adapted = adapt_study(study, data)
    before, after = strongest_grade(study), strongest_grade(adapted.study)
    lost = f"no grade is lost ({_NAMED[after]} at most)"
    cost = lost if before == after else f"{_NAMED[before]} is lost, {_NAMED[after]} at most is left"
    held = [c for c, (role, _) in adapted.lost.items() if role == "adjusted for"]
    why = f"; {' and '.join(held)} {'is' if len(held) == 1 else 'are'} not adjusted for" if held else ""
    if adapted.measured_by:
        why += f"; {adapted.measured_by} alone measures the exposure"
    return StudyFit(without=tuple(adapted.lost), cost=f"{cost}{why}" if adapted.lost else "")


_NAMED = {
    "descriptive": "a description",
    "associational": "an association",
    "quasi-causal": "a quasi-causal estimate",
    "causal": "a causal estimate",
}


def needs() -> tuple[Need, ...]:
    """What each study needs of the data."""
    return tuple(
        Need(
            id=s.id,
            kind="study",
            name=s.id.replace("-", " "),
            question=s.question,
            tables=s.tables(),
            values={"survey.instrument": responded} if (responded := instruments_of(s.outcome)) else {},
            fits=partial(fit_of, s),
        )
        for s in (*every_study(), *question_studies())
    )
