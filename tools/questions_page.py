"""What the guidance asks and what answers it, as a page: ``docs/questions.md``, made from two tables.

Run from the repository:

    python -m tools.questions_page
"""

from __future__ import annotations

import csv
from collections import Counter
from importlib.resources import files
from pathlib import Path

from hybrid_toolkit.data.atomic_output import atomic_write_text

PAGE = Path(__file__).resolve().parents[1] / "docs" / "questions.md"
KINDS = {
    "metric": "measured",
    "instrument": "by a questionnaire whose wording its owner holds",
    "study": "by a study that ships",
    "function": "by a part of the toolkit",
    "checklist": "answered or ticked on a page, not measured",
    "page": "told on a page, not measured",
    "blank": "printed blank on purpose",
    "not_served": "not served",
}
COVERS = {"whole": "", "part": ", in part", "": ""}
SOURCES = {
    "S0": "The self-assessment of nine conditions",
    "S1": "The review of hybrid working and digital practice",
    "S3": "The guide to wellbeing when working remotely",
}


def page() -> str:
    """The whole page."""
    asked, served = _rows("hybrid_toolkit.data", "seeds.csv"), _rows("hybrid_toolkit.metrics", "seed_service.csv")
    count = Counter(_served(row) for row in served)
    ways = [words + more for words in KINDS.values() for more in dict.fromkeys(COVERS.values())]
    lines = [
        "# What the guidance asks, and what answers it",
        "",
        f"{len(served)} questions, claims and prompts of three sources, in this project's words. Each was read again,",
        "and the last column says what its answer covers. Where it answers a part, the column says what it leaves out.",
        "A page may show a related measure beside a question that it does not answer; the column says so. Made by",
        "`python -m tools.questions_page`.",
        "",
        "| how it is served | rows |",
        "|---|---|",
        *(f"| {words} | {count[words]} |" for words in ways if count[words]),
        "",
    ]
    what = {row["id"]: row["what"] for row in asked}
    for source, title in SOURCES.items():
        mine = [row for row in served if row["seed_id"].startswith(f"{source}-")]
        lines += [f"## {title} ({source})", "", "| id | asks | served | by | reading |", "|---|---|---|---|---|"]
        lines += [_line(row, what[row["seed_id"]]) for row in mine] + [""]
    return "\n".join(lines)


def _served(row: dict[str, str]) -> str:
    return KINDS[row["kind"]] + COVERS[row["covers"]]


def _line(row: dict[str, str], what: str) -> str:
    of_page = row["kind"] in ("checklist", "page", "blank")
    named = [
        Path(ref).stem.replace("_", " ") if of_page else f"`{ref.rsplit('.', 1)[-1]}`"
        for ref in row["reference"].split()
    ]
    split = f" by `{row['note'].removeprefix('by=')}`" if row["note"] else ""
    cells = (row["seed_id"], what, _served(row), ", ".join(named) + split, row["reading"])
    return "| " + " | ".join(c.replace("|", "/") for c in cells) + " |"


def _rows(package: str, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((files(package) / name).read_text(encoding="utf-8").splitlines()))


if __name__ == "__main__":
    atomic_write_text(PAGE, page())
