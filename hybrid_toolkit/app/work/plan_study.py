"""What the pages that plan a study ask of another process: a power by formula, options, and a trial of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hybrid_toolkit.app.worker import Bench
    from hybrid_toolkit.widgets.lenses.lens_view import LensView
    from hybrid_toolkit.widgets.planning.study_view import StudyBuilderState

Planned = tuple[tuple[str, Any], ...]
"""Field of the study with what was chosen."""


def power_answer(bench: Bench, numbers: Planned) -> dict[str, Any]:
    """The chance that a planned study detects an effect, by formula.

    Parameters
    ----------
    bench : Bench
        Not used: no data are needed.
    numbers : Planned
        Arguments of ``view_power``.

    Returns
    -------
    dict[str, Any]
        As ``as_values``.

    Raises
    ------
    EstimationError
        A number outside its range.
    """
    from hybrid_toolkit.widgets.planning.power_view import view_power

    return as_values(view_power(**dict(numbers)))


def study_choices(bench: Bench, planned: Planned) -> dict[str, Any]:
    """What can be chosen for a study, and what is chosen.

    Parameters
    ----------
    bench : Bench
        Not used: no data are needed.
    planned : Planned
        What was chosen so far.

    Returns
    -------
    dict[str, Any]
        ``options`` (field -> id -> words) and ``state`` (field -> what is chosen, or what the start brings).
    """
    from dataclasses import asdict

    from hybrid_toolkit.widgets.planning.study_view import options

    state = _state(planned)
    return {"options": {k: dict(v) for k, v in options(state).items()}, "state": asdict(state)}


def study_answer(bench: Bench, planned: Planned) -> dict[str, Any]:
    """A study tried on simulated services, with what the causal graph says and the teams that it needs.

    Parameters
    ----------
    bench : Bench
        Where progress is told.
    planned : Planned
        What was chosen.

    Returns
    -------
    dict[str, Any]
        As ``as_values``, with ``needs``: rows of outcome, chance of detecting now, teams for an 80% chance.

    Raises
    ------
    StudyError
        The study cannot be run or identified.
    """
    from hybrid_toolkit.report.first_screen import round_up
    from hybrid_toolkit.study.diagnosis.teams_needed import MOST_TEAMS, teams_needed
    from hybrid_toolkit.synth.sizes import SIZES
    from hybrid_toolkit.widgets.planning.study_view import column_words, declared, diagnose_in_steps, view_study

    state = _state(planned)
    study = declared(state)
    tried = diagnose_in_steps(study, state, lambda done, total: bench.progress(done, total, "Simulating services"))
    rows = tried.tidy()
    needs = []
    for outcome, _ in tried.truths:
        power = rows.loc[rows["outcome"].eq(outcome) & rows["term"].eq("power"), "estimate"]
        teams = teams_needed(tried, teams=SIZES[state.size].teams_per_la, outcome=outcome)
        said = f"more than {MOST_TEAMS:,}" if teams != teams else f"about {round_up(teams):,}"
        now = "not known" if power.empty or power.isna().all() else f"{float(power.iloc[0]):.0%}"
        words = column_words(outcome)
        needs.append((words[:1].upper() + words[1:], now, said))
    return {**as_values(view_study(study, tried)), "needs": needs, "trials": tried.n_sims}


def study_beside(bench: Bench, planned: Planned, published: tuple[str, str, str]) -> dict[str, Any]:
    """Published figures of what a study measures, as a reference.

    Parameters
    ----------
    bench : Bench
        The data, which say what years are asked for, and the gate.
    planned : Planned
        What was chosen.
    published : tuple[str, str, str]
        Published statistics: place, authority and what changes with them; norms alone where the place is empty.

    Returns
    -------
    dict[str, Any]
        ``tables``, as ``block_values``, and ``notes``.

    Raises
    ------
    StudyError
        The study cannot be declared.
    """
    from hybrid_toolkit.app.work.published import beside_of, block_values
    from hybrid_toolkit.disclosure.release import require_release
    from hybrid_toolkit.report.findings import metrics_of_study
    from hybrid_toolkit.report.published_reference import published_blocks
    from hybrid_toolkit.widgets.planning.study_view import declared

    study = declared(_state(planned))
    beside = beside_of(bench, published)
    tables, notes = published_blocks(bench.gate, bench.data, metrics_of_study(study), beside, title=study.question)
    return {"tables": [block_values(t) for t in tables], "notes": list(require_release(notes).content["note"])}


LONGEST_NUMBER = 30
"""Letters of a number with its interval; a column that holds longer texts is read from the left."""


def as_values(view: LensView) -> dict[str, Any]:
    """A view as plain values that can go from one process to another.

    Parameters
    ----------
    view : LensView
        Anything that lenses show.

    Returns
    -------
    dict[str, Any]
        ``empty`` (None), ``title``, ``text``, ``headline``, ``stamp``, ``panels``, ``notes`` and ``missing``.
    """
    panels = [
        {
            "caption": p.caption,
            "svg": p.drawing,
            "heads": list(p.heads),
            "rows": [list(r) for r in p.rows],
            "words": p.words,
            "note": p.note,
            "says": p.says,
            "numbers": [
                i for i in range(p.words, len(p.heads)) if all(len(str(r[i])) <= LONGEST_NUMBER for r in p.rows)
            ],
        }
        for p in view.panels
    ]
    return {
        "empty": None,
        "title": view.title,
        "text": view.text,
        "headline": view.headline or view.text,
        "stamp": view.stamp,
        "panels": panels,
        "notes": list(view.notes),
        "missing": list(view.missing),
    }


def _state(planned: Planned) -> StudyBuilderState:
    from dataclasses import replace

    from hybrid_toolkit.widgets.planning.study_view import filled, of_start

    given = dict(planned)
    start = of_start(str(given.pop("start", "remote-practice")))
    if "confounders" in given:
        given["confounders"] = tuple(given["confounders"])
    return filled(replace(start, **given))
