"""What readers meet: no banned word, no more of the discouraged ones than before, and fixes that name an action."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hybrid_toolkit.data.privacy.personal import _FORENAMES
from hybrid_toolkit.errors import HybridToolkitError
from tools import words

RULES: dict[str, Any] = tomllib.loads(words.RULES.read_text(encoding="utf-8"))
BANS = {rule["id"] for rule in RULES["words"] if rule["level"] == "ban"}
HOUSE = list(words.texts())
FOUND = list(words.hits(HOUSE, RULES))


def hits_of(text: str, *, surface: str = "report", is_fix: bool = False) -> list[str]:
    return [hit.rule for hit in words.hits([words.Text(surface, "here:1", text, is_fix)], RULES)]


def test_no_text_is_above_its_limit() -> None:
    wrong = words.risen(words.counted(FOUND), words.baseline(), BANS, RULES["unfinished"])
    named = {line.split(":")[0] for line in wrong}
    assert not wrong, "\n".join(f"{h.place}: {h.near}" for h in FOUND if f"{h.rule} in {h.surface}" in named)


def test_the_baseline_is_what_stands_today() -> None:
    """A count that fell is recorded at once (python -m tools.words --write), so that it cannot rise again."""
    allowed, today = words.baseline(), words.counted(FOUND)
    assert {key: n for key, n in allowed.items() if today[key] < n} == {}, "run python -m tools.words --write"


def test_a_room_called_unfinished_still_holds_a_banned_word() -> None:
    still = {hit.surface for hit in FOUND if hit.rule in BANS}
    assert still == set(RULES["unfinished"]), "take what is finished out of 'unfinished' in tools/words.toml"


def test_the_texts_of_every_room_are_read() -> None:
    rooms = {text.surface for text in HOUSE}
    package = words.ROOT / "hybrid_toolkit"
    assert {path.name for path in package.iterdir() if (path / "__init__.py").is_file()} <= rooms
    assert {"pages", "generated", "face"} <= rooms
    assert sum(text.is_fix for text in HOUSE) > 500 and len(HOUSE) > 4000


@pytest.mark.parametrize("rule", RULES["words"], ids=lambda rule: rule["id"])
def test_every_rule_says_what_to_write(rule: dict[str, Any]) -> None:
    assert rule["level"] in ("ban", "ratchet") and len(rule["say"]) > 2
    assert set(rule.get("surfaces", ())) <= {text.surface for text in HOUSE}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The intervals hold the truth in 95%.", "interval-holds"),
        ("What may not be said", "may-be-said"),
        ("Nothing to mend.", "mend"),
        ("3 column(s) and 1 entry(ies)", "plural-in-brackets"),
        ("where the effect is nought", "nought"),
        ("the smallest difference that was said to matter", "said-to-matter"),
        ("They adjust for one's own choice.", "ones-own"),
        ("It is statistically significant.", "significant"),
        ("There is no evidence of harm.", "proof"),
        ("The interval leaves out zero.", "clear-of-zero"),
    ],
)
def test_a_banned_or_discouraged_word_is_found(text: str, rule: str) -> None:
    assert rule in hits_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "95% confidence interval 1.6 percentage points lower to 0.6 percentage points higher.",
        "The column `nought` and the call `mend()` are code.",
        "These data cannot tell us whether it differs.",
        "A recommended amendment.",
    ],
)
def test_plain_text_and_code_pass(text: str) -> None:
    assert hits_of(text) == []


@pytest.mark.parametrize(
    "text", ["Bring more.", "See the fit.", "More clusters are needed here.", "{}Give one of: {}."]
)
def test_a_fix_without_an_action_is_found(text: str) -> None:
    assert "fix" in hits_of(text, is_fix=True)


@pytest.mark.parametrize(
    "text",
    ["Add at least 1 more cluster.", "{}", "{}Use one of: {}.", "If the file is yours, rename it.", "{} is needed."],
)
def test_a_fix_with_an_action_passes(text: str) -> None:
    assert "fix" not in hits_of(text, is_fix=True)


def test_strings_are_read_as_a_reader_meets_them(tmp_path: Path) -> None:
    """Joined and formatted parts are one text, docstrings are none, both arms of a choice are fixes."""
    (tmp_path / "hybrid_toolkit").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "tools").mkdir()
    for page in words.PAGES:
        (tmp_path / page).write_text("Plain.\n\n```\nmend()\n```\n", encoding="utf-8")
    for tool in words.GENERATED:
        (tmp_path / "tools" / f"{tool}.py").write_text("", encoding="utf-8")
    code = '"""Nothing to mend."""\n'
    code += 'raise E(f"the {x} may not " "be said", fix="Bring more." if x else f"Give {x} again.")\n'
    (tmp_path / "hybrid_toolkit" / "a.py").write_text(code, encoding="utf-8")
    (tmp_path / "hybrid_toolkit" / "b.toml").write_text('[a]\nb = ["equal to nought"]\n', encoding="utf-8")
    found = words.counted(list(words.hits(list(words.texts(tmp_path)), RULES)))
    assert found == Counter(
        {("may-be-said", "face"): 1, ("fix", "face"): 2, ("bring", "face"): 1, ("nought", "face"): 1}
    )


def test_a_ban_allows_none_whatever_the_baseline_holds() -> None:
    today = Counter({("mend", "report"): 1, ("nor", "report"): 2})
    allowed = Counter({("mend", "report"): 5, ("nor", "report"): 1})
    assert words.risen(today, allowed, {"mend"}) == ["mend in report: 1, allowed 0", "nor in report: 2, allowed 1"]
    assert words.risen(today, allowed, {"mend"}, ["report"]) == ["nor in report: 2, allowed 1"]


def test_an_error_says_how_to_fix_it() -> None:
    assert str(HybridToolkitError("It failed.", fix="Add 1 row.", code="X")) == "[X] It failed. How to fix: Add 1 row."


PLACEHOLDERS = re.compile(r"\b(O')?(Surname|Example|Sample)\b")
NAME = r"([A-Z][\w'’-]+)"
TITLED, FORENAME_FIRST, SURNAME_FIRST = (
    re.compile(p) for p in (rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? {NAME}", rf"\b{NAME} {NAME}", rf"\b{NAME}, {NAME}")
)


def names_invented(text: str) -> list[str]:
    """People named in a text, but for formal placeholders and the authors of a source, which has its year."""
    found = []
    for line in text.splitlines():
        if re.search(r"\b(18|19|20)\d\d\b", line):
            continue
        named = [m.group() for m in TITLED.finditer(line)]
        named += [m.group() for m in FORENAME_FIRST.finditer(line) if m.group(1).lower() in _FORENAMES]
        named += [m.group() for m in SURNAME_FIRST.finditer(line) if m.group(2).lower() in _FORENAMES]
        found += [name for name in named if not PLACEHOLDERS.search(name)]
    return found


def test_an_invented_name_is_found_and_a_placeholder_passes() -> None:
    first = sorted(_FORENAMES)[0].title()
    assert (
        names_invented(f"Hours of {first} Winter")
        and names_invented(f"Winter, {first}")
        and names_invented("Dr " + "Winter")
    )
    assert not names_invented(f"Hours of {first} Surname, of Surname, {first}, of Dr Surname's team and a team manager")


def test_no_example_names_a_person() -> None:
    """Docstrings, tests, tools and pages use roles, or placeholders that nobody takes for a person."""
    files = [p for room in ("hybrid_toolkit", "tests", "tools") for p in (words.ROOT / room).rglob("*.py")]
    files += [
        *(words.ROOT / "docs").glob("*.md"),
        *words.ROOT.glob("*.md"),
        *(words.ROOT / "notebooks").glob("*.ipynb"),
    ]
    found = {
        f"{p.relative_to(words.ROOT)}: {name}" for p in files for name in names_invented(p.read_text(encoding="utf-8"))
    }
    assert not found, "\n".join(sorted(found))
