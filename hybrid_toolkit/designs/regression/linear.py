"""Designs that are linear fits of a plan, as data: what each estimates and assumes, which checks stand by it."""

from __future__ import annotations

from hybrid_toolkit.designs import checks
from hybrid_toolkit.designs.base import CheckOf, Design, fit_plan, unadjusted_fit
from hybrid_toolkit.designs.regression import supplementary
from hybrid_toolkit.designs.regression.non_response import response_weighted_row, silent_rows
from hybrid_toolkit.designs.regression.regression_checks import check_common_range, check_overlap
from hybrid_toolkit.designs.regression.supplementary import check_e_value, check_specifications

ANSWERS: tuple[CheckOf, ...] = (checks.check_response, checks.check_silent, checks.check_attrition)
"""Who answered, what the others may hide, and who was lost from view; each applies where the study names the column."""
PATHS: tuple[CheckOf, ...] = (checks.check_placebo, checks.check_colleagues)
"""What should carry nothing: the exposure of the next period, and that of others nearby."""
LEFT_OVER: tuple[CheckOf, ...] = (
    checks.check_influence,
    supplementary.check_few_clusters,
    supplementary.check_residuals,
    supplementary.check_autocorrelation,
    supplementary.check_unmeasured_confounding,
    check_e_value("difference"),
    check_specifications(fit_plan),
    supplementary.check_unadjusted(unadjusted_fit),
)
"""Influence, few clusters, residuals, and how much hangs on what is held constant or was not measured."""

CROSS_SECTIONAL = Design(
    id="cross-sectional",
    title="Comparison between units, adjusted and clustered",
    grade="associational",
    estimand=(
        "The slope of the outcome on the exposure, or the difference in that slope between two groups, after "
        "adjusting for the listed variables."
    ),
    assumptions=(
        "Nothing that is not recorded moves both exposure and outcome (for a difference between groups: and "
        "differently in the two).",
        "Those who answered tell of those who did not, given what is recorded.",
        "The outcome means the same in all groups that are compared.",
    ),
    identifies=("slope", "slope-gap"),
    needs=(),
    check_list=(
        checks.check_clusters,
        *ANSWERS,
        checks.check_held_within,
        checks.check_missing(0.30, of_those_asked=0.60),
        check_common_range,
        *PATHS,
        checks.check_likeness,
        *LEFT_OVER,
    ),
    supplementary=(
        supplementary.simple_slopes,
        supplementary.group_slopes,
        supplementary.spline_version,
        supplementary.few_cluster_rows,
        response_weighted_row,
        silent_rows,
        supplementary.unadjusted_supplement(unadjusted_fit),
    ),
    settings={"held_by_group": ("no", "yes")},
    leaves_aside=(),
)

WITHIN_WORKER = Design(
    id="within-worker",
    title="Each unit compared with itself at other times",
    grade="quasi-causal",
    estimand=(
        "The change in the outcome per unit of the same unit's exposure, over the times at which it was seen, with "
        "what all share at a time taken out and two measures of exposure, where there are two, correcting each "
        "other's error."
    ),
    assumptions=(
        "Nothing that changes over a unit's times affects both exposure and outcome, beyond what is adjusted for.",
        "The outcome at one time does not affect the exposure at the next.",
        "The errors of two measures of exposure are unrelated to each other and to the outcome.",
        "A unit's outcome depends on its own exposure and not on that of others.",
    ),
    identifies=("slope",),
    needs=("fixed_effects",),
    check_list=(
        checks.check_clusters,
        *ANSWERS,
        checks.check_first_stage,
        checks.check_reliability,
        checks.check_held_within,
        checks.check_support,
        checks.check_missing(0.30),
        *PATHS,
        *LEFT_OVER,
    ),
    supplementary=(
        supplementary.uncorrected,
        supplementary.other_measure,
        supplementary.few_cluster_rows,
        supplementary.unadjusted_supplement(unadjusted_fit),
    ),
    leaves_aside=(),
)

ADJUSTED_INTERACTION = Design(
    id="adjusted-interaction",
    title="A difference in slope between two groups, adjusted for the listed variables",
    grade="associational",
    estimand=(
        "How much more the outcome is associated with the exposure in one group than in the others, after adjusting "
        "for the listed variables."
    ),
    assumptions=(
        "After adjusting for the listed variables, the exposure is not chosen for reasons that also affect the "
        "outcome, and "
        "differently in the two groups.",
        "Those whose group was recorded represent those whose was not.",
    ),
    identifies=("slope-gap",),
    needs=("moderators",),
    check_list=(
        checks.check_clusters,
        *ANSWERS,
        check_overlap,
        checks.check_held_within,
        checks.check_missing(0.30),
        checks.check_colleagues,
        checks.check_likeness,
        *LEFT_OVER,
    ),
    supplementary=(
        supplementary.simple_slopes,
        supplementary.few_cluster_rows,
        supplementary.unadjusted_supplement(unadjusted_fit),
    ),
    leaves_aside=(),
)

TWO_WAY_PANEL = Design(
    id="two-way-panel",
    title="Each unit compared with itself over time, adjusted for what all share at a time",
    grade="associational",
    estimand="The change in the outcome per unit of exposure within a unit, beyond what all share at a time.",
    assumptions=(
        "Nothing that changes over a unit's times affects both exposure and outcome, beyond what is adjusted for.",
        "The outcome at one time does not affect the exposure at the next.",
        "The change per unit of exposure is much the same in all units and at all times.",
        "Outcome and exposure share no denominator, such as the number in post, which would tie them together.",
    ),
    identifies=("slope",),
    needs=("fixed_effects",),
    check_list=(
        checks.check_clusters,
        *ANSWERS,
        checks.check_held_within,
        checks.check_support,
        checks.check_missing(0.30),
        *PATHS,
        *LEFT_OVER,
    ),
    supplementary=(
        supplementary.between_and_within,
        supplementary.last_periods_exposure,
        supplementary.few_cluster_rows,
        supplementary.unadjusted_supplement(unadjusted_fit),
    ),
    leaves_aside=(),
)

ALL = (CROSS_SECTIONAL, WITHIN_WORKER, ADJUSTED_INTERACTION, TWO_WAY_PANEL)
