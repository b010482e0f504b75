"""From what each source is to the parts of a mapping: how they link, and how those of one table come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hybrid_toolkit.data.known.codes import is_outsider
from hybrid_toolkit.data.known.readable_codes import reads
from hybrid_toolkit.data.matching.case_holders import keep_case_holders
from hybrid_toolkit.data.matching.links import HALF_MET, Link, links_of, meets
from hybrid_toolkit.data.matching.parts import ProposedPart, make_part
from hybrid_toolkit.data.matching.profile import MOSTLY, PERIOD, Profile
from hybrid_toolkit.data.matching.remote_shares import read_shares
from hybrid_toolkit.data.matching.tables import Choice
from hybrid_toolkit.data.privacy.identifiers import PERSON_KEY_COLUMNS, looks_like_names
from hybrid_toolkit.data.privacy.pseudonym import loose_key
from hybrid_toolkit.data.reshape.attendance import is_home
from hybrid_toolkit.data.reshape.months import year_said
from hybrid_toolkit.data.tables.contracts import TABLES


def plan_parts(choices: Sequence[Choice]) -> list[ProposedPart]:
    """The parts of a mapping, in the order of the contracts' tables."""
    last = _last_day(choices)
    parts = [make_part(choice, last) for choice in choices if choice.table]
    for part in parts:
        keep_case_holders(part)
        read_shares(part)
    for part, link in links_of(parts):
        _link(part, link)
    for part in parts:
        _hash_names(part)
    _households(parts)
    _families(parts)
    _loose(parts)
    _teams(parts)
    parts += _teams_of_staff(parts)
    parts += _hours_of_attendance(parts)
    parts += _caseloads(parts)
    ordered = [p for t in TABLES for p in _together([p for p in parts if p.table == t])]
    for part in ordered:
        if part.source.period and PERIOD in {*part.columns.values(), *part.steps_read()}:
            month, year = part.source.period
            part.steps = {"month_of": {"month": month, "year": year, "into": PERIOD}} | part.steps
            column = next((c for c, h in part.columns.items() if h == PERIOD), "")
            if column and _counted_from_april(part.source.raw.frame[[month, year]]):
                part.how[column] = (part.how[column][0], False)
        part.lacking = [c for c in TABLES[part.table].required if c not in part.columns and not _made(part, c)]
    return ordered


def _counted_from_april(frame: pd.DataFrame) -> bool:
    """Whether bare numbers stand for months of financial years, so that 1 may be April as well as January."""
    month, year = (frame[c].dropna() for c in frame)
    said = [y for text in year.unique() if (y := year_said(str(text)))]
    return bool(month.str.fullmatch(r"\d{1,2}(?:\.0)?").all()) and any(financial for _, financial in said)


def _made(part: ProposedPart, column: str) -> bool:
    """Whether a step makes a column."""
    given = {
        part.steps.get("number"),
        "slot" if "halves" in part.steps else None,
        *_keys(part, "constants"),
        *_keys(part, "flags"),
    }
    if "long" in part.steps:
        given |= {"instrument", "item", "value", *(("wave", "month") if "waves" in part.steps else ())}
    if "spells" in part.steps or "open" in part.steps:
        given |= {"month", "sick_days"}
    if "attended" in part.steps:
        given |= {"month", "h_home", "h_office"}
    if "day_columns" in part.steps:
        given |= {"date", "slot", "site_id"}
    grid = part.steps.get("grid")
    return column in given or (isinstance(grid, dict) and column in (grid["name"], grid["value"]))


def _keys(part: ProposedPart, key: str) -> set[str]:
    return set(_table(part, key))


def _last_day(choices: Sequence[Choice]) -> str:
    """The last day that anything was held or recorded, which is when the extract ends."""
    wanted = ("held_date", "recorded_date", "date", "month", "start_date")
    days = [
        day
        for c in choices
        for m in c.matches
        if m.column in wanted and (day := c.source.columns[m.header].last_day) is not None
    ]
    good = [d for d in days if pd.Timestamp("2000-01-01") < d < pd.Timestamp("2090-01-01")]
    return max(good).strftime("%Y-%m-%d") if good else ""


def _link(part: ProposedPart, link: Link) -> None:
    part.columns = {link.column: link.header} | {c: h for c, h in part.columns.items() if c != link.column}
    part.how[link.column] = ("keys", False)
    part.step("lookup", link.column, {"source": link.source.ref, "from": link.come, "to": link.to})


def _households(parts: Sequence[ProposedPart]) -> None:
    """The family's key of a list that has a child's key beside it: the one that the children have too."""
    for child in (p for p in parts if p.table == "child" and "family_id" in p.columns):
        for part in (p for p in parts if p.table == "family" and p.source is child.source and "family_id" in p.columns):
            if child.columns["family_id"] not in (child.columns.get("child_id"), part.columns["family_id"]):
                part.columns["family_id"] = child.columns["family_id"]
                part.how["family_id"] = child.how["family_id"]


