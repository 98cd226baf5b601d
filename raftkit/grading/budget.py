"""`Budget`: the time and the bytes that all calls of one exercise may take.

After a fatal error no call is made. A child reports its own CPU time and might lie, so a call
costs at least a part of its real time, small enough for a busy machine. It does not know what is
called.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from raftkit.course.errors import StudentError
from raftkit.grading.sandbox import Limits

# If less time than this is left, a call or a cell is not run at all.
SHORTEST_SECONDS = 0.02
# Several times what the largest right answers send: the judge reads all of it.
BYTES = 128 << 20
# A call costs at least this part of its real time, even if the child says that it computed less.
_REAL_TIME_FACTOR = 5
_NO_TIME = "{name} has used up the {seconds:g} s that all calls for one exercise may take."
_TOO_MUCH = (
    "{name} returned more than {bytes} MB in all calls for one exercise: no answer needs it."
)


class Spender(Protocol):
    """The children of one student, and what they have spent so far."""

    limits: Limits

    def cpu_seconds(self) -> float:
        """Their CPU time."""

    def sent(self) -> int:
        """The bytes of their replies."""


class Budget:
    """The budget of the answer `name`, `times` that of an ordinary one."""

    def __init__(self, name: str, spender: Spender, times: int = 1) -> None:
        self._name = name
        self._spender = spender
        self._seconds = times * spender.limits.exercise_seconds
        self._bytes = times * BYTES
        self.seconds_left, self.bytes_left = self._seconds, self._bytes
        self._fatal_error: StudentError | None = None

    @contextmanager
    def spending(self) -> Iterator[float]:
        """The seconds that one call may take; its cost is subtracted. Raises `StudentError`."""
        if self._fatal_error is not None:
            raise self._fatal_error
        start = time.monotonic()
        computed, sent = self._spender.cpu_seconds(), self._spender.sent()
        try:
            self._must_have_some_left()
            yield min(self._spender.limits.call_seconds, self.seconds_left)
        except StudentError as error:
            if error.kind in ("endless", "stopped"):
                self._fatal_error = error
            raise
        finally:
            least = (time.monotonic() - start) / _REAL_TIME_FACTOR
            self.seconds_left -= max(self._spender.cpu_seconds() - computed, least)
            self.bytes_left -= self._spender.sent() - sent

    def _must_have_some_left(self) -> None:
        """Raise `StudentError` if there is no time or there are no bytes for another call."""
        if self.bytes_left < 0:
            text = _TOO_MUCH.format(name=self._name, bytes=self._bytes >> 20)
            raise StudentError("stopped", text)
        if self.seconds_left < SHORTEST_SECONDS:
            text = _NO_TIME.format(name=self._name, seconds=self._seconds)
            raise StudentError("endless", text)
