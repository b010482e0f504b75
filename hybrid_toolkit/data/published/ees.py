"""DfE explore-education-statistics files: ``time_period`` and ``geographic_level``, filters, then indicators."""

from __future__ import annotations

import re

import numpy as np

from hybrid_toolkit.data.published.columns import SheetColumn
from hybrid_toolkit.data.published.find_tables import Rectangle
from hybrid_toolkit.data.published.periods import with_identifier
from hybrid_toolkit.data.published.published_statistics import Piece
from hybrid_toolkit.data.published.tidying import (
    Base,
    Series,
    TextColumns,
    area_base,
    lay_out_columns,
    no_marker,
    notes_joined,
    repeats,
    texts,
)
from hybrid_toolkit.errors import PublishedError, plural

_CATEGORIES = 60
"""Values of a filter whose header says what it splits by; a longer list is of areas or of figures."""
_MOST_VALUES = 100
"""Whole numbers of more values than this are a measure, not the codes of a filter."""

_PLACES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("school", ("school_urn", "urn"), ("school_name",)),
    ("institution", ("institution_id",), ("institution_name",)),
    ("provider", ("provider_ukprn",), ("provider_name",)),
    ("ward", ("ward_code",), ("ward_name",)),
    ("planning area", ("planning_area_code",), ("planning_area_name",)),
    ("parliamentary constituency", ("pcon_code",), ("pcon_name",)),
    ("local authority district", ("lad_code",), ("lad_name",)),
    ("opportunity area", ("opportunity_area_code",), ("opportunity_area_name",)),
    ("mat", ("trust_id",), ("trust_name",)),
    ("multi academy trust", ("trust_id",), ("trust_name",)),
    ("sponsor", ("sponsor_id",), ("sponsor_name",)),
    ("local authority", ("new_la_code", "la_code"), ("la_name", "local_authority_name", "la")),
    ("police force area", ("police_force_area_code", "pfa_code"), ("police_force_area_name", "pfa_name")),
    (
        "mayoral combined authority",
        ("mayoral_combined_authority_code", "mca_code"),
        ("mayoral_combined_authority_name", "mca_name"),
    ),
    (
        "english devolved area",
        ("english_devolved_area_code", "eda_code"),
        ("english_devolved_area_name", "eda_name"),
    ),
    (
        "local enterprise partnership",
        ("local_enterprise_partnership_code", "lep_code"),
        ("local_enterprise_partnership_name", "lep_name"),
    ),
    ("local skills improvement plan area", ("lsip_code",), ("lsip_name",)),
    ("rsc region", ("rsc_region_lead_name",), ("rsc_region_lead_name",)),
    ("regional", ("region_code",), ("region_name",)),
    ("region", ("region_code",), ("region_name",)),
    ("national", ("country_code",), ("country_name",)),
    ("country", ("country_code",), ("country_name",)),
)
_EXTRA_TIME = re.compile(r"(academic|financial|reporting|calendar|collection)_?year|year|time_?period_?\w*")
_TIME = ("time_period", "time_identifier", "geographic_level")
_OTHER_PLACES = ("old_la_code", "school_laestab", "rsc_region_lead_name", "trust_id", "trust_name")


def is_ees(table: Rectangle) -> bool:
    """Whether the header has the two columns that every such file has, and a column of names that it knows."""
    names = {c.norm for c in table.columns()}
    places = {n for _, _, titles in _PLACES for n in titles}
    return {"time_period", "geographic_level"} <= names and bool(names & places)


def tidy_ees(table: Rectangle) -> Piece:
    """A DfE tidy file as one row a cell.

    Raises
    ------
    PublishedError
        A row has no period or level, or there is no indicator.
    """
    columns = table.columns()
    by_name = {c.norm: c for c in columns}
    _refuse_gaps(table, by_name)
    place_columns = {n for _, codes, names in _PLACES for n in (*codes, *names)} | set(_OTHER_PLACES)
    rest = [c for c in columns if c.norm not in place_columns and c.norm not in _TIME]
    filters = [c for c in rest if c.kind == "text" or (c.kind == "number" and _EXTRA_TIME.fullmatch(c.norm))]
    indicators = [c for c in rest if c.kind == "number" and c not in filters]
    sentences: list[str] = []
    area, area_notes, codes = _areas(by_name, len(table.body))
    identifier = by_name["time_identifier"].texts if "time_identifier" in by_name else [""] * len(table.body)
    period = [with_identifier(p, i) for p, i in zip(by_name["time_period"].texts, identifier, strict=True)]
    filters, indicators = _promote(filters, indicators, (*area.values(), texts(period)), sentences)
    if not indicators:
        raise PublishedError(
            f"{table.name}: a DfE table of {plural(len(table.body), 'row')} and {len(columns)} columns, "
            f"expected a column of numbers beside {plural(len(filters), 'filter')} and saw none.",
            fix="Add at least one indicator column after the filters.",
            code="PUB-NO-NUMBERS",
        )
    breaks = {c.header: texts(c.texts) for c in filters}
    base = Base(
        columns={
            **area,
            "period": texts(period),
            "time_identifier": texts(identifier),
            **_region(by_name),
        },
        assumed=area_notes,
        lines=np.array(table.lines, dtype=np.int64),
        codes=codes,
        breakdown=breaks,
    )
    blank = [c.header for c in rest if c.kind == "blank"]
    if blank:
        sentences.append(f"{plural(len(blank), 'column')} with no content left out: {', '.join(blank[:6])}.")
    sentences += _sentences(table, filters, area, codes)
    frame = lay_out_columns(base, [Series(c, c.header) for c in indicators])
    return Piece(frame, "dfe-tidy", tuple(sentences), (*table.titles, *table.notes))


