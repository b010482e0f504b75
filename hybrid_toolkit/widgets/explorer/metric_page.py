"""How a view of one metric looks: its answer, two figures, the table beside them, and what to mind."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hybrid_toolkit.report.plots.readable_units import readable_unit
from hybrid_toolkit.report.published_reference import PUBLISHED_CAPTION
from hybrid_toolkit.widgets.explorer.metric_answer import AnswerCell, AnswerReference, Bin, MetricView, unit_text
from hybrid_toolkit.widgets.parts.html_parts import figure_html, list_html, notice_html, table_html
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS
from hybrid_toolkit.widgets.parts.svg import Bar, DrawnInterval, bars_svg, interval_rows_svg, interval_series_svg


def answer_html(view: MetricView) -> str:
    """The answer in one line, and the stamp of simulated data."""
    stamp = f'<div class="hte-stamp">{escape(view.stamp)}</div>' if view.stamp else ""
    head, _, rest = view.text.partition("; ")
    more = f"; <span>{escape(rest)}</span>" if rest else ""
    return f'<div class="hte-answer"><strong>{escape(head)}</strong>{more}</div>{stamp}'


def view_html(view: MetricView) -> str:
    """Figures and table side by side where there is room, and the notes below them."""
    figures = figure_html(f"{view.title}: estimate and interval", intervals_svg(view)) + _distribution(view)
    table = table_html(
        f"{view.title}: the numbers", *metric_table(view), words=2 if view.state.period != ALL_LEVELS else 1
    )
    beside = (
        table_html(PUBLISHED_CAPTION, *reference_table(view.references, view.unit), words=2) if view.references else ""
    )
    return f'<div class="hte-columns"><div>{figures}</div><div>{table}{beside}{list_html(view.notes)}</div></div>'


def intervals_svg(view: MetricView) -> str:
    """The estimates of the view with their intervals."""
    said = f"{view.text}. The table beside the figure holds every number."
    scale, axis = _drawn_unit(view)
    if view.state.period == ALL_LEVELS:
        rows = [_interval(c, c.group_label, scale, total=c.everyone) for c in view.cells]
        rows += [_reference(r, scale) for r in view.references if not r.marker]
        return interval_rows_svg(rows, title=view.title, description=said, axis=axis)
    split = view.state.group != ALL_LEVELS
    # everyone over the whole time is one point and no series: the table beside the figure has it
    drawn = [c for c in view.cells if not (split and c.everyone)]
    rows = [_interval(c, c.period_label, scale, panel=c.group_label if split else "") for c in drawn]
    return interval_series_svg(rows, title=view.title, description=said, axis=axis)


def _drawn_unit(view: MetricView) -> tuple[float, str]:
    """What values are multiplied by, and the words of the axis; an axis of shares is drawn in per cent as it is."""
    how = readable_unit(view.unit)
    return (1.0, view.unit) if how.mark else (how.scale, how.words)


def _reference(one: AnswerReference, scale: float) -> DrawnInterval:
    through = one.kind != "statistical neighbour"  # a line for each of ten neighbours would hide the figure
    ends = (scale * one.figure, scale * one.low, scale * one.high)
    return DrawnInterval(one.label, *ends, reference=True, line=through)


def _interval(cell: AnswerCell, label: str, scale: float, *, total: bool = False, panel: str = "") -> DrawnInterval:
    ends = (scale * cell.estimate, scale * cell.low, scale * cell.high)
    return DrawnInterval(label, *ends, hidden=cell.hidden, total=total, panel=panel)


def _distribution(view: MetricView) -> str:
    caption = f"Distribution. {bins_say(view.bins, view.counted)}".strip()
    return figure_html(caption, distribution_svg(view)) if view.bins else notice_html(view.no_distribution)


def distribution_svg(view: MetricView) -> str:
    """The bins of the view as bars."""
    bars = [Bar(b.label, b.count, b.hidden, b.panel) for b in view.bins]
    said = "; ".join(f"{b.panel + ', ' if b.panel else ''}{b.label}: {_count(b.count, b.hidden)}" for b in view.bins)
    return bars_svg(bars, title=f"Distribution of {view.title}", description=said, axis=view.bins_axis)


def metric_table(view: MetricView) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the numbers of a view, in words."""
    split = view.state.period != ALL_LEVELS
    heads = ["Group", *(["Period"] if split else []), "Estimate", "95% confidence interval", view.counted]
    rows = []
    for cell in view.cells:
        words = [cell.group_label, *([cell.period_label] if split else [])]
        if cell.hidden:
            rows.append([*words, "hidden", "hidden", "too few"])
            continue
        span = (
            "none" if cell.low != cell.low else f"{unit_text(cell.low, view.unit)} to {unit_text(cell.high, view.unit)}"
        )
        rows.append([*words, unit_text(cell.estimate, view.unit), span, _count(cell.n, False)])
    return heads, rows


def reference_table(references: Sequence[AnswerReference], unit: str) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of published figures in a unit, in words; a symbol stands as it was published."""
    rows = []
    for one in references:
        span = "none" if one.low != one.low else f"{unit_text(one.low, unit)} to {unit_text(one.high, unit)}"
        said = f"marked '{one.marker}'" if one.marker else unit_text(one.figure, unit)
        rows.append([one.label, one.kind, said, span])
    return ["Published for", "What it is", "Figure", "Interval"], rows


def _count(value: float, hidden: bool) -> str:
    return "hidden" if hidden or value != value else f"{value:,.0f}"


def bins_say(bins: Sequence[Bin], counted: str) -> str:
    """The bin that holds most, of each group that is drawn.

    Parameters
    ----------
    bins : Sequence[Bin]
        The bars of the figure.
    counted : str
        What is counted, in words.

    Returns
    -------
    str
        One sentence; empty where every bin is hidden.

    Examples
    --------
    >>> bins_say([Bin("", "under 2", 20, False), Bin("", "2 or more", 60, False)], "workers")
    'Where most workers lie: 2 or more (75%).'
    """
    said = []
    for panel in dict.fromkeys(b.panel for b in bins):
        mine = [b for b in bins if b.panel == panel and not b.hidden]
        total = sum(b.count for b in mine)
        if not total:
            continue
        most = max(mine, key=lambda b: b.count)
        said.append(f"{f'{panel}: ' if panel else ''}{most.label} ({most.count / total:.0%})")
    return f"Where most {counted} lie: {'; '.join(said)}." if said else ""
