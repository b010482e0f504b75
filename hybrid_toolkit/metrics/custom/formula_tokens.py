"""The pieces that a formula is made of, and the refusal of anything else at its position."""

from __future__ import annotations

import re
from math import isfinite
from typing import NoReturn

from hybrid_toolkit.errors import MeasureError

_LONGEST_NUMBER = 30
"""No measured number has more digits; longer ones cost time to read."""
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<text>\"[^\"\\\r\n]*\"|'[^'\\\r\n]*')"
    r"|(?P<sign>==|!=|<=|>=|[-+*/()<>,])",
    re.ASCII,
)


def refuse(text: str, at: int, why: str) -> NoReturn:
    """Refuse a formula at a position, counted from 0.

    Raises
    ------
    MeasureError
        Always, with the line and column.
    """
    before = text[:at]
    line, column = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
    raise MeasureError(
        f"formula, line {line}, column {column}: {why}.",
        fix="Use only columns, numbers, texts in quotes, + - * / ( ), comparisons, in, and, or, not, where, "
        "mean(x), share(condition), ratio(a, b) and recorded(column), and nothing else.",
        code="FORMULA-REFUSED",
    )


def tokens(text: str) -> list[tuple[str, str, int]]:
    """(kind, text, position) of each piece; refuses any character that no piece starts with."""
    out, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            refuse(text, at, _odd(text, at))
        kind, piece = str(found.lastgroup), found.group()
        if kind == "number":
            after = text[found.end() : found.end() + 1]
            if (
                after == "_"
                or after.isalnum()
                or after == "."
                or len(piece) > _LONGEST_NUMBER
                or not isfinite(float(piece))
            ):
                refuse(text, at, "this is not a plain number")
        if kind != "space":
            out.append((kind, piece, at))
        at = found.end()
    return [*out, ("end", "", len(text))]


def _odd(text: str, at: int) -> str:
    character = text[at]
    if character == ".":
        return "nothing can be reached by a dot"
    if character in "[]{}":
        return "only round brackets are used"
    if character == "_":
        return "no name starts with an underscore"
    if character == "=":
        return "nothing can be assigned; a comparison is '=='"
    if character in "\"'":
        return "a text that does not end on its line, or holds a backslash"
    if not character.isascii() or not character.isprintable():
        return f"character U+{ord(character):04X} is not one of the grammar"
    return f"character {character!r} is not one of the grammar"
