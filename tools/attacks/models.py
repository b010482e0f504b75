"""Doors of models: slopes on one or two people, hidden event times, filters of a metric of one's own."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pandas as pd

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.models import fit_linear
from hybrid_toolkit.models.survival.kaplan_meier import fit_kaplan_meier
from hybrid_toolkit.study.sharing.evidence import evidence_bundle

FEW = 10


def regressions(rng: np.random.Generator) -> tuple[int, int, int]:
    """A slope on one or two people: a third value of the exposure, a rare moderator, a far value."""
    n, few = 300, int(rng.integers(1, 3))
    kind = str(rng.choice(["third value", "rare moderator", "far value", "rare exposure"]))
    frame = pd.DataFrame({"y": rng.normal(3.0, 1.0, n), "x": (rng.random(n) < 0.5).astype(float),
                          "m": (rng.random(n) < 0.5).astype(float),
                          "team_id": rng.choice([f"T{i:02}" for i in range(30)], n),
                          "worker_id": [f"W{i:04}" for i in range(n)]})  # fmt: skip
    chosen = rng.choice(n, max(few, 2) if kind != "far value" else 1, replace=False)
    if kind == "third value":
        frame["x"] = 0.0
        frame.loc[chosen, "x"] = [1.0, 2.0]
    elif kind == "rare exposure":
        frame["x"] = 0.0
        frame.loc[chosen, "x"] = 1.0
    elif kind == "far value":
        frame["x"] = rng.normal(0, 1, n)
        frame.loc[chosen, "x"] = 5000.0
    else:
        frame["m"] = 0.0
        frame.loc[chosen, "m"] = 1.0
        frame.loc[chosen, "x"] = [0.0, 1.0]
    moderated = kind == "rare moderator"
    study = ht.Study(
        id="intruder", question="Does y go with x?", row_unit="rows", outcome="y", exposure="x", cluster="team_id",
        design="cross-sectional", moderators=("m",) if moderated else (), kind="slope-gap" if moderated else "slope",
        estimand="slope", contrast="more of x", contrast_size=1.0,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = study.estimate_frame(frame)
        except HybridToolkitError:
            return 0, 1, 0
        main = result.estimates[result.estimates["role"].eq("main")]
        shown = Gate().estimates(result.estimates.assign(clusters=result.estimates["n_clusters"]), title="x",
                                 clusters="clusters", labels=["outcome", "role"]).content  # fmt: skip
        told = shown.loc[shown["role"].isin(["main", "slope"]), "estimate"].notna()
        leaks = int(told[shown["role"].eq("main")].any())
        try:
            evidence_bundle(study, result)
            leaks += 1
        except HybridToolkitError:
            pass
        leaks += int("interval" in result.claims()[0].text)
    # the reader knows the mean of all and solves for those on whom the slope rests
    mean, y = frame["y"].mean(), frame.loc[chosen, "y"].to_numpy()
    slope, others = float(main["estimate"].iloc[0]), frame[frame["m"].eq(0)]
    solved = {
        "far value": lambda: abs(mean + slope * 5000.0 - y[0]) < 0.2,
        "rare exposure": lambda: abs(mean + slope * 1.0 - y.mean()) < 0.2,
        "third value": lambda: abs((mean + slope * np.array([1.0, 2.0])) @ np.array([1.0, 2.0]) / 5
                                   - y @ np.array([1.0, 2.0]) / 5) < 0.2,
        "rare moderator": lambda: abs(slope + others.loc[others["x"].eq(1), "y"].mean()
                                      - others.loc[others["x"].eq(0), "y"].mean() - (y[1] - y[0])) < 0.2,
    }[kind]()  # fmt: skip
    return leaks, int(bool(solved)), int(told.sum())


def saturated(rng: np.random.Generator) -> tuple[int, int, int]:
    """Nearly as many coefficients as rows: who knows all else of a row works out its outcome from the coefficients."""
    enough = rng.random() < 0.1
    n = int(rng.integers(40, 60) if enough else rng.integers(20, 40))
    free = int(rng.integers(20, 30) if enough else rng.integers(1, 3))
    names = [f"x{i}" for i in range(n - free - 1)]
    known = pd.DataFrame(rng.normal(0, 1, (n, len(names))), columns=names)
    frame = known.assign(y=rng.normal(3.0, 1.0, n), team_id=[f"T{i:02}" for i in range(n)])
    fit = fit_linear(frame, outcome="y", terms=names, cluster="team_id", variance="sandwich")
    kind = str(rng.choice(["fit", "frame"]))
    try:
        content = Gate().estimates(fit if kind == "fit" else fit.tidy(), title="x", people="n").content
    except HybridToolkitError:
        return 0, 1, 0

    def told(estimates: np.ndarray) -> int:
        """People whose outcome follows to a quarter of its spread, where that is most of them."""
        fitted = np.column_stack([np.ones(n), known]) @ estimates
        near = np.abs(fitted - frame["y"]) < frame["y"].std() / 4
        return int(near.sum()) if near.mean() > 1 / 2 else 0

    kept = content.set_index("term")["estimate"].astype(float)  # rows may be left out whole
    shown = kept.reindex(fit.tidy()["term"]).to_numpy()
    return told(shown), told(fit.estimate), int(np.isfinite(shown).sum())


def event_times(rng: np.random.Generator) -> tuple[int, int, int]:
    """Weighted mean over all times less the times that are shown."""
    times = int(rng.integers(3, 9))
    n = np.sort(rng.integers(12, 80, times))[::-1].astype(float)
    n[-1] = float(rng.integers(1, FEW))
    effects = rng.normal(0, 0.2, times)
    mean = float((n * effects).sum() / n.sum())
    rows = pd.DataFrame({"term": ["policy", *(f"time {t}" for t in range(times))], "estimate": [mean, *effects],
                         "std_error": 0.01, "conf_low": [mean - 0.02, *(effects - 0.02)],
                         "conf_high": [mean + 0.02, *(effects + 0.02)], "n": [n.sum(), *n], "unit": "share",
                         "clusters": 12})  # fmt: skip
    content = Gate().estimates(rows, title="x", people="n", clusters="clusters").content
    shown = content["estimate"].to_numpy(dtype=float)[1:]
    hidden = np.isnan(shown)
    alone = (n < FEW) & hidden
    solved = int(hidden.sum() == 1 and alone.any())
    together = float(n[hidden].sum())
    return solved + int(0 < together < FEW), 1, int((~hidden).sum())


def survival(rng: np.random.Generator) -> tuple[int, int, int]:
    """A survival curve has a step a leaver: between two rows shown, fewer than the threshold have left, and when."""
    n = int(rng.integers(60, 300))
    months, left = np.round(rng.exponential(30, n), 2) + 0.01, rng.random(n) < rng.choice([rng.uniform(0.4, 1), 1.0])
    rows = pd.DataFrame({"months": months, "left": left, "role": rng.choice(["a", "b"], n)})
    group = "role" if rng.random() < 0.5 else None
    fit = fit_kaplan_meier(rows.assign(left=rows["left"].astype(int)), duration="months", event="left", group=group)
    kind = str(rng.choice(["whole", "renamed", "chosen times", "chosen times renamed", "no errors either"]))
    told = fit.at([float(t) for t in range(0, 60, 2)]) if "chosen" in kind or "either" in kind else fit.tidy()
    told = told.assign(unit="share") if kind == "renamed" else told
    given = told
    if kind in ("chosen times renamed", "no errors either"):
        given = told.assign(unit="per cent", term=[f"statement {i}" for i in range(len(told))])
        if kind == "no errors either" and left.all():  # those lost from sight hide who left, unless nobody was lost
            given = given.drop(columns=["std_error", "conf_low", "conf_high"])
    back = dict(zip(given["term"], told["term"], strict=True))
    content = Gate().estimates(given, title="Still in post", people="n").content
    content = content.assign(term=content["term"].map(back))
    shown = content[content["estimate"].notna()]
    leavers = rows[rows["left"]]

    def alone(terms: pd.Series) -> int:
        """Intervals between rows in which somebody, but few, left."""
        found = 0
        for who in [None] if group is None else ["a", "b"]:
            mine = leavers if who is None else leavers[leavers["role"].eq(who)]
            at = terms if who is None else terms[terms.str.startswith(f"{who} ")]
            times = at.str.extract(r"([0-9.]+)$")[0].astype(float).sort_values().to_numpy()
            times = np.r_[-1.0, times]
            counts = [int(mine["months"].between(a + 1e-9, b + 1e-9).sum())
                      for a, b in pairwise(times)]  # fmt: skip
            found += sum(0 < c < FEW for c in counts)
        return found

    # the row of a hidden step tells its time as well
    return alone(content["term"].astype(str)), alone(told["term"].astype(str)), len(shown)


def own_filters(rng: np.random.Generator) -> tuple[int, int, int]:
    """A metric of one's own whose filter names one person by a date that is public, or differs from another by one."""
    n = int(rng.integers(40, 200))
    dates = pd.to_datetime("2010-01-01") + pd.to_timedelta(rng.choice(4000, n, replace=False), unit="D")
    data = ht.EvaluationData({"worker": pd.DataFrame({
        "worker_id": [f"W{i:04}" for i in range(n)], "reg_date": dates,
        "fte": np.round(rng.uniform(0.2, 1, n), 3)})})  # fmt: skip
    day = pd.Timestamp(np.sort(dates)[int(rng.integers(20, n - 15))])
    kind = str(rng.choice(["one", "all but one", "two that differ by one"]))
    said = [f'reg_date == "{day:%Y-%m-%d}"'] if kind == "one" else [f'reg_date != "{day:%Y-%m-%d}"']
    if kind == "two that differ by one":
        said = [f'reg_date < "{day:%Y-%m-%d}"', f'reg_date <= "{day:%Y-%m-%d}"']
    passed = 0
    for i, where in enumerate(said):
        metric = ht.declare_metric(
            f"Mine {i}", question="How much?", table="worker", formula=f"mean(fte) where {where}", unit="fte"
        )
        try:
            ht.measure(data, metric)
            passed += 1
        except HybridToolkitError as error:
            if "METRIC-FILTER" not in str(error):
                raise
    return int(passed == len(said)), 1, passed
