"""Write docs/realism.md: what is generated beside what is published: ``python -m tools.realism``."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import REMOTE_MODES
from hybrid_toolkit.metrics.constructs.wellbeing import survey_scores
from hybrid_toolkit.metrics.constructs.work_pattern import office_weekdays
from hybrid_toolkit.synth.data_card import parameter_lines, sources_counted
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.school_holidays import in_school_holidays
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.tables.panel import simulate_panel
from hybrid_toolkit.synth.truth import Truth
from hybrid_toolkit.synth.working_days import is_working_day, weekday

PAGE = Path(__file__).resolve().parents[1] / "docs" / "realism.md"
CSWW = "Children's social work workforce 2017 to 2025, authorities (computed)"
RATES = ("turnover", "agency", "vacancy", "caseload", "absence")
OFFICES = (
    "share of the week, computed from how full offices in the UK were in 2022 (Remit Consulting, 15 July; Advanced "
    "Workplace Associates, 43 offices)"
)
SURVEY = "UK social workers of all services, winter 2022 to 2023 (reported by Community Care 2023)"
NOT_AT_HOME = f"{SURVEY}: never at home, of all work; none of children's services was found"
ONLY_AT_HOME = f"{SURVEY}: only at home, of all work; none of children's services was found"
INTRO = """# Realism

What simulated authorities look like beside published figures: 450 simulated authorities of the national panel, and one
simulated authority of 100 teams. A figure that is not published is assumed, and the source says so. The page is written
by `python -m tools.realism`.

