"""Every kind of row: each column is made, what a builder offers can be declared, and a study of each is estimated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.designs import DESIGNS
from hybrid_toolkit.designs.checks import check_attrition
from hybrid_toolkit.designs.library import SERIES
from hybrid_toolkit.designs.regression.outcomes import MOST_ANSWERS
from hybrid_toolkit.errors import HybridToolkitError, StudyError
from hybrid_toolkit.study.declaration.study_frames import build_frame, table_needs
from hybrid_toolkit.study.diagnosis.power_curve import power_curve
from hybrid_toolkit.study.diagnosis.suited_scenarios import first_suited, suited_scenarios
from hybrid_toolkit.study.graph.identification import stops_fit
from hybrid_toolkit.study.shipped_studies import declared_study, every_study
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.study.units import UNITS
from hybrid_toolkit.study.units.column_kinds import COUNT, MEASURE, NOT_BESIDE, SCORE, YES_NO, column_kind
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.widgets.planning import study_view
from hybrid_toolkit.widgets.planning.study_view import declared, of_start, options, starts

CLUSTER = {"authority-month": "la_id", "authority-year": "la_id"}
EXPOSURE = {
    "contact": "rs_desk",
    "rating": "remote",
    "alliance": "remote_last",
    "worker-month": "rs_desk",
    "worker-wave": "rs_desk_to_date",
    "worker": "rs_desk_first",
    "arrangement": "formality",
    "adjustment": "formality_recorded",
    "team-month": "rs_desk",
    "team-wave": "under_policy",
    "authority-month": "rs_desk",
    "authority-year": "agency_pct",
}
OTHER = {
    "worker": "left",
    "authority-year": "turnover_pct",
    "arrangement": "approved_of_requested",
    "adjustment": "adjustment_in_time",
}


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    every = [i.id for i in instruments_in("survey")]
    made: EvaluationData = simulate_authority("helpful-hump", "small", 5, instruments=every)
    return made


def study_of(unit: str, outcome: str, **more: object) -> Study:
    others = [m for m in reversed(UNITS[unit].measures) if m != outcome]
    exposure = EXPOSURE[unit] if outcome != EXPOSURE[unit] else OTHER.get(unit, others[0])
    fields = {"cluster": CLUSTER.get(unit, "team_id"), "exposure": exposure, "design": "cross-sectional", **more}
    return Study(id="one", question="Does it?", estimand="none", outcome=outcome, row_unit=unit, **fields)


def test_no_unit_is_forgotten() -> None:
    assert set(EXPOSURE) == set(UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_every_column_is_made_of_what_it_says_it_needs(data: EvaluationData, unit: str) -> None:
    """Coverage and --adapt trust what a column says that it needs: it may ask for nothing else, and has a value.

    Repeat plans and re-referrals had no row at all where neither contacts nor workers' months were there: every trial
    of policy-plans failed, and so would an authority that holds plans alone.
    """
    wrong = {}
    for name in UNITS[unit].columns:
        needed = table_needs(unit, [name])
        if not all(data.has(t, *columns) for t, columns in needed.items()):
            continue
        only = EvaluationData({t: data.table(t)[list(c)] for t, c in needed.items()}, synthetic=True)
        try:
            made = build_frame(only, unit, [name])
            if name in UNITS[unit].measures and made[name].notna().sum() == 0 and set(needed) != {"team"}:
                wrong[name] = "no value"  # what a team is has no months: what it is set against brings them
        except HybridToolkitError as error:
            wrong[name] = error.message
    assert not wrong


@pytest.mark.parametrize("unit", UNITS)
def test_every_measure_is_a_number_that_varies(data: EvaluationData, unit: str) -> None:
    measures = UNITS[unit].measures
    frame = build_frame(data, unit, list(UNITS[unit].columns))
    assert len(frame) and len(set(UNITS[unit].columns)) == len(UNITS[unit].columns)
    alone = {"authority-month": {"under_policy"}}.get(unit, set())  # one authority has no policy of its own here
    for name in measures:
        assert pd.api.types.is_numeric_dtype(frame[name]) or pd.api.types.is_bool_dtype(frame[name]), name
        assert frame[name].nunique() > 1 or name in alone, name


@pytest.mark.parametrize("unit", UNITS)
def test_the_values_of_every_measure_are_of_the_kind_that_is_said(data: EvaluationData, unit: str) -> None:
    """Whether a design for yes or no, counts or answers in order is offered hangs on it."""
    frame = build_frame(data, unit, list(UNITS[unit].columns))
    wrong = {}
    for name in UNITS[unit].measures:
        values, kind = frame[name].dropna().astype("float64"), column_kind(unit, name)
        yes_no, whole = bool(values.isin([0, 1]).all()), bool((values.ge(0) & values.eq(values.round())).all())
        held = {YES_NO: yes_no, COUNT: whole and not yes_no, SCORE: 2 < values.nunique() <= MOST_ANSWERS}
        if not held.get(kind, not yes_no):
            wrong[name] = kind
        if kind == MEASURE and whole and name != "commute_min":  # minutes, which the contract takes in parts too
            wrong[name] = "whole numbers"
    assert not wrong


def test_what_is_known_of_held_contacts_alone_is_never_beside_what_was_not_achieved(data: EvaluationData) -> None:
    rows = build_frame(data, "contact", list(UNITS["contact"].columns))
    missed = rows[rows["not_achieved"].eq(1)]
    assert len(missed) > 100
    none = {c for c in UNITS["contact"].measures if missed[c].isna().all()}
    assert none == set(NOT_BESIDE["not_achieved"])
    with_child = rows[rows["seen_alone"].notna()]
    assert len(with_child) > 100 and not with_child["remote"].any(), "a child is seen at visits in person"


@pytest.mark.parametrize("start", sorted(set(starts()) - {"agency-turnover", "one-change"}))
def test_of_what_is_offered_nothing_stands_still_beside_the_other(data: EvaluationData, start: str) -> None:
    assert not still(start, data)


def test_an_offer_that_can_never_be_fitted_is_found(data: EvaluationData, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a child was seen was offered beside whether the contact was remote, and no row has both vary."""
    monkeypatch.setattr("hybrid_toolkit.study.declaration.value_kinds.NOT_BESIDE", {})
    monkeypatch.setattr(study_view, "_offered", study_view._offered.__wrapped__)  # keeps nothing
    assert {("outcome", "child_seen"), ("outcome", "seen_alone")} <= still("exclusion-gap", data)


