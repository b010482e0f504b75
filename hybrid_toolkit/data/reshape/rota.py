"""A rota with a day a column, made into half-days at home and at the office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pandas as pd

from hybrid_toolkit.data.known.codes import plain_spelling
from hybrid_toolkit.data.known.day_headers import DayHeader, day_header
from hybrid_toolkit.data.known.rota_places import rota_places
from hybrid_toolkit.data.reshape.dates import days_of
from hybrid_toolkit.data.reshape.half_days import FrameMade
from hybrid_toolkit.data.reshape.step_kinds import DayColumns
from hybrid_toolkit.data.validation.problem import SHOWN
from hybrid_toolkit.errors import MappingError, agreeing, plural

_HALVES = ("am", "pm")


def half_days_of(
    frame: pd.DataFrame,
    rota: DayColumns,
    said: Mapping[str, tuple[str, ...]],
    find: Callable[[str], str],
    kind: str,
    origin: str,
) -> FrameMade:
    """One row a worker, day and half at home or at the office, with ``date``, ``slot`` and ``site_id``.

    Days of leave, illness, training, court and visits are at neither and make no row.

    Parameters
    ----------
    frame : pd.DataFrame
        Rows of people as text, a column a day.
    rota : Rota
        Which columns are days, and of which month or week.
    said : Mapping[str, tuple[str, ...]]
        Code -> its place, or its places before and after noon, as the mapping says.
    find : Callable[[str], str]
        Name in the mapping -> header.
    kind : str
        Of the source, as in ``RawTable``.
    origin : str
        The source, as messages name it.

    Raises
    ------
    MappingError
        A column is no day, weekdays are not those of the month, or codes have no meaning.
    """
    columns = [find(c) for c in rota.columns]
    heads = {c: _head(c, origin) for c in columns}
    firsts = days_of(frame[find(rota.weeks)], kind) if rota.weeks else None
    days = {c: _days(frame, heads[c], rota, firsts, origin) for c in columns}
    texts = [str(v) for v in pd.unique(frame[columns].to_numpy().ravel()) if isinstance(v, str)]
    given = {plain_spelling(k): v for k, v in said.items()}
    known = rota_places([t for t in texts if plain_spelling(t) not in given])
    places = {t: given.get(plain_spelling(t), known.get(t)) for t in texts}
    _refuse_new(frame[columns], {t for t, p in places.items() if p is None}, rota, origin)
    rest = frame.drop(columns=[*columns, *({"date", "slot", "site_id"} & set(frame.columns))])
    parts = []
    for column in columns:
        held = frame[column].map(lambda v: places.get(v), na_action="ignore")
        slots = (heads[column].slot,) if heads[column].slot else _HALVES
        for slot in slots:
            at = 0 if slot == "am" else -1
            place = held.map(lambda p, at=at: p[at] or None if isinstance(p, tuple) else None)
            here = place.notna() & days[column].notna()
            part = rest.loc[here]
            day = days[column][here].dt.strftime("%Y-%m-%d")
            parts.append(part.assign(date=day.astype("str"), slot=slot, site_id=place[here].astype("str")))
    made = pd.concat(parts).sort_index(kind="stable").astype("str")
    filled = frame[columns].notna()
    none = [t for t, p in places.items() if p is not None and not any(p)]
    away = int(frame[columns].isin(none).to_numpy().sum())
    note = (
        f"{plural(len(columns), 'column')} of days with {plural(int(filled.to_numpy().sum()), 'filled cell')} became "
        f"{plural(len(made), 'half-day')} at home or at the office; "
        f"{plural(away, 'cell is', 'cells are')} at neither (leave, illness, court, visits, training)"
    )
    notes = [note]
    if new := [t for t, p in places.items() if p is None]:
        many = int(frame[columns].isin(new).to_numpy().sum())
        was = agreeing(many, "was", "were")
        notes.append(f"{plural(many, 'cell')} of {plural(len(new), 'code')} in no list {was} left out")
    return made, notes


def _head(column: str, origin: str) -> DayHeader:
    head = day_header(column)
    if head is None:
        raise MappingError(
            f"{origin}: '{column}', which the mapping names under 'day_columns', is no date, no day of a month "
            "and no weekday.",
            fix="Remove it from 'day_columns'.",
            code="MAP-STEP",
        )
    return head


def _days(
    frame: pd.DataFrame, head: DayHeader, rota: DayColumns, firsts: pd.Series[pd.Timestamp] | None, origin: str
) -> pd.Series[pd.Timestamp]:
    """The day of a column, the same in every row unless each row has a week of its own."""
    if firsts is not None and head.day is None:
        if head.weekday is None:
            raise _which_days(origin, "weekdays, such as Mon", "weeks")
        return firsts - pd.to_timedelta(firsts.dt.day_of_week, unit="D") + pd.Timedelta(days=head.weekday)
    day = head.day
    try:
        if day is None and rota.month and head.number:
            year, first_month = map(int, rota.month.split("-"))
            month = head.month or first_month
            day = date(year + (month < first_month), month, head.number)
        elif day is None and rota.week and head.weekday is not None:
            monday = date.fromisoformat(rota.week)
            day = monday + timedelta(days=head.weekday - monday.weekday())
    except ValueError as error:
        raise _which_days(origin, "days that exist in it", "month") from error
    if day is None:
        raise _which_days(origin, "of which month or week they are", "month")
    if head.weekday is not None and day.weekday() != head.weekday:
        raise MappingError(
            f"{origin}: the weekdays of the columns of days are not those of {rota.month or rota.week or 'its dates'}: "
            f"a column named after day {day.day} has another weekday than the calendar.",
            fix="Correct its 'month' (as in \"2025-04\") or 'week' (its Monday) under 'day_columns' in the mapping.",
            code="MAP-STEP",
        )
    return pd.Series(pd.Timestamp(day), index=frame.index)


def _which_days(origin: str, wanted: str, key: str) -> MappingError:
    return MappingError(
        f"{origin}: the columns of days do not say which days they are: with '{key}' they need {wanted}.",
        fix='Add to day_columns one of: month = "2025-04", week = "2025-04-07", or weeks = a column of such days.',
        code="MAP-STEP",
    )


def _refuse_new(cells: pd.DataFrame, new: set[str], rota: DayColumns, origin: str) -> None:
    if not new or rota.rest:
        return
    odd = cells.isin(new)
    many = int(odd.to_numpy().sum())
    rows = [str(i) for i in cells.index[odd.any(axis=1)][:SHOWN]]
    raise MappingError(
        f"{origin}: {plural(many, 'cell')} of columns of days {agreeing(many, 'holds', 'hold')} "
        f"{plural(len(new), 'code')} without a meaning (rows {', '.join(rows)}"
        f"{', ...' if len(rows) == SHOWN else ''}).",
        fix='Write each with its place under \'places\' ("office", "home", "" for neither, or two for a morning and an '
        "afternoon), or leave such cells out with rest = \"leave out\" in 'day_columns'.",
        code="MAP-CODE",
    )
