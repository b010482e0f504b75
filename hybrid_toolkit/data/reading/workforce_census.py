"""The children's social work workforce return: one XML message, one record a worker, tags optional.

The message is read with defusedxml, which refuses entity tricks. What identifies a person and is not needed
(birth date, qualifying institution) never leaves this module; the registration number leaves it only for the
shipped mapping ``csww-census``, which turns it into a keyed pseudonym.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

import pandas as pd
from defusedxml import ElementTree

from hybrid_toolkit.data.reading.raw_table import Found, RawTable, normal_name, now, text_frame
from hybrid_toolkit.data.reading.text_files import read_bytes
from hybrid_toolkit.errors import UnreadableError, plural

_OLDEST = 100
"""An age of so many years or more is a slip in the date of birth."""
_MAPPING = "csww-census"
RECORD = "CSWWWorker"
TOTALS = "LALevelVacancies"

KEPT: Mapping[str, tuple[str, ...]] = {
    "SWENo": ("SWENo", "SWENumber", "HCPCNo", "HCPCRegNo", "HCPCNumber"),
    "AgencyWorker": ("AgencyWorker", "Agency"),
    "FTE": ("FTE",),
    "Sex": ("GenderCurrent", "Gender", "Sex", "PersonSex"),
    "Ethnicity": ("Ethnicity",),
    "OrgRole": ("OrgRole", "OrganisationRole"),
    "RoleStartDate": ("RoleStartDate",),
    "RoleEndDate": ("RoleEndDate",),
    "Cases30": ("Cases30", "CasesHeld30"),
    "CFKSSstatus": ("CFKSSstatus",),
    "ReasonLeave": ("ReasonLeave",),
}
"""Column handed on -> tags that hold it, over the years of the return."""

_BIRTH = ("PersonBirthDate", "BirthDate")
_BANDS = ((20, "20-29"), (30, "30-39"), (40, "40-49"), (50, "50-59"), (60, "60+"))


def census_file(path: Path) -> list[Found]:
    """The workers of a workforce return, and its totals of the authority where it has them; not read yet."""
    workers = Found(RECORD, path.name, lambda: read_census(path), mapping=_MAPPING, ref=path.name)
    if TOTALS.encode() not in read_bytes(path):
        return [workers]
    totals = Found(TOTALS, path.name, lambda: read_totals(path), mapping=_MAPPING, ref=f"{path.name}/{TOTALS}")
    return [workers, totals]


def read_totals(path: Path) -> RawTable:
    """One row: vacancies and agency workers of the authority, and sums over the records of its workers.

    Raises
    ------
    UnreadableError
        As for ``read_census``.
    """
    data = read_bytes(path)
    root = root_of(data, path.name)
    reference = reference_date(root, path.name)
    inside = [n for n in root.iter() if tag_of(n) == TOTALS]
    row = {tag_of(n): (n.text or "").strip() for part in inside for n in part}
    people = [_person(node) for node in root.iter() if tag_of(node) == RECORD]
    raw = RawTable(pd.DataFrame(), path.name, hashlib.sha256(data).hexdigest(), "xml", now())
    return totals_table(authority_totals(people, reference), row, reference, first_text(root, ("LEA",)), raw)


def authority_totals(people: Sequence[Mapping[str, str]], reference: date) -> dict[str, float]:
    """Sums over records of workers, each a mapping of normal tags: in post, starters, case holders, cases, days lost.

    Leavers and agency workers are left out of those in post and of starters, agency workers of days lost.
    """
    began = date(reference.year - 1, 10, 1)
    sums = dict.fromkeys(("InPost", "Starters", "CaseHolders", "Cases", "DaysLost"), 0.0)
    for person in people:
        agency, left = person.get("agencyworker", person.get("agency")) == "1", bool(person.get("roleenddate"))
        fte = 0.0 if agency or left else _amount(person.get("fte"))
        sums["InPost"] += fte
        began_now = began.isoformat() <= person.get("rolestartdate", "")[:10] <= reference.isoformat()
        sums["Starters"] += fte if began_now else 0
        sums["CaseHolders"] += _amount(person.get("fte30"))
        sums["Cases"] += 0.0 if left else _amount(person.get("cases30"))
        sums["DaysLost"] += 0.0 if agency else _amount(person.get("workingdayslost"))
    return sums


def totals_table(
    sums: Mapping[str, float], row: Mapping[str, str], reference: date, authority: str, raw: RawTable
) -> RawTable:
    """One row: the totals that the return gives, and the sums over its records."""
    made = {"LEA": authority, "Year": str(reference.year)} | dict(row) | {k: f"{v:g}" for k, v in sums.items()}
    note = "sums over the records: in post and starters without agency workers and leavers, days lost without agency"
    frame = text_frame(list(made), [[v or None] for v in made.values()], raw.origin)
    return RawTable(frame, raw.origin, raw.sha256, raw.kind, raw.read_at, (note,))


def _person(node: Element) -> dict[str, str]:
    return {normal_name(tag_of(tag)): (tag.text or "").strip() for tag in reversed(list(node))}


def _amount(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def read_census(path: Path) -> RawTable:
    """The workers of one return: the tags of ``KEPT``, an age band, the authority's code and the census month.

    Raises
    ------
    UnreadableError
        The file is not XML, is cut short, or is another return.
    """
    data = read_bytes(path)
    root = root_of(data, path.name)
    records = [node for node in root.iter() if tag_of(node) == RECORD]
    if not records:
        raise UnreadableError(
            f"{path.name}: the message has no '{RECORD}' record, so it is not a social work workforce return.",
            fix="Load the XML file that was sent in the children's social work workforce census.",
            code="XML-LAYOUT",
        )
    reference = reference_date(root, path.name)
    authority = first_text(root, ("LEA",))
    if not authority:
        raise UnreadableError(
            f"{path.name}: the header has no authority code (Source, LEA).",
            fix="Export the return again with its header.",
            code="XML-LAYOUT",
        )
    names, rows, notes = census_rows([_person(node) for node in records], reference, authority)
    left_out = sorted({tag_of(tag) for node in records for tag in node} - {t for tags in KEPT.values() for t in tags})
    notes += [
        f"{plural(len(left_out), 'tag')} of the return left out, without a place in the contracts: "
        f"{', '.join(left_out)}",
    ]
    columns: list[list[str | None]] = [[row.get(name) or None for row in rows] for name in names]
    frame = text_frame(names, columns, path.name)
    return RawTable(frame, path.name, hashlib.sha256(data).hexdigest(), "xml", now(), tuple(notes))


def census_rows(
    people: Sequence[Mapping[str, str]], reference: date, authority: str
) -> tuple[list[str], list[dict[str, str]], list[str]]:
    """Names, one row a worker with an age band, the authority's code and the census month, and notes.

    Parameters
    ----------
    people : Sequence[Mapping[str, str]]
        Records of workers under normal tags.
    reference : date
        The reference date of the return.
    authority : str
        Its code.
    """
    rows, notes = _one_each([_row(person, reference) for person in people])
    notes += [
        f"census reference date {reference.isoformat()}; age bands are at that date, and birth dates were not kept",
        "WorkingDaysLost is a total over the year and FTE30 is of case holders only: neither is a monthly figure, "
        "so sick_days stays empty",
    ]
    fixed = {"LEA": authority, "CensusMonth": reference.replace(day=1).isoformat()}
    return [*KEPT, "AgeBand", "LEA", "CensusMonth"], [row | fixed for row in rows], notes


def root_of(data: bytes, name: str) -> Element:
    """The root of an XML message; raises ``UnreadableError`` where it is none."""
    try:
        root: Element = ElementTree.fromstring(data)
    except Exception as error:
        raise UnreadableError(
            f"{name}: the file is not XML, is cut short, or holds forbidden entities ({type(error).__name__}).",
            fix="Export the return again, and check that the file was copied whole.",
            code="FILE-TRUNCATED",
        ) from None
    return root


def tag_of(node: Element) -> str:
    """A tag without its namespace."""
    return str(node.tag).rpartition("}")[2]


def first_text(root: Element, tags: Sequence[str]) -> str:
    """The first text that stands under one of some tags, or an empty one."""
    return next(((n.text or "").strip() for n in root.iter() if tag_of(n) in tags and (n.text or "").strip()), "")


def reference_date(root: Element, name: str, *, month: int = 9, day: int = 30) -> date:
    """The reference date of a return, else a day (30 September by default) of the year in its header."""
    try:
        if text := first_text(root, ("ReferenceDate",)):
            return date.fromisoformat(text[:10])
        return date(int(first_text(root, ("Year",))), month, day)
    except ValueError:
        raise UnreadableError(
            f"{name}: the header has no reference date (YYYY-MM-DD) and no year.",
            fix="Export the return again with its header.",
            code="XML-LAYOUT",
        ) from None


def _row(person: Mapping[str, str], reference: date) -> dict[str, str]:
    def pick(tags: Sequence[str]) -> str:
        return next((person[normal_name(t)] for t in tags if person.get(normal_name(t))), "")

    return {name: pick(tags) for name, tags in KEPT.items()} | {"AgeBand": _age_band(pick(_BIRTH), reference)}


def _age_band(born: str, reference: date) -> str:
    """The band at the reference date, or an empty text where the birth date is absent, odd, or under 20.

    Examples
    --------
    >>> _age_band("1992-10-01", date(2022, 9, 30)), _age_band("1992-09-30", date(2022, 9, 30)), _age_band("", date.min)
    ('20-29', '30-39', '')
    """
    try:
        day = date.fromisoformat(born[:10])
    except ValueError:
        return ""
    age = reference.year - day.year - ((reference.month, reference.day) < (day.month, day.day))
    return next((band for low, band in reversed(_BANDS) if low <= age < _OLDEST), "")


def _one_each(rows: list[dict[str, str]]) -> tuple[list[dict[str, str]], list[str]]:
    """One record a worker: who left and came back, or holds two posts, has several in the return."""
    notes = []
    nameless = sum(not row["SWENo"] for row in rows)
    if nameless:
        rows = [row | {"SWENo": row["SWENo"] or f"record {i}"} for i, row in enumerate(rows)]
        notes.append(
            f"{plural(nameless, 'record has', 'records have')} no registration number; each counts as a separate worker"
        )
    best: dict[str, dict[str, str]] = {}
    for row in rows:
        held = best.get(row["SWENo"])
        if held is None or _recency(row) > _recency(held):
            best[row["SWENo"]] = row
    if len(best) < len(rows):
        notes.append(
            f"{plural(len(rows) - len(best), 'record belongs', 'records belong')} to a worker with another record; the "
            "one that is open, or else began last, was kept"
        )
    return list(best.values()), notes


def _recency(row: Mapping[str, str]) -> tuple[bool, str]:
    return (not row["RoleEndDate"], row["RoleStartDate"])
