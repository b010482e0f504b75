"""Actions to choose from: at which level each can be done, and which statement on remote working it answers."""

from __future__ import annotations

from collections.abc import Mapping

from hybrid_toolkit.assess.checklist import ChecklistItem, load_checklist
from hybrid_toolkit.errors import UsageError

ACTION_LEVELS: Mapping[str, str] = {"organisation": "Organisation", "team": "Team", "person": "Person"}
"""Who can do an action (S3-ML1 to S3-ML3)."""


def answering_actions(statement: str, level: str = "") -> tuple[ChecklistItem, ...]:
    """Actions to choose from that answer a statement on remote working that many do not agree with.

    Parameters
    ----------
    statement : str
        Id of the statement in the source, such as ``S3-SG1``, or of its item in the survey, such as ``sword_sg1``.
    level : str, optional
        ``organisation``, ``team`` or ``person``, for the actions that can be done there; every one by default.

    Returns
    -------
    tuple[ChecklistItem, ...]
        The actions, in the order of the list.

    Raises
    ------
    UsageError
        There is no statement of that id, or no level of that name.

    Examples
    --------
    >>> [a.id for a in answering_actions("sword_sg3")], [a.id for a in answering_actions("S3-SR3", "person")]
    (['S3-A5', 'S3-A7'], ['S3-A17'])
    """
    wanted = statement.upper().replace("SWORD_", "S3-")
    known = {s for a in load_checklist("actions").items for s in a.statements}
    if wanted not in known:
        raise UsageError(
            "there is no statement on remote working of that id.",
            fix=f"Use one of: {', '.join(sorted(known))}.",
            code="STATEMENT-UNKNOWN",
        )
    return tuple(a for a in actions_at(level) if wanted in a.statements)


def actions_at(level: str) -> tuple[ChecklistItem, ...]:
    """The actions to choose from that can be done at a level; every one where none is named.

    Parameters
    ----------
    level : str
        ``organisation``, ``team`` or ``person``; empty for every one.

    Returns
    -------
    tuple[ChecklistItem, ...]
        The actions, in the order of the list.

    Raises
    ------
    UsageError
        There is no level of that name.

    Examples
    --------
    >>> len(actions_at("")), len(actions_at("person")) < 22
    (22, True)
    """
    listed = load_checklist("actions").items
    if level and level not in ACTION_LEVELS:
        raise UsageError(
            "there is no level of that name.", fix=f"Use one of: {', '.join(ACTION_LEVELS)}.", code="ACTION-LEVEL"
        )
    return tuple(a for a in listed if not level or level in a.levels)
