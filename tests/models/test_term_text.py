"""Terms as names, as objects and as one text: the same model, errors at a position, and nothing that is ever run."""

from __future__ import annotations

import builtins
import inspect
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid_toolkit import models
from hybrid_toolkit.errors import CoverageError, EstimationError, HybridToolkitError
from hybrid_toolkit.models import Category, Column, Interaction, Spline, as_terms, fit_linear, fit_ols, spline
from hybrid_toolkit.models.terms.term_text import MAX_LENGTH

ARGUMENTS = ("terms", "covariates", "response_terms", "outcome_covariates")
"""Names of the arguments that take terms."""
TAKING = [
    (name, argument)
    for name in models.__all__
    if inspect.isfunction(getattr(models, name))
    for argument in inspect.signature(getattr(models, name)).parameters
    if argument in ARGUMENTS
]


def made(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    f = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n), "late": rng.integers(0, 2, n)})
    f["need"] = rng.choice(["cin", "cp", "lac"], n)
    f["year"] = rng.choice([2023, 2024, 2025], n)
    f["g"] = np.arange(n) // 10
    f["case load"] = rng.poisson(9, n)
    f["y"] = f["x"] * (1 + f["late"]) + (f["need"] == "cp") + rng.normal(size=n)
    return f


FRAME = made()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("x", [Column("x")]),
        (" x+ need ", [Column("x"), Category("need")]),
        ("x:late", [Interaction(Column("x"), Column("late"))]),
        ("x*late", [Column("x"), Column("late"), Interaction(Column("x"), Column("late"))]),
        ("x + x*late + late", [Column("x"), Column("late"), Interaction(Column("x"), Column("late"))]),
        ("x:late + late:x", [Interaction(Column("x"), Column("late"))]),
        ('C(need, reference="cp")', [Category("need", reference="cp")]),
        ("C(year)", [Category("year")]),
        ("C(year, reference=2024)", [Category("year", reference=2024)]),
        ("C(late, reference=true)", [Category("late", reference=True)]),
        ("`case load` + x", [Column("case load"), Column("x")]),
        ("case load", [Column("case load")]),
        ("x:C(need):late", [Interaction(Interaction(Column("x"), Category("need")), Column("late"))]),
    ],
)  # fmt: skip
def test_a_text_gives_its_terms(text, terms) -> None:
    assert as_terms(FRAME, text) == terms


def test_a_spline_in_a_text_is_the_spline_of_the_frame() -> None:
    assert as_terms(FRAME, "spline(x, 4) + spline(z, df=2) + spline(x)") == [
        spline(FRAME, "x", df=4),
        spline(FRAME, "z", df=2),
        spline(FRAME, "x"),
    ]


def test_three_columns_multiplied_are_every_product() -> None:
    names = fit_ols(FRAME, outcome="y", terms="x*late*z").terms
    assert names == ("(Intercept)", "x", "late", "z", "x:late", "x:z", "late:z", "x:late:z")


def test_the_model_is_that_of_statsmodels() -> None:
    ours = fit_ols(FRAME, outcome="y", terms='x*C(need, reference="cp") + spline(z, 2)')
    bent = Spline("z", spline(FRAME, "z", df=2).knots).basis(FRAME["z"].to_numpy())
    f = FRAME.assign(z2=list(bent.values())[1])
    peer = smf.ols('y ~ x*C(need, Treatment("cp")) + z + z2', f).fit()
    assert sorted(ours.estimate) == pytest.approx(sorted(peer.params.to_numpy()), abs=1e-10)
    assert np.sqrt(np.diagonal(ours.vcov)).sum() == pytest.approx(peer.bse.sum())


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", 1, "the name of a column is expected"),
        ("x +", 4, "the name of a column is expected"),
        ("x z", 3, r"'\+', ':' or '\*' is expected before this name"),
        ("open(x)", 5, r"only C\(...\) and spline\(...\) take brackets"),
        ("(x)", 1, "the name of a column is expected"),
        ("x - z", 3, "terms are never taken away"),
        ("x - 1", 3, "terms are never taken away"),
        ("0 + x", 1, "the intercept is the model's own"),
        ("y ~ x", 3, "the outcome has a separate argument"),
        ("x + (1 | g)", 8, "groups of a random part have an argument of their own"),
        ("x**2", 3, "the name of a column is expected"),
        ("x^2", 2, "there are no powers"),
        ("x + .z", 5, "nothing can be reached by a dot"),
        ("C(need", 7, r"'\)' is expected at the end of C"),
        ("C(need, base_period='cp')", 9, "'reference' is expected here"),
        ("C(need, reference=cp)", 19, "a number, true, false or a text in quotes is expected"),
        ('C(need, reference="cp)', 19, "a text does not end on its line"),
        ("spline(x, 9)", 11, "2, 3 or 4 is expected"),
        ("spline(x, 4.0)", 11, "2, 3 or 4 is expected"),
        ("x:x", 1, "a term is joined with itself"),
        ("x; z", 2, r"character U\+003B is not one of these"),
        ("x + ü", 5, r"character U\+00FC is not one of these"),
        ("x" * (MAX_LENGTH + 1), MAX_LENGTH + 1, "it is longer than 2,000 characters"),
        ("x*late*z*need*year*`case load`*g*y", 35, "it gives more than 200 terms"),
    ],
)
def test_anything_else_is_refused_at_its_position(text, at, words) -> None:
    with pytest.raises(EstimationError, match=words) as caught:
        as_terms(FRAME, text, what="covariates")
    assert caught.value.code == "TERMS-TEXT" and f"covariates, character {at}:" in str(caught.value)