def still(start: str, data: EvaluationData) -> set[tuple[str, str]]:
    """Offered columns with which outcome or exposure has one value in all rows where both are known."""
    state = of_start(start)
    rows = build_frame(data, starts()[start].row_unit, list(UNITS[starts()[start].row_unit].columns))
    found = set()
    for field in ("outcome", "exposure"):
        for column in options(state)[field]:
            pair = {"outcome": state.outcome, "exposure": state.exposure, field: column}
            both = rows[list(pair.values())].dropna()
            if len(both) == 0 or both.nunique().min() < 2:
                found.add((field, column))
    return found


@pytest.mark.parametrize(
    ("unit", "more", "code"),
    [
        ("worker-wave", {"outcome": "swemwbs", "design": "binary-outcome", "kind": "log-odds"}, "OUTCOME-KIND"),
        ("team-month", {"outcome": "rs_desk", "exposure": "b2b", "design": "count-outcome", "kind": "log-rate"},
         "OUTCOME-KIND"),
        ("worker", {"outcome": "caseload_first", "design": "retention", "kind": "log-hazard", "duration": "duration"},
         "OUTCOME-KIND"),
        ("contact", {"outcome": "engaged", "exposure": "rs_desk", "design": "doubly-robust", "kind": "effect",
                     "confounders": ("rural",)}, "EXPOSURE-KIND"),
        ("contact", {"outcome": "not_achieved", "exposure": "remote"}, "NEVER-TOGETHER"),
        ("team-month", {"outcome": "timely", "exposure": "rs_desk", "design": "staggered-rollout", "kind": "effect",
                        "panel_id": "team_id", "time": "month_index", "first_treated": "policy_start"},
         "EXPOSURE-UNREAD"),
    ],
)  # fmt: skip
def test_values_that_a_design_cannot_fit_are_refused_before_any_fit(
    unit: str, more: dict[str, object], code: str
) -> None:
    fields = {"outcome": "", "cluster": "team_id", "exposure": EXPOSURE[unit], "design": "cross-sectional", **more}
    with pytest.raises(StudyError) as refused:
        Study(id="one", question="Does it?", estimand="none", row_unit=unit, **fields)  # type: ignore[arg-type]
    assert refused.value.code == code and "Use " in refused.value.fix


