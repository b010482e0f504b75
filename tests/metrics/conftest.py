"""A very small authority whose every figure can be worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS, PRACTICE_ITEMS, TABLES


def table(name: str, columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    """A frame with the contract's dtypes from space-separated column names and rows."""
    frame = pd.DataFrame(rows, columns=columns.split())
    for column in frame.columns:
        dtype = TABLES[name][column].dtype
        values = pd.to_datetime(frame[column]) if dtype.startswith("datetime") else frame[column]
        frame[column] = values.astype(dtype)
    return frame


@pytest.fixture(scope="session")
def tiny() -> EvaluationData:
    nan, jan, feb = float("nan"), "2025-01-01", "2025-02-01"
    yes = (True,) * 10
    frames = {
        "la": table("la", "la_id no30mbit_pct", ("L1", 10), ("L2", 30)),
        "team": table(
            "team", "team_id la_id service hotdesk", ("T1", "L1", "cin_cp", True), ("T2", "L2", "cla", False)
        ),
        "worker": table(
            "worker",
            "worker_id team_id role reg_date asye caring broadband_mbps broadband_cost net_pay_band commute_min",
            ("a", "T1", "5", "2024-09-01", True, True, 50, 30, "3", 10),
            ("b", "T1", "5", "2015-09-01", False, False, 10, 0, "3", 10),
            ("c", "T2", "4", "2023-06-01", False, True, 50, 20, "4", 10),
            ("d", "T2", "3", "2010-06-01", False, None, nan, nan, "5", 10),
        ),
        "worker_month": table(
            "worker_month",
            "worker_id month h_home h_office h_visit h_visit_travel h_court h_commute co_presence senior_overlap "
            "meeting_h b2b cases duty_cover sick_days unpaid_h",
            ("a", jan, 30, 10, 20, 5, 5, 8, 0.2, 0.5, 5, 0.2, 10, 2, 1, 2),
            ("a", feb, 20, 20, 30, 10, 0, 12, 0.4, 0.3, 7, 0.4, 14, 4, 0, 4),
            ("b", jan, 10, 30, 20, 15, 5, 20, 0.6, nan, 3, 0.0, 20, 6, 2, 0),
            ("b", feb, 0, 0, 10, 5, 0, 0, nan, nan, 0, nan, 20, 0, 20, 0),
            ("c", jan, 24, 16, 30, 10, 0, 10, 0.5, 0.7, 6, 0.1, 12, 1, 0, 1),
            ("d", jan, 10, 30, 0, 0, 0, 10, 0.5, 0.1, 10, 0.5, 0, 0, 0, 5),
        ),
        "attendance_day": table(
            "attendance_day",
            "worker_id date site_id slot",
            ("a", "2025-01-06", "hq", "am"),
            ("a", "2025-01-06", "home", "pm"),
            ("b", "2025-01-06", "hq", "am"),
            ("b", "2025-01-06", "hq", "pm"),
            ("c", "2025-01-06", "home", "am"),
            ("d", "2025-01-06", "annex", "am"),
        ),
        "arrangement_spell": table(
            "arrangement_spell",
            "spell_id worker_id start_date requested_rs approved_rs preferred_rs written rationale review_date "
            "ra_requested_date ra_considered_date ra_implemented_date",
            ("1", "a", jan, 0.6, 0.5, 0.6, True, True, "2025-07-01", "2025-01-10", "2025-01-20", "2025-02-10"),
            ("2", "b", "2024-06-01", 0.4, 0.0, 0.5, False, False, None, "2024-06-01", None, None),
            ("3", "c", jan, 0.5, 0.5, 0.7, True, False, "2027-01-01", None, None, None),
            ("4", "d", jan, 0.2, 0.2, 0.2, True, True, "2025-06-01", None, "2025-01-05", None),
        ),
        "supervision": table(
            "supervision",
            "worker_id date mode reflective observed",
            ("a", "2025-01-10", "in_person", True, False),
            ("a", "2025-02-10", "video", False, True),
            ("b", "2025-01-15", "phone", None, False),
        ),
        "family": table(
            "family",
            "family_id la_id lsoa need risk rural",
            ("F1", "L1", "S1", "cin", 3, False),
            ("F2", "L1", "S2", "cp", 4, True),
            ("F3", "L2", "S3", "cla", 2, True),
        ),
        "access": table(
            "access",
            "family_id date " + " ".join(ACCESS_FLAGS),
            ("F1", "2025-01-02", *yes),
            ("F2", "2024-01-02", *yes),
            ("F2", "2025-01-02", False, *yes[:2], False, *yes[:6]),
        ),
        "contact": table(
            "contact",
            "contact_id family_id child_id worker_id due_date held_date mode "
            "mode_offered_choice mode_preferred engaged purpose seen_alone",
            ("k1", "F1", "x", "a", "2025-01-08", "2025-01-07", "home", True, "home", True, "statutory_cin", True),
            ("k2", "F1", "x", "a", "2025-01-22", "2025-01-25", "video", True, "home", True, "statutory_cin", None),
            ("k3", "F1", "x", "a", "2025-02-05", "2025-02-05", "office", False, "home", True, "direct_work", None),
            ("k4", "F1", "x", "b", "2025-02-20", "2025-02-20", "home", None, "home", True, "statutory_cin", False),
            ("k5", "F2", "y", "b", "2025-01-10", "2025-01-10", "phone", True, "phone", False, "statutory_cp", True),
            ("k6", "F2", "y", "b", "2025-01-20", None, None, True, "home", None, "statutory_cp", None),
            ("k7", "F2", "y", "b", "2025-02-01", "2025-01-30", "home", True, "home", True, "statutory_cp", True),
            ("k8", "F3", "z", "c", None, "2025-02-03", "community", True, None, None, None, None),
            ("k9", "F3", "z", "c", "2025-03-30", None, None, None, None, None, "statutory_cla", None),
        ),
        "practice_rating": table(
            "practice_rating",
            "contact_id rater_id " + " ".join(PRACTICE_ITEMS),
            ("k1", "r1", 3, 3, 3, 4, 5, 5, 5),
            ("k1", "r2", 5, 5, 5, 2, 3, 3, 3),
            ("k3", "r1", 1, 2, 3, 3, 2, 2, 2),
        ),
        "alliance": table(
            "alliance",
            "family_id worker_id date " + " ".join(f"wai_{i:02d}" for i in range(1, 13)),
            ("F1", "a", "2025-01-07", *(4,) * 12),
            ("F2", "b", "2025-01-10", 5, *(3,) * 11),
        ),
        "child_event": table(
            "child_event",
            "child_id family_id referral_date assessment_start_date assessment_end_date s47_date icpc_date rereferral",
            ("x", "F1", "2024-06-03", "2024-06-03", "2024-08-05", "2024-06-10", "2024-07-02", False),
            ("y", "F2", "2024-01-08", "2024-01-08", "2024-03-12", "2024-02-05", "2024-02-26", True),
            ("z", "F3", "2025-01-06", "2025-01-06", None, None, None, None),
        ),
        "conference": table(
            "conference",
            "conference_id child_id held_date mode agencies_invited agencies_attended",
            ("m1", "x", "2024-07-02", "in_person", 6, 3),
            ("m2", "y", "2024-02-26", "remote", 5, 5),
            ("m3", "y", "2024-05-20", "remote", 4, 5),
            ("m4", "y", None, None, 4, None),
            ("m5", "z", "2025-01-20", "hybrid", 5, None),
            ("m6", "z", "2025-02-03", "remote", 5, 4),
        ),
        "allocation_spell": table(
            "allocation_spell",
            "child_id worker_id start_date end_date",
            ("x", "a", "2024-07-01", "2025-01-31"),
            ("x", "b", "2025-02-01", None),
            ("y", "b", "2024-01-01", None),
            ("y", "c", "2024-01-01", "2024-06-30"),
            ("y", "a", "2024-03-01", "2024-12-31"),
        ),
        "la_year": table(
            "la_year",
            "la_id year inpost_fte leavers_fte agency_fte vacancy_fte case_holders_fte cases working_days_lost_fte",
            ("L1", 2024, 100, 10, 20, 25, 80, 1200, 759),
            ("L2", 2024, 50, 10, nan, 0, 40, 600, 0),
        ),
        "survey": table(
            "survey",
            "worker_id wave month instrument item value",
            *((w, 1, jan, "informal_learning", f"il_{i}", v) for w, v in (("a", 4), ("b", 2)) for i in range(1, 5)),
        ),
    }
    return EvaluationData(frames)
