"""The linear core as the trust table tries it: clustered intervals, fixed effects, two measures, stepped wedges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from scipy import stats

from hybrid_toolkit.models import Column, Interaction, Term, fit_linear
from hybrid_toolkit.study.diagnosis.wedge_study import WedgeStudy
from hybrid_toolkit.trust.candidate import Candidate, CandidateAnswer, answer_of

_FAMILY, _WEDGES = "clustered linear models", "stepped wedge of teams"
EVERY_LINEAR = ("linear-clustered", "linear-null", "linear-few-teams", "linear-selected", "linear-selected-null")
EXACT = ("linear-clustered", "linear-null")
_X, Z, _EARLY = Column("x"), Column("z"), Column("early")


def _slope(
    frame: pd.DataFrame,
    *,
    variance: str = "jackknife",
    within: Sequence[str] = (),
    instruments: Mapping[str, Sequence[Term]] | None = None,
) -> CandidateAnswer:
    fit = fit_linear(
        frame,
        outcome="y",
        terms=[_X],
        cluster="team",
        fixed_effects=within,
        instruments=instruments,
        variance=variance,
    )
    return answer_of(fit.combine({"x": 1.0}, term="x", unit=""))


def jackknife_answer(frame: pd.DataFrame) -> CandidateAnswer:
    """Least squares over all rows, leave-one-team-out intervals."""
    return _slope(frame)


def sandwich_answer(frame: pd.DataFrame) -> CandidateAnswer:
    """Least squares over all rows, cluster-robust sandwich."""
    return _slope(frame, variance="sandwich")


def unclustered(frame: pd.DataFrame) -> CandidateAnswer:
    """Least squares over all rows as if each stood alone."""
    fit = stats.linregress(frame["x"], frame["y"])
    half = float(stats.t.ppf(0.975, len(frame) - 2)) * fit.stderr
    return fit.slope, fit.stderr, fit.slope - half, fit.slope + half


def within_worker(frame: pd.DataFrame) -> CandidateAnswer:
    """Each worker compared with the same worker."""
    return _slope(frame, within=["worker"])


def two_measures(frame: pd.DataFrame) -> CandidateAnswer:
    """Each worker compared with the same worker, one measure of the exposure standing in for the other."""
    return _slope(frame, within=["worker"], instruments={"x": [Z]})


def interaction(frame: pd.DataFrame) -> CandidateAnswer:
    """Difference of the slopes of early-career workers and others, within workers."""
    both = Interaction(_X, _EARLY)
    fit = fit_linear(frame, outcome="y", terms=[_X, both], cluster="team", fixed_effects=["worker"])
    name = next(t for t in fit.terms if t != "x")
    return answer_of(fit.combine({name: 1.0}, term=name, unit=""))


def wedge_random(frame: pd.DataFrame) -> CandidateAnswer:
    """Random intercept a team, restricted maximum likelihood."""
    return answer_of(WedgeStudy("wedge").estimate(frame).tidy())


def wedge_fixed(frame: pd.DataFrame) -> CandidateAnswer:
    """A level of its own for each team, leave-one-team-out intervals."""
    return answer_of(WedgeStudy("wedge", "fixed-effects").estimate(frame).tidy())


def wedge_unadjusted(frame: pd.DataFrame) -> CandidateAnswer:
    """Treated rows against untreated, whatever the period."""
    fit = fit_linear(frame, outcome="outcome", terms=[Column("treated")], cluster="team")
    return answer_of(fit.combine({"treated": 1.0}, term="treated", unit=""))


ALL = (
    Candidate(
        "linear-jackknife",
        "Least squares, jackknife",
        _FAMILY,
        jackknife_answer,
        EVERY_LINEAR,
        (*EXACT, "linear-few-teams"),
    ),
    Candidate(
        "linear-sandwich",
        "Least squares, sandwich",
        _FAMILY,
        sandwich_answer,
        EVERY_LINEAR,
        (*EXACT, "linear-few-teams"),
        warning="with few or unequal teams the sandwich is too narrow; take the jackknife",
    ),
    Candidate(
        "linear-unclustered",
        "Least squares, every row on its own",
        _FAMILY,
        unclustered,
        EVERY_LINEAR,
        (),
        warning="it takes colleagues, and months of one worker, for strangers",
    ),
    Candidate(
        "within-worker",
        "Within workers, jackknife",
        _FAMILY,
        within_worker,
        (*EVERY_LINEAR, "linear-drifting", "linear-two-measures"),
        EVERY_LINEAR,
    ),
    Candidate(
        "within-two-measures",
        "Within workers, two measures of the exposure",
        _FAMILY,
        two_measures,
        ("linear-two-measures", "linear-drifting"),
        ("linear-two-measures",),
    ),
    Candidate(
        "within-interaction",
        "Difference of slopes within workers",
        _FAMILY,
        interaction,
        ("linear-interaction",),
        ("linear-interaction",),
    ),
    Candidate(
        "wedge-random-intercept",
        "Random intercept a team",
        _WEDGES,
        wedge_random,
        ("wedge-teams", "wedge-varying"),
        ("wedge-teams",),
    ),
    Candidate(
        "wedge-fixed-effects",
        "A level for each team, jackknife",
        _WEDGES,
        wedge_fixed,
        ("wedge-teams", "wedge-varying"),
        ("wedge-teams", "wedge-varying"),
    ),
    Candidate(
        "wedge-naive",
        "Treated against untreated rows",
        _WEDGES,
        wedge_unadjusted,
        ("wedge-teams",),
        (),
        warning="later periods hold more treated teams, so that the trend is taken for the effect",
    ),
)
