"""The three roles and the ways between them (Figure 4).

The table is data: the rule looks its answers up in it, and the role diagram is drawn
from it. This file knows why a role may change, not what a server does about it.
"""

from collections.abc import Callable
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


def next_role(role: Role | None, occasion: Occasion) -> Role | None:
    """The role that a server in `role` takes on `occasion` (Figure 4); None if there is no way.

    A server that starts has no role yet. The eight ways stand in the table `TRANSITIONS`.

    >>> next_role("candidate", "majority of votes")
    'leader'
    >>> next_role("follower", "majority of votes") is None
    True
    """
    return TRANSITIONS.get((role, occasion))


class ForbiddenTransition(Exception):
    """A change of role to another one than `way`, the role that the server's rules have for it."""

    def __init__(
        self, server: str, role: Role | None, occasion: Occasion, wanted: Role, way: Role | None
    ) -> None:
        self.server = server
        as_in_the_paper = way == next_role(role, occasion)
        source = "Figure 4" if as_in_the_paper else "its own next_role"
        became = "became" if as_in_the_paper else "was to become"
        instead = f"in {source} it becomes {way}" if way else f"{source} has no such arrow"
        was = role or "server that starts"
        super().__init__(f"{server}, a {was}, {became} {wanted} on “{occasion}”; {instead}")


def check_transition(
    rule: Callable[[Role | None, Occasion], Role | None],
    server: str,
    role: Role | None,
    occasion: Occasion,
    wanted: Role,
) -> None:
    """Raise `ForbiddenTransition` unless `rule`, a server's `next_role`, has this change.

    >>> check_transition(next_role, "S1", CANDIDATE, MAJORITY_OF_VOTES, LEADER)
    >>> check_transition(next_role, "S1", FOLLOWER, MAJORITY_OF_VOTES, LEADER)
    Traceback (most recent call last):
    raftkit.protocol.roles.ForbiddenTransition: S1, a follower, became leader on \
“majority of votes”; Figure 4 has no such arrow
    """
    way = rule(role, occasion)
    if way != wanted:
        raise ForbiddenTransition(server, role, occasion, wanted, way)
