"""A panel that lies in blocks of units is read as one that does not; sums of effects have the whole table's errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import fit_group_time
from hybrid_toolkit.models.rollout.panel_blocks import blocks_of

NAMES = {"outcome": "y", "panel_id": "team", "time": "month", "first_treated": "start"}


def panel(never: float = 0.0) -> pd.DataFrame:
    """Thirty teams over eight months in ten areas; three are treated from the first month on."""
    rng = np.random.default_rng(4)
    team, month = np.repeat(np.arange(30), 8), np.tile(np.arange(1, 9), 30)
    start = np.where(np.arange(30) < 3, 1.0, rng.choice([4.0, 6.0, 99.0, never], 30))[team]
    y = rng.normal(size=30)[team] + 0.4 * (month >= np.where(start == never, np.inf, start)) + rng.normal(size=240)
    return pd.DataFrame({"team": team + 100, "month": month, "y": y, "start": start, "area": team // 3})


@pytest.mark.parametrize("never", [0.0, np.nan, np.inf])
@pytest.mark.parametrize("cluster", [None, "area"])
@pytest.mark.parametrize("variance", ["influence", "jackknife"])
def test_blocks_are_read_as_rows_in_any_order(never: float, cluster: str | None, variance: str) -> None:
    f = panel(never)
    shuffled = f.sample(frac=1, random_state=1)
    assert blocks_of(f, **NAMES, cluster=cluster) is not None
    assert blocks_of(shuffled, **NAMES, cluster=cluster) is None
    fits = [fit_group_time(g, **NAMES, cluster=cluster, variance=variance) for g in (f, shuffled)]
    assert fits[0].n_always == fits[1].n_always == 3
    for table in (lambda fit: fit.tidy(), *(lambda fit, k=k: fit.aggregate(k) for k in ("simple", "dynamic", "group"))):
        pd.testing.assert_frame_equal(table(fits[0]), table(fits[1]), rtol=1e-9)
    assert fits[0].glance().equals(fits[1].glance())


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.assign(y=f["y"].where(f.index != 5)),
        lambda f: f.drop(index=7),
        lambda f: f.assign(month=f["month"].astype("Int64")),
        lambda f: f.assign(start=f["start"].where(f.index != 30, 5.0)),
        lambda f: f.assign(team=f["team"].astype(str)),
        lambda f: f.assign(month=f["month"].where(f.index != 3, 2)),
        lambda f: f.iloc[::-1],
        lambda f: pd.concat([f, f], axis=1),
    ],
)
def test_what_is_not_in_blocks_is_left_to_the_other_reader(change) -> None:
    assert blocks_of(change(panel()), **NAMES, cluster=None) is None


def test_a_constant_outcome_and_a_unit_that_changes_its_cluster_are_refused_as_ever() -> None:
    for made, code in ((panel().assign(y=1.0), "CONSTANT"), (panel().assign(area=np.arange(240)), "CLUSTER-CHANGES")):
        with pytest.raises(EstimationError) as caught:
            fit_group_time(made, **NAMES, cluster="area")
        assert caught.value.code == code


def test_sums_of_effects_have_the_influence_of_the_whole_table() -> None:
    fit = fit_group_time(panel(), **NAMES, cluster="area", control_group="not_yet_treated", variance="influence")
    weights = np.random.default_rng(1).normal(size=(len(fit.estimate), 3))
    assert fit.influence.sum(axis=0) == pytest.approx(np.zeros(len(fit.estimate)), abs=1e-12)
    assert fit.adds @ weights == pytest.approx(fit.influence @ weights, abs=1e-12)
    assert fit.adds @ weights[:, 0] == pytest.approx(fit.influence @ weights[:, 0], abs=1e-12)
    first = fit.aggregate("simple")
    again = fit_group_time(panel(), **NAMES, cluster="area", control_group="not_yet_treated", variance="influence")
    again.tidy()
    pd.testing.assert_frame_equal(again.aggregate("simple"), first, rtol=1e-12)
