"""Counts steps with sys.monitoring, which Python has from 3.12 on.

Events come with or without a debugger, and an exception that a callback raises appears at
the step itself, as often as it is raised. Events in libraries are disabled when they first
come, so that only a student's own code is slower: by less than half a µs a step.
"""

import sys
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

from raftkit.course.checking.guard.counting import Count, Endless, counts_by_thread, is_library
from raftkit.course.checking.guard.forbidden_calls import (
    Refusal,
    is_watched,
    refused,
    refused_with,
    with_statements,
)

_monitoring: Any = getattr(sys, "monitoring", None)

COUNTS_BLOCKS = True
_tool: int | None = None
_with_statement_codes: list[CodeType] = []  # code with an event at every instruction


def begin(count: Count) -> None:
    """Count this thread's steps from now on."""
    if _tool is None or not _monitoring.get_events(_tool):
        _switch_on()


def end(before: None, outer: Count | None) -> None:
    """Switch the events off, unless a step is still counted somewhere."""
    if outer is None and _tool is not None:
        _monitoring.set_events(_tool, 0)
        while _with_statement_codes:
            _monitoring.set_local_events(_tool, _with_statement_codes.pop(), 0)
        if any(counts_by_thread.values()):  # Another thread, which may have begun just now.
            _switch_on()


def rearm(frame: FrameType) -> None:
    """Do nothing: an exception stops no monitoring."""


def _switch_on() -> None:
    """Ask for the events under one of Python's numbers for tools, if one is free."""
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
    # Code that was a library's when its events were disabled may be a student's now.
    _monitoring.restart_events()
    _monitoring.set_events(_tool, events.PY_START | events.PY_RESUME | events.JUMP | events.CALL)


def is_debugged() -> bool:
    """Whether a debugger is at work in this thread."""
    return sys.gettrace() is not None or bool(_monitoring.get_tool(_monitoring.DEBUGGER_ID))


def _jumped(code: CodeType, offset: int, destination: int) -> Any:
    """Count a round of a loop, if the jump was a backward one."""
    return _step(code, offset) if destination <= offset else _monitoring.DISABLE


def _started(code: CodeType, offset: int) -> Any:
    """Count a call of a student's code."""
    if is_library(code):
        return _monitoring.DISABLE
    if with_statements(code):
        if not _monitoring.get_local_events(_tool, code):
            _with_statement_codes.append(code)
            _monitoring.set_local_events(_tool, code, _monitoring.events.INSTRUCTION)
    return _step(code, offset)


def _step(code: CodeType, offset: int) -> Any:
    """Count a step of a student's code: a call, a resumption, or a round of a loop."""
    if is_library(code):
        return _monitoring.DISABLE
    count = counts_by_thread.get(get_ident())
    if count is None:
        if not any(
            counts_by_thread.values()
        ):  # An interrupt came before they could be switched off.
            _monitoring.set_events(_tool, 0)
        return None
    count.steps += 1
    if count.steps >= count.due:
        count.look()
        if count.why:
            raise Endless
    return None


def _calling(code: CodeType, offset: int, function: Any, first: Any) -> Any:
    """End the student's call if the function that it is about to call is refused."""
    # Disabled for this place, which will call the same function again.
    if is_library(code) or not is_watched(function):
        return _monitoring.DISABLE
    _refuse(refused(function, first, code, offset))
    return None


def _entering(code: CodeType, offset: int) -> Any:
    """End the student's call if it is about to enter a `with` that would wait."""
    if offset not in with_statements(code):
        return _monitoring.DISABLE
    if counts_by_thread.get(get_ident()) is None:
        _monitoring.set_local_events(_tool, code, 0)
    else:
        _refuse(refused_with(sys._getframe(1), offset))
    return None


def _refuse(refusal: Refusal | None) -> None:
    """End the student's call, if there is a refusal."""
    count = counts_by_thread.get(get_ident())
    if refusal is not None and count is not None:
        count.refuse(*refusal)
        if count.why:
            raise Endless
