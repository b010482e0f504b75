"""The server: one process that answers on 127.0.0.1, and only those who know the token.

The token is in the address once; it is exchanged for a cookie that no other site is sent and no script reads, and the
address is opened again without it. Host, origin and the form's own token are checked; the content security policy
lets nothing be fetched from elsewhere and no inline script run.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import signal
import sys
import threading
import webbrowser
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from importlib.resources import files
from types import FrameType
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import tornado.httpserver
import tornado.ioloop
import tornado.web

from hybrid_toolkit.app.half_typed import show_page
from hybrid_toolkit.app.registry import find_page
from hybrid_toolkit.app.render import render
from hybrid_toolkit.app.session import Session
from hybrid_toolkit.app.settings import ADDRESS, Settings, end_token, read_arguments, taken_over
from hybrid_toolkit.app.visit import Fields, GoTo, PageView, Saved, SentFile, SentIn, Visit, Waiting
from hybrid_toolkit.errors import HybridToolkitError

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
MOST_SENT = 200_000_000
"""Bytes of one form with its files: an authority's exports of some years."""
WAIT_SECONDS = 1.5
"""How long a page waits for slow work before it shows the progress: most warm answers come sooner."""
HEARTBEAT_MS = 30_000
WARM_SECONDS = 3.0
"""What later pages need is imported once the first page is shown, or after this long: both at once would slow it."""
WARM = ("hybrid_toolkit.assess.maturity", "hybrid_toolkit.assess.action_plan", "hybrid_toolkit.disclosure.screen")
"""What the pages of the assessment need: imported behind the start page."""


