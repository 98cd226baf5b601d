"""The cases of exercise 5.2: which messages wait until the disk is done (Figure 2, State).

Every small message is asked about. Some promise nothing that a crash could take back, such as a
refusal or an empty heartbeat: whether those wait is left open.
"""

from raftkit.checkers import Cluster
from raftkit.course.chapters.storage.cases.schedules import (
    SLOW_CANDIDATE,
    SLOW_FOLLOWER,
    SLOW_LEADER,
    SLOW_VOTE,
)
from raftkit.course.chapters.storage.cases.small_messages import (
    could_be_sent,
    drawn_message,
    small_messages,
)
from raftkit.course.chapters.storage.cases.writing import crash_and_return
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Region, Regions, SmallWorld
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
    waits_for_disk,
)
from raftkit.simulator import Timeout, TornWrite
from raftkit.views import Picture, space_time


def promises(message: Message) -> bool:
    """Whether others rely on something that the sender has only just written, or may have."""
    match message:
        case RequestVoteResponse(vote_granted=granted):
            return granted
        case AppendEntriesResponse(success=success, match_index=match_index):
            return success and match_index > 0
        case AppendEntriesRequest(entries=entries):
            return len(entries) > 0
    return True


def _vote(message: Message) -> str | None:
    if not isinstance(message, RequestVoteResponse):
        return None
    voter, candidate, term = message.source, message.target, message.term
    if not message.vote_granted:
        return (
            f"{voter} refuses its vote: whether that waits makes no difference (Figure 2, State)."
        )
    return (
        f"{voter} votes for {candidate} in term {term}. If it crashed before that is written, it "
        "could vote again in the same term: stable storage first, then the answer (Figure 2, "
        "State)."
    )


def _acknowledged(message: Message) -> str | None:
    if not isinstance(message, AppendEntriesResponse):
        return None
    follower, leader, index = message.source, message.target, message.match_index
    if not promises(message):
        return f"{follower} claims to hold nothing, so this may wait or not (Figure 2, State)."
    return (
        f"{follower} says that it holds entries up to {index}, and {leader} counts it. After a "
        "crash it might not hold them: stable storage first, then the answer (§5.3; Figure 2, "
        "State)."
    )


def _candidate(message: Message) -> str | None:
    """A candidate's request says that its sender has voted for itself."""
    if not isinstance(message, RequestVoteRequest):
        return None
    return (
        f"{message.source} has voted for itself, and its request tells so. If it crashed before "
        f"that is written, it could vote for another candidate of term {message.term}, and its own "
        "request might still win (§5.2; Figure 2, State)."
    )


def _leader(message: Message) -> str | None:
    """A leader counts the entries that it sends as stored by itself."""
    if not isinstance(message, AppendEntriesRequest):
        return None
    if not message.entries:
        return f"{message.source} sends no entries, so this may wait or not (Figure 2, State)."
    last = message.prev_log_index + len(message.entries)
    return (
        f"{message.source} counts itself as one of the majority that holds entry {last} (4.1). It "
        "may do so only when its own disk holds it, so the entry waits (Figure 2, State)."
    )


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
        cases=Regions(
            SmallWorld(
                waits_for_disk,
                lambda: ((message,) for message in small_messages()),
                lambda random: (drawn_message(random),),
                could_be_sent,
                also_right=lambda message: () if promises(message) else (False,),
            ),
            Region("a vote waits", 1, _vote),
            Region("an acknowledgement waits", 1, _acknowledged),
            Region("a candidate's request waits", 1, _candidate),
            Region("a leader's entries wait", 1, _leader),
        ).cases,
        picture=_died_before_it_spoke,
        story=crash_and_return,
        at_work="A crash and a restart",
        schedules=(SLOW_VOTE, SLOW_CANDIDATE, SLOW_FOLLOWER, SLOW_LEADER),
    ),
}
