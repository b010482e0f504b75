"""Worker-months and attendance: what is recorded of where people work.

Two measures of the true remote share RS* stand in the data. The diary, ``h_home / (h_home + h_office)`` of
``worker_month``, is RS* plus an error of SD ``rs_error_sd`` (held in 0 to 1). Attendance is counted in one check week
a month: over the week a desk half-day is at home with probability RS*, so its home share is unbiased and its error
independent of the diary's; which days are spent at an office follows the week and the team's anchor day. A regression
on either alone is pulled towards 0; one instruments the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth import calibration as c
from hybrid_toolkit.synth.school_holidays import in_school_holidays
from hybrid_toolkit.synth.streams import Bools, Context, Days, Labels, expit, poisson_at, rounded
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.families import Slots
from hybrid_toolkit.synth.tables.people import Teams, Workers
from hybrid_toolkit.synth.tables.remote_share import Remote
from hybrid_toolkit.synth.working_days import is_working_day

FULL_MONTH_H = 37 * 52 / 12
WEEKS = 52 / 12
MEAN_TRAVEL_WEEK = 4.1
"""Hours of travel a week at which wellbeing is centred."""
CHECK_WEEK_DAYS = np.arange(5)
_IN_COURT, _NO_CHECK = 0.25, 0.02
"""Shares of months in which a case holder is in court, and in which a check week was not counted; assumed."""


@dataclass(frozen=True)
class Work:
    """Worker-month quantities that other layers need, worker (row) by month (column)."""

    hours: Floats
    desk_share: Floats
    commute_h: Floats
    visit_h: Floats
    visit_travel_h: Floats
    meeting_h: Floats
    b2b: Floats
    cover: Floats
    unpaid: Floats
    supervision_far: Floats

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> Work:
        """Nothing yet."""
        return cls(*(np.zeros(shape) for _ in range(10)))

    @property
    def travel_week(self) -> Floats:
        """Hours of travel a week."""
        return (self.commute_h + self.visit_travel_h) / WEEKS


@dataclass(frozen=True)
class WorkLuck:
    """What chance adds to the work of every worker and month."""

    hours: Floats
    visit: Floats
    visit_travel: Floats
    commute: Floats
    meeting: Floats
    b2b: Floats
    cover: Floats
    unpaid: Floats
    supervision: Floats

    @classmethod
    def draw(cls, ctx: Context, w: Workers) -> WorkLuck:
        """One draw a worker and month of each."""
        rng, shape = ctx.rng("work"), (len(w.ids), ctx.size.months)
        return cls(
            hours=np.clip(rng.normal(0.93, 0.05, shape), 0.6, 1.05),
            visit=np.clip(rng.normal(0.18, 0.04, shape), 0.04, 0.35),
            visit_travel=np.clip(rng.normal(0.08, 0.025, shape), 0.01, 0.2),
            commute=np.clip(rng.normal(1, 0.08, shape), 0.7, 1.3),
            meeting=rng.gamma(6.0, 1.0, shape),
            b2b=rng.normal(0, 0.08, shape),
            cover=rng.random(shape),
            unpaid=rng.gamma(1.5, 1.6, shape),
            supervision=ctx.rng("supervision-mode").random(shape),
        )


def work_of_month(ctx: Context, w: Workers, luck: WorkLuck, rs: Floats, others: Floats, work: Work, m: int) -> None:
    """Hours, travel, meetings, duty cover, unpaid hours and how supervision is held, in one month.

    Commuting = office days x 2 x one-way commute + ``broadband_travel_h`` where home broadband is inadequate, and more
    travel to families in rural authorities. Back-to-back share = 0.15 + ``b2b_rs`` RS + noise. Duty cover: Poisson,
    rising with own office days and with the remote share of the team colleagues. Unpaid hours rise with remote share
    (``boundary_rs``), and so does supervision held remotely (``supervision_rs``).
    """
    t, far, near = ctx.truth, rs[:, m], others[:, m]
    hours = FULL_MONTH_H * w.fte * luck.hours[:, m]
    desk = np.where(w.holder, 0.68, 0.92)
    office_days = (1 - far) * 21 * w.fte * desk
    commute = office_days * 2 * w.commute / 60 * luck.commute[:, m] + t.broadband_travel_h * w.slow
    visit_travel = hours * np.where(w.holder, luck.visit_travel[:, m], 0.02) * (1 + 0.1 * ctx.rurality)
    travel = ctx.set("travel", np.stack([commute, visit_travel]), m)
    meeting = np.clip(luck.meeting[:, m] * (0.7 + 0.8 * far) * np.sqrt(w.fte), 0, 40)
    b2b = np.clip(0.15 + t.b2b_rs * far + luck.b2b[:, m], 0, 1)
    rate = np.where(w.holder, 0.35, 0.1) * office_days * (0.4 + 1.3 * near)
    unpaid = luck.unpaid[:, m] * np.where(w.holder, 1.3, 1.0) * np.exp(t.boundary_rs * (far - t.rs_mean))
    work.hours[:, m], work.desk_share[:, m] = hours, desk
    work.commute_h[:, m], work.visit_travel_h[:, m] = rounded(travel, 2)
    work.visit_h[:, m] = rounded(hours * np.where(w.holder, luck.visit[:, m], 0.02), 2)
    work.meeting_h[:, m] = rounded(ctx.set("meetings", meeting, m), 2)
    work.b2b[:, m] = rounded(ctx.set("back_to_back", b2b, m), 4)
    work.cover[:, m] = ctx.set("cover_burden", poisson_at(luck.cover[:, m], np.maximum(rate, 0.01)), m)
    work.unpaid[:, m] = np.round(ctx.set("boundary", np.minimum(unpaid, 60.0), m), 1)
    chance = np.clip(0.15 + t.supervision_rs * (far - t.rs_mean) + 0.27, 0.02, 0.98)
    work.supervision_far[:, m] = ctx.set("supervision_mode", (luck.supervision[:, m] < chance).astype(np.float64), m)


@dataclass(frozen=True)
class SickLuck:
    """What chance adds to sickness; a worker's own level lasts."""

    spell: Floats
    length: Floats

    @classmethod
    def draw(cls, ctx: Context, w: Workers) -> SickLuck:
        """One draw a worker and month of each."""
        rng, shape = ctx.rng("sickness"), (len(w.ids), ctx.size.months)
        return cls(rng.random(shape), rng.exponential(4.7, shape))

    def of_month(self, ctx: Context, w: Workers, wellbeing: Floats, m: int) -> Floats:
        """Working days lost in a month: none in most; the rate as calibrated.

        A part-time worker has fewer working days to lose, so days over 253 x fte is the published rate.
        """
        mean = ctx.rates.absence / 100 * c.WORKING_DAYS / 12
        odds = ctx.truth.absence_wb * wellbeing + ctx.truth.absence_season * ctx.season[m] - 0.06
        spells = self.spell[:, m] < np.clip(w.fte * mean / 5.0 * np.exp(odds), 0, 0.9)
        return np.round(2 * np.where(spells, np.minimum(0.5 + self.length[:, m], 20.0), 0.0)) / 2


