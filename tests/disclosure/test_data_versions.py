"""Figures that are not held cell by cell: refused while the data differ by few people from data that were shown."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.__main__ import main
from hybrid_toolkit.app.worker import Bench
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.disclosure.ledger.release_ledger import FEW_CHANGED, VersionLedger
from hybrid_toolkit.disclosure.ledger.sitting_ledger import forget_sitting
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.measured import figure_marks, measure_released
from hybrid_toolkit.study.estimation.study_result import StudyResult
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews, view_metric
from hybrid_toolkit.widgets.parts.state import ExplorerState

ROWS = pd.DataFrame({"term": ["x"], "estimate": [0.2], "std_error": [0.05], "n": [200], "unit": ["share"]})


def _staff(keep: int, *, changed: int = 0) -> ht.EvaluationData:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"worker_id": [f"W{i:03}" for i in range(60)], "fte": np.round(rng.uniform(0.2, 1, 60), 3)})
    frame.loc[: changed - 1, "fte"] = 0.111
    return ht.EvaluationData({"worker": frame.head(keep).reset_index(drop=True)})


@pytest.mark.parametrize(
    ("later", "refused"),
    [
        (_staff(60), False),
        (_staff(59), True),
        (_staff(51), True),
        (_staff(50), False),
        (_staff(60, changed=1), True),
        (_staff(60, changed=10), False),
    ],
)
@pytest.mark.parametrize("kind", ["estimates", "figure", "table", "text"])
def test_any_figure_is_held_to_the_data_behind_it(
    tmp_path: Path, later: ht.EvaluationData, refused: bool, kind: str
) -> None:
    def show(data: ht.EvaluationData) -> None:
        gate = Gate(source=data, ledger=VersionLedger(tmp_path))
        bins = pd.DataFrame({"place": ["town", "country"], "n": [30, 20], "mean": [0.6, 0.5]})
        if kind == "estimates":
            gate.estimates(ROWS, title="Slope", people="n")
        elif kind == "text":
            gate.text("More of x goes with more of y.", title="Claim", n=40)
        elif kind == "figure":
            gate.figure_data(bins, title="Means", dims=["place"], people="n", values=["mean"])
        else:
            gate.table(bins, title="Means", dims=["place"], people="n", values=["mean"])

    first = _staff(60)
    show(first)
    if refused:
        with pytest.raises(DisclosureError, match=FEW_CHANGED):
            show(later)
    else:
        show(later)
    show(first)  # the same data again give nothing away


def test_the_order_of_rows_and_tables_without_people_do_not_count(tmp_path: Path) -> None:
    worker = _staff(60).table("worker")
    first = ht.EvaluationData({"worker": worker})
    team = pd.DataFrame({"team_id": ["T1", "T2"], "la_id": ["L1", "L1"]})
    again = ht.EvaluationData({"worker": worker.sample(frac=1, random_state=3), "team": team})
    for data in (first, again):
        Gate(source=data, ledger=VersionLedger(tmp_path)).estimates(ROWS, title="Slope", people="n")


study = """
id = "mine"
question = "Does y go with x?"
row_unit = "rows"
outcome = "y"
exposure = "x"
cluster = "team_id"
design = "cross-sectional"
estimand = "slope"
"""


def test_a_study_written_twice_into_one_folder_does_not_tell_of_a_leaver(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"worker_id": [f"W{i:03}" for i in range(200)], "x": np.round(rng.random(200), 3)})
    rows["team_id"] = [f"T{i % 20:02}" for i in range(200)]
    rows["y"] = np.round(2 * rows["x"] + rng.normal(size=200), 3)
    (tmp_path / "s.toml").write_text(study, encoding="utf-8")
    rows.to_csv(tmp_path / "now.csv", index=False)
    rows.drop(index=17).to_csv(tmp_path / "later.csv", index=False)
    out = tmp_path / "out"
    out.mkdir()

    def run(data: str, report: str) -> int:
        return main(["study", str(tmp_path / "s.toml"), str(tmp_path / data), "--out", str(out / report)])

    assert run("now.csv", "one.html") == 0 and (out / "one.html").is_file()
    capsys.readouterr()
    assert run("later.csv", "two.html") != 0 and not (out / "two.html").exists()
    said = capsys.readouterr()
    assert FEW_CHANGED in said.out + said.err and "W017" not in said.out + said.err
    assert run("now.csv", "again.html") == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = elsewhere
    assert run("later.csv", "two.html") == 0


def _months(keep: int) -> ht.EvaluationData:
    rng = np.random.default_rng(7)
    names = [f"W{i:03}" for i in range(80)]
    parts = [pd.DataFrame({"worker_id": names, "month": m, "h_home": rng.uniform(0, 20, 80),
                           "h_office": rng.uniform(5, 20, 80)})
             for m in pd.date_range("2025-01-01", periods=2, freq="MS")]  # fmt: skip
    month = pd.concat(parts, ignore_index=True)
    worker = pd.DataFrame({"worker_id": names, "role": ["a", "b"] * 40})
    kept = names[:keep]
    return ht.EvaluationData({
        "worker": worker[worker["worker_id"].isin(kept)], "worker_month": month[month["worker_id"].isin(kept)]
    })  # fmt: skip


def test_views_of_one_sitting_share_a_memory_and_a_new_sitting_has_none() -> None:
    before = view_metric(_months(80), metric="remote_share_desk")
    after = view_metric(_months(79), metric="remote_share_desk")
    assert before.distribution is not None and not before.estimates.content["suppressed"].any()
    assert after.distribution is None and after.estimates.content["suppressed"].all()


def test_the_workbench_remembers_from_day_to_day_in_the_folder_of_the_work(tmp_path: Path) -> None:
    for keep, place, shown in ((80, "a", True), (79, "a", False), (79, "b", True)):
        bench = Bench("the data", ledger=str(tmp_path / place))  # another process, another day
        bench.data = _months(keep)
        view = view_metric(bench.data, metric="remote_share_desk", gate=bench.gate)
        assert (view.distribution is not None) is shown
        assert not view.estimates.content["suppressed"].all() if shown else view.estimates.content["suppressed"].all()
    simulated = Bench()
    assert simulated.gate.ledger is None


def test_units_with_a_key_missing_are_held_to_the_ledger_too() -> None:
    """A child whose family is not recorded ended the ledger's look at who stands behind a figure."""
    spec = REGISTRY["workers_per_child_year"]
    assert spec.statistic is not None
    units = pd.DataFrame({"child_id": [f"C{i}" for i in range(12)], "family_id": pd.array(["F1"] * 11 + [None], "str")})
    units = units.assign(**dict.fromkeys(spec.statistic.columns, 2.0))
    told = figure_marks(spec, units, [np.ones(12, dtype=bool), np.arange(12) > 10])
    assert [len(t) for t in told] == [12, 1]


