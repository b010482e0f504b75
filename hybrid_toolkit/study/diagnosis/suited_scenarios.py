"""Scenarios in which a study can be tried: where its policy starts as its design reads it."""

from __future__ import annotations

from collections.abc import Sequence

from hybrid_toolkit.designs.library import ROLLOUTS, SERIES
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.synth.scenarios import SCENARIOS

FIRST_TRIED = "helpful-hump"
"""The scenario in which a study is tried first, where it can be."""
SEVERAL_STARTS = tuple(d for d in ROLLOUTS if d != "two-by-two")
"""Designs that read several starts of a policy, or compare those that start with those that do not yet."""


def suited_scenarios(design: str) -> tuple[str, ...]:
    """Scenarios in which a design can be tried: one start for all teams, several, or either; the first tried first.

    Parameters
    ----------
    design : str
        Id of the design.

    Returns
    -------
    tuple[str, ...]
        Names of scenarios.

    Examples
    --------
    >>> suited_scenarios("interrupted-series"), suited_scenarios("within-worker")[0]
    (('one-change',), 'helpful-hump')
    """
    one = {n for n, t in SCENARIOS.items() if t.policy_month}
    kept = one if design in SERIES else set(SCENARIOS) - one if design in SEVERAL_STARTS else set(SCENARIOS)
    return tuple(sorted((n for n in SCENARIOS if n in kept), key=lambda n: n != FIRST_TRIED))


def first_suited(studies: Sequence[StudySpec]) -> str:
    """The scenario in which studies are tried where none is named.

    Parameters
    ----------
    studies : Sequence[StudySpec]
        One study, or several that are tried together.

    Returns
    -------
    str
        Name of a scenario.

    Raises
    ------
    StudyError
        None suits all of them.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import policy_studies
    >>> [first_suited([s]) for s in policy_studies()]
    ['helpful-hump', 'one-change', 'helpful-hump']
    """
    kept = [set(suited_scenarios(s.design)) for s in studies]
    found = [n for s in studies[:1] for n in suited_scenarios(s.design) if all(n in k for k in kept)]
    if not found:
        raise StudyError(
            f"no scenario suits all {len(studies)} studies: some need one start of a policy, others several.",
            fix="Try each by itself, or name a scenario.",
            code="TRUTHS",
        )
    return found[0]
