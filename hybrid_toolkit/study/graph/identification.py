"""What a causal graph says of a study before any fit: whether the effect can be told from the rest, and why.

The rules, after Pearl (2009), *Causality*, chapters 3 and 11, and Cinelli, Forney and Pearl (2022), *Sociological
Methods & Research* 53:

- a total effect holds no node on a path from exposure to outcome, and no other effect of the exposure;
- a node that both exposure (or what moves it) and outcome move is not held, nor are rows chosen by it;
- every backdoor path is closed by what is held, by comparing units with themselves, or by chance (randomisation).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd

from hybrid_toolkit.errors import StudyError, agreeing, plural
from hybrid_toolkit.study.estimation.event_path import unknown_outcome
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, shipped_graph
from hybrid_toolkit.study.graph.graph_rules import (
    SEVERITIES,
    Case,
    Finding,
    backdoor_paths,
    case_of,
    closers,
    collider_findings,
    columns_of,
    direction_findings,
    held_findings,
    instrument_findings,
    open_paths,
    path_words,
    row_of,
    selection_findings,
    series_findings,
    without_effects,
)
from hybrid_toolkit.study.units import UNITS

if TYPE_CHECKING:
    from hybrid_toolkit.study.declaration.study_spec import StudySpec


@dataclass(frozen=True)
class Identification:
    """Whether a study's design and columns tell an effect from all else that the graph holds.

    Parameters
    ----------
    study_id : str
        The study.
    exposure : str
        Node of the exposure; empty where the graph has none for the column.
    outcome : str
        Node of the outcome; empty where the graph has none for the column.
    identified : bool | None
        True, False, or None where the graph cannot judge.
    message : str
        One sentence.
    findings : tuple[Finding, ...]
        Every finding, the gravest first.
    paths : tuple[str, ...]
        Open backdoor paths in words.
    path_nodes : tuple[tuple[str, ...], ...]
        The same paths as ids of nodes.
    held : tuple[str, ...]
        Nodes held constant by columns.
    by_design : tuple[str, ...]
        Nodes held constant by comparing units with themselves, or within periods.
    assumptions : tuple[str, ...]
        What must hold, in words.
    graph_title : str
        Title of the graph that was used.
    graph_hash : str
        Hash of the graph that was used.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> found = [study.identification() for study in headline_studies()]
    >>> [(one.study_id, one.identified, len(one.paths) > 0) for one in found]
    [('remote-practice', True, False), ('career-stage', False, True), ('exclusion-gap', True, False)]
    """

    study_id: str
    exposure: str
    outcome: str
    identified: bool | None
    message: str
    findings: tuple[Finding, ...]
    paths: tuple[str, ...]
    path_nodes: tuple[tuple[str, ...], ...]
    held: tuple[str, ...]
    by_design: tuple[str, ...]
    assumptions: tuple[str, ...]
    graph_title: str
    graph_hash: str

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stop a fit."""
        return tuple(f for f in self.findings if f.severity == "blocks")

    def tidy(self) -> pd.DataFrame:
        """One row a finding: ``code``, ``severity``, ``nodes``, ``columns``, ``text``, ``fix``.

        Returns
        -------
        pd.DataFrame
            One row a finding: ``code``, ``severity``, ``nodes``, ``columns``, ``text``, ``fix``.
        """
        rows = [(f.code, f.severity, ", ".join(f.nodes), ", ".join(f.columns), f.text, f.fix) for f in self.findings]
        return pd.DataFrame(rows, columns=["code", "severity", "nodes", "columns", "text", "fix"])

    def glance(self) -> pd.DataFrame:
        """One row: the study, its nodes, whether it is identified, open paths and findings that stop a fit.

        Returns
        -------
        pd.DataFrame
            One row: the study, its nodes, whether it is identified, open paths and findings that stop a fit.
        """
        return pd.DataFrame(
            {
                "study": [self.study_id],
                "exposure": [self.exposure],
                "outcome": [self.outcome],
                "identified": [self.identified],
                "n_open_paths": [len(self.paths)],
                "n_blocking": [len(self.blocking)],
                "graph": [self.graph_title],
            }
        )

    def summary(self) -> str:
        """Prose: the verdict, each open path, each finding with how to mend it, the assumptions.

        Returns
        -------
        str
            Prose: the verdict, each open path, each finding with how to mend it, the assumptions.
        """
        lines = [self.message, *(f"  {p}" for p in self.paths)]
        lines += [f"{f.text}{' ' + f.fix if f.fix else ''}" for f in self.findings]
        lines += ["It rests on these assumptions:", *(f"  {a}" for a in self.assumptions)]
        return "\n".join(lines)

    def notes(self) -> tuple[str, ...]:
        """What a claim must show beside it: the verdict.

        Returns
        -------
        tuple[str, ...]
            What a claim must show beside it: the verdict.
        """
        return (self.message,) if self.message else ()


