"""What must happen to each column before data are shared: hashed, dropped, kept, or a question to a person.

The rules for identifiers are those of ``identifiers.py``; here stand the rules for keys, for people named by their
part ("Supervisor"), for free text, and for what is plainly neither. What no rule places is never kept in silence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from hybrid_toolkit.data.known.concepts import telling_word
from hybrid_toolkit.data.known.names import LESS_A_FILLER, column_names, is_known_header, likeness, words
from hybrid_toolkit.data.matching.items import is_answer
from hybrid_toolkit.data.matching.profile import Profile
from hybrid_toolkit.data.privacy.identifiers import (
    IdentifierKind,
    holds_else,
    kind_by_content,
    kind_by_name,
    looks_like_names,
    plain_name,
)
from hybrid_toolkit.data.privacy.pseudonym import name_key
from hybrid_toolkit.data.reading.raw_table import normal_name
from hybrid_toolkit.data.tables.contracts import TABLES

PUBLIC_KEYS = ("la_id", "site_id")
"""Keys of places, not people: left as they are unless they are asked for."""
_KEY = re.compile(r"(\w+_)?(id|ids|ref|reference|key|guid|uuid)|(\w+_)?(no|num|number|code)")
_ID = re.compile(r"(\w+_)?(id|ref|reference|key|guid|uuid)")
_PERSON = re.compile(
    r"supervis(?:or|ee)|line manager|manager|reports to|allocated (?:social )?worker|(?:case|key|social) worker|"
    r"practitioner|author|(?:recorded|visited|created|authorised|completed|entered|updated|seen) (?:by|for)|booked for|"
    r"cardholder|card (?:no|number)|token|badge(?: (?:no|number))?|reserver|worker|employee|staff member|child|"
    r"(?:\w+ ){0,3}personal advis[eo]r|observer|assessor|respondent|participant|user|candidate|iro|chair"
)
"""Headers that name somebody's part; what stands below is a key or a name, and is hashed either way."""
_PLACES = re.compile(r"(?:\w+ ){0,2}(?:urn|placements? urn|urn of placement|court reference|court ref)")
_NOT_NEEDED = re.compile(
    r"(?:mothers?|fathers?|moth|parents?|siblings?)(?: (?:person|child|mosaic|lcs|client))?(?: (?:id|no|number|ref))?|"
    r"moth person id|booked by|reserved by|host(?: name| id)?|visitor|organi[sz]er"
)
"""Headers of people beside the one whom a row is about, whom no table asks for."""
_TELLING = re.compile(
    r"(?:pers )?nationality|country of birth|religion|sexual orientation|qual(?:ifying)? inst(?:itution)?|"
    r"(?:link )?identifier value|(?:individual )?adopter (?:identifier|id)"
)
"""Headers of what is rare or sensitive in a person and that no table asks for."""
_TEXT = re.compile(
    r"(?:.* )?(?:notes?|comments?|narrative|summary|free text|details|case note(?: text)?|description of .*|remarks|"
    r"(?:note|visit|case|contact|recording|form|event|casenote) (?:text|body|content)|write up|"
    r"further information|any other .*|json payload|address json)"
)
_PLAIN = re.compile(
    r"\b(?:team|service|department|dept|unit|post|title|role|job|reason|type|status|category|method|mode|location|site|"
    r"ethnic\w*|gender|sex|grade|band|group|region|building|floor|desk|area|directorate|section|via|format|outcome|"
    r"instrument|item|question|plan|need|stage|contract|purpose|name of team|label|meaning|survey|wave)\b"
)
_NEARLY_ALL, _MOSTLY, _HALF = 0.9, 0.8, 0.5
"""Shares of the cells that make a column one of dates or numbers, of codes, and of long numbers. What is kept in clear
needs the most; what is hashed needs less, since hashing too much harms nobody. The figures are set by the folders of
other vendors in the tests, not by a source."""
_VARIED = 0.02
"""Share of values that differ, above which codes are keys: a worker stands on up to 50 rows, a code on more."""
_FEWEST, _NAMES = 3, 5
"""As many different values a list of words has, such as yes, no and unknown; and one of which all read like names."""
_SENTENCE, _BLANKS, _PROSE = 50, 6, 0.3
"""Letters and blanks of a cell that is a sentence, and the share of such cells that makes a column of free text: low,
since one note can name a family."""
_SHORT, _LONG_NUMBER, _LONGEST_NUMBER = 3, 5, 12
"""Letters of a word that may be a code; digits of a number that two columns do not share by chance; signs of a number
with its unit, such as 1,234.50 hrs."""
_AS_MANY, _MEET = 10, 0.95
"""Short numbers that must meet the keys of another column, and their share: if the keys take half of their range, ten
other numbers within it all meet them once in a thousand times."""
_SHORT_NUMBER, _SERIAL = re.compile(r"\d{3,4}"), re.compile(r"\d{1,4}")
_CODE = re.compile(r"(?=.*\d)[\w\-/.]{4,40}")
_BIRTHS, _BIRTH_MONTHS, _BIRTH_YEARS, _YEAR = 10, 8, 8, 365
"""Different days, the months of the year and the years over which nine in ten of them lie, from which days may be of
birth: those of children lie over up to 18 years, what happens in cases mostly over fewer than eight; assumed."""
_FEW = 40
"""A column of words with no more distinct values than this, each of them repeated, names nobody by itself."""


