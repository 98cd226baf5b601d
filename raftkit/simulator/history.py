"""`History`: everything that happened in a run, in order, as values.

It owns the record of a run, what was asked of it from outside (so that it can
be run again), and the file format. It does not know Raft, nor how to run.
Recording is always on: one small object for each step.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from raftkit.protocol.effects import Effects
from raftkit.protocol.json_form import Json
from raftkit.protocol.record import record
from raftkit.simulator.garbage import without_collecting

FORMAT = "raftkit-history"
VERSION = 2


class HistoryError(ValueError):
    """A file that is not a history that this version can read; the message says why."""


@record
class Step:
    """A process took `event` at `time` (microseconds), answered `effects`, now is in `state`."""

    time: int
    process: str
    event: Any
    effects: Effects
    state: Any


# A step as a run notes it, until somebody looks: the fields of a `Step`, and the state before it.
Row = tuple[int, str, Any, Effects, Any, Any]


def step_of(row: Row) -> Step:
    """The step that a row stands for."""
    return Step(*row[:5])


@record
class Lost:
    """A message that will never be delivered.

    `reason` is "lost", "cut", "dropped" or "down"; `time` is that of sending, or for "down" that
    of arriving, or of the crash if it had waited for the end of a pause.
    """

    time: int
    message: Any
    reason: str


@record
class Released:
    """Messages that left later than their step, when a slow disk had done its writes."""

    time: int
    process: str
    messages: tuple[Any, ...]


@record
class Acted:
    """A fault or another act from outside took effect."""

    time: int
    action: Any


Record = Step | Lost | Released | Acted


@record
class InvariantViolation:
    """A broken property: a value in a report, not a crash.

    `property` is Figure 3's name, or that of another promise of the paper; `step` is the position
    in `History.records` of the step that broke it; `servers` and `indexes` (log indexes) name
    the culprits; `detail` says it in a sentence.
    """

    property: str
    section: str
    time: int
    step: int
    servers: tuple[str, ...]
    indexes: tuple[int, ...]
    detail: str


@record
class Input:
    """Something asked from outside: at the instant `now`, do `action` at the instant `at`."""

    now: int
    at: int
    action: Any


@record
class Length:
    """How many records, inputs and violations a history has, and where it ends (microseconds)."""

    records: int
    inputs: int
    violations: int
    end: int


class History:
    """A run: its set-up and inputs, which repeat it, and its records, which tell it.

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
        self._told = 0  # so many of them are no rows any more
        # Takes a `Row`, or any other record.
        self.note: Callable[[Any], None] = self._records.append

    @property
    def records(self) -> list[Any]:
        """Everything that happened, in order."""
        # A run makes thousands of steps a second and looks at few: until somebody does, a row is
        # enough.
        records = self._records
        for position in range(self._told, len(records)):
            if type(records[position]) is tuple:
                records[position] = step_of(records[position])
        self._told = len(records)
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
        """How far it has got; with it `beginning` gives the history as it is now."""
        return Length(len(self._records), len(self.inputs), len(self.violations), self.end)

    def beginning(self, length: Length) -> "History":
        """A history of its own that is this one's first part."""
        return History(
            self.setup,
            self.inputs[: length.inputs],
            self.records[: length.records],
            self.violations[: length.violations],
            length.end,
        )

    def to_json(self) -> str:
        """The history as text, in ASCII: the same run always gives the same text."""
        from raftkit.simulator.history_file import history_to_json

        with without_collecting():
            return json.dumps(history_to_json(self), separators=(",", ":"))

    def save(self, path: str | Path) -> None:
        """Write the history to a file."""
        Path(path).write_text(self.to_json() + "\n", encoding="ascii", newline="\n")

    @classmethod
    def from_json(cls, text: str) -> "History":
        """The history that `to_json` wrote. Raises `HistoryError` for anything else."""
        from raftkit.simulator.history_file import history_from_json

        with without_collecting():
            return history_from_json(_parsed(text))

    @classmethod
    def load(cls, path: str | Path) -> "History":
        """The history in a file. Raises `HistoryError` if it holds none, OSError if unreadable."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise HistoryError("this is not a history: it is not text in UTF-8") from None
        return cls.from_json(text)


def _parsed(text: str) -> Json:
    """The JSON in `text`, or one line on why there is none."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, TypeError) as error:
        raise HistoryError(f"this is not a history: it is not JSON ({error})") from None
    except RecursionError:
        raise HistoryError("this is not a history: it is nested without end") from None


def _refuse_constant(name: str) -> None:
    """Python's reader accepts NaN and Infinity, which are not JSON and no time either."""
    raise ValueError(f"{name} is no number")
