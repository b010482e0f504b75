"""Authorities and years: the tables ``la`` and ``la_year``, and the national panel.

Turnover of authority l in year t, in per cent of in post::

    turnover_lt = England_t + panel_agency_turnover (agency_lt - England's) + panel_caseload_turnover (caseload_lt -
        England's) + area_l + noise_lt

``area_l`` is correlated ``panel_confounding`` with the authority's own level of agency share, and
``panel_caseload_confounding`` with that of caseload. A pooled slope, or one between authorities, is therefore biased:
upwards for agency (by about +0.08 on a true +0.06), downwards for caseload, of which nothing is left to see. With
effects for authority and year it is not. Spread, persistence (ICC) and skew follow the published panel: agency and
vacancy are beta variables below a ceiling, caseload and absence gamma variables above a floor (by the cube-root
normal approximation), so none is below 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtr

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import REGIONS
from hybrid_toolkit.synth import calibration as c
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.streams import Context, Labels, codes_at, keyed_rng, pick
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.people import Workers
from hybrid_toolkit.synth.tables.remote_share import Remote
from hybrid_toolkit.synth.truth import BOUND, Truth

REGION_SHARES = {"NE": 12, "NW": 24, "YH": 15, "EM": 10, "WM": 14, "EE": 11, "LN": 32, "SE": 18, "SW": 14}
OFSTED = {"O": 0.17, "G": 0.45, "RI": 0.26, "I": 0.12}
N_NATIONAL = 150
_LEVEL = {"vacancy": 0.96}
"""Mean over authorities against England's ratio of sums."""
SIZE_SPREAD = 0.5
"""Standard deviation of the log of in post over authorities."""
SIZE_AGENCY = -0.3
"""Correlation of that log with the level of agency share: large authorities use less, so the ratio of England's sums
is England's rate."""
SKEW = 1.2
"""Shape of the gamma noise of turnover: with it turnover is skewed as published (0.97, CSWW 2017 to 2025)."""
CEILING: Mapping[str, float] = MappingProxyType({"agency": 48.0, "vacancy": 58.0})
"""Per cent that no authority reaches, chosen so that the shares are skewed as published (0.67 and 0.77)."""
FLOOR: Mapping[str, float] = MappingProxyType({"caseload": 0.5, "absence": 0.3})
"""Share of England's figure that no authority falls below, chosen so that skew is as published (0.56 and 1.07)."""
YEAR_ON_YEAR: Mapping[str, float] = MappingProxyType(
    {"agency": 0.56, "vacancy": 0.35, "caseload": 0.33, "absence": 0.17}
)
"""How far a year's departure from an authority's own level lasts into the next: with the shares between authorities it
gives the published correlations of one year with the next (0.83, 0.78, 0.68 and 0.48; CSWW 2017 to 2025)."""
WITH_VACANCY = 0.86
"""Correlation of agency share with vacancy, of levels and of years: 0.84 in the published shares."""


@dataclass(frozen=True)
class Area:
    """One authority over years (arrays by year): in post, and rates in per cent (caseload in cases)."""

    years: tuple[int, ...]
    region: str
    inpost: Floats
    starters: Floats
    turnover: Floats
    agency: Floats
    vacancy: Floats
    caseload: Floats
    absence: Floats

    @property
    def last(self) -> c.Rates:
        """Rates of the last year, within the range that a simulated workforce can hold."""
        return c.Rates(
            inpost=float(self.inpost[-1]),
            starters=float(self.starters[-1]),
            turnover=float(min(self.turnover[-1], 45)),
            agency=float(min(self.agency[-1], 55)),
            vacancy=float(min(self.vacancy[-1], 60)),
            caseload=float(np.clip(self.caseload[-1], 8, 28)),
            absence=float(min(self.absence[-1], 10)),
        )


def gamma_like(mean: Floats, sd: Floats, z: Floats, floor: Floats) -> Floats:
    """A variable above a floor with this mean and spread, from a normal one: cube-root approximation to gamma."""
    above = mean - floor
    k = (above / sd) ** 2
    return np.asarray(floor + above * np.maximum(1 - 1 / (9 * k) + z / (3 * np.sqrt(k)), 0.02) ** 3, dtype=np.float64)


