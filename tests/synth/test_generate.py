"""Simulated tables keep to the contracts, link to one another, and follow the seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import REMOTE_MODES, TABLES
from hybrid_toolkit.data.validation.validate import validate_data
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.committed import load_synthetic
from hybrid_toolkit.synth.generate import authority_frames, resolve, simulate_authority
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.truth import Truth

TINY = Size("tiny", 3, 4, 6.0, 8, 2)


def test_every_table_has_its_contract(small: EvaluationData) -> None:
    assert list(small) == list(TABLES)
    assert small.synthetic
    for name in small:
        frame, contract = small[name], TABLES[name]
        assert len(frame), name
        assert tuple(frame.columns) == contract.names, name
        for column in contract.columns:
            assert str(frame[column.name].dtype) == column.dtype, f"{name}.{column.name}"
            if not column.nullable:
                assert frame[column.name].notna().all()
            if column.codes:
                assert set(frame[column.name].dropna()) <= set(column.codes)
        assert not frame.duplicated(list(contract.key)).any(), name


def test_tables_are_linked(small: EvaluationData) -> None:
    for name in small:
        for column, (other, key) in TABLES[name].foreign.items():
            assert set(small[name][column].dropna()) <= set(small[other][key]), f"{name}.{column}"
    children = set(small["child_event"]["child_id"])
    assert set(small["contact"]["child_id"]) <= children
    assert set(small["allocation_spell"]["child_id"]) == children
    owner = small["child_event"].drop_duplicates("child_id").set_index("child_id")["family_id"]
    assert (small["contact"]["child_id"].map(owner) == small["contact"]["family_id"]).all()
    assert (
        owner.value_counts().sort_index().to_numpy()
        == small["family"].set_index("family_id").sort_index()["n_children"]
    ).all()


def test_work_lies_within_employment(small: EvaluationData) -> None:
    worker = small["worker"].set_index("worker_id")
    last = worker["leave_date"].fillna(pd.Timestamp("2100-01-01"))
    assert (worker["start_date"] >= worker["reg_date"]).all()
    assert (last >= worker["start_date"]).all()
    for table, column in (
        ("worker_month", "month"),
        ("attendance_day", "date"),
        ("supervision", "date"),
        ("contact", "held_date"),
        ("allocation_spell", "start_date"),
        ("allocation_spell", "end_date"),
        ("arrangement_spell", "start_date"),
        ("arrangement_spell", "end_date"),
        ("survey", "month"),
    ):
        rows = small[table].dropna(subset=[column])
        assert (rows[column] >= rows["worker_id"].map(worker["start_date"]).to_numpy()).all(), (table, column)
        assert (rows[column] <= rows["worker_id"].map(last).to_numpy()).all(), (table, column)
    held = small["contact"].dropna(subset=["held_date"]).assign(month=lambda c: c["held_date"].dt.to_period("M"))
    assert (held["month"] == held["due_date"].dt.to_period("M")).all()


def test_spells_and_dates_run_forward(small: EvaluationData) -> None:
    spells = small["arrangement_spell"].sort_values(["worker_id", "start_date"])
    same = spells["worker_id"].eq(spells["worker_id"].shift())
    assert (spells["start_date"] > spells["end_date"].shift())[same].all()
    events = small["child_event"]
    for first, then in (
        ("referral_date", "assessment_start_date"),
        ("assessment_start_date", "assessment_end_date"),
        ("s47_date", "icpc_date"),
        ("referral_date", "s47_date"),
    ):
        both = events.dropna(subset=[first, then])
        assert (both[then] >= both[first]).all(), (first, then)
    again = events[events["rereferral"]]
    before = events.groupby("child_id")["referral_date"].min()
    gap = (again["referral_date"] - again["child_id"].map(before)).dt.days
    assert gap.between(30, 365).all()
    allocated = small["allocation_spell"].sort_values(["child_id", "start_date"])
    same = allocated["child_id"].eq(allocated["child_id"].shift())
    assert (allocated["start_date"] > allocated["end_date"].shift())[same].all()


def test_cases_are_the_children_allocated(small: EvaluationData) -> None:
    day = pd.Timestamp("2025-03-31")
    spell = small["allocation_spell"]
    open_then = spell[(spell["start_date"] <= day) & ~(spell["end_date"] < day)]
    counted = open_then.groupby("worker_id")["child_id"].nunique()
    month = small["worker_month"].set_index("worker_id")
    held = month.loc[month["month"] == pd.Timestamp("2025-03-01"), "cases"]
    assert (held[held > 0].astype(int).sort_index() == counted.sort_index()).all()


def test_hours_are_plausible(small: EvaluationData) -> None:
    month = small["worker_month"].merge(small["worker"][["worker_id", "fte"]], on="worker_id")
    worked = month[["h_home", "h_office", "h_visit", "h_visit_travel", "h_court"]].sum(axis=1)
    assert (worked / month["fte"]).between(80, 200).all()
    assert small["worker_month"].select_dtypes("float").ge(0).all(axis=None)


def test_one_mode_tells_one_story(small: EvaluationData) -> None:
    contact = small["contact"]
    missed = contact["held_date"].isna()
    assert (
        contact.loc[missed, ["mode", "engaged", "minutes", "mode_offered_choice", "mode_preferred"]]
        .isna()
        .all(axis=None)
    )
    assert contact.loc[~missed, "mode"].notna().all()
    assert (contact["mode_offered_choice"].isna() == contact["mode_preferred"].isna()).all()
    assert 0.2 < contact["mode"].isin(REMOTE_MODES).sum() / (~missed).sum() < 0.4
    assert 10_000 < len(contact) < 20_000


def test_the_checks_of_the_data_room_find_nothing() -> None:
    report = validate_data(simulate_authority("interference", TINY, 4))
    assert report.ok and not report.problems


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(small: EvaluationData) -> None:
    again = simulate_authority("helpful-hump", "small", 11)
    other = simulate_authority("helpful-hump", "small", 12, tables=["worker_month"])
    assert again.hash == small.hash
    assert not other["worker_month"].equals(small["worker_month"])


@pytest.mark.parametrize("table", ["survey", "contact", "la_year", "alliance"])
def test_a_table_does_not_depend_on_which_others_are_asked_for(small: EvaluationData, table: str) -> None:
    alone = simulate_authority("helpful-hump", "small", 11, tables=[table])
    assert list(alone) == [table]
    pd.testing.assert_frame_equal(alone[table], small[table])


def test_floats_are_rounded_for_files(small: EvaluationData) -> None:
    for name, frame in small.tables.items():
        for column in frame.select_dtypes("float"):
            values = frame[column].dropna()
            assert (values == values.round(4)).all(), f"{name}.{column}"


def test_several_authorities_differ_and_share_no_key() -> None:
    data = simulate_authority("helpful-hump", TINY, 6)
    assert data["la"]["la_id"].tolist() == ["L001", "L002", "L003"]
    assert data["team"].groupby("la_id").size().nunique() > 1
    assert data["worker"]["worker_id"].is_unique and data["contact"]["contact_id"].is_unique
    first = authority_frames(*resolve("helpful-hump", TINY, 6), 6, 0)
    pd.testing.assert_frame_equal(first["worker"], data["worker"].iloc[: len(first["worker"])])


def test_low_access_is_recorded_less_often(large: EvaluationData) -> None:
    recorded = large["access"]["family_id"].nunique() / len(large["family"])
    flags = large["access"].sort_values("date").groupby("family_id").tail(1).drop(columns=["family_id", "date"])
    low = 1 - flags.all(axis=1).mean()
    assert recorded == pytest.approx(0.60, abs=0.02)
    assert 0.30 < low < 0.37  # 0.40 among all families


def test_response_is_informative_and_waves_lose_workers() -> None:
    truth = replace(Truth(), response_wb=2.0)
    size = Size("survey", 1, 200, 8.5, 12, 3)
    data = simulate_authority(truth, size, 1, tables=["survey", "worker_month"])
    even = simulate_authority(replace(truth, response_wb=0.0), size, 1, tables=["survey"])
    mean = {
        k: d["survey"].query("instrument == 'swemwbs' and wave == 1")["value"].mean()
        for k, d in (("w", data), ("e", even))
    }
    assert mean["w"] > mean["e"] + 0.15
    people = even["survey"].groupby("wave")["worker_id"].nunique()
    assert people[1] > 1.1 * people[2] > 1.2 * people[3]


def test_bad_requests_are_refused() -> None:
    for call in (
        lambda: simulate_authority("null", "tiny"),
        lambda: simulate_authority("nil"),
        lambda: simulate_authority("null", "small", -1),
        lambda: simulate_authority("null", "small", 0, tables=["workers"]),
    ):
        with pytest.raises(UsageError):
            call()


def test_co_presence_falls_with_remote_share(large: EvaluationData) -> None:
    month = large["worker_month"]
    share = month["h_home"] / (month["h_home"] + month["h_office"])
    assert np.corrcoef(share, month["co_presence"])[0, 1] == pytest.approx(-0.70, abs=0.04)
    assert np.corrcoef(share, month["senior_overlap"])[0, 1] < -0.6


def test_what_one_caller_changes_in_committed_data_no_other_sees() -> None:
    first = load_synthetic()
    changed = first.tables["team"]
    changed.loc[:, changed.columns[0]] = "X"
    again = load_synthetic()
    assert again is not first and not again["team"].iloc[:, 0].eq("X").any()
    assert again.hash == replace(again, label="read").hash, "the hash that is carried over is that of the values"
