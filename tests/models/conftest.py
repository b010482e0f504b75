"""One working call of every public function of the room that makes a result, on small made-up data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.models.rollout.event_time_path import EventPath

SECRET = "PERSON7c1x"
"""Stands in every value of the columns of identifiers, and may stand in nothing that is shown."""


def people() -> pd.DataFrame:
    """240 rows of 60 workers in 24 teams over 4 months."""
    rng = np.random.default_rng(4)
    worker = np.repeat(np.arange(60), 4)
    team = worker % 24
    f = pd.DataFrame(
        {
            "worker_id": [f"{SECRET}w{i:02d}" for i in worker],
            "team_id": [f"{SECRET}t{i:02d}" for i in team],
            "month": np.tile([1, 2, 3, 4], 60),
            "x": rng.normal(size=240),
            "z": rng.normal(size=240),
            "m": rng.normal(size=240),
            "d": np.where(team < 12, 0, 1),
            "late": rng.integers(0, 2, 240),
            "need": rng.choice(["cin", "cp", "lac"], 240),
            "days": np.ceil(rng.exponential(8, 240)),
            "left": rng.integers(0, 2, 240),
            "visits": rng.poisson(3, 240),
            "at_risk": rng.uniform(1, 2, 240),
            "answer": rng.integers(1, 5, 240),
        }
    )
    f["m"] += 0.4 * f["x"]
    f["y"] = 0.5 * f["x"] + 0.3 * f["d"] + 0.2 * f["m"] + rng.normal(size=24)[team] / 3 + rng.normal(size=240)
    f.loc[5, "x"] = np.nan
    f["reply"] = f["y"].where(rng.random(240) < 0.7)
    return f


def panel() -> pd.DataFrame:
    """24 teams over 10 months, of which 14 change in two steps."""
    rng = np.random.default_rng(5)
    f = pd.DataFrame({"team": np.repeat(np.arange(24), 10), "month": np.tile(np.arange(1, 11), 24)})
    f["team_id"] = [f"{SECRET}t{i:02d}" for i in f["team"]]
    f["start"] = f["team"].map(lambda i: 5 if i < 7 else 7 if i < 14 else 0)
    f["share"] = f["team"].map(lambda i: (i % 7 + 1) / 10)
    f["base"] = rng.normal(size=24)[f["team"]]
    on = (f["start"] > 0) & (f["month"] >= f["start"])
    f["y"] = f["team"] / 9 + f["month"] / 5 + 1.0 * on + rng.normal(size=240) / 2
    return f


def series() -> pd.DataFrame:
    """36 months with a step at 18."""
    rng = np.random.default_rng(6)
    f = pd.DataFrame({"month": np.arange(36), "w": rng.normal(size=36)})
    f["y"] = 2 + 0.1 * f["month"] + 2.0 * (f["month"] >= 18) + rng.normal(size=36) / 3
    f["calls"] = rng.poisson(np.exp(3 - 0.3 * (f["month"] >= 18)))
    return f


def path() -> EventPath:
    return EventPath((-3, -2, -1, 0, 1), np.array([0.1, -0.1, 0, 1, 1.2]), np.diag([0.01, 0.01, 0, 0.01, 0.01]), 500)


def working_calls() -> dict[str, dict[str, Any]]:
    f, p, s = people(), panel(), series()
    plain = {"frame": f, "outcome": "y", "terms": ["x", "need"], "cluster": "team_id"}
    rolled = {"frame": p, "outcome": "y", "panel_id": "team_id", "time": "month", "first_treated": "start"}
    two = p[p["month"].isin([4, 5]) & (p["start"] != 7)]
    one = p[(p["start"] == 0) | (p["team"] == 7)]
    spells = {"frame": f, "duration": "days", "event": "left"}
    weighted = {"frame": f, "outcome": "y", "treatment": "late", "covariates": ["x"], "cluster": "team_id"}
    dosed = p[(p["start"] != 7) & p["month"].isin([4, 5])]
    return {
        "adjusted_for_confounder": {"estimate": 0.1, "std_error": 0.02, "df": 783, "r2_dz": 0.01, "r2_yz": 0.1},
        "as_term": {"frame": f, "name": "x"},
        "as_terms": {"frame": f, "terms": ["x"]},
        "bacon_decomposition": rolled,
        "benchmark_confounder": {"r2_dx": 0.01, "r2_yx": 0.1},
        "check_balance": {"frame": f, "treatment": "late", "covariates": ["x"]},
        "cluster_power": {"cluster_size": 20, "icc": 0.05, "clusters_per_arm": 10, "power": 0.8},
        "concordance": {**spells, "score": "x", "cluster": "team_id"},
        "design_effect": {"cluster_size": 20, "icc": 0.05},
        "e_value": {"risk_ratio": 3.9, "conf_low": 1.8, "conf_high": 8.7},
        "equivalence_test": {"estimate": 0.05, "std_error": 0.1, "low": -0.3, "high": 0.3},
        "fit_binary": {**plain, "outcome": "left"},
        "fit_counts": {**plain, "outcome": "visits", "exposure_time": "at_risk"},
        "fit_cox": {**spells, "terms": ["x", "need"], "cluster": "team_id"},
        "fit_cr2": plain,
        "fit_discrete_time": {**spells, "terms": ["x"], "cluster": "team_id"},
        "fit_dose": {**rolled, "frame": dosed, "dose": "share"},
        "fit_doubly_robust": weighted,
        "fit_event_study": rolled,
        "fit_glmm": {"frame": f, "outcome": "late", "terms": ["x"], "groups": "team_id"},
        "fit_group_time": rolled,
        "fit_interrupted": {"frame": s, "outcome": "y", "time": "month", "start": 18},
        "fit_interrupted_counts": {"frame": s, "outcome": "calls", "time": "month", "start": 18},
        "fit_kaplan_meier": {**spells, "group": "need"},
        "fit_linear": plain,
        "fit_linear_pyfixest": plain,
        "fit_mediation": {"frame": f, "outcome": "y", "exposure": "x", "mediator": "m", "cluster": "team_id"},
        "fit_mixed": {"frame": f, "outcome": "y", "terms": ["x", "need"], "groups": "team_id"},
        "fit_ols": {"frame": f, "outcome": "y", "terms": ["x", "need"]},
        "fit_ordinal": {**plain, "outcome": "answer"},
        "fit_pooled_slopes": {"frame": f, "outcome": "y", "exposure": "x", "group": "need", "cluster": "team_id"},
        "fit_random_effects": {"estimates": [1.0, 2.0, 6.0], "variances": [1.0, 1.0, 1.0]},
        "fit_random_order": {**rolled, "frame": p[p["start"] > 0], "draws": 199},
        "fit_randomised": {"frame": f, "outcome": "y", "treatment": "d", "cluster": "team_id"},
        "fit_response_weighted": {**plain, "outcome": "reply", "terms": ["z"], "response_terms": ["z"]},
        "fit_stepped_wedge": {
            "frame": p[p["start"] > 0],
            "outcome": "y",
            "cluster": "team_id",
            "time": "month",
            "first_treated": "start",
        },
        "fit_synthetic_control": {**rolled, "frame": one},
        "fit_synthetic_did": {**rolled, "frame": p[p["start"] != 7], "draws": 20},
        "fit_two_by_two": {**rolled, "frame": two},
        "fit_two_way": {"frame": f, "outcome": "y", "terms": ["x", "need"], "clusters": ("team_id", "month")},
        "fit_variance_components": {"frame": f, "outcome": "y", "terms": ["x"], "group": "team_id"},
        "fit_weighted": weighted,
        "fit_within_between": {
            "frame": f,
            "outcome": "y",
            "exposure": "x",
            "panel_id": "worker_id",
            "cluster": "team_id",
        },
        "honest_bounds": {"path": path()},
        "person_periods": {**spells, "keep": ["need"]},
        "pretest_power": {"path": path(), "slope": 0.1},
        "randomisation_test": {"frame": f, "outcome": "y", "treatment": "d", "cluster": "team_id", "draws": 199},
        "robustness_value": {"estimate": 0.1, "std_error": 0.02, "df": 783},
        "slope_for_power": {"path": path()},
        "slope_power": {"teams": 48, "workers": 8, "effect": 0.1},
        "specification_curve": {
            "frame": f,
            "outcomes": ["y"],
            "exposure": "x",
            "cluster": "team_id",
            "controls": ["z", "need"],
        },
        "spline": {"frame": f, "name": "x"},
        "stepped_wedge_power": {
            "steps": 4,
            "clusters_per_step": 6,
            "cluster_size": 8,
            "icc": 0.05,
            "effect": 0.3,
        },
        "fit_survey_regression": {**plain, "weight": "at_risk"},
        "survey_estimate": {"frame": f, "outcomes": ["y", "x"], "weight": "at_risk", "cluster": "team_id"},
        "two_sample_power": {"effect": 0.5, "power": 0.8},
        "wild_bootstrap": {**plain, "term": "x", "draws": 199, "interval": False},
    }


@pytest.fixture(scope="session")
def calls() -> Mapping[str, Mapping[str, Any]]:
    """Name of a public function -> arguments with which it works."""
    return working_calls()


@pytest.fixture(scope="session")
def made(calls: Mapping[str, Mapping[str, Any]]) -> Callable[[str], Any]:
    """What a public function gives for its working call, made once."""
    from hybrid_toolkit import models

    held: dict[str, Any] = {}

    def make(name: str) -> Any:
        if name not in held:
            held[name] = getattr(models, name)(**calls[name])
        return held[name]

    return make
