"""What a study's checks let a claim say: the checks of a study as a whole, and the grammar of claims as a table.

The grammar stands in ``claim_grammar.toml``: the sentence of each grade and finding, what lowers a grade, which finding
an interval gives. The checks are those of several outcomes at once, a difference too small to matter, both sides of a
comparison, the reliability and invariance of a scale, raters, an open path and a known lean.
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

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.designs import GRADES, RATIO_KINDS
from hybrid_toolkit.designs.checks import p_words
from hybrid_toolkit.designs.model_columns import noun
from hybrid_toolkit.errors import HybridToolkitError, StudyError
from hybrid_toolkit.metrics.constructs.wellbeing import survey_instrument
from hybrid_toolkit.metrics.instruments import instrument_ids, load_instrument
from hybrid_toolkit.metrics.intervals.multiple_testing import holm
from hybrid_toolkit.metrics.psychometrics.reliability import RELIABLE, cronbach_alpha
from hybrid_toolkit.metrics.psychometrics.survey_invariance_checks import invariance_for
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.models.inference.equivalence import equivalence_test
from hybrid_toolkit.result import Check
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.graph.identification import Identification

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


def checks_told(checks: pd.DataFrame) -> str:
    """How many checks passed, did not pass or were inconclusive, and what each of the last two says.

    ``checks`` has the columns ``check``, ``state`` and ``message`` of ``StudyResult.checks_frame``.

    Examples
    --------
    >>> rows = [("lead", "passed", "No lead."), ("power", "inconclusive", "Too few to tell.")]
    >>> checks_told(pd.DataFrame(rows, columns=["check", "state", "message"]))
    'Checks: 1 passed, 1 inconclusive. power (inconclusive): Too few to tell.'
    """
    once = checks.drop_duplicates(["check", "message"])
    counts = {state: int(once["state"].eq(state).sum()) for state in CHECK_STATES[:3]}
    told = ", ".join(f"{n} {state}" for state, n in counts.items() if n or state == "passed")
    named = once[once["state"].isin(CHECK_STATES[1:3])]
    rows = zip(named["check"], named["state"], named["message"], strict=True)
    return " ".join([f"Checks: {told}.", *(f"{name} ({state}): {message}" for name, state, message in rows)])


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


def with_unit(value: float, unit: str) -> str:
    """A bare figure with its unit, which for one is singular.

    Examples
    --------
    >>> with_unit(1.0, "percentage points"), with_unit(3.0, "points on a scale of 1 to 5"), with_unit(1.2, "")
    ('1 percentage point', '3 points on a scale of 1 to 5', '1.2')
    """
    one = re.sub(r"^((?:\w+ )?\w+?[^s\W])s\b(?! \w+s\b)", r"\1", unit) if value == 1 else unit
    return f"{value:,.6g} {one}".rstrip()


_STAGES = ("early_career", "stage")
"""Moderators that compare career stages."""
LEAST_ITEMS = 3
FEWEST_RATERS = 3
"""Raters below which a comparison of ratings says little about how others would rate."""


def check_multiple(estimates: pd.DataFrame, outcome: str, conf_level: float) -> Check | None:
    """Whether a difference is still told once all of a study's outcomes are counted (Holm 1979); None for one outcome.

    Parameters
    ----------
    estimates : pd.DataFrame
        Rows of ``StudyResult.estimates``.
    outcome : str
        The outcome asked about.
    conf_level : float
        Level of the study's intervals.
    """
    rows = estimates[estimates["role"].isin(["main", "secondary"])].reset_index(drop=True)
    at = int(rows.index[rows["outcome"].eq(outcome)][0])
    if len(rows) < 2 or pd.isna(rows["p_value"][at]):
        return None
    adjusted = holm(rows["p_value"].fillna(1.0).tolist())  # an outcome without a p-value still counts as one asked
    own, level = float(rows["p_value"][at]), 1 - conf_level
    lost = own < level <= adjusted[at]
    message = f"Over the study's {len(rows)} outcomes, p = {own:.3f} becomes {adjusted[at]:.3f} (Holm)" + (
        ": alone it would have been told as a difference." if lost else "."
    )
    return Check("multiple testing", not lost, message, adjusted[at], level)


def check_equivalence(
    study: StudySpec, outcome: str, estimate: float, std_error: float, n_clusters: int
) -> Check | None:
    """Two one-sided tests of an estimate against what the study said would matter; informs only.

    Parameters
    ----------
    study : StudySpec
        The declaration.
    outcome : str
        Column.
    estimate : float
        As fitted.
    std_error : float
        As fitted.
    n_clusters : int
        Clusters behind them.
    """
    words = study.words_for(outcome)
    if words.smallest_important is None or not std_error > 0:
        return None
    ratio = study.kind in RATIO_KINDS
    if ratio and not words.smallest_important > 1:
        return None
    scale = study.contrast_size * (1.0 if ratio else words.scale)
    bound = math.log(words.smallest_important) if ratio else words.smallest_important
    df = max(1, n_clusters - 1)
    got = equivalence_test(estimate * scale, std_error * scale, low=-bound, high=bound, df=df)
    found = "smaller than" if got.equivalent else "not shown to be smaller than"
    told = f"{words.smallest_important:g} times" if ratio else with_unit(words.smallest_important, words.unit)
    message = (
        f"By two one-sided tests the difference is {found} the {told} that the study counts as important "
        f"({p_words(got.p_value)})."
    )
    return Check("equivalence", None, message, got.p_value, got.alpha)


def check_invariance(study: StudySpec, outcome: str, data: EvaluationData) -> Check | None:
    """Whether a scale measures alike in the career stages whose slopes a study compares; None where none is compared.

    A difference in slopes needs equal loadings. ``passed`` is None where the answers are too few to tell.
    """
    if study.kind != "slope-gap" or study.moderators[0] not in _STAGES or not data.has("survey", "item"):
        return None
    named = instruments_of(outcome)
    if not named:
        return None
    scale = load_instrument(named[0]).scale(outcome)
    if len(scale.items) < LEAST_ITEMS or not scale.reliability:
        return None
    return invariance_for(data, instrument=named[0], scale=outcome, by="career_stage", compare="associations")


_MIN_ROWS, _MIN_CLUSTERS = 10, 5
"""Rows and clusters of either side below which a claim is lowered."""


def check_comparison_groups(frame: pd.DataFrame, study: StudySpec, outcome: str) -> Check | None:
    """Whether each side of a yes/no exposure or moderator lies in several clusters; None where nothing is two-sided.

    A design with a start over time names its one authority or few teams itself and has checks of its own for that.

    Parameters
    ----------
    frame : pd.DataFrame
        The study's rows.
    study : StudySpec
        The declaration.
    outcome : str
        Column.

    Raises
    ------
    StudyError
        A side lies in one cluster, so that it is named by the comparison.
    """
    if study.first_treated:
        return None
    found: list[tuple[int, int]] = []
    for column in (study.exposure, *study.moderators):
        if column == study.cluster or frame[column].nunique() != 2:
            continue
        used = frame[[column, study.cluster, outcome]].dropna()
        sides = used.groupby(column)[study.cluster].agg(["nunique", "size"])
        found.append((int(sides["nunique"].min()), int(sides["size"].min())))
        if found[-1][0] < 2:
            raise StudyError(
                f"one side of '{column}' lies in a single {noun(study.cluster)}: that would compare one with the rest.",
                fix="Compare groups of several; no one team or person is ranked or told about.",
                code="ONE-SIDE",
            )
    if not found:
        return None
    good = all(few >= _MIN_CLUSTERS and rows >= _MIN_ROWS for few, rows in found)
    many = noun(study.cluster, many=True)
    message = (
        f"Each of the groups compared has at least {_MIN_ROWS} rows in at least {_MIN_CLUSTERS} {many}."
        if good
        else f"At least one group compared has fewer than {_MIN_ROWS} rows, or fewer than {_MIN_CLUSTERS} {many}."
    )
    return Check("sides", good, message, None, _MIN_CLUSTERS)


def instruments_of(outcome: str) -> tuple[str, ...]:
    """The instrument that an outcome is a scale of; empty for any other outcome."""
    return tuple(i for i in instrument_ids() if any(scale.id == outcome for scale in load_instrument(i).scales))


def check_scale(data: EvaluationData, outcome: str) -> Check | None:
    """Reliability of an outcome that is a score of several items or raters; None for any other outcome."""
    if outcome in REGISTRY and "survey" not in REGISTRY[outcome].columns:
        return _agreement(data, REGISTRY[outcome])
    for instrument in instrument_ids():
        for scale in load_instrument(instrument).scales:
            if scale.id == outcome and scale.reliability and data.has("survey"):
                return _alpha(data, instrument, scale.items)
    return None


def check_raters(study: StudySpec, frame: pd.DataFrame) -> Check | None:
    """Whether raters' severity is in a model of ratings, and how many raters there are; None for other rows."""
    if "rater_id" not in study.columns and study.row_unit != "rating":
        return None
    if "rater_id" not in study.fixed_effects:
        message = "Raters differ in severity, and the study does not adjust for it: name rater_id in fixed_effects."
        return Check("rater severity", False, message)
    n = int(frame["rater_id"].nunique())
    good = n >= FEWEST_RATERS
    told = f"Each of {n} raters has an intercept, so that severity moves no comparison"
    return Check(
        "rater severity", good, f"{told}{'.' if good else '; with so few, they stand for no others.'}", n, FEWEST_RATERS
    )


