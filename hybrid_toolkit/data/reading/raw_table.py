"""Tables as found: text only, with where they came from, before any column has a meaning."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from zoneinfo import ZoneInfo

import pandas as pd

from hybrid_toolkit.data.evaluation_data import Source
from hybrid_toolkit.data.validation.problem import SHOWN, Problem
from hybrid_toolkit.errors import UnreadableError, plural
from hybrid_toolkit.result import RowsHidden

_WHOLE = 1e15
"""Whole numbers up to here are exact as floating-point numbers (2 to the power of 53 is 9.0e15) and written in full."""
ENGLAND = ZoneInfo("Europe/London")
"""A moment with a time zone falls on the day that it had in England."""

_GAPS = re.compile(r"[\s\-./_]+")


FIRST_ROWS = "only the first {:,} rows were looked at; loading reads all"
"""What a source says of which the first rows alone were read."""


@dataclass(frozen=True, slots=True)
class RawTable(RowsHidden):
    """One file, sheet or database table as text; rows have the numbers that the file or sheet gives them.

    Parameters
    ----------
    frame : pd.DataFrame
        Columns of dtype ``str`` under the headers as found, index = row numbers of the file or sheet (of a database: 1,
        2, ...).
    origin : str
        File name, sheet or database table.
    sha256 : str
        Hash of the bytes read.
    kind : str
        ``"csv"``, ``"workbook"``, ``"parquet"``, ``"database"`` or ``"xml"``.
    read_at : datetime
        When, UTC.
    notes : tuple[str, ...], optional
        What was assumed while reading.
    titles : tuple[str, ...], optional
        Titles and notes that stand above and below the table, the nearest above first.
    """

    frame: pd.DataFrame = field(repr=False)
    origin: str
    sha256: str
    kind: str
    read_at: datetime
    notes: tuple[str, ...] = ()
    titles: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that can be read as a table, and how. Nothing is read until ``read`` is called.

    Parameters
    ----------
    name : str
        Name of the file without its ending, of the sheet, or of the database table.
    origin : str
        The same, as a person would say it.
    read : Callable[[], RawTable]
        Reads it.
    mapping : str | None, optional
        Name of the shipped mapping that this layout always needs, or None.
    error : UnreadableError | None, optional
        Why it cannot be read, where that is known already and other things beside it may do without it.
    ref : str, optional
        How a mapping names it without doubt: the file, the sheet after a slash, and the number of the table where a
        sheet has several, as in ``"Staff.xlsx/Sheet1/2"``.
    """

    name: str
    origin: str
    read: Callable[[], RawTable]
    mapping: str | None = None
    error: UnreadableError | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class RawTables(RowsHidden):
    """Contract tables with contract column names, still text.

    Parameters
    ----------
    frames : Mapping[str, pd.DataFrame]
        Contract table name -> frame of text, index = row numbers of the file or sheet.
    sources : tuple[Source, ...]
        One ``Source`` a table.
    kinds : Mapping[str, str], optional
        Contract table name -> kind of origin, see ``RawTable``.
    dates : Mapping[str, Mapping[str, str]], optional
        Contract table name -> {column, or "" for all: strptime format} from the mapping.
    notices : tuple[Problem, ...], optional
        What deserves a look but stops nothing.
    mapping_hash : str | None, optional
        SHA-256 of the mapping applied, or None.
    synthetic : bool, default False
        As in ``EvaluationData``; synthetic where the files are those of the folder's own manifest.
    label : str, optional
        As in ``EvaluationData``; synthetic where the files are those of the folder's own manifest.
    claimed : str, optional
        Where they are not (another format, say), the content hash by which the manifest calls data synthetic.
    """

    frames: Mapping[str, pd.DataFrame] = field(repr=False)
    sources: tuple[Source, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notices: tuple[Problem, ...] = ()
    mapping_hash: str | None = None
    synthetic: bool = False
    label: str = ""
    claimed: str = ""


def normal_name(name: str) -> str:
    """A name without case, and with one underscore for spaces, hyphens, dots and slashes.

    Examples
    --------
    >>> normal_name(" Worker ID "), normal_name("start-date"), normal_name("FTE")
    ('worker_id', 'start_date', 'fte')
    """
    return _GAPS.sub("_", name.replace("\ufeff", "").strip().casefold()).strip("_")


def nearest_names(name: str, among: Iterable[str], *, cutoff: float = 0.55) -> str:
    """The most similar name, as a hint for a message, or an empty string.

    Examples
    --------
    >>> nearest_names("Staff ref.", ["Staff Ref", "Team"]), nearest_names("zzz", ["Team"])
    ('Staff Ref', '')
    """
    by_normal = {normal_name(a): a for a in among}
    close = get_close_matches(normal_name(name), list(by_normal), n=1, cutoff=cutoff)
    return by_normal[close[0]] if close else ""


def as_text(value: object) -> str | None:
    """One cell as text: whole numbers without a decimal point, days as ISO, nothing as None.

    Examples
    --------
    >>> as_text(5.0), as_text(0.1), as_text(True), as_text(datetime(2024, 1, 31)), as_text(" a "), as_text(float("nan"))
    ('5', '0.1', 'true', '2024-01-31', 'a', None)
    """
    if isinstance(value, str):
        return value.strip() or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)
    if isinstance(value, Decimal):
        return None if value.is_nan() else as_text_decimal(value)
    if isinstance(value, datetime):
        plain = value.astimezone(ENGLAND).replace(tzinfo=None) if value.tzinfo else value
        return plain.date().isoformat() if plain == datetime(*plain.timetuple()[:3]) else plain.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return "(binary)"
    return str(value).strip() or None


