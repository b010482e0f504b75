"""What the invented folders of other vendors beside this are made with. No name in them is a person's.

Of 63 folders that were made, the matches of a person written down first, these are kept: two start dates, posts of
others and whole days (``oracle_condeco``); a sheet a year and ways to meet in phrases (``eclipse_payroll``); months
before days, sub-totals, two-row headers (``us_report_server``); OpenDocument, XML, tabs in UTF-16, ticks
(``ods_and_xml``); words cut short (``cut_short``); a key of no meaning (``opaque_keys``); numbers before names
(``numbered``); names said backwards (``backwards``); spaces written as codes (``sharepoint``); two columns of numbers
of staff (``trust_sap``); paths of a data model (``power_bi``); two days of one visit, pivot tables beside the data
(``pivot_books``); a system's own number for children, responsibility as a spell (``responsibility``); weekdays before
days, headers that all begin alike, posts cut short (``weekdays``); sums and earliest days of a report program, a flag
for the case holder (``summed_up``); days of visits below weeks, whereabouts below days (``trackers``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

Right = dict[tuple[str, str], str]
"""(contract table, contract column) -> source column."""


@dataclass(frozen=True)
class Made:
    """One folder: file -> right matches, and pairs that are no fault either."""

    right: dict[str, Right]
    besides: frozenset[tuple[str, str]] = frozenset()


def _sheet(path: Path, rows: list[list[object]], title: str = "Sheet1") -> None:
    book = Workbook()
    book.worksheets[0].title = title
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
