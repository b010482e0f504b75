"""The card that lies beside simulated data: what they are, what they hold, where each parameter comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.synth.parameter_sources import SOURCE_KINDS, parameter_sources
from hybrid_toolkit.synth.truth import Truth


def data_card(truth: Truth, label: str, rows: Mapping[str, int]) -> str:
    """A data card as Markdown.

    Parameters
    ----------
    truth : Truth
        What the data were simulated from.
    label : str
        Their short name.
    rows : Mapping[str, int]
        Table -> rows.

    Returns
    -------
    str
        Tables with their rows, and each parameter with its value, what it does to the data and its source.

    Examples
    --------
    >>> print(data_card(Truth(), "an authority", {"la": 1}).splitlines()[0])
    # Data card: an authority
    """
    usual = Truth()
    changed = [n for n in parameter_sources() if getattr(truth, n) != getattr(usual, n)]
    lines = [
        f"# Data card: {label}",
        "",
        f"{SYNTHETIC_STAMP}. No one in these tables exists.",
        "They are for learning, for tests of methods and for planning. Each value below can be changed and the data",
        "simulated again.",
        "",
        "| Table | One row is | Rows |",
        "|---|---|---|",
        *(f"| {name} | {TABLES[name].text} | {count:,} |" for name, count in rows.items()),
        "",
        "## Parameters",
        "",
        sources_counted(),
        "",
        "Changed by the scenario: " + (", ".join(f"`{n}`" for n in changed) or "none") + ".",
        "",
        *parameter_lines(truth),
    ]
    return "\n".join(lines) + "\n"


def sources_counted() -> str:
    """How many parameters are of which kind, and what the kinds mean."""
    found = parameter_sources()
    count = Counter(s.kind for s in found.values())
    parts = [f"{count[kind]} {kind} ({meaning})" for kind, meaning in SOURCE_KINDS.items()]
    return f"{len(found)} parameters: " + "; ".join(parts) + "."


def parameter_lines(truth: Truth) -> list[str]:
    """A Markdown table: parameter, value, meaning, kind of source, source."""
    found = parameter_sources()
    named = [f.name for f in fields(Truth) if f.name != "scenario"]
    rows = [
        f"| `{n}` | {getattr(truth, n)} | {found[n].meaning} | {found[n].kind} | {found[n].source} |" for n in named
    ]
    return ["| Parameter | Value | What it does | Kind | Source, or why it was taken |", "|---|---|---|---|---|", *rows]
