"""An estimator that fits the design finds the truth; the naive one does not, where it should not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS, REMOTE_MODES
from hybrid_toolkit.synth import projection
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.tables.items import SWEMWBS_METRIC
from hybrid_toolkit.synth.tables.panel import simulate_panel
from hybrid_toolkit.synth.truth import Truth

pytestmark = [
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # raised inside pyfixest
    pytest.mark.filterwarnings("ignore:.*singleton fixed effect"),
]
WIDE = Size("wide", 1, 240, 8.5, 12, 3)
TABLES = ("worker", "worker_month", "attendance_day", "family", "access", "contact")


def contacts(data: EvaluationData) -> pd.DataFrame:
    month = data["worker_month"]
    diary = month.assign(rs_desk=month["h_home"] / (month["h_home"] + month["h_office"]))
    half_days = data["attendance_day"].assign(
        month=lambda a: a["date"].dt.to_period("M").dt.to_timestamp(),
        rs_attendance=lambda a: (a["site_id"] == "home").astype(float),
    )
    seen = half_days.groupby(["worker_id", "month"], as_index=False)["rs_attendance"].mean()
    latest = data["access"].sort_values("date").groupby("family_id").tail(1)
    latest = latest.assign(low=1.0 - latest[list(ACCESS_FLAGS)].all(axis=1))
    held = data["contact"].dropna(subset=["held_date"])
    held = held.assign(month=held["held_date"].dt.to_period("M").dt.to_timestamp())
    yes = held["mode_offered_choice"].eq(True) & (held["mode"] == held["mode_preferred"])
    held = held.assign(
        honoured=yes.astype(float).where(held["mode_offered_choice"].notna()),
        remote=held["mode"].isin(REMOTE_MODES).astype(float),
        engaged=held["engaged"].astype("float64"),
    )
    keys = ["worker_id", "month"]
    held = held.merge(diary[[*keys, "rs_desk"]], on=keys, validate="m:1").merge(seen, on=keys, how="left")
    held = held.merge(data["worker"][["worker_id", "team_id"]], on="worker_id")
    held = held.merge(data["family"][["family_id", "risk", "need"]], on="family_id")
    return held.merge(latest[["family_id", "low"]], on="family_id", how="left")


def fit(
    formula: str, frame: pd.DataFrame, columns: list[str], term: str, cluster: str = "team_id"
) -> tuple[float, float]:
    row = pf.feols(formula, frame.dropna(subset=columns), vcov={"CRV1": cluster}).tidy().loc[term]
    return float(row["Estimate"]), float(row["Std. Error"])


@pytest.fixture(scope="module", params=["helpful-hump", "confounded-null"])
def held(request: pytest.FixtureRequest) -> tuple[str, pd.DataFrame]:
    return request.param, contacts(simulate_authority(request.param, WIDE, 21, tables=TABLES))


def test_practice_within_workers(held: tuple[str, pd.DataFrame]) -> None:
    name, frame = held
    truth = true_value(scenario(name), "practice_rs_within")
    columns = ["honoured", "rs_attendance"]
    within, error = fit("honoured ~ 1 | worker_id + month | rs_attendance ~ rs_desk", frame, columns, "rs_attendance")
    assert error < 0.03
    assert abs(within - truth) < 3 * error
    unadjusted, unadjusted_error = fit("honoured ~ rs_desk", frame, columns, "rs_desk")
    assert unadjusted - truth > 3 * unadjusted_error


def test_the_naive_slope_is_clearly_wrong_in_the_confounded_null_at_the_small_size() -> None:
    wrong = []
    for seed in range(6):
        frame = contacts(simulate_authority("confounded-null", "small", seed, tables=TABLES))
        slope, error = fit("honoured ~ rs_desk", frame, ["honoured"], "rs_desk")
        wrong.append(slope / error)
    assert min(wrong) > 3
    assert np.mean(wrong) > 5


def test_exclusion_penalty(held: tuple[str, pd.DataFrame]) -> None:
    name, frame = held
    truth = true_value(scenario(name), "exclusion_penalty")
    formula = "engaged ~ remote * low | risk + need"
    found, error = fit(formula, frame, ["engaged", "low"], "remote:low")
    assert error < 0.012
    assert abs(found - truth) < 3 * error


def test_mode_is_confounded_by_risk(held: tuple[str, pd.DataFrame]) -> None:
    _, frame = held
    raw, error = fit("engaged ~ remote", frame, ["engaged", "low"], "remote")
    adjusted, _ = fit("engaged ~ remote | risk + need", frame, ["engaged", "low"], "remote")
    assert raw - adjusted > error


def scores(data: EvaluationData) -> pd.DataFrame:
    survey = data["survey"][data["survey"]["instrument"].isin(["informal_learning", "swemwbs"])]
    wide = survey.pivot_table(index=["worker_id", "wave", "month"], columns="item", values="value").reset_index()
    wide["learning"] = wide[[f"il_{i}" for i in range(1, 5)]].mean(axis=1)
    total = wide[[f"swemwbs_{i}" for i in range(1, 8)]].sum(axis=1).to_numpy(dtype=int)
    wide["wellbeing"] = np.array(SWEMWBS_METRIC)[total - 7]
    month = data["worker_month"].sort_values(["worker_id", "month"])
    month["rs"] = month["h_home"] / (month["h_home"] + month["h_office"])
    month["rs"] = month.groupby("worker_id")["rs"].expanding().mean().to_numpy() - 0.45
    wide = wide.merge(month[["worker_id", "month", "rs"]], on=["worker_id", "month"])
    wide = wide.merge(data["worker"].query("role not in ['1', '2', '3']"), on="worker_id")
    years = (wide["month"] - wide["reg_date"]).dt.days / 365.25
    return wide.assign(early=(years < 3).astype(float), caring=wide["caring"].astype(float))


def test_stage_gaps_are_what_a_survey_of_everybody_would_find() -> None:
    everybody = Truth(
        scenario="everybody", response_rate=0.999999, response_wb=0.0, attrition=0.0, item_missing=0.0, rs_error_sd=0.0
    )
    size = Size("everybody", 1, 900, 8.5, 12, 3)
    frame = scores(simulate_authority(everybody, size, 8, tables=["worker", "worker_month", "survey"]))
    for outcome in ("learning", "wellbeing"):
        formula = f"{outcome} ~ rs * early + C(role) + fte + caring + commute_min"
        found, error = fit(formula, frame, [outcome], "rs:early")
        assert abs(found - true_value(everybody, f"stage_gap_{outcome}")) < 3 * error, outcome


def test_a_stage_gap_is_worked_out_once_for_any_number_of_teams_or_answers() -> None:
    size = Size("a", 1, 12, 4.0, 4, 1)
    first = true_value(Truth(), "stage_gap_learning", size=size)
    before = projection._gap_in.cache_info().misses
    for truth in (Truth(), Truth(scenario="other", response_rate=0.3, attrition=0.4, item_missing=0.2)):
        for teams in (2, 48):
            same = replace(size, name="b", teams_per_la=teams, n_la=3)
            assert true_value(truth, "stage_gap_learning", size=same) == first
    assert projection._gap_in.cache_info().misses == before
    assert true_value(Truth(), "stage_gap_learning", size=replace(size, workers_per_team=9.0)) != first


def test_stage_gaps_follow_the_scenario() -> None:
    assert true_value(scenario("null"), "stage_gap_learning") == 0.0
    assert true_value(scenario("null"), "stage_gap_wellbeing") == 0.0
    harm, hump = (true_value(scenario(s), "stage_gap_learning") for s in ("early-career-harm", "helpful-hump"))
    assert harm < 1.8 * hump < 0
    assert true_value(scenario("helpful-hump"), "stage_gap_wellbeing") < -0.5


def test_panel_within_authorities_and_the_biased_pooled_slope() -> None:
    truth = Truth()
    panel = simulate_panel(truth, 9, n_la=450)["la_year"]
    panel = panel.assign(
        turnover=100 * panel["leavers_fte"] / panel["inpost_fte"],
        agency=100 * panel["agency_fte"] / (panel["agency_fte"] + panel["inpost_fte"]),
        caseload=panel["cases"] / panel["case_holders_fte"],
    )
    for term, bias in (("agency", 1), ("caseload", -1)):  # as the signs of the two confounding parameters
        value = true_value(truth, f"panel_{term}_turnover")
        found, error = fit("turnover ~ agency + caseload | la_id + year", panel, [term], term, "la_id")
        assert abs(found - value) < 3 * error
        pooled, pooled_error = fit("turnover ~ agency + caseload | year", panel, [term], term, "la_id")
        assert bias * (pooled - value) > 3 * pooled_error
