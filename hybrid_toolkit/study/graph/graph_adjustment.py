"""What a study holds constant and must not: mediators, effects, and columns that open a path."""

from __future__ import annotations

import networkx as nx

from hybrid_toolkit.study.graph.graph_case import Case, columns_of
from hybrid_toolkit.study.graph.identification import Finding
from hybrid_toolkit.study.graph.open_paths import separated, without_effects


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
