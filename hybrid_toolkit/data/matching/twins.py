"""Two columns of one source that could be the same column of a table: what they hold tells which is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from hybrid_toolkit.data.known.names import AMONG_FILLERS, AMONG_WORDS, likeness
from hybrid_toolkit.data.matching.match import Match
from hybrid_toolkit.data.matching.profile import MOST_FTE, Profile, never_before

_GUESS = 0.5
"""As a match by values alone: below what is taken without a second look."""
_NAMED = 0.65 * AMONG_FILLERS + 0.35
"""The score of a column that is called so and whose values all fit."""
_SPREAD = 0.02
"""Hours divided by shares of a post differ by no more than this where both are rounded to two places."""
_ROWS = 5
"""Fewer rows with both may be alike by chance."""
_LATER = 0.2
"""Share of rows in which what is written down later has a later day; less, and it is the end of the same meeting."""


def in_own_unit(pairs: Sequence[Match], columns: Mapping[str, Profile]) -> list[Match]:
    """The pairs without hours of a post where another column says the same as a share of a full post.

    Parameters
    ----------
    pairs : Sequence[Match]
        Every source column that could be a column of the table.
    columns : Mapping[str, Profile]
        Source column -> profile.
    """
    posts = [m.header for m in pairs if m.column == "fte"]
    shares = [h for h in posts if columns[h].high <= MOST_FTE]
    same = {h for h in posts if h not in shares and any(_proportional(columns[h], columns[s]) for s in shares)}
    return [m for m in pairs if m.column != "fte" or m.header not in same]


def _proportional(hours: Profile, shares: Profile) -> bool:
    many, few = (pd.to_numeric(p.values, errors="coerce") for p in (hours, shares))
    ratio = (many / few)[many.gt(0) & few.gt(0)]
    return len(ratio) >= _ROWS and bool((ratio / ratio.median() - 1).abs().max() <= _SPREAD)


def earlier_held(pairs: Sequence[Match], columns: Mapping[str, Profile]) -> list[Match]:
    """Of two columns that are called the day of a contact, the later is the day it was written down.

    Parameters
    ----------
    pairs : Sequence[Match]
        Every source column that could be a column of the table.
    columns : Mapping[str, Profile]
        Source column -> profile.
    """
    held = sorted((m for m in pairs if m.column == "held_date" and m.score >= _NAMED), key=lambda m: -m.score)
    if not held or not any(m.column == "recorded_date" or m.column == "contact_id" for m in pairs):
        return list(pairs)
    late = {a.header for a in held for b in held if a is not b and _written_after(columns[a.header], columns[b.header])}
    return [
        replace(m, column="recorded_date", score=_GUESS, how="values")
        if m.column == "held_date" and m.header in late
        else m
        for m in pairs
    ]


def recorded_after(table: str, columns: Mapping[str, Profile], made: Sequence[Match]) -> list[Match]:
    """The day a contact was written down, where one free column alone is like the day it was held and lies after it.

    Parameters
    ----------
    table : str
        The table that the source is.
    columns : Mapping[str, Profile]
        Source column -> profile.
    made : Sequence[Match]
        What names, values and keys told.
    """
    taken = {m.column: m.header for m in made}
    if table != "contact" or "recorded_date" in taken or "held_date" not in taken:
        return []
    held = columns[taken["held_date"]]
    after = [
        h
        for h, p in columns.items()
        if h not in taken.values() and likeness(h, table, "held_date") >= AMONG_WORDS and _written_after(p, held)
    ]
    return [Match("recorded_date", after[0], _GUESS, "values")] if len(after) == 1 else []


def _written_after(late: Profile, early: Profile) -> bool:
    both = late.days.notna() & early.days.notna()
    return never_before(late, early) and bool((late.days[both] > early.days[both]).mean() >= _LATER)
