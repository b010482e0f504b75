"""Files that a widget offers: a link that holds the whole file, so that nothing is written on a server."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePath

TYPES = {
    ".csv": "text/csv",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".html": "text/html",
    ".toml": "application/toml",
    ".txt": "text/plain",
    ".zip": "application/zip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Download:
    """One file to take away: its name with its ending, its bytes, and what it holds in words."""

    name: str
    content: bytes
    label: str

    @property
    def link(self) -> str:
        """A link that holds the file."""
        kind = TYPES.get(PurePath(self.name).suffix, "application/octet-stream")
        size = f"{max(1, round(len(self.content) / 1000)):,} kB"
        return (
            f'<a class="hte-download" download="{escape(self.name)}" '
            f'href="data:{kind};base64,{b64encode(self.content).decode("ascii")}">{escape(self.label)}</a> ({size})'
        )


def downloads_html(files: Sequence[Download]) -> str:
    """The links as a list; nothing where there are none.

    Examples
    --------
    >>> downloads_html([Download("a.csv", b"x", "Table (CSV)")])[:74]
    '<ul class="hte-downloads" aria-label="Downloads"><li><a class="hte-downloa'
    """
    items = "".join(f"<li>{f.link}</li>" for f in files)
    return f'<ul class="hte-downloads" aria-label="Downloads">{items}</ul>' if files else ""
