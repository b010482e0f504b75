"""Clusters on the smaller side: counted by every clustered fit, no interval from one, intervals that hold with few."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.models import (
    Column,
    fit_binary,
    fit_counts,
    fit_cox,
    fit_cr2,
    fit_event_study,
    fit_glmm,
    fit_group_time,
    fit_linear,
    fit_mediation,
    fit_mixed,
    fit_ordinal,
    fit_response_weighted,
    fit_survey_regression,
    fit_two_by_two,
    fit_two_way,
    fit_weighted,
)
from hybrid_toolkit.models.inference.clusters import degrees, sides, two_sides
from hybrid_toolkit.models.inference.wild_bootstrap import wild_bootstrap
from hybrid_toolkit.trust.dgps import authority

PANEL = {"outcome": "y", "panel_id": "team_id", "time": "month", "first_treated": "first_treated"}
CLUSTERED = {"cluster": "team_id"}
FITS: dict[str, Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]] = {
    "linear": lambda w, t: fit_linear(w, outcome="y", terms=[Column("d")], **CLUSTERED).tidy(),
    "sandwich": lambda w, t: fit_linear(w, outcome="y", terms=[Column("d")], variance="sandwich", **CLUSTERED).tidy(),
    "cr2": lambda w, t: fit_cr2(w, outcome="y", terms=[Column("d")], **CLUSTERED).tidy(),
    "two-way": lambda w, t: fit_two_way(w, outcome="y", terms=[Column("d")], clusters=("team_id", "month")).tidy(),
    "wild": lambda w, t: wild_bootstrap(w, outcome="y", terms=[Column("d")], term="d", draws=99, **CLUSTERED).tidy(),
    "binary": lambda w, t: fit_binary(w, outcome="yes", terms=["d"], **CLUSTERED).tidy(),
    "counts": lambda w, t: fit_counts(w, outcome="count", terms=["d"], **CLUSTERED).tidy(),
    "cox": lambda w, t: fit_cox(w.assign(one=w["month"]), duration="one", event="yes", terms=["d"], **CLUSTERED).tidy(),
    "ordinal": lambda w, t: fit_ordinal(w, outcome="order", terms=["d"], **CLUSTERED).tidy(),
    "glmm": lambda w, t: fit_glmm(w, outcome="yes", terms=["d"], groups="team_id", nodes=1).tidy(),
    "mixed": lambda w, t: fit_mixed(w, outcome="y", terms=["d"], groups="team_id").tidy(),
    "weighted": lambda w, t: fit_weighted(w, outcome="y", treatment="d", covariates=["z"], **CLUSTERED).tidy(),
    "survey": lambda w, t: fit_survey_regression(w, outcome="y", terms=["d"], weight="weight", **CLUSTERED).tidy(),
    "response": lambda w, t: fit_response_weighted(
        w.assign(y=w["y"].where(w["asked"])), outcome="y", terms=["d"], response_terms=["z"], **CLUSTERED
    ).tidy(),
    "mediation": lambda w, t: (
        fit_mediation(w, outcome="y", exposure="d", mediator="z", interval="delta", **CLUSTERED)
        .tidy()
        .query("term == 'total'")
        .assign(term="d")
    ),
    "group-time": lambda w, t: fit_group_time(t, **PANEL).aggregate("simple"),
    "group-time, published": lambda w, t: fit_group_time(t, **PANEL, variance="influence").aggregate("dynamic"),
    "sun-abraham": lambda w, t: fit_event_study(t, **PANEL).tidy(),
    "imputation": lambda w, t: fit_event_study(t, **PANEL, estimator="imputation").tidy(),
    "two-by-two": lambda w, t: fit_two_by_two(t, **PANEL).tidy(),
}


def pilot(teams: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Workers of 24 teams in four months, some of which pilot a policy, and the teams' means by month."""
    made = authority.AuthorityWorld(pilot=teams)
    rows = authority.authority_frame(made, np.random.default_rng(seed))
    rows = rows[rows["month"] % 3 == 1].reset_index(drop=True)
    ever = rows.groupby("team_id")["first_treated"].max().notna()
    rows["d"] = rows["team_id"].map(ever).astype(float)
    rows["order"] = np.digitize(rows["y"], [-1.0, 0.0, 1.0])
    rows["z"] = np.random.default_rng(seed).normal(size=len(rows))
    rows["weight"] = 1.0 + rows["z"] ** 2
    rows["asked"] = np.random.default_rng(seed + 1).random(len(rows)) < 0.8
    return rows, authority.by_team(made, np.random.default_rng(seed))


