"""Processor time of each test file, kept in ``tests/times.csv``: ``python -m tools.times [--all | --quick]``.

``make test-fast`` runs the files that this table says are quick, and those that it does not know yet, but for tests
marked ``slow``. Processor time is measured and not time on the clock, so that a busy machine gives the same table.
Files that were measured before keep their time unless ``--all`` is given; files that are gone leave the table.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests" / "times.csv"
COLUMNS = ("file", "tests", "seconds")
QUICK = 1.2
"""Processor seconds of a file that may run in the loop of a contributor."""
BUDGET = 50.0
"""Processor seconds that the quick files may take together: on two cores with the style checks, 90 seconds in all."""
TAKES_A_MACHINE = ("tests/browser", "tests/test_wheel.py")
"""A browser and a fresh environment: never part of the quick tests, so never measured."""


def read() -> dict[str, tuple[int, float]]:
    """The table: file, number of tests, processor seconds."""
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {r["file"]: (int(r["tests"]), float(r["seconds"])) for r in csv.DictReader(lines)}


def files_with_tests() -> list[str]:
    """Every file that could hold a test or a doctest, as the table writes it."""
    found = [*ROOT.glob("tests/**/test_*.py"), *(p for p in ROOT.glob("hybrid_toolkit/**/*.py") if _has_doctest(p))]
    return sorted(p for p in (f.relative_to(ROOT).as_posix() for f in found) if not p.startswith(TAKES_A_MACHINE))


def quick_files() -> list[str]:
    """The files to run in the loop of a contributor: known to be quick, or not known yet."""
    table = read()
    return [f for f in files_with_tests() if f not in table or table[f][1] <= QUICK]


def _has_doctest(path: Path) -> bool:
    return ">>> " in path.read_text(encoding="utf-8")


class Clock:
    """A pytest plugin that adds up processor time by file, that of child processes included."""

    def __init__(self) -> None:
        self.spent: dict[str, tuple[int, float]] = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        """Around set-up, call and tear-down of one test."""
        before = _processor_seconds()
        yield
        name = Path(item.path).resolve().relative_to(ROOT).as_posix()
        tests, seconds = self.spent.get(name, (0, 0.0))
        self.spent[name] = tests + 1, seconds + _processor_seconds() - before

    def pytest_sessionfinish(self) -> None:
        """Write what was measured over what was known."""
        here = set(files_with_tests())
        rows = {f: v for f, v in (read() | self.spent).items() if f in here}
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows((f, n, f"{s:.1f}") for f, (n, s) in sorted(rows.items()))


def _processor_seconds() -> float:
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def main() -> None:
    """Measure in one process, or run what is quick."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="also measure again what the table has already")
    parser.add_argument("--quick", action="store_true", help="measure nothing: run the quick tests, side by side")
    args = parser.parse_args()
    if args.quick:
        sys.exit(pytest.main([*quick_files(), "-m", "not slow", "-n", "auto", "--dist", "loadfile"]))
    wanted = [f for f in files_with_tests() if args.all or f not in read()]
    if wanted:
        sys.exit(pytest.main([*wanted, "--durations=40"], plugins=[Clock()]))
    Clock().pytest_sessionfinish()


if __name__ == "__main__":
    main()
