"""What was shown before, of other groups or earlier data: a difference of few people is held back.

A figure of yesterday's data and the same figure of today's differ by who joined, left or was corrected. Where that is
fewer people than the threshold, the difference is theirs; so it is with two groups that are nearly the same people, one
in a table and one in a view. So the folder of what is released keeps, for each cell shown of a metric, who stood behind
it and with what, as keyed hashes: without the key in the folder nobody can test a guess against them. The ledger is for
inside and is not sent with what is released.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.data.atomic_output import atomic_write_bytes, atomic_write_text, only_writer, output_refusal
from hybrid_toolkit.errors import UnreadableError

FOLDER, LEDGER, KEY, LOCK = ".disclosure", "ledger.json", "key", "lock"
KEY_BYTES = 32
"""Length of the key, that of the hash it is used with."""
_WHICH = "which key"
"""Text whose hash tells one key from another."""
_SCHEMA = 1
MOST_CELLS = 1200
"""Cells of one metric that are kept: some ten groups and what follows of them, each month for five years."""

_Key = TypeVar("_Key", bound=Hashable)
MarksOf = Callable[[Sequence[NDArray[np.bool_]]], Sequence[Mapping[str, str]]]
"""From cells, the units of each, to person -> what they bring to it, a mapping a cell."""


class VersionLedger:
    """The figures that a release folder has shown, by version of the data.

    Parameters
    ----------
    folder : str | Path
        The folder in which what is released is kept; the ledger lies in ``.disclosure`` within it.

    Raises
    ------
    UnreadableError
        There is a ledger that cannot be read; nothing is shown until it is mended.

    Examples
    --------
    Twenty people, then one leaves:

    >>> import tempfile
    >>> ledger = VersionLedger(tempfile.mkdtemp())
    >>> before = {f"w{i}": "0.5" for i in range(20)}
    >>> ledger.record("mean fte", [before], version="a")
    >>> ledger.few_changed("mean fte", {k: v for k, v in before.items() if k != "w3"}, threshold=10)
    True
    >>> ledger.few_changed("mean fte", before, threshold=10)
    False
    """

    def __init__(self, folder: str | Path) -> None:
        self._place = Path(folder).expanduser() / FOLDER
        self._at = self._stand()
        self._shown = self._read()

    def _stand(self) -> tuple[int, int]:
        """When the ledger was last written, and its size; nought where there is none."""
        try:
            stat = (self._place / LEDGER).stat()
        except OSError:
            return 0, 0
        return stat.st_mtime_ns, stat.st_size

    def _read(self) -> dict[str, list[dict[str, Any]]]:
        """What the ledger holds; nothing where there is none yet."""
        try:
            raw = json.loads((self._place / LEDGER).read_text(encoding="utf-8"))
            shown = raw["shown"]
            whole = all(isinstance(v["behind"], dict) for versions in shown.values() for v in versions)
            key = (self._place / KEY).stat().st_size
            if raw["schema"] != _SCHEMA or not whole or key != KEY_BYTES:
                raise ValueError("schema")
        except FileNotFoundError:
            if not (self._place / LEDGER).exists():
                return {}
            raise self._unreadable() from None  # hashes without their key tell nothing of what changed
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise self._unreadable() from None
        return dict(shown)

    def _unreadable(self) -> UnreadableError:
        return UnreadableError(
            f"the ledger of the release folder '{self._place.parent.name}' or its key cannot be read.",
            fix=f"Restore the folder '{FOLDER}' from a copy; without it, changes of few people cannot be seen.",
            code="LEDGER-UNREADABLE",
        )

    def few_changed(self, figure: str, behind: Mapping[str, str], *, threshold: int) -> bool:
        """Whether a cell differs by some people, but few, from any cell of the same metric that was shown.

        Parameters
        ----------
        figure : str
            What it is: the metric, whatever shows it.
        behind : Mapping[str, str]
            Person -> what they bring to it.
        threshold : int
            Fewest people.
        """
        if (at := self._stand()) != self._at:  # somebody else has shown something since
            self._at, self._shown = at, self._read()
        now = self._hashed(behind)
        for version in self._shown.get(self._name(figure), []):
            then = version["behind"]
            changed = sum(1 for who in now.keys() | then.keys() if now.get(who) != then.get(who))
            if 0 < changed < threshold:
                return True
        return False

    def record(self, figure: str, cells: Sequence[Mapping[str, str]], *, version: str) -> None:
        """Keep cells that are shown; written at once, whole or not at all.

        Parameters
        ----------
        figure : str
            As ``few_changed``.
        cells : Sequence[Mapping[str, str]]
            For each cell, person -> what they bring to it.
        version : str
            Hash of the data.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        hashed = [self._hashed(behind) for behind in cells]
        with only_writer(self._place / LOCK):
            self._shown = self._read()
            held = self._shown.setdefault(self._name(figure), [])
            new = [now for now in hashed if not any(v["behind"] == now for v in held)]
            if new:
                held += [{"version": self._hash(version), "behind": now} for now in new]
                del held[:-MOST_CELLS]
                text = json.dumps({"schema": _SCHEMA, "shown": self._shown}, sort_keys=True)
                atomic_write_text(self._place / LEDGER, text)

    def keyed(self, text: str) -> str:
        """A hash with the folder's key: the same for the same text here, and no test of a guess for who has no key.

        Parameters
        ----------
        text : str
            What is hashed.

        Returns
        -------
        str
            ``keyed:``, eight digits that tell one key from another, and the hash.
        """
        key = self._key()
        return f"keyed:{_mark(key, _WHICH)[:8]}:{_mark(key, text)}"

    def can_tell(self, mark: str) -> bool:
        """Whether the folder holds the key with which ``keyed`` made a mark.

        Parameters
        ----------
        mark : str
            What ``keyed`` returned, here or elsewhere.
        """
        path = self._place / KEY
        return path.is_file() and mark.split(":")[1:2] == [_mark(path.read_bytes(), _WHICH)[:8]]

    def _key(self) -> bytes:
        path = self._place / KEY
        if not path.is_file():
            try:
                self._place.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise output_refusal(self._place, error) from None
            with only_writer(self._place / LOCK):
                if not path.is_file():  # two that begin together share one key
                    atomic_write_bytes(path, secrets.token_bytes(KEY_BYTES), mode=0o600)
        return path.read_bytes()

    def _name(self, figure: str) -> str:
        return hashlib.sha256(figure.encode()).hexdigest()[:16]

    def _hash(self, text: str) -> str:
        return _mark(self._key(), text)[:16]

    def _hashed(self, behind: Mapping[str, str]) -> dict[str, str]:
        key = self._key()

        return {_mark(key, who)[:16]: _mark(key, f"{who}|{what}")[:16] for who, what in behind.items()}


