"""Which source is which table: by its columns, the name of its file and sheet, and what it may be besides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from hybrid_toolkit.data.known.concepts import concepts
from hybrid_toolkit.data.known.names import AMONG_FILLERS, LESS_A_FILLER, column_names, likeness, words, written_forms
from hybrid_toolkit.data.known.short_forms import USUAL_SHORT_FORMS
from hybrid_toolkit.data.matching.columns import (
    TABLE_LAYOUTS,
    fill_needed,
    layout_columns,
    match_columns,
    needed_of,
)
from hybrid_toolkit.data.matching.items import items_of
from hybrid_toolkit.data.matching.match import Match
from hybrid_toolkit.data.matching.periods_across import fits_periods, months_of
from hybrid_toolkit.data.matching.profile import KEYS_MET, SourceProfile
from hybrid_toolkit.data.matching.remaining import remaining
from hybrid_toolkit.data.matching.rotas import rota_of
from hybrid_toolkit.data.reading.raw_table import normal_name
from hybrid_toolkit.data.tables.contracts import TABLES

_LEAST = 1.0
"""A source whose best table scores less is left to the user."""
HINTS: Mapping[str, str] = {
    "worker": r"hr|staff|establishment|employee|workforce|personnel|people|worker|professional|starters|leavers|"
    r"payroll|itrent|posts?",
    "team": r"teams?|departments?|org|structure|organisation",
    "worker_month": r"agile|wfh|homework\w*|hybrid|remote|monthly|timesheet|workload|caseloads?|home working|"
    r"working return|location return",
    "contact~grid": r"visits?|contacts?|stat(?:utory)?",
    "supervision~grid": r"supervis\w*|1 ?2 ?1|one to one",
    "worker_month~grid": r"agile|wfh|homework\w*|hybrid|remote|home|office|caseloads?|cases|sick\w*|absences?",
    "worker_month~spells": r"sick\w*|absences?",
    "attendance_day": r"attendance|desk|booking|door|badge|access control|access events?|"
    r"swipe|occupancy|kisi|condeco|robin|turnstile|entry|"
    r"presence|seating|sign ?in",
    "attendance_day~rota": r"rotas?|rosters?|attendance|whereabouts|agile|hybrid|wfh|office|desk|in ?out|team calendar",
    "supervision": r"supervis\w*|1 ?2 ?1|one to one",
    "survey": r"survey|wellbeing|questionnaire|pulse|responses",
    "contact": r"visits?|contacts?|case ?notes?|meetings?",
    "allocation_spell": r"involvements?|allocations?|allocated|case ?holders?|caseworkers?|relationships?|responsib\w*|"
    r"sw episodes?|social worker episodes?",
    "family": r"famil\w*|households?|cin|children|annex a|list 6|open cases",
    "child": r"child|children|person|header|demographics?|cin|annex a|list 6|open cases|young people",
    "child_event": r"referrals?|assessments?|section ?47|s47|episodes?|icpc",
    "access~status": r"digital|internet|inclusion|online|connect\w*|devices?",
    "arrangement_spell": r"flexible working|fwr|arrangements?|working pattern",
    "plan_spell": r"plans?|registers?",
    "conference": r"conferences?|reviews?",
    "la_year": r"vacanc\w*",
}
"""Table -> words in the name of a file or sheet that point to it."""
_ABOUT = ("family_id", "child_id")
_NOBODY = 2.0
"""What it costs a table about families or children that a source names neither; a worker may come by a name."""
_SURE, _AHEAD = 1.6, 0.25
"""The score that needs no second look (about two columns that few tables know) and its lead on the next; assumed."""
_LEAST_ITEMS = 3
"""Fewer columns that read as items of a questionnaire may be chance; assumed."""
_CHILD_KEY = 0.9
"""A header as near as this to a child's key says that the rows are about children, and no table of staff alone."""
_LEAST_CHILDREN, _KEYS_OF = 10, 0.6
"""A column whose numbers are mostly children's of other sources names children; fewer may meet by chance; assumed."""
_ROTA = 1.6
"""What columns of days with places below them say: nothing else is laid out so."""
_INITIALS = 3
"""A word of a file's name with no more letters is written out only where it is a usual short form."""
_CHILDREN = ("family", "child", "access~status")
_FRONT_DOOR = re.compile(r"enquir|front door|contact source|contact reason|outcome of contact|list 1\b")


