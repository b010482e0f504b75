"""Answers of questionnaires as numbers: the usual labels of agreement, frequency, time and amount."""

from __future__ import annotations

import re
from functools import lru_cache

from hybrid_toolkit.data.known.codes import plain_spelling

_SCALES: tuple[tuple[str, ...], ...] = (
    ("strongly disagree", "disagree", "neither agree nor disagree|neither|neutral|unsure", "agree", "strongly agree"),
    ("never", "seldom|rarely", "sometimes", "often", "always|very often"),
    ("none of the time", "rarely", "some of the time", "often", "all of the time"),
    ("not at all", "slightly|a little", "moderately|somewhat", "very|quite a lot", "extremely|a great deal"),
    ("very dissatisfied", "dissatisfied", "neither satisfied nor dissatisfied", "satisfied", "very satisfied"),
)


@lru_cache(maxsize=4096)
def answer_number(text: str) -> str:
    """The number that an answer stands for, as text; empty where it is neither a number nor a known label.

    Examples
    --------
    >>> [answer_number(a) for a in ("4", "Strongly agree", "4 - Agree", "Some of the time")]
    ['4', '5', '4', '3']
    >>> answer_number("Ask me later")
    ''
    """
    said = plain_spelling(text)
    if re.fullmatch(r"\d+(?:\.\d+)?", said):
        return said.removesuffix(".0")
    if number := re.match(r"(\d{1,2})\s*[-=:.)(]", said):
        return number.group(1)
    for scale in _SCALES:
        for place, labels in enumerate(scale, start=1):
            if said in labels.split("|"):
                return str(place)
    return ""
