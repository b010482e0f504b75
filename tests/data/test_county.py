"""A folder as an authority exports it: what a person would match is matched, and it loads without a question."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit import cli
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.propose_mapping import Proposal, propose_mapping

RIGHT: dict[str, dict[str, dict[str, str]]] = {
    "HR Establishment March 2025.xlsx": {
        "worker": {
            "worker_id": "Employee No",
            "role": "Post Title",
            "team_id": "Org Unit",
            "fte": "FTE",
            "start_date": "Start Date",
            "leave_date": "Leaving Date",
            "agency": "Agency",
            "reg_date": "Qualified Date",
            "sex": "Gender",
            "ethnicity": "Ethnic Origin",
        }
    },
    "Agile working return.csv": {
        "worker_month": {
            "worker_id": "Employee No",
            "month": "Month",
            "h_home": "Days at home",
            "h_office": "Days in office",
        }
    },
    "Mosaic Visits Extract 2022-25.csv": {
        "contact": {
            "contact_id": "Case Note ID",
            "family_id": "Mosaic ID",
            "worker_id": "Worker ID",
            "held_date": "Visit Date",
            "mode": "Contact Method",
            "mode_preferred": "Family Preferred Method",
            "engaged": "Family Engaged",
            "minutes": "Duration (mins)",
        }
    },
    "ssd_involvements.csv": {
        "allocation_spell": {
            "child_id": "invo_person_id",
            "worker_id": "invo_professional_id",
            "start_date": "invo_involvement_start_date",
            "end_date": "invo_involvement_end_date",
        }
    },
    "ssd_department.csv": {"team": {"team_id": "dept_team_id"}},
    "Annex A - List 6 CIN.xlsx": {
        "family": {"family_id": "Child Unique ID"},
        "access": {"family_id": "Child Unique ID", "devices": "Digital Access"},
    },
    "Supervision tracker.xlsx": {
        "supervision": {
            "worker_id": "Supervisee",
            "date": "Supervision Date",
            "mode": "Held via",
            "reflective": "Reflective?",
            "minutes": "Duration",
        }
    },
    "Sickness absence.csv": {
        "worker_month": {"worker_id": "Employee No", "month": "Absence Start", "sick_days": "Days Lost"}
    },
    "Staff wellbeing survey.xlsx": {
        "survey": {
            "worker_id": "Employee No",
            "wave": "Survey Date",
            "value:swemwbs/swemwbs_1": "I've been feeling optimistic about the future",
            "value:swemwbs/swemwbs_7": "I've been able to make up my own mind about things",
            "value:informal_learning/il_1": "I can easily ask a colleague for advice",
            "value:informal_learning/il_4": "Someone more experienced is around when I need them",
        }
    },
}
"""File -> table -> contract column -> source column, as the folder's own notes say."""
ALSO_RIGHT: dict[str, dict[str, tuple[str, ...]]] = {
    "contact": {
        "Mosaic ID": ("child_id",),
        "Visit Type": ("purpose",),
        "Child Seen": ("child_seen",),
        "Child Seen Alone": ("seen_alone",),
        "Date Recorded": ("recorded_date",),
    },
    "allocation_spell": {
        "invo_professional_role_id": ("role",),
        "invo_professional_team": ("team_id",),
        "invo_worker_change_reason": ("end_reason",),
    },
    "child": {
        "Child Unique ID": ("child_id",),
        "Gender": ("sex",),
        "Ethnicity": ("ethnicity",),
        "Does the Child have a Disability": ("disabled",),
    },
    "team": {"dept_team_name": ("service",)},
    "worker_month": {"invo_person_id": ("cases",)},
}
"""What a person would match too: the notes were taken down before these columns were in the contracts."""


def score(proposal: Proposal) -> tuple[float, float, list[tuple[str, str, str]]]:
    """Precision, recall and what was wrong, held to ``RIGHT``."""
    right = {(f, t, c): s for f, tables in RIGHT.items() for t, columns in tables.items() for c, s in columns.items()}
    hits, wrong = set(), []
    for row in proposal.matched.to_dict("records"):
        file = row["source"].split(", sheet")[0]
        table, column, header = row["table"], row["column"], row["source_column"]
        if right.get((file, table, column)) == header:
            hits.add((file, table, column))
        elif column in ALSO_RIGHT.get(table, {}).get(header, ()) or column.startswith("value:"):
            continue
        elif not (table == "access" and header == "Digital Access"):
            wrong.append((table, column, header))
    return len(hits) / (len(hits) + len(wrong)), len(hits) / len(right), wrong


