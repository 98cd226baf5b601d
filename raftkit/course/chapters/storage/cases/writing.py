"""The cases of exercise 5.1: what must be written (Figure 2, State).

Many answers are right: one write or several, as long as a server may start from the disk after
each of them. A case looks at one part of the disk. Terms, names and logs are drawn.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.chapters.storage.cases.schedules import HALF_A_VOTE, LOST_VOTE, REPLACED_ENTRY
from raftkit.course.checking.cases import Case, Checks, Flaw, JudgedCall, wrong_value
from raftkit.protocol import Log, Persistent
from raftkit.simulator import Timeout
from raftkit.views import draw_storage

SERVERS = ("S1", "S2", "S3", "S4", "S5")
Writes = tuple[Persistent, ...]
Judge = Callable[[Persistent, Persistent, Writes], Flaw | None]


def _asked(on_disk: Persistent, in_memory: Persistent, judge: Judge) -> JudgedCall:
    """One call of `writes_needed`."""
    return JudgedCall(
        {"on_disk": on_disk, "in_memory": in_memory},
        lambda writes: judge(on_disk, in_memory, writes),
    )


def _flaw(
    in_memory: Persistent, left: Persistent, writes: Writes, why: str, title: str
) -> Flaw:  # fmt: skip
    """The flaw of writes that leave a wrong disk; it is drawn below the memory."""
    return wrong_value(f"{writes!r}", why, draw_storage(in_memory, left, title=title))


def _ends_with(part: str, why: str) -> Judge:
    """A judge: after all writes this part of the state must be the same on disk and in memory."""

    def judge(on_disk: Persistent, in_memory: Persistent, writes: Writes) -> Flaw | None:
        left: Any = writes[-1] if writes else on_disk
        held, wanted = getattr(left, part), getattr(in_memory, part)
        if held == wanted:
            return None
        said = f"The disk is left with {part} = {held!r}, and memory has {wanted!r}. {why}"
        return _flaw(in_memory, left, writes, said, "After your writes")

    return judge


def _log(random: Random, *ends: int) -> Log:
    """A log of entries of term 1, followed by entries of the terms `ends`."""
    return Log.of_terms(*[1] * random.randint(1, 3), *ends)


def _vote(random: Random) -> list[JudgedCall]:
    """A vote in the term that is on the disk already; then a state that has not changed."""
    term, candidate = random.randint(2, 8), random.choice(SERVERS)
    log = _log(random)
    why = (
        f"The vote of term {term} is given to {candidate}. Forgotten in a crash, it would be given "
        "a second time: votedFor is persistent (§5.2; Figure 2, State)."
    )
    on_disk, in_memory = Persistent(term, None, log), Persistent(term, candidate, log)
    judge = _ends_with("voted_for", why)
    return [_asked(on_disk, in_memory, judge), _asked(in_memory, in_memory, judge)]


def _term(random: Random) -> list[JudgedCall]:
    """A new term with a vote in it, and a new term that was only heard of."""
    term, candidate = random.randint(2, 8), random.choice(SERVERS)
    log = _log(random)
    voted = (
        f"The vote is worth nothing without its term: currentTerm is persistent (Figure 2, State)."
        f" Without it this server would be back in term {term - 1} after a crash (§5.1)."
    )
    heard = (
        f"No vote is given and no entry is new, but others have been answered in term {term}. A "
        f"term never falls, not even in a crash: currentTerm is persistent (§5.1; Figure 2, State)."
    )
    on_disk = Persistent(term - 1, None, log)
    return [
        _asked(on_disk, Persistent(term, candidate, log), _ends_with("current_term", voted)),
        _asked(on_disk, Persistent(term, None, log), _ends_with("current_term", heard)),
    ]


def _free_vote(random: Random) -> list[JudgedCall]:
    """The vote of the old term must not stay on the disk."""
    term, candidate = random.randint(2, 8), random.choice(SERVERS)
    log = _log(random)
    why = (
        f"{candidate} got the vote of term {term - 1}. In term {term} there is none yet, and the "
        "disk has to say so, or the vote is lost for this term after a crash (§5.1, §5.2)."
    )
    on_disk, in_memory = Persistent(term - 1, candidate, log), Persistent(term, None, log)
    return [_asked(on_disk, in_memory, _ends_with("voted_for", why))]


def _new_entries(random: Random) -> list[JudgedCall]:
    """The log has grown, by one entry and by several."""
    term = random.randint(2, 8)
    log = _log(random)
    why = (
        "New entries are acknowledged once they are written; the leader counts on them. The log is "
        "persistent (§5.3; Figure 2, State)."
    )
    return [
        _asked(
            Persistent(term, None, log),
            Persistent(term, None, log.extend(Log.of_terms(*[term] * new))),
            _ends_with("log", why),
        )
        for new in (1, random.randint(2, 4))
    ]


def _replaced(random: Random) -> list[JudgedCall]:
    """A conflict: the new log is as long as the old one, or shorter."""
    term = random.randint(4, 8)
    why = (
        f"A leader of term {term} has replaced entries. What a conflict deletes must go from the "
        "disk, too: otherwise it comes back with the next restart (Figure 2, AppendEntries 3)."
    )
    common = _log(random)
    old = Persistent(term, None, common.extend(Log.of_terms(2, 2)))
    return [
        _asked(
            old,
            Persistent(term, None, common.extend(Log.of_terms(*[term] * new))),
            _ends_with("log", why),
        )
        for new in (2, 1)
    ]


# Crashes between two writes --------------------------------------------------------------


def _no_halves(on_disk: Persistent, in_memory: Persistent, writes: Writes) -> Flaw | None:
    """Whether a crash between two writes leaves a disk that a server may start from."""
    for number, left in enumerate(writes[:-1], start=1):
        why = _half_vote(on_disk, in_memory, left) or _half_log(on_disk, in_memory, left)
        if why is not None:
            when = f"A crash after write {number} of {len(writes)}"
            said = f"{when} leaves {left.current_term = }, {left.voted_for = }".replace("left.", "")
            return _flaw(in_memory, left, writes, f"{said}. {why}", when)
    return None


def _half_vote(on_disk: Persistent, in_memory: Persistent, left: Persistent) -> str | None:
    """What is wrong with the term and the vote on the disk between two writes; or None."""
    before = (on_disk.current_term, on_disk.voted_for)
    after = (in_memory.current_term, in_memory.voted_for)
    entered = (in_memory.current_term, None)
    allowed = {before, after} | ({entered} if before[0] != after[0] else set())
    if (left.current_term, left.voted_for) in allowed:
        return None
    return (
        f"The vote of term {before[0]} was for {before[1]}, that of term {after[0]} is for "
        f"{after[1]}: this is neither. Term and vote belong together, in one atomic write "
        "(§5.2; Figure 2, State)."
    )


def _half_log(on_disk: Persistent, in_memory: Persistent, left: Persistent) -> str | None:
    """What is wrong with the log on the disk between two writes; or None."""
    kept = in_memory.log.common_prefix(on_disk.log)
    on_the_way = in_memory.log.extends(left.log) and left.log.last_index >= kept
    if left.log == on_disk.log or on_the_way:
        return None
    return (
        f"Its log {left.log!r} is neither the old one nor a beginning of the new one that holds "
        f"the entries up to {kept}, which both have. Entries that were acknowledged would be lost "
        "(§5.3; Figure 2, State)."
    )


def _one_write(random: Random) -> list[JudgedCall]:
    """A vote in one term, then a vote in the next; and entries that replace others."""
    term = random.randint(4, 8)
    first, second = random.sample(SERVERS, 2)
    log = _log(random)
    voted, votes = Persistent(term - 1, first, log), Persistent(term, second, log)
    replaced = Persistent(term, None, log.extend(Log.of_terms(2, 2)))
    replaces = Persistent(term, None, log.extend(Log.of_terms(term, term)))
    return [_asked(voted, votes, _no_halves), _asked(replaced, replaces, _no_halves)]


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
        cases=(
            Case("writes a vote down", 1, _vote),
            Case("writes a new term down, voted in or only heard of", 1, _term),
            Case("a new term has no vote on the disk", 1, _free_vote),
            Case("writes new entries", 1, _new_entries),
            Case("entries that were replaced are gone from the disk", 1, _replaced),
            Case("no crash leaves a half of it", 1, _one_write),
        ),
        picture=heard_of_a_new_term,
        story=crash_and_return,
        at_work="A crash and a restart",
        schedules=(LOST_VOTE, HALF_A_VOTE, REPLACED_ENTRY),
    ),
}
