"""Run one of the project's jobs: ``python -m tools demo``.

Standard library only, so that it runs on a machine with nothing but Python 3.11 or newer and git. The first
job that needs it makes a virtual environment in ``.venv`` with the pinned versions of ``requirements.lock``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "set-up-for.txt"
SIDE_BY_SIDE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
"""Tests of one file stay together; files run side by side, one a core, in the order of ``tests/conftest.py``."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""With as many processes as cores, each works out small matrices up to ten times as fast on one thread as on several
that wait for each other."""
PINNED = ("requirements.lock", "pyproject.toml")


def run(*command: str | Path, **extra_environment: str) -> None:
    """Run a command at the project's root and stop with its code if it fails."""
    code = subprocess.run([str(c) for c in command], cwd=ROOT, env=os.environ | extra_environment).returncode
    if code:
        sys.exit(code)


def wanted() -> str:
    """What the environment has to match: the interpreter and the pinned files."""
    digest = hashlib.sha256(sys.version.encode())
    for name in PINNED:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def setup() -> None:
    """Make ``.venv`` with the pinned versions, unless it is there already."""
    if STAMP.exists() and PYTHON.exists() and STAMP.read_text() == wanted():
        return
    print("Setting up .venv with the pinned versions; the first time takes a few minutes.", flush=True)
    venv.create(VENV, with_pip=True, clear=True)
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", "requirements.lock")
    run(*pip, "--no-deps", "--no-build-isolation", "-e", ".")
    STAMP.write_text(wanted())


def demo() -> None:
    """The main job on the committed synthetic authority: report, findings and figures in ``out/demo``."""
    setup()
    run(PYTHON, "-m", "hybrid_toolkit", "demo", "--out", "out/demo")


def lab() -> None:
    """JupyterLab on the notebooks; options after the job go to JupyterLab."""
    if getattr(os, "geteuid", lambda: 1)() == 0 and "--allow-root" not in sys.argv[2:]:
        sys.exit(
            "JupyterLab does not start for root, the administrator: code in a notebook could then change the whole "
            "machine.\nRun this as an ordinary user. Where root is the only user, as in a container:\n"
            "  python -m tools lab --allow-root"
        )
    setup()
    run(PYTHON, "-m", "jupyterlab", "notebooks", *sys.argv[2:])


def app() -> None:
    """The workbench as a page in the browser, for people who do not write code; on this machine only."""
    setup()
    run(PYTHON, "-m", "hybrid_toolkit", "app", *sys.argv[2:])


def notebooks() -> None:
    """Run the notebooks again and write them with their outputs."""
    setup()
    run(PYTHON, "-m", "tools.notebooks", *sys.argv[2:])


def style() -> None:
    """Format, lint, spelling in British English."""
    setup()
    run(PYTHON, "-m", "ruff", "check", ".")
    run(PYTHON, "-m", "ruff", "format", "--check", ".")
    run(PYTHON, "-m", "tools.spelling")


def types() -> None:
    """Types, by mypy."""
    setup()
    run(PYTHON, "-m", "mypy")


def docstrings() -> None:
    """The docstrings of public names, by numpydoc's checks."""
    setup()
    run(PYTHON, "-m", "tools.docstrings", *sys.argv[2:])


def clean_notebooks() -> None:
    """Whether the notebooks were saved clean, by make notebooks; none is run."""
    setup()
    run(PYTHON, "-m", "tools.notebooks", "--check")


def check() -> None:
    """Style, types and docstrings."""
    style()
    types()
    docstrings()


def docs() -> None:
    """Build the documentation site into ``out/docs``."""
    setup()
    run(PYTHON, "-m", "tools.docs_site", *sys.argv[2:])


def test_fast() -> None:
    """Style and the quick tests, in less than 90 seconds on two cores."""
    style()
    run(PYTHON, "-m", "tools.times", "--quick", *sys.argv[2:], **ONE_THREAD)


def test() -> None:
    """Every test: style, types, notebooks, package, doctests, browser."""
    check()
    course = ("--nbval", "-o", "testpaths=notebooks", "-o", "addopts=-q", "notebooks")
    run(PYTHON, "-m", "pytest", *SIDE_BY_SIDE, *course, **ONE_THREAD)
    run(PYTHON, "-m", "pytest", *SIDE_BY_SIDE, *sys.argv[2:], **ONE_THREAD)


def synthetic() -> None:
    """Make the committed synthetic data again."""
    setup()
    run(PYTHON, "-m", "tools.make_synthetic")


def coverage() -> None:
    """Make the table of bias and interval coverage again (long)."""
    setup()
    run(PYTHON, "-m", "tools.coverage_table")


def recovery() -> None:
    """Make the table of how often the metrics' intervals hold the population value again (long)."""
    setup()
    run(PYTHON, "-m", "tools.recovery", *sys.argv[2:])


def trust() -> None:
    """Make the table of every estimator over the worlds of known truth again (long)."""
    setup()
    run(PYTHON, "-m", "tools.trust_table", *sys.argv[2:])


def speed() -> None:
    """Time a diagnosis against lme4 and statsmodels in one run (needs R with lme4)."""
    setup()
    run(PYTHON, "benchmarks/diagnose_speed.py", *sys.argv[2:])


def wheel() -> None:
    """Build the wheel into ``dist``."""
    setup()
    run(PYTHON, "-m", "build", "--wheel", "--no-isolation")


def clean() -> None:
    """Remove what the jobs made."""
    for name in (".venv", "out", "dist", "build", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(ROOT / name, ignore_errors=True)


_DAILY = (setup, demo, test_fast, test, check, style, types, docstrings, clean_notebooks, docs, lab, app)
_WRITE = (notebooks, synthetic, coverage, recovery, trust, speed, wheel, clean)
JOBS = {f.__name__.replace("_", "-"): f for f in (*_DAILY, *_WRITE)}

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - an older interpreter must be told, not crash
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if len(sys.argv) < 2 or sys.argv[1] not in JOBS:
        lines = "\n".join(f"  {name:<16} {(job.__doc__ or '').splitlines()[0]}" for name, job in JOBS.items())
        sys.exit(f"Usage: python -m tools JOB\n{lines}")
    JOBS[sys.argv[1]]()
