"""Counts steps with a tracer, for Python 3.11, which has no sys.monitoring.

Only code with loops is traced, by lines: Python 3.11 has a line event for each jump backward,
also within a line, but for a `yield from`. Python stops tracing once a tracer raises, so the
place to raise is chosen with care. Code that catches the exception even so, and goes on for ever,
is ended only where there are timer signals. The steps are the same as monitoring.py counts.
"""

import dis
import sys
from collections.abc import Callable
from dataclasses import dataclass
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

from raftkit.course.checking.guard.counting import (
    DEPTH_A_CALL,
    Count,
    Endless,
    counts_by_thread,
    has_signals,
    is_guards,
    is_library,
    known_codes,
)
from raftkit.course.checking.guard.forbidden_calls import (
    WORDS,
    Refusal,
    is_watched,
    refused,
    refused_code,
    refused_with,
    with_statements,
)

_STEPS_OF_WAITING = 100
_DEPTH_OF_A_LOOK = 50
COUNTS_BLOCKS = False  # A tracer is called for every function, also for the kit's own.

_Before = tuple[Any, Any]


def begin(count: Count) -> _Before | None:
    """Trace this thread; return the hooks from before, or None if a debugger is at work."""
    before = (sys.gettrace(), sys.getprofile())
    if is_debugged():  # A thread can have only one tracer, and the debugger's was first.
        return None
    sys.settrace(_Tracer(count).enter)
    return before


def end(before: _Before | None, outer: Count | None) -> None:
    """Restore the hooks from before."""
    if before is not None:
        sys.settrace(before[0])
        if getattr(sys.getprofile(), "__func__", None) in (_Tracer.profile, _Tracer.throw):
            sys.setprofile(before[1])


def is_debugged() -> bool:
    """Whether a debugger is at work in this thread."""
    return sys.gettrace() is not None and _tracer() is None


def _tracer() -> "_Tracer | None":
    """This thread's tracer, if it is one of ours."""
    tracer = getattr(sys.gettrace(), "__self__", None)
    return tracer if isinstance(tracer, _Tracer) else None


_Local = Callable[[FrameType, str, Any], Any]


@dataclass(frozen=True)
class _Loops:
    """What a tracer needs to know about code."""

    rounds: frozenset[int]  # the offsets at which an event means that a loop has gone round
    closings: frozenset[int]  # the offsets of the instructions that jump back
    by_bytecode: bool  # whether line events do not show all rounds
    handlers: tuple[tuple[int, int], ...]  # the ranges whose exceptions a handler may catch
    enters: frozenset[int]  # the offsets at which a `with` enters a named object
    is_traced: bool  # whether any of these is there
    may_wait: bool


