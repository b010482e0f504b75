"""An argument or a value that a text tells a reader to set is one that the function has."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "hybrid_toolkit"
ROOMS = ("assess", "data", "designs", "disclosure", "metrics", "models", "report", "study", "synth", "trust")
CALL_STYLE = re.compile(r"(?<![\w.\"'-])([a-z_]+)=('[^'{}]*'|\"[^\"{}]*\"|True|False|None|\[|-?\d)")
MARKUP = re.compile(r"<\w|https?:|\.to_|rename\(")
"""Pieces of HTML, and calls of pandas, are no texts about our own arguments."""


def _told(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_told(v) for v in node.values)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return "{}"


def _texts(tree: ast.AST) -> Iterator[str]:
    """Every text of a module but its docstrings."""
    apart = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    apart |= {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
    for n in ast.walk(tree):
        if isinstance(n, ast.Constant | ast.JoinedStr) and id(n) not in apart:
            yield _told(n)


def _arguments(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for n in ast.walk(tree):
        if isinstance(n, ast.FunctionDef):
            found |= {a.arg for a in (*n.args.posonlyargs, *n.args.args, *n.args.kwonlyargs)}
        if isinstance(n, ast.ClassDef):
            found |= {a.target.id for a in n.body if isinstance(a, ast.AnnAssign) and isinstance(a.target, ast.Name)}
    return found


def wrong_names(sources: dict[str, str]) -> list[str]:
    """Module, argument and value that no function has which the text names, or stands or is called beside it."""
    trees = {name: ast.parse(source) for name, source in sources.items()}
    beside: dict[str, set[str]] = defaultdict(set)
    for name, tree in trees.items():
        for n in ast.walk(tree):
            if isinstance(n, ast.ImportFrom) and n.module:
                for module in trees.keys() & {n.module, *(f"{n.module}.{a.name}" for a in n.names)}:
                    beside[module].add(name)
                    beside[name].add(module)
    arguments = {name: _arguments(tree) for name, tree in trees.items()}
    functions: dict[str, set[str]] = defaultdict(set)
    for tree in trees.values():
        for n in ast.walk(tree):
            if isinstance(n, ast.FunctionDef):
                functions[n.name] |= _arguments(n)
    words = {name: set(_texts(tree)) for name, tree in trees.items()}
    everywhere = set().union(*words.values())
    wrong = []
    for name in trees:
        near = arguments[name].union(*(arguments[c] for c in beside[name]))
        for text in words[name]:
            if " " not in text or MARKUP.search(text):
                continue
            called = re.findall(r"\b([a-z_]+)\(", text)
            named = near.union(*(functions[f] for f in called))
            for argument, value in CALL_STYLE.findall(text):
                bare = value.strip("'\"")
                # capitals stand for what the reader puts in
                known = value[0] not in "'\"" or not bare.islower() or bare in everywhere or "_" in bare
                if argument not in named or not known:
                    wrong.append(f"{name}: {argument}={value}")
    return sorted(wrong)


def _sources() -> dict[str, str]:
    return {
        ".".join(p.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): p.read_text("utf-8")
        for room in ROOMS
        for p in sorted((ROOT / room).rglob("*.py"))
    }


def test_every_argument_that_a_text_names_exists() -> None:
    assert wrong_names(_sources()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Set gone='drop' to go on.", ["a: gone='drop'"]),
        ("Set kept='lost' to go on.", ["a: kept='lost'"]),
        ("Set kept='drop' to go on.", []),
        ("Set kept=3 or gone=True.", ["a: gone=True"]),
    ],
)
def test_a_wrong_name_is_found(text: str, found: list[str]) -> None:
    module = f"WAYS = ('drop',)\ndef ask(kept):\n    raise ValueError({text!r})\n"
    assert wrong_names({"a": module}) == found
