"""The further questions: declared, with words and limits, their rows made, fitted and told."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments.definition_file import survey_instruments_of
from hybrid_toolkit.data.wording.claim_words import causal_words
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.study.declaration.study_frames import build_frame
from hybrid_toolkit.study.diagnosis import diagnose
from hybrid_toolkit.study.diagnosis.true_effect import true_effect
from hybrid_toolkit.study.shipped_studies import QUESTIONS, declared_study, every_study, question_studies
from hybrid_toolkit.study.study import Study, parse_study
from hybrid_toolkit.synth.generate import Authority, context, simulate_authority
from hybrid_toolkit.synth.intervene import moved_by
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.sizes import Size

STUDIES = {s.id: s for s in question_studies()}


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    drawn = survey_instruments_of({c for s in STUDIES.values() for c in s.outcomes})
    made: EvaluationData = simulate_authority("helpful-hump", "small", 5, instruments=drawn)
    return made


def test_every_declared_file_is_one_of_the_studies() -> None:
    there = {f.name.removesuffix(".toml") for f in (files("hybrid_toolkit.study") / "shipped").iterdir()}
    assert there == {*QUESTIONS, *(s.id for s in every_study())}


@pytest.mark.parametrize("study", STUDIES.values(), ids=lambda s: s.id)
def test_it_is_declared_with_words_and_limits(study: Study) -> None:
    assert parse_study(study.to_toml()) == study
    assert len(study.caveats) >= 2 and study.contrast and {w.outcome for w in study.words} == set(study.outcomes)
    assert all(w.smallest_important for w in study.words)


RARE = {"adjustments": Size("wide", 1, 240, 8.5, 12, 3)}
"""Studies of what is so rare that one authority cannot answer, with the size of which they are asked."""


@pytest.mark.parametrize("study", STUDIES.values(), ids=lambda s: s.id)
def test_it_is_told_from_rows_to_claims(data: EvaluationData, study: Study) -> None:
    wide = RARE.get(study.id)
    result = study.estimate(simulate_authority("null", wide, 5, tables=study.tables()) if wide else data)
    rows = result.tidy()
    for outcome in study.outcomes:
        main = rows[rows["outcome"].eq(outcome)].iloc[0]
        assert np.isfinite(main[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)).all(), outcome
    assert len(result.checks) > 5, "a study says what it was tried on"
    claims = result.claims()
    assert len(claims) == len(study.outcomes)
    for claim in claims:
        assert claim.text and claim.does_not_show
        assert claim.grade == "illustration" or not causal_words(claim.text)


@pytest.mark.parametrize("study", ["meeting-presence", "who-answers"])
def test_a_study_with_a_known_lean_describes_at_most_and_says_why(data: EvaluationData, study: str) -> None:
    """Where nothing has an effect these find one, so no sentence of theirs may say a difference or an association."""
    made = replace(STUDIES[study].estimate(data), synthetic=False)
    (claim,) = made.claims()
    assert claim.grade == "descriptive" and "associated" not in claim.text and "SYNTHETIC" not in claim.text
    assert any("imulated with" in r and "60 authorities" in r for r in claim.reasons)
    assert "That there is a difference beyond these records." in claim.does_not_show
    plain = replace(made, study=STUDIES[study].replace(known_lean="")).claims()[0]
    assert plain.grade == "associational", "nothing else lowers it, so that the lean does"


WIDE = Size("wide", 1, 200, 8.5, 12, 3)


def leans(study: Study, authorities: list[EvaluationData]) -> tuple[float, float]:
    """What a study finds for a contrast of 10 percentage points, in points, with its standard error."""
    found = [10 * study.design_used.fit(study.frame(d), study.plan()).row["estimate"].iloc[0] for d in authorities]
    return float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(len(found)))


def said(study: Study, pattern: str) -> float:
    found = re.search(pattern, study.known_lean)
    assert found is not None
    return float(found[1])


def test_the_lean_of_meetings_is_as_large_as_its_words_say_and_many_times_that_without_remote_share() -> None:
    study = STUDIES["meeting-presence"]
    made = [simulate_authority("null", WIDE, seed, tables=study.tables()) for seed in range(1, 11)]
    mean, error = leans(study, made)
    assert error < 0.5, "or this could not tell"
    assert abs(mean + said(study, r"go with ([\d.]+) percentage points less time together")) < 3 * error + 0.05
    plain = study.replace(confounders=tuple(c for c in study.confounders if not c.startswith("rs_")))
    mean, error = leans(plain, made)
    assert abs(mean + said(study, r"without remote share held, (\d+)\)")) < 3 * error + 0.5


def test_the_lean_of_who_answers_is_as_large_as_its_words_say() -> None:
    study = STUDIES["who-answers"]
    made = [simulate_authority("helpful-hump", WIDE, seed, tables=study.tables()) for seed in range(1, 11)]
    mean, error = leans(study, made)
    assert error < 0.25, "or this could not tell"
    assert abs(mean - said(study, r"the study finds ([\d.]+) \(")) < 3 * error + 0.05


def test_why_who_answers_leans_is_what_its_words_say() -> None:
    """One's own share at home raises answering more than everybody's does, since colleagues' absence is a cost; with
    what one feels held, or without choice by it, the study finds the own effect.
    """
    wide = Size("wide", 1, 300, 8.5, 12, 3)
    columns = list(wide.wave_months)

    def answers(step: float, others: np.ndarray | None) -> tuple[float, np.ndarray]:
        do = {"remote_share": moved_by(step, "remote_share")}
        if others is not None:
            do["colleagues_remote"] = lambda values, month: others[:, month]
        one = Authority(context(scenario("helpful-hump"), wide, 7, 0, do))
        there = one.lived.remote.active[:, columns] & (one.workers.role > 3)[:, None]
        return float(one.latents.answers[there].mean()), one.lived.remote.others

    as_they_are = answers(0.0, None)[1]
    everybody = (answers(0.1, None)[0] - answers(-0.1, None)[0]) / 0.2
    own = (answers(0.1, as_they_are)[0] - answers(-0.1, as_they_are)[0]) / 0.2
    assert 0.0 < everybody < own < 0.065 and own - everybody > 0.008


UNEQUAL = "unequal-approval"
MIDDLE = Size("middle", 1, 14, 8.0, 8, 2)


LITTLE = Size("little", 1, 8, 7.0, 8, 2)


@pytest.mark.parametrize("study", STUDIES.values(), ids=lambda s: s.id)
def test_every_question_has_a_true_value(study: Study) -> None:
    assert not any(study.estimands)
    for outcome in study.outcomes:
        size = RARE.get(study.id, LITTLE)
        found = true_effect(study, "helpful-hump", size, outcome=outcome, n_authorities=2)
        assert np.isfinite([found.value, found.std_error]).all(), outcome


def test_a_question_of_answers_that_are_drawn_when_asked_for_is_diagnosed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnose, "true_value_of", lambda *asked: 0.0)  # the true values are those of the test above
    (found,) = diagnose.diagnose_together((STUDIES["policy-wellbeing"],), "null", MIDDLE, n_sims=2, progress=False)
    assert set(found.draws["outcome"]) == {"swemwbs", "cbi_work", "safety"}
    assert found.draws["estimate"].notna().all()


def test_what_the_truth_says_is_what_an_intervention_finds() -> None:
    """The signs are those of Truth's parameters; where a parameter is nothing so is the value."""
    low = {"video-skill": "skill", "alliance-mode": "alliance", "same-family": "engaged"}
    for name, outcome in low.items():
        assert true_effect(STUDIES[name], "helpful-hump", MIDDLE, outcome=outcome, n_authorities=2).value < -0.05
    assert abs(true_effect(STUDIES["approvals"], "null", MIDDLE, n_authorities=2).value) < 1e-9
    assert true_effect(STUDIES["approvals"], UNEQUAL, MIDDLE, n_authorities=3).value > 0.05
    made = [true_effect(STUDIES["adjustments"], s, RARE["adjustments"], n_authorities=3) for s in ("null", UNEQUAL)]
    assert made[0].value == 0 and 0.1 < made[1].value < 0.4
    near = replace(scenario("null"), learning_senior=0.3, learning_early=2.0, learning_asye=2.0)
    assert true_effect(STUDIES["near-seniors"], near, MIDDLE, n_authorities=3).value > 0.2
    supervised = true_effect(STUDIES["supervision-mode"], "helpful-hump", MIDDLE, n_authorities=3).value
    assert supervised > 0  # supervision_mode is below 0, and the column is of supervision in person


