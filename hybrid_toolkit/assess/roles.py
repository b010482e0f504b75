"""Who rates and who owns an action: roles, never names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hybrid_toolkit.errors import UsageError

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "practitioner": "Practitioner",
        "supervisor": "Supervisor or manager",
        "hr": "Human resources",
        "estates": "Estates and facilities",
        "it": "Information technology",
        "learning": "Learning and development",
        "finance": "Finance",
        "families": "Voice of children and families",
        "senior_leader": "Senior leader",
    }
)
"""Role id -> words: practitioners (S0-U1), managers (S0-U2), partners (S0-U3), families (S0-U4), the owner (S0-U5)."""


def role_words(role: str, number: int = 1) -> str:
    """A rater in words: the role, with a number where several people share it.

    Raises
    ------
    UsageError
        There is no such role.

    Examples
    --------
    >>> role_words("practitioner"), role_words("practitioner", 2)
    ('Practitioner', 'Practitioner 2')
    """
    check_role(role)
    return ROLES[role] + (f" {number}" if number > 1 else "")


def check_role(role: str) -> None:
    """Refuse what is not one of the roles, such as a name.

    Raises
    ------
    UsageError
        There is no such role.
    """
    if role not in ROLES:
        raise UsageError(
            "that is not one of the roles; people are never named here.",
            fix=f"Use one of: {', '.join(ROLES)}.",
            code="ASSESS-ROLE",
        )
