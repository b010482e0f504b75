"""What a study leaves open on a causal graph, what it must assume, and what its design closes."""

from __future__ import annotations

from collections.abc import Collection

import networkx as nx

from hybrid_toolkit.study.graph.graph_case import Case, columns_of, path_words, row_of
from hybrid_toolkit.study.graph.identification import Finding
from hybrid_toolkit.study.graph.open_paths import closers, open_paths, without_effects

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


def open_findings(case: Case, paths: Collection[tuple[str, ...]]) -> list[Finding]:
    """Which nodes would close the open paths, and which of these the unit has columns for."""
    graph = without_effects(case.g, case.exposure)
    free = set(case.g) - case.effects - set(nx.descendants(case.g, case.outcome))
    measured = [(case.graph.measured_by(c, case.study.row_unit), c) for c in columns_of(case.study)]
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
        f"column of {row_of(case.study)} measures {case.graph.titles(lacking)}."
        if wanted
        else f"{len(paths)} backdoor path(s) stay open, and nothing in the graph closes them."
    )
    fix = "Compare units with themselves, or say how strong such a confounder would have to be."
    if columns:
        fix = f"Add to confounders: {', '.join(columns)}; then: {fix[0].lower()}{fix[1:]}"
    return [Finding("BACKDOOR", "open", wanted, columns, text, fix)]


def indirect_findings(case: Case) -> list[Finding]:
    """What moves both a mediator and the outcome, exposure held: even chance does not close it."""
    out = []
    for column in case.study.mediators:
        node = case.graph.measured_by(column, case.study.row_unit)
        if not node or node == case.outcome:
            continue
        graph = without_effects(case.g, node)
        z = ({*case.held} | case.closed | {case.exposure}) - set(nx.descendants(case.g, node)) - {node}
        paths = open_paths(graph, node, case.outcome, z)
        if paths:
            said = "; ".join(path_words(case, p) for p in paths)
            text = f"Between mediator '{column}' and outcome {len(paths)} path(s) stay open: {said}."
            out.append(Finding("MEDIATOR-BACKDOOR", "open", (node,), (column,), text, "Hold what they run through."))
    return out


def handled_findings(case: Case) -> list[Finding]:
    """What the design closes by itself."""
    if case.randomised:
        text = "Chance decides the exposure, so there is no confounder to adjust for."
        return [Finding("RANDOMISED", "handled", (), (), text)]
    near = {a for n in (case.exposure, case.outcome) for a in nx.ancestors(case.g, n)}
    closed = sorted(case.closed & near - set(case.held))
    if not closed:
        return []
    text = f"By comparing like with itself the design holds {case.graph.titles(closed)}."
    return [Finding("WITHIN", "handled", tuple(closed), (), text)]
