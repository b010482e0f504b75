"""A report as one HTML file that needs nothing else and prints with its stamp on every page."""

from __future__ import annotations

import json
from pathlib import Path

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.report.documents.blocks import Report
from hybrid_toolkit.report.documents.html import render_html

_END = "</head>"


def write_page(report: Report, path: str | Path) -> Path:
    """Write a report as ``.html``, whole or not at all.

    Raises
    ------
    OutputError
        The place cannot be written.
    DisclosureError
        Something in the report is not a release, or was changed after the gate.
    """
    return atomic_write_text(path, page_html(report))


def page_html(report: Report) -> str:
    """The page; on paper the stamp stands at the top of every sheet and the number of the page at its foot.

    Raises
    ------
    DisclosureError
        As ``write_page``.

    Examples
    --------
    >>> page = page_html(Report("Plan", (), stamp="SYNTHETIC"))
    >>> page.count('@top-center { content: "SYNTHETIC"'), "://" in page
    (1, False)
    """
    return render_html(report).replace(_END, f"<style>\n{_sheets(report)}\n</style>\n{_END}", 1)


def _sheets(report: Report) -> str:
    words = json.dumps(report.stamp).replace("<", "\\3c ")
    stamp = f"@top-center {{ content: {words}; font: 700 8pt sans-serif; }} " if report.stamp else ""
    foot = "@bottom-center { content: counter(page) ' / ' counter(pages); font: 8pt sans-serif; }"
    figures = "figure { break-inside: auto; } figure img { break-inside: avoid; break-after: avoid; }"
    return f"@media print {{ @page {{ {stamp}{foot} }} {figures} }}"
