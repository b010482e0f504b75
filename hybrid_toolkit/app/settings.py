"""How a server is started: its port, its token in a private file, the data and the folder of the work."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hybrid_toolkit.errors import OutputError, UsageError, from_extra

_TOKEN_LETTERS = 32
"""A token that is shorter was not written whole: 128 bits at four a letter."""
_STARTING_SECONDS = 600
"""A token that is younger may be that of a server which does not answer yet; none takes ten minutes to start."""

with from_extra("app"):
    import tornado  # noqa: F401 - the server needs it; said before one is started
    from jupyter_core.paths import jupyter_data_dir, secure_write

PASSED_ON = "HYBRID_TOOLKIT_APP_ARGUMENTS"
ADDRESS = "127.0.0.1"
"""Where the workbench listens: this machine alone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server needs to start.

    Parameters
    ----------
    port : int
        Port on 127.0.0.1.
    token : str
        What the address holds once; never on a command line, where other users of the machine could read it.
    data : str | None, optional
        Folder, workbook or database.
    mapping : str | None, optional
        Mapping file, or the name of a built-in one.
    workspace : str | None, optional
        Folder of the work.
    """

    port: int
    token: str = field(repr=False)
    data: str | None = None
    mapping: str | None = None
    workspace: str | None = None

    @property
    def url(self) -> str:
        """Where it opens, with the token."""
        return f"http://{ADDRESS}:{self.port}/?token={self.token}"

    @property
    def cookie(self) -> tuple[str, str]:
        """Name and value of the cookie that the token is exchanged for."""
        value = hmac.new(self.token.encode(), f"cookie {self.port}".encode(), hashlib.sha256).hexdigest()
        return f"workbench-{self.port}", value

    @property
    def hosts(self) -> frozenset[str]:
        """Host headers that are answered: any other name that points here is a page that rebinds its own name."""
        return frozenset({f"{ADDRESS}:{self.port}", f"localhost:{self.port}"})

    def arguments(self) -> list[str]:
        """The same as arguments of ``python -m hybrid_toolkit.app.server``, without the token."""
        given = [f"--port={self.port}"]
        named = (("data", self.data), ("mapping", self.mapping), ("workspace", self.workspace))
        return given + [f"--{name}={value}" for name, value in named if value is not None]


def read_arguments(given: Sequence[str]) -> Settings:
    """Settings from arguments, with the token that ``new_token`` wrote for the port.

    Raises
    ------
    UsageError
        No token was written for the port.
    """
    parser = argparse.ArgumentParser(prog="hybrid_toolkit.app.server", allow_abbrev=False)
    parser.add_argument("--port", type=int, required=True)
    for name in ("data", "mapping", "workspace"):
        parser.add_argument(f"--{name}")
    read = parser.parse_args(given)
    try:
        token = token_file(read.port).read_text(encoding="ascii").strip()
    except OSError:
        raise UsageError(
            "no token was written for this port.", fix="Start it with `hybrid-toolkit app`.", code="APP-TOKEN"
        ) from None
    return Settings(read.port, token, read.data, read.mapping, read.workspace)


def passed_on(arguments: Sequence[str]) -> dict[str, str]:
    """The environment of a process that this one starts, with its arguments in it.

    The address of a database holds a password, and other users of the machine can read a command line.
    """
    return {**os.environ, PASSED_ON: json.dumps(list(arguments))}


def taken_over() -> list[str]:
    """The arguments that the process which started this one passed on."""
    held: list[str] = json.loads(os.environ.pop(PASSED_ON, "[]"))
    return held


def private_folder() -> Path:
    """The folder of this user's own settings; Jupyter's data folder says where."""
    return Path(jupyter_data_dir()) / "hybrid-toolkit"


def token_file(port: int) -> Path:
    """Where the token of the server on a port is kept, readable by this user alone."""
    return private_folder() / f"token-{port}"


def new_token(port: int) -> str:
    """A token for a port, written to its file; those that servers left which did not end in order are removed.

    That of a server which was killed on the same port is kept, so that what an open tab holds is saved after a restart.
    """
    place = token_file(port)
    place.parent.mkdir(parents=True, exist_ok=True)
    _clear_left(place.parent, but=place)
    if place.is_file() and len(held := place.read_text(encoding="ascii").strip()) >= _TOKEN_LETTERS:
        return held
    token = secrets.token_urlsafe(32)
    with secure_write(str(place)) as out:
        out.write(token)
    return token


def end_token(port: int) -> None:
    """Remove the token of a server that has ended: nobody is let in by it again.

    Raises
    ------
    OutputError
        It cannot be removed.
    """
    try:
        token_file(port).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"the token of the server that ended stays: {(error.strerror or 'it cannot be removed').lower()}.",
            fix=f"Delete the file token-{port} in the folder of your Jupyter settings.",
            code="APP-TOKEN",
        ) from None


def _clear_left(folder: Path, but: Path) -> None:
    for place in (p for p in folder.glob("token-*") if p != but):
        port = place.name.removeprefix("token-")
        with contextlib.suppress(FileNotFoundError):  # another start may have removed it
            old = time.time() - place.stat().st_mtime > _STARTING_SECONDS
            if port.isdecimal() and old and _is_free(int(port)):
                end_token(int(port))


def free_port(port: int) -> int:
    """The port where it is free, or any free one for 0.

    Raises
    ------
    UsageError
        The port is taken.
    """
    try:
        return _bound(port)
    except OSError:
        raise UsageError(
            f"port {port} on this machine is taken.", fix="Choose another port, or leave it out.", code="PORT-TAKEN"
        ) from None


def _bound(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((ADDRESS, port))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    try:
        return bool(_bound(port))
    except (OSError, OverflowError):
        return False
