"""`Surroundings`: what the other servers can have done, as far as a lone server's story tells.

Nobody may tell a server what cannot happen: two leaders of one term, a leader that lacks a
committed entry, logs that part and meet again (Figure 3). So whatever has been told is kept
here, and limits what may be told next (events.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Log,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
)

MOST_ENTRIES = 3
_NOTHING: Mapping[object, object] = MappingProxyType({})


@cache
def entry_of(term: int) -> Entry:
    """What stands in the logs of others: the same command each time, so that terms must count."""
    return Entry(term, "x=1", "C9", 2)


@cache
def log_of(*terms: int) -> Log:
    """A log with entries of others.

    >>> log_of(1, 2).last_term
    2
    """
    return Log([entry_of(term) for term in terms])


@cache
def small_logs(term: int, most: int = MOST_ENTRIES) -> tuple[Log, ...]:
    """Every log of up to `most` entries whose terms are `term` at most, the shortest first."""
    rows: list[tuple[int, ...]] = [()]
    for row in rows:
        if len(row) < most:
            rows += [(*row, next) for next in range(row[-1] if row else 1, term + 1)]
    return tuple(log_of(*row) for row in rows)


def log_matches(one: Log, other: Log) -> bool:
    """Whether two logs may be of one history: equal up to each entry of equal terms (Figure 3).

    >>> log_matches(log_of(1, 1), log_of(1, 2)), log_matches(log_of(1, 2), log_of(2, 2))
    (True, False)
    """
    for index in range(min(one.last_index, other.last_index), 0, -1):
        if one.term_at(index) == other.term_at(index):
            return one.prefix(index) == other.prefix(index)
    return True


@dataclass(frozen=True)
class Surroundings:
    """What is known of the others; `servers` are the names of all, `id` is the lone server's.

    `leaders` maps a term to its leader and the leader's log; `sent` maps a peer to what the server
    has sent it as the leader of its term, pairs of prevLogIndex and the last index.
    """

    id: str
    servers: tuple[str, ...]
    leaders: Mapping[int, tuple[str, Log]] = field(default_factory=dict)
    logs: tuple[Log, ...] = ()  # all that have been seen
    committed: Log = field(default_factory=log_of)
    ends: Mapping[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    votes: Mapping[tuple[str, int], bool] = field(default_factory=dict)
    asked: frozenset[int] = frozenset()  # the terms in which the server was a candidate
    led: frozenset[int] = frozenset()  # or can have been a leader
    sent: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)  # what a peer has acknowledged

    @property
    def peers(self) -> tuple[str, ...]:
        """The others."""
        return tuple(server for server in self.servers if server != self.id)

    @property
    def majority(self) -> int:
        """How many servers are more than half."""
        return len(self.servers) // 2 + 1

    def grants(self, term: int) -> int:
        """How many have voted for the server in `term`, itself included."""
        return 1 + sum(granted for (_, of), granted in self.votes.items() if of == term)

    def possible(self, logs: Iterable[Log]) -> Iterator[Log]:
        """Those of the logs that others can have beside the ones that were seen."""
        for log in logs:
            if all(log_matches(log, seen) for seen in self.logs):
                yield log

    def hearing(self, message: Message) -> "Surroundings":
        """What is known once the server has been sent `message`."""
        source, term = message.source, message.term
        match message:
            case RequestVoteRequest():
                end = message.last_log_index, message.last_log_term
                return replace(self, ends={**self.ends, (source, term): end})
            case RequestVoteResponse():
                return replace(self, votes={**self.votes, (source, term): message.vote_granted})
            case AppendEntriesRequest():
                return self
            case AppendEntriesResponse(success=True):
                held = max(self.held.get(source, 0), message.match_index)
                return replace(self, held={**self.held, source: held})
        return self

    def led_by(self, leader: str, term: int, log: Log, committed: int) -> "Surroundings":
        """What is known once `leader` has shown part of its log in `term`."""
        longest = max(self.committed, log.prefix(committed), key=len)
        leaders = {**self.leaders, term: (leader, log)}
        logs = self.logs if log in self.logs else (*self.logs, log)
        return replace(self, leaders=leaders, logs=logs, committed=longest)
