"""What a history is made of: steps, losses, acts and violations, each a value.

A step is kept as a row until somebody looks at it, so that recording is always on.
"""

from typing import Any

from raftkit.protocol.effects import Effects
from raftkit.protocol.record import record


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
