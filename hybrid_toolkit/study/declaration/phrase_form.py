"""The form of the phrases that a study puts into a claim: plain words, one line, and the size that is meant."""

from __future__ import annotations

import math
import re
import unicodedata

from hybrid_toolkit.data.wording.claim_words import plain_text, says_size
from hybrid_toolkit.data.wording.text_form import FORMULA, MARKUP, odd_form
from hybrid_toolkit.errors import StudyError, plural

_SENTENCE = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.!?:;](?:\s|$)")
_ARROW = re.compile(r"[-=]+>|[\u2190-\u21ff\u27f0-\u27ff\u2900-\u297f]")
_UNIT_SAYS = re.compile(
    r"^\s*(?:\d[\d.,]*|ten|hundreds?|thousands?|millions?|dozens?)\b|\b(?:fewer|more|less|higher|lower|greater|smaller)\b",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(r"^\s*(?:\d[\d.,]*|tens?|hundreds?|thousands?|millions?|dozens?)\b", re.IGNORECASE)
"""A number in front of a unit would stand behind the estimate's own, and a direction against it."""
_UNIT_SHORT = re.compile(
    r"^\s*(?:[-+\u2212\u2013]|(?:k|m|bn)\s)|\btimes as\b|\bto the (?:good|bad|worse)\b"
    r"|\b(?:tens|dozens|hundreds|thousands|millions) of\b|\bin (?:tens|dozens|hundreds|thousands|millions)\b"
    r"|\btimes (?:\d|ten|a hundred|a thousand)|[x\u00d7] ?\d|\b(?:ten|a hundred|a thousand) each\b|\bof ten\b"
    r"|\b(?:minus|negative|revers\w+|certain|sure|prov(?:ed|en))\b",
    re.IGNORECASE,
)
"""A sign or a letter for thousands, other words for a direction or a multiple, and words that say how sure it is."""
_PLAIN = frozenset("'\u2019\u2018,.-\u2013()/%&+:_\u00a3\u00b0\u00aa\u00ba\u00b5")
"""Signs that a few plain words need; no others are printed in a claim."""
_ASKS = frozenset('?;!"\u201c\u201d')
"""Signs that a question may hold as well."""
_ODD = "signs or letters that are no plain words"
_ADDRESS = re.compile(r"\bwww\.|\w\.(?:com|org|net|uk|gov|io)\b", re.IGNORECASE)
_NUMBERS = {
    **{"a": 1.0, "one": 1.0, "single": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0},
    **{"seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0, "twelve": 12.0, "twenty": 20.0, "fifty": 50.0},
    **{"hundred": 100.0, "thousand": 1000.0, "half": 0.5, "quarter": 0.25, "tenth": 0.1},
}
_UNITS = re.compile(rf"\b(\d[\d.,]*|{'|'.join(_NUMBERS)})\s+(?:(?:a|whole|full|entire|single|of a)\s+)*units?\b", re.I)
_TIMES = re.compile(
    r"\b(?:twice|thrice|double|triple|treble|half|\w+ times) (?:as|the)\b|\b\w+[- ]?fold\b|\btimes (?:\d|"
    rf"{'|'.join(_NUMBERS)})",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:dozens?|scores?|couple|pair|several|some|many|few|multiple|various|zero|no|(?:\w+-)?(?:hundreds?|thousands?)"
    r"|millions?|billions?|minus \w+|negative \w+|\w+-(?:one|two|three|four|five|six|seven|eight|nine))"
    r"(?: of)? units?\b|\bgross of\b|\b\w+-odd units?\b|\bunits? and a (?:half|third|quarter)\b|\btimes over\b"
    r"|\b(?:hundredth|thousandth|thirds?|fifths?|sixths?|eighths?) of (?:an? |one )?unit\b|\b0x\w+ units?\b"
    r"|\b\d+ ?[x\u00d7] ?(?:an?|one|\d+) units?\b|\bunits? (?:less|fewer|lower|down)\b|\b\d[\d.,]*e[+-]?\d+\b"
    r"|\b[ivxlcm]{1,6} units?\b",
    re.IGNORECASE,
)
"""Amounts of units that are no number this can be held to, and those that go the other way."""
LONGEST_QUESTION = 400
"""Letters; the longest question of the shipped studies has about half as many."""
LARGEST_SCALE = 100.0
"""Percentage points: by more than this a figure is multiplied only where its unit says of how many."""


def check_form(*phrases: str) -> None:
    """Refuse phrases that are more than a few plain words: markup, a formula, a second sentence, arrows, nothing seen.

    Raises
    ------
    StudyError
        WORDS-FORM.

    Examples
    --------
    >>> check_form("10 percentage points more desk time at home", "informal learning (scale 1 to 5)")
    >>> check_form("a day more at home. Staff at home do less")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.StudyError: [WORDS-FORM] 1 phrase of the study holds a second sentence. How to fix: Name \
outcome, unit and contrast in a few plain words on one line.
    """
    kinds: dict[str, int] = {}
    for text in phrases:
        flat = unicodedata.normalize("NFKC", text)
        for kind, pattern in (("markup", MARKUP), ("a formula", FORMULA), ("a second sentence", _SENTENCE),
                              ("an arrow", _ARROW)):  # fmt: skip
            if pattern.search(flat):
                kinds[kind] = kinds.get(kind, 0) + 1
        if flat.count("(") != flat.count(")") or flat.find(")") < flat.find("("):
            kinds["a bracket that is open"] = kinds.get("a bracket that is open", 0) + 1
        if text and not plain_text(text):
            kinds["nothing that is seen"] = kinds.get("nothing that is seen", 0) + 1
        if _signs(flat, _PLAIN) or _ADDRESS.search(flat):
            kinds["signs or letters that are no plain words"] = (
                kinds.get("signs or letters that are no plain words", 0) + 1
            )
        if any(unicodedata.category(c) == "Cc" for c in text):
            kinds["more than one line"] = kinds.get("more than one line", 0) + 1
    _refuse(kinds)


def _signs(text: str, allowed: frozenset[str]) -> int:
    """Characters that are no Latin letter, digit, space or sign that is allowed; those that are not seen aside."""
    return sum(
        not (c in allowed or (c.isascii() and c.isalnum()) or unicodedata.name(c, "").startswith("LATIN"))
        for c in text
        if unicodedata.category(c) not in ("Cf", "Cc", "Zs", "Mn")
    )


def _refuse(kinds: dict[str, int]) -> None:
    if kinds:
        raise StudyError(
            f"{plural(max(kinds.values()), 'phrase of the study holds', 'phrases of the study hold')} "
            f"{' and '.join(sorted(kinds))}.",
            fix="Name outcome, unit and contrast in a few plain words on one line.",
            code="WORDS-FORM",
        )


def check_question_form(question: str) -> None:
    """Refuse a question that holds markup or a formula, or is longer than one question.

    Raises
    ------
    StudyError
        WORDS-FORM, WORDS-LONG.
    """
    if len(question) > LONGEST_QUESTION:
        raise StudyError(
            f"the question has {len(question):,} letters; a reader can hold {LONGEST_QUESTION}.",
            fix=f"Ask one thing in at most {LONGEST_QUESTION} letters.",
            code="WORDS-LONG",
        )
    flat = unicodedata.normalize("NFKC", question)
    kinds = {kind: 1 for kind, pattern in (("markup", MARKUP), ("a formula", FORMULA)) if pattern.search(flat)}
    _refuse(kinds | ({_ODD: 1} if _signs(flat, _PLAIN | _ASKS) else {}))


LONGEST_CAVEAT = 1_000
"""Letters; the longest caveat of the shipped studies has about half as many."""


def check_prose(*texts: str) -> None:
    """Refuse caveats and names that hold markup, a formula, turned letters or more than a reader can hold.

    Raises
    ------
    StudyError
        WORDS-FORM, WORDS-LONG.

    Examples
    --------
    >>> check_prose("It cannot show what would have been. Read it with the graph.")
    """
    if any(len(t) > LONGEST_CAVEAT for t in texts):
        raise StudyError(
            f"a caveat has {max(map(len, texts)):,} letters; a reader can hold {LONGEST_CAVEAT:,}.",
            fix="Write what the study cannot show in a few sentences.",
            code="WORDS-LONG",
        )
    kinds: dict[str, int] = {}
    for kind in (kind for text in texts for kind in odd_form(" ".join(text.split()))):  # lines and tabs are spaces
        kinds[kind] = kinds.get(kind, 0) + 1
    _refuse(kinds)


def check_number_first(unit: str) -> None:
    """Refuse a unit of effects that begins with a number: it may say a direction, as a difference does.

    Raises
    ------
    StudyError
        WORDS-SIZE.

    Examples
    --------
    >>> check_number_first("percentage points, low access minus others")
    """
    if _NUMBER_FIRST.search(unicodedata.normalize("NFKC", unit)):
        raise StudyError(
            "the unit of effects begins with a number, which would change the figure before it.",
            fix="Name the unit alone, such as 'points on a scale of 1 to 5'.",
            code="WORDS-SIZE",
        )


def check_unit(unit: str, scale: float) -> None:
    """Refuse a unit that changes the figure before it, or a scale of which the unit says nothing.

    Raises
    ------
    StudyError
        WORDS-SIZE.

    Examples
    --------
    >>> check_unit("percentage points", 100.0)
    >>> check_unit("visits per 1,000 children", 1000.0)
    """
    flat = unicodedata.normalize("NFKC", unit)
    if _UNIT_SAYS.search(flat) or _UNIT_SHORT.search(flat):
        raise StudyError(
            "a unit of the study begins with a number or says a direction, which would change the figure before it.",
            fix="Name the unit alone, such as 'points on a scale of 1 to 5'.",
            code="WORDS-SIZE",
        )
    counts = 0 < scale < math.inf  # a scale that is none is refused as one, where a study's words are checked
    if counts and not 1 / LARGEST_SCALE <= scale <= LARGEST_SCALE and not re.search(r"\d|\bper\b", unit):
        raise StudyError(
            f"the figure is multiplied by {scale:g}, and its unit does not say of how many.",
            fix=f"Write a unit such as 'visits per {scale:,.0f} children', or set the scale to 1.",
            code="WORDS-SIZE",
        )


def check_contrast(contrast: str, size: float, exposure: str = "") -> None:
    """Refuse a contrast that says another amount than its size, or a multiple.

    What says no amount that can be held to the size passes: claims then say the size behind it.

    Raises
    ------
    StudyError
        WORDS-SIZE.

    Examples
    --------
    >>> check_contrast("one unit more", 1.0)
    >>> check_contrast("ten units more", 1.0)
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.StudyError: [WORDS-SIZE] the contrast says another number of units than contrast_size, 1. \
How to fix: Write 1 unit, or set contrast_size to what the contrast says.
    """
    flat = unicodedata.normalize("NFKC", contrast)
    told = [_NUMBERS.get(n.lower()) or float(n.replace(",", "").rstrip(".")) for n in _UNITS.findall(flat)]
    if any(n != size for n in told) or _TIMES.search(flat) or _VAGUE.search(flat):
        raise StudyError(
            f"the contrast says another number of units than contrast_size, {size:g}.",
            fix=f"Write {size:g} unit{'' if size == 1 else 's'}, or set contrast_size to what the contrast says.",
            code="WORDS-SIZE",
        )
    if says_size(contrast, exposure, size) == "another size":
        raise StudyError(
            f"the contrast says another amount than contrast_size, {size:g}.",
            fix="Set contrast_size to what the contrast says, in units of the exposure (0.1 for 10 percentage points "
            "of a share), or leave the amount out of the words: claims then say the size.",
            code="WORDS-SIZE",
        )
