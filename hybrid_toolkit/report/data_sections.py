"""The parts of a report that describe the data: what was read, checked, covered and measured; each a release."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import pandas as pd

from hybrid_toolkit import __version__
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.validation.validate import ValidationReport
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.disclosure.release import printed_hash
from hybrid_toolkit.errors import plural
from hybrid_toolkit.metrics.compute import measure, metric_values
from hybrid_toolkit.metrics.people_and_groups import groups
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.tables import plain_heading
from hybrid_toolkit.report.measured import ALL_GROUPS, release_cells


def show_measures(gate: Gate, data: EvaluationData, metrics: Sequence[str]) -> Release:
    """Metrics over the whole of the data, one row each, with the share missing and any reason for doubt."""
    rows = measure(data, metrics)
    rows = rows.assign(
        measure=[REGISTRY[m].name for m in rows["metric"]],
        unit=[REGISTRY[m].value_unit for m in rows["metric"]],
        missing=rows["missing_share"].round(2),
        note=rows["flag"].fillna("").astype(str),
    )
    return gate.estimates(
        rows, title="Measures over the whole authority", clusters="n_clusters", labels=["measure", "missing", "note"]
    )


def show_by_group(gate: Gate, data: EvaluationData, metric: str, *, by: str, words: Mapping[str, str]) -> Release:
    """One metric by group, in the order and the words given.

    The groups are held together with everyone, whose figure stands elsewhere in the report, so that none follows.
    """
    spec = REGISTRY[metric]
    labels = groups(metric_values(data, metric), data, by)
    rows = pd.concat([measure(data, metric), measure(data, metric, by=by)], ignore_index=True)
    title = f"{spec.name}, by {by.replace('_', ' ')}"
    table = release_cells(gate, data, spec, rows, {"group": labels}, title=title)
    shown = table.content
    shown = shown[shown["group"] != ALL_GROUPS].assign(n=shown["n"].fillna(0), people=shown["people"].fillna(0))
    named = pd.Categorical(shown["group"].map(dict(words)), categories=list(words.values()), ordered=True)
    shown = shown.assign(group=named)
    return gate.figure_data(
        shown[shown["group"].notna()].rename(columns={"group": by}).drop(columns="suppressed"),
        title=title,
        dims=[by],
        values=["estimate", "conf_low", "conf_high"],
        people="people",
        derived_from=table,
        source=data,
    )


def table_words(name: str) -> str:
    """A table of the data as a reader calls it.

    Examples
    --------
    >>> table_words("la_year"), table_words("worker_month")
    ('Local authority year', 'Worker month')
    """
    return plain_heading(f"local_authority{name[2:]}" if name.split("_")[0] == "la" else name)


def show_tables(gate: Gate, data: EvaluationData) -> Release:
    """The tables of the data with their rows."""
    rows = [(name, len(data.tables[name]), TABLES[name].text) for name in data]
    card = pd.DataFrame(rows, columns=["table", "rows", "what"])
    return gate.facts(card, title="Tables of the data", basis="metadata", counts=["rows"])


def show_checked(gate: Gate, report: ValidationReport) -> Release:
    """One sentence on what validation found."""
    total = sum(report.checked.values())
    found = "no problem was found" if not report.problems else (
        f"{plural(len(report.errors), 'error')} and {plural(len(report.notices), 'notice')} were found"
    )  # fmt: skip
    where = plural(len(report.checked), "table")
    text = f"{round(total, -2):,} rows in {where} were checked against the contracts: {found}."
    return gate.text(text, title="Validation")


def show_covered(gate: Gate, frame: pd.DataFrame) -> Release:
    """One sentence on how many metrics and studies the data allow."""
    ready = frame[frame["status"] == "ready"]["kind"].value_counts()
    everything = frame["kind"].value_counts()
    parts = [
        f"{ready.get(k, 0)} of {everything[k]} {word}" for k, word in (("metric", "metrics"), ("study", "studies"))
    ]
    return gate.text(f"These data allow {' and '.join(parts)}.", title="Coverage")


def show_versions(gate: Gate, data: EvaluationData, more: Mapping[str, str]) -> Release:
    """What made the page: versions, hash of the data, policy, and ``more``."""
    items = {
        "hybrid-toolkit": __version__,
        "python": platform.python_version(),
        **{p: version(p) for p in ("numpy", "pandas", "scipy", "statsmodels", "matplotlib")},
        **more,
        "hash of the data": printed_hash(data.hash, synthetic=data.synthetic, ledger=gate.ledger),
        "disclosure policy": gate.policy.hash,
    }
    return gate.facts(pd.DataFrame(items.items(), columns=["item", "value"]), title="Versions", basis="metadata")