@dataclass(frozen=True)
class Choice:
    """What a source was taken for.

    Parameters
    ----------
    source : SourceProfile
        The source.
    table : str
        Contract table or layout; empty if none is near enough.
    matches : tuple[Match, ...], optional
        Its columns.
    items : Mapping[str, tuple[str, bool]] | None, optional
        Source column -> (instrument/item, sure), where it is a survey.
    nearest : tuple[str, ...], optional
        The three nearest tables, the best first.
    sure : bool, default True
        Whether it needs no second look.
    """

    source: SourceProfile
    table: str
    matches: tuple[Match, ...] = ()
    items: Mapping[str, tuple[str, bool]] | None = None
    nearest: tuple[str, ...] = ()
    sure: bool = True


@lru_cache(maxsize=65536)
def _tables_that_know(header: str) -> int:
    return sum(
        any(likeness(header, t, c) >= AMONG_FILLERS for c in columns)
        for t, columns in column_names().items()
        if t != "-"
    )


def choose(sources: Sequence[SourceProfile], asked: Mapping[str, str] | None = None) -> list[Choice]:
    """What each source is, in the order given, and what else it is: a list of children may give three tables.

    Parameters
    ----------
    sources : Sequence[SourceProfile]
        From ``profile``, with the keys that others repeat (``with_keys``).
    asked : Mapping[str, str] | None, optional
        Name of a source -> table that the user says it is.
    """
    told = {normal_name(k): v for k, v in (asked or {}).items()}
    first = [_first(one, _asked(one, told), {}) for one in sources]
    keys = _keys(first)
    second = [
        _again(choice, keys)
        if choice.table and choice.sure and not _children_passed_over(choice, keys)
        else _first(one, _asked(one, told), keys)
        for one, choice in zip(sources, first, strict=True)
    ]
    have = {c.table for c in second}
    return [more for choice in second for more in (choice, *_besides(choice, have))]


def _again(choice: Choice, keys: Mapping[str, Set[str]]) -> Choice:
    """The same choice with the keys of people looked for among the columns that meet the other sources' keys."""
    asked = {}
    for column in ("worker_id", "child_id"):
        known = keys.get(column, frozenset())
        mine = {m.column: choice.source.columns[m.header].keys for m in choice.matches}.get(column, frozenset())
        met = mine and len(mine & known) >= KEYS_MET * len(mine)
        if (choice.table, column) not in (("worker", "worker_id"), ("child", "child_id")) and not met:
            asked[column] = known
    table = choice.table.split("~")[0]
    if "team_id" in keys and "team_id" in TABLES[table].names and "team_id" not in {m.column for m in choice.matches}:
        asked["team_id"] = keys["team_id"]
    if not asked:
        return choice
    return replace(choice, matches=_matches(choice.table, choice.source, asked))


def _children_passed_over(choice: Choice, keys: Mapping[str, Set[str]]) -> bool:
    """Whether a source taken for a table of staff alone names the children of the other sources in its rows."""
    return not set(_ABOUT) & set(layout_columns(choice.table)) and _names_children(choice.source, keys)


def _names_children(one: SourceProfile, keys: Mapping[str, Set[str]]) -> bool:
    known = keys.get("child_id", frozenset())
    return any(
        len(seen.keys) >= _LEAST_CHILDREN
        and not seen.counts_up
        and len(seen.keys & known) >= _KEYS_OF * len(seen.keys)
        and not len(seen.keys & keys.get("worker_id", frozenset())) >= _KEYS_OF * len(seen.keys)
        for seen in one.usable.values()
    )


def _matches(table: str, one: SourceProfile, keys: Mapping[str, Set[str]]) -> tuple[Match, ...]:
    """Every match of a source with the table that it is: by names, values and keys, and by what is then left."""
    told = fill_needed(table, one.usable, match_columns(table, one.usable, keys, one.key))
    return tuple(remaining(table, one.usable, told))


def _asked(one: SourceProfile, told: Mapping[str, str]) -> str:
    file = one.ref.split("/")[0]
    names = (one.ref, one.found.name, file, file.rpartition(".")[0])
    return next((told[normal_name(n)] for n in names if normal_name(n) in told), "")


