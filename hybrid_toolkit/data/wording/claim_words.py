"""How a study speaks of its outcome, and the words that no study may smuggle into a claim."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from hybrid_toolkit.data.wording.guarded_words import BY_NUMBER, CAUSAL_WORDS, OTHER_WORDS
from hybrid_toolkit.errors import StudyError, agreeing, plural

_CAUSAL = re.compile(r"\b(" + "|".join(CAUSAL_WORDS) + r")\b")
_FORBIDDEN = re.compile(r"\b(" + "|".join((*CAUSAL_WORDS, *OTHER_WORDS)) + r")\b")
_NAMED = re.compile(
    BY_NUMBER
    + r"|\b(?!(?:The|A|Each|Any|Every|Their|Our|All|Whole|One|Own)\b)[A-Z][\w&'’-]+ (?:Team|Office|Hub|Council)\b"
)
"""The same, or a team or office by its name."""
_LIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u043a\u043c\u0442\u0432\u043d"
    "\u03b1\u03b5\u03b9\u03bf\u03c1\u03c5\u03bd\u03c4\u03ba\u03c7\u03b3\u0131\u0251\u0261\u026a\u1d00\u1d04\u1d07",
    "aeopcyxijshdqwkmtbhaeiopuvtkxyiagiace",
)
"""Letters of other alphabets that look like Latin ones."""
_LIKE_CAPITALS = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0405\u0406\u0408"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "ABEKMHOPCTXYSIJABEZHIKMNOPTYX",
)
"""Capitals of other alphabets that look like Latin ones."""
_DIGITS = str.maketrans("013457@$|", "oieastasl")
_DIGITS_TOO = str.maketrans("013457@$|", "oleastasi")
_LETTER = re.compile(r"\bLETTER (?:.* )?([A-Z])(?: WITH .*)?$")
"""The letter in the name of a character, such as a small capital or a letter in a circle."""
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the order in which letters are shown."""
_TAGS = re.compile(r"<[^<>]*>")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HYPHENS = re.compile(r"[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d_\-]+")
_BETWEEN = r"[ .*/\\,:;|~+'’·•]"
_SPACED = re.compile(rf"\b(?:\w{_BETWEEN}){{2,}}\w\b")


SaysSize = Literal["the size", "another size", "no size"]

_AMOUNTS = {
    **{"two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0, "eight": 8.0, "nine": 9.0},
    **{"ten": 10.0, "eleven": 11.0, "twelve": 12.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0},
    **{"fifty": 50.0, "hundred": 100.0, "thousand": 1000.0, "dozen": 12.0, "couple": 2.0, "pair": 2.0},
}
_PARTS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10}
_ONES = ("a", "an", "one", "another", "each", "every", "per", "single", "extra", "additional")
_TIMES = {
    **dict.fromkeys(("minute", "minutes", "min", "mins"), "minute"),
    **dict.fromkeys(("hour", "hours", "h", "hr", "hrs"), "hour"),
    **dict.fromkeys(("day", "days", "weekday", "weekdays", "workday", "workdays"), "day"),
    **dict.fromkeys(("week", "weeks", "wk"), "week"),
    **dict.fromkeys(("month", "months"), "month"),
    **dict.fromkeys(("year", "years", "yr"), "year"),
}
_NUM = rf"(?:\d[\d,]*(?:\.\d+)?|\.\d+|one|{'|'.join(_AMOUNTS)})"
_PART = "|".join(_PARTS)
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
_SHORT = 3
"""Letters of a word whose last is no sign of many: "rs", "gas"."""
_WHOLE = (1.0, 100.0)
"""Sizes of all rather than nothing: of a share, and of per cent."""


def overreach(text: str) -> tuple[str, ...]:
    """The causal, ranking or predicting words in a text, however they are spelled, split or disguised.

    Examples
    --------
    >>> overreach("remote share is associated with lower engagement")
    ()
    >>> overreach("Remote work causes the worst outcomes")
    ('causes', 'worst')
    >>> overreach("remote work c\u0430uses it"), overreach("re-\\nduces it"), overreach("c.a.u.s.e.s")
    (('causes', 'a word in letters of two alphabets'), ('reduces',), ('causes',))
    """
    named = tuple(m.group(0).lower() for m in _NAMED.finditer(unicodedata.normalize("NFKC", text)))
    return _found(_FORBIDDEN, text) + named + _hidden(text)


def causal_words(text: str) -> tuple[str, ...]:
    """The causal words in a text, however they are spelled, split or disguised."""
    return _found(_CAUSAL, text)


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.group(0) for reading in readings(text) for m in pattern.finditer(reading)))