@pytest.mark.parametrize("unit", UNITS)
def test_a_study_of_every_measure_is_declared(unit: str) -> None:
    for outcome in UNITS[unit].measures:
        assert study_of(unit, outcome).outcome == outcome


@pytest.mark.parametrize("unit", sorted(set(UNITS) - {"authority-month", "authority-year"}))
def test_a_study_of_each_unit_is_estimated(data: EvaluationData, unit: str) -> None:
    """The frame is made, the fit ends, the claim is in words."""
    result = study_of(unit, UNITS[unit].measures[0]).estimate(data)
    assert np.isfinite(result.tidy()["estimate"].iloc[0]) and result.claims()[0].text


@pytest.mark.parametrize("start", starts())
def test_what_the_builder_offers_can_be_declared(start: str) -> None:
    state = of_start(start)
    offered = options(state)
    for field in ("outcome", "exposure", "design"):
        assert getattr(state, field) in offered[field]
        for value in offered[field]:
            declared(replace(state, **{field: value}))
    for column in set(offered["confounders"]) - set(state.confounders) - set(starts()[start].mediators):
        declared(replace(state, confounders=(*state.confounders, column)))
    assert not {"skill", "alliance", "access_count"} & set(offered["outcome"]), "columns of other rows"


EVERY = 8
"""A study of one offered column in so many is fitted; all are declared above, and by hand all were fitted."""
ALL_DESIGNS = ("one-change", "policy-rollout")
"""Starts of which each offered design is fitted: most of what was offered and always refused was of these."""


ROWS_TOO_FEW = {"NO-EVENT", "SEPARATION", "NOT-CONVERGED", "TOO-FEW-PERIODS", "ONE-CLUSTER"}
"""What so little an authority may lack; values that a design cannot fit, or starts that it cannot use, are none."""


@pytest.mark.parametrize("start", sorted(set(starts()) - {"agency-turnover"}))
def test_what_is_offered_is_fitted_or_refused_with_what_to_do(start: str) -> None:
    """None that the graph stops is offered; where rows do not suffice an error of the toolkit's own says so."""
    moved = {"policy_month": 4} if start == "one-change" else {}
    every = [i.id for i in instruments_in("survey")]
    little = simulate_authority(
        replace(scenario("helpful-hump"), **moved), Size("walk", 1, 8, 6.0, 8, 2), 5, instruments=every
    )
    state, fitted, codes = of_start(start), 0, []
    found = options(state)
    offered = [(f, v) for f in ("outcome", "exposure") for v in found[f]][::EVERY]
    offered += [("design", d) for d in list(found["design"])[:: 1 if start in ALL_DESIGNS else EVERY]]
    for field, value in offered:
        study = declared(replace(state, **{field: value}))
        assert not stops_fit(study), (field, value)
        try:
            fit = study.design_used.fit(study.frame(little), study.plan())
        except HybridToolkitError as error:
            assert error.fix, (field, value)
            codes.append(error.code)
            if "errors = 'random-walk'" in error.fix and study.design == "interrupted-series":
                as_told = study.replace(settings=(("errors", "random-walk"),))
                fit = as_told.design_used.fit(as_told.frame(little), as_told.plan())
                assert np.isfinite(fit.row[["estimate", "std_error"]].to_numpy(float)).all(), (field, value)
        else:
            fitted += 1
            assert np.isfinite(fit.row["estimate"].iloc[0]), (field, value)
    assert set(codes) <= ROWS_TOO_FEW, codes
    assert fitted >= len(codes) or start in ("one-change", "retention"), codes  # one series; few leave so few teams
    assert start != "one-change" or "NOT-CONVERGED" in codes, "a series that wanders, fitted as its refusal says"