"""


def rates(year: pd.DataFrame) -> pd.DataFrame:
    """Yearly rates from the totals of the workforce return."""
    post = year["inpost_fte"]
    return pd.DataFrame(
        {
            "la": year["la_id"],
            "year": year["year"],
            "turnover": 100 * year["leavers_fte"] / post,
            "agency": 100 * year["agency_fte"] / (year["agency_fte"] + post),
            "vacancy": 100 * year["vacancy_fte"] / (year["vacancy_fte"] + post),
            "caseload": year["cases"] / year["case_holders_fte"],
            "absence": 100 * year["working_days_lost_fte"] / (253 * post),
        }
    )


def panel_rows() -> list[tuple[str, str, str, str]]:
    """Rows about authorities over years."""
    panel = rates(simulate_panel(scenario("helpful-hump"), 5, n_la=450)["la_year"])
    wide = {name: panel.pivot(index="la", columns="year", values=name).to_numpy() for name in RATES}

    def after(first: str, second: str) -> float:
        return float(np.corrcoef(wide[first][:, :-1].ravel(), wide[second][:, 1:].ravel())[0, 1])

    published = {"turnover": 0.34, "agency": 0.83, "vacancy": 0.78, "caseload": 0.68, "absence": 0.48}
    rows = [
        (f"{n.capitalize()}: one year with the next", f"{v:.2f}", f"{after(n, n):.2f}", CSWW)
        for n, v in published.items()
    ]
    both = panel[list(RATES)].corr()
    rows.append(("Agency share with vacancy", "0.84", f"{both.loc['agency', 'vacancy']:.2f}", CSWW))
    rows.append(("Turnover with agency share", "0.37", f"{both.loc['turnover', 'agency']:.2f}", CSWW))
    rows.append(("Turnover with next year's agency share", "0.34", f"{after('turnover', 'agency'):.2f}", CSWW))
    rows.append(("Turnover with caseload", "0.03", f"{both.loc['turnover', 'caseload']:.2f}", CSWW))
    skews = {"turnover": 0.97, "agency": 0.67, "vacancy": 0.77, "caseload": 0.56, "absence": 1.07}
    rows += [(f"Skew of {n}", f"{v:.2f}", f"{panel[n].skew():.2f}", CSWW) for n, v in skews.items()]
    return rows


def authority_rows(data: EvaluationData) -> list[tuple[str, str, str, str]]:
    """Rows about one authority."""
    scores = survey_scores(data, ["swemwbs", "hse_msit"])
    contact, month = data["contact"], data["worker_month"]
    held = contact.dropna(subset=["held_date"])
    statutory = held[held["purpose"].str.startswith("statutory")]
    share = month["h_home"] / (month["h_home"] + month["h_office"])
    own = share.groupby(month["worker_id"]).mean()
    remote = statutory["mode"].isin(REMOTE_MODES).mean()
    workers = "UK social workers 2020 to 2021, four surveys of 19.3 to 21.1 (McFadden and others)"
    rows = [("Mental wellbeing (7 to 35), mean", "19.3 to 21.1", f"{scores['swemwbs'].mean():.1f}", workers)]
    for name in ("demands", "control", "manager_support", "peer_support", "relationships", "role", "change"):
        value = f"{scores[f'hse_{name}'].mean():.2f}"
        rows.append((f"Health and Safety Executive scale, {name.replace('_', ' ')}", "", value, "assumed profile"))
    weekend = held["held_date"].dt.day_of_week.ge(5).mean()
    rows += [
        ("Contacts on Saturday or Sunday", "", f"{weekend:.1%}", "assumed: rare"),
        ("Statutory visits held remotely", "", f"{remote:.1%}", "assumed: guidance asks for visits in person"),
        ("Workers with under 5% of desk time at home", "20.5%", f"{own.lt(0.05).mean():.1%}", NOT_AT_HOME),
        ("Workers with over 95% of desk time at home", "8.6%", f"{own.gt(0.95).mean():.1%}", ONLY_AT_HOME),
    ]
    return [*rows, *week_rows(data), *holiday_rows(data)]


def week_rows(data: EvaluationData) -> list[tuple[str, str, str, str]]:
    """Rows about the days of the week."""
    day, held = data["attendance_day"], data["contact"]["held_date"].dropna()
    office = day[day["site_id"].ne("home")]["date"].dt.day_of_week.value_counts(normalize=True)
    contact = held.dt.day_of_week.value_counts(normalize=True)
    months = office_weekdays(data)
    anchored = months.groupby("team_id")["anchor"].mean()
    return [
        ("Office half-days on a Monday", "13% to 20%", f"{office[0]:.1%}", OFFICES),
        ("Office half-days on a Friday", "9% to 13%", f"{office[4]:.1%}", OFFICES),
        ("Office half-days on a team's most usual weekday, all teams", "", f"{anchored.mean():.1%}", "assumed"),
        ("The same in the tenth of teams with the most", "", f"{anchored.quantile(0.9):.1%}", "assumed: an anchor day"),
        ("Contacts on a Monday", "", f"{contact[0]:.1%}", "assumed"),
        ("Contacts on a Friday", "", f"{contact[4]:.1%}", "assumed"),
        (
            "Referrals on Saturday or Sunday",
            "",
            f"{data['child_event']['referral_date'].dt.day_of_week.ge(5).mean():.1%}",
            "assumed: the emergency duty team",
        ),
    ]


def holiday_rows(data: EvaluationData) -> list[tuple[str, str, str, str]]:
    """Rows about public and school holidays."""
    held = data["contact"]["held_date"].dropna().to_numpy("datetime64[D]")
    seen = data["attendance_day"]["date"].to_numpy("datetime64[D]")
    first, last = held.min(), held.max()
    days = np.arange(first, last + np.timedelta64(1, "D"))
    days = days[is_working_day(days)]
    school = in_school_holidays(days)
    of_day = pd.Series(held).value_counts().reindex(days, fill_value=0).to_numpy()
    there = pd.Series(seen).value_counts()
    leave = in_school_holidays(there.index.to_numpy("datetime64[D]"))
    shut = [int((~is_working_day(v) & (weekday(v) < 5)).sum()) for v in (held, seen)]
    rules = "Banking and Financial Dealings Act 1971"
    year = "190 days with pupils and 5 without (School Day and School Year Regulations 1999); dates assumed"
    return [
        ("Contacts on a public holiday", "", str(shut[0]), rules),
        ("Half-days of attendance on a public holiday", "", str(shut[1]), rules),
        ("Working days of a year in school term", "195", str(int((~school).sum())), year),
        (
            "Contacts of a working day, school holidays over term",
            "",
            f"{of_day[school].mean() / of_day[~school].mean():.2f}",
            "assumed: within a month",
        ),
        (
            "Half-days of attendance of a day, school holidays over term",
            "",
            f"{there[leave].mean() / there[~leave].mean():.2f}",
            "assumed: offices empty in the school holidays (Remit Consulting 2022)",
        ),
    ]


def parameters() -> str:
    """The section on where the parameters come from."""
    lines = ["", "## Where the parameters come from", "", sources_counted(), "", *parameter_lines(Truth())]
    return "\n".join(lines) + "\n"


def page() -> str:
    """The page."""
    size = Size("realism", 1, 100, 8.5, 12, 3)
    data = simulate_authority("helpful-hump", size, 7)
    rows = [*panel_rows(), *authority_rows(data)]
    table = ["| Figure | Published | Generated | Source |", "|---|---|---|---|"]
    table += [f"| {' | '.join(cells)} |" for cells in rows]
    return INTRO + "\n".join(table) + "\n" + parameters()


if __name__ == "__main__":
    text = page()
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == text else 1)
    PAGE.write_text(text, encoding="utf-8")
