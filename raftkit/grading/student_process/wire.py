"""The JSON form of effects, states and logs between a student's server and the judge.

Each log is sent once and gets a number, by which both sides know it afterwards. A new log is
sent as its difference from another. Only the server's side gives numbers, so they are unique.
It does not know processes or channels.
"""

from collections.abc import Iterable
from typing import Any

Json = Any

EFFECTS = ("messages", "replies", "timers", "writes", "early_messages", "applied")
_NOTHING: tuple[()] = ()  # Python has only one empty tuple.
# More than the longest run of a right server needs, and few enough for the memory.
ENTRIES_AT_MOST = 1_000_000


class Wire:
    """The logs that one side has sent or received; each child has a new pair of these."""

    def __init__(self) -> None:
        # Imported late, because in a student's process these modules come from the stand-in.
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
        """`value` in JSON; with `base`, the number of an earlier log, new logs get numbers.

        Raises TypeError for a value that has no JSON form.
        """
        if base is None:
            return self._to_json(value, self._known_log_form)
        self._base = base
        return self._to_json(value, self._new_log_form)

    def value(self, form: Json) -> Any:
        """The value of `form`. Raises ValueError if it is damaged."""
        return self._from_json(form, self._log_of)

    def effects_form(self, effects: Any, base: int | None) -> Json:
        """Effects as a list of lists."""
        parts = [getattr(effects, name) for name in EFFECTS]
        return [[] if part is _NOTHING else self.form(part, base) for part in parts]

    def effects_parts(self, form: Json) -> dict[str, Any]:
        """The fields of effects by name. Raises ValueError if the form is damaged."""
        if not isinstance(form, list) or len(form) != len(EFFECTS):
            raise ValueError("damaged effects")
        parts = zip(EFFECTS, form, strict=True)
        return {name: self.value(part) for name, part in parts if part}

    def number(self, log: Any) -> int:
        """The number of a log; that of the empty log if it has none."""
        return self._numbers.get(id(log), 0)

    # Logs ------------------------------------------------------------------------------

    def _keep(self, log: Any) -> int:
        """Give a log the next number, and keep it, so that its identity stays unique."""
        number = self._numbers[id(log)] = len(self._logs)
        self._logs.append(log)
        return number

    def _known_log_form(self, log: Any) -> Json:
        """The form of a log: its number, or its entries if it has none."""
        if id(log) in self._numbers:
            return {"is": "Log", "number": self._numbers[id(log)]}
        return {"is": "Log", "entries": self._rows(log)}

    def _new_log_form(self, log: Any) -> Json:
        """The form of a log: its number, and if that is new, its difference from the base."""
        if id(log) in self._numbers:
            return {"is": "Log", "number": self._numbers[id(log)]}
        base = self._base
        kept = log.common_prefix(self._logs[base])
        number = self._keep(log)
        rows = self._rows(log.entries(kept + 1))
        return {"is": "Log", "number": number, "base": base, "kept": kept, "entries": rows}

    def _log_of(self, parts: Json, added: Any) -> Any:
        """The log of a form; `added` are the entries in the form."""
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
        """A new log: the first entries of its base, and those that it adds."""
        base, kept = parts.get("base"), parts.get("kept")
        if type(base) is not int or type(kept) is not int or not 0 <= base < len(self._logs):
            raise ValueError(f"there is no log {base!r}")
        log = self._logs[base].prefix(kept)
        log = log.extend(added) if added else log
        self._keep(log)
        return log

    def _rows(self, entries: Iterable[Any]) -> Json:
        return [[e.term, e.command, e.client, e.serial] for e in entries]
