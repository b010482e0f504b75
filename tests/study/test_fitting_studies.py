"""Which studies run on what is there: whole, trimmed, through a variant, or not, and what that costs."""

from __future__ import annotations

import pandas as pd
import pytest

from hybrid_toolkit.data.coverage import coverage, coverage_summary
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, UsageError
from hybrid_toolkit.study.declaration.adapted import adapt_study
from hybrid_toolkit.study.fitting_studies import fit_of, needs, strongest_grade, study_for
from hybrid_toolkit.study.shipped_studies import QUESTIONS, VARIANTS, declared_study, every_study
from hybrid_toolkit.synth.estimands import EVERY, true_value
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.truth import Truth


@pytest.fixture(scope="module")
def whole() -> EvaluationData:
    return simulate_authority(scenario("helpful-hump"), "small", 3)


@pytest.fixture(scope="module")
def lean(whole: EvaluationData) -> EvaluationData:
    """An authority as case system and staff list hold it: no offers, attendance, risk, caring or sickness."""
    tables = {t: f for t, f in whole.tables.items() if t not in ("attendance_day", "la_year")}
    tables["contact"] = tables["contact"].drop(columns="mode_offered_choice")
    tables["worker"] = tables["worker"].drop(columns=["caring", "commute_min"])
    tables["family"] = tables["family"].drop(columns=["risk", "need"])
    tables["worker_month"] = tables["worker_month"].drop(columns="sick_days")
    return EvaluationData(tables, synthetic=True)


def test_coverage_says_of_each_study_how_it_runs(lean: EvaluationData) -> None:
    frame = coverage(lean, needs=needs()).set_index("id")
    told = frame["status"].to_dict()
    assert set(QUESTIONS) <= set(told) and told["recorded-in-time"] == told["not-achieved"] == "trimmed"
    assert {s: how for s, how in told.items() if s not in QUESTIONS} == {
        "career-stage": "trimmed",
        "exclusion-gap": "trimmed",
        "preferred-method": "trimmed",
        "assessed-year": "trimmed",
        "retention": "trimmed",
        "remote-practice": "missing",
        "policy-rollout": "missing",
        "one-change": "missing",
        "agency-turnover": "missing",
    } | {"seen-alone": frame.loc["seen-alone", "status"]}
    cost = frame.loc["preferred-method", "cost"]
    assert "a quasi-causal estimate is lost" in cost and "risk and need and sickness_last are not adjusted for" in cost
    assert "rs_desk alone measures the exposure" in cost
    assert frame.loc["retention", "cost"].startswith("without caring, commute_min: no grade is lost")
    assert frame.loc["remote-practice", "missing"] == "contact.mode_offered_choice"
    said = coverage_summary(frame.reset_index())
    assert "remote-practice: needs contact.mode_offered_choice; --adapt runs 'preferred-method' in its place" in said
    assert "retention: runs with --adapt without caring" in said


def test_another_measure_stands_in_for_the_exposure(lean: EvaluationData) -> None:
    adapted = adapt_study(declared_study("preferred-method"), lean)
    assert adapted.study.exposure == adapted.measured_by == "rs_desk" and adapted.study.instruments == ()
    assert "measured by rs_desk alone" in adapted.summary() and "error" in adapted.study.caveats[-1]
    assert strongest_grade(adapted.study) == "associational"
    fit = adapted.study.design_used.fit(adapted.study.frame(lean), adapted.study.plan("preference_met"))
    assert fit.fit.n > 500


def test_a_variant_runs_where_the_study_cannot_and_says_so(lean: EvaluationData, whole: EvaluationData) -> None:
    found = study_for(declared_study("remote-practice"), lean)
    assert found.study.id == "preferred-method-adapted" and found.stands_in_for == "remote-practice"
    assert (
        "'remote-practice' does not run on these data" in found.summary() and "mode_offered_choice" in found.summary()
    )
    assert study_for(declared_study("remote-practice"), whole).summary() == "'remote-practice' runs as it is declared."
    with pytest.raises(CoverageError, match="STUDY-NEEDS"):
        study_for(declared_study("policy-rollout"), lean)
    assert fit_of(declared_study("policy-rollout"), lean).needs


def test_variants_are_studies_with_true_values() -> None:
    ids = {s.id for s in every_study()}
    assert {v for some in VARIANTS.values() for v in some} | set(VARIANTS) <= ids
    assert {e for s in every_study() for e in s.estimands} <= set(EVERY)
    assert true_value(Truth(practice_rs=-0.1), "preference_rs_within") == pytest.approx(-0.07)
    assert true_value(Truth(), "seen_alone_rs_within") == 0.0


def test_who_is_flagged_in_the_staff_list_is_in_the_assessed_year(whole: EvaluationData) -> None:
    tables = dict(whole.tables)
    worker = tables["worker"]
    late = worker["reg_date"].lt(pd.Timestamp("2015-01-01")) & ~worker["role"].isin(["1", "2", "3"])
    tables["worker"] = worker.assign(asye=worker["asye"].where(~late, True))
    frame = declared_study("assessed-year").frame(EvaluationData(tables, synthetic=True))
    known = worker.set_index("worker_id").loc[frame["worker_id"]] if "worker_id" in frame else None
    assert frame["assessed_year"].mean() > 0.3 if known is None else frame["assessed_year"].any()
    before = declared_study("assessed-year").frame(whole)
    assert 0 < before["assessed_year"].mean() < frame["assessed_year"].mean()


def test_the_wish_is_found_in_simulated_authorities(whole: EvaluationData) -> None:
    study = adapt_study(declared_study("preferred-method"), whole).study
    row = study.design_used.fit(study.frame(whole), study.plan("preference_met")).row.iloc[0]
    assert abs(row["estimate"] - true_value(scenario("helpful-hump"), "preference_rs_within")) < 4 * row["std_error"]


def test_an_id_that_no_built_in_study_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"STUDY-UNKNOWN.*retention"):
        declared_study("../secret")