def _keys(choices: Sequence[Choice]) -> dict[str, Set[str]]:
    """Contract column -> values of it, from the sources that are known for certain, lists of staff and teams first."""
    keys: dict[str, set[str]] = {}
    lists = [c for c in choices if c.table in ("worker", "team") and c.sure]
    with_teams = [c for c in lists if any(m.column == "team_id" for m in c.matches)]
    again = Counter(m.header for c in choices if c.table for m in c.matches if m.column == "child_id")
    for choice in choices:
        for match in choice.matches:
            own = choice in lists and TABLES[choice.table].key[0] == match.column
            if match.column in ("worker_id", "team_id"):
                here = lists if match.column == "worker_id" else with_teams
                alone = match.column == "team_id" and not here  # no list says the teams: what is most like them does
                told = (choice in lists or not here) and choice.sure and (match.sure or own or alone)
            else:
                # A header that several files of one system have is one thing, whatever it is called.
                told = match.column in ("child_id", "family_id") and (
                    (choice.sure and match.sure) or (match.column == "child_id" and again[match.header] > 1)
                )
            seen = choice.source.columns[match.header]
            if told and not (match.column in ("child_id", "family_id") and seen.counts_up):
                keys.setdefault(match.column, set()).update(seen.keys)
    return dict(keys)


def _first(one: SourceProfile, asked: str, keys: Mapping[str, Set[str]]) -> Choice:
    items = items_of(one.usable)
    scored = sorted(((_score(one, table, items, keys), table) for table in (*TABLES, *TABLE_LAYOUTS)), reverse=True)
    near = tuple(dict.fromkeys(t.split("~")[0] for _, t in scored))[:3] if scored[0][0] else _by_name(one)
    best, table = scored[0]
    if asked:
        layouts = [t for s, t in scored if t.split("~")[0] == asked and s >= _LEAST]
        table = layouts[0] if layouts else asked
    elif best < _LEAST:
        return Choice(one, "", nearest=near, sure=False)
    matches = _matches(table, one, keys)
    second = next((s for s, t in scored if t.split("~")[0] != table.split("~")[0]), 0.0)
    sure = bool(asked) or (best >= _SURE and best - second >= _AHEAD)
    return Choice(one, table, matches, items if table == "survey" else None, near, sure)


def _by_name(one: SourceProfile) -> tuple[str, ...]:
    """The tables whose columns the headers are most like, where none is near."""
    likes = {t: sum(max(likeness(h, t, c) for c in TABLES[t].names) for h in one.columns) for t in TABLES}
    return tuple(sorted(likes, key=lambda t: -likes[t])[:3])


def _score(
    one: SourceProfile, table: str, items: Mapping[str, tuple[str, bool]], keys: Mapping[str, Set[str]]
) -> float:
    """Columns that are told apart count more than those that every table has; extra columns count nothing."""
    matches = match_columns(table, one.telling, keys, one.key)
    there = {m.column for m in matches}
    needed = needed_of(table)
    if table == "survey" and len(items) >= _LEAST_ITEMS:
        there |= {"item", "value"}
    grid = months_of(one.usable) if table.endswith("~grid") else []
    if table.endswith("~grid") and not fits_periods([one.columns[h] for h in grid], table):
        return 0.0
    if grid:
        there |= {"months"}
    if table.endswith("~rota"):
        if rota_of(one) is None:
            return 0.0
        there |= {"days"}
    lacking = [group for group in needed if not there & set(group)]
    if not _named(one, table) and (len(lacking) * 2 > len(needed) or (lacking and len(needed) == 1)):
        return 0.0
    if table == "survey" and lacking and not _named(one, table):
        return 0.0  # questions without answers, or answers of nobody
    if not there or (table == "worker_month~spells" and not _of_sickness(one)):
        return 0.0
    if table == "contact" and _front_door(one):
        return 0.0
    if table == "plan_spell" and any("placement" in concepts(words(said)) for said in (one.ref, *one.columns)):
        return 0.0  # where a child lived is no plan
    # that others repeat a number says that this is a list, and not of what
    said_so = [m for m in matches if m.header != one.key or likeness(m.header, table, m.column) > 0]
    told: float = sum(m.score / max(_tables_that_know(m.header), 1) ** 0.7 for m in said_so)
    told += 0.2 * min(len(grid), 8) + (_ROTA if table.endswith("~rota") else 0.0)
    told += 0.3 * min(len(items), 8) if table == "survey" and len(items) >= _LEAST_ITEMS else 0.0
    said = words(one.ref.split("/")[0].rpartition(".")[0] + " " + " ".join(one.ref.split("/")[1:]))
    # three letters that are no usual short form, such as "ssd", may be the initials of anything
    long = " ".join(w for w in said.split() if len(w) > _INITIALS or w in USUAL_SHORT_FORMS)
    said = " ".join([said, *written_forms(long, table)])
    hint = 1.0 if table in HINTS and re.search(rf"\b(?:{HINTS[table]})\b", said) else 0.0
    named = 1.0 if _named(one, table) else 0.0
    if (
        not grid
        and "days" not in there
        and not there - set(TABLES[table].key if table in TABLES else ("worker_id", "family_id"))
        and not named
        and not hint
    ):
        return 0.0
    if not set(_ABOUT) & set(layout_columns(table)) and (
        any(map(_of_a_child, one.usable)) or _names_children(one, keys)
    ):
        told -= _NOBODY
    if table in ("family", "child") and {"start_date", "end_date"} <= {m.column for m in _spells(one)}:
        told -= 0.6 * (_repeats(one, matches, table))
    without = sum(_NOBODY if set(group) & set(_ABOUT) and not named else 0.6 for group in lacking)
    return told + 0.8 * max(hint, named) + 0.4 - without