def test_designs_that_a_start_can_never_use_are_not_offered() -> None:
    """One authority has none to compare with; nothing in the data says that an order was drawn by lot."""
    series = of_start("one-change")
    assert set(options(series)["design"]) == {"interrupted-series"}
    assert set(options(replace(series, outcome="leavers"))["design"]) == {"interrupted-series", "interrupted-counts"}
    assert "random-order" not in options(of_start("policy-rollout"))["design"]
    study = starts()["policy-rollout"]
    with pytest.raises(StudyError, match=r"STUDY-STATED.*Set order = 'randomised' in \[settings\]"):
        study.replace(design="random-order")
    assert study.replace(design="random-order", settings=(("order", "randomised"),)).design == "random-order"


def test_every_study_is_tried_where_it_can_be_unless_a_scenario_is_named() -> None:
    """The series of one change was tried in helpful-hump, where each team starts in its own month, and refused."""
    for study in every_study():
        assert first_suited([study]) in suited_scenarios(study.design)
        assert (first_suited([study]) == "one-change") == (study.design in SERIES), study.id
    change, rollout = starts()["one-change"], starts()["policy-rollout"]
    with pytest.raises(StudyError, match=r"TRUTHS.*no scenario suits all 2 studies"):
        first_suited([change, rollout])
    tiny = Size("tiny", 1, 4, 6.0, 12, 3)
    assert change.diagnose(size_like=tiny, n_sims=2, progress=False).scenario == "one-change"
    assert power_curve(change, "teams", [2, 4], size_like=tiny, n_sims=2, progress=False).scenario == "one-change"


@pytest.mark.parametrize("start", starts())
def test_every_start_can_be_tried_where_its_truth_is_known(start: str) -> None:
    """The series of one change was tried where each team starts in its own month, and ended in an error."""
    tiny = Size("tiny", 1, 4, 6.0, 12, 3)
    for name in options(of_start(start))["scenario"]:
        study = starts()[start]
        assert np.isfinite([true_value(scenario(name), e, size=tiny) for e in study.estimands]).all()


def test_another_question_is_not_judged_by_the_true_value_of_the_start() -> None:
    """An odds ratio, or another outcome, was compared with the slope of the start."""
    assert declared(of_start("remote-practice")).estimand == "practice_rs_within"
    for start, change in (
        ("remote-practice", {"outcome": "timely"}),
        ("remote-practice", {"exposure": "rs_desk"}),
        ("retention", {"design": "binary-outcome"}),
    ):
        state = replace(of_start(start), **change)
        assert declared(state).estimand == "" and list(options(state)["estimand"]) == [""], change


def test_what_the_graph_stops_is_not_offered() -> None:
    """Contracted hours move caseload, which remote-practice holds: the builder offered them, and the fit refused."""
    state = of_start("remote-practice")
    stopped = declared(replace(state, exposure="fte")) if "fte" in options(state)["exposure"] else None
    assert stopped is None and "rs_desk" in options(of_start("exclusion-gap"))["confounders"]
    assert "commute_min" not in options(state)["exposure"], "one value a worker, and workers are held"


