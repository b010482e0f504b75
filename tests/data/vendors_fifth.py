"""Two vendors: a data feed with words cut short, and a case system beside forms and a desk app.

The matches were written down before the toolkit saw the folders. No name in them is a person's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

N, K, C = 60, 400, 150
"""Staff, visits and children."""
BES = frozenset(
    {
        ("contact", "family_id"),
        ("contact", "child_id"),
        ("family", "family_id"),
        ("child", "child_id"),
        ("team", "team_id"),
        ("team", "service"),
        ("worker", "asye"),
        ("worker_month", "cases"),
    }
)
"""Matches that the toolkit may add to those of a person: what follows from another."""


@dataclass
class Made:
    """The matches of a person: file -> (table, column) -> header; and those that may stand besides."""

    right: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    besides: frozenset[tuple[str, str]] = frozenset()


Column = tuple[str, str, Iterable[object]]


class W:
    """Draws of one authority."""

    def __init__(self, seed: int, key: str = "{:05d}", first_child: int = 300000) -> None:
        self.r = np.random.default_rng(seed)
        self.staff = [key.format(i) for i in self.r.choice(np.arange(10000, 99999), N, replace=False)]
        self.child = first_child + self.r.choice(9000, C, replace=False)
        self.home = 50000 + self.r.choice(900, C)
        services = ("Assessment", "Safeguarding", "Children in Care", "Leaving Care")
        self.teams = [f"{a} {b}" for a in services for b in ("North", "South")]

    def o(self, n: int, *texts: str, p: list[float] | None = None) -> np.ndarray:
        """One of some texts a row."""
        return self.r.choice(np.array(texts, dtype=object), n, p=p)

    def d(self, n: int, start: str = "2022-04-01", span: int = 1000) -> pd.DatetimeIndex:
        """A day a row."""
        return pd.DatetimeIndex(pd.Timestamp(start) + pd.to_timedelta(self.r.integers(0, span, n), unit="D"))

    def some(self, values: Iterable[object], share: float = 0.3, empty: str = "") -> np.ndarray:
        """Some of the values, the others empty."""
        given = np.array(list(values), dtype=object)
        return np.where(self.r.random(len(given)) < share, given, empty)

    def st(self, n: int) -> np.ndarray:
        """A worker a row."""
        return self.r.choice(np.array(self.staff, dtype=object), n)

    def ch(self, n: int) -> np.ndarray:
        """A child a row."""
        return self.r.choice(self.child, n)


def _both(
    begun: tuple[str, str], ended: tuple[str, str], days: tuple[Iterable[object], Iterable[object]]
) -> list[Column]:
    return [(*begun, days[0]), (*ended, days[1])]


def put(made: Made, name: str, table: str, columns: list[Column]) -> pd.DataFrame:
    """A file with (header, its column or nothing, values), whose right matches are noted."""
    made.right[name] = {(table, c): h for h, c, _ in columns if c}
    return pd.DataFrame({h: v if isinstance(v, str) else list(v) for h, _, v in columns})


def uk(days: pd.DatetimeIndex) -> pd.Index:
    """Days as they are written here."""
    return days.strftime("%d/%m/%Y")


def iso(days: pd.DatetimeIndex) -> pd.Index:
    """Days as a program writes them."""
    return days.strftime("%Y-%m-%d")


def spell(
    w: W, n: int, share: float, form: str, start: str = "2022-04-01", span: int = 700, empty: str = ""
) -> tuple[pd.Index, np.ndarray]:
    """Beginnings and, for a share, later ends."""
    begun = w.d(n, start, span)
    ended = begun + pd.to_timedelta(w.r.integers(20, 300, n), unit="D")
    return begun.strftime(form), w.some(ended.strftime(form), share, empty)


def cut_short(folder: Path) -> Made:
    """A data feed: words cut short, upper case, bars between columns, days as eight digits."""
    w, m = W(73, "{:07d}", 710000), Made(besides=BES)
    n = N
    put(
        m,
        "STF_MSTR.txt",
        "worker",
        [
            ("STF_REF", "worker_id", w.staff),
            ("STF_SURN", "", "a name"),
            ("POSN_TTL", "role", w.o(n, "Social Worker", "Snr Social Worker", "Team Mgr")),
            ("COST_CTR_DESC", "team_id", [w.teams[i % 8] for i in range(n)]),
            ("WTE_ACT", "fte", w.r.choice([1.0, 0.8, 0.6], n)),
            ("CNTRCT_TYP", "agency", w.o(n, "P", "A")),
            ("JOIN_DT", "start_date", w.d(n, "2013-01-01", 3500).strftime("%Y%m%d")),
            ("EXIT_DT", "leave_date", w.some(w.d(n, "2024-01-01", 300).strftime("%Y%m%d"), 0.3, "99991231")),
            ("EXIT_RSN", "leave_reason", w.o(n, "Resigned", "Retired", "")),
            ("GNDR", "sex", w.o(n, "F", "M")),
            ("ETHN_CD", "ethnicity", w.o(n, "WBRI", "BAFR", "AIND")),
            ("DISB_IND", "disability", w.o(n, "Y", "N")),
            ("PROF_REG_DT", "reg_date", w.d(n, "2006-01-01", 5000).strftime("%Y%m%d")),
        ],
    ).to_csv(folder / "STF_MSTR.txt", sep="|", index=False)
    put(
        m,
        "CONT_EVT.txt",
        "contact",
        [
            ("EVT_REF", "contact_id", range(1, K + 1)),
            ("PERS_REF", "child_id", w.ch(K)),
            ("STF_REF", "worker_id", w.st(K)),
            ("EVT_DUE_DT", "due_date", w.d(K).strftime("%Y%m%d")),
            ("EVT_ACTL_DT", "held_date", w.d(K).strftime("%Y%m%d")),
            ("CONT_MTHD", "mode", w.o(K, "F2F", "VID", "TEL")),
            ("EVT_TYP_DESC", "purpose", w.o(K, "CP Visit", "CIN Visit", "CLA Visit")),
            ("EVT_OUTCM", "outcome", w.o(K, "Completed", "No Access", "Cancelled")),
            ("CHLD_SN_IND", "child_seen", w.o(K, "Y", "N")),
            ("CHLD_SN_ALN_IND", "seen_alone", w.o(K, "Y", "N")),
            ("EVT_DUR_MIN", "minutes", w.r.choice([20, 30, 45], K)),
            ("REC_CRTD_DT", "recorded_date", w.d(K).strftime("%Y%m%d")),
        ],
    ).to_csv(folder / "CONT_EVT.txt", sep="|", index=False)
    put(
        m,
        "ALLOC_HIST.txt",
        "allocation_spell",
        [
            ("PERS_REF", "child_id", w.ch(250)),
            ("STF_REF", "worker_id", w.st(250)),
            *_both(
                ("ALLOC_STRT_DT", "start_date"),
                ("ALLOC_CLS_DT", "end_date"),
                spell(w, 250, 0.6, "%Y%m%d", empty="99991231"),
            ),
            ("ALLOC_RL", "role", w.o(250, "Case holder", "Personal Adviser")),
            ("ALLOC_CLS_RSN", "end_reason", w.o(250, "Left", "Reorganisation", "")),
        ],
    ).to_csv(folder / "ALLOC_HIST.txt", sep="|", index=False)
    put(
        m,
        "REFL_ASSMT.txt",
        "child_event",
        [
            ("PERS_REF", "child_id", w.ch(180)),
            ("REFL_RECD_DT", "referral_date", w.d(180).strftime("%Y%m%d")),
            ("ASMT_STRT_DT", "assessment_start_date", w.d(180).strftime("%Y%m%d")),
            ("ASMT_AUTH_DT", "assessment_end_date", w.d(180).strftime("%Y%m%d")),
            ("S47_STRT_DT", "s47_date", w.some(w.d(180).strftime("%Y%m%d"))),
            ("ICPC_ACTL_DT", "icpc_date", w.some(w.d(180).strftime("%Y%m%d"))),
            ("PREV_REFL_12M_IND", "rereferral", w.o(180, "Y", "N")),
            ("CASE_CLS_DT", "close_date", w.some(w.d(180).strftime("%Y%m%d"))),
        ],
    ).to_csv(folder / "REFL_ASSMT.txt", sep="|", index=False)
    put(
        m,
        "ABS_TRANS.txt",
        "worker_month",
        [
            ("STF_REF", "worker_id", w.st(200)),
            ("ABS_STRT_DT", "month", w.d(200).strftime("%Y%m%d")),
            ("ABS_END_DT", "", w.d(200).strftime("%Y%m%d")),
            ("ABS_DAYS_LST", "sick_days", w.r.integers(1, 9, 200)),
            ("ABS_RSN_DESC", "", w.o(200, "Cold", "Stress")),
        ],
    ).to_csv(folder / "ABS_TRANS.txt", sep="|", index=False)
    put(
        m,
        "PERS_DEMOG.txt",
        "child",
        [
            ("PERS_REF", "child_id", w.child),
            ("HSHLD_REF", "family_id", w.home),
            ("SEX_CD", "sex", w.o(C, "1", "2")),
            ("ETHN_CD", "ethnicity", w.o(C, "WBRI", "BCRB")),
            ("DISB_IND", "disabled", w.o(C, "Y", "N")),
            ("INTRP_REQ_IND", "interpreter", w.o(C, "Y", "N")),
        ],
    ).to_csv(folder / "PERS_DEMOG.txt", sep="|", index=False)
    put(
        m,
        "SUPVN_REC.txt",
        "supervision",
        [
            ("STF_REF", "worker_id", w.st(220)),
            ("SUPVR_REF", "", w.st(220)),
            ("SUPVN_DT", "date", w.d(220).strftime("%Y%m%d")),
            ("SUPVN_MTHD", "mode", w.o(220, "F2F", "VID")),
            ("SUPVN_DUR_MIN", "minutes", w.r.choice([45, 60, 90], 220)),
            ("RFLCTV_IND", "reflective", w.o(220, "Y", "N")),
        ],
    ).to_csv(folder / "SUPVN_REC.txt", sep="|", index=False)
    put(
        m,
        "CP_PLAN.txt",
        "plan_spell",
        [
            ("PERS_REF", "child_id", w.ch(100)),
            *_both(("PLAN_STRT_DT", "start_date"), ("PLAN_CLS_DT", "end_date"), spell(w, 100, 0.6, "%Y%m%d")),
            ("PLAN_TYP", "plan", w.o(100, "CPP", "CINP", "LAC")),
        ],
    ).to_csv(folder / "CP_PLAN.txt", sep="|", index=False)
    return m


def opaque_keys(folder: Path) -> Made:
    """A staff system, a case system whose key of a child has an opaque name, forms, a desk app."""
    w, m = W(88, "C{:06d}", 220000), Made(besides=BES)
    n = N
    put(
        m,
        "WorkerRoster.csv",
        "worker",
        [
            ("WorkerNumber", "worker_id", w.staff),
            ("LegalName", "", "a name"),
            ("BusinessTitle", "role", w.o(n, "Social Worker", "Senior Social Worker", "Team Manager")),
            ("SupervisoryOrganization", "team_id", [w.teams[i % 8] for i in range(n)]),
            ("ScheduledWeeklyHours", "fte", w.r.choice([37, 30, 22.5], n)),
            ("WorkerSubType", "agency", w.o(n, "Regular", "Agency", "Fixed Term")),
            ("OriginalHire", "start_date", iso(w.d(n, "2012-01-01", 3600))),
            ("LastDayWorked", "leave_date", w.some(iso(w.d(n, "2024-01-01", 300)))),
            ("PrimaryTerminationReason", "leave_reason", w.o(n, "Resigned", "Retired", "")),
            ("BiologicalSex", "sex", w.o(n, "Female", "Male")),
            ("RaceEthnicity", "ethnicity", w.o(n, "White British", "Black African")),
            ("DisabilityStatusDeclared", "disability", w.o(n, "Yes", "No")),
            ("ProfessionalRegistrationStart", "reg_date", iso(w.d(n, "2005-01-01", 5000))),
        ],
    ).to_csv(folder / "WorkerRoster.csv", index=False)
    put(
        m,
        "hrs_by_location.csv",
        "worker_month",
        [
            ("Emp ID", "worker_id", np.repeat(w.staff, 5)),
            ("Mth", "month", ["Apr-24", "May-24", "Jun-24", "Jul-24", "Aug-24"] * n),
            ("Remote (hrs)", "h_home", w.r.integers(20, 90, n * 5)),
            ("Office base (hrs)", "h_office", w.r.integers(20, 80, n * 5)),
            ("Home visits (hrs)", "h_visit", w.r.integers(5, 30, n * 5)),
            ("Commuting (hrs)", "h_commute", w.r.integers(2, 20, n * 5)),
            ("Unpaid extra (hrs)", "unpaid_h", w.r.integers(0, 10, n * 5)),
            ("Caseload (no.)", "cases", w.r.integers(8, 25, n * 5)),
        ],
    ).to_csv(folder / "hrs_by_location.csv", index=False)
    put(
        m,
        "CF_OBS_VISITS.csv",
        "contact",
        [
            ("ObsSeq", "contact_id", range(10001, 10001 + K)),
            ("SwisNo", "child_id", w.ch(K)),
            ("WkrNo", "worker_id", w.st(K)),
            ("DtDue", "due_date", uk(w.d(K))),
            ("DtVisited", "held_date", uk(w.d(K))),
            ("HowSeen", "mode", w.o(K, "In person", "By video", "By phone")),
            ("VisitTypeDesc", "purpose", w.o(K, "CP visit", "CIN visit", "LAC visit")),
            ("VisitResult", "outcome", w.o(K, "Successful", "No reply", "Cancelled")),
            ("ChildSeenYN", "child_seen", w.o(K, "Y", "N")),
            ("ChildSeenAloneYN", "seen_alone", w.o(K, "Y", "N")),
            ("LengthMins", "minutes", w.r.choice([20, 30, 45], K)),
            ("DtInput", "recorded_date", uk(w.d(K))),
            ("FamilyPrefers", "mode_preferred", w.o(K, "In person", "Video", "Phone", "")),
        ],
    ).to_csv(folder / "CF_OBS_VISITS.csv", sep=";", index=False)
    a, b = spell(w, 250, 0.6, "%d/%m/%Y")
    put(
        m,
        "CF_WORKER_ASSIGN.csv",
        "allocation_spell",
        [
            ("SwisNo", "child_id", w.ch(250)),
            ("WkrNo", "worker_id", w.st(250)),
            ("AssignedFrom", "start_date", a),
            ("AssignedTo", "end_date", b),
            ("AssignRole", "role", w.o(250, "Lead social worker", "Family support worker")),
            ("UnassignReason", "end_reason", w.o(250, "Worker left", "Caseload", "")),
            ("AssignTeam", "team_id", w.o(250, *w.teams)),
        ],
    ).to_csv(folder / "CF_WORKER_ASSIGN.csv", sep=";", index=False)
    a, b = spell(w, 120, 0.6, "%d/%m/%Y")
    put(
        m,
        "CF_REGISTER.csv",
        "plan_spell",
        [
            ("SwisNo", "child_id", w.ch(120)),
            ("PlanCat", "plan", w.o(120, "CP", "CIN", "LAC")),
            ("DtRegistered", "start_date", a),
            ("DtDeregistered", "end_date", b),
        ],
    ).to_csv(folder / "CF_REGISTER.csv", sep=";", index=False)
    put(
        m,
        "CF_CASE_CONF.csv",
        "conference",
        [
            ("ConfNo", "conference_id", range(5000, 5090)),
            ("SwisNo", "child_id", w.ch(90)),
            ("ConfTypeDesc", "type", w.o(90, "Initial", "Review")),
            ("DtScheduled", "due_date", uk(w.d(90))),
            ("DtHeld", "held_date", uk(w.d(90))),
            ("HowAttended", "mode", w.o(90, "In person", "Remote", "Hybrid")),
            ("ParentPresentYN", "parents_attended", w.o(90, "Y", "N")),
            ("QuorateYN", "quorate", w.o(90, "Y", "N")),
            ("AgenciesInvitedCt", "agencies_invited", w.r.integers(4, 9, 90)),
            ("AgenciesPresentCt", "agencies_attended", w.r.integers(2, 5, 90)),
        ],
    ).to_csv(folder / "CF_CASE_CONF.csv", sep=";", index=False)
    put(
        m,
        "Supervision log (Forms).xlsx",
        "supervision",
        [
            ("ID", "", range(1, 201)),
            ("Completion time", "", w.d(200)),
            ("Who was this supervision with? (staff number)", "worker_id", w.st(200)),
            ("When did it take place?", "date", w.d(200)),
            ("How did you meet?", "mode", w.o(200, "In person", "On Teams", "By phone")),
            ("How long did it last (minutes)?", "minutes", w.r.choice([45, 60, 90], 200)),
            ("Did it include reflective discussion?", "reflective", w.o(200, "Yes", "No")),
            ("Did you observe practice?", "observed", w.o(200, "Yes", "No")),
        ],
    ).to_excel(folder / "Supervision log (Forms).xlsx", index=False)
    put(
        m,
        "DeskApp_checkins.csv",
        "attendance_day",
        [
            ("CheckinId", "", range(700)),
            ("StaffNumber", "worker_id", w.st(700)),
            ("CheckinDate", "date", iso(w.d(700, "2024-04-01", 90))),
            ("HalfDay", "slot", w.o(700, "AM", "PM")),
            ("Office", "site_id", w.o(700, "Town Hall", "Hub")),
            ("CheckinStatus", "", w.o(700, "Checked in", "No show", p=[0.9, 0.1])),
        ],
    ).to_csv(folder / "DeskApp_checkins.csv", index=False)
    a, b = spell(w, 180, 0.95, "%d/%m/%Y")
    put(
        m,
        "Time off - sick.csv",
        "worker_month",
        [
            ("WorkerNumber", "worker_id", w.st(180)),
            ("FirstDayOff", "month", a),
            ("LastDayOff", "", b),
            ("DaysTaken", "sick_days", w.r.integers(1, 9, 180)),
            ("TimeOffReason", "", w.o(180, "Cold", "Stress")),
        ],
    ).to_csv(folder / "Time off - sick.csv", index=False)
    hh = sorted(set(w.home))
    h = len(hh)
    put(
        m,
        "Getting connected survey.xlsx",
        "access",
        [
            ("Household no", "family_id", hh),
            ("Date of visit", "date", w.d(h)),
            ("Does the family have a laptop or tablet?", "devices", w.o(h, "Yes", "No")),
            ("Is there broadband at home?", "home_broadband", w.o(h, "Yes", "No")),
            ("Do they have enough mobile data?", "mobile_data", w.o(h, "Yes", "No")),
            ("Can they do everyday tasks online?", "online_tasks", w.o(h, "Yes", "No")),
        ],
    ).to_excel(folder / "Getting connected survey.xlsx", index=False)
    put(
        m,
        "CF_CLIENT.csv",
        "child",
        [
            ("SwisNo", "child_id", w.child),
            ("HouseholdNo", "family_id", w.home),
            ("GenderDesc", "sex", w.o(C, "Girl", "Boy")),
            ("EthnicDesc", "ethnicity", w.o(C, "White British", "Asian Indian")),
            ("DisabledYN", "disabled", w.o(C, "Y", "N")),
            ("InterpYN", "interpreter", w.o(C, "Y", "N")),
        ],
    ).to_csv(folder / "CF_CLIENT.csv", sep=";", index=False)
    put(
        m,
        "CF_REFS.csv",
        "child_event",
        [
            ("SwisNo", "child_id", w.ch(160)),
            ("DtRefReceived", "referral_date", uk(w.d(160))),
            ("DtAssmtBegan", "assessment_start_date", uk(w.d(160))),
            ("DtAssmtAuthorised", "assessment_end_date", uk(w.d(160))),
            ("DtS47Began", "s47_date", w.some(uk(w.d(160)))),
            ("DtICPC", "icpc_date", w.some(uk(w.d(160)))),
            ("RepeatRefYN", "rereferral", w.o(160, "Y", "N")),
            ("DtCaseClosed", "close_date", w.some(uk(w.d(160)))),
        ],
    ).to_csv(folder / "CF_REFS.csv", sep=";", index=False)
    return m


VENDORS = {f.__name__: f for f in (cut_short, opaque_keys)}
