"""Days that mean "not ended", such as 31/12/4712, or "not known", such as 01/01/1900."""

from __future__ import annotations

import re

_OPEN = re.compile(
    r"(?:(?:4712|9999|2999|2300|3000)(?:1231|0101)|"
    r"\d{1,2}[/.\- ]\w{1,9}[/.\- ](?:4712|9999|2999|2300|3000)|(?:4712|9999|2999|2300|3000)[-/.]\d{2}[-/.]\d{2}|"
    r"31[/.\-]12[/.\-]2099|2099[-/.]12[-/.]31|0?1[/.\-]0?1[/.\-]2100|2100-01-01)(?:[T ]\d.*)?|9999"
)
_NONE = re.compile(
    r"(?:(?:1900|1753|1800|1901)0101|0?1[/.\-]0?1[/.\-](?:1900|1753|1800|1901|0001)|(?:1900|1753|1800|1901|0001)[-/.]01[-/.]0[01]|00[/.\-]0[01][/.\-]\d{4}|"
    r"0000-00-00|(?:30|31)[/.\-]12[/.\-]1899|1899-12-3[01]|11[/.\-]11[/.\-]1111|1111-11-11)(?:[T ]\d.*)?|0"
)


def filler_date(text: str) -> str:
    """``"open"`` for a day that means "not ended", ``"none"`` for one that means "no date", else an empty string.

    Examples
    --------
    >>> filler_date("31/12/4712"), filler_date("1900-01-01 00:00:00"), filler_date("01/04/2024")
    ('open', 'none', '')
    >>> filler_date("0"), filler_date("0 - No"), filler_date("9999 people")
    ('none', '', '')
    """
    if _OPEN.fullmatch(text):
        return "open"
    return "none" if _NONE.fullmatch(text) else ""
