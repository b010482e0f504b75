"""Words that a program cut short or ran together, such as CNTRCT_TYP or SUPVDT, as the words of a table's columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice, product

_LEAST = 3
"""Shorter forms stand for too many words; those in use are listed in ``names``."""
_MOST = 2
"""Readings of one short form that are tried, the likeliest first."""
USUAL_SHORT_FORMS: Mapping[str, str] = dict(
    pair.split(":")
    for pair in [
        "emp:employee",
        "dos:start date",
        "dol:leaving date",
        "dt:date",
        "dte:date",
        "mth:month",
        "mnth:month",
        "desc:description",
        "descr:description",
        "fam:family",
        "cd:code",
        "pref:preferred",
        "abs:absence",
        "org:organisation",
        "sup:supervision",
        "superv:supervision",
        "ref:ref",
        "num:number",
        "nbr:number",
        "nr:number",
        "wkr:worker",
        "prac:practitioner",
        "cli:client",
        "chld:child",
        "yp:child",
        "dur:duration",
        "loc:location",
        "hrs:hours",
        "mgr:manager",
        "dept:department",
        "strt:start",
        "st:start",
        "alloc:allocation",
        "eth:ethnic",
        "qual:qualified",
        "reg:registration",
        "sch:school",
        "assess:assessment",
        "assmt:assessment",
        "conf:conference",
        "cat:category",
        "typ:type",
        "resp:responsible",
        "wk:week",
        "serv:service",
        "svc:service",
        "su:service user",
        "cc:cost centre",
        "ctr:centre",
        "ttl:title",
        "kw:key worker",
        "mtg:meeting",
        "agcy:agency",
        "obs:observation",
        "pct:%",
        "perc:%",
        "percent:%",
        "percentage:%",
        "val:value",
    ]
)
"""Short forms of extracts that a program wrote."""


def shortens(short: str, word: str) -> int:
    """How many first letters a short form shares with a word that it stands for; 0 where it does not stand for it.

    A short form is the beginning of a word, and then consonants of the rest of it in their order.

    Parameters
    ----------
    short : str
        In lower case.
    word : str
        In lower case.

    Examples
    --------
    >>> shortens("posn", "position"), shortens("gndr", "gender"), shortens("rflctv", "reflective")
    (3, 1, 1)
    >>> shortens("visit", "visited"), shortens("pass", "position"), shortens("dt", "date")
    (5, 0, 0)
    """
    if not _LEAST <= len(short) < len(word) or not short.isalpha():
        return 0
    start = 0
    while start < len(short) and short[start] == word[start]:
        start += 1
    rest, tail = iter(word[start:]), short[start:]
    if start == 0 or set(tail) & set("aeiou") or not all(letter in rest for letter in tail):
        return 0
    return start


@lru_cache(maxsize=64)
def _by_letter(known: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Known words by the letter that they begin with."""
    made: dict[str, list[str]] = {}
    for word in sorted(known):
        made.setdefault(word[:1], []).append(word)
    return {letter: tuple(words) for letter, words in made.items()}


@lru_cache(maxsize=64)
def _longest(known: frozenset[str]) -> int:
    """Letters of the longest known word."""
    return max(map(len, known), default=0)


@lru_cache(maxsize=65536)
def _longer(short: str, known: frozenset[str]) -> tuple[str, ...]:
    """The likeliest words that a short form stands for; itself where it is a word or stands for none."""
    if short in known:
        return (short,)
    near = [(shortens(short, w), len(w), w) for w in _by_letter(known).get(short[:1], ())]
    best = sorted((-k, n, w) for k, n, w in near if k)[:_MOST]
    return tuple(w for *_, w in best) or (short,)


_GLUED = 5
"""Shorter words are taken as they are: too many short words stand inside each other."""
_PLAIN, _CUT = 1.0, 1.6
"""What a part of words run together costs: a word, and a short form, of which more may be found by chance."""
_DEAREST = 3.7
"""Three words, or a word and two words cut short; anything dearer is taken for a word that is not known."""
_MOST_PARTS = int(_DEAREST // _PLAIN)


@lru_cache(maxsize=65536)
def parted(word: str, known: frozenset[str]) -> str:
    """A word as the known words that were run together in it; as it is where it is one word or holds unknown letters.

    Parameters
    ----------
    word : str
        In lower case.
    known : frozenset[str]
        Words that the columns of a table use.

    Examples
    --------
    >>> words = frozenset({"pay", "ref", "supervision", "dt", "desc", "post", "days", "lost"})
    >>> parted("postdesc", words), parted("supvdt", words), parted("dayslost", words), parted("lodge", words)
    ('post desc', 'supv dt', 'days lost', 'lodge')
    """
    if not _GLUED <= len(word) <= _MOST_PARTS * _longest(known) or word in known or not word.isalpha():
        return word
    best: list[tuple[float, str]] = [(0.0, "")] + [(_DEAREST + 1, "")] * len(word)
    for end in range(2, len(word) + 1):
        for start in range(end - 1):
            cost, parts = best[start]
            piece = word[start:end]
            if start and not parts:
                continue
            more = _PLAIN if piece in known else (_CUT if _stands_for_one(piece, known) else _DEAREST + 1)
            if cost + more < best[end][0] and (start or end < len(word)):
                best[end] = (cost + more, f"{parts} {piece}".strip())
    cost, parts = best[len(word)]
    return parts if cost <= _DEAREST and " " in parts else word


def _stands_for_one(piece: str, known: frozenset[str]) -> bool:
    return len(piece) >= _LEAST + 1 and _longer(piece, known) != (piece,)


_MOST_WAYS = 8
"""Ways in which a header is written out, the likeliest first."""


def written_out(said: str, known: frozenset[str]) -> list[str]:
    """A header with its short forms written out, in every likely way; empty where it has none.

    Parameters
    ----------
    said : str
        A header in lower-case words.
    known : frozenset[str]
        Words that the columns of a table use.

    Examples
    --------
    >>> known = frozenset({"contract", "type", "team"})
    >>> written_out("cntrct typ", known), written_out("contract type", known)
    (['contract type'], [])
    """
    ways = islice(product(*(_longer(short, known) for short in said.split())), _MOST_WAYS)
    made = [" ".join(words) for words in ways]  # a header of many short forms has more ways than memory holds
    return made if made != [said] else []
