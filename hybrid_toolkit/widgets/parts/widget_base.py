"""What every widget shares: an answer that is read out, errors in place, saving, downloads and the code behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import ipywidgets
import traitlets

from hybrid_toolkit.errors import HybridToolkitError, UsageError, with_article
from hybrid_toolkit.widgets.parts.downloads import Download, downloads_html
from hybrid_toolkit.widgets.parts.html_parts import code_html, notice_html
from hybrid_toolkit.widgets.parts.saved_state import Migration, load_state, save_state
from hybrid_toolkit.widgets.parts.widget_style import LIVE, ROOT, style_html

UNKNOWN_FIX = "Choose something else, and report this."
PREPARE = "Prepare downloads"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a widget shows for one state.

    Parameters
    ----------
    text : str
        The answer in one line, plain words.
    answer : str
        The answer as HTML, read out when it changes.
    body : str, optional
        Figures and tables as HTML.
    """

    text: str
    answer: str
    body: str = ""


class ToolkitWidget(ipywidgets.VBox):  # type: ignore[misc]
    """Base of every widget: controls, an answer, figures, downloads and code, in this order.

    The trait ``state`` is the whole state, a frozen dataclass: set it from code, or observe it. A subclass sets
    ``STATE`` and writes ``_draw`` (what is shown for ``self.state``), and where it needs them ``_follow`` (controls
    that depend on others), ``_exports`` and ``to_code``. It calls ``_show()`` at the end of its ``__init__``.

    Parameters
    ----------
    state : Any
        The first state, an instance of ``STATE``.
    controls : Mapping[str, ipywidgets.Widget] | None, optional
        Field of the state -> the control that moves it; controls wrap on a narrow screen.
    more : Sequence[ipywidgets.Widget], optional
        Further children between the answer and the figures, such as forms.
    foot : str, optional
        Words below all else.

    Attributes
    ----------
    SCHEMA : version of the saved state's shape; ``MIGRATIONS`` bring older ones up to date (version -> function).
    """

    STATE: ClassVar[type[Any]]
    SCHEMA: ClassVar[int] = 1
    MIGRATIONS: ClassVar[Mapping[int, Migration]] = {}

    state = traitlets.Any().tag(sync=False)

    def __init__(
        self,
        state: Any,
        *,
        controls: Mapping[str, ipywidgets.Widget] | None = None,
        more: Sequence[ipywidgets.Widget] = (),
        foot: str = "",
    ) -> None:
        self._moving = True
        self._shown = Shown("", "")
        self._lists = dict(controls or {})
        self._controls = ipywidgets.Box([*self._lists.values()]).add_class("hte-controls")
        self._answer = ipywidgets.HTML().add_class(LIVE)
        self._figures, self._code, self._links = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._prepare = button(PREPARE, self._prepared)
        self._prepare.layout.align_self = "flex-start"
        self._taken = ipywidgets.VBox([self._prepare, self._links.add_class("hte-links")])
        parts = [ipywidgets.HTML(style_html()), self._controls, self._answer, *more]
        under = [ipywidgets.HTML(notice_html(foot))] if foot else []
        super().__init__([*parts, self._figures, self._taken, self._code, *under])
        self.add_class(ROOT)
        self.add_class(f"hte-{type(self).__name__}")
        self.state = state
        self._moving = False
        for name, control in self._lists.items():
            control.observe(lambda change, name=name: self._move(**{name: change.new}), "value")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    @property
    def text(self) -> str:
        """The answer in one line, as it stands above the figures; an error's message where there is one."""
        return self._shown.text

    def to_code(self) -> str:
        """Code that gives the same in a fresh kernel; empty where there is nothing to give again.

        Returns
        -------
        str
            Code that gives the same in a fresh kernel; empty where there is nothing to give again.
        """
        return ""

    def save(self, path: str | Path) -> Path:
        """Write the state to a JSON file, whole or not at all: choices and what was written in, no rows of the data.

        Parameters
        ----------
        path : str | Path
            The file.

        Returns
        -------
        Path
            The file that was written.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        return save_state(path, self.state, widget=type(self).__name__, schema=self.SCHEMA)

    def load(self, path: str | Path) -> None:
        """Take the state from a file that this kind of widget saved; older versions are brought up to date.

        Parameters
        ----------
        path : str | Path
            The file.

        Raises
        ------
        UnreadableError
            Not such a file, or of a newer version. The widget stays as it was.
        """
        name = type(self).__name__
        self.state = load_state(path, self.STATE, widget=name, schema=self.SCHEMA, migrations=self.MIGRATIONS)

    def _draw(self) -> Shown:
        """What is shown for ``self.state``; may raise a ``HybridToolkitError``, which is shown in place."""
        raise NotImplementedError

    def _follow(self) -> str:
        """Bring controls in line with ``self.state`` before it is drawn; HTML of a notice, or nothing."""
        for name, control in self._lists.items():
            put(name, control, getattr(self.state, name))
        return ""

    def _exports(self) -> Sequence[Download]:
        """Files of what is shown, made when asked for."""
        return ()

    def _move(self, **changes: Any) -> None:
        """Change fields of the state; the page follows."""
        if not self._moving:
            self.state = replace(self.state, **changes)

    @traitlets.validate("state")
    def _checked(self, proposal: Any) -> Any:
        if not isinstance(proposal["value"], self.STATE):
            raise UsageError(
                f"The state of {type(self).__name__} is {with_article(self.STATE.__name__)}.",
                fix="Use dataclasses.replace on its present state.",
                code="WIDGET-STATE",
            )
        return proposal["value"]

    @traitlets.observe("state")
    def _moved(self, change: Any) -> None:
        if not self._moving:
            self._show()

    def _show(self) -> None:
        """Draw the state, or say in place what stands in the way."""
        self._moving, self._links.value = True, ""
        try:
            note = self._follow()
            self._shown = self._draw()
            self._answer.value, self._figures.value = self._shown.answer + note, self._shown.body
            code = self.to_code()
            self._code.value = code_html(code) if code else ""
            offers = type(self)._exports is not ToolkitWidget._exports
            self._taken.layout.display = "" if offers and self._shown.body else "none"
        except HybridToolkitError as error:
            self._fail(error.message, error.fix)
        except Exception as error:  # a widget shows what went wrong in place; a traceback could hold values
            self._fail(f"Something inside failed ({type(error).__name__}).", UNKNOWN_FIX)
        finally:
            self._moving = False

    def _fail(self, message: str, fix: str) -> None:
        self._shown = Shown(message, notice_html(message, fix=fix, error=True))
        self._answer.value, self._figures.value, self._code.value = self._shown.answer, "", ""
        self._taken.layout.display = "none"

    def _prepared(self) -> None:
        """Make the files and show a link for each."""
        try:
            self._links.value = downloads_html(self._exports())
        except HybridToolkitError as error:
            self._links.value = notice_html(error.message, fix=error.fix, error=True)
        except Exception as error:  # as above
            self._links.value = notice_html(f"Something inside failed ({type(error).__name__}).", error=True)


def empty_shown(message: str, fix: str = "") -> Shown:
    """What is shown where there is nothing to show: what is missing and what would open it."""
    return Shown(message, notice_html(message, fix=fix))


def choice(label: str, options: Mapping[str, str], *, value: str | None = None) -> ipywidgets.Dropdown:
    """A labelled drop-down; ``options`` are id -> words.

    Examples
    --------
    >>> choice("Scale", {"who5": "WHO-5"}).value
    'who5'
    """
    made = ipywidgets.Dropdown(
        options=tuple((words, key) for key, words in options.items()),
        description=label,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", min_width="180px", max_width="100%", margin="2px 0"),
    )
    if value is not None:
        made.value = value
    return made


def offer(control: ipywidgets.Dropdown, options: Mapping[str, str], value: str) -> None:
    """Give a drop-down other options and a value, without touching it where they are the same.

    Both go to the browser in one message: between two it would stand at the first of the new options.
    """
    wanted = tuple((words, key) for key, words in options.items())
    with control.hold_sync():
        if control.options != wanted:
            control.options = wanted
        control.value = value


def put(name: str, control: ipywidgets.Widget, value: Any) -> None:
    """Set a control to a value that it can stand at.

    Raises
    ------
    UsageError
        Another value; says which it takes.

    Examples
    --------
    >>> put("scale", choice("Scale", {"who5": "WHO-5", "ons4": "ONS4"}), "x")
    Traceback (most recent call last):
    hybrid_toolkit.errors.UsageError: [WIDGET-CHOICE] 'scale' does not take that value. How to fix: Use one of: who5, ons4.
    """  # noqa: E501
    try:
        control.value = value
    except traitlets.TraitError:
        taken = False
    else:
        taken = bool(control.value == value)  # a slider bends what it does not take
    if not taken:
        raise UsageError(f"'{name}' does not take that value.", fix=_takes(control), code="WIDGET-CHOICE")


def _takes(control: ipywidgets.Widget) -> str:
    """What a control can stand at."""
    if hasattr(control, "options"):
        keys = (option[1] if isinstance(option, tuple) else option for option in control.options)
        return f"Use one of: {', '.join(str(key) for key in keys)}."
    if hasattr(control, "min") and hasattr(control, "max"):
        whole = "whole number" if isinstance(control.min, int) else "number"
        return f"Use a {whole} from {control.min:g} to {control.max:g}."
    return "Use a value of the kind that stands there at first."


def button(label: str, clicked: Any) -> ipywidgets.Button:
    """A button whose label says what it does; ``clicked`` is called without arguments."""
    made = ipywidgets.Button(description=label, layout=ipywidgets.Layout(width="auto", margin="2px 0"))
    made.on_click(lambda _: clicked())
    return made
