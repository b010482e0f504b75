"""Roll-outs over teams as the trust table tries them: differences in differences, doses, wedges, random order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from hybrid_toolkit.designs.model_columns import ModelColumns
from hybrid_toolkit.designs.rollout.rollout_fits import before_after_fit as unadjusted_before_after
from hybrid_toolkit.models.rollout.dose import fit_dose
from hybrid_toolkit.models.rollout.event_study import fit_event_study
from hybrid_toolkit.models.rollout.group_time import fit_group_time
from hybrid_toolkit.models.rollout.group_time_effects import GroupTimeFit
from hybrid_toolkit.models.rollout.random_order import fit_random_order
from hybrid_toolkit.models.rollout.stepped_wedge import fit_stepped_wedge
from hybrid_toolkit.models.rollout.two_by_two import fit_two_by_two
from hybrid_toolkit.models.sensitivity.parallel_trends_bounds import honest_bounds
from hybrid_toolkit.trust.candidate import Candidate, CandidateAnswer, answer_of

_FAMILY, _WEDGES, _DOSES = "roll-out of a policy", "roll-out in random order", "policy of unlike strength"
_STAGGERED = ("rollout-parallel", "rollout-growing", "rollout-few-teams")
BROKEN = ("rollout-pretrend", "rollout-anticipation", "rollout-interference")
_STEPS = ("wedge-trend", "wedge-team-months", "wedge-carried", "wedge-delayed")
MIXED = "With growing effects and several starts it compares treated with already treated teams."


def _fitted(frame: pd.DataFrame, **how: Any) -> GroupTimeFit:
    """Group-time effects against teams that have not begun."""
    return fit_group_time(
        frame,
        outcome="y",
        panel_id="team_id",
        time="month",
        first_treated="first_treated",
        control_group="not_yet_treated",
        **how,
    )


def _group_time(frame: pd.DataFrame, **how: Any) -> CandidateAnswer:
    return answer_of(_fitted(frame, **how).aggregate("simple"))


def within_bounds(frame: pd.DataFrame) -> CandidateAnswer:
    """Interval that allows for departures from parallel trends as large as the largest one before the start."""
    path = _fitted(frame, base_period="universal", variance="jackknife").path()
    return answer_of(honest_bounds(path, restriction="relative", sizes=[1.0]).tidy())


def _event_study(frame: pd.DataFrame, *, estimator: str, variance: str = "jackknife") -> CandidateAnswer:
    fit = fit_event_study(
        frame,
        outcome="y",
        panel_id="team_id",
        time="month",
        first_treated="first_treated",
        estimator=estimator,
        variance=variance,
    )
    return answer_of(fit.tidy())


def two_by_two(frame: pd.DataFrame) -> CandidateAnswer:
    """Two groups, two spans of time."""
    fit = fit_two_by_two(frame, outcome="y", panel_id="team_id", time="month", first_treated="first_treated")
    return answer_of(fit.tidy())


def dose_slope(frame: pd.DataFrame) -> CandidateAnswer:
    """Slope of the effect on the dose."""
    fit = fit_dose(frame, outcome="y", panel_id="team_id", time="month", dose="dose", first_treated="first_treated")
    return answer_of(fit.tidy().iloc[[1]])


def wedge(frame: pd.DataFrame, *, correlation: str) -> CandidateAnswer:
    """Mixed model with periods held constant."""
    fit = fit_stepped_wedge(
        frame, outcome="y", cluster="team_id", time="month", first_treated="first_treated", correlation=correlation
    )
    return answer_of(fit.tidy())


def random_order(frame: pd.DataFrame) -> CandidateAnswer:
    """Regression within team and month, inference from the lottery."""
    fit = fit_random_order(
        frame, outcome="y", panel_id="team_id", time="month", first_treated="first_treated", draws=399
    )
    return answer_of(fit.tidy())


def before_after_answer(frame: pd.DataFrame) -> CandidateAnswer:
    """The treated teams' mean after less their mean before."""
    plan = ModelColumns("y", "policy", "team_id", panel_id="team_id", time="month", first_treated="first_treated")
    return answer_of(unadjusted_before_after(frame, plan).row)


