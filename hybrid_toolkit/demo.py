"""The main job on the synthetic authority that comes with the toolkit: data in, studies, checks, findings, report."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_folder
from hybrid_toolkit.data.tables.contracts import MODES
from hybrid_toolkit.data.validation.validate import validate_data
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import OutputError
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.data_sections import (
    show_by_group,
    show_checked,
    show_covered,
    show_measures,
    show_tables,
    show_versions,
)
from hybrid_toolkit.report.demo_report import build_report
from hybrid_toolkit.report.demo_story import DemoReport, Drawn
from hybrid_toolkit.report.documents.excel import excel_bytes
from hybrid_toolkit.report.documents.print_page import page_html
from hybrid_toolkit.report.documents.word import word_bytes
from hybrid_toolkit.report.findings import ShownStudy, show_study
from hybrid_toolkit.report.findings_entry import findings_entry
from hybrid_toolkit.report.first_screen import answers_release, settle_release, unadjusted_text
from hybrid_toolkit.report.plots.estimate_plots import plot_diagnosis, plot_estimates, plot_groups, plot_headline
from hybrid_toolkit.report.plots.figure_headlines import coverage_says, estimates_say, groups_say, unadjusted_says
from hybrid_toolkit.report.plots.plot_style import png_bytes, svg_bytes
from hybrid_toolkit.report.plots.summary_plot import plot_summary, summary_says
from hybrid_toolkit.report.terminal import summarise
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.diagnosis.diagnose import Diagnosis, diagnose_together
from hybrid_toolkit.study.diagnosis.teams_needed import MOST_TEAMS, teams_needed
from hybrid_toolkit.study.shipped_studies import headline_studies, panel_study
from hybrid_toolkit.synth.committed import load_synthetic, synthetic_folder
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.sizes import SIZES, Size

WRITTEN_BY = "hybrid-toolkit demo"
LEVEL = 0.95
"""Level of every interval of the demonstration, the default of studies and measures."""
OURS = frozenset({"report.html", "report.docx", "report.xlsx", "findings.json", "figures"})
"""What the demonstration writes; a folder that holds anything else is left alone."""
LARGER = Size("a large county", 1, 60, 10.0, 24, 6)
"""A service in which the first study settles its question. By 200 trials of the small one (docs/coverage.csv) 24 teams
over 12 months detect the simulated difference in about 2 of 10 services; how many teams over 12 months would do so in 8
of 10 the demonstration works out and prints. 60 teams of 10 over 24 months are six times as many worker-months as the
small one's, as in a large English county with 600 social workers."""
TITLES: Mapping[str, str] = {
    "choice_honoured": "1. Families met the way they chose",
    "informal_learning": "2a. Learning, early career minus others",
    "swemwbs": "2b. Wellbeing, early career minus others",
    "engaged": "3. Engagement, low access minus others",
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
_MEASURES = (
    *("remote_share_desk", "co_presence_attendance", "choice_honoured", "contact_in_time_share"),
    *("continuity_usual_provider", "engaged_share", "access_meets_share", "broadband_adequate_share"),
    *("informal_learning", "swemwbs", "supervision_held_share"),
)
BY_GROUP = (
    ("remote_share_desk", "career_stage", dict(STAGE_WORDS)),
    ("engaged_share", "mode", dict(MODES)),
)
"""Figures of a measure by group: metric, group, and the groups in order with words."""


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration wrote.

    Parameters
    ----------
    out : Path
        The folder; ``report``, ``findings``, ``figures`` and the report as Word and Excel are in it.
    summary : str
        The words printed.
    releases : tuple[Release, ...]
        Everything shown, as it passed the gate.
    seconds : float
        How long it took.
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
    out: str | Path = Path("out/demo"), *, progress: bool = True, n_sims: int = 100, n_jobs: int | None = None
) -> DemoResult:
    """Run the whole evaluation and write its report, findings and figures, whole or not at all.

    The report is ``report.html``, the same in Word and Excel; the findings are ``findings.json``.

    Parameters
    ----------
    out : str | Path, optional
        Folder to write; one that an earlier run wrote is replaced, one that holds anything else is refused.
    progress : bool, default True
        Stages and progress bars on standard error; the summary goes to standard output either way.
    n_sims : int, default 100
        Simulated authorities for each diagnosis; the trap is tried on a third of them.
    n_jobs : int | None, optional
        Processes for the diagnosis; None takes two where there are two. The numbers do not depend on it.

    Raises
    ------
    OutputError
        The folder cannot be written, or holds files that the demonstration did not write.
    """
    started = time.perf_counter()
    out = Path(out)
    with atomic_folder(out, replace=_is_ours(out)) as folder:
        stages = _Stages(progress)
        found = _evaluate(stages, n_sims, n_jobs or min(2, os.cpu_count() or 1))
        stages.say("Writing the report")
        drawn = _draw(found)
        story = _story(found, drawn)
        report = build_report(story, found.gate)
        (folder / "report.html").write_text(page_html(report), encoding="utf-8", newline="\n")
        (folder / "report.docx").write_bytes(word_bytes(report))
        (folder / "report.xlsx").write_bytes(excel_bytes(report))
        (folder / "findings.json").write_text(
            json.dumps(_findings(found), indent=2, allow_nan=False, ensure_ascii=False) + "\n",
            encoding="utf-8",
            newline="\n",
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


@dataclass(frozen=True)
class _Found:
    """What the run found, before it is drawn and told."""

    gate: Gate
    truth: Mapping[str, Any]
    studies: Sequence[ShownStudy]
    needed: Sequence[Sequence[float]]
    larger: ShownStudy
    trap: ShownStudy
    trap_tried: Diagnosis
    panel: ShownStudy
    measures: Release
    by_group: Mapping[str, Release]
    tables: Release
    checked: Release
    covered: Release
    versions: Release

    @property
    def data_hash(self) -> str:
        return self.measures.data_hash


def _evaluate(stages: _Stages, n_sims: int, n_jobs: int) -> _Found:
    """Every step from data to releases."""
    stages.say("Reading and checking the synthetic authority")
    data, truth = load_synthetic("small"), _truth("small")
    gate = Gate(source=data)
    checked, covered = show_checked(gate, validate_data(data)), show_covered(gate, data.coverage())
    stages.say("Measuring")
    measures = show_measures(gate, data, _MEASURES)
    by_group = {by: show_by_group(gate, data, m, by=by, words=words) for m, by, words in BY_GROUP}
    stages.say("Estimating three studies")
    studies = headline_studies()
    results = [s.estimate(data) for s in studies]
    stages.say(f"Testing them on {n_sims} simulated authorities where we know the true value")
    tried = diagnose_together(studies, truth["scenario"], "small", n_sims=n_sims, n_jobs=n_jobs, progress=stages.shown)
    shown = [
        show_study(gate, r, titles=TITLES, truths=_truths_of(r.study, truth), diagnosis=d)
        for r, d in zip(results, tried, strict=True)
    ]
    needed = [
        [teams_needed(d, teams=SIZES["small"].teams_per_la, outcome=o) for o in s.outcomes]
        for s, d in zip(studies, tried, strict=True)
    ]
    stages.say("Estimating the first study in a larger service")
    larger = _larger(truth)
    stages.say("Showing where an unadjusted comparison goes wrong")
    trap, trap_tried = _trap(truth["seed"], max(n_sims // 3, 2), n_jobs, stages.shown)
    stages.say("Running the national panel study")
    made = {
        "scenario": truth["scenario"],
        "seed of the data": str(truth["seed"]),
        "authorities simulated for each diagnosis": str(n_sims),
    }
    return _Found(
        gate=gate,
        truth=truth,
        studies=shown,
        needed=needed,
        larger=larger,
        trap=trap,
        trap_tried=trap_tried,
        panel=_panel(),
        measures=measures,
        by_group=by_group,
        tables=show_tables(gate, data),
        checked=checked,
        covered=covered,
        versions=show_versions(gate, data, made),
    )


def _draw(found: _Found) -> dict[str, tuple[Drawn, Any]]:
    """Every figure by its name: the release with its SVG, and the axes."""
    headline = found.gate.estimates(
        pd.concat([s.answers.content.drop(columns="suppressed") for s in found.studies], ignore_index=True),
        title="Three studies: estimates and true values",
        clusters="clusters",
        labels=["outcome", "kind", "role", "panel", "label", "truth"],
        derived_from=[s.answers for s in found.studies],
    )
    trials = [s.trial for s in found.studies if s.trial]
    told = pd.concat([t.content for t in trials], ignore_index=True)
    coverage = found.gate.facts(
        told, title="Share of confidence intervals that contain the true value", basis="simulation", source=trials
    )
    trap, panel = found.trap.answers, found.panel.answers
    axes: dict[str, tuple[Release, Any, str]] = {
        "first": (headline, plot_summary(headline, level=LEVEL), summary_says(headline)),
        "headline": (headline, plot_headline(headline, columns=2, level=LEVEL), estimates_say(headline)),
        "confounded-null": (trap, plot_estimates(trap, level=LEVEL), unadjusted_says(trap)),
        "coverage": (coverage, plot_diagnosis(coverage), coverage_says(coverage)),
        "panel": (panel, plot_estimates(panel, level=LEVEL), estimates_say(panel)),
    }
    units = {}
    for metric, by, _ in BY_GROUP:
        release, unit = found.by_group[by], REGISTRY[metric].value_unit
        units[f"by-{by.replace('_', '-')}"] = unit
        ax = plot_groups(release, value="estimate", low="conf_low", high="conf_high", unit=unit, level=LEVEL)
        axes[f"by-{by.replace('_', '-')}"] = (release, ax, groups_say(release, unit=unit))
    return {
        name: (Drawn(release, svg_bytes(ax), png_bytes(ax), says, units.get(name, "")), ax)
        for name, (release, ax, says) in axes.items()
    }


def _story(found: _Found, drawn: Mapping[str, tuple[Drawn, Any]]) -> DemoReport:
    figure = {name: one for name, (one, _) in drawn.items()}
    return DemoReport(
        studies=found.studies,
        answers=answers_release(found.gate, found.studies),
        needed=settle_release(found.gate, found.studies, needed=found.needed, most=MOST_TEAMS),
        larger=found.larger,
        larger_words=f"{LARGER.teams_per_la} teams over {LARGER.months} months",
        larger_answers=answers_release(found.gate, [found.larger], number=False),
        panel=found.panel,
        first=figure["first"],
        headline=figure["headline"],
        coverage=figure["coverage"],
        trap=figure["confounded-null"],
        trap_text=unadjusted_text(found.gate, found.trap, found.trap_tried),
        panel_figure=figure["panel"],
        groups=[one for name, one in figure.items() if name.startswith("by-")],
        measures=found.measures,
        tables=found.tables,
        versions=found.versions,
        checked=found.checked,
        covered=found.covered,
    )


def _findings(found: _Found) -> dict[str, Any]:
    return {
        "written_by": WRITTEN_BY,
        "synthetic": found.measures.synthetic,
        "stamp": found.measures.stamp,
        "data_hash": found.data_hash,
        "policy_hash": found.gate.policy.hash,
        "scenario": found.truth["scenario"],
        "seed": found.truth["seed"],
        "versions": dict(found.versions.content[["item", "value"]].itertuples(index=False, name=None)),
        "studies": [findings_entry(s) for s in found.studies],
        "confounded_null": findings_entry(found.trap) | {"diagnosis": _trap_numbers(found.trap_tried)},
        "panel": findings_entry(found.panel),
        "larger": findings_entry(found.larger),
    }


def _truths_of(study: StudySpec, truth: Mapping[str, Any]) -> dict[str, float]:
    return {o: truth["true_values"][e] for o, e in zip(study.outcomes, study.estimands, strict=True)}


def _truth(name: str) -> dict[str, Any]:
    """What the data were made with; read for showing it, never by an estimate."""
    loaded: dict[str, Any] = json.loads((synthetic_folder(name) / "truth.json").read_text(encoding="utf-8"))
    return loaded


def _larger(truth: Mapping[str, Any]) -> ShownStudy:
    """The first study, unchanged, in a larger service with the same true values, from the same seed."""
    study = headline_studies()[0]
    data = simulate_authority(truth["scenario"], LARGER, truth["seed"], tables=sorted(study.tables()))
    return show_study(Gate(source=data), study.estimate(data), titles=TITLES, truths=_truths_of(study, truth))


def _trap(seed: int, n_sims: int, n_jobs: int, progress: bool) -> tuple[ShownStudy, Diagnosis]:
    """The first study where remote working changes nothing and choice of arrangement misleads."""
    study = headline_studies()[0]
    data = simulate_authority("confounded-null", "small", seed, tables=sorted(study.tables()))
    result = study.estimate(data)
    tried = diagnose_together([study], "confounded-null", "small", n_sims=n_sims, n_jobs=n_jobs, progress=progress)[0]
    truths = dict(tried.truths)
    return show_study(Gate(source=data), result, titles=TITLES, truths=truths, diagnosis=tried), tried


def _trap_numbers(tried: Diagnosis) -> dict[str, Any]:
    names = ("bias", "coverage", "unadjusted_bias", "unadjusted_coverage")
    return {"simulations": tried.n_sims, **{n: round(tried.value(n), 4) for n in names}}


def _panel() -> ShownStudy:
    data = load_synthetic("national-panel")
    study = panel_study()
    truths = _truths_of(study, _truth("national-panel"))
    return show_study(Gate(source=data), study.estimate(data), titles=TITLES, truths=truths)


def _write_figures(folder: Path, drawn: Mapping[str, tuple[Drawn, Any]]) -> None:
    folder.mkdir()
    for name, (figure, ax) in drawn.items():
        (folder / f"{name}.svg").write_bytes(figure.svg)
        (folder / f"{name}.png").write_bytes(png_bytes(ax))
