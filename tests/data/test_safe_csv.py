"""No CSV text leaves the toolkit past ``safe_csv``, where a cell that a spreadsheet would run is made text."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pandas as pd
import pytest

import hybrid_toolkit
from hybrid_toolkit import cli
from hybrid_toolkit.data.safe_csv import csv_text

ROOT = Path(hybrid_toolkit.__file__).parent
HASHED = {"data/evaluation_data.py", "disclosure/release.py"}
"""Where rows become text to be hashed, and the text is dropped."""
OWN = {"data/safe_csv.py"}


def _writers() -> set[str]:
    """Modules that write a frame as CSV with arguments of pandas, or make a CSV writer."""
    found = set()
    for path in ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "to_csv" not in text and "csv." not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            of_frame = call.func.attr == "to_csv" and any(k.arg == "index" for k in call.keywords)
            of_module = isinstance(call.func.value, ast.Name) and call.func.value.id == "csv"
            if of_frame or (of_module and call.func.attr in ("writer", "DictWriter")):
                found.add(path.relative_to(ROOT).as_posix())
    return found


def test_every_writer_of_csv_is_the_safe_one() -> None:
    assert _writers() == HASHED | OWN


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|'/c x'!A1", "-2+3", "@sum(a1)", "\t=1", "\r=1", " =1"])
def test_a_cell_that_would_run_is_text(cell: str) -> None:
    text = csv_text(pd.DataFrame({cell: [cell, "north"]}))
    assert all(not line.lstrip('"').startswith(cell) for line in text.split("\n")), text


def test_what_pseudonymise_writes_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    rows = "".join(f"{40000 + i},=HYPERLINK(A1),+1\n" for i in range(12))
    (tmp_path / "in" / "worker.csv").write_text("worker_id,role,team_id\n" + rows)
    assert cli.main(["pseudonymise", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    kept = (tmp_path / "out" / "worker.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK" in kept and ",=" not in kept


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠﹦﹢﹣﹫"))
@pytest.mark.parametrize("before", ["", " ", "\t", "\xa0", "\u200b", "\ufeff", "\u202e", "\u2066", "\xad", "\u180e"])
def test_wide_and_small_signs_behind_what_is_not_seen_are_guarded(sign: str, before: str) -> None:
    text = f"{before}{sign}HYPERLINK(1)"
    assert csv_text(pd.DataFrame({"place": [text], text: ["north"]})).count("'") == 2


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
@pytest.mark.parametrize("between", [";", "|", "\t", "\n"])
def test_no_cell_begins_with_a_formula_where_another_sign_separates(sign: str, between: str) -> None:
    """A spreadsheet of a country that writes 1,5 opens a CSV by semicolons, and knows no quotes within a cell."""
    text = csv_text(pd.DataFrame({"note": [f"seen{between}{sign}HYPERLINK(A1)"]}))
    cells = re.split(r"[;|\t\n,]", text)
    assert not [c for c in cells if c.strip('"').startswith(sign)], "a cell that a spreadsheet would run"
    assert "HYPERLINK" in text
