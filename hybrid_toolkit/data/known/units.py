"""Amounts with their unit in the cell, as ``"1 hour"`` or ``"60%"``."""

from __future__ import annotations

import re

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(hours?|hrs?|h|minutes?|mins?|m)\b\.?", re.I)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")


def amount(text: str, unit: str) -> float | None:
    """A number of a unit from a cell that says its own, or None where it does not.

    Parameters
    ----------
    text : str
        The cell.
    unit : str
        ``"minutes"``, one that begins with ``"hours"``, ``"fte"``, ``"share"`` or ``"days"``.

    Examples
    --------
    >>> [amount(a, "minutes") for a in ("1 hour", "1hr 30", "0:45", "90 mins")]
    [60.0, 90.0, 45.0, 90.0]
    >>> amount("60%", "fte"), amount("2 days", "days"), amount("7h 30m", "hours a month"), amount("long", "minutes")
    (0.6, 2.0, 7.5, None)
    """
    said = text.strip().lower()
    if unit in ("fte", "share") and (share := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", said)):
        return float(share.group(1)) / 100
    if unit == "fte" and (plain := re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:fte|wte)", said)):
        return float(plain.group(1))
    if unit == "days" and (days := re.fullmatch(r"(\d+(?:\.\d+)?)\s*days?", said)):
        return float(days.group(1))
    if unit != "minutes" and not unit.startswith("hours"):
        return None
    minutes = _minutes(said)
    return minutes if unit == "minutes" or minutes is None else minutes / 60


def _minutes(said: str) -> float | None:
    if clock := _CLOCK.fullmatch(said):
        return 60.0 * int(clock.group(1)) + int(clock.group(2))
    said = {"half an hour": "30 min", "an hour": "1 hour", "one hour": "1 hour", "two hours": "2 hours"}.get(said, said)
    whole, rest = 0.0, said
    for part in _PART.finditer(said):
        whole += float(part.group(1)) * (60 if part.group(2)[0] == "h" else 1)
        rest = rest.replace(part.group(0), "", 1)
    rest = re.sub(r"\band\b|[,&+]", "", rest).strip()
    if whole == 0 and rest == said:
        return None
    if rest and re.fullmatch(r"\d{1,2}", rest) and re.search(r"h", said):
        return whole + float(rest)  # "1hr 30"
    return whole if not rest else None
