"""Backdoor paths of a causal graph: which are open once some nodes are held, and what would close them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import networkx as nx

_LONGEST = 6
"""Arrows of the longest path that is written out; whether any is open at all does not depend on it."""


def without_effects(graph: nx.DiGraph, exposure: str) -> nx.DiGraph:
    """The graph without the arrows out of the exposure: what is left of its paths are backdoor paths."""
    out = nx.DiGraph(graph)
    out.remove_edges_from(list(graph.out_edges(exposure)))
    return out


def separated(graph: nx.DiGraph, one: str, other: str, held: Collection[str]) -> bool:
    """Whether every path between two nodes is closed by what is held (d-separation, Pearl 2009, section 1.2.3)."""
    return bool(nx.is_d_separator(graph, {one}, {other}, set(held) - {one, other}))


def is_open(graph: nx.DiGraph, path: Sequence[str], held: Collection[str]) -> bool:
    """Whether one path carries anything once some nodes are held.

    Examples
    --------
    >>> g = nx.DiGraph([("a", "b"), ("c", "b"), ("b", "d")])
    >>> is_open(g, ["a", "b", "c"], ()), is_open(g, ["a", "b", "c"], ["d"]), is_open(g, ["a", "b", "d"], ["b"])
    (False, True, False)
    """
    for before, at, after in zip(path, path[1:], path[2:], strict=False):
        collides = graph.has_edge(before, at) and graph.has_edge(after, at)
        opened = bool(({at} | nx.descendants(graph, at)) & set(held)) if collides else at not in held
        if not opened:
            return False
    return True


def open_paths(graph: nx.DiGraph, one: str, other: str, held: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Open paths between two nodes: for each first step the shortest, in alphabetical order of that step."""
    if separated(graph, one, other, held):
        return ()
    ends = {one, other, *held}
    alive = ends | {a for n in ends for a in nx.ancestors(graph, n)}
    plain = nx.Graph(graph.subgraph(alive))
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(nx.all_simple_paths(plain, one, other, cutoff=_LONGEST), key=lambda p: (len(p), p)):
        if path[1] not in found and is_open(graph, path, held):
            found[path[1]] = tuple(path)
    return tuple(found[step] for step in sorted(found))


def closers(
    graph: nx.DiGraph, one: str, other: str, held: Collection[str], allowed: Collection[str]
) -> tuple[str, ...] | None:
    """Least nodes to hold as well, so that nothing stays open; None where no set of the allowed ones does it.

    The backdoor criterion: ``allowed`` must hold no effect of the exposure (van der Zander, Liskiewicz and Textor 2019,
    by networkx).
    """
    inside = set(held) - {one, other}
    usable = (set(allowed) | inside) - {one, other}
    got = nx.find_minimal_d_separator(graph, {one}, {other}, included=inside, restricted=usable)
    return None if got is None else tuple(sorted(got - inside))


def arrows(graph: nx.DiGraph, path: Sequence[str], titles: Sequence[str]) -> str:
    """A path in words and arrows.

    Examples
    --------
    >>> arrows(nx.DiGraph([("c", "a"), ("c", "b")]), ["a", "c", "b"], ["A", "C", "B"])
    'A ← C → B'
    """
    out = titles[0]
    for a, b, title in zip(path, path[1:], titles[1:], strict=False):
        out += f" {'→' if graph.has_edge(a, b) else '←'} {title}"
    return out
