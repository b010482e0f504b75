"""From an estimate to a sentence no stronger than its design, its checks and its data allow.

The grammar stands in ``claim_grammar.toml``: a sentence for each grade and finding, what lowers a grade, what may not
be said. This module looks things up in it and writes figures: those of one claim are rounded alike, never to a zero
that they are not, with a true minus sign.
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
    ILLUSTRATION,
    check_state,
    family_of,
    finding_of,
    grammar,
    lowered,
    spoken_grade,
    with_unit,
)

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
    slots = claim_slots(words, contrast, (size, lower, upper), conf_level, kind=kind, relative_to=relative_to)
    text = grammar()[family][spoken][finding].format(**slots)
    guard_words(text, spoken)
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


def claim_slots(
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
        "ends": _ends(low, high, unit),
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


def guard_words(text: str, grade: str) -> None:
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


ON_A_SCALE = " on a scale of "
"""What stands in a unit before the ends of the scale that its points are of; a direction is said before it."""
_WHOLE_FROM = 1000
"""Figures from here on are written without decimals."""
_SMALL = 0.1
"""Figures under it take the decimals that their first digit needs."""
MORE_DIGITS = 2
"""Decimals more than usual that are spent on telling a figure from nothing."""
MOST_DIGITS = 6
"""Decimals at most."""


def format_estimates(figures: tuple[float, ...]) -> list[str]:
    """Figures of one claim, rounded alike; an end that rounds to nothing but is not says on which side it lies.

    Examples
    --------
    >>> format_estimates((-5.12, -16.0, 5.8)), format_estimates((0.0213, 0.004, 0.038))
    (['−5.1', '−16.0', '+5.8'], ['+0.021', '+0.004', '+0.038'])
    >>> format_estimates((1.2, 0.0001, 2.4)), format_estimates((12345.6, 9000.0, 15000.0))
    (['+1.2', 'just above 0', '+2.4'], ['+12,346', '+9,000', '+15,000'])
    """
    most = max(abs(v) for v in figures)
    usual = 0 if most >= _WHOLE_FROM else 1 if most >= 1 else 2
    least = min((abs(v) for v in figures if v), default=1.0)
    tiny = min(MOST_DIGITS, max(0, 1 - math.floor(math.log10(most)))) if most else usual
    digits = usual if most >= _SMALL or not most else tiny
    while digits < usual + MORE_DIGITS and round(least, digits) == 0:
        digits += 1
    if round(least, digits) == 0:
        digits = usual if most >= _SMALL else tiny
    return [_figure(v, digits) for v in figures]


def _figure(value: float, digits: int) -> str:
    shown = f"{value:+,.{digits}f}"
    if float(shown.replace(",", "")) != 0:
        return shown.replace("-", "−")
    return "0" if value == 0 else f"just {'above' if value > 0 else 'below'} 0"


def format_ratios(logs: tuple[float, ...]) -> list[str]:
    """Ratios from their logarithms, to two decimals; far ones as over 100 or under 0.01, near ones by their side of 1.

    Examples
    --------
    >>> format_ratios((0.405, 0.001, 0.8)), format_ratios((2.0, -9.0, 40.0))
    (['1.50', 'just above 1.00', '2.23'], ['7.39', 'under 0.01', 'over 100'])
    """
    return [_ratio(v) for v in logs]


def _ratio(log: float) -> str:
    if abs(log) > math.log(100):
        return "over 100" if log > 0 else "under 0.01"
    shown = f"{math.exp(log):.2f}"
    return shown if shown != "1.00" or log == 0 else f"just {'above' if log > 0 else 'below'} 1.00"


def format_level(level: float) -> str:
    """The level of an interval in per cent, as it was asked for.

    Examples
    --------
    >>> format_level(0.95), format_level(0.999), format_level(0.975)
    ('95%', '99.9%', '97.5%')
    """
    return f"{100 * level:.6g}%"


def with_direction(shown: str, unit: str) -> str:
    """A signed figure of ``format_estimates`` as a size with its unit and direction.

    Examples
    --------
    >>> with_direction("−1.3", "percentage points"), with_direction("+1", "points")
    ('1.3 percentage points lower', '1 point higher')
    >>> with_direction("just above 0", "points"), with_direction("−0.13", "points on a scale of 1 to 5")
    ('just above 0', '0.13 points lower on a scale of 1 to 5')
    """
    if shown[:1] not in "+−":
        return shown
    size, (what, on, scale) = shown[1:], unit.partition(ON_A_SCALE)
    named = with_unit(1.0, what).partition(" ")[2] if float(size.replace(",", "")) == 1 else what
    return f"{size} {named}".rstrip() + (" higher" if shown[0] == "+" else " lower") + on + scale


def _ends(low: str, high: str, unit: str) -> str:
    """Both ends of an interval in full; the scale that they are points of is said once."""
    first = unit.partition(ON_A_SCALE)[0] if high[:1] in "+−" else unit
    return f"{with_direction(low, first)} to {with_direction(high, unit)}"


def range_with_direction(low: str, high: str, unit: str) -> str:
    """An interval in words: unit and direction once where both ends lie on one side, the end nearer to zero first.

    Examples
    --------
    >>> range_with_direction("−20.1", "−8.5", "percentage points"), range_with_direction("−0.3", "+0.1", "points")
    ('8.5 to 20.1 percentage points lower', '0.3 points lower to 0.1 points higher')
    >>> range_with_direction("just above 0", "+6.4", "points"), range_with_direction("−6.4", "just below 0", "points")
    ('just above 0 to 6.4 points higher', 'just below 0 to 6.4 points lower')
    >>> range_with_direction("−0.3", "+0.1", "points on a scale of 1 to 5")
    '0.3 points lower to 0.1 points higher on a scale of 1 to 5'
    """
    near, far = (high, low) if low[:1] == "−" and high[:1] != "+" else (low, high)
    if near[:1] != far[:1] and near[:1] in "+−":
        return _ends(near, far, unit)
    return f"{near.lstrip('+−')} to {with_direction(far, unit)}"