class _Tracer:
    """Counts the calls of a student's code, and the rounds of its loops.

    Python calls it millions of times in a check, so what most events need is done at once.
    """

    def __init__(self, count: Count) -> None:
        self._count = count

    def enter(self, frame: FrameType, event: str, argument: Any) -> "_Local | None":
        """Count a call; return the function for the events within it, or None."""
        found = known_codes.get(id(frame.f_code))
        loops = found[1] if found else _loops(frame.f_code)
        if loops is None:
            return None
        count = self._count
        count.steps += 1
        if count.steps >= count.due:
            if not self._look():
                return None
            if count.why:
                self._end(frame)
        if loops.may_wait and sys.getprofile() is None:
            sys.setprofile(self.profile)
        if not loops.is_traced:
            return None
        if loops.by_bytecode:
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self.local(loops)

    def _look(self) -> bool:
        """See whether the call has done too much; return whether this tracer is still needed."""
        counted = counts_by_thread.get(get_ident())
        if counted is None:
            sys.settrace(None)  # An interrupt came before the tracer could be removed.
        if counted is not self._count:
            return False
        counted.look()
        return True

    def local(self, loops: "_Loops") -> "_Local":
        """The function that is called at each line, or bytecode, of code with loops."""
        count, rounds, enters = self._count, loops.rounds, loops.enters

        def trace(frame: FrameType, event: str, argument: Any) -> _Local | None:
            if frame.f_lasti in rounds:
                count.steps += 1
                if count.steps < count.due:
                    return trace
                if not self._look():
                    frame.f_trace = None
                    return None
            elif enters and event == "opcode" and frame.f_lasti in enters:
                self._refuse(refused_with(frame, frame.f_lasti))
            if count.why and event != "exception":
                frame.f_trace_opcodes = True  # Only bytecodes show where it is safe to raise.
                # Elsewhere a handler may be about to end, and its exception would stay set for
                # ever; at a loop's jump none is.
                if frame.f_lasti in loops.closings and not self._end(frame):
                    frame.f_trace = None
                    return None
            return trace

        return trace

    def _end(self, frame: FrameType) -> bool:
        """Raise `Endless`, unless a bare `except:` would catch it; return whether to trace on.

        If no better place comes, a signal raises it, and this tracer must be off by then.
        """
        late = self._count.steps - self._count.steps_at_end - _STEPS_OF_WAITING
        # A deep recursion has too many frames to look at all of them in each call.
        if not _would_be_caught(frame, _DEPTH_OF_A_LOOK if late > 0 else 2 * DEPTH_A_CALL):
            raise Endless
        if late > 0 and has_signals():
            return False
        if late > 0:
            # The profiler raises at the next call, in place of this tracer.
            sys.setprofile(self.throw)
        if late > _STEPS_OF_WAITING:
            raise Endless
        return True

    def throw(self, frame: FrameType, event: str, argument: Any) -> None:
        """Raise `Endless` at the next call, wherever it is."""
        if not is_guards(frame):
            raise Endless

    def _refuse(self, refusal: Refusal | None) -> None:
        """End the student's call if it is about to do what is refused."""
        if refusal is not None:
            self._count.refuse(*refusal)
            raise Endless

    def profile(self, frame: FrameType, event: str, argument: Any) -> None:
        """End the student's call if this call of another function is refused."""
        counted = counts_by_thread.get(get_ident())
        if counted is None:
            sys.setprofile(None)  # An interrupt came before the profiler could be removed.
        if counted is not self._count:
            return
        caller = frame.f_back if event == "call" else frame
        if event not in ("call", "c_call") or caller is None or is_library(caller.f_code):
            return
        if event == "call":
            self._refuse(refused_code(frame))
        elif is_watched(argument):
            self._refuse(refused(argument, None, frame.f_code, frame.f_lasti))


def rearm(frame: FrameType) -> None:
    """Let a frame be traced on after a signal has raised in it."""
    tracer, loops = _tracer(), _loops(frame.f_code)
    if tracer and loops:
        frame.f_trace, frame.f_trace_opcodes = tracer.local(loops), True


def _would_be_caught(frame: FrameType | None, depth: int) -> bool:
    """Whether a handler in the student's code may catch what is raised in this frame.

    Looks at the callers too, up to the guard's frames or `depth` calls.
    """
    for _ in range(depth):
        if frame is None or is_guards(frame):
            return False
        loops = _loops(frame.f_code)
        if loops and any(start <= frame.f_lasti < end for start, end in loops.handlers):
            return True
        frame = frame.f_back
    return True


def _loops(code: CodeType) -> _Loops | None:
    """What a tracer needs to know about code, looked up once; None if it is a library's."""
    # By identity, because comparing code objects takes longer than running them; each is kept, so
    # that no other object can get its identity.
    found = known_codes.get(id(code))
    if found is None:
        found = known_codes[id(code)] = (code, None if is_library(code) else _looked_up(code))
    loops: _Loops | None = found[1]
    return loops


def _start(offset: int, code: CodeType) -> int:
    """Where an instruction begins: a far jump has prefixes, and its event comes before them."""
    while offset >= 2 and code.co_code[offset - 2] == dis.EXTENDED_ARG:
        offset -= 2
    return offset


def _looked_up(code: CodeType) -> _Loops:
    """What a tracer needs to know about code."""
    back = [each for each in dis.get_instructions(code) if "JUMP_BACKWARD" in each.opname]
    enters = frozenset(with_statements(code))
    delegates = any(each.opname == "JUMP_BACKWARD_NO_INTERRUPT" for each in back)
    by_bytecode = delegates or bool(enters)
    closings = frozenset(_start(each.offset, code) for each in back)
    heads = frozenset(each.argval for each in back)
    entries = dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]
    # An entry that leads to a COPY only cleans up after a handler and raises again.
    cleanups = {each.offset for each in dis.get_instructions(code) if each.opname == "COPY"}
    return _Loops(
        closings if by_bytecode else heads,
        closings,
        by_bytecode,
        tuple((entry.start, entry.end) for entry in entries if entry.target not in cleanups),
        enters,
        bool(closings or enters),
        not WORDS.isdisjoint(code.co_names),
    )
