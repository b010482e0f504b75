"""The causal graph as data: what is taken to move what, by which claim, and which columns measure it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.toml_text import (
    TableKinds,
    check_toml_table,
    load_toml,
    parse_toml_text,
    toml_value,
)

_LEVELS = ("worker_id", "team_id", "la_id", "family_id", "month")
"""Within what a node may be constant: each identifier's own periods, or all units in a month."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something that may move or be moved.

    Parameters
    ----------
    id : str
        Short name in lower case.
    title : str
        The name in words.
    columns : tuple[str, ...], optional
        The columns of studies' rows that measure it; ``row_unit:column`` where a column means it in one kind of row
        only. Empty where nothing measures it.
    constant : str, optional
        One of ``_LEVELS`` within which it does not change over a study's period; empty where it does.
    feedback : bool, default False
        It is both before and after an exposure of the same period, as caseload is.

    Examples
    --------
    >>> node = Node("remote_share", "desk time at home", columns=("contact.rs_desk",))
    >>> node.id in {n.id for n in shipped_graph().nodes}
    True
    """

    id: str
    title: str
    columns: tuple[str, ...] = ()
    constant: str = ""
    feedback: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow, with the seed ids of the claim behind it, or ``project`` where it is this project's proposal."""

    cause: str
    effect: str
    source: str = "project"


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows that are there only because of a node: in these units, or in a study that names one of these columns."""

    node: str
    units: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class CausalGraph:
    """What is taken to move what: frozen, without cycles, edited by ``but``, read and written as TOML.

    Parameters
    ----------
    title : str
        What the graph is of.
    nodes : tuple[Node, ...]
        See ``Node`` and ``Edge``.
    edges : tuple[Edge, ...]
        See ``Node`` and ``Edge``.
    moderators : tuple[tuple[str, str], ...], optional
        Nodes whose levels may differ in slope, each with its source; no arrows.
    selections : tuple[Selection, ...], optional
        Nodes that decide which rows there are.

    Raises
    ------
    StudyError
        ``GRAPH-NODE``, an edge, moderator or selection names no node, or a node or column is there twice;
        ``GRAPH-CYCLE``, with the nodes of the cycle in order; ``GRAPH-LEVEL``, an unknown ``constant``.

    Examples
    --------
    >>> graph = CausalGraph("Tiny", (Node("a", "A"), Node("b", "B")), (Edge("a", "b"),))
    >>> graph.replace(add=[("b", "a")])
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.StudyError: [GRAPH-CYCLE] the arrows run in a circle: a -> b -> a. How to fix: Remove \
one of these arrows, or split a node into before and after.
    >>> parse_graph(graph.to_toml()) == graph
    True
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    moderators: tuple[tuple[str, str], ...] = ()
    selections: tuple[Selection, ...] = ()

    def __post_init__(self) -> None:
        ids = [n.id for n in self.nodes]
        columns = [c for n in self.nodes for c in n.columns]
        twice = sorted({i for i in ids if ids.count(i) > 1} | {c for c in columns if columns.count(c) > 1})
        if twice:
            raise _wrong(f"nodes or columns there twice ({len(twice)}): {', '.join(twice)}.", "GRAPH-NODE")
        named = [e for edge in self.edges for e in (edge.cause, edge.effect)]
        named += [m for m, _ in self.moderators] + [s.node for s in self.selections]
        absent = sorted(set(named) - set(ids))
        if absent:
            raise _wrong(f"no node of the graph ({len(absent)}): {', '.join(absent)}.", "GRAPH-NODE")
        levels = sorted({n.id for n in self.nodes if n.constant and n.constant not in _LEVELS})
        if levels:
            raise _wrong(f"'constant' of {', '.join(levels)} is not one of {', '.join(_LEVELS)}.", "GRAPH-LEVEL")
        if not nx.is_directed_acyclic_graph(digraph(self)):
            cycle = [cause for cause, _ in nx.find_cycle(digraph(self))]
            raise StudyError(
                f"the arrows run in a circle: {' -> '.join([*cycle, cycle[0]])}.",
                fix="Remove one of these arrows, or split a node into before and after.",
                code="GRAPH-CYCLE",
            )

    def __contains__(self, node: object) -> bool:
        return any(n.id == node for n in self.nodes)

    def node(self, node_id: str) -> Node:
        """One node by its id.

        Parameters
        ----------
        node_id : str
            Id of the node.

        Returns
        -------
        Node
            One node by its id.

        Raises
        ------
        StudyError
            There is none.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise _wrong(f"there is no node '{node_id}'.", "GRAPH-NODE")

    def measured_by(self, column: str, row_unit: str) -> str:
        """Id of the node that a column of a kind of row measures; empty where the graph has none.

        Parameters
        ----------
        column : str
            Column of a frame.
        row_unit : str
            Kind of row that the frame has, such as ``"contact"``.

        Returns
        -------
        str
            Id of the node that a column of a kind of row measures; empty where the graph has none.

        Examples
        --------
        >>> shipped_graph().measured_by("rs_desk", "contact"), shipped_graph().measured_by("contact_id", "contact")
        ('remote_share', '')
        """
        names = {column, f"{row_unit}:{column}"}
        return next((n.id for n in self.nodes if names & set(n.columns)), "")

    def titles(self, node_ids: Iterable[str]) -> str:
        """The titles of nodes as a list in words.

        Parameters
        ----------
        node_ids : Iterable[str]
            Ids of nodes.

        Returns
        -------
        str
            The titles of nodes as a list in words.
        """
        return ", ".join(self.node(n).title.lower() for n in node_ids)

    def replace(
        self,
        *,
        add: Sequence[tuple[str, str] | Edge] = (),
        remove: Collection[tuple[str, str] | str] = (),
        nodes: Sequence[Node] = (),
    ) -> CausalGraph:
        """The same graph with arrows or nodes added and removed, checked again.

        Parameters
        ----------
        add : Sequence[tuple[str, str] | Edge], optional
            Arrows, each ``(cause, effect)`` or an ``Edge`` with its source.
        remove : Collection[tuple[str, str] | str], optional
            Arrows, each ``(cause, effect)``, and nodes by their id, with all their arrows.
        nodes : Sequence[Node], optional
            Nodes to add; one with the id of another takes its place.

        Returns
        -------
        CausalGraph
            The same graph with arrows or nodes added and removed, checked again.

        Raises
        ------
        StudyError
            As for a graph; ``GRAPH-NODE`` where something to remove is not there.
        """
        new = tuple(e if isinstance(e, Edge) else Edge(*e) for e in add)
        gone = {r for r in remove if isinstance(r, str)}
        cut = {r for r in remove if not isinstance(r, str)}
        absent = sorted(gone - {n.id for n in self.nodes})
        absent += [f"{a} -> {b}" for a, b in sorted(cut - {(e.cause, e.effect) for e in self.edges})]
        if absent:
            raise _wrong(f"to be removed and not there ({len(absent)}): {', '.join(absent)}.", "GRAPH-NODE")
        fresh = {n.id for n in nodes}
        out = {(e.cause, e.effect) for e in new} | cut
        kept = [e for e in self.edges if (e.cause, e.effect) not in out and not {e.cause, e.effect} & gone]
        return replace(
            self,
            nodes=(*(n for n in self.nodes if n.id not in gone | fresh), *nodes),
            edges=(*kept, *new),
            moderators=tuple(m for m in self.moderators if m[0] not in gone),
            selections=tuple(s for s in self.selections if s.node not in gone),
        )

    @property
    def hash(self) -> str:
        """SHA-256 of the graph's TOML text."""
        return hashlib.sha256(self.to_toml().encode()).hexdigest()

    def to_toml(self) -> str:
        """The graph as TOML; ``parse_graph`` gives it back.

        Returns
        -------
        str
            The graph as TOML; ``parse_graph`` gives it back.
        """
        return _graph_toml(self)

    def tidy(self) -> pd.DataFrame:
        """One row an arrow: ``cause``, ``effect``, ``source``.

        Returns
        -------
        pd.DataFrame
            One row an arrow: ``cause``, ``effect``, ``source``.
        """
        return pd.DataFrame([(e.cause, e.effect, e.source) for e in self.edges], columns=["cause", "effect", "source"])