@pytest.fixture(scope="module")
def county(extracts: Path) -> Path:
    return extracts / "county"


@pytest.fixture(scope="module")
def proposal(county: Path) -> Proposal:
    return propose_mapping(county)


def test_nearly_every_match_is_right_and_nearly_all_are_made(proposal: Proposal) -> None:
    precision, recall, wrong = score(proposal)
    assert precision >= 0.95 and recall >= 0.9, wrong
    assert len(proposal.questions) <= 3, proposal.questions


def test_it_loads_as_proposed_and_says_what_it_did(county: Path, proposal: Proposal, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(proposal.toml, encoding="utf-8")
    data = load_data(county, tmp_path / "map.toml")
    assert len(data["worker"]) == 200 and len(data["contact"]) == 40_000
    assert set(data["worker_month"]["worker_id"]) <= set(data["worker"]["worker_id"]), "staff numbers meet"
    assert set(data["worker"]["team_id"]) <= set(data["team"]["team_id"]), "names of teams lead to their keys"
    assert set(data["contact"]["family_id"]) <= set(data["family"]["family_id"])
    mode = data["contact"]["mode"].value_counts(dropna=False)
    assert mode.index.isin(["in_person", "home", "video", "phone", "remote", None, float("nan")]).all()
    assert data["contact"]["mode"].isna().sum() == 80 and data["contact"]["worker_id"].isna().sum() == 40
    assert data["contact"]["held_date"].isna().sum() == 60, "01/01/1900 is no date"
    assert data["contact"]["minutes"].max() == 90, "'1 hour' is an hour"
    assert data["survey"].groupby("instrument")["item"].nunique().to_dict() == {"informal_learning": 4, "swemwbs": 7}
    assert data["survey"]["wave"].nunique() == 6
    assert data["supervision"]["mode"].notna().all() and len(data["supervision"]) == 3161
    notes = {s.table: " ".join(s.notes) for s in data.provenance}
    assert "25 rows were left out that repeat another in full" in notes["contact"]
    assert "1 total row set aside: row 202" in notes["worker"]
    assert "295 rows were left out by 'Cancelled'" in notes["supervision"]
    assert "332 spells were spread over" in notes["worker_month"]


def test_cases_and_sick_days_by_month_are_what_the_spells_say(county: Path, proposal: Proposal, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(proposal.toml, encoding="utf-8")
    months = load_data(county, tmp_path / "map.toml")["worker_month"]
    spells = pd.read_csv(county / "ssd_involvements.csv", dtype=str)
    start = pd.to_datetime(spells["invo_involvement_start_date"])
    end = pd.to_datetime(spells["invo_involvement_end_date"])
    day = pd.Timestamp("2024-02-29")
    held = spells[(start <= day) & ~(end <= day)].groupby("invo_professional_id")["invo_person_id"].nunique()
    held.index = held.index.str.lstrip("0")
    here = months[months["month"].eq("2024-02-01")].set_index("worker_id")["cases"]
    assert len(here) > 60 and here.astype(int).equals(held.reindex(here.index).fillna(0).astype(int).rename("cases"))
    lost = pd.read_csv(county / "Sickness absence.csv")["Days Lost"].sum()
    assert 0.9 * lost < months["sick_days"].sum() <= lost


def test_the_command_says_what_it_did_and_takes_a_choice(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["map", str(county), "--out", str(tmp_path / "m.toml")]) == 0
    assert "look at these first" in capsys.readouterr().out
    assert cli.main(["validate", str(county), "--mapping", str(tmp_path / "m.toml")]) in (0, 1)
    assert cli.main(["map", str(county), "--as", "Nothing.csv=worker"]) == 2
    assert "SOURCE-UNKNOWN" in capsys.readouterr().err


@pytest.mark.parametrize("seed", [1, 29])
def test_other_seeds_of_the_folder(extracts: Path, seed: int, tmp_path: Path) -> None:
    maker = extracts.parent.parent / "tools" / "make_county.py"
    if not maker.is_file():
        pytest.skip("the maker of the folder is not here")
    subprocess.run([sys.executable, str(maker), str(tmp_path / "county"), str(seed)], check=True, capture_output=True)
    proposal = propose_mapping(tmp_path / "county")
    precision, recall, wrong = score(proposal)
    assert precision >= 0.95 and recall >= 0.9 and len(proposal.questions) <= 3, wrong
