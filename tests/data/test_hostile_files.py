"""Files that would fill the memory or never end: each is answered within 20 seconds and 2 GB, with what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

LIMIT_BYTES, LIMIT_SECONDS = 2 * 2**30, 20
RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, ({bytes}, {bytes}))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
from hybrid_toolkit import cli
sys.exit(cli.main(["validate", *sys.argv[1:]]))
"""


def corner(folder: Path) -> list[Path]:
    book = Workbook()
    assert book.active is not None
    book.active["A1"], book.active["XFD1048576"] = "worker_id", 1
    book.save(folder / "worker.xlsx")
    return [folder]


def bomb(folder: Path) -> list[Path]:
    corner(folder)
    whole = zipfile.ZipFile(folder / "worker.xlsx")
    parts = {n: whole.read(n) for n in whole.namelist() if "sheet1" not in n}
    whole.close()
    with zipfile.ZipFile(folder / "worker.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(600):
                sheet.write(b" " * 1_000_000)
    return [folder]


def wide(folder: Path) -> list[Path]:
    names = ",".join(["worker_id", *(f"c{i}" for i in range(20_000))])
    (folder / "worker.csv").write_text(names + "\n" + ",".join(["1"] * 20_001) + "\n")
    return [folder]


def pipe(folder: Path) -> list[Path]:
    os.mkfifo(folder / "worker.csv")
    return [folder]


def dead_link(folder: Path) -> list[Path]:
    (folder / "worker.csv").symlink_to(folder / "nowhere.csv")
    return [folder]


def two_orders(folder: Path) -> list[Path]:
    (folder / "worker.csv").write_text("worker_id,start_date\n1,25/12/2024\n2,12/25/2024\n")
    return [folder]


def lone_key(folder: Path) -> list[Path]:
    (folder / "worker.csv").write_text("worker_id\nA1\n")
    (folder / "supervision.csv").write_text("worker_id,date\nB1,2024-01-01\n")
    return [folder]


def twice(folder: Path) -> list[object]:
    (folder / "a.csv").write_text("id,n\n1,2\n")
    text = '[tables.worker]\nsource = "a"\n[tables.worker.columns]\nworker_id = "id"\nworker_id = "n"\n'
    (folder / "m.toml").write_text(text)
    return [folder / "a.csv", "--mapping", folder / "m.toml"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (corner, "FILE-LARGE"),
        (bomb, "FILE-LARGE"),
        (wide, "FILE-LARGE"),
        (pipe, "FILE-KIND"),
        (dead_link, "FILE-KIND"),
        (two_orders, "DATE-MIXED"),
        (lone_key, "ORPHAN-SUPERVISION-WORKER-ID"),
        (twice, "MAP-TOML"),
    ],
    ids=lambda v: getattr(v, "__name__", v),
)
def test_it_is_answered_in_time_and_memory(make, said: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code = RUN.format(bytes=LIMIT_BYTES, seconds=LIMIT_SECONDS)
    arguments = [str(a) for a in make(tmp_path)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in (1, 2), done.stderr
    assert said in done.stdout + done.stderr and "How to fix" in done.stdout + done.stderr
