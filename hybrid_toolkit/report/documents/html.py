"""A report as one HTML page that needs nothing else: style, figures and tables inside."""

from __future__ import annotations

import base64
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from hybrid_toolkit.disclosure import require_release
from hybrid_toolkit.report.documents.blocks import (
    Bullets,
    Figure,
    Prose,
    Report,
    ReportBlock,
    ReportTable,
    TextBlock,
    has_panels_abreast,
)
from hybrid_toolkit.report.documents.tables import make_grid


def render_html(report: Report) -> str:
    """The page, complete: no script, no address elsewhere, nothing but releases and the toolkit's own words.

    Raises
    ------
    DisclosureError
        Something in the report is not a release, or was changed after the gate.

    Examples
    --------
    >>> from hybrid_toolkit.report.documents.blocks import Section
    >>> page = render_html(Report("Title", (Section("One & two", (TextBlock("Hello."),)),)))
    >>> "One &amp; two" in page, "<script" in page
    (True, False)
    """
    environment = Environment(
        loader=PackageLoader("hybrid_toolkit.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for release in report.releases:
        require_release(release)
    front = report.front
    sections = [
        {"id": f"part-{i}", "section": s, "front": s in front, "blocks": [_show(b) for b in s.blocks]}
        for i, s in enumerate(report.sections, start=1)
    ]
    return environment.get_template("report.html.j2").render(report=report, sections=sections)


def _show(block: ReportBlock) -> dict[str, Any]:
    """What the template needs of a block."""
    if isinstance(block, TextBlock):
        return {"kind": "words", "text": block.text, "tone": block.tone}
    if isinstance(block, Prose):
        return {"kind": "words", "text": block.text, "tone": block.tone}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": [_show(item)["text"] for item in block.items]}
    grid = make_grid(block.release, columns=block.columns, caption=block.caption)
    if isinstance(block, ReportTable):
        return {"kind": "table", "grid": grid, "folded": block.folded}
    assert isinstance(block, Figure)
    return {
        "kind": "figure",
        "grid": grid,
        "source": "data:image/svg+xml;base64," + base64.b64encode(block.svg).decode("ascii"),
        "alt": block.alt,
        "caption": block.caption or block.release.title,
        "says": block.says,
        "wide": has_panels_abreast(block.svg),
    }
