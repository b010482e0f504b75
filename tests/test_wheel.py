"""A built wheel works away from the repository and brings the small data with it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True, text=True)
    return target


def run_installed(site: Path, where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(site)}
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True)


def test_wheel_holds_every_file_of_the_package_and_the_small_data(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    package = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "hybrid_toolkit").rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    data = {
        "hybrid_toolkit/_synthetic/" + p.relative_to(ROOT / "data/synthetic").as_posix()
        for p in (ROOT / "data/synthetic").rglob("*")
        if p.is_file()
    }
    assert data and package <= held and data <= held


def test_installed_package_is_the_wheels_and_loads_the_small_data(installed: Path, tmp_path: Path) -> None:
    code = "import hybrid_toolkit as ht; d = ht.load_synthetic('small'); print(ht.__file__); print(len(d), d.synthetic)"
    got = run_installed(installed, tmp_path, "-c", code)
    assert got.returncode == 0, got.stderr
    where, counted = got.stdout.splitlines()
    assert Path(where).is_relative_to(installed)
    assert counted.endswith("True") and int(counted.split()[0]) >= 15


def test_installed_command_answers(installed: Path, tmp_path: Path) -> None:
    got = run_installed(installed, tmp_path, "-m", "hybrid_toolkit", "--version")
    assert got.returncode == 0 and "0.1.0" in got.stdout, got.stderr
