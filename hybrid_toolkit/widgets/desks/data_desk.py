"""A desk to bring one's own data: choose, map, see problems, mend, load."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import ipywidgets

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.safe_csv import csv_text
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.widgets.desks import data_desk_view as view
from hybrid_toolkit.widgets.desks.data_desk_view import Checked, DataDeskState
from hybrid_toolkit.widgets.explorer.first_measure import first_look_html
from hybrid_toolkit.widgets.parts.downloads import Download
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.progress import Progress
from hybrid_toolkit.widgets.parts.state_steps import StateSteps
from hybrid_toolkit.widgets.parts.widget_base import Shown, ToolkitWidget, button, choice

BEGIN = (
    "Choose files, or write the path of a folder, a file or a database; then look, propose a mapping, check and load."
)
MOST_LISTS = 40


class DataDesk(ToolkitWidget):
    """Choose files or a database, map columns, see problems by table, mend, and load into ``.data``.

    Names, counts and positions are shown, never a value from the data. Nothing is written beside the data; chosen
    files stay in a private temporary folder of this machine.

    Parameters
    ----------
    path : str, optional
        Folder, file or database address to begin with.
    mapping : str, optional
        Text of a mapping (TOML) to begin with.
    published : str, optional
        File or folder of published statistics, read when the data are loaded; a file with one row a person is refused.

    Examples
    --------
    >>> DataDesk().text
    'No data are chosen yet.'
    """

    STATE = DataDeskState
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: view.published_added}

    def __init__(self, path: str = "", *, mapping: str = "", published: str = "") -> None:
        self._found = Checked()
        wide = {"style": {"description_width": "initial"}, "layout": ipywidgets.Layout(width="min(620px, 100%)")}
        place = ipywidgets.Text(value=path, description="Path or database", continuous_update=False, **wide)
        text = ipywidgets.Textarea(value=mapping, description="Mapping (TOML)", rows=8, continuous_update=False, **wide)
        beside = ipywidgets.Text(
            value=published, description="Published statistics (optional)", continuous_update=False, **wide
        )
        self._upload = ipywidgets.FileUpload(multiple=True, description="Choose files",
                                             layout=ipywidgets.Layout(width="auto"))  # fmt: skip
        self._upload.observe(self._uploaded, "value")
        self._progress = Progress()
        self._steps = {
            "Look": lambda: Checked(sources=view.look(self.state.path)),
            "Propose a mapping": self._propose,
            "Check": lambda: Checked(report=view.check(self.state.path, self.state.mapping)),
            "Load": self._load,
        }
        steps = [button(name, lambda name=name: self.run(name)) for name in self._steps]
        self._columns = ipywidgets.Box().add_class("hte-controls")
        self._turns = StateSteps(lambda: self.state, self._taken_back)
        row = ipywidgets.Box([self._upload, *steps, self._turns]).add_class("hte-controls")
        more = [row, self._progress, self._columns]
        controls = {"path": place, "mapping": text, "published": beside}
        super().__init__(DataDeskState(path, mapping, published), controls=controls, more=more)
        self._show()

    @property
    def data(self) -> EvaluationData | None:
        """The data, once loaded."""
        return self._found.data

    @property
    def published(self) -> Beside:
        """The published statistics, once loaded, for ``published=`` of a lens or report; else published norms alone."""
        return Beside(self._found.published)

    def run(self, step: str) -> None:
        """Run one step as its button does: ``"Look"``, ``"Propose a mapping"``, ``"Check"`` or ``"Load"``.

        Parameters
        ----------
        step : str
            The step to carry out.
        """
        work: Callable[[], Checked] = self._steps[step]
        before = self.state

        def steps(report: Callable[[int, int], None]) -> Checked:
            report(0, 1)
            return work()

        def done(found: Checked) -> None:
            if self.state.path == before.path:
                self._found = found
                if found.proposal is not None:
                    self._kept(found, replace(self.state, mapping=found.proposal.toml))
                self._show()

        self._progress.start(steps, done, step, failed=lambda error: self._fail(error.message, error.fix))

    def wait(self) -> None:
        """Wait in code until the step has ended."""
        self._progress.wait()

    def to_code(self) -> str:
        """Code that loads the same data; the mapping stands beside it as ``mapping.toml``.

        Returns
        -------
        str
            Code that loads the same data; the mapping stands beside it as ``mapping.toml``.
        """
        if self._found.data is None:
            return ""
        place = view.without_password(self.state.path)
        mapping = ', mapping="mapping.toml"' if self.state.mapping.strip() else ""
        beside = ""
        if self._found.published is not None:
            beside = f"published = ht.load_published({self.state.published.strip()!r})\nprint(published)\n"
        return f"import hybrid_toolkit as ht\n\n{beside}data = ht.load_data({place!r}{mapping})\nprint(data)"

    def save(self, path: Any) -> Any:
        """As every widget; a password is not saved.

        Parameters
        ----------
        path : Any
            The file.

        Returns
        -------
        Any
            The file that was written.
        """
        kept = self.state
        self._moving = True
        try:
            self.state = replace(kept, path=view.without_password(kept.path))
            return super().save(path)
        finally:
            self.state, self._moving = kept, False

    def _move(self, **changes: Any) -> None:
        before, moving = self.state, self._moving
        if not moving:
            self._found = Checked()
            self._columns.children = ()
        super()._move(**changes)
        if not moving:
            self._turns.changed(before)

    def _taken_back(self, state: DataDeskState, said: str) -> bool:
        """Stand at a place and a mapping that were there before; what was found for the other is not theirs."""
        self._found = Checked()
        self._columns.children = ()
        self.state = state
        return True

    def _propose(self) -> Checked:
        return Checked(proposal=view.propose(self.state.path))

    def _load(self) -> Checked:
        report = view.check(self.state.path, self.state.mapping)
        if report.errors:
            return Checked(report=report)
        beside = view.load_beside(self.state.published)
        data = view.load(self.state.path, self.state.mapping)
        return Checked(data=data, report=report, published=beside, first=first_look_html(data))

    def _kept(self, found: Checked, state: DataDeskState) -> None:
        """Take a proposed mapping, with a list for each column that was left to a person."""
        before = self.state
        self._moving = True
        self.state = state
        self._moving = False
        self._turns.changed(before)
        lists = []
        headers = found.proposal.headers if found.proposal else {}
        for table, source, free in view.open_columns(found.proposal)[:MOST_LISTS] if found.proposal else ():
            one = choice(f"{table}: {source}", {view.LEAVE_OUT: "leave out", **{c: c for c in free}})
            one.observe(lambda change, t=table, s=source: self._mapped(t, s, change.new, headers), "value")
            lists.append(one)
        self._columns.children = tuple(lists)

    def _mapped(self, table: str, source: str, column: str, headers: Mapping[str, Sequence[str]]) -> None:
        try:
            text = view.map_column(self.state.mapping, table, source, column, headers)
        except HybridToolkitError as error:
            self._fail(error.message, error.fix)
            return
        before = self.state
        self.state = replace(self.state, mapping=text)
        self._turns.changed(before)

    def _uploaded(self, change: Any) -> None:
        if change.new:
            try:
                self._move(path=view.keep_uploaded(change.new))
                self.run("Look")
            except HybridToolkitError as error:
                self._fail(error.message, error.fix)

    def _draw(self) -> Shown:
        text = view.desk_text(self._found)
        stamp = "SYNTHETIC DATA" if self._found.data is not None and self._found.data.synthetic else ""
        marked = f'<div class="hte-stamp">{stamp}</div>' if stamp else ""
        begin = notice_html(BEGIN) if self._found == Checked() else ""
        return Shown(text, f'<div class="hte-answer"><strong>{text}</strong></div>{marked}{begin}',
                     view.desk_html(self._found, Gate()))  # fmt: skip

    def _exports(self) -> Sequence[Download]:
        files = []
        if self.state.mapping.strip():
            files.append(Download("mapping.toml", self.state.mapping.encode(), "Mapping (TOML)"))
        if self._found.report is not None:
            table = csv_text(self._found.report.tidy())
            files.append(Download("problems.csv", table.encode("utf-8-sig"), "Problems (CSV)"))
        return files