@dataclass(frozen=True, slots=True)
class ColumnPlacing:
    """What happens to a column.

    Parameters
    ----------
    what : str
        ``"hash"``, ``"drop"``, ``"keep"`` or ``"ask"``.
    why : str, optional
        In a few words, for what is dropped or asked.
    name : bool, default False
        Whether it is hashed as a name, so that the order of its parts does not count.
    kind : IdentifierKind | None, optional
        The identifier it is, or None.
    """

    what: str
    why: str = ""
    name: bool = False
    kind: IdentifierKind | None = None


def place(table: str, seen: Profile, links: Collection[str] = ()) -> ColumnPlacing:
    """What must happen to one column.

    Parameters
    ----------
    table : str
        Its table, file or sheet.
    seen : Profile
        The column.
    links : Collection[str], optional
        Columns of this table whose name or address is its only link to the other tables.

    Examples
    --------
    >>> import pandas as pd
    >>> def said(header, *values):
    ...     return place("t", Profile(header, pd.Series(values, dtype="str"))).what
    >>> said("Employee No", "0012", "0013"), said("Surname", "x"), said("FTE", "1", "0.5"), said("Comments", "x")
    ('hash', 'drop', 'keep', 'drop')
    """
    header, values, said = seen.header, seen.values, words(seen.header)
    contract, plain = TABLES.get(normal_name(table)), plain_name(seen.header)
    known = contract is not None and plain in contract.names
    kind = None if known else kind_by_name(header)
    if kind is not None and holds_else(kind, values):
        if kind.name == "name":
            return ColumnPlacing("hash")
        kind = None
    named = kind is not None
    kind = kind or kind_by_content(values)
    if kind is not None:
        if header in links:
            return ColumnPlacing("hash", name=True, kind=kind)
        stands_in = kind.number and not named and _is_key_header(seen, known)
        if kind.keep or stands_in:
            return ColumnPlacing("hash", kind=kind)
        return ColumnPlacing("drop", kind.name, kind=kind)
    if plain in PUBLIC_KEYS:
        return ColumnPlacing("keep")
    if contract is not None and known:
        return ColumnPlacing("hash") if contract[plain].kind == "id" else ColumnPlacing("keep")
    if _PLACES.fullmatch(said):
        return ColumnPlacing("drop", "names a place with few people")
    if _NOT_NEEDED.fullmatch(said):
        return ColumnPlacing("drop", "another person, and not needed")
    if _TELLING.fullmatch(said):
        return ColumnPlacing("drop", "rare or sensitive, and not needed")
    if _TEXT.fullmatch(said) or _is_prose(seen):
        return ColumnPlacing("drop", "free text")
    if header in links:
        return ColumnPlacing("hash", name=True)
    if _PERSON.fullmatch(said):
        return ColumnPlacing("hash", name=looks_like_names(values))
    if said.replace(" ", "") in _id_names():
        return ColumnPlacing("hash")
    if (_ID.fullmatch(plain) and not _is_list(seen)) or (_KEY.fullmatch(plain) and _is_key(seen)):
        return ColumnPlacing("hash")
    if may_be_birth_dates(seen):
        return ColumnPlacing("ask", "days of many years, as of birth, under a name that tells nothing")
    if seen.filled == 0 or seen.dates >= _NEARLY_ALL or seen.months >= _NEARLY_ALL or is_answer(seen):
        return ColumnPlacing("keep")
    return _by_values(seen, said)


