"""The face of a design, and the linear core that the first designs share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns, Setting
from hybrid_toolkit.designs.validate_rows import determined, not_alone, plain_rows, validate_rows
from hybrid_toolkit.errors import CoverageError, EstimationError, HybridToolkitError, MeasureError
from hybrid_toolkit.models import Column, Interaction, Term, as_term, fit_linear
from hybrid_toolkit.result import Check

STOPPED_SHORT = "The fit did not converge: do not use it."
CheckOf: TypeAlias = Callable[[pd.DataFrame, DesignFit], Check | None]
FitOf: TypeAlias = Callable[[pd.DataFrame, ModelColumns], DesignFit]
RowsOf: TypeAlias = Callable[[pd.DataFrame, DesignFit], pd.DataFrame | None]


def terms_of(frame: pd.DataFrame, plan: ModelColumns, extra: Sequence[str] = ()) -> list[Term]:
    """The terms of a plan: exposure, moderator and their product, confounders, extra columns.

    With the setting ``held_by_group = "yes"`` what is held constant has a slope of its own in each group of the
    moderator: a difference in slope is otherwise mixed with the difference in theirs. What never varies within a unit
    that is compared with itself is held by that comparison and is no term; ``held_by_comparison`` names it.
    """
    gone = held_by_comparison(frame, plan, (plan.moderator, *plan.confounders, *extra))
    held = [as_term(frame, c) for c in (*plan.confounders, *extra) if c not in gone]
    if not plan.moderator:
        return [Column(plan.exposure), *held]
    x, m = Column(plan.exposure), Column(plan.moderator)
    by_group = plan.setting("held_by_group", "no") == "yes"
    own = [Interaction(h, m) for h in held if isinstance(h, Column)] if by_group else []
    return [x, *([] if plan.moderator in gone else [m]), Interaction(x, m), *held, *own]


def held_by_comparison(frame: pd.DataFrame, plan: ModelColumns, columns: Sequence[str]) -> tuple[str, ...]:
    """Those of the columns that never vary within a level of one of the plan's fixed effects.

    Examples
    --------
    >>> visits = pd.DataFrame({"family": list("aabb"), "rural": [1, 1, 0, 0], "remote": [0, 1, 0, 1]})
    >>> plan = ModelColumns("engaged", "remote", "team", fixed_effects=("family",))
    >>> held_by_comparison(visits, plan, ("rural", "remote"))
    ('rural',)
    """
    if not plan.fixed_effects:
        return ()
    levels = [pd.factorize(frame[unit])[0] for unit in plan.fixed_effects]
    return tuple(c for c in dict.fromkeys(columns) if c and any(_constant(frame[c], at) for at in levels))


def _constant(values: pd.Series, level: NDArray[np.intp]) -> bool:
    """Whether the values that are known are the same within each level, and not the same in all."""
    value = pd.factorize(values)[0]
    there = (value >= 0) & (level >= 0)
    value, level = value[there], level[there]
    if not len(value) or value.max() == 0:
        return False
    one = np.zeros(level.max() + 1, dtype=np.intp)
    one[level] = value
    return bool((one[level] == value).all())


def fit_plan(frame: pd.DataFrame, plan: ModelColumns, *, extra: Sequence[str] = (), focus: str = "") -> DesignFit:
    """One linear fit of a plan; ``focus`` names another coefficient than the plan's target.

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    plan : ModelColumns
        The columns of the fit.
    extra : Sequence[str], optional
        Columns that are added to the model.
    focus : str, optional
        Column whose coefficient is read; the exposure by default.

    Returns
    -------
    DesignFit
        One linear fit of a plan; ``focus`` names another coefficient than the plan's target. See ``terms_of`` on
        what a fixed effect holds already.
    """
    fit = fit_linear(
        frame,
        outcome=plan.outcome,
        terms=terms_of(frame, plan, extra),
        fixed_effects=plan.fixed_effects,
        cluster=plan.cluster,
        instruments=plan_instruments(plan),
        conf_level=plan.conf_level,
    )
    name = focus or plan.target
    return DesignFit(plan, fit.combine({name: 1.0}, term=name, unit=plan.unit), fit)


def unadjusted_fit(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The same contrast over all rows at once: unadjusted, without a correction for measurement error.

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    plan : ModelColumns
        Columns and settings of the study.

    Returns
    -------
    DesignFit
        The same contrast over all rows at once: nothing held constant, no correction for measurement error.
    """
    first = plan.instruments[0] if plan.instruments else plan.exposure
    return fit_plan(frame, replace(plan, exposure=first, confounders=(), fixed_effects=(), instruments=()))


def plan_instruments(plan: ModelColumns) -> dict[str, list[Term]] | None:
    """The instruments of a plan, for its exposure and for the product with its moderator; None without any."""
    if not plan.instruments:
        return None
    stand_in: list[Term] = [Column(c) for c in plan.instruments]
    if not plan.moderator:
        return {plan.exposure: stand_in}
    products: list[Term] = [Interaction(Column(c), Column(plan.moderator)) for c in plan.instruments]
    return {plan.exposure: stand_in, plan.target: products}


