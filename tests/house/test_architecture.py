"""ARCHITECTURE.md and the pages name what is there: every folder of every room, and no file that is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hybrid_toolkit"
PAGES = [
    p
    for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob(".github/*.md"))
    if p.name != "CHANGELOG.md"  # it tells what was there
]
OTHERS = ("MAPPING.toml", "mapping.toml", "cbi.csv", "mine.json", "plan.lock.json", "STUDY.toml")
"""Names of files that a reader makes."""


def rooms(text: str) -> dict[str, str]:
    """Room -> what the table of rooms says it holds."""
    return dict(re.findall(r"^\| `(\w+)/` \| (.*?) \|", text, flags=re.M))


def folders(room: Path) -> set[str]:
    return {p.name for p in room.iterdir() if p.is_dir() and p.name != "__pycache__"}


def gone(text: str, files: set[str]) -> list[str]:
    """Files named in a page that end no path of the repository."""
    named = re.findall(r"`([\w./-]+\.(?:py|toml|csv|md|ipynb|yml|lock))`", text)
    return [n for n in named if Path(n).name not in OTHERS and not any(f"/{f}".endswith(f"/{n}") for f in files)]


def test_the_table_of_rooms_names_every_room_and_every_folder_in_it() -> None:
    told = rooms((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    assert set(told) == {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    for room, says in told.items():
        named = set(re.findall(r"`([a-z_]+)/`", says))
        here = folders(PACKAGE / room)
        assert named == here, f"{room}/: not named {sorted(here - named)}, not there {sorted(named - here)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_a_page_names_no_file_that_is_gone(page: Path) -> None:
    files = {str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file() and ".venv" not in p.parts}
    assert not gone(page.read_text(encoding="utf-8"), files)


def test_what_is_gone_or_not_named_is_found() -> None:
    assert gone("`models/linear/lines.py` and `cox.py`", {"a/models/linear/linear.py", "a/cox.py"}) == [
        "models/linear/lines.py"
    ]
    assert rooms("| `data/` | `tables/` and more | - |") == {"data": "`tables/` and more"}
