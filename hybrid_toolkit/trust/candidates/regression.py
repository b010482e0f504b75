"""Estimators of adjustment as the trust table tries them: multilevel, weights, mediation, pooling, answers, counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import pandas as pd

from hybrid_toolkit.designs import DESIGNS, ModelColumns
from hybrid_toolkit.models.weighting.nonresponse_weighting import fit_response_weighted
from hybrid_toolkit.trust.candidate import Candidate, CandidateAnswer, answer_of

EstimateOf: TypeAlias = Callable[[pd.DataFrame], CandidateAnswer]


def by_design(design: str, *, unadjusted: bool = False, **plan: Any) -> EstimateOf:
    """A design's estimate with this plan, or its unadjusted comparison; teams are the clusters."""
    made = ModelColumns(cluster="team_id", **plan)
    return partial(_estimate, design, made, unadjusted)


def _estimate(design: str, plan: ModelColumns, unadjusted: bool, frame: pd.DataFrame) -> CandidateAnswer:
    use = DESIGNS[design].unadjusted if unadjusted else DESIGNS[design].fit
    return answer_of(use(frame, plan).row)


def weighted_to_all(frame: pd.DataFrame) -> CandidateAnswer:
    """Answers weighted by the chance of answering."""
    asked = ["experience", "remote", "product"]
    fit = fit_response_weighted(frame, outcome="y", terms=["remote"], response_terms=asked, cluster="team_id")
    return answer_of(fit.tidy().iloc[[1]])


_RECORDED = ("experience", "need")
_CHOICE: dict[str, Any] = {"outcome": "y", "exposure": "remote", "confounders": _RECORDED}
_PATH: dict[str, Any] = {
    "outcome": "y",
    "exposure": "remote",
    "mediators": ("contact",),
    "confounders": ("experience",),
}
_WAVES: dict[str, Any] = {"outcome": "y", "exposure": "x", "panel_id": "worker_id", "time": "wave"}
_SLOPES: dict[str, Any] = {"outcome": "y", "exposure": "x", "groups": "service"}
_SPLIT: dict[str, Any] = {"outcome": "y", "exposure": "group", "confounders": ("experience",)}
_BY_LOT: dict[str, Any] = {"exposure": "remote", "confounders": ("experience",)}
_SELECTION = ("selected-recorded", "selected-hidden", "selected-no-overlap")
_PATHS = ("mediated", "mediated-hidden")


def _named(
    id: str,
    title: str,
    family: str,
    estimate: EstimateOf,
    dgps: tuple[str, ...],
    own: tuple[str, ...],
    *,
    n_sims: int = 1000,
    warning: str = "",
) -> Candidate:
    return Candidate(id, title, family, estimate, dgps, own, n_sims, warning)


_LEVELS, _WEIGHTS, _MEDIATION = "workers in teams", "groups made alike", "mediation"
_POOLING, _ANSWERS, _SPLITTING = "slopes of groups", "answers and counts", "decomposition"

