"""Your work: the folder it is saved in, one file to take away or to bring back, older copies."""

from __future__ import annotations

from pathlib import Path

from hybrid_toolkit.app.registry import Page
from hybrid_toolkit.app.visit import Answered, GoTo, PageView, Visit
from hybrid_toolkit.errors import HybridToolkitError


def _suggested() -> str:
    return str(Path.home() / "Hybrid working")


def _safe(path: str) -> str:
    """A page of this app to go on to, and nothing else."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/work"


def _show(visit: Visit) -> Answered:
    assert visit.session is not None
    then = _safe(visit.query.word("then") or "/work")
    if not visit.sent:
        folder = str(visit.workspace.folder) if visit.workspace is not None else ""
        return PageView("work.html.j2", {"folder": folder or _suggested(), "then": then, "errors": {}})
    named = visit.form.word("folder")
    errors = {}
    if not named:
        errors["folder"] = "Enter a folder, for example on a drive that is backed up."
    elif not Path(named).expanduser().is_absolute():
        errors["folder"] = "Enter the whole path of the folder, from the drive or the root on."
    else:
        try:
            visit.session.choose(named)
        except HybridToolkitError as error:
            errors["folder"] = f"{error.message} {error.fix}"
    if errors:
        return PageView("work.html.j2", {"folder": named, "then": then, "errors": errors}, status=422)
    return GoTo(then, "From now on your work is saved in this folder.")


ALL = (Page("/work", "Your work", "Choose where your work is saved, or open another folder.", "work", _show),)