def may_be_birth_dates(seen: Profile) -> bool:
    """Whether a column of days, whose header says nothing, could hold dates of birth: a person has to say.

    Days of birth lie in all months over many years; those of visits, plans and referrals lie near each other. A header
    with a word that is known ("Joined", "Registered on") tells what its days are.

    Parameters
    ----------
    seen : Profile
        The column.

    Returns
    -------
    bool
        True where nobody could tell it from a column of birth dates.

    Examples
    --------
    >>> import pandas as pd
    >>> born = pd.Series(pd.date_range("1961-03-05", "1999-01-01", freq="217D").strftime("%d/%m/%Y"))
    >>> [may_be_birth_dates(Profile(h, born)) for h in ("Zq", "Date 2", "Date joined", "Modified")]
    [True, True, False, False]
    >>> may_be_birth_dates(Profile("Zq", pd.Series(pd.date_range("2023-01-01", periods=60, freq="7D").astype(str))))
    False
    """
    if seen.dates < _NEARLY_ALL or _telling(seen.header):
        return False
    days = seen.days.dropna().drop_duplicates()
    if len(days) < _BIRTHS or days.dt.month.nunique() < _BIRTH_MONTHS or (days.dt.day == 1).mean() > _HALF:
        return False
    late, early = np.quantile(days.to_numpy().astype("datetime64[D]").astype(float), (0.95, 0.05))
    return bool(late - early >= _BIRTH_YEARS * _YEAR)


def _telling(header: str) -> bool:
    """Whether a header says what its days are: a known name, in short forms too, or a word whose meaning is known."""
    said = words(header).split()
    if is_known_header(header) or any(telling_word(word) or word in _OF_A_ROW for word in said):
        return True
    days = ((t.name, c.name) for t in TABLES.values() for c in t.columns if c.kind == "date")
    return any(likeness(header, table, column) >= LESS_A_FILLER for table, column in days)


_OF_A_ROW = frozenset(
    ("modified", "amended", "updated", "edited", "changed", "loaded", "exported", "printed", "issued")
)
"""What systems write down of a row, and never of a person."""


def _is_key_header(seen: Profile, known: bool) -> bool:
    """Whether a header is that of a key, below which an authority may have put a national number."""
    return known or words(seen.header).replace(" ", "") in _id_names() or bool(_ID.fullmatch(plain_name(seen.header)))


def _id_names() -> frozenset[str]:
    """Known names of the keys of people, cases and teams, in words without blanks."""
    kinds = {(t.name, c.name) for t in TABLES.values() for c in t.columns if c.kind == "id"}
    wanted = {c for _, c in kinds if c.endswith("_id") and c not in PUBLIC_KEYS} - {"team_id", "spell_id"}
    return frozenset(
        n.replace(" ", "")
        for table, columns in column_names().items()
        for column, names in columns.items()
        if column in wanted and table != "la"
        for n in names
    )


