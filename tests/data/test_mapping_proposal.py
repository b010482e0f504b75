"""A proposed mapping: loads again, drops identifiers, says what it left, and shows no rare value."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.mapping_file import load_mapping, parse_mapping
from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
from hybrid_toolkit.errors import ContractError, UnreadableError, UsageError


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    posts = ["Social Worker"] * 30 + ["Team Manager"] * 12 + ["Emergency Duty"] * 11 + ["Principal of the Isle"] * 2
    staff = 'Staff ref,Surname,Job role,W.T.E.,Locum "bank",Gender,Date joined,Shoe size\n'.replace('"bank"', "bank")
    staff += "".join(
        f"W{i},held-{i},{post},0.{i % 9 + 1},N,{'Female' if i % 2 else 'Male'},01/0{i % 9 + 1}/2020,{i % 50}\n"
        for i, post in enumerate(posts)
    )
    visits = "Visit ref,Case ref,Staff ref,Visit date,Method\n"
    visits += "".join(
        f"V{i},F{i % 20},W{i % 50},2024-05-{i % 28 + 1:02d},{'Home visit' if i % 3 else 'Zoom'}\n" for i in range(60)
    )
    (tmp_path / "STAFF LIST.csv").write_text(staff)
    (tmp_path / "Visits.csv").write_text(visits)
    (tmp_path / "Canteen.csv").write_text("Dish,Price\nsoup,3\n")
    return tmp_path


def test_the_proposal_matches_what_it_can_and_tells_the_rest(authority: Path) -> None:
    proposal = propose_mapping(authority)
    pairs = {(r["table"], r["column"]): r["source_column"] for r in proposal.matched.to_dict("records")}
    assert pairs == {
        ("worker", "worker_id"): "Staff ref",
        ("worker", "role"): "Job role",
        ("worker", "fte"): "W.T.E.",
        ("worker", "sex"): "Gender",
        ("worker", "start_date"): "Date joined",
        ("contact", "contact_id"): "Visit ref",
        ("contact", "family_id"): "Case ref",
        ("contact", "worker_id"): "Staff ref",
        ("contact", "held_date"): "Visit date",
        ("contact", "mode"): "Method",
    }
    left = {(r["kind"], r["name"]) for r in proposal.unmatched.to_dict("records")}
    assert {
        ("source", "Canteen"),
        ("column", "Shoe size"),
        ("column", "Locum bank"),
        ("code", "Emergency Duty"),
    } <= left
    assert "Shoe size" in proposal.summary()
    assert "10 columns of 2 tables matched" in proposal.summary()


def test_the_proposal_loads_once_its_gaps_are_filled(authority: Path) -> None:
    proposal = propose_mapping(authority)
    mapping = parse_mapping(proposal.toml, "proposal")
    assert mapping.tables["worker"].drop == ("Surname",)
    assert '# TODO "Emergency Duty"' in proposal.toml
    assert not mapping.tables["worker"].codes.get("role"), "usual posts are read as they are"
    assert not mapping.tables["contact"].codes, "so are usual modes"
    file = authority / "map.toml"
    file.write_text(proposal.toml)
    with pytest.raises(ContractError, match=r"worker.role \[CODE-UNKNOWN\] 13 rows"):
        load_data(authority, file)
    filled = proposal.toml.replace('# TODO "Emergency Duty" = "..."', '"Emergency Duty" = "5"')
    filled = filled.replace("# TODO 1 more code", '"Principal of the Isle" = "4" #')
    file.write_text(filled)
    data = load_data(authority, file)
    assert data["worker"]["role"].value_counts().to_dict() == {"5": 41, "3": 12, "4": 2}
    assert data["contact"]["mode"].value_counts().to_dict() == {"home": 40, "video": 20}


def test_rare_codes_and_names_are_not_shown(authority: Path) -> None:
    proposal = propose_mapping(authority)
    shown = proposal.toml + proposal.summary() + proposal.unmatched.to_csv() + proposal.matched.to_csv()
    assert "Principal of the Isle" not in shown
    assert "1 more code, held by fewer than 10 rows" in proposal.toml
    assert "held-" not in shown


def test_a_column_with_many_values_shows_none(tmp_path: Path) -> None:
    rows = "".join(f"W{i},Post {i % 25}\n" for i in range(500))
    (tmp_path / "workers.csv").write_text("worker_id,role\n" + rows)
    proposal = propose_mapping(tmp_path)
    assert "Post 3" not in proposal.toml + proposal.summary()
    assert "more than 20 distinct values" in proposal.summary()


def test_a_column_of_codes_is_known_by_its_values(tmp_path: Path) -> None:
    modes = ["home", "office", "video", "phone"]
    rows = "".join(f"V{i},F{i},{modes[i % 4]}\n" for i in range(40))
    (tmp_path / "visits.csv").write_text("Visit ref,Case ref,Colour\n" + rows)
    matched = propose_mapping(tmp_path).matched.set_index("column")
    assert matched.loc["mode", ["source_column", "how"]].tolist() == ["Colour", "values"]


def test_odd_headers_are_quoted_safely(tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text('"Staff ref","W""TE\\x","FTE"\nA,1,1\n')
    proposal = propose_mapping(tmp_path)
    assert load_mapping(parse_mapping(proposal.toml, "p")).tables["worker"].columns["fte"] == ("FTE",)


def test_contract_names_need_no_mapping_but_get_one(tmp_path: Path) -> None:
    (tmp_path / "worker.csv").write_text("worker_id,fte,start_date\nA,1,2020-01-01\n")
    proposal = propose_mapping(tmp_path)
    (tmp_path / "map.toml").write_text(proposal.toml)
    assert load_data(tmp_path, tmp_path / "map.toml").hash == load_data(tmp_path).hash
    assert len(proposal.unmatched) == 0


def test_a_required_column_without_a_match_is_marked(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("contact_id,mode\nC1,home\n")
    proposal = propose_mapping(tmp_path)
    assert '# TODO family_id = "..."' in proposal.toml
    assert ("needed column", "family_id") in set(
        zip(proposal.unmatched["kind"], proposal.unmatched["name"], strict=True)
    )


def test_nothing_to_map(tmp_path: Path) -> None:
    (tmp_path / "return.xml").write_text("<Message/>")
    with pytest.raises(UnreadableError, match="XML-LAYOUT"):
        propose_mapping(tmp_path)


def test_a_new_spelling_near_a_known_one_is_proposed_and_another_asked(tmp_path: Path) -> None:
    modes = ["Telephne call"] * 12 + ["By pigeon"] * 12 + ["Zoom"] * 12
    rows = "".join(f"V{i},F{i},{mode}\n" for i, mode in enumerate(modes))
    (tmp_path / "visits.csv").write_text("Visit ref,Case ref,Contact method\n" + rows)
    proposal = propose_mapping(tmp_path)
    assert '"Telephne call" = "phone"  # GUESS' in proposal.toml
    assert '# TODO "By pigeon"' in proposal.toml and len(proposal.questions) == 1


def test_a_bad_file_stops_nothing_and_is_told(authority: Path) -> None:
    (authority / "Broken.xlsx").write_bytes(b"PK nothing")
    proposal = propose_mapping(authority)
    assert len(proposal.matched) >= 10
    left = proposal.unmatched.set_index("name")
    assert left.loc["Broken", "kind"] == "source" and "cannot be read" in left.loc["Broken", "why"]


def test_a_source_is_taken_for_what_the_user_says(authority: Path) -> None:
    before = propose_mapping(authority).unmatched.set_index("name").loc["Canteen"]
    assert len(before["nearest"].split(", ")) == 3 and "--as" in before["why"]
    proposal = propose_mapping(authority, tables={"Canteen.csv": "team"})
    assert "[tables.team]" in proposal.toml and '# TODO team_id = "..."' in proposal.toml
    assert proposal.questions
    with pytest.raises(UsageError, match="TABLE-UNKNOWN"):
        propose_mapping(authority, tables={"Canteen.csv": "teem"})


def test_two_workbooks_with_the_same_sheet_name(tmp_path: Path) -> None:
    import pandas as pd

    pd.DataFrame({"Staff ref": ["A", "B"], "WTE": [1, 0.5]}).to_excel(tmp_path / "Staff list.xlsx", index=False)
    log = {"Supervisee": ["A", "B"], "Date held": ["01/02/2024", "03/02/2024"], "Held via": ["Teams", "In person"]}
    pd.DataFrame(log).to_excel(tmp_path / "Supervision.xlsx", index=False)
    (tmp_path / "m.toml").write_text(propose_mapping(tmp_path).toml)
    data = load_data(tmp_path, tmp_path / "m.toml")
    assert data["supervision"]["mode"].tolist() == ["video", "in_person"] and len(data["worker"]) == 2


def test_front_door_contacts_are_no_meetings(tmp_path: Path) -> None:
    rows = "".join(f"{i},C{i},0{i % 9 + 1}/02/2024,Police\n" for i in range(30))
    (tmp_path / "contacts.csv").write_text("Contact ID,Child Unique ID,Date of Contact,Contact Source\n" + rows)
    assert "[tables.contact]" not in propose_mapping(tmp_path).toml


def test_every_item_that_the_toolkit_writes_is_known_by_its_id(tmp_path: Path) -> None:
    source = Path(__file__).resolve().parents[2] / "data" / "synthetic" / "small" / "survey.csv"
    header, *rows = source.read_text(encoding="utf-8").splitlines()
    (tmp_path / "survey.csv").write_text("\n".join([header, *rows[:150], ""]), encoding="utf-8")
    columns = header.split(",")
    proposal = propose_mapping(tmp_path)
    items = tomllib.loads(proposal.toml)["tables"]["survey"]["long"]
    assert set(columns) - set(items) == {"worker_id", "wave", "month"} and len(items) > 80
    assert all(item.endswith(f"/{column}") for column, item in items.items())
    (tmp_path / "mapping.toml").write_text(proposal.toml, encoding="utf-8")
    mapped = load_data(tmp_path, mapping=tmp_path / "mapping.toml")["survey"]
    assert len(mapped) == len(load_data(tmp_path)["survey"]) > 0


def test_the_family_of_a_visit_is_found_through_the_list_of_children(tmp_path: Path) -> None:
    """Visits are noted by child; the child's own number stood for the family, which no list of families has."""
    children = [f"{40000 + 7 * i},{900 + i // 2},F" for i in range(60)]
    visits = [f"{70001 + i},{40000 + 7 * (i % 62)},{i % 28 + 1:02d}/05/2024,Home visit" for i in range(124)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Children.csv").write_text("\n".join(["Child ID,Household,Gender", *children]))
    (tmp_path / "in" / "Visits.csv").write_text("\n".join(["Visit ID,Child ID,Visit date,How", *visits]))
    (tmp_path / "m.toml").write_text(propose_mapping(tmp_path / "in").toml)
    data = load_data(tmp_path / "in", tmp_path / "m.toml")
    contact, known = data["contact"], set(data["family"]["family_id"])
    listed = contact["child_id"].isin(data["child"]["child_id"])
    assert len(contact) == 124 and listed.sum() == 120
    assert contact["family_id"][listed].isin(known).all() and contact["family_id"][listed].nunique() == 30
    assert (contact["family_id"][~listed] == contact["child_id"][~listed]).all(), "a child in no list"
    notes = " ".join(n for s in data.provenance for n in s.notes)
    assert "120 of 124 values of family_id were translated through Children.csv; 4 were kept" in notes


def test_classifications_of_children_are_plans_where_they_name_one(tmp_path: Path) -> None:
    """One case system keeps plans in a list of all that a child is; it was taken for referrals."""
    said = ["Child in need", "Child protection plan", "Looked after child", "Two workers to visit"]
    rows = [
        f"{40000 + 7 * (i % 60)},{said[i % 4]},{i % 28 + 1:02d}/0{1 + i % 9}/2023,"
        + (f"{i % 28 + 1:02d}/0{1 + i % 9}/2024" if i % 3 else "")
        for i in range(160)
    ]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Classifications.csv").write_text(
        "\n".join(["Person ID,Classification,Start Date,End Date", *rows])
    )
    (tmp_path / "in" / "Persons.csv").write_text(
        "\n".join(["Person ID,Gender,Ethnicity", *(f"{40000 + 7 * i},Female,White British" for i in range(60))])
    )
    (tmp_path / "m.toml").write_text(propose_mapping(tmp_path / "in").toml)
    plans = load_data(tmp_path / "in", tmp_path / "m.toml")["plan_spell"]
    assert plans["plan"].value_counts().to_dict() == {"cin": 40, "cp": 40, "cla": 40}


def test_a_form_exported_whole_is_recognised_by_its_keys_and_days_wherever_they_stand(tmp_path: Path) -> None:
    """Every column of every table took part in every guess: 1,500 columns took minutes."""
    answers = {f"Section {i} outcome note {i % 7}": range(30) for i in range(400)}
    said = {"Employee No": [f"E{9000 + i}" for i in range(30)], "Start Date": ["01/04/2020"] * 30, "FTE": [1.0] * 30}
    pd.DataFrame(answers | said | {"Job Title": ["Social Worker"] * 30}).to_csv(tmp_path / "export.csv", index=False)
    begun = time.perf_counter()
    proposal = propose_mapping(tmp_path)
    assert time.perf_counter() - begun < 20
    found = set(zip(proposal.matched["table"], proposal.matched["column"], strict=True))
    assert {("worker", c) for c in ("worker_id", "start_date", "fte", "role")} <= found
