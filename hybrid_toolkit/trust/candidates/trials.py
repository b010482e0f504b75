"""Estimators of trials, of few or crossed clusters, of staying and of several authorities, for the trust table."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.models import Column
from hybrid_toolkit.models.inference.cr2_errors import fit_cr2
from hybrid_toolkit.models.inference.meta_analysis import fit_random_effects
from hybrid_toolkit.models.inference.randomised_trial import fit_randomised
from hybrid_toolkit.models.inference.two_way_errors import fit_two_way
from hybrid_toolkit.models.inference.wild_bootstrap import wild_bootstrap
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.linear.ols import fit_ols
from hybrid_toolkit.models.survival.kaplan_meier import fit_kaplan_meier
from hybrid_toolkit.trust.candidate import Candidate, CandidateAnswer, answer_of
from hybrid_toolkit.trust.candidates.linear import EVERY_LINEAR, EXACT

TRIALS, CLUSTERS = "randomised trials", "few or crossed clusters"
STAYING, _SITES = "share still there", "several authorities"
STRANGERS = "It takes colleagues for strangers."
_UNEQUAL = "Where some authorities know theirs much better than others its interval is a little narrow."
_X, _YEAR = [Column("x")], 12.0


def randomised(frame: pd.DataFrame, *, covariates: tuple[str, ...] = (), cluster: str | None = None) -> CandidateAnswer:
    """Difference of the arms of a trial."""
    fit = fit_randomised(frame, outcome="y", treatment="offered", covariates=covariates, cluster=cluster)
    return answer_of(fit.tidy())


def least_squares(frame: pd.DataFrame, *, variance: str) -> CandidateAnswer:
    """Least squares on the arm and what was known before."""
    return answer_of(fit_ols(frame, outcome="y", terms=["offered", "before"], variance=variance).tidy().iloc[[1]])


def bias_reduced(frame: pd.DataFrame) -> CandidateAnswer:
    """CR2 errors, Satterthwaite degrees of freedom."""
    return answer_of(fit_cr2(frame, outcome="y", terms=_X, cluster="team").tidy().query("term == 'x'"))


def wild(frame: pd.DataFrame) -> CandidateAnswer:
    """Wild cluster bootstrap, interval by inversion."""
    return answer_of(wild_bootstrap(frame, outcome="y", terms=_X, term="x", cluster="team", draws=999).tidy())


def two_way(frame: pd.DataFrame) -> CandidateAnswer:
    """Errors for likeness within teams and within months."""
    fit = fit_two_way(frame, outcome="y", terms=_X, clusters=("team", "month"))
    return answer_of(fit.combine({"x": 1.0}, term="x", unit=""))


def one_way(frame: pd.DataFrame) -> CandidateAnswer:
    """Errors for likeness within teams only, leave-one-team-out."""
    fit = fit_linear(frame, outcome="y", terms=_X, cluster="team")
    return answer_of(fit.combine({"x": 1.0}, term="x", unit=""))


def still_there_answer(frame: pd.DataFrame) -> CandidateAnswer:
    """Share still there after a year."""
    return answer_of(fit_kaplan_meier(frame, duration="months", event="left").at(_YEAR))


def never_gone(frame: pd.DataFrame) -> CandidateAnswer:
    """Share of all who were not seen to leave within the year."""
    gone = (frame["left"].to_numpy() == 1) & (frame["months"].to_numpy() <= _YEAR)
    share = float(1 - gone.mean())
    error = (share * (1 - share) / len(gone)) ** 0.5
    return share, error, share - 1.96 * error, share + 1.96 * error


def pooled(frame: pd.DataFrame, *, interval: str, method: str = "reml") -> CandidateAnswer:
    """Mean over authorities that differ."""
    fit = fit_random_effects(frame["estimate"], frame["variance"], interval=interval, method=method, prediction="t")
    return answer_of(fit.tidy())


def as_if_one(frame: pd.DataFrame) -> CandidateAnswer:
    """Mean over authorities as if all had one true value."""
    weight = 1 / frame["variance"].to_numpy(dtype=np.float64)
    mean = float(weight @ frame["estimate"].to_numpy(dtype=np.float64) / weight.sum())
    error = float(weight.sum() ** -0.5)
    return mean, error, mean - 1.96 * error, mean + 1.96 * error


_BOTH = ("trial-workers", "trial-teams")

ALL: tuple[Candidate, ...] = (
    Candidate("difference-by-lot", "Difference of arms, HC2", TRIALS, randomised, _BOTH, _BOTH[:1], warning=STRANGERS),
    Candidate(
        "difference-by-lot-adjusted",
        "Difference of arms, adjusted by arm",
        TRIALS,
        partial(randomised, covariates=("before",)),
        _BOTH[:1],
        _BOTH[:1],
    ),
    Candidate(
        "difference-by-lot-of-teams",
        "Difference of arms, clustered",
        TRIALS,
        partial(randomised, cluster="team_id"),
        _BOTH[1:],
        _BOTH[1:],
    ),
    Candidate(
        "difference-by-lot-of-teams-adjusted",
        "Difference of arms, adjusted by arm, clustered",
        TRIALS,
        partial(randomised, covariates=("before",), cluster="team_id"),
        _BOTH[1:],
        _BOTH[1:],
    ),
    Candidate(
        "least-squares-robust",
        "Least squares with a covariate, HC3",
        TRIALS,
        partial(least_squares, variance="HC3"),
        _BOTH,
        _BOTH[:1],
        warning=STRANGERS,
    ),
    Candidate(
        "least-squares-plain",
        "Least squares with a covariate, plain errors",
        TRIALS,
        partial(least_squares, variance="ols"),
        _BOTH,
        (),
        warning="It takes all rows to vary alike and " + STRANGERS[3:],
    ),
    Candidate("linear-cr2", "Least squares, CR2", CLUSTERS, bias_reduced, EVERY_LINEAR, (*EXACT, "linear-few-teams")),
    Candidate(
        "linear-wild-bootstrap",
        "Least squares, wild cluster bootstrap",
        CLUSTERS,
        wild,
        (*EXACT, "linear-few-teams"),
        (*EXACT, "linear-few-teams"),
    ),
    Candidate(
        "linear-two-way",
        "Least squares, clustered both ways",
        CLUSTERS,
        two_way,
        ("linear-crossed",),
        ("linear-crossed",),
    ),
    Candidate(
        "linear-one-way",
        "Least squares, clustered by team only",
        CLUSTERS,
        one_way,
        ("linear-crossed",),
        (),
        warning="It takes the months of different teams for strangers.",
    ),
    Candidate(
        "kaplan-meier", "Kaplan-Meier, log-log", STAYING, still_there_answer, ("staying", "staying-alike"), ("staying",)
    ),
    Candidate(
        "share-not-seen-leaving",
        "Share not seen to leave",
        STAYING,
        never_gone,
        ("staying",),
        (),
        warning="It counts people lost to follow-up as stayers.",
    ),
    Candidate(
        "random-effects",
        "Random effects, Hartung-Knapp",
        _SITES,
        partial(pooled, interval="hartung-knapp"),
        ("authorities",),
        ("authorities",),
        warning=_UNEQUAL,
    ),
    Candidate(
        "random-effects-paule-mandel",
        "Random effects, Paule-Mandel and Hartung-Knapp",
        _SITES,
        partial(pooled, interval="hartung-knapp", method="paule-mandel"),
        ("authorities",),
        ("authorities",),
        warning=_UNEQUAL,
    ),
    Candidate(
        "random-effects-normal",
        "Random effects, normal interval",
        _SITES,
        partial(pooled, interval="normal"),
        ("authorities",),
        ("authorities",),
        warning="With few authorities the normal interval is too narrow: use Hartung-Knapp.",
    ),
    Candidate(
        "one-true-value",
        "Weighted mean, no difference between authorities",
        _SITES,
        as_if_one,
        ("authorities",),
        (),
        warning="It takes authorities to be alike.",
    ),
)
