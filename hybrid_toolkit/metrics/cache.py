"""What is worked out once for the same data, and goes when the data go."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from hybrid_toolkit.data.evaluation_data import EvaluationData

_T = TypeVar("_T")
_KEPT: dict[int, tuple[weakref.ref[EvaluationData], dict[Hashable, object]]] = {}


def cached(data: EvaluationData, key: Hashable, make: Callable[[], _T]) -> _T:
    """What ``make`` gives, asked once for these data and this key. Nobody changes it in place: copy it first.

    Examples
    --------
    >>> import pandas as pd
    >>> d = EvaluationData({"la": pd.DataFrame({"la_id": ["a"]})})
    >>> cached(d, "answer", lambda: 1), cached(d, "answer", lambda: 2)
    (1, 1)
    """
    place = id(data)
    there = _KEPT.get(place)
    if there is None or there[0]() is not data:
        there = _KEPT[place] = (weakref.ref(data, lambda _: _KEPT.pop(place, None)), {})
    if key not in there[1]:
        there[1][key] = make()
    return cast(_T, there[1][key])
