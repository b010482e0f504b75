"""Periods as publishers write them, in one form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from hybrid_toolkit.data.published.cells import cell_text

_YEAR_DIGITS = 4
"""A year in full, as in 2021-2022; one of two digits takes its century from the year before it."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
_MONTH += r"|nov(?:ember)?|dec(?:ember)?)"
_YEAR = r"(?:19|20)\d\d"
_SPAN = re.compile(rf"\b({_YEAR})\s?[-/–]\s?((?:19|20)?\d\d)\b(?![-/]\d)")
_RANGE = re.compile(rf"\b({_YEAR})\s?(?:to|and|until)\s?({_YEAR})\b", re.I)
_DAY = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s({_MONTH})\s({_YEAR})\b", re.I)
_ISO = re.compile(rf"\b({_YEAR})-(\d\d)-(\d\d)\b")
_SLASHED = re.compile(rf"\b(\d{{1,2}})/(\d{{1,2}})/({_YEAR})\b")
_MONTH_YEAR = re.compile(rf"\b({_MONTH})[\s-]({_YEAR})\b", re.I)
# a spreadsheet's own short form of dates and months, and of months across the top: 31-Mar-22, Apr-23
_SHORT = re.compile(rf"(?:(\d{{1,2}})[- ])?({_MONTH})[- ](\d\d)", re.I)
_QUARTER = re.compile(rf"\b(?:({_YEAR})\s?(?:q|quarter )([1-4])|(?:q|quarter )([1-4])\s({_YEAR}))\b", re.I)
_ONLY_YEAR = re.compile(rf"(?<![\d.,£]){_YEAR}(?![\d,]|\.\d)")
_STRETCH = re.compile(
    rf"(?:\d{{1,2}} )?(?:{_MONTH})?(?: {_YEAR})? ?(?:to|[-–]) ?(?:\d{{1,2}} )?{_MONTH},? {_YEAR}", re.I
)
_WHOLE_YEARS = ("calendar year", "academic year", "financial year", "reporting year", "tax year", "")


def period_of(raw: object) -> str:
    """A whole cell read as a period, or an empty string if it is not one.

    Examples
    --------
    >>> period_of("202223"), period_of("2013-14"), period_of(2011.0), period_of("31 March 2025"), period_of("2022 Q1")
    ('2022/23', '2013/14', '2011', '2025-03-31', '2022 Q1')
    >>> period_of("31-Mar-22"), period_of("Apr-23"), period_of("2012-15")
    ('2022-03-31', '2023-04', '2012 to 2015')
    >>> period_of("308"), period_of("Total"), period_of("Jan to Mar 2022")
    ('', '', 'Jan to Mar 2022')
    """
    text = re.sub(r"^(as at|at|year ending|year to|ye)\s", "", cell_text(raw), flags=re.I)
    if re.fullmatch(_YEAR, text):
        return text
    if re.fullmatch(rf"{_YEAR}\d\d", text) and int(text[4:]) == (int(text[:4]) + 1) % 100:
        return f"{text[:4]}/{text[4:]}"
    for pattern in (_ISO, _SLASHED, _DAY, _QUARTER, _MONTH_YEAR, _SPAN, _RANGE):
        found = pattern.fullmatch(text)
        if found:
            return _read(pattern, found)
    short = _SHORT.fullmatch(text)
    if short:
        year, month = 2000 + int(short[3]), _month(short[2])
        return _day(year, month, int(short[1])) if short[1] else f"{year}-{month:02d}"
    if re.fullmatch(rf"{_YEAR}-(0[1-9]|1[0-2])", text):
        return text
    if _STRETCH.fullmatch(text):
        return text
    # pooled years as public health tables print them
    if re.fullmatch(rf"{_YEAR}(/\d\d)?\s?[-–]\s?\d\d(/\d\d)?", text, re.I):
        return text
    return ""


def period_in(text: str) -> str:
    """The first period named inside a title or header, or an empty string.

    Examples
    --------
    >>> period_in("Local authority inspection judgements as at 31 March 2025")
    '2025-03-31'
    >>> period_in("Rural-Urban Classification 2011 (6 fold)"), period_in("LTLA23CD"), period_in("Income")
    ('2011', '2023', '')
    """
    for pattern in (_DAY, _QUARTER, _RANGE, _SPAN, _MONTH_YEAR, _ONLY_YEAR):
        found = pattern.search(text)
        if found:
            whole = _read(pattern, found)
            if whole:
                return whole
    ons = re.fullmatch(r"[A-Z]{2,6}?\d?(\d\d)(CD|NM|NMW|CDH|CDO|CDI)", text.strip(), re.I)
    return f"20{ons[1]}" if ons else ""


