"""Slow work beside a widget: how far it is, in words and as a bar, and a button that cancels it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets

from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.widget_style import LIVE

ProgressReport = Callable[[int, int], None]
"""Called by the work between its steps with how many are done and how many there are."""
Failed = Callable[[HybridToolkitError], None]


_Task = tuple[Callable[[ProgressReport], Any], Callable[[Any], None], str, "Failed | None"]
"""Work, what is told of its end, its words, and what is told of an error."""


class CancelledError(Exception):
    """The person cancelled; raised inside the work at its next step."""


class Progress(ipywidgets.VBox):  # type: ignore[misc]
    """A bar, a sentence that is read out, and a Cancel button. Hidden while nothing runs and nothing is to be said.

    The work runs in a thread of the kernel, so that the button is heard; it is cancelled between its steps, at the
    next call of ``report``. Works the same in JupyterLab and in Voilà.

    Examples
    --------
    >>> progress = Progress()
    >>> def work(report):
    ...     for i in range(3):
    ...         report(i, 3)
    ...     return "done"
    >>> got = []
    >>> progress.start(work, got.append, "Counting")
    >>> progress.wait()
    >>> got
    ['done']
    """

    def __init__(self) -> None:
        self._bar = ipywidgets.IntProgress(min=0, max=1, layout=ipywidgets.Layout(width="min(320px, 100%)"))
        self._said = ipywidgets.HTML().add_class(LIVE)
        self._button = ipywidgets.Button(description="Cancel", tooltip="Cancel the work that is running")
        self._button.on_click(lambda _: self.cancel())
        self._stop, self._thread, self._lock = threading.Event(), None, threading.Lock()
        self._now, self._next = "", None
        super().__init__([ipywidgets.HBox([self._bar, self._button]), self._said])
        self.add_class("hte-progress")
        self.layout.display = "none"

    _thread: threading.Thread | None
    _next: _Task | None

    @property
    def running(self) -> bool:
        """Whether work is under way."""
        return bool(self._now)

    def start(
        self,
        work: Callable[[ProgressReport], Any],
        done: Callable[[Any], None],
        words: str,
        *,
        failed: Failed | None = None,
    ) -> None:
        """Begin; where other work is under way this follows it, in place of what else was to follow.

        Parameters
        ----------
        work : Callable[[ProgressReport], Any]
            Called with a ``report`` that it calls between its steps; what it returns goes to ``done``.
        done : Callable[[Any], None]
            Called in the same thread once the work has ended by itself.
        words : str
            What is being done, such as ``"Simulating authorities"``.
        failed : Failed | None, optional
            Told of an error that has a name, to show it; shown here where it is left out.
        """
        task = (work, done, words, failed)
        with self._lock:
            if self._now:
                if words != self._now and not self._stop.is_set():
                    self._next = task
                    self._say(f"{self._now} …")
                return
            self._now = words
        self._stop.clear()
        self._thread = threading.Thread(target=self._run_all, args=(task,), daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the work to end at its next step; nothing follows it."""
        if self.running:
            self._stop.set()
            self._next = None
            self._button.disabled = True
            self._say("Cancelling …")

    def wait(self, timeout: float | None = None) -> None:
        """Wait in code until the work has ended."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _run_all(self, task: _Task) -> None:
        """One piece of work and, where it ended well, what was asked for meanwhile."""
        following: _Task | None = task
        while following is not None:
            went_well = self._run(*following)
            with self._lock:
                following, self._next = (self._next if went_well else None), None
                self._now = following[2] if following is not None else ""

    def _run(
        self, work: Callable[[ProgressReport], Any], done: Callable[[Any], None], words: str, failed: Failed | None
    ) -> bool:
        def report(step: int, of: int) -> None:
            if self._stop.is_set():
                raise CancelledError
            self._bar.max, self._bar.value = max(1, of), step
            self._say(f"{words}: {step:,} of {of:,}")

        self.layout.display, self._button.disabled, self._bar.value = "", False, 0
        self._bar.layout.visibility = self._button.layout.visibility = "visible"
        self._say(f"{words} …")
        try:
            result = work(report)
            if self._stop.is_set():
                raise CancelledError
            done(result)
            self._say(f"{words}: done.")
            return True
        except CancelledError:
            self._say("Cancelled; nothing was kept.")
        except HybridToolkitError as error:
            if failed is not None:
                failed(error)
                self._say(f"{words}: not done.")
            else:
                self._said.value = notice_html(error.message, fix=error.fix, error=True)
        except Exception as error:  # shown in place; a traceback could hold values
            self._said.value = notice_html(f"Something inside failed ({type(error).__name__}).", error=True)
        finally:
            self._bar.layout.visibility = self._button.layout.visibility = "hidden"
        return False

    def _say(self, words: str) -> None:
        following = self._next
        words += f" {following[2]} follows." if following is not None else ""
        self._said.value = f'<div class="hte-progress-words">{escape(words)}</div>'
