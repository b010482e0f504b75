"""ARCHITECTURE.md and the pages name what is there: every folder of every room, and no file that is gone."""

from __future__ import annotations

import re
import tomllib
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


def libraries(text: str) -> dict[str, str]:
    """Library in small letters -> its extra, as the table of libraries tells; ``-`` for what a plain install has."""
    rows = re.findall(r"^\| ([^|]+?) \| (-|`\w+`) \| ", text, flags=re.M)
    return {
        name.strip().partition(" ")[0].lower(): extra.strip("`") for names, extra in rows for name in names.split(",")
    }


def test_the_table_of_libraries_has_each_that_readers_install_under_its_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"-": project["dependencies"], **project["optional-dependencies"]}
    given = {re.split(r"[><=\[,;]", d)[0].lower(): extra for extra, some in groups.items() for d in some}
    given = {name: extra for name, extra in given.items() if name != project["name"] and extra != "dev"}
    told = libraries((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    assert {n: e for n, e in told.items() if e != "dev"} == given


def test_only_what_makes_a_study_uses_the_face_of_studies() -> None:
    """In ``study/``, ARCHITECTURE.md says, functions take the plain declaration but where they make a study."""
    study = PACKAGE / "study"
    uses = {
        p.name for p in study.rglob("*.py") if re.search(r"^from hybrid_toolkit\.study\.study ", p.read_text(), re.M)
    }
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    made = re.search(r"never the\s+face \(`Study`\).*?save where they make one \((.*?)\)", text, flags=re.S)
    assert made and uses - {"__init__.py"} == {Path(f).name for f in re.findall(r"`([\w/.]+)`", made[1])}


def test_what_is_gone_or_not_named_is_found() -> None:
    assert gone("`models/linear/lines.py` and `cox.py`", {"a/models/linear/linear.py", "a/cox.py"}) == [
        "models/linear/lines.py"
    ]
    assert rooms("| `data/` | `tables/` and more | - |") == {"data": "`tables/` and more"}
