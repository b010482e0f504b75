"""What one running workbench holds: the folder of the work, the data, the processes, and who is in."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hybrid_toolkit.app.jobs import Jobs
from hybrid_toolkit.app.settings import Settings, private_folder
from hybrid_toolkit.app.uploads import Uploads, is_gone
from hybrid_toolkit.app.workspace import Workspace
from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.errors import HybridToolkitError

DATA_FILE = "data"
"""The saved file of a workspace that says which data it looks at: ``source`` and ``mapping``."""
HERE_WORDS = "Another desk"
READERS = 8
"""Pages shown at once: one that still waits for an import does not hold up another. Forms are taken one by one, so
that what was sent first is saved first."""


class Session:
    """The state of one running workbench.

    Parameters
    ----------
    settings : Settings
        How it was started.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.workspace: Workspace | None = None
        self.problem: HybridToolkitError | None = None
        self.jobs = Jobs()
        self.uploads = Uploads()
        self.here = HERE_WORDS
        self.first = threading.Event()
        self.readers, self.writer = ThreadPoolExecutor(READERS), ThreadPoolExecutor(1)
        self._open_first()
        self.jobs.arguments = self.data_arguments()

    def _open_first(self) -> None:
        named = self.settings.workspace
        if named is None:
            try:
                named = self._last.read_text(encoding="utf-8").strip() or None
            except OSError:  # the first start of this user
                return
            if named is not None and not Path(named).is_dir():
                return
        if named is not None:
            try:
                self.workspace = Workspace(named)
            except HybridToolkitError as error:
                self.problem = error

    @property
    def _last(self) -> Path:
        return private_folder() / "last-workspace"

    def choose(self, folder: str) -> Workspace:
        """Save from now on in a folder, and open it again at the next start.

        Parameters
        ----------
        folder : str
            The folder.

        Returns
        -------
        Workspace
            The opened folder.

        Raises
        ------
        OutputError
            It cannot be written.
        """
        opened = Workspace(folder)
        if self.workspace is not None:
            self.workspace.leave()
        self.workspace, self.problem = opened, None
        if self.settings.workspace is None:
            atomic_write_text(self._last, f"{opened.folder}\n")
        self.reopen_data()
        return opened

    @property
    def data(self) -> tuple[str, str] | None:
        """The person's own data and mapping: given at the start, or chosen in the workspace; None for none."""
        if self.settings.data is not None:
            return self.settings.data, self.settings.mapping or ""
        if self.workspace is None:
            return None
        held = self.workspace.read(DATA_FILE).content
        source = str(held.get("source", ""))
        if is_gone(source) and self.jobs.handed is None:  # they went with the workbench that had them
            return None
        return (source, str(held.get("mapping", ""))) if source else None

    def data_arguments(self) -> list[str]:
        """Arguments of the processes that open the data."""
        try:
            found = self.data
        except HybridToolkitError as error:
            self.problem, found = error, None
        if found is None:
            return []
        source, mapping = found
        shown = self.workspace.folder if self.workspace is not None else private_folder()
        return [f"--data={source}", *([f"--mapping={mapping}"] if mapping else []), f"--ledger={shown}"]

    def reopen_data(self) -> None:
        """Open the data anew where they are not those that are open."""
        arguments = self.data_arguments()
        if arguments != self.jobs.arguments:
            self.jobs.reopen(arguments)

    @property
    def reads_copies(self) -> bool:
        """Whether the open data are read from copies of files that were sent, which are still there."""
        return any(a.startswith(f"--data={self.uploads.folder}") for a in self.jobs.arguments) and (
            self.jobs.handed is None
        )

    def keep_data(self, data: bytes) -> None:
        """Keep the data that a process has read in memory, and remove the copies that they were read from.

        Parameters
        ----------
        data : bytes
            The pickled data.
        """
        self.jobs.hand_on(data)
        self.uploads.remove()

    def be(self, words: str) -> None:
        """Say who is at this desk, in a role: others who have the folder open see it."""
        if self.workspace is not None and words != self.here:
            self.here = words
            self.workspace.be_here(words)

    def forget_data(self) -> None:
        """Close the person's own data: pages show the simulated service again, and copies of sent files go."""
        assert self.workspace is not None
        self.workspace.change(DATA_FILE, lambda _: {}, "closed the data")
        self.reopen_data()
        self.uploads.remove()

    def close(self) -> None:
        """End the processes, remove copies of files that were sent, and say that this desk has gone."""
        self.jobs.close()
        self.uploads.remove()
        for pool in (self.readers, self.writer):
            pool.shutdown(wait=False, cancel_futures=True)
        if self.workspace is not None:
            self.workspace.leave()
