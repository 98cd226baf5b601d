"""Servers in a role, ready to be handed one message."""

from collections.abc import Callable

import pytest

from raftkit.protocol import (
    Log,
    Persistent,
    RequestVoteResponse,
    Server,
    Settings,
    TimerFired,
)

Make = Callable[..., Server]


@pytest.fixture
def follower() -> Make:
    """Makes follower S1 of a cluster: `follower(term=2, voted_for="S2", log=Log.of_terms(1))`."""

    def make(
        term: int = 0,
        voted_for: str | None = None,
        log: Log | None = None,
        servers: int = 3,
        settings: Settings | None = None,
    ) -> Server:
        names = tuple(f"S{number}" for number in range(1, servers + 1))
        persistent = Persistent(term, voted_for, log or Log())
        server = Server("S1", names, settings=settings, persistent=persistent)
        server.start()
        return server

    return make


@pytest.fixture
def candidate(follower: Make) -> Make:
    """Makes candidate S1 in `term`; the other arguments are a follower's."""

    def make(term: int = 1, **arguments: object) -> Server:
        server = follower(term=term - 1, **arguments)
        server.handle(TimerFired("election"))
        return server

    return make


@pytest.fixture
def leader(candidate: Make) -> Make:
    """Makes leader S1 of `term`, elected by S2 (and by S3 and so on, as far as needed)."""

    def make(term: int = 1, **arguments: object) -> Server:
        server = candidate(term=term, **arguments)
        for peer in server.peers:
            if server.standing.role == "candidate":
                server.handle(RequestVoteResponse(peer, "S1", term, vote_granted=True))
        return server

    return make
