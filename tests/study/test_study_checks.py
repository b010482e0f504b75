"""Checks of a study as a whole: several outcomes, too small to matter, invariance, the lock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.study.estimation.claim_grammar import check_equivalence, check_invariance, check_multiple
from hybrid_toolkit.study.shipped_studies import headline_studies
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.sizes import Size

STAGE = headline_studies()[1]


def estimates(*p: float) -> pd.DataFrame:
    role = ["main", *["secondary"] * (len(p) - 1), "unadjusted"]
    return pd.DataFrame({"outcome": [*[f"y{i}" for i in range(len(p))], "y0"], "role": role, "p_value": [*p, 0.001]})


def test_several_outcomes_are_counted_as_holm_does() -> None:
    got = [check_multiple(estimates(0.01, 0.04, 0.03), f"y{i}", 0.95) for i in range(3)]
    assert [c.value for c in got] == pytest.approx([0.03, 0.06, 0.06])  # by hand: 3 x .01, 2 x .03, no less than that
    assert [c.passed for c in got] == [True, False, False]
    assert check_multiple(estimates(0.01), "y0", 0.95) is None
    # an outcome whose p-value is not known was asked about all the same
    assert check_multiple(estimates(0.01, np.nan), "y0", 0.95).value == pytest.approx(0.02)
    assert check_multiple(estimates(0.01, np.nan), "y1", 0.95) is None


def test_too_small_to_matter_by_two_one_sided_tests() -> None:
    study = headline_studies()[0]  # 1 percentage point for a contrast of 0.1
    small = check_equivalence(study, study.outcome, 0.0, 0.02, 24)
    large = check_equivalence(study, study.outcome, 0.05, 0.05, 24)
    assert "is smaller than the 1" in small.message and small.passed is None and small.value < 0.05
    assert "not shown to be smaller" in large.message
    assert check_equivalence(study.replace(words=()), study.outcome, 0.0, 0.02, 24) is None


def test_invariance_is_asked_where_stages_are_compared_on_a_scale(authority) -> None:
    got = check_invariance(STAGE, "informal_learning", authority)
    assert got.name == "invariance" and got.passed is None and "not enough answers" in got.message
    assert check_invariance(headline_studies()[2], "engaged", authority) is None
    assert check_invariance(STAGE, "turnover_pct", authority) is None


def test_invariance_is_tested_where_there_are_enough_answers() -> None:
    size = Size("many workers", 1, 150, 8.0, 6, 1)
    data = simulate_authority("helpful-hump", size, 5, tables=["worker", "survey", "team"])
    got = check_invariance(STAGE, "informal_learning", data)
    assert got.name == "invariance" and got.passed is True
    answers, worker = data["survey"].copy(), data["worker"]
    new = set(worker.loc[worker["reg_date"] > pd.Timestamp("2021-06-01"), "worker_id"])
    at = answers["worker_id"].isin(new) & answers["item"].eq("il_2")
    answers.loc[at, "value"] = np.random.default_rng(1).integers(1, 6, int(at.sum())).astype(float)
    broken = replace(data, tables={**data.tables, "survey": answers})
    assert check_invariance(STAGE, "informal_learning", broken).passed is False


def test_what_stands_over_a_study_lowers_its_claims(results, authority, tmp_path) -> None:
    result = replace(results["career-stage"], synthetic=False, checks=(), other_checks=(("swemwbs", ()),))
    result = replace(result, identification=replace(result.identification, identified=True))
    assert result.claims()[0].grade == "associational"
    lock = tmp_path / "lock.json"
    STAGE.lock(lock)
    changed = STAGE.replace(confounders=STAGE.confounders[:-1]).estimate(authority, lock=lock)
    changed = replace(changed, synthetic=False, checks=())
    claim = changed.claims()[0]
    assert claim.grade == "descriptive" and any("'lock'" in r and "differs" in r for r in claim.reasons)
