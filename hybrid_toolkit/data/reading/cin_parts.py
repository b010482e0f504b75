"""The children in need census as one table a part of the return: files of a folder, or sheets of a workbook.

The parts are named after the tags of the return (``CINdetails``, ``Section47``, ``ChildProtectionPlans`` ...) and meet
by the number of the child. What belongs to one referral meets it by its number or its day where the part repeats them,
and otherwise belongs to the newest referral of the child on or before the day it began.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pandas as pd

from hybrid_toolkit.data.reading.cin_census import CIN_RECORD
from hybrid_toolkit.data.reading.cin_csv import cin_events, tables_of_events
from hybrid_toolkit.data.reading.raw_table import Found, RawTable, normal_name
from hybrid_toolkit.errors import UnreadableError

_REFERRALS = "cindetails"
_NUMBER = "CINdetailsID"
"""Number of a referral, where the parts repeat it."""
_BEGAN = {
    "assessments": "AssessmentActualStartDate",
    "cinplandates": "CINPlanStartDate",
    "section47": "S47ActualStartDate",
    "childprotectionplans": "CPPstartDate",
}
"""Parts with things that belong to a referral, and the day on which each began."""
_OF_CHILDREN = ("childidentifiers", "childcharacteristics", "disabilities", "reviews")
_HEADER = "header"
_PARTS = (_REFERRALS, *_BEGAN, *_OF_CHILDREN, _HEADER)


def cin_tables_joined(found: list[Found]) -> list[Found]:
    """The sources as they are, with the parts of a census replaced by the tables that they make together.

    Parameters
    ----------
    found : list[Found]
        Everything that was found. Only what is named after a part of the return is looked into, and only where
        ``CINdetails`` and a second part are there.
    """
    parts = {one.ref or one.name: (_part_of(one.name), one) for one in found if _part_of(one.name)}
    kinds = {kind for kind, _ in parts.values()}
    if _REFERRALS not in kinds or not kinds & {*_BEGAN, *_OF_CHILDREN}:
        return found
    held = {ref: (kind, one) for ref, (kind, one) in parts.items() if kind == _HEADER or _has_children(one)}
    if _REFERRALS not in {kind for kind, _ in held.values()}:
        return found
    first = next(one for kind, one in held.values() if kind == _REFERRALS)
    origin = f"{first.origin} and the parts beside it"
    tables = tables_of_events(lambda: _joined(list(held.values()), origin), origin, first.ref or first.name)
    return [*(one for one in found if (one.ref or one.name) not in held), *tables]


def _part_of(name: str) -> str:
    plain = normal_name(name).replace("_", "").replace(" ", "")
    return next((part for part in _PARTS if plain.endswith(part) or plain.startswith(part)), "")


def _headers(raw: RawTable) -> dict[str, str]:
    return {normal_name(str(h)): str(h) for h in raw.frame.columns}


def _has_children(one: Found) -> bool:
    try:
        return one.error is None and normal_name(CIN_RECORD) in _headers(one.read())
    except UnreadableError:  # told where the source is read by itself, as any other file
        return False


def _joined(parts: list[tuple[str, Found]], origin: str) -> tuple[RawTable, pd.DataFrame]:
    """Every row of every part as an event of its child and, where it has one, of its referral."""
    read = [(kind, one.read()) for kind, one in parts]
    frames = {kind: [cin_events(_plain(kind, raw), (_NUMBER,)) for k, raw in read if k == kind] for kind in _PARTS[:-1]}
    referrals = pd.concat(frames[_REFERRALS], ignore_index=True)
    rows = [referrals]
    for kind, tables in frames.items():
        if kind in _BEGAN:
            rows += [_with_referrals(table, _BEGAN[kind], referrals) for table in tables]
        elif kind in _OF_CHILDREN:
            rows += tables
    events = pd.concat(rows, ignore_index=True)
    for began in _BEGAN.values():
        events["Date"] = events["Date"].mask(events[began].gt(events["Date"]), events[began])
    events["Year"] = events["Year"].mask(events["Year"].eq(""), _year(read))
    digest = hashlib.sha256("".join(raw.sha256 for _, raw in read).encode()).hexdigest()
    notes = tuple(dict.fromkeys(note for _, raw in read for note in raw.notes))
    return replace(read[0][1], origin=origin, sha256=digest, notes=notes), events


def _plain(kind: str, raw: RawTable) -> RawTable:
    """Disabilities, a row each, as one list a child."""
    names = _headers(raw)
    if kind != "disabilities" or "disability" not in names:
        return raw
    child, said = names[normal_name(CIN_RECORD)], names["disability"]
    lists = raw.frame[raw.frame[said].notna()].groupby(child, sort=False)[said].agg(",".join).reset_index()
    return replace(raw, frame=lists.rename(columns={said: "Disabilities"}))


def _with_referrals(rows: pd.DataFrame, began: str, referrals: pd.DataFrame) -> pd.DataFrame:
    """Rows of a part with the day of the referral that each belongs to."""
    by_number = {
        (c, n): d for c, n, d in referrals[[CIN_RECORD, _NUMBER, "CINreferralDate"]].itertuples(index=False) if n
    }
    of_child = {c: sorted(d for d in days if d) for c, days in referrals.groupby(CIN_RECORD)["CINreferralDate"]}

    def day(child: str, number: str, said: str, start: str) -> str:
        if said or (child, number) in by_number:
            return said or by_number[child, number]
        return next((d for d in reversed(of_child.get(child, [])) if start and d <= start), "")

    keys = rows[[CIN_RECORD, _NUMBER, "CINreferralDate", began]]
    return rows.assign(CINreferralDate=[day(*map(str, key)) for key in keys.itertuples(index=False)])


def _year(read: list[tuple[str, RawTable]]) -> str:
    """The year of the return, from its header."""
    for kind, raw in read:
        names = _headers(raw)
        if kind == _HEADER and "year" in names and len(raw.frame):
            return str(raw.frame[names["year"]].iloc[0] or "")
    return ""
