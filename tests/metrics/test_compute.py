"""Intervals against statsmodels, flags, refusals, and what must not change a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, MeasureError, UsageError
from hybrid_toolkit.metrics.intervals.interval import MeanOf, clustered_interval
from hybrid_toolkit.metrics.intervals.statistics import DifferenceInDifferences, RatioOf, Slope
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec


def clustered(seed: int = 0, teams: int = 24, size: int = 10, sd: float = 0.5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(teams), size)
    x = rng.normal(size=len(team))
    y = 1.0 + 0.5 * x + rng.normal(0, sd, teams)[team] + rng.normal(size=len(team))
    return pd.DataFrame(
        {"team": [f"t{i:02d}" for i in team], "x": x, "y": y, "a": x > 0, "b": rng.random(len(team)) > 0.5}
    )


def hours(rows: pd.DataFrame) -> EvaluationData:
    """Worker-months in which the remote share is between 0 and 1."""
    share = 1 / (1 + np.exp(-rows["y"]))
    worker = [f"w{i:03d}" for i in range(len(rows))]
    return EvaluationData(
        {
            "worker": pd.DataFrame({"worker_id": worker, "team_id": rows["team"]}),
            "worker_month": pd.DataFrame(
                {
                    "worker_id": worker,
                    "month": pd.Timestamp("2025-01-01"),
                    "h_home": 100 * share,
                    "h_office": 100 * (1 - share),
                }
            ),
        }
    )


def test_mean_interval_is_least_squares_on_a_constant_with_clustered_errors() -> None:
    data = clustered()
    codes = pd.factorize(data["team"])[0]
    fit = sm.OLS(data["y"].to_numpy(), np.ones(len(data))).fit(
        cov_type="cluster", cov_kwds={"groups": codes, "use_correction": True, "df_correction": True}, use_t=True
    )
    ours = clustered_interval(MeanOf("y")(data), data["team"])
    assert ours.std_error == pytest.approx(fit.bse[0], rel=1e-10)
    assert [ours.conf_low, ours.conf_high] == pytest.approx(fit.conf_int()[0].tolist(), rel=1e-10)
    assert ours.n_clusters == 24


def test_measure_gives_that_interval() -> None:
    data = clustered()
    row = ht.measure(hours(data), "remote_share_desk", conf_level=0.9).iloc[0]
    y = (1 / (1 + np.exp(-data["y"]))).to_numpy()
    fit = sm.OLS(y, np.ones(len(y))).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(data["team"])[0]}, use_t=True
    )
    number = y.mean() * (1 - y.mean()) / fit.bse[0] ** 2  # teams of one size: the sandwich is the jackknife
    level = 2 * stats.norm.sf(stats.t.ppf(0.95, 23))
    wilson = proportion_confint(y.mean() * number, number, alpha=level, method="wilson")
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(list(wilson), rel=1e-9)
    assert row["flag"] == "" and row["n_clusters"] == 24 and row["n"] == 240


def left_out(y: pd.Series, x: np.ndarray, groups: np.ndarray, at: int) -> float:
    """The jackknife's error of one coefficient: least squares fitted again without each cluster."""
    whole = sm.OLS(y.to_numpy(), x).fit().params[at]
    each = [sm.OLS(y.to_numpy()[groups != g], x[groups != g]).fit().params[at] - whole for g in np.unique(groups)]
    return float(np.sqrt((len(each) - 1) / len(each) * np.square(each).sum()))


def test_slope_and_contrast_intervals_are_those_of_the_regression() -> None:
    data = clustered(3)
    groups = pd.factorize(data["team"])[0]
    x = sm.add_constant(data["x"].to_numpy())
    fit = sm.OLS(data["y"].to_numpy(), x).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    slope = Slope("y", "x")(data)
    assert slope.value == pytest.approx(fit.params[1])
    assert clustered_interval(slope, data["team"]).std_error == pytest.approx(left_out(data["y"], x, groups, 1))
    a, b = data["a"].to_numpy(dtype=float), data["b"].to_numpy(dtype=float)
    cells = sm.add_constant(np.column_stack([a, b, a * b]))
    fit = sm.OLS(data["y"].to_numpy(), cells).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    contrast = DifferenceInDifferences("y", "a", "b")(data)
    assert contrast.value == pytest.approx(fit.params[3])
    assert clustered_interval(contrast, data["team"]).std_error == pytest.approx(left_out(data["y"], cells, groups, 3))


