"""Released rows as the cells of a table: headings, forms of numbers, and a mark for what is hidden."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from hybrid_toolkit.disclosure import Release, require_release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.report.documents.blocks import Form, TableColumn
from hybrid_toolkit.report.plots.plot_style import number_label
from hybrid_toolkit.report.plots.readable_units import VALUE_COLUMNS, readable_interval, readable_unit

_COLUMN, _PHONE = 22, 34
"""Letters after which a column wraps, and letters that stand side by side on a phone 320 pixels wide; assumed."""
HIDDEN_MARK = "[c]"
"""Stands where a number is hidden (the symbol for confidential in official statistics)."""
HIDDEN_NOTE = (
    "[c] means hidden to protect people: too few stand behind the number, or it would give such a number away."
)
MISSING_MARK = "–"
_TENTHS_BELOW = 10
"""Per cent below which a share without an interval has a decimal, so that two figures are read."""
_IN_UNIT_OF_ROW = (*VALUE_COLUMNS, "target")
"""Columns whose numbers are in the unit that the row names in its column ``unit``."""
_MINUS = re.compile(r"(?<![\w.])-(?=\d)")


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: its heading (repeated beside it on a phone), its text after a lead in bold, whether it is a number."""

    heading: str
    text: str
    numeric: bool
    tone: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class TableGrid:
    """A table ready for a page: headings, rows of cells, and a note where something is hidden."""

    caption: str
    headings: tuple[TableCell, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    note: str

    @property
    def narrow(self) -> bool:
        """Whether it fits a phone as it is."""
        widths = [max(len(r[i].text) for r in (*self.rows, self.headings)) for i in range(len(self.headings))]
        return len(widths) <= 2 or sum(min(w, _COLUMN) for w in widths) <= _PHONE


def make_grid(release: Release, *, columns: Mapping[str, TableColumn] | None = None, caption: str = "") -> TableGrid:
    """The cells of a released table.

    Parameters
    ----------
    release : Release
        Any release that holds rows.
    columns : Mapping[str, TableColumn] | None, optional
        Column name -> how it is shown, in order; None shows all but ``suppressed``.
    caption : str, optional
        The title of the release where empty.

    Raises
    ------
    DisclosureError
        Not a release, or a column that it does not hold.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> frame = pd.DataFrame({"mode": ["home", "phone"], "n": [41, 3], "share": [0.61, 0.33]})
    >>> release = Gate().table(frame, title="Choice honoured", dims=["mode"], values=["share"], people="n")
    >>> grid = make_grid(release, columns={"mode": TableColumn("Mode"), "share": TableColumn("Share", "number")})
    >>> [[cell.text for cell in row] for row in grid.rows]
    [['home', '0.610'], ['phone', '[c]']]
    """
    rows = ordered_rows(require_release(release, kinds=("table", "estimates", "figure", "facts")).content, columns)
    hidden = rows["suppressed"].to_numpy(dtype=bool) if "suppressed" in rows else [False] * len(rows)
    shown = columns or plain_columns(rows)
    missing = [c for c in shown if c not in rows]
    if missing:
        raise DisclosureError(
            f"The release has no column {', '.join(missing)}.",
            fix="Show columns that it holds.",
            code="TABLE-COLUMN",
        )
    marked = {*release.values, *([release.count] if release.count else [])}
    numeric = {c: how.form not in ("text", "name", "message", "lead") for c, how in shown.items()}
    held = [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
    unsaid = release.kind == "facts"
    cells = tuple(
        tuple(
            _cell(
                how,
                c,
                row,
                numeric=numeric[c],
                hidden=(bool(gone) and (c in marked or numeric[c])) or (unsaid and how.form == "count"),
            )
            for c, how in shown.items()
        )
        for row, gone in zip(held, hidden, strict=True)
    )
    return TableGrid(
        caption=caption or release.title,
        headings=tuple(TableCell(how.heading, how.heading, numeric[c]) for c, how in shown.items()),
        rows=cells,
        note=HIDDEN_NOTE if any(cell.text == HIDDEN_MARK for row in cells for cell in row) else "",
    )


def ordered_rows(rows: pd.DataFrame, columns: Mapping[str, TableColumn] | None) -> pd.DataFrame:
    """Rows in the order of the words of their columns, the first column before the second; else as they are.

    Examples
    --------
    >>> rows = pd.DataFrame({"stage": ["early", "asye", "all"]})
    >>> how = TableColumn("Stage", words={"all": "Everyone", "asye": "First year", "early": "Early"})
    >>> list(ordered_rows(rows, {"stage": how})["stage"])
    ['all', 'asye', 'early']
    """
    out = rows
    for column, how in reversed(list((columns or {}).items())):
        if how.words:
            at = {word: i for i, word in enumerate(how.words)}
            place = out[column].astype(str).map(at).fillna(len(at)).to_numpy()
            out = out.iloc[place.argsort(kind="stable")]
    return out.reset_index(drop=True)


def unit_of(column: str, how: TableColumn, row: Mapping[str, Any]) -> str:
    """The unit of a number of a row: its column's, or for values and intervals that which the row names."""
    if how.unit or how.form not in ("interval", "number") or column not in _IN_UNIT_OF_ROW:
        return how.unit
    said = row.get("unit")
    return said if isinstance(said, str) else ""


def in_words(column: str, how: TableColumn, value: Any) -> str:
    """A text as it is read: the words of a code, and the unit that a person reads for a unit."""
    text = str(value)
    if column == "unit":
        return readable_unit(text).words
    return str(how.words.get(text, text))


_HEADINGS = {
    "estimate": "Estimate",
    "conf_low": "Confidence interval from",
    "conf_high": "to",
    "std_error": "Standard error",
    "p_value": "p value",
    "n": "Number",
    "n_people": "People",
    "n_clusters": "Clusters",
    "n_missing": "Missing",
}
"""Headings of columns that estimates and figures have; a table's own columns come before them."""


def plain_heading(name: str) -> str:
    """The heading of a column that was given none.

    Examples
    --------
    >>> plain_heading("conf_low"), plain_heading("career_stage")
    ('Confidence interval from', 'Career stage')
    """
    return _HEADINGS.get(name, name[:1].upper() + name[1:].replace("_", " "))


def plain_columns(rows: pd.DataFrame) -> dict[str, TableColumn]:
    """Every column but ``suppressed``, where nothing is said of how they are shown."""
    return {c: TableColumn(plain_heading(c), _form(rows[c])) for c in map(str, rows) if c != "suppressed"}


def _form(column: pd.Series) -> Form:
    if pd.api.types.is_bool_dtype(column):
        return "message"
    if pd.api.types.is_integer_dtype(column):
        return "count"
    return "number" if pd.api.types.is_float_dtype(column) else "text"


def _cell(how: TableColumn, column: str, row: dict[str, Any], *, numeric: bool, hidden: bool) -> TableCell:
    value = row[column]
    if how.form == "message":
        text, tone = _state_text(value)
        return TableCell(how.heading, text, False, tone)
    if how.form == "published" and isinstance(row["marker"], str):
        return TableCell(how.heading, f"marked '{row['marker']}'", True)
    if pd.isna(value):
        return TableCell(how.heading, HIDDEN_MARK if hidden else MISSING_MARK, numeric)
    if isinstance(value, pd.Timestamp):
        return TableCell(how.heading, value.strftime("%B %Y") if value.day == 1 else value.strftime("%d %B %Y"), False)
    if how.form == "lead":
        return TableCell(how.heading, _MINUS.sub("−", str(value)), False, lead=str(row[f"{column}_lead"]))
    if numeric and as_number(value) is not None:
        return TableCell(how.heading, _figure(how, column, row), True)
    text = _MINUS.sub("−", in_words(column, how, value))
    return TableCell(how.heading, text[:1].upper() + text[1:] if how.form == "name" else text, False)


def as_number(value: Any) -> float | None:
    """A number that may stand as text in a table that people filled in; None for words.

    Examples
    --------
    >>> as_number("1.5"), as_number(3), as_number("fewer than 3 raters")
    (1.5, 3.0, None)
    """
    try:
        return float(value)
    except ValueError:
        return None


def _figure(how: TableColumn, column: str, row: dict[str, Any]) -> str:
    value, form, unit = float(row[column]), how.form, unit_of(column, how, row)
    if readable_unit(unit).scale != 1 and form in ("interval", "number", "published"):
        return _in_unit(form, value, row, unit)
    if form == "count":
        return number_label(value, decimals=0)
    if form == "percent":
        return f"{100 * value:.0f}%"
    if form == "percent-error":
        return f"{100 * value:.0f}% (±{100 * float(row[f'{column}_mcse']):.0f})"
    if form == "number-error":
        places = 3 if abs(value) < 1 else 2
        return (
            f"{number_label(value, decimals=places)} (±{number_label(float(row[f'{column}_mcse']), decimals=places)})"
        )
    if form in ("interval", "published"):
        ends = ("conf_low", "conf_high") if form == "interval" else ("low", "high")
        low, high = (float(row[c]) for c in ends)
        known = [v for v in (value, low, high) if not pd.isna(v)]
        places = 3 if max(abs(v) for v in known) < 1 else 2
        span = (
            "" if pd.isna(low) else f" ({number_label(low, decimals=places)} to {number_label(high, decimals=places)})"
        )
        return number_label(value, decimals=places) + span
    return number_label(value)


def _in_unit(form: Form, value: float, row: dict[str, Any], unit: str) -> str:
    """A share in per cent, a difference of shares in percentage points; with its interval where the form has one."""
    ends = {"interval": ("conf_low", "conf_high"), "published": ("low", "high")}.get(form)
    low, high = (float(row[c]) for c in ends) if ends else (math.nan, math.nan)
    (value, low, high), how = readable_interval(value, low, high, unit)
    if not ends and how.mark and abs(value) < _TENTHS_BELOW:
        how = replace(how, decimals=1)
    return how.label(value) + ("" if math.isnan(low) else f" ({how.span(low, high)})")


_MARKS = {
    "passed": ("✓", "good"),
    "did not pass": ("✗", "bad"),
    "inconclusive": ("?", "unsure"),
    "for information": ("i", "info"),
}
"""State of a check -> its mark, which says the same without colour, and its tone."""


def _state_text(value: Any) -> tuple[str, str]:
    state = str(value)
    return f"{_MARKS[state][0]} {state[:1].upper()}{state[1:]}", _MARKS[state][1]
