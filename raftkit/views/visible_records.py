"""The part of a history that a space-time diagram shows: a window, without calm messages.

Everything is shown as long as it is legible. Beyond that, messages that change nothing are
folded: a count replaces them. Beyond that, the beginning is left out. The picture names each
omission. It does not know where anything is drawn.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from raftkit.protocol.messages import AppendEntriesRequest, AppendEntriesResponse
from raftkit.simulator.history import History
from raftkit.simulator.records import Acted, Record
from raftkit.views.message_flights import Flight
from raftkit.views.role_spans import Lifeline

FLIGHTS_MAX = 72  # if there are more, calm ones are folded
FLIGHTS_LAST = 120  # if there are still more, the first ones are left out
FOLD_MIN = 6  # fewer messages than this take no more room than the strip that replaces them


@dataclass(slots=True)
class VisibleRecords:
    """The part of a history that is drawn: records `first` to `last` (excluded), times in µs.

    `positions` are the records that have a place on the time axis, in order. `folds` counts the
    messages left out before such a record (or before the end, at `last`). `left_out` counts the
    messages before `first` that had no room. It `continues` if another row shows
    what was before, and `goes_on` if one shows what follows.
    """

    first: int
    last: int
    start: int
    end: int
    flights: list[Flight]
    positions: list[int] = field(default_factory=list)
    folds: Counter[int] = field(default_factory=Counter)
    left_out: int = 0
    continues: bool = False
    goes_on: bool = False

    @property
    def folded(self) -> int:
        """How many messages are folded away."""
        return sum(self.folds.values())


def visible_records(
    history: History,
    flights: list[Flight],
    lifelines: dict[str, Lifeline],
    first_ms: float | None,
    last_ms: float | None,
    step: int | None = None,
    most: int = FLIGHTS_LAST,
) -> VisibleRecords:
    """The records to show from `first_ms` to `last_ms`, with at most `most` messages.

    Record `step` is always among them; without `last_ms` it is the last one.
    """
    visible = _window(history, flights, first_ms, last_ms, step)
    eventful = _eventful(history, lifelines, step)
    folds: list[list[Flight]] = []
    if len(visible.flights) > FLIGHTS_MAX:
        folds = _fold(history, visible, eventful)
    if len(visible.flights) > most:
        _cut_beginning(history, visible, most)
    _place(visible, eventful, folds)
    return visible


def _window(
    history: History,
    flights: list[Flight],
    first_ms: float | None,
    last_ms: float | None,
    step: int | None,
) -> VisibleRecords:
    """The window in records and microseconds, with every message that is under way in it.

    With a `step`, the records after it are left out, even those of the same instant.
    """
    times = [record.time for record in history.records]
    if step is not None and last_ms is None:
        times = times[: step + 1]
        last_ms = times[-1] / 1000
    start = 0 if first_ms is None else round(first_ms * 1000)
    end = history.end if last_ms is None else round(last_ms * 1000)
    end = max(min(end, max(history.end, *times[-1:], 0)), start)
    first, last = bisect_left(times, start), bisect_left(times, end + 1)
    return VisibleRecords(first, last, start, end, [f for f in flights if _touches(f, first, last)])


def _touches(flight: Flight, first: int, last: int) -> bool:
    """Whether the message is under way, sent or delivered in the window."""
    if flight.end is None:
        # A message that never arrives would be under way in every later window.
        return first <= flight.left < last
    return flight.step < last and flight.end >= first


def _eventful(history: History, lifelines: dict[str, Lifeline], step: int | None) -> set[int]:
    """The records with an action, a mark or a new span, and record `step`."""
    found = {position for position, record in enumerate(history.records) if type(record) is Acted}
    for lifeline in lifelines.values():
        found.update(span.start for span in lifeline.spans)
        found.update(mark.position for mark in lifeline.marks)
    if step is not None:
        found.add(step)
    return found


def _fold(history: History, visible: VisibleRecords, eventful: set[int]) -> list[list[Flight]]:
    """Remove calm messages between events, except a first round; returns them in groups.

    Each group is between two neighbouring events, so that one strip can replace it.
    """
    calm = [flight for flight in visible.flights if _is_calm(flight, eventful)]
    kept = _kept_records(visible, eventful, set(calm))
    interval = history.setup.get("settings", {}).get("heartbeat_interval", 50_000)
    groups: dict[int, list[Flight]] = defaultdict(list)
    for flight in calm:
        place = bisect_left(kept, flight.step)
        before = history.records[kept[place - 1]].time if place else visible.start
        # A little more than one round shows that the leader continues after the event.
        late = history.records[flight.step].time > before + interval * 1.3
        if late and bisect_left(kept, flight.landed or flight.step) == place:
            groups[place].append(flight)
    # A small group is drawn, because a strip would take as much room.
    folds = [group for group in groups.values() if len(group) >= FOLD_MIN]
    hidden = {flight for group in folds for flight in group}
    visible.flights = [flight for flight in visible.flights if flight not in hidden]
    return folds


def _kept_records(visible: VisibleRecords, eventful: set[int], calm: set[Flight]) -> list[int]:
    """The records that no fold may contain: events, and the ends of all other messages."""
    kept = set(eventful)
    for flight in visible.flights:
        if flight not in calm:
            kept.update(_ends(flight))
    return sorted(kept)


def _ends(flight: Flight) -> list[int]:
    """The records at the ends of an arrow; each needs a place on the axis."""
    return [end for end in (flight.step, flight.left, flight.end) if end is not None]


def _is_calm(flight: Flight, eventful: set[int]) -> bool:
    """Whether the message is an AppendEntries or its success, and changed nothing visible."""
    message = flight.message
    routine = isinstance(message, AppendEntriesRequest) or (
        isinstance(message, AppendEntriesResponse) and message.success
    )
    if not routine or flight.outcome == "under way" or flight.copy or flight.left != flight.step:
        return False
    return flight.step not in eventful and flight.landed not in eventful


def _cut_beginning(history: History, visible: VisibleRecords, most: int) -> None:
    """Begin the window later, so that the last `most` messages remain."""
    rest = visible.flights[-most:]
    left_out = len(visible.flights) - len(rest)
    first = min(flight.step for flight in rest)
    # The actions at the same instant stay, because they are the cause of what follows.
    while first and _is_action_at(history.records[first - 1], history.records[first].time):
        first -= 1
    visible.first = first
    visible.start = history.records[visible.first].time
    visible.flights = rest
    visible.left_out = left_out


def _is_action_at(record: Record, time: int) -> bool:
    return isinstance(record, Acted) and record.time == time


def _place(visible: VisibleRecords, eventful: set[int], folds: list[list[Flight]]) -> None:
    """List every record that is drawn, and count each fold at the record after it."""
    wanted = set(eventful)
    for flight in visible.flights:
        wanted.update(_ends(flight))
    inside = sorted(p for p in wanted if visible.first <= p < visible.last)
    visible.positions = inside
    for fold in folds:
        # The notice about the beginning already counts the folds before the window.
        if visible.first <= fold[0].step:
            place = bisect_left(inside, max(max(_ends(flight)) for flight in fold))
            visible.folds[inside[place] if place < len(inside) else visible.last] += len(fold)
