"""Cross-tables in workbooks: labels down the side, headers of one or more rows, tables one below or beside another."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from hybrid_toolkit.data.published.blocks import (
    HeaderBand,
    SheetBlock,
    SheetLine,
    band_rows,
    bands_of,
    cell_of,
    cut_blocks,
)
from hybrid_toolkit.data.published.cells import cell_text, parse_cell
from hybrid_toolkit.data.published.columns import BLANK_NOTE, header_unit
from hybrid_toolkit.data.published.find_tables import lines_of
from hybrid_toolkit.data.published.fractions import all_fractions, says_percent
from hybrid_toolkit.data.published.periods import is_year, period_of, period_of_titles
from hybrid_toolkit.data.published.places import areas
from hybrid_toolkit.data.published.places.area_names import level_of_name
from hybrid_toolkit.data.published.published_statistics import Piece, SheetGrid, join_notes, tidy_frame
from hybrid_toolkit.data.published.tidying import to_percent
from hybrid_toolkit.errors import PublishedError, plural

_NAME = 60
"""Letters of a name of an area; "Bournemouth, Christchurch and Poole" has 35, and may have a note behind it."""

CrosstabRow = dict[str, object]
_COUNTED = re.compile(r"sample|number|count|base|total \(n|respondents|thousand", re.I)


def tidy_crosstab(grid: SheetGrid, where: str, all_lines: Sequence[str], *, period: str | None = None) -> Piece | None:
    """A sheet of cross-tables as one row a cell, or None if it holds no numbers under a header.

    The measure is the table's title. Header words go to ``breakdown`` as ``column=``, the words above a block as
    ``section=``, row labels as ``row=``. Years, down the side or across the top, are the period.

    Raises
    ------
    PublishedError
        A lone cell of words stands among numbers and is no marker.
    """
    blocks, note_lines = cut_blocks(grid.rows)
    sheet_titles: dict[int, list[str]] = {}
    rows: list[CrosstabRow] = []
    titles_seen: list[str] = []
    sentences: list[str] = []
    joined = False
    for block in blocks:
        bands = bands_of(block)
        first = min((b.start for b in bands), default=0)
        for band in bands:
            titles, sections, heads = band_rows(block.above, bands, band)
            titles = titles or sheet_titles.get(band.start) or sheet_titles.get(first) or []
            sheet_titles[band.start] = titles
            if not heads and not _all_years(block, band):
                continue
            titles_seen += [t for t in titles if t not in titles_seen]
            joined = joined or len(heads) > 1
            rows += _Reader(grid, where, block, band, titles, sections, heads).rows()
    if len(rows) < 2:
        return None
    _place_areas(rows, titles_seen, all_lines, sentences, _rows_of_areas(grid))
    _place_periods(rows, titles_seen, period, grid, sentences)
    if joined:
        sentences.append("Headers of several rows were joined with ' > '; merged cells count for every column below.")
    if any("fraction" in str(r["assumed"]) for r in rows):
        sentences.append("Percentages that the workbook stores as fractions were multiplied by 100.")
    if any(r["marker"] in ("*", "**", "***") and not np.isnan(float(str(r["value"]))) for r in rows):
        sentences.append(
            "Stars after a number, which publishers use for significance, stand in marker beside the value."
        )
    frame = tidy_frame({name: [r.get(name) for r in rows] for name in rows[0]}, len(rows))
    notes = [*titles_seen, *lines_of([list(n.cells.values()) for n in note_lines])]
    return Piece(frame, "cross-table", tuple(sentences), tuple(dict.fromkeys(notes)))


def _all_years(block: SheetBlock, band: HeaderBand) -> bool:
    labels = [line.cells.get(band.start) for line, _ in block.data]
    return len(labels) >= 2 and all(is_year(x) for x in labels)


class _Reader:
    """Cells of one band of one block."""

    def __init__(
        self,
        grid: SheetGrid,
        where: str,
        block: SheetBlock,
        band: HeaderBand,
        titles: list[str],
        sections: list[str],
        heads: list[dict[int, str]],
    ) -> None:
        self.grid, self.where, self.block, self.band = grid, where, block, band
        self.titles, self.sections, self.heads = titles, sections, heads
        self.measure = titles[0] if titles else (grid.name or "value")
        self.regression = any(
            "*" in cell_of(c).marker and cell_of(c).is_number for line, _ in block.data for c in line.cells.values()
        )

    def rows(self) -> list[CrosstabRow]:
        self._refuse_words()
        out: list[CrosstabRow] = []
        last: list[str] = [""] * len(self.band.stubs)
        for line, section in self.block.data:
            labels = [line.text(c) for c in self.band.stubs]
            if not any(c in line.cells for c in self.band.values):
                continue
            inherited = not any(labels)
            if inherited or (not labels[0] and any(labels[1:])):
                labels = [mine or above for mine, above in zip(labels, last, strict=True)]
            last = labels
            out += [self._row(line, section, labels, c, inherited) for c in self.band.values if self._wanted(line, c)]
        return self._percentages(out)

    def _wanted(self, line: SheetLine, column: int) -> bool:
        return column in line.cells or any(column in h for h in self.heads)

    def _row(self, line: SheetLine, section: str, labels: list[str], column: int, inherited: bool) -> CrosstabRow:
        raw = line.cells.get(column, "")
        cell = cell_of(raw)
        notes = [cell.note or (BLANK_NOTE if cell.is_blank else "")]
        path = list(dict.fromkeys(h[column] for h in self.heads if h.get(column)))
        years = [label for label in labels if period_of(label)]
        tops = [p for p in path if period_of(p)]
        above = [s for s in (*self.sections, section) if s]
        parts = [f"section={' > '.join(above)}"] if above else []
        beside = [label for label in labels if label and not period_of(label)]
        parts += [f"row={' > '.join(beside)}"] if beside else []
        parts += [f"column={' > '.join(p for p in path if p not in tops)}"] if set(path) - set(tops) else []
        value = cell.value
        if cell.bracketed and self.regression:
            parts.append("statistic=standard error")
            notes.append("number in brackets below a coefficient read as its standard error")
        elif cell.bracketed:
            value = -abs(value)
            notes.append("number in brackets read as negative")
        if inherited:
            notes.append("row label taken from the row above")
        return {
            "area_code": "",
            "area_name": "",
            "geographic_level": "",
            "area_codes": (),
            "period": period_of(years[0]) if years else (period_of(tops[0]) if tops else ""),
            "measure": self.measure,
            "value": value,
            "text": "" if cell.is_number or cell.marker else cell.text,
            "marker": cell.marker,
            "lower": cell.lower,
            "upper": cell.upper,
            "unit": "percent" if cell.percent else header_unit(" ".join(path)),
            "breakdown": "; ".join(parts),
            "assumed": join_notes(notes),
            "table": self.grid.name or self.measure,
            "source_row": line.index + 1,
            "_column": column,
        }

    def _percentages(self, rows: list[CrosstabRow]) -> list[CrosstabRow]:
        """Fractions to percentages: by the cell's own format, else by the title where every number is a fraction."""
        values = np.array([float(str(r["value"])) for r in rows], dtype=float)
        spots = [(int(str(r["source_row"])) - 1, int(str(r["_column"]))) for r in rows]
        flags = np.array([s in self.grid.percent for s in spots], dtype=bool)
        told = says_percent(self.measure) and not self.regression
        if not flags.any() and told and all_fractions(values):
            flags = ~np.isnan(values)
        scaled, notes = to_percent(values, flags)
        out = []
        for r, v, n in zip(rows, scaled, notes, strict=True):
            counted = _COUNTED.search(_part(str(r["breakdown"]), "column"))
            unit = "percent" if n else str(r["unit"]) or ("percent" if told and not counted else self._unit())
            unit = "" if np.isnan(v) or "standard error" in str(r["breakdown"]) else unit
            kept = {k: x for k, x in r.items() if k != "_column"}
            out.append({**kept, "value": float(v), "unit": unit, "assumed": join_notes((str(r["assumed"]), str(n)))})
        return out

    def _unit(self) -> str:
        found = re.search(r"\((£|£ ?000s?|thousands|millions|hours|days|number)\)", self.measure, re.I)
        names = {"£": "pounds"}
        return names.get(found[1], found[1].lower()) if found else ""

    def _refuse_words(self) -> None:
        """A lone word in a row and a column of numbers is damage, not a label."""
        data = [line for line, _ in self.block.data if line.kind == "data"]
        bad = []
        for column in self.band.values:
            there = [(line, cell_of(line.cells[column])) for line in data if column in line.cells]
            words = [line for line, c in there if c.text]
            numbers = len(there) - len(words)
            for line in words:
                beside = [cell_of(line.cells[c]) for c in self.band.values if c in line.cells and c != column]
                if numbers > 4 * len(words) and beside and not any(c.text for c in beside):
                    bad.append(line.index + 1)
        if bad:
            raise PublishedError(
                f"{self.where}: {plural(len(bad), 'cell')} among numbers hold words that are no known marker "
                f"(rows {', '.join(map(str, bad[:8]))}).",
                fix="Compare those cells with the published file.",
                code="PUB-NUMBER",
            )


