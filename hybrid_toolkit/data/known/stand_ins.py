"""Words and keys that stand where nothing is known (``stand_ins.csv``)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from hybrid_toolkit.data.known.codes import plain_spelling


@lru_cache(maxsize=1)
def _stand_ins() -> Mapping[str, frozenset[str]]:
    text = resources.files("hybrid_toolkit.data.known").joinpath("stand_ins.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {
        k: frozenset(plain_spelling(r["variant"]) for r in rows if r["kind"] == k) for k in {r["kind"] for r in rows}
    }


def is_stand_in(text: str, *, key: bool = False) -> bool:
    """Whether a cell says only that nothing is known; with ``key``, also what stands for nobody, such as ``-1``.

    Examples
    --------
    >>> is_stand_in("Not recorded"), is_stand_in("-1"), is_stand_in("-1", key=True), is_stand_in("W17", key=True)
    (True, False, True, False)
    """
    said = plain_spelling(text)
    return said in _stand_ins()["word"] or (key and said in _stand_ins()["key"])
