"""Small figures drawn as SVG text: no plotting library, so that a widget follows the hand.

Each function takes rows that have passed the disclosure gate and gives one ``<svg>`` with a title and a description
for those who do not see it. Text takes the page's colour, so the figures hold in light and dark themes; nothing is
said by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

SVG_INK = "currentColor"
ACCENT = "#2b7bba"
WIDTH = 380
_ROW = 30
FONT = 13
FAMILY = "system-ui, Arial, sans-serif"
"""Named in the figure, since one that stands in a page as an image takes no font from it."""
SVG_HIDDEN_MARK = "hidden to protect people"


@dataclass(frozen=True, slots=True)
class DrawnInterval:
    """One estimate with its interval; NaN where there is none, ``hidden`` where the gate did not let it through.

    ``label`` names it on the axis, ``panel`` the group it stands in where there are several panels; ``total`` marks
    the row for everyone, ``reference`` a published figure, drawn hollow, and ``line`` one with a
    dashed line through all rows.
    """

    label: str
    estimate: float
    low: float
    high: float
    hidden: bool = False
    total: bool = False
    panel: str = ""
    reference: bool = False
    line: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin of a distribution: its label, its released count, hidden or not, and the panel it stands in."""

    label: str
    count: float
    hidden: bool = False
    panel: str = ""


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers that span an interval: steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> nice_ticks(0.52, 0.68)
    [0.5, 0.55, 0.6, 0.65, 0.7]
    >>> nice_ticks(3.0, 3.0)
    [2.5, 3.0, 3.5]
    """
    if not high > low:
        low, high = low - 0.5, high + 0.5
    raw = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10, 20) if math.ceil(high / (m * power)) - low // (m * power) <= most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return [round(i * step, digits) for i in range(first, last + 1)]


def interval_rows_svg(rows: Sequence[DrawnInterval], *, title: str, description: str, axis: str) -> str:
    """One row a group: a dot (a diamond for everyone) with its interval, over a shared axis.

    Examples
    --------
    >>> row = DrawnInterval("All", 0.6, 0.5, 0.7, total=True)
    >>> drawn = interval_rows_svg([row], title="T", description="D", axis="share")
    >>> drawn.startswith("<svg"), 'role="img"' in drawn, "<title>T</title>" in drawn
    (True, True, True)
    """
    names = [label_lines(r.label) for r in rows]
    left, right, top = _margin([line for lines in names for line in lines]), 16, 8
    ticks = _axis(rows, 5)
    tops = [top]
    for lines in names:
        tops.append(tops[-1] + max(_ROW, 15 * len(lines) + 4))
    bottom = tops[-1]

    def x(value: float) -> float:
        return left + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (WIDTH - left - right)

    worded = [r.hidden or math.isnan(r.estimate) for r in rows]
    clear = _clear_stretches(tops, worded)
    parts = [line_svg(x(t), a, x(t), b, opacity=_strength(t, ticks)) for t in ticks for a, b in clear]
    parts += [text_svg(x(t), bottom + 16, tick_text(t, ticks, axis), anchor="middle") for t in ticks]
    for i, row in enumerate(rows):
        y = (tops[i] + tops[i + 1]) / 2
        first = y + 4 - 7.5 * (len(names[i]) - 1)
        parts += [text_svg(left - 10, first + 15 * k, t, anchor="end", bold=row.total) for k, t in enumerate(names[i])]
        if row.hidden:
            parts.append(text_svg(left + 6, y + 4, SVG_HIDDEN_MARK, italic=True))
            continue
        if math.isnan(row.estimate):
            parts.append(text_svg(left + 6, y + 4, "cannot be estimated", italic=True))
            continue
        if row.line:
            at = x(row.estimate)
            parts += [line_svg(at, a, at, b, dash="3 4", opacity=0.5) for a, b in clear]
        if not math.isnan(row.low):
            parts.append(line_svg(x(row.low), y, x(row.high), y, colour=SVG_INK if row.reference else ACCENT, width=3))
        parts.append(_dot(x(row.estimate), y, diamond=row.total, hollow=row.reference))
    parts.append(axis_svg((left + WIDTH - right) / 2, bottom + 36, axis_words(axis)))
    return frame_svg(parts, bottom + 44, title, description)


def _clear_stretches(tops: Sequence[float], worded: Sequence[bool]) -> list[tuple[float, float]]:
    """Where upright lines may run: past every row but those that stand in words, which no line crosses.

    Examples
    --------
    >>> _clear_stretches([8, 38, 68, 98], [False, True, False])
    [(8, 38), (68, 98)]
    """
    found: list[tuple[float, float]] = []
    for start, end, words in zip(tops, tops[1:], worded, strict=False):
        if words:
            continue
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def interval_series_svg(rows: Sequence[DrawnInterval], *, title: str, description: str, axis: str) -> str:
    """One panel a group: estimates in order of time, each with its interval; a gap where one is hidden.

    Examples
    --------
    >>> rows = [DrawnInterval("Jan", 0.6, 0.5, 0.7), DrawnInterval("Feb", 0.5, 0.4, 0.6)]
    >>> rows += [DrawnInterval("Mar", 0, 0, 0, hidden=True)]
    >>> interval_series_svg(rows, title="T", description="D", axis="share").count("<circle")
    2
    """
    panels = list(dict.fromkeys(r.panel for r in rows))
    labels = list(dict.fromkeys(r.label for r in rows))
    ticks = _axis(rows, 4)
    left, right, height = 52, 16, 150 if len(panels) == 1 else 84
    step = (WIDTH - left - right) / max(1, len(labels))
    widest = 0.56 * FONT * max((len(label) for label in labels), default=0) + 6
    every = max(1, math.ceil(widest / step))  # labels stand clear of each other
    parts, top = [text_svg(8, 16, axis_words(axis))], 26.0
    for panel in panels:
        if panel:
            parts.append(text_svg(left, top + 12, panel, bold=True))
            top += 18
        mine = [r for r in rows if r.panel == panel]
        parts += _series_panel(mine, labels, ticks, top, height, left, step, axis)
        top += height + 14
    for i, label in enumerate(labels):
        if i % every == 0:
            parts.append(text_svg(left + step * (i + 0.5), top + 4, label, anchor="middle"))
    if any(r.hidden or math.isnan(r.estimate) for r in rows):
        parts.append(text_svg(left, top + 26, "× hidden to protect people, or no estimate", italic=True))
        top += 22
    return frame_svg(parts, top + 12, title, description)


def _axis(rows: Sequence[DrawnInterval], most: int) -> list[float]:
    """Ticks over every number that is drawn."""
    numbers = [v for r in rows if not r.hidden for v in (r.low, r.estimate, r.high) if not math.isnan(v)]
    return nice_ticks(min(numbers), max(numbers), most) if numbers else [0.0, 1.0]


def _series_panel(
    rows: Sequence[DrawnInterval],
    labels: Sequence[str],
    ticks: Sequence[float],
    top: float,
    height: float,
    left: float,
    step: float,
    axis: str,
) -> list[str]:
    def y(value: float) -> float:
        return top + height - (value - ticks[0]) / (ticks[-1] - ticks[0]) * height

    parts = [line_svg(left, y(t), WIDTH - 16, y(t), opacity=_strength(t, ticks)) for t in ticks]
    parts += [text_svg(left - 8, y(t) + 4, tick_text(t, ticks, axis), anchor="end") for t in ticks]
    before: tuple[float, float] | None = None
    for row in rows:
        x = left + step * (labels.index(row.label) + 0.5)
        if row.hidden or math.isnan(row.estimate):
            parts.append(text_svg(x, top + height - 6, "×", anchor="middle"))
            before = None
            continue
        if before is not None:
            parts.append(line_svg(*before, x, y(row.estimate), colour=ACCENT, opacity=0.5))
        if not math.isnan(row.low):
            parts.append(line_svg(x, y(row.low), x, y(row.high), colour=ACCENT, width=3))
        parts.append(_dot(x, y(row.estimate), diamond=row.total))
        before = (x, y(row.estimate))
    return parts


def bars_svg(rows: Sequence[Bar], *, title: str, description: str, axis: str) -> str:
    """One panel a group: a bar a bin, its length the share of its panel, its count written beside it.

    Examples
    --------
    >>> drawn = bars_svg([Bar("0 to 0.5", 20), Bar("0.5 to 1", 60)], title="T", description="D", axis="workers")
    >>> "75%" in drawn
    True
    """
    left, room = _margin([r.label for r in rows]), 96
    totals: dict[str, float] = {}
    for row in rows:
        totals[row.panel] = totals.get(row.panel, 0.0) + (0.0 if row.hidden else row.count)
    longest = max((r.count / totals[r.panel] for r in rows if not r.hidden and totals[r.panel]), default=1.0)
    parts, top = [text_svg(8, 16, axis)], 26.0
    for panel in totals:
        if panel:
            parts.append(text_svg(left, top + 12, panel, bold=True))
            top += 18
        for row in (r for r in rows if r.panel == panel):
            middle = top + 11
            parts.append(text_svg(left - 10, middle + 4, row.label, anchor="end"))
            if row.hidden:
                parts.append(text_svg(left + 6, middle + 4, SVG_HIDDEN_MARK, italic=True))
            else:
                share = row.count / totals[panel] if totals[panel] else 0.0
                length = share / longest * (WIDTH - left - room)
                parts.append(_box(left, top + 2, length, 18))
                parts.append(text_svg(left + length + 6, middle + 4, f"{row.count:,.0f} ({share:.0%})"))
            top += 24
        top += 8
    return frame_svg(parts, top, title, description)


def _strength(tick: float, ticks: Sequence[float]) -> float:
    """How dark the line of a tick is: zero, where differences of either sign are drawn, is told from the others."""
    return 0.7 if tick == 0 and ticks[0] < 0 < ticks[-1] else 0.18


def axis_words(axis: str) -> str:
    """The words of an axis: a share is read as a percentage.

    Examples
    --------
    >>> axis_words("share"), axis_words("days")
    ('per cent', 'days')
    """
    return "per cent" if axis == "share" else axis


def tick_text(value: float, ticks: Sequence[float], axis: str = "") -> str:
    """A tick's number with as many decimals as its axis needs; a share as a percentage.

    Examples
    --------
    >>> tick_text(0.5, [0.5, 0.55]), tick_text(10, [10, 20]), tick_text(0.5, [0.5, 0.55], "share")
    ('0.50', '10', '50%')
    """
    if axis == "share":
        digits = max(len(f"{100 * t:.4f}".rstrip("0").split(".")[1]) for t in ticks)
        return f"{value:.{digits}%}"
    digits = max(len(f"{t:.6f}".rstrip("0").split(".")[1]) for t in ticks)
    return f"{value:,.{digits}f}"


def axis_svg(x: float, y: float, words: str) -> str:
    """An axis's words about a place, moved and made smaller where they are long."""
    wide = 0.56 * FONT * len(words)
    size = FONT if wide <= WIDTH - 8 else max(8.0, FONT * (WIDTH - 8) / wide)
    half = min(wide, WIDTH - 8) / 2
    return text_svg(min(max(x, half + 4), WIDTH - half - 4), y, words, anchor="middle", size=size)


