"""Counts steps with sys.monitoring, which Python has from 3.12 on.

Events are the same whether anybody debugs or not, and an exception that a callback raises
appears where the step is, as often as there is one. Places in libraries switch themselves
off when first met, so that only a student's own code pays. Figure: less than half a µs a step.
"""

import sys
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

from raftkit.course.checking.guard.counting import Count, Endless, counts_by_thread, is_library
from raftkit.course.checking.guard.refusals import (
    Refusal,
    is_watched,
    refused,
    refused_with,
    with_statements,
)

_monitoring: Any = getattr(sys, "monitoring", None)

COUNTS_BLOCKS = True
_tool: int | None = None
_with_statement_codes: list[CodeType] = []  # code whose every instruction is told


def begin(count: Count) -> None:
    """See to it that this thread's steps are counted."""
    if _tool is None or not _monitoring.get_events(_tool):
        _switch_on()


def end(before: None, outer: Count | None) -> None:
    """Switch the events off, unless somebody is still counted."""
    if outer is None and _tool is not None:
        _monitoring.set_events(_tool, 0)
        while _with_statement_codes:
            _monitoring.set_local_events(_tool, _with_statement_codes.pop(), 0)
        if any(counts_by_thread.values()):  # Another thread, which may have begun just now.
            _switch_on()


def rearm(frame: FrameType) -> None:
    """Nothing needs to be done: what is thrown stops no monitoring."""


def _switch_on() -> None:
    """Ask for the events, as one of the tools that Python has room for, if one is free."""
    global _tool
    events = _monitoring.events
    if _tool is None:
        _tool = next((tool for tool in (4, 3) if _monitoring.get_tool(tool) is None), None)
        if _tool is None:
            return
        _monitoring.use_tool_id(_tool, "raftkit")
    _monitoring.register_callback(_tool, events.PY_START, _started)
    _monitoring.register_callback(_tool, events.PY_RESUME, _step)
    _monitoring.register_callback(_tool, events.JUMP, _jumped)
    _monitoring.register_callback(_tool, events.CALL, _calling)
    _monitoring.register_callback(_tool, events.INSTRUCTION, _entering)
    # What a library's code has switched off may be a student's by now.
    _monitoring.restart_events()
    _monitoring.set_events(_tool, events.PY_START | events.PY_RESUME | events.JUMP | events.CALL)


def is_debugged() -> bool:
    """Whether a debugger is at work in this thread."""
    return sys.gettrace() is not None or bool(_monitoring.get_tool(_monitoring.DEBUGGER_ID))


def _jumped(code: CodeType, offset: int, destination: int) -> Any:
    """A loop has gone round, if the jump was a backward one."""
    return _step(code, offset) if destination <= offset else _monitoring.DISABLE


def _started(code: CodeType, offset: int) -> Any:
    """Somebody's code was called."""
    if is_library(code):
        return _monitoring.DISABLE
    if with_statements(code):
        if not _monitoring.get_local_events(_tool, code):
            _with_statement_codes.append(code)
            _monitoring.set_local_events(_tool, code, _monitoring.events.INSTRUCTION)
    return _step(code, offset)


def _step(code: CodeType, offset: int) -> Any:
    """Somebody's code was called, went on, or went round."""
    if is_library(code):
        return _monitoring.DISABLE
    count = counts_by_thread.get(get_ident())
    if count is None:
        if not any(
            counts_by_thread.values()
        ):  # An interrupt came before the events could be taken off.
            _monitoring.set_events(_tool, 0)
        return None
    count.steps += 1
    if count.steps >= count.due:
        count.look()
        if count.why:
            raise Endless
    return None


def _calling(code: CodeType, offset: int, function: Any, first: Any) -> Any:
    """Something is about to be called; what no answer needs is not."""
    # Whatever is called here once is called here again.
    if is_library(code) or not is_watched(function):
        return _monitoring.DISABLE
    _refuse(refused(function, first, code, offset))
    return None


def _entering(code: CodeType, offset: int) -> Any:
    """Something is about to be done; a `with` may wait."""
    if offset not in with_statements(code):
        return _monitoring.DISABLE
    if counts_by_thread.get(get_ident()) is None:
        _monitoring.set_local_events(_tool, code, 0)
    else:
        _refuse(refused_with(sys._getframe(1), offset))
    return None


def _refuse(refusal: Refusal | None) -> None:
    """End the call that is about to do what no answer needs."""
    count = counts_by_thread.get(get_ident())
    if refusal is not None and count is not None:
        count.refuse(*refusal)
        raise Endless
