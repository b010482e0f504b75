"""Each check, on data made to pass it and data made to fail it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.designs import DESIGNS, GRADES, ModelColumns, checks
from hybrid_toolkit.designs.base import fit_plan, unadjusted_fit
from hybrid_toolkit.designs.regression import regression_checks

SEED = 12


def panel(n_teams: int = 25, *, within: float = 0.1, carry: float = 0.0, others: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(SEED)
    worker = np.repeat(np.arange(n_teams * 6), 24)
    f = pd.DataFrame({"worker_id": worker, "month": np.tile(np.arange(24), n_teams * 6)})
    f["team_id"] = f["worker_id"] // 6
    rs = rng.normal(0.45, 0.15, n_teams * 6)[worker] + rng.normal(0, within, len(f))
    f["a"], f["b"] = rs + rng.normal(0, 0.05, len(f)), rs + rng.normal(0, 0.05, len(f))
    f["next"] = f.groupby("worker_id")["a"].shift(-1)
    together = f.groupby(["team_id", "month"])["a"]
    f["team_rs"] = (together.transform("sum") - f["a"]) / 5
    hidden = f.groupby("worker_id")["a"].shift(-1).fillna(f["a"])
    f["y"] = 0.5 * rs + carry * hidden + others * f["team_rs"] + rng.normal(0, 0.1, len(f))
    return f


PLAN = ModelColumns("y", "a", "team_id", fixed_effects=("worker_id", "month"), instruments=("b",), placebos=("next",))
PLAN = replace(PLAN, colleagues="team_rs")


def test_all_is_well() -> None:
    f = panel()
    design = DESIGNS["within-worker"]
    fit = design.fit(f, PLAN)
    got = {c.name: c for c in design.checks(f, fit)}
    assert [n for n, c in got.items() if c.passed is False] == []
    low, high = fit.interval
    assert low < 0.5 < high
    assert got["reliability of exposure"].value == pytest.approx(0.01 / (0.01 + 0.0025), abs=0.05)


@pytest.mark.parametrize(
    ("frame", "plan", "check", "name"),
    [
        (panel(8), PLAN, checks.check_clusters, "clusters"),
        (panel(carry=0.4), PLAN, checks.check_placebo, "lead"),
        (panel(others=0.8), PLAN, checks.check_colleagues, "interference"),
        (panel().assign(b=np.random.default_rng(1).normal(size=3600)), PLAN, checks.check_first_stage, "first stage"),
        (panel(within=0.001).assign(b=lambda d: d["b"].groupby(d["worker_id"]).transform("first")
            + np.random.default_rng(1).normal(0, 0.001, len(d))), PLAN, checks.check_support, "variation within"),
        (panel().assign(y=lambda d: d["y"].where(d["month"] > 8)), PLAN, checks.check_missing(0.2), "missing values"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_each_check_fails_where_it_should(frame, plan, check, name) -> None:
    got = check(frame, fit_plan(frame, plan))
    assert got.name == name and got.passed is False and got.message.endswith(".")


def test_one_team_that_carries_the_estimate_is_seen() -> None:
    f = panel(25)
    f.loc[f["team_id"] == 3, "y"] += 40 * (f["a"] - f.groupby("worker_id")["a"].transform("mean"))
    fit = fit_plan(f, replace(PLAN, instruments=()))
    left = fit.fit.left_out[:, fit.fit.index("a")]
    got = checks.check_influence(f, fit)
    assert got.value == pytest.approx(np.ptp(left)) and "goes beyond the confidence interval" in got.message


def contacts(n: int = 3000, p_low: float = 0.4) -> pd.DataFrame:
    rng = np.random.default_rng(SEED)
    f = pd.DataFrame({"team_id": rng.integers(0, 22, n), "worker_id": rng.integers(0, 100, n)})
    f["remote"] = pd.array(rng.random(n) < 0.4, dtype="boolean")
    f["low"] = pd.array(rng.random(n) < p_low, dtype="boolean")
    both = (f["remote"] & f["low"]).to_numpy(dtype=float)
    f["engaged"] = (rng.random(n) < 0.7 - 0.2 * both).astype(float)
    return f


def test_overlap_tells_no_small_count() -> None:
    plan = ModelColumns("engaged", "remote", "team_id", moderator="low")
    f = contacts()
    assert regression_checks.check_overlap(f, fit_plan(f, plan)).passed is True
    thin = contacts(p_low=0.004)
    got = regression_checks.check_overlap(thin, fit_plan(thin, plan))
    assert got.passed is False and "fewer than 10" in got.message and got.value >= 10


def wave_frame(back: float = 0.9, response: float = 0.7, lower: float = 0.0) -> pd.DataFrame:
    n, rng = 200, np.random.default_rng(SEED)
    f = pd.DataFrame({"worker_id": np.tile(np.arange(n), 2), "wave": np.repeat([1, 2], n)})
    f["team_id"] = f["worker_id"] // 8
    f["x"], f["early"] = rng.random(2 * n), f["worker_id"] % 4 == 0
    stays = rng.random(n) < back
    f["y"] = rng.normal(size=2 * n) - lower * ~stays[f["worker_id"]]
    responded = rng.random(2 * n) < response
    f["responded"] = pd.array(responded & ((f["wave"] == 1) | stays[f["worker_id"]]), dtype="boolean")
    f["y"] = f["y"].where(f["responded"].astype(bool))
    return f


def test_response_and_attrition() -> None:
    plan = ModelColumns("y", "x", "team_id", moderator="early", responded="responded")
    good, poor = wave_frame(), wave_frame(back=0.5, response=0.6, lower=1.5)
    assert checks.check_response(good, fit_plan(good, plan)).passed is True
    assert checks.check_response(poor, fit_plan(poor, plan)).passed is False
    lost = checks.check_attrition(poor, fit_plan(poor, plan))
    assert lost.passed is False and "lower" in lost.message
    assert regression_checks.check_common_range(good, fit_plan(good, plan)).passed is True
    apart = good.assign(x=good["x"] + 2.0 * good["early"])
    assert regression_checks.check_common_range(apart, fit_plan(apart, plan)).passed is False


def test_the_naive_fit_holds_nothing_constant() -> None:
    f = panel()
    plain = unadjusted_fit(f, PLAN)
    assert plain.fit.fixed_effects == () and plain.fit.instrumented == () and plain.plan.exposure == "b"


def test_every_design_says_what_it_assumes_and_how_strong_it_is() -> None:
    for design in DESIGNS.values():
        assert design.grade in GRADES and len(design.assumptions) >= 2 and design.estimand.endswith(".")
        assert design.check_list and design.identifies


def test_a_check_that_cannot_be_run_says_so() -> None:
    f = panel().assign(team_rs=1.0)
    design = DESIGNS["within-worker"]
    got = {c.name: c for c in design.checks(f, design.fit(f, PLAN))}
    assert got["colleagues"].passed is None and "SINGULAR" in got["colleagues"].message
