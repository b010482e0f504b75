"""Folders of other vendors: nearly every match right, nearly all made, and loaded as proposed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.propose_mapping import Proposal, propose_mapping


def _beside(name: str) -> ModuleType:
    """A module that stands beside this one; tests are not a package."""
    spec = importlib.util.spec_from_file_location(f"tests_data_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


VENDORS = dict(_beside("vendors").VENDORS)
VENDORS |= {n: getattr(_beside("vendors_more"), n) for n in ("esr_caredirector", "program_extracts")}


def score(proposal: Proposal, made: object) -> tuple[float, float, list[object], list[object]]:
    right = {(f, t, c): s for f, pairs in made.right.items() for (t, c), s in pairs.items()}  # type: ignore[attr-defined]
    hits, wrong = set(), []
    for row in proposal.matched.to_dict("records"):
        place = (row["source"].split(", sheet")[0], row["table"], row["column"])
        if right.get(place) == row["source_column"]:
            hits.add(place)
        elif place[1:] not in made.besides:  # type: ignore[attr-defined]
            wrong.append((*place, row["source_column"]))
    return len(hits) / max(len(hits) + len(wrong), 1), len(hits) / len(right), wrong, sorted(set(right) - hits)


@pytest.mark.parametrize("name", VENDORS)
def test_matches_are_right_and_complete(name: str, tmp_path: Path) -> None:
    made = VENDORS[name](tmp_path)
    proposal = propose_mapping(tmp_path)
    precision, recall, wrong, lacking = score(proposal, made)
    assert precision >= 0.9 and recall >= 0.9, (precision, recall, wrong, lacking)
    assert len(proposal.questions) <= 3, proposal.questions


@pytest.mark.parametrize("name", VENDORS)
def test_a_proposal_without_questions_loads(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    VENDORS[name](tmp_path / "in")
    proposal = propose_mapping(tmp_path / "in")
    (tmp_path / "m.toml").write_text(proposal.toml, encoding="utf-8")
    assert not proposal.questions
    data = load_data(tmp_path / "in", tmp_path / "m.toml")
    for table in data:
        if table not in ("worker", "team") and "worker_id" in data[table] and "worker" in data:
            met = data[table]["worker_id"].dropna().isin(set(data["worker"]["worker_id"]))
            assert met.mean() > 0.9, table
