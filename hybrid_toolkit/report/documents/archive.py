"""A report as one ZIP with everything: the page, Word, Excel, each table as CSV (twice), each figure as a picture."""

from __future__ import annotations

import io
import re
import zipfile

from hybrid_toolkit.disclosure import require_release
from hybrid_toolkit.report.documents.blocks import Figure, Report, ReportTable, short_title
from hybrid_toolkit.report.documents.excel import excel_bytes, sheet_csv
from hybrid_toolkit.report.documents.print_page import page_html
from hybrid_toolkit.report.documents.tidy_layout import tidy_layout
from hybrid_toolkit.report.documents.word import word_bytes

_OTHER = re.compile(r"[^a-z0-9]+")
_TIDY = "in the layout of the Department for Education's open data, with ids for columns"
_COLUMNS = "what the columns of that file are"
_LONGEST = 60
"""Characters of a name in the archive, so that a path stays under the 260 that Windows opens."""


def zip_bytes(report: Report) -> bytes:
    """The archive as bytes; the same report gives the same bytes.

    Parameters
    ----------
    report : Report
        With its record and its origin.

    Returns
    -------
    bytes
        A ZIP with ``report.html``, ``report.docx``, ``report.xlsx``, the folders ``tables`` and ``figures``, the same
        tables in the layout of official statistics in ``for-analysts``, and ``read-me.txt``, which lists them.

    Raises
    ------
    DisclosureError
        Something in the report is not a release, or was changed after the gate.

    Examples
    --------
    >>> with zipfile.ZipFile(io.BytesIO(zip_bytes(Report("Plan", ())))) as held:
    ...     sorted(held.namelist())
    ['read-me.txt', 'report.docx', 'report.html', 'report.xlsx']
    """
    files = {
        "report.html": ("The report, to read in a browser and to print", page_html(report).encode("utf-8")),
        "report.docx": ("The report in Word", word_bytes(report)),
        "report.xlsx": ("Every table in Excel, with a front sheet", excel_bytes(report)),
    }
    blocks = [b for s in report.sections for b in s.blocks if isinstance(b, ReportTable | Figure)]
    for i, block in enumerate(blocks, start=1):
        title = short_title(block).rstrip(".")
        name = f"{i:02d}-{_OTHER.sub('-', title.lower()).strip('-')[:_LONGEST]}"
        layout = tidy_layout(require_release(block.release))
        files[f"tables/{name}.csv"] = (title, sheet_csv(block).encode("utf-8-sig"))
        for ending, text, words in ((".csv", layout.to_csv(), _TIDY), (".meta.csv", layout.meta_csv(), _COLUMNS)):
            files[f"for-analysts/{name}{ending}"] = (f"{title}: {words}", text.encode("utf-8-sig"))
        if isinstance(block, Figure):
            files[f"figures/{name}.svg"] = (title, block.svg)
            if block.png:
                files[f"figures/{name}.png"] = (title, block.png)
    lines = [report.title, *([report.stamp] if report.stamp else []), ""]
    lines += [f"{name}: {words}." for name, (words, _) in files.items()]
    files["read-me.txt"] = ("What is in this archive", ("\r\n".join(lines) + "\r\n").encode("utf-8-sig"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), files[name][1], zipfile.ZIP_DEFLATED)
    return out.getvalue()
