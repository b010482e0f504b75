"""The frames of an evaluation, where they came from, one hash of what they hold, and who vouches for a figure."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import CoverageError, plural
from hybrid_toolkit.result import RowsHidden

SYNTHETIC_STAMP = "SYNTHETIC DATA - not evidence about any real authority"
"""Shown on every frame, figure and report made from simulated data."""
SIMULATED = "simulation"
PUBLISHED_FILES = "published"
ASSUMED = "assumption"
"""Grounds on which a maker may vouch."""
T = TypeVar("T")
_made: dict[int, tuple[weakref.ref[Any], str, str]] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """Where one table came from.

    Parameters
    ----------
    table : str
        Contract table name.
    origin : str
        File name, sheet or database table (never an absolute path or a password).
    sha256 : str
        Hash of the bytes read (of the rows, for a database).
    rows : int
        Rows read.
    read_at : datetime
        When, UTC.
    notes : tuple[str, ...], optional
        What was assumed or left out, such as columns outside the contract.
    """

    table: str
    origin: str
    sha256: str
    rows: int
    read_at: datetime
    notes: tuple[str, ...] = ()


def hash_frame(frame: pd.DataFrame) -> str:
    """SHA-256 of a frame's content, whatever the order of its rows and columns or the file it came from.

    Examples
    --------
    >>> a = pd.DataFrame({"x": [1.0, 2.0], "y": ["u", "v"]})
    >>> hash_frame(a) == hash_frame(a.iloc[::-1][["y", "x"]])
    True
    >>> hash_frame(a) == hash_frame(a.assign(x=[1.0, 3.0]))
    False
    """
    ordered = frame[sorted(frame.columns)]
    lines = ordered.to_csv(index=False, header=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M:%S")
    digest = hashlib.sha256(",".join(map(str, ordered.columns)).encode())
    for line in sorted(lines.splitlines()):
        digest.update(b"\n" + line.encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class EvaluationData(RowsHidden):
    """Tables that keep to the contracts, with their provenance. Never changed in place.

    Parameters
    ----------
    tables : Mapping[str, pd.DataFrame]
        Contract table name -> frame with contract column names and dtypes.
    provenance : tuple[Source, ...], optional
        One ``Source`` a table.
    synthetic : bool, default False
        True where the data were simulated; every output is then stamped.
    label : str, optional
        Short name for headings, such as ``"small authority, helpful hump, seed 1"``.
    mapping_hash : str | None, optional
        SHA-256 of the mapping file that was applied, or None. A contract, code list or mapping that changes what a
        column means changes the content, and so the hash.

    Examples
    --------
    >>> d = EvaluationData({"la": pd.DataFrame({"la_id": ["A"]})})
    >>> len(d.hash), list(d), d.has("la", "la_id"), d.has("worker")
    (64, ['la'], True, False)
    """

    tables: Mapping[str, pd.DataFrame]
    provenance: tuple[Source, ...] = ()
    synthetic: bool = False
    label: str = ""
    mapping_hash: str | None = field(default=None)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.tables) - set(TABLES))
        if unknown:
            raise CoverageError(
                f"{plural(len(unknown), 'table has', 'tables have')} no contract: {', '.join(unknown)}.",
                fix=f"Use the names of the contracts: {', '.join(TABLES)}.",
                code="TABLE-UNKNOWN",
            )
        object.__setattr__(self, "tables", MappingProxyType({n: self.tables[n] for n in TABLES if n in self.tables}))

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.table(name)

    def __repr__(self) -> str:
        stamp = f" [{SYNTHETIC_STAMP}]" if self.synthetic else ""
        inside = ", ".join(f"{n}: {len(f):,}" for n, f in self.tables.items())
        return f"EvaluationData({self.label + ': ' if self.label else ''}{inside}){stamp}"

    @property
    def stamp(self) -> str:
        """The words shown beside everything made from simulated data; empty for real data."""
        return SYNTHETIC_STAMP if self.synthetic else ""

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table is there with all of these columns.

        Parameters
        ----------
        table : str
            Name of a contract table.
        *columns : str
            Columns that it must have.

        Returns
        -------
        bool
            Whether the table is there with all of these columns.
        """
        return table in self.tables and set(columns) <= set(self.tables[table].columns)

    def table(self, name: str) -> pd.DataFrame:
        """One table; a copy, so that changing it changes nothing here.

        A simulated table carries its stamp as ``attrs["stamp"]``.

        Parameters
        ----------
        name : str
            Name of a contract table.

        Returns
        -------
        pd.DataFrame
            One table; a copy, so that changing it changes nothing here.

        Raises
        ------
        CoverageError
            The data have no such table.
        """
        if name not in self.tables:
            raise CoverageError(
                f"There is no table '{name}' in these data. Tables found: {', '.join(self.tables) or 'none'}.",
                fix=f"Add a file or sheet called '{name}'. To see what you can measure without it, run "
                "'hybrid-toolkit coverage' or data.coverage().",
                code="TABLE-MISSING",
            )
        frame = self.tables[name].copy(deep=False)
        if self.synthetic:
            frame.attrs["stamp"] = SYNTHETIC_STAMP
        return frame

    def coverage(self) -> pd.DataFrame:
        """What can be measured with these data, and what one table or column would open the rest, best first.

        See ``hybrid_toolkit.data.coverage.coverage`` for its columns; ``coverage_summary`` puts it into words.

        Returns
        -------
        pd.DataFrame
            What can be measured with these data, and what one table or column would open the rest, best first.
        """
        from hybrid_toolkit.data.coverage import coverage

        return coverage(self)

    @cached_property
    def hash(self) -> str:
        """One SHA-256 over all tables, the same for the same content from CSV, XLSX, Parquet or a database."""
        digest = hashlib.sha256()
        for name in sorted(self.tables):
            digest.update(f"{name}:{hash_frame(self.tables[name])}\n".encode())
        return digest.hexdigest()


