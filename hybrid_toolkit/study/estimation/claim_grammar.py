"""The grammar of claims as data: its sentences, what lowers a grade, and which finding an interval gives."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from hybrid_toolkit.designs import GRADES, RATIO_KINDS
from hybrid_toolkit.result import Check

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
