"""Look at our data: published statistics of other places, kept with the work, to set beside the service's own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from hybrid_toolkit.app.registry import Page
from hybrid_toolkit.app.uploads import is_gone
from hybrid_toolkit.app.visit import Answered, GoTo, PageView, Visit
from hybrid_toolkit.errors import HybridToolkitError, UsageError

PUBLISHED_FILE = "published"
"""The saved file of a workspace that says which published statistics stand beside its data: ``path`` and ``area``."""
KEPT_FILES = "published-files"
"""Folder of the workspace with the files that were sent: they hold areas and no people, and stay with the work."""
_READ = "hybrid_toolkit.app.work.published:read_published"


def published_of(visit: Visit) -> tuple[str, str, str]:
    """What the pages of figures hand to the process that works for them: place, authority, and what changes with them.

    Parameters
    ----------
    visit : Visit
        The visit.

    Returns
    -------
    tuple[str, str, str]
        All empty where no published statistics were chosen.
    """
    held = visit.workspace.read(PUBLISHED_FILE).content if visit.workspace is not None else {}
    path = "" if held.get("closed") else str(held.get("path", ""))
    return (path, str(held.get("area", "")), _stamp(path)) if path and not is_gone(path) else ("", "", "")


def _stamp(path: str) -> str:
    """What changes when a file does."""
    place = Path(path).expanduser()
    files = [place] if place.is_file() else sorted(place.iterdir()) if place.is_dir() else []
    return " ".join(f"{f.stat().st_mtime_ns}-{f.stat().st_size}" for f in files if f.is_file())


def _show(visit: Visit) -> Answered:
    if visit.sent:
        return _take(visit)
    path, area, stamp = published_of(visit)
    found: dict[str, Any] | None = None
    errors: dict[str, str] = {}
    if path:
        try:
            found = visit.work(_READ, path=path, stamp=stamp)
        except HybridToolkitError as error:
            errors["path"] = f"{error.message} {error.fix}"
            _forget(visit)
        else:
            _keep_copies(visit, path)
    held = visit.saved_in.read(PUBLISHED_FILE).content
    closed = bool(held.get("closed")) and not is_gone(str(held["path"]))
    values = {"found": found, "path": path, "area": area, "errors": errors, "closed": closed}
    return PageView("data_published.html.j2", values, status=422 if errors else 200)


def _take(visit: Visit) -> Answered:
    what = visit.form.word("what")
    if what == "open":
        visit.saved_in.change(PUBLISHED_FILE, lambda h: {**h, "closed": False}, "opened published files again")
        return GoTo("/data/published")
    if what == "close":  # files that were sent stay with the work, so that there is a way back
        visit.saved_in.change(PUBLISHED_FILE, lambda h: {**h, "closed": True}, "closed published files")
        return GoTo("/data/published", "Published statistics are no longer set beside your measures.")
    if what == "area":
        area = visit.form.word("area")
        visit.saved_in.change(PUBLISHED_FILE, lambda h: {**h, "area": area}, "named the authority")
        return GoTo("/data/published", "Saved.")
    try:
        path = _place(visit)
    except HybridToolkitError as error:
        told = {"found": None, "path": "", "area": "", "errors": {"path": f"{error.message} {error.fix}"}}
        return PageView("data_published.html.j2", told, status=422)
    visit.saved_in.change(PUBLISHED_FILE, lambda h: {**h, "path": path, "closed": False}, "chose published statistics")
    return GoTo("/data/published")


def _place(visit: Visit) -> str:
    if visit.files:
        assert visit.session is not None
        return visit.session.uploads.keep([(one.name, one.content) for sent in visit.files.values() for one in sent])
    path = visit.form.word("path")
    if not path or not Path(path).expanduser().exists():
        raise UsageError(
            "There is no file or folder at that place." if path else "No place is named.",
            fix="Enter a folder or file of this computer, or choose a file.",
            code="PATH-NONE",
        )
    return path


def _copies(visit: Visit) -> Path:
    return visit.saved_in.folder / KEPT_FILES


def _keep_copies(visit: Visit, path: str) -> None:
    """Files that were sent, once they are read and hold no people, move from the private folder to the work's own."""
    if visit.session is None or visit.session.uploads.folder not in Path(path).parents:
        return
    kept = _copies(visit)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(path, kept)
    visit.saved_in.change(PUBLISHED_FILE, lambda h: {**h, "path": str(kept)}, "kept published statistics")
    shutil.rmtree(path, ignore_errors=True)


def _forget(visit: Visit) -> None:
    path = str(visit.saved_in.read(PUBLISHED_FILE).content.get("path", ""))
    mine = visit.session is not None and visit.session.uploads.folder in Path(path).parents
    if path and (mine or Path(path) == _copies(visit)):
        shutil.rmtree(path, ignore_errors=True)
    visit.saved_in.change(
        PUBLISHED_FILE, lambda h: {k: v for k, v in h.items() if k != "path"}, "closed published files"
    )


ALL = (
    Page("/data/published", "Published figures", "Official statistics to set beside your own measures.", "data", _show,
         saves=True),
)  # fmt: skip
