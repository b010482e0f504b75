"""Cutting a workbook sheet into blocks: titles, header rows, data rows, bands side by side, notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hybrid_toolkit.data.published.cells import PublishedCell, cell_text, parse_cell
from hybrid_toolkit.data.published.periods import is_year, period_of

_TITLES = 3
"""Lines at the head of a sheet that may be titles: what it shows, of whom, and when."""

_NOTE = re.compile(
    r"(notes?|sources?|footnotes?|contact|back to|return to|this (work)?sheet|this table|some cells|for more|see )\b"
    r"|\(?\d{1,2}[).]\s|\*+\s|\[(note|\d)|©|robust standard|https?:|the reference|to interpret",
    re.I,
)
_LONG = 100


@dataclass(frozen=True)
class SheetLine:
    """One row of a sheet: its filled cells and what kind of row it is.

    ``kind`` is "blank", "label" (words in one place only), "head" (words or years in several), or "data".
    """

    index: int
    cells: dict[int, object]
    kind: str

    def text(self, column: int) -> str:
        return cell_text(self.cells.get(column, ""))


@dataclass
class SheetBlock:
    """Consecutive data rows under one header.

    Parameters
    ----------
    above : list[SheetLine]
        Label and head lines between the previous block and this one.
    data : list[tuple[SheetLine, str]], optional
        Data lines, each with the section label that stands above it inside the block.
    """

    above: list[SheetLine]
    data: list[tuple[SheetLine, str]] = field(default_factory=list)


@dataclass(frozen=True)
class HeaderBand:
    """Columns of one table, where several stand side by side."""

    stubs: tuple[int, ...]
    values: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.stubs[0]

    @property
    def all(self) -> tuple[int, ...]:
        return (*self.stubs, *self.values)


def cell_of(raw: object) -> PublishedCell:
    """A cell's reading, dates and truth values being words."""
    return parse_cell(cell_text(raw)) if not isinstance(raw, (int, float)) or isinstance(raw, bool) else parse_cell(raw)


def is_block_value(raw: object) -> bool:
    """A number or a plain marker; a range or a duration may as well be a label."""
    found = cell_of(raw)
    return found.is_number or (bool(found.marker) and not found.is_range and not found.parts)


def _line(index: int, row: list[object], first: int) -> SheetLine:
    cells = {j: c for j, c in enumerate(row) if cell_text(c)}
    if not cells:
        return SheetLine(index, cells, "blank")
    beyond = {j: c for j, c in cells.items() if j > first}
    values = [c for c in beyond.values() if is_block_value(c)]
    if beyond and not values and first in cells and _suppressed(list(beyond.values())):
        return SheetLine(index, cells, "data")
    if not beyond or not values:
        alone = len(cells) == 1 and (first in cells or len(cell_text(next(iter(cells.values())))) > _LONG)
        return SheetLine(index, cells, "label" if alone else "head")
    if first not in cells and _numbered([cell_of(c).value for c in values]) and len(values) == len(beyond):
        return SheetLine(index, cells, "head")
    years = [c for c in values if period_of(c) and is_year(c)]
    if len(years) == len(values) and (len(values) >= 2 or len(beyond) > 1) and not is_year(cells.get(first, "")):
        numbers_left = [c for c in beyond.values() if not is_year(c)]
        if len(years) >= 2 or numbers_left:
            return SheetLine(index, cells, "head")
    return SheetLine(index, cells, "data")


def _suppressed(cells: list[object]) -> bool:
    """Whether every cell is one and the same bound, such as ``<5``: figures withheld, not a header of bands."""
    found = [cell_of(c) for c in cells]
    return all(c.is_range and c.marker[0] in "<>≤≥" for c in found) and len({c.marker for c in found}) == 1


def _numbered(values: list[float]) -> bool:
    """Column numbers 1, 2, 3, ... as headers print them."""
    return len(values) > 1 and values == [float(n) for n in range(1, len(values) + 1)]


def cut_blocks(rows: list[list[object]]) -> tuple[list[SheetBlock], list[SheetLine]]:
    """Blocks from the top of a sheet, and the lines that are notes."""
    used = [j for row in rows for j, c in enumerate(row) if cell_text(c)]
    first = min(used, default=0)
    lines = [_line(i, row, first) for i, row in enumerate(rows)]
    blocks: list[SheetBlock] = []
    notes: list[SheetLine] = []
    pending: list[SheetLine] = []
    block: SheetBlock | None = None
    section = ""
    in_notes = False
    for k, line in enumerate(lines):
        if line.kind == "blank":
            pending.append(line)
        elif line.kind == "data":
            if block is None or any(p.kind == "head" for p in pending):
                heads = [n for n, p in enumerate(pending) if p.kind == "head"]
                under = [p for p in pending[heads[-1] + 1 :] if p.kind == "label"] if heads else []
                section = under[-1].text(min(under[-1].cells)) if under else ""
                block = SheetBlock(above=[p for p in pending if p not in under])
                blocks.append(block)
            else:
                named = [p for p in pending if p.kind == "label" and not _is_note(p)]
                section = named[-1].text(min(named[-1].cells)) if named else section
            pending, in_notes = [], False
            block.data.append((line, section))
        elif line.kind == "head" and block is not None and _is_text_data(lines, k, block, first):
            block.data.append((line, section))
        elif (in_notes and line.kind == "label") or _is_note(line):
            notes.append(line)
            in_notes = in_notes or bool(re.match(r"(notes?|footnotes?|sources?)\b", line.text(min(line.cells)), re.I))
            in_notes = in_notes and bool(blocks)
        else:
            pending.append(line)
    notes += [p for p in pending if p.kind != "blank"]
    return blocks, notes


