"""Cox's partial likelihood with late entry, strata and tied times: value, derivatives and residuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from hybrid_toolkit.arrays import Array

_AT_BOUND, _ROUNDING = 0.5, 1e-6
"""With a direction that separates, some part of the best one stands at its bound of 1; and what it may be off by."""
_RUNS_AWAY = 30
"""Slope in scaled columns that no data can tell from one without end: a hazard 1e13 times as great."""


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """The events of one stratum in order of time, with their place among those of the same time.

    Parameters
    ----------
    rows : NDArray[np.intp]
        Positions of the stratum's rows.
    died : NDArray[np.intp]
        Positions within ``rows`` of the events.
    first : NDArray[np.intp]
        For each event, the index of the first event of its time.
    tied : Array
        Share of the tied events taken off.
    """

    rows: NDArray[np.intp]
    died: NDArray[np.intp]
    first: NDArray[np.intp]
    tied: Array


class PartialLikelihood:
    """Value, slope, information and residuals at given coefficients.

    Parameters
    ----------
    time : Array
        The n ends.
    ended : Array
        Where an end is an event, 1.0.
    start : Array
        The n beginnings (minus infinity for none).
    x : Array
        The n x k columns.
    strata : NDArray[np.int64]
        The n integers.
    efron : bool
        Efron's ties, else Breslow's.
    """

    def __init__(
        self, time: Array, ended: Array, start: Array, x: Array, strata: NDArray[np.int64], *, efron: bool
    ) -> None:
        self.time, self.start, self.x = time, start, x
        self.ended, self.strata, self.efron = ended, strata, efron
        self.parts: list[Events] = []
        for s in np.unique(strata):
            rows = np.flatnonzero(strata == s)
            died = np.flatnonzero(ended[rows] == 1)
            died = died[np.argsort(time[rows][died], kind="stable")]
            if len(died):
                _, first, inverse, count = np.unique(
                    time[rows][died], return_index=True, return_inverse=True, return_counts=True
                )
                place = (np.arange(len(died)) - first[inverse]) / count[inverse]
                self.parts.append(Events(rows, died, first[inverse], place if efron else np.zeros(len(died))))

    def without(self, rows: NDArray[np.bool_]) -> PartialLikelihood:
        """The same model without some rows."""
        k = ~rows
        parts = (self.time[k], self.ended[k], self.start[k], self.x[k], self.strata[k])
        return PartialLikelihood(*parts, efron=self.efron)

    def _sums(self, part: Events, values: Array) -> Array:
        """Sums over those at risk at each event, less the share of the tied events."""
        time, start = self.time[part.rows], self.start[part.rows]
        at = time[part.died]
        out = _from(time, values, at) - _from(start, values, at)
        same = np.add.reduceat(values[part.died], np.unique(part.first), axis=0)
        group = np.searchsorted(np.unique(part.first), part.first)
        return np.asarray(out - part.tied.reshape(-1, *[1] * (values.ndim - 1)) * same[group])

    def derivatives(self, b: Array) -> tuple[float, Array, Array]:
        """Log-likelihood, its slope, and the information."""
        k = self.x.shape[1]
        value, slope, information = 0.0, np.zeros(k), np.zeros((k, k))
        for part in self.parts:
            x = self.x[part.rows]
            risk = np.exp(x @ b)
            s0 = self._sums(part, risk)
            mean = self._sums(part, risk[:, None] * x) / s0[:, None]
            s2 = self._sums(part, (risk[:, None, None] * x[:, :, None] * x[:, None, :]).reshape(len(x), -1))
            value += float((x[part.died] @ b).sum() - np.log(s0).sum())
            slope += (x[part.died] - mean).sum(axis=0)
            information += (s2 / s0[:, None]).sum(axis=0).reshape(k, k) - mean.T @ mean
        return value, slope, information

    def varying(self, b: Array, weight: Array) -> tuple[Array, Array, Array]:
        """Slope of a term's product with a weight of time, its information, and that shared with the terms themselves.

        Parameters
        ----------
        weight : Array
            A number for each event, in the order of ``residuals``.
        """
        k, done = self.x.shape[1], 0
        slope, both, own = np.zeros(k), np.zeros((k, k)), np.zeros((k, k))
        for part in self.parts:
            x = self.x[part.rows]
            w = weight[done : done + len(part.died)]
            done += len(part.died)
            risk = np.exp(x @ b)
            s0 = self._sums(part, risk)
            mean = self._sums(part, risk[:, None] * x) / s0[:, None]
            s2 = self._sums(part, (risk[:, None, None] * x[:, :, None] * x[:, None, :]).reshape(len(x), -1))
            slope += w @ (x[part.died] - mean)
            for total, by in ((both, w), (own, w**2)):
                total += (by @ (s2 / s0[:, None])).reshape(k, k) - (mean * by[:, None]).T @ mean
        return slope, own, both

    def monotone(self) -> int:
        """Columns along which the likelihood rises without end, 0 where a finite optimum exists.

        There is such a direction if in it everybody with an event lies highest of those at risk then (Bryson and
        Johnson 1981, Biometrika 68). Found by a linear programme whose conditions are added as they are broken.
        """
        pairs = [p for p in self.parts if len(p.died)]
        rows: list[Array] = []
        d = np.zeros(self.x.shape[1])
        goal = self.derivatives(d)[1]
        for _ in range(200):
            fresh = []
            for part in pairs:
                fresh.append(self._broken(part, d if d.any() else goal))
            new = np.vstack(fresh) if fresh else np.empty((0, len(d)))
            if d.any() and not len(new):
                return max(1, int((np.abs(d) > _ROUNDING).sum()))
            rows.append(new)
            held = np.unique(np.vstack(rows), axis=0)
            found = optimize.linprog(
                -goal / np.abs(goal).sum().clip(1e-300), A_ub=-held, b_ub=np.zeros(len(held)), bounds=(-1, 1)
            )
            d = np.asarray(found.x, dtype=np.float64) if found.status == 0 else np.zeros(len(d))
            if np.abs(d).max(initial=0) < _AT_BOUND:
                return 0
        return 0

    def _broken(self, part: Events, d: Array) -> Array:
        """For each event the row at risk that lies furthest above it in a direction, as a difference of columns."""
        x, time, start = self.x[part.rows], self.time[part.rows], self.start[part.rows]
        height, out = x @ d, []
        for i in part.died:
            here = np.flatnonzero((time >= time[i]) & (start < time[i]))
            j = here[np.argmax(height[here])]
            if height[j] > height[i] + 1e-7 * np.abs(d).max():
                out.append(x[i] - x[j])
        return np.array(out).reshape(-1, x.shape[1])

    def residuals(self, b: Array) -> tuple[Array, Array, Array]:
        """Score residuals of all n rows; Schoenfeld residuals of the events, and the events' times."""
        scores, schoenfeld, times = np.zeros_like(self.x), [], []
        for part in self.parts:
            x, time, start = self.x[part.rows], self.time[part.rows], self.start[part.rows]
            risk = np.exp(x @ b)
            s0 = self._sums(part, risk)
            mean = self._sums(part, risk[:, None] * x) / s0[:, None]
            at, died = time[part.died], part.died
            starts = np.unique(part.first)
            group = np.searchsorted(starts, part.first)
            count = np.bincount(group)[:, None]
            middle = (np.add.reduceat(mean, starts, axis=0) / count)[group]
            hazard = np.concatenate([[0.0], np.cumsum(1 / s0)])
            drift = np.vstack([np.zeros(x.shape[1]), np.cumsum(mean / s0[:, None], axis=0)])
            to, since = np.searchsorted(at, time, side="right"), np.searchsorted(at, start, side="right")
            u = -risk[:, None] * (x * (hazard[to] - hazard[since])[:, None] - (drift[to] - drift[since]))
            share = np.add.reduceat(part.tied / s0, starts)[group][:, None]
            pull = np.add.reduceat(part.tied[:, None] * mean / s0[:, None], starts, axis=0)[group]
            u[died] += x[died] - middle + risk[died][:, None] * (x[died] * share - pull)
            scores[part.rows] = u
            schoenfeld.append(x[died] - middle)
            times.append(at)
        return scores, np.concatenate(schoenfeld), np.concatenate(times)

    def search(self) -> tuple[Array, bool]:
        """Newton's steps from zero, halved until the likelihood rises; stops early where estimates run away."""
        b = np.zeros(self.x.shape[1])
        value, slope, information = self.derivatives(b)
        for _ in range(60):
            try:
                step = np.linalg.solve(information, slope)
            except np.linalg.LinAlgError:
                return b, False
            if slope @ step < 1e-14 * max(1.0, abs(value)):
                return b, True
            for half in range(30):
                trial = self.derivatives(b + step / 2**half)
                if np.isfinite(trial[0]) and trial[0] >= value:
                    break
            else:
                return b, False
            b, (value, slope, information) = b + step / 2**half, trial
            if np.abs(b).max() > _RUNS_AWAY:
                return b, False
        return b, False


def _from(edge: Array, values: Array, at: Array) -> Array:
    """Sums of the values whose edge is at or after each of some times."""
    order = np.argsort(edge, kind="stable")
    tail = np.cumsum(values[order][::-1], axis=0)[::-1]
    padded = np.concatenate([tail, np.zeros((1, *tail.shape[1:]))])
    return np.asarray(padded[np.searchsorted(edge[order], at, side="left")])
