"""Figures of measures: from releases only, stamped, with their words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.report.plots import measure_plots as mp
from hybrid_toolkit.report.plots.plot_style import svg_bytes


class Made:
    """Stands for simulated data."""

    hash = "ab" * 32
    synthetic = True


def curve() -> Release:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"hours": rng.gamma(2, 3, 400), "pay": rng.normal(size=400)})
    return mp.release_curve(Gate(source=Made()), frame, outcome="hours", rank_by="pay", title="Hours by pay")


def measured(dims: list[str]) -> Release:
    groups = pd.DataFrame({"stage": ["asye", "asye", "early", "early"], "wave": ["1", "2", "1", "2"]})
    rows = groups.assign(estimate=[1.0, 2.0, 3.0, 4.0], n=[40, 50, 60, 3], clusters=20)
    rows = rows.assign(conf_low=rows["estimate"] - 0.5, conf_high=rows["estimate"] + 0.5)
    rows = rows if len(dims) == 2 else rows.iloc[[0, 3]]
    values = ["estimate", "conf_low", "conf_high"]
    return Gate(source=Made()).figure_data(rows, people="n", title="Learning", dims=dims, values=values)


@pytest.mark.parametrize("draw", [mp.plot_concentration, mp.plot_measured, mp.plot_multiples])
def test_a_frame_is_refused(draw: object) -> None:
    with pytest.raises(DisclosureError, match="NOT-RELEASED"):
        draw(pd.DataFrame({"n": [1]}))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("draw", "release"),
    [(mp.plot_concentration, curve()), (mp.plot_measured, measured(["stage"])),
     (mp.plot_multiples, measured(["stage", "wave"]))],
)  # fmt: skip
def test_figures_are_drawn_stamped_and_the_same_each_time(draw: object, release: Release) -> None:
    first, second = (draw(release) for _ in range(2))  # type: ignore[operator]
    assert "SYNTHETIC" in first.get_figure()._suptitle.get_text()
    assert svg_bytes(first) == svg_bytes(second)


def test_the_curve_is_that_of_the_frame_and_its_words_give_every_point() -> None:
    release = curve()
    line = mp.plot_concentration(release).lines[1]
    assert line.get_ydata()[-1] == pytest.approx(1.0) and len(line.get_ydata()) == 11
    assert mp.describe_concentration(release).count("the lowest") == 10


def test_a_step_of_few_is_hidden_and_said() -> None:
    frame = pd.DataFrame({"y": range(1, 31), "rank": range(30)})
    release = mp.release_curve(Gate(source=Made()), frame, outcome="y", rank_by="rank", title="t", points=11)
    assert release.content["outcome_share"].isna().all() and "hidden to protect people" in mp.describe_concentration(
        release
    )
    assert "early, 2: hidden to protect people" in mp.describe_measured(measured(["stage", "wave"]))


def test_wrong_releases_are_refused() -> None:
    with pytest.raises(DisclosureError, match="two dimensions"):
        mp.plot_multiples(measured(["stage"]))
    with pytest.raises(DisclosureError, match="no column"):
        mp.plot_concentration(measured(["stage"]))
    with pytest.raises(DisclosureError, match="no column"):
        mp.plot_multiples(curve())


def test_families_and_workers_of_the_committed_authority() -> None:
    data = ht.load_synthetic("small")
    gate = Gate(source=data)
    access = ht.metrics.household_access(data).dropna(subset=["count", "risk"]).astype({"risk": float})
    families = mp.release_curve(gate, access, outcome="count", rank_by="risk", title="Digital needs met, by risk")
    work = ht.metrics.worker_broadband(data).dropna(subset=["travel_h", "commute_min"])
    workers = mp.release_curve(gate, work, outcome="travel_h", rank_by="commute_min", title="Travel", points=6)
    for release in (families, workers):
        assert release.content["outcome_share"].notna().all()
        mp.plot_concentration(release)


def test_points_over_time_are_joined_and_other_groups_are_not() -> None:
    """A line between two groups would say that something lies between them."""
    over_time, by_place = (
        Gate(source=Made()).figure_data(
            pd.DataFrame({"stage": ["asye"] * 3, name: ["1", "2", "3"], "estimate": [1.0, 2.0, 3.0], "n": 50,
                          "conf_low": 0.5, "conf_high": 3.5}),
            people="n", title="T", dims=["stage", name], values=["estimate", "conf_low", "conf_high"],
        )
        for name in ("wave", "place")
    )  # fmt: skip
    drawn = [mp.plot_multiples(r).child_axes[0].lines[0].get_linestyle() for r in (over_time, by_place)]
    assert drawn == ["-", "None"]
