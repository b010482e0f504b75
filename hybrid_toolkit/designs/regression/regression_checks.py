"""Checks that designs with their own estimator share: events, and leaving out clusters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import STOPPED_SHORT, CheckOf, FitOf
from hybrid_toolkit.designs.checks import judge_left_out
from hybrid_toolkit.designs.model_columns import DesignFit, noun
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.result import Check

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
        told = f"{events:,}" if events >= MIN_EVENTS else f"fewer than {MIN_EVENTS}"
        message = f"{told} events for {plural(terms(fit), 'term')}" + (
            "." if good else f": under {MIN_EVENTS} a term, so slopes lean away from nothing."
        )
        return Check("events", good, message, share if events >= MIN_EVENTS else None, MIN_EVENTS)

    return check_events_per_term


def number_of_terms(fit: DesignFit) -> int:
    """Slopes of a fit that has terms."""
    return len([t for t in getattr(fit.fit, "terms", ()) if t != "(Intercept)"])
