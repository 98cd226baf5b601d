"""What servers, clients and timers tell a server: every event but the start.

The fields are Figure 2's, in snake_case. Messages are not paired like calls,
so each one names its `source` and `target`, and a response repeats what the
receiver needs to know which request it answers.
"""

from typing import Final, Literal

from raftkit.protocol.log import Entry
from raftkit.protocol.record import record


@record
class RequestVoteRequest:
    """A candidate asks for a vote (Figure 2, RequestVote RPC); `source` is candidateId."""

    source: str
    target: str
    term: int
    last_log_index: int
    last_log_term: int


@record
class RequestVoteResponse:
    """A server's answer to a candidate (Figure 2, RequestVote RPC)."""

    source: str
    target: str
    term: int
    vote_granted: bool


@record
class AppendEntriesRequest:
    """A leader sends entries, or none as a heartbeat (Figure 2); `source` is leaderId."""

    source: str
    target: str
    term: int
    prev_log_index: int
    prev_log_term: int
    entries: tuple[Entry, ...]
    leader_commit: int


@record
class AppendEntriesResponse:
    """A follower's answer to a leader (Figure 2), with what §5.3 adds for a fast back-up.

    Differs from the paper: messages are not paired like calls, so the answer says what it answers.
    On success `match_index` is the last index known to agree with the leader. On a refusal
    `prev_log_index` repeats the refused one, `conflict_term` is the term found there (0 if
    the log is too short) and `conflict_index` the first index of that term (or the log's end + 1).
    """

    source: str
    target: str
    term: int
    success: bool
    match_index: int = 0
    prev_log_index: int = 0
    conflict_term: int = 0
    conflict_index: int = 0


Request = RequestVoteRequest | AppendEntriesRequest
Response = RequestVoteResponse | AppendEntriesResponse
Message = Request | Response


@record
class ClientRequest:
    """A client asks for a command (§8); `serial` numbers its requests, so a retry is recognised."""

    source: str
    target: str
    serial: int
    command: str


@record
class ClientResponse:
    """An answer to a client: the state machine's result, or where the leader may be (§8)."""

    source: str
    target: str
    serial: int
    ok: bool
    result: str | None = None
    leader_hint: str | None = None


Timer = Literal["election", "heartbeat"]

ELECTION: Final = "election"
HEARTBEAT: Final = "heartbeat"


@record
class TimerFired:
    """A timer that the server had set has run out."""

    timer: str


Event = Message | ClientRequest | TimerFired
