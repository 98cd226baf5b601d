"""A student's code is called so that nothing it does can hurt the notebook.

An endless loop, a wait, an exception, an exit, a changed argument or a wrong type becomes
a `StudentError` in one sentence. What ends an answer is what it does, counted: rounds of
loops and calls, the same on every machine. Clocks are a wide net below (patience.py).
None of this isolates: graders use a child process (raftkit.grading).
"""

from raftkit.course.checking.guard.calls import call_of_server, guarded, is_called, look, told
from raftkit.course.checking.guard.complaints import is_stub
from raftkit.course.checking.guard.patience import SECONDS_A_CHECK, patience

__all__ = [
    "SECONDS_A_CHECK",
    "call_of_server",
    "guarded",
    "is_called",
    "is_stub",
    "look",
    "patience",
    "told",
]
