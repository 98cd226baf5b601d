"""Wrong schedules for exercises 6.5 and 6.6: entries that are lost, or never committed.

For each exercise one has an action without effect, one leaves no majority, one breaks nothing,
and two or three are too long or depend on luck.
"""

from raftkit.course.chapters.nemesis.wrong_answers.common_actions import (
    HAS_EFFECT,
    SURVIVES,
    elect,
    exchange,
)
from raftkit.course.nemesis import Schedule
from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    CONTRACT,
    LEADER_COMPLETENESS,
    LEADER_ELECTED,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.simulator import Crash, Deliver, Lose, Propose, Restart, Timeout

WRONG = WrongAnswers()
wrong = WRONG.answer

LOSES_AN_ENTRY = "it breaks Leader Completeness"
COMMITS_NOTHING = "it breaks Commands Get Committed"

# S1 leads and takes a command.
_BEGUN = (*elect("S1", "S2"), Propose("x=1", "S1"))


@wrong("N5a", "6.5", CONTRACT, case=HAS_EFFECT)
@thinking("The follower takes the command, too.")
@breaks("Only a leader takes commands (Figure 2, Leaders).")
def asks_a_follower() -> Schedule:
    """S2 refuses, and its log stays empty."""
    return (*elect("S1", "S2"), Propose("x=1", "S2"))


@wrong("N5b", "6.5", LEADER_ELECTED, case=SURVIVES)
@thinking("S1 must not tell anybody that it has committed.")
@breaks("Without a majority no Raft makes progress (§5.2).")
def silences_two() -> Schedule:
    """S1 and S2 crash, and S3 has no majority left."""
    return (*_BEGUN, Crash("S1"), Crash("S2"))


@wrong("N5c", "6.5", LEADER_COMPLETENESS, case=LOSES_AN_ENTRY)
@thinking("If the entry is gone from S2, it is lost.")
@breaks("Only what is committed must not be lost (§5.4).")
def before_the_commit() -> Schedule:
    """S1 never hears that S2 had it, so nothing was committed."""
    return (
        *_BEGUN,
        Deliver("S1", "S2", place=-1),
        Deliver("S1", "S2"),
        Timeout("S2"),
        Deliver("S2", "S3"),
        Deliver("S3", "S2"),
    )


@wrong("N5d", "6.5", CONTRACT, case="in at most 15 actions")
@thinking("First a calm heartbeat for everybody, and the commit too.")
@breaks("What can be left out hides what breaks (Figure 3).")
def a_calm_beginning() -> Schedule:
    """S3's part, and the answers to heartbeats, change nothing."""
    return (
        *elect("S1", "S2"),
        Timeout("S1", "heartbeat"),
        Deliver("S1", "S2", place=-1),
        Deliver("S2", "S1"),
        Propose("x=1", "S1"),
        Deliver("S1", "S2", place=-1),
        Deliver("S2", "S1"),
        Lose("S1", "S3"),
        Lose("S1", "S3"),
        Deliver("S1", "S2"),
        Lose("S1", "S3"),
        *elect("S2", "S3"),
    )


@wrong("N5e", "6.5", CONTRACT, case="in at most 10 actions, the fewest we know")
@thinking("The old leader must be down before another is elected.")
@breaks("What can be left out hides what breaks (Figure 3).")
def the_leader_is_down() -> Schedule:
    """S1 need not crash: S2 does not ask it."""
    return (*_BEGUN, *exchange("S1", "S2"), Deliver("S1", "S2"), Crash("S1"), *elect("S2", "S3"))


@wrong("N6a", "6.6", CONTRACT, case=HAS_EFFECT)
@thinking("S1 restarts as the leader that it was.")
@breaks("Every server starts as follower (§5.2; Figure 2).")
def restarts_what_runs() -> Schedule:
    """S1 has not crashed, so it cannot restart."""
    return (*_BEGUN, Restart("S1"))


@wrong("N6b", "6.6", LEADER_ELECTED, case=SURVIVES)
@thinking("Two servers less, and nothing is committed.")
@breaks("Without a majority no Raft makes progress (§5.2).")
def no_majority_left() -> Schedule:
    """No Raft would commit anything here, so the schedule says nothing about this one."""
    return (*elect("S1", "S2"), Crash("S1"), Crash("S3"))


@wrong("N6c", "6.6", COMMANDS_COMMITTED, case=COMMITS_NOTHING)
@thinking("S3 lacks an entry, and will never get it.")
@breaks("A majority is enough to commit (§5.3).")
def one_lags_behind() -> Schedule:
    """S1 has the entry too: with S2 it is a majority, and S3 does not matter."""
    return (*_BEGUN, *exchange("S1", "S2"), *elect("S2", "S3"))


@wrong("N6d", "6.6", CONTRACT, case="in at most 9 actions")
@thinking("Everything by hand up to the end, and the commit too.")
@breaks("What can be left out hides what breaks (Figure 3).")
def all_by_hand() -> Schedule:
    """What happens by itself needs no action."""
    return (*_BEGUN, *exchange("S1", "S2"), *elect("S2", "S3"), Crash("S1"))


@wrong("N6e", "6.6", CONTRACT, case="in at most 6 actions, the fewest we know")
@thinking("S2 must have the entry before S1 crashes.")
@breaks("What can be left out hides what breaks (Figure 3).")
def delivers_first() -> Schedule:
    """The entry is under way and arrives by itself."""
    return (*_BEGUN, Deliver("S1", "S2", place=-1), Lose("S1", "S3", place=-1), Crash("S1"))


@wrong("N6f", "6.6", COMMANDS_COMMITTED, case=COMMITS_NOTHING)
@thinking("S3 votes before the entry can reach it.")
@breaks("What holds only by luck is no proof; the check tries other latencies (§5.6).")
def by_luck() -> Schedule:
    """The request for a vote and the old entry race to S3, and sometimes the entry wins."""
    return (*_BEGUN, Deliver("S1", "S2", place=-1), Timeout("S2"), Crash("S1"))
