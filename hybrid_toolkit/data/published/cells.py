"""One published cell: a number, a marker, or words. A marker never becomes a number."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

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


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """What one cell says.

    Parameters
    ----------
    value : the number, or NaN.
    marker : the published symbol, or empty.
    text : words that are neither a number nor a symbol, or empty.
    note : what was assumed in reading it, or empty.
    percent : a per cent sign was printed.
    bracketed : a number in round brackets (a standard error, or a negative amount).
    """

    value: float = math.nan
    marker: str = ""
    text: str = ""
    note: str = ""
    percent: bool = False
    bracketed: bool = False

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
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
    return str(raw)


def parse_cell(raw: object) -> PublishedCell:
    """Read one cell of a published table.

    Examples
    --------
    >>> parse_cell("1,234.5").value, parse_cell("low").marker, parse_cell("[c]").marker, parse_cell("Good").text
    (1234.5, 'low', '[c]', 'Good')
    >>> parse_cell("-0.084***").value, parse_cell("-0.084***").marker
    (-0.084, '***')
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


def looks_like_marker(text: str) -> bool:
    """Whether an unknown token may be kept as a marker: at most four characters, no digit, not a common word.

    Examples
    --------
    >>> looks_like_marker("q"), looks_like_marker("Total"), looks_like_marker("All")
    (True, False, False)
    """
    short = len(text) <= 4 and " " not in text and not any(ch.isdigit() for ch in text)
    return short and text.casefold() not in _WORDS
