"""Tests that gather what they look at find something: an empty list makes a test that cannot fail."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_a_parametrised_test_without_a_case_is_an_error(pytestconfig: pytest.Config) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert settings["empty_parameter_set_mark"] == "fail_at_collect"
    assert pytestconfig.getini("empty_parameter_set_mark") == "fail_at_collect"
