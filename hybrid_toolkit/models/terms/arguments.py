"""What a public function of the room is given, checked once: its arguments, and the columns of a frame that it reads.

A wrong kind is told by the argument's name before anything is computed. ``check_arguments(fit_linear, locals())`` is
the first line of every public function; it reads the annotations as they are written, so they stay the only list.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import LARGEST, as_numbers, counted_codes, plain, why_not_numbers
from hybrid_toolkit.errors import CoverageError, EstimationError, UsageError, plural, with_article

SEVERAL_NAMES: Final = "the names of columns, as a list of text"


def check_arguments(function: Callable[..., Any], given: Mapping[str, object]) -> None:
    """Whether every argument is of the kind that the function's annotation names.

    Parameters
    ----------
    function : Callable
        The public function itself.
    given : Mapping[str, object]
        Its arguments by name, ``locals()`` on its first line.

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
    "Predictors": (
        f"{SEVERAL_NAMES}, or column -> periods",
        lambda v: _text(v) or _list_of(_text)(v) or (isinstance(v, Mapping) and all(map(_text, v))),
    ),
    "ArrayLike": ("a list of numbers", _numbers),
    "Groupings": ("a column, a list of columns, or grouping -> columns whose slope varies", _groupings),
    "EventPath": ("an event path, as fit_group_time(...).path() gives", _path),
}
"""Annotation, as it is written -> words and test. Terms are read by ``as_terms``, which has errors of its own."""


_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*\Z")


def check_frame(frame: object) -> None:
    """Whether the data are a data frame.

    Raises
    ------
    EstimationError
        They are anything else.
    """
    if not isinstance(frame, pd.DataFrame):
        raise EstimationError(
            "the data must be a pandas data frame, one row an observation; they are "
            f"{with_article(type(frame).__name__)}.",
            fix="Pass a data frame, such as study.frame(data) or pandas.DataFrame(columns).",
            code="FRAME-TYPE",
        )


def told_names(names: Sequence[str]) -> str:
    """Names of a model's columns for an error, where a category's levels, which are values of the data, are counted.

    Parameters
    ----------
    names : Sequence[str]
        Names of columns, such as ``age`` and ``stage[late]``.

    Returns
    -------
    str
        Each name once, in their order.

    Examples
    --------
    >>> told_names(["age", "stage[mid]", "stage[late]", "age:stage[late]"])
    'age, stage[...] (2 of its levels), age:stage[...] (1 of its levels)'
    """
    # greedy, since a level may hold a bracket of its own
    counted = Counter(re.sub(r"\[.*\]", "[...]", name, flags=re.DOTALL) for name in names)
    return ", ".join(f"{name} ({n} of its levels)" if "[...]" in name else name for name, n in counted.items())


def left_out_words(dropped: Sequence[str]) -> str:
    """A sentence on columns that a fit leaves out because others determine them; empty where there are none.

    Parameters
    ----------
    dropped : Sequence[str]
        Names of the columns.

    Returns
    -------
    str
        The sentence, with a space before it.

    Examples
    --------
    >>> left_out_words(["site[b]", "site[c]"]), left_out_words([])
    (' Left out, since other columns determine them: site[...] (2 of its levels).', '')
    """
    return f" Left out, since other columns determine them: {told_names(dropped)}." if dropped else ""


def check_column(frame: pd.DataFrame, name: str) -> str:
    """The name itself, once it is a column of the frame; it is looked up and never evaluated.

    Raises
    ------
    EstimationError
        No column has that name and it is an expression or a formula; two columns have it; the data are no table, or a
        table whose columns have several levels of names.
    CoverageError
        The frame has no such column.
    """
    if not isinstance(frame, pd.DataFrame) or isinstance(frame.columns, pd.MultiIndex):
        raise EstimationError(
            "the data are not a table with one name a column.",
            fix="Pass a pandas DataFrame with one level of column names.",
            code="TABLE",
        )
    if isinstance(name, str) and name in frame.columns:
        if not frame.columns.is_unique and int((frame.columns == name).sum()) > 1:
            raise EstimationError(
                f"{int((frame.columns == name).sum())} columns are called '{name}'.",
                fix="Rename the columns so that each name is used once.",
                code="COLUMN-TWICE",
            )
        return name
    if not isinstance(name, str) or not _IDENTIFIER.match(name):
        raise EstimationError(
            "a term is not the name of one column: expressions and formulas are not evaluated.",
            fix="Name a column; join columns with Interaction, bend one with Spline, or write all terms as one text, "
            "such as 'a + b:c'.",
            code="TERM-NOT-A-COLUMN",
        )
    longer = [c for c in frame.columns if isinstance(c, str) and c.startswith(f"{name} ")]
    quoted = f"In a text of terms write `{longer[0]}`, in backquotes; or add" if longer else "Add"
    raise CoverageError(
        f"the data have no column '{name}', which the model needs.",
        fix=f"{quoted} the column, or leave it out of the study.",
        code="COLUMN-MISSING",
    )


def check_name(name: object, kind: str) -> None:
    if not isinstance(name, str) or not name:
        raise EstimationError(
            f"{kind} needs the name of a column as text; it was given {kind_of_value(name)}.",
            fix=f'Write {kind}("column", ...).',
            code="TERM-TYPE",
        )


def kind_of_value(value: object) -> str:
    """The kind of a value, which is never shown itself."""
    return "nothing" if value is None or value == "" else f"a value of type {type(value).__name__}"


def numbers(frame: pd.DataFrame, name: str) -> Array:
    """A numeric or yes/no column of any pandas type as floats, missing as NaN.

    Raises
    ------
    EstimationError
        The column holds text other than yes and no, or numbers that are infinite or beyond 1e100.
    """
    found = as_numbers(frame[check_column(frame, name)])
    if found is None:
        what, fix = why_not_numbers(frame[name])
        raise EstimationError(
            f"column '{name}' is not numeric: {what}.",
            fix=f"{fix} A column of codes goes into the terms as Category.",
            code="TERM-NOT-NUMERIC",
        )
    inside = found.max(initial=0.0) <= LARGEST and found.min(initial=0.0) >= -LARGEST  # not so with a missing value
    endless = np.empty(0, dtype=np.intp) if inside else np.flatnonzero(np.abs(found) > LARGEST)
    if len(endless):
        raise EstimationError(
            f"column '{name}' holds {plural(len(endless), 'number that is', 'numbers that are')} infinite or beyond "
            f"{LARGEST:.0e}, first at rows {(endless[:5] + 1).tolist()}.",
            fix="Leave these rows out, or set them to missing.",
            code="NOT-FINITE",
        )
    return found


def factorize(values: pd.Series[Any]) -> tuple[NDArray[np.intp], Any]:
    """A column as integers 0..k-1 and its levels in order: that of its categories, else sorted; missing as -1.

    Raises
    ------
    EstimationError
        The column mixes kinds of values, which have no order.

    Examples
    --------
    >>> factorize(pd.Series(["b", "a", "b"]))[0].tolist()
    [1, 0, 1]
    """
    values = plain(values)
    if (found := counted_codes(values)) is not None:
        return found[0], pd.Index(found[1])
    try:
        codes, levels = pd.factorize(values, sort=True)
    except (TypeError, ValueError):
        raise EstimationError(
            f"column '{values.name}' mixes kinds of values, such as text and numbers.",
            fix="Write all its values as text, or all as numbers.",
            code="MIXED-KINDS",
        ) from None
    return codes, levels
