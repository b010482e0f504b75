"""From an estimate to a sentence no stronger than its design, its checks and its data allow.

The grammar stands in ``grammar.toml``: a sentence for each grade and finding, what lowers a grade, what may not be
said. This module only looks things up in it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.designs import GRADES
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.result import Check
from hybrid_toolkit.study.words import Words, causal_words, overreach

ILLUSTRATION = "illustration"
"""Grade of anything said from simulated data: below every grade of evidence."""
ALL_GRADES = (ILLUSTRATION, *GRADES)
FINDINGS = ("difference", "trifling", "small", "open")


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


def grammar_table() -> pd.DataFrame:
    """Every sentence a claim can take: grade, finding, sentence. For readers who audit the words."""
    rows = [(g, f, grammar()["sentence"][g][f]) for g in GRADES for f in FINDINGS]
    return pd.DataFrame(rows, columns=["grade", "finding", "sentence"])


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
) -> Claim:
    """The claim for one outcome.

    Parameters
    ----------
    words : how the outcome is spoken of.
    contrast : the difference in exposure, in words.
    estimate, low, high : for that contrast, in the outcome's own unit.
    conf_level : level of the interval.
    design_grade : the strongest grade the design carries.
    checks : every check, those of a diagnosis among them.
    limits : what the study can never say.
    synthetic : whether the data were simulated.
    notes : further reasons that lower nothing.

    Raises
    ------
    StudyError : the interval is not finite, or the words claim more than the grade allows.
    """
    size, lower, upper = (v * words.scale for v in (estimate, low, high))
    if not all(pd.notna(v) and abs(v) != float("inf") for v in (size, lower, upper)):
        raise StudyError("there is no finite interval, so nothing can be said.", fix="See the fit.", code="CLAIM")
    failed = [c for c in checks if c.passed is False]
    grade = lowered(design_grade, [c.name for c in failed])
    finding = finding_of(lower, upper, words.smallest)
    spoken = GRADES[min(GRADES.index(grade), GRADES.index("associational"))] if synthetic else grade
    digits = 1 if max(abs(size), abs(lower), abs(upper)) >= 1 else 2
    slots = {
        "contrast": contrast,
        "Contrast": contrast[:1].upper() + contrast[1:],
        "phrase": words.phrase,
        "size": _figure(size, digits),
        "low": _figure(lower, digits),
        "high": _figure(upper, digits),
        "unit": words.unit,
        "smallest": f"{words.smallest:g}" if words.smallest is not None else "",
        "level": f"{conf_level:.0%}",
    }
    text = grammar()["sentence"][spoken][finding].format(**slots)
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
