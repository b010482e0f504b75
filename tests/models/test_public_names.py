"""Estimators are found by their public names, and loading the room loads no library that one of them alone needs."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from hybrid_toolkit import metrics, models


@pytest.mark.parametrize("name", models.__all__)
def test_every_public_name_loads(name) -> None:
    found = getattr(models, name)
    assert found is not None and type(found).__name__ != "module"
    assert name in dir(models)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="fit_nothing"):
        models.fit_nothing  # noqa: B018


def test_loading_the_room_loads_no_heavy_library() -> None:
    code = "import sys, hybrid_toolkit.models; print({'statsmodels', 'mixedlm', 'diff_diff'} & set(sys.modules))"
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert got.stdout.strip() == "set()"


OTHER_NAMES = {
    "draws": {"n_boot", "replications", "permutations", "n_draws", "resamples"},
    "variance": {"se_type", "cov_type", "std_errors_by"},
    "exposure_time": {"offset", "person_time"},
    "covariates": {"adjust_for"},
    "alpha": {"level", "significance"},
    "conf_level": {"confidence", "ci"},
    "standardised": {"standardized"},
    "outcome": {"y", "dependent"},
    "panel_id": {"unit_id", "entity", "followed"},
    "time": {"period_column", "wave"},
}
"""Parameter of an estimator or a measure -> other names of the same quantity, which stood or might stand beside it."""


def test_one_quantity_has_one_name() -> None:
    taken = {
        (room.__name__, name, parameter)
        for room in (models, metrics)
        for name in room.__all__
        if inspect.isfunction(getattr(room, name))
        for parameter in inspect.signature(getattr(room, name)).parameters
    }
    others = set().union(*OTHER_NAMES.values())
    assert not [t for t in taken if t[2] in others]
    kept = {parameter for _, _, parameter in taken}
    assert kept >= {"draws", "variance", "exposure_time", "covariates", "alpha", "conf_level", "panel_id", "time"}


def test_one_name_has_one_kind() -> None:
    """``group`` took groupings in one mixed model and ``groups`` in the other; ``exposure`` was a time once."""
    kinds: dict[str, set[str]] = {}
    for name in models.__all__:
        if inspect.isfunction(getattr(models, name)):
            for parameter, held in inspect.signature(getattr(models, name)).parameters.items():
                kinds.setdefault(parameter, set()).add(str(held.annotation).removesuffix(" | None"))
    for parameter in ("groups", "group", "exposure", "variance", "draws", "terms", "outcome", "panel_id"):
        assert len(kinds[parameter]) == 1, f"{parameter}: {kinds[parameter]}"
