"""Formal arrangements: request, rationale, decision, review date, and whether adjustments were considered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from hybrid_toolkit.errors import UsageError

DECISIONS: Mapping[str, str] = MappingProxyType(
    {
        "pending": "Not yet decided",
        "agreed": "Agreed",
        "partly": "Agreed in part",
        "declined": "Declined",
    }
)
ADJUSTMENTS: Mapping[str, str] = MappingProxyType(
    {
        "not_asked": "Not yet asked",
        "considered": "Considered",
        "none_needed": "Asked about; none needed",
    }
)
REQUESTS: Mapping[str, str] = MappingProxyType(
    {
        "own": "My own words",
        "45+15": "Online meetings last at most 45 minutes, with 15 minutes between one and the next.",
        "anchor": "One day a week on which the whole team is at the office.",
    }
)
"""What a team may agree, to begin with; the words can be changed. The first rule is that of S1-N5."""
REVIEW_MONTHS = 12
"""A review at most this far ahead counts as planned (measurement specification, ME2)."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One arrangement of a team, or of a role in it.

    Parameters
    ----------
    whom : str
        The team or role that it is for; no person.
    request : str
        What was asked for.
    rationale : str, optional
        Why it was decided so.
    decision : str, default "pending"
        Key of ``DECISIONS``.
    decided_on : date | None, optional
        Day of the decision.
    review_on : date | None, optional
        Day on which it is to be reviewed.
    adjustments : str, default "not_asked"
        Key of ``ADJUSTMENTS``: whether reasonable adjustments were considered; never which or whose.

    Raises
    ------
    UsageError
        Nothing was asked for, an unknown decision, or dates out of order.

    Examples
    --------
    >>> one = Arrangement("Duty team", "Two days at home", "Cover is met", "agreed", date(2026, 1, 5))
    >>> one.missing
    ('a review within 12 months', 'whether adjustments were considered')
    """

    whom: str
    request: str
    rationale: str = ""
    decision: str = "pending"
    decided_on: date | None = None
    review_on: date | None = None
    adjustments: str = "not_asked"

    def __post_init__(self) -> None:
        if not self.whom.strip() or not self.request.strip():
            raise UsageError(
                "an arrangement says which team or role it is for, and what was asked for.",
                fix="Fill in both.",
                code="AGREEMENT-WORDS",
            )
        if self.decision not in DECISIONS or self.adjustments not in ADJUSTMENTS:
            raise UsageError(
                "that decision, or that answer about adjustments, does not exist.",
                fix=f"Use one of: {', '.join(DECISIONS)}; and one of: {', '.join(ADJUSTMENTS)}.",
                code="AGREEMENT-CHOICE",
            )
        if self.decided_on and self.review_on and self.review_on <= self.decided_on:
            raise UsageError(
                "the review is not after the decision.", fix="Check the two dates.", code="AGREEMENT-DATES"
            )

    @property
    def formality(self) -> float:
        """Share of four that are there: written, rationale, review within a year, adjustments considered (ME2).

        Examples
        --------
        >>> asked = Arrangement("Duty team", "Two days at home", "Cover is met", "agreed", date(2026, 1, 5))
        >>> asked.formality, replace(asked, review_on=date(2026, 7, 5), adjustments="considered").formality
        (0.5, 1.0)
        """
        return (4 - len(self.missing)) / 4

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not there yet, in words."""
        soon = self.review_on is not None and self.decided_on is not None and self._months_to_review <= REVIEW_MONTHS
        parts = {
            "a decision in writing": self.decision != "pending" and self.decided_on is not None,
            "the reasons": bool(self.rationale.strip()),
            f"a review within {REVIEW_MONTHS} months": soon,
            "whether adjustments were considered": self.adjustments != "not_asked",
        }
        return tuple(words for words, there in parts.items() if not there)

    @property
    def _months_to_review(self) -> float:
        assert self.review_on is not None and self.decided_on is not None
        months = 12 * (self.review_on.year - self.decided_on.year) + self.review_on.month - self.decided_on.month
        return months + (self.review_on.day > self.decided_on.day) * 0.5

    def review_words(self, today: date) -> str:
        """When the review is, and whether it is overdue.

        Parameters
        ----------
        today : date
            The day that counts as today.

        Returns
        -------
        str
            When the review is, and whether it is overdue.
        """
        if self.review_on is None:
            return "none set"
        return f"{self.review_on.day} {self.review_on:%B %Y}" + (", overdue" if self.review_on < today else "")


@dataclass(frozen=True, slots=True)
class Agreements:
    """The arrangements of a service, in the order in which they were made.

    Parameters
    ----------
    arrangements : tuple[Arrangement, ...], optional
        The arrangements, in order.

    Examples
    --------
    >>> one = Arrangement("Duty team", "Two days at home", "Cover is met", "agreed", date(2026, 1, 5))
    >>> len(Agreements().put(one).arrangements)
    1
    """

    arrangements: tuple[Arrangement, ...] = ()

    @property
    def formality(self) -> float:
        """Mean formality; missing where there is none."""
        held = [a.formality for a in self.arrangements]
        return sum(held) / len(held) if held else float("nan")

    def summary(self, today: date) -> str:
        """Prose.

        Parameters
        ----------
        today : date
            The day that counts as today.

        Returns
        -------
        str
            Prose.

        Examples
        --------
        >>> Agreements((Arrangement("Duty team", "Two days at home"),)).summary(date(2026, 1, 1))
        '1 arrangement: 1 not yet decided, 0 past their review, formality 0.00 of 1.'
        """
        held = self.arrangements
        if not held:
            return "No arrangement yet."
        late = sum(a.review_on is not None and a.review_on < today for a in held)
        open_ = sum(a.decision == "pending" for a in held)
        many = f"{len(held)} arrangement{'s' if len(held) > 1 else ''}"
        return f"{many}: {open_} not yet decided, {late} past their review, formality {self.formality:.2f} of 1."

    def put(self, arrangement: Arrangement, at: int | None = None) -> Agreements:
        """With one arrangement added, or in the place of the one at a position.

        Parameters
        ----------
        arrangement : Arrangement
            The arrangement.
        at : int | None, optional
            Position to put it in place of; at the end by default.

        Returns
        -------
        Agreements
            With one arrangement added, or in the place of the one at a position.
        """
        held = list(self.arrangements)
        if at is None:
            return replace(self, arrangements=(*held, arrangement))
        if not 0 <= at < len(held):
            raise UsageError(f"there are {len(held)} arrangements.", fix="Choose one of them.", code="AGREEMENT-AT")
        held[at] = arrangement
        return replace(self, arrangements=tuple(held))

    def without(self, at: int) -> Agreements:
        """Without the arrangement at a position.

        Parameters
        ----------
        at : int
            Position of the arrangement that goes.

        Returns
        -------
        Agreements
            Without the arrangement at a position.
        """
        return replace(self, arrangements=tuple(a for i, a in enumerate(self.arrangements) if i != at))
