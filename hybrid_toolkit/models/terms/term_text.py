"""Terms written as one short text: read by a grammar of its own, character by character, and never given to Python.

::

    terms   = product, { "+", product }
    product = joined, { "*", joined }                    a*b is a + b + a:b
    joined  = factor, { ":", factor }
    factor  = column
            | "C", "(", column, [ ",", "reference", "=", constant ], ")"
            | "spline", "(", column, [ ",", [ "df", "=" ], number ], ")"

A column is a name of letters, digits, ``_`` and ``.``, or any name between backticks. A constant is a number, ``true``,
``false`` or a text in quotes. Nothing else can be written.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import NoReturn

import pandas as pd

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.terms.splines import Spline, spline
from hybrid_toolkit.models.terms.terms import Category, Column, Interaction, Term, as_term

MAX_LENGTH = 2000
"""Characters a text may have, as many as the formula of a metric."""
MAX_TERMS = 200
"""Terms a text may give: ``*`` doubles them at each step, and no model of these data carries more."""
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<number>-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)|(?P<quoted>`[^`\r\n]+`)"
    r"|(?P<text>\"[^\"\\\r\n]*\"|'[^'\\\r\n]*')|(?P<sign>[-+*:(),=])",
    re.ASCII,
)
_WHY = {
    "~": "the outcome has a separate argument, so only the terms are written",
    "|": "groups of a random part have an argument of their own",
    "[": "only round brackets are used",
    "{": "only round brackets are used",
    "^": "there are no powers",
    ".": "nothing can be reached by a dot",
    "`": "a name between backticks does not end on its line, or is empty",
    '"': "a text does not end on its line, or holds a backslash",
    "'": "a text does not end on its line, or holds a backslash",
}


def read_terms(frame: pd.DataFrame, text: str, *, what: str = "terms") -> list[Term]:
    """The terms that a text names, each once, in the order in which it names them.

    Parameters
    ----------
    frame : pd.DataFrame
        Its columns may be named; numbers become ``Column``, codes and dates ``Category``.
    text : str
        The text, 2,000 characters at the most. A text that is the name of a column is that column.
    what : str
        Name of the argument, for the error.

    Returns
    -------
    list[Term]
        List of Term.

    Raises
    ------
    EstimationError
        ``TERMS-TEXT``, anything outside the grammar, with its position.
    CoverageError
        A column is not there.

    Examples
    --------
    >>> f = pd.DataFrame({"x": [0.0, 1.0], "late": [0, 1], "need": ["cin", "cp"]})
    >>> read_terms(f, 'x*late + C(need, reference="cp")')  # doctest: +NORMALIZE_WHITESPACE
    [Column(name='x'), Column(name='late'), Interaction(left=Column(name='x'), right=Column(name='late')),
     Category(name='need', reference='cp', levels=())]
    >>> read_terms(f, "open(x)")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.EstimationError: [TERMS-TEXT] terms, character 5: only C(...) and spline(...) take brackets. \
