"""The steps that a mapping may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hybrid_toolkit.data.known.visit_due import VisitInterval


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells with a first and a last day, spread over the months they touch; ``into`` is a contract column."""

    start: str
    end: str
    days: str
    into: str


@dataclass(frozen=True, slots=True)
class Open:
    """Spells counted on the last day of each month: how many different values of ``count`` are open for each ``by``."""

    start: str
    end: str
    by: str
    count: str
    into: str


@dataclass(frozen=True, slots=True)
class Attended:
    """Half-days at places, made into hours at home and at the office a month; without ``slot`` a row is a day."""

    date: str
    at: str
    by: str
    slot: str = ""


@dataclass(frozen=True, slots=True)
class DayColumns:
    """One column a day with where somebody was, made into half-days with ``date``, ``slot`` and ``site_id``.

    Columns that are no full dates are days of ``month`` (``"2025-04"``), weekdays of the week of ``week`` (an ISO day),
    or weekdays of the week in the source column ``weeks``. With ``rest`` ``"leave out"``, codes without a meaning make
    no row; else they are refused.
    """

    columns: tuple[str, ...]
    month: str = ""
    week: str = ""
    weeks: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class MonthOf:
    """A month and a year in two columns as one period in a new column ``into``; a year may be a financial one."""

    month: str
    year: str
    into: str


@dataclass(frozen=True, slots=True)
class Grid:
    """One column a month (or week, or year), turned into one row each.

    ``name`` and ``value`` are contract columns; ``name`` is empty where the cells themselves hold the day.
    """

    columns: tuple[str, ...]
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Wide:
    """One answer a row, turned into one column a question."""

    names: str
    values: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Households:
    """Families made of children: the same values in ``by`` are one family, a child without them is its own."""

    child: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A column translated through another source (the first of those named that is there), from one column to another.

    ``of`` names the source column that this holds for, where a column may come from several; empty for all. With
    ``start``, the other source holds spells (``end`` may be empty for ever): of those that hold on the day in the
    contract column ``on``, the one that began last counts, as for the case holder on the day of a visit. ``where``
    names columns of the other source and the texts of the rows that count. ``rest`` is ``"keep"`` where what meets
    nothing stays as it is, as the number of a child who is in no list of families.
    """

    source: tuple[str, ...]
    come: tuple[str, ...]
    to: tuple[str, ...]
    of: str = ""
    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    on: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """All that is done to the rows of one source, in this order.

    Parameters
    ----------
    missing : Mapping[str, tuple[str, ...]], optional
        Contract column (or "" for all) -> texts that mean "nothing known".
    month_of : MonthOf | None, optional
    wide : Wide | None, optional
    day_columns : DayColumns | None, optional
    grid : Grid | None, optional
    spells : Spells | None, optional
    open : Open | None, optional
    attended : Attended | None, optional
    households : Households | None, optional
        See their classes; None if not asked for.
    places : Mapping[str, tuple[str, ...]], optional
        Code in the cells of such columns -> ``"office"``, ``"home"`` or empty, or two of them for am and pm.
    long : Mapping[str, tuple[str, str]], optional
        Source column -> (instrument, item): each becomes a row with ``instrument``, ``item`` and ``value``.
    halves : str, optional
        Source column of days with a time, of which the half of the day is made; a row without a time is both halves.
    waves : str, optional
        Source column of dates that numbers the waves of a survey, empty if none.
    flags : Mapping[str, Mapping[str, Mapping[str, bool]]], optional
        Source column -> answer -> {contract column: true or false}.
    ticks : Mapping[str, Mapping[str, str]], optional
        Source column -> answer -> contract column that is true where the answer is among those ticked.
    each : Mapping[str, Mapping[str, tuple[str, ...]]], optional
        Source column -> text -> texts: a row that holds the first is repeated once for each of the others.
    lookup : Mapping[str, Lookup], optional
        Contract column -> ``Lookup``.
    only : Mapping[str, tuple[str, ...]], optional
        Contract column of codes -> codes; rows that hold another known one are left out, unknown ones are emptied.
    unread : tuple[str, ...], optional
        Contract columns of codes in which a code that is in no list is taken as not known.
    times : Mapping[str, float], optional
        Contract column -> number that its amounts are multiplied by.
    loose : tuple[str, ...], optional
        Contract columns of keys in which case and leading zeros do not count.
    add_up : tuple[str, ...], optional
        Contract columns of amounts; of rows with the same key, such as weeks of one month, one row has their sum.
    newest : str, optional
        Source column of dates; of rows with the same key the newest stays. Empty if none.
    due : Mapping[str, VisitInterval], optional
        Purpose of a visit -> time to the next one, from which due dates are worked out where none is recorded.
    again : bool, default False
        Whether ``rereferral`` is worked out from the referrals where it is not recorded.
    number : str, optional
        Contract column that is given to rows as a running number.
    joined : bool, default False
        Whether rows are joined to those of the parts before by the table's key, rather than put below them; those that
        meet nothing are put below, unless ``fill`` is given, which says that the parts before are complete.
    fill : Mapping[str, str], optional
        Contract column -> value where a joined part has no row.
    """

    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    month_of: MonthOf | None = None
    wide: Wide | None = None
    day_columns: DayColumns | None = None
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grid: Grid | None = None
    spells: Spells | None = None
    open: Open | None = None
    attended: Attended | None = None
    households: Households | None = None
    long: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    halves: str = ""
    waves: str = ""
    flags: Mapping[str, Mapping[str, Mapping[str, bool]]] = field(default_factory=dict)
    ticks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    each: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    lookup: Mapping[str, Lookup] = field(default_factory=dict)
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    times: Mapping[str, float] = field(default_factory=dict)
    loose: tuple[str, ...] = ()
    add_up: tuple[str, ...] = ()
    newest: str = ""
    due: Mapping[str, VisitInterval] = field(default_factory=dict)
    again: bool = False
    number: str = ""
    joined: bool = False
    fill: Mapping[str, str] = field(default_factory=dict)

    @property
    def named(self) -> frozenset[str]:
        """Source columns that a step reads."""
        names = {self.newest, self.waves, self.halves, *self.long, *self.flags, *self.ticks, *self.each}
        if self.wide:
            names |= {self.wide.names, self.wide.values}
        if self.month_of:
            names |= {self.month_of.month, self.month_of.year}
        if self.day_columns:
            names |= {*self.day_columns.columns, self.day_columns.weeks}
        if self.grid:
            names |= set(self.grid.columns)
        if self.spells:
            names |= {self.spells.start, self.spells.end, self.spells.days}
        if self.open:
            names |= {self.open.start, self.open.end, self.open.by, self.open.count}
        if self.attended:
            names |= {self.attended.date, self.attended.at, self.attended.by, self.attended.slot}
        if self.households:
            names |= {self.households.child, *self.households.by}
        return frozenset(names - {""})


STEP_KEYS = tuple(Steps.__slots__)
