"""Doors of sittings: an explorer over groups and periods, and the same table on two versions of the data."""

from __future__ import annotations

import tempfile
import warnings
from itertools import combinations

import numpy as np
import pandas as pd

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
from hybrid_toolkit.disclosure.ledger.sitting_ledger import forget_sitting
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.report.measured import measure_released
from hybrid_toolkit.report.remeasured import remeasure
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews, view_metric
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS, ExplorerState
from tools.attacks.solve import people_fixed
from tools.attacks.tables import HOURS, staff

METRIC = "remote_share_desk"


def months(rng: np.random.Generator) -> ht.EvaluationData:
    """Staff over four months, some of whom are nearly one group under another name."""
    worker = staff(rng).table("worker").copy()
    twin = worker["role"].copy()
    moved = rng.choice(len(worker), int(rng.integers(1, 9)), replace=False)
    twin.iloc[moved] = "role z"
    worker["ethnicity"] = twin
    parts = []
    for month in pd.date_range("2025-01-01", periods=int(rng.integers(2, 5)), freq="MS"):
        here = worker[["worker_id"]][rng.random(len(worker)) > rng.uniform(0, 0.1)]
        total = rng.uniform(10, 40, len(here))
        share = rng.random(len(here))
        parts.append(here.assign(month=month, h_home=total * share, h_office=total * (1 - share)))
    return ht.EvaluationData({"worker": worker, "worker_month": pd.concat(parts, ignore_index=True)})


