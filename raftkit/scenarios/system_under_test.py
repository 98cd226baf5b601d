"""`SystemUnderTest`: builds the servers of a scenario, all with the rules under test.

It builds clusters on the simulator, single servers driven by hand, and servers
that exchange messages without a clock. All randomness of a scenario is
drawn here, so one seed repeats it.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

from raftkit.checkers.cluster import Cluster
from raftkit.protocol import Persistent, RequestVoteResponse, Rules, Server, Settings
from raftkit.protocol.roles import FOLLOWER, LEADER
from raftkit.scenarios.exchange import Exchange
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import expect
from raftkit.scenarios.watched_cluster import WatchedCluster
from raftkit.simulator import Link
from raftkit.simulator.raft_system import MakeServer

T = TypeVar("T")


class SystemUnderTest:
    """Builds servers that obey `rules`, or asks `make_server` for them.

    `seed` moves every random choice of the scenario; 0 is the published run.
    """

    def __init__(
        self,
        rules: Rules | None = None,
        make_server: MakeServer | None = None,
        seed: int = 0,
    ) -> None:
        self.rules = rules or Rules()
        self.make_server: MakeServer = make_server or Server
        self.seed = seed
        self.clusters: list[Cluster] = []  # that it has built
        # Only random() is used: its sequence is the same in every version of Python.
        self._random = Random(seed).random

    def cluster(
        self,
        servers: int,
        seed: int = 1,
        link: Link | None = None,
        settings: Settings | None = None,
        clients: int = 0,
    ) -> WatchedCluster:
        """A checked cluster of `servers` on a network whose links are all like `link`.

        `clients` is how many clients, "C1", "C2", ..., are linked to every server.
        """
        cluster = Cluster(
            servers=servers,
            # Each cluster of a scenario has its own seed, and a moved one meets none of the
            # others.
            seed=seed + 1_000 * self.seed,
            rules=self.rules,
            link=link,
            settings=settings,
            clients=clients,
            make_server=self.make_server,
        )
        self.clusters.append(cluster)
        return WatchedCluster(cluster)

    def server(
        self,
        id: str = "S1",
        servers: int = 3,
        persistent: Persistent | None = None,
        settings: Settings | None = None,
    ) -> LoneServer:
        """One started server of a cluster of `servers`, with nobody around it."""
        names = tuple(f"S{number}" for number in range(1, servers + 1))
        return LoneServer(
            self.make_server, id, names, self.rules, settings or Settings(), persistent
        )

    def server_in_role(self, role: str, term: int = 2) -> LoneServer:
        """S1, one of three servers, in `role` and `term`, with an empty log."""
        if role == FOLLOWER:
            return self.server(persistent=Persistent(term))
        server = self.server(persistent=Persistent(term - 1))
        server.time_out()
        if role == LEADER:
            server.hear(RequestVoteResponse("S2", "S1", term, True))
        expect(
            server.role == role,
            f"Expected S1 to become a {role} in term {term}, not {server.role}. Who times out "
            "is a candidate, and leads with the votes of more than half of the servers (§5.2).",
        )
        return server

    def exchange(
        self,
        servers: int,
        disks: Mapping[str, Persistent] | None = None,
        settings: Settings | None = None,
    ) -> Exchange:
        """Started servers that hear each other at once; `disks` is what some of them hold."""
        disks = disks or {}
        names = (f"S{number}" for number in range(1, servers + 1))
        return Exchange(
            {name: self.server(name, servers, disks.get(name), settings) for name in names}
        )

    # Randomness ------------------------------------------------------------------------

    def below(self, end: int) -> int:
        """A number from 0 to `end - 1`."""
        return int(self._random() * end)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self._random() < probability

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.below(len(choices))]
