"""A small grammar for the formula of a metric of one's own: read, checked and computed, with nothing else to run.

A formula is one of ``mean(x)``, ``share(condition)`` and ``ratio(a, b)``, or a bare expression (its mean, or its share
where it is a condition), each with an optional ``where condition``::

    share(held_date <= due_date)
    ratio(h_home, h_home + h_office) where h_court == 0
    mean(held_date - due_date) where mode in ("video", "phone")

Inside stand numbers, ``true`` and ``false``, texts in quotes (a code, or a date as in ``"2025-01-31"``), columns of
the table, ``+ - * /``, comparisons (``== != < <= > >=``), ``in``, ``and``, ``or``, ``not``, brackets and
``recorded(column)``. There is nothing to call, import or reach beyond that: every formula is read by this module's own
reader, character by character, and never given to Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hybrid_toolkit.data.tables.contract import ColumnContract
from hybrid_toolkit.metrics.custom.formula_tokens import refuse, tokens

_MAX_LENGTH = 2000
"""Characters a formula may have."""
MAX_DEPTH = 40
"""Brackets and operations inside one another that a formula may have."""
AGGREGATES = ("mean", "share", "ratio")
"""What a formula may make of its rows."""
_OPEN_IDS = ("site_id",)
"""Identifiers a formula may compare: places, never people, families or teams."""
_KINDS = {
    **dict.fromkeys(("int", "float"), "number"),
    **dict.fromkeys(("date", "month"), "date"),
    **dict.fromkeys(("code", "text", "id"), "text"),
    "bool": "truth",
}
_WORDS = ("and", "or", "not", "in", "where", "true", "false", "recorded", *AGGREGATES)
_COMPARE = ("==", "!=", "<=", ">=", "<", ">")
_SAID = {"number": "a number", "truth": "a condition", "text": "a text or code", "date": "a date"}


@dataclass(frozen=True, slots=True)
class FormulaNode:
    """One part of a formula that was read.

    Parameters
    ----------
    op : str
        ``number``, ``truth``, ``text``, ``date`` (constants), ``column``, ``recorded``, ``in`` or an operator.
    type : str
        ``number``, ``truth``, ``text`` or ``date``: what it gives a row.
    value : float | str | bool | None, optional
        The constant, or the column's name.
    parts : tuple[FormulaNode, ...], optional
        The parts it is made of.
    depth : int, default 1
        Levels of parts within it.
    at : int, default 0
        Where it stands, counted from 0.
    """

    op: str
    type: str
    value: float | str | bool | None = None
    parts: tuple[FormulaNode, ...] = ()
    depth: int = 1
    at: int = 0


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read and holds nothing but the grammar.

    Parameters
    ----------
    text : str
        As it was written.
    aggregate : str
        One of ``AGGREGATES``.
    parts : tuple[FormulaNode, ...]
        One expression (``mean``, ``share``) or two (``ratio``).
    where : FormulaNode | None
        The condition that picks the rows, or None.
    columns : tuple[str, ...]
        Columns it reads, in order.
    """

    text: str
    aggregate: str
    parts: tuple[FormulaNode, ...]
    where: FormulaNode | None
    columns: tuple[str, ...]


def parse_formula(text: str, columns: Mapping[str, ColumnContract]) -> Formula:
    """Read a formula over the columns of one table.

    Parameters
    ----------
    text : str
        The formula, 2,000 characters at the most.
    columns : Mapping[str, ColumnContract]
        Column name -> its contract; only these can be named.

    Raises
    ------
    MeasureError
        Anything outside the grammar, with line and column (``FORMULA-REFUSED``).

    Examples
    --------
    >>> from hybrid_toolkit.data.tables.contracts import TABLES
    >>> known = {c.name: c for c in TABLES["contact"].columns}
    >>> parse_formula("share(held_date <= due_date)", known).columns
    ('held_date', 'due_date')
    >>> parse_formula("open(mode)", known)
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.MeasureError: [FORMULA-REFUSED] formula, line 1, column 1: nothing can be called but mean, \
share, ratio and recorded. How to fix: Use only columns, numbers, texts in quotes, + - * / ( ), \
comparisons, in, and, or, not, where, mean(x), share(condition), ratio(a, b) and recorded(column), and nothing else.
    """
    return _Reader(text, columns).formula()


