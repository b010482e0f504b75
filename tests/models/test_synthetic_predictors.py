"""Predictors of a synthetic control over periods of their own, against a hand case and a second implementation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.series.control_weights import control_weights
from hybrid_toolkit.models.series.synthetic_control import fit_synthetic_control

START = 10
TOLD = {"outcome": "y", "panel_id": "area", "time": "year", "first_treated": "start", "demean": False}


def two_near(areas: int = 7, years: int = 14) -> pd.DataFrame:
    """Areas 1 and 2 lie near the changed area 0 in two predictors, which are there in years 3 to 5 and 8 alone."""
    rng = np.random.default_rng(5)
    wealth = np.array([0.0, -1.0, 2.0, 30.0, 40.0, 50.0, 60.0])
    young = np.array([0.0, 1.0, 2.0, 30.0, 35.0, 40.0, 45.0])
    at, year = np.repeat(np.arange(areas), years), np.tile(np.arange(years), areas)
    f = pd.DataFrame({"area": at, "year": 2000 + year, "y": wealth[at] + rng.normal(0, 0.1, areas * years)})
    tilt = np.where(year == 3, -0.5, np.where(year == 5, 0.5, 0.0))  # a mean over the three years takes it out
    f["wealth"] = np.where((year >= 3) & (year <= 5), wealth[at] + tilt, np.where(year == 7, 99.0 * at, np.nan))
    f["young"] = np.where(year == 8, young[at], np.where(year == 2, -at, np.nan))
    f["start"] = np.where(at == 0, 2000 + START, 0)
    return f


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.1), (2.0, 6.0)])
def test_given_weights_of_predictors_give_the_weights_worked_by_hand(shares) -> None:
    f = two_near()
    spans = {"wealth": (2003, 2005), "young": [2008]}
    fit = fit_synthetic_control(f, **TOLD, predictors=spans, predictor_weights=shares)
    scale = [np.std(v, ddof=1) for v in ([0.0, -1, 2, 30, 40, 50, 60], [0.0, 1, 2, 30, 35, 40, 45])]
    one, two = np.array([-1.0, 1.0]) / scale, np.array([2.0, 2.0]) / scale
    v = np.array(shares) / sum(shares)
    # the point of the line from area 2 to area 1 that is nearest to the changed area at 0, in the metric of v
    first = float(np.clip(-(v * (one - two)) @ two / ((v * (one - two)) @ (one - two)), 0, 1))
    assert fit.weights[:2] == pytest.approx([first, 1 - first], abs=1e-3) and fit.weights[2:].sum() < 1e-6
    assert fit.balance["weight"].tolist() == pytest.approx(v.tolist())
    assert fit.balance["predictor"].tolist() == ["wealth 2003 to 2005", "young 2008"]
    assert fit.balance["changed"].tolist() == pytest.approx([0.0, 0.0])


def test_predictors_by_name_are_means_of_what_is_there_before_the_start() -> None:
    f = two_near().drop(columns="wealth").assign(wealth=lambda d: d["area"] + (d["year"] >= 2000 + START) * 1e3)
    f.loc[f["year"] < 2006, "wealth"] = np.nan
    fit = fit_synthetic_control(f, **TOLD, predictors=["wealth"])
    assert fit.balance["donors"].tolist() == [pytest.approx(3.5)]
    spanned = fit_synthetic_control(f, **TOLD, predictors={"wealth": None})
    assert spanned.weights.tolist() == fit.weights.tolist()


def waves(areas: int = 12, years: int = 20) -> pd.DataFrame:
    """Areas that follow three common waves by loads that two noisy columns and the outcome itself tell."""
    rng = np.random.default_rng(11)
    load = rng.uniform(0, 1, (areas, 3))
    load[0] = [0.9, 0.1, 1.05]  # no mean of the others has its predictors, so that its weights are one answer
    move = rng.normal(size=(3, years)).cumsum(axis=1) + 5
    y = load @ move + rng.normal(0, 0.1, (areas, years))
    y[0, 15:] += 1.0
    at, year = np.repeat(np.arange(areas), years), np.tile(np.arange(years), areas)
    f = pd.DataFrame({"area": at, "year": 1980 + year, "y": y.ravel()})
    noise = rng.normal(0, 0.05, (areas * years, 2))
    f["income"], f["price"] = load[at, 0] + noise[:, 0], load[at, 1] + noise[:, 1]
    f["start"] = np.where(at == 0, 1995, 0)
    return f


SPANS = {"income": None, "price": (1988, 1992), "y": [1982, 1988, 1994]}
PEER_SET = [0.0, 0.3622, 0.0, 0.0, 0.0, 0.6378, 0.0, 0.0, 0.0, 0.0, 0.0]
"""Weights by pysyncon 1.7.0 with the predictors' weights 0.1, 0.3, 0.2, 0.1, 0.3."""
PEER_LOSS = 0.126431979
"""Its least mean squared gap of the years 1984 to 1994, searched by Nelder and Mead from weights by regression."""


