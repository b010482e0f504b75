"""Your work: the folder it is saved in, one file to take away or to bring back, older copies."""

from __future__ import annotations

from pathlib import Path

from hybrid_toolkit.app.registry import Page
from hybrid_toolkit.app.visit import Answered, GoTo, PageView, SentFile, Visit
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
    if visit.form.word("what") == "open":
        return _open_file(visit)
    if visit.form.word("what") == "copy":
        return _copy(visit)
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


def _values(visit: Visit, errors: dict[str, str]) -> PageView:
    folder = str(visit.workspace.folder) if visit.workspace is not None else _suggested()
    return PageView("work.html.j2", {"folder": folder, "then": "/work", "errors": errors}, status=422)


def _open_file(visit: Visit) -> Answered:
    files = visit.files.get("file", ())
    if not files:
        return _values(visit, {"file": "Choose the file to open."})
    try:
        count = visit.saved_in.take_whole(files[0].content)
    except HybridToolkitError as error:
        return _values(visit, {"file": f"{error.message} {error.fix}"})
    return GoTo("/work", f"Opened: {count} parts. What was here before is kept as older copies.")


def _copy(visit: Visit) -> Answered:
    """Save as: everything in another folder, which is open from then on."""
    assert visit.session is not None
    named, whole = visit.form.word("other"), visit.saved_in.whole_text()
    if not named or not Path(named).expanduser().is_absolute():
        return _values(visit, {"other": "Enter the whole path of the folder, from the drive or the root on."})
    place = Path(named).expanduser()
    if place.is_dir() and any(place.iterdir()):
        return _values(visit, {"other": "Enter a folder that is new or empty: this one holds files."})
    try:
        visit.session.choose(named).take_whole(whole.encode("utf-8"))
    except HybridToolkitError as error:
        return _values(visit, {"other": f"{error.message} {error.fix}"})
    return GoTo("/work", "Saved in the other folder, which is open now.")


def _whole(visit: Visit) -> Answered:
    content = visit.saved_in.whole_text().encode("utf-8")
    return SentFile(f"hybrid-working-{visit.today}.json", content, "application/json")


ALL = (
    Page("/work", "Your work", "Choose where your work is saved, or open another folder.", "work", _show),
    Page("/everything.json", "Everything as one file", "To keep, send or open elsewhere.", "work", _whole,
         listed=False, saves=True),
)  # fmt: skip
