"""Group-time effects and event studies against published answers, hand-made cases, known truth and bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.rollout.event_study import fit_event_study
from hybrid_toolkit.models.rollout.group_time import fit_group_time

COUNTIES = {"outcome": "lemp", "panel_id": "countyreal", "time": "year", "first_treated": "first_treat"}


@pytest.fixture(scope="module")
def mpdta(real_data: Path) -> pd.DataFrame:
    """Minimum wages and teenage employment, Callaway and Sant'Anna 2021 (data of their package did)."""
    path = real_data.parent / "benchmarks" / "mpdta.csv"
    if not path.exists():
        pytest.skip("mpdta.csv does not stand beside the published files")
    return pd.read_csv(path)


def test_the_published_group_time_effects(mpdta) -> None:
    fit = fit_group_time(mpdta, **COUNTIES)
    published = [-0.0105, -0.0704, -0.1373, -0.1008, 0.0065, -0.0028, -0.0046, -0.0412]
    published += [0.0305, -0.0027, -0.0311, -0.0261]
    assert fit.estimate == pytest.approx(published, abs=1e-4)
    assert fit.groups[::4] == ("2004", "2006", "2007") and fit.periods[:4] == ("2004", "2005", "2006", "2007")
    assert fit.pretrend()[2] == pytest.approx(0.16812, abs=2e-3)  # printed by did; here with C/(C-1)
    assert (fit.n_units, fit.smallest, fit.not_identified) == (500, 20, 0)


def test_the_published_aggregations(mpdta) -> None:
    fit = fit_group_time(mpdta, **COUNTIES)
    assert fit.aggregate("simple")["estimate"].item() == pytest.approx(-0.03995, abs=1e-4)
    assert fit.aggregate("simple")["std_error"].item() == pytest.approx(0.0120, abs=1e-4)
    dynamic = fit.aggregate("dynamic")
    times = [0.0305, -0.0006, -0.0245, -0.0199, -0.0510, -0.1373, -0.1008]
    assert dynamic["estimate"].tolist() == pytest.approx([-0.07724, *times], abs=1e-4)
    assert dynamic["term"].tolist()[1:] == [f"time {e}" for e in range(-3, 4)]
    assert fit.aggregate("group")["estimate"].iloc[0] == pytest.approx(-0.03102, abs=1e-4)
    assert fit.aggregate("calendar")["estimate"].iloc[0] == pytest.approx(-0.0417, abs=1e-4)
    wide = fit.aggregate("dynamic", uniform=True)
    assert (wide["conf_high"] - wide["conf_low"])[1:].gt((dynamic["conf_high"] - dynamic["conf_low"])[1:]).all()


def test_the_published_effects_given_population(mpdta) -> None:
    """The package's own example with xformla = ~lpop, doubly robust."""
    fit = fit_group_time(mpdta, **COUNTIES, covariates=["lpop"])
    published = [-0.0145, -0.0764, -0.1404, -0.1069, -0.0005, -0.0062, 0.0010, -0.0413]
    published += [0.0267, -0.0046, -0.0284, -0.0288]
    assert fit.estimate == pytest.approx(published, abs=1e-4)
    assert fit.aggregate("simple")["estimate"].item() == pytest.approx(-0.0418, abs=1e-4)
    assert fit.pretrend()[2] == pytest.approx(0.23267, abs=2e-3)


def test_the_published_two_way_coefficient(mpdta) -> None:
    row = fit_event_study(mpdta, **COUNTIES, estimator="two-way").tidy().iloc[0]
    assert (row["estimate"], row["std_error"]) == pytest.approx((-0.03655, 0.01327), abs=1e-4)


def test_estimators_that_must_agree_do(mpdta) -> None:
    universal = (
        fit_group_time(mpdta, **COUNTIES, base_period="universal").aggregate("dynamic").set_index("term")["estimate"]
    )
    sun = fit_event_study(mpdta, **COUNTIES).tidy().set_index("term")["estimate"]
    shared = [t for t in sun.index if t.startswith("time")]
    np.testing.assert_allclose(sun[shared], universal[shared], atol=1e-10)
    treated = mpdta.assign(on=(mpdta["year"] >= mpdta["first_treat"]) & (mpdta["first_treat"] > 0))
    model = {k: v for k, v in COUNTIES.items() if k != "first_treated"}
    by_switch = fit_group_time(treated, **model, treatment="on")
    np.testing.assert_allclose(by_switch.estimate, fit_group_time(mpdta, **COUNTIES).estimate)


