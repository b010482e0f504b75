"""When and where work falls: attendance and its overlap, load, mode of work, time free of meetings, channels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import (
    look_up,
    month_of,
    number_values,
    optional,
    registered_years,
    require,
    safe_ratio,
    worker_month_exposure,
)

CHANNELS = {
    **dict.fromkeys(("home", "office", "community", "in_person"), "in_person"),
    **{name: name for name in ("video", "phone", "message")},
}
"""Mode of a contact -> the channel it counts as; a remote contact whose tool is not recorded counts as none."""
MIN_CONTACTS_MIX = 10
"""Held contacts below which the evenness of a worker's channels is not given: with fewer, chance makes a mix uneven."""
WEEKS_A_MONTH = 52 / 12
"""Weeks in a month of an average year."""


def attendance_days(data: EvaluationData) -> pd.DataFrame:
    """The shape of each worker's recorded days, one row a worker and day.

    Columns: ``worker_id``, ``team_id``, ``date``, ``month``, ``split`` (0/1: one half at home and one at an office;
    missing where only one half is recorded) and ``office_afternoon`` less ``office_morning`` as ``shift`` (-1, 0, 1).

    Raises
    ------
    CoverageError
        ``attendance_day`` is not there.
    """
    rows = require(data, "attendance_day", "worker_id", "date", "site_id", "slot").dropna(subset=["site_id"])
    office = rows["site_id"].ne("home").astype("float64")
    halves = office.groupby([rows["worker_id"], rows["date"], rows["slot"]]).max().unstack()
    halves = halves.reindex(columns=["am", "pm"])
    shift = halves["pm"] - halves["am"]
    out = pd.DataFrame({"split": shift.abs(), "shift": shift}).reset_index()
    out["month"] = month_of(out["date"])
    return look_up(out, optional(data, "worker", "team_id"), "worker_id", ["team_id"])


def office_weekdays(data: EvaluationData) -> pd.DataFrame:
    """On how few weekdays a team's time at the office falls, one row a team and month.

    Columns: ``team_id``, ``month`` and ``anchor``, the share of the team's half-days at an office that fall on its most
    usual weekday: 0.2 where five weekdays are used alike, 1 where there is one anchor day.

    Raises
    ------
    CoverageError
        ``attendance_day`` or ``worker.team_id`` is not there.
    """
    rows = _office_half_days(data)
    counted = rows.groupby(["team_id", "month", "weekday"]).size()
    by = counted.groupby(["team_id", "month"])
    return (by.max() / by.sum()).rename("anchor").reset_index()


def office_people(data: EvaluationData) -> pd.DataFrame:
    """Who was at an office in each month of a team: ``team_id``, ``month``, ``worker_id``, one row each.

    Raises
    ------
    CoverageError
        As ``office_weekdays``.
    """
    return _office_half_days(data)[["team_id", "month", "worker_id"]].drop_duplicates(ignore_index=True)


def _office_half_days(data: EvaluationData) -> pd.DataFrame:
    """Half-days at an office with their team, month and weekday (0 Monday), one row each."""
    rows = require(data, "attendance_day", "worker_id", "date", "site_id", "slot")
    rows = look_up(rows, require(data, "worker", "worker_id", "team_id"), "worker_id", ["team_id"])
    rows = rows[rows["site_id"].notna() & rows["site_id"].ne("home") & rows["team_id"].notna()]
    return rows[["team_id", "worker_id"]].assign(month=month_of(rows["date"]), weekday=rows["date"].dt.day_of_week)


