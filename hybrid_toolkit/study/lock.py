"""A study locked before its results are known: a preregistration file, and what a later run differs in.

The file is JSON. It holds the study's own text, the text of the causal graph, the version of the toolkit and a hash of
the code that its numbers come from, the hash of the data where they were given, the day, and a hash over all of this,
so that a file that was changed afterwards is told. It holds no value from the data, and the hash of real data is keyed:
a lock may be published, and a plain hash would confirm a guessed value. Its key stays in ``.disclosure`` beside it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from hybrid_toolkit import __version__
from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.data.evaluation_data import EvaluationData, hash_frame
from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
from hybrid_toolkit.errors import CoverageError, OutputError, StudyError, UnreadableError
from hybrid_toolkit.study.declaration.study_frames import FREE_UNIT, study_frame
from hybrid_toolkit.study.declaration.study_spec import StudySpec, parse_spec
from hybrid_toolkit.study.diagnosis.trial_log import code_version
from hybrid_toolkit.study.graph.causal_graph import CausalGraph, parse_graph, shipped_graph

_FORMAT = "hybrid-toolkit lock 1"
_KEYS = ("format", "study_id", "locked_at", "version", "code", "study", "graph", "data_hash", "data_label", "seal")


@dataclass(frozen=True)
class Lock:
    """What was locked.

    Parameters
    ----------
    path : Path
        The file.
    study : str
        The declaration, as TOML text.
    graph : str
        The causal graph, as TOML text.
    version : str
        Version of the toolkit.
    code : str
        Version with a hash of its code.
    data_hash : str
        Hash of the data, keyed where they are real; empty where none were given.
    data_label : str
        Label of the data; empty where none were given.
    locked_at : str
        When, UTC.
    seal : str
        SHA-256 over all of this.

    Examples
    --------
    >>> import tempfile
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> lock = headline_studies()[0].lock(Path(tempfile.mkdtemp()) / "practice.lock.json")
    >>> lock.path.name, lock.data_hash
    ('practice.lock.json', '')
    """

    path: Path
    study: str
    graph: str
    version: str
    code: str
    data_hash: str
    data_label: str
    locked_at: str
    seal: str

    def summary(self) -> str:
        """What was locked, in a sentence.

        Returns
        -------
        str
            What was locked, in a sentence.
        """
        name = parse_spec(self.study).id
        data = f", the data ({self.data_label or 'without a label'})" if self.data_hash else ", no data"
        return f"Study '{name}' was locked on {self.locked_at} with its graph{data} and version {self.version}."


@dataclass(frozen=True)
class LockCheck:
    """What differs from a lock.

    Parameters
    ----------
    locked_at : str
        When the study was locked.
    fields : tuple[str, ...]
        Fields of the study that differ, by name.
    arrows : tuple[str, ...]
        Arrows, or nodes, of the causal graph that differ.
    data : str
        ``"same"``, ``"differ"``, ``"not locked"``, ``"not given"``, or ``"no key"`` where the folder of the lock has
        not the key that the hash was made with.
    code : bool
        Whether the code that makes the numbers is the same.
    version : str
        Version of the toolkit then.
    version_now : str
        Version of the toolkit now.

    Examples
    --------
    >>> import tempfile
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> study = headline_studies()[0]
    >>> found = check_lock(study.lock(Path(tempfile.mkdtemp()) / "practice.lock.json").path, study)
    >>> found.same, found.fields
    (True, ())
    """

    locked_at: str
    fields: tuple[str, ...]
    arrows: tuple[str, ...]
    data: str
    code: bool
    version: str
    version_now: str

    @property
    def same(self) -> bool:
        """Whether nothing that was locked differs."""
        return not self.fields and not self.arrows and self.code and self.data not in ("differ", "no key")

    def tidy(self) -> pd.DataFrame:
        """One row a part: ``part``, ``same`` (None where it was not locked or not given), ``differs_in``.

        Returns
        -------
        pd.DataFrame
            One row a part: ``part``, ``same`` (None where it was not locked or not given), ``differs_in``.
        """
        told = {"same": True, "differ": False}.get(self.data)
        rows: list[tuple[str, bool | None, str]] = [
            ("study", not self.fields, ", ".join(self.fields)),
            ("graph", not self.arrows, ", ".join(self.arrows)),
            ("data", told, "their content" if told is False else ""),
            ("code", self.code, "" if self.code else f"version {self.version} then, {self.version_now} now"),
        ]
        return pd.DataFrame(rows, columns=["part", "same", "differs_in"])

    def summary(self) -> str:
        """What differs, in words; never a value of the data.

        Returns
        -------
        str
            What differs, in words; never a value of the data.
        """
        out = [f"The study was locked on {self.locked_at}."]
        if self.fields:
            out.append(f"The study differs from what was locked in: {', '.join(self.fields)}.")
        if self.arrows:
            out.append(f"The causal graph differs in: {', '.join(self.arrows)}.")
        out += {
            "differ": ["The data differ from those that were locked."],
            "no key": [
                "Whether the data are those that were locked is not known: the folder '.disclosure' that was "
                "beside the lock is not there."
            ],
            "not locked": ["No data were locked with it."],
            "not given": ["The data were not compared."],
        }.get(self.data, [])
        if not self.code:
            out.append(f"The toolkit's code differs (version {self.version} then, {self.version_now} now).")
        if self.same:
            out.append("Nothing that was locked differs.")
        return " ".join(out)

    def notes(self) -> tuple[str, ...]:
        """What a claim must show beside it.

        Returns
        -------
        tuple[str, ...]
            What a claim must show beside it.
        """
        return (self.summary(),)


def write_lock(
    study: StudySpec,
    path: Path | str,
    *,
    data: EvaluationData | pd.DataFrame | None = None,
    graph: CausalGraph | None = None,
) -> Lock:
    """Write a lock, whole or not at all; the same lock again is left as it stands, with its day.

    Raises
    ------
    OutputError
        ``LOCK-EXISTS``, a file of something else stands there; or the file cannot be written.
    CoverageError
        ``data`` is a frame that lacks a column of the study.

    Examples
    --------
    >>> import tempfile
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> study = headline_studies()[0]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lock = study.lock(Path(folder) / "practice.lock.json")
    ...     check_lock(lock.path, study).same, check_lock(lock.path, study.replace(confounders=("risk",))).fields
    (True, ('confounders',))
    """
    where = Path(path).expanduser()
    content = {
        "format": _FORMAT,
        "study_id": study.id,
        "locked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": __version__,
        "code": code_version(),
        "study": study.to_toml(),
        "graph": (shipped_graph() if graph is None else graph).to_toml(),
        "data_hash": _told(_hash(study, data), data, where),
        "data_label": data.label if isinstance(data, EvaluationData) else "",
    }
    if where.exists():
        return _again(where, content)
    content["seal"] = _seal(content)
    atomic_write_text(where, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return _lock(where, content)


def load_lock(path: Path | str) -> Lock:
    """A lock from its file.

    Raises
    ------
    UnreadableError
        The file is not there or is no lock.
    StudyError
        ``LOCK-BROKEN``, the file was changed after it was written.
    """
    where = Path(path).expanduser()
    try:
        content = json.loads(where.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _no_lock(where, f"cannot be read ({type(error).__name__})") from None
    if not isinstance(content, dict) or set(content) != set(_KEYS) or content["format"] != _FORMAT:
        raise _no_lock(where, "is not a lock of a study")
    if content["seal"] != _seal(content):
        raise StudyError(
            f"the lock '{where.name}' was changed after it was written.",
            fix="Restore the file as it was first written, for example from where it was registered.",
            code="LOCK-BROKEN",
        )
    return _lock(where, content)


def check_lock(
    path: Path | str,
    study: StudySpec,
    data: EvaluationData | pd.DataFrame | None = None,
    *,
    graph: CausalGraph | None = None,
) -> LockCheck:
    """What of study, data, graph and code differs from a lock; raises as ``load_lock``.

    Parameters
    ----------
    path : Path | str
        The lock.
    study : StudySpec
        As they are now; the graph of the toolkit by default.
    data : EvaluationData | pd.DataFrame | None, optional
        As they are now; the graph of the toolkit by default.
    graph : CausalGraph | None, optional
        As they are now; the graph of the toolkit by default.

    Returns
    -------
    LockCheck
        What of study, data, graph and code differs from a lock; raises as ``load_lock``.

    Examples
    --------
    >>> import tempfile
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> study = headline_studies()[0]
    >>> lock = study.lock(Path(tempfile.mkdtemp()) / "practice.lock.json")
    >>> check_lock(lock.path, study.replace(confounders=("risk",))).fields
    ('confounders',)
    """
    lock = load_lock(path)
    now = _hash_now(_then(lock) or study, data)
    state = "not given" if not now else "not locked" if not lock.data_hash else ""
    if not state and lock.data_hash.startswith("keyed:"):
        ledger = VersionLedger(lock.path.parent)
        now, state = (ledger.keyed(now), "") if ledger.can_tell(lock.data_hash) else (now, "no key")
    return LockCheck(
        locked_at=lock.locked_at,
        fields=_fields(lock, study),
        arrows=_arrows(parse_graph(lock.graph), shipped_graph() if graph is None else graph),
        data=state or ("same" if now == lock.data_hash else "differ"),
        code=lock.code == code_version(),
        version=lock.version,
        version_now=__version__,
    )


def _fields(lock: Lock, study: StudySpec) -> tuple[str, ...]:
    """Fields that differ. A lock of a version whose studies can no longer be read differs in its whole text."""
    if lock.study == study.to_toml():
        return ()
    then = _then(lock)
    if then is None:
        return ("the whole declaration, which this version cannot read",)
    return tuple(f.name for f in fields(study) if getattr(then, f.name) != getattr(study, f.name))


def _arrows(then: CausalGraph, now: CausalGraph) -> tuple[str, ...]:
    """Arrows and nodes that are in one of the graphs only, or differ."""
    if then == now:
        return ()
    before, after = set(then.edges), set(now.edges)
    out = sorted({f"{e.cause} -> {e.effect}" for e in before ^ after})
    out += sorted({n.id for n in set(then.nodes) ^ set(now.nodes)})
    return tuple(out) or ("the order or the titles of its parts",)


def _then(lock: Lock) -> StudySpec | None:
    """The study that was locked; None where this version cannot read it."""
    try:
        return parse_spec(lock.study)
    except StudyError:
        return None


def _hash(study: StudySpec, data: EvaluationData | pd.DataFrame | None) -> str:
    """The hash of the data, of a frame that of the study's columns; empty where no data are given."""
    if data is None:
        return ""
    if isinstance(data, EvaluationData) and study.row_unit != FREE_UNIT:
        return data.hash
    return hash_frame(study_frame(data, study.row_unit, study.columns))


