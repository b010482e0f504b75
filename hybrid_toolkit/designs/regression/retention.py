"""Designs of time to leaving: Cox regression, and the hazard in discrete periods."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import FitOf, RowsOf, terms_of
from hybrid_toolkit.designs.checks import CHECK_LEVEL, p_words
from hybrid_toolkit.designs.model_columns import YES_NO, DesignFit, ModelColumns
from hybrid_toolkit.designs.regression import regression_checks as shared
from hybrid_toolkit.designs.regression.outcomes import coefficient_row, design_of, plan_terms
from hybrid_toolkit.designs.regression.supplementary import check_specifications
from hybrid_toolkit.models.survival.cox import CoxFit, fit_cox
from hybrid_toolkit.models.survival.discrete_time import fit_discrete_time
from hybrid_toolkit.models.survival.kaplan_meier import fit_kaplan_meier
from hybrid_toolkit.models.terms.arguments import numbers
from hybrid_toolkit.result import Check

MIN_AT_RISK = 20
FEW_EVENTS = 32
"""Events under which even a correlation of 0.5 of residuals with time goes unseen one time in five or more."""


def fit_hazard(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """Cox regression; a fixed effect gives each of its levels a baseline of its own."""
    strata = plan.fixed_effects[0] if len(plan.fixed_effects) == 1 else None
    terms = terms_of(frame, plan) if strata else plan_terms(frame, plan)
    fit = fit_cox(
        frame,
        duration=plan.duration,
        event=plan.outcome,
        terms=terms,
        entry=plan.entry or None,
        strata=strata,
        cluster=plan.cluster,
        ties=str(plan.setting("ties", "efron")),
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, coefficient_row(fit.tidy(), plan), fit)


def fit_periods(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The hazard in whole periods: durations are rounded up and entries down."""
    whole = frame.assign(**{plan.duration: np.ceil(numbers(frame, plan.duration))})
    if plan.entry:
        whole = whole.assign(**{plan.entry: np.floor(numbers(frame, plan.entry))})
    fit = fit_discrete_time(
        whole,
        duration=plan.duration,
        event=plan.outcome,
        terms=plan_terms(frame, plan),
        entry=plan.entry or None,
        cluster=plan.cluster,
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, coefficient_row(fit.tidy(), plan), fit)


def check_proportional(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """The ratio of hazards stays the same over time (Grambsch and Therneau)."""
    found = fit.fit if isinstance(fit.fit, CoxFit) else fit_hazard(frame, fit.plan).fit
    assert isinstance(found, CoxFit)
    table = found.proportional.set_index("term")
    p = float(str(table.loc[fit.plan.target, "p_value"]))
    if not np.isfinite(p):
        return None
    few = found.n_events < FEW_EVENTS
    good = False if p < CHECK_LEVEL else None if few else True
    weak = f", though with under {FEW_EVENTS} events little would show" if few else ""
    message = (
        f"The ratio changes over time ({p_words(p)}): one ratio is a mean over it; look at the parts beside."
        if good is False
        else f"The ratio does not clearly change over time ({p_words(p)}){weak}."
    )
    return Check("proportional hazards", good, message, p, CHECK_LEVEL)


def check_late_entry(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Whether time before observation began is taken account of."""
    if fit.plan.entry:
        late = float((numbers(frame, fit.plan.entry) > 0).mean())
        message = f"{late:.0%} came under observation after their start and count from then on."
    else:
        message = "Everyone is taken to have been seen from the start; name an entry column if that is not so."
    return Check("late entry", None, message)


def parts_of_time(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The log ratio in the first and in the second half of the time to the median event."""
    plan = fit.plan
    time, ended = numbers(frame, plan.duration), numbers(frame, plan.outcome)
    start = numbers(frame, plan.entry) if plan.entry else np.zeros(len(frame))
    middle = float(np.median(time[ended == 1]))
    early = frame.assign(**{plan.duration: np.minimum(time, middle), plan.outcome: ended * (time <= middle)})
    late = frame.assign(**{"_entry": np.maximum(start, middle)})[time > middle]
    rows = [
        fit_hazard(early[start < middle], plan).as_row("up to the median leaving"),
        fit_hazard(late.rename(columns={"_entry": "entry_"}), replace(plan, entry="entry_")).as_row(
            "after the median leaving"
        ),
    ]
    return pd.concat(rows, ignore_index=True)


def still_in_post(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The share still there at the median event time, by exposure where it is yes or no."""
    plan = fit.plan
    x = numbers(frame, plan.exposure)
    if len(np.unique(x[np.isfinite(x)])) != 2:
        return None
    curve = fit_kaplan_meier(
        frame, duration=plan.duration, event=plan.outcome, group=plan.exposure, entry=plan.entry or None
    )
    if int(curve.medians["n"].min()) < MIN_AT_RISK:
        return None
    middle = float(np.median(numbers(frame, plan.duration)[numbers(frame, plan.outcome) == 1]))
    rows = curve.at(middle)
    return rows.assign(term=[f"still there, {plan.exposure} {g}" for g in rows["term"]], role="share still there")


def other_clock(other: FitOf, name: str) -> RowsOf:
    """The same ratio by the other model of time."""

    def other_model(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
        return other(frame, replace(fit.plan, settings=())).as_row(name)

    return other_model


RETENTION = design_of(
    "retention",
    "Time to leaving, hazards compared (Cox)",
    "The log of the ratio of the hazard of leaving for each unit of exposure, comparing people similar "
    "in what is recorded.",
    "The ratio stays the same over time, and those lost to follow-up would have left as the others did.",
    ("log-hazard",),
    fit_hazard,
    (
        shared.check_events(shared.number_of_terms),
        check_proportional,
        check_late_entry,
        check_specifications(fit_hazard),
    ),
    (still_in_post, parts_of_time, other_clock(fit_periods, "in whole periods")),
    "log-hazard",
    needs=("duration",),
    outcome_kinds=(YES_NO,),
    settings={"ties": ("efron", "breslow")},
)
RETENTION_BY_PERIOD = design_of(
    "retention-by-period",
    "Time to leaving in whole periods",
    "The log of the ratio of the hazard of leaving in a period for each unit of exposure, comparing people "
    "similar in what is recorded.",
    "The ratio stays the same over periods, and those lost to follow-up would have left as the others did.",
    ("log-hazard",),
    fit_periods,
    (
        shared.check_events(shared.number_of_terms),
        check_proportional,
        check_late_entry,
        check_specifications(fit_periods),
    ),
    (still_in_post, parts_of_time, other_clock(fit_hazard, "Cox regression")),
    "log-hazard",
    needs=("duration",),
    outcome_kinds=(YES_NO,),
)

ALL = (RETENTION, RETENTION_BY_PERIOD)