@cache
def digraph(graph: CausalGraph) -> nx.DiGraph:
    """The graph for networkx; not to be changed."""
    out = nx.DiGraph()
    out.add_nodes_from(n.id for n in graph.nodes)
    out.add_edges_from((e.cause, e.effect) for e in graph.edges)
    return nx.freeze(out)


@cache
def shipped_graph() -> CausalGraph:
    """The graph that comes with the toolkit: edges, moderators and confounders of the measurement specification.

    Returns
    -------
    CausalGraph
        The graph that comes with the toolkit: edges, moderators and confounders of the measurement specification.

    Examples
    --------
    >>> shipped_graph().node("caseload").feedback
    True
    """
    return parse_graph((files("hybrid_toolkit.study.graph") / "shipped_graph.toml").read_text(encoding="utf-8"))


def load_graph(path: Path | str) -> CausalGraph:
    """A graph from a TOML file.

    Parameters
    ----------
    path : Path | str
        The TOML file.

    Returns
    -------
    CausalGraph
        A graph from a TOML file.

    Raises
    ------
    UnreadableError
        The file is not there or is not TOML.
    StudyError
        An unknown or missing key, a value of the wrong kind, or a graph that cannot be.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "graph.toml"
    >>> _ = file.write_text(shipped_graph().to_toml(), encoding="utf-8")
    >>> load_graph(file) == shipped_graph()
    True
    """
    return _graph(load_toml(Path(path), what="graph", code="GRAPH-UNREADABLE"))


