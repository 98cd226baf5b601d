"""The cases of exercise 5.2: which messages wait until the disk is done (Figure 2, State).

They ask only about messages that would be untrue after a crash. Whether a refusal or an
empty heartbeat waits is left open.
"""

from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.storage.cases.schedules import (
    SLOW_CANDIDATE,
    SLOW_FOLLOWER,
    SLOW_LEADER,
    SLOW_VOTE,
)
from raftkit.course.chapters.storage.cases.writing import SERVERS, crash_and_return
from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.simulator import Timeout, TornWrite
from raftkit.views import Picture, space_time


def _waits(message: Message, why: str) -> list[Call]:
    """One call of `waits_for_disk` with a message that must wait."""
    return [Call({"message": message}, True, why)]


def _vote(random: Random) -> list[Call]:
    """A granted vote."""
    voter, candidate = random.sample(SERVERS, 2)
    term = random.randint(2, 8)
    why = (
        f"{voter} votes for {candidate} in term {term}. If it crashed before that is written, it "
        "could vote again in the same term: stable storage first, then the answer (Figure 2, "
        "State)."
    )
    return _waits(RequestVoteResponse(voter, candidate, term, True), why)


def _acknowledged(random: Random) -> list[Call]:
    """An acknowledgement, which a leader will count."""
    follower, leader = random.sample(SERVERS, 2)
    term, index = random.randint(2, 8), random.randint(2, 6)
    why = (
        f"{follower} says that it holds entries up to {index}, and {leader} counts it. After a "
        "crash it might not hold them: stable storage first, then the answer (§5.3; Figure 2, "
        "State)."
    )
    return _waits(AppendEntriesResponse(follower, leader, term, True, index, index - 1), why)


def _candidate(random: Random) -> list[Call]:
    """A candidate's request, which says that its sender has voted for itself."""
    candidate, voter = random.sample(SERVERS, 2)
    term, index = random.randint(2, 8), random.randint(2, 6)
    why = (
        f"{candidate} has voted for itself, and its request tells so. If it crashed before that is "
        f"written, it could vote for another candidate of term {term}, and its own request might "
        "still win (§5.2; Figure 2, State)."
    )
    return _waits(RequestVoteRequest(candidate, voter, term, index, term - 1), why)


def _leader(random: Random) -> list[Call]:
    """A leader's entries, which it counts as stored by itself."""
    leader, follower = random.sample(SERVERS, 2)
    term, index = random.randint(2, 8), random.randint(2, 6)
    entry = Entry(term, f"x={index}")
    request = AppendEntriesRequest(leader, follower, term, index, term, (entry,), index - 1)
    why = (
        f"{leader} counts itself as one of the majority that holds entry {index + 1} (4.1). It may "
        "do so only when its own disk holds it, so the entry waits (Figure 2, State)."
    )
    return _waits(request, why)


def _died_before_it_spoke() -> Picture:
    """S2 writes its vote and crashes before the answer leaves; it restarts and votes again."""
    cluster = Cluster(servers=3, seed=5)
    cluster.do(TornWrite("S2", keep=1), Timeout("S1"))
    cluster.run(ms=9)
    cluster.restart("S2")
    cluster.run(ms=7)
    return space_time(cluster.history, title="S2 dies between its write and its answer")


CHECKS = {
    "5.2": Checks(
        returns=bool,
        cases=(
            Case("a vote waits", 1, _vote),
            Case("an acknowledgement waits", 1, _acknowledged),
            Case("a candidate's request waits", 1, _candidate),
            Case("a leader's entries wait", 1, _leader),
        ),
        picture=_died_before_it_spoke,
        story=crash_and_return,
        at_work="A crash and a restart",
        schedules=(SLOW_VOTE, SLOW_CANDIDATE, SLOW_FOLLOWER, SLOW_LEADER),
    ),
}
