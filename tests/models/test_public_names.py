"""Estimators are found by their public names, and loading the room loads no library that one of them alone needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hybrid_toolkit import models


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
