"""Every design of the regression family on a world of known truth: estimate, checks, rows beside; and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.designs import DESIGNS, ESTIMAND_KINDS, ModelColumns
from hybrid_toolkit.designs.regression.supplementary import as_risk_ratio
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.result import TIDY_COLUMNS
from hybrid_toolkit.trust.dgps import DGPS

RECORDED = ("experience", "need")
CASES = {
    "within-between": ("panel-lasting", {"outcome": "y", "exposure": "x", "panel_id": "worker_id", "time": "wave"}),
    "multilevel": ("shares-in-teams", {"outcome": "y", "exposure": "share", "confounders": ("experience",)}),
    "partial-pooling": ("slopes-differ", {"outcome": "y", "exposure": "x", "groups": "service"}),
    "propensity-weights": ("selected-recorded", {"outcome": "y", "exposure": "remote", "confounders": RECORDED}),
    "doubly-robust": ("selected-recorded", {"outcome": "y", "exposure": "remote", "confounders": RECORDED}),
    "mediation": (
        "mediated",
        {"outcome": "y", "exposure": "remote", "mediators": ("contact",), "confounders": ("experience",)},
    ),
    "decomposition": ("groups-differ", {"outcome": "y", "exposure": "group", "confounders": ("experience",)}),
    "binary-outcome": ("yes-over-all", {"outcome": "yes", "exposure": "remote", "confounders": ("experience",)}),
    "binary-random-intercept": ("yes-within-teams", {"outcome": "yes", "exposure": "remote"}),
    "count-outcome": ("counts-spread", {"outcome": "visits", "exposure": "remote", "duration": "months"}),
    "count-random-intercept": ("counts-spread", {"outcome": "visits", "exposure": "remote", "duration": "months"}),
    "ordinal-outcome": ("answers-over-all", {"outcome": "answer", "exposure": "remote"}),
    "ordinal-random-intercept": ("answers-within-teams", {"outcome": "answer", "exposure": "remote"}),
    "retention": (
        "leaving-late-entry",
        {
            "outcome": "left",
            "exposure": "remote",
            "duration": "months",
            "entry": "entry",
            "confounders": ("experience",),
        },
    ),
    "retention-by-period": (
        "leaving-whole-months",
        {"outcome": "left", "exposure": "remote", "duration": "months", "confounders": ("experience",)},
    ),
}
SLOW = {"count-random-intercept", "ordinal-random-intercept", "multilevel"}


def plan_of(design: str) -> ModelColumns:
    return ModelColumns(cluster="team_id", **CASES[design][1])


@pytest.mark.parametrize("design", sorted(CASES))
def test_an_estimate_near_the_truth_that_says_how_it_was_made(design) -> None:
    dgp = DGPS[CASES[design][0]]
    frame = dgp.simulate(4)
    before = frame.copy()
    fit = DESIGNS[design].fit(frame, plan_of(design))
    assert set(TIDY_COLUMNS) <= set(fit.row.columns) and len(fit.row) == 1
    error = float(fit.row["std_error"].iloc[0])
    assert abs(fit.estimate - dgp.truth) < 3.5 * error
    assert fit.interval[0] < fit.estimate < fit.interval[1]
    assert fit.fit.converged and fit.fit.n_clusters == 26 and fit.fit.n <= len(frame)
    assert fit.fit.method and set(DESIGNS[design].identifies) <= set(ESTIMAND_KINDS)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("design", sorted(set(CASES) - SLOW))
def test_checks_have_a_verdict_and_no_check_fails_where_nothing_is_broken(design) -> None:
    frame = DGPS[CASES[design][0]].simulate(4)
    use = DESIGNS[design]
    fit = use.fit(frame, plan_of(design))
    found = use.checks(frame, fit)
    assert len(found) >= 4 and all(c.message.endswith(".") for c in found)
    assert not [c.name for c in found if "could not be run" in c.message]
    assert not [c.name for c in found if c.passed is False]
    supplementary = use.rows_beside(frame, fit)
    assert "sensitivity" in set(supplementary["role"]) | {"part", "slope"}
    assert {"unadjusted"} <= set(supplementary["role"])


@pytest.mark.parametrize(
    ("design", "dgp", "check"),
    [
        ("propensity-weights", "selected-no-overlap", "overlap"),
        ("doubly-robust", "selected-no-overlap", "overlap"),
        ("retention", "leaving-turning", "proportional hazards"),
        ("ordinal-outcome", "answers-two-slopes", "one slope at every threshold"),
    ],
)
def test_the_check_that_should_fail_does(design, dgp, check) -> None:
    failed = 0
    for seed in range(3):
        frame = DGPS[dgp].simulate(seed)
        made = CASES[design][1] | ({"entry": ""} if design == "retention" else {})
        fit = DESIGNS[design].fit(frame, ModelColumns(cluster="team_id", **made))
        use = [c for c in DESIGNS[design].check_list if c.__name__ != "check_influence"]
        verdicts = {c.name: c.passed for c in (check_(frame, fit) for check_ in use) if c is not None}
        failed += verdicts[check] is False
    assert failed >= 2


def test_weights_correct_what_the_naive_comparison_gets_wrong() -> None:
    dgp, use = DGPS["selected-recorded"], DESIGNS["doubly-robust"]
    gaps = []
    for seed in range(12):
        frame = dgp.simulate(seed)
        plan = plan_of("doubly-robust")
        gaps.append((use.fit(frame, plan).estimate - dgp.truth, use.unadjusted(frame, plan).estimate - dgp.truth))
    adjusted, unadjusted = np.mean(gaps, axis=0)
    assert abs(adjusted) < 0.12 < unadjusted


def test_settings_choose_estimand_family_and_method() -> None:
    frame = DGPS["selected-treated"].simulate(1)
    plans = [
        ModelColumns(cluster="team_id", settings=(("estimand", e),), **CASES["doubly-robust"][1])
        for e in ("ATE", "ATT")
    ]
    a, b = (DESIGNS["doubly-robust"].fit(frame, p).estimate for p in plans)
    assert a != b
    frame = DGPS["groups-differ"].simulate(1).assign(experience=lambda f: f["experience"].round())
    frame["experience"] = frame["experience"].clip(-1, 1)
    kitagawa = ModelColumns(cluster="team_id", settings=(("method", "kitagawa"),), **CASES["decomposition"][1])
    assert "kitagawa" in DESIGNS["decomposition"].fit(frame, kitagawa).fit.method


@pytest.mark.parametrize(
    ("design", "change", "code"),
    [
        ("propensity-weights", {"moderator": "need"}, "MODERATOR"),
        ("propensity-weights", {"exposure": "experience"}, "NOT-BINARY"),
        ("mediation", {"mediators": ()}, "MEDIATORS"),
        ("decomposition", {"exposure": "experience"}, "GROUPS-NOT-TWO"),
        ("within-between", {"exposure": "experience"}, "SINGULAR"),
        ("partial-pooling", {"groups": "group"}, "GROUPS"),
        ("retention", {"outcome": "never"}, "NO-EVENT"),
        ("binary-outcome", {"exposure": "told"}, "SEPARATION"),
    ],
)
def test_bad_plans_say_what_is_wrong(design, change, code) -> None:
    frame = DGPS[CASES[design][0]].simulate(4)
    frame = frame.assign(never=0, group=np.arange(len(frame)) % 2, told=frame.get("yes", 0))
    with pytest.raises(EstimationError) as caught:
        DESIGNS[design].fit(frame, ModelColumns(cluster="team_id", **(CASES[design][1] | change)))
    assert caught.value.code == code and caught.value.fix


def test_ratios_as_risk_ratios() -> None:
    """VanderWeele and Ding (2017): the square root of an odds ratio, 0.91 of a standardised difference."""
    assert as_risk_ratio(np.log(4), "log-odds") == pytest.approx(2)
    assert as_risk_ratio(1.0, "difference", 2.0) == pytest.approx(np.exp(0.455))
    assert as_risk_ratio(np.log(3), "log-rate") == pytest.approx(3)
    assert as_risk_ratio(0.0, "log-hazard") == pytest.approx(1)
    assert 1 < as_risk_ratio(np.log(2), "log-hazard") < 2