def label_lines(label: str, most: int = 21) -> list[str]:
    """A label broken at spaces into lines that fit beside a figure.

    Examples
    --------
    >>> label_lines("Fewer than 10 needs met, in person")
    ['Fewer than 10 needs', 'met, in person']
    """
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _margin(labels: Sequence[str]) -> float:
    return min(170.0, 22 + 0.56 * FONT * max((len(text) for text in labels), default=0))


def line_svg(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    *,
    colour: str = SVG_INK,
    width: float = 1,
    opacity: float = 1,
    dash: str = "",
) -> str:
    """A straight line; ``dash`` is an SVG pattern such as ``"4 4"``."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}" stroke-opacity="{opacity:g}" stroke-linecap="round"{dashed}/>'
    )


def _dot(x: float, y: float, *, diamond: bool, hollow: bool = False) -> str:
    if hollow:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#fff" stroke="{SVG_INK}" stroke-width="2"/>'
    if diamond:
        return f'<path d="M{x:.1f} {y - 8:.1f}l8 8l-8 8l-8 -8z" fill="{ACCENT}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{ACCENT}"/>'


def _box(x: float, y: float, width: float, height: float) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" fill="{ACCENT}"/>'


def text_svg(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    bold: bool = False,
    italic: bool = False,
    size: float | None = None,
) -> str:
    """Words at a place, safe as markup."""
    style = (' font-weight="600"' if bold else "") + (' font-style="italic"' if italic else "")
    style += f' font-size="{size:g}"' if size is not None else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(text)}</text>'


def frame_svg(parts: Sequence[str], height: float, title: str, description: str) -> str:
    """The whole figure with its name and its description for those who do not see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH}" height="{height:.0f}" font-size="{FONT}" font-family="{FAMILY}" fill="{SVG_INK}" '
        f'aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    )
