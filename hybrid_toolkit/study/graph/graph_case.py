"""A study on a causal graph: which nodes its columns measure, what it holds, and what its design holds by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from hybrid_toolkit.study.graph.causal_graph import CausalGraph, digraph
from hybrid_toolkit.study.graph.open_paths import arrows
from hybrid_toolkit.study.units import UNITS

if TYPE_CHECKING:
    from hybrid_toolkit.study.declaration.study_spec import StudySpec

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
    return f"a row a {UNITS[study.row_unit].name}" if study.row_unit in UNITS else "the study"


def path_words(case: Case, path: Collection[str]) -> str:
    """A path as titles with arrows between them."""
    return arrows(case.g, list(path), [case.title(n) for n in path])
