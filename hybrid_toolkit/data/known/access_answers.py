"""What answers about going online say of a household's digital access, in words or ticked one after another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hybrid_toolkit.data.known.codes import plain_spelling
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS

_ACCESS = (
    (r"^(?:full|fully|no issues?|nothing lacks)\b.*", dict.fromkeys(ACCESS_FLAGS, True)),
    (r"^(?:yes|good|has access)\b.*", {"devices": True, "home_broadband": True}),
    (r".*(?:no device|no laptop|without device|device needed).*", {"devices": False}),
    (
        r".*(?:mobile data only|mobile only|smartphone only|phone only|no broadband|no wifi).*",
        {"home_broadband": False},
    ),
    (r"^(?:none|no access|no|offline|no internet)$", {"devices": False, "home_broadband": False}),
    (r".*(?:limited data|data poverty|no data|pay as you go).*", {"mobile_data": False}),
    (r".*(?:low skills|lacks skills|no skills|low confidence|needs help).*", {"online_tasks": False}),
)
_TICKS = (
    (r"\blaptop|\btablet|\bcomputer|\bdevice|\bpc\b|\bipad", "devices"),
    (r"\bbroadband|\bwi-?fi|\bhome internet|\bfibre", "home_broadband"),
    (r"\bdata\b|\bmobile internet|\b[45]g\b", "mobile_data"),
    (r"\bonline (?:tasks|services|forms)|\bdigital skills|\bconfident", "online_tasks"),
    (r"\bset(?:ting)? up", "set_up"),
    (r"\bsecur|\bsafe(?:ty|ly)? online|\bonline safety", "security"),
)
"""What an answer that may be ticked says of digital access."""
_MOBILE = re.compile(r"mobile data only")


def access_said(text: str) -> dict[str, bool]:
    """What an answer says of the parts of digital access; empty where it says nothing known.

    "Full" says that nothing is lacking; a single lack says nothing of the other parts.

    Parameters
    ----------
    text : str
        The answer.

    Examples
    --------
    >>> access_said("Mobile data only"), access_said("Lives by the sea")
    ({'home_broadband': False, 'mobile_data': True}, {})
    """
    plain = plain_spelling(text)
    said = {c: v for pattern, flags in _ACCESS if re.fullmatch(pattern, plain) for c, v in flags.items()}
    return said | ({"mobile_data": True} if said and _MOBILE.search(plain) else {})


def ticked(texts: Sequence[str]) -> dict[str, str]:
    """Answer -> part of digital access, where a column holds all that was ticked, one after another.

    Parameters
    ----------
    texts : Sequence[str]
        The distinct texts of the column.

    Examples
    --------
    >>> ticked(["Laptop; Home wifi", "Home wifi"])
    {'Laptop': 'devices', 'Home wifi': 'home_broadband'}
    """
    parted = [[a.strip() for a in re.split(r"[;|\n]|, ?(?=[A-Z])", t) if a.strip()] for t in texts]
    if max(map(len, parted), default=0) < 2:
        return {}
    found: dict[str, str] = {}
    for answer in dict.fromkeys(a for some in parted for a in some):
        said = plain_spelling(answer)
        column = next((c for pattern, c in _TICKS if re.search(pattern, said)), "")
        if column and column not in found.values() and not re.match(r"no\b|none\b", said):
            found[answer] = column
    return found
