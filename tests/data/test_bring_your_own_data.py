"""The page that carries a new user: every command on it is run, in its order, and every recipe is one that is read."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from hybrid_toolkit import cli
from hybrid_toolkit.data.mapping.mapping_file import parse_mapping

PAGE = Path(__file__).resolve().parents[2] / "docs" / "bring-your-own-data.md"
VISITS = "Mosaic Visits Extract 2022-25.csv"
ROWS = 6_000
"""Visits kept of 40,000: enough for a study, and quick."""
PLACES = ("FOLDER-safe", "FOLDER", "KEY.txt", "MAPPING.toml", "REPORT.html", "STUDY.lock.json", "TEMPLATE.xlsx")
TABLES_OF_RECIPES = {9: "contact", 14: "supervision", 15: "worker_month", 16: "worker_month", 17: "worker_month"}
TABLES_OF_RECIPES |= {18: "worker_month", 19: "survey"}


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_command_runs_in_its_order(extracts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(extracts / "county", tmp_path / "FOLDER")
    visits = tmp_path / "FOLDER" / VISITS
    visits.chmod(0o644)
    visits.write_bytes(b"".join(visits.read_bytes().splitlines(keepends=True)[: ROWS + 1]))
    blocks = re.findall(r"```\n(hybrid-toolkit .*?)```", text(), flags=re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) == 8
    for line in commands:
        words = [str(tmp_path / w) if w in PLACES else w for w in shlex.split(line)[1:]]
        code = cli.main(words)
        said = capsys.readouterr()
        assert code in ((0, 1) if words[0] == "validate" else (0,)), f"{line}: {said.err}"
        if words[0] == "coverage":
            assert "more without some columns" in said.out and "exclusion-gap: runs with --adapt without" in said.out
        if words[0] == "study":
            assert "'exclusion-gap' runs without" in said.out or "'exclusion-gap-adapted' runs without" in said.out
    assert "lower" in (tmp_path / "REPORT.html").read_text(encoding="utf-8")
    assert (tmp_path / "STUDY.lock.json").is_file()


def test_the_block_and_the_twenty_recipes_are_read() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", text(), flags=re.DOTALL)
    assert parse_mapping(blocks[0], "page").tables["worker"].columns["worker_id"] == ("Employee No",)
    recipes = re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |^One table)", text(), flags=re.DOTALL | re.MULTILINE)
    assert [int(n) for n, _ in recipes] == list(range(1, 21))
    for number, recipe in recipes:
        table = TABLES_OF_RECIPES.get(int(number), "worker")
        codes = [" ".join(c.split()) for c in re.findall(r"`([^`]+)`", recipe)]
        plain = f"tables.{table}"
        under = f"{plain}.columns" if "under `columns`" in recipe else plain
        read = 0
        for code in codes:
            if code.startswith("["):
                under = code.strip("[]")
            elif "=" in code:
                head = "" if under == plain else f"[{under}]\n"
                parse_mapping(f'[{plain}]\nsource = "a"\n{head}{code}\n', f"recipe {number}")
                read += 1
        assert read, f"recipe {number} has nothing to copy"
