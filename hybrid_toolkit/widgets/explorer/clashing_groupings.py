"""What several groupings of the same people give away together, and which groupings are therefore not offered.

Each grouping is protected by itself. Together they could still tell a few people apart: by the difference of nested
cells, by a sum of several cells less another, by everyone less what is shown. The groupings are taken in one fixed
order, whatever order they are looked at in, and one is left out whole where, with all before it, some combination of
cells would rest on fewer people than the threshold (``hybrid_toolkit.disclosure.sitting``). The order is fixed so that
code in a fresh kernel leaves out the same groupings.

Periods are held twice: those of one grouping with each other, with everyone over the same periods and with every
grouping over the whole time; and the groupings of one period with each other. Each is worked out when it is asked for,
so that the last grouping's quarters do not wait for the months of all before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.least_people import NOT_CERTIFIED
from hybrid_toolkit.disclosure.sitting import RowPeople, fewest_people, keep_apart
from hybrid_toolkit.widgets.explorer.cell_counts import PeopleCodes, SharedPeople

LedgerRows = NDArray[np.bool_]
PeriodCell = tuple[str, str]
"""A value of a group, and a period."""
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


class ShownPeriods:
    """Which cells of one metric by group and period may be shown; each is worked out when it is asked for.

    A period of a group is held to the whole time and to everyone's periods by itself. Then its cells are held, period
    by period, to all that the groups before it could show: which of these are admitted, which takes long to prove, has
    to be known only where they are too many together. So an answer is the same whatever was asked before.

    Parameters
    ----------
    people : Sequence[PeopleCodes]
        As ``clashing``.
    whole : Sequence[LedgerRows]
        Cells of everyone, and of every grouping over the whole time, that are shown.
    groups : Sequence[str]
        Everyone first, then the groups in their fixed order.
    levels : Sequence[str]
        Kinds of period, the longest first.
    block : Callable[[str, str], Mapping[PeriodCell, LedgerRows]]
        From group and kind of period to the rows of each cell, by value of the group and period, that the gate lets
        through by itself.
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
        groups: Sequence[str],
        levels: Sequence[str],
        block: Callable[[str, str], Mapping[PeriodCell, LedgerRows]],
        threshold: int,
        yes: LedgerRows | None = None,
    ) -> None:
        self._people, self._whole, self._threshold, self._yes = _pairs(people), list(whole), threshold, yes
        self._groups, self._levels, self._block = list(groups), list(levels), block
        self._steps: dict[tuple[str, str], Iterator[None]] = {}
        self._refusals: dict[tuple[str, str], Refusal] = {}
        self._blocks: dict[tuple[str, str], Mapping[PeriodCell, LedgerRows]] = {}

    def shown(self, group: str, level: str) -> set[PeriodCell]:
        """The cells of a group over periods, down to a kind of period, that may be shown."""
        upto = self._levels[: self._levels.index(level) + 1]
        for _ in self.settling(group, level):
            pass
        return {pair for name in upto for pair in self._admitted(group, name)}

    def why_not(self, group: str, level: str) -> Refusal:
        """Why periods of a group that were asked for are not shown; "" where they are, or were not worked out."""
        return self._refusals.get((group, level), "")

    def settling(self, group: str, level: str) -> Iterator[None]:
        """Work out whether periods of a group may be shown, in steps of some tenths of a second to some seconds."""
        key = (group, level)
        if key not in self._refusals:
            steps = self._steps.setdefault(key, self._settle(group, level))
            for _ in steps:  # what is left off here another view goes on with, unlike by yield from
                yield

    def settling_all(self) -> Iterator[None]:
        """The same for every group and period."""
        for group in self._groups:
            for level in self._levels:
                for _ in self.settling(group, level):
                    yield

    def _settle(self, group: str, level: str) -> Iterator[None]:
        everyone, at = self._groups[0], self._levels.index(level)
        needed = [(group, name) for name in self._levels[:at]]
        needed += [(everyone, name) for name in self._levels] if group != everyone else []
        for other in needed:
            for _ in self.settling(*other):
                yield
        nothing: Refusal = ""
        refused = next((r for name in self._levels[:at] if (r := self._refusals[group, name])), nothing)
        cells = self._cells(group, level)
        if cells and not refused:  # finer periods would give coarser ones away that are refused
            beside = [c for name in self._levels for c in self._admitted(everyone, name).values()]
            refused = self._refused([*self._whole, *beside, *cells.values()])
            yield
        before = self._groups[: self._groups.index(group)]
        for period in dict.fromkeys(p for _, p in cells) if not refused else ():
            mine = _of_period(cells, period)
            refused = self._refused([*self._before(before, level, period), *mine])
            yield
            if refused:  # beside all that those before could show; they may not all be admitted
                for name in before:
                    for _ in self.settling(name, level):
                        yield
                admitted = [name for name in before if not self._refusals[name, level]]
                if len(admitted) < len(before):
                    refused = self._refused([*self._before(admitted, level, period), *mine])
            if refused:
                break
        self._refusals[group, level] = refused

    def _before(self, groups: Sequence[str], level: str, period: str) -> list[LedgerRows]:
        return [rows for name in groups for rows in _of_period(self._cells(name, level), period)]

    def _cells(self, group: str, level: str) -> Mapping[PeriodCell, LedgerRows]:
        if (group, level) not in self._blocks:
            self._blocks[group, level] = self._block(group, level)
        return self._blocks[group, level]

    def _admitted(self, group: str, level: str) -> Mapping[PeriodCell, LedgerRows]:
        """The cells of what was settled and admitted; none where it is still open or refused."""
        return {} if self._refusals.get((group, level), "few apart") else self._cells(group, level)

    def _refused(self, cells: Sequence[LedgerRows]) -> Refusal:
        least = fewest_people(cells, self._people, enough=self._threshold, yes=self._yes)
        if least >= self._threshold - 1e-6:
            return ""
        return "not certified" if least == NOT_CERTIFIED else "few apart"


def _of_period(cells: Mapping[PeriodCell, LedgerRows], period: str) -> list[LedgerRows]:
    return [rows for (_, p), rows in cells.items() if p == period]


def _pairs(people: Sequence[PeopleCodes]) -> list[RowPeople]:
    """The people as the gate takes them."""
    return [(kind.row, kind.who) if isinstance(kind, SharedPeople) else kind for kind in people]