def _families(parts: Sequence[ProposedPart]) -> None:
    """The family of a child for what is noted by child alone, through a list that has both.

    A child who is in no list, or in two families, stays a family of its own.
    """
    lists = [p for p in parts if p.table == "child" and {"child_id", "family_id"} <= set(p.columns)]
    for part in parts:
        child = part.columns.get("child_id")
        if child is None or part.columns.get("family_id") != child:
            continue
        for one in lists:
            come, to = one.columns["child_id"], one.columns["family_id"]
            pairs = one.source.raw.frame[[come, to]].dropna().drop_duplicates()
            if (
                come != to
                and pairs[come].is_unique
                and meets(_column(part, "child_id"), _column(one, "child_id")) >= HALF_MET
            ):
                given = {"source": one.source.ref, "from": come, "to": to, "rest": "keep"}
                part.step("lookup", "family_id", given)
                part.how["family_id"] = ("keys", False)
                break


def _hash_names(part: ProposedPart) -> None:
    """Keys that are names of people are never taken as they are."""
    for column in PERSON_KEY_COLUMNS:
        own = column in part.columns and column not in part.looked_up()
        if own and looks_like_names(part.source.columns[part.columns[column]].values):
            part.steps.setdefault("pseudonymise", []).append(column)
            part.how[column] = (part.how[column][0], False)


def _loose(parts: Sequence[ProposedPart]) -> None:
    """Keys that meet only without regard to case and leading zeros: many of them, or any where none merge."""
    for column in ("worker_id", "family_id", "child_id"):
        held = [(p, p.source.columns[p.columns[column]]) for p in parts if column in p.columns]
        exact = [frozenset(map(str, seen.counts.index)) for _, seen in held]
        apart = all(len({loose_key(v) for v in x}) == len(x) for x in exact)  # within a file no two become one
        odd = any(
            len(a.keys & b.keys) > (len(x & y) if apart else 1.2 * len(x & y) + 1)
            for i, ((_, a), x) in enumerate(zip(held, exact, strict=True))
            for (_, b), y in zip(held[:i], exact[:i], strict=True)
        )
        if odd:
            for part, _ in held:
                loose = part.steps.setdefault("loose", [])
                assert isinstance(loose, list)
                loose.append(column)


def _teams(parts: Sequence[ProposedPart]) -> None:
    """Names of teams translated to their keys through the list of teams."""
    lists = [p for p in parts if p.table == "team" and "team_id" in p.columns]
    for part in parts:
        if part.table == "team" or "team_id" not in part.columns or not lists:
            continue
        seen = part.source.columns[part.columns["team_id"]]
        for team in lists:
            if meets(seen, team.source.columns[team.columns["team_id"]]) >= HALF_MET:
                break
            names = {h: meets(seen, p) for h, p in team.source.columns.items()}
            best = max(names, key=lambda h: names[h])
            if names[best] >= HALF_MET:
                given = {"source": team.source.ref, "from": best, "to": team.columns["team_id"]}
                part.step("lookup", "team_id", given)
                break


def _teams_of_staff(parts: Sequence[ProposedPart]) -> list[ProposedPart]:
    """The teams that a staff list names, where there is no list of teams and their names say the service."""
    staff = [p for p in parts if p.table == "worker" and "team_id" in p.columns and "team_id" not in p.looked_up()]
    if not staff or any(p.table == "team" for p in parts):
        return []
    first, header = staff[0], staff[0].columns["team_id"]
    seen = first.source.columns[header]
    others = [_column(p, "team_id") for p in parts if p is not first and "team_id" in p.columns]
    if seen.share(lambda v: reads(TABLES["team"]["service"], v)) < MOSTLY or any(meets(o, seen) < 1 for o in others):
        return []
    made = ProposedPart("team", first.source, {"team_id": header, "service": header})
    made.how |= {"team_id": first.how["team_id"], "service": ("values", False)}
    made.steps |= {"skip_empty": ["team_id"], "distinct": True, "unread": ["service"]}
    return [made]


