"""The main job on the synthetic authority that comes with the toolkit: data in, studies, checks, findings, report."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from hybrid_toolkit import __version__
from hybrid_toolkit.data.atomic import atomic_folder
from hybrid_toolkit.data.contracts import MODES, TABLES
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.data.rules import ValidationReport, validate_data
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import OutputError
from hybrid_toolkit.metrics.compute import measure, metric_values
from hybrid_toolkit.metrics.grouping import groups
from hybrid_toolkit.metrics.spec import REGISTRY
from hybrid_toolkit.report.findings import ShownStudy, answer_row, findings_entry, show_study
from hybrid_toolkit.report.html import render_html
from hybrid_toolkit.report.plots import plot_diagnosis, plot_estimates, plot_groups, plot_headline
from hybrid_toolkit.report.story import Drawn, Story, tell
from hybrid_toolkit.report.style import number, png_bytes, svg_bytes
from hybrid_toolkit.report.terminal import summarise
from hybrid_toolkit.study.diagnose import Diagnosis, diagnose_together
from hybrid_toolkit.study.headline import headline_studies, panel_study
from hybrid_toolkit.synth.committed import load_synthetic, synthetic_folder
from hybrid_toolkit.synth.generate import simulate_authority

WRITTEN_BY = "hybrid-toolkit demo"
OURS = frozenset({"report.html", "findings.json", "figures"})
"""What the demonstration writes; a folder that holds anything else is left alone."""
TITLES: Mapping[str, str] = {
    "choice_honoured": "1. Families met the way they chose",
    "informal_learning": "2a. Learning, early career less others",
    "swemwbs": "2b. Wellbeing, early career less others",
    "engaged": "3. Engagement, low access less others",
    "turnover_pct": "Turnover and agency share",
}
"""Short titles of the panels."""
STAGE_WORDS: Mapping[str, str] = {
    "asye": "First year (ASYE)",
    "early": "Early (under 3 years)",
    "mid": "Mid (3 to 9 years)",
    "late": "Late (10 years or more)",
    "supervisor": "Supervisors",
}
MEASURES = (
    *("remote_share_desk", "co_presence_attendance", "choice_honoured", "contact_in_time_share"),
    *("continuity_usual_provider", "engaged_share", "access_meets_share", "broadband_adequate_share"),
    *("informal_learning", "swemwbs", "supervision_held_share"),
)
BY_GROUP = (
    ("remote_share_desk", "career_stage", "worker_id", dict(STAGE_WORDS)),
    ("engaged_share", "mode", "family_id", dict(MODES)),
)
"""Figures of a measure by group: metric, group, the key of the people to count, and the groups in order with words."""


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration wrote.

    Parameters
    ----------
    out : the folder; ``report``, ``findings`` and ``figures`` lie in it.
    summary : the words printed.
    releases : everything shown, as it passed the gate.
    seconds : how long it took.
    """

    out: Path
    summary: str
    releases: tuple[Release, ...]
    seconds: float

    @property
    def report(self) -> Path:
        """The page."""
        return self.out / "report.html"

    @property
    def findings(self) -> Path:
        """The findings as JSON."""
        return self.out / "findings.json"

    @property
    def figures(self) -> Path:
        """The folder of figures."""
        return self.out / "figures"