def _hidden(text: str) -> tuple[str, ...]:
    """What lets a text be read otherwise than it is checked: letters of two alphabets in a word, turned order."""
    out = ["marks that turn the order of letters"] if _TURNED.search(text) else []
    flat = unicodedata.normalize("NFKD", text)
    mixed = any(len({_alphabet(c) for c in word if c.isalpha()}) > 1 for word in re.findall(r"\w+", flat))
    return (*out, *(["a word in letters of two alphabets"] if mixed else []))


def _alphabet(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return "LATIN" if "LATIN" in name or letter in "ªºµ" else name.partition(" ")[0]


def readings(text: str) -> Iterator[str]:
    """A text as it may be read: in plain letters, hyphens and breaks as spaces or as nothing, spaced letters joined."""
    untagged = _TAGS.sub("", html.unescape(text))
    for source in dict.fromkeys((text, untagged, _HUMPS.sub(" ", text))):
        yield from _flatreadings(source)


def _flatreadings(text: str) -> Iterator[str]:
    flat = unicodedata.normalize("NFKD", text).casefold().translate(_LIKE)
    flat = "".join(
        _plain(c) for c in flat if c == "\u00ad" or not (unicodedata.combining(c) or unicodedata.category(c) == "Cf")
    )
    for split in (" ", ""):
        plain = re.sub(r"\s+", " ", re.sub(_HYPHENS.pattern + r"\s*", split, flat))
        yield plain
        yield _SPACED.sub(lambda m: re.sub(_BETWEEN, "", m.group(0)), plain)
        yield plain.translate(_DIGITS)
        yield plain.translate(_DIGITS_TOO)


def with_capitals(text: str) -> str:
    """A text in plain letters that keeps its capitals, by which names are known; signs that stand for letters as those.

    Examples
    --------
    >>> with_capitals("visits of \u0410l\u2060\u0435x"), with_capitals("A1ex"), with_capitals("25 staff")
    ('visits of Alex', 'Alex', '25 staff')
    """
    flat = unicodedata.normalize("NFKD", text).translate(_LIKE).translate(_LIKE_CAPITALS)
    flat = "".join(c for c in flat if not (unicodedata.combining(c) or unicodedata.category(c) == "Cf"))
    words = (w.translate(_DIGITS_TOO) if w[:1].isalpha() else w for w in re.split(r"(\s+)", flat))
    return "".join(words)


def _plain(character: str) -> str:
    """The Latin letter that a character is a form of; itself where it is none."""
    if character.isascii():
        return character
    found = _LETTER.search(unicodedata.name(character, ""))
    return found.group(1).lower() if found else character


_overreach = lru_cache(2048)(overreach)
"""Of a phrase that was read before: one study is declared many times while it is changed."""
_LONGEST = 300
"""Letters of a phrase, beyond which a claim cannot be read."""


@dataclass(frozen=True, slots=True)
class OutcomeLabel:
    """How one outcome is spoken of.

    Parameters
    ----------
    outcome : str
        Column.
    phrase : str
        Noun phrase that can follow "lower" and "higher", such as "share of contacts held as preferred".
    unit : str, optional
        Unit of the figure that is printed.
    scale : float, default 1.0
        What an estimate is multiplied by for print, 100 for a share in percentage points.
    smallest_important : float | None, optional
        Smallest difference in that unit, for the study's contrast, that would matter; for a ratio, the smallest ratio
        above 1. None where not set.

    Examples
    --------
    >>> label = OutcomeLabel("learning", "informal learning", unit="points", smallest_important=0.2)
    >>> label.phrase, label.smallest_important
    ('informal learning', 0.2)
    """

    outcome: str
    phrase: str
    unit: str = ""
    scale: float = 1.0
    smallest_important: float | None = None


def plain_text(text: str) -> str:
    """A phrase as it is printed: one line, single spaces, no characters that are not seen.

    Examples
    --------
    >>> plain_text("share of\\n contacts\\u200b ")
    'share of contacts'
    """
    seen = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cs"))
    return " ".join(seen.split())


def contrast_of(contrast: str, exposure: str, kind: str = "slope", *, size: float = 1.0) -> str:
    """The contrast that claims speak of, in words; without one, what the kind of estimand compares.

    Own words that do not say the size are followed by it, since the figure is for that size.

    Examples
    --------
    >>> contrast_of("", "rs_desk"), contrast_of("a day more at home", "home_days")
    ('one unit more of rs desk', 'a day more at home')
    >>> contrast_of("a day more at home", "rs_desk", size=0.2)
    'a day more at home (0.2 units of rs desk)'
    >>> contrast_of("", "h_home", size=1000)
    '1000 units more of h home'
    >>> contrast_of("", "hot_desks", "effect"), contrast_of("", "group", "composition")
    ('hot desks', 'who is in the two groups of group')
    """
    name = exposure.replace("_", " ").replace(".", " ")
    default = {"effect": name, "composition": f"who is in the two groups of {name}"}.get(kind)
    units = "one unit" if size == 1 else f"{size:g} units"
    plain = size == 1 and default is not None
    if not contrast or plain or says_size(contrast, exposure, size) != "no size":
        return contrast or default or f"{units} more of {name}"
    return f"{contrast} ({units} of {'the exposure' if _overreach(name) else name})"


def says_size(contrast: str, exposure: str, size: float) -> SaysSize:
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
            part = _PARTS[match.group(2 if pattern is _AND_PART else 1)]
            value = part + (0.0 if not whole else 1.0 if whole in _ONES else _number(whole))
            found.append((value, _words(match.group(0))))
        rest = pattern.sub(" ; ", rest)
    for number, after in _AMOUNT.findall(rest):
        words = _words(after) or (["unit"] if _MORE.fullmatch(after) else [])  # "0.2 more" is of the exposure
        found.append((1.0 if number in _ONES else _number(number), words))
    return [(value, words) for value, words in found if words or value != 1]


def _words(text: str) -> list[str]:
    """Stems of the words of an amount, without those that only say that it is one."""
    plain = {*_ONES, *_PARTS, "more", "less", "fewer", "further", "whole", "full", "of", "and", "the", "extra"}
    return [_stem(w) for w in re.findall(r"[a-z]+", text) if w not in plain]


def _stem(word: str) -> str:
    return _TIMES.get(word) or (word[:-1] if word.endswith("s") and len(word) > _SHORT else word)


def _number(text: str) -> float:
    return 1.0 if text == "one" else _AMOUNTS.get(text) or float(text.replace(",", ""))


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-3)


