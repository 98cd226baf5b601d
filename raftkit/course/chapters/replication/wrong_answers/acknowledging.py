"""Wrong answers about the matchIndex of a success (§5.3): how far the logs now agree.

In the paper the leader computes it from its own request; here the follower says it.
"""

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    LEADER_COMPLETENESS,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesRequest, Log

WRONG = WrongAnswers()
wrong = WRONG.answer


@wrong("L11", "3.5", LEADER_COMPLETENESS, case="what stands behind the new entries is no match")
@thinking("I tell the leader how long my log is now.")
@breaks("The match ends with the request's last entry (§5.3; Figure 2, AppendEntries 5).")
def reports_its_length(log: Log, request: AppendEntriesRequest) -> int:
    """What an old leader left at the end of the log counts as a copy of the new leader's."""
    return log.last_index


@wrong("L29", "3.5", COMMANDS_COMMITTED, case="a heartbeat matches up to the entry before it")
@thinking("The first new entry is at prevLogIndex + 1, and the others come after it.")
@breaks("n entries after prevLogIndex end at prevLogIndex + n (§5.3).")
def counts_one_too_many(log: Log, request: AppendEntriesRequest) -> int:
    """The leader never sends the next entry, or reads beyond the end of its own log."""
    return request.prev_log_index + 1 + len(request.entries)


@wrong("L40", "3.5", COMMANDS_COMMITTED, case="the new entries match, too")
@thinking("prevLogIndex is what matched, so that is the match.")
@breaks("After a success the new entries match, too (§5.3; Figure 2, Leaders).")
def reports_the_entry_before(log: Log, request: AppendEntriesRequest) -> int:
    """The leader thinks that nothing new has arrived, and never commits it."""
    return request.prev_log_index


@wrong("L67", "3.5", LEADER_COMPLETENESS, case="what stands behind the new entries is no match")
@thinking("The match ends with the last entry of the term that the leader has sent.")
@breaks("Of what comes after the new entries nothing is known (§5.3).")
def reports_the_end_of_the_term(log: Log, request: AppendEntriesRequest) -> int:
    """More entries of that term may stand there than the leader has."""
    if not request.entries:
        return request.prev_log_index
    return log.last_index_of(request.entries[-1].term)
