"""Pages of the API reference, one a public name, written from ``tools.public_names`` when the site is built."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from sphinx.pycode import ModuleAnalyzer

from tools.public_names import PACKAGE, PublicName, public_methods, public_names, returned_classes, rooms

FACE = "What ``import hybrid_toolkit as ht`` brings."
RETURNED = "returned"
"""Name of the page of classes that are not public names but that public functions give back."""


def write_pages(folder: Path) -> None:
    """Write ``index.rst``, a page for each room and a page for each public name.

    Parameters
    ----------
    folder : Path
        Where the pages go; pages of names that are gone are removed.
    """
    names = list(public_names())
    returned = list(returned_classes(names))
    pages = {f"{n.path}.rst": _name_page(n) for n in [*names, *returned]}
    listed = rooms()
    for room in listed:
        pages[f"{room}.rst"] = _room_page(room, [n for n in names if n.room == room])
    pages[f"{RETURNED}.rst"] = _list_page("Results", "Classes that public functions give back.", returned)
    pages["index.rst"] = _index(listed)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.rst"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")


def first_line(value: Any) -> str:
    """The first sentence of a docstring, as it stands in lists."""
    paragraph = (inspect.getdoc(value) or "").split("\n\n")[0]
    return " ".join(paragraph.split())


def _heading(text: str) -> str:
    return f"{text}\n{'=' * len(text)}\n"


def _index(listed: list[str]) -> str:
    lines = [_heading("API reference"), "Made from the docstrings of every public name.\n", ".. toctree::", ""]
    return "\n".join([*lines, *(f"   {room}" for room in listed), f"   {RETURNED}", ""])


def _room_page(room: str, names: list[PublicName]) -> str:
    title = "hybrid_toolkit (ht)" if room == PACKAGE else room.removeprefix(f"{PACKAGE}.")
    return _list_page(title, FACE if room == PACKAGE else inspect.getdoc(import_module(room)) or "", names)


def _list_page(title: str, about: str, names: list[PublicName]) -> str:
    """A table of names with their first lines, and the hidden tree of their pages."""
    lines = [_heading(title), about, ""]
    if names:
        lines += [".. list-table::", "   :widths: 30 70", ""]
        for n in names:
            said = _data_doc(n) if n.kind == "data" else first_line(n.value)
            lines += [f"   * - :doc:`{n.name} <{n.path}>`", f"     - {said.split('. ')[0]}"]
        lines += ["", ".. toctree::", "   :hidden:", "", *(f"   {n.name} <{n.path}>" for n in names), ""]
    return "\n".join(lines)


def _name_page(n: PublicName) -> str:
    lines = [_heading(n.name), f".. currentmodule:: {n.room}", ""]
    if n.kind == "function":
        lines += [f".. autofunction:: {n.name}"]
    elif n.kind == "class":
        lines += [f".. autoclass:: {n.name}", ""]
        for name, value in public_methods(n.value):
            directive = "autoproperty" if isinstance(value, property) else "automethod"
            lines += [f"   .. {directive}:: {name}"]
    else:
        lines += [f".. py:data:: {n.name}", "", *(f"   {line}" for line in _data_doc(n).splitlines())]
    return "\n".join([*lines, ""])


def _data_doc(n: PublicName) -> str:
    """The text below an assignment, from the module of this package that makes it."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith(PACKAGE) and n.name in vars(module) and vars(module)[n.name] is n.value:
            doc = ModuleAnalyzer.for_module(name).find_attr_docs().get(("", n.name))
            if doc:
                return "\n".join(doc).strip()
    raise SystemExit(f"{n.path} has no text below its assignment: say there in a string what it is.")
