"""One way to draw any result: every kind has its figure and words, everything else is refused with the list."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import SIMULATED, EvaluationData, vouch
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.errors import DisclosureError, UsageError
from hybrid_toolkit.models import fit_event_study, fit_interrupted, fit_linear, fit_random_effects, two_sample_power
from hybrid_toolkit.report.findings import show_power
from hybrid_toolkit.report.plots.draw import DRAWABLE, drawable
from hybrid_toolkit.report.plots.measure_plots import MEASURE_COUNTS, MEASURE_PEOPLE
from hybrid_toolkit.report.plots.picture import Picture
from hybrid_toolkit.study.diagnosis.power_curve import PowerCurve
from hybrid_toolkit.study.study import Study

TIDY = pd.DataFrame(
    {"term": ["x", "z"], "estimate": [0.2, -0.1], "conf_low": [0.1, -0.3], "conf_high": [0.3, 0.1], "n": 288}
)


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    f = pd.DataFrame({"g": np.arange(400) // 20, "x": rng.normal(size=400), "z": rng.normal(size=400)})
    return f.assign(y=0.5 * f["x"] + f["z"] + rng.normal(size=400))


def releases() -> dict[str, tuple[object, dict[str, object]]]:
    gate = Gate()
    timed = TIDY.assign(term=["time -2", "time 0"])
    series = pd.DataFrame({"period": [1, 2, 3], "observed": [1.0, 1, 3], "fitted": [1.0, 1, 3], "without": [1.0, 1, 1]})
    groups = TIDY.rename(columns={"term": "stage"}).assign(n=[200, 300])
    two = pd.concat([groups.assign(place="a"), groups.assign(place="b")])
    runs = pd.DataFrame({"label": ["y"], "coverage": [0.95], "coverage_mcse": [0.01]})
    curve = pd.DataFrame({MEASURE_PEOPLE: [0.5, 1.0], MEASURE_COUNTS: [0.3, 1.0], "n": [100, 100]})
    numbers = ["estimate", "conf_low", "conf_high"]
    return {
        "a Release of an event study": (gate.estimates(timed, title="T", people="n"), {}),
        "a Release of estimates in panels": (
            gate.estimates(TIDY.assign(panel="P"), title="T", labels=["panel"], people="n"),
            {},
        ),
        "a Release of estimates": (gate.estimates(TIDY, title="T", people="n"), {}),
        "a Release of a diagnosis": (
            gate.facts(runs, title="T", basis="simulation", source=vouch(runs, SIMULATED)),
            {},
        ),
        "a Release of a series": (
            gate.facts(series, title="T", basis="simulation", source=vouch(series, SIMULATED)),
            {"start": 3},
        ),
        "a Release of a concentration curve": (
            gate.figure_data(curve, title="T", dims=[MEASURE_PEOPLE], values=[MEASURE_COUNTS], people="n"),
            {},
        ),
        "a Release of a measure by one thing": (
            gate.figure_data(groups, title="T", dims=["stage"], values=numbers, people="n"),
            {},
        ),
        "a Release of a measure by two things": (
            gate.figure_data(two, title="T", dims=["place", "stage"], values=numbers, people="n"),
            {"columns": 1},
        ),
        "a causal graph": (ht.shipped_graph(), {}),
    }


@pytest.mark.parametrize("words", list(releases()))
def test_every_kind_finds_its_own_figure(words) -> None:
    item, options = releases()[words]
    found = next(kind for kind in DRAWABLE if kind.fits(item))
    assert found.words == words
    picture = ht.plot(item, **options)
    assert isinstance(picture, Picture) and picture.alt and picture.png.startswith(b"\x89PNG")


def test_the_list_names_every_kind_and_the_cases_here_are_all_of_them() -> None:
    by_hand = {
        "the result of a study",
        "a diagnosis",
        "a power curve",
        "the result of a fit_... function: its coefficients with intervals",
    }
    assert set(drawable()["kind"]) == {*releases(), *by_hand}


def test_a_fit_shows_its_coefficients_and_not_its_intercept(frame) -> None:
    picture = ht.plot(fit_linear(frame, outcome="y", terms=["x", "z"], cluster="g"), title="Two slopes", people="n")
    assert "x: 0.5" in picture.alt and "z: " in picture.alt and "(Intercept)" not in picture.alt
    assert picture.ax.get_title(loc="left") == "Two slopes"


def test_estimates_of_a_fit_pass_the_gate(frame) -> None:
    few = frame[frame["g"] < 4]
    hidden = ht.plot(fit_linear(few, outcome="y", terms=["x"], cluster="g"), people="n")
    assert "hidden to protect people" in hidden.alt


def test_whole_authorities_may_be_few() -> None:
    rng = np.random.default_rng(1)
    s = pd.DataFrame({"month": range(36), "y": rng.normal(size=36) + 2.0 * (np.arange(36) >= 18)})
    fit = fit_interrupted(s, outcome="y", time="month", start=18)
    assert "hidden" in ht.plot(fit, people="n").alt and "hidden" not in ht.plot(fit, whole=True).alt


def test_an_event_study_is_drawn_over_time() -> None:
    rng = np.random.default_rng(2)
    f = pd.DataFrame({"team": np.repeat(range(40), 6), "month": list(range(6)) * 40})
    f["start"] = np.where(f["team"] < 20, 3, 0)
    f["y"] = f["month"] + 1.0 * ((f["start"] > 0) & (f["month"] >= f["start"])) + rng.normal(size=240)
    fit = fit_event_study(f, outcome="y", panel_id="team", time="month", first_treated="start")
    assert "From the start on" in ht.plot(fit, people=40).alt


def test_an_interval_without_an_end_runs_to_the_edge() -> None:
    rows = TIDY.assign(conf_high=[np.inf, 0.1])
    picture = ht.plot(Gate().estimates(rows, title="T", people="n"))
    assert "0.100 to ∞" in picture.alt and picture.png


def test_the_result_of_a_study_is_drawn(frame) -> None:
    study = Study(
        id="plain", question="Does y go with x?", outcome="y", exposure="x", design="cross-sectional", row_unit="rows",
        cluster="g", confounders=("z",),
    )  # fmt: skip
    assert "0.5" in ht.plot(study.estimate_frame(frame)).alt


@pytest.mark.parametrize("item", [TIDY, None, "x", Gate(), Gate().text("Words.", title="T")])
def test_anything_else_is_refused_with_the_list(item) -> None:
    with pytest.raises(UsageError, match="PLOT-KIND") as caught:
        ht.plot(item)
    assert all(kind.words in str(caught.value) for kind in DRAWABLE)


def test_options_are_checked(frame) -> None:
    series, _ = releases()["a Release of a series"]
    with pytest.raises(UsageError, match="needs start"):
        ht.plot(series)
    with pytest.raises(UsageError, match=r"does not take colour.*options: whole"):
        ht.plot(fit_linear(frame, outcome="y", terms=["x"], cluster="g"), colour="red")
    with pytest.raises(UsageError, match="PLOT-EMPTY"):
        ht.plot(two_sample_power(effect=0.5, power=0.8))


def test_pooled_sites_of_a_known_number_of_people_are_drawn() -> None:
    assert (
        "mean over sites: 3.00" in ht.plot(fit_random_effects([1.0, 2.0, 6.0], [1.0, 1.0, 1.0], n=900), people=900).alt
    )


def test_a_diagnosis_is_drawn() -> None:
    study = ht.headline_studies()[0]
    found = study.diagnose(size_like="small", n_sims=3, seed=1, n_jobs=1, progress=False)
    assert "Share of runs whose confidence interval contains the true value" in ht.plot(found).alt


def test_a_fit_does_not_say_by_itself_who_stands_behind_its_rows(frame) -> None:
    """Many rows of four people are hidden; taken for people, as they once were, they were shown."""
    fit = fit_linear(frame, outcome="y", terms=["x"], cluster="g")
    with pytest.raises(UsageError, match=r"PLOT-PEOPLE.*several rows may be of one person.*people='n'"):
        ht.plot(fit)
    assert "hidden" in ht.plot(fit, people=4).alt and "hidden" not in ht.plot(fit, people=400).alt
    for bad in (-1, True, 2.5, "nobody"):
        with pytest.raises(UsageError, match="PLOT-PEOPLE"):
            ht.plot(fit, people=bad)


CURVE = vouch(PowerCurve(
    study_id="a-study", outcome="y", scenario="null", over="teams", values=(24.0, 48.0), truths=(1.0, 1.0),
    hits=np.array([[1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 0.0]]), estimates=np.ones((2, 4)), conf_level=0.95, seed=1,
), SIMULATED)  # fmt: skip


def test_a_power_curve_is_simulated_facts_whatever_the_gate_has_seen() -> None:
    data = ht.simulate_authority("null", "small", 1, tables=["worker", "team"])
    real = EvaluationData(dict(data.tables))
    shown = show_power(Gate(source=real), CURVE)
    assert shown.kind == "facts" and shown.dims == ("teams",) and "SYNTHETIC" in shown.stamp
    assert shown.content["estimate"].tolist() == [0.5, 0.75] and shown.content["trials"].tolist() == [4, 4]
    assert "24" in ht.plot(CURVE).alt and isinstance(ht.plot(shown), Picture)


@pytest.mark.parametrize(
    "other", [TIDY, "curve", replace(CURVE), copy.deepcopy(CURVE), pickle.loads(pickle.dumps(CURVE))]
)
def test_nothing_else_and_no_copy_is_taken_for_simulated(other) -> None:
    with pytest.raises(DisclosureError, match="FACTS-SIMULATED"):
        show_power(Gate(), other)


def test_measured_figures_are_not_split_as_facts() -> None:
    rows = pd.DataFrame({"place": ["a", "b"], "estimate": [0.1, 0.2]})
    with pytest.raises(DisclosureError, match="FACTS-MEASURED"):
        Gate().facts(rows, title="T", basis="metadata", dims=["place"])


def crossed(ax: Axes) -> list[str]:
    """Words in the figure that a line runs through: those on paper of their own are clear of it."""
    figure = ax.get_figure(root=True)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    found = []
    for part in figure.findobj(Axes):
        lines = [(line.get_path(), line.get_transform()) for line in part.lines if line.get_linestyle() != "None"]
        for held in part.collections:
            lines += [(path, held.get_transform()) for path in held.get_paths()]
        for text in part.findobj(Text):
            if not text.get_text().strip() or not text.get_visible() or text.get_bbox_patch() is not None:
                continue
            box = text.get_window_extent().padded(-1)
            if any(path.intersects_bbox(box.transformed(place.inverted()), filled=False) for path, place in lines):
                found.append(text.get_text())
    return found


@pytest.mark.parametrize("words", [w for w in releases() if w != "a causal graph"])
def test_no_line_runs_through_words(words) -> None:
    item, options = releases()[words]
    with_truth = words in ("a Release of estimates", "a Release of an event study")
    if with_truth:
        rows = item.content.assign(truth=0.2, n=288).drop(columns="suppressed", errors="ignore")
        item = Gate().estimates(rows, title="T", people="n", labels=["truth"])
    assert crossed(ht.plot(item, **options).ax) == []


def test_a_line_through_words_is_found() -> None:
    ax = ht.plot(releases()["a Release of estimates"][0]).ax
    ax.text(0.0, 0.05, "crossed", ha="center")
    assert crossed(ax) == ["crossed"]
