"""Inputs led by coverage: an input that reaches new code is changed further. For contributors who have atheris.

    python -m tools.guided_inputs --seconds 60 --reader csv --found out/found

Starts from the same good files as ``tools.generated_inputs`` and asks the same of each answer: the toolkit's own error
or a result, no value in its words, within 20 seconds. One reader a process. Inputs that were not answered so are kept
in ``--found``, one of a kind; exit 1 where there are any. Atheris (Apache-2.0, ``pip install atheris``) has wheels for
Linux; it is no dependency of the toolkit and belongs in an environment of its own.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

COVERED = ("hybrid_toolkit.data", "hybrid_toolkit.metrics", "hybrid_toolkit.study", "hybrid_toolkit.app.documents",
           "hybrid_toolkit.disclosure.policy", "hybrid_toolkit.widgets.parts.saved_state")  # fmt: skip
"""Code whose branches lead the way."""
LONGEST = 1 << 16
"""Bytes of an input at most, which the good files stay below."""
_STATUS = re.compile(r"#(\d+)\s+(?:INITED|NEW|REDUCE|pulse|DONE|RELOAD)\s+cov: (\d+)")
ENOUGH = 3
"""Exit code of a reader that was ended by the clock, told apart from a crash of the interpreter."""


def _mutated_zip(data: bytes, longest: int, seed: int, mutate: Callable[[bytes, int], bytes]) -> bytes:
    """One part of a zip changed and packed again, so that what reads the parts is met."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {n: archive.read(n) for n in archive.namelist()}
    except Exception:
        return mutate(data, longest)
    inner = [n for n in parts if n.endswith((".xml", ".rels"))]
    if not inner or seed % 8 == 0:
        return mutate(data, longest)
    chosen = inner[seed % len(inner)]
    parts[chosen] = mutate(parts[chosen], longest)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue() if len(out.getvalue()) <= longest else mutate(data, longest)


def lead(name: str, seconds: float, found: Path) -> None:
    """Give one reader inputs until its processor time is over; ends the process."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=list(COVERED)):  # what is imported when it is needed is followed as well
        inputs = importlib.import_module("tools.generated_inputs")
        _lead(atheris, inputs, inputs.READERS[name], seconds, found)


def _lead(atheris: Any, inputs: Any, reader: Any, seconds: float, found: Path) -> None:
    place, kinds, tried = Path(tempfile.mkdtemp()), set[str](), 0
    inputs.signal.signal(inputs.signal.SIGPROF, inputs.out_of_time)
    began = time.process_time()

    def one(data: bytes) -> None:
        nonlocal tried
        tried += 1
        why = inputs.answered(reader, data, place)
        if why and why not in kinds:
            kinds.add(why)
            (found / f"{re.sub(r'[^a-z]+', '-', reader.name)}-{len(kinds)}").write_bytes(data)
            print(f"FAULT {why}", flush=True)
        if time.process_time() - began > seconds:
            print(f"TRIED {tried}", flush=True)
            os._exit(ENOUGH)

    corpus, words = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp()) / "words"
    for i, seed in enumerate(s for s in reader.seeds() if len(s) <= LONGEST):
        (corpus / str(i)).write_bytes(seed)
    marks = [w.encode("utf-8", "surrogatepass") for w in inputs.WORDS if w]
    words.write_text("".join('"' + "".join(f"\\x{b:02x}" for b in w) + '"\n' for w in marks), encoding="ascii")
    options = [f"-max_len={LONGEST}", f"-dict={words}", "-rss_limit_mb=4096", "-timeout=600", "-len_control=0"]
    own = {}
    if reader.kind == "zip":
        own["custom_mutator"] = lambda data, most, seed: _mutated_zip(data, most, seed, atheris.Mutate)
    atheris.Setup([sys.argv[0], str(corpus), *options], one, **own)
    atheris.Fuzz()


def run(name: str, seconds: float, found: Path) -> int:
    """One reader in a process of its own; says what was tried and how far it reached, and counts the faults."""
    command = [
        sys.executable,
        "-m",
        "tools.guided_inputs",
        "--lead",
        name,
        "--seconds",
        str(seconds),
        "--found",
        str(found),
    ]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    faults = re.findall(r"^FAULT (.*)$", done.stdout, re.M)
    tried = re.findall(r"^TRIED (\d+)$", done.stdout, re.M)
    reached = [int(cov) for _, cov in _STATUS.findall(done.stderr)]
    if done.returncode != ENOUGH:
        faults.append(f"ended by itself with {done.returncode}: {' '.join(done.stderr.split()[-30:])}")
    first, last = (reached[0], reached[-1]) if reached else (0, 0)
    print(f"{name}: {tried[0] if tried else '?'} inputs; branches {first} to {last}; faults {len(faults)}", flush=True)
    for why in faults:
        print(f"  {why}", flush=True)
    return len(faults)


def main(arguments: Sequence[str]) -> int:
    """Run the readers that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.guided_inputs", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="processor time of each reader")
    parser.add_argument("--reader", action="append", default=[], help="name of a reader")
    parser.add_argument("--found", type=Path, default=Path("out/found"), help="where inputs are kept")
    parser.add_argument("--lead", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if find_spec("atheris") is None:
        parser.error("atheris is not installed; 'pip install atheris' in an environment of its own brings it (Linux)")
    given.found.mkdir(parents=True, exist_ok=True)
    if given.lead:
        lead(given.lead, given.seconds, given.found)
    names = given.reader or list(importlib.import_module("tools.generated_seeds").READERS)
    return int(sum(run(name, given.seconds, given.found) for name in names) > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