def test_a_unit_that_names_nobody_goes_by_what_it_brings() -> None:
    """One of forty team days is taken away: one has changed, whatever stood before it."""
    spec = REGISTRY["team_vacancy_pct"]
    assert spec.statistic is not None
    rng = np.random.default_rng(3)
    units = pd.DataFrame({c: np.round(rng.uniform(1, 9, 40)) for c in spec.statistic.columns})
    every = np.ones(40, dtype=bool)
    before = figure_marks(spec, units, [every])[0]
    later = figure_marks(spec, units.drop(index=7).reset_index(drop=True), [every[1:]])[0]
    assert len(before) == 40
    assert len({k for k, _ in before.items() ^ later.items()}) == 1


def test_a_bundle_is_held_to_its_folder_without_a_gate(tmp_path: Path) -> None:
    """A result is made of all and of all but one, and a bundle of each is written into one folder."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"worker_id": [f"W{i:03}" for i in range(300)],
                          "team_id": [f"T{i % 30:02}" for i in range(300)], "x": rng.random(300),
                          "y": rng.random(300)})  # fmt: skip
    study = ht.Study(id="intruder", question="Does y go with x?", row_unit="rows", outcome="y", exposure="x",
                     cluster="team_id", design="cross-sectional", estimand="slope")  # fmt: skip
    less = frame.iloc[1:]
    study.evidence_bundle(study.estimate_frame(frame), tmp_path / "a.json")
    with pytest.raises(DisclosureError, match=FEW_CHANGED):
        study.evidence_bundle(study.estimate_frame(less), tmp_path / "b.json")
    with pytest.raises(DisclosureError, match=FEW_CHANGED):
        study.evidence_bundle(less, tmp_path / "b.json")
    assert not (tmp_path / "b.json").exists()
    study.evidence_bundle(study.estimate_frame(less), tmp_path / "other" / "b.json")


def test_a_bundle_whose_data_nobody_holds_is_the_only_one_of_its_folder(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)

    def result(n: int) -> StudyResult:
        frame = pd.DataFrame({"team_id": [f"T{i % 30:02}" for i in range(n)], "x": rng.random(n), "y": rng.random(n)})
        return study.estimate_frame(frame)

    study = ht.Study(id="intruder", question="Does y go with x?", row_unit="rows", outcome="y", exposure="x",
                     cluster="team_id", design="cross-sectional", estimand="slope")  # fmt: skip
    first, second = result(300), result(400)
    gc.collect()
    with pytest.raises(DisclosureError, match="BUNDLE-WITHHELD"):  # what is refused is not remembered as shown
        study.evidence_bundle(replace(second, n_clusters=4), tmp_path / "refused.json")
    study.evidence_bundle(first, tmp_path / "a.json")
    study.evidence_bundle(first, tmp_path / "again.json")
    with pytest.raises(DisclosureError, match="EVIDENCE-DATA"):
        study.evidence_bundle(second, tmp_path / "b.json")


def test_a_named_folder_outlives_the_kernel_and_a_widget_says_where_none_is(tmp_path: Path) -> None:
    def months(keep: int) -> ht.EvaluationData:
        staff = _staff(keep)
        rows = staff.table("worker")[["worker_id"]].assign(month=pd.Timestamp("2025-01-01"), h_home=10.0, h_office=20.0)
        return ht.EvaluationData({"worker": staff.table("worker"), "worker_month": rows})

    def shown(keep: int) -> tuple[int, bool]:
        widget = ht.MetricExplorer(months(keep), metric="remote_share_desk")
        says = any("until this kernel ends" in getattr(child, "value", "") for child in widget.children)
        return (0 if widget.view is None else int((~widget.view.estimates.content["suppressed"]).sum())), says

    assert shown(60) == (1, True)
    with pytest.raises(DisclosureError, match="SITTING-BEGUN"):
        ht.remember_releases(tmp_path)
    forget_sitting()  # as a kernel that starts again
    assert shown(59)[0] == 1, "a kernel forgets"
    forget_sitting()
    ht.remember_releases(tmp_path)
    assert shown(60) == (1, False)
    forget_sitting()
    ht.remember_releases(tmp_path)
    assert shown(59)[0] == 0
    forget_sitting()


def test_groups_by_month_do_not_add_up_to_everyone_less_one_who_left(tmp_path: Path) -> None:
    """Everyone was in a table of yesterday; no group and no month of today was in it, yet all of them together were."""
    rng = np.random.default_rng(0)
    worker = pd.DataFrame({"worker_id": [f"w{i}" for i in range(60)], "sex": ["1", "2"] * 30,
                           "age_band": ["under 30"] * 30 + ["30 to 39"] * 30})  # fmt: skip
    months = pd.concat([worker[["worker_id"]].assign(month=m, h_home=rng.uniform(1, 20, 60), h_office=20.0)
                        for m in pd.date_range("2025-01-01", periods=3, freq="MS")], ignore_index=True)  # fmt: skip
    before = ht.EvaluationData({"worker": worker, "worker_month": months})
    stays = months["worker_id"].ne("w0").to_numpy()
    today = ht.EvaluationData({"worker": worker.iloc[1:].reset_index(drop=True),
                               "worker_month": months[stays].reset_index(drop=True)})  # fmt: skip
    state = ExplorerState("remote_share_desk", "age_band", "month")
    alone = MetricViews(today, gate=Gate(source=today)).view(state).estimates.content
    inner = alone["group"].ne("all") & alone["period"].ne("all")
    assert inner.sum() == 6 and not alone.loc[inner, "suppressed"].any()
    measure_released(before, "remote_share_desk", by="sex", gate=Gate(source=before, ledger=VersionLedger(tmp_path)))
    beside = MetricViews(today, gate=Gate(source=today, ledger=VersionLedger(tmp_path))).view(state).estimates.content
    assert beside.loc[inner.to_numpy(), "suppressed"].any() and not beside.loc[inner.to_numpy(), "suppressed"].all()
