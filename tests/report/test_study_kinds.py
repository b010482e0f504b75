"""Studies of every kind of estimand taken away: a ratio in times, one authority's series shown, no gap in the words."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.disclosure import Gate, Policy
from hybrid_toolkit.errors import DisclosureError, StudyError
from hybrid_toolkit.report.documents.tidy_layout import tidy_layout
from hybrid_toolkit.report.export import export
from hybrid_toolkit.report.findings import answer_row, show_study
from hybrid_toolkit.report.findings_entry import findings_entry
from hybrid_toolkit.report.plots.estimate_plots import plot_estimates, plot_headline
from hybrid_toolkit.study.sharing.pooling import pool
from hybrid_toolkit.study.shipped_studies import policy_studies
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.truth import Truth
from hybrid_toolkit.trust.dgps import DGPS

ON = date(2026, 3, 1)
RATIO = Study(
    id="calls",
    question="Do remote teams make more calls?",
    estimand="none",
    kind="log-rate",
    outcome="calls",
    exposure="remote",
    design="count-outcome",
    row_unit="rows",
    cluster="team",
    contrast="working remotely",
    contrast_size=2.0,
)


def words_of(page: Path) -> str:
    text = re.sub(r"<style.*?</style>|<svg.*?</svg>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture(scope="module")
def ratio():
    rng = np.random.default_rng(3)
    f = pd.DataFrame({"team": np.repeat(np.arange(24), 12), "remote": rng.integers(0, 2, 288)})
    f["calls"] = rng.poisson(np.exp(1 + 0.3 * f["remote"]))
    return RATIO.estimate_frame(f, label="made up")


@pytest.fixture(scope="module")
def series():
    """One authority that changed its policy in one month: one cluster, which is the authority itself."""
    study = policy_studies()[1]
    truth = Truth(scenario="one-change", policy_month=13, policy_step_sd=0.0)
    return study.estimate(simulate_authority(truth, "authority", 3, tables=sorted(study.tables())))


def test_a_ratio_is_shown_in_times_around_one(ratio, tmp_path: Path) -> None:
    shown = show_study(Gate(), ratio, titles={}, truths={"calls": 0.3})
    row, raw = answer_row(shown.answers, "calls"), ratio.tidy().iloc[0]
    width = math.exp(2 * raw["conf_high"]) - math.exp(2 * raw["conf_low"])  # shown to two digits of its error, about
    assert row["estimate"] == pytest.approx(math.exp(2 * raw["estimate"]), abs=width / 40)
    assert row["conf_low"] == pytest.approx(math.exp(2 * raw["conf_low"]), abs=width / 40)
    assert row["unit"].startswith("times")
    assert "+" not in shown.beside_truth["calls"].text and "1.82 times" in shown.beside_truth["calls"].text
    lines = [line.get_xdata()[0] for line in plot_estimates(shown.answers).lines]
    assert 1.0 in lines and 0 not in lines
    text = words_of(export(ratio, tmp_path / "ratio.html", on=ON))
    assert "the rate of calls" in text and "Calls: there is a difference." in text
    assert f"{row['estimate']:.2f} (" in text or f"{row['estimate']:.3f} (" in text
    json.dumps(findings_entry(shown), allow_nan=False)


def test_one_authoritys_own_series_is_shown_and_may_leave(series, tmp_path: Path) -> None:
    assert series.n_clusters == 1 and series.whole_authorities
    shown = show_study(Gate(), series, titles={})
    entry = findings_entry(shown)
    assert entry["estimate"] == pytest.approx(series.tidy()["estimate"].iloc[0], abs=1e-3)
    assert entry["clusters"] == 1
    text = words_of(export(series, tmp_path / "series.html", on=ON))
    assert "Withheld" not in text and "hidden to protect" not in text
    assert "Not held to 5 clusters" in text and "exempts whole authorities" in text and "guard_authorities" not in text
    bundle = series.study.evidence_bundle(series)
    assert any("exempts whole authorities" in d["why"] for d in bundle.gate["decisions"])
    assert bundle.estimates[0].n_clusters == 1 and bundle.estimates[0].n == 25
    truth = Truth(scenario="one-change", policy_month=13, policy_step_sd=0.0)
    second = simulate_authority(truth, "authority", 4, tables=sorted(series.study.tables()))
    assert pool([bundle, series.study.evidence_bundle(second)]).k == 2


def test_a_data_owner_can_hold_whole_authorities_to_the_least_too(series, ratio) -> None:
    strict = Gate(Policy(guard_authorities=True))
    shown = show_study(strict, series, titles={})
    outcome = series.study.outcome
    assert shown.claims[outcome].text.startswith("Withheld") and answer_row(shown.answers, outcome)["suppressed"]
    with pytest.raises(DisclosureError, match="BUNDLE-WITHHELD"):
        series.study.evidence_bundle(series, gate=strict)
    # a study of teams is not exempted, and says nothing of it
    teams = show_study(Gate(), ratio, titles={})
    assert not [d for d in (*teams.estimates.decisions, *teams.claims["calls"].decisions) if d.rule == "clusters"]


def test_a_series_gives_its_path_and_another_design_says_that_it_has_none(series, ratio) -> None:
    path = series.path()
    assert list(path.columns) == ["outcome", "period", "observed", "fitted", "without"] and len(path) == 24
    late = path["period"] >= 13
    np.testing.assert_allclose(path.loc[~late, "fitted"], path.loc[~late, "without"])
    gap = (path["fitted"] - path["without"])[late].mean()
    assert gap == pytest.approx(series.tidy()["estimate"].iloc[0])
    path["observed"] = 0.0
    assert series.path()["observed"].gt(0).any()
    for result, outcome, code in ((ratio, "", "NO-PATH"), (series, "mood", "OUTCOME-UNKNOWN")):
        with pytest.raises(StudyError) as caught:
            result.path(outcome)
        assert caught.value.code == code and caught.value.fix


def test_an_event_study_is_a_path_and_a_figure_of_the_report(tmp_path: Path) -> None:
    study = policy_studies()[0]
    result = study.estimate(simulate_authority("helpful-hump", "small", 3, tables=sorted(study.tables())))
    rows = result.tidy()
    for outcome in study.outcomes:
        path = result.path(outcome)
        of = rows[rows["role"].eq("event time") & rows["outcome"].eq(outcome)]
        assert path["time"].is_monotonic_increasing and set(path["estimate"]) == set(of["estimate"])
        assert (path["term"] == "time " + path["time"].astype(str)).all() and -1 not in set(path["time"])
    shown = show_study(Gate(), result, titles={})
    released = shown.paths[study.outcome].content
    enough = (result.path()["n"] >= 10) & (result.path()["n_clusters"] >= 5)
    assert 0 < enough.sum() < len(enough) and (released["estimate"].notna() == enough).all()
    want = 100 * result.path()["estimate"].where(enough)
    np.testing.assert_allclose(released["estimate"], want, atol=0.051)  # steps of 0.1
    page = export(result, tmp_path / "report.html", on=ON)
    text = words_of(page)
    assert text.count("By time from the start of the policy") >= 2 and "Before the start:" in page.read_text("utf-8")
    panels = plot_headline(shown.answers).figure.axes
    assert [ax.get_title(loc="left").replace("\n", " ")[:9] for ax in panels] == ["The share"] * 2
    for phrase in ("share of contacts held", "share of desk half-days"):
        assert phrase in text[text.index("Estimate Value") - 400 : text.index("By time from the start")]


def test_a_time_behind_which_one_team_stands_is_hidden_and_the_rest_is_shown(tmp_path: Path) -> None:
    f = DGPS["rollout-growing"].simulate(4)
    first = f.loc[f["first_treated"].notna(), "team_id"].iloc[0]
    first_treated = f["first_treated"].where(f["first_treated"].isna(), 8.0).mask(f["team_id"].eq(first), 4.0)
    study = RATIO.replace(
        id="early", kind="effect", outcome="y", exposure="policy", design="staggered-rollout", cluster="team_id",
        panel_id="team_id", time="month", first_treated="first_treated", contrast="the policy", contrast_size=1.0,
    )  # fmt: skip
    result = study.estimate_frame(
        f.assign(first_treated=first_treated, policy=(f["month"] >= first_treated).astype(float))
    )
    path = result.path().set_index("time")
    alone = [5, 6, 7, 8]
    assert path.loc[alone, ["n", "n_clusters"]].eq(1).all(axis=None) and path.loc[0, ["n", "n_clusters"]].eq(18).all()
    assert path.loc[[-7, -4], "n_clusters"].eq(17).all() and path.loc[-3, "n_clusters"] == 18
    # one team gives an estimate and no interval, and the check says so in plain words
    assert path.loc[alone, "estimate"].notna().all()
    assert path.loc[alone, ["std_error", "conf_low"]].isna().all(axis=None)
    assert path.drop(index=alone)["std_error"].gt(0).all() and -1 not in path.index
    said = next(c.message for c in result.checks if c.name == "group sizes")
    assert "What rests on one team alone is shown without an interval" in said
    # in the teams' data a row may be a worker: then the clusters alone must hide it
    many = replace(result, estimates=result.estimates.assign(n=1000))
    # four times of one team are fewer than ten rows: the mean over all times would give them away without a fifth
    for each, gone in ((result, [0, *alone]), (many, alone)):
        shown = show_study(Gate(), each, titles={})
        at, every = shown.paths["y"].content.set_index("time"), shown.estimates.content
        assert at.index[at["estimate"].isna()].tolist() == gone and at.loc[alone, "clusters"].isna().all()
        hidden = every.loc[every["estimate"].isna() & every["kind"].eq("event time"), "label"]
        assert hidden.tolist() == [f"time {t}" for t in gone]
        assert "hidden" in words_of(export(each, tmp_path / "early.html", on=ON))
        rows = pd.read_csv(StringIO(tidy_layout(shown.estimates).to_csv())).set_index("term")
        assert rows.index[rows["estimate"].eq("c")].tolist() == [f"time {t}" for t in gone]
        assert rows.loc["time 1", "estimate"] == f"{at.loc[1, 'estimate']:.10g}"


def test_few_teams_are_still_withheld(ratio) -> None:
    few = RATIO.estimate_frame(
        pd.DataFrame({"team": np.repeat([1, 2, 3], 20), "remote": np.tile([0, 1], 30), "calls": np.arange(60) % 7})
    )
    shown = show_study(Gate(), few, titles={})
    assert shown.claims["calls"].text.startswith("Withheld") and np.isnan(
        answer_row(shown.answers, "calls")["estimate"]
    )
