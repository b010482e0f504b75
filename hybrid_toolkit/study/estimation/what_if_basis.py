"""What a what-if needs of a result: slopes with their covariance, and how exposure is spread, in bins and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.study.estimation.people_moved import Reach


@dataclass(frozen=True, eq=False)
class OutcomeBasis:
    """One outcome: mean, slopes and the spread of exposure over the rows of its fit.

    Parameters
    ----------
    mean : float
        Mean of the outcome.
    lowest : float
        Least value of the outcome.
    highest : float
        Greatest value of the outcome.
    n : int
        Rows.
    n_clusters : int
        Clusters.
    slope : Array
        Slope on exposure; with a moderator also how much it differs where that is true.
    vcov : Array
        Their covariance.
    mean_vcov : Array
        Jackknife variance of the mean, then its covariances with the slopes, each cluster left out in turn.
    df : float
        Degrees of freedom of the t reference.
    own : Mapping[tuple[str, str], tuple[float, float]]
        (group, level) -> slope and error of its own, where the study has them.
    cells : pd.DataFrame
        One row a bin: ``x`` (mean of exposure), ``left`` (what is left of it once what the study holds constant is
        out), ``n``, ``moderated`` (share of rows) and a column a group.
    clusters : Mapping[tuple[str, str], int]
        (group, level) -> clusters behind it.
    people : Mapping[tuple[str, str], float]
        (group, level) -> people behind it; of a slope of its own, those whose exposure tells it (see ``rows_usable``).
        Infinite where rows are whole authorities.
    reach : Mapping[tuple[str, str], Reach], optional
        (group, level), either side of a slope gap, and everyone -> how far their people's exposures reach; see
        ``people_moved``. Empty where rows are whole authorities.
    slopes_rest_on : float, optional
        Of a slope gap, the people on whom the slope of the side with fewer rests.
    """

    mean: float
    lowest: float
    highest: float
    n: int
    n_clusters: int
    slope: Array
    vcov: Array
    mean_vcov: Array
    df: float
    own: Mapping[tuple[str, str], tuple[float, float]]
    cells: pd.DataFrame = field(repr=False)
    clusters: Mapping[tuple[str, str], int]
    people: Mapping[tuple[str, str], float]
    reach: Mapping[tuple[str, str], Reach] = field(default_factory=dict, repr=False)
    slopes_rest_on: float = float("inf")


@dataclass(frozen=True, eq=False)
class WhatIfBasis:
    """The basis of every outcome of a study.

    Parameters
    ----------
    exposure : str
        Column.
    share : bool
        Whether the exposure lies from 0 to 1.
    binary : bool
        Whether the exposure is 0 or 1.
    groups : tuple[str, ...]
        Group names that the data have.
    outcomes : Mapping[str, OutcomeBasis]
        Outcome -> its basis.
    """

    exposure: str
    share: bool
    binary: bool
    groups: tuple[str, ...]
    outcomes: Mapping[str, OutcomeBasis]
