"""How effects, states and logs cross between a server and the judge, as plain JSON data.

A log is sent once: after that both sides know it by its number, and a new one is told
as what it adds to another. Only the server's side gives numbers, so they never clash.
"""

from collections.abc import Iterable
from typing import Any

Json = Any

EFFECTS = ("messages", "replies", "timers", "writes", "early_messages", "applied")
# More than the longest run of a right server needs, and far less than would fill a memory.
ENTRIES_AT_MOST = 1_000_000


class Wire:
    """One side's knowledge of the logs that have crossed; a new pair of them for each child."""

    def __init__(self) -> None:
        # Late, because a student's process has the value types from elsewhere.
        from raftkit.protocol.declared_types import first_misfit
        from raftkit.protocol.json_form import from_json, to_json
        from raftkit.protocol.log import Log

        self._from_json, self._to_json, self._first_misfit = from_json, to_json, first_misfit
        self._logs = [Log()]
        self._numbers = {id(self._logs[0]): 0}
        self._entries_left = ENTRIES_AT_MOST
        self._base = 0

    # Values ----------------------------------------------------------------------------

    def form(self, value: Any, base: int | None = None) -> Json:
        """`value` in JSON. Logs get numbers if `base` is that of the log they have grown from.

        Raises TypeError for what has no JSON form.
        """
        if base is None:
            return self._to_json(value, self._known_log_form)
        self._base = base
        return self._to_json(value, self._new_log_form)

    def value(self, form: Json) -> Any:
        """The value of `form`. Raises ValueError if it is damaged."""
        return self._from_json(form, self._log_of)

    def effects_form(self, effects: Any, base: int) -> Json:
        """Effects as a list of lists."""
        return self.form([getattr(effects, name) for name in EFFECTS], base)

    def effects_parts(self, form: Json) -> dict[str, Any]:
        """The fields of effects by name. Raises ValueError if the form is damaged."""
        if not isinstance(form, list) or len(form) != len(EFFECTS):
            raise ValueError("damaged effects")
        return {name: self.value(part) for name, part in zip(EFFECTS, form, strict=True)}

    def number(self, log: Any) -> int:
        """The number of a log that has crossed; that of the empty one for any other."""
        return self._numbers.get(id(log), 0)

    # Logs ------------------------------------------------------------------------------

    def _keep(self, log: Any) -> int:
        """Give a log the next number; it is kept, so that no other gets its identity."""
        number = self._numbers[id(log)] = len(self._logs)
        self._logs.append(log)
        return number

    def _known_log_form(self, log: Any) -> Json:
        """A log for the other side, without a number if it has none yet."""
        if id(log) in self._numbers:
            return {"is": "Log", "number": self._numbers[id(log)]}
        return {"is": "Log", "entries": self._rows(log)}

    def _new_log_form(self, log: Any) -> Json:
        """A log for the other side: its number, and if that is new, what it adds to the base."""
        if id(log) in self._numbers:
            return {"is": "Log", "number": self._numbers[id(log)]}
        base = self._base
        kept = log.common_prefix(self._logs[base])
        number = self._keep(log)
        rows = self._rows(log.entries(kept + 1))
        return {"is": "Log", "number": number, "base": base, "kept": kept, "entries": rows}

    def _log_of(self, parts: Json, added: Any) -> Any:
        """The log that a form stands for; `added` are the entries in it."""
        number = parts.get("number")
        if any(self._first_misfit(entry) for entry in added):
            raise ValueError("a damaged log entry")
        self._entries_left -= len(added)
        if self._entries_left < 0:
            raise ValueError("more log entries than any run needs")
        if number is None:
            return added
        if type(number) is not int or not 0 <= number <= len(self._logs):
            raise ValueError(f"there is no log {number!r}")
        return self._logs[number] if number < len(self._logs) else self._grown(parts, added)

    def _grown(self, parts: Json, added: Any) -> Any:
        """A new log: the beginning of its base, and what it adds."""
        base, kept = parts.get("base"), parts.get("kept")
        if type(base) is not int or type(kept) is not int or not 0 <= base < len(self._logs):
            raise ValueError(f"there is no log {base!r}")
        log = self._logs[base].prefix(kept)
        log = log.extend(added) if added else log
        self._keep(log)
        return log

    def _rows(self, entries: Iterable[Any]) -> Json:
        return [[e.term, e.command, e.client, e.serial] for e in entries]