def _rows_of_areas(grid: SheetGrid) -> frozenset[int]:
    """Rows of the sheet, from 1, that hold the name of an authority or the code of any area."""
    found = set()
    for i, row in enumerate(grid.rows):
        words = [cell_text(c) for c in row if isinstance(c, str) and len(c) < _NAME]
        if any(level_of_name(w).startswith("Local authority") or areas.is_ons_code(w) for w in words):
            found.add(i + 1)
    return frozenset(found)


def _place_areas(
    rows: list[CrosstabRow],
    titles: list[str],
    all_lines: Sequence[str],
    sentences: list[str],
    of_areas: frozenset[int],
) -> None:
    """Nations and regions from row or column labels; else the nation that the titles name. Fills ``rows``.

    A row that holds the name of an area anywhere is never given to the nation of the titles.
    """
    placed = False
    for key in ("row", "column", "section"):
        labels = {r: _part(str(row["breakdown"]), key) for r, row in enumerate(rows)}
        names = {label: _area_name(label) for label in labels.values() if label}
        known = [n for n in names.values() if n]
        if not known or (len(known) < 2 and 5 * len(known) < 3 * len(names)):
            continue
        placed = True
        for r, label in labels.items():
            name = names.get(label, "")
            code = areas.code_of_name(name)
            if code:
                rows[r] |= _area(code, name, "area code read from the name of the nation or region", rows[r])
            elif label and parse_cell(label).text:
                # a label among areas is an area of its own, never the nation that the title names
                rows[r] |= {
                    "area_name": name or label,
                    "geographic_level": level_of_name(name),
                    "assumed": join_notes(
                        (str(rows[r]["assumed"]), "the label stands among areas: no code is guessed")
                    ),
                }
        break
    named = next(((n, c) for n, c in map(areas.area_in, [*titles, *all_lines]) if n), None)
    loose = [row for row in rows if not row["area_name"]]
    if named and loose and not placed:
        inside = [row for row in loose if row["source_row"] not in of_areas]
        # two authorities among the rows: the others are of that kind, known by name or not
        loose = inside if sum(r["source_row"] in of_areas for r in loose) < 2 else []
        for row in loose:
            row |= _area(named[1], named[0], "area read from the titles", row)
        sentences.append(f"Figures with no area beside them were taken to be for {named[0]}, which the titles name.")


