"""Undo and redo of what is entered in a widget: whole states, kept while the widget lives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from hybrid_toolkit.widgets.parts.widget_base import button

MOST_STEPS = 50
"""States kept: as many older copies as the app keeps of a file (``MOST_OLDER`` of ``app/workspace.py``)."""


class StateSteps(ipywidgets.Box):  # type: ignore[misc]
    """Two buttons, Undo and Redo, over the states that a widget had.

    Parameters
    ----------
    read : Callable[[], Any]
        Gives the present state.
    put : Callable[[Any, str], bool]
        Takes a state back, with what was done in words; says whether it could.

    Examples
    --------
    >>> held = ["first"]
    >>> def put(state, said):
    ...     held[:] = [state]
    ...     return True
    >>> steps = StateSteps(lambda: held[0], put)
    >>> held[:] = ["second"]
    >>> steps.changed("first")
    >>> steps.undo()
    >>> held
    ['first']
    >>> steps.redo()
    >>> held
    ['second']
    """

    def __init__(self, read: Callable[[], Any], put: Callable[[Any, str], bool]) -> None:
        self._read, self._put = read, put
        self._older: list[Any] = []
        self._undone: list[Any] = []
        self._back = button("Undo the last change", self.undo)
        self._again = button("Redo", self.redo)
        super().__init__([self._back, self._again])
        self.add_class("hte-buttons")
        self._offer()

    def changed(self, before: Any) -> None:
        """Remember the state that a change has just replaced; what was undone does not fit any more.

        Parameters
        ----------
        before : Any
            The state before the change.
        """
        if before == self._read():
            return
        self._older = [*self._older, before][-MOST_STEPS:]
        self._undone = []
        self._offer()

    def undo(self) -> None:
        """Go back to the state before the last change."""
        self._step(self._older, self._undone, "Undone: the last change.")

    def redo(self) -> None:
        """Bring back what the last Undo took away."""
        self._step(self._undone, self._older, "Done again: the change that was undone.")

    def _step(self, source: list[Any], target: list[Any], said: str) -> None:
        if not source:
            return
        now = self._read()
        if self._put(source[-1], said):
            source.pop()
            target.append(now)
        self._offer()

    def _offer(self) -> None:
        self._back.disabled, self._again.disabled = not self._older, not self._undone