def rollout(seed: int, units: int = 40, periods: int = 6, never: bool = True, growth: float = 0.5) -> pd.DataFrame:
    """Effects that grow by ``growth`` a period from 1, in three groups."""
    rng = np.random.default_rng(seed)
    start = rng.permutation(np.resize([2, 3, 4, 99] if never else [2, 3, 5], units))
    unit, period = np.repeat(np.arange(units), periods), np.tile(np.arange(periods), units)
    lead = period - start[unit]
    effect = np.where(lead >= 0, 1 + growth * lead, 0.0)
    noise = rng.normal(0, 1, units * periods)
    y = rng.normal(0, 2, units)[unit] + 0.3 * period + effect + 0.4 * start[unit] + noise
    return pd.DataFrame({"team": unit, "month": period, "y": y, "start": start[unit], "true": effect, "lead": lead})


TEAMS = {"outcome": "y", "panel_id": "team", "time": "month", "first_treated": "start"}


@pytest.mark.parametrize("control_group", ["never_treated", "not_yet_treated"])
def test_group_time_intervals_cover_a_growing_effect(control_group) -> None:
    hits, errors = [], []
    for seed in range(80):
        f = rollout(seed)
        row = fit_group_time(f, **TEAMS, control_group=control_group).aggregate("simple").iloc[0]
        true = f.loc[f["lead"] >= 0, "true"].mean()
        errors.append(row["estimate"] - true)
        hits.append(row["conf_low"] <= true <= row["conf_high"])
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(80)
    assert 0.88 <= np.mean(hits) <= 1


@pytest.mark.parametrize("estimator", ["sun-abraham", "imputation"])
def test_event_studies_cover_a_growing_effect_and_two_way_does_not(estimator) -> None:
    hits, plain = [], []
    for seed in range(50):
        f = rollout(seed)
        true = f.loc[f["lead"] >= 0, "true"].mean()
        row = fit_event_study(f, **TEAMS, estimator=estimator).tidy().iloc[0]
        hits.append(row["conf_low"] <= true <= row["conf_high"])
        if seed < 15:
            plain.append(fit_event_study(f, **TEAMS, estimator="two-way").estimate[0] - true)
    assert 0.88 <= np.mean(hits) <= 1
    assert np.mean(plain) < -0.2
    assert "turn the sign" in fit_event_study(f, **TEAMS, estimator="two-way").summary()


def test_without_untreated_units_the_last_group_is_the_comparison() -> None:
    f = rollout(1, never=False)
    fit = fit_group_time(f, **TEAMS, control_group="not_yet_treated")
    assert set(fit.groups) == {"2", "3"} and max(fit.periods) == "4"
    assert fit_event_study(f, **TEAMS).tidy()["std_error"].gt(0).all()
    imputed = fit_event_study(f, **TEAMS, estimator="imputation")
    assert imputed.not_identified == 40 and imputed.estimate[0] == pytest.approx(1.4, abs=0.6)


def test_dates_text_and_gaps_in_years_are_periods_too() -> None:
    f = rollout(2)
    plain = fit_group_time(f, **TEAMS)
    months = pd.date_range("2025-01-01", periods=6, freq="MS")
    dated = f.assign(month=months[f["month"]], start=pd.Series(months).reindex(f["start"]).to_numpy())
    by_date = fit_group_time(dated, **TEAMS)
    np.testing.assert_allclose(by_date.estimate, plain.estimate)
    assert by_date.groups[0] == "2025-03-01" and by_date.lead.tolist() == plain.lead.tolist()
    text = f.assign(
        month=[f"2025-{m + 1:02d}" for m in f["month"]],
        start=pd.Series([f"2025-{m + 1:02d}" if m < 50 else None for m in f["start"]], dtype="str"),
    )
    np.testing.assert_allclose(fit_group_time(text, **TEAMS).estimate, plain.estimate)
    apart = f.assign(month=2000 + 2 * f["month"], start=2000 + 2 * f["start"])
    assert fit_group_time(apart, **TEAMS).lead.tolist() == [2 * e for e in plain.lead]


