"""The short summary that stands in the terminal when the work is done."""

from __future__ import annotations

import textwrap
from pathlib import Path

from hybrid_toolkit.report.demo_story import DemoReport
from hybrid_toolkit.report.documents.blocks import without_stamp

_WIDTH = 88


def summarise(story: DemoReport, *, out: Path, seconds: float) -> str:
    """Stamp, the answer of each study with the truth beside it, failed checks, and where everything was written."""
    stamp = story.headline.release.stamp
    lines = [stamp, "=" * len(stamp)] if stamp else []
    lines += _wrap(story.checked.text) + _wrap(story.covered.text)
    for i, shown in enumerate(story.studies, start=1):
        lines += ["", *_wrap(f"{i}. {shown.study.question}")]
        for outcome, claim in shown.claims.items():
            lines += _wrap(without_stamp(claim.text, stamp), indent=3)
            if outcome in shown.beside_truth:
                lines += _wrap(shown.beside_truth[outcome].text, indent=3)
        lines += _wrap(shown.message.text, indent=3)
        if shown.trial is not None:
            tried = shown.trial.content
            held = ", ".join(f"{c:.0%}" for c in tried["coverage"])
            power = ", ".join(f"{p:.0%}" for p in tried["power"])
            runs = int(tried["runs"].iloc[0])
            lines += _wrap(
                f"Tested on {runs} simulated authorities: the interval contains the true value in {held}; power "
                f"{power}.",
                indent=3,
            )
    lines += ["", *_wrap("An unadjusted comparison, where remote working changes nothing: " + story.trap_text.text)]
    lines += [
        "",
        f"Report:   {out / 'report.html'}",
        f"Findings: {out / 'findings.json'}",
        f"Figures:  {out / 'figures'}",
    ]
    return "\n".join([*lines, f"Done in {seconds:.0f} seconds."])


def _wrap(text: str, *, indent: int = 0) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)