def beta_like(mean: Floats, sd: Floats, z: Floats, ceiling: float) -> Floats:
    """A beta variable between 0 and a ceiling with this mean and spread, from a standard normal one."""
    at, spread = mean / ceiling, sd / ceiling
    n = at * (1 - at) / spread**2 - 1
    return np.asarray(ceiling * betaincinv(at * n, (1 - at) * n, ndtr(z)), dtype=np.float64)


def turnover_parts(truth: Truth) -> tuple[float, float]:
    """Standard deviations of the area part and the noise of turnover that give its published spread and ICC."""
    total = c.LA_SD["turnover"] ** 2
    between, within, cross = 0.0, 0.0, 0.0
    for effect, rho, name in (
        (truth.panel_agency_turnover, truth.panel_confounding, "agency"),
        (truth.panel_caseload_turnover, truth.panel_caseload_confounding, "caseload"),
    ):
        part = (effect * c.LA_SD[name]) ** 2
        between += part * c.LA_ICC[name]
        within += part * (1 - c.LA_ICC[name])
        cross += 2 * effect * c.LA_SD[name] * np.sqrt(c.LA_ICC[name]) * rho
    target = max(c.LA_ICC["turnover"] * total - between, 0.0)
    area = (-cross + np.sqrt(cross**2 + 4 * target)) / 2
    return float(max(area, 0.0)), float(np.sqrt(max((1 - c.LA_ICC["turnover"]) * total - within, 0.01)))


@dataclass(frozen=True)
class _AreaDraws:
    """What is drawn for authorities: one row an authority, and a column a year where there are years."""

    level: dict[str, Floats]
    rates: dict[str, Floats]
    own: Floats
    noise: Floats
    rank: Floats
    growth: Floats
    starters: Floats
    region: Floats


_RATES = ("agency", "caseload", "vacancy", "absence")


def _draw_luck(seed: int, areas: Sequence[int], t: int) -> _AreaDraws:
    """The draws of each authority, from a stream of its own."""
    k, n = len(_RATES), len(areas)
    level, own, rank, region = np.empty((n, k)), np.empty(n), np.empty(n), np.empty(n)
    rates, noise, growth, starters = np.empty((n, k, t)), np.empty((n, t)), np.empty((n, t)), np.empty((n, t))
    for i, la in enumerate(areas):
        rng = keyed_rng(seed, "area", la)
        level[i], rates[i] = rng.standard_normal(k), rng.standard_normal((k, t))
        own[i], noise[i], rank[i] = rng.standard_normal(), rng.gamma(SKEW, 1.0, t), rng.standard_normal()
        growth[i], region[i], starters[i] = rng.normal(0, 0.03, t), rng.random(), rng.normal(0, 0.2, t)
    agency, caseload, vacancy, absence = np.clip(level, -BOUND, BOUND).T[:, :, None]
    other = np.sqrt(1 - WITH_VACANCY**2)
    years = {name: _lasting(rates[:, j], YEAR_ON_YEAR[name]) for j, name in enumerate(_RATES)}
    years["vacancy"] = WITH_VACANCY * years["agency"] + other * years["vacancy"]
    return _AreaDraws(
        level={
            "agency": agency,
            "caseload": caseload,
            "vacancy": WITH_VACANCY * agency + other * vacancy,
            "absence": absence,
        },
        rates=years,
        own=np.clip(own, -BOUND, BOUND)[:, None],
        noise=noise,
        rank=np.clip(rank, -BOUND, BOUND)[:, None],
        growth=growth,
        starters=starters,
        region=region,
    )


def _lasting(noise: Floats, after: float) -> Floats:
    """A series (along the last axis) of spread 1 in which each year keeps ``after`` of the one before."""
    out = noise.copy()
    for k in range(1, noise.shape[-1]):
        out[..., k] = after * out[..., k - 1] + np.sqrt(1 - after**2) * noise[..., k]
    return out


