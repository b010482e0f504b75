"""Doors of what is printed and taken away: what-if, documents with all they hold, texts that describe data."""

from __future__ import annotations

import io
import re
import tempfile
import warnings
import zipfile
import zlib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

import hybrid_toolkit as ht
from hybrid_toolkit.data.coverage import coverage_summary
from hybrid_toolkit.data.validation.validate import validate_frames
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.disclosure.release import disclosure_record
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.report.export import export
from hybrid_toolkit.study.diagnosis.data_size import size_of
from hybrid_toolkit.widgets.explorer.metric_page import distribution_svg, intervals_svg, view_html
from hybrid_toolkit.widgets.explorer.metric_view import view_metric
from hybrid_toolkit.widgets.parts.svg_png import svg_to_png
from tools.attacks.sittings import METRIC, months
from tools.attacks.tables import staff

FEW, DIGITS = 10, 6
"""Fewer people than these come out; a figure with so many digits is nobody else's."""


def what_ifs(rng: np.random.Generator) -> tuple[int, int, int]:
    """A what-if asked of an estimate that rests on few people prints what the claim withholds."""
    n, few = 300, int(rng.integers(2, FEW))
    frame = pd.DataFrame({"y": rng.normal(3, 1, n), "x": 2 * rng.random(n),
                          "team_id": [f"T{i % 30:02}" for i in range(n)]})  # fmt: skip
    kind = str(rng.choice(["few people of many rows", "few exposed", "enough"], p=[0.45, 0.45, 0.1]))
    if kind == "few people of many rows":
        frame["worker_id"] = [f"W{i % few}" for i in range(n)]
    elif kind == "few exposed":
        frame["x"] = (np.arange(n) < few).astype(float)
        frame.loc[: few - 1, "team_id"] = [f"T{i:02}" for i in range(few)]
    study = ht.Study(id="intruder", question="Does y go with x?", row_unit="rows", outcome="y", exposure="x",
                     cluster="team_id", design="cross-sectional", estimand="slope")  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = study.estimate_frame(frame)
        except HybridToolkitError:
            return 0, 1, 0
        try:
            told = result.what_if({"x": 0.1}).summary()
        except HybridToolkitError as error:
            told = str(error)
    printed = "interval" in told
    return int(printed and kind != "enough"), int(kind != "enough"), int(printed)


