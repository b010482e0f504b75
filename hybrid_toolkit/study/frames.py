"""The frame a study is fitted to: one row a unit, with the columns it names.

A part of a frame is built only when one of its columns is asked for.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, StudyError
from hybrid_toolkit.study.units import UNITS


def check_columns(unit: str, columns: Collection[str]) -> None:
    """Every column belongs to the unit.

    Raises
    ------
    StudyError : an unknown unit, or columns that no row of this unit has.
    """
    if unit not in UNITS:
        raise StudyError(f"unit '{unit}' is unknown.", fix=f"Use one of: {', '.join(UNITS)}.", code="UNIT-UNKNOWN")
    unknown = sorted(set(columns) - set(UNITS[unit].columns))
    if unknown:
        raise StudyError(
            f"{len(unknown)} column(s) do not belong to a row a {UNITS[unit].name}: {', '.join(unknown)}.",
            fix=f"Use: {', '.join(UNITS[unit].columns)}.",
            code="COLUMN-UNKNOWN",
        )


def table_needs(unit: str, columns: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Tables and columns that the named columns, and the rows themselves, are made of."""
    sources = UNITS[unit].columns
    rows = UNITS[unit].parts[0].keys
    needed = dict.fromkeys(s for c in (*rows, *columns) for s in sources[c])
    for i, part in enumerate(UNITS[unit].parts):
        if i == 0 or any(c in part.columns for c in columns):
            needed |= dict.fromkeys((*part.needs, *(s for k in part.keys for s in sources.get(k, ()))))
    out: dict[str, list[str]] = {}
    for name in needed:
        table, column = name.split(".")
        out.setdefault(table, []).append(column)
    return {t: tuple(c) for t, c in out.items()}


def build_frame(data: EvaluationData, unit: str, columns: Collection[str]) -> pd.DataFrame:
    """One row a unit with (at least) the named columns.

    Raises
    ------
    StudyError : see ``check_columns``.
    CoverageError : the data lack a table or column that these are made of.
    """
    check_columns(unit, columns)
    absent = [
        f"{t}.{c}"
        for t, cs in table_needs(unit, columns).items()
        for c in (cs if data.has(t) else [cs[0]])
        if not data.has(t, c)
    ]
    if absent:
        raise CoverageError(
            f"the study needs {len(absent)} column(s) that the data do not have: {', '.join(absent)}.",
            fix="Add them; coverage() says what can be studied without them.",
            code="COLUMN-MISSING",
        )
    first, *others = UNITS[unit].parts
    out = first.build(data, columns)
    for part in others:
        mine = [c for c in columns if c in part.columns]
        if mine:
            right = part.build(data, columns)
            kept = right[[*part.keys, *(c for c in right.columns if c in mine)]]
            out = out.merge(kept, on=list(part.keys), how="left", validate="many_to_one")
    for name in columns:
        if name not in out:
            out[name] = np.nan
    return out
