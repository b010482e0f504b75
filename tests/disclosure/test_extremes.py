"""Minima, maxima, ranges and high percentiles are found by looking, and honest figures are left alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.errors import DisclosureError

Figures = Callable[[pd.Series], object]
EXTREMES: dict[str, Figures] = {
    "greatest": np.max,
    "least": np.min,
    "greatest in minutes": lambda y: y.max() * 60,
    "greatest in whole hours": lambda y: round(y.max()),
    "range": np.ptp,
    "percentile 95": lambda y: y.quantile(0.95),
    "percentile 90, shown to one decimal": lambda y: round(y.quantile(0.9), 1),
}
RESHAPED: dict[str, Figures] = {
    "logarithm of the greatest": lambda y: np.log(y.max()),
    "logarithm to base ten, to three decimals": lambda y: round(np.log10(y.max()), 3),
    "root of the greatest": lambda y: np.sqrt(y.max()),
    "square of the least": lambda y: y.min() ** 2,
    "per cent of a number that is known": lambda y: 100 * y.max() / 83.1,
    "inverse of the greatest": lambda y: 1 / y.max(),
    "z-score of the greatest": lambda y: (y.max() - y.attrs["mean"]) / y.attrs["spread"],
}
"""Each can be undone by whoever knows the function."""
ON_A_LINE: dict[str, Figures] = {
    "short of a number that is known": lambda y: 80 - y.max(),
    "logarithm of the range": lambda y: 3 * np.log(np.ptp(y)) - 1,
}
"""Functions that are found only where the data know the groups."""
HONEST: dict[str, Figures] = {
    "mean": np.mean,
    "mean as rounded as the data": lambda y: round(y.mean(), 2),
    "mean in whole hours": lambda y: round(y.mean()),
    "median": np.median,
    "upper quartile": lambda y: y.quantile(0.75),
    "standard deviation": np.std,
    "mean in minutes": lambda y: y.mean() * 60,
    "logarithm of the mean": lambda y: np.log(y.mean()),
    "mean of logarithms": lambda y: np.log(y).mean(),
    "logarithm of the median": lambda y: np.log(y.median()),
    "inverse of the mean": lambda y: 1 / y.mean(),
}


def _staff(seed: int) -> pd.DataFrame:
    rng, n = np.random.default_rng(seed), 200
    return pd.DataFrame(
        {
            "worker_id": [f"W{i:04}" for i in range(n)],
            "team_id": rng.choice([f"T{i}" for i in range(8)], n),
            "travel_h": np.round(rng.gamma(9, 4, n), 2),
        }
    )


def _rows(staff: pd.DataFrame, figure: Figures) -> pd.DataFrame:
    hours = staff["travel_h"]
    hours.attrs.update(mean=hours.mean(), spread=hours.std())
    figures = {team: float(figure(hours[staff["team_id"] == team])) for team in sorted(staff["team_id"].unique())}  # type: ignore[arg-type]
    return pd.DataFrame(
        {"team_id": list(figures), "n": staff.groupby("team_id").size().to_numpy(), "typical": figures.values()}
    )


@pytest.mark.parametrize("kind", EXTREMES)
@pytest.mark.parametrize("seed", range(5))
def test_an_extreme_under_another_name_is_not_shown(kind: str, seed: int) -> None:
    staff = _staff(seed)
    gate, rows = Gate(source=ht.EvaluationData({"worker": staff})), _rows(staff, EXTREMES[kind])
    shown = gate.table(rows, title="x", dims=["team_id"], people="n", values=["typical"])
    assert "typical" not in shown.content and "extremes" in {d.rule for d in shown.decisions}
    estimates = rows.rename(columns={"team_id": "term", "typical": "estimate"})
    limits = estimates.assign(conf_high=estimates["estimate"], estimate=np.pi)
    for frame in (estimates, limits):
        assert gate.estimates(frame, title="x", people="n").content["suppressed"].all()


@pytest.mark.parametrize("known", [True, False], ids=["groups of the data", "other labels"])
@pytest.mark.parametrize("kind", RESHAPED)
def test_what_is_worked_out_from_an_extreme_alone_is_not_shown(kind: str, known: bool) -> None:
    for seed in range(3):
        staff = _staff(seed)
        rows = _rows(staff, RESHAPED[kind])
        if not known:
            rows["team_id"] = [f"place {chr(97 + i)}" for i in range(len(rows))]
        shown = Gate(source=ht.EvaluationData({"worker": staff})).table(
            rows, title="x", dims=["team_id"], people="n", values=["typical"]
        )
        assert "typical" not in shown.content and "extremes" in {d.rule for d in shown.decisions}


@pytest.mark.parametrize("kind", ON_A_LINE)
def test_a_line_through_a_function_of_an_extreme_is_not_shown(kind: str) -> None:
    for seed in range(3):
        staff = _staff(seed)
        shown = Gate(source=ht.EvaluationData({"worker": staff})).table(
            _rows(staff, ON_A_LINE[kind]), title="x", dims=["team_id"], people="n", values=["typical"]
        )
        assert "typical" not in shown.content


def test_a_fitted_trend_is_no_extreme_of_tenure() -> None:
    """The longest tenure grows by a month each month, so that a straight trend is a line through it."""
    months = [f"2025-{m:02}" for m in range(1, 13)]
    staff = pd.DataFrame(
        {
            "worker_id": [f"W{i:03}" for i in range(40)] * 12,
            "month": np.repeat(months, 40),
            "tenure": np.tile(np.arange(40) * 5.5, 12) + np.repeat(np.arange(12), 40),
        }
    )
    rows = pd.DataFrame({"month": months, "n": 40, "fitted": 0.31 + 0.0123 * np.arange(12)})
    shown = Gate(source=ht.EvaluationData({"worker_month": staff})).figure_data(
        rows, title="x", dims=["month"], people="n", values=["fitted"]
    )
    assert shown.content["fitted"].notna().all()


@pytest.mark.parametrize("kind", ["greatest in minutes", "percentile 95"])
def test_extremes_are_found_without_the_row_of_the_greatest(kind: str) -> None:
    """A team of five holds the greatest value and is hidden: the figures of the others do not tell the scale."""
    for seed in range(8):
        staff = _staff(seed)
        top = staff["travel_h"].nlargest(5).index
        staff.loc[top, "team_id"] = "T9"
        rows = _rows(staff, EXTREMES[kind]).query("team_id != 'T9'")
        estimates = rows.rename(columns={"team_id": "term", "typical": "estimate"})
        content = Gate(source=ht.EvaluationData({"worker": staff})).estimates(estimates, title="x", people="n").content
        assert content["suppressed"].all()


@pytest.mark.parametrize("kind", HONEST)
@pytest.mark.parametrize("seed", range(20))
def test_honest_figures_are_shown(kind: str, seed: int) -> None:
    staff = _staff(seed)
    gate, rows = Gate(source=ht.EvaluationData({"worker": staff})), _rows(staff, HONEST[kind])
    shown = gate.table(rows, title="x", dims=["team_id"], people="n", values=["typical"]).content
    assert shown["typical"].notna().sum() == (rows["n"] >= 10).sum()


def test_a_team_of_one_takes_no_column_from_the_others() -> None:
    """Its mean is that person's value, which is hidden as every figure of one person is."""
    staff = _staff(3)
    staff.loc[staff["travel_h"].idxmax(), "team_id"] = "T9"
    rows = _rows(staff, np.mean)
    shown = Gate(source=ht.EvaluationData({"worker": staff})).table(
        rows, title="x", dims=["team_id"], people="n", values=["typical"]
    )
    assert shown.content["typical"].notna().sum() == 8


