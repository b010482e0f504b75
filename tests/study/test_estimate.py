"""Estimates on a simulated authority: the same as another engine, with checks and provenance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.designs.base import terms_of
from hybrid_toolkit.errors import EstimationError, StudyError
from hybrid_toolkit.models import Column, fit_linear_pyfixest
from hybrid_toolkit.result import TIDY_COLUMNS, Check, Result
from hybrid_toolkit.study.shipped_studies import headline_studies

STUDIES = headline_studies()


@pytest.mark.parametrize("study", STUDIES, ids=lambda s: s.id)
def test_a_result_says_what_where_from_and_how_sure(study, results, authority) -> None:
    r = results[study.id]
    assert isinstance(r, Result)
    tidy = r.tidy()
    assert list(tidy.columns) == ["outcome", "role", *TIDY_COLUMNS, "rests_on", "residual_df"]
    assert tidy["role"].iloc[0] == "main" and "unadjusted" in set(tidy["role"])
    assert tidy.loc[tidy["role"].isin(["main", "secondary"]), "outcome"].tolist() == list(study.outcomes)
    assert r.data_hash == authority.hash and r.synthetic and r.converged
    assert {c.name for c in r.checks} >= {"clusters", "missing values", "influence", "unadjusted comparison"}
    assert all(c.message.endswith(".") for c in r.checks)
    glance = r.glance().iloc[0]
    assert glance["n"] + glance["n_missing"] == len(study.frame(authority))
    assert SYNTHETIC_STAMP in r.summary() and study.question in r.summary()
    assert r.assumptions and r.estimand


@pytest.mark.parametrize("study", STUDIES, ids=lambda s: s.id)
def test_a_second_engine_gives_the_same_estimate(study, results, authority) -> None:
    frame, plan = study.frame(authority), study.plan()
    other = fit_linear_pyfixest(
        frame,
        outcome=plan.outcome,
        terms=terms_of(frame, plan),
        cluster=plan.cluster,
        fixed_effects=plan.fixed_effects,
        instruments={plan.exposure: [Column(c) for c in plan.instruments]} if plan.instruments else None,
    ).set_index("term")
    assert results[study.id].tidy()["estimate"].iloc[0] == pytest.approx(other.loc[plan.target, "estimate"], rel=1e-6)


def test_the_order_of_rows_changes_nothing(results, authority) -> None:
    mixed = {n: authority[n].sample(frac=1, random_state=3).reset_index(drop=True) for n in authority}
    again = STUDIES[1].estimate(replace(authority, tables=mixed))
    columns = ["estimate", "conf_low", "conf_high"]
    pd.testing.assert_frame_equal(again.tidy()[columns], results["career-stage"].tidy()[columns], rtol=1e-9)
    assert again.data_hash == authority.hash


def test_a_wider_level_gives_a_wider_interval_and_the_same_estimate(results, authority) -> None:
    wide = STUDIES[2].estimate(authority, conf_level=0.99).tidy().iloc[0]
    base = results["exclusion-gap"].tidy().iloc[0]
    assert wide["estimate"] == base["estimate"]
    assert wide["conf_low"] < base["conf_low"] and wide["conf_high"] > base["conf_high"]


def test_simple_slopes_add_up_to_the_gap(results) -> None:
    rows = results["exclusion-gap"].tidy().set_index("role")
    slopes = rows.loc["slope", "estimate"].to_numpy()
    assert slopes[1] - slopes[0] == pytest.approx(rows.loc["main", "estimate"])


def test_the_naive_estimate_stands_alone_too(results, authority) -> None:
    rows = STUDIES[1].unadjusted(authority)
    shown = results["career-stage"].tidy().query("role == 'unadjusted'")
    assert rows["outcome"].tolist() == ["informal_learning", "swemwbs"]
    np.testing.assert_allclose(rows["estimate"], shown["estimate"])


def test_no_check_or_row_names_a_team_or_worker(results, authority) -> None:
    ids = set(authority["team"]["team_id"] if authority.has("team") else authority["worker"]["team_id"])
    ids |= set(authority["worker"]["worker_id"])
    for r in results.values():
        text = r.tidy().to_csv() + r.checks_frame().to_csv() + r.summary()
        assert not any(i in text for i in ids)


def test_a_summary_counts_the_checks_that_could_not_tell(results) -> None:
    checks = (Check("clusters", True, "Enough."), Check("attrition", None, "Too few to compare."))
    said = replace(results["exclusion-gap"], checks=checks, other_checks=()).summary()
    assert "Checks: 1 passed, 1 inconclusive. attrition (inconclusive): Too few to compare." in said
    assert "No check failed" not in said


def test_one_team_cannot_be_studied(authority) -> None:
    workers = authority["worker"]
    worker = workers[workers["team_id"] == workers["team_id"].dropna().iloc[0]]
    few = {**{n: authority[n] for n in authority}, "worker": worker}
    with pytest.raises(EstimationError, match="CLUSTERS"):
        STUDIES[2].estimate(replace(authority, tables=few))


def test_the_checks_of_another_outcome_are_kept_apart(results) -> None:
    r = results["career-stage"]
    assert r.checks_for("swemwbs") != r.checks_for("informal_learning")
    assert {"response", "attrition", "scale reliability"} <= {c.name for c in r.checks_for("swemwbs")}
    with pytest.raises(KeyError):
        r.checks_for("hse_demands")


def test_a_diagnosis_of_another_study_is_refused(results) -> None:
    other = STUDIES[2].diagnose("null", n_sims=2, progress=False)
    with pytest.raises(StudyError, match="DIAGNOSIS"):
        results["remote-practice"].claims(other)
