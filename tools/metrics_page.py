"""The catalogue of metrics as a page: ``docs/metrics.md``, made from the specs and from nothing else.

Run from the repository:

    python -m tools.metrics_page
"""

from __future__ import annotations

from pathlib import Path

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.metrics.specs import ALL
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec

PAGE = Path(__file__).resolve().parents[1] / "docs" / "metrics.md"
AREAS = {
    "MA": "Relational practice",
    "MB": "Career stage and learning",
    "MC": "Digital exclusion",
    "MD": "Wellbeing, conflict and safety",
    "ME": "Exposure to hybrid working",
    "MF": "Service outcomes",
    "MG": "Equity",
}
DIRECTIONS = {"higher": "higher is better", "lower": "lower is better", "none": "no direction"}


def page() -> str:
    """The whole page."""
    head = [
        "# The metrics",
        "",
        f"{len(ALL)} metrics, {sum(s.computed for s in ALL)} of them measured from tables. Made by",
        "`python -m tools.metrics_page` from the specs; `ht.metrics.catalogue()` gives the same as a frame,",
        "`hybrid-toolkit metrics ID` prints one, `MetricCatalogue` searches them in a notebook. How well the intervals",
        "hold is in [recovery.md](recovery.md); what *asked for by* names stands in [questions.md](questions.md).",
        "",
    ]
    parts = []
    for code, name in AREAS.items():
        parts += [f"## {name} ({code})", ""]
        parts += [line for spec in ALL if spec.code.startswith(code) for line in _entry(spec)]
    return "\n".join([*head, *parts])


def _entry(spec: MetricSpec) -> list[str]:
    low, high = ("open" if end is None else f"{end:g}" for end in (spec.low, spec.high))
    columns = "; or instead ".join(
        "; ".join(f"{table} ({', '.join(names)})" for table, names in some.items())
        for some in (spec.columns, spec.instead)
        if some
    )
    rows = [
        ("Question", spec.question),
        ("One row is", spec.unit),
        ("Formula", spec.formula),
        ("Figure", f"{spec.value_unit}, {low} to {high}, {DIRECTIONS[spec.direction]}"),
        ("Fewest units", str(spec.min_n)),
        ("Columns", columns),
        ("Reliability", spec.reliability),
        ("Caveats", " ".join(spec.caveats)),
        ("Source", spec.source),
        ("Asked for by", ", ".join(spec.source_questions)),
        ("Co-production", spec.co_produced),
        ("Elsewhere", spec.elsewhere),
    ]
    return [f"### `{spec.id}`: {spec.name}", "", *(f"- {k}: {v}" for k, v in rows if v), ""]


if __name__ == "__main__":
    atomic_write_text(PAGE, page())
