"""What a kind of row is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData

Sources = Mapping[str, tuple[str, ...]]
"""Contract table name -> the columns of it that are needed."""


GROUP_COLUMNS = ("mode", "purpose", "stage", "need", "role", "service", "cover_policy", "type")
"""Columns that hold a name of a group: to adjust for, and neither an outcome nor an exposure."""
POLICY_CLOCKS = {"policy_start": "month_index", "policy_wave": "wave"}
"""When a policy starts -> the column that counts the same time. Another clock beside it is refused."""
TIME_COLUMNS = (
    *("month", "date", "year", *POLICY_CLOCKS, *POLICY_CLOCKS.values()),
    *("entry", "entry_after_first", "duration"),
)
"""Columns that say when: to adjust for, or to follow over, and neither an outcome nor an exposure."""


@dataclass(frozen=True)
class ColumnSource:
    """Some columns of a frame: what each is made of (``table.column``), the keys they join by, how they are made.

    ``needs`` is what the part is made of whichever of its columns is asked for.

    Parameters
    ----------
    columns : Sources
        Each column of the frame, with the ``table.column`` names that it is made of.
    keys : tuple[str, ...]
        Columns that the part is joined by.
    build : Callable[[EvaluationData, Collection[str]], pd.DataFrame]
        Function of the data and the columns asked for that gives the part.
    needs : tuple[str, ...], optional
        Columns that the part needs, any of its columns asked for.

    Examples
    --------
    >>> staff = ColumnSource({"role": ("worker.role",)}, ("worker_id",),
    ...     lambda data, columns: data["worker"][["worker_id", "role"]])
    >>> staff.keys, list(staff.columns)
    (('worker_id',), ['role'])
    """

    columns: Sources
    keys: tuple[str, ...]
    build: Callable[[EvaluationData, Collection[str]], pd.DataFrame]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unit:
    """A kind of row: its words, and its parts; the first part gives the rows.

    Parameters
    ----------
    name : str
        Word for one row.
    plural : str
        Word for several rows.
    parts : tuple[ColumnSource, ...]
        Parts; the first gives the rows.
    made_by : tuple[str, ...]
        Columns (``table.column``) without a value of which there is no row: what an error names where there is none.

    Examples
    --------
    >>> from hybrid_toolkit.study.units import UNITS
    >>> UNITS["contact"].name, "rs_desk" in UNITS["contact"].columns
    ('contact', True)
    """

    name: str
    plural: str
    parts: tuple[ColumnSource, ...]
    made_by: tuple[str, ...]

    @property
    def columns(self) -> Sources:
        """Every column that a study of this unit may name."""
        return MappingProxyType({c: s for p in self.parts for c, s in p.columns.items()})

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that may be an outcome or an exposure: neither keys, nor names of groups, nor times."""
        return tuple(c for c in self.columns if not c.endswith("_id") and c not in (*GROUP_COLUMNS, *TIME_COLUMNS))


def same(names: Collection[str], table: str, key: str = "") -> dict[str, tuple[str, ...]]:
    """Columns taken as they stand in a table, joined by its key."""
    return {n: (*([f"{table}.{key}"] if key else []), f"{table}.{n}") for n in names}
