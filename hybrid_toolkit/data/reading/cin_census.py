"""The children in need census: one XML message, one record a child, into children, referrals, plans and reviews.

What identifies a child and is not needed (birth date, pupil numbers) never leaves this module; the authority's own
number of the child leaves it only for the shipped mapping ``cin-census``, which turns it into a keyed pseudonym.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

from hybrid_toolkit.data.reading.raw_table import Found, RawTable, now, text_frame
from hybrid_toolkit.data.reading.text_files import read_bytes
from hybrid_toolkit.data.reading.workforce_census import first_text, reference_date, root_of, tag_of
from hybrid_toolkit.errors import UnreadableError

CIN_MAPPING = "cin-census"
"""The shipped mapping that reads the tables of the return."""
CIN_TABLES = ("CINChild", "CINReferral", "CINPlan", "CINReview")
"""Its tables: children, referrals, plans, and reviews of child protection plans, of which a plan may have several."""
CHILD, CIN_RECORD = "Child", "LAchildID"
CIN_REVIEW = "CPPreviewDate"
"""The day of a review conference; a plan repeats it for each."""
_BANDS = ((0, "0"), (1, "1-4"), (5, "5-9"), (10, "10-15"), (16, "16-17"), (18, "18+"))
_NEEDS_WORDS = frozenset({"COMM", "HEAR", "VIS", "LD", "AUT"})
"""Disability codes that bear on how a child can be spoken with."""

_Rows = list[dict[str, str]]


def cin_file(path: Path) -> list[Found]:
    """The tables of a children in need census, not read yet.

    Raises
    ------
    UnreadableError
        The file is not XML or is cut short.
    """
    data = read_bytes(path)

    @cache
    def root() -> Element:
        return root_of(data, path.name)

    def found(name: str, columns: Sequence[str], rows: Callable[[Element, str], _Rows], note: str) -> Found:
        def read() -> RawTable:
            made = rows(root(), path.name)
            cells: list[list[str | None]] = [[row.get(c) or None for row in made] for c in columns]
            digest = hashlib.sha256(data).hexdigest()
            return RawTable(text_frame(columns, cells, path.name), path.name, digest, "xml", now(), (note,))

        return Found(name, path.name, read, mapping=CIN_MAPPING, ref=f"{path.name}/{name}")

    band = "age bands are at the reference date, and birth dates were not kept; the return has no workers and no visits"
    first = "the first assessment, section 47 enquiry and conference of each referral; transfer-in conferences left out"
    return [
        found("CINChild", ("LAchildID", "AgeBand", "Sex", "Ethnicity", "Disabled", "NeedsWords"), _children, band),
        found("CINReferral", ("LAchildID", *CIN_REFERRAL_COLUMNS), _referrals, first),
        found("CINPlan", ("LAchildID", "Plan", "Start", "End"), _plans, "plans of children in need and of protection"),
        found("CINReview", ("LAchildID", "Held"), _reviews, "reviews of child protection plans, each once"),
    ]


CIN_REFERRAL_COLUMNS = (
    "Referral",
    "Closed",
    "AssessmentStart",
    "AssessmentEnd",
    "S47",
    "Conference",
    "ConferenceDue",
    "Plan",
)


def _records(root: Element, name: str) -> list[tuple[str, Element]]:
    """Every child with the authority's number for it."""
    pairs = [(first_text(node, (CIN_RECORD,)), node) for node in root.iter() if tag_of(node) == CHILD]
    kept = [(number, node) for number, node in pairs if number]
    if not kept:
        raise UnreadableError(
            f"{name}: the message has no child with a number ({CIN_RECORD}), so it is not a children in need census.",
            fix="Load the XML file that was sent in the children in need census.",
            code="XML-LAYOUT",
        )
    return kept


def _nodes(node: Element, tag: str) -> list[Element]:
    return [n for n in node.iter() if tag_of(n) == tag]


