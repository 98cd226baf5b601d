"""The shortest known schedule for each exercise of notebook 06.

They are the kit's own answers, which `reveal` shows to students with full points.
"""

from collections.abc import Callable

from raftkit.course.nemesis import Schedule
from raftkit.simulator import Crash, Deliver, Lose, Propose, Restart, Timeout


def break_the_majority() -> Schedule:
    """Each candidate is elected by the only vote that it knows of, its own."""
    return (Timeout("S1"), Timeout("S2"))


def break_the_voter() -> Schedule:
    """S3 elects S1, and then S2 as well."""
    return (
        Timeout("S1"),
        Deliver("S1", "S3"),
        Deliver("S3", "S1"),
        Timeout("S2"),
        Deliver("S2", "S3"),
        Deliver("S3", "S2"),
    )


def break_the_memory() -> Schedule:
    """S3 elects S1, forgets it in a crash, and elects S2 in the same term."""
    return (
        Timeout("S1"),
        Deliver("S1", "S3"),
        Deliver("S3", "S1"),
        Crash("S3"),
        Restart("S3"),
        Timeout("S2"),
        Deliver("S2", "S3"),
        Deliver("S3", "S2"),
    )


def break_the_count() -> Schedule:
    """Two of four servers elect S1, and the other two S3, each with a vote delivered twice."""
    return (
        Timeout("S1"),
        Deliver("S1", "S2"),
        Deliver("S2", "S1", again=True),
        Deliver("S2", "S1"),
        Timeout("S3"),
        Deliver("S3", "S4"),
        Deliver("S4", "S3", again=True),
        Deliver("S4", "S3"),
    )


def break_the_log() -> Schedule:
    """S1's first heartbeat arrives after its first entry and deletes it on S2, which is elected."""
    return (
        Timeout("S1"),
        Deliver("S1", "S2"),
        Deliver("S2", "S1"),
        Propose("x=1", "S1"),
        Deliver("S1", "S2", place=-1),
        Deliver("S2", "S1"),
        Deliver("S1", "S2"),
        Timeout("S2"),
        Deliver("S2", "S3"),
        Deliver("S3", "S2"),
    )


def break_the_leader() -> Schedule:
    """S2 will get the entry and S3 will not; without S1, S2 needs S3 for a majority."""
    return (
        Timeout("S1"),
        Deliver("S1", "S2"),
        Deliver("S2", "S1"),
        Propose("x=1", "S1"),
        Lose("S1", "S3", place=-1),
        Crash("S1"),
    )


def break_the_commit() -> Schedule:
    """Figure 8: S1's entry of term 1 is on a majority in term 3, and S2 leads term 4 without it."""

    def elect(candidate: str, voter: str) -> Schedule:
        return (
            Timeout(candidate),
            Deliver(candidate, voter, place=-1),
            Deliver(voter, candidate, place=-1),
        )

    def exchange(leader: str, follower: str) -> Schedule:
        return (Deliver(leader, follower, place=-1), Deliver(follower, leader, place=-1))

    return (
        *elect("S1", "S2"),
        Propose("x=1", "S1"),
        *elect("S2", "S3"),
        Propose("x=2", "S2"),
        Deliver("S2", "S1", "RequestVoteRequest"),  # S1 hears of term 2, and follows
        *elect("S1", "S3"),
        *exchange("S1", "S3"),  # S3 refuses: it has nothing before index 2
        *exchange("S1", "S3"),  # now it takes x=1, and S1 counts it
        Deliver("S1", "S2", "RequestVoteRequest"),  # S2 hears of term 3, and follows
        *elect("S2", "S3"),
    )


SCHEDULES: dict[str, Callable[[], Schedule]] = {
    "6.1": break_the_majority,
    "6.2": break_the_voter,
    "6.3": break_the_memory,
    "6.4": break_the_count,
    "6.5": break_the_log,
    "6.6": break_the_leader,
    "6.7": break_the_commit,
}
