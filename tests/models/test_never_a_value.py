"""Whatever stands in a column, a public function answers or raises the project's own error, which tells no value."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from hybrid_toolkit import metrics, models
from hybrid_toolkit.errors import HybridToolkitError

_SPEC = importlib.util.spec_from_file_location(
    "columns_anywhere_cases", Path(__file__).with_name("test_columns_anywhere.py")
)
assert _SPEC is not None and _SPEC.loader is not None
anywhere = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = anywhere
_SPEC.loader.exec_module(anywhere)

WORD, NUMBER = "Zx7SecretQ", 918273645.5
SECRETS = (WORD, "Zx7", "918273645", "9.18273645", "1e+300")


def _one(f: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    out = f.copy()
    values = out[column].astype(object)
    values.iloc[3] = value
    out[column] = values
    return out


def _all(f: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    out = f.copy()
    out[column] = pd.Series([value] * len(f), index=f.index)
    return out


def _float(f: pd.DataFrame, column: str, value: float) -> pd.DataFrame:
    return f.assign(
        **{column: pd.to_numeric(f[column], errors="coerce").astype(float).where(np.arange(len(f)) != 5, value)}
    )


IN_A_COLUMN: dict[str, Callable[[pd.DataFrame, str], Any]] = {
    "a word": lambda f, c: _one(f, c, WORD),
    "words": lambda f, c: f.assign(**{c: [f"{WORD}{i}" for i in range(len(f))]}),
    "one word for all": lambda f, c: _all(f, c, WORD),
    "one number for all": lambda f, c: _all(f, c, NUMBER),
    "infinity": lambda f, c: _float(f, c, np.inf),
    "1e300": lambda f, c: _float(f, c, 1e300),
    "nothing": lambda f, c: _all(f, c, None),
    "kinds mixed": lambda f, c: _one(_one(f, c, WORD).iloc[::-1], c, NUMBER),
    "numbers and a word": lambda f, c: _one(f.assign(**{c: pd.factorize(f[c])[0]}), c, WORD),
    "numbers and bytes": lambda f, c: _one(f.assign(**{c: pd.factorize(f[c])[0]}), c, WORD.encode()),
    "a complex number": lambda f, c: _one(f.assign(**{c: pd.factorize(f[c])[0]}), c, NUMBER + 1j),
    "a list": lambda f, c: _one(f, c, [WORD]),
    "absent": lambda f, c: f.drop(columns=c),
    "twice": lambda f, c: pd.concat([f, f[[c]]], axis=1),
}
OF_THE_TABLE: dict[str, Callable[[pd.DataFrame], Any]] = {
    "no rows": lambda f: f.iloc[:0],
    "one row": lambda f: f.iloc[:1],
    "two rows": lambda f: f.iloc[:2],
    "levels of names": lambda f: f.set_axis(pd.MultiIndex.from_product([["a"], f.columns]), axis=1),
    "levels of the index": lambda f: f.set_axis(pd.MultiIndex.from_product([[WORD], range(len(f))]), axis=0),
}


def _asked(name: str, frame: Any) -> None:
    try:
        anywhere.ALL[name].call(frame)
    except HybridToolkitError as error:
        told = str(error)
        assert not [s for s in SECRETS if s in told], f"a value is told: {error.code}"
        assert error.__cause__ is None and (error.__context__ is None or error.__suppress_context__)


def _columns(name: str, change: str = "") -> list[str]:
    case = anywhere.ALL[name]
    if "and " in change:  # kinds that have no order: each key is one to try
        return list(case.keys)
    return list(dict.fromkeys([*case.x[:1], *([case.y] if case.y else []), *case.keys[:1], *case.flags[:1]]))


@pytest.mark.parametrize("change", IN_A_COLUMN)
@pytest.mark.parametrize("name", anywhere.ALL)
def test_a_bad_column_is_told_without_a_value(name: str, change: str) -> None:
    frame = anywhere._frame(anywhere.ALL[name])
    for column in _columns(name, change):
        # what the test itself takes from a frame is not the function's to refuse
        if change in ("absent", "twice") and name in anywhere.MEASURES:
            continue
        _asked(name, IN_A_COLUMN[change](frame, column))


@pytest.mark.parametrize("change", OF_THE_TABLE)
@pytest.mark.parametrize("name", [n for n in anywhere.ALL if n in anywhere.CASES])
def test_a_bad_table_is_told_without_a_value(name: str, change: str) -> None:
    _asked(name, OF_THE_TABLE[change](anywhere._frame(anywhere.ALL[name])))


@pytest.mark.parametrize(
    ("estimates", "variances"),
    [
        ([WORD, 1.0], [1.0, 1.0]),
        ([1.0, None], [1.0, 1.0]),
        ([[1.0, 2.0], [3.0]], [1.0, 1.0]),
        ([np.inf, 1.0], [1.0, 1.0]),
        ([1.0, 2.0], [1e300, NUMBER]),
        ({"a": WORD}, [1.0]),
    ],
)
def test_sites_that_are_no_numbers(estimates: Any, variances: Any) -> None:
    try:
        models.fit_random_effects(estimates, variances)
    except HybridToolkitError as error:
        assert WORD not in str(error) and error.__suppress_context__ | (error.__context__ is None)


@pytest.mark.parametrize("time", [[12, 24], WORD, None, np.nan, np.array([1.0, 2.0])])
def test_a_curve_is_asked_at_one_time_or_several(time: Any) -> None:
    fit = anywhere._people()
    curve = models.fit_kaplan_meier(fit, duration="months", event="left")
    try:
        found = curve.at(time)
        assert len(found) == np.size(time)
    except HybridToolkitError as error:
        assert WORD not in str(error)


def _levels() -> pd.DataFrame:
    f = anywhere._people().reset_index(drop=True)
    f["x"] = [f"{WORD}{i}]" for i in np.arange(len(f)) % 3]
    return f.assign(again=f["x"])


@pytest.mark.parametrize(
    "ask",
    [
        lambda f: models.fit_ols(f, outcome="y", terms=["x", "again"]),
        lambda f: models.fit_ols(f, outcome="y", terms=["x"]).partial_r2("gone"),
        lambda f: models.fit_linear(f, outcome="y", terms=["x"], cluster="team").index("gone"),
        lambda f: models.fit_mixed(f, outcome="y", terms=["x", "again"], groups="team"),
        lambda f: models.fit_binary(f, outcome="left", terms=["x", "again"], cluster="team"),
    ],
)
def test_levels_of_a_category_are_counted_and_not_told(ask: Callable[[pd.DataFrame], Any]) -> None:
    with pytest.raises(HybridToolkitError) as caught:
        ask(_levels())
    assert "Zx7" not in str(caught.value) and "of its levels" in str(caught.value)


ODD: dict[str, Callable[[pd.DataFrame, str], Any]] = {
    "a decimal": lambda f, c: _one(f, c, Decimal("918273645.5")),
    "a huge whole number": lambda f, c: _one(f, c, 10**40 + 918273645),
    "complex": lambda f, c: f.assign(**{c: np.arange(len(f)) * (1 + 918273645j)}),
    "bytes": lambda f, c: _one(f, c, WORD.encode()),
    "a set": lambda f, c: _one(f, c, {WORD}),
    "spans of time": lambda f, c: f.assign(**{c: pd.to_timedelta(np.arange(len(f)) + 918273645, unit="s")}),
    "intervals": lambda f, c: f.assign(**{c: pd.interval_range(0, len(f), periods=len(f))}),
    "text of levels": lambda f, c: f.assign(**{c: [f"{WORD}{i % 5}" for i in range(len(f))]}),
    "1e308": lambda f, c: _float(f, c, 1.7e308),
    "halves": lambda f, c: f.assign(**{c: np.arange(len(f)).astype(np.float16)}),
    "lists of Arrow": lambda f, c: f.assign(
        **{c: pd.array([[WORD]] * len(f), dtype=pd.ArrowDtype(pa.list_(pa.string())))}
    ),
}


@pytest.mark.parametrize("change", ODD)
@pytest.mark.parametrize("name", ["fit_ols", "fit_linear", "fit_binary", "fit_stepped_wedge", "fit_mixed"])
def test_odd_values_are_told_without_a_value(name: str, change: str) -> None:
    frame = anywhere._frame(anywhere.ALL[name])
    for column in _columns(name):
        _asked(name, ODD[change](frame, column))


NO_COLUMN: dict[str, Callable[[], Any]] = {
    "a name over two columns": lambda: pd.DataFrame([[WORD, 1.0]] * 20, columns=["y", "y"]),
    "a cell that holds a table": lambda: pd.Series([pd.DataFrame({"a": [WORD]})] * 20),
    "an array of rows": lambda: np.full((20, 2), NUMBER),
}


@pytest.mark.parametrize("given", NO_COLUMN)
@pytest.mark.parametrize(
    "ask",
    [
        lambda bad: metrics.group_icc(bad, pd.Series(list("abcd") * 5)),
        lambda bad: metrics.group_icc(pd.Series(np.arange(20.0)), bad),
        lambda bad: metrics.cohen_kappa(pd.Series(list("abcd") * 5), bad),
        lambda bad: metrics.within_group_agreement(pd.DataFrame({"i": [1, 2] * 10}), bad, options=5),
    ],
)
def test_what_is_no_column_is_told_without_a_value(ask: Callable[[Any], Any], given: str) -> None:
    with pytest.raises(HybridToolkitError) as caught:
        ask(NO_COLUMN[given]())
    assert not [s for s in SECRETS if s in str(caught.value)]


@pytest.mark.parametrize("change", ["a name twice", "levels of names"])
@pytest.mark.parametrize("name", sorted(n for n in anywhere.MEASURES if "factor" in n or "invariance" in n))
def test_a_model_of_answers_wants_one_column_a_name(name: str, change: str) -> None:
    frame = anywhere._frame(anywhere.ALL[name])
    for column in _columns(name):
        bad = pd.concat([frame, frame[[column]]], axis=1)
        if change == "levels of names":
            bad = frame.set_axis(pd.MultiIndex.from_product([frame.columns, [WORD]]), axis=1)
        with pytest.raises(HybridToolkitError) as caught:
            anywhere.ALL[name].call(bad)
        assert caught.value.code in ("COLUMN-TWICE", "TABLE")
