"""A study of any data frame: the same result, checks and words as one made from tables."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.errors import CoverageError, EstimationError, StudyError
from hybrid_toolkit.report.export import export
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, Edge, Node
from hybrid_toolkit.study.study import Study, load_study, parse_study

STUDY = Study(
    id="plain",
    question="Does y go with x?",
    estimand="none",
    outcome="y",
    exposure="x",
    design="cross-sectional",
    row_unit="rows",
    cluster="g",
    confounders=("z",),
)


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 400
    g, z = np.repeat(np.arange(40), 10), rng.standard_normal(n)
    x = 0.5 * z + rng.standard_normal(n)
    y = 2 * x + z + rng.standard_normal(40)[g] + rng.standard_normal(n)
    return pd.DataFrame({"g": g.astype(str), "x": x, "z": z, "y": y, "kept": 1}, index=rng.permutation(n))


def test_the_estimate_is_that_of_least_squares_and_the_frame_is_left_alone(frame) -> None:
    before = frame.copy()
    result = STUDY.estimate_frame(frame, label="made up")
    peer = smf.ols("y ~ x + z", frame).fit()
    assert result.tidy()["estimate"].iloc[0] == pytest.approx(peer.params["x"])
    assert result.data_label == "made up" and result.n == 400 and result.n_clusters == 40 and not result.synthetic
    assert result.claims()[0].grade in ("associational", "descriptive") and result.checks
    pd.testing.assert_frame_equal(frame, before)


def test_the_result_does_not_hang_on_other_columns_or_the_order_of_rows(frame) -> None:
    one, two = STUDY.estimate_frame(frame), STUDY.estimate_frame(frame.drop(columns="kept").sample(frac=1.0))
    assert one.data_hash == two.data_hash
    assert one.tidy()["estimate"].iloc[0] == pytest.approx(two.tidy()["estimate"].iloc[0])


def test_simulated_rows_are_stamped(frame) -> None:
    result = STUDY.estimate_frame(frame, synthetic=True)
    assert SYNTHETIC_STAMP in result.summary() and result.claims()[0].grade == "illustration"


def test_a_graph_is_used_only_if_given(frame) -> None:
    assert STUDY.estimate_frame(frame).identification.identified is None
    nodes = (Node("a", "A", ("x",)), Node("b", "B", ("y",)), Node("c", "C", ("z",)))
    graph = CausalGraph("Own", nodes, (Edge("a", "b"), Edge("c", "a"), Edge("c", "b")))
    assert STUDY.estimate_frame(frame, graph=graph).identification.identified is True
    through = graph.replace(remove=[("c", "a")], add=[("a", "c")])
    with pytest.raises(StudyError, match="MEDIATOR-HELD"):
        STUDY.estimate_frame(frame, graph=through)


def test_it_survives_its_file_and_needs_no_table() -> None:
    assert parse_study(STUDY.to_toml()) == STUDY and STUDY.tables() == {}


def test_a_frame_goes_wherever_tables_go(frame, tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(STUDY.to_toml(), encoding="utf-8")
    study = load_study(path)
    result = study.estimate(frame)
    assert result.tidy().equals(study.estimate_frame(frame).tidy()) and study.frame(frame).shape == (400, 4)
    assert study.unadjusted(frame)["estimate"].notna().all()
    bundle = study.evidence_bundle(frame)
    assert bundle.estimates[0].n == 400 and bundle.data_hash == study.evidence_bundle(result).data_hash
    assert bundle.data_hash != result.data_hash  # the hash of real data would confirm a guessed value
    assert "No causal graph was given" in result.summary()
    shown = export(result, tmp_path / "report.html", on=date(2026, 3, 1))
    assert "Does y go with x?" in shown.read_text(encoding="utf-8")


@pytest.mark.parametrize("given", [None, "frame.csv", {"y": [1]}, 3, [1, 2]])
@pytest.mark.parametrize("verb", ["estimate", "estimate_frame", "unadjusted", "frame", "evidence_bundle"])
def test_what_is_neither_tables_nor_a_frame_is_refused_by_its_kind(given, verb) -> None:
    with pytest.raises(StudyError, match=type(given).__name__) as caught:
        getattr(STUDY, verb)(given)
    assert caught.value.code == "DATA-KIND" and caught.value.fix


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        (lambda f: f.drop(columns="z"), CoverageError, "COLUMN-MISSING"),
        (lambda f: f.iloc[:0], CoverageError, "COLUMN-MISSING"),
        (lambda f: pd.concat([f, f[["z"]]], axis=1), CoverageError, "COLUMN-MISSING"),
        (lambda f: f.assign(x=1.0), StudyError, "EXPOSURE-CONSTANT"),
        (lambda f: f.assign(g="one"), EstimationError, None),
    ],
)
def test_frames_that_cannot_carry_the_study_are_refused(frame, change, kind, code) -> None:
    with pytest.raises(kind) as caught:
        STUDY.estimate_frame(change(frame))
    assert code is None or caught.value.code == code


def test_tables_and_frames_are_not_taken_for_each_other(frame) -> None:
    with pytest.raises(StudyError, match="UNIT-FREE"):
        STUDY.estimate(EvaluationData({}))
    with pytest.raises(StudyError, match="UNIT-FREE"):
        STUDY.diagnose(n_sims=2)
    with pytest.raises(StudyError, match="UNIT-TABLES"):
        STUDY.replace(
            row_unit="contact", outcome="engaged", exposure="rs_desk", confounders=(), cluster="team_id"
        ).estimate_frame(frame)


def test_names_with_dots_give_the_same_numbers(frame) -> None:
    dotted = STUDY.replace(outcome="y.1", exposure="x.share", cluster="team.id", confounders=("z.a.b",))
    assert parse_study(dotted.to_toml()) == dotted
    other = frame.rename(columns={"y": "y.1", "x": "x.share", "g": "team.id", "z": "z.a.b"})
    numbers = ["estimate", "std_error", "conf_low", "conf_high", "n"]
    one, two = STUDY.estimate_frame(frame), dotted.estimate_frame(other)
    pd.testing.assert_frame_equal(one.tidy()[numbers], two.tidy()[numbers])
    assert [c.passed for c in one.checks] == [c.passed for c in two.checks]


def test_a_name_that_cannot_be_says_how_to_mend_it_and_a_near_one_is_told(frame) -> None:
    with pytest.raises(StudyError, match="rename"):
        STUDY.replace(exposure="share of x")
    with pytest.raises(CoverageError, match="Did you mean 'caseload'") as caught:
        STUDY.replace(confounders=("case_load",)).estimate_frame(frame.assign(caseload=frame["z"]))
    assert caught.value.code == "COLUMN-MISSING" and "lacks 1 of them: case_load" in str(caught.value)


ODD = ["y ~ x", "log(y)", "y + 1", "", "y z", "ÿ", "__import__('os')", "x:z", "1y", ".y", "y.", "y..x", "y.x()"]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("field", ["outcome", "exposure", "confounders"])
def test_a_formula_is_no_column(name, field) -> None:
    value = (name,) if field == "confounders" else name
    with pytest.raises(StudyError) as caught:
        STUDY.replace(**{field: value})
    assert caught.value.code == "COLUMN-UNKNOWN" and caught.value.fix


def test_rows_of_ones_own_need_no_true_value(frame) -> None:
    plain = Study(
        id="plain", question="Does y go with x?", outcome="y", exposure="x", design="cross-sectional", row_unit="rows",
        cluster="g", secondary_outcomes=("z",),
    )  # fmt: skip
    assert plain.estimands == ("", "") and "estimand" not in plain.to_toml()
    assert parse_study(plain.to_toml()) == plain
    assert plain.estimate_frame(frame).tidy()["outcome"].tolist()[:1] == ["y"]


def test_simulated_rows_need_no_id_of_their_true_value() -> None:
    plain = Study(
        id="plain", question="Does it?", outcome="choice_honoured", exposure="remote", design="cross-sectional",
        row_unit="contact", cluster="team_id",
    )  # fmt: skip
    assert plain.estimands == ("",) and parse_study(plain.to_toml()) == plain
    with pytest.raises(StudyError, match="STUDY-ESTIMANDS"):
        Study(
            id="plain", question="Does it?", outcome="y", exposure="x", design="cross-sectional", row_unit="rows",
            cluster="g", secondary_outcomes=("z", "w"), secondary_estimands=("none",),
        )  # fmt: skip


def test_rows_and_a_plain_comparison_say_that_they_are_for_use_inside(frame: pd.DataFrame) -> None:
    study = STUDY
    for shown in (study.frame(frame), study.unadjusted(frame)):
        assert repr(shown).startswith("inside only") and "inside only" in shown._repr_html_()
    assert not repr(frame).startswith("inside only"), "what was given stays as it was"
