"""A module is short enough to be read in one sitting: at most 400 lines. Those above may only get shorter."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "hybrid_toolkit"
MOST_LINES = 400
LONGER: dict[str, int] = {}
"""Modules above the bound when it was drawn, with their lines then, rounded up to twenty."""


def test_no_module_grows_beyond_what_is_read_in_one_sitting() -> None:
    lines = {
        p.relative_to(PACKAGE).as_posix(): p.read_text(encoding="utf-8").count("\n") for p in PACKAGE.rglob("*.py")
    }
    assert len(lines) > 500
    long = {f: n for f, n in lines.items() if n > LONGER.get(f, MOST_LINES)}
    assert not long, f"split these by job (lines now; {MOST_LINES} at most): {long}"
    done = [f for f in LONGER if lines.get(f, 0) <= MOST_LINES]
    assert not done, f"short enough now: take out of LONGER: {done}"
