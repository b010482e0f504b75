"""Folders of other vendors: nearly every match right, nearly all made, and loaded as proposed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.known.codes import known_code
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.propose_mapping import Proposal, propose_mapping
from hybrid_toolkit.data.tables.contracts import TABLES


def _beside(name: str) -> ModuleType:
    """A module that stands beside this one; tests are not a package."""
    spec = importlib.util.spec_from_file_location(f"tests_data_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


VENDORS = {n: getattr(_beside("vendors_third"), n) for n in ("oracle_condeco", "eclipse_payroll")}
VENDORS |= {n: getattr(_beside("vendors_fourth"), n) for n in ("us_report_server", "ods_and_xml")}
VENDORS |= _beside("vendors_fifth").VENDORS | _beside("vendors_by_lines").VENDORS | _beside("vendors_exports").VENDORS
VENDORS |= _beside("vendors_sixth").VENDORS | _beside("vendors_seventh").VENDORS


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, object, Proposal]]:
    """A vendor's folder with its right matches and what is proposed, made once for all tests of it."""
    kept: dict[str, tuple[Path, object, Proposal]] = {}

    def of(name: str) -> tuple[Path, object, Proposal]:
        if name not in kept:
            folder = tmp_path_factory.mktemp(name)
            (folder / "in").mkdir()
            made = VENDORS[name](folder / "in")
            kept[name] = (folder, made, propose_mapping(folder / "in"))
            (folder / "m.toml").write_text(kept[name][2].toml, encoding="utf-8")
        return kept[name]

    return of


def score(proposal: Proposal, made: object) -> tuple[float, float, list[object], list[object]]:
    right = {(f, t, c): s for f, pairs in made.right.items() for (t, c), s in pairs.items()}  # type: ignore[attr-defined]
    hits, wrong = set(), []
    for row in proposal.matched.to_dict("records"):
        named = row["source"].replace(", sheet '", ", ").rstrip("'") if ".ods" in row["source"] else row["source"]
        place = (named.split(", sheet")[0], row["table"], row["column"])
        if right.get(place) == row["source_column"]:
            hits.add(place)
        elif place[1] == "team" and right.get((place[0], "worker", "team_id")) == row["source_column"]:
            continue  # teams of the staff list, where there is no list of them
        elif place[1:] not in made.besides:  # type: ignore[attr-defined]
            wrong.append((*place, row["source_column"]))
    return len(hits) / max(len(hits) + len(wrong), 1), len(hits) / len(right), wrong, sorted(set(right) - hits)


@pytest.mark.parametrize("name", VENDORS)
def test_matches_are_right_and_complete(name: str, proposed: Callable[[str], tuple[Path, object, Proposal]]) -> None:
    _, made, proposal = proposed(name)
    precision, recall, wrong, lacking = score(proposal, made)
    assert precision >= 0.95 and recall >= 0.9, (precision, recall, wrong, lacking)
    assert len(proposal.questions) <= 3, proposal.questions


@pytest.mark.parametrize("name", VENDORS)
def test_a_proposal_without_questions_loads(
    name: str, proposed: Callable[[str], tuple[Path, object, Proposal]]
) -> None:
    folder, _, proposal = proposed(name)
    assert not proposal.questions
    data = load_data(folder / "in", folder / "m.toml")
    for table in data:
        if table not in ("worker", "team") and "worker_id" in data[table] and "worker" in data:
            met = data[table]["worker_id"].dropna().isin(set(data["worker"]["worker_id"]))
            assert met.mean() > 0.9, table


def _loaded(name: str, folder: Path) -> tuple[EvaluationData, str]:
    (folder / "in").mkdir()
    VENDORS[name](folder / "in")
    (folder / "m.toml").write_text(propose_mapping(folder / "in").toml, encoding="utf-8")
    data = load_data(folder / "in", folder / "m.toml")
    return data, " ".join(n for s in data.provenance for n in s.notes)


def test_staff_in_other_posts_and_all_that_is_said_of_them_are_left_out(tmp_path: Path) -> None:
    data, notes = _loaded("oracle_condeco", tmp_path)
    staff = pd.read_excel(tmp_path / "in" / "Staff in post - Oracle.xlsx", engine="calamine")
    social = staff[staff["Job"].ne("Business Support Officer")]["Person Number"].astype(str)
    assert set(data["worker"]["worker_id"]) == set(social) and len(social) < len(staff)
    assert (
        "of staff in other posts were left out" in notes and "of staff in other posts stand without a worker" in notes
    )
    bookings = pd.read_csv(tmp_path / "in" / "Condeco desk usage.csv", dtype=str)
    bookings = bookings[bookings["Status"].eq("Checked in") & bookings["Username"].isin(social)]
    halves = bookings["Session"].map({"AM": 1, "PM": 1, "All day": 2}).sum()
    assert len(data["attendance_day"]) == halves, "a whole day is two halves, and who did not come was not there"
    visits = pd.read_csv(tmp_path / "in" / "LCS_Visits_Report.csv", skiprows=3, encoding="cp1252", dtype=str)
    assert len(data["contact"]) == visits["Event Date"].notna().sum(), "a visit stays, whoever made it"
    assert data["plan_spell"]["plan"].eq("cp").all()
    absent = pd.read_excel(tmp_path / "in" / "Absence ESR.xlsx", skiprows=3, engine="calamine")
    ill = absent["Absence Category"].eq("Sickness") & absent["Employee Number"].astype(str).isin(social)
    assert 0.7 * absent.loc[ill, "FTE Days Lost"].sum() < data["worker_month"]["sick_days"].sum()
    assert data["worker_month"]["sick_days"].sum() <= absent.loc[ill, "FTE Days Lost"].sum()


