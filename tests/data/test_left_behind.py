"""What a killed run leaves beside its output is cleared by the next one; what somebody is writing stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.cli import main
from hybrid_toolkit.data.atomic_output import atomic_folder, atomic_write_text
from hybrid_toolkit.data.safe_csv import csv_text, no_formula

KILLED = """
import sys, time
from hybrid_toolkit.data.atomic_output import atomic_folder, atomic_path
with {call}(sys.argv[1]) as part:
    {write}
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="processes are not killed there by signal")
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_killed_run_leaves_nothing_for_long(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "out"
    folder = kind == "folder"
    write = "(part / 'raw.csv').write_text('raw')" if folder else "part.write_text('raw')"
    code = KILLED.format(call="atomic_folder" if folder else "atomic_path", write=write)
    run = subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None and run.stdout.readline().strip() == "ready"
    writing = [p.name for p in tmp_path.iterdir()]
    assert len(writing) == 1
    atomic_write_text(tmp_path / "other", "x")
    if folder:
        with atomic_folder(target) as part:
            (part / "a.csv").write_text("mine")
    else:
        atomic_write_text(target, "mine")
    assert writing[0] in [p.name for p in tmp_path.iterdir()], "another run is still writing"
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    if folder:
        with atomic_folder(target, replace=True) as part:
            (part / "a.csv").write_text("again")
    else:
        atomic_write_text(target, "again")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other", "out"]


def test_a_part_of_another_machine_goes_after_a_day(tmp_path: Path) -> None:
    fresh, old = tmp_path / ".out.0a1b2c3d-ffffff-7.part", tmp_path / ".out.0a1b2c3e-ffffff-7.part"
    for part in (fresh, old):
        part.mkdir()
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    with atomic_folder(tmp_path / "out") as part:
        (part / "a.csv").write_text("mine")
    assert fresh.exists() and not old.exists()


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","y")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", " =1", "-cmd|x", "=1"]
)
def test_no_csv_carries_a_formula(text: str) -> None:
    said = csv_text(pd.DataFrame({text: [text, "north"], "n": [-3, 4.5]}))
    cells = [c for line in said.splitlines() for c in line.replace('"', "").split(",")]
    assert not any(c.strip()[:1] in "=@" or (c.strip()[:1] in "+-" and not c.strip("+-").replace(".", "").isdigit())
                   for c in cells if c.strip())  # fmt: skip
    assert no_formula("-0.25") == "-0.25" and "-3" in said


def test_published_statistics_with_a_formula_are_written_as_text(tmp_path: Path) -> None:
    source = tmp_path / "absence.csv"
    source.write_text(
        "time_period,time_identifier,geographic_level,country_code,country_name,region_name,turnover\n"
        '2023,Calendar year,Regional,E92000001,England,"=HYPERLINK(""http://x"",""y"")",12.5\n',
        encoding="utf-8",
    )
    out = tmp_path / "tidy.csv"
    assert main(["published", str(source), "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert "'=HYPERLINK" in text and ',"=' not in text and ",=" not in text
