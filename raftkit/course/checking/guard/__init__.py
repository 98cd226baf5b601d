"""A student's code is called so that nothing it does can hurt the notebook.

An endless loop, a wait, an exception, an exit, a changed argument or a wrong type becomes
a `StudentError` in one sentence. What ends an answer is what it does, counted: rounds of
loops and calls, the same on every machine. Clocks are a wide block_count below (time_limits.py).
None of this isolates: graders use a child process (raftkit.grading).
"""

from raftkit.course.checking.guard.call_errors import is_stub
from raftkit.course.checking.guard.calls import (
    call_of_server,
    check_time,
    guarded,
    is_called,
    run_story,
)
from raftkit.course.checking.guard.time_limits import SECONDS_A_CHECK, time_limit

__all__ = [
    "SECONDS_A_CHECK",
    "call_of_server",
    "check_time",
    "guarded",
    "is_called",
    "is_stub",
    "run_story",
    "time_limit",
]