def inside(content: bytes) -> str:
    """Everything in a file as text: parts of an archive, hidden sheets, properties, texts of a picture."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(f"{n}\n{inside(archive.read(n))}" for n in archive.namelist())
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        found, at = [], 8
        while at < len(content):
            size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
            chunk = content[at + 8 : at + 8 + size]
            if kind in (b"tEXt", b"iTXt"):
                found.append(chunk.decode("latin-1"))
            elif kind == b"zTXt":
                found.append(zlib.decompress(chunk.split(b"\0", 1)[1][1:]).decode("latin-1"))
            at += size + 12
        return "\n".join(found)
    return content.decode("utf-8", errors="replace")


def documents(rng: np.random.Generator) -> tuple[int, int, int]:
    """The exact means of groups, hidden or shown, in any part of the files, pictures, pages and states of a view."""
    data = months(rng)
    by = str(rng.choice(["role", "sex", "age_band", "ethnicity"]))
    measured = ht.measure(data, METRIC, by=by)
    figures = measured[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float).ravel()
    exact = {f"{v:.{DIGITS}f}"[1:] for v in figures if 0 < v < 1 and len(f"{v:.9f}".rstrip("0")) > DIGITS}
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        try:
            view = view_metric(data, metric=METRIC, group=by)
        except HybridToolkitError:
            return 0, 1, 0
        svgs = [intervals_svg(view), distribution_svg(view)]
        texts = [view_html(view), view.text, repr(view), repr(view.state), *svgs]
        texts += [inside(svg_to_png(svg)) for svg in svgs if svg]
        texts.append(inside(export(view, Path(folder) / "a.zip", on=date(2026, 1, 5)).read_bytes()))  # holds every form
        records = [view.estimates, view.said, *([view.distribution] if view.distribution is not None else [])]
        texts.append(disclosure_record(records).to_csv())
    ungated = pd.DataFrame(measured).to_csv()
    return (
        sum(any(secret in text for text in texts) for secret in exact),
        sum(secret in ungated for secret in exact),
        len(re.findall(r"\d", view.text)),
    )


def texts_of_data(rng: np.random.Generator) -> tuple[int, int, int]:
    """Keys, odd codes and odd numbers of single people in what describes data: problems, coverage, cards, errors."""
    data = staff(rng)
    frame = data.table("worker").head(60).copy()
    odd = int(rng.integers(0, len(frame)))
    secrets = {"key": f"Q{rng.integers(10**5, 10**6)}Z", "code": f"zq{rng.integers(10**4, 10**5)}",
               "number": f"{rng.integers(10**5, 10**6)}.{rng.integers(10, 99)}"}  # fmt: skip
    frame.loc[odd, "worker_id"] = secrets["key"]
    frame = frame.assign(fte=frame["fte"].astype(str), start_date="2020-01-06")
    frame.loc[odd, "fte"] = secrets["number"]
    frame.loc[odd, "sex"] = secrets["code"]
    frame.loc[odd, "start_date"] = secrets["code"]
    if rng.random() < 0.5:
        frame.loc[(odd + 1) % len(frame), "worker_id"] = secrets["key"]
    told = []
    report = validate_frames({"worker": frame})
    told += [str(report), report.summary(), *(f"{p} {p.text} {p.fix}" for p in report.problems)]
    with tempfile.TemporaryDirectory() as folder:
        frame.to_csv(Path(folder) / "worker.csv", index=False)
        try:
            told.append(repr(ht.load_data(folder)))
        except HybridToolkitError as error:
            told += [str(error), repr(error)]
    worker = data.table("worker")
    own = ht.EvaluationData({"worker": worker.assign(worker_id=secrets["key"])})
    covered = own.coverage()
    told += [covered.to_csv(), coverage_summary(covered), repr(own), own._repr_html_()]
    told += [Gate().facts(pd.DataFrame({"table": list(own), "rows": [len(own.table(t)) for t in own]}), title="Tables",
                          basis="metadata", counts=["rows"]).content.to_csv()]  # fmt: skip
    ungated = frame.to_csv()
    return (
        sum(any(s in text for text in told) for s in secrets.values()),
        sum(s in ungated for s in secrets.values()),
        len(report.problems),
    )


def diagnosis_files(rng: np.random.Generator) -> tuple[int, int, int]:
    """The size of one's own data stands in a diagnosis and its trial log: a lone visit, or wave, of one person tells.

    The reader knows everybody but one, who has a date far from all others, or answered in a wave alone.
    """
    data = months(rng)
    worker, month = data.table("worker"), data.table("worker_month")
    someone = str(rng.choice(month["worker_id"].to_numpy()))
    kind = str(rng.choice(["early", "late", "lone wave"]))
    answers = pd.DataFrame({"worker_id": worker["worker_id"], "wave": 1, "month": pd.Timestamp("2025-01-01")})
    lone = answers[answers["worker_id"].eq(someone)].assign(wave=int(rng.integers(4, 9)))
    far = pd.Timestamp("2021-03-01") if kind == "early" else pd.Timestamp("2029-03-01")
    moved = month[month["worker_id"].eq(someone)].head(1).assign(month=far)
    known = {"worker": worker, "worker_month": month, "survey": answers}
    true = {
        **known,
        "worker_month": month if kind == "lone wave" else pd.concat([month, moved], ignore_index=True),
        "survey": pd.concat([answers, lone], ignore_index=True) if kind == "lone wave" else answers,
    }
    sizes = [size_of(ht.EvaluationData(tables)) for tables in (known, true)]
    ungated = [(t["worker_month"]["month"].min(), t["worker_month"]["month"].max(), t["survey"]["wave"].nunique())
               for t in (known, true)]  # fmt: skip
    return int(sizes[0] != sizes[1]), int(ungated[0] != ungated[1]), 4
