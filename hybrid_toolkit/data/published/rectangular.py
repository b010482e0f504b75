"""Any rectangular table with an area column: lookups, classifications, inspections, spending, and what is unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hybrid_toolkit.data.published.columns import SheetColumn, normal_header
from hybrid_toolkit.data.published.find_tables import Rectangle
from hybrid_toolkit.data.published.fractions import fraction_flags
from hybrid_toolkit.data.published.periods import period_in, period_of, period_of_titles
from hybrid_toolkit.data.published.places.neighbours import neighbour_columns
from hybrid_toolkit.data.published.published_statistics import Piece, join_notes
from hybrid_toolkit.data.published.roles import Roles, roles_of
from hybrid_toolkit.data.published.tidying import (
    Base,
    Series,
    TextColumns,
    area_base,
    lay_out_columns,
    no_marker,
    repeats,
    texts,
)
from hybrid_toolkit.data.reading.raw_table import nearest_names
from hybrid_toolkit.errors import PublishedError, plural

_ROWS = 10
"""A word that stands in each of more rows than this says something of the whole table; in a shorter one by chance."""

_MEASURE = re.compile(r"measure(_name)?|indicator(_name)?|metric|variable(_name)?|statistic|data_?item(_name)?")
_VALUE = re.compile(r"(obs_?)?values?|figures?|amounts?")
_COMPANION = re.compile(
    r"(95_?)?(conf|confidence|confidence_interval|ci|c_i|margin_of_error|moe|standard_error|s_e|cv|lower_ci|upper_ci|"
    r"lower_confidence_(interval|limit|bound)|upper_confidence_(interval|limit|bound)|(lower|upper)_(95_)?(ci|cl)|"
    r"flag|flags|status|marker|note|notes)(_\d{1,3})?"
)
# remarks beside a table stand on one row in twenty or fewer; a column of words is filled on most
_FEW = 0.05
_GRADES = frozenset(["outstanding", "good", "requires improvement", "requires improvement to be good", "inadequate"])
_DETAIL = re.compile(
    r"(^|_)(type|theme|status|date|category|group|event|number|link|sex|age|phase|provision|remit|sector|visit)($|_)"
)


@dataclass(frozen=True)
class _Sorted:
    """The columns that are left once area and period are found."""

    numbers: list[SheetColumn]
    words: list[SheetColumn]
    breaks: list[SheetColumn]


def tidy_rectangular(table: Rectangle, *, period: str | None = None, area: str | None = None) -> Piece:
    """A rectangular table as one row a cell; ``period`` is used where the table names none.

    Parameters
    ----------
    area : str | None, optional
        Header of the column that names the areas, where the caller knows it.

    Raises
    ------
    PublishedError
        No column has the header ``area``.
    """
    columns = table.columns()
    roles = roles_of(columns, area=_area_column(columns, area, table.name))
    length = len(table.body)
    sentences: list[str] = []
    level = roles.level.texts if roles.level else [""] * length
    code = no_marker(roles.code.texts) if roles.code else texts([""] * length)
    old = no_marker(roles.old.texts) if roles.old else texts([""] * length)
    name = roles.name.texts if roles.name else [""] * length
    code_texts, name = roles.filled(code, name, level)
    where, area_notes, codes = area_base(code_texts, old, name, level)
    when, when_note, row_period, when_sentence = _row_periods(roles, table, period)
    taken = roles.used if row_period else [c for c in roles.used if c not in roles.period]
    rest = [c for c in columns if c not in taken and not c.is_skipped and c.kind != "blank"]
    skipped = [c.header for c in columns if c.is_skipped]
    if skipped:
        sentences.append(f"Row numbers and web links left out: {', '.join(skipped)}.")
    rest, beside = _notes_beside(rest)
    neighbours = neighbour_columns(rest)
    rest = [c for c in rest if c not in {n.column for n in neighbours}] if neighbours else rest
    sorted_ = _sort(rest, [*where.values(), *([when] if row_period else [])], roles, sentences)
    layout = _layout(table, sorted_, roles, bool(neighbours))
    base = Base(
        columns={**where, "period": when, **_region(roles)},
        assumed=area_notes,
        period_note=when_note,
        lines=np.array(table.lines, dtype=np.int64),
        codes=codes,
        breakdown={c.header: texts(c.texts) for c in sorted_.breaks},
    )
    series = [_series(c, table, row_period, as_text=False) for c in sorted_.numbers]
    series += [_series(c, table, row_period, as_text=True) for c in sorted_.words]
    series = _named_in_a_column(series, sorted_.breaks)
    series += neighbours
    series.sort(key=lambda s: s.column.position)
    series = _one_measure(_beside(series))
    series, told = _years_of_others(series, when, table)
    sentences += told
    sentences += [when_sentence] if any(not s.periods for s in series) and when_sentence else []
    sentences += _sentences(table, roles, sorted_, codes, layout)
    frame = lay_out_columns(base, series)
    if table.header_rows > 1:
        note = f"{table.header_rows} header rows joined"
        frame = frame.assign(
            assumed=frame["assumed"].fillna(note).where(frame["assumed"].isna(), frame["assumed"] + f"; {note}")
        )
        sentences.append(f"The header of '{table.name}' takes {table.header_rows} rows; they were joined with ' | '.")
    return Piece(frame, layout, tuple(sentences), (*table.titles, *table.notes, *beside))


def _notes_beside(columns: list[SheetColumn]) -> tuple[list[SheetColumn], list[str]]:
    """The columns without words that stand here and there beside the table, under no header; and those words."""
    few = [c for c in columns if c.is_headless and c.kind == "text" and c.filled <= max(1.0, _FEW * len(c.raw))]
    return [c for c in columns if c not in few], [t for c in few for t in c.texts if t]


def _area_column(columns: Sequence[SheetColumn], area: str | None, where: str) -> SheetColumn | None:
    if area is None:
        return None
    found = [c for c in columns if area in (c.header, c.header.split(" | ")[-1]) or normal_header(area) == c.norm]
    if not found:
        close = nearest_names(area, [c.header for c in columns])
        raise PublishedError(
            f"{where}: none of its {plural(len(columns), 'column')} is headed as area= says.",
            fix=f"Did you mean '{close}'?" if close else "Set area= to a header as it stands in the file.",
            code="PUB-AREA",
        )
    return found[0]


def _region(roles: Roles) -> dict[str, TextColumns]:
    out: dict[str, TextColumns] = {}
    if roles.region_code:
        out["region_code"] = no_marker(roles.region_code.texts)
    if roles.region_name:
        out["region_name"] = no_marker(roles.region_name.texts)
    return out


def _row_periods(roles: Roles, table: Rectangle, period: str | None) -> tuple[TextColumns, str, bool, str]:
    """One period a row; what was assumed for it; whether a column of the table gave it; a sentence on it."""
    length = len(table.body)
    title = period_of_titles([t for t in table.titles if re.search(r"as (at|of)", t, re.I)])
    as_at = bool(title) and not repeats(roles.area_texts(length))
    if roles.period and not as_at:
        parts = [c.texts for c in roles.period]
        joined = [" ".join(p for p in row if p) for row in zip(*parts, strict=True)]
        return texts([period_of(t) or t for t in joined]), "", True, ""
    title = period_of_titles(table.titles)
    if title:
        told = f"Period {title} read from the title of '{table.name}'."
        return texts([title] * length), "period read from the title", False, told
    from_area = period_in(roles.code.header) if roles.code else ""
    if from_area:
        told = f"Period {from_area} read from the header of the area column."
        return texts([from_area] * length), "period read from the header of the area column", False, told
    if period:
        told = f"Period {period} given by the caller: the file names none."
        return texts([period] * length), "period given by the caller", False, told
    told = f"'{table.name}' names no period; give one with period=... where it is known."
    return texts([""] * length), "no period in the file", False, told


def _sort(rest: list[SheetColumn], key: list[TextColumns], roles: Roles, sentences: list[str]) -> _Sorted:
    numbers = [c for c in rest if c.kind == "number" and not c.names_identifier]
    identifiers = [c for c in rest if c.kind == "number" and c.names_identifier]
    words = [c for c in rest if c.kind == "text"]
    # a column of measures beside one of values says that the table is long, though no area stands on two rows of it
    declared = any(_MEASURE.fullmatch(c.norm) for c in words) and any(_VALUE.fullmatch(c.norm) for c in numbers)
    long = declared or repeats(key[0], key[2]) or repeats(*key)
    if not numbers or not long:
        details = [c for c in words if _DETAIL.search(c.norm) or (numbers and c.distinct == 1 and len(c.raw) > _ROWS)]
        measures = [c for c in words if c not in details]
        if numbers or measures:
            return _Sorted(numbers, [*measures, *identifiers], details)
        return _Sorted(numbers, [*words, *identifiers], [])
    graded = [c for c in words if _is_graded(c)]
    breaks = [c for c in [*words, *identifiers] if c not in graded]
    if repeats(*key, *(c.texts for c in breaks)):
        named = [c for c in numbers if c.names_dimension and not c.has_fractions]
        breaks, numbers = [*breaks, *named], [c for c in numbers if c not in named]
        sentences += [f"Column '{c.header}' holds numbers but was read as a breakdown." for c in named]
    if repeats(*key, *(c.texts for c in breaks)):
        sentences.append("Some rows repeat the same area, period and breakdown; source_row tells them apart.")
    return _Sorted(numbers, graded, breaks)


def _is_graded(column: SheetColumn) -> bool:
    """Most of its words are inspection grades."""
    words = {t.casefold() for t in column.texts if t}
    return bool(words & _GRADES) and len(words & _GRADES) >= 0.5 * len(words)


def _series(column: SheetColumn, table: Rectangle, row_period: bool, *, as_text: bool) -> Series:
    parts = column.header.split(" | ")
    periods = [p for p in parts if period_of(p)]
    measure, when, assumed = column.header, "", ""
    if periods:
        rest = [p for p in parts if p not in periods]
        measure = " | ".join(rest) or _title_measure(table.titles)
        when = period_of(periods[0])
    elif not row_period:
        when = period_in(column.header)
    if when:
        assumed = "period read from the column header"
    fraction = None if as_text else fraction_flags(column, table)
    return Series(column, measure, as_text=as_text, periods=when, assumed=assumed, fraction=fraction)


def _title_measure(titles: Sequence[str]) -> str:
    """The measure that titles name: a line labelled so, else the first."""
    said = (re.fullmatch(r"(variable|indicator|measure name|statistic)\s*:?\s+(.+)", t, re.I) for t in titles)
    return next((found[2] for found in said if found), titles[0] if titles else "value")


def _beside(series: list[Series]) -> list[Series]:
    """A column such as ``conf`` belongs to the value on its left: the same period, its header after the measure."""
    out: list[Series] = []
    value: Series | None = None
    for s in series:
        header = re.sub(r" \(\d+\)$", "", s.measure if s.periods else s.column.header)
        other = value is None or (s.periods != "" and s.periods != value.periods)
        if value is None or other or not _COMPANION.fullmatch(normal_header(header)):
            value = s
            out.append(s)
            continue
        measure = f"{value.measure} | {header}"
        note = "belongs to the column on its left"
        out.append(replace(s, measure=measure, periods=value.periods, assumed=join_notes((value.assumed, note))))
    return out


def _one_measure(series: list[Series]) -> list[Series]:
    """Headers that differ only in their year are one measure: ``Level2_2011``, ``Level2_2012``."""
    stems = [_without_year(s.measure) if s.periods else "" for s in series]
    periods: dict[str, set[str]] = {}
    for s, stem in zip(series, stems, strict=True):
        periods.setdefault(stem, set()).add(s.periods)
    return [
        replace(s, measure=stem) if stem and stem != s.measure and len(periods[stem]) > 1 else s
        for s, stem in zip(series, stems, strict=True)
    ]


def _without_year(header: str) -> str:
    bare = re.sub(r"[\s_(-]*(?<!\d)(19|20)\d\d([/-]\d\d(\d\d)?)?(?!\d)\)?", " ", header)
    return re.sub(r"\s+", " ", bare).strip(" _-|")


def _years_of_others(series: list[Series], when: TextColumns, table: Rectangle) -> tuple[list[Series], list[str]]:
    """Where some headers name one and the same year and nothing else names a period, the others are of that year."""
    named = {s.periods for s in series if s.periods}
    if len(named) != 1 or any(when) or all(s.periods for s in series):
        return series, []
    year = named.pop()
    note = "period read from the headers of other columns"
    told = f"'{table.name}': headers without a year were taken to be of {year}, the one year that the others name."
    return [s if s.periods else replace(s, periods=year, assumed=join_notes((s.assumed, note))) for s in series], [told]


def _named_in_a_column(series: list[Series], breaks: list[SheetColumn]) -> list[Series]:
    """In a long table, one column names the measure of each row and one column holds the value."""
    names = [c for c in breaks if _MEASURE.fullmatch(c.norm) and c.filled == len(c.raw)]
    if not names:
        return series
    said = texts(names[0].texts)
    note = "measure read from a column of the table"
    return [
        replace(s, measures=said, assumed=join_notes((s.assumed, note))) if _VALUE.fullmatch(s.column.norm) else s
        for s in series
    ]


def _layout(table: Rectangle, found: _Sorted, roles: Roles, neighbours: bool) -> str:
    if neighbours:
        return "statistical-neighbours"
    graded = any(map(_is_graded, [*found.words, *found.breaks]))
    if graded and any("inspection" in c.norm or "effectiveness" in c.norm for c in table.columns()):
        return "inspection-outcomes"
    if not found.numbers:
        return "area-lookup"
    if any(re.search(r"expenditure|outturn|own_?provision", c.norm) for c in found.numbers):
        return "expenditure-outturn"
    return "area-table"


def _sentences(table: Rectangle, roles: Roles, found: _Sorted, codes: list[tuple[str, ...]], layout: str) -> list[str]:
    out = []
    if found.breaks:
        out.append(f"'{table.name}': read as breakdowns: {', '.join(c.header for c in found.breaks)}.")
    if roles.code is None and roles.old is not None:
        out.append("No ONS code is published: the three-digit code stands in area_code and in old_area_code.")
    if roles.code is None and roles.old is None:
        out.append("No area code is published: areas are identified by name.")
    joint = len({c for c in codes if len(c) > 1})
    if joint:
        out.append(f"{plural(joint, 'joint return')} of several areas kept as published; area_codes lists each code.")
    if layout == "statistical-neighbours":
        out.append("A neighbour's code is a name, not a quantity: it stands in text and value is missing.")
    return out
