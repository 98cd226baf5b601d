"""Wrong schedules for exercises 6.3 and 6.4: a vote that is forgotten, or counted twice.

For each exercise one has an action without effect, one leaves no majority, one breaks nothing,
and two are too long.
"""

from raftkit.course.chapters.nemesis.wrong_answers.common_actions import HAS_EFFECT, SURVIVES, elect
from raftkit.course.nemesis import Schedule
from raftkit.course.wrong_answer import (
    CONTRACT,
    ELECTION_SAFETY,
    LEADER_ELECTED,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.simulator import Crash, Deliver, Restart, Timeout

WRONG = WrongAnswers()
wrong = WRONG.answer

BREAKS = "it breaks Election Safety"


@wrong("N3a", "6.3", CONTRACT, case=HAS_EFFECT)
@thinking("A crash loses the vote.")
@breaks("A server that is down hears nothing until it restarts (§5.5).")
def asks_a_dead_server() -> Schedule:
    """The request comes before the restart, and is lost."""
    return (*elect("S1", "S3"), Crash("S3"), Timeout("S2"), Deliver("S2", "S3"), Restart("S3"))


@wrong("N3b", "6.3", LEADER_ELECTED, case=SURVIVES)
@thinking("If all crash, all forget.")
@breaks("Without a majority no Raft makes progress (§5.2).")
def restarts_too_few() -> Schedule:
    """Only S2 is up at the end."""
    return (*elect("S1", "S3"), Crash("S3"), Crash("S1"))


@wrong("N3c", "6.3", ELECTION_SAFETY, case=BREAKS)
@thinking("S3 forgets whom it voted for if it is asked again.")
@breaks("A vote lasts as long as its term, and only a crash takes it (Figure 2).")
def without_a_crash() -> Schedule:
    """What is broken is S3's disk, and S3 reads that only after a crash."""
    return (*elect("S1", "S3"), *elect("S2", "S3"))


@wrong("N3d", "6.3", CONTRACT, case="in at most 12 actions")
@thinking("All of them crash and restart, to be fair.")
@breaks("What can be left out hides what breaks (Figure 3).")
def everybody_restarts() -> Schedule:
    """S3's memory is the only one that counts."""
    return (
        *elect("S1", "S3"),
        Deliver("S1", "S3"),
        Crash("S1"),
        Restart("S1"),
        Crash("S2"),
        Restart("S2"),
        Crash("S3"),
        Restart("S3"),
        Timeout("S2"),
        Deliver("S2", "S3", place=-1),
        Deliver("S3", "S2", place=-1),
    )


@wrong("N3e", "6.3", CONTRACT, case="in at most 8 actions, the fewest we know")
@thinking("The old leader must go.")
@breaks("What can be left out hides what breaks (Figure 3).")
def the_leader_too() -> Schedule:
    """S1 need not be down: it only has not heard of S2."""
    return (*elect("S1", "S3"), Crash("S1"), Crash("S3"), Restart("S3"), *elect("S2", "S3"))


@wrong("N4a", "6.4", CONTRACT, case=HAS_EFFECT)
@thinking("The network delivers twice what I deliver twice.")
@breaks("What is delivered is gone, unless a copy is kept (§5.5).")
def delivers_twice() -> Schedule:
    """Without again=True there is one vote, and it has arrived."""
    return (Timeout("S1"), Deliver("S1", "S2"), Deliver("S2", "S1"), Deliver("S2", "S1"))


@wrong("N4b", "6.4", LEADER_ELECTED, case=SURVIVES)
@thinking("With half of them down a double vote is a majority.")
@breaks("Without a majority no Raft makes progress (§5.2).")
def half_are_down() -> Schedule:
    """Two of four are no majority, however the votes are counted."""
    return (Crash("S3"), Crash("S4"), Timeout("S1"), Deliver("S1", "S2"))


@wrong("N4c", "6.4", ELECTION_SAFETY, case=BREAKS)
@thinking("One wrong leader is enough.")
@breaks("One leader in a term is what Raft promises (§5.2).")
def one_leader() -> Schedule:
    """S1 should not have won, but nobody else has."""
    return (
        Timeout("S1"),
        Deliver("S1", "S2"),
        Deliver("S2", "S1", again=True),
        Deliver("S2", "S1"),
    )


@wrong("N4d", "6.4", CONTRACT, case="in at most 12 actions")
@thinking("The requests come twice as well, and so do more votes.")
@breaks("What can be left out hides what breaks (Figure 3).")
def repeats_everything() -> Schedule:
    """A repeated request is answered by one more vote: another way to get two votes."""
    return (
        Timeout("S1"),
        Deliver("S1", "S2", again=True),
        Deliver("S1", "S2"),
        Deliver("S2", "S1", again=True),
        Deliver("S2", "S1", again=True),
        Deliver("S2", "S1"),
        Timeout("S3"),
        Deliver("S3", "S4", again=True),
        Deliver("S3", "S4"),
        Deliver("S4", "S3", again=True),
        Deliver("S4", "S3", again=True),
        Deliver("S4", "S3"),
        Deliver("S4", "S3"),
    )


@wrong("N4e", "6.4", CONTRACT, case="in at most 8 actions, the fewest we know")
@thinking("S3 asks S4 twice, and gets two votes.")
@breaks("What can be left out hides what breaks (Figure 3).")
def repeats_the_request() -> Schedule:
    """To repeat the vote takes one action less."""
    return (
        Timeout("S1"),
        Deliver("S1", "S2"),
        Deliver("S2", "S1", again=True),
        Deliver("S2", "S1"),
        Timeout("S3"),
        Deliver("S3", "S4", again=True),
        Deliver("S3", "S4"),
        Deliver("S4", "S3"),
        Deliver("S4", "S3"),
    )
