"""The lens on wellbeing: scales of the survey, the traffic light of statements, time and strain conflict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from hybrid_toolkit.assess.actions import answering_actions
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.metrics.constructs.wellbeing import survey_instrument
from hybrid_toolkit.metrics.instruments import load_instrument
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.lenses.lens_headlines import furthest_say
from hybrid_toolkit.widgets.lenses.lens_view import (
    FigurePanel,
    LensView,
    metric_panels,
    notes_release,
    span_of,
    span_text,
    three_of,
)
from hybrid_toolkit.widgets.lenses.lens_widget import view_state
from hybrid_toolkit.widgets.parts.sitting_gate import sitting_gate
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS, DataReference, ExplorerState
from hybrid_toolkit.widgets.parts.svg import DrawnInterval, interval_rows_svg
from hybrid_toolkit.widgets.parts.svg_curves import SharePart, shares_svg

_CODES = ("MD1", "MD2", "MD3", "MD4", "MD5", "MD6", "MD7", "MD8", "MD10")
"""Codes of the measurement specification whose metrics are scales of wellbeing and strain."""
CONFLICT = ("wfc_time_wif", "wfc_strain_wif", "wfc_time_fiw", "wfc_strain_fiw")
SWORD = "sword_remote"
LIGHTS = (("green", 5, 6), ("amber", 3, 4), ("red", 1, 2))
"""The owner's bands of an answer from 1 to 6."""
RED_SHARE = 0.1
"""From this share of red answers on the actions that answer a statement are named; a judgement, one answer in ten."""
BETTER = {"higher": "higher is better", "lower": "lower is better", "none": "neither is better"}


@dataclass(frozen=True, slots=True)
class WellbeingState:
    """Which scale, split by what.

    Parameters
    ----------
    scale : str, optional
        Metric id; empty for the first that the data open.
    group : str, optional
        What splits it, or ``"all"``.
    beside : str, optional
        ``"published"`` where published figures stand beside it, or ``"none"``.
    """

    scale: str = ""
    group: str = ""
    beside: str = ""


