"""How often children are to be visited where no due date is recorded: a table, which an authority replaces by its own.

``visit_due.csv`` holds what is taken where the authority sets nothing. Authorities differ (10 working days, 10 days or
two weeks under a protection plan), so a mapping may hold its own rule, and then writes the due dates itself.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from hybrid_toolkit.data.known.bank_holidays import bank_holidays_between

_INTERVAL = re.compile(r"\s*(\d{1,3})\s*(working days?|calendar days?|days?|weeks?|months?)\s*", re.I)


@dataclass(frozen=True, slots=True)
class VisitInterval:
    """A time from one visit to the day on which the next is due.

    Parameters
    ----------
    number : int
        How many.
    unit : str
        ``"working day"``, ``"day"``, ``"week"`` or ``"month"``.
    """

    number: int
    unit: str

    @property
    def days(self) -> int:
        """The number of days or, for a rule in working days, of working days; a month is 30 days."""
        return self.number * {"week": 7, "month": 30}.get(self.unit, 1)

    def after(self, days: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
        """The day on which the next visit is due after each day; empty where the day is.

        Examples
        --------
        >>> start = pd.to_datetime(pd.Series(["2025-04-17", None]))
        >>> [str(d.date()) for d in read_interval("2 working days").after(start).dropna()]  # Easter lies between
        ['2025-04-23']
        """
        if self.unit == "month":
            return days + pd.DateOffset(months=self.number)
        if self.unit != "working day":
            return days + pd.Timedelta(days=self.days)
        known = days.notna()
        if not known.any():
            return days
        some = days[known].to_numpy().astype("datetime64[D]")
        holidays = bank_holidays_between(int(days.dt.year.min()), int(days.dt.year.max()) + 1)
        due = np.busday_offset(some, self.number, roll="backward", holidays=holidays)
        out = pd.Series(pd.NaT, index=days.index, dtype="datetime64[us]")
        out[known] = due
        return out


def read_interval(text: str) -> VisitInterval | None:
    """``"10 working days"``, ``"14 days"``, ``"6 weeks"`` or ``"3 months"``, or None where it is none of these.

    Examples
    --------
    >>> read_interval("10 working days"), read_interval("monthly") is None
    (VisitInterval(number=10, unit='working day'), True)
    """
    said = _INTERVAL.fullmatch(text)
    if said is None or int(said.group(1)) == 0:
        return None
    unit = said.group(2).lower().removesuffix("s").removeprefix("calendar ")
    return VisitInterval(int(said.group(1)), unit)


@cache
def usual_intervals(kind: str) -> Mapping[str, VisitInterval]:
    """What is taken where an authority sets nothing, by ``"need"`` of a family or ``"purpose"`` of a visit.

    Examples
    --------
    >>> usual_intervals("purpose")["statutory_cp"], usual_intervals("need")["cla"].days
    (VisitInterval(number=10, unit='working day'), 42)
    """
    text = resources.files("hybrid_toolkit.data.known").joinpath("visit_due.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["kind"] == kind]
    read = {row["what"]: read_interval(row["interval"]) for row in rows}
    return {what: interval for what, interval in read.items() if interval is not None}
