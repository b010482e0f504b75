"""Single values and keys of people in what is no column of values: titles, texts, labels, names of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from hybrid_toolkit.disclosure.extremes.extreme_rows import numbers_behind, single_values_by_chance
from hybrid_toolkit.disclosure.looks import looked_up_once
from hybrid_toolkit.disclosure.screen import is_identifier
from hybrid_toolkit.errors import DisclosureError, plural

_NUMBER = re.compile(r"(?<![\w.,-])\d+\.\d{1,9}(?![\w.]*\d)")
"""Numbers with decimals; whole ones are years, counts and codes."""
_TOKEN = re.compile(r"\w[\w-]{3,}")
_GRID, _EXACT = 20, 1e-6
"""Multiples of a twentieth are left alone: edges of bins and levels are such, and data that were rounded so."""
_CHANCE = 1e-6
"""Chance that so many numbers in words are single values of the data, one in a million: a report holds hundreds."""


def refuse_values_in_words(texts: Iterable[object], source: object, *, what: str) -> None:
    """Refuse words that hold a key of a person, or numbers that are single values of the data beyond chance.

    One number alone says nothing: it may be anybody's. Without the tables of the data nothing is found.

    Parameters
    ----------
    texts : Iterable[object]
        Titles, labels, texts and names of columns; numbers count as their text.
    source : object
        The data behind them.
    what : str
        What they are, for the message.

    Raises
    ------
    DisclosureError
        TEXT-IDENTIFIER, TEXT-VALUES.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> hours = [30.0 + i / 7 for i in range(40)]
    >>> data = EvaluationData({"worker": pd.DataFrame({"worker_id": [f"W{i:03}" for i in range(40)], "own_h": hours})})
    >>> refuse_values_in_words(["W012 has left"], data, what="text")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.DisclosureError: [TEXT-IDENTIFIER] 1 key of a person stands in the text. How to fix: Leave \
it out.
    """
    words = " \n ".join(str(t) for t in texts)
    keys = looked_up_once(source, _lettered_keys)
    if keys is None:
        return
    named = keys & set(_TOKEN.findall(words))
    if named:
        raise DisclosureError(
            f"{plural(len(named), 'key')} of a person {'stands' if len(named) == 1 else 'stand'} in the {what}.",
            fix="Leave it out.",
            code="TEXT-IDENTIFIER",
        )
    told = np.unique(np.array([float(n) for n in _NUMBER.findall(words)]))
    told = told[np.abs(told * _GRID - np.round(told * _GRID)) > _EXACT]
    if len(told) > 1 and single_values_by_chance(told, numbers_behind(source)) <= _CHANCE:
        raise DisclosureError(
            f"Numbers in the {what} are single values of the data, more of them than chance would make so.",
            fix="Leave them out, or show means and shares of groups through .table or .figure_data.",
            code="TEXT-VALUES",
        )


def refuse_values_as_counts(frame: pd.DataFrame, counts: Iterable[str], source: object) -> None:
    """Refuse columns of counts that hold single values of the data, in whatever unit, beyond chance.

    Raises
    ------
    DisclosureError
        COUNT-VALUES.

    Examples
    --------
    >>> refuse_values_as_counts(pd.DataFrame({"n": [12, 40]}), ["n"], None)
    """
    known = numbers_behind(source)
    odd = [
        column
        for column in counts
        if known is not None
        and len(told := np.unique(pd.to_numeric(frame[column], errors="coerce").dropna().to_numpy(dtype=float))) > 1
        and single_values_by_chance(told, known) <= _CHANCE
    ]
    if odd:
        raise DisclosureError(
            f"{plural(len(odd), 'column')} of counts {'holds' if len(odd) == 1 else 'hold'} single values of the data "
            f"({', '.join(odd)}).",
            fix="Name columns that count people, rows or clusters; pass means and shares as values.",
            code="COUNT-VALUES",
        )


def words_of(frame: pd.DataFrame, columns: Sequence[str]) -> list[object]:
    """The names of columns, and what stands in those of words and of numbers with decimals.

    Examples
    --------
    >>> words_of(pd.DataFrame({"place": ["north"], "n": [3]}), ["place", "n"])
    ['place', 'n', 'north']
    """
    out: list[object] = list(columns)
    for column in columns:
        held = frame[column].dropna()
        if not pd.api.types.is_integer_dtype(held.dtype) and not pd.api.types.is_bool_dtype(held.dtype):
            out += held.unique().tolist()
    return out


def _lettered_keys(tables: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    """Keys of people, families and events that hold letters and digits; bare numbers may be counts."""
    found: set[str] = set()
    for frame in tables.values():
        for name in filter(is_identifier, map(str, frame.columns)):
            found.update(frame[name].dropna().astype("str").unique().tolist())
    return frozenset(k for k in found if re.search(r"[^\W\d_]", k) and re.search(r"\d", k))
