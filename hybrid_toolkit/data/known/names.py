"""Names that columns and tables carry in the wild, and how near a header is to one of them.

``columns.csv`` was gathered from the field lists of the Standard Safeguarding Dataset, Annex A, the looked-after-
children, children in need and workforce returns, and the headers that personnel, case and survey systems print.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from rapidfuzz import fuzz

from hybrid_toolkit.data.known.concepts import alike, concepts, known_words, within
from hybrid_toolkit.data.known.short_forms import USUAL_SHORT_FORMS, parted, written_out
from hybrid_toolkit.data.tables.contracts import TABLES

_FILLERS = frozenset(
    [
        "the",
        "of",
        "in",
        "a",
        "an",
        "is",
        "was",
        "y",
        "n",
        "yes",
        "no",
        "mins",
        "min",
        "minutes",
        "hrs",
        "hours",
        "days",
        "date",
        "dt",
        "dttm",
        "code",
        "flag",
        "current",
        "name",
        "id",
        "ref",
        "number",
        "yn",
        "if",
        "any",
        "to",
        "at",
        "for",
        "this",
        "please",
        "field",
        "col",
        "desc",
        "description",
        "tick",
        "all",
        "apply",
        "applies",
        "per",
        "pw",
        "value",
    ]
)
"""Words that may be left over when a known name is found inside a header, and leave its meaning as it is."""
_WEAK = frozenset(
    [
        "date",
        "start",
        "end",
        "id",
        "no",
        "number",
        "name",
        "type",
        "code",
        "from",
        "to",
        "day",
        "month",
        "ref",
        "status",
        "reason",
    ]
)


_WISHED = r"pref\w*|choice|chose\w*|wish\w*|want\w*|like[sd]?|rather|best|suits?"
"""What says that a way to meet is what somebody would like, and not what was done."""
_NEVER = {
    "mode": re.compile(rf"\b(?:{_WISHED}|offer\w*)\b"),
    "mode_preferred": re.compile(r"\boffer\w*\b"),
    "held_date": re.compile(
        r"\b(?:due|record\w*|input|entered|created|birth|dob|authoris\w*|next|target)\b|\b(?:from|until)$"
    ),
    "child_seen": re.compile(r"\b(?:alone|without|separately|(?:on|by) (?:\w+ )?(?:own|self|sel(?:f|ves)))\b"),
    "start_date": re.compile(r"\b(?:birth|dob|end|leav\w*|left)\b"),
    "agency": re.compile(r"\bbank\b"),  # bank staff are the employer's own
    "leave_date": re.compile(r"\b(?:start\w*|birth|joined|annual)\b"),
    "end_date": re.compile(r"\b(?:start\w*|birth)\b"),
    "worker_id": re.compile(
        r"\b(?:child|family|client|service users?|case note|managers?|supervisor|supervised by|mgr|supvr)\b(?! id$)"
    ),
    "sick_days": re.compile(r"\bannual\b|\bleave (?:and |or )?sick|\bsick\w* (?:and |or )(?:annual )?leave"),
}
"""Words that no header of a column has, however near the rest is."""
_ONLY = {
    "mode_preferred": re.compile(rf"\b(?:{_WISHED}|asked)\b"),
    "la_id": re.compile(r"\b(?:l ?a|lea|lad|utla|ltla|authority|council|borough|county|district|ons)\b"),
}
"""Words of which a header of a column has one, whatever its values are: where a visit was held is nobody's wish."""


_ENCODED = re.compile(r"_x([0-9a-fA-F]{4})_")
"""A letter as XML names write it (ECMA-376, ST_Xstring), and lists exported with the names that a program uses."""
_DATE_AND_TIME = re.compile(r"\bdate (?:and )?time\b")
"""A day with its hour is a day."""


@lru_cache(maxsize=65536)
def words(name: str) -> str:
    """A header in lower-case words: ``"RoleStartDate"`` and ``"Role start-date?"`` both as ``"role start date"``.

    Examples
    --------
    >>> words("RoleStartDate"), words("Reflective?"), words("W.T.E."), words("invo_person_id")
    ('role start date', 'reflective', 'w t e', 'invo person id')
    >>> words("Visit Date and Time"), words("Visit_x0020_Date")
    ('visit date', 'visit date')
    """
    name = _ENCODED.sub(lambda m: chr(int(m[1], 16)), name)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    said = " ".join(re.sub(r"[^a-z0-9%]+", " ", text.replace("'", "").replace("’", "").lower()).split())
    return _DATE_AND_TIME.sub("date", said)


