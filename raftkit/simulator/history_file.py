"""The file form of a history: it is written and read here.

A message is written once, and every record of its sending, arrival or loss refers to its
number. A log is written as the length of what it shares with the same process's last log and
the entries after that, so that a file's size is linear in the length of the run. It does not
know what an event or a state means.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from raftkit.protocol.effects import Effects, Reply
from raftkit.protocol.json_form import Json, check_form, from_json, to_json
from raftkit.protocol.log import Entry, Log
from raftkit.protocol.messages import ClientResponse
from raftkit.simulator.action_effects import is_action
from raftkit.simulator.records import (
    Acted,
    HistoryError,
    Input,
    InvariantViolation,
    Lost,
    Record,
    Released,
    Step,
)

if TYPE_CHECKING:
    from raftkit.simulator.history import History

FORMAT = "raftkit-history"
VERSION = 2

_LONGEST_REASON = 120


def history_to_json(history: "History") -> Json:
    """The history as plain JSON data."""
    writer = _Writer()
    records = [writer.record(entry) for entry in history.records]
    return {
        "format": FORMAT,
        "version": VERSION,
        "setup": history.setup,
        "end": history.end,
        "inputs": to_json(history.inputs),
        "violations": to_json(history.violations),
        "messages": writer.messages,
        "records": records,
    }


def parts_of_history(data: Json) -> dict[str, Any]:
    """The arguments of the `History` in `data`. Raises `HistoryError` if there is none."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise HistoryError(f'this is not a history: it does not say "format": "{FORMAT}"')
    if data.get("version") != VERSION or type(data["version"]) is not int:
        version = _in_short(repr(data.get("version")))
        raise HistoryError(
            f"this history has version {version}, and this raftkit reads "
            f"version {VERSION}: use the raftkit that wrote it"
        )
    try:
        return _read(data)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        what = _in_short(f"{type(error).__name__}: {error}")
        raise HistoryError(f"this history is damaged ({what}): save it again") from None


def _read(data: dict[str, Json]) -> dict[str, Any]:
    """The arguments of the `History`; every part is checked before it is used."""
    setup = _setup(data["setup"])
    processes = {*setup["servers"], *setup["clients"]}
    messages = [_message(from_json(message), processes) for message in _list(data["messages"])]
    reader = _Reader(messages, processes)
    return {
        "setup": setup,
        "inputs": [_input(from_json(asked)) for asked in _list(data["inputs"])],
        "records": [reader.record(entry) for entry in _list(data["records"])],
        "violations": [
            _is(check_form(from_json(broken)), InvariantViolation)
            for broken in _list(data["violations"])
        ],
        "end": _time(data["end"]),
    }


class _Writer:
    """Numbers messages and shortens logs while it goes through the records."""

    def __init__(self) -> None:
        self.messages: list[Json] = []
        self._numbers: dict[int, int] = {}
        self._last_log: dict[str, Log] = defaultdict(Log)

    def record(self, entry: Record) -> Json:
        """One record as JSON; messages in it are replaced by their numbers."""
        match entry:
            case Step():
                return self._step(entry)
            case Lost(time, message, reason):
                number = self._number(message)
                return {"is": "Lost", "time": time, "message": number, "reason": reason}
            case Released(time, process, messages):
                numbers = [self._number(message) for message in messages]
                return {"is": "Released", "time": time, "process": process, "messages": numbers}
            case Acted():
                return to_json(entry)
        raise TypeError(f"{entry!r} is not a record of a history")

    def _step(self, step: Step) -> Json:
        """One step; the keys are the fields of `Effects`, with "early" for `early_messages`."""
        effects, process = step.effects, step.process
        form: Json = {
            "is": "Step",
            "time": step.time,
            "process": process,
            "event": self._number_or_value(step.event),
            "early": [self._number(message) for message in effects.early_messages],
            "messages": [self._number(message) for message in effects.messages],
            "timers": [list(change) for change in effects.timers],
            "replies": [self._number_or_value(reply) for reply in effects.replies],
            "applied": [[index, to_json(entry)] for index, entry in effects.applied],
            "writes": self._value(effects.writes, process),
            "state": self._value(step.state, process),
        }
        if effects.extras:
            form["extras"] = to_json(effects.extras)
        return form

    def _number_or_value(self, value: Any) -> Json:
        return self._number(value) if _is_message(value) else to_json(value)

    def _number(self, message: Any) -> int:
        """The number of a message; at its first mention the message is also written."""
        number = self._numbers.get(id(message))
        if number is None:
            # The history keeps every message alive, so an id stays unique.
            number = self._numbers[id(message)] = len(self.messages)
            self.messages.append(to_json(message))
        return number

    def _value(self, value: Any, process: str) -> Json:
        """A value as JSON; each log in it is written as its difference from the last one."""

        def short(log: Log) -> Json:
            before, self._last_log[process] = self._last_log[process], log
            if log.last_included_index != before.last_included_index:
                return to_json(log)
            keep = log.common_prefix(before)
            new = to_json(Log(log.entries(keep + 1)))
            return {"is": "Log", "keep": keep, "entries": new["entries"]}

        return to_json(value, short)


