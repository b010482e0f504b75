"""Whole columns: numbers with markers, words, or codes; and what a header's words say about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.data.published.cells import PublishedCell, bounded_cell, cell_text, looks_like_marker, parse_cell
from hybrid_toolkit.data.published.places import areas
from hybrid_toolkit.data.published.published_statistics import rows_shown
from hybrid_toolkit.errors import PublishedError

_DISTINCT, _FEWEST = 0.9, 3
"""A column without a header names areas where nearly every cell is another; a repeated footnote is allowed for, and two
cells that differ show nothing."""
_WHOLE, _UPPER_HALF = 100, 50
"""A share of 100 hidden at its upper end ("95 or more") lies in the upper half; "10 or more" is a count."""

_STRAY = 0.05
# ten figures below 1,000 that all differ and all happen to be codes of authorities: below one in 10^7
_FEWEST_CODES = 10
_QUANTITY = re.compile(
    r"count|percent|pct|%|rate|fte|headcount|number|total|expend|average|mean|median|value|amount|income|score|£", re.I
)
_DIMENSION = re.compile(
    r"(^|[ _])(age|ages|ncyear|year_?group|group|type|category|breakdown|characteristic\w*|gender|sex|duration|band|"
    r"level|phase|topic|subject|theme|grade|exam_cohort|status|description|service|filter)($|[ _\d])",
    re.I,
)
# a header with one of these counts or measures, whatever it names besides: "Number convicted, subject to a reprimand"
_COUNTED = re.compile(
    r"(^|_)(number|numbers|total|count|counts|percent|percentage|proportion|rate|average|mean|median|eligible|"
    r"achieving|headcount)(_|$)|count|percent|rate"
)
# ages, years of school, levels and phases are below this; counts of children in a nation or a region are not
_LARGEST_LABEL = 150.0
# words of a code or a running number: at the end of the header, since "no information" and "care order" name counts
_IDENTIFIER = re.compile(
    r"(^|[ _])(urn|laestab|ukprn|uprn)($|[ _\d])|(^|[ _])(id|ind|code|cd)([ _]?\d{0,2}(cd)?)$|"
    r"^(row|sort|line|index|key|no|order|line ?_?(number|no|num)|"
    r"(\w+_)?(row|sort|line|ref|reference|serial|item|la|lea|authority|area|region|council)[ _]?"
    r"(num|number|no|id|index|key|order))"
    r"([ _]\d+)?$|linenumber|sortable",
    re.I,
)
_CAMEL_IDENTIFIER = re.compile(r"(?<=[A-Za-z])I(nd|[dD])$")
_SKIPPED = re.compile(
    r"object_?id(_\d+)?|(la|sort|row|display|region)_?order|fid(_\d+)?|globalid|web ?link|url|"
    r"shape_+(area|length)|link|unnamed.*",
    re.I,
)
_REGION_LETTERS = re.compile(r"[A-Z]{1,2}")
_OLD_CODE = re.compile(
    r"(old_?)?(la|lea|dfe|lacode|authority|local_authority)(_?(code|cd|num|number|no|id|dfe))?(_?old)?|"
    r"old_?la_?code|la_?code|lea_?code|local_authority_(code|number)_?(old)?|dfe_?(la)?_?(code|number)|"
    r"geog_?(c|code)|area_?(code|number)|la_?estab_?la",
    re.I,
)


def normal_header(header: str) -> str:
    """A header in lower case with single underscores.

    Examples
    --------
    >>> normal_header("Local authority  area code"), normal_header("LA Name"), normal_header("geographicLevel")
    ('local_authority_area_code', 'la_name', 'geographic_level')
    """
    header = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", header)
    return re.sub(r"[^0-9a-z]+", "_", header.lower()).strip("_")


@dataclass(frozen=True, eq=False)
class SheetColumn:
    """One column of a rectangular table.

    Parameters
    ----------
    header : str
        Its header, rows joined by " | ".
    raw : list[object]
        Its cells, one a body row.
    lines : npt.NDArray[np.int64]
        Row number in the file of each, from 1.
    where : str
        File or sheet, for messages.
    position : int
        Its place in the sheet, from 0.
    """

    header: str
    raw: list[object]
    lines: npt.NDArray[np.int64]
    where: str
    position: int

    @cached_property
    def _factors(self) -> tuple[npt.NDArray[np.intp], list[object]]:
        plain = [
            c if isinstance(c, str) else (cell_text(c) if not isinstance(c, (int, float)) else c) for c in self.raw
        ]
        ids: dict[tuple[bool, object], int] = {}
        codes = np.fromiter((ids.setdefault((isinstance(c, str), c), len(ids)) for c in plain), np.intp, len(plain))
        return codes, [key[1] for key in ids]

    @cached_property
    def cells(self) -> list[PublishedCell]:
        """What each distinct content says."""
        return [parse_cell(content) for content in self._factors[1]]

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        codes, contents = self._factors
        return np.bincount(codes, minlength=len(contents)).astype(np.int64)

    def _count(self, wanted: list[bool]) -> int:
        return int(self.counts[np.array(wanted, dtype=bool)].sum()) if wanted else 0

    @cached_property
    def filled(self) -> int:
        """Cells that are not blank."""
        return self._count([not c.is_blank for c in self.cells])

    @cached_property
    def norm(self) -> str:
        return normal_header(self.header)

    @cached_property
    def texts(self) -> list[str]:
        """Every cell as trimmed text."""
        codes, contents = self._factors
        words = np.array([cell_text(c) for c in contents], dtype=object)
        return list(words[codes]) if len(contents) else []

    @cached_property
    def distinct(self) -> int:
        return len({cell_text(c) for c in self._factors[1]} - {""})

    @cached_property
    def is_ons(self) -> bool:
        """Nearly every filled cell is a nine-character area code, markers apart."""
        good = self._count([areas.is_ons_code(c) for c in self._factors[1]])
        marks = self._count([bool(c.marker) and not c.is_number for c in self.cells])
        return good > 0 and good >= 0.8 * max(self.filled - marks, 1)

    @cached_property
    def is_old(self) -> bool:
        """A three-digit authority code by its header and its cells."""
        good = self._count([areas.is_old_code(c) for c in self._factors[1]])
        marks = self._count([bool(c.marker) and not c.is_number for c in self.cells])
        # older releases print letters for the nation and the regions in the same column
        letters = self._count([bool(_REGION_LETTERS.fullmatch(cell_text(c))) for c in self._factors[1]])
        differ = self.filled >= _FEWEST and self.distinct >= _DISTINCT * self.filled
        named = bool(_OLD_CODE.fullmatch(self.norm)) or (self.is_headless and differ)
        named = named or self._lists_authorities
        return named and good > 0 and good >= 0.8 * max(self.filled - marks - letters, 1)

    @property
    def _lists_authorities(self) -> bool:
        """Every number is another authority's code, whatever stands above: figures never are."""
        known = self._count([areas.is_authority_number(c) for c in self._factors[1]])
        return known >= _FEWEST_CODES and self.distinct >= 0.9 * self.filled

    @property
    def is_headless(self) -> bool:
        """No header: it was given its place for a name."""
        return self.header == f"column {self.position + 1}"

    @cached_property
    def is_skipped(self) -> bool:
        """A row number or web link that says nothing about an area."""
        named = _SKIPPED.fullmatch(self.header.strip()) or _SKIPPED.fullmatch(self.norm)
        return bool(named) or (self.is_headless and self.position == 0 and self._counts_rows)

    @property
    def _counts_rows(self) -> bool:
        """The numbers 1, 2, 3, ... down the column, as programs write them before the first column."""
        return len(self.texts) > 1 and self.texts == [str(n) for n in range(1, len(self.texts) + 1)]

    @property
    def names_dimension(self) -> bool:
        return bool(_DIMENSION.search(self.norm)) and not _COUNTED.search(self.norm)

    @property
    def names_identifier(self) -> bool:
        named = (
            _IDENTIFIER.search(self.norm)
            or _IDENTIFIER.search(self.header)
            or _CAMEL_IDENTIFIER.search(self.header.strip())
        )
        return bool(named) and not self.has_fractions

    @cached_property
    def has_fractions(self) -> bool:
        return any(c.is_number and not c.value.is_integer() for c in self.cells)

    @property
    def _is_measured(self) -> bool:
        """Numbers that no label of a group has: fractions, or more than the oldest age."""
        return self.has_fractions or any(c.value > _LARGEST_LABEL for c in self.cells)

    @cached_property
    def kind(self) -> str:
        """ "blank", "number" or "text".

        Raises
        ------
        PublishedError
            A column of numbers holds a few cells that are neither numbers nor markers.
        """
        if not self.filled:
            return "blank"
        number = self._count([c.is_number for c in self.cells])
        known = self._count([bool(c.marker) and not c.is_number for c in self.cells])
        unsure = self._count([c.is_range or bool(c.parts) for c in self.cells])
        banded = sum(c.is_range and c.marker[0].isdigit() for c in self.cells) > 1
        # bands such as <1, 1-4 and 5-9 are labels; <5 again and again is a figure withheld
        named = self.names_dimension and not self._is_measured
        if unsure and (named or (banded and unsure > number and not _QUANTITY.search(self.header))):
            return "text"
        unknown = [bool(c.text) for c in self.cells]
        short = [u and looks_like_marker(c.text) for u, c in zip(unknown, self.cells, strict=True)]
        words = self._count(unknown) - self._count(short)
        if not number:
            return "number" if known and known == self.filled and not self.names_dimension else "text"
        if not words and number >= self._count(short):
            return "number"
        # fewer numbers than short unknown words, and nothing else: letters beside a few codes, as in a column of codes
        if words / self.filled > _STRAY and not (_QUANTITY.search(self.header) and words < number):
            return "text"
        if self.names_dimension or self.names_identifier or not words:
            return "text"
        codes, _ = self._factors
        bad = np.array([u and not s for u, s in zip(unknown, short, strict=True)])[codes]
        rows = rows_shown(self.lines[bad].tolist())
        raise PublishedError(
            f"{self.where}: column '{self.header}' holds numbers, but {words} of {self.filled:,} filled cells are "
            f"words that are no known marker (rows {rows}).",
            fix="Compare those cells with the published file; expected a number or a symbol such as z, c, low or ':'.",
            code="PUB-NUMBER",
        )

    @cached_property
    def is_percentage(self) -> bool:
        """Per cent by its header, or by its numbers: none above 100 and some marker such as ``>95`` beside them."""
        if header_unit(self.header) == "percent" or any(c.percent for c in self.cells):
            return True
        highest = max((c.value for c in self.cells if c.is_number), default=0.0)
        open_ended = [c.lower for c in self.cells if c.is_range and np.isnan(c.upper)]
        return bool(open_ended) and max(highest, *open_ended) <= _WHOLE and min(open_ended) >= _UPPER_HALF

    def numbers(self) -> pd.DataFrame:
        """Columns value, marker, text, note, percent, lower, upper, unit, parts: one row a body row."""
        codes, _ = self._factors
        ends = [bounded_cell(c, self.is_percentage) for c in self.cells]
        parts = np.empty(len(self.cells), dtype=object)
        parts[:] = [c.parts for c in self.cells]
        table = {
            "lower": np.array([low for low, _ in ends], dtype=float),
            "upper": np.array([high for _, high in ends], dtype=float),
            "unit": np.array([c.unit for c in self.cells], dtype=object),
            "parts": parts,
            "value": np.array([c.value for c in self.cells], dtype=float),
            "marker": np.array([c.marker or c.text for c in self.cells], dtype=object),
            "note": np.array([_note(c) for c in self.cells], dtype=object),
            "percent": np.array([c.percent for c in self.cells], dtype=bool),
        }
        return pd.DataFrame({name: values[codes] for name, values in table.items()})

    def words(self) -> pd.DataFrame:
        """The same columns for a column of words: the words are in ``text``, a symbol in ``marker``."""
        codes, contents = self._factors
        marks = [c.marker if not (c.is_number or c.is_range or c.parts) else "" for c in self.cells]
        text = [cell_text(c) if not m else "" for c, m in zip(contents, marks, strict=True)]
        blank = ["" if c or m else BLANK_NOTE for c, m in zip(text, marks, strict=True)]
        table = {
            "text": np.array(text, dtype=object),
            "marker": np.array(marks, dtype=object),
            "note": np.array(blank, dtype=object),
        }
        return pd.DataFrame({name: values[codes] for name, values in table.items()})


