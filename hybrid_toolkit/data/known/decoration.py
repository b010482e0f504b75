"""What the headers of a file have in common and that says nothing of a column: numbers, kinds, paths, marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from hybrid_toolkit.data.known.concepts import known_words
from hybrid_toolkit.data.known.names import words

_LEAST = 2
"""A word that begins one header alone is part of its name."""
_MANY = 3
"""Numbers, or paths, in fewer headers are chance; assumed."""
_WORDS, _MOST = 2, 0.5
"""Two words with which half of the headers begin say of whom the list is, and not what one column holds; assumed."""
_NUMBER = re.compile(r"(?:[a-z]{0,2}\d{1,3}[a-z]?|col(?:umn)?|q|question|field)")
"""The number of a column in a form or a return, such as "A5", "Q12" or "3b"."""


_PATH = re.compile(r"\w+(?:\.\w+)+|'?\w[\w ]*'?\[\w[\w ]*\]")
_SUMMED = re.compile(
    r"(?:(?:sum|count|min|max|minimum|maximum|average|avg|mean) of|earliest|latest|minimum|maximum) (.+)"
)
"""How a report program says what it has worked out of several rows: "Sum of FTE", "Earliest start date"."""
_FROM, _UNTIL = re.compile(r"(.+) (from|since)"), re.compile(r"(.+) (to|until|till)")


def undecorated(headers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Headers of one file without what several have in common and that says nothing of what they hold.

    That is a first word (a number, a kind of value, a system's mark), the path before the name of a nested value, and
    what stands before "from" and "until" in two of them.

    Parameters
    ----------
    headers : Sequence[str]
        The file's.

    Returns
    -------
    dict[str, tuple[str, ...]]
        Header -> what is left of it, in words, for those that have such a thing.

    Examples
    --------
    >>> undecorated(["A1 Employee ref", "A2 Position", "A3 Employed or agency"])["A3 Employed or agency"]
    ('employed or agency',)
    >>> undecorated(["dtmFrom", "dtmTo", "lngChildID", "lngStaffID"])["lngStaffID"]
    ('staff id',)
    >>> undecorated(["Held from", "Held until", "Reason"])
    {'Held from': ('from',), 'Held until': ('until',)}
    >>> undecorated(["visit.dates.visitedAt", "visit.dates.dueAt", "visit.id"])["visit.dates.dueAt"]
    ('due at',)
    >>> undecorated(["dimStaff[Key]", "dimStaff[HireDate]", "Sum of FTE", "factVisit[Due]"])["dimStaff[HireDate]"]
    ('hire date',)
    >>> undecorated(["Staff member code", "Staff member post", "Staff member sex", "FTE"])["Staff member post"]
    ('post',)
    >>> undecorated(["Child ref", "Child seen", "Child seen alone"])
    {}
    """
    parted = {h: words(h).split() for h in headers}
    first = Counter(said[0] for said in parted.values() if len(said) > 1)
    numbered = sum(n for word, n in first.items() if _NUMBER.fullmatch(word))
    marks = {
        word
        for word, n in first.items()
        if (_NUMBER.fullmatch(word) and numbered >= _MANY) or (n >= _LEAST and word not in known_words())
    }
    made = {h: [" ".join(said[1:])] for h, said in parted.items() if len(said) > 1 and said[0] in marks}
    for header, leaf in (_summed(headers) | _leaves(headers) | _spells(headers) | _after_what_all_say(parted)).items():
        made.setdefault(header, []).append(leaf)
    return {h: tuple(dict.fromkeys(left)) for h, left in made.items()}


def _summed(headers: Sequence[str]) -> dict[str, str]:
    """Headers without what a report program did to their column."""
    return {h: found[1] for h in headers if (found := _SUMMED.fullmatch(words(h)))}


def _leaves(headers: Sequence[str]) -> dict[str, str]:
    """The last part of headers that are paths (``a.b.c``, or ``a[b]`` of a data model), where it is no other's."""
    leaf = {h: words(re.split(r"[.\[]", h)[-1]) for h in headers if _PATH.fullmatch(h)}
    once = Counter(leaf.values())
    return {h: said for h, said in leaf.items() if said and once[said] == 1} if len(leaf) >= _MANY else {}


def _after_what_all_say(parted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What follows two words or more with which several headers begin, as "staff member" in a list of staff."""
    begun = Counter(tuple(said[:_WORDS]) for said in parted.values() if len(said) > _WORDS)
    made = {
        h: " ".join(said[_WORDS:])
        for h, said in parted.items()
        if len(said) > _WORDS and begun[tuple(said[:_WORDS])] >= _MOST * len(parted) and len(parted) > _MANY
    }
    once = Counter(made.values())
    return {h: left for h, left in made.items() if once[left] == 1}


def _spells(headers: Sequence[str]) -> dict[str, str]:
    """ "From" and "until" of two headers that begin alike."""
    begun = {m.group(1): (h, m.group(2)) for h in headers if (m := _FROM.fullmatch(words(h)))}
    ended = {m.group(1): (h, m.group(2)) for h in headers if (m := _UNTIL.fullmatch(words(h)))}
    return {h: said for about in begun if about in ended for h, said in (begun[about], ended[about])}
