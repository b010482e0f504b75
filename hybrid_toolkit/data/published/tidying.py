"""Columns of a rectangular table laid out as one row a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.data.published.cells import duration_in, parse_cell
from hybrid_toolkit.data.published.columns import SheetColumn, header_unit, signed
from hybrid_toolkit.data.published.places import areas
from hybrid_toolkit.data.published.places.area_names import level_of_name
from hybrid_toolkit.data.published.published_statistics import join_notes, tidy_frame
from hybrid_toolkit.errors import plural

TextColumns: TypeAlias = npt.NDArray[np.object_]
HeaderWords: TypeAlias = Sequence[str] | TextColumns
Breaks = Mapping[str, TextColumns]


@dataclass(frozen=True)
class Base:
    """What is the same for every cell of a body row: the area, the period, the breakdown.

    Parameters
    ----------
    columns : dict[str, TextColumns]
        Tidy column name -> one text a body row.
    assumed : TextColumns
        What was assumed for the row, one text a body row.
    period_note : str, optional
        What was assumed for the period, where a column's header does not give its own.
    """

    columns: dict[str, TextColumns]
    assumed: TextColumns
    lines: npt.NDArray[np.int64]
    codes: list[tuple[str, ...]]
    breakdown: Mapping[str, TextColumns] = field(default_factory=dict)
    period_note: str = ""


def texts(values: HeaderWords) -> TextColumns:
    """Texts as an object array."""
    out = np.empty(len(values), dtype=object)
    out[:] = list(values)
    return out


def no_marker(values: HeaderWords) -> TextColumns:
    """Codes and names without cells that hold only a marker, such as ``z`` for an area that has no code."""
    return texts(
        [_MARKLESS.setdefault(v, "" if (c := parse_cell(v)).marker and not c.is_number else v) for v in values]
    )


_MARKLESS: dict[str, str] = {}


def notes_joined(*columns: TextColumns) -> TextColumns:
    """Row by row, the assumptions of several columns joined."""
    seen: dict[tuple[str, ...], str] = {}
    return texts([seen.setdefault(parts, join_notes(parts)) for parts in zip(*columns, strict=True)])


def area_base(
    code: HeaderWords, old: HeaderWords, name: HeaderWords, level: HeaderWords
) -> tuple[dict[str, TextColumns], TextColumns, list[tuple[str, ...]]]:
    """Area columns completed as far as the file's own words allow, with what was assumed for each row."""
    keys = list(zip(code, old, name, level, strict=True))
    done = {key: _complete(*key) for key in dict.fromkeys(keys)}
    rows = [done[key] for key in keys]
    columns = {
        "area_code": texts([r[0] for r in rows]),
        "old_area_code": texts(old),
        "area_name": texts(name),
        "geographic_level": texts([r[1] for r in rows]),
    }
    return columns, texts([r[2] for r in rows]), [r[3] for r in rows]


_LEVEL_WORDS = {
    "National": "national|nation|country|england|nat",
    "Regional": "regional|region|regions|gor|government office region|rgn|reg",
    "Local authority": "local authority|local authorities|la|las|lea|utla|utlas|upper tier local authority|authority|"
    "upper tier local authorities|counties uas|counties and uas|county ua|county and ua|unitary authority|"
    "metropolitan district|london borough",
    "Local authority district": "local authority district|lad|district|ltla|lower tier local authority",
}
_LEVEL_SAID = {w: level for level, words in _LEVEL_WORDS.items() for w in words.split("|")}


def level_said(word: str) -> str:
    """A level as published in one spelling; a word that is not known stays as it is.

    Examples
    --------
    >>> level_said("GOR"), level_said("NATIONAL"), level_said("Counties & UAs (pre Apr 2019)"), level_said("Ward")
    ('Regional', 'National', 'Local authority', 'Ward')
    """
    # "Counties & UAs (from Apr 2023)": what stands in brackets says when
    bare = re.sub(r"\([^)]*\)", " ", word.casefold())
    return _LEVEL_SAID.get(re.sub(r"[^a-z]+", " ", bare).strip(), word)


def _complete(code: str, old: str, name: str, level: str) -> tuple[str, str, str, tuple[str, ...]]:
    """Code, level, assumptions and every ONS code of one area."""
    notes = []
    level = level_said(level)
    known = areas.code_of_name(name)
    if known and code and known != code and areas.level_of(code) == "Regional" == areas.level_of(known):
        # some releases print London's code beside Inner and Outer London
        code = known
        notes.append("the published code is another region's: the code of the region's name stands in area_code")
    codes = areas.ons_codes(code)
    # letters, 921 for England and 98x for regions are numbers of a table, no authority's
    old = "" if known or level in ("National", "Regional") or not areas.old_codes(old) else old
    if not code and areas.code_of_name(name):
        code = areas.code_of_name(name)
        codes = (code,)
        notes.append("area code read from the name of the nation or region")
    if not code and old:
        code = old
        notes.append("no ONS code published: the three-digit code stands in area_code")
    many = max(len(codes), len(areas.old_codes(old)))
    if many > 1:
        notes.append(f"joint return of {plural(many, 'area')}")
    if not level and codes:
        level = areas.level_of(codes[0])
        notes += ["geographic level read from the area code"] if level else []
    if not level and old:
        level = "Local authority"
        notes.append("geographic level taken to be local authority from the three-digit code")
    if not level and level_of_name(name):
        level = level_of_name(name)
        notes.append("geographic level taken from the name of the area")
    return code, level, join_notes(notes), codes or ((code,) if code and code != old else ())


