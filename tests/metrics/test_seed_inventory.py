"""Every row of the inventory of the seeds is served, or listed as not served with the reason."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.assess import CHECKLISTS, load_checklist
from hybrid_toolkit.assess.checklist import Checklist
from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.metrics.instruments import instrument_ids
from hybrid_toolkit.metrics.people_and_groups import group_names
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from tools.questions_page import PAGE, page

ROOT = Path(__file__).resolve().parents[2]
SEEDS, SERVED = "seeds.csv", "seed_service.csv"
KINDS = {"metric", "instrument", "study", "function", "checklist", "page", "blank", "not_served"}
ANSWERS = ["metric", "instrument", "study", "function"]
"""Kinds that answer a question, in whole or in part; the others hold it, or say why nothing does."""
LEFT_OUT = re.compile(r"\b(not|no|nor|none|nothing|nobody|neither|never)\b")
"""The word without which a reading names nothing that is left out."""


@pytest.fixture(scope="module")
def served() -> pd.DataFrame:
    text = files("hybrid_toolkit.metrics") / SERVED
    return pd.read_csv(str(text), keep_default_na=False, dtype=str)


@pytest.fixture(scope="module")
def inventory() -> pd.DataFrame:
    """What the guidance behind the toolkit asks for, in this project's words: id, kind, what."""
    return pd.read_csv(str(files("hybrid_toolkit.data") / SEEDS), keep_default_na=False, dtype=str)


def test_the_inventory_is_complete(inventory: pd.DataFrame) -> None:
    assert inventory.columns.tolist() == ["id", "kind", "what"] and inventory["id"].is_unique
    assert inventory.ne("").all(axis=None) and inventory["id"].str.fullmatch(r"S[0-9]-[A-Za-z0-9.]+").all()


def test_every_row_of_the_inventory_is_listed_once(served: pd.DataFrame, inventory: pd.DataFrame) -> None:
    assert served["seed_id"].tolist() == inventory["id"].tolist(), (
        f"{SERVED} and {SEEDS} hold the same ids in one order"
    )


def test_every_seed_that_a_metric_names_is_in_the_inventory(inventory: pd.DataFrame) -> None:
    known = set(inventory["id"])
    odd = {(m.id, s) for m in REGISTRY.values() for s in m.source_questions if s not in known}
    assert not odd, f"metric and seed id; the id is not in hybrid_toolkit/data/{SEEDS} (naming one is optional)"


def test_what_is_named_is_there(served: pd.DataFrame) -> None:
    assert served["seed_id"].is_unique and set(served["kind"]) <= KINDS
    shipped = {s.name for s in files("hybrid_toolkit.study.shipped").iterdir()}
    for row in served.to_dict("records"):
        kind, refs = row["kind"], str(row["reference"]).split()
        if kind == "not_served":
            assert not refs and len(row["reading"]) > 10, row
            continue
        assert refs, row
        for ref in refs:
            if kind == "metric":
                assert REGISTRY[ref].computed, row
            elif kind == "instrument":
                assert ref in instrument_ids(), row
            elif kind == "study":
                assert f"{ref}.toml" in shipped, row
            elif kind == "function":
                module, _, name = ref.rpartition(".")
                assert callable(getattr(import_module(module), name)), row
            else:
                assert (ROOT / ref).exists(), row
        if row["note"]:
            assert kind == "metric" and row["note"].startswith("by="), row
            assert row["note"].removeprefix("by=") in group_names(), row


def test_a_row_that_is_answered_in_part_says_what_is_missing(served: pd.DataFrame) -> None:
    """ "Measured" stood beside a question when the measure was one of four parts of a mean, or of other people."""
    answers = served["kind"].isin(ANSWERS)
    assert served.loc[answers, "covers"].isin(["whole", "part"]).all() and served.loc[~answers, "covers"].eq("").all()
    left_out = served["reading"].str.contains(LEFT_OUT.pattern.replace("(", "(?:"))
    part, whole = served["covers"].eq("part"), served["covers"].eq("whole") & served["kind"].eq("metric")
    assert served.loc[part & ~left_out, "seed_id"].tolist() == [], "answered in part: say what is not"
    assert served.loc[whole & left_out, "seed_id"].tolist() == [], "names what is left out: so answered in part"


def test_a_split_that_a_row_names_can_be_made(served: pd.DataFrame) -> None:
    """A row said "the alliance, by mode of contact": an alliance has no mode."""
    data = ht.simulate_authority("null", "small", 4, instruments=["loneliness", "loneliness_direct", "edmondson"])
    said = served["reading"].str.contains(r"\bby (?:mode|role|caring|agency|disability|lives_alone|career stage)\b")
    assert served["note"].ne("").eq(said & served["kind"].eq("metric")).all(), "a split that is told is in the note"
    for row in served[served["note"].ne("")].to_dict("records"):
        for metric in str(row["reference"]).split():
            assert len(ht.measure(data, metric, by=str(row["note"]).removeprefix("by="))) > 1, (row["seed_id"], metric)


