"""The tidy form of published statistics, and the file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from hybrid_toolkit.data.evaluation_data import PUBLISHED_FILES, vouch, vouched
from hybrid_toolkit.result import RowsHidden

PUBLISHED_COLUMNS = (
    "area_code",
    "old_area_code",
    "area_name",
    "geographic_level",
    "period",
    "measure",
    "value",
    "text",
    "marker",
    "lower",
    "upper",
    "unit",
    "breakdown",
    "assumed",
    "area_codes",
    "region_code",
    "region_name",
    "time_identifier",
    "table",
    "file",
    "source_row",
)
"""Columns of ``Published.tidy()``, one row a published cell."""


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """One sheet, or one text file, as rows of raw cells.

    Parameters
    ----------
    name : str
        Sheet name, or empty for a text file.
    rows : list[list[object]]
        The cells, ragged; row 0 is the first row of the file.
    percent : frozenset[tuple[int, int]], optional
        (row, column) of the cells that the spreadsheet shows as percentages, both from 0.
    formats_read : bool, default True
        Whether the spreadsheet's number formats could be looked at; True for a text file, which has none.
    """

    name: str
    rows: list[list[object]]
    percent: frozenset[tuple[int, int]] = frozenset()
    formats_read: bool = True


@dataclass(frozen=True, slots=True)
class Hints:
    """What the caller says of a table that is not understood by itself.

    Parameters
    ----------
    period : str | None, optional
        Period of the figures, used where the file names none.
    sheet : str | None, optional
        Name of the one sheet to read.
    header : int | None, optional
        Row of the sheet, from 1, that holds the column names.
    area : str | None, optional
        Column that names the areas, by its header.
    """

    period: str | None = None
    sheet: str | None = None
    header: int | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class FileSource:
    """The file behind published statistics.

    Parameters
    ----------
    file : str
        Name of the file, never its folder.
    sha256 : str
        Hash of its bytes.
    encoding : str
        How its text was decoded; empty for a workbook.
    kind : str
        "csv", "xlsx", "ods", "parquet" or "csv in zip".
    sheets : tuple[str, ...]
        Sheets that hold tables.
    rows : int
        Rows in the file, over all sheets.

    Examples
    --------
    >>> FileSource("any.csv", "0" * 64, "utf-8", "csv", (), 12).rows
    12
    """

    file: str
    sha256: str
    encoding: str
    kind: str
    sheets: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What one recogniser made of one table."""

    frame: pd.DataFrame = field(repr=False)
    layout: str
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Published(RowsHidden):
    """Published statistics in one tidy form. Never changed in place.

    Parameters
    ----------
    frame : pd.DataFrame
        The rows of ``tidy()``.
    layout : str
        Which recogniser read the file; several are joined by " + ".
    sources : tuple[FileSource, ...]
        One ``FileSource`` a file.
    assumptions : tuple[str, ...], optional
        What was assumed, one sentence each.
    notes : tuple[str, ...], optional
        Titles, notes and footnotes that stand around the tables.
    left_out : tuple[tuple[str, str], ...], optional
        (file, why) of each file of a folder that was not read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from hybrid_toolkit.data.published.load import load_published
    >>> file = Path(tempfile.mkdtemp()) / "any name.csv"
    >>> _ = file.write_text("LAD22CD,LAD22NM,Rate\\nE06000001,Hartlepool,1.5\\nE06000002,Middlesbrough,[c]\\n")
    >>> found = load_published(file)
    >>> found.tidy()[["area_code", "value", "marker"]].values.tolist()[1]
    ['E06000002', nan, '[c]']
    """

    frame: pd.DataFrame = field(repr=False)
    layout: str
    sources: tuple[FileSource, ...]
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def was_read(self) -> bool:
        """Whether ``load_published`` read these figures from files and they are as it read them; no copy is."""
        return vouched(self, PUBLISHED_FILES, self.frame[list(_FIGURES)], self.sources)

    @property
    def source(self) -> FileSource:
        """The file, or the first of several."""
        return self.sources[0]

    def tidy(self) -> pd.DataFrame:
        """One row a published cell, with the columns of ``PUBLISHED_COLUMNS``.

        ``value`` is a number or missing. ``marker`` keeps the published symbol (``low``, ``c``, ``[x]``) and is
        missing where none was printed. ``lower`` and ``upper`` are the bounds that a marker such as ``<5`` (0 to 5) or
        ``90-99`` states, beside a missing value. ``text`` holds answers in words, such as a grade or another area's
        code.
        ``assumed`` says what was assumed for that row, and is missing where nothing was.

        Returns
        -------
        pd.DataFrame
            One row a published cell, with the columns of ``PUBLISHED_COLUMNS``.
        """
        return self.frame.copy(deep=False)

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures, in the order of the file."""
        return tuple(dict.fromkeys(self.frame["measure"]))

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Periods, sorted."""
        return tuple(sorted(self.frame["period"].dropna().unique()))

    def breakdowns(self) -> pd.DataFrame:
        """The parts of ``breakdown``, one column a name, with the row numbers of ``tidy()``.

        Returns
        -------
        pd.DataFrame
            The parts of ``breakdown``, one column a name, with the row numbers of ``tidy()``.
        """
        parts = {
            text: dict(part.split("=", 1) for part in text.split("; ") if "=" in part)
            for text in self.frame["breakdown"].dropna().unique()
        }
        rows = [parts.get(text, {}) if isinstance(text, str) else {} for text in self.frame["breakdown"]]
        return pd.DataFrame(rows, index=self.frame.index)

    def rows_per_level(self) -> pd.DataFrame:
        """How many areas and how many rows of each sheet were read at each geographic level.

        Columns: ``file``, ``table``, ``geographic_level`` ("" where none is known), ``areas``, ``rows`` (rows of the
        sheet, not cells). Compare them with the sheet: one national row is one row for England.

        Returns
        -------
        pd.DataFrame
            How many areas and how many rows of each sheet were read at each geographic level.
        """
        f = self.frame
        keys = {k: f[k].fillna("") for k in ("file", "table", "geographic_level")}
        area = f["area_code"].fillna(f["area_name"])
        table = pd.DataFrame({**keys, "area": area, "row": f["source_row"]})
        return (
            table.groupby(list(keys), sort=False).agg(areas=("area", "nunique"), rows=("row", "nunique")).reset_index()
        )

    def boundary_changes(self) -> pd.DataFrame:
        """Areas that end, begin, report jointly, or share a name or a three-digit code.

        Columns: ``kind``, ``area_code``, ``area_name``, ``first_period``, ``last_period``, ``also`` (the other codes
        or names). Only local authority rows are looked at.

        Returns
        -------
        pd.DataFrame
            Areas that end, begin, report jointly, or share a name or a three-digit code.
        """
        from hybrid_toolkit.data.published.places.boundaries import boundary_changes

        return boundary_changes(self.frame)

    def summary(self) -> str:
        """What was read and what was assumed, in plain words.

        Returns
        -------
        str
            What was read and what was assumed, in plain words.
        """
        f = self.frame
        marked = f["marker"].value_counts()
        lines = [
            f"{', '.join(s.file for s in self.sources)}: read as {self.layout}.",
            f"{len(f):,} cells: {len(self.measures):,} measures, {f['area_code'].nunique():,} area codes, "
            f"{len(self.periods):,} periods"
            + (f" ({self.periods[0]} to {self.periods[-1]})." if self.periods else "."),
            f"{int(f['value'].notna().sum()):,} numbers, {int(f['text'].notna().sum()):,} in words, "
            f"{int(f['marker'].notna().sum()):,} with a published marker"
            + (f" ({', '.join(f'{m}: {n:,}' for m, n in marked.head(12).items())})." if len(marked) else "."),
        ]
        counted = self.rows_per_level().groupby("geographic_level", sort=False)["rows"].sum()
        lines.append(
            "Rows of the sheet by level: "
            + ", ".join(f"{name or 'not known'} {n:,}" for name, n in counted.items())
            + "."
        )
        lines += [f"Not read: '{file}': {why}" for file, why in self.left_out]
        lines += [f"Assumed: {sentence}" for sentence in self.assumptions]
        lines.append(f"{len(self.notes):,} title and note lines are kept in .notes.")
        return "\n".join(lines)


