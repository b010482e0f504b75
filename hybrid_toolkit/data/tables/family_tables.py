"""Contracts of the tables about families, contacts and children."""

from __future__ import annotations

from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.data.tables.contract import ColumnContract, TableContract, date, flag, key, number

MODES = {
    "home": "Visit at the family's home",
    "office": "Meeting at an office",
    "community": "Meeting elsewhere in person",
    "video": "Video call",
    "phone": "Telephone call",
    "in_person": "In person, the place not recorded",
    "remote": "Not in person, how not recorded",
    "message": "Text, e-mail or letter",
}
REMOTE_MODES = ("video", "phone", "remote", "message")
"""Contact modes that are not in person."""
IN_PERSON_MODES = tuple(m for m in MODES if m not in REMOTE_MODES)
"""Contact modes in person."""

PURPOSES = {
    "statutory_cp": "Statutory visit under a child protection plan",
    "statutory_cin": "Visit under a child in need plan",
    "statutory_cla": "Statutory visit to a looked-after child",
    "assessment": "Assessment visit",
    "leaving_care": "Visit to a care leaver",
    "private_fostering": "Private fostering visit",
    "review_officer": "Visit of a reviewing officer",
    "direct_work": "Direct work",
    "supervised_contact": "Supervised time with family",
    "meeting": "Meeting",
    "other": "Other",
}
OUTCOMES = {
    "held": "Held",
    "no_access": "Tried, no one met",
    "cancelled_family": "Cancelled by the family",
    "cancelled_worker": "Cancelled by the service",
    "cancelled": "Cancelled, by whom is not recorded",
    "refused": "Refused",
    "not_needed": "Not needed",
}
END_REASONS = {
    "caseload": "Caseloads were managed",
    "first": "First contact or a new referral",
    "left": "The worker left",
    "reorganised": "The service was reorganised",
    "transfer": "Transferred to a specialist team",
    "absence": "The worker was absent",
    "child_asked": "The child asked for it",
    "parent_asked": "A parent or carer asked for it",
    "died": "The worker died",
    "other": "Other",
}
"""Why an allocation ended: the ten reasons of the looked-after-children return."""
CASE_ROLES = {
    "case_holder": "Holds the case",
    "co_worker": "Works beside the case holder",
    "personal_adviser": "Personal adviser",
    "family_support": "Family support",
    "iro": "Reviewing officer or conference chair",
    "other": "Other",
}
PARTICIPATION = {
    "not_due": "Under four, not asked (PN0)",
    "speaks": "There, spoke (PN1)",
    "advocate": "There, an advocate spoke (PN2)",
    "symbols": "There, views given by other means (PN3)",
    "silent": "There, gave no views (PN4)",
    "advocate_absent": "Not there, an advocate spoke (PN5)",
    "views_sent": "Not there, views sent (PN6)",
    "none": "Not there, no views (PN7)",
}
AGE_BANDS = {b: b for b in ("0", "1-4", "5-9", "10-15", "16-17", "18+")}
ETHNIC_GROUPS = {
    "white": "White",
    "mixed": "Mixed",
    "asian": "Asian",
    "black": "Black",
    "other": "Other",
    "unknown": "Not known",
}

PRACTICE_ITEMS = load_instrument("practice_skill").item_ids
"""The seven rated dimensions of a recorded meeting (metric MA1)."""

ACCESS_FLAGS = load_instrument("family_access").item_ids
"""The ten parts of a household's minimum digital living standard (metric MC1)."""

ALLIANCE_ITEMS = load_instrument("wai_sr").item_ids
"""The twelve items of a parent's working alliance with a worker (metric MA2)."""