def test_an_unknown_column_is_told_by_name() -> None:
    with pytest.raises(CoverageError, match="no column 'nosuch'"):
        as_terms(FRAME, "x + nosuch")


def test_nothing_in_a_text_is_ever_run(monkeypatch) -> None:
    def run(*args: object, **kwargs: object) -> object:
        raise AssertionError("a text reached Python")

    for name in ("eval", "exec", "compile"):
        monkeypatch.setattr(builtins, name, run)
    quoted = "C(x, reference=\"__import__('os')\")"
    for text in ("__import__('os')", "x.__class__", "`__import__`", quoted, "lambda: x", "x if 1 else z"):
        with pytest.raises((EstimationError, CoverageError)):
            fit_linear(FRAME, outcome="y", terms=text, cluster="g")


PIECES = [
    *("x", "z", "late", "need", "nosuch", "C(", "spline(", ")", "+", "-", ":", "*", ",", " ", "reference", "=", "df"),
    *('"cp"', "'cp'", '"', "`", "4", "0.5", "true", "(", "~", "|", "x.y", "case load", "\n", "\x00", "_", "1e999"),
]


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.text(max_size=40)))
def test_any_text_is_terms_or_a_named_error(text) -> None:
    try:
        terms = as_terms(FRAME, text)
        fit_ols(FRAME, outcome="y", terms=terms)
    except HybridToolkitError as error:
        assert error.code and error.fix
    else:
        assert terms and all(isinstance(t, Column | Category | Spline | Interaction) for t in terms)


@pytest.mark.parametrize(("name", "argument"), TAKING, ids=[f"{n}-{a}" for n, a in TAKING])
def test_every_argument_for_terms_takes_a_text_names_and_terms(calls, name, argument) -> None:
    given_: dict[str, Any] = dict(calls[name])
    number, code = next(c for c in (("z", "need"), ("base", None), ("w", None)) if c[0] in given_["frame"])
    if name == "wild_bootstrap":
        given_["term"] = number
    if name == "fit_pooled_slopes":
        given_["group"] = "answer"  # the need of its working call is then free to be a covariate
    forms: list[Any] = [number if code is None else f"{number} + {code}"]
    forms.append([number] if code is None else [number, code])
    forms.append([Column(number)] if code is None else [Column(number), Category(code)])
    forms.append([*forms[2][:-1], forms[1][-1]])
    results = [getattr(models, name)(**{**given_, argument: form}) for form in forms]
    shown = [r if isinstance(r, list | pd.DataFrame) else r.tidy() for r in results]
    for other in shown[1:]:
        if isinstance(other, pd.DataFrame):
            pd.testing.assert_frame_equal(shown[0], other)
        else:
            assert shown[0] == other


def test_the_walk_reaches_every_function_with_terms() -> None:
    linear = {
        "fit_linear",
        "fit_cr2",
        "fit_two_way",
        "fit_linear_pyfixest",
        "fit_variance_components",
        "wild_bootstrap",
    }
    others = {"fit_binary", "fit_mixed", "fit_cox", "fit_ordinal", "fit_glmm", "fit_weighted"}
    assert linear | others <= {name for name, _ in TAKING}
    assert len(TAKING) >= 27


