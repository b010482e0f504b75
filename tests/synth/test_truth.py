"""The truth: frozen, checked, and the same after a round trip."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.scenarios import SCENARIOS, scenario
from hybrid_toolkit.synth.sizes import SIZES, Size
from hybrid_toolkit.synth.truth import Truth


def test_defaults_are_the_specification() -> None:
    t = Truth()
    assert (t.wb_rs, t.wb_rs2, t.wb_asye, t.wb_early, t.wb_late) == (1.2, -1.2, -0.6, -0.3, 0.15)
    assert (t.co_presence_rho, t.learning_co_presence, t.learning_asye, t.learning_skill) == (-0.7, 0.3, 2.0, 0.25)
    assert (t.wb_travel, t.wb_b2b, t.wb_cover, t.wb_caseload, t.leave_wb) == (-0.05, -0.4, -0.1, -0.03, -0.4)
    assert (t.broadband_travel_h, t.exclusion_penalty, t.rs_error_sd) == (6.0, -0.15, 0.08)
    assert (t.response_rate, t.attrition, t.access_unrecorded) == (0.55, 0.15, 0.40)
    assert t.wb_rs * 0.5 + t.wb_rs2 * 0.25 == pytest.approx(0.30)  # the hump's peak, at a share of one half


def test_round_trip_by_json_and_names() -> None:
    t = replace(scenario("interference"), calibration_year=2023)
    assert Truth.from_json(t.to_json()) == t
    with pytest.raises(UsageError, match=r"1 name is no parameter"):
        Truth.from_dict({"practise_rs": 0.1})
    with pytest.raises(FrozenInstanceError):
        t.practice_rs = 0.0  # type: ignore[misc]


@pytest.mark.parametrize(
    "change",
    [
        {"calibration_year": 2019},
        {"selection_rho": 1.0},
        {"selection_rho": 0.8, "selection_rho_wellbeing": 0.6},
        {"low_access_share": 1.2},
        {"practice_latent_sd": -0.1},
        {"practice_latent_sd": 0.2},
        {"exclusion_penalty": -0.5},
        {"panel_confounding": 0.9},
    ],
)
def test_a_truth_that_cannot_be_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Truth(**change)  # type: ignore[arg-type]


def test_scenarios() -> None:
    assert list(SCENARIOS) == [
        "null",
        "helpful-hump",
        "early-career-harm",
        "exclusion-penalty",
        "confounded-null",
        "fewer-leavers",
        "more-leavers",
        "busy-months",
        "unequal-approval",
        "interference",
        "one-change",
    ]
    assert all(name == truth.scenario for name, truth in SCENARIOS.items())
    with pytest.raises(UsageError, match="Choose one of: null"):
        scenario("hump")


def test_sizes() -> None:
    assert {n: (s.n_la, s.teams_per_la, s.months, s.waves) for n, s in SIZES.items()} == {
        "small": (1, 24, 12, 3),
        "three-years": (1, 24, 36, 9),
        "authority": (1, 40, 24, 6),
        "region": (12, 24, 12, 3),
        "national": (150, 24, 12, 3),
    }
    with pytest.raises(UsageError, match="do not fit"):
        Size("short", 1, 4, 8.0, 6, 2)
    with pytest.raises(UsageError, match="at least"):
        Size("none", 0, 4, 8.0, 6, 1)