def row_of(rows: pd.DataFrame) -> pd.Series:
    return rows[rows["term"].isin(["d", "overall", "effect"])].iloc[0]


@pytest.mark.parametrize("name", [n for n in FITS if n != "two-by-two"])
def test_one_treated_team_has_an_estimate_and_no_interval(name: str) -> None:
    row = row_of(FITS[name](*pilot(1, 3)))
    assert row["clusters_behind"] < 1.5 and np.isfinite(row["estimate"])
    assert row[["std_error", "conf_low", "conf_high", "p_value"]].isna().all()


@pytest.mark.parametrize("name", list(FITS))
def test_three_treated_teams_are_three(name: str) -> None:
    row = row_of(FITS[name](*pilot(3, 3)))
    assert 1.5 < row["clusters_behind"] <= 3 and row["conf_low"] < row["estimate"] < row["conf_high"]


def test_intervals_of_three_treated_teams_hold_the_truth() -> None:
    """150 draws: Monte Carlo error of .95 is .018. The jackknife with clusters less one held 89% to 91% here."""
    held: dict[str, list[bool]] = {name: [] for name in ("linear", "group-time", "two-by-two")}
    for seed in range(150):
        rows, teams = pilot(3, 1000 + seed)
        for name, found in held.items():
            row = row_of(FITS[name](rows, teams))
            found.append(bool(row["conf_low"] <= 0 <= row["conf_high"]))
    assert min(np.mean(v) for v in held.values()) >= 0.95 - 2 * 0.018


@pytest.mark.parametrize("name", ["response", "mediation"])
def test_a_jackknife_of_three_treated_teams_has_their_degrees_of_freedom(name: str) -> None:
    """With clusters less one these held 87% for 95%; the error of a survey is that of svyglm, and says what to take."""
    rows, _ = pilot(3, 5)
    if name == "response":
        rows = rows.assign(y=rows["y"].where(rows["asked"]))
        fit = fit_response_weighted(rows, outcome="y", terms=["d"], response_terms=["z"], **CLUSTERED)
        assert fit.df[1] < 4 and "clusters carry" in fit.prose()
    else:
        wide = fit_mediation(rows, outcome="y", exposure="d", mediator="z", **CLUSTERED)
        row = wide.tidy().query("term == 'total'").iloc[0]
        assert row["conf_high"] - row["conf_low"] > 2 * 2.4 * row["std_error"] and "clusters carry" in wide.prose()
    survey = fit_survey_regression(rows, outcome="y", terms=["d"], weight="weight", **CLUSTERED)
    assert "take CR2" in survey.prose()


def test_degrees_of_freedom_follow_the_smaller_side_and_the_giants() -> None:
    even = np.repeat([1.0, 0.0], 12)
    assert two_sides(even, 1 - even) == (12.0, pytest.approx(23.0))
    giant = even * np.where(np.arange(24) == 0, 50.0, 1.0)
    assert two_sides(giant, 1 - even)[0] == pytest.approx(61**2 / (50**2 + 11))
    assert two_sides(giant, 50 * (1 - even))[1] == pytest.approx(1.0, abs=0.5)


def test_a_slope_within_every_team_rests_on_all_of_them() -> None:
    rng = np.random.default_rng(1)
    f = pd.DataFrame({"team": np.repeat(np.arange(20), 10), "x": rng.normal(size=200), "y": rng.normal(size=200)})
    fit = fit_linear(f.assign(odd=np.arange(200) % 2), outcome="y", terms=[Column("x"), Column("odd")], cluster="team")
    assert fit.clusters_behind("x") > 12 and fit.clusters_behind("odd") > 18
    together = fit.combine({"x": 1.0, "odd": 1.0}, term="both").iloc[0]
    assert together["conf_low"] < together["conf_high"] and list(fit.tidy().columns)[-1] == "clusters_behind"


def test_degrees_of_freedom_are_effective_clusters_less_one() -> None:
    """Six alike give five; one that carries all gives one; three of weights 2, 1, 1 give 16/6 - 1."""
    leverage = np.array([[1.0, 1.0, 2.0], [1.0, 0, 1], [1.0, 0, 1], [1.0, 0, 0], [1.0, 0, 0], [1.0, 0, 0]])
    assert degrees(leverage).tolist() == pytest.approx([5.0, 1.0, 16 / 6 - 1])


def test_the_smaller_side_is_found_whichever_value_it_has() -> None:
    """One of four teams has rows without treatment: it is the smaller side, as it would be the other way round."""
    team = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    column = np.array([1.0, 1, 1, 1, 1, 1, 0, 0])
    assert sides(column, team) == sides(1 - column, team) == 1.0
