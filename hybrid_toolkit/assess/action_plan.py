"""The improvement plan: actions with an owner, a date, a measure and a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from hybrid_toolkit.assess.checklist import load_checklist
from hybrid_toolkit.assess.gaps import Gap, suggest_actions
from hybrid_toolkit.assess.maturity import OWN_ITEM
from hybrid_toolkit.assess.roles import check_role
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.specs.registry import REGISTRY, find_metrics

DUE_SOON_DAYS = 30
"""Days before its date from which an action is due."""
STANDINGS = ("overdue", "due", "open", "done")


@dataclass(frozen=True, slots=True)
class Action:
    """One action.

    Parameters
    ----------
    id : int
        Number of the action in its plan, from 1.
    words : str
        What is to be done; no personal detail.
    owner : str
        A role, never a name.
    due : date
        Day by which it is to be done.
    measure : str, optional
        Id of the metric that should move; empty where nothing measures it.
    baseline : float | None, optional
        The metric before the action, as released.
    baseline_on : date | None, optional
        When it was measured.
    started : date | None, optional
        First day of the change, from which the measure is judged.
    done : date | None, optional
        Day on which it was done; None while it is open.
    gap : str, optional
        Id of the prompt that it answers.
    seed : str, optional
        Id of the action it was taken from.

    Raises
    ------
    UsageError
        No words, an unknown role, metric or prompt, or dates out of order.

    Examples
    --------
    >>> action = Action(1, "Agree breaks between meetings.", "supervisor", date(2026, 3, 31))
    >>> action.standing(date(2026, 4, 15))
    'overdue'
    """

    id: int
    words: str
    owner: str
    due: date
    measure: str = ""
    baseline: float | None = None
    baseline_on: date | None = None
    started: date | None = None
    done: date | None = None
    gap: str = ""
    seed: str = ""

    def __post_init__(self) -> None:
        check_role(self.owner)
        if self.measure:
            find_metrics(self.measure)
            if not REGISTRY[self.measure].computed:
                raise UsageError(
                    "that metric is not computed.",
                    fix="Choose a metric that catalogue() lists as computed.",
                    code="PLAN-MEASURE",
                )
        if self.gap and not self.gap.startswith(OWN_ITEM):
            load_checklist("conditions").item(self.gap)
        if self.seed:
            load_checklist("actions").item(self.seed)
        if not self.words.strip():
            raise UsageError("an action says what is to be done.", fix="Write it in a few words.", code="PLAN-WORDS")
        if self.started is not None and self.done is not None and self.done < self.started:
            raise UsageError("an action is done before it starts.", fix="Check the two dates.", code="PLAN-DATES")

    def standing(self, today: date) -> str:
        """``done``, ``overdue``, ``due`` (within 30 days) or ``open``.

        Parameters
        ----------
        today : date
            The day that counts as today.

        Returns
        -------
        str
            ``done``, ``overdue``, ``due`` (within 30 days) or ``open``.

        Examples
        --------
        >>> action = Action(1, "Agree breaks between meetings.", "supervisor", date(2026, 3, 31))
        >>> [action.standing(date(2026, m, 15)) for m in (1, 3, 4)]
        ['open', 'due', 'overdue']
        """
        if self.done is not None and self.done <= today:
            return "done"
        if self.due < today:
            return "overdue"
        return "due" if self.due - today <= timedelta(days=DUE_SOON_DAYS) else "open"


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """An improvement plan.

    Parameters
    ----------
    actions : tuple[Action, ...], optional
        In the order in which they were agreed.
    title : str, default "Improvement plan"
        What it is a plan for; no personal detail.

    Raises
    ------
    UsageError
        Two actions of one number.

    Examples
    --------
    >>> plan = ActionPlan().add("Agree breaks.", "supervisor", date(2026, 3, 31), measure="back_to_back_share")
    >>> plan.standing(date(2026, 4, 1)), plan.mark_done(1, date(2026, 4, 2)).standing(date(2026, 4, 3))
    ({'overdue': 1}, {'done': 1})
    """

    actions: tuple[Action, ...] = ()
    title: str = "Improvement plan"

    def __post_init__(self) -> None:
        if len({a.id for a in self.actions}) != len(self.actions):
            raise UsageError(
                "two actions have one number.",
                fix="Change the numbers to 1, 2, 3 ..., each used once.",
                code="PLAN-TWICE",
            )

    def action(self, number: int) -> Action:
        """One action by number.

        Parameters
        ----------
        number : int
            Number of the action in the plan.

        Returns
        -------
        Action
            One action by number.

        Raises
        ------
        UsageError
            There is none.
        """
        found = next((a for a in self.actions if a.id == number), None)
        if found is None:
            raise UsageError(
                f"the plan has no action {number}.",
                fix=f"Use one of: {', '.join(str(a.id) for a in self.actions) or 'none yet'}.",
                code="PLAN-ACTION",
            )
        return found

    def add(
        self,
        words: str,
        owner: str,
        due: date,
        *,
        measure: str = "",
        baseline: float | None = None,
        baseline_on: date | None = None,
        started: date | None = None,
        gap: str = "",
        seed: str = "",
    ) -> ActionPlan:
        """The plan with one more action; raises as ``Action``.

        Parameters
        ----------
        words : str
            What is to be done.
        owner : str
            Role that does it, never a name.
        due : date
            Day by which it is done.
        measure : str, optional
            Id of the metric that should change.
        baseline : float | None, optional
            Value of the metric before the change.
        baseline_on : date | None, optional
            Day on which the baseline was measured.
        started : date | None, optional
            Day on which the change started.
        gap : str, optional
            Id of the gap that the action responds to.
        seed : str, optional
            Id of the question behind it.

        Returns
        -------
        ActionPlan
            The plan with one more action; raises as ``Action``.
        """
        number = max((a.id for a in self.actions), default=0) + 1
        made = Action(
            number, words.strip(), owner, due, measure, baseline, baseline_on, started, gap=gap, seed=seed
        )  # fmt: skip
        return replace(self, actions=(*self.actions, made))

    def change(self, action: Action) -> ActionPlan:
        """The plan with an action in the place of the one of the same number; raises as ``action``.

        Parameters
        ----------
        action : Action
            The action as it should be, with the number of the one it replaces.

        Returns
        -------
        ActionPlan
            The plan with an action in the place of the one of the same number; raises as ``action``.
        """
        self.action(action.id)
        return replace(self, actions=tuple(action if a.id == action.id else a for a in self.actions))

    def mark_done(self, number: int, on: date) -> ActionPlan:
        """The plan with one action done on a day; raises as ``action``.

        Parameters
        ----------
        number : int
            Number of the action in the plan.
        on : date
            Day on which it was done.

        Returns
        -------
        ActionPlan
            The plan with one action done on a day; raises as ``action``.
        """
        return self.change(replace(self.action(number), done=on))

    def without(self, number: int) -> ActionPlan:
        """The plan without one action; raises as ``action``.

        Parameters
        ----------
        number : int
            Number of the action in the plan.

        Returns
        -------
        ActionPlan
            The plan without one action; raises as ``action``.
        """
        gone = self.action(number)
        return replace(self, actions=tuple(a for a in self.actions if a is not gone))

    def standing(self, today: date) -> dict[str, int]:
        """How many actions are overdue, due, open and done on a day; those that none are left out.

        Parameters
        ----------
        today : date
            The day that counts as today.

        Returns
        -------
        dict[str, int]
            How many actions are overdue, due, open and done on a day; those that none are left out.
        """
        counts = pd.Series([a.standing(today) for a in self.actions], dtype="str").value_counts()
        return {s: int(counts[s]) for s in STANDINGS if s in counts}

    def summary(self, today: date) -> str:
        """Prose: how many actions, how many overdue, and what has no measure.

        Parameters
        ----------
        today : date
            The day that counts as today.

        Returns
        -------
        str
            Prose: how many actions, how many overdue, and what has no measure.
        """
        if not self.actions:
            return "No action yet."
        many = f"{len(self.actions)} action{'s' if len(self.actions) > 1 else ''}"
        said = ", ".join(f"{n} {s}" for s, n in self.standing(today).items())
        bare = sum(not a.measure for a in self.actions)
        return f"{many} on {today.day} {today:%B %Y}: {said}." + (f" {bare} without a measure." if bare else "")


def draft_plan(gaps: Sequence[Gap], *, owner: str, due: date, title: str = "Improvement plan") -> ActionPlan:
    """A first plan: one action a gap, to be talked over and changed.

    Each takes the first action of the source that helps with its condition and no other gap has taken, or names the
    gap itself; its measure is the first metric that speaks to the prompt.

    Parameters
    ----------
    gaps : Sequence[Gap]
        What has something to do.
    owner : str
        Role that answers for each action.
    due : date
        The day by which each is to be done.
    title : str, default "Improvement plan"
        Title of the plan.

    Returns
    -------
    ActionPlan
        A first plan: one action a gap, to be talked over and changed.

    Raises
    ------
    UsageError
        An unknown role.

    Examples
    --------
    >>> gap = Gap("S0-C6.1", "Problems are mapped.", "S0-C6", "low", 1.0, 0, 1, ("access_meets_share",))
    >>> draft_plan([gap], owner="it", due=date(2026, 6, 30)).actions[0].seed
    'S3-A5'
    """
    plan, taken = ActionPlan(title=title), set[str]()
    for gap in gaps:
        free = next((a for a in suggest_actions(gap) if a.id not in taken), None)
        if free is not None:
            taken.add(free.id)
        words = free.text if free is not None else f"Agree what would close this gap: {gap.text}"
        ready = [m for m in gap.metrics if REGISTRY[m].computed]
        seed = free.id if free is not None else ""
        plan = plan.add(words, owner, due, measure=ready[0] if ready else "", gap=gap.item, seed=seed)
    return plan
