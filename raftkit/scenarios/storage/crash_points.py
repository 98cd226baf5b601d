"""Crashes of a lone server at each point of its writes, and what scenarios about storage ask it.

Answers are looked at as messages, so they say nothing of how a server is built.
"""

from collections.abc import Callable, Iterator

from raftkit.protocol import (
    AppendEntriesResponse,
    Event,
    Log,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import expect

BEFORE_ANSWERING = "Figure 2, State: on stable storage before an RPC is answered"


def asks(candidate: str, term: int, log: Log | None = None) -> RequestVoteRequest:
    """A candidate asks S1 for its vote; its log is long enough unless one is given."""
    index, last_term = (log.last_index, log.last_term) if log else (99, term)
    return RequestVoteRequest(candidate, "S1", term, index, last_term)


def grants(answers: list[Message]) -> bool:
    """Whether a vote was given."""
    return any(isinstance(each, RequestVoteResponse) and each.vote_granted for each in answers)


def succeeds(answers: list[Message]) -> bool:
    """Whether entries were acknowledged."""
    return any(isinstance(each, AppendEntriesResponse) and each.success for each in answers)


def crashes(
    build: Callable[[], LoneServer], event: Event
) -> Iterator[tuple[str, LoneServer, list[Message]]]:
    """A server takes `event` and dies: before its writes, between two of them, after them.

    Comes with when it died, in words, restarted from what its disk then held, and with what
    had left it before: messages that did not wait, or all if there was nothing to wait for.
    """
    keep, writes = 0, 1
    while keep <= writes:
        server = build()
        effects = server.process.handle(event)
        expect(
            keep == 0 or len(effects.writes) == writes,
            f"S1 took the same event with the same disk twice, and asked for {writes}, then for "
            f"{len(effects.writes)} writes: it has changed the Persistent that was handed to it, "
            "which is its disk. Make a new one for each write.",
        )
        writes = len(effects.writes)
        left = [*effects.early_messages, *(() if writes else effects.messages)]
        if keep:
            server.disk = effects.writes[keep - 1]
        server.restart()
        yield f"when {keep} of {writes} writes were durable", server, left
        keep += 1