def _among(size: float, values: list[float]) -> bool:
    return any(_same(size, v) for v in values)


def relative_phrase(kind: str, moderators: Sequence[str], mediators: Sequence[str]) -> str:
    """What a claim names beside outcome and contrast: a gap's moderator, an indirect effect's mediators.

    Examples
    --------
    >>> relative_phrase("slope-gap", ["low_access"], []), relative_phrase("indirect", [], ["contact_time", "trust"])
    ('low_access', 'contact_time and trust')
    """
    return " and ".join({"slope-gap": moderators, "indirect": mediators}.get(kind, ()))


RATIO_NOUNS = {
    "log-odds": ("odds",),
    "log-rate": ("rate", "number", "count"),
    "log-hazard": ("rate", "hazard"),
}
"""Kind of ratio -> the words of which one must stand in its phrase; the first is put there where none does."""


def ratio_phrase(phrase: str, kind: str) -> str:
    """The phrase of a ratio's outcome with what the ratio is of: odds that double are not a share that doubles.

    Examples
    --------
    >>> ratio_phrase("engagement", "log-odds"), ratio_phrase("the odds of engagement", "log-odds")
    ('the odds of engagement', 'the odds of engagement')
    >>> ratio_phrase("the number of visits", "log-rate"), ratio_phrase("leaving", "log-hazard")
    ('the number of visits', 'the rate of leaving')
    """
    nouns = RATIO_NOUNS[kind]
    held = re.search(rf"\b({'|'.join(nouns)})s?\b", phrase.lower())
    return phrase if held else f"the {nouns[0]} of {phrase}"


def gap_phrase(phrase: str, moderator: str) -> str:
    """The phrase of a slope gap's outcome with the two groups compared, where the phrase does not say them.

    Examples
    --------
    >>> gap_phrase("engagement", "low_access")
    "engagement where 'low access' is yes relative to where it is no"
    >>> gap_phrase("the learning of new workers relative to that of others", "early_career")
    'the learning of new workers relative to that of others'
    """
    if re.search(r"\b(relative to|compared with|as against|gap between|difference between)\b", phrase.lower()):
        return phrase
    name = moderator.replace("_", " ")
    where = f"where '{name}' is yes relative to where it is no" if name else "in one group relative to the other"
    return f"{phrase} {where}"


def check_words(*texts: str) -> None:
    """No phrase of a study brings a causal, ranking or predicting word into a claim.

    Raises
    ------
    StudyError
        A phrase holds such words, or is too long to be read.
    """
    if any(len(t) > _LONGEST for t in texts):
        raise StudyError(
            f"a phrase of the study has {max(map(len, texts)):,} letters; a claim can hold {_LONGEST}.",
            fix="Name the outcome and the contrast in a few words.",
            code="WORDS-LONG",
        )
    found = [w for t in texts for w in _overreach(t)]
    if found:
        raise StudyError(
            f"{plural(len(found), 'word')} in the study's phrases {agreeing(len(found), 'claims', 'claim')} more than "
            f"a study may put into its own words: {', '.join(found)}.",
            fix="Name outcome and contrast plainly, a column by Words(outcome, phrase) or contrast; the claim's verb "
            "comes from the design.",
            code="WORDS",
        )
