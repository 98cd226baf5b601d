"""The cases of exercise 5.1: what must be written (Figure 2, State).

Many answers are right: one write or several, as long as a server may start from the disk after
each of them. Asked is every small step from a state on the disk to the next one in memory; each
case looks at one part of the disk that an answer leaves.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.chapters.storage.cases.schedules import HALF_A_VOTE, LOST_VOTE, REPLACED_ENTRY
from raftkit.course.checking.cases import AnswerPart, Checks, InWords
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import OTHER, OWN, SERVERS, THIRD, small_logs
from raftkit.protocol import Log, Persistent, writes_needed
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_storage

Writes = tuple[Persistent, ...]


def small_disks(
    longest: int = 3, terms: int = 3, voters: Sequence[str] = (OWN, OTHER, THIRD)
) -> Iterator[Persistent]:
    """Every small disk on which no entry is of a later term than the server's.

    >>> len(list(small_disks(longest=1, terms=1, voters=("S1",))))
    5
    """
    yield Persistent()
    for term in range(1, terms + 1):
        for voted_for in (None, *voters):
            yield from (Persistent(term, voted_for, log) for log in small_logs(longest, term))


def could_be_a_disk(disk: Persistent) -> bool:
    """Whether a server may have this state: no vote in term 0, no entry of a later term."""
    if disk.current_term == 0:
        return disk == Persistent()
    return disk.log.last_term <= disk.current_term


# What is asked ---------------------------------------------------------------------------


def _small_calls() -> Iterator[Arguments]:
    disks = list(small_disks(longest=3, voters=(OWN, OTHER)))
    return product(disks, disks)


def _drawn_call(random: Random) -> Arguments:
    """A step in a late term; many drawn calls cannot happen, and are left out."""
    term = random.randint(4, 12)
    first, second = random.sample(SERVERS, 2)
    log = Log.of_terms(*sorted(random.choices((1, 2, 3), k=random.randint(2, 6))))
    on_disk = Persistent(term, random.choice((None, first)), log)
    kept = log.prefix(random.randint(0, log.last_index))
    return on_disk, random.choice(
        (
            Persistent(term, on_disk.voted_for or second, log),
            Persistent(term + random.choice((1, 2, 3, 500)), random.choice((None, second)), log),
            Persistent(term, on_disk.voted_for, kept.extend(Log.of_terms(term, term))),
            Persistent(term + 1, None, log.extend(Log.of_terms(*[term] * random.randint(1, 3)))),
        )
    )


def _can_happen(on_disk: Persistent, in_memory: Persistent) -> bool:
    """Whether one event can lead from the one state to the other.

    A term never falls, and a vote is given once in a term. Who votes stores no entry in the same
    step. Entries are deleted only if others come in their place (AppendEntries 3), and those that
    are deleted are of earlier terms: a term's entries all come from its one leader. Two entries of
    one term at one index are the same, and so are all before them (Log Matching).
    """
    if not (could_be_a_disk(on_disk) and could_be_a_disk(in_memory)):
        return False
    before, after = on_disk.log, in_memory.log
    later = in_memory.current_term > on_disk.current_term
    if in_memory.current_term < on_disk.current_term:
        return False
    if not later and on_disk.voted_for not in (None, in_memory.voted_for):
        return False
    voted = in_memory.voted_for is not None and (later or on_disk.voted_for is None)
    kept = after.common_prefix(before)
    if voted:
        return after == before
    if kept == before.last_index:
        return True
    both = range(kept + 1, min(before.last_index, after.last_index) + 1)
    return (
        len(both) > 0
        and before.last_term < in_memory.current_term
        and all(before.term_at(index) != after.term_at(index) for index in both)
    )


# What is judged --------------------------------------------------------------------------


def _left(writes: Writes, on_disk: Persistent) -> Persistent:
    """What the disk holds after all writes."""
    return writes[-1] if writes else on_disk


def _in_the_end(part: str) -> AnswerPart:
    """A part of what the disk holds after all writes."""

    def of(writes: Writes, on_disk: Persistent, in_memory: Persistent) -> Any:
        return getattr(_left(writes, on_disk), part)

    return AnswerPart(f"{part} on the disk, in the end,", of, sees_call=True)


def _first_half(writes: Writes, on_disk: Persistent, in_memory: Persistent) -> Persistent | None:
    """The first state between two writes that never was in memory; None if there is none."""
    halves = (left for left in writes[:-1] if not _was_on_the_way(left, on_disk, in_memory))
    return next(halves, None)


def _was_on_the_way(left: Persistent, on_disk: Persistent, in_memory: Persistent) -> bool:
    """Whether the server went through this state, or may have, from the one to the other.

    A higher term is adopted first, without a vote (§5.1); then the message is looked at, and a
    conflict deletes entries before others are appended (AppendEntries 3 and 4).
    """
    if left == on_disk:
        return True
    standing = (left.current_term, left.voted_for)
    entered = (in_memory.current_term, None)
    if standing != (in_memory.current_term, in_memory.voted_for):
        later = in_memory.current_term > on_disk.current_term
        return later and standing == entered and left.log == on_disk.log
    kept = in_memory.log.common_prefix(on_disk.log)
    begun = in_memory.log.extends(left.log) and left.log.last_index >= kept
    return begun or left.log == on_disk.log


def _wrong_write(writes: Writes, on_disk: Persistent, in_memory: Persistent) -> Any:
    """The first write that must not be: one of what the disk holds already, or of a half."""
    if writes and in_memory == on_disk:
        return writes[0]
    return _first_half(writes, on_disk, in_memory) or InWords("none")


_TERM, _VOTE, _LOG = map(_in_the_end, ("current_term", "voted_for", "log"))
_WRONG = AnswerPart("a write that must not be", _wrong_write, sees_call=True)


def _disk_after(
    writes: Writes, right: Writes, on_disk: Persistent, in_memory: Persistent
) -> Picture:
    """The disk in the end if it is wrong, and else the first half on the way, below the memory."""
    left = _left(writes, on_disk)
    half = _first_half(writes, on_disk, in_memory)
    if left != in_memory or half is None:
        return draw_storage(in_memory, left, title="After your writes")
    when = f"A crash after write {writes.index(half) + 1} of {len(writes)}"
    return draw_storage(in_memory, half, title=when)


# Why -------------------------------------------------------------------------------------


def _term(on_disk: Persistent, in_memory: Persistent) -> str:
    term = in_memory.current_term
    if term == on_disk.current_term:
        return f"It is term {term}, on the disk as in memory, and must stay so (§5.1)."
    if in_memory.voted_for is not None:
        return (
            f"The vote is worth nothing without its term: currentTerm is persistent (Figure 2, "
            f"State). Without it this server would be back in term {on_disk.current_term} after "
            "a crash (§5.1)."
        )
    return (
        f"No vote is given, but others have been answered in term {term}. A term never falls, not "
        "even in a crash: currentTerm is persistent (§5.1; Figure 2, State)."
    )


def _free_vote(on_disk: Persistent, in_memory: Persistent) -> str | None:
    """The vote of the old term must not stay on the disk."""
    term = in_memory.current_term
    if term == on_disk.current_term or in_memory.voted_for is not None:
        return None
    return (
        f"In term {term} no vote is given yet, and the disk has to say so. With a vote of an older "
        "term it would be lost for this term after a crash (§5.1, §5.2)."
    )


def _vote(on_disk: Persistent, in_memory: Persistent) -> str:
    term, vote = in_memory.current_term, in_memory.voted_for
    if vote is None:
        return f"In term {term} no vote is given, and votedFor is persistent (Figure 2, State)."
    return (
        f"The vote of term {term} is given to {vote}. Forgotten in a crash, it would be given "
        "a second time: votedFor is persistent (§5.2; Figure 2, State)."
    )


def _replaced(on_disk: Persistent, in_memory: Persistent) -> str | None:
    """A conflict: the new log may be longer than the old one, as long, or shorter."""
    if in_memory.log.extends(on_disk.log):
        return None
    return (
        f"A leader of term {in_memory.current_term} has replaced entries. What a conflict deletes "
        "must go from the disk, too, and what comes in its place must be there: otherwise the old "
        "ones come back with the next restart (Figure 2, AppendEntries 3 and 4)."
    )


def _entries(on_disk: Persistent, in_memory: Persistent) -> str:
    if in_memory.log == on_disk.log:
        return "No entry is new, and those that were acknowledged stay on the disk (§5.3)."
    return (
        "New entries are acknowledged once they are written; the leader counts on them. The log is "
        "persistent (§5.3; Figure 2, State)."
    )


def _nothing_new(on_disk: Persistent, in_memory: Persistent) -> str | None:
    if in_memory != on_disk:
        return None
    return (
        "The disk holds all of this already. Persistent state is updated on stable storage, and "
        "here is nothing to update (Figure 2, State)."
    )


def _one_by_one(on_disk: Persistent, in_memory: Persistent) -> str:
    return (
        "A crash may come between two writes, and this server never was in the state that it would "
        "leave. A new term comes first, without a vote; then the vote, or the entries, which keep "
        "the beginning that both logs share. Or all of it in one atomic write (§5.1 to §5.3; "
        "Figure 2, State)."
    )


# Stories and pictures --------------------------------------------------------------------


def crash_and_return(cluster: Cluster) -> None:
    """A follower stores an entry, crashes, and restarts with it."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)
    cluster.propose("x=1")
    cluster.run(ms=14)
    cluster.crash("S2")
    cluster.propose("x=2")
    cluster.run(ms=10)
    cluster.restart("S2")
    cluster.run(ms=60)


