"""A value of a wrong kind, for every argument of every public function: a named error that never holds the value."""

from __future__ import annotations

import inspect

import pandas as pd
import pytest

from hybrid_toolkit import models
from hybrid_toolkit.errors import HybridToolkitError, UsageError

FUNCTIONS = [name for name in models.__all__ if inspect.isfunction(getattr(models, name))]
FREE = {("as_terms", "what")}
"""Words for an error, which may be any."""


class Secret:
    """Of no kind that any argument takes; its text may stand in no message."""

    def __repr__(self) -> str:
        return "VALUE7c1x"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_argument_of_a_wrong_kind_is_a_named_error(calls, name) -> None:
    function = getattr(models, name)
    for argument, parameter in inspect.signature(function).parameters.items():
        if str(parameter.annotation).removesuffix(" | None") == "Sequence[object]" or (name, argument) in FREE:
            continue
        wrong: list[object] = [Secret(), [Secret()], {Secret(): Secret()}, "nosuch", b"x", float("nan"), [["nosuch"]]]
        wrong += [None] if "None" not in str(parameter.annotation) else []
        for value in wrong:
            if isinstance(value, str) and parameter.annotation == "object":
                continue  # a text may be a period
            with pytest.raises(HybridToolkitError) as caught:
                function(**{**calls[name], argument: value})
            assert caught.value.code and caught.value.fix, argument
            assert "VALUE7c1x" not in str(caught.value)


def test_the_argument_is_told_by_its_name() -> None:
    with pytest.raises(UsageError, match=r"fit_linear: 'cluster' must be text; it is missing \(None\)"):
        models.fit_linear(**{"frame": pd.DataFrame(), "outcome": "y", "terms": "x", "cluster": None})
    with pytest.raises(UsageError, match=r"'power' must be a number, or None; it is of type str"):
        models.two_sample_power(effect=0.5, power="80%")
    with pytest.raises(UsageError, match=r"'effect' must be a number, or None; it is not a number \(NaN\)"):
        models.two_sample_power(effect=float("nan"), power=0.8)
