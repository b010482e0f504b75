"""Which columns of a rectangular table name the area, its level, its region and the period."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hybrid_toolkit.data.published.columns import SheetColumn
from hybrid_toolkit.data.published.find_tables import _AREA_NAME
from hybrid_toolkit.data.published.periods import period_of
from hybrid_toolkit.data.published.places import areas
from hybrid_toolkit.data.published.places.area_names import level_of_name
from hybrid_toolkit.data.published.tidying import HeaderWords, level_said

_YEAR = len("2021/22")
"""A period that is no longer than a year may need a part of the year from another column."""
_LEVELS = 15
"""Levels of geography, from nation to school; a column of more values names areas."""

_LEVEL = re.compile(
    r"geographic_level|geography_(type|level)|area_type|geog_?type|geog_?level|geog_l|geographic_area|level_of_geography"
)
_WIDER_CODE = re.compile(r"(country|nation|gor|go|region|rgn|government_office_region)_?(code|cd|id|number|no)?")
_REGION = re.compile(r"(^|_)(region|rgn|goreg|gor|ofsted_region)|^rgn\d\dnm|goreg|^go_?reg")
_PERIOD = re.compile(
    r"^(years?|time|period|time_?period|financial_?year|fin_?year|academic_?year|reporting_?year|calendar_?years?|"
    r"survey_?year|year_?ending|quarter|month|date|inspection_(visit_)?date|inspection_?end_?date|as_at_date|"
    r"time_?period_?range|collection_?year|data_?year)$"
)
# in the columns of the Department for Education's codes for nations
_NUMBER_OF_ENGLAND = "921"
_PART = re.compile(r"^(quarter|month|term|week)$")


@dataclass(frozen=True)
class Roles:
    """The columns that say where and when."""

    code: SheetColumn | None
    old: SheetColumn | None
    name: SheetColumn | None
    level: SheetColumn | None
    region_code: SheetColumn | None
    region_name: SheetColumn | None
    period: tuple[SheetColumn, ...]
    constant: tuple[SheetColumn, ...] = ()
    wide: tuple[SheetColumn, ...] = ()

    @property
    def used(self) -> list[SheetColumn]:
        """Every column that has a role."""
        some = [self.code, self.old, self.name, self.level, self.region_code, self.region_name]
        return [c for c in some if c is not None] + [*self.period, *self.constant, *self.wide]

    def filled(self, code: HeaderWords, name: HeaderWords, level: HeaderWords) -> tuple[list[str], list[str]]:
        """Codes and names of rows for a region or the nation, which older files leave blank in the area's columns."""
        codes, names = list(code), list(name)
        blank = [i for i, (c, n) in enumerate(zip(codes, names, strict=True)) if not c and not n]
        spare = [
            (self.region_code, self.region_name),
            (
                next((c for c in self.constant if c.is_ons), None),
                next((c for c in self.constant if not c.is_ons and not c.is_old), None),
            ),
        ]
        for i in blank:
            said = level_said(level[i])
            if said not in ("", "National", "Regional"):
                continue
            # the narrowest name counts: a region's row may say England in a column before it
            if said != "National":
                names[i] = next((c.texts[i] for c in self.wide if level_of_name(c.texts[i]) == "Regional"), "")
            for spare_code, spare_name in spare:
                codes[i] = codes[i] or (spare_code.texts[i] if spare_code and not names[i] else "")
                names[i] = names[i] or (spare_name.texts[i] if spare_name else "")
            if names[i] == _NUMBER_OF_ENGLAND:
                names[i] = "England"
            if not codes[i] and not names[i] and level[i].casefold() in ("national", "country", "england"):
                names[i] = "England"
        return codes, names

    def area_texts(self, length: int) -> list[str]:
        """What tells areas apart: the code, else the three-digit code, else the name."""
        told = self.code or self.old or self.name
        return told.texts if told else [""] * length


