"""The command line: what each command does, its exit codes, and how it ends when something goes wrong."""

from __future__ import annotations

import argparse
import io
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

import hybrid_toolkit
from hybrid_toolkit import cli
from hybrid_toolkit.cli_help import EXAMPLES, example
from hybrid_toolkit.synth.generate import simulate_authority

Captured = pytest.CaptureFixture[str]
TABLES = ("la", "team", "worker", "worker_month", "family", "access", "contact")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("data")
    data = simulate_authority("helpful-hump", "small", 3, tables=TABLES)
    for name in data:
        data[name].head(3000).to_csv(place / f"{name}.csv", index=False)
    return place


def run(capsys: Captured, *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(a) for a in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_validate_says_valid(folder: Path, capsys: Captured) -> None:
    code, out, err = run(capsys, "validate", folder)
    assert (code, err) == (0, "") and "no problems found" in out and f"Checked {len(TABLES)} tables" in out


def test_validate_says_what_to_mend_and_writes_it(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "worker.csv").write_text("worker_id,fte\nW1,1.0\n\nW1,3.0\n")
    code, out, _ = run(capsys, "validate", tmp_path, "--out", tmp_path / "found" / "problems.csv")
    assert code == 1 and "2 errors" in out
    table = pd.read_csv(tmp_path / "found" / "problems.csv")
    assert table["code"].tolist() == ["RANGE", "KEY-DUPLICATE"]
    assert table["positions"].astype("str").tolist() == ["4", "4"], "row numbers of the file, its blank row counted"


def test_validate_reads_through_a_mapping(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "staff.csv").write_text("Staff ref,Hours\nA,1.0\n")
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[tables.worker]\nsource = "staff"\n[tables.worker.columns]\nworker_id = "Staff ref"\nfte = "Hours"\n'
    )
    assert run(capsys, "validate", tmp_path, "--mapping", mapping)[0] == 0


