"""What is refused outright: identifiers as dimensions, extremes as values, personal details in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from hybrid_toolkit.data.privacy.identifiers import kind_by_name
from hybrid_toolkit.data.privacy.personal import details_in
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

_ENDS = r"min|max|minimum|maximum|lowest|highest|smallest|largest|shortest|longest|youngest|oldest|earliest|latest"
_HIGH = r"p(?:0|1|2|5|9\d|9\d[._]\d|100)|q(?:0?1|0?5|9\d)"
_HIGH += r"|(?:top|bottom)_(?:1|5|one)(?:_percent)?"
_HIGH += r"|(?:perc|pct|percentile|quantile)_?(?:0?1|0?5|9\d)"
_EXTREME = re.compile(rf"^(?:{_ENDS}|range|{_HIGH})$|^(?:{_ENDS}|{_HIGH})_|_(?:{_ENDS}|{_HIGH})$")
_RANK = re.compile(r"(^|_)(rank|ranking|league|position|percentile_of)(_|$)")


def is_identifier(column: str) -> bool:
    """Whether a column's name says that it identifies a person, a family or an event.

    Examples
    --------
    >>> [is_identifier(c) for c in ("worker_id", "nhs_number", "team_id", "mode")]
    [True, True, False, False]
    """
    low = column.lower()
    if low in GROUP_KEYS:
        return False
    return low.endswith("_id") or low == "id" or low in PERSON_WORDS or kind_by_name(column) is not None


def is_extreme(column: str) -> bool:
    """Whether a column is called a minimum, a maximum, a range, or a percentile so high or low that it is nearly one.

    Examples
    --------
    >>> [is_extreme(c) for c in ("min", "remote_share_max", "hours_p95", "longest_gap", "commute_min", "mean")]
    [True, True, True, True, False, False]
    """
    low = column.lower()
    return low not in MINUTES and bool(_EXTREME.search(low))


def refuse_columns(dims: Iterable[str], values: Iterable[str], *, present: Collection[str]) -> None:
    """Refuse what may never be released.

    Raises
    ------
    DisclosureError
        A dimension or value identifies a person, a value ranks, or a column is not there.
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
            f"A column that identifies a person, a family or an event is never released: {', '.join(personal)}.",
            fix="Group by something wider, such as career_stage, team_id or month.",
            code="DIM-IDENTIFIER",
        )
    ranks = [c for c in (*dims, *values) if _RANK.search(c.lower())]
    if ranks:
        raise DisclosureError(
            f"A column that ranks people, teams or authorities is never released: {', '.join(ranks)}.",
            fix="Show the estimates with their intervals instead.",
            code="RANKING",
        )


def refuse_words(text: str) -> None:
    """Refuse prose that holds a personal detail.

    Raises
    ------
    DisclosureError
        The text looks as if it holds an address, a number or a key of a person.
    """
    found = details_in(text)
    if found:
        raise DisclosureError(
            f"The text looks as if it holds {' and '.join(found)}.",
            fix="Remove personal details from the text.",
            code="TEXT-IDENTIFIER",
        )
