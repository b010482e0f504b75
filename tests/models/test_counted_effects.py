"""Fixed effects by counting: the same as a column a level, one by one, with movers, gaps and clusters left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.models import Category, fit_event_study, fit_linear, wild_bootstrap


def world(*, movers: bool, seed: int = 3) -> pd.DataFrame:
    """400 rows of 40 workers in 9 months, with gaps and repeats; with movers a worker's rows lie in several teams."""
    rng = np.random.default_rng(seed)
    n = 400
    f = pd.DataFrame({"worker": rng.integers(0, 40, n), "month": rng.integers(0, 9, n), "site": rng.integers(0, 3, n)})
    f["team"] = rng.integers(0, 8, n) if movers else f["worker"] // 5
    f["x"] = rng.normal(size=n) + 0.3 * f["month"] + 1e4
    f["y"] = 0.5 * f["x"] + f["month"] ** 1.5 + 0.2 * f["worker"] + rng.normal(size=n)
    return f


def by_columns(f: pd.DataFrame, effects: list[str]) -> tuple[float, float]:
    """Coefficient of x and its jackknife error from a column of 0 and 1 for each level, refitted without each team."""

    def slope(g: pd.DataFrame) -> float:
        columns = pd.get_dummies(g[effects].astype("category"), dtype=float)
        m = np.column_stack([g["x"] - g["x"].mean(), columns])
        return float(np.linalg.lstsq(m, g["y"] - g["y"].mean(), rcond=None)[0][0])

    b = slope(f)
    left = np.array([slope(f[f["team"] != t]) for t in f["team"].unique()])
    return b, float(np.sqrt((len(left) - 1) / len(left) * ((left - b) ** 2).sum()))


@pytest.mark.parametrize("movers", [False, True])
@pytest.mark.parametrize("effects", [["worker", "month"], ["month", "worker", "site"]])
def test_counting_is_a_column_a_level(movers: bool, effects: list[str]) -> None:
    f = world(movers=movers)
    fit = fit_linear(f, outcome="y", terms=["x"], cluster="team", fixed_effects=effects)
    row = fit.tidy().iloc[0]
    assert (row["estimate"], row["std_error"]) == pytest.approx(by_columns(f, effects), rel=1e-8)


@pytest.mark.parametrize("movers", [False, True])
def test_a_month_as_an_effect_or_as_a_category_gives_the_same(movers: bool) -> None:
    f = world(movers=movers)
    for variance in ("jackknife", "sandwich"):
        counted = fit_linear(
            f, outcome="y", terms=["x"], cluster="team", fixed_effects=["worker", "month"], variance=variance
        )
        made = fit_linear(
            f, outcome="y", terms=["x", Category("month")], cluster="team", fixed_effects="worker", variance=variance
        )
        figures = ["estimate", "std_error", "conf_low", "clusters_behind"]
        one, other = counted.tidy().iloc[0], made.tidy().set_index("term").loc["x"]
        assert one[figures].astype(float).tolist() == pytest.approx(other[figures].astype(float).tolist(), rel=1e-9)
        assert counted.r2_within == pytest.approx(made.r2_within, rel=1e-9)
    wild = [
        wild_bootstrap(f, outcome="y", terms=terms, term="x", cluster="team", fixed_effects=effects).tidy()
        for terms, effects in ((["x"], ["worker", "month"]), (["x", Category("month")], "worker"))
    ]
    columns = ["estimate", "conf_low", "conf_high", "p_value"]
    assert wild[0][columns].iloc[0].tolist() == pytest.approx(wild[1][columns].iloc[0].tolist(), rel=1e-6)


@pytest.mark.parametrize("variance", ["jackknife", "sandwich"])
def test_the_cells_of_a_roll_out_are_its_rows(variance: str) -> None:
    """60 workers, 8 months, three starts: each time since the start as a column of the rows."""
    rng = np.random.default_rng(4)
    worker, month = np.repeat(np.arange(60), 8), np.tile(np.arange(8), 60)
    start = np.array([3, 4, 99, 5, 99, 3, 4, 99, 99, 5, 99, 99])[worker // 5]
    f = pd.DataFrame({"worker": worker, "month": month, "team": worker // 5, "start": np.where(start < 99, start, 0)})
    f["y"] = rng.normal(size=480) + 0.1 * worker + 0.3 * month + (month >= start) * 0.5 + 1e4
    times = [e for e in range(-5, 5) if e != -1]
    for e in times:
        f[f"since{e + 9}"] = (month - start == e) * 1.0
    panel = {"outcome": "y", "panel_id": "worker", "time": "month", "first_treated": "start", "cluster": "team"}
    fit = fit_event_study(f, **panel, estimator="two-way event", variance=variance)
    rows = fit_linear(
        f,
        outcome="y",
        terms=[f"since{e + 9}" for e in times],
        cluster="team",
        fixed_effects=["worker", "month"],
        variance=variance,
    ).tidy()
    assert list(fit.terms[1:]) == [f"time {e}" for e in times]
    assert fit.estimate[1:] == pytest.approx(rows["estimate"].to_numpy(), rel=1e-8)
    seen = rows["std_error"].notna().to_numpy()  # a time that rests on one team has no error in the rows
    assert fit.std_error[1:][seen] == pytest.approx(rows["std_error"].to_numpy()[seen], rel=1e-8)
