"""What the assessment and the plan ask of the data: measures beside beliefs, a measure before and after, documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hybrid_toolkit.app.assessment import with_own
from hybrid_toolkit.app.work.published import beside_of, block_values
from hybrid_toolkit.assess.chart import BASELINE
from hybrid_toolkit.assess.checklist import load_checklist
from hybrid_toolkit.assess.maturity import Answer, Assessment
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import require_release
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.tables import make_grid
from hybrid_toolkit.report.export import document_bytes
from hybrid_toolkit.report.metric_panel import BESIDE_COLUMNS, MetricPanel
from hybrid_toolkit.report.plots.plot_style import svg_bytes
from hybrid_toolkit.report.plots.readable_units import readable_unit
from hybrid_toolkit.report.practice_report import actions_report, assessment_report
from hybrid_toolkit.report.remeasured import describe_months, plot_months, remeasure

if TYPE_CHECKING:
    from hybrid_toolkit.app.worker import Bench

_NAN = float("nan")
NO_MONTHS = "no months"
"""Kind of a judgement on a measure whose units have no month, beside those of ``judge_change``."""


def beside(
    bench: Bench, *, metrics: Mapping[str, Sequence[str]], levels: Mapping[str, float | None],
    targets: Mapping[str, float], published: tuple[str, str, str] | None = None,
    splits: Mapping[str, Mapping[str, str]] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Each condition's metrics, released, next to the level that people gave.

    Parameters
    ----------
    bench : Bench
        The data and the gate.
    metrics : Mapping[str, Sequence[str]]
        Condition -> ids of its metrics.
    levels : Mapping[str, float | None]
        Condition -> level that people gave; None for none yet.
    targets : Mapping[str, float]
        Metric -> the service's own target.
    published : tuple[str, str, str] | None, optional
        Published statistics to show below them: place, authority and what changes with them; None for none.
    splits : Mapping[str, Mapping[str, str]] | None, optional
        Condition -> metrics that are split too, each with the group, as in ``ChecklistPart.split``.

    Returns
    -------
    list[dict[str, Any]]
        One a condition with metrics: its id, table of texts, tables and notes of published figures, names of what the
        data do not hold, ids to set a target.
    """
    panel = _panel(bench, published)
    found = []
    for done, (condition, ids) in enumerate(metrics.items()):
        bench.progress(done, len(metrics), "Measuring")
        if not ids:
            continue
        level = levels.get(condition)
        side = panel.of(
            ids,
            title=f"{condition}: the data",
            level=_NAN if level is None else level,
            targets=targets,
            split=(splits or {}).get(condition),
        )
        table = None
        if side.table is not None:
            grid = make_grid(side.table, columns=BESIDE_COLUMNS, caption="")
            table = {"heads": [h.text for h in grid.headings], "rows": [[c.text for c in row] for row in grid.rows]}
        offered = {m: REGISTRY[m].name for m in ids if m in panel.open}
        notes = [] if side.notes is None else list(require_release(side.notes).content["note"])
        found.append({"id": condition, "level": level, "table": table, "absent": list(side.absent), "metrics": offered,
                      "published": [block_values(b) for b in side.published], "notes": notes})  # fmt: skip
    return found


def _panel(bench: Bench, published: tuple[str, str, str] | None = None) -> MetricPanel:
    held: MetricPanel | None = bench.kept.get("panel")
    if held is None:
        held = bench.kept["panel"] = MetricPanel(bench.data, gate=bench.gate)
    held.set_beside(None if published is None else beside_of(bench, published))
    return held


