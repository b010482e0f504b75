"""How mature each of the nine conditions is (MA4), from several raters in different roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import median

import pandas as pd

from hybrid_toolkit.assess.checklist import Checklist, load_checklist
from hybrid_toolkit.assess.roles import check_role, role_words
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.specs.registry import find_metrics
from hybrid_toolkit.result import TIDY_COLUMNS

LEVELS: Mapping[str, int] = {"none": 0, "emerging": 1, "established": 2, "evidenced": 3}
"""Level -> its number."""
OWN_ITEM = "own-"
"""How the id of a prompt begins that a service added itself; the assessment says which there are."""
MIN_RATERS = 3
"""Raters below which no level is given (measurement specification, MA4)."""
CAVEAT = (
    "This scale was made for this toolkit and has not been validated. Use it for discussion within one service. Do "
    "not use it to score or compare services or teams."
)
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rater answered to one prompt.

    Parameters
    ----------
    item : str
        Id of the prompt, such as ``S0-C1.1``.
    role : str
        Role of the rater.
    level : str
        ``none``, ``emerging``, ``established`` or ``evidenced``.
    number : int, default 1
        Number of the rater, where several people share the role.
    evidence : str, optional
        What shows it, in words or as a link; no personal detail.
    on : date | None, optional
        Day of the answer.

    Raises
    ------
    UsageError
        A prompt, role or level that does not exist; ``evidenced`` without evidence.

    Examples
    --------
    >>> Answer("S0-C6.1", "practitioner", "emerging").rater
    ('practitioner', 1)
    """

    item: str
    role: str
    level: str
    number: int = 1
    evidence: str = ""
    on: date | None = None

    def __post_init__(self) -> None:
        if not self.item.startswith(OWN_ITEM):
            load_checklist("conditions").item(self.item)
        check_role(self.role)
        if self.level not in LEVELS:
            raise UsageError("that is not a level.", fix=f"Use one of: {', '.join(LEVELS)}.", code="ANSWER-UNKNOWN")
        if self.number < 1:
            raise UsageError("a rater's number starts at 1.", fix="Use 1, 2, 3 ...", code="ANSWER-RATER")
        if self.level == "evidenced" and not self.evidence.strip():
            raise UsageError(
                "'evidenced' needs the evidence, in words or as a link.",
                fix="Describe the evidence or add a link, or answer 'established'.",
                code="ANSWER-EVIDENCE",
            )

    @property
    def rater(self) -> tuple[str, int]:
        """Role and number."""
        return self.role, self.number


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answers of every rater, and what the service itself aims for.

    Parameters
    ----------
    answers : tuple[Answer, ...], optional
        One a rater and prompt.
    targets : Mapping[str, float], optional
        Metric id -> the value that the service aims for, set by the service; there is no default.
    listed : Checklist, optional
        The conditions with their prompts, where the service added some of its own.

    Raises
    ------
    UsageError
        A rater answered a prompt twice, or an aim for a metric that does not exist.

    Examples
    --------
    >>> said = Assessment().put(Answer("S0-C6.1", "practitioner", "emerging"))
    >>> said.target("choice_honoured", 0.9).targets["choice_honoured"], len(said.raters)
    (0.9, 1)
    """

    answers: tuple[Answer, ...] = ()
    targets: Mapping[str, float] = field(default_factory=dict)
    listed: Checklist = field(default_factory=lambda: load_checklist("conditions"))

    def __post_init__(self) -> None:
        for item in {a.item for a in self.answers}:
            self.listed.item(item)
        if len({(a.rater, a.item) for a in self.answers}) != len(self.answers):
            raise UsageError("a rater answered a prompt twice.", fix="Keep one answer.", code="ANSWER-TWICE")
        find_metrics(list(self.targets))

    @property
    def raters(self) -> tuple[tuple[str, int], ...]:
        """Every rater, in the order in which they first answered."""
        return tuple(dict.fromkeys(a.rater for a in self.answers))

    def put(self, answer: Answer) -> Assessment:
        """The assessment with one answer added, or in the place of the one that was there.

        Parameters
        ----------
        answer : Answer
            The answer.

        Returns
        -------
        Assessment
            The assessment with one answer added, or in the place of the one that was there.
        """
        held = {(a.rater, a.item): a for a in self.answers} | {(answer.rater, answer.item): answer}
        return replace(self, answers=tuple(held.values()))

    def without(self, role: str, number: int = 1) -> Assessment:
        """The assessment without one rater.

        Parameters
        ----------
        role : str
            Role of the rater who goes.
        number : int, default 1
            Number of the rater who goes.

        Returns
        -------
        Assessment
            The assessment without one rater.
        """
        return replace(self, answers=tuple(a for a in self.answers if a.rater != (role, number)))

    def target(self, metric: str, value: float | None) -> Assessment:
        """The assessment with the service's own target for a metric; None takes it away.

        Parameters
        ----------
        metric : str
            Id of the metric.
        value : float | None
            What the service aims for; None for no target.

        Returns
        -------
        Assessment
            The assessment with the service's own aim for a metric; None takes it away.
        """
        rest = {k: v for k, v in self.targets.items() if k != metric}
        return replace(self, targets=rest if value is None else rest | {metric: float(value)})

    def levels(self, item: str) -> dict[tuple[str, int], int]:
        """Rater -> level of one prompt.

        Parameters
        ----------
        item : str
            Id of the prompt.

        Returns
        -------
        dict[tuple[str, int], int]
            Rater -> level of one prompt.
        """
        return {a.rater: LEVELS[a.level] for a in self.answers if a.item == item}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition.

    Parameters
    ----------
    id : str
        Id of the condition.
    title : str
        Title of the condition.
    level : float
        Median over raters, 0 to 3; missing with fewer than three raters.
    by_role : Mapping[str, float]
        Role -> median over its raters.
    n_raters : int
        Raters who answered at least half of its prompts.
    n_evidence : int
        Answers to its prompts that name evidence.
    """

    id: str
    title: str
    level: float
    by_role: Mapping[str, float]
    n_raters: int
    n_evidence: int

    @property
    def spread(self) -> float:
        """Highest less lowest role; missing with fewer than three raters."""
        known = [*self.by_role.values()]
        return max(known) - min(known) if known and self.level == self.level else _NAN

    @property
    def spread_words(self) -> str:
        """What each role answered, in words."""
        return "; ".join(f"{role_words(r)} {v:g}" for r, v in self.by_role.items())