def heard_of_a_new_term() -> Any:
    """A server with a new term and a new entry in memory that are not yet on its disk."""
    in_memory = Persistent(4, None, Log.of_terms(1, 1, 4))
    on_disk = Persistent(3, "S2", Log.of_terms(1, 1))
    return draw_storage(
        in_memory, on_disk, "follower", 2, 2, title="S1 has received an entry of term 4"
    )


CHECKS = {
    "5.1": Checks(
        returns=Writes,
        cases=Regions(
            SmallWorld(writes_needed, _small_calls, _drawn_call, _can_happen, picture=_disk_after),
            Region("writes a new term down, voted in or only heard of", 1, _term, _TERM),
            Region("a new term has no vote on the disk", 1, _free_vote, _VOTE),
            Region("writes a vote down", 1, _vote, _VOTE),
            Region("entries that were replaced are gone from the disk", 1, _replaced, _LOG),
            Region("writes new entries", 1, _entries, _LOG),
            Region("writes nothing if nothing has changed", 1, _nothing_new, _WRONG),
            Region("no crash leaves a half of it", 1, _one_by_one, _WRONG),
        ).cases,
        picture=heard_of_a_new_term,
        story=crash_and_return,
        at_work="A crash and a restart",
        schedules=(LOST_VOTE, HALF_A_VOTE, REPLACED_ENTRY),
    ),
}