class WellbeingViews:
    """Views of wellbeing: slices of the explorer's tables (``metrics`` may share them), and the statements."""

    def __init__(self, data: EvaluationData, *, gate: Gate | None = None, metrics: MetricViews | None = None) -> None:
        self.data = data
        self._gate = sitting_gate(data, gate)
        self._metrics = metrics or MetricViews(data, gate=self._gate)
        self._made: dict[WellbeingState, LensView] = {}

    @cached_property
    def reference(self) -> DataReference:
        """How code gets these data again."""
        return self._metrics.reference

    @cached_property
    def _open(self) -> dict[str, str]:
        held = self._metrics.metrics()
        found = [m for m in held if REGISTRY[m].code in _CODES]
        first = [m for m in ("swemwbs", "who5", "ons4_satisfied") if m in found]
        return {m: held[m] for m in [*first, *(m for m in found if m not in first)]}

    def empty(self) -> tuple[str, str] | None:
        """Why there is nothing to show, or None."""
        if self._open:
            return None
        return (
            "There is no answer to a scale of wellbeing and no record of strain.",
            "Add table 'survey' (worker_id, wave, instrument, item, value), or 'worker_month' with unpaid_h.",
        )

    def ahead(self) -> Iterator[None]:
        """Work out in small steps what the first look needs; each view then has its answer sooner."""
        for metric in self._open:
            self._metrics.view(ExplorerState(metric))
            yield

    def choices(self, state: WellbeingState) -> Mapping[str, Mapping[str, str]]:
        """What the data offer."""
        groups = self._metrics.groups(state.scale) if state.scale in self._open else {}
        beside = self._metrics.beside(state.scale) if state.scale in self._open else {}
        return {"scale": self._open, "group": groups, "beside": beside}

    def view(self, state: WellbeingState) -> LensView:
        """The view of one state."""
        if state not in self._made:
            self._made[state] = self._make(state)
        return self._made[state]

    def _make(self, state: WellbeingState) -> LensView:
        chosen = self._metrics.view(ExplorerState(state.scale, state.group, beside=state.beside))
        panels, missing = list(metric_panels(chosen, distribution=True)), []
        for found, what in (
            (self._lights, "No answers to the statements on remote working (instrument sword_remote): no traffic "
                           "light. Ask them in your own survey; the wording belongs to its owner."),
            (self._conflict, "No answers on time and strain conflict (instrument carlson_wfc)."),
            (self._overview, ""),
        ):  # fmt: skip
            if found is not None:
                panels.append(found)
            elif what:
                missing.append(what)
        notes = [*chosen.notes, "Scales describe groups. No one's answers are scored, ranked or followed."]
        said = notes_release(self._gate, notes, title="Wellbeing", source=self.data)
        return LensView("Wellbeing", chosen.text, tuple(panels), said, tuple(missing))

    @cached_property
    def _lights(self) -> FigurePanel | None:
        """How many answers to each statement are green, amber and red."""
        if not self.data.has("survey", "worker_id", "instrument", "item", "value"):
            return None
        if SWORD not in set(self.data.table("survey")["instrument"].dropna().unique()):
            return None
        answers = survey_instrument(self.data, SWORD).answers
        words = {i.id: i.paraphrase or i.id for i in load_instrument(SWORD).items}
        found = []
        for item in (i for i in words if i in answers):
            for name, low, high in LIGHTS:
                inside = answers[item].between(low, high)
                found.append((words[item], name, int(inside.sum()), answers.loc[inside, "worker_id"].nunique()))
        frame = pd.DataFrame(found, columns=["statement", "light", "n", "people"])
        release = self._gate.table(frame, title="Statements on remote working", dims=["statement", "light"],
                                   people="people", totals=False, source=self.data)  # fmt: skip
        order = [words[i] for i in words if i in answers]
        shares = _light_shares(release)
        rows = [[s, *(f"{p.share:.0%}" for p in shares[s])] if shares[s] else [s, *["hidden"] * 3] for s in order]
        ids = {w: i for i, w in words.items()}
        rows = [[*row, _actions_for(ids[s], shares[s])] for s, row in zip(order, rows, strict=True)]
        heads = ["Statement (paraphrased)", "Green (5-6)", "Amber (3-4)", "Red (1-2)", "Actions that answer it"]
        note = (
            "That the bands apply to these statements is assumed. A statement with a small band is hidden whole. "
            f"Actions stand where {RED_SHARE:.0%} or more of the answers are red: choose with those whom they concern."
        )
        caption = "Statements on remote working: green, amber, red"
        named = {"green": "Green (5 to 6)", "amber": "Amber (3 to 4)", "red": "Red (1 to 2)"}
        columns = {
            "statement": TableColumn("Statement (paraphrased)", words={s: s for s in order}),
            "light": TableColumn("Answers", words=named),
            "n": TableColumn("Number of answers", "count"),
            "people": TableColumn("Workers", "count"),
        }
        return FigurePanel(caption, release, partial(_draw_lights, tuple(order)), heads, rows, note=note,
                           says=_lights_say(shares), columns=columns)  # fmt: skip

    @cached_property
    def _conflict(self) -> FigurePanel | None:
        """Time and strain conflict, of everyone."""
        ids = [m for m in CONFLICT if m in self._open]
        return self._beside(ids, "Conflict of work and family: time and strain", scaled=False) if ids else None

    @cached_property
    def _overview(self) -> FigurePanel | None:
        """Every scale of everyone, as a share of its own range."""
        bounded = [m for m in self._open if REGISTRY[m].high is not None]
        return self._beside(bounded, "Every scale, on its own range", scaled=True) if len(bounded) > 1 else None

    def _beside(self, ids: Sequence[str], caption: str, *, scaled: bool) -> FigurePanel:
        """Several scales of everyone in one release."""
        found = []
        views = {m: self._metrics.view(ExplorerState(m)) for m in ids}
        for m in ids:
            cell = views[m].cells[0]
            spec = REGISTRY[m]
            found.append((_short(spec.name), BETTER[spec.direction], spec.low, spec.high, 0 if cell.hidden else cell.n,
                          cell.estimate, cell.low, cell.high))  # fmt: skip
        names = ["scale", "direction", "from", "to", "n", "estimate", "conf_low", "conf_high"]
        frame = pd.DataFrame(found, columns=names)
        frame["range"] = [f"{low:g} to {high:g}" for low, high in zip(frame["from"], frame["to"], strict=True)]
        release = self._gate.figure_data(
            frame, title=caption, dims=["scale", "direction", "range"], values=["estimate", "conf_low", "conf_high"],
            derived_from=[v.estimates for v in views.values()], source=self.data,
        )  # fmt: skip
        rows = [[r["scale"], r["range"], r["direction"], span_of(r)] for r in release.content.to_dict("records")]
        heads = ["Scale", "Range", "Direction", "Mean (interval)"]
        if scaled:
            says = "Where the mean of each scale lies between its lowest and its highest score."
        else:
            says = furthest_say([(str(r["scale"]), *three_of(r)) for r in release.content.to_dict("records")])
        columns = {
            **{c: TableColumn(c.capitalize()) for c in ("scale", "range", "direction")},
            "estimate": TableColumn("Mean (95% confidence interval)", "interval"),
            "n": TableColumn("Answers", "count"),
        }
        return FigurePanel(caption, release, partial(_draw_scales, caption, scaled), heads, rows, words=3, says=says,
                           columns=columns)  # fmt: skip


