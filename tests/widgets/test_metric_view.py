"""What a view shows is what the library measures, through the gate, across views as well as within one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path

import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.compute import metric_values
from hybrid_toolkit.metrics.people_and_groups import PERSON_KEYS, groups, periods
from hybrid_toolkit.metrics.specs.registry import REGISTRY, plain_ids
from hybrid_toolkit.synth.write import write_authority
from hybrid_toolkit.widgets.explorer.metric_answer import MetricView
from hybrid_toolkit.widgets.explorer.metric_page import intervals_svg, metric_table
from hybrid_toolkit.widgets.explorer.metric_units import Units
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews, view_metric
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS, DataReference, ExplorerState

SOME = ("choice_honoured", "remote_share_desk", "engaged_share", "informal_learning", "skill", "access_count")
THRESHOLD = 10


def in_its_step(value: float, n: int, *, share: bool) -> float:
    """Rounded as counts to 5 ask: a share of n in steps of 5/n; a mean below ten in the next round step from 1/n."""
    step = max(5 / n, 0.001) if share else next(s for s in (0.001, 0.002, 0.005, 0.01, 0.02, 0.025, 0.05) if s >= 1 / n)
    return round(round(value / step) * step, 9)


def test_no_key_of_a_metric_or_table_stands_in_what_a_view_says() -> None:
    said = [plain_ids(caveat) for spec in REGISTRY.values() for caveat in spec.caveats]
    assert not [words for words in said if re.search(r"[a-z]{2}_[a-z]", words)]
    assert plain_ids("see remote_share_attendance.") == f"see '{REGISTRY['remote_share_attendance'].name}'."


def some_views(views: MetricViews) -> Iterator[MetricView]:
    for metric in SOME:
        for group in (ALL_LEVELS, "career_stage", "service"):
            for period in (ALL_LEVELS, "quarter", "month", "wave"):
                if group in views.groups(metric) and period in views.periods(metric):
                    try:
                        yield views.view(ExplorerState(metric, group, period))
                    except UsageError as error:
                        assert error.code == "VIEW-TOO-FINE"


def test_the_numbers_are_those_of_measure(small: ht.EvaluationData, views: MetricViews) -> None:
    for metric, group, period in (
        ("choice_honoured", ALL_LEVELS, ALL_LEVELS),
        ("remote_share_desk", "career_stage", ALL_LEVELS),
        ("remote_share_desk", ALL_LEVELS, "month"),
        ("informal_learning", ALL_LEVELS, "wave"),
    ):
        by, over = (None if x == ALL_LEVELS else x for x in (group, period))
        want = ht.measure(small, metric, by=by, period=over).set_index(["group", "period"])
        cells = [c for c in views.view(ExplorerState(metric, group, period)).cells if not c.hidden]
        seen = [c for c in cells if (c.group, c.period) in want.index]
        assert len(seen) >= 1 and len(seen) >= len(cells) - 1
        for cell in seen:
            row = want.loc[(cell.group, cell.period)]
            for seen_as, column in ((cell.estimate, "estimate"), (cell.low, "conf_low"), (cell.high, "conf_high")):
                assert seen_as == in_its_step(row[column], row["n"], share=metric == "choice_honoured")
            assert cell.n == 5 * math.floor(row["n"] / 5 + 0.5)


def test_no_cell_rests_on_few_people(small: ht.EvaluationData, views: MetricViews) -> None:
    """Counted again here with pandas, from the unit frames."""
    frames = {metric: metric_values(small, metric) for metric in SOME}
    for view in some_views(views):
        spec, frame = REGISTRY[view.state.metric], frames[view.state.metric]
        assert spec.statistic is not None
        keys = pd.DataFrame({"group": ALL_LEVELS, "period": ALL_LEVELS}, index=frame.index)
        if view.state.group != ALL_LEVELS:
            keys["group"] = groups(frame, small, view.state.group)
        if view.state.period != ALL_LEVELS:
            keys["period"] = periods(frame, view.state.period)
        used = frame[frame[list(spec.statistic.columns)].notna().all(axis=1)].join(keys)
        kinds = [c for c in PERSON_KEYS if c in frame]
        heads = used.groupby(["group", "period"])[kinds].nunique().min(axis=1)
        for cell in view.cells:
            if not cell.hidden and (cell.group, cell.period) != (ALL_LEVELS, ALL_LEVELS):
                assert heads[(cell.group, cell.period)] >= THRESHOLD


@pytest.mark.parametrize(
    ("metric", "group"), [("remote_share_desk", "career_stage"), ("team_together_share", "service")]
)
def test_a_cell_rests_on_the_people_that_measure_counts(small: ht.EvaluationData, metric: str, group: str) -> None:
    counts = Units.of(small, REGISTRY[metric]).counts(group, ["quarter"])
    for by, period in ((group, "quarter"), (group, None), (None, "quarter"), (None, None)):
        want = ht.measure(small, metric, by=by, period=period).set_index(["group", "period"])["n_people"]
        inside = counts["group"].ne(ALL_LEVELS).eq(by is not None) & counts["quarter"].ne(ALL_LEVELS).eq(
            period is not None
        )
        seen = counts[inside].set_index(["group", "quarter"])["people"]
        assert len(seen) and seen.to_dict() == want[want > 0].astype(float).to_dict()


def test_no_month_follows_from_its_quarter(views: MetricViews) -> None:
    """Where a quarter is shown, none of its months is the only one hidden; likewise groups beside everyone."""
    checked = 0
    for metric in SOME:
        for group in (ALL_LEVELS, "career_stage", "service"):
            if group not in views.groups(metric):
                continue
            units = views._of(metric)
            shown = views._may_show(units, group, (units.nested() or [ALL_LEVELS])[-1])
            for g in {g for g, _ in shown}:
                for quarter in {p for _, p in shown if "Q" in p}:
                    year, part = quarter.split("-Q")
                    months = {f"{year}-{m:02d}" for m in range(3 * int(part) - 2, 3 * int(part) + 1)}
                    present = {p for _, p in shown if p in months}
                    if (g, quarter) in shown and present:
                        checked += 1
                        assert len([m for m in present if (g, m) not in shown]) != 1
    assert checked > 20


def test_one_hidden_group_is_never_hidden_alone(views: MetricViews) -> None:
    for view in some_views(views):
        if view.state.period == ALL_LEVELS and view.state.group != ALL_LEVELS:
            assert sum(c.hidden for c in view.cells) != 1


def test_distribution_has_no_small_bin_and_open_ends(small: ht.EvaluationData, views: MetricViews) -> None:
    view = views.view(ExplorerState("remote_share_desk"))
    labels = [b.label for b in view.bins]
    assert labels[0].startswith("under ") and labels[-1].endswith(" or more")
    assert all(b.count >= THRESHOLD and not b.hidden for b in view.bins)
    assert abs(sum(b.count for b in view.bins) - view.cells[0].n) <= 2.5 * (len(labels) + 1)
    values = metric_values(small, "remote_share_desk").dropna(subset=["rs_desk"])
    edge = float(labels[0].removeprefix("under ").removesuffix("%")) / 100
    below = values[values["rs_desk"] < edge]
    assert below["worker_id"].nunique() >= THRESHOLD
    assert abs(len(below) - view.bins[0].count) <= 2.5


def test_distribution_of_a_contrast_is_refused_in_words(views: MetricViews) -> None:
    view = views.view(ExplorerState("exclusion_penalty_raw"))
    assert view.bins == () and "contrast" in view.no_distribution


def test_a_group_that_is_hidden_hides_the_bins_by_group(views: MetricViews) -> None:
    view = views.view(ExplorerState("choice_honoured", "career_stage"))
    if any(c.hidden for c in view.cells):
        assert all(b.panel == "" for b in view.bins)


def test_the_answer_says_number_interval_and_count(views: MetricViews) -> None:
    view = views.view(ExplorerState("choice_honoured"))
    cell = view.cells[0]
    assert view.text == (
        f"Family's choice of mode honoured, everyone: {cell.estimate:.0%} (95% confidence interval {cell.low:.0%} to "
        f"{cell.high:.0%}), from {cell.n:,.0f} held contacts"
    )
    assert view.stamp == "SYNTHETIC DATA - not evidence about any real authority"


def test_the_headline_says_a_share_in_per_cent_with_its_interval_by_name(views: MetricViews) -> None:
    view = views.view(ExplorerState("choice_honoured"))
    cell = view.cells[0]
    assert view.headline == (
        f"Family's choice of mode honoured: {cell.estimate:.0%} (95% confidence interval {cell.low:.0%} to "
        f"{cell.high:.0%}), from {cell.n:,.0f} held contacts."
    )
    assert metric_table(view)[1][0][1] == f"{cell.estimate:.0%}"
    drawn = intervals_svg(view)
    assert ">per cent<" in drawn and ">share<" not in drawn and re.search(r">\d+%<", drawn)


def test_over_time_the_headline_says_first_and_last_and_whether_their_intervals_overlap(views: MetricViews) -> None:
    view = views.view(ExplorerState("sick_days_per_month", period="quarter"))
    shown = [c for c in view.cells if not c.everyone and not c.hidden]
    a, b = shown[0], shown[-1]
    assert f"{a.period_label}: " in view.headline and f"{b.period_label}: " in view.headline
    apart = a.high < b.low or b.high < a.low
    assert ("do not overlap" in view.headline) == apart


def test_groups_stand_in_their_own_order(views: MetricViews) -> None:
    cells = views.view(ExplorerState("remote_share_desk", "career_stage")).cells
    assert [c.group for c in cells] == [ALL_LEVELS, "asye", "early", "mid", "late", "supervisor"]


def test_no_group_is_a_team_an_authority_or_a_person(views: MetricViews) -> None:
    offered = {g for m in SOME for g in views.groups(m)}
    assert not [g for g in offered if g.endswith("_id")]


@pytest.mark.parametrize(
    "state", [("nothing",), ("choice_honoured", "team_id"), ("choice_honoured", ALL_LEVELS, "wave")]
)
def test_what_is_not_offered_is_refused_with_what_is(views: MetricViews, state: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="Use one of"):
        views.view(ExplorerState(*state))


def test_a_view_too_fine_is_refused_whole(views: MetricViews) -> None:
    with pytest.raises(UsageError, match="longer period"):
        views.view(ExplorerState("skill", "career_stage", "month"))


def test_state_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        ExplorerState("choice_honoured").metric = "x"  # type: ignore[misc]


def run(code: str) -> str:
    """What code prints, run with fresh names."""
    said: list[str] = []
    exec(code, {"print": lambda *words: said.append(" ".join(map(str, words)))})
    return "\n".join(said)


def test_code_of_simulated_data_simulates_them_again() -> None:
    tables = ["team", "worker", "worker_month"]
    data = ht.simulate_authority("null", "small", seed=5, tables=tables)
    views, state = MetricViews(data), ExplorerState("remote_share_desk", "career_stage")
    assert run(state.to_code(views.reference)) == views.view(state).text


def test_code_of_an_authority_s_own_data_asks_for_the_path_and_checks_the_hash(tmp_path: Path) -> None:
    data = ht.simulate_authority("null", "small", seed=5, tables=["team", "worker", "worker_month"])
    write_authority(data, ht.scenario("null"), tmp_path / "mine", seed=5, size="small")
    own = ht.load_data(tmp_path / "mine")
    views, state = MetricViews(own), ExplorerState("remote_share_desk")
    code = state.to_code(views.reference)
    assert str(tmp_path) not in code, "no path of a machine in what is shown"
    text = views.view(state).text
    assert run(code.replace("PATH", str(tmp_path / "mine"))) == text
    other = DataReference(data_hash="0" * 64)
    assert "other data" in run(state.to_code(other).replace("PATH", str(tmp_path / "mine")))


def test_view_without_a_widget_is_the_same(small: ht.EvaluationData, views: MetricViews) -> None:
    assert view_metric(small, metric="choice_honoured").text == views.view(ExplorerState("choice_honoured")).text


@pytest.mark.parametrize("metric", ["choice_honoured", "engaged_share", "video_contact_share"])
def test_months_of_everyone_with_many_people_each_are_shown(views: MetricViews, metric: str) -> None:
    cells = views.view(ExplorerState(metric, ALL_LEVELS, "month")).cells
    assert len(cells) == 13 and not any(c.hidden for c in cells)


def test_a_refusal_says_what_is_true(small: ht.EvaluationData, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not proved, or few people: each in its own words."""
    with monkeypatch.context() as patched:
        patched.setattr("hybrid_toolkit.disclosure.least_people.MOST_SETS", 100)
        with pytest.raises(UsageError, match="too many to rule out"):
            MetricViews(small).view(ExplorerState("engaged_share", ALL_LEVELS, "month"))
    worker = small.table("worker")[["worker_id"]].iloc[:40]
    months = pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"])
    parts = [worker.assign(month=month, h_home=10.0, h_office=5.0) for month in months]
    rows = pd.concat(parts, ignore_index=True).astype({"worker_id": "str"})
    role = pd.Series(["a"] * 20 + ["b"] * 20, dtype="str")
    data = ht.EvaluationData({"worker": worker.reset_index(drop=True).assign(role=role), "worker_month": rows})
    assert MetricViews(data).view(ExplorerState("remote_share_desk", ALL_LEVELS, "month")).cells
    few = rows["month"].eq(months[0]) | rows["worker_id"].isin(worker["worker_id"][:5])
    thin = ht.EvaluationData({"worker": data.table("worker"), "worker_month": rows[few].reset_index(drop=True)})
    with pytest.raises(UsageError, match="Too few people stand in many"):
        MetricViews(thin).view(ExplorerState("remote_share_desk", "role", "month"))
