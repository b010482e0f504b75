"""A widget that searches the catalogue of metrics and shows one of them in full."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import ipywidgets
import pandas as pd

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.specs.registry import REGISTRY, catalogue
from hybrid_toolkit.widgets.parts.html_parts import notice_html, table_html
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS
from hybrid_toolkit.widgets.parts.widget_base import Shown, ToolkitWidget, choice, offer

AREAS = {
    ALL_LEVELS: "All areas",
    "MA": "Relational practice",
    "MB": "Career stage and learning",
    "MC": "Digital exclusion",
    "MD": "Wellbeing, conflict and safety",
    "ME": "Exposure to hybrid working",
    "MF": "Service outcomes",
    "MG": "Equity",
    "own": "Custom metrics",
}
_WORDS = {
    "question": "Question",
    "unit": "One row is",
    "formula": "Formula",
    "value_unit": "Unit of the figure",
    "low": "Least",
    "high": "Greatest",
    "direction": "Better",
    "min_n": "Fewest units",
    "columns": "Columns",
    "reliability": "Reliability",
    "caveats": "Caveats",
    "source": "Source",
    "source_questions": "Asked for by (rows of docs/questions.md)",
    "co_produced": "Co-production",
    "elsewhere": "Elsewhere",
}


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """The whole state of a ``MetricCatalogue``: a word to search for, an area (``"all"``), and a metric shown in full.

    Examples
    --------
    >>> print(CatalogueState("broadband").to_code())
    import hybrid_toolkit as ht
    <BLANKLINE>
    ht.metrics.catalogue("broadband")
    """

    search: str = ""
    area: str = ALL_LEVELS
    metric: str = ""

    def found(self) -> pd.DataFrame:
        """The rows of the catalogue that are shown."""
        rows = catalogue(self.search.strip())
        if self.area == "own":
            return rows[[REGISTRY[i].own for i in rows["id"]]] if len(rows) else rows
        return rows if self.area == ALL_LEVELS else rows[rows["code"].str.startswith(self.area)]

    def to_code(self) -> str:
        """Code that gives the same rows in a fresh kernel."""
        word = f'"{self.search.strip()}"' if self.search.strip() else ""
        lines = ["import hybrid_toolkit as ht", "", f"ht.metrics.catalogue({word})"]
        if self.area not in (ALL_LEVELS, "own"):
            lines = [
                *lines[:2],
                f"rows = ht.metrics.catalogue({word})",
                f'rows[rows["code"].str.startswith("{self.area}")]',
            ]
        return "\n".join(lines)


class MetricCatalogue(ToolkitWidget):
    """Search the metrics by a word or an area, and read one in full: question, formula, columns, caveats, source.

    The trait ``state`` is its whole state. Works with the keyboard alone: Tab between the controls, Enter after a
    word, arrow keys within a list. It shows what metrics are, no data.

    Parameters
    ----------
    search : str, optional
        A word or part of one; everything where it is empty.
    area : str, default ALL_LEVELS
        ``"all"``, an area's code (``"MC"``) or ``"own"``.
    metric : str, optional
        Id of the metric to show in full.

    Raises
    ------
    UsageError
        No such area, or no such metric.

    Examples
    --------
    >>> MetricCatalogue(search="bice").text
    '1 metric with "bice"'
    """

    STATE = CatalogueState

    def __init__(self, *, search: str = "", area: str = ALL_LEVELS, metric: str = "") -> None:
        if area not in AREAS:
            raise UsageError("There is no such area.", fix=f"Use one of {', '.join(AREAS)}.", code="WIDGET-CHOICE")
        if metric and metric not in REGISTRY:
            raise UsageError(
                "There is no metric of that id.", fix="Choose a metric that catalogue() lists.", code="METRIC-UNKNOWN"
            )
        word = ipywidgets.Text(
            description="Search",
            placeholder="a word, then Enter",
            continuous_update=False,
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", min_width="180px", max_width="100%", margin="2px 0"),
        )
        controls = {"search": word, "area": choice("Area", AREAS), "metric": choice("Show in full", {"": "None"})}
        super().__init__(CatalogueState(search, area, metric), controls=controls)
        self._show()

    def to_code(self) -> str:
        """Code that gives the same rows in a fresh kernel.

        Returns
        -------
        str
            Code that gives the same rows in a fresh kernel.
        """
        return str(self.state.to_code())

    def _follow(self) -> str:
        state = self.state
        self._lists["search"].value, self._lists["area"].value = state.search, state.area
        rows = state.found()
        names = {"": "None", **dict(zip(rows["id"], rows["name"], strict=True))}
        kept = state.metric if state.metric in names else ""
        offer(self._lists["metric"], names, kept)
        self.state = CatalogueState(state.search, state.area, kept)
        return ""

    def _draw(self) -> Shown:
        state = self.state
        rows = state.found()
        word = f' with "{state.search.strip()}"' if state.search.strip() else ""
        area = "" if state.area == ALL_LEVELS else f" in {AREAS[state.area]}"
        text = f"{len(rows)} metric{'' if len(rows) == 1 else 's'}{word}{area}"
        answer = f'<div class="hte-answer"><strong>{escape(text)}</strong></div>'
        if rows.empty:
            return Shown(text, answer, notice_html("No metric holds that.", fix="Try a shorter word, or all areas."))
        listed = [
            [r["name"], r["id"], r["question"], r["unit"], "from tables" if r["computed"] else "elsewhere"]
            for r in rows.to_dict("records")
        ]
        table = table_html("Metrics", ["Name", "Id", "Question", "One row is", "Measured"], listed, words=5)
        return Shown(text, answer, _full(rows, state.metric) + f'<div class="hte-wrap">{table}</div>')


def _full(rows: pd.DataFrame, metric: str) -> str:
    """One metric in full, as a table of two columns; nothing where none is chosen."""
    if not metric:
        return ""
    row = rows[rows["id"] == metric].iloc[0]
    held = [[words, _text(row[name])] for name, words in _WORDS.items() if _text(row[name])]
    table = table_html(f"{row['name']} ({metric})", ["What", "Words"], held, words=2)
    return table.replace("<td", '<td style="white-space: normal"')


def _text(value: object) -> str:
    return "" if value is None or value != value else f"{value:g}" if isinstance(value, float) else str(value)
