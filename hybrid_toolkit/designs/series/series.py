"""Designs of one or a few long series, as data: what each estimates and assumes, which checks stand by it."""

from __future__ import annotations

from hybrid_toolkit.designs import checks
from hybrid_toolkit.designs.base import Design
from hybrid_toolkit.designs.model_columns import COUNT, YES_NO
from hybrid_toolkit.designs.regression.regression_checks import check_left_out
from hybrid_toolkit.designs.regression.supplementary import check_unadjusted, unadjusted_supplement
from hybrid_toolkit.designs.rollout.placebo_starts import check_placebo_starts
from hybrid_toolkit.designs.series import series_checks as over_time
from hybrid_toolkit.designs.series import series_fits as fits
from hybrid_toolkit.models.series.count_series_result import FAMILIES

_NEEDS = ("panel_id", "time", "first_treated")
INTERRUPTED_FIT = fits.interrupted_plan(controlled=False)
CONTROLLED_FIT = fits.interrupted_plan(controlled=True)
GOES_ON = "Without the policy the trend before its start would have gone on as a straight line."
NOT_CHOSEN = "The start was not chosen because of how the series stood."
ERROR_SETTING = ("ar1", "newey-west", "random-walk")

_ASIDE = ("confounders", "fixed_effects", "instruments")
"""What the estimate does not change with."""
INTERRUPTED = Design(
    id="interrupted-series",
    title="Interrupted time series: change of level and slope in one series",
    grade="quasi-causal",
    estimand=(
        "The mean change after the start of the policy, over the periods from then on, against the line on which the "
        "series stood before; several changed units stand as their mean."
    ),
    assumptions=(GOES_ON, "Nothing else changed at the same time.", NOT_CHOSEN),
    identifies=("effect",),
    needs=_NEEDS,
    check_list=(
        over_time.check_length,
        over_time.check_series_autocorrelation,
        over_time.placebo_in_time(INTERRUPTED_FIT),
        over_time.check_early_reaction(INTERRUPTED_FIT),
        over_time.check_each_period(INTERRUPTED_FIT),
        checks.check_missing(0.30),
        check_unadjusted(fits.unadjusted_series),
    ),
    supplementary=(fits.level_and_slope, unadjusted_supplement(fits.unadjusted_series)),
    fit_with=INTERRUPTED_FIT,
    unadjusted_with=fits.unadjusted_series,
    settings={"season": (), "errors": ERROR_SETTING},
    over_clusters=False,
    leaves_aside=_ASIDE,
)

_CONTROLLED = Design(
    id="controlled-series",
    title="Interrupted time series with a control series",
    grade="quasi-causal",
    estimand=(
        "The mean change after the start of the policy minus the change of the mean of the unchanged units, each "
        "against its own line before."
    ),
    assumptions=(
        "Whatever else changed at the start changed the units without the policy by as much.",
        "Without the policy the gap between both series would have gone on as a straight line.",
        NOT_CHOSEN,
    ),
    identifies=("effect",),
    needs=_NEEDS,
    check_list=(
        over_time.check_length,
        over_time.check_series_autocorrelation,
        over_time.placebo_in_time(CONTROLLED_FIT),
        over_time.check_early_reaction(CONTROLLED_FIT),
        over_time.check_each_period(CONTROLLED_FIT),
        check_left_out(CONTROLLED_FIT),
        over_time.check_control_series,
        checks.check_missing(0.30),
        check_unadjusted(fits.unadjusted_series),
    ),
    supplementary=(fits.level_and_slope, unadjusted_supplement(fits.unadjusted_series)),
    fit_with=CONTROLLED_FIT,
    unadjusted_with=fits.unadjusted_series,
    settings={"season": (), "errors": ERROR_SETTING},
    over_clusters=False,
    leaves_aside=_ASIDE,
)

