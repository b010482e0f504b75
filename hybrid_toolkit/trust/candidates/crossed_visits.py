"""Models of visits, alike by child, by worker and by team, as the trust table tries them."""

from __future__ import annotations

from functools import partial

import pandas as pd

from hybrid_toolkit.models.multilevel.glmm import fit_glmm
from hybrid_toolkit.trust.candidate import Candidate, CandidateAnswer, answer_of


def recorded_by(groups: tuple[str, ...], frame: pd.DataFrame) -> CandidateAnswer:
    """Log odds of the worker's way of working, with an intercept for each level of these groupings."""
    return answer_of(
        fit_glmm(frame, outcome="recorded", terms=["remote"], groups=groups[0] if len(groups) == 1 else list(groups))
        .tidy()
        .iloc[[1]]
    )


_FAMILY = "answers alike in several ways"
_CROSSED = ("visits-crossed", "visits-crossed-null")
_DRAWS = 400
"""A search over hundreds of levels is dear: a quarter of a second a draw."""

ALL: tuple[Candidate, ...] = (
    Candidate(
        "logistic-crossed",
        "Logistic regression, random intercepts of children and workers",
        _FAMILY,
        partial(recorded_by, ("child_id", "worker_id")),
        _CROSSED,
        _CROSSED,
        _DRAWS,
    ),
    Candidate(
        "logistic-nested",
        "Logistic regression, random intercepts of teams, workers and children",
        _FAMILY,
        partial(recorded_by, ("team_id", "worker_id", "child_id")),
        ("visits-in-teams",),
        ("visits-in-teams",),
        _DRAWS,
    ),
    Candidate(
        "logistic-one-of-two",
        "Logistic regression, random intercepts of children alone",
        _FAMILY,
        partial(recorded_by, ("child_id",)),
        _CROSSED,
        (),
        _DRAWS,
        warning="It leaves out that visits of one worker are alike, so that its interval is too narrow.",
    ),
)
"""Contenders of this family."""
