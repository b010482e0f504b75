"""Worker-months and attendance: what is recorded of where people work.

Two measures of the true remote share RS* stand in the data. The diary, ``h_home / (h_home + h_office)`` of
``worker_month``, is RS* plus an error of SD ``rs_error_sd`` (held in 0 to 1). Attendance is counted in one check week
a month: each desk half-day is at home with probability RS*, so its home share is unbiased and its error independent
of the diary's. A regression on either alone is pulled towards 0; one instruments the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth import calibration as c
from hybrid_toolkit.synth.streams import Context, Ints, Labels, rounded
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.families import Slots
from hybrid_toolkit.synth.tables.people import Teams, Workers
from hybrid_toolkit.synth.tables.remote import Remote

FULL_MONTH_H = 37 * 52 / 12
WEEKS = 52 / 12
MEAN_TRAVEL_WEEK = 4.1
"""Hours of travel a week at which wellbeing is centred."""
CHECK_WEEK_DAYS = np.arange(5)


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
    cover: Ints

    @property
    def travel_week(self) -> Floats:
        """Hours of travel a week."""
        return (self.commute_h + self.visit_travel_h) / WEEKS


def draw_work(ctx: Context, teams: Teams, w: Workers, remote: Remote) -> Work:
    """Hours, travel, meetings and duty cover.

    Commuting = office days x 2 x one-way commute + ``broadband_travel_h`` where home broadband is inadequate.
    Back-to-back share = 0.15 + 0.25 RS + noise. Duty cover: Poisson, rising with own office days and with the
    remote share of the team colleagues.
    """
    rng, shape = ctx.rng("work"), remote.rs.shape
    fte, rs = w.fte[:, None], remote.rs
    hours = FULL_MONTH_H * fte * np.clip(rng.normal(0.93, 0.05, shape), 0.6, 1.05)
    holder = w.holder[:, None]
    visit = hours * np.where(holder, np.clip(rng.normal(0.18, 0.04, shape), 0.04, 0.35), 0.02)
    visit_travel = hours * np.where(holder, np.clip(rng.normal(0.08, 0.025, shape), 0.01, 0.2), 0.02)
    desk_share = np.where(holder, 0.68, 0.92)
    office_days = (1 - rs) * 21 * fte * desk_share
    commute = office_days * 2 * w.commute[:, None] / 60 * np.clip(rng.normal(1, 0.08, shape), 0.7, 1.3)
    commute = commute + ctx.truth.broadband_travel_h * w.slow[:, None]
    meeting = np.clip(rng.gamma(6.0, 1.0, shape) * (0.7 + 0.8 * rs) * np.sqrt(fte), 0, 40)
    rate = np.where(holder, 0.35, 0.1) * office_days * (0.4 + 1.3 * remote.others)
    return Work(
        hours=hours,
        desk_share=desk_share,
        commute_h=rounded(commute, 2),
        visit_h=rounded(visit, 2),
        visit_travel_h=rounded(visit_travel, 2),
        meeting_h=rounded(meeting, 2),
        b2b=rounded(np.clip(0.15 + 0.25 * rs + rng.normal(0, 0.08, shape), 0, 1), 4),
        cover=rng.poisson(np.maximum(rate, 0.01)),
    )


def sick_days(ctx: Context, w: Workers, wellbeing: Floats) -> Floats:
    """Working days lost in each worker-month: none in most months; absence rate as calibrated.

    A part-time worker has fewer working days to lose, so days over 253 x fte is the published rate.
    """
    rng = ctx.rng("sickness")
    mean = ctx.rates.absence / 100 * c.WORKING_DAYS / 12
    wb = wellbeing - wellbeing.mean()
    spells = rng.random(wellbeing.shape) < np.clip(
        w.fte[:, None] * mean / 5.0 * np.exp(ctx.truth.absence_wb * wb - 0.02), 0, 0.9
    )
    length = np.minimum(0.5 + rng.exponential(4.7, wellbeing.shape), 20.0)
    return np.round(2 * np.where(spells, length, 0.0)) / 2


def diary_share(ctx: Context, remote: Remote) -> Floats:
    """The remote share as the diary has it: true share plus error, held in 0 to 1."""
    error = ctx.rng("diary").standard_normal(remote.rs.shape)
    return np.clip(remote.rs + ctx.truth.rs_error_sd * error, 0.0, 1.0)


def worker_month_frame(
    ctx: Context, w: Workers, remote: Remote, work: Work, slots: Slots, sick: Floats
) -> pd.DataFrame:
    """The table ``worker_month``: one row a worker and month in post."""
    rng, shape = ctx.rng("worker-month"), remote.rs.shape
    court = np.where(w.holder[:, None] & (rng.random(shape) < 0.25), np.round(rng.gamma(2.0, 2.5, shape), 1), 0.0)
    desk = np.maximum(work.hours * work.desk_share - court, 4.0)
    home = np.round(desk * diary_share(ctx, remote), 2)
    unpaid = np.round(rng.gamma(1.5, 1.6, shape) * np.where(w.holder, 1.3, 1.0)[:, None], 1)
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
            "unpaid_h": unpaid[at],
        },
    )


def _check_weeks(ctx: Context) -> np.ndarray:
    """Monday of the check week of each month: the second full week."""
    return np.asarray(np.busday_offset(ctx.months, 0, roll="forward", weekmask="1000000") + np.timedelta64(7, "D"))


def attendance_frame(ctx: Context, teams: Teams, w: Workers, remote: Remote, work: Work) -> pd.DataFrame:
    """The table ``attendance_day``: desk half-days of one check week a month, each at home with probability RS*."""
    rng, n, months = ctx.rng("attendance"), len(w.ids), ctx.size.months
    present = rng.random((n, months, 5, 2)) < (w.fte[:, None] * work.desk_share)[:, :, None, None] * 0.93
    present &= (remote.active & (rng.random((n, months)) > 0.02))[:, :, None, None]
    i, m, d, s = np.nonzero(present)
    home = rng.random(len(i)) < remote.rs[i, m]
    sites = ("home", *(f"{ctx.la_id}O{k}" for k in range(1, 5)))
    site = np.where(home, 0, 1 + w.team[i] % 4)
    date = _check_weeks(ctx)[m] + d.astype("timedelta64[D]")
    return frame(
        "attendance_day",
        {
            "worker_id": w.ids[i],
            "date": date,
            "site_id": Labels.of(sites, site),
            "slot": Labels.of(("am", "pm"), s),
        },
    )
