"""Which column of a source is which column of a table: names and values together, the best candidate first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

from hybrid_toolkit.data.known.codes import known_code
from hybrid_toolkit.data.known.day_headers import day_header
from hybrid_toolkit.data.known.decoration import undecorated
from hybrid_toolkit.data.known.names import (
    AMONG_FILLERS,
    AMONG_WORDS,
    LESS_A_FILLER,
    SPELT_OUT,
    likeness,
    may_be,
    words,
)
from hybrid_toolkit.data.matching.match import Match
from hybrid_toolkit.data.matching.profile import FEW_CODES, KEY_UNIQUE, MOSTLY, Profile, fit, never_before
from hybrid_toolkit.data.matching.twins import earlier_held, in_own_unit, recorded_after
from hybrid_toolkit.data.tables.contract import ColumnContract
from hybrid_toolkit.data.tables.contracts import TABLES

_LEAST = 0.5
_CODES_NAMED = 0.94
"""How near a header that lists a column's codes is to it: a known name, short of the column's own."""
_BARE = frozenset(
    ("ref", "no", "id", "key", "number", "code", "reference", "record", "row id", "record id", "identifier")
)
"""Headers that say only that a column numbers its rows: the table's own key, where no value is there twice."""
_BARE_KEY = 0.9
_REPEATED_KEY = 2
_LISTS, _REPEATED = ("worker", "team", "child"), 1.02
"""Lists of whom others speak: the number that they repeat is the key before any other, whatever the headers say."""
_PLAIN = 0.97
"""What a header is worth once its decoration is taken off: less than one that says the same without it."""
_ONE_TEAM = 0.6
"""How well a column of one value fits teams: another column of the list that tells them apart is meant."""
_NUMBERED = ("contact", "conference")
"""Tables of events that systems number; the others are keyed by people and days."""
_FORM_OPENED, _FORM_SENT = "start time", "completion time"
"""Columns that a form adds by itself, when it was opened and sent: the first is nothing of what was asked."""
_ANY_ANSWER = frozenset({"y", "n", "yes", "no", "true", "false", "1", "0", "t", "f"})
"""Answers that a header may list whatever it asks, as "Seen alone (Y/N)" does."""
_LISTED = 5
"""Values that a header may name one by one."""
_NEARLY_ALL = 0.9
"""Share of cells that must fit where values alone say what a column is: one in ten may be a slip; assumed."""
_HARDLY_DATES = 0.1
"""Share of cells of a column of keys that may read as dates, as a number of eight digits does by chance; assumed."""
_FEW_KEYS = 10
"""A column with no more distinct values than this may hold codes and no keys; assumed."""
_LEAST_KEYS = 3
"""Fewer keys than these meet those of another column by chance."""
_KEYS_OF = 0.6
"""Share of keys known elsewhere from which a column holds those keys, whatever its header; assumed: most of them."""
_ANSWERS_IN_USE = 12
"""A column with more distinct values than this is a note about digital access and no answer; assumed."""
_CODES_IN_USE = 3
"""Codes that must be in use where they alone say which column it is: "yes" and "no" fit many."""
_ANSWERS = ColumnContract("status", "code", "Digital access in words", codes={"full": "Full"})

TABLE_LAYOUTS: Mapping[str, Mapping[str, ColumnContract]] = {
    "worker_month~spells": {
        "worker_id": TABLES["worker_month"]["worker_id"],
        "start": ColumnContract("start", "date", "First day of a spell"),
        "end": ColumnContract("end", "date", "Last day of a spell"),
        "days": ColumnContract("days", "float", "Days of a spell", low=0),
        "reason": ColumnContract("reason", "text", "Reason"),
    },
    "worker_month~grid": {"worker_id": TABLES["worker_month"]["worker_id"]},
    "supervision~grid": {"worker_id": TABLES["supervision"]["worker_id"]},
    "contact~grid": {c: TABLES["contact"][c] for c in ("family_id", "child_id", "worker_id", "purpose")},
    "attendance_day~rota": {
        "worker_id": TABLES["attendance_day"]["worker_id"],
    },
    "access~status": {
        "family_id": TABLES["access"]["family_id"],
        "date": TABLES["access"]["date"],
        "status": _ANSWERS,
    },
}
"""Layouts that become a table by a step: name -> what their columns hold."""
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "worker_month~spells": (("worker_id",), ("start",), ("end", "days")),
    "worker_month~grid": (("worker_id",), ("months",)),
    "supervision~grid": (("worker_id",), ("months",)),
    "contact~grid": (("family_id", "child_id"), ("months",)),
    "attendance_day~rota": (("worker_id",), ("days",)),
    "access~status": (("family_id",), ("status",)),
    "contact": (("family_id", "child_id"), ("held_date", "due_date")),
    "survey": (("worker_id",), ("item",), ("value",)),
    "arrangement_spell": (("worker_id",), ("start_date",), ("type", "requested_rs", "approved_rs", "preferred_rs")),
    "attendance_day": (("worker_id",), ("date",)),
    "conference": (("child_id",), ("held_date", "due_date"), ("type", "mode", "child_participation")),
    "practice_rating": (("contact_id",), ("rater_id",)),
}
"""Table -> groups of columns of each of which one must be there; the required columns where a table is not listed."""


