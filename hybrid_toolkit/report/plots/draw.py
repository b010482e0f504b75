"""One way to draw any result: ``plot(item)`` finds the figure for its kind, and a Release stands behind every one.

Estimates of a fit or a study pass the disclosure gate on the way, so that a figure shows no more than a report would.
A table of data is never drawn; its Release is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.disclosure.minimum_counts import RESIDUAL_DF
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.report.findings import show_diagnosis, show_power, show_study
from hybrid_toolkit.report.plots.estimate_plots import describe_estimates, plot_diagnosis, plot_estimates, plot_headline
from hybrid_toolkit.report.plots.event_plots import PATTERN, describe_event_study, plot_event_study
from hybrid_toolkit.report.plots.graph_plot import describe_graph, plot_graph
from hybrid_toolkit.report.plots.measure_plots import (
    MEASURE_COUNTS,
    MEASURE_PEOPLE,
    describe_concentration,
    describe_measured,
    plot_concentration,
    plot_measured,
    plot_multiples,
)
from hybrid_toolkit.report.plots.picture import Picture
from hybrid_toolkit.report.plots.series_plots import SERIES_COLUMNS, describe_series, plot_series
from hybrid_toolkit.result import MOST_SHOWN, TIDY_COLUMNS, ResultBase
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.diagnosis.power_curve import PowerCurve
from hybrid_toolkit.study.estimation.study_result import StudyResult
from hybrid_toolkit.study.graph.causal_graph import CausalGraph


def plot(item: object, *, gate: Gate | None = None, title: str = "", ax: Axes | None = None, **options: Any) -> Picture:
    """Draw a result, with its words for those who do not see it.

    Parameters
    ----------
    item : Release, StudyResult, Diagnosis, CausalGraph, or the result of a ``fit_...``
        What to draw. ``drawable()`` lists every kind and its figure. Of a fit, the coefficients other than the
        intercept are drawn.
    gate : Gate, optional
        The disclosure gate that estimates pass on the way; that of the standard policy by default. A Release has
        passed one already.
    title : str, optional
        Title of the figure of a fit; the method by default.
    ax : Axes | None, optional
        Matplotlib Axes, optional Where to draw; a figure of its own by default.
    **options : Any
        For the figure itself, such as ``start`` and ``unit`` for a series, ``study`` for a graph; for a fit ``people``,
        who stands behind its rows (``"n"`` where each row is one person, or their number), and ``whole``, as in
        ``Gate.estimates``: each cluster is a whole authority, so that few of them may be shown.

    Returns
    -------
    Picture
        Shows itself in a notebook with its alternative text; ``ax`` holds the axes and ``alt`` the words.

    Raises
    ------
    UsageError
        ``PLOT-KIND``, nothing draws this kind of object, such as a data frame; ``PLOT-EMPTY``, a fit without an
        interval; ``PLOT-PEOPLE``, a fit of rows of which no one says whose they are; ``PLOT-OPTION``, an option
        that the figure does not take or needs.
    DisclosureError
        The Release lacks what its figure shows.

    Examples
    --------
    >>> rows = pd.DataFrame({"term": ["x"], "estimate": [0.2], "conf_low": [0.1], "conf_high": [0.3], "n": 288})
    >>> plot(Gate().estimates(rows, title="Choice honoured", people="n"))
    x: 0.208, interval 0.104 to 0.295.
    """
    for kind in DRAWABLE:
        if kind.fits(item):
            _check_options(kind, options)
            return Picture(*kind.draw(item, gate or Gate(), title, {"ax": ax, **options}))
    raise UsageError(
        f"nothing draws an object of type {type(item).__name__}. What can be drawn: "
        f"{'; '.join(kind.words for kind in DRAWABLE)}.",
        fix="Pass one of these; a table of data is drawn from its Release, such as Gate().figure_data(...).",
        code="PLOT-KIND",
    )


def drawable() -> pd.DataFrame:
    """What ``plot`` draws: one row a kind, with the options of its figure.

    Returns
    -------
    pd.DataFrame
        ``kind`` and ``options``.

    Examples
    --------
    >>> drawable()["kind"].iloc[-1]
    'the result of a fit_... function: its coefficients with intervals'
    """
    return pd.DataFrame([(k.words, ", ".join(k.options)) for k in DRAWABLE], columns=["kind", "options"])


Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object that can be drawn: its words, whether an object is of it, its options, its figure and words."""

    words: str
    fits: Callable[[Any], bool]
    draw: Callable[[Any, Gate, str, Options], tuple[Axes, str]]
    options: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def _check_options(kind: Kind, options: Options) -> None:
    odd = [name for name in options if name not in kind.options]
    gone = [name for name in kind.needs if name not in options]
    if odd or gone:
        told = [f"does not take {', '.join(odd)}"] if odd else []
        told += [f"needs {', '.join(gone)}"] if gone else []
        raise UsageError(
            f"the figure of {kind.words} {' and '.join(told)}.",
            fix=f"Use only these options: {', '.join(kind.options) or 'none'}.",
            code="PLOT-OPTION",
        )


