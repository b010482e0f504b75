"""Weights of a synthetic control, with the outcomes before the start or with predictors as what they must match."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import optimize, special

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, agreeing, plural
from hybrid_toolkit.models.rollout.panel_data import PanelData

_ADDS_UP = 0.01
"""How far the weights may be from adding up to 1 before they are scaled; assumed."""
LEAST_DONORS = 5
"""With fewer unchanged units there is hardly a mean to weigh, and the least p-value is above 0.16."""

_BESIDE = 1e-3
"""Weight of the outcomes beside the predictors: it only decides between weights that match the predictors alike."""
_IDLE = 0.01
"""Share of the predictors' weight under which one decides next to nothing; assumed."""
_STEPS = 60
"""Steps of the search for the predictors' weights, for each predictor: the fit before the start stands by then."""


def simplex_weights(target: Array, donors: Array) -> tuple[Array, bool]:
    """Weights from 0 up that sum to 1 and bring the donors' rows nearest to the target, and whether they were found.

    Examples
    --------
    >>> w, found = simplex_weights(np.array([1.0, 2.0]), np.array([[0.0, 2.0], [2.0, 2.0], [9.0, 9.0]]))
    >>> w.round(3).tolist(), found
    ([0.5, 0.5, 0.0], True)
    """
    scale = float(np.abs(donors).max()) or 1.0
    a, y = donors.T / scale, target / scale
    heavy = 1e3 * max(1.0, float(np.linalg.norm(a)))
    w, _ = optimize.nnls(np.vstack([a, np.full(a.shape[1], heavy)]), np.append(y, heavy), maxiter=50 * a.shape[1])
    total = float(w.sum())
    return np.asarray(w / total, dtype=np.float64), abs(total - 1) < _ADDS_UP


def control_weights(y: Array, x: Array, i: int, others: Sequence[int], start: int) -> tuple[Array, Array, bool]:
    """The weights of a unit's control, those of the predictors, and whether they were found.

    Parameters
    ----------
    y : Array
        Units x periods; outcomes.
    x : Array
        Units x periods x k; predictors, whose means before the start are matched. With k = 0 every outcome before the
        start is matched with equal weight.
    i : int
        The unit.
    others : Sequence[int]
        Its m donors.
    start : int
        Position of the first period after the change.

    Notes
    -----
    The predictors' weights are those whose control fits the outcomes before the start best (Abadie, Diamond and
    Hainmueller 2010). Where several controls match the predictors alike, the one is taken that fits those outcomes best
    (Malo, Eskelinen, Zhou and Kuosmanen 2023).
    """
    target, donors = y[i, :start], y[others, :start]
    k = x.shape[2]
    if not k:
        w, found = simplex_weights(target, donors)
        return w, np.empty(0), found
    means = x[:, :start].mean(axis=1)
    used = means[[i, *others]]
    spread = used.std(axis=0, ddof=1)
    z = (used - used[0]) / np.where(spread > 0, spread, 1.0)
    unit = float(np.std([target, *donors])) * np.sqrt(start) or 1.0
    beside = _BESIDE * (donors - target) / unit

    def control(v: Array) -> tuple[Array, bool]:
        rows = np.hstack([z[1:] * np.sqrt(v), beside])
        return simplex_weights(np.zeros(rows.shape[1]), rows)

    def misfit(logs: Array) -> float:
        w, _ = control(special.softmax(np.append(0.0, logs)))
        return float((((w @ donors - target) / unit) ** 2).sum())

    if k == 1:
        w, found = control(np.ones(1))
        return w, np.ones(1), found
    tries = [np.zeros(k)] + [6.0 * np.eye(k)[j] for j in range(k)]  # all alike, and nearly all on one (e to the 6th)
    firsts = sorted((t[1:] - t[0] for t in tries), key=misfit)[:2]
    ends = [
        optimize.minimize(
            misfit, f, method="Nelder-Mead", options={"maxfev": _STEPS * k, "xatol": 1e-3, "fatol": 1e-10}
        )
        for f in firsts
    ]
    v = special.softmax(np.append(0.0, min(ends, key=lambda e: float(e.fun)).x))
    w, found = control(v)
    return w, np.asarray(v), found


def named_donors(p: PanelData, donors: Sequence[object]) -> PanelData:
    """The panel with the named donors alone beside the changed units.

    Raises
    ------
    EstimationError
        A named donor is not among the unchanged units.
    """
    if not len(donors):
        return p
    wanted = pd.Index(p.units).isin(list(donors))
    lost = len(set(donors)) - int((wanted & p.untreated).sum())
    if lost:
        raise EstimationError(
            f"{lost} of {plural(len(set(donors)), 'donor')} {agreeing(lost, 'is', 'are')} not among the "
            f"{int(p.untreated.sum())} unchanged units.",
            fix=f"Name units of the column that panel_id names which stay unchanged, at least {LEAST_DONORS}.",
            code="DONORS",
        )
    keep = (wanted & p.untreated) | ~p.untreated
    more = {"units": p.units[keep], "n_free_lost": p.n_free_lost}
    return PanelData(p.y[keep], p.x[keep], p.start[keep], p.times, p.clusters[keep], p.n_incomplete, p.n_always, **more)


def predictor_balance(names: Sequence[str], importance: Array, means: Array, weights: Array) -> pd.DataFrame:
    """The predictors' weights and their means in the changed unit, its control and all donors."""
    if not names:
        return pd.DataFrame()
    sides = {"changed": means[0], "control": weights @ means[1:], "donors": means[1:].mean(axis=0)}
    return pd.DataFrame({"predictor": list(names), "weight": importance, **sides})


def idle_words(balance: pd.DataFrame) -> str:
    """A sentence on predictors with next to no weight; empty where every one has some, or none is named."""
    idle = int((balance["weight"] < _IDLE).sum()) if len(balance) else 0
    if not idle:
        return ""
    return (
        f"{idle} of {len(balance)} predictors have under {_IDLE:.0%} of the weight: the others decide, and the outcome "
        "before the start."
    )
