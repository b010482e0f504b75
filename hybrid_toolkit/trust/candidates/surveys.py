"""Estimators for surveys with weights, and for counts of rows that do not depend on each other."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.models.generalised.counts import fit_counts
from hybrid_toolkit.models.weighting.survey_regression import fit_survey_regression
from hybrid_toolkit.trust.candidate import Candidate, CandidateAnswer, answer_of


def _of_population(frame: pd.DataFrame) -> CandidateAnswer:
    fit = fit_survey_regression(
        frame, outcome="y", terms=["remote"], weight="weight", strata="service", cluster="team_id"
    )
    return answer_of(fit.tidy().iloc[[1]])


def _as_asked(frame: pd.DataFrame) -> CandidateAnswer:
    fit = fit_survey_regression(
        frame.assign(same=1.0), outcome="y", terms=["remote"], weight="same", strata="service", cluster="team_id"
    )
    return answer_of(fit.tidy().iloc[[1]])


def _quasi(frame: pd.DataFrame) -> CandidateAnswer:
    terms = ["remote", "experience"]
    fit = fit_counts(frame, outcome="visits", terms=terms, exposure_time="months", variance="quasi-poisson")
    return answer_of(fit.tidy().iloc[[1]])


ALL: tuple[Candidate, ...] = (
    Candidate(
        "survey-regression",
        "Least squares for the population, linearised over clusters within strata",
        "surveys with weights",
        _of_population,
        ("asked-unequally", "asked-unequally-null"),
        ("asked-unequally", "asked-unequally-null"),
    ),
    Candidate(
        "survey-unweighted",
        "The same without the weights",
        "surveys with weights",
        _as_asked,
        ("asked-unequally", "asked-unequally-null"),
        ("asked-unequally-null",),
        warning="It takes those who were asked for the population.",
    ),
    Candidate(
        "quasi-poisson",
        "Poisson with quasi-Poisson errors",
        "answers and counts",
        _quasi,
        ("counts-apart", "counts-spread"),
        ("counts-apart",),
        warning="It takes rows as independent: where workers of a team are alike, intervals are too narrow.",
    ),
)
