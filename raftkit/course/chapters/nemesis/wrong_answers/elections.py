"""Wrong schedules for exercises 6.1 and 6.2: two elections in one term.

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
from raftkit.simulator import Crash, Deliver, Lose, Timeout

WRONG = WrongAnswers()
wrong = WRONG.answer

BREAKS = "it breaks Election Safety"


@wrong("N1a", "6.1", CONTRACT, case=HAS_EFFECT)
@thinking("A candidate needs to be told that it has won.")
@breaks("What nobody sent cannot arrive (§5.1).")
def hopes_for_a_vote() -> Schedule:
    """Nobody has voted, so there is no vote to deliver."""
    return (Timeout("S1"), Deliver("S3", "S1"), Timeout("S2"))


@wrong("N1b", "6.1", LEADER_ELECTED, case=SURVIVES)
@thinking("Those who do not answer should really be down.")
@breaks("Without a majority no Raft makes progress (§5.2).")
def crashes_the_silent() -> Schedule:
    """The one that is left could not go on, however good its rules."""
    return (Crash("S3"), Timeout("S1"), Crash("S1"), Timeout("S2"))


@wrong("N1c", "6.1", ELECTION_SAFETY, case=BREAKS)
@thinking("The second election makes the second leader.")
@breaks("Two leaders of two terms are no harm (§5.2).")
def two_terms() -> Schedule:
    """S2 has heard of term 1, so it begins term 2."""
    return (Timeout("S1"), Deliver("S1", "S2"), Timeout("S2"))


@wrong("N1d", "6.1", CONTRACT, case="in at most 3 actions")
@thinking("First let everybody know of S1.")
@breaks("What can be left out hides what breaks (Figure 3).")
def loses_the_requests() -> Schedule:
    """Losing what is not delivered costs actions, and nothing else."""
    return (Timeout("S1"), Lose("S1", "S2"), Lose("S1", "S3"), Timeout("S2"))


@wrong("N1e", "6.1", CONTRACT, case="in at most 2 actions, the fewest we know")
@thinking("All three, to be sure.")
@breaks("What can be left out hides what breaks (Figure 3).")
def a_request_on_the_way() -> Schedule:
    """S3 hears of S1, and it makes no difference."""
    return (Timeout("S1"), Deliver("S1", "S3"), Timeout("S2"))


@wrong("N2a", "6.2", CONTRACT, case=HAS_EFFECT)
@thinking("The leader's timer runs out again, so that it asks S3 once more.")
@breaks("Leaders have no election timeout (§5.2).")
def times_a_leader_out() -> Schedule:
    """Nothing happens to S1: it leads."""
    return (*elect("S1", "S3"), Timeout("S1"), *elect("S2", "S3"))


@wrong("N2b", "6.2", LEADER_ELECTED, case=SURVIVES)
@thinking("Once two have led, nobody is needed any more.")
@breaks("Without a majority no Raft makes progress (§5.2).")
def crashes_two() -> Schedule:
    """S1 and S3 have done their part, and S2 is left alone."""
    return (*elect("S1", "S3"), Crash("S1"), Timeout("S2"), Deliver("S2", "S3"), Crash("S3"))


@wrong("N2c", "6.2", ELECTION_SAFETY, case=BREAKS)
@thinking("S2 becomes candidate, and S3 votes for it as well.")
@breaks("A later term is another election, and a new vote (§5.2).")
def in_the_next_term() -> Schedule:
    """S2 has heard of term 1, and asks for votes of term 2."""
    return (*elect("S1", "S3"), Deliver("S1", "S2"), *elect("S2", "S3"))


@wrong("N2d", "6.2", CONTRACT, case="in at most 9 actions")
@thinking("Everybody votes for everybody.")
@breaks("What can be left out hides what breaks (Figure 3).")
def all_three_stand() -> Schedule:
    """Each asks each other, and one voter would have been enough."""
    return (
        Timeout("S1"),
        Timeout("S2"),
        Timeout("S3"),
        Deliver("S1", "S2"),
        Deliver("S2", "S3"),
        Deliver("S3", "S1"),
        Deliver("S1", "S3"),
        Deliver("S3", "S2"),
        Deliver("S2", "S1"),
        Deliver("S2", "S1"),
        Deliver("S3", "S2"),
    )


@wrong("N2e", "6.2", CONTRACT, case="in at most 6 actions, the fewest we know")
@thinking("First S3 should hear from its leader.")
@breaks("What can be left out hides what breaks (Figure 3).")
def with_a_heartbeat() -> Schedule:
    """It votes for S2 all the same."""
    return (*elect("S1", "S3"), Deliver("S1", "S3"), *elect("S2", "S3"))