def test_a_gap_is_not_taken_for_one_of_what_is_held() -> None:
    """Learning follows all colleagues, more so early on: time near experienced ones has no gap of its own."""
    study = STUDIES["near-seniors"]
    plain = study.replace(settings=())
    truth = replace(scenario("helpful-hump"), learning_co_presence=0.8)
    size = Size("wide", 1, 60, 9.0, 8, 2)
    data = simulate_authority(truth, size, 3, tables=study.tables())
    own, mixed = (s.design_used.fit(s.frame(data), s.plan()).row.iloc[0] for s in (study, plain))
    assert abs(own["estimate"]) < 2 * own["std_error"]
    assert mixed["estimate"] > 2 * mixed["std_error"]


@pytest.mark.parametrize("held", ["risk", "rural", "need"])
def test_what_a_family_has_throughout_is_left_out_by_name(data: EvaluationData, held: str) -> None:
    """Compared with itself, a family's risk is held: naming it changes no estimate, and the summary says so."""
    study = STUDIES["same-family"]
    plain, named = (study.replace(confounders=c).estimate(data) for c in (("engaged_last",), ("engaged_last", held)))
    assert named.tidy()["estimate"].iloc[0] == pytest.approx(plain.tidy()["estimate"].iloc[0], rel=1e-9)
    assert f"Of {held} nothing varies" in named.summary() and "nothing varies" not in plain.summary()


