"""A desk for the person who answers for what leaves: decisions, reasons, signatures, the bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import ipywidgets

from hybrid_toolkit.disclosure.release import Release, require_release
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.widgets.desks.release_bundle import (
    HELD,
    LEAVES,
    WAITS,
    ReleaseDeskState,
    bundle_files,
    bundle_zip,
    needs_signature,
    sign,
    standing,
    write_bundle,
)
from hybrid_toolkit.widgets.parts.downloads import Download
from hybrid_toolkit.widgets.parts.html_parts import notice_html, table_html
from hybrid_toolkit.widgets.parts.widget_base import Shown, ToolkitWidget, button, choice, empty_shown

LIVES = {"leave": "May leave", "hold": "Hold back"}


_POLICY = {True: "looser than the built-in one", False: "the built-in one"}


class ReleaseDesk(ToolkitWidget):
    """Each output with what the gate decided and why; exceptions signed with a reason; the bundle to take away.

    An exception cannot show what the gate has hidden. It lets an output leave whose policy is looser than the floor,
    or holds one back.

    Parameters
    ----------
    releases : Sequence[Release]
        Outputs that passed the gate.
    today : date | None, optional
        The day that signatures carry; the day of the machine where it is left out.

    Raises
    ------
    DisclosureError
        Something is not a release, or was changed after the gate.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure.gate import Gate
    >>> ReleaseDesk([Gate().text("Nothing was found.", title="Claim")]).text
    '1 output: 1 leaves, 0 wait for a signature, 0 held back'
    """

    STATE = ReleaseDeskState

    def __init__(self, releases: Sequence[Release], *, today: date | None = None) -> None:
        self.releases = tuple(require_release(r) for r in releases)
        self._today = today
        self._which = choice("Output", {r.id: f"{i}. {r.title}" for i, r in enumerate(self.releases, start=1)})
        self._what = choice("Decision", LIVES)
        self._reason, self._by = _words("Reason"), _words("Signed by")
        self._folder = _words("Folder to write")
        form = ipywidgets.Box(
            [self._which, self._what, self._reason, self._by, button("Sign", self._signed),
             self._folder, button("Write the folder", self._written)]
        ).add_class("hte-controls")  # fmt: skip
        self._said = ipywidgets.HTML().add_class("hte-live")
        self._form = ipywidgets.VBox([form, self._said])
        super().__init__(ReleaseDeskState(), more=[self._form])
        self._show()

    def sign(self, release_id: str, *, leaves: bool, reason: str, by: str) -> None:
        """Sign an exception for one output.

        Parameters
        ----------
        release_id : str
            Id of the output.
        leaves : bool
            Whether it leaves.
        reason : str
            Why.
        by : str
            Who answers for it: a name or a role.

        Raises
        ------
        UsageError
            Too short a reason, no name, or nothing to except.
        """
        release = next(r for r in self.releases if r.id == release_id)
        on = self._today if self._today is not None else date.today()
        one = sign(self.state, release, leaves=leaves, reason=reason, by=by, on=on)
        self.state = replace(self.state, signed=(*self.state.signed, one))

    def _signed(self) -> None:
        try:
            self.sign(self._which.value, leaves=self._what.value == "leave", reason=self._reason.value,
                      by=self._by.value)  # fmt: skip
            self._reason.value = ""
            self._said.value = notice_html("Signed.")
        except HybridToolkitError as error:
            self._said.value = notice_html(error.message, fix=error.fix, error=True)

    def _written(self) -> None:
        try:
            write_bundle(bundle_files(self.releases, self.state), self._folder.value or "release")
            self._said.value = notice_html("The folder is written.")
        except HybridToolkitError as error:
            self._said.value = notice_html(error.message, fix=error.fix, error=True)

    def _draw(self) -> Shown:
        self._form.layout.display = "" if self.releases else "none"
        if not self.releases:
            return empty_shown("There is no output to decide on.", "Give the releases of a lens (view.releases).")
        stands = [standing(r, self.state) for r in self.releases]
        n = len(stands)
        text = (
            f"{n} output{'s' if n != 1 else ''}: {stands.count(LEAVES)} leave{'s' if stands.count(LEAVES) == 1 else ''}"
            f", {stands.count(WAITS)} wait for a signature, {stands.count(HELD)} held back"
        )
        stamp = next((r.stamp for r in self.releases if r.stamp), "")
        marked = f'<div class="hte-stamp">{stamp}</div>' if stamp else ""
        return Shown(text, f'<div class="hte-answer"><strong>{text}</strong></div>{marked}', self._tables(stands))

    def _tables(self, stands: Sequence[str]) -> str:
        named = {r.id: f"{i}. {r.title}" for i, r in enumerate(self.releases, start=1)}
        outputs = [
            [named[r.id], s, f"{r.hidden} hidden", _POLICY[needs_signature(r)], f"{r.id}.csv"]
            for r, s in zip(self.releases, stands, strict=True)
        ]
        decided = [
            [named[r.id], d.rule, d.what, d.why] for r in self.releases for d in r.decisions
        ] or [["all", "none", "Shown whole", "No rule asked for more."]]  # fmt: skip
        signed = [
            [named[s.release], "leaves" if s.leaves else "held back", s.reason, s.by, s.on.isoformat()]
            for s in self.state.signed
        ]
        page = table_html("Outputs", ["Output", "Stands", "Cells", "Policy", "File in the bundle"], outputs, words=5)
        page += table_html("What the gate decided, and why", ["Output", "Rule", "What", "Why"], decided, words=4)
        if signed:
            page += table_html("Exceptions", ["Output", "Decision", "Reason", "Signed by", "On"], signed, words=5)
        return page

    def _exports(self) -> Sequence[Download]:
        return [Download("release.zip", bundle_zip(bundle_files(self.releases, self.state)), "Bundle (ZIP)")]


def _words(label: str) -> ipywidgets.Text:
    return ipywidgets.Text(
        description=label, style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", min_width="220px", max_width="100%", margin="2px 0"),
    )  # fmt: skip
