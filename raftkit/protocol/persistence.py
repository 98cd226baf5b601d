"""What a server must not forget, and what it must not say before it is written (Figure 2, State).

The current term, the vote and the log are updated on stable storage before an
RPC is answered; everything else may be lost. Real disks are the driver's.
"""

from raftkit.protocol.log import Log
from raftkit.protocol.messages import Message
from raftkit.protocol.record import record
from raftkit.protocol.roles import FOLLOWER
from raftkit.protocol.terms import Standing

_EMPTY_LOG = Log()


@record
class Persistent:
    """Figure 2's persistent state on all servers, written as one atomic unit."""

    current_term: int = 0
    voted_for: str | None = None
    log: Log = _EMPTY_LOG


@record
class Restarted:
    """The volatile state that a server starts with."""

    standing: Standing
    commit_index: int
    last_applied: int


def writes_needed(on_disk: Persistent, in_memory: Persistent) -> tuple[Persistent, ...]:
    """What to write, one atomic write each, so that the disk holds what memory does (Figure 2).

    >>> writes_needed(Persistent(1, "S2"), Persistent(2, None))
    (Persistent(current_term=2, voted_for=None, log=Log.of_terms()),)
    >>> writes_needed(Persistent(2, "S1"), Persistent(2, "S1"))
    ()
    """
    # Nearly always the log has grown, and no entries need to be compared to see that.
    grown = in_memory.log.last_index > on_disk.log.last_index
    return (in_memory,) if grown or in_memory != on_disk else ()


def waits_for_disk(message: Message) -> bool:
    """Whether `message` must wait until this step's writes are durable (Figure 2, State).

    >>> from raftkit.protocol import RequestVoteResponse
    >>> waits_for_disk(RequestVoteResponse("S1", "S2", 3, vote_granted=True))
    True
    """
    return True


def restart(persistent: Persistent) -> Restarted:
    """The state of a server that starts from its disk (Figure 2, State; §5.2).

    >>> restart(Persistent(3, "S1", Log.of_terms(1, 3))).standing
    Standing(role='follower', current_term=3, voted_for='S1')
    """
    return Restarted(
        standing=Standing(FOLLOWER, persistent.current_term, persistent.voted_for),
        commit_index=0,
        last_applied=0,
    )
