"""Periods of a panel or a series as time: numbers and dates as they are, text where it can be read as time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.columns.numeric_columns import as_numbers, counted_codes, plain
from hybrid_toolkit.errors import EstimationError

_TWO_DIGITS = 99
"""Years up to it are of this century, written with two digits."""

NEVER_WORDS = frozenset({"", "never", "none", "-"})
"""Text in a column of starts that says that there is none."""
_MONTHS = {
    m: i + 1 for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
}
_LONG = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


def _date(year: int, month: int, day: int = 1) -> pd.Timestamp:
    return pd.Timestamp(year=year if year > _TWO_DIGITS else 2000 + year, month=month, day=day)


def _named_month(name: str, year: str) -> pd.Timestamp | None:
    short = name[:3].lower()
    known = short in _MONTHS and (name.lower() in (short, "sept") or name.lower() == _LONG[_MONTHS[short] - 1])
    return _date(int(year), _MONTHS[short]) if known else None


def _financial(first: str, second: str) -> float | None:
    return float(first) if (int(first) + 1) % 100 == int(second) % 100 else None


def _quarter(year: str, number: str) -> pd.Timestamp:
    return _date(int(year), 3 * int(number) - 2)


def _financial_quarter(first: str, second: str, number: str) -> pd.Timestamp | None:
    if _financial(first, second) is None:
        return None
    return _date(int(first), 4) + pd.DateOffset(months=3 * (int(number) - 1))


_YEARS = r"(\d{4})\s*[/-]\s*(\d{4}|\d{2})"
_Q = r"[Qq](?:uarter)?\s*([1-4])"
_FORMS: tuple[tuple[str, Callable[..., Any]], ...] = (
    (r"(-?\d+(?:\.\d+)?)", float),
    (_YEARS, _financial),
    (r"(\d{4})[-/.](\d{1,2})", lambda y, m: _date(int(y), int(m))),
    (r"(\d{1,2})[-/.](\d{4})", lambda m, y: _date(int(y), int(m))),
    (r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", lambda y, m, d: _date(int(y), int(m), int(d))),
    (r"(\d{1,2})/(\d{1,2})/(\d{4})", lambda d, m, y: _date(int(y), int(m), int(d))),
    (r"([A-Za-z]{3,9})\.?[ -](\d{4}|\d{2})", _named_month),
    (r"(\d{4})[ -]([A-Za-z]{3,9})", lambda y, name: _named_month(name, y)),
    (rf"{_Q}[ -]*(\d{{4}})", lambda q, y: _quarter(y, q)),
    (rf"(\d{{4}})[ -]*{_Q}", _quarter),
    (rf"{_Q}[ ,-]*{_YEARS}", lambda q, a, b: _financial_quarter(a, b, q)),
    (rf"{_YEARS}[ ,-]*{_Q}", _financial_quarter),
    (r"(\d{4})-?[Ww](\d{1,2})", lambda y, w: pd.Timestamp.fromisocalendar(int(y), int(w), 1)),
    (r"(?:[A-Za-z]+[ _-]?)(\d+)", float),
)
"""How time is written, each for a whole column: the first form that reads every value."""


def _read(words: list[str]) -> dict[str, Any] | None:
    """Word -> number or date, by the first form that reads all; None where none does."""
    prefixes = {m.group(0) for w in words if (m := re.match(r"[A-Za-z]+", w))}
    for pattern, make in _FORMS:
        counted = pattern.startswith("(?:[A-Za-z]+")
        if counted and len({p.lower() for p in prefixes}) != 1:
            continue  # W9 and M3 are not of one kind
        out: dict[str, Any] = {}
        for word in words:
            found = re.fullmatch(pattern, word)
            try:
                value = make(*found.groups()) if found else None
            except ValueError:  # month 13, day 31 of a short month, week 54
                value = None
            if value is None:
                break
            out[word] = value
        else:
            return out
    return None


def read_times(periods: pd.Series[Any], starts: pd.Series[Any] | None = None) -> tuple[pd.Series[Any], Any]:
    """Periods and starts as numbers or dates of one kind.

    Parameters
    ----------
    periods : pd.Series[Any]
        Numbers, dates, or text that is read as time by one form for all of it: months ("Jan 2020", "2020-01"), quarters
        ("Q1 2020", "2019/20 Q4"), weeks ("2020-W09"), financial years ("2019/20"), counts ("W9", "wave 3"); ordered
        categories that are not so written are read by their order.
    starts : pd.Series[Any] | None, optional
        First treated periods in the same form, or None. Missing, 0 and "never" mean never.

    Returns
    -------
    tuple[pd.Series[Any], Any]
        The periods, and the starts with missing for never, both numbers or both dates, with their indexes.

    Raises
    ------
    EstimationError
        Text that is not read as time (``TIME-TEXT``); starts of another kind (``TREATMENT-KIND``).

    Examples
    --------
    >>> read_times(pd.Series(["W9", "W10", "W2"]))[0].tolist()
    [9.0, 10.0, 2.0]
    >>> read_times(pd.Series(["Apr 2020", "Jan 2020"]), pd.Series(["Apr 2020", None]))[0].dt.month.tolist()
    [4, 1]
    """
    if starts is not None:
        try:
            at, found = counted_codes(starts) or pd.factorize(starts)
        except TypeError:  # cells that hold lists are named by what reads them below
            return _read_both(periods, starts)
        few = pd.Series([*found, None], dtype=object, name=starts.name)  # the last one serves where it is missing
        values, made = _read_both(periods, few)
        return values, pd.Series(made.to_numpy()[at], index=starts.index, name=starts.name)
    return _read_both(periods, None)


def _read_both(periods: pd.Series[Any], starts: pd.Series[Any] | None) -> tuple[pd.Series[Any], Any]:
    declared = isinstance(periods.dtype, pd.CategoricalDtype) and periods.cat.ordered
    order = list(periods.cat.categories) if declared else []
    values = plain(periods.astype(object) if isinstance(periods.dtype, pd.CategoricalDtype) else periods)
    said = None if starts is None else plain(starts.astype(object))
    if isinstance(values.dtype, pd.PeriodDtype):
        values = values.dt.to_timestamp()
        said = None if said is None else said.map(lambda v: v.to_timestamp() if isinstance(v, pd.Period) else v)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values, None if said is None else _dates(said)
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return values, None if said is None else _numbers(said)
    text = values.dropna().astype(str).str.strip()
    later = pd.Series(dtype=object) if said is None else _told(said)
    words = list(dict.fromkeys([*text, *later.dropna().astype(str).str.strip()]))
    found = _read(words)
    if found is None and order:
        place = {str(c): float(i) for i, c in enumerate(order)}
        found = place if set(words) <= set(place) else None
    if found is None:
        raise EstimationError(
            f"column '{periods.name}' holds {len(set(text))} different texts that are not all read as time by one "
            "form.",
            fix='Write periods as numbers, dates, months ("2020-01", "Jan 2020"), quarters ("Q1 2020"), financial '
            'years ("2019/20") or counts ("W9"); or make them ordered categories.',
            code="TIME-TEXT",
        )
    read = pd.Series([found.get(str(v).strip()) if pd.notna(v) else None for v in values], index=values.index)
    if said is None:
        return _kind(read, periods.name), None
    back = [found.get(str(v).strip()) if pd.notna(v) else None for v in later]
    return _kind(read, periods.name), _kind(pd.Series(back, index=said.index), said.name)


def _kind(values: pd.Series[Any], name: object) -> pd.Series[Any]:
    dates = values.map(lambda v: isinstance(v, pd.Timestamp)).any()
    made: Any = pd.to_datetime(values) if dates else values.astype("float64")
    return pd.Series(made.to_numpy(), index=values.index, name=str(name))


def _is_never(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in NEVER_WORDS
    return isinstance(value, int | float | np.number) and bool(value == 0)


def _told(said: pd.Series[Any]) -> pd.Series[Any]:
    """Starts without those that mean never."""
    never = [_is_never(v) for v in said]
    return said.astype(object).where(~np.array(never, dtype=bool), None)


def _refused(name: object) -> EstimationError:
    return EstimationError(
        f"column '{name}' cannot be compared with the periods: expected the same kind of value.",
        fix="Write the first treated period in the same form as the period, missing or 0 for never.",
        code="TREATMENT-KIND",
    )


def _numbers(said: pd.Series[Any]) -> pd.Series[Any]:
    known = _told(said)
    found = as_numbers(known)
    if found is None:
        text = [str(v).strip() for v in known.dropna()]
        if not all(re.fullmatch(r"-?\d+(\.\d+)?", t) for t in text):
            raise _refused(said.name)
        found = np.array([float(v) if pd.notna(v) else np.nan for v in known])
    return pd.Series(np.where(np.isinf(found), np.nan, found), index=said.index, name=said.name)


def _dates(said: pd.Series[Any]) -> pd.Series[Any]:
    known = _told(said)
    if pd.api.types.is_datetime64_any_dtype(said):
        return said
    words = known.dropna()
    if as_numbers(words) is not None and len(words):
        raise _refused(said.name)
    text = list(dict.fromkeys(str(v).strip() for v in words if isinstance(v, str)))
    found = _read(text) if text else {}
    if found is None or any(not isinstance(v, pd.Timestamp) for v in found.values()):
        raise _refused(said.name)
    back = [found.get(v.strip()) if isinstance(v, str) else v if pd.notna(v) else None for v in known]
    try:
        return pd.Series(pd.to_datetime(pd.Series(back, dtype=object)).to_numpy(), index=said.index, name=said.name)
    except (TypeError, ValueError):
        raise _refused(said.name) from None
