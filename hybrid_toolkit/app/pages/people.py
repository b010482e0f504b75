"""Who answers: people by role, invitations to take away, answers that come back as files."""

from __future__ import annotations

import json
from typing import Any

from hybrid_toolkit.app.assessment import Round, current_round, refuse_details
from hybrid_toolkit.app.documents import Saving, read_saving
from hybrid_toolkit.app.pages.assess import ENOUGH, _answers_stand, role_options
from hybrid_toolkit.app.registry import Page
from hybrid_toolkit.app.render import environment
from hybrid_toolkit.app.visit import Answered, GoTo, PageView, SentFile, Visit
from hybrid_toolkit.assess.checklist import scales
from hybrid_toolkit.assess.roles import ROLES
from hybrid_toolkit.errors import HybridToolkitError, UnreadableError, plural

_MOST_PEOPLE = 999
"""Numbers that people of a role are known by: three digits, as many as a form asks for."""
FIELDS = ("level", "evidence", "reference", "at")


def _people(visit: Visit) -> Answered:
    opened = current_round(visit.saved_in)
    if not visit.sent:
        return _shown(opened, {})
    what, key = visit.form.word("what"), visit.form.word("key")
    if what == "add":
        role = visit.form.word("role")
        if role not in ROLES:
            return _shown(opened, {"role": "Choose the role of the person."})
        made = f"{role}-{opened.next_number(role)}"
        visit.saved_in.change(opened.rater_name(made), lambda c: {"answers": {}, **c}, "added a person")
        return GoTo(f"/assess/answer/{made}")
    if what in ("archive", "restore"):
        archived = what == "archive"
        words = "Set aside. You can restore the answers below." if archived else "Restored."
        visit.saved_in.change(opened.rater_name(key), lambda c: {**c, "archived": archived}, what)
        return GoTo("/assess/people", words)
    if what in ("undo", "redo"):
        said = visit.saved_in.step(opened.rater_name(key), what)
        return GoTo("/assess/people", f"{said} It concerns the answers of {opened.rater(key).words}.")
    return _take_in(visit, opened)


def _shown(opened: Round, errors: dict[str, str]) -> PageView:
    listed, rows = opened.listed, []
    for r in opened.raters:
        whole = sum(r.whole(i.id) for i in listed.items)
        drafts = sum(bool(r.draft_reason(i.id)) for i in listed.items)
        rows.append({"rater": r, "whole": whole, "drafts": drafts, "stands": r.stands(listed.items),
                     "turns": opened.work.steps(opened.rater_name(r.key))})  # fmt: skip
    aside = [r for r in opened.all_raters if r.archived]
    values = {
        "rows": rows, "aside": aside, "roles": role_options(), "errors": errors, "round": opened, "enough": ENOUGH,
        "total": len(listed.items),
    }  # fmt: skip
    return PageView("people.html.j2", values, status=422 if errors else 200)


def _take_in(visit: Visit, opened: Round) -> Answered:
    """Answers that came back: each file is taken in whole or refused whole."""
    said: list[str] = []
    wrong: list[str] = []
    for file in visit.files.get("answers", ()):
        try:
            role, number, who, answers = read_answer_file(file.content, opened)
        except HybridToolkitError as error:
            wrong.append(f"File {len(said) + len(wrong) + 1}: {error.message} {error.fix}")
            continue
        key = f"{role}-{number or _number_of(opened, role, who)}"
        taken, unknown = opened.take_in(key, answers)
        opened.name_file(key, who)
        more = f" ({plural(unknown, 'belongs', 'belong')} to prompts that this round does not have)" if unknown else ""
        said.append(f"{opened.rater(key).words}: {plural(taken, 'answer')} taken in{more}.")
    if not visit.files.get("answers"):
        wrong.append("Choose the file that came back to you.")
    if wrong:
        return _shown(opened, {"answers": " ".join([*wrong, *said])})
    return GoTo("/assess/people", " ".join(said))


def _number_of(opened: Round, role: str, who: str) -> int:
    """The number of the person who sent a file before, or of a new one."""
    for r in opened.all_raters:
        if who and r.role == role and opened.work.read(opened.rater_name(r.key)).content.get("who") == who:
            return r.number
    return opened.next_number(role)


