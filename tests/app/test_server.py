"""The app's guard, its start and its end, as other programs and other people of the machine meet it."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener, urlopen

import pytest

from hybrid_toolkit.app import ADDRESS, Server, start_app
from hybrid_toolkit.app.registry import all_pages, find_page
from hybrid_toolkit.app.settings import token_file
from hybrid_toolkit.errors import UnreadableError, UsageError

START_SECONDS = 3.0
"""From the command to the start page, cold (issue 15)."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = start_app(workspace=str(tmp_path_factory.mktemp("work")))
    yield started
    started.stop()


@pytest.fixture
def address(server: Server) -> str:
    return server.url.split("/?")[0]


@pytest.fixture
def inside(server: Server) -> OpenerDirector:
    """Somebody who opened the address with the token."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    opener.open(server.url)
    return opener


def status(request: Request | str, opener: OpenerDirector | None = None) -> int:
    try:
        with (opener.open if opener else urlopen)(request, timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_an_address_that_is_no_text_is_answered_in_plain_words(server: Server, address: str) -> None:
    assert status(f"{server.url}&x=%ff%fe", build_opener(HTTPCookieProcessor(CookieJar()))) == 200
    assert status(f"{address}/?token=%C3%A9") == 403
    assert status(Request(address + "/", headers={"Cookie": f"workbench-{address.rpartition(':')[2]}=%C3%A9"})) == 403


def test_the_token_goes_from_the_address_into_a_cookie(server: Server) -> None:
    jar = CookieJar()
    answer = build_opener(HTTPCookieProcessor(jar)).open(server.url)
    assert "token" not in answer.url
    cookie = next(c for c in jar if c.name.startswith("workbench"))
    assert cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "Strict"
    assert server.url.split("token=")[1] not in str(cookie.value)


def test_strangers_other_hosts_and_other_origins_are_refused(address: str, inside: OpenerDirector) -> None:
    assert status(address) == 403
    assert status(f"{address}/?token=wrong") == 403
    assert status(Request(address, headers={"Host": "example.org"}), inside) == 403
    assert status(Request(address, headers={"Origin": "http://example.org"}), inside) == 403
    assert status(address, inside) == 200


def test_a_form_without_its_own_token_is_refused(address: str, inside: OpenerDirector) -> None:
    body = urlencode({"folder": "/"}).encode()
    assert status(Request(f"{address}/work", data=body), inside) == 403


def test_nothing_from_elsewhere_and_no_inline_script_may_run(address: str, inside: OpenerDirector) -> None:
    policy = inside.open(address).headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy


@pytest.mark.skipif(os.name == "nt", reason="permissions are other on Windows")
def test_the_token_is_in_a_private_file_and_on_no_command_line(server: Server) -> None:
    port = int(server.url.split(":")[2].split("/")[0])
    token = server.url.split("token=")[1]
    place = token_file(port)
    assert place.read_text().strip() == token
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert token not in " ".join(map(str, server.process.args))


def _until_it_answers(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex((ADDRESS, port)) == 0:
                return
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="no signal of that name on Windows")
def test_no_token_stays_when_a_server_ends_and_what_a_crash_left_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    left, young = token_file(1), token_file(2)
    left.parent.mkdir(parents=True)
    for place in (left, young):
        place.write_text("x" * 43)
    os.utime(left, (0, 0))
    command = [sys.executable, "-m", "hybrid_toolkit", "app", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split("http://127.0.0.1:")[1].split("/")[0])
        _until_it_answers(port)
        kept = {place.name for place in left.parent.glob("token-*")}
        process.terminate()
    assert len(kept) == 2 and young.name in kept and left.name not in kept
    assert [place.name for place in left.parent.glob("token-*")] == [young.name]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_address_of_a_database_is_on_no_command_line() -> None:
    """It holds a password, and the processes that open the data are started with it."""
    server = start_app("postgresql://reader:s3cr3t-Zq7x@127.0.0.1:1/none")
    try:
        end = time.monotonic() + 15
        while not (workers := children(server.process.pid)) and time.monotonic() < end:
            time.sleep(0.05)
        assert workers
        for pid in (server.process.pid, *workers):
            assert b"s3cr3t" not in Path(f"/proc/{pid}/cmdline").read_bytes()
            assert b"s3cr3t" in Path(f"/proc/{pid}/environ").read_bytes(), "the guard reads what it should"
    finally:
        server.stop()


def text_of(url: str, opener: OpenerDirector) -> str:
    with opener.open(url) as answer:
        return str(answer.read().decode())


def test_every_page_answers_and_an_unknown_one_does_not(address: str, inside: OpenerDirector) -> None:
    for page in all_pages():
        if "<" not in page.path:
            assert status(address + page.path, inside) == 200, page.path
            shown = re.sub(
                r"(?s)<details class=.analysts.*?</details>|<[^>]*>", "", text_of(address + page.path, inside)
            )
            assert not re.findall(r"\bS\d-[A-Z]+\d", shown), f"ids of statements on {page.path}"
    assert status(f"{address}/nothing-here", inside) == 404
    assert find_page("/../etc/passwd") is None


ODD = "teams=1e999&metric=%00zzz&group=zzz&start=zzz&example=1&check=1&then=//zzz&table=zzz&at=nan"


def test_an_address_typed_by_hand_gives_a_plain_page_with_a_way_on(address: str, inside: OpenerDirector) -> None:
    """Every page with a part that is not there, and the pages that need no data with an odd query."""
    paths = [re.sub(r"<\w+>", "zzz", p.path) for p in all_pages() if "<" in p.path]
    paths += [f"{p.path}?{ODD}" for p in all_pages() if "<" not in p.path and not p.path.startswith("/data/")]
    paths += ["/data/cell", f"/data/cell?{ODD}", "/nothing", "/slow/zzz"]
    for path in paths:
        try:
            with inside.open(address + path, timeout=60) as answer:
                found, page = int(answer.status), answer.read().decode("utf-8", "replace")
        except HTTPError as error:
            found, page = error.code, error.read().decode()
        assert found in (200, 404, 422), path
        if found != 200:
            assert "<h1>" in page and "href=" in page.partition("<main")[2].partition("</main>")[0], path


def test_it_refuses_what_is_not_there_and_a_port_that_is_taken(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        start_app(str(tmp_path / "nothing"))
    with pytest.raises(UsageError, match="taken"), socket.socket() as held:
        held.bind((ADDRESS, 0))
        held.listen()
        start_app(port=held.getsockname()[1])


def children(pid: int) -> list[int]:
    """Processes that a process started, on Linux."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = place.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(parts[1]) == pid and parts[0] != "Z":
            found.append(int(place.parent.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_the_end_of_the_command_ends_all(tmp_path: Path, name: int) -> None:
    command = [sys.executable, "-m", "hybrid_toolkit", "app", "--no-browser", f"--workspace={tmp_path}"]
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = re.search(r"http://\S+", process.stdout.readline()).group(0)  # type: ignore[union-attr]
    while True:
        try:
            with build_opener(HTTPCookieProcessor(CookieJar())).open(url) as answer:
                assert b"What do you want to do?" in answer.read()
            break
        except OSError:
            assert time.monotonic() - begun < 30, "the start page never came"
            time.sleep(0.02)
    took = time.monotonic() - begun
    end = time.monotonic() + 10
    while not (workers := children(process.pid)) and time.monotonic() < end:
        time.sleep(0.05)
    assert workers
    process.send_signal(name)
    process.communicate(timeout=15)
    end = time.monotonic() + 15
    while any(Path(f"/proc/{w}").exists() for w in workers) and time.monotonic() < end:
        time.sleep(0.1)
    assert not [w for w in workers if Path(f"/proc/{w}").exists()]
    assert took < 2 * START_SECONDS, f"{took:.1f} s; twice the promise, because other tests share this machine"


def test_the_pages_bring_no_analysis_with_them() -> None:
    code = (
        "import sys; from hybrid_toolkit.app import server, registry; registry.all_pages(); "
        "print([m for m in ('pandas', 'matplotlib', 'ipywidgets', 'scipy') if m in sys.modules])"
    )
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert got.stdout.strip() == "[]"
