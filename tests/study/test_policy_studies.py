"""The shipped studies of a policy and of leaving: they run, find the known truth, and say what is assumed."""

from __future__ import annotations

import pandas as pd
import pytest

from hybrid_toolkit.study.graph.identification import check_study
from hybrid_toolkit.study.shipped_studies import policy_studies
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.truth import Truth

ROLLOUT, CHANGE, RETENTION = policy_studies()
ONE = Truth(scenario="one-change", policy_month=13, policy_step_sd=0.0)


@pytest.mark.parametrize(
    ("study", "truth", "size", "seeds"),
    # 24 teams find 0.19 with an error of 0.03, so that one draw's lower end may lie on either side of 0.1
    [(ROLLOUT, Truth(), "small", (5, 6, 7, 8)), (CHANGE, ONE, "authority", (5,))],
)
def test_what_a_policy_did_to_remote_work_is_found(study, truth, size, seeds) -> None:
    known = true_value(truth, dict(zip(study.outcomes, study.estimands, strict=True))["rs_attendance"], size=size)
    found = []
    for seed in seeds:
        result = study.estimate(simulate_authority(truth, size, seed, tables=list(study.tables())))
        rows = result.tidy()
        row = rows[rows["role"].isin(["main", "secondary"]) & rows["outcome"].eq("rs_attendance")].iloc[0]
        assert abs(row["estimate"] - known) < 4 * row["std_error"] and row["conf_low"] > 0
        assert result.identification.identified is True and result.converged
        found.append(row[["estimate", "std_error", "conf_low"]].astype(float))
    mean, root = pd.DataFrame(found).mean(), len(seeds) ** 0.5
    assert abs(mean["estimate"] - known) < 4 * mean["std_error"] / root
    assert mean["estimate"] - (mean["estimate"] - mean["conf_low"]) / root > 0.1


def test_retention_is_an_association_with_its_open_paths(authority) -> None:
    data = simulate_authority("helpful-hump", "small", 5, tables=list(RETENTION.tables()))
    result = RETENTION.estimate(data)
    assert result.identification.identified is False and result.identification.paths
    assert all(c.grade == "illustration" for c in result.claims())
    frame = RETENTION.frame(data)
    at_risk = frame["entry_after_first"].notna()
    assert result.n <= at_risk.sum() < len(frame) and (frame["duration"] > frame["entry_after_first"])[at_risk].all()


def test_one_series_says_that_calendar_time_is_a_line() -> None:
    assert "ONE-SERIES" in [f.code for f in check_study(CHANGE) if f.severity == "assumed"]
    assert "ONE-SERIES" not in [f.code for f in check_study(ROLLOUT)]


def test_what_the_policy_moves_must_not_be_held() -> None:
    held = ROLLOUT.replace(mediators=(), confounders=("rs_desk",))
    assert [f.code for f in check_study(held) if f.severity == "blocks"] == ["MEDIATOR-HELD"]
