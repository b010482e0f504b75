"""A form for whatever the choices above it stand at, whose entries are kept as they are made."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets

from hybrid_toolkit.widgets.parts.html_parts import notice_html

MOST_HELD = 24
"""Forms that still take what arrives late: more moves than a person makes while a kernel is busy."""
_MOMENT = "One moment: the form follows."


@dataclass(frozen=True, slots=True)
class FormDraft:
    """What was entered for an item and is no whole answer yet.

    Parameters
    ----------
    item : str
        Id of the item.
    who : str
        Who entered it: a role, and a number where several people share it.
    answer : str, optional
        Code of the answer; empty for none yet.
    words : str, optional
        Words of one's own.

    Examples
    --------
    >>> FormDraft("S0-C1.1", "hr 1", words="Staff survey, item 4").answer
    ''
    """

    item: str
    who: str
    answer: str = ""
    words: str = ""


class SwitchedForm(ipywidgets.VBox):  # type: ignore[misc]
    """The form of what the choices stand at.

    Each form has controls of its own, so that an entry belongs to the choices that it was shown under, however late
    it arrives. When a choice moves, the browser itself takes the form away (a link between two widgets, which asks
    no kernel); the kernel then puts the form of the new choices there. Nobody can type into the old one meanwhile.

    Parameters
    ----------
    choices : Sequence[ipywidgets.Dropdown]
        The choices.
    make : Callable[[], ipywidgets.Widget]
        Makes the form of the present choices.

    Examples
    --------
    >>> which = ipywidgets.Dropdown(options=["a", "b"])
    >>> form = SwitchedForm([which], lambda: ipywidgets.Text(description=which.value))
    >>> form.place()
    >>> which.value = "b"
    >>> form.place()
    >>> form.shown.description
    'b'
    """

    def __init__(self, choices: Sequence[ipywidgets.Dropdown], make: Callable[[], ipywidgets.Widget]) -> None:
        self._choices, self._make = tuple(choices), make
        self._moment = ipywidgets.HTML(notice_html(_MOMENT))
        self._stacks = [ipywidgets.Stack() for _ in self._choices]
        self._held: deque[tuple[tuple[object, ...], ipywidgets.Widget]] = deque()
        self._links = [
            ipywidgets.jsdlink((choice, "index"), (stack, "selected_index"))
            for choice, stack in zip(self._choices, self._stacks, strict=True)
        ]
        super().__init__([self._stacks[0]])

    @property
    def shown(self) -> ipywidgets.Widget:
        """The form that was put there last."""
        return self._held[-1][1]

    def entered(self, form: ipywidgets.Widget) -> None:
        """Put the shown form there anew where an older one of the same choices was written into, which came late."""
        key, shown = self._held[-1]
        if form is not shown and any(f is form and k == key for k, f in self._held):
            self.place()

    def make_room(self, options: int) -> None:
        """Before the last choice is given more options: the browser moves to a place as soon as the choice does."""
        stack = self._stacks[-1]
        more = options - len(stack.children)
        if more > 0:
            stack.children = (*stack.children, *[self._moment] * more)

    def place(self) -> None:
        """Put the form of the present choices there, made anew."""
        inner = self._make()
        self._held.append((tuple(c.value for c in self._choices), inner))
        for choice, stack in reversed(list(zip(self._choices, self._stacks, strict=True))):
            at = choice.index or 0
            children = [self._moment] * max(len(choice.options), 1)
            children[at] = inner
            stack.children = tuple(children)
            if stack.selected_index is None:  # from then on the browser moves it: the kernel would move it back
                stack.selected_index = at
            inner = stack
        while len(self._held) > MOST_HELD:
            close_all(self._held.popleft()[1])


def close_all(widget: ipywidgets.Widget) -> None:
    """Close a widget and all that is in it: what arrives for it from then on is dropped."""
    for child in getattr(widget, "children", ()):
        close_all(child)
    widget.close()
