"""From an estimate to a sentence no stronger than its design, its checks and its data allow.

The grammar stands in ``claim_grammar.toml``: a sentence for each grade and finding, what lowers a grade, what may not
be said. This module only looks things up in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.data.wording.claim_words import (
    OutcomeLabel,
    causal_words,
    check_words,
    gap_phrase,
    overreach,
    plain_text,
    ratio_phrase,
)
from hybrid_toolkit.designs import GRADES
from hybrid_toolkit.errors import StudyError, plural
from hybrid_toolkit.result import Check
from hybrid_toolkit.study.estimation.claim_grammar import (
    ALL_GRADES,
    CLAIM_FAMILIES,
    FINDINGS,
    ILLUSTRATION,
    check_state,
    family_of,
    finding_of,
    format_estimates,
    format_level,
    format_ratios,
    grammar,
    grammar_table,
    lowered,
    range_with_direction,
    spoken_grade,
    with_direction,
    with_unit,
)

__all__ = [
    "ALL_GRADES",
    "CLAIM_FAMILIES",
    "FINDINGS",
    "ILLUSTRATION",
    "Claim",
    "grammar",
    "grammar_table",
    "lowered",
    "make_claim",
    "prediction_sentence",
    "what_if_sentence",
]
LEAST_LEVEL = 0.9
"""Level of an interval below which it leaves out the truth too often to carry a grade."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that a result supports.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    text : str
        The sentence.
    grade : str
        ``"illustration"`` for simulated data, or one of ``hybrid_toolkit.designs.GRADES``.
    finding : str
        ``"difference"``, ``"negligible"``, ``"equivalent"`` or ``"inconclusive"``; ``"withheld"`` where too few people
        or clusters stand behind the estimate for anything to be said.
    reasons : tuple[str, ...]
        Why the grade is what it is, one sentence each.
    does_not_show : tuple[str, ...]
        What does not follow.
    row : tuple[str, str, str], optional
        The row of ``grammar_table()`` that the sentence was filled from: family, grade, finding.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from hybrid_toolkit.study.study import Study
    >>> rng = np.random.default_rng(5)
    >>> f = pd.DataFrame({"team": np.repeat(np.arange(40), 10), "x": rng.normal(size=400)})
    >>> f["y"] = 2 * f["x"] + rng.normal(size=400)
    >>> study = Study(id="plain", question="Does y go with x?", outcome="y", exposure="x", design="cross-sectional",
    ...     row_unit="rows", cluster="team")
    >>> claim = study.estimate(f).claims()[0]
    >>> claim.grade, claim.finding
    ('associational', 'difference')
    """

    outcome: str
    text: str
    grade: str
    finding: str
    reasons: tuple[str, ...]
    does_not_show: tuple[str, ...]
    row: tuple[str, str, str] = ("", "", "")


def make_claim(
    *,
    words: OutcomeLabel,
    contrast: str,
    estimate: float,
    low: float,
    high: float,
    conf_level: float,
    design_grade: str,
    checks: Sequence[Check],
    caveats: Sequence[str],
    synthetic: bool,
    notes: Sequence[str] = (),
    kind: str = "slope",
    relative_to: str = "",
) -> Claim:
    """The claim for one outcome.

    Parameters
    ----------
    words : OutcomeLabel
        How the outcome is spoken of.
    contrast : str
        The difference in exposure, in words.
    estimate : float
        The estimate for that contrast, in the outcome's own unit; on the log scale for a ratio.
    low : float
        Lower end of its interval.
    high : float
        Upper end of its interval.
    conf_level : float
        Level of the interval.
    design_grade : str
        The strongest grade the design carries.
    checks : Sequence[Check]
        Every check, those of a diagnosis among them.
    caveats : Sequence[str]
        What the study can never say.
    synthetic : bool
        Whether the data were simulated.
    notes : Sequence[str], optional
        Further reasons that lower nothing.
    kind : str, default "slope"
        Kind of estimand, one of ``hybrid_toolkit.designs.KINDS``; a ratio is spoken as "times".
    relative_to : str, optional
        The moderator of a slope gap, or the mediator of an indirect effect, as a column or in words.

    Raises
    ------
    StudyError
        The interval is not finite, a ratio's smallest is not above 1, or the words claim more than the grade allows.
    """
    check_words(contrast, words.phrase, words.unit, relative_to)
    family = family_of(kind)
    log = family == "ratio"
    scale = 1.0 if log else words.scale
    size, lower, upper = (v * scale for v in (estimate, low, high))
    if not all(math.isfinite(v) for v in (size, lower, upper)):
        raise StudyError(
            "the confidence interval could not be calculated, so there is no finding.",
            fix="Run result.tidy() and look for an estimate or standard error that is missing.",
            code="CLAIM",
        )
    if lower > upper:
        raise StudyError(
            "the interval ends below its beginning.",
            fix="Pass the lower limit as low and the upper as high.",
            code="CLAIM",
        )
    failed = [*(c for c in checks if c.passed is False), *_weak_level(conf_level)]
    grade = lowered(design_grade, [c.name for c in failed])
    finding = finding_of(lower, upper, _smallest(words, log))
    spoken = spoken_grade(grade, family, synthetic=synthetic)
    slots = _slots(words, contrast, (size, lower, upper), conf_level, kind=kind, relative_to=relative_to)
    text = _filled(grammar()[family][spoken][finding], slots)
    _guard(text, spoken)
    if synthetic:
        text = f"In simulated data: {text} {SYNTHETIC_STAMP}."
    final = ILLUSTRATION if synthetic else grade
    return Claim(
        outcome=words.outcome,
        text=text,
        grade=final,
        finding=finding,
        reasons=_reasons(design_grade, grade, (*failed, *_unsettled(checks)), synthetic, notes),
        does_not_show=_forbidden(spoken, final, caveats),
        row=(family, spoken, finding),
    )


def prediction_sentence(
    *,
    words: OutcomeLabel,
    contrast: str,
    low: float,
    high: float,
    conf_level: float,
    k: int,
    kind: str = "slope",
    relative_to: str = "",
) -> str:
    """Where another authority like ``k`` that were combined would lie, in the words of the grammar.

    Parameters are those of ``make_claim``; ``low`` and ``high`` are printed as they are (log scale for a ratio).

    Raises
    ------
    StudyError
        The words claim too much.
    """
    check_words(contrast, words.phrase, words.unit, relative_to)
    log = family_of(kind) == "ratio"
    name = ("ratio" if log else "difference") if math.isfinite(low) and math.isfinite(high) else "none"
    figures = (0.0, low, high) if name != "none" else (0.0, 0.0, 0.0)
    slots = _slots(words, contrast, figures, conf_level, kind=kind, relative_to=relative_to)
    text = _filled(grammar()["prediction"][name], {**slots, "k": str(k)})
    _guard(text.replace("prediction interval", "interval"), "associational")
    return text


def what_if_sentence(
    *,
    words: OutcomeLabel,
    change: str,
    estimate: float,
    low: float,
    high: float,
    conf_level: float,
    grade: str,
    kind: str = "slope",
    relative_to: str = "",
) -> str:
    """What an estimate would mean under another rota; below quasi-causal the caveat stands in the sentence.

    Parameters
    ----------
    words : OutcomeLabel
        As ``make_claim``.
    change : str
        The rota in words.
    estimate : float
        Change of the mean outcome, in the outcome's own unit.
    low : float
        Lower end of its interval.
    high : float
        Upper end of its interval.
    conf_level : float
        As ``make_claim``.
    grade : str
        Of the estimate's claim.
    kind : str, default "slope"
        As ``make_claim``.
    relative_to : str, optional
        As ``make_claim``.

    Raises
    ------
    StudyError
        The words claim too much, or the interval is not finite.
    """
    check_words(change, words.phrase, words.unit, relative_to)
    if not all(math.isfinite(v) for v in (estimate, low, high)):
        raise StudyError(
            "the confidence interval could not be calculated, so there is no finding.",
            fix="Run result.tidy() and look for an estimate or standard error that is missing.",
            code="CLAIM",
        )
    figures = (estimate * words.scale, low * words.scale, high * words.scale)
    table = grammar()["what_if"]
    text = _filled(table[grade], _slots(words, change, figures, conf_level, kind=kind, relative_to=relative_to))
    text += f" {table['inconclusive']}" if low <= 0 <= high else ""
    weak = GRADES.index(grade) < GRADES.index("quasi-causal")
    _guard(text.replace(table["caveat"], "") if weak else text, grade)
    return text


def _smallest(words: OutcomeLabel, log: bool) -> float | None:
    """The smallest difference that matters on the scale of the estimate."""
    if not log or words.smallest_important is None:
        return words.smallest_important
    if not words.smallest_important > 1:
        raise StudyError(
            f"the smallest ratio that matters for '{words.outcome}' must be above 1.",
            fix="Set a ratio above 1, such as 1.2 for a fifth more or less.",
            code="CLAIM-SMALLEST",
        )
    return math.log(words.smallest_important)


def _weak_level(level: float) -> tuple[Check, ...]:
    """A failed check where the interval's level is too low to say anything by."""
    if level >= LEAST_LEVEL:
        return ()
    least = format_level(LEAST_LEVEL)
    told = f"Intervals of {format_level(level)} exclude the true value too often; {least} is the least."
    return (Check("interval level", False, told, level, LEAST_LEVEL),)


