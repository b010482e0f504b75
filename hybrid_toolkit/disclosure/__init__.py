"""The disclosure gate. Tables, figures and reports show only a Release."""

from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.policy import Policy, load_policy
from hybrid_toolkit.disclosure.release import Decision, Release, disclosure_record, require_release

__all__ = ["Decision", "Gate", "Policy", "Release", "disclosure_record", "load_policy", "require_release"]


def __dir__() -> list[str]:
    return sorted(__all__)
