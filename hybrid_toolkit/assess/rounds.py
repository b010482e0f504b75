"""Rounds of the nine conditions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit.assess.maturity import CAVEAT, LEVELS, MIN_RATERS, Assessment, rate_conditions
from hybrid_toolkit.errors import UsageError


@dataclass(frozen=True, eq=False)
class ComparedRounds:
    """The level of each condition in each round, in the conditions' own order.

    Parameters
    ----------
    titles : tuple[str, ...]
        Titles of the rounds, the first one first.
    table : pd.DataFrame
        One row a condition: ``condition`` and ``title``; for each round ``level_1``, ``raters_1``, ``level_2`` ...; and
        ``change``, the last level less the first, missing where either is.

    Examples
    --------
    >>> from hybrid_toolkit.assess.maturity import Answer
    >>> roles = ("practitioner", "supervisor", "senior_leader")
    >>> then, now = (Assessment(tuple(Answer(f"S0-C6.{i}", r, level) for r in roles for i in (1, 2)))
    ...     for level in ("none", "established"))
    >>> print(compare_rounds([("Spring", then), ("Autumn", now)]).summary().partition(". ")[0])
    Spring to Autumn: of 9 conditions 1 has a level in both rounds, 1 of them higher, 0 lower and 0 the same
    """

    titles: tuple[str, ...]
    table: pd.DataFrame = field(repr=False)

    def summary(self) -> str:
        """Prose: how many conditions moved which way, and what that can mean.

        Returns
        -------
        str
            How many conditions stand higher, lower and the same.
        """
        change = self.table["change"].dropna()
        up, down, same = int((change > 0).sum()), int((change < 0).sum()), int((change == 0).sum())
        reached = int((self.table[f"level_{len(self.titles)}"] >= LEVELS["established"]).sum())
        verb = "has" if len(change) == 1 else "have"
        return (
            f"{self.titles[0]} to {self.titles[-1]}: of {len(self.table)} conditions {len(change)} {verb} a level in "
            f"both rounds, {up} of them higher, {down} lower and {same} the same. {reached} of the last round's are "
            f"'established' or more. Other people may have answered, so that a change of one level can be a change of "
            f"raters. {CAVEAT}"
        )


def compare_rounds(rounds: Sequence[tuple[str, Assessment]]) -> ComparedRounds:
    """Two or more rounds of the self-assessment side by side (MA4).

    Parameters
    ----------
    rounds : Sequence[tuple[str, Assessment]]
        Title and answers of each round, the first one first; a level is given from three raters on.

    Returns
    -------
    ComparedRounds
        The levels by condition and round.

    Raises
    ------
    UsageError
        Fewer than two rounds, or two of one title.

    Examples
    --------
    >>> compare_rounds([("Spring", Assessment()), ("Autumn", Assessment())]).table["change"].notna().sum()
    np.int64(0)
    """
    titles = tuple(title for title, _ in rounds)
    if len(titles) < 2 or len(set(titles)) != len(titles):
        raise UsageError(
            f"comparing rounds needs at least 2, each with a title; {len(titles)} were given.",
            fix="Use a list of (title, assessment), such as 2 rounds called 'Spring' and 'Autumn'.",
            code="ROUNDS",
        )
    rated = [rate_conditions(answers).conditions for _, answers in rounds]
    rows: list[dict[str, object]] = [{"condition": c.id, "title": c.title} for c in rated[0]]
    table = pd.DataFrame(rows)
    for k, conditions in enumerate(rated, start=1):
        found = {c.id: c for c in conditions}
        shown = [found[i] for i in table["condition"]]
        table[f"level_{k}"] = [c.level for c in shown]
        table[f"raters_{k}"] = [c.n_raters if c.n_raters >= MIN_RATERS else 0 for c in shown]
    table["change"] = table[f"level_{len(rated)}"] - table["level_1"]
    return ComparedRounds(titles, table)
