"""A study against a causal graph, before any fit: what it must not hold, what it leaves open, what its design closes.

The rules, after Pearl (2009), *Causality*, chapters 3 and 11, and Cinelli, Forney and Pearl (2022), *Sociological
Methods & Research* 53:

- a total effect holds no node on a path from exposure to outcome, and no other effect of the exposure;
- a node that both exposure (or what moves it) and outcome move is not held, nor are rows chosen by it;
- every backdoor path is closed by what is held, by comparing units with themselves, or by chance (randomisation).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.graph import CausalGraph, digraph, shipped_graph
from hybrid_toolkit.study.graph_paths import arrows, closers, open_paths, separated, without_effects
from hybrid_toolkit.study.identification import SEVERITIES, Finding, Identification
from hybrid_toolkit.study.units import UNITS

if TYPE_CHECKING:
    from hybrid_toolkit.study.study import Study

_WITHIN: Mapping[str, tuple[str, ...]] = {
    "worker_id": ("worker_id", "team_id", "la_id"),
    "team_id": ("team_id", "la_id"),
    "la_id": ("la_id",),
    "family_id": ("family_id", "la_id"),
    **dict.fromkeys(("month", "month_index", "wave", "year"), ("month",)),
}
"""Column whose levels are compared with themselves -> levels within which nodes may be constant."""

_ONE_SERIES = ("interrupted-series", "interrupted-counts")
"""Designs that compare a unit with its own line before, without others in the same period."""


@dataclass(frozen=True)
class _Case:
    """A study on a graph: its nodes, and what is held."""

    study: Study
    graph: CausalGraph
    g: nx.DiGraph
    exposure: str
    outcome: str
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
        return self.graph.node(node).title


def check_study(study: Study, graph: CausalGraph | None = None) -> tuple[Finding, ...]:
    """Everything that a causal graph says of a study, the gravest first.

    Parameters
    ----------
    study : the declaration.
    graph : the graph; that of the toolkit by default.

    Examples
    --------
    >>> from hybrid_toolkit.study.headline import headline_studies
    >>> [f.code for f in check_study(headline_studies()[0]) if f.severity == "handled"]
    ['WITHIN']
    """
    return identify(study, graph).findings


def require_unblocked(study: Study, graph: CausalGraph | None = None) -> Identification:
    """The identification of a study that may be fitted.

    Raises
    ------
    StudyError : with the code of the first finding that stops a fit, and the sentences of all of them.
    """
    found = identify(study, graph)
    if found.blocking:
        first = found.blocking[0]
        raise StudyError(
            f"study '{study.id}': {' '.join(f.text for f in found.blocking)}", fix=first.fix, code=first.code
        )
    return found


def identify(study: Study, graph: CausalGraph | None = None) -> Identification:
    """What a causal graph says of a study: see ``Identification``."""
    if graph is None:
        graph = shipped_graph() if study.unit in UNITS else CausalGraph("none given", (), ())
    case = _case(study, graph)
    if not case.exposure or not case.outcome or case.exposure == case.outcome:
        return _unjudged(case)
    findings = [*_held(case), *_colliders(case), *_selected(case), *_one_series(case), *_reversed(case)]
    paths = () if case.randomised else _backdoor(case)
    findings += _open(case, paths) if paths else []
    findings += _indirect(case) if study.kind == "indirect" else []
    findings += _handled(case)
    findings.sort(key=lambda f: SEVERITIES.index(f.severity))
    identified = not paths and not any(f.severity in ("blocks", "open") for f in findings)
    return Identification(
        study_id=study.id,
        exposure=case.exposure,
        outcome=case.outcome,
        identified=identified,
        verdict=_verdict(case, len(paths), findings),
        findings=tuple(findings),
        paths=tuple(_words(case, p) for p in paths),
        path_nodes=tuple(paths),
        held=tuple(sorted(set(case.held))),
        by_design=tuple(sorted(case.closed)),
        assumptions=(
            *study.design_used.assumptions,
            *(f.text for f in findings if f.severity == "assumed"),
            "No arrow is missing from the causal graph.",
        ),
        graph_title=graph.title,
        graph_hash=graph.hash,
    )


def _columns(study: Study) -> tuple[str, ...]:
    """Columns that the study could hold."""
    return tuple(UNITS[study.unit].columns) if study.unit in UNITS else study.columns


def _row(study: Study) -> str:
    return f"a row a {UNITS[study.unit].name}" if study.unit in UNITS else "the study"


def _case(study: Study, graph: CausalGraph) -> _Case:
    columns = (*study.confounders, *study.moderators, *study.fixed_effects)
    held = {n: c for c in columns if (n := graph.measured_by(c, study.unit))}
    themselves = (*study.fixed_effects, study.followed, study.time if study.starts else "")
    levels = {level for c in themselves for level in _WITHIN.get(c, ())}
    # what does not change within a team does not change within the sum of an authority's teams
    levels |= {"team_id"} if study.unit.startswith("authority") and "la_id" in levels else set()
    return _Case(
        study=study,
        graph=graph,
        g=digraph(graph),
        exposure=graph.measured_by(study.exposure, study.unit),
        outcome=graph.measured_by(study.outcome, study.unit),
        held=held,
        closed=frozenset(n.id for n in graph.nodes if n.constant in levels),
    )


def _unjudged(case: _Case) -> Identification:
    study = case.study
    gone = [c for c, n in ((study.exposure, case.exposure), (study.outcome, case.outcome)) if not n]
    text = (
        f"The causal graph has no node for {' and '.join(repr(c) for c in gone)}, so it cannot judge this study."
        if gone
        else "Exposure and outcome measure one node of the causal graph, so it cannot judge this study."
    )
    fix = "Name the column at a node of the graph, with its arrows."
    return Identification(
        study_id=study.id,
        exposure=case.exposure,
        outcome=case.outcome,
        identified=None,
        verdict=text,
        findings=(Finding("NOT-IN-GRAPH", "note", (), tuple(gone), text, fix),),
        paths=(),
        path_nodes=(),
        held=tuple(sorted(case.held)),
        by_design=tuple(sorted(case.closed)),
        assumptions=study.design_used.assumptions,
        graph_title=case.graph.title,
        graph_hash=case.graph.hash,
    )


def _held(case: _Case) -> list[Finding]:
    """Nodes held constant by a column that a total effect must leave free."""
    out = []
    for node, column in case.held.items():
        title = case.title(node)
        said = f"'{column}' ({title.lower()})"
        if node in (case.exposure, case.outcome):
            text = (
                f"{said} measures the {'exposure' if node == case.exposure else 'outcome'} itself and is held constant."
            )
            out.append(Finding("STUDY-ROLES", "blocks", (node,), (column,), text, f"Take out '{column}'."))
        elif case.graph.node(node).feedback and (node in case.effects or node in nx.descendants(case.g, case.outcome)):
            out.append(_feedback(case, node, column))
        elif node in case.mediators:
            text = (
                f"{said} lies on a path from exposure to outcome: holding it constant removes that part of the effect."
            )
            out.append(Finding("MEDIATOR-HELD", "blocks", (node,), (column,), text, f"Take '{column}' out."))
        elif node in case.effects:
            text = f"{said} is moved by the exposure: among rows alike in it, exposure and outcome no longer compare."
            out.append(Finding("DESCENDANT-HELD", "blocks", (node,), (column,), text, f"Take '{column}' out."))
        elif node in nx.descendants(case.g, case.outcome):
            text = f"{said} is moved by the outcome: holding it constant takes out part of what is to be explained."
            out.append(Finding("DESCENDANT-HELD", "blocks", (node,), (column,), text, f"Take '{column}' out."))
    return out


def _feedback(case: _Case, node: str, column: str) -> Finding:
    """The trap of caseload: it moves the exposure, and what follows moves it."""
    effect = case.study.design_used.grade in ("quasi-causal", "causal")
    earlier = [f"'{c}'" for c in _columns(case.study) if _before(case, node, c)]
    text = (
        f"'{column}' ({case.title(node).lower()}) both moves what comes after and is moved by it: left out it "
        "confounds, held in the same period it takes out part of the answer."
    )
    fix = f"Hold it one period before: {', '.join(earlier)}." if earlier else "Hold it one period before."
    return Finding("FEEDBACK-HELD", "blocks" if effect else "open", (node,), (column,), text, fix)


def _before(case: _Case, node: str, column: str) -> bool:
    measured = case.graph.measured_by(column, case.study.unit)
    after = {case.exposure, case.outcome, node, *case.effects, *nx.descendants(case.g, case.outcome)}
    return bool(measured) and case.g.has_edge(measured, node) and measured not in after


def _colliders(case: _Case) -> list[Finding]:
    """Columns held that open a backdoor path which is closed without them."""
    graph, z = without_effects(case.g, case.exposure), case.conditioned
    out = []
    for node, column in case.held.items():
        if node not in z or node in case.closed:
            continue
        if not separated(graph, case.exposure, case.outcome, z) and separated(
            graph, case.exposure, case.outcome, z - {node}
        ):
            text = f"'{column}' ({case.title(node).lower()}) is moved by both sides: holding it constant opens a path."
            out.append(Finding("COLLIDER-HELD", "blocks", (node,), (column,), text, f"Take '{column}' out."))
    return out


def _selected(case: _Case) -> list[Finding]:
    """Rows that are there only because of what exposure or outcome move."""
    out, study = [], case.study
    for s in case.graph.selections:
        if study.unit not in s.units and study.answered not in s.columns:
            continue
        above = set(nx.ancestors(case.g, s.node))
        movers = [n for n in (case.exposure, case.outcome) if n in above]
        if movers and s.node != case.outcome:
            who = case.graph.titles(movers)
            text = (
                f"Rows are there only by '{case.title(s.node).lower()}', which {who} move{'s' * (len(movers) == 1)}: "
                "it is assumed that, given what is held, the rows that are there tell of those that are not."
            )
            columns = (study.answered,) if study.answered in s.columns and study.answered else ()
            out.append(Finding("SELECTION", "assumed", (s.node,), columns, text))
    return out


def _one_series(case: _Case) -> list[Finding]:
    """A single series has no other units in the same period: calendar time is a line, not held."""
    if case.study.design not in _ONE_SERIES:
        return []
    text = (
        "Calendar time is held as the line on which the series stood before, not period by period: it is assumed that "
        "nothing else changed when the policy started."
    )
    return [Finding("ONE-SERIES", "assumed", (), (case.study.time,), text)]


def _reversed(case: _Case) -> list[Finding]:
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


def _backdoor(case: _Case) -> tuple[tuple[str, ...], ...]:
    return open_paths(without_effects(case.g, case.exposure), case.exposure, case.outcome, case.conditioned)


def _open(case: _Case, paths: Collection[tuple[str, ...]]) -> list[Finding]:
    """Which nodes would close the open paths, and which of these the unit has columns for."""
    graph = without_effects(case.g, case.exposure)
    free = set(case.g) - case.effects - set(nx.descendants(case.g, case.outcome))
    measured = [(case.graph.measured_by(c, case.study.unit), c) for c in _columns(case.study)]
    at_hand = {n: c for n, c in reversed(measured) if n in free}
    z, ends = case.conditioned, (case.exposure, case.outcome)
    first = closers(graph, *ends, z, at_hand)
    if first:
        columns = tuple(at_hand[n] for n in first)
        text = f"{len(paths)} backdoor path(s) stay open; holding {case.graph.titles(first)} would close them."
        return [Finding("BACKDOOR", "open", first, columns, text, f"Add to confounders: {', '.join(columns)}.")]
    wanted = closers(graph, *ends, z, free) or ()
    columns = tuple(at_hand[n] for n in wanted if n in at_hand)
    lacking = [n for n in wanted if n not in at_hand]
    text = (
        f"{len(paths)} backdoor path(s) stay open; closing them takes {case.graph.titles(wanted)}, of which no "
        f"column of {_row(case.study)} measures {case.graph.titles(lacking)}."
        if wanted
        else f"{len(paths)} backdoor path(s) stay open, and nothing in the graph closes them."
    )
    fix = "Compare units with themselves, or say how strong such a confounder would have to be."
    if columns:
        fix = f"Add to confounders: {', '.join(columns)}; then: {fix[0].lower()}{fix[1:]}"
    return [Finding("BACKDOOR", "open", wanted, columns, text, fix)]


def _indirect(case: _Case) -> list[Finding]:
    """What moves both a mediator and the outcome, exposure held: even chance does not close it."""
    out = []
    for column in case.study.mediators:
        node = case.graph.measured_by(column, case.study.unit)
        if not node or node == case.outcome:
            continue
        graph = without_effects(case.g, node)
        z = ({*case.held} | case.closed | {case.exposure}) - set(nx.descendants(case.g, node)) - {node}
        paths = open_paths(graph, node, case.outcome, z)
        if paths:
            said = "; ".join(_words(case, p) for p in paths)
            text = f"Between mediator '{column}' and outcome {len(paths)} path(s) stay open: {said}."
            out.append(Finding("MEDIATOR-BACKDOOR", "open", (node,), (column,), text, "Hold what they run through."))
    return out


def _handled(case: _Case) -> list[Finding]:
    if case.randomised:
        text = "Chance decides the exposure, so no confounder needs to be held."
        return [Finding("RANDOMISED", "handled", (), (), text)]
    near = {a for n in (case.exposure, case.outcome) for a in nx.ancestors(case.g, n)}
    closed = sorted(case.closed & near - set(case.held))
    if not closed:
        return []
    text = f"By comparing like with itself the design holds {case.graph.titles(closed)}."
    return [Finding("WITHIN", "handled", tuple(closed), (), text)]


def _verdict(case: _Case, n_open: int, findings: list[Finding]) -> str:
    if any(f.severity == "blocks" for f in findings):
        return "By the causal graph, what is held constant takes out part of the effect or opens a path."
    if case.randomised:
        return "By the causal graph, chance closes every path that is not the effect."
    if any(f.code == "REVERSED" for f in findings):
        return "By the causal graph, the outcome moves the exposure: no effect of the exposure can be told."
    if n_open:
        through = case.graph.titles(dict.fromkeys(n for f in findings if f.code == "BACKDOOR" for n in f.nodes))
        rest = f" (through {through})" if through else ""
        return f"By the causal graph, the effect is told only if {n_open} open path(s) carry nothing{rest}."
    if any(f.severity == "open" for f in findings):
        return "By the causal graph, the effect is told only with the reservations below."
    return "By the causal graph, what is held and the design close every path that is not the effect."


def _words(case: _Case, path: Collection[str]) -> str:
    return arrows(case.g, list(path), [case.title(n) for n in path])
