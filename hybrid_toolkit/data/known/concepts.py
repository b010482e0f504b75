"""What the words of a header stand for, so that ``staff_key``, "Employee No" and "Payroll ident" say one thing.

Each line of ``_WORDS`` is one concept with the words that systems write for it. A header is the set of its concepts;
two headers with the same set mean the same within one table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_WORDS: Mapping[str, str] = {
    "worker": "worker staff employee practitioner professional payroll personnel employment emp wkr prac sw",
    "child": "child client clnt cli chld cyp yp subject person pers",
    "family": "family fam household hhold hh",
    "id": "id ref reference no number num nbr nr key ident identifier code cd pk sk",
    "name": "name nm desc descr description text",
    "date": "date dt dte dttm datetime on when day timestamp",
    "start": "start starts started starting strt begin began begins begun from since joined joining "
    "commenced commencement commences hired opened opening onset",
    "end": "relinquished relinquish relinq "
    "exit concluded concludes unassign unassigned unallocated deallocated deregistered handed passed end ends "
    "ended ending ceased ceasing finish finished until left leave leaver leaving termination closed close closure shut "
    "went gone departed discharged discharge stopped stop terminated final last",
    "due": "due target timescale deadline scheduled planned trgt",
    "recorded": "recorded recording entered input created keyed finalised logged inputted submitted typed saved "
    "written",
    "authorised": "authorised auth authorisation approved agreed agree signed",
    "mode": "method meth mode format via how medium channel manner means",
    "minutes": "duration length mins min minutes dur",
    "type": "type typ category cat kind sort class",
    "reason": "reason rsn why cause",
    "role": "role post job position designation occupation",
    "team": "team unit dept department org organisation section",
    "visit": "visit visited visits contact event activity",
    "supervision": "supervision sup superv sprvn session",
    "ethnic": "ethnic ethnicity heritage",
    "sex": "sex gender",
    "alone": "alone own themselves himself herself",
    "absence": "absence absent abs sickness sick",
    "assessment": "assessment assess assmt",
    "received": "received receipt recvd recd",
    "conference": "conference conf cpc",
    "held": "held convened occurred undertaken happened done completed delivered",
    "attended": "attended attendance attending there present came attend turned",
    "invited": "invited asked invite",
    "office": "office hub building base desk premises onsite workplace",
    "status": "status outcome result results outcomes",
    "disabled": "disabled disability",
    "count": "count cnt total",
    "preferred": "preferred preference pref likes prefers",
    "month": "month mth mnth period snapshot",
    "allocation": "allocation allocated alloc involvement relationship",
    "registered": "registered registration register registering reg",
    "seen": "seen saw",
    "change": "change changed",
    "previous": "previous prev prior earlier repeat",
    "initial": "initial init first 1st",
    "observed": "observed observe observation observing obs watch watched watching shadowed shadow",
    "reflective": "reflective reflect reflection reflecting reflected",
    "communication": "communication communicating communicate comm comms",
    "need": "need needs needed require required requires reqd rqrd req",
    "travel": "travel travelling travelled getting journey commute commuting driving mileage",
    "placement": "placement placements plcmt placed",
}
_OF = {word: concept for concept, words in _WORDS.items() for word in words.split()}
_PHRASES = (
    (r"young persons?", "child"),
    (r"service users?", "child"),
    (r"how (?:it|they|things|that) went", "status"),
    (r"went ahead", "held"),
    (r"went on(?: to)?(?: the| a)? (?:plan|register)", "start"),
    (r"(?:came|come) (?:to|into) (?:us|work|post|the council|here)|took over|taken over|took on|picked up", "start"),
    (r"(?:came|come|went|go) off", "end"),
    (r"(?:latest|last)(?: \w+){0,2} (?:should|must|can)(?: be| happen| take place)?", "due"),
    (r"(?:had|has|have|ought|needs?|supposed|meant) to (?:be|happen)(?: \w+)? by", "due"),
    (r"(?:back|again|returned|re opened) (?:with)?in (?:a|one|12|twelve) (?:year|months)", "rereferral"),
    (r"(?:with)?in (?:a|one) year", "12m"),
    (r"not paid(?: for)?|without pay|no pay", "unpaid"),
    (r"c f a|c and f|cfa", "assessment"),
    (r"sibling group", "family"),
    (r"social workers?", "worker"),
    (r"case ?notes?", "visit"),
    (r"(?:should|must|to) (?:have been |be |take )?(?:held |place |seen |visited |done |completed )?by", "due"),
    (r"(?:took|taken|take|takes|taking) place|carried out", "held"),
    (r"(?:start|started|begin|began) work(?:ing)?", "start"),
    (r"as (?:a |an )?(?:qualified )?social worker", ""),
    (r"(?:write|written|typed|type) up(?: (?:completed|complete|done|finished))?|signed off", "recorded"),
    (r"(?:1|one) (?:2|to) (?:1|one)|1 1s?", "supervision"),
    (r"section 47", "s47"),
    (r"(?:12|twelve) ?m(?:o?n?ths?)?", "12m"),
    (r"ref(?= (?:recvd|received|date|dt|source|in)\b)", "referral"),
    (r"to(?= (?:date|dt)$)", "end"),
)
"""Phrases that say one thing, in the order in which they are looked for."""
_CONTEXT: Mapping[str, frozenset[str]] = {
    table: frozenset(words.split())
    for table, words in {
        "contact": "visit",
        "supervision": "supervision meeting",
        "conference": "conference meeting review",
        "allocation_spell": "allocation assignment case",
        "plan_spell": "plan",
        "worker_month~spells": "absence",
        "worker": "worker occupancy assignment employment contract",
        "child_event": "event episode pathway allocation",
        "arrangement_spell": "arrangement",
        "attendance_day": "booking visit attendance",
    }.items()
}
"""Table -> concepts that every one of its columns may be written with and that tell none of them."""
_SAID = {
    "empty": "the of in a an is was were be y n yn yes flag ind indicator if any at by to for with this please current "
    "actual your you enter what which la council authority s it has have out their they them we us our my me "
    "i he she did do does here dim fact vw tbl",
    "weak": "id name date start end type reason status count held month",
}
_EMPTY = frozenset(_SAID["empty"].split())
"""Words that leave what a header means as it is."""
_WEAK = frozenset(_SAID["weak"].split())
"""Concepts that every table has and that alone tell no column."""
_KIND = frozenset({"id", "name", "date", "hours", "hrs", "days"})
"""What a column holds, which its values say too."""
_BUT_FOR_KIND = 0.86
"""Two headers that differ in nothing else: as near as a name that is nearly spelt alike."""


@lru_cache(maxsize=1)
def known_words() -> frozenset[str]:
    """Every word that has a meaning here, with those that have none."""
    return frozenset(_OF) | _EMPTY


def telling_word(word: str) -> bool:
    """Whether a word says more than that a column holds a date, a number or a name.

    Parameters
    ----------
    word : str
        In lower case.

    Examples
    --------
    >>> telling_word("joined"), telling_word("date"), telling_word("zq")
    (True, False, False)
    """
    return word in _OF and _OF[word] not in _KIND


@lru_cache(maxsize=65536)
def concepts(said: str) -> frozenset[str]:
    """The concepts of a header that is written in lower-case words.

    Parameters
    ----------
    said : str
        From ``words``.

    Examples
    --------
    >>> sorted(concepts("staff key")), sorted(concepts("payroll ident")), sorted(concepts("to dt"))
    (['id', 'worker'], ['id', 'worker'], ['date', 'end'])
    >>> concepts("emp start dt") == concepts("employment start date")
    True
    """
    for pattern, concept in _PHRASES:
        said = re.sub(rf"\b(?:{pattern})\b", concept, said)
    return frozenset(_OF.get(word, word) for word in said.split() if word not in _EMPTY)


def telling(said: frozenset[str]) -> frozenset[str]:
    """Concepts of a header without those that every table has and those that say what a column holds.

    Parameters
    ----------
    said : frozenset[str]
        From ``concepts``.

    Examples
    --------
    >>> sorted(telling(concepts("conference start date"))), sorted(telling(concepts("id")))
    (['conference'], [])
    """
    return said - _WEAK - _KIND


def within(said: frozenset[str], table: str) -> frozenset[str]:
    """Concepts of a header without those that say only of which table it is, unless nothing else is left.

    Parameters
    ----------
    said : frozenset[str]
        From ``concepts``.
    table : str
        A table or layout.

    Examples
    --------
    >>> sorted(within(concepts("visit method"), "contact")), sorted(within(concepts("visit"), "contact"))
    (['mode'], ['visit'])
    """
    return said - _CONTEXT.get(table, frozenset()) or said


def alike(one: frozenset[str], known: frozenset[str]) -> float:
    """How near the concepts of a header are to those of a known name, 0 to 1.

    Parameters
    ----------
    one : frozenset[str]
        Of the header.
    known : frozenset[str]
        Of the known name.

    Examples
    --------
    >>> alike(concepts("staff key"), concepts("employee no")), alike(concepts("ethnic cd"), concepts("ethnicity"))
    (0.92, 0.86)
    >>> alike(concepts("when"), concepts("date")), alike(concepts("shoe size"), concepts("employee no"))
    (0.7, 0.0)
    """
    if not one or not known:
        return 0.0
    if one == known:
        return 0.92 if known - _WEAK else (0.85 if len(known) > 1 else 0.7)
    if one - _KIND == known - _KIND and (one - _KIND) - _WEAK:
        return _BUT_FOR_KIND
    bare = one - {"id", "name"}
    if bare and bare == known and known - _WEAK:
        return _BUT_FOR_KIND
    if known < one and len(known) > 1 and known - _WEAK:
        return max(0.6, 0.8 - 0.06 * len(one - known))
    return 0.0