def as_text_decimal(value: Decimal) -> str:
    """A decimal as text without trailing zeros.

    Examples
    --------
    >>> as_text_decimal(Decimal("1.50")), as_text_decimal(Decimal("300"))
    ('1.5', '300')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def text_frame(
    headers: Sequence[str], columns: Sequence[Sequence[str | None]], origin: str, rows: Sequence[int] | None = None
) -> pd.DataFrame:
    """A frame of text from its columns, with its headers checked; ``rows`` are its row numbers, 1, 2, ... by default.

    Raises
    ------
    UnreadableError
        Two columns with the same name, or a filled column without one.
    """
    names, kept, blank, twice = [], [], [], []
    first: dict[str, int] = {}
    for place, (header, column) in enumerate(zip(headers, columns, strict=True), start=1):
        if header.strip():
            names.append(header.strip().removeprefix("\ufeff"))
            kept.append(pd.array(list(column), dtype="str"))
            if first.setdefault(normal_name(header), place) != place:
                twice.append(f"{first[normal_name(header)]} and {place}")
        elif any(column):
            blank.append(place)
    if blank:
        one = len(blank) == 1
        raise UnreadableError(
            f"{origin}: {'column' if one else 'columns'} {_list(blank)} {'has' if one else 'have'} data but no name in "
            "the header row.",
            fix="If the column names are in a lower row, delete the rows above it. Otherwise type a name in the header "
            "row.",
            code="HEADER-BLANK",
        )
    if twice:
        raise UnreadableError(
            f"{origin}: {plural(len(twice), 'column name stands', 'column names stand')} more than once: columns "
            f"{_list(twice)}.",
            fix="Keep one of them; names that differ only in case, spaces or underscores count as the same.",
            code="HEADER-DUPLICATE",
        )
    frame = pd.DataFrame(dict(zip(names, kept, strict=True)))
    frame.index = pd.RangeIndex(1, len(frame) + 1) if rows is None or not len(names) else pd.Index(list(rows))
    return frame.loc[frame.notna().any(axis=1)] if names else frame


def _list(items: Sequence[object]) -> str:
    return ", ".join(map(str, items[:SHOWN])) + (", ..." if len(items) > SHOWN else "")


def now() -> datetime:
    """The present moment, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
