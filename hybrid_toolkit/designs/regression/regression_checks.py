"""Checks that some designs share: both groups of a moderator seen alike, events, and leaving out clusters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import SMALL, STEP_OF_COUNTS, STOPPED_SHORT, CheckOf, FitOf, share_told
from hybrid_toolkit.designs.checks import judge_left_out
from hybrid_toolkit.designs.model_columns import DesignFit, noun
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.terms.arguments import numbers
from hybrid_toolkit.result import Check

MIN_CELL = 100
MIN_COMMON = 0.5
"""Share of answers in the common range of two groups below which most of a comparison is extrapolated."""
_CELLS = 4
"""Combinations of a yes/no exposure and a yes/no group."""
MIN_EVENTS = 10
"""Events a term, below which slopes lean outwards (Peduzzi and others 1996)."""
_MOST_LEFT_OUT = 40
"""Clusters that are left out one by one; with more, as many groups of them."""


def check_left_out(fit_with: FitOf) -> CheckOf:
    """No single cluster carries the estimate: the design fitted again without each."""

    def check_influence(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
        column = fit.plan.cluster
        code = pd.factorize(frame[column], sort=True)[0]
        grouped = code.max() >= _MOST_LEFT_OUT
        code = np.where(code >= 0, code % _MOST_LEFT_OUT, code)
        found: list[DesignFit] = []
        for part in range(int(code.max()) + 1):
            try:
                found.append(fit_with(frame[code != part], fit.plan))
            except EstimationError:
                continue
        each = noun(column) if not grouped else f"of {_MOST_LEFT_OUT} groups of {noun(column, many=True)}"
        if not found:
            return Check("influence", None, f"No {noun(column)} can be left out: each is needed.")
        return judge_left_out(f"one {each}", found, fit)

    return check_influence


def check_converged(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The search ended at its optimum."""
    good = fit.fit.converged
    message = "The fit ended at its optimum." if good else STOPPED_SHORT
    return Check("convergence", good, message)


def check_events(terms: Callable[[DesignFit], int]) -> CheckOf:
    """Enough events for the number of terms."""

    def check_events_per_term(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
        events = getattr(fit.fit, "n_events", None)
        if events is None:
            return None
        share = events / max(1, terms(fit))
        good = share >= MIN_EVENTS
        told = (
            f"About {STEP_OF_COUNTS * round(events / STEP_OF_COUNTS):,}"
            if events >= MIN_EVENTS
            else f"Fewer than {MIN_EVENTS}"
        )
        message = f"{told} events for {plural(terms(fit), 'term')}" + (
            "." if good else f": under {MIN_EVENTS} a term, so slopes lean away from nothing."
        )
        return Check("events", good, message, share if events >= MIN_EVENTS else None, MIN_EVENTS)

    return check_events_per_term


def number_of_terms(fit: DesignFit) -> int:
    """Slopes of a fit that has terms."""
    return len([t for t in getattr(fit.fit, "terms", ()) if t != "(Intercept)"])


def _words(count: float) -> str:
    return f"fewer than {SMALL}" if count < SMALL else f"{count:,.0f}"


def check_overlap(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Every combination of exposure (above its median or not, where it has more than two values) and group is seen."""
    plan = fit.plan
    used = frame[[plan.outcome, plan.exposure, plan.moderator]].dropna()
    x = numbers(used, plan.exposure)
    split = np.median(x) if len(np.unique(x)) > 2 else x.min(initial=0.0)
    cells = used.groupby([x > split, used[plan.moderator].astype(bool)]).size()
    least = float(cells.min()) if len(cells) == _CELLS else 0.0
    good = least >= MIN_CELL
    message = (
        f"Each combination of exposure and group has at least {MIN_CELL} rows."
        if good
        else f"One combination of exposure and group has {_words(least)} rows, under {MIN_CELL}."
    )
    return Check("overlap", good, message, max(least, SMALL) if least else 0.0, MIN_CELL)


def check_common_range(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Both groups of the moderator cover the same range of exposure."""
    plan = fit.plan
    if not plan.moderator:
        return None
    used = frame[[plan.outcome, plan.exposure, plan.moderator]].dropna()
    group = used[plan.moderator].astype(bool)
    x = pd.Series(numbers(used, plan.exposure), index=used.index)
    low = max(x[group].quantile(0.1), x[~group].quantile(0.1))
    high = min(x[group].quantile(0.9), x[~group].quantile(0.9))
    share = float(x.between(low, high).mean()) if high > low else 0.0
    good = share >= MIN_COMMON
    message = f"{share_told(share, frame)} of answers lie in the range of exposure that both groups cover" + (
        "." if good else ", under half: the groups are hardly comparable."
    )
    return Check("common range", good, message, share, MIN_COMMON)