def test_weights_are_those_of_a_second_implementation() -> None:
    f = waves()
    fit = fit_synthetic_control(f, **TOLD, predictors=SPANS, predictor_weights=[0.1, 0.3, 0.2, 0.1, 0.3])
    assert fit.weights == pytest.approx(np.array(PEER_SET), abs=2e-3)


def test_search_ends_no_further_off_than_a_second_implementation() -> None:
    fit = fit_synthetic_control(waves(), **TOLD, predictors=SPANS, fit_periods=(1984, 1994))
    gap = fit.path["gap"].to_numpy()[4:15]
    assert (gap**2).mean() <= PEER_LOSS * 1.001
    assert fit.balance["weight"].sum() == pytest.approx(1)
    elsewhere = fit_synthetic_control(waves(), **TOLD, predictors=SPANS, fit_periods=(1980, 1984))
    assert (elsewhere.path["gap"].to_numpy()[:5] ** 2).mean() <= (fit.path["gap"].to_numpy()[:5] ** 2).mean()


def test_weights_searched_for_in_one_span_hold_in_another() -> None:
    """Cross-validation as published in 2015: weights from earlier years, predictors and fit of later ones."""
    f = waves()
    train = fit_synthetic_control(
        f,
        **TOLD,
        predictors={"income": (1980, 1986), "price": (1980, 1986), "y": (1980, 1986)},
        fit_periods=(1987, 1994),
    )
    late = {"income": (1987, 1994), "price": (1987, 1994), "y": (1987, 1994)}
    fit = fit_synthetic_control(f, **TOLD, predictors=late, predictor_weights=train.balance["weight"])
    assert fit.balance["weight"].tolist() == pytest.approx(train.balance["weight"].tolist())
    assert fit.estimate == pytest.approx(1.0, abs=0.5)


def test_a_start_put_earlier_knows_nothing_of_later_years() -> None:
    f = waves()
    weights = [0.1, 0.3, 0.2, 0.1, 0.3]
    fit = fit_synthetic_control(f, **TOLD, predictors=SPANS, predictor_weights=weights)
    late = f["year"] >= 1987  # the fifteen years before the start have their middle after the seventh
    shaken = f.assign(
        income=f["income"].where(~late, f["area"] * 7.0 % 5), price=f["price"].where(~late, f["area"] % 3)
    )
    other = fit_synthetic_control(shaken, **TOLD, predictors=SPANS, predictor_weights=weights)
    assert other.in_time == fit.in_time and other.estimate != fit.estimate


