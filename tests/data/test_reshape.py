"""Every step a mapping can ask for: applied, counted and told; and what is wrong with one is said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.mapping_file import parse_mapping
from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
from hybrid_toolkit.errors import ContractError, IdentifierError, MappingError


def load(folder: Path, mapping: str, **files: str) -> EvaluationData:
    (folder / "in").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "in" / f"{name}.csv").write_text(text)
    (folder / "m.toml").write_text(mapping)
    return load_data(folder / "in", folder / "m.toml", key="k")


def notes(data: EvaluationData, table: str) -> str:
    return " | ".join(next(s.notes for s in data.provenance if s.table == table))


def test_a_list_of_sources_is_read_whole_and_parts_may_differ(tmp_path: Path) -> None:
    visits = "V,P,D\n{a}1,C1,01/02/2024\n{a}2,C2,02/02/2024\n"
    data = load(
        tmp_path,
        '[[tables.contact]]\nsource = ["cin", "cp"]\n[tables.contact.columns]\ncontact_id = "V"\nfamily_id = "P"\n'
        'held_date = "D"\n[[tables.contact]]\nsource = "cla.csv"\n[tables.contact.columns]\ncontact_id = "Visit"\n'
        'family_id = "Person"\nheld_date = "On"\n',
        cin=visits.format(a="a"),
        cp=visits.format(a="b"),
        cla="Visit,Person,On\nc1,C1,2024-03-01\n",
    )
    assert data["contact"]["contact_id"].tolist() == ["a1", "a2", "b1", "b2", "c1"]
    assert data["contact"]["held_date"].iloc[[0, 4]].tolist() == [
        pd.Timestamp("2024-02-01"),
        pd.Timestamp("2024-03-01"),
    ]
    assert "1 row was put below the others from cla.csv" in notes(data, "contact")


def test_parts_joined_by_the_key_with_spells_units_and_loose_keys(tmp_path: Path) -> None:
    data = load(
        tmp_path,
        '[[tables.worker_month]]\nsource = "agile"\nloose = ["worker_id"]\ntimes = { h_home = 7.4 }\n'
        '[tables.worker_month.columns]\nworker_id = "Emp"\nmonth = "M"\nh_home = "Home"\n'
        '[[tables.worker_month]]\nsource = "sick"\njoined = true\nloose = ["worker_id"]\nfill = { sick_days = "0" }\n'
        'spells = { start = "From", end = "To", into = "sick_days" }\n'
        '[tables.worker_month.columns]\nworker_id = "Emp"\n',
        agile="Emp,M,Home\n0017,Jan-24,2\n0017,Feb-24,1\n0018,Jan-24,4\n0017,Apr-24,1\n",
        sick="Emp,From,To\n17,30/01/2024,02/02/2024\n17,12/02/2024,12/02/2024\n18,03/02/2024,04/02/2024\n",
    )
    months = data["worker_month"]
    assert months["worker_id"].tolist() == ["17", "17", "18", "17"]
    assert months["h_home"].round(1).tolist() == [14.8, 7.4, 29.6, 7.4]
    # 30 and 31 January are two working days; 1, 2 and 12 February three; 3 and 4 February a weekend.
    assert months["sick_days"].iloc[:3].tolist() == [2, 3, 0] and pd.isna(months["sick_days"].iloc[3]), (
        "no word on April"
    )
    assert "3 spells were spread over 4 months" in notes(data, "worker_month")


def test_a_grid_of_months_and_spells_open_at_the_month_s_end(tmp_path: Path) -> None:
    data = load(
        tmp_path,
        '[[tables.worker_month]]\nsource = "load"\ngrid = { columns = ["Jan-24", "Feb-24"], name = "month", '
        'value = "cases" }\n'
        '[tables.worker_month.columns]\nworker_id = "Emp"\n[tables.allocation_spell]\nsource = "spells"\n'
        '[tables.allocation_spell.columns]\nchild_id = "C"\nworker_id = "W"\nstart_date = "S"\nend_date = "E"\n',
        load="Emp,Jan-24,Feb-24\nA,3,4\nB,,5\n",
        spells="C,W,S,E\n1,A,2024-01-05,2024-02-10\n2,A,2024-01-31,\n3,B,2024-02-01,2024-02-29\n1,A,2024-03-31,\n",
    )
    assert data["worker_month"][["worker_id", "cases"]].values.tolist() == [["A", 3], ["A", 4], ["B", 5]]
    counted = load(
        tmp_path,
        '[tables.worker_month]\nsource = "spells"\n'
        'open = { start = "S", end = "E", by = "W", count = "C", into = "cases" }\n'
        '[tables.worker_month.columns]\nworker_id = "W"\n',
    )["worker_month"]
    found = {(r.worker_id, f"{r.month:%m}"): int(r.cases) for r in counted.itertuples()}
    assert found == {("A", "01"): 2, ("A", "02"): 1, ("A", "03"): 2}, "a spell that ends on the day is not open on it"


def test_a_survey_from_wide_to_long_with_labels_and_waves(tmp_path: Path) -> None:
    data = load(
        tmp_path,
        '[tables.survey]\nsource = "form"\nwaves = "Done"\n[tables.survey.long]\n"How useful?" = "swemwbs/swemwbs_2"\n'
        '"How calm?" = "swemwbs/swemwbs_3"\n[tables.survey.columns]\nworker_id = "Ref"\n',
        form="Ref,Done,How useful?,How calm?\nA,03/01/2024,Often,3\nB,20/01/2024,Never mind,4\nA,02/07/2024,5 - "
        "All of the time,\n",
    )
    survey = data["survey"]
    assert survey[["worker_id", "wave", "item", "value"]].values.tolist() == [
        ["A", 1, "swemwbs_2", 4.0],
        ["A", 1, "swemwbs_3", 3.0],
        ["B", 1, "swemwbs_3", 4.0],
        ["A", 2, "swemwbs_2", 5.0],
    ]
    assert "2 waves" in notes(data, "survey") and "1 answer was left out: no number" in notes(data, "survey")


def test_one_answer_a_row_flags_and_ticks(tmp_path: Path) -> None:
    data = load(
        tmp_path,
        '[[tables.access]]\nsource = "answers"\nwide = { names = "Q", values = "A", rows = ["Fam", "On"] }\n'
        '[tables.access.flags."Access"]\n"None" = { devices = false }\n"Full" = { devices = true, mobile_data = '
        "true }\n"
        '[tables.access.ticks."Has"]\n"Broadband" = "home_broadband"\n"Skills" = "online_tasks"\n'
        '[tables.access.columns]\nfamily_id = "Fam"\ndate = "On"\n',
        answers="Fam,On,Q,A\nF1,2024-01-01,Access,Full\nF1,2024-01-01,Has,Broadband; skills\nF2,2024-01-02,"
        "Access,none\n"
        "F2,2024-01-02,Has,Skills\nF2,2024-01-02,Access,NONE\n",
    )
    access = data["access"].set_index("family_id")
    assert access.loc["F1", ["devices", "mobile_data", "home_broadband", "online_tasks"]].tolist() == [True] * 4
    assert access.loc["F2", ["devices", "home_broadband", "online_tasks"]].tolist() == [False, False, True]
    assert pd.isna(access.loc["F2", "mobile_data"])
    assert "5 answers, one a row, became 2 rows" in notes(data, "access")


def test_two_tables_of_one_source_households_and_the_newest_row(tmp_path: Path) -> None:
    data = load(
        tmp_path,
        '[tables.family]\nsource = "list"\ndistinct = true\nhouseholds = { child = "Child", by = ["UPRN key"] }\n'
        '[tables.child]\nsource = "list"\nhouseholds = { child = "Child", by = ["UPRN key"] }\nnewest = "On"\n'
        '[tables.child.columns]\nchild_id = "Child"\nsex = "Sex"\n',
        list="Child,UPRN key,Sex,On\nC1,u1,F,01/01/2024\nC2,u1,M,01/01/2024\nC3,,F,01/01/2024\nC1,u1,M,05/01/2024\n",
    )
    child = data["child"].set_index("child_id")
    assert child.loc["C1", "family_id"] == child.loc["C2", "family_id"] != child.loc["C3", "family_id"] == "C3"
    assert child.loc["C1", "sex"] == "M" and len(child) == 3 and len(data["family"]) == 2
    assert "1 older row was left out with the same child_id" in notes(data, "child")


def test_missing_texts_constants_numbers_and_a_link_by_name(tmp_path: Path) -> None:
    mapping = (
        '[tables.worker]\nsource = "hr"\ndrop = ["Full name"]\n[tables.worker.columns]\nworker_id = "Ref"\n'
        '[tables.supervision]\nsource = "log"\nmissing = { minutes = ["ages"] }\n[tables.supervision.columns]\n'
        'worker_id = "Who"\ndate = "On"\nminutes = "Long"\n[tables.supervision.constants]\nmode = "video"\n'
        '[tables.supervision.lookup.worker_id]\nsource = "hr"\nfrom = "Full name"\nto = "Ref"\n'
        '[tables.contact]\nsource = "visits"\nnumber = "contact_id"\n[tables.contact.columns]\nfamily_id = "F"\n'
    )
    files = {
        "hr": "Ref,Full name\nW1,Ada Example\nW2,Bo Sample\n",
        "log": 'Who,On,Long\n"Example, Ada",2024-01-01,1 hour\nbo sample,2024-01-02,ages\n',
        "visits": "F\nF1\nF1\n",
    }
    data = load(tmp_path, mapping, **files)
    assert data["supervision"]["worker_id"].tolist() == ["W1", "W2"]
    assert data["supervision"]["minutes"].iloc[0] == 60 and pd.isna(data["supervision"]["minutes"].iloc[1])
    assert data["supervision"]["mode"].tolist() == ["video", "video"]
    assert data["contact"]["contact_id"].is_unique
    with pytest.raises(IdentifierError, match="pseudonymise = "):
        load(tmp_path, mapping.split("[tables.supervision.lookup")[0], **files)


def test_keys_that_meet_nothing_and_names_that_mean_two_sources(tmp_path: Path) -> None:
    two = '[[tables.worker]]\nsource = "a"\n[[tables.worker]]\nsource = "b"\njoined = true\n'
    with pytest.raises(MappingError, match="MAP-JOIN"):
        load(tmp_path, two, a="worker_id,fte\nA,1\n", b="worker_id,role\nB,5\n")
    look = '[tables.worker]\nsource = "a"\n[tables.worker.columns]\nteam_id = "fte"\n[tables.worker.lookup.team_id]\n'
    with pytest.raises(MappingError, match="MAP-LOOKUP"):
        load(tmp_path, look + 'source = "b"\nfrom = "worker_id"\nto = "role"\n')
    (tmp_path / "in" / "a.tsv").write_text("worker_id\nA\n")
    with pytest.raises(MappingError, match=r"MAP-SOURCE-TWO.*'a\.csv', 'a\.tsv'"):
        load(tmp_path, '[tables.worker]\nsource = "a"\n')
    assert len(load(tmp_path, '[tables.worker]\nsource = "a.tsv"\n')["worker"]) == 1


@pytest.mark.parametrize(
    "step",
    [
        'grid = { columns = ["a"], name = "mnth", value = "cases" }',
        'spells = { start = "a" }',
        'times = { h_home = "7" }',
        'loose = ["worker"]',
        'long = { "a" = "swemwbs" }',
        'wide = "a"',
        'joined = "yes"',
        'flags = { "a" = { "x" = "y" } }',
        'open = { start = "a" }',
        'lookup = { worker_id = { source = "a" } }',
    ],
)
def test_a_step_that_is_wrong_says_so(step: str) -> None:
    with pytest.raises(MappingError, match=r"tables\.worker_month\."):
        parse_mapping(f"[tables.worker_month]\n{step}\n", "m")


def test_a_column_named_twice_is_refused() -> None:
    with pytest.raises(MappingError, match="MAP-TOML"):
        parse_mapping('[tables.worker.columns]\nfte = "a"\nfte = "b"\n', "m")


def test_a_survey_with_a_column_an_item_needs_no_mapping(tmp_path: Path) -> None:
    """As platforms export it; the answers are those of the same survey written with a row an answer."""
    across, down = tmp_path / "across", tmp_path / "down"
    across.mkdir()
    down.mkdir()
    (across / "survey.csv").write_text(
        "worker_id,wave,month,SWEMWBS-1,swemwbs_2,il_1,shoe size\nW1,1,2025-03,4,,2,40\nW2,1,2025-03,,5,3,41\n"
    )
    (down / "survey.csv").write_text(
        "worker_id,wave,month,instrument,item,value\nW1,1,2025-03,swemwbs,swemwbs_1,4\nW2,1,2025-03,swemwbs,swemwbs_2,5\n"
        "W1,1,2025-03,informal_learning,il_1,2\nW2,1,2025-03,informal_learning,il_1,3\n"
    )
    data = load_data(across)
    assert data.hash == load_data(down).hash
    notes = " ".join(data.provenance[0].notes)
    assert "3 columns of answers became 4 rows" in notes and "shoe size" in notes


def test_a_survey_without_items_is_still_refused(tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("worker_id,wave,question one\nW1,1,4\n")
    with pytest.raises(ContractError, match="COLUMN-MISSING"):
        load_data(tmp_path)


def test_no_two_instruments_of_a_survey_share_an_item() -> None:
    items = [item.id for i in instruments_in("survey") for item in i.items]
    assert len(items) > 100 and len(set(items)) == len(items)


def test_weeks_across_are_added_up_in_the_month_in_which_they_begin(tmp_path: Path) -> None:
    mapping = (
        '[tables.worker_month]\nsource = "s"\nadd_up = ["h_home"]\n'
        'grid = { columns = ["w/c 01/04/2024", "w/c 08/04/2024", "Week ending 12/05/2024"], name = "month", value = '
        '"h_home" }\n[tables.worker_month.columns]\nworker_id = "W"\n'
    )
    rows = "W,w/c 01/04/2024,w/c 08/04/2024,Week ending 12/05/2024\nA,7,14,21\nB,,3,leave\n"
    data = load(tmp_path, mapping, s=rows)
    found = {(r.worker_id, f"{r.month:%m}"): r.h_home for r in data["worker_month"].itertuples()}
    assert found[("A", "04")] == 21 and found[("A", "05")] == 21 and found[("B", "04")] == 3
    assert pd.isna(found[("B", "05")])
    assert "1 cell of h_home that is no number: left out of sums" in notes(data, "worker_month")


def test_a_sheet_of_weeks_is_proposed_with_sums_and_hours_are_left_as_hours(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    weeks = [f"w/c {d:02d}/04/2024" for d in (1, 8, 15, 22)]
    rows = [f"{70000 + 7 * i}," + ",".join(str(8 + i % 20) for _ in weeks) for i in range(30)]
    (tmp_path / "in" / "Home working by week.csv").write_text("\n".join([",".join(["Staff no", *weeks]), *rows]))
    (tmp_path / "m.toml").write_text(propose_mapping(tmp_path / "in").toml)
    months = load_data(tmp_path / "in", tmp_path / "m.toml")["worker_month"]
    assert len(months) == 30 and months["h_home"].max() == 4 * 27


def test_what_a_mapping_gives_is_counted_in_the_provenance(tmp_path: Path) -> None:
    """A constant, a factor, its own codes and an answer in no list of ticks left no word."""
    mapping = (
        '[tables.supervision]\nsource = "s"\ntimes = { minutes = 60 }\n[tables.supervision.columns]\nworker_id = "W"\n'
        'date = "D"\nminutes = "L"\nreflective = "R"\n[tables.supervision.constants]\nmode = "video"\n'
        '[tables.supervision.codes.reflective]\n"deep" = true\n'
        '[tables.access]\nsource = "a"\n[tables.access.ticks."Has"]\n"Broadband" = "home_broadband"\n'
        '[tables.access.columns]\nfamily_id = "F"\ndate = "D"\n'
    )
    data = load(
        tmp_path,
        mapping,
        s="W,D,L,R\nA,2024-02-01,1,deep\nB,2024-02-02,,deep\n",
        a="F,D,Has\nF1,2024-02-01,Broadband; kite\n",
    )
    said = notes(data, "supervision")
    assert "1 cell of minutes was multiplied by 60" in said and "mode is the same in 2 rows" in said
    assert "2 cells of reflective were read by the codes of the mapping" in said
    assert "1 answer of 'Has' is in no list and was left out" in notes(data, "access")
