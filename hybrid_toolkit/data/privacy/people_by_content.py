"""What a column holds of people, whatever its header says: names, notes, postcodes, days of birth."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from hybrid_toolkit.data.matching.profile import Profile
from hybrid_toolkit.data.privacy.column_placing import may_be_birth_dates
from hybrid_toolkit.data.privacy.identifiers import kind_by_content
from hybrid_toolkit.data.privacy.personal import NOTES_ON_PEOPLE, who_values

_FEWEST = 5
"""Fewer distinct texts that begin as names do may be places; assumed."""
_HALF = 0.5
_POSTCODE = re.compile(r"post_?code|pcds?\d?(_|$)")
_OF_WHAT = re.compile(
    r"inspect|open|close|closing|publi|update|effective|register|registration|establish|approv|start|end|from|until|issued|period|as_at|"
    r"join|week|month|quarter|year"
)
"""A header with such a word says what its days are of: of places, and not of people."""


def people_held(name: str, cells: Sequence[str]) -> str:
    """The kind of what a column holds of people, by what stands in it; empty where it holds nothing of the kind.

    Parameters
    ----------
    name : str
        Its header in lower case with underscores.
    cells : Sequence[str]
        Its filled cells.

    Examples
    --------
    >>> people_held("item", ["Alex Example", "Sam Sample", "Jo Test", "Alex Surname", "Sam Surname"])
    'name of a person'
    >>> people_held("area", ["Stoke-on-Trent", "St Helens", "Isle of Wight", "Kent", "Barking and Dagenham"])
    ''
    """
    texts = list(dict.fromkeys(cells))
    if len(texts) < _FEWEST:
        return ""
    said = who_values(texts)
    if said in ("names", NOTES_ON_PEOPLE):
        return said if said != "names" else "name of a person"
    values = pd.Series(texts, dtype="str")
    held = kind_by_content(values)
    if held is not None and held.name == "postcode" and not _POSTCODE.search(name):
        return "postcode"
    seen = Profile("", values)
    if not _OF_WHAT.search(name) and may_be_birth_dates(seen) and not _even(seen.days):
        return "days of many years, as of birth, under a name that tells nothing"
    return ""


def _even(days: pd.Series) -> bool:
    """Whether most days stand at one distance from the next, as those of a weekly or monthly series."""
    apart = days.dropna().drop_duplicates().sort_values().diff().dropna().dt.days
    return bool(len(apart)) and bool(apart.value_counts(normalize=True).iloc[0] > _HALF)