_FIGURES = ("area_code", "area_name", "period", "measure", "value", "text", "marker", "lower", "upper", "breakdown")
"""Columns that say what was published, and of whom; the others say where in the file it stands."""


def as_read(published: Published) -> Published:
    """Published statistics for which their reader vouches; for ``load_published`` alone."""
    return vouch(published, PUBLISHED_FILES, published.frame[list(_FIGURES)], published.sources)


def tidy_frame(columns: dict[str, object], length: int) -> pd.DataFrame:
    """A frame with every tidy column in its dtype; what is not given is missing."""
    frame = pd.DataFrame({"source_row": range(length)})
    out: dict[str, object] = {}
    for name in PUBLISHED_COLUMNS:
        given = columns.get(name)
        if name in ("value", "lower", "upper"):
            out[name] = pd.Series(given if given is not None else float("nan"), index=frame.index, dtype="float64")
        elif name == "area_codes":
            out[name] = pd.Series(given if given is not None else [()] * length, index=frame.index, dtype="object")
        elif name == "source_row":
            out[name] = pd.Series(given, index=frame.index, dtype="Int64")
        else:
            text = pd.Series(given if given is not None else None, index=frame.index, dtype="str")
            out[name] = text.where(text.ne("") & text.notna())
    return pd.DataFrame(out)