def roles_of(columns: Sequence[SheetColumn], *, area: SheetColumn | None = None) -> Roles:
    """Roles from the content of the columns first, from their headers second; ``area`` is the caller's own choice."""
    codes = [c for c in columns if c.is_ons]
    code = max(codes, key=lambda c: (c.distinct, -c.position), default=None)
    if area is not None and code is not None and code.distinct < area.distinct:
        # codes of something wider than the areas that the caller names
        code = None
    olds = [c for c in columns if c.is_old]
    old = olds[0] if olds else None
    twins = tuple(c for c in olds[1:] if old is not None and c.texts == old.texts)
    name = area or _name_column(columns, code, old)
    taken = [c for c in (code, old, name) if c is not None]
    others = [c for c in codes if c not in taken]
    is_lookup = all(c.kind != "number" or c.is_skipped for c in columns if c not in olds)
    region_code = next((c for c in others if _mostly_regions(c)), None) if not is_lookup else None
    regions = [c for c in columns if c not in taken and c.kind == "text" and _REGION.search(c.norm)]
    named = [c for c in regions if any(areas.code_of_name(t) for t in set(c.texts))]
    region_name = next(iter(named or regions), None)
    if is_lookup and code is not None and len(codes) > 1:
        region_name = None
    if region_name is not None and region_name.is_ons:
        region_name = None
    level = next((c for c in columns if _LEVEL.fullmatch(c.norm) and c.kind == "text" and c not in taken), None)
    if level is None and code is not None:
        free = [c for c in columns if c not in taken]
        level = next((c for c in free if c.norm == "geography" and 0 < c.distinct <= _LEVELS), None)
    constant = [] if is_lookup else [c for c in others if c is not region_code and c.distinct == 1]
    constant += [] if is_lookup else [c for c in columns if c.norm in ("country_name", "country") and c.distinct == 1]
    constant += [] if is_lookup else [c for c in columns if _WIDER_CODE.fullmatch(c.norm)]
    constant = [c for c in dict.fromkeys(constant) if c not in taken and c not in (region_code, region_name)]
    where = [c for c in (code, old, name) if c is not None]
    period = _period_columns(columns, taken)
    wide = [] if is_lookup else _wide_names(columns, where)
    return Roles(code, old, name, level, region_code, region_name, period, (*twins, *constant), tuple(wide))


def _wide_names(columns: Sequence[SheetColumn], where: Sequence[SheetColumn]) -> list[SheetColumn]:
    """Columns of regions' names that say whose figures a row has, where its area is blank."""
    blank = [i for i in range(len(columns[0].raw)) if not any(c.texts[i] for c in where)] if columns else []
    found = []
    for column in (c for c in columns if c not in where and c.kind == "text"):
        words = {column.texts[i] for i in blank} - {""}
        wide = sum(bool(areas.code_of_name(t)) for t in words)
        if any(level_of_name(t) == "Regional" for t in words) and wide >= 0.8 * len(words):
            found.append(column)
    return found


def _mostly_regions(column: SheetColumn) -> bool:
    found = [areas.level_of(t) for t in set(column.texts) if t]
    return bool(found) and sum(f == "Regional" for f in found) >= 0.5 * len(found)


def _name_column(
    columns: Sequence[SheetColumn], code: SheetColumn | None, old: SheetColumn | None
) -> SheetColumn | None:
    words = [c for c in columns if c.kind == "text" and not c.is_ons and not c.is_old]
    anchor = code or old
    # names of authorities tell more than a header: "LA and Regions" beside "Region"
    told = {c: _authorities(c) for c in words}
    most = max(told.values(), default=0)
    if most >= min(2, len(words[0].raw) if words else 2) and sum(n == most for n in told.values()) == 1:
        return next(c for c, n in told.items() if n == most)
    if anchor is None:
        # the narrowest of several: "Country" says England on every row, "Area" tells the rows apart
        headed = [c for c in words if _AREA_NAME.search(c.norm)]
        return max(headed, key=lambda c: (c.distinct, -c.position), default=None)
    stem = _stem(anchor)
    same = [c for c in words if _stem(c) == stem and re.search(r"name|nm$|title|^la$|authority$|area$", c.norm)]
    if same:
        return min(same, key=lambda c: abs(c.position - anchor.position))
    near = [c for c in words if _AREA_NAME.search(c.norm) and not _REGION.search(c.norm)]
    if near:
        return min(near, key=lambda c: (c.position < anchor.position, abs(c.position - anchor.position)))
    beside = [c for c in words if abs(c.position - anchor.position) == 1 and c.distinct >= 0.9 * anchor.distinct]
    return beside[-1] if beside else None


def _authorities(column: SheetColumn) -> int:
    """Distinct names of English authorities in a column, or 0 if they are few among its words."""
    words = {t for t in column.texts if t}
    known = sum(level_of_name(t).startswith("Local authority") for t in words)
    return known if 3 * known >= len(words) else 0


def _stem(column: SheetColumn) -> str:
    bare = re.sub(r"(name|code|title|number|num|(?<=\d)cd|(?<=\d)nm)(?=$|_)", "", column.norm)
    return re.sub(r"(^|_)(old|new|area)(?=_|$)", "_", bare).strip("_").replace("__", "_")


def _period_columns(columns: Sequence[SheetColumn], taken: Sequence[SheetColumn]) -> tuple[SheetColumn, ...]:
    found = [c for c in columns if c not in taken and _PERIOD.fullmatch(c.norm) and c.filled]
    dated = [c for c in found if "inspection" in c.norm]
    if dated:
        return (dated[0],)
    whole = [c for c in found if not _PART.fullmatch(c.norm) and _reads(c)]
    parts = [c for c in found if _PART.fullmatch(c.norm)]
    if whole:
        needs = all(len(period_of(t)) <= _YEAR for t in set(whole[0].texts) if t)
        return (whole[0], *parts[:1]) if needs else (whole[0],)
    return tuple(c for c in parts[:1] if _reads(c))


def _reads(column: SheetColumn) -> bool:
    words = [t for t in set(column.texts) if t]
    return sum(bool(period_of(t)) for t in words) >= 0.8 * len(words)
