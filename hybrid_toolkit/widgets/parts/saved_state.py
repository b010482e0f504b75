"""A widget's state on disk: JSON with a schema version, written whole or not at all, read back strictly."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.errors import UnreadableError, plural

_LONGEST_ID = 40
"""Ids of the toolkit are shorter; a longer key may be words."""
_KIND = "hybrid-toolkit widget"
HEADS = ("kind", "widget", "schema", "state")
_MOST_BYTES = 10_000_000
"""A saved state is a page of choices and words; anything larger is another kind of file."""

Migration = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes the plain state of one schema version and gives that of the next."""


def save_state(path: str | Path, state: Any, *, widget: str, schema: int) -> Path:
    """Write a state: what was chosen and what was written into the widget, never rows of the data.

    Parameters
    ----------
    path : str | Path
        The file.
    state : Any
        A frozen dataclass of words, numbers, dates, tuples and further dataclasses.
    widget : str
        The widget's name.
    schema : int
        Version of the state's shape, from 1.

    Raises
    ------
    OutputError
        The file cannot be written; what stood there is left as it was.

    Examples
    --------
    >>> import tempfile
    >>> from hybrid_toolkit.widgets.parts.state import ExplorerState
    >>> place = Path(tempfile.mkdtemp()) / "view.json"
    >>> _ = save_state(place, ExplorerState("skill"), widget="MetricExplorer", schema=1)
    >>> load_state(place, ExplorerState, widget="MetricExplorer", schema=1)
    ExplorerState(metric='skill', group='all', period='all', beside='none')
    """
    whole = dict(zip(HEADS, (_KIND, widget, schema, plain_state(state)), strict=True))
    return atomic_write_text(path, json.dumps(whole, indent=2, ensure_ascii=False) + "\n")


def load_state(
    path: str | Path, kind: type[Any], *, widget: str, schema: int, migrations: Mapping[int, Migration] | None = None
) -> Any:
    """Read a state back.

    Parameters
    ----------
    kind : type[Any]
        The dataclass of the state.
    widget : str
        Widget whose state it must be.
    schema : int
        The version that this toolkit writes.
    migrations : Mapping[int, Migration] | None, optional
        Version -> what makes the next version's plain state of it.

    Raises
    ------
    UnreadableError
        No such file, not JSON, another widget's state, a newer version, an old version without a migration, or a part
        that is missing, unknown or of the wrong kind. Messages say where, never what stood there.
    """
    held = _read(Path(path).expanduser())
    if not isinstance(held, dict) or held.get("kind") != _KIND or set(held) != set(HEADS):
        raise _refuse("it is not the saved state of a widget", "Choose a file that a widget saved.", "STATE-KIND")
    if held["widget"] != widget:
        raise _refuse("it belongs to another widget", f"Choose a file that {widget} saved.", "STATE-WIDGET")
    version, state = held["schema"], held["state"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1 or not isinstance(state, dict):
        raise _refuse("its version is not a whole number from 1", "Choose a whole file.", "STATE-VERSION")
    if version > schema:
        why = f"it has version {version}; this toolkit reads up to {schema}"
        raise _refuse(why, "Open it with the newer toolkit that saved it.", "STATE-NEWER")
    for step in range(version, schema):
        if step not in (migrations or {}):
            raise _refuse(f"version {step} cannot be brought up to date", "Fill in a new one.", "STATE-OLD")
        state = (migrations or {})[step](dict(state))
    return typed_state(state, kind)


def plain_state(value: Any) -> Any:
    """A state as JSON holds it: dataclasses and mappings as objects, tuples as lists, dates as ISO words.

    Examples
    --------
    >>> plain_state((1, date(2025, 3, 1)))
    [1, '2025-03-01']
    """
    if is_dataclass(value):
        return {f.name: plain_state(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain_state(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain_state(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def typed_state(held: Any, kind: Any, where: str = "state") -> Any:
    """The value of a declared type that a plain state stands for, every part checked.

    Raises
    ------
    UnreadableError
        A part is missing, unknown or of the wrong kind.

    Examples
    --------
    >>> typed_state([1, 2], tuple[int, ...])
    (1, 2)
    """
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(held, kind, where)
    if origin in (Union, UnionType):
        if held is None and NoneType in inner:
            return None
        return typed_state(held, next(k for k in inner if k is not NoneType), where)
    if origin is tuple and isinstance(held, list):
        kinds = [inner[0]] * len(held) if inner[-1] is Ellipsis else list(inner)
        if len(kinds) == len(held):
            return tuple(typed_state(v, k, f"{where}[{i}]") for i, (v, k) in enumerate(zip(held, kinds, strict=True)))
    elif origin is not None and issubclass(origin, Mapping) and isinstance(held, dict):
        return {k: typed_state(v, inner[1], f"{where}.{_safe(k)}") for k, v in held.items()}
    elif kind is date and isinstance(held, str):
        try:
            return date.fromisoformat(held)
        except ValueError:
            pass  # refused below
    elif kind is float and isinstance(held, int | float) and not isinstance(held, bool):
        return float(held)
    elif kind in (str, int, bool) and type(held) is kind:
        return held
    raise _refuse(f"'{where}' does not contain what it should ({_name(kind)})", "Save it again.", "STATE-PART")


def _dataclass(held: Any, kind: type[Any], where: str) -> Any:
    if not isinstance(held, dict):
        raise _refuse(f"'{where}' is not a group of named parts", "Save it again.", "STATE-PART")
    hints, known = get_type_hints(kind), {f.name: f for f in fields(kind) if f.init}
    unknown = len(set(held) - set(known))
    missing = [n for n, f in known.items() if n not in held and f.default is MISSING and f.default_factory is MISSING]
    if unknown:
        raise _refuse(
            f"'{where}' has {plural(unknown, 'part')} that this toolkit does not know", "Take them out.", "STATE-KEY"
        )
    if missing:
        raise _refuse(f"'{where}' lacks {', '.join(missing)}", "Save it again.", "STATE-PART")
    return kind(**{n: typed_state(v, hints[n], f"{where}.{n}") for n, v in held.items()})


def _read(path: Path) -> Any:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _refuse("it is too large to be one", "Choose a file that a widget saved.", "STATE-KIND")
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise _refuse(why, "Check the path.", "STATE-UNREADABLE") from None
    except (ValueError, RecursionError):
        raise _refuse("it is not JSON in UTF-8", "Choose a file that a widget saved.", "STATE-KIND") from None


def _name(kind: Any) -> str:
    names = {str: "words", int: "a whole number", float: "a number", bool: "true or false", date: "a date"}
    return names.get(kind, "a list" if get_origin(kind) is tuple else "named parts")


def _safe(key: object) -> str:
    """A key of a mapping may be somebody's words; only a plain id is said."""
    return key if isinstance(key, str) and key.isidentifier() and len(key) < _LONGEST_ID else "part"


def _refuse(why: str, fix: str, code: str) -> UnreadableError:
    return UnreadableError(f"The saved state cannot be read: {why}.", fix=fix, code=code)
