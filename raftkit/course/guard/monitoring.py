"""Counts steps with sys.monitoring, which Python has from 3.12 on.

Events are the same whether anybody debugs or not, and an exception that a callback raises
appears where the step is, as often as there is one. Places in libraries switch themselves
off when first met, so that only a student's own code pays. Figure: some 80 ns a step.
"""

import sys
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

from raftkit.course.guard.counting import NO_WAITING, Count, Endless, is_library, under_way
from raftkit.course.guard.waiting import waits

_monitoring: Any = getattr(sys, "monitoring", None)

COUNTS_BLOCKS = True
_tool: int | None = None


def begin(count: Count) -> None:
    """See to it that this thread's steps are counted."""
    if _tool is None or not _monitoring.get_events(_tool):
        _switch_on()


def end(before: None, outer: Count | None) -> None:
    """Switch the events off, unless somebody is still counted."""
    if outer is None and _tool is not None:
        _monitoring.set_events(_tool, 0)
        if any(under_way.values()):  # Another thread, which may have begun just now.
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
    _monitoring.register_callback(_tool, events.PY_START, _step)
    _monitoring.register_callback(_tool, events.PY_RESUME, _step)
    _monitoring.register_callback(_tool, events.JUMP, _jumped)
    _monitoring.register_callback(_tool, events.CALL, _calling)
    # What a library's code has switched off may be a student's by now.
    _monitoring.restart_events()
    _monitoring.set_events(_tool, events.PY_START | events.PY_RESUME | events.JUMP | events.CALL)


def _jumped(code: CodeType, offset: int, destination: int) -> Any:
    """A loop has gone round, if the jump was a backward one."""
    return _step(code, offset) if destination <= offset else _monitoring.DISABLE


def _step(code: CodeType, offset: int) -> Any:
    """Somebody's code was called, went on, or went round."""
    if is_library(code.co_filename):
        return _monitoring.DISABLE
    count = under_way.get(get_ident())
    if count is None:
        return None
    count.steps += 1
    if count.steps > count.limit:
        count.past_limit()
    return None


def _calling(code: CodeType, offset: int, function: Any, first: Any) -> Any:
    """Something is about to be called; what waits is not."""
    if is_library(code.co_filename):
        return _monitoring.DISABLE
    name = waits(function, first)
    if not name:
        # Whatever is called here once is called here again.
        return _monitoring.DISABLE
    count = under_way.get(get_ident())
    if count is not None:
        count.end(f"waits ({name}){NO_WAITING}")
        raise Endless
    return None