def breakdown_text(parts: Breaks, length: int) -> TextColumns:
    """Breakdown columns as one text a row: ``name=value; name=value``, blank values left out."""
    if not parts:
        return texts([""] * length)
    seen: dict[tuple[str, ...], str] = {}
    names = list(parts)
    out = []
    for values in zip(*parts.values(), strict=True):
        if values not in seen:
            seen[values] = "; ".join(f"{n}={v.replace('; ', ', ')}" for n, v in zip(names, values, strict=True) if v)
        out.append(seen[values])
    return texts(out)


@dataclass(frozen=True)
class Series:
    """One column of values to lay out.

    Parameters
    ----------
    column : SheetColumn
        Where the cells are.
    measure : str
        Name of the measure.
    as_text : bool, default False
        The cells are words.
    fraction : npt.NDArray[np.bool] | None, optional
        One flag a row: a fraction that stands for a percentage.
    periods : str, optional
        One period a row, where the header gives it; otherwise None.
    assumed : str, optional
        What was assumed for the whole column.
    breakdown : str, optional
        Further breakdown of this column, such as a rank.
    measures : TextColumns | None, optional
        One measure a row, where the table names measures in a column of their own.
    """

    column: SheetColumn
    measure: str
    as_text: bool = False
    fraction: npt.NDArray[np.bool_] | None = None
    periods: str = ""
    unit: str = ""
    assumed: str = ""
    breakdown: str = ""
    measures: TextColumns | None = None


def lay_out_columns(base: Base, series: Sequence[Series]) -> pd.DataFrame:
    """One row a cell: the rows of the table for the first measure, then for the next."""
    length = len(base.lines)
    shared = {**base.columns, "breakdown": breakdown_text(base.breakdown, length)}
    frames = [_one(base, shared, s, length) for s in series]
    return pd.concat(frames, ignore_index=True) if frames else tidy_frame({}, 0)


def _one(base: Base, shared: dict[str, TextColumns], s: Series, length: int) -> pd.DataFrame:
    columns: dict[str, object] = dict(shared)
    constant = texts([s.assumed if s.periods else join_notes((s.assumed, base.period_note))] * length)
    if s.as_text:
        read = s.column.words()
        columns["text"] = read["text"].to_numpy()
    else:
        read = _timed(signed(s.column.numbers()), s, shared["breakdown"])
        unit = texts([s.unit or _unit_of(s.column)] * length)
        unit[read["percent"].to_numpy()] = "percent"
        own = read["unit"].to_numpy(dtype=object)
        unit = np.where(own != "", own, unit)
        if s.fraction is not None and s.fraction.any():
            values, note = to_percent(read["value"].to_numpy(), s.fraction)
            read = read.assign(value=values)
            constant = notes_joined(constant, note)
            unit[s.fraction] = "percent"
        columns["value"] = read["value"].to_numpy()
        columns["unit"] = unit
        columns["lower"], columns["upper"] = read["lower"].to_numpy(), read["upper"].to_numpy()
    columns["marker"] = read["marker"].to_numpy()
    columns["measure"] = texts([s.measure] * length) if s.measures is None else s.measures
    if s.periods:
        columns["period"] = texts([s.periods] * length)
    if s.breakdown:
        columns["breakdown"] = texts([f"{b}; {s.breakdown}" if b else s.breakdown for b in shared["breakdown"]])
    columns["assumed"] = notes_joined(base.assumed, constant, read["note"].to_numpy(dtype=object))
    columns["area_codes"] = base.codes
    columns["source_row"] = base.lines
    return tidy_frame(columns, length)


def _unit_of(column: SheetColumn) -> str:
    """The unit that a header gives; a proportion whose numbers are all from 0 to 1 is a share."""
    named = header_unit(column.header)
    if named or re.search(r"(^|_)rank", column.norm) or not re.search(r"proportion|(^|_)share", column.norm):
        return named
    numbers = [c.value for c in column.cells if c.is_number]
    return "share" if numbers and all(0.0 <= v <= 1.0 for v in numbers) else ""


def _timed(read: pd.DataFrame, s: Series, breakdown: TextColumns) -> pd.DataFrame:
    """Durations printed as ``3:4`` made numbers where the header or the row's own words name the units."""
    places = [i for i, parts in enumerate(read["parts"]) if parts]
    if not places:
        return read
    out = {name: read[name].to_numpy(copy=True) for name in ("value", "marker", "note", "unit")}
    for i in places:
        words = f"{s.column.header} {s.measure if s.measures is None else s.measures[i]} {breakdown[i]}"
        value, unit = duration_in(read["parts"].iloc[i], words)
        if unit:
            out["value"][i], out["marker"][i], out["unit"][i] = value, "", unit
            out["note"][i] = f"duration in two parts read as {unit}"
        else:
            out["note"][i] = "a duration whose units the file does not name, kept as printed"
    return read.assign(**out)


def to_percent(
    values: npt.NDArray[np.float64], fraction: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], TextColumns]:
    """Fractions times a hundred where flagged, without the noise of binary arithmetic."""
    out = values.copy()
    for i in np.flatnonzero(fraction & ~np.isnan(values)):
        out[i] = float(f"{values[i] * 100:.12g}")
    note = texts(["percentage read from a fraction" if f else "" for f in fraction & ~np.isnan(values)])
    return out, note


def repeats(*columns: HeaderWords) -> bool:
    """Whether any combination of these columns stands on more than one row."""
    rows = list(zip(*columns, strict=True))
    return len(set(rows)) < len(rows)
