"""How a study speaks of its outcome, and the words that no study may smuggle into a claim."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hybrid_toolkit.errors import StudyError

CAUSAL_WORDS = (
    r"caus(e|es|ed|ing|al)",
    r"effects?",
    r"affect(s|ed|ing)?",
    r"impact(s|ed|ing)?",
    r"lead(s|ing)? to",
    r"led to",
    r"results? in",
    r"because",
    r"due to",
    r"thanks to",
    r"owing to",
    r"reduc(e|es|ed|ing|tion)",
    r"increas(e|es|ed|ing)",
    r"decreas(e|es|ed|ing)",
    r"improv(e|es|ed|ing|ement)",
    r"worsen(s|ed|ing)?",
    r"harm(s|ed|ing)?",
    r"damag(e|es|ed|ing)",
    r"help(s|ed|ing)?",
    r"boost(s|ed|ing)?",
    r"driv(e|es|en|ing)",
    r"makes?",
    r"produc(e|es|ed|ing)",
    r"prevent(s|ed|ing)?",
    r"prov(e|es|ed|en|ing)",
)
"""Words that say one thing brings about another."""
OTHER_WORDS = (
    r"best",
    r"worst",
    r"league",
    r"rank(s|ed|ing)?",
    r"top",
    r"bottom",
    r"outperform(s|ed|ing)?",
    r"will",
    r"predict(s|ed|ing)?",
    r"at risk of leaving",
    r"this (worker|family|child|team)",
)
"""Words that rank, or that speak of what one person or team will do."""
_FORBIDDEN = re.compile(r"\b(" + "|".join((*CAUSAL_WORDS, *OTHER_WORDS)) + r")\b", re.IGNORECASE)
_CAUSAL = re.compile(r"\b(" + "|".join(CAUSAL_WORDS) + r")\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """How one outcome is spoken of.

    Parameters
    ----------
    outcome : column.
    phrase : noun phrase that can follow "lower" and "higher", such as "share of contacts held as preferred".
    unit : unit of the figure that is printed.
    scale : what an estimate is multiplied by for print, 100 for a share in percentage points.
    smallest : smallest difference in that unit, for the study's contrast, that would matter; None where not set.
    """

    outcome: str
    phrase: str
    unit: str = ""
    scale: float = 1.0
    smallest: float | None = None


def overreach(text: str) -> tuple[str, ...]:
    """The causal, ranking or predicting words in a text.

    Examples
    --------
    >>> overreach("remote share is associated with lower engagement")
    ()
    >>> overreach("Remote work causes the worst outcomes")
    ('causes', 'worst')
    """
    return tuple(m.group(0).lower() for m in _FORBIDDEN.finditer(text))


def causal_words(text: str) -> tuple[str, ...]:
    """The causal words in a text."""
    return tuple(m.group(0).lower() for m in _CAUSAL.finditer(text))


def check_words(*texts: str) -> None:
    """No phrase of a study brings a causal, ranking or predicting word into a claim.

    Raises
    ------
    StudyError : a phrase holds such words.
    """
    found = [w for t in texts for w in overreach(t)]
    if found:
        raise StudyError(
            f"{len(found)} word(s) in the study's phrases claim more than a study may put into its own words: "
            f"{', '.join(found)}.",
            fix="Name the outcome and the contrast plainly; the claim's verb comes from the design.",
            code="WORDS",
        )
