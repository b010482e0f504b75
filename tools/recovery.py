"""Do the intervals of the metrics hold their population values? Coverage over many simulated authorities.

Run from the repository (one authority takes a few seconds; the answers are kept in ``out/recovery``, so a run that
was stopped goes on where it was):

    python -m tools.recovery --sims 1000

writes docs/recovery.csv, docs/recovery_cells.csv and docs/recovery.md. The same arguments give the same table.
``--cells`` measures few and unequal teams, groups and shares near 0 and 1 only (minutes) and puts their section into
docs/recovery.md. ``--new`` measures the metrics that docs/recovery.csv lacks, on the same authorities, and leaves the
rest as it is.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

import hybrid_toolkit as ht
from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics.compute import cluster_of, statistic_bounds
from hybrid_toolkit.metrics.intervals.interval import MeanOf, clustered_interval
from hybrid_toolkit.metrics.intervals.statistics import RatioOf
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from tools import recovery_cells

SEED = 20_263_000
SCENARIO = "helpful-hump"
TARGET = 1000
BAND = (0.93, 0.97)
COLUMNS = ["metric", "sim", "estimate", "conf_low", "conf_high", "n", "weight"]


def seeds(first: int, n_sims: int) -> range:
    """Seeds of the authorities; none is that of a committed one."""
    return range(first, first + n_sims)


def authority(seed: int, only: Collection[str] | None = None) -> pd.DataFrame:
    """Every metric that has an interval on one simulated authority: estimate, interval, n and pooling weight.

    With ``only``, those metrics, on no more tables than they need: the values of a table do not depend on the others.
    """
    specs = [s for s in REGISTRY.values() if s.computed and (only is None or s.id in only)]
    tables = None if only is None else sorted({"team", "worker", *(t for s in specs for t in s.columns)})
    data = ht.simulate_authority(SCENARIO, "small", seed, tables=tables)
    frames: dict[object, pd.DataFrame] = {}
    rows = [row for spec in specs for row in _rows(data, spec, frames, seed)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(
    data: EvaluationData, spec: MetricSpec, frames: dict[object, pd.DataFrame], seed: int
) -> Iterator[tuple[object, ...]]:
    assert spec.frame is not None and spec.statistic is not None
    if not all(data.has(t, *c) for t, c in spec.columns.items()):
        return
    try:
        if spec.frame not in frames:
            frames[spec.frame] = spec.frame(data).reset_index(drop=True)
        frame = frames[spec.frame]
        estimate = spec.statistic(frame)
    except HybridToolkitError:
        return
    interval = clustered_interval(estimate, cluster_of(frame, spec, None), bounds=statistic_bounds(spec))
    n = int(estimate.used.sum())
    weight = 1.0
    if isinstance(spec.statistic, MeanOf):
        weight = float(n)
    elif isinstance(spec.statistic, RatioOf):
        weight = float(frame.loc[estimate.used, spec.statistic.bottom].astype("float64").sum())
    yield (spec.id, seed, estimate.value, interval.conf_low, interval.conf_high, n, weight)


def collect(n_sims: int, first: int, kept: Path) -> pd.DataFrame:
    """Estimates of all authorities, from those kept by an earlier run where they are there."""
    kept.mkdir(parents=True, exist_ok=True)
    parts = []
    for done, seed in enumerate(seeds(first, n_sims), start=1):
        path = kept / f"{seed}.csv"
        if not path.exists():
            atomic_write_text(path, authority(seed).to_csv(index=False, lineterminator="\n"))
            if done % 25 == 0:
                print(f"{done} of {n_sims}", flush=True)
        parts.append(pd.read_csv(path))
    return pd.concat(parts, ignore_index=True)


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a metric: its population value, how often the interval held it, and the verdict.

    The population value is the figure over all simulated authorities taken as one: for a mean, the mean weighted by
    units; for a ratio, by denominators; for contrasts of groups and slopes, the mean of the estimates.
    """
    out = []
    for name in [m for m in REGISTRY if m in set(rows["metric"])]:
        some = rows[rows["metric"].eq(name) & rows["estimate"].notna()]
        good = some[some["conf_low"].notna()]
        if len(good) < 2:
            out.append({"metric": name, "n_sims": len(good), "verdict": "no interval at this size"})
            continue
        centre = float(np.average(some["estimate"], weights=some["weight"]))
        held = good["conf_low"].le(centre) & good["conf_high"].ge(centre)
        cover, error = float(held.mean()), float(np.sqrt(held.mean() * (1 - held.mean()) / len(good)))
        width = float((good["conf_high"] - good["conf_low"]).mean() / 2)
        spread = float(good["estimate"].std())
        out.append(
            {
                "metric": name,
                "n_sims": len(good),
                "no_interval": int(len(some) - len(good)),
                "n_mean": float(good["n"].mean()),
                "population_value": centre,
                "sd_between_authorities": spread,
                "half_width_mean": width,
                "coverage": cover,
                "coverage_mcse": error,
                "verdict": _verdict(cover, error),
            }
        )
    return pd.DataFrame(out).round(5)


def _verdict(cover: float, error: float) -> str:
    if BAND[0] <= cover <= BAND[1]:
        return "held"
    side = "low" if cover < BAND[0] else "high"
    near = BAND[0] - 2 * error <= cover <= BAND[1] + 2 * error
    return f"outside, {side}" + (", within Monte Carlo error" if near else "")


