"""Designs that are linear fits of a plan, as data: what each estimates and assumes, which checks stand by it."""

from __future__ import annotations

from hybrid_toolkit.designs import beside, checks, sensitivity
from hybrid_toolkit.designs.base import Design

CROSS_SECTIONAL = Design(
    id="cross-sectional",
    title="Comparison between workers, adjusted and clustered",
    grade="associational",
    estimand=(
        "The difference between two groups of workers in the slope of the outcome on their exposure so far, workers "
        "with the same recorded role, hours, caring and commute compared with each other, in each wave."
    ),
    assumptions=(
        "Nothing that is not recorded moves both exposure and outcome, and differently in the two groups.",
        "Those who answered tell of those who did not, given what is recorded.",
        "The outcome's items mean the same in both groups.",
    ),
    identifies=("slope", "slope-gap"),
    needs=(),
    check_list=(
        checks.check_clusters,
        checks.check_response,
        checks.check_missing(0.60),
        checks.check_attrition,
        checks.check_common_range,
        checks.check_likeness,
        checks.check_influence,
        sensitivity.check_few_clusters,
        sensitivity.check_residuals,
        sensitivity.check_autocorrelation,
        sensitivity.check_unmeasured_confounding,
        checks.check_naive_comparison,
    ),
    beside=(
        beside.simple_slopes,
        beside.group_slopes,
        beside.spline_version,
        sensitivity.few_cluster_rows,
        sensitivity.response_weighted_row,
        beside.naive_row,
    ),
)

WITHIN_WORKER = Design(
    id="within-worker",
    title="Each worker compared with the same worker in other months",
    grade="quasi-causal",
    estimand=(
        "The change in the outcome per unit of the same worker's exposure, over the months of that worker, with what "
        "all share in a month taken out and two measures of exposure correcting each other's error."
    ),
    assumptions=(
        "Nothing that changes over a worker's months moves both exposure and outcome, beyond what is held constant.",
        "The outcome of one month does not move the exposure of the next.",
        "The errors of the two measures of exposure are unrelated to each other and to the outcome.",
        "A worker's outcome depends on that worker's own exposure and not on colleagues'.",
    ),
    identifies=("slope",),
    needs=("fixed_effects",),
    check_list=(
        checks.check_clusters,
        checks.check_first_stage,
        checks.check_reliability,
        checks.check_support,
        checks.check_missing(0.30),
        checks.check_placebo,
        checks.check_colleagues,
        checks.check_influence,
        sensitivity.check_few_clusters,
        sensitivity.check_residuals,
        sensitivity.check_autocorrelation,
        sensitivity.check_unmeasured_confounding,
        checks.check_naive_comparison,
    ),
    beside=(beside.uncorrected, beside.other_measure, sensitivity.few_cluster_rows, beside.naive_row),
)

ADJUSTED_INTERACTION = Design(
    id="adjusted-interaction",
    title="Contacts compared within worker and month, adjusted for risk and need",
    grade="associational",
    estimand=(
        "How much more the outcome differs between modes of contact for one group of families than for the others, "
        "contacts of the same worker, the same month, risk and need compared with each other."
    ),
    assumptions=(
        "Given risk, need, worker and month, the mode of a contact is not chosen for reasons that also move the "
        "outcome, and differently in the two groups.",
        "Families whose access was recorded tell of those whose was not.",
    ),
    identifies=("slope-gap",),
    needs=("moderators",),
    check_list=(
        checks.check_clusters,
        checks.check_overlap,
        checks.check_missing(0.30),
        checks.check_likeness,
        checks.check_influence,
        sensitivity.check_few_clusters,
        sensitivity.check_residuals,
        sensitivity.check_autocorrelation,
        sensitivity.check_unmeasured_confounding,
        checks.check_naive_comparison,
    ),
    beside=(beside.simple_slopes, sensitivity.few_cluster_rows, beside.naive_row),
)

TWO_WAY_PANEL = Design(
    id="two-way-panel",
    title="Each authority compared with itself over years, years held constant",
    grade="associational",
    estimand="The change in the outcome per unit of exposure within an authority, beyond what all share in a year.",
    assumptions=(
        "Nothing that changes over an authority's years moves both exposure and outcome, beyond what is held constant.",
        "The outcome of one year does not move the exposure of the next.",
        "The change per unit is much the same in all authorities and years.",
        "Outcome and exposure share the number of workers in post in their denominators, which ties them together.",
    ),
    identifies=("slope",),
    needs=("fixed_effects",),
    check_list=(
        checks.check_clusters,
        checks.check_support,
        checks.check_missing(0.30),
        checks.check_placebo,
        checks.check_influence,
        sensitivity.check_few_clusters,
        sensitivity.check_residuals,
        sensitivity.check_autocorrelation,
        sensitivity.check_unmeasured_confounding,
        checks.check_naive_comparison,
    ),
    beside=(beside.between_and_within, beside.last_periods_exposure, sensitivity.few_cluster_rows, beside.naive_row),
)

ALL = (CROSS_SECTIONAL, WITHIN_WORKER, ADJUSTED_INTERACTION, TWO_WAY_PANEL)