def test_periods_are_read_as_the_time_column_is_written() -> None:
    f = two_near()
    spans = {"wealth": (2003, 2005), "young": [2008]}
    number = fit_synthetic_control(f, **TOLD, predictors=spans, predictor_weights=[1, 1])
    dated = f.assign(year=pd.to_datetime(f["year"].astype(str)), start=f["start"].map(lambda y: f"{y}" if y else None))
    dated["start"] = pd.to_datetime(dated["start"])
    days = {"wealth": (pd.Timestamp("2003-01-01"), pd.Timestamp("2005-01-01")), "young": [pd.Timestamp("2008-01-01")]}
    by_date = fit_synthetic_control(dated, **TOLD, predictors=days, predictor_weights=[1, 1])
    words = f.assign(year="Jan " + f["year"].astype(str), start=f["start"].map(lambda y: f"Jan {y}" if y else "never"))
    said = {"wealth": ("Jan 2003", "Jan 2005"), "young": ["Jan 2008"]}
    by_word = fit_synthetic_control(words, **TOLD, predictors=said, predictor_weights=[1, 1])
    assert number.weights.tolist() == by_date.weights.tolist() == by_word.weights.tolist()
    zero = f.assign(year=f["year"] - 2003, start=np.where(f["start"] > 0, START - 3, 0))
    from_zero = fit_synthetic_control(
        zero, **TOLD, predictors={"wealth": (0, 2), "young": [5]}, predictor_weights=[1, 1]
    )
    assert from_zero.weights.tolist() == number.weights.tolist()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"predictors": {"wealth": (2003, 2012)}}, "PREDICTOR-PERIODS"),
        ({"predictors": {"wealth": (1990, 2005)}}, "PREDICTOR-PERIODS"),
        ({"predictors": {"wealth": (2005, 2003)}}, "PREDICTOR-PERIODS"),
        ({"predictors": {"wealth": (2003, 2004, 2005)}}, "PREDICTOR-PERIODS"),
        ({"fit_periods": (2003, 2012)}, "PREDICTOR-PERIODS"),
        ({"fit_periods": (2005, 2003)}, "PREDICTOR-PERIODS"),
        ({"fit_periods": [2003]}, "PREDICTOR-PERIODS"),
        ({"predictors": {"wealth": (2000, 2001)}}, "PREDICTOR-MISSING"),
        ({"predictors": {"wealth": (2003, 2005)}, "predictor_weights": [1, 2]}, "PREDICTOR-WEIGHTS"),
        ({"predictors": {"wealth": (2003, 2005)}, "predictor_weights": [-1]}, "PREDICTOR-WEIGHTS"),
        ({"predictor_weights": [1.0]}, "PREDICTOR-WEIGHTS"),
    ],
)
def test_what_cannot_be_matched_is_named(more, code) -> None:
    with pytest.raises(EstimationError, match=code) as caught:
        fit_synthetic_control(two_near(), **TOLD, **more)
    assert "99" not in str(caught.value)


def test_units_without_a_predictor_are_counted_and_left_out_if_asked() -> None:
    f = two_near()
    f.loc[f["area"] == 6, "young"] = np.nan
    spans = {"wealth": (2003, 2005), "young": [2008]}
    with pytest.raises(EstimationError, match="1 of 7 units has no value of 1 predictor"):
        fit_synthetic_control(f, **TOLD, predictors=spans)
    fit = fit_synthetic_control(f, **TOLD, predictors=spans, unbalanced="drop")
    assert fit.n_donors == 5 and fit.n_missing == 14 and 6 not in fit.donors


def test_no_predictor_beside_given_weights_is_one_problem() -> None:
    """One predictor needs no search, and a control of it follows the outcomes where it leaves a choice."""
    y = np.vstack([np.full(8, 2.0), np.full(8, 1.0), np.full(8, 3.0), np.arange(8.0), np.full(8, 9.0)])
    x = np.array([[2.0], [1.0], [3.0], [2.0], [2.0]])
    w, v, found = control_weights(y, x, 0, [1, 2, 3, 4], np.arange(8) < 6)
    assert found and v.tolist() == [1.0] and w[:2] == pytest.approx([0.5, 0.5], abs=1e-3)
