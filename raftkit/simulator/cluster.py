"""`Cluster`: Raft servers, and clients if wanted, on a simulated network.

The thin assembly on top of the simulator, and what students hold in their
hands: run it, propose to it, break it, look at its history. Times that people
type are in milliseconds (`ms`); everything recorded is in microseconds.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, Self

import networkx as nx

from raftkit.protocol import ClientResponse, Persistent, Rules, Server, ServerState, Settings
from raftkit.protocol.state_machines import KeyValue, StateMachine
from raftkit.simulator import assembly, faults
from raftkit.simulator.actions import Action, Ask, Propose, check_action, leader_of
from raftkit.simulator.clients import Answered, Client, calls
from raftkit.simulator.history import History
from raftkit.simulator.host import Host
from raftkit.simulator.network import Link
from raftkit.simulator.number_arguments import MILLISECOND, microseconds, require_whole
from raftkit.simulator.process import MakeProcess
from raftkit.simulator.records import Input, InvariantViolation
from raftkit.simulator.simulation import Simulation

__all__ = ["MILLISECOND", "Action", "Ask", "Cluster", "MakeServer", "Propose"]

# Builds a server from: its name, all names, the rules, the settings, and what its disk holds.
MakeServer = Callable[[str, tuple[str, ...], Rules, Settings, Persistent | None], Any]


class Cluster:
    """Raft on a simulated network: one seed, one history.

    `servers` is a number (servers "S1", "S2", ...). `topology` is a networkx graph, whose
    vertices stand for the servers in order and whose edges may carry the attributes of `Link`;
    without one every server has a cable to every other. `rules` is one bundle for all, or a
    mapping from names to bundles. `clients` is a number (clients "C1", ...). With `record` False
    the history keeps no records. Raises ValueError for what cannot be built.

    >>> cluster = Cluster(servers=3, seed=1)
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
        topology: nx.Graph | None = None,
        rules: Rules | Mapping[str, Rules] | None = None,
        settings: Settings | None = None,
        link: Link | None = None,
        clients: int = 0,
        forwards: bool | None = None,
        make_server: MakeServer = Server,
        stop_at_violation: bool = True,
        record: bool = True,
    ) -> None:
        require_whole("seed", seed)
        require_whole("clients", clients)
        self.settings = settings or Settings()
        assembly.check_settings(self.settings)
        self._link = link or Link()
        graph = assembly.named_graph(servers, topology, self._link)
        self.servers: tuple[str, ...] = tuple(graph)
        self.clients = tuple(f"C{number}" for number in range(1, clients + 1))
        # What a history cannot hold, kept so that `fork` can build the same cluster again.
        self._arguments: dict[str, Any] = {
            "rules": rules,
            "make_server": make_server,
            "stop_at_violation": stop_at_violation,
            "record": record,
        }
        self._rules = assembly.rules_by_server(self.servers, rules)
        setup = self._setup(graph, seed, forwards, own_server=make_server is not Server)
        self._simulation = Simulation(
            graph, seed, setup, self._link, forwards, stop_at_violation, record
        )
        self._add_servers(make_server)
        self._add_clients()
        self._observe()
        for host in self._simulation.hosts.values():
            host.start()

    # Looking ---------------------------------------------------------------------------

    @property
    def now_ms(self) -> float:
        """The virtual time, in milliseconds."""
        return self._simulation.now / MILLISECOND

    @property
    def history(self) -> History:
        """Everything that has happened."""
        return self._simulation.history

    @property
    def violations(self) -> list[InvariantViolation]:
        """The properties broken so far; [] as long as all hold."""
        return self.history.violations

    @property
    def leader(self) -> str | None:
        """The running leader with the highest term, or None."""
        return leader_of(self._simulation.hosts)

    @property
    def calls(self) -> list[Answered]:
        """What the clients asked, when, and what they were told."""
        return calls(self.history)

    def state(self, server: str) -> ServerState | None:
        """What can be seen of a server; None if it is down."""
        state: ServerState | None = self.host(server).state
        return state

    def values(self, server: str) -> dict[str, str]:
        """What a server's key-value store holds; {} if it is down."""
        machine = self.host(server).state_machine
        return dict(machine.values) if isinstance(machine, KeyValue) else {}

    def host(self, name: str) -> Host:
        """The machine that a server or client runs on. Raises ValueError for an unknown name."""
        try:
            return self._simulation.hosts[name]
        except KeyError:
            known = ", ".join(self._simulation.hosts)
            raise ValueError(f"there is no {name!r} in this cluster; it has {known}") from None

    # Time ------------------------------------------------------------------------------

    def run(self, ms: float) -> None:
        """Let `ms` milliseconds of virtual time pass; a broken property ends the run early."""
        self._simulation.run_until(self._simulation.now + microseconds(ms))

    def run_until(self, done: Callable[[Self], Any], ms: float) -> bool:
        """Run until `done(cluster)` is true, looked at after every instant, or `ms` have passed."""
        simulation = self._simulation
        limit = simulation.now + microseconds(ms)
        while not done(self):
            instant = simulation.next_instant()
            if simulation.stopped or instant is None or instant > limit:
                simulation.run_until(limit)
                return bool(done(self))
            simulation.run_until(instant)
        return True

    # Acting ----------------------------------------------------------------------------

    def do(self, *actions: Action, at_ms: float | None = None) -> None:
        """Let faults or requests happen now, or at the instant `at_ms` of virtual time."""
        at = None if at_ms is None else microseconds(at_ms)
        for action in actions:
            check_action(action, self.servers, self.clients, self._simulation)
        for action in actions:
            self._simulation.perform(action, at)

    def propose(self, command: str, to: str | None = None) -> int | None:
        """Hand `command` to the leader, or to server `to`; its log index, None if refused."""
        target = to or self.leader
        if target is None:
            return None
        # States are values: whether the server took the command shows in its log, not in an
        # answer.
        before = self.state(target)
        self.do(Propose(command, target))
        after = self.state(target)
        grown = before is not None and after is not None and after.log is not before.log
        return after.log.last_index if grown and after is not None else None

    def ask(self, client: str, command: str) -> None:
        """Let a client ask for `command`; see `calls` for the answer."""
        self.do(Ask(client, command))

    def on_answer(self, listener: Callable[[ClientResponse], None]) -> None:
        """Call `listener` with each answer to a command that came from outside.

        It is called when the answering step is over. A history does not know listeners: what
        they do with the cluster is repeated only if it is asked with `do`.
        """
        simulation = self._simulation

        def answered(answer: ClientResponse) -> None:
            simulation.at(simulation.now, listener, answer)

        simulation.on_answer = answered

    def partition(self, *groups: Iterable[str]) -> None:
        """Cut every link between groups of servers; a name alone is a group of one."""
        # Sets have no order that survives a restart of Python, and histories must.
        self.do(
            faults.Partition(
                tuple(
                    (group,) if isinstance(group, str) else tuple(sorted(group)) for group in groups
                )
            )
        )

    def heal(self) -> None:
        """Mend every link."""
        self.do(faults.Heal())

    def crash(self, server: str) -> None:
        """Stop a server; it keeps only its disk."""
        self.do(faults.Crash(server))

    def restart(self, server: str) -> None:
        """Start a crashed server from its disk."""
        self.do(faults.Restart(server))

    def pause(self, server: str) -> None:
        """Make a server stand still."""
        self.do(faults.Pause(server))

    def resume(self, server: str) -> None:
        """Let a paused server go on."""
        self.do(faults.Resume(server))

    def connected(self, source: str, target: str) -> bool:
        """Whether a message could get from one server to another now."""
        return self._simulation.network.connected(self.host(source).name, self.host(target).name)

    # Again -----------------------------------------------------------------------------

    @classmethod
    def replay(cls, history: History, until_ms: float | None = None, **arguments: Any) -> Self:
        """Run a history again, up to an instant, with the same set-up and the same inputs.

        What a history cannot hold (`rules`, `make_server`) is an argument. Raises ValueError if
        the history was made with other rules or servers than the reference's and none are given,
        and `HistoryError` if it is not that of a cluster.
        """
        given = assembly.arguments_of(history.setup)
        _require_own_parts(history.setup, arguments)
        until = history.end if until_ms is None else microseconds(until_ms)
        cluster = cls(**given, **arguments)
        cluster._repeat(history.inputs, until)
        return cluster

    def _repeat(self, inputs: Iterable[Input], until: int) -> None:
        """Run up to `until`, in microseconds, and do what was asked meanwhile."""
        simulation = self._simulation
        for asked in inputs:
            if asked.now > until:
                break
            check_action(asked.action, self.servers, self.clients, simulation)
            simulation.run_until(asked.now)
            simulation.perform(asked.action, asked.at)
        simulation.run_until(until)

    def fork(self, ms: float | None = None) -> Self:
        """A new cluster with the same past up to `ms` (now, without it) and a future of its own."""
        return type(self).replay(self.history, ms, **self._arguments)

    @property
    def is_copied(self) -> bool:
        """Whether `copy` knows all that its servers hold."""
        return self._arguments["make_server"] is Server

    def copy(self, history: History | None = None) -> Self:
        """What `fork()` gives, but at once, however long the past is.

        `history` is the past of the copy, if not one equal to this cluster's. Both share the values
        of their past, so they may not run in two threads. Raises ValueError for servers of one's
        own, which may hold what cannot be copied.
        """
        if not self.is_copied:
            raise ValueError("a cluster with servers of its own is not copied: use fork()")
        past = self.history.beginning(self.history.length) if history is None else history
        return deepcopy(self, {id(self.history): past})

    def follow(self, history: History, until_ms: float) -> None:
        """Go on as `history` does, which begins with the past of this cluster."""
        self._repeat(history.inputs[len(self.history.inputs) :], microseconds(until_ms))

    # Assembly --------------------------------------------------------------------------

    def _observe(self) -> None:
        """Where a cluster with checkers adds them; the plain one has none."""

    def _setup(
        self, graph: nx.Graph, seed: int, forwards: bool | None, own_server: bool
    ) -> dict[str, Any]:
        """What the history keeps of this cluster, so that `replay` can build it again."""
        return assembly.setup_of(
            graph,
            clients=self.clients,
            seed=seed,
            forwards=forwards,
            settings=self.settings,
            link=self._link,
            rules=self._rules,
            own_server=own_server,
        )

    def _add_servers(self, make_server: MakeServer) -> None:
        """A host for each server, which makes it from its disk whenever it starts."""
        for name in self.servers:
            rules = self._rules[name]

            def make(durable: Persistent | None, name: str = name, rules: Rules = rules) -> Any:
                return make_server(name, self.servers, rules, self.settings, durable)

            self._simulation.add(name, make, _key_value)

    def _add_clients(self) -> None:
        """A host for each client, and links from it to every server."""
        for number, name in enumerate(self.clients):
            # Clients begin with different servers, as if the choice were random.
            turn = number % len(self.servers)
            order = self.servers[turn:] + self.servers[:turn]
            self._simulation.add(name, _client_maker(name, order))
            self._simulation.network.attach(name, self.servers, self._link)


def _key_value() -> StateMachine:
    return KeyValue()


def _client_maker(name: str, servers: tuple[str, ...]) -> MakeProcess:
    """Makes a client that knows `servers` in this order; it has no disk to start from."""
    return lambda durable: Client(name, servers)


def _require_own_parts(setup: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    """Raise ValueError if a history needs rules or servers that only its maker has."""
    if setup.get("rules") and arguments.get("rules") is None:
        changed = ", ".join(setup["rules"])
        raise ValueError(f"this history was made with its own {changed}: pass rules=...")
    if setup.get("own_server") and arguments.get("make_server") is None:
        raise ValueError("this history was made with its own server: pass make_server=...")
