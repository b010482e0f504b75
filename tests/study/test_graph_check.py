"""Studies against the causal graph: what is refused before a fit, what stays open, what a design closes."""

from __future__ import annotations

import pytest

from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, Edge, Node, Selection, shipped_graph
from hybrid_toolkit.study.graph.identification import check_study, identify, require_unblocked
from hybrid_toolkit.study.shipped_studies import headline_studies, panel_study
from hybrid_toolkit.study.study import Study

PRACTICE, STAGE, EXCLUSION = headline_studies()
SICK = Study(
    id="sick-days",
    question="Do days lost go with remote share?",
    estimand="none",
    outcome="sick_days",
    exposure="rs_desk",
    design="within-worker",
    row_unit="worker-month",
    cluster="team_id",
    fixed_effects=("worker_id", "month"),
)


def codes(study, severity, graph=None) -> list[str]:
    return [f.code for f in check_study(study, graph) if f.severity == severity]


@pytest.mark.parametrize(
    ("confounders", "code", "column"),
    [
        (("travel_h",), "MEDIATOR-HELD", "travel_h"),
        (("caseload_last", "co_presence"), "MEDIATOR-HELD", "co_presence"),
        (("rs_attendance",), "STUDY-ROLES", "rs_attendance"),
        (("caseload",), "FEEDBACK-HELD", "caseload_last"),
    ],
)
def test_what_a_total_effect_must_not_hold_is_refused_before_the_data_are_read(confounders, code, column) -> None:
    study = SICK.replace(confounders=confounders)
    with pytest.raises(StudyError, match=column) as caught:
        study.estimate(None)
    assert caught.value.code == code and caught.value.fix
    assert not study.identification().identified and study.identification().blocking


def test_caseload_of_the_month_before_closes_what_caseload_of_the_month_would_spoil() -> None:
    before = identify(SICK)
    after = identify(SICK.replace(confounders=("caseload_last",)))
    assert any("Caseload before" in p for p in before.paths) and not any("Caseload before" in p for p in after.paths)
    assert "caseload_last" in next(f for f in before.findings if f.code == "BACKDOOR").columns


def test_an_effect_of_the_exposure_that_is_no_mediator_is_refused_too() -> None:
    study = PRACTICE.replace(outcome="timely", mediators=(), confounders=("risk", "engaged"), words=())
    assert codes(study, "blocks") == ["DESCENDANT-HELD"]


def test_fixed_effects_hold_what_does_not_change_within_a_unit() -> None:
    plain = SICK.replace(design="cross-sectional", fixed_effects=())
    closed = {"working_style", "role", "stage", "manager", "authority"}
    assert closed <= set(identify(SICK).by_design) and not closed & set(identify(plain).by_design)
    assert not any("Manager" in p for p in identify(SICK).paths)
    assert any("Manager" in p for p in identify(plain).paths)


def test_columns_that_would_close_a_path_are_told_apart_from_what_nothing_measures() -> None:
    opened = EXCLUSION.replace(confounders=tuple(c for c in EXCLUSION.confounders if c != "rs_desk"))
    found = next(f for f in check_study(opened) if f.code == "BACKDOOR")
    assert found.columns == ("rs_desk",) and "would close" in found.text
    assert identify(EXCLUSION).identified is True and not identify(EXCLUSION).paths
    without = tuple(c for c in PRACTICE.confounders if c != "caseload_last")
    timely = PRACTICE.replace(outcome="timely", mediators=(), words=(), confounders=without)
    lacking = next(f for f in check_study(timely) if f.code == "BACKDOOR")
    assert lacking.nodes == ("caseload_before",) and lacking.columns == ("caseload_last",)


def test_an_edited_graph_gives_another_answer() -> None:
    graph = shipped_graph().replace(
        add=[("boundary", "remote_share"), ("boundary", "choice_honoured")], remove=[("remote_share", "boundary")]
    )
    assert identify(PRACTICE, graph).identified is False
    assert identify(PRACTICE).identified is True
    assert identify(PRACTICE, graph).graph_hash != identify(PRACTICE).graph_hash


def test_answering_and_staying_are_assumptions_and_say_so() -> None:
    assert codes(STAGE, "assumed") == ["SELECTION", "SELECTION"]
    assert codes(PRACTICE, "assumed") == []
    assert sum("Rows are there only by" in a for a in identify(STAGE).assumptions) == 2


def test_an_outcome_that_moves_its_exposure_is_told() -> None:
    found = identify(panel_study())
    assert "REVERSED" in [f.code for f in found.findings] and "outcome moves the exposure" in found.message
    # the study only asks how two things go together, so caseload is a warning and not a refusal
    assert not found.blocking and "FEEDBACK-HELD" in codes(panel_study(), "open")


def test_m_bias_a_column_that_opens_a_closed_path_is_refused() -> None:
    nodes = (
        *(Node("x", "X", ("rs_desk",)), Node("y", "Y", ("sick_days",)), Node("m", "M", ("commute_min",))),
        *(Node("a", "A"), Node("b", "B")),
    )
    edges = [Edge(*e.split(">")) for e in ("x>y", "a>x", "a>m", "b>m", "b>y")]
    graph = CausalGraph("M", nodes, tuple(edges))
    study = SICK.replace(fixed_effects=("month",), confounders=("commute_min",))
    assert codes(study, "blocks", graph) == ["COLLIDER-HELD"]
    assert identify(study.replace(confounders=()), graph).identified is True
    with pytest.raises(StudyError, match="COLLIDER-HELD"):
        require_unblocked(study, graph)


