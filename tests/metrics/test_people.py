"""The people behind every figure: counted by hand, for every metric, and refused where they should be there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import CoverageError, MeasureError
from hybrid_toolkit.metrics.compute import FIGURE_COLUMNS
from hybrid_toolkit.metrics.contacts.contact_tables import ContactTables
from hybrid_toolkit.metrics.people_and_groups import person_kinds
from hybrid_toolkit.metrics.specs.registry import REGISTRY


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    every = [i.id for i in instruments_in("survey")]
    made: EvaluationData = ht.simulate_authority("null", "small", 4, instruments=every)
    return made


@pytest.mark.parametrize("metric", [s.id for s in REGISTRY.values() if s.computed])
def test_every_row_says_who_stands_behind_it(data: EvaluationData, metric: str) -> None:
    spec = REGISTRY[metric]
    rows = ht.measure(data, metric)
    assert tuple(rows.columns) == FIGURE_COLUMNS and str(rows["n_people"].dtype) == "Int64"
    of_people = any(person_kinds(TABLES[t].names) for t in spec.columns)
    assert rows["n_people"].notna().eq(of_people).all()
    assert rows["n_people_reason"].eq("").eq(of_people).all() and rows["person"].ne("").eq(of_people).all()
    if of_people:
        assert rows["n_people"].gt(0).eq(rows["n"].gt(0)).all()
    if of_people and metric != "team_together_share":  # a day of a team is shared by several
        assert rows["n_people"].le(rows["n"]).all()


def test_people_by_hand(tiny: EvaluationData) -> None:
    row = ht.measure(tiny, "remote_share_desk").iloc[0]
    # b's February has no desk hours, so five months of a, b, c and d are used
    assert (row["n"], row["n_people"], row["person"], row["n_people_reason"]) == (5, 4, "worker", "")
    by_month = ht.measure(tiny, "remote_share_desk", period="month").set_index("period")["n_people"]
    assert by_month.to_dict() == {"2025-01": 4, "2025-02": 1}
    day = ht.measure(tiny, "team_together_share")
    assert day["n_people"].tolist() == [4] and day["n"].tolist() == [2]
    assert ht.measure(tiny, "team_together_share", by="team_id")["n_people"].tolist() == [2, 2]
    desk = ht.measure(tiny, "hot_desk_share").iloc[0]
    assert desk["n_people"] is pd.NA and desk["n_people_reason"] == "no person stands behind a team"
    assert desk["person"] == ""


def test_the_people_of_families_are_families_and_of_two_kinds_the_fewer_count() -> None:
    day = pd.to_datetime(["2025-01-07"] * 4)
    contact = pd.DataFrame(
        {"contact_id": list("1234"), "family_id": ["f", "g", "h", "h"], "worker_id": ["a", "a", "b", "b"],
         "held_date": day, "mode": ["home"] * 4}
    )  # fmt: skip
    row = ht.measure(EvaluationData({"contact": contact}), "remote_contact_share").iloc[0]
    assert (row["n_people"], row["person"]) == (2, "worker")
    alone = contact.assign(worker_id=pd.Series([None] * 4, dtype="str"))
    row = ht.measure(EvaluationData({"contact": alone}), "remote_contact_share").iloc[0]
    assert (row["n_people"], row["person"]) == (3, "family")
    known = contact.assign(mode=["home", "home", None, None])
    frame = ht.measure(EvaluationData({"contact": known}), "remote_contact_share", by="mode")
    assert frame.set_index("group")["n_people"].to_dict() == {"home": 1, "not recorded": 0}


@pytest.mark.parametrize(("by", "period"), [(None, None), ("mode", None), ("service", "quarter")])
def test_a_database_counts_the_same_people(data: EvaluationData, by: str | None, period: str | None) -> None:
    wanted = ["choice_honoured", "contact_in_time_share"]
    here, there = (ht.measure(d, wanted, by=by, period=period) for d in (data, ContactTables.of(data)))
    assert here["n_people"].tolist() == there["n_people"].tolist() and here["n_people"].gt(0).any()
    assert here["person"].tolist() == there["person"].tolist()
    units = ht.metrics.metric_values(data, "choice_honoured").dropna(subset=["choice_honoured"])
    if by is None:
        assert here["n_people"].iloc[0] == min(units["worker_id"].nunique(), units["family_id"].nunique())


def test_both_groups_of_a_difference_have_their_people(data: EvaluationData) -> None:
    row = ht.metrics.measure_differences(data, "remote_share_desk", by="caring", reference="no").iloc[0]
    each = ht.measure(data, "remote_share_desk", by="caring").set_index("group")["n_people"]
    assert (row["n_people"], row["n_people_reference"], row["person"]) == (each["yes"], each["no"], "worker")


def test_a_metric_that_hides_its_people_is_refused(tiny: EvaluationData) -> None:
    whole = REGISTRY["remote_share_desk"]
    assert whole.frame is not None
    make = whole.frame
    bare = replace(whole, id="bare", own=True, frame=lambda d: make(d).drop(columns="worker_id"))
    with pytest.raises(MeasureError, match=r"METRIC-PEOPLE.*'bare' reads table 'worker_month'.*column 'worker_id'"):
        ht.measure(tiny, bare)
    paired = replace(bare, people=lambda d: make(d)[["month", "team_id", "worker_id"]])
    assert ht.measure(tiny, paired)["n_people"].tolist() == [4]


def test_nothing_used_is_nobody_not_missing(data: EvaluationData) -> None:
    months = data["worker_month"].assign(h_home=np.nan)
    row = ht.measure(EvaluationData({"worker_month": months}), "remote_share_desk").iloc[0]
    assert (row["n"], row["n_people"], row["n_people_reason"]) == (0, 0, "")
    with pytest.raises(CoverageError):
        ht.measure(EvaluationData({"worker_month": months.drop(columns="worker_id")}), "remote_share_desk")
