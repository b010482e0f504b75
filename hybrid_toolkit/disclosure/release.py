"""A Release: the only thing that tables, figures, reports and widgets may show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Final

import pandas as pd

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
from hybrid_toolkit.errors import DisclosureError, plural, with_article

_KINDS = ("table", "estimates", "figure", "facts", "text")
"""What a release may be."""


class _Seal:
    """The gate's seal: only the gate holds it."""


_SEAL: Final = _Seal()


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of the gate: which rule, on what, why, over how many cells. Never a value.

    Parameters
    ----------
    rule : str
        Which rule.
    what : str
        On what.
    why : str
        Why.
    cells : int, default 0
        Over how many cells.

    Examples
    --------
    >>> Decision("threshold", "7 of 24 cells hidden", "They rest on fewer than 10.", 7).cells
    7
    """

    rule: str
    what: str
    why: str
    cells: int = 0


@dataclass(frozen=True)
class Release:
    """What passed the disclosure gate. Made by ``Gate`` alone, never by hand; frozen.

    Parameters
    ----------
    id : str
        Kind and the first twelve characters of the content's hash; the same content has the same id.
    kind : str
        One of ``_KINDS``.
    title : str
        What it shows, in words.
    decisions : tuple[Decision, ...]
        Every decision that the gate took.
    synthetic : bool
        Whether the data behind it were simulated.
    stamp : str
        The words to show beside it, empty for real data.
    data_hash : str
        Hash of the data behind it, empty where the gate was not told.
    policy_hash : str
        Hash of the policy that let it through.
    _frame : pd.DataFrame
        The content.
    seal : object
        The gate's seal: only the gate holds it.
    dims : tuple[str, ...], optional
        Names of the columns that split the content.
    count : str | None, optional
        Names of the columns that count it.
    values : tuple[str, ...], optional
        Names of the columns that measure it.
    basis : str, optional
        Of facts, the grounds on which they passed.

    Raises
    ------
    DisclosureError
        Built anywhere but in the gate.

    Examples
    --------
    >>> Release("x", "table", "By hand", (), False, "", "", "", _frame=pd.DataFrame(), seal=None)
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.DisclosureError: [RELEASE-FORGED] A Release is made by the disclosure gate only. How to \
fix: Pass the frame through Gate().table, .estimates, .figure_data, .facts or .text.
    """

    id: str
    kind: str
    title: str
    decisions: tuple[Decision, ...]
    synthetic: bool
    stamp: str
    data_hash: str
    policy_hash: str
    _frame: pd.DataFrame = field(repr=False, compare=False)
    seal: InitVar[object]
    dims: tuple[str, ...] = ()
    count: str | None = None
    values: tuple[str, ...] = ()
    basis: str = ""

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise DisclosureError(
                "A Release is made by the disclosure gate only.",
                fix="Pass the frame through Gate().table, .estimates, .figure_data, .facts or .text.",
                code="RELEASE-FORGED",
            )

    @property
    def content(self) -> pd.DataFrame:
        """The released rows; a copy, so that changing it changes nothing here."""
        return self._frame.copy(deep=True)

    @property
    def text(self) -> str:
        """The released words of a text release; empty for other kinds."""
        return str(self._frame["text"].iloc[0]) if self.kind == "text" else ""

    @property
    def intact(self) -> bool:
        """Whether the content still is what the gate let through."""
        return self.id == release_id(self.kind, self.title, self._frame)

    @property
    def hidden(self) -> int:
        """How many rows are hidden."""
        return int(self._frame["suppressed"].sum()) if "suppressed" in self._frame else 0


def release_id(kind: str, title: str, frame: pd.DataFrame) -> str:
    """The id of a release: its kind and the start of the SHA-256 of its title and content."""
    body = frame.to_csv(index=False, lineterminator="\n")
    return f"{kind}-{hashlib.sha256(f'{kind}|{title}|{body}'.encode()).hexdigest()[:12]}"


def require_release(item: object, *, kinds: tuple[str, ...] = _KINDS) -> Release:
    """The release itself, or an error: the check with which everything that shows anything begins.

    Parameters
    ----------
    item : object
        What is to be shown.
    kinds : tuple[str, ...], default _KINDS
        Kinds of release that may be shown here.

    Returns
    -------
    Release
        The release itself, or an error: the check with which everything that shows anything begins.

    Raises
    ------
    DisclosureError
        ``item`` is not a Release, was changed after the gate, or is of another kind.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> release = Gate().text("12 teams took part.", title="Teams", n=40)
    >>> require_release(release, kinds=("text",)) is release
    True
    """
    if not isinstance(item, Release):
        raise DisclosureError(
            f"Only a Release may be shown; this is {with_article(type(item).__name__)}.",
            fix="Pass it through the disclosure gate first: Gate().table, .estimates, .figure_data, .facts or .text.",
            code="NOT-RELEASED",
        )
    if not item.intact:
        raise DisclosureError(
            "This Release was changed after it passed the gate.",
            fix="Pass the frame through the disclosure gate again.",
            code="RELEASE-CHANGED",
        )
    if item.kind not in kinds:
        raise DisclosureError(
            f"This needs a Release of kind {' or '.join(kinds)}; it is of kind {item.kind}.",
            fix="Use the gate's method for that kind.",
            code="RELEASE-KIND",
        )
    return item


def is_redrawn(frame: pd.DataFrame, count: str, releases: Release | Sequence[Release] | None) -> bool:
    """Whether a frame is put together from releases; False where none are named.

    Raises
    ------
    DisclosureError
        One is no release, or the frame holds a count that stands in none of them (REDRAWN-OTHER).
    """
    if releases is None:
        return False
    known: set[float] = set()
    for item in [releases] if isinstance(releases, Release) else list(releases):
        release = require_release(item)
        held = release.content[release.count] if release.count else pd.Series(dtype=float)
        known |= set(pd.to_numeric(held, errors="coerce").dropna().astype(float))
    own = pd.to_numeric(frame[count], errors="coerce").dropna().astype(float)
    odd = int((~own[own > 0].isin(known)).sum())
    if odd:
        raise DisclosureError(
            f"{plural(odd, 'count of the frame stands', 'counts of the frame stand')} in none of the releases that it "
            "is said to come from.",
            fix="Pass the frame through the gate without derived_from.",
            code="REDRAWN-OTHER",
        )
    return True


KEPT_INSIDE = "hash kept inside"
"""Printed in place of the hash of real data where no key is at hand; whoever has the data reads it off them."""


def data_hash_of(source: object) -> str | None:
    """The hash of the data behind something: its ``data_hash``, or its ``hash`` where it is the data."""
    if source is None or isinstance(source, pd.DataFrame):
        return None
    found = getattr(source, "data_hash", None) or getattr(source, "hash", None)
    return found if isinstance(found, str) else None


def printed_hash(data_hash: str, *, synthetic: bool, ledger: VersionLedger | None = None) -> str:
    """What is printed of the hash of data: of real data never the plain hash, which confirms a guessed value.

    Parameters
    ----------
    data_hash : str
        The plain hash.
    synthetic : bool
        Whether the data are stamped as simulated; their hash is printed as it is.
    ledger : VersionLedger | None, optional
        That of the release folder, whose key the hash is keyed with; None where there is none.

    Returns
    -------
    str
        The hash to print, or that it is kept inside.

    Examples
    --------
    >>> printed_hash("682636fc", synthetic=True), printed_hash("682636fc", synthetic=False)
    ('682636fc', 'hash kept inside')
    """
    if synthetic or not data_hash:
        return data_hash
    return KEPT_INSIDE if ledger is None else ledger.keyed(data_hash)


def seal_release(
    frame: pd.DataFrame,
    *,
    kind: str,
    title: str,
    decisions: tuple[Decision, ...],
    behind: object,
    policy_hash: str,
    dims: tuple[str, ...] = (),
    count: str | None = None,
    values: tuple[str, ...] = (),
    basis: str = "",
) -> Release:
    """Build a release, stamped with the hash of the data behind it; for the gate's own use."""
    kept = frame.reset_index(drop=True).copy(deep=True)
    synthetic = bool(getattr(behind, "synthetic", False))
    return Release(
        id=release_id(kind, title, kept),
        kind=kind,
        title=title,
        decisions=decisions,
        synthetic=synthetic,
        stamp=SYNTHETIC_STAMP if synthetic else "",
        data_hash=data_hash_of(behind) or "",
        policy_hash=policy_hash,
        _frame=kept,
        seal=_SEAL,
        dims=dims,
        count=count,
        values=values,
        basis=basis,
    )


RECORD_COLUMNS = ("release", "kind", "title", "rule", "what", "why", "cells", "policy")


def disclosure_record(releases: Iterable[Release]) -> pd.DataFrame:
    """One row a decision over all releases; a release without any has one row that says so.

    Parameters
    ----------
    releases : Iterable[Release]
        What has passed the gate.

    Returns
    -------
    pd.DataFrame
        One row a decision over all releases; a release without any has one row that says so.

    Raises
    ------
    DisclosureError
        Something in ``releases`` is not a release.

    Examples
    --------
    >>> disclosure_record([]).columns.tolist()
    ['release', 'kind', 'title', 'rule', 'what', 'why', 'cells', 'policy']
    """
    rows = []
    for release in releases:
        require_release(release)
        head = (release.id, release.kind, release.title)
        policy = release.policy_hash[:12]
        for d in release.decisions:
            rows.append((*head, d.rule, d.what, d.why, d.cells, policy))
        if not release.decisions:
            rows.append((*head, "none", "Shown whole", "No rule asked for more.", 0, policy))
    return pd.DataFrame(rows, columns=list(RECORD_COLUMNS))
