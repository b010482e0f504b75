"""What is written is whole, says that it is synthetic, and is the same every time."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.errors import OutputError, UsageError
from hybrid_toolkit.synth.committed import load_synthetic, synthetic_folder
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.truth import Truth
from hybrid_toolkit.synth.write import file_hash, write_authority, write_large
from tools.make_synthetic import make

COMMITTED = Path(__file__).resolve().parents[2] / "data" / "synthetic"
PAIR = Size("pair", 2, 5, 6.0, 12, 0)


@pytest.fixture(scope="module")
def pair() -> EvaluationData:
    return simulate_authority("null", PAIR, 6)


def test_the_committed_data_are_what_the_tool_writes(tmp_path: Path) -> None:
    make(tmp_path)
    made = {p.relative_to(tmp_path): p.read_bytes() for p in sorted(tmp_path.rglob("*")) if p.is_file()}
    kept = {p.relative_to(COMMITTED): p.read_bytes() for p in sorted(COMMITTED.rglob("*.*")) if p.name != "README.md"}
    assert list(made) == list(kept)
    assert [name for name in made if made[name] != kept[name]] == [], "run: python -m tools.make_synthetic"
    # A clone, a wheel and a reader carry these files: 5 MB in all and 2 MB a file, so that a spreadsheet opens each.
    small = {n: len(content) for n, content in kept.items() if n.parts[0] == "small"}
    assert sum(small.values()) < 5_000_000 and max(small.values()) < 2_000_000
    assert not [n for n, content in kept.items() if b"\r" in content]


@pytest.mark.parametrize("name", ["small", "national-panel"])
def test_committed_data_load(name: str) -> None:
    data = load_synthetic(name)
    manifest = json.loads((COMMITTED / name / "manifest.json").read_text())
    assert data.synthetic and data.label == manifest["label"]
    assert data.hash == manifest["content_sha256"]
    assert {f"{n}.csv": len(f) for n, f in data.tables.items()} == {n: e["rows"] for n, e in manifest["files"].items()}
    for file, entry in manifest["files"].items():
        assert file_hash(COMMITTED / name / file) == entry["sha256"]
    truth = json.loads((COMMITTED / name / "truth.json").read_text())
    assert truth["synthetic"] is True and Truth.from_dict(truth["parameters"]) == scenario("helpful-hump")


def test_files_say_the_same_in_few_characters(tmp_path: Path, pair: EvaluationData) -> None:
    """A change of how files are written is no change of what they say: each table comes back, row by row but survey."""
    data = simulate_authority("helpful-hump", Size("one", 1, 3, 5.0, 8, 2), 4)
    for n, made in enumerate((data, pair)):
        folder = write_authority(made, scenario("null"), tmp_path / str(n), seed=4, size="small")
        back = load_data(folder)
        for name in made:
            said, read = made[name], back[name]
            if name == "survey":
                by = ["worker_id", "wave", "instrument", "item"]
                said, read = (f.sort_values(by, ignore_index=True) for f in (said, read))
            pd.testing.assert_frame_equal(said, read, check_exact=True)
            text = (folder / f"{name}.csv").read_text()
            assert not re.search(r"(?:^|,)(?:True|False|-0|-?\d+\.0)(?:,|$)", text, re.MULTILINE), name


def test_other_names_are_refused() -> None:
    with pytest.raises(UsageError, match="small, national-panel"):
        synthetic_folder("large")


def test_written_data_come_back(tmp_path: Path, pair: EvaluationData) -> None:
    folder = write_authority(pair, scenario("null"), tmp_path / "out", seed=6, size=PAIR)
    back = load_data(folder)
    assert back.hash == pair.hash and back.synthetic and back.label == pair.label
    document = json.loads((folder / "truth.json").read_text())
    assert document["seed"] == 6 and document["true_values"] == {}


def test_authority_by_authority_writes_the_same_tables(tmp_path: Path, pair: EvaluationData) -> None:
    one = write_authority(pair, scenario("null"), tmp_path / "one", seed=6, size=PAIR)
    two = write_large(scenario("null"), PAIR, tmp_path / "two", seed=6)
    assert [p.name for p in sorted(one.iterdir())] == [p.name for p in sorted(two.iterdir())]
    for file in one.glob("*.csv"):
        assert file.read_bytes() == (two / file.name).read_bytes(), file.name


def test_a_folder_of_others_is_left_alone(tmp_path: Path, pair: EvaluationData) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "notes.txt").write_text("keep me")
    for replace in (False, True):
        with pytest.raises(OutputError):
            write_authority(pair, scenario("null"), target, seed=6, size=PAIR, replace=replace)
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "notes.txt"]


def test_replacing_is_asked_for(tmp_path: Path, pair: EvaluationData) -> None:
    folder = write_authority(pair, scenario("null"), tmp_path / "out", seed=6, size=PAIR)
    with pytest.raises(OutputError):
        write_authority(pair, scenario("null"), folder, seed=6, size=PAIR)
    write_authority(pair, scenario("null"), folder, seed=6, size=PAIR, replace=True)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_real_data_are_not_written_beside_a_truth(tmp_path: Path, pair: EvaluationData) -> None:
    with pytest.raises(UsageError):
        write_authority(EvaluationData(pair.tables), scenario("null"), tmp_path / "out", seed=6, size=PAIR)
