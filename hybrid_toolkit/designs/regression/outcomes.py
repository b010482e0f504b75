"""Designs for outcomes that are yes or no, counts, or answers in order; errors clustered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hybrid_toolkit.designs import checks
from hybrid_toolkit.designs.base import CheckOf, Design, FitOf, RowsOf, fit_plan, share_told, terms_of
from hybrid_toolkit.designs.checks import minimum_detectable
from hybrid_toolkit.designs.model_columns import COUNT, SCORE, YES_NO, DesignFit, ModelColumns
from hybrid_toolkit.designs.regression import regression_checks as shared
from hybrid_toolkit.designs.regression import supplementary
from hybrid_toolkit.designs.regression.supplementary import ConfounderScale, check_e_value, check_specifications
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.generalised.binary import fit_binary
from hybrid_toolkit.models.generalised.counts import fit_counts
from hybrid_toolkit.models.generalised.glm_result import GeneralisedFit
from hybrid_toolkit.models.generalised.ordinal import fit_ordinal
from hybrid_toolkit.models.generalised.ordinal_result import OrdinalFit
from hybrid_toolkit.models.terms.terms import Category, Term
from hybrid_toolkit.result import Check

WIDE = 1.5
"""Pearson dispersion from which a Poisson's own errors are a fifth too small (the root of 1.5 is 1.22)."""
TWO_ERRORS = 2
"""Standard errors between the steepest and flattest slope from which they differ."""
BINARY = (YES_NO,)
WHOLE = (YES_NO, COUNT)
IN_ORDER = (YES_NO, COUNT, SCORE)
MOST_ANSWERS = 50
"""Distinct answers that an outcome in order may have; each but one is a threshold of its own."""


def plan_terms(frame: pd.DataFrame, plan: ModelColumns) -> list[Term]:
    """The terms of a plan, its fixed effects as categories."""
    return [*terms_of(frame, plan), *(Category(c) for c in plan.fixed_effects)]


def coefficient_row(rows: pd.DataFrame, plan: ModelColumns) -> pd.DataFrame:
    """The row that answers the question."""
    return rows[rows["term"] == plan.target].iloc[[0]].reset_index(drop=True)