def layout_columns(table: str) -> dict[str, ColumnContract]:
    """Columns of a table or layout by name."""
    return dict(TABLE_LAYOUTS[table]) if table in TABLE_LAYOUTS else {c.name: c for c in TABLES[table].columns}


def needed_of(table: str) -> tuple[tuple[str, ...], ...]:
    """Groups of columns of each of which a source must have one."""
    return NEEDED.get(table) or tuple((c,) for c in TABLES[table].required)


def match_columns(
    table: str, columns: Mapping[str, Profile], keys: Mapping[str, Set[str]] | None = None, own: str = ""
) -> list[Match]:
    """The columns of a source that are columns of a table, in the table's order; extra ones do not matter.

    Parameters
    ----------
    table : str
        Contract table or layout.
    columns : Mapping[str, Profile]
        Source column -> profile, identifiers left out.
    keys : Mapping[str, Set[str]] | None, optional
        Contract column of a key -> values that other sources hold of it, so that a key is known by meeting them.
    own : str, default ""
        The column that numbers the rows of this source and that other sources repeat, whatever it is called.
    """
    known = layout_columns(table)
    # Families come from lists of children too, in which brothers and sisters repeat the household's key.
    alone = table in TABLES and len(TABLES[table].key) == 1 and table != "family"
    key = TABLES[table].key[0] if alone else ""
    plain = undecorated(list(columns))
    columns = {h: p for h, p in columns.items() if not (words(h) == _FORM_OPENED and _FORM_SENT in map(words, columns))}
    columns = {h: p for h, p in columns.items() if not ((day := day_header(h)) and day.day)}  # a day names no column
    pairs = [
        match
        for column in known.values()
        for header, seen in columns.items()
        if (
            match := _match(
                table,
                column,
                (header, *plain.get(header, ())),
                seen,
                (column.name == key) + (column.name == key and header == own),
                (keys or {}).get(column.name, frozenset()),
            )
        )
    ]
    pairs = earlier_held(in_own_unit(pairs, columns), columns)
    made: dict[str, Match] = {}
    taken: set[str] = set()
    for match in sorted(pairs, key=lambda m: -m.score):
        if match.column not in made and match.header not in taken:
            made[match.column] = match
            taken.add(match.header)
    return [made[c] for c in known if c in made]


def fill_needed(table: str, columns: Mapping[str, Profile], matches: Sequence[Match]) -> list[Match]:
    """The matches, and what the table needs where one free column alone has the values for it: a guess."""
    known, made = layout_columns(table), list(matches)
    made += [*_spell(known, columns, made), *_own_key(table, columns, made), *recorded_after(table, columns, made)]
    for group in needed_of(table):
        if {m.column for m in made} & set(group) or group[0] not in known:
            continue
        column, used = known[group[0]], {m.header for m in made}
        free = [h for h, p in columns.items() if h not in used and _may_be(column, p)]
        if len(free) == 1:
            made.append(Match(column.name, free[0], _LEAST, "values"))
    return [m for c in known for m in made if m.column == c]


def _own_key(table: str, columns: Mapping[str, Profile], made: Sequence[Match]) -> list[Match]:
    """The first column of a source as the key of its table, where no value of it is there twice: a guess."""
    key = TABLES[table].key if table in TABLES else ()
    first = next(iter(columns), "")
    seen = columns.get(first)
    if table not in _NUMBERED or seen is None or any(m.header == first or m.column == key[0] for m in made):
        return []
    plain = seen.share(lambda v: bool(re.fullmatch(r"[\w\-/.]+", v)))
    whole = seen.filled == len(seen.values) and seen.unique == 1.0 and seen.dates < _HARDLY_DATES and plain == 1.0
    return [Match(key[0], first, _LEAST, "values")] if whole else []


def _spell(known: Mapping[str, ColumnContract], columns: Mapping[str, Profile], made: Sequence[Match]) -> list[Match]:
    """The beginning and the end of a spell, where two columns of days alone may be them: guesses.

    The days of the one never lie before those of the other. Where both are free, no third column of days is.
    """
    taken = {m.column: m.header for m in made}
    if "end_date" not in known or "end_date" in taken:
        return []
    free = [
        h for h, p in columns.items() if h not in taken.values() and p.dates >= _NEARLY_ALL and may_be(h, "end_date")
    ]
    if "start_date" in taken:
        begun = columns[taken["start_date"]]
        after = [h for h in free if never_before(columns[h], begun)]
        return [Match("end_date", after[0], _LEAST, "values")] if len(after) == 1 else []
    pairs = [(a, b) for a in free for b in free if a != b and never_before(columns[b], columns[a])]
    if len(free) != 2 or len(pairs) != 1:
        return []
    return [Match(c, h, _LEAST, "values") for c, h in zip(("start_date", "end_date"), pairs[0], strict=True)]


