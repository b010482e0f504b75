"""The workbench in the browser, for people who do not write code: one process of plain pages on 127.0.0.1.

Nothing listens on the network, and nothing is sent anywhere. ``registry.py`` says how to add a page.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from hybrid_toolkit.app.settings import ADDRESS, Settings, end_token, free_port, new_token, passed_on
from hybrid_toolkit.errors import OutputError, UnreadableError


@dataclass(frozen=True, slots=True)
class Server:
    """A running workbench.

    Parameters
    ----------
    url : str
        Where it opens, with the token that lets only those in who know it.
    process : subprocess.Popen[bytes]
        The server.

    Examples
    --------
    >>> server = start_app()
    >>> server.stop()
    >>> server.process.poll() is not None
    True
    """

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it and everything that it started."""
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        end_token(int(self.url.split("/")[2].rpartition(":")[2]))


def start_app(
    data: str | None = None,
    *,
    mapping: str | None = None,
    port: int = 0,
    seconds: float = 60.0,
    workspace: str | None = None,
) -> Server:
    """Start the workbench in a process of its own and wait until it answers.

    Parameters
    ----------
    data : str | None, optional
        Folder, workbook or database; without one, pages on data use the simulated authority.
    mapping : str | None, optional
        Mapping file, or the name of a built-in one.
    port : int, default 0
        Port on 127.0.0.1; any free one for 0.
    seconds : float, default 60.0
        How long to wait for it.
    workspace : str | None, optional
        Folder in which what people enter is saved; the start page asks for one where it is left out.

    Returns
    -------
    Server
        The running server.

    Raises
    ------
    UnreadableError
        The data do not exist. What is wrong inside them is shown by the pages, with how to fix it.
    UsageError
        The port is taken.
    OutputError
        The server did not start.

    Examples
    --------
    >>> server = start_app()
    >>> server.url.startswith("http://127.0.0.1:")
    True
    >>> server.stop()
    """
    settings = _settings(data, mapping, port, workspace)
    command = [sys.executable, "-m", "hybrid_toolkit.app.server"]
    passed = passed_on(settings.arguments())
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=passed)
    server = Server(settings.url, process)
    try:
        _wait(server, seconds)
    except BaseException:
        server.stop()
        raise
    return server


def serve_app(
    data: str | None = None,
    *,
    mapping: str | None = None,
    port: int = 0,
    browser: bool = True,
    workspace: str | None = None,
) -> None:
    """Serve the workbench from this process, open it, and stay until interrupted.

    Parameters
    ----------
    data : str | None, optional
        Folder, workbook or database; without one, pages on data use the simulated authority.
    mapping : str | None, optional
        Mapping file, or the name of a built-in one.
    port : int, default 0
        Port on 127.0.0.1; any free one for 0.
    browser : bool, default True
        Whether to open the browser; the address is printed in any case.
    workspace : str | None, optional
        Folder in which what people enter is saved; the start page asks for one where it is left out.

    Raises
    ------
    UnreadableError
        The data do not exist.
    UsageError
        The port is taken.

    Examples
    --------
    >>> serve_app("no-such-folder")
    Traceback (most recent call last):
    hybrid_toolkit.errors.UnreadableError: [UNREADABLE] ...
    """
    from hybrid_toolkit.app.server import run

    settings = _settings(data, mapping, port, workspace)
    print(f"The workbench is open at {settings.url}\nOnly this computer can reach it. Stop it with Ctrl+C.", flush=True)
    run(settings, browser=browser)


def _settings(data: str | None, mapping: str | None, port: int, workspace: str | None) -> Settings:
    if data is not None and "://" not in data and not Path(data).expanduser().exists():
        raise UnreadableError(
            "The data cannot be found: there is no such file or folder.", fix="Check the path.", code="UNREADABLE"
        )
    chosen = free_port(port)
    return Settings(chosen, new_token(chosen), data=data, mapping=mapping, workspace=workspace)


def _wait(server: Server, seconds: float) -> None:
    """Until the server answers; the token stays out of this request, so a refusal is an answer."""
    end = time.monotonic() + seconds
    health = server.url.split("/?")[0] + "/static/app.css"
    while time.monotonic() < end and server.process.poll() is None:
        try:
            with urlopen(health, timeout=2):
                return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.05)
    raise OutputError(
        "the workbench did not start.",
        fix="Run `python -m hybrid_toolkit app` to see why; install the package again if that fails.",
        code="APP-START",
    )


__all__ = ["ADDRESS", "Server", "serve_app", "start_app"]
