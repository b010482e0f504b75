"""One problem found in data: where it stands and how to mend it, never a value."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 5
"""How many positions a problem lists; its ``count`` is always complete."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one column of one table.

    Parameters
    ----------
    table : str
        Contract table name, or the name of the file or sheet where no table is known.
    column : str
        Contract column name, several joined by ", ", or empty where the whole table is concerned.
    code : str
        A stable short code such as ``TYPE-NUMBER``.
    count : int
        How many rows are concerned.
    positions : tuple[int, ...]
        The first of them, as row numbers of the file or sheet, the header having one too; of a frame or a database
        table, data rows that start at 1.
    text : str
        What was expected and what was found, without values from the data.
    fix : str
        How to fix, one sentence.
    severity : str, default "error"
        ``"error"`` or ``"notice"``.

    Examples
    --------
    >>> print(Problem("worker", "fte", "TYPE-NUMBER", 2, (4, 9), "2 rows are not numbers (fte).", "Write digits only."))
    worker.fte [TYPE-NUMBER] 2 rows are not numbers (fte). Rows 4, 9. How to fix: Write digits only.
    """

    table: str
    column: str
    code: str
    count: int
    positions: tuple[int, ...]
    text: str
    fix: str
    severity: str = "error"

    @property
    def where(self) -> str:
        """Table and column in one word, ``worker.fte``."""
        return f"{self.table}.{self.column}" if self.column else self.table

    def __str__(self) -> str:
        rows = ""
        if self.positions:
            more = ", ..." if self.count > len(self.positions) else ""
            rows = f" {'Row' if self.count == 1 else 'Rows'} {', '.join(map(str, self.positions))}{more}."
        mend = f" How to fix: {self.fix}" if self.fix else ""
        return f"{self.where} [{self.code}] {self.text}{rows}{mend}"
