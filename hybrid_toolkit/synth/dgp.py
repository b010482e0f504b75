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
    id : short name, lower case with hyphens, such as ``"rollout-parallel"``.
    title : what happens in it, one sentence.
    truth : true value of the estimand that the world is made for, in units of the outcome.
    make : random stream in, one tidy frame out.
    breaks : the assumption that it breaks on purpose, one sentence; empty where it breaks none.

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
        """One frame; the same seed gives the same frame."""
        return self.make(np.random.default_rng(seed))
