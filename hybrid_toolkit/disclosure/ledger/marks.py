"""What the ledger keeps of those behind a figure: keyed hashes of who they are and of what they bring."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

import pandas as pd

from hybrid_toolkit.disclosure.ledger.part_sums import FULL, Marks, Pieces, what_is_left

_PEOPLE = ("worker_id", "family_id", "child_id")
"""Keys that name somebody, in any table; a row is of each that it has. Tables without any describe nobody."""
MARK = 16
"""Digits of a hash that are kept."""
FREE_ROWS = "rows"
"""Name of a table of free rows, each of which may be a person of its own."""


def mark_of(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


def marks_of(key: bytes, who: str, what: str) -> str:
    """The sum of the hashes of all that somebody brings: the mark of two cells together is the sum of theirs."""
    pieces = what.split("|")
    if len(pieces) == 1:
        return mark_of(key, f"{who}|{what}")[:MARK]
    return f"{sum(int(mark_of(key, f'{who}|{piece}')[:MARK], 16) for piece in pieces) % FULL:0{MARK}x}"


def mark_numbers(behind: Mapping[str, str]) -> dict[str, int]:
    return {who: int(mark, 16) for who, mark in behind.items()}


def pieces_of(cell: Mapping[str, Any]) -> Pieces:
    """The pieces of a cell that was shown: a mark of one piece is that piece's."""
    return {who: cell["pieces"].get(who, [mark]) for who, mark in cell["behind"].items()}


def with_rest(parts: list[Marks], whole: Marks | None) -> list[Marks]:
    """Parts, and what everyone has beyond them."""
    rest = {} if whole is None else what_is_left(whole, parts)
    return [*parts, rest] if rest else parts


def marks_of_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """Kind of person -> person -> a sum over the hashes of their rows in all tables, whatever the order of rows."""
    found: dict[str, list[pd.Series[Any]]] = {}
    for name, frame in tables.items():
        columns = sorted(map(str, frame.columns))
        plain = frame.astype({c: "str" for c in columns if frame[c].dtype == object})[columns]
        rows = pd.util.hash_pandas_object(plain.assign(table=name), index=False)
        keys = [c for c in _PEOPLE if c in plain]
        for key in keys:
            found.setdefault(key, []).append(rows.groupby(plain[key].to_numpy()).sum())
        alone = rows[plain[keys].isna().all(axis=1).to_numpy()] if keys or name == FREE_ROWS else rows[:0]
        if len(alone):
            found.setdefault(FREE_ROWS, []).append(alone.groupby(alone.astype("str").to_numpy()).sum())
    out = {}
    for kind, parts in found.items():
        summed = pd.concat(parts)
        summed = summed.groupby(level=0).sum()
        out[kind] = dict(zip(summed.index.astype("str"), summed.astype("str"), strict=True))
    return out
