"""`Counting` and `ready`: the way in which this Python counts steps.

`with Counting(count):` counts what this thread does, until the block ends or `count` is over.
`with ready():` makes many such blocks cheaper. `takes_signals(frame)` is asked before
a signal's handler throws something into a frame.
"""

import sys

if sys.version_info >= (3, 12):
    from raftkit.course.guard.monitoring import Counting, ready, takes_signals
else:
    from raftkit.course.guard.tracing import Counting, ready, takes_signals

__all__ = ["Counting", "ready", "takes_signals"]
