"""Sources whose only link to the others is a name or an e-mail address: the link is kept, the name is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hybrid_toolkit.data.matching.profile import KEY_UNIQUE, KEYS_MET, Profile, SourceProfile
from hybrid_toolkit.data.privacy.pseudonym import name_key
from hybrid_toolkit.data.tables.contracts import TABLES

if TYPE_CHECKING:
    from hybrid_toolkit.data.matching.parts import ProposedPart

HALF_MET = 0.5
"""Share of names or keys known elsewhere from which two columns speak of the same people or teams; assumed: half."""


@dataclass(frozen=True, slots=True)
class Link:
    """A column that names a person, translated through another source to the key that it has there."""

    column: str
    header: str
    source: SourceProfile
    come: str
    to: str


def meets(one: Profile, other: Profile) -> float:
    """Share of a column's distinct values that another column holds too, without regard to case and leading zeros."""
    return len(one.keys & other.keys) / len(one.keys) if one.keys else 0.0


def _name_meets(one: Profile, other: Profile) -> float:
    here, there = ({name_key(v) for v, _ in p.sample} for p in (one, other))
    return len(here & there) / len(here) if here else 0.0


def links_of(parts: Sequence[ProposedPart]) -> list[tuple[ProposedPart, Link]]:
    """Parts without the worker's key that hold a name or an address of those whose key another source has."""
    known = [p for p in parts if p.table == "worker" and "worker_id" in p.columns]
    found = []
    for part in parts:
        if part.table == "worker" or "worker_id" not in TABLES[part.table].names:
            continue
        mine = part.columns.get("worker_id")
        keys = [who.source.columns[who.columns["worker_id"]] for who in known]
        if mine and (not keys or max(meets(part.source.columns[mine], k) for k in keys) >= KEYS_MET):
            continue
        best = max(
            (
                (_name_meets(part.source.columns[h], who.source.columns[other]), h, who, other)
                for who in known
                if who.source is not part.source
                for h in part.source.columns
                if h == mine or h not in part.columns.values()
                for other in who.source.identifying
                if other in who.source.columns and who.source.columns[other].unique > KEY_UNIQUE
            ),
            key=lambda hit: hit[0],
            default=None,
        )
        if best is not None and best[0] >= HALF_MET:
            _, header, who, other = best
            found.append((part, Link("worker_id", header, who.source, other, who.columns["worker_id"])))
    return found
