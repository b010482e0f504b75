"""The environment follows ``pyproject.toml``, and the pins name no host."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

from tools.environment import environment, requirements

ROOT = Path(__file__).resolve().parents[2]


def test_environment_follows_pyproject() -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert text == environment(), "run: python -m tools.environment"
    assert all(requirement in text for stated in requirements().values() for requirement in stated)
    for needed in ("jupyterlab", "ipywidgets", "pandas", "statsmodels", "matplotlib", "nbval"):
        assert re.search(rf"^  - {needed}\b", text, re.MULTILINE)


def test_lock_pins_what_pyproject_states_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pins = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = [*chain.from_iterable(requirements().values()), *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=!~ ]", r)[0].lower() for r in stated}
    assert names <= pins, f"run: python -m tools.lock (missing {sorted(names - pins)})"
    assert lock.count("--hash=sha256:") >= len(pins)
