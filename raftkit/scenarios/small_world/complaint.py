"""What can be said against a step of a lone server: the rule that it breaks, and how.

The rules are those of Figure 2 that a server can break alone, in the order of the stages of
notebook 07; a server loses the points of those that it breaks, and of no other.
"""

from dataclasses import dataclass
from typing import Final

# What judges by these rules, beside the suites of scenarios.
SMALL_WORLD: Final = "raftkit small world"

# A: elections.
WAITING: Final = "the election timer"
BEATING: Final = "heartbeats"
VOTING: Final = "votes"
ELECTING: Final = "elections"
TERMS: Final = "terms"
# B: replication.
HEEDING: Final = "votes and logs"
CHECKING: Final = "the entry before"
MERGING: Final = "merging"
SENDING: Final = "sending"
PROGRESS: Final = "answers"
COMMITTING: Final = "commits"
FOLLOWING: Final = "commits of followers"
APPLYING: Final = "applying"
CLIENTS: Final = "clients"
NAMING: Final = "who leads"
# C: crashes.
KEEPING: Final = "the disk"
WRITING_FIRST: Final = "written first"
RESTARTING: Final = "restarts"

RULES = (
    *(WAITING, BEATING, VOTING, ELECTING, TERMS),
    *(
        HEEDING,
        CHECKING,
        MERGING,
        SENDING,
        PROGRESS,
        COMMITTING,
        FOLLOWING,
        APPLYING,
        CLIENTS,
        NAMING,
    ),
    *(KEEPING, WRITING_FIRST, RESTARTING),
)


@dataclass(frozen=True)
class Complaint:
    """A broken rule: what was found beside what was expected, and why, in sentences."""

    rule: str
    found: str
    why: str
