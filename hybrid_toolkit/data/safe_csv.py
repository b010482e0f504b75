"""CSV text that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from collections.abc import Hashable

import pandas as pd

_UNSEEN = "\\s\x00\xad\ufeff\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069"
"""Characters that are not seen: spaces, marks of direction, and those of no width."""
_FORMULA = re.compile(f"^[{_UNSEEN}]*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\ufb29]")
"""Signs that begin a formula, wide and small forms among them, behind anything that is not seen."""
_WITHIN = re.compile("([;|\t\r\n])(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a cell would begin for a spreadsheet that separates by semicolons, bars, tabs or lines."""
_NUMBER = re.compile(r"[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?")
GUARD = "'"
"""Put before a text that a spreadsheet would run; spreadsheets show such a cell as text (OWASP, CSV injection)."""


def no_formula(text: str) -> str:
    """A text as it may stand in a CSV: one that a spreadsheet would take for a formula begins with an apostrophe.

    So does what stands behind a semicolon, bar, tab or line end, where some spreadsheets begin a cell.

    Examples
    --------
    >>> [no_formula(t) for t in ("=1+1", "-0.25", "@sum(a1)", "north", "north;=1+1")]
    ["'=1+1", '-0.25', "'@sum(a1)", 'north', "north;'=1+1"]
    """
    if _NUMBER.fullmatch(text.strip()):
        return text
    begun = _FORMULA.match(text)
    rest = text[begun.end() :] if begun else text
    return (GUARD + begun[0] if begun else "") + _WITHIN.sub(rf"\1{GUARD}", rest)


def csv_text(frame: pd.DataFrame, *, header: bool = True, date_format: str | None = None) -> str:
    """A frame as CSV: UTF-8 text, line feeds, no index, and no cell or header that is a formula.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"place": ["=1+1", "north"], "n": [-3, 4]}))
    "place,n\\n'=1+1,-3\\nnorth,4\\n"
    """
    out = pd.DataFrame(frame).copy()
    out.columns = pd.Index([_guarded(c) for c in out.columns])
    for i, dtype in enumerate(out.dtypes):
        if isinstance(dtype, pd.StringDtype):  # few texts often stand in many rows: each is looked at once
            changed = {v: no_formula(v) for v in out.iloc[:, i].dropna().unique() if no_formula(v) != v}
            if changed:
                out.isetitem(i, out.iloc[:, i].replace(changed).array)
        elif not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype)):
            out.isetitem(i, out.iloc[:, i].astype("object").map(_guarded, na_action="ignore").to_numpy())
    return out.to_csv(index=False, header=header, lineterminator="\n", date_format=date_format) or ""


def _guarded(value: Hashable) -> Hashable:
    return no_formula(value) if isinstance(value, str) else value