FAMILY_TABLES = (
    TableContract(
        "practice_rating",
        "One rater's coding of one recorded meeting.",
        ("contact_id", "rater_id"),
        (
            key("contact_id", "Contact that was recorded"),
            key("rater_id", "Rater"),
            *(
                ColumnContract(i, "int", f"Rating of {i.replace('_', ' ')}", unit="1-5", low=1, high=5)
                for i in PRACTICE_ITEMS
            ),
        ),
        {"contact_id": ("contact", "contact_id")},
    ),
    TableContract(
        "alliance",
        "One parent's working-alliance answers about one worker.",
        ("family_id", "worker_id", "date"),
        (
            key("family_id", "Family"),
            key("worker_id", "Worker"),
            date("date", "Day answered", required=True, nullable=False),
            *(
                ColumnContract(name, "int", f"Working alliance item {i}", unit="1-5", low=1, high=5)
                for i, name in enumerate(ALLIANCE_ITEMS, start=1)
            ),
        ),
        {"family_id": ("family", "family_id"), "worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "family",
        "One family.",
        ("family_id",),
        (
            key("family_id", "Pseudonymous key of the family"),
            ColumnContract("la_id", "id", "Authority"),
            ColumnContract("lsoa", "id", "Small area, pseudonymous"),
            ColumnContract("n_children", "int", "Children", unit="children", low=0, high=20),
            ColumnContract(
                "need",
                "code",
                "Highest plan",
                codes={
                    "cin": "Child in need",
                    "cp": "Child protection",
                    "cla": "Looked after",
                    "leaver": "Care leaver",
                },
            ),
            ColumnContract("risk", "int", "Risk at the last assessment, 1 low to 5 high", low=1, high=5),
            flag("rural", "Lives in a rural area"),
        ),
        {"la_id": ("la", "la_id")},
    ),
    TableContract(
        "access",
        "One record of one household's digital access.",
        ("family_id", "date"),
        (
            key("family_id", "Family"),
            date("date", "Day recorded", required=True, nullable=False),
            *(flag(f, f"Household has what it needs: {f.replace('_', ' ')}") for f in ACCESS_FLAGS),
        ),
        {"family_id": ("family", "family_id")},
    ),
    TableContract(
        "contact",
        "One contact, due or held, between a worker and a child or family.",
        ("contact_id",),
        (
            key("contact_id", "Key of the contact"),
            ColumnContract("family_id", "id", "Family", required=True, nullable=False),
            ColumnContract("child_id", "id", "Child"),
            ColumnContract("worker_id", "id", "Worker"),
            date("due_date", "Day by which it was due"),
            date("held_date", "Day it was held; empty if it was not"),
            ColumnContract("mode", "code", "How it was held", codes=MODES),
            flag("mode_offered_choice", "The family was offered a choice of how to meet"),
            ColumnContract("mode_preferred", "code", "How the family wanted to meet", codes=MODES),
            flag(
                "engaged",
                "The family engaged, as the worker who held the contact saw it: a parent or child spoke to its purpose",
            ),
            number("minutes", "Length", "minutes", 0, 480),
            ColumnContract("purpose", "code", "What it was for", codes=PURPOSES),
            ColumnContract("outcome", "code", "What came of it", codes=OUTCOMES),
            flag("child_seen", "The child was seen"),
            flag("seen_alone", "The child was seen alone; empty where that does not fit, as with an infant"),
            date("recorded_date", "Day it was written down"),
        ),
        {"family_id": ("family", "family_id"), "worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "child_event",
        "One referral of one child and what followed.",
        ("child_id", "referral_date"),
        (
            key("child_id", "Pseudonymous key of the child"),
            ColumnContract("family_id", "id", "Family"),
            date("referral_date", "Referral", required=True, nullable=False),
            date("assessment_start_date", "Assessment began"),
            date("assessment_end_date", "Assessment ended"),
            date("s47_date", "Section 47 enquiry began"),
            date("icpc_date", "Initial child protection conference"),
            flag("rereferral", "Referred within 12 months of an earlier referral"),
            ColumnContract(
                "plan",
                "code",
                "Plan that followed",
                codes={"none": "None", "cin": "Child in need", "cp": "Child protection", "cla": "Looked after"},
            ),
            ColumnContract("worker_id", "id", "Worker who assessed"),
            ColumnContract("team_id", "id", "Team that assessed"),
            date("icpc_due_date", "Day by which the conference was due, as the authority counted it"),
            date("close_date", "Case closed; empty while it is open"),
        ),
        {"family_id": ("family", "family_id")},
    ),
    TableContract(
        "allocation_spell",
        "One spell in which one child was allocated to one worker.",
        ("child_id", "worker_id", "start_date"),
        (
            key("child_id", "Child"),
            key("worker_id", "Worker"),
            date("start_date", "Allocated from", required=True, nullable=False),
            date("end_date", "Allocated until; empty while it lasts"),
            ColumnContract("role", "code", "Role in the case", codes=CASE_ROLES),
            ColumnContract("team_id", "id", "Team at the time"),
            ColumnContract("end_reason", "code", "Why it ended", codes=END_REASONS),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "plan_spell",
        "One spell of one child's plan.",
        ("child_id", "plan", "start_date"),
        (
            key("child_id", "Child"),
            ColumnContract(
                "plan",
                "code",
                "Plan",
                required=True,
                nullable=False,
                codes={"cin": "Child in need", "cp": "Child protection", "cla": "Looked after"},
            ),
            date("start_date", "Plan began", required=True, nullable=False),
            date("end_date", "Plan ended; empty while it lasts"),
        ),
    ),
    TableContract(
        "conference",
        "One conference or review about one child, due or held.",
        ("conference_id",),
        (
            key("conference_id", "Key of the conference"),
            ColumnContract("child_id", "id", "Child", required=True, nullable=False),
            ColumnContract(
                "type",
                "code",
                "Kind of conference",
                codes={
                    "icpc": "Initial child protection conference",
                    "rcpc": "Review child protection conference",
                    "cla_review": "Looked-after review",
                    "core_group": "Core group",
                    "plo": "Meeting before proceedings",
                },
            ),
            date("due_date", "Day by which it was due"),
            date("held_date", "Day it was held; empty if it was not"),
            ColumnContract(
                "mode",
                "code",
                "How it was held",
                codes={"in_person": "In person", "remote": "Remote", "hybrid": "Some in person, some remote"},
            ),
            ColumnContract("child_participation", "code", "How the child took part", codes=PARTICIPATION),
            flag("parents_attended", "A parent or carer was there"),
            ColumnContract("agencies_invited", "int", "Agencies invited", unit="agencies", low=0, high=50),
            ColumnContract("agencies_attended", "int", "Agencies that came", unit="agencies", low=0, high=50),
            flag("quorate", "Enough agencies came"),
        ),
    ),
    TableContract(
        "child",
        "One child.",
        ("child_id",),
        (
            key("child_id", "Pseudonymous key of the child"),
            ColumnContract("family_id", "id", "Family"),
            ColumnContract("age_band", "code", "Age band", codes=AGE_BANDS),
            ColumnContract("sex", "code", "Sex", codes={"F": "Female", "M": "Male", "U": "Not recorded"}),
            ColumnContract("ethnicity", "code", "Ethnic group, five classes", codes=ETHNIC_GROUPS),
            flag("disabled", "Disabled"),
            flag("communication_need", "Has a communication need"),
            flag("interpreter", "Needs an interpreter"),
        ),
    ),
)