def _hours_of_attendance(parts: Sequence[ProposedPart]) -> list[ProposedPart]:
    """Hours at home and at the office, counted from half-days that say home too, where no source has hours.

    Bookings of desks alone are no such record: a day without one may be leave, court or a visit.
    """
    if any(p.table == "worker_month" and {"h_home", "h_office"} & set(p.how) for p in parts):
        return []
    made = []
    for part in (p for p in parts if p.table == "attendance_day" and "worker_id" in p.columns):
        made_here = {c: c for c in ("date", "site_id", "slot")} if "day_columns" in part.steps else {}
        columns = part.columns | made_here
        if not {"date", "site_id"} <= set(columns):
            continue
        home = _home_of_rota(part) if made_here else _column(part, "site_id").share(is_home)
        if not _LEAST_HOME <= home <= 1 - _LEAST_HOME:
            continue
        one = ProposedPart("worker_month", part.source, {"worker_id": part.columns["worker_id"]})
        named = {"date": "date", "at": "site_id", "by": "worker_id", "slot": "slot"}
        one.steps |= {k: part.steps[k] for k in ("day_columns", "places", "pseudonymise") if k in part.steps}
        one.steps["attended"] = {k: columns[c] for k, c in named.items() if c in columns}
        one.steps |= {k: part.steps[k] for k in ("keep", "each", "loose", "lookup") if k in part.steps}
        one.steps["skip_empty"] = ["worker_id"]
        one.how |= {
            "worker_id": part.how["worker_id"],
            **dict.fromkeys(("month", "h_home", "h_office"), ("step", True)),
        }
        made.append(one)
    return made if made and "day_columns" in made[0].steps else made[:1]


def _home_of_rota(part: ProposedPart) -> float:
    """Share of home among the cells of a rota that are at home or at the office."""
    cells = part.source.raw.frame[list(part.steps["day_columns"]["columns"])].to_numpy().ravel()
    given = [part.steps["places"].get(c, "") for c in cells if isinstance(c, str)]
    places = [p for g in given for p in (g if isinstance(g, list) else [g] * 2) if p != ""]  # None: a code to ask about
    return places.count("home") / len(places) if places else 0.0


_LEAST_HOME = 0.02
"""A log of half-days in which home stands in fewer, or in nearly all, records no mix of the two."""


def _together(parts: list[ProposedPart]) -> list[ProposedPart]:
    """Parts of one table: those with the table's own columns first, the others joined where their keys meet."""
    if len(parts) < 2:
        return parts
    key = TABLES[parts[0].table].key
    parts.sort(key=lambda p: ("open" in p.steps, "spells" in p.steps, -len(p.columns)))
    first = parts[0]
    for part in parts[1:]:
        if "open" in part.steps:
            continue
        fresh = set(part.how) - set(first.how) - set(key)
        spells = "spells" in part.steps and "spells" not in first.steps
        apart = part.table == "worker_month" and not set(_made_of(part)) & set(_made_of(first))
        same = key[0] in part.columns and key[0] in first.columns
        near = same and meets(_column(part, key[0]), _column(first, key[0])) >= HALF_MET
        if spells or apart or (near and fresh and len(key) == 1):
            part.steps["joined"] = True
        if spells:
            part.steps["fill"] = {"sick_days": "0"}
    return parts


def _made_of(part: ProposedPart) -> list[str]:
    """Measures that a part of a worker's months brings."""
    return [c for c in part.how if c not in ("worker_id", "month")]


def _caseloads(parts: Sequence[ProposedPart]) -> list[ProposedPart]:
    """Cases on the last day of each month, counted from the allocations where no source says them."""
    months = [p for p in parts if p.table == "worker_month" and ("month" in p.columns or "attended" in p.steps)]
    spells = [p for p in parts if p.table == "allocation_spell" and {"end_date", "child_id"} <= set(p.columns)]
    if not months or not spells or any("cases" in p.how for p in parts):
        return []
    spell = spells[0]
    made = ProposedPart("worker_month", spell.source, {"worker_id": spell.columns["worker_id"]})
    names = {k: spell.columns[c] for k, c in (("start", "start_date"), ("end", "end_date"), ("by", "worker_id"))}
    made.steps["open"] = names | {"count": spell.columns["child_id"], "into": "cases"}
    made.steps |= {k: spell.steps[k] for k in ("keep", "loose") if k in spell.steps}
    made.steps |= {"joined": True, "fill": {"cases": "0"}}
    made.how |= {"worker_id": ("step", True), "month": ("step", True), "cases": ("step", True)}
    return [made]


def _table(part: ProposedPart, key: str) -> dict[str, Any]:
    inside = part.steps.get(key)
    return inside if isinstance(inside, dict) else {}


def _column(part: ProposedPart, column: str) -> Profile:
    return part.source.columns[part.columns[column]]


def unread(part: ProposedPart) -> dict[str, list[tuple[str, int]]]:
    """Contract column -> (code in the source, rows) of codes that are in no list."""
    contract = TABLES[part.table]
    done: Mapping[str, object] = part.steps.get("codes", {})
    found = {}
    asked = [c for c in part.columns if c in contract.names and c not in part.steps.get("unread", ())]
    for column in asked:
        header = part.columns[column]
        if contract[column].kind in ("code", "bool") and column not in done:
            aside = _table(part, "each").get(header, {})
            only, kept = column in _table(part, "only"), _table(part, "keep").get(header)
            odd = [
                (str(v), int(n))
                for v, n in part.source.columns[header].counts.items()
                if not reads(contract[column], str(v))
                and v not in aside
                and not (only and is_outsider(str(v)))
                and (kept is None or v in kept)
            ]
            if odd:
                found[column] = odd
    return found