def vouch(item: T, ground: str, *content: object) -> T:
    """Note that an object was made on some ground, with this content; for makers alone, which ``tests/house`` lists.

    No object says of itself that it was simulated or read from published statistics: a caller could say the same of own
    figures. A copy, a pickle and ``dataclasses.replace`` are other objects, which nobody vouched for, and content that
    was changed has another hash.

    Parameters
    ----------
    item : T
        The object; anything that weak references can point to.
    ground : str
        ``SIMULATED``, ``PUBLISHED_FILES`` or ``ASSUMED`` (a formula made it of assumptions alone).
    *content : object
        Frames, arrays, dataclasses and plain values that are vouched for; the whole item by default.

    Returns
    -------
    T
        The same object.

    Examples
    --------
    >>> frame = vouch(pd.DataFrame({"power": [0.8]}), SIMULATED)
    >>> vouched(frame, SIMULATED), vouched(frame.copy(), SIMULATED), vouched(frame, PUBLISHED_FILES)
    (True, False, False)
    >>> frame.loc[0, "power"] = 0.1
    >>> vouched(frame, SIMULATED)
    False
    """
    key = id(item)
    _made[key] = (weakref.ref(item, lambda _: _made.pop(key, None)), ground, _mark(content or (item,)))
    return item


def vouched(item: object, ground: str, *content: object) -> bool:
    """Whether its maker vouched for this very object on this ground, and the content is what it was then.

    Parameters
    ----------
    item : object
        The object.
    ground : str
        ``SIMULATED``, ``PUBLISHED_FILES`` or ``ASSUMED`` (a formula made it of assumptions alone).
    *content : object
        As for ``vouch``, as they stand now.

    Returns
    -------
    bool
        True where both hold.
    """
    kept = _made.get(id(item))
    if kept is None or kept[0]() is not item or kept[1] != ground:
        return False
    return kept[2] == _mark(content or (item,))


def _mark(content: tuple[object, ...]) -> str:
    digest = hashlib.sha256()
    for part in content:
        if isinstance(part, pd.DataFrame):
            digest.update(repr([(str(c), str(t)) for c, t in part.dtypes.items()]).encode())
            for name in part:
                column = part[name]
                plain = column.astype(str) if column.dtype == object else column
                digest.update(pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes())
        elif is_dataclass(part) and not isinstance(part, type):
            digest.update(_mark(tuple(getattr(part, f.name) for f in fields(part))).encode())
        elif isinstance(part, np.ndarray):
            digest.update(repr((part.dtype.str, part.shape)).encode() + part.tobytes())
        else:
            digest.update(repr(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()