@dataclass(frozen=True)
class Design:
    """What a design estimates, what it assumes, what checks it.

    Parameters
    ----------
    id : str
        Short name.
    title : str
        The name in words.
    grade : str
        The strongest words it can carry when every check holds.
    estimand : str
        What it estimates, in words.
    assumptions : tuple[str, ...]
        What must hold, in words.
    identifies : tuple[str, ...]
        Kinds of estimand, of ``hybrid_toolkit.designs.KINDS``.
    needs : tuple[str, ...]
        Fields of a study that must be given, such as ``"fixed_effects"`` or ``"first_treated"``.
    check_list : tuple[CheckOf, ...]
        Functions of frame and fit, a ``Check`` each or None where they do not apply.
    supplementary : tuple[RowsOf, ...]
        Functions of frame and fit that give tidy rows beside the estimate, with a ``role``.
    fit_with : FitOf, optional
        Frame and plan in, the estimate out; what a diagnosis repeats.
    unadjusted_with : FitOf, optional
        The same for what an unadjusted comparison would say.
    settings : Mapping[str, tuple[Setting, ...]], optional
        The design's own settings with the values each may take; the first is the default. An empty tuple means any
        number.
    over_clusters : bool, default True
        Its interval is learned from clusters, so that one on a side is refused; False where the design is made for one
        changed unit.
    outcome_kinds : tuple[str, ...], optional
        Kinds of value, of ``VALUE_KINDS``, that the outcome may have; any where empty.
    exposure_kinds : tuple[str, ...], optional
        The same for the exposure.
    stated : Mapping[str, Setting], optional
        Settings that a study must make, since nothing in the data shows them: the order of a roll-out was drawn.
    leaves_aside : tuple[str, ...], optional
        Of a study's ``confounders``, ``fixed_effects`` and ``instruments``, those with which its estimate does not
        change; a study that gives one is refused. Most designs use no instruments.

    Examples
    --------
    >>> from hybrid_toolkit.designs import DESIGNS
    >>> design = DESIGNS["cross-sectional"]
    >>> design.grade, design.identifies, len(design.assumptions)
    ('associational', ('slope', 'slope-gap'), 3)
    """

    id: str
    title: str
    grade: str
    estimand: str
    assumptions: tuple[str, ...]
    identifies: tuple[str, ...]
    needs: tuple[str, ...]
    check_list: tuple[CheckOf, ...]
    supplementary: tuple[RowsOf, ...]
    fit_with: FitOf = fit_plan
    unadjusted_with: FitOf = unadjusted_fit
    settings: Mapping[str, tuple[Setting, ...]] = field(default_factory=dict)
    over_clusters: bool = True
    outcome_kinds: tuple[str, ...] = ()
    exposure_kinds: tuple[str, ...] = ()
    stated: Mapping[str, Setting] = field(default_factory=dict)
    leaves_aside: tuple[str, ...] = ("instruments",)

    def fit(self, frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
        """The estimate alone: what a diagnosis repeats.

        Parameters
        ----------
        frame : pd.DataFrame
            One row a unit.
        plan : ModelColumns
            The columns of the fit.

        Returns
        -------
        DesignFit
            The estimate alone: what a diagnosis repeats.

        Raises
        ------
        EstimationError
            The data cannot carry the model, or (``ONE-CLUSTER``) one cluster carries the answer.
        CoverageError
            A column is not there.
        """
        rows = self._ready(frame, plan)
        fit = determined(self.fit_with(rows, plan), rows)
        return not_alone(fit, rows) if self.over_clusters else fit

    def unadjusted(self, frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
        """What an unadjusted comparison of all rows would say; raises as ``fit``.

        Parameters
        ----------
        frame : pd.DataFrame
            The data frame.
        plan : ModelColumns
            Columns and settings of the study.

        Returns
        -------
        DesignFit
            What an unadjusted comparison of all rows would say; raises as ``fit``.
        """
        return self.unadjusted_with(self._ready(frame, plan), plan)

    def _ready(self, frame: pd.DataFrame, plan: ModelColumns) -> pd.DataFrame:
        if plan.moderator and not any(kind.endswith("-gap") for kind in self.identifies):
            raise EstimationError(
                f"design '{self.id}' takes no moderator.",
                fix="Run it on each group, or use a design that estimates a gap between groups.",
                code="MODERATOR",
            )
        return validate_rows(frame, plan, self.needs)

    def checks(self, frame: pd.DataFrame, fit: DesignFit) -> tuple[Check, ...]:
        """Every check that applies, each with a verdict; one that could not be run says why.

        Parameters
        ----------
        frame : pd.DataFrame
            One row a unit.
        fit : DesignFit
            What ``fit`` gave.

        Returns
        -------
        tuple[Check, ...]
            Every check that applies, each with a verdict; one that could not be run says why.
        """
        rows = plain_rows(frame, fit.plan)
        found = tuple(c for check in self.check_list if (c := _tried(check, rows, fit)) is not None)
        told = fit.fit.converged or any(c.name == "convergence" for c in found)
        return found if told else (Check("convergence", False, STOPPED_SHORT), *found)

    def rows_beside(self, frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
        """Slopes, sensitivity fits and the naive estimate: tidy columns and ``role``.

        Parameters
        ----------
        frame : pd.DataFrame
            One row a unit.
        fit : DesignFit
            What ``fit`` gave.

        Returns
        -------
        pd.DataFrame
            Slopes, sensitivity fits and the naive estimate: tidy columns and ``role``.
        """
        return self.rows_and_missing(frame, fit)[0]

    def rows_and_missing(self, frame: pd.DataFrame, fit: DesignFit) -> tuple[pd.DataFrame, Check | None]:
        """The rows beside the estimate, and which of them these data could not carry, with the reason.

        Parameters
        ----------
        frame : pd.DataFrame
            One row a unit.
        fit : DesignFit
            What ``fit`` gave.

        Returns
        -------
        tuple[pd.DataFrame, Check | None]
            The rows beside the estimate, and which of them these data could not carry, with the reason.
        """
        rows, parts, lost = plain_rows(frame, fit.plan), [], []
        for make in self.supplementary:
            try:
                made = make(rows, fit)
            except NOT_CARRIED as error:
                lost.append(f"{_name(make)}, since {_reason(error)}")
                continue
            if made is not None:
                parts.append(made)
        told = Check("rows beside", None, f"These rows could not be shown: {'; '.join(lost)}.") if lost else None
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), told


NOT_CARRIED = (EstimationError, CoverageError, MeasureError)
"""What the data may fail to carry without the estimate itself being in doubt."""


def _name(function: CheckOf | RowsOf) -> str:
    return function.__name__.removeprefix("check_").replace("_", " ")


def _reason(error: HybridToolkitError) -> str:
    return f"{rounded_counts(error.message.rstrip('.'))} ({error.code})"


SMALL = 10
"""A count below this is told as 'fewer than 10'."""
STEP_OF_COUNTS, _PER_CENT = 5, 0.01
_PERSONS = ("worker_id", "family_id", "child_id", "person_id", "participant_id")
_WHOLE_UNITS = ("team_id", "la_id")
_OF = re.compile(r"(?<![\w.,])(\d[\d,]*) of (\d[\d,]*)(?![\w.,%]*\d)")
_COUNTED = re.compile(r"(?<![\w.,])([1-9][\d,]*) (?=rows?\b|workers?\b|people\b|famil|child|contacts?\b)")


def rounded_counts(text: str) -> str:
    """The message of an error as a check may quote it: its counts of rows and people as counts are rounded.

    Examples
    --------
    >>> rounded_counts("242 of 242 answered"), rounded_counts("3 of 242 rows have no team")
    ('240 of 240 answered', 'fewer than 10 of 240 rows have no team')
    """

    def told(number: str) -> str:
        count = int(number.replace(",", ""))
        return f"fewer than {SMALL}" if 0 < count < SMALL else f"{STEP_OF_COUNTS * round(count / STEP_OF_COUNTS):,}"

    paired = _OF.sub(lambda m: f"{told(m[1])} of {told(m[2])}", text)
    return _COUNTED.sub(lambda m: f"{told(m[1])} ", paired)


def share_told(share: float, frame: pd.DataFrame, plan: ModelColumns | None = None) -> str:
    """A share of rows at the head of a sentence, from which no few people follow: in steps of five, its ends as bounds.

    Parameters
    ----------
    share : float
        From 0 to 1.
    frame : pd.DataFrame
        The rows; people are counted where a column names them.
    plan : ModelColumns | None, optional
        Of the fit. Where each row is a whole team or authority at one time, it is nobody's, and told to one per cent.

    Examples
    --------
    >>> rows = pd.DataFrame({"worker_id": range(60)})
    >>> [share_told(s, rows) for s in (0.0, 0.493, 58 / 60)], share_told(0.493, pd.DataFrame(index=range(800)))
    (['Under 17%', 'About 50%', 'Over 83%'], '49%')
    """
    people = min((int(frame[c].nunique()) for c in _PERSONS if c in frame), default=len(frame))
    least, step = SMALL / max(people, 1), max(_PER_CENT, STEP_OF_COUNTS / max(people, 1))
    if plan is not None and plan.panel_id in _WHOLE_UNITS and not frame.duplicated([plan.panel_id, plan.time]).any():
        return f"{share:.0%}"
    if people < 2 * SMALL:
        return "Some"
    if share < least:
        return f"Under {math.ceil(100 * least)}%"
    if share > 1 - least:
        return f"Over {math.floor(100 * (1 - least))}%"
    return f"{'' if step <= _PER_CENT else 'About '}{step * round(share / step):.0%}"


def _tried(check: CheckOf, frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    try:
        return check(frame, fit)
    except NOT_CARRIED as error:
        return Check(_name(check), None, f"This check could not be run: {_reason(error)}.")
