"""The three roles and the ways between them (Figure 4).

The table is data: the server obeys it, and the role diagram is drawn from it.
This file knows why a role may change, not what a server does about it.
"""

from typing import Final, Literal

Role = Literal["follower", "candidate", "leader"]

FOLLOWER: Final = "follower"
CANDIDATE: Final = "candidate"
LEADER: Final = "leader"

Occasion = Literal[
    "starts up", "election timeout", "majority of votes", "current leader", "higher term"
]

STARTS_UP: Final = "starts up"
ELECTION_TIMEOUT: Final = "election timeout"
MAJORITY_OF_VOTES: Final = "majority of votes"
CURRENT_LEADER: Final = "current leader"
HIGHER_TERM: Final = "higher term"

TRANSITIONS: Final[dict[tuple[Role | None, Occasion], Role]] = {
    (None, STARTS_UP): FOLLOWER,
    (FOLLOWER, ELECTION_TIMEOUT): CANDIDATE,
    (FOLLOWER, HIGHER_TERM): FOLLOWER,
    (CANDIDATE, ELECTION_TIMEOUT): CANDIDATE,
    (CANDIDATE, MAJORITY_OF_VOTES): LEADER,
    (CANDIDATE, CURRENT_LEADER): FOLLOWER,
    (CANDIDATE, HIGHER_TERM): FOLLOWER,
    (LEADER, HIGHER_TERM): FOLLOWER,
}


class ForbiddenTransition(Exception):
    """A rule asked for a change of role that Figure 4 does not have."""

    def __init__(self, server: str, role: Role | None, occasion: Occasion, wanted: Role) -> None:
        self.server = server
        allowed = TRANSITIONS.get((role, occasion))
        instead = f"in Figure 4 it becomes {allowed}" if allowed else "Figure 4 has no such arrow"
        was = role or "server that starts"
        super().__init__(f"{server}, a {was}, became {wanted} on “{occasion}”; {instead}")


def check_transition(server: str, role: Role | None, occasion: Occasion, wanted: Role) -> None:
    """Raise `ForbiddenTransition` unless Figure 4 has this change.

    >>> check_transition("S1", CANDIDATE, MAJORITY_OF_VOTES, LEADER)
    >>> check_transition("S1", FOLLOWER, MAJORITY_OF_VOTES, LEADER)
    Traceback (most recent call last):
    raftkit.protocol.roles.ForbiddenTransition: S1, a follower, became leader on \
“majority of votes”; Figure 4 has no such arrow
    """
    if TRANSITIONS.get((role, occasion)) != wanted:
        raise ForbiddenTransition(server, role, occasion, wanted)
