"""The rows that studies are fitted to, against tables small enough to check by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.study_frames import build_frame

MONTHS = pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"])


@pytest.fixture
def tiny() -> EvaluationData:
    worker = pd.DataFrame(
        {
            "worker_id": ["new", "old", "boss", "gone", "later"],
            "team_id": "t",
            "role": ["5", "5", "3", "5", "5"],
            "reg_date": pd.to_datetime(["2023-06-01", "2010-01-01", "2005-01-01", "2012-01-01", "2012-01-01"]),
            "start_date": pd.to_datetime(["2024-01-01"] * 4 + ["2025-03-05"]),
            "leave_date": pd.to_datetime([None, None, None, "2025-01-20", None]),
        }
    )
    hours = pd.DataFrame(
        {
            "worker_id": ["new"] * 3 + ["old"] * 3,
            "month": [*MONTHS, *MONTHS],
            "h_home": [10.0, 30.0, 20.0, 0.0, 0.0, 40.0],
            "h_office": [30.0, 10.0, 20.0, 40.0, 40.0, 0.0],
        }
    )
    survey = pd.DataFrame(
        {
            "worker_id": ["new"] * 4,
            "wave": 1,
            "month": MONTHS[1],
            "instrument": "informal_learning",
            "item": ["il_1", "il_2", "il_3", "il_4"],
            "value": [2.0, 3.0, 4.0, 3.0],
        }
    )
    late = survey.assign(worker_id="old", wave=2, month=MONTHS[2])
    contact = pd.DataFrame(
        {
            "contact_id": ["1", "2"],
            "family_id": ["f", "f"],
            "worker_id": ["new", "new"],
            "held_date": pd.to_datetime(["2025-01-15", "2025-03-15"]),
            "mode": ["home", "video"],
        }
    )
    return EvaluationData(
        {"worker": worker, "worker_month": hours, "survey": pd.concat([survey, late]), "contact": contact}
    )


def test_a_wave_has_a_row_for_everyone_in_post_who_does_not_supervise(tiny) -> None:
    columns = ["informal_learning", "rs_desk_to_date", "early_career", "responded"]
    rows = build_frame(tiny, "worker-wave", columns).set_index(["worker_id", "wave"])
    assert sorted(rows.index) == [("later", 2), ("new", 1), ("new", 2), ("old", 1), ("old", 2)]
    assert rows.loc[("new", 1), "informal_learning"] == 3.0
    assert rows["informal_learning"].notna().sum() == 2 and rows["responded"].eq(True).sum() == 2
    assert rows.loc[("new", 1), "rs_desk_to_date"] == pytest.approx((0.25 + 0.75) / 2)
    assert rows.loc[("old", 2), "rs_desk_to_date"] == pytest.approx((0 + 0 + 1) / 3)
    assert bool(rows.loc[("new", 1), "early_career"]) and not rows.loc[("old", 1), "early_career"]


def test_a_contact_carries_the_exposure_of_its_worker_and_month_and_of_the_next(tiny) -> None:
    rows = build_frame(tiny, "contact", ["rs_desk", "rs_desk_next", "remote"]).set_index("contact_id")
    assert rows.loc["1", ["rs_desk", "rs_desk_next"]].tolist() == [0.25, 0.75]
    assert rows.loc["2", "rs_desk"] == 0.5 and pd.isna(rows.loc["2", "rs_desk_next"])
    assert rows["remote"].tolist() == [False, True]


def test_authority_years_are_rates_and_an_empty_authority_has_none() -> None:
    totals = pd.DataFrame(
        {
            "la_id": ["a", "a", "b"],
            "year": pd.array([2024, 2025, 2025], dtype="Int64"),
            "inpost_fte": [90.0, 100.0, 0.0],
            "leavers_fte": [9.0, 15.0, 0.0],
            "agency_fte": [10.0, 0.0, 5.0],
            "vacancy_fte": [10.0, 0.0, 5.0],
            "case_holders_fte": [50.0, 50.0, 0.0],
            "cases": [800.0, 900.0, 0.0],
        }
    )
    columns = ["turnover_pct", "agency_pct", "agency_pct_next", "agency_pct_last", "caseload"]
    rows = build_frame(EvaluationData({"la_year": totals}), "authority-year", columns)
    assert rows["turnover_pct"].tolist()[:2] == [10.0, 15.0]
    assert rows["agency_pct"].tolist()[:2] == [10.0, 0.0]
    assert rows["agency_pct_next"].tolist()[0] == 0.0 and rows["agency_pct_last"].tolist()[1] == 10.0
    assert rows.iloc[2][["turnover_pct", "agency_pct", "caseload"]].isna().all()


def test_a_column_of_another_unit_is_refused(tiny) -> None:
    with pytest.raises(StudyError, match="COLUMN-UNKNOWN"):
        build_frame(tiny, "contact", ["swemwbs"])
