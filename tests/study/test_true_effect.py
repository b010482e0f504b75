"""True values by intervention: those that were worked out by hand, and studies that name no estimand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.study_frames import build_frame
from hybrid_toolkit.study.diagnosis.diagnose import diagnose_together
from hybrid_toolkit.study.diagnosis.true_effect import check_intervention, true_effect
from hybrid_toolkit.study.shipped_studies import declared_study
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.study.units import UNITS
from hybrid_toolkit.study.units.column_kinds import made_of_the_same
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.intervene import set_to, simulate_intervened
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.truth import Truth

SIZE = Size("middle", 1, 16, 8.5, 10, 2)
POINTS = ("swemwbs", "secure_base")
LITTLE = Size("little", 1, 8, 7.0, 6, 1)


@pytest.mark.parametrize(
    ("name", "outcome", "estimand"),
    [
        ("remote-practice", "choice_honoured", "practice_rs_within"),
        ("exclusion-gap", "engaged", "exclusion_penalty"),
        ("preferred-method", "preference_met", "preference_rs_within"),
        ("seen-alone", "seen_alone", "seen_alone_rs_within"),
        ("policy-rollout", "rs_attendance", "policy_remote"),
        ("policy-rollout", "choice_honoured", "policy_choice"),
    ],
)
def test_an_intervention_finds_what_was_worked_out_by_hand(name, outcome, estimand) -> None:
    found = true_effect(declared_study(name), Truth(), SIZE, outcome=outcome, n_authorities=6)
    assert 0 < found.std_error < 0.02
    assert found.value == pytest.approx(true_value(Truth(), estimand, size=SIZE), abs=4 * found.std_error)


def test_a_stage_gap_is_the_projection_where_nobody_chooses_by_how_they_feel() -> None:
    truth = replace(Truth(), selection_rho_wellbeing=0.0, selection_rho=0.0)
    found = true_effect(declared_study("career-stage"), truth, SIZE, n_authorities=12)
    assert found.value == pytest.approx(true_value(truth, "stage_gap_learning", size=SIZE), abs=4 * found.std_error)
    assert found.value < -2 * found.std_error


SCORES, GROUPS = ("informal_learning", "swemwbs"), ("early_career", "assessed_year")
NOT_SELECTED = {"selection_rho": 0.0, "response_wb": 0.0, "response_caseload": 0.0, "attrition_wb": 0.0}


def own_gaps(truth: Truth, seed: int) -> dict[tuple[str, str], float]:
    """What a worker's own share does to each score, in a group less in the others, with colleagues' share held."""
    means = []
    for by in (-0.1, 0.1):
        do = {
            "remote_share": lambda values, month, by=by: np.clip(values, 0.1, 0.9) + by,
            "colleagues_remote": set_to(truth.rs_mean),
        }
        data = simulate_intervened(truth, SIZE, seed, do, tables=["team", "worker", "worker_month", "survey"])
        rows = build_frame(data, "worker-wave", [*SCORES, *GROUPS])
        means.append({g: rows.groupby(rows[g].astype("float64"))[[*SCORES]].mean() for g in GROUPS})
    slope = {g: (means[1][g] - means[0][g]) / 0.2 for g in GROUPS}
    return {(o, g): float(slope[g].loc[1.0, o] - slope[g].loc[0.0, o]) for o in SCORES for g in GROUPS}


def test_the_four_gaps_by_stage_are_what_an_intervention_on_the_worker_finds() -> None:
    """The projections hold what colleagues do; the intervention does so too. Nobody chooses by how they feel."""
    truth = replace(Truth(), selection_rho_wellbeing=0.0, **NOT_SELECTED)
    each = [own_gaps(truth, 100 + i) for i in range(10)]
    for (score, group), estimand in {
        ("informal_learning", "early_career"): "stage_gap_learning",
        ("informal_learning", "assessed_year"): "assessed_gap_learning",
        ("swemwbs", "early_career"): "stage_gap_wellbeing",
        ("swemwbs", "assessed_year"): "assessed_gap_wellbeing",
    }.items():
        found = np.array([e[score, group] for e in each])
        error = found.std(ddof=1) / np.sqrt(len(found))
        assert found.mean() == pytest.approx(true_value(truth, estimand, size=SIZE), abs=3 * error), estimand
        assert found.mean() < -2 * error, estimand


def test_leaving_is_what_an_intervention_finds() -> None:
    """A mean over a period in which some leave in any case is a little nearer to 0 than the slope in a month."""
    found = true_effect(declared_study("retention"), Truth(), SIZE, n_authorities=24)
    assert found.value == pytest.approx(true_value(Truth(), "leaving_remote", size=SIZE), abs=3 * found.std_error)
    assert found.value < -2 * found.std_error


def test_where_nothing_has_an_effect_the_value_is_nothing() -> None:
    for name, outcome in (("remote-practice", "choice_honoured"), ("career-stage", "informal_learning")):
        found = true_effect(declared_study(name), scenario("null"), SIZE, outcome=outcome, n_authorities=3)
        assert abs(found.value) <= 4 * found.std_error + 1e-9


def test_a_study_that_names_no_estimand_is_diagnosed() -> None:
    study = declared_study("remote-practice").replace(estimand="", outcome="timely", mediators=(), words=())
    truth = replace(Truth(), timely_rs=-0.2)
    (found,) = diagnose_together((study,), truth, SIZE, n_sims=2, progress=False)
    known = dict(found.truths_by_scenario["helpful-hump"])["timely"]
    assert known == pytest.approx(-0.2, abs=0.05)
    assert found.draws["estimate"].notna().all()


DIRECT = replace(Truth(), mode_engaged=0.0, mode_low_access=0.0)
"""Where a family lives moves the mode by itself alone: not by way of its means or of how it engaged before."""


def asked(unit: str, outcome: str, exposure: str, **more: object) -> Study:
    fields = {"design": "cross-sectional", "kind": "slope", "cluster": "team_id", **more}
    return Study(id="one", question="Does it?", outcome=outcome, exposure=exposure, row_unit=unit, **fields)


@pytest.mark.parametrize(
    ("unit", "outcome", "exposure", "by_hand"),
    [
        ("worker-month", "commute_h", "travel_h", 0.5),  # travel is the commute and visits, and both are moved alike
        ("worker-month", "fte", "working_days", 12 / 253),  # a year has 253 working days
        ("contact", "remote", "rural", DIRECT.mode_rural),
        ("team-month", "engaged", "same_worker", DIRECT.engage_continuity),
        ("arrangement", "adjustment_requested", "disability", 0.45 - 0.03),
        ("arrangement", "formality", "written", 0.25),
        ("arrangement", "approved_rs", "requested_rs", 0.7),
        ("team-month", "engaged_known", "contacts_held", 0.97),
        ("team-month", "choice_known", "contacts_held", 0.95),
        ("team-month", "cover_burden", "est_months", 0.0),
        ("worker-month", "rs_desk", "rs_desk_last", 0.0),
        ("team-month", "headcount", "leavers", -3.0),  # who leaves is gone for the months that follow, of six
        ("worker-wave", "swemwbs", "supervision_held_to_date", 0.0),
        ("worker-wave", "hse_demands", "lives_alone", 0.0),
    ],
)
def test_a_value_is_of_one_unit_of_the_exposures_own_column(unit, outcome, exposure, by_hand) -> None:
    """Hours, scores and sums were counted in units of the node: twice too much travel, half too little of a scale."""
    found = true_effect(asked(unit, outcome, exposure), DIRECT, LITTLE, n_authorities=3)
    assert found.value == pytest.approx(by_hand, rel=0.1, abs=3 * found.std_error)


def test_vacant_posts_do_what_they_do_by_themselves_and_by_way_of_the_remote_share() -> None:
    found = true_effect(asked("team-month", "timely", "vacancy_share"), Truth(), SIZE, n_authorities=4)
    by_hand = Truth().timely_vacancy + Truth().timely_rs * Truth().rs_vacancy
    assert found.value == pytest.approx(by_hand, rel=0.25, abs=3 * found.std_error)


def test_every_pair_that_may_be_studied_has_a_true_value_or_is_refused_before_a_fit() -> None:
    """Counts the pairs. 2,886 had no value: sums over a month, parts of a node, answers and ratings among them."""
    served, refused = 0, []
    for unit, rows in UNITS.items():
        for exposure in rows.measures:
            for outcome in rows.measures:
                if made_of_the_same(exposure, outcome) and exposure != outcome:
                    refused.append((unit, exposure, outcome))
                elif exposure != outcome:
                    check_intervention(
                        SimpleNamespace(
                            row_unit=unit, exposure=exposure, outcome=outcome, moderators=(), kind="slope", metrics=()
                        )
                    )
                    served += 1
    assert (served, len(refused)) == (16_768, 78)
    for unit, exposure, outcome in refused[::5]:
        with pytest.raises(StudyError, match=r"SAME-RECORDS.*Use another outcome"):
            asked(unit, outcome, exposure, cluster=CLUSTER.get(unit, "team_id"))


CLUSTER = {"authority-month": "la_id"}


def test_what_a_point_of_a_scale_does_is_counted_in_its_points() -> None:
    found = true_effect(asked("worker-wave", "swemwbs", "secure_base"), Truth(), LITTLE, n_authorities=3)
    means = []
    for value in (-1.0, 1.0):
        do = {"secure_base": set_to(value)}
        tables = ["team", "worker", "worker_month", "survey"]
        rows = [simulate_intervened(Truth(), LITTLE, seed, do, tables=tables) for seed in range(3)]
        means.append(np.mean([build_frame(r, "worker-wave", [*POINTS])[[*POINTS]].mean() for r in rows], axis=0))
    wellbeing, secure = means[1] - means[0]
    assert secure < 2.0, "two standard deviations of what is felt are fewer points of its scale"
    assert found.value == pytest.approx(wellbeing / secure, abs=4 * found.std_error)


def test_where_no_arrow_leads_there_is_no_effect_and_a_panel_has_its_own_parameters() -> None:
    assert true_effect(asked("worker-wave", "swemwbs", "safety")).value == 0.0
    panel = {"cluster": "la_id"}
    assert true_effect(asked("authority-year", "turnover_pct", "vacancy_pct", **panel)).value == 0.0
    found = true_effect(asked("authority-year", "turnover_pct", "caseload", **panel), Truth())
    assert found.value == Truth().panel_caseload_turnover and found.n_authorities == 0


def test_nothing_follows_from_an_answer() -> None:
    """Answers that stand for no cause change nothing but what is made of the same answers: all else is drawn alike."""
    for exposure, outcome in (("hse_demands", "swemwbs"), ("intends_to_leave", "hse_role"), ("safety", "hse_demands")):
        found = true_effect(asked("worker-wave", outcome, exposure))
        assert (found.value, found.n_authorities) == (0.0, 0)
    every = [i.id for i in instruments_in("survey")]
    few, all_of_them = (simulate_authority(Truth(), LITTLE, 3, instruments=drawn) for drawn in (every[:1], every))
    for table in few.tables:
        if table != "survey":
            assert few[table].equals(all_of_them[table]), table
    answers = all_of_them["survey"]
    same = answers[answers["instrument"].isin(few["survey"]["instrument"])].reset_index(drop=True)
    assert same["value"].tolist() == few["survey"]["value"].tolist()


@pytest.mark.parametrize(
    ("study", "told"),
    [
        (asked("rows", "y", "x"), "'x' in rows of 'rows' is nothing that the generator can move"),
        (
            asked("worker-wave", "swemwbs", "rs_desk_to_date", moderators=("stage",), kind="slope-gap",
                  design="adjusted-interaction"),
            "'stage', which is not yes or no.*such as early_career",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_moved_or_compared_is_refused_with_what_can(study: Study, told: str) -> None:
    with pytest.raises(StudyError, match=rf"TRUE-EFFECT.*{told}"):
        true_effect(study, Truth(), LITTLE, n_authorities=2)


def test_what_has_no_value_by_intervention_is_told() -> None:
    with pytest.raises(StudyError, match="at least 2"):
        true_effect(declared_study("remote-practice"), n_authorities=1)
