"""What the values of a column look like, and how well they fit a column of a contract. Values never leave here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from hybrid_toolkit.data.known.filler_dates import filler_date
from hybrid_toolkit.data.known.names import is_known_header, words
from hybrid_toolkit.data.known.readable_codes import is_whole_day, reads
from hybrid_toolkit.data.known.stand_ins import is_stand_in
from hybrid_toolkit.data.known.units import amount
from hybrid_toolkit.data.known.written_days import plain_day, plain_month
from hybrid_toolkit.data.privacy.identifiers import PERSON_KEY_COLUMNS, identifier_problems
from hybrid_toolkit.data.privacy.pseudonym import loose_key
from hybrid_toolkit.data.reading.coerce import MISSING_WORDS
from hybrid_toolkit.data.reading.dates import parse_days
from hybrid_toolkit.data.reading.raw_table import FIRST_ROWS, Found, RawTable
from hybrid_toolkit.data.reshape.months import month_number, months_made, year_said
from hybrid_toolkit.data.reshape.step_kinds import MonthOf
from hybrid_toolkit.data.sheets.tables_of_a_sheet import is_cell_value
from hybrid_toolkit.data.tables.contract import ColumnContract

FEW_CODES = 40
"""A column with more distinct values than this is not taken for a column of codes."""
MOSTLY = 0.5
"""Share of cells above which a column is called after them."""
KEY_UNIQUE = 0.95
"""Share of cells that hold a value of their own, from which a column numbers its rows: some rows are sent twice."""
KEYS_MET = 0.3
"""A column of which this share is known elsewhere has the right key: leavers and other services are not."""
MOST_FTE = 1.5
"""Hours are told from shares of a full-time post by this: hardly anybody has more than a post and a half."""
PERCENT = 100
_DATES = 0.8
"""Share of dates from which a column is read as days; assumed: lists hold "ongoing" and "not known" too."""
_FREE_TEXT = 60
"""Keys and names are shorter than this on average, notes are longer; assumed."""
_REPEATED = 0.9
"""A column with fewer values of its own is hardly the key of its table; assumed."""
_DECIMALS = 0.2
"""More decimal numbers than this share, and a column holds measurements and no keys; assumed."""
_YEAR_DIGITS = 4
"""A bare year stands for no day."""
_DATE = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}(?:[T ].*)?|\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})(?: .*)?|"
    r"\d{1,2}(?:st|nd|rd|th)?[ \-][A-Za-z]{3,9}[ \-]\d{2,4}(?: .*)?|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
)
_MONTH = re.compile(r"\d{4}-\d{2}|\d{1,2}/\d{4}|[A-Za-z]{3,9}[ \-'/]?(?:\d{2}|\d{4})|(?:19|20)\d{2}(?:0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_SAMPLE = 1000
_TELLING = 120
"""Columns by which a source is recognised: a form exported whole has hundreds, keys and days among them."""
_GAPS = 2
"""Numbers that reach no further than this times their count are numbers of rows: two such columns meet by chance."""


@dataclass(frozen=True)
class Profile:
    """One column.

    Parameters
    ----------
    header : str
        Its name.
    values : pd.Series
        Its text.
    known : dict[object, float | None], optional
        What was worked out of it already.
    """

    header: str
    values: pd.Series = field(repr=False)
    known: dict[object, float | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def counts(self) -> pd.Series:
        """How often each distinct value stands, stand-ins for nothing left out, most frequent first."""
        counts = self.values.value_counts()
        empty = [str(v).casefold() in MISSING_WORDS or is_stand_in(str(v)) for v in counts.index]
        return counts[[not e for e in empty]]

    @cached_property
    def filled(self) -> int:
        """Cells that hold something."""
        return int(self.counts.sum())

    @cached_property
    def keys(self) -> frozenset[str]:
        """Its distinct values as keys, without regard to case and leading zeros."""
        return frozenset(loose_key(str(v)) for v in self.counts.index if not is_stand_in(str(v), key=True))

    @cached_property
    def unique(self) -> float:
        """Share of filled cells that no other cell repeats; 1 is a key."""
        return len(self.counts) / self.filled if self.filled else 0.0

    @cached_property
    def counts_up(self) -> bool:
        """Whether its values are the numbers of rows, or nearly: 1, 2, 3 with few left out."""
        numbers = pd.to_numeric(pd.Series(list(self.keys), dtype="object"), errors="coerce").dropna()
        return len(numbers) > 0 and bool(numbers.max() < _GAPS * len(self.keys))

    def share(self, holds: Callable[[str], bool]) -> float:
        """Share of filled cells for which something holds; judged on the most frequent distinct values."""
        whole = sum(n for _, n in self.sample)
        return sum(n for v, n in self.sample if holds(v)) / whole if whole else 0.0

    @cached_property
    def sample(self) -> list[tuple[str, int]]:
        """The most frequent distinct values with how often each stands."""
        some = self.counts.iloc[:_SAMPLE]
        return list(zip(map(str, some.index), map(int, some), strict=True))

    @cached_property
    def dates(self) -> float:
        """Share of dates."""
        return self.share(
            lambda v: bool(_DATE.fullmatch(plain_day(v))) or bool(filler_date(v) and len(v) > _YEAR_DIGITS)
        )

    @cached_property
    def months(self) -> float:
        """Share of months written as such."""
        return self.share(lambda v: bool(_MONTH.fullmatch(plain_month(v))))

    @cached_property
    def numbers(self) -> float:
        """Share of plain numbers."""
        return self.share(lambda v: bool(_NUMBER.fullmatch(v)))

    @cached_property
    def high(self) -> float:
        """The 95th percentile of its numbers."""
        numbers = pd.to_numeric(self.values, errors="coerce").dropna()
        return float(numbers.quantile(0.95)) if len(numbers) else float("nan")

    @cached_property
    def length(self) -> float:
        """Mean length of its distinct values."""
        some = [len(str(v)) for v in self.counts.index[:_SAMPLE]]
        return sum(some) / len(some) if some else 0.0

    @cached_property
    def days(self) -> pd.Series:
        """Its days, row by row; none where it is no column of dates."""
        if self.dates < _DATES:
            return pd.Series(pd.NaT, index=self.values.index, dtype="datetime64[ns]")
        from hybrid_toolkit.data.reading.coerce import TextCells  # the day's column is of no table

        return parse_days(TextCells("", ColumnContract("day", "date", "Day"), self.values.astype("str")))

    @property
    def last_day(self) -> pd.Timestamp | None:
        """The latest day in a column of dates, or None."""
        return None if self.days.isna().all() else self.days.max()


@dataclass(frozen=True)
class SourceProfile:
    """One source with the profiles of its columns.

    Parameters
    ----------
    found : Found
        How it is read.
    raw : RawTable
        As read.
    columns : Mapping[str, Profile]
        Header -> profile.
    identifying : Mapping[str, str], optional
        Headers that identify a person, which are dropped; header -> kind in words.
    key : str, default ""
        The column that numbers its rows and that other sources repeat.
    period : tuple[str, ...], optional
        The columns of a month and of its year, which are read as one (``PERIOD``); empty where there are none.
    """

    found: Found
    raw: RawTable
    columns: Mapping[str, Profile]
    identifying: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    period: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """How a mapping names it."""
        return self.found.ref or self.found.name

    @property
    def in_part(self) -> bool:
        """Whether its first rows alone were read."""
        return FIRST_ROWS.format(len(self.raw.frame)) in self.raw.notes

    @cached_property
    def telling(self) -> dict[str, Profile]:
        """The columns by which its table is recognised: of a wide source those with known names, and then the first."""
        there = self.usable
        if len(there) <= _TELLING:
            return there
        chosen = set(sorted(there, key=lambda h: not is_known_header(h))[:_TELLING])
        return {h: p for h, p in there.items() if h in chosen}

    @property
    def usable(self) -> dict[str, Profile]:
        """Columns that identify nobody."""
        return {h: p for h, p in self.columns.items() if h not in self.identifying}


PERIOD = "Month and year"
"""The column that a month and a year in two columns become."""
_MONTH_HEADER = re.compile(r"(.*\b)?(?:month|mth)(?: name| no| number)?|(.*\b)?period", re.I)
_YEAR_HEADER = re.compile(r"(.*\b)?(?:(?:financial|fin|fiscal|calendar|reporting|cal) ?)?(?:year|yr|fy)", re.I)


def with_period(raw: RawTable) -> tuple[RawTable, tuple[str, ...]]:
    """The table with one column of periods more, where a month and its year stand in two columns, and those two.

    Parameters
    ----------
    raw : RawTable
        As read.
    """
    seen = {str(h): Profile(str(h), raw.frame[h]) for h in raw.frame.columns}
    years = [
        h
        for h, p in seen.items()
        if _YEAR_HEADER.fullmatch(words(h)) and p.filled and p.share(lambda v: year_said(v) is not None) >= _DATES
    ]
    months = [
        h
        for h, p in seen.items()
        if _MONTH_HEADER.fullmatch(words(h))
        and p.filled
        and p.share(lambda v: month_number(v, financial=True) is not None) >= _DATES
    ]
    if not years or not months or PERIOD in raw.frame:
        return raw, ()
    pair = MonthOf(months[0], years[0], PERIOD)
    frame, _ = months_made(raw.frame, pair, lambda name: name)
    return replace(raw, frame=frame), (pair.month, pair.year)


def profile(found: Found) -> SourceProfile:
    """Read a source and look at its columns.

    Raises
    ------
    UnreadableError
        As reading it does.
    """
    raw = found.read()
    raw, period = with_period(raw)
    columns = {str(h): Profile(str(h), raw.frame[h]) for h in raw.frame.columns if h not in period}
    problems = identifier_problems({found.name: raw.frame})
    return SourceProfile(found, raw, columns, {p.column: p.text for p in problems}, period=period)


def fit(column: ColumnContract, seen: Profile, *, key: bool = False) -> float | None:
    """How well values fit a column of a contract, 0 to 1; None where there are no values to judge by.

    Parameters
    ----------
    column : ColumnContract
        The contract's.
    seen : Profile
        The source's.
    key : bool, default False
        Whether it alone is the key of its table, so that its values may not repeat.
    """
    asked = (column.name, column.kind, column.unit, column.high, tuple(column.codes), key)
    if asked not in seen.known:
        seen.known[asked] = _fit(column, seen, key)
    return seen.known[asked]


def _fit(column: ColumnContract, seen: Profile, key: bool) -> float | None:
    if not seen.filled:
        return None
    if column.kind == "date":
        return seen.dates
    if column.kind == "month":
        return max(seen.months, 0.9 * seen.dates)
    if column.kind in ("code", "bool"):
        few = len(seen.counts) <= FEW_CODES or column.name in ("role", "service")
        read = (
            (lambda v: reads(column, v) or is_whole_day(v)) if column.name == "slot" else (lambda v: reads(column, v))
        )
        return seen.share(read) if few and seen.dates < MOSTLY else 0.0
    if column.kind in ("int", "float"):
        return _fit_number(column, seen)
    if seen.dates > MOSTLY or seen.length > _FREE_TEXT:
        return 0.0
    if key and seen.unique < _REPEATED:
        return 0.3
    if column.name in PERSON_KEY_COLUMNS and len(seen.counts) == 1 and seen.filled >= _ROWS_ORDERED:
        return 0.0  # one value in every row tells no one from another
    decimals = seen.share(lambda v: bool(re.fullmatch(r"-?\d+\.\d*[1-9]", v)))
    return 0.0 if decimals > _DECIMALS else 1.0


def _fit_number(column: ColumnContract, seen: Profile) -> float:
    good = seen.share(lambda v: bool(_NUMBER.fullmatch(v)) or amount(v, column.unit) is not None)
    if (
        column.high is not None
        and seen.high > column.high
        and not (column.unit in ("fte", "share") and seen.high <= PERCENT)
    ):
        return good * 0.3
    if seen.dates > MOSTLY:
        return 0.0
    return 0.9 * good if column.unit == "fte" and seen.high > MOST_FTE else good  # hours do where no share is there


def never_before(late: Profile, early: Profile) -> bool:
    """Whether the days of a column stand after those of another in its rows, in all but a few.

    Parameters
    ----------
    late : Profile
        The column whose days come later.
    early : Profile
        The column whose days come first.
    """
    both = late.days.notna() & early.days.notna()
    return bool(both.sum() >= _ROWS_ORDERED and (late.days[both] >= early.days[both]).mean() >= _ORDERED)


_ROWS_ORDERED = 10
_ORDERED = 0.98
"""Ten rows in which one day follows the other come about by chance once in a thousand; slips are left room."""


def is_word(text: str) -> bool:
    """Whether a value is a word rather than a number or date."""
    return not is_cell_value(text)
