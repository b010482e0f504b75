"""What the gate hides, rounds, refuses and records."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.data.privacy.inside import inside
from hybrid_toolkit.disclosure import Gate, Policy, Release, disclosure_record, require_release
from hybrid_toolkit.disclosure.cells import round_counts
from hybrid_toolkit.disclosure.minimum_counts import hide_estimates
from hybrid_toolkit.errors import DisclosureError

TEAMS = pd.DataFrame(
    {
        "team_id": ["T3", "T1", "T2"],
        "n": [14, 9, 40],
        "remote_share": [0.71234, 0.2, 0.5],
        "remote_share_min": [0.1, 0.1, 0.1],
        "commute_min": [31.0, 28.0, 40.0],
        "worker_name": ["a", "b", "c"],
    }
)


def teams(**more: object) -> Release:
    arguments: dict[str, object] = {
        "people": "n",
        "title": "Remote share by team",
        "dims": ["team_id"],
        "values": ["remote_share"],
    }
    return Gate().table(TEAMS, **(arguments | more))  # type: ignore[arg-type]


def test_a_team_of_fewer_than_ten_is_hidden_with_its_values() -> None:
    shown = teams().content.set_index("team_id")
    assert shown["suppressed"].to_dict() == {"T1": True, "T2": False, "T3": False}
    assert pd.isna(shown.loc["T1", "n"])
    assert pd.isna(shown.loc["T1", "remote_share"])


def test_rows_come_in_the_order_of_their_names_so_that_nothing_is_ranked() -> None:
    assert teams().content["team_id"].tolist() == ["T1", "T2", "T3"]


def test_counts_are_rounded_to_five_and_rates_follow_them() -> None:
    shown = teams().content.set_index("team_id")
    assert shown["n"].drop("T1").tolist() == [40, 15]
    assert shown.loc["T3", "remote_share"] == 0.7, "14 people: steps of 0.1"
    more = TEAMS.assign(n=[1400, 9, 40])
    assert (
        Gate()
        .table(more, people="n", title="x", dims=["team_id"], values=["remote_share"])
        .content.set_index("team_id")
        .loc["T3", "remote_share"]
        == 0.712
    )


def test_minimum_columns_are_removed_and_minutes_are_not() -> None:
    release = teams(values=["remote_share", "remote_share_min", "commute_min"])
    assert release.values == ("remote_share", "commute_min")
    assert "remote_share_min" not in release.content
    assert [d.cells for d in release.decisions if d.rule == "extremes"] == [3]


def test_only_named_columns_leave() -> None:
    assert list(teams().content) == ["team_id", "n", "remote_share", "suppressed"]


@pytest.mark.parametrize(
    "column", ["worker_id", "family_id", "child_id", "contact_id", "nhs_number", "postcode", "name"]
)
def test_a_column_that_identifies_is_refused_as_dimension(column: str) -> None:
    frame = pd.DataFrame({column: ["a", "b"], "n": [20, 30]})
    with pytest.raises(DisclosureError, match="DIM-IDENTIFIER") as caught:
        Gate().table(frame, people="n", title="x", dims=[column])
    assert "'a'" not in str(caught.value)


def test_a_rank_is_refused() -> None:
    with pytest.raises(DisclosureError, match="RANKING"):
        Gate().table(TEAMS.assign(rank=[1, 2, 3]), people="n", title="x", dims=["team_id"], values=["rank"])


def test_few_people_behind_many_contacts_are_hidden() -> None:
    frame = pd.DataFrame({"mode": ["home", "video"], "n": [300, 200], "workers": [40, 3], "share": [0.6, 0.5]})
    shown = Gate().table(frame, title="x", dims=["mode"], values=["share"], people="workers").content
    assert shown["suppressed"].tolist() == [False, True]
    assert pd.isna(shown["workers"].iloc[1])


@pytest.mark.parametrize("unknown", ["n", "people"])
def test_a_cell_whose_count_or_people_are_not_known_is_hidden_with_its_values(unknown: str) -> None:
    frame = pd.DataFrame({"team_id": ["T1", "T2", "T3"], "n": [50.0, 45, 60], "people": [20.0, 25, 30], "rate": 0.31})
    frame.loc[1, unknown] = np.nan
    shown = Gate().table(frame, title="Rate by team", dims=["team_id"], values=["rate"], people="people").content
    assert shown["suppressed"].tolist() == [False, True, False]
    assert shown.loc[1, ["n", "people", "rate"]].isna().all() and shown["rate"].notna().sum() == 2


def test_a_share_with_few_inside_or_outside_is_hidden() -> None:
    frame = pd.DataFrame({"g": ["a", "b", "c"], "n": [100, 100, 100], "share": [0.5, 0.04, 0.97]})
    shown = Gate().table(frame, people="n", title="x", dims=["g"], shares=["share"]).content
    assert shown["suppressed"].tolist() == [False, True, True]


def test_a_cell_that_is_not_there_is_hidden_like_a_nought() -> None:
    frame = pd.DataFrame({"a": ["x", "x", "y"], "b": ["p", "q", "p"], "n": [20, 30, 40]})
    shown = Gate().table(frame, people="n", title="x", dims=["a", "b"]).content
    assert shown["suppressed"].tolist() == [False, False, False, True]
    assert len(Gate().table(frame, people="n", title="x", dims=["a", "b"], structural_zeros=True).content) == 3


def test_noughts_can_be_shown_by_policy() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "n": [0, 40]})
    assert Gate(Policy(zero_cells="show", reason="A test.", agreed_by="tester")).table(
        frame, people="n", title="x", dims=["a"]
    ).content["n"].tolist() == [0, 40]
    assert Gate().table(frame, people="n", title="x", dims=["a"]).content["n"].isna().tolist() == [True, False]


def test_a_dominant_contributor_hides_the_row_where_the_policy_says_so() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "n": [30, 40], "hours": [101.3, 93.7], "largest": [0.8, 0.1]})
    gate = Gate(Policy(dominance_share=0.5))
    shown = gate.table(frame, people="n", title="x", dims=["a"], values=["hours"], dominance="largest").content
    assert shown["suppressed"].tolist() == [True, False]
    assert "largest" not in shown
    with pytest.raises(DisclosureError, match="DOMINANCE-MISSING"):
        gate.table(frame, people="n", title="x", dims=["a"], values=["hours"])


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (pd.DataFrame({"a": ["x", "y"], "n": [30.5, 40]}), "COUNT-INVALID"),
        (pd.DataFrame({"a": ["x", "y"], "n": [-1, 40]}), "COUNT-INVALID"),
        (pd.DataFrame({"a": ["x", "x"], "n": [30, 40]}), "CELL-DUPLICATE"),
        (pd.DataFrame({"b": ["x", "x"], "n": [30, 40]}), "COLUMN-MISSING"),
        (pd.DataFrame({"a": ["x" * i for i in range(1, 602)], "n": 40}), "TABLE-TOO-FINE"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(frame: pd.DataFrame, code: str) -> None:
    with pytest.raises(DisclosureError, match=code):
        Gate().table(frame, people="n", title="x", dims=["a"])


def test_months_keep_their_order_and_totals_come_last() -> None:
    months = pd.to_datetime(["2026-03-01", "2026-01-01", "2026-02-01"])
    frame = pd.DataFrame({"month": months, "n": [30, 20, 10]})
    shown = Gate().table(frame, people="n", title="x", dims=["month"], totals=True).content
    assert shown["n"].tolist() == [20, 10, 30, 60]
    assert shown["month"].iloc[-1] == "Total"


def test_estimates_are_hidden_below_the_limits_and_where_nobody_knows_and_shown_on_them() -> None:
    rows = pd.DataFrame(
        {"n": [10, 9, np.nan, 40, 40, 40, 40], "teams": [5, 6, 6, 5, 4, np.nan, 6], "estimate": np.arange(7) + 0.5}
    )
    hide, decisions = hide_estimates(rows, Policy(), n="n", clusters="teams", whole=False)
    assert hide.tolist() == [False, True, True, False, True, True, False] and len(decisions) == 2
    rest_on = np.array([10.0, 40, 40, 9, 40, 40, np.nan])
    hide, _ = hide_estimates(rows.assign(teams=6), Policy(), n="n", clusters="teams", whole=False, people=rest_on)
    assert hide.tolist() == [False, True, True, True, False, False, True]


def test_estimates_need_people_and_clusters() -> None:
    rows = pd.DataFrame(
        {
            "term": ["a", "b", "c"],
            "estimate": [0.12345, 0.2, 0.3],
            "std_error": 0.1,
            "conf_low": 0.0,
            "conf_high": 0.4,
            "p_value": 0.04,
            "n": [203, 9, 80],
            "unit": "share",
            "clusters": [24, 24, 3],
            "outcome": "choice",
            "secret": 1.0,
        }
    )
    release = Gate().estimates(rows, people="n", title="x", clusters="clusters", labels=["outcome"])
    shown = release.content
    assert shown["suppressed"].tolist() == [False, True, True]
    assert shown["estimate"].tolist()[0] == 0.12, "a tenth of its standard error at the finest"
    assert shown["n"].tolist()[0] == 205
    assert shown["clusters"].tolist()[0] == 24
    assert "secret" not in shown
    assert shown.loc[1:, ["estimate", "conf_low", "p_value", "n", "clusters"]].isna().all(axis=None)
    assert [d.rule for d in release.decisions] == ["threshold", "clusters", "rounding"]


@pytest.mark.parametrize(
    "text",
    ["Write to a.person@council.gov.uk", "The family at LS1 4AP", "Child 943 476 5919 was seen", "QQ 12 34 56 C"],
)
def test_words_with_personal_details_are_refused(text: str) -> None:
    with pytest.raises(DisclosureError, match="TEXT-IDENTIFIER") as caught:
        Gate().text(text, title="claim")
    assert text not in str(caught.value)


def test_figures_and_ordinary_numbers_may_stand_in_words() -> None:
    text = "A difference of -0.081 (95% interval -0.112 to -0.050), from 14,205 contacts in 24 teams in 2025 to 2026."
    assert Gate().text(text, title="claim", n=14205, clusters=24).text == text
    assert "Withheld" in Gate().text(text, title="claim", n=14205, clusters=3).text


def test_facts_state_their_grounds() -> None:
    release = Gate().facts(pd.DataFrame({"check": ["clusters"]}), title="x", basis="metadata")
    assert release.decisions[0].rule == "grounds"
    with pytest.raises(DisclosureError, match="BASIS-UNKNOWN"):
        Gate().facts(pd.DataFrame(), title="x", basis="because")  # type: ignore[arg-type]
    with pytest.raises(DisclosureError, match="DIM-IDENTIFIER"):
        Gate().facts(pd.DataFrame({"worker_id": ["a"]}), title="x", basis="metadata")


def test_numbers_put_together_anew_must_stand_in_the_releases_they_come_from() -> None:
    release = teams(values=["remote_share"])
    shown = release.content[~release.content["suppressed"]]
    again = Gate().figure_data(
        shown[["team_id", "n", "remote_share"]],
        title="x",
        dims=["team_id"],
        values=["remote_share"],
        derived_from=release,
    )
    assert again.content["remote_share"].tolist() == shown["remote_share"].tolist()
    for other in (TEAMS, TEAMS.assign(n=[14, 5, 40])):
        with pytest.raises(DisclosureError, match="REDRAWN-OTHER"):
            Gate().figure_data(other, title="x", dims=["team_id"], values=["remote_share"], derived_from=release)
    with pytest.raises(DisclosureError, match="NOT-RELEASED"):
        Gate().figure_data(TEAMS, title="x", dims=["team_id"], derived_from=TEAMS)  # type: ignore[arg-type]


def test_what_was_measured_on_people_is_no_fact() -> None:
    frame = pd.DataFrame({"metric": ["x"], "estimate": [0.3], "n": [4]})
    for basis in ("metadata", "assumption"):
        with pytest.raises(DisclosureError, match="FACTS-MEASURED"):
            Gate().facts(frame.assign(n_people=4), title="x", basis=basis)  # type: ignore[arg-type]
        with pytest.raises(DisclosureError, match="FACTS-MEASURED"):
            Gate().facts(inside(frame), title="x", basis=basis)  # type: ignore[arg-type]
    data = EvaluationData({"worker": pd.DataFrame({"worker_id": ["Wabc1", "Wabc2", "Wabc3"]})})
    with pytest.raises(DisclosureError, match="DIM-IDENTIFIER"):
        Gate(source=data).facts(pd.DataFrame({"note": ["Wabc1", "Wabc2"]}), title="x", basis="metadata")


def test_a_frame_that_does_not_say_who_stands_behind_it_is_refused() -> None:
    frame = pd.DataFrame({"mode": ["home", "video"], "n": [300, 200], "mean": [3.13, 2.27]})
    with pytest.raises(DisclosureError, match="PEOPLE-UNSAID"):
        Gate().table(frame, title="x", dims=["mode"], values=["mean"])
    with pytest.raises(DisclosureError, match="PEOPLE-UNSAID"):
        Gate().figure_data(frame, title="x", dims=["mode"], values=["mean"])
    with pytest.raises(DisclosureError, match="PEOPLE-UNSAID"):
        Gate().estimates(frame.rename(columns={"mode": "term", "mean": "estimate"}), title="x")
    carried = Gate().table(frame.assign(n_people=[40, 3]), title="x", dims=["mode"], values=["mean"]).content
    assert carried["suppressed"].tolist() == [False, True], "the fewest that any column says"
    claimed = (
        Gate().table(frame.assign(n_people=[40, 3]), title="x", dims=["mode"], values=["mean"], people="n").content
    )
    assert claimed["suppressed"].tolist() == [False, True], "the caller cannot talk it up"


@pytest.mark.parametrize(
    "title", ["Hours of Alex Surname", "Ring 0113 496 0000", "At 12 High Street", "Case no 20431", "Ms Surname's cases"]
)
def test_titles_and_terms_are_screened_as_loading_is(title: str) -> None:
    frame = pd.DataFrame({"mode": ["home"], "n": [40]})
    for call in (
        lambda: Gate().table(frame, title=title, dims=["mode"], people="n"),
        lambda: Gate().text("x", title=title),
        lambda: Gate().facts(frame, title=title, basis="metadata"),
        lambda: Gate().estimates(pd.DataFrame({"term": [title], "estimate": [0.3], "n": [40]}), title="x", people="n"),
    ):
        with pytest.raises(DisclosureError, match="TEXT-IDENTIFIER"):
            call()


def test_a_table_of_named_teams_of_eight_from_measure_shows_none(small_staff: EvaluationData) -> None:
    measured = ht.measure(small_staff, "remote_share_desk", by="team_id")
    assert "inside only: not checked for release" in repr(measured)
    assert "inside only: not checked for release" in measured._repr_html_()
    content = Gate(source=small_staff).table(measured, title="By team", dims=["group"], values=["estimate"]).content
    assert len(content) == 24 and content["suppressed"].all()


@pytest.fixture
def small_staff() -> EvaluationData:
    """Twenty-four teams of eight workers, over twelve months."""
    worker = pd.DataFrame(
        {"worker_id": [f"W{i:03}" for i in range(192)], "team_id": [f"T{i // 8:02}" for i in range(192)]}
    )
    months = pd.date_range("2025-01-01", periods=12, freq="MS")
    rows = worker[["worker_id"]].merge(pd.DataFrame({"month": months}), how="cross")
    hours = np.random.default_rng(1).uniform(5, 30, (2, len(rows)))
    tables = {"worker": worker, "worker_month": rows.assign(h_home=hours[0], h_office=hours[1])}
    return EvaluationData(tables)


def test_synthetic_data_stamp_every_release_and_real_data_none() -> None:
    tables = {"la": pd.DataFrame({"la_id": ["A"]})}
    made, real = EvaluationData(tables, synthetic=True), EvaluationData(tables)
    stamped = Gate(source=made).table(TEAMS, people="n", title="x", dims=["team_id"])
    assert (stamped.synthetic, stamped.stamp, stamped.data_hash) == (True, SYNTHETIC_STAMP, made.hash)
    plain = Gate(source=real).text("words", title="x")
    assert (plain.synthetic, plain.stamp) == (False, "")
    assert Gate().table(TEAMS, people="n", title="x", dims=["team_id"], source=made).synthetic


def test_a_release_cannot_be_forged_changed_or_replaced() -> None:
    release = teams()
    with pytest.raises(dataclasses.FrozenInstanceError):
        release.title = "other"  # type: ignore[misc]
    with pytest.raises((DisclosureError, ValueError, TypeError), match=r"seal|InitVar"):  # TypeError from 3.13 on
        dataclasses.replace(release, title="other")
    content = release.content
    content.loc[:, "n"] = 3
    assert release.content["n"].dropna().tolist() == [40, 15]
    release._frame.loc[0, "n"] = 3
    with pytest.raises(DisclosureError, match="RELEASE-CHANGED"):
        require_release(release)


def test_the_callers_frame_stays_as_it_was() -> None:
    before = TEAMS.copy(deep=True)
    teams(totals=True)
    pd.testing.assert_frame_equal(TEAMS, before)


def test_a_release_survives_copying() -> None:
    assert require_release(copy.deepcopy(teams())).intact
    assert require_release(pickle.loads(pickle.dumps(teams()))).intact


def test_frames_are_not_releases() -> None:
    with pytest.raises(DisclosureError, match="NOT-RELEASED"):
        require_release(TEAMS)


def test_the_same_content_has_the_same_id() -> None:
    assert teams().id == teams().id
    assert teams().id != teams(title="Another").id


def test_the_record_holds_each_decision_and_no_value() -> None:
    record = disclosure_record([teams(), Gate().text("words", title="x")])
    assert record["rule"].tolist() == ["threshold", "rounding", "none"]
    assert "0.2" not in " ".join(record["what"] + record["why"])
    with pytest.raises(DisclosureError):
        disclosure_record([TEAMS])  # type: ignore[list-item]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.booleans())
def test_no_shown_count_is_below_the_threshold(counts: list[int], totals: bool) -> None:
    frame = pd.DataFrame(
        {"group": [f"group {chr(97 + i)}" for i in range(len(counts))], "n": counts, "mean": np.arange(len(counts))}
    )
    shown = Gate().table(frame, people="n", title="x", dims=["group"], values=["mean"], totals=totals).content
    kept = shown[~shown["suppressed"]]
    assert (kept["n"] >= 10).all()
    assert (kept["n"] % 5 == 0).all()
    assert shown.loc[shown["suppressed"], ["n", "mean"]].isna().all(axis=None)


def test_halves_of_an_even_base_are_rounded_up() -> None:
    """15 and 25 lie half-way between tens; numpy would take both to 20."""
    policy = Policy(rounding_base=10)
    assert round_counts(pd.Series([15, 25, 24]), policy).tolist() == [20, 30, 20]


def test_groups_at_one_time_are_no_survival_curve() -> None:
    """Shares still there of two groups, one a little below the other, are two figures of many people each."""
    rows = pd.DataFrame({"term": ["still there, remote 0", "still there, remote 1"], "estimate": [0.7, 0.68],
                         "std_error": 0.04, "conf_low": [0.6, 0.6], "conf_high": [0.8, 0.76], "n": [120, 110],
                         "unit": "share still there"})  # fmt: skip
    assert Gate().estimates(rows, title="Retention", people="n").content["estimate"].notna().tolist() == [True, True]
    times = rows.assign(term=["all at 12", "all at 13"])
    assert len(Gate().estimates(times, title="Retention", people="n").content) == 1


def test_answers_to_several_questions_are_no_survival_curve() -> None:
    """Coefficients that fall, and shares whose errors are those of clusters, keep their rows."""
    falling = pd.DataFrame({"term": ["a", "b", "c", "d"], "estimate": [0.62, 0.41, 0.2, 0.05], "std_error": 0.11,
                            "n": 240, "unit": "points"})  # fmt: skip
    shares = falling.assign(std_error=[0.05, 0.09, 0.07, 0.03], unit="share")
    for rows in (falling, shares):
        assert len(Gate().estimates(rows, title="Slopes", people="n").content) == 4


def test_a_survival_curve_read_at_chosen_times_is_found_under_any_name() -> None:
    """Forty people of whom two leave between any two rows; terms, unit and errors say nothing of it."""
    there = np.array([38, 36, 34, 32, 30]) / 40
    rows = pd.DataFrame({"term": list("abcde"), "estimate": there, "std_error": np.sqrt(there * (1 - there) / 40),
                         "n": 40, "unit": "per cent"})  # fmt: skip
    for told in (rows, rows.drop(columns="std_error"), rows.round(3)):
        assert len(Gate().estimates(told, title="Answers", people="n").content) <= 1
    wide = rows.assign(n=400, std_error=rows["std_error"] / 10**0.5)  # twenty leave between two rows
    assert len(Gate().estimates(wide, title="Answers", people="n").content) == 5


@pytest.mark.parametrize("seed", range(6))
def test_no_rounding_puts_an_estimate_on_its_own_limit(seed: int) -> None:
    """Shares and means of small groups, whose steps are wider than their intervals."""
    rng = np.random.default_rng(seed)
    n = rng.integers(20, 60, 30)
    share = rng.uniform(0.3, 0.7, 30)
    half = rng.uniform(0.002, 0.2, 30)
    rows = pd.DataFrame({"group": [f"group {chr(97 + i % 26)}{i // 26}" for i in range(30)], "n": n, "estimate": share,
                         "conf_low": share - half, "conf_high": share + half})  # fmt: skip
    shown = Gate().figure_data(rows, title="x", dims=["group"], values=["estimate", "conf_low", "conf_high"],
                               people="n").content.dropna()  # fmt: skip
    assert len(shown) > 20
    assert (shown["conf_low"] < shown["estimate"]).all() and (shown["estimate"] < shown["conf_high"]).all()


@pytest.mark.parametrize("labels", [["0.005 to 16.005", "64.001 to 80.000"], ["(0.0, 16.0]", "(64.0, 80.0]"]])
def test_bins_with_nobody_between_them_are_folded_too(labels: list[str]) -> None:
    """Bins without anybody were left out, so that the others did not meet and passed for bands of a code list."""
    rows = pd.DataFrame({"hours": labels, "n": [136, 1]})
    with pytest.raises(DisclosureError, match="BINS-FEW"):
        Gate().figure_data(rows, title="Hours", dims=["hours"], people="n")
    bands = pd.DataFrame({"age": ["16 to 24", "35 to 44"], "n": [40, 30]})
    shown = Gate().figure_data(bands, title="Ages", dims=["age"], people="n").content
    assert shown["age"].tolist() == ["16 to 24", "35 to 44"]
