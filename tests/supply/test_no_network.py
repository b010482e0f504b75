"""Nothing is fetched at run time, and a plain install is enough, for the demonstration, a widget and the app.

They run in processes where only this machine can be reached and what the extras alone bring cannot be imported.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

import hybrid_toolkit
from tools.supply import components

GUARD = '''
import os, sys

def refuse(event, args):
    """Every address but this machine's is written down and refused, in this process and in those it starts."""
    if event in ("socket.connect", "socket.sendto"):
        host = args[1][0] if isinstance(args[1], tuple) else ""  # a path is a socket of this machine
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = args[0] or ""
    else:
        return
    host = host.decode() if isinstance(host, bytes) else str(host)
    if host not in ("", "localhost", "::1") and not host.startswith("127."):
        with open(os.environ["TRIED"], "a") as file:
            file.write(event + "\\n")
        raise OSError("no network here")

class NotInstalled:
    """What is not to be found, as if no package brought it."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in os.environ["NOT_INSTALLED"].split():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.addaudithook(refuse)
sys.meta_path.insert(0, NotInstalled())
'''
DEMO = """
from pathlib import Path
from hybrid_toolkit.demo import run_demo
done = run_demo(Path("demo"), n_sims=2, n_jobs=1, progress=False)
assert "SYNTHETIC DATA" in done.report.read_text(encoding="utf-8")
"""
WIDGET = """
import hybrid_toolkit as ht
explorer = ht.MetricExplorer(ht.load_synthetic("small"), metric="remote_share_desk")
explorer.group = "service"
assert "by service" in explorer.text
"""
APP = """
from http.cookiejar import CookieJar
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener
from hybrid_toolkit.app import start_app
server = start_app(workspace="work")
try:
    opener = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}))
    assert b"<main" in opener.open(server.url, timeout=60).read()
finally:
    server.stop()
"""
ASKED = {"sqlalchemy", "pg8000", "pyfixest", "mixedlm", "diff-diff", "jupyterlab", "tornado", "jupyter-core"}
"""What the extras ask for themselves."""
REACHES_OUT = """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except OSError:
    pass
"""


ENGINES = """
import pytest, numpy as np, pandas as pd
from hybrid_toolkit.cli import main
from hybrid_toolkit.errors import MissingExtraError
from hybrid_toolkit.models import fit_linear_pyfixest, fit_mixed
frame = pd.DataFrame({"y": np.arange(40.0) ** 1.5, "x": np.tile([0.0, 1], 20), "a": list("abcde") * 8,
                      "b": np.repeat(list("pqrs"), 10)})
with pytest.raises(MissingExtraError, match=r"'pyfixest'.*hybrid-toolkit\\[engines\\]"):
    fit_linear_pyfixest(frame, outcome="y", terms=["x"], cluster="a")
with pytest.raises(MissingExtraError, match=r"'mixedlm'.*hybrid-toolkit\\[engines\\]"):
    fit_mixed(frame, outcome="y", terms=["x"], groups=["a", "b"])
assert main(["app", "--no-browser"]) == 2
assert main(["validate", "sqlite:///x.db"]) == 2
"""


def only_by_extras(*but: str) -> str:
    """Modules of the packages that no plain install brings, nor any of the extras named."""
    left_out = {c.name for c in components() if c.extras and not set(c.extras) & set(but)}
    held = metadata.packages_distributions()
    return " ".join(m for m, brought in held.items() if {canonicalize_name(b) for b in brought} <= left_out)


def tried(code: str, folder: Path, *, missing: str = "") -> str:
    """What code tried to reach beyond this machine, in a process of its own; it must end well."""
    return ended(code, folder, missing=missing)[0]


def ended(code: str, folder: Path, *, missing: str) -> tuple[str, str]:
    """What code tried to reach, and what it said on its error stream."""
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    log = folder / "tried.txt"
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = {**os.environ, "PYTHONPATH": path, "TRIED": str(log), "NOT_INSTALLED": missing}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return (log.read_text(encoding="utf-8") if log.exists() else ""), done.stderr


def test_the_guard_sees_what_reaches_out_even_where_the_error_is_caught(tmp_path: Path) -> None:
    assert "socket" in tried(REACHES_OUT, tmp_path)
    assert "socket" in tried(
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {REACHES_OUT!r}])", tmp_path
    )


@pytest.mark.parametrize(
    ("code", "with_extra"), [(DEMO + WIDGET, ""), (APP, "app")], ids=["demonstration and widget", "app"]
)
def test_nothing_reaches_beyond_this_machine_and_a_plain_install_is_enough(
    code: str, with_extra: str, tmp_path: Path
) -> None:
    missing = only_by_extras(with_extra)
    assert {"mixedlm", "diff_diff", "pyfixest", "sqlalchemy", "jupyterlab"} <= set(missing.split())
    assert ("tornado" in missing.split()) == (with_extra != "app")
    assert tried(code, tmp_path, missing=missing) == ""


def test_what_an_extra_brings_is_asked_for_by_its_name(tmp_path: Path) -> None:
    said = ended(ENGINES, tmp_path, missing=only_by_extras())[1]
    assert "hybrid-toolkit[app]" in said and "hybrid-toolkit[databases]" in said


def test_every_import_of_an_extra_s_package_says_which_extra(tmp_path: Path) -> None:
    """An import that stands elsewhere would end in an error of Python's own, or fail where the package is imported."""
    modules = {m for m, brought in metadata.packages_distributions().items() if canonicalize_name(brought[0]) in ASKED}
    root = Path(hybrid_toolkit.__file__).parent
    guarded, bare = set(), set()
    for file in root.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if not any(m in text for m in modules):
            continue
        tree = ast.parse(text)
        inside = {
            id(node)
            for block in ast.walk(tree)
            if isinstance(block, ast.With) and "from_extra" in ast.unparse(block.items[0])
            for node in ast.walk(block)
        }
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if {n.partition(".")[0] for n in names} & modules:
                (guarded if id(node) in inside else bare).add(file.relative_to(root).as_posix())
    assert len(guarded) >= 9
    # what these import can be reached only through a guarded import of the same extra
    assert bare - guarded == {"app/server.py"}
