"""`History`: the record of a run, in order, as values.

It owns everything that happened in a run, and every action that was asked for from outside,
so that the run can be repeated. It does not know Raft, nor how to run anything.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from raftkit.protocol.json_form import Json
from raftkit.simulator.deadlines import Deadlines
from raftkit.simulator.garbage import without_collecting
from raftkit.simulator.history_file import history_to_json, parts_of_history
from raftkit.simulator.records import (
    HistoryError,
    Input,
    InvariantViolation,
    Length,
    Step,
    step_of,
)


class History:
    """A run: its set-up and inputs, which can repeat it, and its records of what happened.

    `setup` is plain JSON data. Times are in microseconds.

    >>> from raftkit import Cluster
    >>> cluster = Cluster(servers=3, seed=7)
    >>> cluster.run(ms=400)
    >>> text = cluster.history.to_json()
    >>> History.from_json(text).to_json() == text
    True
    """

    def __init__(
        self,
        setup: dict[str, Json],
        inputs: Iterable[Input] = (),
        records: Iterable[Any] = (),
        violations: Iterable[InvariantViolation] = (),
        end: int = 0,
    ) -> None:
        self.setup = setup
        self.inputs = list(inputs)
        self.violations = list(violations)
        self.end = end
        self._records = list(records)
        self._converted = 0  # the number of records in which no row is left
        # Adds a record; a step may be added as a `Row`.
        self.append: Callable[[Any], None] = self._records.append
        # Each timer that was set, in order. A file holds none, because a replay makes them again.
        self.deadlines = Deadlines()

    @property
    def records(self) -> list[Any]:
        """Everything that happened, in order."""
        # A run makes thousands of steps a second, and few of them are ever read, so a row becomes
        # a `Step` only here.
        records = self._records
        for position in range(self._converted, len(records)):
            if type(records[position]) is tuple:
                records[position] = step_of(records[position])
        self._converted = len(records)
        return records

    @property
    def processes(self) -> tuple[str, ...]:
        """The servers, then the clients."""
        return (*self.setup.get("servers", ()), *self.setup.get("clients", ()))

    def steps(self) -> list[Step]:
        """The steps alone, in order."""
        return [entry for entry in self.records if type(entry) is Step]

    @property
    def length(self) -> Length:
        """The length of the history now; `beginning` takes it to give the history as it was."""
        return Length(
            len(self._records),
            len(self.inputs),
            len(self.violations),
            len(self.deadlines),
            self.end,
        )

    def beginning(self, length: Length) -> "History":
        """A new history that consists of the first part of this one."""
        first = History(
            self.setup,
            self.inputs[: length.inputs],
            self.records[: length.records],
            self.violations[: length.violations],
            length.end,
        )
        first.deadlines = self.deadlines.first(length.deadlines)
        return first

    def to_json(self) -> str:
        """The history as ASCII text; the same run always gives the same text."""
        with without_collecting():
            return json.dumps(history_to_json(self), separators=(",", ":"))

    def save(self, path: str | Path) -> None:
        """Write the history to a file."""
        Path(path).write_text(self.to_json() + "\n", encoding="ascii", newline="\n")

    @classmethod
    def from_json(cls, text: str) -> "History":
        """The history that `to_json` wrote. Raises `HistoryError` for anything else."""
        with without_collecting():
            return cls(**parts_of_history(_parsed(text)))

    @classmethod
    def load(cls, path: str | Path) -> "History":
        """The history in a file. Raises `HistoryError` if it holds none, OSError if unreadable."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise HistoryError("this is not a history: it is not text in UTF-8") from None
        return cls.from_json(text)


def _parsed(text: str) -> Json:
    """The JSON in `text`. Raises `HistoryError`, in one line, if there is none."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, TypeError) as error:
        raise HistoryError(f"this is not a history: it is not JSON ({error})") from None
    except RecursionError:
        raise HistoryError("this is not a history: it is nested without end") from None


def _refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python's reader accepts although they are not JSON."""
    raise ValueError(f"{name} is no number")
