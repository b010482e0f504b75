"""A study trimmed to the data: what it held and the data lack is said, and costs what it should."""

from __future__ import annotations

import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError
from hybrid_toolkit.study.declaration.adapted import adapt_study
from hybrid_toolkit.study.shipped_studies import declared_study
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.scenarios import scenario


@pytest.fixture(scope="module")
def whole() -> EvaluationData:
    return simulate_authority(scenario("helpful-hump"), "small", 3)


@pytest.fixture(scope="module")
def lacking(whole: EvaluationData) -> EvaluationData:
    tables = dict(whole.tables)
    tables["worker"] = tables["worker"].drop(columns=["caring", "commute_min"])
    return EvaluationData(tables, synthetic=True)


def test_a_study_that_the_data_hold_is_left_as_it_is(whole: EvaluationData) -> None:
    study = declared_study("retention")
    adapted = adapt_study(study, whole)
    assert adapted.study == study and not adapted.lost and "as it is declared" in adapted.summary()


def test_two_covariates_that_are_not_there_do_not_shut_it(lacking: EvaluationData) -> None:
    adapted = adapt_study(declared_study("retention"), lacking)
    assert adapted.study.id == "retention-adapted" and set(adapted.lost) == {"caring", "commute_min"}
    assert adapted.study.confounders == ("agency", "early_career", "fte")
    assert "caring" in adapted.study.caveats[-1] and "worker.caring" in adapted.summary()
    frame = adapted.study.frame(lacking)
    assert len(frame) > 20 and {"left", "rs_desk_first"} <= set(frame) and "caring" not in frame


def test_what_it_cannot_do_without_is_named(lacking: EvaluationData) -> None:
    tables = {t: f for t, f in lacking.tables.items() if t != "worker_month"}
    with pytest.raises(CoverageError, match=r"STUDY-NEEDS.*worker_month"):
        adapt_study(declared_study("retention"), EvaluationData(tables))