def draw_areas(truth: Truth, seed: int, areas: Sequence[int], *, alone: bool = False) -> list[Area]:
    """Authorities over the years to the calibration year; one that is ``alone`` stands at England's level."""
    years = tuple(y for y in c.YEARS if y <= truth.calibration_year)
    luck, reach = _draw_luck(seed, areas, len(years)), 0.0 if alone else 1.0
    england = {f: np.array([getattr(c.ENGLAND_RATES[y], f) for y in years]) for f in ("inpost", *c.LA_SD, "starters")}
    level, rates = luck.level, {}
    for name in _RATES:
        icc, spread = c.LA_ICC[name], c.LA_SD[name] / getattr(c.ENGLAND_RATES[2025], name)
        z = reach * np.sqrt(icc) * level[name] + np.sqrt(1 - icc) * (0.3 + 0.7 * reach) * luck.rates[name]
        mean = england[name] * _LEVEL.get(name, 1.0)
        sd = spread * england[name]
        if name in CEILING:
            rates[name] = beta_like(mean, sd, z, CEILING[name])
        else:
            rates[name] = gamma_like(mean, sd, z, FLOOR[name] * mean)
    with_agency, with_caseload = truth.panel_confounding, truth.panel_caseload_confounding
    own = np.sqrt(max(1 - with_agency**2 - with_caseload**2, 0.0)) * luck.own
    own = own + with_agency * level["agency"] + with_caseload * level["caseload"]
    area_sd, noise_sd = turnover_parts(truth)
    noise = (luck.noise - SKEW) / np.sqrt(SKEW) * noise_sd * (0.3 + 0.7 * reach)
    turnover = england["turnover"] + noise + reach * area_sd * own
    turnover += truth.panel_agency_turnover * (rates["agency"] - england["agency"])
    turnover += truth.panel_caseload_turnover * (rates["caseload"] - england["caseload"])
    rank = SIZE_AGENCY * level["agency"] + np.sqrt(1 - SIZE_AGENCY**2) * luck.rank
    scale = np.exp(SIZE_SPREAD * rank - SIZE_SPREAD**2 / 2) / N_NATIONAL
    growth = np.exp(np.cumsum(luck.growth, axis=1))
    inpost = england["inpost"] * scale * growth / growth[:, -1:]
    starters = england["starters"] * np.exp(luck.starters)
    turnover = np.maximum(turnover, 0.3)
    regions = codes_at(REGION_SHARES, luck.region)
    return [
        Area(
            years=years,
            region=str(regions[i]),
            inpost=inpost[i],
            starters=starters[i],
            turnover=turnover[i],
            **{name: values[i] for name, values in rates.items()},
        )
        for i in range(len(areas))
    ]


def draw_area(truth: Truth, seed: int, la: int, *, alone: bool) -> Area:
    """One authority over the years; see ``draw_areas``."""
    return draw_areas(truth, seed, [la], alone=alone)[0]


def area_rates(truth: Truth, size: Size, seed: int, la: int) -> tuple[c.Rates, int]:
    """Rates of the calibration year of one authority, and its number of teams."""
    if size.n_la == 1:
        return c.ENGLAND_RATES[truth.calibration_year], size.teams_per_la
    last = draw_area(truth, seed, la, alone=False).last
    relative = last.inpost * N_NATIONAL / c.ENGLAND_RATES[truth.calibration_year].inpost
    return last, max(round(size.teams_per_la * relative), 4)


def _totals(area: Area) -> dict[str, Floats]:
    """The workforce return's totals of one authority, one decimal as published; rates follow from them."""
    inpost = np.round(area.inpost, 1)
    holders = np.round(c.CASE_HOLDER_SHARE * inpost, 1)
    return {
        "inpost_fte": inpost,
        "starters_fte": np.round(area.starters / 100 * inpost, 1),
        "leavers_fte": np.round(area.turnover / 100 * inpost, 1),
        "agency_fte": np.round(inpost * area.agency / np.maximum(100 - area.agency, 5), 1),
        "vacancy_fte": np.round(inpost * area.vacancy / np.maximum(100 - area.vacancy, 5), 1),
        "case_holders_fte": holders,
        "cases": np.round(area.caseload * holders),
        "working_days_lost_fte": np.round(area.absence / 100 * c.WORKING_DAYS * inpost, 1),
    }


