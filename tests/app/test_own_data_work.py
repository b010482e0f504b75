"""What the own-data pages ask of another process: files recognised, answers in the mapping, problems with rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from hybrid_toolkit.app.pages.data import _stamp, _without
from hybrid_toolkit.app.work.own_data import (
    cells_around,
    codes_left,
    problems_of,
    propose_with_answers,
    recognise_files,
    with_codes,
    without_sources,
)
from hybrid_toolkit.app.worker import Bench
from hybrid_toolkit.data.mapping.mapping_file import parse_mapping
from hybrid_toolkit.errors import HybridToolkitError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    staff = "".join(f"W{i},1.0,T{i % 3},{i % 7}\n" for i in range(40))
    (tmp_path / "Staff list.csv").write_text("Staff ref,WTE,Team,Shoe size\n" + staff)
    teams = "".join(f"T{i},Assessment\n" for i in range(3))
    (tmp_path / "Teams.csv").write_text("Team ID,Team type\n" + teams)
    return tmp_path


def test_each_file_is_shown_with_its_headings_and_what_it_is_taken_for(folder: Path) -> None:
    found = {f["name"]: f for f in recognise_files(Bench(), str(folder))}
    staff = found["Staff list"]
    assert staff["tables"] == ["worker"] and staff["nearest"][0] == "worker" and len(staff["nearest"]) <= 3
    assert [h for h, _ in staff["columns"]] == ["Staff ref", "WTE", "Team", "Shoe size"]
    assert staff["rows"] == "about 40" and found["Teams"]["rows"] == "fewer than 10"
    assert "W1" not in str(found), "no value of the data is shown"


def test_a_column_that_a_person_chose_stands_in_the_mapping_and_a_file_left_out_does_not(folder: Path) -> None:
    plain = propose_with_answers(Bench(), str(folder), ())
    left = next(c for c in plain["columns"] if c["source"] == "Shoe size")
    assert left["table"] == "worker" and "grade" in left["free"] | {"grade": ""}
    column = next(iter(left["free"]))
    made = propose_with_answers(Bench(), str(folder), (), columns=(("worker", "Shoe size", column),))
    assert f'{column} = "Shoe size"' in made["toml"] and f'{column} = "Shoe size"' not in plain["toml"]
    parse_mapping(made["toml"], "mapping")
    without = propose_with_answers(Bench(), str(folder), (), leave=("Teams.csv", "Teams"))["toml"]
    assert "[tables.team]" in plain["toml"] and "[tables.team]" not in without and "[tables.worker]" in without


def test_a_problem_names_the_column_and_the_rows_of_the_file_and_a_column_can_be_set_aside(folder: Path) -> None:
    staff = folder / "Staff list.csv"
    before = _stamp(str(folder))
    staff.write_text(staff.read_text().replace("W3,1.0", "W3,many"))
    assert _stamp(str(folder)) != before, "an answer about the older file is not shown again"
    toml = propose_with_answers(Bench(), str(folder), ())["toml"]
    found = problems_of(Bench(), str(folder), toml)
    wrong = [e for e in found["errors"] if e["column"] == "fte"]
    assert wrong and "5" in wrong[0]["rows"] and wrong[0]["fix"] and "many" not in str(found)
    aside = problems_of(Bench(), str(folder), _without(toml, (("worker", "fte"),)))
    assert not [e for e in aside["errors"] if e["column"] == "fte"]
    assert "[tables.worker]" not in _without(toml, (("worker", ""),))
    assert "[tables.team]" in _without(toml, (("worker", ""),))


def test_the_place_of_a_problem_is_shown_by_kinds_of_values_and_never_by_a_value(folder: Path) -> None:
    staff = folder / "Staff list.csv"
    staff.write_text(staff.read_text().replace("W3,1.0", "W3,many"))
    toml = propose_with_answers(Bench(), str(folder), ())["toml"]
    found = next(e for e in problems_of(Bench(), str(folder), toml)["errors"] if e["column"] == "fte")
    assert found["positions"] == [5]
    near = cells_around(Bench(), str(folder), toml, "worker", "fte", (5,))
    assert near["file"] == "Staff list.csv" and near["heading"] == "WTE" and near["marked"] == ["5"]
    assert near["heads"] == ["Row", "Staff ref", "WTE", "Team", "Shoe size"] and near["at"] == 2
    assert [r[0] for r in near["rows"]] == ["3", "4", "5", "6", "7"]
    assert near["rows"][2] == ["5", "text", "text of 4 letters or signs", "text", "whole number"]
    assert near["rows"][1][2] == "number with decimals" and "many" not in str(near) and "W3" not in str(near)
    with pytest.raises(HybridToolkitError, match="no longer"):
        cells_around(Bench(), str(folder), toml, "worker", "fte", (999,))


def test_codes_get_the_meaning_that_a_person_gave_and_only_that() -> None:
    text = (
        '[tables.contact.codes.mode]\n# TODO "Q\\"1" = "..."  # one of: home, phone\n'
        '\n[tables.contact.codes.purpose]\n# TODO "Q\\"1" = "..."  # one of: visit, review\n'
    )
    assert [c["place"] for c in codes_left(text)] == ["contact.mode", "contact.purpose"]
    made = with_codes(text, (("contact.mode", 'Q"1', "phone"), ("contact.purpose", 'Q"1', "")))
    assert '"Q\\"1" = "phone"' in made and [c["place"] for c in codes_left(made)] == ["contact.purpose"]


def test_sources_are_left_out_whole_and_others_stay() -> None:
    text = '[[tables.worker]]\nsource = "a"\n[tables.worker.columns]\nfte = "F"\n[[tables.worker]]\nsource = "b"\n'
    assert without_sources(text, ("a",)) == '[[tables.worker]]\nsource = "b"\n'
    assert without_sources(text, ()) == text


def test_a_place_where_nothing_is_says_so(tmp_path: Path) -> None:
    with pytest.raises(HybridToolkitError) as error:
        propose_with_answers(Bench(), str(tmp_path / "none"), ())
    assert error.value.fix
