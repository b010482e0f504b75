"""Codes that are known by a word in a longer text: "Cancelled - family" or "CP visit (statutory)".

A text is first looked for in the lists of spellings (``codes.csv``). Where it is in none, the patterns of its list are
tried; it is read only where all that match say the same code, so that "CP and CLA visit" stays a question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_FAMILY = r"(?:famil\w*|parents?|carers?|mother|father|client|child|young person|cyp|they)"
_WORKER = r"(?:workers?|sw|service|staff|council|practitioner|us|team)"
_CANCEL = r"(?:cancel\w*|postpon\w*|re-?arrange\w*)"
_LAC = r"(?:cla|lac|cic|looked after|in care)"
_CP = r"(?:cp|cpp|child protection)"

_RULES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "outcome": (
        (r"no (?:access|reply|answer)|not (?:in|at home|achieved)\b|abort|unable to|unsuccessful|failed|attempt|"
         r"no ?one (?:in|home)", "no_access"),
        (rf"{_CANCEL}.*\b{_FAMILY}\b|\b{_FAMILY}\b.*{_CANCEL}|\bdna\b|did not attend|not brought", "cancelled_family"),
        (rf"{_CANCEL}.*\b{_WORKER}\b|\b{_WORKER}\b.*{_CANCEL}", "cancelled_worker"),
        (r"refus|declin", "refused"),
        (r"not (?:needed|required)|no longer (?:needed|required)", "not_needed"),
        (rf"^(?!.*\b(?:not?|un\w+|never|failed|attempt\w*|abort\w*|{_CANCEL})\b).*"
         r"\b(?:completed?|held|successful|took place|seen|attended|achieved|done|met|undertaken)\b", "held"),
    ),
    "purpose": (
        (rf"\b{_CP}v?\b(?!.*\b(?:conference|review|meeting)\b)", "statutory_cp"),
        (r"\b(?:cinv?|child(?:ren)? in need)\b(?!.*\b(?:review|meeting)\b)", "statutory_cin"),
        (rf"\b(?:{_LAC}|clav|lacv|cicv)\b(?!.*\b(?:review|meeting)\b)", "statutory_cla"),
        (r"\bassess\w*|\bs47\b|\bsection 47\b", "assessment"),
        (r"\b(?:leaving care|care leavers?|pathway|personal advis[eo]r)\b", "leaving_care"),
        (r"\bprivate fostering\b", "private_fostering"),
        (r"\b(?:iro|reviewing officer)\b", "review_officer"),
        (r"\b(?:supervised (?:contact|family time)|family time)\b", "supervised_contact"),
        (r"\b(?:direct work|life story)\b", "direct_work"),
        (r"\b(?:conference|core group|reviews?|meeting|panel)\b", "meeting"),
    ),
    "agency": (
        (r"^(?!.*\b(?:non|not|no)\b[ -]?agency)(?=.*\b(?:agency|locum|off[ -]payroll|contingent|umbrella)\b)", "true"),
        (r"\b(?:non|not|no)[ -]?agency\b|\b(?:permanent|perm|substantive|fixed[ -]?term|council (?:staff|employee)|"
         r"directly employed|established|regular|secondment|seconded|apprentice|ftc)\b", "false"),
    ),
    "conference_type": (
        (r"\bicpc\b|\binitial\b.*\b(?:conference|cpc|cp)\b", "icpc"),
        (rf"\brcpc\b|\breview\b.*\b(?:conference|cpc|{_CP})\b|\b(?:conference|cpc|{_CP})\b.*\breview\b", "rcpc"),
        (rf"\b{_LAC}\b.*\breview|\breview\b.*\b{_LAC}\b", "cla_review"),
        (r"\bcore group\b", "core_group"),
        (r"\bplo\b|\bpre-?proceedings\b|\blegal (?:gateway|planning)\b", "plo"),
    ),
    "leave_reason": (
        (r"\bretire", "5"),
        (r"\bvoluntary redundan|\bredundan\w* \(?-? ?voluntary", "2"),
        (r"\bcompulsory redundan|\bredundan\w* \(?-? ?compulsory", "3"),
        (r"\bdismiss|\bprobation|\bcapability\b|\bmisconduct\b", "4"),
        (r"\bdeath\b|\bdied\b|\bdeceased\b", "6"),
        (r"\binternal\b|\bwithin (?:the )?(?:la|council|authority)\b", "7"),
        (r"\bresign|\banother (?:la|council|authority|employer|job)\b|\bother (?:la|employment)\b", "1"),
        (r"\bend of (?:contract|assignment|fixed)|\b(?:contract|assignment) (?:end|expir)", "8"),
    ),
    "end_reason": (
        (r"\b(?:left|leaver|resign\w*|retired)\b", "left"),
        (r"\b(?:absen\w*|sick\w*|matern\w*|long[ -]term sick)\b", "absence"),
        (r"\b(?:re-?structure\w*|re-?organi[sz]\w*)\b", "reorganised"),
        (r"\btransfer|\bchange of team\b|\bteam change\b", "transfer"),
        (r"\b(?:caseload|workload|capacity|re-?alloc\w*)\b", "caseload"),
        (r"\b(?:child|young person|cyp|yp)\b.*\b(?:ask|request)", "child_asked"),
        (r"\b(?:parents?|carers?|family)\b.*\b(?:ask|request)", "parent_asked"),
    ),
    "plan": (
        (rf"\b{_CP}p?\b", "cp"),
        (r"\b(?:cinp?|child(?:ren)? in need)\b", "cin"),
        (rf"\b{_LAC}\b", "cla"),
    ),
    "sex": ((r"\b(?:female|girl|woman)\b", "F"), (r"\b(?:male|boy|man)\b", "M")),
}  # fmt: skip
"""List of codes -> (pattern, the code that it says)."""


@lru_cache(maxsize=16)
def _compiled(listed: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), code) for pattern, code in _RULES.get(listed, ()))


def code_by_rule(listed: str, said: str) -> str | None:
    """The one code that the words of a text say; None where they say none, or several.

    Parameters
    ----------
    listed : str
        Name of the list of codes.
    said : str
        A text from ``plain_spelling``.

    Examples
    --------
    >>> code_by_rule("outcome", "cancelled - family"), code_by_rule("purpose", "statutory visit (cp)")
    ('cancelled_family', 'statutory_cp')
    >>> code_by_rule("purpose", "cp and lac visit") is None, code_by_rule("outcome", "cancelled") is None
    (True, True)
    """
    found = {code for pattern, code in _compiled(listed) if pattern.search(said)}
    return found.pop() if len(found) == 1 else None
