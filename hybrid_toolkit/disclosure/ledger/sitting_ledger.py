"""The ledger of a sitting: what all widgets of a kernel have shown, in memory or in a release folder."""

from __future__ import annotations

from pathlib import Path

from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
from hybrid_toolkit.errors import DisclosureError

_sitting: list[VersionLedger] = []


def sitting_ledger() -> VersionLedger:
    """The ledger of this sitting: one for all that a process shows where no release folder is named."""
    if not _sitting:
        _sitting.append(VersionLedger(None))
    return _sitting[0]


def forget_sitting() -> None:
    """Begin a new sitting: what was shown before was neither kept nor passed on."""
    _sitting.clear()


def remember_releases(folder: str | Path) -> Path:
    """Keep what the widgets of this kernel show with a release folder, so that the next sitting is held to it.

    Without it a widget forgets with its kernel, and figures of tomorrow's data stand beside those of today's unlooked.

    Parameters
    ----------
    folder : str | Path
        The folder in which what is released is kept; its ledger lies in ``.disclosure`` within it.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DisclosureError
        SITTING-BEGUN, something was shown already that the folder does not know of.
    UnreadableError
        The folder's ledger cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> forget_sitting()
    >>> place = remember_releases(tempfile.mkdtemp())
    >>> sitting_ledger().place == place
    True
    >>> forget_sitting()
    """
    known = _sitting[0] if _sitting else None
    ledger = VersionLedger(folder)
    if known is not None and known.has_shown and known.place != ledger.place:
        raise DisclosureError(
            "widgets of this kernel have shown figures already, which the folder would not know of.",
            fix="Restart the kernel and name the folder before the first widget.",
            code="SITTING-BEGUN",
        )
    _sitting[:] = [ledger]
    assert ledger.place is not None
    return ledger.place


def memory_note(ledger: VersionLedger | None) -> str:
    """What a widget says of its memory; nothing where it has none, or a folder that keeps it.

    Examples
    --------
    >>> memory_note(None), memory_note(VersionLedger(None))[:47]
    ('', 'What is shown here is remembered until this ker')
    """
    if ledger is None or ledger.place is not None:
        return ""
    return (
        "What is shown here is remembered until this kernel ends: figures of later data are not held to it then. To "
        "keep it, begin with ht.remember_releases('releases'), which names the folder of what you release."
    )
