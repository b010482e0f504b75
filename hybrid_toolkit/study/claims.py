"""From an estimate to a sentence no stronger than its design, its checks and its data allow.

The grammar stands in ``grammar.toml``: a sentence for each grade and finding, what lowers a grade, what may not be
said. This module only looks things up in it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.designs import GRADES, RATIO_KINDS
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.result import Check
from hybrid_toolkit.study.words import Words, causal_words, check_words, overreach, ratio_phrase

ILLUSTRATION = "illustration"
"""Grade of anything said from simulated data: below every grade of evidence."""
ALL_GRADES = (ILLUSTRATION, *GRADES)
FINDINGS = ("difference", "trifling", "small", "open")
CLAIM_FAMILIES = ("sentence", "ratio", "policy", "decomposition")
_FAMILIES = {"effect": "policy", "composition": "decomposition"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that a result supports.

    Parameters
    ----------
    outcome : column of the outcome.
    text : the sentence.
    grade : ``"illustration"`` for simulated data, or one of ``hybrid_toolkit.designs.GRADES``.
    finding : ``"difference"``, ``"trifling"``, ``"small"`` or ``"open"``.
    reasons : why the grade is what it is, one sentence each.
    may_not_say : what does not follow.
    """

    outcome: str
    text: str
    grade: str
    finding: str
    reasons: tuple[str, ...]
    may_not_say: tuple[str, ...]


@cache
def grammar() -> dict[str, Any]:
    """The grammar of claims as read from its file."""
    return tomllib.loads((files("hybrid_toolkit.study") / "grammar.toml").read_text(encoding="utf-8"))


def family_of(kind: str) -> str:
    """The part of the grammar that speaks of a kind of estimand.

    Examples
    --------
    >>> [family_of(k) for k in ("slope", "log-odds", "effect", "composition")]
    ['sentence', 'ratio', 'policy', 'decomposition']
    """
    return "ratio" if kind in RATIO_KINDS else _FAMILIES.get(kind, "sentence")


def grammar_table() -> pd.DataFrame:
    """Every sentence that may be said: family, grade, finding, sentence. For readers who audit the words."""
    found = grammar()
    rows = [(f, g, k, s) for f in CLAIM_FAMILIES for g in found[f] for k, s in found[f][g].items()]
    rows += [("prediction", "any", k, s) for k, s in found["prediction"].items()]
    rows += [("what-if", g, "any", found["what_if"][g]) for g in GRADES]
    return pd.DataFrame(rows, columns=["family", "grade", "finding", "sentence"])


def finding_of(low: float, high: float, smallest: float | None) -> str:
    """The kind of finding that an interval gives.

    Examples
    --------
    >>> finding_of(0.2, 3.0, 1.0), finding_of(0.2, 0.8, 1.0), finding_of(-0.5, 0.8, 1.0), finding_of(-0.5, 3.0, 1.0)
    ('difference', 'trifling', 'small', 'open')
    """
    inside = smallest is not None and max(abs(low), abs(high)) < smallest
    if low > 0 or high < 0:
        return "trifling" if inside else "difference"
    return "small" if inside else "open"


def lowered(grade: str, failed: Sequence[str]) -> str:
    """The grade once failed checks have been counted; never below descriptive.

    Examples
    --------
    >>> lowered("quasi-causal", ["lead"]), lowered("quasi-causal", ["missing values", "power"])
    ('associational', 'descriptive')
    """
    rules = grammar()["lower"]
    at = GRADES.index(grade)
    for name in failed:
        at -= int(rules.get(name, rules["any other"]).get("steps", 0))
    for name in failed:
        cap = rules.get(name, {}).get("cap")
        at = min(at, GRADES.index(cap)) if cap else at
    return GRADES[max(at, 0)]


def make_claim(
    *,
    words: Words,
    contrast: str,
    estimate: float,
    low: float,
    high: float,
    conf_level: float,
    design_grade: str,
    checks: Sequence[Check],
    limits: Sequence[str],
    synthetic: bool,
    notes: Sequence[str] = (),
    kind: str = "slope",
) -> Claim:
    """The claim for one outcome.

    Parameters
    ----------
    words : how the outcome is spoken of.
    contrast : the difference in exposure, in words.
    estimate, low, high : for that contrast, in the outcome's own unit; on the log scale for a ratio.
    conf_level : level of the interval.
    design_grade : the strongest grade the design carries.
    checks : every check, those of a diagnosis among them.
    limits : what the study can never say.
    synthetic : whether the data were simulated.
    notes : further reasons that lower nothing.
    kind : kind of estimand, one of ``hybrid_toolkit.designs.KINDS``; a ratio is spoken as "times".

    Raises
    ------
    StudyError : the interval is not finite, a ratio's smallest is not above 1, or the words claim more than the grade
        allows.
    """
    check_words(contrast, words.phrase, words.unit)
    family = family_of(kind)
    log = family == "ratio"
    scale = 1.0 if log else words.scale
    size, lower, upper = (v * scale for v in (estimate, low, high))
    if not all(math.isfinite(v) for v in (size, lower, upper)):
        raise StudyError("there is no finite interval, so nothing can be said.", fix="See the fit.", code="CLAIM")
    failed = [c for c in checks if c.passed is False]
    grade = lowered(design_grade, [c.name for c in failed])
    finding = finding_of(lower, upper, _smallest(words, log))
    spoken = _spoken(grade, family, synthetic)
    slots = _slots(words, contrast, (size, lower, upper), conf_level, ratio=kind if log else "")
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
        reasons=_reasons(design_grade, grade, failed, synthetic, notes),
        may_not_say=_forbidden(spoken, final, limits),
    )


