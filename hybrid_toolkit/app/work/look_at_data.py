"""What the pages on data show, worked out in the process that has the data open: views, choices and files."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hybrid_toolkit.app.pages.look import DRAWN_LENSES
from hybrid_toolkit.app.work.likely_moves import keep_view, likely_moves
from hybrid_toolkit.app.work.plan_study import as_values
from hybrid_toolkit.app.work.published import beside_of, block_values
from hybrid_toolkit.assess.checklist import load_checklist

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hybrid_toolkit.app.worker import Bench
    from hybrid_toolkit.report.metric_panel import MetricPanel
    from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
    from hybrid_toolkit.widgets.lenses.lens_view import LensView

Chosen = tuple[tuple[str, str], ...]
"""Field of a filter with the value asked for."""
NONE_CHOSEN = ("", "", "")
"""No published statistics: norms alone may stand beside a measure."""
MEASURES_LENS = "measures"
REVIEW_LENS = "review"
"""The page of the employers' review: the checklist of its four domains, each with its measures."""
_OF_METRICS = ("practice", "wellbeing")
"""Pages that show single measures: what the page of all measures has worked out serves them too."""
MOST_TABLES = 40
_QUICK_FIRST = ("careers", "access", "wellbeing", REVIEW_LENS, "practice", "otherwise")
"""Pages whose first look is worked out ahead, quick ones first: a long step ends it, since a question would wait."""


def look_through(
    bench: Bench, lens: str, chosen: Chosen = (), published: tuple[str, str, str] = NONE_CHOSEN
) -> dict[str, Any]:
    """One page of figures.

    Parameters
    ----------
    bench : Bench
        The open data.
    lens : str
        ``"measures"`` or a key of ``DRAWN_LENSES``.
    chosen : Chosen, optional
        Filters; what the data do not offer is replaced by the first that they do.
    published : tuple[str, str, str], optional
        Published statistics that may stand beside a measure: place, authority and what changes with them.

    Returns
    -------
    dict[str, Any]
        ``text``, ``stamp``, ``panels``, ``notes``, ``missing``, ``choices``, ``state``; ``empty`` with why nothing is
        shown.
    """
    empty, view, choices, state = _found(bench, lens, dict(chosen), published)
    bench.ahead = _ahead(bench, lens, choices, state, published)
    filters = {"choices": {name: dict(offered) for name, offered in choices.items()}, "state": state}
    return {"empty": empty, **filters} if view is None else {**as_values(view), **filters}


def lens_file(
    bench: Bench, lens: str, form: str, chosen: Chosen = (), on: str = "", published: tuple[str, str, str] = NONE_CHOSEN
) -> bytes:
    """A page of figures as a file.

    Parameters
    ----------
    bench : Bench
        The open data.
    lens : str
        As ``look_through``.
    form : str
        ``".docx"``, ``".xlsx"``, ``".html"``, ``".zip"`` or ``".csv"`` (the first table).
    chosen : Chosen, optional
        As ``look_through``.
    on : str, optional
        The day that the file carries, as ISO date.
    published : tuple[str, str, str], optional
        As ``look_through``.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    UsageError
        Another form, or a page that shows nothing.
    """
    from hybrid_toolkit.errors import UsageError
    from hybrid_toolkit.report.documents.tidy_layout import tidy_layout
    from hybrid_toolkit.report.export import ARCHIVE, FORMS, document_bytes
    from hybrid_toolkit.widgets.lenses.lens_files import lens_report

    _, view, _, _ = _found(bench, lens, dict(chosen), published)
    if view is None or not view.panels or form not in (*FORMS, ARCHIVE, ".csv"):
        raise UsageError("there is no such file.", fix="Use the links of the page.", code="APP-FILE")
    if form == ".csv":
        first = view.panels[0]
        return tidy_layout(first.release, measure=first.caption).to_csv().encode("utf-8-sig")
    return document_bytes(lens_report(view, on=date.fromisoformat(on) if on else date.today()), form)


def _ahead(
    bench: Bench, lens: str, choices: dict[str, dict[str, str]], state: dict[str, str], published: tuple[str, str, str]
) -> Iterator[None]:
    """Steps of what may be asked after a page: its filters, then the first look at the other pages.

    Where a ledger remembers what was shown, only what makes views quick is worked out: a view that nobody looked at was
    not shown.
    """
    if lens == MEASURES_LENS and state:
        yield from _metrics(bench, published).ahead(state["metric"])
    if bench.gate.ledger is not None:
        return

    def see(page: str, asked: Mapping[str, str]) -> LensView | None:
        return _found(bench, page, dict(asked), published)[1]

    yield from _steps_of(bench, lens)
    yield from likely_moves(see, lens, choices, state)
    for other in (p for p in _QUICK_FIRST if p != lens):
        yield from _steps_of(bench, other)
        keep_view(see, other, {})
        yield


