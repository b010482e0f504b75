"""A balanced panel with a treatment that starts once: what every difference-in-differences estimator reads."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import as_numbers, plain, settled_columns
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.rollout.panel_blocks import NEVER, PanelBlocks, blocks_of
from hybrid_toolkit.models.terms.arguments import check_column, factorize, numbers
from hybrid_toolkit.models.terms.periods import read_times
from hybrid_toolkit.models.terms.result_rows import check_choice, design, varying
from hybrid_toolkit.models.terms.terms import Term


@dataclass(frozen=True, slots=True, eq=False)
class PanelData:
    """Units by periods.

    Parameters
    ----------
    y : Array
        Units x periods outcomes.
    x : Array
        Units x periods x columns covariates, the first column ones, the others scaled (``metrics.scaling``).
    start : NDArray[np.int64]
        Units; position of the first treated period, or ``NEVER``.
    times : NDArray[np.generic]
        Labels of the periods, in order.
    clusters : NDArray[np.int64]
        Units; integers.
    n_incomplete : int
        Units left out because they are not complete.
    n_always : int
        Units left out because they were treated in the first period already.
    units : NDArray[np.generic], optional
        Labels of the units; empty in a part of a panel.
    n_free_lost : int, default 0
        Untreated units among those that are not complete.
    """

    y: Array
    x: Array
    start: NDArray[np.int64]
    times: NDArray[np.generic] = field(repr=False)
    clusters: NDArray[np.int64]
    n_incomplete: int
    n_always: int
    units: NDArray[np.generic] = field(default_factory=lambda: np.empty(0), repr=False)
    n_free_lost: int = 0
    _starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # found once: it is asked for with every label of a time
        object.__setattr__(self, "_starts", tuple(int(g) for g in np.unique(self.start) if g != NEVER))

    @property
    def why_none_free(self) -> str:
        """What to add where untreated units are missing: that they were left out, if so."""
        if not self.n_free_lost:
            return ""
        return (
            f" {plural(self.n_free_lost, 'untreated unit was', 'untreated units were')} left out for want of a "
            "complete row in some period, such as a missing covariate."
        )

    @property
    def cohorts(self) -> list[int]:
        """Positions of the periods in which some unit's treatment starts."""
        return list(self._starts)

    @property
    def n_missing(self) -> int:
        """Rows of the units that were left out because they are not complete."""
        return int(self.n_incomplete * self.y.shape[1])

    @property
    def untreated(self) -> NDArray[np.bool_]:
        """Which units are not treated while they are observed."""
        return np.asarray(self.start == NEVER, dtype=np.bool_)

    def must_start(self) -> None:
        """Ask that some unit's treatment starts while it is observed.

        Raises
        ------
        EstimationError
            ``NO-TREATED``.
        """
        if not self.cohorts:
            raise EstimationError(
                "no unit's treatment starts after the first period and by the last one.",
                fix="Check the start column, or bring periods from before the start.",
                code="NO-TREATED",
            )

    def only_start(self, what: str, *, least_before: int = 1) -> int:
        """The position of the one start, for what compares two spans of time.

        Parameters
        ----------
        what : str
            What needs it, in words, with its verb.
        least_before : int
            Periods it needs before the start.

        Raises
        ------
        EstimationError
            ``NO-TREATED``, ``SEVERAL-STARTS`` or ``TOO-FEW-PERIODS``.
        """
        self.must_start()
        found = self.cohorts
        if len(found) > 1:
            raise EstimationError(
                f"treatment starts in {len(found)} periods; {what} one start.",
                fix="Use group-time effects, or take one group of starters with the untreated.",
                code="SEVERAL-STARTS",
            )
        if found[0] < least_before:
            raise EstimationError(
                f"{plural(found[0], 'period')} before the start; at least {least_before} are needed.",
                fix=f"Add at least {plural(least_before - found[0], 'period')} from before the start.",
                code="TOO-FEW-PERIODS",
            )
        return found[0]

    def label(self, position: int) -> str:
        """A period as text: dates as year, month and day."""
        value = self.times[position]
        return str(np.datetime_as_string(value, unit="D")) if self.times.dtype.kind == "M" else str(value)

    def lead(self, position: NDArray[np.int64], start: NDArray[np.int64]) -> NDArray[np.int64]:
        """Times since the start, in units of a numeric period where they are whole, else in periods."""
        steps = position - start
        if self.times.dtype.kind not in "iuf":
            return steps
        times = self.times.astype(np.float64)
        gap = times[position] - times[start]
        return np.where(gap == np.round(gap), gap, steps).astype(np.int64)


