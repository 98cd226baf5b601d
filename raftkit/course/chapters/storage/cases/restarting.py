"""The cases of exercise 5.3: the state of a server after a restart (Figure 2, State; §5.2).

A case looks at one part of the answer. Terms, names and logs are drawn.
"""

from random import Random
from typing import Any

from raftkit.course.chapters.storage.cases.schedules import LOST_VOTE, OWN_ENTRY
from raftkit.course.chapters.storage.cases.writing import SERVERS, crash_and_return
from raftkit.course.checking.cases import AnswerPart, Call, Case, Checks
from raftkit.protocol import Log, Persistent, Restarted
from raftkit.views import Picture, draw_storage

_ROLE = AnswerPart("standing.role", lambda restarted: restarted.standing.role)
_TERM = AnswerPart("standing.current_term", lambda restarted: restarted.standing.current_term)
_VOTE = AnswerPart("standing.voted_for", lambda restarted: restarted.standing.voted_for)
_COMMIT = AnswerPart("commit_index", lambda restarted: restarted.commit_index)
_APPLIED = AnswerPart("last_applied", lambda restarted: restarted.last_applied)


def _restart(persistent: Persistent, part: AnswerPart, expected: Any, why: str) -> Call:
    """One call of `restart`; its picture shows the right state."""

    def picture() -> Picture:
        title = "What the server should begin with"
        return draw_storage(persistent, persistent, "follower", 0, 0, title=title)

    return Call({"persistent": persistent}, expected, why, part, picture)


def _disk(random: Random, voted: bool = True) -> Persistent:
    """A disk whose term is later than that of its last entry."""
    term = random.randint(3, 8)
    log = Log.of_terms(*[1] * random.randint(1, 3), term - 1)
    return Persistent(term, random.choice(SERVERS) if voted else None, log)


def _follower(random: Random) -> list[Call]:
    """With a vote on the disk, which may be for itself, and with none."""
    why = (
        "Servers start up as followers. What this one was before is not on the disk, and others "
        "may have moved on while it was away (§5.2; Figure 4)."
    )
    disks = (_disk(random), _disk(random, voted=False), Persistent())
    return [_restart(disk, _ROLE, "follower", why) for disk in disks]


def _term(random: Random) -> list[Call]:
    """The term of the disk, not that of the last entry."""
    disk = _disk(random)
    why = (
        f"The disk says term {disk.current_term}. Back in an older term the server would vote "
        f"again in a term in which it has voted: currentTerm is persistent (Figure 2, State)."
    )
    return [_restart(disk, _TERM, disk.current_term, why)]


def _vote(random: Random) -> list[Call]:
    """The vote that is on the disk."""
    disk = _disk(random)
    why = (
        f"The vote of term {disk.current_term} is given, to {disk.voted_for}. With a free vote "
        "the server could help two candidates in one term: votedFor is persistent (Figure 2, "
        "State)."
    )
    return [_restart(disk, _VOTE, disk.voted_for, why)]


def _no_commit(random: Random) -> list[Call]:
    """A log on the disk does not prove that any of its entries is committed."""
    why = (
        "The log is there, but what of it is committed is not known: a leader may replace its end. "
        "commitIndex is volatile and starts at 0; the leader tells (Figure 2, State)."
    )
    return [_restart(_disk(random), _COMMIT, 0, why)]


def _nothing_applied(random: Random) -> list[Call]:
    """The state machine lost its state as well."""
    why = (
        "The state machine lived in memory, so it starts empty and must see every entry again, "
        "from the first. lastApplied is volatile and starts at 0 (Figure 2, State)."
    )
    return [_restart(_disk(random), _APPLIED, 0, why)]


def _memory_is_gone() -> Picture:
    """A leader that crashed: its disk as it was, and its memory empty."""
    disk = Persistent(3, "S1", Log.of_terms(1, 1, 3, 3))
    return draw_storage(None, disk, title="S1 led term 3, and crashed")


CHECKS = {
    "5.3": Checks(
        returns=Restarted,
        cases=(
            Case("starts as a follower", 1, _follower),
            Case("reads its term from the disk", 1, _term),
            Case("reads its vote from the disk", 1, _vote),
            Case("knows of no commit", 1, _no_commit),
            Case("applies from the beginning", 1, _nothing_applied),
        ),
        picture=_memory_is_gone,
        story=crash_and_return,
        at_work="A crash and a restart",
        schedules=(LOST_VOTE, OWN_ENTRY),
    ),
}
