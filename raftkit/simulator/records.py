"""The records of a history: steps, losses, actions and violations, each a value.

A step is recorded as a tuple, a `Row`, which becomes a `Step` when it is read, so that
recording costs little. It does not know how records are made.
"""

from typing import Any

from raftkit.protocol.effects import Effects
from raftkit.protocol.record import record


class HistoryError(ValueError):
    """A file holds no history that this version can read; the message says why."""


@record
class Step:
    """One step: at `time` (microseconds) a process took `event` and returned `effects`.

    `state` is its state after the step.
    """

    time: int
    process: str
    event: Any
    effects: Effects
    state: Any


# A step while a run records it: the fields of a `Step`, and the state before it.
Row = tuple[int, str, Any, Effects, Any, Any]


def step_of(row: Row) -> Step:
    """The step that a row stands for."""
    time, process, event, effects, state, _ = row
    # Half of the steps of a quiet cluster do nothing, and share one object.
    return Step(time, process, event, effects if _has_any(effects) else NO_EFFECTS, state)


NO_EFFECTS = Effects()


def _has_any(effects: Any) -> bool:
    """Whether a step did anything; an object that is no `Effects` is kept as it is."""
    return type(effects) is not Effects or bool(
        effects.messages
        or effects.timers
        or effects.writes
        or effects.applied
        or effects.replies
        or effects.early_messages
        or effects.extras
    )


@record
class Lost:
    """A message that is never delivered.

    `reason` is "lost", "cut", "dropped" or "down". `time` is the time of sending; for "down" it is
    the time of arrival, or that of the crash if the message waited for the end of a pause.
    """

    time: int
    message: Any
    reason: str


@record
class Released:
    """Messages that left later than their step, when a slow disk had finished its writes."""

    time: int
    process: str
    messages: tuple[Any, ...]


@record
class Acted:
    """A fault or another action from outside took effect."""

    time: int
    action: Any


Record = Step | Lost | Released | Acted


@record
class InvariantViolation:
    """A broken property, as a value in a report.

    `property` is the name in Figure 3, or that of another guarantee of the paper; `step` is the
    position in `History.records` of the step that broke it; `servers` and `indexes` (log indexes)
    say where it is broken; `detail` is a sentence about it.
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
    """An action that was asked for from outside, at the instant `now`, for the instant `at`."""

    now: int
    at: int
    action: Any


@record
class Length:
    """How many records, inputs, violations and deadlines a history has; its end (microseconds)."""

    records: int
    inputs: int
    violations: int
    deadlines: int
    end: int
