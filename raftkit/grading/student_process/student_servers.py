"""`StudentServers`: makes and calls the servers of a student's class, one request each.

The reply to `start` and `handle` holds the effects and the state after them, which saves a
round trip a step. The caller describes exceptions. It does not judge anything.
"""

from collections.abc import Callable
from typing import Any

from raftkit.grading.student_process.wire import Wire

Json = Any

MOST_CALLS = 10  # within one step of a life: no server sends itself so many messages


class StudentServers:
    """The servers that the judge has requested, by their numbers."""

    def __init__(self) -> None:
        from raftkit.protocol.effects import Effects

        self._effects = Effects
        self._wire = Wire()
        self._servers: dict[int, Any] = {}
        # The number of each server's latest log; the next one usually extends it.
        self._latest: dict[int, int] = {}

    def reply(self, request: Json, kind: Any, describe: Callable[[BaseException], Json]) -> Json:
        """The reply to a request. Raises what a server raises; `kind` is the student's class.

        An exception that ends one of many lives is in the reply, as `describe` tells it.
        """
        number, method = request["server"], request["method"]
        if method == "live_all":
            lives = self._wire.value(request["arguments"])
            return {"lives": [self._live(kind, life, describe) for life in lives]}
        if method == "new":
            id, servers, settings, disk = self._wire.value(request["arguments"])
            self._servers[number] = kind(id, servers, None, settings, disk)
            self._latest[number] = self._wire.number(disk.log) if disk else 0
            return {}
        server = self._servers.get(number)
        if server is None:
            return {"gone": True}
        if method == "observe":
            return self._observed(number, server)
        if method == "timer_duration":
            return {"value": server.timer_duration(*request["arguments"])}
        arguments = self._wire.value(request["arguments"])
        effects = getattr(server, method)(*arguments)
        if type(effects) is not self._effects:
            return {"no_effects": _shown(effects)}
        try:
            form = self._wire.effects_form(effects, self._latest[number])
        except TypeError as error:
            return {"no_value": f"effects in which {_shown(error, str)}"}
        return {"effects": form, **self._observed(number, server)}

    def _live(self, kind: Any, life: Any, describe: Callable[[BaseException], Json]) -> Json:
        """What a server did in a life of its own; events "start" and "restart" build it."""
        servers, settings, disk, events = life
        steps: list[Json] = []
        server: Any = None
        try:
            for event, kept in events:
                if event in ("start", "restart"):
                    begins = disk if event == "start" else kept
                    server = kind(servers[0], servers, None, settings, begins)
                    calls = [server.start()]
                else:
                    calls = self._calls(server, event)
                steps.append(self._step_form(calls, server.observe()))
        # BaseException, because sys.exit() in a server must not end this process.
        except BaseException as error:
            return {"steps": steps, "error": describe(error)}
        return {"steps": steps}

    def _calls(self, server: Any, event: Any) -> list[Any]:
        """What `handle` returned for an event, and for each message of the server to itself."""
        calls: list[Any] = []
        waiting = [event]
        while waiting and len(calls) < MOST_CALLS:
            effects = server.handle(waiting.pop(0))
            calls.append(effects)
            if type(effects) is self._effects:
                sent = (*effects.early_messages, *effects.messages)
                waiting += [message for message in sent if message.target == message.source]
        return calls

    def _step_form(self, calls: list[Any], state: Any) -> Json:
        """A step of a life: its effects and the state, each as it would come alone."""
        return {
            "calls": [self._effects_form(effects) for effects in calls],
            **self._state_form(state, 0),
        }

    def _effects_form(self, effects: Any) -> Json:
        if type(effects) is not self._effects:
            return {"no_effects": _shown(effects)}
        return {"effects": self._wire.effects_form(effects, 0)}

    def _state_form(self, state: Any, base: int) -> Json:
        try:
            return {"state": self._wire.form(state, base)}
        except TypeError:
            return {"no_state": _shown(state)}

    def _observed(self, number: int, server: Any) -> Json:
        """The part of a reply that holds a server's state."""
        state = server.observe()
        log = getattr(state, "log", None)
        form = self._state_form(state, self._latest[number])
        self._latest[number] = self._wire.number(log) or self._latest[number]
        return form


def _shown(value: Any, form: Callable[[Any], str] = repr) -> str:
    """A value as a short text."""
    try:
        return form(value)[:160]
    except BaseException:
        return f"a {type(value).__name__} that cannot be shown"
