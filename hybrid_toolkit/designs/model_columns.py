"""What a design is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import pandas as pd

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import LinearFit

Setting: TypeAlias = str | float | bool
"""A value of a design's own setting, such as which units are the control."""

GRADES = ("descriptive", "associational", "quasi-causal", "causal")
"""Strength of what a design can carry, weakest first."""

ESTIMAND_KINDS = {
    "slope": "a slope on the exposure",
    "slope-gap": "the difference of that slope between two groups",
    "effect": "the mean effect of a change on the units that it reached",
    "indirect": "the part of an effect that goes through a mediator",
    "log-odds": "a slope on the log odds",
    "log-rate": "a slope on the log rate",
    "log-hazard": "a slope on the log hazard",
    "composition": "the part of a difference between groups that goes with who is in them",
}
"""Kinds of estimand, in words."""
RATIO_KINDS = ("log-odds", "log-rate", "log-hazard")
"""Kinds whose exponential is a ratio."""

YES_NO, COUNT, SCORE, MEASURE = "yes or no", "count", "score", "measure"
VALUE_KINDS = {
    YES_NO: "yes or no",
    COUNT: "whole numbers from 0",
    SCORE: "scores of few values, in order",
    MEASURE: "any numbers",
}
"""Kinds of value that a column may hold, in words."""

_NOUNS = {"la_id": ("authority", "authorities")}


def plural_noun(one: str) -> str:
    """The plural of a noun.

    Parameters
    ----------
    one : str
        One of them, such as ``"authority"``.

    Returns
    -------
    str
        Several of them.

    Examples
    --------
    >>> plural_noun("authority"), plural_noun("half day"), plural_noun("coach")
    ('authorities', 'half days', 'coaches')
    """
    if one.endswith("y") and one[-2:-1] not in "aeiou":
        return f"{one[:-1]}ies"
    return f"{one}es" if one.endswith(("s", "x", "ch", "sh")) else f"{one}s"


def noun(column: str, *, many: bool = False) -> str:
    """What a column of identifiers names, in words.

    Parameters
    ----------
    column : str
        Column of identifiers.
    many : bool, default False
        Several of them.

    Returns
    -------
    str
        The noun, in the plural where several are meant.

    Examples
    --------
    >>> noun("team_id", many=True), noun("la_id"), noun("agency", many=True)
    ('teams', 'authority', 'agencies')
    """
    one = column.removesuffix("_id").replace("_", " ")
    return _NOUNS.get(column, (one, plural_noun(one)))[many]


@dataclass(frozen=True, slots=True)
class ModelColumns:
    """The columns of one fit.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    exposure : str
        Column of the exposure.
    cluster : str
        Column of the cluster.
    moderator : str, optional
        Column whose levels have slopes of their own; the estimate is then the difference in slope.
    groups : str, optional
        Column of finer groups whose simple slopes are shown beside.
    confounders : tuple[str, ...], optional
        Columns that are held constant.
    fixed_effects : tuple[str, ...], optional
        Columns whose levels each get their own intercept; held constant.
    instruments : tuple[str, ...], optional
        Other measures of the exposure, with errors of their own.
    placebos : tuple[str, ...], optional
        Columns that should carry nothing once the exposure is in, such as next month's exposure.
    colleagues : str, optional
        The exposure of a worker's colleagues, where it is known.
    responded : str, optional
        The column that is true where a survey was answered, or empty.
    mediators : tuple[str, ...], optional
        Columns on the path from exposure to outcome.
    panel_id : str, optional
        Column of what is followed over time, such as ``team_id``.
    time : str, optional
        Column of time.
    first_treated : str, optional
        Column with the first period under a policy; missing where there is none.
    entry : str, optional
        Column with the time at which a unit came under observation.
    duration : str, optional
        Column with the time at which it was last seen.
    settings : tuple[tuple[str, Setting], ...], optional
        The design's own settings, name and value.
    unit : str, optional
        Unit of the estimate.
    conf_level : float, default 0.95
        Level of the intervals.

    Examples
    --------
    >>> plan = ModelColumns(outcome="y", exposure="x", cluster="team", settings=(("anticipation", 1),))
    >>> plan.target, plan.setting("anticipation", 0)
    ('x', 1)
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
    responded: str = ""
    mediators: tuple[str, ...] = ()
    panel_id: str = ""
    time: str = ""
    first_treated: str = ""
    entry: str = ""
    duration: str = ""
    settings: tuple[tuple[str, Setting], ...] = ()
    unit: str = ""
    conf_level: float = 0.95

    @property
    def target(self) -> str:
        """Name of the coefficient that answers the question."""
        return f"{self.exposure}:{self.moderator}" if self.moderator else self.exposure

    def setting(self, name: str, default: Setting) -> Setting:
        """The value of one of the design's settings, or its default.

        Parameters
        ----------
        name : str
            Name of the setting.
        default : Setting
            Value where the study sets none.

        Returns
        -------
        Setting
            The value of one of the design's settings, or its default.
        """
        return dict(self.settings).get(name, default)


class Fitted(Protocol):
    """What the result of any estimator tells a study."""

    @property
    def n(self) -> int:
        """Rows used."""
        ...

    @property
    def n_missing(self) -> int:
        """Rows left out for a missing value."""
        ...

    @property
    def n_clusters(self) -> int:
        """Clusters that the interval rests on."""
        ...

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        ...

    @property
    def converged(self) -> bool:
        """Whether the fit ended at its optimum."""
        ...


@dataclass(frozen=True, eq=False)
class DesignFit:
    """The estimate that answers the question, with its model.

    Parameters
    ----------
    plan : ModelColumns
        What was fitted.
    row : pd.DataFrame
        One tidy row.
    fit : Fitted
        The estimator's result.

    Examples
    --------
    >>> from hybrid_toolkit.designs import DESIGNS
    >>> f = pd.DataFrame({"y": [1.0, 2, 4, 3, 6, 5, 8, 9], "x": range(8), "team": list("aabbccdd")})
    >>> fit = DESIGNS["cross-sectional"].fit(f, ModelColumns(outcome="y", exposure="x", cluster="team"))
    >>> round(fit.estimate, 2)
    1.1
    """

    plan: ModelColumns
    row: pd.DataFrame = field(repr=False)
    fit: Fitted = field(repr=False)

    @property
    def linear(self) -> LinearFit:
        """The result as a linear fit, for checks that read its coefficients.

        Raises
        ------
        EstimationError
            The design fitted something else.
        """
        if not isinstance(self.fit, LinearFit):
            raise EstimationError(
                "this check reads a linear fit, and the design fits none.", fix="Leave it out.", code="NOT-LINEAR"
            )
        return self.fit

    def as_row(self, term: str, role: str = "sensitivity") -> pd.DataFrame:
        """The row under another name, to stand beside an estimate; a fit that did not converge says so in that name.

        Parameters
        ----------
        term : str
            Name that the row gets.
        role : str, default "sensitivity"
            What the row is for, such as ``"sensitivity"`` or ``"unadjusted"``.

        Returns
        -------
        pd.DataFrame
            The row under another name, to stand beside an estimate; a fit that did not converge says so in that name.
        """
        short = "" if self.fit.converged else " (did not converge)"
        return self.row.assign(term=f"{term}{short}", role=role)

    @property
    def estimate(self) -> float:
        """The estimate."""
        return float(self.row["estimate"].iloc[0])

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end."""
        return float(self.row["conf_low"].iloc[0]), float(self.row["conf_high"].iloc[0])
