"""Numbers that decide something have a name and a reason: bare ones in a comparison may only become fewer.

Left out, since they decide nothing and a name would say no more than the number: 0 and 1; "fewer than two", below which
nothing can be compared or vary, and "a pair"; a fair coin of the generator (``rng.random(n) < 0.5``).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "hybrid_toolkit"
MOST = 19
"""Comparisons with a bare number when this was last counted; lower it with them."""
COUNTS = ("len", "nunique", "ndim", "shape", "size")
"""Calls and attributes that say how many there are."""


def bare_numbers(tree: ast.AST) -> Iterator[ast.Compare]:
    """Comparisons that a number decides, one for each such number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for at, side in enumerate(sides):
                value = side.operand if isinstance(side, ast.UnaryOp) else side
                if isinstance(value, ast.Constant) and type(value.value) in (int, float) and value.value not in (0, 1):
                    others = ast.unparse(ast.Tuple(elts=[s for s in sides if s is not side]))
                    if not _says_nothing(
                        value.value, node.ops[min(at, len(node.ops) - 1)], others, plain=side is value
                    ):
                        yield node


def _says_nothing(value: float, comparison: ast.cmpop, others: str, *, plain: bool) -> bool:
    several = plain and value == 2 and isinstance(value, int) and isinstance(comparison, ast.Lt | ast.GtE)
    pair = plain and value == 2 and any(f"{word}(" in others or f".{word}" in others for word in COUNTS)
    return several or pair or (value == 0.5 and "rng.random" in others)


def test_bare_numbers_only_become_fewer() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {ast.unparse(node)}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in bare_numbers(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found
    assert len(found) <= MOST, f"{len(found)} bare numbers, {MOST} before: name them and say why.\n" + "\n".join(found)


def test_what_decides_is_found_and_what_does_not_is_left_out() -> None:
    decides = ("p < 0.05", "len(x) < 3", "share > 0.5", "2 <= fill < 9", "x > -2", "n == 2.0")
    nothing = ("len(x) < 2", "n < 2", "x.ndim == 2", "x > 0", "p <= 1", "rng.random(n) < 0.5", "x < LEAST")
    assert all(list(bare_numbers(ast.parse(text))) for text in decides)
    assert not any(list(bare_numbers(ast.parse(text))) for text in nothing)
