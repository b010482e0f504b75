"""Whether a contrast in somebody's own words says the size that its figure is for.

A claim's figure is the estimate times ``contrast_size``, in units of the exposure. Words such as "a day more at home"
may say that size, say another, or say none that can be held to it: a day is one of ``home_days`` and a fifth of
``rs_desk``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Literal

Says = Literal["the size", "another size", "no size"]

NUMBER_WORDS = {
    **{"two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0, "eight": 8.0, "nine": 9.0},
    **{"ten": 10.0, "eleven": 11.0, "twelve": 12.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0},
    **{"fifty": 50.0, "hundred": 100.0, "thousand": 1000.0, "dozen": 12.0, "couple": 2.0, "pair": 2.0},
}
PARTS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10}
_ONES = ("a", "an", "one", "another", "each", "every", "per", "single", "extra", "additional")
_TIMES = {
    **dict.fromkeys(("minute", "minutes", "min", "mins"), "minute"),
    **dict.fromkeys(("hour", "hours", "h", "hr", "hrs"), "hour"),
    **dict.fromkeys(("day", "days", "weekday", "weekdays", "workday", "workdays"), "day"),
    **dict.fromkeys(("week", "weeks", "wk"), "week"),
    **dict.fromkeys(("month", "months"), "month"),
    **dict.fromkeys(("year", "years", "yr"), "year"),
}
_UNIT = {"unit", "units"}
_NUM = rf"(?:\d[\d,]*(?:\.\d+)?|\.\d+|one|{'|'.join(NUMBER_WORDS)})"
_PART = "|".join(PARTS)
_NEXT = r"((?:[\s-]+[a-z]+){1,3})"
_PER_CENT = re.compile(rf"\b({_NUM})\s*-?(?:%|(?:per ?cent|percentage|pp)\b)")
_PAIR = re.compile(
    rf"\b({_NUM})\b(?:[\s-]*(?:%|[a-z]+)){{0,5}}?\s+(?:rather than|instead of|to|compared with|against)\s+({_NUM})\b"
)
_SHARE = re.compile(rf"\b({_NUM})\s+(?:more\s+)?(?:out\s+)?of\s+(?:the\s+)?({_NUM})\b")
_AND_PART = re.compile(rf"\b({_NUM}|an?)(?:\s+[a-z]+)?\s+and\s+(?:a\s+)?({_PART})\b{_NEXT}?")
_A_PART = re.compile(rf"\b(?:an?\s+|one\s+)?({_PART})s?\b{_NEXT}?")
_AMOUNT = re.compile(rf"(?<![\w.])(?:an?\s+)?({_NUM}|{'|'.join(_ONES)})\b(?:\s+of)?{_NEXT}?")
_MORE = re.compile(r"\s+(?:more|less|fewer|extra)(?:\s+of)?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ALL = re.compile(
    r"\b(?:fully|entirely|wholly|completely|all (?:of|the)|always|never|none|not at all|every (?:day|hour|week))\b"
)
_WHOLE = (1.0, 100.0)
"""Sizes of all rather than nothing: of a share, and of per cent."""


def says_size(contrast: str, exposure: str, size: float) -> Says:
    """What a contrast in words says of its size.

    Parameters
    ----------
    contrast : str
        The words.
    exposure : str
        Column of the exposure, whose name may say its unit.
    size : float
        The difference in the exposure that the figure is for.

    Examples
    --------
    >>> says_size("a day more at home", "home_days", 1.0), says_size("a day more at home", "home_days", 5.0)
    ('the size', 'another size')
    >>> says_size("a day more at home", "rs_desk", 0.2)
    'no size'
    >>> says_size("10 percentage points more time at home", "rs_desk", 0.1)
    'the size'
    """
    flat = _YEAR.sub("", re.sub(r"\s+", " ", unicodedata.normalize("NFKC", contrast)).casefold())
    cents = [_number(n) for n in _PER_CENT.findall(flat)]
    if cents:
        apart = [abs(a - b) for a in cents for b in cents if a != b]
        return "the size" if _among(size, [v * f for v in (*cents, *apart) for f in (1.0, 0.01)]) else "another size"
    if any(_same(size, _number(a) / _number(b)) for a, b in _SHARE.findall(flat)):
        return "the size"
    amounts = _amounts(flat)
    own = {_stem(w) for w in re.split(r"[^a-z]+", exposure.casefold()) if w} | {"unit"}
    of_it = [v for v, words in amounts if own & set(words)]
    pairs = [abs(_number(a) - _number(b)) for a, b in _PAIR.findall(flat)]
    if pairs:
        return "the size" if _among(size, pairs) else "another size" if of_it else "no size"
    if of_it:
        return "the size" if _among(size, of_it) else "another size"
    timed = any(word in _TIMES.values() for _, words in amounts for word in words)
    counted = [v for v, words in amounts if v != 1 or set(words) & set(_TIMES.values())]
    if counted:
        return "the size" if not timed and _among(size, counted) else "no size"
    if size == 1:
        return "the size"
    return "another size" if _ALL.search(flat) and size not in _WHOLE else "no size"


def _amounts(flat: str) -> list[tuple[float, list[str]]]:
    """Every amount with the stems of the words behind it."""
    found = []
    rest = flat
    for pattern in (_AND_PART, _A_PART):
        for match in pattern.finditer(rest):
            whole = match.group(1) if pattern is _AND_PART else ""
            part = PARTS[match.group(2 if pattern is _AND_PART else 1)]
            value = part + (0.0 if not whole else 1.0 if whole in _ONES else _number(whole))
            found.append((value, _words(match.group(0))))
        rest = pattern.sub(" ; ", rest)
    for number, after in _AMOUNT.findall(rest):
        words = _words(after) or (["unit"] if _MORE.fullmatch(after) else [])  # "0.2 more" is of the exposure
        found.append((1.0 if number in _ONES else _number(number), words))
    return [(value, words) for value, words in found if words or value != 1]


def _words(text: str) -> list[str]:
    """Stems of the words of an amount, without those that only say that it is one."""
    plain = {*_ONES, *PARTS, "more", "less", "fewer", "further", "whole", "full", "of", "and", "the", "extra"}
    return [_stem(w) for w in re.findall(r"[a-z]+", text) if w not in plain]


def _stem(word: str) -> str:
    return _TIMES.get(word) or (word[:-1] if word.endswith("s") and len(word) > 3 else word)


def _number(text: str) -> float:
    return 1.0 if text == "one" else NUMBER_WORDS.get(text) or float(text.replace(",", ""))


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-3)


def _among(size: float, values: list[float]) -> bool:
    return any(_same(size, v) for v in values)
