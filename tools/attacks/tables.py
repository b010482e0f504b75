"""Doors of tables: groups with everyone, nested cells, families without a place, what a frame hides, rounding."""

from __future__ import annotations

import re
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.disclosure.combined_cells import release_together
from hybrid_toolkit.disclosure.looks import INTERVAL
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.report.measured import measure_released
from hybrid_toolkit.report.measured_differences import release_differences
from tools.attacks.solve import few_in_or_out, people_fixed

ALL = "all"


def staff(rng: np.random.Generator) -> ht.EvaluationData:
    """Made-up staff of one authority that count as real: 40 to 220 workers, groups of uneven sizes."""
    n = int(rng.integers(40, 220))
    codes: dict[str, Any] = {"worker_id": [f"W{i:04}" for i in range(n)]}
    for name in ("role", "age_band", "sex", "ethnicity"):
        k = int(rng.integers(2, 7))
        p = rng.dirichlet(np.full(k, 0.8))
        column = rng.choice([f"{name} {chr(97 + i)}" for i in range(k)], n, p=p).astype(object)
        if rng.random() < 0.4:
            column[rng.random(n) < rng.uniform(0, 0.08)] = None
        codes[name] = pd.array(column, dtype="str")
    codes["team_id"] = pd.array(rng.choice([f"T{i:02}" for i in range(max(4, n // 8))], n), dtype="str")
    codes["fte"] = np.round(rng.uniform(0.2, 1.0, n), 3)
    return ht.EvaluationData({"worker": pd.DataFrame(codes)})


HOURS = ht.declare_metric("Whole time", question="How much of a week?", table="worker", formula="mean(fte)", unit="fte")
PART = ht.declare_metric(
    "Part time", question="How many work part time?", table="worker", formula="share(fte < 0.6)", unit="share"
)


def groups_with_all(rng: np.random.Generator) -> tuple[int, int, int]:
    """One table of groups with everyone: all less what is shown."""
    data = staff(rng)
    by = str(rng.choice(["role", "sex", "age_band", "ethnicity"]))
    frame = data.table("worker")
    people, y = np.arange(len(frame)), frame["fte"].to_numpy(dtype=float)
    label = frame[by].fillna("not recorded").astype(str)
    every = [np.ones(len(frame), dtype=bool), *(label.eq(g).to_numpy() for g in label.unique())]
    open_ = people_fixed(every, y, people, low=0, high=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = measure_released(data, HOURS, by=by)[0].table.content
    shown = content.loc[~content["suppressed"], "group"].astype(str)
    cells = [np.ones(len(frame), dtype=bool) if g == ALL else label.eq(g).to_numpy() for g in shown]
    return people_fixed(cells, y, people, low=0, high=1), open_, len(cells)


def differences(rng: np.random.Generator) -> tuple[int, int, int]:
    """Differences of groups from one of them, beside their table: a figure and a difference are another figure."""
    data = staff(rng)
    by, metric = str(rng.choice(["role", "sex", "age_band", "ethnicity"])), (HOURS, PART)[int(rng.integers(2))]
    frame = data.table("worker")
    people, y = np.arange(len(frame)), frame["fte"].to_numpy(dtype=float)
    y = y if metric is HOURS else (y < 0.6).astype(float)
    label = frame[by].fillna("not recorded").astype(str)
    recorded = sorted(set(label) - {"not recorded"})
    if len(recorded) < 2:
        return 0, 0, 0
    reference = str(rng.choice(recorded))
    cells = {ALL: np.ones(len(frame), dtype=bool), **{g: label.eq(g).to_numpy() for g in label.unique()}}
    open_ = people_fixed(list(cells.values()), y, people, low=0, high=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = release_differences(data, metric, by=by, reference=reference)
    table, rows = made.groups.table.content, made.differences.content
    known = set(table.loc[~table["suppressed"], "group"].astype(str))
    told = rows[~rows["suppressed"]]
    while (
        more := {g for pair in zip(told["group"], told["reference"], strict=True) if known & set(pair) for g in pair}
        - known
    ):
        known |= more
    pairs = [cells[a] | cells[b] for a, b in zip(told["group"], told["reference"], strict=True) if a not in known]
    return (
        people_fixed([cells[g] for g in sorted(known)] + pairs, y, people, low=0, high=1),
        open_,
        len(table) + len(told),
    )


def histograms(rng: np.random.Generator) -> tuple[int, int, int]:
    """The outer bins of a histogram end at the least and the greatest value, and a bin of few is one near value."""
    n = int(rng.integers(40, 300))
    kind = str(rng.choice(["normal", "long tail", "one far out"]))
    y = rng.normal(37, 6, n) if kind == "normal" else rng.exponential(4, n)
    if kind == "one far out":
        y[int(rng.integers(n))] = 80.0
    bins = int(rng.integers(5, 20))
    counts, edges = np.histogram(y, bins)
    cut = pd.IntervalIndex.from_breaks(np.r_[edges[0] - 1e-3, edges[1:]])
    rows = pd.DataFrame({"hours": cut, "n": counts})
    if rng.random() < 0.5:
        rows["hours"] = [f"{a:.3f} to {b:.3f}" for a, b in pairwise(edges)]
    kept = rows[rows["n"] > 0].reset_index(drop=True) if rng.random() < 0.5 else rows

    def told(labels: list[str]) -> int:
        """Bins with two ends, or beyond the last, in which somebody, but few, stand; ends that are a value."""
        found = 0
        for label in labels:
            said = re.findall(r"[-+]?[0-9.]+", label)
            place = max(len(v.partition(".")[2]) or len(v.rstrip("0")) - len(v) for v in said)
            wide = 0.5 * 10.0**-place if "about" in label else 1e-3  # what an end may be off by: about 20 by five
            ends = [float(v) for v in said]
            low = -np.inf if label.startswith("under") else ends[0] - wide
            high = np.inf if label.endswith("more") else ends[-1] + wide
            found += int(0 < ((y >= low) & (y <= high)).sum() < 10)
            found += sum(abs(end - value) < 1e-3 for end in ends for value in (y.min(), y.max()))
        return found

    try:
        shown = Gate().figure_data(kept, title="Hours", dims=["hours"], people="n").content
    except HybridToolkitError:
        return 0, told(rows["hours"].astype(str).tolist()), 0
    return told(shown["hours"].astype(str).tolist()), told(rows["hours"].astype(str).tolist()), len(shown)


def nested_shares(rng: np.random.Generator) -> tuple[int, int, int]:
    """A yes or a no: who is in and who is out of each share, and of each difference of nested cells."""
    data = staff(rng)
    by = str(rng.choice(["role", "sex", "age_band", "ethnicity"]))
    frame = data.table("worker")
    label, yes = frame[by].fillna("not recorded").astype(str), frame["fte"].lt(0.6).to_numpy()
    every = [np.ones(len(frame), dtype=bool), *(label.eq(g).to_numpy() for g in label.unique())]
    content = measure_released(data, PART, by=by)[0].table.content
    shown = content.loc[~content["suppressed"], "group"].astype(str)
    cells = [np.ones(len(frame), dtype=bool) if g == ALL else label.eq(g).to_numpy() for g in shown]
    rest = [cells[0] & ~np.any(cells[1:], axis=0)] if len(cells) > 1 else []
    rest = [r for r in rest if r.any()]
    return few_in_or_out([*cells, *rest], yes), few_in_or_out(every, yes), len(cells)


def places(rng: np.random.Generator) -> tuple[int, int, int]:
    """Everyone, rural and urban, where a few families have no recorded place."""
    n, few = int(rng.integers(60, 400)), int(rng.integers(1, 9))
    rural = rng.random(n) < rng.uniform(0.2, 0.6)
    known = np.ones(n, dtype=bool)
    known[rng.choice(n, few, replace=False)] = False
    y = np.round(rng.uniform(0, 1, n), 3)
    cells = [np.ones(n, dtype=bool), rural & known, ~rural & known]
    rows = pd.DataFrame({"place": ["Everyone", "rural", "urban"], "n": [int(c.sum()) for c in cells],
                         "estimate": [float(y[c].mean()) for c in cells]})  # fmt: skip
    units = np.arange(n)
    release = release_together(Gate(), rows, cells, {"family": (units, units)}, dims=["place"], whole="Everyone",
                               people_column="n", title="Families", values=["estimate"])  # fmt: skip
    shown = release.content.loc[~release.content["suppressed"], "place"].tolist()
    kept = [c for c, p in zip(cells, rows["place"], strict=True) if p in shown]
    alone = Gate().table(rows, title="Families", dims=["place"], values=["estimate"], people="n",
                         total_label="Everyone", structural_zeros=True).content  # fmt: skip
    without = [c for c, hidden in zip(cells, alone.sort_values("place")["suppressed"], strict=True) if not hidden]
    return (
        people_fixed(kept, y, units, low=0, high=1) + people_fixed(without, y, units, low=0, high=1),
        people_fixed(cells, y, units, low=0, high=1),
        len(kept),
    )


def unsaid_frames(rng: np.random.Generator) -> tuple[int, int, int]:
    """Frames that do not say who stands behind them, or call people, extremes and counts something else."""
    n, groups = int(rng.integers(120, 300)), int(rng.integers(4, 12))
    frame = pd.DataFrame({"worker_id": [f"W{i:04}" for i in range(n)], "team_id": rng.choice(groups, n),
                          "hours": np.round(rng.gamma(9, 4, n), 2), "cases": rng.poisson(40, n),
                          "deaths": rng.random(n) < 0.03})  # fmt: skip
    by = frame.groupby("team_id")
    words = [f"team {chr(97 + i)}" for i in range(by.ngroups)]
    own = pd.Series(words, index=sorted(frame["team_id"].unique()))
    source = ht.EvaluationData(
        {"worker": frame[["worker_id"]].assign(team_id=frame["team_id"].map(own), travel_h=frame["hours"])}
    )
    sizes = by.size().to_numpy()
    tables: dict[str, pd.DataFrame] = {
        "unsaid": pd.DataFrame({"place": words, "n": sizes, "mean": by["hours"].mean().to_numpy()}),
        "people as rows": pd.DataFrame({"place": frame["worker_id"], "n": frame["cases"], "mean": frame["hours"]}),
        "names as rows": pd.DataFrame(
            {"place": ["Alex Surname", "Sam Surname", "Chris Surname", "Ann Surname"], "n": 40, "mean": 3.3}
        ),
        "largest": pd.DataFrame({"place": words, "n": sizes, "typical": by["hours"].max().to_numpy()}),
        "smallest": pd.DataFrame({"place": words, "n": sizes, "typical": by["hours"].min().to_numpy()}),
        "high percentile": pd.DataFrame(
            {"place": words, "n": sizes, "typical": by["hours"].quantile(0.95, interpolation="higher").to_numpy()}
        ),
        "minutes": pd.DataFrame({"place": words, "n": sizes, "typical": by["hours"].max().to_numpy() * 60}),
        "means beside": pd.DataFrame(
            {"place": [*words, "all"], "n": [*sizes, n], "typical": [*by["hours"].max(), frame["hours"].mean()]}
        ),
        "as a limit": pd.DataFrame({"place": words, "n": sizes, "conf_high": by["hours"].max().to_numpy()}),
        "as an error": pd.DataFrame({"place": words, "n": sizes, "std_error": by["hours"].min().to_numpy()}),
        "between two": pd.DataFrame({"place": words, "n": sizes, "typical": by["hours"].quantile(0.95).to_numpy()}),
        "apart": pd.DataFrame(
            {"place": words, "n": sizes, "typical": (by["hours"].max() - by["hours"].min()).to_numpy()}
        ),
        "deaths": pd.DataFrame({"place": words, "n": sizes, "events": by["deaths"].sum().to_numpy().astype(float)}),
        "nobody and everybody": pd.DataFrame({"place": words, "n": sizes, "rate": np.arange(by.ngroups) % 2 * 1.0}),
    }
    leaks, shown = 0, 0
    for kind, table in tables.items():
        value = str(table.columns[-1])
        for seen in _seen_of(table, value, Gate(source=source), people=None if kind == "unsaid" else "n"):
            shown += len(seen)
            if kind == "deaths":
                leaks += int(seen.between(1, 9).sum())
            elif kind == "nobody and everybody":
                leaks += int(seen.isin([0.0, 1.0]).sum())
            else:
                mean = frame["hours"].mean() if kind == "means beside" else np.inf  # which may be shown
                leaks += int(((seen - mean).abs() > 1).sum())
    return leaks, sum(len(t) for t in tables.values()), shown


def _seen_of(table: pd.DataFrame, value: str, gate: Gate, *, people: str | None) -> list[pd.Series]:
    """What is shown of a frame's values as a table, and as estimates."""
    out = []
    as_estimates = table.rename(columns={"place": "term", value: value if value in INTERVAL else "estimate"})
    if "estimate" not in as_estimates:
        as_estimates["estimate"] = np.pi
    for show in (
        lambda: gate.table(table, title="x", dims=["place"], values=[value], people=people, structural_zeros=True),
        lambda: gate.estimates(as_estimates, title="x", people=people),
    ):
        try:
            content = show().content
        except HybridToolkitError:
            continue
        column = next((c for c in (value, "estimate") if c in content), None)
        if column is not None:
            out.append(content[column].dropna().astype(float))
    return out


def undo_rounding(rng: np.random.Generator) -> tuple[int, int, int]:
    """A share and a rounded count: how often only one whole number of people in it agrees with both."""
    n = int(rng.integers(25, 180))
    inside = int(rng.integers(10, n - 10))
    rows = pd.DataFrame({"place": ["town"], "n": [n], "share": [inside / n]})
    content = Gate().table(rows, title="x", dims=["place"], values=["share"], people="n").content
    shown = float(content["share"].iloc[0]) if not content["suppressed"].iloc[0] else np.nan
    fits = [k for k in range(n + 1) if np.isfinite(shown) and abs(k / n - shown) <= 2.5 / n + 5e-4]
    exact = [k for k in range(n + 1) if abs(k / n - round(inside / n, 3)) <= 5e-4]
    return int(len(fits) < 4 and np.isfinite(shown)), int(len(exact) == 1), int(np.isfinite(shown))