def _is_note(line: SheetLine) -> bool:
    if len(line.cells) != 1:
        return False
    text = line.text(min(line.cells))
    return bool(_NOTE.match(text)) or (len(text) > _LONG and line.index > _TITLES)


def _is_text_data(lines: list[SheetLine], k: int, block: SheetBlock, first: int) -> bool:
    """A row of words under the block's own columns (``Yes``, ``No``), not the header of another block."""
    if first not in lines[k].cells or not any(c > first for c in lines[k].cells):
        return False
    for line in lines[k + 1 :]:
        if line.kind == "blank":
            break
        if line.kind == "data":
            return False
    columns = {c for data, _ in block.data for c in data.cells}
    return set(lines[k].cells) <= columns


def bands_of(block: SheetBlock) -> list[HeaderBand]:
    """The tables that stand side by side in a block: label columns, then value columns."""
    rows = [line.cells for line, _ in block.data if line.kind == "data"]
    columns = sorted({c for row in rows for c in row})
    labels: dict[int, bool] = {}
    for position, c in enumerate(columns):
        there = [row[c] for row in rows if c in row]
        words = [x for x in there if cell_of(x).text or (cell_of(x).is_range and not _suppressed([x]))]
        if position == 0 or (len(words) >= 0.8 * len(there) and words):
            labels[c] = True
        elif all(is_year(x) for x in there):
            previous = columns[position - 1]
            same = any(cell_text(row.get(columns[0])) == cell_text(row.get(c)) for row in rows if c in row)
            labels[c] = same or labels.get(previous, False)
        else:
            labels[c] = False
    return _group(columns, labels)


def _group(columns: list[int], labels: dict[int, bool]) -> list[HeaderBand]:
    bands: list[HeaderBand] = []
    stubs: list[int] = []
    values: list[int] = []
    for position, c in enumerate(columns):
        if labels[c]:
            if values and any(not labels[d] for d in columns[position:]):
                bands.append(HeaderBand(tuple(stubs), tuple(values)))
                stubs, values = [c], []
            elif values:
                values.append(c)
            else:
                stubs.append(c)
        else:
            values.append(c)
    if stubs and values:
        bands.append(HeaderBand(tuple(stubs), tuple(values)))
    return bands


def band_rows(
    lines: list[SheetLine], bands: list[HeaderBand], band: HeaderBand
) -> tuple[list[str], list[str], list[dict[int, str]]]:
    """Titles, section labels and header rows above one band.

    A row with words only at the band's first column is a title, or a section if no blank row follows it before the
    header. A header row is filled to the right, as merged cells are.
    """
    following = [b.start for b in bands if b.start > band.start]
    last = min(following, default=max([*band.all, *(c for line in lines for c in line.cells)]) + 1)
    titles: list[str] = []
    sections: list[str] = []
    heads: list[dict[int, str]] = []
    for k, line in enumerate(lines):
        inside = {c: line.text(c) for c in line.cells if band.start <= c < last}
        if not inside:
            continue
        if all(c in band.stubs for c in inside) or (line.kind == "label" and line.index < _TITLES):
            words = " ".join(inside.values())
            after = lines[k + 1 :]
            blank_next = bool(after) and (any(x.kind == "blank" for x in after) and not _joined_to_header(after))
            (titles if (line.index == 0 or blank_next) and not heads else sections).append(words)
        else:
            heads.append(_filled_right(inside, band.values))
    return titles, sections, heads


def _joined_to_header(after: list[SheetLine]) -> bool:
    """Whether the lines run on to the header with no blank row between."""
    for line in after:
        if line.kind == "blank":
            return False
        if line.kind == "head":
            return True
    return True


def _filled_right(inside: dict[int, str], values: tuple[int, ...]) -> dict[int, str]:
    out: dict[int, str] = {}
    places = sorted(inside)
    for c in values:
        left = [p for p in places if p <= c and p >= min(values)]
        if left:
            out[c] = inside[left[-1]]
        elif c in inside:
            out[c] = inside[c]
    return out
