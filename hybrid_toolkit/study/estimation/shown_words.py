"""One guard for the words of everything that is shown beside a claim: reasons, verdicts, headlines, report sentences.

A claim's own sentence is guarded where it is filled (``claims``). What stands around it may not say more than it: below
quasi-causal no sentence uses a causal word for what was found, and none ranks or predicts at any grade. Terms of the
field that contain such a word state nothing about a cause and are listed, so that each can be questioned.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Literal

from hybrid_toolkit.data.wording.claim_words import causal_words, overreach
from hybrid_toolkit.designs import GRADES
from hybrid_toolkit.designs.model_columns import noun, plural_noun
from hybrid_toolkit.errors import plural, with_article
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.units import UNITS

Says = Literal["finding", "condition", "denial"]
"""What a sentence does: states what was found, states what must be true (an assumption), or names what is not shown."""

FIELD_TERMS = (
    r"causal graphs?",  # the drawing of what is assumed, not a result
    r"'(?:quasi-)?causal'|[Qq]uasi-causal|associational or causal",  # a grade, named
    r"(?:fixed|random|group-time|design) effects?|effect size|minimum detectable effect",
    r"effective (?:sample|clusters|n\b)",
    r"interval\w* (?:that )?accounts? for|intervals account for",  # of the method, not of an outcome
    r"because of (?:a missing value|the checks?\b)|[Ee]xcluded because",  # why a row or a grade, not why an outcome
    r"rank correlation|prediction intervals?",
    r"measure of exposure predicts the first",  # the first stage of instruments: one measure and another
    r"[Aa] confounder that explain(?:s|ed)",  # of a model's residual variance, as in sensitivity analysis
    r"lowest (?:pay )?first|(?:at the|page) (?:top|bottom)",  # the order of a list
    r"(?:scored|never|not|no one is)[\w, ]*? ranked(?:[\w, ]*? (?:predicted|followed))?",  # the promise itself
    r"made (?:from|by|up|with|in|for)\b|made-up|make-up|was made\b|co-produced",  # of data and pages
)
"""Phrases in which a guarded word states no cause, rank or prediction."""
_TERMS = re.compile("|".join(FIELD_TERMS))
_CONDITION = re.compile(
    r"\b(?:only (?:if|with)|[Ii]f the|assumptions?|assumed|By the causal graph|[Tt]he graph (?:has|expects))\b"
)
"""What marks a sentence as a condition by itself; "would" does not: "it would improve" states an effect."""
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


def overclaims(
    text: str, *, grade: str = "associational", says: Says = "finding", names: Collection[str] = ()
) -> tuple[str, ...]:
    """The words of a shown text that state more than its grade supports.

    Parameters
    ----------
    text : str
        What is shown; each sentence is read by itself.
    grade : str, default "associational"
        Grade of the claim that the text stands beside.
    says : Says, default "finding"
        ``"finding"``; ``"condition"`` for assumptions and causal graphs, which say what must be true; or ``"denial"``
        for what a result does not show, which names it.
    names : Collection[str], optional
        Names of columns, checks and studies, which are not read.

    Returns
    -------
    tuple[str, ...]
        The words, in the order of the text; empty where there are none.

    Examples
    --------
    >>> overclaims("Working at home lowers engagement.")
    ('lowers',)
    >>> overclaims("Working at home lowers engagement.", grade="causal")
    ()
    >>> overclaims("Nothing else affects both exposure and outcome.", says="condition")
    ()
    >>> overclaims("Team A is the best.", grade="causal"), overclaims("No arrow is missing from the causal graph.")
    (('best', 'team a'), ())
    """
    if says == "denial":
        return ()
    named = re.compile(
        "|".join(rf"(?<!\w){re.escape(n)}(?!\w)" for n in sorted(names, key=len, reverse=True)) or "(?!)"
    )
    strong = GRADES.index(grade) >= GRADES.index("quasi-causal")
    found: list[str] = []
    for sentence in _SENTENCE.split(text):
        plain = named.sub("…", _TERMS.sub("…", sentence))
        causal = causal_words(plain)
        found += [w for w in overreach(plain) if w not in causal]
        if not (strong or says == "condition" or _CONDITION.search(sentence)):
            found += causal
    return tuple(dict.fromkeys(found))


def size_words(study: StudySpec, rows: float, clusters: float) -> str:
    """How many rows of what, in how many clusters; a number that is hidden, NaN, is left out.

    Parameters
    ----------
    study : StudySpec
        The declaration.
    rows : float
        Rows behind the estimate.
    clusters : float
        Clusters behind it.

    Returns
    -------
    str
        A phrase; empty where both are hidden.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import panel_study
    >>> size_words(panel_study(), 1350, 150)
    'about 1,350 rows, each an authority and year in 150 authorities'
    """
    each = f", each {with_article(UNITS[study.row_unit].name)}" if study.row_unit in UNITS else ""
    of = "" if math.isnan(rows) else f"about {rows:,.0f} rows{each}"
    one, many = noun(study.cluster), noun(study.cluster, many=True)
    return f"{of} {'' if math.isnan(clusters) else 'in ' + plural(round(clusters), one, many)}".strip()


def period_words(study: StudySpec) -> str:
    """What the periods of a study are called, several of them.

    Parameters
    ----------
    study : StudySpec
        The declaration.

    Returns
    -------
    str
        A noun in the plural.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import panel_study
    >>> period_words(panel_study())
    'years'
    """
    return plural_noun(study.time_label)
