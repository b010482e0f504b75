"""Weights of a synthetic control, with the outcomes before the start or with predictors as what they must match."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

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
_ROUNDS = 100
"""Rounds through the predictors at most in a search along them."""
_STEPS = 200
"""Steps at most, for each predictor, of the search that follows it."""


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


def control_weights(
    y: Array,
    x: Array,
    i: int,
    others: Sequence[int],
    window: NDArray[np.bool_],
    given: Array | None = None,
) -> tuple[Array, Array, bool]:
    """The weights of a unit's control, those of the predictors, and whether they were found.

    Parameters
    ----------
    y : Array
        Units x periods; outcomes.
    x : Array
        Units x k; predictors. With k = 0 every outcome of the window is matched with equal weight.
    i : int
        The unit.
    others : Sequence[int]
        Its m donors.
    window : NDArray[np.bool_]
        Periods, all before the change, in which the control should follow the unit.
    given : Array | None
        The k weights of the predictors; None to search for them.

    Notes
    -----
    Predictors are divided by their standard deviation over the unit and its donors. Their weights are those whose
    control fits the outcomes of the window best (Abadie, Diamond and Hainmueller 2010). As in the authors' ``Synth``, a
    search begins from equal weights and from those of a regression of the outcomes on the predictors. The best end is
    taken, or all predictors but one alike where that fits better. It is the best nearby and need not be the best of
    all, which often gives one predictor all the weight (Malo, Eskelinen, Zhou and Kuosmanen 2023). Where several
    controls match the predictors alike, the one is taken that fits those outcomes best.
    """
    target, donors = y[i, window], y[others][:, window]
    k = x.shape[1]
    if not k:
        w, found = simplex_weights(target, donors)
        return w, np.empty(0), found
    used = x[[i, *others]]
    spread = used.std(axis=0, ddof=1)
    z = (used - used[0]) / np.where(spread > 0, spread, 1.0)
    unit = float(np.std([target, *donors])) * np.sqrt(len(target)) or 1.0
    beside = _BESIDE * (donors - target) / unit

    def control(v: Array) -> tuple[Array, bool]:
        rows = np.hstack([z[1:] * np.sqrt(v), beside])
        return simplex_weights(np.zeros(rows.shape[1]), rows)

    if given is not None or k == 1:
        v = np.ones(1) if given is None else given
        w, found = control(v)
        return w, np.asarray(v), found

    def misfit(v: Array) -> float:
        w, _ = control(_shares(v))
        return float((((w @ donors - target) / unit) ** 2).sum())

    starts = [np.full(k, 1 / k), _regression_weights(z, np.vstack([target, donors]) / unit)]
    ends = [_searched(misfit, s) for s in starts]
    alike = np.full((k, k), 1 / (k - 1)) - np.eye(k) / (k - 1)  # all but one: a search cannot see that far
    v = _shares(min([*ends, *alike], key=misfit))
    w, found = control(v)
    return w, v, found


def _shares(v: Array) -> Array:
    """Weights that sum to 1, whatever the sign that a search gave them."""
    size = np.abs(v)
    return np.asarray(size / size.sum() if size.sum() > 0 else np.full(len(v), 1 / len(v)))


def _regression_weights(z: Array, outcomes: Array) -> Array:
    """The predictors' weights by regression: squared coefficients, summed over the outcomes regressed on them."""
    centred = z - z.mean(axis=0)
    slopes = np.linalg.lstsq(centred, outcomes - outcomes.mean(axis=0), rcond=None)[0]
    return _shares((slopes**2).sum(axis=1))


def _searched(misfit: Callable[[Array], float], start: Array) -> Array:
    """Where a search between 0 and 1 by Powell's directions ends, and from there one by Nelder and Mead.

    The misfit has kinks where a donor comes in or goes, at which a search by slopes stops early.
    """
    between = optimize.Bounds(np.zeros(len(start)), np.ones(len(start)))
    first = optimize.minimize(misfit, start, method="Powell", bounds=between, options={"maxiter": _ROUNDS})
    steps = _STEPS * len(start)
    end = optimize.minimize(misfit, _shares(first.x), method="Nelder-Mead", options={"maxfev": steps})
    return np.asarray(end.x, dtype=np.float64)


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