def check_study(study: StudySpec, graph: CausalGraph | None = None, *, outcome: str = "") -> tuple[Finding, ...]:
    """Everything that a causal graph says of a study, the gravest first.

    Parameters
    ----------
    study : StudySpec
        The declaration.
    graph : CausalGraph | None, optional
        The graph; that of the toolkit by default.
    outcome : str, optional
        The main outcome by default, or another of the study's.

    Returns
    -------
    tuple[Finding, ...]
        Everything that a causal graph says of a study, the gravest first.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> [f.code for f in check_study(headline_studies()[0]) if f.severity == "handled"]
    ['WITHIN']
    """
    return identify(study, graph, outcome=outcome).findings


def require_unblocked(study: StudySpec, graph: CausalGraph | None = None) -> tuple[Identification, ...]:
    """What a graph says of a study that may be fitted, outcome by outcome.

    Raises
    ------
    StudyError
        With the code of the first finding that stops a fit, and the sentences of all of them.
    """
    found = tuple(identify(study, graph, outcome=o) for o in study.outcomes)
    blocking = [f for each in found for f in each.blocking]
    if blocking:
        told = " ".join(dict.fromkeys(f.text for f in blocking))
        raise StudyError(f"study '{study.id}': {told}", fix=blocking[0].fix, code=blocking[0].code)
    return found


