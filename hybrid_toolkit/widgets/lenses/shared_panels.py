"""Panels that several lenses share: estimates with their intervals, and concentration curves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.metrics.inequality.inequality import Inequality
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.report.plots.readable_units import readable_unit
from hybrid_toolkit.report.published_reference import release_published
from hybrid_toolkit.widgets.lenses.lens_headlines import furthest_say
from hybrid_toolkit.widgets.lenses.lens_view import FigurePanel, count_of, published_table, span_of, three_of
from hybrid_toolkit.widgets.parts.state import PUBLISHED_BESIDE
from hybrid_toolkit.widgets.parts.svg import DrawnInterval, interval_rows_svg
from hybrid_toolkit.widgets.parts.svg_curves import Curve, curves_svg

_HEADS = {"term": "Comparison", "who": "Workers"}
"""Columns of estimates whose own names say nothing to a reader."""


def interval_panel(
    release: Release, caption: str, *, unit: str, labels: Sequence[str], counted: str, note: str = ""
) -> FigurePanel:
    """Released estimates as rows with their intervals, and the table beside them.

    Parameters
    ----------
    release : Release
        Content with ``estimate``, ``conf_low``, ``conf_high``, the labels and the count ``n``.
    unit : str
        Unit of the estimates.
    labels : Sequence[str]
        Columns whose words name a row.
    counted : str
        What the count counts.
    """
    rows = [[*(_word(r[c]) for c in labels), span_of(r, unit), count_of(r)] for r in release.content.to_dict("records")]
    words = readable_unit(unit).words
    named = [_HEADS.get(c, c.replace("_", " ").capitalize()) for c in labels]
    heads = [*named, f"{_capital(words)} (95% interval)", counted]
    draw = partial(_draw, caption, unit, tuple(labels))
    drawn = [(", ".join(_word(r[c]) if k == 0 else str(r[c]) for k, c in enumerate(labels)), *three_of(r))
             for r in release.content.to_dict("records")]  # fmt: skip
    says = furthest_say([r for r in drawn if r[0] != "Everyone"] or drawn, unit)
    columns = {c: TableColumn(h, "name", words={"all": "Everyone"}) for c, h in zip(labels, heads, strict=False)}
    columns["estimate"] = TableColumn(_in_full(heads[-2]), "interval", unit)
    columns["n"] = TableColumn(_capital(counted), "count")
    return FigurePanel(caption, release, draw, heads, rows, words=len(labels), note=note, says=says, columns=columns)


def published_panels(
    gate: Gate, data: EvaluationData, metric: str, beside: str
) -> tuple[tuple[FigurePanel, ...], tuple[str, ...]]:
    """Published norms of a metric as a panel with their notes, where they are asked for; else nothing.

    Parameters
    ----------
    gate : Gate
        The disclosure gate.
    data : EvaluationData
        The authority's own data; no figure of them is shown here.
    metric : str
        Id of the metric.
    beside : str
        ``"published"`` where they are asked for.
    """
    if beside != PUBLISHED_BESIDE:
        return (), ()
    found = release_published(gate, data, REGISTRY[metric], Beside())
    if found.table is None:
        return (), found.notes
    return (published_table(found.table, REGISTRY[metric].value_unit),), found.notes


def concentration_panel(
    gate: Gate,
    held: pd.DataFrame,
    labels: Sequence[str],
    index: Inequality,
    *,
    title: str,
    x_axis: str,
    y_axis: str,
    counted: str,
    people: int,
    source: object,
) -> FigurePanel:
    """A concentration curve through the ends of bands, with its index.

    Parameters
    ----------
    held : pd.DataFrame
        One row a band, worst off first: ``n`` units, ``held`` what they hold of the outcome, ``people``.
    labels : Sequence[str]
        Words for the bands.
    index : Inequality
        The concentration index over single units.
    people : int
        People behind the index.
    """
    share = pd.DataFrame(
        {
            "band": list(labels),
            "place": np.arange(len(held)),
            "n": held["n"].to_numpy(),
            "people": held["people"].to_numpy(),
            "population_share": (held["n"].cumsum() / held["n"].sum()).to_numpy(),
            "outcome_share": (held["held"].cumsum() / held["held"].sum()).to_numpy(),
        }
    )
    release = gate.figure_data(share, title=title, dims=["band", "place"], people="people",
                               values=["population_share", "outcome_share"],
                               cumulative=["population_share", "outcome_share"], source=source)  # fmt: skip
    tidy = index.tidy().assign(n=min(people, index.n), n_clusters=index.n_clusters)
    told = gate.estimates(tidy, title=f"{title}: index", clusters="n_clusters", people="n", source=source).content
    rows = [
        [str(r["band"]), *(("hidden",) * 3 if r["suppressed"] else
         (f"{r['population_share']:.1%}", f"{r['outcome_share']:.1%}", f"{r['n']:,.0f}"))]
        for r in release.content.sort_values("place").to_dict("records")
    ]  # fmt: skip
    said = span_of(told.to_dict("records")[0])
    note = f"{index.index[:1].upper()}{index.index[1:]}: {said}. 0 is an even spread; below 0, the outcome lies with "
    note += "those who come first. It describes a spread; it does not say why."
    draw = partial(_draw_concentration, title, x_axis, y_axis)
    heads = ["Up to and with", "Cumulative share", y_axis[:1].upper() + y_axis[1:], counted]
    order = {str(b): str(b) for b in labels}
    columns = {
        "band": TableColumn(heads[0], "name", words=order),
        "population_share": TableColumn(heads[1], "number", "share"),
        "outcome_share": TableColumn(heads[2], "number", "share"),
        "n": TableColumn(_capital(counted), "count"),
    }
    return FigurePanel(title, release, draw, heads, rows, note=note, columns=columns)


def _in_full(head: str) -> str:
    """The heading of a document, which has more room than a page."""
    return head.replace("(95% interval)", "(95% confidence interval)")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _word(value: object) -> str:
    text = str(value)
    return "Everyone" if text == "all" else text[:1].upper() + text[1:]


def _draw(caption: str, unit: str, labels: tuple[str, ...], release: Release) -> str:
    rows, said, how = [], list[str](), readable_unit(unit)
    for r in release.content.to_dict("records"):
        name = ", ".join(_word(r[c]) if k == 0 else str(r[c]) for k, c in enumerate(labels))
        estimate, low, high = (how.scale * value for value in three_of(r))
        everyone = name == "Everyone"
        rows.append(DrawnInterval(name, estimate, low, high, hidden=bool(r["suppressed"]), total=everyone))
        said.append(f"{name}: {span_of(r, unit)}")
    return interval_rows_svg(rows, title=caption, description="; ".join(said), axis=how.words)


def _draw_concentration(title: str, x_axis: str, y_axis: str, release: Release) -> str:
    rows = release.content.sort_values("place")
    nan = float("nan")
    points = [(0.0, 0.0, nan, nan)]
    if not rows["suppressed"].any():
        points += [(float(p), float(o), nan, nan) for p, o in zip(rows["population_share"], rows["outcome_share"],
                                                                  strict=True)]  # fmt: skip
    curve = Curve("", tuple(points) if len(points) > 1 else ())
    said = "; ".join(f"the first {p[0]:.0%} hold {p[1]:.0%}" for p in points[1:]) or "hidden"
    return curves_svg([curve], title=title, description=f"{said}. The dashed line is an even spread.", x_axis=x_axis,
                      y_axis=y_axis, diagonal=True, columns=1, per_cent="xy")  # fmt: skip
