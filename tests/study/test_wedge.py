"""The fast study: its trials are those of the rows, the same on one core or two, and it finds the truth."""

from __future__ import annotations

from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError, StudyError, UsageError
from hybrid_toolkit.study.diagnose import simulation_seed
from hybrid_toolkit.study.wedge import WedgeStudy
from hybrid_toolkit.synth.worlds.wedge import ALL, Wedge

STUDY = WedgeStudy("roll-out")
SMALL = Wedge(teams=9, periods=4, workers=5)


@pytest.mark.parametrize("model", ["random-intercept", "fixed-effects"])
def test_a_trial_is_the_estimate_from_the_same_rows(model) -> None:
    study = WedgeStudy("roll-out", model)
    draws = study.diagnose(SMALL, sims=3, seed=4, progress=False).draws
    for i in range(3):
        rows = SMALL.frame(SMALL.outcomes(np.random.default_rng(simulation_seed(4, i))))
        one = study.estimate(rows).tidy().iloc[0]
        assert draws.loc[i, "estimate"] == pytest.approx(one["estimate"], abs=1e-10)
        assert draws.loc[i, "conf_low"] == pytest.approx(one["conf_low"], abs=1e-9)
        plain = rows.groupby("treated")["outcome"].mean().diff().iloc[-1]
        assert draws.loc[i, "naive"] == pytest.approx(plain, abs=1e-10)


def test_a_thousand_authorities_of_the_declared_size() -> None:
    got = STUDY.diagnose([Wedge(), Wedge("none", effect=0.0)], seed=1, progress=False)
    for name in ("wedge", "none"):
        m = got.measures(scenario=name)
        assert abs(m["bias"][0]) < 4 * m["bias"][1] and abs(m["coverage"][0] - 0.95) < 4 * m["coverage"][1]
        assert m["failures"][0] == 0 and m["naive_coverage"][0] < 0.2
    assert got.value("power") > 0.7 and got.value("false_positive", scenario="none") < 0.08
    assert "30 teams, 8 periods, 20 workers" in got.summary()


def test_the_same_numbers_on_one_core_or_two_and_with_more_simulations() -> None:
    one = STUDY.diagnose(SMALL, sims=500, seed=4, progress=False)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        two = STUDY.diagnose(SMALL, sims=750, seed=4, progress=False)
    pd.testing.assert_frame_equal(one.draws, two.draws.query("sim < 500"), check_exact=True)


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
    with pytest.raises(StudyError, match="SIMS"):
        STUDY.diagnose([SMALL, replace(SMALL, effect=0.0)], sims=5)
    with pytest.raises(UsageError, match="WEDGE-SIZE"):
        Wedge(teams=1)
