"""A study's result as releases: nothing is shown but what passed the gate."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import SIMULATED, EvaluationData, vouch
from hybrid_toolkit.data.wording.claim_words import RATIO_NOUNS, contrast_of
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.metrics.beside_published import Beside, PublishedFiles
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import ReportTable
from hybrid_toolkit.report.plots.plot_style import TIMES, number_label
from hybrid_toolkit.report.published_reference import published_blocks
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.diagnosis.diagnose import Diagnosis
from hybrid_toolkit.study.diagnosis.power_curve import PowerCurve
from hybrid_toolkit.study.estimation.claim_grammar import checks_told
from hybrid_toolkit.study.estimation.claims import Claim
from hybrid_toolkit.study.estimation.event_path import EVENT
from hybrid_toolkit.study.estimation.rows_usable import RESTS_ON
from hybrid_toolkit.study.estimation.study_result import StudyResult

_ROLES: Mapping[str, str] = {"main": "study", "secondary": "study", "unadjusted": "unadjusted"}
"""Role of an estimate in a study -> how figures draw it; any other is ``"other"``."""
_LABELS: Mapping[str, str] = {"study": "This study", "unadjusted": "Unadjusted comparison"}
_SHORT: Mapping[str, str] = {
    "difference": "there is a difference.",
    "negligible": "there is a difference, smaller than this study counts as important.",
    "equivalent": "any difference is smaller than this study counts as important.",
    "inconclusive": "inconclusive.",
    "withheld": "not shown: too few people or clusters.",
}
"""Kind of finding -> the answer in a few words."""
METRIC_OF_COLUMN: Mapping[str, str] = {
    "turnover_pct": "turnover_rate_pct",
    "agency_pct": "agency_rate_pct",
    "rereferral": "rereferral_share",
}
"""Column of a study -> the metric of the same quantity; other columns have the names of their metrics."""
_NUMBER = re.compile(r"^\d+[a-z]?\. ")
MEASURES = ("bias", "coverage", "power", "false_positive", "unadjusted_bias", "failures")
"""Measures of a diagnosis that are shown, each with its Monte Carlo error."""


@dataclass(frozen=True)
class ShownStudy:
    """One study, released.

    Parameters
    ----------
    study : StudySpec
        The declaration (the toolkit's own words, nothing from data).
    estimates : Release
        Every estimate, with the columns ``outcome``, ``kind``, ``role``, ``label``, ``panel`` and ``truth``.
    answers : Release
        Those that answer the question, each followed by the plain comparison, for the contrast and in the unit that the
        claims speak of.
    paths : Mapping[str, Release]
        Outcome -> its event study, by time to and from the start, in the unit of the claims; empty without one.
    checks : Mapping[str, Release]
        Outcome -> one row a check.
    message : Release
        How many checks passed, did not pass or were inconclusive, and what those that did not pass say.
    reasons : tuple[Release, ...]
        Why the claims are graded as they are, one sentence each.
    short : Mapping[str, Release]
        Outcome -> the answer in a few words.
    claims : Mapping[str, Release]
        Outcome -> the claim.
    details : Mapping[str, Claim]
        Outcome -> grade and what may not be said (fixed words of the grammar).
    beside_truth : Mapping[str, Release]
        Outcome -> one sentence on where the truth falls; empty where it is not known.
    diagnosis : Release | None
        One row an outcome, or None; ``trial`` the same for the contrast and in the unit of the claims.
    conf_level : float
        Level of the intervals.
    published : tuple[ReportTable, ...], optional
        Published figures of what the study measures, one table each; see ``with_published``.
    published_notes : Release | None, optional
        Release with one ``note`` a row on them; None where none were asked for.
    """

    study: StudySpec
    estimates: Release
    answers: Release
    paths: Mapping[str, Release]
    checks: Mapping[str, Release]
    message: Release
    reasons: tuple[Release, ...]
    short: Mapping[str, Release]
    claims: Mapping[str, Release]
    details: Mapping[str, Claim]
    beside_truth: Mapping[str, Release]
    diagnosis: Release | None
    trial: Release | None
    conf_level: float
    published: tuple[ReportTable, ...] = ()
    published_notes: Release | None = None

    @property
    def does_not_show(self) -> tuple[str, ...]:
        """What does not follow from any of the study's claims, each once."""
        return tuple(dict.fromkeys(s for claim in self.details.values() for s in claim.does_not_show))


def show_study(
    gate: Gate,
    result: StudyResult,
    *,
    titles: Mapping[str, str],
    truths: Mapping[str, float] | None = None,
    diagnosis: Diagnosis | None = None,
) -> ShownStudy:
    """Pass a study's result through the gate.

    Parameters
    ----------
    titles : Mapping[str, str]
        Outcome -> short title of its panel.
    truths : Mapping[str, float] | None, optional
        Outcome -> true value where the data were simulated.
    diagnosis : Diagnosis | None, optional
        The same study tried where the truth is known.

    Raises
    ------
    DisclosureError
        Something in the result may not be released.
    """
    study, known = result.study, dict(truths or {})
    rows = result.estimates
    rows = rows.assign(
        kind=rows["role"],
        role=rows["role"].map(lambda r: _ROLES.get(str(r), "other")),
        panel=rows["outcome"].map(lambda o: titles.get(str(o), study.words_for(str(o)).phrase)),
        truth=[known.get(str(o), float("nan")) if k in _ROLES else float("nan") for o, k in _pairs(rows)],
        clusters=rows["n_clusters"],
    )
    rows = rows.assign(label=[_LABELS.get(str(r), str(t)) for r, t in zip(rows["role"], rows["term"], strict=True)])
    behind: dict[str, Any] = {"whole": result.whole_authorities, "source": result}
    labels = ["outcome", "kind", "role", "panel", "label", "truth"]
    passed: dict[str, Any] = {"clusters": "clusters", "labels": labels, **behind}
    claims = {c.outcome: c for c in result.claims(diagnosis)}
    named = {o: study.words_for(o).phrase for o in study.outcomes}
    size: dict[str, Any] = {"n": result.n, "clusters": result.n_clusters, **behind}
    rests = rows[rows["kind"].isin(["main", "secondary"])].set_index("outcome")[RESTS_ON].astype(float).to_dict()
    shown = gate.estimates(rows, title=f"{study.question} All estimates", **passed)
    main = in_words_unit(rows[rows["kind"].isin(list(_ROLES))], study)
    checks = result.checks_frame()[["outcome", "check", "passed", "state", "message"]].astype({"passed": "boolean"})
    return ShownStudy(
        study=study,
        estimates=shown,
        answers=gate.estimates(main, title=titles.get(study.outcome, study.question), **passed),
        paths=_paths(gate, result, titles, behind),
        checks={
            o: gate.facts(
                checks[checks["outcome"] == o],
                title=f"Checks: {titles.get(o, named[o])}",
                basis="metadata",
                source=result,
            )
            for o in study.outcomes
        },
        message=gate.text(checks_told(result.checks_frame()), title="The checks in short", source=result),
        reasons=tuple(
            gate.text(r, title="Why it is not stated more strongly", source=result)
            for r in dict.fromkeys(r for c in claims.values() for r in c.reasons)
        ),
        short={
            o: gate.text(
                f"{_short_title(study, o, titles)}: {_SHORT[c.finding]}",
                title=f"Answer: {named[o]}",
                people=rests[o],
                **size,
            )
            for o, c in claims.items()
        },
        claims={o: gate.text(c.text, title=f"Finding: {named[o]}", people=rests[o], **size) for o, c in claims.items()},
        details=claims,
        beside_truth={
            o: _beside_truth(gate, study, shown, o, {**size, "people": rests[o]}) for o in known if o in claims
        },
        diagnosis=None if diagnosis is None else show_diagnosis(gate, diagnosis, titles=titles),
        trial=None if diagnosis is None else show_diagnosis(gate, diagnosis, titles=titles, study=study),
        conf_level=result.conf_level,
    )


def with_published(
    shown: ShownStudy,
    gate: Gate,
    data: EvaluationData,
    files: PublishedFiles | None = None,
    *,
    area: str | None = None,
    neighbours: PublishedFiles | None = None,
) -> ShownStudy:
    """A shown study with published figures of its outcomes and its exposure, as a reference; nothing is compared.

    Parameters
    ----------
    shown : ShownStudy
        The study, released.
    gate : Gate
        The gate that it passed.
    data : EvaluationData
        The data that it was estimated on, which say what year is asked for.
    files : PublishedFiles | None, optional
        Published statistics; norms alone where they are left out.
    area : str | None, optional
        The authority in them, as for ``compare``.
    neighbours : PublishedFiles | None, optional
        The published neighbour model, as for ``compare``.

    Returns
    -------
    ShownStudy
        The same with ``published`` and ``published_notes``.

    Raises
    ------
    DisclosureError
        As ``Gate.facts``.
    """
    metrics = metrics_of_study(shown.study)
    beside = Beside(files, area, neighbours).read()
    tables, notes = published_blocks(gate, data, metrics, beside, title=shown.study.question)
    return replace(shown, published=tables, published_notes=notes)


def metrics_of_study(study: StudySpec) -> list[str]:
    """Ids of the metrics that measure a study's outcomes and its exposure; none for a column that no metric measures.

    Parameters
    ----------
    study : StudySpec
        The declaration.
    """
    named = [METRIC_OF_COLUMN.get(c, c) for c in (*study.outcomes, study.exposure)]
    return [m for m in dict.fromkeys(named) if m in REGISTRY]


def _paths(gate: Gate, result: StudyResult, titles: Mapping[str, str], behind: Mapping[str, Any]) -> dict[str, Release]:
    """Outcome and its event study, where the design has one."""
    study, timed = result.study, result.estimates["role"].eq(EVENT)
    out = {}
    for o in (o for o in study.outcomes if (timed & result.estimates["outcome"].eq(o)).any()):
        rows = in_words_unit(result.path(o).rename(columns={"n_clusters": "clusters"}), study)
        title = f"{_short_title(study, o, titles)}, by time from the start"
        out[o] = gate.estimates(rows, title=title, clusters="clusters", labels=["outcome", "time"], **behind)
    return out


def in_words_unit(rows: pd.DataFrame, study: StudySpec) -> pd.DataFrame:
    """Estimates for the study's contrast, in the unit that its claims print; a ratio as times, not as its logarithm."""
    numbers = [c for c in ("estimate", "std_error", "conf_low", "conf_high", "truth") if c in rows]
    named = contrast_of(study.contrast, study.exposure, study.kind, size=study.contrast_size).strip().rstrip(",")
    if study.kind in RATIO_NOUNS:
        times: dict[str, Any] = {c: np.exp(rows[c].astype(float) * study.contrast_size) for c in numbers}
        return rows.assign(**{**times, "std_error": np.nan}, unit=f"{TIMES}, for {named}")
    scale = rows["outcome"].map(lambda o: study.contrast_size * study.words_for(str(o)).scale).astype(float)
    scaled = {c: rows[c] * scale for c in numbers}
    return rows.assign(
        **scaled, unit=rows["outcome"].map(lambda o: f"{study.words_for(str(o)).unit}, for {named}".lstrip(", "))
    )


def _short_title(study: StudySpec, outcome: str, titles: Mapping[str, str]) -> str:
    phrase = study.words_for(outcome).phrase
    return _NUMBER.sub("", titles.get(outcome, phrase[:1].upper() + phrase[1:]))


def _pairs(rows: pd.DataFrame) -> list[tuple[object, object]]:
    return list(zip(rows["outcome"], rows["role"], strict=True))


def _beside_truth(gate: Gate, study: StudySpec, shown: Release, outcome: str, size: Mapping[str, Any]) -> Release:
    row = answer_row(shown, outcome)
    words, truth = study.words_for(outcome), float(row["truth"]) * study.contrast_size
    if study.kind in RATIO_NOUNS:
        true = f"{number_label(math.exp(truth), decimals=2)} {TIMES}"
    else:
        scaled = number_label(truth * words.scale, decimals=1 if words.scale > 1 else 2, sign=True)
        true = f"{scaled} {words.unit}".rstrip()
    if not is_known(row["conf_low"]):
        held = "its confidence interval is hidden"
    else:
        held = f"the confidence interval {'contains' if holds_truth(row) else 'does not contain'} it"
    text = f"The true value in these simulated data is {true}: {held}."
    return gate.text(text, title=f"True value: {words.phrase}", **size)


def show_diagnosis(
    gate: Gate, diagnosis: Diagnosis, *, titles: Mapping[str, str], study: StudySpec | None = None
) -> Release:
    """A diagnosis as one row an outcome: the truth, then each measure with its Monte Carlo error (``_mcse``).

    With ``study``, the truth and the biases are for its contrast and in the unit of its claims.

    Raises
    ------
    DisclosureError
        As ``Gate.facts``.
    """
    rows = {(str(r["outcome"]), str(r["term"])): r for r in diagnosis.tidy().to_dict("records")}
    out = []
    for outcome, truth in diagnosis.truths:
        words = study.words_for(outcome) if study else None
        ratio = study is not None and study.kind in RATIO_NOUNS
        scale = study.contrast_size * (1.0 if ratio else words.scale) if study and words else 1.0
        row: dict[str, object] = {
            "outcome": outcome,
            "label": titles.get(outcome, outcome),
            "unit": "log ratio" if ratio else words.unit if words else "",
            "runs": diagnosis.n_sims,
            "truth": truth * scale,
        }
        for measure in MEASURES:
            found = rows.get((outcome, measure), {})
            for name, column in ((measure, "estimate"), (f"{measure}_mcse", "std_error")):
                size = float(found.get(column, float("nan")))
                row[name] = size * scale if measure in ("bias", "unadjusted_bias") else size
        out.append(row)
    title = f"Diagnosis of '{diagnosis.study_id}' on {diagnosis.n_sims} simulated authorities ({diagnosis.scenario})"
    scaled = vouch(pd.DataFrame(out), SIMULATED)  # its figures times the study's scale, and no other number
    return gate.facts(scaled, title=title, basis="simulation", source=[diagnosis, scaled])


def show_power(gate: Gate, curve: PowerCurve) -> Release:
    """A power curve as simulated facts: one row a value that was tried, with its power, interval and trials.

    The release is made from the trials that the curve holds, which are of simulated authorities: no people stand behind
    it, and it is stamped as simulated whatever source the gate has.

    Parameters
    ----------
    gate : Gate
        The disclosure gate.
    curve : PowerCurve
        What ``Study.power_curve`` gives.

    Returns
    -------
    Release
        Columns of what was varied (``teams``), ``estimate``, ``conf_low``, ``conf_high`` and ``trials``.

    Raises
    ------
    DisclosureError
        ``FACTS-SIMULATED``, something else than the toolkit's own trials; else as ``Gate.facts``.
    """
    if type(curve) is not PowerCurve:
        raise DisclosureError(
            f"This {type(curve).__name__} is not a power curve of simulated trials.",
            fix="Use what Study.power_curve gives; figures of your own data pass Gate.figure_data.",
            code="FACTS-SIMULATED",
        )
    rows = curve.tidy()
    values = [f"{v:g}" for v in rows["value"]]
    out = pd.DataFrame({curve.over: pd.array(values, dtype="str"), "trials": rows["n"].to_numpy()})
    out = out.assign(**{c: rows[c].to_numpy() for c in ("estimate", "conf_low", "conf_high")})
    title = f"Power of '{curve.study_id}' over {curve.over}, in simulated authorities ({curve.scenario})"
    return gate.facts(out, title=title, basis="simulation", dims=[curve.over], source=curve)


def answer_row(release: Release, outcome: str, *, kind: str = "") -> dict[str, Any]:
    """The row that answers the question for one outcome, or the one of another kind, such as ``"unadjusted"``."""
    rows = release.content
    at = rows["outcome"].eq(outcome) & (rows["kind"].eq(kind) if kind else rows["kind"].isin(["main", "secondary"]))
    return {str(k): v for k, v in rows[at].iloc[0].items()}


def holds_truth(row: Mapping[str, Any]) -> bool:
    """Whether the interval of an estimate holds the true value."""
    return bool(row["conf_low"] <= row["truth"] <= row["conf_high"])


def is_known(value: object) -> bool:
    """Whether a released value is there: neither hidden nor missing."""
    return not bool(pd.isna(value))  # type: ignore[call-overload]
