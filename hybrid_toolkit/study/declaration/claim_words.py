"""How a study speaks of its outcome and its contrast."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from hybrid_toolkit.data.wording.forbidden_words import overreach
from hybrid_toolkit.errors import StudyError

_LONGEST = 300
"""Letters of a phrase, beyond which a claim cannot be read."""


@dataclass(frozen=True, slots=True)
class OutcomeLabel:
    """How one outcome is spoken of.

    Parameters
    ----------
    outcome : str
        Column.
    phrase : str
        Noun phrase that can follow "lower" and "higher", such as "share of contacts held as preferred".
    unit : str, optional
        Unit of the figure that is printed.
    scale : float, default 1.0
        What an estimate is multiplied by for print, 100 for a share in percentage points.
    smallest_important : float | None, optional
        Smallest difference in that unit, for the study's contrast, that would matter; for a ratio, the smallest ratio
        above 1. None where not set.

    Examples
    --------
    >>> label = OutcomeLabel("learning", "informal learning", unit="points", smallest_important=0.2)
    >>> label.phrase, label.smallest_important
    ('informal learning', 0.2)
    """

    outcome: str
    phrase: str
    unit: str = ""
    scale: float = 1.0
    smallest_important: float | None = None


def plain_text(text: str) -> str:
    """A phrase as it is printed: one line, single spaces, no characters that are not seen.

    Examples
    --------
    >>> plain_text("share of\\n contacts\\u200b ")
    'share of contacts'
    """
    seen = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cs"))
    return " ".join(seen.split())


def contrast_of(contrast: str, exposure: str, kind: str = "slope", *, size: float = 1.0) -> str:
    """The contrast that claims speak of, in words; without one, what the kind of estimand compares.

    Examples
    --------
    >>> contrast_of("", "rs_desk"), contrast_of("a day more at home", "rs_desk")
    ('one unit more of rs desk', 'a day more at home')
    >>> contrast_of("", "h_home", size=1000)
    '1000 units more of h home'
    >>> contrast_of("", "hot_desks", "effect"), contrast_of("", "group", "composition")
    ('hot desks', 'who is in the two groups of group')
    """
    name = exposure.replace("_", " ").replace(".", " ")
    default = {"effect": name, "composition": f"who is in the two groups of {name}"}.get(kind)
    units = "one unit" if size == 1 else f"{size:g} units"
    return contrast or default or f"{units} more of {name}"


def relative_phrase(kind: str, moderators: Sequence[str], mediators: Sequence[str]) -> str:
    """What a claim names beside outcome and contrast: a gap's moderator, an indirect effect's mediators.

    Examples
    --------
    >>> relative_phrase("slope-gap", ["low_access"], []), relative_phrase("indirect", [], ["contact_time", "trust"])
    ('low_access', 'contact_time and trust')
    """
    return " and ".join({"slope-gap": moderators, "indirect": mediators}.get(kind, ()))


RATIO_NOUNS = {
    "log-odds": ("odds",),
    "log-rate": ("rate", "number", "count"),
    "log-hazard": ("rate", "hazard"),
}
"""Kind of ratio -> the words of which one must stand in its phrase; the first is put there where none does."""


def ratio_phrase(phrase: str, kind: str) -> str:
    """The phrase of a ratio's outcome with what the ratio is of: odds that double are not a share that doubles.

    Examples
    --------
    >>> ratio_phrase("engagement", "log-odds"), ratio_phrase("the odds of engagement", "log-odds")
    ('the odds of engagement', 'the odds of engagement')
    >>> ratio_phrase("the number of visits", "log-rate"), ratio_phrase("leaving", "log-hazard")
    ('the number of visits', 'the rate of leaving')
    """
    nouns = RATIO_NOUNS[kind]
    held = re.search(rf"\b({'|'.join(nouns)})s?\b", phrase.lower())
    return phrase if held else f"the {nouns[0]} of {phrase}"


def gap_phrase(phrase: str, moderator: str) -> str:
    """The phrase of a slope gap's outcome with the two groups compared, where the phrase does not say them.

    Examples
    --------
    >>> gap_phrase("engagement", "low_access")
    "engagement where 'low access' is yes relative to where it is no"
    >>> gap_phrase("the learning of new workers relative to that of others", "early_career")
    'the learning of new workers relative to that of others'
    """
    if re.search(r"\b(relative to|compared with|as against|gap between|difference between)\b", phrase.lower()):
        return phrase
    name = moderator.replace("_", " ")
    where = f"where '{name}' is yes relative to where it is no" if name else "in one group relative to the other"
    return f"{phrase} {where}"


def check_words(*texts: str) -> None:
    """No phrase of a study brings a causal, ranking or predicting word into a claim.

    Raises
    ------
    StudyError
        A phrase holds such words, or is too long to be read.
    """
    if any(len(t) > _LONGEST for t in texts):
        raise StudyError(
            f"a phrase of the study has {max(map(len, texts)):,} letters; a claim can hold {_LONGEST}.",
            fix="Name the outcome and the contrast in a few words.",
            code="WORDS-LONG",
        )
    found = [w for t in texts for w in overreach(t)]
    if found:
        raise StudyError(
            f"{len(found)} word(s) in the study's phrases claim more than a study may put into its own words: "
            f"{', '.join(found)}.",
            fix="Name outcome and contrast plainly, a column by Words(outcome, phrase) or contrast; the claim's verb "
            "comes from the design.",
            code="WORDS",
        )
