"""What a lens shows: panels of released numbers, each with its figure and its table, in one answer with its notes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import pandas as pd

from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release, require_release
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.report.plots.readable_units import readable_interval, readable_unit
from hybrid_toolkit.report.published_reference import PUBLISHED_CAPTION, published_columns
from hybrid_toolkit.study.estimation.claims import format_estimates, range_with_direction, with_direction
from hybrid_toolkit.widgets.explorer.metric_answer import MetricView, number_text, references_of
from hybrid_toolkit.widgets.explorer.metric_page import (
    bins_say,
    distribution_svg,
    intervals_svg,
    metric_table,
    reference_table,
)
from hybrid_toolkit.widgets.parts.html_parts import figure_html, list_html, notice_html, table_html

PanelRows = Sequence[Sequence[str]]
LONG = 140
"""Characters from which an answer is not set large."""


@dataclass(frozen=True)
class FigurePanel:
    """One release with its figure and the table beside it.

    Parameters
    ----------
    caption : str
        What it shows.
    release : Release
        The numbers, through the gate. Figure and table are made of nothing else.
    draw : Callable[[Release], str] | None
        Release -> SVG, called when it is looked at; None where the table says all.
    heads : Sequence[str]
        Heads of the columns of the table beside the figure, in words.
    rows : PanelRows
        Rows of the table beside the figure, in words.
    words : int, default 1
        How many of its columns hold words.
    note : str, optional
        One sentence under it.
    says : str, optional
        The sentence above it, that tells a reader what to see.
    columns : Mapping[str, TableColumn] | None, optional
        How documents show the release: headings, words for codes, units. The columns as they are where it is left out.
    """

    caption: str
    release: Release
    draw: Callable[[Release], str] | None
    heads: Sequence[str]
    rows: PanelRows
    words: int = 1
    note: str = ""
    says: str = ""
    columns: Mapping[str, TableColumn] | None = None

    @cached_property
    def drawing(self) -> str:
        """The figure as SVG; empty where there is none."""
        return self.draw(require_release(self.release)) if self.draw is not None else ""

    def to_html(self) -> str:
        """Figure and table side by side where there is room."""
        told = f"{self.caption}. {self.says}" if self.says else self.caption
        figure = f"<div>{figure_html(told, self.drawing)}</div>" if self.draw is not None else ""
        table = table_html(f"{self.caption}: the numbers" if figure else self.caption, self.heads, self.rows,
                           words=self.words)  # fmt: skip
        note = notice_html(self.note) if self.note else ""
        return f'<div class="hte-columns">{figure}<div>{table}{note}</div></div>'


@dataclass(frozen=True)
class LensView:
    """What a lens shows in one state.

    Parameters
    ----------
    title : str
        What it is about.
    text : str
        The answer in one line.
    panels : tuple[FigurePanel, ...]
        Releases with their figures and tables, in order.
    said : Release | None, optional
        Release of the notes, one a row; None without notes.
    missing : tuple[str, ...], optional
        What these data do not open, and what would open it, one sentence each.
    headline : str, optional
        The take-away sentence above the figure; the answer where it is left out.

    Examples
    --------
    >>> LensView("Practice", "No contacts are recorded.", ()).releases
    ()
    """

    title: str
    text: str
    panels: tuple[FigurePanel, ...]
    said: Release | None = None
    missing: tuple[str, ...] = ()
    headline: str = ""

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Reasons for doubt, caveats and what the gate did."""
        return () if self.said is None else tuple(require_release(self.said).content["note"])

    @property
    def releases(self) -> tuple[Release, ...]:
        """Everything that is shown, as it passed the gate."""
        return tuple(p.release for p in self.panels)

    @property
    def stamp(self) -> str:
        """The stamp of simulated data; empty for real data."""
        return next((r.stamp for r in self.releases if r.stamp), "")

    def answer_html(self) -> str:
        """The answer, and the stamp of simulated data.

        Returns
        -------
        str
            The answer, and the stamp of simulated data.
        """
        head, _, rest = self.text.partition("; ")
        more = f"; <span>{escape(rest)}</span>" if rest else ""
        stamp = f'<div class="hte-stamp">{escape(self.stamp)}</div>' if self.stamp else ""
        first = f"<strong>{escape(head)}</strong>" if len(head) <= LONG else f"<b>{escape(head)}</b>"
        return f'<div class="hte-answer">{first}{more}</div>{stamp}'

    def body_html(self) -> str:
        """Every panel, then what is missing, then the notes.

        Returns
        -------
        str
            Every panel, then what is missing, then the notes.
        """
        panels = "".join(p.to_html() for p in self.panels)
        return panels + "".join(notice_html(m) for m in self.missing) + list_html(self.notes)


