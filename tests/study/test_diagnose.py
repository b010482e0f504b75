"""Diagnosis: measures by hand, the same numbers on any number of cores, failures counted, known truth found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import StudyError, UsageError
from hybrid_toolkit.study import diagnose as module
from hybrid_toolkit.study.diagnose import Diagnosis, diagnose_together
from hybrid_toolkit.study.headline import headline_studies, panel_study

PRACTICE, STAGE, GAP = headline_studies()


def made(truth: float = 1.0) -> Diagnosis:
    draws = pd.DataFrame(
        {
            "sim": range(5),
            "outcome": "engaged",
            "estimate": [1.0, 2.0, -2.0, 0.5, np.nan],
            "std_error": 0.5,
            "conf_low": [0.2, 1.2, -2.8, -0.3, np.nan],
            "conf_high": [1.8, 2.8, -1.2, 1.3, np.nan],
            "naive": [2.0, 2.0, 2.0, 2.0, np.nan],
            "naive_low": 1.5,
            "naive_high": 2.5,
            "error": ["", "", "", "", "SINGULAR"],
        }
    )
    return Diagnosis("exclusion-gap", "made", "small", 5, 1, 0.95, (("engaged", truth),), draws)


def test_measures_and_their_monte_carlo_errors_by_hand() -> None:
    got = made().measures()
    assert got["bias"][0] == pytest.approx(0.375 - 1)
    assert got["bias"][1] == pytest.approx(np.std([1.0, 2.0, -2.0, 0.5], ddof=1) / 2)
    assert got["rmse"][0] == pytest.approx(np.sqrt((0 + 1 + 9 + 0.25) / 4))
    assert got["coverage"] == (0.5, pytest.approx(0.25))
    assert got["power"][0] == 0.75
    assert got["type_s"][0] == pytest.approx(1 / 3)
    assert got["type_m"][0] == pytest.approx(5 / 3)
    assert got["failures"][0] == pytest.approx(0.2)
    assert got["naive_bias"][0] == 1.0 and got["naive_coverage"][0] == 0.0
    null = made(0.0).measures()
    assert null["false_positive"][0] == 0.75 and "power" not in null and "type_m" not in null


def test_low_power_and_low_coverage_lower_a_claim() -> None:
    checks = {c.name: c for c in made().checks(GAP, "engaged")}
    assert checks["power"].passed is False and "times as large" in checks["power"].verdict
    assert checks["coverage"].passed is True  # 50% +- 2 x 25% does not rule out 93%


def test_the_same_numbers_on_one_core_or_two_and_with_more_simulations() -> None:
    one = PRACTICE.diagnose("helpful-hump", sims=3, seed=5, progress=False)
    two = PRACTICE.diagnose("helpful-hump", sims=4, seed=5, n_jobs=2, progress=False)
    pd.testing.assert_frame_equal(one.draws, two.draws.query("sim < 3"), check_exact=True)
    other = PRACTICE.diagnose("helpful-hump", sims=3, seed=6, progress=False)
    assert not np.allclose(other.draws["estimate"], one.draws["estimate"])


def test_alone_or_together_the_numbers_are_the_same() -> None:
    together = diagnose_together([PRACTICE, GAP], "helpful-hump", sims=2, seed=5, progress=False)
    alone = GAP.diagnose("helpful-hump", sims=2, seed=5, progress=False)
    pd.testing.assert_frame_equal(together[1].draws, alone.draws)
    assert [d.study_id for d in together] == ["remote-practice", "exclusion-gap"]


def test_a_failing_fit_is_counted_and_spoils_no_other(monkeypatch) -> None:
    bad = module.simulation_seed(5, 1)
    real = module.simulate_authority

    def sometimes(truth, size, seed, *, tables):
        data = real(truth, size, seed, tables=tables)
        if seed != bad:
            return data
        flat = data["contact"].assign(engaged=pd.array([True] * len(data["contact"]), dtype="boolean"))
        return replace(data, tables={**data.tables, "contact": flat})

    clean = GAP.diagnose("null", sims=3, seed=5, progress=False)
    monkeypatch.setattr(module, "simulate_authority", sometimes)
    got = GAP.diagnose("null", sims=3, seed=5, progress=False)
    assert got.draws["error"].tolist() == ["", "CONSTANT", ""]
    assert got.draws["estimate"].tolist()[::2] == clean.draws["estimate"].tolist()[::2]
    assert got.measures()["failures"][0] == pytest.approx(1 / 3)
    assert got.glance()["n_failed"].item() == 1 and not got.glance()["converged"].item()


def test_selection_misleads_the_naive_comparison_and_not_the_design() -> None:
    got = PRACTICE.diagnose("confounded-null", sims=12, seed=8, progress=False).measures()
    assert got["truth"][0] == 0
    assert got["naive_bias"][0] > 0.1 and got["naive_coverage"][0] <= 0.1
    assert abs(got["bias"][0]) < 4 * got["bias"][1]
    assert got["coverage"][0] >= 0.75


def test_the_exclusion_gap_is_found() -> None:
    got = GAP.diagnose("exclusion-penalty", sims=8, seed=8, progress=False).measures()
    assert got["truth"][0] == -0.25
    assert abs(got["bias"][0]) < 4 * got["bias"][1] + 0.005
    assert got["power"][0] == 1.0 and got["type_s"][0] == 0.0


def test_the_panel_study_is_tried_on_the_national_panel() -> None:
    diagnosis = panel_study().diagnose("helpful-hump", "region", sims=4, progress=False)
    assert diagnosis.value("failures") == 0 and diagnosis.value("truth") == pytest.approx(0.06)


def test_the_progress_bar_and_the_words(capsys) -> None:
    diagnosis = GAP.diagnose("null", sims=2, progress=True)
    assert "2/2" in capsys.readouterr().err
    assert "2 simulated authorities" in diagnosis.summary()
    assert list(diagnosis.tidy().columns)[:3] == ["outcome", "term", "estimate"]


def test_bad_requests() -> None:
    with pytest.raises(StudyError, match="SIMS"):
        GAP.diagnose("null", sims=1)
    with pytest.raises(UsageError):
        GAP.diagnose("no such scenario", sims=2)
    with pytest.raises(UsageError):
        GAP.but(estimand="nothing").diagnose("null", sims=2)
