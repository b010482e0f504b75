"""A roll-out whose order was drawn by lot: regression, and inference from the orders that could have been drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.rollout.panel_blocks import NEVER
from hybrid_toolkit.models.rollout.panel_data import PanelColumns, PanelData
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import check_level, tidy_rows
from hybrid_toolkit.result import ResultBase

_LEAST_UNITS = 6
"""Six units that all start apart have 720 orders; with fewer an end of a 95% interval rests on a handful of them."""
_LEAST_DRAWS = 39
"""Draws with which a two-sided p-value can be as small as 0.05."""
_FARTHEST = 100
"""Spreads from the estimate at which the search for an end of the interval gives up: it is open on that side."""


@dataclass(frozen=True, eq=False)
class RandomOrderFit(ResultBase):
    """The effect of a policy that reached units in random order.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    estimate : float
        The effect in units of the outcome, if it is the same for all.
    conf_low : float
        Lower end of the effects that the lottery does not reject.
    conf_high : float
        Upper end of the effects that the lottery does not reject.
    std_error : float
        Of the estimate over the lottery, if there is no effect beyond the estimate.
    p_value : float
        Share of orders with an effect at least as far from zero, the one drawn among them.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_units : int
        Units.
    n_steps : int
        Steps at which units start.
    draws : int
        Orders tried.
    conf_level : float
        Level of the interval.
    converged : bool
        Both ends of the interval were found.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f = pd.DataFrame({"team": np.repeat(range(18), 8), "month": list(range(8)) * 18})
    >>> f["start"] = rng.permutation(np.arange(18) % 6 + 2)[f["team"]]
    >>> f["y"] = f["month"] + 2.0 * (f["month"] >= f["start"]) + rng.normal(0, 0.5, len(f))
    >>> fit = fit_random_order(f, outcome="y", panel_id="team", time="month", first_treated="start")
    >>> fit.n_units, fit.n_steps, round(fit.estimate)
    (18, 6, 2)
    """

    outcome: str
    estimate: float
    conf_low: float
    conf_high: float
    std_error: float
    p_value: float
    n: int
    n_missing: int
    n_units: int
    n_steps: int
    draws: int
    conf_level: float
    converged: bool

    @property
    def n_clusters(self) -> int:
        """Units whose place in the order was drawn."""
        return self.n_units

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"regression within unit and period, randomisation inference over {self.draws} orders"

    def tidy(self) -> pd.DataFrame:
        """One row: the effect.

        Returns
        -------
        pd.DataFrame
            One row: the effect.
        """
        row = tidy_rows(["effect"], [self.estimate], [self.std_error], n=self.n, conf_level=self.conf_level)
        return row.assign(conf_low=self.conf_low, conf_high=self.conf_high, p_value=self.p_value)

    def glance(self) -> pd.DataFrame:
        """One row: units, steps, orders, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: units, steps, orders, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_clusters": [self.n_units],
                "n_steps": [self.n_steps],
                "draws": [self.draws],
                "method": [self.method],
                "converged": [self.converged],
            }
        )

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        open_end = "" if self.converged else " An end of the interval was not found: do not use it."
        return (
            f"{self.outcome}: {self.method}; {self.n_units} units in {self.n_steps} places of the order, "
            f"{self.n_missing} rows of incomplete units left out.{open_end} It is the effect of the policy if the "
            "order was drawn at random, units did not know their place in advance, one unit's policy does not touch "
            "another, and, for the interval, the effect is the same for all. It needs no model of the outcome."
        )


