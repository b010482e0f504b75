"""What the pages tell a reader to type or look for is there: names of ``ht``, commands, options, words of the code."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import hybrid_toolkit as ht
from hybrid_toolkit.cli import parser
from tools.__main__ import JOBS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    p for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob(".github/**/*.md")) if p.stem != "CHANGELOG"
]
NOT_OURS = {
    **dict.fromkeys(("UNALLOCATED", "DUTY", "SW2", "EXPORTS", "activate"), "a reader's own files, codes and shell"),
    **dict.fromkeys(("pytauargus", "dst-disclose"), "programs that were looked at and not taken"),
}
"""Words in the code of a page that stand nowhere in the repository's code, and what they are."""


def code_of(text: str) -> list[str]:
    """Lines of blocks of code and texts in backticks, without placeholders such as ``<name>``."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.M | re.S)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    lines = [line.partition("#")[0] for block in blocks for line in block.split("\n")]
    return [re.sub(r"\w*<\w+>\w*", "", one) for one in (*lines, *re.findall(r"`([^`\n]+)`", rest))]


def commands() -> dict[str, set[str]]:
    """Command of the toolkit -> its options."""
    every = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return {name: {o for a in one._actions for o in a.option_strings} for name, one in every.choices.items()}


def wrong_commands(line: str, known: dict[str, set[str]]) -> Iterator[str]:
    """What a line of code calls that is not there."""
    for name, rest in re.findall(r"hybrid-toolkit ([a-z][\w-]*)(?=\s|$)([^|;]*)", line):
        if name not in known:
            yield f"hybrid-toolkit {name}"
        yield from (f"{name} {o}" for o in re.findall(r"(?<!\S)--[\w-]+", rest) if o not in known.get(name, {o}))
    for tool, rest in re.findall(r"python3? -m tools\.(\w+)(.*)", line):
        text = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "tools").glob(f"{tool}*/*.py"))
        text += (ROOT / "tools" / f"{tool}.py").read_text(encoding="utf-8") if not text else ""
        yield from (f"tools.{tool} {o}" for o in re.findall(r"--[\w-]+", rest) if f'"{o}"' not in text)
    for job in re.findall(r"(?:python3? -m tools |^make )([a-z][\w-]*)", line):
        if job not in {*JOBS, "clean"}:
            yield f"job {job}"


@cache
def words_of_the_code() -> frozenset[str]:
    """Every word of the repository's code, settings and names of folders; one with hyphens counts whole as well."""
    found = {p.name for p in ROOT.iterdir()}
    for folder in ("hybrid_toolkit", "tools", "tests", "data", ".github", "docs", "notebooks", "benchmarks"):
        for p in (ROOT / folder).rglob("*"):
            found.add(p.name)
            if p.suffix in (".py", ".toml", ".j2", ".js", ".yml", ".yaml") and p != Path(__file__):
                found |= set(re.findall(r"[A-Za-z_][\w-]*", p.read_text(encoding="utf-8")))
    for name in (
        "pyproject.toml",
        "environment.yml",
        "Makefile",
        "conftest.py",
        ".pre-commit-config.yaml",
        ".gitignore",
    ):
        found |= set(re.findall(r"[A-Za-z_][\w-]*", (ROOT / name).read_text(encoding="utf-8")))
    return frozenset(found | {part for word in found for part in re.split(r"[-.]", word)})


def unknown_words(text: str, known: frozenset[str]) -> list[str]:
    """Words in the code of a page, one word or a path a time, that the code does not have."""
    words = [w for one in code_of(text) for w in re.findall(r"[A-Za-z_][\w-]*\w", one)]
    return [w for w in dict.fromkeys(words) if not ({w, w.replace("-", "_")} & known or w in NOT_OURS)]


def test_every_name_of_ht_that_a_page_gives_is_there() -> None:
    for page in PAGES:
        for dotted in re.findall(r"\bht\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)", page.read_text(encoding="utf-8")):
            found: object = ht
            for part in dotted.split("."):
                assert hasattr(found, part), f"{page.name}: ht.{dotted}"
                found = getattr(found, part)


def test_every_command_and_option_that_a_page_gives_is_there() -> None:
    known = commands()
    lines = {page.name: code_of(page.read_text(encoding="utf-8")) for page in PAGES}
    wrong = [f"{name}: {w}" for name, code in lines.items() for line in code for w in wrong_commands(line, known)]
    assert not wrong, f"pages call what is not there: {wrong}"


def test_every_word_that_a_page_writes_as_code_stands_in_the_code() -> None:
    texts = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
    unknown = [f"{name}: {w}" for name, text in texts.items() for w in unknown_words(text, words_of_the_code())]
    assert not unknown, f"pages write as code what the code does not have: {unknown}"


def test_what_is_not_there_is_found() -> None:
    known = commands()
    assert list(wrong_commands("hybrid-toolkit gauge A --metric m", known)) == ["hybrid-toolkit gauge"]
    assert list(wrong_commands("hybrid-toolkit measure A --metrik m", known)) == ["measure --metrik"]
    assert list(wrong_commands("python -m tools.docstrings --lst PR01", known)) == ["tools.docstrings --lst"]
    assert list(wrong_commands("make invented", known)) == ["job invented"]
    assert unknown_words("`fit_linaer` and `fit_linear`", frozenset({"fit_linear"})) == ["fit_linaer"]
    assert not set(NOT_OURS) & words_of_the_code(), "take it out of NOT_OURS"
