"""The trust table: every shipped study over the named scenarios, its failures included.

Run from the repository:

    python -m tools.coverage_table --sims 200 --jobs 2

writes docs/coverage.csv and docs/coverage.md. The same arguments give the same table on any number of cores.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.atomic import atomic_write_text
from hybrid_toolkit.study.diagnose import Diagnosis, diagnose_together
from hybrid_toolkit.study.headline import headline_studies, panel_study
from hybrid_toolkit.synth.scenarios import SCENARIOS

SEED = 20_251_000
MEASURES = ("bias", "rmse", "coverage", "power", "false_positive", "type_s", "type_m", "failures", "naive_bias")
MEASURES = (*MEASURES, "naive_coverage")
BROKEN = {
    ("interference", "remote-practice"): "colleagues' remote share matters too, which the design assumes away",
}
"""Scenario and study whose own assumption is broken on purpose."""


def row(study_id: str, diagnosis: Diagnosis, outcome: str, truth: float) -> dict[str, object]:
    """One row of the table."""
    got = diagnosis.measures(outcome)
    nothing = (float("nan"), float("nan"))
    out: dict[str, object] = {"scenario": diagnosis.scenario, "study": study_id, "outcome": outcome, "truth": truth}
    out["sims"] = diagnosis.sims
    for name in MEASURES:
        out[name], out[f"{name}_mcse"] = got.get(name, nothing)
    cover, error = got["coverage"]
    held = 0.93 - 2 * error <= cover <= 0.97 + 2 * error
    broken = BROKEN.get((diagnosis.scenario, study_id))
    out["verdict"] = ("held" if held else "not held") + (f" (assumption broken: {broken})" if broken else "")
    return out


def table(sims: int, jobs: int, seed: int, progress: bool) -> pd.DataFrame:
    """Every study and outcome in every scenario; the panel study where its own parameters differ, once."""
    rows = []
    for name in SCENARIOS:
        studies = headline_studies()
        run = diagnose_together(studies, name, "small", sims=sims, seed=seed, n_jobs=jobs, progress=progress)
        rows += [row(s.id, d, o, t) for s, d in zip(studies, run, strict=True) for o, t in d.truths]
    panel = panel_study()
    (run_panel,) = diagnose_together([panel], "helpful-hump", "national", sims=sims, seed=seed, n_jobs=jobs)
    rows += [row(panel.id, run_panel, o, t) for o, t in run_panel.truths]
    return pd.DataFrame(rows).round(5)


def page(frame: pd.DataFrame, command: str) -> str:
    """The table as a page for readers."""
    lines = [
        "# How often the intervals hold the truth",
        "",
        "Simulated authorities only: nothing here is evidence about a real one. Each row is one study, tried on",
        f"{int(frame['sims'].max())} authorities whose truth is known, at size small (24 teams, 12 months, 3 waves);",
        "the panel study on 150 authorities over nine years. ± is the Monte Carlo standard error. 95%",
        'intervals should hold the truth in 93% to 97% of trials, within twice that error. "Naive"',
        "compares all rows at once and holds nothing constant. Power is the share of intervals that leave out zero",
        "where the truth is not zero; false positives where it is.",
        "",
        f"Made by `{command}`. None of these seeds is that of the committed authority.",
        "",
        "| scenario | study | outcome | truth | bias | coverage | power or false | naive bias | naive coverage | |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for _, r in frame.iterrows():
        told = f"{r['power']:.0%}" if pd.notna(r["power"]) else f"{r['false_positive']:.0%} false"
        cells = (
            r["scenario"],
            r["study"],
            r["outcome"],
            f"{r['truth']:+.3f}",
            f"{r['bias']:+.3f} ± {r['bias_mcse']:.3f}",
            f"{r['coverage']:.1%} ± {r['coverage_mcse']:.1%}",
            told,
            f"{r['naive_bias']:+.3f} ± {r['naive_bias_mcse']:.3f}",
            f"{r['naive_coverage']:.0%}",
            r["verdict"],
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines += [
        "",
        "## Reading it",
        "",
        "- **confounded-null**: remote share changes nothing, but workers whose practice is better work remotely more.",
        "  The naive comparison finds a difference that is not there; a worker compared with the same worker does not.",
        "- **interference**: what colleagues do matters too. The within-worker design assumes that it does not, so a",
        "  bias or a coverage outside the band in that row is a failure it is right to show.",
        "- **career-stage** has little power at this size: some 230 answers in 24 teams. Its intervals are honest and",
        "  wide. The diary's error pulls its estimates towards zero by 2% to 5%.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sims", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    args = parser.parse_args()
    frame = table(args.sims, args.jobs, args.seed, progress=True)
    args.out.mkdir(parents=True, exist_ok=True)
    command = f"python -m tools.coverage_table --sims {args.sims} --seed {args.seed}"
    atomic_write_text(args.out / "coverage.csv", frame.to_csv(index=False, lineterminator="\n"))
    atomic_write_text(args.out / "coverage.md", page(frame, command))


if __name__ == "__main__":
    main()
