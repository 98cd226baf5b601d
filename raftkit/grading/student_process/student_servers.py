"""`StudentServers`: makes and calls the servers of a student's class, one request each.

The reply to `start` and `handle` holds the effects and the state after them, which saves a
round trip a step. A search asks for copies of servers, and for a number that is the same for
equal states. The caller describes exceptions. It does not judge anything.
"""

import json
from collections.abc import Callable, Hashable
from importlib import import_module
from operator import index
from typing import Any

from raftkit.grading.student_process.wire import Wire

Json = Any


class StudentServers:
    """The servers that the judge has requested, by their numbers."""

    def __init__(self) -> None:
        from raftkit.protocol.effects import Effects

        self._effects = Effects
        self._size: Any = import_module("raftkit.protocol.value_size")
        # What the explorer does with servers in its own process.
        self._searching: Any = import_module("raftkit.protocol.keys_and_copies")
        self._living_kind: Any = import_module("raftkit.protocol.living").Living
        self._living: Any = None
        self._wire = Wire()
        self._servers: dict[int, Any] = {}
        # The number of each server's latest log; the next one usually extends it.
        self._latest: dict[int, int] = {}
        # The form of each server's latest state, which is not sent again if it is the same.
        self._forms: dict[int, Json] = {}
        # The numbers of the steps of lives, by their forms: most steps come again in other lives.
        self._steps: dict[str, int] = {}
        self._new_steps: list[Json] = []
        self._keys: dict[Hashable, int] = {}

    def reply(self, request: Json, kind: Any, describe: Callable[[BaseException], Json]) -> Json:
        """The reply to a request. Raises what a server raises; `kind` is the student's class.

        With "copy_of", a copy of that server is asked, and the reply holds its key as well. An
        exception that ends one of many lives is in the reply, as `describe` tells it.
        """
        try:
            if "copy_of" in request:
                return self._reply_of_copy(request, kind, describe)
            return self._reply(request, kind, describe)
        except self._searching.NotSearchable as error:
            return {"not_searchable": str(error)}

    def _reply_of_copy(
        self, request: Json, kind: Any, describe: Callable[[BaseException], Json]
    ) -> Json:
        number, other = request["server"], request["copy_of"]
        if other not in self._servers:
            return {"gone": True}
        self._servers[number] = self._searching.clone_server(self._servers[other])
        self._latest[number] = self._latest[other]
        return {**self._reply(request, kind, describe), "key": self._key(number)}

    def _reply(self, request: Json, kind: Any, describe: Callable[[BaseException], Json]) -> Json:
        number, method = request["server"], request["method"]
        if method == "live_all":
            known, lives = self._wire.value(request["arguments"])
            self._new_steps = []
            while len(self._steps) > known:
                self._steps.popitem()  # the one that came last
            if self._living is None:
                self._living = self._living_kind(
                    lambda id, servers, settings, disk: kind(id, servers, None, settings, disk)
                )
            lived = [self._live(describe, *life) for life in lives]
            return {"new_steps": self._new_steps, "lives": lived}
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
            duration = server.timer_duration(*request["arguments"])
            return {"value": index(duration) if hasattr(duration, "__index__") else duration}
        arguments = self._wire.value(request["arguments"])
        effects = getattr(server, method)(*arguments)
        if type(effects) is not self._effects:
            return {"no_effects": _shown(effects)}
        too_large = self._size.excess_of_effects(effects)
        if too_large:
            return {"too_large": too_large}
        try:
            form = self._wire.effects_form(effects, self._latest[number])
        except TypeError as error:
            return {"no_value": f"effects in which {_shown(error, str)}"}
        return {"effects": form, **self._observed(number, server)}

    def _live(
        self,
        describe: Callable[[BaseException], Json],
        *life: Any,
    ) -> Json:
        """What a server did in the last turn of a life; nothing if there was an error before."""
        before = life[0]
        if before is not None and not self._living.knows(before):
            return {}
        try:
            return {"step": self._step_number(*self._living.live_on(*life))}
        # BaseException, because sys.exit() in a server must not end this process.
        except BaseException as error:
            return {"error": describe(error)}

    def _step_number(self, calls: list[Any], state: Any) -> int:
        """The number of a step of a life: its effects and the state, each as it would come alone.

        Logs are written out in it, so that equal steps have one form.
        """
        form = {
            "calls": [self._effects_form(effects) for effects in calls],
            **self._state_form(state, None),
        }
        text = json.dumps(form)
        if text not in self._steps:
            self._steps[text] = len(self._steps)
            self._new_steps.append(form)
        return self._steps[text]

    def _effects_form(self, effects: Any) -> Json:
        if type(effects) is not self._effects:
            return {"no_effects": _shown(effects)}
        too_large = self._size.excess_of_effects(effects)
        if too_large:
            return {"too_large": too_large}
        return {"effects": self._wire.effects_form(effects, None)}

    def _state_form(self, state: Any, base: int | None) -> Json:
        too_large = self._size.excess_of_state(state)
        if too_large:
            return {"too_large_state": too_large}
        try:
            return {"state": self._wire.form(state, base)}
        except TypeError:
            return {"no_state": _shown(state)}

    def _key(self, number: int) -> int:
        """A number for a server's state, the same for equal states."""
        key = self._searching.server_key(self._servers[number])
        return self._keys.setdefault(key, len(self._keys))

    def _observed(self, number: int, server: Any) -> Json:
        """The part of a reply that holds a server's state."""
        state = server.observe()
        log = getattr(state, "log", None)
        form = self._state_form(state, self._latest[number])
        self._latest[number] = self._wire.number(log) or self._latest[number]
        if form == self._forms.get(number):
            return {"same_state": True}
        self._forms[number] = form
        return form


def _shown(value: Any, form: Callable[[Any], str] = repr) -> str:
    """A value as a short text."""
    try:
        return form(value)[:160]
    except BaseException:
        return f"a {type(value).__name__} that cannot be shown"