def test_a_page_says_of_what_group_a_figure_has_to_be(served: pd.DataFrame) -> None:
    """Parents and carers, and line managers, stood beside a figure of everyone that did not say so."""
    notes = served.set_index("seed_id")["note"].str.removeprefix("by=")
    names = sorted(set(CHECKLISTS) - {"supervision"})
    items = [i for n in names for i in load_checklist(n).items if i.id in notes.index]
    assert {i.id: i.by for i in items if i.by} == {i.id: notes[i.id] for i in items if notes[i.id]}
    assert all(f"split it by {i.by.replace('_', ' ')}" in i.note for i in items if i.by)


def test_a_group_is_answered_by_a_split(served: pd.DataFrame, inventory: pd.DataFrame) -> None:
    groups = inventory.loc[inventory["kind"].eq("group"), "id"]
    rows = served[served["seed_id"].isin(groups) & served["kind"].eq("metric")]
    assert len(rows) > 3 and rows["note"].str.startswith("by=").all(), "wellbeing of everyone is not of a group"


def test_a_statement_is_not_answered_by_a_share_of_fifteen(served: pd.DataFrame, inventory: pd.DataFrame) -> None:
    """Each statement was served by the shares of answers pooled over all, which say nothing of any one of them."""
    pooled = {s.id for s in load_instrument("sword_remote").scales}
    lone = set(inventory.loc[inventory["kind"].eq("SWORD statement"), "id"])
    rows = served[served["seed_id"].isin(lone)]
    assert len(rows) == 15 and rows["kind"].eq("instrument").all() and rows["reference"].eq("sword_remote").all()
    assert {f"sword_{s.removeprefix('S3-').lower()}" for s in lone} == set(load_instrument("sword_remote").item_ids)
    whole_survey = {"S0-C4.2"}  # whether the service would know: all of them together say so
    others = served[~served["seed_id"].isin(whole_survey)]
    assert not [s for r, s in zip(others["reference"], others["seed_id"], strict=True) if pooled & set(r.split())]


def test_the_catalogue_says_what_the_table_says(served: pd.DataFrame) -> None:
    """Each metric names the questions whose row lists it, and no other."""
    for m in REGISTRY.values():
        rows = served[served["kind"].eq("metric") & served["reference"].str.split().map(lambda r, i=m.id: i in r)]
        assert m.own or list(m.source_questions) == rows["seed_id"].tolist(), m.id


def test_every_row_was_read_again_and_says_why(served: pd.DataFrame) -> None:
    assert served["reading"].str.len().between(8, 160).all() and not served["reading"].str.endswith(".").any()
    own = served[served["kind"].eq("metric")]
    wrong = {
        "S3-X6": "cbi_personal",  # aches are not burnout
        "S1-R9": "broadband_adequate_share",  # an old case system is not home broadband
        "S1-S6": "early_career_share",  # what leaders understand is not how many are new
        "S3-X5": "sick_days_per_month",  # days off are not days worked while unwell
    }
    wrong |= {
        "S0-X5": "exclusion_penalty_raw",  # channels among colleagues are not those of families
        "S1-L8": "skill",  # how practice is organised is not how skilled a meeting is
        "S1-G3": "access_count",  # how young people live online is not what a household lacks
        "S0-D2": "split_day_share",  # where a day is spent is not which hours are contracted
        "S3-N1": "preference_gap",  # how far wish and place lie apart is not who wishes
        "S3-Q2": "preference_gap",
        "S0-C1.4": "approval_ratio",  # what is agreed is not how easily the way to ask is found
        "S0-C3.2": "supervision_held_share",  # supervision of workers is no support of managers
        "S0-C4.3": "hse_manager_support",
        "S3-A3": "arrangement_formality",  # an arrangement of one worker is no agreement of a team
        "S3-A8": "safety",  # safe to speak up is not trusted when apart
        "S3-LQ6": "hse_manager_support",  # support is not knowing where it is
        "S3-OQ7": "cbi_client",  # burnout is no approach to practice
        "S1-P4": "preference_gap",
        "S0-U4": "alliance",  # who takes part in a self-assessment is not how a parent and a worker get on
        "S0-C2.2": "co_presence_recorded",  # to be there together is not to know one another
        "S0-C7.4": "access_count",  # what a household lacks is not the help it gets
        "S3-OQ5": "access_count",
        "S0-C8.3": "cases_per_holder",  # cases held are load: neither an outcome nor work done
        "S0-B1": "cases_per_holder",
        "S1-M1": "cases_per_holder",
        "S1-L5": "cases_per_holder",
        "S3-B2": "cases_per_holder",
        "S0-C8e4": "exclusion_penalty_raw",  # engagement is not what a family has at home
        "S0-X4": "often_lonely",  # lonely in life is not cut off from the team
        "S3-N8": "back_to_back_share",  # a quarter of an hour between meetings is not a pause of two minutes
    }
    beside = {
        "S0-C1.3": "approval_ratio",  # what is agreed is not whether there is a process
        "S0-C2.1": "arrangement_formality",  # a review that is set is not one that a change of staff leads to
    }
    for seed, metric in {**wrong, **beside}.items():
        row = own[own["seed_id"].eq(seed)]
        assert row.empty or metric not in row["reference"].item().split(), seed
        for name in CHECKLISTS if seed in wrong else ():
            found = [i for i in load_checklist(name).items if i.id == seed]
            assert not any(metric in i.metrics for i in found), (name, seed)


