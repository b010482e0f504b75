"""The column that numbers rows of a source and that other sources repeat: the key of a list, whatever its header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hybrid_toolkit.data.matching.profile import KEY_UNIQUE, MOSTLY, Profile, SourceProfile

_LEAST_KEYS = 10
"""Fewer values may be codes and are met by chance; assumed."""
_MET = 0.6
"""Share of another column's values that a list knows; leavers and other services are missing from it; assumed."""
_FREE_TEXT = 30
"""Keys are shorter than this on average; assumed."""


def with_keys(sources: Sequence[SourceProfile]) -> list[SourceProfile]:
    """The sources, each with the column that numbers its rows and that other sources repeat row after row.

    A list of staff is known by this though no word of its header is: each number stands once in it, and several times
    in the visits, the allocations and the supervision.

    Parameters
    ----------
    sources : Sequence[SourceProfile]
        From ``profile``.

    Returns
    -------
    list[SourceProfile]
        In the order given; one without such a column is as it was.
    """
    held = [(i, h, p) for i, one in enumerate(sources) for h, p in one.usable.items() if _like_keys(p)]
    made = []
    for i, one in enumerate(sources):
        best: tuple[int, str] = (0, "")
        for place, header, seen in held:
            if place == i and seen.unique > KEY_UNIQUE:
                met = {j for j, _, p in held if j != i and p.unique < KEY_UNIQUE and _knows(seen, p)}
                best = max(best, (len(met), header), key=lambda b: b[0])
        made.append(replace(one, key=best[1]) if best[0] else one)
    return made


def _like_keys(seen: Profile) -> bool:
    if len(seen.counts) < _LEAST_KEYS or seen.length > _FREE_TEXT or seen.dates >= MOSTLY or seen.months >= MOSTLY:
        return False
    return not seen.counts_up and seen.share(lambda v: any(c.isdigit() for c in v) and "." not in v) > MOSTLY


def _knows(whole: Profile, part: Profile) -> bool:
    return len(part.keys & whole.keys) >= _MET * len(part.keys)
