"""Rows of one table held together: further cells are hidden until no combination of those shown rests on few people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.disclosure.release_ledger import MarksOf, few_apart, remember
from hybrid_toolkit.disclosure.sitting import fewest_behind

if TYPE_CHECKING:
    from hybrid_toolkit.disclosure.gate import Gate

Kinds = Mapping[str, tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]]
HIDE = "_hide"


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
    while True:
        release = gate.table(
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
            held = few_apart(gate.ledger, figure, {i: cells[i] for i in at}, marks, whole=everyone, threshold=enough)
            if not held:
                remember(gate.ledger, figure, {i: cells[i] for i in at}, marks, whole=everyone, threshold=enough,
                         version=release.data_hash)  # fmt: skip
                return release
            rows.loc[sorted(held), HIDE] = True
            continue
        parts = [i for i in at if any(part != whole for part in keys[i])]
        smallest = min(parts or at, key=lambda i: (counts[i], i))
        rows.loc[smallest, HIDE] = True
