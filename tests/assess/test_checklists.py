"""The checklists hold every item of the sources, once, with metrics that exist and no wording of the sources."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.assess import CHECKLISTS, load_checklist
from hybrid_toolkit.assess.checklist import parse_checklist, scales
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.specs.registry import REGISTRY

SHARED = Path(__file__).resolve().parents[3] / "shared"
SEEDS = ("self_assessment_dfe_2025.txt", "nwag_hybrid_digital_2025.txt", "wellbeing_remotely_2021.txt")
RUN = 6
"""Words in a row that a paraphrase does not share with its source by chance."""


def test_counts_are_those_of_the_sources() -> None:
    nine, share = load_checklist("conditions"), load_checklist("share")
    assert [len(p.items) for p in nine.parts] == [4, 3, 3, 3, 6, 2, 4, 4, 3]
    sides = [i.side for i in share.items]
    assert (sides.count("employer"), sides.count("employee"), sides.count("")) == (21, 13, 2)
    by_step = [
        (sum(i.side == "employer" for i in p.items), sum(i.side == "employee" for i in p.items)) for p in share.parts
    ]
    assert by_step[1:] == [(4, 3), (8, 4), (4, 3), (4, 2), (1, 1)]
    assert [len(p.items) for p in load_checklist("return_tests").parts] == [3, 7]
    assert [len(p.items) for p in load_checklist("risk").parts] == [7, 6, 9]
    assert [len(p.items) for p in load_checklist("questions").parts] == [7, 7]
    assert len(load_checklist("actions").items) == 22
    assert (len(load_checklist("wellness").items), len(load_checklist("signs").part("S3-Z").items)) == (6, 9)


@pytest.mark.parametrize("name", CHECKLISTS)
def test_metrics_and_conditions_exist(name: str) -> None:
    conditions = {p.id for p in load_checklist("conditions").parts}
    for part in load_checklist(name).parts:
        for metric in (*part.metrics, *(m for i in part.items for m in i.metrics)):
            assert REGISTRY[metric].computed, metric
        assert {c for i in part.items for c in i.conditions} <= conditions
        assert all(i.scale in scales() for i in part.items if i.scale)


def test_what_the_table_says_a_checklist_serves_it_holds() -> None:
    table = pd.read_csv(str(files("hybrid_toolkit.metrics") / "seed_service.csv"), dtype=str, keep_default_na=False)
    here = table[table["reference"].str.contains("assess/checklists")]
    assert len(here) == table["kind"].isin(["checklist", "blank", "page"]).sum() > 100
    for row in here.to_dict("records"):
        assert row["seed_id"] in load_checklist(Path(row["reference"]).stem).source_questions, row


def test_ids_are_those_of_the_inventory() -> None:
    path = SHARED / "design/seed_inventory.csv"
    if not path.exists():
        pytest.skip("the inventory of the seeds is not part of the repository")
    known = set(pd.read_csv(path)["id"])
    own = re.compile(r"EIA.*|S1-T\d\.[a-e]|S\d-[A-Z]+\d?")  # our own items, and the names of sections
    for name in CHECKLISTS:
        strange = [s for s in load_checklist(name).source_questions if s not in known and not own.fullmatch(s)]
        assert not strange, (name, strange)


def test_no_text_names_a_source_by_an_id_that_a_reader_cannot_know() -> None:
    for name in CHECKLISTS:
        listed = load_checklist(name)
        texts = [listed.title, listed.about, listed.why, listed.source]
        texts += [t for p in listed.parts for t in (p.title, p.about)] + [
            t for i in listed.items for t in (i.text, i.note)
        ]
        assert not [t for t in texts if re.search(r"\bS\d\b", t)], name
        assert len(listed.source) > 40, f"{name} names its source in words"


def test_no_wording_of_the_sources_is_shipped() -> None:
    if not (SHARED / "seeds").exists():
        pytest.skip("the seeds are not part of the repository")
    source = " ".join(_words((SHARED / "seeds" / s).read_text(encoding="utf-8")) for s in SEEDS)
    for name in CHECKLISTS:
        listed = load_checklist(name)
        texts = [i.text for i in listed.items] + [p.about for p in listed.parts] + [listed.about, listed.why]
        for text in texts:
            words = _words(text).split()
            runs = (" ".join(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1)))
            copied = [r for r in runs if len(r.split()) == RUN and f" {r} " in source]
            assert not copied, (name, copied)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9’']+", text.lower()))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("title =", "titel ="), "unknown key"),
        (('id = "S3-K2"', 'id = "S3-K1"'), "stands twice"),
        (('scale = "test"', 'scale = "tests"'), "scale does not exist"),
    ],
)
def test_a_broken_file_is_refused(change: tuple[str, str], words: str) -> None:
    text = (files("hybrid_toolkit.assess") / "checklists" / "return_tests.toml").read_text(encoding="utf-8")
    with pytest.raises((UsageError, KeyError), match=words):
        parse_checklist(text.replace(*change, 1))


def test_an_unknown_checklist_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="conditions, share"):
        load_checklist("nine")
