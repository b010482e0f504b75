"""A large causal graph as rows: each effect at the right, what moves it at its left, in the order of the graph.

With sixty nodes and two hundred arrows, a picture in layers is a net of lines that nobody can follow. Here no two lines
cross: every arrow of the graph is a box that stands in the row of its effect.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from hybrid_toolkit.report.plots.plot_style import BLUE, GREY, INK, PAPER, drawing, new_axes
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, digraph

IN_A_ROW = 5
"""Causes beside each other: with the effect and its arrow, the width of a printed page."""
NO_CAUSE = "moved by nothing in this graph"
_CELL, _LINE, _GAP, _ARROW = 1.36, 0.35, 0.09, 0.35
"""Inches: width of a box with its margin, height of a line of boxes, space between rows, room of the arrow."""
_MARGIN = 0.05
"""Inches between a box and the edge of its cell."""
_LETTERS = 22
"""Letters of a line in a box at seven points."""


def draw_rows(graph: CausalGraph, *, ax: Axes | None = None) -> Axes:
    """The whole graph, one row an effect.

    Parameters
    ----------
    graph : CausalGraph
        The causal graph.
    ax : Axes | None, optional
        Where to draw; None makes a figure as large as the graph needs.

    Returns
    -------
    Axes
        The axes, in inches.
    """
    g = digraph(graph)
    order = [n.id for n in graph.nodes]
    rows = [(n, [c for c in order if g.has_edge(c, n)]) for n in order if g.in_degree(n)]
    first = [n for n in order if not g.in_degree(n)]
    lines = [_lines(causes) for _, causes in rows]
    height = sum(lines) * _LINE + len(rows) * _GAP + _lines(first) * _LINE + 2 * _GAP
    width = (IN_A_ROW + 1) * _CELL + _ARROW
    with drawing():
        ax = new_axes(height=height + 0.4, width=width + 0.2) if ax is None else ax
        top = height
        _causes(ax, graph, first, top)
        middle = top - _lines(first) * _LINE / 2
        ax.text(IN_A_ROW * _CELL + _ARROW, middle, textwrap.fill(NO_CAUSE, _LETTERS), va="center", fontsize=7,
                style="italic", color=INK)  # fmt: skip
        top -= _lines(first) * _LINE + 2 * _GAP
        for (effect, causes), deep in zip(rows, lines, strict=True):
            _causes(ax, graph, causes, top)
            middle, left = top - deep * _LINE / 2, IN_A_ROW * _CELL + _ARROW
            box = _box(ax, left, middle + _LINE / 2, graph.node(effect).title, edge=BLUE, width=2.0)
            reach = min(len(causes), IN_A_ROW) * _CELL
            arrow = FancyArrowPatch((reach, middle), (box.get_x(), middle), arrowstyle="-|>", mutation_scale=9,
                                    color=INK, linewidth=1.0, shrinkA=0, shrinkB=1)  # fmt: skip
            ax.add_patch(arrow)
            top -= deep * _LINE + _GAP
        ax.set(xlim=(-0.1, width + 0.1), ylim=(-0.1, height + 0.1))
        ax.set_axis_off()
        ax.set_title(f"{graph.title}: what moves what", fontsize=9, loc="left")
    return ax


def _lines(causes: Sequence[str]) -> int:
    return max(1, -(-len(causes) // IN_A_ROW))


def _causes(ax: Axes, graph: CausalGraph, causes: Sequence[str], top: float) -> None:
    """Boxes of what moves one effect, in a frame from which the arrow goes out."""
    across, deep = min(len(causes), IN_A_ROW) * _CELL, _lines(causes) * _LINE
    ax.add_patch(Rectangle((0, top - deep), across, deep, facecolor="none", edgecolor=GREY, linewidth=0.6))
    for i, cause in enumerate(causes):
        line, place = divmod(i, IN_A_ROW)
        _box(ax, place * _CELL, top - line * _LINE, graph.node(cause).title, edge=GREY, width=0.6)


def _box(ax: Axes, left: float, top: float, title: str, *, edge: str, width: float) -> Rectangle:
    box = Rectangle((left + _MARGIN, top - _LINE + _MARGIN / 2), _CELL - 2 * _MARGIN, _LINE - _MARGIN, facecolor=PAPER,
                    edgecolor=edge, linewidth=width)  # fmt: skip
    ax.add_patch(box)
    ax.text(left + _CELL / 2, top - _LINE / 2, textwrap.fill(title, _LETTERS), ha="center", va="center", fontsize=7,
            linespacing=0.95, color=INK)  # fmt: skip
    return box
