"""One saved file of the work: its kind, its schema version, its revision, what changed last, and its content."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from hybrid_toolkit.errors import UnreadableError

_KIND = "hybrid-toolkit work"
WORK_SCHEMA = 1
"""Version of the files that this toolkit writes."""
MOST_BYTES = 10_000_000
"""A file of answers is words; anything larger is another kind of file."""
_HEADS = frozenset({"kind", "schema", "revision", "change", "saved", "content"})

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes the content of one schema version and gives that of the next."""
MIGRATIONS: Mapping[int, Upgrade] = MappingProxyType({})
"""Version -> what makes the next version's content of it; empty while there is one version."""


@dataclass(frozen=True, slots=True)
class Saving:
    """One saved file.

    Parameters
    ----------
    content : Mapping[str, Any]
        What it holds: words, numbers, lists and mappings.
    revision : int, default 0
        How often it was saved; 0 for one that is not saved yet.
    change : str, optional
        What the last change was, for the words of Undo.
    saved : str, optional
        When, as ISO time.
    """

    content: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 0
    change: str = ""
    saved: str = ""

    def next(self, content: Mapping[str, Any], change: str, now: datetime) -> Saving:
        """The next revision with other content."""
        return Saving(content, self.revision + 1, change, now.isoformat(timespec="seconds"))

    def text(self) -> str:
        """The file."""
        whole = {"kind": _KIND, "schema": WORK_SCHEMA, "revision": self.revision, "change": self.change}
        whole |= {"saved": self.saved, "content": self.content}
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def read_saving(
    raw: bytes, *, where: str, schema: int = WORK_SCHEMA, migrations: Mapping[int, Upgrade] = MIGRATIONS
) -> Saving:
    """A saved file, brought up to date.

    Parameters
    ----------
    raw : bytes
        The file.
    where : str
        Its name, for the words of an error.
    schema : int, default WORK_SCHEMA
        The version that this toolkit writes.
    migrations : Mapping[int, Upgrade], default MIGRATIONS
        Version -> what makes the next version's content of it.

    Returns
    -------
    Saving
        What it holds.

    Raises
    ------
    UnreadableError
        It is no such file, or a newer toolkit wrote it.

    Examples
    --------
    >>> read_saving(Saving({"a": 1}, 3).text().encode(), where="a.json").revision
    3
    """
    if len(raw) > MOST_BYTES:
        raise _unreadable(where, "it is too large", "Choose a file that the workbench saved.", "WORK-_KIND")
    try:
        held = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _unreadable(where, "it is not JSON in UTF-8", "Restore an older copy.", "WORK-_KIND") from None
    if not isinstance(held, dict) or held.get("kind") != _KIND or set(held) != _HEADS:
        raise _unreadable(
            where, "the workbench did not save it", "Choose a file that the workbench saved.", "WORK-_KIND"
        )
    version, content = held["schema"], held["content"]
    if type(version) is not int or version < 1 or not isinstance(content, dict) or type(held["revision"]) is not int:
        raise _unreadable(where, "a part of it is not what it should be", "Restore an older copy.", "WORK-PART")
    if version > schema:
        why = f"it has version {version}; this toolkit reads up to {schema}"
        raise _unreadable(where, why, "Open it with the newer toolkit that saved it.", "WORK-NEWER")
    for step in range(version, schema):
        if step not in migrations:
            raise _unreadable(where, f"version {step} cannot be brought up to date", "Start a new one.", "WORK-OLD")
        content = migrations[step](dict(content))
    return Saving(content, held["revision"], str(held["change"]), str(held["saved"]))


def _unreadable(where: str, why: str, fix: str, code: str) -> UnreadableError:
    return UnreadableError(f"The file '{where}' cannot be read: {why}.", fix=fix, code=code)