How to fix: Write columns joined by +, : or *, C(column, reference="level") and spline(column, 4), or give a list \
of names and terms.
    """
    if text in frame.columns:
        return [as_term(frame, text)]
    return _Reader(frame, text, what).terms()


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, frame: pd.DataFrame, text: str, what: str) -> None:
        self.frame, self.text, self.what, self.place = frame, text, what, 0
        if len(text) > MAX_LENGTH:
            self.refuse(MAX_LENGTH, f"it is longer than {MAX_LENGTH:,} characters")
        self.tokens = self._tokens()

    def refuse(self, at: int, why: str) -> NoReturn:
        raise EstimationError(
            f"{self.what}, character {at + 1}: {why}.",
            fix='Write columns joined by +, : or *, C(column, reference="level") and spline(column, 4), or give a '
            "list of names and terms.",
            code="TERMS-TEXT",
        )

    def _tokens(self) -> list[tuple[str, str, int]]:
        """(kind, text, position) of each piece."""
        out, at = [], 0
        while at < len(self.text):
            found = _TOKEN.match(self.text, at)
            if found is None:
                self.refuse(at, _WHY.get(self.text[at], f"character U+{ord(self.text[at]):04X} is not one of these"))
            if found.lastgroup != "space":
                out.append((str(found.lastgroup), found.group(), at))
            at = found.end()
        return [*out, ("end", "", len(self.text))]

    @property
    def at(self) -> int:
        return self.tokens[self.place][2]

    def take(self, piece: str) -> bool:
        """Whether this sign stands next; if so, it is read."""
        kind, found, _ = self.tokens[self.place]
        if kind == "sign" and found == piece:
            self.place += 1
            return True
        return False

    def need(self, piece: str, where: str) -> None:
        if not self.take(piece):
            self.refuse(self.at, f"'{piece}' is expected {where}")

    def terms(self) -> list[Term]:
        found: dict[frozenset[Term], Term] = {}
        while True:
            for parts in self.product():
                term = parts[0]
                for more in parts[1:]:
                    term = Interaction(term, more)
                found.setdefault(frozenset(parts), term)
            if len(found) > MAX_TERMS:
                self.refuse(self.at, f"it gives more than {MAX_TERMS} terms")
            if not self.take("+"):
                break
        if self.tokens[self.place][0] != "end":
            self.refuse(self.at, self._after())
        return list(found.values())

    def _after(self) -> str:
        kind, piece, _ = self.tokens[self.place]
        if piece == "(":
            return "only C(...) and spline(...) take brackets"
        if piece.startswith("-"):
            return "terms are never taken away, and the intercept is the model's own"
        return f"'+', ':' or '*' is expected before this {'sign' if kind == 'sign' else kind}"

    def product(self) -> list[tuple[Term, ...]]:
        """``a*b``: every choice of its parts, single ones first."""
        parts = [self.joined()]
        while self.take("*"):
            parts.append(self.joined())
            if 2 ** len(parts) > MAX_TERMS:
                self.refuse(self.at, f"it gives more than {MAX_TERMS} terms")
        chosen = (c for size in range(1, len(parts) + 1) for c in combinations(parts, size))
        return [tuple(dict.fromkeys(t for part in c for t in part)) for c in chosen]

    def joined(self) -> tuple[Term, ...]:
        start, parts = self.at, [self.factor()]
        while self.take(":"):
            parts.append(self.factor())
        if len(set(parts)) < len(parts):
            self.refuse(start, "a term is joined with itself")
        return tuple(parts)

    def factor(self) -> Column | Category | Spline:
        kind, piece, at = self.tokens[self.place]
        if kind == "number":
            self.refuse(at, "a column is expected, and the intercept is the model's own")
        opens = self.tokens[min(self.place + 1, len(self.tokens) - 1)][1] == "("
        if kind == "name" and opens and piece not in ("C", "spline"):
            self.refuse(self.tokens[self.place + 1][2], "only C(...) and spline(...) take brackets")
        if kind != "name" or not opens:
            return as_term(self.frame, self.column())
        self.place += 1
        self.need("(", f"after {piece}")
        name = self.column()
        made = self.category(name) if piece == "C" else self.spline(name)
        self.need(")", f"at the end of {piece}")
        return made

    def category(self, name: str) -> Category:
        if not self.take(","):
            return Category(name)
        self.word("reference")
        return Category(name, reference=self.constant())

    def spline(self, name: str) -> Spline:
        if not self.take(","):
            return spline(self.frame, name)
        if self.tokens[self.place][0] == "name":
            self.word("df")
        kind, piece, at = self.tokens[self.place]
        if kind != "number" or piece not in ("2", "3", "4"):
            self.refuse(at, "2, 3 or 4 is expected: the number of columns of the spline")
        self.place += 1
        return spline(self.frame, name, df=int(piece))

    def word(self, wanted: str) -> None:
        """An argument's name and its sign."""
        kind, piece, at = self.tokens[self.place]
        if kind != "name" or piece != wanted:
            self.refuse(at, f"'{wanted}' is expected here")
        self.place += 1
        self.need("=", f"after {wanted}")

    def constant(self) -> str | float | bool:
        kind, piece, at = self.tokens[self.place]
        self.place += 1
        if kind == "text":
            return piece[1:-1]
        if kind == "number":
            return int(piece) if re.fullmatch(r"-?[0-9]{1,15}", piece) else float(piece)
        if kind == "name" and piece.lower() in ("true", "false"):
            return piece.lower() == "true"
        self.place -= 1
        self.refuse(at, "a number, true, false or a text in quotes is expected")

    def column(self) -> str:
        kind, piece, at = self.tokens[self.place]
        if kind not in ("name", "quoted"):
            self.refuse(at, "the name of a column is expected")
        self.place += 1
        return piece if kind == "name" else piece[1:-1]
