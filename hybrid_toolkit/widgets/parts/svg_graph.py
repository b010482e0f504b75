"""A causal graph as SVG: boxes in layers from cause to effect, their part in the study in words and by their border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from hybrid_toolkit.widgets.parts.svg import ACCENT, SVG_INK, WIDTH, frame_svg, label_lines, text_svg

BOX, HEIGHT, ACROSS = 116, 46, 3
CLEARANCE = 6.0
"""A line that passes a box stays so far from it that a border of 3 and a line of 1.5 are told apart."""
BORDERS: Mapping[str, tuple[float, str]] = {
    "exposure": (3.0, ""),
    "outcome": (3.0, ""),
    "held": (1.5, "5 3"),
    "by the design": (1.5, "5 3"),
    "on the path": (1.5, ""),
    "": (1.0, "1 3"),
}
"""Part -> width and dashes of its border."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One box: its id, its title and its part in the study (a key of ``BORDERS``)."""

    id: str
    title: str
    part: str = ""


def graph_svg(nodes: Sequence[GraphNode], edges: Sequence[tuple[str, str]], *, title: str, description: str) -> str:
    """Boxes from causes above to effects below, with an arrow an edge.

    Examples
    --------
    >>> drawn = graph_svg([GraphNode("a", "Remote share", "exposure"), GraphNode("b", "Learning", "outcome")],
    ...                   [("a", "b")], title="T", description="D")
    >>> drawn.count("<rect"), drawn.count("<polygon")
    (2, 1)
    """
    places = _places(nodes, edges)
    height = 16 + max((y for _, y in places.values()), default=0) + HEIGHT
    parts = []
    passed: dict[tuple[float, int], int] = {}
    for cause, effect in edges:
        parts += _arrow(places[cause], places[effect], places, passed)
    for node in nodes:
        x, y = places[node.id]
        width, dash = BORDERS[node.part]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{BOX}" height="{HEIGHT}" fill="#ffffff" stroke="{SVG_INK}" '
            f'stroke-width="{width:g}"{dashed}/>'
        )
        lines = label_lines(node.title, 19)[:2]
        top = y + 15 + (0 if node.part or len(lines) > 1 else 8)
        for k, line in enumerate(lines):
            words = text_svg(x + BOX / 2, top + 12 * k, line, anchor="middle", size=10.5)
            parts.append(words.replace("<text ", '<text fill="#1a1a1a" '))
        if node.part:
            words = text_svg(x + BOX / 2, y + HEIGHT - 5, node.part, anchor="middle", italic=True, size=10)
            parts.append(words.replace("<text ", '<text fill="#1a1a1a" '))
    return frame_svg(parts, height, title, description)


def _places(nodes: Sequence[GraphNode], edges: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Upper left corner of each box: layer by layer, at most three beside each other."""
    graph = nx.DiGraph()
    graph.add_nodes_from(n.id for n in nodes)
    graph.add_edges_from(edges)
    places: dict[str, tuple[float, float]] = {}
    y = 8.0
    for layer in nx.topological_generations(graph):
        row = sorted(layer)
        for start in range(0, len(row), ACROSS):
            some = row[start : start + ACROSS]
            gap = (WIDTH - BOX * len(some)) / (len(some) + 1)
            for k, name in enumerate(some):
                places[name] = (gap + k * (BOX + gap), y)
            y += HEIGHT + 30
    return places


def _arrow(
    start: tuple[float, float],
    end: tuple[float, float],
    places: Mapping[str, tuple[float, float]],
    passed: dict[tuple[float, int], int],
) -> list[str]:
    """A line from the lower edge of one box to the upper edge of another, around the boxes of the rows between."""
    line = [(start[0] + BOX / 2, start[1] + HEIGHT), *_around(start, end, places, passed), (end[0] + BOX / 2, end[1])]
    (x1, y1), (x2, y2) = line[-2:]
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1.0)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bx, by = x2 - 7 * ux, y2 - 7 * uy
    tip = f"{x2:.1f},{y2:.1f} {bx - 4 * uy:.1f},{by + 4 * ux:.1f} {bx + 4 * uy:.1f},{by - 4 * ux:.1f}"
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*line[:-1], (bx, by)])
    return [
        f'<polyline points="{points}" fill="none" stroke="{ACCENT}" stroke-width="1.5"/>',
        f'<polygon points="{tip}" fill="{ACCENT}" stroke="none"/>',
    ]


def _around(
    start: tuple[float, float],
    end: tuple[float, float],
    places: Mapping[str, tuple[float, float]],
    passed: dict[tuple[float, int], int],
) -> list[tuple[float, float]]:
    """Where a line passes the rows between two boxes: through the gap nearest to the straight way, beside the others.

    ``passed`` counts the lines of each row and gap, and takes up this one.
    """
    (x1, y1), (x2, y2) = (start[0] + BOX / 2, start[1] + HEIGHT), (end[0] + BOX / 2, end[1])
    out: list[tuple[float, float]] = []
    for top in sorted({y for _, y in places.values() if start[1] < y < end[1]}):
        lefts = sorted(x for x, y in places.values() if y == top)
        gaps = list(pairwise([0.0, *(edge for x in lefts for edge in (x, x + BOX)), float(WIDTH)]))[::2]
        straight = x1 + (x2 - x1) * (top + HEIGHT / 2 - y1) / (y2 - y1)
        clear = [_inside(straight, low, high) for low, high in gaps]
        k = min(range(len(gaps)), key=lambda i: abs(clear[i] - straight))
        before = passed.get((top, k), 0)
        passed[top, k] = before + 1
        inwards = 1 if clear[k] < sum(gaps[k]) / 2 else -1
        x = _inside(clear[k] + inwards * CLEARANCE * before, *gaps[k])
        out += [(x, top), (x, top + HEIGHT)]
    return out


def _inside(x: float, low: float, high: float) -> float:
    """The nearest place of a gap that is clear of the boxes at its ends, or its middle where it is narrow."""
    return min(max(x, low + CLEARANCE), high - CLEARANCE) if high - low > 2 * CLEARANCE else (low + high) / 2