def notes_release(gate: Gate, notes: Sequence[str], *, title: str, source: object) -> Release:
    """Notes through the gate: words about methods, never about people."""
    frame = pd.DataFrame({"note": list(dict.fromkeys(notes))})
    return gate.facts(frame, title=f"{title}: notes", basis="metadata", source=source)


def published_table(release: Release, unit: str) -> FigurePanel:
    """Published figures as a table of their own, in the order of places and norms, never by figure."""
    heads, rows = reference_table(references_of(release), unit)
    return FigurePanel(PUBLISHED_CAPTION, release, None, heads, rows, words=2, columns=published_columns(unit))


def metric_panels(view: MetricView, *, distribution: bool = False) -> tuple[FigurePanel, ...]:
    """A metric's view as a panel: the figure, the table and the release of the explorer."""
    heads, rows = metric_table(view)
    words = 2 if view.state.period != "all" else 1
    first: tuple[FigurePanel, ...] = (
        FigurePanel(view.title, view.estimates, lambda _: intervals_svg(view), heads, rows, words,
                    columns=view.columns),
    )  # fmt: skip
    if view.reference is not None:
        first = (*first, published_table(view.reference, view.unit))
    if not distribution or view.distribution is None:
        return first
    bins = [[b.panel or "Everyone", b.label, "hidden" if b.hidden else f"{b.count:,.0f}"] for b in view.bins]
    heads = ["Group", "Value", view.counted]
    caption = f"{view.title}: distribution"
    return *first, FigurePanel(caption, view.distribution, lambda _: distribution_svg(view), heads, bins, 2,
                               says=bins_say(view.bins, view.counted), columns=view.bins_columns)  # fmt: skip


def span_text(estimate: float, low: float, high: float, hidden: bool = False, unit: str = "") -> str:
    """An estimate with its interval, in words; a share as a percentage.

    Examples
    --------
    >>> span_text(0.5, 0.4, 0.6), span_text(1.0, float("nan"), float("nan")), span_text(1.0, 0.0, 2.0, hidden=True)
    ('0.50 (0.40 to 0.60)', '1.00', 'hidden')
    >>> span_text(0.5, 0.4, 0.6, unit="share of families"), span_text(-0.1, -0.2, 0.0, unit="difference of shares")
    ('50% (40% to 60%)', '−10.0 (−20.0 to 0.0)')
    """
    if hidden:
        return "hidden"
    if estimate != estimate:
        return "cannot be estimated"
    if unit and readable_unit(unit).scale != 1:
        (value, start, end), how = readable_interval(estimate, low, high, unit)
        return how.label(value) + ("" if low != low else f" ({how.span(start, end)})")
    return number_text(estimate) + ("" if low != low else f" ({number_text(low)} to {number_text(high)})")


def span_of(row: Mapping[Hashable, object], unit: str = "") -> str:
    """A released row's estimate with its interval, in words."""
    estimate, low, high = three_of(row)
    return span_text(estimate, low, high, bool(row["suppressed"]), unit)


def three_of(row: Mapping[Hashable, object]) -> tuple[float, float, float]:
    """A released row's estimate and the ends of its interval."""
    estimate, low, high = (float(str(row[c])) for c in ("estimate", "conf_low", "conf_high"))
    return estimate, low, high


def share_sentence(row: Mapping[Hashable, object], whose: str) -> str:
    """A released share in per cent with its interval, as a sentence: whose share it is stands between the two.

    Examples
    --------
    >>> share_sentence({"estimate": 0.654, "conf_low": 0.62, "conf_high": 0.68, "suppressed": False},
    ...                "of families have enough")
    '65% of families have enough (95% confidence interval 62% to 68%)'
    """
    share, low, high = three_of(row)
    if row["suppressed"] or share != share:
        return f"How many {whose}: {span_of(row)}"
    return f"{share:.0%} {whose}" + ("" if low != low else f" (95% confidence interval {low:.0%} to {high:.0%})")


def gap_sentence(row: Mapping[Hashable, object], unit: str, *, scale: float = 1.0) -> str:
    """A released difference as a size with its unit, direction and interval, as a sentence names it.

    Examples
    --------
    >>> gap_sentence({"estimate": -0.15, "conf_low": -0.21, "conf_high": -0.1, "suppressed": False},
    ...              "percentage points", scale=100)
    '15.0 percentage points lower (95% confidence interval 10.0 to 21.0 percentage points lower)'
    """
    gap, low, high = (scale * v for v in three_of(row))
    if row["suppressed"] or gap != gap:
        return span_of(row)
    if low != low:
        return with_direction(format_estimates((gap,))[0], unit)
    said, lower, upper = format_estimates((gap, low, high))
    return f"{with_direction(said, unit)} (95% confidence interval {range_with_direction(lower, upper, unit)})"


def count_of(row: Mapping[Hashable, object]) -> str:
    """A released row's count in words."""
    return "too few" if row["suppressed"] else f"{float(str(row['n'])):,.0f}"
