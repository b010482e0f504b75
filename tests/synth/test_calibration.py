"""Each calibrated figure against its source, within a stated band, on a large simulated authority and panel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.known.bank_holidays import bank_holidays_between
from hybrid_toolkit.synth.calibration import AGE_SHARES, ENGLAND_RATES, LA_ICC, LA_SD, ROLE_SHARES
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.tables.panel import simulate_panel
from hybrid_toolkit.synth.truth import Truth

END = pd.Timestamp("2025-09-30")
YEAR = END - pd.Timedelta(days=365)


@dataclass(frozen=True)
class Figure:
    """A figure, where it is published, its value there, and how far the simulated one may lie from it."""

    name: str
    source: str
    target: float
    band: float


CSWW = "Children's social work workforce 2025"
CIN = "Children in need 2025"
PROPOSED = "the toolkit's own default"
FIGURES = [
    Figure("turnover", CSWW, 11.8, 1.2),
    Figure("agency", CSWW, 13.0, 1.2),
    Figure("vacancy", CSWW, 14.2, 0.2),
    Figure("caseload", CSWW, 15.2, 0.4),
    Figure("absence", CSWW, 3.5, 0.2),
    Figure("starters", CSWW, 16.1, 1.2),
    *(Figure(f"role {r}", "CSWW 2024", s, 0.02) for r, s in ROLE_SHARES.items()),
    *(Figure(f"age {b}", "CSWW 2024", s, 0.02) for b, s in AGE_SHARES.items()),
    Figure("female", "CSWW 2022", 0.87, 0.015),
    Figure("ethnicity known", CSWW, 0.82, 0.015),
    Figure("fte a head", "CSWW 2025: 36,186.3 of 38,292", 0.945, 0.01),
    Figure("re-referral", CIN, 0.226, 0.012),
    Figure("assessment to 45 days", CIN, 0.857, 0.012),
    Figure("assessment median", CIN, 33, 1),
    Figure("assessment lower quartile", CIN, 17, 1),
    Figure("assessment upper quartile", CIN, 43, 1),
    Figure("conference to 15 days", "Children in need 2023", 0.784, 0.02),
    Figure("three or more workers", "Children looked after 2024", 0.27, 0.03),
    Figure("assessed year", PROPOSED, 0.08, 0.02),
    Figure("remote share mean", PROPOSED, 0.45, 0.015),
    Figure("remote share spread", PROPOSED, 0.20, 0.015),
    Figure("response", PROPOSED, 0.55, 0.03),
    Figure("carers", PROPOSED, 1 / 3, 0.02),
]


def rates(year: pd.DataFrame) -> pd.DataFrame:
    inpost = year["inpost_fte"]
    return pd.DataFrame(
        {
            "turnover": 100 * year["leavers_fte"] / inpost,
            "agency": 100 * year["agency_fte"] / (year["agency_fte"] + inpost),
            "vacancy": 100 * year["vacancy_fte"] / (year["vacancy_fte"] + inpost),
            "caseload": year["cases"] / year["case_holders_fte"],
            "absence": 100 * year["working_days_lost_fte"] / (253 * inpost),
            "starters": 100 * year["starters_fte"] / inpost,
        }
    )


def working_days(start: pd.Series, end: pd.Series) -> np.ndarray:
    """As the returns count them: from one day to the other, weekends and bank holidays left out."""
    days = (start.to_numpy("datetime64[D]"), end.to_numpy("datetime64[D]"))
    return np.busday_count(*days, holidays=bank_holidays_between(2010, 2030))


@pytest.fixture(scope="module")
def computed(large: EvaluationData) -> dict[str, float]:
    got = rates(large["la_year"].tail(1)).iloc[0].to_dict()
    worker, month = large["worker"], large["worker_month"]
    staff = worker[~worker["agency"].astype(bool)]
    now = staff[staff["leave_date"].isna()]
    share = now["fte"] / now["fte"].sum()
    got |= {f"role {r}": v for r, v in share.groupby(now["role"]).sum().items()}
    got |= {f"age {b}": v for b, v in share.groupby(now["age_band"]).sum().items()}
    got["female"] = (now["sex"] == "F").mean()
    got["ethnicity known"] = (now["ethnicity"] != "unknown").mean()
    got["fte a head"] = now["fte"].mean()
    got["carers"] = worker["caring"].mean()
    start = staff[staff["start_date"] < pd.Timestamp("2024-10-01")]
    got["assessed year"] = start["asye"].mean()
    events = large["child_event"]
    got["re-referral"] = events.loc[events["referral_date"] > YEAR, "rereferral"].mean()
    done = events[events["assessment_end_date"] > YEAR]
    days = working_days(done["assessment_start_date"], done["assessment_end_date"])
    got["assessment to 45 days"] = (days <= 45).mean()
    lower, middle, upper = np.percentile(days, [25, 50, 75])
    got |= {"assessment lower quartile": lower, "assessment median": middle, "assessment upper quartile": upper}
    met = events[events["icpc_date"] > YEAR]
    got["conference to 15 days"] = (working_days(met["s47_date"], met["icpc_date"]) <= 15).mean()
    need = events.drop_duplicates("child_id").merge(large["family"], on="family_id").set_index("child_id")["need"]
    workers = large["allocation_spell"].groupby("child_id")["worker_id"].nunique()
    got["three or more workers"] = (workers[need.reindex(workers.index) == "cla"] >= 3).mean()
    remote = month["h_home"] / (month["h_home"] + month["h_office"])
    got["remote share mean"] = remote.mean()
    got["remote share spread"] = remote.groupby(month["worker_id"]).mean().std()
    first = large["survey"].query("wave == 1")
    invited = month.loc[month["month"] == first["month"].iloc[0], "worker_id"].nunique()
    got["response"] = first["worker_id"].nunique() / invited
    return {k: float(v) for k, v in got.items()}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f.name)
def test_figure(figure: Figure, computed: dict[str, float]) -> None:
    assert computed[figure.name] == pytest.approx(figure.target, abs=figure.band), figure.source


@pytest.mark.parametrize("year", [2023, 2024])
def test_other_calibration_years(year: int) -> None:
    truth = Truth(calibration_year=year)
    data = simulate_authority(truth, Size("year", 1, 500, 10.0, 12, 0), 3, tables=["la_year"])
    got = rates(data["la_year"].tail(1)).iloc[0]
    assert data["la_year"]["year"].max() == year
    for name, band in (("turnover", 1.3), ("agency", 1.3), ("vacancy", 0.2), ("caseload", 0.4), ("absence", 0.15)):
        assert got[name] == pytest.approx(getattr(ENGLAND_RATES[year], name), abs=band), name


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    frame = simulate_panel(Truth(), 5, n_la=600)["la_year"]
    return pd.concat([frame, rates(frame)], axis=1)


@pytest.mark.parametrize("name", list(LA_SD))
def test_spread_between_authorities(panel: pd.DataFrame, name: str) -> None:
    now = panel[panel["year"] == 2025]
    assert now[name].std() == pytest.approx(LA_SD[name], rel=0.10)


@pytest.mark.parametrize("name", list(LA_ICC))
def test_persistence_of_authorities(panel: pd.DataFrame, name: str) -> None:
    left = panel[name] - panel.groupby("year")[name].transform("mean")
    mean = left.groupby(panel["la_id"]).transform("mean")
    t, n = panel["year"].nunique(), panel["la_id"].nunique()
    between = t * mean.groupby(panel["la_id"]).first().var()
    within = ((left - mean) ** 2).sum() / (n * (t - 1))
    icc = (between - within) / (between + (t - 1) * within)
    assert icc == pytest.approx(LA_ICC[name], abs=0.07)


def test_england_is_the_sum_of_the_panel(panel: pd.DataFrame) -> None:
    now = rates(panel[panel["year"] == 2025].drop(columns=["la_id", "region"]).sum().to_frame().T).iloc[0]
    for name, band in (("turnover", 0.6), ("agency", 1.0), ("vacancy", 1.0), ("caseload", 0.3), ("absence", 0.15)):
        assert now[name] == pytest.approx(getattr(ENGLAND_RATES[2025], name), abs=band), name
    inpost = panel.loc[panel["year"] == 2025, "inpost_fte"]
    assert inpost.median() == pytest.approx(208, rel=0.10)
    assert inpost.quantile(0.05) == pytest.approx(96, rel=0.15)
    assert inpost.quantile(0.95) == pytest.approx(510, rel=0.15)


@pytest.mark.parametrize(
    ("name", "percentiles"),
    [("agency", (1.3, 6.1, 12.7, 22.8, 29.4)), ("vacancy", (2.2, 6.1, 14.4, 23.3, 31.6))],
)
def test_percentiles_between_authorities(panel: pd.DataFrame, name: str, percentiles: tuple[float, ...]) -> None:
    """The published 5th, 20th, 50th, 80th and 95th percentile of authorities (workforce return 2025)."""
    now = panel.loc[panel["year"] == 2025, name]
    assert now.quantile([0.05, 0.2, 0.5, 0.8, 0.95]).tolist() == pytest.approx(percentiles, abs=3)


def test_rates_of_several_authorities_follow_their_own_level() -> None:
    truth = replace(Truth(), scenario="spread")
    data = simulate_authority(truth, Size("some", 8, 40, 10.0, 12, 0), 2, tables=["la_year", "worker", "team"])
    now = data["la_year"][data["la_year"]["year"] == 2025]
    assert rates(now)["agency"].std() > 3
    worker = data["worker"].merge(data["team"], on="team_id")
    here = worker[worker["leave_date"].isna() & ~worker["agency"].astype(bool)]
    counted = here.groupby("la_id")["fte"].sum().round(1)
    assert counted.to_list() == pytest.approx(now.set_index("la_id")["inpost_fte"].to_list())
