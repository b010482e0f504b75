"""The glossary: terms that a reader may not know, shown on hover and on a page of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from markupsafe import Markup, escape

TERMS: Mapping[str, str] = MappingProxyType(
    {
        "95% confidence interval": "A range calculated so that, over many repeats of the study, about 95% of such "
        "ranges would contain the true value.",
        "adjusted for": "Compared after taking account of differences in the listed factors, such as risk or caseload.",
        "association": "Two things that tend to occur together, whether or not one affects the other.",
        "ASYE": "The assessed and supported year in employment, for newly qualified social workers.",
        "baseline": "The level of a metric before a change starts.",
        "comparison group": "People or teams without the change, used to judge what would have happened anyway.",
        "continuity": "How often a family sees the same worker.",
        "control chart": "A chart of a metric over time with limits worked out from the months before a change; points "
        "outside the limits are a sign that something changed.",
        "digital exclusion": "Not having the devices, connection, skills or safety needed to take part online.",
        "disclosure control": "Hiding or rounding numbers so that no one can be identified.",
        "hybrid working": "Working partly at home and partly in an office or with families.",
        "inconclusive": "The data are consistent with no difference and with differences large enough to matter.",
        "interrupted time series": "A design that compares a series after a change with its own earlier trend.",
        "median": "The middle value when values are put in order.",
        "percentage point": "The unit for the difference between two percentages; 40% to 42% is 2 percentage points.",
        "power": "How often a study would detect a true effect of a given size.",
        "principal social worker": "The senior practitioner who leads on the quality of practice in an authority.",
        "psychological safety": "How far people in a team feel able to speak up and ask for help.",
        "relational practice": "Practice that works through a trusting relationship between worker and family.",
        "standard deviation": "A measure of how much values vary around their average.",
        "supervision": "Regular meetings where a supervisor supports a social worker's practice, decisions and "
        "wellbeing.",
        "turnover rate": "Full-time equivalent social workers who left in the year, divided by those in post on 30 "
        "September.",
    }
)
"""Term -> what it means."""


@cache
def _pattern() -> re.Pattern[str]:
    longest = sorted(TERMS, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(re.escape(t) for t in longest) + r")\b", re.IGNORECASE)


def mark_terms(text: str) -> Markup:
    """A text whose first mention of each term of the glossary shows its meaning on hover and links to it.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    Markup
        The text, escaped, with links.

    Examples
    --------
    >>> mark_terms("The median <level>")[:40]
    Markup('The <a class="term" href="/help/glossary')
    """
    seen: set[str] = set()
    meanings = {k.lower(): (k, v) for k, v in TERMS.items()}
    out, at = [], 0
    for found in _pattern().finditer(text):
        name, meaning = meanings[found.group(0).lower()]
        out.append(str(escape(text[at : found.start()])))
        words = str(escape(found.group(0)))
        if name in seen:
            out.append(words)
        else:
            seen.add(name)
            out.append(f'<a class="term" href="/help/glossary#{anchor(name)}" title="{escape(meaning)}">{words}</a>')
        at = found.end()
    return Markup("".join([*out, str(escape(text[at:]))]))


def anchor(term: str) -> str:
    """The place of a term on the glossary page.

    Examples
    --------
    >>> anchor("95% confidence interval")
    'term-95-confidence-interval'
    """
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")