def fit_yes_no(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """Logistic regression."""
    fit = fit_binary(
        frame, outcome=plan.outcome, terms=plan_terms(frame, plan), cluster=plan.cluster, conf_level=plan.conf_level
    )
    return DesignFit(plan, coefficient_row(fit.tidy(), plan), fit)


def fit_count(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """Poisson or negative binomial regression."""
    fit = fit_counts(
        frame,
        outcome=plan.outcome,
        terms=plan_terms(frame, plan),
        exposure_time=plan.duration or None,
        cluster=plan.cluster,
        family=str(plan.setting("family", "poisson")),
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, coefficient_row(fit.tidy(), plan), fit)


def few_answers(frame: pd.DataFrame, outcome: str) -> None:
    """Answers in order are few; a column with many distinct values is a measure.

    Raises
    ------
    EstimationError
        ``LEVELS``, more than ``MOST_ANSWERS`` distinct values.
    """
    found = int(frame[outcome].nunique())
    if found > MOST_ANSWERS:
        raise EstimationError(
            f"outcome '{outcome}' takes {found:,} distinct values; answers in order have at most {MOST_ANSWERS}.",
            fix="Use the design cross-sectional or multilevel for a measure, or join neighbouring answers.",
            code="LEVELS",
        )


def fit_order(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """Proportional odds."""
    few_answers(frame, plan.outcome)
    fit = fit_ordinal(
        frame,
        outcome=plan.outcome,
        terms=plan_terms(frame, plan),
        cluster=plan.cluster,
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, coefficient_row(fit.tidy(), plan), fit)


def unadjusted_of(fit_with: FitOf) -> FitOf:
    """The same model with nothing held constant."""

    def plain(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
        return fit_with(frame, replace(plan, confounders=(), fixed_effects=()))

    return plain


def check_dispersion(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """How far counts vary beyond what a Poisson has."""
    found = fit.fit
    if not isinstance(found, GeneralisedFit) or found.link != "log":
        return None
    wide = found.dispersion > WIDE
    message = f"Counts vary {found.dispersion:.1f} times as much as the model says" + (
        "; clustered errors allow for that." if wide else "."
    )
    return Check("dispersion", None, message, found.dispersion)


def check_calibration(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """The share of yes is neither so rare nor so common that slopes rest on a handful."""
    found = fit.fit
    if not isinstance(found, GeneralisedFit) or found.link != "logit":
        return None
    rare = min(found.n_events, found.n - found.n_events)
    terms = shared.number_of_terms(fit)
    good = rare >= shared.MIN_EVENTS * terms
    message = f"{share_told(rare / found.n, frame)} of answers are the rarer one" + (
        "." if good else f": under {shared.MIN_EVENTS} rows a term, so slopes lean away from nothing."
    )
    return Check("rarer answer", good, message, rare / max(1, terms), shared.MIN_EVENTS)


def check_parallel(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """One slope at every threshold between answers: logistic regressions at each of them."""
    if not isinstance(fit.fit, OrdinalFit) or fit.fit.levels < 3:
        return None
    slopes = [row for row in _cuts(frame, fit) if np.isfinite(row).all()]
    if len(slopes) < 2:
        return None
    values, errors = np.array(slopes).T
    low, high = int(values.argmin()), int(values.argmax())
    error = max(float(np.hypot(errors[low], errors[high])), 1e-12)
    apart = float(values[high] - values[low]) / error
    good = (
        False if apart >= TWO_ERRORS else True if minimum_detectable(error, 1.96 * error) < abs(fit.estimate) else None
    )
    end = {
        False: ": they differ, so one slope does not describe them all",
        None: "; they are too imprecise to tell whether they are equal",
        True: ", as one slope would",
    }
    message = (
        f"Slopes at the thresholds between answers range from {values.min():+.2f} to {values.max():+.2f}{end[good]}."
    )
    return Check("one slope at every threshold", good, message, apart, 2.0)


def _cuts(frame: pd.DataFrame, fit: DesignFit) -> list[tuple[float, float]]:
    order, values = pd.factorize(frame[fit.plan.outcome], sort=True)
    out: list[tuple[float, float]] = []
    for cut in range(1, len(values)):
        above = pd.Series(np.where(order < 0, np.nan, order >= cut), index=frame.index)
        try:
            row = fit_yes_no(frame.assign(**{fit.plan.outcome: above}), fit.plan).row.iloc[0]
        except EstimationError:
            continue
        out.append((float(row["estimate"]), float(row["std_error"])))
    return out


def linear_version(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The same slope on the plain scale of the outcome, by least squares."""
    values = frame[fit.plan.outcome]
    if isinstance(values.dtype, pd.CategoricalDtype):
        return None
    return fit_plan(frame, fit.plan).as_row("least squares, plain scale").assign(unit="units of the outcome")


def other_family(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """A count by the other family."""
    here = str(fit.plan.setting("family", "poisson"))
    there = "poisson" if here != "poisson" else "negative binomial"
    return fit_count(frame, replace(fit.plan, settings=(("family", there),))).as_row(there)


def design_of(
    id: str,
    title: str,
    estimand: str,
    assumption: str,
    kinds: tuple[str, ...],
    fit_with: FitOf,
    own: tuple[CheckOf, ...],
    rows: tuple[RowsOf, ...],
    scale: ConfounderScale,
    **more: object,
) -> Design:
    """A design of adjustment for an outcome that is not on a plain scale."""
    unadjusted = unadjusted_of(fit_with)
    made = Design(
        id=id,
        title=title,
        grade="associational",
        estimand=estimand,
        assumptions=("Nothing that is not recorded moves both exposure and outcome.", assumption),
        identifies=kinds,
        needs=(),
        check_list=(
            checks.check_clusters,
            checks.check_missing(0.30),
            shared.check_converged,
            checks.check_response,
            checks.check_attrition,
            *own,
            shared.check_left_out(fit_with),
            check_e_value(scale),
            supplementary.check_unadjusted(unadjusted),
        ),
        supplementary=(*rows, supplementary.unadjusted_supplement(unadjusted)),
        fit_with=fit_with,
        unadjusted_with=unadjusted,
    )
    return replace(made, **more)  # type: ignore[arg-type]


_BINARY = design_of(
    "binary-outcome",
    "A yes/no outcome, adjusted and clustered",
    "The slope on the log odds of yes for each unit of exposure, comparing rows similar in what is recorded.",
    "The log odds are linear in what is adjusted for.",
    ("log-odds",),
    fit_yes_no,
    (check_calibration, check_specifications(fit_yes_no)),
    (linear_version,),
    "log-odds",
    outcome_kinds=BINARY,
)
_COUNT = design_of(
    "count-outcome",
    "A count, with time at risk, adjusted and clustered",
    "The slope on the log rate for each unit of exposure, comparing rows similar in what is recorded.",
    "The log of the mean is linear in what is adjusted for, and time at risk counts in full.",
    ("log-rate",),
    fit_count,
    (shared.check_events(shared.number_of_terms), check_dispersion, check_specifications(fit_count)),
    (other_family,),
    "log-rate",
    settings={"family": ("poisson", "negative binomial")},
    outcome_kinds=WHOLE,
)
_ORDINAL = design_of(
    "ordinal-outcome",
    "Answers in order, adjusted and clustered",
    "The slope on the log odds of a higher answer for each unit of exposure, comparing rows similar in what is "
    "recorded.",
    "One slope applies at every threshold between answers.",
    ("log-odds",),
    fit_order,
    (check_parallel, check_specifications(fit_order)),
    (linear_version,),
    "log-odds",
    outcome_kinds=IN_ORDER,
)

ALL = (_BINARY, _COUNT, _ORDINAL)
