"""The workbench as a page in the browser, for people who do not write code.

Voilà runs one notebook of this folder on 127.0.0.1: nothing listens on the network, and nothing is sent anywhere.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from hybrid_toolkit.errors import OutputError, UsageError
from hybrid_toolkit.widgets.app_data import DATA, MAPPING

ADDRESS = "127.0.0.1"
NOTEBOOK = "workbench.ipynb"
EXTENSIONS = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager"]
"""Extensions that the page needs; any other that is installed is left out."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running page.

    Parameters
    ----------
    url : str
        Where it opens, with the token that lets only those in who know it.
    process : subprocess.Popen[bytes]
        The server.
    """

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it and its kernels."""
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_app(data: str | None = None, *, mapping: str | None = None, port: int = 0, seconds: float = 60.0) -> Server:
    """Start the page and wait until it answers.

    Parameters
    ----------
    data : str | None, optional
        Folder, workbook or database; the synthetic authority where it is left out. Loaded once here, so that what
        cannot be read is told before anything starts.
    mapping : str | None, optional
        Mapping file, or the name of a shipped one.
    port : int, default 0
        Port on 127.0.0.1; any free one for 0.
    seconds : float, default 60.0
        How long to wait for it.

    Raises
    ------
    UnreadableError
        As ``load_data``.
    MappingError
        As ``load_data``.
    IdentifierError
        As ``load_data``.
    UsageError
        The port is taken.
    OutputError
        The server did not start.
    """
    told = _data_for_page(data, mapping)
    token = secrets.token_urlsafe(24)
    chosen = _free(port)
    with as_file(files("hybrid_toolkit.app")) as folder:
        paths = os.pathsep.join(p for p in (str(folder / "jupyter"), os.environ.get("JUPYTER_PATH", "")) if p)
        environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_PATH": paths, **told}
        command = [sys.executable, "-m", "voila", str(folder / NOTEBOOK), f"--Voila.ip={ADDRESS}", f"--port={chosen}"]
        command += ["--no-browser", f"--token={token}", "--Voila.port_retries=0", "--preheat_kernel=True"]
        command += ["--pool_size=2", "--template=workbench", "--VoilaConfiguration.show_tracebacks=False"]
        command += [f"--VoilaConfiguration.extension_allowlist={EXTENSIONS}"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(f"http://{ADDRESS}:{chosen}/?token={token}", process)
    try:
        _wait(server, seconds)
    except BaseException:
        server.stop()
        raise
    return server


def serve_app(data: str | None = None, *, mapping: str | None = None, port: int = 0, browser: bool = True) -> None:
    """Start the page, open it, and stay until interrupted; raises as ``start_app``."""
    server = start_app(data, mapping=mapping, port=port)
    print(f"The workbench is open at {server.url}\nOnly this machine can reach it. Stop it with Ctrl+C.", flush=True)
    try:
        if browser:
            webbrowser.open(server.url)
        server.process.wait()
    finally:
        server.stop()


def _data_for_page(data: str | None, mapping: str | None) -> Mapping[str, str]:
    if data is None:
        return {}
    from hybrid_toolkit.data.load import load_data

    load_data(data, mapping)

    def absolute(name: str) -> str:
        return str(Path(name).resolve()) if Path(name).exists() else name

    return {DATA: absolute(data), **({MAPPING: absolute(mapping)} if mapping else {})}


def _free(port: int) -> int:
    try:
        with socket.socket() as probe:
            probe.bind((ADDRESS, port))
            return int(probe.getsockname()[1])
    except OSError:
        raise UsageError(
            f"port {port} on this machine is taken.", fix="Choose another port, or leave it out.", code="PORT-TAKEN"
        ) from None


def _wait(server: Server, seconds: float) -> None:
    """Until the server answers; the token is in the address, so nothing of the page is asked for here."""
    end = time.monotonic() + seconds
    health = server.url.split("/?")[0] + "/voila/static/"
    while time.monotonic() < end and server.process.poll() is None:
        try:
            with urlopen(health, timeout=2):
                return
        except URLError as error:
            if getattr(error, "code", None) is not None:  # it answers, if only with a refusal
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise OutputError(
        "the page's server did not start.",
        fix="Try `python -m voila --version`; install the package again where that fails.",
        code="APP-START",
    )