def test_clusters_of_units_widen_and_lost_units_are_counted() -> None:
    f = rollout(3).assign(place=lambda d: d["team"] // 4)
    assert fit_group_time(f, **TEAMS, cluster="place").n_clusters == 10
    holes = f.drop(index=[0, 7, 20])
    fit = fit_group_time(holes, **TEAMS, unbalanced="drop")
    assert fit.n_incomplete == 3 and fit.glance()["n_missing"].item() == 3
    early = f.assign(start=np.where(f["team"] < 5, 0.5, f["start"]), month=f["month"] + 1.0)
    left = fit_group_time(early, **TEAMS)
    assert left.n_always == 5 and "5 units were left out as treated from the first period" in left.summary()


def test_anticipation_moves_the_base() -> None:
    f = rollout(4, units=400, growth=0.0)
    f["y"] += 0.7 * (f["lead"] == -1)
    plain = fit_group_time(f, **TEAMS).aggregate("simple")["estimate"].item()
    ahead = fit_group_time(f, **TEAMS, anticipation=1).aggregate("simple")["estimate"].item()
    assert plain == pytest.approx(0.3, abs=0.2) and ahead == pytest.approx(1.0, abs=0.2)


def test_a_small_group_and_no_rows_in_place() -> None:
    f = rollout(5)
    f.loc[f["start"] == 4, "start"] = 99
    f.loc[f["team"] == f.loc[f["start"] == 2, "team"].iloc[0], "start"] = 4
    before = f.copy()
    assert "smallest group has 1 unit: the errors of that group's effects" in fit_group_time(f, **TEAMS).summary()
    assert (
        "jackknife intervals of that group's effects are then cautious"
        in fit_group_time(f, **TEAMS, variance="jackknife").summary()
    )
    pd.testing.assert_frame_equal(f, before)


def altered(kind: str) -> pd.DataFrame:
    f = rollout(6).assign(on=lambda d: (d["lead"] >= 0).astype(int), one=1, apart=lambda d: (d["start"] < 9) * 1.0)
    if kind == "all treated":
        return f.assign(start=2)
    if kind == "none treated":
        return f.assign(start=0)
    if kind == "back":
        f.loc[f["month"] == 5, "on"] = 0
    if kind == "moves":
        f.loc[f["month"] == 5, "start"] = 1
    if kind == "holes":
        return f.drop(index=[3, 8])
    if kind == "twice":
        return pd.concat([f, f.head(4)])
    if kind == "one period":
        return f[f["month"] == 0]
    if kind == "started":
        return f[f["month"] >= 4]
    if kind == "flat":
        return f.assign(y=1.0)
    return f


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("all treated", {}, "NO-UNTREATED"),
        ("none treated", {}, "NO-TREATED"),
        ("back", {"first_treated": None, "treatment": "on"}, "TREATMENT-REVERSES"),
        ("moves", {}, "TREATMENT-REVERSES"),
        ("holes", {}, "PANEL-UNBALANCED"),
        ("twice", {}, "PANEL-DUPLICATE"),
        ("one period", {}, "TOO-FEW-PERIODS"),
        ("started", {}, "NO-TREATED"),
        ("flat", {}, "CONSTANT"),
        ("", {"treatment": "on"}, "TREATMENT"),
        ("", {"first_treated": None, "treatment": "team"}, "NOT-BINARY"),
        ("", {"cluster": "one"}, "CLUSTERS"),
        ("", {"cluster": "month"}, "CLUSTER-CHANGES"),
        ("", {"covariates": ["apart"]}, "(TOO-FEW-CONTROLS|OVERLAP)"),
        ("", {"control_group": "someone"}, "CONTROL-GROUP-UNKNOWN"),
        ("", {"outcome": "y + 1"}, "TERM-NOT-A-COLUMN"),
    ],
)
def test_bad_designs_say_what_is_wrong(kind, change, code) -> None:
    with pytest.raises(EstimationError, match=code):
        fit_group_time(altered(kind), **{**TEAMS, **change})


@pytest.mark.parametrize(
    ("kind", "code"), [("all treated", "NO-UNTREATED"), ("none treated", "NO-TREATED"), ("holes", "PANEL-UNBALANCED")]
)
def test_bad_event_studies_say_what_is_wrong(kind, code) -> None:
    for estimator in ("two-way", "sun-abraham", "imputation"):
        with pytest.raises(EstimationError, match=code):
            fit_event_study(altered(kind), **TEAMS, estimator=estimator)


def test_separation_and_an_absent_column() -> None:
    f = rollout(7).assign(size=lambda d: np.where(d["start"] < 9, 10.0, 1.0) + d["team"] / 50)
    with pytest.raises(EstimationError, match="OVERLAP"):
        fit_group_time(f, **TEAMS, covariates=["size"])
    with pytest.raises(CoverageError, match="COLUMN-MISSING"):
        fit_group_time(f, **{**TEAMS, "panel_id": "nobody"})
