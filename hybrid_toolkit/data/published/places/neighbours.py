"""DfE statistical neighbours: ten columns of other areas, each with how close it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hybrid_toolkit.data.published.columns import SheetColumn
from hybrid_toolkit.data.published.tidying import Series

_RANKS = 3
"""Columns of neighbours below which a table with ranks is something else; the published model has ten."""

_RANKED = re.compile(
    r"(closest|nearest)?_*(la|local_authority)?_*"
    r"(sn|nn|stat(s|istical)?_?(n|neigh(bou?r)?s?)?|(closest|nearest)?_?neigh?bou?r|comparator|similar_(la|authority))"
    r"_*(number|no|la|code)?_*(?P<rank>\d{1,2})_*(?P<rest>.*)|"
    r"(?P<first>\d{1,2})(st|nd|rd|th)_*((closest|nearest|most_similar)_*)?"
    r"(statistical_)?(neigh?bou?r|la|authority)_*(?P<after>.*)",
    re.I,
)
_REPEATED = re.compile(r"(snp|sn_?prox\w*|closeness|proximity|how_close|distance)(_\d+)?", re.I)


def neighbour_columns(columns: Sequence[SheetColumn]) -> list[Series]:
    """Columns that name ranked neighbours, or none if there are fewer than three ranks.

    A repeated header such as ``SNP`` belongs to the rank on its left.
    """
    found: list[Series] = []
    rank = ""
    ranks: set[str] = set()
    for column in sorted(columns, key=lambda c: c.position):
        ranked = _RANKED.fullmatch(column.norm)
        if ranked:
            rank = str(int(ranked["rank"] or ranked["first"]))
            ranks.add(rank)
            is_number = bool(ranked["rest"] or ranked["after"]) and column.kind == "number" and column.has_fractions
            found.append(Series(column, column.header, as_text=not is_number, breakdown=f"rank={rank}"))
        elif rank and _REPEATED.fullmatch(column.norm):
            name = f"SN{rank}P" if column.norm.startswith("snp") else f"neighbour {rank} {column.header.split(' (')[0]}"
            note = "repeated header read as belonging to the neighbour on its left"
            found.append(
                Series(
                    column,
                    name,
                    as_text=column.kind != "number",
                    breakdown=f"rank={rank}",
                    assumed=note,
                )
            )
    return found if len(ranks) >= _RANKS else []
