"""Allocations of case holders alone, where a flag says which of several workers on a case that is."""

from __future__ import annotations

import re

from hybrid_toolkit.data.known.codes import known_code, plain_spelling
from hybrid_toolkit.data.known.names import words
from hybrid_toolkit.data.matching.parts import ProposedPart
from hybrid_toolkit.data.tables.contracts import TABLES

_FLAG = re.compile(
    r"(?:is )?(?:the )?(?:lead|primary|main|key|case ?holder|case ?holding|allocated)(?: (?:worker|sw|social worker))?"
    r"(?: (?:flag|ind|indicator|yn|y n|yes no))?"
)
_YES_NO = TABLES["contact"]["engaged"]


def keep_case_holders(part: ProposedPart) -> None:
    """Keep the rows in which a flag such as "Primary worker?" is yes, where no column says the role in words.

    Parameters
    ----------
    part : ProposedPart
        A part of a mapping; changed where it holds allocations with such a flag.
    """
    if part.table != "allocation_spell" or "role" in part.columns:
        return
    for header, seen in part.source.usable.items():
        values = [str(v) for v in seen.counts.index]
        said = {v: known_code(_YES_NO, plain_spelling(v)) for v in values}
        if _FLAG.fullmatch(words(header)) and set(said.values()) == {"true", "false"}:
            part.step("keep", header, [v for v in values if said[v] == "true"])
            return
