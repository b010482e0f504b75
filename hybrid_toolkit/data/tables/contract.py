"""What a contract is: a table, its columns, and how a kind of column is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

COLUMN_KINDS = ("id", "text", "code", "int", "float", "bool", "date", "month")
"""Kinds of column: an identifier, free short text, a code from a list, numbers, yes/no, a day, a first-of-month day."""

DTYPES: Mapping[str, str] = MappingProxyType(
    {
        "id": "str",
        "text": "str",
        "code": "str",
        "int": "Int64",
        "float": "float64",
        "bool": "boolean",
        "date": "datetime64[us]",
        "month": "datetime64[us]",
    }
)
"""The pandas dtype of each kind once loaded."""


@dataclass(frozen=True, slots=True)
class ColumnContract:
    """One column of a contract.

    Parameters
    ----------
    name : str
        Contract name.
    kind : str
        One of ``COLUMN_KINDS``.
    text : str
        What it holds, in plain words.
    unit : str, optional
        Unit of a number, empty otherwise.
    required : bool, default False
        The table cannot be used without it.
    nullable : bool, default True
        A row may leave it empty.
    low : float | None, optional
        Lower end of the closed range of a number.
    high : float | None, optional
        Upper end of the closed range of a number.
    codes : Mapping[str, str], optional
        Permitted codes with their meaning, for ``kind="code"``.
    """

    name: str
    kind: str
    text: str
    unit: str = ""
    required: bool = False
    nullable: bool = True
    low: float | None = None
    high: float | None = None
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def dtype(self) -> str:
        """The pandas dtype of the loaded column."""
        return DTYPES[self.kind]


@dataclass(frozen=True, slots=True)
class TableContract:
    """The contract of one table.

    Parameters
    ----------
    name : str
        Table name, also its file or sheet name.
    text : str
        What one row is.
    key : tuple[str, ...]
        Columns that together name a row once.
    columns : tuple[ColumnContract, ...]
        Its columns, in order.
    foreign : Mapping[str, tuple[str, str]], optional
        Column -> (table, column) it points to.
    """

    name: str
    text: str
    key: tuple[str, ...]
    columns: tuple[ColumnContract, ...]
    foreign: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> ColumnContract:
        return next(c for c in self.columns if c.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns the table cannot do without."""
        return tuple(c.name for c in self.columns if c.required)


def key(name: str, text: str) -> ColumnContract:
    """An identifier that every row must have."""
    return ColumnContract(name, "id", text, required=True, nullable=False)


def date(name: str, text: str, *, required: bool = False, nullable: bool = True) -> ColumnContract:
    """A day."""
    return ColumnContract(name, "date", text, required=required, nullable=nullable)


def flag(name: str, text: str) -> ColumnContract:
    """A yes or no."""
    return ColumnContract(name, "bool", text)


def number(name: str, text: str, unit: str, low: float | None = 0, high: float | None = None) -> ColumnContract:
    """A number with its unit and closed range."""
    return ColumnContract(name, "float", text, unit=unit, low=low, high=high)
