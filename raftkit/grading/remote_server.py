"""A student's class of servers as `make_server` of our process: each call asks the child.

One round trip a step, and a log crosses the pipe once (inside/wire.py). Answers come
back through the same `GuardedServers` as in the notebook, which reads them before use.
"""

from itertools import count
from typing import Any

from raftkit.course.checking.guarded_server import GuardedServers
from raftkit.course.errors import StudentError
from raftkit.grading.inside.wire import Wire
from raftkit.grading.remote import Account, RemoteRules
from raftkit.grading.sandbox import Child
from raftkit.protocol import Effects, Event, Persistent, Settings

Json = Any

# A server takes thousands of events for each call of a rule.
TIMES_AS_LONG = 4


def remote_server(rules: RemoteRules, name: str) -> GuardedServers:
    """The servers of the class called `name` in a notebook; each call may raise `StudentError`."""
    return GuardedServers(_Process(rules, name).build, name)


class _Process:
    """The child in which the servers live, for one exercise."""

    def __init__(self, rules: RemoteRules, name: str) -> None:
        self.name = name
        self._rules = rules
        self._account = Account(name, rules.limits, rules.cpu_seconds, TIMES_AS_LONG)
        self._child: Child | None = None
        self.wire = Wire()
        self._next = count()

    def build(
        self, id: str, servers: tuple[str, ...], settings: Settings, disk: Persistent | None
    ) -> "_Calls":
        """A new server in the child."""
        self._renew()
        number = next(self._next)
        self.ask(number, "new", self.wire.form((id, servers, settings, disk)))
        return _Calls(self, number)

    def _renew(self) -> None:
        """After a child has died, a new one knows none of our logs."""
        child = self._rules.ready()
        if child is not self._child:
            self._child, self.wire = child, Wire()

    def ask(self, number: int, method: str, arguments: Json) -> dict[str, Json]:
        """One reply. Raises `StudentError`."""
        request = {"class": self.name, "server": number, "method": method, "arguments": arguments}
        with self._account.spending() as seconds:
            reply = self._rules.asked(self.name, request, seconds)
            if "gone" in reply:
                raise StudentError("stopped", f"{self.name} ended its Python process.")
            return reply


class _Calls:
    """The calls of one server in the child."""

    def __init__(self, process: _Process, number: int) -> None:
        self._process = process
        self._number = number
        # The state that came with the latest effects, until it is looked at.
        self._state: list[Any] = []

    def start(self) -> Any:
        return self._step("start", [])

    def handle(self, event: Event) -> Any:
        return self._step("handle", self._process.wire.form((event,)))

    def timer_duration(self, timer: str, draw: float) -> Any:
        reply = self._process.ask(self._number, "timer_duration", [timer, draw])
        value = reply.get("value")
        return value if isinstance(value, int | float | str | None) else None

    def observe(self) -> Any:
        if self._state:
            return self._state.pop()
        return self._state_in(self._process.ask(self._number, "observe", []))

    def _step(self, method: str, arguments: Json) -> Any:
        reply = self._process.ask(self._number, method, arguments)
        if "no_effects" in reply:
            return _unread(reply["no_effects"])
        try:
            effects = Effects(**self._process.wire.effects_parts(reply.get("effects")))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise self._forged(method) from None
        self._state = [self._state_in(reply)]
        return effects

    def _state_in(self, reply: dict[str, Json]) -> Any:
        if "no_state" in reply:
            return _unread(reply["no_state"])
        try:
            return self._process.wire.value(reply.get("state"))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise self._forged("observe") from None

    def _forged(self, method: str) -> StudentError:
        """A child may claim anything; what no record holds must not surprise the judge later."""
        return StudentError("wrong type", f"{method} returned a value that is not well formed.")


def _unread(text: Json) -> Any:
    """What stands for an answer that did not cross: nothing, or its text."""
    return None if text == "None" else _Shown(text)


class _Shown:
    """Something that a server returned and that is no answer, as a text."""

    def __init__(self, text: Json) -> None:
        self._text = text if isinstance(text, str) else "something"

    def __repr__(self) -> str:
        return self._text