class _Reader:
    """Reads the records that `_Writer` wrote, in the same order."""

    def __init__(self, messages: list[Any], processes: set[str]) -> None:
        self._messages = messages
        self._processes = processes
        self._last_log: dict[str, Log] = defaultdict(Log)
        self._last_time = 0

    def record(self, data: Json) -> Record:
        """One record; its time may not be earlier than the last one's."""
        time = _time(data["time"])
        if time < self._last_time:
            raise ValueError(f"time runs backwards at {time}")
        self._last_time = time
        match data["is"]:
            case "Step":
                return self._step(time, data)
            case "Lost":
                return Lost(time, self._message(data["message"]), _is(data["reason"], str))
            case "Released":
                return Released(
                    time, self._process(data["process"]), self._numbered(data["messages"])
                )
        acted: Acted = _is(check_form(from_json(data)), Acted)
        _action(acted.action)
        return acted

    def _step(self, time: int, data: dict[str, Json]) -> Step:
        """One step, read in the order of writing, because a log refers to the one before."""
        effects, process = Effects(), self._process(data["process"])
        effects.early_messages = self._numbered(data["early"])
        effects.extras = check_form(from_json(_list(data.get("extras", []))))
        effects.messages = self._numbered(data["messages"])
        effects.timers = tuple(
            (_is(timer, str), _is(change, str)) for timer, change in _list(data["timers"])
        )
        effects.replies = tuple(
            _is(self._message_or_value(reply), Reply | ClientResponse)
            for reply in _list(data["replies"])
        )
        effects.applied = tuple(
            (_time(index), _is(check_form(from_json(entry)), Entry))
            for index, entry in _list(data["applied"])
        )
        event = self._message_or_value(data["event"])
        # The writer wrote `writes` before the state, so a log in the state refers to one in them.
        effects.writes = _is(self._value(data["writes"], process), tuple)
        return Step(time, process, event, effects, self._value(data["state"], process))

    def _numbered(self, numbers: Json) -> tuple[Any, ...]:
        return tuple(self._message(number) for number in _list(numbers))

    def _message(self, number: Json) -> Any:
        # A negative number would index the list from its end.
        return self._messages[_time(number)]

    def _message_or_value(self, data: Json) -> Any:
        return check_form(from_json(data)) if isinstance(data, dict) else self._message(data)

    def _process(self, name: Json) -> str:
        if name not in self._processes:
            raise ValueError(f"{name!r} is no process of this history")
        return str(name)

    def _value(self, data: Json, process: str) -> Any:
        """The value in JSON, with each log completed from this process's last one."""

        def whole(parts: Json, entries: Log) -> Log:
            if "keep" not in parts:
                self._last_log[process] = entries
                return entries
            before, keep = self._last_log[process], _time(parts["keep"])
            if keep > before.last_index:
                raise ValueError(f"a log of {before.last_index} entries cannot keep {keep}")
            log = before.prefix(keep).extend(entries)
            self._last_log[process] = log
            return log

        return check_form(from_json(data, whole))


# Checks of the parts of a file; each raises ValueError for a damaged part ---------------------


def _is(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{value!r} is no {getattr(kind, '__name__', kind)}")
    return value


def _list(value: Json) -> list[Json]:
    items: list[Json] = _is(value, list)
    return items


def _time(value: Json) -> int:
    """A whole number of at least 0; `True`, an int to Python, is refused."""
    number: int = _is(value, int)
    if isinstance(value, bool) or not 0 <= number < 1 << 63:
        raise ValueError(f"{value!r} is no time or number of a message")
    return number


def _is_message(value: Any) -> bool:
    return hasattr(value, "source") and hasattr(value, "target")


def _message(value: Any, processes: set[str]) -> Any:
    """A message between two processes; "" as an end means a caller outside the system."""
    if not _is_message(value):
        raise ValueError(f"{value!r} is no message")
    for name in (value.source, value.target):
        if name not in processes and name != "":
            raise ValueError(f"{name!r} is no process of this history")
    return check_form(value)


def _action(value: Any) -> Any:
    if not is_action(value):
        raise ValueError(f"{value!r} is no action")
    return value


def _input(value: Any) -> Input:
    """An input whose action was not planned for an instant already past."""
    asked: Input = _is(check_form(value), Input)
    if _time(asked.at) < _time(asked.now):
        raise ValueError(f"{value!r} was asked too late")
    _action(asked.action)
    return asked


def _setup(value: Json) -> dict[str, Json]:
    setup: dict[str, Json] = _is(value, dict)
    names = [_is(name, str) for part in ("servers", "clients") for name in _list(setup[part])]
    if not setup["servers"] or len(set(names)) < len(names):
        raise ValueError("the processes in its set-up are missing or named twice")
    return setup


def _in_short(text: str) -> str:
    """The text on one line, shortened to fit a terminal."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_REASON else line[:_LONGEST_REASON] + "..."
