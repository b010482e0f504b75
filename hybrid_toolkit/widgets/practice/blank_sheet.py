"""Blank sheets for a conversation: printed, never typed into, saved, scored or counted."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import ClassVar

import ipywidgets

from hybrid_toolkit.assess.checklist import load_checklist
from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.widgets.parts.downloads import Download
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.widget_style import ROOT, style_html

_PRINT = """
body { font: 12pt/1.5 Arial, sans-serif; color: #1a1a1a; max-width: 46rem; margin: 1rem auto; padding: 0 1rem; }
h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-bottom: 0; }
p.why { border-left: 4px solid #005a9c; padding: 4px 12px; }
.line { border-bottom: 1px solid #767676; height: 2.1em; }
li { margin: 4px 0; } section, li { break-inside: avoid; }
@media print { @page { size: A4; margin: 18mm; } }
"""


class BlankAid(ipywidgets.VBox):  # type: ignore[misc]
    """A blank sheet to print. It has no state, nothing to fill in on screen, and cannot be saved with content.

    Attributes
    ----------
    CHECKLIST : id of the checklist that it prints. LINES : blank lines to write on under each item.
    """

    CHECKLIST: ClassVar[str]
    LINES: ClassVar[int] = 0

    def __init__(self) -> None:
        listed = load_checklist(self.CHECKLIST)
        link = Download(f"{self.CHECKLIST}-blank.html", self.page().encode("utf-8"), "The blank sheet, to print").link
        shown = f"{notice_html(listed.why)}<p>{link}</p>{self._body()}"
        super().__init__([ipywidgets.HTML(style_html()), ipywidgets.HTML(shown)])
        self.add_class(ROOT)
        self.add_class(f"hte-{type(self).__name__}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def page(self) -> str:
        """The blank sheet as one HTML page that needs nothing else and holds no field to fill in.

        Returns
        -------
        str
            The blank sheet as one HTML page that needs nothing else and holds no field to fill in.
        """
        listed = load_checklist(self.CHECKLIST)
        return (
            '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(listed.title)}</title><style>{_PRINT}</style></head><body><main>"
            f'<h1>{escape(listed.title)}</h1>{self._body()}<p class="why">{escape(listed.why)}</p></main></body></html>'
        )

    def write_blank(self, path: str | Path) -> Path:
        """Write the blank sheet, whole or not at all.

        Parameters
        ----------
        path : str | Path
            The file.

        Returns
        -------
        Path
            The file that was written.

        Raises
        ------
        OutputError
            The place cannot be written.
        """
        return atomic_write_text(path, self.page())

    def _body(self) -> str:
        listed = load_checklist(self.CHECKLIST)
        line = '<div class="line" aria-hidden="true"></div>'
        parts = []
        for part in listed.parts:
            about = f"<p>{escape(part.about)}</p>" if part.about else ""
            items = "".join(f"<li>{escape(i.text)}{line * self.LINES}</li>" for i in part.items)
            parts.append(f"<section><h2>{escape(part.title)}</h2>{about}<ul>{items}</ul></section>")
        return f"<p>{escape(listed.about)}</p>{''.join(parts)}<p><small>{escape(listed.source)}</small></p>"