def run_demo(
    out: str | Path = Path("out/demo"), *, progress: bool = True, sims: int = 100, n_jobs: int | None = None
) -> DemoResult:
    """Run the whole evaluation and write ``report.html``, ``findings.json`` and ``figures/``, whole or not at all.

    Parameters
    ----------
    out : folder to write; one that an earlier run wrote is replaced, one that holds anything else is refused.
    progress : stages and progress bars on standard error; the summary goes to standard output either way.
    sims : simulated authorities for each diagnosis; the trap is tried on a third of them.
    n_jobs : processes for the diagnosis; None takes two where there are two. The numbers do not depend on it.

    Raises
    ------
    OutputError : the folder cannot be written, or holds files that the demonstration did not write.
    """
    started = time.perf_counter()
    out = Path(out)
    with atomic_folder(out, replace=_is_ours(out)) as folder:
        stages = _Stages(progress)
        story, findings, drawn, gate = _evaluate(stages, sims, n_jobs or min(2, os.cpu_count() or 1))
        stages.say("Writing the report")
        report = tell(story, gate)
        (folder / "report.html").write_text(render_html(report), encoding="utf-8", newline="\n")
        (folder / "findings.json").write_text(
            json.dumps(findings, indent=2, allow_nan=False, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
        )
        _write_figures(folder / "figures", drawn)
    seconds = time.perf_counter() - started
    summary = summarise(story, out=out, seconds=seconds)
    print(summary)
    return DemoResult(out, summary, report.releases, seconds)


class _Stages:
    """Says on standard error what is being done."""

    def __init__(self, shown: bool) -> None:
        self.shown = shown

    def say(self, what: str) -> None:
        if self.shown:
            print(f"{what} ...", file=sys.stderr, flush=True)


def _is_ours(out: Path) -> bool:
    """Whether a folder was written by the demonstration and holds nothing else."""
    try:
        if not out.is_dir() or not any(out.iterdir()):
            return False
        written_by = json.loads((out / "findings.json").read_text(encoding="utf-8"))["written_by"]
        if written_by == WRITTEN_BY and {p.name for p in out.iterdir()} <= OURS:
            return True
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise OutputError(
        "The output folder holds files that the demonstration did not write.",
        fix="Name another folder, or empty this one.",
        code="OUTPUT-OCCUPIED",
    )


def _evaluate(
    stages: _Stages, sims: int, n_jobs: int
) -> tuple[Story, dict[str, Any], dict[str, tuple[Drawn, Any]], Gate]:
    stages.say("Reading and checking the synthetic authority")
    data = load_synthetic("small")
    truth = _truth("small")
    gate = Gate(source=data)
    checks = validate_data(data)
    covered = data.coverage()
    stages.say("Measuring")
    measures = _measures(gate, data)
    by_group = [_by_group(gate, data, *spec) for spec in BY_GROUP]
    stages.say("Estimating three studies")
    studies = headline_studies()
    results = [s.estimate(data) for s in studies]
    stages.say(f"Trying them on {sims} authorities whose truth is known")
    tried = diagnose_together(studies, truth["scenario"], "small", sims=sims, n_jobs=n_jobs, progress=stages.shown)
    true = {o: truth["true_values"][e] for s in studies for o, e in zip(s.outcomes, s.estimands, strict=True)}
    shown = [show_study(gate, r, titles=TITLES, truths=_of(true, r.study.outcomes), diagnosis=d)
             for r, d in zip(results, tried, strict=True)]  # fmt: skip
    stages.say("Showing where a plain comparison goes wrong")
    trap, trap_tried = _trap(truth["seed"], max(sims // 3, 2), n_jobs, stages.shown)
    stages.say("Running the national panel study")
    panel = _panel()
    headline = gate.estimates(
        pd.concat([_answers(s) for s in shown], ignore_index=True),
        title="Three studies, their estimates and the truth",
        clusters="clusters",
        labels=["outcome", "kind", "role", "panel", "label", "truth"],
    )
    told = pd.concat([s.trial.content for s in shown if s.trial], ignore_index=True)
    coverage = gate.facts(told, title="Share of intervals that hold the truth", basis="simulation")
    figures = {
        "headline": (headline, plot_headline(headline)),
        "confounded-null": (trap.answers, plot_estimates(trap.answers)),
        "coverage": (coverage, plot_diagnosis(coverage)),
        "panel": (panel.answers, plot_estimates(panel.answers)),
        **{f"by-{spec[1].replace('_', '-')}": drawn for spec, drawn in zip(BY_GROUP, by_group, strict=True)},
    }
    drawn = {name: Drawn(release, svg_bytes(ax)) for name, (release, ax) in figures.items()}
    versions = _versions(gate, data, truth, sims)
    story = Story(
        studies=shown,
        panel=panel,
        headline=drawn["headline"],
        coverage=drawn["coverage"],
        trap=drawn["confounded-null"],
        trap_text=_trap_text(gate, trap, trap_tried),
        panel_figure=drawn["panel"],
        groups=[drawn[f"by-{spec[1].replace('_', '-')}"] for spec in BY_GROUP],
        measures=measures,
        tables=_tables(gate, data),
        versions=versions,
        checked=_checked(gate, checks),
        covered=_covered(gate, covered),
    )
    findings = {
        "written_by": WRITTEN_BY,
        "synthetic": data.synthetic,
        "stamp": SYNTHETIC_STAMP,
        "data_hash": data.hash,
        "policy_hash": gate.policy.hash,
        "scenario": truth["scenario"],
        "seed": truth["seed"],
        "versions": dict(versions.content[["item", "value"]].itertuples(index=False, name=None)),
        "studies": [findings_entry(s) for s in shown],
        "confounded_null": findings_entry(trap) | {"diagnosis": _trap_numbers(trap_tried)},
        "panel": findings_entry(panel),
    }
    return story, findings, {name: (drawn[name], ax) for name, (_, ax) in figures.items()}, gate


def _of(values: Mapping[str, float], names: tuple[str, ...]) -> dict[str, float]:
    return {n: values[n] for n in names}


def _truth(name: str) -> dict[str, Any]:
    """What the data were made with; read for showing it, never by an estimate."""
    loaded: dict[str, Any] = json.loads((synthetic_folder(name) / "truth.json").read_text(encoding="utf-8"))
    return loaded


def _answers(shown: ShownStudy) -> pd.DataFrame:
    """The answers of a study as released, for a figure over several studies."""
    return shown.answers.content.drop(columns="suppressed")


def _measures(gate: Gate, data: EvaluationData) -> Release:
    rows = measure(data, MEASURES)
    rows = rows.assign(
        measure=[REGISTRY[m].name for m in rows["metric"]],
        unit=[REGISTRY[m].value_unit for m in rows["metric"]],
        missing=rows["missing_share"].round(2),
        note=rows["flag"].fillna("").astype(str),
    )
    return gate.estimates(
        rows, title="Measures over the whole authority", clusters="n_clusters", labels=["measure", "missing", "note"]
    )


def _by_group(
    gate: Gate, data: EvaluationData, metric: str, by: str, key: str, words: Mapping[str, str]
) -> tuple[Release, Any]:
    rows = measure(data, metric, by=by)
    frame = metric_values(data, metric)
    people = frame.groupby(groups(frame, data, by))[key].nunique()
    named = pd.Categorical(rows["group"].map(dict(words)), categories=list(words.values()), ordered=True)
    rows = rows.assign(people=rows["group"].map(people).fillna(0).astype("int64"), group=named)
    rows = rows[rows["group"].notna()]
    spec = REGISTRY[metric]
    release = gate.figure_data(
        rows.rename(columns={"group": by}),
        title=f"{spec.name}, by {by.replace('_', ' ')}",
        dims=[by],
        values=["estimate", "conf_low", "conf_high"],
        people="people",
    )
    return release, plot_groups(release, value="estimate", low="conf_low", high="conf_high", unit=spec.value_unit)


def _trap(seed: int, sims: int, n_jobs: int, progress: bool) -> tuple[ShownStudy, Diagnosis]:
    """The first study where remote working changes nothing and choice of arrangement misleads."""
    study = headline_studies()[0]
    data = simulate_authority("confounded-null", "small", seed, tables=sorted(study.tables()))
    result = study.estimate(data)
    tried = diagnose_together([study], "confounded-null", "small", sims=sims, n_jobs=n_jobs, progress=progress)[0]
    truths = dict(tried.truths)
    return show_study(Gate(source=data), result, titles=TITLES, truths=truths, diagnosis=tried), tried


def _trap_numbers(tried: Diagnosis) -> dict[str, Any]:
    names = ("bias", "coverage", "naive_bias", "naive_coverage")
    return {"simulations": tried.sims, **{n: round(tried.value(n), 4) for n in names}}


def _trap_text(gate: Gate, trap: ShownStudy, tried: Diagnosis) -> Release:
    outcome = trap.study.outcome
    plain = answer_row(trap.estimates, outcome, kind="naive")
    words = trap.study.words_for(outcome)
    off = {m: tried.value(m) * trap.study.contrast_size * words.scale for m in ("naive_bias", "bias")}
    text = (
        f"Over {tried.sims} such authorities the plain comparison is off by "
        f"{number(off['naive_bias'], decimals=1, sign=True)} {words.unit} on average and its 95% interval holds the "
        f"truth in {tried.value('naive_coverage'):.0%} of them; the study is off by "
        f"{number(off['bias'], decimals=1, sign=True)} and its interval holds the truth in "
        f"{tried.value('coverage'):.0%} (Monte Carlo error {_error(tried, 'coverage'):.0%})."
    )
    return gate.text(text, title="The plain comparison over many authorities", n=float(plain["n"]))


def _error(tried: Diagnosis, measure: str) -> float:
    rows = tried.tidy()
    return float(rows.loc[rows["term"] == measure, "std_error"].iloc[0])


def _panel() -> ShownStudy:
    data = load_synthetic("national-panel")
    study = panel_study()
    values = _truth("national-panel")["true_values"]
    truths = {o: values[e] for o, e in zip(study.outcomes, study.estimands, strict=True)}
    return show_study(Gate(source=data), study.estimate(data), titles=TITLES, truths=truths)


def _tables(gate: Gate, data: EvaluationData) -> Release:
    rows = [(name, len(data.tables[name]), TABLES[name].text) for name in data]
    card = pd.DataFrame(rows, columns=["table", "rows", "what"])
    return gate.facts(card, title="Tables of the data", basis="metadata", counts=["rows"])


def _checked(gate: Gate, report: ValidationReport) -> Release:
    total = sum(report.checked.values())
    found = "no problem was found" if not report.problems else (
        f"{len(report.errors)} error(s) and {len(report.notices)} notice(s) were found"
    )  # fmt: skip
    text = f"{round(total, -2):,} rows in {len(report.checked)} tables were checked against the contracts: {found}."
    return gate.text(text, title="Validation")


def _covered(gate: Gate, frame: pd.DataFrame) -> Release:
    ready = frame[frame["status"] == "ready"]["kind"].value_counts()
    everything = frame["kind"].value_counts()
    parts = [
        f"{ready.get(k, 0)} of {everything[k]} {word}" for k, word in (("metric", "metrics"), ("study", "studies"))
    ]
    return gate.text(f"These data allow {' and '.join(parts)}.", title="Coverage")


def _versions(gate: Gate, data: EvaluationData, truth: Mapping[str, Any], sims: int) -> Release:
    items = {
        "hybrid-toolkit": __version__,
        "python": platform.python_version(),
        **{p: version(p) for p in ("numpy", "pandas", "scipy", "statsmodels", "matplotlib")},
        "scenario": truth["scenario"],
        "seed of the data": str(truth["seed"]),
        "authorities simulated for each diagnosis": str(sims),
        "hash of the data": data.hash,
        "disclosure policy": gate.policy.hash,
    }
    return gate.facts(pd.DataFrame(items.items(), columns=["item", "value"]), title="Versions", basis="metadata")


def _write_figures(folder: Path, drawn: Mapping[str, tuple[Drawn, Any]]) -> None:
    folder.mkdir()
    for name, (figure, ax) in drawn.items():
        (folder / f"{name}.svg").write_bytes(figure.svg)
        (folder / f"{name}.png").write_bytes(png_bytes(ax))
