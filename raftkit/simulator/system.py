"""`System`: any processes on a simulated network; the same seed gives the same history.

It builds a system, runs it, applies faults to it, and builds it again from its history. Times
that people type are in milliseconds (`ms`); everything recorded is in microseconds. It does
not know what the processes compute: `RaftSystem` is the system whose servers run Raft.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Self

from raftkit.protocol import ClientResponse
from raftkit.protocol.json_form import Json
from raftkit.protocol.state_machines import StateMachine
from raftkit.simulator import assembly, faults
from raftkit.simulator.action_arguments import check_action
from raftkit.simulator.action_effects import Action
from raftkit.simulator.client_calls import Answered, calls
from raftkit.simulator.clients import Client
from raftkit.simulator.history import History
from raftkit.simulator.host import Host
from raftkit.simulator.network import Link
from raftkit.simulator.number_arguments import MILLISECOND, microseconds, require_whole
from raftkit.simulator.process import MakeProcess
from raftkit.simulator.records import Input, InvariantViolation
from raftkit.simulator.requests import Ask
from raftkit.simulator.simulation import Simulation

if TYPE_CHECKING:
    import networkx as nx

# Adds a checker to a simulation: an observer of each step, or an explanation of errors.
Watch = Callable[[Simulation], None]


class System:
    """Processes on a simulated network.

    `processes` maps each name to a function that makes the process from its disk's contents (None
    for an empty disk). `topology` is a networkx graph whose vertices stand for the processes in
    order, or have their names, and whose edges may carry the attributes of `Link`; without one each
    process has a cable to every other. `clients` is a number (clients "C1", ...). `state_machine`
    makes the state machine that a process's committed entries are applied to. `watch` adds checkers
    before anything starts. With `record` False the history keeps no records. Raises ValueError for
    arguments that make no system.

    >>> from raftkit.protocol import Server
    >>> names = ("A", "B", "C")
    >>> system = System({name: lambda disk, name=name: Server(name, names) for name in names})
    >>> system.run(ms=1_000)
    >>> sorted(system.state(name).standing.role for name in names)
    ['follower', 'follower', 'leader']
    """

    # The checkers that every system of this class has.
    always: ClassVar[tuple[Watch, ...]] = ()

    def __init__(
        self,
        processes: Mapping[str, MakeProcess],
        seed: int = 0,
        *,
        topology: "nx.Graph | None" = None,
        link: Link | None = None,
        clients: int = 0,
        forwards: bool | None = None,
        state_machine: Callable[[], StateMachine] | None = None,
        watch: Iterable[Watch] = (),
        stop_at_violation: bool = True,
        record: bool = True,
    ) -> None:
        require_whole("seed", seed)
        require_whole("clients", clients)
        link = link or Link()
        self.servers = tuple(processes)
        self.clients = tuple(f"C{number}" for number in range(1, clients + 1))
        # The arguments that a history cannot hold, kept so that `fork` can build the system again.
        self.parts: dict[str, Any] = {
            "processes": processes,
            "state_machine": state_machine,
            "watch": tuple(watch),
            "stop_at_violation": stop_at_violation,
            "record": record,
        }
        graph = assembly.graph_of(self.servers, topology, link)
        setup = assembly.setup_of(graph, self.clients, seed, forwards, link)
        self.simulation = Simulation(
            graph, seed, self._complete(setup), link, forwards, stop_at_violation, record
        )
        for name, make in processes.items():
            self.simulation.add(name, make, state_machine)
        self._add_clients(link)
        for each in (*self.always, *self.parts["watch"]):
            each(self.simulation)
        for host in self.simulation.hosts.values():
            host.start()

    def _complete(self, setup: dict[str, Json]) -> dict[str, Json]:
        """The set-up, to which a subclass adds what it needs to build this system again."""
        return setup

    def _add_clients(self, link: Link) -> None:
        """Add a host for each client, and links from it to every server."""
        for number, name in enumerate(self.clients):
            # Clients begin with different servers, as if the choice were random.
            turn = number % len(self.servers)
            order = self.servers[turn:] + self.servers[:turn]
            self.simulation.add(name, _client_maker(name, order))
            self.simulation.network.attach(name, self.servers, link)

    # State -----------------------------------------------------------------------------

    @property
    def now_ms(self) -> float:
        """The virtual time, in milliseconds."""
        return self.simulation.now / MILLISECOND

    @property
    def history(self) -> History:
        """The record of everything that has happened."""
        return self.simulation.history

    @property
    def violations(self) -> list[InvariantViolation]:
        """The properties broken so far."""
        return self.history.violations

    @property
    def calls(self) -> list[Answered]:
        """The calls of the clients, each with its times and its result."""
        return calls(self.history)

    @property
    def held(self) -> tuple[Any, ...]:
        """The messages that wait to be delivered by hand, in the order of sending."""
        return tuple(self.simulation.network.held or ())

    def state(self, name: str) -> Any:
        """A process's state as a value; None if it is down."""
        return self.host(name).state

    def host(self, name: str) -> Host:
        """The machine that a server or client runs on. Raises ValueError for an unknown name."""
        try:
            return self.simulation.hosts[name]
        except KeyError:
            known = ", ".join(self.simulation.hosts)
            raise ValueError(f"there is no {name!r} in this cluster; it has {known}") from None

    def connected(self, source: str, target: str) -> bool:
        """Whether a message could get from one server to another now."""
        return self.simulation.network.connected(self.host(source).name, self.host(target).name)

    # Time ------------------------------------------------------------------------------

    def run(self, ms: float) -> None:
        """Let `ms` milliseconds of virtual time pass; a violation ends the run early."""
        self.simulation.run_until(self.simulation.now + microseconds(ms))

    def run_until(self, done: Callable[[Self], Any], ms: float) -> bool:
        """Run until `done(system)` is true, asked after every instant, or `ms` have passed."""
        simulation = self.simulation
        limit = simulation.now + microseconds(ms)
        while not done(self):
            instant = simulation.next_instant()
            if simulation.stopped or instant is None or instant > limit:
                simulation.run_until(limit)
                return bool(done(self))
            simulation.run_until(instant)
        return True

    def run_before(self, at: int) -> int:
        """Run until just before the first free instant from `at` on, and return that instant.

        Both are in microseconds. Nothing is planned for a free instant, so an action planned for it
        happens alone in it, whether it is planned before the run or during it. So a schedule that
        was written during a run replays exactly.
        """
        simulation = self.simulation
        simulation.run_until(max(at - 1, simulation.now))
        while simulation.next_instant() == at and not simulation.stopped:
            simulation.run_until(at)
            at += 1
        return at

    # Actions ---------------------------------------------------------------------------

    def do(self, *actions: Action, at_ms: float | None = None) -> None:
        """Do faults or requests now, or at the instant `at_ms` of virtual time."""
        at = None if at_ms is None else microseconds(at_ms)
        for action in actions:
            check_action(action, self.servers, self.clients, self.simulation)
        for action in actions:
            self.simulation.perform(action, at)

    def ask(self, client: str, command: str) -> None:
        """Let a client ask for `command`; see `calls` for the answer."""
        self.do(Ask(client, command))

    def on_answer(self, listener: Callable[[ClientResponse], None]) -> None:
        """Call `listener` with each answer to a command that came from outside.

        It is called after the answering step. A history does not hold listeners: a replay repeats
        what they do with the cluster only if they do it with `do`.
        """
        simulation = self.simulation

        def answered(answer: ClientResponse) -> None:
            simulation.at(simulation.now, listener, answer)

        simulation.on_answer = answered

    def partition(self, *groups: Iterable[str]) -> None:
        """Cut every link between groups of servers; a name alone is a group of one."""
        # A set's order changes from one start of Python to the next, and a history's may not.
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
        """Pause a server; messages to it wait."""
        self.do(faults.Pause(server))

    def resume(self, server: str) -> None:
        """Let a paused server run again."""
        self.do(faults.Resume(server))

    # Replays and copies ----------------------------------------------------------------

    @classmethod
    def replay(cls, history: History, until_ms: float | None = None, **parts: Any) -> Self:
        """Run a history again, up to an instant, with the same set-up and the same inputs.

        What a history cannot hold (such as the `processes`) is an argument. Raises ValueError if
        such an argument is missing, and `HistoryError` if the history is not that of such a system.
        """
        until = history.end if until_ms is None else microseconds(until_ms)
        system = cls(**cls._arguments(history.setup, parts), **parts)
        system._repeat(history.inputs, until)
        return system

    @classmethod
    def _arguments(cls, setup: Mapping[str, Json], parts: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments in a set-up; together with `parts` they build the system again."""
        if "processes" not in parts:
            raise ValueError("this history was made with its own processes: pass processes=...")
        return assembly.arguments_of(setup)

    def _repeat(self, inputs: Iterable[Input], until: int) -> None:
        """Run up to `until`, in microseconds, with the actions in `inputs`."""
        simulation = self.simulation
        for asked in inputs:
            if asked.now > until:
                break
            check_action(asked.action, self.servers, self.clients, simulation)
            simulation.run_until(asked.now)
            simulation.perform(asked.action, asked.at)
        simulation.run_until(until)

    def fork(self, ms: float | None = None, **changed: Any) -> Self:
        """A new system with the same past up to `ms` (by default now); from there the two differ.

        The arguments in `changed` replace those in this system's `parts`.
        """
        return type(self).replay(self.history, ms, **self.parts | changed)

    @property
    def is_copied(self) -> bool:
        """Whether `copy` works; it does not for processes whose state it does not know."""
        return False

    def copy(self, history: History | None = None) -> Self:
        """The result of `fork()`, but in a time that does not grow with the past.

        `history` is the past of the copy; by default it equals this system's. The two share the
        values of their past, so they may not run in two threads. Raises ValueError if `is_copied`
        is False, because the processes may hold state that cannot be copied.
        """
        if not self.is_copied:
            raise ValueError("a cluster with servers of its own is not copied: use fork()")
        past = self.history.beginning(self.history.length) if history is None else history
        return deepcopy(self, {id(self.history): past})

    def follow(self, history: History, until_ms: float) -> None:
        """Run as `history` does up to `until_ms`; it must begin with the past of this system."""
        self._repeat(history.inputs[len(self.history.inputs) :], microseconds(until_ms))


def _client_maker(name: str, servers: tuple[str, ...]) -> MakeProcess:
    """A function that makes a client of `servers`, in this order; it ignores the disk."""
    return lambda durable: Client(name, servers)
