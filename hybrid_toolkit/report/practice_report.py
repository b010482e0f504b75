"""The self-assessment, the improvement plan and filled-in checklists as reports: words and releases, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from hybrid_toolkit.assess.action_plan import ActionPlan
from hybrid_toolkit.assess.agreement import ADJUSTMENTS, DECISIONS, Agreements
from hybrid_toolkit.assess.checklist import ChecklistItem, ChecklistPart, scales
from hybrid_toolkit.assess.filled_checklist import Record, return_verdict
from hybrid_toolkit.assess.gaps import find_gaps
from hybrid_toolkit.assess.maturity import CAVEAT, LEVELS, Assessment, Condition, rate_conditions
from hybrid_toolkit.assess.roles import role_words
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import (
    Figure,
    Prose,
    Report,
    ReportBlock,
    ReportTable,
    Section,
    TableColumn,
    TextBlock,
)
from hybrid_toolkit.report.documents.provenance import day_words, with_provenance
from hybrid_toolkit.report.metric_panel import BESIDE_COLUMNS, MetricPanel
from hybrid_toolkit.report.plots.plot_style import png_bytes, svg_bytes
from hybrid_toolkit.report.remeasured import (
    RemeasuredMetric,
    describe_months,
    month_columns,
    plot_months,
)

_NINE = "S0-C"
"""What the ids of the nine conditions and of their prompts begin with; a number follows."""
NO_LEVEL = "fewer than 3 raters"
_CONDITION = {
    "condition": TableColumn("Condition"),
    "level": TableColumn("Level, 0 to 3", "number"),
    "raters": TableColumn("Raters", "count"),
    "roles": TableColumn("By role"),
    "evidence": TableColumn("Answers with evidence", "count"),
}
_ACTION = {
    "number": TableColumn("No."),
    "action": TableColumn("Action"),
    "owner": TableColumn("Owner (role)"),
    "due": TableColumn("Date"),
    "standing": TableColumn("Status"),
    "measure": TableColumn("Metric"),
    "baseline": TableColumn("Baseline (dates)"),
    "answers": TableColumn("Responds to prompt"),
}


_APP_ACTION = {
    "action": TableColumn("Action"),
    "owner": TableColumn("Owner (role)"),
    "due": TableColumn("Complete by"),
    "standing": TableColumn("Status"),
    "measure": TableColumn("Measure we expect to change"),
    "progress": TableColumn("Progress"),
}
"""Six columns: a portrait page holds no more without broken words."""


def change_text(
    gate: Gate, rows: Sequence[Mapping[str, object]], columns: Mapping[str, TableColumn], title: str
) -> Release:
    """Words that people wrote or chose, as a release: refused where they look as if they held a personal detail.

    Raises
    ------
    DisclosureError
        A text holds what looks like an address, a key or a number of a person.
    """
    frame = pd.DataFrame([{c: str(row[c]) for c in columns} for row in rows], columns=list(columns), dtype="str")
    return gate.facts(frame, title=title, basis="assumption")


def condition_rows(conditions: Sequence[Condition]) -> list[dict[str, object]]:
    """One row a condition, in words."""
    return [
        {
            "condition": f"{prompt_number(c.id)}{c.title}",
            "level": NO_LEVEL if c.level != c.level else f"{c.level:g}",
            "raters": c.n_raters,
            "roles": c.spread_words or "no one yet",
            "evidence": c.n_evidence,
        }
        for c in conditions
    ]


def prompt_number(id_: str) -> str:
    """The number of a condition or prompt before its words; nothing for what a service added itself.

    Examples
    --------
    >>> prompt_number("S0-C1.4"), prompt_number("own-1")
    ('1.4. ', '')
    """
    return f"{id_.removeprefix(_NINE)}. " if id_.startswith(_NINE) else ""


def _numbered(item: ChecklistItem) -> str:
    return f"{prompt_number(item.id)}{item.text}"


def _answered(gap: str) -> str:
    """The prompt that an action answers, by its number: its words would fill a column of one page."""
    if not gap.startswith(_NINE):
        return "one of your own" if gap else "none"
    return prompt_number(gap).removesuffix(". ")


def _for_analysts(items: Sequence[ChecklistItem], gate: Gate) -> Section:
    """The ids that prompts have in their sources, folded away."""
    columns = {"item": TableColumn("Item"), "source": TableColumn("In the source")}
    rows = [{"item": i.text, "source": ", ".join((i.id, *i.seeds))} for i in items]
    table = change_text(gate, rows, columns, "For analysts: ids of the source")
    return Section("For analysts", (ReportTable(table, columns, folded=True),))


def assessment_report(assessment: Assessment, *, on: date, beside: MetricPanel | None = None) -> Report:
    """The self-assessment: the nine conditions, each beside the metrics that speak to it, the gaps, every answer.

    Parameters
    ----------
    on : date
        The day to print.
    beside : MetricPanel | None, optional
        Measures the data; nothing is measured where it is left out.

    Raises
    ------
    DisclosureError
        Evidence holds what looks like a personal detail.
    """
    side = beside if beside is not None else MetricPanel(None)
    maturity = rate_conditions(assessment)
    overview = change_text(side.gate, condition_rows(maturity.conditions), _CONDITION, "The nine conditions")
    first: list[ReportBlock] = [TextBlock(CAVEAT, "note"), ReportTable(overview, _CONDITION)]
    first.insert(0, Prose(side.gate.text(maturity.summary().removesuffix(f" {CAVEAT}"), title="In short"), "lead"))
    parts = assessment.listed.parts
    sections = [Section("In short", tuple(first)), Section("Gaps", _gaps(assessment, side.gate))]
    sections.append(Section("Each condition, and what the data say"))
    for part, condition in zip(parts, maturity.conditions, strict=True):
        sections.append(Section(part.title, tuple(_condition(part, condition, assessment, side)), level=3))
    sections.append(_for_analysts(assessment.listed.items, side.gate))
    made = Report("Self-assessment of hybrid working", tuple(sections), subtitle=assessment.listed.about)
    return with_provenance(made, on=on, gate=side.gate)


def _condition(
    part: ChecklistPart, condition: Condition, assessment: Assessment, side: MetricPanel
) -> list[ReportBlock]:
    columns = {"prompt": TableColumn("Prompt"), "answers": TableColumn("Answers"), "evidence": TableColumn("Evidence")}
    rows = [
        {
            "prompt": _numbered(item),
            "answers": "; ".join(f"{role_words(a.role, a.number)} {LEVELS[a.level]} {a.level}" for a in given)
            or "none yet",
            "evidence": "; ".join(f"{role_words(a.role, a.number)}: {a.evidence}" for a in given if a.evidence.strip()),
        }
        for item in part.items
        for given in [[a for a in assessment.answers if a.item == item.id]]
    ]
    days = [a.on for a in assessment.answers if a.on is not None and any(a.item == i.id for i in part.items)]
    blocks: list[ReportBlock] = [TextBlock(part.about)]
    blocks.append(ReportTable(change_text(side.gate, rows, columns, f"{part.title}: answers"), columns))
    blocks += [TextBlock(f"Last answer on {day_words(max(days))}.")] if days else []
    if side.data is None:
        return blocks
    found = side.of(
        part.metrics,
        title=f"{part.title}: the data",
        level=condition.level,
        targets=assessment.targets,
        split=part.split,
    )
    blocks += [ReportTable(found.table, BESIDE_COLUMNS)] if found.table is not None else []
    blocks += [*found.published]
    blocks += [ReportTable(found.notes, {"note": TableColumn("On the published figures")})] if found.notes else []
    return [*blocks, *([TextBlock(found.absent_words)] if found.absent else [])]


def _gaps(assessment: Assessment, gate: Gate) -> tuple[ReportBlock, ...]:
    columns = {"prompt": TableColumn("Prompt"), "why": TableColumn("Why")}
    gaps = find_gaps(assessment)
    if not gaps:
        return (TextBlock("None found so far: a prompt is looked at from three raters on."),)
    rows = [{"prompt": f"{prompt_number(g.item)}{g.text}", "why": g.words} for g in gaps]
    return (ReportTable(change_text(gate, rows, columns, "Gaps"), columns),)


def plan_rows(plan: ActionPlan, on: date) -> list[dict[str, object]]:
    """One row an action, in words."""
    rows: list[dict[str, object]] = []
    for a in plan.actions:
        spec = REGISTRY[a.measure] if a.measure else None
        base = "" if a.baseline is None else f"{a.baseline:.3g}"
        when = f" on {day_words(a.baseline_on)}" if a.baseline_on and base else ""
        unit = f" {spec.value_unit}" if spec and base else ""
        rows.append(
            {
                "number": a.id,
                "action": a.words,
                "owner": role_words(a.owner),
                "due": day_words(a.due),
                "standing": a.standing(on),
                "measure": spec.name if spec else "none",
                "baseline": f"{base}{unit}{when}" or "not measured",
                "answers": _answered(a.gap),
            }
        )
    return rows


def plan_report(
    plan: ActionPlan, *, on: date, gate: Gate, moved: Mapping[int, RemeasuredMetric] | None = None
) -> Report:
    """The improvement plan on a day: every action with its standing, and its measure since the start.

    Parameters
    ----------
    on : date
        The day against which actions are due or overdue, and that is printed.
    gate : Gate
        The disclosure gate, with the data as its source where measures come from data.
    moved : Mapping[int, RemeasuredMetric] | None, optional
        Number of the action -> its measure before and after.

    Raises
    ------
    DisclosureError
        An action holds what looks like a personal detail.
    """
    blocks: list[ReportBlock] = [Prose(gate.text(plan.summary(on), title="In short"), "lead")]
    if plan.actions:
        blocks.append(ReportTable(change_text(gate, plan_rows(plan, on), _ACTION, "Actions"), _ACTION))
    sections = [Section("Actions", tuple(blocks))]
    for number, one in (moved or {}).items():
        action = plan.action(number)
        sections.append(Section(f"Re-measured: action {number}", tuple(_moved(one, action.started)), level=2))
    title = gate.text(plan.title, title="Title").text
    return with_provenance(Report(title, tuple(sections), subtitle=f"As on {day_words(on)}."), on=on, gate=gate)


def actions_report(rows: Sequence[Mapping[str, str]], *, on: date, gate: Gate) -> Report:
    """An action plan of which each action is words already, drafts among them: what the app keeps.

    Parameters
    ----------
    rows : Sequence[Mapping[str, str]]
        One an action: ``action``, ``owner``, ``due``, ``standing``, ``measure`` and ``progress``, all as text.
    on : date
        The day that is printed.
    gate : Gate
        The disclosure gate.

    Returns
    -------
    Report
        The plan.

    Raises
    ------
    DisclosureError
        An action holds what looks like a personal detail.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure.gate import Gate
    >>> actions_report([], on=date(2026, 3, 2), gate=Gate()).title
    'Action plan'
    """
    late = sum(r["standing"] == "Overdue" for r in rows)
    said = f"{len(rows)} {'action' if len(rows) == 1 else 'actions'}, {late} overdue."
    blocks: list[ReportBlock] = [Prose(gate.text(said, title="In short"), "lead")]
    if rows:
        table = change_text(gate, [dict(r) for r in rows], _APP_ACTION, "Actions")
        blocks.append(ReportTable(table, _APP_ACTION))
    made = Report("Action plan", (Section("Actions", tuple(blocks)),), subtitle=f"As on {day_words(on)}.")
    return with_provenance(made, on=on, gate=gate)


def _moved(moved: RemeasuredMetric, started: date | None) -> list[ReportBlock]:
    columns = month_columns(moved)
    ax = plot_months(moved, started=started)
    figure = Figure(
        moved.months, svg_bytes(ax), alt=describe_months(moved), caption=f"{moved.name}, by month", columns=columns,
        png=png_bytes(ax),
    )  # fmt: skip
    return [Prose(moved.said, "answer"), figure]


def record_report(record: Record, *, on: date, gate: Gate) -> Report:
    """A filled-in checklist.

    Raises
    ------
    DisclosureError
        A text holds what looks like a personal detail.
    """
    listed = record.listed
    columns = {"item": TableColumn("Item"), "answer": TableColumn("Answer"), "words": TableColumn("In words")}
    columns |= {"role": TableColumn("Answered by"), "day": TableColumn("Day")}
    sections = []
    if record.checklist == "return_tests":
        message = gate.text(return_verdict(record), title="The three tests")
        sections.append(Section("The three tests together", (Prose(message, "answer"),)))
    for part in listed.parts:
        rows = []
        for item in part.items:
            entry = record.entry(item.id)
            words = scales()[item.scale][entry.answer] if entry else "no answer"
            day = day_words(entry.on) if entry and entry.on else ""
            who = role_words(entry.role) if entry else ""
            side = f" ({item.side})" if item.side else ""
            rows.append({"item": f"{item.text}{side}", "answer": words, "role": who, "day": day,
                         "words": entry.words if entry else ""})  # fmt: skip
        about = [TextBlock(part.about)] if part.about else []
        table = ReportTable(change_text(gate, rows, columns, part.title), columns)
        sections.append(Section(part.title, (*about, table)))
    whom = [TextBlock(gate.text(record.about, title="For").text)] if record.about.strip() else []
    opening = Section("What this is", (*whom, TextBlock(listed.about), TextBlock(listed.source, "note")))
    analysts = _for_analysts(listed.items, gate)
    return with_provenance(Report(listed.title, (opening, *sections, analysts)), on=on, gate=gate)


def agreements_report(agreements: Agreements, *, on: date, gate: Gate) -> Report:
    """The formal arrangements of a service.

    Raises
    ------
    DisclosureError
        A text holds what looks like a personal detail.
    """
    columns = {"whom": TableColumn("For"), "request": TableColumn("Request"), "rationale": TableColumn("Reasons")}
    columns |= {
        "decision": TableColumn("Decision"),
        "review": TableColumn("Review"),
        "adjustments": TableColumn("Adjustments"),
    }
    columns |= {"missing": TableColumn("Still missing")}
    rows = [
        {
            "whom": a.whom,
            "request": a.request,
            "rationale": a.rationale,
            "decision": DECISIONS[a.decision] + (f", {day_words(a.decided_on)}" if a.decided_on else ""),
            "review": a.review_words(on),
            "adjustments": ADJUSTMENTS[a.adjustments],
            "missing": "; ".join(a.missing) or "nothing",
        }
        for a in agreements.arrangements
    ]
    blocks: list[ReportBlock] = [Prose(gate.text(agreements.summary(on), title="In short"), "lead")]
    blocks += [ReportTable(change_text(gate, rows, columns, "Arrangements"), columns)] if rows else []
    made = Report("Formal arrangements", (Section("Arrangements", tuple(blocks)),))
    return with_provenance(made, on=on, gate=gate)
