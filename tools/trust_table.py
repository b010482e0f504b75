"""The trust table: every estimator shipped, over its small worlds of known truth.

Run from the repository:

    python -m tools.trust_table --jobs 2

writes docs/trust.csv and docs/trust.md. The same arguments give the same table on any number of cores. A run that was
interrupted goes on where it stopped: each cell keeps its draws in ``out/trust`` until the code changes. ``--as-run``
writes the table from the draws that are kept so far, at least 100 a cell. ``--only wedge`` takes the estimators,
families and worlds whose name holds that word and writes nothing to docs; with ``--update`` these rows take the place
of theirs in the table that is there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.study.diagnosis.trial_log import code_version
from hybrid_toolkit.trust.candidate import Candidate
from hybrid_toolkit.trust.candidates import CANDIDATES
from hybrid_toolkit.trust.dgps import DGP, DGPS
from hybrid_toolkit.trust.try_estimator import CELLS_COME_FROM, CONFIDENCE_LEVEL, HIGHEST, LOWEST, Trial, try_estimator

SEED = 20_252_000
MEASURES = ("bias", "rmse", "coverage", "power", "false_positive", "type_s", "type_m", "failures")
NOTHING = (float("nan"), float("nan"), 0)
LEAST = 100
"""Draws that a cell needs at least in a table of a run that has not ended."""
INTRO = """# How reliable each estimator is

Simulated data only: nothing here is evidence about a real authority. A world (simulated scenario) is a recipe for a
small data set in which the true effect is known. Each row tests one estimator on many data sets (draws) of one world.
Every estimator sees the same draws of a world. *Bias* is the mean estimate minus the true value; *coverage* is the
share of 95% confidence intervals that contain the true value, and should be near 95%; *power* is the share that
exclude zero when the true value is not zero, and "false" the same share when it is zero, which should be near 5%. ± is
the Monte Carlo standard error: the same run with other draws would differ by about so much.

An estimator is tested where its own assumptions are met, and, marked *, where one of them is broken on purpose or
where it is an unadjusted comparison: there a bias or a low coverage is a failure that it is right to show. **held**:
the intervals contain the true value in at least 93% of draws, minus twice the Monte Carlo error of 95%, and at most 5%
of fits failed. **Intervals wide**: in over 97%, plus the same error. **Biased**: a bias beyond chance and above a
quarter of the estimates' standard deviation. **breaks** names the broken assumption.

{draws}
"""
FULL = """\
Every row rests on the full number of draws that its estimator asks for: {least:,} to {most:,}. With 1,000 the Monte
Carlo error of a coverage of 95% is 0.7 points{least_error}. Below, under "weak spots", stands every row whose
coverage lies outside 93% to 97% although the estimator's own assumptions hold, whatever its error."""
PART = """\
The column *draws* says how many each row rests on: {least:,} to {most:,} here. With {least:,} the Monte Carlo error of
a coverage of 95% is {error:.1f} points, with 1,000 it is 0.7. With {least:,} a coverage down to {low:.0%} is therefore
still called held, and only more draws can tell 92% from 95%. To run every row to its full number (1,000; fewer where
an estimator takes long) run the command below without `--as-run` and `--sims`. It goes on from the draws kept in
`out/trust` while the code stays as it is, and draws the same data in any case: more draws are these and others."""


def cells(candidates: Sequence[Candidate], only: str = "") -> Iterator[tuple[Candidate, DGP]]:
    """Every estimator with each of its worlds."""
    for candidate in candidates:
        for name in candidate.dgps:
            if only in candidate.id or only in candidate.family or only in name:
                yield candidate, DGPS[name]


def row(candidate: Candidate, trial: Trial) -> dict[str, object]:
    """One row of the table."""
    got = trial.measures()
    out: dict[str, object] = {
        "family": candidate.family,
        "estimator": candidate.id,
        "world": trial.dgp,
        "own_assumptions_hold": trial.own,
        "truth": trial.truth,
        "n_sims": trial.n_sims,
    }
    for name in MEASURES:
        out[name], out[f"{name}_mcse"], _ = got.get(name, NOTHING)
    failed = "; ".join(f"{n} {code}" for code, n in sorted(trial.failures().items()))
    return {**out, "failed_with": failed, "verdict": trial.verdict}