def prediction_sentence(
    *, words: Words, contrast: str, low: float, high: float, conf_level: float, k: int, kind: str = "slope"
) -> str:
    """Where another authority like ``k`` that were combined would lie, in the words of the grammar.

    Parameters are those of ``make_claim``; ``low`` and ``high`` are printed as they are (log scale for a ratio).

    Raises
    ------
    StudyError : the words claim too much.
    """
    check_words(contrast, words.phrase, words.unit)
    log = family_of(kind) == "ratio"
    name = ("ratio" if log else "difference") if math.isfinite(low) and math.isfinite(high) else "none"
    figures = (0.0, low, high) if name != "none" else (0.0, 0.0, 0.0)
    slots = _slots(words, contrast, figures, conf_level, ratio=kind if log else "")
    text = _filled(grammar()["prediction"][name], {**slots, "k": str(k)})
    _guard(text.replace("prediction interval", "interval"), "associational")
    return text


def what_if_sentence(
    *, words: Words, change: str, estimate: float, low: float, high: float, conf_level: float, grade: str
) -> str:
    """What an estimate would mean under another rota; below quasi-causal the caveat stands in the sentence.

    Parameters
    ----------
    words, conf_level : as ``make_claim``. change : the rota in words. estimate, low, high : change of the mean outcome,
        in the outcome's own unit. grade : grade of the claim that the estimate supports.

    Raises
    ------
    StudyError : the words claim too much, or the interval is not finite.
    """
    check_words(change, words.phrase, words.unit)
    if not all(math.isfinite(v) for v in (estimate, low, high)):
        raise StudyError("there is no finite interval, so nothing can be said.", fix="See the fit.", code="CLAIM")
    figures = (estimate * words.scale, low * words.scale, high * words.scale)
    table = grammar()["what_if"]
    text = _filled(table[grade], _slots(words, change, figures, conf_level))
    weak = GRADES.index(grade) < GRADES.index("quasi-causal")
    _guard(text.replace(table["caveat"], "") if weak else text, grade)
    return text


def _smallest(words: Words, log: bool) -> float | None:
    """The smallest difference that matters on the scale of the estimate."""
    if not log or words.smallest is None:
        return words.smallest
    if not words.smallest > 1:
        raise StudyError(
            f"the smallest ratio that matters for '{words.outcome}' must be above 1.",
            fix="Give a ratio such as 1.2 for a fifth more or less.",
            code="CLAIM-SMALLEST",
        )
    return math.log(words.smallest)


def _spoken(grade: str, family: str, synthetic: bool) -> str:
    """The grade whose sentence is used: no stronger than an association for simulated data or a decomposition."""
    known = [g for g in GRADES if g in grammar()[family]]
    most = GRADES.index("associational") if synthetic else GRADES.index(known[-1])
    return GRADES[min(GRADES.index(grade), most)]


def _filled(sentence: str, slots: dict[str, str]) -> str:
    """A sentence of the grammar with its slots filled; where an outcome has no unit, no gap is left for it."""
    text = sentence if slots["unit"] else sentence.replace(" {unit}", "")
    return text.format(**slots)


def _slots(
    words: Words, contrast: str, figures: tuple[float, float, float], conf_level: float, *, ratio: str = ""
) -> dict[str, str]:
    size, low, high = figures
    if ratio:
        told = [f"{math.exp(min(v, 50.0)):.2f}" for v in figures]
    else:
        digits = 1 if max(abs(size), abs(low), abs(high)) >= 1 else 2
        told = [_figure(v, digits) for v in figures]
    return {
        "contrast": contrast,
        "Contrast": contrast[:1].upper() + contrast[1:],
        "phrase": ratio_phrase(words.phrase, ratio) if ratio else words.phrase,
        "size": told[0],
        "low": told[1],
        "high": told[2],
        "unit": words.unit,
        "smallest": f"{words.smallest:g}" if words.smallest is not None else "",
        "level": f"{conf_level:.0%}",
    }


def _figure(value: float, digits: int) -> str:
    shown = f"{value:+.{digits}f}"
    return "0" if float(shown) == 0 else shown.replace("-", "−")


def _reasons(
    design_grade: str, grade: str, failed: Sequence[Check], synthetic: bool, notes: Sequence[str]
) -> tuple[str, ...]:
    out = [f"The design carries '{design_grade}' at most."]
    out += [f"Lowered by the check '{c.name}': {c.verdict}" for c in failed]
    out += list(notes)
    if synthetic:
        out.append(f"The data are simulated; on real data with these checks the grade would be '{grade}'.")
    return tuple(out)


def _forbidden(spoken: str, final: str, limits: Sequence[str]) -> tuple[str, ...]:
    table = grammar()["forbidden"]
    at = GRADES.index(spoken)
    out = [*limits, *(s for g in GRADES[at:] for s in table[g])]
    return tuple([*table[ILLUSTRATION], *out] if final == ILLUSTRATION else out)


def _guard(text: str, grade: str) -> None:
    """No causal word below quasi-causal; no ranking or prediction at any grade."""
    found = [w for w in overreach(text) if w not in causal_words(text)]
    if GRADES.index(grade) < GRADES.index("quasi-causal"):
        found += list(causal_words(text))
    if found:
        raise StudyError(
            f"a claim of grade '{grade}' would use {len(found)} word(s) it may not: {', '.join(found)}.",
            fix="Take these words out of the study's contrast and phrases.",
            code="WORDS",
        )
