"""`remote_server`: a student's class of servers as `make_server`; each call asks the child.

A step takes one round trip, and each log is sent once (student_process/wire.py). The replies
pass through the same `GuardedServers` as in the notebook, which checks them before use.
"""

from collections.abc import Hashable
from itertools import count
from typing import Any

from raftkit.checkers.explorer import NotSearchable
from raftkit.course.checking.guarded_server import GuardedServers
from raftkit.course.errors import StudentError
from raftkit.grading.remote_rules import RemoteRules, TimeBudget
from raftkit.grading.replies import text_in
from raftkit.grading.sandbox import Child
from raftkit.grading.student_process.wire import Wire
from raftkit.protocol import Effects, Event, Persistent, Settings

Json = Any

# A run calls a server much more often than a check calls a rule.
TIMES_AS_LONG = 4


def remote_server(rules: RemoteRules, name: str) -> GuardedServers:
    """Makes servers of the class `name` in a notebook; each call may raise `StudentError`."""
    return GuardedServers(_ServerProcess(rules, name).build, name)


class _ServerProcess:
    """The child that holds the servers, with the time budget of one exercise."""

    def __init__(self, rules: RemoteRules, name: str) -> None:
        self.name = name
        self._rules = rules
        self._budget = TimeBudget(name, rules.limits, rules.cpu_seconds, TIMES_AS_LONG)
        self._child: Child | None = None
        self.wire = Wire()
        self._next = count()

    def build(
        self, id: str, servers: tuple[str, ...], settings: Settings, disk: Persistent | None
    ) -> "_RemoteServer":
        """A new server in the child."""
        self._renew()
        number = self.next_number()
        self.ask(number, "new", self.wire.form((id, servers, settings, disk)))
        return _RemoteServer(self, number)

    def _renew(self) -> None:
        """Start with an empty `Wire` if there is a new child, which knows none of our logs."""
        child = self._rules.ready()
        if child is not self._child:
            self._child, self.wire = child, Wire()

    def next_number(self) -> int:
        """The number of the next server."""
        return next(self._next)

    def ask(
        self, number: int, method: str, arguments: Json, copy_of: int | None = None
    ) -> dict[str, Json]:
        """The reply to one call of a server, or first of a copy. Raises `StudentError`.

        Raises `NotSearchable` if there is no copy, or no key of it.
        """
        request = {"class": self.name, "server": number, "method": method, "arguments": arguments}
        if copy_of is not None:
            request["copy_of"] = copy_of
        with self._budget.spending() as seconds:
            reply = self._rules.asked(self.name, request, seconds)
            if "gone" in reply:
                raise StudentError("stopped", f"{self.name} ended its Python process.")
            if "not_searchable" in reply:
                raise NotSearchable(text_in(reply["not_searchable"]))
            return reply


class _RemoteServer:
    """A server in the child; each of its methods asks the child.

    A copy of another is made with the first call of it, which saves a round trip.
    """

    def __init__(self, process: _ServerProcess, number: int, copy_of: int | None = None) -> None:
        self._process = process
        self._number = number
        self._copy_of = copy_of
        self._key: Json = None
        # The state that came with the latest effects, until `observe` returns it.
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

    def copy(self) -> "_RemoteServer":
        return _RemoteServer(self._process, self._process.next_number(), copy_of=self._number)

    def key(self) -> Hashable:
        if self._key is None:
            self._key = self._process.ask(self._number, "key", []).get("key")
        if type(self._key) is not int:
            raise self._forged("observe")
        return self._key

    def _step(self, method: str, arguments: Json) -> Any:
        reply = self._process.ask(self._number, method, arguments, self._copy_of)
        self._copy_of, self._key = None, reply.get("key")
        if "no_effects" in reply:
            return _stand_in(reply["no_effects"])
        try:
            effects = Effects(**self._process.wire.effects_parts(reply.get("effects")))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise self._forged(method) from None
        self._state = [self._state_in(reply)]
        return effects

    def _state_in(self, reply: dict[str, Json]) -> Any:
        if "no_state" in reply:
            return _stand_in(reply["no_state"])
        try:
            return self._process.wire.value(reply.get("state"))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise self._forged("observe") from None

    def _forged(self, method: str) -> StudentError:
        """The error for a reply whose form is damaged or forged."""
        return StudentError("wrong type", f"{method} returned a value that is not well formed.")


def _stand_in(text: Json) -> Any:
    """The value in place of one that has no JSON form: None, or an object with its text."""
    return None if text == "None" else _Unpassable(text)


class _Unpassable:
    """A value of a student's server that has no JSON form; only its text is known."""

    def __init__(self, text: Json) -> None:
        self._text = text if isinstance(text, str) else "something"

    def __repr__(self) -> str:
        return self._text