def kept_draws(path: Path) -> int:
    """Draws that a file holds, in whole hundreds, at least ``LEAST``."""
    lines = path.read_text(encoding="utf-8").count("\n") if path.exists() else 0
    return max(LEAST, (lines - 1) // 100 * 100)  # the first line says what is tried


def table(
    candidates: Sequence[Candidate],
    *,
    only: str = "",
    n_sims: int = 0,
    jobs: int = 1,
    seed: int = SEED,
    work: Path | None = None,
    progress: bool = False,
    as_run: bool = False,
) -> pd.DataFrame:
    """One row an estimator and world.

    ``n_sims`` caps the draws; ``work`` is a folder that keeps them by cell; with ``as_run`` only those are taken.
    """
    rows = []
    for candidate, dgp in cells(candidates, only):
        kept = work / code_version(CELLS_COME_FROM) / f"{candidate.id}--{dgp.id}-{seed}.jsonl" if work else None
        count = min(n_sims, candidate.n_sims) if n_sims else candidate.n_sims
        if as_run and kept:
            count = min(count, kept_draws(kept))
        trial = try_estimator(candidate, dgp, n_sims=count, seed=seed, n_jobs=jobs, progress=progress, resume=kept)
        rows.append(row(candidate, trial))
    return pd.DataFrame(rows).round(6)


def put_into(kept: pd.DataFrame, drawn: pd.DataFrame, candidates: Sequence[Candidate]) -> pd.DataFrame:
    """The table that is there with the rows drawn anew, in the order of the candidates; what is no candidate's goes."""
    key = ["estimator", "world"]
    rows = pd.concat([drawn, kept], ignore_index=True).drop_duplicates(key)
    place = {(c.id, w.id): i for i, (c, w) in enumerate(cells(candidates))}
    at = pd.Series([place.get(k, -1) for k in zip(rows["estimator"], rows["world"], strict=True)], index=rows.index)
    return rows[at >= 0].loc[at[at >= 0].sort_values().index].reset_index(drop=True)


def _told(value: float, error: float, style: str) -> str:
    return "-" if pd.isna(value) else f"{value:{style}} ± {error:{style.lstrip('+')}}"


def lines_of(frame: pd.DataFrame) -> list[str]:
    """The rows of one family."""
    head = "| estimator | world | truth | draws | bias | coverage | power, or false positives | failed | verdict |"
    out = [head, "|---|---|---|---|---|---|---|---|---|"]
    for _, r in frame.iterrows():
        false = pd.notna(r["false_positive"])
        told = _told(
            *((r["false_positive"], r["false_positive_mcse"]) if false else (r["power"], r["power_mcse"])), ".1%"
        )
        cells_of = (
            f"`{r['estimator']}`" + ("" if r["own_assumptions_hold"] else " *"),
            f"`{r['world']}`",
            f"{r['truth']:+.3f}",
            f"{r['n_sims']:,}",
            _told(r["bias"], r["bias_mcse"], "+.3f"),
            _told(r["coverage"], r["coverage_mcse"], ".1%"),
            told + (" false" if false else ""),
            r["failed_with"] or "0",
            r["verdict"],
        )
        out.append("| " + " | ".join(map(str, cells_of)) + " |")
    return out


def _list(rows: pd.DataFrame) -> str:
    """Estimators with what went wrong: bias and coverage."""
    told = [f"`{r['estimator']}` ({r['bias']:+.2f}, {r['coverage']:.0%})" for _, r in rows.iterrows()]
    return ", ".join(told) or "none"


def broken(frame: pd.DataFrame) -> list[str]:
    """Each assumption that a world breaks on purpose: whose intervals miss the truth there, and whose do not."""
    out = [
        "In brackets: bias, in units of the outcome, and coverage. An interval may contain the true value in spite "
        "of a",
        "bias if it is wide; more data would not fix that.",
        "",
        "| broken on purpose | world | intervals miss the true value | intervals contain it anyway |",
        "|---|---|---|---|",
    ]
    for name in dict.fromkeys(frame["world"]):
        here = frame[frame["world"] == name]
        why = DGPS[name].breaks
        if why and not here["own_assumptions_hold"].all():
            hold = here["verdict"].str.startswith("held")
            missed, held = _list(here[~hold]), _list(here[hold])
            out.append(f"| {why[:1].upper()}{why[1:].rstrip('.')}. | `{name}` | {missed} | {held} |")
    return out


def weak(frame: pd.DataFrame, candidates: Sequence[Candidate]) -> list[str]:
    """The cells whose intervals are off, or may be, although the estimator's own assumptions hold, with its warning."""
    own = frame[frame["own_assumptions_hold"]]
    warnings = {c.id: c.warning for c in candidates}
    lines = []
    off = (own["coverage"] < LOWEST) | (own["coverage"] > HIGHEST)
    for _, r in own[~own["verdict"].isin(["held", "no intervals"]) | off].iterrows():
        warning = warnings[r["estimator"]].rstrip(".")
        said = f"Its warning: {warning[:1].lower()}{warning[1:]}." if warning else "It has no warning."
        verdict = str(r["verdict"]).split(":")[0]
        if verdict == "held":
            side = f"under {LOWEST:.0%}" if r["coverage"] < LOWEST else f"over {HIGHEST:.0%}"
            verdict = f"{side}, within the error of {r['n_sims']:,} draws"
        cover = _told(r["coverage"], r["coverage_mcse"], ".1%")
        lines.append(f"- `{r['estimator']}` on `{r['world']}`: {verdict}, coverage {cover}. {said}")
    return lines or ["- none."]


def not_run(frame: pd.DataFrame, candidates: Sequence[Candidate]) -> list[str]:
    """What a run that has not ended has not come to."""
    there = set(zip(frame["estimator"], frame["world"], strict=True))
    left = [f"`{c.id}` on `{w.id}`" for c, w in cells(candidates) if (c.id, w.id) not in there]
    return [f"Not run yet: {', '.join(left)}.", ""] if left else []


def _draws_told(frame: pd.DataFrame, candidates: Sequence[Candidate]) -> str:
    """How many draws the rows rest on, and what that can tell apart."""
    least, most = int(frame["n_sims"].min()), int(frame["n_sims"].max())
    error = (CONFIDENCE_LEVEL * (1 - CONFIDENCE_LEVEL) / least) ** 0.5
    asked = frame["estimator"].map({c.id: c.n_sims for c in candidates})
    if (frame["n_sims"] >= asked).all():
        at_least = f", with {least:,} it is {100 * error:.1f}" if least != 1000 else ""
        return FULL.format(least=least, most=most, least_error=at_least)
    return PART.format(least=least, most=most, error=100 * error, low=LOWEST - 2 * error)


def page(frame: pd.DataFrame, candidates: Sequence[Candidate], command: str) -> str:
    """The table as a page for readers."""
    own = frame[frame["own_assumptions_hold"]]
    held = own["verdict"].str.startswith("held")
    lines = [
        INTRO.format(draws=_draws_told(frame, candidates)),
        f"Made by `{command}`. Where their own assumptions hold, {int(held.sum())} of {len(own)} cells held.",
        "",
        *not_run(frame, candidates),
        "## Which broken assumption breaks which estimator",
        "",
        *broken(frame),
        "",
        "## Weak spots where the own assumptions hold",
        "",
        *weak(frame, candidates),
        "",
    ]
    for family in dict.fromkeys(frame["family"]):
        lines += [f"## {family[:1].upper()}{family[1:]}", "", *lines_of(frame[frame["family"] == family]), ""]
    shown, seen = set(frame["world"]), set(frame["estimator"])
    lines += ["## The estimators", "", *(f"- `{c.id}`: {c.title}." for c in candidates if c.id in seen), ""]
    if warned := [c for c in candidates if c.id in seen and c.warning]:
        lines += ["Their printed warnings:", ""]
        lines += [f"- `{c.id}`: {c.warning[:1].upper()}{c.warning[1:].rstrip('.')}." for c in warned]
        lines += [""]
    lines += ["## The worlds", "", *(f"- `{w.id}`: {w.title}" for w in DGPS.values() if w.id in shown), ""]
    return "\n".join(lines)


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sims", dest="n_sims", type=int, default=0, help="at most so many draws a cell")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", help="a word that the estimator, its family or the world holds")
    parser.add_argument("--update", action="store_true", help="with --only: put the rows into the table that is there")
    parser.add_argument("--as-run", action="store_true", help="take the draws kept so far, at least 100 a cell")
    parser.add_argument("--work", type=Path, default=Path("out/trust"), help="folder that keeps the draws of a run")
    parser.add_argument("--out", type=Path, default=Path("docs"))
    args = parser.parse_args()
    kept = {"only": args.only, "n_sims": args.n_sims, "jobs": args.jobs, "seed": args.seed, "work": args.work}
    frame = table(CANDIDATES, progress=True, as_run=args.as_run, **kept)
    if frame.empty:
        sys.exit(f"No estimator, family or world holds that word. Families: {sorted({c.family for c in CANDIDATES})}.")
    if args.only:
        print("\n".join(lines_of(frame)))
        if not args.update:
            return
        there = pd.read_csv(args.out / "trust.csv", dtype={"failed_with": str}).fillna({"failed_with": ""})
        frame = put_into(there, frame, CANDIDATES)
    how = f"{f' --sims {args.n_sims}' if args.n_sims else ''}{' --as-run' if args.as_run else ''}"
    command = f"python -m tools.trust_table{how} --seed {args.seed}"
    args.out.mkdir(parents=True, exist_ok=True)
    atomic_write_text(args.out / "trust.csv", frame.to_csv(index=False, lineterminator="\n"))
    atomic_write_text(args.out / "trust.md", page(frame, CANDIDATES, command))


if __name__ == "__main__":
    main()
