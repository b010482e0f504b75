"""The commands of studies: run, lock, try and combine without a notebook, and what they say of bad input."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit import cli
from hybrid_toolkit.cli_studies import SHIPPED
from hybrid_toolkit.data.reading.plain_table import read_plain_table
from hybrid_toolkit.errors import UnreadableError
from hybrid_toolkit.study.sharing.evidence_file import read_bundle
from hybrid_toolkit.synth.generate import simulate_authority

Captured = pytest.CaptureFixture[str]
DECLARED = """id = "plain"
question = "Does y go with x?"
estimand = "none"
outcome = "y"
exposure = "x"
design = "cross-sectional"
row_unit = "rows"
cluster = "g"
"""


def run(capsys: Captured, *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(a) for a in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def rows(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    f = pd.DataFrame({"g": [f"t{i}" for i in np.repeat(range(20), 15)], "x": rng.choice(["yes", "no"], 300)})
    return f.assign(y=2.0 * (f["x"] == "yes") + rng.normal(size=300))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "plain.toml").write_text(DECLARED)
    for name, seed in (("one", 1), ("two", 2)):
        rows(seed).to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def test_the_shipped_ids_are_those_of_the_files() -> None:
    there = {p.name.removesuffix(".toml") for p in (files("hybrid_toolkit.study") / "shipped").iterdir()}
    assert set(SHIPPED) == there


def test_a_study_of_free_rows_from_file_to_words_report_and_evidence(place: Path, capsys: Captured) -> None:
    made = [place / "out" / "report.html", place / "out" / "bundle.json"]
    code, out, err = run(
        capsys, "study", place / "plain.toml", place / "one.csv", "--out", made[0], "--bundle", made[1]
    )
    assert (code, err) == (0, "")
    assert "is associated with a difference in " in out and "What this does not show:" in out and "Checks: " in out
    assert "Does y go with x?" in made[0].read_text(encoding="utf-8")
    again = run(capsys, "study", place / "plain.toml", place / "two.csv", "--bundle", place / "two.json")
    assert again[0] == 0 and read_bundle(place / "two.json").study_id == "plain"
    code, out, _ = run(capsys, "pool", made[1], place / "two.json", "--out", place / "pooled.csv")
    assert code == 0 and "2 authorities, none named" in out
    assert pd.read_csv(place / "pooled.csv")["role"].tolist() == ["pooled", "prediction"]


def test_a_shipped_study_runs_on_a_folder(tmp_path: Path, capsys: Captured) -> None:
    data = simulate_authority("helpful-hump", "small", 3, tables=("la", "team", "worker", "worker_month"))
    for name in data:
        data[name].to_csv(tmp_path / f"{name}.csv", index=False)
    code, out, err = run(capsys, "study", "retention", tmp_path)
    assert (code, err) == (0, "") and "the rate of leaving" in out and "times" in out
    code, _, err = run(capsys, "study", "exclusion-gap", tmp_path)
    assert code == 1 and "How to fix" in err


def test_a_lock_is_written_once_and_what_differs_is_said(place: Path, capsys: Captured) -> None:
    study, lock = place / "plain.toml", place / "plain.lock.json"
    code, out, _ = run(capsys, "lock", study, "--data", place / "one.csv", "--out", lock)
    assert code == 0 and "was locked on" in out and lock.is_file()
    code, out, _ = run(capsys, "study", study, place / "one.csv", "--lock", lock)
    assert (code == 0 and "as it was locked" in out) or "locked" in out
    code, out, _ = run(capsys, "study", study, place / "two.csv", "--lock", lock)
    assert code == 1 and "Graded down because of the check 'lock'" in out
    study.write_text(DECLARED + 'caveats = ["Nothing."]\n')
    assert run(capsys, "lock", study, "--out", lock)[0] == 2


def test_a_study_is_tried_where_the_truth_is_known(tmp_path: Path, capsys: Captured) -> None:
    figures = tmp_path / "figures.csv"
    code, out, _ = run(capsys, "diagnose", "policy-rollout", "--sims", 2, "--out", figures)
    assert code == 0 and "tried on 2 simulated authorities" in out and "coverage" in set(pd.read_csv(figures)["term"])
    code, out, err = run(capsys, "diagnose", "one-change", "--sims", 2)
    assert code == 0 and "one-change" in out and "helpful-hump" not in out, err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("study", "nowhere", "one.csv"), "STUDY-UNKNOWN"),
        (("study", "plain.toml", "one.csv", "--out", "report.pdf"), "EXPORT-FORM"),
        (("study", "plain.toml", "plain.toml"), "PLAIN-TABLE"),
        (("study", "plain.toml", "absent.csv"), "FILE"),
        (("study", "unknown-key.toml", "one.csv"), "KEY-UNKNOWN"),
        (("study", "formula.toml", "one.csv"), "COLUMN-UNKNOWN"),
        (("diagnose", "plain.toml", "--sims", "2"), "UNIT-FREE"),
        (("pool", "plain.toml"), "BUNDLE-UNREADABLE"),
        (("diagnose", "retention", "--sims", "0"), "from 1 is needed"),
        (("diagnose", "one-change", "--sims", "2", "--scenario", "null"), "Use the scenario one-change"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(place: Path, capsys: Captured, arguments, code) -> None:
    (place / "unknown-key.toml").write_text(DECLARED + 'colour = "red"\n')
    (place / "formula.toml").write_text(DECLARED.replace('"y"', '"log(y)"'))
    before = sorted(place.iterdir())
    there = [place / a if re.search(r"\.[a-z]+$", a) else a for a in arguments]
    exit_code, _, err = run(capsys, *there)
    assert exit_code in (1, 2) and code in err and sorted(place.iterdir()) == before


def test_columns_of_a_plain_table_are_typed_by_what_is_in_them(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("n,b,word,empty,mixed\n1,yes,a,,1\nNA,No,b,,x\n2.5,,n/a,,3\n")
    f = read_plain_table(tmp_path / "t.csv")
    assert f["n"].tolist()[::2] == [1.0, 2.5] and np.isnan(f["n"][f.index[1]])
    assert f["b"].tolist()[:2] == [1.0, 0.0] and f["b"].isna().sum() == 1
    assert f["word"].isna().sum() == 1 and f["empty"].isna().all() and f["mixed"].tolist() == ["1", "x", "3"]
    with pytest.raises(UnreadableError, match="PLAIN-TABLE"):
        read_plain_table(tmp_path / "t.txt")
