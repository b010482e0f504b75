"""The children in need census as a CSV file, one row an event under the tags of the return, as regional tools write it.

It gives the tables that the XML message gives. Every row repeats the child and the referral that it belongs to;
birth dates become age bands and, with pupil numbers, never leave this module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.reading.cin_census import (
    CIN_MAPPING,
    CIN_RECORD,
    CIN_REFERRAL_COLUMNS,
    CIN_REVIEW,
    CIN_TABLES,
    age_band_of,
    words_needed,
)
from hybrid_toolkit.data.reading.coerce import TextCells
from hybrid_toolkit.data.reading.dates import parse_days
from hybrid_toolkit.data.reading.raw_table import Found, RawTable, normal_name, text_frame
from hybrid_toolkit.data.reading.text_files import read_bytes, read_csv
from hybrid_toolkit.data.tables.contract import ColumnContract
from hybrid_toolkit.errors import UnreadableError

_SURE = ("lachildid", "cinreferraldate", "type")
"""Headers that no other list has together."""
_HEAD = 4096
"""Bytes in which the header of a file stands."""
_DAYS = (
    *("CINreferralDate", "CINclosureDate", "DateOfInitialCPC", "CINPlanStartDate", "CINPlanEndDate", "PersonBirthDate"),
    *("S47ActualStartDate", "InitialCPCtarget", "AssessmentActualStartDate", "AssessmentAuthorisationDate"),
    *("CPPstartDate", "CPPendDate", CIN_REVIEW, "Date"),
)
_TEXTS = ("Type", "GenderCurrent", "Sex", "Ethnicity", "Disabilities", "ReferralNFA", "ICPCnotRequired", "Year")
_DAY = ColumnContract("day", "date", "Day")
_NOTE = "read from the return as plain tables; age bands are at the reference date, and birth dates were not kept"


def is_cin_csv(path: Path) -> bool:
    """Whether the header of a CSV file is that of the events of a children in need census."""
    head = read_bytes(path, _HEAD).decode("utf-8", "replace")
    names = {
        normal_name(n) for line in head.splitlines()[:3] for n in line.replace('"', "").replace(";", ",").split(",")
    }
    return set(_SURE) <= names


def cin_csv_file(path: Path) -> list[Found]:
    """The tables of a children in need census as CSV, not read yet."""

    def events() -> tuple[RawTable, pd.DataFrame]:
        raw = read_csv(path)
        return raw, cin_events(raw)

    return tables_of_events(events, path.name, path.name)


def tables_of_events(events: Callable[[], tuple[RawTable, pd.DataFrame]], origin: str, ref: str) -> list[Found]:
    """Children, referrals, plans and reviews of a census, not worked out yet.

    Parameters
    ----------
    events : Callable[[], tuple[RawTable, pd.DataFrame]]
        Gives what was read, for its hash and notes, and a row an event as ``cin_events`` writes it.
    origin : str
        Where the events stand, for messages.
    ref : str
        Full name of the source, before the name of the table.
    """
    read = cache(events)

    def found(name: str, columns: Sequence[str], rows: Callable[[pd.DataFrame], list[dict[str, str]]]) -> Found:
        def table() -> RawTable:
            raw, of_all = read()
            made = rows(of_all)
            cells: list[list[str | None]] = [[row.get(c) or None for row in made] for c in columns]
            return RawTable(
                text_frame(columns, cells, origin), origin, raw.sha256, raw.kind, raw.read_at, (*raw.notes, _NOTE)
            )

        return Found(name, origin, table, mapping=CIN_MAPPING, ref=f"{ref}/{name}")

    child, referral, plan, review = CIN_TABLES
    return [
        found(child, (CIN_RECORD, "AgeBand", "Sex", "Ethnicity", "Disabled", "NeedsWords"), _children),
        found(referral, (CIN_RECORD, *CIN_REFERRAL_COLUMNS), _referrals),
        found(plan, (CIN_RECORD, "Plan", "Start", "End"), _plans),
        found(review, (CIN_RECORD, "Held"), _reviews),
    ]


def cin_events(raw: RawTable, texts: Sequence[str] = ()) -> pd.DataFrame:
    """Every event with days as ISO, and further texts; columns that the file lacks are empty."""
    names = {normal_name(h): h for h in map(str, raw.frame.columns)}
    out = pd.DataFrame({CIN_RECORD: raw.frame[names[normal_name(CIN_RECORD)]]})
    for column in (*_DAYS, *_TEXTS, *texts):
        header = names.get(normal_name(column))
        text = pd.Series(None, index=out.index, dtype="str") if header is None else raw.frame[header]
        if column in _DAYS:
            text = parse_days(TextCells("", _DAY, text)).dt.strftime("%Y-%m-%d")
        out[column] = text.astype("object").where(text.notna(), "")
    out = out[out[CIN_RECORD].notna()]
    if out.empty:
        raise UnreadableError(
            f"{raw.origin}: no row has a number of a child ({CIN_RECORD}), so there is no census in it.",
            fix="Load the CSV file with the events of the children in need census, one row an event.",
            code="CIN-CSV",
        )
    return out


def _first(rows: pd.DataFrame, column: str) -> str:
    return next((str(v) for v in rows[column] if v), "")


def _reference(events: pd.DataFrame) -> date:
    """31 March of the return's year: as the file says, or the first one after the last event."""
    years = pd.to_numeric(events["Year"].replace("", None), errors="coerce").dropna()
    if len(years):
        return date(int(years.max()), 3, 31)
    last = max((d for d in events["Date"] if d), default="") or max(events["CINreferralDate"], default="")
    day = date.fromisoformat(last) if last else date.today()
    return date(day.year if (day.month, day.day) <= (3, 31) else day.year + 1, 3, 31)


