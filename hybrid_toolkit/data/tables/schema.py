"""Pandera schemas made from the contracts, and their failures told as problems without values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.config import ValidationDepth, config_context

from hybrid_toolkit.data.tables.contracts import TABLES, ColumnContract
from hybrid_toolkit.data.validation.problem import SHOWN, Problem

_CODES_SHOWN = 12
"""Codes listed in one message before the rest are counted."""
EARLIEST, LATEST = pd.Timestamp("1900-01-01"), pd.Timestamp("2100-12-31")
"""Dates outside this span are slips of the pen."""


def rows(count: int) -> str:
    """``"1 row"`` or ``"1,234 rows"``."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def marked(mask: pd.Series) -> tuple[int, tuple[int, ...]]:
    """How many rows a boolean mask marks, and the first of them as data row numbers that start at 1.

    Examples
    --------
    >>> marked(pd.Series([False, True, True]))
    (2, (2, 3))
    """
    places = np.flatnonzero(mask.fillna(False).to_numpy(dtype=bool)) + 1
    return len(places), tuple(int(p) for p in places[:SHOWN])


def _span(column: ColumnContract) -> str:
    unit = f" {column.unit}" if column.unit else ""
    if column.low is not None and column.high is not None:
        return f"between {column.low:g} and {column.high:g}{unit}"
    return f"{column.low:g}{unit} or more" if column.low is not None else f"{column.high:g}{unit} or less"


def _codes(column: ColumnContract) -> str:
    shown = list(column.codes)
    return (
        ", ".join(shown)
        if len(shown) <= _CODES_SHOWN
        else f"{', '.join(shown[:_CODES_SHOWN])} and {len(shown) - _CODES_SHOWN} more"
    )


_FAILURES: dict[str, Callable[[ColumnContract], tuple[str, str]]] = {
    "VALUE-EMPTY": lambda c: (
        "{rows} with no value, where one is needed",
        f"Fill {c.name} ({c.text.lower()}), or leave these rows out.",
    ),
    "RANGE": lambda c: (
        f"{{rows}} outside the range: expected {_span(c)}",
        f"Correct {c.name}; check that its unit is {c.unit or 'the one of the data dictionary'}.",
    ),
    "NUMBER-INFINITE": lambda c: ("{rows} not finite", f"Write {c.name} as a finite number, or leave it empty."),
    "CODE-UNKNOWN": lambda c: (
        f"{{rows}} with a code that is not in the list: {_codes(c)}",
        "Use a code of the list, or give your own codes in a mapping file (hybrid-toolkit map).",
    ),
    "DATE-FAR": lambda c: (
        f"{{rows}} with a date before {EARLIEST.year} or after {LATEST.year}",
        f"Correct the year of {c.name}.",
    ),
    "MONTH-DAY": lambda c: (
        "{rows} not on the first day of a month",
        f"Write {c.name} as the first day of its month, such as 2025-03-01.",
    ),
}


def _checks(column: ColumnContract) -> list[pa.Check]:
    checks: list[pa.Check] = []
    if column.kind == "id" and not column.nullable:
        checks.append(pa.Check(lambda s: s.str.strip() != "", name="VALUE-EMPTY"))
    if column.kind == "float":
        checks.append(pa.Check(lambda s: ~np.isinf(s), name="NUMBER-INFINITE"))
    if column.low is not None or column.high is not None:
        low = -np.inf if column.low is None else column.low
        high = np.inf if column.high is None else column.high
        checks.append(pa.Check(lambda s: (s >= low) & (s <= high), name="RANGE"))
    if column.codes:
        checks.append(pa.Check(lambda s: s.isin(list(column.codes)), name="CODE-UNKNOWN"))
    if column.kind in ("date", "month"):
        checks.append(pa.Check(lambda s: (s >= EARLIEST) & (s <= LATEST), name="DATE-FAR"))
    if column.kind == "month":
        checks.append(pa.Check(lambda s: s == s.dt.normalize().where(s.dt.day == 1), name="MONTH-DAY"))
    return checks


