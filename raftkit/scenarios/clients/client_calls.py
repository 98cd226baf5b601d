"""How scenarios about clients ask, and what they are told: by a lone server, or by a cluster.

An answer is done when it says that a command was carried out; every other one only
tells where to ask.
"""

from typing import Any

from raftkit.protocol import ClientRequest, ClientResponse, Effects, Reply
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.watched_cluster import WatchedCluster
from raftkit.simulator import Ask

ANSWER_WITHIN_MS = 10_000

Answer = Reply | ClientResponse


class Clients:
    """Where the clients of a lone server stand: everything that it tells them is noted down."""

    def __init__(self, server: LoneServer) -> None:
        self.server = server
        self.answers: list[Answer] = []
        # In the server's place: its answers are then seen whatever event they come with.
        self._process = server.process
        server.process = self

    def ask(self, client: str, command: str, serial: int = 1) -> int:
        """Hand the server a client's command; the last index of its log afterwards."""
        self.server.hear(ClientRequest(client, self.server.id, serial, command))
        return self.server.log.last_index

    def done(self, client: str) -> list[Answer]:
        """The answers so far that tell `client` that its command was carried out."""
        return [
            answer
            for answer in self.answers
            if (isinstance(answer, Reply) and answer.client == client)
            or (isinstance(answer, ClientResponse) and answer.target == client and answer.ok)
        ]

    def handle(self, event: Any) -> Effects:
        """What the server answers to `event`."""
        effects: Effects = self._process.handle(event)
        self.answers += effects.replies
        return effects

    def __getattr__(self, name: str) -> Any:
        return getattr(self._process, name)


def told(
    cluster: WatchedCluster, client: str, command: str, within_ms: int = ANSWER_WITHIN_MS
) -> str | None:
    """What `client` is told when it asks for `command`; fails if it is not answered in time."""
    cluster.do(Ask(client, command))
    end = cluster.now_ms + within_ms
    while cluster.now_ms < end:
        call = [call for call in cluster.cluster.calls if call.client == client][-1]
        if call.returned is not None:
            return call.result
        cluster.run(1)
    cluster.fail(
        f"{client} waited {within_ms:,} ms for an answer to {command}, in vain; a client of a "
        "connected majority is answered (§8)."
    )
