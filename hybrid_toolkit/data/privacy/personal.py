"""Personal details in words, and values that are names or keys of people: one list, for loading and for what leaves."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from importlib.resources import files
from itertools import pairwise

import pandas as pd

from hybrid_toolkit.data.privacy.identifiers import kind_by_content

_STREETS = r"street|road|avenue|crescent|lane|terrace|mews|ln|rd|ave"
_PLACES = (
    r"St|Rd|Ave|Close|Drive|Way|Court|Place|Park|Green|Hill|View|Row|Walk|Rise|Square|Gardens|Grove|House|Cottages?"
)
_HOUSES = r"Cottage|House|Rectory|Vicarage|Farm|Lodge|Villa|Barn|Hall|Flats?"
_NOT_STREET = r"(?!(?:the|an?|on|of|in|per|each|and|to|for|from|by|with|or|at|as|is|are|were|was)\b)"
_SYSTEMS = r"LCS|EHM|CIN|CPP|MOSAIC|ICS|UPRN|UPN"
_LABELS = (
    r"case|referral|client|family|child|file|record|person|worker|staff|employee|payroll|ref(?:erence)?|id|urn|passport"
    rf"|{_SYSTEMS}|liquid ?logic|frameworki"
)
"""What stands before the number of a person, a case or a file."""
_NO = r"(?:no|num|number|id|ref|reference)"
_AREAS = (
    "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex"
    " fk fy g gl gu ha hd hg hp hr hs hu hx ig ip iv ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn"
    " np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr"
    " ts tw ub w wa wc wd wf wn wr ws wv yo ze"
)
_INWARD = r"\d(?!st\b|nd\b|rd\b|th\b|hr\b)[abd-hjlnp-uw-z]{2}"
"""The end of a postcode in small letters, which an ordinal or a number of hours is not."""
_BETWEEN = r"[ ()./_-]{0,2}"
_DAY = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?[a-z]{3,9}\s+\d{4}|\d{4}-\d{2}-\d{2}"
    r"|[a-z]{3,9}\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})"
)
_IN_WORDS: dict[str, re.Pattern[str]] = {
    "an e-mail address": re.compile(
        r"(?<![\w.+-])[\w.+-]++(?: ?[(\[]at[)\]] ?|@)[\w-]++(?:\.|\[\.\])\w"  # looked for once a word, however long
        r"|(?i:(?<![\w.+-])[\w.+-]++ ?(?:@| at ) ?[\w-]++(?:\.| dot )(?:org|com|net|uk|gov|nhs|ac|co)\b)"
    ),
    "a postcode": re.compile(
        r"\b[A-Z]{1,2}\d[A-Z\d]?[\s-]*\d[A-Z]{2}\b" rf"|\b(?:{_AREAS.replace(' ', '|')})\d[a-z\d]?[\s-]?{_INWARD}\b"
    ),
    "a long number such as an NHS number": re.compile(
        r"(?<![\w.,-])\d{3}[ ./-]?\d{3}[ ./-]?\d{4}(?![\w.])|(?i:\bnhs\b\W*(?:no|num|number)?\W*\d(?:[ ./-]?\d){8,})"
    ),
    "a unique pupil number": re.compile(r"(?i:\b[A-HJ-NP-RT-Z]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?[\dA-HJ-NP-RT-Z]\b)"),
    "a National Insurance number": re.compile(r"(?i:\b[A-Z]{2}[\s-]?\d{2}[\s-]?\d{2}[\s-]?\d{2}[\s-]?[A-D]\b)"),
    "a telephone number": re.compile(
        r"(?<![\w.,-])(?:\+44[ -]?(?:\(0\))?[ -]?|0044[ -]?|\(?[0oO])(?:1\d|2\d|3[0347]|[ ]?7[ ]?[1-9]|8[04]|5[56])"
        rf"(?:{_BETWEEN}\d){{7,9}}"
        r"(?![\w.]*\d)"
        rf"|(?i:\b(?:phone|tel|telephone|mobile|mob|fax|whatsapp)\b[\s.:#]*(?:no|number)?[\s.:#]*\d(?:{_BETWEEN}\d){{8,}})"
        r"|(?i:\b(?:phone|tel|telephone|mobile|mob|fax|whatsapp|ring|call|dial)(?![a-z])[\s.:#]*(?:on |no|number)?"
        r"[\s.:#]*\d(?:[ -]?\d){5,}(?![\d.]))"
        r"|(?<![\w.,-])(?:\+\d|00[1-9])(?:[ ()-]{0,2}\d){8,13}(?![\w.,]*\d)"
        r"|(?<![\w.,-])(?:44[ -]?7\d{3}[ -]?\d{3}[ -]?|7[1-9]\d{2}[ -]\d{3})\d{3}(?![\w.,]*\d)"
        r"|(?<![\w.,-])0800[ -]?\d{4}(?!\d)"
        r"|(?<![\w.,-])0-(?:1\d|2\d|7[1-9])(?:[ ,-]?\d){7,8}(?![\w.,]*\d)|(?<![\w.,-])07\d{3}(?:,\d{3}){2}(?!\d)"
    ),
    "an address": re.compile(
        rf"(?i:\b\d{{1,4}}[a-z]?,?\s+(?:{_NOT_STREET}[a-z.'’-]+\s+){{1,2}}(?:{_STREETS})\b)"
        r"|(?i:\b\d{1,4}[a-z]?,?\s+the\s+(?:avenue|crescent|mews|terrace)\b)"
        rf"|\b\d{{1,4}}[A-Za-z]?,?\s+(?:[A-Z][\w.'’-]+\s+){{1,3}}(?:{_PLACES})\b|\b[Ff]lat\s+\d+[A-Za-z]?\b"
        rf"|\b[A-Z]\w+ (?:{_HOUSES}),\s+(?:[A-Z][\w'’-]+\s+){{1,2}}(?i:{_STREETS})\b"
    ),
    "a case number": re.compile(
        rf"(?i:\b(?:{_LABELS})\s*{_NO}(?![a-z])\.?[\s:#]*[a-z]{{0,4}}[-/ ]?\d{{3,}}[\w/-]*)"
        r"|(?i:\b(?:case|referral|client|file)\s*[#:]\s*[a-z]{0,4}[-/ ]?\d{4,}[\w/-]*)"
        rf"|\b(?:{_SYSTEMS})[-/ #:]?\d{{3,}}|(?i:\b(?:{_LABELS})[\s:#.-]{{1,2}}[a-z]{{0,3}}[-/]?\d{{5,}}\b)"
        r"|\b(?!BS|EN)[A-Z]{1,2}[-/]?\d{5,7}\b|\b[A-Z]{2,3}20\d{2}[-/]?\d{3,6}\b"
    ),
    "a Social Work England number": re.compile(r"(?i:\bSW[ -]?\d{4,6}\b)"),
    "a date of birth": re.compile(
        rf"(?i:\b(?:dob|d\.o\.b\.?|date of birth|birthday|born(?: on)?|b\.)(?![a-z])[:\s]*(?:(?:is|was|on)\s+)?{_DAY})"
    ),
}
"""Kinds of personal detail that are refused in words, each with how it is known."""
_DIGIT_WORDS = {
    **{"zero": "0", "oh": "0", "o": "0", "nought": "0", "nothing": "0", "one": "1", "two": "2", "three": "3"},
    **{"four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"},
}
_TOLD = "|".join(_DIGIT_WORDS)
_SPELLED = re.compile(rf"\b(?:(?:(?:double|treble|triple) )?(?:{_TOLD}|\d)(?:[ ,-]+|\b)){{7,}}", re.IGNORECASE)
"""Seven digits or more that are told one by one, in words or apart."""
_LETTER_O = re.compile(r"(?<![\w])[oO]\d[\doO -]{7,}(?!\w)")
"""A number that begins with the letter O."""
_SPELLED_PART = re.compile(rf"(?:\b(double|treble|triple) )?\b({_TOLD}|\d+)\b", re.IGNORECASE)
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Revd?|Cllr|Lord|Lady|Baroness|HHJ|Sgt)\.?\s+[A-Z][a-z'’-]+"
)
_FORENAMES = frozenset(
    tomllib.loads((files("hybrid_toolkit.data.privacy") / "forenames.toml").read_text(encoding="utf-8"))[
        "names"
    ].split()
)
"""Common first names in England; a list, since no shape tells a name from a place."""
_KEY = re.compile(
    r"[A-Za-z]{0,5}[-_/ ]?\d{2,}[A-Za-z]?|[0-9a-f]{8,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)
_PERIOD = re.compile(
    r"(?:19|20)\d{2}(?:[-/ ]?(?:Q[1-4]|W?\d{1,2}|\d{2,4}))?(?:-\d{2})?(?:[ T]00:00:00)?"
    r"|(?:wave|year|month|week|day) -?\d+"
)
NOTES_ON_PEOPLE = "notes that name people"
"""What ``who_values`` says of sentences most of which hold a first name or a personal detail."""
_FEWEST_KEYS = 3
"""Values that must look like keys before a column is one."""


def details_in(text: str) -> tuple[str, ...]:
    """The kinds of personal detail that words look as if they hold, never the detail.

    Examples
    --------
    >>> details_in("Ring 0113 496 0000 or write to 12 High Street about case no 20431")
    ('a telephone number', 'an address', 'a case number')
    >>> details_in("A difference of -0.081 (-0.112 to -0.050), from 14,205 contacts in 24 teams in 2025 to 2026")
    ()
    >>> details_in("oh one one three four nine six double oh double oh"), details_in("scored 0 1 2 3 4 5 6 7 8 9 10")
    (('a telephone number',), ())
    """
    flat = unicodedata.normalize("NFKC", text)
    if not flat.isascii():  # letters that are not seen, and spaces and dashes of other widths
        seen = (c for c in flat if unicodedata.category(c) != "Cf")
        flat = "".join(" " if c.isspace() else "-" if unicodedata.category(c) == "Pd" else c for c in seen)
    flat = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in flat) if not flat.isascii() else flat
    flat = _LETTER_O.sub(lambda m: re.sub("[oO]", "0", m.group(0)), _SPELLED.sub(_told_digits, flat))
    return tuple(what for what, pattern in _IN_WORDS.items() if pattern.search(flat))


def _told_digits(told: re.Match[str]) -> str:
    """Digits told one by one as a number; those of a scale, which go up by one, and of a list, as they are."""
    if "," in told.group(0) and not any(c.isalpha() for c in told.group(0)):
        return told.group(0)
    times = {"": 1, "double": 2, "treble": 3, "triple": 3}
    digits = "".join(
        _DIGIT_WORDS.get(word.lower(), word) * times[often.lower()]
        for often, word in _SPELLED_PART.findall(told.group(0))
    )
    return told.group(0) if digits in "012345678910" else f"{digits} "


def is_forename(word: str) -> bool:
    """Whether a word is a common first name, by the list.

    Examples
    --------
    >>> is_forename("Alex"), is_forename("Career")
    (True, False)
    """
    return word.lower() in _FORENAMES


def names_person(text: str) -> bool:
    """Whether words are, or begin with, the name of a person: a title and a name, or a common first name and another.

    Examples
    --------
    >>> [names_person(t) for t in ("Ms Surname", "Alex Surname", "Surname, Alex", "Early career")]
    [True, True, True, False]
    """
    words = re.findall(r"[A-Za-z][a-z'’-]+|[A-Z]\b", text)
    if _TITLED.search(text):
        return True
    pairs = list(pairwise(words))
    if any(a.lower() in _FORENAMES and a[0].isupper() and b[0].isupper() for a, b in pairs):
        return True
    comma = re.fullmatch(r"\s*[A-Z][\w'’-]+,\s*([A-Z][\w'’-]*).*", text)
    return bool(comma and comma.group(1).lower() in _FORENAMES)


def who_values(values: Iterable[object]) -> str:
    """What kind of person's name, number or key a column of values holds; empty where none is seen.

    Values that name groups may look like keys too (``T01``): ``"keys"`` is for the caller to weigh.

    Examples
    --------
    >>> who_values(["Alex Surname", "Sam Surname"]), who_values(["W001", "W002", "W003"]), who_values(["early", "mid"])
    ('names', 'keys', '')
    >>> who_values(["Alex Surname", "Sam Example", "Zqarro Vex", "Obdam Quill", "Corve Lind", "Bryn Zorby"])
    'names'
    >>> who_values(["2025-01", "2025-02", "2025-03"]), who_values(["a@example.org", "b@example.org"])
    ('', 'e-mail address')
    """
    column = pd.Series([v for v in values if not (isinstance(v, float) and v != v) and v is not None], dtype="object")
    distinct = column.drop_duplicates()
    texts = [str(v).strip() for v in distinct if not isinstance(v, bool)]
    if not texts:
        return ""
    kind = kind_by_content(distinct.astype("str"))
    if kind is not None:
        return kind.name
    if _are_names(texts):
        return "names"
    if sum(len(t.split()) for t in texts) > _NOTE_WORDS * len(texts) and 2 * sum(map(_tells_of, texts)) > len(texts):
        return NOTES_ON_PEOPLE
    if any(details_in(t) for t in texts):
        return "personal details"
    numeric = pd.api.types.is_numeric_dtype(pd.Series(distinct.tolist()))
    keys = [] if numeric else [t for t in texts if _KEY.fullmatch(t) and not _PERIOD.fullmatch(t)]
    spread = len({t[:1] + str(len(t)) for t in keys}) <= max(2, len(keys) // 3)
    plain_numbers = all(re.fullmatch(r"\d{1,3}", t) for t in keys)
    many = len(keys) >= _FEWEST_KEYS and 2 * len(keys) > len(texts) and spread and not plain_numbers
    return "keys" if many else ""


_NOTE_WORDS = 8
"""Texts with more words are sentences and no labels; assumed."""
_SHAPED = re.compile(r"[A-Z][^\W\d_]*(?:['’\-][A-Z]?[^\W\d_]+)*,?(?: [A-Z][^\W\d_]*\.?(?:['’\-][A-Z]?[^\W\d_]+)*){1,2}")
_WELL_SHAPED, _LISTED = 0.8, 0.15
"""Where four in five texts have the shape of a name, one in seven on the list of first names is enough: a list knows
the names of some groups better than those of others. Names of places have the shape, and hardly any is on the list."""


def _are_names(texts: list[str]) -> bool:
    known = sum(map(names_person, texts))
    lone = [t for t in texts if t.lower() in _FORENAMES and t[0].isupper()]
    if 2 * known >= len(texts) or 2 * len(lone) > len(texts):
        return True
    shaped = sum(bool(_SHAPED.fullmatch(t)) for t in texts)
    return known > 1 and known >= _LISTED * len(texts) and shaped >= _WELL_SHAPED * len(texts)


def _tells_of(text: str) -> bool:
    """Whether a sentence holds a detail, or a common first name after its first word, which has a capital anyway."""
    within = re.findall(r"(?<=\s)[A-Z][a-z]+", text)
    return bool(details_in(text)) or any(w.lower() in _FORENAMES for w in within)
