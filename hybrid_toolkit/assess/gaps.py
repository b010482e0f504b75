"""What the answers leave open, and what the data say beside what people believe."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from hybrid_toolkit.assess.actions import actions_at
from hybrid_toolkit.assess.checklist import ChecklistItem
from hybrid_toolkit.assess.maturity import LEVELS, MIN_RATERS, Assessment

APART = 2
"""Levels by which raters of one prompt differ so much that they should talk about it."""
_KINDS = {
    "low": "Below 'established'",
    "apart": "People see it differently",
    "no_evidence": "Believed to be in place, and no one named evidence",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One prompt with something to do.

    Parameters
    ----------
    item : str
        Id of the prompt.
    text : str
        The prompt.
    condition : str
        Condition it belongs to.
    kind : str
        A key of ``_KINDS``.
    level : float
        Median over raters.
    low : int
        The least that a rater gave.
    high : int
        The most that a rater gave.
    metrics : tuple[str, ...]
        Ids of the metrics that speak to it.

    Examples
    --------
    >>> gap = Gap("S0-C4.1", "Breaks are agreed.", "S0-C4", "low", 1.0, 0, 1, ("back_to_back_share",))
    >>> gap.words
    "Below 'established': median level 1, answers range from 0 to 1 (scale 0 to 3)"
    """

    item: str
    text: str
    condition: str
    kind: str
    level: float
    low: int
    high: int
    metrics: tuple[str, ...]

    @property
    def words(self) -> str:
        """Why it is a gap, in words."""
        alike = self.low == self.high
        span = f"all answers are {self.low}" if alike else f"answers range from {self.low} to {self.high}"
        return f"{_KINDS[self.kind]}: median level {self.level:g}, {span} (scale 0 to 3)"


def find_gaps(assessment: Assessment) -> tuple[Gap, ...]:
    """Prompts with something to do, in the order of the conditions; each with its first reason.

    A prompt is looked at from three raters on. Reasons in this order: its median is below ``established``; raters
    differ by two levels or more; it is believed to be in place but no rater named evidence.

    Parameters
    ----------
    assessment : Assessment
        The answers.

    Returns
    -------
    tuple[Gap, ...]
        Prompts with something to do, in the order of the conditions; each with its first reason.

    Examples
    --------
    >>> from hybrid_toolkit.assess.maturity import Answer
    >>> said = [("practitioner", "none"), ("supervisor", "established"), ("senior_leader", "established")]
    >>> [g.kind for g in find_gaps(Assessment(tuple(Answer("S0-C1.1", r, level) for r, level in said)))]
    ['apart']
    """
    listed, found = assessment.listed, []
    for item in listed.items:
        levels = [*assessment.levels(item.id).values()]
        if len(levels) < MIN_RATERS:
            continue
        middle, low, high = float(median(levels)), min(levels), max(levels)
        shown = any(a.evidence.strip() for a in assessment.answers if a.item == item.id)
        kind = "low" if middle < LEVELS["established"] else "apart" if high - low >= APART else ""
        kind = kind or ("" if shown else "no_evidence")
        if kind:
            where = listed.part_of(item.id).id
            found.append(Gap(item.id, item.text, where, kind, middle, low, high, item.metrics))
    return tuple(found)


def suggest_actions(gap: Gap, level: str = "") -> tuple[ChecklistItem, ...]:
    """Actions to choose from that help with the condition of a gap.

    Parameters
    ----------
    gap : Gap
        The gap.
    level : str, optional
        ``organisation``, ``team`` or ``person``, for the actions that can be done there; every one by default.

    Returns
    -------
    tuple[ChecklistItem, ...]
        Actions to choose from that help with the condition of a gap.

    Raises
    ------
    UsageError
        There is no level of that name.

    Examples
    --------
    >>> gap = Gap("S0-C4.1", "", "S0-C4", "low", 1.0, 0, 1, ())
    >>> [a.id for a in suggest_actions(gap)]
    ['S3-A9', 'S3-A10', 'S3-A13', 'S3-A17']
    """
    return tuple(a for a in actions_at(level) if gap.condition in a.conditions)


def compare_belief(
    *, level: float, estimate: float, low: float, high: float, target: float | None, direction: str
) -> str:
    """Whether the data say the same as people believe, given the service's own aim.

    Parameters
    ----------
    level : float
        Median level of the condition, 0 to 3; from 2 on people believe that it is in place.
    estimate : float
        The metric, as released.
    low : float
        Lower end of its interval.
    high : float
        Upper end of its interval.
    target : float | None
        What the service aims for; None where it has set none.
    direction : str
        ``higher`` or ``lower`` is better, or ``none``.

    Returns
    -------
    str
        Whether the data say the same as people believe, given the service's own aim.

    Examples
    --------
    >>> compare_belief(level=2, estimate=0.44, low=0.40, high=0.48, target=0.6, direction="higher")
    'People and data disagree: people rate this as in place, but the data do not meet your target.'
    >>> compare_belief(level=2, estimate=0.44, low=0.40, high=0.48, target=None, direction="higher")
    'No target is set: discuss it together.'
    """
    if estimate != estimate:
        return "Hidden or not measured: there is nothing to compare with."
    if direction == "none":
        return "More is not always better, and less is not either: discuss it together."
    if target is None:
        return "No target is set: discuss it together."
    if level != level:
        return "Too few people have answered."
    ends = (estimate, estimate) if low != low else (low, high)
    worst, best = ends if direction == "higher" else (-ends[1], -ends[0])
    goal = target if direction == "higher" else -target
    believed = level >= LEVELS["established"]
    if worst < goal <= best:
        return "The data are inconclusive: your target is inside the confidence interval."
    met = worst >= goal
    if met == believed:
        agreed = "in place, and the target is met." if met else "not yet in place, and the target is not met."
        return f"People and data agree: {agreed}"
    if met:
        return "People and data disagree: people rate this as not in place, but the data meet your target."
    return "People and data disagree: people rate this as in place, but the data do not meet your target."
