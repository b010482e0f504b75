"""The workforce census as a CSV file or a sheet, one row a worker under the tags of the return.

So regional tools write it, and so authorities hold it before they send it. It gives what the XML message gives: the
same columns and age bands, and the totals of the authority, with vacancies and agency workers from a file or sheet of
totals that lies beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.reading.coerce import TextCells
from hybrid_toolkit.data.reading.dates import parse_days
from hybrid_toolkit.data.reading.raw_table import Found, RawTable, normal_name, text_frame
from hybrid_toolkit.data.reading.text_files import csv_file, read_bytes, read_csv
from hybrid_toolkit.data.reading.workforce_census import (
    RECORD,
    TOTALS,
    authority_totals,
    census_rows,
    totals_table,
)
from hybrid_toolkit.data.tables.contract import ColumnContract
from hybrid_toolkit.errors import UnreadableError

_ISO_LETTERS = 10
"""Letters of a day as ISO writes it, such as 2024-09-30; a time may follow."""
_MAPPING = "csww-census"
_SURE = ("sweno", "agencyworker", "rolestartdate", "orgrole")
"""Headers that no other list has together."""
_TOTALS = frozenset(("numberofvacancies", "noagencyfte"))
"""Headers of the totals of an authority."""
_HEAD = 4096
"""Bytes in which the header of a file stands."""
_AUTHORITY = ("lea", "la", "lacode", "localauthority", "authority")
_YEAR = ("referencedate", "censusdate", "year", "censusyear")
_DATES = ("RoleStartDate", "RoleEndDate", "PersonBirthDate", "BirthDate")
_DAY = ColumnContract("day", "date", "Day")


def csv_source(path: Path) -> list[Found]:
    """The tables of a CSV file; where it is a workforce census, its workers and the totals of the authority.

    Raises
    ------
    UnreadableError
        As for ``csv_file``.
    """
    if not _is_census(path):
        return csv_file(path)
    return [
        Found(RECORD, path.name, lambda: _workers(read_csv(path)), mapping=_MAPPING, ref=path.name),
        Found(
            TOTALS,
            path.name,
            lambda: _totals(read_csv(path), _beside(path)),
            mapping=_MAPPING,
            ref=f"{path.name}/{TOTALS}",
        ),
    ]


def census_of_sheets(found: Sequence[Found]) -> list[Found]:
    """The sheets of a workbook, with those of a workforce census replaced by its workers and the authority's totals.

    Parameters
    ----------
    found : Sequence[Found]
        The sheets.
    """
    headers = {one.ref: {normal_name(str(h)) for h in one.read().frame.columns} for one in found if one.error is None}
    census = [one for one in found if set(_SURE) <= headers.get(one.ref, set())]
    if not census:
        return list(found)
    totals = [one for one in found if headers.get(one.ref, set()) >= _TOTALS and one not in census]
    made = []
    for one in census:
        made.append(replace(one, name=RECORD, read=partial(_workers_of, one), mapping=_MAPPING))
        ref = f"{one.ref}/{TOTALS}"
        made.append(replace(one, name=TOTALS, read=partial(_totals_of, one, totals), mapping=_MAPPING, ref=ref))
    return [*(one for one in found if one not in census and one not in totals), *made]


def _workers_of(one: Found) -> RawTable:
    return _workers(one.read())


def _totals_of(one: Found, totals: Sequence[Found]) -> RawTable:
    rows = [row for other in totals for row in _rows_said(other.read().frame)]
    return _totals(one.read(), next(iter(rows), {}))


def without_totals(paths: Sequence[Path]) -> list[Path]:
    """The files of a folder without those of totals that belong to a workforce census beside them."""
    totals = [p for p in paths if _is_totals(p)]
    others = [p for p in paths if p not in totals]
    return others if totals and any(p.suffix.lower() == ".csv" and _can_be_census(p) for p in others) else list(paths)


def _can_be_census(path: Path) -> bool:
    try:
        return _is_census(path)
    except UnreadableError:
        return False


def _is_census(path: Path) -> bool:
    head = normal_name(read_bytes(path, _HEAD).decode("utf-8", "replace"))
    return all(name in head for name in _SURE)


def _is_totals(path: Path) -> bool:
    if path.suffix.lower() != ".csv":
        return False
    try:
        head = normal_name(read_bytes(path, _HEAD).decode("utf-8", "replace"))
    except UnreadableError:  # said where the file is read by itself
        return False
    return all(name in head for name in _TOTALS) and "sweno" not in head


def _people(raw: RawTable) -> tuple[list[dict[str, str]], date, str]:
    """One dictionary a worker under normal names, the reference date and the authority."""
    frame = raw.frame.copy()
    headers = {normal_name(str(h)): str(h) for h in frame.columns}
    days = []
    for name in _DATES:
        if header := headers.get(normal_name(name)):
            parsed = parse_days(TextCells("", _DAY, frame[header], raw.kind, None))
            frame[header] = parsed.dt.strftime("%Y-%m-%d").astype("str")
            days += [] if "birth" in normal_name(name) else [parsed.max()]
    people = [{n: "" if pd.isna(row[h]) else str(row[h]).strip() for n, h in headers.items()} for row in _rows(frame)]
    lea = _first(people, _AUTHORITY) or "authority"
    said = _first(people, _YEAR)
    return people, _reference(said, [d for d in days if pd.notna(d)]), lea


def _rows(frame: pd.DataFrame) -> Sequence[Mapping[str, str]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _first(people: Sequence[Mapping[str, str]], names: Sequence[str]) -> str:
    return next((p[n] for p in people for n in names if p.get(n)), "")


def _reference(said: str, days: Sequence[pd.Timestamp]) -> date:
    """The reference date as the file says it, else the 30 September on or after its latest start or end."""
    if len(said) >= _ISO_LETTERS and said[:4].isdigit():
        return date.fromisoformat(said[:_ISO_LETTERS])
    if said[:4].isdigit():
        return date(int(said[:4]), 9, 30)
    last = max(days).date() if days else date.today()
    return date(last.year + (last > date(last.year, 9, 30)), 9, 30)


def _workers(raw: RawTable) -> RawTable:
    people, reference, lea = _people(raw)
    names, rows, notes = census_rows(people, reference, lea)
    columns: list[list[str | None]] = [[row.get(name) or None for row in rows] for name in names]
    return replace(raw, frame=text_frame(names, columns, raw.origin), notes=(*raw.notes, *notes))


def _totals(raw: RawTable, beside: Mapping[str, str]) -> RawTable:
    people, reference, lea = _people(raw)
    return totals_table(authority_totals(people, reference), beside, reference, lea, raw)


def _beside(path: Path) -> dict[str, str]:
    """The one row of a file of totals in the same folder."""
    for other in sorted(path.parent.glob("*.csv")):
        if other != path and _is_totals(other):
            return next(iter(_rows_said(read_csv(other).frame)), {})
    return {}


def _rows_said(frame: pd.DataFrame) -> list[dict[str, str]]:
    """Each row's filled cells."""
    return [{h: str(v) for h, v in row.items() if pd.notna(v)} for row in _rows(frame)]
