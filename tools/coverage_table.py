"""The trust table: every shipped study over the named scenarios, its failures included.

Run from the repository:

    python -m tools.coverage_table --sims 200 --jobs 2

writes docs/coverage.csv and docs/coverage.md. The same arguments give the same table on any number of cores.
``--policy-sims`` is the number for the studies of a policy and of leaving, 0 for the same. A run that was interrupted
goes on where it stopped: the trials are kept in ``out/coverage`` until the code changes. ``--only one-change`` tries
the rows of that study again and keeps the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.study.diagnosis.diagnose import Diagnosis, diagnose_together
from hybrid_toolkit.study.diagnosis.trial_log import code_version
from hybrid_toolkit.study.shipped_studies import headline_studies, panel_study, policy_studies
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.synth.scenarios import SCENARIOS
from hybrid_toolkit.synth.truth import Truth

SEED = 20_251_000
_OWN = ("bias", "rmse", "coverage", "power", "false_positive", "type_s", "type_m", "failures")
MEASURES = (*_OWN, "unadjusted_bias", "unadjusted_coverage")
ONE_CHANGE = SCENARIOS["one-change"]
"""Every team changes in the same month and by the same step, so that each authority has the same truth."""
STAGGERED = tuple(t for t in SCENARIOS.values() if not t.policy_month)
"""The scenarios in which teams' policies start in months of their own."""
UNLIKE_TEAMS = replace(ONE_CHANGE, scenario="one-change-unlike-teams", policy_step_sd=Truth().policy_step_sd)
"""The same with a step of its own for each team; the truth is then a mean over authorities."""
CHOSEN = "workers who feel better work remotely more, which nothing recorded takes out"
BROKEN = {
    ("interference", "remote-practice"): "colleagues' remote share matters too, which the design assumes away",
    (
        "one-change-unlike-teams",
        "one-change",
    ): "the true value is a mean over authorities, the interval is for one of them",
    **{(t.scenario, "retention"): CHOSEN for t in STAGGERED if t.selection_rho_wellbeing},
}
"""Scenario and study whose own assumption is broken on purpose."""


READING = """
## Reading it

- **confounded-null**: remote share changes nothing, but workers whose practice is better work remotely more.
  The unadjusted comparison finds a difference that is not there; a worker compared with the same worker does not.
- **busy-months**: months with more work bring more remote contact and fewer honoured choices at once. `remote-practice`
  holds the work of the month constant as it is recorded, and still leans by 0.02: what is recorded is not all of it.
- **interference**: what colleagues do matters too. The within-worker design assumes that it does not, so a
  bias or a coverage outside the band in that row is a failure it is right to show.
- **career-stage** has little power at this size: some 230 answers in 24 teams. Its intervals are honest and
  wide. The diary's error pulls its estimates towards zero by 2% to 5%.
- **policy-rollout**: its intervals are about a third wider than the estimates vary. The teams start in many
  months, few of them in each, and the jackknife is cautious for such small groups.
- **one-change**: in `one-change` every team changes by the same step, so that each authority has the same
  true value. In `one-change-unlike-teams` each team has its own step: the true value in the table is then a mean over
  authorities, while an interval is for the one authority observed, whose own mean step differs from it by chance.
  Six months before the policy are also few to learn the trend and the autocorrelation from; the summary of such a
  fit says so.
- **retention** describes who leaves; it does not find the effect of remote work. In every scenario marked so,
  workers who feel better work more remotely, and who feels better stays: the estimate is 0.3 to 0.4 lower than in
  `null`. There, too, the mean is -0.30 (error 0.10), since estimates from few leavers are skewed: weighted by their
  precision it is -0.18 (error 0.09). One authority has so few leavers that its estimates vary by 1.4
  on this scale, so that the intervals contain the true value anyway; with many authorities together they would not.
"""
"""How the rows are to be read."""


def row(study_id: str, diagnosis: Diagnosis, outcome: str, truth: float) -> dict[str, object]:
    """One row of the table."""
    got = diagnosis.measures(outcome)
    nothing = (float("nan"), float("nan"))
    out: dict[str, object] = {"scenario": diagnosis.scenario, "study": study_id, "outcome": outcome, "truth": truth}
    out["n_sims"] = diagnosis.n_sims
    for name in MEASURES:
        out[name], out[f"{name}_mcse"] = got.get(name, nothing)
    out["verdict"] = verdict(got["coverage"][0], diagnosis.n_sims, BROKEN.get((diagnosis.scenario, study_id), ""))
    return out


def verdict(cover: float, n_sims: int, broken: str = "") -> str:
    """Whether intervals hold the truth in 93% to 97% of trials, within twice the Monte Carlo error of these.

    Examples
    --------
    >>> verdict(0.91, 200), verdict(0.89, 200), verdict(1.0, 200)
    ('held', 'not held', 'held, intervals wide')
    """
    low, high = (p + side * 2 * (p * (1 - p) / n_sims) ** 0.5 for p, side in ((0.93, -1), (0.97, 1)))
    found = "not held" if cover < low else "held, intervals wide" if cover > high else "held"
    return found + (f" (assumption broken: {broken})" if broken else "")


