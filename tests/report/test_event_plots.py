"""The drawn event study: from a release alone, told apart without colour, its words hold every number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.models import fit_group_time
from hybrid_toolkit.report.plots.event_plots import describe_event_study, plot_event_study
from hybrid_toolkit.report.plots.plot_style import svg_bytes
from hybrid_toolkit.trust.dgps import DGPS


class Made:
    """Stands for simulated data."""

    hash = "ab" * 32
    synthetic = True


def rows(times: list[int], **more: object) -> pd.DataFrame:
    at = np.array(times, dtype=float)
    f = pd.DataFrame({"term": [f"time {t}" for t in times], "estimate": at / 10})
    f = f.assign(conf_low=f["estimate"] - 0.05, conf_high=f["estimate"] + 0.05, n=288, unit="share")
    return f.assign(**more)


def release(frame: pd.DataFrame, labels: tuple[str, ...] = ()) -> Release:
    return Gate(source=Made()).estimates(frame, people="n", title="Desk time at home", labels=labels)


def markers(ax) -> dict[tuple[float, ...], tuple[str, str]]:
    drawn = [line for line in ax.lines if line.get_marker() not in ("None", "") and len(line.get_xdata())]
    return {tuple(map(float, line.get_xdata())): (line.get_marker(), str(line.get_markerfacecolor())) for line in drawn}


def test_each_time_stands_at_its_place_and_both_sides_are_told_apart_by_shape() -> None:
    ax = plot_event_study(release(rows([1, -3, 0, -2])), reference=-1)
    found = markers(ax)
    assert set(found) == {(-3.0, -2.0), (0.0, 1.0), (-1.0,)}
    assert found[(-3.0, -2.0)][0] != found[(0.0, 1.0)][0] and found[(-3.0, -2.0)][1] == "white"
    assert list(ax.lines[0].get_ydata()) == [0, 0], "a line at nought"
    spans = [segment for c in ax.collections for segment in c.get_segments()]
    assert sorted(float(np.ptp(s[:, 1])) for s in spans) == pytest.approx([0.1] * 4)


def test_the_words_hold_every_number_and_the_truth() -> None:
    made = release(rows([-2, 0], truth=[0.0, 0.04]), labels=("truth",))
    said = describe_event_study(made)
    assert "−2: −0.200 (interval −0.250 to −0.150), truth 0.000" in said
    assert "0: 0.000 (interval −0.050 to 0.050), truth 0.040" in said
    labels = [t.get_text() for t in plot_event_study(made).get_legend().get_texts()]
    assert labels == ["True value (set in the simulation)"]


def test_what_rests_on_few_is_hidden_and_said() -> None:
    made = release(rows([-2, 0, 1], n=[288, 288, 4]))
    assert "1: hidden to protect people" in describe_event_study(made)
    ax = plot_event_study(made)
    at = [t.get_position()[0] for t in ax.texts if t.get_text() == "hidden"]
    assert at and all(ax.get_xlim()[0] < x < ax.get_xlim()[1] for x in at)


def test_a_fit_goes_in_as_it_is_and_gives_the_same_figure_each_time() -> None:
    frame = DGPS["rollout-parallel"].simulate(7)
    fit = fit_group_time(
        frame, outcome="y", panel_id="team_id", time="month", first_treated="first_treated", base_period="universal"
    )
    effects = fit.aggregate("dynamic")
    made = release(effects)
    first, second = plot_event_study(made), plot_event_study(made)
    assert svg_bytes(first) == svg_bytes(second)
    assert sum(len(x) for x in markers(first)) == len(effects) - 1, "the row 'overall' is no time"
    assert "SYNTHETIC" in first.get_figure()._suptitle.get_text()


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (pd.DataFrame({"n": [1]}), "NOT-RELEASED"),
        (release(rows([0, 0])), "1 of them again"),
        (release(rows([0]).assign(term="overall")), "FIGURE-TIMES"),
        (Gate().text("words", title="t"), "kind"),
    ],
)
def test_what_is_no_event_study_is_refused(wrong: Release, match: str) -> None:
    for use in (plot_event_study, describe_event_study):
        with pytest.raises(DisclosureError, match=match):
            use(wrong)
