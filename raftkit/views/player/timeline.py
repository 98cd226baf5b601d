"""`Timeline`: a history divided into windows of plain data that a browser can play.

The browser owns the clock. It asks for the windows around its instant and drops them again, so
a run of any length plays in constant memory. This class reads the records once, in order, as
the history grows, and keeps none of the windows: each is told again from a copy of the reading
nearby. It does not know the browser, nor how anything is drawn.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from raftkit.simulator.garbage import without_collecting
from raftkit.simulator.history import History
from raftkit.simulator.records import InvariantViolation
from raftkit.views.player.flight_rows import row_of
from raftkit.views.player.messages_in_flight import MessageInFlight
from raftkit.views.player.reading import Reading
from raftkit.views.player.server_data import Json

WINDOW = 2_000_000  # microseconds: some hundred messages of an idle cluster, some 12 kB when packed
# Windows between two kept copies of the reading; to read so many takes some milliseconds.
SPACING = 8
_REMEMBERED = 4  # windows: a browser asks for each of them once


@dataclass(frozen=True, slots=True)
class _Start:
    """The reading as it was at the start of a window, and how much had been reported."""

    reading: Reading
    marks: int
    violations: int


class Timeline:
    """The windows of `history` as far as it has been read; call `read` when it has grown."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.marks: list[list[Any]] = []
        self._reading = Reading(history)
        self._reported_violations = 0
        # By number: some windows' starts, and the start of the window after the last one told.
        self._starts = {0: self._start()}
        self._next: tuple[int, Reading] = (0, self._starts[0].reading)
        self._newest = 0  # the number of the window that is read now
        # By window: the flights that began in it or before it and changed after its end.
        self._late: dict[int, dict[int, MessageInFlight]] = defaultdict(dict)
        self._told: dict[int, Json] = {}

    # Reading ---------------------------------------------------------------------------

    def read(self) -> None:
        """Read the records that were added since the last call."""
        records, reading = self.history.records, self._reading
        boundary = (self._newest + 1) * WINDOW
        self._told.pop(self._newest, None)  # It may have grown.
        while reading.read < len(records):
            time = records[reading.read].time
            if time >= boundary:
                boundary = self._advance(time)
            reading.settle(time)
            for flight in reading.take(records):
                if flight.left < boundary - WINDOW:
                    self._note_late(flight)
            if reading.marks:
                self._collect_marks()
        if self.history.end >= boundary:
            self._advance(self.history.end)
        reading.settle(self.history.end)
        self._collect_marks()
        self._report_violations()

    def _advance(self, time: int) -> int:
        """Go on to the window of `time`, and return where it ends."""
        while time >= (boundary := (self._newest + 1) * WINDOW):
            self._reading.settle(boundary)
            self._told.pop(self._newest, None)
            self._newest += 1
            if self._newest % SPACING == 0:
                self._starts[self._newest] = self._start()
        return boundary

    def _start(self) -> _Start:
        return _Start(self._reading.copy(self.history), len(self.marks), self._reported_violations)

    def _note_late(self, flight: MessageInFlight) -> None:
        """Note a flight for the windows before this one, which have been read without its end."""
        for number in range(flight.left // WINDOW, self._newest):
            self._late[number][flight.id] = flight
            self._told.pop(number, None)

    def _collect_marks(self) -> None:
        """Take the marks that the reading has found."""
        self.marks += self._reading.marks
        self._reading.marks.clear()

    def _report_violations(self) -> None:
        """Add a mark for each broken property that has none yet."""
        for violation in self.history.violations[self._reported_violations :]:
            self.marks.append([violation.time, "violation", "", _in_words(violation)])
        self._reported_violations = len(self.history.violations)

    @property
    def violations(self) -> list[Json]:
        """The broken properties as plain data."""
        return [_violation(each) for each in self.history.violations]

    # Windows ---------------------------------------------------------------------------

    def window(self, number: int) -> Json | None:
        """Window `number`, as far as the history goes; None after its end."""
        self.read()
        if not 0 <= number <= self._newest:
            return None
        if number not in self._told:
            with without_collecting():
                self._told[number] = self._tell(number)
            if len(self._told) > _REMEMBERED:
                del self._told[next(iter(self._told))]
        return self._told[number]

    def _tell(self, number: int) -> Json:
        """Read a window again, and tell everything in it."""
        reading = self._reading_at(number)
        flights = {flight.id: flight for flight in reading.flying}
        window = {"number": number, "start": number * WINDOW, **reading.open_window()}
        for flight in self._read_to(reading, (number + 1) * WINDOW):
            flights.setdefault(flight.id, flight)
        if number < self._newest:
            self._next = (number + 1, reading.copy(self.history))
        flights |= self._late.get(number, {})
        window["flights"] = [row_of(flight) for flight in flights.values()]
        return window

    def _reading_at(self, number: int) -> Reading:
        """A reading at the start of a window, from the nearest one before it."""
        near, reading = number - number % SPACING, None
        if near <= self._next[0] <= number:
            near, reading = self._next
        reading = (reading or self._starts[near].reading).copy(self.history)
        for between in range(near, number):
            self._read_to(reading, (between + 1) * WINDOW)
        return reading

    def _read_to(self, reading: Reading, boundary: int) -> list[MessageInFlight]:
        """Read up to the end of a window; returns the flights that began, changed or ended."""
        records, last = self.history.records, self._reading.read
        changed = []
        while reading.read < last and (time := records[reading.read].time) < boundary:
            reading.settle(time)
            changed += reading.take(records)
        reading.settle(min(boundary, self.history.end))
        return changed

    # Forks -----------------------------------------------------------------------------

    def fork(self, history: History, time: int) -> "Timeline":
        """The timeline of a history that has the same records before `time` as this one.

        If they are the same objects, only the last part that both have is read again.
        """
        common = _common(self.history.records, history.records)
        kept = {
            number: start
            for number, start in self._starts.items()
            if number <= time // WINDOW and start.reading.read <= common
        }
        newest = max(kept)
        start = kept[newest]
        twin = Timeline(history)
        twin._starts, twin._newest = kept, newest
        twin._reading = start.reading.copy(history)
        twin.marks, twin._reported_violations = self.marks[: start.marks], start.violations
        twin._next = (newest, start.reading)
        twin._share_late_flights(self._late)
        return twin

    def common_until(self, other: "Timeline") -> int:
        """The instant up to which two timelines have the same records, as the same objects."""
        records, others = self.history.records, other.history.records
        common = _common(records, others)
        known = (records, others)
        differing: list[int] = [each[common].time for each in known if common < len(each)]
        return min(self.history.end, other.history.end, *differing)

    def tells_as(self, other: "Timeline", number: int) -> bool:
        """Whether a window of common records is told alike, with the same ends of all flights."""
        late = (timeline._late.get(number, {}).values() for timeline in (self, other))
        mine, theirs = ([row_of(flight) for flight in flights] for flights in late)
        return mine == theirs

    def _share_late_flights(self, late: dict[int, dict[int, MessageInFlight]]) -> None:
        """Take over the flights that had ended when this timeline began to differ."""
        now = self._newest * WINDOW
        for number in range(self._newest):
            for flight in late.get(number, {}).values():
                if flight.landed is not None and flight.landed < now:
                    self._late[number][flight.id] = flight
        for flight in self._reading.flying:
            self._note_late(flight)


def _common(one: list[Any], other: list[Any]) -> int:
    """The number of records that two histories share, compared by identity."""
    shorter = range(min(len(one), len(other)))
    return bisect_left(shorter, True, key=lambda place: one[place] is not other[place])


def _violation(violation: InvariantViolation) -> Json:
    """A broken property as plain data; the player outlines its servers."""
    return {
        "time": violation.time,
        "servers": violation.servers,
        "indexes": violation.indexes,
        "words": _in_words(violation),
    }


def _in_words(violation: InvariantViolation) -> str:
    return f"{violation.property} ({violation.section}) is broken: {violation.detail}"
