"""Words that a program cut short, such as CNTRCT_TYP or RFLCTV_IND, read as the words that a table's columns use."""

from __future__ import annotations

from collections.abc import Set
from itertools import product

_LEAST = 3
"""Shorter forms stand for too many words; those in use are listed in ``names``."""
_MOST = 2
"""Readings of one short form that are tried, the likeliest first."""


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


def written_out(said: str, known: Set[str]) -> list[str]:
    """A header with its short forms written out, in every likely way; empty where it has none.

    Parameters
    ----------
    said : str
        A header in lower-case words.
    known : Set[str]
        Words that the columns of a table use.

    Examples
    --------
    >>> written_out("cntrct typ", {"contract", "type", "team"}), written_out("contract type", {"contract", "type"})
    (['contract type'], [])
    """
    choices = []
    for short in said.split():
        near = [] if short in known else [(shortens(short, w), len(w), w) for w in known]
        best = sorted(((-k, n, w) for k, n, w in near if k), key=lambda one: (one[0], one[1], one[2]))[:_MOST]
        choices.append([w for *_, w in best] or [short])
    made = [" ".join(words) for words in product(*choices)]
    return made[:8] if made != [said] else []
