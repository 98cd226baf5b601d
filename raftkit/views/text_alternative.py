"""A history in words, as the text of a space-time diagram.

It has one line for each step at which something happens, for terminals and screen readers.
Heartbeats that change nothing are only counted. It does not draw anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from raftkit.protocol.messages import AppendEntriesRequest, AppendEntriesResponse, TimerFired
from raftkit.simulator.by_hand import Deliver, Lose
from raftkit.simulator.history import History
from raftkit.simulator.process import Started
from raftkit.simulator.records import Acted, Lost, Record, Released, Step
from raftkit.views.descriptions import action_in_words, counted, listed, milliseconds, short
from raftkit.views.message_flights import REASONS, Flight
from raftkit.views.role_spans import Lifeline
from raftkit.views.visible_records import VisibleRecords

# A longer text is too much for a terminal and a screen reader. The latest lines are kept, because
# a violation is at the end.
_LINES_MAX = 400


def history_in_words(
    history: History,
    visible: VisibleRecords,
    lifelines: dict[str, Lifeline],
    flights: Iterable[Flight],
) -> str:
    """The records of the window in words, one line each."""
    happened, how_sent = _what_happens(lifelines), _how_sent(flights)
    lines: list[str] = []
    calm = 0
    for position in range(visible.first, visible.last):
        record = history.records[position]
        if isinstance(record, Acted) and isinstance(record.action, Deliver | Lose):
            continue  # The next record shows its effect.
        if position not in happened and _is_calm(record):
            calm += 1
            continue
        lines += _calm_line(calm)
        calm = 0
        lines.append(_line(record, happened.get(position, []), how_sent))
    lines += _calm_line(calm)
    if len(lines) > _LINES_MAX:
        lines = [f"           … {len(lines) - _LINES_MAX:,} earlier lines", *lines[-_LINES_MAX:]]
    return "\n".join(lines)


def _what_happens(lifelines: dict[str, Lifeline]) -> dict[int, list[str]]:
    """The phrases for each record, without those for receiving and sending."""
    happened: dict[int, list[str]] = defaultdict(list)
    for lifeline in lifelines.values():
        for mark in lifeline.marks:
            # These have their own record or event, for which `_line` has a phrase.
            if mark.kind not in ("crash", "pause", "resume", "restart", "timeout"):
                happened[mark.position].append(mark.words)
        for span in lifeline.spans:
            if span.look is not None and span.condition == "running":
                happened[span.start].append(f"is {span.look.in_words}")
    return happened


def _how_sent(flights: Iterable[Flight]) -> dict[int, str]:
    """A phrase for each message that does not leave with its step, by the message's identity."""
    how_sent = {}
    for flight in flights:
        if flight.outcome == "never left":
            how_sent[id(flight.message)] = "crashes before it sends"
        elif flight.left != flight.step:
            how_sent[id(flight.message)] = "writes before it sends"
    return how_sent


def _is_calm(record: Record) -> bool:
    """Whether a record is only the sending or arrival of a heartbeat or of its answer.

    A refusal is not, even if it answers an empty request, because it means that two logs differ
    (§5.3).
    """
    if not isinstance(record, Step):
        return False
    event = record.event
    if isinstance(event, TimerFired):
        return event.timer == "heartbeat"
    if isinstance(event, AppendEntriesRequest):
        return not event.entries and all(
            getattr(message, "success", True) for message in record.effects.messages
        )
    return isinstance(event, AppendEntriesResponse) and event.success and not _sent(record, {})


def _calm_line(count: int) -> list[str]:
    """One line in place of `count` records that are left out; [] if there are none."""
    return [f"{'':>11}  … {counted(count, 'calm heartbeat step')}"] if count else []


def _line(record: Record, happened: list[str], how_sent: Mapping[int, str]) -> str:
    """A record in words: the time, aligned to the right, the process, and what it did."""
    time = f"{milliseconds(record.time):>11}"
    match record:
        case Acted(_, action):
            return f"{time}  —   {action_in_words(action)}"
        case Lost(_, message, reason):
            why = REASONS.get(reason, f"lost: {reason}")
            return f"{time}  {message.source:<3} {short(message)} to {message.target}: {why}"
        case Released(_, process, messages):
            names = listed(dict.fromkeys(message.target for message in messages))
            what = counted(len(messages), "message")
            return f"{time}  {process:<3} has written; sends {what} to {names}"
    parts = [_event(record.event), *happened, *_sent(record, how_sent)]
    return f"{time}  {record.process:<3} {'; '.join(part for part in parts if part)}"


def _event(event: Any) -> str:
    """The event of a step in words; "" if a mark has a phrase for it."""
    if isinstance(event, Started):
        return "restarts from its disk" if event.restarted else "starts"
    if isinstance(event, TimerFired):
        return f"{event.timer} timeout"
    if hasattr(event, "source"):
        return f"gets {short(event)} from {event.source or 'outside'}"
    return ""


def _sent(step: Step, how_sent: Mapping[int, str]) -> list[str]:
    """The messages of a step in phrases; one phrase for equal messages to several servers."""
    receivers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for message in (*step.effects.early_messages, *step.effects.messages):
        manner = how_sent.get(id(message), "sends")
        receivers[manner, short(message)].append(message.target)
    return [f"{manner} {words} to {listed(names)}" for (manner, words), names in receivers.items()]