def _mark(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def few_apart(
    ledger: VersionLedger,
    figure: str,
    cells: Mapping[_Key, NDArray[np.bool_]],
    marks: MarksOf,
    *,
    whole: _Key,
    threshold: int,
) -> set[_Key]:
    """Cells that differ by few people from one that was shown, and those from which such a cell would follow.

    What follows of the cells is looked at too: the whole less each part and less all of them, and all parts together.
    Parts are taken away until all this is far from what was shown. Sums of some parts alone are not looked at.

    Parameters
    ----------
    ledger : VersionLedger
        What was shown.
    figure : str
        The metric, as the ledger calls it.
    cells : Mapping[Key, NDArray[np.bool]]
        The units of each cell that would be shown, of shape (units,).
    marks : MarksOf
        Who stands behind cells and with what.
    whole : Key
        Which of them is everyone, where it is among them.
    threshold : int
        The fewest people.

    Examples
    --------
    Thirty people; a group of twelve was shown. One of thirteen, and all that would give it away, is held back.

    >>> import tempfile
    >>> ledger, people = VersionLedger(tempfile.mkdtemp()), np.arange(30)
    >>> def marks(cells):
    ...     return [{str(p): "1" for p in people[cell]} for cell in cells]
    >>> ledger.record("fte", marks([people < 12]), version="a")
    >>> sorted(few_apart(ledger, "fte", {"all": people < 30, "b": people >= 13}, marks, whole="all", threshold=10))
    ['b']
    """
    out: set[_Key] = set()
    for key, mark in zip(cells, marks(list(cells.values())), strict=True):
        if ledger.few_changed(figure, mark, threshold=threshold):
            out.add(key)
    while whole in cells and whole not in out:
        shown = {k: c for k, c in cells.items() if k not in out}
        follow = _follow(shown, whole)
        told = marks([rows for _, rows in follow])
        clash = [k for (k, _), mark in zip(follow, told, strict=True)
                 if len(mark) >= threshold and ledger.few_changed(figure, mark, threshold=threshold)]  # fmt: skip
        if not clash:
            break
        smallest = min((k for k in shown if k != whole), key=lambda k: int(cells[k].sum()), default=whole)
        out.add(next((k for k in clash if k != whole), smallest))
    return out


def remember(
    ledger: VersionLedger,
    figure: str,
    cells: Mapping[_Key, NDArray[np.bool_]],
    marks: MarksOf,
    *,
    whole: _Key,
    threshold: int,
    version: str,
) -> None:
    """Tell the ledger of the cells that are shown and of those that follow; parameters as ``few_apart``."""
    follow = [rows for _, rows in _follow(cells, whole)]
    told = marks([*cells.values(), *follow])
    kept = [mark for i, mark in enumerate(told) if i < len(cells) or len(mark) >= threshold]
    ledger.record(figure, kept, version=version)


def _follow(cells: Mapping[_Key, NDArray[np.bool_]], whole: _Key) -> list[tuple[_Key, NDArray[np.bool_]]]:
    """What follows of cells: the whole less each part, all parts together, and the whole less them.

    Each with the part to take away, or the whole where it is of all parts.
    """
    parts = {k: c for k, c in cells.items() if k != whole}
    if whole not in cells or not parts:
        return []
    together = np.any(list(parts.values()), axis=0)
    found = [(k, cells[whole] & ~c) for k, c in parts.items()]
    return [(k, c) for k, c in [*found, (whole, together), (whole, cells[whole] & ~together)] if c.any()]
