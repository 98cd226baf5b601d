"""The guard: calls a student's code so that nothing it does can hurt the notebook.

An endless loop, a wait, an exception, an exit or a changed argument becomes a `StudentError`
of one sentence. The guard ends a call by the number of its steps (calls and rounds of
loops), which is the same on every machine; time limits (time_limits.py) are far wider. The
guard does not isolate code: the grading uses a child process (raftkit.grading).
"""

from raftkit.course.checking.guard.call_errors import is_stub
from raftkit.course.checking.guard.calls import (
    call_of_server,
    check_time,
    guarded,
    is_called,
    run_story,
    step_of_server,
)
from raftkit.course.checking.guard.counting import ADVICE, refused_text
from raftkit.course.checking.guard.time_limits import SECONDS_A_CHECK, time_limit

__all__ = [
    "ADVICE",
    "SECONDS_A_CHECK",
    "call_of_server",
    "check_time",
    "guarded",
    "is_called",
    "is_stub",
    "refused_text",
    "run_story",
    "step_of_server",
    "time_limit",
]