def parse_graph(text: str) -> CausalGraph:
    """A graph from TOML text; raises as ``load_graph``."""
    return _graph(parse_toml_text(text, what="graph", code="GRAPH-UNREADABLE"))


def _wrong(what: str, code: str) -> StudyError:
    return StudyError(what, fix="Use the ids of the graph's own nodes, each once.", code=code)


_NODE: TableKinds = {"title": str, "columns": list, "constant": str, "feedback": bool}
_EDGE: TableKinds = {"from": str, "to": list, "source": str}
_MODERATOR: TableKinds = {"node": str, "source": str}
_SELECTION: TableKinds = {"node": str, "units": list, "columns": list}


def _graph_toml(graph: CausalGraph) -> str:
    """The graph as TOML; arrows with one cause and source that follow each other share a table."""
    lines = [f"title = {toml_value(graph.title)}", "", "[nodes]"]
    for n in graph.nodes:
        parts = [f"title = {toml_value(n.title)}"]
        parts += [f"columns = {toml_value(n.columns)}"] if n.columns else []
        parts += [f"constant = {toml_value(n.constant)}"] if n.constant else []
        parts += ["feedback = true"] if n.feedback else []
        lines.append(f"{toml_value(n.id)} = {{ {', '.join(parts)} }}")
    for (cause, source), some in groupby(graph.edges, key=lambda e: (e.cause, e.source)):
        to = toml_value([e.effect for e in some])
        lines += ["", "[[edges]]", f"from = {toml_value(cause)}", f"to = {to}", f"source = {toml_value(source)}"]
    for node, source in graph.moderators:
        lines += ["", "[[moderators]]", f"node = {toml_value(node)}", f"source = {toml_value(source)}"]
    for s in graph.selections:
        lines += ["", "[[selection]]", f"node = {toml_value(s.node)}"]
        lines += [f"{name} = {toml_value(v)}" for name, v in (("units", s.units), ("columns", s.columns)) if v]
    return "\n".join(lines) + "\n"


def _graph(raw: dict[str, Any]) -> CausalGraph:
    kinds: TableKinds = {"title": str, "nodes": dict, "edges": list, "moderators": list, "selection": list}
    check_toml_table(raw, kinds, ("title", "nodes", "edges"), "the graph")
    nodes = []
    for name, one in raw["nodes"].items():
        made = check_toml_table(one, _NODE, ("title",), f"node '{name}'")
        nodes.append(_node(name, made))
    edges = []
    for i, one in enumerate(raw["edges"], 1):
        made = check_toml_table(one, _EDGE, ("from", "to"), f"[[edges]] number {i}")
        edges += [Edge(made["from"], to, made.get("source", "project")) for to in made["to"]]
    moderators = [check_toml_table(m, _MODERATOR, ("node",), "[[moderators]]") for m in raw.get("moderators", [])]
    selections = [check_toml_table(s, _SELECTION, ("node",), "[[selection]]") for s in raw.get("selection", [])]
    return CausalGraph(
        raw["title"],
        tuple(nodes),
        tuple(edges),
        tuple((m["node"], m.get("source", "project")) for m in moderators),
        tuple(Selection(s["node"], tuple(s.get("units", ())), tuple(s.get("columns", ()))) for s in selections),
    )


def _node(name: str, made: Mapping[str, Any]) -> Node:
    columns = tuple(made.get("columns", ()))
    return Node(name, made["title"], columns, made.get("constant", ""), made.get("feedback", False))
