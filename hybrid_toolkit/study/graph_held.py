"""What a study holds constant and must not: mediators, effects, and columns that open a path."""

from __future__ import annotations

import networkx as nx

from hybrid_toolkit.study.graph_case import Case, columns_of
from hybrid_toolkit.study.graph_paths import separated, without_effects
from hybrid_toolkit.study.identification import Finding


def held_findings(case: Case) -> list[Finding]:
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


def _feedback(case: Case, node: str, column: str) -> Finding:
    """The trap of caseload: it moves the exposure, and what follows moves it."""
    effect = case.study.design_used.grade in ("quasi-causal", "causal")
    earlier = [f"'{c}'" for c in columns_of(case.study) if _before(case, node, c)]
    text = (
        f"'{column}' ({case.title(node).lower()}) both moves what comes after and is moved by it: left out it "
        "confounds, held in the same period it takes out part of the answer."
    )
    fix = f"Hold it one period before: {', '.join(earlier)}." if earlier else "Hold it one period before."
    return Finding("FEEDBACK-HELD", "blocks" if effect else "open", (node,), (column,), text, fix)


def _before(case: Case, node: str, column: str) -> bool:
    measured = case.graph.measured_by(column, case.study.unit)
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
