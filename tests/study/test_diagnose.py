"""Diagnosis: measures by hand, the same numbers on any number of cores, failures counted, known truth found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import EstimationError, HybridToolkitError, StudyError, UsageError
from hybrid_toolkit.study.diagnosis import diagnose as module
from hybrid_toolkit.study.diagnosis.data_size import size_of
from hybrid_toolkit.study.diagnosis.diagnose import diagnose_together
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.diagnosis.performance import measure_draws, share_interval
from hybrid_toolkit.study.shipped_studies import headline_studies, panel_study
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.sizes import Size

PRACTICE, STAGE, GAP = headline_studies()
TINY = Size("tiny", 1, 6, 5.0, 4, 1)


def made(**truths: float) -> Diagnosis:
    draws = pd.DataFrame(
        {
            "scenario": "made",
            "sim": range(5),
            "outcome": "engaged",
            "estimate": [1.0, 2.0, -2.0, 0.5, np.nan],
            "std_error": 0.5,
            "conf_low": [0.2, 1.2, -2.8, -0.3, np.nan],
            "conf_high": [1.8, 2.8, -1.2, 1.3, np.nan],
            "unadjusted": [2.0, 2.0, 2.0, 2.0, np.nan],
            "unadjusted_low": 1.5,
            "unadjusted_high": 2.5,
            "error": ["", "", "", "", "SINGULAR"],
        }
    )
    truths = truths or {"made": 1.0}
    every = pd.concat([draws.assign(scenario=s) for s in truths], ignore_index=True)
    known = {s: (("engaged", t),) for s, t in truths.items()}
    return Diagnosis("exclusion-gap", "small", 5, 1, 0.95, known, every)


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
    assert got["unadjusted_bias"][0] == 1.0 and got["unadjusted_coverage"][0] == 0.0
    null = made(made=0.0).measures()
    assert null["false_positive"][0] == 0.75 and "power" not in null and "type_m" not in null


def test_the_monte_carlo_errors_are_those_of_resampled_trials() -> None:
    rng = np.random.default_rng(3)
    estimate = 0.17 + 0.1 * rng.standard_normal(400)
    trials = pd.DataFrame({"estimate": estimate, "conf_low": estimate - 0.19, "conf_high": estimate + 0.19})
    trials = trials.assign(unadjusted=estimate + 0.1, unadjusted_low=estimate, unadjusted_high=estimate + 0.2)
    trials["error"] = np.where(rng.random(400) < 0.08, "SINGULAR", "")
    told = measure_draws(trials, 0.15)
    again = [measure_draws(trials.iloc[rng.integers(0, 400, 400)], 0.15) for _ in range(400)]
    for name in set(told) - {"truth", "type_s"}:
        assert told[name][1] == pytest.approx(np.std([a[name][0] for a in again]), rel=0.15), name


def test_a_share_of_none_is_not_taken_for_certain() -> None:
    rows = made(made=1.0).tidy().set_index("term")
    low, high = rows.loc["unadjusted_coverage", ["conf_low", "conf_high"]]
    assert rows.loc["unadjusted_coverage", "estimate"] == 0 and low == 0 and 0.4 < high < 0.6  # Wilson, 0 of 4
    bias = rows.loc["bias"]
    assert bias["conf_high"] - bias["estimate"] == pytest.approx(1.96 * bias["std_error"])


def test_a_study_of_which_every_fit_failed_says_so() -> None:
    one = made()
    none = replace(one, draws=one.draws.assign(error="SINGULAR"))
    assert "engaged: every fit failed." in none.summary() and "nan" not in none.summary()
    assert none.value("failures") == 1 and none.glance()["n_failed"].item() == 5


def test_wilsons_published_interval() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I: 81/263 and 15/148, method 3
    assert share_interval(81 / 263, 263) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert share_interval(15 / 148, 148) == (pytest.approx(0.0624, abs=5e-5), pytest.approx(0.1605, abs=5e-5))


def test_several_truths_stand_apart() -> None:
    both = made(first=1.0, second=0.0)
    assert both.scenarios == ("first", "second") and len(both.under("second").draws) == 5
    assert both.value("bias", scenario="second") - both.value("bias") == pytest.approx(1.0)
    assert set(both.tidy()["scenario"]) == {"first", "second"} and "first, engaged" in both.summary()
    assert both.failures()["n"].tolist() == [1, 1] and "2 SINGULAR" in both.summary()
    with pytest.raises(StudyError, match="DIAGNOSIS"):
        both.under("third")


def test_low_power_and_low_coverage_lower_a_claim() -> None:
    checks = {c.name: c for c in made().checks(GAP, "engaged")}
    assert checks["power"].passed is False and "averaged 1.7 times the true size" in checks["power"].message
    # 50% +- 2 x 25% does not rule out 93%, and five trials cannot show it
    assert checks["coverage"].passed is None and "Only 5 were tried" in checks["coverage"].message


def test_a_hundred_trials_may_pass_and_a_few_may_not() -> None:
    few, many = made(), made()
    draws = pd.concat([many.draws] * 20, ignore_index=True).assign(sim=range(100), conf_low=0.2, conf_high=1.8)
    many = replace(many, draws=draws, n_sims=100)
    got = {c.name: c for c in many.checks(GAP, "engaged")}
    assert got["coverage"].passed is True and got["power"].passed is True and "Only" not in got["power"].message
    assert {c.passed for c in few.checks(GAP, "engaged")} == {None, False}


def test_the_same_numbers_on_one_core_or_two_and_with_more_simulations() -> None:
    one = PRACTICE.diagnose("helpful-hump", TINY, n_sims=3, seed=5, progress=False)
    two = PRACTICE.diagnose("helpful-hump", TINY, n_sims=4, seed=5, n_jobs=2, progress=False)
    pd.testing.assert_frame_equal(one.draws, two.draws.query("sim < 3"), check_exact=True)
    other = PRACTICE.diagnose("helpful-hump", TINY, n_sims=3, seed=6, progress=False)
    assert not np.allclose(other.draws["estimate"], one.draws["estimate"])


def test_alone_or_together_the_numbers_are_the_same() -> None:
    together = diagnose_together([PRACTICE, GAP], ["helpful-hump", "null"], TINY, n_sims=2, seed=5, progress=False)
    alone = GAP.diagnose("null", TINY, n_sims=2, seed=5, progress=False)
    pd.testing.assert_frame_equal(together[1].under("null").draws, alone.draws)
    assert [d.study_id for d in together] == ["remote-practice", "exclusion-gap"]
    assert together[1].value("truth", scenario="helpful-hump") == -0.15


def test_two_truths_of_one_name_get_a_number() -> None:
    truth = scenario("helpful-hump")
    got = GAP.diagnose([truth, replace(truth, exclusion_penalty=0.0)], TINY, n_sims=2, progress=False)
    assert got.scenarios == ("helpful-hump", "helpful-hump #2")
    assert got.value("truth", scenario="helpful-hump #2") == 0.0


@pytest.mark.parametrize(
    ("raised", "code"),
    [(EstimationError("x", code="SINGULAR"), "SINGULAR"), (np.linalg.LinAlgError("x"), "LinAlgError")],
)
def test_a_failing_fit_is_counted_and_spoils_no_other(monkeypatch, raised, code) -> None:
    bad = module.simulation_seed(5, 1)
    clean = GAP.diagnose("null", TINY, n_sims=3, seed=5, progress=False)
    real = module.simulate_authority

    def sometimes(truth, size, seed, **asked):
        if seed == bad:
            raise raised
        return real(truth, size, seed, **asked)

    monkeypatch.setattr(module, "simulate_authority", sometimes)
    got = GAP.diagnose("null", TINY, n_sims=3, seed=5, progress=False)
    assert got.draws["error"].tolist() == ["", code, ""]
    assert got.draws["estimate"].tolist()[::2] == clean.draws["estimate"].tolist()[::2]
    assert got.measures()["failures"][0] == pytest.approx(1 / 3)
    assert got.glance()["n_failed"].item() == 1 and not got.glance()["converged"].item()
    assert got.failures()["error"].tolist() == [code]


def test_fits_that_the_data_cannot_carry_are_counted() -> None:
    flat = Size("flat", 1, 2, 2.0, 1, 0)
    got = GAP.diagnose("null", flat, n_sims=4, seed=1, progress=False)
    assert (got.draws["error"] != "").any() and got.value("failures") > 0  # two teams of two for a month carry nothing


def test_a_fit_that_stops_short_is_a_failure(monkeypatch) -> None:
    from hybrid_toolkit.designs import Design

    real = Design.fit

    def short(self, frame, plan):
        got = real(self, frame, plan)
        return replace(got, fit=replace(got.fit, converged=False))

    monkeypatch.setattr(Design, "fit", short)
    assert set(GAP.diagnose("null", TINY, n_sims=2, progress=False).draws["error"]) == {"NOT-CONVERGED"}


def test_selection_misleads_the_naive_comparison_and_not_the_design() -> None:
    got = PRACTICE.diagnose("confounded-null", n_sims=12, seed=8, progress=False).measures()
    assert got["truth"][0] == 0
    assert got["unadjusted_bias"][0] > 0.1 and got["unadjusted_coverage"][0] <= 0.1
    assert abs(got["bias"][0]) < 4 * got["bias"][1]
    assert got["coverage"][0] >= 0.75


def test_the_exclusion_gap_is_found() -> None:
    got = GAP.diagnose("exclusion-penalty", n_sims=8, seed=8, progress=False).measures()
    assert got["truth"][0] == -0.25
    assert abs(got["bias"][0]) < 4 * got["bias"][1] + 0.005
    assert got["power"][0] == 1.0 and got["type_s"][0] == 0.0


def test_the_panel_study_is_tried_on_the_national_panel() -> None:
    diagnosis = panel_study().diagnose("helpful-hump", "region", n_sims=4, progress=False)
    assert diagnosis.value("failures") == 0 and diagnosis.value("truth") == pytest.approx(0.06)


def test_the_size_is_that_of_the_data(authority) -> None:
    size = size_of(authority)
    assert (size.n_la, size.teams_per_la, size.months) == (1, 24, 12) and size.workers_per_team == pytest.approx(
        8.5, 0.1
    )
    diagnosis = GAP.diagnose("null", authority, n_sims=2, progress=False)
    assert diagnosis.size.startswith("like the data: 24 teams")
    with pytest.raises(StudyError, match="SIZE-UNKNOWN"):
        size_of(replace(authority, tables={"contact": authority["contact"]}))


def test_the_progress_bar_and_the_words(capsys) -> None:
    diagnosis = GAP.diagnose("null", TINY, n_sims=2, progress=True)
    assert "2/2" in capsys.readouterr().err
    assert "2 simulated authorities" in diagnosis.summary()
    assert list(diagnosis.tidy().columns)[:4] == ["scenario", "outcome", "term", "estimate"]


@pytest.mark.parametrize(("truths", "size"), [("no such scenario", "small"), ("null", "no such size")])
def test_bad_requests(truths, size) -> None:
    with pytest.raises(UsageError):
        GAP.diagnose(truths, size, n_sims=2)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        *(({"n_sims": v}, "SIMS") for v in (0, 1, -3, "x", 2.5, None, True)),
        *(({"seed": v}, "SEED") for v in (-1, "a", 1.5)),
        *(({"conf_level": v}, "CONF-LEVEL") for v in (0, 1, 95, "a", None)),
        *(({"n_jobs": v}, "N-JOBS") for v in (0, "a", 1.5)),
        *(({"truths": v}, "TRUTHS") for v in ([], (), 3)),  # none named is the first in which it can be tried
        *(({"truths": [1]}, "TRUTH-KIND"), ({"size_like": 3}, "SIZE-KIND"), ({"size_like": GAP}, "SIZE-KIND")),
        *(({"resume": v}, "OUTPUT-UNWRITABLE") for v in (3, "")),
    ],
)
def test_more_bad_requests(asked, code) -> None:
    with pytest.raises(HybridToolkitError, match=rf"\[{code}\]"):
        GAP.diagnose(**{"truths": "null", "size_like": TINY, "n_sims": 2, "progress": False, **asked})


def test_an_estimand_that_nobody_knows() -> None:
    with pytest.raises(UsageError):
        GAP.replace(estimand="nothing").diagnose("null", n_sims=2)
