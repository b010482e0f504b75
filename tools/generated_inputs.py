"""Inputs made by chance from good files, given to every reader; exit 1 where one is not answered as it should be.

    python -m tools.generated_inputs --count 5000 --reader csv --kept out/inputs

Each input is answered within 20 seconds and 2 GB, by a result or by an error of the toolkit's own whose words hold no
value of the data. The readers run in processes of their own, so that an input that ends one is told as a fault. The
same number and reader give the same inputs. What was answered is kept by reader until the code changes, so that a run
that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import multiprocessing
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.study.diagnosis.trial_log import TrialLog, code_version, hash_of
from tools.generated_seeds import READERS, SECRET, Reader

SECONDS, BYTES = 20, 2 * 2**30
"""What one input may take."""
BLOCK = 50
"""Inputs that are kept together once answered."""
READERS_COME_FROM = ("data", "metrics", "study", "disclosure", "report", "app", "widgets/parts", "errors.py")
"""Code that answers the inputs: what is kept of other code is not counted."""
_OWN = (Path(__file__), Path(__file__).with_name("generated_seeds.py"))
WORDS = (
    *("", "0", "-1", "1e308", "9" * 40, "nan", "inf", "TRUE", "NULL", "#N/A", "c", "z", "2024-02-30", "0001-01-01"),
    *(
        "31/12/9999",
        "45000",
        "1900-01-00",
        "12:61",
        '"',
        "'",
        '"""',
        ",",
        ";",
        "\t",
        "|",
        "\n",
        "\r",
        "\r\n",
        "\\",
        "=",
    ),
    *("[", "]", "{", "}", "<", ">", "&", "&#0;", "<a>", "</a>", "<!--", "]]>", "\x00", "\x1a", "\ufeff", "\u202e"),
    *("é", "İ", "ß", "\U0001f600", "\ud800", "[[", "a.b.c = 1", "x = nan", "x = 1e999", "=1+1", "%s", "{0}", "../x"),
    *("worker_id", "la_id", "period", "start_date", "table", "columns", "source", "name", "cells", "content", "schema"),
)
"""What is put in: values at the edge of their kind, marks that formats are made of, and names that readers look for."""
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 1e308, 10**30, float("nan"), float("inf"), "", "x", "\x00", [], {}, [None], {"": None}),
    *([[[]]], {"a": {"b": []}}, ["x"] * 50, {str(i): i for i in range(50)}),
)
"""What stands in for a part of a JSON file."""
LONGEST = 10_000_000
"""Letters of a line that is repeated: longer ones would fill the memory before a reader is asked."""
DEEP = 3000
"""Lists in lists: more than Python's own stack holds."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An input that was not answered as it should be."""

    reader: str
    number: int
    why: str


