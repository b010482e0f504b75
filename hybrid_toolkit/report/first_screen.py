"""The first screen of a report: question, answer and how sure, one row a study, and what would settle what is open.

Every figure is read from what passed the gate, never from a result.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from hybrid_toolkit.data.wording.claim_words import RATIO_NOUNS, contrast_of
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.report.findings import ShownStudy, answer_row, is_known
from hybrid_toolkit.report.plots.plot_style import TIMES, number_label
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.estimation.claim_grammar import CHECK_STATES
from hybrid_toolkit.study.estimation.claims import (
    ON_A_SCALE,
    format_estimates,
    format_level,
    range_with_direction,
    with_direction,
)

ANSWER_COLUMNS = {
    "question": TableColumn("Question"),
    "answer": TableColumn("Answer", "lead"),
    "how_sure": TableColumn("How sure we are"),
}
SETTLE_COLUMNS = {
    "question": TableColumn("Question still open"),
    "now": TableColumn("Chance of detecting the simulated difference now"),
    "needed": TableColumn("Teams needed for an 80% chance"),
}
_LEADS = {
    "difference": "A difference.",
    "negligible": "A difference, too small to count as important.",
    "equivalent": "No important difference.",
    "inconclusive": "Inconclusive.",
    "withheld": "Not shown.",
}
"""Kind of finding -> the answer in two or three words."""
_NOT_ALIKE = "A difference, but not like-for-like."
"""A difference whose grade a check has lowered to a description."""


def answer_lead(shown: ShownStudy) -> str:
    """The answer in a few words: one where all outcomes agree, else each with its outcome."""
    leads = {o: _lead(shown, o) for o in shown.claims}
    if len(set(leads.values())) == 1:
        first = next(iter(leads.values()))
        return f"{first.rstrip('.')} for all {len(leads)} outcomes." if len(leads) > 1 else first
    return " ".join(f"{_phrase(shown, o)}: {lead[:1].lower()}{lead[1:]}" for o, lead in leads.items())


def answer_words(shown: ShownStudy) -> str:
    """The estimates in words: outcome, size with unit and direction, and what it is for."""
    parts = []
    for outcome in shown.claims:
        told = _spoken(shown, outcome)
        parts.append(f"{_phrase(shown, outcome)}: {told[0]}" if told else _hidden(shown, outcome))
    study = shown.study
    named = contrast_of(study.contrast, study.exposure, study.kind, size=study.contrast_size)
    return f"Estimate for {named}. {'. '.join(parts)}."


def sure_words(shown: ShownStudy) -> str:
    """How sure: the intervals, the chance of detecting the simulated difference, and the checks that did not pass."""
    known = {o: told[1] for o in shown.claims if (told := _spoken(shown, o))}
    parts = []
    if known:
        many = "s" if len(known) > 1 else ""
        parts.append(f"{format_level(shown.conf_level)} confidence interval{many}: {'; '.join(known.values())}.")
    if (power := _power(shown)) is not None:
        said = " and ".join(f"{p:.0%}" for p in power)
        parts.append(f"A study of this size would detect the simulated difference {said} of the time.")
    failed = _failed(shown)
    if failed:
        parts.append(" ".join(dict.fromkeys(failed)))
    return " ".join(parts)


def answers_release(gate: Gate, studies: Sequence[ShownStudy], *, number: bool = True) -> Release:
    """Question, answer and how sure, one row a study, as a release.

    Parameters
    ----------
    gate : Gate
        The gate that the studies passed.
    studies : Sequence[ShownStudy]
        The studies, in order.
    number : bool, default True
        Whether the questions are numbered.

    Returns
    -------
    Release
        With the columns of ``ANSWER_COLUMNS`` and ``answer_lead``.

    Raises
    ------
    DisclosureError
        As ``Gate.facts``.
    """
    rows = [
        {
            "question": f"{i}. {s.study.question}" if number else s.study.question,
            "answer_lead": answer_lead(s),
            "answer": answer_words(s),
            "how_sure": sure_words(s),
        }
        for i, s in enumerate(studies, start=1)
    ]
    return gate.facts(pd.DataFrame(rows), title="The answers", basis="metadata", source=studies[0].answers)


def truth_words(studies: Sequence[ShownStudy]) -> str:
    """The true values of simulated data in a sentence or two; empty where none is known.

    Returns
    -------
    str
        Each study's true values, and how many of the intervals contain theirs.
    """
    parts, inside, total = [], 0, 0
    for i, shown in enumerate(studies, start=1):
        values = []
        for outcome in shown.claims:
            row = answer_row(shown.answers, outcome)
            if not (is_known(row["truth"]) and is_known(row["conf_low"])):
                continue
            values.append(_direction(shown, outcome, float(row["truth"])))
            total += 1
            inside += float(row["conf_low"]) <= float(row["truth"]) <= float(row["conf_high"])
        if values:
            parts.append(f"{' and '.join(values)} (question {i})")
    if not total:
        return ""
    if total == 1:
        value = parts[0].partition(" (question")[0]
        said = "contains" if inside else "does not contain"
        return (
            f"Because the data are simulated, we know the true value: {value}. The confidence interval {said} it. "
            "About 1 interval in 20 is expected not to."
        )
    held = "All" if inside == total else str(inside)
    return (
        f"Because the data are simulated, we know the true values: {'; '.join(parts)}. {held} of the {total} "
        "confidence intervals contain the true value. About 1 interval in 20 is expected not to."
    )


def settle_release(
    gate: Gate, studies: Sequence[ShownStudy], *, needed: Sequence[Sequence[float]], most: int
) -> Release | None:
    """How many teams would settle what is open, one row an open outcome; None where nothing is open.

    Parameters
    ----------
    gate : Gate
        The gate that the studies passed.
    studies : Sequence[ShownStudy]
        The studies, in order.
    needed : Sequence[Sequence[float]]
        For each study and each of its outcomes, the teams at which its power reaches 80%; NaN where ``most`` does not.
    most : int
        The largest number of teams that was asked about.

    Returns
    -------
    Release | None
        With the columns of ``SETTLE_COLUMNS``.

    Raises
    ------
    DisclosureError
        As ``Gate.facts``.
    """
    rows = []
    for i, (shown, teams) in enumerate(zip(studies, needed, strict=True), start=1):
        power = _power(shown)
        if power is None:
            continue
        for outcome, p, n in zip(shown.claims, power, teams, strict=True):
            if shown.details[outcome].finding == "inconclusive":
                row = {"question": f"{i}. {_phrase(shown, outcome)}", "now": f"{p:.0%}"}
                rows.append(row | {"needed": f"more than {most:,}" if math.isnan(n) else f"about {round_up(n):,}"})
    trials = [shown.trial for shown in studies if shown.trial]
    return gate.facts(pd.DataFrame(rows), title="Teams needed", basis="simulation", source=trials) if rows else None


def unadjusted_text(gate: Gate, shown: ShownStudy, tried: Diagnosis) -> Release:
    """How far the unadjusted comparison and the study are off over many simulated authorities.

    Parameters
    ----------
    gate : Gate
        The gate that the study passed.
    shown : ShownStudy
        The study in one of those authorities.
    tried : Diagnosis
        The study in all of them.

    Returns
    -------
    Release
        One sentence.

    Raises
    ------
    DisclosureError
        As ``Gate.text``.
    """
    outcome = shown.study.outcome
    plain = answer_row(shown.estimates, outcome, kind="unadjusted")
    words = shown.study.words_for(outcome)
    off = {m: tried.value(m) * shown.study.contrast_size * words.scale for m in ("unadjusted_bias", "bias")}
    text = (
        f"Over {tried.n_sims} such authorities the unadjusted comparison is off by "
        f"{number_label(off['unadjusted_bias'], decimals=1, sign=True)} {words.unit} on average and its 95% "
        f"confidence interval contains the true value in {tried.value('unadjusted_coverage'):.0%} of them; the "
        f"study is off by "
        f"{number_label(off['bias'], decimals=1, sign=True)} and its interval contains the true value in "
        f"{tried.value('coverage'):.0%} (Monte Carlo error {_error(tried, 'coverage'):.0%})."
    )
    return gate.text(text, title="The unadjusted comparison over many authorities", n=float(plain["n"]))


def round_up(teams: float) -> int:
    """A number of teams to two figures, never below what was asked.

    Examples
    --------
    >>> round_up(71.2), round_up(408.0), round_up(9.1)
    (72, 410, 10)
    """
    step = int(10 ** max(0, math.floor(math.log10(teams)) - 1))
    return math.ceil(teams / step) * step


def _lead(shown: ShownStudy, outcome: str) -> str:
    claim = shown.details[outcome]
    if claim.finding == "difference" and claim.row[1] == "descriptive":
        return _NOT_ALIKE
    return _LEADS[claim.finding]


def _phrase(shown: ShownStudy, outcome: str) -> str:
    phrase = shown.study.words_for(outcome).phrase
    return phrase[:1].upper() + phrase[1:]


def _hidden(shown: ShownStudy, outcome: str) -> str:
    return f"{_phrase(shown, outcome)}: not shown, because too few people or teams are behind it"


def _spoken(shown: ShownStudy, outcome: str) -> tuple[str, str] | None:
    """The estimate and its interval in words; None where they are hidden."""
    row: dict[str, Any] = answer_row(shown.answers, outcome)
    if not all(is_known(row[c]) for c in ("estimate", "conf_low", "conf_high")):
        return None
    figures = tuple(float(row[c]) for c in ("estimate", "conf_low", "conf_high"))
    if shown.study.kind in RATIO_NOUNS:
        size, low, high = (number_label(v, decimals=2) for v in figures)
        return f"{size} {TIMES}", f"{low} to {high} {TIMES}"
    unit = _unit(shown, outcome)
    size, low, high = format_estimates(figures)
    return with_direction(size, unit), range_with_direction(low, high, unit)


def _direction(shown: ShownStudy, outcome: str, value: float) -> str:
    if shown.study.kind in RATIO_NOUNS:
        return f"{number_label(value, decimals=2)} {TIMES}"
    return with_direction(format_estimates((value,))[0], _unit(shown, outcome)) if value else "0"


def _unit(shown: ShownStudy, outcome: str) -> str:
    words = shown.study.words_for(outcome)
    return unit_beside(words.phrase, words.unit)


def unit_beside(phrase: str, unit: str) -> str:
    """The unit of a figure beside the name of its outcome, which may have said the scale already.

    Examples
    --------
    >>> unit_beside("informal learning (scale 1 to 5)", "points on a scale of 1 to 5")
    'points'
    >>> unit_beside("informal learning", "points on a scale of 1 to 5")
    'points on a scale of 1 to 5'
    """
    points, _, scale = unit.partition(ON_A_SCALE)
    return points if scale and f"(scale {scale})" in phrase else unit


def _power(shown: ShownStudy) -> list[float] | None:
    """The power for each outcome, in order; None without a diagnosis or where the true value is zero."""
    if shown.trial is None:
        return None
    rows = shown.trial.content.set_index("outcome")["power"]
    found = [float(rows[o]) if o in rows.index else math.nan for o in shown.claims]
    return None if any(map(math.isnan, found)) else found


def _failed(shown: ShownStudy) -> list[str]:
    """What the checks that did not pass say, but for power, which is told as a chance."""
    rows = pd.concat([r.content for r in shown.checks.values()], ignore_index=True)
    off = rows["state"].eq(CHECK_STATES[1]) & ~rows["check"].eq("power")
    return [str(m) for m in rows.loc[off, "message"]]


def _error(tried: Diagnosis, measure: str) -> float:
    rows = tried.tidy()
    return float(rows.loc[rows["term"] == measure, "std_error"].iloc[0])