def _unsettled(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Checks that could neither pass nor fail, but for those that only inform."""
    return tuple(c for c in checks if check_state(c) == "inconclusive")


def _filled(sentence: str, slots: dict[str, str]) -> str:
    """A sentence of the grammar with its slots filled."""
    return sentence.format(**slots)


def _slots(
    words: OutcomeLabel,
    contrast: str,
    figures: tuple[float, float, float],
    conf_level: float,
    *,
    kind: str,
    relative_to: str,
) -> dict[str, str]:
    ratio = family_of(kind) == "ratio"
    named, phrase, unit = plain_text(contrast), plain_text(words.phrase), plain_text(words.unit)
    if kind == "slope-gap":
        phrase = gap_phrase(phrase, plain_text(relative_to))
    important = words.smallest_important
    smallest = "" if important is None else with_unit(important, "times" if ratio else unit)
    return {
        "contrast": named,
        "Contrast": named[:1].upper() + named[1:],
        "phrase": ratio_phrase(phrase, kind) if ratio else phrase,
        "smallest": smallest,
        "Smallest": smallest[:1].upper() + smallest[1:],
        **(_ratio_slots(figures) if ratio else _difference_slots(figures, unit)),
        "level": format_level(conf_level),
        "through": plain_text(relative_to).replace("_", " ") or "the mediator that the study names",
    }


def _ratio_slots(figures: tuple[float, float, float]) -> dict[str, str]:
    size, low, high = format_ratios(figures)
    span = f"{low} to {high} times"
    return {"size": size, "range": span, "ends": span, "amount": size, "amounts": span}


def _difference_slots(figures: tuple[float, float, float], unit: str) -> dict[str, str]:
    size, low, high = format_estimates(figures)
    return {
        "size": with_direction(size, unit),
        "range": range_with_direction(low, high, unit),
        "ends": f"{with_direction(low, unit)} to {with_direction(high, unit)}",
        "amount": f"{size} {unit}".rstrip(),
        "amounts": f"{low} to {high} {unit}".rstrip(),
    }


def _reasons(
    design_grade: str, grade: str, told: Sequence[Check], synthetic: bool, notes: Sequence[str]
) -> tuple[str, ...]:
    out = [f"The design supports '{design_grade}' at most."]
    how = {False: "Graded down because of", None: "Inconclusive:"}
    out += [f"{how[c.passed]} the check '{c.name}': {c.message}" for c in told if c.passed is not True]
    out += list(notes)
    if synthetic:
        out.append(f"The data are simulated; on real data with these checks the grade would be '{grade}'.")
    return tuple(out)


def _forbidden(spoken: str, final: str, caveats: Sequence[str]) -> tuple[str, ...]:
    table = grammar()["forbidden"]
    at = GRADES.index(spoken)
    out = [*caveats, *(s for g in GRADES[at:] for s in table[g])]
    return tuple([*table[ILLUSTRATION], *out] if final == ILLUSTRATION else out)


def _guard(text: str, grade: str) -> None:
    """No causal word below quasi-causal; no ranking or prediction at any grade."""
    found = [w for w in overreach(text) if w not in causal_words(text)]
    if GRADES.index(grade) < GRADES.index("quasi-causal"):
        found += list(causal_words(text))
    if found:
        raise StudyError(
            f"a claim of grade '{grade}' would use {plural(len(found), 'word')} that it may not: {', '.join(found)}.",
            fix="Remove these words from the study's contrast and phrases.",
            code="WORDS",
        )