_WEEK = re.compile(r"(?:w ?/? ?[bce]|wk|week)(?:[ .]*(?:commencing|beginning|starting|ending|of))?[ .:\-]+(?=\d)", re.I)


def without_week(header: str) -> str:
    """The day that a header for a week names; the header as it is where it says no week.

    Parameters
    ----------
    header : str
        A header of a column of periods.

    Examples
    --------
    >>> without_week("w/c 01/04/2024"), without_week("Week ending: 7 Apr 2024"), without_week("Apr-24")
    ('01/04/2024', '7 Apr 2024', 'Apr-24')
    """
    return _WEEK.sub("", header.strip(), count=1)


@lru_cache(maxsize=1)
def column_names() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Table -> column -> the names it is known by, in words; tables with a ``~`` are layouts that become a table."""
    text = resources.files("hybrid_toolkit.data.known").joinpath("columns.csv").read_text(encoding="utf-8")
    listed: dict[str, dict[str, list[str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        listed.setdefault(row["table"], {})[row["column"]] = row["names"].split("|")
    made: dict[str, dict[str, tuple[str, ...]]] = {}

    def whole(names: list[str]) -> list[str]:
        """The names, those of another column put in where ``=table.column`` stands."""
        return [n for name in names for n in (whole(_of(listed, name)) if name.startswith("=") else [name])]

    for table, columns in listed.items():
        for column, names in columns.items():
            made.setdefault(table, {})[column] = tuple(dict.fromkeys(words(n) for n in [column, *whole(names)]))
    for contract in TABLES.values():
        for column in contract.names:
            made.setdefault(contract.name, {}).setdefault(column, (words(column),))
    return made


def _of(listed: Mapping[str, Mapping[str, list[str]]], name: str) -> list[str]:
    table, _, column = name[1:].partition(".")
    return listed[table][column]


@lru_cache(maxsize=1)
def _all_names() -> frozenset[str]:
    return frozenset(n.replace(" ", "") for t in column_names().values() for names in t.values() for n in names)


def is_known_header(header: str) -> bool:
    """Whether a header is a known name of any column.

    Examples
    --------
    >>> is_known_header("Employee No"), is_known_header("Total for March")
    (True, False)
    """
    return words(header).replace(" ", "") in _all_names()


def may_be(header: str, column: str) -> bool:
    """Whether the words of a header leave it open that it is a column of the contracts.

    Examples
    --------
    >>> may_be("Location of visit", "mode"), may_be("Location of visit", "mode_preferred"), may_be("DOB", "start_date")
    (True, False, False)
    """
    said = words(header)
    full = " ".join(USUAL_SHORT_FORMS.get(word, word) for word in said.split())
    if not said or (column in _NEVER and (_NEVER[column].search(said) or _NEVER[column].search(full))):
        return False
    return column not in _ONLY or bool(_ONLY[column].search(said))


SPELT_OUT = 0.98
"""A known name once its short forms are written out. This and the four below only order the kinds of likeness."""
AMONG_FILLERS = 0.93
"""A known name among words that say nothing."""
LESS_A_FILLER = 0.9
"""A known name short of such a word, and the most that a spelling near one is worth."""
AMONG_WORDS = 0.6
"""The least that a known name is worth among words that do say something."""
_SPELLING = 0.86
"""Letters that two spellings must share: one slip in seven, or a plural."""
_LETTERS = 5
"""In shorter names one slip makes another word: "date" and "rate"."""


@lru_cache(maxsize=65536)
def likeness(header: str, table: str, column: str) -> float:
    """How near a header is to the names of a column, 0 to 1; 1 is one of them.

    Examples
    --------
    >>> round(likeness("Employee No", "worker", "worker_id"), 1), likeness("Shoe size", "worker", "fte")
    (1.0, 0.0)
    >>> likeness("Duration of session (mins)", "supervision", "minutes") > 0.7
    True
    """
    said = words(header)
    if not may_be(header, column):
        return 0.0
    forms = [form for form in written_forms(said, table) if may_be(form, column)]
    return max(_likeness(said, table, column), *(SPELT_OUT * _likeness(form, table, column) for form in forms), 0.0)


@lru_cache(maxsize=65536)
def written_forms(said: str, table: str) -> tuple[str, ...]:
    """A header in words, with what was run together or cut short written out in the words of a table.

    Parameters
    ----------
    said : str
        From ``words``.
    table : str
        A table or layout.

    Examples
    --------
    >>> written_forms("supvdt", "supervision")
    ('supv dt', 'supv date', 'superv date', 'supervised date')
    """
    known = _words_of(table)
    apart = " ".join(parted(word, known) for word in said.split())
    full = " ".join(USUAL_SHORT_FORMS.get(w, w) for w in apart.split())
    return tuple(form for form in dict.fromkeys([apart, full, *written_out(full, known)]) if form != said)


@lru_cache(maxsize=64)
def _words_of(table: str) -> frozenset[str]:
    """Words of the names of a table's columns, and those that mean a part of one."""
    names = (name for names in column_names()[table].values() for name in names)
    return frozenset(w for name in names for w in name.split()) | known_words() | frozenset(USUAL_SHORT_FORMS)