def _agreement(data: EvaluationData, spec: MetricSpec) -> Check | None:
    if spec.reliability_of is None:
        return None
    try:
        value = spec.reliability_of(data)
    except HybridToolkitError as error:
        return Check("scale reliability", None, f"The score's reliability could not be assessed ({error.code}).")
    good = value >= RELIABLE
    told = f"The score's reliability is {value:.2f}, {'at or above' if good else 'below'} {RELIABLE:.2f}"
    note = "" if good else ": an association with it is drawn towards nothing"
    return Check("scale reliability", good, f"{told}{note}.", value, RELIABLE)


def _alpha(data: EvaluationData, instrument: str, items: tuple[str, ...]) -> Check:
    try:
        answers = survey_instrument(data, instrument).answers
        value = cronbach_alpha(answers[list(items)]).estimate
    except HybridToolkitError as error:
        return Check("scale reliability", None, f"The scale's reliability could not be assessed ({error.code}).")
    good = value >= RELIABLE
    message = (
        f"Answers to the scale's items are consistent enough (alpha {value:.2f}, limit {RELIABLE:.2f})"
        if good
        else f"Answers to the scale's items are not consistent enough (alpha {value:.2f}, limit {RELIABLE:.2f})"
    )
    return Check("scale reliability", good, f"{message}.", value, RELIABLE)


def open_path(known: Identification) -> tuple[Check, ...]:
    """A failed check where the causal graph leaves a path open between exposure and outcome."""
    return (Check("open path", False, known.message),) if known.identified is False else ()


def known_lean(study: StudySpec) -> tuple[Check, ...]:
    """A failed check where the study declares a lean that nothing recorded takes out.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import declared_study
    >>> [c.name for c in known_lean(declared_study("meeting-presence"))], known_lean(declared_study("meeting-load"))
    (['known lean'], ())
    """
    return (Check("known lean", False, study.known_lean),) if study.known_lean else ()
