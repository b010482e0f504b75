"""What a design is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit.models import LinearFit

GRADES = ("descriptive", "associational", "quasi-causal", "causal")
"""Strength of what a design can carry, weakest first."""

_NOUNS = {"la_id": ("authority", "authorities"), "family_id": ("family", "families")}


def noun(column: str, *, many: bool = False) -> str:
    """What a column of identifiers names, in words.

    Examples
    --------
    >>> noun("team_id", many=True), noun("la_id")
    ('teams', 'authority')
    """
    one = column.removesuffix("_id").replace("_", " ")
    return _NOUNS.get(column, (one, f"{one}s"))[many]


@dataclass(frozen=True, slots=True)
class Plan:
    """The columns of one fit.

    Parameters
    ----------
    outcome, exposure, cluster : column names.
    moderator : column whose levels have slopes of their own; the estimate is then the difference in slope.
    groups : column of finer groups whose simple slopes are shown beside.
    confounders, fixed_effects : columns that are held constant.
    instruments : other measures of the exposure, with errors of their own.
    placebos : columns that should carry nothing once the exposure is in, such as next month's exposure.
    colleagues : the exposure of a worker's colleagues, where it is known.
    answered : the column that is true where a survey was answered, or empty.
    unit : unit of the estimate.
    conf_level : level of the intervals.
    """

    outcome: str
    exposure: str
    cluster: str
    moderator: str = ""
    groups: str = ""
    confounders: tuple[str, ...] = ()
    fixed_effects: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    placebos: tuple[str, ...] = ()
    colleagues: str = ""
    answered: str = ""
    unit: str = ""
    conf_level: float = 0.95

    @property
    def target(self) -> str:
        """Name of the coefficient that answers the question."""
        return f"{self.exposure}:{self.moderator}" if self.moderator else self.exposure


@dataclass(frozen=True, eq=False)
class DesignFit:
    """The estimate that answers the question, with its model.

    Parameters
    ----------
    plan : what was fitted.
    row : one tidy row.
    fit : the model's arrays.
    """

    plan: Plan
    row: pd.DataFrame
    fit: LinearFit = field(repr=False)

    @property
    def estimate(self) -> float:
        """The estimate."""
        return float(self.row["estimate"].iloc[0])

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end."""
        return float(self.row["conf_low"].iloc[0]), float(self.row["conf_high"].iloc[0])
