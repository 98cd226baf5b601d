"""Wrong schedules for exercise 6.7: attempts at Figure 8.

One has an action without effect, one leaves no majority, one breaks nothing, and two are too
long.
"""

from raftkit.course.chapters.nemesis.wrong_answers.common_actions import (
    HAS_EFFECT,
    SURVIVES,
    elect,
    exchange,
)
from raftkit.course.nemesis import Schedule
from raftkit.course.wrong_answer import (
    CONTRACT,
    LEADER_COMPLETENESS,
    LEADER_ELECTED,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.simulator import Crash, Deliver, Propose, Restart, Timeout

WRONG = WrongAnswers()
wrong = WRONG.answer

LOSES_AN_ENTRY = "it breaks Leader Completeness"

# S1 leads, and then S2; each takes a command.
_A_AND_B = (*elect("S1", "S2"), Propose("x=1", "S1"), *elect("S2", "S3"), Propose("x=2", "S2"))
# S1 leads again and counts copies of its old entry; S2 wins the next term and overwrites it.
_C_AND_D = (
    *elect("S1", "S3"),
    *exchange("S1", "S3"),
    *exchange("S1", "S3"),
    Deliver("S1", "S2", "RequestVoteRequest"),
    *elect("S2", "S3"),
)


@wrong("N7a", "6.7", CONTRACT, case=HAS_EFFECT)
@thinking("S1 stands again as soon as S2 leads.")
@breaks("Leaders have no election timeout (§5.2).")
def does_not_hear_of_term_2() -> Schedule:
    """S1 has not heard of term 2: it leads, and its timer does not run."""
    return (*_A_AND_B, Timeout("S1"))


@wrong("N7b", "6.7", LEADER_ELECTED, case=SURVIVES)
@thinking("Figure 8 has a crash at every step.")
@breaks("Without a majority no Raft makes progress (§5.2).")
def leaves_them_down() -> Schedule:
    """In Figure 8 every server that crashes comes back."""
    return (
        *elect("S1", "S2"),
        Propose("x=1", "S1"),
        Crash("S1"),
        *elect("S2", "S3"),
        Propose("x=2", "S2"),
        Crash("S2"),
    )


@wrong("N7c", "6.7", LEADER_COMPLETENESS, case=LOSES_AN_ENTRY)
@thinking("S2's entry is newer, so S1's is overwritten.")
@breaks("What was never committed may be overwritten (§5.4.2, Figure 8).")
def overwrites_what_nobody_counted() -> Schedule:
    """S1 never leads a third term, so no copies of an old entry are counted."""
    return (
        *_A_AND_B,
        Deliver("S2", "S1", "RequestVoteRequest"),
        Deliver("S2", "S1"),
        Deliver("S2", "S1"),
    )


@wrong("N7d", "6.7", CONTRACT, case="in at most 30 actions")
@thinking("A real leader sends heartbeats all the time.")
@breaks("What can be left out hides what breaks (Figure 3).")
def with_many_heartbeats() -> Schedule:
    """Nobody hears them."""
    return (
        *_A_AND_B,
        *[Timeout("S2", "heartbeat")] * 12,
        Deliver("S2", "S1", "RequestVoteRequest"),
        *_C_AND_D,
    )


@wrong("N7e", "6.7", CONTRACT, case="in at most 20 actions, the fewest we know")
@thinking("As in the figure: leaders step down because they crash.")
@breaks("What can be left out hides what breaks (Figure 3).")
def crashes_as_in_the_figure() -> Schedule:
    """To hear of the later term takes one action; to crash and restart takes two."""
    return (
        *_A_AND_B,
        Deliver("S2", "S1", "RequestVoteRequest"),
        Crash("S1"),
        Restart("S1"),
        *_C_AND_D,
    )
