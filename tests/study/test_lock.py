"""A lock holds a study to what was declared: what differs is named, nothing of the data is written."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import OutputError, StudyError, UnreadableError
from hybrid_toolkit.study import lock as module
from hybrid_toolkit.study.graph.causal_graph import shipped_graph
from hybrid_toolkit.study.lock import check_lock, load_lock
from hybrid_toolkit.study.shipped_studies import headline_studies
from hybrid_toolkit.study.study import Study, parse_study

PRACTICE = headline_studies()[0]
ROWS = Study(
    id="plain",
    question="Does y go with x?",
    estimand="none",
    outcome="y",
    exposure="x",
    design="cross-sectional",
    row_unit="rows",
    cluster="g",
)


@pytest.fixture
def data() -> EvaluationData:
    return EvaluationData({"la": pd.DataFrame({"la_id": ["SECRET-7"], "imd": [31.25]})}, label="ours")


def test_nothing_differs_right_after_locking(tmp_path, data) -> None:
    lock = PRACTICE.lock(tmp_path / "deep" / "p.lock.json", data=data)
    found = check_lock(lock.path, PRACTICE, data)
    assert found.same and found.data == "same" and "Nothing that was locked differs" in found.summary()
    assert found.tidy()["same"].tolist() == [True] * 4
    assert parse_study(lock.study) == PRACTICE and "ours" in lock.summary()
    assert load_lock(lock.path) == lock


def test_a_lock_holds_no_value_of_the_data(tmp_path, data) -> None:
    text = PRACTICE.lock(tmp_path / "p.json", data=data).path.read_text(encoding="utf-8")
    assert "SECRET" not in text and "31.25" not in text and data.hash not in text


def test_each_part_that_differs_is_named_and_no_value_is_told(tmp_path, data, monkeypatch) -> None:
    path = PRACTICE.lock(tmp_path / "p.json", data=data).path
    other = replace(data, tables={"la": data["la"].assign(imd=77.125)})
    graph = shipped_graph().replace(remove=[("caseload_before", "timeliness")])
    changed = PRACTICE.replace(confounders=("risk",), contrast="", contrast_size=0.2)
    monkeypatch.setattr(module, "code_version", lambda: "9.9+other")
    found = check_lock(path, changed, other, graph=graph)
    assert found.fields == ("confounders", "contrast", "contrast_size")
    assert found.arrows == ("caseload_before -> timeliness",)
    assert found.data == "differ" and not found.code and not found.same
    said = found.summary()
    assert all(w in said for w in ("confounders", "caseload_before", "data differ", "code differs"))
    assert "77.125" not in said and "risk" not in said
    assert found.tidy()["same"].tolist() == [False] * 4


def test_data_that_were_not_locked_or_not_given_are_told_apart(tmp_path, data) -> None:
    with_data = PRACTICE.lock(tmp_path / "a.json", data=data).path
    without = PRACTICE.lock(tmp_path / "b.json").path
    assert check_lock(with_data, PRACTICE).data == "not given" and check_lock(without, PRACTICE).data == "not given"
    found = check_lock(without, PRACTICE, data)
    assert found.data == "not locked" and found.same and found.tidy()["same"].tolist()[2] is None


def test_another_lock_is_never_overwritten_and_the_same_is_left(tmp_path, data) -> None:
    path = tmp_path / "p.json"
    first = PRACTICE.lock(path, data=data)
    before = path.read_bytes()
    assert PRACTICE.lock(path, data=data) == first and path.read_bytes() == before
    for study, given in ((PRACTICE.replace(confounders=()), data), (PRACTICE, None)):
        with pytest.raises(OutputError, match="LOCK-EXISTS"):
            study.lock(path, data=given)
    path.write_text("my notes", encoding="utf-8")
    with pytest.raises(OutputError, match="LOCK-EXISTS"):
        PRACTICE.lock(path)
    assert path.read_text(encoding="utf-8") == "my notes"


def test_a_lock_that_was_changed_afterwards_is_told(tmp_path) -> None:
    path = PRACTICE.lock(tmp_path / "p.json").path
    content = json.loads(path.read_text(encoding="utf-8"))
    content["study"] = PRACTICE.replace(confounders=()).to_toml()
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(StudyError, match="LOCK-BROKEN"):
        check_lock(path, PRACTICE)


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json", '{"format": "other"}'])
def test_a_file_that_is_no_lock_is_refused(tmp_path, text) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableError, match="LOCK-UNREADABLE"):
        load_lock(path)
    with pytest.raises(UnreadableError, match="LOCK-UNREADABLE"):
        load_lock(tmp_path / "nowhere.json")


def test_a_result_says_whether_it_is_what_was_locked(tmp_path, authority) -> None:
    path = PRACTICE.lock(tmp_path / "p.json", data=authority).path
    kept = PRACTICE.estimate(authority, lock=path)
    assert kept.lock is not None and kept.lock.same and "Nothing that was locked differs" in kept.summary()
    moved = PRACTICE.replace(confounders=("risk",)).estimate(authority, lock=path)
    assert any("differs from what was locked in: confounders" in r for r in moved.claims()[0].reasons)
    assert PRACTICE.estimate(authority).lock is None


def test_a_frame_of_ones_own_is_locked_by_the_columns_that_are_used(tmp_path) -> None:
    frame = pd.DataFrame({"g": list("aabbccdd"), "x": [0, 1] * 4, "y": [0.0, 2.1, 0.2, 1.9, 0.1, 2.0, 0.0, 2.2]})
    path = ROWS.lock(tmp_path / "r.json", data=frame).path
    assert ROWS.estimate_frame(frame.assign(unused=1), lock=path).lock.data == "same"
    assert ROWS.estimate_frame(frame.assign(y=frame["y"] + 1), lock=path).lock.data == "differ"


@pytest.mark.parametrize("part", ["study", "data", "code", "graph", "nothing"])
def test_each_part_is_told_by_itself(tmp_path, data, monkeypatch, part) -> None:
    path = PRACTICE.lock(tmp_path / "p.json", data=data).path
    study = PRACTICE.replace(confounders=("risk",)) if part == "study" else PRACTICE
    used = replace(data, tables={"la": data["la"].assign(imd=1.0)}) if part == "data" else data
    graph = shipped_graph().replace(remove=[("caseload_before", "timeliness")]) if part == "graph" else None
    if part == "code":
        monkeypatch.setattr(module, "code_version", lambda: "9.9+other")
    found = check_lock(path, study, used, graph=graph).tidy()
    assert found.loc[found["same"].eq(False), "part"].tolist() == ([] if part == "nothing" else [part])


def test_another_study_of_the_same_frame_is_not_taken_for_other_data(tmp_path) -> None:
    frame = pd.DataFrame({"g": list("aabbccdd"), "x": [0, 1] * 4, "y": [0.0, 2.1, 0.2, 1.9, 0.1, 2.0, 0.0, 2.2]})
    frame["z"] = range(8)
    path = ROWS.lock(tmp_path / "r.json", data=frame).path
    other = ROWS.replace(confounders=("z",))
    found = check_lock(path, other, frame)
    assert found.fields == ("confounders",) and found.data == "same"
    assert check_lock(path, other, frame.assign(z=0)).data == "same"
    assert check_lock(path, other, frame.assign(y=0.0)).data == "differ"
    assert check_lock(path, other, frame.drop(columns="x")).data == "differ"
    with pytest.raises(StudyError, match="UNIT-TABLES"):
        PRACTICE.lock(tmp_path / "t.json", data=frame)
    assert not (tmp_path / "t.json").exists()


def test_a_lock_of_real_data_does_not_confirm_a_guess_and_still_knows_them(tmp_path, data) -> None:
    """A lock may be published; whoever hashes a candidate must not find it there."""
    path = PRACTICE.lock(tmp_path / "p.json", data=data).path
    text = path.read_text(encoding="utf-8")
    assert data.hash not in text and data.hash[:8] not in text
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    copy = moved / "p.json"
    copy.write_text(text, encoding="utf-8")
    for _ in range(2):  # a key that is made there later is another key
        found = check_lock(copy, PRACTICE, data)
        assert found.data == "no key" and not found.same and "is not known" in found.summary()
        PRACTICE.lock(moved / "other.json", data=data)
    assert check_lock(path, PRACTICE, data).data == "same"
