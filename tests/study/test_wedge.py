"""The fast study: its trials are those of the rows, the same on one core or two, and it finds the truth."""

from __future__ import annotations

from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError, StudyError, UsageError
from hybrid_toolkit.study.diagnosis import wedge_study as module
from hybrid_toolkit.study.diagnosis.diagnose import simulation_seed
from hybrid_toolkit.study.diagnosis.wedge_study import WedgeStudy
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.stepped_wedge import ALL, Wedge

STUDY = WedgeStudy("roll-out")
SMALL = Wedge(teams=9, periods=4, workers=5)


@pytest.mark.parametrize("model", ["random-intercept", "fixed-effects"])
def test_a_trial_is_the_estimate_from_the_same_rows(model) -> None:
    study = WedgeStudy("roll-out", model)
    draws = study.diagnose(SMALL, n_sims=3, seed=4, progress=False).draws
    for i in range(3):
        rows = SMALL.frame(SMALL.outcomes(np.random.default_rng(simulation_seed(4, i))))
        one = study.estimate(rows).tidy().iloc[0]
        assert draws.loc[i, "estimate"] == pytest.approx(one["estimate"], abs=1e-10)
        assert draws.loc[i, "conf_low"] == pytest.approx(one["conf_low"], abs=1e-9)
        plain = rows.groupby("treated")["outcome"].mean().diff().iloc[-1]
        assert draws.loc[i, "unadjusted"] == pytest.approx(plain, abs=1e-10)


def test_a_thousand_authorities_of_the_declared_size() -> None:
    got = STUDY.diagnose([Wedge(), Wedge("none", effect=0.0)], seed=1, progress=False)
    for name in ("wedge", "none"):
        m = got.measures(scenario=name)
        assert abs(m["bias"][0]) < 4 * m["bias"][1] and abs(m["coverage"][0] - 0.95) < 4 * m["coverage"][1]
        assert m["failures"][0] == 0 and m["unadjusted_coverage"][0] < 0.2
    assert got.value("power") > 0.7 and got.value("false_positive", scenario="none") < 0.08
    assert "30 teams, 8 periods, 20 workers" in got.summary()


def test_the_same_numbers_on_one_core_or_two_and_with_more_simulations() -> None:
    one = STUDY.diagnose(SMALL, n_sims=500, seed=4, progress=False)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        two = STUDY.diagnose(SMALL, n_sims=750, seed=4, progress=False)
    pd.testing.assert_frame_equal(one.draws, two.draws.query("sim < 500"), check_exact=True)


def test_a_run_goes_on_from_its_file_and_another_run_s_file_is_refused(tmp_path, monkeypatch) -> None:
    place = tmp_path / "new" / "trials.jsonl"
    run = {"seed": 4, "progress": False, "resume": place}
    truths = [SMALL, replace(SMALL, scenario="none", effect=0.0)]
    whole = STUDY.diagnose(truths, n_sims=300, seed=4, progress=False)
    STUDY.diagnose(truths, n_sims=120, **run)
    lines = place.read_bytes().split(b"\n")
    place.write_bytes(b"\n".join(lines[:180]) + b"\n" + lines[180][:20])  # an interruption within a line
    pd.testing.assert_frame_equal(STUDY.diagnose(truths, n_sims=300, **run).draws, whole.draws, check_exact=True)
    assert place.read_bytes().count(b"\n") == 601
    with pytest.raises(StudyError, match=r"RESUME-OTHER.*: truth differ"):
        STUDY.diagnose(SMALL, n_sims=5, **run)
    with pytest.raises(StudyError, match=r"RESUME-OTHER.*: study differ"):
        WedgeStudy("roll-out", "fixed-effects").diagnose(truths, n_sims=5, **run)
    monkeypatch.setattr(module, "simulated_sums", None)  # nothing is simulated any more
    pd.testing.assert_frame_equal(STUDY.diagnose(truths, n_sims=300, **run).draws, whole.draws, check_exact=True)


def test_a_fit_that_fails_is_counted_and_spoils_no_other(monkeypatch) -> None:
    plain = STUDY.diagnose(SMALL, n_sims=300, seed=4, progress=False)
    third = simulation_seed(4, 3)
    real = module.simulated_sums

    def one_is_bad(wedge, seeds):
        if third in seeds:
            raise np.linalg.LinAlgError
        return real(wedge, seeds)

    monkeypatch.setattr(module, "simulated_sums", one_is_bad)
    got = STUDY.diagnose(SMALL, n_sims=300, seed=4, progress=False)
    assert got.failures()[["error", "n"]].to_numpy().tolist() == [["LinAlgError", 1]]
    pd.testing.assert_frame_equal(got.draws.query("sim != 3"), plain.draws.query("sim != 3"), check_exact=True)
    monkeypatch.undo()
    none = STUDY.diagnose(Wedge(teams=2, periods=2, workers=1), n_sims=4, progress=False)
    assert none.failures()["n"].item() == 4 and "Failed fits: 4 TOO-FEW-ROWS" in none.summary()


def test_it_is_tried_at_the_size_of_data_or_of_a_name() -> None:
    got = STUDY.diagnose(SMALL, Size("mine", 2, 6, 7.4, 5, 0), n_sims=4, progress=False)
    assert got.size == "12 teams, 5 periods, 7 workers a team"
    same = STUDY.diagnose(replace(SMALL, teams=12, periods=5, workers=7), n_sims=4, progress=False)
    pd.testing.assert_frame_equal(got.draws, same.draws, check_exact=True)
    assert STUDY.diagnose(SMALL, "small", n_sims=2, progress=False).size.startswith("24 teams, 12 periods")
    with pytest.raises(UsageError, match="WEDGE-SIZE"):
        STUDY.diagnose(SMALL, Size("one", 1, 4, 5.0, 1, 0), n_sims=4)


def test_rows_in_any_order_with_gaps_and_own_names() -> None:
    rows = ALL[0].simulate(3).iloc[::-7].assign(team=lambda d: "T" + d["team"].astype(str))
    mine = rows.rename(columns={"team": "unit", "outcome": "score"})
    rows.loc[rows.index[0], "outcome"] = np.nan
    got = WedgeStudy("mine", team="unit", outcome="score").estimate(mine.assign(score=rows["outcome"] + 1e6))
    same = STUDY.estimate(rows)
    assert got.n == len(rows) - 1
    assert got.estimate[0] == pytest.approx(same.estimate[0], abs=1e-8)


def test_bad_input() -> None:
    rows = ALL[0].simulate(3)
    with pytest.raises(CoverageError, match=r"COLUMN-MISSING.*team"):
        STUDY.estimate(rows.drop(columns="team"))
    with pytest.raises(EstimationError, match="WEDGE-TREATED"):
        STUDY.estimate(rows.assign(treated=np.arange(len(rows)) % 2))
    with pytest.raises(EstimationError, match="SINGULAR"):
        STUDY.estimate(rows.assign(treated=0))
    with pytest.raises(EstimationError, match="ONE-CLUSTER"):
        STUDY.estimate(rows[rows["team"] == 0])
    with pytest.raises(StudyError, match="STUDY-FIELD"):
        WedgeStudy("x", "no such model")
    for truths in ([], "wedge", [SMALL, replace(SMALL, effect=0.0)], [SMALL, Wedge("larger")]):
        with pytest.raises(StudyError, match="TRUTHS"):
            STUDY.diagnose(truths, n_sims=5)
    with pytest.raises(StudyError, match="SIMS"):
        STUDY.diagnose(SMALL, n_sims=1)
    with pytest.raises(UsageError, match="WEDGE-SIZE"):
        Wedge(teams=1)
