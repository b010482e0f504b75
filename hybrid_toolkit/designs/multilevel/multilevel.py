"""Designs with random intercepts: rows in clusters, the same unit over time, and slopes pooled over groups."""

from __future__ import annotations

from hybrid_toolkit.designs import checks
from hybrid_toolkit.designs.base import Design, unadjusted_fit
from hybrid_toolkit.designs.multilevel import multilevel_fits as fits
from hybrid_toolkit.designs.regression import regression_checks as shared
from hybrid_toolkit.designs.regression import supplementary
from hybrid_toolkit.designs.regression.supplementary import check_e_value, check_specifications

WITHIN_BETWEEN = Design(
    id="within-between",
    title="The same unit over time and different units, compared separately",
    grade="quasi-causal",
    estimand=(
        "The change in the outcome for each unit of a unit's own exposure above its mean over time, beside the "
        "difference between units with more and with less of it."
    ),
    assumptions=(
        "Nothing that changes over a unit's periods affects both exposure and outcome, beyond what is adjusted for.",
        "The outcome of one period does not affect the exposure of the next.",
        "Those lost to follow-up would have changed as those who stayed.",
    ),
    identifies=("slope",),
    needs=("panel_id",),
    check_list=(
        checks.check_clusters,
        checks.check_missing(0.30),
        shared.check_converged,
        fits.check_within,
        fits.check_context,
        fits.check_drop_out,
        checks.check_response,
        checks.check_placebo,
        checks.check_colleagues,
        shared.check_left_out(fits.fit_hybrid),
        supplementary.check_residuals,
        supplementary.check_autocorrelation,
        fits.check_robustness,
        check_e_value("difference"),
        check_specifications(fits.fit_hybrid),
        supplementary.check_unadjusted(unadjusted_fit),
    ),
    supplementary=(
        fits.within_rows,
        fits.random_rows,
        fits.seen_throughout,
        supplementary.unadjusted_supplement(unadjusted_fit),
    ),
    fit_with=fits.fit_hybrid,
)

MULTILEVEL = Design(
    id="multilevel",
    title="Comparison within and between clusters, with correlation within clusters modelled",
    grade="associational",
    estimand=(
        "The difference in the outcome for each unit of exposure between rows similar in what is recorded, with a "
        "separate intercept for every cluster (and for every unit that is seen again)."
    ),
    assumptions=(
        "Nothing that is not recorded moves both exposure and outcome, within clusters or between them.",
        "The intercepts of clusters are unrelated to the exposure and vary as a normal curve.",
        "Residuals vary alike at all levels of exposure.",
    ),
    identifies=("slope", "slope-gap"),
    needs=(),
    check_list=(
        checks.check_clusters,
        checks.check_missing(0.30),
        shared.check_converged,
        fits.check_singular,
        checks.check_likeness,
        checks.check_response,
        checks.check_attrition,
        checks.check_placebo,
        checks.check_colleagues,
        shared.check_left_out(fits.fit_multilevel),
        supplementary.check_residuals,
        supplementary.check_autocorrelation,
        fits.check_robustness,
        check_e_value("difference"),
        check_specifications(fits.fit_multilevel),
        supplementary.check_unadjusted(unadjusted_fit),
    ),
    supplementary=(
        fits.spread_rows,
        fits.clustered_version,
        fits.least_squares_few_clusters,
        supplementary.unadjusted_supplement(unadjusted_fit),
    ),
    fit_with=fits.fit_multilevel,
)

PARTIAL_POOLING = Design(
    id="partial-pooling",
    title="A slope for each group, drawn in part towards their mean",
    grade="associational",
    estimand="The mean over groups of the slope of the outcome on exposure, and each group's own slope beside it.",
    assumptions=(
        "Nothing that is not recorded moves both exposure and outcome within a group.",
        "Before the data are seen no group is expected to differ from the others in a known direction.",
        "The outcome means the same in all groups.",
    ),
    identifies=("slope",),
    needs=("groups",),
    check_list=(
        checks.check_clusters,
        checks.check_missing(0.30),
        fits.check_heterogeneity,
        checks.check_response,
        checks.check_attrition,
        checks.check_placebo,
        checks.check_colleagues,
        shared.check_left_out(fits.fit_pooled),
        supplementary.check_residuals,
        fits.check_robustness,
        check_e_value("difference"),
        check_specifications(fits.fit_pooled),
        supplementary.check_unadjusted(unadjusted_fit),
    ),
    supplementary=(
        fits.pooled_rows,
        fits.common_slope,
        fits.least_squares_few_clusters,
        supplementary.unadjusted_supplement(unadjusted_fit),
    ),
    fit_with=fits.fit_pooled,
)

ALL = (WITHIN_BETWEEN, MULTILEVEL, PARTIAL_POOLING)
