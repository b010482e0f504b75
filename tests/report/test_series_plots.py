"""The drawn series: dots, fitted and expected lines, an unchanged series; its words; bad input."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.models import fit_interrupted
from hybrid_toolkit.report.plots.plot_style import number_label, svg_bytes
from hybrid_toolkit.report.plots.series_plots import describe_series, plot_series


def path(n: int = 24, start: int = 13) -> pd.DataFrame:
    t = np.arange(1, n + 1)
    y = 2 + 0.1 * t + 3.0 * (t >= start) + np.random.default_rng(2).normal(0, 0.05, n)
    return fit_interrupted(pd.DataFrame({"month": t, "y": y}), outcome="y", time="month", start=start).path


def release(frame: pd.DataFrame) -> Release:
    return Gate().facts(frame, title="Calls", basis="simulation", source=vouch(frame, SIMULATED))


def lines(ax) -> dict[str, np.ndarray]:
    return {line.get_label(): np.asarray(line.get_ydata(), dtype=float) for line in ax.lines}


def test_lines_are_those_of_the_fit_and_break_at_the_start() -> None:
    made = path()
    ax = plot_series(release(made), start=13, unit="calls a month")
    found = lines(ax)
    assert len(found["observed"]) == 24 and len(found["fitted"]) == len(found["expected without the change"]) == 12
    assert found["expected without the change"][0] == pytest.approx(3.3, abs=0.1)
    assert ax.get_ylabel() == "calls a month" and "SYNTHETIC" in ax.get_figure()._suptitle.get_text()
    styles = [(line.get_linestyle(), line.get_marker()) for line in ax.lines if not line.get_label().startswith("_")]
    assert len(set(styles)) == len(styles), "told apart without colour"


@pytest.mark.parametrize("dates", [False, True])
def test_time_has_a_name_that_nothing_covers(dates: bool) -> None:
    made = path().assign(control=5.0)
    if dates:
        made["period"] = pd.date_range("2024-10-01", periods=24, freq="MS")
    ax = plot_series(release(made), start=made["period"][12], unit="calls", periods="month")
    assert ax.get_xlabel() == "month" and plot_series(release(path()), start=13).get_xlabel() == "period"
    figure = ax.get_figure()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    ticks = [t.get_window_extent(renderer) for t in ax.get_xticklabels()]
    label, legend = (part.get_window_extent(renderer) for part in (ax.xaxis.label, ax.get_legend().get_texts()[0]))
    assert not any(a.overlaps(b) for a, b in itertools.combinations(ticks, 2))
    assert legend.y1 < label.y0 < label.y1 <= min(t.y0 for t in ticks) + 1


def test_the_mean_gap_in_words_is_the_mean_change_of_the_fit() -> None:
    frame = pd.DataFrame({"month": range(1, 25), "y": np.random.default_rng(7).normal(10, 1, 24)})
    fit = fit_interrupted(frame, outcome="y", time="month", start=13)
    said = describe_series(release(fit.path), start=13)
    mean = float(fit.estimate[fit.terms.index("mean change after the start")])
    assert f"Mean gap after the start: {number_label(mean)}." in said
    assert "12 periods before the start, 12 from it on" in said


def test_an_unchanged_series_and_dates_are_drawn() -> None:
    dates = pd.date_range("2024-10-01", periods=24, freq="MS")
    made = path().assign(period=dates, control=5.0)
    ax = plot_series(release(made), start=dates[12])
    assert lines(ax)["without the policy"].tolist() == [5.0] * 24
    assert "without the policy: mean 5.00 before" in describe_series(release(made), start=dates[12])
    assert svg_bytes(ax) == svg_bytes(plot_series(release(made), start=dates[12]))


def test_a_month_that_rests_on_few_is_hidden_and_counted() -> None:
    made = path().assign(n=[300] * 23 + [4])
    values = ["observed", "fitted", "without"]
    shown = Gate().figure_data(made, people="n", title="Calls", dims=["period"], values=values)
    assert "1 hidden to protect people" in describe_series(shown, start=13)
    assert np.isnan(lines(plot_series(shown, start=13))["observed"]).sum() == 1


@pytest.mark.parametrize(
    ("wrong", "start", "match"),
    [
        (path(), 13, "NOT-RELEASED"),
        (release(path().drop(columns="without")), 13, "no column without"),
        (release(path()), 99, "0 from it on"),
        (release(path()), 1, "0 period"),
        (release(path()), "spring", "FIGURE-START"),
    ],
)
def test_what_is_no_series_is_refused(wrong: Release, start: object, match: str) -> None:
    with pytest.raises(DisclosureError, match=match):
        plot_series(wrong, start=start)
    with pytest.raises(DisclosureError, match=match):
        describe_series(wrong, start=start)


def test_the_start_is_named_and_three_years_of_months_are_dated_without_a_warning() -> None:
    made = path(36, 19)
    made["period"] = pd.date_range("2022-04-01", periods=36, freq="MS")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = plot_series(release(made), start=made["period"][18], unit="calls", periods="month")
        assert svg_bytes(ax)
    assert [t.get_text().strip() for t in ax.texts] == ["start"]
