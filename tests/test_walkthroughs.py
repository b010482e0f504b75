"""The walk-throughs name places that are there, four at the most."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("\n## Walk-throughs\n")[2]
WALKS = {part.partition("\n")[0]: part.partition("\n")[2] for part in re.split(r"^### ", TEXT, flags=re.M)[1:]}


def test_each_kind_of_addition_is_walked_through() -> None:
    assert {w.rpartition(" ")[2] for w in WALKS} == {"metric", "instrument", "design", "lens", "layout"}


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_has_four_places_at_most_and_every_file_is_there(walk: str) -> None:
    text = WALKS[walk]
    assert 1 <= len(re.findall(r"^\d\. ", text, flags=re.M)) <= 4
    named = re.findall(r"(?:hybrid_toolkit|tests|docs)/[\w/<>.]+\w", text)
    gone = [n for n in named if "<" not in n and not (ROOT / n).exists()]
    gone += [n for n in named if "<" in n and not [*ROOT.glob(re.sub(r"<\w+>", "*", n))]]
    assert named and not gone, f"'{walk}' in CONTRIBUTING.md names what is not there: {gone}"
    assert re.search(r"`pytest [^`]+`", text), f"'{walk}' in CONTRIBUTING.md does not say which tests to run"


@pytest.mark.parametrize("walk", WALKS)
def test_every_name_it_gives_stands_in_the_file_it_gives(walk: str) -> None:
    pairs = re.findall(r"`([A-Z_]{3,})`\s+of\s+`((?:hybrid_toolkit|tests)/[\w/]+\.py)`", WALKS[walk])
    for name, file in pairs:
        assert re.search(rf"^{name}\b", (ROOT / file).read_text(encoding="utf-8"), flags=re.M), (name, file)
    assert pairs or "instrument" in walk
