"""Parts of the shipped mapping of a national return, put into a proposal for the sources that it knows by name.

A return that stands beside an authority's own files needs joins that no header tells (an assessment to its referral),
and its traps. Staff, teams and allocations are left to the proposal: their keys have to meet those of other files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from hybrid_toolkit.data.load import returns_here
from hybrid_toolkit.data.mapping.mapping_file import TableMap, load_mapping
from hybrid_toolkit.data.matching.profile import SourceProfile
from hybrid_toolkit.data.reading.raw_table import normal_name

TAKEN: Mapping[str, tuple[str, ...]] = {"ssd": ("child_event", "plan_spell", "conference", "child")}
"""Shipped mapping -> tables whose parts are put into a proposal."""
_HEAD = re.compile(r"^\[{1,2}tables\.(\w+)\]{1,2}$", re.M)


@dataclass(frozen=True, slots=True)
class ReturnPart:
    """One part of a shipped mapping whose source is here.

    Parameters
    ----------
    table_map : TableMap
        The part.
    source : SourceProfile
        Its source.
    body : str
        Its text without the heading.
    """

    table_map: TableMap
    source: SourceProfile
    body: str

    def to_toml(self, *, several: bool, loose: Sequence[str] = ()) -> str:
        """The part as text.

        Parameters
        ----------
        several : bool
            Whether its table has other parts.
        loose : Sequence[str], optional
            Columns of keys in which case and leading zeros do not count elsewhere in the proposal.

        Returns
        -------
        str
            Lines of a mapping.
        """
        table = self.table_map.table
        mine = [c for c in loose if c in self.table_map.columns]
        more = "loose = [" + ", ".join(f'"{c}"' for c in mine) + "]\n" if mine else ""
        return (f"[[tables.{table}]]" if several else f"[tables.{table}]") + "\n" + more + self.body.strip() + "\n"


def return_parts(sources: Sequence[SourceProfile]) -> list[ReturnPart]:
    """Parts of shipped mappings for the sources here, in their own order.

    Parameters
    ----------
    sources : Sequence[SourceProfile]
        What stands in the folder.

    Returns
    -------
    list[ReturnPart]
        Empty where no return is here.
    """
    found = [s.found for s in sources]
    made: list[ReturnPart] = []
    for name, tables in TAKEN.items():
        mapping = load_mapping(name)
        known = {id(f) for f in returns_here(mapping, found)}
        text = (
            resources.files("hybrid_toolkit.data.built_in_mappings")
            .joinpath(f"{name}.toml")
            .read_text(encoding="utf-8")
        )
        heads = list(_HEAD.finditer(text))
        ends = [h.start() for h in heads[1:]] + [len(text)]
        for part, head, end in zip(mapping.parts, heads, ends, strict=True):
            here = [s for s in sources if id(s.found) in known and _names(part, s)]
            if part.table in tables and here:
                body = "\n".join(line for line in text[head.end() : end].splitlines() if not line.startswith("#"))
                made.append(ReturnPart(part, here[0], body))
    return made


def _names(part: TableMap, source: SourceProfile) -> bool:
    return normal_name(source.found.name) in map(normal_name, part.source)