def identify(study: StudySpec, graph: CausalGraph | None = None, *, outcome: str = "") -> Identification:
    """What a causal graph says of a study, for its main outcome or another: see ``Identification``.

    Raises
    ------
    StudyError
        ``OUTCOME-UNKNOWN``, the study has no such outcome.
    """
    if outcome and outcome not in study.outcomes:
        raise unknown_outcome(study, outcome)
    if graph is None:
        graph = shipped_graph() if study.row_unit in UNITS else CausalGraph("none given", (), ())
    case = case_of(study, graph, outcome or study.outcome)
    if not case.exposure or not case.outcome or case.exposure == case.outcome:
        return _unjudged(case)
    findings = _without_paths(case)
    paths = () if case.randomised else backdoor_paths(case)
    findings += open_findings(case, paths) if paths else []
    findings += handled_findings(case)
    findings.sort(key=lambda f: SEVERITIES.index(f.severity))
    identified = not paths and not any(f.severity in ("blocks", "open") for f in findings)
    return Identification(
        study_id=study.id,
        exposure=case.exposure,
        outcome=case.outcome,
        identified=identified,
        message=_verdict(case, len(paths), findings),
        findings=tuple(findings),
        paths=tuple(path_words(case, p) for p in paths),
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


def _without_paths(case: Case) -> list[Finding]:
    """What can be said before open paths are searched for; whatever stops a fit is among it."""
    return [
        *held_findings(case),
        *collider_findings(case),
        *instrument_findings(case),
        *selection_findings(case),
        *series_findings(case),
        *direction_findings(case),
        *(indirect_findings(case) if case.study.kind == "indirect" else []),
    ]


def stops_fit(study: StudySpec) -> bool:
    """Whether the shipped graph stops a fit, as ``require_unblocked`` tells, without the search for open paths."""
    if study.row_unit not in UNITS:
        return False
    cases = [case_of(study, shipped_graph(), o) for o in study.outcomes]
    judged = [c for c in cases if c.exposure and c.outcome and c.exposure != c.outcome]
    return any(f.severity == "blocks" for c in judged for f in _without_paths(c))


def _unjudged(case: Case) -> Identification:
    study = case.study
    gone = [c for c, n in ((study.exposure, case.exposure), (case.column, case.outcome)) if not n]
    text = (
        f"The causal graph has no node for {' and '.join(repr(c) for c in gone)}, so it cannot judge this study."
        if gone
        else "Exposure and outcome measure one node of the causal graph, so it cannot judge this study."
    )
    fix = "Name the column at a node of the graph, with its arrows."
    if not case.graph.nodes:
        text = "No causal graph was given for these rows, so none says what must not be adjusted for."
        fix = "Pass graph=, a CausalGraph whose nodes name the frame's columns."
    return Identification(
        study_id=study.id,
        exposure=case.exposure,
        outcome=case.outcome,
        identified=None,
        message=text,
        findings=(Finding("NOT-IN-GRAPH", "note", (), tuple(gone), text, fix),),
        paths=(),
        path_nodes=(),
        held=tuple(sorted(case.held)),
        by_design=tuple(sorted(case.closed)),
        assumptions=study.design_used.assumptions,
        graph_title=case.graph.title,
        graph_hash=case.graph.hash,
    )


def _verdict(case: Case, n_open: int, findings: list[Finding]) -> str:
    if any(f.severity == "blocks" for f in findings):
        return "By the causal graph, what is adjusted for takes out part of the effect or opens a path."
    if case.randomised:
        return "By the causal graph, chance closes every path that is not the effect."
    if any(f.code == "REVERSED" for f in findings):
        return "By the causal graph, the outcome moves the exposure: no effect of the exposure can be told."
    if n_open:
        through = case.graph.titles(dict.fromkeys(n for f in findings if f.code == "BACKDOOR" for n in f.nodes))
        rest = f" (through {through})" if through else ""
        carry = plural(n_open, "open path carries", "open paths carry")
        return f"By the causal graph, the effect is told only if {carry} nothing{rest}."
    if any(f.severity == "open" for f in findings):
        return "By the causal graph, the effect is told only with the reservations below."
    return "By the causal graph, adjustment and the design block every path that is not the effect."


def open_findings(case: Case, paths: Collection[tuple[str, ...]]) -> list[Finding]:
    """Which nodes would close the open paths, and which of these the unit has columns for."""
    graph = without_effects(case.g, case.exposure)
    free = set(case.g) - case.effects - set(nx.descendants(case.g, case.outcome))
    measured = [(case.graph.measured_by(c, case.study.row_unit), c) for c in columns_of(case.study)]
    at_hand = {n: c for n, c in reversed(measured) if n in free}
    z, ends = case.conditioned, (case.exposure, case.outcome)
    first = closers(graph, *ends, z, at_hand)
    stay, it = plural(len(paths), "backdoor path stays", "backdoor paths stay"), agreeing(len(paths), "it", "them")
    if first:
        columns = tuple(at_hand[n] for n in first)
        text = f"{stay} open; holding {case.graph.titles(first)} would close {it}."
        return [Finding("BACKDOOR", "open", first, columns, text, f"Add to confounders: {', '.join(columns)}.")]
    wanted = closers(graph, *ends, z, free) or ()
    columns = tuple(at_hand[n] for n in wanted if n in at_hand)
    lacking = [n for n in wanted if n not in at_hand]
    text = (
        f"{stay} open; closing {it} takes {case.graph.titles(wanted)}, of which no column of {row_of(case.study)} "
        f"measures {case.graph.titles(lacking)}."
        if wanted
        else f"{stay} open, and nothing in the graph closes {it}."
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
            stay = plural(len(paths), "path stays", "paths stay")
            text = f"Between mediator '{column}' and outcome {stay} open: {said}."
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