@pytest.mark.parametrize(("part", "more"), [("exposure", {"exposure": "fte"}), ("outcome", {"outcome": "caring"})])
def test_what_a_fixed_effect_absorbs_is_refused_before_any_fit(part: str, more: dict[str, str]) -> None:
    fields = {"outcome": "sick_days", "exposure": "rs_desk", **more}
    with pytest.raises(StudyError, match=rf"{part.upper()}-ABSORBED.*one value for each worker_id.*such as: "):
        study_of("worker-month", fields["outcome"], exposure=fields["exposure"], fixed_effects=("worker_id",))


def test_an_outcome_that_all_who_answered_share_has_no_attrition_to_tell(data: EvaluationData) -> None:
    study = declared(replace(of_start("career-stage"), outcome="responded")).replace(responded="")
    always = study.replace(outcome="swemwbs", responded="responded", confounders=())
    frame = always.frame(data)
    fit = always.design_used.fit(frame, always.plan())
    found = check_attrition(frame.assign(swemwbs=21.0), fit)
    assert found is not None and found.passed is None and "same value" in found.message


def test_every_design_is_offered_somewhere() -> None:
    """Those that need a start, a duration or a panel that no built-in study has are declared by hand."""
    offered = {d for start in starts() for d in options(of_start(start))["design"]}
    assert (
        {"within-worker", "cross-sectional", "multilevel", "staggered-rollout", "retention"} <= offered <= set(DESIGNS)
    )


def test_a_rating_holds_its_raters(data: EvaluationData) -> None:
    frame = build_frame(data, "rating", ["skill", "rater_id", "remote", "stage", "purpose", "low_access"])
    assert len(frame) == len(data["practice_rating"]) and frame["rater_id"].nunique() > 2
    with_raters = study_of("rating", "skill", fixed_effects=("rater_id",)).estimate(data).checks_frame()
    without = study_of("rating", "skill").estimate(data).checks_frame()
    state = {
        k: f.set_index("check").loc["rater severity", "state"] for k, f in (("with", with_raters), ("no", without))
    }
    assert state == {"with": "passed", "no": "did not pass"}
    assert "scale reliability" in set(with_raters["check"])


def test_an_alliance_is_with_what_went_before_it() -> None:
    day = pd.to_datetime(["2025-01-07", "2025-02-03", "2025-03-03", "2025-02-10"])
    contact = pd.DataFrame(
        {"contact_id": list("1234"), "family_id": ["f", "f", "f", "g"], "worker_id": ["a", "a", "a", "a"],
         "held_date": day, "mode": ["home", "video", "home", "phone"]}
    )  # fmt: skip
    answers = {f"wai_{i:02d}": pd.array([3, 4], dtype="Int64") for i in range(1, 13)}
    alliance = pd.DataFrame({"family_id": ["f", "g"], "worker_id": "a", "date": day[[1, 3]], **answers})
    made = build_frame(
        EvaluationData({"contact": contact, "alliance": alliance}), "alliance",
        ["alliance", "remote_last", "remote_share_to_date", "contacts_to_date"],
    )  # fmt: skip
    assert made["alliance"].tolist() == [36.0, 48.0] and made["remote_last"].tolist() == [1.0, 1.0]
    assert made["remote_share_to_date"].tolist() == [0.5, 1.0] and made["contacts_to_date"].tolist() == [2.0, 1.0]


def test_waves_have_their_own_clock(data: EvaluationData) -> None:
    rows = build_frame(data, "worker-wave", ["wave", "policy_wave", "month_index", "policy_start", "under_policy"])
    some = rows.dropna(subset=["policy_wave", "under_policy"])
    assert (some["wave"].ge(some["policy_wave"])).eq(some["under_policy"].eq(1)).all() and len(some)
    assert (some["month_index"].ge(some["policy_start"])).eq(some["under_policy"].eq(1)).all()


