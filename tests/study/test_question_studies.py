"""The further questions: declared, with words and limits, their rows made, fitted, and told where it is quick."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.study.declaration.outcome_label import causal_words
from hybrid_toolkit.study.shipped_studies import QUESTIONS, every_study, question_studies
from hybrid_toolkit.study.study import Study, parse_study
from hybrid_toolkit.synth.generate import simulate_authority

STUDIES = {s.id: s for s in question_studies()}
TOLD = ("who-answers", "cover-burden")
"""Told in full here; every other one is fitted, since their checks are those of other tests and slow."""


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    made: EvaluationData = simulate_authority("helpful-hump", "small", 5)
    return made


def test_every_declared_file_is_one_of_the_studies() -> None:
    there = {f.name.removesuffix(".toml") for f in (files("hybrid_toolkit.study") / "declared").iterdir()}
    assert there == {*QUESTIONS, *(s.id for s in every_study())}


@pytest.mark.parametrize("study", STUDIES.values(), ids=lambda s: s.id)
def test_it_is_declared_with_words_and_limits(study: Study) -> None:
    assert parse_study(study.to_toml()) == study
    assert len(study.caveats) >= 2 and study.contrast and {w.outcome for w in study.words} == set(study.outcomes)
    assert all(w.smallest_important for w in study.words)


@pytest.mark.parametrize("study", [s for s in STUDIES.values() if s.id not in TOLD], ids=lambda s: s.id)
def test_it_is_fitted(data: EvaluationData, study: Study) -> None:
    frame = study.frame(data)
    for outcome in study.outcomes:
        fit = study.design_used.fit(frame, study.plan(outcome))
        assert np.isfinite(fit.row[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)).all(), outcome


@pytest.mark.parametrize("study", TOLD)
def test_it_is_told(data: EvaluationData, study: str) -> None:
    claim = STUDIES[study].estimate(data).claims()[0]
    assert claim.text and (claim.grade == "illustration" or not causal_words(claim.text))


def test_a_true_value_that_is_not_there_is_said() -> None:
    with pytest.raises(UsageError, match="ESTIMAND-UNKNOWN"):
        STUDIES["who-answers"].diagnose("null", "small", n_sims=2, progress=False)
