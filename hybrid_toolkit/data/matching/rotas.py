"""Rotas with a day a column: which columns are days, of which month or week, and what the codes below them mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from hybrid_toolkit.data.known.codes import place_in_words, plain_spelling
from hybrid_toolkit.data.known.day_headers import DayHeader, day_header, month_said, names_days, week_said
from hybrid_toolkit.data.known.rota_places import rota_places
from hybrid_toolkit.data.matching.profile import MOSTLY, Profile, SourceProfile

_LEAST_DAYS, _WEEKDAYS = 5, 3
"""Columns of days from which a sheet is a rota; weekdays of a week may be fewer, for those who work part of it."""
_MOST_CODES = 40
"""More different texts than these below the days are notes; assumed."""
_MOST_SHARE = 0.02
"""Or as many as this share of the cells: people add notes to their days."""
_READ = 0.4
"""Share of cells whose code is known from which the columns hold places: some teams use a letter of their own."""
_SMALL = 0.05
"""New codes that no more than this share of the cells hold are left out, and said."""
PLACES = ("office", "home", "neither")
"""Where somebody is on a day, as a person answers."""
ROWS_A_CODE = 10
"""A code that fewer cells hold is not written out: it could point at a person."""
_LETTERS = 2
"""A code of no more letters is a guess wherever it was read."""


@dataclass(frozen=True)
class SeenRota:
    """A rota as it stands in a source.

    Parameters
    ----------
    steps : Mapping[str, object]
        ``columns`` and the one of ``month``, ``week`` and ``weeks`` that says which days they are.
    places : Mapping[str, tuple[str, ...]]
        Code that is known -> its place, or its places before and after noon.
    new : Mapping[str, int]
        Code that is not -> cells that hold it.
    cells : int
        Filled cells.
    """

    steps: Mapping[str, object]
    places: Mapping[str, tuple[str, ...]]
    new: Mapping[str, int]
    cells: int

    @property
    def share(self) -> float:
        """Share of the filled cells whose code is known."""
        return 1 - sum(self.new.values()) / self.cells if self.cells else 0.0

    @property
    def few(self) -> bool:
        """Whether so few cells hold new codes that they are left out rather than asked about."""
        return sum(self.new.values()) <= _SMALL * self.cells


def rota_of(one: SourceProfile) -> SeenRota | None:
    """The rota in a source, or None where its columns are no days or hold no places.

    Parameters
    ----------
    one : SourceProfile
        The source.
    """
    heads = {h: d for h in one.usable if (d := day_header(h)) is not None and _of_places(one.usable[h])}
    told = [*one.raw.titles, one.ref.rpartition("/")[2], one.ref]
    steps = _which_days(heads, one, told)
    if steps is None:
        return None
    columns = [str(c) for c in steps["columns"]]  # type: ignore[attr-defined]
    counts = rota_counts(one, columns)
    cells = sum(counts.values())
    if not counts or len(counts) > max(_MOST_CODES, _MOST_SHARE * cells):
        return None
    places = rota_places(list(counts), one.raw.titles)
    new = {v: n for v, n in counts.items() if v not in places}
    seen = SeenRota(steps, places, new, cells)
    somewhere = {p for both in places.values() for p in both} & {"home", "office"}
    return seen if somewhere and seen.share >= _READ else None


def _of_places(seen: Profile) -> bool:
    return not seen.filled or (seen.numbers < MOSTLY and seen.dates < MOSTLY)


def _which_days(heads: Mapping[str, DayHeader], one: SourceProfile, told: Sequence[str]) -> dict[str, object] | None:
    full = [h for h, d in heads.items() if d.day]
    if len(full) >= _LEAST_DAYS:
        return {"columns": full}
    numbered = [h for h, d in heads.items() if d.number]
    if len(numbered) >= _LEAST_DAYS and names_days(
        [h if heads[h].month else f"Mon {heads[h].number}" for h in numbered]
    ):
        month = month_said(told, heads[numbered[0]].month)
        return {"columns": numbered, "month": month} if month and _agree(heads, numbered, month) else None
    weekdays = [h for h, d in heads.items() if d.weekday is not None and d.number is None]
    if len(weekdays) < _WEEKDAYS:
        return None
    begins = [h for h, p in one.usable.items() if p.dates > MOSTLY and re.search(r"\bweek\b|w/?[ce]\b", h, re.I)]
    if len(begins) == 1:
        return {"columns": weekdays, "weeks": begins[0]}
    week = week_said(told)
    return {"columns": weekdays, "week": week} if week else None


def _agree(heads: Mapping[str, DayHeader], columns: Sequence[str], month: str) -> bool:
    """Whether the weekdays of the columns are those that the calendar has for the month."""
    for column in columns:
        head = heads[column]
        in_month = f"{month[:4]}-{head.month:02d}" if head.month else month
        day = pd.to_datetime(f"{in_month}-{head.number:02d}", errors="coerce")
        if pd.isna(day) or (head.weekday is not None and day.weekday() != head.weekday):
            return False
    return True


def rota_steps(one: SourceProfile) -> dict[str, object]:
    """The steps of a mapping that read the rota in a source, new codes with None for their place; none without one."""
    seen = rota_of(one)
    if seen is None:
        return {}
    steps = dict(seen.steps) | ({"rest": "leave out"} if seen.new and seen.few else {})
    places = {code: place[0] if len(place) == 1 else list(place) for code, place in seen.places.items()}
    return {"day_columns": steps, "places": places if seen.few else places | dict.fromkeys(seen.new)}


def rota_counts(one: SourceProfile, columns: Sequence[str]) -> dict[str, int]:
    """Code -> cells of the columns of days that hold it."""
    cells = pd.Series(one.raw.frame[list(columns)].to_numpy().ravel()).dropna()
    return {str(v): int(n) for v, n in cells.value_counts().items()}


def lone_letters(places: Mapping[str, object]) -> list[str]:
    """Codes that were read though they are no word: letters that another team may use in another way."""
    return [c for c in places if len(plain_spelling(c)) <= _LETTERS and place_in_words(c) is None]


_MOST_PLACES = 0.6
"""Share of rows whose place must be known from which the others are sites, and leave among them no place; assumed."""


def at_places(one: SourceProfile, header: str, steps: Mapping[str, object]) -> dict[str, object]:
    """Steps for a log of days whose column of places holds leave, or letters as a rota does; none where it does not.

    Parameters
    ----------
    one : SourceProfile
        A log with a row a day or half-day.
    header : str
        The column of places.
    steps : Mapping[str, object]
        The steps that are there.
    """
    counts = {str(v): int(n) for v, n in one.columns[header].counts.items()}
    places = {c: p for c, p in rota_places(list(counts), one.raw.titles).items() if len(p) == 1} if counts else {}
    if len(counts) > _MOST_CODES or sum(counts[c] for c in places) < _MOST_PLACES * sum(counts.values()):
        return {}
    made: dict[str, object] = {}
    for key, given in (
        ("keep", [c for c in counts if places.get(c) != ("",)] if ("",) in places.values() else []),
        (
            "each",
            {c: list(p) for c, (place,) in places.items() if (p := [place]) and place and place_in_words(c) is None},
        ),
    ):
        before = steps.get(key)
        if given:
            made[key] = {**(before if isinstance(before, Mapping) else {}), header: given}
    return made
