"""``python -m tools.attacks N [DOOR]``: every door over N sessions; exit 1 where anybody came out."""

from __future__ import annotations

import sys
import time

from tools.attacks import DOORS, try_door


def main(arguments: list[str]) -> int:
    """Run the doors and print one line each."""
    sessions = int(arguments[0]) if arguments else 100
    wanted = [d for d in DOORS if not arguments[1:] or any(part in d for part in arguments[1:])]
    leaks = 0
    for name in wanted:
        began = time.monotonic()
        found = try_door(name, sessions)
        leaks += found.gated
        took = time.monotonic() - began
        print(
            f"{name}: people told apart in {found.gated} of {sessions} sessions, ungated {found.ungated}; "
            f"{found.shown:.1f} figures shown; {took:.0f} s",
            flush=True,
        )
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
