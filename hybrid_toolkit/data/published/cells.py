"""One published cell: a number, a marker, or words. A marker never becomes a number."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

_MONTHS, _MINUTES = 12, 60
"""Of a year and of an hour: a second part below them is the rest of a duration."""
_MARKER = 4
"""Letters of the longest symbol in use, ``low:`` and ``supp`` among them; a longer word is a word."""
_WHOLE_FLOAT = 1e15
"""A float below 2**53, some 9e15, holds every whole number; one digit is left for sums of them."""

_SYMBOLS = "z x c u k s r p e d b w low supp null nan na n/k n/a n.a n.a. : . .. ... - – — * ** *** ~ # @ ! † ‡ … < >"
MARKERS = frozenset(_SYMBOLS.split())
"""Symbols that statistics publishers put where a number is missing, suppressed, not applicable or negligible."""

_COMMON = "all yes no men boy girl boys male none aged of and or the to q1 q2 q3 q4 good ft pt uk gb true wte hour year"
_WORDS = frozenset(_COMMON.split())
_ERRORS = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NULL!|NUM!)", re.I)
_BRACKETED = re.compile(r"\[[^\[\]]{1,16}\]")
_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-+−–])?\s?(?P<pound>[£€$])?(?P<sign2>[-−–])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?P<exp>[eE][-+]?\d+)?"
    r"\s?(?P<percent>%)?(?P<close>\))?"
    r"\s?(?P<tail>\*{1,3}|[†‡~#]|\[[^\[\]]{1,16}\](?:\s?\[[^\[\]]{1,16}\])*|[rpeubxcz]|\([rpe]\))?"
)

_BELOW = re.compile(
    r"(?:<|≤|<=|fewer than|less than|under|up to|at most)\s?(?P<n>\d+(?:\.\d+)?)\s?%?|"
    r"(?P<m>\d+(?:\.\d+)?)\s?%? (?:or|and) (?:fewer|less|under|below)",
    re.I,
)
_ABOVE = re.compile(
    r"(?:>|≥|>=|more than|over|at least|greater than)\s?(?P<n>\d+(?:\.\d+)?)\s?%?|"
    r"(?P<m>\d+(?:\.\d+)?)\s?%?(?:\+| (?:or|and) (?:more|over|above))",
    re.I,
)
_BETWEEN = re.compile(r"(?P<n>\d+(?:\.\d+)?)\s?%?\s?(?:-|–|to)\s?(?P<m>\d+(?:\.\d+)?)\s?%?", re.I)
_CLOCK = re.compile(r"(?P<first>\d{1,4}):(?P<second>\d\d?)")
_SPELT = re.compile(
    r"(?=\d)(?:(?P<years>\d+)\s?(?:years?|yrs?|y))?[\s,]*(?:and )?(?:(?P<months>\d+)\s?(?:months?|mths?|m))?", re.I
)
_MOST_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """What one cell says.

    Parameters
    ----------
    value : float, optional
        The number, or NaN.
    marker : str, optional
        The published symbol, or empty.
    text : str, optional
        Words that are neither a number nor a symbol, or empty.
    note : str, optional
        What was assumed in reading it, or empty.
    percent : bool, default False
        A per cent sign was printed.
    bracketed : bool, default False
        A number in round brackets (a standard error, or a negative amount).
    lower : float, optional
        The bounds that a marker such as ``<5`` or ``90-99`` states; NaN where it states none.
    upper : float, optional
        The bounds that a marker such as ``<5`` or ``90-99`` states; NaN where it states none.
    parts : tuple[int, ...], optional
        The two numbers of a duration such as ``3:4``, or empty.
    unit : str, optional
        Unit that the cell itself prints ("months" of ``2 years 3 months``), or empty.
    """

    value: float = math.nan
    marker: str = ""
    text: str = ""
    note: str = ""
    percent: bool = False
    bracketed: bool = False
    lower: float = math.nan
    upper: float = math.nan
    parts: tuple[int, ...] = ()
    unit: str = ""

    @property
    def is_range(self) -> bool:
        """A marker that states bounds."""
        return bool(self.marker) and not math.isnan(self.lower)

    @property
    def is_number(self) -> bool:
        return not math.isnan(self.value)

    @property
    def is_blank(self) -> bool:
        return not (self.is_number or self.marker or self.text)


BLANK = PublishedCell()


def cell_text(raw: object) -> str:
    """A cell as trimmed text: dates ISO, whole floats without a point, odd spaces made plain.

    Examples
    --------
    >>> cell_text("Close "), cell_text(2011.0), cell_text(datetime(2025, 3, 31))
    ('Close', '2011', '2025-03-31')
    """
    if isinstance(raw, str):
        text = raw.replace("\ufeff", "").replace("\u200b", "")
        return " ".join(text.split()) if not text.isalnum() else text
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, datetime):
        return raw.date().isoformat() if (raw.hour, raw.minute, raw.second) == (0, 0, 0) else raw.isoformat(" ")
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, float):
        if math.isnan(raw):
            return ""
        return str(int(raw)) if raw.is_integer() and abs(raw) < _WHOLE_FLOAT else repr(raw)
    return str(raw)


def parse_cell(raw: object) -> PublishedCell:
    """Read one cell of a published table.

    Examples
    --------
    >>> parse_cell("1,234.5").value, parse_cell("low").marker, parse_cell("[c]").marker, parse_cell("Good").text
    (1234.5, 'low', '[c]', 'Good')
    >>> parse_cell("-0.084***").value, parse_cell("-0.084***").marker
    (-0.084, '***')
    >>> parse_cell("<5").marker, parse_cell("<5").lower, parse_cell("90-99").upper, parse_cell("2 years 3 months").value
    ('<5', 0.0, 99.0, 27.0)
    """
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return BLANK if math.isnan(raw) else PublishedCell(value=float(raw))
    return _parse_text(cell_text(raw))


@lru_cache(maxsize=200_000)
def _parse_text(text: str) -> PublishedCell:
    if not text:
        return BLANK
    if (text if len(text) == 1 else text.casefold()) in MARKERS or _BRACKETED.fullmatch(text):
        return PublishedCell(marker=text)
    if _ERRORS.fullmatch(text):
        return PublishedCell(marker=text, note="a spreadsheet error stands in the published cell")
    if text[0].isdigit() or text[0] in "<≤>≥" or text[-1].isdigit():
        unusual = _range(text) or _duration(text)
        if unusual is not None:
            return unusual
    found = _NUMBER.fullmatch(text)
    if found is None or bool(found["open"]) != bool(found["close"]):
        return PublishedCell(text=text)
    number = float(found["digits"].replace(",", "") + (found["exp"] or ""))
    if found["sign"] in ("-", "−", "–") or found["sign2"]:
        number = -number
    notes = []
    if "," in found["digits"]:
        notes.append("thousands separators taken off")
    if found["pound"]:
        notes.append("currency sign taken off")
    if found["percent"]:
        notes.append("per cent sign taken off")
    return PublishedCell(
        value=number,
        marker=found["tail"] or "",
        note="; ".join(notes),
        percent=bool(found["percent"]),
        bracketed=bool(found["open"]),
    )


def _range(text: str) -> PublishedCell | None:
    """A marker that states bounds: ``<5`` is 0 to 5; ``>95`` has no upper bound until its column is known."""
    found = _BELOW.fullmatch(text)
    if found:
        return PublishedCell(marker=text, lower=0.0, upper=float(found["n"] or found["m"]))
    found = _ABOVE.fullmatch(text)
    if found:
        return PublishedCell(marker=text, lower=float(found["n"] or found["m"]))
    found = _BETWEEN.fullmatch(text)
    # 2011-12 is a financial year and 12-5 is no range
    if found and float(found["n"]) < float(found["m"]) and not re.fullmatch(r"(19|20)\d\d\D+\d{2,4}", text):
        return PublishedCell(marker=text, lower=float(found["n"]), upper=float(found["m"]))
    return None


def _duration(text: str) -> PublishedCell | None:
    """``3:4``, whose units only the words beside it tell, or ``2 years 3 months``."""
    found = _CLOCK.fullmatch(text)
    if found:
        return PublishedCell(marker=text, parts=(int(found["first"]), int(found["second"])))
    found = _SPELT.fullmatch(text)
    if found and (found["years"] or found["months"]) and re.search(r"y", text, re.I) and re.search(r"m", text, re.I):
        months = 12 * int(found["years"] or 0) + int(found["months"] or 0)
        return PublishedCell(value=float(months), note="duration in years and months read as months", unit="months")
    return None


def duration_in(parts: tuple[int, ...], words: str) -> tuple[float, str]:
    """A duration of two parts as one number and its unit, by the words that stand beside it.

    Returns
    -------
    tuple[float, str]
        (value, unit), or (NaN, "") where the words name no units or the second part is too large for them.

    Examples
    --------
    >>> duration_in((3, 4), "Average age (years:months)"), duration_in((7, 30), "hh:mm"), duration_in((3, 4), "Age")
    ((40.0, 'months'), (450.0, 'minutes'), (nan, ''))
    """
    first, second = parts
    if re.search(r"y(ea)?rs?\W*(:|and|,|/|&)?\W*m(on)?ths?", words, re.I) and second < _MONTHS:
        return float(12 * first + second), "months"
    if re.search(r"h(ou)?rs?\W*(:|and|/|&)?\W*min|hh:mm", words, re.I) and second < _MINUTES:
        return float(60 * first + second), "minutes"
    return math.nan, ""


def bounded_cell(cell: PublishedCell, is_percentage: bool) -> tuple[float, float]:
    """The bounds of a marker; a percentage is at most 100."""
    if cell.is_range and math.isnan(cell.upper) and is_percentage:
        return cell.lower, _MOST_PERCENT
    return cell.lower, cell.upper


def looks_like_marker(text: str) -> bool:
    """Whether an unknown token may be kept as a marker: at most four characters, no digit, not a common word.

    Examples
    --------
    >>> looks_like_marker("q"), looks_like_marker("Total"), looks_like_marker("All")
    (True, False, False)
    """
    short = len(text) <= _MARKER and " " not in text and not any(ch.isdigit() for ch in text)
    return short and text.casefold() not in _WORDS
