"""Actions that many schedules share (an election, an exchange of messages), and case names.

The functions build tuples of actions, as students' own functions do.
"""

from raftkit.course.nemesis import Schedule
from raftkit.simulator import Deliver, Timeout

HAS_EFFECT = "every action comes to something"
SURVIVES = "Raft as it should be survives it"


def elect(candidate: str, voter: str) -> Schedule:
    """A candidate wins the next term with one vote besides its own."""
    return (
        Timeout(candidate),
        Deliver(candidate, voter, place=-1),
        Deliver(voter, candidate, place=-1),
    )


def exchange(leader: str, follower: str) -> Schedule:
    """The leader's newest request, and the answer to it."""
    return (Deliver(leader, follower, place=-1), Deliver(follower, leader, place=-1))
