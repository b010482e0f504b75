"""A study's entry in ``findings.json``: plain values of its releases, for programs that read them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hybrid_toolkit.disclosure import Release
from hybrid_toolkit.report.findings import MEASURES, ShownStudy, answer_row, holds_truth, is_known


def findings_entry(shown: ShownStudy) -> dict[str, Any]:
    """One entry of ``studies`` in ``findings.json``: plain values, no NaN (null instead)."""
    study, outcome = shown.study, shown.study.outcome
    main = answer_row(shown.estimates, outcome)
    return {
        "id": study.id,
        "question": study.question,
        "design": study.design_used.title,
        "estimand": study.estimand,
        "estimand_text": study.design_used.estimand,
        **{k: _plain(main[k]) for k in ("outcome", "estimate", "std_error", "conf_low", "conf_high")},
        "conf_level": shown.conf_level,
        **{k: _plain(main[k]) for k in ("unit", "n", "clusters", "truth")},
        "truth_inside": holds_truth(main) if is_known(main["truth"]) and is_known(main["conf_low"]) else None,
        "unadjusted": _unadjusted(shown, outcome),
        "diagnosis": _diagnosis_entry(shown.diagnosis, outcome),
        "checks": [
            {"outcome": o, "name": n, "passed": _plain(p), "state": s, "message": v}
            for release in shown.checks.values()
            for o, n, p, s, v in release.content[["outcome", "check", "passed", "state", "message"]].itertuples(
                index=False
            )
        ],
        "contrast": {"words": study.contrast, "size": study.contrast_size, "scale": study.words_for(outcome).scale},
        "finding": shown.details[outcome].finding,
        "claim": shown.claims[outcome].text,
        "claim_grade": shown.details[outcome].grade,
        "reasons": [r.text for r in shown.reasons],
        "does_not_show": list(shown.does_not_show),
        "secondary": [_secondary(shown, o) for o in study.secondary_outcomes],
        "estimates": [
            {k: _plain(v) for k, v in row.items() if k not in ("panel", "label", "role")}
            for row in shown.estimates.content.to_dict("records")
        ],
        "release": shown.estimates.id,
    }


def _unadjusted(shown: ShownStudy, outcome: str) -> dict[str, Any] | None:
    """The plain comparison, where the design has one: a single series has none."""
    rows = shown.estimates.content
    there = (rows["outcome"].eq(outcome) & rows["kind"].eq("unadjusted")).any()
    return _numbers(answer_row(shown.estimates, outcome, kind="unadjusted")) if there else None


def _secondary(shown: ShownStudy, outcome: str) -> dict[str, Any]:
    row = answer_row(shown.estimates, outcome)
    return {
        "outcome": outcome,
        "estimand": dict(zip(shown.study.outcomes, shown.study.estimands, strict=True))[outcome],
        **_numbers(row),
        "truth": _plain(row["truth"]),
        "truth_inside": holds_truth(row) if is_known(row["truth"]) and is_known(row["conf_low"]) else None,
        "diagnosis": _diagnosis_entry(shown.diagnosis, outcome),
        "claim": shown.claims[outcome].text,
        "claim_grade": shown.details[outcome].grade,
    }


def _diagnosis_entry(release: Release | None, outcome: str) -> dict[str, Any] | None:
    if release is None:
        return None
    rows = release.content
    row = {str(k): v for k, v in rows[rows["outcome"].eq(outcome)].iloc[0].items()}
    entry: dict[str, Any] = {"simulations": int(row["runs"])}
    for measure in MEASURES:
        if is_known(row[measure]):
            entry[measure] = _plain(row[measure])
            entry[f"{measure}_mcse"] = _plain(row[f"{measure}_mcse"])
    return entry


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _plain(row[k]) for k in ("estimate", "conf_low", "conf_high", "n")}


def _plain(value: object) -> Any:
    """A value as JSON holds it."""
    if value is None or not is_known(value):
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if not math.isfinite(value) else round(value, 6)
    return value