def diary_share(ctx: Context, remote: Remote) -> Floats:
    """The remote share as the diary has it: true share plus error, held in 0 to 1."""
    error = ctx.rng("diary").standard_normal(remote.rs.shape)
    return np.clip(remote.rs + ctx.truth.rs_error_sd * error, 0.0, 1.0)


def worker_month_frame(
    ctx: Context, w: Workers, remote: Remote, work: Work, slots: Slots, sick: Floats
) -> pd.DataFrame:
    """The table ``worker_month``: one row a worker and month in post."""
    rng, shape = ctx.rng("worker-month"), remote.rs.shape
    court = np.where(w.holder[:, None] & (rng.random(shape) < _IN_COURT), np.round(rng.gamma(2.0, 2.5, shape), 1), 0.0)
    desk = np.maximum(work.hours * work.desk_share - court, 4.0)
    home = np.round(desk * diary_share(ctx, remote), 2)
    row, col = np.nonzero(remote.active)
    at = (row, col)
    return frame(
        "worker_month",
        {
            "worker_id": w.ids[row],
            "month": ctx.months[col],
            "h_home": home[at],
            "h_office": np.round(desk[at] - home[at], 2),
            "h_visit": work.visit_h[at],
            "h_commute": work.commute_h[at],
            "h_visit_travel": work.visit_travel_h[at],
            "h_court": court[at],
            "co_presence": remote.co_presence[at],
            "senior_overlap": remote.senior_overlap[at],
            "meeting_h": work.meeting_h[at],
            "b2b": work.b2b[at],
            "cases": slots.cases[at],
            "duty_cover": work.cover[at],
            "sick_days": sick[at],
            "unpaid_h": work.unpaid[at],
        },
    )


