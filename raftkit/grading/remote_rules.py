"""`RemoteRules`: a student's rules as functions of our process; each call asks a child.

If a child hangs or dies, only the exercise in progress loses points: the next one gets a new
child with the same cells, without the cell that ended it. Every failure becomes one sentence
in a `StudentError`. It does not know points.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from inspect import Signature
from typing import Any

from raftkit.course.chapters import EXERCISES
from raftkit.course.errors import StudentError, excessive_answer
from raftkit.grading.budget import NET, SHORTEST_SECONDS, Budget
from raftkit.grading.cells_at_check import as_checked
from raftkit.grading.channels import Gone, TimedOut
from raftkit.grading.check_calls import last_check
from raftkit.grading.chosen_cells import cells_to_run
from raftkit.grading.notebook import Cell, Notebook
from raftkit.grading.replies import (
    error_in,
    output_in,
    places_in,
    signature_in,
    stop_in,
    text_in,
    value_in,
)
from raftkit.grading.sandbox import Child, OutOfTime, Sandbox
from raftkit.protocol.json_form import to_json

Json = Any

_CALLS_AT_ONCE = 128
# The marks of the cells of answers.
_MARKS = {exercise.answer: exercise.grade_id for exercise in EXERCISES}

# The same sentences as in the notebook, where raftkit.course.checking.guard watches a function.
_CHANGED = (
    "{name} changed one of its arguments. The values handed to a rule are the "
    "server's own: leave them as they are and return a new one."
)
_NO_TIME = "{name} was not run: the cells of this notebook took too long."
_SHORT_OF_TIME = "{name} was stopped: the cells of this notebook took too long."
_ENDLESS = "{name} was still running after {seconds:g} s: is there an endless loop?"
_SILENT = "{name} sits still, so it was stopped. An answer needs no waiting."


class RemoteRules:
    """The functions of one notebook, by name; use it in a `with` statement.

    All exercises of a student share one child, as long as it lives and their checks have found the
    same cells; another student's code never runs in it.
    """

    def __init__(self, notebook: Notebook, names: list[str], sandbox: Sandbox) -> None:
        self._notebook = notebook
        self._cells = cells_to_run(notebook, {name: _MARKS.get(name, "") for name in names})
        self._written = Notebook(self._cells)
        self._cells_of: dict[str, list[Cell]] = {}
        self._places = {rule: cell.name for cell in self._cells for rule in cell.rules}
        self._sandbox = sandbox
        self.limits = sandbox.limits
        self._child: Child | None = None
        self._in_child: list[Cell] = []
        # The errors of cells that have not run to their end, by the cells' names.
        self._failed: dict[str, StudentError] = {}
        self._fatal_cells: set[str] = set()
        # The places of statements that took too long and are left out from then on, by cells.
        self._cut: dict[str, list[int]] = {}
        # What children that have ended spent, and CPU time left for the cells in all children.
        self._ended_seconds, self._ended_waited, self._ended_sent = 0.0, 0.0, 0
        self._cell_seconds_left = 8 * self.limits.cell_seconds
        self._cells_net_left = NET * self._cell_seconds_left

    def __enter__(self) -> "RemoteRules":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def rule(self, name: str) -> Callable[..., Any]:
        """The student's function called `name`; each of its calls may raise `StudentError`."""
        return _Rule(self, name)

    # Cells -----------------------------------------------------------------------------

    def ready(self, name: str) -> Child:
        """A child in which every cell has run as for this answer, except those that end it."""
        cells = self._as_checked(name)
        if cells != self._in_child:
            self._end()
        while self._child is None:
            child = self._child = self._sandbox.child()
            self._in_child = cells
            for cell in cells:
                if cell.name not in self._fatal_cells and not self._run(child, cell):
                    break
        return self._child

    def _as_checked(self, name: str) -> list[Cell]:
        if name not in self._cells_of:
            check = last_check(self._cells, name, _MARKS.get(name, ""))
            self._cells_of[name] = as_checked(self._cells, name, check)
        return self._cells_of[name]

    def _run(self, child: Child, cell: Cell) -> bool:
        """Run one cell; returns whether the child has survived it."""
        # Only a part of the time left, so that the cells after an endless one have time too.
        seconds = min(self.limits.cell_seconds, self._cell_seconds_left / 4)
        if self._cells_net_left < 0:
            self.fell_into_net()
        if seconds < SHORTEST_SECONDS or self._cells_net_left < 0:
            self._fatal_cells.add(cell.name)
            self._failed[cell.name] = StudentError("endless", _NO_TIME.format(name=cell.name))
            return True
        cut = self._cut.setdefault(cell.name, [])
        request = {"cell": cell.name, "out": cell.number, "source": cell.source, "without": cut}
        computed, waited = child.cpu_seconds, child.waited
        try:
            reply = child.ask(request | {"rules": cell.rules}, seconds)
        except (OutOfTime, TimedOut, Gone) as end:
            self._end_with(cell, self._why_ended(cell.name, end, seconds))
            self._cell_seconds_left -= seconds
            return False
        finally:
            self._cells_net_left -= child.waited - waited
        self._cell_seconds_left -= child.cpu_seconds - computed
        if not cut:
            self._failed.pop(cell.name, None)
        cut += places_in(reply.get("cut"))
        if "error" in reply:
            self._failed[cell.name] = error_in(cell.name, reply["error"])
            self._note(cell)
        return True

    def _note(self, cell: Cell) -> None:
        """Say what failed in an answer's cell, although what stands below it counts."""
        note = str(self._failed[cell.name]).replace("\n", " ")
        if cell.rules and note not in self._notebook.notes:
            self._notebook.notes.append(note)

    def _end_with(self, cell: Cell, error: StudentError) -> None:
        """Record that a cell ended its process, so that it is not run again."""
        self._end()
        if error.kind == "endless" and self._cell_seconds_left < 4 * self.limits.cell_seconds:
            # How much was left depends on the machine, so the text does not tell it.
            error = StudentError("endless", _SHORT_OF_TIME.format(name=cell.name))
        self._fatal_cells.add(cell.name)
        self._failed[cell.name] = error

    def _why_ended(self, name: str, end: Exception, seconds: float) -> StudentError:
        """The error for a child that ended, or was ended, instead of answering."""
        if isinstance(end, OutOfTime):
            return StudentError("endless", _ENDLESS.format(name=name, seconds=seconds))
        if isinstance(end, TimedOut):
            self.fell_into_net()
            return StudentError("stopped", _SILENT.format(name=name))
        return StudentError("stopped", f"{name} {end}.")

    def _end(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            self._ended_seconds += child.cpu_seconds
            self._ended_waited += child.waited
            self._ended_sent += child.sent
            child.end()

    def fell_into_net(self) -> None:
        """Note that this student must be graded again, alone."""
        self._sandbox.timeouts += 1

    def waited(self) -> float:
        """The seconds of real time for which all children were waited for."""
        return self._ended_waited + (self._child.waited if self._child is not None else 0.0)

    def cpu_seconds(self) -> float:
        """The CPU time of all children so far, as they report it themselves."""
        return self._ended_seconds + (self._child.cpu_seconds if self._child is not None else 0.0)

    def sent(self) -> int:
        """The bytes that all children have sent so far."""
        return self._ended_sent + (self._child.sent if self._child is not None else 0)

    def signature(self, name: str, seconds: float) -> Signature | None:
        """The signature of a function; None if the reply is damaged. Raises `StudentError`."""
        return signature_in(self.asked(name, {"rule": name, "parameters": True}, seconds))

    def printed(self, name: str, place: int) -> tuple[str, int]:
        """What the child's call at `place` of the latest request printed, and all lines of a rule.

        A child that has ended says nothing more, and one that does not answer is ended.
        """
        if self._child is None:
            return "", 0
        try:
            reply = self._child.ask({"rule": name, "printed": place}, self.limits.call_seconds)
        except (OutOfTime, Gone):
            self._end()
            return "", 0
        except TimedOut:
            self._end()
            self.fell_into_net()
            return "", 0
        return output_in(reply)

    # Calls -----------------------------------------------------------------------------

    def call(self, name: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        """Call a rule in the child. Raises `StudentError`."""
        request = {"rule": name, "arguments": to_json(arguments)}
        return self._value(name, self.asked(name, request, seconds))

    def call_all(
        self, name: str, calls: Sequence[tuple[Any, ...]], seconds: float
    ) -> list[Callable[[], Any]]:
        """Call a rule in the child until a call has no value; returns a reply to each call made.

        Raises `StudentError` if the child does not answer.
        """
        request = {"rule": name, "calls": to_json(tuple(calls))}
        replies = self.asked(name, request, seconds).get("replies")
        if not isinstance(replies, list) or not 0 < len(replies) <= len(calls):
            raise StudentError("wrong type", f"{name} returned values that are not well formed.")
        return [partial(self._value, name, reply) for reply in replies]

    def asked(self, name: str, request: Json, seconds: float) -> dict[str, Json]:
        """The child's reply to a request about the answer `name`. Raises `StudentError`."""
        child = self.ready(name)
        place = self._places.get(name)
        if place in self._fatal_cells:
            raise self._failed[place]
        try:
            reply = child.ask(request, seconds)
        except (OutOfTime, TimedOut, Gone) as end:
            self._end()
            raise self._why_ended(name, end, seconds) from None
        self._raise_if_failed(name, reply)
        return reply

    def _raise_if_failed(self, name: str, reply: dict[str, Json]) -> None:
        if "missing" in reply:
            raise self._why_missing(name)
        if "stopped" in reply:
            raise stop_in(name, reply["stopped"])
        if "no_value" in reply:
            raise StudentError("wrong type", f"{name} returned {text_in(reply['no_value'])}.")
        if "excess" in reply:
            raise excessive_answer(text_in(reply["excess"]))
        if "error" in reply:
            raise self.error_of(name, reply)

    def _value(self, name: str, reply: dict[str, Json]) -> Any:
        """The value in a reply, which may be forged. Raises `StudentError` if it holds none."""
        if not isinstance(reply, dict):
            raise StudentError("wrong type", f"{name} returned a value that is not well formed.")
        if "value" in reply:
            return value_in(name, reply["value"])
        if "changed" in reply:
            raise StudentError("changed", _CHANGED.format(name=name))
        self._raise_if_failed(name, reply)
        raise self.error_of(name, reply)

    def error_of(self, name: str, reply: dict[str, Json]) -> StudentError:
        """The error in a reply."""
        error = error_in(name, reply.get("error"))
        if error.kind == "not started" and not self._written.leaves_unwritten(name):
            # As in the notebook, an answer that is partly written can earn a part of the points.
            return StudentError("raised", f"{name} came to a part that is not written yet.")
        return error

    def _why_missing(self, name: str) -> StudentError:
        """The error for a function that is missing: its cell failed, or there is no such cell."""
        for cell in reversed(self._written.defines(name)):
            if cell.name in self._failed:
                return self._failed[cell.name]
        broken = [cell for cell in self._cells if f"def {name}" in cell.source]
        for cell in reversed(broken):
            if cell.name in self._failed:
                return self._failed[cell.name]
        return StudentError("not started", f"There is no {name} in this notebook.")


class _Rule:
    """A rule that can be called here, with the budget of one exercise."""

    def __init__(self, rules: RemoteRules, name: str) -> None:
        self.__name__ = name
        self._rules = rules
        self.budget = Budget(name, rules)
        self._place = 0  # of the last call in the latest request

    def __call__(self, *arguments: Any) -> Any:
        # The time of cells does not count as the call's.
        self._rules.ready(self.__name__)
        self._place = 0
        with self.budget.spending() as seconds:
            return self._rules.call(self.__name__, arguments, seconds)

    def to_all(self, calls: Sequence[tuple[Any, ...]]) -> Iterator[Callable[[], Any]]:
        """A reply to each call, many calls at a time.

        The child may answer fewer at once, but each call is asked until it has a reply.
        """
        answered = 0
        while answered < len(calls):
            some = calls[answered : answered + _CALLS_AT_ONCE]
            self._rules.ready(self.__name__)
            with self.budget.spending() as seconds:
                replies = self._rules.call_all(self.__name__, some, seconds)
            for self._place, reply in enumerate(replies):
                yield reply
            answered += len(replies)

    @property
    def __signature__(self) -> Signature | None:
        """The signature as the child says it; None if there is none, or no function."""
        self._rules.ready(self.__name__)
        with suppress(StudentError), self.budget.spending() as seconds:
            return self._rules.signature(self.__name__, seconds)
        return None

    def printed(self) -> str:
        """What the last call printed, shortened."""
        return self._rules.printed(self.__name__, self._place)[0]

    def lines_printed(self) -> int:
        """How many lines all calls printed, as the child says."""
        return self._rules.printed(self.__name__, self._place)[1]