class Guarded(tornado.web.RequestHandler):
    """Answers only this machine's own browser with the cookie."""

    @property
    def session(self) -> Session:
        """What the workbench holds."""
        held: Session = self.settings["session"]
        return held

    def set_default_headers(self) -> None:
        """Headers of every answer."""
        self.set_header("Content-Security-Policy", CONTENT_POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    def prepare(self) -> None:
        """Refuse strangers; exchange the token for the cookie."""
        settings = self.session.settings
        if self.request.host not in settings.hosts:
            raise tornado.web.HTTPError(403, "another host")
        origin = self.request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.request.host:
            raise tornado.web.HTTPError(403, "another origin")
        name, value = settings.cookie
        given = self.get_query_argument("token", "")
        if given and hmac.compare_digest(given.encode(), settings.token.encode()):
            self.set_cookie(name, value, httponly=True, samesite="Strict", path="/")
            rest = [
                (k, v.decode("utf-8", "replace"))
                for k, vs in self.request.query_arguments.items()
                if k != "token"
                for v in vs
            ]
            query = "&".join(f"{quote(k)}={quote(v)}" for k, v in rest)
            self.redirect(self.request.path + (f"?{query}" if query else ""))
            return
        if not hmac.compare_digest(self.get_cookie(name, "").encode(), value.encode()):
            raise tornado.web.HTTPError(403, "no token")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what is wrong in plain words."""
        words = {
            403: ("You cannot open this page", "Open the address that the command showed: it holds a token."),
            404: ("Page not found", "Use the navigation, or start again."),
            413: ("That file is too large", "Send fewer files at a time."),
        }
        title, text = words.get(status_code, ("Something went wrong", "Go back and try again. Nothing saved is lost."))
        self.finish(render(None, None, PageView("plain.html.j2", {"text": text}, title=title)))


class StaticPart(tornado.web.StaticFileHandler):
    """The style sheet and the script, which hold nothing of anyone."""

    def set_extra_headers(self, path: str) -> None:
        """Let the browser ask each time: an update is seen at once."""
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")


class PageHandler(Guarded):
    """Every page."""

    async def get(self) -> None:
        """Show a page."""
        await self._answer(sent=False)

    async def post(self) -> None:
        """Take a form."""
        await self._answer(sent=True)

    async def _answer(self, *, sent: bool) -> None:
        path = unquote(self.request.path).rstrip("/") or "/"
        found = find_page(path)
        if found is None:
            raise tornado.web.HTTPError(404)
        page, params = found
        if page.saves and self.session.workspace is None:
            self.redirect(f"/work?then={quote(path)}")
            return
        visit = self._visit(path, params, sent)
        for last in (False, True):
            try:
                pool = self.session.writer if sent else self.session.readers
                answer = await asyncio.get_running_loop().run_in_executor(pool, show_page, page, visit)
                break
            except Waiting as waiting:
                work = waiting.work
                await asyncio.get_running_loop().run_in_executor(None, work.over.wait, 0 if last else WAIT_SECONDS)
                if last or not work.over.is_set():
                    answer = PageView("waiting.html.j2", {"work": work}, title=page.title)
                    break
            except HybridToolkitError as error:
                if visit.draft:
                    answer = Saved("Not saved", {"": f"{error.message} {error.fix}"})
                else:
                    answer = PageView("problem.html.j2", {"error": error}, status=422, title=page.title)
                break
        await self._send(visit, page, answer)

    def _visit(self, path: str, params: Mapping[str, str], sent: bool) -> Visit:
        form = {k: [v.decode("utf-8", "replace") for v in vs] for k, vs in self.request.body_arguments.items()}
        query = {k: [v.decode("utf-8", "replace") for v in vs] for k, vs in self.request.query_arguments.items()}
        taken = {k: tuple(SentIn(f.filename, f.body) for f in v) for k, v in self.request.files.items()}
        draft = form.pop("_draft", [""])[0] == "1"
        form.pop("_xsrf", None)
        return Visit(
            path, sent, params, Fields(query), Fields(form), taken, self.session.workspace, self.session.jobs, draft,
            session=self.session,
        )  # fmt: skip

    async def _send(self, visit: Visit, page: Any, answer: Any) -> None:
        if isinstance(answer, Saved):
            self.write({"message": answer.message, "errors": dict(answer.errors), "shown": answer.shown})
        elif isinstance(answer, SentFile):
            self.set_header("Content-Type", answer.kind)
            self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(answer.name)}")
            self.write(answer.content)
        elif isinstance(answer, GoTo):
            if answer.message:
                self.set_cookie("told", quote(answer.message), samesite="Strict", httponly=True, path="/")
            self.redirect(answer.path, status=303)
        else:
            told = unquote(self.get_cookie("told", ""))
            if told:
                self.clear_cookie("told", path="/")
            self.set_status(answer.status)
            xsrf = self.xsrf_token.decode()
            draw = partial(render, visit, page, answer, told=told, xsrf=xsrf, problem=self.session.problem)
            self.write(await asyncio.get_running_loop().run_in_executor(self.session.readers, draw))
            self.session.first.set()


class WorkHandler(Guarded):
    """Slow work: how far it is, and its end on request."""

    def get(self, number: str) -> None:
        """How far it is."""
        work = self.session.jobs.find(number)
        if work is None:
            raise tornado.web.HTTPError(404)
        self.write({"state": work.state, "done": work.done, "total": work.total, "words": work.words})

    def post(self, number: str) -> None:
        """Cancel it, or begin anew what was cancelled."""
        work = self.session.jobs.find(number)
        if work is not None and self.get_body_argument("what", "") == "again":
            self.session.jobs.again(work)
        elif work is not None:
            self.session.jobs.cancel(work)
        self.redirect(self.get_body_argument("back", "/") if work is not None else "/", status=303)


def make_application(session: Session) -> tornado.web.Application:
    """The application of a session."""
    static = str(files("hybrid_toolkit.app") / "static")
    return tornado.web.Application(
        [
            (r"/static/(app\.css|app\.js|icon\.svg)", StaticPart, {"path": static}),
            (r"/slow/([0-9a-f]{16})", WorkHandler),
            (r"/.*", PageHandler),
        ],
        session=session,
        xsrf_cookies=True,
        xsrf_cookie_kwargs={"samesite": "Strict", "httponly": True},
        compress_response=True,
        log_function=lambda handler: None,
    )


def run(settings: Settings, *, browser: bool = False) -> None:
    """Serve until interrupted or asked to end; ends every process that it started.

    Parameters
    ----------
    settings : Settings
        How to start.
    browser : bool, default False
        Whether to open the browser.
    """
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    asyncio.run(_serve(settings, browser))


async def _serve(settings: Settings, browser: bool) -> None:
    session, ended = Session(settings), asyncio.Event()
    server = tornado.httpserver.HTTPServer(make_application(session), max_buffer_size=MOST_SENT)
    loop = asyncio.get_running_loop()

    def end(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(ended.set)

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):  # asked to end, Ctrl+C, the window of the command closed
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
    server.listen(settings.port, ADDRESS)  # who asks it to end once it answers is heard
    beat = tornado.ioloop.PeriodicCallback(lambda: _beat(session), HEARTBEAT_MS)
    _beat(session)
    beat.start()
    if browser:
        threading.Thread(target=webbrowser.open, args=(settings.url,), daemon=True).start()
    loop.call_later(WARM_SECONDS, session.first.set)
    threading.Thread(target=_warm, args=(session,), daemon=True).start()
    try:
        await ended.wait()
    finally:
        session.first.set()
        beat.stop()
        server.stop()
        session.close()
        end_token(settings.port)


def _beat(session: Session) -> None:
    session.uploads.beat()
    if session.workspace is not None:
        try:
            session.workspace.be_here(session.here)
        except HybridToolkitError as error:
            session.problem = error


def _warm(session: Session) -> None:
    session.first.wait()
    session.jobs.warm()
    for module in WARM:
        import_module(module)


def serve_main(arguments: Sequence[str]) -> int:
    """Serve with the arguments that ``start_app`` gives."""
    run(read_arguments(arguments))
    return 0


if __name__ == "__main__":
    sys.exit(serve_main([*taken_over(), *sys.argv[1:]]))