def _is_prose(seen: Profile) -> bool:
    """Whether most values are sentences, which nobody can read through before they are shared."""
    long = seen.share(lambda v: len(v) > _SENTENCE and v.count(" ") >= _BLANKS)
    return long > _PROSE and len(seen.counts) > _FEWEST


def _is_list(seen: Profile) -> bool:
    """Whether a column of ids holds a few words again and again, as ``invo_professional_role_id`` does."""
    wordy = seen.share(lambda v: not re.search(r"\d", v) and len(v) > _SHORT) > _NEARLY_ALL
    return (
        wordy and len(seen.counts) <= _FEW and seen.filled >= 5 * len(seen.counts) and not looks_like_names(seen.values)
    )


def meets_a_key(seen: Profile, keys: Collection[frozenset[str]]) -> bool:
    """Whether a column holds keys of another that is hashed.

    Words and numbers of one or two digits meet by chance and do not count; those of three and four do where nearly all
    of ten or more stand among keys that leave out half of their range or more, which counts and amounts do not.

    Examples
    --------
    >>> import pandas as pd
    >>> team = Profile("Team at the time", pd.Series(["T107", "T108", "T109"], dtype="str"))
    >>> meets_a_key(team, [frozenset({"T107", "T108", "T109", "T110"})]), meets_a_key(team, [frozenset({"T1"})])
    (True, False)
    >>> staff = frozenset(str(n) for n in range(1007, 9000, 331))
    >>> meets_a_key(Profile("Zq", pd.Series(sorted(staff)[:12], dtype="str")), [staff])
    True
    >>> meets_a_key(Profile("Pay", pd.Series([str(n) for n in range(1000, 4600, 300)], dtype="str")), [staff])
    False
    """
    mine = {k for k in seen.keys if re.search(r"\d", k) and (re.search(r"[A-Z]", k) or len(k) >= _LONG_NUMBER)}
    if len(mine) < max(3, 0.5 * len(seen.keys)):
        return any(_sparse(numbers) for numbers in _short_numbers_met(seen, keys))
    return any(len(mine & other) >= 0.6 * len(mine) for other in keys)


def may_meet_a_key(seen: Profile, keys: Collection[frozenset[str]]) -> bool:
    """Whether short numbers stand among keys given out in a row, such as 2001 to 2060: a person has to say.

    Numbers in a row that begin near nought meet every count, so that they are asked about only where the column holds
    half of them, the highest among them, and little else: of a list of people some are left out here and there, of a
    count the high ones are.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = Profile("Zq", pd.Series([str(n) for n in range(2001, 2031)], dtype="str"))
    >>> may_meet_a_key(seen, [frozenset(map(str, range(2001, 2061)))])
    True
    >>> may_meet_a_key(seen, [frozenset(map(str, range(1, 9000)))])
    False
    >>> staff = Profile("Zq", pd.Series([str(n) for n in range(1, 41)], dtype="str"))
    >>> [may_meet_a_key(staff, [frozenset(map(str, range(1, n)))]) for n in (43, 90)]
    [True, False]
    """
    in_a_row = any(max(numbers) < 2 * min(numbers) for numbers in _short_numbers_met(seen, keys))
    return in_a_row or any(_same_numbers(seen.keys, other) for other in keys)


def _same_numbers(mine: frozenset[str], other: frozenset[str]) -> bool:
    """Whether short numbers, ten at least, are half or more of those of a key, up to its highest."""
    met = {int(k) for k in mine & other if _SERIAL.fullmatch(k)}
    if len(met) < max(_AS_MANY, _MEET * len(mine), _HALF * len(other)):
        return False
    return max(met) >= _NEARLY_ALL * max(int(k) for k in other if _SERIAL.fullmatch(k))


def _short_numbers_met(seen: Profile, keys: Collection[frozenset[str]]) -> list[list[int]]:
    """The numbers of three and four digits of each key among which nearly all of a column's stand, ten at least."""
    short = {k for k in seen.keys if _SHORT_NUMBER.fullmatch(k)}
    if len(short) < _AS_MANY or len(short) < _NEARLY_ALL * len(seen.keys):
        return []
    met = [other for other in keys if len(short & other) >= _MEET * len(short)]
    return [[int(k) for k in other if _SHORT_NUMBER.fullmatch(k)] for other in met]