class _Known(NamedTuple):
    """A known name, with what is asked of it for every header."""

    name: str
    tight: str
    parts: frozenset[str]
    means: frozenset[str]
    here: frozenset[str]
    """What it means within its table."""


@lru_cache(maxsize=1024)
def _known(table: str, column: str) -> tuple[tuple[_Known, ...], Mapping[str, int]]:
    """The names of a column, and the place of each without its blanks."""
    names = column_names()[table].get(column, ())
    made = tuple(
        _Known(n, n.replace(" ", ""), frozenset(n.split()), concepts(n), within(concepts(n), table)) for n in names
    )
    return made, {one.tight: place for place, one in reversed(list(enumerate(made)))}


def _likeness(said: str, table: str, column: str) -> float:
    tight, (names, places) = said.replace(" ", ""), _known(table, column)
    if (place := places.get(tight)) is not None:
        return (1.0 if place < 2 else 0.99) - 1e-5 * place  # of two known names the earlier in the list is meant
    best, parts, means = _dated(tight, names), frozenset(said.split()), concepts(said)
    bare = within(means, table)
    for known in names:
        best = max(best, _near(said, tight, parts, known))
        if not means.isdisjoint(known.means):
            best = max(best, alike(means, known.means))
        if not bare.isdisjoint(known.here) and (bare != means or known.here != known.means):
            best = max(best, 0.95 * alike(bare, known.here))
    return best


_INITIALS = re.compile(r"do(?![bd])[a-z]")
"""Initials of "date of ...", as DOL and DOJ; those of birth and death are nothing that is looked for."""


def _dated(tight: str, names: Sequence[_Known]) -> float:
    """What the initials of a "date of ..." among the names are worth."""
    if not _INITIALS.fullmatch(tight):
        return 0.0
    return LESS_A_FILLER if any(one.name.startswith(f"date of {tight[-1]}") for one in names) else 0.0


def _near(said: str, tight: str, here: frozenset[str], known: _Known) -> float:
    if not here.isdisjoint(known.parts):
        extra, lacking = here - known.parts, known.parts - here
        if not lacking and known.parts - _WEAK:
            return AMONG_FILLERS if extra <= _FILLERS else max(AMONG_WORDS, 0.8 - 0.06 * len(extra - _FILLERS))
        if not extra and len(here) >= 2 and lacking <= _FILLERS:
            return LESS_A_FILLER
    if min(len(tight), len(known.name)) < _LETTERS:
        return 0.0
    pairs = ((len(tight), len(known.tight)), (len(said), len(known.name)))
    if all(2 * min(p) < _SPELLING * sum(p) for p in pairs):  # no two spellings of such lengths are that near
        return 0.0
    least = 100 * _SPELLING
    ratio = max(
        fuzz.ratio(tight, known.tight, score_cutoff=least), fuzz.token_sort_ratio(said, known.name, score_cutoff=least)
    )
    return float(LESS_A_FILLER * ratio / 100) if ratio >= least else 0.0
