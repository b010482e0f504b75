"""The files that a lens offers: each panel as SVG, PNG and CSV, with its stamp and provenance, and the record."""

from __future__ import annotations

import re
from datetime import date
from html import escape

from hybrid_toolkit.data.safe_csv import csv_text
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import disclosure_record
from hybrid_toolkit.report.documents.blocks import (
    Bullets,
    Figure,
    Prose,
    Report,
    ReportBlock,
    ReportTable,
    Section,
    TextBlock,
)
from hybrid_toolkit.report.documents.tidy_layout import Place, tidy_layout
from hybrid_toolkit.report.export import as_report, document_bytes
from hybrid_toolkit.widgets.lenses.lens_view import FigurePanel, LensView
from hybrid_toolkit.widgets.parts.downloads import Download
from hybrid_toolkit.widgets.parts.svg import FONT
from hybrid_toolkit.widgets.parts.svg_png import svg_to_png


def lens_files(view: LensView, name: str, *, place: Place | None = None, on: date | None = None) -> list[Download]:
    """Everything that is shown, to take away.

    Parameters
    ----------
    view : LensView
        What is shown.
    name : str
        The widget's name, the start of each file's name.
    place : Place | None, optional
        When and where, for the tidy CSV.
    on : date | None, optional
        The day that documents carry; today where it is left out.
    """
    files: list[Download] = []
    for number, panel in enumerate(view.panels, start=1):
        stem = f"{_slug(name)}-{number}-{_slug(panel.caption)}"
        files += panel_files(panel, stem, place)
    documents = zip((".docx", ".xlsx", ".html"), ("Word", "Excel", "one HTML file"), strict=True)
    report = lens_report(view, on=date.today() if on is None else on)
    files += [Download(f"{_slug(name)}{form}", document_bytes(report, form), f"Everything ({said})") for form, said in
              documents]  # fmt: skip
    record = csv_text(disclosure_record(view.releases))
    return [*files, Download(f"{_slug(name)}-disclosure-record.csv", record.encode(), "Disclosure record (CSV)")]


def lens_report(view: LensView, *, on: date) -> Report:
    """Everything that is shown as a report, with its record and its origin."""
    gate = Gate()
    source = view.panels[0].release if view.panels else None
    answer = Prose(gate.text(view.text, title="In short", source=source), "lead")
    sections = [Section("In short", (answer,))]
    for panel in view.panels:
        sections.append(Section(panel.caption, _blocks(panel, view.text, gate)))
    if view.missing:
        sections.append(Section("What is not here", (Bullets(tuple(map(TextBlock, view.missing))),)))
    if view.said is not None:
        sections.append(Section("What to keep in mind", (Bullets(tuple(map(TextBlock, view.notes))),)))
    return as_report(Report(view.title, tuple(sections)), on=on, gate=gate)


def _blocks(panel: FigurePanel, answer: str, gate: Gate) -> tuple[ReportBlock, ...]:
    """A panel's figure or table, with the sentence under it."""
    blocks: list[ReportBlock] = []
    if panel.drawing:
        alt = f"{panel.caption}. {panel.says or answer}"
        png = svg_to_png(panel.drawing)
        blocks.append(Figure(panel.release, panel.drawing.encode(), alt=alt, caption=panel.caption,
                             columns=panel.columns, png=png, says=panel.says))  # fmt: skip
    else:
        blocks.append(ReportTable(panel.release, panel.columns, caption=panel.caption))
    if panel.note and panel.note != panel.release.stamp:
        blocks.append(Prose(gate.text(panel.note, title=panel.caption, source=panel.release), "note"))
    return tuple(blocks)


def panel_files(panel: FigurePanel, stem: str, place: Place | None = None) -> list[Download]:
    """One panel as SVG, PNG and tidy CSV."""
    said, made = provenance(panel), []
    if panel.drawing:
        made.append(Download(f"{stem}.svg", with_footer(panel.drawing, said).encode(), f"{panel.caption} (SVG)"))
        made.append(Download(f"{stem}.png", svg_to_png(panel.drawing, footer=said), f"{panel.caption} (PNG)"))
    layout = tidy_layout(panel.release, place=place, measure=panel.caption)
    made.append(Download(f"{stem}.csv", layout.to_csv().encode("utf-8-sig"), f"{panel.caption} (CSV, DfE tidy)"))
    return [*made, Download(f"{stem}.meta.csv", layout.meta_csv().encode("utf-8-sig"), "its columns (CSV)")]


def provenance(panel: FigurePanel) -> str:
    """The stamp of simulated data, and which release of which data under which policy this is."""
    r = panel.release
    parts = [r.stamp, r.id, f"data {r.data_hash[:12]}" if r.data_hash else "", f"policy {r.policy_hash[:12]}"]
    return " · ".join(p for p in parts if p)


def with_footer(svg: str, words: str) -> str:
    """The figure with one line more below it."""
    found = re.search(r'viewBox="0 0 (\d+) (\d+)" width="\d+" height="\d+"', svg)
    if found is None:
        return svg
    width, height = int(found[1]), int(found[2])
    size = min(FONT, 1.7 * width / max(1, len(words)))
    said = f'<text x="4" y="{height + 12}" font-size="{size:.1f}">{escape(words)}</text>'
    box = f'viewBox="0 0 {width} {height + 18}" width="{width}" height="{height + 18}"'
    return svg.replace(found[0], box).replace("</svg>", f"{said}</svg>")


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", words).lower()).strip("-")[:60]
