"""The drawn graph: every node once in words, parts told apart without colour, the text says the same."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

import pytest
from matplotlib.patches import FancyArrowPatch, Rectangle

from hybrid_toolkit.report.plots.cause_rows import IN_A_ROW, NO_CAUSE
from hybrid_toolkit.report.plots.graph_plot import _LOOKS, _places, describe_graph, plot_graph
from hybrid_toolkit.report.plots.plot_style import PAPER, contrast, svg_bytes
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, Edge, Node, digraph, shipped_graph
from hybrid_toolkit.study.shipped_studies import headline_studies, policy_studies

GRAPH = shipped_graph()
CAREER, EXCLUSION, ROLLOUT = *headline_studies()[1:], policy_studies()[0]
"""One study with open paths, and two without."""


def words(ax) -> set[str]:
    return {" ".join(t.get_text().split()) for t in ax.texts}


def test_every_node_and_arrow_of_the_graph_is_drawn() -> None:
    ax = plot_graph(GRAPH)
    assert words(ax) == {n.title for n in GRAPH.nodes} | {NO_CAUSE}
    ends = [p.get_path().vertices[-1] for p in ax.patches if isinstance(p, FancyArrowPatch)]
    assert len(ends) == len({e.effect for e in GRAPH.edges})
    title = {n.title: n.id for n in GRAPH.nodes}
    at = [(title.get(" ".join(t.get_text().split()), ""), *t.get_position()) for t in ax.texts]
    effects_left = (IN_A_ROW + 0.01) * min(x for _, x, _ in at) * 2  # a cause stands in the middle of its cell
    effects = [(n, y) for n, x, y in at if n and x > effects_left]
    frames = [p.get_bbox() for p in ax.patches if isinstance(p, Rectangle) and p.get_facecolor()[3] == 0]
    drawn = set()
    for effect, y in effects:
        frame = next(f for f in frames if f.y0 < y < f.y1)
        inside = [n for n, x, place in at if n and frame.x0 < x < frame.x1 and frame.y0 < place < frame.y1]
        drawn |= {(cause, effect) for cause in inside}
        assert len(inside) == len(set(inside)), "no cause twice"
    assert drawn == {(e.cause, e.effect) for e in GRAPH.edges}


def test_no_line_of_the_whole_graph_crosses_words_and_each_arrow_ends_at_a_box() -> None:
    ax = plot_graph(GRAPH)
    ax.figure.draw_without_rendering()
    back = ax.transData.inverted()
    texts = [t.get_window_extent().transformed(back) for t in ax.texts]
    boxes = [p.get_bbox() for p in ax.patches if isinstance(p, Rectangle) and p.get_facecolor()[3] == 1]
    for text in texts[1:]:
        inside = [b for b in boxes if b.x0 <= text.x0 and text.x1 <= b.x1 and b.y0 <= text.y0 and text.y1 <= b.y1]
        assert len(inside) == 1 or " ".join(ax.texts[texts.index(text)].get_text().split()) == NO_CAUSE
    for arrow in (p for p in ax.patches if isinstance(p, FancyArrowPatch)):
        (start, y), (end, _) = arrow._posA_posB
        assert not [t for t in texts if t.y0 < y < t.y1 and t.x1 > start and t.x0 < end]
        assert [b for b in boxes if b.x0 == pytest.approx(end) and b.y0 < y < b.y1]


def test_causes_stand_left_of_their_effects_and_no_two_nodes_share_a_place() -> None:
    at, _, _ = _places(digraph(GRAPH))
    assert all(at[e.cause][0] < at[e.effect][0] for e in GRAPH.edges)
    assert len(set(at.values())) == len(at)
    by_layer = {x: sorted(y for x1, y in at.values() if x1 == x) for x, _ in at.values()}
    assert all(b - a > 0.5 for ys in by_layer.values() for a, b in pairwise(ys))


def test_the_parts_of_a_study_are_told_by_words_and_shapes() -> None:
    said = words(plot_graph(GRAPH, EXCLUSION))
    assert "EXPOSURE: Remote contact with the family" in said and "OUTCOME: Family's engagement" in said
    assert "held: Family's risk and need" in said and "held: Remote share" in said
    assert "not held: Manager" in words(plot_graph(GRAPH, CAREER))
    assert "on the way: Remote share" in words(plot_graph(GRAPH, ROLLOUT))
    outlines = [(look.shape, look.line, look.width) for look in _LOOKS.values()]
    assert len(set(outlines)) == len(outlines) and len({look.word for look in _LOOKS.values()}) == len(_LOOKS)
    assert all(contrast(look.colour, PAPER) >= 4.5 for look in _LOOKS.values())


def test_open_paths_are_dashed_and_only_they() -> None:
    def dashed(study) -> int:
        return sum(p.get_linestyle() == "--" for p in plot_graph(GRAPH, study).patches)

    paths = CAREER.identification().path_nodes
    arrows = {frozenset(pair) for path in paths for pair in pairwise(path)}
    assert len(paths) > 1 and dashed(CAREER) == len(arrows)
    assert dashed(EXCLUSION) == dashed(ROLLOUT) == 0


def test_the_text_says_what_the_figure_shows() -> None:
    for study, exposure in ((CAREER, "Exposure: remote share"), (EXCLUSION, "Exposure: remote contact")):
        text, known = describe_graph(GRAPH, study), study.identification()
        assert known.message in text and all(p in text for p in known.paths) and exposure in text
    assert all(f"{n.title} moves" in describe_graph(GRAPH) for n in GRAPH.nodes if digraph(GRAPH).out_degree(n.id))


@pytest.mark.parametrize("study", [None, EXCLUSION], ids=["graph", "study"])
def test_a_graph_that_cannot_judge_a_study_is_drawn_whole(study) -> None:
    tiny = CausalGraph("Tiny", (Node("a", "A"), Node("b", "B")), (Edge("a", "b"),))
    ax = plot_graph(tiny, study)
    assert words(ax) == {"A", "B"} and svg_bytes(ax) == svg_bytes(plot_graph(tiny, study))


def test_the_words_are_the_same_in_every_process() -> None:
    code = "from hybrid_toolkit.report.plots.graph_plot import describe_graph as d"
    code += "; from hybrid_toolkit.study.graph.causal_graph import *"
    code += (
        "; from hybrid_toolkit.study.shipped_studies import headline_studies as h; print(d(shipped_graph(), h()[0]))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": s},
        ).stdout
        for s in ("1", "2")
    ]
    assert told[0] == told[1] and "moves" in told[0]
