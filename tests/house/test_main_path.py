"""How many files one reads to follow a study: measure, estimate, claims, diagnose. The number may only fall."""

from __future__ import annotations

import json
import subprocess
import sys

MOST_FILES = 45
"""Files entered when this was last measured, those of the generator aside; lower it when the path gets shorter.

What is counted: every module is imported and the study read first; then the files of the package of which a function,
method, lambda or comprehension runs. Bodies of classes and of modules, which run on import, are not counted.
"""

PATH = """
import importlib, json, pkgutil, sys, types
from pathlib import Path
import hybrid_toolkit as ht

for module in pkgutil.walk_packages(ht.__path__, "hybrid_toolkit."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
root = Path(ht.__file__).parent
data, study, entered = ht.load_synthetic(), ht.headline_studies()[0], set()
function = 0x1 | 0x2  # CO_OPTIMIZED | CO_NEWLOCALS: set for functions, not for bodies of classes and modules

def note(frame: types.FrameType, event: str, arg: object) -> None:
    code = frame.f_code
    if event == "call" and code.co_flags & function == function and code.co_filename.startswith(str(root)):
        entered.add(Path(code.co_filename).relative_to(root).as_posix())

sys.setprofile(note)
ht.measure(data, "choice_honoured", by="career_stage")
claims = study.estimate(data).claims()
found = study.diagnose("helpful-hump", size_like="small", n_sims=2, progress=False)
sys.setprofile(None)
assert claims and len(found.draws)
print(json.dumps(sorted(f for f in entered if not f.startswith("synth/"))))
"""


def test_the_main_path_is_no_longer_than_it_was() -> None:
    got = subprocess.run([sys.executable, "-c", PATH], capture_output=True, text=True, check=True)
    files = json.loads(got.stdout)
    assert "study/estimation/estimate.py" in files and "study/diagnosis/diagnose.py" in files
    assert len(files) <= MOST_FILES, f"{len(files)} files, {MOST_FILES} before: {', '.join(files)}"
