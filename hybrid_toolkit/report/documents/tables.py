"""Released rows as the cells of a table: headings, forms of numbers, and a mark for what is hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hybrid_toolkit.disclosure import Release, require_release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.report.documents.blocks import Form, TableColumn
from hybrid_toolkit.report.plots.plot_style import number_label

_COLUMN, _PHONE = 22, 34
"""Letters after which a column wraps, and letters that stand side by side on a phone 320 pixels wide; assumed."""
HIDDEN_MARK = "[c]"
"""Stands where a number is hidden (the symbol for confidential in official statistics)."""
HIDDEN_NOTE = (
    "[c] means hidden to protect people: too few stand behind the number, or it would give such a number away."
)
MISSING_MARK = "–"
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
    rows = require_release(release, kinds=("table", "estimates", "figure", "facts")).content
    hidden = rows["suppressed"].to_numpy(dtype=bool) if "suppressed" in rows else [False] * len(rows)
    shown = columns or {c: TableColumn(plain_heading(c), _form(rows[c])) for c in map(str, rows) if c != "suppressed"}
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
    if numeric:
        return TableCell(how.heading, _figure(how.form, column, row), True)
    text = _MINUS.sub("−", str(value))
    return TableCell(how.heading, text[:1].upper() + text[1:] if how.form == "name" else text, False)


def _figure(form: Form, column: str, row: dict[str, Any]) -> str:
    value = float(row[column])
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
