"""A study on a causal graph, and the rules it is held to: what it must not hold, and which paths stay open.

A backdoor path is open or closed by d-separation (Pearl 2009, section 1.2.3).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from hybrid_toolkit.errors import with_article
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, digraph
from hybrid_toolkit.study.units import UNITS

if TYPE_CHECKING:
    from hybrid_toolkit.study.declaration.study_spec import StudySpec

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


_WITHIN: Mapping[str, tuple[str, ...]] = {
    "worker_id": ("worker_id", "team_id", "la_id"),
    "team_id": ("team_id", "la_id"),
    "la_id": ("la_id",),
    "family_id": ("family_id", "la_id"),
    **dict.fromkeys(("month", "month_index", "wave", "year"), ("month",)),
}
"""Column whose levels are compared with themselves -> levels within which nodes may be constant."""


@dataclass(frozen=True)
class Case:
    """A study on a graph: its nodes, the column of the outcome that is asked about, and what is held."""

    study: StudySpec
    graph: CausalGraph
    g: nx.DiGraph
    exposure: str
    outcome: str
    column: str
    held: dict[str, str]
    closed: frozenset[str]

    @property
    def effects(self) -> set[str]:
        """Everything that the exposure moves."""
        return set(nx.descendants(self.g, self.exposure))

    @property
    def mediators(self) -> set[str]:
        """Nodes on a directed path from exposure to outcome."""
        return self.effects & set(nx.ancestors(self.g, self.outcome))

    @property
    def conditioned(self) -> set[str]:
        """What may be held: by a column, and no effect of the exposure; or by the design."""
        return (set(self.held) | self.closed) - self.effects - {self.exposure, self.outcome}

    @property
    def randomised(self) -> bool:
        """Whether chance decides the exposure."""
        return self.study.design_used.grade == "causal"

    def title(self, node: str) -> str:
        """The title of a node."""
        return self.graph.node(node).title


def case_of(study: StudySpec, graph: CausalGraph, outcome: str) -> Case:
    """The study on that graph, for one of its outcomes."""
    columns = (*study.confounders, *study.moderators, *study.fixed_effects)
    held = {n: c for c in columns if (n := graph.measured_by(c, study.row_unit))}
    themselves = (*study.fixed_effects, study.panel_id, study.time if study.first_treated else "")
    levels = {level for c in themselves for level in _WITHIN.get(c, ())}
    # what does not change within a team does not change within the sum of an authority's teams
    levels |= {"team_id"} if study.row_unit.startswith("authority") and "la_id" in levels else set()
    return Case(
        study=study,
        graph=graph,
        g=digraph(graph),
        exposure=graph.measured_by(study.exposure, study.row_unit),
        outcome=graph.measured_by(outcome, study.row_unit),
        column=outcome,
        held=held,
        closed=frozenset(n.id for n in graph.nodes if n.constant in levels),
    )


def columns_of(study: StudySpec) -> tuple[str, ...]:
    """Columns that the study could hold."""
    return tuple(UNITS[study.row_unit].columns) if study.row_unit in UNITS else study.columns


def row_of(study: StudySpec) -> str:
    """What one row is, in words."""
    return f"a row {with_article(UNITS[study.row_unit].name)}" if study.row_unit in UNITS else "the study"


def path_words(case: Case, path: Collection[str]) -> str:
    """A path as titles with arrows between them."""
    return arrows(case.g, list(path), [case.title(n) for n in path])


def held_findings(case: Case) -> list[Finding]:
    """Nodes held constant by a column that a total effect must leave free."""
    return [found for node, column in case.held.items() if (found := _held(case, node, column)) is not None]


def _held(case: Case, node: str, column: str) -> Finding | None:
    said = f"'{column}' ({case.title(node).lower()})"
    after = node in nx.descendants(case.g, case.outcome)
    if node in (case.exposure, case.outcome):
        which = "exposure" if node == case.exposure else "outcome"
        text = f"{said} measures the {which} itself and is adjusted for."
        return Finding("STUDY-ROLES", "blocks", (node,), (column,), text, f"Take out '{column}'.")
    if case.graph.node(node).feedback and (node in case.effects or after):
        return _feedback(case, node, column)
    if node in case.mediators:
        code, why = "MEDIATOR-HELD", "lies on a path from exposure to outcome: holding it constant removes that part of"
        text = f"{said} {why} the effect."
    elif node in case.effects:
        code = "DESCENDANT-HELD"
        text = f"{said} is moved by the exposure: among rows similar in it, exposure and outcome no longer compare."
    elif after:
        code = "DESCENDANT-HELD"
        text = f"{said} is moved by the outcome: holding it constant takes out part of what is to be explained."
    else:
        return None
    fix = f"Remove '{column}' from the columns adjusted for."
    if column in case.study.moderators:
        fix = f"Compare groups by a column that is not affected by the exposure or the outcome, in place of '{column}'."
    return Finding(code, "blocks", (node,), (column,), text, fix)


def _feedback(case: Case, node: str, column: str) -> Finding:
    """The trap of caseload: it moves the exposure, and what follows moves it."""
    effect = case.study.design_used.grade in ("quasi-causal", "causal")
    earlier = [f"'{c}'" for c in columns_of(case.study) if _before(case, node, c)]
    text = (
        f"'{column}' ({case.title(node).lower()}) both moves what comes after and is moved by it: left out it "
        "confounds, held in the same period it takes out part of the answer."
    )
    fix = f"Use its value one period before: {', '.join(earlier)}." if earlier else "Use its value one period before."
    return Finding("FEEDBACK-HELD", "blocks" if effect else "open", (node,), (column,), text, fix)


def _before(case: Case, node: str, column: str) -> bool:
    measured = case.graph.measured_by(column, case.study.row_unit)
    after = {case.exposure, case.outcome, node, *case.effects, *nx.descendants(case.g, case.outcome)}
    return bool(measured) and case.g.has_edge(measured, node) and measured not in after


def collider_findings(case: Case) -> list[Finding]:
    """Columns held that open a backdoor path which is closed without them."""
    graph, z = without_effects(case.g, case.exposure), case.conditioned
    held = {node: column for node, column in case.held.items() if node in z and node not in case.closed}
    if not held or separated(graph, case.exposure, case.outcome, z):
        return []
    out = []
    for node, column in held.items():
        if separated(graph, case.exposure, case.outcome, z - {node}):
            text = f"'{column}' ({case.title(node).lower()}) is moved by both sides: holding it constant opens a path."
            out.append(Finding("COLLIDER-HELD", "blocks", (node,), (column,), text, f"Take '{column}' out."))
    return out


def instrument_findings(case: Case) -> list[Finding]:
    """Instruments that are no other measure of the exposure and are tied to the outcome past it.

    An instrument for a total effect is tied to the exposure, and, in the graph without the arrows into the exposure, to
    the outcome by nothing (Pearl 2009, section 7.4.5).
    """
    return [f for c in case.study.instruments if (f := _instrument(case, c)) is not None]


def _instrument(case: Case, column: str) -> Finding | None:
    node = case.graph.measured_by(column, case.study.row_unit)
    if node == case.exposure:
        return None
    if not node:
        text = (
            f"The causal graph has no node for instrument '{column}': it is assumed that it goes with the outcome by "
            "way of the exposure alone."
        )
        return Finding("INSTRUMENT", "assumed", (), (column,), text)
    said, fix = f"Instrument '{column}' ({case.title(node).lower()})", "Use another measure of the exposure itself."
    if node == case.outcome or node in case.effects or node in nx.descendants(case.g, case.outcome):
        text = f"{said} comes after the exposure or is the outcome: it carries what is to be explained."
        return Finding("INSTRUMENT-MOVED", "blocks", (node,), (column,), text, fix)
    apart = nx.DiGraph(case.g)
    apart.remove_edges_from(list(case.g.in_edges(case.exposure)))
    held = case.conditioned - {node}
    if not separated(apart, node, case.outcome, held):
        text = f"{said} is tied to the outcome by a path that does not run through the exposure."
        return Finding("INSTRUMENT-PATH", "open", (node,), (column,), text, fix)
    if separated(case.g, node, case.exposure, held):
        text = f"{said} is tied to the exposure by no path of the graph: it tells nothing of it."
        return Finding("INSTRUMENT-PATH", "open", (node,), (column,), text, fix)
    return None


_ONE_SERIES = ("interrupted-series", "interrupted-counts")
"""Designs that compare a unit with its own line before, without others in the same period."""


def selection_findings(case: Case) -> list[Finding]:
    """Rows that are there only because of what exposure or outcome move."""
    out, study = [], case.study
    for s in case.graph.selections:
        if study.row_unit not in s.units and study.responded not in s.columns:
            continue
        above = set(nx.ancestors(case.g, s.node))
        movers = [n for n in (case.exposure, case.outcome) if n in above]
        if movers and s.node != case.outcome:
            who = case.graph.titles(movers)
            text = (
                f"Rows are there only by '{case.title(s.node).lower()}', which {who} move{'s' * (len(movers) == 1)}: "
                "it is assumed that, after adjusting for what the study lists, the rows that are there tell of "
                "those that are not."
            )
            columns = (study.responded,) if study.responded in s.columns and study.responded else ()
            out.append(Finding("SELECTION", "assumed", (s.node,), columns, text))
    return out


def series_findings(case: Case) -> list[Finding]:
    """A single series has no other units in the same period: calendar time is a line, not held."""
    if case.study.design not in _ONE_SERIES:
        return []
    text = (
        "Calendar time is held as the line on which the series stood before, not period by period: it is assumed that "
        "nothing else changed when the policy started."
    )
    return [Finding("ONE-SERIES", "assumed", (), (case.study.time,), text)]


def direction_findings(case: Case) -> list[Finding]:
    """An outcome that moves the exposure, and an effect that the graph does not expect."""
    x, y = case.title(case.exposure), case.title(case.outcome)
    if case.exposure in nx.descendants(case.g, case.outcome):
        text = (
            f"In the graph {y.lower()} moves {x.lower()}, not the other way: the two may go together for that reason."
        )
        return [Finding("REVERSED", "open", (case.outcome, case.exposure), (), text, "Look at an earlier exposure.")]
    if case.outcome not in case.effects:
        text = f"The graph has no path of arrows from {x.lower()} to {y.lower()}: it expects no effect."
        return [Finding("NO-PATH", "note", (case.exposure, case.outcome), (), text)]
    return []


def backdoor_paths(case: Case) -> tuple[tuple[str, ...], ...]:
    """Paths between exposure and outcome that are no effect and stay open."""
    return open_paths(without_effects(case.g, case.exposure), case.exposure, case.outcome, case.conditioned)


SEVERITIES = ("blocks", "open", "assumed", "handled", "note")
"""What a finding does: stops the fit; leaves a path open; must be assumed; is dealt with by the design; informs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the graph says of a study.

    Parameters
    ----------
    code : str
        Stable short code, such as ``MEDIATOR-HELD``.
    severity : str
        One of ``SEVERITIES``.
    nodes : tuple[str, ...]
        Ids of the nodes it speaks of.
    columns : tuple[str, ...]
        The study's columns it speaks of.
    text : str
        One or two plain sentences.
    fix : str, optional
        How to fix; empty where there is nothing to mend.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> sorted({finding.severity for finding in headline_studies()[1].identification().findings})
    ['assumed', 'open']
    """

    code: str
    severity: str
    nodes: tuple[str, ...]
    columns: tuple[str, ...]
    text: str
    fix: str = ""