def _told(plain: str, data: EvaluationData | pd.DataFrame | None, where: Path) -> str:
    """The hash that is written: keyed with the key of the lock's folder, unless the data are simulated."""
    simulated = isinstance(data, EvaluationData) and data.synthetic
    return plain if simulated or not plain else VersionLedger(where.parent).keyed(plain)


def _hash_now(then: StudySpec, data: EvaluationData | pd.DataFrame | None) -> str:
    """The hash by the columns of the study that was locked, so that another study of one frame is not other data."""
    try:
        return _hash(then, data)
    except (StudyError, CoverageError):
        return "not what the locked study is run on"


def _seal(content: dict[str, Any]) -> str:
    text = json.dumps({k: content[k] for k in _KEYS if k != "seal"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _again(where: Path, content: dict[str, Any]) -> Lock:
    """The lock that stands there, if it is of the same study, graph, data and code."""
    fix = "Lock under another name, or move the other file away yourself."
    try:
        there = load_lock(where)
    except (UnreadableError, StudyError):
        raise OutputError(
            f"'{where.name}' is there already and is no lock that can be read.", fix=fix, code="LOCK-EXISTS"
        ) from None
    new = _lock(where, {**content, "locked_at": there.locked_at, "seal": there.seal})
    if new != there:
        parts = [f.name for f in fields(Lock) if getattr(new, f.name) != getattr(there, f.name)]
        raise OutputError(
            f"'{where.name}' is the lock of something else; it differs in: {', '.join(parts)}.",
            fix=fix,
            code="LOCK-EXISTS",
        )
    return there


def _lock(where: Path, content: dict[str, Any]) -> Lock:
    return Lock(path=where, **{f.name: content[f.name] for f in fields(Lock) if f.name != "path"})


def _no_lock(where: Path, what: str) -> UnreadableError:
    return UnreadableError(
        f"'{where.name}' {what}.", fix="Choose the file that study.lock() wrote.", code="LOCK-UNREADABLE"
    )