def runs(n_sims: int, policy_sims: int) -> Iterator[tuple[Sequence[Study], Truth, str, int]]:
    """What is tried: studies that share authorities, the truth, the size, how many authorities."""
    rollout, change, retention = policy_studies()
    for truth in STAGGERED:
        yield headline_studies(), truth, "small", n_sims
    yield (panel_study(),), SCENARIOS["helpful-hump"], "national", n_sims
    for truth in STAGGERED:
        yield (rollout, retention), truth, "small", policy_sims
    for truth in (ONE_CHANGE, UNLIKE_TEAMS):
        yield (change,), truth, "authority", policy_sims


def table(n_sims: int, policy_sims: int, jobs: int, seed: int, work: Path, only: str = "") -> pd.DataFrame:
    """Every study and outcome in every scenario; the panel study where its own parameters differ, once."""
    rows = []
    for every, truth, size, count in runs(n_sims, policy_sims):
        studies = [s for s in every if only in ("", s.id)]
        if not studies:
            continue
        kept = work / code_version() / f"{truth.scenario}-{'-'.join(s.id for s in studies)}-{seed}.jsonl"
        tried = diagnose_together(studies, truth, size, n_sims=count, seed=seed, n_jobs=jobs, resume=kept)
        rows += [row(s.id, d, o, t) for s, d in zip(studies, tried, strict=True) for o, t in d.truths]
    return pd.DataFrame(rows).round(5)


def with_kept(fresh: pd.DataFrame, place: Path) -> pd.DataFrame:
    """Rows tried again in the place of those that a table held, the others as they stand.

    Raises
    ------
    ValueError
        The table holds other rows of that study than were tried.
    """
    keys = ["scenario", "study", "outcome"]
    kept = pd.read_csv(place, keep_default_na=False, na_values=[""]).set_index(keys)  # a scenario is called null
    new = fresh.set_index(keys)
    studies = set(fresh["study"])
    if set(kept.index[kept.index.isin(studies, level="study")]) != set(new.index):
        raise ValueError("the table holds other rows of that study: run the whole table")
    rows = [new.loc[k] if k in new.index else kept.loc[k] for k in kept.index]
    return pd.DataFrame(rows, index=kept.index).reset_index()[fresh.columns]


def page(frame: pd.DataFrame, command: str) -> str:
    """The table as a page for readers."""
    least = int(frame["n_sims"].min())
    error = 100 * (0.95 * 0.05 / least) ** 0.5
    lines = [
        "# How often the confidence intervals contain the true value",
        "",
        "Simulated authorities only: nothing here is evidence about a real one. Each row is one study and outcome,",
        "tested on that many simulated authorities, where we know the true value, at size small (24 teams, 12 "
        "months, 3 waves);",
        "the study `one-change` at size authority (40 teams, 24 months), the panel study `agency-turnover` on 150",
        "authorities over nine years. ± is the Monte Carlo standard error. 95% confidence intervals should contain",
        "the true value in 93% to 97% of trials, within twice that error. 'Unadjusted' compares all rows together and",
        "adjusts for nothing. Power is the share of intervals that exclude zero when the true value is not zero;",
        "false positives are that share when it is zero. Failed is the share of authorities in which the study "
        "could not be estimated.",
        "",
        f"Made by `{command}`. None of these seeds is that of the committed authority.",
        f"With {least} authorities the Monte Carlo error of a coverage of 95% is {error:.1f} points. A run goes on",
        "from what it kept, so that larger numbers take only what is still missing.",
        "",
        "| scenario | study | outcome | authorities | true value | bias | coverage | power or false positives | "
        "unadjusted bias | unadjusted coverage | failed | |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for _, r in frame.iterrows():
        told = f"{r['power']:.0%}" if pd.notna(r["power"]) else f"{r['false_positive']:.0%} false"
        cells = (
            r["scenario"],
            r["study"],
            r["outcome"],
            f"{r['n_sims']:,}",
            f"{r['truth']:+.3f}",
            f"{r['bias']:+.3f} ± {r['bias_mcse']:.3f}",
            f"{r['coverage']:.1%} ± {r['coverage_mcse']:.1%}",
            told,
            f"{r['unadjusted_bias']:+.3f} ± {r['unadjusted_bias_mcse']:.3f}",
            f"{r['unadjusted_coverage']:.0%}",
            f"{r['failures']:.0%}",
            r["verdict"],
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join([*lines, READING])


def main() -> None:
    """Run and write."""
    ids = [s.id for s in (*headline_studies(), panel_study(), *policy_studies())]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sims", dest="n_sims", type=int, default=200)
    parser.add_argument("--policy-sims", type=int, default=0, help="for the studies of a policy and of leaving")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", choices=ids, metavar="STUDY", help="try the rows of one study again")
    parser.add_argument("--work", type=Path, default=Path("out/coverage"), help="folder that keeps the trials of a run")
    parser.add_argument("--out", type=Path, default=Path("docs"))
    args = parser.parse_args()
    policy_sims = args.policy_sims or args.n_sims
    frame = table(args.n_sims, policy_sims, args.jobs, args.seed, args.work, args.only)
    args.out.mkdir(parents=True, exist_ok=True)
    frame = with_kept(frame, args.out / "coverage.csv") if args.only else frame
    command = f"python -m tools.coverage_table --sims {args.n_sims} --policy-sims {policy_sims} --seed {args.seed}"
    atomic_write_text(args.out / "coverage.csv", frame.to_csv(index=False, lineterminator="\n"))
    atomic_write_text(args.out / "coverage.md", page(frame, command))


if __name__ == "__main__":
    main()
