"""A file that took some time: a page of its own, from which it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from hybrid_toolkit.app.visit import Answered, PageView, SentFile, Visit

FILE_KINDS = {
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "html": ("Web page, for printing", "text/html"),
    "csv": ("CSV, the first table", "text/csv"),
    "zip": ("Everything (ZIP)", "application/zip"),
}
"""Ending of a file -> its name in words, and its media type."""


def file_page(visit: Visit, name: str, content: bytes, *, back: str, asked: Sequence[tuple[str, str]] = ()) -> Answered:
    """The file itself where it is asked for, or else the page that offers it.

    A file that came after a wait would leave the visitor on the page that waits.

    Parameters
    ----------
    visit : Visit
        The visit; ``save`` in its address asks for the file itself.
    name : str
        Name of the file.
    content : bytes
        The file.
    back : str
        Where the visitor came from.
    asked : Sequence[tuple[str, str]], optional
        What else the address holds.

    Returns
    -------
    Answered
        The file or the page.
    """
    kind, media = FILE_KINDS[name.rpartition(".")[2]]
    if visit.query.word("save"):
        return SentFile(name, content, media)
    here = f"{visit.path}?{urlencode([*asked, ('save', '1')])}"
    return PageView("file_ready.html.j2", {"href": here, "back": back, "kind": kind}, title="Your file is ready")
