"""A formula that was read, computed over the rows of a table: plain arithmetic with missing kept missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.metrics.custom.formula import FormulaNode


def values(node: FormulaNode, frame: pd.DataFrame) -> Array:
    """One number a row: NaN where a value it needs is missing, or where it divides by zero or overflows.

    Conditions are 1, 0 or NaN, with the logic of three values: false and missing is false, true or missing is true.

    Parameters
    ----------
    node : FormulaNode
        A part of a formula.
    frame : pd.DataFrame
        Rows with its columns.

    Examples
    --------
    >>> from hybrid_toolkit.data.tables.contracts import TABLES
    >>> from hybrid_toolkit.metrics.custom.formula import parse_formula
    >>> known = {c.name: c for c in TABLES["worker_month"].columns}
    >>> f = parse_formula("h_home / (h_home + h_office)", known)
    >>> values(f.parts[0], pd.DataFrame({"h_home": [1.0, 0.0, None], "h_office": [3.0, 0.0, 1.0]})).tolist()
    [0.25, nan, nan]
    """
    with np.errstate(all="ignore"):
        out = _values(node, frame)
    return np.where(np.isfinite(out), out, np.nan)


def _values(node: FormulaNode, frame: pd.DataFrame) -> Array:
    if node.op in ("number", "date", "truth"):
        return np.full(len(frame), float(node.value or 0.0))
    if node.op == "column":
        return _column(frame[str(node.value)], node.type)
    if node.op == "recorded":
        return frame[str(node.parts[0].value)].notna().to_numpy(dtype=float)
    if node.op in ("==", "!=") and node.parts[0].type == "text":
        return _same_text(node, frame)
    parts = [values(p, frame) for p in node.parts]
    if node.op == "not":
        return 1.0 - parts[0]
    if node.op == "minus":
        return -parts[0]
    return _binary(node.op, *parts)


def _column(column: pd.Series[Any], kind: str) -> Array:
    if kind == "date":
        days = (pd.to_datetime(column) - pd.Timestamp(1970, 1, 1)) / pd.Timedelta(days=1)
        return days.to_numpy(dtype=float)
    return column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _same_text(node: FormulaNode, frame: pd.DataFrame) -> Array:
    sides = [
        pd.Series(str(p.value), index=frame.index, dtype="str") if p.op == "text" else frame[str(p.value)].astype("str")
        for p in node.parts
    ]
    known = np.logical_and(*[s.notna().to_numpy(dtype=bool) for s in sides])
    same: Array = sides[0].eq(sides[1]).to_numpy(dtype=float)
    same = same if node.op == "==" else 1.0 - same
    return np.where(known, same, np.nan)


def _binary(op: str, a: Array, b: Array) -> Array:
    if op == "+":
        return a + b
    if op in ("-", "days"):
        return a - b
    if op == "*":
        return a * b
    if op == "/":
        return a / np.where(b == 0, np.nan, b)
    if op == "and":
        return np.where((a == 0) | (b == 0), 0.0, a * b)
    if op == "or":
        return np.where((a == 1) | (b == 1), 1.0, a + b)
    made: Array = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
    answer: Array = np.where(np.isnan(a) | np.isnan(b), np.nan, made.astype(float))
    return answer