def explorer(rng: np.random.Generator) -> tuple[int, int, int]:
    """Every group and period of one metric in one sitting, and linear programmes over all of it."""
    data = months(rng)
    views = MetricViews(data, gate=Gate(source=data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        units = views._of(METRIC)
        y = units._values()[units._used]
        kind = units.people_used[0]
        people = np.full(len(y), -1, dtype=np.int64)
        people[kind.row] = kind.who  # one worker a unit of this metric
        groups, periods = list(views.groups(METRIC)), list(views.periods(METRIC))
        shown: dict[tuple[str, str, str], np.ndarray] = {}
        for group in groups:
            for period in periods:
                try:
                    content = views.view(ExplorerState(METRIC, group, period)).estimates.content
                except HybridToolkitError:
                    continue
                for row in content[~content["suppressed"]].to_dict("records"):
                    key = (group, str(row["group"]), str(row["period"]))
                    name = next((p for p in units.nested() if key[2] in units.period_names(p)), ALL_LEVELS)
                    shown[key] = units.cell(group, key[1], name, key[2])
        every = [np.ones(len(y), dtype=bool)]
        for group in (g for g in ("role", "ethnicity", "sex", "age_band") if units.labels(g) is not None):
            coded = units._coded(group)
            assert coded is not None
            every += [units.cell(group, value, ALL_LEVELS, ALL_LEVELS) for value in coded.names]
    cells = list({c.tobytes(): c for c in shown.values()}.values())
    return (
        people_fixed(cells, y, people, low=0, high=1),
        people_fixed(every, y, people, low=0, high=1),
        len(shown),
    )


def charts(rng: np.random.Generator) -> tuple[int, int, int]:
    """A control chart of months, one or two of which rest on a few: everyone over all months less the months shown."""
    worker = staff(rng).table("worker")[["worker_id", "team_id"]]
    parts = []
    thin = rng.choice(np.arange(3, 12), int(rng.integers(1, 3)), replace=False)
    for i, month in enumerate(pd.date_range("2024-01-01", periods=14, freq="MS")):
        here = worker[["worker_id"]]
        here = here.sample(int(rng.integers(1, 9)), random_state=int(rng.integers(1 << 30))) if i in thin else here
        share = rng.random(len(here))
        parts.append(here.assign(month=month, h_home=30 * share, h_office=30 * (1 - share)))
    frame = pd.concat(parts, ignore_index=True)
    data = ht.EvaluationData({"worker": worker, "worker_month": frame})
    y = (frame["h_home"] / 30).to_numpy()
    people, month = pd.factorize(frame["worker_id"])[0], frame["month"].dt.strftime("%Y-%m")
    everyone = np.ones(len(frame), dtype=bool)
    every = [everyone, *(month.eq(m).to_numpy() for m in month.unique())]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = remeasure(data, METRIC, started="2024-12-01").months.content
    shown = content.loc[content["value"].notna(), "month"].tolist()
    cells = [everyone, *(month.eq(m).to_numpy() for m in shown)]
    return (
        people_fixed(cells, y, people.astype(np.int64), low=0, high=1),
        people_fixed(every, y, people.astype(np.int64), low=0, high=1),
        len(shown),
    )


def _few_apart(cells: list[np.ndarray], people: np.ndarray) -> int:
    """Pairs of cells, and of each with what is left of everyone less one to three others, that differ by few people."""
    each = list({c.tobytes(): c for c in cells}.values())
    everyone = [c for c in each if c.all()]
    for k in (1, 2, 3):
        for some in combinations([c for c in each if not c.all()], k):
            left = ~np.any(some, axis=0)
            if everyone and left.any() and sum(map(np.sum, some)) == (~left).sum():
                everyone.append(left)
    every = list({c.tobytes(): c for c in [*each, *everyone]}.values())
    return sum(0 < len(np.unique(people[a ^ b])) < 10 for a, b in combinations(every, 2))


def two_kinds(rng: np.random.Generator, *, ungated: bool = True) -> tuple[int, int, int]:
    """A table and a view by another name for nearly the same people, from one release folder: subtract."""
    data = months(rng)
    frame = data.table("worker_month").merge(data.table("worker")[["worker_id", "role", "ethnicity"]], on="worker_id")
    people = pd.factorize(frame["worker_id"])[0].astype(np.int64)
    table_first = rng.random() < 0.5
    found: list[int] = []
    seen = 0
    for ledger_on in (True, False)[: 1 + ungated]:
        cells: list[np.ndarray] = []
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for kind in ("table", "view") if table_first else ("view", "table"):
                gate = Gate(source=data, ledger=VersionLedger(folder) if ledger_on else None)
                by = "ethnicity" if kind == "table" else "role"
                if kind == "table":
                    content = measure_released(data, METRIC, by=by, gate=gate)[0].table.content
                else:
                    try:
                        content = MetricViews(data, gate=gate).view(ExplorerState(METRIC, by)).estimates.content
                    except HybridToolkitError:
                        continue
                for group in content.loc[~content["suppressed"], "group"].astype(str):
                    everyone = np.ones(len(frame), dtype=bool)
                    label = frame[by].fillna("not recorded").astype(str)
                    cells.append(everyone if group == "all" else label.eq(group).to_numpy())
        found.append(_few_apart(cells, people))
        seen = len(cells) if ledger_on else seen
    return found[0], found[-1], seen


def plans(rng: np.random.Generator, *, ungated: bool = True) -> tuple[int, int, int]:
    """An action of a plan is measured again when one to three have left: its months then less its months before."""
    data = months(rng)
    worker, month = data.table("worker"), data.table("worker_month")
    gone = set(rng.choice(worker["worker_id"].to_numpy(), int(rng.integers(1, 4)), replace=False))
    later = ht.EvaluationData({
        "worker": worker[~worker["worker_id"].isin(gone)].reset_index(drop=True),
        "worker_month": month[~month["worker_id"].isin(gone)].reset_index(drop=True)})  # fmt: skip
    left = month[month["worker_id"].isin(gone)]
    out, seen = [], 0
    for ledger_on in (True, False)[: 1 + ungated]:
        shown = []
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for version in (data, later):
                gate = Gate(source=version, ledger=VersionLedger(folder) if ledger_on else None)
                try:
                    content = remeasure(version, METRIC, started="2025-02-01", gate=gate).months.content
                except HybridToolkitError:
                    content = pd.DataFrame({"month": [], "value": []})
                shown.append(set(content.loc[content["value"].notna(), "month"]))
        both = shown[0] & shown[1]
        out.append(sum(bool(left["month"].dt.strftime("%Y-%m").eq(m).any()) for m in both))
        seen = len(shown[0]) if ledger_on else seen
    return out[0], out[-1], seen


def versions(rng: np.random.Generator, *, ungated: bool = True) -> tuple[int, int, int]:
    """The same table yesterday and today, when one to three have left: subtract."""
    data = staff(rng)
    worker = data.table("worker")
    gone = rng.choice(len(worker), int(rng.integers(1, 4)), replace=False)
    later = ht.EvaluationData({"worker": worker.drop(index=worker.index[gone]).reset_index(drop=True)})
    leaks, open_, seen = 0, 0, 0
    by = str(rng.choice(["role", "sex", "age_band"]))
    for ledger_on in (True, False)[: 1 + ungated]:
        with tempfile.TemporaryDirectory() as folder:
            shown = []
            for version in (data, later):
                gate = Gate(source=version, ledger=VersionLedger(folder) if ledger_on else None)
                content = measure_released(version, HOURS, by=by, gate=gate)[0].table.content  # type: ignore[arg-type]
                shown.append(set(content.loc[~content["suppressed"], "group"].astype(str)))
        both = shown[0] & shown[1]
        frame = worker.assign(all="all")
        label = frame[by].fillna("not recorded").astype(str)
        out = frame.index.isin(frame.index[gone])
        hits = 0
        for group in both:
            inside = np.ones(len(frame), dtype=bool) if group == "all" else label.eq(group).to_numpy()
            hits += int(0 < (inside & out).sum() < 10)
        if ledger_on:
            leaks, seen = hits, len(shown[1])
        else:
            open_ = hits
    return leaks, open_, seen


def sitting_of_widgets(rng: np.random.Generator, *, ungated: bool = True) -> tuple[int, int, int]:
    """Views opened one after the other in one kernel, none of them given a gate, before and after one to three left.

    The reader subtracts: the cells of both versions, and their distributions.
    """
    data = months(rng)
    worker, month = data.table("worker"), data.table("worker_month")
    gone = set(rng.choice(worker["worker_id"].to_numpy(), int(rng.integers(1, 4)), replace=False))
    later = ht.EvaluationData({
        "worker": worker[~worker["worker_id"].isin(gone)].reset_index(drop=True),
        "worker_month": month[~month["worker_id"].isin(gone)].reset_index(drop=True)})  # fmt: skip
    left = worker[worker["worker_id"].isin(gone & set(month["worker_id"]))]
    by = str(rng.choice(["role", "sex", "ethnicity"]))
    out, seen = [], 0
    for remembers in (True, False)[: 1 + ungated]:
        forget_sitting()
        shown: list[set[str]] = []
        binned: list[set[str]] = []
        for version in (data, later):
            if not remembers:
                forget_sitting()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    view = view_metric(version, metric=METRIC, group=by)
                except HybridToolkitError:
                    continue
            content = view.estimates.content
            shown.append(set(content.loc[~content["suppressed"], "group"].astype(str)))
            bins = None if view.distribution is None else view.distribution.content
            binned.append(set() if bins is None else set(bins["group"].astype(str)))
        forget_sitting()
        if len(shown) == 2:
            label = left[by].fillna("not recorded").astype(str)
            both = [g for cells in (shown, binned) for g in cells[0] & cells[1]]
            out.append(sum(len(left) > 0 if g == ALL_LEVELS else bool(label.eq(g).any()) for g in both))
            seen = len(shown[1]) if remembers else seen
        else:
            out.append(0)
    return out[0], out[-1], seen


def other_metrics(rng: np.random.Generator, *, ungated: bool = True) -> tuple[int, int, int]:
    """Two metrics of the same values, one of which leaves a few people out: subtract, for everyone and in groups."""
    data = staff(rng)
    worker = data.table("worker")
    few = rng.choice(len(worker), int(rng.integers(1, 10)), replace=False)
    hours = worker["fte"].copy()
    hours.iloc[few] = np.nan
    worker = worker.assign(broadband_cost=hours)  # the same values, but for a few who do not say
    data = ht.EvaluationData({"worker": worker})
    other = ht.declare_metric("Told", question="How much?", table="worker", formula="mean(broadband_cost)", unit="fte")
    by = str(rng.choice(["role", "sex", "age_band"]))
    label = worker[by].fillna("not recorded").astype(str).to_numpy()
    left_out = np.isin(np.arange(len(worker)), few)
    found, seen = [], 0
    for remembers in (True, False)[: 1 + ungated]:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shown = []
            for metric in (HOURS, other):
                gate = Gate(source=data, ledger=VersionLedger(folder) if remembers else None)
                content = measure_released(data, metric, by=by, gate=gate)[0].table.content  # type: ignore[arg-type]
                shown.append(set(content.loc[~content["suppressed"], "group"].astype(str)))
        both = shown[0] & shown[1]
        found.append(sum(0 < int((left_out & ((label == g) | (g == ALL_LEVELS))).sum()) < 10 for g in both))
        seen = len(shown[1]) if remembers else seen
    return found[0], found[-1], seen