_COUNTS = Design(
    id="interrupted-counts",
    title="Interrupted time series of counts",
    grade="quasi-causal",
    estimand=(
        "The mean change of the log rate after the start of the policy, against the line on which it stood before; "
        "less that of the unchanged units where there are any. Its exponential is a ratio of rates, over the study's "
        "duration where one is given (what the counts are counted over, such as children in need)."
    ),
    assumptions=(GOES_ON, "Nothing else changed at the same time, or it changed the control alike.", NOT_CHOSEN),
    identifies=("log-rate",),
    needs=_NEEDS,
    check_list=(
        over_time.check_length,
        over_time.check_series_autocorrelation,
        over_time.placebo_in_time(fits.fit_counts_plan),
        over_time.check_early_reaction(fits.fit_counts_plan),
        over_time.check_each_period(fits.fit_counts_plan),
        checks.check_missing(0.30),
        check_unadjusted(fits.unadjusted_counts),
    ),
    supplementary=(
        fits.level_and_slope,
        fits.with_setting("family", "negative-binomial", "negative binomial variance", fits.fit_counts_plan),
        unadjusted_supplement(fits.unadjusted_counts),
    ),
    fit_with=fits.fit_counts_plan,
    unadjusted_with=fits.unadjusted_counts,
    settings={"family": tuple(FAMILIES), "season": ()},
    over_clusters=False,
    outcome_kinds=(YES_NO, COUNT),
    leaves_aside=_ASIDE,
)

SYNTHETIC_CONTROL = Design(
    id="synthetic-control",
    title="Synthetic control: one changed unit against a weighted mean of others",
    grade="quasi-causal",
    estimand=(
        "The mean gap after the start between the changed unit and the weighted mean of unchanged ones that followed "
        "it best before; several changed units stand as their mean."
    ),
    assumptions=(
        "The weighted unchanged units would have gone on as the changed one, as they did before.",
        "The policy does not touch the unchanged units.",
        "For the interval: any unit could have been the changed one.",
    ),
    identifies=("effect",),
    needs=_NEEDS,
    check_list=(
        over_time.check_fit_before,
        over_time.check_placebo_in_space,
        over_time.check_synthetic_in_time,
        over_time.check_each_donor,
        checks.check_missing(0.30),
        check_unadjusted(fits.unadjusted_series),
    ),
    supplementary=(fits.other_level, unadjusted_supplement(fits.unadjusted_series)),
    fit_with=fits.fit_synthetic_control_plan,
    unadjusted_with=fits.unadjusted_series,
    settings={"demean": (True, False)},
    over_clusters=False,
    leaves_aside=_ASIDE,
)

SYNTHETIC_DID = Design(
    id="synthetic-did",
    title="Synthetic difference in differences",
    grade="quasi-causal",
    estimand=(
        "The mean effect after the one start on the units under the policy: their change minus that of weighted "
        "unchanged units over weighted periods before."
    ),
    assumptions=(
        "The weighted unchanged units would have moved in parallel with the changed ones.",
        "Units do not react before the start.",
        "The policy does not touch the unchanged units.",
    ),
    identifies=("effect",),
    needs=_NEEDS,
    check_list=(
        checks.check_clusters,
        checks.check_missing(0.30),
        over_time.placebo_in_time(fits.fit_synthetic_did_plan),
        check_placebo_starts,
        over_time.check_changed_left_out,
        check_unadjusted(fits.unadjusted_series),
    ),
    supplementary=(
        fits.with_setting("variance", "jackknife", "error by leaving out each unit", fits.fit_synthetic_did_plan),
        unadjusted_supplement(fits.unadjusted_series),
    ),
    fit_with=fits.fit_synthetic_did_plan,
    unadjusted_with=fits.unadjusted_series,
    settings={"variance": ("placebo", "jackknife", "bootstrap")},
    over_clusters=False,
    leaves_aside=_ASIDE,
)

ALL = (INTERRUPTED, _CONTROLLED, _COUNTS, SYNTHETIC_CONTROL, SYNTHETIC_DID)
