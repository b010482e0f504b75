"""The frames that studies and widgets build on: their rows, their missing values, what they survive."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError
from hybrid_toolkit.metrics.constructs.arrangements import adjustments
from hybrid_toolkit.metrics.constructs.continuity import continuity
from hybrid_toolkit.metrics.constructs.exclusion import contact_engagement, worker_broadband
from hybrid_toolkit.metrics.constructs.service import visit_gaps, working_days
from hybrid_toolkit.metrics.constructs.supervision import supervision_months
from hybrid_toolkit.metrics.constructs.wellbeing import survey_instrument, survey_scores
from hybrid_toolkit.metrics.contacts.contact_tables import contact_practice
from hybrid_toolkit.metrics.unit_frames import household_access, worker_month_exposure


def test_exposure_rows(tiny: EvaluationData) -> None:
    frame = worker_month_exposure(tiny)
    assert frame[["worker_id", "month"]].equals(tiny["worker_month"][["worker_id", "month"]])
    assert frame["rs_desk"].tolist() == pytest.approx([0.75, 0.5, 0.25, np.nan, 0.6, 0.25], nan_ok=True)
    assert frame["rs_attendance"].tolist() == pytest.approx([0.5, np.nan, 0, np.nan, 1, 0], nan_ok=True)
    assert frame["loo_team_office_rate"].tolist() == pytest.approx([0.75, np.nan, 0.25, 0.5, 0.75, 0.4], nan_ok=True)
    assert frame["team_id"].tolist() == ["T1"] * 4 + ["T2"] * 2


def test_exposure_with_hours_alone(tiny: EvaluationData) -> None:
    alone = EvaluationData({"worker_month": tiny["worker_month"][["worker_id", "month", "h_home", "h_office"]]})
    frame = worker_month_exposure(alone)
    assert frame["rs_desk"].iloc[0] == 0.75
    assert frame[["rs_all", "rs_attendance", "loo_team_office_rate", "team_id"]].isna().all(axis=None)


def test_a_missing_hour_makes_the_share_missing(tiny: EvaluationData) -> None:
    months = tiny["worker_month"].copy()
    months.loc[0, "h_visit"] = np.nan
    months.loc[2, "h_office"] = np.nan
    frame = worker_month_exposure(EvaluationData({**tiny.tables, "worker_month": months}))
    assert np.isnan(frame["rs_all"].iloc[0]) and frame["rs_desk"].iloc[0] == 0.75
    assert np.isnan(frame["rs_desk"].iloc[2])
    assert np.isnan(frame["loo_team_office_rate"].iloc[0]), "b's hours are half known: not counted for a"


def test_contact_practice_rows(tiny: EvaluationData) -> None:
    frame = contact_practice(tiny).set_index("contact_id")
    assert frame["choice_honoured"].to_dict() == pytest.approx(
        {"k1": 1, "k2": 0, "k3": 0, "k4": np.nan, "k5": 1, "k6": np.nan, "k7": 1, "k8": np.nan, "k9": np.nan},
        nan_ok=True,
    )
    assert frame["timely"].to_dict() == pytest.approx(
        {"k1": 1, "k2": 0, "k3": 1, "k4": 1, "k5": 1, "k6": 0, "k7": 1, "k8": np.nan, "k9": np.nan}, nan_ok=True
    )
    assert frame["month"].dt.strftime("%Y-%m").tolist()[:3] == ["2025-01", "2025-01", "2025-02"]
    assert frame.loc["k9", "month"] == pd.Timestamp("2025-03-01")
    assert frame["remote"].tolist()[:5] == [False, True, False, False, True] and pd.isna(frame.loc["k6", "remote"])


def test_continuity_rows(tiny: EvaluationData) -> None:
    frame = continuity(tiny).set_index("child_id")
    assert frame["bice_boxerman"].to_dict() == pytest.approx({"x": 0.5, "y": np.nan, "z": np.nan}, nan_ok=True)
    assert frame["n_contacts"].to_dict() == {"x": 4, "y": 2, "z": 1}
    assert frame["workers_12m"].to_dict() == pytest.approx({"x": 2, "y": 3, "z": np.nan}, nan_ok=True)
    assert frame["family_id"].to_dict() == {"x": "F1", "y": "F2", "z": "F3"}
    only = continuity(EvaluationData({"allocation_spell": tiny["allocation_spell"]}))
    assert only["n_workers"].tolist() == [2, 3] and only["bice_boxerman"].isna().all()


def test_bice_boxerman_ends() -> None:
    def child(workers: str) -> float:
        rows = pd.DataFrame({"contact_id": range(len(workers)), "family_id": "f", "child_id": "c",
                             "worker_id": list(workers), "held_date": pd.Timestamp("2025-01-01")})  # fmt: skip
        return float(continuity(EvaluationData({"contact": rows}))["bice_boxerman"].iloc[0])

    assert child("aaaa") == 1.0
    assert child("abcd") == 0.0
    assert np.isnan(child("aaa"))


def test_access_takes_the_latest_record_and_knows_what_it_does_not_know(tiny: EvaluationData) -> None:
    frame = household_access(tiny).set_index("family_id")
    assert frame["count"].to_dict() == pytest.approx({"F1": 10, "F2": 8, "F3": np.nan}, nan_ok=True)
    assert frame["meets"].tolist()[:2] == [True, False] and pd.isna(frame.loc["F3", "meets"])
    assert frame["recorded"].tolist() == [True, True, False]
    access = tiny["access"].copy()
    access.loc[0, "security"] = pd.NA
    access.loc[2, "security"] = pd.NA
    frame = household_access(EvaluationData({"access": access})).set_index("family_id")
    assert pd.isna(frame.loc["F1", "meets"]), "nine true and one unknown: not known"
    assert not frame.loc["F2", "meets"], "one known not to be met is enough"
    assert frame["count"].isna().all()


def test_engagement_rows(tiny: EvaluationData) -> None:
    frame = contact_engagement(tiny).set_index("contact_id")
    assert sorted(frame.index) == ["k1", "k2", "k3", "k4", "k5", "k7", "k8"]
    assert (
        frame.loc["k5", "low_access"] and not frame.loc["k1", "low_access"] and pd.isna(frame.loc["k8", "low_access"])
    )
    assert np.isnan(frame.loc["k8", "engaged"]) and frame.loc["k5", "risk"] == 4 and frame.loc["k1", "need"] == "cin"


def test_broadband_rows(tiny: EvaluationData) -> None:
    frame = worker_broadband(tiny, net_pay={"3": 1000.0, "4": 1000.0, "5": 1000.0}).set_index("worker_id")
    assert frame["rs_desk"].to_dict() == pytest.approx({"a": 50 / 80, "b": 10 / 40, "c": 0.6, "d": 0.25})
    assert frame.loc["a", "burden"] == pytest.approx(100 * 30 * (25 / 487) / 1000)
    assert pd.isna(frame.loc["d", "adequate"]) and frame["n_months"].tolist() == [2, 2, 1, 1]


def test_supervision_without_worker_months_sees_only_months_with_a_session(tiny: EvaluationData) -> None:
    assert supervision_months(tiny)["sessions"].sum() == 3 and len(supervision_months(tiny)) == 6
    assert len(supervision_months(EvaluationData({"supervision": tiny["supervision"]}))) == 3


def test_settings_change_what_they_should(tiny: EvaluationData) -> None:
    assert visit_gaps(tiny, max_gap_days={"cin": 29})["in_time"].tolist() == [1.0, 1.0]
    assert adjustments(tiny, within_days=30)["in_time"].tolist() == pytest.approx([0, 0, np.nan, np.nan], nan_ok=True)


def test_working_days_over_a_weekend() -> None:
    start, end = (
        pd.Series(pd.to_datetime(["2025-01-03", "2025-01-06", None])),
        pd.Series(pd.to_datetime(["2025-01-13"] * 3)),
    )
    assert working_days(start, end).tolist() == pytest.approx([6.0, 5.0, np.nan], nan_ok=True)


def test_an_instrument_is_scored_once_for_the_same_data(tiny: EvaluationData) -> None:
    first = survey_instrument(tiny, "informal_learning")
    held = first.frame.copy()
    assert survey_instrument(tiny, "informal_learning") is first
    assert "informal_learning" in survey_scores(tiny)
    pd.testing.assert_frame_equal(survey_instrument(tiny, "informal_learning").frame, held)
    assert survey_instrument(EvaluationData(dict(tiny.tables)), "informal_learning") is not first


def test_survey_scores_rows(tiny: EvaluationData) -> None:
    frame = survey_scores(tiny)
    items = ["expectations_learned", "way_found", "case_talked_over", "belongs_here"]
    assert frame.columns.tolist() == ["worker_id", "wave", "month", "team_id", "stage", "informal_learning", *items]
    assert frame["stage"].tolist() == ["asye", "mid"] and frame["informal_learning"].tolist() == [4.0, 2.0]


def test_what_is_missing_is_named(tiny: EvaluationData) -> None:
    empty = EvaluationData({"worker": tiny["worker"][["worker_id"]]})
    for call, name in (
        (worker_month_exposure, "worker_month"), (contact_practice, "contact"), (household_access, "access"),
        (survey_scores, "survey"), (worker_broadband, "broadband_mbps"), (continuity, "contact"),
    ):  # fmt: skip
        with pytest.raises(CoverageError, match=name):
            call(empty)


def test_a_child_without_contacts_is_in_the_team_of_the_last_worker(tiny: EvaluationData) -> None:
    """Otherwise each such child is a cluster of its own, and the interval too narrow."""
    alone = EvaluationData({t: tiny[t] for t in tiny if t != "contact"})
    assert continuity(alone)[["child_id", "team_id"]].values.tolist() == [["x", "T1"], ["y", "T1"]]


def test_the_plan_of_the_day_gives_the_days_where_no_need_is_recorded() -> None:
    """Two plans at once: the shorter; the day a plan ends is no day of it; no plan: not known."""
    day = pd.to_datetime
    held = ["2025-01-01", "2025-01-20", "2025-02-20", "2025-04-01", "2025-06-01", "2025-07-01"]
    contact = pd.DataFrame({"contact_id": list("abcdef"), "family_id": "f", "child_id": "k", "worker_id": "w",
                            "held_date": day(held), "mode": "home"})  # fmt: skip
    plans = pd.DataFrame({"child_id": ["k", "k", "other"], "plan": ["cin", "cp", "cp"],
                          "start_date": day(["2024-12-01", "2025-01-20", "2024-01-01"]),
                          "end_date": day(["2025-06-01", "2025-03-01", None])})  # fmt: skip
    data = EvaluationData({"contact": contact, "plan_spell": plans})
    gaps = visit_gaps(data)
    # 19 days on cin (28): in time; 31 on cp (14): late; 40, begun on cp: late; 61 on cin (28): late; 30, no plan.
    assert gaps["gap_days"].tolist() == [19, 31, 40, 61, 30]
    assert gaps["in_time"].isna().tolist() == [False, False, False, False, True]
    assert gaps["in_time"].tolist()[:4] == [1.0, 0.0, 0.0, 0.0]
    assert ht.measure(data, "visit_gap_in_time_share")["estimate"].iloc[0] == 0.25
    assert "visit_gap_in_time_share" in set(data.coverage().query("status == 'ready'")["id"])
