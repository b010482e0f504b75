"""Which column of a source is which column of a table: names and values together, the best candidate first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from hybrid_toolkit.data.known.codes import known_code
from hybrid_toolkit.data.known.names import likeness, may_be, words
from hybrid_toolkit.data.matching.profile import Profile, fit, never_before
from hybrid_toolkit.data.tables.contract import ColumnContract
from hybrid_toolkit.data.tables.contracts import TABLES

SURE = 0.85
"""A name this near, with values that fit, needs no second look."""
_LEAST = 0.5
_CODES_NAMED = 0.94
"""How near a header that lists a column's codes is to it: a known name, short of the column's own."""
_BARE = frozenset(
    ("ref", "no", "id", "key", "number", "code", "reference", "record", "row id", "record id", "identifier")
)
"""Headers that say only that a column numbers its rows: the table's own key, where no value is there twice."""
_BARE_KEY = 0.9
_ONE_TEAM = 0.6
"""How well a column of one value fits teams: another column of the list that tells them apart is meant."""
_NUMBERED = ("contact", "conference")
"""Tables of events that systems number; the others are keyed by people and days."""
_LISTED = 5
"""Values that a header may name one by one."""
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
    "access~status": (("family_id",), ("status",)),
    "contact": (("family_id", "child_id"), ("held_date", "due_date")),
    "survey": (("worker_id",), ("item",), ("value",)),
    "arrangement_spell": (("worker_id",), ("start_date",), ("type", "requested_rs", "approved_rs", "preferred_rs")),
    "attendance_day": (("worker_id",), ("date",)),
    "conference": (("child_id",), ("held_date", "due_date"), ("type", "mode", "child_participation")),
    "practice_rating": (("contact_id",), ("rater_id",)),
}
"""Table -> groups of columns of each of which one must be there; the required columns where a table is not listed."""


@dataclass(frozen=True, slots=True)
class Match:
    """One source column taken for one column of a table."""

    column: str
    header: str
    score: float
    how: str

    @property
    def sure(self) -> bool:
        """Whether it needs no second look."""
        return self.score >= SURE


def layout_columns(table: str) -> dict[str, ColumnContract]:
    """Columns of a table or layout by name."""
    return dict(TABLE_LAYOUTS[table]) if table in TABLE_LAYOUTS else {c.name: c for c in TABLES[table].columns}


def needed_of(table: str) -> tuple[tuple[str, ...], ...]:
    """Groups of columns of each of which a source must have one."""
    return NEEDED.get(table) or tuple((c,) for c in TABLES[table].required)


def match_columns(
    table: str, columns: Mapping[str, Profile], keys: Mapping[str, Set[str]] | None = None
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
    """
    known = layout_columns(table)
    # Families come from lists of children too, in which brothers and sisters repeat the household's key.
    alone = table in TABLES and len(TABLES[table].key) == 1 and table != "family"
    own = TABLES[table].key[0] if alone else ""
    pairs = [
        match
        for column in known.values()
        for header, seen in columns.items()
        if (
            match := _match(table, column, header, seen, column.name == own, (keys or {}).get(column.name, frozenset()))
        )
    ]
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
    made += [*_spell(known, columns, made), *_own_key(table, columns, made)]
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
    whole = seen.filled == len(seen.values) and seen.unique == 1.0 and seen.dates < 0.1 and plain == 1.0
    return [Match(key[0], first, _LEAST, "values")] if whole else []


def _spell(known: Mapping[str, ColumnContract], columns: Mapping[str, Profile], made: Sequence[Match]) -> list[Match]:
    """The beginning and the end of a spell, where two columns of days alone may be them: guesses.

    The days of the one never lie before those of the other. Where both are free, no third column of days is.
    """
    taken = {m.column: m.header for m in made}
    if "end_date" not in known or "end_date" in taken:
        return []
    free = [h for h, p in columns.items() if h not in taken.values() and p.dates >= 0.9 and may_be(h, "end_date")]
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
        return (fit(column, seen) or 0.0) >= 0.9
    keyed = seen.share(lambda v: bool(re.fullmatch(r"[\w\-/]*\d{3,}[\w\-/]*", v)))
    return column.kind == "id" and keyed > 0.9 and seen.dates < 0.1 and len(seen.counts) > 10


def _match(table: str, column: ColumnContract, header: str, seen: Profile, key: bool, others: Set[str]) -> Match | None:
    near = likeness(header, table, column.name)
    if near < _CODES_NAMED and may_be(header, column.name) and _names_its_codes(header, column, seen):
        near = _CODES_NAMED
    coded = column.kind == "code" and not all(re.fullmatch(r"\d+", c) for c in column.codes)
    bare = key and words(header) in _BARE
    if near == 0.0 and (not coded or column is _ANSWERS) and not (column.kind == "id" and (others or bare)):
        return None
    if column is _ANSWERS:
        fits: float | None = 1.0 if 1 < len(seen.counts) <= 12 and seen.numbers < 0.5 else 0.0
    else:
        fits = fit(column, seen, key=key)
    if column.name == "team_id" and len(seen.counts) == 1 < seen.filled and fits:
        fits = _ONE_TEAM
    meets = _meets(seen, others) if column.kind == "id" and others else 0.0
    if bare and near < _BARE_KEY and seen.unique > 0.95:
        near = _BARE_KEY
    exact = near >= 0.98 and words(header) == words(column.name)
    if fits is None:  # nothing in it: the name alone
        return Match(column.name, header, 0.6 * near, "name") if near >= 0.9 else None
    if meets >= 0.6 and fits > 0:
        return Match(column.name, header, 0.9 + 0.2 * max(near, 0.5) * meets, "keys" if near < 0.6 else "synonym")
    if near == 0.0:
        if coded and fits >= 0.9 and len(seen.counts) >= 3 and seen.numbers < 0.5 and may_be(header, column.name):
            return Match(column.name, header, 0.52 * fits, "values")
        return None
    how = "name" if exact else ("synonym" if near >= 0.93 else "spelling")
    if fits < _LEAST:
        listed = column.kind in ("code", "bool") and near >= 0.93 and len(seen.counts) <= 40 and seen.dates < 0.5
        worded = listed and (seen.numbers < 0.5 or column.kind == "code") and column.name not in ("purpose", "outcome")
        return Match(column.name, header, 0.55 * near + 0.2 * fits, how) if worded or exact else None
    score = 0.65 * near + 0.35 * fits
    return Match(column.name, header, score, how) if score >= _LEAST + 0.05 else None


def _names_its_codes(header: str, column: ColumnContract, seen: Profile) -> bool:
    """Whether a header is the list of the codes below it, such as "M/F", "Perm/Agency" or "In person or Teams"."""
    if column.kind in ("code", "bool") and 2 <= len(seen.counts) <= _LISTED and (fit(column, seen) or 0.0) >= 0.9:
        said = f" {words(header)} "
        if all(f" {words(str(v))} " in said for v in seen.counts.index if words(str(v))):
            return True
    parts = [part.strip() for part in re.split(r"/|\bor\b", header)]
    if len(parts) < 2 or column.kind not in ("code", "bool") or not all(parts):
        return False
    codes = [known_code(column, part) for part in parts]
    return all(codes) and len(set(codes)) == len(parts)


def _meets(seen: Profile, others: Set[str]) -> float:
    return len(seen.keys & others) / len(seen.keys) if len(seen.keys) >= 3 and not seen.counts_up else 0.0
