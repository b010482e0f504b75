"""Columns that no name told: by the words that a header shares with one free column alone, and by what it holds.

Only where a table is already known, only as guesses, and never for keys: what stands in a key tells nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from hybrid_toolkit.columns.numeric_columns import FALSE, TRUE
from hybrid_toolkit.data.known.codes import list_of
from hybrid_toolkit.data.known.concepts import concepts, telling
from hybrid_toolkit.data.known.names import column_names, may_be, words, written_forms
from hybrid_toolkit.data.matching.columns import layout_columns
from hybrid_toolkit.data.matching.match import Match
from hybrid_toolkit.data.matching.profile import Profile, fit
from hybrid_toolkit.data.tables.contract import ColumnContract

_KINDS = ("date", "code", "bool", "int", "float")
_FITS = 0.9
"""Share of values that are read as they stand: fewer, and the column holds something else besides."""
_SCORE = 0.5
"""As a match by values alone: below what is taken without a second look."""
_TELLING = 3
"""A word in the names of more columns of a table than these tells none of them."""
_CLEARER = 1.25
"""How much more a header shares with its column than with any other, and the column with any other header."""
_WORDY = 3
"""Codes shorter than this on average are letters, which many lists share."""


def remaining(table: str, columns: Mapping[str, Profile], made: Sequence[Match]) -> list[Match]:
    """The matches, and those that what is left of both sides tells.

    Parameters
    ----------
    table : str
        The table or layout that the source is.
    columns : Mapping[str, Profile]
        Source column -> profile, identifiers left out.
    made : Sequence[Match]
        What names, values and keys told.
    """
    known, whole = layout_columns(table), list(made)
    for find in (_shared, _only_reading):
        used, taken = {m.header for m in whole}, {m.column for m in whole}
        free = [c for name, c in known.items() if name not in taken and c.kind in _KINDS]
        left = {h: p for h, p in columns.items() if h not in used and p.filled}
        fits = {
            (c.name, h)
            for c in free
            for h, p in left.items()
            if may_be(h, c.name) and len(p.counts) > 1 and (fit(c, p) or 0.0) >= _FITS
        }
        whole += [Match(c, h, _SCORE, "values") for c, h in find(table, free, left, fits)]
    return [m for c in known for m in whole if m.column == c]


def _shared(
    table: str, free: Sequence[ColumnContract], left: Mapping[str, Profile], fits: set[tuple[str, str]]
) -> list[tuple[str, str]]:
    near = {pair: score for pair in sorted(fits) if (score := _in_common(table, *pair)) > 0}
    found = []
    for (column, header), score in near.items():
        others = [s for (c, h), s in near.items() if (c == column) != (h == header)]
        if score >= _CLEARER * max(others, default=0.0):
            found.append((column, header))
    return found


def _in_common(table: str, column: str, header: str) -> float:
    """How much of what a header says stands in the names of a column and of few others of its table."""
    said, held = words(header), _held(table)
    best = 0.0
    for form in (said, *written_forms(said, table)):
        here = concepts(form)
        shared = telling(here) & _concepts_of(table, column)
        best = max(best, sum(1 / held[c] for c in shared if held[c] <= _TELLING) / max(len(here), 1))
    return best


@lru_cache(maxsize=1024)
def _concepts_of(table: str, column: str) -> frozenset[str]:
    return frozenset(c for name in column_names()[table].get(column, ()) for c in concepts(name))


@lru_cache(maxsize=64)
def _held(table: str) -> Counter[str]:
    """How many columns of a table have a concept in their names."""
    return Counter(c for column in layout_columns(table) for c in _concepts_of(table, column))


def _only_reading(
    table: str, free: Sequence[ColumnContract], left: Mapping[str, Profile], fits: set[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Columns of codes in words that one free column alone reads, and no other header holds."""
    coded = {c.name for c in free if c.kind == "code" or list_of(c) not in ("", "yes_no")}
    plain = {h for h, p in left.items() if {str(v).casefold() for v in p.counts.index} <= TRUE | FALSE}
    worded = {h for h, p in left.items() if p.length >= _WORDY and p.numbers == 0} - plain
    pairs = sorted((c, h) for c, h in fits if c in coded and h in worded)
    by_column, by_header = Counter(c for c, _ in pairs), Counter(h for _, h in pairs)
    return [(c, h) for c, h in pairs if by_column[c] == 1 and by_header[h] == 1]