@pytest.mark.parametrize(
    "terms", [None, 3, {"x"}, {"x": 1}, [3], ["x", None], [["x"]], b"x", pd.DataFrame(), Column, [Column]]
)
def test_anything_but_terms_is_a_named_error(terms) -> None:
    with pytest.raises(EstimationError, match="'terms' must be a list of column names and terms, or one text"):
        fit_linear(FRAME, outcome="y", terms=terms, cluster="g")


def test_an_expression_in_a_list_is_no_column() -> None:
    with pytest.raises(EstimationError, match="TERM-NOT-A-COLUMN"):
        as_terms(FRAME, ["x + z"])


def test_terms_are_made_of_the_right_parts() -> None:
    for make in (
        lambda: Column(3),
        lambda: Category(None),
        lambda: Spline("x", "abc"),
        lambda: Spline("x", (1.0, 0.0, 2.0)),
        lambda: Interaction("x", "z"),
        lambda: Category("need", reference=["cp"]),
        lambda: Category("need", levels="cp"),
        lambda: Category("need", levels=("a", "a")),
        lambda: spline(FRAME, "x", df=7),
    ):
        with pytest.raises(EstimationError) as caught:
            make()
        assert caught.value.fix


def test_the_reference_is_the_level_that_is_left_out() -> None:
    base = fit_ols(FRAME, outcome="y", terms=["need"])
    moved = fit_ols(FRAME, outcome="y", terms=[Category("need", reference="lac")])
    assert base.terms[1:] == ("need[cp]", "need[lac]") and moved.terms[1:] == ("need[cin]", "need[cp]")
    assert moved.estimate[2] == pytest.approx(base.estimate[1] - base.estimate[2])
    assert fit_ols(FRAME, outcome="y", terms='C(year, reference="2024")').terms[1:] == ("year[2023]", "year[2025]")


def test_a_date_is_a_reference_by_its_day() -> None:
    f = FRAME.assign(day=pd.to_datetime("2025-01-01") + pd.to_timedelta(FRAME["g"] % 3, "D"))
    assert len(fit_ols(f, outcome="y", terms='C(day, reference="2025-01-02")').terms) == 3


def test_levels_give_the_order() -> None:
    order = ("lac", "cin", "cp")
    assert fit_ols(FRAME, outcome="y", terms=[Category("need", levels=order)]).terms[1:] == ("need[cin]", "need[cp]")
    kept = FRAME.assign(need=pd.Categorical(FRAME["need"], categories=order, ordered=True))
    assert fit_ols(kept, outcome="y", terms=["need"]).terms[1:] == ("need[cin]", "need[cp]")


@pytest.mark.parametrize(
    "term",
    [Category("need", reference="SECRET"), Category("need", levels=("cin", "cp")), 'C(need, reference="SECRET")'],
)
def test_an_unknown_level_is_a_named_error_without_the_value(term) -> None:
    with pytest.raises(EstimationError, match="LEVEL-UNKNOWN") as caught:
        fit_linear(FRAME, outcome="y", terms=term, cluster="g")
    assert not any(value in str(caught.value) for value in ("SECRET", "cin", "cp", "lac"))


def test_a_missing_level_stays_missing() -> None:
    f = FRAME.assign(need=FRAME["need"].where(FRAME["g"] > 2))
    fit = fit_linear(f, outcome="y", terms=[Category("need", reference="lac")], cluster="g")
    assert fit.n_missing == 30


def test_one_name_may_stand_for_a_list() -> None:
    one = fit_linear(FRAME, outcome="y", terms="x", fixed_effects="need", cluster="g", instruments={"x": "z"})
    many = fit_linear(FRAME, outcome="y", terms=["x"], fixed_effects=["need"], cluster="g", instruments={"x": ["z"]})
    assert one.estimate.tolist() == many.estimate.tolist() and one.fixed_effects == ("need",)


def test_a_name_with_blanks_out_of_backquotes_is_told_how_to_be_written() -> None:
    rng = np.random.default_rng(0)
    f = pd.DataFrame({"Home days": rng.integers(0, 6, 60), "Score": rng.normal(size=60), "Team": np.arange(60) % 6})
    f["age"] = rng.normal(size=60)
    with pytest.raises(CoverageError, match="write `Home days`, in backquotes"):
        models.fit_linear(f, outcome="Score", terms="Home days + age", cluster="Team")
    with pytest.raises(CoverageError, match="Add the column"):
        models.fit_linear(f, outcome="Score", terms="Days", cluster="Team")
    assert models.fit_linear(f, outcome="Score", terms="`Home days`", cluster="Team").terms[1] == "Home days"