def _steps_of(bench: Bench, lens: str) -> Iterator[None]:
    """Small steps towards the views of a page, where it has any."""
    if lens == REVIEW_LENS:
        panel = _review_panel(bench)
        for metric in (m for item in load_checklist("employer").items for m in item.metrics):
            panel.value(metric)
            yield
    elif lens in DRAWN_LENSES and hasattr(views := _lens_views(bench, lens), "ahead"):
        yield from views.ahead()


def _lens_views(bench: Bench, lens: str) -> Any:
    """The views of a page, kept; those of single measures share what the page of all measures has worked out."""
    if lens not in bench.kept:
        module, name = DRAWN_LENSES[lens]
        made = getattr(import_module(f"hybrid_toolkit.widgets.{module}"), f"{name}Views")
        key, metrics = bench.kept.get(MEASURES_LENS, (None, None))
        shared = {"metrics": metrics} if lens in _OF_METRICS and key == NONE_CHOSEN else {}
        bench.kept[lens] = made(bench.data, gate=bench.gate, **shared)
    return bench.kept[lens]


def make_ready(bench: Bench) -> None:
    """Import what pages of figures need, open the data, and work out how the measure that comes first can be split.

    Parameters
    ----------
    bench : Bench
        The data; they are opened here.
    """
    for module, _ in DRAWN_LENSES.values():
        import_module(f"hybrid_toolkit.widgets.{module}")
    views = _metrics(bench)
    for metric in list(views.metrics())[:1]:
        views.groups(metric)
    bench.ahead = _ahead(bench, MEASURES_LENS, {}, {}, NONE_CHOSEN)


def first_look(bench: Bench) -> dict[str, Any]:
    """What the data hold and allow, and one measure of them.

    Parameters
    ----------
    bench : Bench
        The open data.

    Returns
    -------
    dict[str, Any]
        ``tables`` (name, rows rounded), ``ready`` and ``all`` (metrics that can be measured), and ``lens``, as
        ``look_through`` gives it.
    """
    import pandas as pd

    from hybrid_toolkit.data.tables.contracts import TABLES
    from hybrid_toolkit.widgets.explorer.first_measure import first_measure

    rows = pd.DataFrame({"table": list(bench.data), "rows": [len(bench.data.table(t)) for t in bench.data]})
    card = bench.gate.facts(rows.head(MOST_TABLES), title="Tables", basis="metadata", counts=["rows"])
    tables = [(TABLES[str(r["table"])].text, _few(r["rows"])) for r in card.content.to_dict("records")]
    wanted = first_measure(_metrics(bench).metrics(), own=bench.own)
    coverage = bench.data.coverage()
    metrics = coverage[coverage["kind"] == "metric"]
    return {
        "tables": tables,
        "ready": int(metrics["status"].eq("ready").sum()),
        "all": len(metrics),
        "lens": look_through(bench, MEASURES_LENS, (("metric", wanted),)) if wanted else {"empty": _NOTHING},
    }


_NOTHING = (
    "No measure can be calculated from these data yet.",
    "Add contacts, monthly hours or survey answers; 'What each file is' lists what was recognised.",
)


def _few(rows: Any) -> str:
    import pandas as pd

    return "few" if pd.isna(rows) else f"{int(rows):,}"


def _found(
    bench: Bench, lens: str, asked: dict[str, str], published: tuple[str, str, str]
) -> tuple[tuple[str, str] | None, LensView | None, dict[str, dict[str, str]], dict[str, str]]:
    """Why there is nothing to show, or the view; with what the data offer and what is chosen."""
    if lens == MEASURES_LENS:
        return _measures(bench, asked, published)
    if lens == REVIEW_LENS:
        from hybrid_toolkit.widgets.parts.state import NOTHING_BESIDE, PUBLISHED_BESIDE, offered_beside

        offered = offered_beside(True)
        beside = asked.get("beside", "") if asked.get("beside", "") in offered else NOTHING_BESIDE
        kept = bench.kept.setdefault(REVIEW_LENS, {})
        key = published if beside == PUBLISHED_BESIDE else None
        if key not in kept:
            kept[key] = _review(bench, key)
        return None, kept[key], {"beside": offered}, {"beside": beside}
    from dataclasses import asdict, fields

    from hybrid_toolkit.errors import StudyError
    from hybrid_toolkit.widgets.lenses.lens_widget import settled

    module, name = DRAWN_LENSES[lens]
    held, views = import_module(f"hybrid_toolkit.widgets.{module}"), _lens_views(bench, lens)
    if (empty := views.empty()) is not None:
        return empty, None, {}, {}
    make = getattr(held, f"{name}State")
    names = {f.name for f in fields(make)}
    state = settled(views, make(**{k: v for k, v in asked.items() if k in names}))
    choices = {k: dict(v) for k, v in views.choices(state).items()}
    try:
        return None, views.view(state), choices, asdict(state)
    except StudyError as error:  # a change beyond what the data cover: the filters stay, for another choice
        return (error.message, error.fix), None, choices, asdict(state)


