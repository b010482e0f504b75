"""Control charts: the handbook's published examples, and the published run lengths of the rules."""

from __future__ import annotations

import numpy as np
import pytest

from hybrid_toolkit.assess import individuals_chart, share_chart
from hybrid_toolkit.assess.chart import RUN, find_signals, individuals_limits
from hybrid_toolkit.errors import EstimationError

FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
WAFERS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]


def test_individuals_of_the_handbook() -> None:
    """NIST/SEMATECH e-Handbook 6.3.2.2: centre 50.81, limits 45.8159 and 55.8041 (moving range 1.8778)."""
    centre, sigma = individuals_limits(FLOW)
    assert centre == pytest.approx(50.81, abs=0.005)
    assert (centre - 3 * sigma, centre + 3 * sigma) == pytest.approx((45.8159, 55.8041), abs=5e-4)


def test_shares_of_the_handbook() -> None:
    """NIST/SEMATECH e-Handbook 6.3.3.2: 30 samples of 50, centre .2313, limits .0524, .4102; samples 15, 23 out."""
    chart = share_chart(np.array(WAFERS) / 50, [50] * 30)
    assert (chart.centre, chart.lower[0], chart.upper[0]) == pytest.approx((0.2313, 0.0524, 0.4102), abs=1e-4)
    assert [s.position + 1 for s in chart.signals if s.rule == "limits"] == [15, 23]


def test_an_individuals_chart_by_hand() -> None:
    """Twelve points 4, 6, 4, 6 ...: centre 5, mean moving range 2, sigma 2 / 1.128, limits 5 +- 5.319."""
    chart = individuals_chart([4, 6] * 6 + [5, 11, 5], baseline=12)
    assert chart.centre == 5 and chart.upper[0] == pytest.approx(5 + 6 / 1.128)
    assert [(s.position, s.rule, s.side) for s in chart.signals] == [(13, "limits", "above")]
    assert "It changed" in chart.summary() and "not why" in chart.summary() and "trial limits" in chart.summary()


def test_limits_of_shares_follow_the_counts_and_stay_within_nought_and_one() -> None:
    chart = share_chart([0.02, 0.0] * 6, [100, 25] * 6)
    assert chart.lower.min() == 0 and chart.upper[1] > chart.upper[0]
    assert chart.centre == pytest.approx(12 / 750)


@pytest.mark.parametrize(("rules", "published"), [(("limits", "run"), 152.73), (("limits", "two_of_three"), 225.44)])
def test_run_lengths_without_a_change_are_the_published_ones(rules: tuple[str, ...], published: float) -> None:
    """Champ and Woodall (1987), Technometrics 29, 393-399, table 1: mean points to the first false sign."""
    rng, lengths = np.random.default_rng(7), []
    for _ in range(1200):
        z = rng.standard_normal(2200)
        found = find_signals(z, rules=rules)
        lengths.append(found[0].position + 1 if found else len(z))
    error = np.std(lengths) / np.sqrt(len(lengths))
    assert abs(np.mean(lengths) - published) < 3.5 * error


def test_a_run_needs_eight_and_hidden_points_are_passed_over() -> None:
    assert not find_signals([0.5] * (RUN - 1))
    gap = [0.5] * 4 + [np.nan] + [0.5] * 4
    assert [(s.position, s.rule) for s in find_signals(gap)] == [(8, "run")]
    assert [s.side for s in find_signals([-2.5, -2.5])] == ["below"]


def test_a_measure_that_was_on_the_move_before_says_so() -> None:
    drifting = np.linspace(0, 1, 24) + 0.01 * np.tile([1, -1], 12)
    assert "a chart cannot tell" in individuals_chart(drifting, baseline=20).summary()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: individuals_chart(range(11)), "TOO-FEW-PERIODS"),
        (lambda: individuals_chart([1.0] * 20), "CHART-FLAT"),
        (lambda: individuals_chart(range(20), baseline=21), "CHART-LENGTH"),
        (lambda: individuals_chart(range(20), periods=["a"]), "CHART-LENGTH"),
        (lambda: share_chart([0.5] * 20, [0] * 20), "CHART-SHARES"),
        (lambda: share_chart([1.5] * 20, [10] * 20), "CHART-SHARES"),
        (lambda: share_chart([0.0] * 20, [10] * 20), "CHART-FLAT"),
        (lambda: share_chart([np.nan] * 20, [10] * 20), "TOO-FEW-PERIODS"),
    ],
)
def test_what_cannot_be_charted_is_refused(make: object, code: str) -> None:
    with pytest.raises(EstimationError) as error:
        make()  # type: ignore[operator]
    assert error.value.code == code


def test_many_signs_are_counted_and_not_listed() -> None:
    """Twelve months after a jump: one sentence with how many, on which side, and the first of them."""
    months = [f"month {i}" for i in range(1, 25)]
    said = individuals_chart([4, 6] * 6 + [14] * 12, periods=months, baseline=12).summary()
    assert "12 of 12 points show a sign of change, all above the centre. The first is month 13" in said
    assert said.count("month ") == 1
