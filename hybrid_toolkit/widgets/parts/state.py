"""What a widget shows, as frozen values from which the code that gives the same again is written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.committed import NAMES, synthetic_folder

ALL_LEVELS = "all"
"""Group or period that splits nothing."""
NOTHING_BESIDE = "none"
"""Nothing published stands beside the figure."""
PUBLISHED_BESIDE = "published"
"""Published figures stand beside it."""


def offered_beside(known: bool) -> dict[str, str]:
    """What may stand beside a figure -> label: nothing, and published figures where any are known.

    Examples
    --------
    >>> list(offered_beside(True)), list(offered_beside(False))
    (['none', 'published'], ['none'])
    """
    return {NOTHING_BESIDE: "Nothing"} | ({PUBLISHED_BESIDE: "Published figures"} if known else {})


def beside_added(state: dict[str, object]) -> dict[str, object]:
    """A state that was saved before published figures could stand beside it.

    Examples
    --------
    >>> beside_added({"metric": "swemwbs"})
    {'metric': 'swemwbs', 'beside': 'none'}
    """
    return {**state, "beside": NOTHING_BESIDE}


@dataclass(frozen=True, slots=True)
class DataReference:
    """How code in a fresh kernel gets the same data again.

    Parameters
    ----------
    committed : str, optional
        Name of a committed synthetic authority, such as ``"small"``; empty for any other data.
    data_hash : str, optional
        The hash that simulated data must have.
    scenario : str, optional
        Scenario of data that were simulated in memory; None for others.
    size : str, optional
        Size of data that were simulated in memory.
    seed : int, default 0
        Seed of data that were simulated in memory.
    tables : tuple[str, ...], optional
        Tables of data that were simulated in memory.

    Examples
    --------
    >>> print(DataReference(committed="small").to_code())
    data = ht.load_synthetic("small")
    >>> print(DataReference(data_hash="ab12").to_code())
    data = ht.load_data("PATH")  # put here the folder, workbook or database that these data came from
    if data.hash != "ab12":
        print("These are other data than the view was made from: its numbers may differ.")
    """

    committed: str = ""
    data_hash: str = ""
    scenario: str = ""
    size: str = ""
    seed: int = 0
    tables: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: EvaluationData) -> DataReference:
        """The reference of data: by their hash where they come with the toolkit, by their label where simulated."""
        for name in NAMES if data.synthetic else ():
            try:  # what is simulated when asked for has no folder, and is named below by scenario, size and seed
                manifest = json.loads((synthetic_folder(name) / "manifest.json").read_text(encoding="utf-8"))
            except UsageError:
                continue
            if manifest.get("content_sha256") == data.hash:
                return cls(committed=name)
        made = re.fullmatch(r"synthetic: ([\w-]+), ([\w-]+), seed (\d+)", data.label)
        if made and data.synthetic and not data.provenance:
            scenario, size, seed = made.groups()
            return cls("", data.hash, scenario, size, int(seed), tuple(data))
        return cls(data_hash=data.hash if data.synthetic else "")  # that of real data would confirm a guessed value

    def to_code(self) -> str:
        """The lines that load the data as ``data``."""
        if self.committed:
            return f'data = ht.load_synthetic("{self.committed}")'
        load = 'data = ht.load_data("PATH")  # put here the folder, workbook or database that these data came from'
        if self.scenario:
            load = f'tables = "{" ".join(self.tables)}".split()\n'
            load += f'data = ht.simulate_authority("{self.scenario}", "{self.size}", seed={self.seed}, tables=tables)'
        check = f'if data.hash != "{self.data_hash}":\n'
        check += '    print("These are other data than the view was made from: its numbers may differ.")'
        return f"{load}\n{check}" if self.data_hash else load


@dataclass(frozen=True, slots=True)
class ExplorerState:
    """The whole state of a ``MetricExplorer``.

    Parameters
    ----------
    metric : str
        Metric id; empty where nothing can be measured.
    group : str, default ALL_LEVELS
        What splits it, or ``"all"``.
    period : str, default ALL_LEVELS
        ``"all"``, ``"month"``, ``"quarter"``, ``"year"`` or ``"wave"``.
    beside : str, default NOTHING_BESIDE
        ``"published"`` where published figures stand beside it, or ``"none"``.

    Examples
    --------
    >>> print(ExplorerState("choice_honoured", "career_stage").to_code(DataReference("small")))
    import hybrid_toolkit as ht
    from hybrid_toolkit.widgets.explorer.metric_view import view_metric
    <BLANKLINE>
    data = ht.load_synthetic("small")
    view = view_metric(data, metric="choice_honoured", group="career_stage")
    print(view.text)
    """

    metric: str
    group: str = ALL_LEVELS
    period: str = ALL_LEVELS
    beside: str = NOTHING_BESIDE

    @property
    def arguments(self) -> str:
        """The state as keyword arguments, those that say nothing left out."""
        said = [("metric", self.metric), ("group", self.group), ("period", self.period)]
        said = [(name, value) for name, value in said if value != ALL_LEVELS]
        if self.beside != NOTHING_BESIDE:
            said.append(("beside", self.beside))
        return ", ".join(f'{name}="{value}"' for name, value in said)

    def to_code(self, data: DataReference) -> str:
        """Code that gives the same numbers in a fresh kernel, through the same disclosure gate."""
        lines = [
            "import hybrid_toolkit as ht",
            "from hybrid_toolkit.widgets.explorer.metric_view import view_metric",
            "",
        ]
        lines += [data.to_code(), f"view = view_metric(data, {self.arguments})", "print(view.text)"]
        return "\n".join(lines)
