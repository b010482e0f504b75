"""Half-days at home and at an office: how home is written, and hours a month where half-days are all there is."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from hybrid_toolkit.data.known.codes import place_in_words
from hybrid_toolkit.data.reshape.dates import days_of
from hybrid_toolkit.data.reshape.half_days import FrameMade
from hybrid_toolkit.data.reshape.step_kinds import Attended
from hybrid_toolkit.errors import plural

HALF_DAY_HOURS = 3.7
"""Hours of half a working day: 37 hours a week over ten halves."""


def is_home(text: str) -> bool:
    """Whether the place of a half-day is the worker's home.

    Examples
    --------
    >>> is_home("Working from home"), is_home("WFH "), is_home("Civic Centre")
    (True, True, False)
    """
    return place_in_words(text) == "home"


def read_home(frame: pd.DataFrame) -> FrameMade:
    """Half-days whose ``site_id`` says home in another way, under the contract's ``home``."""
    spelt = {t: is_home(t) for t in frame["site_id"].dropna().unique()}
    home = frame["site_id"].map(spelt).eq(True) & frame["site_id"].ne("home")
    if not home.any():
        return frame, []
    made = frame.assign(site_id=frame["site_id"].mask(home, "home"))
    return made, [
        f"{plural(int(home.sum()), 'half-day is', 'half-days are')} read as home, whose place is written in another way"
    ]


def hours_attended(frame: pd.DataFrame, asked: Attended, find: Callable[[str], str], kind: str) -> FrameMade:
    """One row a worker and month with ``h_home`` and ``h_office``; a half-day that stands twice counts once.

    Parameters
    ----------
    frame : pd.DataFrame
        Half-days as text under the source's headers.
    asked : Attended
        Which columns hold what.
    find : Callable[[str], str]
        Name in the mapping -> header.
    kind : str
        Of the source, as in ``RawTable``.
    """
    by, at, slot = find(asked.by), find(asked.at), find(asked.slot) if asked.slot else None
    days = days_of(frame[find(asked.date)], kind)
    good = frame[by].notna() & frame[at].notna() & days.notna()
    halves = pd.DataFrame({"by": frame[by], "day": days, "slot": frame[slot] if slot else "", "at": frame[at]})[good]
    halves = halves.drop_duplicates(["by", "day", "slot"])
    spelt = {t: is_home(t) for t in halves["at"].unique()}
    hours = HALF_DAY_HOURS if slot else 2 * HALF_DAY_HOURS
    halves = halves.assign(home=halves["at"].map(spelt), month=halves["day"].dt.strftime("%Y-%m-01"))
    counts = halves.groupby(["by", "month"], sort=False)["home"].agg(["sum", "size"])
    made = pd.DataFrame(index=range(len(counts)))
    made[by] = counts.index.get_level_values("by")
    made["month"] = counts.index.get_level_values("month")
    made["h_home"] = (counts["sum"].astype(float) * hours).round(2).map("{:g}".format).to_numpy()
    made["h_office"] = ((counts["size"] - counts["sum"]).astype(float) * hours).round(2).map("{:g}".format).to_numpy()
    made.index = pd.Index(halves.drop_duplicates(["by", "month"]).index)  # rows of the sheet, for messages
    note = f"{len(halves):,} half-days or days became hours of {len(made):,} months of workers"
    return made.astype("str"), [note]
