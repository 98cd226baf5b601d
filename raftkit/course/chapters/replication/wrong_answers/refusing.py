"""Wrong answers about the conflict that a refusing follower reports (end of §5.3).

The leader believes it, and so it backs up too far, not far enough, or not at all.
"""

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    WASTED_WORK,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesRequest, Conflict, Log, find_conflict

WRONG = WrongAnswers()
wrong = WRONG.answer


@wrong("L51", "3.8", COMMANDS_COMMITTED, case="a log that is too short says where it ends")
@thinking("I say how long my log is.")
@breaks("The first entry that is lacking comes after the last one (end of §5.3).")
def tells_its_last_index(log: Log, request: AppendEntriesRequest) -> Conflict:
    """An empty log asks for entry 0, which nobody can send."""
    too_short = request.prev_log_index > log.last_index
    return Conflict(0, log.last_index) if too_short else find_conflict(log, request)


@wrong("L53", "3.8", WASTED_WORK, case="names the follower's own term there")
@thinking("The conflict is about the term that the leader has asked for.")
@breaks("It is the term of the follower's conflicting entry (end of §5.3).")
def tells_the_leaders_term(log: Log, request: AppendEntriesRequest) -> Conflict:
    """The leader has that term, and goes to its end: to where it was refused."""
    right = find_conflict(log, request)
    return Conflict(request.prev_log_term, right.index) if right.term else right


@wrong("L54", "3.8", WASTED_WORK, case="finds where that term begins")
@thinking("The conflict is at prevLogIndex.")
@breaks("It is the first index of that term (end of §5.3).")
def does_not_search(log: Log, request: AppendEntriesRequest) -> Conflict:
    """No better than one entry for each refusal."""
    right = find_conflict(log, request)
    return Conflict(right.term, request.prev_log_index) if right.term else right


@wrong("L63", "3.8", WASTED_WORK, case="finds where that term begins")
@thinking("I go back until the term is another one.")
@breaks("The entry after that is the first of the term (end of §5.3).")
def goes_one_too_far(log: Log, request: AppendEntriesRequest) -> Conflict:
    """It stops at the last entry of the term before; at the beginning, at no entry."""
    if request.prev_log_index > log.last_index:
        return Conflict(0, log.last_index + 1)
    index, term = request.prev_log_index, log.term_at(request.prev_log_index)
    while index and log.term_at(index) == term:
        index -= 1
    return Conflict(term, index)


@wrong("L55", "3.8", COMMANDS_COMMITTED, case="a term may begin with entry 1")
@thinking("I go back until the term is another one, and the one after that is it.")
@breaks("Before the first entry no other term comes (Figure 2, State).")
def expects_a_term_before(log: Log, request: AppendEntriesRequest) -> Conflict | None:
    """Where the log begins with the term, the loop ends, and nothing is returned."""
    if request.prev_log_index > log.last_index:
        return Conflict(0, log.last_index + 1)
    term = log.term_at(request.prev_log_index)
    for index in range(request.prev_log_index, 0, -1):
        if log.term_at(index) != term:
            return Conflict(term, index + 1)
    return None
