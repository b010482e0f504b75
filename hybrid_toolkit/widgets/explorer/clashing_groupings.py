"""What several groupings of the same people give away together, and which groupings are therefore not offered.

Each grouping is protected by itself. Together they could still tell a few people apart: by the difference of nested
cells, by a sum of several cells less another, by everyone less what is shown. The groupings are taken in one fixed
order, whatever order they are looked at in, and one is left out whole where, with all before it, some combination of
cells would rest on fewer people than the threshold (``hybrid_toolkit.disclosure.sitting``). The order is fixed so that
code in a fresh kernel leaves out the same groupings.

Periods are held twice: those of one grouping with each other, with everyone over the same periods and with every
grouping over the whole time; and the groupings of one period with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.least_people import NOT_CERTIFIED
from hybrid_toolkit.disclosure.sitting import RowPeople, fewest_people, keep_apart
from hybrid_toolkit.widgets.explorer.cell_counts import PeopleCodes, SharedPeople

LedgerRows = NDArray[np.bool_]
Refusal = Literal["", "few apart", "not certified"]
"""Why cells may not be shown beside the others: a combination of few people was found, or none could be ruled out."""


def clashing(
    groupings: Mapping[str, Sequence[LedgerRows]],
    people: Sequence[PeopleCodes],
    *,
    threshold: int,
    yes: LedgerRows | None = None,
) -> set[str]:
    """Groupings that are not to be shown beside those before them and everyone.

    Parameters
    ----------
    groupings : Mapping[str, Sequence[LedgerRows]]
        Name -> rows of each cell that the grouping would show by itself, in the fixed order.
    people : Sequence[PeopleCodes]
        The people of each row, one entry a kind; the kind with fewest counts.
    threshold : int
        The fewest people.
    yes : LedgerRows | None, optional
        Which rows are a yes, where each row is a yes or a no: who is in and out of each share is held as well.

    Examples
    --------
    Twenty people; one grouping shows the first twelve, another the first fourteen: two would be told apart.

    >>> rows = np.arange(20)
    >>> sorted(clashing({"a": [rows < 10], "b": [rows < 12], "c": [rows >= 10]}, [rows], threshold=6))
    ['b']
    """
    cells = [c for held in groupings.values() for c in held]
    everyone = [np.ones(len(cells[0]), dtype=bool)] if cells else []
    return keep_apart(groupings, _pairs(people), threshold=threshold, first=everyone, yes=yes)


class PeriodGroupings:
    """Which groupings may be shown split by period, taken in one fixed order.

    Parameters
    ----------
    people : Sequence[PeopleCodes]
        As ``clashing``.
    whole : Sequence[LedgerRows]
        Cells of everyone, and of every grouping over the whole time, that are shown.
    threshold : int
        As ``clashing``.
    yes : LedgerRows | None, optional
        As ``clashing``.
    """

    def __init__(
        self,
        people: Sequence[PeopleCodes],
        whole: Sequence[LedgerRows],
        *,
        threshold: int,
        yes: LedgerRows | None = None,
    ) -> None:
        self._people, self._whole, self._threshold, self._yes = _pairs(people), list(whole), threshold, yes
        self._everyone: list[LedgerRows] = []
        self._by_period: dict[str, list[LedgerRows]] = {}

    def admit(self, cells: Mapping[tuple[str, str], LedgerRows], *, everyone: bool = False) -> Refusal:
        """Why cells, by group and period, may not be shown with all that was admitted; "" where they are admitted.

        Parameters
        ----------
        cells : Mapping[tuple[str, str], LedgerRows]
            (group, period) -> rows.
        everyone : bool, default False
            They are of everyone, so that they stand beside every grouping.
        """
        *_, refused = self.admitting(cells, everyone=everyone)
        return refused

    def admitting(self, cells: Mapping[tuple[str, str], LedgerRows], *, everyone: bool = False) -> Iterator[Refusal]:
        """As ``admit``, in steps of some tenths of a second; what the last gives is the answer.

        Parameters
        ----------
        cells : Mapping[tuple[str, str], LedgerRows]
            As ``admit``.
        everyone : bool, default False
            As ``admit``.

        Yields
        ------
        Refusal
            The answer as far as it is known.
        """
        refused = self._refused([*self._whole, *self._everyone, *cells.values()])
        for period in dict.fromkeys(p for _, p in cells):
            yield refused
            if refused:
                return
            new = [rows for (_, p), rows in cells.items() if p == period]
            refused = self._refused([*self._by_period.get(period, []), *new])
        if not refused:
            for (_, period), rows in cells.items():
                self._by_period.setdefault(period, []).append(rows)
            if everyone:
                self._everyone += cells.values()
        yield refused

    def _refused(self, cells: Sequence[LedgerRows]) -> Refusal:
        least = fewest_people(cells, self._people, enough=self._threshold, yes=self._yes)
        if least >= self._threshold - 1e-6:
            return ""
        return "not certified" if least == NOT_CERTIFIED else "few apart"


def _pairs(people: Sequence[PeopleCodes]) -> list[RowPeople]:
    """The people as the gate takes them."""
    return [(kind.row, kind.who) if isinstance(kind, SharedPeople) else kind for kind in people]