def fit_random_order(
    frame: pd.DataFrame,
    *,
    outcome: str,
    panel_id: str,
    time: str,
    first_treated: str | None = None,
    treatment: str | None = None,
    draws: int = 999,
    seed: int = 0,
    unbalanced: str = "error",
    conf_level: float = 0.95,
) -> RandomOrderFit:
    """Effect by least squares within unit and period, with inference from the lottery alone.

    Parameters
    ----------
    frame : pd.DataFrame
        See ``fit_group_time``.
    outcome : str
        See ``fit_group_time``.
    panel_id : str
        See ``fit_group_time``.
    time : str
        See ``fit_group_time``.
    first_treated : str | None, optional
        See ``fit_group_time``.
    treatment : str | None, optional
        See ``fit_group_time``.
    draws : int, default 999
        Orders that are drawn beside the one observed.
    seed : int, default 0
        Seed of these draws.
    unbalanced : str, default "error"
        See ``fit_group_time``.
    conf_level : float, default 0.95
        See ``fit_group_time``.

    Returns
    -------
    RandomOrderFit
        The effect of a policy that reached units in random order.

    Raises
    ------
    EstimationError
        One place in the order only, fewer than 6 units, fewer than 39 draws, and as ``fit_group_time``.
    CoverageError
        A column is not there.

    Notes
    -----
    Fisher's test and its inversion: under a constant effect the outcomes without the policy are known, and the
    observed residual statistic is one draw of those over all orders (Rosenbaum 2002, Observational Studies, section
    2.4; for stepped wedges Ji, Fink, Robyn and Small 2017, Annals of Applied Statistics 11, 1-20).

    References
    ----------
    - Ji, X., Fink, G., Robyn, P. J. and Small, D. S. (2017). Annals of Applied Statistics 11, 1-20.
    - Rosenbaum, P. R. (2002). Observational Studies, second edition, section 2.4.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f = pd.DataFrame({"team": np.repeat(range(18), 8), "month": list(range(8)) * 18})
    >>> f["start"] = rng.permutation(np.arange(18) % 6 + 2)[f["team"]]
    >>> f["y"] = f["month"] + 2.0 * (f["month"] >= f["start"]) + rng.normal(0, 0.5, len(f))
    >>> fit = fit_random_order(f, outcome="y", panel_id="team", time="month", first_treated="start")
    >>> bool(fit.conf_low < 2 < fit.conf_high), fit.p_value
    (True, 0.001)
    """
    check_arguments(fit_random_order, locals())
    check_level(conf_level)
    p = PanelColumns(
        outcome=outcome,
        panel_id=panel_id,
        time=time,
        first_treated=first_treated,
        treatment=treatment,
        unbalanced=unbalanced,
    ).read(frame)
    _check(p, draws)
    rng = np.random.default_rng(seed)
    orders = np.vstack([p.start, *(rng.permutation(p.start) for _ in range(draws))])
    flags = (np.arange(p.y.shape[1]) >= orders[:, :, None]).astype(np.float64)
    y, d = _within(p.y - np.median(p.y)), flags[0]
    tilted = _within(flags)
    size = (tilted**2).sum(axis=(1, 2))
    # the statistic of each order is linear in the effect that is taken out
    from_y = np.einsum("dut,ut->d", tilted, y) / size
    from_d = np.einsum("dut,ut->d", tilted, d) / size
    estimate = float(from_y[0])
    least = float(np.abs(from_y).mean())  # ties are told from orders that come less far by a share of what is usual

    def share(effect: float) -> float:
        value = np.abs(from_y - effect * from_d)
        return float((value >= value[0] - 1e-9 * least).mean())

    spread = float((from_y - estimate * from_d)[1:].std())
    low, high, found = _ends(share, estimate, spread, 1 - conf_level)
    return RandomOrderFit(
        outcome=outcome,
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        std_error=spread,
        p_value=share(0.0),
        n=int(p.y.size),
        n_missing=p.n_missing,
        n_units=len(p.start),
        n_steps=len(np.unique(p.start)),
        draws=draws,
        conf_level=conf_level,
        converged=found,
    )


def _check(p: PanelData, draws: int) -> None:
    places = len(np.unique(p.start))
    if places < 2:
        raise EstimationError(
            f"{plural(places, 'place')} in the order: there was nothing to draw.",
            fix="Include units that start at different times, or stay untreated.",
            code="NO-UNTREATED" if (p.start != NEVER).any() else "NO-TREATED",
        )
    if len(p.start) < _LEAST_UNITS:
        raise EstimationError(
            f"{len(p.start)} units have too few orders for an interval; at least {_LEAST_UNITS} are needed.",
            fix=f"Add at least {plural(_LEAST_UNITS - len(p.start), 'unit')}.",
            code="CLUSTERS",
        )
    if draws < _LEAST_DRAWS:
        raise EstimationError(f"fewer than {_LEAST_DRAWS} draws.", fix="Ask for 999.", code="DRAWS")


def _within(a: Array) -> Array:
    """Unit and period means taken out of the last two axes."""
    out = a - a.mean(axis=-1, keepdims=True)
    return np.asarray(out - out.mean(axis=-2, keepdims=True))


def _ends(share: Callable[[float], float], middle: float, spread: float, level: float) -> tuple[float, float, bool]:
    """Where the share of orders falls under the level, to each side of the estimate."""
    ends = []
    for sign in (-1.0, 1.0):
        far = 3.0
        while share(middle + sign * far * spread) > level and far < _FARTHEST:
            far *= 1.5
        if far >= _FARTHEST:
            return -np.inf, np.inf, False
        at = optimize.bisect(
            lambda e, s=sign: share(middle + s * e) - level - 1e-12, 0.0, far * spread, xtol=1e-4 * spread
        )
        ends.append(middle + sign * float(at))
    return ends[0], ends[1], True
