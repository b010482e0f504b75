"""The grammar of a formula: what it computes, and that nothing else gets through it."""

from __future__ import annotations

import builtins
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hybrid_toolkit.data.tables.contract import ColumnContract
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.custom.formula import AGGREGATES, MAX_DEPTH, Formula, FormulaNode, parse_formula
from hybrid_toolkit.metrics.custom.formula_values import values

KNOWN: dict[str, ColumnContract] = {
    **{c.name: c for c in TABLES["worker_month"].columns},
    **{c.name: c for c in TABLES["contact"].columns},
    "site_id": TABLES["attendance_day"]["site_id"],
}
ROWS = pd.DataFrame(
    {
        "h_home": [10.0, 0.0, 4.0, None],
        "h_office": [10.0, 0.0, 12.0, 5.0],
        "cases": pd.array([10, 20, None, 5], dtype="Int64"),
        "engaged": pd.array([True, False, None, True], dtype="boolean"),
        "mode": pd.Series(["video", "home", None, "phone"], dtype="str"),
        "due_date": pd.to_datetime(["2025-01-10", "2025-01-10", None, "2025-02-01"]),
        "held_date": pd.to_datetime(["2025-01-08", "2025-01-15", "2025-01-10", "2025-02-01"]),
    }
)
NAN = float("nan")


