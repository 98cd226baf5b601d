"""`GuardedServers`: builds servers of a student's class whose calls are guarded and read.

Each call goes through `ServerCalls`: the guard in this process, or a pipe in the grading. Each
result is read (server_answers.py) before it is used. The first error is remembered, because a
simulator or a search may turn it into another finding.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import partial
from typing import Any, Protocol, Self, TypeVar

from raftkit.course.checking.guard import call_of_server, is_stub, step_of_server
from raftkit.course.checking.server_answers import read_duration, read_effects, read_state
from raftkit.course.errors import StudentError
from raftkit.protocol import Effects, Event, Persistent, Rules, ServerState, Settings
from raftkit.scenarios.small_world import Life as Life
from raftkit.scenarios.small_world import Lived as Lived
from raftkit.scenarios.small_world import TakenStep as TakenStep
from raftkit.scenarios.small_world import lives_of

METHODS = ("start", "handle", "timer_duration", "observe")
# In all clusters of one check. Right servers send some 100,000; who sends far more would keep the
# judge busy for minutes.
MESSAGES_AT_MOST = 500_000
T = TypeVar("T")


class ServerCalls(Protocol):
    """The four methods of one server. Each raises `StudentError` if there is no result."""

    def start(self) -> Any:
        """What `start` returned."""

    def handle(self, event: Event) -> Any:
        """What `handle` returned."""

    def timer_duration(self, timer: str, draw: float) -> Any:
        """What `timer_duration` returned."""

    def observe(self) -> Any:
        """What `observe` returned."""

    def copy(self) -> Self:
        """A server in the same state. Raises `NotSearchable` if it cannot be copied."""

    def key(self) -> Hashable:
        """A key for its state. Raises `NotSearchable` if there is none."""


class LiveAll(Protocol):
    """Lets servers live through whole stories, one after the other."""

    def __call__(self, lives: Iterable[Life]) -> Iterator[Lived]:
        """What each did, as far as it came. Raises `StudentError` if no further one can be."""


# Builds a server from its name, all names, the settings, and what its disk holds.
BuildServer = Callable[[str, tuple[str, ...], Settings, Persistent | None], ServerCalls]


class GuardedServers:
    """Builds servers for a cluster, as its `make_server`. `error` is the first error of any.

    `endless` is how many calls did not come to an end in this check. `ended` is the error of one in
    this case, or that the process has ended; no other call of the case gets through then, because a
    search would make many.
    `inspected` is what the lint reads: the student's class, if it is in this process.
    """

    def __init__(
        self, build: BuildServer, name: str, live_all: LiveAll, inspected: Any = None
    ) -> None:
        self.__name__ = name
        self.live_all = live_all
        self.begin()
        self.inspected = inspected or self
        self._build = build

    def __call__(
        self,
        id: str,
        servers: tuple[str, ...],
        rules: Rules | None,
        settings: Settings,
        disk: Persistent | None,
    ) -> "_GuardedServer":
        # The kit's rules are not passed on: the student's class must make all decisions.
        return _GuardedServer(self, self.noted(lambda: self._build(id, servers, settings, disk)))

    def begin(self) -> None:
        """A check begins: no error yet, and no messages."""
        self.endless = 0
        self._messages_left = MESSAGES_AT_MOST
        self.begin_case()

    def begin_case(self) -> None:
        """A case begins: no error yet."""
        self.error: StudentError | None = None
        self.ended: StudentError | None = None

    def within_bounds(self, effects: Effects) -> Effects:
        """The same effects. Raises `StudentError` once too many messages were sent in all."""
        self._messages_left -= len(effects.messages) + len(effects.early_messages)
        if self._messages_left < 0:
            text = f"{self.__name__} sent more than {MESSAGES_AT_MOST:,} messages in one check"
            raise StudentError("stopped", f"{text}, and no server needs a third of them.")
        return effects

    def noted(self, call: Callable[[], T]) -> T:
        """The result of `call`; if it raises a `StudentError`, that is remembered first."""
        if self.ended is not None:
            raise self.ended
        try:
            return call()
        except StudentError as error:
            self.error = self.error or error
            if ends_all(error):
                self.ended = error
                self.endless += error.kind == "endless"
            raise


class _GuardedServer:
    """One server: calls a student's, and reads the results."""

    def __init__(self, servers: GuardedServers, calls: ServerCalls) -> None:
        self._servers = servers
        self._noted = servers.noted
        self._calls = calls

    def start(self) -> Effects:
        """The effects of starting up."""
        return self._read("start", self._calls.start)

    def handle(self, event: Event) -> Effects:
        """The effects of one event."""
        return self._read("handle", lambda: self._calls.handle(event))

    def timer_duration(self, timer: str, draw: float) -> int:
        """How long a timer runs, in microseconds."""
        return self._noted(lambda: read_duration(self._calls.timer_duration(timer, draw)))

    def observe(self) -> ServerState:
        """The state as a value."""
        return self._noted(lambda: read_state(self._calls.observe()))

    def _read(self, method: str, call: Callable[[], Any]) -> Effects:
        """The effects that a call returned, once they are known to be such."""
        return self._noted(lambda: self._servers.within_bounds(read_effects(call(), method)))

    def search_copy(self) -> "_GuardedServer":
        """A copy for a search (raftkit.checkers.explorer)."""
        return _GuardedServer(self._servers, self._calls.copy())

    def search_key(self) -> Hashable:
        """A key for a search."""
        return self._calls.key()


