"""The grammar of claims: its sentences, what lowers a grade, which finding an interval gives, how figures are written.

Figures of one claim are rounded alike, never to a zero that they are not, with a true minus sign.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from hybrid_toolkit.designs import GRADES, RATIO_KINDS
from hybrid_toolkit.result import Check

_WHOLE_FROM = 1000
"""Figures from here on are written without decimals."""
_SMALL = 0.1
"""Figures under it take the decimals that their first digit needs."""

ILLUSTRATION = "illustration"
"""Grade of anything said from simulated data: below every grade of evidence."""
ALL_GRADES = (ILLUSTRATION, *GRADES)
FINDINGS = ("difference", "negligible", "equivalent", "inconclusive")
CLAIM_FAMILIES = ("sentence", "ratio", "policy", "mediation", "decomposition")
_FAMILIES = {"effect": "policy", "indirect": "mediation", "composition": "decomposition"}


@cache
def grammar() -> dict[str, Any]:
    """The grammar of claims as read from its file."""
    return tomllib.loads((files("hybrid_toolkit.study.estimation") / "claim_grammar.toml").read_text(encoding="utf-8"))


CHECK_STATES = ("passed", "did not pass", "inconclusive", "for information")


def check_state(check: Check) -> str:
    """What a reader is told of a check; one that could have passed or failed, and did neither, is inconclusive.

    Examples
    --------
    >>> [check_state(Check(n, p, "")) for n, p in (("lead", True), ("lead", False), ("lead", None), ("E-value", None))]
    ['passed', 'did not pass', 'inconclusive', 'for information']
    """
    if check.passed is not None:
        return CHECK_STATES[0] if check.passed else CHECK_STATES[1]
    return CHECK_STATES[3] if check.name in grammar()["informs"]["checks"] else CHECK_STATES[2]


def family_of(kind: str) -> str:
    """The part of the grammar that speaks of a kind of estimand.

    Examples
    --------
    >>> [family_of(k) for k in ("slope", "log-odds", "effect", "indirect", "composition")]
    ['sentence', 'ratio', 'policy', 'mediation', 'decomposition']
    """
    return "ratio" if kind in RATIO_KINDS else _FAMILIES.get(kind, "sentence")


def grammar_table() -> pd.DataFrame:
    """Every sentence that may be said: family, grade, finding, sentence. For readers who audit the words.

    A claim's ``row`` is the family, grade and finding of the sentence that it was filled from.

    Examples
    --------
    >>> table = grammar_table().set_index(["family", "grade", "finding"])["sentence"]
    >>> table["sentence", "associational", "inconclusive"][:28]
    'These data cannot tell us wh'
    """
    found = grammar()
    rows = [(f, g, k, s) for f in CLAIM_FAMILIES for g in found[f] for k, s in found[f][g].items()]
    rows += [("prediction", "any", k, s) for k, s in found["prediction"].items()]
    rows += [("what-if", g, "any", found["what_if"][g]) for g in GRADES]
    rows += [("what-if", "any", "inconclusive", found["what_if"]["inconclusive"])]
    return pd.DataFrame(rows, columns=["family", "grade", "finding", "sentence"])


def lowering_table() -> pd.DataFrame:
    """What each failed check does to a grade: check, steps down, and the grade that it cannot pass ("" for none).

    A check that stands in no row counts as the row ``"any other"``.

    Examples
    --------
    >>> lowering_table().set_index("check").loc["invariance", "never_above"]
    'descriptive'
    """
    rows = [(name, int(r.get("steps", 0)), str(r.get("cap", ""))) for name, r in grammar()["lower"].items()]
    return pd.DataFrame(rows, columns=["check", "steps", "never_above"])


def finding_of(low: float, high: float, smallest_important: float | None) -> str:
    """The kind of finding that an interval gives.

    Examples
    --------
    >>> finding_of(0.2, 3.0, 1.0), finding_of(0.2, 0.8, 1.0), finding_of(-0.5, 0.8, 1.0), finding_of(-0.5, 3.0, 1.0)
    ('difference', 'negligible', 'equivalent', 'inconclusive')
    """
    inside = smallest_important is not None and max(abs(low), abs(high)) < smallest_important
    if low > 0 or high < 0:
        return "negligible" if inside else "difference"
    return "equivalent" if inside else "inconclusive"


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


def spoken_grade(grade: str, family: str, *, synthetic: bool) -> str:
    """The grade whose sentence is used: an association at most for simulated data, a path or a decomposition."""
    known = [g for g in GRADES if g in grammar()[family]]
    most = GRADES.index("associational") if synthetic else GRADES.index(known[-1])
    return GRADES[min(GRADES.index(grade), most)]


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
    >>> with_direction("just above 0", "points")
    'just above 0'
    """
    if shown[:1] not in "+−":
        return shown
    size = shown[1:]
    named = with_unit(1.0, unit).partition(" ")[2] if float(size.replace(",", "")) == 1 else unit
    return f"{size} {named}".rstrip() + (" higher" if shown[0] == "+" else " lower")


def range_with_direction(low: str, high: str, unit: str) -> str:
    """An interval in words: unit and direction once where both ends lie on one side, the end nearer to zero first.

    Examples
    --------
    >>> range_with_direction("−20.1", "−8.5", "percentage points"), range_with_direction("−0.3", "+0.1", "points")
    ('8.5 to 20.1 percentage points lower', '0.3 points lower to 0.1 points higher')
    >>> range_with_direction("just above 0", "+6.4", "points"), range_with_direction("−6.4", "just below 0", "points")
    ('just above 0 to 6.4 points higher', 'just below 0 to 6.4 points lower')
    """
    near, far = (high, low) if low[:1] == "−" and high[:1] != "+" else (low, high)
    if near[:1] != far[:1] and near[:1] in "+−":
        return f"{with_direction(near, unit)} to {with_direction(far, unit)}"
    return f"{near.lstrip('+−')} to {with_direction(far, unit)}"


def with_unit(value: float, unit: str) -> str:
    """A bare figure with its unit, which for one is singular.

    Examples
    --------
    >>> with_unit(1.0, "percentage points"), with_unit(3.0, "points on a scale of 1 to 5"), with_unit(1.2, "")
    ('1 percentage point', '3 points on a scale of 1 to 5', '1.2')
    """
    one = re.sub(r"^((?:\w+ )?\w+?[^s\W])s\b(?! \w+s\b)", r"\1", unit) if value == 1 else unit
    return f"{value:,.6g} {one}".rstrip()