def with_new(old: pd.DataFrame, n_sims: int, first: int) -> pd.DataFrame:
    """The table with the metrics that it lacks, in the order of the catalogue."""
    lacks = set(authority(first)["metric"]) - set(old["metric"])
    if not lacks:
        return old
    made = table(pd.concat([authority(seed, lacks) for seed in seeds(first, n_sims)], ignore_index=True))
    both = pd.concat([old[old["metric"].isin(list(REGISTRY))], made], ignore_index=True)
    return both.sort_values("metric", key=lambda m: m.map(list(REGISTRY).index), kind="stable").reset_index(drop=True)


def page(frame: pd.DataFrame, command: str, reasons: dict[str, str]) -> str:
    """The table as a page for readers."""
    known = frame.dropna(subset=["coverage"]) if "coverage" in frame else frame.iloc[:0]
    inside = int(known["verdict"].eq("held").sum())
    close = int(known["verdict"].str.contains("within Monte Carlo").sum())
    n_sims = int(frame["n_sims"].max())
    short = [f"These are fewer than the {TARGET:,} authorities aimed at: run it longer for a sharper table.", ""]
    short = short if n_sims < TARGET else []
    lines = [
        "# How often the confidence intervals of the metrics contain the population value",
        "",
        "Simulated authorities only: nothing here is evidence about a real one. Each metric was measured on",
        f"{n_sims} authorities of size small (24 teams, 12 months, 3 survey waves; scenario {SCENARIO}), and its 95%",
        "confidence interval should contain the population value in 93% to 97% of them. The population value is "
        "that of all",
        "those authorities taken as one, and of the units for which the metric is recorded: it says nothing on what",
        "non-response hides. ± is the Monte Carlo standard error.",
        "",
        f"{inside} of {len(known)} metrics are inside the band, {close} outside it by no more than twice the Monte",
        f"Carlo error, {len(known) - inside - close} outside it by more.",
        "",
        *short,
        f"Made by `{command}`.",
        "",
        "| metric | authorities | mean n | population value | coverage | verdict |",
        "|---|---|---|---|---|---|",
    ]
    for r in frame.to_dict("records"):
        if pd.isna(r.get("coverage")):
            lines.append(f"| {r['metric']} | {r['n_sims']} | | | | {r['verdict']} |")
            continue
        told = f"{r['coverage']:.1%} ± {r['coverage_mcse']:.1%}"
        cells = (r["metric"], r["n_sims"], f"{r['n_mean']:,.0f}", f"{r['population_value']:.4g}", told, r["verdict"])
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    if reasons:
        lines += ["", "## Those outside the band", ""]
        lines += [f"- **{name}**: {why}" for name, why in reasons.items()]
    return "\n".join([*lines, ""])


REASONS: dict[str, str] = {
    "early_career_share": "The generator sets this composition and hardly lets it vary between authorities, so the "
    "interval is wider than it need be there.",
    "team_headcount": "The generator sets how many workers there are, so that the mean over teams is nearly the same "
    "in every authority; the interval is for teams that are drawn.",
    "hybrid_access_share": "Nearly every eligible worker has an arrangement: most authorities have no interval at all.",
    "choice_honoured": "Months move all teams alike and count as a second factor of the interval; twelve of them say "
    "little about how months differ.",
    "adjustment_considered_share": "A rare event (7%) in 24 teams: the symmetric interval is too short on the upper "
    "side, where most of the misses are.",
}
"""Metric -> why its interval is off, where that was looked into."""


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sims", dest="n_sims", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    parser.add_argument("--kept", type=Path, default=Path("out/recovery"))
    parser.add_argument("--cells", action="store_true", help="only few and unequal teams, groups, shares near 0 and 1")
    parser.add_argument("--new", action="store_true", help="only the metrics that the table lacks")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.new:
        old = pd.read_csv(args.out / "recovery.csv")
        section = recovery_cells.section_of((args.out / "recovery.md").read_text(encoding="utf-8"))
        _write(with_new(old, args.n_sims, args.seed), args, section)
        return
    cells = recovery_cells.table(args.n_sims, args.seed)
    atomic_write_text(args.out / "recovery_cells.csv", cells.to_csv(index=False, lineterminator="\n"))
    part = recovery_cells.section(cells, f"python -m tools.recovery --cells --sims {args.n_sims} --seed {args.seed}")
    whole = args.out / "recovery.md"
    if args.cells:
        old = whole.read_text(encoding="utf-8") if whole.exists() else ""
        atomic_write_text(whole, recovery_cells.put_in(old, part))
        return
    _write(table(collect(args.n_sims, args.seed, args.kept)), args, part)


def _write(frame: pd.DataFrame, args: argparse.Namespace, part: str) -> None:
    """The table and the page, with the section of few and unequal teams."""
    command = f"python -m tools.recovery --sims {args.n_sims} --seed {args.seed}"
    atomic_write_text(args.out / "recovery.csv", frame.to_csv(index=False, lineterminator="\n"))
    outside = set(frame.loc[frame["verdict"].str.startswith("outside"), "metric"])
    told = {k: v for k, v in REASONS.items() if k in outside}
    atomic_write_text(args.out / "recovery.md", recovery_cells.put_in(page(frame, command, told), part))
    print(frame.to_string(), flush=True)


if __name__ == "__main__":
    main()
