"""One way to draw any result: every kind has its figure and words, everything else is refused with the list."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.models import fit_event_study, fit_interrupted, fit_linear, fit_random_effects, two_sample_power
from hybrid_toolkit.report.plots.draw import DRAWABLE, drawable
from hybrid_toolkit.report.plots.measure_plots import MEASURE_COUNTS, MEASURE_PEOPLE
from hybrid_toolkit.report.plots.picture import Picture
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
        "a Release of an event study": (gate.estimates(timed, title="T"), {}),
        "a Release of estimates in panels": (gate.estimates(TIDY.assign(panel="P"), title="T", labels=["panel"]), {}),
        "a Release of estimates": (gate.estimates(TIDY, title="T"), {}),
        "a Release of a diagnosis": (gate.facts(runs, title="T", basis="simulation"), {}),
        "a Release of a series": (gate.facts(series, title="T", basis="simulation"), {"start": 3}),
        "a Release of a concentration curve": (
            gate.figure_data(curve, title="T", dims=[MEASURE_PEOPLE], values=[MEASURE_COUNTS]),
            {},
        ),
        "a Release of a measure by one thing": (
            gate.figure_data(groups, title="T", dims=["stage"], values=numbers),
            {},
        ),
        "a Release of a measure by two things": (
            gate.figure_data(two, title="T", dims=["place", "stage"], values=numbers),
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
        "the result of a fit_... function: its coefficients with intervals",
    }
    assert set(drawable()["kind"]) == {*releases(), *by_hand}


def test_a_fit_shows_its_coefficients_and_not_its_intercept(frame) -> None:
    picture = ht.plot(fit_linear(frame, outcome="y", terms=["x", "z"], cluster="g"), title="Two slopes")
    assert "x: 0.5" in picture.alt and "z: " in picture.alt and "(Intercept)" not in picture.alt
    assert picture.ax.get_title(loc="left") == "Two slopes"


def test_estimates_of_a_fit_pass_the_gate(frame) -> None:
    few = frame[frame["g"] < 4]
    hidden = ht.plot(fit_linear(few, outcome="y", terms=["x"], cluster="g"))
    assert "hidden to protect people" in hidden.alt


def test_whole_authorities_may_be_few() -> None:
    rng = np.random.default_rng(1)
    s = pd.DataFrame({"month": range(36), "y": rng.normal(size=36) + 2.0 * (np.arange(36) >= 18)})
    fit = fit_interrupted(s, outcome="y", time="month", start=18)
    assert "hidden" in ht.plot(fit).alt and "hidden" not in ht.plot(fit, whole=True).alt


def test_an_event_study_is_drawn_over_time() -> None:
    rng = np.random.default_rng(2)
    f = pd.DataFrame({"team": np.repeat(range(40), 6), "month": list(range(6)) * 40})
    f["start"] = np.where(f["team"] < 20, 3, 0)
    f["y"] = f["month"] + 1.0 * ((f["start"] > 0) & (f["month"] >= f["start"])) + rng.normal(size=240)
    fit = fit_event_study(f, outcome="y", panel_id="team", time="month", first_treated="start")
    assert "From the start on" in ht.plot(fit).alt


def test_an_interval_without_an_end_runs_to_the_edge() -> None:
    rows = TIDY.assign(conf_high=[np.inf, 0.1])
    picture = ht.plot(Gate().estimates(rows, title="T"))
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
    with pytest.raises(UsageError, match=r"does not take colour.*Use only these options: whole"):
        ht.plot(fit_linear(frame, outcome="y", terms=["x"], cluster="g"), colour="red")
    with pytest.raises(UsageError, match="PLOT-EMPTY"):
        ht.plot(two_sample_power(effect=0.5, power=0.8))


def test_pooled_sites_of_a_known_number_of_people_are_drawn() -> None:
    assert "mean over sites: 3.00" in ht.plot(fit_random_effects([1.0, 2.0, 6.0], [1.0, 1.0, 1.0], n=900)).alt


def test_a_diagnosis_is_drawn() -> None:
    study = ht.headline_studies()[0]
    found = study.diagnose(size_like="small", n_sims=3, seed=1, n_jobs=1, progress=False)
    assert "Share of runs whose confidence interval contains the true value" in ht.plot(found).alt