def _refuse_gaps(table: Rectangle, by_name: dict[str, SheetColumn]) -> None:
    for name in ("time_period", "geographic_level"):
        gaps = [n for n, t in zip(table.lines, by_name[name].texts, strict=True) if not t]
        if gaps:
            raise PublishedError(
                f"{table.name}: expected a value of '{name}' on every row; it is empty on {plural(len(gaps), 'row')} "
                f"(rows {', '.join(map(str, gaps[:8]))}).",
                fix="Download the file again; every row of a DfE table needs its period and level.",
                code="PUB-GAPS",
            )


def _areas(
    by_name: dict[str, SheetColumn], length: int
) -> tuple[dict[str, TextColumns], TextColumns, list[tuple[str, ...]]]:
    level = by_name["geographic_level"].texts
    code, name = [""] * length, [""] * length
    notes = [""] * length
    wanted = {lev: _place_for(lev, by_name) for lev in set(level)}
    held = {n: (no_marker(c.texts), c.texts) for n, c in by_name.items() if any(n in (*a, *b) for _, a, b in _PLACES)}
    for i, lev in enumerate(level):
        code_column, name_column = wanted[lev]
        if code_column:
            clean_code, raw_code = held[code_column][0][i], held[code_column][1][i]
            code[i] = clean_code
            if raw_code and not clean_code:
                notes[i] = f"area code published as the marker {raw_code}"
        if name_column:
            name[i] = held[name_column][1][i]
    old_column = by_name.get("old_la_code")
    old_raw = no_marker(old_column.texts) if old_column else texts([""] * length)
    is_la = [_plain(lev) in ("local authority",) for lev in level]
    old = texts([o if la else "" for o, la in zip(old_raw, is_la, strict=True)])
    area, assumed, codes = area_base(code, old, name, level)
    return area, notes_joined(texts(notes), assumed), codes


def _plain(level: str) -> str:
    return re.sub(r"[^a-z ]+", " ", level.lower()).strip()


def _place_for(level: str, by_name: dict[str, SheetColumn]) -> tuple[str, str]:
    """The code and name columns of a level; of an unknown level, the finest that are there."""
    plain = _plain(level)
    for known, codes, names in _PLACES:
        if plain == known or plain == f"{known} level":
            return next((c for c in codes if c in by_name), ""), next((n for n in names if n in by_name), "")
    stem = plain.replace(" ", "_")
    if f"{stem}_name" in by_name or f"{stem}_code" in by_name:
        return (
            f"{stem}_code" if f"{stem}_code" in by_name else "",
            f"{stem}_name" if f"{stem}_name" in by_name else "",
        )
    for _, codes, names in _PLACES:
        name = next((n for n in names if n in by_name), "")
        if name:
            return next((c for c in codes if c in by_name), ""), name
    return "", ""


def _region(by_name: dict[str, SheetColumn]) -> dict[str, TextColumns]:
    found = {n: by_name[n] for n in ("region_code", "region_name") if n in by_name}
    return {n: no_marker(c.texts) for n, c in found.items()}


def _promote(
    filters: list[SheetColumn],
    indicators: list[SheetColumn],
    key: tuple[TextColumns, ...],
    sentences: list[str],
) -> tuple[list[SheetColumn], list[SheetColumn]]:
    """Columns of whole numbers that tell rows apart, such as an age in years, are breakdowns and no measures."""

    def repeated(extra: list[SheetColumn]) -> bool:
        return repeats(*key, *(c.texts for c in extra))

    named = [c for c in indicators if c.names_dimension and not c.has_fractions and c.distinct <= _CATEGORIES]
    filters, indicators = [*filters, *named], [c for c in indicators if c not in named]
    if repeated(filters):
        trial: list[SheetColumn] = []
        for column in indicators:
            if column.has_fractions or column.distinct > _MOST_VALUES or len(trial) + 1 == len(indicators):
                continue
            trial.append(column)
            if not repeated([*filters, *trial]):
                named += trial
                filters, indicators = [*filters, *trial], [c for c in indicators if c not in trial]
                break
    for column in named:
        sentences.append(f"Column '{column.header}' holds numbers but was read as a breakdown.")
    if repeated(filters):
        sentences.append("Some rows repeat the same area, period and breakdown; source_row tells them apart.")
    return filters, indicators


def _sentences(
    table: Rectangle,
    filters: list[SheetColumn],
    area: dict[str, TextColumns],
    codes: list[tuple[str, ...]],
) -> list[str]:
    out = ["Every marker is kept beside a missing value; none was turned into a number."]
    if filters:
        out.append(f"Columns of words were read as breakdowns: {', '.join(c.header for c in filters)}.")
    joint = len({c for c in codes if len(c) > 1})
    if joint:
        out.append(f"{plural(joint, 'joint return')} of several areas kept as published; area_codes lists each code.")
    if any(str(c).startswith("E13") for c in set(area["area_code"])):
        out.append("Inner and Outer London stand beside London: regions must not be summed over all region rows.")
    return out
