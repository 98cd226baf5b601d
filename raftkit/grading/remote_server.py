"""`remote_server`: a student's class of servers as `make_server`; each call asks the child.

A step takes one round trip, and each log is sent once (student_process/wire.py). The replies
pass through the same `GuardedServers` as in the notebook, which checks them before use.
"""

from collections.abc import Hashable, Iterable, Iterator
from itertools import count, islice
from typing import Any

from raftkit.course.checking.guarded_server import GuardedServers, Life, Lived, TakenStep, ends_all
from raftkit.course.checking.server_answers import excessive_part, read_effects, read_state
from raftkit.course.errors import StudentError
from raftkit.grading.budget import Budget
from raftkit.grading.remote_rules import RemoteRules
from raftkit.grading.replies import text_in
from raftkit.grading.sandbox import Child
from raftkit.grading.student_process.wire import Wire
from raftkit.protocol import Effects, Event, Persistent, Settings

Json = Any

# A run calls a server much more often than a check calls a rule.
TIMES_AS_LONG = 4
LIVES_A_REQUEST = 100


def remote_server(rules: RemoteRules, name: str) -> GuardedServers:
    """Makes servers of the class `name` in a notebook; each call may raise `StudentError`."""
    process = _ServerProcess(rules, name)
    return GuardedServers(process.build, name, process.live_all)


class _ServerProcess:
    """The child that holds the servers, with the budget of one exercise."""

    def __init__(self, rules: RemoteRules, name: str) -> None:
        self.name = name
        self._rules = rules
        self._budget = Budget(name, rules, TIMES_AS_LONG, goes_on=True)
        self._child: Child | None = None
        self.wire = Wire()
        # The steps of lives as the child told them, and those that were read.
        self._steps: list[Json] = []
        self._taken_steps: dict[tuple[int, str, str], TakenStep] = {}
        # Where others go on from, by the number that the child knows.
        self._places: dict[Life, int] = {}
        self._next = count()

    def build(
        self, id: str, servers: tuple[str, ...], settings: Settings, disk: Persistent | None
    ) -> "_RemoteServer":
        """A new server in the child."""
        self._renew()
        number = self.next_number()
        self.ask(number, "new", self.wire.form((id, servers, settings, disk)))
        return _RemoteServer(self, number)

    def live_all(self, lives: Iterable[Life]) -> Iterator[Lived]:
        """What servers did in these lives, many of which go into one request."""
        waiting = iter(lives)
        while together := tuple(islice(waiting, LIVES_A_REQUEST)):
            try:
                yield from self._live_together(together)
            except StudentError as error:
                if ends_all(error):
                    raise
                # One of them spoils the reply: each is asked by itself.
                for life in together:
                    yield self._live_alone(life)

    def _live_alone(self, life: Life) -> Lived:
        try:
            return self._live_together((life,))[0]
        except StudentError as error:
            if ends_all(error):
                raise
            return Lived(error=error)

    def _live_together(self, lives: tuple[Life, ...]) -> list[Lived]:
        self._renew()
        forms = tuple(map(self._form_of, lives))
        # The child may have told of steps in a reply that did not come through.
        reply = self.ask(0, "live_all", self.wire.form((len(self._steps), forms)))
        told, new = reply.get("lives"), reply.get("new_steps")
        if not isinstance(told, list) or len(told) != len(lives) or not isinstance(new, list):
            raise forged("handle")
        self._steps += new
        return [self._lived(life, each) for life, each in zip(lives, told, strict=True)]

    def _form_of(self, life: Life) -> Json:
        """A life as the child reads it (student_process/student_servers.py)."""
        before = life.before and self._places.get(life.before)
        keep = self._places.setdefault(life, len(self._places)) if life.goes_on else None
        return before, life.begin, life.turn.event, life.turn.disk, keep

    def _lived(self, life: Life, told: Json) -> Lived:
        """What the reply tells of one life."""
        if not isinstance(told, dict):
            raise forged("handle")
        if "error" in told:
            return Lived(error=self._rules.error_of(self.name, told))
        if "step" not in told:
            return Lived()
        method = "start" if life.turn.event in ("start", "restart") else "handle"
        try:
            return Lived(self._taken(told["step"], method, life.id))
        except StudentError as error:
            return Lived(error=error)

    def _taken(self, number: Json, method: str, id: str) -> TakenStep:
        """The step with a number that the child gave it; read once, because most come again."""
        known = (number, method, id)
        try:
            if known not in self._taken_steps:
                step = self._steps[number]
                calls = [
                    read_effects(self.effects_in(call, method), method) for call in step["calls"]
                ]
                state = read_state(self.state_in(step))
                self._taken_steps[known] = TakenStep(tuple(calls), state, id)
            return self._taken_steps[known]
        except (LookupError, TypeError, AttributeError):
            raise forged(method) from None

    def _renew(self) -> None:
        """Start with an empty `Wire` if there is a new child, which knows none of our logs."""
        child = self._rules.ready(self.name)
        if child is not self._child:
            self._child, self.wire = child, Wire()
            self._steps, self._taken_steps, self._places = [], {}, {}

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
                raise _not_searchable(text_in(reply["not_searchable"]))
            return reply

    def effects_in(self, reply: Json, method: str) -> Any:
        """The effects in a reply, or what stands in their place. Raises `StudentError`."""
        if "too_large" in reply:
            raise excessive_part(method, text_in(reply["too_large"]))
        if "no_effects" in reply:
            return _stand_in(reply["no_effects"])
        try:
            return Effects(**self.wire.effects_parts(reply.get("effects")))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise forged(method) from None

    def state_in(self, reply: Json) -> Any:
        """The state in a reply, or what stands in its place. Raises `StudentError`."""
        if "too_large_state" in reply:
            raise excessive_part("observe", text_in(reply["too_large_state"]))
        if "no_state" in reply:
            return _stand_in(reply["no_state"])
        try:
            return self.wire.value(reply.get("state"))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise forged("observe") from None


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
        self._latest: Any = None  # state

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
            raise forged("observe")
        return self._key

    def _step(self, method: str, arguments: Json) -> Any:
        reply = self._process.ask(self._number, method, arguments, self._copy_of)
        self._copy_of, self._key = None, reply.get("key")
        effects = self._process.effects_in(reply, method)
        if type(effects) is Effects:
            self._state = [self._state_in(reply)]
        return effects

    def _state_in(self, reply: Json) -> Any:
        if "same_state" not in reply:
            self._latest = self._process.state_in(reply)
        return self._latest


def _not_searchable(said: str) -> Exception:
    """The explorer's error; most gradings need no explorer, which takes time to load."""
    from raftkit.checkers.explorer import NotSearchable

    return NotSearchable(said)


def forged(method: str) -> StudentError:
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
