"""Checks of a study as a whole: several outcomes at once, too small to matter, both sides, scale and invariance."""

from __future__ import annotations

import math

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.designs import RATIO_KINDS
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
from hybrid_toolkit.study.estimation.claim_grammar import with_unit
from hybrid_toolkit.study.graph.identification import Identification

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
