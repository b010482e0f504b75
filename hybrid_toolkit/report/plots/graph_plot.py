"""A causal graph drawn in layers, causes to the left of effects, with a text that says the same.

The graph holds no data, so nothing of it passes the disclosure gate. What a node is for a study is told by shape, by
the letter and word in its label, and by colour: none of these alone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import networkx as nx
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

from hybrid_toolkit.report.plots.cause_rows import draw_rows
from hybrid_toolkit.report.plots.plot_style import BLUE, GREEN, GREY, INK, PAPER, PURPLE, RUST, drawing, new_axes
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, digraph
from hybrid_toolkit.study.study import Study

MOST_IN_LAYERS = 25
"""Nodes beyond which a graph without a study is drawn in rows: the largest of the headline studies needs 24, and
in layers most of the whole graph's 202 arrows ran behind some box."""
_ROW, COLUMN = 0.62, 2.1
"""Inches between nodes of one layer, and between layers."""


@dataclass(frozen=True, slots=True)
class _Look:
    """How a node of one part is drawn: word before its title, outline, shape, line."""

    word: str
    colour: str
    shape: str
    line: str
    width: float


_LOOKS: Mapping[str, _Look] = MappingProxyType(
    {
        "exposure": _Look("EXPOSURE: ", BLUE, "rarrow,pad=0.35", "-", 2.2),
        "outcome": _Look("OUTCOME: ", RUST, "darrow,pad=0.3", "-", 2.2),
        "mediator": _Look("on the way: ", PURPLE, "round,pad=0.35,rounding_size=0.4", "-", 1.4),
        "held": _Look("held: ", GREEN, "square,pad=0.35", "-", 2.2),
        "open": _Look("not held: ", INK, "square,pad=0.35", "--", 1.2),
        "other": _Look("", GREY, "round,pad=0.3", "-", 0.8),
    }
)


def plot_graph(graph: CausalGraph, study: Study | None = None, *, ax: Axes | None = None) -> Axes:
    """The graph in layers from left to right, each arrow from a cause to an effect.

    Parameters
    ----------
    graph : CausalGraph
        The causal graph.
    study : Study | None, optional
        Where it is left out, a graph of more than 25 nodes is drawn in rows, an effect each with what moves it: in
        layers nobody could follow its lines. Where given, only what moves both exposure and outcome, what lies between
        them, what is held by a column and what lies on an open path is drawn; exposure, outcome, mediators, what is
        held and what is not are told apart. Open paths have thick, dashed arrows.
    ax : Axes | None, optional
        Where to draw; None makes a figure as large as the graph needs.

    Returns
    -------
    Axes
        The axes. ``describe_graph`` gives the same as text, for an ``alt``.
    """
    parts = _parts(graph, study)
    if len(parts) > MOST_IN_LAYERS and set(parts.values()) == {"other"}:
        return draw_rows(graph, ax=ax)
    g = digraph(graph).subgraph(parts)
    at, height, width = _places(g)
    open_edges = _open_edges(graph, study)
    with drawing():
        ax = new_axes(height=height, width=width) if ax is None else ax
        boxes = {n: _box(ax, at[n], graph.node(n).title, parts[n], zorder=3) for n in at}
        for cause, effect in g.edges:
            _arrow(ax, boxes[cause], boxes[effect], strong=frozenset((cause, effect)) in open_edges)
        # the boxes again, over the arrows that pass behind them; the first ones tell the arrows where to end
        for n in at:
            _box(ax, at[n], graph.node(n).title, parts[n], zorder=5)
        xs, ys = [p[0] for p in at.values()], [p[1] for p in at.values()]
        ax.set(xlim=(min(xs) - 1.0, max(xs) + 1.0), ylim=(min(ys) - 0.5, max(ys) + 0.5))
        ax.set_axis_off()
        ax.set_title(graph.title if study is None else f"{graph.title}: {study.id}", fontsize=9, loc="left")
    return ax


def describe_graph(graph: CausalGraph, study: Study | None = None) -> str:
    """The drawn graph as text: the part of each node, each arrow, and for a study its verdict and open paths.

    Examples
    --------
    >>> from hybrid_toolkit.study.graph.causal_graph import Edge, Node
    >>> tiny = CausalGraph("Tiny", (Node("a", "Age"), Node("b", "Bread")), (Edge("a", "b"),))
    >>> describe_graph(tiny)
    'Causal graph: Tiny. Age moves bread.'
    """
    parts = _parts(graph, study)
    g = digraph(graph).subgraph(parts)
    said = [f"Causal graph: {graph.title}."]
    for part, look in _LOOKS.items():
        mine = [n for n in parts if parts[n] == part]
        if mine and part != "other":
            said.append(f"{look.word.strip(': ').capitalize()}: {graph.titles(mine)}.")
    for node in nx.lexicographical_topological_sort(g, key=list(parts).index):  # a view has no order of its own
        effects = [n for n in parts if g.has_edge(node, n)]
        if effects:
            said.append(f"{graph.node(node).title} moves {graph.titles(effects)}.")
    if study is not None:
        known = study.identification(graph)
        said += [known.message, *(f"Open: {p}." for p in known.paths)]
    return " ".join(said)