class _Reader:
    """Reads one formula from left to right."""

    def __init__(self, text: str, columns: Mapping[str, ColumnContract]) -> None:
        if not isinstance(text, str) or not text.strip():
            refuse("", 0, "there is no formula")
        if len(text) > _MAX_LENGTH:
            refuse(text, _MAX_LENGTH, f"it is longer than {_MAX_LENGTH:,} characters")
        self.text, self.columns, self.place, self.level = text, columns, 0, 0
        self.tokens = tokens(text)
        self.read: dict[str, None] = {}

    # --- pieces

    @property
    def piece(self) -> str:
        kind, piece, _ = self.tokens[self.place]
        return piece if kind in ("name", "sign") else ""

    @property
    def at(self) -> int:
        return self.tokens[self.place][2]

    def take(self, *pieces: str) -> str:
        """The next piece if it is one of these, else nothing."""
        piece = self.piece
        if piece in pieces:
            self.place += 1
            return piece
        return ""

    def need(self, piece: str) -> None:
        if not self.take(piece):
            refuse(self.text, self.at, f"'{piece}' is expected here")

    def node(
        self, op: str, type_: str, at: int, *parts: FormulaNode, value: float | str | bool | None = None
    ) -> FormulaNode:
        depth = 1 + max((p.depth for p in parts), default=0)
        if depth > MAX_DEPTH:
            refuse(self.text, at, f"more than {MAX_DEPTH} operations inside one another")
        return FormulaNode(op, type_, value, parts, depth, at)

    def want(self, node: FormulaNode, *types: str) -> FormulaNode:
        if node.type not in types:
            wanted = " or ".join(_SAID[t] for t in types)
            refuse(self.text, node.at, f"this is {_SAID[node.type]}, where {wanted} is expected")
        return node

    # --- grammar, from the loosest to the tightest

    def formula(self) -> Formula:
        aggregate, parts = "", []
        if self.piece in AGGREGATES:
            aggregate = self.take(*AGGREGATES)
            self.need("(")
            parts.append(self.want(self.expression(), "truth" if aggregate == "share" else "number"))
            if aggregate == "ratio":
                self.need(",")
                parts.append(self.want(self.expression(), "number"))
            self.need(")")
        else:
            parts.append(self.want(self.expression(), "number", "truth"))
            aggregate = "share" if parts[0].type == "truth" else "mean"
        where = self.want(self.expression(), "truth") if self.take("where") else None
        if self.tokens[self.place][0] != "end":
            refuse(self.text, self.at, self._after())
        if not any(_reads(p) for p in parts):
            refuse(self.text, 0, "it reads no column")
        return Formula(self.text, aggregate, tuple(parts), where, tuple(self.read))

    def _after(self) -> str:
        if self.piece in ("+", "-", "*", "/"):
            return "mean, share and ratio stand once, around the whole formula; divide two sums with ratio(a, b)"
        if self.piece == "(":
            return "nothing can be called here"
        return "the formula should have ended before this"

    def expression(self) -> FormulaNode:
        self.level += 1
        if self.level > MAX_DEPTH:
            refuse(self.text, self.at, f"more than {MAX_DEPTH} brackets inside one another")
        left = self.conjunction()
        while self.piece == "or":
            at = self.at
            self.take("or")
            left = self.node("or", "truth", at, self.want(left, "truth"), self.want(self.conjunction(), "truth"))
        self.level -= 1
        return left

    def conjunction(self) -> FormulaNode:
        left = self.negation()
        while self.piece == "and":
            at = self.at
            self.take("and")
            left = self.node("and", "truth", at, self.want(left, "truth"), self.want(self.negation(), "truth"))
        return left

    def negation(self) -> FormulaNode:
        at, times = self.at, 0
        while self.take("not"):
            times += 1
        inner = self.comparison()
        if times:
            self.want(inner, "truth")
        return self.node("not", "truth", at, inner) if times % 2 else inner

    def comparison(self) -> FormulaNode:
        left = self.sum()
        at = self.at
        if self.piece == "in" or (self.piece == "not" and self.tokens[self.place + 1][1] == "in"):
            negated = bool(self.take("not"))
            self.need("in")
            among = self.among(left, at)
            return self.node("not", "truth", at, among) if negated else among
        sign = self.take(*_COMPARE)
        if not sign:
            return left
        made = self.compare(sign, left, self.sum(), at)
        if self.piece in _COMPARE:
            refuse(self.text, self.at, "two comparisons are joined by 'and'")
        return made

    def compare(self, sign: str, left: FormulaNode, right: FormulaNode, at: int) -> FormulaNode:
        left, right = self.dated(left, right), self.dated(right, left)
        if left.type != right.type:
            refuse(self.text, at, f"{_SAID[left.type]} is compared with {_SAID[right.type]}")
        if left.type in ("text", "truth") and sign not in ("==", "!="):
            refuse(self.text, at, f"{_SAID[left.type]} is compared by == or != only")
        self.coded(left, right)
        self.coded(right, left)
        return self.node(sign, "truth", at, left, right)

    def dated(self, node: FormulaNode, other: FormulaNode) -> FormulaNode:
        """A text beside a date is a date."""
        if node.op != "text" or other.type != "date":
            return node
        try:
            days = date.fromisoformat(str(node.value)).toordinal() - date(1970, 1, 1).toordinal()
        except ValueError:
            refuse(self.text, node.at, "a date is written as in '2025-01-31'")
        return FormulaNode("date", "date", float(days), (), 1, node.at)

    def coded(self, node: FormulaNode, column: FormulaNode) -> None:
        """A text beside a coded column is one of its codes."""
        if node.op == "text" and column.op == "column":
            codes = self.columns[str(column.value)].codes
            if codes and node.value not in codes:
                refuse(self.text, node.at, f"column '{column.value}' has the codes {', '.join(codes)}")

    def among(self, left: FormulaNode, at: int) -> FormulaNode:
        self.need("(")
        made: FormulaNode | None = None
        while made is None or self.take(","):
            one = self.compare("==", left, self.sum(), at)
            made = one if made is None else self.node("or", "truth", at, made, one)
        self.need(")")
        return made

    def sum(self) -> FormulaNode:
        left = self.product()
        while self.piece in ("+", "-"):
            at = self.at
            sign = self.take("+", "-")
            right = self.product()
            if sign == "-" and left.type == right.type == "date":
                left = self.node("days", "number", at, left, right)
            else:
                left = self.node(sign, "number", at, self.want(left, "number"), self.want(right, "number"))
        return left

    def product(self) -> FormulaNode:
        left = self.signed()
        while self.piece in ("*", "/"):
            at = self.at
            sign = self.take("*", "/")
            if self.piece == sign:
                refuse(self.text, at, "there are no powers and no whole division")
            left = self.node(sign, "number", at, self.want(left, "number"), self.want(self.signed(), "number"))
        return left

    def signed(self) -> FormulaNode:
        at, minus = self.at, False
        signs = 0
        while sign := self.take("+", "-"):
            minus, signs = minus != (sign == "-"), signs + 1
        inner = self.atom()
        if signs:
            self.want(inner, "number")
        return self.node("minus", "number", at, inner) if minus else inner

    def atom(self) -> FormulaNode:
        kind, piece, at = self.tokens[self.place]
        if kind == "number":
            self.place += 1
            return FormulaNode("number", "number", float(piece), (), 1, at)
        if kind == "text":
            self.place += 1
            return FormulaNode("text", "text", piece[1:-1], (), 1, at)
        if self.take("("):
            inner = self.expression()
            self.need(")")
            return inner
        if kind != "name":
            refuse(self.text, at, "a column, a number or a bracket is expected here")
        if self.take("true", "false"):
            return FormulaNode("truth", "truth", piece == "true", (), 1, at)
        if self.take("recorded"):
            self.need("(")
            column = self.column()
            self.need(")")
            return self.node("recorded", "truth", at, column)
        return self.column()

    def column(self) -> FormulaNode:
        kind, piece, at = self.tokens[self.place]
        follows = self.tokens[self.place + 1][1] if kind != "end" else ""
        if piece in AGGREGATES:
            refuse(self.text, at, f"'{piece}' stands once, around the whole formula")
        if kind == "name" and follows == "(" and piece not in _WORDS:
            refuse(self.text, at, "nothing can be called but mean, share, ratio and recorded")
        if kind != "name" or piece in _WORDS:
            refuse(self.text, at, "a column is expected here")
        if piece not in self.columns:
            refuse(self.text, at, f"the table has no column of this name; it has {', '.join(self.columns)}")
        found = self.columns[piece]
        if found.kind == "id" and piece not in _OPEN_IDS:
            refuse(self.text, at, "identifiers of people, families and teams are not part of a formula")
        self.place += 1
        self.read[piece] = None
        return FormulaNode("column", _KINDS[found.kind], piece, (), 1, at)


def _reads(node: FormulaNode) -> bool:
    return node.op == "column" or any(_reads(p) for p in node.parts)
