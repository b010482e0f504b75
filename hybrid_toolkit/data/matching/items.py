"""Items of questionnaires known by their ids, by a few words of their wording, or by their order."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.data.known.answers import answer_number
from hybrid_toolkit.data.known.names import words
from hybrid_toolkit.data.matching.profile import Profile

_MOST_ANSWERS = 11
"""Answers of the longest scales in use, 0 to 10; a blank is none of them."""
_NEARLY_EVERY = 0.95
"""Share of cells that must read as answers: a remark slips in now and then; assumed."""
_WORDED = 20
"""A header with more letters than this gives the wording of an item and no name; assumed."""
_PRESENT = {
    **{"felt": "feel", "feeling": "feel", "thought": "think", "thinking": "think"},
    **{"dealt": "deal", "dealing": "deal", "made": "make", "making": "make"},
}
"""Forms of the words of items: a question may ask how it was as well as how it is."""
_CODED = re.compile(r"([a-z0-9 ]+?) ?(\d{1,2})")


@lru_cache(maxsize=1)
def _marks() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(instrument, item, words that are all in its wording)."""
    text = resources.files("hybrid_toolkit.data.known").joinpath("items.csv").read_text(encoding="utf-8")
    return tuple((r["instrument"], r["item"], tuple(r["words"].split("|"))) for r in csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def _ids() -> Mapping[str, str]:
    """Item id of a shipped instrument -> ``instrument/item``, for the ids that one instrument alone has."""
    every = [(item.id, instrument.id) for instrument in instruments_in("survey") for item in instrument.items]
    once = Counter(item for item, _ in every)
    return {item: f"{instrument}/{item}" for item, instrument in every if once[item] == 1}


def is_answer(seen: Profile) -> bool:
    """Whether a column holds answers: nothing but small whole numbers or known labels."""
    different = sum(bool(str(v).strip()) for v in seen.counts.index)
    return (
        different <= _MOST_ANSWERS and seen.filled > 0 and seen.share(lambda v: bool(answer_number(v))) > _NEARLY_EVERY
    )


def items_of(columns: Mapping[str, Profile]) -> dict[str, tuple[str, bool]]:
    """Source column -> (``instrument/item``, whether sure), for the columns that are items of an instrument.

    Items are known by their ids (``wfc_16``), by words of their wording or by their own names (``SWEMWBS Q1``). Four
    columns of answers about colleagues that stand together are taken for the toolkit's four items of informal learning,
    by order, as a guess.

    Examples
    --------
    >>> import pandas as pd
    >>> text = pd.Series(["3", "4"], dtype="str")
    >>> items_of({h: Profile(h, text) for h in ("I've been feeling useful", "Shoe size")})
    {"I've been feeling useful": ('swemwbs/swemwbs_2', True)}
    """
    found: dict[str, tuple[str, bool]] = {}
    taken: set[str] = set()
    answers = {h: p for h, p in columns.items() if is_answer(p)}
    for header in answers:
        said = f" {' '.join(_PRESENT.get(w, w) for w in words(header).split())} "
        hit = _ids().get(header.strip().lower(), "") or next(
            (f"{i}/{n}" for i, n, marks in _marks() if all(f" {m}" in said for m in marks)), ""
        )
        hit = hit or _by_code(words(header))
        if hit and hit not in taken:
            found[header] = (hit, True)
            taken.add(hit)
    return found | _by_order([h for h in answers if h not in found], taken)


def _by_code(said: str) -> str:
    coded = _CODED.fullmatch(said)
    if not coded:
        return ""
    name, number = coded.group(1).replace(" ", ""), int(coded.group(2))
    listed: dict[str, list[str]] = {}
    for instrument, item, _ in _marks():
        listed.setdefault(instrument, []).append(item)
    for instrument, items in listed.items():
        tight, stem = instrument.replace("_", ""), items[0].rpartition("_")[0].replace("_", "")
        if name in {n + end for n in (tight, stem) for end in ("", "q", "item", "question")} and number <= len(items):
            return f"{instrument}/{items[number - 1]}"
    return ""


def _by_order(left: list[str], taken: set[str]) -> dict[str, tuple[str, bool]]:
    about = ("colleague", "informal", "learn", "team", "experienced", "overhear", "advice")
    near = [h for h in left if len(h) > _WORDED and any(a in h.casefold() for a in about)]
    items = [f"informal_learning/il_{i}" for i in range(1, 5)]
    if len(near) != len(items) or taken & set(items):
        return {}
    return {h: (item, False) for h, item in zip(near, items, strict=True)}