def focus_time(data: EvaluationData) -> pd.DataFrame:
    """Desk hours a week outside online meetings (``focus_h``), one row a worker and month; missing where a part is.

    Raises
    ------
    CoverageError
        ``worker_month`` lacks the hours or the meetings.
    """
    rows = require(data, "worker_month", "worker_id", "month", "h_home", "h_office", "meeting_h")
    out = look_up(rows[["worker_id", "month"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    desk = (number_values(rows, "h_home") + number_values(rows, "h_office")) / WEEKS_A_MONTH
    out["focus_h"] = (desk - number_values(rows, "meeting_h")).clip(lower=0.0)
    return out.reset_index(drop=True)


def channel_mix(data: EvaluationData) -> pd.DataFrame:
    """How evenly each worker's contacts are spread over four channels: in person, video, telephone, text or letter.

    Columns: ``worker_id``, ``team_id``, ``n_contacts`` and ``evenness``: Pielou's, the entropy of the shares over its
    greatest value, log 4. 0 is one channel only, 1 all four alike; missing below ``MIN_CONTACTS_MIX`` contacts. Even is
    not good in itself.

    Raises
    ------
    CoverageError
        ``contact`` lacks a column.

    References
    ----------
    Pielou, E. C. (1966). The measurement of diversity in different types of biological collections. Journal of
    Theoretical Biology, 13, 131-144.
    """
    rows = require(data, "contact", "contact_id", "worker_id", "held_date", "mode")
    channel = rows["mode"].map(CHANNELS).where(rows["held_date"].notna())
    counts = rows.assign(channel=channel).dropna(subset=["channel", "worker_id"])
    table = counts.groupby(["worker_id", "channel"]).size().unstack(fill_value=0)
    total = table.sum(axis=1)
    share = table.div(total, axis=0).to_numpy(dtype="float64")
    entropy = -(share * np.log(np.where(share > 0, share, 1.0))).sum(axis=1)
    out = pd.DataFrame(
        {"n_contacts": total.astype("float64"), "evenness": entropy / np.log(len(set(CHANNELS.values())))}
    )
    out["evenness"] = out["evenness"].where(out["n_contacts"] >= MIN_CONTACTS_MIX)
    return look_up(out.reset_index(), optional(data, "worker", "team_id"), "worker_id", ["team_id"])


_MOSTLY = 0.5
"""Mean share of desk time at home from which a worker counts as mostly at home: half of it."""
SENIOR_YEARS = 3
"""Years since registration from which a colleague counts as experienced (ME4)."""


def attendance_overlap(data: EvaluationData) -> pd.DataFrame:
    """Co-presence (ME3) and senior overlap (ME4) worked out from attendance, one row a worker and month.

    Over the half-days a worker is recorded: ``co_presence`` = pairs (half-day, colleague of the team) in which both
    were at the same office site / all pairs in which the colleague was recorded too; ``senior_overlap`` = share of
    half-days at the same office site as a colleague of the team registered three years or more. Both fall by
    construction when the worker's own remote share rises: read them beside the leave-one-out rate.

    Columns: ``worker_id``, ``month``, ``team_id``, ``half_days``, ``co_presence``, ``senior_overlap`` (0 to 1).

    Raises
    ------
    CoverageError
        ``attendance_day`` or ``worker.team_id`` is not there.

    Examples
    --------
    >>> d = EvaluationData({
    ...     "worker": pd.DataFrame({"worker_id": ["a", "b", "c"], "team_id": ["t"] * 3}),
    ...     "attendance_day": pd.DataFrame({
    ...         "worker_id": ["a", "b", "c"], "date": pd.to_datetime(["2025-01-06"] * 3),
    ...         "site_id": ["hq", "hq", "home"], "slot": ["am"] * 3})})
    >>> attendance_overlap(d)["co_presence"].tolist()
    [0.5, 0.5, 0.0]
    """
    workers = require(data, "worker", "worker_id", "team_id")
    days = require(data, "attendance_day", "worker_id", "date", "site_id", "slot")
    rows = look_up(days, workers, "worker_id", ["team_id"]).dropna(subset=["team_id", "site_id"])
    rows["month"] = month_of(rows["date"])
    rows["years"] = registered_years(look_up(rows, workers, "worker_id", ["reg_date"])["reg_date"], rows["date"])
    slot, office = ["team_id", "date", "slot"], rows["site_id"] != "home"
    senior = rows["years"].ge(SENIOR_YEARS) & office
    others = rows.groupby(slot)["worker_id"].transform("size") - 1
    same = rows.groupby([*slot, "site_id"])["worker_id"].transform("size") - 1
    seniors = senior.groupby([rows[c] for c in [*slot, "site_id"]]).transform("sum") - senior.astype("int64")
    parts = pd.DataFrame(
        {
            "half_days": 1.0,
            "others": others.astype("float64"),
            "met": same.where(office, 0).astype("float64"),
            "with_senior": (office & seniors.gt(0)).astype("float64"),
        }
    )
    total = parts.groupby([rows["worker_id"], rows["month"], rows["team_id"]]).sum().reset_index()
    total["co_presence"] = safe_ratio(total["met"], total["others"])
    total["senior_overlap"] = safe_ratio(total["with_senior"], total["half_days"])
    return total[["worker_id", "month", "team_id", "half_days", "co_presence", "senior_overlap"]]


def worker_month_load(data: EvaluationData) -> pd.DataFrame:
    """Meetings, travel, court and cover, one row a worker and month (ME5, ME7, ME8, ME11, MD10).

    Columns: ``worker_id``, ``month``, ``team_id``, ``meeting_h`` (online, hours a week), ``b2b`` (share),
    ``commute_h`` and ``visit_travel_h`` (hours a month), ``travel_h`` (both), ``court_h`` (hours a month), ``unpaid_h``
    (hours a week), ``duty_cover`` (responses for colleagues' families), ``office_days`` (desk hours at one / 7.4).

    Raises
    ------
    CoverageError
        There is no ``worker_month`` table.
    """
    rows = require(data, "worker_month", "worker_id", "month")
    out = look_up(rows[["worker_id", "month"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    for name in ("meeting_h", "b2b", "unpaid_h", "duty_cover"):
        out[name] = number_values(rows, name)
    out["commute_h"] = number_values(rows, "h_commute")
    out["visit_travel_h"] = number_values(rows, "h_visit_travel")
    out["travel_h"] = out["commute_h"] + out["visit_travel_h"]
    out["court_h"] = number_values(rows, "h_court")
    out["office_days"] = number_values(rows, "h_office") / 7.4
    return out.reset_index(drop=True)


def mode_of_work(data: EvaluationData, rows: pd.DataFrame) -> pd.Series[str]:
    """Mostly home or mostly office of each row of a frame with ``worker_id`` and ``month``.

    The mean desk share at home of the months up to the row's, from .5 up or below; missing where none is known.

    Raises
    ------
    CoverageError
        ``worker_month`` lacks the hours.
    """
    exposure = worker_month_exposure(data)[["worker_id", "month", "rs_desk"]].dropna()
    keys = rows[["worker_id", "month"]].drop_duplicates().dropna()
    pairs = keys.merge(exposure, on="worker_id", suffixes=("", "_rs"))
    share = pairs[pairs["month_rs"] <= pairs["month"]].groupby(["worker_id", "month"])["rs_desk"].mean()
    found = share.reindex(pd.MultiIndex.from_frame(rows[["worker_id", "month"]]))
    mean = pd.Series(found.to_numpy(), index=rows.index, dtype="float64")
    return (
        pd.Series("mostly office", index=rows.index, dtype="str")
        .where(mean < _MOSTLY, "mostly home")
        .where(mean.notna())
    )