def test_a_gap_within_families_needs_no_main_effect_of_the_group(data: EvaluationData) -> None:
    """Access is a family's throughout: the difference in slope is found where its main effect is left out."""
    study = STUDIES["same-family"].replace(moderators=("low_access",), kind="slope-gap", design="adjusted-interaction")
    result = study.estimate(data)
    row = result.tidy().iloc[0]
    assert row["term"] == "remote:low_access"
    assert abs(row["estimate"] - scenario("helpful-hump").exclusion_penalty) < 3 * row["std_error"]
    assert "Of low_access nothing varies" in result.summary()


def test_a_study_of_plans_alone_has_rows_where_it_is_tried() -> None:
    """It needs neither contacts nor workers' months, of which its months were taken: every trial of it failed."""
    tried = declared_study("policy-plans").diagnose("helpful-hump", "small", n_sims=2, progress=False)
    assert tried.measures("repeat_plan")["failures"][0] == 0


def test_few_adjustments_are_refused_with_where_to_ask() -> None:
    """Adjustments are asked for by few: in one authority no interval over teams can be learned from them."""
    study = STUDIES["adjustments"]
    with pytest.raises(EstimationError, match="ask it of more teams, such as those of several services") as refused:
        study.estimate(simulate_authority(UNEQUAL, "small", 5, tables=study.tables()))
    assert refused.value.code == "ONE-CLUSTER"


def test_an_adjustment_is_a_row_of_those_that_were_asked_for() -> None:
    """A spell without a request is no row; a request whose days are not over is a row whose answer is missing."""
    made = simulate_authority(UNEQUAL, RARE["adjustments"], 5, tables=("arrangement_spell", "worker"))
    spells = made["arrangement_spell"]
    rows = build_frame(made, "adjustment", ["adjustment_in_time", "formality_recorded", "minority_ethnic"])
    assert len(rows) == spells["ra_requested_date"].notna().sum()
    beside = spells.set_index("spell_id").loc[rows["spell_id"]].reset_index()
    days = (beside["ra_implemented_date"] - beside["ra_requested_date"]).dt.days
    assert (rows["adjustment_in_time"].eq(1).to_numpy() == days.le(90).to_numpy()).all()
    same = ["spell_id", "worker_id", "team_id", "month"]
    spell = build_frame(made, "arrangement", [*same, "formality_recorded"]).set_index("spell_id")
    both = rows[rows["spell_id"].isin(spell.index)]
    asked = build_frame(made, "adjustment", same).set_index("spell_id").loc[both["spell_id"], same[1:]]
    assert len(asked) and asked.equals(spell.loc[both["spell_id"], same[1:]])
    by_group = rows.dropna().groupby("minority_ethnic")["adjustment_in_time"].mean()
    assert by_group[False] - by_group[True] > 0.2
