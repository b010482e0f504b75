"""Days and months in the ways people and programs write them in words, brought to one way each."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[.,]*[ \-](?=[\da-z])", re.I)
_DAY_FIRST = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ /.\-]*({_MONTH})[ /.,\-]*(\d{{4}}|\d{{2}})(?!\d)"
    r"(?:[T :,]+(\d{1,2}:\d{2}.*))?",
    re.I,
)
_DAY_SECOND = re.compile(
    rf"({_MONTH})[ .\-]*(\d{{1,2}})(?:st|nd|rd|th)?(?:, *| )(\d{{4}})(?:[ ,]+(\d{{1,2}}:\d{{2}}.*))?", re.I
)
_YEAR_FIRST = re.compile(rf"(\d{{4}})[ /.\-]({_MONTH})[ /.\-](\d{{1,2}})", re.I)
_OF_MONTH = re.compile(rf"({_MONTH})(?:[ /.,\-'’]|of)*(\d{{4}}|\d{{2}})", re.I)
_YEAR_THEN_MONTH = re.compile(rf"(\d{{4}})[ /.\-]*({_MONTH})", re.I)


def plain_day(text: str) -> str:
    """A day in words as ``"3 Feb 2025"``, without its weekday; any other text but for a weekday as it is.

    Parameters
    ----------
    text : str
        A cell.

    Examples
    --------
    >>> plain_day("Mon 03-Feb-25"), plain_day("February 3, 2025"), plain_day("03FEB2025"), plain_day("2025-02-03")
    ('03 Feb 25', '3 Feb 2025', '03 Feb 2025', '2025-02-03')
    >>> plain_day("Monday 03/02/2025"), plain_day("Thursday group")
    ('03/02/2025', 'Thursday group')
    """
    bare = _WEEKDAY.sub("", text)
    bare = bare if bare[:1].isdigit() or _DAY_SECOND.fullmatch(bare) else text
    if found := _DAY_FIRST.fullmatch(bare):
        day, month, year, hour = found.groups()
    elif found := _DAY_SECOND.fullmatch(bare):
        month, day, year, hour = found.groups()
    elif found := _YEAR_FIRST.fullmatch(bare):
        (year, month, day), hour = found.groups(), None
    else:
        return bare
    return f"{day} {month[:3].capitalize()} {year}" + (f" {hour}" if hour else "")


def plain_month(text: str) -> str:
    """A month in words as ``"Apr 2024"`` or ``"Apr 24"``; any other text as it is.

    Parameters
    ----------
    text : str
        A cell.

    Examples
    --------
    >>> plain_month("April 2024"), plain_month("May-24"), plain_month("2024 Sept"), plain_month("Mar '25")
    ('Apr 2024', 'May 24', 'Sep 2024', 'Mar 25')
    >>> plain_month("2024-04"), plain_month("Maybe 2024")
    ('2024-04', 'Maybe 2024')
    """
    if found := _OF_MONTH.fullmatch(text):
        month, year = found.groups()
    elif found := _YEAR_THEN_MONTH.fullmatch(text):
        year, month = found.groups()
    else:
        return text
    return f"{month[:3].capitalize()} {year}"
