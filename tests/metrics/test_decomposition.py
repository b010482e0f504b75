"""Decompositions: identities, another library's answer, coverage at a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.oaxaca import OaxacaBlinder

from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.inequality.decomposition import kitagawa
from hybrid_toolkit.metrics.inequality.oaxaca_blinder_split import oaxaca_blinder


def draw(rng: np.random.Generator, clusters: int = 40, size: int = 12) -> pd.DataFrame:
    cluster = np.repeat(np.arange(clusters), size)
    group = (rng.random(cluster.size) < 0.4).astype(int)
    stratum = (rng.random(cluster.size) < np.where(group == 1, 0.7, 0.3)).astype(int)
    y = 1 + 0.5 * stratum + 0.3 * group + 0.5 * rng.normal(size=clusters)[cluster] + rng.normal(size=cluster.size)
    return pd.DataFrame({"y": y, "g": group, "s": stratum, "c": cluster})


def test_parts_add_up() -> None:
    frame = draw(np.random.default_rng(1))
    for found in (
        kitagawa(frame, outcome="y", group="g", reference=0, strata=["s"]),
        oaxaca_blinder(frame, outcome="y", group="g", reference=0, covariates=["s"]),
    ):
        whole, first, second = found.tidy()["estimate"]
        means = frame.groupby("g")["y"].mean()
        assert whole == pytest.approx(first + second) == pytest.approx(means[1] - means[0])


def test_agrees_with_statsmodels() -> None:
    frame = draw(np.random.default_rng(2))
    x = frame[["g", "s"]].assign(const=1.0)
    theirs = OaxacaBlinder(frame["y"].to_numpy(), x.to_numpy(), 0, hasconst=True, swap=False).three_fold().params
    ours = oaxaca_blinder(frame, outcome="y", group="g", reference=1, covariates=["s"]).tidy()["estimate"]
    endowment, coefficients, interaction, gap = theirs
    assert ours[0] == pytest.approx(gap)
    assert ours[1] == pytest.approx(endowment) and ours[2] == pytest.approx(coefficients + interaction)


def test_intervals_hold_the_known_split() -> None:
    # True composition 0.5 * (0.7 - 0.3) = 0.2; true rates 0.3.
    rng = np.random.default_rng(3)
    held = np.zeros(2)
    for _ in range(250):
        parts = kitagawa(draw(rng), outcome="y", group="g", reference=0, strata=["s"], cluster="c").tidy()
        for k, truth in enumerate((0.2, 0.3)):
            held[k] += parts["conf_low"][k + 1] <= truth <= parts["conf_high"][k + 1]
    assert ((held / 250 >= 0.91) & (held / 250 <= 0.99)).all()  # 95% within three Monte Carlo errors (0.014)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (pd.DataFrame({"y": [1.0, 2, 3, 4], "g": [0, 0, 1, 1], "s": [1, 1, 2, 2]}), "STRATA-NO-OVERLAP"),
        (pd.DataFrame({"y": [1.0, 2, 3], "g": [0, 1, 2], "s": 1}), "GROUPS-NOT-TWO"),
        (pd.DataFrame({"y": [1.0, 2, 3], "g": [0, 1, 1]}), "DECOMPOSITION-COLUMN"),
    ],
)
def test_bad_input_is_named(frame: pd.DataFrame, code: str) -> None:
    with pytest.raises(MeasureError) as caught:
        kitagawa(frame, outcome="y", group="g", reference=0, strata=["s"])
    assert caught.value.code == code


def test_collinear_covariates_are_named() -> None:
    frame = draw(np.random.default_rng(4)).assign(twice=lambda d: 2 * d["s"])
    with pytest.raises(MeasureError, match="COVARIATES-COLLINEAR"):
        oaxaca_blinder(frame, outcome="y", group="g", reference=0, covariates=["s", "twice"])