def _contender(
    id: str,
    title: str,
    estimate: Callable[[pd.DataFrame], CandidateAnswer],
    own: tuple[str, ...],
    n_sims: int,
    warning: str = "",
) -> Candidate:
    """One estimator on the staggered worlds and those that break an assumption."""
    return Candidate(id, title, _FAMILY, estimate, (*_STAGGERED, *BROKEN), own, n_sims, warning)


ALL: tuple[Candidate, ...] = (
    Candidate(
        "two-by-two",
        "Two groups before and after",
        _FAMILY,
        two_by_two,
        ("rollout-two-groups",),
        ("rollout-two-groups",),
    ),
    _contender(
        "group-time",
        "Group-time effects, jackknife",
        partial(_group_time, variance="jackknife"),
        _STAGGERED,
        1000,
        "Its intervals are cautious where groups of one start hold few teams.",
    ),
    _contender(
        "group-time-published",
        "Group-time effects, influence functions as published",
        partial(_group_time, variance="influence"),
        _STAGGERED,
        1000,
        "Its intervals are too narrow where groups hold few teams: use the jackknife.",
    ),
    Candidate(
        "group-time-anticipation",
        "Group-time effects that allow for two months of anticipation",
        _FAMILY,
        partial(_group_time, variance="jackknife", anticipation=2),
        ("rollout-parallel", "rollout-anticipation"),
        ("rollout-parallel", "rollout-anticipation"),
    ),
    Candidate(
        "group-time-adjusted",
        "Group-time effects, doubly robust, jackknife",
        _FAMILY,
        partial(_group_time, variance="jackknife", covariates=("need",)),
        ("rollout-conditional",),
        ("rollout-conditional",),
    ),
    Candidate(
        "group-time-unadjusted",
        "Group-time effects that leave the need out",
        _FAMILY,
        partial(_group_time, variance="jackknife"),
        ("rollout-conditional",),
        (),
    ),
    Candidate(
        "honest-bounds",
        "Bounds for departures as large as those before the start",
        _FAMILY,
        within_bounds,
        ("rollout-two-groups", "rollout-pretrend"),
        ("rollout-two-groups", "rollout-pretrend"),
        warning="It allows for more than chance, so that its intervals are wide where trends are parallel.",
    ),
    _contender(
        "sun-abraham",
        "Interaction-weighted event study, jackknife",
        partial(_event_study, estimator="sun-abraham"),
        _STAGGERED,
        1000,
    ),
    _contender("imputation", "Imputation, jackknife", partial(_event_study, estimator="imputation"), _STAGGERED, 1000),
    _contender(
        "imputation-published",
        "Imputation, the authors' variance",
        partial(_event_study, estimator="imputation", variance="sandwich"),
        _STAGGERED,
        1000,
        "Its intervals are too narrow with few teams: use the jackknife.",
    ),
    _contender(
        "two-way",
        "Two-way fixed effects, one effect",
        partial(_event_study, estimator="two-way"),
        ("rollout-parallel", "rollout-few-teams"),
        1000,
        MIXED,
    ),
    _contender(
        "before-after",
        "Before and after, nothing taken out",
        before_after_answer,
        (),
        1000,
        "It takes trend for effect.",
    ),
    Candidate(
        "dose",
        "Slope of the effect on the dose",
        _DOSES,
        dose_slope,
        ("dose-linear", "dose-chosen"),
        ("dose-linear",),
        1000,
        "With 16 treated teams the slope's interval is somewhat too narrow.",
    ),
    Candidate(
        "wedge-nested",
        "Stepped wedge, mixed model with team and team-month effects",
        _WEDGES,
        partial(wedge, correlation="nested"),
        _STEPS,
        ("wedge-trend", "wedge-team-months"),
        1000,
    ),
    Candidate(
        "wedge-exchangeable",
        "Stepped wedge, mixed model with team effects only",
        _WEDGES,
        partial(wedge, correlation="exchangeable"),
        _STEPS,
        ("wedge-trend",),
        1000,
        "Its intervals are too narrow where rows of one team and month are alike.",
    ),
    Candidate(
        "random-order",
        "Randomised roll-out, regression and randomisation inference",
        _WEDGES,
        random_order,
        ("order-by-lot", "rollout-parallel", "rollout-growing", "rollout-interference"),
        ("order-by-lot", "rollout-parallel"),
        warning="It takes the effect to be the same for all teams and at all times.",
    ),
)
