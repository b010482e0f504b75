"""What a rule is: a decorator (code, fields, words) and a function that marks the rows that break it.

The function is given the frames that the decorator names, in that order, and returns a boolean mask over the
rows of the first: True where the rule is broken. It runs only where all its columns are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from hybrid_toolkit.data.tables.contracts import DTYPES, TABLES
from hybrid_toolkit.data.tables.schema import marked, rows
from hybrid_toolkit.data.validation.problem import Problem


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    code : str
        Stable short code of its problems.
    fields : Mapping[str, tuple[str, ...]]
        Table -> columns it reads; the problem stands in the first table.
    text : str
        What is wrong, after the number of rows.
    fix : str
        How to fix.
    severity : str
        ``"error"`` or ``"notice"``.
    check : Callable[..., pd.Series]
        Frames in the order of ``fields`` -> mask over the first frame.
    any_of : tuple[str, ...], optional
        Columns of the first table of which at least one must be there; those that are there are passed too.
    """

    code: str
    fields: Mapping[str, tuple[str, ...]]
    text: str
    fix: str
    severity: str
    check: Callable[..., pd.Series]
    any_of: tuple[str, ...] = ()

    def problems(self, frames: Mapping[str, pd.DataFrame]) -> list[Problem]:
        """What breaks the rule in these frames; nothing where it cannot be asked."""
        given: list[pd.DataFrame] = []
        for table, columns in self.fields.items():
            extra = () if given else self.any_of
            if table not in frames or not _usable(table, frames[table], columns):
                return []
            frame = frames[table].reset_index(drop=True)
            more = [c for c in extra if _usable(table, frame, (c,))]
            if extra and not more:
                return []
            given.append(frame[[*columns, *more]])
        count, places = marked(self.check(*given))
        if not count:
            return []
        table, columns = next(iter(self.fields.items()))
        named = ", ".join(columns or self.any_of)
        return [Problem(table, named, self.code, count, places, f"{rows(count)} {self.text}.", self.fix, self.severity)]


def _usable(table: str, frame: pd.DataFrame, columns: tuple[str, ...]) -> bool:
    """Whether the columns are there and loaded as their contract says (else their type is already a problem)."""
    contract = TABLES[table]
    return all(c in frame.columns and str(frame[c].dtype) == DTYPES[contract[c].kind] for c in columns)


RULES: dict[str, Rule] = {}
"""Every rule by its code, in the order of this page."""


def rule(
    code: str,
    fields: Mapping[str, tuple[str, ...]],
    text: str,
    fix: str,
    *,
    severity: str = "error",
    any_of: tuple[str, ...] = (),
) -> Callable[[Callable[..., pd.Series]], Callable[..., pd.Series]]:
    """Register a function as a rule; see ``Rule`` for the arguments."""

    def add(check: Callable[..., pd.Series]) -> Callable[..., pd.Series]:
        if code in RULES:
            raise ValueError(f"two rules are called {code}")
        RULES[code] = Rule(code, dict(fields), text, fix, severity, check, any_of)
        return check

    return add
