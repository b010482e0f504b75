"""Who may not be named in a study: a person or an authority as a side, and nobody is ranked or blamed by a question."""

from __future__ import annotations

from functools import lru_cache

from hybrid_toolkit.data.wording.named import named_in, ranks_or_blames, without_denials
from hybrid_toolkit.errors import StudyError, plural

_KEPT = 2048
"""Phrases of studies whose reading is kept: lists of what a study may be changed to read the same ones many times."""
_named_in = lru_cache(_KEPT)(named_in)
_ranks_or_blames = lru_cache(_KEPT)(ranks_or_blames)


def check_named(*texts: str, what: str = "a phrase") -> None:
    """Refuse phrases that name a person or an authority.

    Raises
    ------
    StudyError
        WORDS-NAMED.
    """
    found = sorted({n for n in map(_named_in, texts) if n})
    if found:
        raise StudyError(
            f"{what} of the study names {' and '.join(found)}: no one is a side of a comparison by name.",
            fix="Compare kinds, such as offices with a hybrid policy and those without, each of several clusters; give "
            "a column that is called so another name.",
            code="WORDS-NAMED",
        )


def check_blame(*texts: str) -> None:
    """Refuse phrases and caveats that rank or blame.

    What a sentence denies is not said, and neither is what a caveat gives as never shown: "That one is better."

    Raises
    ------
    StudyError
        WORDS-BLAME.

    Examples
    --------
    >>> check_blame("time at home", "This is never a ranking of teams.")
    """
    found = sum(_ranks_or_blames(without_denials(text)) for text in texts if not text.startswith("That "))
    if found:
        raise StudyError(
            f"the study's phrases or caveats rank or blame ({plural(found, 'phrase')}).",
            fix="Write what is compared and what cannot be shown, not who is behind or at fault.",
            code="WORDS-BLAME",
        )


def check_question(question: str) -> None:
    """Refuse a question that names somebody, ranks or blames; a question may ask whether one thing changes another.

    Raises
    ------
    StudyError
        WORDS-NAMED, or WORDS-BLAME.

    Examples
    --------
    >>> check_question("Does working remotely change how often families are met in the way they prefer?")
    >>> check_question("Which team lets families down most?")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.StudyError: [WORDS-BLAME] the study's question ranks or blames (2 phrases). How to fix: \
Ask how an outcome goes with an exposure, over all, not who is behind or at fault.
    """
    check_named(question, what="the question")
    found = _ranks_or_blames(question, asks=True)
    if found:
        raise StudyError(
            f"the study's question ranks or blames ({found} phrase{'s' if found > 1 else ''}).",
            fix="Ask how an outcome goes with an exposure, over all, not who is behind or at fault.",
            code="WORDS-BLAME",
        )