def _measures(
    bench: Bench, asked: dict[str, str], published: tuple[str, str, str]
) -> tuple[tuple[str, str] | None, LensView | None, dict[str, dict[str, str]], dict[str, str]]:
    from hybrid_toolkit.widgets.lenses.lens_view import LensView, metric_panels
    from hybrid_toolkit.widgets.parts.state import ExplorerState

    views = _metrics(bench, published)
    offered = views.metrics()
    if not offered:
        return _NOTHING, None, {}, {}
    metric = asked.get("metric", "") if asked.get("metric", "") in offered else next(iter(offered))
    choices = {"metric": offered, "group": views.groups(metric), "period": views.periods(metric)}
    choices["beside"] = views.beside(metric)
    state = {"metric": metric}
    for name in ("group", "period", "beside"):
        state[name] = asked[name] if asked.get(name, "") in choices[name] else next(iter(choices[name]))
    view = views.view(ExplorerState(state["metric"], state["group"], state["period"], state["beside"]))
    shown = LensView(view.title, view.text, metric_panels(view, distribution=True), view.said, headline=view.headline)
    return None, shown, choices, state


def _review(bench: Bench, published: tuple[str, str, str] | None) -> LensView:
    """The four domains of the employers' review, each with its measures over everyone; published figures if asked."""
    from hybrid_toolkit.disclosure.release import require_release
    from hybrid_toolkit.errors import plural
    from hybrid_toolkit.report.metric_panel import MEASURE_COLUMNS, side_rows
    from hybrid_toolkit.widgets.lenses.lens_view import FigurePanel, LensView, notes_release

    held, listed = _review_panel(bench), load_checklist("employer")
    held.set_beside(None if published is None else beside_of(bench, published))
    panels, missing, told = [], [], list[str]()
    heads = ["Measure", "Value", "95% confidence interval", "Unit", "Number"]
    for done, item in enumerate(listed.items):
        bench.progress(done, len(listed.items), "Measuring")
        name, _, about = item.text.partition(": ")
        side = held.of(item.metrics, title=name)
        missing += [f"{name}: {words}" for words in (side.absent_words, item.note) if words]
        if side.table is not None:
            panels.append(
                FigurePanel(name, side.table, None, heads, side_rows(side.table), 1, f"{about[:1].upper()}{about[1:]}.",
                            columns=MEASURE_COLUMNS)
            )  # fmt: skip
        for block in side.published:
            shown_as = block_values(block)
            panels.append(FigurePanel(block.caption, block.release, None, shown_as["heads"], shown_as["rows"], 4,
                                      columns=block.columns))  # fmt: skip
        told += [] if side.notes is None else list(require_release(side.notes).content["note"])
    shown = sum(len(p.rows) for p in panels if p.release.basis != "published")
    notes = [listed.about, "Each figure is a level: it does not show what an arrangement changed.", *told]
    said = notes_release(bench.gate, notes, title=listed.title, source=bench.data)
    text = f"{plural(shown, 'measure')} in {len(panels)} of {len(listed.items)} domains can be looked at side by side."
    return LensView(listed.title, text, tuple(panels), said, tuple(missing))


def _review_panel(bench: Bench) -> MetricPanel:
    """What measures the review's metrics, each once, whatever stands beside them."""
    from hybrid_toolkit.report.metric_panel import MetricPanel

    if "review panel" not in bench.kept:
        bench.kept["review panel"] = MetricPanel(bench.data, gate=bench.gate)
    panel: MetricPanel = bench.kept["review panel"]
    return panel


def _metrics(bench: Bench, published: tuple[str, str, str] = NONE_CHOSEN) -> MetricViews:
    """The views of the open data, kept until other published statistics may stand beside them."""
    from hybrid_toolkit.widgets.explorer.metric_view import MetricViews

    key, held = bench.kept.get(MEASURES_LENS, (None, None))
    if key != published:
        held = MetricViews(bench.data, gate=bench.gate, published=beside_of(bench, published))
        bench.kept[MEASURES_LENS] = (published, held)
    views: MetricViews = held
    return views
