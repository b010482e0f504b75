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
HONEST: dict[str, Figures] = {
    "mean": np.mean,
    "mean as rounded as the data": lambda y: round(y.mean(), 2),
    "mean in whole hours": lambda y: round(y.mean()),
    "median": np.median,
    "upper quartile": lambda y: y.quantile(0.75),
    "standard deviation": np.std,
    "mean in minutes": lambda y: y.mean() * 60,
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
    by = staff.groupby("team_id")["travel_h"]
    return pd.DataFrame({"n": by.size(), "typical": by.apply(figure).astype(float)}).reset_index()


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
