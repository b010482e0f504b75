"""The kinds of what a public function of the room is given, checked once against its own annotations.

A wrong kind is told by the argument's name before anything is computed. ``check_arguments(fit_linear, locals())`` is
the first line of every public function; it reads the annotations as they are written, so they stay the only list.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import UsageError

SEVERAL_NAMES: Final = "the names of columns, as a list of text"


def check_arguments(function: Callable[..., Any], given: Mapping[str, object]) -> None:
    """Whether every argument is of the kind that the function's annotation names.

    Parameters
    ----------
    function : Callable
        The public function itself.
    given : Mapping[str, object]
        Mapping of str to object Its arguments by name, ``locals()`` on its first line.

    Raises
    ------
    UsageError
        ``ARGUMENT-TYPE``, with the argument's name and what it should be; never its value.

    Examples
    --------
    >>> def fit(frame: pd.DataFrame, *, outcome: str, conf_level: float = 0.95) -> None:
    ...     check_arguments(fit, locals())
    >>> fit(pd.DataFrame(), outcome=["y"])
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.UsageError: [ARGUMENT-TYPE] fit: 'outcome' must be text; it is of type list. How to fix: \
Pass text as outcome.
    """
    for name, words, fits in _kinds(function):
        value = given[name]
        if not fits(value):
            found = "is missing (None)" if value is None else f"is of type {type(value).__name__}"
            if isinstance(value, float) and np.isnan(value):
                found = "is not a number (NaN)"
            raise UsageError(
                f"{function.__name__}: '{name}' must be {words}; it {found}.",
                fix=f"Pass {words} as {name}.",
                code="ARGUMENT-TYPE",
            )


@cache
def _kinds(function: Callable[..., Any]) -> tuple[tuple[str, str, Callable[[object], bool]], ...]:
    """Name, words and test of each argument whose annotation is one of ``ARGUMENT_KINDS``."""
    out = []
    for name, parameter in inspect.signature(function).parameters.items():
        kind = str(parameter.annotation)
        plain = kind.removesuffix(" | None")
        if plain not in ARGUMENT_KINDS:
            continue
        words, fits = ARGUMENT_KINDS[plain]
        out.append((name, words, fits) if kind == plain else (name, f"{words}, or None", _or_none(fits)))
    return tuple(out)


def _or_none(fits: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or fits(value)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool) and value == value


def _list_of(fits: Callable[[object], bool], *, size: int | None = None) -> Callable[[object], bool]:
    def held(value: object) -> bool:
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            return False
        return (size is None or len(value) == size) and all(map(fits, value))

    return held


def _numbers(value: object) -> bool:
    try:
        return bool(np.asarray(value, dtype=np.float64).ndim == 1)
    except (TypeError, ValueError):
        return False


def _groupings(value: object) -> bool:
    one = _list_of(_text)

    def grouping(g: object) -> bool:
        return _text(g) or (isinstance(g, tuple) and one(g))

    if isinstance(value, Mapping):
        return all(grouping(g) and (_text(s) or one(s)) for g, s in value.items())
    return _text(value) or _list_of(grouping)(value)


def _named(value: object) -> bool:
    return isinstance(value, Mapping) and all(map(_text, value.values()))


def _path(value: object) -> bool:
    return type(value).__name__ == "EventPath"  # by name: importing the class would load what it needs


ARGUMENT_KINDS: Final[Mapping[str, tuple[str, Callable[[object], bool]]]] = {
    "pd.DataFrame": ("a pandas data frame", lambda v: isinstance(v, pd.DataFrame)),
    "str": ("text", _text),
    "bool": ("True or False", lambda v: isinstance(v, bool | np.bool_)),
    "int": ("a whole number", _whole),
    "float": ("a number", _number),
    "Sequence[str]": (SEVERAL_NAMES, _list_of(_text)),
    "str | Sequence[str]": (SEVERAL_NAMES, lambda v: _text(v) or _list_of(_text)(v)),
    "Sequence[Sequence[str]]": ("sets of names of columns", _list_of(_list_of(_text))),
    "Sequence[float]": ("a list of numbers", _list_of(_number)),
    "Sequence[object]": ("a list", _list_of(lambda v: isinstance(v, Hashable))),
    "tuple[str, str]": ("the names of two columns", lambda v: _text(v) or _list_of(_text)(v)),
    "tuple[float, float]": ("two numbers", _list_of(_number, size=2)),
    "Mapping[str, str]": ("names of columns by label", _named),
    "ArrayLike": ("a list of numbers", _numbers),
    "Groupings": ("a column, a list of columns, or grouping -> columns whose slope varies", _groupings),
    "EventPath": ("an event path, as fit_group_time(...).path() gives", _path),
}
"""Annotation, as it is written -> words and test. Terms are read by ``as_terms``, which has errors of its own."""
