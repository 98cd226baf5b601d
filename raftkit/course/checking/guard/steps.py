"""How this version of Python counts steps: by monitoring.py or by tracing.py.

`before = begin(count)` counts the steps of this thread, and `end(before, outer)` stops that or
goes on with `outer`. `COUNTS_BLOCKS` says whether counting costs nothing for code that is no
student's. `rearm(frame)` is called before a signal's handler raises in a frame, and
`is_debugged()` says whether a debugger is at work.
"""

import sys

if sys.version_info >= (3, 12):
    from raftkit.course.checking.guard.monitoring import (
        COUNTS_BLOCKS,
        begin,
        end,
        is_debugged,
        rearm,
    )
else:
    from raftkit.course.checking.guard.tracing import COUNTS_BLOCKS, begin, end, is_debugged, rearm

__all__ = ["COUNTS_BLOCKS", "begin", "end", "is_debugged", "rearm"]