@dataclass(frozen=True, slots=True)
class PanelColumns:
    """What every roll-out estimator is told of its panel, checked once.

    Parameters
    ----------
    outcome : str
        Columns of the outcome, of what the panel follows, and of time; one row a unit and period.
    panel_id : str
        Columns of the outcome, of what the panel follows, and of time; one row a unit and period.
    time : str
        Columns of the outcome, of what the panel follows, and of time; one row a unit and period.
    first_treated : str, optional
        Column of the unit's first treated period; missing, 0, infinite or after the last period means untreated.
    treatment : str, optional
        In its place, a 0/1 column that stays 1 once it is.
    covariates : tuple[Term, ...], optional
        Sequence of Term What is held constant.
    cluster : str, optional
        Column of clusters that hold whole units; the units themselves where it is left out.
    unbalanced : str
        ``"error"``, or ``"drop"`` to leave out (and count) units that lack a period.

    Raises
    ------
    EstimationError
        Neither or both of the treatment columns, or another word for ``unbalanced``.
    """

    outcome: str
    panel_id: str
    time: str
    first_treated: str | None = None
    treatment: str | None = None
    covariates: tuple[Term, ...] = ()
    cluster: str | None = None
    unbalanced: str = "error"

    def __post_init__(self) -> None:
        check_choice("unbalanced", self.unbalanced, ("error", "drop"))
        if (self.first_treated is None) == (self.treatment is None):
            raise EstimationError(
                "the treatment must be given in exactly one way.",
                fix="Name first_treated (a start for each unit) or treatment (a 0/1 column).",
                code="TREATMENT",
            )

    def read(self, frame: pd.DataFrame) -> PanelData:
        """The panel of a frame with one row a unit and period.

        Parameters
        ----------
        frame : DataFrame
            The rows.

        Raises
        ------
        EstimationError
            A unit twice in a period, units that lack periods, a treatment that switches back or changes its start,
            fewer than two periods, a constant outcome.
        CoverageError
            A column is not there.
        """
        return _read(frame, self)


