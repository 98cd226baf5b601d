"""What a server has written in a step, and what left it before (Figure 2, State).

It may write as often as it likes. Whenever it dies, its disk must hold what it has said, and no
half of a change.
"""

from collections.abc import Iterator

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Message,
    Persistent,
    RequestVoteResponse,
    ServerState,
)
from raftkit.scenarios.scenario import terms_of
from raftkit.scenarios.small_world.complaint import KEEPING, WRITING_FIRST, Complaint
from raftkit.scenarios.small_world.stories import Step
from raftkit.scenarios.small_world.taken_steps import TakenStep


def judged_disk(step: Step, taken: TakenStep, alone: bool) -> Iterator[Complaint]:
    """What is wrong with the writes of a step that ended in the right state."""
    before, after = on_disk(step.before), on_disk(step.after)
    last = taken.writes[-1] if taken.writes else before
    if last != after:
        yield Complaint(
            KEEPING,
            f"Its disk then holds {told(last)}; expected {told(after)}.",
            "Term, vote and log are on stable storage before an RPC is answered (Figure 2, State).",
        )
    for write in taken.writes:
        if not _is_between(before, write, after):
            yield Complaint(
                WRITING_FIRST,
                f"On its way from {told(before)} to {told(after)} it wrote {told(write)}.",
                "No crash may leave half of a change: a vote belongs to its term, and so do a new "
                "leader's entries (Figure 2, State; §5.1).",
            )
            break
    # Also if nothing is written now: what was written before may still be under way.
    yield from _too_early(taken)
    if alone and _applies_too_early(before, taken):
        yield Complaint(
            WRITING_FIRST,
            "It applied an entry before it was on the disk.",
            "Alone, a server is a majority only when its own disk holds the entry (§5.3).",
        )


def _too_early(taken: TakenStep) -> Iterator[Complaint]:
    """Messages that leave before the writes that they rest on."""
    for call in taken.calls:
        for message in call.early_messages:
            if _may_be_early(message):
                continue
            yield Complaint(
                WRITING_FIRST,
                f"{type(message).__name__} left before the disk held what it says.",
                "First written, then said (Figure 2, State: before an RPC is answered).",
            )
            return


def _may_be_early(message: Message) -> bool:
    """Whether a message promises nothing: no vote, no entry; or a leader's entries (§10.2.1)."""
    match message:
        case RequestVoteResponse():
            return not message.vote_granted
        case AppendEntriesResponse():
            return not (message.success and message.match_index)
    return isinstance(message, AppendEntriesRequest)


def _applies_too_early(durable: Persistent, taken: TakenStep) -> bool:
    """Whether an entry was applied before a write of it was done."""
    for call in taken.calls:
        if any(index > len(durable.log) for index, _ in call.applied):
            return True
        durable = call.writes[-1] if call.writes else durable
    return False


def _is_between(before: Persistent, write: Persistent, after: Persistent) -> bool:
    """Whether a crash may leave this on the disk: the old, the new, or a safe part of the new."""
    if write == before:
        return True
    if write.current_term == after.current_term:
        same_term = before.current_term == after.current_term
        votes = {after.voted_for, before.voted_for if same_term else None}
        return write.voted_for in votes and _is_log_between(before, write, after)
    return False


def _is_log_between(before: Persistent, write: Persistent, after: Persistent) -> bool:
    """Whether a log is the old one, or on its way to the new one."""
    if write.log == before.log:
        return True
    common = before.log.common_prefix(after.log)
    return len(write.log) >= common and (
        after.log.extends(write.log) or before.log.extends(write.log)
    )


def on_disk(state: ServerState) -> Persistent:
    """What the disk of a server in this state holds."""
    standing = state.standing
    return Persistent(standing.current_term, standing.voted_for, state.log)


def told(disk: Persistent) -> str:
    """A disk in words."""
    vote = f"a vote for {disk.voted_for}" if disk.voted_for else "no vote"
    log = f"a log of terms {terms_of(disk.log)}" if len(disk.log) else "an empty log"
    return f"term {disk.current_term}, {vote} and {log}"
