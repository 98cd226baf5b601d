"""Terms (§5.1): what the term on a message does to the server that receives it.

Terms are Raft's logical clock. Two rules of Figure 2 live here, and both are
asked before a message is looked at any further: adopting a higher term ("All
servers") and refusing a request from the past (step 1 of both RPCs).
"""

from typing import Final, Literal

from raftkit.protocol.messages import AppendEntriesRequest, Message, Request
from raftkit.protocol.record import record
from raftkit.protocol.roles import CANDIDATE, FOLLOWER, Role


@record
class Standing:
    """Where a server stands in elections: its role, its term, and its vote in that term.

    `voted_for` is a server's name, or None if it has not voted in `current_term`.
    """

    role: Role = FOLLOWER
    current_term: int = 0
    voted_for: str | None = None


Treatment = Literal["process", "refuse", "ignore"]

PROCESS: Final = "process"
REFUSE: Final = "refuse"
IGNORE: Final = "ignore"


def adopt_term(standing: Standing, message: Message) -> Standing:
    """The server's standing once it has seen the term on `message` (§5.1, §5.2).

    A higher term is adopted from any message, with no vote given in it yet. A candidate that
    hears from the leader of its own term concedes, and keeps its vote of that term.

    >>> from raftkit.protocol import AppendEntriesResponse
    >>> adopt_term(Standing("leader", 2, "S1"), AppendEntriesResponse("S2", "S1", 5, False))
    Standing(role='follower', current_term=5, voted_for=None)
    """
    if message.term > standing.current_term:
        return Standing(FOLLOWER, message.term, None)
    if (
        standing.role == CANDIDATE
        and message.term == standing.current_term
        and isinstance(message, AppendEntriesRequest)
    ):
        return Standing(FOLLOWER, standing.current_term, standing.voted_for)
    return standing


def treat_request(current_term: int, request: Request) -> Treatment:
    """Whether to process a request, refuse it with our own term, or ignore it (Figure 2, step 1).

    The answer to a stale request matters: its term tells an old leader or candidate to step down.

    >>> from raftkit.protocol import RequestVoteRequest
    >>> treat_request(3, RequestVoteRequest("S2", "S1", 2, 0, 0))
    'refuse'
    """
    return REFUSE if request.term < current_term else PROCESS
