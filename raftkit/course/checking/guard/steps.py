"""The way in which this Python counts steps.

`before = begin(count)` counts what this thread does, and `end(before, outer)` counts for `outer`
again, if that is no None; `counts_by_thread` says what is counted. `COUNTS_BLOCKS` tells whether that
costs nothing for code that is nobody's answer. `rearm(frame)` comes before a signal's handler
throws something into a frame, and `is_debugged()` tells whether somebody
else traces.
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