def _release(kinds: tuple[str, ...], *columns: str, dims: int | None = None) -> Callable[[Any], bool]:
    def fits(item: Any) -> bool:
        if not isinstance(item, Release) or item.kind not in kinds:
            return False
        return set(columns) <= set(item.content.columns) and (dims is None or len(item.dims) == dims)

    return fits


def _timed(rows: pd.DataFrame) -> bool:
    return "term" in rows and bool(rows["term"].astype(str).str.match(PATTERN).any())


def _event_study(release: Release, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    return plot_event_study(release, **options), describe_event_study(release)


def _headline(release: Release, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    return plot_headline(release, **options), describe_estimates(release)


def _estimates(release: Release, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    return plot_estimates(release, **options), describe_estimates(release)


def _diagnosis(release: Release, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    rows = release.content
    said = "; ".join(f"{r['label']}: {r['coverage']:.1%}" for r in rows.to_dict("records"))
    return plot_diagnosis(
        release, **options
    ), f"{release.title}. Share of runs whose confidence interval contains the true value: {said}."


def _series(release: Release, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    return plot_series(release, **options), describe_series(release, start=options["start"])


def _concentration(release: Release, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    return plot_concentration(release, **options), describe_concentration(release)


def _measured(release: Release, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    draw = plot_measured if len(release.dims) == 1 else plot_multiples
    return draw(release, **options), describe_measured(release, unit=options.get("unit", ""))


def _graph(graph: CausalGraph, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    return plot_graph(graph, **options), describe_graph(graph, options.get("study"))


def _study(result: StudyResult, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    shown = show_study(gate, result, titles={})
    leveled = {"level": result.conf_level, **options}
    if shown.paths:
        return _event_study(shown.paths[next(iter(shown.paths))], gate, title, leveled)
    several = len(result.study.outcomes) > 1
    return (_headline if several else _estimates)(shown.answers, gate, title, leveled)


def _tried(diagnosis: Diagnosis, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    return _diagnosis(show_diagnosis(gate, diagnosis, titles={}), gate, title, options)


def _fit(fit: ResultBase, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    """The coefficients that have an interval, without the intercept, through the gate."""
    rows = fit.shown()
    if not set(TIDY_COLUMNS) <= set(rows.columns) or not rows["conf_low"].notna().any():
        raise UsageError(
            f"this {type(fit).__name__} has no estimate with an interval to draw.",
            fix="Print its summary().",
            code="PLOT-EMPTY",
        )
    drawn = rows[rows["conf_low"].notna() & (rows["term"] != "(Intercept)")]
    drawn = rows[rows["conf_low"].notna()] if drawn.empty else drawn
    clusters = getattr(fit, "n_clusters", 0)
    if "n_clusters" not in drawn and clusters:
        drawn = drawn.assign(n_clusters=int(clusters))
    if (free := getattr(fit, RESIDUAL_DF, None)) is not None:
        drawn = drawn.assign(**{RESIDUAL_DF: free})
    named = title or str(getattr(fit, "method", "")) or type(fit).__name__
    held = "n_clusters" if "n_clusters" in drawn else None
    whole = bool(options.pop("whole", False))
    drawn, people = _people_behind(fit, drawn, options.pop("people", None), whole=whole)
    release = gate.estimates(
        drawn.head(MOST_SHOWN), title=named[:1].upper() + named[1:], clusters=held, whole=whole, people=people
    )
    leveled = {"level": getattr(fit, "conf_level", None), **options}
    return (_event_study if _timed(drawn) else _estimates)(release, gate, title, leveled)


def _people_behind(fit: ResultBase, rows: pd.DataFrame, people: object, *, whole: bool) -> tuple[pd.DataFrame, str]:
    """The rows with the column of the people behind them: as the fit carries it, or as the caller says."""
    if people is None and "n_people" in rows:
        people = "n_people"
    elif people is None and whole:  # no single person stands behind a row of whole authorities; the rows are counted
        people = "n"
    if isinstance(people, str) and people in rows:
        return rows, people
    if isinstance(people, int) and not isinstance(people, bool) and people >= 0:
        return rows.assign(n_people=people), "n_people"
    raise UsageError(
        f"it is not known who stands behind the {int(rows['n'].max()):,} rows of this {type(fit).__name__}: several "
        "rows may be of one person.",
        fix="Add people='n' if each row is one person, or people=240 with the number of distinct people behind them.",
        code="PLOT-PEOPLE",
    )


def _power(curve: PowerCurve, gate: Gate, title: str, options: Options) -> tuple[Axes, str]:
    return _measured(show_power(gate, curve), gate, title, {"unit": "share of trials", **options})


DRAWABLE: tuple[Kind, ...] = (
    Kind(
        "a Release of an event study",
        lambda item: _release(("estimates",), "term")(item) and _timed(item.content),
        _event_study,
        ("periods", "reference", "level"),
    ),
    Kind("a Release of estimates in panels", _release(("estimates",), "panel"), _headline, ("columns", "level")),
    Kind("a Release of estimates", _release(("estimates",)), _estimates, ("level",)),
    Kind("a Release of a diagnosis", _release(("facts",), "label", "coverage", "coverage_mcse"), _diagnosis),
    Kind(
        "a Release of a series",
        _release(("figure", "facts"), *SERIES_COLUMNS),
        _series,
        ("start", "unit", "periods"),
        ("start",),
    ),
    Kind("a Release of a concentration curve", _release(("figure",), MEASURE_PEOPLE, MEASURE_COUNTS), _concentration),
    Kind(
        "a Release of a measure by one thing",
        _release(("figure", "table", "facts"), "estimate", "conf_low", "conf_high", dims=1),
        _measured,
        ("unit", "level"),
    ),
    Kind(
        "a Release of a measure by two things",
        _release(("figure", "table"), "estimate", "conf_low", "conf_high", dims=2),
        _measured,
        ("unit", "columns", "level"),
    ),
    Kind("a causal graph", lambda item: isinstance(item, CausalGraph), _graph, ("study",)),
    Kind("the result of a study", lambda item: isinstance(item, StudyResult), _study),
    Kind("a power curve", lambda item: isinstance(item, PowerCurve), _power, ("unit", "level")),
    Kind("a diagnosis", lambda item: isinstance(item, Diagnosis), _tried),
    Kind(
        "the result of a fit_... function: its coefficients with intervals",
        lambda item: isinstance(item, ResultBase),
        _fit,
        ("whole", "people"),
    ),
)
"""Every kind that ``plot`` draws, the narrower ones first: the one registry of figures."""
