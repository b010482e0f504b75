"""True values by intervention: those that were worked out by hand, and studies that name no estimand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.diagnosis.diagnose import diagnose_together
from hybrid_toolkit.study.diagnosis.true_effect import true_effect
from hybrid_toolkit.study.shipped_studies import declared_study
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.truth import Size, Truth

SIZE = Size("middle", 1, 16, 8.5, 10, 2)


@pytest.mark.parametrize(
    ("name", "outcome", "estimand"),
    [
        ("remote-practice", "choice_honoured", "practice_rs_within"),
        ("exclusion-gap", "engaged", "exclusion_penalty"),
        ("preferred-method", "preference_met", "preference_rs_within"),
        ("seen-alone", "seen_alone", "seen_alone_rs_within"),
        ("policy-rollout", "rs_attendance", "policy_remote"),
        ("policy-rollout", "choice_honoured", "policy_choice"),
    ],
)
def test_an_intervention_finds_what_was_worked_out_by_hand(name, outcome, estimand) -> None:
    found = true_effect(declared_study(name), Truth(), SIZE, outcome=outcome, n_authorities=6)
    assert 0 < found.std_error < 0.02
    assert found.value == pytest.approx(true_value(Truth(), estimand, size=SIZE), abs=4 * found.std_error)


def test_a_stage_gap_is_the_projection_where_nobody_chooses_by_how_they_feel() -> None:
    truth = replace(Truth(), selection_rho_wellbeing=0.0, selection_rho=0.0)
    found = true_effect(declared_study("career-stage"), truth, SIZE, n_authorities=12)
    assert found.value == pytest.approx(true_value(truth, "stage_gap_learning", size=SIZE), abs=4 * found.std_error)
    assert found.value < -2 * found.std_error


def test_where_nothing_has_an_effect_the_value_is_nothing() -> None:
    for name, outcome in (("remote-practice", "choice_honoured"), ("career-stage", "informal_learning")):
        found = true_effect(declared_study(name), scenario("null"), SIZE, outcome=outcome, n_authorities=3)
        assert abs(found.value) <= 4 * found.std_error + 1e-9


def test_a_study_that_names_no_estimand_is_diagnosed() -> None:
    study = declared_study("remote-practice").replace(estimand="", outcome="timely", mediators=(), words=())
    truth = replace(Truth(), timely_rs=-0.2)
    (found,) = diagnose_together((study,), truth, SIZE, n_sims=2, progress=False)
    known = dict(found.truths_by_scenario["helpful-hump"])["timely"]
    assert known == pytest.approx(-0.2, abs=0.05)
    assert found.draws["estimate"].notna().all()


def test_what_has_no_value_by_intervention_is_told() -> None:
    with pytest.raises(StudyError, match=r"TRUE-EFFECT.*agency_pct"):
        true_effect(declared_study("agency-turnover"))
    with pytest.raises(StudyError, match="at least 2"):
        true_effect(declared_study("remote-practice"), n_authorities=1)