def test_ratio_influence_is_the_linearised_one() -> None:
    frame = pd.DataFrame({"top": [1.0, 2.0, 6.0], "bottom": [2.0, 2.0, 4.0]})
    ratio = RatioOf("top", "bottom")(frame)
    assert ratio.value == pytest.approx(9 / 8)
    assert ratio.influence == pytest.approx((frame["top"] - 9 / 8 * frame["bottom"]).to_numpy() / 8)
    # by hand: without each row 8/6, 7/6 and 3/4, which is 5/24, 1/24 and -9/24 from 9/8; (G-1)/G = 2/3
    i = clustered_interval(ratio, pd.Series(["a", "b", "c"]))
    assert i.std_error == pytest.approx(np.sqrt(2 / 3 * 107) / 24)
    assert i.effective == pytest.approx(1 / (1 / 16 + 1 / 16 + 1 / 4)) and i.df == pytest.approx(i.effective - 1)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """400 draws of 24 teams; true mean 1. Monte Carlo error of a coverage of .95 is .011."""
    held = 0
    for seed in range(400):
        data = clustered(seed)
        i = clustered_interval(MeanOf("y")(data), data["team"])
        held += i.conf_low <= 1.0 <= i.conf_high
    assert 0.95 - 3 * 0.011 <= held / 400 <= 0.95 + 3 * 0.011


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), by=st.sampled_from([None, "team_id", "service"]))
def test_order_and_labels_change_nothing(seed: int, by: str | None) -> None:
    data = hours(clustered(seed % 50, teams=6, size=6))
    rng = np.random.default_rng(seed)
    team = pd.DataFrame({"team_id": [f"t{i:02d}" for i in range(6)], "service": ["cla", "cin_cp"] * 3})
    base = EvaluationData({**data.tables, "team": team})
    relabel = {t: f"n{i}" for t, i in zip(team["team_id"], rng.permutation(6), strict=True)}
    services = {"cla": "other", "cin_cp": "fostering"}
    moved = {}
    for name, frame in base.tables.items():
        new = frame.iloc[rng.permutation(len(frame))][list(rng.permutation(frame.columns))]
        if "team_id" in new:
            new = new.assign(team_id=new["team_id"].map(relabel))
        if "service" in new:
            new = new.assign(service=new["service"].map(services))
        moved[name] = new
    metrics = ["remote_share_desk", "loo_team_office_rate"]
    one, two = (ht.measure(d, metrics, by=by) for d in (base, EvaluationData(moved)))
    names = {**relabel, **services, "all": "all"}
    one = one.assign(group=one["group"].map(names)).sort_values(["metric", "group"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(one, two.sort_values(["metric", "group"]).reset_index(drop=True), rtol=1e-9)


def test_frames_are_not_changed(tiny: EvaluationData) -> None:
    before = tiny.hash
    ht.measure(tiny, ["remote_share_desk", "choice_honoured", "informal_learning"], by="career_stage")
    assert EvaluationData(tiny.tables).hash == before


def test_flags_say_why() -> None:
    data = clustered(teams=1, size=12)
    row = ht.measure(hours(data), "remote_share_desk").iloc[0]
    assert row["flag"] == "one cluster: no interval" and np.isnan(row["conf_low"])
    few = ht.measure(hours(clustered(teams=3, size=3)), "remote_share_desk").iloc[0]
    assert few["flag"] == "fewer than 10 units; few or unequal clusters: 3 count as 3.0"
    same = clustered(teams=5, size=5).assign(y=0.0)
    assert "no variation" in ht.measure(hours(same), "remote_share_desk").iloc[0]["flag"]
    gone = hours(clustered(teams=5, size=6))
    months = gone.table("worker_month")
    months["h_home"] = months["h_home"].where(months.index < 12)
    row = ht.measure(EvaluationData({**gone.tables, "worker_month": months}), "remote_share_desk").iloc[0]
    assert row["flag"] == "more than 50% missing; few or unequal clusters: 2 count as 2.0" and row["n_missing"] == 18


def test_teams_are_flagged_and_people_refused(tiny: EvaluationData) -> None:
    teams = ht.measure(tiny, "remote_share_desk", by="team_id")
    assert teams["flag"].str.contains("never named or ranked").all()
    assert teams["group"].tolist() == sorted(teams["group"])
    for person in ("worker_id", "family_id", "child_id", "contact_id"):
        with pytest.raises(MeasureError, match="GROUP-PERSON"):
            ht.measure(tiny, "remote_share_desk", by=person)


def test_what_cannot_be_measured_is_named(tiny: EvaluationData) -> None:
    only = EvaluationData({"worker_month": tiny.table("worker_month").drop(columns="b2b")})
    with pytest.raises(CoverageError, match="table 'worker_month' has no column 'b2b'"):
        ht.measure(only, "back_to_back_share")
    with pytest.raises(CoverageError, match="no table 'contact'"):
        ht.measure(only, "choice_honoured")
    with pytest.raises(CoverageError, match="worker"):
        ht.measure(only, "remote_share_desk", by="career_stage")
    with pytest.raises(UsageError, match="Did you mean"):
        ht.measure(tiny, "remote_share_dsk")
    with pytest.raises(UsageError, match="GROUP-UNKNOWN"):
        ht.measure(tiny, "remote_share_desk", by="shoe_size")
    with pytest.raises(UsageError, match="GROUP-UNIT"):
        ht.measure(tiny, "hot_desk_share", by="low_access")
    with pytest.raises(UsageError, match="PERIOD-UNKNOWN"):
        ht.measure(tiny, "remote_share_desk", period="week")
    with pytest.raises(MeasureError, match="PERIOD-UNIT"):
        ht.measure(tiny, "continuity_usual_provider", period="month")
    with pytest.raises(MeasureError, match="METRIC-ELSEWHERE"):
        ht.measure(tiny, "condition_maturity")
    with pytest.raises(UsageError, match="CONF-LEVEL"):
        ht.measure(tiny, "remote_share_desk", conf_level=95)


def test_a_metric_of_ones_own_works_everywhere(tiny: EvaluationData) -> None:
    def long_days(data: EvaluationData) -> pd.DataFrame:
        rows = data.table("worker_month")
        return rows.assign(long=(rows["unpaid_h"] > 2).astype(float))

    own = MetricSpec(
        id="long_weeks_share", code="OWN", name="Weeks with unpaid hours", question="Who works too long?",
        unit="worker-month", columns={"worker_month": ("worker_id", "unpaid_h")}, formula="months over 2 / months",
        low=0, high=1, direction="lower", min_n=5, value_unit="share", source="local", frame=long_days,
        statistic=MeanOf("long"), cluster=("worker_id",), co_produced="practitioners, March 2025",
    )  # fmt: skip
    row = ht.measure(tiny, own).iloc[0]
    assert row["estimate"] == pytest.approx(2 / 6) and row["n_clusters"] == 4
    assert len(ht.measure(tiny, [own, "remote_share_desk"], by="role")) == 6


@pytest.mark.parametrize(
    ("table", "column", "metric", "words"),
    [
        ("worker_month", "h_home", "remote_share_desk", "numbers"),
        ("contact", "held_date", "remote_contact_share", "dates"),
        ("contact", "engaged", "engaged_share", "yes or no"),
    ],
)
def test_a_column_of_the_wrong_type_is_named(
    tiny: EvaluationData, table: str, column: str, metric: str, words: str
) -> None:
    frame = tiny[table].assign(**{column: "secret"})
    with pytest.raises(MeasureError, match=f"'{column}'.*not {words}") as caught:
        ht.measure(EvaluationData({**tiny.tables, table: frame}), metric)
    assert "secret" not in str(caught.value)
