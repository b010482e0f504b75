"""A small world: a tidy frame of one kind of study, made from a known truth, in milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class DGP:
    """A data-generating process whose true answer is known; estimators are tried on it many times.

    Parameters
    ----------
    id : str
        Short name, lower case with hyphens, such as ``"rollout-parallel"``.
    title : str
        What happens in it, one sentence.
    truth : float
        True value of the estimand that the world is made for, in units of the outcome.
    make : Callable[[np.random.Generator], pd.DataFrame]
        Random stream in, one tidy frame out.
    breaks : str, optional
        The assumption that it breaks on purpose, one sentence; empty where it breaks none.

    Examples
    --------
    >>> coin = DGP("coin", "A fair coin.", 0.5, lambda rng: pd.DataFrame({"y": rng.integers(0, 2, 4)}))
    >>> coin.simulate(1).equals(coin.simulate(1))
    True
    """

    id: str
    title: str
    truth: float
    make: Callable[[np.random.Generator], pd.DataFrame] = field(repr=False)
    breaks: str = ""

    def simulate(self, seed: int) -> pd.DataFrame:
        """One frame; the same seed gives the same frame.

        Parameters
        ----------
        seed : int
            Seed of the random numbers.

        Returns
        -------
        pd.DataFrame
            One frame; the same seed gives the same frame.
        """
        return self.make(np.random.default_rng(seed))