def read_answer_file(raw: bytes, opened: Round) -> tuple[str, int, str, dict[str, dict[str, str]]]:
    """What an invited person sent back.

    Parameters
    ----------
    raw : bytes
        The file.
    opened : Round
        The round that it is for.

    Returns
    -------
    tuple[str, int, str, dict[str, dict[str, str]]]
        The role, the number (0 for someone who is known by the file alone), what names their file, and the answers.

    Raises
    ------
    UnreadableError
        It is no such file, it belongs to another round, or a text holds what looks like a personal detail.
    """
    content = read_saving(raw, where="the answers").content
    role, number, held = content.get("role"), content.get("number"), content.get("answers")
    whole = role in ROLES and type(number) is int and 0 <= number <= _MOST_PEOPLE and isinstance(held, dict)
    rows = held.values() if isinstance(held, dict) else ()
    if not whole or not all(isinstance(a, dict) and all(isinstance(v, str) for v in a.values()) for a in rows):
        raise UnreadableError(
            "The file is not a file of one person's answers.", fix="Choose the file that the invitation saved.",
            code="APP-ANSWERS",
        )  # fmt: skip
    if content.get("round") != opened.id or content.get("folder") != folder_key(opened):
        raise UnreadableError(
            "The answers belong to another assessment.", fix="Open the assessment that sent the invitation.",
            code="APP-ROUND",
        )  # fmt: skip
    assert isinstance(held, dict)
    answers = {str(k): {f: str(v.get(f, "")) for f in FIELDS} for k, v in held.items()}
    odd = [a for a in answers.values() if a["level"] not in ("", *scales()["maturity"])]
    found = [refuse_details({"e": f"{a['evidence']} {a['reference']}"}) for a in answers.values()]
    if odd or any(found):
        raise UnreadableError(
            f"{plural(len(odd), 'answer has', 'answers have')} no known level, and "
            f"{plural(sum(map(bool, found)), 'looks', 'look')} as if they hold a personal detail.",
            fix="Ask the person to correct them and send the file again.", code="APP-ANSWERS",
        )  # fmt: skip
    return str(role), int(number or 0), str(content.get("who", ""))[:40], answers


def folder_key(opened: Round) -> str:
    """What names this folder of work in invitations; made when the first is asked for."""
    import secrets

    held = str(opened.setup.get("folder", ""))
    if not held:
        held = secrets.token_hex(8)
        opened.work.change(opened.setup_name, lambda c: {"folder": held, **c}, "made an invitation")
    return str(opened.setup["folder"])


def _invitation(visit: Visit) -> Answered:
    """The file for a role: a page that works in any browser, without this program, and saves the answers."""
    opened = current_round(visit.saved_in)
    role, _, number = visit.params["key"].rpartition("-")
    if role not in ROLES or not number.isdecimal():
        raise HybridToolkitError("there is no such invitation.", fix="Choose a role.", code="APP-RATER")
    about = {"role": role, "number": int(number), "round": opened.id, "folder": folder_key(opened)}
    held: dict[str, Any] = {}
    if int(number):
        held = {k: dict(v) for k, v in opened.rater(visit.params["key"]).answers.items()}
    empty = Saving({**about, "answers": held}, 1, "answered an invitation", "")
    page = environment().get_template("invitation.html.j2").render(
        listed=opened.listed, levels=scales()["maturity"], title=opened.title, role=ROLES[role], about=about,
        empty=json.dumps(json.loads(empty.text())).replace("<", "\\u003c"),
    )  # fmt: skip
    return SentFile(f"invitation-{role}-{opened.id}.html", page.encode("utf-8"), "text/html; charset=utf-8")


ALL = (
    Page("/assess/people", "People and answers", "Invite colleagues in several roles, and collect their answers.",
         "assess", _people, step=True, status=_answers_stand, saves=True),
    Page("/assess/invite/<key>", "Invitation", "A file for one person.", "assess", _invitation, listed=False,
         saves=True),
)  # fmt: skip
