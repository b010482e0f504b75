"""Rows of one table held together: further cells are hidden until no combination of those shown rests on few people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.ledger.release_ledger import PART_OF_VIEW, WHOLE_OF_VIEW, VersionLedger
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.disclosure.sitting import fewest_behind

if TYPE_CHECKING:
    from hybrid_toolkit.disclosure.gate import Gate

Kinds = Mapping[str, tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]]
HIDE = "_hide"
_Key = TypeVar("_Key", bound=Hashable)
MarksOf = Callable[[Sequence[NDArray[np.bool_]]], Sequence[Mapping[str, str]]]
"""From cells, the units of each, to person -> what they bring to it, a mapping a cell."""


def release_together(
    gate: Gate,
    rows: pd.DataFrame,
    cells: Sequence[NDArray[np.bool_]],
    people: Kinds,
    *,
    dims: Sequence[str],
    whole: str,
    yes: NDArray[np.bool_] | None = None,
    marks: MarksOf | None = None,
    figure: str = "",
    **table: Any,
) -> Release:
    """Release a table whose cells are also held together: by differences, complements and unions of what it shows.

    Parameters
    ----------
    rows : pd.DataFrame
        One row a cell, with unique ``dims``.
    cells : Sequence[NDArray[np.bool]]
        The units behind each row that its figure rests on, of shape (units,).
    people : Kinds
        Kind of person -> positions of units and codes of people.
    dims : Sequence[str]
        As ``Gate.table``.
    whole : str
        What ``dims`` hold in the row for everyone, which is hidden last.
    yes : NDArray[np.bool] | None, optional
        Which units are a yes, where each unit is a yes or a no.
    marks : MarksOf | None, optional
        For cells, person -> what they bring to each; None where the gate's ledger is not asked.
    figure : str, optional
        The metric, as the gate's ledger calls it.
    **table : Any
        As ``Gate.table``: ``table``.

    Returns
    -------
    Release
        The release; rows hidden here are told as secondary.

    Raises
    ------
    DisclosureError
        As ``Gate.table``.

    Examples
    --------
    Everyone, and all but four: the four follow, so the row of the others is hidden.

    >>> from hybrid_toolkit.disclosure import Gate
    >>> units = np.arange(40)
    >>> rows = pd.DataFrame({"place": ["all", "town"], "n": [40, 36], "mean": [3.1, 3.2]})
    >>> kinds = {"family": (units, units)}
    >>> release_together(Gate(), rows, [units < 40, units < 36], kinds, dims=["place"], whole="all", people_column="n",
    ...                  title="Means", values=["mean"]).content["suppressed"].tolist()
    [True, False]
    """
    named = table.pop("people_column", None)
    rows = rows.assign(**{HIDE: table.pop("hidden", False)}).reset_index(drop=True)
    keys = list(rows[list(dims)].astype(str).itertuples(index=False, name=None))
    counts = rows["n"].to_numpy(dtype=float)
    enough = gate.policy.threshold
    shows = gate if marks is None else gate.without_ledger()  # with marks each cell is held to the ledger by itself
    while True:
        release = shows.table(
            rows, dims=dims, people=named, total_label=whole, structural_zeros=True, hide=HIDE, **table
        )
        content = release.content
        shown = set(content.loc[~content["suppressed"], list(dims)].astype(str).itertuples(index=False, name=None))
        at = [i for i, key in enumerate(keys) if key in shown]
        least = fewest_behind([cells[i] for i in at], people, enough=enough, yes=yes)
        if not at or least >= enough - 1e-6:
            if gate.ledger is None or marks is None or not at:
                return release
            everyone = next((i for i in at if all(part == whole for part in keys[i])), -1)
            mine = {i: cells[i] for i in at}
            held = few_apart(gate.ledger, figure, mine, marks, whole=everyone, threshold=enough)
            held = held or few_with_all(gate.ledger, figure, mine, marks, wholes=(everyone,), threshold=enough)
            if not held:
                remember(gate.ledger, figure, mine, marks, whole=everyone, threshold=enough, version=release.data_hash)
                return release
            rows.loc[sorted(held), HIDE] = True
            continue
        parts = [i for i in at if any(part != whole for part in keys[i])]
        smallest = min(parts or at, key=lambda i: (counts[i], i))
        rows.loc[smallest, HIDE] = True


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
    So are sums of some parts beside sums of some parts of a view that was shown. Parts are taken away until all this is
    far from what was shown.

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
    >>> from hybrid_toolkit.disclosure.ledger.release_ledger import PART_OF_VIEW, WHOLE_OF_VIEW, VersionLedger
    >>> ledger, people = VersionLedger(tempfile.mkdtemp()), np.arange(30)
    >>> def marks(cells):
    ...     return [{str(p): "1" for p in people[cell]} for cell in cells]
    >>> ledger.record("fte", marks([people < 12]), version="a")
    >>> sorted(few_apart(ledger, "fte", {"all": people < 30, "b": people >= 13}, marks, whole="all", threshold=10))
    ['b']
    """
    out: set[_Key] = set()
    mark_of = dict(zip(cells, marks(list(cells.values())), strict=True))
    for key, mark in mark_of.items():
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
    while parts := [k for k in cells if k not in out and k != whole]:
        beside = mark_of[whole] if whole in cells and whole not in out else None
        found = ledger.few_in_sums(figure, [mark_of[k] for k in parts], beside, threshold=threshold)
        if not found:
            break
        summed = [k for i, k in enumerate(parts) if i in found] or parts
        out.add(min(summed, key=lambda k: int(cells[k].sum())))
    return out


def few_with_all(
    ledger: VersionLedger,
    figure: str,
    cells: Mapping[_Key, NDArray[np.bool_]],
    marks: MarksOf,
    *,
    wholes: Collection[_Key],
    threshold: int,
) -> set[_Key]:
    """Cells to take away until no sum and difference with all that was shown of the figure tells of few people.

    The smallest go first, and those for everyone last; parameters as ``few_apart``, with several cells for everyone.

    Examples
    --------
    Thirty people over two months; the whole and the second month were shown. Of the first, two are missing today:

    >>> ledger, people, month = VersionLedger(None), np.repeat(np.arange(30), 2), np.tile([1, 2], 30)
    >>> def marks(cells):
    ...     return [{str(p): "|".join(map(str, month[cell & (people == p)])) for p in set(people[cell])}
    ...             for cell in cells]
    >>> ledger.record("fte", marks([people < 30, month == 2]), version="a", view={0: "whole", 1: "part"})
    >>> few_with_all(ledger, "fte", {"b": (month == 1) & (people > 1)}, marks, wholes=(), threshold=10)
    {'b'}
    """
    out: set[_Key] = set()
    mark_of = dict(zip(cells, marks(list(cells.values())), strict=True))
    while shown := [k for k in cells if k not in out]:
        if not ledger.few_in_all(figure, [mark_of[k] for k in shown], threshold=threshold):
            break
        out.add(min([k for k in shown if k not in wholes] or shown, key=lambda k: int(cells[k].sum())))
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
    view = {i: WHOLE_OF_VIEW if key == whole else PART_OF_VIEW for i, key in enumerate(cells)}
    ledger.record(figure, kept, version=version, view=view)


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
