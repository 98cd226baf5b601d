"""`RaftSystem`: Raft servers, and clients if wanted, on a simulated network.

It is the system whose processes are Raft servers, with what only those have, such as a leader.
It checks nothing: students use `raftkit.Cluster`, which adds the checkers.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from raftkit.protocol import Persistent, Rules, Server, ServerState, Settings
from raftkit.protocol.json_form import Json
from raftkit.protocol.state_machines import KeyValue
from raftkit.simulator import assembly
from raftkit.simulator.action_effects import Action, leader_of
from raftkit.simulator.network import Link
from raftkit.simulator.number_arguments import MILLISECOND
from raftkit.simulator.requests import Ask, Propose
from raftkit.simulator.system import System, Watch

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["MILLISECOND", "Action", "Ask", "MakeServer", "Propose", "RaftSystem"]

# Builds a server from its name, all names, the rules, the settings, and its disk's contents.
MakeServer = Callable[[str, tuple[str, ...], Rules, Settings, Persistent | None], Any]


class RaftSystem(System):
    """Raft servers on a simulated network, without checkers; the same seed gives the same history.

    `servers` is a number (servers "S1", "S2", ...). `topology` is a networkx graph, whose
    vertices stand for the servers in order and whose edges may carry the attributes of `Link`;
    without one every server has a cable to every other. `rules` is one bundle for all, or a
    mapping from names to bundles. `clients` is a number (clients "C1", ...). With `record` False
    the history keeps no records. Raises ValueError for arguments that make no cluster.

    >>> cluster = RaftSystem(servers=3, seed=1)
    >>> cluster.run(ms=1_000)
    >>> cluster.propose("x=1")
    1
    >>> cluster.run(ms=100)
    >>> {cluster.state(server).commit_index for server in cluster.servers}
    {1}
    """

    def __init__(
        self,
        servers: int | None = None,
        seed: int = 0,
        *,
        topology: "nx.Graph | None" = None,
        rules: Rules | Mapping[str, Rules] | None = None,
        settings: Settings | None = None,
        link: Link | None = None,
        clients: int = 0,
        forwards: bool | None = None,
        make_server: MakeServer = Server,
        watch: Iterable[Watch] = (),
        stop_at_violation: bool = True,
        record: bool = True,
    ) -> None:
        self.settings = settings or Settings()
        assembly.check_settings(self.settings)
        names = assembly.numbered_names(servers, topology)
        self._rules = assembly.rules_by_server(names, rules)
        self._make_server = make_server
        super().__init__(
            {
                name: partial(make_server, name, names, self._rules[name], self.settings)
                for name in names
            },
            seed,
            topology=topology,
            link=link,
            clients=clients,
            forwards=forwards,
            state_machine=KeyValue,
            watch=watch,
            stop_at_violation=stop_at_violation,
            record=record,
        )
        # The rules and `make_server` determine the processes, so `fork` needs only these.
        del self.parts["processes"], self.parts["state_machine"]
        self.parts |= {"rules": rules, "make_server": make_server}

    def _complete(self, setup: dict[str, Json]) -> dict[str, Json]:
        own_server = self._make_server is not Server
        return assembly.raft_setup(setup, self.settings, self._rules, own_server)

    @classmethod
    def _arguments(cls, setup: Mapping[str, Json], parts: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments in a set-up; changed rules and other servers must be among `parts`."""
        arguments = assembly.arguments_of(setup, of_raft=True)
        if setup.get("rules") and parts.get("rules") is None:
            changed = ", ".join(setup["rules"])
            raise ValueError(f"this history was made with its own {changed}: pass rules=...")
        if setup.get("own_server") and parts.get("make_server") is None:
            raise ValueError("this history was made with its own server: pass make_server=...")
        return arguments

    @property
    def is_copied(self) -> bool:
        """Whether `copy` works: it does if all servers are raftkit's own."""
        return self._make_server is Server

    # What Raft servers have ------------------------------------------------------------

    @property
    def leader(self) -> str | None:
        """The running leader with the highest term, or None."""
        return leader_of(self.simulation.hosts)

    def state(self, name: str) -> ServerState | None:
        """A server's state as a value; None if it is down."""
        state: ServerState | None = super().state(name)
        return state

    def values(self, server: str) -> dict[str, str]:
        """The contents of a server's key-value store; {} if it is down."""
        machine = self.host(server).state_machine
        return dict(machine.values) if isinstance(machine, KeyValue) else {}

    def propose(self, command: str, to: str | None = None) -> int | None:
        """Hand `command` to the leader, or to the server `to`; its log index, None if refused."""
        target = to or self.leader
        if target is None:
            return None
        # A server that takes a command answers only when it is committed, so its log shows at
        # once whether it took it.
        before = self.state(target)
        self.do(Propose(command, target))
        after = self.state(target)
        if before is None or after is None or after.log.last_index <= before.log.last_index:
            return None
        return after.log.last_index
