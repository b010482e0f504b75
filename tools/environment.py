"""Write ``environment.yml`` (conda) from ``pyproject.toml``: ``python -m tools.environment``."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
FROM_CONDA = [
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "matplotlib",
    "pyarrow",
    "sqlalchemy",
    "openpyxl",
    "defusedxml",
    "jinja2",
    "joblib",
    "tqdm",
    "ipywidgets",
    "jupyterlab",
    "nbval",
]
"""Requirements taken from conda-forge, under the same name as on the Python index; pip brings the others."""

CHECKS_NOTEBOOKS = "nbval"
"""Not needed to run the toolkit; here for those who check that their notebooks still give the same output."""


def requirements() -> dict[str, list[str]]:
    """What ``pyproject.toml`` states: a plain install under an empty name, then each extra that ``all`` brings."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    brought = sorted(Requirement(extras["all"][0]).extras)
    return {"": project["dependencies"], **{name: extras[name] for name in brought}}


def environment() -> str:
    """The text of ``environment.yml``: every extra of the toolkit, and what checks notebooks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for_notebooks = [r for r in project["optional-dependencies"]["dev"] if r.startswith(CHECKS_NOTEBOOKS)]
    stated = [*chain.from_iterable(requirements().values()), *for_notebooks]
    names = [re.split(r"[\[<>=!~ ]", r)[0] for r in stated]
    conda = [r for r, n in zip(stated, names, strict=True) if n in FROM_CONDA]
    pip = [r for r, n in zip(stated, names, strict=True) if n not in FROM_CONDA]
    lines = [
        "# Generated from pyproject.toml by: python -m tools.environment",
        "name: hybrid-toolkit",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        f"  - python{project['requires-python']}",
        "  - pip",
        *(f"  - {r}" for r in conda),
        "  - pip:",
        *(f'    - "{r}"' for r in pip),
        '    - "-e ."',
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment(), encoding="utf-8", newline="\n")
