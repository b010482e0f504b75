"""What a metric is: the record that the catalogue, measuring, coverage and the widgets read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.intervals.interval import Estimate

UnitFrame = Callable[[EvaluationData], pd.DataFrame]
"""Data in, one row a unit out: the columns of the statistic, the cluster columns and any keys."""
NOT_CO_PRODUCED = "not co-produced"
"""Shown until co-production with families or practitioners is recorded."""
DIRECTIONS = ("higher", "lower", "none")


class Statistic(Protocol):
    """What a metric computes from its unit frame."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the unit frame that a row must have to be used."""
        ...

    def __call__(self, frame: pd.DataFrame) -> Estimate:
        """The statistic over these rows."""
        ...


@dataclass(frozen=True)
class MetricSpec:
    """One metric: what it asks, of whom, from which columns, by which formula, and with what care.

    Parameters
    ----------
    id : str
        Short id in words, such as ``remote_share_desk``.
    code : str
        Id in the measurement specification, such as ``ME1``; several metrics may share one.
    name : str
        Plain name.
    question : str
        The question it answers.
    unit : str
        Unit of analysis (what one row is).
    columns : Mapping[str, tuple[str, ...]]
        Table -> columns it cannot do without.
    formula : str
        The formula in words.
    low : float | None
        Lowest possible figure; None where open.
    high : float | None
        Highest possible figure; None where open.
    direction : str
        ``higher`` or ``lower`` is better, or ``none``.
    min_n : int
        Units below which the figure should not be reported.
    value_unit : str
        Unit of the figure, such as ``share`` or ``hours a month``.
    source : str
        Where the formula comes from.
    reliability : str, optional
        The reliability rule, in words; empty where none applies.
    caveats : tuple[str, ...], optional
        Care to take.
    source_questions : tuple[str, ...], optional
        The seed items that ask for it.
    co_produced : str, default NOT_CO_PRODUCED
        With whom and when, or ``not co-produced``.
    frame : UnitFrame | None, optional
        Makes the unit frame from data; None where ``measure`` does not compute it.
    statistic : Statistic | None, optional
        The statistic over the unit frame; None where ``measure`` does not compute it.
    cluster : tuple[str, ...], optional
        Columns that may hold the clusters of the interval, best first.
    reliability_of : Callable[[EvaluationData], float] | None, optional
        Data -> reliability of the score, for scales.
    scale : float, default 1.0
        The figure is multiplied by this (100 for a percentage).
    elsewhere : str, optional
        Where the metric is computed if not here, or why it is not.
    own : bool, default False
        Declared by an evaluator; until co-production is recorded its figures say so.
    values : Mapping[str, tuple[str, ...]], optional
        ``table.column`` -> values that must occur, such as the instrument a scale belongs to.
    people : UnitFrame | None, optional
        Data -> pairs of a unit (its key columns) and a person (``worker_id``, ``family_id`` or ``child_id``), where
        several people share a unit; None where the unit frame names them itself, or nobody stands behind a unit.
    instead : Mapping[str, tuple[str, ...]], optional
        Table -> columns from which the same is worked out where the data lack some of ``columns``; empty where
        nothing else will do.
    warn : Callable[[pd.DataFrame], str] | None, optional
        Rows of the unit frame -> a warning for the flag of their figure, or an empty text.

    Raises
    ------
    MeasureError
        A direction that does not exist, an empty range, or a formula without its frame.

    Examples
    --------
    >>> from hybrid_toolkit.metrics.specs.registry import find_metrics
    >>> spec = find_metrics("choice_honoured")[0]
    >>> spec.unit, spec.direction, spec.low, spec.high
    ('held contact', 'higher', 0, 1)
    """

    id: str
    code: str
    name: str
    question: str
    unit: str
    columns: Mapping[str, tuple[str, ...]]
    formula: str
    low: float | None
    high: float | None
    direction: str
    min_n: int
    value_unit: str
    source: str
    reliability: str = ""
    caveats: tuple[str, ...] = ()
    source_questions: tuple[str, ...] = ()
    co_produced: str = NOT_CO_PRODUCED
    frame: UnitFrame | None = field(default=None, repr=False)
    statistic: Statistic | None = None
    cluster: tuple[str, ...] = ("team_id", "worker_id")
    reliability_of: Callable[[EvaluationData], float] | None = field(default=None, repr=False)
    scale: float = 1.0
    elsewhere: str = ""
    own: bool = False
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: UnitFrame | None = field(default=None, repr=False)
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warn: Callable[[pd.DataFrame], str] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        problem = ""
        if self.direction not in DIRECTIONS:
            problem = f"direction must be one of {', '.join(DIRECTIONS)}"
        elif self.low is not None and self.high is not None and not self.low < self.high:
            problem = "low must be below high"
        elif (self.frame is None) != (self.statistic is None):
            problem = "a frame and a statistic go together"
        elif self.frame is None and not self.elsewhere:
            problem = "a metric that is not computed says where it is, or why not"
        if problem:
            raise MeasureError(f"metric '{self.id}': {problem}.", fix="Correct its spec.", code="METRIC-SPEC")

    def columns_for(self, has: Callable[..., bool]) -> Mapping[str, tuple[str, ...]]:
        """What it reads of some data: ``columns``, or ``instead`` where they lack some of these and hold all of that.

        Parameters
        ----------
        has : Callable[..., bool]
            Whether the data have a table and columns of it, as ``EvaluationData.has`` says.

        Returns
        -------
        Mapping[str, tuple[str, ...]]
            Table -> columns.

        Examples
        --------
        >>> from hybrid_toolkit.metrics.specs.registry import find_metrics
        >>> rate = find_metrics("turnover_rate_pct")[0]
        >>> [list(rate.columns_for(lambda table, *columns: table in there)) for there in (["la_year"], ["worker"], [])]
        [['la_year'], ['worker'], ['la_year']]
        """
        complete = [all(has(t, *c) for t, c in some.items()) for some in (self.columns, self.instead)]
        return self.instead if self.instead and complete == [False, True] else self.columns

    @property
    def computed(self) -> bool:
        """Whether ``measure`` computes it."""
        return self.frame is not None
