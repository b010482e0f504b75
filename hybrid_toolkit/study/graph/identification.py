"""What a causal graph says of a study: findings, and whether the effect can be told from the rest."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

SEVERITIES = ("blocks", "open", "assumed", "handled", "note")
"""What a finding does: stops the fit; leaves a path open; must be assumed; is dealt with by the design; informs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the graph says of a study.

    Parameters
    ----------
    code : str
        Stable short code, such as ``MEDIATOR-HELD``.
    severity : str
        One of ``SEVERITIES``.
    nodes : tuple[str, ...]
        Ids of the nodes it speaks of.
    columns : tuple[str, ...]
        The study's columns it speaks of.
    text : str
        One or two plain sentences.
    fix : str, optional
        How to fix; empty where there is nothing to mend.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> sorted({finding.severity for finding in headline_studies()[1].identification().findings})
    ['assumed', 'open']
    """

    code: str
    severity: str
    nodes: tuple[str, ...]
    columns: tuple[str, ...]
    text: str
    fix: str = ""


@dataclass(frozen=True)
class Identification:
    """Whether a study's design and columns tell an effect from all else that the graph holds.

    Parameters
    ----------
    study_id : str
        The study.
    exposure : str
        Node of the exposure; empty where the graph has none for the column.
    outcome : str
        Node of the outcome; empty where the graph has none for the column.
    identified : bool | None
        True, False, or None where the graph cannot judge.
    message : str
        One sentence.
    findings : tuple[Finding, ...]
        Every finding, the gravest first.
    paths : tuple[str, ...]
        Open backdoor paths in words.
    path_nodes : tuple[tuple[str, ...], ...]
        The same paths as ids of nodes.
    held : tuple[str, ...]
        Nodes held constant by columns.
    by_design : tuple[str, ...]
        Nodes held constant by comparing units with themselves, or within periods.
    assumptions : tuple[str, ...]
        What must hold, in words.
    graph_title : str
        Title of the graph that was used.
    graph_hash : str
        Hash of the graph that was used.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> found = [study.identification() for study in headline_studies()]
    >>> [(one.study_id, one.identified, len(one.paths) > 0) for one in found]
    [('remote-practice', True, False), ('career-stage', False, True), ('exclusion-gap', True, False)]
    """

    study_id: str
    exposure: str
    outcome: str
    identified: bool | None
    message: str
    findings: tuple[Finding, ...]
    paths: tuple[str, ...]
    path_nodes: tuple[tuple[str, ...], ...]
    held: tuple[str, ...]
    by_design: tuple[str, ...]
    assumptions: tuple[str, ...]
    graph_title: str
    graph_hash: str

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stop a fit."""
        return tuple(f for f in self.findings if f.severity == "blocks")

    def tidy(self) -> pd.DataFrame:
        """One row a finding: ``code``, ``severity``, ``nodes``, ``columns``, ``text``, ``fix``.

        Returns
        -------
        pd.DataFrame
            One row a finding: ``code``, ``severity``, ``nodes``, ``columns``, ``text``, ``fix``.
        """
        rows = [(f.code, f.severity, ", ".join(f.nodes), ", ".join(f.columns), f.text, f.fix) for f in self.findings]
        return pd.DataFrame(rows, columns=["code", "severity", "nodes", "columns", "text", "fix"])

    def glance(self) -> pd.DataFrame:
        """One row: the study, its nodes, whether it is identified, open paths and findings that stop a fit.

        Returns
        -------
        pd.DataFrame
            One row: the study, its nodes, whether it is identified, open paths and findings that stop a fit.
        """
        return pd.DataFrame(
            {
                "study": [self.study_id],
                "exposure": [self.exposure],
                "outcome": [self.outcome],
                "identified": [self.identified],
                "n_open_paths": [len(self.paths)],
                "n_blocking": [len(self.blocking)],
                "graph": [self.graph_title],
            }
        )

    def summary(self) -> str:
        """Prose: the verdict, each open path, each finding with how to mend it, the assumptions.

        Returns
        -------
        str
            Prose: the verdict, each open path, each finding with how to mend it, the assumptions.
        """
        lines = [self.message, *(f"  {p}" for p in self.paths)]
        lines += [f"{f.text}{' ' + f.fix if f.fix else ''}" for f in self.findings]
        lines += ["It rests on these assumptions:", *(f"  {a}" for a in self.assumptions)]
        return "\n".join(lines)

    def notes(self) -> tuple[str, ...]:
        """What a claim must show beside it: the verdict.

        Returns
        -------
        tuple[str, ...]
            What a claim must show beside it: the verdict.
        """
        return (self.message,) if self.message else ()
