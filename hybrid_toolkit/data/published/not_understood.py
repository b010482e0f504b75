"""The error for a file in which no table is found: what was seen, what was expected, which argument would help."""

from __future__ import annotations

from collections.abc import Sequence

from hybrid_toolkit.data.published.cells import cell_text
from hybrid_toolkit.data.published.header_rows import filled_cells, numeric
from hybrid_toolkit.data.published.published_statistics import FileSource, SheetGrid
from hybrid_toolkit.errors import PublishedError, plural

_EXPECTED = (
    "Expected a column of area codes (nine characters such as E06000001, or three digits headed LA) or of area names, "
    "or year labels in the first column, with a header above and numbers or grades beside."
)


def not_understood(grids: Sequence[SheetGrid], source: FileSource) -> PublishedError:
    """The error to raise, with counts and positions: a first line may be a header, or one person's row."""
    rows = sum(len(g.rows) for g in grids)
    width = max((len(r) for g in grids for r in g.rows), default=0)
    place = next(((g, i) for g in grids for i, r in enumerate(g.rows) if len(filled_cells(r)) > 1), None)
    first = "no line with several cells"
    if place is not None:
        grid, i = place
        cells = [t for t in map(cell_text, grid.rows[i]) if t]
        words = sum(any(ch.isalpha() for ch in t) for t in cells)
        where = f"row {i + 1}{f' of sheet {grid.name!r}' if grid.name else ''}"
        first = f"the first line with several cells in {where}, {words} of its {len(cells)} cells in words"
    sheets = f" on {plural(len(grids), 'sheet')}" if len(grids) > 1 else ""
    return PublishedError(
        f"'{source.file}' is not understood: saw {plural(rows, 'row')} and {plural(width, 'column')}{sheets}, "
        f"{first}. {_EXPECTED}",
        fix=_argument(grids, place),
        code="PUB-LAYOUT",
    )


def _argument(grids: Sequence[SheetGrid], place: tuple[SheetGrid, int] | None) -> str:
    """The argument that fits what was seen."""
    if place is None:
        return "Download the table itself as CSV, ODS, XLSX or Parquet: this file holds lines of words and no table."
    grid, i = place
    below = [r for r in grid.rows[i + 1 : i + 40] if len(filled_cells(r)) > 1]
    figures = sum(any(numeric(c) for c in r) for r in below)
    sheet = f", sheet={grid.name!r}" if grid.name and len(grids) > 1 else ""
    if not below:
        return "Give a file with rows below its header; this one has a header and nothing else."
    if figures < 0.5 * len(below):
        return (
            "It holds words and hardly a number, as a description of a data set does: give the table itself. If row "
            f"{i + 1} holds column names, load_published(path, header={i + 1}, area='HEADER'{sheet})."
        )
    return (
        f"Say which row holds the column names and which column the areas: load_published(path, header={i + 1}, "
        f"area='HEADER'{sheet}), or on the command line --header {i + 1} --area HEADER; period='2024' where the file "
        "names none."
    )