@pytest.mark.parametrize(("time", "start"), [("wave", "policy_start"), ("month_index", "policy_wave")])
def test_clocks_that_disagree_are_refused(time: str, start: str) -> None:
    more = {"design": "staggered-rollout", "kind": "effect", "panel_id": "worker_id"}
    with pytest.raises(StudyError, match=r"STUDY-CLOCK.*clocks disagree.*Use one clock for both: first_treated"):
        study_of("worker-wave", "swemwbs", exposure="under_policy", time=time, first_treated=start, **more)


def test_columns_that_cannot_be_used_are_refused_with_what_can(data: EvaluationData) -> None:
    with pytest.raises(StudyError, match=r"COLUMN-UNKNOWN.*skill \(a column of rating\)"):
        study_of("worker-wave", "skill")
    usual: EvaluationData = simulate_authority("helpful-hump", "small", 5)
    with pytest.raises(
        StudyError, match=r"OUTCOME-EMPTY.*no answers with instrument 'who5'.*These rows have: informal_learning"
    ):
        study_of("worker-wave", "who5").estimate(usual)
    same = EvaluationData({**usual.tables, "worker": usual["worker"].assign(caring=True)}, synthetic=True)
    with pytest.raises(StudyError, match=r"EXPOSURE-CONSTANT.*'caring' is the same in all .*These rows have: rs_desk"):
        study_of("worker-month", "sick_days", exposure="caring").estimate(same)
    spells = usual["arrangement_spell"]
    agreed = spells.assign(approved_rs=spells["requested_rs"])  # no request is refused
    none = EvaluationData({**usual.tables, "arrangement_spell": agreed}, synthetic=True)
    with pytest.raises(StudyError, match=r"EXPOSURE-CONSTANT.*'refused' is the same in all .*These rows have: "):
        study_of("arrangement", "adjustment_requested", exposure="refused").estimate(none)


def test_whatever_is_declared_gives_an_answer_or_a_plain_reason(data: EvaluationData) -> None:
    """Every design that the builder offers for a study of contacts: an estimate, or an error of the toolkit's own."""
    state = of_start("exclusion-gap")
    small = EvaluationData({**data.tables, "contact": data["contact"].iloc[:700]}, synthetic=True)
    for design in options(state)["design"]:
        try:
            result = declared(replace(state, design=design)).estimate(small)
        except HybridToolkitError as error:
            assert error.fix, design
        else:
            assert result.claims()[0].text, design


def test_groups_that_are_one_and_rows_never_known_together_are_refused_before_a_fit(data: EvaluationData) -> None:
    """They were refused by the fit: "2 columns vary only with other columns", which says neither what nor why."""
    born = EvaluationData({**data.tables, "worker": data["worker"].assign(reg_date=pd.Timestamp("2000-01-01"))})
    with pytest.raises(
        StudyError,
        match=r"MODERATOR-CONSTANT.*'early_career' is the same in all .* rows in which the outcome "
        r"'informal_learning' is known: there are no two groups.*use another moderator. These rows have: assessed_year",
    ):
        declared_study("career-stage").estimate(born)
    white = EvaluationData({**data.tables, "worker": data["worker"].assign(ethnicity="WBRI")})
    with pytest.raises(StudyError, match=r"MODERATOR-CONSTANT.*'minority_ethnic' is the same in all"):
        declared_study("approvals").estimate(white)
    flags = {c: True for c in data["access"].columns if data["access"][c].dtype == "boolean"}
    every = EvaluationData({**data.tables, "access": data["access"].assign(**flags)})
    with pytest.raises(StudyError, match=r"MODERATOR-CONSTANT.*'low_access' is the same in all"):
        declared_study("exclusion-gap").estimate(every)
    engaged, remote = data["contact"]["engaged"], data["contact"]["mode"].isin(["video", "phone", "message", "remote"])
    with pytest.raises(StudyError, match=r"NEVER-TOGETHER.*'remote' is the same in all .* 'engaged' is known"):
        declared_study("exclusion-gap").estimate(
            EvaluationData({**data.tables, "contact": data["contact"].assign(engaged=engaged.mask(remote))})
        )