def _sparse(numbers: list[int]) -> bool:
    """Whether short numbers leave out half of their range, so that ten others do not all meet them by chance."""
    return len(numbers) <= _HALF * (max(numbers) - min(numbers) + 1)


def _is_key(seen: Profile) -> bool:
    coded = seen.share(lambda v: bool(_CODE.fullmatch(v)))
    return coded > _MOSTLY and len(seen.counts) > _FEWEST and seen.unique > _VARIED


def _by_values(seen: Profile, said: str) -> ColumnPlacing:
    whole = seen.share(lambda v: bool(re.fullmatch(r"\d{5,}", v)))
    if whole > _HALF and seen.unique > _VARIED:
        return ColumnPlacing("hash")  # long whole numbers are keys, whatever they are called
    if seen.numbers > _NEARLY_ALL or seen.share(lambda v: v[:1].isdigit() and len(v) < _LONGEST_NUMBER) > _NEARLY_ALL:
        return ColumnPlacing("keep")
    distinct = len(seen.counts)
    coded = seen.share(lambda v: bool(_CODE.fullmatch(v)) and bool(re.search(r"\d{2}", v)))
    if coded > _MOSTLY and distinct > _FEW and seen.unique > _VARIED:
        return ColumnPlacing("hash")
    few = distinct <= _FEWEST or (distinct <= _FEW and seen.filled >= 3 * distinct)
    if _PLAIN.search(said) or few:
        return (
            ColumnPlacing("ask", "written like names")
            if few and not _PLAIN.search(said) and _names(seen)
            else ColumnPlacing("keep")
        )
    if coded > _MOSTLY:
        return ColumnPlacing("hash")
    return ColumnPlacing("ask", "not a key, a number, a date or a column of codes")


def _names(seen: Profile) -> bool:
    """Whether a column of few values could be names of people: two words, none of them a usual one."""
    return (
        len(seen.counts) > _NAMES and looks_like_names(seen.values) and seen.share(lambda v: v.istitle()) > _NEARLY_ALL
    )


def only_links(tables: Mapping[str, Mapping[str, Profile]]) -> dict[str, set[str]]:
    """Table -> columns with names or addresses that are its only link to other tables, and those they meet.

    Parameters
    ----------
    tables : Mapping[str, Mapping[str, Profile]]
        Table -> header -> profile.
    """
    named = {t: {h: p for h, p in columns.items() if _names_somebody(p)} for t, columns in tables.items()}
    keyed = {t: _person_keys(columns) for t, columns in tables.items()}
    found: dict[str, set[str]] = {t: set() for t in tables}
    for table, columns in named.items():
        others = [t for t in tables if t != table]
        if any(_met(k, o) for t in others for k in keyed[table] for o in keyed[t]):
            continue
        for header, seen in columns.items():
            for other in others:
                for its, there in named[other].items():
                    if _share_met(seen, there) >= _HALF:
                        found[table].add(header)
                        found[other].add(its)
    return found


def _names_somebody(seen: Profile) -> bool:
    kind = kind_by_name(seen.header) or kind_by_content(seen.values)
    if kind is not None:
        return kind.name in ("name", "e-mail address") and len(seen.counts) > 1
    return bool(_PERSON.fullmatch(words(seen.header))) and looks_like_names(seen.values)


def _person_keys(columns: Mapping[str, Profile]) -> list[frozenset[str]]:
    return [p.keys for h, p in columns.items() if not _names_somebody(p) and place("", p).what == "hash"]


def _met(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= max(2, 0.3 * min(len(one), len(other)))


def _share_met(one: Profile, other: Profile) -> float:
    here, there = ({name_key(str(v)) for v in p.counts.index} for p in (one, other))
    return len(here & there) / len(here) if here else 0.0
