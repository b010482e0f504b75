"""Figures: drawn from releases only, stamped, told apart without colour, words beside the marks."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.report.plots import estimate_plots as plots
from hybrid_toolkit.report.plots import plot_style as style


class Made:
    """Stands for simulated data."""

    hash = "ab" * 32
    synthetic = True


ROWS = pd.DataFrame(
    {
        "panel": ["1. Choice", "1. Choice", "2. Learning", "2. Learning"],
        "role": ["study", "unadjusted", "study", "unadjusted"],
        "label": ["This study", "Naive comparison", "This study", "Naive comparison"],
        "term": "x",
        "estimate": [-0.08, 0.01, -0.3, -0.4],
        "std_error": 0.02,
        "conf_low": [-0.12, -0.03, -0.6, -0.7],
        "conf_high": [-0.04, 0.05, 0.0, -0.1],
        "p_value": 0.1,
        "n": [14000, 14000, 180, 6],
        "unit": ["share", "share", "points", "points"],
        "truth": [-0.08, -0.08, -0.25, -0.25],
    }
)


def headline(*, long: bool = False, known: bool = True) -> Release:
    rows = ROWS if known else ROWS.assign(truth=np.nan)
    if long:  # as the outcomes and units of a study without titles of its own are
        phrase = ": mental wellbeing (scale 7 to 35) for early-career workers, compared with others"
        rows = rows.assign(panel=rows["panel"] + phrase, unit="points on a scale of 7 to 35, for 10 percentage points "
                           "more desk time at home so far, the same team")  # fmt: skip
    return Gate(source=Made()).estimates(rows, people="n", title="Headline", labels=["panel", "role", "label", "truth"])


def modes(**more: object) -> Release:
    frame = pd.DataFrame({"mode": ["home", "office", "video"], "n": [50, 3, 90], "share": [0.7, 0.5, 0.6]})
    frame = frame.assign(low=frame["share"] - 0.1, high=frame["share"] + 0.1)
    return Gate(**more).table(frame, people="n", title="By mode", dims=["mode"], values=["share", "low", "high"])  # type: ignore[arg-type]


def words(ax: Axes) -> str:
    return " ".join(t.get_text() for t in ax.figure.findobj(lambda a: hasattr(a, "get_text")))


@pytest.mark.parametrize("draw", [plots.plot_estimates, plots.plot_headline, plots.plot_diagnosis])
def test_a_frame_is_refused(draw: object) -> None:
    with pytest.raises(DisclosureError, match="NOT-RELEASED"):
        draw(ROWS)  # type: ignore[operator]
    with pytest.raises(DisclosureError, match="NOT-RELEASED"):
        plots.plot_groups(ROWS, value="estimate")  # type: ignore[arg-type]


def test_each_panel_shows_estimate_interval_truth_and_numbers() -> None:
    ax = plots.plot_headline(headline())
    axes = ax.figure.axes
    assert [a.get_title(loc="left") for a in axes] == ["1. Choice", "2. Learning"]
    shown = [t.get_text() for t in axes[0].texts]
    assert shown == [
        *("This study", "−0.080 (−0.120 to −0.040); n 14,000"),
        *("Naive comparison", "0.010 (−0.030 to 0.050); n 14,000"),
        *("True value (set in the simulation)", "−0.080"),
    ]


@pytest.mark.parametrize(
    ("truth", "at", "said"),
    [
        ([-0.08, None, None], {-0.08: {0, -3}}, "−0.080"),
        ([None, 0.0, None], {0.0: {-1, -3}}, "0.000"),
        ([0.1, 0.1, 0.1], {0.1: {0, -1, -2, -3}}, "0.100"),
        ([0.1, None, 0.2], {0.1: {0, -3}, 0.2: {-2, -3}}, "0.100; 0.200"),
    ],
)
def test_the_line_of_a_truth_stands_at_its_own_rows(
    truth: list[float | None], at: dict[float, set[int]], said: str
) -> None:
    rows = ROWS.iloc[:3].assign(truth=pd.array(truth, dtype="Float64"))
    ax = plots.plot_estimates(Gate().estimates(rows, people="n", title="Choice", labels=["role", "label", "truth"]))
    found: dict[float, set[int]] = {}
    ax.figure.canvas.draw()
    for held in ax.collections:
        for (x, low), (_, high) in held.get_segments():  # type: ignore[attr-defined]
            found.setdefault(float(x), set()).add(round(low + plots.BELOW))
            below = [t.get_window_extent() for t in ax.texts]
            ends = [ax.transData.transform((x, y)) for y in (low, high)]
            crossed = [b for b in below if b.x0 < ends[0][0] < b.x1 and b.y0 < ends[1][1] and ends[0][1] < b.y1]
            assert not crossed, "a line runs behind words or numbers"
    assert found == at and ax.texts[-1].get_text() == said
    assert not [line for line in ax.lines if line.get_linestyle() == ":"], "no line over every row"


def test_a_bracket_is_not_parted() -> None:
    unit = "share of the families whose choice was met (0 to 1)"
    ax = plots.plot_estimates(Gate().estimates(ROWS.iloc[:1].assign(unit=unit), people="n", title="x", labels=["role"]))
    assert ax.get_xlabel().splitlines()[:2] == ["share of the families whose choice was met", "(0 to 1)"]
    assert style.wrapped("a (bracket that is longer than the line)", 14).splitlines()[0] == "a (bracket"


def test_a_withheld_estimate_is_said_to_be_hidden_and_not_drawn() -> None:
    ax = plots.plot_headline(headline()).figure.axes[1]
    assert [t.get_text() for t in ax.texts[2:4]] == ["Naive comparison", "hidden to protect people"]
    drawn = np.concatenate(
        [np.asarray(line.get_ydata(), dtype=float) for line in ax.lines if line.get_marker() == "s"] or [np.array([])]
    )
    assert drawn.size == 0


@pytest.mark.parametrize("source", [Made(), None])
def test_figures_of_simulated_data_are_stamped_and_others_not(source: Made | None) -> None:
    ax = plots.plot_groups(modes(source=source), value="share", low="low", high="high")
    assert ("SYNTHETIC DATA" in words(ax)) == (source is not None)


def test_hidden_groups_keep_their_row() -> None:
    ax = plots.plot_groups(modes(), value="share", low="low", high="high", unit="share")
    assert [t.get_text() for t in ax.texts[::2]] == ["home", "office", "video"]
    assert ["hidden" in t.get_text() for t in ax.texts[1::2]] == [False, True, False]


def test_colours_are_dark_enough_to_read() -> None:
    for colour in (style.INK, style.GREY, style.BLUE, style.RUST, style.GREEN, style.PURPLE):
        assert style.contrast(colour) >= 4.5
    assert style.contrast(style.INK, style.STAMP_PAPER) >= 4.5


def test_roles_differ_in_marker_line_and_colour() -> None:
    for a, b in itertools.combinations(style.MARKS.values(), 2):
        assert a.marker != b.marker
        assert a.line != b.line
        assert a.colour != b.colour


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("known", [True, False])
def test_no_words_overlap(columns: int, long: bool, known: bool) -> None:
    ax = plots.plot_headline(headline(long=long, known=known), columns=columns, level=0.95)
    figure = ax.figure
    canvas = FigureCanvasAgg(figure)  # type: ignore[arg-type]
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = []
    for panel in figure.axes:
        for text in [
            panel._left_title,
            panel.xaxis.label,
            *panel.texts,
            *panel.get_yticklabels(),
            *panel.get_xticklabels(),
        ]:
            if text.get_text() and text.get_visible():
                boxes.append((text.get_text(), text.get_window_extent(renderer).shrunk(0.96, 0.9)))
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        assert not a.overlaps(b), f"{one!r} overlaps {two!r}"


def test_the_same_release_gives_the_same_bytes() -> None:
    assert style.svg_bytes(plots.plot_headline(headline())) == style.svg_bytes(plots.plot_headline(headline()))


def test_an_axes_of_ones_own_is_used() -> None:
    mine = style.new_axes(height=4)
    assert plots.plot_estimates(headline(), ax=mine) is mine
    host = style.new_axes(height=4)
    assert plots.plot_headline(headline(), ax=host) is host


def test_the_diagnosis_shows_coverage_with_its_error() -> None:
    frame = pd.DataFrame({"label": ["1", "2"], "coverage": [0.95, 0.9], "coverage_mcse": [0.02, 0.03]})
    made = vouch(frame, SIMULATED)
    ax = plots.plot_diagnosis(Gate().facts(frame, title="Coverage", basis="simulation", source=made))
    assert ax.texts[1].get_text() == "95% (±2%)"


def test_the_words_for_those_who_do_not_see_the_figure() -> None:
    told = plots.describe_estimates(headline())
    assert "This study: −0.080, interval −0.120 to −0.040." in told
    assert told.count("True value") == 2
    assert "hidden" in told


def test_a_missing_column_is_named() -> None:
    plain = Gate().estimates(ROWS.drop(columns="panel"), people="n", title="x")
    with pytest.raises(DisclosureError, match="panel"):
        plots.plot_headline(plain)
    two = Gate().table(pd.DataFrame({"a": ["x"], "b": ["y"], "n": [20]}), people="n", title="x", dims=["a", "b"])
    with pytest.raises(DisclosureError, match="FIGURE-DIMENSIONS"):
        plots.plot_groups(two, value="n")


def test_a_share_is_shown_in_per_cent_with_its_count_and_what_is_missing() -> None:
    frame = pd.DataFrame({"mode": ["home"], "n": [500], "missing": [0.04], "share": [0.554]})
    frame = frame.assign(low=0.53, high=0.57)
    held = Gate().table(frame, people="n", title="x", dims=["mode"], values=["share", "low", "high", "missing"])
    ax = plots.plot_groups(held, value="share", low="low", high="high", unit="share", level=0.95)
    assert ax.texts[1].get_text() == "55% (53% to 57%); n 500; 4% missing"
    assert ax.get_xlabel().splitlines() == ["%", "bar: 95% confidence interval"]


def test_the_axis_names_direction_zero_and_interval() -> None:
    said = plots.plot_estimates(headline(), level=0.9).get_xlabel()
    assert "bar: 90% confidence interval" in said and "← lower   0: no difference   higher →" in said


@pytest.mark.parametrize("columns", [1, 2])
def test_no_line_or_bar_crosses_a_number(columns: int) -> None:
    """Words stand on white above every line, and no bar or mark lies within them."""
    figure = plots.plot_headline(headline(), columns=columns).figure
    FigureCanvasAgg(figure).draw()  # type: ignore[arg-type]
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    for panel in figure.axes:
        words_at = [t.get_window_extent(renderer).shrunk(1, 0.9) for t in panel.texts]
        assert all(t.get_bbox_patch() is not None and t.get_zorder() >= 4 for t in panel.texts)
        for line in (held for held in panel.lines if held.get_zorder() >= 2):
            ends = panel.transData.transform(np.column_stack([line.get_xdata(), line.get_ydata()]).astype(float))
            for (x0, y0), (x1, y1) in itertools.pairwise([*ends, ends[-1]]):
                for box in words_at:
                    crossed = box.y0 <= max(y0, y1) and min(y0, y1) <= box.y1 and box.x0 <= max(x0, x1)
                    assert not (crossed and min(x0, x1) <= box.x1)
