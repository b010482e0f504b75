"""Cells that hold a code and a name together: ``E06000001 : Hartlepool`` becomes two columns."""

from __future__ import annotations

import re
from dataclasses import replace

from hybrid_toolkit.data.published.cells import cell_text
from hybrid_toolkit.data.published.published_statistics import SheetGrid

_FIRST = re.compile(r"(?P<code>[EWSNKJLM]\d{8})\s*[:\-–|]?\s+(?P<name>[A-Za-z].*)")
_LAST = re.compile(r"(?P<name>[A-Za-z].*?)\s*[(\[](?P<code>[EWSNKJLM]\d{8})[)\]]")


def split_codes(grid: SheetGrid) -> SheetGrid:
    """The same sheet with the name in a column of its own, to the right of its code.

    A column counts where at least two cells, and half of those from the first such cell on, hold both.
    """
    width = max((len(r) for r in grid.rows), default=0)
    for j in range(min(width, 8)):
        found = {i: m for i, r in enumerate(grid.rows) if j < len(r) and (m := _parts(r[j]))}
        if len(found) < 2:
            continue
        first = min(found)
        there = sum(1 for r in grid.rows[first:] if j < len(r) and cell_text(r[j]))
        if 2 * len(found) < there:
            continue
        return _split(grid, j, found, first)
    return grid


def _parts(cell: object) -> tuple[str, str] | None:
    if not isinstance(cell, str):
        return None
    text = cell_text(cell)
    found = _FIRST.fullmatch(text) or _LAST.fullmatch(text)
    return (found["code"], found["name"]) if found else None


def _split(grid: SheetGrid, j: int, found: dict[int, tuple[str, str]], first: int) -> SheetGrid:
    header = max((i for i in range(first) if j < len(grid.rows[i]) and cell_text(grid.rows[i][j])), default=-1)
    rows: list[list[object]] = []
    for i, row in enumerate(grid.rows):
        if j >= len(row):
            rows.append(list(row))
            continue
        if i in found:
            code, name = found[i]
        elif i == header:
            code, name = f"{cell_text(row[j])} code", f"{cell_text(row[j])} name"
        else:
            # a title or a note stays one cell
            rows.append([*row[: j + 1], *([""] if len(row) > j + 1 else []), *row[j + 1 :]])
            continue
        rows.append([*row[:j], code, name, *row[j + 1 :]])
    percent = frozenset((r, c + 1 if c > j else c) for r, c in grid.percent)
    return replace(grid, rows=rows, percent=percent)
