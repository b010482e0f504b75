"""How the tables of a report show their columns, and the words of a grade."""

from __future__ import annotations

from collections.abc import Mapping

from hybrid_toolkit.report.documents.blocks import TableColumn

ESTIMATE_COLUMNS: Mapping[str, TableColumn] = {
    "label": TableColumn("Estimate"),
    "estimate": TableColumn("Value (95% confidence interval)", "interval"),
    "truth": TableColumn("True value", "number"),
    "unit": TableColumn("Unit"),
    "n": TableColumn("Rows", "count"),
}
DIAGNOSIS_COLUMNS: Mapping[str, TableColumn] = {
    "label": TableColumn("Study"),
    "truth": TableColumn("True value", "number"),
    "bias": TableColumn("Bias", "number-error"),
    "unadjusted_bias": TableColumn("Bias of unadjusted comparison", "number-error"),
    "coverage": TableColumn("Coverage", "percent-error"),
    "power": TableColumn("Power", "percent-error"),
}
METRIC_COLUMNS: Mapping[str, TableColumn] = {
    "measure": TableColumn("Measure"),
    "estimate": TableColumn("Value (95% confidence interval)", "interval"),
    "unit": TableColumn("Unit"),
    "n": TableColumn("Number", "count"),
    "missing": TableColumn("Missing", "percent"),
    "note": TableColumn("Note", "name"),
}
CHECK_COLUMNS: Mapping[str, TableColumn] = {
    "check": TableColumn("Check", "name"),
    "state": TableColumn("Result", "message"),
    "message": TableColumn("Why"),
}
GRADE_WORDS: Mapping[str, str] = {
    "illustration": "An illustration: the data are simulated, so this says nothing about any real authority.",
    "descriptive": "Descriptive: what was recorded, no more.",
    "associational": "Associational: two things occur together, after adjusting for the factors listed.",
    "quasi-causal": "Quasi-causal: an effect if the design's assumptions are met.",
    "causal": "Causal.",
}
