"""What a widget shows, as frozen values from which the code that gives the same again is written."""

from __future__ import annotations

from dataclasses import dataclass

ALL = "all"
"""Group or period that splits nothing."""


@dataclass(frozen=True, slots=True)
class DataReference:
    """How code in a fresh kernel gets the same data again.

    Parameters
    ----------
    committed : name of a committed synthetic authority, such as ``"small"``; empty for any other data.
    data_hash : the hash that the data must have.

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

    def to_code(self) -> str:
        """The lines that load the data as ``data``."""
        if self.committed:
            return f'data = ht.load_synthetic("{self.committed}")'
        load = 'data = ht.load_data("PATH")  # put here the folder, workbook or database that these data came from'
        check = f'if data.hash != "{self.data_hash}":\n'
        check += '    print("These are other data than the view was made from: its numbers may differ.")'
        return f"{load}\n{check}" if self.data_hash else load


@dataclass(frozen=True, slots=True)
class ExplorerState:
    """The whole state of a ``MetricExplorer``.

    Parameters
    ----------
    metric : metric id; empty where nothing can be measured.
    group : what splits it, or ``"all"``.
    period : ``"all"``, ``"month"``, ``"quarter"``, ``"year"`` or ``"wave"``.

    Examples
    --------
    >>> print(ExplorerState("choice_honoured", "career_stage").to_code(DataReference("small")))
    import hybrid_toolkit as ht
    from hybrid_toolkit.widgets.metric_view import view_metric
    <BLANKLINE>
    data = ht.load_synthetic("small")
    view = view_metric(data, metric="choice_honoured", group="career_stage")
    print(view.text)
    """

    metric: str
    group: str = ALL
    period: str = ALL

    @property
    def arguments(self) -> str:
        """The state as keyword arguments, those that say nothing left out."""
        said = [("metric", self.metric), ("group", self.group), ("period", self.period)]
        return ", ".join(f'{name}="{value}"' for name, value in said if value != ALL)

    def to_code(self, data: DataReference) -> str:
        """Code that gives the same numbers in a fresh kernel, through the same disclosure gate."""
        lines = ["import hybrid_toolkit as ht", "from hybrid_toolkit.widgets.metric_view import view_metric", ""]
        lines += [data.to_code(), f"view = view_metric(data, {self.arguments})", "print(view.text)"]
        return "\n".join(lines)