def view_wellbeing(
    data: EvaluationData, *, scale: str = "", group: str = "", beside: str = "", gate: Gate | None = None
) -> LensView:
    """The lens on wellbeing without a widget: the same numbers through the same gate.

    Parameters
    ----------
    scale : str, optional
        Metric id; the first that the data open where it is empty.
    group : str, optional
        What splits it, or ``"all"``.
    beside : str, optional
        ``"published"`` for published figures beside it.

    Raises
    ------
    UsageError
        These data offer no such scale or group, or open nothing.
    """
    return view_state(WellbeingViews(data, gate=gate), WellbeingState(scale, group or ALL_LEVELS, beside))


def _short(name: str) -> str:
    """The scale's own name, after its instrument's."""
    return name.rsplit(": ", 1)[-1]


def _light_shares(release: Release) -> dict[str, tuple[SharePart, ...]]:
    """Statement -> its parts; none where one of them is hidden."""
    out: dict[str, tuple[SharePart, ...]] = {}
    for statement, rows in release.content.groupby("statement", sort=False):
        n = dict(zip(rows["light"], rows["n"], strict=True))
        if rows["suppressed"].any():
            out[str(statement)] = ()
            continue
        total = float(sum(n.values()))
        out[str(statement)] = tuple(SharePart(name, float(n[name]) / total) for name, _, _ in LIGHTS)
    return out


def _actions_for(statement: str, parts: Sequence[SharePart]) -> str:
    """The actions that answer a statement, where enough of its answers are red; nothing where a part is hidden."""
    red = next((p.share for p in parts if p.label == "red"), 0.0)
    if red < RED_SHARE:
        return ""
    return "; ".join(f"{a.text} ({', '.join(a.levels)})" for a in answering_actions(statement))


def _lights_say(shares: Mapping[str, Sequence[SharePart]]) -> str:
    """Which statements have most and least red answers."""
    red = {s: p.share for s, parts in shares.items() for p in parts if p.label == "red"}
    if not red:
        return "Every statement is hidden to protect people."
    most, least = max(red, key=red.__getitem__), min(red, key=red.__getitem__)
    return f"Red answers are most frequent on ‘{most}’ ({red[most]:.0%}) and least on ‘{least}’ ({red[least]:.0%})."


def _draw_lights(order: tuple[str, ...], release: Release) -> str:
    shares = _light_shares(release)
    rows = [(s, shares[s]) for s in order]
    said = "; ".join(f"{s}: {', '.join(f'{p.label} {p.share:.0%}' for p in parts) or 'hidden'}" for s, parts in rows)
    return shares_svg(rows, title="Statements on remote working", description=said)


def _draw_scales(caption: str, scaled: bool, release: Release) -> str:
    rows = []
    for r in release.content.to_dict("records"):
        low, high = (float(x) for x in str(r["range"]).split(" to "))
        numbers = [(v - low) / (high - low) * 100 for v in three_of(r)] if scaled else list(three_of(r))
        rows.append(DrawnInterval(str(r["scale"]), numbers[0], numbers[1], numbers[2], hidden=bool(r["suppressed"])))
    said = "; ".join(f"{r.label}: {span_text(r.estimate, r.low, r.high, r.hidden)}" for r in rows)
    axis = "% of the scale's own range; which way is better stands in the table" if scaled else "score"
    return interval_rows_svg(rows, title=caption, description=said, axis=axis)