def test_keys_of_people_are_no_terms_and_no_labels_of_estimates() -> None:
    staff = _staff(0)
    gate = Gate(source=ht.EvaluationData({"worker": staff}))
    rows = pd.DataFrame({"term": staff["worker_id"].head(5), "estimate": 0.31, "n": 40, "std_error": 0.1})
    with pytest.raises(DisclosureError, match="DIM-IDENTIFIER"):
        gate.estimates(rows, title="x", people="n")
    with pytest.raises(DisclosureError, match="DIM-IDENTIFIER"):
        gate.estimates(rows.assign(who=rows["term"], term=list("abcde")), title="x", people="n", labels=["who"])


def test_bare_counts_and_shares_among_estimates_are_held_as_those_of_tables() -> None:
    """A frame without errors, limits or p-values holds figures of people and no coefficients."""
    deaths = pd.DataFrame({"term": ["north", "south", "west"], "estimate": [3.0, 14.0, 1.0], "n": [40, 60, 50]})
    shares = deaths.assign(estimate=[0.0, 0.5, 1.0])
    for frame in (deaths, shares):
        shown = Gate().estimates(frame, title="x", people="n").content
        assert shown["suppressed"].tolist() == [True, False, True]


@pytest.mark.parametrize("held", ["estimate", "conf_low", "conf_high"])
def test_an_estimate_that_is_an_extreme_empties_its_rows_and_keeps_its_columns(held: str) -> None:
    """What reads the table finds its columns; the limits beside an estimate would give its middle away."""
    staff = _staff(3)
    rows, wide = _rows(staff, EXTREMES["greatest"]).rename(columns={"typical": held}), 1.37
    for column in ("estimate", "conf_low", "conf_high"):
        if column not in rows:
            rows[column] = rows[held] + wide * (1 if column == "conf_high" else -1)
    values = ["estimate", "conf_low", "conf_high"]
    gate = Gate(source=ht.EvaluationData({"worker": staff}))
    shown = gate.table(rows, title="x", dims=["team_id"], people="n", values=values).content
    assert shown["suppressed"].all() and shown[values].isna().all(axis=None)
    honest = _rows(staff, HONEST["mean"]).rename(columns={"typical": "estimate"}).assign(conf_low=1.0, conf_high=99.0)
    assert not gate.table(honest, title="x", dims=["team_id"], people="n", values=values).content["suppressed"].all()
