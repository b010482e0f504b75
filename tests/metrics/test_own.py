"""A metric of one's own, declared in Python or TOML, works wherever a built-in one does."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, MeasureError, UnreadableError
from hybrid_toolkit.metrics.custom.custom_metric import CO_PRODUCERS, declare_metric, load_metric, parse_metric
from hybrid_toolkit.metrics.specs.metric_spec import NOT_CO_PRODUCED
from hybrid_toolkit.metrics.specs.registry import REGISTRY, catalogue, needs, register

TOML = """
id = "honoured_online"
name = "Wish for video honoured"
question = "When a family wants to meet by video, do we?"
table = "contact"
columns = ["mode", "mode_preferred"]
formula = '''
share(mode == "video") where mode_preferred == "video"
'''
unit = "share"
cluster = ["team_id", "worker_id"]
direction = "higher"
low = 0
high = 1
co_produced_with = ["parents", "young people", "practitioners"]
co_produced_on = 2025-03-14
"""
KEPT = ("team", "worker", "family", "contact", "access")
BASE = {
    "question": "How long?", "table": "contact", "formula": "mean(held_date - due_date)", "unit": "days",
}  # fmt: skip


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in [k for k, m in REGISTRY.items() if m.own]:
        monkeypatch.delitem(REGISTRY, key)
    kept = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(kept)


def test_a_mean_by_hand(tiny: EvaluationData) -> None:
    """Days late of the contacts held with a due date: -1, 3, 0, 0, 0, -2; three others are not known."""
    row = ht.measure(tiny, declare_metric("Days late", **BASE)).iloc[0]
    assert row["estimate"] == pytest.approx(0.0) and (row["n"], row["n_missing"]) == (6, 3)
    assert row["flag"] == "fewer than 10 units; not co-produced; one cluster: no interval"


def test_a_ratio_and_a_where_by_hand(tiny: EvaluationData) -> None:
    own = declare_metric(
        "Remote share of hours", question="How remote?", table="worker_month", unit="share",
        formula="ratio(h_home, h_home + h_office) where h_visit > 0", cluster="worker_id", low=0, high=1,
    )  # fmt: skip
    row = ht.measure(tiny, own).iloc[0]
    assert row["estimate"] == pytest.approx((30 + 20 + 10 + 0 + 24) / (40 + 40 + 40 + 0 + 40))
    assert row["n"] == 5 and row["n_clusters"] == 3 and row["conf_low"] < row["estimate"] < row["conf_high"]
    built_in = ht.measure(tiny, ["remote_share_desk", own], by="role", period="month")
    assert (
        set(built_in["metric"]) == {"remote_share_desk", own.id}
        and built_in["period"].isin(["2025-01", "2025-02"]).all()
    )


def test_where_that_cannot_be_known_counts_as_missing(tiny: EvaluationData) -> None:
    own = declare_metric("Video", question="?", table="contact", unit="share",
                         formula="share(engaged) where mode_offered_choice")  # fmt: skip
    row = ht.measure(tiny, own).iloc[0]
    assert (row["n"], row["n_missing"], row["estimate"]) == (4, 4, 0.75)


def test_from_a_file(tiny: EvaluationData, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TOML, encoding="utf-8")
    own = load_metric(path)
    assert own == parse_metric(TOML) and hash(own.frame) == hash(parse_metric(TOML).frame)
    assert own.co_produced == "with parents, young people, practitioners (2025-03-14)"
    assert own.caveats[-1] == "Co-produced with parents, young people, practitioners (2025-03-14)."
    assert own.columns == {"contact": ("mode", "mode_preferred")} and own.source and own.question.endswith("?")
    assert NOT_CO_PRODUCED not in ht.measure(tiny, own)["flag"].item()


def test_registered_it_is_in_catalogue_coverage_and_by_id(tiny: EvaluationData, empty_registry: None) -> None:
    own = register(parse_metric(TOML))
    assert register(parse_metric(TOML)) == own, "a cell run twice"
    row = catalogue().set_index("id").loc[own.id]
    assert row["code"] == "OWN" and row["co_produced"].startswith("with parents") and row["computed"]
    assert ht.measure(tiny, own.id)["metric"].item() == own.id
    assert own.id in {n.id for n in needs()}
    status = tiny.coverage().set_index("id").loc[own.id, "status"]
    assert status == "ready"
    changed = declare_metric("Other", id=own.id, **BASE)
    with pytest.raises(MeasureError, match="METRIC-TWICE"):
        register(changed)
    assert register(changed, replace=True).name == "Other"
    assert catalogue().set_index("id").loc[own.id, "co_produced"] == NOT_CO_PRODUCED
    built_in = declare_metric("Wellbeing of mine", id="swemwbs", **BASE)
    with pytest.raises(MeasureError, match="METRIC-TWICE"):
        register(built_in, replace=True)


def test_in_the_widget_by_its_id(empty_registry: None) -> None:
    own = register(declare_metric("Late by days", **BASE, direction="lower"))
    explorer = ht.MetricExplorer(ht.simulate_authority("null", "small", 3, tables=KEPT), metric=own.id)
    assert own.name in explorer.view.text
    assert any("Not co-produced" in note for note in explorer.view.notes)


@pytest.mark.parametrize(
    "table", ["worker_month", "contact", "family", "survey", "practice_rating", "child_event", "la_year"]
)
def test_every_kind_of_table_can_be_measured(tiny: EvaluationData, table: str) -> None:
    column = {"worker_month": "cases", "contact": "recorded(mode)", "family": "risk", "survey": "value",
              "practice_rating": "empathy", "child_event": "rereferral", "la_year": "inpost_fte"}[table]  # fmt: skip
    own = declare_metric("Mine of it", question="?", table=table, formula=column, unit="x")
    frame = ht.metrics.metric_values(tiny, own)
    assert set(own.cluster) & set(frame.columns), (own.cluster, list(frame.columns))
    assert ht.measure(tiny, own)["estimate"].notna().all()


def test_a_column_that_is_not_there_is_named(tiny: EvaluationData) -> None:
    lean = EvaluationData({"contact": tiny["contact"].drop(columns="due_date")})
    with pytest.raises(CoverageError, match="'due_date'"):
        ht.measure(lean, declare_metric("Days late", **BASE))


def test_a_figure_outside_its_range_is_flagged(tiny: EvaluationData) -> None:
    own = declare_metric("Days late", **BASE, low=5)
    assert "outside the range of the metric" in ht.measure(tiny, own)["flag"].item()


WRONG = {
    "id": "No Good", "question": "no mark", "table": "contacts", "columns": ("mode",), "cluster": "minutes",
    "direction": "up", "low": "zero", "high": True, "min_n": 3, "co_produced_with": ("Ann Example",),
    "co_produced_on": "2025-01-01", "unit": "", "caveats": "one text",
}  # fmt: skip


def test_differences_say_so_too() -> None:
    data = ht.simulate_authority("null", "small", 3, tables=KEPT)
    mine = declare_metric("Late by days", **BASE)
    table = ht.metrics.measure_differences(data, mine, by="low_access")
    assert table["flag"].eq(NOT_CO_PRODUCED).all() and table["p_value"].notna().all()


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_value_is_told_by_its_key(key: str) -> None:
    with pytest.raises(MeasureError, match=r"METRIC-DECLARATION|METRIC-SPEC"):
        declare_metric("Days late", **{**BASE, key: WRONG[key]})  # type: ignore[arg-type]


def test_co_production_is_recorded_whole_or_not_at_all() -> None:
    later = date.today() + timedelta(days=1)
    for who, when in ((["parents"], None), ([], "2025-01-01"), (["parents"], later), (["parents"], "soon")):
        with pytest.raises(MeasureError, match="METRIC-DECLARATION"):
            declare_metric("Days late", **BASE, co_produced_with=who, co_produced_on=when)
    only = declare_metric("Days late", **BASE, co_produced_with=["managers"], co_produced_on="2025-01-01")
    assert only.caveats[-1] == "Co-produced with managers (2025-01-01), without children or families."
    assert len(set(CO_PRODUCERS)) == len(CO_PRODUCERS)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        (TOML + 'formulae = "x"', MeasureError, "did you mean formula"),
        (TOML.replace('unit = "share"', ""), MeasureError, "no key unit"),
        (TOML.replace('unit = "share"', "unit = 3"), MeasureError, "'unit'"),
        (TOML.replace("columns = [", 'columns = ["minutes", '), MeasureError, "exactly those"),
        (TOML.replace('share(mode == "video")', "share(__import__('os'))"), MeasureError, "line 1, column 7"),
        (TOML + "x = ", UnreadableError, "at end of document|at line"),
        ("x = " + "[" * 5000, UnreadableError, "not TOML"),
    ],
)
def test_a_wrong_file_is_told(text: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        parse_metric(text)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read"):
        load_metric(tmp_path / "none.toml")
    (tmp_path / "big.toml").write_text("#" * 200_000)
    with pytest.raises(UnreadableError, match="100 kB"):
        load_metric(tmp_path / "big.toml")
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    with pytest.raises(UnreadableError, match="UTF-8"):
        load_metric(tmp_path / "latin.toml")


NAMES = ("Visits by Alex Surname", "Hours in Cardiff", "Leeds", "Team T07", "Hours of W0123", "The newest worker",
         "hours of sarah surname", "Case no 20431", "Ring 0113 496 0000")  # fmt: skip
CAUSES = ("Hours caused by home working", "Effect of remote work on hours", "Hours lost due to home working",
          "Hours saved thanks to hybrid working", "Impact of the office policy", "Did home working cause delay",
          "Delay as a result of video calls", "Home visits led to learning")  # fmt: skip
RANKS = (
    *("Worst teams", "League table of teams", "Ranking of workers", "Who is lazy", "Blame for delays"),
    "Performance score of each worker",
    *("Top performers", "Likely to leave", "Predicted leavers", "Managers who fail families", "W\u043erst teams"),
)


@pytest.mark.parametrize("field", ["name", "question", "unit", "caveats"])
@pytest.mark.parametrize("text", NAMES + RANKS)
def test_no_text_of_a_metric_names_ranks_or_blames(field: str, text: str) -> None:
    """The name of a metric stands above every table of it, and was whatever its author liked."""
    given = {"name": "Days late", **BASE}
    given |= {field: [text] if field == "caveats" else f"{text}?" if field == "question" else text}
    with pytest.raises(MeasureError, match="METRIC-WORDS"):
        declare_metric(id="own_one", **given)


@pytest.mark.parametrize("field", ["name", "question", "unit"])
@pytest.mark.parametrize("text", CAUSES)
def test_no_text_of_a_metric_says_what_causes_what(field: str, text: str) -> None:
    """A metric measures; a cause is for the claim of a study, at the grade of its design."""
    given = {"name": "Days late", **BASE} | {field: f"{text}?" if field == "question" else text}
    with pytest.raises(MeasureError, match="METRIC-WORDS"):
        declare_metric(id="own_one", **given)


def test_an_id_names_nobody_either() -> None:
    with pytest.raises(MeasureError, match="METRIC-WORDS"):
        declare_metric("Hours", id="sarah_surname_hours", **BASE)


PLAIN = ("Visits missed due to illness", "Cause of absence recorded", "Best interests recorded", "Never alone",
         "Visits kept", "Warwick-Edinburgh score")  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_plain_names_of_metrics_pass(name: str) -> None:
    assert declare_metric(name, **BASE, caveats=["Show the spread. Never a league table."]).name == name
