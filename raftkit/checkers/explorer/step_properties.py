"""The properties that one step of one server can break by itself.

The checkers of Figure 3 are used, the same ones that watch every run. A search asks them once for
each step that it remembers.
"""

from raftkit.checkers.figure_3 import Finding, LeaderAppendOnly
from raftkit.checkers.further_properties import OnlyForwards
from raftkit.protocol import Effects, ServerState


def what_a_step_breaks(
    server: str, before: ServerState, effects: Effects, after: ServerState
) -> str | None:
    """Return what is wrong with a step, in a sentence, or None."""
    finding = _log_changed(server, before, after) or OnlyForwards().moved(server, before, after)
    if finding is not None:
        return finding.detail
    for position, (index, _) in enumerate(effects.applied, before.last_applied + 1):
        if index != position:
            return f"{server} applied entry {index} when entry {position} was next."
    return None


def _log_changed(server: str, before: ServerState, after: ServerState) -> Finding | None:
    """Check Leader Append-Only if the step has removed entries from the log."""
    if after.log.extends(before.log):
        return None
    return LeaderAppendOnly().log_changed(server, before, after)