def test_chance_closes_every_path_but_not_selection(monkeypatch) -> None:
    from dataclasses import replace

    from hybrid_toolkit.designs import DESIGNS

    made = {**DESIGNS, "by-chance": replace(DESIGNS["cross-sectional"], id="by-chance", grade="causal")}
    for module in ("study_fields", "spec_checks"):
        monkeypatch.setattr(f"hybrid_toolkit.study.declaration.{module}.DESIGNS", made)
    study = STAGE.replace(design="by-chance", kind="slope", moderators=(), confounders=())
    found = identify(study)
    assert not found.paths and "chance" in found.message and codes(study, "assumed") == ["SELECTION", "SELECTION"]


def test_a_column_that_no_node_measures_is_not_judged() -> None:
    found = identify(PRACTICE.replace(outcome="family_id", words=()))
    assert found.identified is None and found.findings[0].code == "NOT-IN-GRAPH" and not found.blocking


def test_a_selection_by_unit_of_a_graph_of_ones_own() -> None:
    nodes = (Node("x", "X", ("rs_desk",)), Node("y", "Y", ("sick_days",)), Node("s", "S"))
    graph = CausalGraph("S", nodes, (Edge("x", "y"), Edge("y", "s")), (), (Selection("s", ("worker-month",)),))
    assert codes(SICK, "assumed", graph) == ["SELECTION"]


@pytest.mark.parametrize("name", ["remote-practice", "career-stage"])
def test_identification_travels_with_the_result_and_its_claims(results, name) -> None:
    result = results[name]
    known = result.identification
    assert known == result.study.identification()
    assert any(known.message in r for r in result.claims()[0].reasons)
    assert known.message in result.summary()
    assert list(known.tidy().columns) == ["code", "severity", "nodes", "columns", "text", "fix"]
    assert known.glance()["n_open_paths"].item() == len(known.paths)
    assert bool(known.paths) == (name == "career-stage")
    assert all(path in known.summary() for path in known.paths)


@pytest.mark.parametrize(
    ("instrument", "code", "severity"),
    [
        ("engaged", "INSTRUMENT-MOVED", "blocks"),
        ("rural", "INSTRUMENT-PATH", "open"),
        ("contact_id", "INSTRUMENT", "assumed"),
    ],
)
def test_an_instrument_that_is_no_measure_of_the_exposure_is_told(instrument, code, severity) -> None:
    study = PRACTICE.replace(instruments=(instrument,))
    found = [f for f in check_study(study) if f.code == code]
    assert [f.severity for f in found] == [severity] and instrument in found[0].text
    assert (identify(study).identified is True) == (severity == "assumed")
    if severity == "blocks":
        with pytest.raises(StudyError, match=code):
            study.estimate(None)
    assert not [f for f in check_study(PRACTICE) if f.code.startswith("INSTRUMENT")]


def test_an_instrument_of_a_graph_of_ones_own_by_its_criterion() -> None:
    """A lot that moves only the exposure serves; one that moves the outcome too, or nothing, does not."""
    columns = {"x": "rs_desk", "y": "sick_days", "z": "commute_min", "u": "role"}
    nodes = tuple(Node(n, n.upper(), (c,)) for n, c in columns.items())
    plain = [("x", "y"), ("u", "x"), ("u", "y")]
    study = SICK.replace(fixed_effects=("month",), confounders=("role",), instruments=("commute_min",))
    for more, codes_found in (
        ([("z", "x")], []),
        ([("z", "x"), ("z", "y")], ["INSTRUMENT-PATH"]),
        ([], ["INSTRUMENT-PATH"]),
        ([("x", "z")], ["INSTRUMENT-MOVED"]),
        ([("z", "x"), ("u", "z")], []),
    ):
        graph = CausalGraph("Z", nodes, tuple(Edge(*e) for e in [*plain, *more]))
        found = [f.code for f in check_study(study, graph) if f.code.startswith("INSTRUMENT")]
        assert found == codes_found, more


def test_every_outcome_is_judged_by_itself(results) -> None:
    result = results["career-stage"]
    main, second = (result.identification_for(o) for o in result.study.outcomes)
    assert main == result.identification and second != main and set(second.paths) != set(main.paths)
    assert second == result.study.identification(outcome=result.study.secondary_outcomes[0])
    reasons = [" ".join(c.reasons) for c in result.claims()]
    assert main.message in reasons[0] and second.message in reasons[1] and main.message not in reasons[1]
    assert second.message in result.summary()
    with pytest.raises(StudyError, match="OUTCOME-UNKNOWN"):
        STAGE.identification(outcome="mood")


def test_groups_that_the_exposure_moves_are_not_compared() -> None:
    found = [f for f in check_study(STAGE.replace(moderators=("secure_base",))) if f.severity == "blocks"]
    assert found and "Compare groups by" in found[0].fix and found[0].columns == ("secure_base",)
