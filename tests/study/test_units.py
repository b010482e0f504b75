"""Rows of teams, authorities, workers and their months, against tables small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.metrics.constructs.arrangements import latest_spells
from hybrid_toolkit.study.declaration.study_frames import build_frame, table_needs
from hybrid_toolkit.study.shipped_studies import declared_study
from hybrid_toolkit.study.units import UNITS
from hybrid_toolkit.study.units.worker import MONTH_DAYS
from hybrid_toolkit.synth.generate import simulate_authority

JAN, FEB, MAR, APR, MAY = pd.to_datetime([f"2025-0{m}-01" for m in range(1, 6)])


@pytest.fixture
def tiny() -> EvaluationData:
    """Two teams of one authority, one with a policy from February; a third of another authority, without workers."""
    team = pd.DataFrame(
        {
            "team_id": ["t", "u", "v"],
            "la_id": ["A", "A", "B"],
            "rollout_month": [FEB, pd.NaT, pd.Timestamp("2024-11-01")],
        }
    )
    worker = pd.DataFrame({"worker_id": ["a", "b", "c"], "team_id": ["t", "t", "u"], "fte": [1.0, 0.5, 1.0]})
    months = pd.DataFrame(
        {
            "worker_id": ["a", "a", "b", "c", "c"],
            "month": [JAN, FEB, JAN, JAN, MAR],
            "h_home": [10.0, 30.0, 30.0, 0.0, 20.0],
            "h_office": [30.0, 10.0, 10.0, 40.0, 20.0],
            "cases": pd.array([10, 12, 20, 5, 7], dtype="Int64"),
            "sick_days": [1.5, 0.0, None, 0.0, 2.0],
            "duty_cover": pd.array([3, 2, 1, None, 4], dtype="Int64"),
        }
    )
    contact = pd.DataFrame(
        {
            "contact_id": list("1234567"),
            "family_id": "f",
            "worker_id": ["a", "a", "a", "b", "c", "c", None],
            "held_date": pd.to_datetime(
                ["2025-01-15", "2025-01-20", None, "2025-02-28", "2025-02-01", "2025-03-31", "2025-03-03"]
            ),
            "due_date": pd.to_datetime(["2025-01-15", "2025-01-19", "2025-01-30", *["2025-03-31"] * 4]),
            "mode": ["home", "video", None, "phone", "home", "video", "home"],
            "mode_offered_choice": pd.array([True, True, None, None, False, True, True], dtype="boolean"),
            "mode_preferred": ["home", "home", None, None, "home", "video", "home"],
            "engaged": pd.array([True, False, None, None, True, True, True], dtype="boolean"),
        }
    )
    return EvaluationData({"team": team, "worker": worker, "worker_month": months, "contact": contact})


def test_a_team_has_a_row_in_every_month_and_its_policy_begins_when_it_began(tiny) -> None:
    rows = build_frame(tiny, "team-month", ["month_index", "policy_start", "under_policy", "contacts_held", "la_id"])
    assert len(rows) == 9
    by = rows.set_index(["team_id", "month_index"])
    assert by.loc["t", "under_policy"].tolist() == [0.0, 1.0, 1.0] and by.loc["t", "policy_start"].eq(2).all()
    assert by.loc["u", "under_policy"].eq(0).all() and by.loc["u", "policy_start"].isna().all()
    assert by.loc["v", "under_policy"].eq(1).all() and by.loc["v", "policy_start"].eq(-1).all()
    assert by.loc["v", "contacts_held"].eq(0).all()


def test_a_months_contacts_are_means_and_counts_of_what_was_held_and_known(tiny) -> None:
    columns = ["choice_honoured", "choice_honoured_count", "choice_known", "timely", "remote_contact_share"]
    columns += ["engaged", "engaged_count", "engaged_known", "contacts_held"]
    rows = build_frame(tiny, "team-month", columns).set_index(["team_id", "month"])[columns]
    # contact 2 was late; contact 3 was due by January's end and never held
    expected = [0.5, 1.0, 2.0, 1 / 3, 0.5, 0.5, 1.0, 2.0, 2.0]
    assert rows.loc[("t", JAN)].tolist() == pytest.approx(expected)
    assert rows.loc[("t", FEB), ["choice_known", "contacts_held", "engaged_known"]].tolist() == [0.0, 1.0, 0.0]
    assert rows.loc[("t", FEB), ["choice_honoured", "engaged"]].isna().all()
    assert rows.loc[("t", MAR), ["choice_honoured", "timely"]].isna().all()
    assert rows.loc[("u", FEB), "choice_honoured"] == 0.0 and rows.loc[("u", MAR), "choice_honoured"] == 1.0


def test_a_months_workers_are_means_sums_and_ratios_of_sums(tiny) -> None:
    columns = ["rs_desk", "workers", "fte_days", "caseload", "caseload_last", "sick_days", "sick_days_per_worker"]
    columns += ["duty_cover", "office_days", "cover_burden"]
    rows = build_frame(tiny, "team-month", columns).set_index(["team_id", "month"])
    jan = rows.loc[("t", JAN)]
    assert jan[["rs_desk", "workers", "caseload"]].tolist() == [0.5, 2.0, 15.0]
    assert jan["fte_days"] == pytest.approx(1.5 * 253 / 12)
    assert jan[["sick_days", "sick_days_per_worker"]].tolist() == [1.5, 1.5]
    assert jan["cover_burden"] == pytest.approx(4 / (40 / 7.4)) and jan["duty_cover"] == 4
    assert pd.isna(jan["caseload_last"]) and rows.loc[("t", FEB), "caseload_last"] == 15.0
    # a cover count that is missing takes its office days out of the ratio
    assert pd.isna(rows.loc[("u", JAN), "cover_burden"]) and rows.loc[("u", JAN), "office_days"] == pytest.approx(
        40 / 7.4
    )
    assert rows.loc[("u", FEB), "workers"] == 0 and pd.isna(rows.loc[("u", FEB), "caseload"])
    assert pd.isna(rows.loc[("u", MAR), "caseload_last"])


def test_an_authoritys_month_is_over_its_contacts_and_workers_not_over_its_teams(tiny) -> None:
    columns = ["month_index", "choice_honoured", "contacts_held", "caseload", "workers", "sick_days"]
    rows = build_frame(tiny, "authority-month", columns).set_index(["la_id", "month"])
    assert len(rows) == 6
    assert rows.loc[("A", JAN), ["contacts_held", "workers", "sick_days"]].tolist() == [2.0, 3.0, 1.5]
    assert rows.loc[("A", JAN), "caseload"] == pytest.approx(35 / 3)
    # contact 7 has no worker, so no team and no authority
    assert rows.loc[("A", MAR), ["contacts_held", "choice_honoured"]].tolist() == [1.0, 1.0]
    assert rows.loc["B", "contacts_held"].eq(0).all() and rows.loc["B", "caseload"].isna().all()
    assert rows.loc["A", "month_index"].tolist() == [1.0, 2.0, 3.0]


def test_the_first_month_follows_the_tables_a_study_uses(tiny) -> None:
    early = tiny["contact"].assign(held_date=tiny["contact"]["held_date"] - pd.DateOffset(months=2))
    data = replace(tiny, tables={**tiny.tables, "contact": early})
    hours = build_frame(data, "team-month", ["month_index", "rs_desk"])
    assert hours.loc[hours["month"] == JAN, "month_index"].eq(1).all()
    both = build_frame(data, "team-month", ["month_index", "rs_desk", "timely"])
    assert both.loc[both["month"] == JAN, "month_index"].eq(3).all() and both["month_index"].min() == 1


def test_a_worker_month_carries_its_neighbours_and_its_teams_policy(tiny) -> None:
    columns = [
        "rs_desk",
        "rs_desk_last",
        "rs_desk_next",
        "caseload_last",
        "under_policy",
        "working_days",
        "month_index",
    ]
    rows = build_frame(tiny, "worker-month", columns).set_index(["worker_id", "month"])
    assert rows.loc[("a", FEB), ["rs_desk", "rs_desk_last", "caseload_last", "under_policy"]].tolist() == [
        *(0.75, 0.25, 10.0, 1.0)
    ]
    assert rows.loc[("a", JAN), "rs_desk_next"] == 0.75 and rows.loc[("a", JAN), "under_policy"] == 0
    # c has no February, so January is not the month before March
    assert rows.loc[("c", MAR), ["rs_desk_last", "caseload_last"]].isna().all()
    assert rows.loc[("b", JAN), "working_days"] == pytest.approx(253 / 24)
    assert rows.loc[("c", MAR), "month_index"] == 3


@pytest.fixture
def leaving() -> EvaluationData:
    """January to May: who stays, joins, leaves early, leaves late, left before, and who comes after."""
    ids = ["stays", "joins", "early", "late", "before", "after"]
    worker = pd.DataFrame(
        {
            "worker_id": ids,
            "team_id": "t",
            "role": "5",
            "reg_date": pd.to_datetime(["2024-06-01"] * 6),
            "start_date": pd.to_datetime(
                ["2024-01-01", "2025-02-15", "2024-12-01", "2025-01-01", "2023-01-01", "2025-07-01"]
            ),
            "leave_date": pd.to_datetime([None, None, "2025-02-28", "2025-05-31", "2024-12-31", None]),
        }
    )
    present = {"stays": [JAN, FEB, MAR, APR, MAY], "joins": [FEB, MAR, APR, MAY], "early": [JAN, FEB]}
    present["late"] = [JAN, FEB, MAR, APR, MAY]
    rows = [(w, m, 10.0 * k, 40.0 - 10.0 * k) for w, ms in present.items() for k, m in enumerate(ms)]
    months = pd.DataFrame(rows, columns=["worker_id", "month", "h_home", "h_office"])
    months["cases"] = pd.array(range(len(months)), dtype="Int64")
    items = [f"swemwbs_{i}" for i in range(1, 8)]
    wave = [("stays", 1, FEB), ("stays", 2, MAY), ("joins", 2, MAY)]
    survey = pd.DataFrame(
        [(w, n, m, "swemwbs", i, 3.0) for w, n, m in wave for i in items],
        columns=["worker_id", "wave", "month", "instrument", "item", "value"],
    )
    return EvaluationData({"worker": worker, "worker_month": months, "survey": survey})


def test_tenure_starts_late_for_who_was_there_and_ends_with_leaving_or_the_period(leaving) -> None:
    rows = build_frame(leaving, "worker", ["entry", "duration", "left"]).set_index("worker_id")
    assert sorted(rows.index) == ["early", "joins", "late", "stays"]
    days = rows[["entry", "duration"]] * MONTH_DAYS
    assert days.loc["stays"].tolist() == pytest.approx([366, 366 + 151]) and rows.loc["stays", "left"] == 0
    assert days.loc["joins"].tolist() == pytest.approx([0, 106]) and rows.loc["joins", "left"] == 0
    assert days.loc["early"].tolist() == pytest.approx([31, 31 + 59]) and rows.loc["early", "left"] == 1
    assert days.loc["late"].tolist() == pytest.approx([0, 151]) and rows.loc["late", "left"] == 1
    assert (rows["duration"] > rows["entry"]).all()


def test_exposure_is_over_the_first_three_months_and_who_left_before_their_end_is_out(leaving) -> None:
    columns = ["rs_desk_first", "caseload_first", "entry_after_first", "entry", "duration", "swemwbs_first", "stage"]
    rows = build_frame(leaving, "worker", columns).set_index("worker_id")
    assert rows.loc["stays", "rs_desk_first"] == pytest.approx((0 + 0.25 + 0.5) / 3)
    assert rows.loc["stays", "caseload_first"] == 1.0 and rows.loc["joins", "caseload_first"] == 6.0
    assert rows.loc["stays", "entry_after_first"] * MONTH_DAYS == pytest.approx(366 + 90)
    assert rows.loc["joins", "entry_after_first"] * MONTH_DAYS == pytest.approx(75)
    assert pd.isna(rows.loc["early", "entry_after_first"])
    assert (rows["entry_after_first"].dropna() < rows["duration"][rows["entry_after_first"].notna()]).all()
    # wellbeing counts from a wave within the first three months: May is the fourth month of who joined in February
    assert rows["swemwbs_first"].notna().to_dict() == {"stays": True, "joins": False, "early": False, "late": False}
    # stage on the first day seen: seven months registered in January
    assert rows["stage"].eq("asye").all()


GO_BACK = {"rereferral", "assessment_days", "assessment_in_time", "repeat_plan"}
"""Of referrals and plans, which go back further than what else is recorded."""


@pytest.mark.parametrize("unit", ["team-month", "worker-month", "worker"])
def test_what_the_columns_are_said_to_be_made_of_is_enough(unit, whole) -> None:
    every = build_frame(whole, unit, list(UNITS[unit].columns))
    keys = list(UNITS[unit].parts[0].keys)
    for column in UNITS[unit].columns:
        needs = table_needs(unit, [column])
        least = {t: whole[t][list(dict.fromkeys(c))] for t, c in needs.items()}
        rows = build_frame(replace(whole, tables=least), unit, [column])
        if column in GO_BACK:  # without another table the months are all of theirs: those of the others are among them
            rows = every[keys].merge(rows, on=keys, how="left", validate="one_to_one")
        if len(rows) and column not in (*keys, "stage"):  # the stage also reads the ASYE flag where there is one
            pd.testing.assert_frame_equal(rows[[*keys, column]], every[[*keys, column]], check_like=True)


def test_a_key_that_stands_twice_is_refused_without_its_value() -> None:
    """Tables put together by hand were joined by a key that stood twice, and an error of the frame listed the keys."""
    spells = simulate_authority("helpful-hump", "small", 5, tables=["arrangement_spell", "worker"])
    twice = pd.concat([spells["arrangement_spell"], spells["arrangement_spell"].iloc[:3]], ignore_index=True)
    data = EvaluationData({**spells.tables, "arrangement_spell": twice}, synthetic=True)
    with pytest.raises(CoverageError, match=r"KEY-DUPLICATE.*3 rows repeat the key spell_id") as refused:
        build_frame(data, "arrangement", ["approved_of_requested", "formality"])
    assert str(twice["spell_id"].iloc[0]) not in str(refused.value)


def test_a_policy_has_no_wave_where_nobody_is_in_post() -> None:
    data = simulate_authority("helpful-hump", "small", 5, tables=["worker", "team", "survey", "worker_month"])
    late = data["worker"].assign(reg_date=pd.Timestamp("2050-01-01"), start_date=pd.Timestamp("2050-01-01"))
    none = EvaluationData({**data.tables, "worker": late, "survey": data["survey"].iloc[:0]}, synthetic=True)
    assert build_frame(none, "team-wave", ["in_post", "policy_wave", "under_policy"])["policy_wave"].isna().all()


@pytest.mark.parametrize("starts", [[pd.NaT, pd.NaT, pd.NaT], ["2025-04-01", "2025-05-01", "2025-06-01"]])
def test_an_authority_without_one_start_has_none_and_the_study_of_one_change_says_so(tiny, starts) -> None:
    """Where no team had a policy the rows ended in an error of the data frame; no arrangement at all was its kind."""
    days = pd.Series(pd.to_datetime(starts))
    team = tiny["team"].head(3).assign(rollout_month=days.to_numpy(), la_id="A")
    data = replace(tiny, tables={**tiny.tables, "team": team})
    rows = build_frame(data, "authority-month", ["policy_start", "under_policy", "month_index"])
    assert rows["policy_start"].isna().all() and rows["under_policy"].eq(0).all() and len(rows)
    asked = declared_study("one-change").replace(
        outcome="timely", secondary_outcomes=(), secondary_estimands=(), words=()
    )
    with pytest.raises(EstimationError, match=r"NO-TREATED.*on rows of teams, where they start in different months"):
        asked.design_used.fit(asked.frame(data), asked.plan())


def test_nobody_with_an_arrangement_is_no_error(tiny) -> None:
    spell = {"spell_id": ["1"], "worker_id": ["a"], "start_date": [FEB], "approved_rs": [0.4]}
    some = replace(tiny, tables={**tiny.tables, "arrangement_spell": pd.DataFrame(spell)})
    none = replace(tiny, tables={**tiny.tables, "arrangement_spell": some["arrangement_spell"].iloc[:0]})
    assert latest_spells(none).empty
    (share,) = latest_spells(some)["rs_desk"]
    hours = tiny["worker_month"].query("worker_id == 'a' and month >= @FEB")
    assert share == pytest.approx((hours["h_home"] / (hours["h_home"] + hours["h_office"])).mean(), nan_ok=True)
