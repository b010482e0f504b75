"""Every door by which a person came out, over many generated sessions; exit 1 where anybody comes out again.

    python -m tools.attacks --sessions 2000 --door chart --kept out/attacks

Sessions are kept by door as they end, until the code changes: a run that was interrupted goes on where it stopped, and
doors can run apart from each other. ``--door`` takes those whose name holds the word, and may be given again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.attacks import DOORS, code_tried, kept_sessions, try_door


def main(arguments: Sequence[str]) -> int:
    """Run the doors and print one line each."""
    parser = argparse.ArgumentParser(prog="python -m tools.attacks", description=__doc__)
    parser.add_argument("--sessions", type=int, default=100, help="sessions of each door, those kept among them")
    parser.add_argument("--door", action="append", default=[], help="part of a door's name")
    parser.add_argument("--kept", type=Path, help="folder in which sessions are kept")
    given = parser.parse_args(arguments)
    wanted = [d for d in DOORS if not given.door or any(part in d for part in given.door)]
    if not wanted:
        parser.error(f"no door holds {' or '.join(given.door)}; there are: {', '.join(DOORS)}")
    leaks, code = 0, code_tried() if given.kept else ""
    for name in wanted:
        began = time.process_time()
        log = kept_sessions(name, given.kept, code=code) if given.kept else None
        found = try_door(name, given.sessions, log=log)
        took = time.process_time() - began
        leaks += found.gated
        seeds = f"; seeds {', '.join(map(str, found.leaking[:10]))}" if found.leaking else ""
        print(
            f"{name}: people told apart in {found.gated} of {found.sessions} sessions, "
            f"ungated {found.ungated} of {found.looked}; {found.shown:.1f} figures shown; {took:.0f} s{seeds}",
            flush=True,
        )
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
