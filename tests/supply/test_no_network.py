"""Nothing is fetched at run time: a study, a widget and the app run where only this machine can be reached."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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

sys.addaudithook(refuse)
'''
STUDY = """
from hybrid_toolkit.cli import main
from hybrid_toolkit.synth.committed import synthetic_folder
assert main(["study", "exclusion-gap", str(synthetic_folder("small")), "--out", "report.html"]) == 0
assert "SYNTHETIC DATA" in open("report.html", encoding="utf-8").read()
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
REACHES_OUT = """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except OSError:
    pass
"""


def tried(code: str, folder: Path) -> str:
    """What code tried to reach beyond this machine, in a process of its own; it must end well."""
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    log = folder / "tried.txt"
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = {**os.environ, "PYTHONPATH": path, "TRIED": str(log)}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return log.read_text(encoding="utf-8") if log.exists() else ""


def test_the_guard_sees_what_reaches_out_even_where_the_error_is_caught(tmp_path: Path) -> None:
    assert "socket" in tried(REACHES_OUT, tmp_path)
    assert "socket" in tried(
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {REACHES_OUT!r}])", tmp_path
    )


@pytest.mark.parametrize("code", [STUDY + WIDGET, APP], ids=["study and widget", "app"])
def test_nothing_reaches_beyond_this_machine(code: str, tmp_path: Path) -> None:
    assert tried(code, tmp_path) == ""
