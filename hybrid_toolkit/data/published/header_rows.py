"""Where a table begins in a sheet: its first data row and the header above it, whatever stands between."""

from __future__ import annotations

from hybrid_toolkit.data.published.cells import cell_text, parse_cell
from hybrid_toolkit.data.published.periods import is_year, period_of
from hybrid_toolkit.data.published.places import areas
from hybrid_toolkit.data.published.places.area_names import level_of_name

_SENTENCE = 100
"""Letters of a cell that is a note and no header."""

Rows = list[list[object]]
_LABEL_COLUMNS = 8
# names of areas stand among the first columns, but a table that was sorted by hand may have them further right
_MOST_COLUMNS = 20
_MOST_HEADER_ROWS = 5
_MOST_BLANK_ROWS = 2


def blank(cell: object) -> bool:
    """Nothing but space."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def filled_cells(row: list[object]) -> list[int]:
    """Places of the cells that hold something."""
    return [j for j, c in enumerate(row) if not blank(c)]


def numeric(cell: object) -> bool:
    """A number that is no year: what a header never holds."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return not is_year(cell)
    found = parse_cell(cell)
    return found.is_number and not period_of(cell)


def is_value(cell: object) -> bool:
    """A number or a marker."""
    found = parse_cell(cell)
    return found.is_number or bool(found.marker)


def area_label(row: list[object]) -> int | None:
    """Place of the first cell that names a nation, a region or an English authority, beside some value."""
    for j in filled_cells(row)[:_LABEL_COLUMNS]:
        if isinstance(row[j], str) and level_of_name(cell_text(row[j])):
            return j
    return None


def area_row(row: list[object]) -> bool:
    """Whether a row is the figures of an area that is known by a code or by its name."""
    cells = filled_cells(row)
    label = area_label(row)
    coded = any(areas.is_ons_code(row[j]) for j in cells[:_LABEL_COLUMNS])
    if label is None and not coded:
        return False
    # a figure such as 2010 looks like a year: beside a code it is a figure, beside a name alone it may be a header's
    return any(is_value(row[j]) and (coded or not is_year(row[j])) for j in cells if label is None or j > label)


def first_labelled_row(rows: Rows, start: int, window: int) -> int | None:
    """The first row of the column in which most labels are names of areas, or None.

    One label may be a chance ("Reading", "Bury"); two, being at least a third of the column's labels with figures
    beside them, are not.
    """
    ahead = rows[start : start + window]
    best: int | None = None
    for j in range(min(_MOST_COLUMNS, max((len(r) for r in ahead), default=0))):
        labels = [
            (i, cell_text(r[j]))
            for i, r in enumerate(ahead)
            if j < len(r) and isinstance(r[j], str) and not blank(r[j]) and any(map(is_value, [*r[:j], *r[j + 1 :]]))
        ]
        known = [i for i, name in labels if level_of_name(name)]
        # a label over several rows of figures is a cross-table's, which hands it down
        bare = sum(1 for r in ahead if (j >= len(r) or blank(r[j])) and any(map(numeric, r[j + 1 :])))
        if 2 * bare > len(labels):
            continue
        beside = sum(
            any(isinstance(c, str) and cell_text(c) == name for c in ahead[i][j + 2 :])
            for i, name in labels
            if i in known
        )
        # the same names again further right are tables side by side, which are read as cross-tables
        if known and 2 * beside > len(known):
            return None
        if len(known) >= 2 and 3 * len(known) >= len(labels) and (best is None or start + known[0] < best):
            best = start + known[0]
    return best


def climb(rows: Rows, start: int, first: int) -> int:
    """The first data row of the table that holds row ``first``: blank rows between data rows are nothing."""
    row = first - 1
    blanks = 0
    while row > start:
        cells = filled_cells(rows[row])
        if not cells:
            blanks += 1
            if blanks > _MOST_BLANK_ROWS:
                break
        elif len(cells) >= 2 and _is_data(rows[row]):
            first, blanks = row, 0
        else:
            break
        row -= 1
    return first


def _is_data(row: list[object]) -> bool:
    cells = filled_cells(row)
    return any(numeric(row[j]) for j in cells) or (area_label(row) is not None and area_row(row))


def header_top(rows: Rows, start: int, first: int) -> int:
    """The first row of the header that ends above ``first``; ``first`` itself where there is none."""
    floor = first
    while floor - 1 >= start and not filled_cells(rows[floor - 1]) and first - floor < _MOST_BLANK_ROWS:
        floor -= 1
    top = floor
    while top - 1 >= start and floor - top < _MOST_HEADER_ROWS:
        row = rows[top - 1]
        cells = filled_cells(row)
        if not cells or (len(cells) == 1 and cells[0] < 1):
            break
        if _is_data(row) and not (top < floor and all(numeric(row[j]) for j in cells)):
            break
        if len(cells) == 1 and len(cell_text(row[cells[0]])) > _SENTENCE:
            break
        top -= 1
    return top if top < floor else first


def header_ahead(rows: Rows, i: int, window: int = 16) -> bool:
    """Whether titles and a header of their own stand between row ``i`` and the next figures of areas.

    Row ``i`` follows a blank row; a label alone above rows of the same table is no header.
    """
    for k in range(i, min(i + window, len(rows))):
        if area_row(rows[k]):
            return (
                k > i
                and header_top(rows, i, k) < k
                and len(filled_cells(rows[k - 1]) or filled_cells(rows[k - 2])) >= 2
            )
        if any(map(numeric, rows[k])):
            return False
    return False


def other_header(rows: Rows, i: int, width: int, labels: int) -> bool:
    """Whether row ``i``, straight below data, is the header of another table: words over columns of numbers.

    Parameters
    ----------
    width : int
        Columns of the table above.
    labels : int
        Its leading columns that hold words.
    """
    cells = filled_cells(rows[i])
    beyond = [j for j in cells if j >= labels]
    if len(beyond) < 2 or 2 * len(cells) < width or area_row(rows[i]):
        return False
    if any(areas.is_ons_code(rows[i][j]) for j in cells):
        return False
    if any(is_value(rows[i][j]) and not is_year(rows[i][j]) for j in cells):
        return False
    after = [r for r in rows[i + 1 : i + 4] if filled_cells(r)]
    return bool(after) and all(any(map(numeric, r)) or area_row(r) for r in after[:2])