def _may_be(column: ColumnContract, seen: Profile) -> bool:
    if column.kind in ("date", "month"):
        return (fit(column, seen) or 0.0) >= _NEARLY_ALL
    keyed = seen.share(lambda v: bool(re.fullmatch(r"[\w\-/]*\d{3,}[\w\-/]*", v)))
    return column.kind == "id" and keyed > _NEARLY_ALL and seen.dates < _HARDLY_DATES and len(seen.counts) > _FEW_KEYS


def _match(
    table: str, column: ColumnContract, said: tuple[str, ...], seen: Profile, key: int, others: Set[str]
) -> Match | None:
    """One column as one of a table; ``said`` is its header and what is left of it without decoration.

    ``key`` is 1 for the table's own key, 2 where the source's other files repeat the column too.
    """
    header, plain = said[0], said[-1]
    near = max(likeness(header, table, column.name), *(_PLAIN * likeness(p, table, column.name) for p in said[1:]), 0.0)
    if near < _CODES_NAMED and may_be(header, column.name) and _names_its_codes(plain, column, seen):
        near = _CODES_NAMED
    coded = column.kind == "code"
    bare = key == _REPEATED_KEY or (key and words(header) in _BARE)
    if near == 0.0 and (not coded or column is _ANSWERS) and not (column.kind == "id" and (others or bare)):
        return None
    if column is _ANSWERS:
        fits: float | None = 1.0 if 1 < len(seen.counts) <= _ANSWERS_IN_USE and seen.numbers < MOSTLY else 0.0
    else:
        fits = fit(column, seen, key=key > 0)
    if column.name == "team_id" and len(seen.counts) == 1 < seen.filled and fits:
        fits = _ONE_TEAM
    meets = _meets(seen, others) if column.kind == "id" and others else 0.0
    if bare and near < _BARE_KEY and seen.unique > KEY_UNIQUE:
        near = _BARE_KEY
    if key == _REPEATED_KEY and table in _LISTS and seen.unique > KEY_UNIQUE:
        near = _REPEATED
    exact = near >= SPELT_OUT and words(header) == words(column.name)
    if fits is None:  # nothing in it: the name alone
        return Match(column.name, header, 0.6 * near, "name") if near >= LESS_A_FILLER else None
    if meets >= _KEYS_OF and fits > 0:
        return Match(
            column.name, header, 0.9 + 0.2 * max(near, 0.5) * meets, "keys" if near < AMONG_WORDS else "synonym"
        )
    if near == 0.0:
        if (
            coded
            and fits >= _NEARLY_ALL
            and len(seen.counts) >= _CODES_IN_USE
            and seen.numbers < MOSTLY
            and may_be(header, column.name)
        ):
            return Match(column.name, header, 0.52 * fits, "values")
        return None
    how = "name" if exact else ("synonym" if near >= AMONG_FILLERS else "spelling")
    if fits < _LEAST:
        listed = (
            column.kind in ("code", "bool")
            and near >= AMONG_FILLERS
            and len(seen.counts) <= FEW_CODES
            and seen.dates < MOSTLY
        )
        worded = (
            listed and (seen.numbers < MOSTLY or column.kind == "code") and column.name not in ("purpose", "outcome")
        )
        return Match(column.name, header, 0.55 * near + 0.2 * fits, how) if worded or exact else None
    score = 0.65 * near + 0.35 * fits
    return Match(column.name, header, score, how) if score >= _LEAST + 0.05 else None


def _names_its_codes(header: str, column: ColumnContract, seen: Profile) -> bool:
    """Whether a header is the list of the codes below it, such as "M/F", "Perm/Agency" or "In person or Teams"."""
    if (
        column.kind in ("code", "bool")
        and 2 <= len(seen.counts) <= _LISTED
        and (fit(column, seen) or 0.0) >= _NEARLY_ALL
    ):
        said = f" {words(header)} "
        named = {words(str(v)) for v in seen.counts.index} - {""}
        if not named <= _ANY_ANSWER and all(f" {v} " in said for v in named):
            return True
    parts = [part.strip() for part in re.split(r"/|\bor\b", header)]
    if len(parts) < 2 or column.kind not in ("code", "bool") or not all(parts):
        return False
    codes = [known_code(column, part) for part in parts]
    return all(codes) and len(set(codes)) == len(parts)


def _meets(seen: Profile, others: Set[str]) -> float:
    return len(seen.keys & others) / len(seen.keys) if len(seen.keys) >= _LEAST_KEYS and not seen.counts_up else 0.0
