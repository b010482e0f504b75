"""Columns named after days: dates, days of a month ("Mon 1") and weekdays, and halves of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise

from hybrid_toolkit.data.known.written_days import plain_day

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|r|ur)?(?:day)?(?=$|[\s.,\-/(\d])[\s.,\-/(]*", re.I)
_SLOT = re.compile(r"(?:^|[\s\-/(])(am|pm|a\.m\.?|p\.m\.?|morning|afternoon)\)?$", re.I)
_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\)?")
_NUMBER_THEN_WEEKDAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-]*(mon|tue|wed|thu|fri|sat|sun)[a-z]*", re.I)
_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d %b %y")
_DAY_OF_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/]*([a-z]{3})[a-z]*", re.I)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OF_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s.,\-'’_]*(?:of )?((?:19|20)?\d{2})(?!\d)", re.I
)
_MONTH_ALONE = re.compile(r"\b(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b", re.I)
_YEAR = re.compile(r"\b((?:19|20)\d{2})\b")
_ISO_MONTH = re.compile(r"\b((?:19|20)\d{2})-(\d{2})\b")
_WEEK_OF = re.compile(
    r"(?:w/?[ce]|week (?:beginning|commencing|of|starting))[\s:]*(.{6,20}?\d{2,4})(?=$|[\s),;(–-]|\.(?!\d))", re.I
)
_DAYS_OF_A_MONTH = 31


@dataclass(frozen=True, slots=True)
class DayHeader:
    """What a header says of a day; what it does not say is None, or empty.

    Parameters
    ----------
    day : date | None
        The day in full.
    number : int | None
        Day of the month.
    weekday : int | None
        0 is Monday.
    slot : str
        ``"am"``, ``"pm"`` or empty for the whole day.
    month : int | None, default None
        Month of the year, where the header says a day of a month and no year.
    """

    day: date | None
    number: int | None
    weekday: int | None
    slot: str
    month: int | None = None


@lru_cache(maxsize=65536)
def day_header(text: str) -> DayHeader | None:
    """The day that a header names, or None where it names none.

    Parameters
    ----------
    text : str
        A header.

    Examples
    --------
    >>> day_header("Mon 07/04/2025 AM")
    DayHeader(day=datetime.date(2025, 4, 7), number=7, weekday=0, slot='am', month=None)
    >>> day_header("Tue 8"), day_header("Friday").weekday, day_header("Month") is None
    (DayHeader(day=None, number=8, weekday=1, slot='', month=None), 4, True)
    """
    if len(text) > _LONGEST or not text.strip():
        return None
    said = " ".join(text.split())
    slot = ""
    if found := _SLOT.search(said):
        slot, said = (
            "am" if found[1][0] in "mM" or found[1].lower().startswith(("am", "a.")) else "pm",
            said[: found.start()],
        )
    said = said.strip().removesuffix(" 00:00:00")
    weekday = None
    if found := _WEEKDAY.match(said):
        weekday, said = _WEEKDAYS.index(found[1].lower()), said[found.end() :].rstrip(") ")
    elif found := _NUMBER_THEN_WEEKDAY.fullmatch(said):
        weekday, said = _WEEKDAYS.index(found[2].lower()), found[1]
    elif (found := _OF_MONTH.match(said)) and (inner := day_header(said[found.end() :])) and inner.number:
        month = f"{_year(found[2])}-{_MONTHS.index(found[1].lower()) + 1:02d}"
        day = _in_full(f"{month}-{inner.number:02d}")
        return DayHeader(day, inner.number, inner.weekday, slot) if day else None
    if day := _in_full(said):
        return DayHeader(day, day.day, day.weekday() if weekday is None else weekday, slot)
    number, month_of_year = _NUMBER.fullmatch(said), None
    worded = _DAY_OF_MONTH.fullmatch(said)
    if worded and worded[2].lower() in _MONTHS:
        number, month_of_year = worded, _MONTHS.index(worded[2].lower()) + 1
    if number and 1 <= int(number[1]) <= _DAYS_OF_A_MONTH:
        return DayHeader(None, int(number[1]), weekday, slot, month_of_year)
    return DayHeader(None, None, weekday, slot) if weekday is not None and not said else None


_LONGEST = 40
"""No header that names a day has more letters: "Wednesday 17 September 2025 (afternoon)" has 39."""
_LIKE_A_DAY = re.compile(r"\d{1,4}[-/. ](?:\d{1,2}|[A-Za-z]{3})[-/. ]\d{2,4}")


def _in_full(text: str) -> date | None:
    plain = plain_day(text)
    if not _LIKE_A_DAY.fullmatch(plain):
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(plain, form).date()
        except ValueError:
            continue
    return None


def month_said(texts: Sequence[str], number: int | None = None) -> str:
    """The month that titles and names of sheets and files say, as ``"2025-04"``; empty where none or several do.

    Parameters
    ----------
    texts : Sequence[str]
        Titles above a table and names, the nearest first.
    number : int | None, default None
        The month, where it is known and the year alone is looked for.

    Examples
    --------
    >>> month_said(["Team rota - April 2025"]), month_said(["May", "Rota 2025.xlsx"]), month_said(["Rota"])
    ('2025-04', '2025-05', '')
    """
    for text in texts if number is None else ():
        found = {f"{_year(y)}-{_MONTHS.index(m.lower()) + 1:02d}" for m, y in _OF_MONTH.findall(text)}
        found |= {f"{y}-{m}" for y, m in _ISO_MONTH.findall(text) if 1 <= int(m) <= len(_MONTHS)}
        if found:
            return found.pop() if len(found) == 1 else ""
    if number:
        years = {y for t in texts for y in _YEAR.findall(t)}
        return f"{years.pop()}-{number:02d}" if len(years) == 1 else ""
    months = [{_MONTHS.index(m.lower()[:3]) + 1 for m in _MONTH_ALONE.findall(t)} for t in texts]
    years = {y for t in texts for y in _YEAR.findall(t)}
    month = next((m for m in months if m), set())
    return f"{years.pop()}-{month.pop():02d}" if len(years) == 1 and len(month) == 1 else ""


def _year(text: str) -> str:
    return text if len(text) == len("2025") else f"20{text}"


def week_said(texts: Sequence[str]) -> str:
    """The first day of the week that titles and names say, as an ISO day; empty where none or several do.

    Examples
    --------
    >>> week_said(["Rota, week commencing 7 April 2025"]), week_said(["Rota w/c 07-04-2025.xlsx"]), week_said(["Rota"])
    ('2025-04-07', '2025-04-07', '')
    """
    for text in texts:
        found = {d.isoformat() for part in _WEEK_OF.findall(text) if (h := day_header(part)) and (d := h.day)}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


_RUN, _LONGEST_GAP = 5, 5
"""Days one after the other in a row from which it is a header; a weekend, or Easter, lies between two."""
_NUMBERS_RUN = 15
"""Bare numbers one after the other from which they are days of a month; assumed."""


def names_days(cells: Sequence[str]) -> bool:
    """Whether a row of cells names days that follow one another, as the header of a rota does.

    Parameters
    ----------
    cells : Sequence[str]
        The filled cells of a row.

    Examples
    --------
    >>> names_days(["Name", *(f"{n:02d}/04/2025" for n in (1, 2, 3, 4, 7))]), names_days(["1", "2", "3", "4", "5"])
    (True, False)
    """
    seen = [h for c in cells if (h := day_header(c))]
    days = [h.day.toordinal() for h in seen if h.day]
    if len(days) < _RUN:
        days = [h.number + _DAYS_OF_A_MONTH * (h.month or 0) for h in seen if h.number]
        bare = all(h.weekday is None and h.month is None for h in seen)
        if len(days) < (_NUMBERS_RUN if bare else _RUN):
            return False
    steps = [b - a for a, b in pairwise(days)]
    return all(0 <= s <= _LONGEST_GAP for s in steps) and sum(steps) >= _RUN - 1


def names_halves(cells: Sequence[str]) -> bool:
    """Whether a row of cells names mornings and afternoons in turn, below days that hold two columns each.

    Examples
    --------
    >>> names_halves(["Name", *["AM", "PM"] * 5]), names_halves(["Name", "AM", "PM"])
    (True, False)
    """
    halves = [c.strip().casefold() for c in cells if _SLOT.search(f" {c.strip()}")]
    return len(halves) >= 2 * _RUN and all(a != b for a, b in pairwise(halves))