def judge_action(bench: Bench, *, metric: str, started: str, example: bool = False) -> dict[str, Any]:
    """A metric by month before and after the start of an action, judged and drawn.

    Parameters
    ----------
    bench : Bench
        The data and the gate.
    metric : str
        Id of the metric.
    started : str
        First day of the change, as ISO date.
    example : bool, default False
        Whether the simulated three years are looked at, to practise on; a start that leaves too few of their months
        before or none after is then moved to the last year.

    Returns
    -------
    dict[str, Any]
        ``said``, ``baseline``, ``drawing`` (SVG), ``alt``, ``rows`` of months, ``name``, ``unit``, ``stamp``, ``kind``
        of the judgement, ``started`` and ``starts``: the months that an example can start in. Only ``said`` and
        ``kind`` where the measure has no months.
    """
    data, gate = bench.practice if example else (bench.data, bench.gate)
    starts: dict[str, str] = {}
    if example:
        months = sorted(data["worker_month"]["month"].unique())
        starts = {f"{m:%Y-%m}": f"{m:%B %Y}" for m in months[BASELINE:]}
        started = started if started[:7] in starts else f"{list(starts)[-BASELINE]}-01"
    try:
        moved = remeasure(data, metric, started=started, gate=gate)
    except MeasureError as refused:
        if refused.code != "PERIOD-UNIT":
            raise
        name = REGISTRY[metric].name
        said = f"{name} has one figure for the whole time and none for each month. Choose another measure to follow."
        return {"said": said, "kind": NO_MONTHS}
    shown = moved.months.content.sort_values("month")
    first = started[:7]
    before = shown[shown["month"] < first]
    before = before[before["value"].notna()]
    known = before["value"]
    last = str(shown["month"].max())
    if known.empty:
        baseline = "The data hold no month before the start: there is no baseline."
    else:
        baseline = (
            f"Baseline: {_said(float(known.mean()), moved.unit)}, the average of the {len(known)} months shown "
            f"before the start, {before['month'].min()} to {before['month'].max()}."
        )
    if first > last:
        baseline += f" The start is after the last month of the data ({last}): the chart cannot show it yet."
    counts = shown["n"].astype("Int64").map("{:,}".format, na_action="ignore").fillna("hidden")
    numbers = zip(shown["month"], shown["value"].astype(float), counts, strict=True)
    words = [[str(month), "hidden" if v != v else _said(v, moved.unit), n] for month, v, n in numbers]
    baseline = gate.text(baseline, title=f"{moved.name}: baseline", source=data).text
    return {
        "said": moved.said.text, "baseline": baseline, "drawing": svg_bytes(plot_months(moved, started=started)),
        "alt": describe_months(moved), "rows": words, "name": moved.name,
        "unit": readable_unit(moved.unit).words,
        "stamp": moved.months.stamp, "kind": moved.judged.kind, "started": started, "starts": starts,
    }  # fmt: skip


def _said(value: float, unit: str) -> str:
    """A value with its unit: a share as a percentage."""
    return f"{value:.1%}" if unit == "share" else f"{value:.3g} {unit}"


def assessment_file(
    bench: Bench, *, rows: Sequence[tuple[str, str, str, int, str, str]], targets: Mapping[str, float],
    own: Mapping[str, Any], on: str, form: str, data: bool, published: tuple[str, str, str] | None = None,
) -> bytes:  # fmt: skip
    """The assessment as a document.

    Parameters
    ----------
    bench : Bench
        The data and the gate.
    rows : Sequence[tuple[str, str, str, int, str, str]]
        Prompt, role, level, number, evidence and day of each answer.
    targets : Mapping[str, float]
        Metric -> the service's own target.
    own : Mapping[str, Any]
        Prompts and conditions of the service's own.
    on : str
        The day to print.
    form : str
        Ending of the file, such as ``.docx``.
    data : bool
        Whether the person's own data are open; without them nothing is measured, and no simulated figure is named.
    published : tuple[str, str, str] | None, optional
        As ``beside``.

    Returns
    -------
    bytes
        The file.
    """
    answers = tuple(
        Answer(item, role, level, number, evidence, date.fromisoformat(day) if day else None)
        for item, role, level, number, evidence, day in rows
    )
    whole = Assessment(answers, targets, with_own(load_checklist("conditions"), own))
    panel = _panel(bench, published) if data else MetricPanel(None)
    return document_bytes(assessment_report(whole, on=date.fromisoformat(on), beside=panel), form)


def plan_file(bench: Bench, *, rows: Sequence[Mapping[str, str]], on: str, form: str) -> bytes:
    """The action plan as a document.

    Parameters
    ----------
    bench : Bench
        Not used: the plan is what people wrote, and no data are read.
    rows : Sequence[Mapping[str, str]]
        Actions, as ``actions_report``.
    on : str
        The day to print.
    form : str
        Ending of the file: ``.docx`` or ``.xlsx``.

    Returns
    -------
    bytes
        The file.
    """
    return document_bytes(actions_report(rows, on=date.fromisoformat(on), gate=Gate()), form)