BLANK_NOTE = "blank in the file, with no marker"


def _note(cell: PublishedCell) -> str:
    if cell.is_blank:
        return BLANK_NOTE
    if cell.text:
        return "unknown symbol kept as a marker"
    if cell.is_range:
        return "a range published in place of the number: its bounds stand in lower and upper"
    return "number in brackets read as negative" if cell.bracketed else cell.note


def signed(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers printed in round brackets made negative, as accounts print them."""
    negative = frame["note"].eq("number in brackets read as negative")
    return frame.assign(value=frame["value"].where(~negative, -frame["value"].abs()))


def header_unit(header: str) -> str:
    """The unit that a header's words give, or empty.

    Examples
    --------
    >>> header_unit("rereferral_percent"), header_unit("inpost_fte"), header_unit("turnover_rate_fte")
    ('percent', 'fte', '')
    >>> header_unit("Proportion of areas in the most deprived 10% nationally"), header_unit("Rank of percentage")
    ('', '')
    """
    name = normal_header(header)
    if re.search(r"(^|_)rank(s|ed|ing)?($|_)", name):
        return ""
    # the sign of a unit stands alone: "10% nationally" is part of a name
    if re.search(r"percent|pct|(^|_)perc($|_)|(^|_)per_cent($|_)", name) or re.search(r"(?<!\d)(?<!\d )%", header):
        return "percent"
    if re.search(r"rate|ratio|caseload|per_", name):
        return ""
    if re.search(r"(^|_)fte($|_)", name):
        return "days" if "days" in name else "fte"
    if "headcount" in name:
        return "headcount"
    if "£" in header:
        return "thousand pounds" if re.search(r"£ ?(000|thousand|k\b)", header, re.I) else "pounds"
    return ""