@dataclass(frozen=True, slots=True)
class Maturity:
    """The nine conditions, in their own order and never ranked.

    Parameters
    ----------
    conditions : tuple[Condition, ...]
        The nine conditions, in their own order.
    n_raters : int
        Number of raters.

    Examples
    --------
    >>> three = [("practitioner", "none"), ("supervisor", "emerging"), ("senior_leader", "established")]
    >>> said = tuple(Answer("S0-C6.1", role, level) for role, level in three)
    >>> found = rate_conditions(Assessment(said))
    >>> found.n_raters, len(found.conditions)
    (3, 9)
    """

    conditions: tuple[Condition, ...]
    n_raters: int

    def tidy(self) -> pd.DataFrame:
        """One row a condition: its median level; no interval is given for a handful of raters.

        Returns
        -------
        pd.DataFrame
            One row a condition: its median level; no interval is given for a handful of raters.
        """
        rows = [(c.id, c.level, _NAN, _NAN, _NAN, _NAN, c.n_raters, "rating 0-3") for c in self.conditions]
        return pd.DataFrame(rows, columns=list(TIDY_COLUMNS))

    def glance(self) -> pd.DataFrame:
        """One row: raters, conditions with a level, conditions without, the rule.

        Returns
        -------
        pd.DataFrame
            One row: raters, conditions with a level, conditions without, the rule.
        """
        known = sum(c.level == c.level for c in self.conditions)
        return pd.DataFrame(
            {
                "n": [self.n_raters],
                "n_missing": [len(self.conditions) - known],
                "method": [
                    f"median over raters, at least {MIN_RATERS}; a rater's own level is the median over prompts"
                ],
                "converged": [True],
            }
        )

    def summary(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        known = [c for c in self.conditions if c.level == c.level]
        people = {0: "No one has", 1: "1 person has"}.get(self.n_raters, f"{self.n_raters} people have")
        if not known:
            return f"{people} answered. Levels are shown once {MIN_RATERS} people have answered. {CAVEAT}"
        low = sum(c.level < LEVELS["established"] for c in known)
        apart = sum(c.spread >= 2 for c in known)
        return (
            f"{people} answered; {len(known)} of {len(self.conditions)} conditions "
            f"{'has' if len(known) == 1 else 'have'} a level, {low} of them below "
            f"'established', and in {apart} roles differ by two levels or more. {CAVEAT}"
        )


def rate_conditions(assessment: Assessment) -> Maturity:
    """The level of each condition (MA4).

    A rater's level of a condition is the median over the prompts answered, given for those who answered at least
    half of them; the condition's level is the median over raters, given from three raters on.

    Parameters
    ----------
    assessment : Assessment
        The answers.

    Returns
    -------
    Maturity
        The level of each condition (MA4).

    Examples
    --------
    >>> three = [("practitioner", "none"), ("supervisor", "emerging"), ("senior_leader", "established")]
    >>> said = [Answer(f"S0-C6.{i}", role, level) for role, level in three for i in (1, 2)]
    >>> sixth = rate_conditions(Assessment(tuple(said))).conditions[5]
    >>> sixth.title, sixth.level, sixth.spread, sixth.n_raters
    ('Digital systems', 1.0, 2.0, 3)
    """
    found = []
    for part in assessment.listed.parts:
        items = [i.id for i in part.items]
        own: dict[tuple[str, int], float] = {}
        for rater in assessment.raters:
            given = [LEVELS[a.level] for a in assessment.answers if a.rater == rater and a.item in items]
            if 2 * len(given) >= len(items):
                own[rater] = float(median(given))
        roles = dict.fromkeys(role for role, _ in own)
        by_role = {r: float(median(v for (role, _), v in own.items() if role == r)) for r in roles}
        level = float(median(own.values())) if len(own) >= MIN_RATERS else _NAN
        evidence = sum(bool(a.evidence.strip()) for a in assessment.answers if a.item in items)
        found.append(Condition(part.id, part.title, level, by_role, len(own), evidence))
    return Maturity(tuple(found), len(assessment.raters))
