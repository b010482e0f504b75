"""Long series as the trust table tries them: interrupted series, counts, synthetic control."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from hybrid_toolkit.designs.base import FitOf
from hybrid_toolkit.designs.model_columns import ModelColumns, Setting
from hybrid_toolkit.designs.series import series_fits as fits
from hybrid_toolkit.trust.candidate import Candidate, CandidateAnswer, answer_of

ONE, _COUNTS, OTHERS = "one series over time", "counts over time", "one unit against weighted others"
_SERIES = ("series-level", "series-strong-carry", "series-shock", "series-shared-shock")
SHARED = ("series-shared-shock", "series-own-shock")
PLAN = ModelColumns("y", "policy", "la_id", panel_id="la_id", time="month", first_treated="first_treated")


def _answer(frame: pd.DataFrame, *, fit_with: FitOf, **settings: Setting) -> CandidateAnswer:
    plan = replace(PLAN, settings=tuple(settings.items()))
    return answer_of(fit_with(frame, plan).row)


_ALONE = fits.interrupted_plan(controlled=False)
_CONTROLLED = fits.interrupted_plan(controlled=True)
SHORT_SERIES = (
    "With twelve periods a side the autocorrelation is estimated imprecisely and intervals may be too narrow."
)
NARROW = "Its intervals are too narrow in series of this length: they contain the true value in 65 to 90% of series."
WANDERS = "Where a rate wanders behind the counts its intervals are somewhat too narrow."

ALL: tuple[Candidate, ...] = (
    Candidate(
        "interrupted",
        "Interrupted series, autocorrelation by REML",
        ONE,
        partial(_answer, fit_with=_ALONE),
        _SERIES,
        ("series-level", "series-strong-carry"),
    ),
    Candidate(
        "interrupted-short",
        "The same with twelve months a side",
        ONE,
        partial(_answer, fit_with=_ALONE),
        ("series-short",),
        ("series-short",),
        warning=SHORT_SERIES,
    ),
    Candidate(
        "interrupted-newey-west",
        "Interrupted series, Newey-West",
        ONE,
        partial(_answer, fit_with=_ALONE, errors="newey-west"),
        _SERIES,
        ("series-level", "series-strong-carry"),
        warning=NARROW,
    ),
    Candidate(
        "interrupted-random-walk",
        "Interrupted series, each month's change stays",
        ONE,
        partial(_answer, fit_with=_ALONE, errors="random-walk"),
        ("series-staff",),
        ("series-staff",),
    ),
    Candidate(
        "controlled",
        "Interrupted series with a control series",
        ONE,
        partial(_answer, fit_with=_CONTROLLED),
        SHARED,
        ("series-shared-shock",),
    ),
    Candidate(
        "before-after-series",
        "Mean after less mean before",
        ONE,
        partial(_answer, fit_with=fits.unadjusted_series),
        _SERIES,
        (),
        warning="It takes trend for effect and knows nothing of autocorrelation.",
    ),
    Candidate(
        "counts",
        "Counts, quasi-Poisson, autocorrelation by REML",
        _COUNTS,
        partial(_answer, fit_with=fits.fit_counts_plan),
        ("counts-plain", "counts-level"),
        ("counts-plain", "counts-level"),
        warning=WANDERS,
    ),
    Candidate(
        "counts-negative-binomial",
        "Counts, negative binomial, autocorrelation by REML",
        _COUNTS,
        partial(_answer, fit_with=fits.fit_counts_plan, family="negative-binomial"),
        ("counts-plain", "counts-level"),
        ("counts-plain", "counts-level"),
        warning=WANDERS,
    ),
    Candidate(
        "synthetic-control",
        "Synthetic control, levels taken out, placebo interval",
        OTHERS,
        partial(_answer, fit_with=fits.fit_synthetic_control_plan),
        ("factors-one", "factors-outside"),
        ("factors-one",),
    ),
    Candidate(
        "synthetic-control-levels",
        "Synthetic control with levels, placebo interval",
        OTHERS,
        partial(_answer, fit_with=fits.fit_synthetic_control_plan, demean=False),
        ("factors-one", "factors-outside"),
        ("factors-one",),
    ),
    Candidate(
        "synthetic-control-of-four",
        "Synthetic control of the mean of four changed units",
        OTHERS,
        partial(_answer, fit_with=fits.fit_synthetic_control_plan),
        ("factors-four",),
        ("factors-four",),
        warning="A mean of several units is not like one placebo unit: its intervals are too narrow.",
    ),
    Candidate(
        "synthetic-did",
        "Synthetic difference in differences, jackknife",
        OTHERS,
        partial(_answer, fit_with=fits.fit_synthetic_did_plan, variance="jackknife"),
        ("factors-four",),
        ("factors-four",),
        1000,
    ),
    Candidate(
        "synthetic-did-placebo",
        "Synthetic difference in differences, placebo error",
        OTHERS,
        partial(_answer, fit_with=fits.fit_synthetic_did_plan, variance="placebo"),
        ("factors-four", "factors-one", "factors-outside"),
        ("factors-four", "factors-one"),
        200,
        "It takes treated units to vary as untreated ones do; its intervals are somewhat too narrow.",
    ),
)
