"""A figure of ``svg.py`` as PNG: the same lines, marks and words, painted by matplotlib when somebody asks for it."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Rectangle

_SVG = "{http://www.w3.org/2000/svg}"
_INK = "#1a1a1a"
_ANCHOR = {"start": "left", "middle": "center", "end": "right"}


def svg_to_png(svg: str, *, dpi: int = 192, footer: str = "") -> bytes:
    """Paint a figure on white; ``footer`` (a stamp, where the data come from) stands below it.

    Parameters
    ----------
    svg : str
        A figure of ``svg.py``: lines, polylines, polygons, rectangles, circles, diamonds and words.
    dpi : int, default 192
        Dots an inch; 96 gives a dot a pixel.

    Examples
    --------
    >>> from hybrid_toolkit.widgets.parts.svg import DrawnInterval, interval_rows_svg
    >>> png = svg_to_png(interval_rows_svg([DrawnInterval("All", 1, 0, 2)], title="T", description="D", axis="a"))
    >>> png[:4]
    b'\\x89PNG'
    """
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    size, below = float(root.attrib.get("font-size", 13)), 18 if footer else 0
    figure = Figure(figsize=(width / 96, (height + below) / 96), dpi=dpi, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height + below, 0)
    axes.axis("off")
    for order, element in enumerate(root.iter()):
        _paint(axes, element, order, size)
    if footer:
        axes.text(4, height + 12, footer, fontsize=min(6.5, 1.2 * width / len(footer)), color=_INK, va="baseline")
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dpi)
    return out.getvalue()


def _paint(axes: Any, element: ElementTree.Element, order: int, size: float) -> None:
    kind, a = element.tag.removeprefix(_SVG), element.attrib
    number = {k: float(v) for k, v in a.items() if re.fullmatch(r"-?[\d.]+", v)}
    fill, stroke = _colour(a.get("fill", "none")), _colour(a.get("stroke", "none"))
    alpha = number.get("fill-opacity", number.get("stroke-opacity", 1.0))
    thick = 0.75 * number.get("stroke-width", 1.0)
    face: dict[str, Any] = {
        "facecolor": fill, "alpha": alpha, "edgecolor": stroke, "linewidth": thick, "zorder": order,
    }  # fmt: skip
    add = axes.add_patch
    if kind in ("line", "polyline"):
        points = [(number["x1"], number["y1"]), (number["x2"], number["y2"])] if kind == "line" else _points(a)
        dashes = [0.75 * float(d) for d in a.get("stroke-dasharray", "").split()]
        axes.plot(
            *zip(*points, strict=True), color=stroke, alpha=alpha, zorder=order,
            linewidth=thick, linestyle=(0, dashes) if dashes else "-",
        )  # fmt: skip
    elif kind == "polygon":
        add(Polygon(_points(a), closed=True, **face))
    elif kind == "rect":
        add(Rectangle((number["x"], number["y"]), number["width"], number["height"], **face))
    elif kind == "circle":
        add(Circle((number["cx"], number["cy"]), number["r"], **face))
    elif kind == "path":
        x, y, r = (float(v) for v in re.match(r"M([-\d.]+) ([-\d.]+)l([\d.]+)", a["d"]).groups())  # type: ignore[union-attr]
        add(Polygon([(x, y), (x + r, y + r), (x, y + 2 * r), (x - r, y + r)], closed=True, **face))
    elif kind == "text":
        axes.text(
            number["x"], number["y"], element.text or "", color=_INK, zorder=order,
            fontsize=0.72 * number.get("font-size", size), ha=_ANCHOR[a.get("text-anchor", "start")], va="baseline",
            weight="bold" if "font-weight" in a else "normal", style=a.get("font-style", "normal"),
        )  # fmt: skip


def _points(a: dict[str, str]) -> list[tuple[float, float]]:
    pairs = (p.split(",") for p in a["points"].split())
    return [(float(x), float(y)) for x, y in pairs]


def _colour(value: str) -> str:
    return _INK if value == "currentColor" else value
