"""Natural cubic splines: a column bent between its knots and straight beyond them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.terms.arguments import check_arguments, check_name, numbers


@dataclass(frozen=True, slots=True)
class Spline:
    """A natural cubic spline: straight beyond its outer knots (Hastie, Tibshirani and Friedman 2009, eq. 5.4-5.5).

    Parameters
    ----------
    name : str
        Numeric column.
    knots : tuple[float, ...]
        Increasing, at least three; the term has ``len(knots) - 1`` columns.

    Raises
    ------
    EstimationError
        ``SPLINE-KNOTS``, fewer than three knots, or knots that do not increase.

    References
    ----------
    - Hastie, T., Tibshirani, R. and Friedman, J. (2009). The Elements of Statistical Learning, second edition,
      equations 5.4 and 5.5.

    Examples
    --------
    >>> frame = pd.DataFrame({"caseload": [10.0, 14, 18, 22]})
    >>> curve = Spline("caseload", knots=(10.0, 15.0, 22.0))
    >>> [name for name in curve.build(frame)]
    ['caseload', 'caseload~1']
    """

    name: str
    knots: tuple[float, ...]

    def __post_init__(self) -> None:
        check_name(self.name, "Spline")
        k = list(self.knots) if isinstance(self.knots, tuple | list) else []
        plain = all(isinstance(v, int | float | np.number) and np.isfinite(v) for v in k)
        if not plain or len(k) < 3 or not (np.diff(k) > 0).all():
            raise EstimationError(
                f"Spline('{self.name}') needs at least 3 increasing numbers as its knots.",
                fix="Set them, or let spline(frame, column) place them.",
                code="SPLINE-KNOTS",
            )
        object.__setattr__(self, "knots", tuple(k))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the frame that the term reads."""
        return (self.name,)

    def build(self, frame: pd.DataFrame) -> dict[str, Array]:
        """Columns of the design matrix by name.

        Parameters
        ----------
        frame : pd.DataFrame
            The rows.

        Returns
        -------
        dict[str, Array]
            Columns of the design matrix by name.
        """
        return self.basis(numbers(frame, self.name))

    def basis(self, x: Array) -> dict[str, Array]:
        """The basis at given points, by name; the first column is ``x`` itself.

        Parameters
        ----------
        x : Array
            Values of the column.

        Returns
        -------
        dict[str, Array]
            The basis at given points, by name; the first column is ``x`` itself.

        Examples
        --------
        >>> b = Spline("x", (0.0, 1.0, 2.0)).basis(np.array([-1.0, 0.0, 1.0]))
        >>> [v.tolist() for v in b.values()]
        [[-1.0, 0.0, 1.0], [0.0, 0.0, 0.5]]
        """
        k = np.asarray(self.knots)

        def d(i: int) -> Array:
            out: Array = (np.clip(x - k[i], 0, None) ** 3 - np.clip(x - k[-1], 0, None) ** 3) / (k[-1] - k[i])
            return out

        last = d(len(k) - 2)
        bent = {f"{self.name}~{i + 1}": d(i) - last for i in range(len(k) - 2)}
        return {self.name: x, **bent}


def spline(frame: pd.DataFrame, name: str, *, df: int = 3) -> Spline:
    """A natural spline with ``df`` columns, its knots at spread quantiles of the data (Harrell 2015, table 2.3).

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    name : str
        Column.
    df : int, default 3
        Number of columns of the basis.

    Returns
    -------
    Spline
        A natural spline with ``df`` columns, its knots at spread quantiles of the data (Harrell 2015, table 2.3).

    Raises
    ------
    EstimationError
        ``df`` is not 2, 3 or 4, or the column takes too few distinct values for its knots.

    References
    ----------
    - Harrell, F. E. (2015). Regression Modeling Strategies, second edition, table 2.3.

    Examples
    --------
    >>> frame = pd.DataFrame({"caseload": [float(n) for n in range(10, 30)]})
    >>> spline(frame, "caseload", df=2).knots
    (11.9, 19.5, 27.1)
    """
    check_arguments(spline, locals())
    places = {2: (0.10, 0.5, 0.90), 3: (0.05, 0.35, 0.65, 0.95), 4: (0.05, 0.275, 0.5, 0.725, 0.95)}
    if df not in places:
        raise EstimationError("a spline has 2, 3 or 4 columns.", fix="Set df=2, df=3 or df=4.", code="SPLINE-DF")
    at = places[df]
    x = numbers(frame, name)
    knots = np.unique(np.quantile(x[np.isfinite(x)], at)) if np.isfinite(x).any() else np.array([])
    if len(knots) < len(at):
        raise EstimationError(
            f"column '{name}' has too few distinct values for a spline with {df} columns.",
            fix="Use the column as it is.",
            code="SPLINE-KNOTS",
        )
    return Spline(name, tuple(float(k) for k in knots))
