"""A study declared from lists: what the causal graph says of it, and how it does where the truth is known."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from hybrid_toolkit.designs.library import DESIGNS, ROLLOUTS, SERIES
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.errors import StudyError, UsageError
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.diagnosis.suited_scenarios import SEVERAL_STARTS, suited_scenarios
from hybrid_toolkit.study.diagnosis.true_effect import check_intervention
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, digraph, shipped_graph
from hybrid_toolkit.study.graph.graph_rules import open_paths, without_effects
from hybrid_toolkit.study.graph.identification import Identification, stops_fit
from hybrid_toolkit.study.shipped_studies import headline_studies, panel_study, policy_studies
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.study.units import UNITS
from hybrid_toolkit.widgets.lenses.lens_view import FigurePanel, LensView, notes_release, span_text
from hybrid_toolkit.widgets.parts.svg_graph import GraphNode, graph_svg

STEP = 2
"""Simulations between two looks at the Cancel button."""
MOST_NODES = 16
ONE_UNIT = ("interrupted-series", "interrupted-counts")
"""The series designs that need no unchanged unit beside the changed one."""
SEVERITY = {"blocks": "stops the study", "open": "stays open", "assumed": "must be assumed",
            "handled": "dealt with", "note": "to know"}  # fmt: skip

WORDS = {"rs_desk": "remote share of desk hours", "rs_attendance": "remote share, by attendance",
         "rs_all": "remote share of all hours", "b2b": "meetings back to back", "fte": "contracted share",
         "meeting_h": "hours in meetings", "unpaid_h": "unpaid hours", "travel_h": "hours of travel",
         "commute_h": "hours of commuting", "visit_travel_h": "hours of travel to visits",
         "commute_min": "minutes of commuting", "n_children": "children"}  # fmt: skip
WHEN = {"_next": ", next month", "_last": ", last month", "_first": ", first month", "_to_date": ", so far"}


@dataclass(frozen=True, slots=True)
class StudyBuilderState:
    """A study as the lists hold it.

    Parameters
    ----------
    start : str, default "remote-practice"
        Id of the shipped study that gives everything the lists do not say.
    outcome : str, optional
        Column of the outcome; empty for that of the start.
    exposure : str, optional
        Column of the exposure; empty for that of the start.
    design : str, optional
        Id of the design; empty for that of the start.
    confounders : tuple[str, ...], optional
        Columns held constant.
    estimand : str, optional
        Id of the true value that a diagnosis compares with; empty where it is worked out by intervention.
    scenario : str, default "helpful-hump"
        Scenario in which the study is tried.
    size : str, default "small"
        Size at which the study is tried.
    n_sims : int, default 20
        How often the study is tried.
    """

    start: str = "remote-practice"
    outcome: str = ""
    exposure: str = ""
    design: str = ""
    confounders: tuple[str, ...] = ()
    estimand: str = ""
    scenario: str = "helpful-hump"
    size: str = "small"
    n_sims: int = 20


def starts() -> dict[str, Study]:
    """The shipped studies by their id."""
    return {s.id: s for s in (*headline_studies(), panel_study(), *policy_studies())}


def of_start(start: str) -> StudyBuilderState:
    """The state that is a shipped study as it stands.

    Raises
    ------
    UsageError
        No shipped study has that id.
    """
    shipped = starts()
    if start not in shipped:
        raise UsageError(
            "'start' does not take that value.", fix=f"Use one of: {', '.join(shipped)}.", code="WIDGET-CHOICE"
        )
    study = shipped[start]
    own = (study.outcome, study.exposure, study.design, study.confounders, study.estimand)
    return StudyBuilderState(start, *own, scenario=next(iter(_scenarios(study.design))))


def filled(state: StudyBuilderState) -> StudyBuilderState:
    """The state with empty fields taken from its start, and with a true value and scenario that go with the others.

    Examples
    --------
    >>> filled(StudyBuilderState(outcome="timely")).estimand, filled(StudyBuilderState("one-change")).scenario
    ('', 'one-change')
    """
    own = of_start(state.start)
    full = replace(state, **{n: getattr(own, n) for n in ("outcome", "exposure", "design") if not getattr(state, n)})
    offered = _scenarios(full.design)
    fits = full.scenario if full.scenario in offered else own.scenario
    return replace(full, estimand=own.estimand if _asks_alike(full) else "", scenario=fits)


def _asks_alike(state: StudyBuilderState) -> bool:
    """Whether a full state asks what its start asks, so that the true value of the start is that of the state."""
    study = starts()[state.start]
    same = (state.outcome, state.exposure) == (study.outcome, study.exposure)
    return same and study.kind in DESIGNS[state.design].identifies


def _scenarios(design: str) -> dict[str, str]:
    return {n: n.replace("-", " ") for n in suited_scenarios(design)}


def declared(state: StudyBuilderState) -> Study:
    """The study that a state declares.

    Raises
    ------
    StudyError
        It cannot be run or identified; the message says what was found and what is needed.
    """
    study, state = starts()[state.start], filled(state)
    changes: dict[str, object] = {"confounders": state.confounders, "estimand": state.estimand}
    if not state.estimand:
        changes |= {"secondary_outcomes": (), "secondary_estimands": ()}
    if state.outcome != study.outcome:
        changes |= {"outcome": state.outcome, "words": ()}
        changes |= {"responded": ""} if state.outcome == study.responded else {}
    if state.exposure != study.exposure:
        gone = {"instruments": (), "placebos": (), "colleagues": ""}
        changes |= {"exposure": state.exposure, "contrast": f"one unit more of {state.exposure.replace('_', ' ')}"}
        changes |= {"contrast_size": 1.0, **gone}
    if state.design != study.design:
        kinds = DESIGNS[state.design].identifies
        changes |= {"design": state.design, "kind": study.kind if study.kind in kinds else kinds[0]}
    return study.replace(**changes)


def column_words(column: str) -> str:
    """A column in words: the name of its metric, or its parts written out.

    Examples
    --------
    >>> column_words("rs_desk_next"), column_words("month_index")
    ('remote share of desk hours, next month', 'month index')
    """
    for ending, when in WHEN.items():
        if column.endswith(ending):
            return column_words(column.removesuffix(ending)) + when
    if column in WORDS:
        return WORDS[column]
    return REGISTRY[column].name if column in REGISTRY else column.replace("_", " ")


def options(state: StudyBuilderState) -> Mapping[str, Mapping[str, str]]:
    """Field -> what the lists offer for it: a column or design with which the study, else as it is, can be declared."""
    return _offered(replace(filled(state), scenario="", size="small", n_sims=20))


@lru_cache(maxsize=256)
def _offered(state: StudyBuilderState) -> Mapping[str, Mapping[str, str]]:
    """What the lists offer, kept for as long as the kernel lives: it follows from the state and shipped texts alone."""
    unit = UNITS[starts()[state.start].row_unit]
    measures = {c: column_words(c) for c in unit.measures}
    # what the exposure moves is offered too: adjusting for it is refused in place, with the reason
    offered = {*state.confounders, *starts()[state.start].mediators}
    held = {c: column_words(c) for c in unit.columns if not c.endswith("_id")}
    return {
        "start": {i: s.question for i, s in starts().items()},
        "outcome": _that_work(state, "outcome", measures),
        "exposure": _that_work(state, "exposure", measures),
        "design": _that_work(state, "design", {d.id: d.title for d in DESIGNS.values()}),
        "confounders": {c: t for c, t in held.items() if c in offered or _works(state, "confounders", c)},
        "estimand": {state.estimand: _estimand_words(state.estimand)},
        "scenario": _scenarios(state.design),
        "size": {"small": "small", "authority": "authority"},
    }


def _estimand_words(estimand: str) -> str:
    return estimand.replace("_rs_", "_over_remote_share_").replace("_", " ") or "worked out by moving the exposure"


def _that_work(state: StudyBuilderState, field: str, offered: Mapping[str, str]) -> dict[str, str]:
    return {c: t for c, t in offered.items() if c == getattr(state, field) or _works(state, field, c)}


def _works(state: StudyBuilderState, field: str, value: str) -> bool:
    """Whether the study can be declared and tried with one thing changed, and the graph lets it be fitted.

    A column to adjust for is offered though the graph may stop it: the reason stands beside the choice.
    """
    more = {field: (*state.confounders, value) if field == "confounders" else value}
    try:
        study = declared(replace(state, **more))  # type: ignore[arg-type]
        if not study.estimand:
            check_intervention(study)
    except StudyError:
        return False
    if field == "design" and not _starts_alike(starts()[state.start].design, value):
        return False
    return field == "confounders" or not stops_fit(study)


def _starts_alike(one: str, other: str) -> bool:
    """Whether a design takes the starts of another: many units at several times, or one change of one unit alone."""
    if one in SEVERAL_STARTS:
        return other not in (*SERIES, "two-by-two")
    return other in ONE_UNIT if one in SERIES else other not in ROLLOUTS


def view_study(study: Study, diagnosis: Diagnosis | None = None) -> LensView:
    """What the causal graph says of a study, its graph, and its diagnosis where there is one."""
    gate, graph, found = Gate(), shipped_graph(), study.identification()
    panels = [_graph_panel(gate, graph, found), _findings(gate, found)]
    if diagnosis is not None:
        panels.append(_diagnosed(gate, diagnosis))
    told = {True: "Identified, under its assumptions.", False: "Cannot be identified as it is declared."}
    text = f"{told[found.identified] if found.identified is not None else 'The graph cannot judge it.'} {found.message}"
    notes = [*(f"Open path: {p}" for p in found.paths[:8]), *(f"It assumes: {a}" for a in found.assumptions)]
    said = notes_release(gate, [f"Asks: {study.question}", *notes], title=study.id, source=None)
    return LensView(study.id, text, tuple(panels), said)


def diagnose_in_steps(study: Study, state: StudyBuilderState, report: Callable[[int, int], None]) -> Diagnosis:
    """Try the study where the truth is known; ``report`` is called every few simulations and may raise to stop.

    Raises
    ------
    StudyError
        As ``Study.diagnose``.
    UsageError
        As ``Study.diagnose``.
    """
    with TemporaryDirectory(prefix="hybrid-toolkit-") as folder:
        place, done = Path(folder) / "trials.jsonl", 0
        report(0, state.n_sims)
        while True:
            done = min(done + STEP, state.n_sims)
            found = study.diagnose(state.scenario, state.size, n_sims=done, progress=False, resume=place)
            report(done, state.n_sims)
            if done >= state.n_sims:
                return found


def _graph_panel(gate: Gate, graph: CausalGraph, found: Identification) -> FigurePanel:
    nodes = _shown(graph, found)
    parts = _parts(graph, found, nodes)
    effects = {n: [e.effect for e in graph.edges if e.cause == n and e.effect in nodes] for n in nodes}
    frame = pd.DataFrame(
        [
            (
                n,
                graph.node(n).title,
                parts[n],
                " ".join(effects[n]),
                ", ".join(graph.node(m).title for m in effects[n]) or "nothing here",
            )
            for n in nodes
        ],
        columns=["node", "title", "part", "moves", "effects"],
    )
    release = gate.facts(frame, title="Causal graph", basis="assumption")
    rows = [[r["title"], r["part"] or _NO_PART, r["effects"]] for r in release.content.to_dict("records")]
    caption = "Causal graph, the part that matters here"
    return FigurePanel(
        caption,
        release,
        partial(_draw_graph, found.message),
        ["Node", "Part in this study", "Moves"],
        rows,
        3,
        says=found.message,
        columns={
            "title": TableColumn("Node"),
            "part": TableColumn("Part in this study", "name", words=dict.fromkeys(("",), _NO_PART)),
            "effects": TableColumn("Moves"),
        },
    )


_NO_PART = "not adjusted for and not on the path"
"""What a node is that is drawn only because it moves others."""


def _shown(graph: CausalGraph, found: Identification) -> list[str]:
    """Exposure, outcome, what lies between, what is held, and the shortest open paths, as far as there is room."""
    if not found.exposure or not found.outcome:
        return [n for n in (found.exposure, found.outcome) if n]
    g = digraph(graph)
    held = {*found.held, *found.by_design}
    paths = open_paths(without_effects(g, found.exposure), found.exposure, found.outcome, held)
    chosen = [found.exposure, found.outcome, *found.held]
    between = [p for p in open_paths(g, found.exposure, found.outcome, ()) if _directed(g, p)]
    for path in [*sorted(between, key=len), *sorted(paths, key=len)]:
        new = [n for n in path if n not in chosen]
        if len(chosen) + len(new) <= MOST_NODES:
            chosen += new
    return list(dict.fromkeys(chosen))


def _directed(g: object, path: tuple[str, ...]) -> bool:
    return all(g.has_edge(a, b) for a, b in itertools.pairwise(path))  # type: ignore[attr-defined]


def _parts(graph: CausalGraph, found: Identification, nodes: list[str]) -> dict[str, str]:
    g = digraph(graph)
    on_path = {n for p in open_paths(g, found.exposure, found.outcome, ()) if _directed(g, p) for n in p} if (
        found.exposure and found.outcome) else set()  # fmt: skip
    out = {}
    for n in nodes:
        out[n] = (
            "exposure" if n == found.exposure else "outcome" if n == found.outcome
            else "held" if n in found.held else "by the design" if n in found.by_design
            else "on the path" if n in on_path else ""
        )  # fmt: skip
    return out


def _draw_graph(message: str, release: Release) -> str:
    rows = release.content.to_dict("records")
    nodes = [GraphNode(str(r["node"]), str(r["title"]), str(r["part"])) for r in rows]
    edges = [(str(r["node"]), m) for r in rows for m in str(r["moves"]).split()]
    said = "; ".join(f"{n.title} ({n.part or 'not held'})" for n in nodes)
    return graph_svg(nodes, edges, title="Causal graph of the study", description=f"{message} Boxes: {said}.")


def _findings(gate: Gate, found: Identification) -> FigurePanel:
    release = gate.facts(found.tidy()[["severity", "text", "fix"]], title="What the graph says", basis="assumption")
    rows = [[SEVERITY[str(r["severity"])], str(r["text"]), str(r["fix"]) or "-"] for r in
            release.content.to_dict("records")]  # fmt: skip
    none = [["nothing", "The graph has nothing to say against it.", "-"]]
    return FigurePanel(
        "What the graph says of it", release, None, ["Kind", "Finding", "How to fix"], rows or none, words=3,
        columns={"severity": TableColumn("Kind", words=SEVERITY), "text": TableColumn("Finding"),
                 "fix": TableColumn("How to fix")},
    )  # fmt: skip


def _diagnosed(gate: Gate, diagnosis: Diagnosis) -> FigurePanel:
    table = diagnosis.tidy()[["outcome", "term", "estimate", "conf_low", "conf_high"]]
    title = "On simulated data, where we know the true value"
    release = gate.facts(table, title=title, basis="simulation", source=diagnosis)
    rows = [
        [str(r["outcome"]).replace("_", " "), str(r["term"]).replace("_", " "),
         span_text(float(r["estimate"]), float(r["conf_low"]), float(r["conf_high"]))]
        for r in release.content.to_dict("records")
    ]  # fmt: skip
    said = {c: TableColumn(h, "name", words={str(v): str(v).replace("_", " ") for v in release.content[c]})
            for c, h in (("outcome", "Outcome"), ("term", "Measure"))}  # fmt: skip
    columns = {**said, "estimate": TableColumn("Value (Monte Carlo interval)", "interval")}
    caption = f"Tried on {diagnosis.n_sims} simulated authorities"
    return FigurePanel(caption, release, None, ["Outcome", "Measure", "Value (Monte Carlo interval)"], rows, words=2,
                 note=release.stamp, columns=columns)  # fmt: skip
