"""Planning: power by formula, a study from lists, another rota; each holds to the library's own functions."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate, load_policy
from hybrid_toolkit.errors import EstimationError, StudyError, UsageError
from hybrid_toolkit.models.planning.slope_power import slope_power
from hybrid_toolkit.study.declaration import names_refused
from hybrid_toolkit.study.estimation.what_if import what_if
from hybrid_toolkit.study.estimation.what_if_changes import Change
from hybrid_toolkit.study.lock import load_lock
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.widgets.parts.svg_graph import GraphNode, graph_svg
from hybrid_toolkit.widgets.planning import study_view
from hybrid_toolkit.widgets.planning.power_explorer import PowerExplorer
from hybrid_toolkit.widgets.planning.power_view import OVER, view_power
from hybrid_toolkit.widgets.planning.study_builder import StudyBuilder
from hybrid_toolkit.widgets.planning.study_view import STEP, StudyBuilderState, declared, of_start, starts
from hybrid_toolkit.widgets.planning.what_if import FIRST, WhatIf
from hybrid_toolkit.widgets.planning.what_if_view import CHANGES, WhatIfState, WhatIfViews, view_what_if


def printed(code: str) -> str:
    said: list[str] = []
    exec(code, {"print": lambda *words: said.append(" ".join(map(str, words)))})
    return "\n".join(said)


@pytest.mark.parametrize("over", list(OVER))
def test_the_curve_is_that_of_the_formula(over: str) -> None:
    view = view_power(over=over, teams=30, effect=0.2)
    curve = view.panels[0].release.content
    given = {"teams": 30, "workers": 8, "waves": 3, "response": 0.6, "effect": 0.2}
    for value, power in curve[["value", "power"]].to_numpy()[::4]:
        assert power == pytest.approx(slope_power(**{**given, over: value}).power, abs=1e-4)
    assert given[over] in curve["value"].to_list() and curve["power"].is_monotonic_increasing
    ElementTree.fromstring(view.panels[0].drawing)


def test_the_curve_follows_the_slider_and_an_impossible_plan_is_said_in_place() -> None:
    explorer = PowerExplorer(compared="within")
    before = explorer._figures.value
    explorer._lists["teams"].value = 60
    assert explorer.state.teams == 60 and explorer._figures.value != before and "60 teams" in explorer.text
    assert printed(explorer.to_code()) == explorer.text
    explorer._lists["waves"].value = 1
    assert 'role="alert"' in explorer._answer.value and explorer.view is None and explorer.to_code() == ""
    with pytest.raises(EstimationError):
        view_power(teams=1)


@pytest.mark.parametrize(
    ("chosen", "fix"),
    [
        ({"over": "W123"}, "Use one of: teams, workers, waves, response, effect."),
        ({"compared": ["W123"]}, "Use one of: pooled, within."),
        ({"waves": "W123"}, "Use a whole number from 1 to 12."),
        ({"waves": 3.5}, "Use a whole number from 1 to 12."),
        ({"teams": 500}, "Use a whole number from 4 to 120."),
        ({"response": "0.5"}, "Use a number from 0.1 to 1."),
        ({"effect": float("nan")}, "Use a number from 0.02 to 0.5."),
    ],
)
def test_what_no_control_offers_is_refused_by_name(chosen: dict[str, object], fix: str) -> None:
    name = next(iter(chosen))
    with pytest.raises(UsageError) as caught:
        PowerExplorer(**chosen)
    assert caught.value.code == "WIDGET-CHOICE" and caught.value.fix == fix
    assert f"'{name}'" in str(caught.value) and "W123" not in str(caught.value)
    explorer = PowerExplorer()
    explorer.state = replace(explorer.state, **chosen)  # later it is said in place
    assert explorer.text == caught.value.message and fix in explorer._answer.value and explorer.view is None
    explorer.state = PowerExplorer().state
    assert explorer.text.startswith("A study with ")


def test_a_gap_between_two_groups_is_that_of_the_formula_and_needs_far_more() -> None:
    explorer = PowerExplorer(teams=48, effect=0.3)
    one = explorer.text
    explorer._lists["group_share"].value = 0.22
    found = slope_power(teams=48, workers=8, waves=3, response=0.6, effect=0.3, group_share=0.22)
    article = "an" if f"{found.power:.0%}" in ("8%", "11%", "18%") or 0.795 <= found.power < 0.895 else "a"
    assert explorer.text == (
        "A study with 48 teams of 8 workers, 3 survey waves and a 60% response rate has "
        f"{article} {found.power:.0%} chance of detecting slopes 0.3 standard deviations apart between 22% of workers "
        f"and the others. The smallest gap it would detect 80% of the time is {found.minimum_effect:.2f}."
    )
    assert (
        explorer.text != one
        and found.minimum_effect
        > 1.5 * slope_power(teams=48, workers=8, waves=3, response=0.6, effect=0.3).minimum_effect
    )
    curve = explorer.view.panels[0].release.content  # type: ignore[union-attr]
    assert curve.set_index("value").loc[48.0, "power"] == pytest.approx(found.power, abs=1e-4)
    assert printed(explorer.to_code()) == explorer.text and "far more than one slope" in explorer._figures.value
    with pytest.raises(EstimationError):
        view_power(group_share=1.0)


@pytest.mark.parametrize("start", list(starts()))
def test_a_shipped_study_is_declared_as_it_stands(start: str) -> None:
    assert declared(of_start(start)) == starts()[start]


def test_an_unknown_start_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="remote-practice") as caught:
        StudyBuilder("zz")
    assert caught.value.code == "WIDGET-CHOICE" and "zz" not in str(caught.value)


def test_a_move_reads_each_phrase_once_and_judges_no_study_again(monkeypatch: pytest.MonkeyPatch) -> None:
    study_view._offered.cache_clear()
    names_refused._named_in.cache_clear()
    builder = StudyBuilder("career-stage")
    read = names_refused._named_in.cache_info()
    assert read.hits > 20 * read.misses > 0, "some 250 changes of one study are declared of the same phrases"
    monkeypatch.setattr(study_view, "_works", lambda *_: pytest.fail("a study was judged again"))
    builder._lists["scenario"].value = "null"
    assert builder.state.scenario == "null" and 'role="alert"' not in builder._answer.value


def test_holding_a_mediator_is_refused_in_place_and_mended() -> None:
    builder = StudyBuilder()
    assert builder.text.startswith("Identified, under its assumptions. By the causal graph")
    own = starts()["remote-practice"].confounders
    builder._lists["confounders"].value = (*own, "remote")
    assert "mediator" in builder.text and builder.study is None and 'role="alert"' in builder._answer.value
    builder._lists["confounders"].value = own
    assert builder.study == starts()["remote-practice"]


def test_what_cannot_be_identified_is_said_with_its_paths() -> None:
    builder = StudyBuilder("career-stage")
    found = starts()["career-stage"].identification()
    assert found.identified is False and "Cannot be identified" in builder.text and found.message in builder.text
    assert all(p in builder.view.notes[k + 1] for k, p in enumerate(found.paths[:3]))  # type: ignore[union-attr]
    page = builder._figures.value
    assert 'role="img"' in page and "exposure" in page and "Open path" in page
    ElementTree.fromstring(f"<div>{page}</div>")


def test_its_code_declares_the_same_study_and_the_lock_holds_it(tmp_path: Path) -> None:
    builder = StudyBuilder("exclusion-gap")
    assert printed(builder.to_code()) == builder.text
    builder._lock.value = str(tmp_path / "gap.lock.json")
    builder._locked()
    assert "was locked" in builder._said.value
    assert 'id = "exclusion-gap"' in load_lock(tmp_path / "gap.lock.json").study
    builder._lists["confounders"].value = ()
    builder._locked()
    assert 'role="alert"' in builder._said.value, "a lock of something else is not overwritten"
    builder.save(tmp_path / "builder.json")
    other = StudyBuilder()
    other.load(tmp_path / "builder.json")
    assert (other.state, other.text) == (builder.state, builder.text)


def test_a_diagnosis_shows_progress_is_cancelled_and_belongs_to_its_study(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    builder = StudyBuilder("agency-turnover", state=StudyBuilderState("agency-turnover", n_sims=6, scenario="null"))
    real = Study.diagnose

    def counted(self: Study, *args: object, **kwargs: object) -> object:
        asked.append(int(kwargs["n_sims"]))  # type: ignore[call-overload]
        return real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Study, "diagnose", counted)
    builder.diagnose()
    builder.wait()
    assert asked == [2, 4, 6] and asked[0] == STEP
    assert builder.diagnosis is not None and builder.diagnosis.n_sims == 6
    assert "Tried on 6 simulated authorities" in builder._figures.value and "SYNTHETIC" in builder._figures.value
    direct = real(starts()["agency-turnover"].replace(confounders=()), "null", "small", n_sims=6, progress=False)
    shown = builder.view.panels[-1].release.content  # type: ignore[union-attr]
    assert shown["estimate"].tolist() == pytest.approx(direct.tidy()["estimate"].tolist(), nan_ok=True)
    builder._lists["start"].value = "remote-practice"
    assert builder.diagnosis is None and "Tried on" not in builder._figures.value


def test_a_graph_draws_every_box_and_arrow() -> None:
    nodes = [GraphNode(n, f"Node {n} with <a> long title", p) for n, p in zip("abcde", ["exposure", "held", "", "on the path", "outcome"], strict=True)]  # fmt: skip # noqa: E501
    edges = [("a", "d"), ("d", "e"), ("b", "a"), ("b", "e"), ("c", "e")]
    drawn = graph_svg(nodes, edges, title="T", description="D")
    ElementTree.fromstring(drawn)
    assert drawn.count("<rect") == 5 and drawn.count("<polygon") == 5


def _behind_boxes(drawn: str) -> list[tuple[float, float]]:
    """Points of lines that lie inside a box, looked for at every half unit."""
    boxes = [tuple(map(float, b)) for b in re.findall(r'<rect x="([\d.-]+)" y="([\d.-]+)" width="(\d+)" height="(\d+)"', drawn)]  # fmt: skip # noqa: E501
    found = []
    for line in re.findall(r'<polyline points="([^"]+)"', drawn):
        points = [np.array(p.split(","), dtype=float) for p in line.split()]
        for a, b in itertools.pairwise(points):
            for at in np.linspace(a, b, 2 + int(2 * np.hypot(*(b - a)))):
                found += [tuple(at) for x, y, w, h in boxes if x + 1 < at[0] < x + w - 1 and y + 1 < at[1] < y + h - 1]
    return found


@pytest.mark.parametrize("seed", range(12))
def test_no_line_of_a_graph_runs_behind_a_box(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"n{i}" for i in range(int(rng.integers(4, 14)))]
    edges = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if rng.random() < 0.35]
    drawn = graph_svg([GraphNode(n, n, "") for n in names], edges, title="T", description="D")
    assert drawn.count("<polyline") == len(edges) and not _behind_boxes(drawn)
    assert len(set(re.findall(r'<polyline points="([^"]+)"', drawn))) == len(edges), "each line can be followed"


@pytest.fixture(scope="module")
def rota(small: ht.EvaluationData) -> WhatIf:
    made = WhatIf(small, study="exclusion-gap")
    assert made.text == FIRST and made.view is None
    made.estimate()
    made.wait()
    return made


def test_the_rule_of_meetings_with_breaks_is_one_of_the_choices(small: ht.EvaluationData) -> None:
    """45+15 was an option of the function alone, and of no page or widget."""
    views = WhatIfViews(small)
    offered = views.choices(WhatIfState("meeting-load", "breaks", "20"))
    assert list(offered["rule"]) == ["breaks"] and "45+15" in offered["rule"]["breaks"] and "20" in offered["value"]
    shown = view_what_if(small, study="meeting-load", rule="breaks", value="20")
    assert "meetings of 45 minutes with a break of 15, kept in 20% of meetings" in shown.text
    found = what_if(views.estimate("meeting-load"), "45+15 kept in 20% of meetings")
    assert float(shown.panels[0].release.content["estimate"].iloc[0]) == pytest.approx(
        found.tidy()["estimate"].iloc[0], abs=0.05
    )


def test_another_rota_is_that_of_the_study(rota: WhatIf, small: ht.EvaluationData) -> None:
    views = rota._views
    assert isinstance(views, WhatIfViews) and rota.view is not None
    own = views.results["exclusion-gap"].what_if({"remote": 0.1})
    rota._lists["value"].value = "+0.1"
    shown = rota.view.panels[0].release.content
    rows = own.tidy()[own.tidy()["outcome"].eq("engaged")]
    step = 10.0 ** (np.floor(np.log10(rows["std_error"].to_numpy(dtype=float))) - 1)  # two digits of the error
    assert (np.abs(shown["estimate"].to_numpy(dtype=float) - rows["estimate"].to_numpy()) <= step / 2 + 1e-9).all()
    assert rota.text == own.sentences[0] and "effect" not in rota.text
    assert shown["role"].isin(CHANGES).sum() == len(rota.view.panels[0].rows)
    panel = rota.view.panels[0]
    drawn = [r for r in panel.rows if r[1].partition(" (")[0] in panel.says]
    assert drawn and "95% confidence interval" in panel.says and panel.says in panel.to_html()
    assert printed(rota.to_code()) == rota.text


def test_a_change_outside_the_data_is_refused_in_place(small: ht.EvaluationData) -> None:
    result = starts()["career-stage"].estimate(small)
    rota = WhatIf(small, result=result, rule="office_days", value="5")
    assert "beyond the exposure" in rota.text and 'role="alert"' in rota._answer.value and rota.view is None
    rota._lists["value"].value = "3"
    assert rota.view is not None and "office days" in rota.text
    days = [v for _, v in rota._lists["value"].options]
    frame = starts()["career-stage"].frame(small).dropna(subset=["rs_desk_to_date", "informal_learning"])
    cuts = sorted({0.0, *(1 - int(d) / 5 for d in days), 1.01})
    for low, high in itertools.pairwise(cuts):
        between = frame[frame["rs_desk_to_date"].between(low, high, inclusive="left")]
        for early in (True, False):
            some = between[between["early_career"].eq(early)]
            assert some["worker_id"].nunique() >= 10, "no step differs from the next by a few workers of either group"


def test_without_the_studies_tables_it_says_what_to_do() -> None:
    rota = WhatIf(ht.EvaluationData({}))
    assert "Add tables" in rota._answer.value and rota.view is None
    with pytest.raises(UsageError):
        view_what_if(ht.EvaluationData({}))
    with pytest.raises(StudyError):
        StudyBuilder("remote-practice").study.replace(design="nothing")  # type: ignore[union-attr]


@pytest.mark.parametrize(("study", "value", "role"), [("remote-practice", "-0.1", "change"),
                                                      ("exclusion-gap", "-0.1", "gap change"),
                                                      ("remote-practice", "-0.1", "now")])  # fmt: skip
def test_what_the_gate_hides_is_told_in_no_sentence_and_no_sum(
    small: ht.EvaluationData, study: str, value: str, role: str
) -> None:
    """The figure that the sentence says is a worker's value in one of two sets of data, and in the other it is not.

    The average now, the change and the average under it are a sum: where one is hidden, a second is.
    """
    result = starts()[study].estimate(small)
    rows = what_if(result, Change("shift", float(value))).tidy()
    figure = float(rows.loc[rows["role"].eq(role), "estimate"].iloc[0])
    worker = small.table("worker")
    costs = pd.Series(np.linspace(figure - 5, figure, len(worker)), index=worker.index)  # one worker's is the figure
    odd = ht.EvaluationData({"worker": worker.assign(broadband_cost=costs)})
    for data, hides in ((odd, True), (small, False)):
        views = WhatIfViews(data, gate=Gate(source=data), results={study: result})
        views.studies = {study: starts()[study]}
        shown = views.view(WhatIfState(study, "shift", value))
        kept = shown.panels[0].release.content.set_index("role")["suppressed"]
        assert bool(kept[role]) is hides
        assert sum(kept[r] for r in ("now", "under the change", "change")) in ((2, 3, 0) if hides else (0,))
        if role != "now":
            assert hides is ("hidden to protect people" in shown.text)
            assert hides is not bool(re.search(r"\d\.\d", shown.text)), "a figure that is hidden stands in no words"


def test_a_what_if_holds_each_group_to_the_policy_and_not_to_the_floor_alone(small: ht.EvaluationData) -> None:
    """The people of a group count, not its rows: a policy of 60 people hides groups that the floor of 10 shows."""
    plain = WhatIfViews(small)
    state = WhatIfState("remote-practice", "shift", "+0.1")
    result = plain.estimate("remote-practice")
    figures = what_if(result, {result.study.exposure: 0.1}).tidy()
    strict = what_if(result, {result.study.exposure: 0.1}, fewest=60).tidy()
    looser = what_if(result, {result.study.exposure: 0.1}, fewest=2).tidy()
    groups = figures["role"].eq("group change")
    assert figures.loc[groups, "estimate"].notna().sum() > strict.loc[groups, "estimate"].notna().sum()
    assert strict.loc[groups, "flag"].str.contains("60 people").any()
    assert looser["estimate"].equals(figures["estimate"])  # never below the floor
    policy = replace(load_policy(), threshold=60)
    shown = WhatIfViews(small, gate=Gate(policy, source=small), results={"remote-practice": result}).view(state)
    names = {g for g, f in zip(strict["group"], strict["flag"], strict=True) if "60 people" in f}
    kept = next(p.release for p in shown.panels).content
    assert names and kept.loc[kept["group"].isin(names), "estimate"].isna().all()
