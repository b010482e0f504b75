"""The causal graph as data, and its paths against textbook graphs and a search of every path."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid_toolkit.errors import StudyError, UnreadableError
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, Edge, Node, load_graph, parse_graph, shipped_graph
from hybrid_toolkit.study.graph.graph_rules import closers, is_open, open_paths, separated, without_effects
from hybrid_toolkit.study.units import UNITS


def graph_of(arrows: str) -> nx.DiGraph:
    return nx.DiGraph([tuple(a.split(">")) for a in arrows.split()])


@pytest.mark.parametrize(
    ("arrows", "held", "closed", "needs"),
    [
        ("x>y c>x c>y", "", False, ("c",)),
        ("x>y c>x c>y", "c", True, ()),
        ("x>m m>y", "", True, ()),
        # M-bias: nothing is needed; holding the collider opens, holding either parent too closes (Pearl 2009, 3.3)
        ("x>y a>x a>m b>m b>y", "", True, ()),
        ("x>y a>x a>m b>m b>y", "m", False, ("a",)),
        # a descendant of the collider opens it as well
        ("x>y a>x a>m b>m b>y m>d", "d", False, ("a",)),
        # Pearl's figure 3.4: {z3} alone is not enough, {z3, z4} is
        ("x>w w>y z1>z3 z2>z3 z1>z4 z2>z5 z4>x z3>x z3>y z5>y", "z3", False, ("z4",)),
    ],
)
def test_backdoor_paths_of_textbook_graphs(arrows, held, closed, needs) -> None:
    graph = without_effects(graph_of(arrows), "x")
    z = set(held.split())
    assert separated(graph, "x", "y", z) is closed
    assert bool(open_paths(graph, "x", "y", z)) is not closed
    effects = nx.descendants(graph_of(arrows), "x") | {"x"}
    got = closers(graph, "x", "y", z, set(graph) - effects)
    assert got is not None and len(got) == len(needs) and separated(graph, "x", "y", z | set(got))


def test_an_unmeasured_confounder_cannot_be_closed_by_others() -> None:
    graph = without_effects(graph_of("x>y u>x u>y a>x"), "x")
    assert closers(graph, "x", "y", (), ("a",)) is None
    assert open_paths(graph, "x", "y", ("a",)) == (("x", "u", "y"),)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**15 - 1), st.sets(st.integers(1, 4)))
def test_a_path_is_open_where_networkx_finds_none_that_separates(bits: int, held: set[int]) -> None:
    pairs = [(i, j) for i in range(6) for j in range(i + 1, 6)]
    graph = nx.DiGraph()
    graph.add_nodes_from(range(6))
    graph.add_edges_from(p for k, p in enumerate(pairs) if bits >> k & 1)
    every = nx.all_simple_paths(nx.Graph(graph), 0, 5)
    assert any(is_open(graph, p, held) for p in every) is not separated(graph, 0, 5, held)


def test_the_shipped_graph_names_columns_that_units_have_and_survives_its_file(tmp_path) -> None:
    graph = shipped_graph()
    columns = {c for u in UNITS.values() for c in u.columns}
    assert not [c for n in graph.nodes for c in n.columns if c.split(":")[-1] not in columns]
    path = tmp_path / "graph.toml"
    path.write_text(graph.to_toml(), encoding="utf-8")
    again = load_graph(path)
    assert again == graph and again.hash == graph.hash and again.to_toml() == graph.to_toml()
    arrows = {(e.cause, e.effect) for e in graph.edges}
    # arrows that the specification names
    for arrow in (
        "policy>remote_share",
        "remote_share>co_presence",
        "co_presence>informal_learning",
        "skill>engagement",
    ):
        assert tuple(arrow.split(">")) in arrows


def test_every_seed_that_stands_behind_an_arrow_is_an_id() -> None:
    import re

    sources = {s for e in shipped_graph().edges for s in e.source.split(", ")}
    assert all(s == "project" or re.fullmatch(r"S[013]-[A-Z0-9a-z]+", s) for s in sources)


def test_a_graph_is_edited_into_another_and_stays_as_it_was() -> None:
    graph = shipped_graph()
    before = graph.hash
    new = graph.replace(
        add=[("weather", "travel"), Edge("weather", "remote_share", "S1-P1")],
        remove=[("policy", "colleagues_remote"), "manager"],
        nodes=[Node("weather", "Weather")],
    )
    assert graph.hash == before and new.hash != before
    assert "weather" in new and "manager" not in new and "manager" in graph
    assert not [e for e in new.edges if "manager" in (e.cause, e.effect)]
    assert ("policy", "colleagues_remote") not in {(e.cause, e.effect) for e in new.edges}
    assert new.tidy().tail(1)["source"].tolist() == ["S1-P1"]
    # putting an arrow in again does not double it
    assert len(graph.replace(add=[("policy", "remote_share")]).edges) == len(graph.edges)


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"add": [("wellbeing", "remote_share")]}, "GRAPH-CYCLE", "wellbeing"),
        ({"add": [("wellbeing", "happiness")]}, "GRAPH-NODE", "happiness"),
        ({"remove": [("wellbeing", "policy")]}, "GRAPH-NODE", "wellbeing -> policy"),
        ({"remove": ["weather"]}, "GRAPH-NODE", "weather"),
        ({"nodes": [Node("mood", "Mood", ("swemwbs",))]}, "GRAPH-NODE", "swemwbs"),
        ({"nodes": [Node("mood", "Mood", constant="day")]}, "GRAPH-LEVEL", "mood"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_by_name(change, code, named) -> None:
    with pytest.raises(StudyError, match=named) as caught:
        shipped_graph().replace(**change)
    assert caught.value.code == code and caught.value.fix


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('title = "T"\n[nodes]\na = { title = "A", colour = "red" }\n', "GRAPH-KEY"),
        ('title = "T"\n[nodes]\na = { columns = ["x"] }\n[[edges]]\nfrom = "a"\nto = []\n', "GRAPH-KEY"),
        ('title = "T"\nedges = []\n[nodes]\na = { title = "A", columns = "x" }\n', "GRAPH-KIND"),
        ('title = "T"\nedges = [3]\n[nodes]\na = { title = "A" }\n', "GRAPH-KIND"),
        ('title = "T"\nedges = [{ from = "a", to = [1] }]\n[nodes]\na = { title = "A" }\n', "GRAPH-KIND"),
        ('title = "T"\nrank = 1\nedges = []\n[nodes]\na = { title = "A" }\n', "GRAPH-KEY"),
        ('title = "T"\nedges = []\nnodes = 3\n', "GRAPH-KIND"),
        ('title = "T"\n', "GRAPH-KEY"),
    ],
)
def test_toml_that_is_no_graph_names_what_is_wrong(text, code) -> None:
    with pytest.raises(StudyError) as caught:
        parse_graph(text)
    assert caught.value.code == code


def test_broken_toml_and_a_missing_file() -> None:
    with pytest.raises(UnreadableError, match="GRAPH-UNREADABLE"):
        parse_graph("title = = 1")
    with pytest.raises(UnreadableError, match=r"nowhere\.toml"):
        load_graph("nowhere.toml")


def test_two_nodes_of_one_id_are_refused() -> None:
    with pytest.raises(StudyError, match="GRAPH-NODE"):
        CausalGraph("T", (Node("a", "A"), Node("a", "B")), ())