def _children(root: Element, name: str) -> _Rows:
    reference = reference_date(root, name, month=3, day=31)
    rows: dict[str, dict[str, str]] = {}
    for number, node in _records(root, name):
        disabilities = {(n.text or "").strip() for n in _nodes(node, "Disability")} - {""}
        rows[number] = {
            "LAchildID": number,
            "AgeBand": age_band_of(first_text(node, ("PersonBirthDate",)), reference),
            "Sex": first_text(node, ("Sex", "GenderCurrent")),
            "Ethnicity": first_text(node, ("Ethnicity",)),
        } | words_needed(disabilities)
    return list(rows.values())


def words_needed(disabilities: set[str]) -> dict[str, str]:
    """What the codes of disability say of a child, as the cells ``Disabled`` and ``NeedsWords``; empty without codes.

    Examples
    --------
    >>> words_needed({"HEAR"}), words_needed({"NONE"}), words_needed(set())
    ({'Disabled': 'true', 'NeedsWords': 'true'}, {'Disabled': 'false', 'NeedsWords': 'false'}, {})
    """
    if not disabilities:
        return {}
    said = {"Disabled": bool(disabilities - {"NONE"}), "NeedsWords": bool(disabilities & _NEEDS_WORDS)}
    return {name: str(value).lower() for name, value in said.items()}


def _referrals(root: Element, name: str) -> _Rows:
    rows: _Rows = []
    for number, node in _records(root, name):
        for one in _nodes(node, "CINdetails"):
            s47 = next(iter(_nodes(one, "Section47")), None)
            nfa = first_text(one, ("ReferralNFA",)).lower() in ("1", "true")
            plan = "cp" if _nodes(one, "CPPstartDate") else "cin" if _nodes(one, "CINPlanStartDate") else ""
            rows.append(
                {
                    "LAchildID": number,
                    "Referral": first_text(one, ("CINreferralDate",)),
                    "Closed": first_text(one, ("CINclosureDate",)),
                    "AssessmentStart": first_text(one, ("AssessmentActualStartDate",)),
                    "AssessmentEnd": first_text(one, ("AssessmentAuthorisationDate",)),
                    "S47": first_text(one, ("S47ActualStartDate",)),
                    "Conference": first_text(s47, ("DateOfInitialCPC",)) if s47 is not None else "",
                    "ConferenceDue": first_text(s47, ("InitialCPCtarget",)) if s47 is not None else "",
                    "Plan": plan or ("none" if nfa else ""),
                }
            )
    return rows


def _plans(root: Element, name: str) -> _Rows:
    rows: _Rows = []
    kinds = (
        ("cin", "CINPlanDates", "CINPlanStartDate", "CINPlanEndDate"),
        ("cp", "ChildProtectionPlans", "CPPstartDate", "CPPendDate"),
    )
    for number, node in _records(root, name):
        for plan, tag, start, end in kinds:
            for one in _nodes(node, tag):
                dates = {"Start": first_text(one, (start,)), "End": first_text(one, (end,))}
                rows.append({"LAchildID": number, "Plan": plan} | dates)
    return rows


def _reviews(root: Element, name: str) -> _Rows:
    rows: _Rows = []
    for number, node in _records(root, name):
        days = dict.fromkeys((n.text or "").strip() for n in _nodes(node, CIN_REVIEW))
        rows += [{"LAchildID": number, "Held": day} for day in days if day]
    return rows


def age_band_of(born: str, reference: date) -> str:
    """The band at the reference date, or an empty text where the birth date is absent or odd.

    Examples
    --------
    >>> age_band_of("2020-04-01", date(2022, 3, 31)), age_band_of("2022-04-02", date(2022, 3, 31))
    ('1-4', '0')
    """
    try:
        day = date.fromisoformat(born[:10])
    except ValueError:
        return ""
    age = max(reference.year - day.year - ((reference.month, reference.day) < (day.month, day.day)), 0)
    return next(band for low, band in reversed(_BANDS) if low <= age)
