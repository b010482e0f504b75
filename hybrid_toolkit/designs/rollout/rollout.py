"""Designs of a roll-out over units and periods, as data: what each estimates and assumes, which checks stand by it."""

from __future__ import annotations

from hybrid_toolkit.designs import checks
from hybrid_toolkit.designs.base import CheckOf, Design, FitOf
from hybrid_toolkit.designs.model_columns import COUNT, MEASURE, SCORE
from hybrid_toolkit.designs.regression.supplementary import check_unadjusted, unadjusted_supplement
from hybrid_toolkit.designs.rollout import placebo_starts as space
from hybrid_toolkit.designs.rollout import rollout_checks as over_time
from hybrid_toolkit.designs.rollout import rollout_fits as fits
from hybrid_toolkit.designs.rollout import rollout_planned as planned
from hybrid_toolkit.designs.rollout import rollout_supplementary as supplementary

_NEEDS = ("panel_id", "time", "first_treated")
TRENDS = (
    "Without the policy, the units that came under it would have moved in parallel with those they are compared with.",
    "Units do not react before the start, or no sooner than the setting 'anticipation' allows for.",
    "One unit's policy does not touch another unit's outcome.",
)
IMPUTED = fits.event_study_plan("imputation")
SUN_ABRAHAM_FIT = fits.event_study_plan("sun-abraham")
TWO_WAY_FIT = fits.event_study_plan("two-way")


def _checks(fit_with: FitOf) -> tuple[CheckOf, ...]:
    """The checks that every comparison of trends shares."""
    return (
        checks.check_clusters,
        checks.check_missing(0.30),
        over_time.check_groups,
        over_time.check_parallel_trends,
        over_time.check_bounds,
        over_time.check_anticipation,
        over_time.check_placebo_in_time,
        space.check_placebo_starts,
        over_time.check_interference,
        over_time.check_leave_one_out(fit_with),
        over_time.check_before_after,
    )


_ASIDE = ("confounders", "fixed_effects", "instruments")
"""What the estimate does not change with."""
TWO_BY_TWO = Design(
    id="two-by-two",
    title="Two groups before and after: difference in differences",
    grade="quasi-causal",
    estimand=(
        "The mean effect of the policy on the units that came under it in the one month of its start, over the periods "
        "from then on: their change minus the change of the units that never did."
    ),
    assumptions=TRENDS,
    identifies=("effect",),
    needs=_NEEDS,
    check_list=_checks(fits.fit_two_by_two_plan),
    supplementary=(supplementary.by_time, supplementary.bounds, supplementary.before_after_row),
    fit_with=fits.fit_two_by_two_plan,
    unadjusted_with=fits.before_after_fit,
    leaves_aside=("fixed_effects", "instruments"),
)

_STAGGERED = Design(
    id="staggered-rollout",
    title="Staggered roll-out: group-time effects (Callaway and Sant'Anna)",
    grade="quasi-causal",
    estimand=(
        "The mean effect of the policy on the units that came under it, over all their periods from the start on, "
        "each group of starters against units that are not yet or never under the policy."
    ),
    assumptions=TRENDS,
    identifies=("effect",),
    needs=_NEEDS,
    check_list=_checks(fits.fit_group_time_plan),
    supplementary=(
        supplementary.by_time,
        supplementary.bounds,
        supplementary.other_estimator("imputation", IMPUTED),
        supplementary.other_estimator("two-way fixed effects", TWO_WAY_FIT),
        supplementary.before_after_row,
    ),
    fit_with=fits.fit_group_time_plan,
    unadjusted_with=fits.before_after_fit,
    settings={"control_group": fits.CONTROL_SETTING, "anticipation": ()},
    leaves_aside=("fixed_effects", "instruments"),
)

SUN_ABRAHAM = Design(
    id="sun-abraham",
    title="Staggered roll-out: interaction-weighted event study (Sun and Abraham)",
    grade="quasi-causal",
    estimand=(
        "The mean effect of the policy on the units that came under it, over all their periods from the start on, "
        "from effects by group and time since the start in one regression against the units never under it."
    ),
    assumptions=TRENDS,
    identifies=("effect",),
    needs=_NEEDS,
    check_list=_checks(SUN_ABRAHAM_FIT),
    supplementary=(
        supplementary.by_time,
        supplementary.bounds,
        supplementary.other_estimator("imputation", IMPUTED),
        supplementary.before_after_row,
    ),
    fit_with=SUN_ABRAHAM_FIT,
    unadjusted_with=fits.before_after_fit,
    leaves_aside=_ASIDE,
)

IMPUTATION = Design(
    id="imputation",
    title="Staggered roll-out: untreated outcomes imputed (Borusyak, Jaravel and Spiess)",
    grade="quasi-causal",
    estimand=(
        "The mean effect of the policy over all treated unit-periods: each outcome less what unit and period would "
        "have given without the policy, learned from every untreated unit-period."
    ),
    assumptions=(*TRENDS, "Trends are parallel in every period before the start, not only in the last one."),
    identifies=("effect",),
    needs=_NEEDS,
    check_list=_checks(IMPUTED),
    supplementary=(
        supplementary.by_time,
        supplementary.bounds,
        supplementary.other_estimator("group-time effects", fits.fit_group_time_plan),
        supplementary.before_after_row,
    ),
    fit_with=IMPUTED,
    unadjusted_with=fits.before_after_fit,
    leaves_aside=_ASIDE,
)