def test_coverage_lists_what_can_be_measured(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    code, out, _ = run(capsys, "coverage", folder, "--out", tmp_path / "coverage.csv")
    assert code == 0 and "metrics can be measured with these data." in out
    assert "What would open the rest, most useful first:" in out and "table 'survey'" in out
    frame = pd.read_csv(tmp_path / "coverage.csv", keep_default_na=False)
    assert set(frame["status"]) == {"ready", "trimmed", "missing"} and set(frame["kind"]) == {"study", "metric"}
    trimmed = frame[frame["status"] == "trimmed"]
    assert set(trimmed["kind"]) == {"study"} and trimmed["cost"].str.startswith("without ").all()
    assert (frame["missing"].eq("") == frame["status"].ne("missing")).all()
    assert all(f"{study}: runs with --adapt without " in out for study in trimmed["id"])


def test_map_proposes_and_writes_once(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Workers.csv").write_text("Worker Ref,FTE,Shoe size\nA,1.0,44\n")
    code, out, err = run(capsys, "map", tmp_path / "in")
    assert code == 0 and "[tables.worker]" in out and "Shoe size" in err
    target = tmp_path / "map.toml"
    assert run(capsys, "map", tmp_path / "in", "--out", target)[0] == 0 and "[tables.worker]" in target.read_text()
    code, _, err = run(capsys, "map", tmp_path / "in", "--out", target)
    assert code == 2 and "OUTPUT-EXISTS" in err and "--force" in err
    assert run(capsys, "map", tmp_path / "in", "--out", target, "--force")[0] == 0


def test_template_is_written_and_never_over_a_filled_one(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "fill.xlsx"
    assert run(capsys, "template", "--out", file)[0] == 0 and "worker" in load_workbook(file).sheetnames
    before = file.read_bytes()
    assert run(capsys, "template", "--out", file)[0] == 2 and file.read_bytes() == before
    code, out, _ = run(capsys, "validate", file)
    assert code == 0 and "EXAMPLE-ROW" in out


def test_pseudonymise_and_then_load(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "worker.csv").write_text("worker_id,Surname,fte\nW1,Canary,1.0\n")
    code, _, err = run(capsys, "validate", tmp_path / "in")
    assert code == 1 and "IDENTIFIER" in err and "hybrid-toolkit pseudonymise" in err and "Canary" not in err
    code, out, _ = run(
        capsys, "pseudonymise", tmp_path / "in", "--out", tmp_path / "out", "--key-file", tmp_path / "key"
    )
    assert code == 0 and "keyed hash: worker.worker_id" in out and (tmp_path / "key").exists()
    assert run(capsys, "validate", tmp_path / "out")[0] == 0
    code, _, err = run(
        capsys, "pseudonymise", tmp_path / "in", "--out", tmp_path / "o", "--key-file", tmp_path / "in" / "k"
    )
    assert code == 2 and "KEY-BESIDE" in err and not (tmp_path / "o").exists()


def test_measure_shows_only_what_the_gate_lets_through(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    code, out, _ = run(
        capsys, "measure", folder, "--metric", "choice_honoured", "--by", "role", "--out", tmp_path / "m.csv"
    )
    assert code == 0 and "by role" in out
    table = pd.read_csv(tmp_path / "m.csv")
    shown = table[~table["suppressed"]]
    assert len(shown) and (shown["n"] % 5 == 0).all() and (shown["people"] >= 10).all()
    code, _, err = run(capsys, "measure", folder, "--metric", "choice_honoured", "--by", "worker_id")
    assert code == 1 and "GROUP-PERSON" in err
    assert run(capsys, "measure", folder, "--metric", "nonsense")[0] == 2


def test_a_small_group_is_hidden_with_the_one_that_would_give_it_away(tmp_path: Path, capsys: Captured) -> None:
    workers = [f"W{i},{5 if i < 30 else 4 if i < 60 else 6}" for i in range(64)]
    (tmp_path / "worker.csv").write_text("worker_id,role\n" + "\n".join(workers) + "\n")
    rows = [f"W{i},2025-0{m}-01,{40 + i},{60}" for i in range(64) for m in (1, 2, 3)]
    (tmp_path / "worker_month.csv").write_text("worker_id,month,h_home,h_office\n" + "\n".join(rows) + "\n")
    code, out, _ = run(
        capsys, "measure", tmp_path, "--metric", "remote_share_desk", "--by", "role", "--out", tmp_path / "m.csv"
    )
    table = pd.read_csv(tmp_path / "m.csv").set_index("group")
    assert code == 0 and "[c]" in out
    assert bool(table.loc["Qualified without cases", "suppressed"]) and table["suppressed"].sum() >= 2


def test_the_template_of_an_instrument_has_blanks_for_the_wording(tmp_path: Path, capsys: Captured) -> None:
    code, out, _ = run(capsys, "metrics", "--instrument", "cbi")
    assert code == 0 and out.startswith("item,scales,reversed,text,paraphrase") and "cbi_13,cbi_work,True,," in out
    file = tmp_path / "cbi.csv"
    assert run(capsys, "metrics", "--instrument", "cbi", "--out", str(file))[0] == 0
    assert file.read_text(encoding="utf-8") == out
    code, _, err = run(capsys, "metrics", "--instrument", "nonsense")
    assert code == 1 and "INSTRUMENT-UNKNOWN" in err


def test_metrics_lists_and_explains(capsys: Captured) -> None:
    code, out, _ = run(capsys, "metrics")
    assert code == 0 and "remote_share_desk" in out
    code, out, _ = run(capsys, "metrics", "remote_share_desk")
    assert code == 0 and "formula: " in out
    assert run(capsys, "metrics", "mf4") == run(capsys, "metrics", "MF4")
    assert run(capsys, "metrics", "nonsense")[0] == 2


def test_help_and_version(capsys: Captured) -> None:
    code, out, _ = run(capsys, "--help")
    headings = ["Your data", "Measure and study", "See it work"]
    assert code == 0 and [line for line in out.splitlines() if line in headings] == headings
    assert all(len(line) < 80 for line in out.splitlines())
    assert run(capsys, "--version") == (0, f"hybrid-toolkit {hybrid_toolkit.__version__}\n", "")
    for wrong in ([], ["nonsense"], ["validate"], ["synth", "--scenario", "null", "--seed", "-1", "--out", "x"]):
        assert cli.main(wrong) == 2


def commands() -> list[str]:
    """Every command that the parser knows, whether or not the first page names it."""
    (listed,) = [a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return list(listed.choices)


@pytest.mark.parametrize("line", ["app --work here", "metrics --inst x", "measure data --met x", "--vers"])
def test_an_option_is_written_whole(line: str, capsys: Captured) -> None:
    """A slip such as --work would be taken for the option that begins so."""
    assert cli.main(shlex.split(line)) == 2
    assert "--work" not in line or "arguments: --work" in capsys.readouterr().err


@pytest.mark.parametrize("command", commands())
def test_every_command_stands_under_a_heading_and_has_an_example_that_is_understood(
    command: str, capsys: Captured
) -> None:
    assert [command in group for group in EXAMPLES.values()].count(True) == 1, (
        f"put '{command}' under one heading of EXAMPLES in hybrid_toolkit/cli_help.py, with an example"
    )
    line = example(command)
    assert f"\n  {command} " in run(capsys, "--help")[1]
    assert f"Example:\n  {line}\n" in run(capsys, command, "--help")[1]
    assert cli.parser().parse_args(shlex.split(line)[1:]).command == command


@pytest.mark.parametrize("command", ["template", "metrics", "lock"])
def test_examples_that_need_no_data_run(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(shlex.split(example(command))[1:]) == 0


def test_a_bug_is_one_line_without_the_words_of_the_exception(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def broken(args: object) -> int:
        raise ValueError("canary-7c1")

    monkeypatch.setattr(cli, "metrics", broken)
    code, out, err = run(capsys, "metrics")
    assert code == 70 and out == "" and "canary" not in err and "(ValueError)" in err and "--debug" in err
    assert err.count("\n") == 1
    for place in (["--debug", "metrics"], ["metrics", "--debug"]):
        with pytest.raises(ValueError, match="canary-7c1"):
            cli.main(place)


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 141), (OSError(28, "No space left"), 2)]
)
def test_how_it_ends(error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def broken(args: object) -> int:
        raise error

    monkeypatch.setattr(cli, "metrics", broken)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert cli.main(["metrics"]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_reader_that_stops_and_a_console_that_knows_few_letters(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "hybrid_toolkit", "metrics"]
    piped = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert piped.stdout is not None and piped.stderr is not None
    piped.stdout.close()
    assert piped.wait(timeout=60) in (0, 141) and piped.stderr.read() == ""
    piped.stderr.close()
    (tmp_path / "wörker – café").mkdir()
    narrow = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([*command[:-1], "validate", "wörker – café"], cwd=tmp_path, env=narrow, capture_output=True)
    assert done.returncode == 2 and b"FOLDER-EMPTY" in done.stderr and b"Traceback" not in done.stderr


def test_help_loads_no_data_library() -> None:
    code = (
        "import sys; from hybrid_toolkit.cli import main; main(['--help']); "
        "print([m for m in ('pandas', 'matplotlib', 'ipywidgets', 'pandera') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_synth_writes_an_authority_with_its_truth(tmp_path: Path, capsys: Captured) -> None:
    pytest.importorskip("hybrid_toolkit.synth.write", reason="the synthetic room does not write yet")
    code, out, _ = run(capsys, "synth", "--scenario", "null", "--size", "small", "--seed", 4, "--out", tmp_path / "a")
    assert code == 0 and "SYNTHETIC" in out and (tmp_path / "a" / "truth.json").exists()
    written = tmp_path / "m.csv"
    code, out, _ = run(capsys, "measure", tmp_path / "a", "--metric", "choice_honoured", "--out", written)
    assert code == 0 and out.startswith("SYNTHETIC DATA")
    assert pd.read_csv(written)["stamp"].str.startswith("SYNTHETIC DATA").all()
    code, _, err = run(capsys, "synth", "--scenario", "nonsense", "--out", tmp_path / "b")
    assert code == 2 and not (tmp_path / "b").exists() and "How to fix" in err


def test_published_reads_one_file(real_data: Path, tmp_path: Path, capsys: Captured) -> None:
    file = min((p for p in real_data.rglob("*.csv")), key=lambda p: p.stat().st_size)
    code, out, err = run(capsys, "published", file, "--out", tmp_path / "tidy.csv")
    assert code == 0 and out, err
    assert {"measure", "value", "marker"} <= set(pd.read_csv(tmp_path / "tidy.csv", nrows=5).columns)