def join_notes(parts: Iterable[str]) -> str:
    """Assumptions of one row, each once, in order."""
    return "; ".join(dict.fromkeys(p for part in parts if part for p in part.split("; ")))


ROWS_NAMED = 8
"""Rows or names that a message lists: enough to find the kind of fault, few enough to read in a terminal."""


def rows_shown(rows: Sequence[int]) -> str:
    """The first few row numbers for a message.

    Examples
    --------
    >>> rows_shown([2, 5]), rows_shown(range(1, 12))
    ('2, 5', '1, 2, 3, 4, 5, 6, 7, 8, ...')
    """
    return ", ".join(str(r) for r in rows[:ROWS_NAMED]) + (", ..." if len(rows) > ROWS_NAMED else "")


def shown(names: Sequence[str], most: int = ROWS_NAMED) -> str:
    """The first few header names for a message."""
    kept = [n for n in names if n][:most]
    return ", ".join(f"'{n[:60]}'" for n in kept) + (", ..." if len([n for n in names if n]) > most else "")


def national_gap(published: Published) -> pd.DataFrame:
    """National figures beside the sum over local authorities.

    Only counts are summed, never rates. Columns: ``period, measure, breakdown, national, summed, gap, areas,
    marked`` (areas whose figure is a marker), so that a gap can be seen beside what may explain it.

    Parameters
    ----------
    published : Published
        Published statistics.

    Returns
    -------
    pd.DataFrame
        National figures beside the sum over local authorities.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from hybrid_toolkit.data.published.load import load_published
    >>> file = Path(tempfile.mkdtemp()) / "workforce.csv"
    >>> _ = file.write_text("time_period,geographic_level,country_code,country_name,new_la_code,la_name,"
    ...     "inpost_fte\\n2024,National,E92000001,England,,,200\\n"
    ...     "2024,Local authority,E92000001,England,E06000001,Hartlepool,90\\n"
    ...     "2024,Local authority,E92000001,England,E06000005,Darlington,95\\n")
    >>> national_gap(load_published(file))[["measure", "national", "summed", "gap"]].values.tolist()
    [['inpost_fte', 200.0, 185.0, 15.0]]
    """
    f = published.frame
    level = f["geographic_level"].fillna("").str.casefold()
    counts = ~f["measure"].str.contains(r"rate|percent|pct|%|caseload|average|mean|median|per_", case=False)
    key = ["period", "measure", "breakdown"]
    # a frame without rows would take the index of the column that it is given
    rows = f.assign(breakdown=f["breakdown"].fillna(""))[counts]
    nation = rows[level[counts].eq("national") & rows["value"].notna()].drop_duplicates(key).set_index(key)["value"]
    local = rows[level[counts].eq("local authority")].groupby(key, sort=False)
    summed = pd.DataFrame(
        {
            "summed": local["value"].sum(min_count=1),
            "areas": local["value"].size(),
            "marked": local["marker"].count(),
        }
    )
    both = nation.rename("national").to_frame().join(summed, how="inner").reset_index()
    both = both.assign(gap=both["national"] - both["summed"])
    return both[[*key, "national", "summed", "gap", "areas", "marked"]]
