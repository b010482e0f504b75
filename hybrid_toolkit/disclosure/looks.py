"""What a frame holds, found by looking at it and never by what its columns are called or said to be."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.privacy.inside import InsideFrame
from hybrid_toolkit.data.privacy.personal import NOTES_ON_PEOPLE, names_person, who_values
from hybrid_toolkit.disclosure.screen import GROUP_KEYS, is_identifier, refuse_words
from hybrid_toolkit.errors import DisclosureError, agreeing, plural

FINEST = 4
"""Decimals up to which a figure counts as rounded; one with more was not rounded at all."""
_VAGUE = 0.2
"""Where rounding leaves this much of a person open, nearly any number of people would give the figure."""
_T = TypeVar("_T")
_SHORT_NUMBER = 3
"""Digits up to which a number may be an age, a count or a code, and says nothing about being a key."""

INTERVAL = frozenset({"conf_low", "conf_high", "std_error", "p_value", "reliability"})
"""Columns that say how sure a figure is; they are no shares of people, whatever they hold."""
_EXACT = 1e-6
_LARGEST, MOST = 2, 0.9
"""Contributors of the N-K rule, and the share of a total that they may hold."""
WITHIN = 0.1
"""Share of the largest contribution that all but the two largest must reach (p% rule)."""


_kept: dict[tuple[int, Callable[..., object]], tuple[weakref.ref[Any], Any]] = {}


def refuse_people_as_dims(frame: pd.DataFrame, dims: Sequence[str], source: object, *, total_label: str) -> None:
    """Refuse dimensions whose values name people or are their keys, whatever the column is called.

    Keys of groups look like keys of people. They pass where the frame was measured by this package, where the data
    behind it are at hand and know them for other than keys of people, or where the column has the name of such a key.

    Raises
    ------
    DisclosureError
        DIM-IDENTIFIER.
    """
    for dim in dims:
        values = [v for v in frame[dim].drop_duplicates() if str(v) != total_label]
        kind = who_values(values)
        known = person_key(values, source)
        if known or (kind and kind != "keys"):
            what = f"keys of '{known}'" if known else f"what looks like {kind}"
            raise DisclosureError(
                f"The {len(values)} values of '{dim}' hold {what}, whatever the column is called.",
                fix="Group by something wider, such as career_stage, team_id or month.",
                code="DIM-IDENTIFIER",
            )
        if (
            kind == "keys"
            and dim not in GROUP_KEYS
            and not isinstance(frame, InsideFrame)
            and tables_behind(source) is None
        ):
            raise DisclosureError(
                f"The {len(values)} values of '{dim}' look like keys, and nothing tells whether they are people's.",
                fix="Pass the gate the data behind them, Gate(source=data), or call the column what it is, such as "
                "team_id.",
                code="DIM-KEYS",
            )


def refuse_person_keys(frame: pd.DataFrame, columns: Sequence[str], source: object) -> None:
    """Refuse words of a frame that are keys of people of the data at hand, whatever their columns are called.

    Raises
    ------
    DisclosureError
        DIM-IDENTIFIER.
    """
    for column in columns:
        known = person_key(frame[column].dropna().unique().tolist(), source)
        if known:
            raise DisclosureError(
                f"The values of '{column}' are keys of '{known}', whatever the column is called.",
                fix="Leave the column out.",
                code="DIM-IDENTIFIER",
            )


def refuse_named_people(column: str, texts: Sequence[str]) -> None:
    """Refuse a column of words most of which are names of people, or notes that name them.

    Raises
    ------
    DisclosureError
        TEXT-IDENTIFIER.
    """
    kind = who_values(texts) if len(texts) >= _FEWEST_NAMED else ""
    if kind in ("names", NOTES_ON_PEOPLE):
        raise DisclosureError(
            f"The {len(texts)} values of '{column}' hold what looks like {kind}, whatever the column is called.",
            fix="Leave the column out.",
            code="TEXT-IDENTIFIER",
        )


_FEWEST_NAMED = 5
"""Fewer texts that begin as names do may be anything; each is looked through for details all the same."""


def refuse_texts(texts: Sequence[str], *, what: str) -> None:
    """Refuse titles, terms and labels that hold personal details or a person's name.

    Raises
    ------
    DisclosureError
        TEXT-IDENTIFIER.

    Examples
    --------
    >>> refuse_texts(["Learning by career stage"], what="title")
    >>> refuse_texts(["Hours of Alex Surname"], what="title")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.DisclosureError: [TEXT-IDENTIFIER] 1 of 1 title holds the name of a person. How to \
