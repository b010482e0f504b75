"""The protocol that every result follows, and the names of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import pandas as pd

TIDY_COLUMNS = ("term", "estimate", "std_error", "conf_low", "conf_high", "p_value", "n", "unit")
"""Columns of ``Result.tidy()``: one row an estimate."""


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict of one check on an estimate.

    Parameters
    ----------
    name : short name, such as ``"clusters"``.
    passed : True, False, or None where the check only informs.
    message : one plain sentence.
    value, threshold : the figure that was compared and the figure it was compared with, where there is one.

    Examples
    --------
    >>> Check("clusters", True, "24 teams are enough for clustered intervals.", 24, 20).passed
    True
    """

    name: str
    passed: bool | None
    message: str
    value: float | None = None
    threshold: float | None = None


@runtime_checkable
class Result(Protocol):
    """What every result can do. A return type never depends on an argument."""

    def tidy(self) -> pd.DataFrame:
        """One row an estimate, with the columns of ``TIDY_COLUMNS``."""
        ...

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, method, convergence."""
        ...

    def summary(self) -> str:
        """Prose with its caveat."""
        ...
