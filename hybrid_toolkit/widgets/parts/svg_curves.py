"""Curves with their bands, and parts of a whole, drawn by hand as SVG; nothing is said by colour alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hybrid_toolkit.widgets.parts.svg import (
    ACCENT,
    FONT,
    SVG_HIDDEN_MARK,
    SVG_INK,
    WIDTH,
    axis_svg,
    frame_svg,
    line_svg,
    nice_ticks,
    text_svg,
)
from hybrid_toolkit.widgets.parts.svg import tick_text as words_of

_LABELS_FIT = 200
"""Width of a panel from which every tick has room for its label."""
SAME_PLACE = 1e-9
"""Places of a slider that differ by less are one, apart from rounding."""
_GAP = 26


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve in its own panel: points in order of x, each (x, estimate, low, high); empty where it is hidden."""

    label: str
    points: tuple[tuple[float, float, float, float], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class SharePart:
    """One part of a whole: its label and its share from 0 to 1."""

    label: str
    share: float


def curves_svg(
    curves: Sequence[Curve],
    *,
    title: str,
    description: str,
    x_axis: str,
    y_axis: str,
    at: float | None = None,
    diagonal: bool = False,
    columns: int = 2,
    floor: tuple[float, ...] = (),
    per_cent: str = "",
) -> str:
    """Small panels, a curve each with its band, over the same axes; a dashed line where x is read.

    Parameters
    ----------
    curves : Sequence[Curve]
        One a panel; a hidden one says so.
    at : float | None, optional
        Where to draw the dashed line; the point there is marked.
    diagonal : bool, default False
        Draw the line of equal shares.
    columns : int, default 2
        Panels beside each other.
    floor : tuple[float, ...], optional
        Values that the upright axis holds in any case.
    per_cent : str, default ""
        Which axes hold shares, that are read in per cent: ``"x"``, ``"y"`` or ``"xy"``.

    Examples
    --------
    >>> drawn = curves_svg([Curve("ASYE", ((0, 3, 2, 4), (1, 2, 1, 3)))], title="T", description="D", x_axis="x",
    ...                    y_axis="y", at=1.0)
    >>> drawn.count("<polyline"), drawn.count("<polygon"), drawn.count("<circle")
    (1, 1, 1)
    """
    columns = min(columns, max(1, len(curves)))
    points = [p for c in curves for p in c.points]
    xs = nice_ticks(min(p[0] for p in points), max(p[0] for p in points), 5) if points else [0.0, 1.0]
    numbers = [v for p in points for v in p[1:] if not math.isnan(v)] + [*floor, *((0.0, 1.0) if diagonal else ())]
    ys = nice_ticks(min(numbers), max(numbers), 5) if numbers else [0.0, 1.0]
    left, width = 46.0, (WIDTH - 46 - 8 - _GAP * (columns - 1)) / columns
    height = 210.0 if columns == 1 else 120.0
    size = min(FONT, FONT * (WIDTH - 8) / max(1.0, 0.56 * FONT * len(y_axis)))
    parts, bottom = [text_svg(4, 14, y_axis, size=size)], 22.0
    for start in range(0, max(1, len(curves)), columns):
        top = bottom + 18
        for place, curve in enumerate(curves[start : start + columns]):
            box = _Box(left + place * (width + _GAP), top, width, height, xs, ys, per_cent)
            parts += _panel(box, curve, at, diagonal=diagonal, first=place == 0)
        bottom = top + height + 18
    parts.append(axis_svg((left + WIDTH) / 2, bottom + 18, x_axis))
    return frame_svg(parts, bottom + 26, title, description)


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a panel stands, and its axes."""

    left: float
    top: float
    width: float
    height: float
    xs: Sequence[float]
    ys: Sequence[float]
    per_cent: str = ""

    def unit(self, axis: str) -> str:
        return "share" if axis in self.per_cent else ""

    def x(self, value: float) -> float:
        return self.left + (value - self.xs[0]) / (self.xs[-1] - self.xs[0]) * self.width

    def y(self, value: float) -> float:
        return self.top + self.height - (value - self.ys[0]) / (self.ys[-1] - self.ys[0]) * self.height


def _panel(box: _Box, curve: Curve, at: float | None, *, diagonal: bool, first: bool) -> list[str]:
    right, bottom = box.left + box.width, box.top + box.height
    parts = [text_svg(box.left, box.top - 6, curve.label, bold=True)]
    parts += [line_svg(box.left, box.y(t), right, box.y(t), opacity=0.18) for t in box.ys]
    if first:
        parts += [
            text_svg(box.left - 6, box.y(t) + 4, words_of(t, box.ys, box.unit("y")), anchor="end") for t in box.ys
        ]
    shown = box.xs if box.width > _LABELS_FIT else (box.xs[0], box.xs[-1])
    anchors = {box.xs[0]: "start", box.xs[-1]: "end"}
    parts += [
        text_svg(box.x(t), bottom + 15, words_of(t, box.xs, box.unit("x")), anchor=anchors.get(t, "middle"))
        for t in shown
    ]
    if not curve.points:
        return [
            *parts,
            text_svg(box.left + 6, box.top + box.height / 2, curve.note or SVG_HIDDEN_MARK, italic=True, size=11),
        ]
    if diagonal:
        parts.append(line_svg(box.x(0), box.y(0), box.x(1), box.y(1), opacity=0.6, dash="4 4"))
    banded = [p for p in curve.points if not math.isnan(p[2])]
    edge = [(p[0], p[3]) for p in banded] + [(p[0], p[2]) for p in reversed(banded)]
    if len(banded) > 1:
        path = " ".join(f"{box.x(x):.1f},{box.y(y):.1f}" for x, y in edge)
        parts.append(f'<polygon points="{path}" fill="{ACCENT}" fill-opacity="0.22" stroke="none"/>')
    path = " ".join(f"{box.x(p[0]):.1f},{box.y(p[1]):.1f}" for p in curve.points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="{ACCENT}" stroke-width="2.5"/>')
    if at is not None:
        parts.append(line_svg(box.x(at), box.top, box.x(at), bottom, dash="3 3", opacity=0.8))
        near = next((p for p in curve.points if abs(p[0] - at) < SAME_PLACE), None)
        if near is not None:
            parts.append(f'<circle cx="{box.x(at):.1f}" cy="{box.y(near[1]):.1f}" r="5" fill="{ACCENT}"/>')
    return parts


def shares_svg(rows: Sequence[tuple[str, Sequence[SharePart]]], *, title: str, description: str) -> str:
    """One bar a row, split into its parts; each part's words and share stand in or under it.

    Examples
    --------
    >>> drawn = shares_svg([("Manager", (SharePart("green", 0.6), SharePart("red", 0.4)))], title="T", description="D")
    >>> drawn.count("<rect"), "green 60%" in drawn
    (2, True)
    """
    parts, top = [], 4.0
    fills = (0.75, 0.12, 0.4)
    for label, wholes in rows:
        parts.append(text_svg(4, top + 13, label))
        if not wholes:
            parts.append(text_svg(4, top + 34, SVG_HIDDEN_MARK, italic=True))
        x = 4.0
        for place, part in enumerate(wholes):
            width = part.share * (WIDTH - 8)
            parts.append(
                f'<rect x="{x:.1f}" y="{top + 20:.1f}" width="{max(width, 0.5):.1f}" height="14" fill="{ACCENT}" '
                f'fill-opacity="{fills[place % 3]:g}" stroke="{SVG_INK}" stroke-width="1"/>'
            )
            x += width
        said = ", ".join(f"{p.label} {p.share:.0%}" for p in wholes)
        parts.append(text_svg(4, top + 49, said, size=FONT - 1) if wholes else "")
        top += 60
    return frame_svg(parts, top, title, description)