def _spells(one: SourceProfile) -> list[Match]:
    """The beginning and end of plans, where a source has them."""
    return match_columns("plan_spell", {h: p for h, p in one.telling.items() if p.dates >= _NEARLY_ALL})


def _repeats(one: SourceProfile, matches: Sequence[Match], table: str) -> bool:
    """Whether a child stands in several rows, so that the rows are spells and no list of children."""
    key = next((m.header for m in matches if m.column in _ABOUT), "")
    return bool(key) and _of_a_child(key) and one.columns[key].unique < _NEARLY_ALL


_NEARLY_ALL = 0.9
"""Share of rows from which a column is taken for days, or a key for one that a list of people has."""


def _of_a_child(header: str) -> bool:
    near = likeness(header, "child", "child_id")
    return near >= _CHILD_KEY and near > likeness(header, "worker", "worker_id")


def _of_sickness(one: SourceProfile) -> bool:
    """Whether spells are of absence: the file or a column says so."""
    told = [words(one.ref), *map(words, one.columns)]
    said = " ".join([*told, *(form for t in told for form in written_forms(t, "worker_month~spells")[:1])])
    return bool(re.search(r"\b(?:ill|days lost)\b", said)) or "absence" in concepts(said)


def _named(one: SourceProfile, table: str) -> bool:
    names = (one.found.name, one.ref.split("/")[0].rpartition(".")[0])
    return any(normal_name(n) in (table, f"{table}s", f"ssd_{table}", f"ssd_{table}s") for n in names)


def _front_door(one: SourceProfile) -> bool:
    """Whether "contacts" are enquiries at the front door, as in the national returns, and no meetings."""
    said = words(one.ref) + " " + " ".join(map(words, one.columns))
    no_worker = not any(likeness(h, "contact", "mode") >= LESS_A_FILLER for h in one.columns)
    return (bool(_FRONT_DOOR.search(said)) and no_worker) or "cont_contact_date" in one.columns


def _besides(choice: Choice, have: Set[str]) -> list[Choice]:
    """Further tables of a list of children: the family's key, each child, and digital access where it is noted."""
    if choice.table not in _CHILDREN:
        return []
    made = []
    fed = {h.split("~")[0] for h in have}  # a file of digital access feeds that table, however it is laid out
    for table in _CHILDREN:
        if table == choice.table or table.split("~")[0] in fed:
            continue
        matches = tuple(match_columns(table, choice.source.usable, own=choice.source.key))
        there = {m.column for m in matches}
        key = "child_id" if table == "child" else "family_id"
        if key in there and (table == "family" or there - {key, "family_id"}):
            made.append(Choice(choice.source, table, matches, None, choice.nearest, choice.sure))
    return made