def _read(frame: pd.DataFrame, columns: PanelColumns) -> PanelData:
    outcome, panel_id, time, cluster = columns.outcome, columns.panel_id, columns.time, columns.cluster
    first_treated, treatment = columns.first_treated, columns.treatment
    covariates, unbalanced = columns.covariates, columns.unbalanced
    if first_treated and not covariates:
        found = blocks_of(
            frame, outcome=outcome, panel_id=panel_id, time=time, first_treated=first_treated, cluster=cluster
        )
        if found is not None:
            return _of_blocks(found, varying(frame, outcome))
    told = [c for c in (first_treated, treatment) if c is not None]
    extra = [c for t in covariates for c in t.columns]
    names = list(dict.fromkeys([panel_id, time, outcome, *told, *extra, *([cluster] if cluster else [])]))
    index = pd.RangeIndex(len(frame))
    given = {c: frame[check_column(frame, c)].set_axis(index) for c in names}
    made = {c: plain(v) for c, v in given.items() if c not in (time, first_treated)}
    made[time], begun = read_times(given[time], given[first_treated] if first_treated else None)
    if first_treated:
        made[first_treated] = begun
    every = pd.DataFrame({c: made[c] for c in names}, index=index, copy=False)
    # a missing start means never treated; any other missing value makes the row incomplete
    there = np.ones(len(frame), dtype=bool)
    for c in names:
        if c != first_treated:
            there &= made[c].notna().to_numpy()
    rows = every if there.all() else every[there]
    unit, (period, labels) = factorize(rows[panel_id])[0], factorize(rows[time])
    n_periods = int(period.max(initial=-1)) + 1
    n_units = int(every[panel_id].nunique()) if rows is not every else int(unit.max(initial=-1)) + 1
    place = unit * max(1, n_periods) + period
    whole_panel = len(place) == n_units * n_periods and bool((place == np.arange(len(place))).all())
    twice = 0 if whole_panel else len(place) - int((np.bincount(place) > 0).sum())
    if twice:
        raise EstimationError(
            f"{plural(twice, 'row repeats', 'rows repeat')} a unit of '{panel_id}' in a period of '{time}'.",
            fix="Combine the rows of each unit and period into one.",
            code="PANEL-DUPLICATE",
        )
    if n_periods < 2:
        raise EstimationError(
            f"{plural(n_periods, 'period')} of '{time}': a difference needs at least 2.",
            fix="Add a period before the treatment and one after it.",
            code="TOO-FEW-PERIODS",
        )
    complete = np.ones(n_units, dtype=bool) if whole_panel else np.bincount(unit) == n_periods
    lost = n_units - int(complete.sum())
    if lost and (unbalanced == "error" or not complete.any()):
        raise EstimationError(
            f"the panel is not balanced: {lost} of {n_units} units lack a complete row in one or more of the "
            f"{n_periods} periods.",
            fix="Complete them, or set unbalanced='drop' to leave these units out (they are counted)."
            if complete.any()
            else "Complete units: none has a row in every period, so none would be left.",
            code="PANEL-UNBALANCED",
        )
    whole = rows if whole_panel else rows.iloc[_placed(place, complete[unit])]
    y = varying(whole, outcome)
    times = np.asarray(labels) if whole_panel else np.sort(np.asarray(whole[time].unique()))
    shape = (-1, n_periods)
    start = _from_switch(whole, treatment, shape) if treatment else _from_start(whole, str(first_treated), times, shape)
    groups = factorize(whole[cluster])[0].reshape(shape) if cluster else np.arange(len(whole) // n_periods)[:, None]
    moved = int((groups != groups[:, :1]).any(axis=1).sum())
    if moved:
        raise EstimationError(
            f"the cluster '{cluster}' changes within {plural(moved, 'unit')}.",
            fix="Use clusters that a unit does not change.",
            code="CLUSTER-CHANGES",
        )
    # without covariates a column of ones, which takes no memory
    x = settled_columns(design(whole, covariates)[1]).z if covariates else np.broadcast_to(1.0, (len(whole), 1))
    keep = start > 0
    part: NDArray[np.bool_] | slice = slice(None) if keep.all() else keep  # a slice makes no copy
    free = every.loc[_never(every, first_treated, treatment), panel_id].dropna().unique() if lost else ()
    return PanelData(
        y=y.reshape(shape)[part],
        x=x.reshape((-1, n_periods, x.shape[1]))[part],
        start=start[keep],
        times=times,
        clusters=np.unique(groups[keep, 0], return_inverse=True)[1].astype(np.int64),
        n_incomplete=lost,
        n_always=int((~keep).sum()),
        units=np.asarray(whole[panel_id])[::n_periods][keep],
        n_free_lost=int((~pd.Index(free).isin(whole[panel_id])).sum()) if lost else 0,
    )


def _of_blocks(found: PanelBlocks, y: Array) -> PanelData:
    keep = found.start > 0
    part: NDArray[np.bool_] | slice = slice(None) if keep.all() else keep
    table = y.reshape(len(found.units), -1)[part]
    return PanelData(
        y=table,
        x=np.broadcast_to(1.0, (*table.shape, 1)),
        start=found.start[part],
        times=found.times,
        clusters=found.clusters if keep.all() else np.unique(found.clusters[keep], return_inverse=True)[1],
        n_incomplete=0,
        n_always=int((~keep).sum()),
        units=found.units[part],
    )


def _placed(place: NDArray[np.intp], use: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Positions of the rows in use, by unit and period."""
    at = np.flatnonzero(use)
    return at[np.argsort(place[at], kind="stable")]


def _never(rows: pd.DataFrame, first_treated: str | None, treatment: str | None) -> NDArray[np.bool_]:
    """Rows of units without a start, whether or not they are complete."""
    if first_treated:
        said = rows[first_treated]
        return (said.isna() | ((said == 0) if pd.api.types.is_numeric_dtype(said) else False)).to_numpy()
    on = as_numbers(rows[str(treatment)])
    return np.zeros(len(rows), bool) if on is None else ~(on > 0)


def _from_switch(rows: pd.DataFrame, name: str, shape: tuple[int, int]) -> NDArray[np.int64]:
    d = numbers(rows, name).reshape(shape)
    other = int((~np.isin(d, (0.0, 1.0))).sum())
    if other:
        raise EstimationError(
            f"column '{name}' holds {plural(other, 'value')} other than 0 and 1.", fix="Code it 0/1.", code="NOT-BINARY"
        )
    back = int((np.diff(d, axis=1) < 0).any(axis=1).sum())
    if back:
        raise EstimationError(
            f"the treatment switches back in {plural(back, 'unit')}: these estimators need one that stays once it "
            "starts.",
            fix="Restrict the panel to the periods before the switch, or leave these units out with a reason.",
            code="TREATMENT-REVERSES",
        )
    return np.where(d.any(axis=1), d.argmax(axis=1), NEVER).astype(np.int64)


def _from_start(rows: pd.DataFrame, name: str, times: NDArray[np.generic], shape: tuple[int, int]) -> NDArray[np.int64]:
    said = rows[name]
    never = said.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(said):
        value = said.to_numpy(dtype=np.float64, na_value=np.inf)
        never = never | np.isinf(value) | (value == 0)
        each = np.where(never, 0.0, value).reshape(shape)
        if len(times) and (each[:, 1:] == each[:, :-1]).all():  # the usual case: one look a unit is enough
            position = np.searchsorted(times, each[:, 0])
            return np.where((each[:, 0] == 0) | (position >= len(times)), NEVER, position).astype(np.int64)
    comparable = said.where(~never, times[0])
    try:
        comparable = comparable.astype(rows.dtypes.iloc[1]) if not pd.api.types.is_numeric_dtype(said) else comparable
        position = np.searchsorted(times, np.asarray(comparable))
    except (TypeError, ValueError):
        raise EstimationError(
            f"column '{name}' cannot be compared with the periods: expected the same kind of value.",
            fix="Write the first treated period in the same form as the period, missing or 0 for never.",
            code="TREATMENT-KIND",
        ) from None
    start = np.where(never | (position >= len(times)), NEVER, position).astype(np.int64).reshape(shape)
    changed = int((start != start[:, :1]).any(axis=1).sum())
    if changed:
        raise EstimationError(
            f"column '{name}' changes within {plural(changed, 'unit')}: a unit's treatment starts once.",
            fix="Set the same start in every row of a unit.",
            code="TREATMENT-REVERSES",
        )
    return np.asarray(start[:, 0])