def worked(text: str) -> list[float]:
    return values(parse_formula(text, KNOWN).parts[0], ROWS).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("h_home / (h_home + h_office)", [0.5, NAN, 0.25, NAN]),
        ("1 + 2 * cases - 4 / 2", [19.0, 39.0, NAN, 9.0]),
        ("-cases - -1", [-9.0, -19.0, NAN, -4.0]),
        ("10 - cases - 5", [-5.0, -15.0, NAN, 0.0]),
        ("1.5e1 * cases / cases", [15.0, 15.0, NAN, 15.0]),
        ("held_date - due_date", [-2.0, 5.0, NAN, 0.0]),
        ("held_date <= due_date", [1.0, 0.0, NAN, 1.0]),
        ("held_date >= '2025-01-10'", [0.0, 1.0, 1.0, 1.0]),
        ('mode == "video"', [1.0, 0.0, NAN, 0.0]),
        ('mode in ("video", "phone")', [1.0, 0.0, NAN, 1.0]),
        ('mode not in ("video", "phone")', [0.0, 1.0, NAN, 0.0]),
        ("engaged", [1.0, 0.0, NAN, 1.0]),
        ("not engaged", [0.0, 1.0, NAN, 0.0]),
        ("engaged == true", [1.0, 0.0, NAN, 1.0]),
        ("engaged and h_home > 100", [0.0, 0.0, 0.0, NAN]),
        ("engaged or h_home < 100", [1.0, 1.0, 1.0, 1.0]),
        ("recorded(h_home) and recorded(cases)", [1.0, 1.0, 0.0, 0.0]),
        ("not recorded(mode) or mode != 'home'", [1.0, 0.0, 1.0, 1.0]),
        ("true or cases > 1 and false", [1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_values(text: str, expected: list[float]) -> None:
    np.testing.assert_allclose(worked(text), expected)


def test_aggregates_and_where() -> None:
    found = parse_formula('ratio(h_home, h_home + h_office)\n where mode != "home"', KNOWN)
    assert (found.aggregate, len(found.parts), found.columns) == ("ratio", 2, ("h_home", "h_office", "mode"))
    assert parse_formula("cases", KNOWN).aggregate == "mean"
    assert parse_formula("cases > 3", KNOWN).aggregate == "share"
    assert parse_formula("share(engaged)", KNOWN).aggregate == "share"


def test_overflow_is_missing_not_infinite() -> None:
    assert np.isnan(worked("1e300 * 1e300 * cases")).all()
    assert np.isnan(worked("cases / 0")).all()


ATTACKS = {
    "__import__('os').system('id')": 1,
    "eval('1')": 1,
    "mean(__class__)": 6,
    "cases.__class__.__mro__": 6,
    "().__class__": 3,
    "cases.mean()": 6,
    "lambda: 1": 7,
    "f'{cases}'": 1,
    "cases[0]": 6,
    "[c for c in (1, 2)]": 1,
    "{}": 1,
    "cases := 3": 7,
    "cases = 3": 7,
    "cases; import os": 6,
    "import os": 1,
    "open('x')": 1,
    "getattr(cases, 'x')": 1,
    "mean(eval('1'))": 6,
    "recorded(open('x'))": 10,
    "recorded(1)": 10,
    "mean(mean(cases))": 6,
    "mean(cases) / mean(h_home)": 13,
    "mean(cases)(cases)": 12,
    "cases(1)": 1,
    "9**9**9**9 + cases": 2,
    "cases // 2": 7,
    "cases % 2": 7,
    "cases @ cases": 7,
    "cases & 1": 7,
    "~cases": 1,
    "0x10 + cases": 1,
    "1_000 + cases": 1,
    "1e999 + cases": 1,
    "1.2.3 + cases": 1,
    "5": 1,
    "1 if cases else 2": 3,
    "yield cases": 1,
    "*cases": 1,
    "cases > 1 > 0": 11,
    "cases and engaged": 1,
    "mean(engaged)": 6,
    "share(cases)": 7,
    "engaged + 1": 1,
    "mode + mode": 1,
    "mode > 'home'": 6,
    "mode == 'by carrier pigeon'": 9,
    "mode == 5": 6,
    "held_date": 1,
    "held_date + due_date": 1,
    "held_date == 'tomorrow'": 14,
    "cases is None": 7,
    "worker_id == 'W1'": 1,
    "family_id": 1,
    "nothing_here": 1,
    "and": 1,
    "cases +": 8,
    "mean(cases": 11,
    "mean cases": 6,
    "ratio(cases)": 12,
    "cases where h_home": 13,
    "mode in ()": 10,
    "'a": 1,
    "'a\\x41' == mode": 1,
    '"""x""" == mode': 1,
    "cases # + 1": 7,
    "cаses": 2,
    "ｃases": 1,
    "cases −1": 7,
    "cases\u200b": 6,
    "cases\u202e": 6,
    "cases\x00": 6,
    "²cases": 1,
    "cases == ٣": 10,
    "": 1,
    "   ": 1,
}


@pytest.mark.parametrize("text", ATTACKS)
def test_anything_else_is_refused_with_its_position(text: str) -> None:
    with pytest.raises(MeasureError) as caught:
        parse_formula(text, KNOWN)
    assert caught.value.code == "FORMULA-REFUSED"
    assert f"line 1, column {ATTACKS[text]}:" in str(caught.value)


def test_the_line_is_counted() -> None:
    with pytest.raises(MeasureError, match="line 3, column 7:"):
        parse_formula("mean(\n  cases\n  + os.x)", KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "cases" + ")" * 500,
        "(" * 1990,
        "not " * 490 + "engaged and " + "not " * 2 + "engaged",
        "-" * 1900 + "cases",
        "cases" + "+1" * 900,
        "engaged" + " or engaged" * 170,
        "mode in (" + ",".join(["'home'"] * 200) + ")",
        "recorded(" * 200,
        "cases" * 100_000,
        "1" * 1990,
    ],
)
def test_deep_and_long_input_ends_at_once(text: str) -> None:
    limit = sys.getrecursionlimit()
    try:
        found = parse_formula(text, KNOWN)
    except MeasureError as error:
        assert error.code == "FORMULA-REFUSED"
    else:
        assert found.parts[0].depth <= MAX_DEPTH
        values(found.parts[0], ROWS)
    assert sys.getrecursionlimit() == limit


def test_a_formula_that_is_not_text_is_refused() -> None:
    for odd in (None, 3, b"cases", ["cases"]):
        with pytest.raises(MeasureError, match="FORMULA-REFUSED"):
            parse_formula(odd, KNOWN)  # type: ignore[arg-type]


def _ops(node: FormulaNode) -> set[str]:
    return {node.op}.union(*(_ops(p) for p in node.parts)) if node.parts else {node.op}


GRAMMAR = {
    *("number", "truth", "text", "date", "column", "recorded", "not", "minus", "days", "and", "or"),
    *("+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">="),
}
PIECES = [
    *KNOWN,
    *("mean(", "share(", "ratio(", "recorded(", "(", ")", ",", " and ", " or ", " not ", " in ", " where ", "true"),
    *(
        "+",
        "-",
        "*",
        "/",
        "**",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "1",
        "2.5",
        "1e9",
        "'home'",
        '"video"',
        "'2025-01-31'",
    ),
    *(
        ".",
        "__class__",
        "__import__('os')",
        "lambda",
        "f'{x}'",
        "[0]",
        "{",
        "}",
        ":",
        ";",
        "\\",
        "\n",
        "é",
        "\u2212",
        "@",
    ),
    *("eval(", "exec(", "open(", "if", "else", "for", "yield", "await", "import", "os", "sys", "`", "$", "\x00"),
]


def _check(text: str) -> None:
    try:
        found = parse_formula(text, KNOWN)
    except MeasureError as error:
        assert error.code == "FORMULA-REFUSED" and "line " in error.message and "column " in error.message
        return
    assert isinstance(found, Formula) and found.aggregate in AGGREGATES and set(found.columns) <= set(KNOWN)
    frame = pd.DataFrame({c: ROWS[c] if c in ROWS else _filler(c) for c in found.columns})
    for part in [*found.parts, *([found.where] if found.where else [])]:
        assert _ops(part) <= GRAMMAR
        got = values(part, frame)
        assert got.shape == (4,) and not np.isinf(got).any()


def _filler(column: str) -> pd.Series:  # type: ignore[type-arg]
    return pd.Series([None] * 4, dtype=KNOWN[column].dtype)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_pieces_in_any_order_are_computed_or_refused(text: str) -> None:
    _check(text)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_computed_or_refused(text: str) -> None:
    _check(text)


def _numbers() -> st.SearchStrategy[str]:
    base = st.sampled_from(["h_home", "h_office", "cases", "2", "0.5"])
    return st.recursive(
        base,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            inner.map(lambda x: f"(-{x})"),
        ),
        max_leaves=8,
    )


@settings(max_examples=80, deadline=None)
@given(_numbers())
def test_arithmetic_is_that_of_pandas(text: str) -> None:
    expected = pd.eval(
        text,
        engine="python",
        parser="pandas",
        local_dict={c: ROWS[c].astype(float) for c in ("h_home", "h_office", "cases")},
    )
    try:
        found = parse_formula(text, KNOWN)
    except MeasureError:
        assert not any(c in text for c in ("h_home", "h_office", "cases"))
        return
    wanted = np.asarray(expected, dtype=float)
    wanted = np.where(np.isfinite(wanted), wanted, np.nan)
    got = values(found.parts[0], ROWS)
    both = ~np.isnan(wanted) & ~np.isnan(got)
    np.testing.assert_allclose(got[both], wanted[both], rtol=1e-9)


def test_python_never_reads_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither eval, exec, compile nor import happens, whatever is asked for."""

    def stop(*_: object, **__: object) -> None:
        raise AssertionError("a formula reached Python")

    import hybrid_toolkit.metrics.custom.formula as reader

    for name in ("eval", "exec", "compile", "open"):
        monkeypatch.setattr(reader, name, stop, raising=False)
    assert not {"eval", "exec", "compile", "ast", "getattr"} & set(
        reader.parse_formula.__code__.co_names + reader._Reader.atom.__code__.co_names
    )
    before = set(sys.modules)
    for text in ATTACKS:
        with pytest.raises(MeasureError):
            parse_formula(text, KNOWN)
    assert set(sys.modules) == before and builtins.eval is not stop