def text_changed(rng: random.Random, text: str) -> str:
    """Text with a word, a mark, a line or a stretch of it changed."""
    kind = rng.randrange(9)
    lines = text.splitlines(keepends=True) or [""]
    i = rng.randrange(len(lines))
    at = rng.randrange(len(text) + 1)
    if kind == 0:
        return text[:at] + rng.choice(WORDS) + text[at:]
    if kind == 1:
        return text[:at] + rng.choice(WORDS) + text[min(len(text), at + rng.choice((1, 1, 2, 5, 20, 200))) :]
    if kind == 2:
        lines[i] = lines[rng.randrange(len(lines))]
    elif kind == 3:
        del lines[i]
    elif kind == 4:
        line, times = lines[rng.randrange(len(lines))], rng.choice((1, 2, 100))
        lines.insert(i, line * min(times, 1 + LONGEST // (len(line) + 1)))
    elif kind == 5:
        cells = lines[i].split(",")
        cells[rng.randrange(len(cells))] = rng.choice(WORDS)
        lines[i] = ",".join(cells)
    elif kind == 6:
        return text[:at]
    elif kind == 7:
        odd = rng.choice(("[" * DEEP, '{"a":' * DEEP, "<a>" * DEEP, "9" * 5000, "x" * 100_000))
        return text[:at] + odd + text[at:]
    else:
        head, mark, value = lines[i].partition(rng.choice(("=", ":", ">")))
        lines[i] = head + mark + " " + rng.choice(WORDS) + ("\n" if value.endswith("\n") else "")
    return "".join(lines)


def bytes_changed(rng: random.Random, data: bytes) -> bytes:
    """Bytes flipped, put in, taken out or cut short."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(out) + 1)
        kind = rng.randrange(4)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at:at] = rng.randbytes(rng.choice((1, 2, 4, 8)))
        elif kind == 2:
            del out[at : at + rng.choice((1, 2, 8, 64))]
        elif kind == 3 and rng.random() < 0.2:
            del out[at:]
    return bytes(out)


def _text(rng: random.Random, data: bytes) -> bytes:
    if rng.random() < 0.15:
        return bytes_changed(rng, data)
    text = data.decode("utf-8")
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        text = text_changed(rng, text)
    code = rng.choices(("utf-8", "utf-16", "cp1252", "utf-8-sig"), (20, 1, 1, 1))[0]
    return text.encode(code, "replace" if code == "cp1252" else "surrogatepass")


def _zip(rng: random.Random, data: bytes) -> bytes:
    """One part of a zip changed and packed again, so that what reads the parts is met and not the unpacking alone."""
    if rng.random() < 0.15:
        return bytes_changed(rng, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    xml = [n for n in parts if n.endswith((".xml", ".rels"))]
    chosen = rng.choice([n for n in xml if "sheet" in n or "content" in n] if rng.random() < 0.7 else xml)
    if rng.random() < 0.05:
        del parts[chosen]
    else:
        parts[chosen] = _text(rng, parts[chosen])
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        warnings.simplefilter("ignore")
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _json(rng: random.Random, data: bytes) -> bytes:
    """Some part of the content replaced, taken out or doubled; now and then the text changed."""
    if rng.random() < 0.25:
        return _text(rng, data)
    whole = json.loads(data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        whole = _node_changed(rng, whole)
    return json.dumps(whole, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _node_changed(rng: random.Random, node: Any) -> Any:
    keys: list[Any] = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    if not keys or rng.random() < 0.1:
        return copy.deepcopy(rng.choice((*ODD, rng.choice(WORDS))))
    key = rng.choice(keys)
    kind = rng.random()
    if kind < 0.1:
        del node[key]
    elif kind < 0.2 and isinstance(node, dict):
        node[rng.choice(WORDS)] = node.pop(key)
    elif kind < 0.25 and isinstance(node, list):
        node.insert(key, copy.deepcopy(node[key]))
    else:
        node[key] = _node_changed(rng, node[key])
    return node


CHANGES: Mapping[str, Callable[[random.Random, bytes], bytes]] = {
    "text": _text,
    "zip": _zip,
    "json": _json,
    "bytes": bytes_changed,
}


def generated(reader: Reader, number: int) -> bytes:
    """The input of a number: the same each time."""
    rng = random.Random(f"{reader.name} {number}")
    return CHANGES[reader.kind](rng, rng.choice(reader.seeds()))


def answered(reader: Reader, data: bytes, place: Path) -> str:
    """Empty where the input is answered as it should be, else why not."""
    for old in place.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    file = place / reader.file
    file.write_bytes(data)
    try:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of processor time: the machine may be busy
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader.read(file)
    except HybridToolkitError as error:
        said = str(error)
        if SECRET in said:
            return f"its error [{error.code}] shows a value"
        if not error.fix:
            return f"its error [{error.code}] does not say how to fix it"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        at = error.__traceback__
        while at and at.tb_next:
            at = at.tb_next
        where = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else ""
        return f"{type(error).__name__} at {where}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ""


def run(count: int, readers: Mapping[str, Reader], *, first: int = 0) -> list[Fault]:
    """Give every reader ``count`` inputs.

    Parameters
    ----------
    count : int
        Inputs of each reader of share one.
    readers : Mapping[str, Reader]
        The readers.
    first : int, default 0
        Number of the first input.

    Returns
    -------
    list[Fault]
        The inputs that were not answered as they should be.
    """
    signal.signal(signal.SIGPROF, out_of_time)
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for name, reader in readers.items():
            place = Path(folder) / name.replace(" ", "-")
            place.mkdir()
            for number in range(first, first + max(1, round(count * reader.share))):
                why = answered(reader, generated(reader, number), place)
                if why:
                    faults.append(Fault(name, number, why))
    return faults


def out_of_time(signal_number: int, frame: object) -> None:
    raise TimeoutError


def run_apart(count: int, reader: Reader, *, first: int = 0) -> list[Fault]:
    """The same in processes of their own: an input that ends the whole process is a fault too.

    Parameters
    ----------
    count : int
        Inputs.
    reader : Reader
        A reader.
    first : int, default 0
        Number of the first input.

    Returns
    -------
    list[Fault]
        The inputs that were not answered as they should be.
    """
    faults: list[Fault] = []
    end = first + count
    reader.seeds()  # once, and not in every process
    while first < end:
        here, there = multiprocessing.Pipe(duplex=False)
        process = _FORK.Process(target=_answer, args=(reader, range(first, end), there))
        process.start()
        there.close()
        with contextlib.suppress(EOFError):  # the process has ended
            while first < end:
                number, why = here.recv()
                faults += [Fault(reader.name, number, why)] if why else []
                first = number + 1
        process.join()
        if first < end:
            faults.append(Fault(reader.name, first, f"the process ended with {process.exitcode}"))
            first += 1
    return faults


_FORK = multiprocessing.get_context("fork")


def _answer(reader: Reader, numbers: range, pipe: Connection) -> None:
    """Give inputs to a reader in this process, and say of each how it was answered."""
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    signal.signal(signal.SIGPROF, out_of_time)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "place"
        place.mkdir()
        for number in numbers:
            pipe.send((number, answered(reader, generated(reader, number), place)))


def run_kept(count: int, reader: Reader, kept: Path) -> tuple[list[Fault], int]:
    """The first inputs of a reader: those answered before by this code are not given again.

    Returns the faults, and how many inputs stand behind them.
    """
    code = hash_of(code_version(READERS_COME_FROM), *(p.read_text(encoding="utf-8") for p in _OWN))
    name = re.sub(r"[^a-z]+", "-", reader.name)
    log = TrialLog(kept / code / f"{name}.jsonl", {"reader": reader.name, "code": code})
    wanted = max(1, round(count * reader.share))
    for first in range(0, wanted, BLOCK):
        if str(first) not in log.found:
            found = run_apart(BLOCK, reader, first=first)
            log.add(str(first), [[f.number, f.why] for f in found])
    blocks = [log.found[str(first)] for first in range(0, wanted, BLOCK)]
    return [Fault(reader.name, number, why) for block in blocks for number, why in block], BLOCK * len(blocks)


def main(arguments: Sequence[str]) -> int:
    """Run, one line a reader and one a kind of fault; exit 1 where there is one."""
    parser = argparse.ArgumentParser(prog="python -m tools.generated_inputs", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="inputs of a reader of share one")
    parser.add_argument("--reader", action="append", default=[], help="name of a reader")
    parser.add_argument("--kept", type=Path, help="folder in which what was answered is kept")
    given = parser.parse_args(arguments)
    if unknown := set(given.reader) - set(READERS):
        parser.error(f"no reader is named {', '.join(sorted(unknown))}; there are: {', '.join(READERS)}")
    bad = 0
    for name, reader in READERS.items():
        if given.reader and name not in given.reader:
            continue
        began = time.monotonic()
        if given.kept:
            faults, inputs = run_kept(given.count, reader, given.kept)
        else:
            inputs = max(1, round(given.count * reader.share))
            faults = run_apart(inputs, reader)
        spent = time.monotonic() - began
        print(f"{name}: {inputs:,} inputs, {spent:.0f} s; faults {len(faults)}", flush=True)
        for why, times in Counter(f.why for f in faults).most_common():
            print(f"  {times} x {why}, first {next(f.number for f in faults if f.why == why)}", flush=True)
        bad += len(faults)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
