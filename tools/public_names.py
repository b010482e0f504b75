"""The public names of the package, found from the rooms' own ``__all__`` at the moment they are asked for.

The API pages and the check of docstrings both read this list, so that a name which moves to another module or room is
followed by itself: nothing here names a module below the package.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

PACKAGE = "hybrid_toolkit"


@dataclass(frozen=True)
class PublicName:
    """One public name.

    Parameters
    ----------
    room : str
        Dotted name of the package or module whose ``__all__`` has it, such as ``hybrid_toolkit.models``.
    name : str
        The name in that room.
    value : Any
        What it stands for.
    """

    room: str
    name: str
    value: Any

    @property
    def path(self) -> str:
        """Where a reader imports it from."""
        return f"{self.room}.{self.name}"

    @property
    def kind(self) -> str:
        """One of ``class``, ``function`` and ``data``."""
        if inspect.isclass(self.value):
            return "class"
        return "function" if inspect.isroutine(self.value) else "data"


def rooms() -> list[str]:
    """The package, then each of its subpackages and top modules that says in ``__all__`` what is public."""
    face = import_module(PACKAGE)
    found = [PACKAGE]
    for _, name, is_package in pkgutil.walk_packages(face.__path__, f"{PACKAGE}."):
        if is_package or name in {f"{PACKAGE}.{n}" for n in face.__all__}:
            found.append(name)
    return [r for r in found if public_in(import_module(r))]


def public_in(module: ModuleType) -> list[str]:
    """The names a module declares public, or, where it declares none and is no package, those it defines.

    Names of modules are left out: a room has a page of its own.
    """
    if hasattr(module, "__all__"):
        names = list(module.__all__)
    elif hasattr(module, "__path__"):
        names = []
    else:
        names = [n for n, v in vars(module).items() if not n.startswith("_") and _defined_in(v, module)]
    return [n for n in names if not inspect.ismodule(getattr(module, n))]


def public_names() -> Iterator[PublicName]:
    """Every public name once, under the first room that has it: the package's own face comes first."""
    seen: set[tuple[str, int]] = set()
    for room in rooms():
        module = import_module(room)
        for name in public_in(module):
            value = getattr(module, name)
            if (name, id(value)) not in seen:
                seen.add((name, id(value)))
                yield PublicName(room, name, value)


def public_methods(owner: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that a class of this package has from classes of this package, by name."""
    found: dict[str, tuple[type, Any]] = {}
    for parent in owner.__mro__:
        for name, value in vars(parent).items():
            found.setdefault(name, (parent, value))
    for name, (parent, value) in sorted(found.items()):
        if not name.startswith("_") and parent.__module__.startswith(PACKAGE) and _is_method(value):
            yield name, value


def _is_method(value: Any) -> bool:
    return inspect.isfunction(value) or isinstance(value, property | classmethod | staticmethod)


def _defined_in(value: Any, module: ModuleType) -> bool:
    return getattr(value, "__module__", None) == module.__name__ and (
        inspect.isclass(value) or inspect.isfunction(value)
    )


def returned_classes(names: list[PublicName]) -> Iterator[PublicName]:
    """Classes of this package in the return annotations of public functions and methods, not public themselves."""
    public = {id(n.value) for n in names}
    waiting = [n.value for n in names if n.kind != "data"]
    found: dict[tuple[str, str], PublicName] = {}
    while waiting:
        value = waiting.pop()
        functions = [f for _, f in public_methods(value)] if inspect.isclass(value) else [value]
        for function in functions:
            for one in _classes_in_return(function):
                if one.__module__.startswith(PACKAGE) and id(one) not in public and not one.__name__.startswith("_"):
                    public.add(id(one))
                    found[one.__name__, one.__module__] = PublicName(one.__module__, one.__name__, one)
                    waiting.append(one)
    yield from (found[k] for k in sorted(found))


def _classes_in_return(function: Any) -> Iterator[type]:
    """The classes that a return annotation names, those imported only for type checking among them."""
    function = function.fget if isinstance(function, property) else getattr(function, "__func__", function)
    text = function.__annotations__.get("return", "")
    module = sys.modules[function.__module__]
    for node in ast.walk(ast.parse(text if isinstance(text, str) else getattr(text, "__name__", "None"))):
        if isinstance(node, ast.Name):
            value = getattr(module, node.id, None) or _imported(module).get(node.id)
            if inspect.isclass(value):
                yield value


@cache
def _imported(module: ModuleType) -> dict[str, Any]:
    """What a module's import statements bring from this package, wherever in its text they stand."""
    found: dict[str, Any] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            source = import_module(node.module or "")
            found |= {a.asname or a.name: getattr(source, a.name, None) for a in node.names}
    return found