_DOWNLOADED = re.compile(
    rf"(\[?\b(?:from \w+ on|downloaded|extracted|accessed|created|generated|published|released|updated|last updated|"
    rf"release date|next update|printed|date of (?:publication|issue|release))\b[^\]]*?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH},? {_YEAR}\]?|"
    rf"\b(?:downloaded|extracted|published|released|updated)\b[^\]]*?{_YEAR}[-/]\d\d[-/]\d\d)",
    re.I,
)
_LABELLED = re.compile(
    r"(?:date|dates|years?|period|time ?period|reporting (?:year|period)|financial years?|academic years?|"
    r"quarter|as at)\s*[:\-–]?\s+(?P<said>.+)",
    re.I,
)


def period_of_titles(titles: Sequence[str]) -> str:
    """The period that title lines state, or an empty string: a labelled line first, then one that says "as at".

    The date of a download is none.

    Examples
    --------
    >>> period_of_titles(["Population", "[from Nomis on 9 September 2025]", "date 2021"])
    '2021'
    >>> period_of_titles(["Table LA2: Key stage 2", "Year: 20166", "Coverage: England"])
    '2016'
    >>> period_of_titles(["ONS Crown Copyright Reserved [from Nomis on 9 September 2025]"])
    ''
    """
    plain = [_DOWNLOADED.sub(" ", t).strip() for t in titles]
    for title in plain:
        label = _LABELLED.fullmatch(title)
        if label:
            # a footnote's number stands straight after the year
            said = re.sub(rf"(?<!\d)({_YEAR})\d(?!\d)", r"\1", label["said"])
            found = period_of(said) or period_in(said)
            if found:
                return found
    dated = [t for t in plain if re.search(r"\bas (at|of)\b", t, re.I)]
    return next((p for p in map(period_in, [*dated, *plain]) if p), "")


def _read(pattern: re.Pattern[str], found: re.Match[str]) -> str:
    if pattern is _ONLY_YEAR:
        return found[0]
    if pattern is _ISO:
        return found[0]
    if pattern is _SLASHED:
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if pattern is _DAY:
        return _day(int(found[3]), _month(found[2]), int(found[1]))
    if pattern is _QUARTER:
        return f"{found[1] or found[4]} Q{found[2] or found[3]}"
    if pattern is _MONTH_YEAR:
        return f"{found[2]}-{_month(found[1]):02d}"
    first, last = int(found[1]), found[2]
    end = int(last) if len(last) == _YEAR_DIGITS else first // 100 * 100 + int(last)
    if len(last) == 2 and end < first:
        end += 100
    if pattern is _SPAN and end == first + 1:
        return f"{first}/{end % 100:02d}"
    if pattern is _SPAN and len(last) == 2:
        # 2010-12 may be a month or three years and stays as printed; 2012-15 is the years together
        return f"{first}-{last}" if 1 <= int(last) <= len(_MONTHS) else f"{first} to {end}" if end > first else ""
    return f"{first} to {end}" if end > first else ""


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def with_identifier(period: str, identifier: str) -> str:
    """A year and the part of it that a DfE ``time_identifier`` names.

    Examples
    --------
    >>> with_identifier("202223", "Autumn term"), with_identifier("2025", "Reporting year")
    ('2022/23 Autumn term', '2025')
    """
    year = period_of(period) or cell_text(period)
    part = cell_text(identifier)
    part = re.sub(r"^(calendar|financial|academic|tax) year (?=q)", "", part, flags=re.I)
    return year if part.casefold() in _WHOLE_YEARS else f"{year} {part}"


def is_year(raw: object) -> bool:
    """Whether a cell is a bare year or a span of one year, as row and column labels are."""
    text = cell_text(raw)
    return bool(re.fullmatch(rf"{_YEAR}|{_YEAR}\s?[-/–]\s?(?:20)?\d\d", text)) and bool(period_of(text))