def _area_name(label: str) -> str:
    """The part of a label that names an area: ``North East > Darlington`` is Darlington."""
    parts = [p for p in label.split(" > ") if level_of_name(p)]
    return parts[-1] if parts else ""


def _area(code: str, name: str, note: str, row: CrosstabRow) -> CrosstabRow:
    return {
        "area_code": code,
        "area_codes": (code,),
        "area_name": name,
        "geographic_level": areas.level_of(code),
        "assumed": join_notes((str(row["assumed"]), note)),
    }


def _part(breakdown: str, key: str) -> str:
    return next((p.split("=", 1)[1] for p in breakdown.split("; ") if p.startswith(f"{key}=")), "")


def _place_periods(
    rows: list[CrosstabRow], titles: list[str], period: str | None, grid: SheetGrid, sentences: list[str]
) -> None:
    """The period of rows that have no year beside or above them. Fills ``rows``."""
    loose = [row for row in rows if not row["period"]]
    title = period_of_titles(titles)
    for row in loose:
        if title:
            found, note = title, "period read from the title"
        elif period:
            found, note = period, "period given by the caller"
        else:
            found, note = "", "no period in the table"
        row |= {"period": found, "assumed": join_notes((str(row["assumed"]), note))}
    if loose and not title and not period:
        where = f"sheet '{grid.name}'" if grid.name else "the table"
        sentences.append(f"{plural(len(loose), 'cell')} of {where} have no period.")
