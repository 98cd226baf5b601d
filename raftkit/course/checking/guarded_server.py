"""`Servers`: a student's class of servers, called so that nothing it does can hurt the notebook.

Each call goes through a `Calls`: here the guard of this process, in the grading a pipe.
What comes back is read before anybody relies on it, and the first error is remembered,
because a simulator or a search may turn it into something else on the way.
"""

from collections.abc import Callable
from typing import Any, Protocol

from raftkit.course.checking.guard import call_of_server, is_stub
from raftkit.course.checking.server_answers import read_duration, read_effects, read_state
from raftkit.course.errors import StudentError
from raftkit.protocol import Effects, Event, Persistent, Rules, ServerState, Settings

METHODS = ("start", "handle", "timer_duration", "observe")


class Calls(Protocol):
    """The four calls of one server. Each raises `StudentError` if there is no answer."""

    def start(self) -> Any:
        """What `start` returned."""

    def handle(self, event: Event) -> Any:
        """What `handle` returned."""

    def timer_duration(self, timer: str, draw: float) -> Any:
        """What `timer_duration` returned."""

    def observe(self) -> Any:
        """What `observe` returned."""


# Builds a server from its name, all names, the settings, and what its disk holds.
Build = Callable[[str, tuple[str, ...], Settings, Persistent | None], Calls]


class Servers:
    """Builds servers for a cluster, as `make_server`. `error` is the first thing that went wrong.

    `inspected` is what a lint looks at: the student's own class, where it is in this process.
    """

    def __init__(self, build: Build, name: str, inspected: Any = None) -> None:
        self.__name__ = name
        self.error: StudentError | None = None
        self.inspected = inspected or self
        self._build = build

    def __call__(
        self,
        id: str,
        servers: tuple[str, ...],
        rules: Rules | None,
        settings: Settings,
        disk: Persistent | None,
    ) -> "_Server":
        # The kit's rules are not handed on: to decide is what the student is asked for.
        return _Server(self, self.noted(self._build, id, servers, settings, disk))

    def noted(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """A call's answer; an error is remembered on its way."""
        try:
            return call(*arguments)
        except StudentError as error:
            self.error = self.error or error
            raise


class _Server:
    """One server: the calls of a student's, and their answers read."""

    def __init__(self, servers: Servers, calls: Calls) -> None:
        self._noted = servers.noted
        self._calls = calls

    def start(self) -> Effects:
        """The effects of starting up."""
        return self._noted(self._started)  # type: ignore[no-any-return]

    def _started(self) -> Effects:
        return read_effects(self._calls.start(), "start")

    def handle(self, event: Event) -> Effects:
        """The effects of one event."""
        return self._noted(self._handled, event)  # type: ignore[no-any-return]

    def _handled(self, event: Event) -> Effects:
        return read_effects(self._calls.handle(event), "handle")

    def timer_duration(self, timer: str, draw: float) -> int:
        """How long a timer runs, in microseconds."""
        return self._noted(self._duration, timer, draw)  # type: ignore[no-any-return]

    def _duration(self, timer: str, draw: float) -> int:
        return read_duration(self._calls.timer_duration(timer, draw))

    def observe(self) -> ServerState:
        """The state as a value."""
        return self._noted(self._observed)  # type: ignore[no-any-return]

    def _observed(self) -> ServerState:
        return read_state(self._calls.observe())


# In this process -------------------------------------------------------------------------


def guarded_server(kind: type) -> Servers:
    """The servers of a student's class, each call of them guarded.

    >>> class Raft:
    ...     def __init__(self, id, servers, rules, settings, disk):
    ...         self.id = nobody
    >>> guarded_server(Raft)("S1", ("S1",), None, Settings(), None)
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Raft raised NameError: name 'nobody' is not defined
    """

    def build(
        id: str, servers: tuple[str, ...], settings: Settings, disk: Persistent | None
    ) -> Calls:
        if is_unwritten(kind):
            raise StudentError("not started", "Not started yet.")
        made = call_of_server(kind, kind.__name__, id, servers, None, settings, disk)
        return _Guarded(made, kind.__name__)

    return Servers(build, kind.__name__, inspected=kind)


def is_unwritten(kind: type) -> bool:
    """Whether every method of the contract is still the stub's."""
    codes = [getattr(getattr(kind, name, None), "__code__", None) for name in METHODS]
    return all(code is not None and is_stub(code) for code in codes)


class _Guarded:
    """The calls of a server in this process."""

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
