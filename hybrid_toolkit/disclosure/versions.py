"""What was shown of earlier versions of the data: a figure that changed by a few people only is held back.

A figure of yesterday's data and the same figure of today's differ by who joined, left or was corrected. Where that is
fewer people than the threshold, the difference is theirs. So the folder of what is released keeps, for each figure
shown, who stood behind it and with what, as keyed hashes: without the key in the folder nobody can test a guess against
them. The ledger is for inside and is not sent with what is released.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hybrid_toolkit.data.atomic_output import atomic_write_bytes, atomic_write_text, only_writer, output_refusal
from hybrid_toolkit.errors import UnreadableError

FOLDER, LEDGER, KEY, LOCK = ".disclosure", "ledger.json", "key", "lock"
KEY_BYTES = 32
"""Length of the key, that of the hash it is used with."""
_SCHEMA = 1
MOST_VERSIONS = 60
"""Versions of one figure that are kept, five years of months."""


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
    >>> ledger.record("mean fte, all", before, version="a")
    >>> ledger.few_changed("mean fte, all", {k: v for k, v in before.items() if k != "w3"}, threshold=10)
    True
    >>> ledger.few_changed("mean fte, all", before, threshold=10)
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
        """Whether a figure differs from any version of it that was shown by some people, but few.

        Parameters
        ----------
        figure : str
            What it is: metric, group and cell.
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

    def record(self, figure: str, behind: Mapping[str, str], *, version: str) -> None:
        """Keep a figure that is shown; written at once, whole or not at all.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        now = self._hashed(behind)
        with only_writer(self._place / LOCK):
            self._shown = self._read()
            held = self._shown.setdefault(self._name(figure), [])
            if not any(v["behind"] == now for v in held):
                held.append({"version": self._hash(version), "behind": now})
                del held[:-MOST_VERSIONS]
                text = json.dumps({"schema": _SCHEMA, "shown": self._shown}, sort_keys=True)
                atomic_write_text(self._place / LEDGER, text)

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
        return hmac.new(self._key(), text.encode(), hashlib.sha256).hexdigest()[:16]

    def _hashed(self, behind: Mapping[str, str]) -> dict[str, str]:
        key = self._key()

        def short(text: str) -> str:
            return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:16]

        return {short(who): short(f"{who}|{what}") for who, what in behind.items()}
