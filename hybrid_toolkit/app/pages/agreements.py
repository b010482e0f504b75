"""Team agreements: what was asked for, why it was decided so, and when it is reviewed."""

from __future__ import annotations

from datetime import date
from typing import Any

from hybrid_toolkit.app.assessment import refuse_details
from hybrid_toolkit.app.registry import BEGUN, DONE, TO_DO, Page
from hybrid_toolkit.app.visit import Answered, Entered, GoTo, PageView, Saved, Visit
from hybrid_toolkit.assess.agreement import ADJUSTMENTS, DECISIONS, REQUESTS, Agreements, Arrangement
from hybrid_toolkit.errors import HybridToolkitError, UsageError

AGREEMENTS = "talk/agreements"
_FIELDS = ("whom", "request", "rationale", "decision", "decided_on", "review_on", "adjustments")
STARTS = {key: words for key, words in REQUESTS.items() if key != "own"}
"""Rules that a team may start from, such as meetings of 45 minutes with a break of 15."""
_NEEDED = {"whom": "Enter the team or role that it is for.", "request": "Enter what was asked for."}


def arrangement_of(held: dict[str, Any]) -> Arrangement:
    """A saved arrangement as the library knows it; raises as ``Arrangement``, and for a date that is none."""
    days: dict[str, date | None] = {}
    for name in ("decided_on", "review_on"):
        try:
            days[name] = date.fromisoformat(held[name]) if held.get(name) else None
        except ValueError:
            raise UsageError("a date is not a date.", fix="Enter it as 2027-03-31.", code="APP-DATE") from None
    return Arrangement(
        held.get("whom", ""), held.get("request", ""), held.get("rationale", ""), held.get("decision") or "pending",
        days["decided_on"], days["review_on"], held.get("adjustments") or "not_asked",
    )  # fmt: skip


def _saved(visit: Visit, *, archived: bool = False) -> list[dict[str, Any]]:
    if visit.workspace is None:
        return []
    held = visit.workspace.read(AGREEMENTS).content.get("arrangements", [])
    return [dict(a) for a in held if bool(a.get("archived")) == archived]


def _whole(held: dict[str, Any]) -> Arrangement | None:
    try:
        return arrangement_of(held)
    except HybridToolkitError:  # a draft: the list says what is missing
        return None


def _list(visit: Visit) -> Answered:
    if visit.sent:
        what = visit.form.word("what")
        if what in ("undo", "redo"):
            return GoTo("/talk/agreements", visit.saved_in.step(AGREEMENTS, what))
        if what == "new":
            start = visit.form.word("start")
            return GoTo(f"/talk/agreements/{_add(visit, STARTS.get(start, ''))}")
        _change(visit, visit.form.word("id"), {"archived": what == "archive"}, f"{what} {visit.form.word('id')}")
        return GoTo("/talk/agreements", "Set aside." if what == "archive" else "Restored.")
    rows = []
    for held in _saved(visit):
        one = _whole(held)
        missing = list(one.missing) if one is not None else [w for k, w in _NEEDED.items() if not held.get(k)]
        review = one.review_words(visit.today) if one is not None else ""
        rows.append({"held": Entered(held), "draft": one is None, "missing": missing, "review": review,
                     "decision": DECISIONS.get(held.get("decision", ""), DECISIONS["pending"])})  # fmt: skip
    whole = Agreements(tuple(a for a in map(_whole, _saved(visit)) if a is not None))
    drafts_only = bool(rows) and all(r["draft"] for r in rows)
    said = "No arrangement is complete yet." if drafts_only else whole.summary(visit.today)
    values = {"rows": rows, "said": said, "aside": _saved(visit, archived=True),
              "starts": STARTS, "turns": visit.saved_in.steps(AGREEMENTS)}  # fmt: skip
    return PageView("agreements.html.j2", values)


def _add(visit: Visit, request: str) -> int:
    numbers: list[int] = []

    def put(content: dict[str, Any]) -> dict[str, Any]:
        held = list(content.get("arrangements", []))
        numbers[:] = [1 + max((int(a["id"]) for a in held), default=0)]
        return {**content, "arrangements": [*held, {"id": numbers[0], **({"request": request} if request else {})}]}

    visit.saved_in.change(AGREEMENTS, put, "added an arrangement")
    return numbers[0]


def _change(visit: Visit, number: str, given: dict[str, Any], words: str) -> None:
    def put(content: dict[str, Any]) -> dict[str, Any]:
        held = [{**a, **given} if str(a["id"]) == number else a for a in content.get("arrangements", [])]
        return {**content, "arrangements": held}

    visit.saved_in.change(AGREEMENTS, put, words)


def _one(visit: Visit) -> Answered:
    number = visit.params["number"]
    held = next((a for a in _saved(visit) if str(a["id"]) == number), None)
    if held is None:
        raise UsageError("there is no such arrangement.", fix="Choose one from the list.", code="APP-ARRANGEMENT")
    errors: dict[str, str] = {}
    if visit.sent:
        given = {k: visit.form.word(k) for k in _FIELDS if k in visit.form}
        errors = refuse_details({k: given.get(k, "") for k in ("whom", "request", "rationale")})
        held |= given
        if not errors:
            _change(visit, number, given, f"changed arrangement {number}")
            if visit.draft:
                return Saved("Saved" if _whole(held) is not None else "Saved as a draft")
            good = _whole(held) is not None
            return GoTo("/talk/agreements", "Saved.") if good else GoTo(f"/talk/agreements/{number}?check=1")
        if visit.draft:
            return Saved(errors=errors)
    elif visit.query.word("check") and _whole(held) is None:
        errors = {k: words for k, words in _NEEDED.items() if not held.get(k)}
        errors = errors or {"review_on": "Enter two dates as year, month and day; the review comes after the decision."}
    values = {"held": Entered(held), "errors": errors, "decisions": DECISIONS, "adjustments": ADJUSTMENTS,
              "number": number}  # fmt: skip
    return PageView("agreement.html.j2", values, status=422 if errors and visit.sent else 200,
                    title=f"Arrangement {number}")  # fmt: skip


def _stands(visit: Visit) -> str:
    held = _saved(visit)
    whole = [a for a in map(_whole, held) if a is not None]
    return DONE if held and all(not a.missing for a in whole) and len(whole) == len(held) else BEGUN if held else TO_DO


ALL = (
    Page("/talk/agreements", "Team agreements", "Write down what was asked for, why it was decided so, and when it is "
         "reviewed.", "talk", _list, step=True, status=_stands, saves=True),
    Page("/talk/agreements/<number>", "Arrangement", "One arrangement.", "talk", _one, listed=False, saves=True),
)  # fmt: skip
