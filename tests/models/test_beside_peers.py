"""Errors equal those of the libraries that the own code stands in for, once the same small-sample factor is used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.models import fit_event_study, fit_group_time, fit_linear

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # pyfixest's own use of pandas


def panel(*, gaps: bool = False, seed: int = 5) -> pd.DataFrame:
    """96 workers in 12 teams over 8 months; teams start in month 4, in month 6 or never."""
    rng = np.random.default_rng(seed)
    worker, month = np.repeat(np.arange(96), 8), np.tile(np.arange(1, 9), 96)
    team = worker // 8
    start = np.array([4, 6, 0])[team % 3]
    f = pd.DataFrame({"worker": worker, "month": month, "team": team, "start": start})
    f["on"] = ((start > 0) & (month >= start)).astype(float)
    f["since"] = np.where(start > 0, month - start, -1)
    f["y"] = rng.normal(size=96)[worker] + rng.normal(size=12)[team] * month * 0.1 + 0.4 * f["on"]
    f["y"] += rng.normal(size=len(f))
    return f.drop(index=rng.choice(len(f), 60, replace=False)) if gaps else f


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("cluster", ["team", "month"])  # workers lie within teams, and cross months
def test_two_way_errors_are_those_of_pyfixest(gaps: bool, cluster: str) -> None:
    import pyfixest

    f = panel(gaps=gaps)
    own = fit_linear(
        f, outcome="y", terms=["on"], fixed_effects=["worker", "month"], cluster=cluster, variance="sandwich"
    ).tidy()
    peer = pyfixest.feols("y ~ on | worker + month", data=f, vcov={"CRV1": cluster}).tidy()
    assert own.loc[0, ["estimate", "std_error"]].tolist() == pytest.approx(
        peer.iloc[0][["Estimate", "Std. Error"]].tolist(), rel=1e-8 if cluster == "team" else 1e-6
    )


def test_event_study_errors_are_those_of_pyfixest() -> None:
    import pyfixest

    f = panel()
    own = fit_event_study(
        f,
        outcome="y",
        panel_id="worker",
        time="month",
        first_treated="start",
        estimator="two-way event",
        cluster="team",
        variance="sandwich",
    )
    peer = pyfixest.feols("y ~ i(since, ref=-1) | worker + month", data=f, vcov={"CRV1": "team"})
    assert own.estimate[1:] == pytest.approx(peer.coef().to_numpy(), rel=1e-8)
    assert own.std_error[1:] == pytest.approx(peer.se().to_numpy(), rel=1e-8)


@pytest.mark.parametrize("control", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("cluster", [None, "team"])
def test_group_time_errors_are_those_of_diff_diff(control: str, cluster: str | None) -> None:
    from diff_diff import CallawaySantAnna

    f = panel()
    own = fit_group_time(
        f,
        outcome="y",
        panel_id="worker",
        time="month",
        first_treated="start",
        control_group=control,
        cluster=cluster,
        variance="influence",
    )
    peer = CallawaySantAnna(control_group=control, cluster=cluster).fit(
        f, outcome="y", unit="worker", time="month", first_treat="start"
    )
    # with clusters diff-diff has the factor C/(C-1) too; without, where each unit is one, it has none
    n = own.n_clusters
    factor = 1.0 if cluster else np.sqrt((n - 1) / n)
    effects = {(g, t): e for g, t, e in zip(own.groups, own.periods, own.tidy()["estimate"], strict=True)}
    errors = np.sqrt((own.influence**2).sum(axis=0)) * factor
    for (g, t), found, error in zip(effects, effects.values(), errors, strict=True):
        theirs = peer.group_time_effects[(int(g), int(t))]
        assert (found, error) == pytest.approx((theirs["effect"], theirs["se"]), rel=1e-8)
    row = own.aggregate("simple").iloc[0]
    assert row["estimate"] == pytest.approx(peer.overall_att, rel=1e-8)
    assert row["std_error"] * factor == pytest.approx(peer.overall_se, rel=1e-8)
