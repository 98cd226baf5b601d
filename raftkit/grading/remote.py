"""One student's rules as functions of our process that ask a child for every answer.

A child that hangs or dies costs the exercise it died in: the next one gets a
new child with the same cells, without the cell that killed it. Everything that
can go wrong becomes one sentence in a `StudentError`.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from raftkit.course.chapters import EXERCISES
from raftkit.course.errors import StudentError
from raftkit.grading.channels import Gone, TimedOut
from raftkit.grading.notebook import Cell, Notebook, cells_to_run
from raftkit.grading.sandbox import Child, Limits, Sandbox
from raftkit.protocol.json_form import from_json, to_json

Json = Any

# Less than this is no time to do anything in.
_MOMENT = 0.02
_BUSY = 5  # so many times longer may a call take than what it computes

# The same sentences as in the notebook, where raftkit.course.checking.guard watches the function.
_CHANGED = (
    "{name} changed one of its arguments. The values handed to a rule are the "
    "server's own: leave them as they are and return a new one."
)
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LEFT = "{name} tried to leave Python (exit). An answer only returns a value."
_SPENT = "{name} has used up the {seconds:g} s that all calls for one exercise may take."
_NO_TIME = "{name} was not run: the cells of this notebook took too long."
_RECURSION = "{name} calls itself without end. When does it stop?"


class RemoteRules:
    """The functions of one notebook, by name; use it in a `with` statement.

    Between two exercises the child stays, with whatever the student's code has left in it: a
    student who spoils one answer by another spoils nobody else's.
    """

    def __init__(self, notebook: Notebook, names: list[str], sandbox: Sandbox) -> None:
        self._notebook = notebook
        marks = {exercise.answer: exercise.grade_id for exercise in EXERCISES}
        self._cells = cells_to_run(notebook, {name: marks.get(name, "") for name in names})
        self._places = {rule: cell.name for cell in self._cells for rule in cell.rules}
        self._sandbox = sandbox
        self.limits = sandbox.limits
        self._child: Child | None = None
        # Why a cell has not run to its end: by the cell's name.
        self._failed: dict[str, StudentError] = {}
        self._deadly: set[str] = set()
        # For all cells in all children: however many of them there are, this is the end of it.
        self._ended_seconds = 0.0
        self._cell_seconds_left = 8 * self.limits.cell_seconds

    def __enter__(self) -> "RemoteRules":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def rule(self, name: str) -> Callable[..., Any]:
        """The student's function called `name`; each call may raise `StudentError`."""
        return _Rule(self, name)

    # Cells -----------------------------------------------------------------------------

    def ready(self) -> Child:
        """A child in which every cell that can has run."""
        while self._child is None:
            child = self._child = self._sandbox.child()
            for cell in self._cells:
                if cell.name not in self._deadly and not self._run(child, cell):
                    break
        return self._child

    def _run(self, child: Child, cell: Cell) -> bool:
        """Run one cell; whether the child has survived it."""
        # A part of what is left, so that the cells after an endless one have their time too.
        seconds = min(self.limits.cell_seconds, self._cell_seconds_left / 4)
        if seconds < _MOMENT:
            self._deadly.add(cell.name)
            self._failed[cell.name] = StudentError("endless", _NO_TIME.format(name=cell.name))
            return True
        request = {"cell": cell.name, "source": cell.source, "piecewise": not cell.solution}
        start = time.monotonic()
        try:
            reply = child.ask(request | {"rules": cell.rules}, seconds)
        except TimedOut:
            took = round(seconds, 2)
            text = f"{cell.name} was still running after {took:g} s: is there an endless loop?"
            self._lose(cell, StudentError("endless", text))
            return False
        except Gone as gone:
            ended = self._end()
            how = ended if str(gone) == "ended" else str(gone)
            self._lose(cell, StudentError("stopped", f"{cell.name} {how}."))
            return False
        finally:
            self._cell_seconds_left -= time.monotonic() - start
        if "error" in reply:
            self._failed[cell.name] = _raised(cell.name, reply["error"])
        return True

    def _lose(self, cell: Cell, error: StudentError) -> None:
        """Remember that a cell ended its process, so that it is not run again."""
        self._end()
        self._deadly.add(cell.name)
        self._failed[cell.name] = error

    def _end(self) -> str:
        """End the child, if there is one; in words, how it had ended by itself."""
        self._ended_seconds = self.cpu_seconds()
        child, self._child = self._child, None
        return child.end() if child is not None else ""

    def cpu_seconds(self) -> float:
        """All that the children have computed so far, as they say themselves."""
        return self._ended_seconds + (self._child.cpu_seconds if self._child is not None else 0.0)

    # Calls -----------------------------------------------------------------------------

    def call(self, name: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        """Ask for one answer. Raises `StudentError`."""
        request = {"rule": name, "arguments": to_json(arguments)}
        return self._value(name, self.asked(name, request, seconds))

    def asked(self, name: str, request: Json, seconds: float) -> dict[str, Json]:
        """The child's reply about the answer called `name`, if it is one. Raises `StudentError`."""
        child = self.ready()
        place = self._places.get(name)
        if place in self._deadly:
            raise self._failed[place]
        try:
            reply = child.ask(request, seconds)
        except TimedOut:
            self._end()
            text = f"{name} was still running after {seconds:.2g} s: is there an endless loop?"
            raise StudentError("endless", text) from None
        except Gone as gone:
            ended = self._end()
            how = ended if str(gone) == "ended" else str(gone)
            raise StudentError("stopped", f"{name} {how}.") from None
        if "missing" in reply:
            raise self._why_missing(name)
        if "no_value" in reply:
            raise StudentError("wrong type", f"{name} returned {_text(reply['no_value'])}.")
        if "error" in reply:
            raise self._blamed(name, reply)
        return reply

    def _value(self, name: str, reply: dict[str, Json]) -> Any:
        """The value in a reply. Raises `StudentError` if it holds none."""
        if "value" in reply:
            return _value(name, reply["value"])
        if "changed" in reply:
            raise StudentError("wrong type", _CHANGED.format(name=name))
        raise self._blamed(name, reply)

    def _blamed(self, name: str, reply: dict[str, Json]) -> StudentError:
        """The error in a reply."""
        error = _raised(name, reply.get("error"))
        if error.kind == "not started" and not self._notebook.leaves_unwritten(name):
            # As in the notebook: what is half-written earns what its other half is worth.
            return StudentError("raised", f"{name} came to a part that is not written yet.")
        return error

    def _why_missing(self, name: str) -> StudentError:
        """Why a function is not there: its cell failed, or there is no such cell."""
        for cell in reversed(self._notebook.defines(name)):
            if cell.name in self._failed:
                return self._failed[cell.name]
        broken = [cell for cell in self._notebook.cells if f"def {name}" in cell.source]
        for cell in reversed(broken):
            if cell.name in self._failed:
                return self._failed[cell.name]
        return StudentError("not started", f"There is no {name} in this notebook.")


class _Rule:
    """One rule for one exercise."""

    def __init__(self, rules: RemoteRules, name: str) -> None:
        self.__name__ = name
        self._rules = rules
        self.account = Account(name, rules.limits, rules.cpu_seconds)

    def __call__(self, *arguments: Any) -> Any:
        # Cells have a time of their own.
        self._rules.ready()
        with self.account.spending() as seconds:
            return self._rules.call(self.__name__, arguments, seconds)


class Account:
    """What one answer may still spend on its exercise; after a disaster it may do nothing more.

    `cpu_seconds` tells what its child has computed so far. That is the child's own word, so that a
    call costs part of its real time at least, as much as no busy machine takes.
    """

    def __init__(
        self, name: str, limits: Limits, cpu_seconds: Callable[[], float], times: int = 1
    ) -> None:
        self._name = name
        self._cpu_seconds = cpu_seconds
        self._seconds = times * limits.exercise_seconds
        self._call_seconds = limits.call_seconds
        self.seconds_left = self._seconds
        self._disaster: StudentError | None = None

    @contextmanager
    def spending(self) -> Iterator[float]:
        """Time for one call, in seconds; what it takes is gone. Raises `StudentError`."""
        if self._disaster is not None:
            raise self._disaster
        start, before = time.monotonic(), self._cpu_seconds()
        seconds = min(self._call_seconds, self.seconds_left)
        try:
            if seconds < _MOMENT:
                text = _SPENT.format(name=self._name, seconds=self._seconds)
                raise StudentError("endless", text)
            yield seconds
        except StudentError as error:
            if error.kind in ("endless", "stopped"):
                self._disaster = error
            raise
        finally:
            least = (time.monotonic() - start) / _BUSY
            self.seconds_left -= max(self._cpu_seconds() - before, least)


def _value(name: str, form: Json) -> Any:
    """The value that a child claims to have returned."""
    try:
        value = from_json(form)
        # A forged record may hold what no record holds; it must not surprise the judge later.
        if to_json(value) == form:
            return value
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    raise StudentError("wrong type", f"{name} returned a value that is not well formed.")


def _raised(where: str, error: Json) -> StudentError:
    """What an exception in the student's code reads like; every part of it may be forged."""
    parts = error if isinstance(error, dict) else {}
    if parts.get("not_written") is True:
        return StudentError("not started", "Not started yet.")
    said = _text(parts.get("type")) or "an exception"
    if said == "SystemExit":
        return StudentError("raised", _LEFT.format(name=where))
    if said == "RecursionError":
        return StudentError("raised", _RECURSION.format(name=where))
    message = _text(parts.get("message"))
    said += f": {message}" if message else ""
    return StudentError("raised", f"{where} raised {said}{_place(parts)}")


def _place(parts: dict[str, Json]) -> str:
    """Where it happened, in the student's own words."""
    line, code = parts.get("line"), _text(parts.get("code"))
    return f"\n    in {_text(parts.get('cell'))}, line {line}: {code}" if code else ""


def _text(value: Json) -> str:
    """`value` if it is a text; without addresses in memory, which differ from run to run."""
    return _ADDRESS.sub("", value[:300]) if isinstance(value, str) else ""
