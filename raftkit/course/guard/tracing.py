"""Counts steps with a tracer, for Python 3.11, which has no sys.monitoring.

Only code with loops in it is traced: by lines, or by bytecodes if a loop goes round within
one line. Python stops tracing once a tracer raises, so where to throw is chosen with care.
What swallows it even so, and goes on for ever, is ended only where there are timer signals.
Steps are the same as monitoring.py counts.
"""

import dis
import sys
from collections.abc import Callable
from dataclasses import dataclass
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

from raftkit.course.guard.counting import (
    NO_WAITING,
    Count,
    Endless,
    has_signals,
    is_library,
    under_way,
)
from raftkit.course.guard.waiting import WORDS, code_waits, waits

_HERE = __file__.removesuffix("tracing.py")


COUNTS_BLOCKS = False  # A tracer is called for every function of whatever runs.

_Before = tuple[Any, Any]


def begin(count: Count) -> _Before | None:
    """Trace this thread; what was there before, or None if somebody else traces."""
    before = (sys.gettrace(), sys.getprofile())
    # Somebody is debugging: two tracers do not go together, and theirs was first.
    if before[0] is not None and not isinstance(before[0], _Tracer):
        return None
    sys.settrace(_Tracer(count))
    return before


def end(before: _Before | None, outer: Count | None) -> None:
    """Put back what was there before."""
    if before is not None:
        sys.settrace(before[0])
        if getattr(sys.getprofile(), "__func__", None) is _Tracer.profile:
            sys.setprofile(before[1])


_Local = Callable[[FrameType, str, Any], Any]


@dataclass(frozen=True)
class _Loops:
    """What a tracer needs to know of code."""

    rounds: frozenset[int]  # the offsets at which an event tells that a loop has gone round
    closings: frozenset[int]  # the offsets of the instructions that jump back
    by_bytecode: bool  # whether a loop goes round within one line, so that no line tells of it
    handlers: tuple[tuple[int, int], ...]  # the stretches whose exceptions might be swallowed
    may_wait: bool


class _Tracer:
    """What Python calls whenever code that is counted is entered."""

    def __init__(self, count: Count) -> None:
        self._count = count

    def __call__(self, frame: FrameType, event: str, argument: Any) -> "_Local | None":
        """Count a call; what is to be called at each event within it."""
        if under_way.get(get_ident()) is not self._count:
            sys.settrace(None)  # An interrupt came before the tracer could be taken off.
            return None
        if is_library(frame.f_code.co_filename):
            return None
        loops = _loops(frame.f_code)
        self._count.steps += 1
        if self._count.is_over:
            self._end(frame)
        if loops.may_wait and sys.getprofile() is None:
            sys.setprofile(self.profile)
        if not loops.rounds:
            return None
        if loops.by_bytecode:
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self.local(loops)

    def local(self, loops: _Loops) -> "_Local":
        """What is called at each line, or at each bytecode, of code with loops."""
        count, rounds = self._count, loops.rounds

        def trace(frame: FrameType, event: str, argument: Any) -> _Local | None:
            if frame.f_lasti in rounds:
                count.steps += 1
            if count.steps > count.limit and event != "exception":
                frame.f_trace_opcodes = True  # Only its bytecodes show where it may be thrown.
                # Only at a loop's jump is it certain that no handler is half-way left, which would
                # leave its exception behind for ever.
                if frame.f_lasti in loops.closings and not self._end(frame):
                    frame.f_trace = None
                    return None
            return trace

        return trace

    def _end(self, frame: FrameType) -> bool:
        """Throw, unless a bare `except:` would swallow the only throw; whether to go on tracing.

        If no other place comes, a signal throws, which must not find this tracer at work.
        """
        if not _would_be_caught(frame):
            self._count.past_limit()
        elif self._count.steps > 2 * self._count.limit:
            if not has_signals():
                self._count.past_limit()
            return False
        return True

    def profile(self, frame: FrameType, event: str, argument: Any) -> None:
        """End a call of what waits before it begins."""
        if under_way.get(get_ident()) is not self._count:
            sys.setprofile(None)  # As above.
            return
        caller = frame.f_back if event == "call" else frame
        if event not in ("call", "c_call") or caller is None:
            return
        if is_library(caller.f_code.co_filename):
            return
        name = waits(argument) if event == "c_call" else _waiting(frame)
        if name:
            self._count.end(f"waits ({name}){NO_WAITING}")
            raise Endless


def rearm(frame: FrameType) -> None:
    """Trace a frame, into which a signal is about to throw, also after that."""
    tracer = sys.gettrace()
    if isinstance(tracer, _Tracer):
        frame.f_trace, frame.f_trace_opcodes = tracer.local(_loops(frame.f_code)), True


def _waiting(frame: FrameType) -> str:
    """The name of the function that has just been called, if it waits."""
    return code_waits(frame.f_code, str(frame.f_globals.get("__name__")))


def _would_be_caught(frame: FrameType | None) -> bool:
    """Whether a handler of the student's stands around what runs now, in any frame up to ours."""
    while frame is not None and not frame.f_code.co_filename.startswith(_HERE):
        if not is_library(frame.f_code.co_filename):
            handlers = _loops(frame.f_code).handlers
            if any(start <= frame.f_lasti < end for start, end in handlers):
                return True
        frame = frame.f_back
    return False


# By identity, since to compare two pieces of code takes longer than to run them; each is kept, so
# that no other can take its identity over.
_known: dict[int, tuple[CodeType, _Loops]] = {}


def _loops(code: CodeType) -> _Loops:
    """What is to be known of code, looked up once."""
    found = _known.get(id(code))
    if found is None:
        found = _known[id(code)] = (code, _looked_up(code))
    return found[1]


def _start(offset: int, code: CodeType) -> int:
    """Where an instruction begins: a far jump has prefixes, and the event comes before them."""
    while offset >= 2 and code.co_code[offset - 2] == dis.EXTENDED_ARG:
        offset -= 2
    return offset


def _looked_up(code: CodeType) -> _Loops:
    """What is to be known of code."""
    lines: dict[int, int | None] = {}
    for start, end, line in code.co_lines():
        lines.update(dict.fromkeys(range(start, end, 2), line))
    back = [each for each in dis.get_instructions(code) if "JUMP_BACKWARD" in each.opname]
    by_bytecode = any(lines.get(each.offset) == lines.get(each.argval) for each in back)
    closings = frozenset(_start(each.offset, code) for each in back)
    heads = frozenset(each.argval for each in back)
    entries = dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]
    # An entry that leads to a COPY tidies up after a handler, and throws on.
    tidying = {each.offset for each in dis.get_instructions(code) if each.opname == "COPY"}
    return _Loops(
        closings if by_bytecode else heads,
        closings,
        by_bytecode,
        tuple((entry.start, entry.end) for entry in entries if entry.target not in tidying),
        not WORDS.isdisjoint(code.co_names),
    )
