"""The picture of the step at which a lone server's story goes wrong, where one helps.

It shows the state before, and what should come of it: logs for a leader's request, memory and disk
for what is written. Other steps are told best in words.
"""

from raftkit.protocol import AppendEntriesRequest
from raftkit.scenarios.small_world import BrokenStory, on_disk
from raftkit.scenarios.small_world.complaint import KEEPING, WRITING_FIRST
from raftkit.scenarios.small_world.stories import Step
from raftkit.views import Picture, draw_logs, draw_storage


def picture_of(broken: BrokenStory) -> Picture | None:
    """The step at which a story goes wrong, drawn; None if a picture would not help."""
    step = broken.story.steps[-1]
    before, after = on_disk(step.before), on_disk(step.after)
    rule = broken.complaint.rule if broken.complaint else ""
    if rule in (KEEPING, WRITING_FIRST) and before != after:
        title = "Memory as it should be after the last event, and the disk before it"
        return draw_storage(after, before, title=title)
    if isinstance(step.event, AppendEntriesRequest) and (before.log or after.log):
        return _request(step, step.event)
    return None


def _request(step: Step, event: AppendEntriesRequest) -> Picture:
    """The log before a request and after it, with the entry that the request names outlined."""
    place = event.prev_log_index
    return draw_logs(
        {"before": step.before.log, "expected": step.after.log},
        commit={"before": step.before.commit_index, "expected": step.after.commit_index},
        compare=False,
        outline={"before": (place,)} if 0 < place <= step.before.log.last_index + 1 else {},
        title=f"{event.target}'s log, and the request of {event.source}",
    )