def _this_year(ctx: Context, w: Workers, remote: Remote, cases: float, sick: float) -> dict[str, float]:
    """The last year's totals, counted from the simulated workers; vacancies alone have no worker to count."""
    first = max(ctx.size.months - 12, 0)
    scale = 12 / (ctx.size.months - first)
    staff, there = ~w.agency, remote.leave_index >= ctx.size.months
    year_left = (remote.leave_index >= first) & ~there
    inpost = float(w.fte[staff & there].sum())
    begun = (w.start >= ctx.months[first]) & staff
    return {
        "inpost_fte": round(inpost, 1),
        "starters_fte": round(float(w.fte[begun].sum()) * scale, 1),
        "leavers_fte": round(float(w.fte[staff & year_left].sum()) * scale, 1),
        "agency_fte": round(float(w.fte[w.agency & there].sum()), 1),
        "vacancy_fte": round(inpost * ctx.rates.vacancy / (100 - ctx.rates.vacancy), 1),
        "case_holders_fte": round(float(w.fte[w.holder & there].sum()), 1),
        "cases": cases,
        "working_days_lost_fte": round(sick * scale, 1),
    }


def la_year_frame(ctx: Context, w: Workers, remote: Remote, cases: float, sick: float) -> pd.DataFrame:
    """The table ``la_year`` of one authority: earlier years from the panel model, the last from its workers."""
    area = draw_area(ctx.truth, ctx.seed, ctx.la, alone=ctx.size.n_la == 1)
    now = _this_year(ctx, w, remote, cases, sick)
    totals = _totals(area)
    level = now["inpost_fte"] / totals["inpost_fte"][-1]
    for name, values in totals.items():
        scaled = values * level
        scaled[-1] = now[name]
        totals[name] = np.round(scaled, 0 if name == "cases" else 1)
    return _panel_frame([ctx.la_id], [area], [totals])


def _panel_frame(ids: Sequence[str], areas: Sequence[Area], totals: Sequence[dict[str, Floats]]) -> pd.DataFrame:
    """The table ``la_year``: the years of one authority, then those of the next."""
    place = np.repeat(np.arange(len(areas)), [len(a.years) for a in areas])
    return frame(
        "la_year",
        {
            "la_id": Labels.of(ids, place),
            "year": np.array([y for a in areas for y in a.years]),
            "region": Labels.of([REGIONS[a.region] for a in areas], place),
            **{name: np.concatenate([t[name] for t in totals]) for name in totals[0]},
        },
    )


def simulate_panel(truth: Truth, seed: int = 0, *, n_la: int = N_NATIONAL) -> EvaluationData:
    """A national panel: ``la_year`` of ``n_la`` authorities from 2017 to the calibration year, nothing else.

    Examples
    --------
    >>> panel = simulate_panel(Truth(), 1, n_la=3)
    >>> len(panel["la_year"]), panel.synthetic
    (27, True)
    """
    areas = draw_areas(truth, seed, range(n_la))
    rows = _panel_frame([f"L{la + 1:03d}" for la in range(n_la)], areas, [_totals(a) for a in areas])
    label = f"synthetic: national panel, {truth.scenario}, seed {seed}"
    return EvaluationData({"la_year": rows}, synthetic=True, label=label)


def la_frame(ctx: Context) -> pd.DataFrame:
    """The table ``la``."""
    area, rng = draw_area(ctx.truth, ctx.seed, ctx.la, alone=ctx.size.n_la == 1), ctx.rng("la")
    urban = int(np.clip(np.rint(3.5 - 1.5 * ctx.rurality), 1, 6))
    return frame(
        "la",
        {
            "la_id": [ctx.la_id],
            "region": [area.region],
            "rural_class": [urban],
            "imd": [round(float(np.clip(rng.normal(22, 7), 6, 45)), 1)],
            "ofsted": pick(rng, OFSTED, 1),
            "no30mbit_pct": [round(float(rng.gamma(1.5, 1.0 + 0.6 * (6 - urban))), 1)],
        },
    )