NAMED_CLASSES = {
    "blank": "printed blank on purpose; never typed in, scored or stored",
    "statement": "a statement of its own in the survey, wording with its owner; the Wellbeing page shows the answers "
    "to each",
    "own study": "a fact about the source's own study, nothing to measure",
    "scale": "the scale of that name",
}
"""Reasons that are true of a whole class of rows, word for word."""
MOST_ROWS = 4
"""A reason that more rows share says nothing of each: "no number stands for it" stood beside 117 of them."""


def test_a_reason_is_of_its_row_and_not_of_many(served: pd.DataFrame) -> None:
    reasons = served.loc[~served["reading"].isin(NAMED_CLASSES.values()), "reading"]
    assert reasons.value_counts().max() <= MOST_ROWS
    # nor of many under other first words: the same ending after a comma or semicolon
    ends = reasons.str.rsplit("; ", n=1).str[-1]
    assert ends[ends.ne(reasons)].value_counts().max() <= MOST_ROWS
    assert not served["reading"].str.contains("no number stands").any()


def test_what_stands_beside_a_statement_is_what_its_reason_names(served: pd.DataFrame) -> None:
    """A row that no metric answers may show a related measure: its reason says so, or it shows none. Seven
    rows did not say so, three of them "nothing measures it"."""
    told = served.set_index("seed_id")
    names = sorted(set(CHECKLISTS) - {"statements", "supervision"})
    items = [i for n in names for i in load_checklist(n).items if i.id in told.index]
    shown = {i.id: bool(i.metrics) for i in items if told.loc[i.id, "kind"] != "metric"}
    says = {i: any(f"{verb} beside it" in told.loc[i, "reading"] for verb in ("stand", "stands")) for i in shown}
    assert says == shown


def _answered(listed: Checklist) -> set[str]:
    """Ids of what people answer or tick on a checklist: items with a scale, what they stand for, their sections."""
    items = [i for i in listed.items if i.scale]
    parts = {p.id for p in listed.parts if any(i.scale for i in p.items)}
    return {i.id for i in items} | {s for i in items for s in i.seeds} | parts


def test_a_row_is_on_its_page_as_it_says(served: pd.DataFrame) -> None:
    """Nine rows that stand in a text above the questions were "answered or ticked"; five that are told above the
    questions of the sheet of signs were "printed blank"."""
    for row in served[served["kind"].isin(["checklist", "page", "blank"])].to_dict("records"):
        listed = load_checklist(Path(str(row["reference"])).stem)
        here = row["seed_id"] in _answered(listed)
        assert here == (row["kind"] == "checklist"), row
        blank = not listed.stored and row["seed_id"] in {i.id for i in listed.items}
        assert blank == (row["kind"] == "blank"), row


@pytest.mark.parametrize("name", sorted(set(CHECKLISTS) - {"statements", "supervision"}))
def test_a_checklist_shows_beside_a_statement_what_serves_it(served: pd.DataFrame, name: str) -> None:
    """An old case system stood beside home broadband, and work while unwell beside days off, long after both were
    mended in the table. The statements of SWORD are asked themselves, and the questions for supervision are our own;
    beside them stand other measures."""
    serves = served[served["kind"].eq("metric")].set_index("seed_id")["reference"].str.split()
    served_here = [i for i in load_checklist(name).items if i.id in serves]
    odd = {i.id: set(i.metrics) - set(serves[i.id]) for i in served_here}
    assert not {i: found for i, found in odd.items() if found}
    assert not [i.id for i in served_here if not i.metrics], "the page says that nothing measures it"


def test_the_page_of_questions_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tools.questions_page"
