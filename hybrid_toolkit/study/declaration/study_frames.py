"""The frame a study is fitted to: one row a unit, with the columns it names.

A part of a frame is built only when one of its columns is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, StudyError, plural, with_article
from hybrid_toolkit.study.declaration.custom_metrics import CustomMetric, custom_source
from hybrid_toolkit.study.declaration.toml_text import nearest
from hybrid_toolkit.study.units import UNITS
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Sources

FREE_UNIT = "rows"
"""Unit whose rows and columns are those of a data frame that is given: any plain column name."""
AUTHORITY_UNITS = ("authority-month", "authority-year")
"""Units whose rows are totals of a whole authority: their clusters are authorities, and no team stands behind one."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*")
"""A column's name: letters, digits, underscores, and dots between them, as R writes names. Nothing evaluates it."""


def unit_columns(row_unit: str, metrics: Sequence[CustomMetric] = ()) -> Sources:
    """Every column that a study of this unit may name, its own metrics among them; of the free unit none is known."""
    return {c: s for part in _parts(row_unit, metrics) for c, s in part.columns.items()}


def check_columns(row_unit: str, columns: Collection[str], metrics: Sequence[CustomMetric] = ()) -> None:
    """Every column belongs to the unit, or is one of the study's own metrics that fit it.

    Raises
    ------
    StudyError
        An unknown unit, a column that is not a plain name, or columns that no row of this unit has.
    """
    odd = [c for c in columns if not _PLAIN.fullmatch(c)]
    if odd:
        raise StudyError(
            f"{plural(len(odd), 'entry is', 'entries are')} not plain column names: {', '.join(map(repr, odd))}.",
            fix="Name columns one by one: a letter, then letters, digits, underscores and single dots. A column with "
            "another name is renamed first: frame.rename(columns={'old name': 'new_name'}). A formula is not read; "
            "the design makes the products it needs.",
            code="COLUMN-UNKNOWN",
        )
    if row_unit == FREE_UNIT:
        return
    if row_unit not in UNITS:
        known = (*UNITS, FREE_UNIT)
        fix = f"{nearest([row_unit], known)}Use one of: {', '.join(known)}."
        raise StudyError(f"unit '{row_unit}' is unknown.", fix=fix, code="UNIT-UNKNOWN")
    have = unit_columns(row_unit, metrics)
    unknown = sorted(set(columns) - set(have))
    if unknown:
        elsewhere = {c: [u for u, unit in UNITS.items() if c in unit.columns] for c in unknown}
        told = "; ".join(f"{c} (a column of {', '.join(of)})" if of else c for c, of in elsewhere.items())
        raise StudyError(
            f"{plural(len(unknown), 'column does', 'columns do')} not belong to rows of {UNITS[row_unit].plural}: "
            f"{told}.",
            fix=f"{nearest(unknown, have)}Use: {', '.join(have)}. Or declare the study with another row_unit. A metric "
            "of your own is declared under [[metrics]], or registered.",
            code="COLUMN-UNKNOWN",
        )


def table_needs(
    row_unit: str, columns: Collection[str], metrics: Sequence[CustomMetric] = ()
) -> dict[str, tuple[str, ...]]:
    """Tables and columns that the named columns, and the rows themselves, are made of."""
    parts = _parts(row_unit, metrics)
    if not parts:
        return {}
    sources = unit_columns(row_unit, metrics)
    needed = dict.fromkeys(s for c in (*parts[0].keys, *columns) for s in sources[c])
    for i, part in enumerate(parts):
        if i == 0 or any(c in part.columns for c in columns):
            needed |= dict.fromkeys((*part.needs, *(s for k in part.keys for s in sources.get(k, ()))))
    out: dict[str, list[str]] = {}
    for name in needed:
        table, column = name.split(".")
        out.setdefault(table, []).append(column)
    return {t: tuple(c) for t, c in out.items()}


def build_frame(
    data: EvaluationData, row_unit: str, columns: Collection[str], metrics: Sequence[CustomMetric] = ()
) -> pd.DataFrame:
    """One row a unit with (at least) the named columns.

    Raises
    ------
    StudyError
        See ``check_columns``; or the unit is ``"rows"``, which has no tables.
    CoverageError
        The data lack a table or column that these are made of.
    """
    check_columns(row_unit, columns, metrics)
    if row_unit == FREE_UNIT:
        raise StudyError(
            "a study of unit 'rows' is not made from tables.", fix="Pass a pandas data frame as data.", code="UNIT-FREE"
        )
    _require(data, row_unit, columns, metrics)
    first, *others = _parts(row_unit, metrics)
    out = first.build(data, columns)
    # a column that another part gives is that part's, whatever the first is made from
    out = out[[c for c in out.columns if c in first.columns]]
    for part in others:
        mine = [c for c in columns if c in part.columns]
        if mine:
            right = part.build(data, columns)
            kept = right[[*part.keys, *(c for c in right.columns if c in mine)]].dropna(subset=list(part.keys))
            _once(kept, part.keys, row_unit)
            out = out.merge(kept, on=list(part.keys), how="left", validate="many_to_one")
    for name in columns:
        if name not in out:
            out[name] = np.nan
    return out


