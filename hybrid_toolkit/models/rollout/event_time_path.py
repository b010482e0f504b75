"""Effects by time since the start with their joint variance: what checks of parallel trends read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError


@dataclass(frozen=True, eq=False)
class EventPath:
    """Effects by time since the start.

    Parameters
    ----------
    leads : tuple[int, ...]
        The k times since the start, below 0 before it.
    estimate : Array
        The k effects; that of the reference time is 0.
    vcov : Array
        Their k x k variance; that of the reference time is 0.
    df : float
        Degrees of freedom of the variance: effective clusters behind the effects, less one.
    last_free : int, default -1
        The last time before the start (and before anticipation) that no treatment can have touched.

    Examples
    --------
    >>> path = EventPath((-2, -1, 0, 1), np.array([0.1, 0.0, 0.8, 1.0]), np.diag([0.01, 0.0, 0.01, 0.01]), df=30)
    >>> [path.leads[i] for i in path.before], [path.leads[i] for i in path.after]
    ([-2], [0, 1])
    """

    leads: tuple[int, ...]
    estimate: Array
    vcov: Array = field(repr=False)
    df: float
    last_free: int = -1

    @property
    def before(self) -> NDArray[np.intp]:
        """Positions of the estimated times before the start, the reference left out."""
        live = np.diagonal(self.vcov) > 0
        return np.flatnonzero(live & (np.array(self.leads) < min(0, self.last_free + 1)))

    @property
    def after(self) -> NDArray[np.intp]:
        """Positions of the times from the start on."""
        return np.flatnonzero((np.array(self.leads) >= 0) & (np.diagonal(self.vcov) > 0))

    def near(self, before: int, after: int) -> EventPath:
        """The path with the nearest times only.

        Parameters
        ----------
        before : int
            Times before the start that are kept.
        after : int
            Times from the start that are kept.

        Returns
        -------
        EventPath
            The path with the nearest times only.

        Examples
        --------
        >>> path = EventPath((-3, -2, -1, 0, 1), np.zeros(5), np.diag([1.0, 1, 0, 1, 1]), 20)
        >>> path.near(1, 1).leads
        (-2, -1, 0)
        """
        keep = sorted([*self.before[-before:].tolist(), *self.after[:after].tolist(), *self._reference()])
        at = np.array(keep, dtype=np.int64)
        leads = tuple(self.leads[i] for i in keep)
        return EventPath(leads, self.estimate[at], self.vcov[np.ix_(at, at)], self.df, self.last_free)

    def _reference(self) -> list[int]:
        return [i for i, e in enumerate(self.leads) if e == self.last_free and self.vcov[i, i] == 0]

    def slope_before(self) -> tuple[float, float, float]:
        """Slope a time of the effects before the start through the reference, its error and p-value (t).

        One line uses all times before the start at once and needs no inverse of their variance, so it holds its
        level with few clusters, where a joint test of many times does not.

        Returns
        -------
        tuple[float, float, float]
            Slope a time of the effects before the start through the reference, its error and p-value (t).

        Raises
        ------
        EstimationError
            No time before the start but the reference.

        Examples
        --------
        >>> path = EventPath((-3, -2, -1, 0), np.array([-2.0, -1, 0, 5]), np.diag([1.0, 1, 0, 1]), 20)
        >>> round(path.slope_before()[0], 6)
        1.0
        """
        at = self.before
        if not len(at):
            raise EstimationError(
                "there is no time before the start beside the reference, so no trend can be seen.",
                fix="Add periods until there are at least two before the start.",
                code="NO-LEADS",
            )
        x = np.array([self.leads[i] for i in at], dtype=np.float64) - self.last_free
        w = x / (x @ x)
        slope = float(w @ self.estimate[at])
        error = float(np.sqrt(w @ self.vcov[np.ix_(at, at)] @ w))
        return slope, error, float(2 * stats.t.sf(abs(slope) / error, self.df))
