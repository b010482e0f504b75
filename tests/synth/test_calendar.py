"""The calendar of a simulated authority: school holidays, bank holidays, the days of the week, anchor days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.known.bank_holidays import bank_holidays_between
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.constructs.work_pattern import office_weekdays
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.school_holidays import in_school_holidays
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.tables.work import office_by_day
from hybrid_toolkit.synth.truth import Truth
from hybrid_toolkit.synth.working_days import is_working_day, on_working_days

WIDE = Size("calendar", 1, 40, 9.0, 12, 0)
OFFICE_DAYS = {
    "contact": ("held_date", "recorded_date"),
    "attendance_day": ("date",),
    "supervision": ("date",),
    "child_event": ("assessment_start_date", "s47_date", "icpc_date"),
    "plan_spell": ("start_date",),
    "conference": ("held_date",),
}
"""What happens on days when an authority's offices are open; a contact may be on a Saturday."""


def made(year: int = 2025, **change: float) -> EvaluationData:
    return simulate_authority(replace(Truth(calibration_year=year), **change), WIDE, 4)  # type: ignore[arg-type]


@pytest.mark.parametrize("autumn", range(2019, 2025))
def test_a_school_year_has_as_many_days_as_the_law_and_training_days_make(autumn: int) -> None:
    days = np.arange(np.datetime64(f"{autumn}-09-01"), np.datetime64(f"{autumn + 1}-09-01"))
    term = is_working_day(days) & ~in_school_holidays(days)
    assert abs(int(term.sum()) - 195) <= 3


@pytest.mark.parametrize("year", [2023, 2025])
def test_nothing_is_done_at_the_office_on_a_bank_holiday(year: int) -> None:
    data, off = made(year), bank_holidays_between(1995, 2030)
    for table, columns in OFFICE_DAYS.items():
        for column in columns:
            days = data[table][column].dropna().to_numpy("datetime64[D]")
            assert len(days) and not np.isin(days, off).any(), (table, column)


def test_days_move_to_working_days_and_stay_where_they_are_ones() -> None:
    days = np.array(["2025-04-17", "2025-04-18", "2025-04-19", "2025-04-21"], dtype="datetime64[D]")  # Easter
    for step in (1, -1):
        moved = on_working_days(np.random.default_rng(0), days, step)
        assert is_working_day(moved).all() and moved[0] == days[0]
        assert ((moved - days).astype(int)[1:] * step > 0).all()


def test_a_week_keeps_its_remote_share_whatever_days_are_favoured() -> None:
    rs = np.array([[0.02, 0.98], [0.3, 0.6]])
    pull = np.array([[-0.5, 0.0, 3.0, 0.0, -1.1], [0.0, 0.0, 0.0, 0.0, 0.0]])
    open_days = np.array([[True] * 5, [False, True, True, True, True]])
    office = office_by_day(rs, pull, open_days)
    for m in (0, 1):
        np.testing.assert_allclose(office[:, m][:, open_days[m]].mean(axis=1), 1 - rs[:, m], atol=1e-6)
    assert office[0, 0, 2] > office[0, 0, 4] and np.allclose(office[1, 0], 0.7)


def test_attendance_agrees_with_the_diary_over_all_workers() -> None:
    data = made()
    month, day = data["worker_month"], data["attendance_day"]
    diary = month["h_home"].sum() / (month["h_home"] + month["h_office"]).sum()
    assert day["site_id"].eq("home").mean() == pytest.approx(diary, abs=0.02)


def test_teams_have_an_anchor_day_where_the_truth_says_so() -> None:
    without, with_one = (made(anchor_share=share) for share in (0.0, 1.0))
    found = [office_weekdays(d).groupby("team_id")["anchor"].mean() for d in (without, with_one)]
    assert found[0].mean() < 0.29 < 0.31 < found[1].mean()
    flat = made(anchor_share=0.0, office_monday=0.0, office_friday=0.0)["attendance_day"]
    office = flat[flat["site_id"].ne("home")]["date"].dt.day_of_week.value_counts(normalize=True)
    assert office.max() < 0.215


def test_carers_are_on_leave_more_in_the_school_holidays() -> None:
    data = made(leave_school=0.1, leave_school_caring=0.5)
    caring = data["worker"].set_index("worker_id")["caring"].astype(bool)
    in_post = data["worker_month"].assign(caring=lambda r: r["worker_id"].map(caring))
    august = in_post[in_post["month"] == pd.Timestamp("2025-08-01")]
    there = data["attendance_day"].loc[data["attendance_day"]["date"].dt.month == 8, "worker_id"].unique()
    share = august["worker_id"].isin(there).groupby(august["caring"]).mean()
    assert share[False] - share[True] == pytest.approx(0.5, abs=0.17)  # three errors of two shares of 120 and 240


def test_contacts_follow_the_weekday_and_the_school_holidays() -> None:
    flat, quiet = made(visit_monday=1.0, visit_friday=1.0, visit_school=1.0), made(visit_friday=0.2, visit_school=0.2)
    friday, school = [], []
    for data in (flat, quiet):
        held = data["contact"]["held_date"].dropna()
        friday.append((held.dt.day_of_week == 4).mean())
        school.append(in_school_holidays(held.to_numpy("datetime64[D]")).mean())
    assert friday[1] < 0.5 * friday[0] and school[1] < 0.95 * school[0]


@pytest.mark.parametrize("change", [{"visit_school": 0.0}, {"leave_school": 1.2}, {"anchor_share": -0.1}])
def test_a_calendar_that_cannot_be_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=next(iter(change))):
        Truth(**change)  # type: ignore[arg-type]