# In this process -------------------------------------------------------------------------


def guarded_server(kind: type) -> GuardedServers:
    """The servers of a student's class, each call of which is guarded in this process.

    >>> class Raft:
    ...     def __init__(self, id, servers, rules, settings, disk):
    ...         self.id = nobody
    >>> guarded_server(Raft)("S1", ("S1",), None, Settings(), None)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Raft raised NameError: name 'nobody' is not defined
    """

    def build(
        id: str, servers: tuple[str, ...], settings: Settings, disk: Persistent | None
    ) -> ServerCalls:
        if is_unwritten(kind):
            raise StudentError("not started", "Not started yet.")
        made = call_of_server(kind, kind.__name__, id, servers, None, settings, disk)
        return _LocalCalls(made, kind.__name__)

    return GuardedServers(build, kind.__name__, partial(_live_all, kind), inspected=kind)


def _live_all(kind: type, lives: Iterable[Life]) -> Iterator[Lived]:
    """Let servers of a class live; each step is one guarded call, which saves half of the time."""
    for lived in lives_of(partial(_SteppingServer, kind), lives):
        if isinstance(lived.error, StudentError) and ends_all(lived.error):
            raise lived.error
        yield lived


def ends_all(error: StudentError) -> bool:
    """Whether nothing can be asked then in the same case: an endless loop, or no process."""
    return error.kind in ("endless", "stopped")


class _SteppingServer:
    """A server that is looked at with each event, in the same guarded call."""

    def __init__(self, kind: type, *arguments: Any) -> None:
        self._server = call_of_server(kind, kind.__name__, *arguments)
        self._name = kind.__name__
        self._state: Any = None

    def start(self) -> Effects:
        return self._step("start", self._server.start)

    def handle(self, event: Event) -> Effects:
        return self._step("handle", self._server.handle, event)

    def observe(self) -> ServerState:
        state, self._state = self._state, None
        return read_state(state)

    def _step(self, method: str, call: Callable[..., Any], *arguments: Any) -> Effects:
        effects, self._state = step_of_server(call, self._server.observe, self._name, *arguments)
        return read_effects(effects, method)


def is_unwritten(kind: type) -> bool:
    """Whether every method of the contract is still as in the stub."""
    codes = [getattr(getattr(kind, name, None), "__code__", None) for name in METHODS]
    return all(code is not None and is_stub(code) for code in codes)


class _LocalCalls:
    """The methods of a server in this process, guarded."""

    def __init__(self, server: Any, name: str) -> None:
        self._server = server
        self._name = name

    def start(self) -> Any:
        return call_of_server(self._server.start, self._name)

    def handle(self, event: Event) -> Any:
        return call_of_server(self._server.handle, self._name, event)

    def timer_duration(self, timer: str, draw: float) -> Any:
        return call_of_server(self._server.timer_duration, self._name, timer, draw)

    def observe(self) -> Any:
        return call_of_server(self._server.observe, self._name)

    def copy(self) -> "_LocalCalls":
        from raftkit.checkers.explorer.keys_and_copies import clone_server

        return _LocalCalls(clone_server(self._server), self._name)

    def key(self) -> Hashable:
        from raftkit.checkers.explorer.keys_and_copies import server_key

        return server_key(self._server)