def _parts(graph: CausalGraph, study: Study | None) -> dict[str, str]:
    """Node -> what it is for the study, for the nodes that are drawn, in the order of the graph."""
    if study is None:
        return dict.fromkeys((n.id for n in graph.nodes), "other")
    known, g = study.identification(graph), digraph(graph)
    ends = [n for n in (known.exposure, known.outcome) if n]
    if len(set(ends)) < 2:
        return dict.fromkeys((n.id for n in graph.nodes), "other")
    exposure, outcome = ends
    around = g.subgraph(set(g) - {exposure})
    both = set(nx.ancestors(g, exposure)) & {outcome, *nx.ancestors(around, outcome)}
    between = set(nx.descendants(g, exposure)) & set(nx.ancestors(g, outcome))
    held = {*known.held, *known.by_design}
    touched = {n for path in known.path_nodes for n in path}
    shown = {*ends, *both, *between, *touched, *known.held}
    out = {}
    for node in (n.id for n in graph.nodes if n.id in shown):
        part = "held" if node in held else "mediator" if node in between else "open" if node in touched else "other"
        out[node] = "exposure" if node == exposure else "outcome" if node == outcome else part
    return out


def _open_edges(graph: CausalGraph, study: Study | None) -> Collection[frozenset[str]]:
    """Pairs of neighbours on an open path."""
    if study is None:
        return ()
    return {frozenset(pair) for path in study.identification(graph).path_nodes for pair in pairwise(path)}


def _places(g: nx.DiGraph) -> tuple[dict[str, tuple[float, float]], float, float]:
    """Where each node stands, in inches: layers by the longest way from a cause, crossings kept few.

    Within a layer nodes are ordered by the mean place of their neighbours in the layers beside, in a few sweeps
    (Sugiyama, Tagawa and Toda 1981).
    """
    layers = [sorted(layer) for layer in nx.topological_generations(g)]
    order = {n: float(i) for layer in layers for i, n in enumerate(layer)}
    for sweep in range(8):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            near = {n: [order[m] for m in (g.predecessors(n) if sweep % 2 == 0 else g.successors(n))] for n in layer}
            mean = {n: sum(v) / len(v) if v else order[n] for n, v in near.items()}
            layer.sort(key=lambda n: (mean[n], n))
            middle = (len(layer) - 1) / 2
            order |= {n: i - middle for i, n in enumerate(layer)}
    tallest = max(len(layer) for layer in layers)
    at = {}
    for x, layer in enumerate(layers):
        step = _ROW * min(2.0, tallest / len(layer))
        for i, n in enumerate(layer):
            at[n] = (COLUMN * x, -step * (i - (len(layer) - 1) / 2) + (0.22 * _ROW if x % 2 else 0.0))
    return at, _ROW * tallest + 1.2, COLUMN * len(layers) + 0.4


def _box(ax: Axes, at: tuple[float, float], title: str, part: str, *, zorder: int) -> Text:
    look = _LOOKS[part]
    return ax.text(
        *at,
        textwrap.fill(look.word + title, 20),
        ha="center",
        va="center",
        fontsize=7,
        fontweight="bold" if part in ("exposure", "outcome") else "normal",
        color=INK,
        zorder=zorder,
        bbox={
            "boxstyle": look.shape,
            "facecolor": PAPER,
            "edgecolor": look.colour,
            "linestyle": look.line,
            "linewidth": look.width,
        },
    )


def _arrow(ax: Axes, start: Text, end: Text, *, strong: bool) -> None:
    """An arrow from the edge of one box to the edge of another; drawn after the boxes, whose edges are then known."""
    arrow = FancyArrowPatch(
        start.get_position(),
        end.get_position(),
        patchA=start.get_bbox_patch(),
        patchB=end.get_bbox_patch(),
        arrowstyle="-|>",
        mutation_scale=9,
        color=INK if strong else GREY,
        linewidth=1.8 if strong else 0.6,
        linestyle="--" if strong else "-",
        connectionstyle="arc3,rad=0.06",
        shrinkA=0,
        shrinkB=1,
        zorder=4,
    )
    ax.add_patch(arrow)
