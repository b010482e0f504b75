"""Pin every version with its hashes in ``requirements.lock``: ``python -m tools.lock`` (needs ``uv``).

The lock serves every supported Python and operating system and names no address to download from.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = "# Pinned versions with hashes, made from pyproject.toml by: python -m tools.lock\n"

if __name__ == "__main__":
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("uv is needed: python -m pip install uv")
    command = f"{uv} pip compile pyproject.toml --extra dev --extra all --universal --python-version 3.11"
    quiet = "--generate-hashes --no-emit-index-url --no-header --no-annotate --quiet"
    pins = subprocess.run([*command.split(), *quiet.split()], cwd=ROOT, check=True, capture_output=True, text=True)
    (ROOT / "requirements.lock").write_text(HEADER + pins.stdout, encoding="utf-8", newline="\n")