def _once(rows: pd.DataFrame, keys: Sequence[str], row_unit: str) -> None:
    """That what is joined to the rows of a study has each key once."""
    twice = int(rows.duplicated(list(keys)).sum())
    if twice:
        raise CoverageError(
            f"{plural(twice, 'row repeats', 'rows repeat')} the key {', '.join(keys)}, by which "
            f"{UNITS[row_unit].plural} are put together.",
            fix="Leave 1 row for each key: ht.load_data() lists those that stand twice.",
            code="KEY-DUPLICATE",
        )


def study_frame(
    data: EvaluationData | pd.DataFrame, row_unit: str, columns: Collection[str], metrics: Sequence[CustomMetric] = ()
) -> pd.DataFrame:
    """The rows of a study: made from tables, or for unit ``"rows"`` those of the frame.

    Raises
    ------
    StudyError
        ``UNIT-TABLES``, a frame for a unit whose rows are made from tables; ``UNIT-FREE``, tables for unit ``"rows"``;
        ``DATA-KIND``, neither tables nor a frame.
    CoverageError
        A table or column is not there.
    """
    if isinstance(data, pd.DataFrame) and row_unit != FREE_UNIT:
        raise StudyError(
            f"the study is of unit '{row_unit}', whose rows are made from tables; it was given one data frame.",
            fix="Pass load_data(folder), or declare the study with unit 'rows'.",
            code="UNIT-TABLES",
        )
    if isinstance(data, pd.DataFrame):
        return given_frame(data, columns)
    if not isinstance(data, EvaluationData):
        wanted = "a data frame" if row_unit == FREE_UNIT else "the tables that load_data gives"
        raise StudyError(
            f"a study of unit '{row_unit}' is run on {wanted}; this is {with_article(type(data).__name__)}.",
            fix=f"Pass {wanted} as data.",
            code="DATA-KIND",
        )
    return build_frame(data, row_unit, columns, metrics)


def given_frame(frame: pd.DataFrame, columns: Collection[str]) -> pd.DataFrame:
    """The named columns of a frame that was given, rows numbered anew; the frame itself is not changed.

    Raises
    ------
    CoverageError
        The frame lacks a column, has one twice, or has no rows.
    """
    absent = [c for c in columns if c not in frame.columns]
    twice = [c for c in columns if list(frame.columns).count(c) > 1]
    if absent or twice or frame.empty:
        lacks = f"lacks {len(absent)} of them: {', '.join(absent)}"
        what = lacks if absent else f"has {', '.join(twice)} twice" if twice else "has no rows"
        raise CoverageError(
            f"the study needs {plural(len(columns), 'column')} of the frame, which {what}.",
            fix=f"{nearest(absent, map(str, frame.columns))}Provide a frame with one column of each name and one row "
            "for each unit.",
            code="COLUMN-MISSING",
        )
    return frame[list(columns)].reset_index(drop=True)


def _parts(row_unit: str, metrics: Sequence[CustomMetric]) -> tuple[ColumnSource, ...]:
    if row_unit == FREE_UNIT:
        return ()
    parts = UNITS[row_unit].parts
    return (*parts, *(custom_source(m, row_unit, parts[0].keys) for m in metrics))


def _require(data: EvaluationData, row_unit: str, columns: Collection[str], metrics: Sequence[CustomMetric]) -> None:
    absent = [
        f"{t}.{c}"
        for t, cs in table_needs(row_unit, columns, metrics).items()
        for c in (cs if data.has(t) else [cs[0]])
        if not data.has(t, c)
    ]
    if absent:
        raise CoverageError(
            f"the study needs {plural(len(absent), 'column that the data does', 'columns that the data do')} not have: "
            f"{', '.join(absent)}.",
            fix="Add them, or run it without them: '--adapt' in the command, 'ht.study_for(study, data)' in Python.",
            code="COLUMN-MISSING",
        )


def require_tables(row_unit: str, study: str) -> None:
    """The rows of this study are made from tables.

    Parameters
    ----------
    row_unit : str
        What one row is.
    study : str
        Id of the study, for the message.

    Raises
    ------
    StudyError
        Its unit is ``"rows"``.
    """
    if row_unit == FREE_UNIT:
        raise StudyError(
            f"study '{study}' is of unit 'rows', which is not made from tables.",
            fix="Use estimate_frame(frame); its estimator is tried in hybrid_toolkit.trust.dgps.",
            code="UNIT-FREE",
        )
