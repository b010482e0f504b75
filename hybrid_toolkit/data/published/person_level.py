"""Files with one row a person: refused before anything is made of them, by the kinds of their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from hybrid_toolkit.data.privacy.identifiers import kind_by_content
from hybrid_toolkit.data.privacy.people_by_content import people_held
from hybrid_toolkit.data.published.cells import cell_text, parse_cell
from hybrid_toolkit.data.published.columns import normal_header
from hybrid_toolkit.data.published.header_rows import area_row, filled_cells
from hybrid_toolkit.data.published.published_statistics import SheetGrid
from hybrid_toolkit.errors import PersonLevelError, plural

_BODIES = 4
"""Headers looked at on a sheet: titles and a first row of units can each look like one."""
_EPISODE_NAMES = 5
"""Of the ten columns above, as many as only the looked-after-children return's episodes hold together."""
_KEY_LENGTH, _KEY_SPREAD = 4, 2
"""Signs of the shortest key, and by how many keys of one list differ: counters pass from 9,999 to 10,000 and beyond."""
_HEADER_CELLS = 3
"""A header of people has a key and two columns beside it; a title has fewer."""

_WHO = r"(child|children|young_person|yp|pupil|student|client|person|individual|service_user|case|worker|social_worker"
_WHO += r"|staff|employee|practitioner|mother|father|parent|carer|sibling|adopter|referrer|patient)s?"
_NUMBER = r"(unique_?)?(id|ids|identifier|number|no|num|ref|reference)"
_STRONG: tuple[tuple[str, str], ...] = (
    ("birth date", rf"({_WHO}_)?(dob|d_o_b|date_?of_?birth|birth_?da(te|y)|mc_dob)"),
    ("day of birth", rf"({_WHO}_)?born"),
    ("child or person number", rf"(la_)?{_WHO}_?(la_)?{_NUMBER}"),
    ("child or person number", rf"(payroll|personnel|assignment|hr)_?{_NUMBER}"),
    ("UPN", r"(former_?)?upn|unique_?pupil_?(number|no)|uln"),
    ("NHS number", r"nhs_?(number|no)?"),
    ("National Insurance number", r"nino?|ni_?(number|no)|national_?insurance(_?(number|no))?"),
    (
        "Social Work England number",
        r"swe(_?(reg(istration)?)?_?(number|no|id))?|hcpc(_?(number|no))?|gscc(_?(number|no))?",
    ),
    (
        "name of a person",
        r"(child|person|pupil|client|worker|staff|employee)_?(full_?)?names?|"
        r"surname|forename|first_?name|last_?name|family_?name|given_?name|known_as",
    ),
    (
        "worker name",
        r"(allocated|named|key|lead|case|current|responsible)_?(social_?)?(worker|practitioner|case_?worker)"
        r"(_?name)?|(social_?)?worker_?name|case_?holder_?name|team_?manager_?name",
    ),
    ("home or placement postcode", r"(home|pl|placement|child|current|previous)_?post(_?code)?"),
)
_WEAK: tuple[tuple[str, str], ...] = (
    ("postcode", r"(\w+_)?post_?code"),
    ("e-mail address", r"(\w+_)?e_?mail(_?address)?"),
    (
        "case number",
        r"(case|record|file|referral|episode|assessment|plan|unique|local)_?(id|number|no|ref|reference)|"
        r"id|ref|reference|record",
    ),
    ("sex of one person", r"sex|gender"),
    ("ethnicity of one person", r"ethnicity|ethnic_?(origin|group|code)?"),
    ("age of one person", r"age|age_?(in_?years|at_\w+)"),
)
_EPISODES = frozenset(
    ["child", "decom", "rne", "ls", "cin", "place", "place_provider", "dec", "rec", "reason_place_change"]
)
_HEADER_WINDOW = 60
_SAMPLE = 400
_PLACE = re.compile(
    r"(^|_)(la|local_authority|authority|area|region|provider|school|establishment|setting|organisation)(_|$)"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[/.-]\d{1,2}[/.-](19|20)?\d\d")
_FIX = (
    "Published statistics hold areas, not people. Read an authority's own records with load_data, after "
    "'hybrid-toolkit pseudonymise FOLDER --out NEW_FOLDER'."
)


@dataclass(frozen=True)
class _Body:
    header: int
    names: list[str]
    columns: list[list[object]]


def refuse_people(grids: Sequence[SheetGrid], file: str) -> None:
    """Raise where a sheet has one row a person.

    One column whose header or cells can only belong to a person is enough. Without one, two weaker signs beside a
    column of day dates are, where no row is an area's.

    Raises
    ------
    PersonLevelError
        Naming the kinds of columns and their places, never a value.
    """
    for grid in grids:
        for body in _bodies(grid):
            kinds = _kinds(body)
            if kinds:
                where = f"'{file}'" + (f", sheet '{grid.name}'" if grid.name else "")
                told = "; ".join(f"{kind} (column {place})" for kind, place in kinds.items())
                raise PersonLevelError(
                    f"{where} holds one row a person and is refused; nothing was read and nothing is written. Under "
                    f"the header in row {body.header + 1}, {plural(len(kinds), 'kind')} of column say so: {told}.",
                    fix=_FIX,
                    code="PUB-PERSON-LEVEL",
                )


def _bodies(grid: SheetGrid) -> list[_Body]:
    """The first lines that may be a header, with the columns below."""
    found = []
    for i, row in enumerate(grid.rows[:_HEADER_WINDOW]):
        places = filled_cells(row)
        words = [j for j in places if not parse_cell(row[j]).is_number]
        if len(places) < _HEADER_CELLS or len(words) < 0.8 * len(places):
            continue
        below = [r for r in grid.rows[i + 1 : i + 1 + _SAMPLE] if len(filled_cells(r)) >= 2]
        if below:
            columns = [[r[j] if j < len(r) else None for r in below] for j in range(len(row))]
            found.append(_Body(i, [normal_header(cell_text(c)) for c in row], columns))
        if len(found) == _BODIES:
            break
    return found


def _kinds(body: _Body) -> dict[str, int]:
    strong: dict[str, int] = {}
    weak: dict[str, int] = {}
    rows = [list(r) for r in zip(*body.columns, strict=True)]
    by_area = sum(area_row(r) for r in rows) > 0.5 * len(rows)
    dated = [j for j, cells in enumerate(body.columns) if _days(cells)]
    for j, (name, cells) in enumerate(zip(body.names, body.columns, strict=True)):
        there = [cell_text(c) for c in cells if cell_text(c)]
        if not there:
            continue
        for kind, pattern in _STRONG:
            counted = by_area and not dated and not re.search(r"(id|ids|identifier|ref|reference)$", name)
            if name and re.fullmatch(pattern, name) and _can_be(kind, cells, there, counted):
                strong.setdefault(kind, j + 1)
        held = kind_by_content(pd.Series(there, dtype="str"))
        if held is not None and held.name not in ("postcode", "telephone number", "e-mail address"):
            strong.setdefault(held.name, j + 1)
        elif held is not None:
            weak.setdefault(held.name, j + 1)
        if found := people_held(name, there):
            strong.setdefault(found, j + 1)
        for kind, pattern in _WEAK:
            if name and re.fullmatch(pattern, name):
                weak.setdefault(kind, j + 1)
        if name in ("child", "pupil", "person", "worker", "client") and not by_area and _keys(there):
            strong.setdefault("child or person number", j + 1)
    if {"child", "decom"} <= set(body.names) or len(_EPISODES & set(body.names)) >= _EPISODE_NAMES:
        strong.setdefault("episodes of a looked-after child", 1)
    if strong:
        return strong | weak
    of_areas = by_area or any(_PLACE.search(name) for name in body.names)
    if dated and not of_areas and "case number" in weak and len(weak) >= 2:
        return weak | {"day dates": dated[0] + 1}
    return {}


def _can_be(kind: str, cells: list[object], there: list[str], counted: bool) -> bool:
    """Whether a column of that header is of that kind: "Staff number" and "Worker name" may head counts of areas."""
    if kind == "child or person number":
        return not (counted and _counts(cells)) and (_keys(there) or not _counts(cells))
    return kind == "birth date" or not _counts(cells) or kind.endswith("number")


def _counts(cells: list[object]) -> bool:
    """Nearly all numbers or markers: how many, not who."""
    there = [parse_cell(c) for c in cells if cell_text(c)]
    return sum(c.is_number or bool(c.marker) for c in there) >= 0.9 * len(there)


def _keys(there: list[str]) -> bool:
    """Whole numbers or codes of one length or so, of four signs or more: what a key looks like and a count does not."""
    sizes = {len(t) for t in there}
    return (
        min(sizes) >= _KEY_LENGTH
        and max(sizes) - min(sizes) <= _KEY_SPREAD
        and all(re.fullmatch(r"[A-Za-z]*\d+[A-Za-z]*", t) for t in there)
    )


def _days(cells: list[object]) -> bool:
    """Most of a column's cells are dates of a day, and not one date throughout."""
    there = [cell_text(c) for c in cells if cell_text(c)]
    days = {t for t in there if _DAY.fullmatch(t)}
    return len(days) > 1 and sum(bool(_DAY.fullmatch(t)) for t in there) >= 0.6 * len(there)