fix: Name groups, not people.
    """
    for text in texts:
        refuse_words(text)
    named = sum(map(names_person, texts))
    if named:
        raise DisclosureError(
            f"{named} of {plural(len(texts), what)} {agreeing(named, 'holds', 'hold')} the name of a person.",
            fix="Name groups, not people.",
            code="TEXT-IDENTIFIER",
        )


def share_scale(values: Floats, counts: Floats, *, vague: bool = True) -> float:
    """What a column must be multiplied by to be a share of counts (1, or 0.01 for per cent); 0 where it is none.

    A share of n people times n is a whole number. Where values were rounded so far that any would pass, values from
    0 to 1 count as shares if ``vague`` says so.

    Examples
    --------
    >>> share_scale(np.array([0.5, 0.25]), np.array([12.0, 40.0]))
    1.0
    >>> share_scale(np.array([0.51, 2.3]), np.array([12.0, 40.0]))
    0.0
    >>> share_scale(np.array([50.0, 25.0]), np.array([12.0, 40.0]))
    0.01
    """
    known = np.isfinite(values) & np.isfinite(counts) & (counts > 0)
    v, n = values[known], counts[known]
    if not len(v) or (v < 0).any():
        return 0.0
    for scale in (1.0, 0.01):
        part = v * scale
        if (part > 1).any() or (scale < 1 and (v <= 1).all()):
            continue
        shown = decimals_of(v) + (2 if scale < 1 else 0)
        blur = n * (0.5 * 10.0**-shown if shown <= FINEST else 0.0) + _EXACT * n
        apart = np.abs(part * n - np.round(part * n))
        clear = not (blur > _VAGUE).all()
        if (apart <= np.maximum(blur, _EXACT)).all() and (clear or (vague and scale == 1.0)):
            return scale
    return 0.0


def is_count(column: pd.Series, counts: Floats) -> bool:
    """Whether a column of values counts some of those who are counted: whole numbers, none above the count.

    Examples
    --------
    >>> is_count(pd.Series([3.0, 1.0]), np.array([40.0, 55.0])), is_count(pd.Series([3.2, 1.0]), np.array([40.0, 55.0]))
    (True, False)
    """
    v = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(v)
    if not known.any() or (v[known] != np.round(v[known])).any() or (v[known] < 0).any():
        return False
    enough = known.sum() > 1 or pd.api.types.is_integer_dtype(column.dtype)
    return bool(enough and (v[known] <= counts[known]).all() and (v[known] > 1).any())


def decimals_of(v: Floats) -> int:
    """Decimals that the values were rounded to; 9 where they were not."""
    for d in range(9):
        if (np.abs(v - np.round(v, d)) <= 1e-10 * np.maximum(1.0, np.abs(v))).all():
            return d
    return 9


def tables_behind(source: object) -> Mapping[str, pd.DataFrame] | None:
    """The tables behind a frame, where they are at hand."""
    found = getattr(source, "tables", None)
    return found if isinstance(found, Mapping) else None


def looked_up_once(source: object, look: Callable[[Mapping[str, pd.DataFrame]], _T]) -> _T | None:
    """What a look at the data behind a frame found, looked up once; None where no data are at hand."""
    tables = tables_behind(source)
    if tables is None:
        return None
    key = (id(source), look)
    kept = _kept.get(key)
    if kept is not None and kept[0]() is source:
        return cast(_T, kept[1])
    out = look(tables)
    _kept[key] = (weakref.ref(source, lambda _: _kept.pop(key, None)), out)
    return out


def _keys(tables: Mapping[str, pd.DataFrame]) -> dict[str, set[str]]:
    """The keys of people, families and events, by the name of their column."""
    keys: dict[str, set[str]] = {}
    for frame in tables.values():
        for name in filter(is_identifier, map(str, frame.columns)):
            keys.setdefault(name, set()).update(frame[name].dropna().astype("str").unique().tolist())
    return keys


def person_key(values: Sequence[object], source: object) -> str:
    """The key of a person, family or event, of the data at hand, that most of the values are; empty where none is."""
    texts = {str(v) for v in values if len(str(v)) > _SHORT_NUMBER or not str(v).isdigit()}
    keys = looked_up_once(source, _keys) if texts else None
    return next((name for name, held in (keys or {}).items() if 2 * len(texts & held) > len(texts)), "")


def dominated(values: NDArray[np.float64], people: NDArray[np.integer[Any]]) -> bool:
    """Whether a total or mean of these values is one or two people's, by the N-K rule and the p% rule as ACRO has them.

    N-K: the two largest contributors hold more than 90% of the total. p%: what all others hold is less than 10% of the
    largest contribution, so that the second largest could tell it within 10%.

    Parameters
    ----------
    values : NDArray[np.float64]
        What each unit adds; values below 0 are taken by size, missing ones are left out. Shape (units,).
    people : NDArray[np.integer[Any]]
        Code of the person of each unit, -1 where nobody is named. Shape (units,).

    References
    ----------
    Hundepool and others (2012), "Statistical Disclosure Control"; the numbers are the defaults of ACRO (SACRO project,
    MIT licence).

    Examples
    --------
    >>> dominated(np.array([1000.0, 3.0, 2.0, 4.0]), np.arange(4)), dominated(np.ones(12), np.arange(12))
    (True, False)
    """
    used = np.isfinite(values) & (people >= 0)
    if not used.any():
        return False
    held = np.sort(np.bincount(people[used], weights=np.abs(values[used])))[::-1]
    total = held.sum()
    if total <= 0:
        return False
    first = held[:_LARGEST].sum()
    return bool(first > MOST * total or total - first < WITHIN * held[0])