ALL: tuple[Candidate, ...] = (
    _named(
        "multilevel",
        "Random intercepts of teams, Satterthwaite",
        _LEVELS,
        by_design("multilevel", outcome="y", exposure="share", confounders=("experience",)),
        ("shares-in-teams",),
        ("shares-in-teams",),
    ),
    _named(
        "within-between",
        "The same worker over waves",
        _LEVELS,
        by_design("within-between", **_WAVES),
        ("panel-lasting", "panel-changing"),
        ("panel-lasting",),
    ),
    _named(
        "all-waves-at-once",
        "All waves at once, unadjusted",
        _LEVELS,
        by_design("within-between", unadjusted=True, **_WAVES),
        ("panel-lasting", "panel-changing"),
        (),
        warning="It compares different workers, who differ in more than the exposure.",
    ),
    _named(
        "propensity-weights",
        "Inverse-probability weights",
        _WEIGHTS,
        by_design("propensity-weights", **_CHOICE),
        _SELECTION,
        ("selected-recorded",),
    ),
    _named(
        "overlap-weights",
        "Overlap weights",
        _WEIGHTS,
        by_design("propensity-weights", settings=(("estimand", "ATO"),), **_CHOICE),
        _SELECTION,
        ("selected-recorded",),
    ),
    _named(
        "weights-among-treated",
        "Inverse-probability weights, those treated",
        _WEIGHTS,
        by_design("propensity-weights", settings=(("estimand", "ATT"),), **_CHOICE),
        ("selected-recorded", "selected-treated"),
        ("selected-recorded", "selected-treated"),
    ),
    _named(
        "doubly-robust",
        "Weights and a model of the outcome",
        _WEIGHTS,
        by_design("doubly-robust", **_CHOICE),
        _SELECTION,
        ("selected-recorded",),
    ),
    _named(
        "doubly-robust-among-treated",
        "Weights and a model, those treated",
        _WEIGHTS,
        by_design("doubly-robust", settings=(("estimand", "ATT"),), **_CHOICE),
        ("selected-recorded", "selected-treated"),
        ("selected-recorded", "selected-treated"),
    ),
    _named(
        "difference-of-groups",
        "Difference of means, unadjusted",
        _WEIGHTS,
        by_design("propensity-weights", unadjusted=True, **_CHOICE),
        _SELECTION,
        (),
        warning="It holds nothing constant.",
    ),
    _named(
        "response-weights",
        "Answers weighted by the chance of answering",
        "non-response",
        weighted_to_all,
        ("survey-recorded", "survey-informative"),
        ("survey-recorded",),
    ),
    _named(
        "answers-as-they-come",
        "Answers as they come",
        "non-response",
        by_design("propensity-weights", unadjusted=True, outcome="y", exposure="remote"),
        ("survey-recorded", "survey-informative"),
        (),
        warning="It takes those who answered for all.",
    ),
    _named(
        "mediation",
        "Product of coefficients, jackknife",
        _MEDIATION,
        by_design("mediation", **_PATH),
        _PATHS,
        ("mediated",),
    ),
    _named(
        "mediation-interaction",
        "With exposure by mediator",
        _MEDIATION,
        by_design("mediation", settings=(("interaction", True),), **_PATH),
        ("mediated", "mediated-interaction"),
        ("mediated", "mediated-interaction"),
    ),
    _named(
        "mediation-bootstrap",
        "Product of coefficients, bootstrap of teams",
        _MEDIATION,
        by_design("mediation", settings=(("interval", "bootstrap"),), **_PATH),
        _PATHS,
        ("mediated",),
        warning="With few teams the percentiles of the bootstrap are too narrow.",
    ),
    _named(
        "partial-pooling",
        "Mean of slopes pooled in part",
        _POOLING,
        by_design("partial-pooling", **_SLOPES),
        ("slopes-differ", "slopes-alike"),
        ("slopes-differ", "slopes-alike"),
        warning="Where slopes hardly differ between groups its interval is wider than it need be.",
    ),
    _named(
        "one-slope-for-all",
        "One slope for all groups",
        _POOLING,
        by_design("partial-pooling", unadjusted=True, **_SLOPES),
        ("slopes-differ", "slopes-alike"),
        ("slopes-alike",),
        warning="Where slopes differ between groups its interval is too narrow.",
    ),
    _named(
        "oaxaca-blinder",
        "Two linear models",
        _SPLITTING,
        by_design("decomposition", **_SPLIT),
        ("groups-differ", "groups-differ-in-slope"),
        ("groups-differ", "groups-differ-in-slope"),
    ),
    _named(
        "logistic-clustered",
        "Logistic regression, clustered",
        _ANSWERS,
        by_design("binary-outcome", outcome="yes", **_BY_LOT),
        ("yes-over-all", "yes-within-teams"),
        ("yes-over-all",),
    ),
    _named(
        "logistic-random-intercept",
        "Logistic regression, random intercepts",
        _ANSWERS,
        by_design("binary-random-intercept", outcome="yes", **_BY_LOT),
        ("yes-within-teams",),
        ("yes-within-teams",),
    ),
    _named(
        "ordinal-clustered",
        "Proportional odds, clustered",
        _ANSWERS,
        by_design("ordinal-outcome", outcome="answer", **_BY_LOT),
        ("answers-over-all", "answers-within-teams", "answers-two-slopes"),
        ("answers-over-all",),
    ),
    _named(
        "ordinal-random-intercept",
        "Proportional odds, random intercepts",
        _ANSWERS,
        by_design("ordinal-random-intercept", outcome="answer", **_BY_LOT),
        ("answers-within-teams",),
        ("answers-within-teams",),
    ),
    _named(
        "poisson-clustered",
        "Poisson regression, clustered",
        _ANSWERS,
        by_design("count-outcome", outcome="visits", duration="months", **_BY_LOT),
        ("counts-spread", "counts-chosen"),
        ("counts-spread", "counts-chosen"),
    ),
    _named(
        "negative-binomial-clustered",
        "Negative binomial regression, clustered",
        _ANSWERS,
        by_design(
            "count-outcome",
            outcome="visits",
            duration="months",
            settings=(("family", "negative binomial"),),
            **_BY_LOT,
        ),
        ("counts-spread", "counts-chosen"),
        ("counts-spread", "counts-chosen"),
    ),
    _named(
        "negative-binomial-random-intercept",
        "Negative binomial regression, random intercepts",
        _ANSWERS,
        by_design(
            "count-random-intercept",
            outcome="visits",
            duration="months",
            settings=(("family", "negative binomial"),),
            **_BY_LOT,
        ),
        ("counts-spread",),
        ("counts-spread",),
    ),
    _named(
        "poisson-random-intercept",
        "Poisson regression, random intercepts",
        _ANSWERS,
        by_design("count-random-intercept", outcome="visits", duration="months", **_BY_LOT),
        ("counts-spread",),
        ("counts-spread",),
    ),
)
