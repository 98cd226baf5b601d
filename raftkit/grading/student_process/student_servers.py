"""`StudentServers`: makes and calls the servers of a student's class, one request each.

The reply to `start` and `handle` holds the effects and the state after them, which saves a
round trip a step. A search asks for copies of servers, and for a number that is the same for
equal states. The caller describes exceptions. It does not judge anything.
"""

from collections.abc import Callable, Hashable
from importlib import import_module
from typing import Any

from raftkit.grading.student_process.wire import Wire

Json = Any


class StudentServers:
    """The servers that the judge has requested, by their numbers."""

    def __init__(self) -> None:
        from raftkit.protocol.effects import Effects

        self._effects = Effects
        # What the explorer does with servers in its own process.
        self._searching: Any = import_module("raftkit.protocol.keys_and_copies")
        self._wire = Wire()
        self._servers: dict[int, Any] = {}
        # The number of each server's latest log; the next one usually extends it.
        self._latest: dict[int, int] = {}
        self._keys: dict[Hashable, int] = {}

    def reply(self, request: Json, kind: Any) -> Json:
        """The reply to a request. Raises what a server raises; `kind` is the student's class.

        With "copy_of", a copy of that server is asked, and the reply holds its key as well.
        """
        try:
            if "copy_of" in request:
                return self._reply_of_copy(request, kind)
            return self._reply(request, kind)
        except self._searching.NotSearchable as error:
            return {"not_searchable": str(error)}

    def _reply_of_copy(self, request: Json, kind: Any) -> Json:
        number, other = request["server"], request["copy_of"]
        if other not in self._servers:
            return {"gone": True}
        self._servers[number] = self._searching.clone_server(self._servers[other])
        self._latest[number] = self._latest[other]
        return {**self._reply(request, kind), "key": self._key(number)}

    def _reply(self, request: Json, kind: Any) -> Json:
        number, method = request["server"], request["method"]
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
        if method == "key":
            return {"key": self._key(number)}
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

    def _key(self, number: int) -> int:
        """A number for a server's state, the same for equal states."""
        key = self._searching.server_key(self._servers[number])
        return self._keys.setdefault(key, len(self._keys))

    def _observed(self, number: int, server: Any) -> Json:
        """The part of a reply that holds a server's state."""
        state = server.observe()
        log = getattr(state, "log", None)
        try:
            form = self._wire.form(state, self._latest[number])
        except TypeError:
            return {"no_state": _shown(state)}
        self._latest[number] = self._wire.number(log) or self._latest[number]
        return {"state": form}


def _shown(value: Any, form: Callable[[Any], str] = repr) -> str:
    """A value as a short text."""
    try:
        return form(value)[:160]
    except BaseException:
        return f"a {type(value).__name__} that cannot be shown"
