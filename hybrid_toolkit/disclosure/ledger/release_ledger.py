"""What was shown before, of other groups or earlier data: a difference of few people is held back.

A figure of yesterday's data and the same figure of today's differ by who joined, left or was corrected. Where that is
fewer people than the threshold, the difference is theirs; so it is with two groups that are nearly the same people, one
in a table and one in a view. So the folder of what is released keeps, for each cell shown of a metric, who stood behind
it and with what, as keyed hashes: without the key in the folder nobody can test a guess against them. The ledger is for
inside and is not sent with what is released.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_write_bytes, atomic_write_text, only_writer, output_refusal
from hybrid_toolkit.disclosure.ledger.marks import (
    MARK,
    mark_numbers,
    mark_of,
    marks_of,
    marks_of_tables,
    pieces_of,
    with_rest,
)
from hybrid_toolkit.disclosure.ledger.part_sums import Marks, Pieces, few_in_all, few_in_sums
from hybrid_toolkit.errors import DisclosureError, UnreadableError

FOLDER, LEDGER, KEY, LOCK = ".disclosure", "ledger.json", "key", "lock"
KEY_BYTES = 32
"""Length of the key, that of the hash it is used with."""
FEW_CHANGED = "DATA-FEW-CHANGED"
_WHICH = "which key"
"""Text whose hash tells one key from another."""
_SCHEMA = 3
PART_OF_VIEW, WHOLE_OF_VIEW = "part", "whole"
"""What a cell is in a view: one of its parts, or everyone."""
VIEW_BYTES = 4
"""Of the name of a view, which tells it from some hundreds of others."""
MOST_CELLS = 1200
"""Cells of one metric that are kept: some ten groups and what follows of them, each month for five years."""


@dataclass(frozen=True)
class FreeRows:
    """A table of free rows as the data behind a figure, by the hash of the result that was made of it."""

    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    hash: str
    synthetic: bool = False


class VersionLedger:
    """The figures that a release folder has shown, by version of the data.

    Parameters
    ----------
    folder : str | Path | None
        The folder in which what is released is kept; the ledger lies in ``.disclosure`` within it. None keeps it in
        memory, for a sitting of which nothing is kept.

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

    def __init__(self, folder: str | Path | None) -> None:
        self._place = None if folder is None else Path(folder).expanduser() / FOLDER
        self._memory = secrets.token_bytes(KEY_BYTES)
        self._at = self._stand()
        self._shown: dict[str, list[dict[str, Any]]] = {}
        self._shown = self._read()
        self._whole: set[str] = set()

    @property
    def place(self) -> Path | None:
        """The release folder that it lies in; None where it is in memory."""
        return None if self._place is None else self._place.parent

    @property
    def has_shown(self) -> bool:
        """Whether anything was shown yet."""
        return bool(self._shown)

    def _stand(self) -> tuple[int, int]:
        """When the ledger was last written, and its size; nought where there is none."""
        if self._place is None:
            return 0, 0
        try:
            stat = (self._place / LEDGER).stat()
        except OSError:
            return 0, 0
        return stat.st_mtime_ns, stat.st_size

    def _read(self) -> dict[str, list[dict[str, Any]]]:
        """What the ledger holds; nothing where there is none yet."""
        if self._place is None:
            return self._shown
        try:
            raw = json.loads((self._place / LEDGER).read_text(encoding="utf-8"))
            shown = raw["shown"]
            held = [v for versions in shown.values() for v in versions]
            whole = all(isinstance(v["behind"], dict) and isinstance(v.get("views", {}), dict) for v in held)
            whole = whole and all(isinstance(v["pieces"], dict) for v in held if "views" in v)
            whole = whole and all(
                len(mark) == MARK and int(mark, 16) >= 0 for v in held for mark in v["behind"].values()
            )
            key = (self._place / KEY).stat().st_size
            if raw["schema"] < _SCHEMA:
                raise _outdated(self._place)
            if raw["schema"] != _SCHEMA or not whole or key != KEY_BYTES:
                raise ValueError("schema")
        except FileNotFoundError:
            if not (self._place / LEDGER).exists():
                return {}
            raise _unreadable(self._place) from None  # hashes without their key tell nothing of what changed
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise _unreadable(self._place) from None
        return dict(shown)

    def _look_again(self) -> None:
        if (at := self._stand()) != self._at:  # somebody else has shown something since
            self._at, self._shown = at, self._read()

    def few_changed(self, figure: str, behind: Mapping[str, str], *, threshold: int) -> bool:
        """Whether a cell differs by some people, but few, from any cell that was shown.

        Cells of another figure count where all who stand behind both bring the same to both: one of home visits and
        one of all visits, say, where few have any other.

        Parameters
        ----------
        figure : str
            What it is: the metric, whatever shows it.
        behind : Mapping[str, str]
            Person -> what they bring to it.
        threshold : int
            Fewest people.
        """
        self._look_again()
        now, mine = self._hashed(behind), self._name(figure)
        for name, cells in self._shown.items():
            for then in (cell["behind"] for cell in cells):
                if abs(len(now) - len(then)) >= threshold:
                    continue
                changed = [who for who, _ in now.items() ^ then.items()]
                people = set(changed)
                if 0 < len(people) < threshold and (name == mine or len(changed) == len(people)):
                    return True
        return False

    def few_in_sums(
        self, figure: str, parts: Sequence[Mapping[str, str]], whole: Mapping[str, str] | None, *, threshold: int
    ) -> set[int]:
        """Parts of a view in a sum that differs by few people from a sum of parts of a view that was shown.

        Parameters
        ----------
        figure : str
            As ``few_changed``.
        parts : Sequence[Mapping[str, str]]
            For each part, person -> what they bring to it.
        whole : Mapping[str, str] | None
            The same for everyone, where it is shown beside its parts.
        threshold : int
            Fewest people.

        Returns
        -------
        set[int]
            Positions in ``parts``, and their number where what everyone has beyond the parts is in the sum.
        """
        mine = self._name(figure)
        now = with_rest([mark_numbers(self._hashed(p)) for p in parts],
                         None if whole is None else mark_numbers(self._hashed(whole)))  # fmt: skip
        for name, cells in self._shown.items():
            views: dict[str, tuple[list[Marks], list[Marks]]] = {}
            for cell in cells:
                for view, kind in cell.get("views", {}).items():
                    views.setdefault(view, ([], []))[kind == WHOLE_OF_VIEW].append(mark_numbers(cell["behind"]))
            for before, everyone in views.values():
                then = with_rest(before, everyone[0] if everyone else None)
                if found := few_in_sums(then, now, threshold=threshold, same=name == mine):
                    return found
        return set()

    def few_in_all(self, figure: str, cells: Sequence[Mapping[str, str]], *, threshold: int) -> bool:
        """Whether few people are told by any sum and difference of cells, with all that was shown of the figure.

        Parameters
        ----------
        figure : str
            As ``few_changed``.
        cells : Sequence[Mapping[str, str]]
            For each cell that would be shown, person -> what they bring to it.
        threshold : int
            Fewest people.
        """
        self._look_again()
        before = [pieces_of(cell) for cell in self._shown.get(self._name(figure), []) if "views" in cell]
        return bool(before) and few_in_all(before, [self._pieces(c) for c in cells], threshold=threshold)

    def record(
        self, figure: str, cells: Sequence[Mapping[str, str]], *, version: str, view: Mapping[int, str] | None = None
    ) -> None:
        """Keep cells that are shown; written at once, whole or not at all.

        Parameters
        ----------
        figure : str
            As ``few_changed``.
        cells : Sequence[Mapping[str, str]]
            For each cell, person -> what they bring to it.
        version : str
            Hash of the data.
        view : Mapping[int, str] | None, optional
            Position in ``cells`` -> ``PART_OF_VIEW`` or ``WHOLE_OF_VIEW``, for a view whose parts do not overlap.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        hashed = [self._hashed(behind) for behind in cells]
        pieces = {i: self._pieces(cells[i]) for i in view or {}}
        if self._place is None:
            self._add(figure, hashed, version, view or {}, pieces)
            return
        with only_writer(self._place / LOCK):
            self._shown = self._read()
            if self._add(figure, hashed, version, view or {}, pieces):
                text = json.dumps({"schema": _SCHEMA, "shown": self._shown}, sort_keys=True)
                atomic_write_text(self._place / LEDGER, text)

    def hold_version(self, data: object, *, threshold: int) -> None:
        """Refuse data that differ by few people from data of which figures were shown; remember them otherwise.

        For figures that are not held cell by cell: estimates of a study, distributions, curves. Such a figure of data
        with one person fewer tells of that person, however many stand behind it.

        Parameters
        ----------
        data : object
            What the figure is of; looked at where it has ``tables``, which are frames by name, and ``hash``.
        threshold : int
            Fewest people.

        Raises
        ------
        DisclosureError
            DATA-FEW-CHANGED, they differ by some people, but few.
        """
        tables, version = getattr(data, "tables", None), getattr(data, "hash", None)
        if not isinstance(tables, Mapping) or not isinstance(version, str) or version in self._whole:
            return
        kinds = marks_of_tables(tables)
        if any(self.few_changed(f"data of {kind}", marks, threshold=threshold) for kind, marks in kinds.items()):
            raise DisclosureError(
                f"Figures of other data were shown before, and these data differ from them by fewer than {threshold} "
                "people, about whom the difference could tell something.",
                fix="Use the earlier data until more has changed. Where nothing of them was kept or passed on, "
                "use another release folder, or start a new session.",
                code=FEW_CHANGED,
            )
        for kind, marks in kinds.items():
            self.record(f"data of {kind}", [marks], version=version)
        self._whole.add(version)

    def _add(
        self,
        figure: str,
        hashed: Sequence[dict[str, str]],
        version: str,
        view: Mapping[int, str],
        pieces: Mapping[int, Pieces],
    ) -> bool:
        """Add the cells and the view that are new; whether there are any."""
        held = self._shown.setdefault(self._name(figure), [])
        new = [now for now in hashed if not any(v["behind"] == now for v in held)]
        held += [{"version": self._hash(version), "behind": now} for now in new]
        of_view = []
        for i, kind in view.items():
            cell = next(v for v in held if v["behind"] == hashed[i])
            cell["pieces"] = {who: marks for who, marks in pieces[i].items() if len(marks) > 1}
            of_view.append((cell, kind))
        known = [{k for k, v in cell.get("views", {}).items() if v == kind} for cell, kind in of_view]
        unknown = bool(of_view) and not set.intersection(*known)
        if unknown:
            name = secrets.token_hex(VIEW_BYTES)
            for cell, kind in of_view:
                cell.setdefault("views", {})[name] = kind
        del held[:-MOST_CELLS]
        return bool(new) or unknown

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
        return f"keyed:{mark_of(key, _WHICH)[:8]}:{mark_of(key, text)}"

    def can_tell(self, mark: str) -> bool:
        """Whether the folder holds the key with which ``keyed`` made a mark.

        Parameters
        ----------
        mark : str
            What ``keyed`` returned, here or elsewhere.
        """
        path = None if self._place is None else self._place / KEY
        return path is not None and path.is_file() and mark.split(":")[1:2] == [mark_of(path.read_bytes(), _WHICH)[:8]]

    def _key(self) -> bytes:
        if self._place is None:
            return self._memory
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
        return hashlib.sha256(figure.encode()).hexdigest()[:MARK]

    def _hash(self, text: str) -> str:
        return mark_of(self._key(), text)[:MARK]

    def _pieces(self, behind: Mapping[str, str]) -> Pieces:
        """Person -> the mark of each piece that they bring."""
        key = self._key()
        return {
            mark_of(key, who)[:MARK]: [mark_of(key, f"{who}|{piece}")[:MARK] for piece in what.split("|")]
            for who, what in behind.items()
        }

    def _hashed(self, behind: Mapping[str, str]) -> dict[str, str]:
        key = self._key()

        return {mark_of(key, who)[:MARK]: marks_of(key, who, what) for who, what in behind.items()}


def _unreadable(place: Path) -> UnreadableError:
    return UnreadableError(
        f"the ledger of the release folder '{place.parent.name}' or its key cannot be read.",
        fix=f"Restore the folder '{FOLDER}' from a copy; without it, changes of few people cannot be seen.",
        code="LEDGER-UNREADABLE",
    )


def _outdated(place: Path) -> UnreadableError:
    return UnreadableError(
        f"the ledger of the release folder '{place.parent.name}' was written by an earlier version.",
        fix="Name a new release folder; what the old one showed is not compared with what this version shows.",
        code="LEDGER-OUTDATED",
    )
