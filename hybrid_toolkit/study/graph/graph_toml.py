"""A causal graph as TOML text and back. Unknown keys are refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.toml_text import check_keys, load_toml, parse_toml_text, toml_value
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, Edge, Node, Selection

_Kinds = Mapping[str, type]
_NODE: _Kinds = {"title": str, "columns": list, "constant": str, "feedback": bool}
_EDGE: _Kinds = {"from": str, "to": list, "source": str}
_MODERATOR: _Kinds = {"node": str, "source": str}
_SELECTION: _Kinds = {"node": str, "units": list, "columns": list}
_WORDS = {str: "text", list: "a list of text", bool: "true or false", dict: "a table"}


def write_graph(graph: CausalGraph) -> str:
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


def read_graph(path: Path) -> CausalGraph:
    """A graph from a file; raises as ``load_graph``."""
    return _graph(load_toml(path, what="graph", code="GRAPH-UNREADABLE"))


def parse_graph_toml(text: str) -> CausalGraph:
    """A graph from TOML text; raises as ``load_graph``."""
    return _graph(parse_toml_text(text, what="graph", code="GRAPH-UNREADABLE"))


def _graph(raw: dict[str, Any]) -> CausalGraph:
    kinds: _Kinds = {"title": str, "nodes": dict, "edges": list, "moderators": list, "selection": list}
    _check(raw, kinds, ("title", "nodes", "edges"), "the graph")
    nodes = []
    for name, one in raw["nodes"].items():
        made = _check(one, _NODE, ("title",), f"node '{name}'")
        nodes.append(_node(name, made))
    edges = []
    for i, one in enumerate(raw["edges"], 1):
        made = _check(one, _EDGE, ("from", "to"), f"[[edges]] number {i}")
        edges += [Edge(made["from"], to, made.get("source", "project")) for to in made["to"]]
    moderators = [_check(m, _MODERATOR, ("node",), "[[moderators]]") for m in raw.get("moderators", [])]
    selections = [_check(s, _SELECTION, ("node",), "[[selection]]") for s in raw.get("selection", [])]
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


def _check(raw: Any, kinds: _Kinds, needed: Sequence[str], where: str) -> dict[str, Any]:
    """One table with known keys, all that are needed, and values of the right kind."""
    if not isinstance(raw, dict):
        raise StudyError(f"{where} must be a table.", fix=f"Give it: {', '.join(kinds)}.", code="GRAPH-KIND")
    check_keys(raw, tuple(kinds), needed, where=where, codes=("GRAPH-KEY", "GRAPH-KEY"))
    texts = {"to", "columns", "units"}
    wrong = [k for k, v in raw.items() if not isinstance(v, kinds[k])]
    wrong += [
        k for k, v in raw.items() if k in texts and isinstance(v, list) and not all(isinstance(x, str) for x in v)
    ]
    if wrong:
        raise StudyError(
            f"{where}: '{wrong[0]}' must be {_WORDS[kinds[wrong[0]]]}.", fix="Mend its value.", code="GRAPH-KIND"
        )
    return dict(raw)
