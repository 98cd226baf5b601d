"""The cases of exercise 5.3: the state of a server after a restart (Figure 2, State; §5.2).

Every small disk is asked about, and each case looks at one part of the answer.
"""

from random import Random

from raftkit.course.chapters.storage.cases.schedules import LOST_VOTE, OWN_ENTRY
from raftkit.course.chapters.storage.cases.writing import (
    could_be_a_disk,
    crash_and_return,
    small_disks,
)
from raftkit.course.checking.cases import AnswerPart, Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import SERVERS
from raftkit.protocol import Log, Persistent, Restarted, restart
from raftkit.views import Picture, draw_storage

_ROLE = AnswerPart("standing.role", lambda restarted: restarted.standing.role)
_TERM = AnswerPart("standing.current_term", lambda restarted: restarted.standing.current_term)
_VOTE = AnswerPart("standing.voted_for", lambda restarted: restarted.standing.voted_for)
_COMMIT = AnswerPart("commit_index", lambda restarted: restarted.commit_index)
_APPLIED = AnswerPart("last_applied", lambda restarted: restarted.last_applied)


def _drawn_disk(random: Random) -> Arguments:
    """A long log, and mostly a later term than that of its last entry."""
    terms = sorted(random.randint(1, 9) for _ in range(random.randint(3, 8)))
    term = terms[-1] + random.randint(0, 4)
    return (Persistent(term, random.choice((None, *SERVERS)), Log.of_terms(*terms)),)


def _follower(persistent: Persistent) -> str:
    return (
        "Servers start up as followers. What this one was before is not on the disk, and others "
        "may have moved on while it was away (§5.2; Figure 4)."
    )


def _term(persistent: Persistent) -> str:
    term = persistent.current_term
    if term == 0:
        return "A new server's disk is empty, and its term is 0 (Figure 2, State)."
    return (
        f"The disk says term {term}. Back in an older term the server would vote again in a term "
        "in which it has voted: currentTerm is persistent (Figure 2, State)."
    )


def _vote(persistent: Persistent) -> str:
    term, vote = persistent.current_term, persistent.voted_for
    if vote is None:
        return f"In term {term} the server has not voted yet: votedFor is None (Figure 2, State)."
    return (
        f"The vote of term {term} is given, to {vote}. With a free vote the server could help two "
        "candidates in one term: votedFor is persistent (Figure 2, State)."
    )


def _no_commit(persistent: Persistent) -> str:
    if persistent.log.last_index == 0:
        return "Nothing is in the log, so nothing is committed: commitIndex is 0 (Figure 2, State)."
    return (
        "The log is there, but what of it is committed is not known: a leader may replace its end. "
        "commitIndex is volatile and starts at 0; the leader tells (Figure 2, State)."
    )


def _nothing_applied(persistent: Persistent) -> str:
    return (
        "The state machine lived in memory, so it starts empty and must see every entry again, "
        "from the first. lastApplied is volatile and starts at 0 (Figure 2, State)."
    )


def _memory_is_gone() -> Picture:
    """A leader that crashed: its disk as it was, and its memory empty."""
    disk = Persistent(3, "S1", Log.of_terms(1, 1, 3, 3))
    return draw_storage(None, disk, title="S1 led term 3, and crashed")


CHECKS = {
    "5.3": Checks(
        returns=Restarted,
        cases=Regions(
            SmallWorld(
                restart,
                lambda: ((disk,) for disk in small_disks()),
                _drawn_disk,
                could_be_a_disk,
                picture=lambda returned, right, persistent: draw_storage(
                    None, persistent, title="What the server finds"
                ),
            ),
            Region("starts as a follower", 1, _follower, _ROLE),
            Region("reads its term from the disk", 1, _term, _TERM),
            Region("reads its vote from the disk", 1, _vote, _VOTE),
            Region("knows of no commit", 1, _no_commit, _COMMIT),
            Region("applies from the beginning", 1, _nothing_applied, _APPLIED),
        ).cases,
        picture=_memory_is_gone,
        story=crash_and_return,
        at_work="A crash and a restart",
        schedules=(LOST_VOTE, OWN_ENTRY),
    ),
}
