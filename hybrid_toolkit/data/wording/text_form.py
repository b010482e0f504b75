"""What a text holds that is more than plain words: markup, a formula, letters that are not seen."""

from __future__ import annotations

import re
import unicodedata

MARKUP = re.compile(r"%[(sdif]|<\s*[/!a-z]|&(?:#\w+|[a-z]+);|`|\*|\[[^\]]*\]\(|!\[|\||__|~~|^\s*#", re.IGNORECASE)
"""HTML, entities and Markdown, which a page or a notebook would take for more than words."""
FORMULA = re.compile(r"^\s*[=+@\t\r]|^\s*-\s*[\w(]")
"""What a spreadsheet would work out."""


def odd_form(text: str) -> tuple[str, ...]:
    """What a text holds that is more than plain words; empty where it holds nothing else.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    tuple[str, ...]
        ``"markup"``, ``"a formula"`` and ``"letters that are not seen"``, as they are found.

    Examples
    --------
    >>> odd_form("Visits in time"), odd_form("<b>Visits</b>"), odd_form("=1+1")
    ((), ('markup',), ('a formula',))
    """
    flat = unicodedata.normalize("NFKC", text)
    found = {
        "markup": bool(MARKUP.search(flat)),
        "a formula": bool(FORMULA.search(flat)),
        "letters that are not seen": any(unicodedata.category(c) in ("Cf", "Cc") for c in text),
    }
    return tuple(kind for kind, there in found.items() if there)