def _check_weeks(ctx: Context) -> np.ndarray:
    """Monday of the check week of each month: the second full week."""
    return np.asarray(np.busday_offset(ctx.months, 0, roll="forward", weekmask="1000000") + np.timedelta64(7, "D"))


def pull_of_day(ctx: Context, teams: Teams) -> Floats:
    """Log odds of being at an office, team (row) by weekday: the week's pattern and the team's anchor day."""
    t, rng = ctx.truth, ctx.rng("anchor")
    anchored = rng.random(ctx.teams) < t.anchor_share
    anchor = 1 + rng.integers(0, 3, ctx.teams)
    week = np.array([t.office_monday, 0.0, 0.0, 0.0, t.office_friday])
    return np.asarray(
        week + t.anchor_pull * (anchored[:, None] & (anchor[:, None] == CHECK_WEEK_DAYS)), dtype=np.float64
    )


def office_by_day(rs: Floats, pull: Floats, open_days: Bools) -> Floats:
    """Chance of being at an office, worker by month by weekday: moved by the day's pull, so that its mean over the days
    on which offices are open is one less the remote share.
    """
    share = np.clip(1 - rs, 1e-9, 1 - 1e-9)[:, :, None]
    odds = np.log(share / (1 - share)) + pull[:, None, :]
    low, high = (np.full((*rs.shape, 1), edge * (1 + np.abs(pull).max(initial=0.0))) for edge in (-1.0, 1.0))
    weight = open_days / np.maximum(open_days.sum(axis=1, keepdims=True), 1)
    for _ in range(30):  # halving a range of a few log odds so often leaves an error below 1e-8
        middle = (low + high) / 2
        over = (expit(odds + middle) * weight).sum(axis=2, keepdims=True) > share
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return expit(odds + (low + high) / 2)


def _there(ctx: Context, w: Workers, days: Days) -> Bools:
    """Worker by month by day of the check week: no bank holiday, and no leave in the school holidays."""
    t = ctx.truth
    chance = np.minimum(t.leave_school + t.leave_school_caring * w.caring, 1.0)
    away = ctx.rng("school-leave").random((len(w.ids), len(days))) < chance[:, None]
    return np.asarray(is_working_day(days) & ~(away[:, :, None] & in_school_holidays(days)), dtype=np.bool_)


def attendance_frame(ctx: Context, teams: Teams, w: Workers, remote: Remote, work: Work) -> pd.DataFrame:
    """The table ``attendance_day``: desk half-days of one check week a month, at home with probability RS* over the
    week; fewer at an office on Mondays and Fridays, more on the team's anchor day, none on bank holidays or leave.
    """
    rng, n, months = ctx.rng("attendance"), len(w.ids), ctx.size.months
    days = _check_weeks(ctx)[:, None] + CHECK_WEEK_DAYS.astype("timedelta64[D]")
    present = rng.random((n, months, 5, 2)) < (w.fte[:, None] * work.desk_share)[:, :, None, None] * 0.93
    present &= (remote.active & (rng.random((n, months)) > _NO_CHECK))[:, :, None, None]
    present &= _there(ctx, w, days)[:, :, :, None]
    at_office = office_by_day(remote.rs, pull_of_day(ctx, teams)[w.team], is_working_day(days))
    i, m, d, s = np.nonzero(present)
    home = rng.random(len(i)) >= at_office[i, m, d]
    sites = ("home", *(f"{ctx.la_id}O{k}" for k in range(1, 5)))
    site = np.where(home, 0, 1 + w.team[i] % 4)
    return frame(
        "attendance_day",
        {
            "worker_id": w.ids[i],
            "date": days[m, d],
            "site_id": Labels.of(sites, site),
            "slot": Labels.of(("am", "pm"), s),
        },
    )
