"""`Budget`: the time and the bytes that all calls of one exercise may take.

Time is CPU time, which a child reports itself. It might lie, or wait, so there is a wide net of
real time, and whoever falls into it is graded again, alone. After a fatal error no call is made.
It does not know what is called.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from raftkit.course.errors import StudentError
from raftkit.grading.sandbox import Limits

# If less time than this is left, a call or a cell is not run at all.
SHORTEST_SECONDS = 0.02
# Several times what the largest right answers send: the judge reads all of it.
BYTES = 128 << 20
# The wide net of an exercise, or of all cells, in terms of the CPU time that they may take.
NET = 5
# As the notebook says it (raftkit.course.checking.guard.time_limits).
_NO_TIME = "{name} computed for more than {seconds:g} seconds in all, so it was stopped."
_WAITED = "{name} mostly waits instead of computing, so it was stopped. An answer needs no waiting."
_TOO_MUCH = (
    "{name} returned more than {bytes} MB in all calls for one exercise: no answer needs it."
)


class Spender(Protocol):
    """The children of one student, and what they have spent so far."""

    limits: Limits

    def cpu_seconds(self) -> float:
        """Their CPU time."""

    def waited(self) -> float:
        """The seconds of real time for which they were waited for."""

    def fell_into_net(self) -> None:
        """Note that this student must be graded again, alone."""

    def sent(self) -> int:
        """The bytes of their replies."""


class Budget:
    """The budget of the answer `name`, `times` that of an ordinary one.

    With `goes_on`, a call that does not come to an end is not the last one: whoever asks decides.
    """

    def __init__(self, name: str, spender: Spender, times: int = 1, goes_on: bool = False) -> None:
        self._goes_on = goes_on
        self._name = name
        self._spender = spender
        self._seconds = times * spender.limits.exercise_seconds
        self._bytes = times * BYTES
        self.seconds_left, self.bytes_left = self._seconds, self._bytes
        self._net_left = NET * self._seconds
        self._fatal_error: StudentError | None = None

    @contextmanager
    def spending(self) -> Iterator[float]:
        """The seconds that one call may take; its cost is subtracted. Raises `StudentError`."""
        if self._fatal_error is not None:
            raise self._fatal_error
        spender = self._spender
        computed, waited, sent = spender.cpu_seconds(), spender.waited(), spender.sent()
        seconds = min(spender.limits.call_seconds, self.seconds_left)
        try:
            self._must_have_some_left()
            yield seconds
        except StudentError as error:
            if error.kind not in ("endless", "stopped"):
                raise
            # How much was left depends on the machine, so the text does not tell it.
            is_short = error.kind == "endless" and seconds < spender.limits.call_seconds
            if error.kind == "endless" and self._goes_on and not is_short:
                raise
            self._fatal_error = self._no_time() if is_short else error
            raise self._fatal_error from None
        finally:
            self.seconds_left -= spender.cpu_seconds() - computed
            self._net_left -= spender.waited() - waited
            self.bytes_left -= spender.sent() - sent

    def _must_have_some_left(self) -> None:
        """Raise `StudentError` if there is no time or there are no bytes for another call."""
        if self.bytes_left < 0:
            text = _TOO_MUCH.format(name=self._name, bytes=self._bytes >> 20)
            raise StudentError("stopped", text)
        if self._net_left < 0:
            self._spender.fell_into_net()
            raise StudentError("stopped", _WAITED.format(name=self._name))
        if self.seconds_left < SHORTEST_SECONDS:
            raise self._no_time()

    def _no_time(self) -> StudentError:
        text = _NO_TIME.format(name=self._name, seconds=self._seconds)
        return StudentError("endless", text)
