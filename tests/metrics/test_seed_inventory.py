"""Every row of the inventory of the seeds is served, or listed as not served with the reason."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.assess import CHECKLISTS, load_checklist
from hybrid_toolkit.metrics.instruments import instrument_ids
from hybrid_toolkit.metrics.people_and_groups import group_names
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.synth.truth import Truth
from tools.questions_page import PAGE, page

ROOT = Path(__file__).resolve().parents[2]
SEEDS, SERVED = "seeds.csv", "seed_service.csv"
KINDS = {"metric", "instrument", "checklist", "scenario_parameter", "page", "blank", "function", "not_served"}


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
    parameters = {f.name for f in fields(Truth)}
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
            elif kind == "scenario_parameter":
                assert ref in parameters, row
            elif kind == "function":
                module, _, name = ref.rpartition(".")
                assert callable(getattr(import_module(module), name)), row
            else:
                assert (ROOT / ref).exists(), row
        if row["note"].startswith("by="):
            assert row["note"].removeprefix("by=") in group_names(), row


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
    }
    for seed, metric in wrong.items():
        row = own[own["seed_id"].eq(seed)]
        assert row.empty or metric not in row["reference"].item().split(), seed
        for name in CHECKLISTS:
            found = [i for i in load_checklist(name).items if i.id == seed]
            assert not any(metric in i.metrics for i in found), (name, seed)


NAMED_CLASSES = {
    "blank": "printed blank on purpose; never typed in, scored or stored",
    "statement": "one of fifteen statements, by band; its wording is held by its owner",
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
    """A row that nothing measures may show a related measure: its reason says so, or it shows none."""
    told = served.set_index("seed_id")
    names = sorted(set(CHECKLISTS) - {"statements", "supervision"})
    items = [i for n in names for i in load_checklist(n).items if i.id in told.index]
    shown = {i.id: bool(i.metrics) for i in items if told.loc[i.id, "kind"] == "checklist"}
    says = {i: any(f"{verb} beside it" in told.loc[i, "reading"] for verb in ("stand", "stands")) for i in shown}
    assert says == shown


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
