"""What is refused outright: identifiers as dimensions, extremes as values, personal details in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from hybrid_toolkit.errors import DisclosureError

GROUP_KEYS = frozenset({"la_id", "team_id", "office_id", "site_id", "lsoa_id"})
"""Keys of groups: allowed as dimensions, held to the threshold like any other, and never ordered by a value."""
PERSON_WORDS = frozenset(
    {"name", "surname", "forename", "email", "e_mail", "phone_number", "postcode", "address", "uprn", "upn", "nhs"}
    | {"nhs_number", "swe_number", "registration_number", "date_of_birth", "dob", "ni_number", "notes", "free_text"}
)
"""Column names that name or describe one person."""
MINUTES = frozenset({"commute_min"})
"""Columns whose ending ``_min`` means minutes."""

_EXTREME = re.compile(
    r"^(min|max|minimum|maximum|range|lowest|highest|p0|p100)$|^(min|max|lowest|highest)_|_(min|max)$"
)
_RANK = re.compile(r"(^|_)(rank|ranking|league|position|percentile_of)(_|$)")
_IN_WORDS = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b"),
    "a long number such as an NHS number": re.compile(r"(?<![\w.])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w.])"),
    "a National Insurance number": re.compile(r"\b[A-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b"),
}


def is_identifier(column: str) -> bool:
    """Whether a column's name says that it identifies a person, a family or an event.

    Examples
    --------
    >>> [is_identifier(c) for c in ("worker_id", "nhs_number", "team_id", "mode")]
    [True, True, False, False]
    """
    low = column.lower()
    return (low.endswith("_id") and low not in GROUP_KEYS) or low == "id" or low in PERSON_WORDS


def is_extreme(column: str) -> bool:
    """Whether a column holds a minimum, a maximum or a range.

    Examples
    --------
    >>> [is_extreme(c) for c in ("min", "remote_share_max", "max_hours", "commute_min", "mean")]
    [True, True, True, False, False]
    """
    low = column.lower()
    return low not in MINUTES and bool(_EXTREME.search(low))


def refuse_columns(dims: Iterable[str], values: Iterable[str], *, present: Collection[str]) -> None:
    """Refuse what may never be released.

    Raises
    ------
    DisclosureError : a dimension or value identifies a person, a value ranks, or a column is not there.
    """
    dims, values = tuple(dims), tuple(values)
    missing = [c for c in (*dims, *values) if c not in present]
    if missing:
        raise DisclosureError(
            f"The frame has no column {', '.join(repr(c) for c in missing)}.",
            fix="Name columns that are in the frame.",
            code="COLUMN-MISSING",
        )
    personal = [c for c in (*dims, *values) if is_identifier(c)]
    if personal:
        raise DisclosureError(
            f"Column(s) {', '.join(personal)} identify a person, a family or an event and are never released.",
            fix="Group by something wider, such as career_stage, team_id or month.",
            code="DIM-IDENTIFIER",
        )
    ranks = [c for c in (*dims, *values) if _RANK.search(c.lower())]
    if ranks:
        raise DisclosureError(
            f"Column(s) {', '.join(ranks)} rank people, teams or authorities; nothing is ranked.",
            fix="Release the estimates with their intervals instead.",
            code="RANKING",
        )


def refuse_words(text: str) -> None:
    """Refuse prose that holds a personal detail.

    Raises
    ------
    DisclosureError : the text looks as if it holds an address, a number or a key of a person.
    """
    found = [what for what, pattern in _IN_WORDS.items() if pattern.search(text)]
    if found:
        raise DisclosureError(
            f"The text looks as if it holds {' and '.join(found)}.",
            fix="Take personal details out of the text.",
            code="TEXT-IDENTIFIER",
        )