def _children(events: pd.DataFrame) -> list[dict[str, str]]:
    reference = _reference(events)
    rows = []
    for number, mine in events.groupby(CIN_RECORD, sort=False):
        disabilities = {d.strip() for d in _first(mine, "Disabilities").split(",")} - {""}
        rows.append(
            {
                CIN_RECORD: str(number),
                "AgeBand": age_band_of(_first(mine, "PersonBirthDate"), reference),
                "Sex": _first(mine, "Sex") or _first(mine, "GenderCurrent"),
                "Ethnicity": _first(mine, "Ethnicity"),
                **words_needed(disabilities),
            }
        )
    return rows


def _referrals(events: pd.DataFrame) -> list[dict[str, str]]:
    rows = []
    for (number, referral), mine in events[events["CINreferralDate"].ne("")].groupby(
        [CIN_RECORD, "CINreferralDate"], sort=False
    ):
        assessed = mine[mine["AssessmentActualStartDate"].ne("")].sort_values(
            "AssessmentActualStartDate", kind="stable"
        )
        enquiry = mine[mine["S47ActualStartDate"].ne("")].sort_values("S47ActualStartDate", kind="stable").head(1)
        nfa = _first(mine, "ReferralNFA").lower() in ("1", "1.0", "true", "y", "yes")
        plan = "cp" if _first(mine, "CPPstartDate") else "cin" if _first(mine, "CINPlanStartDate") else ""
        began, met = _first(enquiry, "S47ActualStartDate"), _first(enquiry, "DateOfInitialCPC")
        rows.append(
            {
                CIN_RECORD: str(number),
                "Referral": str(referral),
                "Closed": _first(mine, "CINclosureDate"),
                "AssessmentStart": _first(assessed, "AssessmentActualStartDate"),
                "AssessmentEnd": _first(assessed.head(1), "AssessmentAuthorisationDate"),
                "S47": began,
                "Conference": met if met >= began else "",  # an earlier one is that of a transfer in
                "ConferenceDue": _first(enquiry, "InitialCPCtarget"),
                "Plan": plan or ("none" if nfa else ""),
            }
        )
    return rows


def _plans(events: pd.DataFrame) -> list[dict[str, str]]:
    rows = []
    for plan, start, end in (("cin", "CINPlanStartDate", "CINPlanEndDate"), ("cp", "CPPstartDate", "CPPendDate")):
        spells = events.loc[events[start].ne(""), [CIN_RECORD, start, end]].drop_duplicates()
        rows += [{CIN_RECORD: str(c), "Plan": plan, "Start": s, "End": e} for c, s, e in spells.itertuples(index=False)]
    return rows


def _reviews(events: pd.DataFrame) -> list[dict[str, str]]:
    """Each day once a child: rows of a plan repeat its reviews, and a review has a row of its own."""
    held = events.loc[events[CIN_REVIEW].ne(""), [CIN_RECORD, CIN_REVIEW]].drop_duplicates()
    return [{CIN_RECORD: str(c), "Held": d} for c, d in held.itertuples(index=False)]
