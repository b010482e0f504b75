"""One visit to a page: what was asked and sent, the folder of the work, and what it may be answered with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hybrid_toolkit.errors import UsageError

if TYPE_CHECKING:
    from hybrid_toolkit.app.jobs import Jobs, SlowWork
    from hybrid_toolkit.app.session import Session
    from hybrid_toolkit.app.workspace import Workspace

MOST_WORDS = 8_000
"""Characters of one field: some pages of text; what is longer belongs in a file that the field names."""


class Fields:
    """What a form or an address holds, by name.

    Parameters
    ----------
    given : Mapping[str, Sequence[str]], optional
        Field name -> its values.

    Examples
    --------
    >>> Fields({"role": [" it "], "item": ["a", "b"]}).word("role"), Fields({"n": ["x"]}).word("m")
    ('it', '')
    """

    def __init__(self, given: Mapping[str, Sequence[str]] | None = None) -> None:
        self.given = {k: list(v) for k, v in (given or {}).items()}

    def __contains__(self, name: object) -> bool:
        return name in self.given

    def word(self, name: str) -> str:
        """The last value of a field without spaces at its ends; empty where there is none.

        Parameters
        ----------
        name : str
            Name of the field.

        Returns
        -------
        str
            Its value.

        Raises
        ------
        UsageError
            It is longer than ``MOST_WORDS``.
        """
        text = self.given.get(name, [""])[-1].replace("\r\n", "\n").strip()
        if len(text) > MOST_WORDS:
            raise UsageError(
                f"the text has {len(text):,} characters; a field takes at most {MOST_WORDS:,}.",
                fix="Shorten the text, or name a file that holds it.",
                code="FORM-LONG",
            )
        return text

    def changed(self, *names: str) -> dict[str, str]:
        """The fields that came with the form; a page that is open elsewhere too sends only what was changed in it.

        Examples
        --------
        >>> Fields({"notes": ["Agreed"]}).changed("notes", "next")
        {'notes': 'Agreed'}
        """
        return {name: self.word(name) for name in names if name in self}

    def words(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return tuple(self.given.get(name, ()))


class Entered(dict[str, Any]):
    """What was entered, for a template: a field that was left out is empty.

    Examples
    --------
    >>> Entered({"title": "Spring"})["date"]
    ''
    """

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class SentIn:
    """A file that came with a form."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PageView:
    """A page to show.

    Parameters
    ----------
    template : str
        File in ``templates/``.
    values : Mapping[str, Any], optional
        What it is filled with.
    status : int, default 200
        Status of the answer; 422 where a form has errors.
    title : str, optional
        The heading, where it is not the page's own title.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    title: str = ""


@dataclass(frozen=True, slots=True)
class GoTo:
    """Another page to go to, with a message that it shows once."""

    path: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file to take away."""

    name: str
    content: bytes
    kind: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer to a draft that was sent while someone was typing: what the page says about it."""

    message: str = "Saved"
    errors: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    """What the form shows now, for its hidden field of that name."""


Answered = PageView | GoTo | SentFile | Saved


class Waiting(Exception):
    """Raised by ``Visit.work`` while the answer is not there yet; the server shows how far it is."""

    def __init__(self, work: SlowWork) -> None:
        super().__init__(work.key)
        self.work = work


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a page.

    Parameters
    ----------
    path : str
        Path of the page.
    sent : bool
        Whether a form was sent.
    params : Mapping[str, str]
        Named parts of the path.
    query : Fields
        What the address holds after ``?``.
    form : Fields
        What the form holds.
    files : Mapping[str, tuple[SentIn, ...]]
        Files that came with the form, by the name of their field.
    workspace : Workspace | None
        Folder of the work; None until one is chosen.
    jobs : Jobs
        Where slow work is done.
    draft : bool, default False
        Whether the form was sent by itself, while someone was typing.
    today : date
        The day.
    session : Session | None, optional
        The running workbench, for the pages that open another folder or other data.
    """

    path: str
    sent: bool
    params: Mapping[str, str]
    query: Fields
    form: Fields
    files: Mapping[str, tuple[SentIn, ...]]
    workspace: Workspace | None
    jobs: Jobs
    draft: bool = False
    today: date = field(default_factory=date.today)
    session: Session | None = None

    @property
    def address(self) -> str:
        """Its path with what follows it, to come back to it."""
        asked = urlencode(self.query.given, doseq=True)
        return f"{self.path}?{asked}" if asked else self.path

    @property
    def own_data(self) -> bool:
        """Whether the person's own data are open; without them, pages on data show the simulated authority."""
        return bool(self.jobs.arguments)

    def work(self, function: str, *, long: bool = False, slot: str = "", **given: Any) -> Any:
        """What a function of another process answers; see ``registry`` for how to write one.

        Parameters
        ----------
        function : str
            ``module:name``.
        long : bool, default False
            Whether it may take more than some seconds: it then has a process of its own.
        slot : str, optional
            A newer question in the same slot takes the place of one that has not begun.

        Returns
        -------
        Any
            What the function gave.

        Raises
        ------
        HybridToolkitError
            What the function raised of the toolkit's own errors.
        Waiting
            It is not ready yet.
        """
        work = self.jobs.ask(function, given, long=long, slot=slot)
        if work.error is not None:
            raise work.error
        if not work.ready:
            raise Waiting(work)
        return work.value

    @property
    def saved_in(self) -> Workspace:
        """The folder of the work; for pages with ``saves=True``.

        Raises
        ------
        UsageError
            None is chosen yet.
        """
        if self.workspace is None:
            raise UsageError("no folder is chosen to save in.", fix="Choose one under Your work.", code="APP-WORK")
        return self.workspace
