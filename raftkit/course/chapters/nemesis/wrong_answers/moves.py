"""What comes up in many schedules: an election, an exchange of messages, and the cases' names.

They build tuples of acts, as a student's own helpers do, and know no exercise.
"""

from raftkit.course.nemesis import Schedule
from raftkit.simulator import Deliver, Timeout

IDLE = "every act comes to something"
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
