"""Tests that gather what they look at find something: an empty list makes a test that cannot fail."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [p for room in ("tests", "tools", "hybrid_toolkit") for p in sorted((ROOT / room).rglob("*.py"))]


def walks(path: Path) -> Iterator[ast.Call]:
    """Calls of pkgutil's two ways to list modules."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("pkgutil.walk_packages", "pkgutil.iter_modules"):
            yield node


def test_modules_are_walked_with_their_prefix() -> None:
    """Without a prefix ``walk_packages`` cannot import a folder and leaves out all that is in it, in silence."""
    found = [(p, call) for p in FILES for call in walks(p)]
    assert len(found) > 3
    bare = [
        f"{p.relative_to(ROOT)}:{call.lineno}"
        for p, call in found
        if len(call.args) + len(call.keywords) < 2 or ast.unparse(call.func) == "pkgutil.iter_modules"
    ]
    assert not bare, f'use pkgutil.walk_packages(package.__path__, f"{{package.__name__}}."): {bare}'


def test_a_parametrised_test_without_a_case_is_an_error(pytestconfig: pytest.Config) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert settings["empty_parameter_set_mark"] == "fail_at_collect"
    assert pytestconfig.getini("empty_parameter_set_mark") == "fail_at_collect"
