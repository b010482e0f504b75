"""A causal graph as SVG: boxes in layers from cause to effect, their part in the study in words and by their border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from hybrid_toolkit.widgets.parts.svg import ACCENT, SVG_INK, WIDTH, frame_svg, label_lines, text_svg

BOX, HEIGHT, ACROSS = 116, 46, 3
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
    for cause, effect in edges:
        parts += _arrow(places[cause], places[effect])
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


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> list[str]:
    x1, y1 = start[0] + BOX / 2, start[1] + HEIGHT
    x2, y2 = end[0] + BOX / 2, end[1]
    if y2 <= y1:  # beside each other
        y1, y2 = start[1] + HEIGHT / 2, end[1] + HEIGHT / 2
        x1, x2 = (start[0] + BOX, end[0]) if end[0] > start[0] else (start[0], end[0] + BOX)
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1.0)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bx, by = x2 - 7 * ux, y2 - 7 * uy
    tip = f"{x2:.1f},{y2:.1f} {bx - 4 * uy:.1f},{by + 4 * ux:.1f} {bx + 4 * uy:.1f},{by - 4 * ux:.1f}"
    return [
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{bx:.1f}" y2="{by:.1f}" stroke="{ACCENT}" stroke-width="1.5"/>',
        f'<polygon points="{tip}" fill="{ACCENT}" stroke="none"/>',
    ]
