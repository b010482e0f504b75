"""The changes that a what-if may ask about, as data, and its sentence: a rota, an office-day rule, breaks, a choice."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.data.wording.claim_words import (
    OutcomeLabel,
    check_words,
)
from hybrid_toolkit.designs import GRADES
from hybrid_toolkit.errors import StudyError, with_article
from hybrid_toolkit.study.estimation.claim_grammar import grammar, with_unit
from hybrid_toolkit.study.estimation.claims import claim_slots, guard_words

_ALL = 100
"""Every meeting, in per cent."""
_KINDS = ("shift", "set", "cap", "floor", "offer", "times")
BREAK_RULE = "45+15"
"""Meetings of 45 minutes with a break of 15 after them (S1-N5): none that keeps it follows another without a break."""
BREAK_EXPOSURES = ("b2b", "b2b_to_date")
EXPOSURES = {
    "rs_desk": "remote share of desk time",
    "rs_desk_to_date": "remote share of desk time so far",
    "rs_attendance": "remote share of days",
    "rs_attendance_to_date": "remote share of days so far",
    "remote": "share of contacts held remotely",
}
"""How a change speaks of an exposure; others by their column."""
_BREAKS = re.compile(r"(?i)\s*45 ?\+ ?15(?: kept (?:in|for) (\d+(?:\.\d+)?)% of meetings)?\s*\Z")
_RULE = re.compile(
    r"(?i)\s*at (least|most) (\d+(?:\.\d+)?) (office|home|remote) days?(?: (?:of|in) (\d+))?(?: a week)?\s*\Z"
)


@dataclass(frozen=True, slots=True)
class Change:
    """Another rota, rule or offer.

    Parameters
    ----------
    kind : str
        ``"shift"`` adds ``value`` to each row's exposure, as far as a share can go (where fewer people than may be
        told of would go that far, all rows are counted as moved alike); ``"set"`` gives every row that value;
        ``"cap"`` and ``"floor"`` move only the rows above or below it; ``"times"`` multiplies exposure by it;
        ``"offer"`` moves a share ``uptake`` of rows to it, those who take it up being like the others.
    value : float
        In units of the exposure.
    uptake : float, default 1.0
        For an offer, from 0 to 1.
    words : str, optional
        How the claim speaks of it; made from the figures where empty.

    Examples
    --------
    >>> rule = parse_change("at least 3 office days", "rs_desk")
    >>> rule.kind, rule.value, rule.words
    ('cap', 0.4, 'a rule of at least 3 office days of 5')
    >>> parse_change({"rs_desk": 0.2}, "rs_desk")
    Change(kind='shift', value=0.2, uptake=1.0, words='')
    """

    kind: str
    value: float
    uptake: float = 1.0
    words: str = ""

    def __post_init__(self) -> None:
        good = self.kind in _KINDS and np.isfinite(self.value) and 0 < self.uptake <= 1
        if not good:
            raise StudyError(
                f"a change is one of {', '.join(_KINDS)}, with a finite value and an uptake above 0 and up to 1.",
                fix="Use Change('shift', 0.2), Change('cap', 0.4) or Change('offer', 0.5, uptake=0.3).",
                code="WHAT-IF-CHANGE",
            )

    def moved(self, x: Array, n: Array, *, share: bool, binary: bool) -> Array:
        """Exposure under the change at values ``x`` that ``n`` rows have; for an offer, of those who take it up.

        A yes/no exposure is a share over rows: a shift, cap, floor or value is of that share, all rows alike.

        Raises
        ------
        StudyError
            A share would be shifted by more than 1, as where per cent were given.
        """
        if share and self.kind == "shift" and abs(self.value) > 1:
            raise StudyError(
                "a share cannot be shifted by more than 1.",
                fix="Write 0.2 for 20 percentage points.",
                code="WHAT-IF-CHANGE",
            )
        if binary and self.kind != "offer":
            mean = float(n @ x / n.sum())
            return x - mean + self._value(np.array([mean]), share=False)
        return self._value(x, share=share)

    def _value(self, x: Array, *, share: bool) -> Array:
        if self.kind == "shift":
            # a rota moves a share no further than 0 or 1; a value asked for outright is left to be refused
            return np.clip(x + self.value, 0.0, 1.0) if share else x + self.value
        if self.kind == "times":
            return x * self.value
        if self.kind == "cap":
            return np.minimum(x, self.value)
        return np.maximum(x, self.value) if self.kind == "floor" else np.full_like(x, self.value)

    def told(self, exposure: str, *, share: bool) -> str:
        """The change in words."""
        if self.words:
            return self.words
        name = EXPOSURES.get(exposure, exposure.replace("_", " "))
        value = f"{100 * self.value:.6g}%" if share else f"{self.value:g}"
        way = "higher" if self.value >= 0 else "lower"
        by = with_unit(round(abs(100 * self.value), 6), "percentage points") if share else f"{abs(self.value):g}"
        if self.kind == "shift":
            return f"an arrangement with the {name} {by} {way}"
        return {
            "set": f"an arrangement with the {name} at {value} for all",
            "cap": f"a rule that the {name} be at most {value}",
            "floor": f"a rule that the {name} be at least {value}",
            "times": f"an arrangement with the {name} {self.value:g} times as high",
            "offer": f"an offer of {with_article(name)} of {value} that {100 * self.uptake:.6g}% take up",
        }[self.kind]


ChangeLike: TypeAlias = Change | Mapping[str, float] | str


def parse_change(change: ChangeLike, exposure: str) -> Change:
    """A ``Change`` from what a user may write: itself, ``{exposure: shift}``, or a rule of days in words.

    ``"at least 3 office days"`` (of 5, or ``"... of 4"``) caps the remote share at what is left of the week.
    ``"45+15"``, or ``"45+15 kept in 30% of meetings"``, is the rule of meetings of 45 minutes with a break of 15, for
    a study of the share of meetings that follow another without a break.

    Raises
    ------
    StudyError
        Anything else, or a column that is not the study's exposure.
    """
    if isinstance(change, Change):
        return change
    if isinstance(change, Mapping) and len(change) == 1:
        ((name, value),) = change.items()
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if name == exposure and number:
            return Change("shift", float(value))
        if number:
            raise StudyError(
                "the change names another column than the study's exposure.",
                fix=f"Change '{exposure}', or run a study of that column.",
                code="WHAT-IF-EXPOSURE",
            )
    breaks = _BREAKS.match(change) if isinstance(change, str) else None
    if breaks:
        return _break_rule(float(breaks.group(1) or 100.0), exposure)
    found = _RULE.match(change) if isinstance(change, str) else None
    if not found:
        raise StudyError(
            "the change cannot be read.",
            fix=f"Enter {{'{exposure}': 0.2}}, a Change, or words such as 'at least 3 office days of 5' or "
            "'45+15 kept in 30% of meetings'.",
            code="WHAT-IF-CHANGE",
        )
    bound, number_of, where, week = (str(part or "").lower() for part in found.groups())
    days, length = float(number_of), float(week or 5)
    if not 0 <= days <= length or length <= 0:
        raise StudyError(
            "the rule has more days than the week.",
            fix="Use no more days than the week has, such as 3 of 5.",
            code="WHAT-IF-CHANGE",
        )
    office = where == "office"
    kind = "cap" if (bound == "least") == office else "floor"
    remote = round((length - days) / length if office else days / length, 6)
    unit = "day" if days == 1 else "days"
    return Change(kind, remote, words=f"a rule of at {bound} {days:g} {where} {unit} of {length:g}")


def _break_rule(kept: float, exposure: str) -> Change:
    """The rule of 45 minutes and a break of 15, kept in so many per cent of meetings."""
    if exposure not in BREAK_EXPOSURES:
        raise StudyError(
            "the rule of 45-minute meetings and a break of 15 changes back-to-back meetings: this study has none.",
            fix=f"Ask it of a study whose exposure is one of: {', '.join(BREAK_EXPOSURES)}, such as 'meeting-load'.",
            code="WHAT-IF-EXPOSURE",
        )
    if not 0 < kept <= _ALL:
        raise StudyError(
            "the share of meetings in which the rule is kept lies above 0 and up to 100%.",
            fix="Write a number from 1 to 100, such as '45+15 kept in 30% of meetings'.",
            code="WHAT-IF-CHANGE",
        )
    told = f"a rule of meetings of 45 minutes with a break of 15, kept in {kept:g}% of meetings"
    return Change("times", round(1 - kept / 100, 6), words=told)


def what_if_sentence(
    *,
    words: OutcomeLabel,
    change: str,
    estimate: float,
    low: float,
    high: float,
    conf_level: float,
    grade: str,
    kind: str = "slope",
    relative_to: str = "",
) -> str:
    """What an estimate would mean under another rota; below quasi-causal the caveat stands in the sentence.

    Parameters
    ----------
    words : OutcomeLabel
        As ``make_claim``.
    change : str
        The rota in words.
    estimate : float
        Change of the mean outcome, in the outcome's own unit.
    low : float
        Lower end of its interval.
    high : float
        Upper end of its interval.
    conf_level : float
        As ``make_claim``.
    grade : str
        Of the estimate's claim.
    kind : str, default "slope"
        As ``make_claim``.
    relative_to : str, optional
        As ``make_claim``.

    Raises
    ------
    StudyError
        The words claim too much, or the interval is not finite.
    """
    check_words(change, words.phrase, words.unit, relative_to)
    if not all(math.isfinite(v) for v in (estimate, low, high)):
        raise StudyError(
            "the confidence interval could not be calculated, so there is no finding.",
            fix="Run result.tidy() and look for an estimate or standard error that is missing.",
            code="CLAIM",
        )
    figures = (estimate * words.scale, low * words.scale, high * words.scale)
    table = grammar()["what_if"]
    text: str = table[grade].format(
        **claim_slots(words, change, figures, conf_level, kind=kind, relative_to=relative_to)
    )
    text += f" {table['inconclusive']}" if low <= 0 <= high else ""
    weak = GRADES.index(grade) < GRADES.index("quasi-causal")
    guard_words(text.replace(table["caveat"], "") if weak else text, grade)
    return text