@lru_cache(maxsize=64)
def table_schema(table: str, columns: tuple[str, ...] | None = None) -> pa.DataFrameSchema:
    """The Pandera schema of one contract table.

    Parameters
    ----------
    table : str
        Contract table name.
    columns : tuple[str, ...] | None, optional
        Which of its columns; all by default.

    Examples
    --------
    >>> schema = table_schema("worker")
    >>> schema.columns["fte"].nullable, str(schema.columns["fte"].dtype)
    (True, 'float64')
    """
    contract = TABLES[table]
    wanted = contract.names if columns is None else columns
    return pa.DataFrameSchema(
        {
            c.name: pa.Column(c.dtype, _checks(c), nullable=c.nullable, required=c.required)
            for c in contract.columns
            if c.name in wanted
        },
        name=table,
    )


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame, depth: ValidationDepth) -> list[dict[str, Any]]:
    """Failure cases of one pass, values left behind: column, check and index only."""
    with config_context(validation_enabled=True, validation_depth=depth):
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            kept: list[dict[str, Any]] = error.failure_cases[["column", "check", "index"]].to_dict("records")
            return kept
    return []


def column_problems(table: str, frame: pd.DataFrame) -> list[Problem]:
    """Every column of one frame held against its contract.

    Parameters
    ----------
    table : str
        Contract table name.
    frame : pd.DataFrame
        Any frame; columns outside the contract are passed over here.

    Returns
    -------
    list[Problem]
        Problems with the codes ``COLUMN-MISSING``, ``TYPE``, ``VALUE-EMPTY``, ``RANGE``, ``NUMBER-INFINITE``,
        ``CODE-UNKNOWN``, ``DATE-FAR``, ``MONTH-DAY``; at most one of each code a column.

    Examples
    --------
    >>> bad = pd.DataFrame({"la_id": ["A", "B"], "imd": [20.0, 120.0]})
    >>> [(p.where, p.code, p.count, p.positions) for p in column_problems("la", bad)]
    [('la.imd', 'RANGE', 1, (2,))]
    """
    contract = TABLES[table]
    plain = frame.reset_index(drop=True)
    problems = [
        Problem(
            table,
            c,
            "COLUMN-MISSING",
            len(frame),
            (),
            "the column is needed and is not there.",
            f"Add the column '{c}'.",
        )
        for c in contract.required
        if c not in frame.columns
    ]
    there = [c for c in contract.names if c in frame.columns]
    plain = plain[there]
    typed = _failures(table_schema(table, tuple(there)), plain, ValidationDepth.SCHEMA_ONLY)
    wrong = {f["column"] for f in typed if f["column"] in there and str(f["check"]).startswith("dtype")}
    for name in there:
        if name in wrong:
            text = f"the column's type is {plain[name].dtype}, and the contract's is {contract[name].dtype}."
            fix = f"Load the data with load_data, or convert the column with astype('{contract[name].dtype}')."
            problems.append(Problem(table, name, "TYPE", len(plain), (), text, fix))
    rest = tuple(c for c in there if c not in wrong)
    found: dict[tuple[str, str], set[int]] = {}
    valued = _failures(table_schema(table, rest), plain[list(rest)], ValidationDepth.DATA_ONLY)
    for failure in [*(f for f in typed if f["check"] == "not_nullable"), *valued]:
        code = "VALUE-EMPTY" if failure["check"] == "not_nullable" else str(failure["check"])
        found.setdefault((failure["column"], code), set()).add(int(failure["index"]))
    for name in rest:
        for code, tell in _FAILURES.items():
            if places := sorted(found.get((name, code), ())):
                text, fix = tell(contract[name])
                shown = tuple(p + 1 for p in places[:SHOWN])
                text = text.replace("{rows}", rows(len(places)))
                problems.append(Problem(table, name, code, len(places), shown, f"{text}.", fix))
    return problems


def key_problems(table: str, frame: pd.DataFrame) -> list[Problem]:
    """Rows of one frame whose key another row already has.

    Examples
    --------
    >>> key_problems("la", pd.DataFrame({"la_id": ["A", "B", "A"]}))[0].positions
    (3,)
    """
    key: Sequence[str] = TABLES[table].key
    if not set(key) <= set(frame.columns):
        return []
    keys = frame.reset_index(drop=True)[list(key)]
    count, places = marked(keys.duplicated(keep="first") & keys.notna().all(axis=1))
    if not count:
        return []
    name = ", ".join(key)
    text = f"{rows(count)} with a key that an earlier row already has."
    fix = f"Keep one row for each {' and '.join(key)}."
    return [Problem(table, name, "KEY-DUPLICATE", count, places, text, fix)]
