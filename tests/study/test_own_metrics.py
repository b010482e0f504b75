"""A metric of one's own as a column of a study: the right rows, the right value, and its words."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import MeasureError, StudyError
from hybrid_toolkit.metrics.custom.custom_metric import declare_metric
from hybrid_toolkit.metrics.specs.registry import REGISTRY, find_metrics
from hybrid_toolkit.study.declaration.custom_metrics import FITS, CustomMetric
from hybrid_toolkit.study.declaration.study_frames import build_frame
from hybrid_toolkit.study.study import Study, parse_study
from hybrid_toolkit.study.units import UNITS
from hybrid_toolkit.synth.sizes import Size

LONG = declare_metric(
    "Long contacts", question="Is there time?", table="contact", formula="share(minutes >= 45)", unit="share"
)
LOAD = declare_metric(
    "Hours a case",
    question="How much time is there for a case?",
    table="worker_month",
    formula="ratio(h_visit, cases)",
    unit="hours",
    caveats=("Cases differ.",),
    co_produced_with=("practitioners", "parents"),
    co_produced_on="2025-03-01",
)


def study_of(**changes: object) -> Study:
    given = {"estimand": "none", "row_unit": "contact", "outcome": "long_contacts", "metrics": (LONG,), **changes}
    return Study(
        id="own",
        question="Are contacts long where more is remote?",
        exposure="rs_desk",
        design="within-worker",
        cluster="team_id",
        fixed_effects=("worker_id", "month"),
        **given,
    )


@pytest.fixture
def tiny() -> EvaluationData:
    jan, feb = pd.to_datetime(["2025-01-01", "2025-02-01"])
    return EvaluationData(
        {
            "team": pd.DataFrame({"team_id": ["t"], "la_id": ["A"]}),
            "worker": pd.DataFrame({"worker_id": ["a", "b"], "team_id": ["t", "t"]}),
            "worker_month": pd.DataFrame(
                {
                    "worker_id": ["a", "b", "a"],
                    "month": [jan, jan, feb],
                    "h_visit": [20.0, 30.0, None],
                    "cases": pd.array([10, 5, 4], dtype="Int64"),
                }
            ),
            "contact": pd.DataFrame(
                {
                    "contact_id": list("1234"),
                    "family_id": "f",
                    "worker_id": ["a", "a", "b", "b"],
                    "held_date": pd.to_datetime(["2025-01-03", "2025-01-09", "2025-01-20", "2025-02-02"]),
                    "mode": "home",
                    "minutes": [30.0, 60.0, 45.0, None],
                }
            ),
        }
    )


@pytest.mark.parametrize(
    ("unit", "spec", "expected"),
    [
        ("contact", LONG, [0.0, 1.0, 1.0, None]),
        ("worker-month", LONG, [0.5, 1.0, None]),
        ("worker-month", LOAD, [2.0, 6.0, None]),
        # a ratio is one of sums, not a mean of ratios
        ("team-month", LOAD, [50 / 15, None]),
        ("authority-month", LONG, [2 / 3, None]),
    ],
)
def test_a_metric_is_made_for_each_kind_of_row_by_hand(tiny, unit, spec, expected) -> None:
    rows = build_frame(tiny, unit, [spec.id], [CustomMetric.of(spec)])
    assert rows[spec.id].astype(object).where(rows[spec.id].notna(), None).tolist() == pytest.approx(expected)


def test_a_study_with_its_metric_survives_its_file_and_runs(authority) -> None:
    study = study_of()
    again = parse_study(study.to_toml())
    assert again == study and hash(again) == hash(study) and again.metrics[0].spec == LONG
    result = again.estimate(authority)
    assert result.n > 1000 and result.identification.identified is None
    said = "'Long contacts' is not co-produced"
    assert any(said in r for r in result.claims()[0].reasons) and said in result.summary()
    needs = study.tables()
    least = {t: authority[t][list(dict.fromkeys(c))] for t, c in needs.items()}
    pd.testing.assert_frame_equal(
        study.frame(replace(authority, tables=least))[["contact_id", "long_contacts"]],
        study.frame(authority)[["contact_id", "long_contacts"]],
    )


def test_a_metric_whose_co_production_is_recorded_says_nothing_more(authority) -> None:
    study = study_of(row_unit="worker-month", outcome="hours_a_case", metrics=(LOAD,))
    assert parse_study(study.to_toml()).metrics == study.metrics and study.metrics[0].spec == LOAD
    assert "co-produced" not in study.estimate(authority).summary()


def test_a_registered_metric_is_taken_up_by_its_name_and_kept_with_the_study(monkeypatch) -> None:
    monkeypatch.setattr("hybrid_toolkit.study.declaration.spec_checks.REGISTRY", {**REGISTRY, LONG.id: LONG})
    study = study_of(metrics=())
    assert study == study_of()
    monkeypatch.undo()
    assert parse_study(study.to_toml()) == study


def test_a_metric_is_tried_where_the_truth_is_known_and_goes_to_another_process() -> None:
    study = study_of(outcome="choice_honoured", estimand="practice_rs_within", confounders=("long_contacts",))
    assert pickle.loads(pickle.dumps(study)) == study
    tried = study.diagnose("null", Size("tiny", 1, 6, 5.0, 6, 0), n_sims=2, seed=3, progress=False)
    assert tried.draws["error"].eq("").all()


def test_a_metric_of_rows_that_do_not_fit_is_refused_with_the_units_that_do() -> None:
    with pytest.raises(StudyError, match="worker-month, team-month, authority-month") as caught:
        study_of(metrics=(LOAD,), outcome="hours_a_case")
    assert caught.value.code == "METRIC-UNIT"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"metrics": (LONG, LONG)}, "STUDY-METRICS"),
        ({"metrics": ()}, "COLUMN-UNKNOWN"),
        ({"metrics": find_metrics("remote_share_desk")}, "METRIC-NOT-OWN"),
        ({"metrics": (replace(LONG, id="timely"),), "outcome": "engaged"}, "STUDY-METRICS"),
        ({"row_unit": "rows"}, "STUDY-METRICS"),
    ],
)
def test_metrics_that_cannot_be_columns_are_refused(changes, code) -> None:
    with pytest.raises(StudyError) as caught:
        study_of(**changes)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("line", "code", "kind"),
    [
        ('colour = "red"', "KEY-UNKNOWN", StudyError),
        ('min_n = "ten"', "STUDY-KIND", StudyError),
        ("min_n = 3", "METRIC-DECLARATION", MeasureError),
    ],
)
def test_a_metric_in_toml_is_held_to_its_keys(line, code, kind) -> None:
    text = study_of().to_toml().replace("[[metrics]]", f"[[metrics]]\n{line}")
    text = "\n".join(t for t in text.splitlines() if t == line or not t.startswith("min_n"))
    with pytest.raises(kind) as caught:
        parse_study(text)
    assert caught.value.code == code


FORMULAS = {
    "contact": "mean(minutes)",
    "practice_rating": "mean(empathy)",
    "alliance": "mean(wai_01)",
    "arrangement_spell": "mean(approved_rs)",
    "worker_month": "mean(meeting_h)",
    "supervision": "share(reflective)",
    "attendance_day": 'share(site_id == "home")',
    "survey": "mean(value)",
    "worker": "mean(commute_min)",
    "la_year": "ratio(leavers_fte, inpost_fte)",
}


@pytest.mark.parametrize(("unit", "table"), [(u, t) for u, tables in FITS.items() for t in tables])
def test_every_unit_takes_metrics_of_the_tables_it_is_said_to_fit(whole, unit, table) -> None:
    spec = declare_metric("Mine", question="What?", table=table, formula=FORMULAS[table], unit="x")
    rows = build_frame(whole, unit, ["mine"], [CustomMetric.of(spec)])
    assert rows["mine"].notna().any() and not rows.duplicated(list(UNITS[unit].parts[0].keys)).any()


def test_every_unit_of_tables_is_named() -> None:
    assert set(FITS) == set(UNITS)