def test_ages_in_bands_of_others_are_read_where_they_lie_in_one_and_else_left_out_with_a_word(tmp_path: Path) -> None:
    data, _ = _loaded("responsibility", tmp_path)
    assert set(data["child"]["age_band"]) == {"0", "1-4", "5-9", "10-15", "16-17"}
    assert data["worker"]["age_band"].isna().all() and data["worker"]["leave_date"].notna().any()
    assert len(data["allocation_spell"]) > 100 and set(data["arrangement_spell"]["type"]) == {"contractual", "informal"}


def test_what_a_report_program_did_to_a_column_is_no_part_of_its_name(tmp_path: Path) -> None:
    data, _ = _loaded("summed_up", tmp_path)
    assert data["worker"]["start_date"].notna().all() and data["worker"]["leave_date"].notna().any()
    assert len(data["allocation_spell"]) == 130, "the flag says who holds the case"
    assert sorted(data["worker_month"]["month"].dt.strftime("%Y-%m").unique()) == [
        "2024-09",
        "2024-10",
        "2024-11",
        "2025-01",
    ]
    assert data["arrangement_spell"]["requested_rs"].round(3).value_counts().to_dict() == {0.2: 20, 0.4: 20, 0.6: 20}
    assert set(data["arrangement_spell"]["type"]) == {"contractual", "informal"}
    assert set(data["contact"]["purpose"]) == {"statutory_cp", "statutory_cin", "statutory_cla"}


def test_days_of_visits_below_weeks_are_visits(tmp_path: Path) -> None:
    data, _ = _loaded("trackers", tmp_path)
    visits = data["contact"]
    assert len(visits) == 480 and visits["held_date"].notna().all() and visits["contact_id"].is_unique
    assert visits["child_id"].nunique() == 80 and visits["worker_id"].nunique() == 30
    assert set(data["attendance_day"]["site_id"]) == {"home", "office"}
    assert data["worker_month"]["h_home"].sum() > 0


def test_a_day_with_its_weekday_and_a_month_in_full_are_days(tmp_path: Path) -> None:
    data, _ = _loaded("weekdays", tmp_path)
    assert len(data["worker"]) == 60, "the row that counts the staff is nobody"
    assert data["contact"]["held_date"].notna().all() and data["allocation_spell"]["end_date"].notna().any()
    assert sorted(data["worker_month"]["month"].dt.month.unique()) == [4, 5, 6, 7]
    assert set(data["worker"]["role"]) == {"3", "4", "5"}
    assert set(data["allocation_spell"]["end_reason"].dropna()) == {"left"}, "a case that closed changed no worker"


def test_a_way_to_meet_written_in_a_phrase_is_read_where_it_names_one(tmp_path: Path) -> None:
    data, _ = _loaded("eclipse_payroll", tmp_path)
    assert set(data["contact"]["mode"]) == {"in_person", "video", "phone", "message"}
    assert set(data["contact"]["mode_preferred"].dropna()) == {"in_person", "video"}
    assert data["contact"]["seen_alone"].isna().mean() > 0.2 and data["contact"]["seen_alone"].notna().mean() > 0.5
    assert set(data["team"]["service"]) == {"assessment", "cin_cp", "cla", "care_leavers"}
    mode = TABLES["contact"]["mode"]
    said = [
        "Held by phone",
        "Teams or phone",
        "Not face to face",
        "Failed home visit",
        "Zoom video call",
        "Seen at school",
    ]
    assert [known_code(mode, s) for s in said] == ["phone", None, None, None, "video", "community"]


def test_a_list_is_known_by_the_key_that_others_repeat(tmp_path: Path) -> None:
    """No word of "Zq" says whose numbers these are; that each stands once here and often there does."""
    staff = [f"{7000 + 13 * i}" for i in range(40)]
    roles = ["Social Worker", "Team Manager"] * 20
    pd.DataFrame({"Zq": staff, "Job title": roles, "FTE": 1.0, "Start date": "01/04/2020"}).to_csv(
        tmp_path / "extract 1.csv", index=False
    )
    days = [f"{d:02d}/05/2024" for d in range(1, 29)] * 5
    for name in ("extract 2.csv", "extract 3.csv"):
        many = [staff[i % 40] for i in range(140)]
        pd.DataFrame({"Zq": many, "Supervision date": days, "Reflective?": ["Yes", "No"] * 70}).to_csv(
            tmp_path / name, index=False
        )
    matched = propose_mapping(tmp_path).matched.to_dict("records")
    keys = {(r["table"], r["source_column"]) for r in matched if r["column"] == "worker_id"}
    assert keys == {("worker", "Zq"), ("supervision", "Zq")}


def test_a_code_before_what_it_means_is_read() -> None:
    role, seen = TABLES["allocation_spell"]["role"], TABLES["contact"]["child_seen"]
    assert known_code(role, "CH - Case holder") == "case_holder" and known_code(seen, "0 - No") == "false"


def test_no_answer_is_a_filler_date() -> None:
    """ "0 - No" began with what stands for no date, so that half of a column of answers passed for days."""
    from hybrid_toolkit.data.matching.profile import Profile

    answers = Profile("Seen", pd.Series(["0 - No", "1 - Yes"] * 20, dtype="str"))
    assert answers.dates == 0