TWO_WAY = Design(
    id="two-way-rollout",
    title="Two-way fixed effects, one coefficient for all",
    grade="associational",
    estimand=(
        "A weighted mean of effects over treated unit-periods. With several starts and effects that grow, weights can "
        "be negative; it is kept for comparison."
    ),
    assumptions=(*TRENDS, "The effect is the same for all units and at all times since the start."),
    identifies=("effect",),
    needs=_NEEDS,
    check_list=_checks(TWO_WAY_FIT),
    supplementary=(
        supplementary.by_time,
        supplementary.bounds,
        supplementary.other_estimator("group-time effects", fits.fit_group_time_plan),
        supplementary.before_after_row,
    ),
    fit_with=TWO_WAY_FIT,
    unadjusted_with=fits.before_after_fit,
    leaves_aside=_ASIDE,
)

DOSE = Design(
    id="dose",
    title="A policy of unlike strength: effect by dose",
    grade="quasi-causal",
    estimand=(
        "The mean change of the effect for one unit more of dose, over the units that came under the policy at the "
        "doses they had; the exposure is the dose."
    ),
    assumptions=(
        *TRENDS,
        "Units with unlike doses would have reacted alike to the same dose, so that none chose its dose by what it "
        "would gain.",
    ),
    identifies=("slope",),
    exposure_kinds=(COUNT, SCORE, MEASURE),
    needs=_NEEDS,
    check_list=(
        checks.check_clusters,
        checks.check_missing(0.30),
        over_time.check_groups,
        over_time.check_parallel_trends,
        over_time.check_anticipation,
        over_time.check_placebo_in_time,
        space.check_placebo_starts,
        over_time.check_interference,
        over_time.check_leave_one_out(planned.fit_dose_plan),
        check_unadjusted(fits.plain_comparison),
    ),
    supplementary=(
        planned.dose_effect,
        supplementary.by_time,
        unadjusted_supplement(fits.plain_comparison),
    ),
    fit_with=planned.fit_dose_plan,
    unadjusted_with=fits.plain_comparison,
    settings={"degree": planned.DEGREES, "control_group": fits.CONTROL_SETTING, "anticipation": ()},
    leaves_aside=_ASIDE,
)

STEPPED_WEDGE = Design(
    id="stepped-wedge",
    title="Stepped wedge: mixed model adjusted for periods",
    grade="quasi-causal",
    estimand=(
        "The effect of coming under the policy, the same at all times since then, units compared with themselves and "
        "with units that had not yet crossed over in the same period."
    ),
    assumptions=(
        "The order in which units cross over does not go with how their outcomes would have moved.",
        "The effect is whole at once and stays the same.",
        "One unit's policy does not touch another unit's outcome.",
        "Rows of one unit are alike by a lasting part and a part of each period.",
    ),
    identifies=("effect",),
    needs=_NEEDS,
    check_list=(
        checks.check_clusters,
        checks.check_missing(0.30),
        planned.check_order,
        planned.check_time_under_policy,
        planned.check_likeness_over_time,
        space.on_means(over_time.check_anticipation),
        space.on_means(over_time.check_placebo_in_time),
        space.check_placebo_starts,
        over_time.check_interference,
        space.check_unit_left_out,
        over_time.check_before_after,
    ),
    supplementary=(space.group_time_of_means, supplementary.before_after_row),
    fit_with=planned.fit_wedge_plan,
    unadjusted_with=fits.before_after_fit,
    settings={"correlation": planned.CORRELATION_SETTING},
    leaves_aside=("fixed_effects", "instruments"),
)

RANDOM_ORDER = Design(
    id="random-order",
    title="Roll-out in a randomised order: regression and randomisation inference",
    grade="causal",
    estimand=(
        "The effect of the policy, the same for all units, by regression within unit and period; the interval contains "
        "the effects that the test over random orders does not reject."
    ),
    assumptions=(
        "The order was drawn at random, which the setting order = 'randomised' states.",
        "Units did not react before their start.",
        "One unit's policy does not touch another unit's outcome.",
        "The effect is the same for all units and at all times since the start.",
    ),
    identifies=("effect",),
    needs=_NEEDS,
    check_list=(
        checks.check_clusters,
        checks.check_missing(0.10),
        planned.check_order,
        space.on_means(over_time.check_anticipation),
        space.on_means(over_time.check_placebo_in_time),
        over_time.check_interference,
        over_time.check_leave_one_out(planned.fit_order_plan),
        over_time.check_before_after,
    ),
    supplementary=(space.group_time_of_means, supplementary.before_after_row),
    fit_with=planned.fit_order_plan,
    unadjusted_with=fits.before_after_fit,
    settings={"order": ("unknown", "randomised")},
    stated={"order": "randomised"},
    leaves_aside=_ASIDE,
)

ALL = (TWO_BY_TWO, _STAGGERED, SUN_ABRAHAM, IMPUTATION, TWO_WAY, DOSE, STEPPED_WEDGE, RANDOM_ORDER)
